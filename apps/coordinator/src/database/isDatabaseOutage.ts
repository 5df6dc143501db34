import pg from 'pg'

// Classes of SQLSTATE that say "not now" instead of "not so": 08 connection, 53 no resources, 57 ended by an operator
// (a restart, a failover, a start that still recovers).
const OUTAGE_CLASSES = new Set(['08', '53', '57'])

/**
 * Whether an error of `pg` means that the database is away. Whatever is not an answer of the server (a refused socket,
 * a timeout of the driver, a connection that broke) has no SQLSTATE and is an outage.
 */
export function isDatabaseOutage(error: unknown): boolean {
  if (!(error instanceof pg.DatabaseError)) return true
  return OUTAGE_CLASSES.has((error.code ?? '').slice(0, 2))
}
