import { inputLimits, RequestRefusedError, spelledBytes } from '@oblivion/core'
import type { ClientOptions } from '../openClient.ts'
import { tryAgain } from '../tryAgain.ts'
import { storeInput } from './storeInput.ts'

export interface StoreInputsParameters {
  /** How many inputs the task has, one a chunk. */
  readonly count: number
  /** A JSON value of at most 16 MiB, by its chunk's index from 0; asked once each, in order. */
  readonly inputAt: (index: number) => Promise<unknown>
  /** In whose folder they lie; asked once, where there is something to be stored: `myBalance` names the wallet of an API key. */
  readonly addressOf: () => Promise<string>
  /** What stands for an input already, by its index; filled, so that a call with the same map goes on where one ended. */
  readonly kept?: Map<number, unknown>
  readonly signal?: AbortSignal | undefined
  /** Told, after each that was stored, how many of all are ready. */
  readonly onProgress?: ((ready: number) => void) | undefined
}

/** At once: enough to hide the way there and back, few enough to leave a home's line usable. */
const LANES = 3

/**
 * The inputs of a task as its call takes them: up to 8 MiB stand there themselves, each of up to 64 kB as Postgres writes it;
 * any other is kept in Storage under the SHA-256 of its bytes, and what names it stands in its place.
 *
 * @throws {NotSignedInError} `OB001`, {NetworkUnreachableError} `OB101` or {CallTimeoutError} `OB102` after three tries,
 *   {RequestRefusedError} `OB104` where Storage refuses one, {NotJsonError} `OB110`. @throws what `inputAt` or `addressOf` throws, or the signal's reason.
 * @example
 * const file = await readInputFile(blob, { format: 'ndjson' })
 * const { chunks } = planInputs(file, 50)
 * const inputs = await storeInputs(options, { count: chunks, inputAt: (index) => file.chunk(index, 50), addressOf })
 * await createTask(client, { task: { ...task, inputs } })
 */
export const storeInputs = async (
  options: ClientOptions,
  { count, inputAt, addressOf, kept = new Map(), signal, onProgress }: StoreInputsParameters,
): Promise<readonly unknown[]> => {
  const failed = new AbortController()
  const ends = signal ? AbortSignal.any([signal, failed.signal]) : failed.signal
  let room: number = inputLimits.call
  for (const part of kept.values()) room -= bytesOf(JSON.stringify(part))
  let address: Promise<string> | undefined
  let next = 0
  const lane = async (): Promise<void> => {
    for (let index = next++; index < count; index = next++) {
      if (kept.has(index)) continue
      const input = await inputAt(index)
      ends.throwIfAborted()
      const json = JSON.stringify(input)
      const bytes = bytesOf(json)
      if (bytes <= Math.min(room, inputLimits.inline) && spelledBytes(bytes, json) <= inputLimits.inline) {
        room -= bytes
        kept.set(index, input)
      } else {
        address ??= addressOf()
        const parameters = { address: await address, input, signal: ends }
        const part = await tryAgain(() => storeInput(options, parameters), ends).catch(refuse)
        room -= bytesOf(JSON.stringify(part))
        kept.set(index, part)
        onProgress?.(kept.size)
      }
    }
  }
  try {
    await Promise.all(Array.from({ length: LANES }, lane))
  } catch (error) {
    // The other lanes too: whoever tries again begins with all of them.
    failed.abort(error)
    signal?.throwIfAborted()
    throw error
  }
  return Array.from({ length: count }, (_, index) => kept.get(index))
}

const encoder = new TextEncoder()
const bytesOf = (json: string): number => encoder.encode(json).length

/** Storage says its policy's no by either of these, and nothing of why. */
const refuse = (error: unknown): never => {
  if (!(error instanceof RequestRefusedError) || ![400, 403].includes(error.values.status ?? 0)) throw error
  throw new RequestRefusedError({
    message:
      'Storage did not take the inputs. It keeps 10,000 of a wallet that has a free balance: deposit first, or take more rows a chunk.',
    hint: 'Nothing was posted, and what was stored is not sent again.',
    values: error.values,
    cause: error,
  })
}
