import type { Engine, Wallet } from './engine.ts'
import type { History, Lease } from './history.ts'

/*
 * What holds at every moment, whoever crashes. One checker each; plantedFaults.ts breaks each of them in turn, and
 * crashes.test.ts sees exactly that checker fail.
 *
 *  1 answers      A call ends in an answer or in a refusal of the catalogue: no deadlock, no broken constraint.
 *  2 one lease    A job is never leased twice: while a client's lease stands, nobody else is given the job.
 *  3 one number   No attempt number of a job is given out twice, and none is left out.
 *  4 late         A report of an attempt that was superseded changes nothing.
 *  5 attempts     Failures never exceed the task's maximum, losses never the engine's.
 *  6 last word    A stranger's attempt is never the last: a job fails by an established owner's or an operator's node.
 *  7 other owner  Who failed, lost or gave back a job gets it again only while nobody else online could take it. Who has
 *                 no claim budget left could not; nor, where a newcomer had it, other newcomers while somebody proven
 *                 asks for it.
 *  8 own task     Nobody computes for itself.
 *  9 caps         Node, owner and bucket never hold more than they may.
 * 10 counters     current_jobs equals the leases of a node, total_jobs_completed what it completed.
 * 11 one receipt  One receipt and one result per completed job, and none else; what was told accepted is among them.
 * 12 budget       Receipts of a task never exceed its budget; no balance of ours is below zero.
 * 13 money        Deposits = free + held + spent + withdrawn for each customer, and the ledger sums to zero.
 * 14 ends         A completed or cancelled job stays so; a failed one comes back by an operator's hand alone.
 * 15 nothing lost Once everybody is well again, every job comes to its end, every task too, and no money stays held.
 */

/** All that a checker may look at. */
export type World = {
  engine: Engine
  history: History
  customers: Wallet[]
  /** What the indexer booked for each customer. */
  deposited: bigint[]
  round: Round
  /** True once the world was healed and worked off. */
  over: boolean
}

/** What is known of the moment before the acts at hand, and what these did. */
export type Round = {
  /** Per job that somebody had in vain: who that was, and who else was there to take it. */
  tried: Map<string, Tried>
  /** Owners that took part: what they could have taken is not known. */
  busy: Set<string>
  /** In vain, as reported within the round: the first such attempt of `job:owner`. */
  inVain: Map<string, number>
  given: { lease: Lease; owner: string }[]
  statuses: Map<string, string>
  /** Proven owners. */
  proven: Set<string>
}
export type Tried = { inVain: string[]; others: string[]; holder: string | null; attempt: number }

export type Invariant = {
  name: string
  /** Each row is a violation, */
  rows?: string
  /** unless what is known besides excuses it. */
  unless?: (row: Record<string, unknown>, world: World) => boolean
  /** Each line is a violation: what rows alone cannot tell. */
  lines?: (world: World) => string[] | Promise<string[]>
  /** Once wrong it stays wrong, so that a look now and then finds it. */
  lasting?: true
}

const givenTo = ({ given }: Round, jobId: string): string[] =>
  given.filter(({ lease }) => lease.jobId === jobId).map(({ owner }) => owner)

const name = (lease: Lease) => `attempt ${lease.attempt} of ${lease.jobId} by node ${lease.node}`

