import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { readVariable, requireVariable } from '@oblivion/core'
import { UsageError } from '../UsageError.ts'
import type { SignInOptions } from './signIn.ts'

type Environment = Readonly<Record<string, string | undefined>>

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

/** What is needed of the local stack's `dev.json`. */
interface LocalStack {
  readonly supabaseUrl: string
  readonly anonKey: string
  readonly dappUrl: string
  readonly chainId: number
  readonly accounts: readonly { readonly role: string; readonly privateKey: `0x${string}` }[]
}

/**
 * Where the worker works and as whom: from the environment, or from the local stack with `--dev`.
 *
 * @throws {VariableMissingError} `OB113`, {VariableInvalidError} `OB112`, which name the variable; {UsageError} where no stack runs here.
 */
export const readWorkerSettings = (flags: WorkerFlags, environment: Environment): WorkerSettings => {
  if (flags.dev) return ofLocalStack(flags, environment)
  const env = {
    ...environment,
    SUPABASE_URL: environment.SUPABASE_URL ?? environment.NEXT_PUBLIC_SUPABASE_URL,
    SUPABASE_KEY: environment.SUPABASE_KEY ?? environment.NEXT_PUBLIC_SUPABASE_ANON_KEY,
  }
  const supabaseUrl = requireVariable(env, 'SUPABASE_URL')
  const supabaseKey = requireVariable(env, 'SUPABASE_KEY')
  const nodeKey = readVariable(env, 'NODE_KEY')
  if (nodeKey !== null) {
    return { supabaseUrl, supabaseKey, identity: { kind: 'key', nodeId: requireVariable(env, 'NODE_ID'), nodeKey } }
  }
  const privateKey = readVariable(env, 'PRIVATE_KEY')
  if (privateKey === null) {
    throw new UsageError(
      'A worker needs NODE_ID and NODE_KEY of a registered node, or the PRIVATE_KEY of the wallet that it earns for.',
    )
  }
  const origin = requireVariable(env, 'SIGN_IN_ORIGIN')
  const chainId = readVariable(env, 'CHAIN_ID')
  return {
    supabaseUrl,
    supabaseKey,
    identity: { kind: 'wallet', signIn: { supabaseUrl, supabaseKey, privateKey, origin, chainId } },
  }
}

const ofLocalStack = ({ account }: WorkerFlags, environment: Environment): WorkerSettings => {
  const file = join(readVariable(environment, 'OBLIVION_HOME') ?? '.oblivion', 'dev.json')
  let stack: LocalStack
  try {
    stack = JSON.parse(readFileSync(file, 'utf8')) as LocalStack
  } catch {
    throw new UsageError(`No local stack runs here: ${file} cannot be read. Start one with: npx -y pnpm@12.21.0 start`)
  }
  const providers = stack.accounts.filter(({ role }) => role === 'provider')
  const provider = providers[account]
  if (provider === undefined) throw new UsageError(`The local stack has the accounts 0 to ${providers.length - 1}.`)
  const { supabaseUrl, anonKey: supabaseKey, dappUrl: origin, chainId } = stack
  const { privateKey } = provider
  return {
    supabaseUrl,
    supabaseKey,
    identity: { kind: 'wallet', signIn: { supabaseUrl, supabaseKey, privateKey, origin, chainId } },
  }
}
