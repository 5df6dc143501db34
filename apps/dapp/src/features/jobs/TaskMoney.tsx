import type { TaskSummary } from '@oblivion/core'
import { Figures } from '../elements/Figures.tsx'
import { Section } from '../elements/Page.tsx'
import { StateMark } from '../elements/StateMark.tsx'
import { formatAmount, units } from '../format/formatAmount.ts'
import { heldSentence, priceWords, returnedSentence, spentSentence } from './priceWords.ts'

/** Where the budget is: spent, still held, returned. */
export function TaskMoney({ task }: { task: TaskSummary }) {
  const { budget, spent, held, feeBps, asset } = task
  const unit = units[asset]
  return (
    <Section title="Money">
      <Figures
        label="Money of this task"
        entries={[
          {
            label: 'Budget',
            value: formatAmount(budget),
            unit,
            note: `${priceWords(task)}, ${feeBps / 100} % of it the network’s fee.`,
          },
          {
            label: 'Spent',
            mark: <StateMark meaning="work" size={8} />,
            value: formatAmount(spent),
            unit,
            note: spentSentence(task),
          },
          {
            label: 'Held',
            mark: <StateMark meaning="wait" size={8} />,
            value: formatAmount(held),
            unit,
            note: heldSentence(task),
          },
          {
            label: 'Returned',
            mark: <StateMark meaning="rest" size={8} />,
            value: formatAmount(budget - spent - held),
            unit,
            note: returnedSentence(task),
          },
        ]}
      />
    </Section>
  )
}
