import { createDatabase } from '@oblivion/stack/testing'
import { afterAll, beforeAll, expect, inject, test } from 'vitest'
import { addressOf, createEngine, done, type Engine, engineOn, type Node, type Wallet } from './engine/engine.ts'

/* What everybody may read, and that it is right: also after nobody looked for a while, and for what it costs. */

type Series = {
  bucketSeconds: number
  from: string
  accepted: (number | null)[]
  owners: (number | null)[]
  online: (number | null)[]
  working: (number | null)[]
  medianWaitSeconds: (number | null)[]
}
type Stats = {
  online: number
  working: number
  pendingJobs: number
  processingJobs: number
  chunksToday: number
  chunksTotal: number
  medianWaitSeconds: number | null
  byType: Record<string, number>
  asOf: string
  ageSeconds: number
  series: Record<'1h' | '24h' | '7d', Series>
}

let engine: Engine
let customer: Wallet
let nodes: Node[]

beforeAll(async () => {
  engine = await createEngine()
  await engine.deposit(addressOf(1), 10_000_000n)
  customer = await engine.wallet(addressOf(1))
  nodes = await Promise.all([2, 3, 4].map((n) => engine.node(addressOf(n))))
})
afterAll(() => engine.drop())

/** As a stranger reads them; what was kept is made old first, so that the reader computes. */
const read = async (): Promise<Stats> => {
  await engine.query(`update oblivion.network_stats set next_at = '-infinity'`)
  return engine.database.as({ role: 'anon' }, ({ rpc }) => rpc<Stats>('get_network_stats'))
}

/** One accepted result of each node; answers when they were accepted. */
const work = async (who: Node[] = nodes): Promise<void> => {
  await engine.task(customer, who.length)
  for (const node of who) {
    const { job } = await node.cycle()
    if (job === null) throw new Error('No job.')
    await node.cycle(done(job), false)
  }
}

/** Puts everything that was accepted so far into the past, and what was counted of it. */
const age = (by: string) => ageHistory(engine, by)

const total = (values: (number | null)[]) => values.reduce((sum: number, value) => sum + (value ?? 0), 0)

test('a fresh network says so: zeros, no wait, no fairness', async () => {
  const stats = await read()
  expect(stats).toMatchObject({
    online: 3,
    working: 0,
    chunksToday: 0,
    chunksTotal: 0,
    medianWaitSeconds: null,
    fairness: null,
    byType: { browser: 3, server: 0, python: 0 },
  })
  expect(Object.fromEntries(Object.entries(stats.series).map(([span, s]) => [span, s.accepted.length]))).toEqual({
    '1h': 60,
    '24h': 96,
    '7d': 84,
  })
})

test('a result shows in the totals at the next look, and in a bucket once that is over', async () => {
  await work()
  const stats = await read()
  expect(stats).toMatchObject({ chunksToday: 3, chunksTotal: 3, pendingJobs: 0, processingJobs: 0 })
  expect(stats.medianWaitSeconds).toBeGreaterThanOrEqual(0)
  expect(total(stats.series['1h'].accepted)).toBe(0)
})

test('after minutes without a look the counts, owners and waits of each minute are right', async () => {
  await age('10 minutes')
  // The jobs had waited 7 s each at that time.
  await engine.query(`
    set session_replication_role = replica;
    update oblivion.attempts set queued_at = started_at - interval '7 seconds';
    set session_replication_role = origin`)
  await age('20 minutes')
  await work([nodes[0] as Node])
  await age('5 minutes')
  const { series } = await read()
  const minutes = series['1h']
  const busy = minutes.accepted.flatMap((accepted, index) => (accepted ? [{ accepted, index }] : []))
  expect(busy.map(({ accepted }) => accepted)).toEqual([3, 1])
  const [first, second] = busy
  expect(minutes.owners[first?.index ?? -1]).toBe(3)
  expect(minutes.owners[second?.index ?? -1]).toBe(1)
  expect(minutes.medianWaitSeconds[first?.index ?? -1]).toBe(7)
  expect((second?.index ?? 0) - (first?.index ?? 0)).toBe(30)
  // Where nobody looked it is unknown who was online, and said to be.
  expect(minutes.online[first?.index ?? -1]).toBeNull()
})

