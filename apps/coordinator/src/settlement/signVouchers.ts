import { voucherTypedData } from '@oblivion/contracts'
import type { PrivateKeyAccount } from 'viem/accounts'
import type { Engine } from '../database/createEngine.ts'
import { readVouchersDue, type SettlementInstance, storeVoucher } from '../database/ledger.ts'

/**
 * Signs a voucher for each provider whose charged earnings have grown. The engine counts only earnings whose charge is
 * final on chain, and refuses to store more than that, so every voucher is covered by the pool.
 *
 * @returns how many were signed
 */
export async function signVouchers(parameters: {
  engine: Engine
  settler: PrivateKeyAccount
  instance: SettlementInstance
  signal: AbortSignal
}): Promise<number> {
  const { engine, settler, instance, signal } = parameters
  const { instanceId, chainId, contractAddress: settlement } = instance
  let signed = 0
  for (const voucher of await readVouchersDue(engine, instanceId)) {
    if (signal.aborted) break
    const signature = await settler.signTypedData(voucherTypedData({ chainId, settlement, ...voucher }))
    await storeVoucher(engine, { instanceId, ...voucher, signature })
    signed += 1
  }
  return signed
}
