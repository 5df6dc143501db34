import { OblivionError, reduceWorker, type WorkerEvent, type WorkerState } from '@oblivion/core'
import type { OblivionWorker, WorkerEvents } from '../page/createWorker.ts'
import { createEmitter } from '../page/Emitter.ts'
import { clampCpu, defaultLimits } from '../protocol/WorkerLimits.ts'

export interface FakeWorker extends OblivionWorker {
  /**
   * What a real worker would learn from its bridge: it is ready, has a job, rests, fails.
   *
   * @throws {IllegalTransitionError} `OB114` where no worker could come from its state to that.
   */
  readonly happen: (event: WorkerEvent) => void
  /** What was called on it, in order. */
  readonly calls: readonly ('start' | 'finish' | 'stop' | 'pause' | 'resume')[]
}

/**
 * A worker for tests of your own pages: it has the real states and events, loads nothing and computes nothing. `start()`
 * leaves it waiting for a job; all else is yours to tell.
 *
 * @example
 * const worker = createFakeWorker()
 * await worker.start()
 * worker.happen({ type: 'pause', reason: 'on-battery' })
 */
export const createFakeWorker = (): FakeWorker => {
  const emitter = createEmitter<WorkerEvents>()
  const calls: FakeWorker['calls'][number][] = []
  let state: WorkerState = { status: 'idle' }
  let limits = defaultLimits

  const happen = (event: WorkerEvent): void => {
    const next = reduceWorker(state, event)
    if (next === state) return
    state = next
    emitter.emit('state', state)
    if (event.type === 'progress' && 'job' in state && state.job !== null) {
      emitter.emit('progress', { ...state.job, fraction: state.job.progress })
    }
    if (state.status === 'failed') emitter.emit('error', new OblivionError({ code: state.code }))
  }

  return {
    calls,
    happen,
    get state() {
      return state
    },
    get nodeId() {
      return state.status === 'idle' ? null : '00000000-0000-4000-8000-000000000000'
    },
    get limits() {
      return limits
    },
    setLimits: (more) => {
      limits = { ...limits, ...more }
      limits = { ...limits, cpu: clampCpu(limits.cpu) }
    },
    on: emitter.on,
    pause: () => {
      calls.push('pause')
      if (state.status === 'waiting' || state.status === 'working') happen({ type: 'pause', reason: 'asked' })
    },
    resume: () => {
      calls.push('resume')
      if (state.status === 'paused' && state.reason === 'asked') happen({ type: 'resume' })
    },
    start: async () => {
      calls.push('start')
      if (state.status !== 'idle' && state.status !== 'stopped' && state.status !== 'failed') return
      happen({ type: 'start' })
      happen({ type: 'ready' })
    },
    finish: async () => {
      calls.push('finish')
      if (state.status === 'idle' || state.status === 'stopped' || state.status === 'failed') return
      happen({ type: 'finish' })
      if (state.status === 'finishing') happen({ type: 'end' })
    },
    stop: async () => {
      calls.push('stop')
      happen({ type: 'stop' })
    },
  }
}