test('each span counts the same results, whoever computes it first', async () => {
  await age('3 hours')
  // As a network that has never been looked at.
  await engine.query('delete from oblivion.network_buckets')
  await engine.query(`update oblivion.network_stats set series_until = '-infinity'`)
  const { series } = await read()
  expect(total(series['1h'].accepted)).toBe(0)
  expect(total(series['24h'].accepted)).toBe(4)
  expect(total(series['7d'].accepted)).toBe(4)
  // Not 4 by adding up minutes: the same three owners.
  expect(Math.max(...series['7d'].owners.map((n) => n ?? 0))).toBe(3)
})

test('a bucket is written once and never again', async () => {
  const buckets = () => engine.query('select * from oblivion.network_buckets order by seconds, starts_at')
  const before = await buckets()
  await engine.query(`update oblivion.network_stats set series_until = '-infinity'`)
  await read()
  expect((await buckets()).slice(0, before.length)).toEqual(before)
})

test('the totals are those of the receipts at any moment, across midnight too', async () => {
  for (const by of ['1 second', '20 seconds', '5 hours']) {
    await work([nodes[1] as Node])
    expect(await read()).toMatchObject(await recount())
    await age(by)
    expect(await read()).toMatchObject(await recount())
  }
  // A day passes, then the next result comes: what was counted stays counted, and today begins anew.
  await age('26 hours')
  await read()
  const [kept] = await engine.query<{ total: string }>('select counted_total as total from oblivion.network_stats')
  await engine.query(
    `update oblivion.network_stats set counted_until = now() - interval '25 hours', counted_before_day = 99`,
  )
  await work([nodes[1] as Node])
  const { chunksToday, chunksTotal } = await read()
  expect({ chunksToday, chunksTotal }).toEqual(await recount())
  expect({ chunksToday, chunksTotal }).toEqual({ chunksToday: 1, chunksTotal: Number(kept?.total) + 1 })
})

const recount = async () => {
  const [row] = await engine.query<{ today: number; total: number }>(
    `select count(*) filter (where accepted_at >= date_trunc('day', now() at time zone 'UTC') at time zone 'UTC')::int as today,
            count(*)::int as total from oblivion.receipts`,
  )
  return { chunksToday: row?.today, chunksTotal: row?.total }
}

test('who looks adds a look: online and working of a minute are the mean', async () => {
  await engine.query('delete from oblivion.network_samples')
  await read()
  await read()
  const [row] = await engine.query<{ samples: number; online: string; working: string }>(
    `select sum(samples)::int as samples, sum(online)::int as online, sum(working)::int as working from oblivion.network_samples`,
  )
  expect(row?.samples).toBe(2)
  expect(Number(row?.online)).toBe((row?.samples ?? 0) * 3)
  expect(Number(row?.working)).toBe(0)
})

test('what is young is served as it is, and a reader of a read-only transaction as well', async () => {
  const first = await read()
  await engine.query(`update oblivion.network_stats set next_at = now() + interval '1 minute'`)
  const again = await engine.database.as({ role: 'anon' }, ({ rpc }) => rpc<Stats>('get_network_stats'))
  expect(again).toEqual({ ...first, ageSeconds: again.ageSeconds })
  await engine.query(`update oblivion.network_stats set next_at = '-infinity'`)
  const readOnly = await engine.database.as({ role: 'anon' }, async ({ query, rpc }) => {
    await query('set transaction read only')
    return [await rpc<Stats>('get_network_stats'), await rpc<unknown[]>('get_worker_stats')]
  })
  expect(readOnly).toEqual([{ ...first, ageSeconds: expect.any(Number) }, expect.any(Array)])
})

test('how old they are is told by the server, whose clock alone both moments come from', async () => {
  expect((await read()).ageSeconds).toBeLessThan(60)
  await engine.query(
    `update oblivion.network_stats set next_at = now() + interval '1 minute', as_of = now() - interval '75 seconds'`,
  )
  const { ageSeconds } = await engine.database.as({ role: 'anon' }, ({ rpc }) => rpc<Stats>('get_network_stats'))
  expect(Math.floor(ageSeconds / 10)).toBe(7)
})

