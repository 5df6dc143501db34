import { rmSync } from 'node:fs'
import type { DevelopmentAccount } from '../chain/accounts.ts'
import { readSecretFile, writeSecretFile } from './secretFile.ts'

/** What a running stack tells its developer and its tests. Holds keys: mode 0600, git-ignored, never served. */
export type DevFile = {
  dappUrl: string
  /** A page of another origin that embeds the worker; null where the pages were left out. */
  embedDemoUrl: string | null
  bridgeUrl: string
  sandboxUrl: string
  apiUrl: string
  supabaseUrl: string
  anonKey: string
  serviceRoleKey: string
  databaseUrl: string
  rpcUrl: string
  chainId: number
  settlementAddress: string
  tokenAddress: string
  accounts: readonly DevelopmentAccount[]
  /** The supervising process: the one to send SIGINT to. */
  pid: number
}

export const writeDevFile = (file: string, dev: DevFile): void => writeSecretFile(file, dev)

/** Null where no stack is running, or has not got ready. */
export const readDevFile = (file: string): DevFile | null => readSecretFile<DevFile>(file)

export const removeDevFile = (file: string): void => rmSync(file, { force: true })
