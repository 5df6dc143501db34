/**
 * Numbers in [0, 1) that a seed fixes: the same on every node for the same chunk, so that results can be compared. Chris
 * Doty-Humphrey's sfc32 (PractRand, public domain): 128 bits of state, 32 bits a step; two steps a number.
 *
 * @param seed At least 32 hex digits, such as a SHA-256.
 */
export const createRandom = (seed: string): (() => number) => {
  let [a = 0, b = 0, c = 0, counter = 1] = [0, 8, 16, 24].map((from) => Number.parseInt(seed.slice(from, from + 8), 16))
  const step = (): number => {
    const sum = (((a + b) | 0) + counter) | 0
    counter = (counter + 1) | 0
    a = b ^ (b >>> 9)
    b = (c + (c << 3)) | 0
    c = (((c << 21) | (c >>> 11)) + sum) | 0
    return sum >>> 0
  }
  for (let i = 0; i < 12; i++) step()
  return () => (step() * 2097152 + (step() >>> 11)) / 9007199254740992
}
