import { NetworkUnreachableError, RequestRefusedError } from '@oblivion/core'
import { limitCall } from '../limitCall.ts'
import type { ClientOptions } from '../openClient.ts'
import { orAborted } from '../orAborted.ts'
import { storageRequest } from './storageRequest.ts'

export interface StorageCall {
  readonly signal?: AbortSignal | undefined
  /** Gives it up after this time, in milliseconds; 300,000 by default: 16 MiB at 56 kB/s. */
  readonly deadlineMs?: number | undefined
}

interface StorageAnswer {
  readonly ok: boolean
  /** HTTP's. */
  readonly status: number
  readonly bytes: Uint8Array<ArrayBuffer>
}

/**
 * One request of Storage as a customer, and its answer to the last byte.
 *
 * @throws {NotSignedInError} `OB001`, {NetworkUnreachableError} `OB101`, {CallTimeoutError} `OB102`, {CallAbortedError} `OB103`;
 *   what the session's token throws.
 */
export const askStorage = async (
  options: ClientOptions,
  { call, path, body }: { call: string; path: string; body?: Uint8Array<ArrayBuffer> },
  { signal, deadlineMs = 300_000 }: StorageCall,
): Promise<StorageAnswer> => {
  const { supabaseUrl, fetch: send = globalThis.fetch } = options
  const [ends, endedBy] = limitCall(call, deadlineMs, signal)
  const { headers, ...request } = await orAborted(storageRequest(options), ends).catch((cause) => {
    throw endedBy(cause) ?? cause
  })
  const sent = body && { method: 'POST', body, headers: { ...headers, 'content-type': 'application/json' } }
  const url = `${supabaseUrl.replace(/\/+$/, '')}/storage/v1/object/${path}`
  try {
    const response = await send(url, { headers, ...request, ...sent, signal: ends })
    return { ok: response.ok, status: response.status, bytes: new Uint8Array(await response.arrayBuffer()) }
  } catch (cause) {
    throw endedBy(cause) ?? new NetworkUnreachableError({ values: { call }, cause })
  }
}

/** What Storage says of a refusal, as far as it is Storage that speaks. */
export const readRefusal = ({
  bytes,
}: StorageAnswer): { readonly statusCode?: unknown; readonly message?: unknown } => {
  try {
    return Object(JSON.parse(new TextDecoder().decode(bytes)))
  } catch {
    return {}
  }
}

/** The error of a refusal, in Storage's own words where there are any. */
export const refusedBy = (call: string, answer: StorageAnswer): RequestRefusedError => {
  const { message } = readRefusal(answer)
  return new RequestRefusedError({
    message: typeof message === 'string' ? message : undefined,
    values: { call, status: answer.status, serverCode: null, details: null },
  })
}
