import { createHash } from 'node:crypto'
import pg from 'pg'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { openEmbedding } from './engine/embedding.ts'
import { addressOf, createEngine, done, type Engine, type Node, type Wallet, type WorkCycle } from './engine/engine.ts'

/*
 * Results that lie in Storage: delivered by their node, read by the coordinator, accepted or not by the engine (T12, T8).
 * Here the objects are rows without bytes; with bytes they are in packages/sdk/tests/stack.test.ts.
 */

type Job = NonNullable<WorkCycle['job']>
const bucket = 'oblivion-results'
const hash = (text: string) => createHash('sha256').update(text).digest('hex')
const right = hash('what was computed')
const key = 'the key of a coordinator'
const MiB = 1024 * 1024

let engine: Engine
let customer: Wallet
let stranger: Wallet
let node: Node
let other: Node

beforeAll(async () => {
  engine = await createEngine()
  await engine.deposit(addressOf(1), 1_000_000_000n)
  customer = await engine.wallet(addressOf(1))
  stranger = await engine.wallet(addressOf(9))
  node = await engine.node(addressOf(2))
  other = await engine.node(addressOf(3))
})
afterAll(() => engine.drop())
afterEach(async () => {
  const counts = await engine.query(
    `select o.id, o.unread from oblivion.owners o
      where o.unread <> (select count(*) from oblivion.deliveries d where d.owner_id = o.id)`,
  )
  expect(counts, 'owners.unread').toEqual([])
})
beforeEach(async () => {
  await engine.query(`update jobs set status = 'cancelled' where status in ('blocked', 'pending', 'processing')`)
  await engine.coordinator('run_rescue')
})

type Sessions = Pick<Node, 'session'>
const reader: Sessions = {
  session: (act) => engine.database.as({ role: 'anon', headers: { 'x-node-key': key } }, act),
}
/** As Storage does it for whoever asks: 42501 where the policy refuses, 23505 where the name is taken. */
const put = (who: Sessions, name: string) =>
  who.session(({ query }) => query('insert into storage.objects (bucket_id, name) values ($1, $2)', [bucket, name]))
const canRead = async (who: Sessions, name: string) =>
  who.session(
    async ({ query }) =>
      (await query('select from storage.objects where bucket_id = $1 and name = $2', [bucket, name])).length === 1,
  )
const change = (who: Sessions, name: string) =>
  who.session(({ query }) =>
    query(`update storage.objects set version = 'x' where bucket_id = $1 and name = $2 returning id`, [bucket, name]),
  )
/** As Storage does it for whoever asks: nothing where no policy lets the caller. */
const remove = (who: Sessions, name: string, from = bucket) =>
  who.session(async ({ query }) => {
    await query(`select set_config('storage.allow_delete_query', 'true', true)`)
    return query('delete from storage.objects where bucket_id = $1 and name = $2 returning id', [from, name])
  })
const refused = { code: '42501' }

const uploadName = ({ jobId, attempt }: Job, of = right) => `uploads/${jobId}/${attempt}/${of}`
const delivery = (job: Job, of = right) => ({
  jobId: job.jobId,
  attempt: job.attempt,
  outcome: 'succeeded',
  resultUrl: `${bucket}/${uploadName(job, of)}`,
  resultHash: of,
})
const claim = async (by: Node, more: Record<string, unknown> = {}): Promise<Job> => {
  await engine.task(customer, 1, more)
  return claimNext(by)
}
const claimNext = async (by: Node): Promise<Job> => {
  const { job } = await by.cycle()
  if (job === null) throw new Error('The node got nothing.')
  return job
}
const deliver = async (by: Node, job: Job, of = right) => {
  await put(by, uploadName(job, of))
  return by.cycle(delivery(job, of), false)
}
const due = () => engine.coordinator<{ jobId: string; name: string }[]>('deliveries_due', [hash(key)])
/** What a coordinator does that has read these bytes. */
const judge = async (job: Job, of: string | null, bytes: number | null = MiB) => {
  await due()
  if (of !== null) await put(reader, `results/${of}`).catch(() => {})
  return engine.coordinator<string | null>('judge_delivery', [job.jobId, job.attempt, of, bytes])
}
const receipts = async ({ jobId }: Job) =>
  (await engine.query('select from oblivion.receipts where job_id = $1', [jobId])).length
