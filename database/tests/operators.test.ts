import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { addressOf, createEngine, done, type Engine, type Wallet } from './engine/engine.ts'

/* What operators see and do from their page, and what they may not: nothing of it makes or moves money (M8). */

type Overview = Record<string, unknown> & {
  settlement: { haltedReason: string | null; haltCause: string | null }
  queue: { pending: number; processing: number; oldestSeconds: number | null }
  lateness: { leaseSeconds: number | null; deliverySeconds: number | null }
  programs: { stopped: { program: string; reason: string; tasks: number }[]; suspected: unknown[] }
  actions: { action: string; subject: string; reason: string | null; operator: string }[]
}
let engine: Engine
let operator: Wallet
let customer: Wallet
const overview = () => operator.rpc<Overview>('operator_overview')

beforeAll(async () => {
  engine = await createEngine()
  await engine.deposit(addressOf(1), 1_000_000_000n)
  ;[customer, operator] = [await engine.wallet(addressOf(1)), await engine.wallet(addressOf(9))]
  await engine.coordinator('set_operators', [[addressOf(9).toUpperCase().replace('0X', '0x')]])
})
afterAll(() => engine.drop())

test('who is an operator is what the coordinator was told last, and nobody else gets as far as an argument', async () => {
  expect(await overview()).toMatchObject({ settlement: { haltedReason: null }, actions: [] })
  const calls: [string, Record<string, unknown>?][] = [
    ['operator_overview'],
    ['operator_nodes'],
    ['operator_node', { p_node_id: crypto.randomUUID() }],
    ['operator_halt', { p_reason: '' }],
    ['operator_resume'],
    ['operator_stop_program', { p_program: 'no such thing', p_reason: '' }],
    ['operator_allow_program', { p_program: 'raytrace' }],
  ]
  for (const [name, args] of calls) {
    await expect(customer.rpc(name, args), name).rejects.toMatchObject({ code: 'OB018' })
  }
  await engine.coordinator('set_operators', [[]])
  await expect(overview()).rejects.toMatchObject({ code: 'OB018' })
  await engine.coordinator('set_operators', [[addressOf(9)]])
})

