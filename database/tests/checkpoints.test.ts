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
  return job as typeof job & { checkpoint: { attempt: number; state?: string; hash: string; url?: string } | null }
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
const bucket = 'oblivion-checkpoints'
const large = createHash('sha256').update('a large state').digest('hex')
const nameOf = ({ jobId, attempt }: { jobId: string; attempt: number }, hash = large) =>
  `uploads/${jobId}/${attempt}/${hash}`
type Sessions = Pick<Node, 'session'>
/** As Storage does it for whoever asks: 42501 where the policy refuses. */
const put = (by: Sessions, name: string) =>
  by.session(({ query }) => query('insert into storage.objects (bucket_id, name) values ($1, $2)', [bucket, name]))
const canRead = (by: Sessions, name: string) =>
  by.session(
    async ({ query }) =>
      (await query('select from storage.objects where bucket_id = $1 and name = $2', [bucket, name])).length === 1,
  )
const remove = (by: Sessions, name: string) =>
  by.session(async ({ query }) => {
    await query(`select set_config('storage.allow_delete_query', 'true', true)`)
    return query('delete from storage.objects where bucket_id = $1 and name = $2 returning id', [bucket, name])
  })
const saveStored = (by: Node, { jobId, attempt }: { jobId: string; attempt: number }, p_hash = large) =>
  by.rpc<boolean>('save_checkpoint', { p_node_id: by.nodeId, p_job_id: jobId, p_attempt: attempt, p_hash })
const keepStored = async (by: Node, job: { jobId: string; attempt: number }, hash = large) => {
  await put(by, nameOf(job, hash))
  return saveStored(by, job, hash)
}
const refused = { code: '42501' }
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

test('above 64 kB: the one that goes on is told its place and reads it there, while it holds the job and nobody else', async () => {
  await engine.task(customer, 1)
  const [first, second, third] = [await node(true), await node(true), await node(true)]
  const job = await claim(first)
  expect(await keepStored(first, job)).toBe(true)
  const name = nameOf(job)
  expect(await canRead(second, name)).toBe(false)
  await release(first, job)
  const again = await claim(second)
  expect(again.checkpoint).toEqual({ attempt: 1, hash: large, url: `${bucket}/${name}` })
  for (const [who, reads] of [
    [first, false],
    [second, true],
    [third, false],
    [customer, false],
  ] as const)
    expect(await canRead(who, name)).toBe(reads)
  // A small one after it stands in its place.
  await save(second, again)
  await release(second, again)
  expect((await claim(third)).checkpoint).toMatchObject({ attempt: 2, state })
  expect(await canRead(third, name)).toBe(false)
})

test('T9: a stranger’s stored state is neither told nor shown to anybody else', async () => {
  await engine.task(customer, 1)
  const [stranger, established] = [await node(), await node(true)]
  const job = await claim(stranger)
  await keepStored(stranger, job)
  await release(stranger, job)
  const theirs = await claim(established)
  expect(theirs).toMatchObject({ jobId: job.jobId, checkpoint: null })
  expect(await canRead(established, nameOf(job))).toBe(false)
})

test('T9: replicas never share a state, small or large, however established their owners are', async () => {
  await engine.task(customer, 1, { trust: { replicas: 2, quorum: 2 } })
  const [one, two, three] = [await node(true), await node(true), await node(true)]
  const first = await claim(one)
  const second = await claim(two)
  expect(second).toMatchObject({ chunkIndex: first.chunkIndex, checkpoint: null })
  await save(one, first)
  await keepStored(two, second)
  expect(await canRead(one, nameOf(second))).toBe(false)
  await release(one, first)
  // The job that was given back, with its own state and not with its sibling's.
  const third = await claim(three)
  expect(third).toMatchObject({ jobId: first.jobId, checkpoint: { attempt: 1, state } })
  expect(await canRead(three, nameOf(second))).toBe(false)
})

test('T9: where a result can be proven wrong nobody goes on from another’s state, so that who is judged computed all of it', async () => {
  await engine.task(customer, 1, { trust: { replicas: 3, quorum: 2 } })
  const [one, two] = [await node(true), await node(true)]
  const job = await claim(one)
  await save(one, job)
  await release(one, job)
  // Its siblings are taken first: they are fresh.
  const taken = [await claim(two)]
  for (let count = 0; count < 2; count++) taken.push(await claim(await node(true)))
  expect(taken.find(({ jobId }) => jobId === job.jobId)).toMatchObject({ attempt: 2, checkpoint: null })
})

