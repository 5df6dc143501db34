import { useEffect, useRef } from 'react'
import type { Tile } from './readTile.ts'

type PictureCanvasProps = {
  tiles: ReadonlyMap<number, Tile>
  /** One letter a chunk: tiles in work get a frame. */
  letters: string
  label: string
  onCanvas: (canvas: HTMLCanvasElement | null) => void
}

/**
 * The picture as it assembles. The canvas has the picture's own pixels and nothing else on it; the cuts and the frames of
 * tiles in work lie under it, so that what is downloaded is the picture.
 */
export function PictureCanvas({ tiles, letters, label, onCanvas }: PictureCanvasProps) {
  const element = useRef<HTMLCanvasElement>(null)
  const painted = useRef(new Set<number>())
  const first = tiles.values().next().value
  const size = first?.picture

  useEffect(() => {
    const canvas = element.current
    const context = canvas?.getContext('2d', { alpha: true })
    if (!canvas || !context || !size) return
    if (canvas.width !== size.width || canvas.height !== size.height) {
      canvas.width = size.width
      canvas.height = size.height
      painted.current.clear()
    }
    for (const tile of tiles.values()) {
      if (painted.current.has(tile.chunkIndex)) continue
      context.putImageData(new ImageData(tile.rgba, tile.width, tile.height), tile.x, tile.y)
      painted.current.add(tile.chunkIndex)
    }
    // Written here and not in the markup: it says what is on the canvas, not what is about to be.
    canvas.dataset.tilesDone = String(painted.current.size)
  }, [tiles, size])

  useEffect(() => {
    onCanvas(element.current)
    return () => onCanvas(null)
  }, [onCanvas])

  return (
    <div
      className="relative overflow-hidden rounded-mark border border-line bg-sunken"
      style={{ aspectRatio: size ? `${size.width} / ${size.height}` : '16 / 9' }}
    >
      {size ? (
        <TileFrames size={size} letters={letters} />
      ) : (
        <p className="absolute inset-0 grid place-items-center px-6 text-center text-ink-3">
          The frame appears with the first tile.
        </p>
      )}
      <canvas
        ref={element}
        data-testid="picture"
        data-tiles-done="0"
        role="img"
        aria-label={label}
        className="absolute inset-0 size-full"
      />
    </div>
  )
}

type TileFramesProps = { size: Tile['picture']; letters: string }

function TileFrames({ size, letters }: TileFramesProps) {
  const columns = Math.ceil(size.width / size.tileWidth)
  const inWork = [...letters].flatMap((letter, index) => (letter === 'r' ? [index] : []))
  const cuts = (count: number, step: number) => Array.from({ length: count - 1 }, (_, index) => (index + 1) * step)
  const rows = Math.ceil(size.height / size.tileHeight)
  return (
    <svg viewBox={`0 0 ${size.width} ${size.height}`} className="absolute inset-0 size-full" aria-hidden="true">
      <g stroke="var(--line)" strokeWidth="1">
        {cuts(columns, size.tileWidth).map((x) => (
          <line key={`x${x}`} x1={x} x2={x} y1="0" y2={size.height} vectorEffect="non-scaling-stroke" />
        ))}
        {cuts(rows, size.tileHeight).map((y) => (
          <line key={`y${y}`} x1="0" x2={size.width} y1={y} y2={y} vectorEffect="non-scaling-stroke" />
        ))}
      </g>
      {inWork.map((index) => (
        <rect
          key={index}
          x={(index % columns) * size.tileWidth}
          y={Math.floor(index / columns) * size.tileHeight}
          width={size.tileWidth}
          height={size.tileHeight}
          fill="color-mix(in oklch, var(--work) 14%, transparent)"
          stroke="var(--work)"
          strokeWidth="1.5"
          vectorEffect="non-scaling-stroke"
        />
      ))}
    </svg>
  )
}