describe('settlement', () => {
  test('an operator stops it with a reason that everybody reads, and lets it go on', async () => {
    await expect(operator.rpc('operator_halt', { p_reason: '  ' })).rejects.toMatchObject({ code: 'OB005' })
    await operator.rpc('operator_halt', { p_reason: 'A look at the books.' })
    expect((await overview()).settlement).toMatchObject({ haltedReason: 'A look at the books.', haltCause: 'operator' })
    await expect(engine.task(customer, 1)).rejects.toMatchObject({ code: 'OB015' })
    expect(await customer.rpc('my_balance')).toMatchObject({ halted: 'A look at the books.' })
    // The coordinator compares first; told twice, as after a lost answer.
    for (let time = 0; time < 2; time++) {
      await operator.rpc('operator_resume')
      expect((await overview()).settlement).toMatchObject({
        haltedReason: expect.stringContaining('compared first'),
        haltCause: 'lifted',
      })
    }
    // Stopped again before it was compared; and what the coordinator then finds is what is said.
    await operator.rpc('operator_halt', { p_reason: 'Another look.' })
    expect((await overview()).settlement).toMatchObject({ haltedReason: 'Another look.', haltCause: 'operator' })
    await operator.rpc('operator_resume')
    await engine.coordinator('halt_settlement', [engine.instanceId, 'The contract holds less.', 'books'])
    expect((await overview()).settlement).toMatchObject({
      haltedReason: 'The contract holds less.',
      haltCause: 'books',
    })
    await expect(engine.task(customer, 1)).rejects.toMatchObject({ code: 'OB015' })
    await engine.coordinator('resume_settlement', [engine.instanceId])
    await engine.task(customer, 1)
    const { actions } = await overview()
    expect(actions.map(({ action, reason }) => [action, reason])).toEqual([
      ['resume', null],
      ['halt', 'Another look.'],
      ['resume', null],
      ['halt', 'A look at the books.'],
    ])
  })

  test.each(['books', 'chain', 'settler'])(
    'what %s has stopped no operator resumes, nor makes its own',
    async (cause) => {
      await engine.coordinator('halt_settlement', [engine.instanceId, 'The contract holds less.', cause])
      const stands = { haltedReason: 'The contract holds less.', haltCause: cause }
      const before = (await overview()).actions
      for (const [name, args] of [
        ['operator_resume'],
        ['operator_halt', { p_reason: 'x' }],
        ['operator_resume'],
      ] as const) {
        await expect(operator.rpc(name, args), name).rejects.toMatchObject({
          ...{ code: 'OB015', detail: expect.stringContaining('The contract holds less.') },
        })
        expect((await overview()).settlement).toMatchObject(stands)
      }
      expect((await overview()).actions).toEqual(before)
      await engine.coordinator('resume_settlement', [engine.instanceId])
    },
  )

  test('M3: while it is halted nobody claims what real money pays; it goes on by itself, but of a customer who leaves', async () => {
    const taskId = await engine.task(customer, 1)
    const task = () => customer.rpc('get_task', { p_task_id: taskId })
    const move = (name: 'pause_exiting' | 'pause_halted') => engine.coordinator<number>(name, [engine.instanceId])
    const later = Math.floor(Date.now() / 1000) + 86_400
    const leaves = (exiting: boolean) => {
      const times = exiting ? { exitRipeAt: later, exitLapsesAt: later + 86_400 } : {}
      const row = { customer: addressOf(1), exiting: exiting ? '1' : '0', dailyCap: '1000000000', ...times }
      return engine.coordinator('record_customers', [engine.instanceId, 9, JSON.stringify([row])])
    }
    const resume = () => engine.coordinator('resume_settlement', [engine.instanceId])
    await operator.rpc('operator_halt', { p_reason: 'A look at the books.' })
    const moved = await move('pause_halted')
    expect([moved > 0, await move('pause_halted')]).toEqual([true, 0])
    expect(await task()).toMatchObject({ status: 'paused', pausedReason: 'halted' })
    await expect(customer.rpc('resume_task', { p_task_id: taskId })).rejects.toMatchObject({
      ...{ code: 'OB015', detail: expect.stringContaining('A look at the books.') },
    })
    await leaves(true)
    await resume()
    expect(await move('pause_halted')).toBe(0)
    await leaves(false)
    expect(await move('pause_halted')).toBe(moved)
    expect(await task()).toMatchObject({ status: 'running', pausedReason: null })
    // Whoever stays after all while it is halted waits for that.
    await leaves(true)
    expect(await move('pause_exiting')).toBe(moved)
    await operator.rpc('operator_halt', { p_reason: 'A look at the books.' })
    await leaves(false)
    expect(await move('pause_exiting')).toBe(0)
    await resume()
    expect(await move('pause_exiting')).toBe(moved)
    expect(await task()).toMatchObject({ status: 'running', pausedReason: null })
  })

  test('a deficit that came while an operator’s halt stood is not resumed with it', async () => {
    await operator.rpc('operator_halt', { p_reason: 'A look at the books.' })
    await engine.coordinator('halt_settlement', [engine.instanceId, 'The contract holds less.', 'books'])
    await operator.rpc('operator_resume')
    expect((await overview()).settlement.haltCause).toBe('lifted')
    await engine.coordinator('resume_settlement', [engine.instanceId])
  })
})

test('the kill switch from the page: what is stopped, why, how many tasks wait, and back', async () => {
  const taskId = await engine.task(customer, 2)
  const paused = await operator.rpc<{ tasks: number }>('operator_stop_program', {
    ...{ p_program: 'raytrace', p_reason: 'It attacks a router.' },
  })
  expect((await overview()).programs.stopped).toEqual([
    expect.objectContaining({ program: 'raytrace', reason: 'It attacks a router.', tasks: paused.tasks }),
  ])
  expect(await customer.rpc('get_task', { p_task_id: taskId })).toMatchObject({ pausedReason: 'program_stopped' })
  expect(await operator.rpc('operator_allow_program', { p_program: 'raytrace' })).toEqual(paused)
  expect((await overview()).programs.stopped).toEqual([])
  expect((await overview()).actions.slice(0, 2).map(({ action, subject }) => [action, subject])).toEqual([
    ['allow_program', 'raytrace'],
    ['stop_program', 'raytrace'],
  ])
})

