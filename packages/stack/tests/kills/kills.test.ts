import { type ChildProcess, fork } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { type KillableStack, startKillableStack } from './startKillableStack.ts'

/** 100 by `pnpm test:deep`; here one of each kind. */
const ROUNDS = Number(process.env.KILL_ROUNDS ?? 4)
const SEED = Number(process.env.KILL_SEED ?? Date.now() % 1_000_000)
const NODES = 5
const PRICE = 1000n
/** Shorter than the two minutes after which a tried job goes to anybody: a job that nobody may have is found here. */
const STANDSTILL_MS = 90_000

let stack: KillableStack
let crew: Crew | undefined
afterEach(async () => {
  crew?.dismiss()
  await stack.stop()
})

/** What is killed: each kind in turn first, then by lot. */
const kinds = ['postgres', 'gateway', 'client', 'backend', 'postgres and gateway'] as const

test(`SW-4: ${ROUNDS} times kill -9 of PostgreSQL, of the gateway, of clients: no claim, result or receipt is lost`, {
  timeout: 60_000 + 60_000 * ROUNDS,
}, async () => {
  stack = await startKillableStack()
  crew = await hire(SEED)
  const random = randomFrom(SEED)
  const killed: Record<string, number> = {}
  for (let round = 0; round < ROUNDS; round += 1) {
    await topUp()
    // A random moment: after so many more answers, so that it falls among calls in flight.
    await crew.answers('got', Math.floor(random() * 12))
    const kind = kinds[round < kinds.length ? round : Math.floor(random() * kinds.length)] ?? 'client'
    killed[kind] = (killed[kind] ?? 0) + 1
    if (kind === 'client') crew.kill(random)
    else if (kind === 'gateway') await stack.killGateway()
    else if (kind === 'backend') await stack.killBackend()
    else await Promise.all([stack.killPostgres(), ...(kind === 'postgres' ? [] : [stack.killGateway()])])
    // And work goes on.
    await crew.answers('accepted', 3)
    if (random() < 0.3) await stack.query('select oblivion.run_rescue()')
  }
  const finished = await finish()
  expect(await wrongs(crew.told()), `KILL_SEED=${SEED}`).toEqual({})
  const told = crew.told()
  console.log(`kill -9 ${JSON.stringify(killed)}: ${JSON.stringify(finished)}, ${told.got.length} attempts told`)
  expect(told.got.length).toBeGreaterThan(ROUNDS)
})

test('the test bites: where a claim need not be durable, an attempt number is given out twice', async () => {
  stack = await startKillableStack()
  crew = await hire(SEED)
  await topUp()
  await stack.query('checkpoint')
  // From here on commits wait in memory for up to 10 s.
  await stack.query(`alter system set wal_writer_delay = '10s'`)
  await stack.query(`alter system set synchronous_commit = 'off'`)
  await stack.query('select pg_reload_conf()')
  await crew.answers('accepted', 10)
  await stack.killPostgres()
  await crew.answers('accepted', 5)
  const { numbers = [], receipts = [] } = await wrongs(crew.told())
  expect([...numbers, ...receipts]).not.toEqual([])
})

type Told = Record<'got' | 'accepted', { jobId: string; attempt: number; nodeId: string }[]>
type Crew = {
  /** Resolves after so many more answers of this kind. */
  answers(kind: 'got' | 'accepted', count: number): Promise<void>
  kill(random: () => number): void
  /** All that clients were ever told, the dead ones too. */
  told(): Told
  dismiss(): void
}

