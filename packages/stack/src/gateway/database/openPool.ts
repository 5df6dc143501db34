import pg from 'pg'

/** A pool whose idle connections may end without ending the process: the next query opens a new one. */
export const openPool = (connectionString: string, max: number): pg.Pool => {
  const pool = new pg.Pool({ connectionString, max, application_name: 'oblivion gateway' })
  pool.on('error', (error) => {
    console.error(`gateway: an idle database connection ended: ${error.message}`)
  })
  return pool
}

/** One transaction as the pool's own role: for the services' own tables. */
export const inTransaction = async <T>(pool: pg.Pool, work: (client: pg.PoolClient) => Promise<T>): Promise<T> => {
  const client = await pool.connect()
  let broken: Error | undefined
  try {
    await client.query('begin')
    const result = await work(client)
    await client.query('commit')
    return result
  } catch (error) {
    await client.query('rollback').catch((cause: Error) => {
      broken = cause
    })
    throw error
  } finally {
    client.release(broken)
  }
}
