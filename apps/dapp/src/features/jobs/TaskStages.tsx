import type { TaskStage } from '@oblivion/core'
import { Section } from '../elements/Page.tsx'
import { ChunkBar } from './ChunkBar.tsx'

/** The stages of a pipeline in their order, each with its chunks by state. */
export function TaskStages({ stages, chunkCount }: { stages: readonly TaskStage[]; chunkCount: number }) {
  return (
    <Section title="Stages">
      <ol className="card divide-y divide-line" aria-label="Stages of this task">
        {stages.map((stage, index) => (
          // Two stages may run the same program: their place is what tells them apart, and stages never move.
          <li key={`${index + 1} ${stage.type}`} className="flex flex-wrap items-center gap-x-4 gap-y-2 px-5 py-3">
            <span className="flex min-w-40 items-baseline gap-2">
              <span className="figure text-12 text-ink-3">{index + 1}</span>
              <span className="font-medium">{stage.type}</span>
            </span>
            <span className="min-w-32 flex-1">
              <ChunkBar counts={stage.counts} />
            </span>
            <span className="text-12 text-ink-2">
              <span className="figure text-ink">{stage.counts.completed.toLocaleString('en-US')}</span> of{' '}
              <span className="figure">{chunkCount.toLocaleString('en-US')}</span> done
              {stage.counts.failed > 0 && `, ${stage.counts.failed.toLocaleString('en-US')} failed`}
            </span>
          </li>
        ))}
      </ol>
    </Section>
  )
}
