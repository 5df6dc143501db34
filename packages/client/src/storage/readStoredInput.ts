import type { ClientOptions } from '../openClient.ts'
import type { StorageCall } from './askStorage.ts'
import { readStored } from './readStored.ts'

export interface ReadStoredInputParameters extends StorageCall {
  /** The wallet that posted it, in whose folder the input lies: `myBalance` names that of an API key. */
  readonly address: string
  /** What `$stored` names. */
  readonly hash: string
}

/**
 * The JSON text of an input that lies in Storage, read back by the wallet that keeps it there. It is answered only where
 * it has the hash that names it.
 *
 * @throws {NotSignedInError} `OB001`, {NetworkUnreachableError} `OB101`, {CallTimeoutError} `OB102`, {CallAbortedError} `OB103`,
 *   {RequestRefusedError} `OB104` where Storage has none for this wallet, {UnexpectedAnswerError} `OB105` where it has other
 *   bytes.
 * @example
 * const value = JSON.parse(await readStoredInput(options, { address, hash: input.$stored }))
 */
export const readStoredInput = (
  options: ClientOptions,
  { address, hash, ...more }: ReadStoredInputParameters,
): Promise<string> =>
  readStored(
    options,
    { call: 'read_stored_input', folder: `oblivion-inputs/${address.toLowerCase()}`, hash, field: '$stored' },
    more,
  )
