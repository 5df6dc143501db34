import { readFile } from 'node:fs/promises'
import { createSite } from '@oblivion/client'
import { accounts, type TestStack } from '@oblivion/stack/testing'
import { build } from 'esbuild'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { forbidding, frameAlone, type Tag, works } from './harness/headerSets.ts'
import { listen } from './harness/listen.ts'
import { promised } from './harness/promised.ts'
import { signIn } from './harness/signIn.ts'
import { type Market, quickInputs, startMarket } from './harness/startMarket.ts'
import { type TestBrowser, type TestPage, testBrowsers } from './harness/testBrowsers.ts'

// Show 2: the worker below the headers that sites have. What can work does; what a site forbids ends in one coded error
// within 3 s that names the line to add.

let market: Market
let stack: TestStack
let site: Awaited<ReturnType<typeof listen>>
let origin: string
let siteKey: string
let bundle: string
/** Pages of the site, by path: each with headers of its own. */
const pages = new Map<string, { readonly headers: Record<string, string>; readonly body: string }>()

beforeAll(async () => {
  market = await startMarket()
  stack = market.stack
  site = await listen((request, response) => {
    if (request.url === '/own.js') return response.writeHead(200, { 'content-type': 'text/javascript' }).end(bundle)
    const asked = pages.get(request.url ?? '')
    if (asked === undefined) return response.writeHead(404).end()
    response.writeHead(200, { 'content-type': 'text/html', ...asked.headers }).end(asked.body)
  })
  origin = `http://localhost:${site.port}`
  const owner = accounts[3]
  if (owner === undefined) throw new Error('no account')
  const client = market.clientOf(await signIn(stack.dev, owner))
  siteKey = (await createSite(client, { site: { name: 'A host', origins: [origin] } })).siteKey
  // As a site that bundles the package itself would have it.
  const { outputFiles } = await build({
    stdin: {
      contents: `import { embedWorker } from './src/embed/index.ts'
        window.oblivion = embedWorker({ siteKey: '${siteKey}', bridgeUrl: '${stack.dev.bridgeUrl}' })
        window.oblivion.start().catch(() => {})`,
      resolveDir: new URL('..', import.meta.url).pathname,
    },
    bundle: true,
    format: 'iife',
    write: false,
  })
  bundle = outputFiles[0]?.text ?? ''
})
afterAll(async () => {
  await site?.close()
  await market?.stack.stop()
})

const tags: Record<Tag, () => string> = {
  tag: () => `<script async src="${stack.dev.bridgeUrl}/embed.js" data-site-key="${siteKey}"></script>`,
  nonce: () =>
    `<script nonce="r4nd0m" async src="${stack.dev.bridgeUrl}/embed.js" data-site-key="${siteKey}"></script>`,
  own: () => '<script async src="/own.js"></script>',
  frame: () => `<iframe src="${stack.dev.bridgeUrl}/embed.html#${siteKey}" width="344" height="400"></iframe>`,
}
const visit = async (browser: TestBrowser, given: Record<string, string>, tag: Tag): Promise<TestPage> => {
  const headers = Object.fromEntries(
    Object.entries(given).map(([name, value]) => [name, value.replaceAll('{bridge}', stack.dev.bridgeUrl)]),
  )
  const path = `/${pages.size}`
  pages.set(path, { headers, body: `<!doctype html><meta charset="utf-8"><title>Host</title><body>${tags[tag]()}` })
  return browser.openPage(`${origin}${path}`)
}
type Told = { status: string; code?: string } | null
const told = (page: TestPage): Promise<Told> =>
  page.evaluate(() => (window as never as { oblivion?: { state: Told } }).oblivion?.state ?? null, null)

type Engine = keyof typeof testBrowsers
/** Where the tie to the window of ours is cut, so that a click in the page's frame cannot be answered. */
const isCut = (engine: Engine, headers: Readonly<Record<string, string>>): boolean =>
  engine === 'Firefox' && headers['Cross-Origin-Opener-Policy'] === 'same-origin'

test('docs/embedding.md has what comes of each set', async () => {
  const text = await readFile(new URL('../../../docs/embedding.md', import.meta.url), 'utf8')
  const says = (engine: Engine, headers: Readonly<Record<string, string>>) =>
    isCut(engine, headers) ? 'asks, and ends with `OB282` at the click' : 'computes'
  const ends = (code: string) => `ends within 3 s with \`${code}\`, which names the line to add`
  const rows = [
    ...works.map(([name, headers]) => `| ${name} | ${says('Chromium', headers)} | ${says('Firefox', headers)} |`),
    `| ${frameAlone[0]} | computes | computes |`,
    ...forbidding.map(([name, , , code]) => `| ${name} | ${ends(code)} | ${ends(code)} |`),
  ]
  expect(text).toContain(rows.join('\n'))
})

describe.each(Object.entries(testBrowsers))('in %s', (name, start) => {
  let browser: TestBrowser
  beforeAll(async () => {
    browser = await start()
  })
  afterAll(() => browser?.close())
  const asks = (page: TestPage, message: string) =>
    expect.poll(() => page.textIn('/embed.html', 'h1'), { message }).toContain('A host')

  test(`below ${works.length} sets of headers that can work the worker asks`, async () => {
    const pages = await Promise.all(
      works.map(async ([set, given, tag]) => {
        const page = await visit(browser, given, tag)
        await expect.poll(() => told(page), { message: set }).toEqual({ status: 'consenting' })
        await asks(page, set)
        return page
      }),
    )
    for (const page of pages) await page.close()
  })

  // One after the other: in a tab behind others a click does nothing.
  test.each(works.filter(([, given]) => isCut(name as Engine, given)))(
    'below %s the click ends in OB282',
    async (_, given, tag) => {
      const page = await visit(browser, given, tag)
      await asks(page, 'cut')
      await page.clickIn('/embed.html', '.yes')
      await expect.poll(() => told(page)).toEqual({ status: 'failed', code: 'OB282' })
      await page.close()
    },
  )

  /** Those that forbid most: COOP with COEP, and all scripts. `pnpm test:deep` tries all. */
  const tried = [...works, frameAlone].filter(
    ([, given, tag]) =>
      !isCut(name as Engine, given) &&
      (process.env.ALL_HOSTS !== undefined || tag === 'frame' || 'Cross-Origin-Embedder-Policy' in given),
  )
  test.each(tried)('below %s a visitor who agrees computes a chunk', async (set, given, tag) => {
    const taskId = await market.post(quickInputs.slice(0, 1))
    const page = await visit(browser, given, tag)
    await asks(page, set)
    await page.agree()
    await expect.poll(() => market.letters(taskId), { message: set }).toBe('c')
    await page.close()
  })

  test.each(forbidding)('with %s it ends in one coded error that names the line', async (_, given, tag, code) => {
    const from = performance.now()
    const page = await visit(browser, given, tag)
    await expect.poll(() => told(page), { interval: 20 }).toEqual({ status: 'failed', code })
    expect(performance.now() - from).toBeLessThan(promised(3000, 30_000))
    const error = await page.evaluate(
      async () =>
        new Promise<string>((resolve) => {
          const { oblivion } = window as never as { oblivion: { start(): Promise<void> } }
          oblivion.start().catch((cause: Error) => resolve(cause.message))
        }),
      null,
    )
    expect(error).toContain(`Add ${stack.dev.bridgeUrl} to frame-src in this page's Content-Security-Policy header.`)
    await page.close()
  })
})
