import { TransactionFailedError } from '@oblivion/core'
import type { ChainClient } from './chainClient.ts'
import type { Transaction } from './transactionStep.ts'

type FollowParameters = {
  hash: `0x${string}`
  onChange: (change: Partial<Transaction>) => void
  /** Waits between two looks at the chain. */
  pause?: (milliseconds: number) => Promise<void>
}

const sleep = (milliseconds: number) => new Promise<void>((resolve) => setTimeout(resolve, milliseconds))

/**
 * Follows a sent transaction until its block is final, however long that is and however often the chain cannot be reached
 * meanwhile: who was told that it failed would send it a second time.
 *
 * @throws {TransactionFailedError} It is in a block but was reverted, or another one took its place by the wallet's wish.
 */
export async function followTransaction(
  client: ChainClient,
  { hash, onChange, pause = sleep }: FollowParameters,
): Promise<void> {
  onChange({ step: 'sent', hash })
  const insist = async <Answer>(look: () => Promise<Answer>): Promise<Answer> => {
    for (;;) {
      try {
        return await look()
      } catch {
        await pause(client.pollingInterval)
      }
    }
  }
  let isReplaced = false
  const receipt = await insist(() =>
    client.waitForTransactionReceipt({
      hash,
      timeout: 0,
      onReplaced: ({ reason, transaction }) => {
        isReplaced = reason !== 'repriced'
        if (!isReplaced) onChange({ hash: transaction.hash })
      },
    }),
  )
  if (isReplaced) {
    throw new TransactionFailedError({
      message: 'Your wallet put another transaction in its place, so this one never happens. Only a fee was spent.',
      hint: '',
    })
  }
  if (receipt.status === 'reverted') {
    throw new TransactionFailedError({
      message: `The transaction is in block ${receipt.blockNumber}, but the contract reverted it. Only its fee was spent.`,
      // The catalogue's points at a reason, which a receipt does not hold.
      hint: '',
    })
  }
  onChange({ step: 'mined', block: receipt.blockNumber })
  for (;;) {
    const { number } = await insist(() => client.getBlock({ blockTag: 'finalized' }))
    if (number !== null && number >= receipt.blockNumber) break
    await pause(client.pollingInterval)
  }
  onChange({ step: 'final' })
}
