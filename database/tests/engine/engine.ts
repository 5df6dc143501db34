import { createHash } from 'node:crypto'
import { canonicalJson } from '@oblivion/core'
import { createDatabase, type Session, type TestDatabase } from '@oblivion/stack/testing'
import { inject } from 'vitest'

/** One wallet, signed in. */
export type Wallet = {
  address: string
  rpc<T = unknown>(name: string, args?: Record<string, unknown>): Promise<T>
  session<T>(act: (session: Session) => Promise<T>): Promise<T>
}

/** A registered node that acts by its key alone. */
export type Node = {
  nodeId: string
  key: string
  address: string
  cycle(done?: Record<string, unknown> | null, claim?: boolean): Promise<WorkCycle>
  rpc<T = unknown>(name: string, args?: Record<string, unknown>): Promise<T>
  session<T>(act: (session: Session) => Promise<T>): Promise<T>
}

export type WorkCycle = {
  job: { jobId: string; attempt: number; taskId: string; chunkIndex: number; input: unknown } | null
  retryMs: number
  accepted: boolean | null
  reason: string | null
}

export type Engine = {
  database: TestDatabase
  instanceId: string
  query: TestDatabase['query']
  coordinator<T>(name: string, args?: unknown[]): Promise<T>
  wallet(address: string): Promise<Wallet>
  node(address: string, hardwareId?: string, workerType?: string, more?: Record<string, unknown>): Promise<Node>
  /** Books a deposit as the indexer would. */
  deposit(address: string, amount: bigint): Promise<void>
  /** Books events of the next block as the indexer would. */
  chain(events: Record<string, unknown>[]): Promise<number>
  /** Posts a task of `chunks` chunks as a wallet that has the money. */
  task(wallet: Wallet, chunks: number, more?: Record<string, unknown>): Promise<string>
  drop(): Promise<void>
}

export const addressOf = (n: number): string => `0x${n.toString(16).padStart(40, '0')}`
const hashOf = (value: unknown): string => createHash('sha256').update(canonicalJson(value)).digest('hex')

/** What a node reports of a job that it computed. */
export const done = (job: NonNullable<WorkCycle['job']>, result: unknown = { ok: job.chunkIndex }) => ({
  jobId: job.jobId,
  attempt: job.attempt,
  outcome: 'succeeded',
  result,
  resultHash: hashOf(result),
})

/** A migrated database of its own with an open settlement instance. */
export const createEngine = async (options: EngineOptions = {}): Promise<Engine> =>
  engineOn(await createDatabase(inject('cluster')), options)

type EngineOptions = { claimBudget?: 'default'; fairOrder?: 'default' }

/** The same over a migrated database that is there already; to drop the engine is to drop it. */
export const engineOn = async (database: TestDatabase, options: EngineOptions = {}): Promise<Engine> => {
  // Tests ask with one node after the other and mean what they say; only those of the fair order itself want its waits.
  if (options.fairOrder !== 'default') await database.query('update oblivion.settings set fair_order = false')
  // Tests fail and give back far more than they complete; only those of the claim budget itself want its real size.
  if (options.claimBudget !== 'default') {
    await database.query('update oblivion.settings set claim_budget = 1000, claim_budget_proven = 1000')
    await database.query('alter table oblivion.owners alter column claim_budget set default 1000')
  }
  const coordinator = <T>(name: string, args: unknown[] = []): Promise<T> =>
    database.as({ role: 'oblivion_coordinator' }, async ({ query }) => {
      const list = args.map((_, index) => `$${index + 1}`).join(', ')
      const [row] = await query<{ answer: T }>(`select oblivion.${name}(${list}) as answer`, args)
      return row?.answer as T
    })
  const instanceId = await coordinator<string>('open_settlement_instance', [
    31337,
    addressOf(0xc0),
    addressOf(0xc1),
    `0x${'ab'.repeat(32)}`,
    1,
  ])
  let block = 0
  let serial = 0

  const chain = async (events: Record<string, unknown>[]): Promise<number> => {
    block += 1
    const stamped = events.map((event, logIndex) => {
      serial += 1
      return {
        txHash: `0x${serial.toString(16).padStart(64, '0')}`,
        logIndex,
        blockNumber: block,
        blockHash: hash(block),
        ...event,
      }
    })
    return coordinator('record_chain_events', [instanceId, block, block, hash(block), JSON.stringify(stamped)])
  }

  const wallet = async (address: string): Promise<Wallet> => {
    const { userId } = await database.createWallet(address)
    const session: Wallet['session'] = (act) => database.as({ role: 'authenticated', sub: userId }, act)
    return { address: address.toLowerCase(), session, rpc: (name, args) => session(({ rpc }) => rpc(name, args)) }
  }

  return {
    database,
    instanceId,
    query: database.query,
    coordinator,
    wallet,
    chain,
    deposit: async (address, amount) => {
      await chain([{ kind: 'Deposited', customer: address, amount: amount.toString() }])
    },
    node: async (address, hardwareId = 'node-1', workerType = 'browser', more = {}) => {
      const owner = await wallet(address)
      const registered = await owner.rpc<{ nodeId: string; nodeSecret: string }>('register_node', {
        p_hardware_id: hardwareId,
        p_worker_type: workerType,
        ...more,
      })
      const session: Node['session'] = (act) =>
        database.as({ role: 'anon', headers: { 'x-node-key': registered.nodeSecret } }, act)
      return {
        nodeId: registered.nodeId,
        key: registered.nodeSecret,
        address: owner.address,
        session,
        rpc: (name, args) => session(({ rpc }) => rpc(name, args)),
        cycle: (report = null, claim = true) =>
          session(({ rpc }) =>
            rpc('work_cycle', {
              p_node_id: registered.nodeId,
              p_done: report && JSON.stringify(report),
              p_claim: claim,
            }),
          ),
      }
    },
    task: async (owner, chunks, more = {}) => {
      const { taskId } = await owner.rpc<{ taskId: string }>('create_task', {
        p_task: JSON.stringify({
          title: 'A test',
          type: 'raytrace',
          inputs: Array.from({ length: chunks }, (_, index) => ({ index })),
          pricePerChunk: '1000',
          acknowledgeVisible: true,
          ...more,
        }),
      })
      return taskId
    },
    drop: () => database.drop(),
  }
}

const hash = (n: number): string => `0x${n.toString(16).padStart(64, '0')}`
