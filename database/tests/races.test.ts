import pg from 'pg'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { faultsAtRest, nothing } from './engine/atRest.ts'
import { addressOf, createEngine, done, type Engine, type Node, type Wallet, type WorkCycle } from './engine/engine.ts'

/*
 * Calls that meet: they must neither wait for each other in a circle (40P01) nor leave money, counters or states wrong.
 */

let engine: Engine
let customer: Wallet

beforeAll(async () => {
  engine = await createEngine({ fairOrder: 'default' })
  await engine.deposit(addressOf(1), 1_000_000_000n)
  customer = await engine.wallet(addressOf(1))
})
beforeEach(async () => {
  await engine.query(`update jobs set status = 'cancelled' where status in ('pending', 'processing')`)
  await engine.query(`update nodes set last_seen = now() - interval '1 day', next_poll_at = now() - interval '1 day'`)
  await engine.query('update oblivion.settings set proven_after = 0')
  await engine.coordinator('run_rescue')
})
afterEach(async () => {
  await engine.coordinator('run_rescue')
  expect(await faultsAtRest(engine)).toEqual(nothing)
})
afterAll(() => engine.drop())

type Job = NonNullable<WorkCycle['job']>
/** Asks until there is a job, as a node does: others who had less may go first for the 200 ms of their grace. */
const taken = (node: Node): Promise<Job> =>
  vi.waitUntil(async () => (await node.cycle()).job, { timeout: 90_000, interval: 50 })
const ended = (job: Job, outcome: string) => ({ jobId: job.jobId, attempt: job.attempt, outcome, error: 'x' })

/** Keeps a call's transaction open until `commit` is called; `done` settles with it. */
const heldOpen = async (node: Node, act: (call: Node['rpc']) => Promise<unknown>) => {
  const gate = Promise.withResolvers<void>()
  const reached = Promise.withResolvers<void>()
  const finished = node.session(async ({ rpc }) => {
    try {
      await act(rpc)
    } finally {
      reached.resolve()
    }
    await gate.promise
  })
  await reached.promise
  return {
    commit: () => {
      gate.resolve()
      return finished
    },
  }
}
/** Waits until somebody, or so many, wait for a lock. */
const somebodyWaits = async (count = 1): Promise<void> => {
  await expect
    .poll(
      async () =>
        (
          await engine.query<{ count: number }>(
            `select count(*)::int as count from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`,
          )
        )[0]?.count,
      { timeout: 90_000, interval: 10 },
    )
    .toBeGreaterThanOrEqual(count)
}

/** A transaction by hand, of the superuser; what it holds is free at the end. */
const byHand = async (act: (holder: pg.Client) => Promise<void>): Promise<void> => {
  const holder = new pg.Client({ connectionString: engine.database.superuserUrl })
  await holder.connect()
  try {
    await holder.query('begin')
    await act(holder)
  } finally {
    await holder.end()
  }
}

