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

export interface ReadStoredOptions {
  readonly signal?: AbortSignal | undefined
  /** Gives it up after this time, in milliseconds; 300,000 by default: 16 MiB at 56 kB/s. */
  readonly deadlineMs?: number | undefined
}

/** The text of an object of Storage that is named by the SHA-256 of its bytes, once it was held against it. */
export const readStored = async (
  options: ClientOptions,
  { call, folder, hash, field }: { call: string; folder: string; hash: string; field: string },
  { signal, deadlineMs = 300_000 }: ReadStoredOptions,
): Promise<string> => {
  const { supabaseUrl, fetch: send = globalThis.fetch } = options
  const deadline = AbortSignal.timeout(deadlineMs)
  const ends = signal ? AbortSignal.any([signal, deadline]) : deadline
  const unreachable = (cause: unknown): never => {
    if (signal?.aborted) throw new CallAbortedError({ values: { call }, cause })
    if (deadline.aborted) throw new CallTimeoutError({ values: { call, milliseconds: deadlineMs }, cause })
    throw new NetworkUnreachableError({ values: { call }, cause })
  }
  const request = await storageRequest(options)
  const base = `${supabaseUrl.replace(/\/+$/, '')}/storage/v1/object/authenticated`
  const response = await send(`${base}/${folder}/${hash}`, { ...request, signal: ends }).catch(unreachable)
  if (!response.ok) {
    const answer = (await response.json().catch(() => null)) as { message?: unknown } | null
    const message = typeof answer?.message === 'string' ? answer.message : undefined
    throw new RequestRefusedError({
      message,
      values: { call, status: response.status, serverCode: null, details: null },
    })
  }
  const bytes = new Uint8Array(await response.arrayBuffer().catch(unreachable))
  if (sha256Hex(bytes) !== hash) throw new UnexpectedAnswerError({ values: { call, field } })
  return new TextDecoder().decode(bytes)
}
