import { createClient, createSite } from '@oblivion/client'
import { accounts, startTestStack, type TestStack } from '@oblivion/stack/testing'
import { build } from 'esbuild'
import type { BrowserContext, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { forbidding, frameAlone, type Tag, works } from './harness/headerSets.ts'
import { listen } from './harness/listen.ts'
import { signIn } from './harness/signIn.ts'
import { type Profile, spawnChromium } from './harness/spawnChromium.ts'

// Show 2: the worker below the headers that sites have. What can work does; what a site forbids ends in one coded error
// within 3 s that names the line to add.

let stack: TestStack
let profile: Profile
let context: BrowserContext
let site: Awaited<ReturnType<typeof listen>>
let origin: string
let siteKey: string
let bundle: string
/** Pages of the site, by path: each with headers of its own. */
const pages = new Map<string, { readonly headers: Record<string, string>; readonly body: string }>()

beforeAll(async () => {
  ;[stack, profile] = await Promise.all([startTestStack({ coordinator: false }), spawnChromium()])
  site = await listen((request, response) => {
    if (request.url === '/own.js') return response.writeHead(200, { 'content-type': 'text/javascript' }).end(bundle)
    const asked = pages.get(request.url ?? '')
    if (asked === undefined) return response.writeHead(404).end()
    response.writeHead(200, { 'content-type': 'text/html', ...asked.headers }).end(asked.body)
  })
  origin = `http://localhost:${site.port}`
  const owner = accounts[3]
  if (owner === undefined) throw new Error('no account')
  const token = await signIn(stack.dev, owner)
  const client = createClient({
    supabaseUrl: stack.dev.supabaseUrl,
    supabaseKey: stack.dev.anonKey,
    accessToken: async () => token,
  })
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
}, 180_000)
afterAll(async () => {
  await profile?.close()
  await site?.close()
  await stack?.stop()
})
beforeEach(async () => {
  context = await profile.browser.newContext()
})
afterEach(() => context.close())

const tags: Record<Tag, () => string> = {
  tag: () => `<script async src="${stack.dev.bridgeUrl}/embed.js" data-site-key="${siteKey}"></script>`,
  nonce: () =>
    `<script nonce="r4nd0m" async src="${stack.dev.bridgeUrl}/embed.js" data-site-key="${siteKey}"></script>`,
  own: () => '<script async src="/own.js"></script>',
  frame: () => `<iframe src="${stack.dev.bridgeUrl}/embed.html#${siteKey}" width="344" height="400"></iframe>`,
}
const visit = async (given: Record<string, string>, tag: Tag): Promise<Page> => {
  const headers = Object.fromEntries(
    Object.entries(given).map(([name, value]) => [name, value.replaceAll('{bridge}', stack.dev.bridgeUrl)]),
  )
  const path = `/${pages.size}`
  pages.set(path, { headers, body: `<!doctype html><meta charset="utf-8"><title>Host</title><body>${tags[tag]()}` })
  const page = await context.newPage()
  await page.goto(`${origin}${path}`)
  return page
}
type Told = { status: string; code?: string } | null
const told = (page: Page): Promise<Told> =>
  page.evaluate(() => (window as never as { oblivion?: { state: Told } }).oblivion?.state ?? null)

test(`below ${works.length} sets of headers that can work the worker asks`, async () => {
  await Promise.all(
    works.map(async ([name, given, tag]) => {
      const page = await visit(given, tag)
      await expect.poll(() => told(page), { timeout: 20_000, message: name }).toEqual({ status: 'consenting' })
      const frame = page.frames().find((each) => each.url().includes('/embed.html'))
      await expect.poll(() => frame?.locator('h1').textContent(), { message: name }).toContain('A host')
    }),
  )
})

test('A18: a page that allows frames of ours and no script has the worker by a frame alone', async () => {
  const page = await visit(frameAlone, 'frame')
  const frame = page.frames().find((each) => each.url().includes('/embed.html'))
  await expect.poll(() => frame?.locator('h1').textContent(), { timeout: 10_000 }).toContain('A host')
})

test.each(forbidding)(
  'with %s it ends within 3 s in one coded error that names the line',
  async (_, given, tag, code) => {
    const lines: string[] = []
    context.on('console', (message) => lines.push(message.text()))
    const from = performance.now()
    const page = await visit(given, tag)
    await expect.poll(() => told(page), { timeout: 3000, interval: 20 }).toEqual({ status: 'failed', code })
    expect(performance.now() - from).toBeLessThan(3000)
    const error = await page.evaluate(
      async () =>
        new Promise<string>((resolve) => {
          const { oblivion } = window as never as { oblivion: { start(): Promise<void> } }
          oblivion.start().catch((cause: Error) => resolve(cause.message))
        }),
    )
    expect(error).toContain(`Add ${stack.dev.bridgeUrl} to frame-src in this page's Content-Security-Policy header.`)
  },
)