describe('no two calls wait for each other', () => {
  test('a report that asks for more, and the same machine registered again', async () => {
    const wallet = await engine.wallet(addressOf(0x100))
    let node = await engine.node(addressOf(0x100))
    await engine.task(customer, 60)
    for (let round = 0; round < 20; round += 1) {
      const job = await taken(node)
      const [answer] = await Promise.all([
        node.cycle(done(job)).catch((error: { code: string }) => error.code),
        wallet.rpc('register_node', { p_hardware_id: 'node-1' }),
      ])
      // Reported before it, after it, or with a key that had just ended.
      expect([true, false, 'OB004']).toContainEqual(typeof answer === 'string' ? answer : answer.accepted)
      node = await engine.node(addressOf(0x100))
    }
  })

  test('one node that reports, polls, beats and claims by hand at once', async () => {
    const node = await engine.node(addressOf(0x110), 'box', 'server')
    await engine.task(customer, 80, { maxConcurrentChunks: 5 })
    for (let round = 0; round < 15; round += 1) {
      const job = await taken(node)
      const [first] = await engine.query<{ id: string }>(
        `select id from jobs where status = 'pending' and due order by seq limit 1`,
      )
      const answers = await Promise.all([
        node.cycle(done(job)),
        node.cycle(),
        node.rpc('heartbeat', { p_node_id: node.nodeId, p_job_id: job.jobId, p_attempt: job.attempt }),
        node.rpc('next_jobs', { p_provider_address: node.address, p_limit: 3 }),
        node.rpc('claim_job_fair', { p_job_id: first?.id, p_provider_address: node.address }),
        node.cycle(done(job), false),
      ])
      expect(answers[0]).toMatchObject({ accepted: true })
      await engine.query(`update jobs set status = 'pending', provider_address = null where status = 'processing'`)
    }
  })

  test('one job of a node that its report completes, and another that an operator resets by hand', async () => {
    const node = await engine.node(addressOf(0x118), 'box', 'server')
    await engine.task(customer, 2)
    const [mine, reset] = [await taken(node), await taken(node)]
    await byHand(async (holder) => {
      // Both come to the owner's row, and the report is the first in line.
      await holder.query(`select from oblivion.owners where address = '${node.address}' for update`)
      const report = node.cycle(done(mine), false)
      await somebodyWaits()
      const resetting = engine.query(`update jobs set status = 'pending', provider_address = null where id = $1`, [
        reset.jobId,
      ])
      await somebodyWaits(2)
      await holder.query('commit')
      await resetting
      expect(await report).toMatchObject({ accepted: true })
    })
  })

  test('who has a job locked and waits for its bucket, and who has the bucket and comes to the job', async () => {
    const node = await engine.node(addressOf(0x11c), 'box', 'server')
    const narrow = await engine.task(customer, 2, { maxConcurrentChunks: 1, priority: 1 })
    const behind = await engine.task(customer, 1)
    await byHand(async (holder) => {
      // As a look for jobs may: PostgreSQL's `skip locked` waits in one case, which no test can bring about.
      await holder.query(`select pg_advisory_xact_lock(oblivion.lock_key('task', '${narrow}'))`)
      const poll = node.cycle()
      await somebodyWaits()
      const { rowCount } = await holder.query('select from jobs where task_id = $1 for no key update', [narrow])
      expect(rowCount).toBe(2)
      // For this call the bucket was full, and its transaction goes on.
      expect((await poll).job).toMatchObject({ taskId: behind })
      await holder.query('commit')
      expect((await node.cycle()).job).toMatchObject({ taskId: narrow })
    })
  })

  test('a cancel, and who has one of its jobs and comes to another', async () => {
    const taskId = await engine.task(customer, 3)
    const rows = await engine.query<{ id: string }>('select id from jobs where task_id = $1 order by id', [taskId])
    await byHand(async (holder) => {
      await holder.query('select from jobs where id = $1 for no key update', [rows[2]?.id])
      const cancel = customer.rpc('cancel_task', { p_task_id: taskId })
      await somebodyWaits()
      await holder.query('select from jobs where id = $1 for no key update', [rows[0]?.id])
      await holder.query('commit')
      expect(await cancel).toEqual({ status: 'cancelled', refunded: '3000' })
    })
  })

  test('a beat of one job of a node that gives several back: in a batch, or registered again', async () => {
    const wallet = await engine.wallet(addressOf(0x11d))
    const node = await engine.node(addressOf(0x11d), 'box', 'server')
    await engine.coordinator('set_max_jobs', [node.nodeId, 20])
    await engine.task(customer, 20)
    const batch = (reports: unknown[], limit: number) =>
      node.rpc<{ jobs: Job[]; done: unknown[] }>('work_batch', {
        ...{ p_node_id: node.nodeId, p_done: JSON.stringify(reports), p_limit: limit },
      })
    const { jobs } = await batch([], 20)
    expect(jobs).toHaveLength(20)
    const sorted = jobs.toSorted((a, b) => (a.jobId < b.jobId ? -1 : 1))
    const both = async (job: Job | undefined, giveBack: () => Promise<unknown>) =>
      byHand(async (holder) => {
        // Both come to this job, and the beat is the first in line: then to the row of the node.
        await holder.query('select from jobs where id = $1 for no key update', [job?.jobId])
        const beat = node.rpc('heartbeat', { p_node_id: node.nodeId, p_job_id: job?.jobId, p_attempt: job?.attempt })
        await somebodyWaits()
        const back = giveBack()
        await somebodyWaits(2)
        await holder.query('commit')
        expect(await beat).toMatchObject({ cancel: false })
        await back
      })
    const [first, second] = sorted as [Job, Job]
    await both(second, () => batch([ended(first, 'released'), ended(second, 'released')], 0))
    await both(sorted.at(-1), () => wallet.rpc('register_node', { p_hardware_id: 'box', p_worker_type: 'server' }))
  })

  test('a report of a node that was away, and the same machine registered again', async () => {
    const wallet = await engine.wallet(addressOf(0x11e))
    const node = await engine.node(addressOf(0x11e))
    await engine.task(customer, 1)
    const job = await taken(node)
    await engine.query(`update nodes set last_seen = now() - interval '1 day', next_poll_at = now() - interval '1 day'`)
    await engine.query(`update oblivion.waiting_room set average = 1e9`)
    const report = done(job)
    await byHand(async (holder) => {
      await holder.query('select from jobs where id = $1 for no key update', [job.jobId])
      const told = node.rpc('complete_job', {
        ...{ p_job_id: job.jobId, p_provider_address: node.address, p_attempt: job.attempt },
        ...{ p_result: JSON.stringify(report.result), p_result_hash: report.resultHash },
      })
      await somebodyWaits()
      const again = wallet.rpc('register_node', { p_hardware_id: 'node-1' })
      await somebodyWaits(2)
      await holder.query('commit')
      expect(await told).toBe(true)
      await again
      const [owner] = await engine.query('select served from oblivion.owners where address = $1', [node.address])
      expect(owner).toEqual({ served: 1e9 })
    })
    await engine.query(`update oblivion.waiting_room set average = '-Infinity'`)
    await engine.query(`update oblivion.owners set served = '-Infinity' where served = 1e9`)
  })

  test('what the contract paid out that tasks still hold, and a cancel of one of these', async () => {
    const address = addressOf(0x2f)
    await engine.deposit(address, 10_000n)
    const leaver = await engine.wallet(address)
    const tasks = [await engine.task(leaver, 5), await engine.task(leaver, 5)].sort()
    await byHand(async (holder) => {
      await holder.query('select from jobs where task_id = $1 for no key update', [tasks[1]])
      const cancel = leaver.rpc('cancel_task', { p_task_id: tasks[1] })
      await somebodyWaits()
      const paidOut = engine.chain([{ kind: 'Withdrawn', customer: address, amount: '10000' }])
      await somebodyWaits(2)
      await holder.query('commit')
      expect(await cancel).toMatchObject({ status: 'cancelled' })
      expect(await paidOut).toBe(1)
    })
    expect(await leaver.rpc('my_balance')).toMatchObject({ free: '0', held: '0', withdrawn: '10000' })
  })

  test('a poll stops no program: that waits for each of its tasks', async () => {
    const node = await engine.node(addressOf(0x11f), 'box', 'server')
    const taskId = await engine.task(customer, 1)
    await engine.query(`update jobs set status = 'cancelled' where task_id = $1`, [taskId])
    await engine.query(
      `insert into oblivion.program_deaths (program_key, owner_id, operator, job_id)
       select 'raytrace', n.owner_id, true, j.id from nodes n, jobs j where n.id = $1 and j.task_id = $2`,
      [node.nodeId, taskId],
    )
    await engine.query('insert into oblivion.moving_tasks (task_id) values ($1)', [taskId])
    await engine.query('update oblivion.rescue_pass set last_at = now()')
    await engine.query(`update oblivion.plan_pass set last_at = '-infinity'`)
    await byHand(async (holder) => {
      await holder.query(`select pg_advisory_xact_lock(oblivion.lock_key('control', '${taskId}'))`)
      expect(await node.cycle()).toMatchObject({ job: null })
    })
    expect(await engine.coordinator('advance_tasks')).toBeGreaterThan(0)
    expect(await customer.rpc('get_task', { p_task_id: taskId })).toMatchObject({ status: 'paused' })
    await engine.coordinator('allow_program', ['raytrace'])
  })

  test('passes of rescue over nodes that hold several jobs, beside beats and polls', async () => {
    const boxes = await Promise.all(
      Array.from({ length: 6 }, (_, n) => engine.node(addressOf(0x120 + n), 'box', 'server')),
    )
    const taskId = await engine.task(customer, 12)
    for (let round = 1; round <= 5; round += 1) {
      for (const box of boxes) for (let slot = 0; slot < 2; slot += 1) await taken(box)
      await engine.query(
        `update jobs set lease_expires_at = now() - interval '1 second' where task_id = $1 and status = 'processing'`,
        [taskId],
      )
      await engine.query(`update oblivion.rescue_pass set last_at = '-infinity'`)
      const passes = await Promise.all([
        ...Array.from({ length: 6 }, () => engine.coordinator<number>('run_rescue')),
        ...boxes.map((box) => box.rpc('heartbeat', { p_node_id: box.nodeId }).then(() => 0)),
      ])
      // Nobody loses a job twice, however many passes run; what a pass skipped is left to the next.
      await engine.coordinator('run_rescue')
      expect(passes.reduce((total, count) => total + count, 0)).toBeLessThanOrEqual(12)
      const [row] = await engine.query(
        `select count(*)::int as jobs, min(losses) as least, max(losses) as most from jobs where task_id = $1 and status = 'pending'`,
        [taskId],
      )
      expect(row).toEqual({ jobs: 12, least: round, most: round })
      // Long enough ago that who lost it may have it again.
      await engine.query(`update jobs set available_at = now() - interval '1 hour' where task_id = $1`, [taskId])
    }
  })
})

