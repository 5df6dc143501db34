import { randomBytes } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import type { ClusterInfo } from '@oblivion/stack/testing'
import pg from 'pg'
import { median } from './median.ts'
import { type BenchNode, type OurDatabase, openOurDatabase } from './ourDatabase.ts'
import { type Answer, becomeNode, callWorkCycle } from './ourQueue.ts'

/** So many idle nodes come one after the other, settle, and are watched while a job is posted now and then. */
export type IdlePlan = { nodes: number; arriveMs: number; settleMs: number; watchMs: number; jobs: number }

export type IdleFigures = {
  nodes: number
  /** Of all nodes together while they were watched, every call counted. */
  requestsPerSecond: number
  /** What nodes would send that poll each 3 s and beat each 15 s. */
  naivePerSecond: number
  /** How long posted jobs waited for a node. */
  claimP50Ms: number
  claimMaxMs: number
}

export const measureIdle = async (
  cluster: ClusterInfo,
  plan: IdlePlan,
  say: (line: string) => void,
): Promise<IdleFigures> => {
  const ours = await openOurDatabase(cluster, 0)
  const pool = new pg.Pool({ connectionString: ours.database.authenticatorUrl, max: CONNECTIONS })
  // Connections that end with the database, once all is measured.
  pool.on('error', () => undefined)
  const ended = new AbortController()
  let claimed = (_at: number): void => undefined
  let requests = 0
  try {
    say(`${plan.nodes} idle nodes arrive in ${plan.arriveMs / 1000} s`)
    const nodes = await insertNodes(ours, plan.nodes)
    await ours.database.query('vacuum (analyze)')

    /** Polls as it is told, until it gets a job. */
    const idle = async (node: BenchNode): Promise<void> => {
      await sleep(Math.random() * plan.arriveMs, undefined, { signal: ended.signal })
      while (!ended.signal.aborted) {
        const client = await pool.connect()
        requests += 1
        const { job, retryMs } = await poll(client, node).finally(() => client.release())
        if (job !== null) return claimed(performance.now())
        await sleep(retryMs, undefined, { signal: ended.signal })
      }
    }
    const all = nodes.map((node) => idle(node).catch(unlessAborted))

    await sleep(plan.arriveMs + plan.settleMs)
    say(`watched for ${plan.watchMs / 1000} s`)
    const before = requests
    const from = performance.now()
    const claims: number[] = []
    for (let n = 0; n < plan.jobs; n += 1) {
      const postedAt = performance.now()
      const at = new Promise<number>((resolve) => {
        claimed = resolve
      })
      await ours.fill(1)
      // From before it is posted, so that posting itself counts; a job that nobody takes is one that took too long.
      claims.push((await Promise.race([at, sleep(plan.watchMs, postedAt + plan.watchMs, { ref: false })])) - postedAt)
      await sleep(Math.max(0, from + ((n + 1) * plan.watchMs) / plan.jobs - performance.now()))
    }
    const seconds = (performance.now() - from) / 1000
    const sent = requests - before
    ended.abort()
    await Promise.all(all)
    return {
      nodes: plan.nodes,
      requestsPerSecond: sent / seconds,
      naivePerSecond: plan.nodes * (1 / 3 + 1 / 15),
      claimP50Ms: median(claims),
      claimMaxMs: Math.max(...claims),
    }
  } finally {
    ended.abort()
    await pool.end()
    await ours.database.drop()
  }
}

const CONNECTIONS = 8

/** As the gateway calls it. */
const poll = async (client: pg.ClientBase, node: BenchNode): Promise<Answer> => {
  await client.query('begin')
  await becomeNode(client, node, true)
  const answer = await callWorkCycle(client, node, null)
  await client.query('commit')
  return answer
}

/** Nodes as registering leaves them, written at once: each of a proven owner of its own. */
export const insertNodes = async (ours: OurDatabase, count: number): Promise<BenchNode[]> => {
  const keys = Array.from({ length: count }, () => `obn_${randomBytes(32).toString('hex')}`)
  const rows = await ours.database.query<{ id: string; address: string; place: number }>(
    `with owners as (
       insert into oblivion.owners (address, proven_count)
       select '0x' || lpad(to_hex(1048576 + k.place), 40, '0'), 1000 from unnest($1::text[]) with ordinality as k (key, place)
       returning id, address
     )
     insert into nodes (owner_id, payee_owner_id, provider_address, hardware_id, worker_type, key_hash, max_jobs)
     select o.id, o.id, o.address, 'idle ' || k.place, 'browser', sha256(convert_to(k.key, 'UTF8')), 1
       from unnest($1::text[]) with ordinality as k (key, place)
       join owners o on o.address = '0x' || lpad(to_hex(1048576 + k.place), 40, '0')
     returning id, provider_address as address, split_part(hardware_id, ' ', 2)::int as place`,
    [keys],
  )
  return rows.map(({ id, address, place }) => ({ nodeId: id, address, key: keys[place - 1] ?? '' }))
}

const unlessAborted = (error: Error): void => {
  if (error.name !== 'AbortError') throw error
}
