import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { mkdir, open, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Engine } from '../database/createEngine.ts'

type Line = { endedAt: string; jobId: string; attempt: number }

/** A result has up to 64 kB. */
const pageSize = 200

/** `results-2026-11-24.ndjson` */
export const exportFileOf = (folder: string, day: string): string => join(folder, `results-${day}.ndjson`)

/**
 * Appends the new history to the file of its day, one JSON object a line, and marks each day that is over once its file
 * holds all of it; then lets the engine drop what is older than it keeps.
 *
 * The file itself says how far it got: after a crash a line that was cut off is cut away and written again, and a line
 * that was written whole is never written twice nor changed. A file that does not hold what the database counts (lost,
 * or edited) is made anew beside it and takes its place at once.
 */
export async function exportHistory(parameters: { engine: Engine; folder: string }): Promise<void> {
  const { engine, folder } = parameters
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const days = (await engine.call('history_to_export')) as { day: string; over: boolean }[]
  for (const { day, over } of days) {
    const file = exportFileOf(folder, day)
    await append(engine, day, file)
    if (!over) continue
    try {
      await mark(engine, day, file)
    } catch (error) {
      if ((error as { code?: string }).code !== 'OB005') throw error
      const anew = `${file}.new`
      await rm(anew, { force: true })
      await append(engine, day, anew)
      await rename(anew, file)
      await mark(engine, day, file)
    }
  }
  await engine.call('drop_old_history')
}

async function append(engine: Engine, day: string, file: string): Promise<void> {
  const handle = await open(file, 'a+', 0o600)
  try {
    let after = await cutToLines(handle)
    for (;;) {
      const lines = (await engine.call('history_lines', [day, after && JSON.stringify(after), pageSize])) as Line[]
      const last = lines.at(-1)
      if (last === undefined) break
      await handle.appendFile(lines.map((line) => `${JSON.stringify(line)}\n`).join(''))
      after = { endedAt: last.endedAt, jobId: last.jobId, attempt: last.attempt }
    }
    await handle.datasync()
  } finally {
    await handle.close()
  }
}

/** Cuts away what follows the last whole line, and answers where that line stands in the history; null in an empty file. */
async function cutToLines(handle: Awaited<ReturnType<typeof open>>): Promise<Line | null> {
  const { size } = await handle.stat()
  let tail = Buffer.alloc(0)
  for (let from = size; from > 0; ) {
    const length = Math.min(from, 1 << 20)
    from -= length
    const part = Buffer.alloc(length)
    await handle.read(part, 0, length, from)
    tail = Buffer.concat([part, tail])
    const end = tail.lastIndexOf(0x0a)
    const start = end <= 0 ? -1 : tail.lastIndexOf(0x0a, end - 1)
    if (end >= 0 && (start >= 0 || from === 0)) {
      await handle.truncate(from + end + 1)
      const { endedAt, jobId, attempt } = JSON.parse(tail.subarray(start + 1, end).toString()) as Line
      return { endedAt, jobId, attempt }
    }
  }
  await handle.truncate(0)
  return null
}

async function mark(engine: Engine, day: string, file: string): Promise<void> {
  const hash = createHash('sha256')
  let lines = 0
  // By hand: readline ends a line at U+2028 as well, which JSON text may hold.
  for await (const part of createReadStream(file) as AsyncIterable<Buffer>) {
    hash.update(part)
    for (let end = part.indexOf(0x0a); end >= 0; end = part.indexOf(0x0a, end + 1)) lines += 1
  }
  await engine.call('mark_history_exported', [day, lines, hash.digest('hex')])
}