const stateOf = async ({ jobId }: Job) =>
  (
    await engine.query(
      `select j.status, j.node_id, j.lease_expires_at as lease, r.verdict,
         (select n.current_jobs from nodes n where n.id = $2) as current
       from jobs j left join oblivion.results r on r.job_id = j.id where j.id = $1`,
      [jobId, node.nodeId],
    )
  )[0]
const results = (taskId: string) =>
  customer.rpc<{ results: { result: unknown; resultHash: string; storedBytes: number | null; verdict: string }[] }>(
    'task_results',
    { p_task_id: taskId },
  )

test('T12: a result in Storage is unpaid until the coordinator has read it; then it is accepted, once', async () => {
  const job = await claim(node)
  expect(job).toMatchObject({ limits: { maxResultBytes: 65_536, maxStoredBytes: 16 * MiB } })
  expect(await deliver(node, job)).toMatchObject({ accepted: true, reason: null })
  // Its node is free, nobody else gets the job, and nothing is paid or shown.
  expect(await stateOf(job)).toEqual({ status: 'processing', node_id: null, lease: null, verdict: null, current: 0 })
  expect((await other.cycle()).job).toBeNull()
  expect(await receipts(job)).toBe(0)
  expect((await results(job.taskId)).results).toEqual([])
  await engine.coordinator('run_rescue')
  // Told twice, as after a lost answer.
  expect(await node.cycle(delivery(job), false)).toMatchObject({ accepted: true })

  expect((await due()).filter(({ jobId }) => jobId === job.jobId)).toMatchObject([{ name: uploadName(job) }])
  expect(await judge(job, right)).toBe('accepted')
  expect(await stateOf(job)).toMatchObject({ status: 'completed', verdict: 'unchecked', current: 0 })
  expect(await receipts(job)).toBe(1)
  expect((await results(job.taskId)).results).toMatchObject([
    { result: null, resultHash: right, storedBytes: MiB, verdict: 'unchecked' },
  ])
  expect(await customer.rpc('get_task', { p_task_id: job.taskId })).toMatchObject({ status: 'completed' })
  // Again, late, or from another coordinator: nothing.
  expect(await judge(job, right)).toBeNull()
  expect(await judge(job, null)).toBeNull()
  expect(await node.cycle(delivery(job), false)).toMatchObject({ accepted: true })
  expect(await receipts(job)).toBe(1)
})

test('how its chunk was tried still has its node’s number, which is that of an earlier try', async () => {
  const job = await claim(node)
  await engine.query(
    `insert into oblivion.attempts (job_id, attempt, task_id, node_id, owner_id, provider_address, queued_at, started_at, outcome)
     select $1, 0, $2, n.id, n.owner_id, n.provider_address, now(), now() - interval '1 minute', 'released'
       from nodes n where n.id = $3`,
    [job.jobId, job.taskId, node.nodeId],
  )
  await deliver(node, job)
  const { attempts } = await customer.rpc<{ attempts: unknown[] }>('chunk_attempts', {
    p_task_id: job.taskId,
    p_chunk_index: job.chunkIndex,
  })
  expect(attempts).toMatchObject([
    { worker: 1, outcome: 'released' },
    { worker: 1, outcome: null, endedAt: null },
  ])
  expect(await judge(job, right)).toBe('accepted')
})

test.each([
  ['has another hash than its name', hash('something else'), MiB, 'does not have the hash'],
  ['is no canonical JSON', null, MiB, 'is not canonical JSON'],
  ['is larger than allowed', right, 16 * MiB + 1, 'is larger than 16777216 bytes'],
  ['is gone', null, null, 'is not in Storage any more'],
])('T12: what %s is never paid and is a failure of its node', async (_, of, bytes, words) => {
  const job = await claim(node)
  await deliver(node, job)
  if (bytes === null) await engine.query('delete from storage.objects where name = $1', [uploadName(job)])
  expect(await judge(job, of, bytes)).toBe('refused')
  expect(await receipts(job)).toBe(0)
  expect(await stateOf(job)).toMatchObject({ status: 'pending', verdict: null, current: 0 })
  const [attempt] = await engine.query('select outcome, error, node_id from oblivion.attempts where job_id = $1', [
    job.jobId,
  ])
  expect(attempt).toMatchObject({ outcome: 'rejected', node_id: node.nodeId, error: expect.stringContaining(words) })
  const [row] = await engine.query(
    `select j.failures, j.excluded_owner_id = n.owner_id as excluded from jobs j, nodes n where j.id = $1 and n.id = $2`,
    [job.jobId, node.nodeId],
  )
  expect(row).toEqual({ failures: 1, excluded: true })
  expect(await node.cycle(delivery(job), false)).toMatchObject({ accepted: false, reason: 'stale_attempt' })
})

