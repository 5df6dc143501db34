import { TransactionFailedError } from '@oblivion/core'
import type { ChainClient } from './chainClient.ts'
import type { Transaction } from './transactionStep.ts'

type FollowParameters = {
  hash: `0x${string}`
  onChange: (change: Partial<Transaction>) => void
  /** Waits between two looks at the finalised block. */
  pause?: (milliseconds: number) => Promise<void>
}

const sleep = (milliseconds: number) => new Promise<void>((resolve) => setTimeout(resolve, milliseconds))

/**
 * Follows a sent transaction until its block is final.
 *
 * @throws {TransactionFailedError} It is in a block but was reverted.
 */
export async function followTransaction(
  client: ChainClient,
  { hash, onChange, pause = sleep }: FollowParameters,
): Promise<void> {
  onChange({ step: 'sent', hash })
  const receipt = await client.waitForTransactionReceipt({ hash })
  if (receipt.status === 'reverted') {
    throw new TransactionFailedError({
      message: `The transaction is in block ${receipt.blockNumber}, but the contract reverted it. Only its fee was spent.`,
      // The catalogue's points at a reason, which a receipt does not hold.
      hint: '',
    })
  }
  onChange({ step: 'mined', block: receipt.blockNumber })
  for (;;) {
    const { number } = await client.getBlock({ blockTag: 'finalized' })
    if (number !== null && number >= receipt.blockNumber) break
    await pause(client.pollingInterval)
  }
  onChange({ step: 'final' })
}
