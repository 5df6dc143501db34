import { Worker } from 'node:worker_threads'

/** Twice what the most expensive 16 MiB took, eight million numbers. */
const resourceLimits = { maxOldGenerationSizeMb: 3072 }
const WITHIN_MS = 60_000

/**
 * The SHA-256, in hex, of bytes that are the RFC 8785 text of a JSON value of at most 64 levels; null where they are anything
 * else, or take more than a minute or 3 GB to look at. In a thread of its own, so that the caller goes on.
 */
export const hashCanonical = (bytes: Uint8Array): Promise<string | null> =>
  new Promise((resolve) => {
    const thread = new Worker(new URL('canonicalThread.ts', import.meta.url), { workerData: bytes, resourceLimits })
    const late = setTimeout(() => void thread.terminate(), WITHIN_MS)
    thread.once('message', resolve)
    // Out of memory: as `exit`, which follows.
    thread.once('error', () => {})
    thread.once('exit', () => {
      clearTimeout(late)
      resolve(null)
    })
  })
