import { setTimeout as sleep } from 'node:timers/promises'
import { keepGoodCopy } from './chainState.ts'
import { isFinalityDue } from './decideFinality.ts'
import { type ChainClient, chainStateFiles } from './startAnvil.ts'

const POLL_MS = 200

/**
 * Moves finality and keeps the whole copy of the state, until `signal` aborts. Losing the chain is not an error here:
 * the supervisor sees the child end, and watches the next one.
 */
export const watchChain = async (options: {
  client: ChainClient
  folder: string
  signal: AbortSignal
}): Promise<void> => {
  const { client, folder, signal } = options
  const files = chainStateFiles(folder)
  let seen = await client.getBlockNumber().catch(() => 0n)
  let saved = 0n
  let waiting: { block: bigint; since: number } | null = null
  while (!signal.aborted) {
    try {
      const head = await client.getBlockNumber()
      if (waiting === null && head > seen && (await hasTransactions(client, seen + 1n, head))) {
        waiting = { block: head, since: performance.now() }
      }
      seen = head
      if (saved < head) saved = keepGoodCopy(files, head) ?? saved
      if (isFinalityDue({ now: performance.now(), saved, waiting })) {
        // `seen` stays before them: a block with transactions that slips in between is found by the next look.
        await client.mine({ blocks: 2 })
        waiting = null
      }
    } catch {
      // Not reached: it is ending, and with it this watch, or busy, and the next look will tell.
    }
    await sleep(POLL_MS, undefined, { signal }).catch(() => undefined)
  }
}

const hasTransactions = async (client: ChainClient, from: bigint, to: bigint): Promise<boolean> => {
  for (let number = from; number <= to; number += 1n) {
    if ((await client.getBlockTransactionCount({ blockNumber: number })) > 0) return true
  }
  return false
}
