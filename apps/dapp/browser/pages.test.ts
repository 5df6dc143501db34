import { readFileSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { parseEnv } from 'node:util'
import { cancelTask, createClient, createTask, listTasks, registerNode, workCycle } from '@oblivion/client'
import { type Done, type OfferedJob, parseUsdc, resultHash } from '@oblivion/core'
import { raytraceInputs } from '@oblivion/programs'
import { accounts, startStripeApi } from '@oblivion/stack/testing'
import type { Locator, Page, Route } from 'playwright-core'
import Stripe from 'stripe'
import { createSiweMessage } from 'viem/siwe'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { readExport } from '../src/verify/readExport.ts'
import { checkAccessibility } from './checkAccessibility.ts'
import { type Dapp, signIn, startDapp } from './startDapp.ts'

let dapp: Dapp
let stripe: Awaited<ReturnType<typeof startStripeApi>>

const stripeKeys = { STRIPE_SECRET_KEY: 'sk_test_secretOfATest', STRIPE_WEBHOOK_SECRET: 'whsec_secretOfATest' }

beforeAll(async () => {
  stripe = await startStripeApi(stripeKeys.STRIPE_SECRET_KEY)
  dapp = await startDapp({ ...stripeKeys, STRIPE_API_URL: stripe.url })
})
afterAll(async () => {
  await dapp?.stop()
  await stripe?.close()
})

/** In both themes, since each has colours of its own. Nothing else of a page is another in the dark. */
async function expectAccessible(page: Page, firstSeen = false): Promise<void> {
  // From the top, wherever the test has scrolled to: what the bar there happens to cover by half is no smaller a target.
  await page.evaluate(() => scrollTo({ top: 0, behavior: 'instant' }))
  // The dark of every state is left to `pnpm test:deep`, but for the pages as they are first seen.
  const themes = process.env.ALL_THEMES || firstSeen ? (['light', 'dark'] as const) : (['light'] as const)
  for (const colorScheme of themes) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
    const found = await checkAccessibility(page, colorScheme === 'dark' ? 'colours' : 'all')
    expect.soft(found, `${new URL(page.url()).pathname}, ${colorScheme}`).toEqual([])
  }
}

/** Provider 2, who also runs programs that customers wrote, which counts from the second start on. */
async function enableForPrograms(page: Page): Promise<void> {
  await signIn(page, 'provider 2')
  await page.getByRole('button', { name: 'Enable the worker' }).click()
  // Had it begun with the choice already, it would give a job back on Stop, and others would go first for two minutes.
  await page.getByRole('heading', { name: 'Waiting for a job.' }).waitFor()
  await page.getByLabel('Also run programs that customers wrote').check()
  await page.getByRole('button', { name: 'Stop', exact: true }).first().click()
  await page.getByRole('button', { name: 'Start again' }).click()
}

describe('pages that anyone sees', () => {
  test.each([
    ['/worker', 'This tab can earn USDC while it is open.'],
    ['/network', /online/],
    ['/jobs', 'Have something computed.'],
    ['/jobs/new', /rendered/],
    ['/jobs/schedules', 'Have something computed again and again.'],
    ['/wallet', /What you can spend/],
    ['/how-it-works', /are paid for them/],
    ['/embed', 'Earn from visitors who agree.'],
    ['/claim', /Move to your wallet/],
    ['/admin', 'For operators.'],
    [`/tx/0x${'0'.repeat(64)}`, 'A transaction on the chain.'],
    ['/nothing', 'There is no page at this address.'],
  ])('%s is accessible and says how things stand', async (path, sentence) => {
    const { page, problems, close } = await dapp.visit(path)
    await page.getByRole('heading', { level: 1, name: sentence }).waitFor()
    await expectAccessible(page, true)
    expect(problems).toEqual([])
    await close()
  })

  test('/ leads to the worker, and every page to what the words mean', async () => {
    const { page, close } = await dapp.visit('/')
    await page.waitForURL('**/worker')
    await page.getByRole('link', { name: 'How it works, and what the words mean' }).click()
    await page.getByRole('region', { name: 'Words' }).getByText('Voucher', { exact: true }).waitFor()
    await close()
  })

  test('RN-19: narrow pages do not scroll sideways', async () => {
    const { page, close } = await dapp.visit('/worker', { viewport: { width: 360, height: 740 } })
    for (const path of ['/worker', '/network', '/jobs', '/wallet', '/how-it-works', '/embed', '/claim', '/admin']) {
      await page.goto(`${dapp.url}${path}`)
      await page.getByRole('heading', { level: 1 }).waitFor()
      const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)
      expect.soft(overflow, path).toBeLessThanOrEqual(0)
    }
    await close()
  })

  test('a browser too old for the worker sees the page all the same, and is told so where it enables it', async () => {
    const { page, close } = await dapp.visit('/worker')
    await page.addInitScript(() => {
      Reflect.deleteProperty(Promise, 'withResolvers')
      // As in Firefox and Safari.
      Reflect.deleteProperty(Navigator.prototype, 'getBattery')
    })
    await page.reload()
    await signIn(page, 'provider 4')
    await page.getByRole('button', { name: 'Enable the worker' }).click()
    await page.getByText('This browser lacks something that the worker needs.').first().waitFor()
    // Nor does it promise what such a browser cannot keep.
    await page.getByText('It runs on battery too').waitFor()
    expect(await page.getByLabel('Also on battery').count()).toBe(0)
    await close()
  })

  test('the keyboard reaches the content first, and a kept theme comes back', async () => {
    const { page, close } = await dapp.visit('/network')
    await page.getByRole('heading', { level: 1 }).waitFor()
    await page.keyboard.press('Tab')
    await page.keyboard.press('Enter')
    await expect.poll(() => page.evaluate(() => document.activeElement?.id)).toBe('content')
    await page.getByRole('button', { name: /^Theme: as the system/ }).click()
    await page.getByRole('button', { name: /^Theme: light/ }).click()
    await page.reload()
    await page.getByRole('button', { name: /^Theme: dark/ }).waitFor()
    expect(await page.evaluate(() => document.documentElement.dataset.theme)).toBe('dark')
    await close()
  })
})

