import { type KeyboardEvent, type MouseEvent, type ReactNode, useEffect, useId, useRef, useState } from 'react'
import { useStore } from '../shell/createStore.ts'
import { themeStore } from '../shell/theme.ts'
import { useColorScheme } from '../shell/useColorScheme.ts'
import { chunkAt, drawChunks, type GridShape, gridHeight, gridShape } from './drawChunks.ts'

type ChunkGridProps = {
  letters: string
  /** The picture's own columns, where they are known. */
  columns: number | null
  /** What is said of the chunk that is pointed at. */
  detailOf: (index: number) => ReactNode
  /** What is shown of the chunk that is chosen, until `close`. */
  moreOf: (index: number, close: () => void) => ReactNode
}

/** One square a chunk, filling as it comes; hover or arrow keys tell of one, a press or Enter chooses it. */
export function ChunkGrid({ letters, columns, detailOf, moreOf }: ChunkGridProps) {
  const frame = useRef<HTMLDivElement>(null)
  const canvas = useRef<HTMLCanvasElement>(null)
  const [width, setWidth] = useState(0)
  const [marked, setMarked] = useState<number | null>(null)
  const [chosen, setChosen] = useState<number | null>(null)
  const theme = useStore(themeStore)
  const scheme = useColorScheme()
  const detailId = useId()
  const count = letters.length
  const shape = gridShape(count, width, columns)

  useEffect(() => {
    const element = frame.current
    if (!element) return
    const observer = new ResizeObserver(([entry]) => setWidth(Math.floor(entry?.contentRect.width ?? 0)))
    observer.observe(element)
    return () => observer.disconnect()
  }, [])

  // theme and scheme change the colours that are read inside
  useEffect(() => {
    if (canvas.current && width > 0) paint(canvas.current, letters, shape, marked, chosen)
  }, [letters, width, columns, marked, chosen, theme, scheme])

  function onKeyDown(event: KeyboardEvent) {
    if (event.key === 'Escape' && chosen !== null) return setChosen(null)
    if ((event.key === 'Enter' || event.key === ' ') && marked !== null) {
      event.preventDefault()
      return setChosen(marked)
    }
    const steps: Record<string, number> = {
      ArrowRight: 1,
      ArrowLeft: -1,
      ArrowDown: shape.columns,
      ArrowUp: -shape.columns,
    }
    const step = steps[event.key]
    if (step === undefined) return
    event.preventDefault()
    setMarked((at) => (at === null ? 0 : Math.min(count - 1, Math.max(0, at + step))))
  }
  // The drawing stands two pixels inside, so that a mark at the edge is not cut.
  function pointed(event: MouseEvent<HTMLElement>): number | null {
    const box = event.currentTarget.getBoundingClientRect()
    return chunkAt(event.clientX - box.left - 2, event.clientY - box.top - 2, count, shape)
  }
  return (
    <div className="flex flex-col gap-3">
      {/* biome-ignore lint/a11y/useSemanticElements: a fieldset groups form controls, and there are none */}
      <div
        ref={frame}
        role="group"
        // biome-ignore lint/a11y/noNoninteractiveTabindex: arrow keys walk over the squares of the canvas
        tabIndex={0}
        aria-label={`All ${count} chunks; arrow keys tell of one, Enter shows how it was tried`}
        aria-describedby={detailId}
        onKeyDown={onKeyDown}
        onBlur={() => setMarked(null)}
        onPointerMove={(event) => setMarked(pointed(event))}
        onPointerLeave={() => setMarked(null)}
        onClick={(event) => {
          const index = pointed(event)
          if (index !== null) setChosen(index === chosen ? null : index)
        }}
        className={marked === null ? undefined : 'cursor-pointer'}
      >
        <canvas ref={canvas} className="block" />
      </div>
      <div id={detailId} aria-live="polite" className="min-h-9 text-12 text-ink-2">
        {marked === null
          ? 'Point at a square, or walk over them with the arrow keys; press one to see how it was tried.'
          : detailOf(marked)}
      </div>
      {chosen !== null &&
        moreOf(chosen, () => {
          setChosen(null)
          frame.current?.focus()
        })}
    </div>
  )
}

function paint(
  canvas: HTMLCanvasElement,
  letters: string,
  shape: GridShape,
  marked: number | null,
  chosen: number | null,
): void {
  const ratio = devicePixelRatio || 1
  const width = shape.columns * (shape.cell + shape.gap) - shape.gap + 4
  const height = gridHeight(letters.length, shape) + 4
  canvas.width = width * ratio
  canvas.height = height * ratio
  canvas.style.width = `${width}px`
  canvas.style.height = `${height}px`
  const context = canvas.getContext('2d')
  if (!context) return
  const style = getComputedStyle(canvas)
  const color = (name: string) => style.getPropertyValue(name)
  context.setTransform(ratio, 0, 0, ratio, 2 * ratio, 2 * ratio)
  drawChunks(
    context,
    letters,
    shape,
    {
      work: color('--work'),
      fail: color('--fail'),
      line: color('--line'),
      pending: color('--line-strong'),
      ink: color('--ink'),
      link: color('--link'),
    },
    marked,
    chosen,
  )
}
