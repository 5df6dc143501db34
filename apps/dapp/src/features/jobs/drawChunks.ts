import { chunkStateOf } from '@oblivion/core'

export type ChunkColors = { work: string; fail: string; line: string; pending: string; ink: string; link: string }
export type GridShape = { columns: number; cell: number; gap: number }

/** Cells as large as fit, between 6 and 32 pixels; `columns` of the picture where they fit, else as many as do. */
export function gridShape(count: number, width: number, columns: number | null): GridShape {
  const gap = count > 400 ? 2 : 3
  const wanted = columns ?? Math.max(1, Math.ceil(Math.sqrt(count)))
  const fitting = Math.max(1, Math.min(wanted, count, Math.floor((width + gap) / (6 + gap))))
  const cell = Math.max(6, Math.min(32, Math.floor((width + gap) / fitting) - gap))
  return { columns: fitting, cell, gap }
}

/** Height that the cells need. */
export function gridHeight(count: number, { columns, cell, gap }: GridShape): number {
  return Math.ceil(count / columns) * (cell + gap) - gap
}

/** The chunk at a point, or null between and beyond the cells. */
export function chunkAt(x: number, y: number, count: number, { columns, cell, gap }: GridShape): number | null {
  const column = Math.floor(x / (cell + gap))
  const row = Math.floor(y / (cell + gap))
  if (column < 0 || row < 0 || column >= columns) return null
  const index = row * columns + column
  return index < count ? index : null
}

/**
 * Draws one square a chunk. Each state has a shape besides its colour: done is full, in work half full, waiting hollow,
 * blocked a dot, failed crossed, cancelled a dash.
 */
export function drawChunks(
  context: CanvasRenderingContext2D,
  letters: string,
  shape: GridShape,
  colors: ChunkColors,
  marked: number | null,
  chosen: number | null,
): void {
  const { columns, cell, gap } = shape
  for (let index = 0; index < letters.length; index++) {
    const x = (index % columns) * (cell + gap)
    const y = Math.floor(index / columns) * (cell + gap)
    drawChunk(context, letters.charAt(index), x, y, cell, colors)
    if (index === marked || index === chosen) {
      const width = index === chosen ? 2 : 1.5
      context.strokeStyle = index === chosen ? colors.link : colors.ink
      context.lineWidth = width
      context.strokeRect(x - width / 2, y - width / 2, cell + width, cell + width)
    }
  }
}

function drawChunk(
  context: CanvasRenderingContext2D,
  letter: string,
  x: number,
  y: number,
  cell: number,
  colors: ChunkColors,
): void {
  const outline = (color: string, width: number) => {
    context.strokeStyle = color
    context.lineWidth = width
    context.strokeRect(x + width / 2, y + width / 2, cell - width, cell - width)
  }
  const line = (color: string, points: [number, number][]) => {
    context.strokeStyle = color
    context.lineWidth = 1.5
    context.beginPath()
    points.forEach(([px, py], at) => {
      if (at % 2 === 0) context.moveTo(x + px * cell, y + py * cell)
      else context.lineTo(x + px * cell, y + py * cell)
    })
    context.stroke()
  }
  switch (chunkStateOf(letter)) {
    case 'completed':
      context.fillStyle = colors.work
      context.fillRect(x, y, cell, cell)
      return
    case 'processing':
      context.fillStyle = colors.work
      context.beginPath()
      context.moveTo(x, y)
      context.lineTo(x, y + cell)
      context.lineTo(x + cell, y + cell)
      context.fill()
      outline(colors.work, 1.5)
      return
    case 'failed':
      outline(colors.fail, 1.5)
      line(colors.fail, [
        [0.28, 0.28],
        [0.72, 0.72],
        [0.72, 0.28],
        [0.28, 0.72],
      ])
      return
    case 'cancelled':
      line(colors.pending, [
        [0.25, 0.5],
        [0.75, 0.5],
      ])
      return
    case 'blocked':
      context.fillStyle = colors.pending
      context.fillRect(x + cell / 2 - 1, y + cell / 2 - 1, 2, 2)
      return
    case 'pending':
      outline(colors.pending, 1)
      return
    default:
      outline(colors.line, 1)
  }
}
