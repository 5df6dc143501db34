import type { Asset, TaskForecast, TaskTermsHeld } from '@oblivion/core'
import { formatMoney } from '../format/formatAmount.ts'
import { formatDuration } from '../format/formatDuration.ts'
import { plural } from '../format/plural.ts'

/** How long a task will go on and what it will have cost, with its band; null where there is no telling. */
export function forecastSentence(forecast: TaskForecast | null, asset: Asset, now: number): string | null {
  if (forecast === null) return null
  const { finish, cost, pilots } = forecast
  const [low, high] = [formatMoney(cost.low, asset), formatMoney(cost.high, asset)]
  const money = low === high ? high : `${low} to ${high}`
  const from = `as its last ${plural(pilots, 'result')} went`
  if (finish === null) return `It will cost ${money} in all, ${from}. Nobody works on it at the moment.`
  const [least, most] = [finish.earliest, finish.latest].map((time) =>
    formatDuration(Math.max(1, Math.round((Date.parse(time) - now) / 1000))),
  )
  const time = least === most ? `About ${least}` : `About ${least} to ${most}`
  return `${time} left, ${money} in all, ${from}.`
}

/** How results of a task are checked; null where each chunk has one job. */
export function replicasSentence({ replicas, quorum }: TaskTermsHeld): string | null {
  if (replicas === 1) return null
  return `Each chunk is computed by ${replicas} different owners; ${quorum} equal results decide. You see it once it is decided.`
}