export const invariants: Invariant[] = [
  { name: 'answers', lines: ({ history }) => history.broken },
  {
    name: 'one lease',
    lines: ({ history }) => history.doubled.map(([a, b]) => `${name(b)} while ${name(a)} stood`),
  },
  {
    name: 'one number',
    lines: ({ history }) => history.repeated.map(([lease, node]) => `${name(lease)} was given to node ${node} too`),
    rows: `
         select j.id, j.status, j.attempt, count(a.attempt)::int as ended, count(distinct a.attempt)::int as numbers
           from jobs j left join oblivion.attempts a on a.job_id = j.id and a.outcome is not null
          group by j.id
         having count(a.attempt) <> j.attempt - (j.status = 'processing')::int
             or count(distinct a.attempt) <> count(a.attempt) or max(a.attempt) > j.attempt`,
  },
  {
    name: 'late',
    lines: ({ history }) =>
      history.taken
        .filter(({ lease, outcome, superseded }) => superseded && !(outcome === 'succeeded' && lease.accepted))
        .map(({ lease, outcome }) => `${outcome} for ${name(lease)} was taken after a later attempt had begun`),
  },
  {
    name: 'attempts',
    rows: `
      select j.id, greatest(j.failures - t.max_attempts, j.losses - s.max_losses) as over
        from jobs j join oblivion.tasks t on t.id = j.task_id cross join oblivion.settings s
       where j.failures > t.max_attempts or j.losses > s.max_losses
       union all
      select j.id, j.failures - t.max_attempts + 1
        from jobs j join oblivion.tasks t on t.id = j.task_id
       where j.status in ('blocked', 'pending', 'processing') and j.failures >= t.max_attempts`,
    // An operator who resets a failed job gives it one attempt more.
    unless: ({ id, over }, { history }) => Number(over) <= (history.resets.get(String(id)) ?? 0),
  },
  {
    name: 'last word',
    rows: `
      select j.id, a.owner_id
         from jobs j join oblivion.attempts a on a.job_id = j.id and a.attempt = j.attempt
         join oblivion.owners o on o.id = a.owner_id cross join oblivion.settings s
         join nodes n on n.id = a.node_id
        where j.status = 'failed' and o.proven_count < s.proven_after and n.raised_max_jobs is null and not n.operator`,
  },
  {
    name: 'other owner',
    lines: ({ round }) =>
      round.given.flatMap(({ lease, owner }) => {
        const tried = round.tried.get(lease.jobId)
        // An attempt that two acts at once end and are told of is one attempt, and not another one.
        const ended = round.inVain.get(`${lease.jobId}:${owner}`) ?? lease.attempt
        // Nor is one that its holder lost the answer of, and is told of again.
        const told = tried?.holder === owner && tried.attempt === lease.attempt
        const again = !told && (tried?.inVain.includes(owner) || ended < lease.attempt)
        const had = [...(tried?.inVain ?? []), tried?.holder ?? owner, ...givenTo(round, lease.jobId)]
        const kept = round.proven.has(owner) && had.some((one) => !round.proven.has(one))
        const could =
          tried?.others.filter(
            (other) => other !== owner && !round.busy.has(other) && !(kept && !round.proven.has(other)),
          ) ?? []
        return again && could.length > 0 ? [`${name(lease)}, ${owner}, again, while ${could} could take it`] : []
      }),
  },
  {
    name: 'own task',
    rows: `
      select j.id from jobs j join oblivion.tasks t on t.id = j.task_id join nodes n on n.id = j.node_id
        where n.owner_id = t.owner_id
        union
       select a.job_id from oblivion.attempts a join jobs j on j.id = a.job_id join oblivion.tasks t on t.id = j.task_id
        where a.owner_id = t.owner_id`,
  },
  {
    name: 'caps',
    rows: `
      with held as (select j.id, j.task_id, j.node_id, n.owner_id from jobs j join nodes n on n.id = j.node_id)
       select 'node' as of, n.id::text, count(*)::int from held h join nodes n on n.id = h.node_id
        group by n.id having count(*) > n.max_jobs
        union all
       select 'owner', o.address, count(*) from held h join oblivion.owners o on o.id = h.owner_id
        where greatest(o.accepted_count, o.proven_count) < (select proven_after from oblivion.settings)
          and not exists (select from nodes n where n.owner_id = o.id and n.raised_max_jobs is not null)
        group by o.id having count(*) > 1
        union all
       select 'bucket', t.id::text, count(*) from held h join oblivion.tasks t on t.id = h.task_id
        group by t.id having count(*) > t.max_concurrent_chunks`,
  },
  {
    name: 'counters',
    rows: `
      select n.id, n.current_jobs, n.total_jobs_completed from nodes n
        where n.current_jobs <> (
                select count(*) from jobs j
                 where j.node_id = n.id and j.status = 'processing' and j.lease_expires_at is not null)
           or n.total_jobs_completed <> (
                select count(*) from oblivion.attempts a where a.node_id = n.id and a.outcome = 'succeeded')`,
  },
  {
    name: 'sound rows',
    rows: `select j.id, oblivion.job_fault(j) as fault from jobs j where oblivion.job_fault(j) is not null`,
  },
  {
    name: 'one receipt',
    rows: `
      select coalesce(j.id, r.job_id) as id, j.status, j.attempt, array_agg(r.attempt) as receipts, count(x.job_id) as results
        from jobs j
        full join oblivion.receipts r on r.job_id = j.id
        left join oblivion.results x on x.job_id = j.id
       group by 1, 2, 3, j.error
      having (count(r.id) = (j.status = 'completed' or j.status = 'failed' and bool_or(r.result_hash = oblivion.failure_hash(j.error)) is true)::int
              and count(x.job_id) = (j.status = 'completed')::int
              and bool_and(r.attempt = x.attempt and r.attempt = j.attempt) is not false) is not true`,
    lines: async ({ engine, history }) => {
      const told = history.of(({ accepted, noted }) => accepted && !noted)
      const paid = await engine.query<{ key: string }>(
        `select job_id || ':' || attempt as key from oblivion.receipts where job_id = any ($1)`,
        [told.map(({ jobId }) => jobId)],
      )
      const keys = new Set(paid.map(({ key }) => key))
      for (const lease of told) lease.noted = true
      return told
        .filter(({ jobId, attempt }) => !keys.has(`${jobId}:${attempt}`))
        .map((lease) => `${name(lease)} was told accepted and has no receipt`)
    },
  },
  {
    name: 'budget',
    rows: `
      select t.id::text from oblivion.tasks t
        where t.budget < (select sum(r.price) from oblivion.receipts r where r.task_id = t.id)
        union all
       select concat_ws(' ', l.account, l.owner_id, l.task_id) from oblivion.ledger l
        where l.account not like 'chain%'
        group by l.account, l.asset, l.instance_id, l.owner_id, l.task_id having sum(l.amount) < 0`,
  },
  {
    name: 'money',
    lasting: true,
    lines: async ({ engine, customers, deposited }) => {
      const wrong: string[] = []
      for (const [index, customer] of customers.entries()) {
        const balance = await customer.rpc<Record<string, string | null>>('my_balance')
        const sum = (...names: string[]) => names.reduce((total, name) => total + BigInt(balance[name] ?? 0), 0n)
        if (sum('free', 'held', 'spent', 'withdrawn') !== deposited[index] || sum('deposited') !== deposited[index])
          wrong.push(`customer ${index}: ${JSON.stringify(balance)} of ${deposited[index]}`)
      }
      const { total } = await engine.coordinator<{ total: string }>('ledger_state', [engine.instanceId])
      if (total !== '0') wrong.push(`the ledger sums to ${total}`)
      return wrong
    },
  },
  {
    name: 'ends',
    rows: `select j.id, j.status from jobs j`,
    unless: ({ id, status }, { round, history }) => {
      const was = round.statuses.get(String(id))
      if (was === 'failed') return status === was || history.resets.has(String(id))
      return (was !== 'completed' && was !== 'cancelled') || status === was
    },
  },
  {
    name: 'nothing lost',
    lines: async (world) =>
      world.over
        ? (
            await world.engine.query(
              `select j.id::text, j.status from jobs j where j.status in ('blocked', 'pending', 'processing')
              union all
             select t.id::text, t.status from oblivion.tasks t where t.status in ('running', 'paused')
              union all
             select l.task_id::text, 'held' from oblivion.ledger l
              where l.account = 'task_hold' group by l.task_id having sum(l.amount) <> 0`,
            )
          ).map((row) => JSON.stringify(row))
        : [],
  },
]

