import type { ReadClient } from '@oblivion/contracts'
import type { Block } from 'viem'
import { estimateMaxPriorityFeePerGas } from 'viem/actions'
import type { Fees } from './RelayTransaction.ts'

/** What gas costs in the next block at least, and what an offer should be so that it also stands in later, dearer ones. */
export type Market = Fees & { nextBlock: bigint }

/** Asks what the chain wants for gas after `latest`. */
export async function marketFees(client: ReadClient, latest: Pick<Block, 'baseFeePerGas'>): Promise<Market> {
  const base = latest.baseFeePerGas ?? 0n
  const maxPriorityFeePerGas = await estimateMaxPriorityFeePerGas(client)
  return {
    maxPriorityFeePerGas,
    maxFeePerGas: 2n * base + maxPriorityFeePerGas,
    nextBlock: base + maxPriorityFeePerGas,
  }
}
