import { readFile } from 'node:fs/promises'
import { type Abi, type Address, createTestClient, getAddress, type Hash, type Hex, http, keccak256, toHex } from 'viem'
import { deployContract, waitForTransactionReceipt, writeContract } from 'viem/actions'
import {
  chargesTypedData,
  mintTestUsdc,
  settlementAbi,
  settlementTerms,
  settlementTypedData,
  testUsdcAbi,
  topUp,
  vouchersTypedData,
  voucherTypedData,
} from '../src/index.ts'
import { startLocalChain } from '../tests/localChain.ts'
import { merkleTree } from './merkleTree.ts'

/** Providers of a batch, and leaves of the Merkle tree that pays them instead. */
const PROVIDERS = 100
const LEAVES = 10_000

/** What each payment moves: an amount with as many bytes as a real one. */
const PAY = 1_234_567n

/** What each transaction may use. An estimate is for another second, and a cap that refilled in between writes more. */
const GAS = 25_000_000n

/** Gas by what it was spent for; `per provider` figures are a receipt's gas over the batch's rows. */
export type GasFigures = Record<string, number>

type Artifact = { abi: Abi; bytecode: { object: Hex } }

/** @param name the artifact of a peer, as `forge build` left it in `out` */
async function artifact(name: string): Promise<Artifact> {
  return JSON.parse(await readFile(new URL(`../out/${name}.sol/${name}.json`, import.meta.url), 'utf8'))
}

/** An address that nobody holds the key of. */
const addressOf = (seed: string): Address => getAddress(`0x${keccak256(toHex(seed)).slice(-40)}`)

/**
 * Measures on a fresh anvil, by receipts. Everybody has been paid once before: the storage that a payment changes is in
 * use already, as in all but the first payment of a life. Needs `forge build` before it.
 */
