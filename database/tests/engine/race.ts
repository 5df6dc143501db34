import pg from 'pg'
import { done, type Engine, type Node, type WorkCycle } from './engine.ts'

type Job = NonNullable<WorkCycle['job']>

/** One connection of the race. Two may share a node, and two nodes an owner. */
export type Racer = { node: Node; cap: number; ownerCap: number }

export type Race = {
  /** What must not happen and did: double claims, caps exceeded, refusals of what stands; and errors. */
  violations: string[]
  /** Jobs whose success was answered as accepted, by id. */
  accepted: Set<string>
  /** What each connection holds at the end, where it was asked to keep one. */
  kept: Job[]
}

export type RaceOptions = {
  racers: Racer[]
  /** The race ends when so many jobs were accepted. */
  jobs: number
  /** A task's bucket, where it has one. */
  caps: Map<string, number>
  seed: number
}

/**
 * Every racer on a connection of its own, claiming by work_cycle or by next_jobs and claim_job_fair, completing, failing
 * and giving back, until all jobs are accepted.
 *
 * A job counts as held from the answer that gave it until its report is sent: a shorter time than the database's, so
 * whatever looks double or above a cap here was so there.
 */
export const race = async (engine: Engine, { racers, jobs, caps, seed }: RaceOptions): Promise<Race> => {
  const violations: string[] = []
  const accepted = new Set<string>()
  const ledger = holdings(violations, caps)
  const clients = racers.map(() => new pg.Client({ connectionString: engine.database.authenticatorUrl }))
  let ended = false
  const finished = () => ended || violations.length > 20 || accepted.size >= jobs
  try {
    await Promise.all(
      clients.map(async (client, index) => {
        await client.connect()
        const racer = racers[index]
        if (racer === undefined) return
        await actBy(client, { 'x-node-key': racer.node.key })
        await run(client, racer, { random: randomFrom(seed + index), ledger, accepted, finished })
      }),
    )
  } catch (error) {
    const { message, detail, where } = error as pg.DatabaseError
    violations.push(['an error:', message, detail, where].filter(Boolean).join('\n  '))
  } finally {
    ended = true
    await Promise.all(clients.map((client) => client.end()))
  }
  return { violations, accepted, kept: ledger.list() }
}

type Run = {
  random: () => number
  ledger: ReturnType<typeof holdings>
  accepted: Set<string>
  finished: () => boolean
}

const run = async (client: pg.Client, racer: Racer, { random, ledger, accepted, finished }: Run): Promise<void> => {
  const { node } = racer
  let job: Job | null = null
  while (!finished()) {
    const literal = random() < 0.2
    const report = job && reportOf(job, random())
    if (job !== null) ledger.drop(job)
    const answer: WorkCycle = await call(client, 'public.work_cycle($1, $2, $3)', [
      ...[node.nodeId, report && JSON.stringify(report), !literal],
    ])
    if (job !== null && answer.accepted !== true) ledger.violate(`${job.jobId} was refused: ${answer.reason}`)
    if (job !== null && report?.outcome === 'succeeded') accepted.add(job.jobId)
    job = literal ? await claimLiterally(client, node) : answer.job
    if (job !== null) ledger.take(job, racer)
    // The work itself; or nothing to do for now, and the others finish first.
    await new Promise((resolve) => setTimeout(resolve, 1 + 20 * random()))
  }
  if (job !== null) ledger.drop(job)
}

/** next_jobs, then claim_job_fair of what it offered; the attempt is read back as the caller may. */
const claimLiterally = async (client: pg.Client, { address }: Node): Promise<Job | null> => {
  const offers: { jobId: string }[] = await call(client, 'public.next_jobs($1)', [address])
  const jobId = offers[0]?.jobId
  if (jobId === undefined || !(await call<boolean>(client, 'public.claim_job_fair($1, $2)', [jobId, address])))
    return null
  const { rows } = await client.query<Job>(
    `select id as "jobId", attempt, task_id as "taskId", chunk_index as "chunkIndex" from public.jobs where id = $1`,
    [jobId],
  )
  return rows[0] ?? null
}

const reportOf = (job: Job, chance: number) => {
  // In words of its own: what two owners report alike is a paid failure, and the job is not tried again.
  if (chance < 0.03)
    return { jobId: job.jobId, attempt: job.attempt, outcome: 'failed', error: `Planned, in attempt ${job.attempt}.` }
  if (chance < 0.08) return { jobId: job.jobId, attempt: job.attempt, outcome: 'released' }
  return done(job)
}

/** Who holds what, as the answers tell it. */
const holdings = (violations: string[], caps: Map<string, number>) => {
  const held = new Map<string, { job: Job; racer: Racer }>()
  const violate = (line: string) => {
    violations.push(line)
  }
  const count = (matches: (entry: { job: Job; racer: Racer }) => boolean) => [...held.values()].filter(matches).length
  return {
    violate,
    list: () => [...held.values()].map(({ job }) => job),
    drop: (job: Job) => {
      held.delete(job.jobId)
    },
    take: (job: Job, racer: Racer) => {
      const before = held.get(job.jobId)
      if (before !== undefined) {
        violate(`${job.jobId} was given to ${racer.node.address} while ${before.racer.node.address} held it`)
      }
      held.set(job.jobId, { job, racer })
      const { nodeId, address } = racer.node
      if (count((entry) => entry.racer.node.nodeId === nodeId) > racer.cap) violate(`node ${nodeId} holds too many`)
      if (count((entry) => entry.racer.node.address === address) > racer.ownerCap) violate(`${address} holds too many`)
      const bucket = caps.get(job.taskId) ?? Number.POSITIVE_INFINITY
      if (count((entry) => entry.job.taskId === job.taskId) > bucket) violate(`task ${job.taskId} is above its bucket`)
    },
  }
}

/** From now on a connection of `authenticator` is whoever these headers make it, without a session. */
export const actBy = (client: pg.Client, headers: Record<string, string>) =>
  client.query(`select set_config('request.headers', $1, false), set_config('role', 'anon', false)`, [
    JSON.stringify(headers),
  ])

const call = async <T>(client: pg.Client, expression: string, values: unknown[]): Promise<T> => {
  const { rows } = await client.query<{ answer: T }>({
    name: expression,
    text: `select ${expression} as answer`,
    values,
  })
  return rows[0]?.answer as T
}

/** Numbers from 0 to 1 that a seed repeats (mulberry32). */
export const randomFrom = (seed: number) => {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}
