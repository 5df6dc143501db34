import { StackError } from '../StackError.ts'

const LOOPBACK = new Set(['localhost', '127.0.0.1', '[::1]', '::1'])

/**
 * Refuses a DATABASE_URL that is not on this machine, unless somebody said that it is meant: the development stack
 * writes roles, tables and test money into whatever it is given.
 *
 * @throws StackError `database_refused`
 */
export const checkDatabaseUrl = (databaseUrl: string, allowRemote: boolean): URL => {
  const url = new URL(databaseUrl)
  // `?host=` and `?hostaddr=` override the host of the URL in libpq and node-postgres alike.
  const hosts = [url.hostname, ...url.searchParams.getAll('host'), ...url.searchParams.getAll('hostaddr')]
  const foreign = hosts.find((host) => !LOOPBACK.has(host))
  if (foreign === undefined || allowRemote) return url
  throw new StackError(
    'database_refused',
    `DATABASE_URL is not on this machine (${foreign || 'no host'}), and this is a development server.`,
    'It makes roles, tables and test money there. If you mean it, set OBLIVION_ALLOW_REMOTE_DATABASE=1.',
  )
}