describe('a cancel', () => {
  test('that meets a give-back leaves no job behind and frees all of the money', async () => {
    const node = await engine.node(addressOf(0x200))
    const before = await customer.rpc<Record<string, string>>('my_balance')
    const taskId = await engine.task(customer, 3)
    const job = await taken(node)
    const open = await heldOpen(node, (call) =>
      call('work_cycle', { p_node_id: node.nodeId, p_done: JSON.stringify(ended(job, 'released')), p_claim: false }),
    )
    const cancel = customer.rpc('cancel_task', { p_task_id: taskId })
    await somebodyWaits()
    await open.commit()
    expect(await cancel).toEqual({ status: 'cancelled', refunded: '3000' })
    expect(await customer.rpc('get_task', { p_task_id: taskId })).toMatchObject({ chunks: 'xxx', held: '0' })
    expect(await customer.rpc('my_balance')).toMatchObject({ free: before.free })
  })

  test('that meets a result pays it, once, out of what was held', async () => {
    const node = await engine.node(addressOf(0x201))
    const taskId = await engine.task(customer, 3)
    const job = await taken(node)
    const open = await heldOpen(node, (call) =>
      call('work_cycle', { p_node_id: node.nodeId, p_done: JSON.stringify(done(job)), p_claim: false }),
    )
    const cancel = customer.rpc('cancel_task', { p_task_id: taskId })
    await somebodyWaits()
    await open.commit()
    expect(await cancel).toEqual({ status: 'cancelled', refunded: '2000' })
    expect(await customer.rpc('get_task', { p_task_id: taskId })).toMatchObject({
      chunks: 'cxx',
      held: '0',
      spent: '1000',
    })
  })

  test('that meets a claim keeps the price of the claimed chunk until it ends', async () => {
    const node = await engine.node(addressOf(0x202))
    const taskId = await engine.task(customer, 3)
    let job: Job | null = null
    const open = await heldOpen(node, async (call) => {
      ;({ job } = (await call('work_cycle', { p_node_id: node.nodeId })) as WorkCycle)
    })
    const cancel = customer.rpc('cancel_task', { p_task_id: taskId })
    await somebodyWaits()
    await open.commit()
    expect(await cancel).toEqual({ status: 'cancelled', refunded: '2000' })
    expect(await customer.rpc('get_task', { p_task_id: taskId })).toMatchObject({ chunks: 'rxx', held: '1000' })
    if (job === null) throw new Error('No job.')
    expect(await node.cycle(ended(job, 'released'), false)).toMatchObject({ accepted: true })
    expect(await customer.rpc('get_task', { p_task_id: taskId })).toMatchObject({ chunks: 'xxx', held: '0' })
  })

  test('never frees the price of a job that could still be done, whatever left it behind', async () => {
    const node = await engine.node(addressOf(0x203))
    const taskId = await engine.task(customer, 2)
    const job = await taken(node)
    // As if a give-back had slipped through between the statements of a cancel: pending in a cancelled task.
    await engine.query(`update oblivion.tasks set status = 'cancelled', finished_at = now() where id = $1`, [taskId])
    await engine.query(`select oblivion.refund_hold(t) from oblivion.tasks t where id = $1`, [taskId])
    expect(await customer.rpc('get_task', { p_task_id: taskId })).toMatchObject({ chunks: 'rp', held: '2000' })
    expect(await node.cycle(done(job), false)).toMatchObject({ accepted: true })
    await engine.coordinator('run_rescue')
    expect(await customer.rpc('get_task', { p_task_id: taskId })).toMatchObject({
      chunks: 'cx',
      held: '0',
      spent: '1000',
    })
  })
})