describe('for owners of sites', () => {
  test('a site is made, its key stands in each form of the code, and revoking ends it', async () => {
    const { page, problems, close } = await dapp.visit('/embed')
    await signIn(page, 'operator')
    await page.getByLabel('Name').fill('A blog')
    await page.getByLabel('Addresses of the site').fill('blog.example/about')
    await page.getByText('The key works on https://blog.example and nowhere else.').waitFor()
    await page.getByRole('button', { name: 'Make the site' }).click()
    const sites = page.getByRole('list', { name: 'Your sites' })
    await sites.getByText('A blog').waitFor()
    const code = page.locator('pre').first()
    await expect.poll(() => code.textContent()).toMatch(/integrity="sha384-.+data-site-key="obs_[0-9a-f]{32}"/s)
    const key = /obs_[0-9a-f]{32}/.exec((await code.textContent()) ?? '')?.[0] ?? 'none'
    for (const [label, part] of [
      ['Element', 'oblivion-worker'],
      ['Module', 'embedWorker'],
      ['Frame', '<iframe'],
    ] as const) {
      await page.getByText(label, { exact: true }).click()
      await expect.poll(() => code.textContent()).toContain(part)
      expect(await code.textContent()).toContain(key)
    }
    await page.getByText('Module', { exact: true }).click()
    await page.getByText('npx -y pnpm@12.21.0 pack:sdk').waitFor()
    await sites.getByRole('listitem').filter({ hasText: 'A blog' }).getByRole('button', { name: 'Revoke' }).click()
    await expectAccessible(page)
    await page.getByRole('button', { name: 'Revoke it now' }).click()
    await sites.getByText('Revoked').waitFor()
    await expectFocus(page, 'Your sites')
    expect(problems).toEqual([])
    await close()
  })

  test('a site is changed: the first wrong field has the focus, what the server refuses is said there, and the key stays', async () => {
    const { page, problems, close } = await dapp.visit('/embed')
    await signIn(page, 'operator')
    const focused = (field: Locator) => field.evaluate((element) => element === document.activeElement)
    await page.getByRole('button', { name: 'Make the site' }).click()
    expect(await focused(page.getByLabel('Name'))).toBe(true)
    await page.getByText('Enter one address at least.').waitFor()
    await page.getByLabel('Name').fill('A forum')
    await page.getByLabel('Addresses of the site').fill('forum.example')
    await page.getByRole('button', { name: 'Make the site' }).click()
    const row = page.getByRole('list', { name: 'Your sites' }).getByRole('listitem').filter({ hasText: 'A forum' })
    await row.getByText('https://forum.example; you 50 %, visitors 50 %').waitFor()
    const code = page.locator('pre').first()
    const key = /obs_[0-9a-f]{32}/.exec((await code.textContent()) ?? '')?.[0] ?? 'none'

    const edit = row.getByRole('button', { name: 'Edit A forum' })
    await edit.click()
    const dialog = page.getByRole('dialog', { name: 'Edit A forum' })
    const field = (label: string) => dialog.getByLabel(label)
    expect(await focused(field('Name'))).toBe(true)
    await field('Addresses of the site').fill('forum.example\nhttp://www.forum.example')
    await field('Your part of what visitors earn').fill('101')
    await page.keyboard.press('Enter')
    expect(await focused(field('Addresses of the site'))).toBe(true)
    await dialog.getByText('http://www.forum.example: a worker runs on pages by https alone').waitFor()
    await expectAccessible(page)
    await field('Addresses of the site').fill('forum.example\nwww.forum.example')
    await field('Your part of what visitors earn').fill('33.33')
    await field('Most that a visitor can give').fill('30')
    // A key as it is written, of a program that nobody has reviewed: the server alone knows.
    await dialog.getByText('Programs and caps').click()
    await field('Programs that visitors may run').fill(`raytrace\nsha256:${'a'.repeat(64)}`)
    await dialog.getByText('Programs and caps').click()
    await dialog.getByRole('button', { name: 'Save' }).click()
    await dialog.getByText('is neither a built-in program nor a reviewed one.').waitFor()
    await expect.poll(() => focused(field('Programs that visitors may run'))).toBe(true)
    await expectAccessible(page)
    await field('Programs that visitors may run').fill('raytrace')
    await dialog.getByRole('button', { name: 'Save' }).click()
    await dialog.waitFor({ state: 'detached' })
    expect(await focused(edit)).toBe(true)
    const changed =
      'https://forum.example, https://www.forum.example; you 33.33 %, visitors 66.67 %; at most 30 % of a core'
    await row.getByText(changed).waitFor()
    expect(await code.textContent()).toContain(key)

    // What is stopped says why to whoever has no mouse, and can still be changed.
    await dapp.suspendSite(key, 'Too many results of its visitors were proven wrong.')
    await page.reload()
    await row.getByText('The reason: Too many results of its visitors were proven wrong.').waitFor()
    expect(await row.getByRole('button').allTextContents()).toEqual(['Edit'])
    await expectAccessible(page)
    expect(problems.filter((problem) => !/Failed to load resource/.test(problem))).toEqual([])
    await close()
  })
})

describe('states', () => {
  test('without its configuration the site says what to do', async () => {
    const { page, close } = await dapp.visit('/network', {
      prepare: (page) => page.route('**/config.json', (route) => route.fulfill({ status: 404 })),
    })
    await page.getByRole('heading', { name: 'This page does not know its server.' }).waitFor()
    await page.getByText('/config.json answers 404.').waitFor()
    await expectAccessible(page)
    await close()
  })

  test('DJ-26: figures are live, and ones that can no longer be read grow stale in words', async () => {
    const { page, close } = await dapp.visit('/network', { prepare: (page) => page.clock.install() })
    await page.getByText(', live').waitFor()
    await page.context().setOffline(true)
    await page.getByText('you are offline').waitFor()
    await page.context().setOffline(false)
    await page.route('**/rpc/**', (route) => route.abort())
    await page.getByText('The server cannot be reached.').waitFor()
    await page.clock.fastForward(10_000)
    await page.getByText('not updated for').waitFor()
    await expectAccessible(page)
    await page.unroute('**/rpc/**')
    await page.getByText(', live').waitFor()
    await close()
  })

  test('a part of the site that cannot be fetched is tried again and ends no page; without a connection the next page waits', async () => {
    let failures = 0
    const { page, close } = await dapp.visit('/network', {
      prepare: async (page) => {
        await page.clock.install()
        await page.route('**/assets/JobsSection*', (route) => (++failures < 3 ? route.abort() : route.continue()))
      },
    })
    await page.getByRole('region', { name: 'Jobs', exact: true }).waitFor()
    expect(failures).toBe(3)
    await page.context().setOffline(true)
    await page.getByText('you are offline').waitFor()
    await page.getByRole('link', { name: 'Jobs', exact: true }).first().click()
    await page.getByText('There is no connection. The page opens when it is back.').waitFor()
    expect(await page.getByRole('heading', { level: 1 }).textContent()).toMatch(/online/)
    await expectAccessible(page)
    await page.context().setOffline(false)
    await page.getByRole('heading', { name: 'Have something computed.' }).waitFor()
    expect(await page.getByText('There is no connection.').count()).toBe(0)

    // After a new release the server has it no more.
    await page.route('**/assets/ConnectDialog*', (route) => route.fulfill({ status: 404 }))
    await page.getByRole('button', { name: 'Connect wallet' }).click()
    const gone = page.getByText('there may be a newer release of it')
    const laterGone = async () => {
      await page.clock.fastForward(4000)
      return gone.count()
    }
    await expect.poll(laterGone).toBe(1)
    expect(await page.getByRole('heading', { level: 1 }).textContent()).toBe('Have something computed.')
    await expectAccessible(page)
    await page.unroute('**/assets/ConnectDialog*')
    await page.getByRole('button', { name: 'Load the page anew' }).click()
    await gone.waitFor({ state: 'detached' })
    await close()
  })

  test('a list of workers that cannot be read says so, and one that is cut', async () => {
    const path = '**/rpc/get_worker_stats'
    const { page, close } = await dapp.visit('/network', {
      prepare: (page) => page.route(path, (route) => route.fulfill({ status: 500, json: { code: 'XX000' } })),
    })
    const workers = page.getByRole('region', { name: 'Workers', exact: true })
    await workers.getByText('It answered 500, XX000.').waitFor()
    await expectAccessible(page)
    const last_seen = new Date().toISOString()
    const counts = { current_jobs: 0, max_jobs: 1, total_jobs_completed: 0 }
    const rows = (count: number) =>
      Array.from({ length: count }, (_, place) => ({
        ...{ worker: `0x${place}`, worker_type: 'python', online: false, last_seen, ...counts },
      }))
    await page.unroute(path)
    await page.route(path, (route) => route.fulfill({ json: rows(199) }))
    await workers.getByText('0x198', { exact: true }).waitFor()
    expect(await workers.getByText('It answered 500').count()).toBe(0)
    expect(await workers.getByText('The list ends here').count()).toBe(0)
    await page.unroute(path)
    await page.route(path, (route) => route.fulfill({ json: rows(200) }))
    await workers.getByText('The list ends here, after 200 workers').waitFor()
    await close()
  })

  test('where the node of the chain does not answer, each card of the wallet says so and tries again when it is asked', async () => {
    let down = true
    let asked = 0
    const { page, problems, close } = await dapp.visit('/wallet', {
      prepare: async (page) => {
        await page.clock.install()
        await page.route('**/rpc/my_payout', (route) => route.abort())
        await page.route(dapp.rpcUrl, (route) => {
          if (route.request().postDataJSON()?.method !== 'eth_call') return route.continue()
          asked += 1
          return down ? route.abort('connectionrefused') : route.continue()
        })
      },
    })
    await signIn(page, 'customer 2')
    const settle = page.getByRole('region', { name: 'Settle' })
    const deposit = page.getByRole('form', { name: 'Deposit' })
    const withdraw = page.getByLabel('Withdraw', { exact: true })
    const safety = page.getByRole('region', { name: 'Safety' })
    await settle.getByText('The server cannot be reached.').waitFor()
    await deposit.getByText('Reading what your wallet holds failed.').waitFor()
    await withdraw.getByText('Reading what you can withdraw failed.').waitFor()
    await safety.getByText('Reading your daily cap and where your earnings go failed.').waitFor()
    await withdraw.getByText('None of your money is touched by that, and this page asks again by itself.').waitFor()
    await expectAccessible(page)

    // It stands there while the page asks again, and is not said anew each time.
    await withdraw.evaluate((card) =>
      new MutationObserver(() => {
        if (card.querySelector('[role=alert]') === null) card.dataset.flickered = ''
      }).observe(card, { childList: true, subtree: true }),
    )
    const before = asked
    await page.clock.fastForward(4000)
    await expect.poll(() => asked).toBeGreaterThan(before + 40)
    expect(await withdraw.getAttribute('data-flickered')).toBeNull()

    // A tab that is not in front asks nothing by itself: once what is under way has ended, what is read was asked for by hand.
    await page.evaluate(() =>
      Object.defineProperty(document, 'visibilityState', { value: 'hidden', configurable: true }),
    )
    let seen = -1
    const atRest = () => {
      const before = seen
      seen = asked
      return before === asked
    }
    await expect.poll(atRest, { interval: 2000 }).toBe(true)
    down = false
    await page.unroute('**/rpc/my_payout')
    const again = { name: 'Try again' }
    await withdraw.getByRole('button', again).click()
    await withdraw.getByRole('button', { name: 'Ask to withdraw' }).waitFor()
    await safety.getByText('All running tasks have to fit.').waitFor()
    await deposit.getByRole('button', again).click()
    await deposit.getByText('Your wallet holds').waitFor()
    await deposit.getByText('at most 1,000 USDC a day: your daily cap.').waitFor()
    await settle.getByRole('button', again).click()
    await settle.getByRole('button', { name: 'Have it sent' }).waitFor()
    expect(await page.getByRole('alert').count()).toBe(0)

    // What was read stays, with the word that it is of before.
    down = true
    await page.evaluate(() => Reflect.deleteProperty(document, 'visibilityState'))
    await page.clock.fastForward(4000)
    await withdraw.getByText('Reading the contract anew failed.').waitFor()
    expect(await withdraw.getByRole('button', { name: 'Ask to withdraw' }).isEnabled()).toBe(true)
    await deposit.getByText('Reading what your wallet holds anew failed.').waitFor()
    down = false
    await page.clock.fastForward(4000)
    await expect.poll(() => page.getByRole('alert').count()).toBe(0)
    expect(problems.filter((problem) => !/Failed to load resource/.test(problem))).toEqual([])
    await close()
  })

  test('reduced motion moves nothing', async () => {
    const { page, close } = await dapp.visit('/worker', { reducedMotion: 'reduce' })
    const button = page.getByRole('button', { name: 'Connect wallet' })
    expect(await button.evaluate((element) => getComputedStyle(element).transitionDuration)).toBe('0s')
    await close()
  })
})

describe('for operators', () => {
  test('a stranger is told so, and sees nothing', async () => {
    const { page, close } = await dapp.visit('/admin')
    await signIn(page, 'customer 2')
    await page.getByText('Your wallet is not an operator’s.').waitFor()
    expect(await page.getByRole('region').count()).toBe(0)
    await expectAccessible(page)
    await close()
  })

  test('DJ-27, DJ-29: an operator stops payouts and a program with a reason, undoes both, and sees who did it; sees all nodes and one, and adds some', async () => {
    const { page, problems, close } = await dapp.visit('/admin')
    await signIn(page, 'operator')
    await page.getByText('No alarm stands.').waitFor()
    await page.getByRole('heading', { level: 1, name: 'Nothing needs you.' }).waitFor()
    await expectAccessible(page)

    const payouts = page.getByRole('region', { name: 'Payouts' })
    await payouts.getByRole('button', { name: 'Stop payouts' }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByRole('button', { name: 'Stop payouts now' }).click()
    await dialog.getByText('Say why, in a sentence.').waitFor()
    await dialog.getByLabel('Reason').fill('A look at the books.')
    await expectAccessible(page)
    await dialog.getByRole('button', { name: 'Stop payouts now' }).click()
    await page.getByRole('heading', { level: 1, name: 'Payouts are stopped.' }).waitFor()
    await payouts.getByText('A look at the books.').waitFor()
    await expectAccessible(page)
    await payouts.getByRole('button', { name: 'Resume payouts' }).click()
    const held = await hold(page, 'operator_resume')
    await dialog.getByRole('button', { name: 'Resume payouts now' }).click()
    await dialog.getByRole('button', { name: 'Leave it', disabled: true }).waitFor()
    await tryToLeave(page, dialog)
    await held.letGo()
    await dialog.waitFor({ state: 'detached' })
    // Not at once: the coordinator compares first.
    await payouts.getByText('Running.').waitFor()

    const programs = page.getByRole('region', { name: 'Programs' })
    await programs.getByRole('button', { name: 'Stop a program' }).click()
    await dialog.getByLabel('Program').fill('raytrace')
    await dialog.getByLabel('Reason').fill('A look at it.')
    await dialog.getByRole('button', { name: 'Stop it now' }).click()
    await programs.getByText(/A look at it\. 0 tasks wait for it/).waitFor()
    await expectAccessible(page)
    await programs.getByRole('button', { name: 'Allow' }).click()
    await dialog.getByRole('button', { name: 'Allow it now' }).click()
    await programs.getByText('No program is stopped').waitFor()
    const did = page.getByRole('region', { name: 'Last actions' }).getByRole('row')
    await expect.poll(() => did.allTextContents()).toHaveLength(5)
    await page.getByRole('heading', { level: 1, name: 'Nothing needs you.' }).waitFor()

    await page.getByRole('link', { name: 'All nodes' }).click()
    await page.getByRole('button', { name: 'Add a machine' }).click()
    const adding = page.getByRole('dialog', { name: 'Add a machine' })
    await adding.getByLabel('Name').fill('rack')
    await adding.getByText('4 jobs', { exact: true }).click()
    await adding.getByRole('button', { name: 'Add the machine' }).click()
    const added = page.getByRole('dialog', { name: 'Your new machine' })
    const { NODE_ID = '', NODE_KEY = '' } = parseEnv((await added.getByText('NODE_KEY=').textContent()) ?? '')
    expect([NODE_ID.split(',').length, NODE_KEY.split(',').length]).toEqual([2, 2])
    await added.getByRole('button', { name: 'I have kept it' }).click()
    const row = page.getByRole('row').filter({ hasText: 'rack-2' })
    await row.getByText('Python node').waitFor()
    await row.getByText('Waiting').waitFor()
    await expectAccessible(page)
    await page.setViewportSize({ width: 360, height: 740 })
    expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(0)
    await row.getByRole('link').click()
    await page.getByRole('heading', { level: 1, name: 'Waiting for a job.' }).waitFor()
    await page.getByText('No attempt ended within the hour.').waitFor()
    await expectAccessible(page)
    expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(0)
    await page.goto(`${dapp.url}/admin/nodes/${crypto.randomUUID()}`)
    await page.getByText('There is no such node.').waitFor()

    await page.goto(`${dapp.url}/admin`)
    await page.getByRole('heading', { level: 1, name: 'Nothing needs you.' }).waitFor()
    expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(0)
    expect(problems.filter((problem) => !/Failed to load resource/.test(problem))).toEqual([])
    // It hangs: a look ends before the next one begins.
    await page.route('**/healthz', () => undefined)
    await page.getByRole('heading', { level: 1, name: 'The coordinator does not answer.' }).waitFor()
    // Half under the bar that stays at the top a button is no small one.
    await page.evaluate(() => scrollTo(0, 0))
    await expectAccessible(page)
    await close()
  })
})

test('deleting what is known of a wallet: said first, cancelled at will, and a failure is told where it was asked', async () => {
  const { page, problems, close } = await dapp.visit('/embed')
  await signIn(page, 'provider 4')
  await page.getByLabel('Name').fill('A diary')
  await page.getByLabel('Addresses of the site').fill('diary.example')
  await page.getByRole('button', { name: 'Make the site' }).click()
  await page.getByRole('list', { name: 'Your sites' }).getByText('A diary').waitFor()
  await page.getByRole('link', { name: 'Worker' }).click()
  await page.getByRole('button', { name: 'Enable the worker' }).click()
  await page.getByRole('heading', { name: 'Waiting for a job.' }).waitFor()
  await page.getByLabel('Also on battery').check()
  // A payment by card was begun here once; what is kept of it is in the tests of cards.
  await page.evaluate(() => localStorage.setItem('oblivion.checkout', '0x0 1'))
  const hardwareId = await page.evaluate(() => localStorage.getItem('oblivion.hardware-id'))
  await page.getByRole('link', { name: 'Wallet' }).click()
  await page.getByTitle(hardwareId ?? 'none').waitFor()
  const open = page.getByRole('button', { name: 'Delete my data' })
  await open.click()
  const dialog = page.getByRole('dialog', { name: 'Delete your data?' })
  await dialog.getByText('This cannot be undone.').waitFor()
  await expectAccessible(page)
  await dialog.getByRole('button', { name: 'Keep my data' }).click()
  await dialog.waitFor({ state: 'detached' })
  expect(await open.evaluate((element) => element === document.activeElement)).toBe(true)

  await page.keyboard.press('Enter')
  const held = await hold(page, 'forget_me')
  await dialog.getByRole('button', { name: 'Delete it now' }).click()
  await dialog.getByRole('button', { name: 'Keep my data', disabled: true }).waitFor()
  await tryToLeave(page, dialog)
  await held.breakOff()
  await dialog.getByText('The server cannot be reached.').waitFor()
  await dialog.getByRole('button', { name: 'Try again' }).click()
  await page.getByText('Deleted: 1 machine and 1 site.').waitFor()
  // What docs/worker-safety.md says stays: by which wallet this browser is signed in.
  const left = await page.evaluate(() => Object.keys(localStorage))
  expect(left.filter((key) => !/^oblivion\.(session|wallet|wagmi|development)\b/.test(key))).toEqual([])
  await expectAccessible(page)
  await page.getByRole('link', { name: 'Embed' }).click()
  await page.getByRole('button', { name: 'Make the site' }).waitFor()
  expect(await page.getByText('A diary').count()).toBe(0)
  expect(problems.filter((problem) => !/Failed to load resource/.test(problem))).toEqual([])
  await close()
})

test('a machine is added by its wallet and gets a key, which is revoked: asked first, cancelled at will, and void from then on', async () => {
  const { page, problems, close } = await dapp.visit('/wallet')
  const asked = page.waitForRequest('**/rpc/my_nodes')
  await signIn(page, 'provider 4')
  const machines = page.getByRole('region', { name: 'Your machines' })
  await machines.getByText('No machine works for this wallet yet.').waitFor()
  const request = await asked
  const { apikey = '' } = await request.allHeaders()
  const call = async (name: string, args: object, more: Record<string, string>) => {
    const answer = await fetch(request.url().replace('my_nodes', name), {
      method: 'POST',
      headers: { apikey, 'content-type': 'application/json', ...more },
      body: JSON.stringify(args),
    })
    return (await answer.json()) as Record<string, string>
  }
  await machines.getByRole('button', { name: 'Add a machine' }).click()
  const adding = page.getByRole('dialog', { name: 'Add a machine' })
  await expectAccessible(page)
  expect(await adding.getByRole('checkbox').count()).toBe(0)
  await adding.getByText('Node.js', { exact: true }).click()
  await adding.getByRole('checkbox', { name: 'Also run programs that customers wrote' }).check()
  await expectAccessible(page)
  await adding.getByLabel('Name').fill(' a machine in the cellar ')
  await adding.getByLabel('It asks per hour').fill('much')
  await adding.getByText('Enter an amount in USDC, such as 0.01').waitFor()
  expect(await adding.getByRole('button', { name: 'Add the machine' }).isDisabled()).toBe(true)
  await adding.getByLabel('It asks per hour').fill('0.25')
  await adding.getByRole('button', { name: 'Add the machine' }).click()
  const added = page.getByRole('dialog', { name: 'Your new machine' })
  const lines = (await added.getByText('NODE_KEY=').textContent()) ?? ''
  const { NODE_ID: nodeId, NODE_KEY: nodeSecret = '', ...project } = parseEnv(lines)
  expect(project).toEqual({ SUPABASE_URL: dapp.supabaseUrl, SUPABASE_KEY: dapp.anonKey })
  await added.getByText('npx -y pnpm@12.21.0 oblivion worker --strangers-programs').waitFor()
  await added.getByText('a clone of Oblivion’s source code').waitFor()
  const node = new URL(`nodes?id=eq.${nodeId}&select=capabilities`, request.url().replace('rpc/my_nodes', ''))
  const row = await fetch(node, { headers: { apikey, 'x-node-key': nodeSecret } })
  expect(await row.json()).toEqual([{ capabilities: { strangersPrograms: true } }])
  await expectAccessible(page)
  await page.keyboard.press('Escape')
  // The button that opened it is gone behind it, with the words that there is no machine.
  await page.getByText('a machine in the cellar', { exact: true }).waitFor()
  await added.getByRole('button', { name: 'I have kept it' }).click()
  await expectFocus(page, 'Your machines')
  await machines.getByText('a machine in the cellar').waitFor()
  expect(await call('explain_claim', { p_node_id: nodeId }, { 'x-node-key': nodeSecret })).toMatchObject({
    reason: expect.any(String),
  })
  await machines.getByRole('button', { name: 'Add a machine' }).click()
  await adding.getByLabel('Name').fill('a machine in the cellar')
  await adding.getByText('You have a machine of this name').waitFor()
  await adding.getByRole('button', { name: 'Cancel' }).click()
  await machines.getByText('Waiting', { exact: true }).waitFor()
  await expectAccessible(page)

  const open = machines.getByRole('button', { name: 'Revoke the key of Server, id a machine in the cellar' })
  await open.click()
  const dialog = page.getByRole('dialog', { name: 'Revoke this key?' })
  await dialog.getByText('What was earned stays yours.').waitFor()
  await expectAccessible(page)
  await dialog.getByRole('button', { name: 'Keep it' }).click()
  await dialog.waitFor({ state: 'detached' })
  expect(await open.evaluate((element) => element === document.activeElement)).toBe(true)
  expect(await call('heartbeat', { p_node_id: nodeId }, { 'x-node-key': nodeSecret })).toMatchObject({ cancel: false })

  await page.keyboard.press('Enter')
  const held = await hold(page, 'revoke_node')
  await dialog.getByRole('button', { name: 'Revoke it now' }).click()
  await dialog.getByRole('button', { name: 'Keep it', disabled: true }).waitFor()
  await tryToLeave(page, dialog)
  await held.breakOff()
  await dialog.getByText('The server cannot be reached.').waitFor()
  await dialog.getByRole('button', { name: 'Try again' }).click()
  await page.getByText('The key is void.').waitFor()
  await machines.getByText('Key revoked').waitFor()
  expect(await open.count()).toBe(0)
  await expectFocus(page, 'Your machines')
  expect(await call('heartbeat', { p_node_id: nodeId }, { 'x-node-key': nodeSecret })).toMatchObject({ code: 'OB004' })
  await expectAccessible(page)

  await page.route('**/rpc/my_nodes', (route) => route.abort())
  await page.reload()
  await machines.getByText('Check your connection. This page asks again by itself.').waitFor()
  expect(problems.filter((problem) => !/Failed to load resource/.test(problem))).toEqual([])
  await close()
})

/** Where the keyboard and screen readers go on: at a heading, once what had the focus is gone. */
const expectFocus = (page: Page, heading: string | RegExp) =>
  expect
    .poll(() =>
      page.evaluate(() => (document.activeElement?.matches('h1, h2') ? document.activeElement.textContent : '')),
    )
    .toMatch(heading)

/** Keeps the next call of a function on its way, until it is let go or broken off. */
async function hold(page: Page, name: string): Promise<{ letGo: () => Promise<void>; breakOff: () => Promise<void> }> {
  const held = Promise.withResolvers<'continue' | 'abort'>()
  const gone = Promise.withResolvers<void>()
  const path = `**/rpc/${name}`
  const route = async (call: Route) => {
    await call[await held.promise]()
    gone.resolve()
  }
  await page.route(path, route)
  const end = async (how: 'continue' | 'abort') => {
    held.resolve(how)
    await gone.promise
    await page.unroute(path, route)
  }
  return { letGo: () => end('continue'), breakOff: () => end('abort') }
}

/** Each way out of a dialog but its own buttons. The browser lets a page stop one Escape, and not the second. */
async function tryToLeave(page: Page, dialog: Locator): Promise<void> {
  for (const key of ['Escape', 'Escape']) await page.keyboard.press(key)
  await page.mouse.click(5, 5)
  expect(await dialog.isVisible()).toBe(true)
  expect(await dialog.getByRole('button', { name: 'Close' }).count()).toBe(0)
}

/** A selection of text that is let go beside the dialog: for the browser a click on the dialog's own element. */
async function dragOut(page: Page, from: Locator): Promise<void> {
  const box = await from.boundingBox()
  if (box === null) throw new Error('nothing to select')
  await page.mouse.move(box.x + 4, box.y + box.height / 2)
  await page.mouse.down()
  await page.mouse.move(5, 5, { steps: 4 })
  await page.mouse.up()
}

test('an API key: made by keyboard, shown once, at work by its limit, and revoked with a question', async () => {
  const { page, problems, close } = await dapp.visit('/wallet')
  await signIn(page, 'operator')
  const section = page.getByRole('region', { name: 'API keys' })
  await section.getByText('No program acts for you.').waitFor()
  await section.getByRole('button', { name: 'Make a key' }).press('Enter')
  const dialog = page.getByRole('dialog')
  await expect.poll(() => dialog.getByLabel('Name').evaluate((field) => field === document.activeElement)).toBe(true)
  await dialog.getByLabel('Name').pressSequentially('Nightly renders')
  await dialog.getByLabel('It spends at most').fill('2,5')
  await dialog.getByText('Enter an amount in USDC, such as 25 or 0.5.').waitFor()
  expect(await dialog.getByRole('button', { name: 'Make the key' }).isDisabled()).toBe(true)
  await dialog.getByLabel('It spends at most').fill('2.5')
  await expectAccessible(page)
  // Without a connection it fails at once, in words, and is not kept to be done later.
  await page.context().setOffline(true)
  await dialog.getByLabel('It spends at most').press('Enter')
  await dialog.getByText('The server cannot be reached.').waitFor()
  await dialog.getByRole('button', { name: 'Make the key', disabled: false }).waitFor()
  await page.context().setOffline(false)
  // Once it is on its way there may be a key, and who had left would never read it.
  const held = await hold(page, 'create_api_key')
  await expect.poll(() => dialog.getByRole('button', { name: 'Make the key' }).isEnabled()).toBe(true)
  await dialog.getByLabel('It spends at most').press('Enter')
  await dialog.getByRole('button', { name: 'Cancel', disabled: true }).waitFor()
  await tryToLeave(page, dialog)
  await held.breakOff()
  await dialog.getByText('The server cannot be reached.').waitFor()
  await dialog.getByLabel('Name').press('Enter')
  const shown = dialog.getByText(/^obk_[0-9a-f]{64}$/)
  const key = (await shown.textContent()) ?? ''
  await tryToLeave(page, dialog)
  await dragOut(page, shown)
  await dialog.getByText('This is the only time that “Nightly renders” is shown').waitFor()
  // As on a page that came without HTTPS.
  await page.evaluate(() => Object.defineProperty(navigator, 'clipboard', { value: undefined, configurable: true }))
  await dialog.getByRole('button', { name: 'Copy the key' }).click()
  await dialog.getByRole('alert').getByText('Not copied. Select it and copy it yourself.').waitFor()
  await expectAccessible(page)
  await page.evaluate(() => Reflect.deleteProperty(navigator, 'clipboard'))
  await dialog.getByRole('button', { name: 'Copy the key' }).click()
  await dialog.getByRole('button', { name: 'Copied' }).waitFor()
  expect(await dialog.getByRole('alert').count()).toBe(0)
  await dialog.getByRole('button', { name: 'I have kept it' }).click()
  await dialog.waitFor({ state: 'detached' })
  const row = section.getByRole('list', { name: 'API keys', exact: true }).getByRole('listitem')
  await row.getByText('0 of 2.5 USDC used.').waitFor()
  expect(await page.content()).not.toContain(key)

  const { supabaseUrl, anonKey: supabaseKey } = dapp
  const program = createClient({ supabaseUrl, supabaseKey, apiKey: key })
  expect(await listTasks(program)).toEqual([])
  await page.reload()
  await row.getByText('last used about').waitFor()
  await row.getByRole('button', { name: 'Revoke Nightly renders' }).click()
  const question = dialog.getByText('It has no open tasks.')
  await question.waitFor()
  await page.keyboard.press('Escape')
  await dialog.waitFor({ state: 'detached' })
  await row.getByRole('button', { name: 'Revoke Nightly renders' }).click()
  await dragOut(page, question)
  expect(await question.isVisible()).toBe(true)
  await page.mouse.click(5, 5)
  await dialog.waitFor({ state: 'detached' })
  await row.getByRole('button', { name: 'Revoke Nightly renders' }).click()
  await dialog.getByRole('button', { name: 'Revoke it now' }).click()
  await section.getByText('1 key that ended').click()
  await section.getByRole('list', { name: 'API keys that ended' }).getByText('Revoked', { exact: true }).waitFor()
  await expectAccessible(page)
  await expect(listTasks(program)).rejects.toMatchObject({ code: 'OB030' })
  expect(problems.filter((problem) => !/Failed to load resource/.test(problem))).toEqual([])
  await close()
})

test('RN-4, RN-18: a large file is cut into chunks and kept in Storage, with progress, a way out, and a second try', async () => {
  const { page, problems, close } = await dapp.visit('/jobs/new')
  await signIn(page, 'customer 2')
  await page.getByRole('radio', { name: 'A program Of your own' }).check({ force: true })
  const choose = page.getByLabel('Choose a file')
  await choose.setInputFiles({ name: 'broken.ndjson', mimeType: 'application/x-ndjson', buffer: Buffer.from('1\n{') })
  await page.getByText('broken.ndjson: Row 2 is not a JSON value.').waitFor()
  await expectAccessible(page)
  // 900 rows of 10 kB: 9 MB, so that it does not fit into the call.
  const row = (n: number) => JSON.stringify({ n, text: 'x'.repeat(10_000) })
  const file = Array.from({ length: 900 }, (_, n) => row(n)).join('\n')
  await choose.setInputFiles({ name: 'rows.ndjson', mimeType: 'application/x-ndjson', buffer: Buffer.from(file) })
  await page.getByText('9.0 MB, 900 rows').waitFor()
  const rows = page.getByLabel('Rows a chunk')
  expect(await rows.inputValue()).toBe('100')
  await rows.fill('0')
  await page.getByText('Enter a whole number of rows, 1 or more.').waitFor()
  await rows.fill('225')
  await page.getByText('4 chunks', { exact: true }).waitFor()
  await expectAccessible(page)
  await page
    .getByLabel('Program', { exact: true })
    .fill('export default (rows) => ({ rows: rows.length, first: rows[0].n })')
  await page.getByRole('checkbox').check()

  // The way there is held up, so that it can be left.
  const held = Promise.withResolvers<void>()
  await page.route('**/storage/v1/object/oblivion-inputs/**', async (route) => {
    await held.promise
    // Those that were cancelled are gone by then.
    await route.abort().catch(() => undefined)
  })
  const post = page.getByRole('button', { name: 'Post task' })
  await post.click()
  const storing = page.getByRole('progressbar', { name: 'Storing the chunks' })
  await storing.waitFor()
  await expectAccessible(page)
  // What is posted is what stood there at the press: a change ends it, and so does another kind of task.
  await page.getByLabel('Title').fill('Lengths')
  await page.getByText('You changed the task while its chunks were stored, so nothing was posted.').waitFor()
  await post.click()
  await storing.waitFor()
  await page.getByRole('radio', { name: 'A picture' }).check({ force: true })
  await page.getByRole('radio', { name: 'A program Of your own' }).check({ force: true })
  await page.getByText('You changed the task while its chunks were stored, so nothing was posted.').waitFor()
  await post.click()
  await storing.waitFor()
  await page.getByRole('button', { name: 'Cancel' }).click()
  await rows.waitFor()
  held.resolve()
  await post.click()
  await page.getByText('The server cannot be reached.').waitFor()
  await page.unroute('**/storage/v1/object/oblivion-inputs/**')
  await post.click()
  await page.getByText('Results will stand here.').waitFor()

  const provider = await dapp.visit('/worker')
  await enableForPrograms(provider.page)
  await page.getByRole('heading', { name: 'All 4 chunks are done.' }).waitFor()
  await provider.close()
  await page.getByRole('region', { name: 'Results' }).getByText('{"rows":225,"first":675}').waitFor()
  // Read back as it was posted, out of Storage.
  const back = page.waitForEvent('download')
  await page.getByRole('region', { name: 'What you posted' }).getByRole('button', { name: 'Inputs' }).click()
  expect((await back).suggestedFilename()).toBe('lengths-inputs.json')
  const chunks = JSON.parse(readFileSync(await (await back).path(), 'utf8')) as unknown[][]
  expect(chunks.flat()).toEqual(file.split('\n').map((line) => JSON.parse(line)))
  expect(problems.filter((problem) => !/Failed to load resource/.test(problem))).toEqual([])
  await close()
})

test('RN-15, RN-18: a program in two stages, its results as a table and as a file, and the same by the clock', async () => {
  const { page, problems, close } = await dapp.visit('/jobs/new')
  await signIn(page, 'customer 2')
  await page.getByRole('radio', { name: 'A program Of your own' }).check({ force: true })
  await page.getByRole('textbox', { name: 'Inputs' }).fill('{"n":1}\nnonsense')
  await page.getByText('Line 2 is not a JSON value.').waitFor()
  await page.getByRole('textbox', { name: 'Inputs' }).fill('{"n":1}\n{"n":2}\n{"n":3}')
  await page.getByLabel('Program', { exact: true }).fill('export default ({ n }) => ({ square: n * n })')
  await page.getByRole('button', { name: 'Add a stage' }).click()
  await page
    .getByLabel('Program of stage 2')
    .fill('export default ({ input, previous }) => ({ cube: previous.square * input.n })')
  await page.getByRole('radio', { name: 'Twice Both must agree' }).check({ force: true })
  await page.getByText('3 chunks, 2 stages each, each by 2 owners').waitFor()
  // 3 chunks, 2 stages, 2 owners at 0.01.
  await page.getByText('0.12', { exact: true }).waitFor()
  await page.getByRole('radio', { name: 'Once No check' }).check({ force: true })
  await page.getByRole('radio', { name: 'Cron At set times' }).check({ force: true })
  await page.getByLabel('Times, as cron, in UTC').fill('every day')
  await page.getByText('Enter five fields').waitFor()
  await page.getByLabel('Times, as cron, in UTC').fill('0 6 * * 1')
  await page.getByRole('checkbox').check()
  await expectAccessible(page)
  await page.getByRole('button', { name: 'Start schedule' }).click()

  await page.getByRole('heading', { level: 1, name: 'One schedule is on.' }).waitFor()
  const row = page.getByRole('list', { name: 'My schedules' }).getByRole('listitem')
  await row.getByText('0 6 * * 1 (UTC)').waitFor()
  await row.getByRole('button', { name: 'Run now' }).click()
  await row.getByText('1 task posted').waitFor()
  await row.getByRole('button', { name: 'Pause' }).click()
  await page.getByRole('heading', { level: 1, name: 'No schedule is on.' }).waitFor()
  await expectAccessible(page)
  await row.getByRole('link', { name: 'last' }).click()

  await page.getByText('Results will stand here.').waitFor()
  const provider = await dapp.visit('/worker')
  await enableForPrograms(provider.page)
  await page.getByRole('heading', { name: 'All 3 chunks are done.' }).waitFor()
  await provider.close()
  const results = page.getByRole('region', { name: 'Results' })
  await results.getByText('{"cube":27}').waitFor()
  await expectAccessible(page)
  await results.getByRole('radio', { name: /^1/ }).check({ force: true })
  await results.getByText('{"square":9}').waitFor()
  await results.getByRole('radio', { name: /^2/ }).check({ force: true })
  const saved = page.waitForEvent('download')
  await results.getByRole('button', { name: 'NDJSON' }).click()
  const file = await saved
  expect(file.suggestedFilename()).toBe('sums.ndjson')
  const lines = readFileSync(await file.path(), 'utf8')
    .trimEnd()
    .split('\n')
  expect(lines.map((line) => (JSON.parse(line) as { result: unknown }).result)).toEqual([
    { cube: 1 },
    { cube: 8 },
    { cube: 27 },
  ])
  const posted = page.getByRole('region', { name: 'What you posted' })
  await expectAccessible(page)
  const program = page.waitForEvent('download')
  await posted.getByRole('button', { name: 'Program 2' }).click()
  expect((await program).suggestedFilename()).toBe('sums-program-2.js')
  expect(readFileSync(await (await program).path(), 'utf8')).toBe(
    'export default ({ input, previous }) => ({ cube: previous.square * input.n })',
  )
  // A chunk shows what goes in and what came out.
  await page.getByRole('group', { name: 'All 3 chunks' }).focus()
  for (const key of ['ArrowRight', 'ArrowRight', 'Enter']) await page.keyboard.press(key)
  const second = page.getByRole('region', { name: 'How chunk 2 was tried' })
  await second.getByText('{"n":2}', { exact: true }).waitFor()
  await second.getByText('{"cube":8}', { exact: true }).waitFor()
  await expectAccessible(page)
  await page.route('**/rpc/task_results', (route) => route.abort())
  await results.getByRole('button', { name: 'CSV' }).click()
  await results.getByText('Nothing was saved.').waitFor()
  await page.unroute('**/rpc/task_results')
  await results.getByRole('button', { name: 'Try again' }).click()
  await results.getByRole('button', { name: 'CSV' }).waitFor()

  await page.getByRole('link', { name: 'Jobs' }).click()
  await page.getByRole('link', { name: 'Schedules' }).click()
  await row.getByRole('button', { name: 'Delete' }).click()
  await page.getByRole('button', { name: 'Delete it now' }).click()
  await page.getByText('Your schedules will stand here.').waitFor()
  expect(problems.filter((problem) => !/Failed to load resource/.test(problem))).toEqual([])
  await close()
})

test('RN-4, RN-6: a WebAssembly program over a range, for workers that have what it needs, and what is wrong stands at its field', async () => {
  const { page, problems, close } = await dapp.visit('/jobs/new')
  await signIn(page, 'customer 2')
  await page.getByText('Of your own', { exact: true }).click()
  await page.getByText('WebAssembly', { exact: true }).click()
  await page.getByText('A range', { exact: true }).click()
  const file = (name: string, buffer: Buffer) => ({ name, mimeType: 'application/wasm', buffer })
  await page.getByLabel('Choose a .wasm file').setInputFiles(file('text.wasm', Buffer.from('no module')))
  await page.getByText('text.wasm is no WebAssembly module.').waitFor()
  // One that is still being read is overtaken by the one that is chosen after it.
  await page.evaluate(() => {
    const read = File.prototype.arrayBuffer
    File.prototype.arrayBuffer = async function () {
      if (this.name === 'slow.wasm') await new Promise((resolve) => addEventListener('go-on', resolve, { once: true }))
      return read.call(this)
    }
  })
  await page.getByLabel('Choose a .wasm file').setInputFiles(file('slow.wasm', Buffer.from('no module')))
  await page.getByLabel('Choose a .wasm file').setInputFiles(file('add.wasm', Buffer.from('0061736d01000000', 'hex')))
  await page.getByText('add.wasm').waitFor()
  await page.evaluate(() => dispatchEvent(new Event('go-on')))
  await page.getByLabel('Up to, without it').fill('-1')
  await page.getByText('It ends where it begins, or before').waitFor()
  await page.getByLabel('Up to, without it').fill('5')
  await page.getByLabel('Numbers a chunk').fill('2')
  await page.getByText('3 chunks: the first gets { start: 0, end: 2 } as its input.').waitFor()

  // Folded, and unfolded by what is wrong in it.
  const runs = page.getByRole('group').filter({ hasText: 'How it runs' })
  await runs.getByText('3 attempts').click()
  await page.getByLabel('Attempts').fill('11')
  await runs.getByText('Something in here is wrong').click()
  await page.getByLabel('Attempts').waitFor({ state: 'hidden' })
  await page.getByRole('checkbox', { name: /^I understand/ }).check()
  await page.getByRole('button', { name: 'Post task' }).click()
  await page.locator('[aria-invalid]:focus').fill('5')
  await page.getByLabel('Longest run').fill('60')
  await page.getByLabel('At once').fill('2')
  await page.getByLabel('Priority').fill('3')
  const workers = page.getByRole('group').filter({ hasText: 'Which workers' })
  await workers.getByText('Any', { exact: true }).click()
  await page.getByLabel('Browser tabs').uncheck()
  await page.getByLabel('What a worker must have').fill('gpu, avx')
  await expectAccessible(page)
  // Another kind and back: all is as it was.
  await page.getByText('Path-traced room', { exact: true }).click()
  await page.getByText('Of your own', { exact: true }).click()
  await runs.getByText('5 attempts, 60 s each, 2 at once, priority 3').waitFor()
  await workers.getByText('Servers with gpu, avx').waitFor()
  await page.getByText('add.wasm').waitFor()
  // What only the server knows: its own floor.
  await page.getByLabel('Price per chunk').fill('0.000001')
  await page.getByRole('button', { name: 'Post task' }).click()
  await page.getByText('The network takes from 0.0001 to 1,000,000 for a run of this length.').waitFor()
  await page.locator('[aria-invalid]:focus').waitFor()
  await expectAccessible(page)
  await page.setViewportSize({ width: 360, height: 740 })
  expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(0)
  await page.locator('[aria-invalid]:focus').fill('0.01')
  await page.getByRole('button', { name: 'Post task' }).click()
  await page
    .getByText('Up to 5 attempts of 60 s each, 2 at once, priority 3. Only for servers with avx, gpu.')
    .waitFor()
  const [task] = await listTasks(await walletOf(2), { limit: 1 })
  expect(task).toMatchObject({
    ...{ chunkCount: 3, program: { kind: 'wasm', maxMemoryMiB: 256 }, budget: 30_000n },
    terms: { maxConcurrentChunks: 2, maxAttempts: 5, timeoutSeconds: 60, priority: 3 },
    needs: { capabilities: ['avx', 'gpu', 'strangersPrograms'], workerTypes: ['server'] },
  })
  await (await worker(5, 'gpu', 'avx'))(3)
  await page.getByRole('heading', { level: 1, name: 'All 3 chunks are done.' }).waitFor()
  expect(problems.filter((problem) => !/Failed to load resource/.test(problem))).toEqual([])
  await close()
})

test('RN-6, RN-7, RN-19, RN-20, FJ-19, FJ-26, JM-34, SW-20: a task, from the form to the whole picture, and the worker that drew it, from its consent to its pay; the queue beside it', async () => {
  const customer = await dapp.visit('/jobs/new')
  const { page } = customer
  await page.getByRole('button', { name: 'Connect wallet' }).click()
  await page.getByRole('dialog').getByText('customer 1').waitFor()
  await expectAccessible(page)
  await page.getByRole('button', { name: 'customer 1' }).click()
  await expectAccessible(page)
  await page.getByRole('button', { name: 'Sign in' }).click()
  await page.getByRole('radio', { name: '320 × 180' }).check({ force: true })
  await page.getByRole('radio', { name: '4 Draft' }).check({ force: true })
  await expectAccessible(page)

  await page.getByRole('button', { name: 'Post task' }).click()
  await page.locator('[type=checkbox]:focus').waitFor()
  await page.getByText('what a worker has seen cannot be taken back').waitFor()
  await page.getByRole('checkbox').check()
  await page.getByRole('button', { name: 'Post task' }).click()
  await page.getByText('Posted. 0.04 USDC are held for it.').waitFor()
  await page.getByRole('heading', { name: 'Waiting for a worker to take the first of 4 tiles.' }).waitFor()
  await page.getByText('Updates come as they happen.').waitFor()
  await expectAccessible(page)

  const provider = await dapp.visit('/test-worker')
  const calls: string[] = []
  provider.page.context().on('request', (request) => calls.push(/\/rpc\/(\w+)$/.exec(request.url())?.[1] ?? ''))
  await provider.page.waitForURL('**/network')
  const queue = () => provider.page.getByRole('table', { name: 'Jobs by program' }).getByRole('row').allTextContents()
  await expect.poll(queue).toContainEqual(expect.stringMatching(/^raytrace4/))
  await provider.page.getByRole('link', { name: 'Worker', exact: true }).click()
  await signIn(provider.page, 'provider 1')
  await expectAccessible(provider.page)
  expect(calls).not.toContain('register_node')
  expect(await provider.page.locator('iframe').count()).toBe(0)
  await provider.page.getByRole('button', { name: 'Enable the worker' }).click()
  await page.locator('[data-testid=picture][data-tiles-done="4"]').waitFor()
  await page.getByRole('heading', { name: 'All 4 tiles are done.' }).waitFor()
  await page.getByRole('group', { name: 'All 4 chunks' }).focus()
  await page.keyboard.press('ArrowRight')
  await page.getByText(/^Tile 1: done by 0x90f7…b906/).waitFor()
  await expectAccessible(page)
  const saved = page.waitForEvent('download')
  await page.getByRole('button', { name: 'Download PNG' }).click()
  expect((await saved).suggestedFilename()).toBe('path-traced-room.png')

  await provider.page.getByRole('heading', { name: 'Waiting for a job.' }).waitFor()
  expect(calls).toContain('register_node')
  const jobs = provider.page.getByRole('table', { name: 'Last jobs, newest first' }).getByRole('row')
  await expect.poll(() => jobs.filter({ hasText: /Path-traced room.*0\.0095/ }).count()).toBe(4)
  await expectAccessible(provider.page)
  await provider.page.getByRole('link', { name: 'Network' }).click()
  await provider.page.getByRole('link', { name: 'Worker: Waiting' }).waitFor()
  const network = provider.page.getByRole('main')
  await network.getByRole('heading', { level: 1, name: /online/ }).waitFor()
  await network.getByText(/[1-9]\d* in all/).waitFor()
  const workers = network.getByRole('table', { name: 'Workers' })
  for (const name of ['Active jobs', 'Jobs done']) await workers.getByRole('columnheader', { name }).waitFor()
  await workers
    .getByRole('row', { name: /^0x90f7…b906 Browser tab Waiting .* [1-9]/ })
    .first()
    .waitFor()
  await network.getByRole('region', { name: 'Online workers by type' }).getByText('Browser tabs').waitFor()
  await expect.poll(queue).toContainEqual(expect.stringMatching(/^raytrace00/))
  await expectAccessible(provider.page)
  await provider.page.getByRole('button', { name: 'Stop' }).click()
  await provider.page.getByRole('link', { name: 'Worker: Waiting' }).waitFor({ state: 'detached' })

  await provider.page.getByRole('link', { name: 'Wallet' }).click()
  await provider.page.getByRole('heading', { level: 1, name: '0.038 USDC can be settled now.' }).waitFor()
  const receipts = provider.page.getByRole('region', { name: 'Receipts' }).getByRole('row')
  expect(await receipts.filter({ hasText: /0\.01.*0\.0005/ }).count()).toBe(4)
  const exported = provider.page.waitForEvent('download')
  await provider.page.getByRole('button', { name: 'Export earnings' }).click()
  const earnings = readExport(await readFile(await (await exported).path(), 'utf8'))
  expect(earnings).toMatchObject({ voucher: { cumulative: '38000' }, entries: { length: 4 } })
  const checker = provider.page.waitForEvent('download')
  await provider.page.getByRole('link', { name: 'Save the checker' }).click()
  expect(await readFile(await (await checker).path(), 'utf8')).toContain('Check what you earned, without us.')
  const always = provider.page.getByRole('checkbox', { name: 'Always, once 1 USDC can be settled' })
  await always.check()
  expect(await provider.page.getByRole('button', { name: 'Have it sent' }).isEnabled()).toBe(true)
  await expectAccessible(provider.page)
  await provider.page.getByRole('button', { name: 'Settle' }).click()
  await provider.page.getByText('Final since block').waitFor()
  await expectAccessible(provider.page)
  expect(await always.isChecked()).toBe(true)
  await provider.page.getByRole('link', { name: /^Transaction 0x/ }).click()
  await provider.page.getByRole('heading', { name: /and final\.$/ }).waitFor()
  await provider.page.getByText('Claimed').waitFor()
  await expectAccessible(provider.page)

  await page.getByRole('link', { name: 'Jobs' }).click()
  await page.getByRole('link', { name: 'Path-traced room' }).waitFor()
  await expectAccessible(page)
  await page.getByRole('link', { name: 'Wallet' }).click()
  await page.getByText('Your wallet holds').waitFor()
  await page.getByRole('textbox', { name: 'Amount' }).first().fill('2.5')
  await page.getByRole('button', { name: 'Deposit' }).click()
  await page.getByText('Final since block').waitFor()
  // 1,000 deposited at the start, four tiles at 0.01 spent, 2.5 added.
  await page.getByRole('heading', { level: 1, name: '1,002.46 USDC are free to spend.' }).waitFor()
  const statement = page.getByRole('region', { name: 'Statement' })
  await statement.getByText('1,002.46 USDC stand in this account').waitFor()
  expect(await statement.getByRole('row').allTextContents()).toEqual([
    expect.stringMatching(/^When/),
    expect.stringMatching(/Deposit.*0x.*\+2\.5$/),
    expect.stringMatching(/Held for a task.*Path-traced room.*−0\.04$/),
    expect.stringMatching(/Deposit.*0x.*\+1,000$/),
  ])
  // Each part of the balance leads to its entries, below the bar at the top.
  await page.evaluate(() => scrollTo({ top: 0, behavior: 'instant' }))
  await page.getByRole('link', { name: 'Free', exact: true }).press('Enter')
  await expect.poll(() => page.url()).toMatch(/\/wallet#statement$/)
  await expect.poll(() => statement.evaluate((part) => part.getBoundingClientRect().top)).toBeLessThan(450)
  expect(await statement.evaluate((part) => part.getBoundingClientRect().top)).toBeGreaterThan(56)
  const csv = page.waitForEvent('download')
  await statement.getByRole('button', { name: 'Download CSV' }).click()
  expect(await readFile(await (await csv).path(), 'utf8')).toMatch(
    /^time,kind,amount_USDC,[^\n]*\r\n[^\n]*,deposit,2\.5,/,
  )
  // Not with links half below the bar.
  await page.evaluate(() => scrollTo(0, 0))
  await expectAccessible(page)
  expect([...customer.problems, ...provider.problems]).toEqual([])
  await customer.close()
  await provider.close()
})

test('RN-7: a worker that rests with its job says why, and looks like none that works', async () => {
  const customer = await walletOf(2)
  const { taskId } = await createTask(customer, {
    task: {
      ...{ title: 'A long tile', program: { kind: 'builtin', name: 'raytrace' }, acknowledgeVisible: true },
      inputs: raytraceInputs({ width: 160, height: 90, tileWidth: 160, tileHeight: 90, samples: 4096 }),
      ...{ pricePerChunk: 10_000n, budget: 10_000n },
    },
  })
  onTestFinished(() => void cancelTask(customer, { taskId }))
  const { page, problems, close } = await dapp.visit('/worker')
  await signIn(page, 'provider 1')
  await page.getByRole('button', { name: 'Enable the worker' }).click()
  await page.getByRole('heading', { level: 1, name: 'Rendering tile 1 of 1 for A long tile.' }).waitFor()
  const bridge = await (await page.locator('iframe[title="Oblivion worker"]').elementHandle())?.contentFrame()
  // What the charger says is changed, as there is none here.
  const unplug = (unplugged: boolean) =>
    bridge?.evaluate(async (unplugged) => {
      const battery = await (navigator as never as { getBattery(): Promise<EventTarget> }).getBattery()
      Object.defineProperty(battery, 'charging', { value: !unplugged, configurable: true })
      battery.dispatchEvent(new Event('chargingchange'))
    }, unplugged)
  await unplug(true)
  await page.getByRole('heading', { level: 1, name: 'The worker is paused.' }).waitFor()
  const hand = page.getByRole('region', { name: 'Job at hand' })
  await hand.getByText('The machine runs on battery.').waitFor()
  await hand.getByText('Its job is kept for a minute.').waitFor()
  expect(await page.getByRole('progressbar').count()).toBe(0)
  expect(await page.title()).toBe('Paused · Worker · Oblivion')
  await expect
    .poll(() => page.getByRole('status').allTextContents())
    .toContainEqual(expect.stringMatching(/on battery/))
  await expectAccessible(page)
  await page.getByRole('link', { name: 'Network' }).click()
  // Until then the worker's own page stands there, with a Stop of its own.
  await expect.poll(() => page.title()).toBe('Network · Oblivion')
  await page.getByRole('link', { name: 'Worker: Paused' }).waitFor()
  await unplug(false)
  await page.getByRole('link', { name: /^Worker: Working, / }).waitFor()
  await page.getByRole('button', { name: 'Stop' }).click()
  expect(problems).toEqual([])
  await close()
})

test('a metered task costs its time and not its cap, and the rest comes back', async () => {
  const { page, problems, close } = await dapp.visit('/jobs/new')
  await signIn(page, 'customer 2')
  await page.getByRole('radio', { name: '320 × 180' }).check({ force: true })
  await page.getByRole('radio', { name: '4 Draft' }).check({ force: true })
  await page.getByRole('radio', { name: 'Its time Up to a cap' }).check({ force: true })
  await page.getByText('0.1 USDC where it names none').waitFor()
  await page.getByLabel('At most per tile').fill('0.02')
  await page.getByLabel('Highest price per hour').fill('much')
  await page.getByRole('checkbox').check()
  await page.getByRole('button', { name: 'Post task' }).click()
  await page.getByText('Leave it empty for any.').waitFor()
  await page.locator('[aria-invalid]:focus').waitFor()
  await expectAccessible(page)
  await page.getByLabel('Highest price per hour').fill('0.5')
  await page.getByText('At 0.5 USDC an hour it is reached after 2 min.').waitFor()
  const costs = page.getByRole('complementary', { name: 'What it costs' })
  await costs.getByText('Budget, at most').waitFor()
  await costs.getByText('0.08', { exact: true }).waitFor()
  await page.getByRole('button', { name: 'Post task' }).click()
  await page.getByText('no job costs more than 0.02 USDC').waitFor()
  // Cancelling is asked twice; once it is on its way its dialog stays until it is known what came of it.
  await page.getByRole('button', { name: 'Cancel task' }).click()
  const question = page.getByRole('dialog', { name: 'Cancel this task?' })
  const held = await hold(page, 'cancel_task')
  await question.getByRole('button', { name: 'Cancel it now' }).click()
  await question.getByRole('button', { name: 'Keep it running', disabled: true }).waitFor()
  await tryToLeave(page, question)
  await held.breakOff()
  await page.getByText('The server cannot be reached.').waitFor()
  await question.getByRole('button', { name: 'Keep it running' }).click()
  await question.waitFor({ state: 'detached' })

  const provider = await dapp.visit('/worker')
  await provider.page.getByText('(0.1 USDC now), up to a cap').waitFor()
  await signIn(provider.page, 'provider 2')
  await provider.page.getByRole('button', { name: 'Enable the worker' }).click()
  await page.getByRole('heading', { name: 'All 4 tiles are done.' }).waitFor()
  // The button that had asked, and had the focus again, is gone by now.
  await expectFocus(page, 'All 4 tiles are done.')
  await provider.close()
  const money = page.getByLabel('Money of this task')
  await money.getByText('Back in your free balance.').waitFor()
  await money.getByText(/^For accepted chunks, about 0\.\d+ USDC each\.$/).waitFor()
  const [budget = 0n, spent = 0n, reserved, returned = 0n] = (await money.locator('.figure').allTextContents()).map(
    parseUsdc,
  )
  expect({ budget, reserved, sum: spent + returned }).toEqual({ budget: 80_000n, reserved: 0n, sum: 80_000n })
  // Four tiles at the least price of a chunk, or what their seconds came to; a minute each would not be half of it.
  expect(spent).toBeGreaterThanOrEqual(400n)
  expect(spent).toBeLessThan(40_000n)
  await expectAccessible(page)
  await page.getByRole('link', { name: 'Jobs' }).click()
  await page
    .getByRole('row', { name: /Path-traced room/ })
    .getByText('of at most')
    .waitFor()
  expect(problems.filter((problem) => !/Failed to load resource/.test(problem))).toEqual([])
  await close()
})

test('play money is added, pays a task, and looks like nothing real', async () => {
  const { page, problems, close } = await dapp.visit('/wallet')
  await signIn(page, 'customer 2')
  const play = page.getByRole('region', { name: 'Play money' })
  await play.getByText('Worth nothing').waitFor()
  await play.getByRole('button', { name: 'Add 100 play USDC' }).click()
  await play.getByText('Can be spent on new tasks.').waitFor()
  await page.getByText('Play, to spend').click()
  await page.getByRole('row', { name: /Play money added .*\+100$/ }).waitFor()
  await page.getByText('Play, earned').click()
  await page.getByText('No entry yet.').waitFor()
  await expectAccessible(page)
  await page.getByRole('link', { name: 'Jobs' }).click()
  await page.getByRole('link', { name: 'New task' }).first().click()
  // Before a deposit is made for it: what the contract lets no task hold.
  const costs = page.getByRole('complementary', { name: 'What it costs' })
  await costs.getByText('Left of your daily cap').waitFor()
  expect(await costs.getByText('Raise it in Wallet').count()).toBe(0)
  const price = page.getByLabel('Price per tile')
  const usual = await price.inputValue()
  await price.fill('400')
  await costs.getByText('Your daily cap is 1,000 USDC, and all your running tasks have to fit.').waitFor()
  await price.fill(usual)
  await page.getByRole('radio', { name: 'Play money worth nothing' }).check({ force: true })
  await page.getByText('Your play money').waitFor()
  expect(await costs.getByText('Left of your daily cap').count()).toBe(0)
  await page.getByRole('checkbox').check()
  await expectAccessible(page)
  // It is posted, the answer is lost, and nobody can look at once: pressed again it is found, and not posted twice.
  const calls: string[] = []
  await page.route('**/rpc/create_task', async (route) => {
    calls.push('post')
    await route.fetch()
    await route.abort()
  })
  await page.route('**/rpc/list_tasks', (route) => {
    calls.push('look')
    return calls.length === 3 ? route.abort() : route.continue()
  })
  await page.getByRole('button', { name: 'Post task' }).click()
  await page.getByText('The task may be posted all the same.').waitFor()
  expect(calls).toEqual(['look', 'post', 'look'])
  await page.getByRole('button', { name: 'Post task' }).click()
  await page.getByRole('region', { name: 'Money' }).getByText('play USDC').first().waitFor()
  expect(calls).toEqual(['look', 'post', 'look', 'look'])
  await page.getByRole('link', { name: 'Jobs' }).click()
  await page.getByRole('row', { name: /play USDC/ }).waitFor()

  // Whoever computes it reads what it is worth, and waits for no money.
  await (await worker(5))(1)
  const provider = await dapp.visit('/wallet')
  await signIn(provider.page, 'provider 3')
  await provider.page.getByRole('row', { name: /Path-traced room chunk 1 .* play USDC Play money$/ }).waitFor()
  const others = problems.filter((problem) => !/Failed to load resource/.test(problem))
  expect([...others, ...provider.problems]).toEqual([])
  await provider.close()
  await close()
})

test('money by card: to Stripe and back, and what it may pay for', async () => {
  let visits = 0
  const { page, problems, close } = await dapp.visit('/wallet', {
    // Stripe's own page: one that lets go, and the first time leads back at once.
    prepare: (page) =>
      page.route('https://checkout.stripe.com/**', (route) =>
        ++visits === 1
          ? route.fulfill({ status: 204 })
          : route.fulfill({ contentType: 'text/html', body: '<title>Pay</title><h1>Pay</h1>' }),
      ),
  })
  await signIn(page, 'customer 2')
  const form = page.getByRole('form', { name: 'Add money by card' })
  const amount = form.getByLabel('Amount')
  for (const [text, problem] of [
    ['', /Enter an amount in dollars/],
    ['0.5', 'Enter at least 1 USD.'],
    ['501', 'Enter at most 500 USD.'],
    ['2.005', 'A card pays whole cents.'],
  ] as const) {
    await amount.fill(text)
    await form.getByRole('button', { name: 'Pay by card' }).click()
    await form.getByText(problem).waitFor()
  }
  expect(stripe.creations).toEqual([])
  await amount.fill('12.50')
  await form.getByRole('button', { name: 'Pay by card' }).click()
  await expect.poll(() => visits).toBe(1)
  // As the browser's own way back shows it: as it was left.
  await form.getByRole('button', { name: 'Pay by card', disabled: true }).waitFor()
  await page.evaluate(() => dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true })))
  await form.getByRole('button', { name: 'Pay by card' }).click()
  await page.getByRole('heading', { name: 'Pay' }).waitFor()
  const { form: sent } = stripe.creations[0] ?? {}
  expect(sent?.get('line_items[0][price_data][unit_amount]')).toBe('1250')

  await page.goto(sent?.get('cancel_url') ?? '')
  await page.getByText('You left the payment page. Nothing was paid.').waitFor()
  await page.goto(sent?.get('success_url') ?? '')
  await page.getByText('Your payment is on its way.').waitFor()
  stripe.pay({ id: 'pi_1', cents: 1_250, customer: sent?.get('metadata[oblivion_customer]') ?? '' })
  const payload = stripe.event('payment_intent.succeeded', { object: 'payment_intent', id: 'pi_1' })
  const signature = new Stripe(stripeKeys.STRIPE_SECRET_KEY).webhooks.generateTestHeaderString({
    ...{ payload, secret: stripeKeys.STRIPE_WEBHOOK_SECRET },
  })
  const told = await fetch(`${dapp.apiUrl}/api/cards/webhook`, {
    ...{ method: 'POST', headers: { 'stripe-signature': signature }, body: payload },
  })
  expect(told.status).toBe(200)
  await page.getByText('Your payment has arrived.').waitFor()
  await page.getByText('12.5 USD of card money are free to spend.').waitFor()
  await page.getByRole('button', { name: 'Close' }).click()
  await page.getByText('Your payment has arrived.').waitFor({ state: 'detached' })
  await expectAccessible(page)

  await page.goto(`${dapp.url}/jobs/new`)
  await page.getByText('Card money', { exact: true }).click()
  await page.getByText('Your card money').waitFor()
  await page.getByLabel('Price per tile').fill('1')
  await page.getByText('51.5 USD are missing.').waitFor()
  await page.getByLabel('Price per tile').fill('0.1')
  await page.getByRole('checkbox').check()
  await page.getByRole('button', { name: 'Post task' }).click()
  await page.getByText('Posted. 6.4 USD are held for it.').waitFor()
  await page.goto(`${dapp.url}/wallet`)
  await page.getByText('Reserved for running tasks.').last().waitFor()
  const figures = page.locator('dl[aria-label="Card money"]')
  await figures.getByText('6.1', { exact: true }).waitFor()

  const back = page.getByRole('form', { name: 'Take card money back' })
  await back.getByLabel('How much').fill('6.11')
  await back.getByRole('button', { name: 'Back to the card' }).click()
  await back.getByText('Enter at most 6.1 USD.').waitFor()
  await back.getByLabel('How much').fill('2')
  await back.getByRole('button', { name: 'Back to the card' }).click()
  await back.getByText('2 USD are on their way to your card').waitFor()
  await figures.getByText('4.1', { exact: true }).waitFor()
  expect(problems).toEqual([])
  await close()
})

