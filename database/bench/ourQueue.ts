import type pg from 'pg'
import { type Contender, drive, SUPPLY } from './Contender.ts'
import { type BenchNode, noResult, noResultHash, type OurDatabase } from './ourDatabase.ts'

export type Job = { jobId: string; attempt: number }
export type Answer = { job: Job | null; retryMs: number; accepted: boolean | null; reason: string | null }

/** What the gateway sets up before each call (packages/stack/src/gateway/database/asCaller.ts), for a node key. */
const become = `
  with limits as materialized (
    select set_config(split_part(setting, '=', 1), substr(setting, strpos(setting, '=') + 1), true)
    from pg_catalog.pg_roles, unnest(rolconfig) as setting
    where rolname = 'anon' and split_part(setting, '=', 1) in ('statement_timeout', 'lock_timeout')
  )
  select
    (select count(*) from limits),
    set_config('search_path', '"public", "extensions"', $1),
    set_config('request.jwt.claims', '{"role":"anon"}', $1),
    set_config('request.jwt.claim.sub', '', $1),
    set_config('request.jwt.claim.role', 'anon', $1),
    set_config('request.method', 'POST', $1),
    set_config('request.path', '/rest/v1/rpc/work_cycle', $1),
    set_config('request.headers', $2, $1),
    set_config('role', 'anon', $1)`

export const becomeNode = (client: pg.ClientBase, node: BenchNode, local: boolean) =>
  client.query({ name: 'become', text: become, values: [local, JSON.stringify({ 'x-node-key': node.key })] })

/** One `work_cycle` of a node that has set its role and key, whatever it answers. */
export const callWorkCycle = async (client: pg.ClientBase, node: BenchNode, last: Job | null): Promise<Answer> => {
  const done = last && { ...last, outcome: 'succeeded', result: noResult, resultHash: noResultHash }
  const { rows } = await client.query<{ answer: Answer }>({
    name: 'work_cycle',
    text: 'select public.work_cycle($1, $2) as answer',
    values: [node.nodeId, done && JSON.stringify(done)],
  })
  const answer = rows[0]?.answer
  if (!answer || (done && !answer.accepted)) throw new Error(`work_cycle answered ${JSON.stringify(answer)}.`)
  return answer
}

const workCycle = async (client: pg.ClientBase, node: BenchNode, last: Job | null): Promise<Answer> => {
  const answer = await callWorkCycle(client, node, last)
  if (answer.job === null) throw new Error(`work_cycle answered ${JSON.stringify(answer)}.`)
  return answer
}

/**
 * What a node still holds from the last measurement goes back, so that its first call is answered with a job; and costs
 * its owner nothing of its claim budget.
 */
const releaseAll = async (ours: OurDatabase) => {
  await ours.database.query(`update jobs set status = 'pending' where status = 'processing'`)
  await ours.database.query(`update jobs set excluded_owner_id = null where excluded_owner_id is not null`)
  await ours.database.query(`update oblivion.owners set claim_budget = 20, claims_from = '-infinity'`)
}

const prepare = (ours: OurDatabase) => async (jobs: number) => {
  await releaseAll(ours)
  await ours.fill(jobs)
  await ours.database.query('vacuum (analyze)')
}

/** Completion and claim in one statement; a transaction each, with the node's role and key set for the session. */
export const workCycleAtSqlLevel = (ours: OurDatabase): Contender => ({
  name: 'work_cycle',
  level: 'sql',
  batch: 1,
  prepare: prepare(ours),
  run: (load) =>
    drive(ours.database.authenticatorUrl, load, async (client, index) => {
      const node = nodeAt(ours, index)
      let last: Job | null = null
      await becomeNode(client, node, false)
      return async () => {
        const reported: number = last === null ? 0 : 1
        const { job }: Answer = await workCycle(client, node, last)
        last = job && { jobId: job.jobId, attempt: job.attempt }
        return reported
      }
    }),
})

