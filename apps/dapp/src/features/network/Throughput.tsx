import type { NetworkStats, SeriesSpan } from '@oblivion/core'
import { useState } from 'react'
import { Section } from '../elements/Page.tsx'
import { Table } from '../elements/Table.tsx'
import { formatDuration } from '../format/formatDuration.ts'
import { SeriesChart } from './SeriesChart.tsx'
import { SpanSwitch } from './SpanSwitch.tsx'
import { formatMark, formatMean, type Point, pointWords, seriesPoints, spans } from './seriesPoints.ts'

/** How much was accepted and who was there, over an hour, a day or a week: as a chart, and as a table for those who want it. */
export function Throughput({ series }: { series: NetworkStats['series'] }) {
  const [span, setSpan] = useState<SeriesSpan>('1h')
  const [chosen, setChosen] = useState<number | null>(null)
  const [asTable, setAsTable] = useState(false)
  const points = seriesPoints(series[span])
  const last = points.length - 1
  const index = Math.min(chosen ?? last, last)
  const point = points[index]
  const { words, bucket } = spans.find(({ key }) => key === span) ?? { words: '', bucket: '' }
  const switchTo = (next: SeriesSpan) => {
    setSpan(next)
    setChosen(null)
  }
  return (
    <Section title="Throughput" aside={<SpanSwitch value={span} onChange={switchTo} />}>
      <div className="card flex flex-col gap-4 px-4 py-4 wide:px-5">
        {point && (
          <p className="min-h-10 text-12 text-ink-2 wide:min-h-5">
            <span className="figure text-ink">
              {formatMark(point.from, span)} – {formatMark(point.to, span)}
            </span>
            <span className="ml-2">{pointWords(point)}.</span>
          </p>
        )}
        <SeriesChart points={points} span={span} chosen={chosen} onChoose={setChosen} />
        <p className="text-12 text-ink-3">
          {quiet(points) ? `Nothing was accepted in ${words}. ` : ''}Each bar is {bucket === 'minute' ? 'a' : ''}{' '}
          {bucket}; the newest is the last one that is over.
          {points.some(({ online }) => online === null) && ' Where the line of workers is missing, nobody looked.'}
        </p>
        <details onToggle={(event) => setAsTable(event.currentTarget.open)}>
          <summary className="w-fit cursor-pointer text-12 text-link">Show as a table</summary>
          {asTable && <div className="mt-3">{tableOf(points, span, words)}</div>}
        </details>
      </div>
    </Section>
  )
}

const quiet = (points: readonly Point[]): boolean => points.every(({ accepted }) => (accepted ?? 0) === 0)

function tableOf(points: readonly Point[], span: SeriesSpan, words: string) {
  const figure = (value: string | null) => <span className="figure">{value ?? '–'}</span>
  const mean = (value: number | null) => figure(value === null ? null : formatMean(value))
  return (
    <Table
      caption={`Throughput of ${words}, the newest first`}
      rows={[...points].reverse()}
      rowKey={(row) => row.from.toISOString()}
      columns={[
        {
          name: 'From',
          cell: (row) => (
            <time className="figure whitespace-nowrap" dateTime={row.from.toISOString()}>
              {formatMark(row.from, span)}
            </time>
          ),
        },
        { name: 'Accepted', right: true, cell: (row) => figure(row.accepted?.toLocaleString('en-US') ?? null) },
        { name: 'Owners', right: true, cell: (row) => figure(row.owners?.toLocaleString('en-US') ?? null) },
        { name: 'Online', right: true, cell: (row) => mean(row.online) },
        { name: 'Working', right: true, cell: (row) => mean(row.working) },
        {
          name: 'Median wait',
          right: true,
          cell: (row) => figure(row.waitSeconds === null ? null : formatDuration(row.waitSeconds)),
        },
      ]}
    />
  )
}
