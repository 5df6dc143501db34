import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { developmentAccounts } from '../chain/accounts.ts'
import { chainAddress } from '../chain/chainAddress.ts'
import { type Anvil, startAnvil } from '../chain/startAnvil.ts'
import { watchChain } from '../chain/watchChain.ts'
import type { DatabaseUrls } from '../database/databaseUrls.ts'
import { type HomePaths, repositoryRoot } from '../home/homePaths.ts'
import type { Secrets } from '../home/secrets.ts'
import type { PagesConfig } from '../pages/pagesConfig.ts'
import { startPostgres } from '../postgres/startPostgres.ts'
import { forkPart, type RunningPart } from '../process/forkPart.ts'
import type { Ports } from './choosePorts.ts'
import type { Part } from './supervisePart.ts'

/** The origins as browsers see them. */
export type Origins = {
  dapp: string
  bridge: string
  sandbox: string
  demo: string
  gateway: string
  coordinator: string
}

/** The dApp and the demo of an embedding page on `localhost`, all else on `127.0.0.1`: for browsers that is another site. */
export const originsOf = (ports: Ports): Origins => ({
  dapp: `http://localhost:${ports.dapp}`,
  bridge: `http://127.0.0.1:${ports.bridge}`,
  sandbox: `http://127.0.0.1:${ports.sandbox}`,
  demo: `http://localhost:${ports.demo}`,
  gateway: `http://127.0.0.1:${ports.gateway}`,
  coordinator: `http://127.0.0.1:${ports.coordinator}`,
})

/** The names of all parts, as `logs` takes them. */
export const partNames = ['database', 'chain', 'gateway', 'pages', 'coordinator'] as const

/** So many workers can `start --workers` have: one for each development wallet of a provider. */
export const mostWorkers = developmentAccounts.filter(({ role }) => role === 'provider').length

/** The names of the workers, of which a stack has none unless it is asked for some. */
export const workerNames: readonly string[] = Array.from({ length: mostWorkers }, (_, index) => `worker-${index + 1}`)

export const logFileOf = (paths: HomePaths, name: string): string => join(paths.logs, `${name}.log`)

export const databasePart = (paths: HomePaths, port: number, password: string, durable: boolean): Part => {
  const logFile = logFileOf(paths, 'database')
  return {
    ...{ name: 'database', signal: 'SIGINT', logFile, ports: ['postgres'] },
    start: () => startPostgres({ dataDir: paths.postgres, logFile, port, password, durable }),
  }
}

/** @param onStart told of each anvil, the restarted ones too */
export const chainPart = (paths: HomePaths, port: number, onStart: (anvil: Anvil) => void): Part => {
  const logFile = logFileOf(paths, 'chain')
  // The same for each restart: the other parts know it.
  const address = chainAddress()
  const start = async (): Promise<Anvil> => {
    const anvil = await startAnvil({ folder: paths.chain, logFile, address, port })
    const watching = new AbortController()
    const watched = watchChain({ client: anvil.client, folder: paths.chain, signal: watching.signal })
    anvil.child.once('exit', () => watching.abort())
    onStart(anvil)
    const stop = async (): Promise<void> => {
      watching.abort()
      await watched
      await anvil.stop()
    }
    return { ...anvil, stop }
  }
  return { name: 'chain', signal: 'SIGINT', logFile, ports: ['chain'], start }
}

export const gatewayPart = (options: {
  paths: HomePaths
  ports: Ports
  origins: Origins
  urls: DatabaseUrls
  secrets: Secrets
  chainUrl: string
}): Part => {
  const { paths, ports, origins, urls, secrets, chainUrl } = options
  const logFile = logFileOf(paths, 'gateway')
  const env = {
    GATEWAY_PORT: String(ports.gateway),
    AUTHENTICATOR_URL: urls.authenticator,
    AUTH_ADMIN_URL: urls.supabase_auth_admin,
    STORAGE_ADMIN_URL: urls.supabase_storage_admin,
    REALTIME_ADMIN_URL: urls.supabase_realtime_admin,
    JWT_SECRET: secrets.jwtSecret,
    ALLOWED_ORIGINS: `${origins.dapp},${origins.bridge}`,
    SIGN_IN_ORIGINS: origins.dapp,
    STORAGE_DIR: paths.storage,
    RPC_UPSTREAM: chainUrl,
  }
  const file = fileURLToPath(new URL('../gateway/main.ts', import.meta.url))
  return {
    ...{ name: 'gateway', signal: 'SIGTERM', logFile, ports: ['gateway'] },
    start: () => forkPart({ name: 'gateway', file, logFile, env }),
  }
}

