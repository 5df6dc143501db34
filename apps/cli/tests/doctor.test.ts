import { spawn } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { fileURLToPath } from 'node:url'
import { createClient, createSite } from '@oblivion/client'
import { accounts, startTestStack, type TestStack } from '@oblivion/stack/testing'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { forbidding, frameAlone, type Tag, works } from '../../../packages/sdk/tests/harness/headerSets.ts'
import { lineToAdd, policyAllows, readPolicies, sourceAllows } from '../src/doctor/contentPolicy.ts'
import { type Examination, examine } from '../src/doctor/examine.ts'
import type { Finding } from '../src/doctor/Finding.ts'
import { judgeHost } from '../src/doctor/judgeHost.ts'
import { readHost } from '../src/doctor/readHost.ts'
import { findEmbedding } from '../src/doctor/readPage.ts'
import { signIn } from '../src/worker/signIn.ts'

// `oblivion doctor` against the header sets below which the worker was tried in browsers (hosts.test.ts of the SDK): what it
// says of each is what happens there.

let stack: TestStack
let server: Server
let origin: string
let siteKey: string
let script: { readonly src: string; readonly integrity: string }
const pages = new Map<string, { readonly headers: Record<string, string>; readonly body: string }>()

beforeAll(async () => {
  stack = await startTestStack({ coordinator: false })
  server = createServer(({ url = '/' }, response) => {
    const page = pages.get(url)
    if (page === undefined) return response.writeHead(404).end()
    return response.writeHead(200, { 'content-type': 'text/html', ...page.headers }).end(page.body)
  })
  await new Promise<void>((resolve) => server.listen(0, 'localhost', resolve))
  origin = `http://localhost:${(server.address() as AddressInfo).port}`
  const { supabaseUrl, anonKey: supabaseKey, dappUrl, chainId } = stack.dev
  const privateKey = stack.dev.accounts.find(({ address }) => address === accounts[3]?.address)?.privateKey
  if (privateKey === undefined) throw new Error('no account')
  const wallet = { supabaseUrl, supabaseKey, privateKey: privateKey as `0x${string}`, origin: dappUrl, chainId }
  const token = await signIn(wallet, AbortSignal.timeout(90_000))
  const client = createClient({ supabaseUrl, supabaseKey, accessToken: async () => token })
  siteKey = (await createSite(client, { site: { name: 'A patient', origins: [origin] } })).siteKey
  script = await fetch(`${stack.dev.bridgeUrl}/embed.json`).then(
    (response) => response.json() as Promise<typeof script>,
  )
})
afterAll(async () => {
  server?.close()
  await stack?.stop()
})

const main = fileURLToPath(new URL('../src/main.ts', import.meta.url))
const oblivion = async (...args: string[]) => {
  const child = spawn(process.execPath, [main, ...args], { cwd: stack.home, env: { ...process.env } })
  let text = ''
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (part) => (text += part))
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve))
  return { code, text }
}
const doctor = async (...args: string[]) => {
  const { code, text } = await oblivion('doctor', ...args, '--json')
  return { code, ...(JSON.parse(text) as Examination) }
}
const changesOf = ({ findings }: Examination): readonly Finding[] =>
  findings.filter(({ verdict }) => verdict === 'change')

const tagged = (more = ''): string =>
  `<script async src="${stack.dev.bridgeUrl}${script.src}" integrity="${script.integrity}" crossorigin="anonymous"
    data-site-key="${siteKey}" ${more}></script>`
const bodies: Record<Tag, () => string> = {
  tag: () => tagged(),
  nonce: () => tagged('nonce="r4nd0m"'),
  own: () => '<script async src="/own.js"></script>',
  frame: () => `<iframe src="${stack.dev.bridgeUrl}/embed.html#${siteKey}" width="344" height="400"></iframe>`,
}
const host = (headers: Readonly<Record<string, string>>, body: string): string => {
  const path = `/${pages.size}`
  pages.set(path, {
    headers: Object.fromEntries(
      Object.entries(headers).map(([name, value]) => [name, value.replaceAll('{bridge}', stack.dev.bridgeUrl)]),
    ),
    body: `<!doctype html><meta charset="utf-8"><body>${body}`,
  })
  return `${origin}${path}`
}
/** A page whose bundle makes the worker does not show it. */
const told = (tag: Tag) => ({
  bridgeUrl: tag === 'own' ? stack.dev.bridgeUrl : null,
  siteKey: tag === 'own' ? siteKey : null,
  chromium: null,
})

