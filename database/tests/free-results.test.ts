import { createHash } from 'node:crypto'
import { canonicalJson } from '@oblivion/core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { addressOf, createEngine, done, type Engine, type Node, type Wallet, type WorkCycle } from './engine/engine.ts'
import { audit } from './engine/ledger/audit.ts'

/*
 * M12: a program that wants its customer to have the result for nothing says it in another way than as its result, or the
 * customer cancels before it is paid for. One program a channel: of what it says no byte reaches the customer, whatever the
 * customer asks.
 */

const SECRET = 'the-answer-is-8fd1c0'

let engine: Engine
let customer: Wallet
beforeAll(async () => {
  engine = await createEngine()
  customer = await engine.wallet(addressOf(1))
  await engine.deposit(customer.address, 1_000_000n)
})
afterAll(() => engine.drop())

type Job = NonNullable<WorkCycle['job']>

/** All that a customer can ask about a task of its own and about everybody's work, as one text. */
const everythingShown = async (taskId: string): Promise<string> => {
  const of = { p_task_id: taskId }
  const calls: [string, Record<string, unknown>][] = [
    ['get_task', of],
    ['list_tasks', {}],
    ['task_inputs', of],
    ['task_results', of],
    ['task_results', { ...of, p_chunks: [0, 1] }],
    ['task_failures', of],
    ['chunk_attempts', { ...of, p_chunk_index: 0 }],
    ['my_jobs', of],
    ['my_statement', { p_account: 'task', ...of }],
    ['my_statement', { p_account: 'free' }],
    ['my_balance', {}],
    ['get_network_stats', {}],
    ['get_worker_stats', {}],
  ]
  const told: unknown[] = []
  for (const [name, args] of calls) told.push(await customer.rpc(name, args))
  const { jobs } = await customer.rpc<{ jobs: { jobId: string }[] }>('my_jobs', of)
  for (const { jobId } of jobs) told.push(await customer.rpc('get_job', { p_job_id: jobId }))
  const readable = {
    'public.jobs': 'id, status, progress, attempt',
    'public.nodes': 'id, hardware_id, capabilities',
    'public.pending_jobs_queue': '*',
    'public.active_jobs': '*',
    'public.job_stats': '*',
    'realtime.messages': '*',
  }
  for (const [table, columns] of Object.entries(readable))
    told.push(await customer.session(({ query }) => query(`select ${columns} from ${table}`)))
  await engine.coordinator('send_task_digests')
  told.push(await customer.session(({ query }) => query('select * from realtime.messages')))
  return JSON.stringify(told)
}

let serial = 0
const scene = async (more: Record<string, unknown> = {}) => {
  serial += 1
  const node = await engine.node(addressOf(0x100 + serial), 'one', 'server')
  await engine.coordinator('mark_operator_node', [node.nodeId])
  const taskId = await engine.task(customer, 1, { maxAttempts: 2, ...more })
  const { job } = await node.cycle()
  if (job === null) throw new Error('No job.')
  return { node, taskId, job }
}
const ended = (job: Job, outcome: string) => ({ jobId: job.jobId, attempt: job.attempt, outcome, error: SECRET })

