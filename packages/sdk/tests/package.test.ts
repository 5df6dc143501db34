import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, extname, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { type Client, createClient, createSite, createTask, getTask, myBalance, registerNode } from '@oblivion/client'
import { exactMath, raytraceInputs } from '@oblivion/programs'
import { bundleSupport } from '@oblivion/programs/build'
import { accounts, startTestStack, type TestStack } from '@oblivion/stack/testing'
import { build } from 'esbuild'
import pg from 'pg'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { type CodeBlock, codeBlocks } from '../../../tools/check/codeBlocks.ts'
import { createDenoSandbox } from '../src/node/createDenoSandbox.ts'
import { findDeno } from '../src/node/findDeno.ts'
import { agree, askingFrame } from './harness/agree.ts'
import { bundlers } from './harness/bundlers.ts'
import { installPackage } from './harness/installPackage.ts'
import { listen } from './harness/listen.ts'
import { signIn } from './harness/signIn.ts'
import { type Profile, spawnChromium } from './harness/spawnChromium.ts'

// Show 8 and show 2: the package as a stranger installs it, outside of the workspace; bundled by three bundlers and by none,
// at work in a real browser; and each example of its README as it stands there.

const [, customerAccount, , providerAccount] = accounts

let stack: TestStack
let profile: Profile
let folder: string
/** Where the package is installed. */
let site: string
let installed: string
let server: Awaited<ReturnType<typeof listen>>
let origin: string
let siteKey: string
let customer: Client
let token: string
const children: ChildProcess[] = []

const types: Record<string, string> = { '.js': 'text/javascript', '.html': 'text/html' }
/** Pages of the site, by path; its bundles lie in its folder. */
const pages = new Map<string, string>()

const clientOf = (accessToken: string): Client =>
  createClient({
    supabaseUrl: stack.dev.supabaseUrl,
    supabaseKey: stack.dev.anonKey,
    accessToken: async () => accessToken,
  })

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'oblivion-package-'))
  ;[stack, profile] = await Promise.all([startTestStack(), spawnChromium()])
  // Only now: the stack builds the pages that the package has too.
  site = await installPackage(folder)
  installed = join(site, 'node_modules/@oblivion/sdk')
  server = await listen(async ({ url = '/' }, response) => {
    const body = pages.get(url) ?? (await readFile(join(site, 'out', url), 'utf8').catch(() => null))
    if (body === null) return response.writeHead(404).end()
    response.writeHead(200, { 'content-type': types[extname(url)] ?? 'text/html' }).end(body)
  })
  origin = `http://localhost:${server.port}`
  if (customerAccount === undefined || providerAccount === undefined) throw new Error('no accounts')
  token = await signIn(stack.dev, providerAccount)
  siteKey = (await createSite(clientOf(token), { site: { name: 'A stranger', origins: [origin] } })).siteKey
  customer = clientOf(await signIn(stack.dev, customerAccount))
})
afterAll(async () => {
  for (const child of children) child.kill('SIGKILL')
  await profile?.close()
  await server?.close()
  await stack?.stop()
  await rm(folder, { recursive: true, force: true })
})

/** Takes an example's placeholders for what is true here. */
const filled = (text: string): string =>
  [
    ['https://bridge.example', stack.dev.bridgeUrl],
    ['https://project.example', stack.dev.supabaseUrl],
    ['obs_your_key', siteKey],
    ['the public key', stack.dev.anonKey],
    ['the access token of the signed-in wallet', token],
  ].reduce((filling, [from = '', to = '']) => filling.replaceAll(from, to), text)

const document = (body: string): string =>
  `<!doctype html><meta charset="utf-8"><link rel="icon" href="data:,"><title>A stranger</title><body>${body}`

