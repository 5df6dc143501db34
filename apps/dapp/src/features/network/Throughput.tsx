import type { NetworkSeries, NetworkStats, SeriesSpan } from '@oblivion/core'
import { type KeyboardEvent, type PointerEvent, useId, useState } from 'react'
import { Choice } from '../elements/Choice.tsx'
import { Section } from '../elements/Page.tsx'
import { bucketSentence, edgeOf, scaleEnd, seriesSentence } from './seriesWords.ts'

const spans = [
  { key: '1h', label: '1 h', note: 'by the minute' },
  { key: '24h', label: '24 h', note: 'by 15 minutes' },
  { key: '7d', label: '7 d', note: 'by 2 hours' },
] as const

/** Chunks accepted over time. */
export function Throughput({ series }: { series: NetworkStats['series'] }) {
  const [span, setSpan] = useState<SeriesSpan>('1h')
  return (
    <Section title="Chunks accepted">
      <div className="card flex flex-col gap-4 px-4 py-4 wide:px-5">
        <div className="flex flex-wrap items-start justify-between gap-x-6 gap-y-3">
          <p className="text-ink-2">{seriesSentence(span, series[span])}</p>
          <Choice legend="Time shown" name="span" value={span} onChange={setSpan} options={spans} />
        </div>
        {series[span].accepted.some((value) => value) && (
          <Bars key={span} series={series[span]} label={seriesSentence(span, series[span])} />
        )}
      </div>
    </Section>
  )
}

/** A bar a bucket; pointing at one or walking over them with the arrow keys tells more. */
function Bars({ series, label }: { series: NetworkSeries; label: string }) {
  const [marked, setMarked] = useState<number | null>(null)
  const detailId = useId()
  const { accepted } = series
  const count = accepted.length
  const end = scaleEnd(accepted)

  function onKeyDown(event: KeyboardEvent) {
    const steps: Record<string, number> = { ArrowRight: 1, ArrowLeft: -1 }
    const step = steps[event.key]
    if (step === undefined) return
    event.preventDefault()
    setMarked((at) => (at === null ? count - 1 : Math.min(count - 1, Math.max(0, at + step))))
  }
  function onPointerMove(event: PointerEvent) {
    const box = event.currentTarget.getBoundingClientRect()
    setMarked(Math.min(count - 1, Math.max(0, Math.floor(((event.clientX - box.left) / box.width) * count))))
  }
  return (
    <div>
      {/* biome-ignore lint/a11y/useSemanticElements: a fieldset groups form controls, and there are none */}
      <div
        role="group"
        // biome-ignore lint/a11y/noNoninteractiveTabindex: arrow keys walk over the bars
        tabIndex={0}
        aria-label={`${label} Arrow keys tell of one bar`}
        aria-describedby={detailId}
        onKeyDown={onKeyDown}
        onBlur={() => setMarked(null)}
        onPointerMove={onPointerMove}
        onPointerLeave={() => setMarked(null)}
        className="relative rounded-mark"
      >
        <span className="figure absolute top-0 left-0 text-12 text-ink-3">{end.toLocaleString('en-US')}</span>
        <svg
          viewBox={`0 0 ${count} 100`}
          preserveAspectRatio="none"
          aria-hidden="true"
          className="block h-36 w-full border-line border-t border-b"
        >
          {accepted.map((value, index) => {
            const height = value === null || value === 0 ? 0 : Math.max(2, (100 * value) / end)
            return (
              <g key={`bar ${index + 1}`}>
                {marked === index && <rect x={index} y={0} width={1} height={100} className="fill-sunken" />}
                <rect
                  x={index + 0.1}
                  y={100 - height}
                  width={0.8}
                  height={height}
                  className={marked === index ? 'fill-ink' : 'fill-work'}
                />
              </g>
            )
          })}
        </svg>
      </div>
      <div className="mt-1.5 flex justify-between text-12 text-ink-3">
        <span className="figure">{edgeOf(series, 0)}</span>
        <span className="figure">{edgeOf(series, count)}</span>
      </div>
      <p id={detailId} aria-live="polite" className="mt-2 min-h-9 text-12 text-ink-2 wide:min-h-5">
        {marked === null ? 'Point at a bar, or walk over them with the arrow keys.' : bucketSentence(series, marked)}
      </p>
    </div>
  )
}
