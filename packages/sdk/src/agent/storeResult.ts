import { NetworkUnreachableError, type OfferedJob } from '@oblivion/core'
import { askStorage, type NodeAddress, tookIt } from './askStorage.ts'

/** 16 MiB over a slow line. */
const STORE_MS = 300_000
const TRIES = 4

/**
 * Puts a result into Storage, at the place of the attempt that the node holds: a second time there is a conflict, and means
 * that it lies there. In a tab a file of its own, which only such a result makes it load.
 *
 * @param bytes - The canonical text, whose SHA-256 is `hash`.
 * @returns Bucket and name, or null where `drop` ended it.
 * @throws {NetworkUnreachableError} `OB101` where it cannot be reached, or takes it not or not any more: another node does
 *   the job then.
 */
export const storeResult = async (
  address: NodeAddress,
  { jobId, attempt }: OfferedJob,
  bytes: Uint8Array<ArrayBuffer>,
  hash: string,
  drop: AbortSignal,
): Promise<string | null> => {
  const place = `oblivion-results/uploads/${jobId}/${attempt}/${hash}`
  for (let tries = 1; ; tries++) {
    const signal = AbortSignal.any([drop, AbortSignal.timeout(STORE_MS)])
    const response = await askStorage(address, place, { method: 'POST', body: bytes, signal }).catch(() => null)
    if (drop.aborted) return null
    if (response !== null && (await tookIt(response))) return place
    const refused = response !== null && response.status < 500 && response.status !== 429
    if (refused || tries === TRIES) throw new NetworkUnreachableError({ values: { call: 'result' } })
    await new Promise((resolve) => {
      drop.addEventListener('abort', resolve)
      setTimeout(resolve, 1000 * 2 ** tries)
    })
  }
}