/** A page in a browser of its own; what it complains of fails the test. */
const visit = async (url: string) => {
  const context = await profile.browser.newContext({ viewport: { width: 1000, height: 800 } })
  const page = await context.newPage()
  const complaints: string[] = []
  const lines: string[] = []
  page.on('pageerror', (error) => complaints.push(String(error)))
  page.on('console', (message) => (message.type() === 'error' ? complaints : lines).push(message.text()))
  await page.goto(url)
  return { page, lines, complaints, close: () => context.close() }
}

test('one dependency, nothing of this machine, and the public names of publicNames.txt', async () => {
  const manifest = JSON.parse(await readFile(join(installed, 'package.json'), 'utf8'))
  expect(manifest.dependencies).toEqual({ comlink: expect.stringMatching(/^\d/) })
  const files = (await readdir(installed, { recursive: true, withFileTypes: true })).filter((file) => file.isFile())
  for (const { parentPath, name } of files) {
    expect(await readFile(join(parentPath, name), 'utf8'), name).not.toContain(dirname(dirname(import.meta.dirname)))
  }
  const modules = files.filter(({ parentPath, name }) => parentPath.endsWith('dist') && /\.(js|d\.ts)$/.test(name))
  for (const { parentPath, name } of modules) {
    const imports = (await readFile(join(parentPath, name), 'utf8')).matchAll(
      /^(?:import|export)\b.* from "([^"]+)";$/gm,
    )
    for (const [, from] of imports) expect(from, name).toMatch(/^(\.\/|node:|react$)/)
  }

  const names: string[] = []
  for (const [entry, target] of Object.entries<{ types?: string; default?: string }>(manifest.exports)) {
    if (target.types === undefined || target.default === undefined) continue
    const declared = await readFile(join(installed, target.types), 'utf8')
    const [, exported = ''] = /export \{([^}]*)\};?\s*$/.exec(declared) ?? []
    const listed = exported.split(',').map((name) => name.trim())
    names.push(`@oblivion/sdk${entry.slice(1)}`, ...listed.map((name) => `  ${name}`).sort(), '')
    const module: object = await import(pathToFileURL(join(installed, target.default)).href)
    expect(Object.keys(module).sort()).toEqual(listed.filter((name) => !name.startsWith('type ')).sort())
  }
  await expect(names.join('\n')).toMatchFileSnapshot('./publicNames.txt')
})

test('A18: vite, webpack, esbuild and a plain tag, which names its content, each start a worker', async () => {
  const embed = `import { embedWorker } from '@oblivion/sdk/embed'
    window.oblivion = embedWorker({ siteKey: '${siteKey}', bridgeUrl: '${stack.dev.bridgeUrl}' })
    window.oblivion.start()`
  const element = `import { defineOblivionWorker } from '@oblivion/sdk/element'
    defineOblivionWorker()
    window.oblivion = document.querySelector('oblivion-worker').worker`
  const code = { vite: element, webpack: embed, esbuild: embed }
  for (const name of ['vite', 'webpack', 'esbuild'] as const) {
    await writeFile(join(site, `${name}.js`), code[name])
    await bundlers[name](site, name)
    const tag = `<oblivion-worker site-key="${siteKey}" bridge-url="${stack.dev.bridgeUrl}"></oblivion-worker>`
    pages.set(
      `/${name}`,
      document(`${name === 'vite' ? tag : ''}<script type="module" src="/${name}/main.js"></script>`),
    )
  }
  // With the very hash that the package says.
  const { src, integrity } = JSON.parse(await readFile(join(installed, 'dist/pages/embed.json'), 'utf8'))
  pages.set(
    '/tag',
    document(`<script async src="${stack.dev.bridgeUrl}${src}" integrity="${integrity}" crossorigin="anonymous"
      data-site-key="${siteKey}"></script>`),
  )
  const started = ['vite', 'webpack', 'esbuild', 'tag'].map(async (name) => {
    const { page, complaints, close } = await visit(`${origin}/${name}`)
    const status = () =>
      page.evaluate(() => (window as never as { oblivion?: { state: { status: string } } }).oblivion?.state.status)
    await expect.poll(status, { message: name }).toBe('consenting')
    await agree(page, askingFrame(page))
    await expect.poll(status, { message: name }).toBe('waiting')
    expect(complaints, name).toEqual([])
    await close()
  })
  await Promise.all(started)
})

