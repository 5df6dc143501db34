import { type ChildProcess, spawn } from 'node:child_process'
import { closeSync, mkdirSync, openSync } from 'node:fs'
import { dirname } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { asFitUser, dieWithParent } from '../process/boundCommand.ts'
import { endChild } from '../process/endChild.ts'
import { logTail } from '../process/logFile.ts'
import { StackError } from '../StackError.ts'
import { clearZombieLock } from './clearZombieLock.ts'
import { initCluster, SUPERUSER } from './initCluster.ts'
import { locatePostgres, type PostgresVersion } from './locatePostgres.ts'

/** A running PostgreSQL. `superuserUrl` holds the password: it is for files of mode 0600 and for memory. */
export type Postgres = {
  child: ChildProcess
  port: number
  superuserUrl: string
  /** Fast shutdown: sessions are ended, transactions rolled back, a checkpoint is written. */
  stop(): Promise<void>
}

export type StartPostgresOptions = {
  dataDir: string
  logFile: string
  port: number
  password: string
  version?: PostgresVersion
  /** False only for clusters that a test throws away: commits then survive a killed process, but no power cut. */
  durable?: boolean
  /** More parameters of the server, by name. */
  settings?: Record<string, string>
}

const READY_WITHIN_MS = 60_000
/** A checkpoint that takes longer is cut off; the next start recovers from the log, and loses nothing. */
const STOP_WITHIN_MS = 6_000

/**
 * Starts PostgreSQL on 127.0.0.1 alone, without a socket file, and answers when it takes connections.
 *
 * The child leads a process group of its own, so that Ctrl-C in a terminal reaches the supervisor alone, and gets SIGINT
 * (fast shutdown) when its parent dies. Its output goes straight to the log file, which outlives a killed parent.
 *
 * @throws Error with the end of the log when the server ends instead of becoming ready.
 */
export const startPostgres = async (options: StartPostgresOptions): Promise<Postgres> => {
  const { dataDir, logFile, port, password, durable = true } = options
  const binaries = locatePostgres(options.version)
  await initCluster({ binaries, dataDir, password })
  await clearZombieLock(dataDir)
  mkdirSync(dirname(logFile), { recursive: true })
  const settings = {
    listen_addresses: '127.0.0.1',
    port: String(port),
    unix_socket_directories: '',
    timezone: 'UTC',
    log_timezone: 'UTC',
    max_connections: '200',
    ...(durable ? {} : { fsync: 'off', full_page_writes: 'off', synchronous_commit: 'off' }),
    ...options.settings,
  }
  const args = ['-D', dataDir, ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])]
  const server = asFitUser(dieWithParent({ file: binaries.postgres, args }))
  const log = openSync(logFile, 'a', 0o600)
  const user = server.uid === undefined ? {} : { uid: server.uid, gid: server.uid }
  const child = spawn(server.file, server.args, {
    cwd: '/',
    detached: true,
    stdio: ['ignore', log, log],
    env: {
      PATH: process.env.PATH ?? '',
      LC_ALL: 'C',
      ...(process.env.SystemRoot ? { SystemRoot: process.env.SystemRoot } : {}),
    },
    ...user,
  })
  closeSync(log)
  const superuserUrl = `postgresql://${SUPERUSER}:${password}@127.0.0.1:${port}/postgres`
  try {
    await ready(child, superuserUrl, dataDir, logFile)
  } catch (error) {
    child.kill('SIGQUIT')
    throw error
  }
  return {
    child,
    port,
    superuserUrl,
    stop: () => endChild(child, 'SIGINT', STOP_WITHIN_MS),
  }
}

const STARTING_UP = new Set(['ECONNREFUSED', '57P03'])

const ready = async (child: ChildProcess, url: string, dataDir: string, logFile: string): Promise<void> => {
  const see = `Its output is in ${logFile}.`
  let failure: StackError | undefined
  child.once('error', (cause) => {
    failure = new StackError('child_ended', 'PostgreSQL could not be started.', see, { cause })
  })
  child.once('exit', (code, signal) => {
    const how = signal ?? `code ${code}`
    failure ??= new StackError('child_ended', `PostgreSQL ended while starting (${how}).\n${logTail(logFile)}`, see)
  })
  const deadline = performance.now() + READY_WITHIN_MS
  for (;;) {
    if (failure) throw failure
    const answer = await ask(url)
    if (answer.dataDirectory === dataDir) return
    if (failure) throw failure
    if (!STARTING_UP.has(answer.code ?? '')) {
      const message = 'Another PostgreSQL answers on the port, or ours refuses its own superuser.'
      throw new StackError('child_not_ready', message, see, { cause: answer.cause })
    }
    if (performance.now() > deadline) {
      const message = `PostgreSQL was not ready within ${READY_WITHIN_MS / 1000} s.\n${logTail(logFile)}`
      throw new StackError('child_not_ready', message, see, { cause: answer.cause })
    }
    await sleep(20)
  }
}

/** Who answers: the port may have been taken meanwhile, and ours is the server with our data. */
const ask = async (url: string): Promise<{ dataDirectory?: string; code?: string; cause?: unknown }> => {
  const client = new pg.Client({ connectionString: url })
  // It may end at any moment, and says so with each answer that fails.
  client.on('error', () => undefined)
  try {
    await client.connect()
    const { rows } = await client.query<{ data_directory: string }>('show data_directory')
    return { dataDirectory: rows[0]?.data_directory ?? '' }
  } catch (cause) {
    return { code: (cause as { code?: string }).code ?? '', cause }
  } finally {
    await client.end().catch(() => undefined)
  }
}
