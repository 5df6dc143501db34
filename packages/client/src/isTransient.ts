import { OblivionError } from '@oblivion/core'

/**
 * Whether the same call may succeed later without anybody's doing: the network, a deadline, an overloaded or restarting
 * server. Everything else is an answer, and repeating the question only costs.
 *
 * @example
 * if (isTransient(error)) await backOff()
 * else throw error
 */
export const isTransient = (error: unknown): boolean => {
  if (!(error instanceof OblivionError)) return false
  if (error.code === 'OB101' || error.code === 'OB102') return true
  if (error.code !== 'OB104') return false
  const { status, serverCode } = (error as OblivionError<'OB104'>).values
  // 40001, 40P01: lost a race inside the database; 55P03, 57014: lock or statement timeout; 53xxx: out of resources;
  // 57P0x: restarting.
  return (
    (status !== undefined && (status === 408 || status === 429 || status >= 502)) ||
    /^(40\w01|53\w{3}|55P03|57(014|P0\d))$/.test(serverCode ?? '')
  )
}
