import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { addressOf, createEngine, done, type Engine, type Node, type Wallet } from './engine/engine.ts'

/*
 * docs/state-machine.md, row by row, and every pair of states that it does not list.
 */

const page = readFileSync(join(import.meta.dirname, '../../docs/state-machine.md'), 'utf8')
const listed = new Map(
  [...page.matchAll(/^\| ([JT]\d+) \| ([a-z]*)[a-z, ]*\| [^|]+\|[^|]+\| ([a-z]+)[^|]*\|/gm)].map(
    ([, row, from, to]) => [row, { from, to }],
  ),
)
const statuses = ['blocked', 'pending', 'processing', 'completed', 'failed', 'cancelled'] as const
type Status = (typeof statuses)[number]

let engine: Engine
let customer: Wallet
let node: Node
let other: Node

beforeAll(async () => {
  engine = await createEngine()
  await engine.deposit(addressOf(1), 1_000_000_000n)
  customer = await engine.wallet(addressOf(1))
  node = await engine.node(addressOf(2))
  other = await engine.node(addressOf(3))
  // Whose word ends a job; what strangers may is in last-word.test.ts.
  for (const { nodeId } of [node, other]) await engine.coordinator('mark_operator_node', [nodeId])
})
afterAll(() => engine.drop())
beforeEach(async () => {
  await engine.query(`update jobs set status = 'cancelled' where status in ('blocked', 'pending', 'processing')`)
  await engine.coordinator('run_rescue')
})
// Whatever a test did: counters equal the jobs, every ended try has an outcome, no balance is below zero.
afterEach(async () => {
  const [row] = await engine.query(
    `select
       (select count(*)::int from nodes n where n.current_jobs <> (select count(*) from jobs j where j.node_id = n.id)) as counters,
       (select count(*)::int from oblivion.attempts a join jobs j on j.id = a.job_id
         where a.attempt = j.attempt and j.status = 'processing' or a.attempt > j.attempt) as attempts,
       (select count(*)::int from jobs j where oblivion.job_fault(j) is not null) as faults,
       (select count(*)::int from nodes n where n.total_jobs_completed <> (
          select count(*) from oblivion.attempts a where a.node_id = n.id and a.outcome = 'succeeded')) as completed,
       (select count(*)::int from (select from oblivion.ledger l where l.account not like 'chain%'
         group by l.account, l.asset, l.instance_id, l.owner_id, l.task_id having sum(l.amount) < 0) x) as negative`,
  )
  expect(row).toEqual({ counters: 0, attempts: 0, faults: 0, completed: 0, negative: 0 })
})

const statusOf = async (id: string): Promise<string> => {
  const [row] = await engine.query<{ status: string }>('select status from jobs where id = $1', [id])
  return row?.status ?? 'none'
}
const taskStatus = async (taskId: string): Promise<unknown> =>
  (await customer.rpc<{ status: string }>('get_task', { p_task_id: taskId })).status
const firstJob = async (taskId: string): Promise<string> => {
  const [row] = await engine.query<{ id: string }>(
    'select id from jobs where task_id = $1 order by chunk_index limit 1',
    [taskId],
  )
  return row?.id ?? ''
}
const pipeline = { type: undefined, pipeline: [{ type: 'first' }, { type: 'second' }] }
const jobOfStage = async (taskId: string, stage: number): Promise<string> => {
  const [row] = await engine.query<{ id: string }>('select id from jobs where task_id = $1 and stage = $2', [
    taskId,
    stage,
  ])
  return row?.id ?? ''
}
/** A job in the hands of `node`, of a task with one more chunk, so that the task goes on. */
const claimed = async (more: Record<string, unknown> = {}, chunks = 2) => {
  const taskId = await engine.task(customer, chunks, more)
  const { job } = await node.cycle()
  if (job?.taskId !== taskId) throw new Error('The node got nothing.')
  return { taskId, job, id: job.jobId }
}
const report = (job: { jobId: string; attempt: number }, outcome: string) =>
  node.cycle({ jobId: job.jobId, attempt: job.attempt, outcome, error: 'x' }, false)
