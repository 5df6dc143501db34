import {
  type Charge,
  chargesTypedData,
  readCounters,
  readCustomers,
  readLimits,
  readProviderSettled,
  settlementCallAbi,
  settlementTypedData,
  type Voucher,
  vouchersTypedData,
} from '@oblivion/contracts'
import { encodeFunctionData, type Hash, type Hex, keccak256 } from 'viem'
import type { PrivateKeyAccount } from 'viem/accounts'
import { estimateGas, getBlock } from 'viem/actions'
import { readChargesDue, type SettlementInstance } from '../database/ledger.ts'
import { beginRelay, readPayoutsDue } from '../database/relay.ts'
import { type ChargePlan, rowsToCharge } from '../settlement/rowsToCharge.ts'
import { type RelayParts, sendBytes } from './followRelay.ts'
import { gasLimitOf } from './gasLimitOf.ts'
import { marketFees } from './marketFees.ts'
import { type PayoutDue, packPayouts } from './packPayouts.ts'
import type { RelayIntent, RelayTry } from './RelayTransaction.ts'

/**
 * `paused`: by the guardian. `dear`: gas costs more than the ceiling. `busy`: somebody else has sent meanwhile. `left`: how
 * many customers are due and had no place in it.
 */
export type BatchOutcome =
  | { kind: 'none' | 'paused' | 'dear' | 'busy'; short: ChargePlan['short'] }
  | { kind: 'sent'; transactionHash: Hash; charges: number; payouts: number; left: number; short: ChargePlan['short'] }

/**
 * Charges customers for what they have spent, and pays those providers who want it sent, in one transaction.
 *
 * It may die anywhere: what is due is read from the ledger, what was taken and paid from the contract, and the signed
 * bytes are kept before they are sent. Only vouchers are paid whose charge is final: a row of this very batch that falls
 * short would be paid out of other providers' money (ADR 10).
 */
export async function sendBatch(
  parts: RelayParts & { settler: PrivateKeyAccount; nonce: number },
): Promise<BatchOutcome> {
  const { engine, client, relayer, settler, instance, rules, nonce, now } = parts
  const { instanceId, chainId, contractAddress: settlement } = instance
  const due = await readChargesDue(engine, instanceId)
  const onChain = await readCustomers(client, { settlement, customers: due.map(({ customer }) => customer) })
  const { rows, short } = rowsToCharge(due, onChain)
  const charges = rows.slice(0, rules.mostRows)
  const asked = await readPayoutsDue(engine, instanceId)
  if (charges.length + asked.vouchers.length === 0) return { kind: 'none', short }

  const [latest, limits, counters] = await Promise.all([
    getBlock(client, { blockTag: 'latest' }),
    readLimits(client, { settlement }),
    readCounters(client, { settlement }),
  ])
  if (limits.pausedUntil > latest.timestamp) return { kind: 'paused', short }
  const vouchers = packPayouts({
    due: await withSettled(parts, asked.vouchers.slice(0, rules.mostRows)),
    allowed: limits.claimable < counters.pool ? limits.claimable : counters.pool,
    least: asked.minimum,
    mostRows: rules.mostRows,
  })
  if (charges.length + vouchers.length === 0) return { kind: 'none', short }
  const market = await marketFees(client, latest)
  if (market.nextBlock > rules.maxFeePerGas) return { kind: 'dear', short }

  const { kind, data } = await signBatch(settler, { chainId, settlement, charges, vouchers })
  const estimate = await estimateGas(client, { account: relayer.address, to: settlement, data })
  const gasLimit = gasLimitOf(estimate, charges.length + vouchers.length)
  const maxFeePerGas = market.maxFeePerGas < rules.maxFeePerGas ? market.maxFeePerGas : rules.maxFeePerGas
  const fees = { maxFeePerGas, maxPriorityFeePerGas: market.maxPriorityFeePerGas }
  const raw = await relayer.signTransaction({
    ...{ type: 'eip1559', chainId, nonce, to: settlement, data, gas: gasLimit, ...fees },
  })
  const intent: RelayIntent = { kind, charges, vouchers, gasLimit }
  const first: RelayTry = { hash: keccak256(raw), raw, cancels: false, sentAtMs: now(), ...fees }
  const begun = await beginRelay(engine, { instanceId, relayer: relayer.address, nonce, intent, first })
  if (!begun) return { kind: 'busy', short }
  await sendBytes(parts, first)
  const counts = { charges: charges.length, payouts: vouchers.length, left: rows.length - charges.length }
  return { kind: 'sent', transactionHash: first.hash, ...counts, short }
}

/** What each was paid at the latest block: a claim of one's own, or a batch that is not final, counts. */
function withSettled({ client, instance }: RelayParts, vouchers: readonly Voucher[]): Promise<PayoutDue[]> {
  const settlement: SettlementInstance['contractAddress'] = instance.contractAddress
  return Promise.all(
    vouchers.map(async (voucher) => ({
      ...voucher,
      settled: await readProviderSettled(client, { settlement, provider: voucher.provider }),
    })),
  )
}

async function signBatch(
  settler: PrivateKeyAccount,
  batch: { chainId: number; settlement: `0x${string}`; charges: Charge[]; vouchers: Voucher[] },
): Promise<{ kind: RelayIntent['kind']; data: Hex }> {
  const { charges, vouchers } = batch
  const abi = settlementCallAbi
  if (vouchers.length === 0) {
    const signature = await settler.signTypedData(chargesTypedData(batch))
    return { kind: 'charge', data: encodeFunctionData({ abi, functionName: 'charge', args: [charges, signature] }) }
  }
  if (charges.length === 0) {
    const signature = await settler.signTypedData(vouchersTypedData(batch))
    return { kind: 'claim', data: encodeFunctionData({ abi, functionName: 'claimBatch', args: [vouchers, signature] }) }
  }
  const signature = await settler.signTypedData(settlementTypedData(batch))
  const args = [charges, vouchers, signature] as const
  return { kind: 'settle', data: encodeFunctionData({ abi, functionName: 'settleBatch', args }) }
}
