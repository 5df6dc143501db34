import { createClient, registerNode } from '@oblivion/client'
import { NodeKeyInvalidError, type Registration } from '@oblivion/core'
import type { WorkerSettings } from './readWorkerSettings.ts'
import { signIn } from './signIn.ts'

/** What `register_node` would have said; a node that brings its key has not asked it. */
const KEPT = { heartbeatSeconds: 15, maxInlineBytes: 65_536 }

export interface NodeTerms {
  readonly hardwareId: string
  readonly maxConcurrentJobs: number
  /** Whether customers' own programs may run on it. */
  readonly strangersPrograms: boolean
}

/**
 * How a worker comes by its node: by a wallet's session each time it is asked, or once by a key that it was given.
 *
 * @throws {NotSignedInError} `OB001`; {NodeKeyInvalidError} `OB004` where a given key is refused, for there is no other.
 */
export const openNode = (
  { supabaseUrl, supabaseKey, identity }: WorkerSettings,
  { hardwareId, maxConcurrentJobs, strangersPrograms }: NodeTerms,
): ((signal: AbortSignal) => Promise<Registration>) => {
  if (identity.kind === 'key') {
    let asked = false
    return async () => {
      if (asked) throw new NodeKeyInvalidError()
      asked = true
      const settings = { ...KEPT, maxJobs: maxConcurrentJobs }
      return { nodeId: identity.nodeId, nodeSecret: identity.nodeKey, settings }
    }
  }
  return async (signal) => {
    const accessToken = await signIn(identity.signIn, signal)
    const client = createClient({ supabaseUrl, supabaseKey, accessToken: async () => accessToken })
    return registerNode(client, { hardwareId, workerType: 'server', capabilities: { strangersPrograms }, signal })
  }
}
