import fc from 'fast-check'
import pg from 'pg'
import { addressOf, done, type Engine, type Node, type Wallet, type WorkCycle } from './engine.ts'
import { createHistory, type Lease } from './history.ts'
import { roundOf, violationsOf, type World } from './invariants.ts'

/*
 * Random histories in which clients crash. A round is one to four acts at once, each on a connection of its own; whether
 * a client hears the answer, and whether its call is committed at all, is drawn with the act.
 */

/** What becomes of a node's call. */
const fate = fc.oneof(
  { weight: 8, arbitrary: fc.constant('answered' as const) },
  // The connection drops after the commit and before the answer.
  { weight: 2, arbitrary: fc.constant('deaf' as const) },
  // The client vanishes in mid-transaction, once everybody else of the round is done or waits.
  { weight: 2, arbitrary: fc.constant('vanished' as const) },
  // It is cut off at any moment.
  { weight: 1, arbitrary: fc.constant('cut' as const) },
)
type Fate = 'answered' | 'deaf' | 'vanished' | 'cut'

const NODES = 8
const node = fc.nat({ max: NODES - 1 })
const end = fc.constantFrom('succeeded', 'succeeded', 'succeeded', 'failed', 'failed', 'released', 'wrong hash')
const which = fc.nat({ max: 1000 })
const mostly = fc.constantFrom(true, true, true, false)

export const act = fc.oneof(
  { weight: 30, arbitrary: fc.record({ kind: fc.constant('cycle' as const), node, end, claim: mostly, fate }) },
  { weight: 5, arbitrary: fc.record({ kind: fc.constant('literal' as const), node, fate }) },
  { weight: 8, arbitrary: fc.record({ kind: fc.constant('fallback' as const), node, fate }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('report' as const), node, end, fate }) },
  { weight: 5, arbitrary: fc.record({ kind: fc.constant('late' as const), which, end, fate }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('beat' as const), node, fate }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('lapse' as const), node, overtime: fc.boolean() }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('rescue' as const) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('register' as const), node }) },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('by hand' as const), which }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('pause' as const), which }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('resume' as const), which }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('cancel' as const), which }) },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('task' as const),
      customer: fc.nat({ max: 1 }),
      chunks: fc.integer({ min: 1, max: 5 }),
      attempts: fc.constantFrom(1, 1, 2, 3),
      bucket: fc.constantFrom(undefined, 1, 1, 2),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('deposit' as const), customer: fc.nat({ max: 1 }) }) },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('time passes' as const) }) },
)
type Act = typeof act extends fc.Arbitrary<infer T> ? T : never

/** What happens at once. */
export const round = fc.array(act, { minLength: 1, maxLength: 4 })

export type Played = {
  counts: Record<string, number>
  violations: { name: string; violation: string }[]
  rounds: number
}

/**
 * Plays a history and looks at every invariant after each round; stops at the first round after which one does not hold.
 *
 * @param heal at the end everybody is well again, and all work is done
 */
export const play = async (engine: Engine, rounds: Act[][], { heal = true } = {}): Promise<Played> => {
  const world = await createWorld(engine)
  try {
    for (const [index, acts] of rounds.entries()) {
      await world.play(acts)
      const violations = await violationsOf(world.seen, index % 8 === 7)
      if (violations.length > 0) return { counts: world.counts, violations, rounds: index + 1 }
    }
    if (heal) await world.heal()
    return { counts: world.counts, violations: await violationsOf(world.seen), rounds: rounds.length }
  } finally {
    await world.close()
  }
}

type Refusal = { code?: string; message: string; detail?: string; where?: string }
/** With what Postgres says of where it happened, and of a deadlock who waited for what. */
const wordsOf = (what: string, { code, message, detail, where }: Refusal) =>
  [`${what}: ${code} ${message}`, detail, where].filter((part) => part !== undefined).join('\n')

type Client = { pg: pg.Client; pid: number }
/** A call of a node: answers undefined where its client never hears of it. */
type Call = (client: Client) => Promise<unknown>