/** The wallet of a development account by its place, which signs in as one does. */
async function walletOf(place: number) {
  const account = accounts[place]
  if (!account) throw new Error('No such account.')
  const message = createSiweMessage({
    ...{ address: account.address, chainId: dapp.chainId, domain: new URL(dapp.url).host, uri: dapp.url, version: '1' },
    ...{ nonce: crypto.randomUUID().replaceAll('-', ''), issuedAt: new Date(), statement: 'Sign in to Oblivion.' },
  })
  const { supabaseUrl, anonKey: supabaseKey } = dapp
  const response = await fetch(`${supabaseUrl}/auth/v1/token?grant_type=web3`, {
    method: 'POST',
    headers: { apikey: supabaseKey, 'content-type': 'application/json' },
    body: JSON.stringify({ chain: 'ethereum', message, signature: await account.signMessage({ message }) }),
  })
  const token = ((await response.json()) as { access_token: string }).access_token
  return createClient({ supabaseUrl, supabaseKey, accessToken: async () => token })
}

/** A node of the account that computes so many jobs, and fails those of a chunk for which it has an error. */
async function worker(place: number, ...names: string[]) {
  const capabilities = Object.fromEntries(['strangersPrograms', ...names].map((name) => [name, true]))
  const { nodeId, nodeSecret } = await registerNode(await walletOf(place), {
    ...{ hardwareId: `failing ${place}`, workerType: 'server', capabilities },
  })
  const { supabaseUrl, anonKey: supabaseKey } = dapp
  const node = createClient({ supabaseUrl, supabaseKey, nodeKey: nodeSecret })
  return async (jobs: number, errors: Record<number, string> = {}) => {
    for (let count = 0; count < jobs; count += 1) {
      let job: OfferedJob | null = null
      await expect.poll(async () => (job = (await workCycle(node, { nodeId })).job)).not.toBeNull()
      const { jobId, attempt, chunkIndex } = job as unknown as OfferedJob
      const error = errors[chunkIndex]
      const done: Done =
        error === undefined
          ? { jobId, attempt, outcome: 'succeeded', result: 1, resultHash: resultHash(1) }
          : { jobId, attempt, outcome: 'failed', error }
      expect(await workCycle(node, { nodeId, done, claim: false })).toMatchObject({ accepted: true })
    }
  }
}

