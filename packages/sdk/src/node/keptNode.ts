import { NodeKeyInvalidError, type Registration } from '@oblivion/core'

export interface KeptNode {
  readonly nodeId: string
  /** As `register_node` showed it once. */
  readonly nodeSecret: string
  /** How many jobs the server allows this node at once. 1 by default. */
  readonly maxJobs?: number
}

/** What `register_node` would have said; a node that brings its key has not asked it. */
const KEPT = { heartbeatSeconds: 15, maxInlineBytes: 65_536 }

/**
 * `register` for a node whose key is there already: such a worker needs no wallet.
 *
 * @throws {NodeKeyInvalidError} `OB004` where the server refuses the key, for there is no other.
 */
export const keptNode = ({ nodeId, nodeSecret, maxJobs = 1 }: KeptNode): (() => Promise<Registration>) => {
  let asked = false
  return async () => {
    if (asked) throw new NodeKeyInvalidError()
    asked = true
    return { nodeId, nodeSecret, settings: { ...KEPT, maxJobs } }
  }
}
