import { type Client, saveCheckpoint } from '@oblivion/client'
import type { OfferedJob } from '@oblivion/core'
import { askStorage, type NodeAddress, tookIt } from './askStorage.ts'
import { sha256 } from './sha256.ts'

/** As a call carries it, in bytes. */
const MAX_INLINE = 65_536
/** A large one at most so often: the line is its owner's. */
const EVERY_MS = 60_000
const STORE_MS = 50_000
const BUCKET = 'oblivion-checkpoints'

/** Of each job at hand: when a large state was last sent, and the name of the one that stands. */
const sent = new WeakMap<OfferedJob, { readonly at: number; name?: string }>()

/**
 * Keeps a state of the job that the node holds, for whoever goes on: with a call, or above 64 kB through Storage, by its
 * hash. In a tab a file of its own, which only a program with checkpoints makes it load.
 *
 * @param state - JSON text.
 * @returns False where it was not kept: the next one may be.
 * @throws what `saveCheckpoint` throws, {TypeError} where Storage cannot be reached.
 */
export const keepCheckpoint = async (
  client: Client,
  address: NodeAddress,
  nodeId: string,
  job: OfferedJob,
  state: string,
): Promise<boolean> => {
  const bytes = new TextEncoder().encode(state)
  const last = sent.get(job)
  if (bytes.length <= MAX_INLINE) {
    // Newer than a large one that is still on its way.
    if (last !== undefined) sent.set(job, { ...last })
    return saveCheckpoint(client, { nodeId, job, state })
  }
  const at = performance.now()
  if (last !== undefined && at - last.at < EVERY_MS) return false
  const own = { ...last, at }
  sent.set(job, own)
  const hash = await sha256(bytes)
  const name = `uploads/${job.jobId}/${job.attempt}/${hash}`
  const signal = AbortSignal.timeout(STORE_MS)
  const response = await askStorage(address, `${BUCKET}/${name}`, { method: 'POST', body: bytes, signal })
  if (!(await tookIt(response)) || sent.get(job) !== own) return false
  if (!(await saveCheckpoint(client, { nodeId, job, hash }))) return false
  const { name: before } = own
  own.name = name
  // There is room for few of them. What stays behind is the coordinator's to remove.
  if (before !== undefined && before !== name)
    await askStorage(address, BUCKET, { method: 'DELETE', body: JSON.stringify({ prefixes: [before] }), signal })
  return true
}
