import { hostname } from 'node:os'
import { formatUsdc, readVariable } from '@oblivion/core'
import { createServerWorker, type ServerWorker } from '@oblivion/sdk/node'
import { defineCommand } from 'citty'
import { privateKeyToAccount } from 'viem/accounts'
import { createLog, type Log } from '../createLog.ts'
import { eachOf } from '../eachOf.ts'
import { UsageError } from '../UsageError.ts'
import { wholeNumber } from '../wholeNumber.ts'
import { describeNotice } from './describeNotice.ts'
import { logEvent } from './logEvent.ts'
import { nodeArgs } from './nodeArgs.ts'
import { openNode } from './openNode.ts'
import { pricePerHour } from './pricePerHour.ts'
import { readCapabilities } from './readCapabilities.ts'
import { readWorkerSettings, type WorkerSettings } from './readWorkerSettings.ts'
import { registeredOtherwise } from './registeredOtherwise.ts'
import { type HealthReport, serveHealth } from './serveHealth.ts'
import { takeNames } from './takeNames.ts'

export const workerCommand = defineCommand({
  meta: {
    name: 'worker',
    description: 'Runs server nodes: they claim jobs, compute them without any permission, and earn.',
  },
  args: {
    n: { type: 'string', default: '1', description: 'How many nodes', valueHint: 'count' },
    'max-concurrent-jobs': { type: 'string', description: 'Jobs at once on each node (MAX_CONCURRENT_JOBS)' },
    memory: { type: 'string', default: '512', description: 'What one program may have, in MiB', valueHint: 'MiB' },
    'hardware-id': {
      type: 'string',
      description:
        'The name under which the node is registered (HARDWARE_ID); this machine’s, with a number, where absent',
    },
    ...nodeArgs,
    dev: { type: 'boolean', default: false, description: 'Work for the local stack, with a development wallet' },
    account: { type: 'string', default: '0', description: 'Which development wallet, from 0' },
    'strangers-programs': {
      type: 'boolean',
      default: false,
      description: 'Run programs that customers wrote, too',
    },
    json: { type: 'boolean', default: !process.stdout.isTTY, description: 'Log lines of JSON' },
  },
  run: async ({ args, rawArgs }) => {
    const count = wholeNumber('n', args.n, 1, 64)
    const memoryMiB = wholeNumber('memory', args.memory, 64, 65_536)
    const maxConcurrentJobs =
      args['max-concurrent-jobs'] === undefined
        ? readVariable(process.env, 'MAX_CONCURRENT_JOBS')
        : wholeNumber('max-concurrent-jobs', args['max-concurrent-jobs'], 1, 64)
    const log = createLog(readVariable(process.env, 'LOG_LEVEL'), { json: args.json, several: count > 1 })
    if (readVariable(process.env, 'SUPABASE_SERVICE_ROLE_KEY') !== null) {
      log.warn({}, 'SUPABASE_SERVICE_ROLE_KEY is not used: take it off this machine, it opens the whole project')
    }
    const flags = { dev: args.dev, account: wholeNumber('account', args.account, 0, 64) }
    const settings = readWorkerSettings(flags, process.env)
    if (settings.identity.kind === 'key' && count > 1) {
      throw new UsageError('NODE_KEY is the key of one node: leave -n out, or give PRIVATE_KEY instead.')
    }
    const price = pricePerHour(args['price-per-hour'])
    if (settings.identity.kind === 'key' && price !== null) {
      throw new UsageError(
        'A price per hour is given where a node is registered, and NODE_KEY is the key of one that is: leave the price out, or give PRIVATE_KEY instead.',
      )
    }
    const capabilities = readCapabilities(eachOf(rawArgs, 'capability'))
    if (settings.identity.kind === 'key' && capabilities.length > 0) {
      throw new UsageError(
        'What a node can do is said where it is registered, and NODE_KEY is the key of one that is: leave the capabilities out, or give PRIVATE_KEY instead.',
      )
    }
    const strangersPrograms = args['strangers-programs']
    const name = args['hardware-id'] ?? readVariable(process.env, 'HARDWARE_ID')
    const names = await namesOf(settings, count, name)

    const workers = names.map((hardwareId) =>
      createServerWorker({
        supabaseUrl: settings.supabaseUrl,
        supabaseKey: settings.supabaseKey,
        register: openNode(settings, { hardwareId, strangersPrograms, capabilities, pricePerHour: price }, (notice) => {
          const { level, sentence } = describeNotice(notice)
          log[level]({ worker: hardwareId, notice }, sentence)
        }),
        strangersPrograms,
        maxConcurrentJobs,
        memoryMiB,
        pollInterval: readVariable(process.env, 'POLL_INTERVAL'),
        onEvent: (event) => logEvent(log, hardwareId, event),
      }),
    )
    if (price !== null) log.info({ pricePerHour: String(price) }, `each asks ${formatUsdc(price)} USDC an hour`)
    if (capabilities.length > 0) log.info({ capabilities }, `each says that it has ${capabilities.join(', ')}`)
    void registeredOtherwise(settings, strangersPrograms).then((what) => what !== null && log.warn({}, what))
    await runAll(workers, name ?? (count === 1 ? names.join() : hostname()), log)
  },
})