const lapse = async (id: string, started = '0') => {
  await engine.query(
    `update jobs set lease_expires_at = now() - interval '1 second', started_at = started_at - $2::interval where id = $1`,
    [id, started],
  )
  expect(await engine.coordinator('run_rescue')).toBe(1)
}
/** A job whose result `node` has put into Storage, judged by what the coordinator says it has read there. */
const delivered = async (read?: string) => {
  const { job, id } = await claimed()
  const put = (name: string) =>
    engine.query(`insert into storage.objects (bucket_id, name) values ('oblivion-results', $1)`, [name])
  const name = `uploads/${id}/${job.attempt}/${'a'.repeat(64)}`
  await put(name)
  const { jobId, attempt } = job
  const resultUrl = `oblivion-results/${name}`
  expect(await node.cycle({ jobId, attempt, outcome: 'succeeded', resultUrl }, false)).toMatchObject({ accepted: true })
  if (read !== undefined) {
    await put(`results/${read}`)
    await engine.coordinator('judge_delivery', [id, attempt, read, 70_000])
  }
  return id
}
const byHand = (id: string) =>
  engine.query(`update jobs set status = 'pending', provider_address = null where id = $1`, [id])
const pause = (taskId: string) => customer.rpc('pause_task', { p_task_id: taskId })
const resume = (taskId: string) => customer.rpc('resume_task', { p_task_id: taskId })

