import { settlementAbi } from './generated/settlement.ts'
import { testUsdcAbi } from './generated/testUsdc.ts'

/**
 * The settlement contract's ABI with the token's errors: a failing transfer passes the token's own reason on, and
 * without its ABI that would be four unreadable bytes.
 */
export const settlementCallAbi = [
  ...settlementAbi,
  ...testUsdcAbi.filter(
    (entry): entry is Extract<(typeof testUsdcAbi)[number], { type: 'error' }> => entry.type === 'error',
  ),
] as const
