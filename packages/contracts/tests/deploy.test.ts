import { spawn } from 'node:child_process'
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type Address, createTestClient, type Hex, http } from 'viem'
import { generatePrivateKey, mnemonicToAccount, privateKeyToAccount } from 'viem/accounts'
import { getBlock, readContract, setBalance } from 'viem/actions'
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
  const client = createTestClient({ mode: 'anvil', transport: http(anvil.rpcUrl) })
  const genesis = await getBlock(client, { blockNumber: 0n })
  const given = {
    RPC_URL: anvil.rpcUrl,
    DEPLOYMENTS_DIR: deployments,
    SETTLER_ADDRESS: own.address as string,
    GUARDIAN_ADDRESS: privateKeyToAccount(generatePrivateKey()).address as string,
    ADMIN_ADDRESS: privateKeyToAccount(generatePrivateKey()).address as string,
    DEPLOYER_PRIVATE_KEY: publishedKey as string,
    ...env,
    ...(env.GENESIS_HASH === 'its own' ? { GENESIS_HASH: genesis.hash as string } : {}),
  }
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

test('on a local chain it deploys token and settlement, and records where; with what docs/hosting.md names and no more', async () => {
  const { exitCode, said, record, client, given } = await runDeploy(31337, {})
  expect(exitCode, said).toBe(0)
  const guide = await readFile(new URL('../../../docs/hosting.md', import.meta.url), 'utf8')
  const [, command = ''] = /\n## 3\.[\s\S]*?```sh\n([\s\S]*?)```/.exec(guide) ?? []
  const named = [...command.matchAll(/([A-Z_]+)=/g)].map(([, name]) => name)
  expect([...named, 'DEPLOYMENTS_DIR'].sort()).toEqual(Object.keys(given).sort())
  expect(record).toMatchObject({ chainId: 31337, settler: given.SETTLER_ADDRESS, blockNumber: '2' })
  const read = { address: record.settlement as Address, abi: settlementAbi }
  expect(await readContract(client, { ...read, functionName: 'settler' })).toBe(given.SETTLER_ADDRESS)
  expect(await readContract(client, { ...read, functionName: 'token' })).toBe(record.token)
  expect(await readContract(client, { ...read, functionName: 'admin' })).toBe(given.ADMIN_ADDRESS)
  expect(await readContract(client, { ...read, functionName: 'treasury' })).toBe(given.ADMIN_ADDRESS)
  expect(said).not.toContain(publishedKey)
})

test('chain 137 is refused without the operator’s word, and the sentence says why', async () => {
  const { exitCode, said, record } = await runDeploy(137, { DEPLOYER_PRIVATE_KEY: generatePrivateKey() })
  expect(exitCode).toBe(1)
  expect(said).toMatch(/On Polygon \(chain 137\) the token is real money.*set OBLIVION_ALLOW_POLYGON=true/)
  expect(record).toBeNull()
})

test('with that word, chain 137 still has to be Polygon, and its token is never the test token', async () => {
  const own = { DEPLOYER_PRIVATE_KEY: generatePrivateKey(), OBLIVION_ALLOW_POLYGON: 'true' }
  const fake = await runDeploy(137, own)
  expect(fake.exitCode).toBe(1)
  expect(fake.said).toMatch(/says that it is chain 137, but its block 0 is 0x\w{64} and not 0xa9c28ce2/)
  const noToken = await runDeploy(137, { ...own, GENESIS_HASH: 'its own' })
  expect(noToken.exitCode).toBe(1)
  expect(noToken.said).toMatch(/real money/)
  expect([fake.record, noToken.record]).toEqual([null, null])
})

test.each([
  ['deployer', {}],
  ['settler', { DEPLOYER_PRIVATE_KEY: generatePrivateKey(), SETTLER_ADDRESS: published.address }],
  ['guardian', { DEPLOYER_PRIVATE_KEY: generatePrivateKey(), GUARDIAN_ADDRESS: published.address }],
  ['admin', { DEPLOYER_PRIVATE_KEY: generatePrivateKey(), ADMIN_ADDRESS: published.address }],
])('M10: a published account as %s is refused off chain 31337', async (role, env) => {
  const { exitCode, said, record } = await runDeploy(80002, { ...env, GENESIS_HASH: 'its own' })
  expect(exitCode).toBe(1)
  expect(said).toMatch(new RegExp(`${role} 0x\\w{40} is one of the accounts that anvil prints`))
  expect(record).toBeNull()
})

test('M10: a chain that only claims to be Amoy is refused; named by its block 0, it is what its operator says', async () => {
  const own = { DEPLOYER_PRIVATE_KEY: generatePrivateKey() }
  const fake = await runDeploy(80002, own)
  expect(fake.exitCode).toBe(1)
  expect(fake.said).toMatch(/says that it is chain 80002, but its block 0 is/)
  const { exitCode, said, record } = await runDeploy(80002, { ...own, GENESIS_HASH: 'its own' })
  expect(exitCode, said).toBe(0)
  expect(record).toMatchObject({ chainId: 80002, terms: { exitDelay: '777600', maxPause: '604800' } })
})
