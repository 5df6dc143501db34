import type { TaskSummary } from '@oblivion/core'
import { Figures } from '../elements/Figures.tsx'
import { Section } from '../elements/Page.tsx'
import { StateMark } from '../elements/StateMark.tsx'
import { formatAmount, formatMoney, units } from '../format/formatAmount.ts'

/** Where the budget is: spent, still held, returned. */
export function TaskMoney({ task }: { task: TaskSummary }) {
  const { budget, spent, held, pricePerChunk, feeBps, finishedAt, asset } = task
  const unit = units[asset]
  const jobs = task.terms.replicas * (task.stages?.length ?? 1)
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
            note: `${formatMoney(pricePerChunk, asset)} ${jobs > 1 ? `a job, ${jobs} a chunk` : 'a chunk'}, ${feeBps / 100} % of it the network’s fee.`,
          },
          {
            label: 'Spent',
            mark: <StateMark meaning="work" size={8} />,
            value: formatAmount(spent),
            unit,
            note: spent === 0n ? 'No chunk is accepted yet.' : 'For accepted chunks.',
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
            note: finishedAt === null ? 'What is left returns at the end.' : 'Back in your free balance.',
          },
        ]}
      />
    </Section>
  )
}