test('DJ-28, RN-6, RN-19: what failed: words that two owners report are shown as text, others are not, and each says what was paid', async () => {
  const customer = await walletOf(2)
  // What other tests have left would be given to these nodes.
  for (const { taskId, finishedAt } of await listTasks(customer)) {
    if (finishedAt === null) await cancelTask(customer, { taskId })
  }
  const [stranger, established] = [await worker(5), await worker(4)]
  await dapp.establish(accounts[4]?.address ?? '')
  const { taskId } = await createTask(customer, {
    task: {
      ...{ title: 'Broken', program: { kind: 'js', source: 'export default () => 1' }, range: { start: 0, end: 4 } },
      ...{ pricePerChunk: 10_000n, budget: 40_000n, maxAttempts: 2, acknowledgeVisible: true },
    },
  })
  const hostile = `OB205: Error: <img src=x onerror="document.title='owned'"> ${'of a long story '.repeat(40)}\u202eend`
  await stranger(4, { 1: hostile, 2: 'Error: mine', 3: 'Error: in short' })

  const { page, problems, close } = await dapp.visit(`/jobs/${taskId}`)
  await signIn(page, 'customer 2')
  await page.getByRole('heading', { level: 1, name: '1 of 4 chunks is done.' }).waitFor()
  // Tried again: no word of the first, and no list.
  expect(await page.getByRole('region', { name: 'What failed' }).count()).toBe(0)
  expect(await page.content()).not.toContain('in short')
  await established(3, { 1: hostile, 2: 'Error: another', 3: 'Error: in short' })

  await page.getByRole('heading', { level: 1, name: 'Failed: 1 of 4 chunks are done.' }).waitFor()
  const section = page.getByRole('region', { name: 'What failed' })
  await section.getByText('3 chunks').waitFor()
  const rows = section.getByRole('listitem')
  await rows.nth(0).getByText('<img src=x').waitFor()
  await expect
    .poll(() => rows.allTextContents())
    .toEqual([
      expect.stringMatching(
        /^Chunk 2OB205: .*Workers of two owners report these words\. The second, 0x15.*was paid 0\.0095 USDC at/s,
      ),
      expect.stringMatching(/^Chunk 3It failed at least 2 times.*nothing is paid for that: its price is free again\.$/),
      expect.stringMatching(/^Chunk 4Error: in shortWorkers/),
    ])
  expect(await section.locator('img').count()).toBe(0)
  expect(await page.content()).not.toContain('another')

  // Three lines of it until all is asked for, by keyboard; a short one has no button.
  const text = rows.nth(0).locator('pre')
  const height = () => text.evaluate((element) => element.clientHeight)
  const clamped = await height()
  expect(await section.getByRole('button').count()).toBe(1)
  await rows.nth(0).getByRole('button', { name: 'Show all of what chunk 2 says', expanded: false }).press('Enter')
  const less = rows.nth(0).getByRole('button', { name: 'Show less of what chunk 2 says', expanded: true })
  await less.waitFor()
  expect(await height()).toBeGreaterThan(clamped)
  await less.press('Enter')
  await expect.poll(height).toBe(clamped)

  const squares = page.getByRole('group', { name: 'All 4 chunks' })
  await squares.focus()
  for (let step = 0; step < 2; step += 1) await page.keyboard.press('ArrowRight')
  await page.getByText(/^Chunk 2: failed\. Workers of two owners report these words/).waitFor()
  await page.keyboard.press('ArrowRight')
  await page.getByText(/^Chunk 3: failed\. It failed at least 2 times/).waitFor()
  // How it was tried: by Enter, and of another by a press; Escape puts it away.
  await page.keyboard.press('Enter')
  const chunk3 = page.getByRole('region', { name: 'How chunk 3 was tried' })
  const tries = chunk3.getByRole('listitem')
  await expect
    .poll(() => tries.allTextContents())
    .toEqual([
      expect.stringMatching(/^Attempt 1: failed.*Worker 1\. Why is shown only once its chunk is paid for\.$/),
      expect.stringMatching(/^Attempt 2: failed.*Worker 2\. Why is shown only once its chunk is paid for\.$/),
    ])
  await page.keyboard.press('ArrowLeft')
  await page.keyboard.press('Space')
  const chunk2 = page.getByRole('region', { name: 'How chunk 2 was tried' })
  await chunk2.getByText(/^0x15.*, 0\.0095 USDC\. The program threw an error\.$/).waitFor()
  expect(await chunk3.count()).toBe(0)
  await page.keyboard.press('Escape')
  await expect.poll(() => chunk2.count()).toBe(0)
  await squares.click({ position: { x: 8, y: 8 } })
  const chunk1 = page.getByRole('region', { name: 'How chunk 1 was tried' })
  await chunk1.getByText(/Accepted, unchecked\.$/).waitFor()
  await page.mouse.move(0, 0)
  const money = page.getByLabel('Money of this task')
  expect((await money.locator('.figure').allTextContents()).map(parseUsdc)).toEqual([40_000n, 30_000n, 0n, 10_000n])
  await expectAccessible(page)
  await page.setViewportSize({ width: 360, height: 740 })
  expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(0)

  // The same task as one of thirty failed chunks: a page of 25, and the rest when it is asked for.
  await page.route('**/rpc/task_failures', (route) => route.abort())
  await page.route('**/rpc/chunk_attempts', (route) => route.abort())
  await page.route('**/rpc/get_task', async (route) => {
    const answer = await route.fetch()
    await route.fulfill({
      response: answer,
      json: { ...(await answer.json()), chunkCount: 31, chunks: `c${'f'.repeat(30)}` },
    })
  })
  await page.reload()
  await section.getByText('Check your connection.').waitFor()
  await page.getByRole('group', { name: 'All 31 chunks' }).focus()
  for (const key of ['ArrowRight', 'Enter']) await page.keyboard.press(key)
  await chunk1.getByText('Check your connection.').waitFor()
  await page.unroute('**/rpc/chunk_attempts')
  await chunk1.getByRole('button', { name: 'Try again' }).press('Enter')
  await chunk1.getByRole('listitem').waitFor()
  await chunk1.getByRole('button', { name: 'Close' }).press('Enter')
  expect(await chunk1.count()).toBe(0)
  await page.unroute('**/rpc/task_failures')
  await section.getByRole('button', { name: 'Try again' }).click()
  await expect.poll(() => rows.count()).toBe(25)
  await section.getByRole('button', { name: 'Show more' }).press('Enter')
  await expect.poll(() => rows.count()).toBe(30)
  expect(await section.getByRole('button', { name: 'Show more' }).count()).toBe(0)
  expect(problems.filter((problem) => !/Failed to load resource/.test(problem))).toEqual([])
  await close()
})