test('T12: nothing is accepted that the coordinator has not written under its hash', async () => {
  const job = await claim(node)
  const unwritten = hash('never written')
  await deliver(node, job, unwritten)
  await expect(engine.coordinator('judge_delivery', [job.jobId, job.attempt, unwritten, MiB])).rejects.toMatchObject({
    code: 'OB005',
  })
  expect(await receipts(job)).toBe(0)
})

test('T12: an upload is for the attempt at hand, once, and never changed', async () => {
  const job = await claim(node)
  await expect(put(other, uploadName(job))).rejects.toMatchObject(refused)
  await expect(put(customer, uploadName(job))).rejects.toMatchObject(refused)
  await expect(put(node, `results/${right}`)).rejects.toMatchObject(refused)
  await expect(put(node, uploadName({ ...job, attempt: job.attempt + 1 }))).rejects.toMatchObject(refused)
  await expect(put(node, `${uploadName(job)}0`)).rejects.toMatchObject(refused)
  await expect(node.cycle(delivery(job), false)).rejects.toMatchObject({ code: 'OB005' })
  await put(node, uploadName(job))
  await expect(put(node, uploadName(job))).rejects.toMatchObject({ code: expect.stringMatching('42501|23505') })
  await expect(put(node, uploadName(job, hash('another')))).rejects.toMatchObject(refused)
  for (const anybody of [node, customer, reader]) expect(await change(anybody, uploadName(job))).toEqual([])
  // The place of another attempt is a stranger's URL, and so is any other.
  for (const resultUrl of [
    `${bucket}/results/${right}`,
    `${bucket}/${uploadName({ ...job, attempt: 7 })}`,
    `oblivion-inputs/${addressOf(1)}/${right}`,
  ])
    await expect(node.cycle({ ...delivery(job), resultUrl }, false)).rejects.toMatchObject({ code: 'OB009' })
})

test('T12: whoever does not upload before the end of the lease is rescued, and uploads no more', async () => {
  const job = await claim(node)
  await engine.query(`update jobs set lease_expires_at = now() - interval '1 second' where id = $1`, [job.jobId])
  await expect(put(node, uploadName(job))).rejects.toMatchObject(refused)
  expect(await engine.coordinator('run_rescue')).toBe(1)
  expect(await node.cycle(delivery(job), false)).toMatchObject({ accepted: false, reason: 'stale_attempt' })
  expect(await stateOf(job)).toMatchObject({ status: 'pending' })
})

test('T8: a stored result is read by nobody before its stage has ended, and then by its customer alone', async () => {
  const text = hash('what replicas agree on')
  await engine.task(customer, 1, { trust: { replicas: 2, quorum: 2 } })
  const first = await claimNext(node)
  const second = await claimNext(other)
  await deliver(node, first, text)
  expect(await judge(first, text)).toBe('accepted')
  const everybody = [customer, stranger, node, other]
  const read = async () => Promise.all(everybody.map((who) => canRead(who, `results/${text}`)))
  expect(await read()).toEqual([false, false, false, false])
  expect((await results(first.taskId)).results).toEqual([])
  // Nor does the name of an upload say whether somebody has the same.
  await deliver(other, second, text)
  expect(await read()).toEqual([false, false, false, false])
  expect(await judge(second, text)).toBe('accepted')
  expect(await read()).toEqual([true, false, false, false])
  expect(await Promise.all(everybody.map((who) => canRead(who, uploadName(first, text))))).not.toContain(true)
  expect((await results(first.taskId)).results).toMatchObject([
    { resultHash: text, storedBytes: MiB, verdict: 'valid' },
  ])
  for (const who of everybody) expect(await change(who, `results/${text}`)).toEqual([])
})