test('of every set of headers below which the worker asks it says so, and of the others which line to add', async () => {
  await Promise.all(
    [...works, frameAlone].map(async ([name, headers, tag]) => {
      const said = await examine(host(headers, bodies[tag]()), told(tag))
      expect(changesOf(said), name).toEqual([])
      const checks = said.findings.filter(({ verdict }) => verdict === 'ok').map(({ check }) => check)
      expect(checks, name).toEqual(
        expect.arrayContaining(['frame-src', 'site key', 'embed.html', 'consent.html', 'sandbox.html', 'bridge.html']),
      )
    }),
  )
  for (const [name, headers, tag] of forbidding) {
    const said = await examine(host(headers, bodies[tag]()), told(tag))
    expect(changesOf(said), name).toEqual([
      {
        check: 'frame-src',
        verdict: 'change',
        says: `The policy keeps the frame of ${stack.dev.bridgeUrl} out: the worker ends with OB283.`,
        add: `Content-Security-Policy: frame-src 'self' ${stack.dev.bridgeUrl}`,
      },
    ])
  }
})

test.each([
  ['', 'ok'],
  ['camera=(), battery=*', 'ok'],
  ['battery=(self "{bridge}")', 'ok'],
  ['battery=()', 'note'],
  ['camera=(), battery=(self)', 'note'],
  ['battery=self, camera=()', 'note'],
])('a page with the Permissions-Policy %j lets the frame know of the battery: %s', async (policy, verdict) => {
  const { findings } = await examine(host(policy ? { 'Permissions-Policy': policy } : {}, bodies.tag()), told('tag'))
  expect(findings).toContainEqual({
    check: 'Permissions-Policy',
    verdict,
    says: expect.any(String),
    ...(verdict === 'note' ? { add: `Permissions-Policy: battery=(self "${stack.dev.bridgeUrl}")` } : {}),
  })
})

test('it looks in Chromium too, and there finds the worker that only a script makes', async () => {
  const good = await doctor(host({}, bodies.tag()))
  expect(good.code).toBe(0)
  expect(good.findings.at(-1)).toMatchObject({
    check: 'in Chromium',
    verdict: 'ok',
    says: 'The worker is there: consenting.',
  })
  const made = `<script>
    const frame = document.createElement('iframe')
    frame.src = '${stack.dev.bridgeUrl}/embed.html#${siteKey}'
    document.body.append(frame)</script>`
  const refused = await doctor(host({ 'Content-Security-Policy': "frame-src 'none'" }, made))
  expect(refused.siteKey).toBe(siteKey)
  expect(changesOf(refused).map(({ check }) => check)).toEqual(['frame-src', 'in Chromium'])
})

test('it asks the server whether the key is good, and for this page', async () => {
  const body = bodies.tag().replace(siteKey, 'obs_nobody')
  expect(changesOf(await doctor(host({}, body), '--no-browser'))).toMatchObject([
    { check: 'site key', says: expect.stringContaining('OB080') },
  ])
  const demo = await doctor(stack.dev.embedDemoUrl ?? '', '--site-key', siteKey, '--no-browser')
  expect(changesOf(demo)).toMatchObject([
    {
      check: 'site key',
      add: `Add ${new URL(stack.dev.embedDemoUrl ?? '').origin} to the site on the dApp’s Embed page.`,
    },
  ])
  // A13: this stack has no proxy before it whose word on addresses would count.
  expect(demo.findings).toContainEqual(
    expect.objectContaining({ check: 'addresses', verdict: 'note', add: expect.stringContaining('set_embedding') }),
  )
})

test('people get sentences, with what has to change at the end; and exit 2 where there is nothing to look at', async () => {
  const { code, text } = await oblivion(
    'doctor',
    host({ 'Content-Security-Policy': "default-src 'self'" }, bodies.tag()),
  )
  expect(code).toBe(1)
  expect(text).toMatch(/CHANGE {2}script-src: The policy keeps .*\n +Content-Security-Policy: script-src 'self' http/)
  expect(text).toMatch(/CHANGE {2}frame-src: [\s\S]*CHANGE {2}in Chromium: [\s\S]*\n3 thing\(s\) have to change\.\n$/)
  for (const args of [['nonsense'], [`${origin}/missing`], [host({}, '<p>nothing'), '--no-browser']]) {
    expect((await oblivion('doctor', ...args)).code, args[0]).toBe(2)
  }
  const help = await oblivion('doctor', '--help')
  expect(help).toMatchObject({ code: 0, text: expect.stringContaining('--site-key') })
  const variables = await oblivion('doctor')
  expect(variables).toMatchObject({ code: 0, text: expect.stringMatching(/^NODE_KEY +- +The key of NODE_ID/m) })
})

