import { parseUsdc, resultHash, UnexpectedAnswerError } from '@oblivion/core'
import { describe, expect, test } from 'vitest'
import {
  allowProgram,
  type CallOptions,
  type Client,
  cancelTask,
  changePlayMoney,
  chunkAttempts,
  claimJobFair,
  completeJob,
  createApiKey,
  createBriefWithJob,
  createJob,
  createSchedule,
  createTask,
  deleteSchedule,
  explainClaim,
  failJob,
  getNetworkStats,
  getTask,
  getWorkerStats,
  haltPayouts,
  heartbeat,
  listApiKeys,
  listSchedules,
  listTasks,
  myBalance,
  myCardMoney,
  myEarnings,
  myNodes,
  myPayout,
  myStatement,
  myVoucher,
  nextJobs,
  operatorNode,
  operatorNodes,
  operatorOverview,
  pauseTask,
  registerNode,
  requestCardRefund,
  requestPayout,
  resumeNode,
  resumePayouts,
  resumeTask,
  revokeApiKey,
  revokeNode,
  runSchedule,
  setPayoutFrom,
  setScheduleEnabled,
  stopProgram,
  taskFailures,
  taskInputs,
  taskResults,
  workBatch,
  workCycle,
} from '../src/index.ts'

interface Call {
  readonly name: string
  readonly args: Readonly<Record<string, unknown>>
  readonly options: CallOptions | undefined
}

/** A client whose server always gives the same answer, and the calls that it saw. */
const answering = (answer: unknown): Client & { readonly calls: Call[] } => {
  const calls: Call[] = []
  return {
    calls,
    call: async (name, args, options) => {
      calls.push({ name, args, options })
      return structuredClone(answer)
    },
  }
}

const program = { kind: 'builtin', name: 'raytrace' }
const job = {
  jobId: 'j1',
  attempt: 2,
  taskId: 't1',
  title: 'A room',
  chunkIndex: 36,
  chunkCount: 64,
  type: 'raytrace',
  program,
  input: { x: 0 },
  inputUrl: null,
  leaseExpiresAt: '2026-11-24T15:00:00Z',
  limits: { timeoutSeconds: 60, maxResultBytes: 65_536, maxStoredBytes: 16_777_216 },
  checkpoint: null,
}
const counts = { blocked: 0, pending: 1, processing: 1, completed: 2, failed: 0, cancelled: 0 }
const terms = {
  ...{ maxConcurrentChunks: null, maxAttempts: 3, timeoutSeconds: 300, priority: 0, replicas: 1, quorum: 1 },
  metered: true,
}
const scheduledTask = {
  title: 'A batch',
  program: { kind: 'builtin', name: 'raytrace' },
  range: { end: 5 },
  pricePerChunk: 1000n,
  budget: 5000n,
  acknowledgeVisible: true,
} as const
const ownNode = {
  ...{ nodeId: 'n1', hardwareId: 'a laptop', workerType: 'browser', hasKey: true, online: true },
  ...{ currentJobs: 1, completedJobs: 7, lastSeenAt: '2026-11-25T06:00:00Z', registeredAt: '2026-11-24T06:00:00Z' },
}
const schedule = {
  scheduleId: 's1',
  name: 'Daily',
  title: 'A batch',
  enabled: true,
  everySeconds: 600,
  cron: '0 6 * * *',
  skipWhileRunning: false,
  nextRunAt: '2026-11-25T06:00:00Z',
  lastRunAt: '2026-11-24T06:00:00Z',
  lastTaskId: 't1',
  lastError: { code: 'OB007', message: 'No money.' },
  runs: 3,
  failures: 1,
  createdAt: '2026-11-20T06:00:00Z',
}
const forecast = {
  pilots: 3,
  secondsPerChunk: 1.5,
  finish: { earliest: '2026-11-24T15:00:00Z', likely: '2026-11-24T15:01:00Z', latest: '2026-11-24T15:02:00Z' },
}
const summary = {
  taskId: 't1',
  title: 'A room',
  type: 'raytrace',
  status: 'running',
  program,
  createdAt: '2026-11-24T15:00:00Z',
  finishedAt: null,
  pausedReason: 'non_deterministic',
  asset: 'test',
  stages: [{ type: 'raytrace', program: { ...program }, counts: { ...counts } }],
  chunkCount: 4,
  plannedCount: 4,
  counts,
  budget: '4000',
  spent: '2000',
  held: '2000',
  pricePerChunk: '1000',
  metered: true,
  feeBps: 500,
  terms,
  needs: { capabilities: ['webgpu'], workerTypes: ['browser', 'server'], maxPricePerHour: '250000' },
}
/** What the server says beside it: when it answered, and when it had counted. */
const counted = { asOf: '2026-11-24T15:00:12Z', countedAt: '2026-11-24T15:00:00Z' }
const summaryRead = {
  ...summary,
  countedSecondsAgo: 12,
  budget: 4000n,
  spent: 2000n,
  held: 2000n,
  pricePerChunk: 1000n,
  needs: { ...summary.needs, maxPricePerHour: 250000n },
}
const hash = resultHash('r')
const operatorsNode = { ...ownNode, provider: '0xa', maxJobs: 2 }
const jobOfNode = {
  ...{ jobId: 'j1', taskId: 't1', chunkIndex: 3, type: 'raytrace', attempt: 2, startedAt: '2026-11-24T15:00:00Z' },
}
const operatorsNodeView = {
  ...operatorsNode,
  ...{ asOf: '2026-11-24T15:00:00Z', pricePerHour: '250000', capabilities: ['gpu'], operator: false },
  ...{ established: true, site: 'A blog', staleAfterSeconds: 600, lastHour: { attempts: 2, succeeded: 1 } },
  jobs: [{ ...jobOfNode, progress: 0.5, leaseExpiresAt: '2026-11-24T15:10:00Z' }],
  attempts: [{ ...jobOfNode, endedAt: '2026-11-24T15:01:00Z', outcome: 'failed', code: 'OB205' }],
}
const overview = {
  asOf: '2026-11-24T15:00:00Z',
  settlement: { chainId: 31_337, contractAddress: '0xc', haltedReason: 'A look.', haltCause: 'operator' },
  payoutsDue: 2,
  batches: [
    {
      ...{ nonce: 4, kind: 'settle', state: 'sending', charges: 1, payouts: 2, tries: 3, transaction: '0xab' },
      openedAt: '2026-11-24T15:00:00Z',
    },
  ],
  cards: {
    ...{ payer: '0xd', windowSeconds: 10_368_000, paidIn: '12500000', returned: '0', returning: '0', badDebt: '3' },
    disputes: [
      {
        ...{ disputeId: 'du_1', customer: '0xa', amount: '5', covered: '2', state: 'lost' },
        ...{ liftedAt: '2026-11-24T15:00:00Z', openedAt: '2026-11-23T15:00:00Z' },
      },
    ],
  },
  queue: { pending: 5, processing: 2, oldestSeconds: 90, planning: 1 },
  lateness: { leaseSeconds: 3, figuresSeconds: 1, scheduleSeconds: 61, deliverySeconds: 2 },
  nodes: [{ workerType: 'browser', working: 2, waiting: 3, gone: 4 }],
  programs: {
    stopped: [{ program: 'raytrace', reason: 'A look.', stoppedAt: '2026-11-24T15:00:00Z', tasks: 1 }],
    suspected: [{ program: 'sha256:ab', owners: 2, lastAt: '2026-11-24T15:00:00Z' }],
  },
  sites: [{ siteId: 's1', name: 'A blog', origins: ['https://blog.example'], reason: 'Spam.' }],
  settings: {
    ...{ feeBps: 500, minPricePerChunk: '100', defaultPricePerHour: '100000', sandbox: true },
    ...{ maxJobs: 2, provenAfter: 30, quarantineAfter: 3, queueOldAfterSeconds: 3600, failingShare: 0.5 },
    ...{ staleAfterSeconds: 600, staleAfterBrowserSeconds: 45, defaultTimeoutSeconds: 300, historyDays: 30 },
  },
  actions: [{ operator: '0xe', action: 'halt', subject: '0xc', reason: 'A look.', at: '2026-11-24T15:00:00Z' }],
}

