import { InvalidAmountError } from '../errors/valueErrors.ts'

export interface FeeOfChunkParameters {
  /** Price of one chunk, in the smallest unit. */
  readonly price: bigint
  /** The platform's share in basis points (0 to 10,000), as the task froze it at its creation. */
  readonly feeBps: number
  /** The chunk's place in its task, from 0. */
  readonly index: number
}

/**
 * The fee in the price of one accepted chunk, in the smallest unit; the rest of the price is the provider's reward.
 *
 * It is the step of the running total, `floor(feeBps * price * (index + 1) / 10000) - floor(feeBps * price * index /
 * 10000)`, and not `floor(feeBps * price / 10000)` per chunk (threat M7): rounded by itself, each chunk of one unit
 * would carry no fee at all, and ledger and contract would drift apart by dust. This way the fees of a completed task
 * sum to the fee on its whole cost, exactly, and 10,000 chunks of 1 unit pay what 1 chunk of 10,000 pays. The step goes
 * by the chunk's index and not by the order of acceptance, so two chunks that are accepted at once wait for no counter.
 * `oblivion.chunk_fee` in SQL books by the same rule.
 *
 * @throws {InvalidAmountError} `OB111` for a negative price, a share outside 0 to 10,000, or an index that is no count.
 * @example
 * feeOfChunk({ price: 5n, feeBps: 1000, index: 0 }) // 0n
 * feeOfChunk({ price: 5n, feeBps: 1000, index: 1 }) // 1n
 */
export const feeOfChunk = ({ price, feeBps, index }: FeeOfChunkParameters): bigint => {
  if (price < 0n) refuse(price, 'a price is not negative')
  if (!Number.isInteger(feeBps) || feeBps < 0 || feeBps > 10_000) refuse(feeBps, 'a fee is 0 to 10000 basis points')
  if (!Number.isSafeInteger(index) || index < 0) refuse(index, 'an index counts from 0')
  const perChunk = price * BigInt(feeBps)
  return (perChunk * BigInt(index + 1)) / 10_000n - (perChunk * BigInt(index)) / 10_000n
}

const refuse = (given: bigint | number, reason: string): never => {
  throw new InvalidAmountError({ values: { given: String(given), reason } })
}