/** One test a row: brings a job (or task) from the row's state through its event, and answers its id. */
const jobRows: Record<string, () => Promise<string>> = {
  J1: async () => firstJob(await engine.task(customer, 1)),
  J2: async () => (await claimed()).id,
  J3: async () => {
    const { job, id } = await claimed()
    expect(await node.cycle(done(job), false)).toMatchObject({ accepted: true })
    return id
  },
  J4: async () => {
    const { job, id } = await claimed()
    await report(job, 'failed')
    const [row] = await engine.query(`select due, available_at > now() as later, failures from jobs where id = $1`, [
      id,
    ])
    expect(row).toEqual({ due: false, later: true, failures: 1 })
    return id
  },
  J5: async () => {
    const { job, id } = await claimed({ maxAttempts: 1 })
    await report(job, 'failed')
    return id
  },
  J6: async () => {
    const { job, id } = await claimed()
    expect(await node.cycle({ ...done(job), resultHash: '0'.repeat(64) }, false)).toMatchObject({
      accepted: false,
      reason: 'hash_mismatch',
    })
    return id
  },
  J7: async () => {
    const { job, id } = await claimed({ maxAttempts: 1 })
    expect(await node.cycle(done(job, 'x'.repeat(70_000)), false)).toMatchObject({
      accepted: false,
      reason: 'result_too_large',
    })
    return id
  },
  J8: async () => {
    const { job, id } = await claimed()
    await report(job, 'released')
    const [row] = await engine.query(`select due, failures, losses from jobs where id = $1`, [id])
    expect(row).toEqual({ due: true, failures: 0, losses: 0 })
    return id
  },
  J9: async () => {
    const { id } = await claimed()
    await lapse(id)
    return id
  },
  J10: async () => {
    const { id } = await claimed()
    await engine.query('update jobs set losses = 9 where id = $1', [id])
    await lapse(id)
    return id
  },
  J11: async () => {
    const { id } = await claimed({ timeoutSeconds: 60 })
    await lapse(id, '61 seconds')
    return id
  },
  J12: async () => {
    const { id } = await claimed({ timeoutSeconds: 60, maxAttempts: 1 })
    await lapse(id, '61 seconds')
    return id
  },
  J13: async () => {
    const taskId = await engine.task(customer, 1)
    await customer.rpc('cancel_task', { p_task_id: taskId })
    return firstJob(taskId)
  },
  J14: async () => {
    for (const end of ['failed', 'lost']) {
      const { id, job, taskId } = await claimed()
      await customer.rpc('cancel_task', { p_task_id: taskId })
      await (end === 'lost' ? lapse(id) : report(job, end))
      expect(await statusOf(id)).toBe('cancelled')
    }
    const { id, job, taskId } = await claimed()
    await customer.rpc('cancel_task', { p_task_id: taskId })
    expect(await statusOf(id)).toBe('processing')
    await report(job, 'released')
    expect(await customer.rpc('get_task', { p_task_id: taskId })).toMatchObject({ held: '0', chunks: 'xx' })
    return id
  },
  J15: async () => {
    const { id } = await claimed()
    await byHand(id)
    return id
  },
  J16: async () => {
    const { job, id } = await claimed({ maxAttempts: 1 })
    await report(job, 'failed')
    await byHand(id)
    return id
  },
  J17: async () => {
    const taskId = await engine.task(customer, 1)
    await pause(taskId)
    await resume(taskId)
    return firstJob(taskId)
  },
  J18: async () => {
    const taskId = await engine.task(customer, 1)
    await pause(taskId)
    await customer.rpc('cancel_task', { p_task_id: taskId })
    return firstJob(taskId)
  },
  J19: async () => {
    const taskId = await engine.task(customer, 1)
    await pause(taskId)
    return firstJob(taskId)
  },
  J20: async () => {
    for (const end of ['failed', 'lost']) {
      const { id, job, taskId } = await claimed()
      await pause(taskId)
      await (end === 'lost' ? lapse(id) : report(job, end))
      expect(await statusOf(id)).toBe('blocked')
    }
    const { id, job, taskId } = await claimed()
    await pause(taskId)
    await report(job, 'released')
    return id
  },
  J21: async () => {
    const paused = await engine.task(customer, 0, { inputs: undefined, range: { end: 10_001 } })
    await pause(paused)
    await engine.coordinator('advance_tasks')
    const [row] = await engine.query<{ status: string }>(
      'select status from jobs where task_id = $1 and chunk_index = 10000',
      [paused],
    )
    expect(row?.status).toBe('blocked')
    await customer.rpc('cancel_task', { p_task_id: paused })
    return jobOfStage(await engine.task(customer, 1, pipeline), 1)
  },
  J22: async () => {
    const { job, taskId } = await claimed(pipeline, 1)
    await node.cycle(done(job), false)
    return jobOfStage(taskId, 1)
  },
  J23: async () => {
    const { job, taskId } = await claimed({ ...pipeline, maxAttempts: 1 }, 1)
    await report(job, 'failed')
    return jobOfStage(taskId, 1)
  },
  J24: async () => {
    const taskId = await engine.task(customer, 1, { trust: { replicas: 3 } })
    for (const each of [node, other]) {
      const { job } = await each.cycle()
      if (job === null) throw new Error('No job.')
      await each.cycle(done(job), false)
    }
    const [row] = await engine.query<{ id: string }>(
      `select id from jobs where task_id = $1 and status <> 'completed'`,
      [taskId],
    )
    return row?.id ?? ''
  },
  J25: () => delivered('a'.repeat(64)),
  J26: () => delivered('b'.repeat(64)),
  J27: async () => {
    const id = await delivered()
    await engine.query(`update oblivion.deliveries set delivered_at = now() - interval '2 days' where job_id = $1`, [
      id,
    ])
    await engine.coordinator('run_rescue')
    return id
  },
}

