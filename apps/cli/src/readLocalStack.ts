import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Environment, readVariable } from '@oblivion/core'
import { UsageError } from './UsageError.ts'
import type { SignInOptions } from './worker/signIn.ts'

/** What is needed of the local stack's `dev.json`. */
export interface LocalStack {
  readonly supabaseUrl: string
  readonly anonKey: string
  readonly dappUrl: string
  readonly chainId: number
  readonly accounts: readonly { readonly role: string; readonly privateKey: `0x${string}` }[]
}

/**
 * The stack that `pnpm start` runs here.
 *
 * @throws {UsageError} where none does, and in production.
 */
export const readLocalStack = (environment: Environment): LocalStack => {
  if (readVariable(environment, 'NODE_ENV') === 'production') {
    throw new UsageError('NODE_ENV is production: --dev is for a development stack, whose wallets are published ones.')
  }
  const file = join(readVariable(environment, 'OBLIVION_HOME') ?? '.oblivion', 'dev.json')
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as LocalStack
  } catch {
    throw new UsageError(`No local stack runs here: ${file} cannot be read. Start one with: npx -y pnpm@12.21.0 start`)
  }
}

/**
 * How one of its development wallets signs in.
 *
 * @throws {UsageError} where it has no such account.
 */
export const developmentWallet = (
  { supabaseUrl, anonKey: supabaseKey, dappUrl: origin, chainId, accounts }: LocalStack,
  role: 'customer' | 'provider',
  account: number,
): SignInOptions => {
  const wallets = accounts.filter((each) => each.role === role)
  const wallet = wallets[account]
  if (wallet === undefined) throw new UsageError(`The local stack has the accounts 0 to ${wallets.length - 1}.`)
  return { supabaseUrl, supabaseKey, privateKey: wallet.privateKey, origin, chainId }
}
