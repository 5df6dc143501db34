import type { DevelopmentRole } from '../chain/accounts.ts'

/** What the pages process is told by its parent: where the built pages lie, and the public facts that they need. */
export type PagesConfig = {
  ports: { dapp: number; bridge: number; sandbox: number; demo: number }
  folders: { dapp: string; sdk: string; demo: string }
  /** The key of the site that the embed demo is. */
  demoSiteKey: string
  dapp: DappConfig
}

/** `/config.json` of the dApp: public values only. */
export type DappConfig = {
  supabaseUrl: string
  anonKey: string
  apiUrl: string
  rpcUrl: string
  chainId: number
  settlementAddress: string
  tokenAddress: string
  bridgeUrl: string
  /** A page of another origin, as a site's owner would write it. */
  embedDemoUrl: string
  explorerUrl: string | null
  environment: 'development'
  developmentAccounts: readonly { address: string; role: DevelopmentRole }[]
}
