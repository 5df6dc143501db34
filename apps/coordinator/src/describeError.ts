import { settlementErrorSentence } from '@oblivion/contracts'
import { OblivionError } from '@oblivion/core'
import { BaseError, ContractFunctionExecutionError, ContractFunctionRevertedError, RawContractError } from 'viem'

/**
 * What a log line says of an error: short, and free of secrets.
 *
 * viem's full messages contain the RPC URL, which often holds a provider's API key, and the whole request; so only
 * their one-line summary is taken.
 */
export function describeError(error: unknown): { name: string; code?: string; message: string } {
  if (error instanceof OblivionError) return { name: error.name, code: error.code, message: error.shortMessage }
  if (error instanceof BaseError) {
    const reverted = error.walk(
      (cause) => cause instanceof ContractFunctionRevertedError || cause instanceof RawContractError,
    )
    const said = error instanceof ContractFunctionExecutionError && reverted !== null
    return { name: error.name, message: said ? settlementErrorSentence(error) : error.shortMessage }
  }
  if (!(error instanceof Error)) return { name: 'unknown', message: 'something that is no error was thrown' }
  const code = 'code' in error && typeof error.code === 'string' ? { code: error.code } : {}
  return { name: error.name, ...code, message: error.message.split('\n')[0] ?? '' }
}
