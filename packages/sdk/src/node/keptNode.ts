import { createClient, isTransient, resumeNode } from '@oblivion/client'
import { NodeKeyInvalidError, type Registration, type Resumption } from '@oblivion/core'
import { systemClock } from '../agent/Clock.ts'
import { retryDelay } from '../agent/retryDelay.ts'

export interface KeptNode {
  readonly supabaseUrl: string
  /** The public key. */
  readonly supabaseKey: string
  readonly nodeId: string
  /** As `register_node` showed it once. */
  readonly nodeSecret: string
  /** Told what keeps the node from beginning, or what it has to know of itself. */
  readonly onNotice?: (notice: KeptNodeNotice) => void
}

/**
 * `offline`: the server cannot be reached, and is asked again. `held`: a process before this one left jobs, or is alive;
 * it is looked at again after this time. `shared`: it is alive, and keeps its jobs; each process needs a node of its own.
 */
export type KeptNodeNotice =
  | { readonly kind: 'offline' | 'held'; readonly waitMs: number }
  | { readonly kind: 'shared' }

/** A timer may come a moment early, and clocks differ. */
const MARGIN_MS = 200

/**
 * `register` for a node whose key is there already: such a worker needs no wallet. What a process before it left is given
 * back first, at most three heartbeats later than the last of that process.
 *
 * @throws {NodeKeyInvalidError} `OB004` where the server refuses the key, for there is no other.
 */
export const keptNode = ({
  supabaseUrl,
  supabaseKey,
  nodeId,
  nodeSecret,
  onNotice,
}: KeptNode): ((signal: AbortSignal) => Promise<Registration>) => {
  let asked = false
  const resume = async (signal: AbortSignal): Promise<Resumption> => {
    const client = createClient({ supabaseUrl, supabaseKey, nodeKey: nodeSecret })
    for (let failures = 1; ; failures++) {
      try {
        return await resumeNode(client, { nodeId, signal })
      } catch (error) {
        if (!isTransient(error)) throw error
        const waitMs = retryDelay(failures, Math.random)
        onNotice?.({ kind: 'offline', waitMs })
        await systemClock.sleep(waitMs, signal)
      }
    }
  }
  return async (signal) => {
    if (asked) throw new NodeKeyInvalidError()
    asked = true
    let { settings, waitMs } = await resume(signal)
    if (waitMs > 0) {
      onNotice?.({ kind: 'held', waitMs })
      await systemClock.sleep(waitMs + MARGIN_MS, signal)
      ;({ settings, waitMs } = await resume(signal))
      // A beat has come meanwhile, and it was not ours.
      if (waitMs > 0) onNotice?.({ kind: 'shared' })
    }
    return { nodeId, nodeSecret, settings }
  }
}
