import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import {
  CallTimeoutError,
  type Done,
  InvalidInputError,
  NetworkUnreachableError,
  NodeKeyInvalidError,
  type OfferedJob,
  ProgramFailedError,
  type Registration,
  RequestRefusedError,
  resultHash,
  sha256Hex,
  type WorkCycleAnswer,
} from '@oblivion/core'
import { beforeEach, expect, test } from 'vitest'
import { type Agent, createAgent, type NodeApi } from '../src/agent/createAgent.ts'
import type { AgentEvent, Host, RunOrder, RunOutcome } from '../src/agent/Host.ts'
import { createPacer, type Pacer } from '../src/agent/Pacer.ts'
import { createManualClock, type ManualClock, settle } from './harness/manualClock.ts'

const registration: Registration = {
  nodeId: 'node',
  nodeSecret: 'secret',
  settings: { heartbeatSeconds: 15, maxJobs: 1, maxInlineBytes: 256_000 },
}

const jobOf = (number: number, limits: Partial<OfferedJob['limits']> = {}): OfferedJob => ({
  jobId: `job-${number}`,
  attempt: 2,
  taskId: 'task',
  title: 'A room',
  type: 'raytrace',
  chunkIndex: number,
  chunkCount: 9,
  program: { kind: 'builtin', name: 'raytrace' },
  input: { number },
  leaseExpiresAt: new Date(clock.now() + 45_000).toISOString(),
  limits: { timeoutSeconds: 600, maxResultBytes: 1000, maxStoredBytes: 0, ...limits },
})

let clock: ManualClock
let events: AgentEvent[]
/** What the server is asked, and what it answers: the next of these, an error to be thrown included. */
let asked: { readonly done: Done | undefined; readonly claim: boolean; readonly at: number }[]
let answers: (Partial<WorkCycleAnswer> | Error)[]
let beats: { readonly at: number; readonly progress: number }[]
let beat: () => Promise<{ leaseExpiresAt: string | null; cancel: boolean }>
/** Ends the running program, as the sandbox does. */
let finishProgram: ((outcome: RunOutcome) => void) | null
let progress: number | null
let checkpoint: string | null
let saved: string[]
let ran: RunOrder | null
let rested: number
/** What the program was told of its pace, and whether it yields. */
let paces: number[]
let yields: boolean
let pacer: Pacer
let strangersPrograms: boolean
let kills: number
let held: unknown[]
/** The last word that the host had when it heard of each job. */
let heldAtClaim: unknown[]
let prepared: boolean
let registrations: (Registration | null)[]
let readStored: (job: OfferedJob, drop: AbortSignal) => OfferedJob | Promise<OfferedJob>
/** What was put into Storage, and where that says it lies. */
let stored: { hash: string; bytes: number }[]
let store: () => string | null

beforeEach(() => {
  clock = createManualClock()
  events = []
  asked = []
  answers = []
  beats = []
  beat = async () => ({ leaseExpiresAt: new Date(clock.now() + 45_000).toISOString(), cancel: false })
  finishProgram = null
  progress = 0
  checkpoint = null
  saved = []
  ran = null
  rested = 0
  paces = []
  yields = true
  pacer = createPacer({ cpu: 1, hold: null })
  strangersPrograms = false
  kills = 0
  held = []
  heldAtClaim = []
  prepared = true
  registrations = []
  readStored = (job) => job
  stored = []
  store = () => 'oblivion-results/uploads/job-1/2/ab'
})

const host: Host = {
  prepare: async () => prepared,
  run: (order) =>
    new Promise((resolve) => {
      ran = order
      finishProgram = resolve
    }),
  // Null after the deadline that remoteHost gives it.
  ping: () =>
    progress === null
      ? clock.sleep(800, new AbortController().signal).then(() => null)
      : Promise.resolve({ progress, rested, checkpoint }),
  pace: async (pace) => {
    paces.push(pace)
    return yields
  },
  kill: async () => {
    kills++
    finishProgram?.({ kind: 'killed' })
    finishProgram = null
  },
  emit: (event) => {
    events.push(event)
    if (event.type === 'claim') heldAtClaim.push(held.at(-1))
  },
  hold: (word) => held.push(word),
  register: async () => registrations.shift() ?? null,
}

