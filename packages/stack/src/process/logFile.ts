import { copyFileSync, existsSync, readFileSync, statSync, truncateSync } from 'node:fs'

const MOST_BYTES = 5_000_000

/**
 * Keeps a log that a child appends to within bounds: beyond 5 MB it becomes `<file>.1` and begins anew. The child goes on
 * writing to the same open file, so it is copied and cut, not renamed; a line written in between is lost.
 */
export const boundLog = (file: string, mostBytes: number = MOST_BYTES): void => {
  if (!existsSync(file) || statSync(file).size <= mostBytes) return
  copyFileSync(file, `${file}.1`)
  truncateSync(file)
}

/** The last lines of a log, for a message that says why a part ended. */
export const logTail = (file: string, lines = 12): string =>
  existsSync(file) ? readFileSync(file, 'utf8').trimEnd().split('\n').slice(-lines).join('\n') : ''
