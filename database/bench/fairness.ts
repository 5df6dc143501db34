import { setTimeout as sleep } from 'node:timers/promises'
import type { ClusterInfo } from '@oblivion/stack/testing'
import pg from 'pg'
import { median } from './median.ts'
import { type BenchNode, type OurDatabase, openOurDatabase } from './ourDatabase.ts'
import { becomeNode, callWorkCycle, type Job, workCycleAtSqlLevel } from './ourQueue.ts'

/**
 * Nodes that poll at speeds of their own, whatever they are told, and jobs that come one by one. `serviceMs` is how long
 * a node works on a job; a run lasts as long as `jobsPerNode` jobs take at the load.
 */
export type FairnessPlan = {
  nodes: number
  delayMs: [number, number]
  serviceMs: number
  jobsPerNode: number
  loads: number[]
  saturation: { connections: number; ms: number; rounds: number; jobs: number }
}

export type FairnessFigures = {
  loads: { load: number; fair: Run; fifo: Run }[]
  /** What one node gets that polls ten times faster than the others, in average shares; and with the fair order off. */
  tenTimesFaster: { fair: number; fifo: number }
  /** Jobs per second with the fair order, by that without. */
  saturation: { fair: number; off: number }
}

/** Jain's index of the jobs each node got, and how long a job waited for a node. */
export type Run = { jain: number; waitP50Ms: number; waitP95Ms: number; jobs: number[]; laterJobs: number[] }

export const measureFairness = async (
  cluster: ClusterInfo,
  plan: FairnessPlan,
  say: (line: string) => void,
): Promise<FairnessFigures> => {
  const { nodes, delayMs, loads } = plan
  const [shortest, longest] = delayMs
  const delays = Array.from({ length: nodes }, (_, n) => shortest + ((longest - shortest) * n) / (nodes - 1))
  const compare = async (delays: number[], load: number) => ({
    fair: await runLoad(cluster, plan, { delays, load, fair: true }),
    fifo: await runLoad(cluster, plan, { delays, load, fair: false }),
  })

  const figures: FairnessFigures['loads'] = []
  for (const load of loads) {
    say(`fair order and FIFO: ${nodes} nodes, polling each ${shortest} to ${longest} ms, load ${load * 100} %`)
    figures.push({ load, ...(await compare(delays, load)) })
  }
  say('one node that polls ten times faster than the others')
  const average = (shortest + longest) / 2
  const faster = await compare([average / 10, ...Array.from({ length: nodes - 1 }, () => average)], loads[0] ?? 0.3)
  // Of the later half: the first job of each goes to whoever comes first.
  const share = ({ laterJobs }: Run) => ((laterJobs[0] ?? 0) * laterJobs.length) / sum(laterJobs)
  say('throughput while nobody waits, with and without')
  return {
    loads: figures,
    tenTimesFaster: { fair: share(faster.fair), fifo: share(faster.fifo) },
    saturation: await measureSaturation(cluster, plan),
  }
}

type Load = { delays: number[]; load: number; fair: boolean }

const runLoad = async (cluster: ClusterInfo, plan: FairnessPlan, { delays, load, fair }: Load): Promise<Run> => {
  const { serviceMs, jobsPerNode } = plan
  const ours = await openOurDatabase(cluster, delays.length)
  await switchFairOrder(ours, fair)
  const jobs = jobsPerNode * delays.length
  await ours.fill(jobs)
  // All are there at once and come out one by one; the order of the arrivals is the same in every run.
  await ours.database.query(`update jobs set status = 'blocked'`)
  const waiting = (await ours.database.query<{ id: string }>('select id from jobs order by seq')).map(({ id }) => id)

  const pool = new pg.Pool({ connectionString: ours.database.authenticatorUrl, max: POLLERS })
  // Connections that end with the database, once all is measured.
  pool.on('error', () => undefined)
  const served = delays.map(() => 0)
  const servedLater = delays.map(() => 0)
  const waits: number[] = []
  const availableAt = new Map<string, number>()
  const ended = new AbortController()
  const random = randomFrom(1)
  try {
    const poll = async (node: BenchNode, done: Job | null): Promise<Job | null> => {
      const client = await pool.connect()
      try {
        await client.query('begin')
        await becomeNode(client, node, true)
        const { job } = await callWorkCycle(client, node, done)
        await client.query('commit')
        return job
      } finally {
        client.release()
      }
    }
    const work = async (node: BenchNode, index: number): Promise<void> => {
      await sleep(random() * (delays[index] ?? 0))
      let job: Job | null = null
      while (!ended.signal.aborted) {
        job = await poll(node, job)
        if (job === null) {
          await sleep(delays[index], undefined, { signal: ended.signal }).catch(() => undefined)
          continue
        }
        waits.push(performance.now() - (availableAt.get(job.jobId) ?? Number.NaN))
        served[index] = (served[index] ?? 0) + 1
        if (waits.length > jobs / 2) servedLater[index] = (servedLater[index] ?? 0) + 1
        if (waits.length === jobs) ended.abort()
        await sleep(serviceMs)
      }
    }
    const arrive = async (): Promise<void> => {
      const perMs = (load * delays.length) / serviceMs
      let at = performance.now() + longestOf(delays)
      for (const id of waiting) {
        at -= Math.log(1 - random()) / perMs
        await sleep(Math.max(0, at - performance.now()))
        availableAt.set(id, performance.now())
        await ours.database.query(`update jobs set status = 'pending' where id = $1`, [id])
      }
    }
    await Promise.all([arrive(), ...ours.nodes.map(work)])
    return {
      ...{ jain: jain(served), jobs: served, laterJobs: servedLater },
      ...{ waitP50Ms: percentile(waits, 0.5), waitP95Ms: percentile(waits, 0.95) },
    }
  } finally {
    await pool.end()
    await ours.database.drop()
  }
}

/** Connections are a few, as behind a gateway: 50 of them would measure how they fight for two cores. */
const POLLERS = 8

const measureSaturation = async (cluster: ClusterInfo, { saturation }: FairnessPlan) => {
  const { connections, ms, rounds, jobs } = saturation
  const ours = await openOurDatabase(cluster, connections)
  const { prepare, run } = workCycleAtSqlLevel(ours)
  const rates: { fair: number[]; off: number[] } = { fair: [], off: [] }
  // The first round warms, and is not counted; the others take turns.
  for (let round = 0; round <= rounds; round += 1) {
    for (const order of round % 2 === 0 ? (['fair', 'off'] as const) : (['off', 'fair'] as const)) {
      await switchFairOrder(ours, order === 'fair')
      await prepare(jobs)
      const rate = await run({ connections, durable: false, ms })
      if (round > 0) rates[order].push(rate)
    }
  }
  await ours.database.drop()
  return { fair: median(rates.fair), off: median(rates.off) }
}

const switchFairOrder = async (ours: OurDatabase, on: boolean): Promise<void> => {
  await ours.database.query('update oblivion.settings set fair_order = $1', [on])
  await ours.database.query(`update oblivion.waiting_room set expires_at = '-infinity'`)
}

/** (sum x)^2 / (n sum x^2): 1 where all have the same, 1/n where one has all (Jain, Chiu and Hawe, 1984). */
const jain = (shares: readonly number[]): number =>
  sum(shares) ** 2 / (shares.length * sum(shares.map((share) => share ** 2)))

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0)
const longestOf = (values: readonly number[]): number => Math.max(...values)

const percentile = (values: readonly number[], part: number): number =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length * part)] ?? Number.NaN

/** mulberry32: the same arrivals in every run. */
const randomFrom = (seed: number) => {
  let state = seed
  return (): number => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}