const api: NodeApi = {
  workCycle: async (done, claim) => {
    asked.push({ done, claim, at: clock.now() })
    const answer = answers.shift() ?? {}
    if (answer instanceof Error) throw answer
    return { job: null, retryMs: 5000, accepted: done ? true : null, reason: null, ...answer }
  },
  heartbeat: async (_, share) => {
    beats.push({ at: clock.now(), progress: share })
    return beat()
  },
  saveCheckpoint: async (_, state) => void saved.push(state),
  program: async () => new Uint8Array(),
  stored: async (job, drop) => readStored(job, drop),
  store: async (_, bytes, hash) => {
    stored.push({ hash, bytes: bytes.length })
    return store()
  },
  lastWord: async ({ jobId }) => ({ url: 'https://api', headers: {}, body: jobId }),
}

const startAgent = async (connect = () => api): Promise<Agent> => {
  const agent = createAgent({
    registration,
    connect,
    host,
    pacer,
    strangersPrograms,
    loadProgram: async (program) =>
      program.kind !== 'builtin' || program.name === 'raytrace' ? { source: '', support: null, maxMemoryMiB: 0 } : null,
    sha256: async (bytes) => sha256Hex(bytes),
    clock,
    random: () => 0.5,
  })
  await settle()
  return agent
}
const types = (): string[] => events.map(({ type }) => type).filter((type) => type !== 'share' && type !== 'progress')
const network = () => new NetworkUnreachableError({ values: { call: 'work_cycle' } })

test('asks again when it was told to, and not sooner', async () => {
  const agent = await startAgent()
  expect(asked).toHaveLength(1)
  await clock.advance(4999)
  expect(asked).toHaveLength(1)
  await clock.advance(1)
  expect(asked).toHaveLength(2)
  await agent.stop()
  expect(clock.sleepers()).toBe(0)
})

test('computes, reports with the hash of the canonical text, and takes the next job in the same call', async () => {
  answers = [{ job: jobOf(1) }, { job: jobOf(2) }]
  const agent = await startAgent()
  expect(events).toEqual([
    {
      type: 'claim',
      job: {
        jobId: 'job-1',
        attempt: 2,
        taskId: 'task',
        title: 'A room',
        type: 'raytrace',
        chunkIndex: 1,
        chunkCount: 9,
      },
    },
  ])
  await clock.advance(3000)
  finishProgram?.({ kind: 'done', text: '{"b":1.0,"a":[1e21]}', rested: 0 })
  await settle()
  expect(asked[1]).toMatchObject({
    claim: true,
    done: {
      jobId: 'job-1',
      attempt: 2,
      outcome: 'succeeded',
      result: { a: [1e21], b: 1 },
      resultHash: resultHash({ a: [1e21], b: 1 }),
      metrics: { elapsedMs: 3000 },
    },
  })
  expect(types()).toEqual(['claim', 'report', 'end', 'claim'])
  expect(events.find(({ type }) => type === 'report')).toMatchObject({
    report: { jobId: 'job-1', accepted: true, outcome: 'succeeded', seconds: 3 },
  })
  expect(held.map((word) => (word as { body: string } | null)?.body)).toEqual(['job-1', undefined, 'job-2'])
  // Whoever sees a job may leave at once.
  expect(heldAtClaim).toEqual([held[0], held[2]])
  expect(kills).toBe(0)
  await agent.stop()
})

test('an input that lies in Storage is read there before the program runs', async () => {
  answers = [{ job: { ...jobOf(1), input: null, inputUrl: 'oblivion-inputs/0x1/ab' } }]
  readStored = (job) => ({ ...job, input: { readFrom: job.inputUrl } })
  const agent = await startAgent()
  expect(ran).toMatchObject({ input: { readFrom: 'oblivion-inputs/0x1/ab' } })
  await agent.stop()
})

