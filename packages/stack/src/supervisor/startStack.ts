import { type Environment, readVariable } from '@oblivion/core'
import { buildPages, pageFolders } from '../build/buildPages.ts'
import { developmentAccounts } from '../chain/accounts.ts'
import type { Anvil } from '../chain/startAnvil.ts'
import { signApiKey } from '../gateway/auth/signApiKey.ts'
import { type DevFile, removeDevFile, writeDevFile } from '../home/devFile.ts'
import { type HomePaths, homePaths, makeHome } from '../home/homePaths.ts'
import { takeLock } from '../home/lock.ts'
import { createProcessRecord, endLeftovers } from '../home/processes.ts'
import { loadSecrets } from '../home/secrets.ts'
import { StackError } from '../StackError.ts'
import { ensureEmbedding } from '../settlement/ensureEmbedding.ts'
import { ensureSettlement } from '../settlement/ensureSettlement.ts'
import { waitForCursor } from '../settlement/waitForCursor.ts'
import type { Progress } from '../terminal/progress.ts'
import { choosePorts, type PortName, type Ports } from './choosePorts.ts'
import { createShutdown } from './createShutdown.ts'
import { keepLogsBounded } from './keepLogsBounded.ts'
import { openDatabase } from './openDatabase.ts'
import { chainPart, coordinatorPart, gatewayPart, originsOf, pagesPart, workerPart } from './parts.ts'
import { type Part, supervisePart } from './supervisePart.ts'

export type StackOptions = {
  /** Where settings come from: `process.env`, or a test's own. */
  environment: NodeJS.ProcessEnv
  progress: Progress
  /** Aborted when somebody asks to stop before everything is up. */
  signal: AbortSignal
  /** A part died too often. The stack is still up then; the caller ends it. */
  onGiveUp: (error: StackError) => void
  /** How many workers run beside it, each for a wallet of its own; none where left out. */
  workers?: number
  /** Parts that a test can do without. */
  without?: { pages?: boolean; coordinator?: boolean }
  /** False only for stacks that a test throws away: what is committed then survives a killed process, but no power cut. */
  durable?: boolean
}

export type RunningStack = {
  dev: DevFile
  paths: HomePaths
  ports: Ports
  /** Ends everything in order: coordinator, gateway and pages, chain (which writes its state), database. */
  stop(): Promise<void>
}

/**
 * Starts the whole local backend and answers when it is usable. Whatever was started is ended again where it fails.
 *
 * @throws StackError in words for the person at the terminal
 */
export const startStack = async (options: StackOptions): Promise<RunningStack> => {
  if (readVariable(options.environment, 'NODE_ENV') === 'production') {
    throw new StackError(
      'not_for_production',
      'NODE_ENV is production, and this is a development server, whose keys are published ones.',
      'Unset it to try everything on this machine. For production there is docs/hosting.md.',
    )
  }
  const paths = homePaths(options.environment)
  makeHome(paths)
  const shutdown = createShutdown()
  shutdown.add(takeLock(paths.lock))
  try {
    return await startParts(options, paths, shutdown)
  } catch (error) {
    await shutdown.run()
    throw error
  }
}

