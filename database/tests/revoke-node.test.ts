import { afterAll, beforeAll, expect, test } from 'vitest'
import { addressOf, createEngine, done, type Engine, type Wallet } from './engine/engine.ts'

/* A node's key is revocable: by its wallet, at once and for good, without forgetting anything else. */

type OwnNode = { nodeId: string; hasKey: boolean; online: boolean; currentJobs: number; completedJobs: number }

let engine: Engine
let owner: Wallet
let customer: Wallet
beforeAll(async () => {
  engine = await createEngine()
  await engine.deposit(addressOf(1), 1_000_000n)
  customer = await engine.wallet(addressOf(1))
  owner = await engine.wallet(addressOf(2))
})
afterAll(() => engine.drop())

const nodes = (wallet = owner) => wallet.rpc<OwnNode[]>('my_nodes')
const revoke = (nodeId: string, wallet = owner) => wallet.rpc<OwnNode>('revoke_node', { p_node_id: nodeId })

test('who has a revoked key can do nothing with it, and its job goes back at once', async () => {
  const stolen = await engine.node(owner.address, 'laptop')
  const other = await engine.node(owner.address, 'server', 'server')
  await engine.coordinator('mark_operator_node', [stolen.nodeId])
  await engine.task(customer, 2)
  let { job } = await stolen.cycle()
  if (job === null) throw new Error('No job.')
  ;({ job } = await stolen.cycle(done(job)))
  if (job === null) throw new Error('No job.')
  expect(await nodes()).toMatchObject([
    { nodeId: stolen.nodeId, hardwareId: 'laptop', hasKey: true, online: true, currentJobs: 1, completedJobs: 1 },
    { nodeId: other.nodeId, workerType: 'server', hasKey: true, currentJobs: 0 },
  ])

  expect(await revoke(stolen.nodeId)).toMatchObject({ nodeId: stolen.nodeId, hasKey: false, currentJobs: 0 })
  await expect(stolen.cycle(done(job))).rejects.toMatchObject({ code: 'OB004' })
  await expect(stolen.rpc('heartbeat', { p_node_id: stolen.nodeId })).rejects.toMatchObject({ code: 'OB004' })
  await expect(stolen.rpc('claim_job')).rejects.toMatchObject({ code: 'OB001' })
  await expect(stolen.rpc('forget_me')).rejects.toMatchObject({ code: 'OB004' })
  const [row] = await engine.query(
    `select j.status, j.failures, n.operator, (select count(*)::int from oblivion.receipts) as receipts
       from jobs j, nodes n where j.id = $1 and n.id = $2`,
    [job.jobId, stolen.nodeId],
  )
  expect(row).toEqual({ status: 'pending', failures: 0, operator: false, receipts: 1 })

  // The other one works on, twice is as once, and the machine itself comes back with another key.
  expect((await other.cycle()).job).toMatchObject({ jobId: job.jobId, attempt: 2 })
  expect(await revoke(stolen.nodeId)).toMatchObject({ hasKey: false })
  const again = await engine.node(owner.address, 'laptop')
  expect(again.nodeId).toBe(stolen.nodeId)
  expect((await nodes()).find(({ nodeId }) => nodeId === stolen.nodeId)).toMatchObject({
    hasKey: true,
    completedJobs: 1,
  })
  await expect(stolen.cycle()).rejects.toMatchObject({ code: 'OB004' })
})

test('a wallet sees and ends its own alone, and no node ends one by its key', async () => {
  const [mine] = await nodes()
  const stranger = await engine.node(addressOf(3))
  expect(await nodes(await engine.wallet(addressOf(3)))).toMatchObject([{ nodeId: stranger.nodeId }])
  expect(await nodes(await engine.wallet(addressOf(4)))).toEqual([])
  await expect(revoke(mine?.nodeId ?? '', await engine.wallet(addressOf(3)))).rejects.toMatchObject({ code: 'OB003' })
  await expect(stranger.rpc('revoke_node', { p_node_id: stranger.nodeId })).rejects.toMatchObject({ code: 'OB001' })
  // What was forgotten is no machine any more.
  await owner.rpc('forget_me')
  expect(await nodes()).toEqual([])
})

test('a wallet that has as many nodes as it may have frees a place by revoking or forgetting one', async () => {
  await engine.query('update oblivion.settings set max_nodes_per_owner = 2')
  const address = addressOf(5)
  const wallet = await engine.wallet(address)
  const first = await engine.node(address, 'first')
  const second = await engine.node(address, 'second')
  const third = () => engine.node(address, 'third')
  await expect(third()).rejects.toMatchObject({ code: 'OB014', hint: expect.stringContaining('Revoke one') })
  await revoke(first.nodeId, wallet)
  await third()
  // Its own row is a place of its own again.
  await expect(engine.node(address, 'first')).rejects.toMatchObject({ code: 'OB014' })
  await second.rpc('forget_me')
  expect((await engine.node(address, 'first')).nodeId).toBe(first.nodeId)
  // A node that is there takes none.
  await third()
  // Of those without a key a day brings as many at most again: registering and revoking fills no table.
  await revoke((await third()).nodeId, wallet)
  await expect(engine.node(address, 'fourth')).rejects.toMatchObject({ code: 'OB014' })
  await engine.query('update oblivion.settings set max_nodes_per_owner = 1000')
})

test('what was revoked or forgotten and brought nothing leaves no row after a day; what has worked, and what has a key, stays', async () => {
  const address = addressOf(6)
  const wallet = await engine.wallet(address)
  const [, revoked, kept, worked] = [
    await (await engine.node(address, 'forgotten')).rpc('forget_me'),
    await engine.node(address, 'revoked'),
    await engine.node(address, 'kept'),
    await engine.node(address, 'worked'),
  ]
  await engine.task(customer, 1)
  const { job } = await worked.cycle()
  if (job === null) throw new Error('No job.')
  await worked.cycle(done(job), false)
  for (const { nodeId } of [revoked, worked]) await revoke(nodeId, wallet)
  const rows = async () => {
    await engine.coordinator('keep_house')
    const all = await engine.query<{ id: string }>('select id from nodes where provider_address = $1', [address])
    return all.map(({ id }) => id).sort()
  }
  expect(await rows()).toHaveLength(4)
  await engine.query(`update nodes set last_seen = now() - interval '2 days' where provider_address = $1`, [address])
  expect(await rows()).toEqual([kept.nodeId, worked.nodeId].sort())
})