test.each([
  ['is not there fails the job', new ProgramFailedError({ values: { program: '', text: 'gone' } }), 'failed'],
  ['cannot be reached gives the job back', new NetworkUnreachableError({ values: { call: 'input' } }), 'released'],
])('a stored input that %s', async (_, error, outcome) => {
  answers = [{ job: { ...jobOf(1), input: null, inputUrl: 'oblivion-inputs/0x1/ab' } }]
  readStored = () => {
    throw error
  }
  const agent = await startAgent()
  expect(ran).toBeNull()
  expect(asked[1]).toMatchObject({ done: { jobId: 'job-1', outcome } })
  await agent.stop()
})

test('what keeps jobs from being computed is met again after longer and longer pauses, not in a loop', async () => {
  const away = (number: number) => ({ job: { ...jobOf(number), inputUrl: 'oblivion-inputs/0x1/ab' } })
  answers = [away(1), {}, away(2), {}, away(3), {}, { job: jobOf(4) }, {}, away(5)]
  readStored = () => {
    throw network()
  }
  const from = clock.now()
  const agent = await startAgent()
  await clock.advance(5250)
  finishProgram?.({ kind: 'done', text: '1', rested: 0 })
  await clock.advance(5750)
  expect(asked.map(({ done, claim, at }) => [done?.outcome, claim, at - from])).toEqual([
    [undefined, true, 0],
    ['released', false, 0],
    [undefined, true, 750],
    ['released', false, 750],
    [undefined, true, 2250],
    ['released', false, 2250],
    [undefined, true, 5250],
    // Computed: from here on all is well again.
    ['succeeded', true, 5250],
    [undefined, true, 10_250],
    ['released', false, 10_250],
    [undefined, true, 11_000],
  ])
  await agent.stop()
})

test('stop waits for no stored input', async () => {
  answers = [{ job: { ...jobOf(1), inputUrl: 'oblivion-inputs/0x1/ab' } }]
  readStored = (_, drop) => new Promise((_, reject) => drop.addEventListener('abort', () => reject(network())))
  const agent = await startAgent()
  await agent.stop()
  expect(asked[1]).toMatchObject({ done: { jobId: 'job-1', outcome: 'released' }, claim: false })
})

test('a result that no report carries is put into Storage, and the report says where', async () => {
  answers = [{ job: jobOf(1, { maxResultBytes: 10, maxStoredBytes: 1000 }) }]
  const agent = await startAgent()
  expect(ran).toMatchObject({ maxLength: 1000 })
  const result = 'x'.repeat(100)
  finishProgram?.({ kind: 'done', text: JSON.stringify(result), rested: 0 })
  await settle()
  expect(stored).toEqual([{ hash: resultHash(result), bytes: 102 }])
  expect(asked[1]?.done).toEqual({
    jobId: 'job-1',
    attempt: 2,
    outcome: 'succeeded',
    resultUrl: store(),
    resultHash: resultHash(result),
    metrics: { elapsedMs: 0 },
  })
  await agent.stop()
})

test.each([
  [
    'cannot be put there',
    () => {
      throw network()
    },
  ],
  ['was dropped on its way', () => null],
])('a job whose result %s is given back', async (_, fails) => {
  store = fails
  answers = [{ job: jobOf(1, { maxResultBytes: 10, maxStoredBytes: 1000 }) }]
  const agent = await startAgent()
  finishProgram?.({ kind: 'done', text: JSON.stringify('x'.repeat(100)), rested: 0 })
  await settle()
  expect(asked[1]?.done).toMatchObject({ outcome: 'released' })
  await agent.stop()
})

test('FJ-20: tells progress, and beats every 15 s with it while it holds a job', async () => {
  answers = [{ job: jobOf(1) }]
  const agent = await startAgent()
  progress = 0.25
  await clock.advance(15_000)
  progress = 0.5
  await clock.advance(15_000)
  expect(beats.map(({ progress }) => progress)).toEqual([0.25, 0.5])
  // Looked at 120 times, told when it changed.
  expect(events.filter(({ type }) => type === 'progress')).toEqual([
    { type: 'progress', progress: 0.25 },
    { type: 'progress', progress: 0.5 },
  ])
  finishProgram?.({ kind: 'done', text: '1', rested: 0 })
  await clock.advance(60_000)
  expect(beats).toHaveLength(2)
  await agent.stop()
})

