import { feeOfChunk } from '@oblivion/core'
import fc from 'fast-check'
import { addressOf, done, type Engine, type Node, type Wallet, type WorkCycle } from './engine.ts'

/*
 * Money told twice: random events run through the real functions and through this model, which knows nothing of
 * accounts, and both must say the same.
 */

/** What may happen, in any order; numbers choose among what is there at that moment. */
export type Happening =
  | { kind: 'deposit'; who: number; amount: bigint }
  | {
      kind: 'task'
      who: number
      chunks: number
      price: bigint
      more: bigint
      attempts: number
      stages: number
      replicas: number
    }
  | { kind: 'work'; who: number; end: 'succeeded' | 'differing' | 'failed' | 'released' | 'lost' | 'told twice' }
  | { kind: 'cancel'; which: number }
  | { kind: 'fee'; bps: number }
  | { kind: 'stamp' }
  | { kind: 'confirm'; which: number }
  | { kind: 'vouch' }
  | { kind: 'claim'; who: number }
  | { kind: 'replay' }

const CUSTOMERS = 3
const PROVIDERS = 4

const who = (below: number) => fc.nat({ max: below - 1 })
export const happening: fc.Arbitrary<Happening> = fc.oneof(
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('deposit'),
      who: who(CUSTOMERS),
      amount: fc.bigInt({ min: 1n, max: 5_000_000n }),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('task'),
      who: who(CUSTOMERS),
      chunks: fc.integer({ min: 1, max: 6 }),
      price: fc.bigInt({ min: 100n, max: 100_003n }),
      more: fc.bigInt({ min: 0n, max: 5_000n }),
      attempts: fc.integer({ min: 1, max: 2 }),
      stages: fc.constantFrom(1, 1, 1, 2, 3),
      replicas: fc.constantFrom(1, 1, 1, 2, 3),
    }),
  },
  {
    weight: 24,
    arbitrary: fc.record({
      kind: fc.constant('work'),
      who: who(PROVIDERS),
      end: fc.constantFrom(
        'succeeded',
        'succeeded',
        'succeeded',
        'succeeded',
        'differing',
        'failed',
        'released',
        'lost',
        'told twice',
      ),
    }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('cancel'), which: fc.nat({ max: 1000 }) }) },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant('fee'), bps: fc.constantFrom(0, 1, 333, 500, 1_000, 10_000) }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('stamp') }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('confirm'), which: fc.nat({ max: 1000 }) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('vouch') }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('claim'), who: who(PROVIDERS) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('replay') }) },
) as fc.Arbitrary<Happening>

type Job = {
  state: 'blocked' | 'pending' | 'processing' | 'end'
  failures: number
  losses: number
  /** Who holds it or did it. */
  by: number | null
  result: string | null
}
/** The jobs of each stage, one a replica. */
type Chunk = { stages: Job[][]; decided: boolean[] }
type Task = {
  id: string
  customer: number
  price: bigint
  bps: number
  budget: bigint
  hold: bigint
  attempts: number
  quorum: number
  cancelled: boolean
  open: boolean
  chunks: Chunk[]
}
type Receipt = { customer: number; provider: number; price: bigint; fee: bigint; stamp: bigint | null }
type Stamp = { cumulative: bigint; fee: bigint }

const jobsOf = (task: Task): Job[] => task.chunks.flatMap(({ stages }) => stages.flat())
/** Ends a stage of a chunk where its results allow it. */
const judge = (task: Task, chunk: Chunk, stage: number): void => {
  const jobs = chunk.stages[stage] ?? []
  if (chunk.decided[stage]) return
  const open = jobs.filter(({ state }) => state !== 'end').length
  const counts = new Map<string, number>()
  for (const { result } of jobs) if (result !== null) counts.set(result, (counts.get(result) ?? 0) + 1)
  const best = Math.max(0, ...counts.values())
  const accepted = best >= task.quorum
  if (!accepted && best + open >= task.quorum) return
  chunk.decided[stage] = true
  for (const job of jobs) if (job.state === 'pending') job.state = 'end'
  for (const [index, later] of chunk.stages.entries()) {
    if (index <= stage) continue
    for (const job of later)
      if (!accepted) job.state = 'end'
      else if (index === stage + 1 && job.state === 'blocked') job.state = 'pending'
  }
}

const sum = (values: bigint[]): bigint => values.reduce((total, value) => total + value, 0n)

