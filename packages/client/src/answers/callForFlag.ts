import type { CallOptions, Client } from '../Client.ts'
import { unexpected } from './fieldsOf.ts'

/** Calls a function that answers a bare boolean. */
export const callForFlag = async (
  client: Client,
  call: string,
  args: Readonly<Record<string, unknown>>,
  options: CallOptions,
): Promise<boolean> => {
  const answer = await client.call(call, args, options)
  return typeof answer === 'boolean' ? answer : unexpected(call, '')
}
