import type { JobStatus } from '@oblivion/core'
import { chunkStates, chunkWords } from './chunkStates.ts'

/** The states that occur, each with the shape that it has in the grid. */
export function ChunkLegend({ counts }: { counts: Readonly<Record<JobStatus, number>> }) {
  return (
    <ul className="flex flex-wrap gap-x-5 gap-y-1.5">
      {chunkStates
        .filter((state) => counts[state] > 0)
        .map((state) => (
          <li key={state} className="flex items-center gap-2 text-12 text-ink-2">
            <Swatch state={state} />
            {chunkWords[state]}
            <span className="figure text-ink">{counts[state].toLocaleString('en-US')}</span>
          </li>
        ))}
    </ul>
  )
}

/** The same shapes as `drawChunks` draws. */
function Swatch({ state }: { state: JobStatus }) {
  const tone =
    state === 'completed' || state === 'processing'
      ? 'text-work'
      : state === 'failed'
        ? 'text-fail'
        : 'text-line-strong'
  return (
    <svg
      width="12"
      height="12"
      viewBox="0 0 12 12"
      aria-hidden="true"
      className={tone}
      fill="none"
      stroke="currentColor"
      strokeWidth="1.5"
    >
      {state === 'completed' && <rect width="12" height="12" fill="currentColor" stroke="none" />}
      {state === 'processing' && (
        <>
          <path d="M0 0v12h12z" fill="currentColor" stroke="none" />
          <rect x="0.75" y="0.75" width="10.5" height="10.5" />
        </>
      )}
      {state === 'pending' && <rect x="0.75" y="0.75" width="10.5" height="10.5" />}
      {state === 'failed' && <path d="M0.75 0.75h10.5v10.5h-10.5zM3.5 3.5l5 5M8.5 3.5l-5 5" />}
      {state === 'cancelled' && <path d="M3 6h6" />}
      {state === 'blocked' && <rect x="5" y="5" width="2" height="2" fill="currentColor" stroke="none" />}
    </svg>
  )
}
