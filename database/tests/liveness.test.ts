import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { addressOf, createEngine, done, type Engine, type Node, type Wallet } from './engine/engine.ts'
import { rewrite } from './engine/plantedFaults.ts'

/*
 * Rules that keep a job from one node for the sake of another must not wait for each other. In small worlds by lot, of
 * proven owners and newcomers, some of them away, with tasks of every kind of which some jobs were tried, all who are there
 * ask in turn until nobody is given anything. Then nothing may wait that one of them could compute. No time passes, so
 * what two minutes or an hour would mend is a fault.
 */

/** More by `pnpm test:deep`. */
const WORLDS = Number(process.env.LIVENESS_WORLDS ?? 20)
const SEED = Number(process.env.LIVENESS_SEED ?? Date.now() % 1_000_000)
const OWNERS = 5

const task = fc.record({
  chunks: fc.integer({ min: 1, max: 3 }),
  replicas: fc.constantFrom(1, 1, 2, 3),
  bucket: fc.constantFrom(undefined, undefined, 1),
  assign: fc.constantFrom(undefined, undefined, true),
  types: fc.constantFrom(undefined, undefined, ['server']),
  priority: fc.integer({ min: 0, max: 1 }),
  /** Who tried its first jobs, each in vain: owners by number. */
  tried: fc.array(fc.subarray([0, 1, 2, 3, 4]), { maxLength: 3 }),
})
const world = fc.record({
  proven: fc.subarray([0, 1, 2, 3, 4]),
  away: fc.subarray([0, 1, 2, 3, 4], { maxLength: 3 }),
  /** Who has no claim budget left: others go first. */
  spent: fc.subarray([0, 1, 2, 3, 4], { maxLength: 2 }),
  fairOrder: fc.boolean(),
  tasks: fc.array(task, { minLength: 1, maxLength: 3 }),
  /** Who asks after whom. */
  turns: fc.shuffledSubarray([0, 1, 2, 3, 4], { minLength: 5 }),
  /** Which of the first jobs that are given come back at once. */
  givesBack: fc.array(fc.boolean(), { minLength: 8, maxLength: 8 }),
})

let engine: Engine
let customer: Wallet
let nodes: Node[]
beforeAll(async () => {
  engine = await createEngine()
  await engine.deposit(addressOf(1), 1_000_000_000n)
  customer = await engine.wallet(addressOf(1))
  nodes = []
  for (let n = 0; n < OWNERS; n += 1)
    nodes.push(await engine.node(addressOf(0x100 + n), 'box', n % 2 === 0 ? 'server' : 'browser'))
  // The fair order makes who had much wait for others, up to 3 s each time.
  await engine.query(`update oblivion.settings set fair_grace = '5 ms', fair_grace_most = '20 ms'`)
})
afterAll(() => engine.drop())

const setUp = async ({ proven, away, spent, fairOrder, tasks }: Scene) => {
  await engine.query(`update oblivion.tasks set status = 'cancelled', finished_at = now() where status = 'running'`)
  await engine.query(`update jobs set status = 'cancelled' where status in ('pending', 'blocked')`)
  await engine.query('update oblivion.settings set fair_order = $1', [fairOrder])
  // Who waited in the world before keeps nobody waiting in this one.
  await engine.query(`update oblivion.waiting_room set expires_at = '-infinity'`)
  await engine.query(
    `update oblivion.owners o
        set proven_count = case when o.address = any ($1) then 100 else 0 end,
            accepted_count = 0,
            claim_budget = case when o.address = any ($2) then -1 else 1000 end,
            budget_at = now(),
            claims_from = case when o.address = any ($2) then now() + interval '10 minutes' else '-infinity' end`,
    [proven.map((n) => nodes[n]?.address), spent.map((n) => nodes[n]?.address)],
  )
  await engine.query('update nodes set unsuited_until = null, found_nothing_until = null')
  for (const [n, node] of nodes.entries()) if (!away.includes(n)) await node.cycle(null, false)
  await engine.query(
    `update nodes set last_seen = now() - interval '1 hour', next_poll_at = now() - interval '1 hour' where id = any ($1)`,
    [away.map((n) => nodes[n]?.nodeId)],
  )
  for (const { chunks, replicas, bucket, assign, types, priority, tried } of tasks) {
    const taskId = await engine.task(customer, chunks, {
      ...{
        trust: { replicas },
        maxConcurrentChunks: bucket,
        assign: replicas === 1 ? assign : undefined,
        workerTypes: types,
        priority,
      },
    })
    for (const [place, owners] of tried.entries())
      await engine.query(
        `update jobs j set attempt = cardinality(x.ids), excluded_owner_id = x.ids[1], excluded_owner_ids = x.ids,
                offered_to = null, offered_until = null, moves = j.moves + 1
           from (select array_agg(o.id) as ids from oblivion.owners o where o.address = any ($3)) x
          where x.ids is not null
            and j.id = (select id from jobs where task_id = $1 and status = 'pending' order by chunk_index, seq limit 1 offset $2)`,
        [taskId, place, owners.map((n) => nodes[n]?.address)],
      )
  }
}
type Scene = typeof world extends fc.Arbitrary<infer T> ? T : never

