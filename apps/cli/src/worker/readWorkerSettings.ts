import { type Environment, readVariable, requireVariable } from '@oblivion/core'
import { developmentWallet, readLocalStack } from '../readLocalStack.ts'
import { readProject } from '../readProject.ts'
import { UsageError } from '../UsageError.ts'
import type { SignInOptions } from './signIn.ts'

export interface WorkerFlags {
  /** Use the stack that `pnpm start` runs here, with one of its development wallets. */
  readonly dev: boolean
  /** Which of the development wallets of role `provider`, from 0. */
  readonly account: number
}

export interface WorkerSettings {
  readonly supabaseUrl: string
  readonly supabaseKey: string
  /** How the node comes by its key: a wallet signs in, or the key is there already. */
  readonly identity:
    | { readonly kind: 'wallet'; readonly signIn: SignInOptions }
    | { readonly kind: 'key'; readonly nodeId: string; readonly nodeKey: string }
}

/**
 * Where the worker works and as whom: from the environment, or from the local stack with `--dev`.
 *
 * @throws {VariableMissingError} `OB113`, {VariableInvalidError} `OB112`, which name the variable; {UsageError} where no stack runs here.
 */
export const readWorkerSettings = (flags: WorkerFlags, environment: Environment): WorkerSettings => {
  if (flags.dev) {
    const signIn = developmentWallet(readLocalStack(environment), 'provider', flags.account)
    return { supabaseUrl: signIn.supabaseUrl, supabaseKey: signIn.supabaseKey, identity: { kind: 'wallet', signIn } }
  }
  const { supabaseUrl, supabaseKey } = readProject(environment)
  const nodeKey = readVariable(environment, 'NODE_KEY')
  if (nodeKey !== null) {
    return {
      supabaseUrl,
      supabaseKey,
      identity: { kind: 'key', nodeId: requireVariable(environment, 'NODE_ID'), nodeKey },
    }
  }
  const privateKey = readVariable(environment, 'PRIVATE_KEY')
  if (privateKey === null) {
    throw new UsageError(
      'A worker needs NODE_ID and NODE_KEY of a registered node, or the PRIVATE_KEY of the wallet that it earns for.',
    )
  }
  const origin = requireVariable(environment, 'SIGN_IN_ORIGIN')
  const chainId = readVariable(environment, 'CHAIN_ID')
  return {
    supabaseUrl,
    supabaseKey,
    identity: { kind: 'wallet', signIn: { supabaseUrl, supabaseKey, privateKey, origin, chainId } },
  }
}
