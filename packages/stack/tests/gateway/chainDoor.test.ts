import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createPublicClient, http } from 'viem'
import { foundry } from 'viem/chains'
import { afterAll, beforeAll, expect, inject, test } from 'vitest'
import { type Anvil, startAnvil } from '../../src/chain/startAnvil.ts'
import { freePort } from '../../src/process/reservePort.ts'
import { type ClientBench, dappOrigin, startClientBench } from '../client-checks/clientBench.ts'

let anvil: Anvil
let bench: ClientBench
let folder: string

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'oblivion-chain-'))
  anvil = await startAnvil({
    folder: join(folder, 'chain'),
    logFile: join(folder, 'chain.log'),
    port: await freePort(),
  })
  bench = await startClientBench(inject('cluster'), { chainUrl: anvil.url })
})
afterAll(async () => {
  await bench.close()
  await anvil.stop()
  rmSync(folder, { recursive: true, force: true })
})

const ask = (body: unknown, headers: Record<string, string> = {}) =>
  fetch(`${bench.url}/chain`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  })
const call = (method: string, params: unknown[] = []) => ({ jsonrpc: '2.0', id: 1, method, params })

test('a client reads the chain through the door', async () => {
  const client = createPublicClient({ chain: foundry, transport: http(`${bench.url}/chain`) })
  expect(await client.getChainId()).toBe(31337)
  expect(await client.getBlockNumber()).toBe(await anvil.client.getBlockNumber())
})

test.each([
  'anvil_setBalance',
  'anvil_impersonateAccount',
  'evm_mine',
  'evm_revert',
  'hardhat_reset',
  'debug_traceCall',
  'personal_sign',
  'admin_nodeInfo',
  'Eth_chainId',
  '',
])('a page may not call %s, alone or in a batch', async (method) => {
  const headers = { origin: dappOrigin }
  expect((await ask(call(method), headers)).status).toBe(403)
  expect((await ask([call('eth_chainId'), call(method)], headers)).status).toBe(403)
})

test('a page may call what wallets and clients call', async () => {
  const answer = await ask([call('eth_chainId'), call('net_version')], { origin: dappOrigin })
  expect(await answer.json()).toMatchObject([{ result: '0x7a69' }, { result: '31337' }])
  expect((await ask('not json', { origin: dappOrigin })).status).toBe(403)
})

test('a program of this machine may move the chain', async () => {
  const before = await anvil.client.getBlockNumber()
  expect((await ask(call('evm_mine'))).status).toBe(200)
  expect(await anvil.client.getBlockNumber()).toBe(before + 1n)
})
