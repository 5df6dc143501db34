import { type Address, erc20Abi } from 'viem'
import { readContract } from 'viem/actions'
import type { ReadClient } from '../clients.ts'
import { settlementAbi } from '../generated/settlement.ts'

/**
 * The contract's own totals, and the tokens that it really holds. `balance` is at least the sum of the other three;
 * what it holds beyond that was sent by somebody without a deposit and belongs to nobody.
 */
export type SettlementCounters = { totalEscrow: bigint; pool: bigint; fees: bigint; balance: bigint }

/** Reads the totals at one block where `blockNumber` is given, so that they belong together. */
export async function readCounters(
  client: ReadClient,
  parameters: { settlement: Address; blockNumber?: bigint },
): Promise<SettlementCounters> {
  const { settlement, blockNumber } = parameters
  const at = blockNumber === undefined ? {} : { blockNumber }
  const read = (functionName: 'totalEscrow' | 'pool' | 'fees') =>
    readContract(client, { address: settlement, abi: settlementAbi, functionName, ...at })
  const balanceOf = async () => {
    const token = await readContract(client, { address: settlement, abi: settlementAbi, functionName: 'token', ...at })
    return readContract(client, { address: token, abi: erc20Abi, functionName: 'balanceOf', args: [settlement], ...at })
  }
  const [totalEscrow, pool, fees, balance] = await Promise.all([
    read('totalEscrow'),
    read('pool'),
    read('fees'),
    balanceOf(),
  ])
  return { totalEscrow, pool, fees, balance }
}
