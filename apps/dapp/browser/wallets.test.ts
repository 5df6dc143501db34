import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Dapp, signIn, startDapp } from './startDapp.ts'
import { installTestWallet } from './testWallet.ts'

// Two of the local chain's published accounts.
const alice = '0x70997970C51812dc3A010C7d01b50e0d17dc79C8'
const bob = '0x3C44CdDdB6a900fa2b585dd299e03d12FA4293BC'

let dapp: Dapp

beforeAll(async () => {
  dapp = await startDapp()
})
afterAll(() => dapp?.stop())

function visitWithWallet(path: string, accounts = [alice]) {
  return dapp.visit(path, { prepare: (page) => installTestWallet(page, dapp.rpcUrl, accounts) })
}

test('a rejected signature is no error: it says so, and nothing was sent', async () => {
  const { page, problems, close } = await visitWithWallet('/jobs')
  await page.evaluate(() => window.testWallet.rejects.push('personal_sign'))
  await page.getByRole('button', { name: 'Connect wallet' }).click()
  await page.getByRole('button', { name: 'Test wallet' }).click()
  await page.getByRole('button', { name: 'Sign in' }).click()
  await page.getByText('You rejected the signature. Nothing was sent.').waitFor()
  await page.getByRole('button', { name: 'Sign in', disabled: false }).waitFor()
  expect(problems).toEqual([])
  await close()
})

test('closing the wallet’s question leaves everything as it was', async () => {
  const { page, close } = await visitWithWallet('/jobs')
  await page.evaluate(() => window.testWallet.rejects.push('eth_requestAccounts'))
  await page.getByRole('button', { name: 'Connect wallet' }).click()
  await page.getByRole('button', { name: 'Test wallet' }).click()
  await page.getByText('Nothing was connected.').waitFor()
  await page.getByRole('button', { name: 'Close' }).click()
  await page.getByRole('button', { name: 'Connect wallet' }).waitFor()
  await close()
})

test('another account has to sign in itself, and the first finds its session again', async () => {
  const { page, close } = await visitWithWallet('/wallet', [alice, bob])
  await signIn(page, 'Test wallet')
  await page.getByRole('heading', { name: 'Deposit' }).waitFor()
  await page.evaluate((accounts) => window.testWallet.emit('accountsChanged', accounts), [bob, alice])
  await page.getByText('One signature proves that 0x3C44…93BC is yours.').waitFor()
  expect(await page.getByRole('heading', { name: 'Deposit' }).count()).toBe(0)
  const before = await page.evaluate(() => window.testWallet.asked.length)
  await page.evaluate((accounts) => window.testWallet.emit('accountsChanged', accounts), [alice, bob])
  await page.getByRole('heading', { name: 'Deposit' }).waitFor()
  const asked = await page.evaluate((from) => window.testWallet.asked.slice(from), before)
  expect(asked).not.toContain('personal_sign')
  await close()
})

test('a wallet that signs with another account than the one shown does not sign in', async () => {
  const { page, close } = await visitWithWallet('/wallet')
  await page.getByRole('button', { name: 'Connect wallet' }).click()
  await page.getByRole('button', { name: 'Test wallet' }).click()
  await page.getByRole('button', { name: 'Sign in' }).waitFor()
  await page.evaluate((impostor) => {
    window.testWallet.impostor = impostor
  }, bob)
  await page.getByRole('button', { name: 'Sign in' }).click()
  await page.getByText('The wallet signed with another account than the one shown here.').waitFor()
  expect(await page.getByRole('heading', { name: 'Deposit' }).count()).toBe(0)
  await close()
})

test('a wallet on another chain is switched, and taught the chain where it does not know it', async () => {
  const { page, close } = await visitWithWallet('/wallet')
  await page.evaluate(() => {
    window.testWallet.chainId = '0x1'
    window.testWallet.knownChains = ['0x1']
  })
  await signIn(page, 'Test wallet')
  await page.getByText('Your wallet is on another network.').waitFor()
  await page.getByRole('button', { name: 'Switch network' }).click()
  await page.getByText('Your wallet is on another network.').waitFor({ state: 'detached' })
  const asked = await page.evaluate(() => window.testWallet.asked)
  expect(asked).toContain('wallet_addEthereumChain')
  await close()
})

