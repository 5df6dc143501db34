import { setTimeout as sleep } from 'node:timers/promises'
import { Worker } from 'node:worker_threads'
import { type ClusterInfo, superuserDatabaseUrl } from '@oblivion/stack/testing'
import pg from 'pg'
import type { Flood } from './floodWorker.ts'
import { median } from './median.ts'
import { type OurDatabase, openOurDatabase } from './ourDatabase.ts'
import { claimAndUndo } from './ourQueue.ts'

/** So many claims are timed in each round, `pauseMs` apart, while others call a cheap function so often (A16). */
export type FloodPlan = { callsPerSecond: number; claims: number; pauseMs: number; rounds: number; jobs: number }

/** A claim's time under calls of one function, beside that while nobody calls, in the same rounds. */
export type FloodFigure = { calls: string; callsPerSecond: number; p50Ms: number; p95Ms: number; ratio: number }

const QUIET = 'nobody calls'

/**
 * Times claims while each cheap public function is called in a loop, by turns with nobody calling and with a statement
 * that does nothing, which is what so many calls cost on a machine that makes them itself.
 */
export const measureFlood = async (
  cluster: ClusterInfo,
  plan: FloodPlan,
  say: (line: string) => void,
): Promise<FloodFigure[]> => {
  const ours = await openOurDatabase(cluster, 3)
  const client = new pg.Client({ connectionString: superuserDatabaseUrl(cluster, ours.database.name) })
  await client.connect()
  try {
    await ours.fill(plan.jobs)
    await ours.database.query('vacuum (analyze)')
    const kinds = [null, ...floodsOf(ours)]
    const found = kinds.map((flood) => ({ flood, p50: [] as number[], p95: [] as number[], rate: [] as number[] }))
    // The first round plans and warms, and is not counted.
    for (let round = 0; round <= plan.rounds; round += 1) {
      say(`claims under floods, round ${round} of ${plan.rounds}`)
      for (const { flood, p50, p95, rate } of found) {
        const running = flood && (await startFlood(ours.database.authenticatorUrl, flood, plan.callsPerSecond))
        const times: number[] = []
        for (let n = 0; n < plan.claims; n += 1) {
          times.push(await claimAndUndo(client, ours))
          await sleep(plan.pauseMs)
        }
        const callsPerSecond = (await running?.stop()) ?? 0
        if (round === 0) continue
        p50.push(median(times))
        p95.push(times.toSorted((a, b) => a - b)[Math.floor(times.length * 0.95)] ?? Number.NaN)
        rate.push(callsPerSecond)
      }
    }
    const base = median(found[0]?.p95 ?? [])
    return found.map(({ flood, p50, p95, rate }) => ({
      calls: flood?.name ?? QUIET,
      ...{ callsPerSecond: median(rate), p50Ms: median(p50), p95Ms: median(p95), ratio: median(p95) / base },
    }))
  } finally {
    await client.end()
    await ours.database.drop()
  }
}

/** What a stranger, or a node with a key of its own, may call as often as it likes; none of it is the claimer's. */
const floodsOf = (ours: OurDatabase): Flood[] => {
  const [claimer, node] = ours.nodes
  const key = node?.key ?? ''
  return [
    { name: 'a statement that does nothing', key: null, sql: 'select 1' },
    { name: 'cleanup_stale_jobs', key: null, sql: 'select public.cleanup_stale_jobs()' },
    { name: 'get_network_stats', key: null, sql: 'select public.get_network_stats()' },
    { name: 'get_worker_stats', key: null, sql: 'select * from public.get_worker_stats()' },
    { name: 'get_site, no such key', key: null, sql: `select public.get_site('obs_none')` },
    { name: 'heartbeat, a wrong key', key: 'obn_wrong', sql: `select public.heartbeat('${claimer?.nodeId}')` },
    { name: 'explain_claim of another node', key, sql: `select public.explain_claim('${claimer?.nodeId}')` },
    { name: 'explain_claim of its own', key, sql: `select public.explain_claim('${node?.nodeId}')` },
    { name: 'heartbeat', key, sql: `select public.heartbeat('${node?.nodeId}')` },
  ]
}

/** In a thread of its own, so that the claims are not timed behind its callbacks. */
const startFlood = async (url: string, flood: Flood, callsPerSecond: number) => {
  const worker = new Worker(new URL('./floodWorker.ts', import.meta.url), {
    workerData: { url, flood, callsPerSecond },
  })
  const told = () => new Promise((resolve, reject) => worker.once('message', resolve).once('error', reject))
  await told()
  return {
    /** Answers how many calls a second were answered. */
    stop: async (): Promise<number> => {
      const answer = told()
      worker.postMessage('stop')
      return (await answer) as number
    },
  }
}
