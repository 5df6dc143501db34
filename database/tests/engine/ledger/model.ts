import { feeOfChunk } from '@oblivion/core'
import type { Asset, End } from './happenings.ts'

type Job = {
  state: 'blocked' | 'pending' | 'processing' | 'end'
  failures: number
  losses: number
  /** Who failed it: a second owner that says the same is paid for it. */
  failedBy: number[]
  /** The provider that holds it or did it. */
  by: number | undefined
  /** What an hour of it costs, where its task is metered, since it was claimed. */
  rate: bigint
  result: string | undefined
}
/** What a cluster of owners took for a stage, the latest first. */
type Vote = { times: number[]; established: boolean }
/** The jobs of each stage, one a replica. */
type Chunk = { stages: Job[][]; decided: boolean[] }
export type TaskTerms = {
  customer: number
  asset: Asset
  /** Of a job; where it is metered the most. */
  price: bigint
  metered: boolean
  bps: number
  budget: bigint
  attempts: number
  chunks: number
  shape: [number, number]
}
export type Task = TaskTerms & {
  id: string
  hold: bigint
  spent: bigint
  open: boolean
  cancelled: boolean
  paused: boolean
  /** The contract that was open when it was posted. */
  instance: number
  work: Chunk[]
  /** Of each stage, by cluster. */
  votes: Map<number, Vote>[]
}
/** A receipt in card money, as long as no charge has paid it: here always. */
type CardReceipt = { who: number; by: number; price: bigint; fee: bigint; reversed: boolean }
type Dispute = {
  who: number
  amount: bigint
  state: 'open' | 'lost' | 'won'
  lifted: boolean
  /** What was taken back of it: out of what was free, and which receipts. */
  free: bigint
  receipts: CardReceipt[]
}
/** All that a customer has spent until then, and whose rewards are in it. */
type Stamp = { cumulative: bigint; fee: bigint; parts: bigint[] }
type Customer = {
  deposited: bigint
  withdrawn: bigint
  free: bigint
  /** Play money and card money, apart from all the rest and from each other. */
  beside: Record<Exclude<Asset, 'chain'>, { free: bigint; spent: bigint; deposited: bigint }>
  spent: bigint
  spentFee: bigint
  exiting: bigint
  charged: bigint
  /** What charges of the last day took, a unit more for each. */
  chargedToday: bigint
  cap: bigint
  /** What was accepted since the last stamp. */
  fresh: bigint[]
  last: Stamp
  /** Not confirmed by an event of the chain yet. */
  waiting: Stamp[]
}
/** Where a job lies. */
export type Place = { serial: number; chunk: number; stage: number; replica: number }

const sum = (values: Iterable<bigint>): bigint => [...values].reduce((total, value) => total + value, 0n)
const middleOf = (values: number[]): number => {
  const sorted = values.toSorted((a, b) => a - b)
  return ((sorted[(sorted.length - 1) >> 1] ?? Number.NaN) + (sorted[sorted.length >> 1] ?? Number.NaN)) / 2
}
const jobsOf = (task: Task): Job[] => task.work.flatMap(({ stages }) => stages.flat())

/**
 * What the ledger must say after each happening, told without accounts and entries: a few running totals, and the jobs
 * of tasks that are open. What has ended is forgotten, so that a history may be as long as one likes.
 */