test('queue, nodes and lateness: how long the oldest job waits, and a lease that nobody looked at', async () => {
  await engine.query(`update jobs set status = 'cancelled' where status in ('blocked', 'pending', 'processing')`)
  expect((await overview()).queue.oldestSeconds).toBeNull()
  await engine.task(customer, 2, { priority: 7 })
  await engine.query(`update jobs set created_at = now() - interval '90 seconds' where status = 'pending'`)
  const node = await engine.node(addressOf(2), 'box', 'server')
  const { job } = await node.cycle()
  if (job === null) throw new Error('No job.')
  const before = await overview()
  expect(before.queue.oldestSeconds).toBeGreaterThanOrEqual(90)
  expect(before).toMatchObject({ nodes: [{ workerType: 'server', working: 1, waiting: 0, gone: 0 }] })
  expect(before.lateness.leaseSeconds).toBeNull()
  await engine.query(`update jobs set lease_expires_at = now() - interval '70 seconds' where status = 'processing'`)
  expect((await overview()).lateness.leaseSeconds).toBeGreaterThanOrEqual(70)
  await node.cycle(done(job), false)
})

test('DJ-27: all nodes with their last heartbeat, and one with what it holds and how its tries of the last hour ended', async () => {
  type Node = { nodeId: string; hardwareId: string; online: boolean; lastSeenAt: string; currentJobs: number }
  const nodes = async () => (await operator.rpc<{ asOf: string; nodes: Node[] }>('operator_nodes')).nodes
  const one = (nodeId: string) => operator.rpc<Record<string, unknown>>('operator_node', { p_node_id: nodeId })
  await engine.task(customer, 3)
  const node = await engine.node(addressOf(3), 'rack', 'server')
  const { job } = await node.cycle()
  if (job === null) throw new Error('No job.')
  const failed = { jobId: job.jobId, attempt: job.attempt, outcome: 'failed', error: 'OB205 a customer’s secret' }
  const { job: next } = await node.cycle(failed)
  if (next === null) throw new Error('No job.')
  const { job: last } = await node.cycle(done(next))
  expect(await nodes()).toContainEqual(
    expect.objectContaining({ nodeId: node.nodeId, hardwareId: 'rack', online: true, currentJobs: 1, maxJobs: 2 }),
  )
  const seen = await one(node.nodeId)
  expect(seen).toMatchObject({
    ...{ hardwareId: 'rack', provider: addressOf(3), workerType: 'server', staleAfterSeconds: 600, site: null },
    ...{ operator: false, established: false, capabilities: [], lastHour: { attempts: 2, succeeded: 1 } },
    jobs: [{ jobId: last?.jobId, attempt: 1, progress: 0 }],
    attempts: [
      { jobId: next.jobId, outcome: 'succeeded', code: null },
      { jobId: job.jobId, outcome: 'failed', code: 'OB205' },
    ],
  })
  expect(JSON.stringify(seen)).not.toContain('secret')
  await engine.query(
    `update nodes set last_seen = now() - interval '5 minutes', next_poll_at = now() - interval '5 minutes' where id = $1`,
    [node.nodeId],
  )
  const down = (await nodes()).find(({ nodeId }) => nodeId === node.nodeId)
  expect(down).toMatchObject({ online: false, lastSeenAt: (await one(node.nodeId)).lastSeenAt })
  await expect(one(crypto.randomUUID())).rejects.toMatchObject({ code: 'OB003' })
})

test('lateness: a delivered result that nobody reads', async () => {
  expect((await overview()).lateness.deliverySeconds).toBeNull()
  await engine.query(
    `insert into oblivion.deliveries (job_id, attempt, node_id, owner_id, result_hash, delivered_at)
     select gen_random_uuid(), 1, gen_random_uuid(), 1, repeat('a', 64), now() - make_interval(secs => s)
       from unnest(array[5, 80]) s`,
  )
  expect((await overview()).lateness.deliverySeconds).toBe(80)
  await engine.query('delete from oblivion.deliveries')
})

test('what operators did cannot be changed', async () => {
  await expect(engine.query(`update oblivion.operator_actions set reason = 'none'`)).rejects.toMatchObject({
    code: 'OB020',
  })
})
