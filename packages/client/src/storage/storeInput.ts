import { canonicalJson, type StoredInput, sha256Hex } from '@oblivion/core'
import type { ClientOptions } from '../openClient.ts'
import { askStorage, readRefusal, refusedBy, type StorageCall } from './askStorage.ts'

export interface StoreInputParameters extends StorageCall {
  /** The wallet that calls, in whose folder the input lies: `myBalance` names that of an API key. */
  readonly address: string
  /** A JSON value whose text has at most 16 MiB. */
  readonly input: unknown
}

/**
 * Keeps an input of any size up to 16 MiB for a task of this wallet's, and answers what stands in its place among the
 * task's `inputs`. It is named by its bytes: a second time it is there already.
 *
 * @throws {NotSignedInError} `OB001`, {NetworkUnreachableError} `OB101`, {CallTimeoutError} `OB102`, {CallAbortedError} `OB103`,
 *   {RequestRefusedError} `OB104` where Storage refuses it: it is too large, there are too many, or the wallet has no money
 *   here yet; {NotJsonError} `OB110`.
 * @example
 * const inputs = [await storeInput(options, { address, input: manyRows })]
 */
export const storeInput = async (
  options: ClientOptions,
  { address, input, ...limits }: StoreInputParameters,
): Promise<StoredInput> => {
  const call = 'store_input'
  const bytes = new TextEncoder().encode(canonicalJson(input))
  const hash = sha256Hex(bytes)
  const path = `oblivion-inputs/${address.toLowerCase()}/${hash}`
  const answer = await askStorage(options, { call, path, body: bytes }, limits)
  if (answer.ok || readRefusal(answer).statusCode === '409') return { $stored: hash }
  throw refusedBy(call, answer)
}
