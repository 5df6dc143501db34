import type { Address } from 'viem'

/** All that cards need; where one of the two keys is missing there are no cards. */
export type CardSettings = {
  secretKey: string
  webhookSecret: string
  /** Where Stripe's API answers. */
  apiUrl: string
  /** The most of one payment, in whole dollars. */
  maxUsd: number
  /** Whose escrow in the contract pays providers for card money; null pays nobody. */
  payer: Address | null
  disputeWindowDays: number
  /** The project whose sessions say who calls. */
  supabaseUrl: string
  supabaseKey: string
}

/** Stripe's smallest unit is a cent, the ledger's a millionth of a dollar. */
export const UNITS_PER_CENT = 10_000n

/** Less than this much costs more in fees than it brings. */
export const MIN_USD = 1

/** Whether a secret key takes real cards. Stripe writes it into the key. */
export const isLiveKey = (secretKey: string): boolean => /^[sr]k_live_/.test(secretKey)
