import { createClient, http } from 'viem'
import { generatePrivateKey, privateKeyToAccount } from 'viem/accounts'
import { signTypedData, simulateContract, writeContract } from 'viem/actions'
import { afterAll, beforeAll, expect, test } from 'vitest'
import {
  type Charge,
  charge,
  chargesTypedData,
  claim,
  claimBatch,
  deposit,
  depositWithPermit,
  getSettlementEvents,
  readCounters,
  readCustomer,
  readCustomers,
  readEscrow,
  readProviderSettled,
  readTokenBalance,
  settleBatch,
  settlementCallAbi,
  settlementErrorSentence,
  settlementTypedData,
  testUsdcAbi,
  type Voucher,
  vouchersTypedData,
  voucherTypedData,
} from '../src/index.ts'
import { clientOf, startLocalChain } from './localChain.ts'

let chain: Awaited<ReturnType<typeof startLocalChain>>

beforeAll(async () => {
  chain = await startLocalChain()
})
afterAll(() => chain?.stop())

const domain = () => ({ chainId: chain.chainId, settlement: chain.settlement })
const sentenceOf = (action: Promise<unknown>) => action.then(() => 'it went through', settlementErrorSentence)

test('deposit approves exactly what is missing, and one way of a chunk ends in the provider’s wallet', async () => {
  const { customer, stranger, settler, settlement, token, mined } = chain
  const provider = privateKeyToAccount(generatePrivateKey()).address
  const before = await readCounters(stranger, { settlement })

  const deposited = await mined(await deposit(customer, { settlement, amount: 100_000_000n }))
  expect(await readEscrow(stranger, { settlement, customer: customer.account.address })).toBe(100_000_000n)

  const charges: Charge[] = [{ customer: customer.account.address, cumulative: 30_000_000n, cumulativeFee: 3_000_000n }]
  const chargeSignature = await settler.signTypedData(chargesTypedData({ ...domain(), charges }))
  await mined(await charge(stranger, { settlement, charges, signature: chargeSignature }))

  const voucher: Voucher = { provider, cumulative: 27_000_000n }
  const signature = await settler.signTypedData(voucherTypedData({ ...domain(), ...voucher }))
  const claimed = await mined(await claim(stranger, { settlement, ...voucher, signature }))

  expect(await readTokenBalance(stranger, { token, owner: provider })).toBe(27_000_000n)
  expect(await readProviderSettled(stranger, { settlement, provider })).toBe(27_000_000n)
  expect(await readCustomer(stranger, { settlement, customer: customer.account.address })).toMatchObject({
    escrow: 70_000_000n,
    charged: 30_000_000n,
    chargedFee: 3_000_000n,
  })
  const after = await readCounters(stranger, { settlement })
  expect(after).toEqual({
    totalEscrow: before.totalEscrow + 70_000_000n,
    pool: before.pool,
    fees: before.fees + 3_000_000n,
    balance: before.balance + 73_000_000n,
  })

  const events = await getSettlementEvents(stranger, {
    settlement,
    fromBlock: deposited.blockNumber,
    toBlock: claimed.blockNumber,
  })
  expect(events).toMatchObject([
    { kind: 'Deposited', customer: customer.account.address, amount: 100_000_000n },
    { kind: 'Charged', cumulative: 30_000_000n, cumulativeFee: 3_000_000n, amount: 30_000_000n, fee: 3_000_000n },
    { kind: 'Claimed', provider, amount: 27_000_000n },
  ])
  // The figures of an earlier block stay readable: reconciliation reads all at one block.
  expect(await readCounters(stranger, { settlement, blockNumber: deposited.blockNumber })).toMatchObject({
    totalEscrow: before.totalEscrow + 100_000_000n,
  })
  expect(await sentenceOf(claim(stranger, { settlement, ...voucher, signature }))).toBe(
    'This voucher was paid already: 27 USDC have gone to you in all. New earnings bring a new voucher.',
  )
})

test('depositWithPermit needs one transaction and leaves no allowance', async () => {
  const { customer, settlement, mined } = chain
  const before = await readEscrow(customer, { settlement, customer: customer.account.address })
  await mined(await depositWithPermit(customer, { settlement, amount: 5_000_000n, deadline: 4_000_000_000n }))
  expect(await readEscrow(customer, { settlement, customer: customer.account.address })).toBe(before + 5_000_000n)
  expect(await sentenceOf(writeDeposit(1n))).toMatch(/may take 0 USDC from your wallet, and 0.000001 USDC are needed/)
})

/** A deposit without the action's own approval. */
async function writeDeposit(amount: bigint) {
  const { customer, settlement } = chain
  const { request } = await simulateContract(customer, {
    account: customer.account,
    address: settlement,
    abi: settlementCallAbi,
    functionName: 'deposit',
    args: [amount],
  })
  return writeContract(customer, request)
}

