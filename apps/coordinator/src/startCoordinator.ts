import { createCards } from './cards/createCards.ts'
import { createChain } from './chain/createChain.ts'
import { watchedHttp } from './chain/watchedHttp.ts'
import type { Configuration } from './configuration/readConfiguration.ts'
import { createEngine, type Engine, type EngineFunction } from './database/createEngine.ts'
import { createSettlingLock } from './database/settlingLock.ts'
import { describeError } from './describeError.ts'
import { exportHistory } from './export/exportHistory.ts'
import { findOutage } from './findOutage.ts'
import { createAlarms } from './health/alarms.ts'
import { type HealthReport, healthReport, type QueueDepth } from './health/healthReport.ts'
import { failedSince, sayJobsFailing, sayQueueOld, sayResultUnread } from './health/queueAlarms.ts'
import { watchPart } from './health/watchPart.ts'
import { createApp } from './http/createApp.ts'
import { serve } from './http/serve.ts'
import type { Logger } from './log/createLogger.ts'
import { repeat } from './loop/repeat.ts'
import type { Sleep } from './loop/sleep.ts'
import { watchLoops } from './loop/watchLoops.ts'
import type { Part } from './OutageError.ts'
import { RefusalError } from './RefusalError.ts'
import { createResultReader } from './results/createResultReader.ts'
import { createSettlement } from './settlement/createSettlement.ts'
import { createWallets } from './wallet/createWallets.ts'

/** How often each thing is done, in milliseconds after its last end. */
const everyMs = {
  settlement: 500,
  /** Screens get one digest per active task and half second. */
  send_task_digests: 500,
  run_rescue: 5_000,
  /** Some 10,000 rows of large tasks each time. */
  advance_tasks: 500,
  /** What follows from results that were proven wrong. */
  answer_for_wrong_results: 5_000,
  /** What is due; none is on until its customer turned it on. */
  run_schedules: 1_000,
  refresh_network_stats: 1_000,
  /** For `/metrics`: an index's ends, and figures that stand there. */
  queue_figures: 5_000,
  keep_house: 3_600_000,
  /** Results in Storage, whose nodes wait for their pay. */
  results: 500,
  /** What lies in Storage and nobody needs. */
  sweep: 300_000,
  /** Said once an hour: a database that was put back to an older state knows older ones. */
  set_operators: 3_600_000,
  export: 60_000,
  /** Withdrawals to cards, and what no message of Stripe brought. */
  cards: 2_000,
} as const

/** A running coordinator. `ended` settles when all loops have stopped; it rejects with a {@link RefusalError}. */
export type Coordinator = {
  readonly port: number
  readonly ended: Promise<void>
  health(): HealthReport
}

