import { type ChildProcess, spawn } from 'node:child_process'
import { closeSync, mkdirSync, openSync, readFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { dieWithParent, withoutRoot } from '../process/boundCommand.ts'
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
}

const READY_WITHIN_MS = 60_000

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
  mkdirSync(dirname(logFile), { recursive: true })
  const settings = {
    listen_addresses: '127.0.0.1',
    port: String(port),
    unix_socket_directories: '',
    timezone: 'UTC',
    log_timezone: 'UTC',
    max_connections: '200',
    ...(durable ? {} : { fsync: 'off', full_page_writes: 'off', synchronous_commit: 'off' }),
  }
  const args = ['-D', dataDir, ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])]
  const server = withoutRoot(dieWithParent({ file: binaries.postgres, args }))
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
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()))
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
    stop: async () => {
      if (child.exitCode === null && child.signalCode === null) child.kill('SIGINT')
      await ended
    },
  }
}

const STARTING_UP = new Set(['ECONNREFUSED', '57P03'])

const ready = async (child: ChildProcess, url: string, dataDir: string, logFile: string): Promise<void> => {
  let failure: Error | undefined
  child.once('error', (cause) => {
    failure = new Error('PostgreSQL could not be started.', { cause })
  })
  child.once('exit', (code, signal) => {
    failure ??= new Error(`PostgreSQL ended while starting (${signal ?? `code ${code}`}).\n${tail(logFile)}`)
  })
  const deadline = performance.now() + READY_WITHIN_MS
  for (;;) {
    if (failure) throw failure
    const client = new pg.Client({ connectionString: url })
    try {
      await client.connect()
      // The port may have been taken meanwhile by another server with the same password: ours is the one with our data.
      const { rows } = await client.query<{ data_directory: string }>('show data_directory')
      await client.end()
      if (rows[0]?.data_directory !== dataDir) throw new Error(`Another PostgreSQL listens on the port.`)
      return
    } catch (cause) {
      await client.end().catch(() => undefined)
      const code = (cause as { code?: string }).code ?? ''
      if (failure) throw failure
      if (!STARTING_UP.has(code)) {
        throw new Error('PostgreSQL is up but refuses its own superuser.', { cause })
      }
      if (performance.now() > deadline) {
        throw new Error(`PostgreSQL was not ready within ${READY_WITHIN_MS / 1000} s.\n${tail(logFile)}`, { cause })
      }
    }
    await sleep(20)
  }
}

const tail = (file: string): string => readFileSync(file, 'utf8').split('\n').slice(-15).join('\n')