test('a job that the server no longer wants is ended and not reported', async () => {
  answers = [{ job: jobOf(1) }]
  beat = async () => ({ leaseExpiresAt: null, cancel: true })
  const agent = await startAgent()
  await clock.advance(15_000)
  expect(kills).toBe(1)
  expect(types()).toEqual(['claim', 'end'])
  expect(asked[1]).toMatchObject({ done: undefined, claim: true })
  await agent.stop()
})

test('without a network the job goes on while its lease stands, and no longer', async () => {
  answers = [{ job: jobOf(1) }]
  beat = async () => {
    throw network()
  }
  const agent = await startAgent()
  await clock.advance(44_000)
  expect(kills).toBe(0)
  expect(beats.length).toBeGreaterThan(3)
  await clock.advance(20_000)
  expect(kills).toBe(1)
  expect(types()).toEqual(['claim', 'end'])
  await agent.stop()
})

test('a beat that comes through after a gap keeps the job', async () => {
  answers = [{ job: jobOf(1) }]
  const agent = await startAgent()
  const good = beat
  beat = async () => {
    throw network()
  }
  await clock.advance(40_000)
  beat = good
  await clock.advance(60_000)
  expect(kills).toBe(0)
  expect(types()).toEqual(['claim'])
  await agent.stop()
})

test('a clock that is wrong by a day loses no job', async () => {
  const wrong = { ...jobOf(1), leaseExpiresAt: new Date(clock.now() - 86_400_000).toISOString() }
  answers = [{ job: wrong }]
  const agent = await startAgent()
  await clock.advance(29_000)
  expect(kills).toBe(0)
  await agent.stop()
})

test('a report is repeated with jittered back-off until it is answered, then counts once', async () => {
  answers = [{ job: jobOf(1) }, network(), new CallTimeoutError(), network(), { accepted: true }]
  const agent = await startAgent()
  finishProgram?.({ kind: 'done', text: '1', rested: 0 })
  await clock.advance(60_000)
  const reports = asked.filter(({ done }) => done !== undefined)
  expect(reports.map(({ at }) => at - (reports[0]?.at ?? 0))).toEqual([0, 750, 750 + 1500, 750 + 1500 + 3000])
  expect(new Set(reports.map(({ done }) => JSON.stringify(done))).size).toBe(1)
  expect(types().filter((type) => type === 'report')).toHaveLength(1)
  await agent.stop()
})

test('a report that came too late is told as such', async () => {
  answers = [{ job: jobOf(1) }, { accepted: false, reason: 'stale_attempt' }]
  const agent = await startAgent()
  finishProgram?.({ kind: 'done', text: '1', rested: 0 })
  await settle()
  expect(events.find(({ type }) => type === 'report')).toMatchObject({
    report: { accepted: false, reason: 'stale_attempt' },
  })
  await agent.stop()
})

test('SW-33, SW-44: idle and without a network it says so, and goes on by itself', async () => {
  answers = [network(), network(), network(), {}]
  const agent = await startAgent()
  await clock.advance(20_000)
  expect(events).toEqual([{ type: 'pause', reason: 'offline' }, { type: 'resume' }])
  await agent.stop()
})

test.each<[string, RunOutcome, string]>([
  ['throws', { kind: 'failed', error: 'no such scene' }, 'no such scene'],
  ['returns too much', { kind: 'too_large', length: 5000 }, 'OB011'],
  ['returns what is no JSON', { kind: 'done', text: '{', rested: 0 }, 'The result is not JSON.'],
  ['returns a lone surrogate', { kind: 'done', text: '"\\ud800"', rested: 0 }, 'The result is not JSON.'],
  ['returns more bytes than letters', { kind: 'done', text: JSON.stringify('€'.repeat(400)), rested: 0 }, 'OB011'],
])('a program that %s has failed', async (_, outcome, error) => {
  answers = [{ job: jobOf(1) }]
  const agent = await startAgent()
  finishProgram?.(outcome)
  await settle()
  expect(asked[1]?.done).toMatchObject({ outcome: 'failed', error: expect.stringContaining(error) })
  expect(types()).toEqual(['claim', 'report', 'end'])
  await agent.stop()
})