export const pagesPart = (paths: HomePaths, config: PagesConfig): Part => {
  const logFile = logFileOf(paths, 'pages')
  const file = fileURLToPath(new URL('../pages/main.ts', import.meta.url))
  return {
    ...{ name: 'pages', signal: 'SIGTERM', logFile, ports: ['dapp', 'bridge', 'sandbox', 'demo'] },
    start: () => forkPart({ name: 'pages', file, logFile, env: {}, message: config }),
  }
}

export const coordinatorPart = (options: {
  paths: HomePaths
  ports: Ports
  origins: Origins
  urls: DatabaseUrls
  secrets: Secrets
  chainUrl: string
  anonKey: string
  contractAddress: string
  dataLakeFolder: string | null
  adminToken: string | null
  admins: readonly string[]
  sandbox: boolean
  /** What of cards and bots is set, passed on as it is. */
  passedOn: Readonly<Record<string, string>>
  logLevel: string
}): Part => {
  const { paths, ports, origins, urls, secrets, chainUrl, anonKey, contractAddress, adminToken, passedOn, logLevel } =
    options
  const dataLakeFolder = options.dataLakeFolder ?? join(paths.datalake, 'data')
  const logFile = logFileOf(paths, 'coordinator')
  const env = {
    COORDINATOR_PORT: String(ports.coordinator),
    DATABASE_URL: urls.oblivion_coordinator,
    RPC_URL: chainUrl,
    CONTRACT_ADDRESS: contractAddress,
    SETTLER_PRIVATE_KEY: secrets.keys.settler,
    RELAYER_PRIVATE_KEY: secrets.keys.relayer,
    ALLOWED_ORIGINS: origins.dapp,
    SUPABASE_URL: origins.gateway,
    SUPABASE_KEY: anonKey,
    DATALAKE_FOLDER: dataLakeFolder,
    ...passedOn,
    ...(adminToken === null ? {} : { ADMIN_TOKEN: adminToken }),
    OBLIVION_ADMINS: options.admins.join(','),
    WALLET_SANDBOX_ENABLED: String(options.sandbox),
    LOG_LEVEL: logLevel,
  }
  // By path: no package imports an app.
  const file = join(repositoryRoot, 'apps', 'coordinator', 'src', 'main.ts')
  return {
    ...{ name: 'coordinator', signal: 'SIGTERM', logFile, ports: ['coordinator'] },
    start: () => forkPart({ name: 'coordinator', file, logFile, env }),
  }
}

/**
 * A server node that works for a development wallet of its own: of several for one wallet that has proved nothing yet only
 * one would work. The last wallet comes first, so that provider 1 stays whose tab works beside it.
 *
 * @param index from 0
 */
export const workerPart = (paths: HomePaths, index: number): Part => {
  const name = workerNames[index] ?? `worker-${index + 1}`
  const logFile = logFileOf(paths, name)
  const file = join(repositoryRoot, 'apps', 'cli', 'src', 'main.ts')
  const args = ['worker', '--dev', '--account', String(mostWorkers - 1 - index)]
  const start = async (): Promise<RunningPart> => {
    const running = await forkPart({ name, file, args, logFile, env: { OBLIVION_HOME: paths.home } })
    const stop = (): Promise<void> => {
      // Of two signals the second gives the job at hand back: nobody waits for its end.
      running.child.kill('SIGINT')
      return running.stop()
    }
    return { ...running, stop }
  }
  return { name, signal: 'SIGTERM', logFile, ports: [], start }
}
