/** A line of the box: what it is and where, or a sentence over the whole width; null is an empty line. */
export type BoxLine = { label: string; text: string; colour?: (text: string) => string } | string | null

/**
 * Draws lines into one box. Widths are counted before colouring, so colours do not shift the frame. Without a terminal
 * there is no frame, only the lines.
 */
export const drawBox = (title: string, lines: readonly BoxLine[], framed: boolean): string => {
  const labels = lines.map((line) => (typeof line === 'object' && line !== null ? line.label.length : 0))
  const labelWidth = Math.max(0, ...labels)
  const rows = [
    { plain: title, shown: title },
    { plain: '', shown: '' },
    ...lines.map((line) => draw(line, labelWidth)),
  ]
  if (!framed) return rows.map(({ shown }) => shown).join('\n')
  const width = Math.max(...rows.map(({ plain }) => plain.length))
  const edge = '─'.repeat(width + 4)
  const body = rows.map(({ plain, shown }) => `│  ${shown}${' '.repeat(width - plain.length)}  │`)
  return [`┌${edge}┐`, ...body, `└${edge}┘`].join('\n')
}

const draw = (line: BoxLine, labelWidth: number): { plain: string; shown: string } => {
  if (line === null) return { plain: '', shown: '' }
  if (typeof line === 'string') return { plain: line, shown: line }
  const label = `${line.label.padEnd(labelWidth)}  `
  return { plain: label + line.text, shown: label + (line.colour ?? String)(line.text) }
}
