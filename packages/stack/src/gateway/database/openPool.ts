import pg from 'pg'

/** A pool whose idle connections may end without ending the process: the next query opens a new one. */
export const openPool = (connectionString: string, max: number): pg.Pool => {
  const pool = new pg.Pool({ connectionString, max, application_name: 'oblivion gateway' })
  pool.on('error', (error) => {
    console.error(`gateway: an idle database connection ended: ${error.message}`)
  })
  // One that breaks while it is checked out, between two statements of a transaction, emits the error itself, and an error
  // that nobody listens to ends the process. The next statement on it fails with the same, so nothing is lost here.
  pool.on('connect', (client) => {
    client.on('error', () => undefined)
  })
  return pool
}
