import type { ReadClient } from '@oblivion/contracts'
import { type Hash, type TransactionReceipt, TransactionReceiptNotFoundError } from 'viem'
import { getTransactionReceipt } from 'viem/actions'
import type { Sleep } from '../loop/sleep.ts'

/**
 * Waits until a transaction is in a block; null where it is in none within `withinMs`, or `signal` aborts.
 *
 * viem's own waiting hides a node that went away until its timeout has passed and cannot be aborted; here an outage is
 * thrown at once, and the next turn decides anew from what the chain says.
 */
export async function waitForReceipt(
  client: ReadClient,
  parameters: { hash: Hash; withinMs: number; signal: AbortSignal; now: () => number; sleep: Sleep },
): Promise<TransactionReceipt | null> {
  const { hash, withinMs, signal, now, sleep } = parameters
  const deadline = now() + withinMs
  while (!signal.aborted && now() < deadline) {
    try {
      return await getTransactionReceipt(client, { hash })
    } catch (error) {
      if (!(error instanceof TransactionReceiptNotFoundError)) throw error
    }
    await sleep(client.pollingInterval, signal)
  }
  return null
}