test('SW-42: a program that takes longer than its job allows is ended and has failed', async () => {
  answers = [{ job: jobOf(1, { timeoutSeconds: 20 }) }]
  const agent = await startAgent()
  await clock.advance(20_000)
  expect(kills).toBe(1)
  expect(asked[1]?.done).toMatchObject({
    outcome: 'failed',
    error: 'OB208',
  })
  await agent.stop()
})

test('a sandbox that no longer answers is noticed at the second miss, within 2 s; the program has failed', async () => {
  answers = [{ job: jobOf(1) }]
  const agent = await startAgent()
  // It dies as it has answered.
  await clock.advance(250)
  progress = null
  await clock.advance(1849)
  expect(kills).toBe(0)
  await clock.advance(1)
  expect(kills).toBe(1)
  expect(asked[1]?.done).toMatchObject({ outcome: 'failed', error: 'OB209', reason: 'sandbox_died' })
  await agent.stop()
})

test('an unknown program has failed; the node goes on', async () => {
  answers = [{ job: { ...jobOf(1), program: { kind: 'builtin', name: 'constructor' } } }]
  const agent = await startAgent()
  expect(asked[1]?.done).toMatchObject({ outcome: 'failed' })
  expect(types()).toEqual(['claim', 'report', 'end'])
  await agent.stop()
})

test('where the sandbox does not come up, the job is given back and the worker says why', async () => {
  prepared = false
  answers = [{ job: jobOf(1) }]
  const agent = await startAgent()
  await agent.over
  expect(asked[1]).toMatchObject({ done: { outcome: 'released' }, claim: false })
  expect(events.at(-1)).toEqual({ type: 'fail', code: 'OB203' })
})

test('stop ends the program, gives the job back, and claims nothing more', async () => {
  answers = [{ job: jobOf(1) }]
  const agent = await startAgent()
  const stopped = agent.stop()
  await settle()
  await stopped
  expect(kills).toBeGreaterThan(0)
  expect(asked).toHaveLength(2)
  expect(asked[1]).toMatchObject({ done: { jobId: 'job-1', attempt: 2, outcome: 'released' }, claim: false })
  expect(types()).toEqual(['claim', 'report', 'end'])
  expect(clock.sleepers()).toBe(0)
})

test('stop does not wait for a network that is away', async () => {
  answers = [{ job: jobOf(1) }, network()]
  const agent = await startAgent()
  await agent.stop()
  expect(asked).toHaveLength(2)
  expect(types()).toEqual(['claim', 'end'])
})

test('finish completes the job at hand, takes no other, and ends', async () => {
  answers = [{ job: jobOf(1) }]
  const agent = await startAgent()
  const finished = agent.finish()
  await clock.advance(1000)
  expect(asked).toHaveLength(1)
  finishProgram?.({ kind: 'done', text: '1', rested: 0 })
  await finished
  expect(asked[1]).toMatchObject({ done: { outcome: 'succeeded' }, claim: false })
  expect(asked).toHaveLength(2)
})

test('finish while nothing is at hand ends at once', async () => {
  const agent = await startAgent()
  await agent.finish()
  expect(asked).toHaveLength(1)
})

test('a job that comes with the answer to a poll under way while leaving is given back', async () => {
  const { promise, resolve } = Promise.withResolvers<void>()
  const slow: NodeApi = {
    ...api,
    workCycle: async (done, claim) => {
      if (done === undefined) await promise
      return api.workCycle(done, claim)
    },
  }
  answers = [{ job: jobOf(1) }]
  const agent = await startAgent(() => slow)
  const finished = agent.finish()
  resolve()
  await finished
  expect(asked.map(({ done }) => done?.outcome)).toEqual([undefined, 'released'])
  expect(finishProgram).toBeNull()
})