export const createModel = (sizes: {
  customers: number
  providers: number
  defaultCap: bigint
  /** Which of the providers is the visitor, whose the site is, who may be bound, and the site's share. */
  site: { visitor: number; owner: number; wallet: number; bps: bigint }
}) => {
  const { site } = sizes
  const nobody = (): bigint[] => Array.from({ length: sizes.providers }, () => 0n)
  /** A contract's part of a customer, which begins anew with each contract. */
  const unknown = () => ({
    ...{ deposited: 0n, withdrawn: 0n, free: 0n, spent: 0n, spentFee: 0n, exiting: 0n, charged: 0n, chargedToday: 0n },
    ...{ cap: sizes.defaultCap, fresh: nobody(), waiting: [], last: { cumulative: 0n, fee: 0n, parts: nobody() } },
  })
  const purseOf = () => ({ free: 0n, spent: 0n, deposited: 0n })
  const customers: Customer[] = Array.from({ length: sizes.customers }, () => ({
    ...unknown(),
    beside: { test: purseOf(), card: purseOf() },
  }))
  const tasks = new Map<number, Task>()
  const providers = {
    earned: nobody(),
    /** Whose charge the chain has confirmed: all that a voucher may say. */
    confirmed: nobody(),
    vouched: nobody(),
    settled: nobody(),
    /** In play money, which nobody ever vouches for, and in card money, which nobody vouches for in its window. */
    beside: { test: nobody(), card: nobody() },
  }
  /** What they ask an hour, null for what the operator gives; and how many results of theirs were accepted. */
  const rates: (bigint | null)[] = Array.from({ length: sizes.providers }, () => null)
  const accepted = Array.from({ length: sizes.providers }, () => 0)
  const state = { defaultRate: 100_000n, bps: 500, toppedUp: 0n, collected: 0n, instance: 0 }
  const cards = { receipts: [] as CardReceipt[], disputes: new Map<string, Dispute>() }
  /** The visitor: confirmed and not shared yet; its own part, and what of it went on; whether a wallet waits or has it. */
  const visitor = {
    gross: 0n,
    unshared: [] as bigint[],
    shared: 0n,
    own: 0n,
    moved: 0n,
    bound: undefined as 'today' | 'held' | undefined,
  }

  const customer = (who: number): Customer => {
    const found = customers[who]
    if (!found) throw new Error('No such customer.')
    return found
  }
  const place = ({ serial, chunk, stage, replica }: Place) => {
    const task = tasks.get(serial)
    const part = task?.work[chunk]
    const job = part?.stages[stage]?.[replica]
    if (!task || !part || !job) throw new Error(`a job of a task that has ended or never was: ${serial}/${chunk}`)
    return { task, chunk: part, job }
  }
  const heldOf = (who: number, asset: Task['asset'] = 'chain'): bigint =>
    sum(
      [...tasks.values()]
        .filter((task) => task.customer === who && task.asset === asset && !isStale(task))
        .map(({ hold }) => hold),
    )
  /** Whether its money lies in a contract that was replaced: nobody counts it any more. Card money lies in none. */
  const isStale = (task: Task): boolean => task.asset !== 'card' && task.instance !== state.instance
  /** Whose free balance a task's money comes from and goes back to. */
  const purse = (task: Task): { free: bigint } => {
    if (isStale(task)) return { free: 0n }
    return task.asset === 'chain' ? customer(task.customer) : customer(task.customer).beside[task.asset]
  }
  const move = (from: number, to: number, amount: bigint): void => {
    for (const sums of [providers.earned, providers.confirmed]) {
      sums[from] = (sums[from] ?? 0n) - amount
      sums[to] = (sums[to] ?? 0n) + amount
    }
  }
  const passOn = (to: number): boolean => {
    const amount = visitor.own - visitor.moved
    move(site.visitor, to, amount)
    visitor.moved = visitor.own
    return amount > 0n
  }
  const siteOf = (reward: bigint): bigint => (reward * site.bps) / 10_000n

  /** All visitors of a site are one with its owner. */
  const clusterOf = (by: number): number => (by === site.visitor ? site.owner : by)
  /** What one job is paid that took so long, and whether what others took made it less. */
  const priceOf = (
    task: Task,
    stage: number,
    job: Job,
    by: number,
    took: number,
  ): { price: bigint; bound: boolean } => {
    if (!task.metered) return { price: task.price, bound: false }
    const others = [...(task.votes[stage] ?? [])].flatMap(([who, vote]) => (who === clusterOf(by) ? [] : [vote]))
    const proven = others.filter(({ established }) => established)
    const medians = (proven.length < 3 ? others : proven).map(({ times }) => middleOf(times))
    const most = medians.length === 0 ? took : Math.floor(1.5 * middleOf(medians))
    const worth = (job.rate * BigInt(Math.min(took, 300_000, most))) / 3_600_000n
    const price = worth < 1n ? 1n : worth
    return { price: price < task.price ? price : task.price, bound: most < took }
  }
  const vote = (task: Task, stage: number, by: number, took: number): void => {
    accepted[by] = (accepted[by] ?? 0) + 1
    const votes = task.votes[stage]
    const times = [took, ...(votes?.get(clusterOf(by))?.times ?? [])].slice(0, 9)
    votes?.set(clusterOf(by), { times, established: (accepted[by] ?? 0) >= 30 })
  }
  /** Ends a stage of a chunk where its results allow it. */
  const judge = (task: Task, chunk: Chunk, stage: number): void => {
    const jobs = chunk.stages[stage] ?? []
    if (chunk.decided[stage]) return
    const quorum = Math.floor(task.shape[1] / 2) + 1
    const open = jobs.filter(({ state: at }) => at !== 'end').length
    const counts = new Map<string, number>()
    for (const { result } of jobs) if (result !== undefined) counts.set(result, (counts.get(result) ?? 0) + 1)
    const best = Math.max(0, ...counts.values())
    const accepted = best >= quorum
    if (!accepted && best + open >= quorum) return
    chunk.decided[stage] = true
    for (const job of jobs) if (job.state === 'pending') job.state = 'end'
    for (const [index, later] of chunk.stages.entries()) {
      if (index <= stage) continue
      for (const job of later)
        if (!accepted) job.state = 'end'
        else if (index === stage + 1 && job.state === 'blocked') job.state = 'pending'
    }
  }
  const closeIfDone = (serial: number, task: Task): void => {
    if (jobsOf(task).some(({ state: at }) => at !== 'end')) return
    purse(task).free += task.hold
    task.hold = 0n
    task.open = false
    tasks.delete(serial)
  }
  const end = (serial: number, task: Task): bigint => {
    const running = BigInt(jobsOf(task).filter(({ state: at }) => at === 'processing').length)
    const refunded = task.hold - running * task.price
    task.cancelled = true
    task.hold -= refunded
    purse(task).free += refunded
    for (const job of jobsOf(task)) if (job.state !== 'processing') job.state = 'end'
    closeIfDone(serial, task)
    return refunded
  }

  const coveredOf = ({ free, receipts }: Dispute): bigint => free + sum(receipts.map(({ price }) => price))
  /** Takes back what is there: what is free, then the latest receipts that fit. */
  const cover = (dispute: Dispute): void => {
    let rest = dispute.amount - coveredOf(dispute)
    if (dispute.state === 'won' || rest === 0n) return
    for (const [serial, task] of tasks)
      if (task.customer === dispute.who && task.asset === 'card' && !task.cancelled) end(serial, task)
    const pocket = customer(dispute.who).beside.card
    const taken = pocket.free < rest ? pocket.free : rest
    pocket.free -= taken
    dispute.free += taken
    rest -= taken
    for (const receipt of cards.receipts.toReversed()) {
      if (receipt.who !== dispute.who || receipt.reversed) continue
      if (receipt.price > rest) break
      receipt.reversed = true
      dispute.receipts.push(receipt)
      rest -= receipt.price
    }
  }
  const isFrozen = (who: number): boolean =>
    [...cards.disputes.values()].some(
      (one) => one.who === who && (one.state === 'open' || (one.state === 'lost' && !one.lifted)),
    )

  return {
    ...{ state, tasks, providers, customer, heldOf, isFrozen, rates },
    /** What `card money` must answer beside the purse, and the operator's loss. */
    cards: {
      disputed: (who: number): bigint =>
        sum(
          [...cards.disputes.values()].filter((one) => one.who === who && one.state !== 'won').map((one) => one.amount),
        ),
      reversed: (by: number): bigint =>
        sum(cards.receipts.filter((one) => one.by === by && one.reversed).map(({ price, fee }) => price - fee)),
      books: () => ({
        badDebt: sum(
          [...cards.disputes.values()].map((one) => (one.state === 'won' ? 0n : one.amount - coveredOf(one))),
        ),
        earned: sum(cards.receipts.map((one) => (one.reversed ? 0n : one.price - one.fee))),
        fees: sum(cards.receipts.map((one) => (one.reversed ? 0n : one.fee))),
        reversed: sum(cards.receipts.map((one) => (one.reversed ? one.price : 0n))),
      }),
      dispute: (id: string, who: number, amount: bigint): void => {
        const dispute: Dispute = { who, amount, state: 'open', lifted: false, free: 0n, receipts: [] }
        cards.disputes.set(id, dispute)
        cover(dispute)
      },
      /** Answers whether that was news. */
      decide: (id: string, won: boolean): boolean => {
        const dispute = cards.disputes.get(id)
        if (!dispute || dispute.state === 'won' || (dispute.state === 'lost' && !won)) return false
        dispute.state = won ? 'won' : 'lost'
        if (!won) return true
        customer(dispute.who).beside.card.free += dispute.free
        for (const receipt of dispute.receipts) receipt.reversed = false
        return true
      },
      lift: (who: number): number => {
        const lost = [...cards.disputes.values()].filter(
          (one) => one.who === who && one.state === 'lost' && !one.lifted,
        )
        for (const dispute of lost) dispute.lifted = true
        return lost.length
      },
      /** As a charge finds them: what has come free since. */
      coverAll: (): void => {
        for (const id of [...cards.disputes.keys()].sort()) cover(cards.disputes.get(id) as Dispute)
      },
    },
    /** Answers whether it is the first to be bound. */
    bind: (): boolean => {
      if (visitor.bound !== undefined) return false
      visitor.bound = 'today'
      return true
    },
    lapse: (): boolean => visitor.bound === undefined && passOn(site.owner),
    /** What the visitor is told that it has earned, charged or not. */
    visitorEarned: (): bigint => {
      const rest = visitor.gross - visitor.shared
      return visitor.own + rest - siteOf(rest)
    },
    /** Another contract: what was in the one before is counted no more, but for card money, which was in none. */
    redeploy: (): void => {
      for (const [serial, task] of tasks) if (task.asset !== 'card' && !task.cancelled) end(serial, task)
      for (const who of customers) Object.assign(who, unknown(), { beside: { ...who.beside, test: purseOf() } })
      Object.assign(providers, { earned: nobody(), confirmed: nobody(), vouched: nobody(), settled: nobody() })
      providers.beside.test = nobody()
      Object.assign(visitor, { gross: 0n, unshared: [], shared: 0n, own: 0n, moved: 0n })
      Object.assign(state, { toppedUp: 0n, collected: 0n, instance: state.instance + 1 })
    },
    /** Why a budget is refused now, or undefined. */
    refusal: (who: number, budget: bigint, asset: Task['asset']): string | undefined => {
      if (asset === 'card' && isFrozen(who)) return 'OB090'
      if (asset !== 'chain') return budget > customer(who).beside[asset].free ? 'OB007' : undefined
      const { free, exiting, cap, deposited, charged, withdrawn, chargedToday } = customer(who)
      if (exiting > 0n) return 'OB095'
      if (budget > free) return 'OB007'
      const room = cap - (deposited - charged - withdrawn - free) - chargedToday - 100n
      return budget > room ? 'OB096' : undefined
    },
    post: (serial: number, id: string, terms: TaskTerms): void => {
      const task: Task = {
        ...{
          ...terms,
          id,
          instance: state.instance,
          hold: terms.budget,
          spent: 0n,
          open: true,
          cancelled: false,
          paused: false,
        },
        votes: Array.from({ length: terms.shape[0] }, () => new Map()),
        work: Array.from({ length: terms.chunks }, () => ({
          decided: [],
          stages: Array.from({ length: terms.shape[0] }, (_, stage) =>
            Array.from({ length: terms.shape[1] }, () => ({
              ...{
                state: stage === 0 ? ('pending' as const) : ('blocked' as const),
                failures: 0,
                losses: 0,
                failedBy: [],
              },
              ...{ by: undefined, rate: 0n, result: undefined },
            })),
          ),
        })),
      }
      purse(task).free -= terms.budget
      tasks.set(serial, task)
    },
    claim: (at: Place, by: number, own: number | undefined): { special: boolean; later: boolean } => {
      const { task, chunk, job } = place(at)
      if (job.state !== 'pending') throw new Error(`a job was given out that is at ${job.state}`)
      if (task.paused || task.cancelled) throw new Error('a job of a task was given out that is paused or cancelled')
      if (task.customer === own) throw new Error('a job of its own task was given to a customer')
      if (chunk.stages[at.stage]?.some((sibling) => sibling.by === by)) throw new Error('two replicas to one owner')
      Object.assign(job, { state: 'processing', by, rate: rates[by] ?? state.defaultRate })
      return { special: task.shape[1] > 1, later: at.stage > 0 }
    },
    /** Answers how it was paid. */
    finish: (at: Place, by: number, how: End, took = 0): string | undefined => {
      const { task, chunk, job } = place(at)
      if (job.state !== 'processing' || job.by !== by) throw new Error('an attempt ended that was not begun')
      let told: string | undefined
      // Visitors of a site and its owner are one.
      const cluster = (who: number): number => (who === site.visitor ? site.owner : who)
      const confirmed = how === 'failed' && job.failedBy.some((other) => cluster(other) !== cluster(by))
      if (how === 'failed') job.failedBy.push(by)
      const paid = how === 'succeeded' || how === 'differing' || how === 'told twice' || confirmed
      if (paid) {
        const index = (at.chunk * task.shape[0] + at.stage) * task.shape[1] + at.replica
        const { price, bound } = priceOf(task, at.stage, job, by, took)
        const fee = task.metered
          ? (BigInt(task.bps) * price + ((BigInt(index) * 6181n) % 10_000n)) / 10_000n
          : feeOfChunk({ price, feeBps: task.bps, index })
        // What throws says nothing of how long the others take.
        if (!confirmed) vote(task, at.stage, by, took)
        if (task.metered) told = bound ? 'paid by what others took' : 'paid by time'
        const payer = customer(task.customer)
        if (isStale(task)) {
          // Paid by a contract that is closed: by nobody.
        } else if (task.asset !== 'chain') {
          const earned = providers.beside[task.asset]
          payer.beside[task.asset].spent += price
          earned[by] = (earned[by] ?? 0n) + price - fee
          if (task.asset === 'card') cards.receipts.push({ who: task.customer, by, price, fee, reversed: false })
        } else {
          payer.spent += price
          payer.spentFee += fee
          payer.fresh[by] = (payer.fresh[by] ?? 0n) + price - fee
          providers.earned[by] = (providers.earned[by] ?? 0n) + price - fee
          if (by === site.visitor) visitor.gross += price - fee
        }
        task.hold -= price
        task.spent += price
        if (task.spent > task.budget) throw new Error('a task spent more than its budget')
        job.state = 'end'
        if (!confirmed) job.result = how === 'differing' ? `by ${by}` : 'same'
      } else {
        if (how === 'failed' || how === 'lying') job.failures += 1
        if (how === 'lost') job.losses += 1
        // What the others have decided nobody computes again.
        const over = task.cancelled || chunk.decided[at.stage] || job.failures >= task.attempts || job.losses >= 10
        job.state = over ? 'end' : 'pending'
        job.by = undefined
      }
      if (job.state === 'end' && !task.cancelled) judge(task, chunk, at.stage)
      closeIfDone(at.serial, task)
      return confirmed ? 'a failure that was confirmed' : told
    },
    cancel: (serial: number): bigint => {
      const task = tasks.get(serial)
      return task && !task.cancelled ? end(serial, task) : 0n
    },
    /** New totals of all who spent since the last ones; answers what the chain does not know yet. */
    stamp: (): { who: number; cumulative: bigint; fee: bigint }[] => {
      for (const payer of customers) {
        if (payer.spent === payer.last.cumulative) continue
        payer.last = { cumulative: payer.spent, fee: payer.spentFee, parts: payer.fresh }
        payer.waiting.push(payer.last)
        payer.fresh = nobody()
      }
      return customers.flatMap(({ waiting, last }, who) =>
        waiting.length === 0 ? [] : [{ who, cumulative: last.cumulative, fee: last.fee }],
      )
    },
    charged: (who: number, amount: bigint, cumulative: bigint): void => {
      const payer = customer(who)
      payer.charged += amount
      payer.chargedToday += amount + 1n
      while (payer.waiting[0] && payer.waiting[0].cumulative <= cumulative)
        for (const [index, part] of (payer.waiting.shift()?.parts ?? []).entries()) {
          providers.confirmed[index] = (providers.confirmed[index] ?? 0n) + part
          if (index === site.visitor && part > 0n) visitor.unshared.push(part)
        }
    },
    /** Their running totals, where a new voucher is due. */
    vouch: (): { provider: number; cumulative: bigint }[] => {
      // Each charge is shared by itself, rounded down for the site.
      for (const reward of visitor.unshared.splice(0)) {
        move(site.visitor, site.owner, siteOf(reward))
        visitor.own += reward - siteOf(reward)
        visitor.shared += reward
      }
      if (visitor.bound === 'held') passOn(site.wallet)
      const due = providers.confirmed.flatMap((cumulative, provider) =>
        provider !== site.visitor && cumulative > (providers.vouched[provider] ?? 0n) ? [{ provider, cumulative }] : [],
      )
      for (const { provider, cumulative } of due) providers.vouched[provider] = cumulative
      return due
    },
    /** What the contract shows of a customer: an exit pauses its tasks, its end lets them go on. */
    shown: (who: number, exiting: bigint, cap: bigint): void => {
      Object.assign(customer(who), { exiting, cap })
      for (const task of tasks.values())
        if (task.customer === who && task.asset === 'chain' && !task.cancelled) task.paused = exiting > 0n
    },
    withdrawn: (who: number, amount: bigint): void => {
      const payer = customer(who)
      const own = [...tasks].filter(([, task]) => task.customer === who && task.asset === 'chain' && !task.cancelled)
      own.sort(([, a], [, b]) => (a.id < b.id ? -1 : 1))
      for (const [serial, task] of own) if (payer.free < amount) end(serial, task)
      payer.free -= amount
      payer.withdrawn += amount
      if (payer.free < 0n) throw new Error('a customer withdrew what was not there any more')
    },
    day: (): void => {
      for (const payer of customers) payer.chargedToday = 0n
      if (visitor.bound === 'today') visitor.bound = 'held'
    },
    /** What `ledger_state` and `my_balance` must answer. */
    expected: () => ({
      free: sum(customers.map(({ free }) => free)),
      held: sum(customers.map((_, who) => heldOf(who))),
      earned: sum(providers.earned) - sum(providers.settled),
      platformFees: sum(customers.map(({ spentFee }) => spentFee)) - state.collected,
    }),
  }
}