type Channel = (node: Node, job: Job) => Promise<unknown>
const channels: Record<string, Channel> = {
  'an error that is thrown': (node, job) => node.cycle(ended(job, 'failed'), false),
  'a job that is given back': (node, job) => node.cycle(ended(job, 'released'), false),
  'progress and its metrics': (node, job) =>
    node.rpc('heartbeat', {
      ...{ p_node_id: node.nodeId, p_job_id: job.jobId, p_attempt: job.attempt, p_progress: 0.5 },
      p_metrics: JSON.stringify({ note: SECRET }),
    }),
  'the metrics of a failure': (node, job) =>
    node.cycle({ ...ended(job, 'failed'), error: 'x', metrics: { note: SECRET } }, false),
  'a checkpoint': (node, job) =>
    node.rpc('save_checkpoint', {
      ...{ p_node_id: node.nodeId, p_job_id: job.jobId, p_attempt: job.attempt },
      p_state: JSON.stringify({ note: SECRET }),
    }),
  'a result of another hash': (node, job) =>
    node.cycle({ ...done(job, { note: SECRET }), resultHash: '0'.repeat(64) }, false),
  'a result that is too large': (node, job) => node.cycle(done(job, [SECRET, 'x'.repeat(70_000)]), false),
  'what a machine says of itself': async (node) =>
    (await engine.wallet(node.address)).rpc('register_node', {
      p_hardware_id: SECRET,
      p_worker_type: 'server',
      p_capabilities: JSON.stringify({ [SECRET]: true }),
    }),
}
describe('nothing is read that is not paid for, by way of', () => {
  test.each(Object.entries(channels))('%s', async (_, say) => {
    const { node, taskId, job } = await scene()
    await say(node, job)
    expect(await everythingShown(taskId)).not.toContain(SECRET)
    await customer.rpc('cancel_task', { p_task_id: taskId })
    expect(await everythingShown(taskId)).not.toContain(SECRET)
    // The test bites: the same words as a result are read, once they are paid for.
    const paid = await scene()
    await paid.node.cycle(done(paid.job, { note: SECRET }), false)
    expect(await everythingShown(paid.taskId)).toContain(SECRET)
    expect(await customer.rpc('get_task', { p_task_id: paid.taskId })).toMatchObject({ spent: '1000' })
    await engine.query(`delete from realtime.messages`)
    await engine.query(`update oblivion.tasks set owner_id = oblivion.owner_of($1) where id = $2`, [
      ...[addressOf(0xffff), paid.taskId],
    ])
  })
  test('the first of two replicas, which is paid, before the second is in; nor by cancelling then', async () => {
    const { node, taskId, job } = await scene({ trust: { replicas: 2 } })
    await node.cycle(done(job, { note: SECRET }), false)
    const other = await engine.node(addressOf(0x900), 'one', 'server')
    await other.cycle()
    const [{ receipts } = { receipts: 0 }] = await engine.query<{ receipts: number }>(
      'select count(*)::int as receipts from oblivion.receipts where task_id = $1',
      [taskId],
    )
    expect(receipts).toBe(1)
    expect(await everythingShown(taskId)).not.toContain(SECRET)
  })
})

