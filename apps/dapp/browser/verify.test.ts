import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  charge,
  chargesTypedData,
  claim,
  deploySettlement,
  deposit,
  settlementTerms,
  voucherTypedData,
} from '@oblivion/contracts'
import { resultHash, type StatementRow, type Voucher } from '@oblivion/core'
import type { Browser, Page } from 'playwright-core'
import { generatePrivateKey, privateKeyToAccount } from 'viem/accounts'
import { getTransactionReceipt } from 'viem/actions'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { rolesWith, startLocalChain } from '../../../packages/contracts/tests/localChain.ts'
import { launchChromium } from '../../../packages/programs/tests/chromium.ts'
import { buildVerifyPage } from '../buildVerifyPage.ts'
import { earningsExport } from '../src/features/settlement/earningsExport.ts'
import type { EarningsExport } from '../src/verify/readExport.ts'
import { checkAccessibility } from './checkAccessibility.ts'

/*
 * The page that checks earnings, as a person has it: a file on a disk, in a real Chromium, beside a real chain and no
 * server of ours.
 */

type Chain = Awaited<ReturnType<typeof startLocalChain>>
let chain: Chain
let browser: Browser
let folder: string
let page: Page
let good: EarningsExport

const provider = privateKeyToAccount(generatePrivateKey()).address
const result = { tile: 1 }

/** What the settler of `settlement` signs for a provider who earned so much. */
const voucherOf = async (settlement: `0x${string}`, cumulative: bigint): Promise<Voucher> => ({
  ...{ chainId: chain.chainId, settlementAddress: settlement, provider, cumulative, settled: 0n, claimable: 0n },
  signature: await chain.settler.signTypedData(
    voucherTypedData({ chainId: chain.chainId, settlement, provider, cumulative }),
  ),
})
const accepted = (chunkIndex: number, amount: bigint): StatementRow => ({
  ...{
    id: `r${chunkIndex}`,
    at: '2026-11-29T13:00:00Z',
    kind: 'accept',
    amount,
    title: 'A room',
    taskId: 't',
    chunkIndex,
  },
  ...{ jobId: `j${chunkIndex}`, attempt: 1, resultHash: resultHash({ tile: chunkIndex }) },
  ...{ price: (amount * 20n) / 19n, fee: amount / 19n, txHash: null, logIndex: null, reference: null },
})

beforeAll(async () => {
  chain = await startLocalChain()
  const { settlement, customer, stranger, settler, chainId, mined } = chain
  await mined(await deposit(customer, { settlement, amount: 10_000_000n }))
  const charges = [{ customer: customer.account.address, cumulative: 4_000_000n, cumulativeFee: 200_000n }]
  const signature = await settler.signTypedData(chargesTypedData({ chainId, settlement, charges }))
  await mined(await charge(stranger, { settlement, charges, signature }))
  const first = await voucherOf(settlement, 1_000_000n)
  const hash = await claim(stranger, {
    ...{ settlement, provider, cumulative: 1_000_000n },
    signature: first.signature as `0x${string}`,
  })
  await mined(hash)
  const { logs } = await getTransactionReceipt(stranger, { hash })
  const logIndex = logs.find(({ address }) => address.toLowerCase() === settlement.toLowerCase())?.logIndex ?? -1
  const paid: StatementRow = {
    ...{ id: 'e1', at: '2026-11-29T13:01:00Z', kind: 'claim', amount: -1_000_000n, title: null, taskId: null },
    ...{ chunkIndex: null, jobId: null, attempt: null, resultHash: null, txHash: hash, logIndex, reference: null },
    ...{ price: null, fee: null },
  }
  const found = earningsExport({
    address: provider,
    balance: { chainId: null, settlementAddress: null },
    voucher: await voucherOf(settlement, 3_800_000n),
    rows: [paid, accepted(2, 500_000n), accepted(1, 1_900_000n), accepted(0, 1_900_000n)],
    now: new Date(),
  })
  if (found === null) throw new Error('Nothing to export.')
  good = found

  folder = await mkdtemp(join(tmpdir(), 'oblivion-verify-'))
  await writeFile(join(folder, 'verify.html'), await buildVerifyPage())
  browser = await launchChromium()
  page = await browser.newPage()
})
afterAll(async () => {
  await browser?.close()
  await chain?.stop()
  if (folder) await rm(folder, { recursive: true, force: true })
})

