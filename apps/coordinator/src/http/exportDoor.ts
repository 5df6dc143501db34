import { open } from 'node:fs/promises'
import { Readable } from 'node:stream'
import { Hono } from 'hono'
import { exportFileOf } from '../export/exportHistory.ts'
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
 * `GET /export/:date`: the file of a day (UTC), one JSON object a line, as it stands now. Results of every customer are in
 * it, so it is for operators; without a token the door is shut.
 */
export function exportDoor(access: ExportAccess | null): Hono {
  const door = new Hono()
  door.get('/export/:date', async (context) => {
    if (access === null) return context.json({ error: refusals.off }, 404)
    if (!isOperator(context.req.header('authorization'), access.adminToken))
      return context.json({ error: refusals.token }, 401)
    const date = context.req.param('date')
    // Nothing but digits and dashes reaches the name of a file.
    if (!/^\d{4}-\d{2}-\d{2}$/.test(date)) return context.json({ error: refusals.day }, 400)
    const file = await open(exportFileOf(access.folder, date)).catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return null
      throw error
    })
    if (file === null) return context.json({ error: refusals.absent }, 404)
    // As long as it was when it was opened: what is appended meanwhile is for the next call.
    const { size } = await file.stat()
    if (size === 0) await file.close()
    const body =
      size === 0 ? '' : (Readable.toWeb(file.createReadStream({ start: 0, end: size - 1 })) as ReadableStream)
    return context.body(body, 200, {
      'content-type': 'application/x-ndjson',
      'content-disposition': `attachment; filename="results-${date}.ndjson"`,
    })
  })
  return door
}
