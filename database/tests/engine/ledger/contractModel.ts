/** An event as the indexer reads it: amounts are decimal strings of the smallest unit. */
export type ChainEvent = { kind: string; [field: string]: unknown }

type Escrow = {
  balance: bigint
  charged: bigint
  chargedFee: bigint
  cap: bigint
  /** What the cap has left. */
  level: bigint
  raise: { cap: bigint; at: number } | undefined
  exiting: bigint
}
const least = (...values: bigint[]): bigint => values.reduce((a, b) => (a < b ? a : b))

/**
 * What the contract does with escrows, pool and fees, as OblivionSettlement.sol has it; the time of its caps and of its
 * guardian's pauses, of seven days in all, goes by in days. It knows nothing of tasks or receipts: what it holds is compared
 * with what the ledger says it holds. Unlike that contract it reports movements and exits of nothing, as an older one
 * does.
 */
export const createContract = (customers: string[], defaultCap: bigint) => {
  const escrows: Escrow[] = customers.map(() => ({
    ...{ balance: 0n, charged: 0n, chargedFee: 0n, exiting: 0n },
    ...{ cap: defaultCap, level: defaultCap, raise: undefined },
  }))
  const paid = new Map<string, bigint>()
  const state = { pool: 0n, fees: 0n }
  const guardian = { paused: false, daysLeft: 7 }
  const of = (who: number): Escrow => {
    const escrow = escrows[who]
    if (!escrow) throw new Error('No such customer.')
    return escrow
  }
  return {
    state,
    of,
    escrow: () => escrows.reduce((total, { balance }) => total + balance, 0n),
    isPaused: (): boolean => guardian.paused,
    /** Answers whether it paused what was not paused, and had days left to. */
    pause: (): boolean => {
      const pauses = !guardian.paused && guardian.daysLeft > 0
      guardian.paused ||= pauses
      return pauses
    },
    /** By the admin, or since the pause has run out; answers whether anything was paused. */
    resume: (): boolean => {
      const { paused } = guardian
      guardian.paused = false
      return paused
    },
    deposit: (who: number, amount: bigint): ChainEvent | undefined => {
      if (guardian.paused) return undefined
      of(who).balance += amount
      of(who).exiting = 0n
      return { kind: 'Deposited', customer: customers[who], amount: `${amount}` }
    },
    /** Takes what escrow and cap allow; the providers' part comes before the fee. */
    charge: (who: number, cumulative: bigint, cumulativeFee: bigint): ChainEvent | undefined => {
      const escrow = of(who)
      const owed = cumulative - escrow.charged
      if (owed <= 0n || guardian.paused) return undefined
      const amount = least(owed, escrow.balance, escrow.level)
      if (amount === 0n) return undefined
      const feeOwed = cumulativeFee > escrow.chargedFee ? least(owed, cumulativeFee - escrow.chargedFee) : 0n
      const fee = amount - least(amount, owed - feeOwed)
      escrow.balance -= amount
      escrow.level -= amount
      escrow.charged += amount
      escrow.chargedFee += fee
      state.pool += amount - fee
      state.fees += fee
      return {
        ...{ kind: 'Charged', customer: customers[who], amount: `${amount}`, fee: `${fee}` },
        ...{ cumulative: `${escrow.charged}`, cumulativeFee: `${escrow.chargedFee}` },
      }
    },
    /** Pays the difference. A pool that does not cover it would be the end of what vouchers promise. */
    claim: (provider: string, cumulative: bigint): ChainEvent | undefined => {
      const amount = cumulative - (paid.get(provider) ?? 0n)
      if (amount <= 0n || guardian.paused) return undefined
      if (amount > state.pool) throw new Error(`the pool of ${state.pool} does not cover a voucher for ${amount} more`)
      state.pool -= amount
      paid.set(provider, cumulative)
      return { kind: 'Claimed', provider, payee: provider, cumulative: `${cumulative}`, amount: `${amount}` }
    },
    requestExit: (who: number, amount: bigint): void => {
      of(who).exiting = least(amount, of(who).balance)
    },
    cancelExit: (who: number): void => {
      of(who).exiting = 0n
    },
    withdraw: (who: number): ChainEvent | undefined => {
      const escrow = of(who)
      if (escrow.exiting === 0n) return undefined
      const amount = least(escrow.exiting, escrow.balance)
      escrow.exiting = 0n
      escrow.balance -= amount
      return { kind: 'Withdrawn', customer: customers[who], amount: `${amount}` }
    },
    /** Lowered at once, and what was left stays; raised a day later. */
    setCap: (who: number, cap: bigint): void => {
      const escrow = of(who)
      escrow.raise = cap > escrow.cap ? { cap, at: Math.floor(Date.now() / 1000) + 86_400 } : undefined
      if (!escrow.raise) escrow.cap = cap
    },
    /** Answers whose raised cap came into force. */
    day: (): number[] => {
      if (guardian.paused) guardian.daysLeft -= 1
      guardian.paused &&= guardian.daysLeft > 0
      return escrows.flatMap((escrow, who) => {
        const raised = escrow.raise !== undefined
        escrow.cap = escrow.raise?.cap ?? escrow.cap
        escrow.raise = undefined
        if (escrow.level < escrow.cap) escrow.level = escrow.cap
        return raised ? [who] : []
      })
    },
    topUp: (from: string, amount: bigint): ChainEvent => {
      state.pool += amount
      return { kind: 'ToppedUp', account: from, amount: `${amount}` }
    },
    collect: (to: string, amount: bigint): ChainEvent | undefined => {
      if (amount > state.fees) return undefined
      state.fees -= amount
      return { kind: 'FeesCollected', account: to, amount: `${amount}` }
    },
    /** As the coordinator reads a customer at the latest block, with what it withdrew and the ledger has not booked yet. */
    shown: (who: number, withdrawing = 0n): Record<string, unknown> => {
      const { balance, exiting, cap, raise } = of(who)
      const later = Math.floor(Date.now() / 1000) + 172_800
      return {
        ...{
          customer: customers[who],
          exiting: `${least(exiting, balance)}`,
          withdrawing: `${withdrawing}`,
          dailyCap: `${cap}`,
        },
        ...{ exitRipeAt: exiting > 0n ? later : null, exitLapsesAt: exiting > 0n ? later + 86_400 : null },
        ...{ raisedCap: raise ? `${raise.cap}` : null, raisedAt: raise?.at ?? null },
      }
    },
  }
}
export type Contract = ReturnType<typeof createContract>
