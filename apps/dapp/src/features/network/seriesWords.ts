import type { NetworkSeries, SeriesSpan } from '@oblivion/core'
import { plural } from '../format/plural.ts'

/** What a bar stands for, by the length of the time shown. */
const bars: Record<SeriesSpan, { span: string; bar: string }> = {
  '1h': { span: 'the hour', bar: 'a minute' },
  '24h': { span: 'the 24 hours', bar: 'in 15 minutes' },
  '7d': { span: 'the 7 days', bar: 'in 2 hours' },
}

/** The least of 1, 2, 5, 10, 20, 50 ... that no value exceeds: where the scale ends. */
export function scaleEnd(values: readonly (number | null)[]): number {
  const most = Math.max(1, ...values.map((value) => value ?? 0))
  const power = 10 ** Math.floor(Math.log10(most))
  return ([1, 2, 5, 10].find((step) => step * power >= most) ?? 10) * power
}

/**
 * The whole series in a sentence, up to when it is counted: a bucket comes once it is over, so that the last minute's
 * chunks are in no bar yet.
 */
export function seriesSentence(span: SeriesSpan, series: NetworkSeries): string {
  const { accepted } = series
  const total = accepted.reduce<number>((sum, value) => sum + (value ?? 0), 0)
  const counted = accepted.findLastIndex((value) => value !== null) + 1
  const within = `${bars[span].span} to ${edgeOf(series, counted === 0 ? accepted.length : counted)}`
  if (total === 0) return `No chunk was accepted in ${within}.`
  return `${plural(total, 'chunk')} in ${within}, ${plural(Math.max(...accepted.map((value) => value ?? 0)), 'chunk')} ${bars[span].bar} at most.`
}

/** When a bar begins or ends, as short as its width allows. */
function edge(at: Date, bucketSeconds: number): string {
  const time = at.toLocaleTimeString('en-GB', { hour: '2-digit', minute: '2-digit' })
  return bucketSeconds < 7200 ? time : `${at.toLocaleDateString('en-GB', { weekday: 'short' })} ${time}`
}

/** The moment at which the bar of this index begins; its end is the next one's. */
export function edgeOf({ from, bucketSeconds }: NetworkSeries, index: number): string {
  return edge(new Date(Date.parse(from) + 1000 * bucketSeconds * index), bucketSeconds)
}

/** One bar in a sentence. */
export function bucketSentence(series: NetworkSeries, index: number): string {
  const accepted = series.accepted[index] ?? null
  const when = `${edgeOf(series, index)} to ${edgeOf(series, index + 1)}`
  if (accepted === null) return `${when}: not counted yet.`
  const owners = series.owners[index] ?? 0
  const online = series.online[index] ?? null
  const parts = [
    accepted === 0 ? 'no chunk' : `${plural(accepted, 'chunk')} from ${plural(owners, 'owner')}`,
    online === null ? 'nobody looked who was online' : `${plural(Math.round(online), 'worker')} online`,
  ]
  const wait = series.medianWaitSeconds[index] ?? null
  if (wait !== null) parts.push(`a median wait of ${Math.round(wait * 10) / 10} s`)
  return `${when}: ${parts.join(', ')}.`
}
