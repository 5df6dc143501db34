import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { addressOf, createEngine, done, type Engine, type Node, type Wallet, type WorkCycle } from './engine/engine.ts'

/*
 * Several jobs of one chunk: never two to one owner, nothing of a chunk to anybody before it is decided, agreement by
 * hash, and every replica that was accepted for its form is paid.
 */

let engine: Engine
let customer: Wallet
let a: Node
let b: Node
let c: Node
let box: Node
type Job = NonNullable<WorkCycle['job']>

beforeAll(async () => {
  engine = await createEngine()
  await engine.deposit(addressOf(1), 1_000_000_000n)
  customer = await engine.wallet(addressOf(1))
  ;[a, b, c, box] = (await Promise.all(
    [0x10, 0x11, 0x12, 0x13].map((n) => engine.node(addressOf(n), 'box', 'server')),
  )) as [Node, Node, Node, Node]
})
afterAll(() => engine.drop())
beforeEach(async () => {
  for (const { id } of await engine.query<{ id: string }>(
    `select id from oblivion.tasks where status in ('running', 'paused')`,
  ))
    await customer.rpc('cancel_task', { p_task_id: id })
  await engine.query(`update jobs set status = 'cancelled' where status in ('pending', 'processing', 'blocked')`)
  await engine.query('update oblivion.settings set proven_after = 0')
  await engine.coordinator('run_rescue')
})

const post = async (replicas: number, quorum?: number, chunks = 1, more: Record<string, unknown> = {}) => {
  const trust = { replicas, ...(quorum === undefined ? {} : { quorum }) }
  const taskId = await engine.task(customer, chunks, { trust, ...more })
  // They lie in no order (shopper.test.ts); here side by side, so that two nodes share a chunk.
  await engine.query(
    `update jobs set created_at = created_at + (chunk_index * 10 + replica) * interval '1 microsecond' where task_id = $1`,
    [taskId],
  )
  return taskId
}
const take = async (node: Node): Promise<Job> => {
  const job = (await node.cycle()).job
  if (!job) throw new Error('The node got nothing.')
  return job
}
const give = async (node: Node, job: Job, result: unknown): Promise<void> => {
  expect(await node.cycle(done(job, result), false)).toMatchObject({ accepted: true })
}
const view = (taskId: string) => customer.rpc<Record<string, unknown>>('get_task', { p_task_id: taskId })
type Result = { chunkIndex: number; result: unknown; verdict: string; provider: string }
const results = async (taskId: string) =>
  (await customer.rpc<{ results: Result[] }>('task_results', { p_task_id: taskId })).results
const paid = async (taskId: string) =>
  (
    await engine.query<{ count: number }>('select count(*)::int as count from oblivion.receipts where task_id = $1', [
      taskId,
    ])
  )[0]?.count

describe('what a customer may ask for', () => {
  test('a budget for every replica of every chunk, a quorum of more than half', async () => {
    const answer = await customer.rpc<Record<string, unknown>>('create_task', {
      p_task: JSON.stringify({
        ...{ title: 'Thrice', type: 'raytrace', inputs: [1, 2], pricePerChunk: '1000', acknowledgeVisible: true },
        trust: { replicas: 3 },
      }),
    })
    expect(answer).toMatchObject({ terms: { replicas: 3, quorum: 2 }, estimate: { cost: '6000', fee: '300' } })
    expect(await view(String(answer.taskId))).toMatchObject({ held: '6000', chunkCount: 2, chunks: 'pp' })
    await expect(post(3, 2, 2, { budget: '5999' })).rejects.toMatchObject({ code: 'OB013' })
  })
  test.each([
    ['no replica', { replicas: 0 }],
    ['more than five', { replicas: 6 }],
    ['a quorum that two answers could have', { replicas: 4, quorum: 2 }],
    ['a quorum above the replicas', { replicas: 2, quorum: 3 }],
    ['another word', { replicas: 2, majority: true }],
    ['no object', 3],
  ])('%s is refused', async (_, trust) => {
    await expect(engine.task(customer, 1, { trust })).rejects.toMatchObject({ code: 'OB005' })
  })
})