test('two last results at once, neither of which sees the other: the next pass ends the task and frees the rest', async () => {
  const [a, b] = [await engine.node(addressOf(0x210)), await engine.node(addressOf(0x211))]
  const taskId = await engine.task(customer, 2, { budget: '5000' })
  const [jobA, jobB] = [await taken(a), await taken(b)]
  const open = await heldOpen(a, (call) =>
    call('work_cycle', { p_node_id: a.nodeId, p_done: JSON.stringify(done(jobA)), p_claim: false }),
  )
  expect(await b.cycle(done(jobB), false)).toMatchObject({ accepted: true })
  await open.commit()
  expect(await customer.rpc('get_task', { p_task_id: taskId })).toMatchObject({
    status: 'running',
    chunks: 'cc',
    held: '3000',
  })
  await engine.coordinator('send_task_digests')
  expect(await customer.rpc('get_task', { p_task_id: taskId })).toMatchObject({
    status: 'completed',
    held: '0',
    spent: '2000',
  })
})

test('a customer who posts while its last chunk ends spends no money twice and holds nobody up', async () => {
  const rich = await engine.wallet(addressOf(0x220))
  await engine.deposit(addressOf(0x220), 10_000n)
  const node = await engine.node(addressOf(0x221))
  await engine.task(rich, 1, { budget: '9000' })
  const job = await taken(node)
  const answers = await Promise.allSettled([
    node.cycle(done(job), false),
    ...Array.from({ length: 6 }, () => engine.task(rich, 5, { budget: '5000' })),
  ])
  expect(answers[0]).toMatchObject({ status: 'fulfilled', value: { accepted: true } })
  expect(answers.slice(1).filter(({ status }) => status === 'fulfilled').length).toBeLessThanOrEqual(1)
  await engine.coordinator('run_rescue')
  const { free, held, spent } = await rich.rpc<Record<string, string>>('my_balance')
  expect(BigInt(free ?? 0) + BigInt(held ?? 0) + BigInt(spent ?? 0)).toBe(10_000n)
  expect(Number(free)).toBeGreaterThanOrEqual(0)
})

