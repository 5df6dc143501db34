import {
  CallAbortedError,
  CallTimeoutError,
  NetworkUnreachableError,
  RequestRefusedError,
  sha256Hex,
  UnexpectedAnswerError,
} from '@oblivion/core'
import type { ClientOptions } from '../openClient.ts'
import { storageRequest } from './storageRequest.ts'

export interface ReadStoredResultParameters {
  /** `resultHash` of a result whose `storedBytes` is not null. */
  readonly resultHash: string
  readonly signal?: AbortSignal | undefined
  /** Gives it up after this time, in milliseconds; 300,000 by default: 16 MiB at 56 kB/s. */
  readonly deadlineMs?: number | undefined
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
export const readStoredResult = async (
  options: ClientOptions,
  { resultHash, signal, deadlineMs = 300_000 }: ReadStoredResultParameters,
): Promise<string> => {
  const call = 'read_stored_result'
  const { supabaseUrl, fetch: send = globalThis.fetch } = options
  const deadline = AbortSignal.timeout(deadlineMs)
  const ends = signal ? AbortSignal.any([signal, deadline]) : deadline
  const unreachable = (cause: unknown): never => {
    if (signal?.aborted) throw new CallAbortedError({ values: { call }, cause })
    if (deadline.aborted) throw new CallTimeoutError({ values: { call, milliseconds: deadlineMs }, cause })
    throw new NetworkUnreachableError({ values: { call }, cause })
  }
  const request = await storageRequest(options)
  const base = `${supabaseUrl.replace(/\/+$/, '')}/storage/v1/object/authenticated/oblivion-results/results`
  const response = await send(`${base}/${resultHash}`, { ...request, signal: ends }).catch(unreachable)
  if (!response.ok) {
    const answer = (await response.json().catch(() => null)) as { message?: unknown } | null
    const message = typeof answer?.message === 'string' ? answer.message : undefined
    throw new RequestRefusedError({
      message,
      values: { call, status: response.status, serverCode: null, details: null },
    })
  }
  const bytes = new Uint8Array(await response.arrayBuffer().catch(unreachable))
  if (sha256Hex(bytes) !== resultHash) throw new UnexpectedAnswerError({ values: { call, field: 'resultHash' } })
  return new TextDecoder().decode(bytes)
}
