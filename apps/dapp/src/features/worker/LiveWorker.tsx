import type { WorkerState } from '@oblivion/core'
import { Link, useRouterState } from '@tanstack/react-router'
import { StateMark } from '../elements/StateMark.tsx'
import { useStore } from '../shell/createStore.ts'
import { isLive, jobAtHand } from './workerLog.ts'
import { workerStore } from './workerStore.ts'

const restWords: Partial<Record<WorkerState['status'], string>> = { starting: 'Starting', paused: 'Paused' }

/** The worker in the bar, on every page but its own, where the same stands larger. */
export function LiveWorker() {
  const { state } = useStore(workerStore)
  const path = useRouterState({ select: (router) => router.location.pathname })
  if (!isLive(state) || path === '/worker') return null
  // What rests does not work, though it may keep its job.
  const job = state.status === 'paused' ? null : jobAtHand(state)
  const word = job ? `Working, ${Math.round(job.progress * 100)} %` : (restWords[state.status] ?? 'Waiting')
  return (
    <div className="flex h-8 items-center justify-between rounded-control border border-line-strong bg-surface">
      <Link
        to="/worker"
        className="flex h-full items-center gap-2 rounded-l-control px-2.5 hover:bg-sunken"
        aria-label={`Worker: ${word}`}
      >
        <StateMark meaning={job ? 'work' : 'wait'} size={8} />
        <span className="figure text-12">{job ? `${Math.round(job.progress * 100)} %` : word}</span>
      </Link>
      <button
        type="button"
        className="h-full rounded-r-control border-line-strong border-l px-2.5 font-medium text-12 hover:bg-sunken"
        onClick={() => void import('./workerControl.ts').then(({ stopWorker }) => stopWorker())}
      >
        Stop
      </button>
    </div>
  )
}