const taskRows: Record<string, () => Promise<string>> = {
  T1: () => engine.task(customer, 1),
  T2: async () => {
    const { job, taskId } = await claimed({ budget: '5000' }, 1)
    await node.cycle(done(job), false)
    return taskId
  },
  T3: async () => {
    const { job, taskId } = await claimed({ budget: '5000', maxAttempts: 1 }, 1)
    await report(job, 'failed')
    return taskId
  },
  T4: async () => {
    const taskId = await engine.task(customer, 1)
    await customer.rpc('cancel_task', { p_task_id: taskId })
    return taskId
  },
  T5: async () => {
    // Another instance would end the tests that follow: this row has a database of its own.
    const own = await createEngine()
    try {
      await own.deposit(addressOf(1), 10_000n)
      const owner = await own.wallet(addressOf(1))
      const taskId = await own.task(owner, 1)
      await own.coordinator('open_settlement_instance', [
        31337,
        addressOf(0xd0),
        addressOf(0xc1),
        `0x${'ab'.repeat(32)}`,
        1,
      ])
      expect(await owner.rpc('get_task', { p_task_id: taskId })).toMatchObject({ status: 'cancelled', held: '0' })
    } finally {
      await own.drop()
    }
    return taskRows.T4?.() ?? ''
  },
  T6: async () => {
    const taskId = await engine.task(customer, 1)
    await engine.query(`update jobs set status = 'cancelled' where task_id = $1`, [taskId])
    await engine.coordinator('run_rescue')
    return taskId
  },
  T7: async () => {
    const taskId = await engine.task(customer, 1)
    await pause(taskId)
    return taskId
  },
  T8: async () => {
    const taskId = await engine.task(customer, 1)
    await pause(taskId)
    await resume(taskId)
    return taskId
  },
  T9: async () => {
    const { job, taskId } = await claimed({ budget: '5000' }, 1)
    await pause(taskId)
    await node.cycle(done(job), false)
    return taskId
  },
  T10: async () => {
    await engine.query('update oblivion.settings set proven_after = 0, disputes_to_pause = 1')
    const taskId = await engine.task(customer, 2, { trust: { replicas: 2 } })
    // Replicas lie in no order (T2); here chunk by chunk, so that both nodes compute the same one.
    await engine.query(
      `update jobs set created_at = created_at - (2 - chunk_index) * interval '1 ms' where task_id = $1`,
      [taskId],
    )
    for (const [n, each] of [node, other].entries()) {
      const { job } = await each.cycle()
      if (job === null) throw new Error('No job.')
      await each.cycle(done(job, n), false)
    }
    await engine.query('update oblivion.settings set proven_after = default, disputes_to_pause = default')
    return taskId
  },
}

test('every row of the page has its test, and the reverse', () => {
  expect([...listed.keys()]).toEqual([...Object.keys(jobRows), ...Object.keys(taskRows)])
})

describe('jobs, row by row', () => {
  test.each(Object.entries(jobRows))('%s', async (row, act) => {
    expect(await statusOf(await act())).toBe(listed.get(row)?.to)
  })
})

describe('tasks, row by row', () => {
  test.each(Object.entries(taskRows))('%s', async (row, act) => {
    const before = await customer.rpc<Record<string, string>>('my_balance')
    const taskId = await act()
    expect(await taskStatus(taskId)).toBe(listed.get(row)?.to)
    const after = await customer.rpc<Record<string, string>>('my_balance')
    // Whatever way it ended: nothing of its budget stays held, and what was not spent is free again.
    if (['T1', 'T7', 'T8', 'T10'].includes(row)) return
    expect(after.held).toBe(before.held)
    expect(BigInt(after.free ?? 0) + BigInt(after.spent ?? 0)).toBe(
      BigInt(before.free ?? 0) + BigInt(before.spent ?? 0),
    )
  })
})

