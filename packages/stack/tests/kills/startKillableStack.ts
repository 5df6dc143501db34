import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { signApiKey } from '../../src/gateway/auth/signApiKey.ts'
import { homePaths, makeHome } from '../../src/home/homePaths.ts'
import { loadSecrets } from '../../src/home/secrets.ts'
import type { RunningPart } from '../../src/process/forkPart.ts'
import { freePort } from '../../src/process/reservePort.ts'
import { openDatabase } from '../../src/supervisor/openDatabase.ts'
import { gatewayPart, originsOf } from '../../src/supervisor/parts.ts'
import type { Part } from '../../src/supervisor/supervisePart.ts'
import { insertWallet } from '../../src/testing/wallet.ts'

/** The stack's own database and gateway, as processes that a test kills and starts again, as the supervisor would. */
export type KillableStack = {
  gatewayUrl: string
  anonKey: string
  /** SIGKILL to the postmaster; its backends see it and end. Answers when the database is up again. */
  killPostgres(): Promise<void>
  /** SIGKILL to one backend of the gateway, on which PostgreSQL ends them all and recovers. Answers when it is up again. */
  killBackend(): Promise<void>
  /** SIGKILL to the gateway. Answers when it is up again. */
  killGateway(): Promise<void>
  /** As the superuser, over every crash: asked again until it is answered. Only for what may run twice. */
  query<T extends Record<string, unknown> = Record<string, unknown>>(sql: string, params?: unknown[]): Promise<T[]>
  wallet(address: string): Promise<string>
  stop(): Promise<void>
}

export const startKillableStack = async (): Promise<KillableStack> => {
  const home = mkdtempSync(join(tmpdir(), 'oblivion-kills-'))
  const environment = { OBLIVION_HOME: home }
  const paths = homePaths(environment)
  makeHome(paths)
  const secrets = loadSecrets(paths.secrets)
  // Each takes its port again after a kill.
  const ports = { ...unused, postgres: await freePort(), gateway: await freePort() }
  const running = new Map<string, { part: Part; process: RunningPart }>()
  const start = async (part: Part): Promise<void> => {
    running.set(part.name, { part, process: await part.start() })
  }
  const urls = await openDatabase({ environment, paths, secrets, port: ports.postgres, start })
  const chainUrl = 'http://127.0.0.1:9'
  await start(gatewayPart({ paths, ports, origins: originsOf(ports), urls, secrets, chainUrl }))
  const pool = new pg.Pool({ connectionString: urls.superuser, max: 4 })
  pool.on('error', () => undefined)

  const again = async (name: string): Promise<void> => {
    const before = running.get(name)
    if (before === undefined) throw new Error(`No part is called ${name}.`)
    const { child } = before.process
    if (child.exitCode === null && child.signalCode === null)
      await new Promise((resolve) => child.once('exit', resolve))
    // Backends of a killed server may hold its memory for a moment: it is asked to start until it does.
    for (let tries = 0; ; tries += 1) {
      try {
        return await start(before.part)
      } catch (error) {
        if (tries === 40) throw error
      }
    }
  }

  const query: KillableStack['query'] = async <T extends Record<string, unknown>>(
    sql: string,
    params: unknown[] = [],
  ) => {
    for (let tries = 0; ; tries += 1) {
      try {
        return (await pool.query<T>(sql, params)).rows
      } catch (error) {
        const code = (error as { code?: string }).code ?? ''
        // What is wrong with the statement stays wrong; connections that break do not.
        if (/^(22|23|42|OB|P0)/.test(code) || tries === 200) throw error
        await new Promise((resolve) => setTimeout(resolve, 50))
      }
    }
  }

  return {
    gatewayUrl: `http://127.0.0.1:${ports.gateway}`,
    anonKey: await signApiKey({ jwtSecret: secrets.jwtSecret, role: 'anon' }),
    query,
    killPostgres: async () => {
      // The number in its own file: what was spawned may be a wrapper.
      process.kill(Number(readFileSync(join(paths.postgres, 'postmaster.pid'), 'utf8').split('\n')[0]), 'SIGKILL')
      await again('database')
    },
    killBackend: async () => {
      const [backend] = await query<{ pid: number }>(
        `select pid from pg_stat_activity where usename = 'authenticator' order by state = 'active' desc, random() limit 1`,
      )
      if (backend !== undefined) process.kill(backend.pid, 'SIGKILL')
      await query('select 1')
    },
    killGateway: async () => {
      running.get('gateway')?.process.child.kill('SIGKILL')
      await again('gateway')
    },
    wallet: async (address) => (await insertWallet(pool, address)).userId,
    stop: async () => {
      await pool.end()
      for (const { process: part } of [...running.values()].reverse()) await part.stop()
      rmSync(home, { recursive: true, force: true })
    },
  }
}

/** Of parts that are not started. */
const unused = { dapp: 1, bridge: 2, sandbox: 3, demo: 0, coordinator: 4, chain: 5 }