/** Bundles an example as a site does, and answers the script. */
const bundled = async (text: string, loader: 'ts' | 'tsx'): Promise<string> => {
  const { outputFiles } = await build({
    stdin: { contents: filled(text), loader, resolveDir: site },
    bundle: true,
    format: 'esm',
    jsx: 'automatic',
    define: { 'process.env.NODE_ENV': '"production"' },
    write: false,
  })
  return outputFiles[0]?.text ?? ''
}

const runModule = async (name: string, text: string, env: Record<string, string> = {}) => {
  const file = join(site, name)
  await writeFile(file, text)
  const child = spawn(process.execPath, [file], { cwd: site, env: { PATH: process.env.PATH ?? '', ...env } })
  children.push(child)
  let said = ''
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (part) => (said += part))
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve))
  return { child, said: () => said, ended }
}

const readme = codeBlocks(await readFile(new URL('../README.md', import.meta.url), 'utf8'))
const example = (language: string, part: string): CodeBlock => {
  const found = readme.filter((block) => block.language === language && block.text.includes(part))
  if (found.length !== 1 || found[0] === undefined) throw new Error(`${found.length} examples with ${part}`)
  return found[0]
}
const onPage = {
  tag: () => example('html', '<script').text,
  embed: () => example('ts', 'sdk/embed').text,
  element: () => example('ts', 'sdk/element').text,
  elementTag: () => example('html', '<oblivion-worker').text,
  react: () => example('tsx', 'sdk/react').text,
  dapp: () => example('ts', "'@oblivion/sdk'").text,
}
const onServer = {
  node: () => example('ts', 'keptNode(').text,
  capable: () => example('ts', 'gpu: true').text,
  testing: () => example('ts', 'sdk/testing').text,
}

test('the README has no other examples than those that run here', () => {
  const run = [...Object.values(onPage), ...Object.values(onServer)].map((text) => text())
  const others = readme.filter(({ text }) => !run.includes(text)).map(({ text }) => text)
  // Which is what the installation above did.
  expect(others).toEqual(['npx -y pnpm@12.21.0 pack:sdk\n', 'npm install deno\n'])
})

test('each example of the README for pages runs in one', async () => {
  const script = (text: string): string => `<script type="module">${text.replaceAll('</script', '<\\/script')}</script>`
  const mounted = `${onPage.react()}
    const { createRoot } = await import('react-dom/client')
    createRoot(document.body.appendChild(document.createElement('div'))).render(<Help />)`
  pages.set('/readme/tag', document(filled(onPage.tag())))
  pages.set('/readme/embed', document(script(await bundled(onPage.embed(), 'ts'))))
  pages.set('/readme/element', document(filled(onPage.elementTag()) + script(await bundled(onPage.element(), 'ts'))))
  pages.set('/readme/react', document(script(await bundled(mounted, 'tsx'))))
  const asks = ['tag', 'embed', 'element', 'react'].map(async (name) => {
    const { page, lines, complaints, close } = await visit(`${origin}/readme/${name}`)
    if (name === 'react') await page.getByRole('button', { name: 'Support us' }).click()
    await expect
      .poll(
        () =>
          page
            .frames()
            .find((frame) => frame.url().includes('/embed.html'))
            ?.locator('h1')
            .textContent(),
        {
          message: name,
        },
      )
      .toContain('A stranger')
    if (name === 'embed') await expect.poll(() => lines).toContain('consenting')
    expect(complaints, name).toEqual([])
    await close()
  })
  const dapp = async () => {
    const { page, complaints, close } = await visit(`${stack.dev.dappUrl}/network`)
    // Not as a tag: the dApp's own policy would rightly refuse it.
    await page.evaluate(`(async () => { ${await bundled(onPage.dapp(), 'ts')} })()`)
    expect(complaints).toEqual([])
    await close()
  }
  await Promise.all([...asks, dapp()])
})