test('the next stage of a pipeline is fed with a stored result: to who holds its job, and as long', async () => {
  const text = hash('what the first stage made')
  await engine.task(customer, 1, { type: undefined, pipeline: [{ type: 'first' }, { type: 'second' }] })
  const first = await claimNext(node)
  await deliver(node, first, text)
  expect((await other.cycle()).job).toBeNull()
  expect(await judge(first, text)).toBe('accepted')
  expect(await canRead(other, `results/${text}`)).toBe(false)
  const second = await claimNext(other)
  expect(second).toMatchObject({
    input: { input: { index: 0 }, previous: null },
    inputUrl: { input: null, previous: `${bucket}/results/${text}` },
  })
  expect(await canRead(other, `results/${text}`)).toBe(true)
  expect(await canRead(node, `results/${text}`)).toBe(false)
  await deliver(other, second, hash('what the second made of it'))
  expect(await canRead(other, `results/${text}`)).toBe(false)
  expect(await judge(second, hash('what the second made of it'))).toBe('accepted')
  expect((await results(first.taskId)).results).toMatchObject([{ storedBytes: MiB }])
})

test('a stored input goes into each stage of a pipeline, and beside what the stage before has stored', async () => {
  const text = hash('what the first stage made of it')
  const input = hash('a large input')
  const place = `${customer.address}/${input}`
  await customer.session(({ query }) =>
    query(`insert into storage.objects (bucket_id, name) values ('oblivion-inputs', $1)`, [place]),
  )
  const canReadInput = (who: Sessions) =>
    who.session(async ({ query }) => (await query(`select from storage.objects where name = $1`, [place])).length === 1)
  const pipeline = [{ type: 'first' }, { type: 'second' }, { type: 'third' }]
  await engine.task(customer, 1, { type: undefined, pipeline, inputs: [{ $stored: input }] })
  const first = await claimNext(node)
  expect(first).toMatchObject({ input: null, inputUrl: `oblivion-inputs/${place}` })
  await deliver(node, first, text)
  expect(await canReadInput(node)).toBe(false)
  await judge(first, text)

  const second = await claimNext(other)
  expect(second).toMatchObject({
    input: { input: null, previous: null },
    inputUrl: { input: `oblivion-inputs/${place}`, previous: `${bucket}/results/${text}` },
  })
  expect([await canReadInput(other), await canRead(other, `results/${text}`)]).toEqual([true, true])
  expect([await canReadInput(node), await canRead(node, `results/${text}`)]).toEqual([false, false])
  await other.cycle(done(second, 'small'), false)

  const third = await claimNext(node)
  expect(third).toMatchObject({
    input: { input: null, previous: 'small' },
    inputUrl: { input: `oblivion-inputs/${place}`, previous: null },
  })
  expect([await canReadInput(node), await canRead(node, `results/${text}`)]).toEqual([true, false])
  await node.cycle(done(third), false)
  await expect(
    engine.task(customer, 1, { type: undefined, pipeline, inputs: [{ $stored: hash('not there') }] }),
  ).rejects.toMatchObject({ code: 'OB005' })
})

test('what stages and their successors need stays in Storage while they are at work', async () => {
  const text = hash('kept for the second stage')
  const input = `${customer.address}/${hash('kept for all stages')}`
  await customer.session(({ query }) =>
    query(`insert into storage.objects (bucket_id, name) values ('oblivion-inputs', $1)`, [input]),
  )
  const pipeline = [{ type: 'first' }, { type: 'second' }]
  const inputs = [{ $stored: input.slice(-64) }]
  await engine.task(customer, 1, { type: undefined, pipeline, inputs })
  const first = await claimNext(node)
  await deliver(node, first, text)
  await judge(first, text)
  await engine.query(`update storage.objects set created_at = now() - interval '31 days'`)
  expect(await engine.coordinator('inputs_left', [hash(key)])).not.toContain(input)
  expect(await engine.coordinator('uploads_left', [hash(key)])).not.toContain(`results/${text}`)
  await due()
  expect(await remove(reader, input, 'oblivion-inputs')).toEqual([])
  expect(await remove(reader, `results/${text}`)).toEqual([])
  await other.cycle(done(await claimNext(other)), false)
})