describe('every pair of states', () => {
  const pairs = statuses.flatMap((from) => statuses.filter((to) => to !== from).map((to) => ({ from, to })))
  const legal = (from: string, to: string) =>
    [...listed].some(([row, pair]) => row?.startsWith('J') && pair.from === from && pair.to === to)

  const jobIn: Record<Status, () => Promise<string>> = {
    blocked: async () => {
      const taskId = await engine.task(customer, 2)
      await pause(taskId)
      return firstJob(taskId)
    },
    pending: async () => firstJob(await engine.task(customer, 2)),
    processing: async () => (await claimed()).id,
    completed: () => jobRows.J3?.() ?? Promise.resolve(''),
    failed: () => jobRows.J5?.() ?? Promise.resolve(''),
    cancelled: () => jobRows.J13?.() ?? Promise.resolve(''),
  }

  test('is in the page exactly where oblivion.is_transition says yes', async () => {
    const rows = await engine.query<{ from: string; to: string; legal: boolean }>(
      `select f as from, t as to, oblivion.is_transition(f, t) as legal from unnest($1::text[]) f cross join unnest($1::text[]) t`,
      [[...statuses]],
    )
    for (const row of rows) expect(row).toEqual({ ...row, legal: legal(row.from, row.to) })
  })

  test.each(pairs.filter(({ from, to }) => !legal(from, to)))(
    '$from to $to is refused, also to the owner',
    async ({ from, to }) => {
      const id = await jobIn[from]()
      // With all columns that the new state needs: it is the change itself that is refused.
      const change = `update public.jobs set status = '${to}',
      finished_at = ${['completed', 'failed', 'cancelled'].includes(to) ? 'now()' : 'null'}
      ${to === 'processing' ? `, node_id = '${node.nodeId}', provider_address = '${node.address}', started_at = now(), lease_expires_at = now()` : ''}
      where id = '${id}'`
      await expect(engine.database.as({ role: 'postgres' }, ({ query }) => query(change))).rejects.toMatchObject({
        code: '23514',
        message: `A job does not go from ${from} to ${to}.`,
      })
      expect(await statusOf(id)).toBe(from)
    },
  )

  test.each(pairs)(
    '$from to $to by a direct update of its provider, or of anybody, changes nothing',
    async ({ from, to }) => {
      const id = await jobIn[from]()
      const sql = `update public.jobs set status = '${to}', provider_address = '${node.address}' where id = '${id}' returning id`
      expect(await node.session(({ query }) => query(sql))).toEqual([])
      expect(await customer.session(({ query }) => query(sql))).toEqual([])
      expect(await engine.database.as({ role: 'anon' }, ({ query }) => query(sql))).toEqual([])
      expect(await statusOf(id)).toBe(from)
    },
  )
})

describe('what cannot be stored', () => {
  const columns = `task_id, chunk_index, type, customer_owner_id`
  const insert = (extra: string, values: string) => async () => {
    const taskId = await engine.task(customer, 1)
    return engine.query(
      `insert into jobs (${columns}, ${extra}) select id, 77, type, owner_id, ${values} from oblivion.tasks where id = '${taskId}'`,
    )
  }
  test.each([
    ['a state of another name', 'status', `'running'`],
    ['work of nobody', 'status', `'processing'`],
    [
      'work without a lease',
      'status, node_id, provider_address, started_at',
      `'processing', (select id from nodes limit 1), '0x' || repeat('a', 40), now()`,
    ],
    ['a pending job with a node', 'status, node_id', `'pending', (select id from nodes limit 1)`],
    ['a pending job with a provider', 'provider_address', `'0x' || repeat('a', 40)`],
    ['a pending job with a lease', 'lease_expires_at', 'now()'],
    ['a pending job that ended', 'finished_at', 'now()'],
    ['an end without its time', 'status', `'failed'`],
    [
      'a cancelled job with a provider',
      'status, finished_at, provider_address',
      `'cancelled', now(), '0x' || repeat('a', 40)`,
    ],
    ['an offer without its end', 'offered_to', 'owner_id'],
    [
      'an address in mixed case',
      'status, finished_at, provider_address',
      `'failed', now(), '0xABCDEF' || repeat('a', 34)`,
    ],
    ['progress beyond the whole', 'progress', '1.5'],
    ['an attempt below zero', 'attempt', '-1'],
    ['a pending job that waits for its stage', 'fed', 'false'],
  ])('%s', async (_, extra, values) => {
    await expect(insert(extra, values)()).rejects.toMatchObject({ code: '23514' })
  })
  test('two jobs of one chunk', async () => {
    const taskId = await engine.task(customer, 1)
    await expect(
      engine.query(`insert into jobs (${columns}) select id, 0, type, owner_id from oblivion.tasks where id = $1`, [
        taskId,
      ]),
    ).rejects.toMatchObject({
      code: '23505',
    })
  })
  test.each([
    ['a task of another state', `status = 'waiting'`],
    ['a running task that ended', `finished_at = now()`],
    ['an ended task without its time', `status = 'completed'`],
    ['a budget below its chunks', `budget = 1`],
    ['a quorum of half', `replicas = 2, quorum = 1, budget = 1000000`],
    ['a paused task without a reason', `status = 'paused'`],
  ])('%s', async (_, change) => {
    const taskId = await engine.task(customer, 1)
    await expect(engine.query(`update oblivion.tasks set ${change} where id = $1`, [taskId])).rejects.toMatchObject({
      code: '23514',
    })
  })
})

