import { type Environment, readVariable, requireVariable } from '@oblivion/core'
import { type Address, parseGwei } from 'viem'
import { type PrivateKeyAccount, privateKeyToAccount } from 'viem/accounts'
import type { CardSettings } from '../cards/CardSettings.ts'

/** All that the process is told from outside, parsed once. Private keys are turned into accounts here and kept nowhere. */
export type Configuration = {
  databaseUrl: string
  rpcUrl: string
  settler: PrivateKeyAccount
  relayer: PrivateKeyAccount
  /** The most that a unit of gas may cost, in wei. */
  maxFeePerGas: bigint
  /** Where given, the open settlement instance has to be this contract. */
  contractAddress: Address | null
  port: number
  /** On which address of this machine it listens. */
  address: string
  /** Host names that are served beside those of this machine, lower-case, without a port. */
  allowedHosts: readonly string[]
  /** Web origins that may read this server's answers, beside no origin at all. */
  allowedOrigins: readonly string[]
  /** Where the history is written by day; null writes none, and then none is ever dropped. */
  dataLakeFolder: string | null
  /** What an operator says to the doors that are for operators; null shuts them. */
  adminToken: string | null
  /** Of bots, in milliseconds: how often they are told to beat, and after how long a silence they are called down. */
  bots: { heartbeatMs: number; downAfterMs: number }
  /** Wallets that are operators. */
  admins: readonly Address[]
  /** Whether wallets may ask for play money; refused where the token is real money. */
  sandbox: boolean
  /** The project: where large results lie and sessions are known, with its public key. */
  storage: { supabaseUrl: string; supabaseKey: string }
  /** Null takes no cards. */
  cards: CardSettings | null
  logLevel: 'debug' | 'info' | 'warn' | 'error'
}

/**
 * @throws VariableMissingError, VariableInvalidError (`OB113`, `OB112`), which name the variable and never its value
 */
export function readConfiguration(environment: Environment): Configuration {
  return {
    databaseUrl: requireVariable(environment, 'DATABASE_URL'),
    rpcUrl: requireVariable(environment, 'RPC_URL'),
    settler: privateKeyToAccount(requireVariable(environment, 'SETTLER_PRIVATE_KEY')),
    relayer: privateKeyToAccount(requireVariable(environment, 'RELAYER_PRIVATE_KEY')),
    maxFeePerGas: parseGwei(String(requireVariable(environment, 'RELAY_MAX_FEE_GWEI'))),
    contractAddress: readVariable(environment, 'CONTRACT_ADDRESS'),
    port: requireVariable(environment, 'COORDINATOR_PORT'),
    address: requireVariable(environment, 'COORDINATOR_ADDRESS'),
    allowedHosts: requireVariable(environment, 'ALLOWED_HOSTS'),
    allowedOrigins: requireVariable(environment, 'ALLOWED_ORIGINS'),
    dataLakeFolder: readVariable(environment, 'DATALAKE_FOLDER'),
    adminToken: readVariable(environment, 'ADMIN_TOKEN'),
    bots: {
      heartbeatMs: requireVariable(environment, 'HEARTBEAT_INTERVAL_MS'),
      downAfterMs: requireVariable(environment, 'BOT_DOWN_AFTER_MS'),
    },
    admins: requireVariable(environment, 'OBLIVION_ADMINS'),
    sandbox: requireVariable(environment, 'WALLET_SANDBOX_ENABLED'),
    storage: {
      supabaseUrl: requireVariable(environment, 'SUPABASE_URL'),
      supabaseKey: requireVariable(environment, 'SUPABASE_KEY'),
    },
    cards: readCardSettings(environment),
    logLevel: requireVariable(environment, 'LOG_LEVEL'),
  }
}

/** One of the two keys without the other is a mistake, not a wish for no cards. */
function readCardSettings(environment: Environment): CardSettings | null {
  const given = [readVariable(environment, 'STRIPE_SECRET_KEY'), readVariable(environment, 'STRIPE_WEBHOOK_SECRET')]
  if (given.every((key) => key === null)) return null
  return {
    secretKey: requireVariable(environment, 'STRIPE_SECRET_KEY'),
    webhookSecret: requireVariable(environment, 'STRIPE_WEBHOOK_SECRET'),
    apiUrl: requireVariable(environment, 'STRIPE_API_URL'),
    maxUsd: requireVariable(environment, 'CARD_MAX_USD'),
    payer: readVariable(environment, 'CARD_PAYER_ADDRESS'),
    disputeWindowDays: requireVariable(environment, 'CARD_DISPUTE_WINDOW_DAYS'),
    supabaseUrl: requireVariable(environment, 'SUPABASE_URL'),
    supabaseKey: requireVariable(environment, 'SUPABASE_KEY'),
  }
}