test('a heartbeat refreshes them where no reader and no coordinator does', async () => {
  await engine.query(
    `update oblivion.network_stats set next_at = '-infinity', as_of = '-infinity';
     update oblivion.rescue_pass set last_at = '-infinity'`,
  )
  await nodes[0]?.rpc('heartbeat', { p_node_id: nodes[0].nodeId })
  const [row] = await engine.query<{ fresh: boolean }>(
    `select as_of > now() - interval '1 minute' as fresh from oblivion.network_stats`,
  )
  expect(row).toEqual({ fresh: true })
})

test('readers at once: one computes, the others wait for nobody', async () => {
  await engine.query(`update oblivion.network_stats set next_at = '-infinity'`)
  const answers = await Promise.all(
    Array.from({ length: 12 }, () =>
      engine.database.as({ role: 'anon' }, ({ rpc }) => rpc<Stats>('get_network_stats')),
    ),
  )
  expect(new Set(answers.map(({ asOf }) => asOf)).size).toBeLessThanOrEqual(2)
})

test('FJ-12: get_worker_stats has one row a node, those online first, and is as young as it is cheap', async () => {
  const rows = await engine.database.as({ role: 'anon' }, ({ rpc }) =>
    rpc<Record<string, unknown>[]>('get_worker_stats'),
  )
  expect(rows).toHaveLength(3)
  expect(Object.keys(rows[0] ?? {})).toEqual([
    'worker',
    'worker_type',
    'online',
    'current_jobs',
    'max_jobs',
    'total_jobs_completed',
    'last_seen',
  ])
  expect(rows[0]).toMatchObject({ online: true, worker_type: 'browser', current_jobs: 0, max_jobs: 1 })
  expect(rows[0]?.last_seen).toBeInstanceOf(Date)
})

test('A16: job_stats is kept with them: a reader counts nothing, however many jobs there were', async () => {
  const stats = () =>
    engine.database.as({ role: 'anon' }, ({ query }) =>
      query<{ type: string; status: string; count: string }>('select type, status, count from public.job_stats'),
    )
  const counted = async () =>
    engine.query('select type, status, count(*) from public.jobs group by 1, 2 order by type, status')
  const look = () => engine.query(`update oblivion.counted_jobs set next_at = '-infinity'`).then(read)
  await look()
  const before = await stats()
  expect(before).toEqual(await counted())
  await engine.task(customer, 2000)
  expect(await stats()).toEqual(before)
  await look()
  expect(await stats()).toEqual(await counted())
  // Where a count takes long, only who has the time counts.
  await engine.query(`update oblivion.counted_jobs set took = '1 second'`)
  await engine.task(customer, 1)
  await look()
  expect(await stats()).not.toEqual(await counted())
  await engine.query(`update oblivion.network_stats set next_at = '-infinity'`)
  await engine.coordinator('refresh_network_stats')
  expect(await stats()).toEqual(await counted())
})

test('SW-45, SW-46: the statements with which an operator looks for stuck jobs and at all of them work as written', async () => {
  await engine.query(`update jobs set status = 'cancelled' where status in ('blocked', 'pending', 'processing')`)
  await engine.task(customer, 3)
  const { job } = await (nodes[0] as Node).cycle()
  const stuck = () =>
    engine.query(`SELECT * FROM jobs WHERE status = 'processing' AND started_at < NOW() - INTERVAL '10 minutes'`)
  expect(await stuck()).toEqual([])
  await engine.query(`update jobs set started_at = now() - interval '11 minutes' where id = $1`, [job?.jobId])
  expect(await stuck()).toMatchObject([{ id: job?.jobId, type: 'raytrace', node_id: nodes[0]?.nodeId }])

  await engine.query(`update oblivion.counted_jobs set next_at = '-infinity'`)
  await read()
  const stats = await engine.query<{ count: string }>('SELECT * FROM job_stats ORDER BY count DESC')
  expect(stats).toContainEqual({ type: 'raytrace', status: 'pending', count: '2' })
  expect(stats.map(({ count }) => Number(count))).toEqual(stats.map(({ count }) => Number(count)).sort((a, b) => b - a))
  const groups = await engine.query('SELECT type, status, COUNT(*) FROM jobs GROUP BY type, status')
  expect(groups).toHaveLength(stats.length)
  expect(groups).toEqual(expect.arrayContaining(stats))
  await engine.query(`update jobs set status = 'cancelled' where status in ('pending', 'processing')`)
})

