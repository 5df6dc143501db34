/** How far a transaction is. `failed` keeps how far it came. */
export type TransactionStep = 'signing' | 'sent' | 'mined' | 'final'

/** What a transaction is for. */
export type TransactionKind = 'deposit' | 'settle' | 'exit' | 'stay' | 'withdraw' | 'cap' | 'payee'

export type Transaction = {
  id: number
  kind: TransactionKind
  /** In the smallest unit; null where it moves no amount. */
  amount: bigint | null
  step: TransactionStep
  hash: `0x${string}` | null
  block: bigint | null
  /** The sentence that says why it ended early; null while all goes well. */
  failure: string | null
}

/** The four steps that every transaction goes through, in words. */
export const transactionSteps = [
  { step: 'signing', word: 'Sign' },
  { step: 'sent', word: 'Sent' },
  { step: 'mined', word: 'In a block' },
  { step: 'final', word: 'Final' },
] as const satisfies readonly { step: TransactionStep; word: string }[]

export type DotState = 'done' | 'current' | 'ahead' | 'failed'

/** The dots of a transaction: what is done, what is under way, what is to come. A sent transaction has been signed. */
export function dotStates({ step, failure }: Pick<Transaction, 'step' | 'failure'>): DotState[] {
  const at = transactionSteps.findIndex((entry) => entry.step === step)
  return transactionSteps.map((_, index): DotState => {
    if (failure !== null) return index < at ? 'done' : index === at ? 'failed' : 'ahead'
    if (step === 'signing') return index === 0 ? 'current' : 'ahead'
    if (index <= at) return 'done'
    return index === at + 1 ? 'current' : 'ahead'
  })
}

/** Where a transaction is, in one sentence. */
export function transactionSentence({ step, failure, block }: Transaction): string {
  if (failure !== null) return failure
  switch (step) {
    case 'signing':
      return 'Look at your wallet: it asks you to sign.'
    case 'sent':
      return 'Sent. It waits to be put into a block.'
    case 'mined':
      return `In block ${block}. It waits to become final.`
    case 'final':
      return `Final since block ${block}. It cannot be undone.`
  }
}