interface Row {
  readonly name: string
  readonly act: (client: Client, options: CallOptions) => Promise<unknown>
  readonly args: Readonly<Record<string, unknown>>
  /** As the server gives it, and as the action does. */
  readonly answer: unknown
  readonly value: unknown
  /** Paths that may be missing or hold anything. */
  readonly free?: readonly string[]
}

const series = (bucketSeconds: number) => ({
  bucketSeconds,
  from: '2026-11-24T14:00:00Z',
  accepted: [1, 0],
  owners: [1, 0],
  online: [1.5, null],
  working: [0.2, null],
  medianWaitSeconds: [0.1, null],
})

const rows: readonly Row[] = [
  {
    name: 'register_node',
    act: (client, options) => registerNode(client, { hardwareId: 'h', pricePerHour: 5n, ...options }),
    args: { p_hardware_id: 'h', p_worker_type: 'browser', p_capabilities: {}, p_price_per_hour: '5' },
    answer: { nodeId: 'n', nodeSecret: 's', settings: { heartbeatSeconds: 15, maxJobs: 1, maxInlineBytes: 65_536 } },
    value: { nodeId: 'n', nodeSecret: 's', settings: { heartbeatSeconds: 15, maxJobs: 1, maxInlineBytes: 65_536 } },
  },
  {
    name: 'work_cycle',
    act: (client, options) => workCycle(client, { nodeId: 'n', ...options }),
    args: { p_node_id: 'n', p_done: null },
    answer: { job, retryMs: 200, accepted: null, reason: null },
    value: { job, retryMs: 200, accepted: null, reason: null },
    free: ['job.input'],
  },
  {
    name: 'work_cycle',
    act: (client, options) =>
      workCycle(client, {
        nodeId: 'n',
        done: { jobId: 'j1', attempt: 2, outcome: 'succeeded', result: 'r', resultHash: hash },
        claim: false,
        ...options,
      }),
    args: {
      p_node_id: 'n',
      p_done: { jobId: 'j1', attempt: 2, outcome: 'succeeded', result: 'r', resultHash: hash },
      p_claim: false,
    },
    answer: { job: null, retryMs: 3000, accepted: false, reason: 'stale_attempt' },
    value: { job: null, retryMs: 3000, accepted: false, reason: 'stale_attempt' },
  },
  {
    name: 'heartbeat',
    act: (client, options) =>
      heartbeat(client, { nodeId: 'n', job: { jobId: 'j1', attempt: 2 }, progress: 0.5, ...options }),
    args: { p_node_id: 'n', p_job_id: 'j1', p_attempt: 2, p_progress: 0.5, p_metrics: null },
    answer: { leaseExpiresAt: '2026-11-24T15:00:45Z', cancel: true },
    value: { leaseExpiresAt: '2026-11-24T15:00:45Z', cancel: true },
  },
  {
    name: 'next_jobs',
    act: (client, options) => nextJobs(client, { providerAddress: '0xa', limit: 2, ...options }),
    args: { p_provider_address: '0xa', p_limit: 2 },
    answer: [{ jobId: 'j1', type: 'raytrace', priority: 0, createdAt: '2026-11-24T15:00:00Z' }],
    value: [{ jobId: 'j1', type: 'raytrace', priority: 0, createdAt: '2026-11-24T15:00:00Z' }],
  },
  {
    name: 'claim_job_fair',
    act: (client, options) => claimJobFair(client, { jobId: 'j1', providerAddress: '0xa', ...options }),
    args: { p_job_id: 'j1', p_provider_address: '0xa' },
    answer: true,
    value: true,
  },
  {
    name: 'complete_job',
    act: (client, options) =>
      completeJob(client, {
        jobId: 'j1',
        providerAddress: '0xa',
        attempt: 1,
        result: 'r',
        resultHash: hash,
        ...options,
      }),
    args: { p_job_id: 'j1', p_provider_address: '0xa', p_attempt: 1, p_result: 'r', p_result_hash: hash },
    answer: false,
    value: false,
  },
  {
    name: 'work_batch',
    act: (client, options) =>
      workBatch(client, {
        nodeId: 'n',
        done: [{ jobId: 'j1', attempt: 2, outcome: 'succeeded', result: 'r', resultHash: hash }],
        limit: 50,
        ...options,
      }),
    args: {
      p_node_id: 'n',
      p_done: [{ jobId: 'j1', attempt: 2, outcome: 'succeeded', result: 'r', resultHash: hash }],
      p_limit: 50,
    },
    answer: {
      done: [{ jobId: 'j1', attempt: 2, accepted: false, reason: 'stale_attempt' }],
      jobs: [job],
      retryMs: 200,
    },
    value: {
      done: [{ jobId: 'j1', attempt: 2, accepted: false, reason: 'stale_attempt' }],
      jobs: [job],
      retryMs: 200,
    },
    free: ['jobs.0.input'],
  },
  {
    name: 'explain_claim',
    act: (client, options) => explainClaim(client, { nodeId: 'n', ...options }),
    args: { p_node_id: 'n' },
    answer: { reason: 'not_due_yet', sentence: 'Later.', values: { until: '2026-11-24T15:00:00Z' } },
    value: { reason: 'not_due_yet', sentence: 'Later.', values: { until: '2026-11-24T15:00:00Z' } },
    free: ['values.until'],
  },
  {
    name: 'fail_job',
    act: (client, options) => failJob(client, { jobId: 'j1', providerAddress: '0xa', error: 'boom', ...options }),
    args: { p_job_id: 'j1', p_provider_address: '0xa', p_error: 'boom', p_attempt: null },
    answer: true,
    value: true,
  },
  {
    name: 'create_brief',
    act: (client, options) =>
      createBriefWithJob(client, {
        ...{ user_id: '0xa', title: 'A brief', description: 'Of words.', query: 'Words', media_type: 'text' },
        ...{
          use_pipeline: true,
          metadata: { text: 'One.' },
          price_per_job: 1000n,
          asset: 'test',
          acknowledgeVisible: true,
        },
        ...options,
      }),
    args: {
      p_brief: {
        ...{ customerAddress: '0xa', title: 'A brief', description: 'Of words.', query: 'Words', mediaType: 'text' },
        ...{
          usePipeline: true,
          metadata: { text: 'One.' },
          pricePerJob: '1000',
          asset: 'test',
          acknowledgeVisible: true,
        },
      },
    },
    answer: {
      ...{ briefId: 't1', jobId: 'j1', stages: ['analysis', 'render'] },
      estimate: { cost: '2000', fee: '100', reward: '1900' },
    },
    value: {
      ...{ brief_id: 't1', job_id: 'j1', stages: ['analysis', 'render'] },
      estimate: { cost: 2000n, fee: 100n, reward: 1900n },
    },
  },
  {
    name: 'create_brief_job',
    act: (client, options) =>
      createJob(client, { brief_id: 't1', type: 'analysis', metadata: { text: 'Two.' }, ...options }),
    args: { p_job: { briefId: 't1', type: 'analysis', metadata: { text: 'Two.' } } },
    answer: { briefId: 't1', taskId: 't2', jobId: 'j2', estimate: { cost: '1000', fee: '50', reward: '950' } },
    value: { brief_id: 't1', task_id: 't2', job_id: 'j2', estimate: { cost: 1000n, fee: 50n, reward: 950n } },
  },
  {
    name: 'create_task',
    act: (client, options) =>
      createTask(client, {
        task: {
          title: 'A room',
          program: { kind: 'builtin', name: 'raytrace' },
          inputs: [1, 2],
          pricePerChunk: parseUsdc('0.001'),
          budget: parseUsdc('0.002'),
          acknowledgeVisible: true,
        },
        ...options,
      }),
    args: {
      p_task: {
        title: 'A room',
        program,
        inputs: [1, 2],
        pricePerChunk: '1000',
        budget: '2000',
        acknowledgeVisible: true,
      },
    },
    answer: {
      taskId: 't1',
      chunkCount: 2,
      plannedCount: 2,
      terms,
      estimate: { cost: '2000', fee: '100', reward: '1900' },
      assigned: { jobs: 1, providers: ['0xabcd…1234'], until: '2026-01-01T00:00:30Z' },
    },
    value: {
      taskId: 't1',
      chunkCount: 2,
      plannedCount: 2,
      terms,
      estimate: { cost: 2000n, fee: 100n, reward: 1900n },
      assigned: { jobs: 1, providers: ['0xabcd…1234'], until: '2026-01-01T00:00:30Z' },
    },
  },
  {
    name: 'create_task',
    act: (client, options) =>
      createTask(client, {
        task: {
          ...{ title: 'By time', program: { kind: 'builtin', name: 'raytrace' }, range: { end: 2 } },
          metered: { maxPricePerChunk: parseUsdc('0.001') },
          maxPricePerHour: parseUsdc('0.25'),
          budget: parseUsdc('0.002'),
          acknowledgeVisible: true,
        },
        ...options,
      }),
    args: {
      p_task: {
        ...{ title: 'By time', program, range: { end: 2 } },
        metered: { maxPricePerChunk: '1000' },
        maxPricePerHour: '250000',
        budget: '2000',
        acknowledgeVisible: true,
      },
    },
    answer: {
      ...{ taskId: 't1', chunkCount: 2, plannedCount: 2, terms, assigned: null },
      estimate: { cost: '2000', fee: '100', reward: '1900' },
    },
    value: {
      ...{ taskId: 't1', chunkCount: 2, plannedCount: 2, terms, assigned: null },
      estimate: { cost: 2000n, fee: 100n, reward: 1900n },
    },
  },
  {
    name: 'create_schedule',
    act: (client, options) =>
      createSchedule(client, { schedule: { name: 'Daily', cron: '0 6 * * *', task: scheduledTask }, ...options }),
    args: {
      p_schedule: {
        name: 'Daily',
        cron: '0 6 * * *',
        task: { ...scheduledTask, pricePerChunk: '1000', budget: '5000' },
      },
    },
    answer: schedule,
    value: schedule,
  },
  {
    name: 'my_nodes',
    act: (client, options) => myNodes(client, options),
    args: {},
    answer: [ownNode],
    value: [ownNode],
  },
  {
    name: 'resume_node',
    act: (client, options) => resumeNode(client, { nodeId: 'n1', maxJobs: 1, ...options }),
    args: { p_node_id: 'n1', p_max_jobs: 1 },
    answer: { settings: { heartbeatSeconds: 15, maxJobs: 1, maxInlineBytes: 65_536 }, waitMs: 0 },
    value: { settings: { heartbeatSeconds: 15, maxJobs: 1, maxInlineBytes: 65_536 }, waitMs: 0 },
  },
  {
    name: 'revoke_node',
    act: (client, options) => revokeNode(client, { nodeId: 'n1', ...options }),
    args: { p_node_id: 'n1' },
    answer: ownNode,
    value: ownNode,
  },
  {
    name: 'list_schedules',
    act: (client, options) => listSchedules(client, options),
    args: {},
    answer: [schedule],
    value: [schedule],
  },
  {
    name: 'set_schedule_enabled',
    act: (client, options) => setScheduleEnabled(client, { scheduleId: 's1', enabled: true, ...options }),
    args: { p_schedule_id: 's1', p_enabled: true },
    answer: schedule,
    value: schedule,
  },
  {
    name: 'run_schedule',
    act: (client, options) => runSchedule(client, { scheduleId: 's1', ...options }),
    args: { p_schedule_id: 's1' },
    answer: { taskId: null, error: { code: 'OB007', message: 'No money.' } },
    value: { taskId: null, error: { code: 'OB007', message: 'No money.' } },
  },
  {
    name: 'delete_schedule',
    act: (client, options) => deleteSchedule(client, { scheduleId: 's1', ...options }),
    args: { p_schedule_id: 's1' },
    answer: true,
    value: undefined,
  },
  {
    name: 'get_task',
    act: (client, options) => getTask(client, { taskId: 't1', ...options }),
    args: { p_task_id: 't1' },
    answer: {
      ...summary,
      ...counted,
      chunks: 'ccrp',
      forecast: { ...forecast, cost: { low: '1', likely: '2', high: '3' } },
    },
    value: { ...summaryRead, chunks: 'ccrp', forecast: { ...forecast, cost: { low: 1n, likely: 2n, high: 3n } } },
  },
  {
    name: 'list_tasks',
    act: (client, options) => listTasks(client, options),
    args: { p_limit: 50 },
    answer: [{ ...summary, ...counted }],
    value: [summaryRead],
  },
  {
    name: 'cancel_task',
    act: (client, options) => cancelTask(client, { taskId: 't1', ...options }),
    args: { p_task_id: 't1' },
    answer: { status: 'cancelled', refunded: '9007199254740993' },
    value: { status: 'cancelled', refunded: 9007199254740993n },
  },
  {
    name: 'pause_task',
    act: (client, options) => pauseTask(client, { taskId: 't1', ...options }),
    args: { p_task_id: 't1' },
    answer: { status: 'paused' },
    value: { status: 'paused' },
  },
  {
    name: 'resume_task',
    act: (client, options) => resumeTask(client, { taskId: 't1', ...options }),
    args: { p_task_id: 't1' },
    answer: { status: 'running' },
    value: { status: 'running' },
  },
  {
    name: 'task_failures',
    act: (client, options) => taskFailures(client, { taskId: 't1', after: 3, limit: 1, ...options }),
    args: { p_task_id: 't1', p_after: 3, p_limit: 1 },
    answer: {
      failures: [
        {
          ...{ chunkIndex: 4, stage: 0, error: 'Error: no', errorHash: hash, provider: '0xa', attempt: 2 },
          ...{ failedAt: '2026-11-24T15:00:00Z', reward: '950' },
        },
      ],
      next: 4,
    },
    value: {
      failures: [
        {
          ...{ chunkIndex: 4, stage: 0, error: 'Error: no', errorHash: hash, provider: '0xa', attempt: 2 },
          ...{ failedAt: '2026-11-24T15:00:00Z', reward: 950n },
        },
      ],
      next: 4,
    },
  },
  {
    name: 'chunk_attempts',
    act: (client, options) => chunkAttempts(client, { taskId: 't1', chunkIndex: 3, limit: 2, ...options }),
    args: { p_task_id: 't1', p_chunk_index: 3, p_limit: 2 },
    answer: {
      attempts: [
        {
          ...{ stage: 0, attempt: 1, worker: 1, startedAt: '2026-11-29T15:00:00Z', endedAt: '2026-11-29T15:00:04Z' },
          ...{ outcome: 'succeeded', code: null, verdict: 'valid', provider: '0xa', reward: '950' },
        },
        {
          ...{ stage: 1, attempt: 2, worker: 2, startedAt: '2026-11-29T15:00:05Z', endedAt: null },
          ...{ outcome: null, code: null, verdict: null, provider: null, reward: null },
        },
      ],
      more: true,
    },
    value: {
      attempts: [
        {
          ...{ stage: 0, attempt: 1, worker: 1, startedAt: '2026-11-29T15:00:00Z', endedAt: '2026-11-29T15:00:04Z' },
          ...{ outcome: 'succeeded', code: null, verdict: 'valid', provider: '0xa', reward: 950n },
        },
        {
          ...{ stage: 1, attempt: 2, worker: 2, startedAt: '2026-11-29T15:00:05Z', endedAt: null },
          ...{ outcome: null, code: null, verdict: null, provider: null, reward: null },
        },
      ],
      more: true,
    },
  },
  {
    name: 'task_inputs',
    act: (client, options) => taskInputs(client, { taskId: 't1', after: 3, limit: 1, ...options }),
    args: { p_task_id: 't1', p_after: 3, p_limit: 1 },
    answer: { inputs: [{ chunkIndex: 4, input: [1] }], next: 4 },
    value: { inputs: [{ chunkIndex: 4, input: [1] }], next: 4 },
    free: ['inputs.0.input'],
  },
  {
    name: 'task_results',
    act: (client, options) =>
      taskResults(client, { taskId: 't1', after: 3, limit: 1, chunks: [4], stage: 1, ...options }),
    args: { p_task_id: 't1', p_after: 3, p_limit: 1, p_chunks: [4], p_stage: 1 },
    answer: {
      results: [
        {
          chunkIndex: 4,
          input: null,
          result: [1],
          resultHash: hash,
          verdict: 'valid',
          provider: '0xa',
          attempt: 1,
          acceptedAt: '2026-11-24T15:00:00Z',
          reward: '950',
        },
      ],
      next: 4,
    },
    value: {
      results: [
        {
          chunkIndex: 4,
          input: null,
          result: [1],
          resultHash: hash,
          verdict: 'valid',
          provider: '0xa',
          attempt: 1,
          acceptedAt: '2026-11-24T15:00:00Z',
          storedBytes: null,
          reward: 950n,
        },
      ],
      next: 4,
    },
    free: ['results.0.result'],
  },
  {
    name: 'get_network_stats',
    act: (client, options) => getNetworkStats(client, options),
    args: {},
    answer: {
      online: 2,
      working: 1,
      byType: { browser: 2, server: 0, python: 0 },
      pendingJobs: 3,
      processingJobs: 1,
      tasksRunning: 1,
      chunksToday: 5,
      chunksTotal: 50,
      medianWaitSeconds: 0.4,
      fairness: 0.99,
      feeBps: 500,
      defaultPricePerHour: '100000',
      asOf: '2026-11-24T15:00:00Z',
      ageSeconds: 1.5,
      series: { '1h': series(60), '24h': series(900), '7d': series(7200) },
    },
    value: {
      online: 2,
      working: 1,
      byType: { browser: 2, server: 0, python: 0 },
      pendingJobs: 3,
      processingJobs: 1,
      tasksRunning: 1,
      chunksToday: 5,
      chunksTotal: 50,
      medianWaitSeconds: 0.4,
      fairness: 0.99,
      feeBps: 500,
      defaultPricePerHour: 100_000n,
      asOf: '2026-11-24T15:00:00Z',
      ageSeconds: 1.5,
      series: { '1h': series(60), '24h': series(900), '7d': series(7200) },
    },
  },
  {
    name: 'get_worker_stats',
    act: (client, options) => getWorkerStats(client, options),
    args: {},
    answer: [
      {
        worker: '0xab…cd',
        worker_type: 'browser',
        online: true,
        current_jobs: 1,
        max_jobs: 1,
        total_jobs_completed: 9,
        last_seen: '2026-11-24T15:00:00Z',
      },
    ],
    value: [
      {
        worker: '0xab…cd',
        worker_type: 'browser',
        online: true,
        current_jobs: 1,
        max_jobs: 1,
        total_jobs_completed: 9,
        last_seen: '2026-11-24T15:00:00Z',
      },
    ],
  },
  {
    name: 'request_card_refund',
    act: (client, options) => requestCardRefund(client, { amount: 10_000n, ...options }),
    args: { p_amount: '10000' },
    answer: { requested: '10000', free: '5' },
    value: { requested: 10_000n, free: 5n },
  },
  {
    name: 'my_card_money',
    act: (client, options) => myCardMoney(client, options),
    args: {},
    answer: {
      ...{ asset: 'card', customer: '0xc', windowSeconds: 864_000, frozen: false },
      ...{ free: '1', held: '2', spent: '3', deposited: '4', refunded: '5', returning: '7', disputed: '6' },
      withdrawals: [{ amount: '7', state: 'failed', reason: 'why', requestedAt: '2026-11-24T10:00:00Z' }],
      earnings: { total: '10', waiting: '1', nextAt: '2026-11-24T10:00:00Z', ripe: '2', payable: '3', reversed: '4' },
    },
    value: {
      ...{ asset: 'card', customer: '0xc', windowSeconds: 864_000, frozen: false },
      ...{ free: 1n, held: 2n, spent: 3n, deposited: 4n, refunded: 5n, returning: 7n, disputed: 6n },
      withdrawals: [{ amount: 7n, state: 'failed', reason: 'why', requestedAt: '2026-11-24T10:00:00Z' }],
      earnings: { total: 10n, waiting: 1n, nextAt: '2026-11-24T10:00:00Z', ripe: 2n, payable: 3n, reversed: 4n },
    },
  },
  {
    name: 'create_api_key',
    act: (client, options) =>
      createApiKey(client, {
        apiKey: { name: 'Nightly', scopes: ['read', 'tasks'], spendingLimit: 5000n, expiresAt: '2026-03-01T00:00:00Z' },
        ...options,
      }),
    args: {
      p_key: { name: 'Nightly', scopes: ['read', 'tasks'], spendingLimit: '5000', expiresAt: '2026-03-01T00:00:00Z' },
    },
    answer: {
      keyId: 'k',
      name: 'Nightly',
      beginning: 'obk_1234',
      scopes: ['read', 'tasks'],
      openTasks: 2,
      spendingLimit: '5000',
      used: '3000',
      createdAt: '2026-01-01T00:00:00Z',
      lastUsedAt: '2026-01-02T00:00:00Z',
      expiresAt: '2026-03-01T00:00:00Z',
      revokedAt: '2026-02-01T00:00:00Z',
      state: 'revoked',
      key: 'obk_12345678',
    },
    value: {
      keyId: 'k',
      name: 'Nightly',
      beginning: 'obk_1234',
      scopes: ['read', 'tasks'],
      openTasks: 2,
      spendingLimit: 5000n,
      used: 3000n,
      createdAt: '2026-01-01T00:00:00Z',
      lastUsedAt: '2026-01-02T00:00:00Z',
      expiresAt: '2026-03-01T00:00:00Z',
      revokedAt: '2026-02-01T00:00:00Z',
      state: 'revoked',
      key: 'obk_12345678',
    },
  },
  {
    name: 'list_api_keys',
    act: (client, options) => listApiKeys(client, options),
    args: {},
    answer: [
      {
        keyId: 'k',
        name: 'Nightly',
        beginning: 'obk_1234',
        scopes: ['read', 'tasks'],
        openTasks: 2,
        spendingLimit: '5000',
        used: '3000',
        createdAt: '2026-01-01T00:00:00Z',
        lastUsedAt: '2026-01-02T00:00:00Z',
        expiresAt: '2026-03-01T00:00:00Z',
        revokedAt: '2026-02-01T00:00:00Z',
        state: 'revoked',
      },
    ],
    value: [
      {
        keyId: 'k',
        name: 'Nightly',
        beginning: 'obk_1234',
        scopes: ['read', 'tasks'],
        openTasks: 2,
        spendingLimit: 5000n,
        used: 3000n,
        createdAt: '2026-01-01T00:00:00Z',
        lastUsedAt: '2026-01-02T00:00:00Z',
        expiresAt: '2026-03-01T00:00:00Z',
        revokedAt: '2026-02-01T00:00:00Z',
        state: 'revoked',
      },
    ],
  },
  {
    name: 'revoke_api_key',
    act: (client, options) => revokeApiKey(client, { keyId: 'k', ...options }),
    args: { p_key_id: 'k' },
    answer: {
      keyId: 'k',
      name: 'Nightly',
      beginning: 'obk_1234',
      scopes: ['read', 'tasks'],
      openTasks: 2,
      spendingLimit: '5000',
      used: '3000',
      createdAt: '2026-01-01T00:00:00Z',
      lastUsedAt: '2026-01-02T00:00:00Z',
      expiresAt: '2026-03-01T00:00:00Z',
      revokedAt: '2026-02-01T00:00:00Z',
      state: 'revoked',
    },
    value: {
      keyId: 'k',
      name: 'Nightly',
      beginning: 'obk_1234',
      scopes: ['read', 'tasks'],
      openTasks: 2,
      spendingLimit: 5000n,
      used: 3000n,
      createdAt: '2026-01-01T00:00:00Z',
      lastUsedAt: '2026-01-02T00:00:00Z',
      expiresAt: '2026-03-01T00:00:00Z',
      revokedAt: '2026-02-01T00:00:00Z',
      state: 'revoked',
    },
  },
  {
    name: 'my_balance',
    act: (client, options) => myBalance(client, options),
    args: {},
    answer: {
      address: '0xa',
      asset: 'chain',
      chainId: 31_337,
      settlementAddress: '0xc',
      halted: 'deficit',
      free: '1',
      held: '2',
      spent: '3',
      exiting: '4',
      withdrawn: '5',
      deposited: '15',
      dailyCap: '50',
      room: '40',
      play: { free: '6', held: '7', spent: '8', earned: '9' },
    },
    value: {
      address: '0xa',
      asset: 'chain',
      chainId: 31_337,
      settlementAddress: '0xc',
      halted: 'deficit',
      free: 1n,
      held: 2n,
      spent: 3n,
      exiting: 4n,
      withdrawn: 5n,
      deposited: 15n,
      dailyCap: 50n,
      room: 40n,
      play: { free: 6n, held: 7n, spent: 8n, earned: 9n },
    },
  },
  {
    name: 'my_statement',
    act: (client, options) => myStatement(client, { account: 'earned', after: '3.9.9', limit: 2, ...options }),
    args: { p_account: 'earned', p_asset: 'chain', p_limit: 2, p_after: '3.9.9' },
    answer: {
      account: 'earned',
      asset: 'chain',
      balance: '-5',
      rows: [
        {
          ...{
            id: 'r3',
            at: '2026-11-24T15:00:00Z',
            kind: 'accept',
            amount: '950',
            title: 'A room',
            taskId: 't1',
            chunkIndex: 3,
          },
          ...{ jobId: 'j1', attempt: 1, resultHash: hash, price: '1000', fee: '50' },
          ...{ txHash: null, logIndex: null, reference: null },
        },
      ],
      next: '2.9.9',
    },
    value: {
      account: 'earned',
      asset: 'chain',
      balance: -5n,
      rows: [
        {
          ...{
            id: 'r3',
            at: '2026-11-24T15:00:00Z',
            kind: 'accept',
            amount: 950n,
            title: 'A room',
            taskId: 't1',
            chunkIndex: 3,
          },
          ...{ jobId: 'j1', attempt: 1, resultHash: hash, price: 1000n, fee: 50n },
          ...{ txHash: null, logIndex: null, reference: null },
        },
      ],
      next: '2.9.9',
    },
  },
  {
    name: 'change_play_money',
    act: (client, options) => changePlayMoney(client, { amount: -5n, ...options }),
    args: { p_amount: '-5' },
    answer: { free: '1' },
    value: { free: 1n },
  },
  {
    name: 'my_earnings',
    act: (client, options) => myEarnings(client, options),
    args: {},
    answer: {
      total: '950',
      pending: '950',
      claimable: '0',
      settled: '0',
      fromSites: '0',
      receipts: [
        {
          receiptId: 1,
          taskId: 't1',
          title: 'A room',
          chunkIndex: 4,
          jobId: 'j1',
          attempt: 1,
          asset: 'card',
          ...{ price: '1000', fee: '50', reward: '950' },
          resultHash: hash,
          startedAt: '2026-11-24T14:59:50Z',
          acceptedAt: '2026-11-24T15:00:00Z',
          state: 'waiting',
        },
      ],
    },
    value: {
      total: 950n,
      pending: 950n,
      claimable: 0n,
      settled: 0n,
      fromSites: 0n,
      receipts: [
        {
          receiptId: '1',
          taskId: 't1',
          title: 'A room',
          chunkIndex: 4,
          jobId: 'j1',
          attempt: 1,
          asset: 'card',
          ...{ price: 1000n, fee: 50n, reward: 950n },
          resultHash: hash,
          startedAt: '2026-11-24T14:59:50Z',
          acceptedAt: '2026-11-24T15:00:00Z',
          state: 'waiting',
        },
      ],
    },
  },
  {
    name: 'my_payout',
    act: (client, options) => myPayout(client, options),
    args: {},
    answer: { minimum: '10000', asked: '0', from: '1000000' },
    value: { minimum: 10_000n, asked: 0n, from: 1_000_000n },
    free: ['from'],
  },
  {
    name: 'request_payout',
    act: (client, options) => requestPayout(client, options),
    args: {},
    answer: { minimum: '10000', asked: '19000', from: '5' },
    value: { minimum: 10_000n, asked: 19_000n, from: 5n },
    free: ['from'],
  },
  {
    name: 'set_payout_from',
    act: (client, options) => setPayoutFrom(client, { from: 20_000n, ...options }),
    args: { p_from: '20000' },
    answer: { minimum: '10000', asked: '0', from: '20000' },
    value: { minimum: 10_000n, asked: 0n, from: 20_000n },
    free: ['from'],
  },
  {
    name: 'operator_overview',
    act: (client, options) => operatorOverview(client, options),
    args: {},
    answer: overview,
    value: {
      ...overview,
      cards: {
        ...{ ...overview.cards, paidIn: 12_500_000n, returned: 0n, returning: 0n, badDebt: 3n },
        disputes: [{ ...overview.cards.disputes[0], amount: 5n, covered: 2n }],
      },
      settings: { ...overview.settings, minPricePerChunk: 100n, defaultPricePerHour: 100_000n },
    },
  },
  {
    name: 'operator_nodes',
    act: (client, options) => operatorNodes(client, options),
    args: {},
    answer: { asOf: '2026-11-24T15:00:00Z', nodes: [operatorsNode] },
    value: { asOf: '2026-11-24T15:00:00Z', nodes: [operatorsNode] },
  },
  {
    name: 'operator_node',
    act: (client, options) => operatorNode(client, { nodeId: 'n1', ...options }),
    args: { p_node_id: 'n1' },
    answer: operatorsNodeView,
    value: { ...operatorsNodeView, pricePerHour: 250_000n },
  },
  {
    name: 'operator_halt',
    act: (client, options) => haltPayouts(client, { reason: 'A look.', ...options }),
    args: { p_reason: 'A look.' },
    answer: null,
    value: undefined,
  },
  {
    name: 'operator_resume',
    act: (client, options) => resumePayouts(client, options),
    args: {},
    answer: null,
    value: undefined,
  },
  {
    name: 'operator_stop_program',
    act: (client, options) => stopProgram(client, { program: 'raytrace', reason: 'A look.', ...options }),
    args: { p_program: 'raytrace', p_reason: 'A look.' },
    answer: { tasks: 2 },
    value: 2,
  },
  {
    name: 'operator_allow_program',
    act: (client, options) => allowProgram(client, { program: 'raytrace', ...options }),
    args: { p_program: 'raytrace' },
    answer: { tasks: 2 },
    value: 2,
  },
  {
    name: 'my_voucher',
    act: (client, options) => myVoucher(client, options),
    args: {},
    answer: {
      chainId: 31_337,
      settlementAddress: '0xc',
      provider: '0xa',
      cumulative: '10',
      settled: '4',
      claimable: '6',
      signature: '0xff',
    },
    value: {
      chainId: 31_337,
      settlementAddress: '0xc',
      provider: '0xa',
      cumulative: 10n,
      settled: 4n,
      claimable: 6n,
      signature: '0xff',
    },
  },
]