describe('T1, T5: never two replicas of a chunk to one owner', () => {
  test('by no door: work_cycle, work_batch, next_jobs, claim_job_fair, the fallback update', async () => {
    const taskId = await post(3)
    const job = await take(a)
    expect(job.chunkIndex).toBe(0)
    const second = await engine.node(addressOf(0x10), 'another box', 'server')
    for (const node of [a, second]) {
      expect((await node.cycle()).job).toBeNull()
      expect(await node.rpc('next_jobs', { p_provider_address: node.address, p_limit: 10 })).toEqual([])
    }
    const siblings = await engine.query<{ id: string }>(
      `select id from jobs where task_id = $1 and status = 'pending'`,
      [taskId],
    )
    expect(siblings).toHaveLength(2)
    for (const { id } of siblings) {
      expect(await second.rpc('claim_job_fair', { p_job_id: id, p_provider_address: second.address })).toBe(false)
      // Even an offer, as an older rule or a hand might have made it, is not taken.
      await engine.query(
        `update jobs set offered_to = (select owner_id from nodes where id = $2), offered_until = now() + interval '1 minute' where id = $1`,
        [id, second.nodeId],
      )
      expect(await second.rpc('claim_job_fair', { p_job_id: id, p_provider_address: second.address })).toBe(false)
      expect(
        await second.session(({ query }) =>
          query(
            `update public.jobs set status = 'processing', provider_address = $2 where id = $1 and status = 'pending' returning id`,
            [id, second.address],
          ),
        ),
      ).toEqual([])
      await engine.query(`update jobs set offered_to = null, offered_until = null where id = $1`, [id])
    }
    await engine.coordinator('set_max_jobs', [second.nodeId, 10])
    expect(await second.rpc('work_batch', { p_node_id: second.nodeId, p_limit: 10 })).toMatchObject({ jobs: [] })
    // Others get them, and after its own result the owner still gets none.
    await give(a, job, 1)
    expect((await a.cycle()).job).toBeNull()
    expect((await take(b)).jobId).not.toBe(job.jobId)
    expect((await take(c)).jobId).not.toBe(job.jobId)
  })

  test('one batch gets one job of each chunk, in one call or in two', async () => {
    await post(2, 2, 6)
    await engine.coordinator('set_max_jobs', [box.nodeId, 20])
    const { jobs } = (await box.rpc('work_batch', { p_node_id: box.nodeId, p_limit: 10 })) as { jobs: Job[] }
    expect(jobs.map(({ chunkIndex }) => chunkIndex).sort()).toEqual([0, 1, 2, 3, 4, 5])
    expect(await box.rpc('work_batch', { p_node_id: box.nodeId, p_limit: 10 })).toMatchObject({ jobs: [] })
    await engine.coordinator('set_max_jobs', [box.nodeId, null])
  })

  test('offers to one owner are of different chunks', async () => {
    await post(2, 2, 3)
    const offers = await a.rpc<{ jobId: string }[]>('next_jobs', { p_provider_address: a.address, p_limit: 10 })
    const rows = await engine.query<{ chunk: number }>(
      'select chunk_index as chunk from jobs where id = any ($1::uuid[]) order by 1',
      [offers?.map(({ jobId }) => jobId)],
    )
    expect(rows.map(({ chunk }) => chunk)).toEqual([0, 1])
  })

  test('who gave a replica back may have it again, and never its sibling beside it', async () => {
    await post(2)
    const job = await take(a)
    await a.cycle({ jobId: job.jobId, attempt: job.attempt, outcome: 'released' }, false)
    const other = await take(b)
    await engine.query(`update jobs set available_at = now() - interval '1 hour' where status = 'pending'`)
    const again = await take(a)
    expect(again.jobId).not.toBe(other.jobId)
    expect((await a.cycle()).job).toBeNull()
    expect((await b.cycle()).job).toBeNull()
  })

  test('what another visitor of a site set aside is open to it again, once the first has given its replica back', async () => {
    const blogger = await engine.wallet(addressOf(0xabc))
    const { siteId } = await blogger.rpc<{ siteId: string }>('create_site', {
      p_site: JSON.stringify({ name: 'A blog', origins: ['https://blog.example'] }),
    })
    await engine.query(
      `update nodes set site_id = $2, site_owner_id = oblivion.owner_of($3), programs = '{raytrace}' where id = any ($1)`,
      [[a.nodeId, b.nodeId], siteId, blogger.address],
    )
    try {
      await post(2)
      const job = await take(a)
      // The other visitor meets its sibling, and nobody else is there.
      expect((await b.cycle()).job).toBeNull()
      await a.cycle({ jobId: job.jobId, attempt: job.attempt, outcome: 'released' }, false)
      await engine.query(`update jobs set status = 'cancelled' where id = $1`, [job.jobId])
      await take(b)
    } finally {
      await engine.query('update nodes set site_id = null, site_owner_id = null, programs = null where id = any ($1)', [
        [a.nodeId, b.nodeId],
      ])
    }
  })

  test.each(['blocked', 'locked'])(
    'a sibling that was set aside and is %s when its owner gives its own replica back is open to it again',
    async (how) => {
      const taskId = await post(2)
      const job = await take(a)
      expect((await a.cycle()).job).toBeNull()
      const giveBack = () => a.cycle({ jobId: job.jobId, attempt: job.attempt, outcome: 'released' }, false)
      if (how === 'blocked') {
        await customer.rpc('pause_task', { p_task_id: taskId })
        await giveBack()
        await customer.rpc('resume_task', { p_task_id: taskId })
        // At its place again, before what was posted later.
        await post(1)
      } else {
        await engine.database.as({ role: 'postgres' }, async ({ query }) => {
          await query('select from jobs where task_id = $1 and id <> $2 for no key update', [taskId, job.jobId])
          await giveBack()
        })
      }
      // The other owner takes the very one that came back.
      await give(b, await take(b), 1)
      await give(a, await take(a), 1)
      expect(await view(taskId)).toMatchObject({ status: 'completed' })
    },
  )

  test('at once from eight connections of two owners', async () => {
    for (let round = 0; round < 5; round += 1) {
      await post(2, 2, 4)
      const crowd = [...Array(4).fill(a), ...Array(4).fill(b)]
      await Promise.all(crowd.map((node) => node.cycle()))
      const rows = await engine.query(
        `select task_id, chunk_index, n.owner_id from jobs j join nodes n on n.id = j.node_id
          where j.status = 'processing' group by 1, 2, 3 having count(*) > 1`,
      )
      expect(rows).toEqual([])
      await engine.query(`update jobs set status = 'pending', provider_address = null where status = 'processing'`)
      await engine.query(`update jobs set status = 'cancelled' where status = 'pending'`)
    }
  })

  test('the key refuses it whatever else fails', async () => {
    const taskId = await post(2)
    const row = (owner: number) =>
      engine.query(
        `insert into oblivion.replica_owners (job_id, task_id, chunk_index, stage, cluster_id) values (gen_random_uuid(), $1, 0, 0, $2)`,
        [taskId, owner],
      )
    await row(7)
    await row(8)
    await expect(row(7)).rejects.toMatchObject({ code: '23505' })
  })
})