const createWorld = async (engine: Engine) => {
  const customers = [await engine.wallet(addressOf(1)), await engine.wallet(addressOf(2))]
  // Two of one proven owner; another proven one; newcomers, one with two tabs; and a customer's own.
  const owners = [0x100, 0x100, 0x101, 0x102, 0x103, 0x104, 0x104, 1]
  const nodes: Node[] = []
  const join = (index: number) =>
    engine.node(addressOf(owners[index] ?? 0), `box-${index}`, index < 4 ? 'server' : 'browser')
  for (let index = 0; index < NODES; index += 1) nodes.push(await join(index))
  await engine.query(`update oblivion.owners set proven_count = 1000 where address = any ($1)`, [
    [0x100, 0x101].map(addressOf),
  ])
  const history = createHistory()
  const seen: World = { engine, history, customers, deposited: [0n, 0n], round: await roundOf(engine), over: false }
  const tasks: { id: string; customer: Wallet }[] = []
  const counts: Record<string, number> = {}
  const count = (what: string) => {
    counts[what] = (counts[what] ?? 0) + 1
  }
  const admin = new pg.Client({ connectionString: engine.database.superuserUrl })
  await admin.connect()
  const idle: Client[] = []
  const addressAt = (index: number) => nodes[index]?.address ?? ''

  const deposit = async (customer: number) => {
    await engine.deposit(addressOf(1 + customer), 200_000n)
    seen.deposited[customer] = (seen.deposited[customer] ?? 0n) + 200_000n
  }

  /** Refusals of the catalogue are answers; everything else is not. */
  const refusable = async <T>(what: string, call: Promise<T>): Promise<T | undefined> => {
    try {
      return await call
    } catch (error) {
      const { code } = error as Refusal
      if (!/^OB\d/.test(code ?? '')) history.broken.push(wordsOf(what, error as Refusal))
      count(`refused ${code}`)
      return undefined
    }
  }

  /** Runs `call` as this node does, in a transaction of its own that ends as its fate wants. */
  const asNode = async (index: number, what: string, ends: Fate, call: Call, crowd: Crowd): Promise<unknown> => {
    const client = idle.pop() ?? (await connect(engine))
    const key = nodes[index]?.key ?? ''
    const cut = ends === 'cut' ? cutOff(admin, client, crowd.delay()) : undefined
    try {
      await client.pg.query(
        `begin; set local role anon; select set_config('request.headers', ${pg.escapeLiteral(JSON.stringify({ 'x-node-key': key }))}, true)`,
      )
      const answer = await call(client)
      if (ends === 'vanished') {
        await crowd.stay()
        await terminate(admin, client)
        await client.pg.end().catch(() => undefined)
        return undefined
      }
      await client.pg.query('commit')
      if (ends === 'cut') await cut
      if (ends !== 'cut') idle.push(client)
      return ends === 'answered' ? answer : undefined
    } catch (error) {
      const { code } = error as Refusal
      if (ends === 'cut') {
        await cut
        return undefined
      }
      if (!/^OB\d/.test(code ?? '')) history.broken.push(wordsOf(what, error as Refusal))
      count(`refused ${code}`)
      await client.pg.query('rollback').catch(() => undefined)
      if (ends !== 'vanished') idle.push(client)
      return undefined
    } finally {
      if (ends === 'cut') await client.pg.end().catch(() => undefined)
      count(ends)
    }
  }

  const given = (index: number, job: Parameters<typeof history.take>[1] | null | undefined, crowd: Crowd) => {
    if (!job) return
    const lease = history.take(index, job)
    // Somebody who takes it away was at it at once: the answer may be older than that.
    if (crowd.taken(lease)) lease.standing = false
    seen.round.given.push({ lease, owner: addressAt(index) })
    count('given')
  }

  const reportFor = (lease: Lease, outcome: string) => {
    const job = { ...lease, input: null }
    if (outcome === 'succeeded') return done(job)
    if (outcome === 'wrong hash') return { ...done(job), resultHash: '0'.repeat(64) }
    return { jobId: lease.jobId, attempt: lease.attempt, outcome, error: 'A planned failure.' }
  }

  const cycle = async (
    index: number,
    lease: Lease | undefined,
    outcome: string,
    claim: boolean,
    f: Fate,
    crowd: Crowd,
  ) => {
    const report = lease && reportFor(lease, outcome)
    const superseded = lease !== undefined && history.isSuperseded(lease)
    const stood = lease?.standing ?? false
    const owner = addressAt(index)
    seen.round.busy.add(owner)
    if (lease !== undefined) {
      // From here on nobody knows whose it is until the answer comes.
      lease.standing = false
      // Nor does one who reports the same at once and vanishes hold it still.
      if (f !== 'vanished') crowd.take((other) => other === lease)
      const of = `${lease.jobId}:${owner}`
      const first = Math.min(lease.attempt, seen.round.inVain.get(of) ?? lease.attempt)
      if (outcome !== 'succeeded') seen.round.inVain.set(of, first)
    }
    const answer = (await asNode(
      index,
      `work_cycle ${outcome}`,
      f,
      (client) =>
        call(client, 'public.work_cycle($1, $2, $3)', [nodes[index]?.nodeId, report && JSON.stringify(report), claim]),
      crowd,
    )) as WorkCycle | undefined
    // Never committed: what it held it holds.
    if (f === 'vanished' && lease !== undefined) lease.standing = stood && !crowd.taken(lease)
    if (answer === undefined) return
    if (lease !== undefined) {
      if (answer.accepted === true) {
        history.taken.push({ lease, outcome, superseded })
        if (outcome === 'succeeded') lease.accepted = true
      }
      count(answer.accepted === true ? outcome : `not taken: ${answer.reason}`)
    }
    given(index, answer.job, crowd)
  }

  const readBack = async (client: Client, jobId: string) => {
    const { rows } = await client.pg.query(
      `select id as "jobId", attempt, task_id as "taskId", chunk_index as "chunkIndex" from public.jobs where id = $1`,
      [jobId],
    )
    return rows[0]
  }

  const claimBy = async (index: number, door: 'literal' | 'fallback', f: Fate, crowd: Crowd) => {
    const address = addressAt(index)
    seen.round.busy.add(address)
    const offer = (await asNode(
      ...[index, 'next_jobs', 'answered' as const],
      (client) => call(client, 'public.next_jobs($1)', [address]),
      crowd,
    )) as { jobId: string }[] | undefined
    const jobId = offer?.[0]?.jobId
    if (jobId === undefined) return
    const job = await asNode(
      index,
      `${door} claim`,
      f,
      async (client) => {
        if (door === 'literal') {
          if ((await call(client, 'public.claim_job_fair($1, $2)', [jobId, address])) !== true) return undefined
        } else {
          const { rowCount } = await client.pg.query(
            `update public.jobs set status = 'processing', provider_address = $2 where id = $1 and status = 'pending'`,
            [jobId, address],
          )
          if (rowCount !== 1) return undefined
        }
        return readBack(client, jobId)
      },
      crowd,
    )
    if (job !== undefined) count(door)
    given(index, job as Lease | undefined, crowd)
  }

  const heldBy = (index: number) => history.of((lease) => lease.node === index && lease.standing)
  const chosen = <T>(list: T[], index: number): T | undefined => list[index % Math.max(1, list.length)]

  const run = async (event: Act, crowd: Crowd): Promise<void> => {
    switch (event.kind) {
      case 'cycle':
        return cycle(event.node, heldBy(event.node)[0], event.end, event.claim, event.fate, crowd)
      case 'report':
        return cycle(event.node, heldBy(event.node)[0], event.end, false, event.fate, crowd)
      case 'late': {
        // Any lease that a client was ever told of, of its own: also ended ones, and twice.
        // Half of the time one whose job somebody else has by now.
        const ended = history.of(({ standing }) => !standing)
        const others = ended.filter(({ jobId }) => history.of((l) => l.jobId === jobId && l.standing).length > 0)
        const lease = chosen(event.which % 2 === 0 && others.length > 0 ? others : ended, event.which)
        if (lease) await cycle(lease.node, lease, event.end, false, event.fate, crowd)
        return
      }
      case 'literal':
      case 'fallback':
        return claimBy(event.node, event.kind, event.fate, crowd)
      case 'beat': {
        const lease = heldBy(event.node)[0]
        const values = [nodes[event.node]?.nodeId, lease?.jobId ?? null, lease?.attempt ?? null, 0.5]
        await asNode(
          ...[event.node, 'heartbeat', event.fate],
          (client) => call(client, 'public.heartbeat($1, $2, $3, $4)', values),
          crowd,
        )
        return
      }
      case 'lapse': {
        // The node never comes back, as far as anybody can tell; it may all the same.
        history.end((lease) => lease.node === event.node)
        crowd.take((lease) => lease.node === event.node)
        seen.round.busy.add(addressAt(event.node))
        const id = nodes[event.node]?.nodeId
        await engine.query(
          `update jobs set lease_expires_at = now() - interval '1 second',
                  started_at = started_at - $2::interval
            where id in (select id from jobs where node_id = $1 for no key update skip locked)`,
          [id, event.overtime ? '2 hours' : '0'],
        )
        await engine.query(
          `update nodes set last_seen = now() - interval '1 hour', next_poll_at = now() - interval '1 hour'
            where id in (select id from nodes where id = $1 for no key update skip locked)`,
          [id],
        )
        return count('lapse')
      }
      case 'rescue':
        await refusable('run_rescue', engine.coordinator('run_rescue'))
        return count('rescue')
      case 'register': {
        const { node: index } = event
        history.end((lease) => lease.node === index)
        crowd.take((lease) => lease.node === index)
        seen.round.busy.add(addressAt(index))
        const again = await refusable('register_node', join(index))
        if (again) nodes[index] = again
        return count('register')
      }
      case 'by hand': {
        const jobs = await engine.query<{ id: string; status: string; owner: string | null }>(
          `select j.id, j.status, n.provider_address as owner from jobs j left join nodes n on n.id = j.node_id order by j.seq`,
        )
        const job = chosen(jobs, event.which)
        if (!job) return
        for (const { address } of nodes) if (job.status === 'processing') seen.round.busy.add(address)
        history.reset(job.id)
        crowd.take((lease) => lease.jobId === job.id)
        const reset = engine.query(
          `update jobs set status = 'pending', provider_address = null where id = $1 and status <> 'blocked'`,
          [job.id],
        )
        // A completed or cancelled job is refused in words of the state machine, and so is a failure that was paid.
        await reset.catch((error: Refusal) => {
          if (error.code !== '23514' || !/does not go|has ended|was paid/.test(error.message))
            history.broken.push(wordsOf('by hand', error))
        })
        return count('by hand')
      }
      case 'pause':
      case 'resume':
      case 'cancel': {
        const task = chosen(tasks, event.which)
        if (!task) return
        await refusable(event.kind, task.customer.rpc(`${event.kind}_task`, { p_task_id: task.id }))
        return count(event.kind)
      }
      case 'task': {
        const customer = customers[event.customer]
        if (!customer) return
        const more = { maxAttempts: event.attempts, timeoutSeconds: 3600 }
        const bucket = event.bucket === undefined ? {} : { maxConcurrentChunks: event.bucket }
        const id = await refusable('create_task', engine.task(customer, event.chunks, { ...more, ...bucket }))
        if (id !== undefined) tasks.push({ id, customer })
        return count('task')
      }
      case 'deposit':
        // Its own turn: the indexer is one process.
        return crowd.inTurn(() => deposit(event.customer))
      case 'time passes':
        // Back-offs end. Rows that somebody works on are left alone: the test must not wait against the engine's order.
        await engine.query(
          `update jobs set available_at = now()
            where id in (select id from jobs where status = 'pending' and not due for no key update skip locked)`,
        )
        return count('time passes')
    }
  }

  for (const customer of [0, 1]) await deposit(customer)
  for (const customer of [0, 1, 0])
    await run(
      { kind: 'task', customer, chunks: 4, attempts: customer === 0 ? 1 : 3, bucket: customer === 0 ? undefined : 1 },
      lonely(),
    )

  return {
    ...{ seen, counts },
    play: async (acts: Act[]) => {
      seen.round = await roundOf(engine)
      const crowd = createCrowd(admin, acts.filter((event) => 'fate' in event && event.fate === 'vanished').length)
      let open = acts.length
      const all = Promise.all(
        acts.map((event) =>
          run(event, crowd).finally(() => {
            open -= 1
          }),
        ),
      )
      await crowd.watch(() => open)
      await all
    },
    /** Everybody else is gone; two operator nodes finish all that can be finished. */
    heal: async () => {
      seen.round = await roundOf(engine)
      history.end(() => true)
      await engine.query(
        `update nodes set last_seen = now() - interval '1 hour', next_poll_at = now() - interval '1 hour'`,
      )
      await engine.query(`update jobs set lease_expires_at = now() - interval '1 second' where status = 'processing'`)
      await engine.query('update jobs set offered_until = now() where offered_until > now()')
      for (const { id, customer } of tasks)
        await refusable('resume_task', customer.rpc('resume_task', { p_task_id: id }))
      const owners = [0x900, 0x901].map(addressOf)
      const fresh = [
        await engine.node(owners[0] ?? '', 'op', 'server'),
        await engine.node(owners[1] ?? '', 'op', 'server'),
      ]
      await engine.query(`update oblivion.owners set proven_count = 1000 where address = any ($1)`, [owners])
      await engine.coordinator('run_rescue')
      for (let idleTurns = 0; idleTurns < 2; ) {
        await engine.query(`update jobs set available_at = now() - interval '1 hour' where status = 'pending'`)
        let { job } = (await fresh[0]?.cycle()) ?? { job: null }
        idleTurns = job === null ? idleTurns + 1 : 0
        while (job !== null) ({ job } = (await fresh[0]?.cycle(done(job))) ?? { job: null })
      }
      await engine.coordinator('run_rescue')
      seen.over = true
      seen.round = await roundOf(engine)
    },
    close: async () => {
      await Promise.all([admin.end(), ...idle.map(({ pg: client }) => client.end().catch(() => undefined))])
    },
  }
}