/** The hardware id of each node. That of a node which brings its key is known to the server, and here for the log alone. */
const namesOf = async (
  { supabaseUrl, identity }: WorkerSettings,
  count: number,
  name: string | null,
): Promise<readonly string[]> => {
  if (name !== null) return Array.from({ length: count }, (_, at) => (count === 1 ? name : `${name}-${at + 1}`))
  if (identity.kind === 'key') return [identity.nodeId]
  return takeNames(count, `${supabaseUrl} ${privateKeyToAccount(identity.signIn.privateKey).address}`)
}

const runAll = async (workers: ServerWorker[], name: string, log: Log): Promise<void> => {
  const health = readVariable(process.env, 'ENABLE_HEALTH_CHECK')
    ? await serveHealth(readVariable(process.env, 'HEALTH_CHECK_PORT'), () => reportOf(workers, name))
    : null
  if (health !== null) log.info({ port: health.port }, `health: http://127.0.0.1:${health.port}/health`)
  const release = leaveOnSignals(workers, log)
  log.info({ name, nodes: workers.length }, `${name} works; Ctrl-C ends it after the jobs at hand`)
  // To a parent that forked it, as `start --workers` does.
  process.send?.({ type: 'ready' })
  try {
    await Promise.all(workers.map((worker) => worker.run()))
    if (workers.some((worker) => worker.health().status === 'failed')) process.exitCode = 1
    else log.info({ name }, 'stopped')
  } finally {
    release()
    health?.close()
  }
}

/** A job at hand gets this long; what runs it, and systemd's and Kubernetes' patience, ends later. */
const GRACE_MS = 20_000

/** Once: no new job, and those at hand are completed. Again, after the grace, or once its parent is gone: they are given back. */
const leaveOnSignals = (workers: ServerWorker[], log: Log): (() => void) => {
  let leaving = false
  let timer: NodeJS.Timeout | undefined
  const giveBack = (): void => {
    for (const worker of workers) void worker.stop()
  }
  const leave = (signal: NodeJS.Signals): void => {
    if (leaving) {
      giveBack()
      return
    }
    leaving = true
    const jobs = workers.reduce((sum, worker) => sum + worker.health().activeJobs, 0)
    log.info({ signal, jobs }, jobs === 0 ? 'ending' : `completing ${jobs} job(s); once more gives them back`)
    timer = setTimeout(giveBack, GRACE_MS)
    for (const worker of workers) void worker.finish()
  }
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const
  for (const signal of signals) process.on(signal, leave)
  // Only a parent that forked it can be gone like that; a listener keeps its channel, and this process, open.
  if (process.connected) process.on('disconnect', giveBack)
  return () => {
    clearTimeout(timer)
    process.off('disconnect', giveBack)
    for (const signal of signals) process.off(signal, leave)
  }
}

const reportOf = (workers: ServerWorker[], name: string): HealthReport => {
  const all = workers.map((worker) => worker.health())
  return {
    status: all.find(({ status }) => status !== 'healthy')?.status ?? 'healthy',
    worker_id: name,
    active_jobs: all.reduce((sum, { activeJobs }) => sum + activeJobs, 0),
    uptime: Math.max(...all.map(({ uptime }) => uptime)),
  }
}
