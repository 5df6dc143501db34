import { spawn } from 'node:child_process'
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type Address, createTestClient, type Hex, http } from 'viem'
import { generatePrivateKey, mnemonicToAccount, privateKeyToAccount } from 'viem/accounts'
import { readContract, setBalance } from 'viem/actions'
import { afterEach, expect, test } from 'vitest'
import { settlementAbi } from '../src/index.ts'
import { startAnvil } from './startAnvil.ts'

const published = mnemonicToAccount('test test test test test test test test test test test junk')
const publishedKey = '0xac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80'

const undo: Array<() => Promise<unknown>> = []
afterEach(async () => {
  for (const step of undo.splice(0)) await step()
})

/** Runs deploy.ts against a fresh chain of the given id. */
async function runDeploy(chainId: number, env: Record<string, string>) {
  const anvil = await startAnvil(['--chain-id', String(chainId)])
  undo.push(anvil.stop)
  const deployments = await mkdtemp(join(tmpdir(), 'oblivion-deployments-'))
  undo.push(() => rm(deployments, { recursive: true, force: true }))
  const own = privateKeyToAccount(generatePrivateKey())
  const given = {
    RPC_URL: anvil.rpcUrl,
    DEPLOYMENTS_DIR: deployments,
    SETTLER_ADDRESS: own.address as string,
    DEPLOYER_PRIVATE_KEY: publishedKey as string,
    ...env,
  }
  const client = createTestClient({ mode: 'anvil', transport: http(anvil.rpcUrl) })
  const deployer = privateKeyToAccount(given.DEPLOYER_PRIVATE_KEY as Hex)
  await setBalance(client, { address: deployer.address, value: 10n ** 20n })
  const child = spawn(process.execPath, [fileURLToPath(new URL('../deploy.ts', import.meta.url))], {
    env: { PATH: process.env.PATH ?? '', ...given },
  })
  let said = ''
  child.stdout.on('data', (data: Buffer) => {
    said += data
  })
  child.stderr.on('data', (data: Buffer) => {
    said += data
  })
  const exitCode = await new Promise<number | null>((resolve) => child.once('close', resolve))
  const written = await readdir(deployments)
  const record = written[0] ? JSON.parse(await readFile(join(deployments, written[0]), 'utf8')) : null
  return { exitCode, said, record, client, given }
}

test('on a local chain it deploys token and settlement, and records where', async () => {
  const { exitCode, said, record, client, given } = await runDeploy(31337, {})
  expect(exitCode, said).toBe(0)
  expect(record).toMatchObject({ chainId: 31337, settler: given.SETTLER_ADDRESS, blockNumber: '2' })
  const read = { address: record.settlement as Address, abi: settlementAbi }
  expect(await readContract(client, { ...read, functionName: 'settler' })).toBe(given.SETTLER_ADDRESS)
  expect(await readContract(client, { ...read, functionName: 'token' })).toBe(record.token)
  expect(said).not.toContain(publishedKey)
})

test('chain 137 is refused, and the sentence says why', async () => {
  const { exitCode, said, record } = await runDeploy(137, { DEPLOYER_PRIVATE_KEY: generatePrivateKey() })
  expect(exitCode).toBe(1)
  expect(said).toMatch(/not deployed to Polygon \(chain 137\).*customers cannot leave.*Use a local chain or Amoy/)
  expect(record).toBeNull()
})

test.each([
  ['deployer', {}],
  ['settler', { DEPLOYER_PRIVATE_KEY: generatePrivateKey(), SETTLER_ADDRESS: published.address }],
])('M10: a published account as %s is refused off chain 31337', async (role, env) => {
  const { exitCode, said, record } = await runDeploy(80002, env)
  expect(exitCode).toBe(1)
  expect(said).toMatch(new RegExp(`${role} 0x\\w{40} is one of the accounts that anvil prints`))
  expect(record).toBeNull()
})

test('on Amoy a deployment with keys of one’s own goes through', async () => {
  const { exitCode, said, record } = await runDeploy(80002, { DEPLOYER_PRIVATE_KEY: generatePrivateKey() })
  expect(exitCode, said).toBe(0)
  expect(record).toMatchObject({ chainId: 80002 })
})
