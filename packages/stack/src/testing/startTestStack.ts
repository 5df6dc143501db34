import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import type { DevFile } from '../home/devFile.ts'
import { startStack } from '../supervisor/startStack.ts'
import type { Progress } from '../terminal/progress.ts'

export type TestStack = {
  dev: DevFile
  /** The data folder, OBLIVION_HOME of this stack. */
  home: string
  /** What a person would have read while it started and ran. */
  said: readonly string[]
  /** Has a wallet's owner proved itself, as the results of many customers would in a day: its word counts from then on. */
  establish(address: string): Promise<void>
  /** Stops a site as an operator does. */
  suspendSite(siteKey: string, reason: string): Promise<void>
  stop(): Promise<void>
}

const PORTS = ['DAPP', 'BRIDGE', 'SANDBOX', 'EMBED_DEMO', 'GATEWAY', 'COORDINATOR', 'POSTGRES', 'CHAIN']

/**
 * The whole stack as `start` runs it, on free ports and with a data folder of its own, in this process. Nothing of it has
 * to outlive a power cut, so that its database waits for no disk.
 *
 * @param options.pages false leaves out building and serving the pages
 * @param options.coordinator false leaves out the coordinator: nothing is indexed, signed or rescued then
 * @param options.home a data folder that outlives `stop`; a temporary one is removed
 * @param options.environment more variables, as for `start`
 * @example
 * const stack = await startTestStack({ pages: false })
 * const client = createClient({ supabaseUrl: stack.dev.supabaseUrl, supabaseKey: stack.dev.anonKey })
 */
export const startTestStack = async (
  options: { pages?: boolean; coordinator?: boolean; home?: string; environment?: Record<string, string> } = {},
): Promise<TestStack> => {
  const { pages = true, coordinator = true } = options
  const home = options.home ?? mkdtempSync(join(tmpdir(), 'oblivion-stack-'))
  const said: string[] = []
  const progress: Progress = { step: () => undefined, say: (line) => said.push(line), end: () => undefined }
  const stack = await startStack({
    environment: {
      ...Object.fromEntries(PORTS.map((part) => [`${part}_PORT`, '0'])),
      OBLIVION_HOME: home,
      ...options.environment,
    },
    progress,
    signal: new AbortController().signal,
    onGiveUp: (error) => said.push(error.message),
    without: { pages: !pages, coordinator: !coordinator },
    durable: false,
  })
  const stop = async (): Promise<void> => {
    await stack.stop()
    if (options.home === undefined) rmSync(home, { recursive: true, force: true })
  }
  /** @returns how many rows it answers or changes */
  const ask = async (sql: string, params: unknown[]): Promise<number | null> => {
    const client = new pg.Client({ connectionString: stack.dev.databaseUrl })
    await client.connect()
    try {
      return (await client.query(sql, params)).rowCount
    } finally {
      await client.end()
    }
  }
  const establish = async (address: string): Promise<void> => {
    const sql = 'update oblivion.owners set proven_count = 1000 where address = $1'
    if ((await ask(sql, [address.toLowerCase()])) !== 1)
      throw new Error(`Nobody here has the address ${address}: sign in and register a node first.`)
  }
  const suspendSite = async (siteKey: string, reason: string): Promise<void> => {
    const sql = 'select oblivion.suspend_site(s.id, $2) from oblivion.sites s where s.key = $1'
    if ((await ask(sql, [siteKey, reason])) !== 1) throw new Error(`There is no site with the key ${siteKey}.`)
  }
  return { dev: stack.dev, home, said, establish, suspendSite, stop }
}
