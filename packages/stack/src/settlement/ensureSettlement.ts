import pg from 'pg'
import { type Address, getAddress } from 'viem'
import type { Anvil } from '../chain/startAnvil.ts'
import { decideSettlement, type SettlementInstance, sayDecision } from './decideSettlement.ts'
import { deployForCustomers, type SettlementKeys } from './deployForCustomers.ts'
import { readChainFacts } from './readChainFacts.ts'

/** `warning` is for people: the chain was not the one that the ledger knew. */
export type Settlement = {
  chainId: number
  contractAddress: string
  tokenAddress: string
  /** The ledger has the customers' deposits once its cursor is here; null where nothing was deposited now. */
  depositBlock: bigint | null
  warning: string | null
}

/**
 * Makes chain and ledger fit: keeps the open settlement instance where its contract and the booked blocks are still on
 * the chain, else deploys anew and opens another instance as `oblivion_coordinator`.
 *
 * Deposits are made before the instance is opened: a start that is cut off in between leaves no instance without them.
 */
export const ensureSettlement = async (options: {
  coordinatorUrl: string
  anvil: Anvil
  keys: SettlementKeys
  /** What a new contract gets of each development customer, in the token's smallest unit. */
  customerDeposit: bigint
}): Promise<Settlement> => {
  const { coordinatorUrl, anvil, keys, customerDeposit } = options
  const ledger = new pg.Client({ connectionString: coordinatorUrl, application_name: 'oblivion-start' })
  await ledger.connect()
  try {
    const instance = await readInstance(ledger)
    const facts = await readChainFacts(anvil.client, instance)
    const decision = decideSettlement(instance, facts)
    if (decision.kind === 'keep' && instance !== null) {
      // The ledger keeps addresses in lower case; people and wallets are shown checksums.
      const [contractAddress, tokenAddress] = [getAddress(instance.contractAddress), getAddress(instance.tokenAddress)]
      return { chainId: instance.chainId, contractAddress, tokenAddress, depositBlock: null, warning: null }
    }
    const reuse =
      decision.kind === 'new' && decision.reuseToken ? ((instance?.tokenAddress ?? null) as Address | null) : null
    const { contract, token, block, depositBlock } = await deployForCustomers(anvil, keys, reuse, customerDeposit)
    await ledger.query('select oblivion.open_settlement_instance($1, $2, $3, $4, $5)', [
      ...[facts.chainId, contract, token, facts.genesisHash, block.toString()],
    ])
    return {
      chainId: facts.chainId,
      contractAddress: contract,
      tokenAddress: getAddress(token),
      depositBlock,
      warning: sayDecision(decision, instance),
    }
  } finally {
    await ledger.end()
  }
}

/** The open instance of the ledger, or null. */
export const readInstance = async (ledger: pg.Client): Promise<SettlementInstance | null> => {
  const { rows } = await ledger.query<{ instance: SettlementInstance | null }>(
    'select oblivion.settlement_instance() as instance',
  )
  return rows[0]?.instance ?? null
}
