import {
  deploySettlement,
  deployTestUsdc,
  deposit,
  mintTestUsdc,
  settlementTerms,
  type WriteClient,
} from '@oblivion/contracts'
import { type Address, createWalletClient, http, parseEther, parseUnits } from 'viem'
import { generatePrivateKey, type PrivateKeyAccount, privateKeyToAccount } from 'viem/accounts'
import { foundry } from 'viem/chains'
import { accounts, developmentAccounts } from '../chain/accounts.ts'
import type { Anvil } from '../chain/startAnvil.ts'

/** Test money of each customer: so much in its wallet, and so much of it put into escrow for it. */
const CUSTOMER_MINT = parseUnits('10000', 6)
const CUSTOMER_DEPOSIT = parseUnits('1000', 6)

const GAS_MONEY = parseEther('100')

/** Private keys of the contract's roles: see Secrets. */
export type SettlementKeys = Record<'settler' | 'relayer' | 'guardian' | 'admin', `0x${string}`>

export type Deployed = { contract: Address; token: Address; block: bigint; depositBlock: bigint }

/**
 * Deploys the settlement contract, the test token unless there is one, and makes a real deposit for each customer.
 *
 * The contract's deployer is a key used once: on a chain that was rolled back a lasting key would give the new contract
 * the address of a closed one. The token's is the admin, who mints.
 */
export const deployForCustomers = async (
  anvil: Anvil,
  keys: SettlementKeys,
  reuseToken: Address | null,
): Promise<Deployed> => {
  const { client } = anvil
  const admin = privateKeyToAccount(keys.admin)
  const deployer = privateKeyToAccount(generatePrivateKey())
  for (const { address } of [admin, deployer, privateKeyToAccount(keys.relayer), privateKeyToAccount(keys.guardian)]) {
    await client.setBalance({ address, value: GAS_MONEY })
  }
  const as = (account: PrivateKeyAccount): WriteClient =>
    createWalletClient({ account, chain: foundry, transport: http(anvil.url), pollingInterval: 50, cacheTime: 0 })
  const token = reuseToken ?? (await deployTestUsdc(as(admin))).address
  const settlement = await deploySettlement(as(deployer), {
    token,
    roles: {
      settler: privateKeyToAccount(keys.settler).address,
      guardian: privateKeyToAccount(keys.guardian).address,
      admin: admin.address,
      treasury: admin.address,
    },
    terms: settlementTerms(foundry.id),
  })
  let depositBlock = settlement.blockNumber
  for (const [index, { role }] of developmentAccounts.entries()) {
    const account = accounts[index]
    if (role !== 'customer' || account === undefined) continue
    const minted = await mintTestUsdc(as(admin), { token, to: account.address, amount: CUSTOMER_MINT })
    await client.waitForTransactionReceipt({ hash: minted })
    const deposited = await deposit(as(account), { settlement: settlement.address, amount: CUSTOMER_DEPOSIT })
    depositBlock = (await client.waitForTransactionReceipt({ hash: deposited })).blockNumber
  }
  // Deposits count once they are final; nobody should have to wait for that at a start.
  await client.mine({ blocks: 2 })
  return { contract: settlement.address, token, block: settlement.blockNumber, depositBlock }
}