/** All of `rows` in one query: what is looked at after every act should cost little. */
const allRows = invariants
  .flatMap(({ name: of, rows }, place) =>
    rows === undefined ? [] : `select ${place} as place, to_jsonb(x) as row from (${rows}) x /* ${of} */`,
  )
  .join('\nunion all\n')

/**
 * What does not hold now, and of which invariant it is a violation.
 *
 * @param whole false leaves out what takes calls of its own and lasts: the customers' balances
 */
export const violationsOf = async (world: World, whole = true): Promise<{ name: string; violation: string }[]> => {
  const rows = await world.engine.query<{ place: number; row: Record<string, unknown> }>(allRows)
  const found = rows.flatMap(({ place, row }) => {
    const { name: of = '', unless } = invariants[place] ?? {}
    return unless?.(row, world) ? [] : [{ name: of, violation: JSON.stringify(row) }]
  })
  for (const { name: of, lines, lasting } of invariants)
    if (whole || !lasting) for (const violation of (await lines?.(world)) ?? []) found.push({ name: of, violation })
  return found
}

/** Looked at before each round, for what is about a moment and not about a state. */
export const roundOf = async (engine: Engine): Promise<Round> => {
  const rows = await engine.query<
    { id: string; status: string; attempt: number; holder: string | null } & Record<
      'inVain' | 'others',
      string[] | null
    >
  >(
    `select j.id, j.status, j.attempt, v.owners as "inVain", x.owners as others, h.address as holder
       from jobs j
       left join nodes holding on holding.id = j.node_id
       left join oblivion.owners h on h.id = holding.owner_id
       left join lateral (
         select array_agg(distinct o.address) as owners
           from oblivion.attempts a join oblivion.owners o on o.id = a.owner_id
          where a.job_id = j.id and a.outcome in ('failed', 'expired', 'released', 'rejected')) v
         on j.status in ('blocked', 'pending', 'processing')
       left join lateral (
         select array_agg(distinct o.address) as owners
           from nodes n join oblivion.owners o on o.id = n.owner_id cross join oblivion.settings s
          where n.owner_id <> j.customer_owner_id
            and o.address <> all (coalesce(v.owners, '{}'))
            -- With claim budget, with room by every cap, and online for some seconds more than the round takes.
            and o.claims_from <= now()
            and n.current_jobs < n.max_jobs
            and (greatest(o.accepted_count, o.proven_count) >= s.proven_after
              or not exists (select from nodes m where m.owner_id = o.id and m.current_jobs > 0))
            and oblivion.is_online(n.last_seen - interval '10 seconds', n.next_poll_at - interval '10 seconds')) x
         -- What nobody took for two minutes is free for all.
         on j.status in ('blocked', 'pending', 'processing') and j.available_at > now() - interval '110 seconds'`,
  )
  const proven = await engine.query<{ address: string }>(
    `select o.address from oblivion.owners o, oblivion.settings s where o.proven_count >= s.proven_after`,
  )
  return {
    tried: new Map(
      rows.map(({ id, inVain, others, holder, attempt }) => [
        id,
        { inVain: inVain ?? [], others: others ?? [], holder, attempt },
      ]),
    ),
    proven: new Set(proven.map(({ address }) => address)),
    ...{ busy: new Set(), inVain: new Map(), given: [] },
    statuses: new Map(rows.map(({ id, status }) => [id, status])),
  }
}
