import { createClient, registerNode } from '@oblivion/client'
import type { Registration } from '@oblivion/core'
import { type KeptNodeNotice, keptNode } from '@oblivion/sdk/node'
import type { WorkerSettings } from './readWorkerSettings.ts'
import { signIn } from './signIn.ts'

export interface NodeTerms {
  readonly hardwareId: string
  /** Whether customers' own programs may run on it. */
  readonly strangersPrograms: boolean
  /** What its owner says that it can do, by names. */
  readonly capabilities: readonly string[]
  /** What the node asks per hour, in the smallest unit; null leaves it to the operator's default. */
  readonly pricePerHour: bigint | null
}

/**
 * How a worker comes by its node: by a wallet's session each time it is asked, or once by a key that it was given.
 *
 * @param onNotice Told what keeps a node with a key from beginning.
 *
 * @throws {NotSignedInError} `OB001`; {NodeKeyInvalidError} `OB004` where a given key is refused, for there is no other.
 */
export const openNode = (
  { supabaseUrl, supabaseKey, identity }: WorkerSettings,
  { hardwareId, strangersPrograms, capabilities, pricePerHour }: NodeTerms,
  onNotice: (notice: KeptNodeNotice) => void,
): ((signal: AbortSignal) => Promise<Registration>) => {
  if (identity.kind === 'key') {
    return keptNode({ supabaseUrl, supabaseKey, nodeId: identity.nodeId, nodeSecret: identity.nodeKey, onNotice })
  }
  return async (signal) => {
    const accessToken = await signIn(identity.signIn, signal)
    const client = createClient({ supabaseUrl, supabaseKey, accessToken: async () => accessToken })
    return registerNode(client, {
      ...{ hardwareId, workerType: 'server', signal },
      capabilities: { ...Object.fromEntries(capabilities.map((name) => [name, true])), strangersPrograms },
      pricePerHour: pricePerHour ?? undefined,
    })
  }
}
