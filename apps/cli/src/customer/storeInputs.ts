import { type ClientOptions, storeInput } from '@oblivion/client'
import { RequestRefusedError, type StoredInput } from '@oblivion/core'
import { bytesOf, type InputChunks, inlineRoom } from './inputChunks.ts'
import { twice } from './twice.ts'

/** At once: enough to hide the way there and back. */
const LANES = 3

/**
 * The inputs of a task as its call takes them: what is too large for it goes to Storage, and what names it stands in its place.
 *
 * @param addressOf Asked once, where there is something to be stored: in whose folder.
 * @param onStored Told how many are there.
 * @throws {RequestRefusedError} `OB104` where Storage takes no more. What is there already is not sent again next time.
 */
export const storeInputs = async (
  { count, at }: InputChunks,
  options: ClientOptions,
  addressOf: () => Promise<string>,
  onStored: (count: number) => void,
): Promise<readonly unknown[]> => {
  const kept = new Array<unknown>(count)
  const isInline = inlineRoom()
  const failed = new AbortController()
  let address: Promise<string> | undefined
  let stored = 0
  let next = 0
  const lane = async (): Promise<void> => {
    while (next < count && !failed.signal.aborted) {
      const index = next
      next += 1
      const input = at(index)
      if (isInline(bytesOf(input))) kept[index] = input
      else {
        address ??= addressOf()
        const parameters = { address: await address, input, signal: failed.signal }
        kept[index] = await twice(() => storeInput(options, parameters)).catch(refuse)
        stored += 1
        onStored(stored)
      }
    }
  }
  try {
    await Promise.all(Array.from({ length: LANES }, lane))
  } catch (error) {
    failed.abort()
    throw error
  }
  return kept
}

/** Storage says its policy's no by either of these, and nothing of why. */
const refuse = (error: unknown): StoredInput => {
  if (!(error instanceof RequestRefusedError) || ![400, 403].includes(error.values.status ?? 0)) throw error
  throw new RequestRefusedError({
    message: 'Storage did not take the inputs. It keeps them for wallets with a free balance, 10,000 of them at most.',
    hint: 'Deposit first, or give more --rows-per-chunk. Nothing was posted, and what was stored is not sent again.',
    values: error.values,
    cause: error,
  })
}