test('a delivered job ends as any other: cancelled with its task it is paid, reset by hand it is given back', async () => {
  const cancelled = await claim(node)
  await deliver(node, cancelled)
  await customer.rpc('cancel_task', { p_task_id: cancelled.taskId })
  expect(await judge(cancelled, right)).toBe('accepted')
  expect(await receipts(cancelled)).toBe(1)
  expect(await customer.rpc('get_task', { p_task_id: cancelled.taskId })).toMatchObject({ status: 'cancelled' })

  const reset = await claim(node)
  await deliver(node, reset)
  await engine.query(`update jobs set status = 'pending', provider_address = null where id = $1`, [reset.jobId])
  expect(await judge(reset, right)).toBeNull()
  const [attempt] = await engine.query('select outcome, node_id from oblivion.attempts where job_id = $1', [
    reset.jobId,
  ])
  expect(attempt).toEqual({ outcome: 'released', node_id: node.nodeId })
  expect(await stateOf(reset)).toMatchObject({ status: 'pending', current: 0 })
})

test('nobody ends an attempt that was delivered: neither a former holder, who knows its number, nor its own node', async () => {
  await engine.query('update oblivion.owners set accepted_count = 1000, proven_count = 1000 where address = any($1)', [
    [node.address, other.address],
  ])
  await engine.task(customer, 1, { maxAttempts: 1 })
  const former = await claimNext(other)
  expect(await other.cycle({ ...former, outcome: 'released' }, false)).toMatchObject({ accepted: true })
  await engine.query(`update jobs set due = true, available_at = now() where id = $1`, [former.jobId])
  const job = await claimNext(node)
  expect(job).toMatchObject({ jobId: former.jobId, attempt: former.attempt + 1 })
  await deliver(node, job)
  const stands = await stateOf(job)
  for (const who of [other, node])
    for (const outcome of ['released', 'failed']) {
      const report = { jobId: job.jobId, attempt: job.attempt, outcome, error: 'no' }
      expect(await who.cycle(report, false)).toMatchObject({ accepted: false, reason: 'stale_attempt' })
    }
  for (const who of [other, node]) {
    const end = { p_job_id: job.jobId, p_provider_address: who.address, p_error: 'no' }
    expect(await who.rpc('fail_job', end)).toBe(false)
  }
  expect(await stateOf(job)).toEqual(stands)
  expect(await judge(job, right)).toBe('accepted')
  expect(await receipts(job)).toBe(1)
})

test('a visitor whose address changes is paid for what it delivered before', async () => {
  const embedding = await openEmbedding(engine)
  const site = await embedding.createSite()
  const visitor = await embedding.visit(site, 'a wanderer', { 'x-real-ip': '198.51.100.7' })
  await engine.task(customer, 1)
  const { job } = await embedding.cycle(visitor)
  if (job === null) throw new Error('The visitor got nothing.')
  await engine.query('insert into storage.objects (bucket_id, name) values ($1, $2)', [bucket, uploadName(job)])
  expect(await embedding.cycle(visitor, delivery(job))).toMatchObject({ accepted: true })
  await embedding.visit(site, 'a wanderer', { 'x-real-ip': '203.0.113.7' })
  expect(await judge(job, right)).toBe('accepted')
  expect(await receipts(job)).toBe(1)
})

const budgetOf = async ({ address }: Node) =>
  (
    await engine.query<{ budget: number }>(
      'select oblivion.budget_of(o) as budget from oblivion.owners o where o.address = $1',
      [address],
    )
  )[0]?.budget ?? 0
/** Begun so long ago, and delivered a minute later. */
const deliveredAgo = async ({ jobId }: Job, ago: string) => {
  await engine.query('update jobs set started_at = now() - $2::interval where id = $1', [jobId, ago])
  await engine.query(
    `update oblivion.deliveries set delivered_at = now() - $2::interval + interval '1 minute' where job_id = $1`,
    [jobId, ago],
  )
}

test('what nobody has read for a day is computed again, at no cost to its owner', async () => {
  const job = await claim(node)
  await deliver(node, job)
  expect(await engine.coordinator('run_rescue')).toBe(0)
  await deliveredAgo(job, '2 days')
  const before = await budgetOf(node)
  expect(await engine.coordinator('run_rescue')).toBe(1)
  expect(await stateOf(job)).toMatchObject({ status: 'pending', current: 0 })
  expect(before - (await budgetOf(node))).toBeLessThan(0.1)
  expect(await judge(job, right)).toBeNull()
})

