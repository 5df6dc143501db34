import type { OwnNode, WorkerType } from './node.ts'

/** How the whole stands, for operators. Amounts are in the smallest unit, moments ISO 8601, ages in seconds. */
export interface OperatorOverview {
  readonly asOf: string
  /** The open contract; null where there is none yet. */
  readonly settlement: {
    readonly chainId: number
    readonly contractAddress: string
    /** Why charges, vouchers, payouts, and tasks of real money wait; null where they do not. */
    readonly haltedReason: string | null
    /**
     * Who stopped it: ledger and contract differ, the chain is another one, the contract takes nothing that the coordinator
     * signs, or an operator, whom alone a person undoes; lifted until ledger and contract are compared.
     */
    readonly haltCause: 'books' | 'chain' | 'settler' | 'operator' | 'lifted' | null
  } | null
  /** Vouchers that wait for the relayer's next batch, 500 at most. */
  readonly payoutsDue: number
  /** Transactions of the relayer that are not final yet, 20 at most. */
  readonly batches: readonly OperatorBatch[]
  /** Card money, in millionths of a dollar. */
  readonly cards: {
    /** Whose escrow pays providers for it; null: nobody's. */
    readonly payer: string | null
    readonly windowSeconds: number
    readonly paidIn: bigint
    readonly returned: bigint
    readonly returning: bigint
    readonly badDebt: bigint
    /** Those that stand or were lost, the newest first, 20 at most. */
    readonly disputes: readonly OperatorDispute[]
  }
  readonly queue: {
    readonly pending: number
    readonly processing: number
    /** How long ago the oldest job was made that could be taken now; null where none waits. */
    readonly oldestSeconds: number | null
    /** Large tasks of which not every chunk has its rows yet. */
    readonly planning: number
  }
  /** By how much what should happen by itself is late; null where nothing is. */
  readonly lateness: {
    /** Since the first lease ran out that rescue has not looked at. */
    readonly leaseSeconds: number | null
    readonly figuresSeconds: number
    readonly scheduleSeconds: number | null
    /** Since the oldest delivered result that the coordinator has not read yet. */
    readonly deliverySeconds: number | null
  }
  /** Nodes of the last day, a row for each type that there was. */
  readonly nodes: readonly {
    readonly workerType: WorkerType
    readonly working: number
    readonly waiting: number
    readonly gone: number
  }[]
  readonly programs: {
    readonly stopped: readonly StoppedProgram[]
    /** Killed sandboxes within a day, and are not stopped. */
    readonly suspected: readonly { readonly program: string; readonly owners: number; readonly lastAt: string }[]
  }
  /** Sites that were suspended. */
  readonly sites: readonly {
    readonly siteId: string
    readonly name: string
    readonly origins: readonly string[]
    readonly reason: string
  }[]
  readonly settings: {
    readonly feeBps: number
    readonly minPricePerChunk: bigint
    /** Of a node that names no price, for metered tasks; in the smallest unit, as the one before. */
    readonly defaultPricePerHour: bigint
    readonly sandbox: boolean
    readonly maxJobs: number
    readonly provenAfter: number
    readonly quarantineAfter: number
    /** For how long a job waits before an alarm says so; null: none does. */
    readonly queueOldAfterSeconds: number | null
    /** The share of attempts, 0 to 1, above which an alarm says that they fail; null: none does. */
    readonly failingShare: number | null
    readonly staleAfterSeconds: number
    readonly staleAfterBrowserSeconds: number
    readonly defaultTimeoutSeconds: number
    /** Null: for ever. */
    readonly historyDays: number | null
  }
  /** What operators did from their page, the newest first, 10 at most. */
  readonly actions: readonly OperatorAction[]
}

export interface OperatorBatch {
  readonly nonce: number
  readonly kind: 'charge' | 'claim' | 'settle'
  readonly state: 'sending' | 'mined'
  /** How many customers it charges and how many providers it pays. */
  readonly charges: number
  readonly payouts: number
  readonly openedAt: string
  readonly tries: number
  /** Its hash, or that of the last try. */
  readonly transaction: string
}

export interface OperatorDispute {
  readonly disputeId: string
  readonly customer: string
  readonly amount: bigint
  /** What was taken back of it; the rest is bad debt. */
  readonly covered: bigint
  readonly state: 'open' | 'lost'
  /** When the customer was let spend card money again; null: it is frozen. */
  readonly liftedAt: string | null
  readonly openedAt: string
}

export interface StoppedProgram {
  /** A built-in's name, or `sha256:<hash>`. */
  readonly program: string
  readonly reason: string
  readonly stoppedAt: string
  /** How many tasks wait for it. */
  readonly tasks: number
}

export interface OperatorAction {
  /** A lower-case address. */
  readonly operator: string
  readonly action: 'halt' | 'resume' | 'stop_program' | 'allow_program'
  /** The contract or the program. */
  readonly subject: string
  readonly reason: string | null
  readonly at: string
}

/** A node as an operator sees it. */
export interface OperatorNode extends OwnNode {
  /** Whom it earns for: a lower-case address. */
  readonly provider: string
  /** How many jobs it may hold at once. */
  readonly maxJobs: number
}

/** The nodes, the latest seen first; 200 at most, and of more those with a key. */
export interface OperatorNodes {
  readonly asOf: string
  readonly nodes: readonly OperatorNode[]
}

/** One node with what it does. */
export interface OperatorNodeView extends OperatorNode {
  readonly asOf: string
  /** What it asks per hour in the smallest unit; null: the operator's default. */
  readonly pricePerHour: bigint | null
  /** What it can do, by its owner's word. */
  readonly capabilities: readonly string[]
  /** Its key is marked as an operator's. */
  readonly operator: boolean
  readonly established: boolean
  /** Of a visitor's node the site's name. */
  readonly site: string | null
  /** How long after its last heartbeat its jobs go back to the queue. */
  readonly staleAfterSeconds: number
  /** What it holds, 50 at most. */
  readonly jobs: readonly OperatorNodeJob[]
  /** Tries that ended within the last hour. */
  readonly lastHour: { readonly attempts: number; readonly succeeded: number }
  /** The last 50 of them, the newest first. */
  readonly attempts: readonly OperatorNodeAttempt[]
}

interface JobOfNode {
  readonly jobId: string
  readonly taskId: string
  readonly chunkIndex: number
  readonly type: string
  readonly attempt: number
  readonly startedAt: string
}

export interface OperatorNodeJob extends JobOfNode {
  /** 0 to 1, as its program says. */
  readonly progress: number
  readonly leaseExpiresAt: string
}

export interface OperatorNodeAttempt extends JobOfNode {
  readonly endedAt: string
  readonly outcome: 'succeeded' | 'failed' | 'expired' | 'released' | 'rejected'
  /** By which the worker failed it, such as `OB205`; null where it gave none. */
  readonly code: string | null
}
