import { type ReadClient, settlementAbi } from '@oblivion/contracts'
import { type Address, BlockNotFoundError, type Hash } from 'viem'
import { getBlock, getChainId, getCode, readContract } from 'viem/actions'
import type { SettlementInstance } from '../database/ledger.ts'
import type { ChainFacts } from './decideChain.ts'

/** Asks the node for what the decision needs to know about the ledger's instance. */
export async function readChain(client: ReadClient, instance: SettlementInstance): Promise<ChainFacts> {
  const [chainId, genesisHash, cursorHash, contractSettler] = await Promise.all([
    getChainId(client),
    hashOf(client, 0n),
    instance.cursorHash === null ? null : hashOf(client, instance.cursorBlock),
    settlerOf(client, instance.contractAddress),
  ])
  return { chainId, genesisHash, cursorHash, contractSettler }
}

async function hashOf(client: ReadClient, blockNumber: bigint): Promise<Hash | null> {
  try {
    return (await getBlock(client, { blockNumber })).hash
  } catch (error) {
    if (error instanceof BlockNotFoundError) return null
    throw error
  }
}

async function settlerOf(client: ReadClient, contract: Address): Promise<Address | null> {
  const code = await getCode(client, { address: contract })
  if (code === undefined || code === '0x') return null
  return readContract(client, { address: contract, abi: settlementAbi, functionName: 'settler' })
}
