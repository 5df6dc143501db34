import { IllegalTransitionError } from '../errors/valueErrors.ts'
import type { WorkerEvent } from './WorkerEvent.ts'
import type { WorkerState } from './WorkerState.ts'

/**
 * The state that follows, or null where the event cannot happen in that state. Use it where events may come late by
 * nature, such as a progress report that was under way when the worker stopped; `reduceWorker` where they may not.
 */
export const nextWorkerState = (state: WorkerState, event: WorkerEvent): WorkerState | null => {
  switch (event.type) {
    // What is over stays over and keeps its reason: stopping twice, or after a failure, changes nothing.
    case 'stop':
      return state.status === 'failed' || state.status === 'stopped' ? state : { status: 'stopped' }
    case 'fail':
      return isActive(state) ? { status: 'failed', code: event.code } : null
  }
  switch (state.status) {
    case 'idle':
    case 'stopped':
    case 'failed':
      if (event.type === 'ask') return { status: 'consenting' }
      return event.type === 'start' ? { status: 'starting' } : null
    case 'consenting':
      if (event.type === 'start') return { status: 'starting' }
      return event.type === 'refuse' ? { status: 'idle' } : null
    case 'starting':
      // No rest before it is registered: a resumed worker has to be able to ask for work at once.
      if (event.type === 'ready') return { status: 'waiting' }
      return event.type === 'finish' ? { status: 'stopped' } : null
    case 'waiting':
      if (event.type === 'claim') return { status: 'working', job: { ...event.job, progress: 0 } }
      if (event.type === 'pause') return { status: 'paused', reason: event.reason, job: null }
      return event.type === 'finish' ? { status: 'stopped' } : null
    case 'working':
      if (event.type === 'progress')
        return { status: 'working', job: { ...state.job, progress: share(event.progress) } }
      if (event.type === 'end') return { status: 'waiting' }
      if (event.type === 'pause') return { status: 'paused', reason: event.reason, job: state.job }
      return event.type === 'finish' ? { status: 'finishing', job: state.job } : null
    case 'paused':
      return fromPaused(state, event)
    case 'finishing':
      if (event.type === 'progress') {
        return { status: 'finishing', job: { ...state.job, progress: share(event.progress) } }
      }
      return event.type === 'end' ? { status: 'stopped' } : null
  }
}

/**
 * The state that follows.
 *
 * @throws {IllegalTransitionError} `OB114` where the event cannot happen in that state.
 * @example
 * reduceWorker({ status: 'starting' }, { type: 'ready' }) // { status: 'waiting' }
 */
export const reduceWorker = (state: WorkerState, event: WorkerEvent): WorkerState => {
  const next = nextWorkerState(state, event)
  if (next === null) throw new IllegalTransitionError({ values: { from: state.status, event: event.type } })
  return next
}

const fromPaused = (state: WorkerState & { status: 'paused' }, event: WorkerEvent): WorkerState | null => {
  const { job } = state
  switch (event.type) {
    // A second reason to rest replaces the first; whoever pauses keeps count of the reasons that still stand.
    case 'pause':
      return { ...state, reason: event.reason }
    case 'resume':
      return job === null ? { status: 'waiting' } : { status: 'working', job }
    // The answer to a poll that was under way when the rest began may bring a job.
    case 'claim':
      return job === null ? { ...state, job: { ...event.job, progress: 0 } } : null
    // A rest can last longer than the lease: the job is then somebody else's.
    case 'end':
      return job === null ? null : { ...state, job: null }
    case 'finish':
      return job === null ? { status: 'stopped' } : { status: 'finishing', job }
    default:
      return null
  }
}

const isActive = (state: WorkerState): boolean =>
  state.status !== 'idle' && state.status !== 'stopped' && state.status !== 'failed'

/** A program's own account of itself is a stranger's number. */
const share = (progress: number): number => (progress > 0 ? Math.min(progress, 1) : 0)
