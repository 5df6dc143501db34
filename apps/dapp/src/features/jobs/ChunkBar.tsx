import type { JobStatus } from '@oblivion/core'
import { SplitBar } from '../elements/SplitBar.tsx'
import { chunkFills, chunkStates, chunkWords } from './chunkStates.ts'

/** All chunks of a task as one bar, by state. */
export function ChunkBar({ counts }: { counts: Readonly<Record<JobStatus, number>> }) {
  return (
    <SplitBar
      label="Chunks by state"
      height="h-2"
      parts={chunkStates.map((state) => ({
        key: state,
        label: chunkWords[state],
        amount: counts[state],
        fill: chunkFills[state],
      }))}
    />
  )
}
