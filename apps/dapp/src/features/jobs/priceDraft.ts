import type { TaskPrice } from '@oblivion/core'
import { formatAmount } from '../format/formatAmount.ts'
import { formatDuration } from '../format/formatDuration.ts'
import { readPrice } from './readPrice.ts'

export const pricingChoices = [
  { key: 'fixed', label: 'A fixed price', note: 'Known before' },
  { key: 'metered', label: 'Its time', note: 'Up to a cap' },
] as const

export type PriceForm = {
  pricing: (typeof pricingChoices)[number]['key']
  /** Of one job, or the cap of one, as typed, in USDC. */
  price: string
  /** The highest price per hour, as typed, in USDC; empty for any. Only of a metered task. */
  perHour: string
}

export const firstPriceForm: PriceForm = { pricing: 'fixed', price: '0.01', perHour: '' }

/** What a task says of its price. */
export type PriceTerms = TaskPrice & { readonly maxPricePerHour?: bigint }

/** What a form comes to, before it is posted. */
export type PricePlan = {
  metered: boolean
  /** What one job costs, or the most that it can; null where it cannot be read, and `priceProblem` then says why. */
  most: bigint | null
  priceProblem: string | null
  /** The highest price per hour; null where there is none, or where it cannot be read. */
  perHour: bigint | null
  perHourProblem: string | null
  /** Null while there is a problem. */
  terms: PriceTerms | null
}

export function planPrice(form: PriceForm): PricePlan {
  const metered = form.pricing === 'metered'
  const { price: most, problem: priceProblem } = readPrice(form.price)
  const asked = metered && form.perHour.trim() !== ''
  const { price: perHour, problem: perHourProblem } = asked ? readPrice(form.perHour) : { price: null, problem: null }
  return {
    ...{ metered, most, priceProblem, perHour },
    perHourProblem: perHourProblem && `${perHourProblem} Leave it empty for any.`,
    terms:
      most === null || perHourProblem !== null
        ? null
        : metered
          ? { metered: { maxPricePerChunk: most }, ...(perHour === null ? {} : { maxPricePerHour: perHour }) }
          : { pricePerChunk: most },
  }
}

/** The most that one job of a task can cost. */
export const mostOf = (price: TaskPrice): bigint =>
  price.metered === undefined ? price.pricePerChunk : price.metered.maxPricePerChunk

/**
 * What a cap is worth in time.
 *
 * @example capSentence(10_000n, 100_000n, 'USDC') // 'At 0.1 USDC an hour it is reached after 6 min.'
 */
export function capSentence(cap: bigint, perHour: bigint, unit: string): string {
  const time = formatDuration((Number(cap) / Number(perHour)) * 3600)
  return `At ${formatAmount(perHour)} ${unit} an hour it is reached after ${time}.`
}