test('an owner pays for what is refused by the time until it was delivered, not until it was read', async () => {
  const job = await claim(node)
  await deliver(node, job)
  await deliveredAgo(job, '20 hours')
  const [{ held = 0 } = {}] = await engine.query<{ held: number }>(
    'select extract(epoch from claim_budget_held)::float8 as held from oblivion.settings',
  )
  const before = await budgetOf(node)
  expect(await judge(job, hash('something else'))).toBe('refused')
  expect(before - (await budgetOf(node))).toBeLessThan(1.1 + 60 / held)
})

test('where the node is gone the job is computed again', async () => {
  const leaver = await engine.node(addressOf(12))
  const job = await claim(leaver)
  await deliver(leaver, job)
  await engine.query('delete from nodes where id = $1', [leaver.nodeId])
  expect(await judge(job, right)).toBe('refused')
  expect(await stateOf(job)).toMatchObject({ status: 'pending' })
})

test('“not found” is not believed of what lies in Storage', async () => {
  const job = await claim(node)
  await deliver(node, job)
  await expect(judge(job, null, null)).rejects.toMatchObject({ code: 'OB005' })
  expect(await judge(job, right)).toBe('accepted')
})

test('the coordinator reads by owners in turn', async () => {
  const many = await engine.node(addressOf(13), 'many', 'server')
  await engine.query('update oblivion.owners set accepted_count = 1000, proven_count = 1000 where address = $1', [
    addressOf(13),
  ])
  await engine.task(customer, 4)
  for (let count = 0; count < 3; count++) await deliver(many, await claimNext(many))
  const last = await claimNext(other)
  await deliver(other, last)
  expect((await due()).map(({ jobId }) => jobId).indexOf(last.jobId)).toBe(1)
})

test('who is forgotten gives back what it delivered', async () => {
  const leaver = await engine.node(addressOf(5))
  const job = await claim(leaver)
  await deliver(leaver, job)
  await leaver.rpc('forget_me')
  expect(await stateOf(job)).toMatchObject({ status: 'pending' })
  expect(await judge(job, right)).toBeNull()
})

test('who has 20 that nobody has read is offered no other job by any door and told why; what it holds it still delivers', async () => {
  const busy = await engine.node(addressOf(6), 'busy', 'server')
  await engine.coordinator('set_max_jobs', [busy.nodeId, 10])
  await engine.query('update oblivion.owners set accepted_count = 1000, proven_count = 1000 where address = $1', [
    busy.address,
  ])
  await engine.task(customer, 30)
  const held = await claimNext(busy)
  const last = await claimNext(busy)
  for (let count = 0; count < 19; count++) await deliver(busy, await claimNext(busy))
  const call = { p_provider_address: busy.address }
  const [offer] = await busy.rpc<{ jobId: string }[]>('next_jobs', call)
  expect(await deliver(busy, last)).toMatchObject({ accepted: true })

  expect((await busy.cycle()).job).toMatchObject({ jobId: held.jobId, attempt: held.attempt })
  expect(await busy.rpc('next_jobs', call)).toEqual([])
  expect(await busy.rpc('claim_job_fair', { ...call, p_job_id: offer?.jobId })).toBe(false)
  const batch = await busy.rpc<{ jobs: Job[] }>('work_batch', { p_node_id: busy.nodeId, p_done: '[]' })
  expect(batch.jobs).toEqual([])
  const direct = await busy.session(({ query }) =>
    query(`update jobs set status = 'processing', provider_address = $2 where id = $1 returning id`, [
      offer?.jobId,
      busy.address,
    ]),
  )
  expect(direct).toEqual([])
  expect(await busy.rpc('explain_claim', { p_node_id: busy.nodeId })).toMatchObject({
    reason: 'results_unread',
    sentence: expect.stringMatching(/^20 results .* once some are/),
    values: { unread: 20 },
  })
  const theirs = await claimNext(node)
  // Computed before: refused, it would be computed again, and paid to nobody.
  expect(await deliver(busy, held)).toMatchObject({ accepted: true })
  expect((await busy.cycle()).job).toBeNull()
  // Read, and at work again: with 19.
  expect(await judge(held, right)).toBe('accepted')
  expect((await busy.cycle()).job).toBeNull()
  expect(await judge(last, null)).toBe('refused')
  const next = await claimNext(busy)

  // Storage is not without end for who claimed a thousand before.
  await engine.query('update oblivion.owners set unread = unread + 81 where address = $1', [busy.address])
  await expect(put(busy, uploadName(next))).rejects.toMatchObject(refused)
  await engine.query('update oblivion.owners set unread = unread - 81 where address = $1', [busy.address])
  await put(busy, uploadName(next))
  await node.cycle(done(theirs), false)
})