describe.each(rows)('$name', ({ name, act, args, answer, value, free = [] }) => {
  test('calls its function by name, hands the options on, and reads the answer', async () => {
    const client = answering(answer)
    const { signal } = new AbortController()
    expect(await act(client, { signal, deadlineMs: 7, keepalive: true })).toEqual(value)
    expect(client.calls).toEqual([{ name, args, options: { signal, deadlineMs: 7, keepalive: true } }])
  })

  test('passes over fields that it does not know', async () => {
    const extended = typeof answer === 'object' && !Array.isArray(answer) ? { ...answer, new: 1 } : answer
    expect(await act(answering(extended), {})).toEqual(value)
  })

  const damaged = [...damage(answer)].filter(({ path }) => !free.includes(path))
  test.each(damaged)('refuses an answer with $wrong at "$path"', async ({ path, answer: wrong, field }) => {
    const error = await act(answering(wrong), {}).then(
      () => null,
      (reason: unknown) => reason,
    )
    expect(error, `accepted at ${path}`).toBeInstanceOf(UnexpectedAnswerError)
    expect(error).toMatchObject({ code: 'OB105', values: { call: name, field } })
  })
})

test('a database that knows no metered price has fixed ones', async () => {
  const { metered: _, ...fixed } = terms
  const { metered: __, ...task } = { ...summary, terms: fixed }
  const [read] = await listTasks(answering([task]))
  expect(read).toMatchObject({ metered: false, terms: { metered: false } })
})