test('the files of the frame: each with its headers, and what one has too few or too many is named', async () => {
  const real = await readHost(new URL(stack.dev.bridgeUrl))
  expect(judgeHost(real).every(({ verdict }) => verdict === 'ok')).toBe(true)
  const changed = (file: keyof typeof real.files, edit: (headers: Headers) => void) => {
    const got = real.files[file]
    if (got === null) throw new Error(file)
    const headers = new Headers(got.headers)
    edit(headers)
    return judgeHost({ ...real, files: { ...real.files, [file]: { ...got, headers } } }).filter(
      ({ verdict }) => verdict === 'change',
    )
  }
  expect(changed('embed/sandbox.html', (headers) => headers.delete('connection-allowlist'))).toMatchObject([
    { check: 'embed/sandbox.html', add: 'Connection-Allowlist: ()' },
  ])
  const policy = 'content-security-policy'
  const wider = changed('sandbox.html', (headers) =>
    headers.set(policy, (headers.get(policy) ?? '').replace("connect-src 'none'", 'connect-src *')),
  )
  expect(wider).toMatchObject([{ check: 'sandbox.html', add: expect.stringContaining("connect-src 'none'") }])
  // Another order of the same is the same.
  const turned = changed('embed.html', (headers) =>
    headers.set(policy, (headers.get(policy) ?? '').split('; ').reverse().join(';  ')),
  )
  expect(turned).toEqual([])
  expect(judgeHost({ ...real, files: { ...real.files, 'consent.html': null } })).toContainEqual(
    expect.objectContaining({ check: 'consent.html', verdict: 'change' }),
  )
  // A10: a dApp that others may frame.
  const framed = changed('index.html', (headers) =>
    headers.set(policy, (headers.get(policy) ?? '').replace("frame-ancestors 'none'; ", '')),
  )
  expect(framed).toMatchObject([{ check: 'dApp', add: expect.stringContaining("frame-ancestors 'none'") }])
  expect(judgeHost({ ...real, dapp: null })).toContainEqual(
    expect.objectContaining({ check: 'dApp', verdict: 'change', says: expect.stringContaining('config.json') }),
  )
  expect(judgeHost({ ...real, config: null })).toMatchObject([{ check: 'config.json', verdict: 'change' }])
})

describe('policies', () => {
  const page = new URL('https://site.example/a')
  const url = new URL('https://bridge.example/embed.html')

  test.each([
    ['*', true],
    ['https:', true],
    ['http:', true],
    ["'self'", false],
    ['bridge.example', true],
    ['https://bridge.example', true],
    ['http://bridge.example', true],
    ['https://bridge.example:443', true],
    ['https://bridge.example:8443', false],
    ['https://bridge.example:*', true],
    ['*.example', true],
    ['*.bridge.example', false],
    ['https://bridge.example/', true],
    ['https://bridge.example/embed.html', true],
    ['https://bridge.example/other.html', false],
    ['data:', false],
    ["'none'", false],
  ])('%s', (source, allows) => expect(sourceAllows(source, url, page)).toBe(allows))

  test.each([
    ["default-src 'self'", false],
    ["default-src 'none'; child-src https:", true],
    ["child-src https:; frame-src 'none'", false],
    ["script-src 'self'", true],
    ["FRAME-SRC https://bridge.example; frame-src 'none'", true],
    ["frame-src https:, default-src 'none'", false],
  ])('%s', (header, allows) =>
    expect(readPolicies(header).every((policy) => policyAllows(policy, 'frame-src', url, page))).toBe(allows),
  )

  test('what has to be added keeps what was allowed', () => {
    const line = (header: string) => lineToAdd(readPolicies(header)[0] ?? new Map(), 'frame-src', 'https://b.example')
    expect(line("default-src 'self' data:")).toBe("frame-src 'self' data: https://b.example")
    expect(line("frame-src 'none'")).toBe('frame-src https://b.example')
    expect(line("child-src 'self'")).toBe("child-src 'self' https://b.example")
  })
})

test('the worker in a page’s HTML is found in each of its forms, and in a comment it is not', async () => {
  const page = new URL('https://site.example/')
  const found = (html: string) => findEmbedding(html, page)
  expect(found(`<SCRIPT async data-site-key='obs_1' src=//bridge.example/embed.js></SCRIPT>`)).toMatchObject({
    kind: 'tag',
    siteKey: 'obs_1',
    bridgeUrl: new URL('https://bridge.example'),
  })
  expect(found('<oblivion-worker site-key="obs_1" bridge-url="https://b.example"></oblivion-worker>')).toMatchObject({
    kind: 'element',
  })
  expect(found('<iframe src="https://b.example/embed.html#obs_1"></iframe>')).toMatchObject({
    kind: 'frame',
    siteKey: 'obs_1',
  })
  expect(found('<!-- <iframe src="https://b.example/embed.html#obs_1"></iframe> -->')).toBeNull()
  const demo = await readFile(new URL('../../embed-demo/public/index.html', import.meta.url), 'utf8')
  expect(found(demo.replaceAll('{bridge}', 'https://b.example'))).toMatchObject({ kind: 'tag', crossorigin: true })
})