test('a key that is refused soon after it was given is not asked for again: somebody else has our hardware id', async () => {
  answers = [new NodeKeyInvalidError()]
  registrations = [registration]
  const agent = await startAgent()
  await agent.over
  expect(events).toEqual([{ type: 'fail', code: 'OB004' }])
  expect(registrations).toHaveLength(1)
})

test('a key refused after a while is replaced by registering anew', async () => {
  const agent = await startAgent()
  await clock.advance(120_000)
  answers = [new NodeKeyInvalidError()]
  registrations = [{ ...registration, nodeSecret: 'second' }]
  const before = asked.length
  await clock.advance(5000)
  expect(asked.length).toBe(before + 2)
  expect(types()).toEqual([])
  await agent.stop()
})

test('an answer that no retry can mend ends the worker with its code', async () => {
  answers = [new RequestRefusedError({ values: { status: 403, serverCode: null } })]
  const agent = await startAgent()
  await agent.over
  expect(events).toEqual([{ type: 'fail', code: 'OB104' }])
  expect(kills).toBe(1)
})

test.each([
  ['OB005', new InvalidInputError({ values: { field: 'result', reason: 'depth' } })],
  ['OB104', new RequestRefusedError({ values: { status: 400, serverCode: '22P05' } })],
  ['OB201', new RangeError('Maximum call stack size exceeded')],
])('a report that the server cannot read (%s) is its program’s failure: the worker goes on', async (error, refusal) => {
  answers = [{ job: jobOf(1) }, refusal, { job: jobOf(2) }]
  const agent = await startAgent()
  finishProgram?.({ kind: 'done', text: '"\\u0000"', rested: 0 })
  await settle()
  expect(asked.map(({ done }) => done?.outcome)).toEqual([undefined, 'succeeded', 'failed'])
  expect(asked[2]?.done).toEqual({ jobId: 'job-1', attempt: 2, outcome: 'failed', error })
  expect(types()).toEqual(['claim', 'report', 'end', 'claim'])
  // Also where its words are what cannot be read; but not for ever.
  answers = [refusal, refusal]
  finishProgram?.({ kind: 'failed', error: '\0' })
  await agent.over
  expect(asked.slice(3).map(({ done }) => (done as { error: string }).error)).toEqual(['OB205: \0', error])
  expect(events.at(-1)).toEqual({ type: 'fail', code: error })
})

test('a checkpoint goes with the next beat, the latest one, and before a release', async () => {
  answers = [{ job: jobOf(1) }]
  const agent = await startAgent()
  checkpoint = '{"row":1}'
  await clock.advance(14_000)
  checkpoint = '{"row":2}'
  await clock.advance(250)
  checkpoint = null
  expect(saved).toEqual([])
  await clock.advance(1000)
  expect(saved).toEqual(['{"row":2}'])
  checkpoint = '{"row":3}'
  await clock.advance(250)
  checkpoint = null
  await agent.stop()
  expect(saved).toEqual(['{"row":2}', '{"row":3}'])
  expect(asked.at(-1)?.done).toMatchObject({ outcome: 'released' })
})

test('a program is given the state that it can go on from, if that has the hash that it should', async () => {
  const state = '{"row":41}'
  answers = [{ job: { ...jobOf(1), checkpoint: { state, hash: sha256Hex(state) } } }]
  const agent = await startAgent()
  expect(ran?.resumed).toEqual({ row: 41 })
  answers = [{ job: { ...jobOf(2), checkpoint: { state, hash: sha256Hex('{"row":42}') } } }]
  finishProgram?.({ kind: 'done', text: '1', rested: 0 })
  await settle()
  expect(ran?.resumed).toBeNull()
  await agent.stop()
})

