// Deploys the settlement contract to a local chain, to Amoy, or, where the operator says so, to Polygon, and records
// where it went.
//
//   RPC_URL=... DEPLOYER_PRIVATE_KEY=0x... SETTLER_ADDRESS=0x... GUARDIAN_ADDRESS=0x... ADMIN_ADDRESS=0x...
//   [TREASURY_ADDRESS=0x...] [TOKEN_ADDRESS=0x...] [GENESIS_HASH=0x...] pnpm --filter @oblivion/contracts run deploy
//
// Settler, guardian and admin are three keys, best on three machines. The treasury, the admin where unset, only receives.
// Without TOKEN_ADDRESS the test token is deployed too, with the deployer as its minter. Circle's own test USDC on Amoy
// is 0x41E94Eb019C0762f9Bfcf9Fb1E58725BfB0e7582, native USDC on Polygon 0x3c499c542cEF5E3811e1192ce70d8cC03d5c3359.
// The record goes to deployments/<chain id>.json (DEPLOYMENTS_DIR moves it).
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { readVariable, requireVariable } from '@oblivion/core'
import { createClient, defineChain, getAddress, http } from 'viem'
import { privateKeyToAccount } from 'viem/accounts'
import { getBlock, getChainId } from 'viem/actions'
import {
  assertDeploymentAllowed,
  assertGenesis,
  deploySettlement,
  deployTestUsdc,
  type SettlementRoles,
  settlementTerms,
} from './src/index.ts'

/** What an indexer and a coordinator need to know of a deployment, and what people want to check. */
type DeploymentRecord = {
  chainId: number
  genesisHash: string
  settlement: string
  token: string
  deployer: string
  blockNumber: string
  transactionHash: string
  terms: Record<string, string>
} & SettlementRoles

async function deploy(): Promise<{ record: DeploymentRecord; file: string }> {
  const rpcUrl = requireVariable(process.env, 'RPC_URL')
  const deployer = privateKeyToAccount(requireVariable(process.env, 'DEPLOYER_PRIVATE_KEY'))
  const admin = getAddress(requireVariable(process.env, 'ADMIN_ADDRESS'))
  const roles: SettlementRoles = {
    settler: getAddress(requireVariable(process.env, 'SETTLER_ADDRESS')),
    guardian: getAddress(requireVariable(process.env, 'GUARDIAN_ADDRESS')),
    admin,
    treasury: getAddress(readVariable(process.env, 'TREASURY_ADDRESS') ?? admin),
  }
  const allowPolygon = requireVariable(process.env, 'OBLIVION_ALLOW_POLYGON')
  const transport = http(rpcUrl)
  const chainId = await getChainId(createClient({ transport }))
  assertDeploymentAllowed({ chainId, accounts: { deployer: deployer.address, ...roles }, allowPolygon })

  const chain = defineChain({
    id: chainId,
    name: `chain ${chainId}`,
    nativeCurrency: { name: 'POL', symbol: 'POL', decimals: 18 },
    rpcUrls: { default: { http: [rpcUrl] } },
  })
  const client = createClient({ account: deployer, chain, transport })
  const { hash: genesisHash } = await getBlock(client, { blockNumber: 0n })
  assertGenesis({ chainId, genesisHash, expected: readVariable(process.env, 'GENESIS_HASH') ?? undefined })
  const given = readVariable(process.env, 'TOKEN_ADDRESS')
  const token = given ? getAddress(given) : (await deployTestUsdc(client)).address
  const terms = settlementTerms(chainId)
  const deployment = await deploySettlement(client, { token, roles, terms, allowPolygon })

  const record: DeploymentRecord = {
    chainId,
    genesisHash,
    settlement: deployment.address,
    token,
    ...roles,
    deployer: deployer.address,
    blockNumber: String(deployment.blockNumber),
    transactionHash: deployment.transactionHash,
    terms: Object.fromEntries(Object.entries(terms).map(([name, value]) => [name, String(value)])),
  }
  const folder =
    readVariable(process.env, 'DEPLOYMENTS_DIR') ?? fileURLToPath(new URL('./deployments', import.meta.url))
  await mkdir(folder, { recursive: true })
  const file = join(folder, `${chainId}.json`)
  await writeFile(file, `${JSON.stringify(record, null, 2)}\n`)
  return { record, file }
}

try {
  const { record, file } = await deploy()
  process.stdout.write(`${JSON.stringify(record, null, 2)}\nwritten to ${file}\n`)
} catch (error) {
  // A refusal is an answer: its sentence alone says what to do.
  process.stderr.write(`${error instanceof Error ? error.message : error}\n`)
  process.exitCode = 1
}
