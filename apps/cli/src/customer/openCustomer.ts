import { type Client, type ClientOptions, createClient } from '@oblivion/client'
import { type Environment, environmentTable, readVariable } from '@oblivion/core'
import { developmentWallet, readLocalStack } from '../readLocalStack.ts'
import { readProject } from '../readProject.ts'
import { UsageError } from '../UsageError.ts'
import { wholeNumber } from '../wholeNumber.ts'
import { signIn } from '../worker/signIn.ts'

export interface CustomerFlags {
  readonly 'api-key'?: string | undefined
  readonly dev: boolean
  readonly account: string
}

export interface Customer {
  readonly client: Client
  /** The same for what lies in Storage. */
  readonly options: ClientOptions
}

/**
 * Whose tasks these are: those of the wallet of an API key, or with `--dev` and no key those of a development wallet.
 *
 * @throws {UsageError} without a key, or where the flag is none; {VariableMissingError} `OB113`, {VariableInvalidError}
 *   `OB112`, {NotSignedInError} `OB001` where a development wallet is refused.
 */
export const openCustomer = async (flags: CustomerFlags, environment: Environment): Promise<Customer> => {
  const given = flags['api-key']
  const apiKey = given === undefined ? (readVariable(environment, 'OBLIVION_API_KEY') ?? undefined) : keyOfFlag(given)
  if (flags.dev) {
    const stack = readLocalStack(environment)
    const { supabaseUrl, anonKey: supabaseKey } = stack
    if (apiKey !== undefined) return open({ supabaseUrl, supabaseKey, apiKey })
    const wallet = developmentWallet(stack, 'customer', wholeNumber('account', flags.account, 0, 64))
    const token = await signIn(wallet)
    return open({ supabaseUrl, supabaseKey, accessToken: async () => token })
  }
  const project = readProject(environment)
  if (apiKey === undefined) {
    throw new UsageError('This needs an API key: make one on the dApp’s Wallet page and set OBLIVION_API_KEY to it.')
  }
  return open({ ...project, apiKey })
}

const keyOfFlag = (given: string): string => {
  try {
    return environmentTable.OBLIVION_API_KEY.parse(given.trim())
  } catch (cause) {
    throw new UsageError(`--api-key ${(cause as Error).message}.`)
  }
}

const open = (options: ClientOptions): Customer => ({ client: createClient(options), options })
