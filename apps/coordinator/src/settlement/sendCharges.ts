import { charge, chargesTypedData, readCustomer, type WriteClient } from '@oblivion/contracts'
import type { Hash } from 'viem'
import type { PrivateKeyAccount } from 'viem/accounts'
import { getTransactionCount } from 'viem/actions'
import { waitForReceipt } from '../chain/waitForReceipt.ts'
import type { Engine } from '../database/createEngine.ts'
import { readChargesDue, type SettlementInstance } from '../database/ledger.ts'
import type { Sleep } from '../loop/sleep.ts'
import { type ChargePlan, rowsToCharge } from './rowsToCharge.ts'

/** A transaction that is in no block after this long is left alone; the next turn decides again from what the chain says. */
const RECEIPT_WITHIN_MS = 60_000

/** `busy`: a transaction of the relayer is still on its way. */
export type ChargesSent =
  | { kind: 'none'; short: ChargePlan['short'] }
  | { kind: 'busy' }
  | { kind: 'sent'; transactionHash: Hash; rows: number; gasUsed: bigint; short: ChargePlan['short'] }

/**
 * Charges customers for what the ledger says they have spent.
 *
 * Nothing is remembered between turns, so it may die anywhere: what is due is read from the ledger, what was taken from
 * the contract, and a total that is sent twice takes nothing the second time. The relayer has one transaction in flight
 * at most, so there is one nonce to think about.
 */
export async function sendCharges(parameters: {
  engine: Engine
  relayer: WriteClient
  settler: PrivateKeyAccount
  instance: SettlementInstance
  signal: AbortSignal
  now: () => number
  sleep: Sleep
}): Promise<ChargesSent> {
  const { engine, relayer, settler, instance, signal, now, sleep } = parameters
  const { instanceId, chainId, contractAddress: settlement } = instance
  const due = await readChargesDue(engine, instanceId)
  const onChain = await Promise.all(due.map(({ customer }) => readCustomer(relayer, { settlement, customer })))
  const { rows, short } = rowsToCharge(due, onChain)
  if (rows.length === 0) return { kind: 'none', short }
  if (await isBusy(relayer)) return { kind: 'busy' }

  const signature = await settler.signTypedData(chargesTypedData({ chainId, settlement, charges: rows }))
  const transactionHash = await charge(relayer, { settlement, charges: rows, signature })
  const waiting = { hash: transactionHash, withinMs: RECEIPT_WITHIN_MS, signal, now, sleep }
  const receipt = await waitForReceipt(relayer, waiting)
  if (receipt === null) return { kind: 'busy' }
  if (receipt.status !== 'success') throw new Error(`the charge ${transactionHash} was mined but failed`)
  return { kind: 'sent', transactionHash, rows: rows.length, gasUsed: receipt.gasUsed, short }
}

async function isBusy(relayer: WriteClient): Promise<boolean> {
  const address = relayer.account.address
  const [mined, known] = await Promise.all([
    getTransactionCount(relayer, { address, blockTag: 'latest' }),
    getTransactionCount(relayer, { address, blockTag: 'pending' }),
  ])
  return known > mined
}