describe('a program that throws its answer (M12)', () => {
  type Failures = { failures: Record<string, unknown>[]; next: number | null }
  const failures = (taskId: string, more: Record<string, unknown> = {}) =>
    customer.rpc<Failures>('task_failures', { p_task_id: taskId, ...more })
  const hire = async (kind: 'stranger' | 'established', owner = 0): Promise<Node> => {
    serial += 1
    const node = await engine.node(addressOf(owner || 0x100 + serial), 'one', 'server')
    if (kind === 'established')
      await engine.query('update oblivion.owners set proven_count = 30 where address = $1', [node.address])
    return node
  }
  const later = () =>
    engine.query(`update jobs set available_at = now() - interval '3 minutes', due = true where status = 'pending'`)
  /** The node claims what is there and says that its program threw; answers the job. */
  const throws = async (node: Node, error: string): Promise<Job> => {
    await later()
    const { job } = await node.cycle()
    if (job === null) throw new Error('No job.')
    expect(await node.cycle({ ...ended(job, 'failed'), error }, false)).toMatchObject({ accepted: true })
    return job
  }
  const earned = async (node: Node) =>
    (await (await engine.wallet(node.address)).rpc<{ total: string }>('my_earnings')).total
  const stateOf = (taskId: string) => customer.rpc<Record<string, unknown>>('get_task', { p_task_id: taskId })
  type Tries = { attempts: Record<string, unknown>[]; more: boolean }
  const tries = (taskId: string, more: Record<string, unknown> = {}) =>
    customer.rpc<Tries>('chunk_attempts', { p_task_id: taskId, p_chunk_index: 0, ...more })
  const TEXT = `OB207: Error: ${SECRET}`

  test('is paid once a second owner reports the same text, and is read only then', async () => {
    const [first, second] = [await hire('stranger'), await hire('established')]
    const taskId = await engine.task(customer, 1, { maxAttempts: 3 })
    await throws(first, TEXT)
    expect(await everythingShown(taskId)).not.toContain(SECRET)
    expect(await stateOf(taskId)).toMatchObject({ status: 'running', spent: '0', held: '1000' })
    const { attempt } = await throws(second, TEXT)
    expect(await stateOf(taskId)).toMatchObject({ status: 'failed', spent: '1000', held: '0', counts: { failed: 1 } })
    const errorHash = createHash('sha256').update(canonicalJson(TEXT)).digest('hex')
    expect(await failures(taskId)).toMatchObject({
      failures: [{ chunkIndex: 0, stage: 0, error: TEXT, errorHash, attempt, provider: second.address, reward: '950' }],
      next: null,
    })
    expect((await tries(taskId)).attempts).toMatchObject([
      { attempt: 1, worker: 1, outcome: 'failed', code: 'OB207', provider: null, reward: null },
      { attempt, worker: 2, outcome: 'failed', code: 'OB207', provider: second.address, reward: '950' },
    ])
    expect([await earned(first), await earned(second)]).toEqual(['0', '950'])
    expect((await customer.rpc<{ results: unknown[] }>('task_results', { p_task_id: taskId })).results).toEqual([])
    // Paid for, so nobody has it done again out of the same budget.
    await expect(
      engine.query(`update jobs set status = 'pending', provider_address = null where task_id = $1`, [taskId]),
    ).rejects.toMatchObject({ code: '23514' })
  })

  test('is told to no node that is offered the job next, or holds it: whoever says the same words is paid', async () => {
    const [first, second] = [await hire('stranger'), await hire('established')]
    const taskId = await engine.task(customer, 1, { maxAttempts: 3 })
    await throws(first, TEXT)
    await later()
    const seen = [await second.rpc('next_jobs', { p_provider_address: second.address })]
    const [row] = await engine.query<{ id: string }>('select id from jobs where task_id = $1', [taskId])
    const own = async () => {
      seen.push(await second.rpc('get_job', { p_job_id: row?.id }), await second.rpc('node_jobs'))
      const columns = await engine.query<{ names: string }>(
        `select string_agg(attname, ', ') as names from pg_attribute where attrelid = 'public.jobs'::regclass
            and attnum > 0 and has_column_privilege('authenticated', attrelid, attnum, 'select')`,
      )
      seen.push(await second.session(({ query }) => query(`select ${columns[0]?.names} from public.jobs`)))
    }
    await own()
    expect((await second.cycle()).job).toMatchObject({ jobId: row?.id })
    await own()
    expect(JSON.stringify(seen)).toContain(row?.id)
    expect(JSON.stringify(seen)).not.toContain(SECRET)
    await customer.rpc('cancel_task', { p_task_id: taskId })
  })

  test.each<[string, (taskId: string) => Promise<unknown>]>([
    [
      'one owner twice',
      () => hire('established').then(async (node) => [await throws(node, TEXT), await throws(node, TEXT)]),
    ],
    [
      'a wallet and a second node of it',
      async () => {
        const node = await hire('established')
        await throws(node, TEXT)
        await throws(await engine.node(node.address, 'two', 'server'), TEXT)
      },
    ],
    [
      'two owners in other words',
      async () => [
        await throws(await hire('established'), `${TEXT}1`),
        await throws(await hire('established'), `${TEXT}2`),
      ],
    ],
    [
      'two owners in more than 1 kB',
      async () => {
        for (let time = 0; time < 2; time += 1) await throws(await hire('established'), SECRET + 'é'.repeat(505))
      },
    ],
    [
      'two owners by a code of the worker alone: a time limit, a dead sandbox',
      async () => {
        for (let time = 0; time < 2; time += 1) await throws(await hire('established'), 'OB208')
      },
    ],
    [
      'one owner in the words in which rescue noted the overrun of another',
      async (taskId) => {
        const slow = await hire('established')
        const { job } = await slow.cycle()
        await engine.query(
          `update jobs set lease_expires_at = now() - interval '1 second', started_at = now() - interval '2 hours' where id = $1`,
          [job?.jobId],
        )
        await engine.coordinator('run_rescue')
        const [row] = await engine.query<{ timeout: number }>(
          'select timeout_seconds as timeout from oblivion.tasks where id = $1',
          [taskId],
        )
        await throws(await hire('established'), `Ran longer than ${row?.timeout} seconds.`)
      },
    ],
    [
      'nine strangers',
      async () => {
        for (let liar = 0; liar < 9; liar += 1) await throws(await hire('stranger'), TEXT)
      },
    ],
  ])('is neither paid nor read by %s', async (_, say) => {
    const taskId = await engine.task(customer, 1, { maxAttempts: 2 })
    await say(taskId)
    expect(await stateOf(taskId)).toMatchObject({ spent: '0' })
    expect(await failures(taskId)).toEqual({ failures: [], next: null })
    expect(await everythingShown(taskId)).not.toContain(SECRET)
    await customer.rpc('cancel_task', { p_task_id: taskId })
  })

  test('is neither by two visitors of one site', async () => {
    const [first, second] = [await hire('established'), await hire('established')]
    // Both are put behind one site: nobody registers so, but that is what is compared.
    const taskId = await engine.task(customer, 1, { maxAttempts: 2 })
    const blogger = await engine.wallet(addressOf(0xabc))
    const { siteId } = await blogger.rpc<{ siteId: string }>('create_site', {
      p_site: JSON.stringify({ name: 'A blog', origins: ['https://blog.example'] }),
    })
    await engine.query(
      `update nodes set site_id = $2, site_owner_id = oblivion.owner_of($3), programs = '{}' where id = any ($1)`,
      [[first.nodeId, second.nodeId], siteId, blogger.address],
    )
    const [row] = await engine.query<{ confirmed: boolean }>(
      `with failed as (
         insert into oblivion.attempts (job_id, attempt, task_id, node_id, owner_id, provider_address, queued_at, started_at, outcome, error)
         select j.id, 1, j.task_id, n.id, n.owner_id, n.provider_address, now(), now(), 'failed', $3
           from jobs j, nodes n where j.task_id = $1 and n.id = $2
         returning job_id)
       select count(*) = 1 as confirmed from failed`,
      [taskId, first.nodeId, TEXT],
    )
    expect(row?.confirmed).toBe(true)
    const asked = async () =>
      (
        await engine.query<{ yes: boolean }>(
          'select oblivion.is_confirmed(j, n, $3) as yes from jobs j, nodes n where j.task_id = $1 and n.id = $2',
          [taskId, second.nodeId, TEXT],
        )
      )[0]?.yes
    expect(await asked()).toBe(false)
    await engine.query('update nodes set site_id = null, site_owner_id = null, programs = null where id = $1', [
      second.nodeId,
    ])
    expect(await asked()).toBe(true)
    await customer.rpc('cancel_task', { p_task_id: taskId })
  })

  test('RN-16: costs its task no more than its budget, whatever is thrown and cancelled, and the rest comes back', async () => {
    const [first, second] = [await hire('established'), await hire('established')]
    const { free: before } = await customer.rpc<{ free: string }>('my_balance')
    const taskId = await engine.task(customer, 3, { maxAttempts: 5 })
    for (let chunk = 0; chunk < 3; chunk += 1) await throws(first, TEXT)
    await throws(second, TEXT)
    expect(await stateOf(taskId)).toMatchObject({ status: 'running', spent: '1000', held: '2000' })
    // In work as the customer cancels: what ends it is paid all the same.
    await later()
    const { job } = await second.cycle()
    await customer.rpc('cancel_task', { p_task_id: taskId })
    await second.cycle({ ...ended(job as Job, 'failed'), error: TEXT }, false)
    expect(await stateOf(taskId)).toMatchObject({ status: 'cancelled', spent: '2000', held: '0' })
    const { free } = await customer.rpc<{ free: string }>('my_balance')
    expect(BigInt(before) - BigInt(free)).toBe(2_000n)
    expect((await failures(taskId, { p_limit: 1 })).next).not.toBeNull()
    expect(await earned(second)).toBe('1900')
    const [sound] = await engine.query<Record<string, number>>(audit)
    expect(Object.values(sound ?? {}).every((times) => times === 0)).toBe(true)
  })

  test('of a chunk with replicas is read when its stage has ended, not before', async () => {
    const taskId = await engine.task(customer, 1, { maxAttempts: 2, trust: { replicas: 3 } })
    const counts = async () =>
      (
        await engine.query<{ failed: number; open: number }>(
          `select count(*) filter (where status = 'failed')::int as failed,
                  count(*) filter (where status = 'pending')::int as open from jobs where task_id = $1`,
          [taskId],
        )
      )[0]
    // Replicas lie in no order: after three of them at the latest, somebody is given one that was tried before.
    let last = await hire('established')
    for (let node = 0; node < 4 && (await counts())?.failed === 0; node += 1) {
      last = await hire('established')
      await throws(last, TEXT)
    }
    const row = await counts()
    expect(row).toEqual({ failed: 1, open: 2 })
    expect(await everythingShown(taskId)).not.toContain(SECRET)
    // Paid for one replica of the chunk, an owner gets no other.
    await later()
    expect((await last.cycle()).job).toBeNull()
    await customer.rpc('cancel_task', { p_task_id: taskId })
  })

  test('how a chunk was tried is a number and minutes, seconds and a code once its job is paid for, and who did it only where that is read anyway', async () => {
    const [first, second, third] = [await hire('stranger'), await hire('stranger'), await hire('stranger')]
    const taskId = await engine.task(customer, 1, { maxAttempts: 5 })
    expect(await tries(taskId)).toEqual({ attempts: [], more: false })
    await throws(first, TEXT)
    await later()
    const { job } = await second.cycle()
    const unknown = { stage: 0, verdict: null, provider: null, reward: null }
    const [minute, second_] = [/T\d\d:\d\dZ$/, /T\d\d:\d\d:\d\dZ$/].map((time) => expect.stringMatching(time))
    const open = { ...unknown, worker: 1, startedAt: minute, endedAt: minute, outcome: 'failed', code: null }
    const running = { ...open, attempt: 2, worker: 2, endedAt: null, outcome: null }
    expect(await tries(taskId)).toEqual({ attempts: [{ ...open, attempt: 1 }, running], more: false })
    await second.cycle(ended(job as Job, 'released'), false)
    await later()
    const last = (await third.cycle()).job as Job
    await third.cycle(done(last, 7), false)
    const paid = { ...unknown, startedAt: second_, endedAt: second_ }
    const failed = { ...paid, attempt: 1, worker: 1, outcome: 'failed', code: 'OB207' }
    const released = { ...paid, attempt: 2, worker: 2, outcome: 'released', code: null }
    const accepted = { ...released, attempt: 3, worker: 3, outcome: 'succeeded', verdict: 'unchecked', reward: '950' }
    expect(await tries(taskId)).toEqual({
      attempts: [failed, released, { ...accepted, provider: third.address }],
      more: false,
    })
    expect(await tries(taskId, { p_limit: 1 })).toMatchObject({ attempts: [{ attempt: 3, worker: 3 }], more: true })
    expect(await tries(taskId, { p_chunk_index: 1 })).toEqual({ attempts: [], more: false })
    for (const p_limit of [0, 101, null])
      await expect(tries(taskId, { p_limit })).rejects.toMatchObject({ code: 'OB005' })
  })

  test('says the same by every way in which it can fail, until somebody is paid', async () => {
    const taskId = await engine.task(customer, 1, { maxAttempts: 7 })
    for (const error of ['OB205: no', 'OB207', 'OB208', 'OB209', 'OB011', 'in words'])
      await throws(await hire('stranger'), error)
    await later()
    const node = await hire('stranger')
    const job = (await node.cycle()).job as Job
    await node.cycle({ ...done(job, 7), resultHash: '0'.repeat(64) }, false)
    expect(await stateOf(taskId)).toMatchObject({ spent: '0' })
    const { attempts } = await tries(taskId)
    expect(attempts.map(({ outcome, code }) => [outcome, code])).toEqual(Array(7).fill(['failed', null]))
    await customer.rpc('cancel_task', { p_task_id: taskId })
  })

  test('how a chunk was tried looks at the days of that chunk alone', async () => {
    const node = await hire('stranger')
    const taskId = await engine.task(customer, 1)
    await node.cycle(done((await node.cycle()).job as Job, 7), false)
    await engine.query(`select oblivion.ensure_history_days((now() at time zone 'UTC')::date - 9, 14)`)
    const days = await customer.session(async ({ rpc, query }) => {
      await rpc('chunk_attempts', { p_task_id: taskId, p_chunk_index: 0 })
      return query(
        `select distinct c.relname from pg_locks l join pg_class c on c.oid = l.relation
          where l.pid = pg_backend_pid() and c.relkind = 'r' and c.relname like 'attempts\\_y%'`,
      )
    })
    // Today and the next, of fourteen.
    expect(days).toHaveLength(2)
  })

  test('with replicas nothing is told of how a chunk was tried until all are in, and then one name', async () => {
    const nodes = await Promise.all([hire('established'), hire('established')])
    const taskId = await engine.task(customer, 1, { maxAttempts: 5, trust: { replicas: 2 } })
    await throws(await hire('stranger'), TEXT)
    await later()
    const [one, other] = [(await nodes[0].cycle()).job as Job, (await nodes[1].cycle()).job as Job]
    await nodes[0].cycle(done(one, 7), false)
    expect(await tries(taskId)).toEqual({ attempts: [], more: false })
    await nodes[1].cycle(done(other, 7), false)
    const { attempts } = await tries(taskId)
    expect(attempts.map(({ outcome, verdict }) => [outcome, verdict])).toEqual([
      ['failed', null],
      ['succeeded', 'valid'],
      ['succeeded', 'valid'],
    ])
    expect(attempts.filter(({ provider }) => provider !== null)).toHaveLength(1)
  })
})
