import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { addressOf, createEngine, type Engine, type Wallet } from './engine/engine.ts'

/* Every pair of statuses, on the real table: docs/state-machine.md lists the ones that exist, the rest is refused. */

const statuses = ['blocked', 'pending', 'processing', 'completed', 'failed', 'cancelled'] as const
type Status = (typeof statuses)[number]

const allowed: Record<Status, Status[]> = {
  blocked: ['pending', 'cancelled'],
  pending: ['processing', 'blocked', 'cancelled'],
  processing: ['completed', 'failed', 'pending', 'blocked', 'cancelled'],
  completed: [],
  failed: ['pending'],
  cancelled: [],
}

let engine: Engine
let customer: Wallet

beforeAll(async () => {
  engine = await createEngine()
  await engine.deposit(addressOf(1), 1_000_000_000n)
  customer = await engine.wallet(addressOf(1))
  await engine.node(addressOf(2))
})
afterAll(() => engine.drop())

const values: Record<Status, string> = {
  blocked: `status = 'blocked'`,
  pending: `status = 'pending'`,
  processing: `status = 'processing', attempt = attempt + 1, started_at = now(), lease_expires_at = now() + interval '1 minute',
    (node_id, provider_address) = (select n.id, n.provider_address from nodes n limit 1)`,
  completed: `status = 'completed', finished_at = now()`,
  failed: `status = 'failed', finished_at = now()`,
  cancelled: `status = 'cancelled'`,
}
/** By steps that exist. */
const ways: Record<Status, Status[]> = {
  blocked: ['blocked'],
  pending: [],
  processing: ['processing'],
  completed: ['processing', 'completed'],
  failed: ['processing', 'failed'],
  cancelled: ['cancelled'],
}
const move = (jobId: string, to: Status) => engine.query(`update jobs set ${values[to]} where id = $1`, [jobId])
const jobIn = async (status: Status): Promise<string> => {
  // Two chunks, so that the task does not end with the one at hand.
  const taskId = await engine.task(customer, 2)
  const [job] = await engine.query<{ id: string }>(`select id from jobs where task_id = $1 limit 1`, [taskId])
  if (job === undefined) throw new Error('No job.')
  for (const step of ways[status]) await move(job.id, step)
  return job.id
}

describe.each(statuses)('from %s', (from) => {
  test.each(statuses.filter((to) => to !== from))('to %s', async (to) => {
    const jobId = await jobIn(from)
    const moved = move(jobId, to)
    if (allowed[from].includes(to)) await moved
    else await expect(moved).rejects.toMatchObject({ code: '23514' })
    const [job] = await engine.query(`select status from jobs where id = $1`, [jobId])
    expect(job).toEqual({ status: allowed[from].includes(to) ? to : from })
    const [node] = await engine.query(
      `select current_jobs, (select count(*)::int from jobs where node_id = nodes.id) as held from nodes`,
    )
    expect(node?.current_jobs).toBe(node?.held)
  })
})
