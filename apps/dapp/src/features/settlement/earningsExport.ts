import type { Balance, StatementRow, Voucher } from '@oblivion/core'
import type { EarningsExport } from '../../verify/readExport.ts'

/** All that a wallet needs to check its earnings without us; null where no contract is known yet. */
export function earningsExport(parameters: {
  address: `0x${string}`
  balance: Pick<Balance, 'chainId' | 'settlementAddress'>
  voucher: Voucher | null
  rows: readonly StatementRow[]
  now: Date
}): EarningsExport | null {
  const { address, balance, voucher, rows, now } = parameters
  const { chainId, settlementAddress } = voucher ?? balance
  if (chainId === null || settlementAddress === null) return null
  return {
    format: 'oblivion-earnings',
    version: 1,
    exportedAt: now.toISOString(),
    chainId,
    settlement: settlementAddress as `0x${string}`,
    provider: address,
    voucher: voucher && { cumulative: String(voucher.cumulative), signature: voucher.signature as `0x${string}` },
    entries: rows.map(({ id: _, reference: __, amount, price, fee, ...row }) => ({
      ...row,
      amount: String(amount),
      ...(price === null || fee === null ? {} : { price: String(price), fee: String(fee) }),
    })),
  }
}
