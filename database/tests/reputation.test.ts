import { afterAll, beforeAll, expect, test } from 'vitest'
import { addressOf, createEngine, done, type Engine, type Node, type Wallet } from './engine/engine.ts'

/*
 * T5: customer and provider may be one person. What proves an owner is spread over three customers at least who paid for
 * it in real money, and none of them counts for more than the third busiest.
 */

let engine: Engine
let serial = 0x100
beforeAll(async () => {
  engine = await createEngine()
})
afterAll(() => engine.drop())

const customer = async (): Promise<Wallet> => {
  serial += 1
  await engine.deposit(addressOf(serial), 10_000_000n)
  return engine.wallet(addressOf(serial))
}
const provider = (): Promise<Node> => {
  serial += 1
  return engine.node(addressOf(serial))
}
/** The customer pays the node for so many chunks, at the lowest price that there is. */
const buy = async (from: Wallet, node: Node, chunks: number, more: Record<string, unknown> = {}): Promise<void> => {
  await engine.task(from, chunks, { pricePerChunk: '100', ...more })
  let { job } = await node.cycle()
  for (let left = chunks; left > 0; left -= 1) {
    if (job === null) throw new Error('The node got nothing.')
    job = (await node.cycle(done(job))).job
  }
}
/** What the coordinator does: it charges what was spent, and ticks. */
const settle = async (): Promise<void> => {
  await engine.coordinator('charges_due', [engine.instanceId])
  await engine.coordinator('advance_tasks')
}
const standing = async ({ address }: { address: string }) => {
  const [row] = await engine.query(
    `select o.accepted_count::int as accepted, o.proven_count::int as proven, oblivion.reputation(o) as reputation,
            (select bool_or(oblivion.is_established(n.id)) from nodes n where n.owner_id = o.id) as established
       from oblivion.owners o where o.address = $1`,
    [address],
  )
  return row
}

test('T5: a wash farm of 1,000 chunks: reputation 0, and its node is not established', async () => {
  const [farmer, own] = [await customer(), await provider()]
  await buy(farmer, own, 1000)
  await settle()
  expect(await standing(own)).toEqual({ accepted: 1000, proven: 0, reputation: 0, established: false })
  // Nor with a second wallet, nor beside a stranger's one chunk: the farm counts for no more than that.
  await buy(await customer(), own, 40)
  await settle()
  expect(await standing(own)).toMatchObject({ accepted: 1040, proven: 0, reputation: 0 })
  await buy(await customer(), own, 1)
  await settle()
  expect(await standing(own)).toMatchObject({ accepted: 1041, proven: 3, established: false })
})