describe('an operator’s reset by hand (FJ-30)', () => {
  test('leaves the counters, the attempts and the later completion right', async () => {
    const { id, job, taskId } = await claimed({}, 1)
    await byHand(id)
    const [row] = await engine.query(
      `select j.status, j.attempt, j.node_id, j.lease_expires_at, j.started_at, n.current_jobs,
              (select outcome from oblivion.attempts a where a.job_id = j.id) as outcome
         from jobs j cross join nodes n where j.id = $1 and n.id = $2`,
      [id, node.nodeId],
    )
    expect(row).toEqual({
      ...{ status: 'pending', attempt: 1, node_id: null, lease_expires_at: null, started_at: null },
      ...{ current_jobs: 0, outcome: 'released' },
    })
    const second = (await other.cycle()).job
    expect(second).toMatchObject({ jobId: id, attempt: 2 })
    // Who held it before comes too late, and takes nothing from who holds it now.
    expect(await node.cycle(done(job), false)).toMatchObject({ accepted: false, reason: 'stale_attempt' })
    if (second === null) throw new Error('No job.')
    expect(await other.cycle(done(second), false)).toMatchObject({ accepted: true })
    expect(await taskStatus(taskId)).toBe('completed')
    expect(await engine.query('select provider_owner_id from oblivion.receipts where job_id = $1', [id])).toHaveLength(
      1,
    )
    await expect(byHand(id)).rejects.toMatchObject({ code: '23514' })
  })

  test('of a failed job while its task runs lets it be done and paid; after the end of the task it is refused', async () => {
    const { id, job, taskId } = await claimed({ maxAttempts: 1 })
    await report(job, 'failed')
    await byHand(id)
    let answer = await other.cycle()
    expect(answer.job).toMatchObject({ jobId: id, attempt: 2 })
    for (let chunk = 0; chunk < 2; chunk += 1) {
      if (answer.job === null) throw new Error('No job.')
      answer = await other.cycle(done(answer.job))
    }
    expect(await customer.rpc('get_task', { p_task_id: taskId })).toMatchObject({
      status: 'completed',
      chunks: 'cc',
      held: '0',
    })

    const ended = await claimed({ maxAttempts: 1 }, 1)
    await report(ended.job, 'failed')
    expect(await taskStatus(ended.taskId)).toBe('failed')
    await expect(byHand(ended.id)).rejects.toMatchObject({
      code: '23514',
      message: expect.stringContaining('task of this job has ended'),
    })
  })
})

describe('a stuck current_jobs (FJ-29)', () => {
  const cleanup = async () => {
    await engine.query(`update oblivion.rescue_pass set last_at = '-infinity'`)
    return engine.database.as({ role: 'anon' }, ({ rpc }) => rpc('cleanup_stale_jobs'))
  }
  test('is put right by cleanup, and the node gets work again', async () => {
    await engine.query('update nodes set current_jobs = 1 where id = $1', [node.nodeId])
    await engine.task(customer, 1)
    expect((await node.cycle()).job).toBeNull()
    await cleanup()
    expect((await node.cycle()).job).not.toBeNull()
  })
  test('below the truth keeps no job from ending', async () => {
    const { job } = await claimed({}, 1)
    await engine.query('update nodes set current_jobs = 0 where id = $1', [node.nodeId])
    expect(await node.cycle(done(job), false)).toMatchObject({ accepted: true })
    const lost = await claimed()
    await engine.query('update nodes set current_jobs = 0 where id = $1', [node.nodeId])
    await lapse(lost.id)
    expect(await statusOf(lost.id)).toBe('pending')
  })
})