const call = async (client: Client, expression: string, values: unknown[]): Promise<unknown> => {
  const { rows } = await client.pg.query<{ answer: unknown }>(`select ${expression} as answer`, values)
  return rows[0]?.answer
}

const connect = async (engine: Engine): Promise<Client> => {
  const client = new pg.Client({ connectionString: engine.database.authenticatorUrl })
  client.on('error', () => undefined)
  await client.connect()
  const { rows } = await client.query<{ pid: number }>('select pg_backend_pid() as pid')
  return { pg: client, pid: rows[0]?.pid ?? 0 }
}

const terminate = (admin: pg.Client, { pid }: Client) => admin.query('select pg_terminate_backend($1, 5000)', [pid])

/** The server waits, so that the cut falls anywhere into the call. */
const cutOff = (admin: pg.Client, { pid }: Client, seconds: number) =>
  admin.query('select pg_terminate_backend($1, 5000) from pg_sleep($2)', [pid, seconds])

type Crowd = {
  /** Until everybody else is done, or waits for who stays. */
  stay(): Promise<void>
  watch(open: () => number): Promise<void>
  /** Somebody took leases away in this round. */
  take(matches: (lease: Lease) => boolean): void
  taken(lease: Lease): boolean
  inTurn<T>(act: () => Promise<T>): Promise<T>
  delay(): number
}

