import { voucherTypedData } from '@oblivion/contracts'
import type { PrivateKeyAccount } from 'viem/accounts'
import type { Engine } from '../database/createEngine.ts'
import { readVouchersDue, type SettlementInstance, storeVoucher } from '../database/ledger.ts'

/**
 * Signs a voucher for each provider whose charged earnings have grown, and those anew that an earlier settler has signed.
 * The engine counts only earnings whose charge is final on chain, and refuses to store more than that, so every voucher is
 * covered by the pool; nor may one grow by more than a part of the contract's claim cap a day (M8).
 *
 * @returns how many were signed, and how much of the earnings has to wait, in the token's smallest unit
 */
export async function signVouchers(parameters: {
  engine: Engine
  settler: PrivateKeyAccount
  instance: SettlementInstance
  signal: AbortSignal
}): Promise<{ signed: number; withheld: bigint }> {
  const { engine, settler, instance, signal } = parameters
  const { instanceId, chainId, contractAddress: settlement } = instance
  let signed = 0
  let withheld = 0n
  for (const due of await readVouchersDue(engine, instanceId, settler.address)) {
    if (signal.aborted) break
    const { withheld: later = 0n, ...voucher } = due
    withheld += later
    const signature = await settler.signTypedData(voucherTypedData({ chainId, settlement, ...voucher }))
    await storeVoucher(engine, { instanceId, ...voucher, signature, signer: settler.address })
    signed += 1
  }
  return { signed, withheld }
}
