import pg from 'pg'

/** A statement as a library sent it. */
export type Statement = { text: string; values: unknown[] }

/**
 * A pool that keeps every statement of its clients, so that a peer's own statements can be measured without its library
 * around them, and none of them is copied by hand.
 */
export const recordingPool = (connectionString: string): { pool: pg.Pool; statements: Statement[] } => {
  const statements: Statement[] = []
  class RecordingClient extends pg.Client {
    override query(...args: unknown[]) {
      const [query, values] = args as [string | Statement, unknown[] | undefined]
      const text = typeof query === 'string' ? query : query.text
      const given = typeof query === 'string' ? values : query.values
      if (typeof text === 'string') statements.push({ text, values: Array.isArray(given) ? given : [] })
      return Reflect.apply(super.query, this, args)
    }
  }
  const pool = new pg.Pool({ connectionString, Client: RecordingClient as typeof pg.Client, max: 4 })
  pool.on('error', () => undefined)
  pool.on('connect', (client) => {
    client.on('error', () => undefined)
  })
  return { pool, statements }
}

/** The first recorded statement that matches. */
export const statementLike = (statements: readonly Statement[], pattern: RegExp): Statement => {
  const found = statements.find(({ text }) => pattern.test(text))
  if (found === undefined) throw new Error(`No statement like ${pattern} was recorded.`)
  return found
}
