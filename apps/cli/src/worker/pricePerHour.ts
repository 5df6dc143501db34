import { parseUsdc, readVariable } from '@oblivion/core'
import { UsageError } from '../UsageError.ts'

/**
 * What a node asks per hour, in the smallest unit: by the flag as people write it, else by PRICE_PER_HOUR; null without either.
 *
 * @throws {UsageError}, {VariableInvalidError} `OB112` where it is no amount.
 */
export const pricePerHour = (flag: string | undefined): bigint | null => {
  if (flag === undefined) return readVariable(process.env, 'PRICE_PER_HOUR')
  try {
    return parseUsdc(flag)
  } catch {
    throw new UsageError(
      '--price-per-hour takes an amount in USDC such as 0.25, with at most 6 figures after the point.',
    )
  }
}