const createCrowd = (admin: pg.Client, vanishing: number): Crowd => {
  const gate = Promise.withResolvers<void>()
  const takers: ((lease: Lease) => boolean)[] = []
  let staying = 0
  let turn: Promise<unknown> = Promise.resolve()
  let cuts = 0
  return {
    stay: () => {
      staying += 1
      return gate.promise
    },
    watch: async (open) => {
      if (vanishing === 0) return
      while (open() > staying) {
        const { rows } = await admin.query<{ waits: boolean }>(
          `select exists (
             select from pg_stat_activity
              where datname = current_database() and wait_event_type = 'Lock') as waits from pg_sleep(0.002)`,
        )
        if (staying > 0 && rows[0]?.waits) break
      }
      gate.resolve()
    },
    take: (matches) => {
      takers.push(matches)
    },
    taken: (lease) => takers.some((matches) => matches(lease)),
    inTurn: (act) => {
      const mine = turn.then(act)
      turn = mine.catch(() => undefined)
      return mine
    },
    delay: () => {
      cuts += 1
      // Calls take some 1 to 10 ms.
      return ((cuts * 7) % 10) / 1000
    },
  }
}

const lonely = (): Crowd => ({
  stay: async () => undefined,
  watch: async () => undefined,
  take: () => undefined,
  taken: () => false,
  inTurn: (act) => act(),
  delay: () => 0,
})

export type { Act }
