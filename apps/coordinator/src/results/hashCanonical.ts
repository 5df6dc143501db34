import { Worker } from 'node:worker_threads'

/** Twice what the most expensive 16 MiB took, eight million numbers. */
const MEMORY_MB = 3_072
const WITHIN_MS = 60_000

/**
 * The SHA-256, in hex, of bytes that are the RFC 8785 text of a JSON value of at most 64 levels; null where they are anything
 * else, or take more than 3 GB to look at. In a thread of its own, so that the caller goes on.
 *
 * @throws `TimeoutError` where it took more than a minute: the text's doing, or a starved machine's.
 * @throws whatever else ended the thread, which says nothing about the text.
 */
export const hashCanonical = (
  bytes: Uint8Array,
  { memoryMb = MEMORY_MB, withinMs = WITHIN_MS } = {},
): Promise<string | null> =>
  new Promise((resolve, reject) => {
    const thread = new Worker(new URL('canonicalThread.ts', import.meta.url), {
      workerData: bytes,
      resourceLimits: { maxOldGenerationSizeMb: memoryMb },
    })
    let why: Error = new Error('The thread that hashes ended without an answer.')
    const late = setTimeout(() => {
      why = new DOMException(`Hashing took more than ${withinMs} ms.`, 'TimeoutError')
      void thread.terminate()
    }, withinMs)
    thread.once('message', resolve)
    thread.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'ERR_WORKER_OUT_OF_MEMORY') resolve(null)
      else reject(error)
    })
    // Only now is its memory free for the next.
    thread.once('exit', () => {
      clearTimeout(late)
      reject(why)
    })
  })
