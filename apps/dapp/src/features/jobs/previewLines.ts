import { resultLine } from './resultFile.ts'

/** Items that are shown of a list. */
const most = 3

/** A value as a few lines: of a list its first items and how many are left out, of anything else itself, cut where it is long. */
export function previewLines(value: unknown): { lines: string[]; more: number } {
  if (!Array.isArray(value) || value.length === 0) return { lines: [resultLine(value)], more: 0 }
  return { lines: value.slice(0, most).map((item) => resultLine(item)), more: Math.max(0, value.length - most) }
}
