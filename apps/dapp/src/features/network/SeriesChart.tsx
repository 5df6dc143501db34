import type { SeriesSpan } from '@oblivion/core'
import type { PointerEvent } from 'react'
import { SeriesBand } from './SeriesBand.tsx'
import { formatMark, type Point, pointWords, scaleTop } from './seriesPoints.ts'

type SeriesChartProps = {
  points: readonly Point[]
  span: SeriesSpan
  /** The bucket that is read, or null while nobody points at one. */
  chosen: number | null
  onChoose: (index: number | null) => void
}

/**
 * Two small charts over one time axis: results as bars, workers as lines. A range input lies over them: arrow keys move
 * from bucket to bucket, screen readers hear each in words, and a pointer need only pass.
 */
export function SeriesChart({ points, span, chosen, onChoose }: SeriesChartProps) {
  const count = points.length
  const last = Math.max(0, count - 1)
  const pointed = (event: PointerEvent<HTMLElement>) => {
    const { left, width } = event.currentTarget.getBoundingClientRect()
    const place = Math.floor(((event.clientX - left) / width) * count)
    onChoose(Math.min(last, Math.max(0, place)))
  }
  const index = Math.min(chosen ?? last, last)
  const marks = [points[0], points[Math.floor(count / 2)], points[last]].flatMap((point) => (point ? [point.from] : []))
  return (
    <div className="flex flex-col gap-1">
      <div className="relative has-focus-visible:outline-2 has-focus-visible:outline-link has-focus-visible:outline-offset-4">
        <div aria-hidden="true" className="flex flex-col gap-3">
          <SeriesBand
            label="Results accepted"
            count={count}
            top={scaleTop(points.map(({ accepted }) => accepted))}
            height="h-32"
          >
            {(y) => points.map(({ accepted }, place) => bar(place, y(accepted ?? 0), place === chosen))}
          </SeriesBand>
          <SeriesBand
            label="Workers: online (upper line), at work (lower line)"
            count={count}
            top={scaleTop(points.map(({ online }) => online))}
            height="h-14"
          >
            {(y) => (
              <>
                <path d={steps(points, ({ online }) => online, y)} className="stroke-ink-3" {...line} />
                <path d={steps(points, ({ working }) => working, y)} className="stroke-work" {...line} />
              </>
            )}
          </SeriesBand>
        </div>
        {chosen !== null && count > 0 && (
          <span
            aria-hidden="true"
            className="pointer-events-none absolute inset-y-0 w-px bg-ink-3"
            style={{ left: `${((index + 0.5) / count) * 100}%` }}
          />
        )}
        <input
          type="range"
          aria-label="Moment of the chart"
          aria-valuetext={points[index] ? `${formatMark(points[index].from, span)}: ${pointWords(points[index])}` : ''}
          min={0}
          max={last}
          value={index}
          onChange={(event) => onChoose(Number(event.target.value))}
          onPointerMove={pointed}
          onPointerLeave={() => onChoose(null)}
          className="absolute inset-0 h-full w-full cursor-crosshair opacity-0"
        />
      </div>
      <div aria-hidden="true" className="figure flex justify-between text-12 text-ink-3">
        {marks.map((mark) => (
          <span key={mark.getTime()}>{formatMark(mark, span)}</span>
        ))}
      </div>
    </div>
  )
}

const line = { fill: 'none', strokeWidth: 1.5, vectorEffect: 'non-scaling-stroke' } as const

function bar(place: number, height: number, chosen: boolean) {
  if (height === 0) return null
  // What is there is seen: two hundredths at least.
  const seen = Math.max(2, height)
  return (
    <rect
      key={place}
      x={place + 0.1}
      width={0.8}
      y={100 - seen}
      height={seen}
      className={chosen ? 'fill-ink' : 'fill-work'}
    />
  )
}

/** A line of steps, one a bucket, with a gap where nothing is known. */
function steps(points: readonly Point[], read: (point: Point) => number | null, y: (value: number) => number): string {
  let open = false
  return points
    .map((point, place) => {
      const value = read(point)
      if (value === null) {
        open = false
        return ''
      }
      const start = open ? `V${100 - y(value)}` : `M${place} ${100 - y(value)}`
      open = true
      return `${start}H${place + 1}`
    })
    .join('')
}
