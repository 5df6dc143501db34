import {
  canonicalJson,
  NetworkUnreachableError,
  RequestRefusedError,
  type StoredInput,
  sha256Hex,
} from '@oblivion/core'
import type { ClientOptions } from '../openClient.ts'
import { storageRequest } from './storageRequest.ts'

export interface StoreInputParameters {
  /** The wallet that calls, in whose folder the input lies: `myBalance` names that of an API key. */
  readonly address: string
  /** A JSON value whose text has at most 16 MiB. */
  readonly input: unknown
  readonly signal?: AbortSignal | undefined
}

/**
 * Keeps an input of any size up to 16 MiB for a task of this wallet's, and answers what stands in its place among the
 * task's `inputs`. It is named by its bytes: a second time it is there already.
 *
 * @throws {NotSignedInError} `OB001`, {NetworkUnreachableError} `OB101`, {RequestRefusedError} `OB104` where Storage refuses
 *   it: it is too large, there are too many, or the wallet has no money here yet; {NotJsonError} `OB110`.
 * @example
 * const inputs = [await storeInput(options, { address, input: manyRows })]
 */
export const storeInput = async (
  options: ClientOptions,
  { address, input, signal }: StoreInputParameters,
): Promise<StoredInput> => {
  const call = 'store_input'
  const { supabaseUrl, fetch: send = globalThis.fetch } = options
  const bytes = new TextEncoder().encode(canonicalJson(input))
  const hash = sha256Hex(bytes)
  const url = `${supabaseUrl.replace(/\/+$/, '')}/storage/v1/object/oblivion-inputs/${address.toLowerCase()}/${hash}`
  const request = await storageRequest(options)
  const headers = { ...request.headers, 'content-type': 'application/json' }
  const response = await send(url, {
    ...request,
    ...{ method: 'POST', headers, body: bytes, signal: signal ?? null },
  }).catch((cause) => {
    throw new NetworkUnreachableError({ values: { call }, cause })
  })
  if (response.ok) return { $stored: hash }
  const answer = (await response.json().catch(() => null)) as { statusCode?: unknown; message?: unknown } | null
  if (answer?.statusCode === '409') return { $stored: hash }
  const message = typeof answer?.message === 'string' ? answer.message : undefined
  throw new RequestRefusedError({ message, values: { call, status: response.status, serverCode: null, details: null } })
}