describe('T8: between the first and the last replica nothing of a chunk leaves the server', () => {
  const secret = 'a-result-nobody-may-see'
  test('0 bytes on every surface, to customer, providers, strangers and Realtime; then the result', async () => {
    const taskId = await post(2)
    const before = await view(taskId)
    const [first, second] = [await take(a), await take(b)]
    const between = await view(taskId)
    const jobsOf = (wallet: Wallet) => wallet.rpc<{ jobs: unknown[] }>('my_jobs', { p_task_id: taskId })
    const jobsBetween = await jobsOf(customer)
    await give(a, first, { secret })
    // Job by job as well: neither its own status nor by which one it is found tells which of the two is in.
    expect(await jobsOf(customer)).toEqual(jobsBetween)
    expect(jobsBetween.jobs).toMatchObject([1, 2].map(() => ({ status: 'processing', attempt: null, cost: null })))
    expect(await customer.rpc('my_jobs', { p_task_id: taskId, p_status: 'completed' })).toMatchObject({ jobs: [] })
    expect(await customer.rpc('get_job', { p_job_id: first.jobId })).toMatchObject({
      ...{ status: 'processing', startedAt: null, finishedAt: null, reward: null, provider: null },
    })
    await expect(b.rpc('get_job', { p_job_id: first.jobId })).rejects.toMatchObject({ code: 'OB010' })
    await engine.coordinator('send_task_digests')
    const after = await view(taskId)
    // The price of the first replica is spent; nothing else has changed.
    expect(after).toEqual({ ...between, asOf: after.asOf, countedAt: after.countedAt, spent: '1000', held: '1000' })
    expect(before).toMatchObject({ chunks: 'p' })
    const hash = done(first, { secret }).resultHash
    const surfaces: unknown[] = [after, await results(taskId), await customer.rpc('list_tasks')]
    for (const chunks of [[0], null])
      surfaces.push(await customer.rpc('task_results', { p_task_id: taskId, p_chunks: chunks, p_after: -1 }))
    const statement = await customer.rpc('my_statement', { p_account: 'task', p_task_id: taskId })
    expect(statement).toMatchObject({ balance: '1000', rows: [{ chunkIndex: 0, jobId: null, amount: '-1000' }, {}] })
    surfaces.push(statement)
    const everything = `select coalesce(json_agg(t), '[]')::text as text from (select %s from public.%s) t`
    const columns = await engine.query<{ name: string }>(
      `select attname as name from pg_attribute where attrelid = 'public.jobs'::regclass and attnum > 0 and has_column_privilege('anon', attrelid, attnum, 'select')`,
    )
    const jobs = everything.replace('%s', columns.map(({ name }) => name).join(', ')).replace('%s', 'jobs')
    for (const reader of [customer, b, c]) {
      for (const sql of [
        jobs,
        ...['job_stats', 'active_jobs', 'pending_jobs_queue'].map((name) =>
          everything.replace('%s', '*').replace('%s', name),
        ),
      ])
        surfaces.push(await reader.session(({ query }) => query(sql)))
      surfaces.push(await reader.rpc('get_network_stats'), await reader.rpc('get_worker_stats'))
    }
    surfaces.push(await b.rpc('explain_claim', { p_node_id: b.nodeId }))
    surfaces.push(await b.rpc('heartbeat', { p_node_id: b.nodeId, p_job_id: second.jobId, p_attempt: second.attempt }))
    surfaces.push(await engine.query('select payload from realtime.messages'))
    const text = JSON.stringify(surfaces)
    expect(text).not.toContain(secret)
    expect(text).not.toContain(hash)
    expect(await results(taskId)).toEqual([])
    // T7: no provider of the unfinished chunk, no sibling, no number of a replica.
    const seen = JSON.stringify(await customer.session(({ query }) => query(jobs)))
    expect(seen).not.toContain(a.address)
    expect(JSON.stringify(second)).not.toMatch(/replica|sibling|quorum/i)
    const own = (await b.session(({ query }) => query(jobs))) as { text: string }[]
    expect(own[0]?.text).not.toContain(first.jobId)
    expect(own[0]?.text).not.toMatch(/replica|excluded/)
    await expect(b.session(({ query }) => query('select replica from public.jobs'))).rejects.toMatchObject({
      code: '42501',
    })

    await give(b, second, { secret })
    expect(await results(taskId)).toMatchObject([
      { chunkIndex: 0, result: { secret }, verdict: 'valid', provider: a.address },
    ])
    expect(await customer.rpc('get_job', { p_job_id: first.jobId })).toMatchObject({
      ...{
        status: 'completed',
        progress: 1,
        attempt: 1,
        cost: '1000',
        provider: a.address,
        result: { secret },
        resultHash: hash,
      },
    })
    // One result a chunk: its twin's is paid too, and not shown a second time.
    expect(await customer.rpc('get_job', { p_job_id: second.jobId })).not.toHaveProperty('result')
    expect(await customer.rpc('my_statement', { p_account: 'task', p_task_id: taskId })).toMatchObject({
      rows: [{ jobId: second.jobId }, { jobId: first.jobId, resultHash: hash }, {}],
    })
    await engine.coordinator('send_task_digests')
    expect(JSON.stringify(await engine.query('select payload from realtime.messages'))).toContain(
      '"chunks": [0]'.replace(' ', ''),
    )
  })
})

