import type { NetworkSeries, SeriesSpan } from '@oblivion/core'
import { formatDuration } from '../format/formatDuration.ts'
import { plural } from '../format/plural.ts'

/** One bucket of a series. Null is where nothing is known. */
export type Point = {
  from: Date
  to: Date
  accepted: number | null
  owners: number | null
  online: number | null
  working: number | null
  waitSeconds: number | null
}

/** The buckets of a series one by one, the oldest first. */
export function seriesPoints(series: NetworkSeries): Point[] {
  const start = new Date(series.from).getTime()
  return series.accepted.map((accepted, index) => ({
    from: new Date(start + index * series.bucketSeconds * 1000),
    to: new Date(start + (index + 1) * series.bucketSeconds * 1000),
    accepted,
    owners: series.owners[index] ?? null,
    online: series.online[index] ?? null,
    working: series.working[index] ?? null,
    waitSeconds: series.medianWaitSeconds[index] ?? null,
  }))
}

export const spans: readonly { key: SeriesSpan; label: string; words: string; bucket: string }[] = [
  { key: '1h', label: '1 h', words: 'the last hour', bucket: 'minute' },
  { key: '24h', label: '24 h', words: 'the last 24 hours', bucket: '15 minutes' },
  { key: '7d', label: '7 d', words: 'the last 7 days', bucket: '2 hours' },
]

/** The top of a scale: 1, 2 or 5 times a power of ten, at least 1, so that it stands still while figures move. */
export function scaleTop(values: readonly (number | null)[]): number {
  const most = Math.max(1, ...values.map((value) => value ?? 0))
  const power = 10 ** Math.floor(Math.log10(most))
  return [1, 2, 5, 10].map((step) => step * power).find((top) => top >= most) ?? most
}

/** What one bucket says, in words: for the line above the chart and for screen readers. */
export function pointWords(point: Point): string {
  const { accepted, owners, online, working, waitSeconds } = point
  const results =
    accepted === null
      ? 'not counted yet'
      : accepted === 0
        ? 'nothing accepted'
        : `${plural(accepted, 'result')} accepted from ${plural(owners ?? 0, 'owner')}`
  const workers =
    online === null || working === null
      ? 'nobody looked who was online'
      : `${formatMean(working)} of ${formatMean(online)} online at work`
  const wait = waitSeconds === null ? [] : [`median wait ${formatDuration(waitSeconds)}`]
  return [results, workers, ...wait].join(', ')
}

/** A mean over a bucket: whole where it is, else with a tenth. */
export function formatMean(value: number): string {
  return value.toLocaleString('en-US', { maximumFractionDigits: 1 })
}

/** `14:03` within a day, `Mon 14:00` beyond. */
export function formatMark(date: Date, span: SeriesSpan): string {
  const time = date.toLocaleTimeString('en-GB', { hour: '2-digit', minute: '2-digit', hour12: false })
  return span === '7d' ? `${date.toLocaleDateString('en-GB', { weekday: 'short' })} ${time}` : time
}
