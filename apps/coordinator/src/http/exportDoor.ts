import { type FileHandle, open, readdir } from 'node:fs/promises'
import { createInterface } from 'node:readline'
import { Readable } from 'node:stream'
import { Hono } from 'hono'
import { exportFileOf } from '../export/exportHistory.ts'
import { historyStats } from '../export/historyStats.ts'
import { isOperator } from './isOperator.ts'

/** What the door of the history needs: where its files lie, and the word that an operator says. */
export type ExportAccess = { readonly folder: string; readonly adminToken: string }

const refusals = {
  off: 'This server gives out no history: it has no DATALAKE_FOLDER or no ADMIN_TOKEN.',
  token: 'Operators only: send ADMIN_TOKEN as `authorization: Bearer ...`.',
  day: 'A day is YYYY-MM-DD (UTC).',
  absent: 'Nothing was written for this day.',
} as const

/**
 * `GET /export/:date`: the file of a day (UTC), one JSON object a line, as it stands now. `GET /stats?date=`: what it says in
 * sum, of the newest day where none is named. Results of every customer are in it, so both are for operators; without a
 * token they are shut.
 */
export function exportDoor(access: ExportAccess | null): Hono {
  const door = new Hono()
  if (access === null) {
    door.all('*', (context) => context.json({ error: refusals.off }, 404))
    return door
  }
  const { folder, adminToken } = access
  door.use(async (context, next) => {
    if (isOperator(context.req.header('authorization'), adminToken)) return next()
    return context.json({ error: refusals.token }, 401)
  })

  door.get('/export/:date', async (context) => {
    const date = context.req.param('date')
    if (!isDay(date)) return context.json({ error: refusals.day }, 400)
    const file = await openDay(folder, date)
    if (file === null) return context.json({ error: refusals.absent }, 404)
    const content = await contentOf(file)
    return context.body(content === null ? '' : (Readable.toWeb(content) as ReadableStream), 200, {
      'content-type': 'application/x-ndjson',
      'content-disposition': `attachment; filename="results-${date}.ndjson"`,
    })
  })

  door.get('/stats', async (context) => {
    const date = context.req.query('date') ?? (await newestDay(folder))
    if (date !== null && !isDay(date)) return context.json({ error: refusals.day }, 400)
    const file = date === null ? null : await openDay(folder, date)
    if (file === null) return context.json({ error: refusals.absent }, 404)
    const content = await contentOf(file)
    const lines = content === null ? [] : createInterface({ input: content, crlfDelay: Number.POSITIVE_INFINITY })
    return context.json({ date, ...(await historyStats(lines)) })
  })
  return door
}

/** Nothing but digits and dashes reaches the name of a file. */
const isDay = (date: string): boolean => /^\d{4}-\d{2}-\d{2}$/.test(date)

const isAbsent = (error: NodeJS.ErrnoException): null => {
  if (error.code === 'ENOENT') return null
  throw error
}

const openDay = (folder: string, date: string): Promise<FileHandle | null> =>
  open(exportFileOf(folder, date)).catch(isAbsent)

const newestDay = async (folder: string): Promise<string | null> => {
  const names = (await readdir(folder).catch(isAbsent)) ?? []
  const days = names.flatMap((name) => /^results-(\d{4}-\d{2}-\d{2})\.ndjson$/.exec(name)?.[1] ?? [])
  return days.sort().at(-1) ?? null
}

/** As long as it was when it was opened: what is appended meanwhile is for the next call. Null for nothing. */
async function contentOf(file: FileHandle): Promise<Readable | null> {
  const { size } = await file.stat()
  if (size > 0) return file.createReadStream({ start: 0, end: size - 1 })
  await file.close()
  return null
}