export async function measureGas(): Promise<GasFigures> {
  const day = 10n ** 12n
  const terms = { ...settlementTerms(31337), chargeCap: day, claimCap: day, defaultDailyCap: day }
  const chain = await startLocalChain(terms)
  try {
    const { deployer, stranger, settler, settlement, token, mined, chainId } = chain
    const anvil = createTestClient({ mode: 'anvil', transport: http(chain.rpcUrl) })
    const providers = Array.from({ length: PROVIDERS }, (_, index) => addressOf(`provider ${index}`))
    const customers = Array.from({ length: PROVIDERS }, (_, index) => addressOf(`customer ${index}`))
    const domain = { chainId, settlement }
    const gasOf = async (hash: Hash): Promise<number> => {
      const { status, gasUsed } = await waitForTransactionReceipt(stranger, { hash })
      if (status !== 'success') throw new Error(`the transaction ${hash} failed after ${gasUsed} gas`)
      return Number(gasUsed)
    }
    const sent = (address: Address, abi: Abi, functionName: string, args: readonly unknown[], sender = stranger) =>
      writeContract(sender, {
        address,
        abi,
        functionName,
        args,
        gas: GAS,
        account: sender.account,
        chain: sender.chain,
      })
    const deployed = async (name: string, args: readonly unknown[]): Promise<{ address: Address; abi: Abi }> => {
      const { abi, bytecode } = await artifact(name)
      const hash = await deployContract(stranger, { abi, bytecode: bytecode.object, args })
      const { contractAddress } = await waitForTransactionReceipt(stranger, { hash })
      if (!contractAddress) throw new Error(`${name} was not deployed`)
      return { address: contractAddress, abi }
    }
    const figures: GasFigures = {}

    const holders = [stranger.account.address, deployer.account.address]
    for (const to of holders) await mined(await mintTestUsdc(deployer, { token, to, amount: 10n ** 12n }))
    const merkle = await deployed('MerkleClaim', [token])
    const batch = await deployed('BatchTransfer', [])
    for (const to of [merkle.address, batch.address]) {
      await mined(await mintTestUsdc(deployer, { token, to, amount: 10n ** 11n }))
    }
    await mined(await topUp(deployer, { settlement, amount: 10n ** 11n }))

    // Ours, as a batch: first to new providers, then as ever after.
    const claimBatchAt = async (cumulative: bigint) => {
      const vouchers = providers.map((provider) => ({ provider, cumulative }))
      const signature = await settler.signTypedData(vouchersTypedData({ ...domain, vouchers }))
      return gasOf(await sent(settlement, settlementAbi, 'claimBatch', [vouchers, signature]))
    }
    figures['claimBatch(100), first payment, per provider'] = (await claimBatchAt(PAY)) / PROVIDERS
    figures['claimBatch(100), per provider'] = (await claimBatchAt(2n * PAY)) / PROVIDERS

    // Ours, one at a time, by whoever sends it.
    const claimAt = async (provider: Address, cumulative: bigint) => {
      const signature = await settler.signTypedData(voucherTypedData({ ...domain, provider, cumulative }))
      return gasOf(await sent(settlement, settlementAbi, 'claim', [provider, cumulative, signature]))
    }
    figures.claim = await average(providers.slice(0, 20), (provider) => claimAt(provider, 3n * PAY))

    // The peers.
    figures['plain transfer'] = await average(providers, (provider) =>
      sent(token, testUsdcAbi, 'transfer', [provider, PAY]).then(gasOf),
    )
    const pay = [token, providers, providers.map(() => PAY)]
    figures['bare batch transfer(100), per provider'] =
      (await gasOf(await sent(batch.address, batch.abi, 'pay', pay))) / PROVIDERS
    const others = Array.from({ length: LEAVES - PROVIDERS }, (_, index) => addressOf(`other ${index}`))
    const accounts = [...providers, ...others]
    const epoch = async (cumulative: bigint) => {
      const tree = merkleTree(accounts.map((account) => ({ account, cumulative })))
      await mined(await sent(merkle.address, merkle.abi, 'setRoot', [tree.root]))
      return average(providers.slice(0, 20), (provider, index) =>
        sent(merkle.address, merkle.abi, 'claim', [provider, cumulative, tree.proofOf(index)]).then(gasOf),
      )
    }
    await epoch(PAY)
    figures['Merkle claim, 10,000 leaves'] = await epoch(2n * PAY)

    // What else costs somebody something.
    const as = async (account: Address, functionName: string, args: readonly unknown[]): Promise<number> => {
      await anvil.impersonateAccount({ address: account })
      await anvil.setBalance({ address: account, value: 10n ** 18n })
      return gasOf(
        await writeContract(anvil, {
          address: settlement,
          abi: settlementAbi as Abi,
          functionName,
          args,
          gas: GAS,
          account,
          chain: stranger.chain,
        }),
      )
    }
    for (const customer of customers) {
      await mined(await mintTestUsdc(deployer, { token, to: customer, amount: 10n ** 9n }))
      await anvil.impersonateAccount({ address: customer })
      await anvil.setBalance({ address: customer, value: 10n ** 18n })
      const approval = {
        address: token,
        abi: testUsdcAbi as Abi,
        functionName: 'approve',
        args: [settlement, 10n ** 9n],
      }
      await mined(await writeContract(anvil, { ...approval, account: customer, chain: stranger.chain }))
      await as(customer, 'deposit', [10n ** 8n])
    }
    const [customer, provider] = [customers[0], providers[0]] as [Address, Address]
    figures.deposit = await as(customer, 'deposit', [10n ** 8n])
    const rowsAt = (cumulative: bigint) =>
      customers.map((one) => ({ customer: one, cumulative, cumulativeFee: cumulative / 20n }))
    const chargeAt = async (cumulative: bigint) => {
      const charges = rowsAt(cumulative)
      const signature = await settler.signTypedData(chargesTypedData({ ...domain, charges }))
      return gasOf(await sent(settlement, settlementAbi, 'charge', [charges, signature]))
    }
    await chargeAt(PAY)
    figures['charge(100), per customer'] = (await chargeAt(2n * PAY)) / PROVIDERS
    const charges = rowsAt(3n * PAY)
    const vouchers = providers.map((one) => ({ provider: one, cumulative: 4n * PAY }))
    const signature = await settler.signTypedData(settlementTypedData({ ...domain, charges, vouchers }))
    figures['settleBatch(100 + 100), per row'] =
      (await gasOf(await sent(settlement, settlementAbi, 'settleBatch', [charges, vouchers, signature]))) /
      (2 * PROVIDERS)
    figures.setDailyCap = await as(customer, 'setDailyCap', [10n ** 6n])
    figures.setPayee = await as(provider, 'setPayee', [customer])
    figures.requestExit = await as(customer, 'requestExit', [10n ** 8n])
    await anvil.increaseTime({ seconds: Number(terms.exitDelay) })
    figures.withdraw = await as(customer, 'withdraw', [])
    figures.collectFees = await as(customer, 'collectFees', [])
    return Object.fromEntries(Object.entries(figures).map(([name, gas]) => [name, Math.round(gas)]))
  } finally {
    await chain.stop()
  }
}

async function average<T>(items: readonly T[], measure: (item: T, index: number) => Promise<number>): Promise<number> {
  let sum = 0
  for (const [index, item] of items.entries()) sum += await measure(item, index)
  return sum / items.length
}