describe('agreement', () => {
  test('two of three: valid, the other replica is not needed, its price is free again', async () => {
    const taskId = await post(3)
    await give(a, await take(a), 1)
    await give(b, await take(b), 1)
    expect(await view(taskId)).toMatchObject({ status: 'completed', chunks: 'c', held: '0', spent: '2000' })
    expect(await results(taskId)).toMatchObject([{ result: 1, verdict: 'valid' }])
  })

  test('two of three against one: all three are paid, the one is inconclusive and condemned for nothing', async () => {
    const taskId = await post(3)
    const jobs = [await take(a), await take(b), await take(c)] as const
    await give(a, jobs[0], 1)
    await give(b, jobs[1], 2)
    expect(await results(taskId)).toEqual([])
    await give(c, jobs[2], 2)
    expect(await view(taskId)).toMatchObject({ status: 'completed', chunks: 'c', spent: '3000' })
    expect(await results(taskId)).toMatchObject([{ result: 2, verdict: 'valid', provider: b.address }])
    const verdicts = await engine.query(
      `select r.verdict, o.accepted_count > 0 as counted from oblivion.results r join oblivion.receipts p using (job_id)
         join oblivion.owners o on o.id = p.provider_owner_id where r.task_id = $1 order by r.accepted_at`,
      [taskId],
    )
    expect(verdicts).toEqual([
      { verdict: 'inconclusive', counted: true },
      { verdict: 'valid', counted: true },
      { verdict: 'valid', counted: true },
    ])
    expect(await engine.query(`select from oblivion.results where verdict = 'invalid'`)).toEqual([])
  })

  test('who is still at it when the others have decided delivers, is paid, and gets the verdict that it deserves', async () => {
    const taskId = await post(3)
    const jobs = [await take(a), await take(b), await take(c)] as const
    await give(a, jobs[0], 1)
    await give(b, jobs[1], 1)
    expect(await results(taskId)).toHaveLength(1)
    await give(c, jobs[2], 1)
    expect(await paid(taskId)).toBe(3)
    expect(await view(taskId)).toMatchObject({ status: 'completed', held: '0' })
    expect(
      await engine.query(`select verdict from oblivion.results where task_id = $1 and verdict <> 'valid'`, [taskId]),
    ).toEqual([])
  })

  test.each(['released', 'failed', 'lost'])(
    "a replica that is %s when the others have decided is nobody else's: its task ends and holds nothing",
    async (how) => {
      const taskId = await post(3)
      const jobs = [await take(a), await take(b), await take(c)] as const
      await give(a, jobs[0], 1)
      await give(b, jobs[1], 1)
      const report = { jobId: jobs[2].jobId, attempt: jobs[2].attempt, outcome: how, error: 'x' }
      if (how === 'lost') {
        await engine.query(`update jobs set lease_expires_at = now() - interval '1 second' where id = $1`, [
          report.jobId,
        ])
        await engine.coordinator('run_rescue')
      } else await c.cycle(report, false)
      expect(await view(taskId)).toMatchObject({ status: 'completed', held: '0', spent: '2000' })
      expect((await box.cycle()).job).toBeNull()
    },
  )

  test('a replica that a claim looked at when the others decided, and one given back in that moment, end in the next tick', async () => {
    const looked = await post(3)
    const seen = [await take(a), await take(b)] as const
    await give(a, seen[0], 1)
    await engine.database.as({ role: 'postgres' }, async ({ query }) => {
      await query(`select id from jobs where task_id = $1 and status = 'pending' for no key update`, [looked])
      await give(b, seen[1], 1)
    })
    expect(await view(looked)).toMatchObject({ status: 'running', held: '1000' })

    const returned = await post(3)
    const held = [await take(a), await take(b), await take(c)] as const
    await give(a, held[0], 1)
    await c.session(async ({ rpc }) => {
      const report = { jobId: held[2].jobId, attempt: held[2].attempt, outcome: 'released' }
      await rpc('work_cycle', { p_node_id: c.nodeId, p_done: JSON.stringify(report), p_claim: false })
      await give(b, held[1], 1)
    })
    const undecided = await post(3)
    const kept = [await take(a), await take(b), await take(c)] as const
    await give(a, kept[0], 1)
    await b.session(async ({ rpc }) => {
      await rpc('work_cycle', { p_node_id: b.nodeId, p_done: JSON.stringify(done(kept[1], 1)), p_claim: false })
      await c.cycle({ jobId: kept[2].jobId, attempt: kept[2].attempt, outcome: 'released' }, false)
    })

    await engine.coordinator('advance_tasks')
    for (const taskId of [looked, returned, undecided])
      expect(await view(taskId)).toMatchObject({ status: 'completed', held: '0', spent: '2000' })
  })

  test('M12: all in and no quorum is inconclusive, every replica is paid, and the customer gets what it paid for', async () => {
    const taskId = await post(2)
    await give(a, await take(a), 'one')
    await give(b, await take(b), 'two')
    expect(await paid(taskId)).toBe(2)
    expect(await view(taskId)).toMatchObject({ status: 'failed', chunks: 'f', held: '0', spent: '2000' })
    expect(await results(taskId)).toMatchObject([
      { chunkIndex: 0, result: 'one', verdict: 'inconclusive' },
      { chunkIndex: 0, result: 'two', verdict: 'inconclusive' },
    ])
  })

  test('a replica that cannot come any more ends the chunk, and nobody starts another', async () => {
    const taskId = await post(2, 2, 2, { maxAttempts: 1 })
    const job = await take(a)
    await a.cycle({ jobId: job.jobId, attempt: job.attempt, outcome: 'failed', error: 'x' }, false)
    expect(await view(taskId)).toMatchObject({ status: 'running', chunks: 'fp' })
    const [row] = await engine.query(
      `select string_agg(status, ' ' order by replica) as states from jobs where task_id = $1 and chunk_index = 0`,
      [taskId],
    )
    expect(row).toEqual({ states: 'failed cancelled' })
  })

  test('of a cancelled task, what was paid is shown once no other replica can come', async () => {
    const taskId = await post(2)
    const [first, second] = [await take(a), await take(b)]
    await give(a, first, 'paid')
    await customer.rpc('cancel_task', { p_task_id: taskId })
    expect(await results(taskId)).toEqual([])
    await b.cycle({ jobId: second.jobId, attempt: second.attempt, outcome: 'released' }, false)
    expect(await view(taskId)).toMatchObject({ status: 'cancelled', held: '0', spent: '1000' })
    expect(await results(taskId)).toMatchObject([{ result: 'paid', verdict: 'unchecked' }])
  })

  test('two last replicas at once, neither of which sees the other, are judged in the next tick', async () => {
    const taskId = await post(2)
    const [first, second] = [await take(a), await take(b)]
    const gate = Promise.withResolvers<void>()
    const reached = Promise.withResolvers<void>()
    const open = a.session(async ({ rpc }) => {
      await rpc('work_cycle', { p_node_id: a.nodeId, p_done: JSON.stringify(done(first, 1)), p_claim: false })
      reached.resolve()
      await gate.promise
    })
    await reached.promise
    await give(b, second, 1)
    gate.resolve()
    await open
    expect(await view(taskId)).toMatchObject({ status: 'running', spent: '2000' })
    expect(await results(taskId)).toEqual([])
    expect(await engine.coordinator('advance_tasks')).toBeGreaterThan(0)
    expect(await view(taskId)).toMatchObject({ status: 'completed', held: '0' })
    expect(await results(taskId)).toHaveLength(1)
  })
})

