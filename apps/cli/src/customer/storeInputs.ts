import { type ClientOptions, storeInput } from '@oblivion/client'

/**
 * A call takes an input of up to 64 kB as Postgres writes it, which is at most half as long again: each comma and colon is
 * followed by a space there.
 */
const MAX_INLINE_BYTES = 43_000

/** Inputs that are too large for a call go to Storage, one after the other, and what names them stands in their place. */
export const storeLargeInputs = async (
  inputs: readonly unknown[],
  options: ClientOptions,
  addressOf: () => Promise<string>,
): Promise<unknown[]> => {
  const kept: unknown[] = []
  let address: string | undefined
  for (const input of inputs) {
    if (Buffer.byteLength(JSON.stringify(input)) <= MAX_INLINE_BYTES) kept.push(input)
    else {
      address ??= await addressOf()
      kept.push(await storeInput(options, { address, input }))
    }
  }
  return kept
}
