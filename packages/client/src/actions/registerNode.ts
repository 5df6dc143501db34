import type { Registration, WorkerType } from '@oblivion/core'
import { fieldsOf } from '../answers/fieldsOf.ts'
import { readNodeSettings } from '../answers/readNodeSettings.ts'
import type { CallOptions, Client, FunctionArguments } from '../Client.ts'

export interface RegisterNodeParameters extends CallOptions {
  /** What tells this runtime from the wallet's others, lasting: the same id is the same node again. */
  readonly hardwareId: string
  readonly workerType?: WorkerType | undefined
  /** What the node says that it can do; a claim. */
  readonly capabilities?: Readonly<Record<string, unknown>> | undefined
  /** What the node asks per hour at least, in the smallest unit. */
  readonly pricePerHour?: bigint | undefined
  /** A site's key, in place of a wallet's session: the node is then that site's visitor. */
  readonly siteKey?: string | undefined
}

/**
 * Registers a node of the signed-in wallet, or again: then it keeps its id and gets a new key, and the old key ends.
 *
 * @throws {NotSignedInError} `OB001`, {InvalidInputError} `OB005`, {TooManyError} `OB014`, with a site key
 *   {SiteKeyInvalidError} `OB080` and {ForeignBridgeError} `OB081`, and what `Client.call` throws.
 * @example
 * const { nodeId, nodeSecret } = await registerNode(client, { hardwareId: crypto.randomUUID() })
 */
export const registerNode = async (client: Client, parameters: RegisterNodeParameters): Promise<Registration> => {
  const { hardwareId, workerType = 'browser', capabilities = {}, pricePerHour, siteKey, ...options } = parameters
  const call = 'register_node'
  const args = {
    p_hardware_id: hardwareId,
    p_worker_type: workerType,
    p_capabilities: capabilities,
    ...(pricePerHour === undefined ? {} : { p_price_per_hour: String(pricePerHour) }),
    ...(siteKey === undefined ? {} : { p_site_key: siteKey }),
  } satisfies FunctionArguments<'register_node'>
  const answer = fieldsOf(call, await client.call(call, args, options))
  return { nodeId: answer.text('nodeId'), nodeSecret: answer.text('nodeSecret'), settings: readNodeSettings(answer) }
}