/** Plays the happenings on an engine of its own and compares every few of them; throws where ledger and model differ. */
export const play = async (engine: Engine, happenings: Happening[], every = 20): Promise<Record<string, number>> => {
  const customers: Wallet[] = []
  for (let n = 0; n < CUSTOMERS; n += 1) customers.push(await engine.wallet(addressOf(1 + n)))
  const providers: Node[] = []
  // The last provider is a customer as well: it must never be given a chunk of its own.
  for (let n = 0; n < PROVIDERS; n += 1)
    providers.push(await engine.node(addressOf(n === PROVIDERS - 1 ? 1 : 0x100 + n)))

  // That a task may pause itself is another test's.
  await engine.query('update oblivion.settings set disputes_to_pause = 1000000')
  // A failure of theirs may be the last.
  for (const { nodeId } of providers) await engine.coordinator('mark_operator_node', [nodeId])

  let bps = 500
  const deposited = customers.map(() => 0n)
  const free = customers.map(() => 0n)
  const tasks: Task[] = []
  const receipts: Receipt[] = []
  const stamps: Stamp[][] = customers.map(() => [])
  const confirmed: Stamp[] = customers.map(() => ({ cumulative: 0n, fee: 0n }))
  const vouched = providers.map(() => 0n)
  const settled = providers.map(() => 0n)
  const held: (WorkCycle['job'] | undefined)[] = providers.map(() => undefined)
  const counts: Record<string, number> = {}
  const count = (what: string) => {
    counts[what] = (counts[what] ?? 0) + 1
  }
  let lastDeposit: Record<string, unknown> | undefined

  const differs = (what: string, expected: unknown, actual: unknown) => {
    const [a, b] = [JSON.stringify(expected), JSON.stringify(actual)]
    if (a !== b) throw new Error(`${what}: the model says ${a}, the ledger ${b}`)
  }
  const confirmedEarnings = (provider: number) =>
    sum(
      receipts
        .filter(
          (r) => r.provider === provider && r.stamp !== null && r.stamp <= (confirmed[r.customer]?.cumulative ?? 0n),
        )
        .map((r) => r.price - r.fee),
    )

  const closeIfDone = (task: Task) => {
    if (!task.open || jobsOf(task).some(({ state }) => state !== 'end')) return
    task.open = false
    free[task.customer] = (free[task.customer] ?? 0n) + task.hold
    task.hold = 0n
  }

  const placeOf = async (jobId: string): Promise<{ stage: number; replica: number }> => {
    const [row] = await engine.query<{ stage: number; replica: number }>(
      'select stage, replica from jobs where id = $1',
      [jobId],
    )
    if (!row) throw new Error('No such job.')
    return row
  }

  const finish = async (index: number, end: Extract<Happening, { kind: 'work' }>['end']) => {
    const node = providers[index]
    const job = held[index]
    const task = tasks.find(({ id }) => id === job?.taskId)
    const chunk = task?.chunks[job?.chunkIndex ?? 0]
    if (!node || !job || !task || !chunk) throw new Error('A provider holds a job of no task.')
    const place = await placeOf(job.jobId)
    const own = chunk.stages[place.stage]?.[place.replica]
    if (!own) throw new Error('A job of no place.')
    const results = { succeeded: 'same', 'told twice': 'same', differing: `by ${index}` } as Record<string, string>
    const result = results[end]
    held[index] = undefined
    count(end)
    if (end === 'lost') {
      await engine.query(`update jobs set lease_expires_at = now() - interval '1 second' where id = $1`, [job.jobId])
      await engine.coordinator('run_rescue')
    } else if (result !== undefined) {
      for (let time = 0; time < (end === 'told twice' ? 2 : 1); time += 1)
        differs('an honest result is accepted', true, (await node.cycle(done(job, result), false)).accepted)
    } else {
      const report = { jobId: job.jobId, attempt: job.attempt, outcome: end, error: 'x' }
      differs(`${end} is accepted`, true, (await node.cycle(report, false)).accepted)
    }
    if (result !== undefined) {
      const [stages, replicas] = [chunk.stages.length, chunk.stages[0]?.length ?? 1]
      const unit = (job.chunkIndex * stages + place.stage) * replicas + place.replica
      const fee = feeOfChunk({ price: task.price, feeBps: task.bps, index: unit })
      receipts.push({ customer: task.customer, provider: index, price: task.price, fee, stamp: null })
      task.hold -= task.price
      own.state = 'end'
      own.result = result
    } else {
      if (end === 'failed') own.failures += 1
      if (end === 'lost') own.losses += 1
      const over = task.cancelled || own.failures >= task.attempts || own.losses >= 10
      own.state = over ? 'end' : 'pending'
      own.by = null
    }
    if (own.state === 'end' && !task.cancelled) judge(task, chunk, place.stage)
    closeIfDone(task)
  }

  const act = async (event: Happening): Promise<void> => {
    switch (event.kind) {
      case 'deposit': {
        const wallet = customers[event.who]
        lastDeposit = {
          kind: 'Deposited',
          customer: wallet?.address,
          amount: event.amount.toString(),
          txHash: `0x${(0xdd0000 + (counts.deposit ?? 0)).toString(16).padStart(64, '0')}`,
        }
        differs('a deposit is booked', 1, await engine.chain([lastDeposit]))
        deposited[event.who] = (deposited[event.who] ?? 0n) + event.amount
        free[event.who] = (free[event.who] ?? 0n) + event.amount
        return count('deposit')
      }
      case 'task': {
        const wallet = customers[event.who]
        if (!wallet) return
        const budget = event.price * BigInt(event.chunks * event.stages * event.replicas) + event.more
        const more = {
          pricePerChunk: `${event.price}`,
          budget: `${budget}`,
          maxAttempts: event.attempts,
          ...(event.stages === 1 ? {} : { type: undefined, pipeline: Array(event.stages).fill({ type: 'raytrace' }) }),
          ...(event.replicas === 1 ? {} : { trust: { replicas: event.replicas } }),
        }
        if (budget > (free[event.who] ?? 0n)) {
          const refusal = await engine.task(wallet, event.chunks, more).then(
            () => 'accepted',
            (error: { code?: string }) => error.code,
          )
          differs('a task beyond the free balance', 'OB007', refusal)
          return count('task refused')
        }
        const id = await engine.task(wallet, event.chunks, more)
        free[event.who] = (free[event.who] ?? 0n) - budget
        tasks.push({
          ...{ id, customer: event.who, price: event.price, bps, budget, hold: budget, attempts: event.attempts },
          ...{ cancelled: false, open: true, quorum: Math.floor(event.replicas / 2) + 1 },
          chunks: Array.from({ length: event.chunks }, () => ({
            decided: [],
            stages: Array.from({ length: event.stages }, (_, stage) =>
              Array.from({ length: event.replicas }, () => ({
                ...{ state: stage === 0 ? ('pending' as const) : ('blocked' as const), failures: 0, losses: 0 },
                ...{ by: null, result: null },
              })),
            ),
          })),
        })
        return count('task')
      }
      case 'work': {
        if (held[event.who]) return finish(event.who, event.end)
        // Back-off is not what is tested here: what waits is due at once.
        await engine.query(
          `update jobs set available_at = now() - interval '1 hour' where status = 'pending' and available_at > now() - interval '1 hour'`,
        )
        const job = (await providers[event.who]?.cycle())?.job
        if (!job) return count('no job')
        const task = tasks.find(({ id }) => id === job.taskId)
        const place = await placeOf(job.jobId)
        const stage = task?.chunks[job.chunkIndex]?.stages[place.stage]
        const own = stage?.[place.replica]
        differs('a job is given out of pending ones only', 'pending', own?.state)
        differs(
          'never two replicas of a chunk to one owner',
          false,
          stage?.some(({ by }) => by === event.who),
        )
        if (place.stage > 0) count('a later stage')
        if ((stage?.length ?? 1) > 1) count('a replica')
        if (event.who === PROVIDERS - 1) differs('never of its own task', false, task?.customer === 0)
        if (own) Object.assign(own, { state: 'processing', by: event.who })
        held[event.who] = job
        return count('claim of a job')
      }
      case 'cancel': {
        // Half of the time one that has a chunk in work, if there is any: those are the interesting ones.
        const running = tasks.filter(({ open, cancelled }) => open && !cancelled)
        const working = running.filter((task) => jobsOf(task).some(({ state }) => state === 'processing'))
        const choice = event.which % 2 === 0 && working.length > 0 ? working : running
        const task = choice[event.which % Math.max(1, choice.length)]
        if (!task) return
        const processing = BigInt(jobsOf(task).filter(({ state }) => state === 'processing').length)
        const refunded = task.hold - processing * task.price
        task.cancelled = true
        task.hold -= refunded
        free[task.customer] = (free[task.customer] ?? 0n) + refunded
        for (const job of jobsOf(task)) if (job.state === 'pending' || job.state === 'blocked') job.state = 'end'
        const answer = await customers[task.customer]?.rpc('cancel_task', { p_task_id: task.id })
        differs('a cancel', { status: 'cancelled', refunded: `${refunded}` }, answer)
        closeIfDone(task)
        return count('cancel')
      }
      case 'fee':
        bps = event.bps
        await engine.coordinator('set_fee_bps', [bps])
        return count('fee')
      case 'stamp': {
        for (const [index, list] of stamps.entries()) {
          const fresh = receipts.filter((r) => r.customer === index && r.stamp === null)
          if (fresh.length === 0) continue
          const last = list.at(-1) ?? { cumulative: 0n, fee: 0n }
          const cumulative = last.cumulative + sum(fresh.map(({ price }) => price))
          list.push({ cumulative, fee: last.fee + sum(fresh.map(({ fee }) => fee)) })
          for (const receipt of fresh) receipt.stamp = cumulative
        }
        const due = stamps.flatMap((list, index) => {
          const last = list.at(-1)
          if (!last || last.cumulative <= (confirmed[index]?.cumulative ?? 0n)) return []
          return [
            { customer: customers[index]?.address, cumulative: `${last.cumulative}`, cumulativeFee: `${last.fee}` },
          ]
        })
        differs(
          'charges due',
          due.sort(byKey),
          (await engine.coordinator<Due[]>('charges_due', [engine.instanceId])).map(plainCharge).sort(byKey),
        )
        return count('stamp')
      }
      case 'confirm': {
        // Any stamp that is newer than the last confirmed one, the latest or an older: charges arrive late.
        const waiting = stamps.flatMap((list, customer) =>
          list
            .filter(({ cumulative }) => cumulative > (confirmed[customer]?.cumulative ?? 0n))
            .map((stamp) => ({ customer, stamp })),
        )
        const chosen = waiting[event.which % Math.max(1, waiting.length)]
        if (!chosen) return
        const before = confirmed[chosen.customer] ?? { cumulative: 0n, fee: 0n }
        const { cumulative, fee } = chosen.stamp
        await engine.chain([
          {
            ...{ kind: 'Charged', customer: customers[chosen.customer]?.address },
            ...{ cumulative: `${cumulative}`, cumulativeFee: `${fee}` },
            ...{ amount: `${cumulative - before.cumulative}`, fee: `${fee - before.fee}` },
          },
        ])
        confirmed[chosen.customer] = chosen.stamp
        return count('confirm')
      }
      case 'vouch': {
        const expected = providers.flatMap(({ address }, index) =>
          confirmedEarnings(index) > (vouched[index] ?? 0n)
            ? [{ provider: address, cumulative: `${confirmedEarnings(index)}` }]
            : [],
        )
        const due = await engine.coordinator<{ provider: string; cumulative: string }[]>('vouchers_due', [
          engine.instanceId,
        ])
        differs(
          'vouchers due',
          expected.sort(byKey),
          due.map(({ provider, cumulative }) => ({ provider, cumulative })).sort(byKey),
        )
        for (const [index, { address }] of providers.entries()) {
          const earned = confirmedEarnings(index)
          const sign = (amount: bigint) =>
            engine.coordinator('store_voucher', [engine.instanceId, address, `${amount}`, `0x${'11'.repeat(65)}`])
          const refusal = await sign(earned + 1n).then(
            () => 'signed',
            (error: { code?: string }) => error.code,
          )
          differs('a voucher above the charged earnings', 'OB005', refusal)
          if (earned > (vouched[index] ?? 0n)) {
            await sign(earned)
            vouched[index] = earned
            count('voucher')
          }
        }
        return
      }
      case 'claim': {
        const amount = (vouched[event.who] ?? 0n) - (settled[event.who] ?? 0n)
        if (amount === 0n) return
        const provider = providers[event.who]?.address
        await engine.chain([
          { kind: 'Claimed', provider, payee: provider, cumulative: `${vouched[event.who]}`, amount: `${amount}` },
        ])
        settled[event.who] = vouched[event.who] ?? 0n
        return count('claim on chain')
      }
      case 'replay':
        // The same log seen again in a later block books nothing.
        if (!lastDeposit) return
        differs('a log seen twice', 0, await engine.chain([lastDeposit]))
        return count('replay')
    }
  }

  const compare = async (): Promise<void> => {
    const spentOf = (index: number) => sum(receipts.filter((r) => r.customer === index).map(({ price }) => price))
    const heldOf = (index: number) => sum(tasks.filter((t) => t.customer === index).map(({ hold }) => hold))
    for (const [index, wallet] of customers.entries()) {
      const { free: f, held: h, spent: s, deposited: d } = await wallet.rpc<Record<string, string>>('my_balance')
      const model = [free[index], heldOf(index), spentOf(index), deposited[index]].map(String)
      differs(`balance of customer ${index}`, model, [f, h, s, d])
      if (BigInt(f ?? 0) + BigInt(h ?? 0) + BigInt(s ?? 0) !== BigInt(d ?? 0))
        throw new Error('deposited is not free + held + spent')
    }
    const charged = sum(confirmed.map(({ cumulative }) => cumulative))
    const chargedFee = sum(confirmed.map(({ fee }) => fee))
    const paid = sum(settled)
    const rewards = sum(receipts.map(({ price, fee }) => price - fee))
    const state = await engine.coordinator<Record<string, unknown>>('ledger_state', [engine.instanceId])
    const { escrow, pool, fees, total, free: f, held: h, earned, platformFees } = state
    differs(
      'the ledger',
      {
        escrow: `${sum(deposited) - charged}`,
        pool: `${charged - chargedFee - paid}`,
        fees: `${chargedFee}`,
        total: '0',
        f: `${sum(free)}`,
        h: `${sum(tasks.map(({ hold }) => hold))}`,
        earned: `${rewards - paid}`,
        platformFees: `${sum(receipts.map(({ fee }) => fee))}`,
      },
      { escrow, pool, fees, total, f, h, earned, platformFees },
    )
    const [row] = await engine.query<Record<string, number>>(
      `select
         (select count(*)::int from (
            select from oblivion.ledger l
             where l.account in ('customer_free', 'task_hold', 'provider_earned', 'platform_fees')
             group by l.account, l.asset, l.instance_id, l.owner_id, l.task_id having sum(l.amount) < 0) x) as negative,
         -- Bookings that do not sum to zero, and balances that their roll-ups have otherwise than all legs one by one.
         (select count(*)::int from (
            select from oblivion.ledger l group by l.instance_id, l.kind, l.reference having sum(l.amount) <> 0) x) as unbalanced,
         (select count(*)::int from (
            select from oblivion.accounts a
              left join oblivion.ledger l on (l.account, l.asset, l.instance_id) = (a.kind, a.asset, a.instance_id)
               and l.owner_id is not distinct from a.owner_id and l.task_id is not distinct from a.task_id
             group by a.id having oblivion.balance_of(a.id) <> coalesce(sum(l.amount), 0)) x) as misfolded,
         (select count(*)::int from oblivion.tasks t
           where t.budget < (select coalesce(sum(r.price), 0) from oblivion.receipts r where r.task_id = t.id)) as overspent,
         (select count(*)::int from jobs j full join oblivion.receipts r on r.job_id = j.id
           where (j.status = 'completed') is distinct from (r.id is not null)) as unpaid,
         (select count(*)::int from oblivion.tasks t where t.status <> 'running' and exists (
            select from jobs j where j.task_id = t.id and j.status = 'pending')) as leftover,
         (select count(*)::int from nodes n
           where n.current_jobs <> (select count(*) from jobs j where j.node_id = n.id)) as miscounted,
         (select count(*)::int from (select v.cumulative, oblivion.charged_earnings(v.instance_id, v.owner_id) as charged
            from oblivion.vouchers v) x where x.cumulative > x.charged) as overvouched`,
    )
    differs(
      'what never happens',
      { negative: 0, unbalanced: 0, misfolded: 0, overspent: 0, unpaid: 0, leftover: 0, miscounted: 0, overvouched: 0 },
      row,
    )
  }

  for (const [index, event] of happenings.entries()) {
    await act(event)
    if (index % every === every - 1) await compare()
  }
  await compare()
  return counts
}

type Due = { customer: string; cumulative: string; cumulativeFee: string }
const plainCharge = ({ customer, cumulative, cumulativeFee }: Due) => ({ customer, cumulative, cumulativeFee })
const byKey = (a: object, b: object) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1)
