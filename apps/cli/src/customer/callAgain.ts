import { calledAs } from '../calledAs.ts'
import type { CustomerFlags } from './openCustomer.ts'

/** A command for the same task as the same customer, in the words of this call. A key that it was given is not repeated. */
export const callAgain = (
  command: 'watch' | 'results',
  taskId: string,
  { dev, account, 'api-key': key }: CustomerFlags,
): string =>
  [
    ...[calledAs(), command, taskId],
    ...(key === undefined ? [] : ['--api-key ...']),
    ...(dev ? ['--dev'] : []),
    ...(dev && account !== '0' ? [`--account ${account}`] : []),
  ].join(' ')
