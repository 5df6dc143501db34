import { type Address, createClient, custom, http, type PrivateKeyAccount, type Transport, toHex } from 'viem'
import { generatePrivateKey, mnemonicToAccount, privateKeyToAccount } from 'viem/accounts'
import { waitForTransactionReceipt } from 'viem/actions'
import { anvil } from 'viem/chains'
import {
  deploySettlement,
  deployTestUsdc,
  mintTestUsdc,
  type SettlementRoles,
  type SettlementTerms,
  settlementTerms,
  type WriteClient,
} from '../src/index.ts'
import { startAnvil } from './startAnvil.ts'

const account = (addressIndex: number) =>
  mnemonicToAccount('test test test test test test test test test test test junk', { addressIndex })

/** Adds half to each estimate of gas, as wallets do: it is for its own second, and a cap that has refilled since writes more. */
const likeWallet =
  (rpcUrl: string): Transport =>
  (config) => {
    const { request } = http(rpcUrl)(config)
    return custom({
      request: async (asked) => {
        const answer = await request(asked)
        return asked.method === 'eth_estimateGas' ? toHex((BigInt(answer as string) * 3n) / 2n) : answer
      },
    })(config)
  }

/** A client that sends as `account` and never waits longer than the test. */
export const clientOf = (rpcUrl: string, sender: Parameters<typeof createClient>[0]['account'] & object): WriteClient =>
  createClient({ account: sender, chain: anvil, transport: likeWallet(rpcUrl), pollingInterval: 20 }) as WriteClient

/** Roles of a test's own, with the given settler: nobody holds the other keys. */
export function rolesWith(settler: Address): SettlementRoles {
  const nobody = () => privateKeyToAccount(generatePrivateKey()).address
  return { settler, guardian: nobody(), admin: nobody(), treasury: nobody() }
}

/** An anvil with token and settlement contract, and a customer who holds 1,000 of the token. */
export async function startLocalChain(terms: Partial<SettlementTerms> = {}, anvilArgs: readonly string[] = []) {
  const { rpcUrl, stop } = await startAnvil(anvilArgs)
  const [deployer, customer, stranger, guardian, admin] = [0, 1, 2, 3, 4].map((index) =>
    clientOf(rpcUrl, account(index)),
  ) as [WriteClient, WriteClient, WriteClient, WriteClient, WriteClient]
  const settlerKey = generatePrivateKey()
  const settler: PrivateKeyAccount = privateKeyToAccount(settlerKey)
  const token = await deployTestUsdc(deployer)
  const deployment = await deploySettlement(deployer, {
    token: token.address,
    roles: {
      settler: settler.address,
      guardian: guardian.account.address,
      admin: admin.account.address,
      treasury: deployer.account.address,
    },
    terms: { ...settlementTerms(anvil.id), ...terms },
  })
  const mined = async (hash: `0x${string}`) => {
    const receipt = await waitForTransactionReceipt(deployer, { hash })
    if (receipt.status !== 'success') throw new Error(`the transaction ${hash} failed after ${receipt.gasUsed} gas`)
    return receipt
  }
  await mined(
    await mintTestUsdc(deployer, { token: token.address, to: customer.account.address, amount: 1_000_000_000n }),
  )
  return {
    rpcUrl,
    stop,
    deployer,
    customer,
    stranger,
    guardian,
    admin,
    settler,
    settlerKey,
    mined,
    token: token.address,
    settlement: deployment.address,
    deployment,
    chainId: anvil.id,
  }
}