test('who has proved nothing has one result that nobody has read', async () => {
  const fresh = await engine.node(addressOf(14))
  const job = await claim(fresh)
  await deliver(fresh, job)
  await engine.task(customer, 1)
  expect((await fresh.cycle()).job).toBeNull()
  expect(await fresh.rpc('explain_claim', { p_node_id: fresh.nodeId })).toMatchObject({
    reason: 'results_unread',
    sentence: expect.stringMatching(/^One result of this wallet is /),
  })
  expect(await judge(job, right)).toBe('accepted')
  await claimNext(fresh)
})

test('who is held up is nobody whom another, without claim budget, would have to wait for', async () => {
  const busy = await engine.wallet(addressOf(6))
  const [row] = await engine.query<{ held_up: boolean; others: boolean }>(
    `select o.held_up, oblivion.others_can_work(0) as others from oblivion.owners o where o.address = $1`,
    [busy.address],
  )
  expect(row).toEqual({ held_up: false, others: true })
  await engine.query('update oblivion.owners set unread = unread + 20')
  expect(await engine.query('select oblivion.others_can_work(0) as others')).toEqual([{ others: false }])
  await engine.query('update oblivion.owners set unread = unread - 20')
})

test('the other doors take a delivery too: complete_job, work_batch', async () => {
  const job = await claim(node)
  await put(node, uploadName(job))
  const call = { p_job_id: job.jobId, p_provider_address: node.address, p_result_url: delivery(job).resultUrl }
  expect(await node.rpc('complete_job', call)).toBe(true)
  expect(await node.rpc('complete_job', call)).toBe(true)
  expect(await judge(job, right)).toBe('accepted')
  expect(await node.rpc('complete_job', call)).toBe(true)

  const server = await engine.node(addressOf(7), 'batches', 'server')
  await engine.coordinator('set_max_jobs', [server.nodeId, 4])
  await engine.task(customer, 2)
  const batch = (p_done: unknown[], p_limit: number) =>
    server.rpc<{ done: unknown[]; jobs: Job[] }>('work_batch', {
      p_node_id: server.nodeId,
      p_done: JSON.stringify(p_done),
      p_limit,
    })
  const { jobs } = await batch([], 2)
  const [stored, plain] = jobs as [Job, Job]
  await put(server, uploadName(stored))
  const reports = [delivery(stored), done(plain)]
  expect((await batch(reports, 0)).done).toMatchObject([{ accepted: true }, { accepted: true }])
  expect((await batch(reports, 0)).done).toMatchObject([{ accepted: true }, { accepted: true }])
  expect([await receipts(stored), await receipts(plain)]).toEqual([0, 1])
  expect(await judge(stored, right)).toBe('accepted')
})

test('a delivery is no death of its program, whatever its report says', async () => {
  const deaths = () => engine.query('select from oblivion.program_deaths')
  const died = { reason: 'sandbox_died', error: 'OB209' }
  const failure = (job: Job) => ({ jobId: job.jobId, attempt: job.attempt, outcome: 'failed', ...died })
  // Who is believed when it says so.
  await engine.query('update oblivion.owners set accepted_count = 1000, proven_count = 1000')
  const single = await claim(node)
  await put(node, uploadName(single))
  expect(await node.cycle({ ...delivery(single), ...died }, false)).toMatchObject({ accepted: true })
  expect(await deaths()).toEqual([])
  await node.cycle(failure(await claim(node)), false)
  expect(await deaths()).toHaveLength(1)

  const server = await engine.node(addressOf(8), 'batches', 'server')
  await engine.coordinator('set_max_jobs', [server.nodeId, 4])
  await engine.query('update oblivion.owners set accepted_count = 1000, proven_count = 1000')
  await engine.query(`update jobs set status = 'cancelled' where status in ('blocked', 'pending')`)
  await engine.task(customer, 2)
  const batch = (p_done: unknown[], p_limit: number) =>
    server.rpc<{ done: unknown[]; jobs: Job[] }>('work_batch', {
      p_node_id: server.nodeId,
      p_done: JSON.stringify(p_done),
      p_limit,
    })
  const { jobs } = await batch([], 2)
  const [stored, failed] = jobs as [Job, Job]
  await put(server, uploadName(stored))
  await batch([{ ...delivery(stored), ...died }], 0)
  expect(await deaths()).toHaveLength(1)
  await batch([failure(failed)], 0)
  expect(await deaths()).toHaveLength(2)
})

