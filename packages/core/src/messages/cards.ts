/** A wallet's money that was paid by card, apart from its tokens. Amounts in millionths of a dollar. */
export interface CardMoney {
  readonly asset: 'card'
  /** The wallet whose it is, a lower-case address. */
  readonly customer: string
  /** For how long after its task was posted a provider's receipt waits, in seconds. */
  readonly windowSeconds: number
  /** A payment is disputed or was charged back: nothing of it is spent. */
  readonly frozen: boolean
  /** Can be spent on new tasks, or go back to the card. */
  readonly free: bigint
  /** Reserved for tasks that run. */
  readonly held: bigint
  /** Paid for accepted chunks. */
  readonly spent: bigint
  readonly deposited: bigint
  /** Back on the card. */
  readonly refunded: bigint
  /** On its way back to a card. */
  readonly returning: bigint
  /** What this wallet asked to have back, the last ten, the newest first. */
  readonly withdrawals: readonly CardWithdrawal[]
  /** Taken back by banks, or asked back. */
  readonly disputed: bigint
  readonly earnings: CardEarnings
}

/** `requested`: Stripe is being asked. `returned`: on its way to the card. `failed`: free again. */
export interface CardWithdrawal {
  readonly amount: bigint
  readonly state: 'requested' | 'returned' | 'failed'
  /** Why it failed; null otherwise. */
  readonly reason: string | null
  /** ISO 8601. */
  readonly requestedAt: string
}

/** What a provider earned in card money: `total = waiting + ripe + payable + reversed`. */
export interface CardEarnings {
  readonly total: bigint
  /** Its dispute window has not ended. */
  readonly waiting: bigint
  /** When the next of it has, ISO 8601; null where nothing waits. */
  readonly nextAt: string | null
  /** Waits for the operator's escrow alone. */
  readonly ripe: bigint
  /** Charged to the operator's escrow: part of the earnings in tokens from here on. */
  readonly payable: bigint
  /** Lost, because its customer's payment was charged back before it was payable. */
  readonly reversed: bigint
}

/** Whether and how a coordinator takes cards. */
export interface CardOffer {
  readonly available: boolean
  /** Test cards, or real ones. */
  readonly mode: 'test' | 'live'
  /** The least and the most of one payment, in millionths of a dollar. */
  readonly least: bigint
  readonly most: bigint
}
