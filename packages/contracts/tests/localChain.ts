import { createClient, http, type PrivateKeyAccount } from 'viem'
import { generatePrivateKey, mnemonicToAccount, privateKeyToAccount } from 'viem/accounts'
import { waitForTransactionReceipt } from 'viem/actions'
import { anvil } from 'viem/chains'
import { deploySettlement, deployTestUsdc, mintTestUsdc, type WriteClient } from '../src/index.ts'
import { startAnvil } from './startAnvil.ts'

const account = (addressIndex: number) =>
  mnemonicToAccount('test test test test test test test test test test test junk', { addressIndex })

/** A client that sends as `account` and never waits longer than the test. */
export const clientOf = (rpcUrl: string, sender: Parameters<typeof createClient>[0]['account'] & object): WriteClient =>
  createClient({ account: sender, chain: anvil, transport: http(rpcUrl), pollingInterval: 20 }) as WriteClient

/** An anvil with token and settlement contract, and a customer who holds 1,000 of the token. */
export async function startLocalChain() {
  const { rpcUrl, stop } = await startAnvil()
  const [deployer, customer, stranger] = [account(0), account(1), account(2)].map((one) => clientOf(rpcUrl, one)) as [
    WriteClient,
    WriteClient,
    WriteClient,
  ]
  const settlerKey = generatePrivateKey()
  const settler: PrivateKeyAccount = privateKeyToAccount(settlerKey)
  const token = await deployTestUsdc(deployer)
  const deployment = await deploySettlement(deployer, { token: token.address, settler: settler.address })
  const mined = (hash: `0x${string}`) => waitForTransactionReceipt(deployer, { hash })
  await mined(
    await mintTestUsdc(deployer, { token: token.address, to: customer.account.address, amount: 1_000_000_000n }),
  )
  return {
    rpcUrl,
    stop,
    deployer,
    customer,
    stranger,
    settler,
    settlerKey,
    mined,
    token: token.address,
    settlement: deployment.address,
    deployment,
    chainId: anvil.id,
  }
}
