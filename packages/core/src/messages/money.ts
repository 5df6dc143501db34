/** A customer's money in the ledger. Amounts in the smallest unit (USDC has 6 decimals). */
export interface Balance {
  /** Whose it is, a lower-case address: that of the session, or of the API key. */
  readonly address: string
  /** Only money that a real deposit on the chain stands for. */
  readonly asset: 'chain'
  /** Null where no settlement contract is known to the ledger yet. */
  readonly chainId: number | null
  /** The contract that holds the deposits, a lower-case address; null as above. */
  readonly settlementAddress: string | null
  /** Why settlement is halted, and with it new tasks and those that real money pays; null where it runs. */
  readonly halted: string | null
  /** Can be spent on new tasks. */
  readonly free: bigint
  /** Reserved for tasks that run. */
  readonly held: bigint
  /** Paid for accepted chunks. */
  readonly spent: bigint
  /** Asked to be withdrawn; while it waits, no task is begun with the rest either. */
  readonly exiting: bigint
  /** Taken back into the wallet. */
  readonly withdrawn: bigint
  /** `free + exiting + held + spent + withdrawn`. */
  readonly deposited: bigint
  /** What the contract lets charges take in a day, by the wallet's own word or by default; null before it was read. */
  readonly dailyCap: bigint | null
  /** The largest budget that the cap covers now, beside what is held, not charged yet, and charged today; null as above. */
  readonly room: bigint | null
  /** Apart from all of the above; null where the operator offers none. */
  readonly play: PlayMoney | null
}

/** Money of the sandbox, worth nothing: it pays tasks as real money does, and is never paid out. */
export interface PlayMoney {
  readonly free: bigint
  readonly held: bigint
  readonly spent: bigint
  /** For chunks of tasks that others paid with play money. */
  readonly earned: bigint
}

/** What a task is paid with: tokens in the contract, dollars that came by card, or play money. */
export type Asset = 'chain' | 'card' | 'test'

/**
 * `pending`: not yet charged on chain. `claimable`: a voucher covers it or can. `settled`: paid out on chain. Before these,
 * of card money: `waiting` for its dispute window, `ripe` until the operator's escrow covers it, `reversed` by a dispute.
 * `play`: play money, which is worth nothing.
 */
export type ReceiptState = 'pending' | 'claimable' | 'settled' | 'waiting' | 'ripe' | 'reversed' | 'play'

/** What one accepted job earned. There is exactly one per accepted job. */
export interface Receipt {
  readonly receiptId: string
  readonly taskId: string
  readonly title: string
  readonly chunkIndex: number
  readonly jobId: string
  readonly attempt: number
  readonly asset: Asset
  /** What the job cost its customer, and the platform's share of that, in the smallest unit. */
  readonly price: bigint
  readonly fee: bigint
  /** The price less the fee. */
  readonly reward: bigint
  readonly resultHash: string
  /** When the attempt was claimed, ISO 8601. */
  readonly startedAt: string
  /** ISO 8601. */
  readonly acceptedAt: string
  readonly state: ReceiptState
}

/** What a provider wants sent to its wallet without a transaction of its own. Amounts in the smallest unit. */
export interface Payout {
  /** The least that is sent. */
  readonly minimum: bigint
  /** What of an order for once is still to come. */
  readonly asked: bigint
  /** From which claimable amount on it is sent without asking; null where never. */
  readonly from: bigint | null
}

/** A provider's earnings. Amounts in the smallest unit; `total = pending + claimable + settled`. */
export interface Earnings {
  readonly total: bigint
  readonly pending: bigint
  readonly claimable: bigint
  readonly settled: bigint
  /** What of the total came from sites and their visitors, without receipts of its own. */
  readonly fromSites: bigint
  /** The last 50, the newest first; those in card and play money too, which no total above counts. */
  readonly receipts: readonly Receipt[]
}

/** The settler's word on everything that a provider has earned so far; a newer one replaces it. */
export interface Voucher {
  readonly chainId: number
  /** The contract that pays it, a lower-case address. */
  readonly settlementAddress: string
  /** A lower-case address. */
  readonly provider: string
  /** Everything ever earned under this contract, in the smallest unit. */
  readonly cumulative: bigint
  /** How much of it the contract has paid already. */
  readonly settled: bigint
  /** What claiming it now pays: `cumulative - settled`. */
  readonly claimable: bigint
  /** EIP-712 signature of (provider, cumulative), 0x-hex. */
  readonly signature: string
}

/** Whose entries a statement lists: what no task holds, what was earned, or what one task holds. */
export type StatementAccount = 'free' | 'earned' | 'task'

/** One entry of an account, with what it is about. */
export interface StatementRow {
  /** Among all entries of all accounts. */
  readonly id: string
  /** ISO 8601. */
  readonly at: string
  /**
   * `accept` (a chunk's result was accepted), `deposit`, `withdraw`, `claim` (all three on the chain or by card), `hold`,
   * `refund` (of a task's budget), `share` (between a site and its visitor), `play`, or another word of the ledger.
   */
  readonly kind: string
  /** In the smallest unit; below zero where money left the account. */
  readonly amount: bigint
  /** The task and, of an accepted result, its chunk, job and attempt. */
  readonly title: string | null
  readonly taskId: string | null
  readonly chunkIndex: number | null
  readonly jobId: string | null
  readonly attempt: number | null
  readonly resultHash: string | null
  /** What an earned result cost its customer, and the platform's share of that: `amount` is the price less the fee. */
  readonly price: bigint | null
  readonly fee: bigint | null
  /** The transaction on the chain and the place of its event. */
  readonly txHash: string | null
  readonly logIndex: number | null
  /** Of card money: Stripe's name of what happened. */
  readonly reference: string | null
}

/** A page of a statement, the newest entries first. The amounts of all pages sum to the balance. */
export interface StatementPage {
  readonly account: StatementAccount
  readonly asset: Asset
  readonly balance: bigint
  readonly rows: readonly StatementRow[]
  /** For the page after; null at the end. */
  readonly next: string | null
}
