import { type Environment, readVariable, requireVariable } from '@oblivion/core'
import { developmentWallet, readLocalStack } from '../readLocalStack.ts'
import { readProject } from '../readProject.ts'
import type { SignInOptions } from './signIn.ts'

export interface WalletFlags {
  /** Use the stack that `pnpm start` runs here, with one of its development wallets. */
  readonly dev: boolean
  /** Which of the development wallets of role `provider`, from 0. */
  readonly account: number
}

/**
 * How the wallet signs in that nodes earn for: the local stack's with `--dev`, else that of `PRIVATE_KEY`; null without one.
 *
 * @throws {VariableMissingError} `OB113`, {VariableInvalidError} `OB112`, which name the variable; {UsageError} where no stack runs here.
 */
export const readWallet = (flags: WalletFlags, environment: Environment): SignInOptions | null => {
  if (flags.dev) return developmentWallet(readLocalStack(environment), 'provider', flags.account)
  const project = readProject(environment)
  const privateKey = readVariable(environment, 'PRIVATE_KEY')
  if (privateKey === null) return null
  const origin = requireVariable(environment, 'SIGN_IN_ORIGIN')
  const chainId = readVariable(environment, 'CHAIN_ID')
  return { ...project, privateKey, origin, chainId }
}