describe('the fallback claim', () => {
  test('of one offered job from many tabs of its taker at once is one claim', async () => {
    const node = await engine.node(addressOf(0x230), 'box', 'server')
    await engine.task(customer, 3)
    const [offer] = await node.rpc<{ jobId: string }[]>('next_jobs', { p_provider_address: node.address })
    const rows = await Promise.all(
      Array.from({ length: 8 }, () =>
        node.session(({ query }) =>
          query(
            `update public.jobs set status = 'processing', provider_address = $2 where id = $1 and status = 'pending' returning id`,
            [offer?.jobId, node.address],
          ),
        ),
      ),
    )
    expect(rows.flat()).toHaveLength(1)
    const [row] = await engine.query('select attempt from jobs where id = $1', [offer?.jobId])
    expect(row).toEqual({ attempt: 1 })
  })
})

describe('who keeps work from others without doing any', () => {
  test('nobody has more offers than its node has room for, and what is left lying costs claim budget', async () => {
    await engine.query('update oblivion.settings set proven_after = 30')
    await engine.task(customer, 20)
    const node = await engine.node(addressOf(0x240))
    const offers = () => node.rpc<unknown[]>('next_jobs', { p_provider_address: node.address, p_limit: 10 })
    expect(await offers()).toHaveLength(1)
    expect(await offers()).toHaveLength(1)
    const budget = async () =>
      (
        await engine.query<{ budget: number }>(
          'select oblivion.budget_of(o)::float8 as budget from oblivion.owners o where o.address = $1',
          [node.address],
        )
      )[0]?.budget ?? 0
    const before = await budget()
    await engine.query(`update jobs set offered_until = now() - interval '1 second' where offered_until is not null`)
    expect(await offers()).toHaveLength(1)
    expect(await budget()).toBeCloseTo(before - 1, 0)
    await taken(node)
    expect(await offers()).toEqual([])
    await engine.query('update oblivion.owners set proven_count = 30 where address = $1', [addressOf(0x241)])
    const proven = await engine.node(addressOf(0x241), 'box', 'server')
    await engine.query('update oblivion.owners set proven_count = 30 where address = $1', [addressOf(0x241)])
    expect(await proven.rpc<unknown[]>('next_jobs', { p_provider_address: proven.address, p_limit: 10 })).toHaveLength(
      2,
    )
  })

  test('an idle node that beats and never asks does not keep a job from the only one who would do it', async () => {
    const worker = await engine.node(addressOf(0x250))
    const sitter = await engine.node(addressOf(0x251))
    await engine.task(customer, 1)
    const job = await taken(worker)
    await sitter.rpc('heartbeat', { p_node_id: sitter.nodeId })
    expect((await worker.cycle(ended(job, 'released'))).job).toBeNull()
    // Two minutes are twice the longest pause that a node is told to make: who wanted it has had it.
    await engine.query(`update jobs set available_at = now() - interval '119 seconds' where id = $1`, [job.jobId])
    expect((await worker.cycle()).job).toBeNull()
    await engine.query(`update jobs set available_at = now() - interval '121 seconds' where id = $1`, [job.jobId])
    await sitter.rpc('heartbeat', { p_node_id: sitter.nodeId })
    expect((await worker.cycle()).job).toMatchObject({ jobId: job.jobId, attempt: 2 })
  })

  test('where all have failed a job, it goes on among them', async () => {
    const [a, b] = [await engine.node(addressOf(0x260)), await engine.node(addressOf(0x261))]
    await engine.task(customer, 1, { maxAttempts: 10 })
    for (const [attempt, node] of [a, b, a, b].entries()) {
      await engine.query(`update jobs set available_at = now() where status = 'pending'`)
      const job = await taken(node)
      expect(job.attempt).toBe(attempt + 1)
      // In words of its own: said alike by two owners it would be a result (M12).
      await node.cycle({ ...ended(job, 'failed'), error: node.address }, false)
    }
  })
})

