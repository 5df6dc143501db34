import { type ClusterInfo, superuserDatabaseUrl } from '@oblivion/stack/testing'
import pg from 'pg'
import { median } from './median.ts'
import { type OurDatabase, openOurDatabase } from './ourDatabase.ts'
import { claimAndUndo } from './ourQueue.ts'

/** How large the queue is made, and how often a claim is timed. */
export type Sizes = { few: number; many: number; notDue: number; excluded: number; samples: number; rounds: number }

/** The median time of one claim in a queue of this shape, in ms, beside that of a small queue in the same rounds. */
export type Flat = { shape: string; aim: number; p50Ms: number; ratio: number }

type Shape = { shape: string; aim: number; fill(ours: OurDatabase, taskId: string): Promise<void> }

const shapes = ({ few, many, notDue, excluded }: Sizes): Shape[] => [
  { shape: `${few} pending`, aim: 1, fill: (ours, taskId) => insertJobs(ours, taskId, { count: few }) },
  {
    shape: `${many} pending + ${many} done`,
    aim: 1.5,
    fill: async (ours, taskId) => {
      await insertJobs(ours, taskId, { count: many, done: true })
      await insertJobs(ours, taskId, { count: many, from: many })
    },
  },
  {
    shape: `${notDue} not due at the head`,
    aim: 1.2,
    fill: async (ours, taskId) => {
      await insertJobs(ours, taskId, { count: notDue, due: false })
      await insertJobs(ours, taskId, { count: few, from: notDue })
    },
  },
  {
    shape: `${excluded} that the caller failed at the head`,
    aim: 1.2,
    fill: async (ours, taskId) => {
      await insertJobs(ours, taskId, { count: excluded, failedBy: true })
      await insertJobs(ours, taskId, { count: few, from: excluded })
    },
  },
  {
    shape: `${excluded} of the caller's own task at the head`,
    aim: 1.2,
    fill: async (ours, taskId) => {
      await insertJobs(ours, await ownTask(ours), { count: excluded })
      await insertJobs(ours, taskId, { count: few, from: excluded })
    },
  },
]

/**
 * Times claims in queues of several shapes, each in a database of its own, in turns so that a slow moment of the machine
 * meets all of them. A claim is rolled back, so that all of them find the same queue.
 */
export const measureFlatness = async (
  cluster: ClusterInfo,
  sizes: Sizes,
  say: (line: string) => void,
): Promise<Flat[]> => {
  const list = shapes(sizes)
  const opened: { ours: OurDatabase; client: pg.Client; times: number[] }[] = []
  try {
    for (const { shape, fill } of list) {
      say(`making a queue: ${shape}`)
      const ours = await openOurDatabase(cluster, 2)
      await fill(ours, await firstTask(ours))
      await ours.database.query('vacuum (analyze)')
      const client = new pg.Client({ connectionString: superuserDatabaseUrl(cluster, ours.database.name) })
      await client.connect()
      opened.push({ ours, client, times: [] })
    }
    // The first round plans and warms, and is not counted.
    for (let round = 0; round <= sizes.rounds; round += 1) {
      for (const { ours, client, times } of opened) {
        const claims: number[] = []
        for (let n = 0; n < sizes.samples; n += 1) claims.push(await claimAndUndo(client, ours))
        if (round > 0) times.push(median(claims))
      }
    }
    const figures = opened.map(({ times }) => median(times))
    const [base = Number.NaN] = figures
    return list.map(({ shape, aim }, index) => {
      const p50Ms = figures[index] ?? Number.NaN
      return { shape, aim, p50Ms, ratio: p50Ms / base }
    })
  } finally {
    await Promise.all(opened.map(({ client }) => client.end()))
    for (const { ours } of opened) await ours.database.drop()
  }
}

/** A task of one chunk, which is then ended: the shapes add their own chunks to it. */
const firstTask = async (ours: OurDatabase): Promise<string> => {
  await ours.fill(1)
  const [job] = await ours.database.query<{ task_id: string }>(
    `update jobs set status = 'cancelled' where status = 'pending' returning task_id`,
  )
  return String(job?.task_id)
}

/** Another task like the first, made one of the first node's owner. */
const ownTask = async (ours: OurDatabase): Promise<string> => {
  const taskId = await firstTask(ours)
  await ours.database.query(
    'update oblivion.tasks set owner_id = (select owner_id from nodes where id = $2) where id = $1',
    [taskId, ours.nodes[0]?.nodeId],
  )
  return taskId
}

type Jobs = { count: number; from?: number; done?: boolean; due?: boolean; failedBy?: boolean }

/** Rows as tasks and nodes would leave them, written at once: a million of them by create_task would take an hour. */
const insertJobs = async (ours: OurDatabase, taskId: string, jobs: Jobs): Promise<void> => {
  const { count, from = 0, done = false, due = true, failedBy = false } = jobs
  const nodeId = ours.nodes[0]?.nodeId
  await ours.database.query(
    `with settings as (
       select set_config('session_replication_role', 'replica', true)
     ), made as (
       insert into jobs (task_id, chunk_index, type, customer_owner_id, created_at, status, due, available_at, attempt,
         excluded_owner_id, finished_at)
       select t.id, g.n, t.type, t.owner_id,
              -- Later parts of a shape lie behind the earlier ones.
              timestamptz '2026-01-01' + make_interval(secs => $3::int / 1000),
              case when $4 then 'completed' else 'pending' end, $5,
              case when $5 then now() else now() + interval '1 day' end,
              ($4 or $6)::int, case when $6 then n.owner_id end, case when $4 then now() end
         from settings, oblivion.tasks t, nodes n, generate_series($3::int + 1, $3::int + $2::int) as g (n)
        where t.id = $1
          and n.id = $7
       returning id, attempt, task_id, chunk_index, created_at
     ), chunks as (
       insert into oblivion.chunks (task_id, chunk_index, input)
       select m.task_id, m.chunk_index, '{"start": 0}' from made m
     )
     insert into oblivion.attempts (job_id, attempt, task_id, node_id, owner_id, provider_address, queued_at, started_at,
       outcome)
     select m.id, 1, m.task_id, n.id, n.owner_id, n.provider_address, m.created_at, m.created_at,
            case when $4 then 'succeeded' else 'failed' end
       from made m, nodes n
      where m.attempt = 1
        and n.id = $7`,
    [taskId, count, from, done, due, failedBy, nodeId],
  )
}
