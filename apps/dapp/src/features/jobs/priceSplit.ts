import { feeOfChunk } from '@oblivion/core'

/** What a task's price comes to if every chunk is accepted: the workers' part, the network's, and their sum. */
export type PriceSplit = { reward: bigint; fee: bigint; cost: bigint }

/** @param feeBps The network's share in basis points, as it would be frozen at creation. */
export function priceSplit(price: bigint, chunks: number, feeBps: number): PriceSplit {
  let fee = 0n
  for (let index = 0; index < chunks; index++) fee += feeOfChunk({ price, feeBps, index })
  const cost = price * BigInt(chunks)
  return { reward: cost - fee, fee, cost }
}