test('FJ-27: spread over three customers who paid, results count, each no more than the third busiest of them; a job that fails changes nothing', async () => {
  const node = await provider()
  const customers = [await customer(), await customer(), await customer(), await customer()] as const
  for (const [index, chunks] of [12, 10, 10, 3].entries()) await buy(customers[index] as Wallet, node, chunks)
  // Accepted is not paid: it counts once its customer was charged, and a tick has looked. Not a poll's: it would hold the
  // rows of all these owners.
  await engine.coordinator('charges_due', [engine.instanceId])
  await engine.query(`insert into oblivion.moving_tasks (task_id) select id from oblivion.tasks limit 1`)
  await engine.query(`update oblivion.plan_pass set last_at = now() - interval '1 second'`)
  await (await provider()).cycle()
  expect(await engine.query('select from oblivion.moving_tasks')).toEqual([])
  expect(await standing(node)).toMatchObject({ accepted: 35, proven: 0, established: false })
  await settle()
  expect(await standing(node)).toEqual({
    accepted: 35,
    proven: 33,
    reputation: expect.closeTo(33 / 133),
    established: true,
  })
  // A job that fails takes nothing of it.
  const before = await standing(node)
  const broken = await engine.task(customers[0], 1, { pricePerChunk: '100' })
  const { job } = await node.cycle()
  expect(job?.taskId).toBe(broken)
  await node.cycle({ jobId: job?.jobId, attempt: job?.attempt, outcome: 'failed', error: 'no' }, false)
  await customers[0].rpc('cancel_task', { p_task_id: broken })
  await settle()
  expect(await standing(node)).toEqual(before)
  // What comes later counts beside what came before.
  await buy(customers[3], node, 4)
  await settle()
  expect(await standing(node)).toMatchObject({ accepted: 39, proven: 37 })
  // With another number of customers all are counted anew, by itself.
  await engine.query('update oblivion.settings set proven_customers = 1')
  await settle()
  expect(await standing(node)).toMatchObject({ proven: 39 })
  await engine.query('update oblivion.settings set proven_customers = default')
  await settle()
  expect(await standing(node)).toMatchObject({ proven: 37 })

  // Proven wrong, it is a newcomer again, and what counted before never does: nor what was accepted and not charged yet.
  for (const each of customers) await buy(each, node, 10)
  await engine.query(
    `insert into oblivion.wrong_results (job_id, owner_id, payee_owner_id, liability, instance_id)
     select r.job_id, r.provider_owner_id, r.payee_owner_id, 0, r.instance_id
       from oblivion.receipts r join oblivion.owners o on o.id = r.provider_owner_id where o.address = $1 limit 1`,
    [node.address],
  )
  expect(await engine.coordinator('answer_for_wrong_results')).toBe(1)
  expect(await standing(node)).toMatchObject({ proven: 0, established: false })
  await buy(customers[0], node, 1)
  await settle()
  expect(await standing(node)).toMatchObject({ proven: 0 })
})

test('how many jobs an owner may hold is no matter of who paid: what it did for one customer counts', async () => {
  const [from, node] = [await customer(), await provider()]
  await buy(from, node, 30)
  const second = await engine.node(node.address, 'another', 'server')
  await engine.task(from, 2, { pricePerChunk: '100' })
  expect((await node.cycle()).job).not.toBeNull()
  expect((await second.cycle()).job).not.toBeNull()
  expect(await standing(node)).toMatchObject({ accepted: 30, established: false })
  await engine.query(`update jobs set status = 'cancelled' where status in ('pending', 'processing')`)
})

test('play money proves nothing; an operator’s word does without any', async () => {
  const node = await provider()
  await engine.coordinator('set_sandbox', [true])
  for (let count = 0; count < 3; count += 1) {
    const player = await customer()
    await player.rpc('change_play_money', { p_amount: '10000' })
    await buy(player, node, 10, { asset: 'test' })
  }
  await settle()
  expect(await standing(node)).toMatchObject({ accepted: 30, proven: 0, established: false })
  await engine.coordinator('mark_operator_node', [node.nodeId])
  expect(await standing(node)).toMatchObject({ proven: 0, established: true })
})

test('a tick waits for nobody: who is at work is counted by a later one', async () => {
  const node = await provider()
  for (let count = 0; count < 3; count += 1) await buy(await customer(), node, 10)
  await engine.coordinator('charges_due', [engine.instanceId])
  await engine.database.as({ role: 'postgres' }, async ({ query }) => {
    await query('select from oblivion.owners where address = $1 for update', [node.address])
    await engine.coordinator('advance_tasks')
  })
  expect(await standing(node)).toMatchObject({ proven: 0 })
  // Nor for whoever has all counted anew, and may be waiting for a row that the tick would hold.
  await engine.database.as({ role: 'postgres' }, async ({ query }) => {
    await query('lock table oblivion.results_by_customer in share row exclusive mode')
    await engine.database.as({ role: 'oblivion_coordinator' }, async (coordinator) => {
      await coordinator.query(`set local lock_timeout = '5s'`)
      await coordinator.query('select oblivion.advance_tasks()')
    })
  })
  expect(await standing(node)).toMatchObject({ proven: 0 })
  await engine.coordinator('advance_tasks')
  expect(await standing(node)).toMatchObject({ proven: 30 })
})