test('an absent voucher, job and second page are null', async () => {
  expect(await myVoucher(answering(null))).toBeNull()
  expect(await workCycle(answering({ retryMs: 1 }), { nodeId: 'n' })).toEqual({
    job: null,
    retryMs: 1,
    accepted: null,
    reason: null,
  })
  expect(await taskResults(answering({ results: [], next: null }), { taskId: 't' })).toEqual({
    results: [],
    next: null,
  })
})

/** The answer with one leaf or branch after the other turned into something of a type that nothing has. */
function* damage(answer: unknown): Generator<{ path: string; field: string; wrong: string; answer: unknown }> {
  for (const path of pathsOf(answer)) {
    const copy: { root: unknown } = { root: structuredClone(answer) }
    let holder = copy as unknown as Record<string, unknown>
    let key = 'root'
    for (const step of path) {
      holder = holder[key] as Record<string, unknown>
      key = step
    }
    // Null is a value of fields that may be absent, so a damaged field holds an array in an array instead.
    holder[key] = [[]]
    const isList = Array.isArray(
      path.reduce<unknown>((value, step) => (value as Record<string, unknown>)[step], answer),
    )
    const field = path.reduce(
      (text, step) => (/^\d+$/.test(step) ? `${text}[${step}]` : text ? `${text}.${step}` : step),
      '',
    )
    yield { path: path.join('.'), field: isList ? `${field}[0]` : field, wrong: 'an array', answer: copy.root }
  }
}

function* pathsOf(value: unknown, path: readonly string[] = []): Generator<readonly string[]> {
  // A leaf that is null in the good answer may well be an array of arrays for all that the client cares about input.
  if (value !== null) yield path
  if (typeof value === 'object' && value !== null) {
    for (const [key, member] of Object.entries(value)) {
      if (path.at(-1) === 'input' || path.at(-1) === 'result') return
      yield* pathsOf(member, [...path, key])
    }
  }
}