/** Starts everything and answers once the HTTP doors are open. `signal` ends it. */
export async function startCoordinator(parameters: {
  configuration: Configuration
  log: Logger
  signal: AbortSignal
  now: () => number
  sleep: Sleep
}): Promise<Coordinator> {
  const { configuration, log, now, sleep } = parameters
  const { databaseUrl, rpcUrl, settler, relayer, contractAddress, maxFeePerGas } = configuration
  const { allowedOrigins, allowedHosts, dataLakeFolder, adminToken, admins, sandbox } = configuration
  const refusal = new AbortController()
  const signal = AbortSignal.any([parameters.signal, refusal.signal])

  const onChange = (part: Part, state: 'ok' | 'down', error: unknown) => {
    if (state === 'ok') log.info({ part }, `the ${part} is back`)
    else log.warn({ part, error: describeError(error) }, `the ${part} cannot be reached; trying again until it can`)
  }
  const database = watchPart({ part: 'database', now, onChange })
  const chainWatch = watchPart({ part: 'chain', now, onChange })
  const engine = createEngine({ databaseUrl, watch: database })
  const lock = createSettlingLock({ databaseUrl, watch: database })
  const chain = createChain({ transport: watchedHttp(rpcUrl, chainWatch), pollingMs: 250 })
  const identity = { settler, relayer, contractAddress, maxFeePerGas }
  const alarms = createAlarms({
    now,
    onChange: (alarm, message) => {
      if (message === null) log.info({ alarm }, 'an alarm is over')
      else log.error({ alarm }, message)
    },
  })
  const settlement = createSettlement({ engine, lock, chain, ...identity, alarms, sandbox, now, log })
  const results = createResultReader({ engine, ...configuration.storage, now, log })
  const cards = configuration.cards && createCards({ settings: configuration.cards, engine, now, log })
  if (configuration.cards !== null && configuration.cards.payer === null)
    log.warn('cards are taken, but nobody is paid for them: CARD_PAYER_ADDRESS is not set')
  let queue: QueueDepth | null = null
  let failed: QueueDepth['failed'] | null = null
  const lookAtQueue = async () => {
    try {
      queue = (await engine.call('queue_figures')) as QueueDepth
    } catch (error) {
      queue = null
      throw error
    }
    alarms.set('queue_old', sayQueueOld(queue))
    alarms.set('jobs_failing', sayJobsFailing(queue))
    alarms.set('result_unread', sayResultUnread(queue))
    for (const [type, jobs] of Object.entries(failedSince(failed, queue.failed)))
      log.error({ type, jobs }, 'jobs failed for good')
    failed = queue.failed
  }
  const health = () =>
    healthReport({
      database: database.health,
      chain: chainWatch.health,
      settlement: settlement.status,
      relay: settlement.relay,
      queue,
      alarms: alarms.standing,
    })
  const exports = dataLakeFolder === null || adminToken === null ? null : { folder: dataLakeFolder, adminToken }
  const access = cards && { cards, returnTo: allowedOrigins[0], log }
  const wallets = createWallets({ project: configuration.storage, reader: chain.reader, cards, now })
  const wallet = { wallets, returnTo: allowedOrigins[0], log }
  const sources = {
    ...{ project: configuration.storage, log, adminToken, bots: configuration.bots, queue: () => queue, now },
    listNodes: () => engine.call('list_nodes'),
    removeNode: (nodeId: string) => engine.call('remove_node', [nodeId]),
  }
  const app = createApp({ health, allowedOrigins, allowedHosts, exports, cards: access, wallet, sources })
  const server = await serve(app, configuration.port, configuration.address, (error) =>
    log.warn({ error: describeError(error) }, 'a connection could not be taken'),
  )

  const loops = watchLoops({ now, alarms })
  const loop = (name: keyof typeof everyMs, act: () => Promise<unknown>) =>
    repeat({
      everyMs: everyMs[name],
      act: async () => void (await act()),
      signal,
      sleep,
      onFailure: (error, failures) => {
        if (error instanceof RefusalError) return refusal.abort(error)
        loops.failed(name, failures, error)
        // An outage was said by its watcher, once for all loops; anything else is said once per streak.
        if (findOutage(error) === null && failures === 1)
          log.error({ loop: name, error: describeError(error) }, 'failed')
      },
      onRecovery: (failures) => {
        loops.recovered(name)
        log.debug({ loop: name, failures }, 'goes on')
      },
    })
  const tick = (name: EngineFunction & keyof typeof everyMs) => loop(name, () => engine.call(name))

  const run = async () => {
    await Promise.all([
      loop('settlement', () => settlement.turn(signal)),
      tick('send_task_digests'),
      tick('run_rescue'),
      tick('advance_tasks'),
      loop('answer_for_wrong_results', () => answerForWrongResults(engine)),
      tick('run_schedules'),
      tick('refresh_network_stats'),
      loop('queue_figures', lookAtQueue),
      tick('keep_house'),
      loop('results', () => results.turn(signal)),
      loop('sweep', () => results.sweep(signal)),
      loop('set_operators', () => engine.call('set_operators', [admins])),
      ...(cards === null ? [] : [loop('cards', () => cards.turn())]),
      ...(dataLakeFolder === null ? [] : [loop('export', () => exportHistory({ engine, folder: dataLakeFolder }))]),
    ])
    await Promise.allSettled([server.close(), lock.release(), engine.close()])
    if (refusal.signal.aborted) throw refusal.signal.reason
  }
  return { port: server.port, ended: run(), health }
}

/** Each in a transaction of its own, and no more at a time than one tick should take. */
async function answerForWrongResults(engine: Engine): Promise<void> {
  for (let count = 0; count < 100; count++) {
    if (Number(await engine.call('answer_for_wrong_results')) === 0) return
  }
}