test('uploads that nobody needs are named to the coordinator, which alone removes them', async () => {
  const job = await claim(node)
  await put(node, uploadName(job))
  await engine.query(`update storage.objects set created_at = now() - interval '1 hour' where bucket_id = $1`, [bucket])
  const left = () => engine.coordinator<string[]>('uploads_left', [hash(key)])
  // In work; then delivered; then read.
  expect(await left()).not.toContain(uploadName(job))
  await node.cycle(delivery(job), false)
  expect(await left()).not.toContain(uploadName(job))
  await judge(job, right)
  expect(await left()).toContain(uploadName(job))
  for (const who of [node, customer, stranger]) expect(await remove(who, uploadName(job))).toEqual([])
  expect(await remove(reader, `results/${right}`)).toEqual([])
  expect(await remove(reader, uploadName(job))).toHaveLength(1)
  // A coordinator that has had nothing to do for ten minutes has no key.
  await engine.query(`update oblivion.storage_keys set ends_at = now() - interval '1 second'`)
  expect(await canRead(reader, `results/${right}`)).toBe(false)
})

test('inputs that nobody needs go after 30 days: not while their customer has a task, and by the coordinator alone', async () => {
  const idle = await engine.wallet(addressOf(11))
  await engine.deposit(addressOf(11), 1_000_000n)
  const input = `${idle.address}/${hash('an input')}`
  const store = (name: string) =>
    idle.session(({ query }) =>
      query(`insert into storage.objects (bucket_id, name) values ('oblivion-inputs', $1)`, [name]),
    )
  await store(input)
  const left = () => engine.coordinator<string[]>('inputs_left', [hash(key)])
  await due()
  expect(await left()).toEqual([])
  expect(await remove(reader, input, 'oblivion-inputs')).toEqual([])
  await engine.query(
    `update storage.objects set created_at = now() - interval '31 days' where bucket_id = 'oblivion-inputs'`,
  )
  await store(`${idle.address}/${hash('a new one')}`)
  const taskId = await engine.task(idle, 1)
  expect(await left()).toEqual([])
  await idle.rpc('cancel_task', { p_task_id: taskId })
  expect(await left()).toEqual([])
  await engine.query(`update oblivion.tasks set finished_at = now() - interval '2 days' where id = $1`, [taskId])
  expect(await left()).toEqual([input])
  for (const who of [idle, stranger, node]) expect(await remove(who, input, 'oblivion-inputs')).toEqual([])
  expect(await remove(reader, input, 'oblivion-inputs')).toHaveLength(1)
  expect(await left()).toEqual([])
})

test('whether inputs are needed is asked once a customer, and not for each of them', async () => {
  const names = [12, 13].flatMap((of) => [1, 2, 3].map((input) => `${addressOf(of)}/${hash(`input ${input}`)}`))
  await engine.query(`delete from storage.objects where bucket_id = 'oblivion-inputs'`)
  await engine.query(
    `insert into storage.objects (bucket_id, name, created_at)
     select 'oblivion-inputs', n, now() - interval '31 days' from unnest($1::text[]) n`,
    [names],
  )
  const client = new pg.Client({ connectionString: engine.database.superuserUrl })
  await client.connect()
  await client.query(`begin; set local track_functions = 'all'`)
  const { rows: left } = await client.query<{ answer: string[] }>('select oblivion.inputs_left($1) as answer', [
    hash(key),
  ])
  const { rows: asked } = await client.query(
    `select calls::int from pg_stat_xact_user_functions where funcname = 'is_input_left'`,
  )
  await client.query('rollback')
  await client.end()
  expect(left[0]?.answer.toSorted()).toEqual(names.toSorted())
  expect(asked).toEqual([{ calls: 2 }])
})
