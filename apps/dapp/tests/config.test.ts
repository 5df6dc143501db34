import { expect, test } from 'vitest'
import { ConfigError, loadConfig, readConfig } from '../src/features/shell/config.ts'

const good = {
  supabaseUrl: 'http://127.0.0.1:54321',
  anonKey: 'key',
  apiUrl: 'http://127.0.0.1:3001',
  rpcUrl: 'http://127.0.0.1:54321/chain',
  chainId: 31337,
  settlementAddress: '0xa23d6683b8d85280c768c43287fa8b83e03466ec',
  tokenAddress: '0x434d92dce9e6617c6707905f728e17eb0cda9b83',
  bridgeUrl: 'http://127.0.0.1:5174',
  embedDemoUrl: 'http://localhost:5176',
  explorerUrl: null,
  environment: 'development',
  developmentAccounts: [{ address: '0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266', role: 'operator' }],
}

test('a whole configuration is taken as it is', () => {
  expect(readConfig(good)).toEqual(good)
})

test('test keys are never offered outside development, whatever the file says', () => {
  for (const environment of ['production', 'staging', undefined]) {
    const config = readConfig({ ...good, environment })
    expect(config.environment).toBe('production')
    expect(config.developmentAccounts).toEqual([])
  }
})

test.each([
  ['supabaseUrl', 'nowhere'],
  ['rpcUrl', undefined],
  ['bridgeUrl', 5174],
  ['anonKey', ''],
  ['chainId', '31337'],
  ['settlementAddress', '0x12'],
  ['tokenAddress', null],
])('%s = %s is named as what is wrong', (field, value) => {
  expect(() => readConfig({ ...good, [field]: value })).toThrow(field)
})

test.each([
  ['no server', () => Promise.reject(new TypeError('refused')), 'does not answer'],
  ['no file', async () => new Response('', { status: 404 }), 'answers 404'],
  ['a page in its place', async () => new Response('<!doctype html>'), 'is not JSON'],
  ['something else', async () => Response.json([]), 'supabaseUrl'],
])('%s is told in words', async (_, fetcher, words) => {
  await expect(loadConfig(fetcher)).rejects.toThrow(words)
  await expect(loadConfig(fetcher)).rejects.toBeInstanceOf(ConfigError)
})
