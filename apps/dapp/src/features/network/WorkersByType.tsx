import type { NetworkStats } from '@oblivion/core'
import { Section } from '../elements/Page.tsx'
import { SplitBar } from '../elements/SplitBar.tsx'

// Shades of ink: a kind of worker is no state, so it gets none of the colours that mean one.
const types = [
  { key: 'browser', label: 'Browser tabs', fill: 'bg-ink' },
  { key: 'server', label: 'Servers', fill: 'bg-ink-3' },
  { key: 'python', label: 'Python nodes', fill: 'bg-line-strong' },
] as const

/** All online workers as one bar, split by what they run in. */
export function WorkersByType({ byType }: { byType: NetworkStats['byType'] }) {
  const parts = types.map((type) => ({ ...type, amount: byType[type.key] }))
  return (
    <Section title="Online workers by type">
      <div className="card flex flex-col gap-4 px-5 py-5">
        <SplitBar parts={parts} label="Online workers by type" />
        <ul className="flex flex-wrap gap-x-8 gap-y-2">
          {parts.map((part) => (
            <li key={part.key} className="flex items-center gap-2">
              <span className={`size-2.5 rounded-mark ${part.fill}`} aria-hidden="true" />
              <span className="text-ink-2">{part.label}</span>
              <span className="figure">{part.amount.toLocaleString('en-US')}</span>
            </li>
          ))}
        </ul>
      </div>
    </Section>
  )
}
