import type { ClientOptions } from '../openClient.ts'
import type { StorageCall } from './askStorage.ts'
import { readStored } from './readStored.ts'

export interface ReadStoredResultParameters extends StorageCall {
  /** `resultHash` of a result whose `storedBytes` is not null. */
  readonly resultHash: string
}

/**
 * The JSON text of a result that lies in Storage, as its customer, once it was accepted and its stage has ended. It is
 * answered only where it has the hash that its receipt names.
 *
 * @throws {NotSignedInError} `OB001`, {NetworkUnreachableError} `OB101`, {CallTimeoutError} `OB102`, {CallAbortedError} `OB103`,
 *   {RequestRefusedError} `OB104` where Storage has none for this wallet, {UnexpectedAnswerError} `OB105` where it has other
 *   bytes.
 * @example
 * const { resultHash, storedBytes, result } = page.results[0]
 * const value = storedBytes === null ? result : JSON.parse(await readStoredResult(options, { resultHash }))
 */
export const readStoredResult = (
  options: ClientOptions,
  { resultHash, ...more }: ReadStoredResultParameters,
): Promise<string> =>
  readStored(
    options,
    { call: 'read_stored_result', folder: 'oblivion-results/results', hash: resultHash, field: 'resultHash' },
    more,
  )
