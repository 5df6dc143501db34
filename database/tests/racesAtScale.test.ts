import { afterEach, describe, expect, test } from 'vitest'
import { faultsAtRest, nothing } from './engine/atRest.ts'
import { addressOf, createEngine, type Engine, type Node } from './engine/engine.ts'
import { mixedWorld } from './engine/mixedWorld.ts'
import { keepRewriting, pauseByLot } from './engine/pauses.ts'
import { type Race, type Racer, race } from './engine/race.ts'

/** 20,000 by `pnpm test:deep`; here what fits into seconds. */
const JOBS = Number(process.env.RACE_JOBS ?? 1_500)
const SEED = Number(process.env.RACE_SEED ?? 1)
/** So many races and so many mixed worlds with pauses; more by `pnpm test:deep`. */
const PAUSED = Number(process.env.RACE_PAUSED ?? 1)
const numbers = Array.from({ length: PAUSED }, (_, n) => SEED + n)
const HUGE = 1_000_000_000
let engine: Engine

afterEach(() => engine.drop())

/**
 * 64 connections: 40 nodes of wallets of their own, 4 nodes with two connections each, and 8 newcomers, who have one job
 * over all their nodes, with two tabs each. Buckets of 1, 3 and 8 beside tasks without.
 */
const prepare = async (jobs: number) => {
  engine = await createEngine({ fairOrder: 'default' })
  await engine.query(`update oblivion.settings set proven_after = ${HUGE}`)
  await engine.deposit(addressOf(1), 1_000_000_000_000n)
  const customer = await engine.wallet(addressOf(1))

  const alone: Node[] = []
  for (let n = 0; n < 44; n += 1) alone.push(await engine.node(addressOf(0x100 + n), 'box', 'server'))
  await engine.query(`update oblivion.owners set proven_count = ${HUGE}`)
  const tabs: Node[] = []
  for (let n = 0; n < 16; n += 1) tabs.push(await engine.node(addressOf(0x200 + (n >> 1)), `tab-${n}`))
  const racers: Racer[] = [
    ...[...alone, ...alone.slice(40)].map((node) => ({ node, cap: 2, ownerCap: 2 })),
    ...tabs.map((node) => ({ node, cap: 1, ownerCap: 1 })),
  ]

  const caps = new Map<string, number>()
  const shares = [
    { part: 0.02, bucket: 1 },
    { part: 0.08, bucket: 3 },
    { part: 0.3, bucket: 8 },
    { part: 0.6, bucket: null },
  ]
  const count = (part: number) => Math.round(jobs * part)
  const total = shares.reduce((sum, { part }) => sum + count(part), 0)
  for (const { part, bucket } of shares) {
    for (let left = count(part); left > 0; left -= 5_000) {
      const more = { maxAttempts: 10, priority: bucket === null ? 0 : 1 }
      const task = await engine.task(customer, Math.min(left, 5_000), {
        ...more,
        ...(bucket === null ? {} : { maxConcurrentChunks: bucket }),
      })
      if (bucket !== null) caps.set(task, bucket)
    }
  }
  return { racers, caps, jobs: total, customer }
}

/** What failed waits for its back-off: the clock of those rows is moved on while the race runs. */
const hurryBackOffs = () => {
  const timer = setInterval(() => {
    engine
      .query(
        // It waits for nobody: locks taken here against the engine's order would end in a deadlock of the test's making.
        `update jobs set available_at = now()
          where id in (select id from jobs where status = 'pending' and not due for no key update skip locked)`,
      )
      .catch(() => undefined)
  }, 250)
  return () => clearInterval(timer)
}

const runRace = async (jobs: number): Promise<{ outcome: Race; total: number; racers: Racer[] }> => {
  const { racers, caps, jobs: total } = await prepare(jobs)
  const stop = hurryBackOffs()
  try {
    return { outcome: await race(engine, { racers, caps, jobs: total, seed: SEED }), total, racers }
  } finally {
    stop()
  }
}