test('T9: a state that lies in Storage is read there, and held against its hash once more', async () => {
  const state = '{"row":41}'
  const url = 'oblivion-checkpoints/uploads/job-1/1/ab'
  const checkpoint = { url, hash: sha256Hex(state) }
  answers = [{ job: { ...jobOf(1), checkpoint } }, { job: { ...jobOf(2), checkpoint } }]
  readStored = (job) => ({ ...job, checkpoint: { state, hash: sha256Hex(state) } })
  const agent = await startAgent()
  expect(ran?.resumed).toEqual({ row: 41 })
  readStored = (job) => ({ ...job, checkpoint: { state: '{"row":42}', hash: sha256Hex(state) } })
  finishProgram?.({ kind: 'done', text: '1', rested: 0 })
  await settle()
  expect(ran?.resumed).toBeNull()
  await agent.stop()
})

test('A8: a customer’s program runs only where the owner chose it, or an operator has reviewed it', async () => {
  const program = { kind: 'js', hash: 'f'.repeat(64), reviewed: false } as const
  answers = [{ job: { ...jobOf(1), program } }, { job: { ...jobOf(2), program: { ...program, reviewed: true } } }]
  const agent = await startAgent()
  expect(asked[1]?.done).toMatchObject({ jobId: 'job-1', outcome: 'released' })
  expect(ran).not.toBeNull()
  await agent.stop()
  strangersPrograms = true
  ran = null
  answers = [{ job: { ...jobOf(3), program } }]
  const open = await startAgent()
  expect(ran).not.toBeNull()
  await open.stop()
})

test('at rest it asks for nothing, keeps a job that yields for a minute, and then gives it back', async () => {
  answers = [{ job: jobOf(1) }]
  const agent = await startAgent()
  pacer.set({ cpu: 1, hold: 'on-battery' })
  await clock.advance(59_000)
  const told = () => events.filter(({ type }) => type === 'pause' || type === 'resume').at(-1)
  expect(told()).toEqual({ type: 'pause', reason: 'on-battery' })
  expect(paces).toEqual([0])
  expect(beats.length).toBeGreaterThan(2)
  expect(asked).toHaveLength(1)
  await clock.advance(2000)
  expect(asked[1]).toMatchObject({ claim: false, done: { outcome: 'released' } })
  await clock.advance(600_000)
  expect(asked).toHaveLength(2)
  pacer.set({ cpu: 1, hold: null })
  await settle()
  expect(asked).toHaveLength(3)
  expect(told()).toEqual({ type: 'resume' })
  await agent.stop()
})

test('what a program did not rest by itself is rested before the next job is asked for', async () => {
  pacer.set({ cpu: 0.25, hold: null })
  answers = [{ job: jobOf(1) }]
  const agent = await startAgent()
  await clock.advance(10_000)
  finishProgram?.({ kind: 'done', text: '1', rested: 0 })
  await settle()
  // Reported at once; asked for more after three times as long.
  expect(asked[1]).toMatchObject({ claim: false, done: { outcome: 'succeeded' } })
  await clock.advance(29_000)
  expect(asked).toHaveLength(2)
  await clock.advance(1000)
  expect(asked[2]).toMatchObject({ claim: true, done: undefined })
  await agent.stop()
})

test('SW-43: of two thousand jobs that it computed a worker keeps none', async () => {
  const given: WeakRef<OfferedJob>[] = []
  const next = (): Partial<WorkCycleAnswer> => {
    const job = jobOf(given.length)
    given.push(new WeakRef(job))
    return { job }
  }
  answers = [next()]
  const agent = await startAgent()
  while (given.length < 2000) {
    answers = [next()]
    finishProgram?.({ kind: 'done', text: '1', rested: 0 })
    await settle()
    // What this test writes down for itself.
    for (const list of [events, asked, held, heldAtClaim, paces]) list.length = 0
  }
  expect(clock.sleepers()).toBeLessThan(10)
  setFlagsFromString('--expose-gc')
  runInNewContext('gc')()
  expect(given.filter((job) => job.deref() !== undefined).length).toBeLessThan(5)
  await agent.stop()
})