/** What the page says of an export: its sentence, and each finding as `Mark title: text`. */
const check = async (text: string | EarningsExport, more: { rpc?: string; result?: unknown } = {}) => {
  const asked: string[] = []
  page.on('request', (request) => asked.push(request.url()))
  await page.goto(`file://${folder}/verify.html`)
  await page
    .getByRole('textbox', { name: 'Export', exact: true })
    .fill(typeof text === 'string' ? text : JSON.stringify(text))
  await page.getByLabel('RPC URL of the chain').fill(more.rpc ?? chain.rpcUrl)
  if (more.result !== undefined) await page.getByLabel('A result').fill(JSON.stringify(more.result))
  await page.getByRole('button', { name: 'Check' }).click()
  await page.getByRole('button', { name: 'Check', disabled: false }).waitFor()
  const sentence = await page.getByRole('status').textContent()
  const items = await page.getByRole('listitem').all()
  const findings = await Promise.all(items.map(async (item) => (await item.locator('> *').allInnerTexts()).join(' | ')))
  page.removeAllListeners('request')
  return { sentence, findings, asked }
}
const saying = (...parts: (string | RegExp)[]) =>
  parts.map((part) => expect.stringMatching(part instanceof RegExp ? part : new RegExp(part)))

test('a good export: signer, payment, payments made and sums, and what nobody proves', async () => {
  const { sentence, findings, asked } = await check(good, { result })
  expect(sentence).toBe('The voucher is good.')
  expect(findings).toEqual(
    saying(
      new RegExp(
        `^Proven \\| Signature .*${chain.settler.address}.* earned 3\\.8 USDC in all\\. Digest 0x[0-9a-f]{64}`,
      ),
      /^Proven \| Payment .*has paid 1 USDC and would pay the other 2\.8 USDC to the provider now/,
      /^Proven \| Payments on the chain \| Found 1, each in its transaction/,
      /^Adds up \| Receipts \| 3 receipts.* sum to 4\.3 USDC, of which 1 USDC/,
      /^Adds up \| Fees \| Each of 3 receipts is its price less .* sum to 0\.226315 USDC/,
      /^Adds up \| Voucher and receipts .*covers 3\.8 USDC of 4\.3 USDC.* 0\.5 USDC are earned and not signed/,
      /^Adds up \| Result .*chunk 2 of “A room”/,
      /^Not proven \| Single receipts/,
      /^Not proven \| The contract itself/,
    ),
  )
  // Nobody but the file and the node is asked.
  expect(asked.filter((url) => !url.startsWith('file://') && !url.startsWith(chain.rpcUrl))).toEqual([])
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme })
    expect.soft(await checkAccessibility(page), colorScheme).toEqual([])
  }
})