test('SW-49: beside thousands of jobs that have ended a claim reads as few as without them', async () => {
  const node = nodes[0] as Node
  await engine.task(customer, 2000)
  await engine.query(`update jobs set status = 'cancelled' where status in ('pending', 'processing')`)
  await engine.task(customer, 1)
  await engine.query('vacuum (analyze) public.jobs')
  const rows = await node.session(async ({ rpc, query }) => {
    // Since the connection last told its figures, which may be before this.
    const sofar = async () => {
      const [row] = await query<{ read: number }>(
        `select sum(pg_stat_get_xact_tuples_returned(c.oid))::int as read
           from pg_class c where c.oid = 'public.jobs'::regclass
             or c.oid in (select indexrelid from pg_index where indrelid = 'public.jobs'::regclass)`,
      )
      return row?.read ?? Number.NaN
    }
    const before = await sofar()
    expect(await rpc('work_cycle', { p_node_id: node.nodeId })).toMatchObject({ job: { attempt: 1 } })
    return (await sofar()) - before
  })
  expect(rows).toBeLessThan(10)
  await engine.query(`update jobs set status = 'cancelled' where status in ('pending', 'processing')`)
})

test('SW-39: how deep the queue is: what waits, how long already, what is in work, and what nobody has read', async () => {
  const figures = async () => {
    await engine.query(`update oblivion.network_stats set next_at = '-infinity'`)
    await engine.coordinator('refresh_network_stats')
    return engine.coordinator<Record<string, number>>('queue_figures')
  }
  await engine.query(`update jobs set status = 'cancelled' where status in ('blocked', 'pending', 'processing')`)
  const limits = { oldestWaitingSeconds: 3600, failedShare: 0.5 }
  expect(await figures()).toEqual({
    ...{ waiting: 0, oldestWaitingSeconds: 0, running: 0, unread: 0, oldestUnreadSeconds: 0, limits },
    ...{ failed: {}, lately: { accepted: expect.any(Number), failed: 0 } },
  })
  for (const priority of [0, 9]) await engine.task(customer, 2, { priority })
  await engine.query(
    `update jobs set created_at = now() - interval '90 seconds', available_at = now() - interval '60 seconds'
      where status = 'pending' and priority = 0`,
  )
  await (nodes[1] as Node).cycle()
  await engine.query(
    `insert into oblivion.deliveries (job_id, attempt, node_id, owner_id, result_hash, delivered_at)
     select gen_random_uuid(), 1, id, owner_id, repeat('ab', 32), now() - interval '11 minutes' from nodes limit 1`,
  )
  // One of priority 9 is in work; that of priority 0 could have been since a minute.
  expect(await figures()).toMatchObject({
    ...{ waiting: 3, running: 1, unread: 1, oldestUnreadSeconds: 660 },
    oldestWaitingSeconds: expect.toSatisfy((seconds: number) => seconds >= 60 && seconds < 90),
  })
  await engine.query('delete from oblivion.deliveries')
  // Who posted first and was resumed a moment ago does not hide who waits since an hour, whatever was posted after that.
  for (const [minutes, resumed] of [
    [180, true],
    [120, true],
    [60, false],
    [30, false],
  ] as const)
    await engine.query(
      `update jobs set created_at = now() - make_interval(mins => $2),
              available_at = now() - make_interval(mins => case when $3 then 0 else $2 end) where task_id = $1`,
      [await engine.task(customer, 2, { priority: 9 }), minutes, resumed],
    )
  expect((await figures()).oldestWaitingSeconds).toSatisfy((seconds: number) => seconds >= 3_600 && seconds < 3_700)
  await engine.query(`update jobs set status = 'cancelled' where status in ('pending', 'processing')`)
})

