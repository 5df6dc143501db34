const MIB = 1_048_576

/** How large a customer's inputs may be, for whoever sends them. The server holds the same. */
export const inputLimits = {
  /** Bytes of a file. */
  file: 512 * MIB,
  /** Bytes of a file that is a JSON list, in a tab: it has to be read whole. */
  list: 64 * MIB,
  /** Bytes of one input. */
  input: 16 * MIB,
  /** Bytes of all inputs that go into the call: it takes 10 MiB, and programs and 10,000 stored inputs' names stand there too. */
  call: 8 * MIB,
  /** Bytes of an input in the call, as Postgres writes it; a larger one goes to Storage. */
  inline: 65_536,
  /** Inputs that Storage keeps of one wallet. */
  stored: 10_000,
} as const

/** Each comma and colon has a blank behind it in Postgres: `[1, 1]` has 6 bytes, and n ones 3n where they were sent as 2n. */
const SPELLING = 1.5
/** What 5e-324 has in zeros, and a point. */
const MOST_ZEROS = 330

/**
 * The most bytes that an input has as Postgres writes it, which knows no exponents.
 *
 * @param bytes Of it as JSON.
 * @param json That text, where it is at hand: numbers with exponents are looked for in it.
 */
export const spelledBytes = (bytes: number, json = ''): number => {
  let most = SPELLING * bytes
  for (const [, exponent] of json.matchAll(/\de[+-](\d+)/g)) most += Math.min(MOST_ZEROS, Number(exponent))
  return most
}
