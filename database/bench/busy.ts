import { setTimeout as sleep } from 'node:timers/promises'
import type { ClusterInfo } from '@oblivion/stack/testing'
import pg from 'pg'
import { insertNodes } from './idle.ts'
import { median } from './median.ts'
import { type BenchNode, noResult, noResultHash, openOurDatabase } from './ourDatabase.ts'
import { type Answer, becomeNode, type Job } from './ourQueue.ts'
import { endOf, type Simulation } from './simulatedJob.ts'

/**
 * So many nodes hold simulated jobs: each takes one, beats as a tab does while it lasts, reports how it ended and takes the
 * next. They arrive within the time of a job, so that their calls are spread as those of a running network are.
 */
export type BusyPlan = { nodes: number; watchMs: number; simulation: Simulation }

export type BusyFigures = {
  nodes: number
  /** Of all nodes together while they were watched; a beat counts as well as a report. */
  requestsPerSecond: number
  jobsPerSecond: number
  /** Of the jobs that ended. */
  failedShare: number
  /** Of the nodes' time, how much they had a job: 1 where each gets its next one at once. */
  busyShare: number
  /** A report with the next claim in it, as the gateway calls it, the wait for a connection included. */
  cycleP50Ms: number
  cycleP95Ms: number
}

const BEAT_MS = 15_000
const CONNECTIONS = 8

export const measureBusy = async (
  cluster: ClusterInfo,
  { nodes: count, watchMs, simulation }: BusyPlan,
  say: (line: string) => void,
): Promise<BusyFigures> => {
  const { durationMs } = simulation
  const ours = await openOurDatabase(cluster, 0)
  const pool = new pg.Pool({ connectionString: ours.database.authenticatorUrl, max: CONNECTIONS })
  // Connections that end with the database, once all is measured.
  pool.on('error', () => undefined)
  const ended = new AbortController()
  const { signal } = ended
  const cycles: number[] = []
  const seen = { requests: 0, succeeded: 0, failed: 0, heldMs: 0 }
  try {
    // Enough for everybody to the end, also of those that come back to the queue.
    await ours.fill(Math.ceil(count * (2 + (2 * watchMs) / durationMs)))
    const nodes = await insertNodes(ours, count)
    await ours.database.query('vacuum (analyze)')

    /** As the gateway calls it, one transaction. */
    const call = async <T>(node: BenchNode, text: string, values: unknown[]): Promise<T> => {
      const client = await pool.connect()
      try {
        seen.requests += 1
        await client.query('begin')
        await becomeNode(client, node, true)
        const { rows } = await client.query<{ answer: T }>({ name: text, text, values })
        await client.query('commit')
        return rows[0]?.answer as T
      } catch (error) {
        await client.query('rollback')
        throw error
      } finally {
        client.release()
      }
    }
    const cycle = (node: BenchNode, done: object | null) =>
      call<Answer>(node, 'select public.work_cycle($1, $2) as answer', [node.nodeId, done && JSON.stringify(done)])
    const beat = (node: BenchNode, { jobId, attempt }: Job) =>
      call(node, 'select public.heartbeat($1, $2, $3) as answer', [node.nodeId, jobId, attempt])

    /** Holds a job for as long as it takes, and says how it ended. */
    const pretend = async (node: BenchNode, job: Job): Promise<object> => {
      const from = performance.now()
      try {
        for (let left = durationMs; left > 0; left -= BEAT_MS) {
          await sleep(Math.min(left, BEAT_MS), undefined, { signal })
          if (left > BEAT_MS) await beat(node, job)
        }
      } finally {
        seen.heldMs += performance.now() - Math.max(from, watchedFrom)
      }
      const outcome = endOf(simulation, Math.random)
      seen[outcome] += 1
      const { jobId, attempt } = job
      const said = outcome === 'failed' ? { error: 'OB205 simulated' } : { result: noResult, resultHash: noResultHash }
      return { jobId, attempt, outcome, ...said }
    }
    const work = async (node: BenchNode): Promise<void> => {
      await sleep(Math.random() * durationMs, undefined, { signal })
      let done: object | null = null
      while (!signal.aborted) {
        const from = performance.now()
        const { job, retryMs, accepted, reason } = await cycle(node, done)
        if (done !== null && accepted === false) throw new Error(`work_cycle refused a report: ${reason}.`)
        cycles.push(performance.now() - from)
        if (job === null) await sleep(retryMs, undefined, { signal })
        done = job && (await pretend(node, job))
      }
    }
    let watchedFrom = Number.POSITIVE_INFINITY
    const failures: Error[] = []
    const all = nodes.map((node) =>
      work(node).catch((error: Error) => {
        if (error.name !== 'AbortError') failures.push(error)
      }),
    )
    say(`${count} nodes arrive within ${durationMs / 1000} s, and are watched for ${watchMs / 1000} s`)
    await sleep(durationMs)
    watchedFrom = performance.now()
    Object.assign(seen, { requests: 0, succeeded: 0, failed: 0, heldMs: 0 })
    cycles.length = 0
    await sleep(watchMs)
    const seconds = (performance.now() - watchedFrom) / 1000
    const { requests, succeeded, failed } = { ...seen }
    const times = cycles.toSorted((a, b) => a - b)
    ended.abort()
    await Promise.all(all)
    if (failures[0]) throw failures[0]
    return {
      nodes: count,
      requestsPerSecond: requests / seconds,
      jobsPerSecond: (succeeded + failed) / seconds,
      failedShare: failed / Math.max(1, succeeded + failed),
      busyShare: seen.heldMs / 1000 / (count * seconds),
      cycleP50Ms: median(times),
      cycleP95Ms: times[Math.floor(times.length * 0.95)] ?? Number.NaN,
    }
  } finally {
    ended.abort()
    await pool.end()
    await ours.database.drop()
  }
}
