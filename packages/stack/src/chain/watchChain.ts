import { setTimeout as sleep } from 'node:timers/promises'
import { keepGoodCopy } from './chainState.ts'
import { isFinalityDue } from './decideFinality.ts'
import { type ChainClient, chainStateFiles } from './startAnvil.ts'

const POLL_MS = 200

/**
 * Moves finality and keeps the whole copy of the state, until `signal` aborts. Losing the chain (it is being restarted)
 * is not an error here: the supervisor sees the child end.
 */
export const watchChain = async (options: {
  client: ChainClient
  folder: string
  signal: AbortSignal
  log: (line: string) => void
}): Promise<void> => {
  const { client, folder, signal, log } = options
  const files = chainStateFiles(folder)
  let seen = await client.getBlockNumber()
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
        await client.mine({ blocks: 2 })
        seen = await client.getBlockNumber()
        waiting = null
      }
    } catch (cause) {
      if (signal.aborted) return
      log(`chain not reached: ${cause instanceof Error ? cause.message.split('\n')[0] : String(cause)}`)
      await sleep(1_000, undefined, { signal }).catch(() => undefined)
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