describe('T4: a task whose replicas disagree', () => {
  const disagree = async (chunks: number, count: number) => {
    const taskId = await post(2, 2, chunks)
    for (let n = 0; n < count; n += 1) {
      const [first, second] = [await take(a), await take(b)]
      await give(a, first, `a ${n}`)
      await give(b, second, `b ${n}`)
    }
    return taskId
  }
  test('pauses itself with its reason, its replicas paid, and goes on when its customer says so', async () => {
    const taskId = await disagree(8, 2)
    expect(await view(taskId)).toMatchObject({ status: 'running', pausedReason: null })
    const [first, second] = [await take(a), await take(b)]
    await give(a, first, 'a')
    await give(b, second, 'b')
    expect(await view(taskId)).toMatchObject({ status: 'paused', pausedReason: 'non_deterministic', spent: '6000' })
    expect((await a.cycle()).job).toBeNull()
    await engine.coordinator('advance_tasks')
    expect(await view(taskId)).toMatchObject({ chunks: 'fffbbbbb' })
    expect(await customer.rpc('resume_task', { p_task_id: taskId })).toEqual({ status: 'running' })
    expect(await view(taskId)).toMatchObject({ status: 'running', pausedReason: null, chunks: 'fffppppp' })
    const again = [await take(a), await take(b)] as const
    await give(a, again[0], 'a')
    await give(b, again[1], 'b')
    // Counted anew: it takes three of them again.
    expect(await view(taskId)).toMatchObject({ status: 'running' })
  })
  test('is not paused by what newcomers say, nor below the share', async () => {
    await engine.query('update oblivion.settings set proven_after = 1000')
    await engine.query('update oblivion.owners set proven_count = 5')
    const quiet = await disagree(8, 4)
    expect(await view(quiet)).toMatchObject({ status: 'running' })
    await customer.rpc('cancel_task', { p_task_id: quiet })
    await engine.query('update oblivion.settings set proven_after = 0, disputed_share = 0.9')
    const taskId = await post(2, 2, 8)
    for (let n = 0; n < 5; n += 1) {
      const [first, second] = [await take(a), await take(b)]
      await give(a, first, n === 0 ? 'same' : `a ${n}`)
      await give(b, second, n === 0 ? 'same' : `b ${n}`)
    }
    expect(await view(taskId)).toMatchObject({ status: 'running', chunks: 'cffffppp' })
    await engine.query('update oblivion.settings set disputed_share = default')
  })
})
