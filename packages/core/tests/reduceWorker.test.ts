import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  IllegalTransitionError,
  nextWorkerState,
  reduceWorker,
  type WorkerEvent,
  type WorkerEventType,
  type WorkerState,
} from '../src/index.ts'

const claimed = {
  jobId: 'j1',
  attempt: 1,
  taskId: 't1',
  title: 'A room',
  chunkIndex: 36,
  chunkCount: 64,
  type: 'raytrace',
}
const job = { ...claimed, progress: 0.25 }

/** One state of each kind; `paused` is two, since a job at hand changes what can follow. */
const states = {
  idle: { status: 'idle' },
  consenting: { status: 'consenting' },
  starting: { status: 'starting' },
  waiting: { status: 'waiting' },
  working: { status: 'working', job },
  resting: { status: 'paused', reason: 'hidden', job: null },
  'resting with a job': { status: 'paused', reason: 'hidden', job },
  finishing: { status: 'finishing', job },
  stopped: { status: 'stopped' },
  failed: { status: 'failed', code: 'OB202' },
} as const satisfies Record<string, WorkerState>

const events = {
  ask: { type: 'ask' },
  refuse: { type: 'refuse' },
  start: { type: 'start' },
  ready: { type: 'ready' },
  claim: { type: 'claim', job: claimed },
  progress: { type: 'progress', progress: 0.5 },
  end: { type: 'end' },
  pause: { type: 'pause', reason: 'offline' },
  resume: { type: 'resume' },
  finish: { type: 'finish' },
  stop: { type: 'stop' },
  fail: { type: 'fail', code: 'OB201' },
} as const satisfies { [T in WorkerEventType]: WorkerEvent & { type: T } }

type StateName = keyof typeof states
type Rows = Partial<Record<WorkerEventType, WorkerState>>

const stopped = { status: 'stopped' } as const
const failed = { status: 'failed', code: 'OB201' } as const
const half = { ...job, progress: 0.5 }

/** The whole machine. What is not listed is forbidden. */
const table: Record<StateName, Rows> = {
  idle: { ask: { status: 'consenting' }, start: { status: 'starting' }, stop: stopped },
  consenting: { start: { status: 'starting' }, refuse: { status: 'idle' }, stop: stopped, fail: failed },
  starting: { ready: { status: 'waiting' }, finish: stopped, stop: stopped, fail: failed },
  waiting: {
    claim: { status: 'working', job: { ...claimed, progress: 0 } },
    pause: { status: 'paused', reason: 'offline', job: null },
    finish: stopped,
    stop: stopped,
    fail: failed,
  },
  working: {
    progress: { status: 'working', job: half },
    end: { status: 'waiting' },
    pause: { status: 'paused', reason: 'offline', job },
    finish: { status: 'finishing', job },
    stop: stopped,
    fail: failed,
  },
  resting: {
    claim: { status: 'paused', reason: 'hidden', job: { ...claimed, progress: 0 } },
    pause: { status: 'paused', reason: 'offline', job: null },
    resume: { status: 'waiting' },
    finish: stopped,
    stop: stopped,
    fail: failed,
  },
  'resting with a job': {
    pause: { status: 'paused', reason: 'offline', job },
    end: { status: 'paused', reason: 'hidden', job: null },
    resume: { status: 'working', job },
    finish: { status: 'finishing', job },
    stop: stopped,
    fail: failed,
  },
  finishing: { progress: { status: 'finishing', job: half }, end: stopped, stop: stopped, fail: failed },
  stopped: { ask: { status: 'consenting' }, start: { status: 'starting' }, stop: stopped },
  failed: { ask: { status: 'consenting' }, start: { status: 'starting' }, stop: states.failed },
}

const pairs = (Object.keys(states) as StateName[]).flatMap((from) =>
  (Object.keys(events) as WorkerEventType[]).map((event) => ({ from, event, to: table[from][event] })),
)
const allowed = pairs.filter(({ to }) => to !== undefined)
const forbidden = pairs.filter(({ to }) => to === undefined)

describe('reduceWorker', () => {
  test.each(allowed)('$from, $event', ({ from, event, to }) => {
    expect(reduceWorker(states[from], events[event])).toEqual(to)
    expect(nextWorkerState(states[from], events[event])).toEqual(to)
  })

  test.each(forbidden)('$from, $event: refused', ({ from, event }) => {
    expect(nextWorkerState(states[from], events[event])).toBeNull()
    expect(() => reduceWorker(states[from], events[event])).toThrow(IllegalTransitionError)
  })

  test('says which pair was refused', () => {
    try {
      reduceWorker(states.idle, events.end)
      expect.unreachable()
    } catch (error) {
      expect(error).toMatchObject({ code: 'OB114', values: { from: 'idle', event: 'end' } })
    }
  })

  test.each([
    [-1, 0],
    [2, 1],
    [Number.NaN, 0],
    [Number.POSITIVE_INFINITY, 1],
  ])('a progress of %s is kept as %s', (progress, kept) => {
    expect(reduceWorker(states.working, { type: 'progress', progress })).toMatchObject({ job: { progress: kept } })
  })

  test('changes no state that it was given, and after any events stop leads out of work', () => {
    const anyEvent = fc.constantFrom(...Object.values(events))
    fc.assert(
      fc.property(fc.array(anyEvent, { maxLength: 40 }), (sequence) => {
        let state: WorkerState = Object.freeze({ status: 'idle' })
        for (const event of sequence) state = deepFreeze(nextWorkerState(state, event) ?? state)
        expect(['stopped', 'failed']).toContain(reduceWorker(state, { type: 'stop' }).status)
      }),
    )
  })

  test('holds a job in working and finishing, always, and in no state before a claim', () => {
    const anyEvent = fc.constantFrom(...Object.values(events).filter(({ type }) => type !== 'claim'))
    fc.assert(
      fc.property(fc.array(anyEvent, { maxLength: 40 }), (sequence) => {
        let state: WorkerState = { status: 'idle' }
        for (const event of sequence) state = nextWorkerState(state, event) ?? state
        expect('job' in state ? state.job : null).toBeNull()
      }),
    )
  })
})

const deepFreeze = (state: WorkerState): WorkerState => {
  if ('job' in state) Object.freeze(state.job)
  return Object.freeze(state)
}