test('a tampered one: a unit more, a receipt less, a payment that was not, another result', async () => {
  const voucher = good.voucher ?? { cumulative: '0', signature: '0x' }
  const more = await check({ ...good, voucher: { ...voucher, cumulative: '3800001' } })
  expect(more.sentence).toBe('One thing is wrong.')
  expect(more.findings[0]).toMatch(/^Wrong \| Signature \| This voucher was not signed by the settler/)

  const less = await check({ ...good, entries: good.entries.slice(0, -1) })
  expect(less.findings).toContainEqual(expect.stringMatching(/^Wrong \| Voucher and receipts .* entries are missing/))
  const twice = await check({ ...good, entries: [...good.entries, good.entries[1] as (typeof good.entries)[number]] })
  expect(twice.findings).toContainEqual(expect.stringMatching(/^Wrong \| Receipts \| 1 receipts name a job/))
  const [paid, ...rest] = good.entries as [(typeof good.entries)[number], ...typeof good.entries]
  for (const change of [{ amount: '-900000' }, { txHash: `0x${'ab'.repeat(32)}` }, { logIndex: 999 }]) {
    const { findings } = await check({ ...good, entries: [{ ...paid, ...change }, ...rest] })
    expect(findings, JSON.stringify(change)).toContainEqual(
      expect.stringMatching(/^Wrong \| Payments on the chain \| 1 of 1 payments/),
    )
  }
  const dearer = await check({ ...good, entries: [paid, ...rest.map((entry) => ({ ...entry, fee: '1' }))] })
  expect(dearer.findings).toContainEqual(
    expect.stringMatching(/^Wrong \| Fees \| 3 receipts do not come to their price/),
  )
  const other = await check(good, { result: { tile: 9 } })
  expect(other.findings).toContainEqual(expect.stringMatching(/^Wrong \| Result .*stands in no receipt/))
})

test('a foreign one: of another contract, another settler, another chain, or no contract at all', async () => {
  const signedFor = async (settlement: `0x${string}`) => {
    const { cumulative, signature } = await voucherOf(settlement, 3_800_000n)
    return { cumulative: String(cumulative), signature: signature as `0x${string}` }
  }
  const wrongSigner = expect.stringMatching(/^Wrong \| Signature \| This voucher was not signed by the settler/)
  const { address: another } = await deploySettlement(chain.deployer, {
    token: chain.token,
    roles: rolesWith(privateKeyToAccount(generatePrivateKey()).address),
    terms: settlementTerms(chain.chainId),
  })
  // Signed for another contract and shown for this one; and of another one, whose settler is somebody else.
  expect((await check({ ...good, voucher: await signedFor(another) })).findings).toContainEqual(wrongSigner)
  expect((await check({ ...good, settlement: another, voucher: await signedFor(another) })).findings).toContainEqual(
    wrongSigner,
  )
  const nowhere = `0x${'12'.repeat(20)}` as const
  expect((await check({ ...good, settlement: nowhere })).findings[0]).toMatch(/^Wrong \| Contract \| There is no/)
  expect((await check({ ...good, chainId: 137 })).findings[0]).toMatch(/^Wrong \| Chain .*chain 137.*chain 31337/)
})

test('what is no export, and a node that does not answer, are said in words', async () => {
  expect((await check('nonsense')).sentence).toMatch(/^This is no JSON/)
  expect((await check('{"a":1}')).sentence).toMatch(/not an export of earnings/)
  expect((await check(JSON.stringify({ ...good, provider: 'me' }))).sentence).toMatch(/damaged: provider/)
  const { sentence, findings } = await check(good, { rpc: 'http://127.0.0.1:9' })
  expect(sentence).toMatch(/^The chain could not be asked/)
  expect(findings).toEqual(
    saying(/^Not proven \| Chain/, /^Adds up \| Receipts/, /^Adds up \| Fees/, /^Adds up \| Voucher/),
  )
  expect((await check(good, { rpc: '' })).sentence).toMatch(/^It adds up\. Enter an RPC URL/)
  expect((await check({ ...good, voucher: null })).sentence).toMatch(/no voucher is here to prove/)
})

test.each(['eth_getTransactionReceipt', 'eth_call'])(
  'a node that falls silent at %s accuses nobody',
  async (method) => {
    await page.route(`${chain.rpcUrl}/**`, (route) =>
      route.request().postData()?.includes(method) ? route.fulfill({ status: 503 }) : route.continue(),
    )
    const { sentence, findings } = await check(good)
    await page.unroute(`${chain.rpcUrl}/**`)
    expect(sentence).toMatch(/^The chain could not be asked/)
    expect(findings).toEqual(
      saying(/^Not proven \| Chain/, /^Adds up \| Receipts/, /^Adds up \| Fees/, /^Adds up \| Voucher/),
    )
  },
)
