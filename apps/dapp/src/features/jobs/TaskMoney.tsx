import type { TaskSummary } from '@oblivion/core'
import { Figures } from '../elements/Figures.tsx'
import { Section } from '../elements/Page.tsx'
import { StateMark } from '../elements/StateMark.tsx'
import { formatAmount, units } from '../format/formatAmount.ts'
import { priceWords, spentSentence } from './priceWords.ts'

function returnedSentence(finished: boolean, returned: bigint): string {
  if (!finished) return 'What is left returns at the end.'
  return returned === 0n ? 'All of it was spent.' : 'Back in your free balance.'
}

/** Where the budget is: spent, still held, returned. */
export function TaskMoney({ task }: { task: TaskSummary }) {
  const { budget, spent, held, feeBps, finishedAt, asset } = task
  const unit = units[asset]
  const returned = budget - spent - held
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
            note: finishedAt === null ? 'Reserved for chunks to come.' : 'Nothing is reserved any more.',
          },
          {
            label: 'Returned',
            mark: <StateMark meaning="rest" size={8} />,
            value: formatAmount(returned),
            unit,
            note: returnedSentence(finishedAt !== null, returned),
          },
        ]}
      />
    </Section>
  )
}
