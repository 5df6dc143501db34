import type { Address } from 'viem'
import type { ChainClient } from '../chain/startAnvil.ts'
import type { ChainFacts, SettlementInstance } from './decideSettlement.ts'

/** Asks the chain what the decision needs to know about the ledger's instance. */
export const readChainFacts = async (client: ChainClient, instance: SettlementInstance | null): Promise<ChainFacts> => {
  const [chainId, genesis, head] = await Promise.all([
    client.getChainId(),
    client.getBlock({ blockNumber: 0n }),
    client.getBlockNumber(),
  ])
  const cursor = BigInt(instance?.cursorBlock ?? 0)
  const cursorBlock = cursor <= head ? await client.getBlock({ blockNumber: cursor }) : null
  const exists = async (address: string | undefined): Promise<boolean> =>
    address !== undefined && ((await client.getCode({ address: address as Address })) ?? '0x') !== '0x'
  return {
    chainId,
    genesisHash: genesis.hash ?? '',
    cursorHash: cursorBlock?.hash ?? null,
    contractExists: await exists(instance?.contractAddress),
    tokenExists: await exists(instance?.tokenAddress),
  }
}
