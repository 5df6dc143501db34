import { createHash, randomUUID } from 'node:crypto'
import { canonicalJson } from '@oblivion/core'
import { type ClusterInfo, createDatabase, type TestDatabase } from '@oblivion/stack/testing'

/** A node with a key of its own, each of another owner. */
export type BenchNode = { nodeId: string; key: string; address: string }

export type OurDatabase = {
  database: TestDatabase
  nodes: BenchNode[]
  /** Posts tasks of the customer until this many jobs wait. */
  fill(jobs: number): Promise<void>
  /** How many jobs each node may hold, by an operator's word; null: as many as nobody's word allows. */
  raise(maxJobs: number | null): Promise<void>
}

const addressOf = (n: number): string => `0x${n.toString(16).padStart(40, '0')}`
const hex = (byte: string): string => `0x${byte.repeat(32)}`
const CUSTOMER = addressOf(1)
const MAX_CHUNKS = 10_000

/** What every no-op job answers. */
export const noResult = { ok: true }
export const noResultHash = createHash('sha256').update(canonicalJson(noResult)).digest('hex')

/** A migrated database with one customer of means and `count` proven nodes, each of an owner of its own. */
export const openOurDatabase = async (cluster: ClusterInfo, count: number): Promise<OurDatabase> => {
  const database = await createDatabase(cluster)
  const coordinate = (sql: string, params: unknown[]) =>
    database.as({ role: 'oblivion_coordinator' }, ({ query }) => query(sql, params))
  const [instance] = await coordinate(`select oblivion.open_settlement_instance(31337, $1, $2, $3, 1) as id`, [
    ...[addressOf(0xc0), addressOf(0xc1), hex('ab')],
  ])
  const deposit = { kind: 'Deposited', customer: CUSTOMER, amount: '1000000000000000', logIndex: 0 }
  await coordinate(`select oblivion.record_chain_events($1, 1, 1, $2, $3)`, [
    ...[instance?.id, hex('01')],
    JSON.stringify([{ ...deposit, txHash: hex('02'), blockNumber: 1, blockHash: hex('01') }]),
  ])
  const { userId } = await database.createWallet(CUSTOMER)

  const nodes: BenchNode[] = []
  for (let n = 0; n < count; n += 1) {
    const address = addressOf(0x1000 + n)
    const wallet = await database.createWallet(address)
    const node = await database.as({ role: 'authenticated', sub: wallet.userId }, ({ rpc }) =>
      rpc<{ nodeId: string; nodeSecret: string }>('register_node', { p_hardware_id: 'bench', p_worker_type: 'server' }),
    )
    nodes.push({ nodeId: node.nodeId, key: node.nodeSecret, address })
  }
  await database.query(`update oblivion.owners set proven_count = 1000`)

  const fill = async (jobs: number): Promise<void> => {
    const [row] = await database.query<{ count: number }>(
      `select count(*)::int as count from jobs where status = 'pending' and due`,
    )
    for (let missing = jobs - (row?.count ?? 0); missing > 0; missing -= MAX_CHUNKS) {
      await database.as({ role: 'authenticated', sub: userId }, ({ rpc }) =>
        rpc('create_task', {
          p_task: JSON.stringify({
            title: `Bench ${randomUUID()}`,
            type: 'raytrace',
            range: { start: 0, end: Math.min(missing, MAX_CHUNKS) },
            pricePerChunk: '1000',
            acknowledgeVisible: true,
          }),
        }),
      )
    }
  }
  const raise = async (maxJobs: number | null): Promise<void> => {
    for (const { nodeId } of nodes) await coordinate(`select oblivion.set_max_jobs($1, $2)`, [nodeId, maxJobs])
  }
  return { database, nodes, fill, raise }
}
