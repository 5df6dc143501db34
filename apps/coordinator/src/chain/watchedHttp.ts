import { custom, HttpRequestError, http, TimeoutError, type Transport } from 'viem'
import type { PartWatch } from '../health/watchPart.ts'
import { OutageError } from '../OutageError.ts'

/**
 * JSON-RPC over HTTP that tells `watch` whether the node answers at all. It retries nothing by itself: the loops do, and
 * they need to know at once.
 */
export function watchedHttp(rpcUrl: string, watch: PartWatch): Transport {
  return (config) => {
    const inner = http(rpcUrl, { retryCount: 0, timeout: 10_000 })(config)
    const provider = {
      async request(args: Parameters<typeof inner.request>[0]) {
        try {
          const answer = await inner.request(args)
          watch.reached()
          return answer
        } catch (error) {
          if (!(error instanceof HttpRequestError || error instanceof TimeoutError)) {
            // A refusal is an answer.
            watch.reached()
            throw error
          }
          watch.lost(error)
          throw new OutageError('chain', { cause: error })
        }
      },
    }
    return custom(provider, { key: 'watched', name: 'watched HTTP', retryCount: 0 })(config)
  }
}
