import type { PicturePlan } from './pictureDraft.ts'

/** The frame with its cuts: what will be given out, drawn to scale. */
export function TilePreview({ plan }: { plan: PicturePlan }) {
  const { width, height, columns, rows, tiles } = plan
  return (
    <svg
      viewBox={`0 0 ${width} ${height}`}
      role="img"
      aria-label={`${width} by ${height} pixels in ${tiles} tiles`}
      className="block w-full rounded-mark border border-line-strong bg-sunken"
      preserveAspectRatio="none"
    >
      <g stroke="var(--line-strong)" strokeWidth="1" vectorEffect="non-scaling-stroke">
        {Array.from({ length: columns - 1 }, (_, index) => {
          const x = ((index + 1) * width) / columns
          return <line key={`x${x}`} x1={x} x2={x} y1={0} y2={height} vectorEffect="non-scaling-stroke" />
        })}
        {Array.from({ length: rows - 1 }, (_, index) => {
          const y = ((index + 1) * height) / rows
          return <line key={`y${y}`} x1={0} x2={width} y1={y} y2={y} vectorEffect="non-scaling-stroke" />
        })}
      </g>
    </svg>
  )
}
