import { type Environment, readVariable, requireVariable } from '@oblivion/core'
import { readProject } from '../readProject.ts'
import { UsageError } from '../UsageError.ts'
import { readWallet, type WalletFlags } from './readWallet.ts'
import type { SignInOptions } from './signIn.ts'

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
export const readWorkerSettings = (flags: WalletFlags, environment: Environment): WorkerSettings => {
  const nodeKey = flags.dev ? null : readVariable(environment, 'NODE_KEY')
  if (nodeKey !== null) {
    const nodeId = requireVariable(environment, 'NODE_ID')
    return { ...readProject(environment), identity: { kind: 'key', nodeId, nodeKey } }
  }
  const signIn = readWallet(flags, environment)
  if (signIn === null) {
    throw new UsageError(
      'A worker needs NODE_ID and NODE_KEY of a registered node, or the PRIVATE_KEY of the wallet that it earns for.',
    )
  }
  return { supabaseUrl: signIn.supabaseUrl, supabaseKey: signIn.supabaseKey, identity: { kind: 'wallet', signIn } }
}
