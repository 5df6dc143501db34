import { fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import type { World } from './createWorld.ts'

/** What a coordinator of this world has to be told. */
export const environmentOf = (world: World) => ({
  DATABASE_URL: world.configuration.databaseUrl,
  RPC_URL: world.configuration.rpcUrl,
  SETTLER_PRIVATE_KEY: world.settlerKey,
  RELAYER_PRIVATE_KEY: world.relayerKey,
  ALLOWED_ORIGINS: 'http://localhost:5173',
  ALLOWED_HOSTS: 'api.example',
  SUPABASE_URL: world.configuration.storage.supabaseUrl,
  SUPABASE_KEY: world.configuration.storage.supabaseKey,
})

/** Forks main.ts as the supervisor does, and waits for its `ready`. Whoever calls ends `child`. */
export async function forkCoordinator(world: World, env: Record<string, string> = {}) {
  const child = fork(fileURLToPath(new URL('../../src/main.ts', import.meta.url)), {
    env: {
      PATH: process.env.PATH ?? '',
      NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE ?? '',
      COORDINATOR_PORT: '0',
      ...environmentOf(world),
      ...env,
    },
    execArgv: [],
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  })
  let said = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', (text: string) => {
      said += text
    })
  }
  const ended = new Promise<number | null>((resolve) => child.once('exit', (code) => resolve(code)))
  const ready = new Promise<number>((resolve) =>
    child.once('message', (message: { type: string; port: number }) => resolve(message.port)),
  )
  const port = await Promise.race([ready, ended.then(() => null)])
  return { child, port, ended, said: () => said }
}