test('a session outlives a reload and a server that fails, keeps what was typed when it ends, and ends with the connection', async () => {
  const { page, close } = await dapp.visit('/wallet', { prepare: (page) => page.clock.install() })
  await signIn(page, 'customer 1')
  await page.reload()
  await page.getByRole('heading', { name: 'Deposit' }).waitFor()
  await page.getByRole('button', { name: 'Make a key' }).click()
  const name = page.getByRole('dialog').getByLabel('Name')
  await name.fill('Typed')

  // An hour later, and the server of sessions does not answer: nobody is signed out by that.
  const token = '**/auth/v1/token?grant_type=refresh_token'
  await page.route(token, (route) => route.fulfill({ status: 503, json: {} }))
  await page.evaluate(() => {
    for (const [key, text] of Object.entries(localStorage))
      if (key.startsWith('oblivion.session.'))
        localStorage.setItem(key, JSON.stringify({ ...JSON.parse(text), expires_at: 1 }))
  })
  const later = (milliseconds: number, text: string) => async () => {
    await page.clock.fastForward(milliseconds)
    return page.getByText(text).count()
  }
  await expect.poll(later(15_000, 'The server cannot be reached.')).toBeGreaterThan(0)
  expect(await page.getByText('Sign in to see its money.').count()).toBe(0)
  expect(await name.inputValue()).toBe('Typed')

  // It is over for good: what was typed is put away, and is there again after the next sign-in.
  await page.unroute(token)
  await page.route(token, (route) => route.fulfill({ status: 400, json: { error_code: 'refresh_token_not_found' } }))
  await expect.poll(later(61_000, 'Sign in to see its money.')).toBe(1)
  expect(await name.isVisible()).toBe(false)
  await page.unroute(token)
  await page.clock.setSystemTime(new Date())
  await page.getByRole('button', { name: 'Sign in' }).click()
  await name.waitFor()
  expect(await name.inputValue()).toBe('Typed')
  await page.getByRole('button', { name: 'Cancel' }).click()

  // What is said there is heard though a new release has taken the code of the notices away.
  await page.route('**/assets/Notices*', (route) => route.fulfill({ status: 404 }))
  await page.getByRole('button', { name: 'Wallet 0x' }).click()
  await page.getByRole('button', { name: 'Disconnect' }).click()
  await page.getByRole('button', { name: 'Connect wallet' }).waitFor()
  await expect.poll(later(4000, 'This browser is signed out. A part of this page cannot be fetched')).toBe(1)
  const left = await page.evaluate(() =>
    [localStorage, sessionStorage].flatMap((store) => Object.entries(store).map((entry) => entry.join(' '))),
  )
  const ours = left.filter((entry) => !entry.startsWith('oblivion.development.'))
  expect(ours.filter((entry) => /oblivion\.session|0x[0-9a-f]{40}/i.test(entry))).toEqual([])
  await page.reload()
  await page.getByRole('button', { name: 'Choose a wallet' }).waitFor()
  await close()
})

test('two tabs of one browser hold two wallets, each its own after a reload', async () => {
  const first = await dapp.visit('/wallet')
  await signIn(first.page, 'customer 1')
  const second = await first.page.context().newPage()
  await second.goto(`${dapp.url}/wallet`)
  await second.getByRole('button', { name: /^Wallet 0x7099/ }).click()
  await second.getByRole('button', { name: 'Use another wallet' }).click()
  await second.getByRole('button', { name: 'customer 2' }).click()
  await second.getByRole('button', { name: 'Sign in' }).click()
  await second.getByRole('heading', { name: 'Deposit' }).waitFor()
  await first.page.reload()
  await first.page.getByRole('heading', { name: 'Deposit' }).waitFor()
  await first.page.getByRole('button', { name: /^Wallet 0x7099/ }).waitFor()
  await second.reload()
  await second.getByRole('button', { name: /^Wallet 0x3C44/ }).waitFor()
  await first.close()
})

test('without keys of Stripe there is no word of cards', async () => {
  const { page, close } = await dapp.visit('/wallet')
  await signIn(page, 'customer 1')
  await page.getByRole('form', { name: 'Deposit' }).waitFor()
  expect(await page.getByText(/by card|card money/i).count()).toBe(0)
  await close()
})

test('outside development the test keys are not offered', async () => {
  const { page, close } = await dapp.visit('/worker', {
    prepare: (page) =>
      page.route('**/config.json', async (route) => {
        const config = (await (await route.fetch()).json()) as object
        await route.fulfill({ json: { ...config, environment: 'production' } })
      }),
  })
  const loaded: string[] = []
  page.on('request', (request) => loaded.push(request.url()))
  await page.getByRole('button', { name: 'Connect wallet' }).click()
  await page.getByText('No wallet has announced itself in this browser.').waitFor()
  expect(await page.getByText('Development wallet').count()).toBe(0)
  expect(loaded.filter((url) => /announceDevelopmentWallets/i.test(url))).toEqual([])
  await close()
})

test('the Network page asks for no wallet code, even where a wallet was used before', async () => {
  const { page, close } = await dapp.visit('/wallet')
  await signIn(page, 'customer 1')
  // What the wallet's page still asks for on its way out is not the next page's.
  await page.goto('about:blank')
  const loaded: string[] = []
  page.on('request', (request) => loaded.push(new URL(request.url()).pathname))
  await page.goto(`${dapp.url}/network`)
  await page.getByText('live', { exact: false }).first().waitFor()
  await page.getByRole('button', { name: /^Wallet 0x7099/ }).waitFor()
  expect(loaded.filter((path) => path.endsWith('.js')).length).toBeGreaterThan(2)
  expect(loaded.filter((path) => /walletKernel|auth\/v1|\/chain$/i.test(path))).toEqual([])
  await close()
})
