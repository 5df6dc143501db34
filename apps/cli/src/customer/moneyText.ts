import { type Asset, formatUsdc } from '@oblivion/core'

const names: Record<Asset, string> = { chain: 'USDC', card: 'USD of card money', test: 'USDC of play money' }

/** An amount with the money that it is of. */
export const moneyText = (amount: bigint, asset: Asset): string => `${formatUsdc(amount)} ${names[asset]}`