const startParts = async (
  options: StackOptions,
  paths: HomePaths,
  shutdown: ReturnType<typeof createShutdown>,
): Promise<RunningStack> => {
  const { environment, progress, signal, onGiveUp, workers = 0, without = {}, durable = true } = options
  removeDevFile(paths.dev)
  progress.step('Ending what an earlier run left')
  const leftovers = await endLeftovers(paths.processes)
  if (leftovers.length > 0) progress.say(`An earlier run was killed; ended what it left: ${leftovers.join(', ')}.`)
  const record = createProcessRecord(paths.processes)
  shutdown.add(record.clear)
  const secrets = loadSecrets(paths.secrets)
  const { ports, release } = await choosePorts(environment)
  shutdown.add(() => release(...(Object.keys(ports) as PortName[])))
  const origins = originsOf(ports)
  shutdown.add(keepLogsBounded(paths.logs))
  const supervise = async (part: Part): Promise<void> => {
    await release(...part.ports)
    const running = await supervisePart(part, { record, say: progress.say, onGiveUp })
    shutdown.add(running.stop)
  }

  progress.step('Starting database and chain')
  let anvil: Anvil | undefined
  const [urls] = await allOf([
    openDatabase({ environment, paths, secrets, port: ports.postgres, durable, start: supervise }),
    supervise(chainPart(paths, ports.chain, (started) => (anvil = started))),
    without.pages ? undefined : buildPages((name) => progress.step(`Building the ${name}`), signal),
  ])
  signal.throwIfAborted()
  if (anvil === undefined) throw new Error('The chain part answered before it had started a chain.')
  if (anvil.loaded.from === 'copy') {
    progress.say(`The chain's last state was cut short; it goes on from the copy at block ${anvil.loaded.block}.`)
  }

  progress.step('Deploying contracts')
  const chainUrl = anvil.url
  const coordinatorUrl = urls.oblivion_coordinator
  const customerDeposit = readVariable(environment, 'DEV_INITIAL_WALLET')
  const settlement = await ensureSettlement({ coordinatorUrl, anvil, keys: secrets.keys, customerDeposit })
  if (settlement.warning !== null) progress.say(settlement.warning)
  signal.throwIfAborted()

  progress.step('Starting gateway, pages and coordinator')
  const { chainId, contractAddress, tokenAddress } = settlement
  const [anonKey, serviceRoleKey] = await Promise.all(
    (['anon', 'service_role'] as const).map((role) => signApiKey({ jwtSecret: secrets.jwtSecret, role })),
  )
  const rpcUrl = `${origins.gateway}/chain`
  const dappConfig = {
    supabaseUrl: origins.gateway,
    anonKey: anonKey ?? '',
    apiUrl: origins.coordinator,
    ...{ rpcUrl, chainId, settlementAddress: contractAddress, tokenAddress },
    bridgeUrl: origins.bridge,
    embedDemoUrl: origins.demo,
    explorerUrl: null,
    environment: 'development' as const,
    developmentAccounts: developmentAccounts.map(({ address, role }) => ({ address, role })),
  }
  const demoSiteKey = await ensureEmbedding({ urls, bridge: origins.bridge, demo: origins.demo, dapp: origins.dapp })
  await allOf([
    supervise(gatewayPart({ paths, ports, origins, urls, secrets, chainUrl })),
    without.pages
      ? undefined
      : supervise(pagesPart(paths, { ports, folders: pageFolders, demoSiteKey, dapp: dappConfig })),
  ])
  signal.throwIfAborted()
  if (!without.coordinator) {
    const logLevel = readVariable(environment, 'LOG_LEVEL')
    const dataLakeFolder = readVariable(environment, 'DATALAKE_FOLDER')
    const adminToken = readVariable(environment, 'ADMIN_TOKEN')
    const named = readVariable(environment, 'OBLIVION_ADMINS') ?? []
    const admins =
      named.length > 0 ? named : developmentAccounts.flatMap((a) => (a.role === 'operator' ? a.address : []))
    const sandbox = readVariable(environment, 'WALLET_SANDBOX_ENABLED') ?? false
    const passedOn = variablesAsGiven(environment)
    const told = { contractAddress, dataLakeFolder, adminToken, admins, sandbox, passedOn, logLevel }
    const facts = { paths, ports, origins, urls, secrets, chainUrl, ...told }
    await supervise(coordinatorPart({ ...facts, anonKey: anonKey ?? '' }))
    if (settlement.depositBlock !== null) await waitForCursor(coordinatorUrl, settlement.depositBlock, signal)
  }
  signal.throwIfAborted()
  const dev: DevFile = {
    dappUrl: origins.dapp,
    embedDemoUrl: without.pages ? null : origins.demo,
    bridgeUrl: origins.bridge,
    sandboxUrl: origins.sandbox,
    apiUrl: origins.coordinator,
    supabaseUrl: origins.gateway,
    anonKey: anonKey ?? '',
    serviceRoleKey: serviceRoleKey ?? '',
    databaseUrl: urls.postgres,
    ...{ rpcUrl, chainId, settlementAddress: contractAddress, tokenAddress },
    accounts: developmentAccounts,
    pid: process.pid,
  }
  writeDevFile(paths.dev, dev)
  shutdown.add(() => removeDevFile(paths.dev))
  if (workers > 0) progress.step(`Starting ${workers === 1 ? 'a worker' : `${workers} workers`}`)
  await allOf(Array.from({ length: workers }, (_, index) => supervise(workerPart(paths, index))))
  signal.throwIfAborted()
  progress.end()
  return { dev, paths, ports, stop: shutdown.run }
}

/** Waits for all, also after one has failed: what the others start must be known before it can be ended. */
const allOf = async <T extends readonly unknown[]>(work: T): Promise<{ -readonly [K in keyof T]: Awaited<T[K]> }> => {
  await Promise.allSettled(work)
  return Promise.all(work)
}

/** What the environment says of cards and bots, as text; the coordinator parses it, and refuses a half of it. */
const variablesAsGiven = (environment: Environment): Record<string, string> =>
  Object.fromEntries(
    Object.entries(environment).flatMap(([name, value]) =>
      /^(STRIPE_|CARD_|BOT_DOWN_AFTER_MS$|HEARTBEAT_INTERVAL_MS$)/.test(name) && value !== undefined
        ? [[name, value]]
        : [],
    ),
  )
