import type { Address } from 'viem'
import { readContract } from 'viem/actions'
import type { ReadClient } from '../clients.ts'
import { settlementAbi } from '../generated/settlement.ts'

/**
 * What the contract allows now, as a whole. Amounts in the token's smallest unit, times in seconds; `pausedUntil` lies in
 * the past where nothing is paused; `settler` is zero after a revocation.
 */
export type SettlementLimits = {
  settler: Address
  pausedUntil: bigint
  chargeCap: bigint
  chargeable: bigint
  claimCap: bigint
  claimable: bigint
  maxFeeBps: bigint
  defaultDailyCap: bigint
  exitDelay: bigint
  exitWindow: bigint
  maxPause: bigint
  cadence: bigint
}

const names = [
  'settler',
  'pausedUntil',
  'chargeCap',
  'chargeable',
  'claimCap',
  'claimable',
  'maxFeeBps',
  'defaultDailyCap',
  'exitDelay',
  'exitWindow',
  'maxPause',
  'cadence',
] as const satisfies ReadonlyArray<keyof SettlementLimits>

/** Reads the limits, at one block where `blockNumber` is given, so that they belong together. */
export async function readLimits(
  client: ReadClient,
  parameters: { settlement: Address; blockNumber?: bigint },
): Promise<SettlementLimits> {
  const { settlement, blockNumber } = parameters
  const entries = await Promise.all(
    names.map(async (functionName) => {
      const at = blockNumber === undefined ? {} : { blockNumber }
      return [
        functionName,
        await readContract(client, { address: settlement, abi: settlementAbi, functionName, ...at }),
      ] as const
    }),
  )
  return Object.fromEntries(entries) as SettlementLimits
}