/** The same as the gateway sends it: begin, role and headers, the call, commit. */
export const workCycleAsTheGateway = (ours: OurDatabase): Contender => ({
  name: 'work_cycle',
  level: 'gateway',
  batch: 1,
  prepare: prepare(ours),
  run: (load) =>
    drive(ours.database.authenticatorUrl, load, async (client, index) => {
      const node = nodeAt(ours, index)
      let last: Job | null = null
      return async () => {
        const reported: number = last === null ? 0 : 1
        await client.query('begin')
        await becomeNode(client, node, true)
        const { job }: Answer = await workCycle(client, node, last)
        await client.query('commit')
        last = job && { jobId: job.jobId, attempt: job.attempt }
        return reported
      }
    }),
})

/** The literal path of the sources: three statements, three transactions. */
export const literalPath = (ours: OurDatabase): Contender => ({
  name: 'next_jobs + claim_job_fair + complete_job',
  level: 'sql',
  batch: 1,
  prepare: prepare(ours),
  run: (load) =>
    drive(ours.database.authenticatorUrl, load, async (client, index) => {
      const node = nodeAt(ours, index)
      await becomeNode(client, node, false)
      return () => literalCycle(client, node)
    }),
})

const literalCycle = async (client: pg.Client, { address }: BenchNode): Promise<number> => {
  const call = async <T>(name: string, text: string, values: unknown[]): Promise<T> => {
    const { rows } = await client.query<{ answer: T }>({ name, text, values })
    return rows[0]?.answer as T
  }
  const [offer] = await call<{ jobId: string }[]>('next', 'select public.next_jobs($1) as answer', [address])
  if (offer === undefined) throw new Error('next_jobs offered nothing.')
  const { jobId } = offer
  const claimed = await call<boolean>('claim', 'select public.claim_job_fair($1, $2) as answer', [jobId, address])
  if (!claimed) throw new Error('claim_job_fair refused what next_jobs had offered.')
  const completed = await call<boolean>(
    'complete',
    'select public.complete_job($1, $2, p_result => $3, p_result_hash => $4) as answer',
    [jobId, address, JSON.stringify(noResult), noResultHash],
  )
  if (!completed) throw new Error('complete_job was refused.')
  return 1
}

type Batch = { done: { accepted: boolean; reason: string | null }[]; jobs: Job[] }

/** `size` completions and `size` claims in one statement, by server nodes whose limit an operator raised. */
export const workBatch = (ours: OurDatabase, size: number): Contender => ({
  name: `work_batch of ${size}`,
  level: 'sql',
  batch: size,
  prepare: async (jobs) => {
    // Twice as many: what it reports counts until the end of the call that claims.
    await ours.raise(2 * size)
    await prepare(ours)(jobs * SUPPLY)
  },
  run: async (load) => {
    const rate = await drive(ours.database.authenticatorUrl, load, async (client, index) => {
      const node = nodeAt(ours, index)
      let last: Job[] = []
      await becomeNode(client, node, false)
      return async () => {
        const reports = last.map((job) => ({
          ...job,
          outcome: 'succeeded',
          result: noResult,
          resultHash: noResultHash,
        }))
        const { rows } = await client.query<{ answer: Batch }>({
          name: 'work_batch',
          text: 'select public.work_batch($1, $2, $3) as answer',
          values: [node.nodeId, JSON.stringify(reports), size],
        })
        const { done, jobs } = rows[0]?.answer ?? { done: [], jobs: [] }
        const refused = done.find(({ accepted }) => !accepted)
        if (refused || jobs.length < size) throw new Error(`work_batch gave ${jobs.length} jobs (${refused?.reason}).`)
        last = jobs.map(({ jobId, attempt }) => ({ jobId, attempt }))
        return reports.length
      }
    })
    // The others are measured with the limit that every node has.
    await releaseAll(ours)
    await ours.raise(null)
    return rate
  },
})

const nodeAt = (ours: OurDatabase, index: number): BenchNode => {
  const node = ours.nodes[index]
  if (node === undefined) throw new Error(`There is no node for connection ${index}.`)
  return node
}

/** One claim of the first node, undone: the time of the call alone, in ms. */
export const claimAndUndo = async (client: pg.Client, ours: OurDatabase): Promise<number> => {
  const node = nodeAt(ours, 0)
  await client.query('begin')
  await becomeNode(client, node, true)
  const from = performance.now()
  await workCycle(client, node, null)
  const ms = performance.now() - from
  await client.query('rollback')
  return ms
}
