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

/** Test money that stays in each customer's wallet. */
const CUSTOMER_KEEPS = parseUnits('9000', 6)

const GAS_MONEY = parseEther('100')

/** Private keys of the contract's roles: see Secrets. */
export type SettlementKeys = Record<'settler' | 'relayer' | 'guardian' | 'admin', `0x${string}`>

export type Deployed = { contract: Address; token: Address; block: bigint; depositBlock: bigint }

/**
 * Deploys the settlement contract, the test token unless there is one, and makes a real deposit for each customer.
 *
 * The contract's deployer is a key used once: on a chain that was rolled back a lasting key would give the new contract
 * the address of a closed one. The token's is the admin, who mints.
 *
 * @param customerDeposit of each customer, in the token's smallest unit.
 */
export const deployForCustomers = async (
  anvil: Anvil,
  keys: SettlementKeys,
  reuseToken: Address | null,
  customerDeposit: bigint,
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
    const amount = CUSTOMER_KEEPS + customerDeposit
    const minted = await mintTestUsdc(as(admin), { token, to: account.address, amount })
    await client.waitForTransactionReceipt({ hash: minted })
    if (customerDeposit === 0n) continue
    const deposited = await deposit(as(account), { settlement: settlement.address, amount: customerDeposit })
    depositBlock = (await client.waitForTransactionReceipt({ hash: deposited })).blockNumber
  }
  // Deposits count once they are final; nobody should have to wait for that at a start.
  await client.mine({ blocks: 2 })
  return { contract: settlement.address, token, block: settlement.blockNumber, depositBlock }
}
