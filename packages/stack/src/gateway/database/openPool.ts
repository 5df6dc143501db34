import pg from 'pg'

/** A pool whose idle connections may end without ending the process: the next query opens a new one. */
export const openPool = (connectionString: string, max: number): pg.Pool => {
  const pool = new pg.Pool({ connectionString, max, application_name: 'oblivion gateway' })
  pool.on('error', (error) => {
    console.error(`gateway: an idle database connection ended: ${error.message}`)
  })
  return pool
}