test('a failure comes as one sentence: empty wallet, blocked account, foreign signature, unreachable chain', async () => {
  const { customer, stranger, deployer, settler, settlement, token, mined } = chain
  expect(await sentenceOf(deposit(stranger, { settlement, amount: 1_000_000n }))).toBe(
    'Your wallet holds 0 USDC, and 1 USDC are needed.',
  )
  expect(await sentenceOf(deposit(customer, { settlement, amount: 0n }))).toMatch(/above zero/)

  const provider = privateKeyToAccount(generatePrivateKey()).address
  await mined(
    await writeContract(deployer, { address: token, abi: testUsdcAbi, functionName: 'blacklist', args: [provider] }),
  )
  await mined(await deposit(customer, { settlement, amount: 2_000_000n }))
  const { charged, chargedFee } = await readCustomer(customer, { settlement, customer: customer.account.address })
  const charges: Charge[] = [
    { customer: customer.account.address, cumulative: charged + 1_000_000n, cumulativeFee: chargedFee },
  ]
  const signature = await settler.signTypedData(chargesTypedData({ ...domain(), charges }))
  await mined(await charge(stranger, { settlement, charges, signature }))

  const voucher: Voucher = { provider, cumulative: 1_000_000n }
  const signed = await settler.signTypedData(voucherTypedData({ ...domain(), ...voucher }))
  expect(await sentenceOf(claim(stranger, { settlement, ...voucher, signature: signed }))).toMatch(/has blocked/)

  const forged = await signTypedData(stranger, {
    account: stranger.account,
    ...voucherTypedData({ ...domain(), ...voucher }),
  })
  expect(await sentenceOf(claim(stranger, { settlement, ...voucher, signature: forged }))).toMatch(
    /not signed for this contract on this chain/,
  )

  const nowhere = clientOf('http://127.0.0.1:9', stranger.account)
  expect(await sentenceOf(claim(nowhere, { settlement, ...voucher, signature: signed }))).toMatch(
    /could not be reached/,
  )
})

test('settleBatch pays out of what it has just charged, skips a blocked payee, and claimBatch pays it later', async () => {
  const { customer, stranger, deployer, settler, settlement, token, mined } = chain
  await mined(await deposit(customer, { settlement, amount: 10_000_000n }))
  const { charged, chargedFee } = await readCustomer(customer, { settlement, customer: customer.account.address })
  const [good, blocked] = [generatePrivateKey(), generatePrivateKey()].map(
    (key) => privateKeyToAccount(key).address,
  ) as [`0x${string}`, `0x${string}`]
  await mined(
    await writeContract(deployer, { address: token, abi: testUsdcAbi, functionName: 'blacklist', args: [blocked] }),
  )
  const charges: Charge[] = [
    { customer: customer.account.address, cumulative: charged + 9_000_000n, cumulativeFee: chargedFee + 1_000_000n },
  ]
  const vouchers: Voucher[] = [
    { provider: blocked, cumulative: 3_000_000n },
    { provider: good, cumulative: 5_000_000n },
  ]
  const signature = await settler.signTypedData(settlementTypedData({ ...domain(), charges, vouchers }))
  await mined(await settleBatch(stranger, { settlement, charges, vouchers, signature }))
  expect(await readTokenBalance(stranger, { token, owner: good })).toBe(5_000_000n)
  expect(await readTokenBalance(stranger, { token, owner: blocked })).toBe(0n)
  expect(await readProviderSettled(stranger, { settlement, provider: blocked })).toBe(0n)

  await mined(
    await writeContract(deployer, { address: token, abi: testUsdcAbi, functionName: 'unBlacklist', args: [blocked] }),
  )
  const again = await settler.signTypedData(vouchersTypedData({ ...domain(), vouchers }))
  await mined(await claimBatch(stranger, { settlement, vouchers, signature: again }))
  expect(await readTokenBalance(stranger, { token, owner: blocked })).toBe(3_000_000n)
  expect(await readTokenBalance(stranger, { token, owner: good })).toBe(5_000_000n)
})

test('many customers are read fifty a request, each as it is read alone', async () => {
  const { customer, settlement, rpcUrl } = chain
  let requests = 0
  const onFetchRequest = () => {
    requests += 1
  }
  const client = createClient({ transport: http(rpcUrl, { onFetchRequest }) })
  const strangers = Array.from({ length: 249 }, () => privateKeyToAccount(generatePrivateKey()).address)
  const customers = [...strangers, customer.account.address]
  const read = await readCustomers(client, { settlement, customers })
  expect(requests).toBe(5)
  expect(read.map((one) => one.customer)).toEqual(customers)
  const alone = await readCustomer(client, { settlement, customer: customer.account.address })
  expect(read.at(-1)).toEqual({ ...alone, customer: customer.account.address })
  expect(alone.escrow).toBeGreaterThan(0n)
  expect(read[0]).toMatchObject({ escrow: 0n, charged: 0n })
})