/** Worker processes, each a node of a wallet of its own; a killed one is replaced by one with the same key. */
const hire = async (seed: number): Promise<Crew> => {
  // Three beats are 45 s; here who is gone is gone after one second, so that rescue and late results happen too.
  await stack.query(
    `update oblivion.settings set stale_after = '1 second', stale_after_browser = '1 second', max_losses = 1000,
            claim_budget = 1e9, claim_budget_proven = 1e9`,
  )
  await stack.query(`alter table oblivion.owners alter column claim_budget set default 1e9`)
  await stack.query(
    `select oblivion.open_settlement_instance(31337, '0x' || repeat('c', 40), '0x' || repeat('d', 40), '0x' || repeat('e', 64), 1)`,
  )
  await stack.query(
    `select oblivion.record_chain_events(i.id, 1, 1, '0x' || repeat('1', 64), jsonb_build_array(jsonb_build_object(
              'kind', 'Deposited', 'customer', $1::text, 'amount', '1000000000', 'txHash', '0x' || repeat('2', 64),
              'logIndex', 0, 'blockNumber', 1, 'blockHash', '0x' || repeat('1', 64))))
       from oblivion.settlement_instances i where i.closed_at is null`,
    [customer],
  )
  const folder = mkdtempSync(join(tmpdir(), 'oblivion-kills-log-'))
  const waiting = new Set<{ kind: string; left: number; resolve: () => void }>()
  const places: { nodeId: string; key: string; address: string; log: string; child?: ChildProcess }[] = []
  let serial = seed
  let over = false

  const hear = (message: unknown): void => {
    if (typeof message === 'string' && message.startsWith('refused')) throw new Error(message)
    for (const one of waiting) {
      if (one.kind !== message) continue
      one.left -= 1
      if (one.left > 0) continue
      waiting.delete(one)
      one.resolve()
    }
  }
  const employ = (place: (typeof places)[number]): void => {
    serial += 1
    const { nodeId, key, address, log } = place
    const args = [stack.gatewayUrl, stack.anonKey, nodeId, key, address, log, String(serial)]
    const child = fork(new URL('workerClient.ts', import.meta.url), args, { execArgv: [] })
    child.on('message', hear)
    child.once('exit', () => {
      if (!over) employ(place)
    })
    place.child = child
  }
  for (let n = 0; n < NODES; n += 1) {
    const address = addressOf(0x100 + n)
    const { nodeId, nodeSecret } = await asWallet<{ nodeId: string; nodeSecret: string }>(
      ...[address, `public.register_node('box', $2)`, [n % 2 === 0 ? 'server' : 'browser']],
    )
    places.push({ nodeId, key: nodeSecret, address, log: join(folder, `${n}.log`) })
  }
  // Half of them are proven; a newcomer holds one job at most.
  await stack.query(`update oblivion.owners set proven_count = 1000 where id % 2 = 0`)
  for (const place of places) employ(place)
  return {
    answers: (kind, count) =>
      new Promise((resolve, reject) => {
        if (count === 0) return resolve()
        // Five nodes that compute nothing have done all that waits in the time that a restart takes.
        const work = setInterval(() => void topUp().catch(fail), 500)
        const timer = setTimeout(() => void standstill(kind).then(fail, fail), STANDSTILL_MS)
        const over = (): void => {
          clearInterval(work)
          clearTimeout(timer)
        }
        const fail = (error: unknown): void => {
          over()
          reject(error)
        }
        waiting.add({
          ...{ kind, left: count },
          resolve: () => {
            over()
            resolve()
          },
        })
      }),
    kill: (random) => {
      const alive = places.map(({ child }) => child)
      alive[Math.floor(random() * alive.length)]?.kill('SIGKILL')
      if (random() < 0.3) for (const child of alive) child?.kill('SIGKILL')
    },
    told: () => {
      const told: Told = { got: [], accepted: [] }
      for (const { log } of places)
        for (const line of existsSync(log) ? readFileSync(log, 'utf8').split('\n').slice(0, -1) : []) {
          const [what, jobId = '', attempt, nodeId = ''] = line.split(' ')
          told[what as keyof Told].push({ jobId, attempt: Number(attempt), nodeId })
        }
      return told
    },
    dismiss: () => {
      over = true
      for (const { child } of places) child?.kill('SIGKILL')
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

const addressOf = (n: number): string => `0x${n.toString(16).padStart(40, '0')}`
const customer = addressOf(1)

/** A call of a function as this wallet, whose parameters begin with $2; asked again after a crash, so it must bear to run twice. */
const asWallet = async <T>(address: string, expression: string, params: unknown[]): Promise<T> => {
  const sub = await stack.wallet(address)
  const [row] = await stack.query<{ answer: T }>(
    `select (select ${expression} from (select set_config('request.jwt.claim.sub', $1, true),
              set_config('request.jwt.claims', jsonb_build_object('sub', $1::text, 'role', 'authenticated')::text, true)) claims) as answer`,
    [sub, ...params],
  )
  return row?.answer as T
}

/** There is always work. Two posts where one was lost in a crash are two tasks. */
const topUp = async (): Promise<void> => {
  const [row] = await stack.query<{ open: number }>(`select count(*)::int as open from jobs where status = 'pending'`)
  if ((row?.open ?? 0) > 40) return
  const task = {
    ...{ title: 'Kills', type: 'raytrace', pricePerChunk: `${PRICE}`, acknowledgeVisible: true, maxAttempts: 10 },
    inputs: Array.from({ length: 80 }, (_, index) => ({ index })),
  }
  await asWallet(customer, 'public.create_task($2)', [JSON.stringify(task)])
}

/** Work does not go on: what is the matter, as far as the database can tell. */
const standstill = async (kind: string): Promise<Error> => {
  const [row] = await stack.query(
    `select (select jsonb_object_agg(status, count) from (select status, count(*) from jobs group by 1) x) as jobs,
            (select count(*)::int from jobs where status = 'pending' and not due) as "notDue",
            (select jsonb_agg(jsonb_build_array(n.current_jobs, n.max_jobs, now() - n.last_seen, o.claims_from, o.accepted_count))
               from nodes n join oblivion.owners o on o.id = n.owner_id) as nodes,
            (select jsonb_agg(jsonb_build_array(a.usename, a.state, a.wait_event_type, a.wait_event, now() - a.xact_start, left(a.query, 80)))
               from pg_stat_activity a where a.datname = current_database() and a.pid <> pg_backend_pid()) as sessions`,
  )
  const health = await fetch(`${stack.gatewayUrl}/health`, { signal: AbortSignal.timeout(3_000) }).then(
    ({ status }) => `${status}`,
    (error: Error) => `${error.message} ${error.cause}`,
  )
  return new Error(`No ${kind} for ${STANDSTILL_MS / 1000} s: ${JSON.stringify({ ...row, health })}`)
}

/** Until the queue is empty, then a last look of rescue. */
const finish = async () => {
  for (const deadline = performance.now() + STANDSTILL_MS; ; ) {
    if (performance.now() > deadline) throw await standstill('end')
    await stack.query(`update jobs set available_at = now() where status = 'pending' and not due`)
    await stack.query('select oblivion.run_rescue()')
    const [row] = await stack.query<Record<string, number>>(
      `select count(*) filter (where status = 'completed')::int as completed,
              count(*) filter (where status = 'failed')::int as failed,
              count(*) filter (where status in ('blocked', 'pending', 'processing'))::int as open
         from jobs`,
    )
    if (row?.open === 0) return row
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
}

/** By subject, what must not be and is. */
const wrongs = async ({ got, accepted }: Told): Promise<Record<string, unknown[]>> => {
  const list = (leases: Told['got']) => [
    leases.map(({ jobId }) => jobId),
    leases.map(({ attempt }) => attempt),
    leases.map(({ nodeId }) => nodeId),
  ]
  const given = new Map<string, string>()
  const twice = got.filter(({ jobId, attempt, nodeId }) => {
    const key = `${jobId} ${attempt}`
    const before = given.get(key)
    given.set(key, nodeId)
    return before !== undefined && before !== nodeId
  })
  const found: Record<string, unknown[]> = {
    // Told to two nodes; or told to somebody and unknown to the history, so that the number was or will be given again.
    numbers: [
      ...twice,
      ...(await stack.query(
        `select g.* from unnest($1::uuid[], $2::int[], $3::uuid[]) as g (job_id, attempt, node_id)
          where not exists (select from oblivion.attempts a
                 where a.job_id = g.job_id and a.attempt = g.attempt and a.node_id = g.node_id)
            and not exists (select from jobs j
                 where j.id = g.job_id and j.attempt = g.attempt and j.node_id = g.node_id)`,
        list(got),
      )),
      ...(await stack.query(
        `select job_id, attempt from oblivion.attempts group by job_id, attempt having count(*) > 1`,
      )),
    ],
    receipts: [
      ...(await stack.query(
        `select g.* from unnest($1::uuid[], $2::int[], $3::uuid[]) as g (job_id, attempt, node_id)
          where not exists (select from oblivion.receipts r where r.job_id = g.job_id and r.attempt = g.attempt)`,
        list(accepted),
      )),
      ...(await stack.query(
        `select j.id, j.status, count(r.id)::int as receipts from jobs j left join oblivion.receipts r on r.job_id = j.id
          group by j.id
         -- A failure that a second owner confirms is paid as well (M12).
         having count(r.id) <> (j.status = 'completed'
           or j.status = 'failed' and bool_or(r.result_hash = oblivion.failure_hash(j.error)) is true)::int`,
      )),
    ],
    ends: await stack.query(
      `select j.id, j.status from jobs j
        where j.status = 'completed'
          and 1 <> (select count(*) from oblivion.attempts a where a.job_id = j.id and a.outcome = 'succeeded')`,
    ),
    counters: await stack.query(
      `select n.id from nodes n where n.current_jobs <> (select count(*) from jobs j where j.node_id = n.id)`,
    ),
    ledger: [
      ...(await stack.query(
        `select coalesce(sum(amount), 0)::int as total from oblivion.ledger having coalesce(sum(amount), 0) <> 0`,
      )),
    ],
  }
  const { free, held, spent, deposited } = await asWallet<Record<string, string>>(customer, 'public.my_balance()', [])
  if (BigInt(free ?? 0) + BigInt(held ?? 0) + BigInt(spent ?? 0) !== BigInt(deposited ?? 0))
    found.ledger?.push({ free, held, spent, deposited })
  return Object.fromEntries(Object.entries(found).filter(([, list]) => list.length > 0))
}

/** Numbers from 0 to 1 that a seed repeats (mulberry32). */
const randomFrom = (seed: number) => {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}
