import { afterAll, beforeAll, expect, test } from 'vitest'
import { addressOf, createEngine, done, type Engine, type Node, type Wallet, type WorkCycle } from './engine/engine.ts'

/*
 * T2: 100 wallets that take jobs, beat, and never finish delay a task's end by at most 1.3, by whichever door they come
 * (A4). The functions are the real ones; the clock is moved in steps of 10 s by setting every time in the database back.
 * Ten proven nodes work off a chunk a step each; a chunk may run for 60 s, and the task takes 300 s without sitters.
 */

type Job = NonNullable<WorkCycle['job']>
/** How a sitter that holds nothing tries to get a job. */
type Door = (sitter: Node) => Promise<Job | null>

const step = 10
const timeoutSeconds = 60
const chunks = 300
/** Steps without sitters. */
const alone = 30

let engine: Engine
let customer: Wallet
let honest: Node[]
let serial = 0x10000
/** Jobs that sitters got in all: an attack that gets none proves nothing. */
let sat = 0

beforeAll(async () => {
  engine = await createEngine({ claimBudget: 'default' })
  await engine.deposit(addressOf(1), 1_000_000_000n)
  customer = await engine.wallet(addressOf(1))
  honest = await many(10)
  await engine.query(`update oblivion.owners set proven_count = 100 where address = any ($1)`, [
    honest.map(({ address }) => address),
  ])
})
afterAll(() => engine.drop())

const many = (count: number): Promise<Node[]> =>
  Promise.all(
    Array.from({ length: count }, () => {
      serial += 1
      return engine.node(addressOf(serial))
    }),
  )

const passTime = async () => {
  const back = `- interval '${step} seconds'`
  await engine.query(`update jobs set started_at = started_at ${back}, lease_expires_at = lease_expires_at ${back},
    available_at = available_at ${back}, offered_until = offered_until ${back} where status in ('pending', 'processing')`)
  await engine.query(`update nodes set last_seen = last_seen ${back}, next_poll_at = next_poll_at ${back}`)
  await engine.query(`update oblivion.owners set budget_at = budget_at ${back}, claims_from = claims_from ${back}`)
}

const byCycle: Door = async (sitter) => (await sitter.cycle()).job
const offersTo = (sitter: Node) =>
  sitter.rpc<{ jobId: string }[]>('next_jobs', { p_provider_address: sitter.address, p_limit: 10 })
/** As older workers claim: the direct update of a job that they are shown. */
const byUpdate: Door = async (sitter) => {
  const [offer] = await offersTo(sitter)
  if (offer === undefined) return null
  return sitter.session(async ({ query }) => {
    const [job] = await query<Job>(
      `update public.jobs set status = 'processing', provider_address = $2 where id = $1 and status = 'pending'
       returning id as "jobId", attempt, task_id as "taskId", chunk_index as "chunkIndex"`,
      [offer.jobId, sitter.address],
    )
    return job ?? null
  })
}
/** Never takes what it is offered: for 10 s nobody else is shown it. */
const byOffersAlone: Door = async (sitter) => {
  await offersTo(sitter)
  return null
}

/** How many steps the task takes, endless where it fails or takes twice as long as alone, when the sitters come at `arrival`, always a moment before the honest. */
const stepsOf = async (sitters: Node[], arrival: number, take: Door = byCycle): Promise<number> => {
  const taskId = await engine.task(customer, chunks, { timeoutSeconds })
  const held = new Map<Node, Job>()
  for (let now = 0; now < 2 * alone; now += 1) {
    await engine.coordinator('run_rescue')
    for (const sitter of now >= arrival ? sitters : []) {
      const job = held.get(sitter)
      if (job !== undefined) {
        // Often enough: a tab keeps its job for 45 s after a beat.
        if (now % 3 !== 0) continue
        const beat = { p_node_id: sitter.nodeId, p_job_id: job.jobId, p_attempt: job.attempt }
        if (!(await sitter.rpc<{ cancel: boolean }>('heartbeat', beat)).cancel) continue
        held.delete(sitter)
      }
      const taken = await take(sitter)
      if (taken !== null) {
        held.set(sitter, taken)
        sat += 1
      }
    }
    for (const node of honest) {
      const job = held.get(node)
      const answer = await node.cycle(job === undefined ? null : done(job))
      if (answer.job === null) held.delete(node)
      else held.set(node, answer.job)
    }
    const { status } = await customer.rpc<{ status: string }>('get_task', { p_task_id: taskId })
    if (status !== 'running') return status === 'completed' ? now : Number.POSITIVE_INFINITY
    await passTime()
  }
  // A stranger's attempt is never the last (T3): where nobody is proven, sitters can hold a task for ever.
  await customer.rpc('cancel_task', { p_task_id: taskId })
  return Number.POSITIVE_INFINITY
}

const doors: [string, Door, boolean][] = [
  ['work_cycle', byCycle, true],
  ['the fallback update', byUpdate, true],
  ['offers that they leave lying', byOffersAlone, false],
]
test('without sitters a task takes 30 steps', async () => {
  expect(await stepsOf([], 0)).toBe(alone)
})

test.each(doors)(
  'T2: 100 sitters by %s delay the end of a task by at most 1.3, whenever they come',
  async (_, door, takes) => {
    sat = 0
    // Who only looks is many calls, and worst for the last chunks.
    const fromTheStart = takes ? await stepsOf(await many(100), 0, door) : alone
    const forTheLastChunks = await stepsOf(await many(100), 27, door)
    expect({ fromTheStart, forTheLastChunks }).toEqual({
      fromTheStart: expect.toSatisfy((steps: number) => steps / alone <= 1.3),
      forTheLastChunks: expect.toSatisfy((steps: number) => steps / alone <= 1.3),
    })
    expect(sat > 0).toBe(takes)
  },
)

test('and that is the doing of what it costs them and of the proven first: without both, it takes longer', async () => {
  await engine.query(
    `update oblivion.settings set claim_budget = 1e9, claim_budget_refill = '1 microsecond', proven_after = 1000`,
  )
  expect((await stepsOf(await many(100), 27, byUpdate)) / alone).toBeGreaterThan(1.3)
})
