import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, inject, test } from 'vitest'
import { forkPart } from '../../src/process/forkPart.ts'
import { freePort } from '../../src/process/reservePort.ts'
import { createDatabase, databaseUrl, type TestDatabase } from '../../src/testing/index.ts'

let database: TestDatabase
let folder: string

beforeAll(async () => {
  database = await createDatabase(inject('cluster'), { template: 'bootstrap' })
  folder = mkdtempSync(join(tmpdir(), 'oblivion-gateway-'))
})
afterAll(async () => {
  await database.drop()
  rmSync(folder, { recursive: true, force: true })
})

const file = fileURLToPath(new URL('../../src/gateway/main.ts', import.meta.url))

const environment = (port: number): Record<string, string> => {
  const cluster = inject('cluster')
  return {
    GATEWAY_PORT: String(port),
    AUTHENTICATOR_URL: databaseUrl(cluster, 'authenticator', database.name),
    AUTH_ADMIN_URL: databaseUrl(cluster, 'supabase_auth_admin', database.name),
    STORAGE_ADMIN_URL: databaseUrl(cluster, 'supabase_storage_admin', database.name),
    REALTIME_ADMIN_URL: databaseUrl(cluster, 'supabase_realtime_admin', database.name),
    JWT_SECRET: 'a-secret-of-the-tests-that-has-more-than-32-characters',
    ALLOWED_ORIGINS: 'http://localhost:5173,http://127.0.0.1:5174',
    SIGN_IN_ORIGINS: 'http://localhost:5173',
    STORAGE_DIR: join(folder, 'storage'),
  }
}

const start = async (changes: Record<string, string> = {}) => {
  const port = await freePort()
  const logFile = join(folder, `${port}.log`)
  const part = await forkPart({ name: 'gateway', file, logFile, env: { ...environment(port), ...changes } })
  return { ...part, url: `http://127.0.0.1:${port}`, logFile }
}

test('the process answers once it says that it is ready, and ends with its parent', async () => {
  const gateway = await start()
  const answer = await fetch(`${gateway.url}/health`)
  expect(await answer.json()).toEqual({ status: 'ok' })
  // A client that computes for some seconds finds its connection open still.
  expect(answer.headers.get('keep-alive')).toBe('timeout=65')
  const ended = once(gateway.child, 'exit')
  gateway.child.disconnect()
  expect(await ended).toEqual([0, null])
  expect(readFileSync(gateway.logFile, 'utf8')).toBe('')
})

test('SIGTERM ends it in order', async () => {
  const gateway = await start()
  const ended = once(gateway.child, 'exit')
  gateway.child.kill('SIGTERM')
  expect(await ended).toEqual([0, null])
})

test('it does not start with a short secret', async () => {
  await expect(start({ JWT_SECRET: 'short' })).rejects.toThrow('shorter than 32 characters')
})
