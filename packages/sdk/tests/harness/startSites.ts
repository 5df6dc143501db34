import { createHash } from 'node:crypto'
import { build } from 'esbuild'
import { buildPages } from '../../build.ts'
import { listen } from './listen.ts'

export interface Sites {
  /** The page that has a worker of its own, on another site than the bridge: `localhost`. Its `guest.html` can embed a site's. */
  readonly pageUrl: string
  readonly bridgeUrl: string
  readonly sandboxUrl: string
  /** The sandbox's headers as sent; a test may take some away. */
  readonly sandboxHeaders: Record<string, string>
  /** Files of bridge and sandbox; a test may change them. */
  readonly files: Map<string, string>
  readonly close: () => Promise<void>
}

const types: Record<string, string> = { js: 'text/javascript', json: 'application/json', css: 'text/css' }
const typeOf = (path: string): string => types[path.slice(path.lastIndexOf('.') + 1)] ?? 'text/html'

/** The files of bridge and sandbox, and the script of the page. */
const bundle = async (programs: Record<string, string>) => {
  const files = await buildPages(
    Object.fromEntries(
      Object.entries(programs).map(([name, source]) => {
        const hash = createHash('sha256').update(source).digest('hex')
        return [name, { hash, file: `${hash}.js`, source }]
      }),
    ),
  )
  const script = async (...entries: string[]): Promise<string> => {
    const { outputFiles } = await build({
      stdin: {
        contents: entries.map((entry) => `export * from '../../src/${entry}'`).join('\n'),
        resolveDir: import.meta.dirname,
      },
      bundle: true,
      format: 'iife',
      globalName: 'sdk',
      write: false,
    })
    return outputFiles[0]?.text ?? ''
  }
  return { files, script: await script('index.ts'), guest: await script('embed/index.ts', 'element/index.ts') }
}
/** By programs: half a second of a core each, and a file of tests starts its sites anew for each test. */
const bundled = new Map<string, ReturnType<typeof bundle>>()

/** A machine that others use too is late by no fault of the page, and a job that does not yield would be given back. */
const withPatience = (script: string): string => {
  const patient = script.replace('LATE_MS = 200', 'LATE_MS = 60_000')
  if (patient === script) throw new Error('watchPage.ts has another limit now')
  return patient
}

/**
 * The three origins as a deployment has them, with the headers that the build wrote.
 *
 * @param options.watchesPage the worker rests while its page is busy; else it is not told
 */
export const startSites = async (
  supabaseUrl: string,
  anonKey: string,
  programs: Record<string, string> = {},
  options: { readonly watchesPage?: boolean } = {},
): Promise<Sites> => {
  const key = JSON.stringify(programs)
  const made = bundled.get(key) ?? bundle(programs)
  bundled.set(key, made)
  const { files: asBuilt, script, guest } = await made
  const files = new Map(asBuilt)
  const pageFiles = new Map([
    ['index.html', '<!doctype html><title>page</title><body><script src="sdk.js"></script>'],
    ['guest.html', '<!doctype html><title>a site</title><body><script src="guest.js"></script>'],
    ['guest.js', withPatience(guest)],
    ['away.html', '<!doctype html><title>away</title>'],
    ['favicon.ico', ''],
    ['sdk.js', options.watchesPage ? script : withPatience(script)],
  ])
  type Headers = Record<string, string>
  let headers: Record<'bridge' | 'sandbox' | 'embed' | 'embedSandbox', Headers> = {
    bridge: {},
    sandbox: {},
    embed: {},
    embedSandbox: {},
  }
  const serve = (files: Map<string, string>, headersAt: (path: string) => Headers) =>
    listen((request, response) => {
      const path = (request.url ?? '/').slice(1).split('?')[0] || 'index.html'
      const body = files.get(path)
      if (body === undefined) return response.writeHead(404).end()
      response.writeHead(200, { 'content-type': typeOf(path), ...headersAt(path) }).end(body)
    })
  const page = await serve(pageFiles, () => ({}))
  const isEmbed = (path: string): boolean => /^(embed|consent)\.html$/.test(path)
  const bridge = await serve(files, (path) => (isEmbed(path) ? headers.embed : headers.bridge))
  const sandbox = await serve(files, (path) => (path.startsWith('embed/') ? headers.embedSandbox : headers.sandbox))
  const origins: Record<string, string> = {
    api: supabaseUrl,
    dapp: `http://localhost:${page.port}`,
    bridge: `http://127.0.0.1:${bridge.port}`,
    sandbox: `http://127.0.0.1:${sandbox.port}`,
  }
  headers = JSON.parse(
    (files.get('headers.json') ?? '').replace(/\{(api|dapp|bridge|sandbox)\}/g, (_, name) => origins[name] as string),
  )
  files.set(
    'config.json',
    JSON.stringify({
      supabaseUrl,
      anonKey,
      sandboxUrl: origins.sandbox,
      dappUrl: origins.dapp,
      allowedParents: [origins.dapp],
    }),
  )
  return {
    pageUrl: origins.dapp as string,
    bridgeUrl: origins.bridge as string,
    sandboxUrl: origins.sandbox as string,
    sandboxHeaders: headers.sandbox,
    files,
    close: async () => {
      await Promise.all([page.close(), bridge.close(), sandbox.close()])
    },
  }
}