test('64 connections: no job twice, none lost, no cap exceeded', { timeout: 900_000 }, async () => {
  const { outcome, total, racers } = await runRace(JOBS)
  expect(outcome.violations).toEqual([])
  expect(outcome.accepted.size).toBe(total)
  const [state] = await engine.query(
    `select count(*) filter (where status = 'completed')::int as completed,
            (select count(*)::int from oblivion.receipts) as receipts,
            (select count(*)::int from oblivion.results) as results,
            -- No attempt number given out twice, and none left out.
            (select count(*)::int
               from (select j.id
                       from jobs j
                       join oblivion.attempts a on a.job_id = j.id
                      group by j.id
                     having count(*) <> j.attempt or max(a.attempt) <> j.attempt
                         or count(*) filter (where a.outcome = 'succeeded') <> 1) wrong) as wrong,
            (select count(*)::int from oblivion.tasks where status <> 'completed') as open,
            (select sum(total_jobs_completed)::int from nodes) as counted
       from jobs`,
  )
  await engine.coordinator('run_rescue')
  expect(state).toMatchObject({ completed: total, receipts: total, results: total, wrong: 0, counted: total })
  expect(await differingCounters()).toEqual([])
  // And while jobs are held: every racer takes one more and keeps it.
  const customer = await engine.wallet(addressOf(1))
  await engine.task(customer, 200)
  // Who has had more lets others go first for a moment, so some ask again.
  const empty = new Set(racers)
  for (let turn = 0; turn < 50 && empty.size > 8; turn += 1)
    await Promise.all(
      [...empty].map(async (racer) => {
        if ((await racer.node.cycle()).job !== null) empty.delete(racer)
      }),
    )
  const [held] = await engine.query<{ count: number }>(
    `select count(*)::int as count from jobs where status = 'processing'`,
  )
  // 40 nodes with one, 4 with two, and 8 newcomers with one.
  expect(held?.count).toBe(56)
  expect(await differingCounters()).toEqual([])
})

describe('with pauses by lot in every function no two calls wait for each other', () => {
  test.for(numbers)('in a race, seed %i', { timeout: 300_000 }, async (seed) => {
    const { racers, caps, jobs } = await prepare(PAUSED > 1 ? 1_500 : 150)
    await pauseByLot(engine)
    const stop = keepRewriting(engine)
    const outcome = await race(engine, { racers, caps, jobs, seed }).finally(stop)
    expect(outcome.violations).toEqual([])
    expect(outcome.accepted.size).toBe(jobs)
  })

  test.for(numbers)('in a mixed world, seed %i', { timeout: 300_000 }, async (seed) => {
    engine = await createEngine({ fairOrder: 'default' })
    await engine.query('update oblivion.settings set fair_grace = $1, fair_grace_most = $1', ['20 ms'])
    await pauseByLot(engine)
    expect(await mixedWorld(engine, { ms: PAUSED > 1 ? 15_000 : 2_000, seed })).toEqual([])
    expect(await faultsAtRest(engine)).toEqual(nothing)
  })
})

describe('the test bites', () => {
  const fault = async (name: string, change: (definition: string) => string) => {
    const [row] = await engine.query<{ definition: string }>(
      `select pg_get_functiondef(p.oid) as definition from pg_proc p
        where p.pronamespace = 'oblivion'::regnamespace and p.proname = $1`,
      [name],
    )
    const before = row?.definition ?? ''
    const after = change(before)
    if (after === before) throw new Error(`${name} was not changed.`)
    await engine.query(after)
  }

  test('without the advisory locks caps are exceeded', async () => {
    const { racers, caps, jobs } = await prepare(1_500)
    // Everybody gets a lock of their own.
    await fault('lock_key', (text) =>
      text
        .replace('IMMUTABLE', 'VOLATILE')
        .replace(/RETURN hashtextextended\(.*\)/, 'RETURN (random() * 1e18)::bigint'),
    )
    const { violations } = await race(engine, { racers, caps, jobs, seed: SEED })
    expect(violations.join('\n')).toMatch(/holds too many|above its bucket/)
  })

  test('without the lock of the job two begin the same attempt', async () => {
    const { racers, caps, jobs } = await prepare(1_500)
    await fault('pick_job', (text) => text.replaceAll(/for no key update skip locked/g, ''))
    const { violations } = await race(engine, { racers, caps, jobs, seed: SEED })
    // Two begin the same attempt, and whatever stands behind the lock ends one of them: the key of attempts, the guard of
    // claim(), or the server, which sees them wait for each other.
    expect(violations).not.toEqual([])
  })
})

const differingCounters = () =>
  engine.query(
    `select n.id, n.current_jobs, count(j.id)::int as leases
       from nodes n
       left join jobs j on j.node_id = n.id and j.status = 'processing' and j.lease_expires_at is not null
      group by n.id
     having n.current_jobs <> count(j.id)`,
  )