test('DJ-37, JM-28: what attempts came to in the last 15 minutes, what failed for good, and the limits of an operator', async () => {
  const figures = async () => {
    await engine.query(`update oblivion.counted_jobs set next_at = '-infinity'`)
    await read()
    const { failed, lately, limits } = await engine.coordinator<Record<string, unknown>>('queue_figures')
    return { failed, lately, limits }
  }
  await age('1 hour')
  const node = nodes[2] as Node
  await engine.coordinator('mark_operator_node', [node.nodeId, true])
  await work([node])
  await engine.task(customer, 2, { maxAttempts: 1 })
  for (const outcome of ['failed', 'released']) {
    const { job } = await node.cycle()
    if (job === null) throw new Error('No job.')
    await node.cycle({ jobId: job.jobId, attempt: job.attempt, outcome, error: 'Broken.' }, false)
  }
  const limits = { oldestWaitingSeconds: 3600, failedShare: 0.5 }
  const failed = { raytrace: 1 }
  // The minute that runs is not over.
  expect(await figures()).toMatchObject({ failed, limits })
  await age('2 minutes')
  // Who gives back in time has not failed.
  expect(await figures()).toEqual({ failed, limits, lately: { accepted: 1, failed: 1 } })
  await age('15 minutes')
  await engine.query('update oblivion.settings set queue_old_after = null, failing_share = null')
  expect(await figures()).toEqual({
    ...{ failed, lately: { accepted: 0, failed: 0 } },
    limits: { oldestWaitingSeconds: null, failedShare: null },
  })
  await engine.query(`update jobs set status = 'cancelled' where status in ('pending', 'processing')`)
})

test('a week of silence is caught up with in passes, each of which ends in time', async () => {
  const database = await createDatabase(inject('cluster'))
  try {
    const other = await engineOn(database)
    await other.query('delete from oblivion.network_buckets')
    let passes = 0
    let complete = false
    while (!complete && passes < 20) {
      const [row] = await other.query<{ complete: boolean }>('select oblivion.roll_up_network() as complete')
      complete = row?.complete ?? false
      passes += 1
    }
    expect(complete).toBe(true)
    const rows = await other.query<{ seconds: number; n: number }>(
      'select seconds, count(*)::int as n from oblivion.network_buckets group by 1 order by 1',
    )
    expect(rows).toEqual([
      { seconds: 60, n: 60 },
      { seconds: 900, n: 96 },
      { seconds: 7200, n: 84 },
    ])
  } finally {
    await database.drop()
  }
})

/** Every time that the figures look at, moved back. */
const ageHistory = async ({ query }: Engine, by: string): Promise<void> => {
  await query(`
    set session_replication_role = replica;
    update oblivion.receipts set accepted_at = accepted_at - interval '${by}';
    update oblivion.attempts set queued_at = queued_at - interval '${by}', started_at = started_at - interval '${by}',
      ended_at = ended_at - interval '${by}';
    update public.jobs set created_at = created_at - interval '${by}', started_at = started_at - interval '${by}'
     where status = 'completed';
    update oblivion.network_stats
       set counted_until = '-infinity', counted_total = 0, counted_before_day = 0, series_until = '-infinity';
    delete from oblivion.network_buckets;
    set session_replication_role = origin`)
}

test('of more open tasks than one call looks at, each has its digest in its turn', async () => {
  const taskId = await engine.task(customer, 1)
  const rows = await engine.query<{ task_id: string }>(
    `with made as (
       insert into oblivion.tasks (
         owner_id, title, type, program, program_keys, chunk_count, asset, instance_id, price_per_chunk, fee_bps, budget,
         max_attempts, timeout_seconds, priority)
       select t.owner_id, 'One of many', t.type, t.program, t.program_keys, 1, t.asset, t.instance_id, t.price_per_chunk,
              t.fee_bps, t.budget, t.max_attempts, t.timeout_seconds, t.priority
         from oblivion.tasks t, generate_series(1, 330)
        where t.id = $1
       returning id, owner_id)
     insert into public.jobs (task_id, chunk_index, type, customer_owner_id)
     select m.id, 0, 'raytrace', m.owner_id from made m returning task_id`,
    [taskId],
  )
  while ((await engine.coordinator<number>('send_task_digests')) > 0);
  const ids = rows.map((row) => row.task_id)
  expect(await engine.query('select from oblivion.task_digests where task_id = any ($1)', [ids])).toHaveLength(330)
  const digests = (topic: string) => engine.query('select from realtime.messages where topic = $1', [topic])
  for (const task of [rows[0], rows.at(-1)].map((row) => `task:${row?.task_id}`)) {
    const before = (await digests(task)).length
    await engine.query(`update public.jobs set status = 'cancelled' where 'task:' || task_id = $1`, [task])
    for (let turn = 0; turn < 2; turn += 1) await engine.coordinator('send_task_digests')
    expect(await digests(task)).toHaveLength(before + 1)
  }
})
