import type { CallOptions, Client, FunctionArguments, FunctionName } from '../Client.ts'
import { unexpected } from './fieldsOf.ts'

/** Calls a function that answers a bare boolean. */
export const callForFlag = async <N extends FunctionName>(
  client: Client,
  call: N,
  args: FunctionArguments<N>,
  options: CallOptions,
): Promise<boolean> => {
  const answer = await client.call(call, args, options)
  return typeof answer === 'boolean' ? answer : unexpected(call, '')
}
