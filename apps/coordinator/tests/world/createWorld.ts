import { createHash } from 'node:crypto'
import { canonicalJson } from '@oblivion/core'
import { createDatabase, type TestDatabase } from '@oblivion/stack/testing'
import { createTestClient, type Hex, http, parseEther, parseGwei } from 'viem'
import { generatePrivateKey, type PrivateKeyAccount, privateKeyToAccount } from 'viem/accounts'
import { getBlock, mine, setBalance } from 'viem/actions'
import { inject } from 'vitest'
import { startLocalChain } from '../../../../packages/contracts/tests/localChain.ts'

type Rpc = <T = unknown>(name: string, args?: Record<string, unknown>) => Promise<T>
type Job = { jobId: string; attempt: number; chunkIndex: number }

/** A wallet that is signed in, with its key. */
export type Person = { account: PrivateKeyAccount; rpc: Rpc }

/** A provider's node at work. */
export type Worker = Person & {
  /** Claims a job and does nothing with it. */
  claim(): Promise<void>
  /** Claims and completes up to `most` jobs; answers how many. */
  work(most?: number): Promise<number>
}

/**
 * A real chain with token and contract, a real migrated database with that contract opened as its settlement instance,
 * and people. No coordinator yet: that is what the tests start.
 */
export async function createWorld(
  terms: Parameters<typeof startLocalChain>[0] = {},
  anvilArgs: Parameters<typeof startLocalChain>[1] = [],
) {
  const chain = await startLocalChain(terms, anvilArgs)
  const database = await createDatabase(inject('cluster'))
  const anvil = createTestClient({ mode: 'anvil', transport: http(chain.rpcUrl) })
  const genesis = await getBlock(anvil, { blockNumber: 0n })
  const relayerKey = generatePrivateKey()
  await setBalance(anvil, { address: privateKeyToAccount(relayerKey).address, value: parseEther('10') })
  const ask = async <T>(sql: string, params: unknown[] = []): Promise<T> => {
    const [row] = await database.query<{ answer: T }>(sql, params)
    return row?.answer as T
  }
  const instanceId = await ask<string>('select oblivion.open_settlement_instance($1, $2, $3, $4, $5) as answer', [
    ...[chain.chainId, chain.settlement, chain.token, genesis.hash, String(chain.deployment.blockNumber)],
  ])
  return {
    chain,
    database,
    anvil,
    instanceId,
    relayerKey,
    settlerKey: chain.settlerKey,
    /** Runs SQL that answers one value, as the superuser. */
    ask,
    /** Makes all that is mined final: anvil does not do so by itself. */
    finalize: () => mine(anvil, { blocks: 2 }),
    /** What a coordinator of this world is configured with. */
    configuration: {
      databaseUrl: database.coordinatorUrl,
      rpcUrl: chain.rpcUrl,
      settler: chain.settler,
      relayer: privateKeyToAccount(relayerKey),
      contractAddress: null,
      maxFeePerGas: parseGwei('500'),
      port: 0,
      ...{ address: '127.0.0.1', allowedHosts: [] },
      allowedOrigins: ['http://localhost:5173'],
      dataLakeFolder: null,
      adminToken: null,
      bots: { heartbeatMs: 30_000, downAfterMs: 120_000 },
      admins: [],
      sandbox: false,
      // Nobody listens there: tests of large results open a gateway.
      storage: { supabaseUrl: 'http://127.0.0.1:9', supabaseKey: 'public' },
      cards: null,
      logLevel: 'debug' as const,
    },
    person: (account: PrivateKeyAccount) => createPerson(database, account),
    worker: (key: Hex = generatePrivateKey()) => createWorker(database, privateKeyToAccount(key)),
    async end() {
      await database.drop()
      await chain.stop()
    },
  }
}

export type World = Awaited<ReturnType<typeof createWorld>>

async function createPerson(database: TestDatabase, account: PrivateKeyAccount): Promise<Person> {
  const { userId } = await database.createWallet(account.address)
  const rpc: Rpc = (name, args) => database.as({ role: 'authenticated', sub: userId }, (as) => as.rpc(name, args))
  return { account, rpc }
}

async function createWorker(database: TestDatabase, account: PrivateKeyAccount): Promise<Worker> {
  const person = await createPerson(database, account)
  const node = await person.rpc<{ nodeId: string; nodeSecret: string }>('register_node', { p_hardware_id: 'one' })
  const cycle = (done: object | null, claim: boolean) =>
    database.as({ role: 'anon', headers: { 'x-node-key': node.nodeSecret } }, ({ rpc }) =>
      rpc<{ job: Job | null; accepted: boolean | null }>('work_cycle', {
        p_node_id: node.nodeId,
        p_done: done && JSON.stringify(done),
        p_claim: claim,
      }),
    )
  return {
    ...person,
    async claim() {
      if ((await cycle(null, true)).job === null) throw new Error('there was no job to claim')
    },
    async work(most = Number.POSITIVE_INFINITY) {
      let finished = 0
      let { job } = await cycle(null, true)
      while (job !== null) {
        const result = { ok: job.chunkIndex }
        const resultHash = createHash('sha256').update(canonicalJson(result)).digest('hex')
        const { jobId, attempt } = job
        const report = { jobId, attempt, outcome: 'succeeded', result, resultHash }
        const answer = await cycle(report, finished + 1 < most)
        if (answer.accepted !== true) throw new Error(`the engine did not accept a result: ${JSON.stringify(answer)}`)
        finished += 1
        job = answer.job
      }
      return finished
    },
  }
}

/** Posts a task of `chunks` chunks at `price` smallest units each. */
export async function postTask(customer: Person, chunks: number, price = 1_000n): Promise<string> {
  const { taskId } = await customer.rpc<{ taskId: string }>('create_task', {
    p_task: JSON.stringify({
      title: 'A test',
      type: 'raytrace',
      inputs: Array.from({ length: chunks }, (_, index) => ({ index })),
      pricePerChunk: String(price),
      acknowledgeVisible: true,
    }),
  })
  return taskId
}