/** What waits and somebody who is there could compute, whatever the engine thinks of it. */
const left = () =>
  engine.query(
    `select t.replicas, t.max_concurrent_chunks as bucket, t.assign, j.due, j.attempt, j.excluded_owner_ids, j.offered_to,
            array_agg(n.owner_id) as could
       from jobs j join oblivion.tasks t on t.id = j.task_id
       join nodes n on n.owner_id <> t.owner_id and n.worker_type = any (coalesce(t.worker_types, array[n.worker_type]))
                   and oblivion.is_online(n.last_seen, n.next_poll_at)
      where j.status = 'pending'
        and t.status = 'running'
        and not exists (select from oblivion.replica_owners r
              where r.task_id = j.task_id and r.chunk_index = j.chunk_index and r.cluster_id = n.owner_id)
      group by j.id, t.id`,
  )

const playOut = async (scene: Scene) => {
  await setUp(scene)
  const givesBack = [...scene.givesBack]
  for (let idle = 0; idle < 3; ) {
    let given = 0
    for (const n of scene.turns.filter((one) => !scene.away.includes(one))) {
      const node = nodes[n] as Node
      let { job } = await node.cycle()
      while (job !== null) {
        given += 1
        const report = givesBack.shift() ? { jobId: job.jobId, attempt: job.attempt, outcome: 'released' } : done(job)
        ;({ job } = await node.cycle(report, report.outcome === 'succeeded'))
      }
    }
    if (given === 0) await new Promise((resolve) => setTimeout(resolve, scene.fairOrder ? 25 : 0))
    idle = given === 0 ? idle + 1 : 0
  }
  return left()
}

/** The first world in which somebody waits in vain, or null. */
const firstStandstill = async (seed: number, numRuns: number) => {
  for (const [index, scene] of fc.sample(world, { numRuns, seed }).entries()) {
    const waits = await playOut(scene)
    if (waits.length > 0) return { index, scene, waits }
  }
  return null
}

test(`somebody is given what somebody could compute, in ${WORLDS} worlds`, {
  timeout: 60_000 + 5_000 * WORLDS,
}, async () => {
  expect(await firstStandstill(SEED, WORLDS), `LIVENESS_SEED=${SEED}`).toBeNull()
})

const faults: [string, string, RegExp, string][] = [
  [
    'who has another replica of a chunk keeps newcomers from it',
    'newcomers_may_take',
    /oblivion\.has_replica\(p_job, n\)/,
    'false',
  ],
  ['and the proven who tried it', 'may_retry', /oblivion\.has_replica\(j, n\)/, 'false'],
  ['newcomers from whom a job is kept keep it from the proven', 'may_retry', /may\.newcomers/, 'true'],
  [
    'who asked and got nothing keeps it from who has spent its budget',
    'others_can_work',
    /n\.found_nothing_until <= now\(\)/,
    'true',
  ],
]
// Of a seed by which each is found within six worlds.
test.each(faults)('the test bites: %s', { timeout: 600_000 }, async (_, name, words, instead) => {
  const before: string[] = []
  await rewrite(engine.query, name, (definition) => {
    before.push(definition)
    return definition.replace(words, instead)
  })
  try {
    expect(await firstStandstill(7, 100)).not.toBeNull()
  } finally {
    for (const definition of before) await engine.query(definition)
  }
})