/** One tile. */
const picture = {
  title: 'Path-traced room',
  program: { kind: 'builtin', name: 'raytrace' },
  inputs: raytraceInputs({ width: 160, height: 90, tileWidth: 160, tileHeight: 90, samples: 4 }),
  pricePerChunk: 10_000n,
  budget: 10_000n,
  acknowledgeVisible: true,
} as const

test('the example for tests runs, and those for servers compute a chunk; one ends when it is told to', async () => {
  await vi.waitUntil(async () => (await myBalance(customer)).free > 0n, { timeout: 90_000, interval: 200 })
  const { taskId } = await createTask(customer, { task: picture })
  const { nodeId, nodeSecret } = await registerNode(clientOf(token), { hardwareId: 'readme', workerType: 'server' })
  const worker = await runModule('worker.ts', onServer.node(), {
    SUPABASE_URL: stack.dev.supabaseUrl,
    SUPABASE_KEY: stack.dev.anonKey,
    NODE_ID: nodeId,
    NODE_KEY: nodeSecret,
  })
  const tests = await runModule('testing.ts', onServer.testing())
  await vi
    .waitUntil(() => worker.said().includes('succeeded'), { timeout: 90_000 })
    .catch(() => {
      throw new Error(`Nothing computed: ${worker.said()}`)
    })
  expect((await getTask(customer, { taskId })).chunks).toBe('c')
  worker.child.kill('SIGTERM')
  expect(await worker.ended).toBe(0)

  const asking = await createTask(customer, { task: { ...picture, capabilities: ['gpu'] } })
  await runModule('capable.ts', filled(onServer.capable()))
  await expect.poll(async () => (await getTask(customer, { taskId: asking.taskId })).chunks).toBe('c')
  expect([await tests.ended, tests.said()]).toEqual([0, ''])
})

test('the examples of docs/programs.md and docs/embedding.md do what they say', async () => {
  const [programs, embedding] = await Promise.all(
    ['programs.md', 'embedding.md'].map(async (name) =>
      codeBlocks(await readFile(new URL(`../../../docs/${name}`, import.meta.url), 'utf8')),
    ),
  )
  // The first is tried against every set of headers by the command line's own tests.
  expect(embedding?.map(({ language, text }) => `${language} ${text.slice(0, 26)}`)).toEqual([
    'sh npx -y pnpm@12.21.0 oblivi',
    'sql select oblivion.set_embedd',
  ])
  const database = new pg.Client(stack.dev.databaseUrl)
  await database.connect()
  await database.query('begin')
  await database.query(embedding?.[1]?.text ?? '')
  const { rows } = await database.query('select bridge_origins, address_header from oblivion.settings')
  expect(rows).toEqual([{ bridge_origins: ['https://bridge.example'], address_header: 'x-real-ip' }])
  await database.query('rollback')
  await database.end()

  expect(programs?.map(({ language }) => language)).toEqual(['js'])
  const sandbox = createDenoSandbox({ deno: findDeno(), cacheFolder: () => folder, memoryMiB: 128 })
  expect(await sandbox.prepare()).toBe(true)
  const outcome = await sandbox.run({
    source: programs?.[0]?.text ?? '',
    support: (await bundleSupport()).js.source,
    input: { start: 5, end: 20_001 },
    seed: '0'.repeat(64),
    resumed: null,
    maxMemoryMiB: 0,
    pace: 1,
    maxLength: 1000,
  })
  let sum = 0
  for (let at = 5; at < 20_001; at++) sum += exactMath.sin(at)
  expect(outcome).toMatchObject({ kind: 'done', text: JSON.stringify({ sum }) })
})
