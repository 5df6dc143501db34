import { deploySettlement, deployTestUsdc, settlementTerms } from '@oblivion/contracts'
import { createDatabase, type TestDatabase } from '@oblivion/stack/testing'
import { type Address, createClient, createTestClient, defineChain, http, parseEther, parseGwei } from 'viem'
import { generatePrivateKey, mnemonicToAccount, type PrivateKeyAccount, privateKeyToAccount } from 'viem/accounts'
import { getBlock, mine, setBalance } from 'viem/actions'
import { afterAll, beforeAll, expect, inject, test } from 'vitest'
import { rolesWith } from '../../../packages/contracts/tests/localChain.ts'
import { startAnvil } from '../../../packages/contracts/tests/startAnvil.ts'
import { RefusalError } from '../src/RefusalError.ts'
import { runCoordinator } from './world/runCoordinator.ts'
import { until } from './world/until.ts'

// Amoy's chain id: what is allowed on 31337 is refused here.
const chainId = 80002
const published = mnemonicToAccount(
  'test test test test test test test test test test test junk',
) as never as PrivateKeyAccount
const [settler, relayer, deployer] = [1, 2, 3].map(() => privateKeyToAccount(generatePrivateKey())) as [
  PrivateKeyAccount,
  PrivateKeyAccount,
  PrivateKeyAccount,
]

let database: TestDatabase
let anvil: Awaited<ReturnType<typeof startAnvil>>
let contract: Address
let genesisHash: string

const open = (facts: { chainId: number; contract: Address; genesisHash: string }) =>
  database.query('select oblivion.open_settlement_instance($1, $2, $2, $3, 1)', [
    ...[facts.chainId, facts.contract, facts.genesisHash],
  ])

beforeAll(async () => {
  anvil = await startAnvil(['--chain-id', String(chainId)])
  database = await createDatabase(inject('cluster'))
  const test = createTestClient({ mode: 'anvil', transport: http(anvil.rpcUrl) })
  await setBalance(test, { address: deployer.address, value: parseEther('1') })
  const chain = defineChain({
    id: chainId,
    name: 'Amoy',
    nativeCurrency: { name: 'POL', symbol: 'POL', decimals: 18 },
    rpcUrls: { default: { http: [anvil.rpcUrl] } },
  })
  const client = createClient({ account: deployer, chain, transport: http(anvil.rpcUrl), pollingInterval: 20 })
  const token = await deployTestUsdc(client)
  contract = (
    await deploySettlement(client, {
      token: token.address,
      roles: rolesWith(settler.address),
      terms: settlementTerms(chainId),
    })
  ).address
  genesisHash = (await getBlock(client, { blockNumber: 0n })).hash
  await mine(test, { blocks: 2 })
})
afterAll(async () => {
  await database?.drop()
  await anvil?.stop()
})

const start = (
  more: Partial<{
    settler: PrivateKeyAccount
    relayer: PrivateKeyAccount
    contractAddress: Address
    sandbox: boolean
  }> = {},
) =>
  runCoordinator({
    ...{ databaseUrl: database.coordinatorUrl, rpcUrl: anvil.rpcUrl, settler, relayer, contractAddress: null },
    ...{ maxFeePerGas: parseGwei('500'), port: 0, allowedOrigins: [], dataLakeFolder: null, adminToken: null },
    ...{ admins: [], address: '127.0.0.1', allowedHosts: [], bots: { heartbeatMs: 30_000, downAfterMs: 120_000 } },
    sandbox: false,
    storage: { supabaseUrl: 'http://127.0.0.1:9', supabaseKey: 'public' },
    cards: null,
    logLevel: 'info' as const,
    ...more,
  })

test('with keys of its own it settles', async () => {
  await open({ chainId, contract, genesisHash })
  const coordinator = await start()
  await until('it settles', () => coordinator.health().settlement.state === 'settling' || null)
  expect(await coordinator.stop()).toBeNull()
})

test.each([
  [
    'M10: a published settler',
    'published_account',
    /The settler 0xf39Fd6e5\w+ is one of the accounts/,
    { settler: published },
  ],
  [
    'M10: a published relayer',
    'published_account',
    /The relayer 0xf39Fd6e5\w+ is one of the accounts/,
    { relayer: published },
  ],
  ['a settler whom the contract does not know', 'wrong_settler', /accepts only signatures of/, { settler: relayer }],
  ['another CONTRACT_ADDRESS', 'wrong_contract', /the ledger settles with/, { contractAddress: relayer.address }],
] as const)('%s ends the process', async (_, code, said, more) => {
  await open({ chainId, contract, genesisHash })
  const refused = await (await start(more)).ended
  expect(refused).toBeInstanceOf(RefusalError)
  expect(refused).toMatchObject({ code })
  expect((refused as RefusalError).message).toMatch(said)
})

test('M10: a node of another chain than the ledger’s ends the process, and halts nothing', async () => {
  await open({ chainId: 31337, contract, genesisHash })
  const refused = await (await start()).ended
  expect(refused).toMatchObject({ code: 'wrong_chain' })
  const [row] = await database.query('select oblivion.settlement_instance() as now')
  expect(row?.now).toMatchObject({ halted: null })
})

test('M1: play money beside real money ends the process; on a test network it is there', async () => {
  await open({ chainId: 137, contract, genesisHash })
  const refused = await (await start({ sandbox: true })).ended
  expect(refused).toMatchObject({ code: 'play_money', message: expect.stringContaining('chain 137') })
  const sandbox = async () => (await database.query('select sandbox from oblivion.settings'))[0]?.sandbox
  expect(await sandbox()).toBe(false)
  await open({ chainId, contract: deployer.address, genesisHash })
  const coordinator = await start({ sandbox: true })
  await until('the ledger knows', async () => (await sandbox()) || null)
  await coordinator.stop()
})

test('M10: a fork, which has the same chain id and another genesis, is halted', async () => {
  await open({ chainId, contract, genesisHash: `0x${'12'.repeat(32)}` })
  const coordinator = await start()
  const { settlement } = await until('it halts', () => {
    const health = coordinator.health()
    return health.settlement.state === 'halted' ? health : null
  })
  expect(settlement.reason).toMatch(/The chain is another one/)
  await coordinator.stop()
})
