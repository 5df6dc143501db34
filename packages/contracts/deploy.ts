// Deploys the settlement contract to a local chain or to Amoy, and records where it went.
//
//   RPC_URL=... DEPLOYER_PRIVATE_KEY=0x... SETTLER_ADDRESS=0x... [TOKEN_ADDRESS=0x...] pnpm --filter @oblivion/contracts run deploy
//
// Without TOKEN_ADDRESS the test token is deployed too, with the deployer as its minter. Circle's own test USDC on Amoy
// is 0x41E94Eb019C0762f9Bfcf9Fb1E58725BfB0e7582. The record goes to deployments/<chain id>.json (DEPLOYMENTS_DIR moves it).
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { readVariable, requireVariable } from '@oblivion/core'
import { createClient, defineChain, getAddress, http } from 'viem'
import { privateKeyToAccount } from 'viem/accounts'
import { getBlock, getChainId } from 'viem/actions'
import { assertDeploymentAllowed, deploySettlement, deployTestUsdc } from './src/index.ts'

/** What an indexer and a coordinator need to know of a deployment. */
type DeploymentRecord = {
  chainId: number
  genesisHash: string
  settlement: string
  settler: string
  token: string
  deployer: string
  blockNumber: string
  transactionHash: string
}

async function deploy(): Promise<{ record: DeploymentRecord; file: string }> {
  const rpcUrl = requireVariable(process.env, 'RPC_URL')
  const deployer = privateKeyToAccount(requireVariable(process.env, 'DEPLOYER_PRIVATE_KEY'))
  const settler = getAddress(requireVariable(process.env, 'SETTLER_ADDRESS'))
  const transport = http(rpcUrl)
  const chainId = await getChainId(createClient({ transport }))
  assertDeploymentAllowed({ chainId, accounts: { deployer: deployer.address, settler } })

  const chain = defineChain({
    id: chainId,
    name: `chain ${chainId}`,
    nativeCurrency: { name: 'POL', symbol: 'POL', decimals: 18 },
    rpcUrls: { default: { http: [rpcUrl] } },
  })
  const client = createClient({ account: deployer, chain, transport })
  const given = readVariable(process.env, 'TOKEN_ADDRESS')
  const token = given ? getAddress(given) : (await deployTestUsdc(client)).address
  const deployment = await deploySettlement(client, { token, settler })
  const genesis = await getBlock(client, { blockNumber: 0n })

  const record: DeploymentRecord = {
    chainId,
    genesisHash: genesis.hash,
    settlement: deployment.address,
    settler,
    token,
    deployer: deployer.address,
    blockNumber: String(deployment.blockNumber),
    transactionHash: deployment.transactionHash,
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