test('a customer in another letter case is still the customer of its task (T5)', async () => {
  const written = '0xAbCdEf0000000000000000000000000000000270'
  await engine.deposit(written, 10_000n)
  const poster = await engine.wallet(written)
  const own = await engine.node(written.toLowerCase())
  const upper = await engine.node(`0x${written.slice(2).toUpperCase()}`, 'other')
  await engine.task(poster, 1)
  for (const node of [own, upper]) {
    expect((await node.cycle()).job).toBeNull()
    expect(await node.rpc('next_jobs', { p_provider_address: written })).toEqual([])
  }
  expect((await (await engine.node(addressOf(0x271))).cycle()).job).not.toBeNull()
})

describe('a pass of rescue that fails', () => {
  test('fails no heartbeat and no poll; the coordinator hears of it', async () => {
    const own = await createEngine()
    try {
      const node = await own.node(addressOf(2))
      await own.query(
        `create or replace function oblivion.close_finished_tasks() returns void language plpgsql set search_path = '' as $$ begin raise exception 'planted'; end $$`,
      )
      await expect(own.coordinator('run_rescue')).rejects.toThrow('planted')
      for (const beat of [() => node.rpc('heartbeat', { p_node_id: node.nodeId }), () => node.cycle()]) {
        await own.query(`update oblivion.rescue_pass set last_at = '-infinity'`)
        await beat()
        const [pass] = await own.query(`select last_at > now() - interval '1 minute' as ran from oblivion.rescue_pass`)
        expect(pass).toEqual({ ran: true })
      }
    } finally {
      await own.drop()
    }
  })
})

test('a result of a million small values is refused by its size before it is spelled out', async () => {
  const node = await engine.node(addressOf(0x280))
  await engine.task(customer, 1)
  const job = await taken(node)
  const report = done(job, Array(1_000_000).fill(0))
  // Spelled out it takes some 10 s here, which a node's statement_timeout of 3 s would end with an error.
  expect(await node.cycle(report, false)).toMatchObject({ accepted: false, reason: 'result_too_large' })
})
