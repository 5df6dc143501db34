import { createHash } from 'node:crypto'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { addressOf, createEngine, done, type Engine, type Node, type Wallet } from './engine/engine.ts'

let engine: Engine
let customer: Wallet
let serial = 0x100
beforeAll(async () => {
  engine = await createEngine()
  customer = await engine.wallet(addressOf(1))
  await engine.deposit(customer.address, 10_000_000n)
})
afterAll(() => engine.drop())
beforeEach(async () => {
  await engine.query(`update public.jobs set status = 'cancelled' where status in ('pending', 'blocked')`)
  await engine.query(`update public.nodes set last_seen = '-infinity', next_poll_at = '-infinity'`)
})

const state = JSON.stringify({ row: 41, sum: [1, 2] })
const claim = async (node: Node) => {
  const { job } = await node.cycle()
  if (job === null) throw new Error('no job')
  return job as typeof job & { checkpoint: { attempt: number; state: string; hash: string } | null }
}
const node = (established = false): Promise<Node> =>
  engine.node(addressOf(++serial)).then(async (made) => {
    if (established)
      await engine.query('update oblivion.owners set proven_count = 1000 where address = $1', [made.address])
    return made
  })
const save = (by: Node, job: { jobId: string; attempt: number }, text = state) =>
  by.rpc<boolean>('save_checkpoint', {
    p_node_id: by.nodeId,
    p_job_id: job.jobId,
    p_attempt: job.attempt,
    p_state: text,
  })
const release = (by: Node, job: { jobId: string; attempt: number }) =>
  by.cycle({ jobId: job.jobId, attempt: job.attempt, outcome: 'released' }, false)

test('an established provider goes on from where another one stopped, with the hash of the very bytes', async () => {
  await engine.task(customer, 1)
  const [first, second] = [await node(true), await node(true)]
  const job = await claim(first)
  expect(job.checkpoint).toBeNull()
  expect(await save(first, job, '1')).toBe(true)
  expect(await save(first, job)).toBe(true)
  await release(first, job)
  const again = await claim(second)
  expect(again).toMatchObject({ jobId: job.jobId, attempt: 2 })
  expect(again.checkpoint).toEqual({ attempt: 1, state, hash: createHash('sha256').update(state).digest('hex') })
  await second.cycle(done(again), false)
})

test('T9: a stranger’s state goes to itself alone, and nobody’s goes to a stranger', async () => {
  await engine.task(customer, 1)
  const [stranger, established, other] = [await node(), await node(true), await node()]
  const job = await claim(stranger)
  await save(stranger, job)
  await release(stranger, job)
  const theirs = await claim(established)
  expect(theirs.checkpoint).toBeNull()
  await save(established, theirs, '"good"')
  await release(established, theirs)
  await engine.query(`update public.jobs set available_at = now() - interval '10 minutes' where id = $1`, [job.jobId])
  const third = await claim(other)
  expect(third).toMatchObject({ jobId: job.jobId, checkpoint: null })
  await save(other, third, '"own"')
  await release(other, third)
  await engine.query(`update public.jobs set available_at = now() - interval '10 minutes' where id = $1`, [job.jobId])
  await engine.query(`update public.nodes set last_seen = '-infinity', next_poll_at = '-infinity'`)
  expect((await claim(other)).checkpoint).toMatchObject({ attempt: 3, state: '"own"' })
})

test('is kept for the attempt that stands, by its node, as JSON of at most 64 kB and 64 levels', async () => {
  await engine.task(customer, 1)
  const [holder, other] = [await node(), await node()]
  const job = await claim(holder)
  expect(await save(other, job)).toBe(false)
  expect(await save(holder, { ...job, attempt: job.attempt + 1 })).toBe(false)
  const nested = (levels: number) => `${'['.repeat(levels)}1${']'.repeat(levels)}`
  for (const text of ['{', JSON.stringify('x'.repeat(65_535)), nested(65), nested(30_000)])
    await expect(save(holder, job, text)).rejects.toMatchObject({ code: 'OB005' })
  expect(await save(holder, job, nested(64))).toBe(true)
  await holder.cycle(done(job), false)
  expect(await save(holder, job)).toBe(false)
})

test('those of ended jobs go as new ones come', async () => {
  await engine.task(customer, 2)
  const worker = await node(true)
  const first = await claim(worker)
  await save(worker, first)
  await worker.cycle(done(first), false)
  const second = await claim(worker)
  await save(worker, second)
  const left = await engine.query<{ job_id: string }>('select job_id from oblivion.checkpoints')
  expect(left.map(({ job_id }) => job_id)).toContain(second.jobId)
  expect(left.map(({ job_id }) => job_id)).not.toContain(first.jobId)
})

test('FJ-7: who claimed by claim_job_fair is told all of its job, and nobody else is', async () => {
  await engine.task(customer, 1)
  const [holder, other] = [await node(), await node()]
  const address = { p_provider_address: holder.address }
  const [offer] = await holder.rpc<{ jobId: string }[]>('next_jobs', address)
  const p_job_id = offer?.jobId ?? ''
  expect(await holder.rpc('claimed_job', { p_job_id, ...address })).toBeNull()
  expect(await holder.rpc('claim_job_fair', { p_job_id, ...address })).toBe(true)
  expect(await holder.rpc('claimed_job', { p_job_id, ...address })).toMatchObject({
    jobId: p_job_id,
    attempt: 1,
    input: { index: 0 },
    program: { kind: 'builtin', name: 'raytrace' },
  })
  expect(await other.rpc('claimed_job', { p_job_id, p_provider_address: other.address })).toBeNull()
})
