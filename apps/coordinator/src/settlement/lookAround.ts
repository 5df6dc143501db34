import { type ReadClient, voucherTypedData } from '@oblivion/contracts'
import { recoverTypedDataAddress } from 'viem'
import type { PrivateKeyAccount } from 'viem/accounts'
import { getBalance, getBlock } from 'viem/actions'
import type { SettlementInstance } from '../database/ledger.ts'
import type { Alarms } from '../health/alarms.ts'
import { marketFees } from '../relay/marketFees.ts'
import { sayFinalityLag, sayRelayerBalance } from './alarmRules.ts'

/**
 * Looks at what nobody else would notice before it hurts, and raises or clears its alarms.
 *
 * @returns the relayer's balance, and why the settler's key does not sign, or null
 */
export async function lookAround(parameters: {
  client: ReadClient
  instance: SettlementInstance
  settler: PrivateKeyAccount
  relayer: PrivateKeyAccount
  alarms: Alarms
  nowMs: number
}): Promise<{ balanceWei: bigint; keyless: string | null }> {
  const { client, instance, settler, relayer, alarms, nowMs } = parameters
  const [latest, finalized, balance] = await Promise.all([
    getBlock(client, { blockTag: 'latest' }),
    getBlock(client, { blockTag: 'finalized' }),
    getBalance(client, { address: relayer.address }),
  ])
  const { nextBlock } = await marketFees(client, latest)
  const times = { latestAt: latest.timestamp, finalizedAt: finalized.timestamp, nowMs }
  alarms.set('finality_lag', sayFinalityLag({ chainId: instance.chainId, ...times }))
  alarms.set('relayer_balance', sayRelayerBalance({ address: relayer.address, balance, gasPrice: nextBlock }))
  return { balanceWei: balance, keyless: await saySigner(instance, settler) }
}

/** Whether the settler's key signs at all: one that lies elsewhere may be out of reach. What is signed pays nobody. */
async function saySigner(instance: SettlementInstance, settler: PrivateKeyAccount): Promise<string | null> {
  const { chainId, contractAddress: settlement } = instance
  const data = voucherTypedData({ chainId, settlement, provider: settler.address, cumulative: 0n })
  try {
    const signature = await settler.signTypedData(data)
    const signer = await recoverTypedDataAddress({ ...data, signature })
    return signer === settler.address ? null : `What the settler ${settler.address} signs is signed by ${signer}.`
  } catch {
    return `The settler ${settler.address} does not sign: nothing is charged or vouched for.`
  }
}
