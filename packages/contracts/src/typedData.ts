import type { Address } from 'viem'

/** Where a signature counts: one contract on one chain. The same values signed for another are worthless there. */
export type SettlementDomain = { chainId: number; settlement: Address }

/** A customer's running totals, in the token's smallest unit; `cumulativeFee` is the part of `cumulative` that is fees. */
export type Charge = { customer: Address; cumulative: bigint; cumulativeFee: bigint }

/** A provider's running total, in the token's smallest unit. */
export type Voucher = { provider: Address; cumulative: bigint }

const chargeFields = [
  { name: 'customer', type: 'address' },
  { name: 'cumulative', type: 'uint256' },
  { name: 'cumulativeFee', type: 'uint256' },
] as const

const voucherFields = [
  { name: 'provider', type: 'address' },
  { name: 'cumulative', type: 'uint256' },
] as const

const eip712Domain = ({ chainId, settlement }: SettlementDomain) =>
  ({ name: 'OblivionSettlement', version: '1', chainId, verifyingContract: settlement }) as const

/**
 * What the settler signs for one provider, and `claim` checks.
 *
 * @example
 * const signature = await settler.signTypedData(voucherTypedData({ chainId, settlement, provider, cumulative }))
 */
export function voucherTypedData({ chainId, settlement, provider, cumulative }: SettlementDomain & Voucher) {
  return {
    domain: eip712Domain({ chainId, settlement }),
    types: { Voucher: voucherFields },
    primaryType: 'Voucher',
    message: { provider, cumulative },
  } as const
}

/** What the settler signs for `charge`: all rows of one call under one signature. */
export function chargesTypedData(parameters: SettlementDomain & { charges: readonly Charge[] }) {
  return {
    domain: eip712Domain(parameters),
    types: { Charges: [{ name: 'charges', type: 'Charge[]' }], Charge: chargeFields },
    primaryType: 'Charges',
    message: { charges: parameters.charges },
  } as const
}

/** What the settler signs for `claimBatch`. */
export function vouchersTypedData(parameters: SettlementDomain & { vouchers: readonly Voucher[] }) {
  return {
    domain: eip712Domain(parameters),
    types: { Vouchers: [{ name: 'vouchers', type: 'Voucher[]' }], Voucher: voucherFields },
    primaryType: 'Vouchers',
    message: { vouchers: parameters.vouchers },
  } as const
}

/** What the settler signs for `settleBatch`: charges, then vouchers. */
export function settlementTypedData(
  parameters: SettlementDomain & { charges: readonly Charge[]; vouchers: readonly Voucher[] },
) {
  return {
    domain: eip712Domain(parameters),
    types: {
      Settlement: [
        { name: 'charges', type: 'Charge[]' },
        { name: 'vouchers', type: 'Voucher[]' },
      ],
      Charge: chargeFields,
      Voucher: voucherFields,
    },
    primaryType: 'Settlement',
    message: { charges: parameters.charges, vouchers: parameters.vouchers },
  } as const
}
