import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { StackError } from '../StackError.ts'
import type { Origin } from './answerPage.ts'
import { fillHeaders, type HeaderTemplates, type PageOrigins } from './fillHeaders.ts'
import { loadSite, type Site } from './loadSite.ts'
import type { PagesConfig } from './pagesConfig.ts'

/**
 * The origins: the dApp and the embed demo on `localhost`, bridge and sandbox on `127.0.0.1`, which browsers take for another
 * site.
 */
export const buildOrigins = (config: PagesConfig): Record<'dapp' | 'bridge' | 'sandbox' | 'demo', Origin> => {
  const { ports, folders, dapp } = config
  const hosts = {
    dapp: `localhost:${ports.dapp}`,
    bridge: `127.0.0.1:${ports.bridge}`,
    sandbox: `127.0.0.1:${ports.sandbox}`,
    demo: `localhost:${ports.demo}`,
  }
  const origins: PageOrigins = {
    api: dapp.supabaseUrl,
    realtime: dapp.supabaseUrl.replace(/^http/, 'ws'),
    coordinator: dapp.apiUrl,
    rpc: new URL(dapp.rpcUrl).origin,
    demo: dapp.embedDemoUrl,
    dapp: `http://${hosts.dapp}`,
    bridge: `http://${hosts.bridge}`,
    sandbox: `http://${hosts.sandbox}`,
  }
  const templates = readTemplates(folders.sdk)
  const embed = readEmbed(folders.sdk)
  const bridgeConfig = {
    supabaseUrl: dapp.supabaseUrl,
    anonKey: dapp.anonKey,
    sandboxUrl: origins.sandbox,
    dappUrl: origins.dapp,
    allowedParents: [origins.dapp],
  }
  return {
    dapp: {
      host: hosts.dapp,
      site: withConfig(loadSite(folders.dapp), dapp),
      headers: fillHeaders(templates.dapp, origins),
      singlePage: true,
    },
    bridge: {
      host: hosts.bridge,
      site: withConfig(
        loadSite(folders.sdk, (path) => !path.endsWith('sandbox.html') && path !== 'headers.json'),
        bridgeConfig,
      ),
      headers: fillHeaders(templates.bridge, origins),
      others: embedHeaders(templates, origins, folders.sdk),
      singlePage: false,
    },
    sandbox: {
      host: hosts.sandbox,
      site: loadSite(folders.sdk, (path) => path.endsWith('sandbox.html')),
      headers: fillHeaders(templates.sandbox, origins),
      others: { '/embed/sandbox.html': fillHeaders(templates.embedSandbox, origins) },
      singlePage: false,
    },
    demo: {
      host: hosts.demo,
      site: demoSite(loadSite(folders.demo), { bridge: origins.bridge, siteKey: config.demoSiteKey, ...embed }),
      headers: demoHeaders(origins.bridge),
      singlePage: false,
    },
  }
}

const withConfig = (site: Site, config: unknown): Site =>
  new Map(site).set('/config.json', {
    body: Buffer.from(JSON.stringify(config)),
    contentType: 'application/json; charset=utf-8',
  })

/** What other people's pages load from the bridge's origin, by path. */
const embedHeaders = (
  templates: HeaderTemplates,
  origins: PageOrigins,
  folder: string,
): NonNullable<Origin['others']> => {
  const [frame, script] = [fillHeaders(templates.embed, origins), fillHeaders(templates.script, origins)]
  const { src } = readEmbed(folder)
  return {
    '/embed.html': frame,
    '/consent.html': frame,
    '/embed.js': script,
    '/embed.json': script,
    [src]: script,
  }
}

/** Where the script of the embed lies under its immutable name, and its hash. */
const readEmbed = (folder: string): { src: string; integrity: string } => {
  const file = join(folder, 'embed.json')
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : { src: '/embed.js', integrity: '' }
}

/** The demo's pages with what a site's owner would have pasted in. */
const demoSite = (site: Site, values: Record<string, string>): Site =>
  new Map(
    [...site].map(([path, file]) => [
      path === '/index.html' ? '/' : path,
      path.endsWith('.html')
        ? {
            ...file,
            body: Buffer.from(
              file.body.toString().replace(/\{(\w+)\}/g, (whole, name: string) => values[name] ?? whole),
            ),
          }
        : file,
    ]),
  )

/** A careful site: its own things and the worker's origin, nothing else. */
const demoHeaders = (bridge: string): Record<string, string> => ({
  'content-security-policy': `default-src 'self'; script-src 'self' ${bridge}; frame-src ${bridge}; base-uri 'none'; frame-ancestors 'self' http://localhost:*`,
  'x-content-type-options': 'nosniff',
})

/** Pages without their headers would be pages without their walls, so a build without them is refused. */
const readTemplates = (folder: string): HeaderTemplates => {
  const file = join(folder, 'headers.json')
  if (!existsSync(file)) {
    throw new StackError('build_failed', `The pages of the SDK are not built: ${file} is missing.`, 'Run: pnpm build')
  }
  return JSON.parse(readFileSync(file, 'utf8')) as HeaderTemplates
}