test('a place is of the attempt at hand alone: nobody else writes, changes or removes it, and nothing there is said to be', async () => {
  await engine.task(customer, 1)
  const [holder, other] = [await node(true), await node(true)]
  const job = await claim(holder)
  await expect(saveStored(holder, job)).rejects.toMatchObject({ code: 'OB005' })
  await expect(put(other, nameOf(job))).rejects.toMatchObject(refused)
  await expect(put(customer, nameOf(job))).rejects.toMatchObject(refused)
  await expect(put(holder, nameOf({ ...job, attempt: job.attempt + 1 }))).rejects.toMatchObject(refused)
  await expect(put(holder, `${nameOf(job)}0`)).rejects.toMatchObject(refused)
  await put(holder, nameOf(job))
  expect(await saveStored(other, job)).toBe(false)
  expect(await saveStored(holder, job)).toBe(true)
  const both = { p_node_id: holder.nodeId, p_job_id: job.jobId, p_attempt: job.attempt, p_state: '1', p_hash: large }
  await expect(holder.rpc('save_checkpoint', both)).rejects.toMatchObject({ code: 'OB005' })
  for (const who of [holder, other, customer]) {
    const changed = who.session(({ query }) =>
      query(`update storage.objects set version = 'x' where name = $1 returning id`, [nameOf(job)]),
    )
    expect(await changed).toEqual([])
  }
  expect(await remove(other, nameOf(job))).toEqual([])
  // Room for three.
  const [second, third, fourth] = ['b', 'c', 'd'].map((digit) => nameOf(job, digit.repeat(64)))
  await put(holder, second as string)
  await put(holder, third as string)
  await expect(put(holder, fourth as string)).rejects.toMatchObject(refused)
  expect(await remove(holder, second as string)).toHaveLength(1)
  // Nor for a fourth beside the third, where neither sees the other's.
  const late = await holder.session(async ({ query }) => {
    await query('insert into storage.objects (bucket_id, name) values ($1, $2)', [bucket, fourth])
    const beside = put(holder, second as string).then(
      () => 'stored',
      ({ code }: { code: string }) => code,
    )
    await expect
      .poll(() =>
        engine.query(
          `select from pg_locks l join pg_database d on d.oid = l.database
            where d.datname = current_database() and l.locktype = 'advisory' and not l.granted`,
        ),
      )
      .toHaveLength(1)
    return { beside }
  })
  expect(await late.beside).toBe(refused.code)
  await release(holder, job)
  expect(await remove(holder, third as string)).toEqual([])
  await expect(put(holder, second as string)).rejects.toMatchObject(refused)
})

test('stored ones that nobody goes on from are named to the coordinator, which alone removes them', async () => {
  await engine.task(customer, 1)
  const worker = await node(true)
  const key = 'the key of a coordinator'
  const left = () => engine.coordinator<string[]>('checkpoints_left', [createHash('sha256').update(key).digest('hex')])
  const reader: Sessions = {
    session: (act) => engine.database.as({ role: 'anon', headers: { 'x-node-key': key } }, act),
  }
  const job = await claim(worker)
  await keepStored(worker, job)
  const earlier = nameOf(job, 'e'.repeat(64))
  await put(worker, earlier)
  await engine.query(`update storage.objects set created_at = now() - interval '1 hour' where bucket_id = $1`, [bucket])
  expect(await left()).toContain(earlier)
  expect(await left()).not.toContain(nameOf(job))
  await release(worker, job)
  expect(await left()).not.toContain(nameOf(job))
  await engine.query(`update jobs set status = 'cancelled' where id = $1`, [job.jobId])
  expect(await left()).toContain(nameOf(job))
  for (const who of [worker, customer]) expect(await remove(who, nameOf(job))).toEqual([])
  expect(await remove(reader, nameOf(job))).toHaveLength(1)
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

test('a save looks at some forty of those that are kept and at their jobs, however many there are', async () => {
  await engine.task(customer, 300)
  const worker = await node(true)
  const job = await claim(worker)
  await engine.query('delete from oblivion.checkpoints')
  await engine.query(
    `insert into oblivion.checkpoints (job_id, attempt, owner_id, state)
     select j.id, 1, 1, '1' from public.jobs j where j.task_id = $1 and j.id <> $2`,
    [job.taskId, job.jobId],
  )
  await engine.query('analyze oblivion.checkpoints')
  const read = await worker.session(async ({ rpc, query }) => {
    await rpc('save_checkpoint', { p_node_id: worker.nodeId, p_job_id: job.jobId, p_attempt: 1, p_state: state })
    const [row] = await query<{ rows: number }>(
      `select sum(pg_stat_get_xact_tuples_returned(c.oid) + pg_stat_get_xact_tuples_fetched(c.oid))::int as rows
         from pg_class c join pg_namespace s on s.oid = c.relnamespace
        where (s.nspname, c.relname) in (('oblivion', 'checkpoints'), ('public', 'jobs'))`,
    )
    return row?.rows
  })
  expect(read).toSatisfy((rows: number) => rows > 0 && rows < 250)
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
