import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { StackError } from '../StackError.ts'
import type { Origin } from './answerPage.ts'
import { dappHeaders } from './dappHeaders.ts'
import { fillHeaders, type HeaderTemplates } from './fillHeaders.ts'
import { loadSite, type Site } from './loadSite.ts'
import type { PagesConfig } from './pagesConfig.ts'

/** The three origins: the dApp on `localhost`, bridge and sandbox on `127.0.0.1`, which browsers take for another site. */
export const buildOrigins = (config: PagesConfig): Record<'dapp' | 'bridge' | 'sandbox', Origin> => {
  const { ports, folders, dapp } = config
  const hosts = {
    dapp: `localhost:${ports.dapp}`,
    bridge: `127.0.0.1:${ports.bridge}`,
    sandbox: `127.0.0.1:${ports.sandbox}`,
  }
  const origins = {
    api: dapp.supabaseUrl,
    dapp: `http://${hosts.dapp}`,
    bridge: `http://${hosts.bridge}`,
    sandbox: `http://${hosts.sandbox}`,
  }
  const templates = readTemplates(folders.sdk)
  const bridgeConfig = {
    supabaseUrl: dapp.supabaseUrl,
    anonKey: dapp.anonKey,
    sandboxUrl: origins.sandbox,
    allowedParents: [origins.dapp],
  }
  return {
    dapp: {
      host: hosts.dapp,
      site: withConfig(loadSite(folders.dapp), dapp),
      headers: dappHeaders({ ...dapp, bridgeUrl: origins.bridge }),
      singlePage: true,
    },
    bridge: {
      host: hosts.bridge,
      site: withConfig(
        loadSite(folders.sdk, (path) => path !== 'sandbox.html' && path !== 'headers.json'),
        bridgeConfig,
      ),
      headers: fillHeaders(templates.bridge, origins),
      singlePage: false,
    },
    sandbox: {
      host: hosts.sandbox,
      site: loadSite(folders.sdk, (path) => path === 'sandbox.html'),
      headers: fillHeaders(templates.sandbox, origins),
      singlePage: false,
    },
  }
}

const withConfig = (site: Site, config: unknown): Site =>
  new Map(site).set('/config.json', {
    body: Buffer.from(JSON.stringify(config)),
    contentType: 'application/json; charset=utf-8',
  })

/** Pages without their headers would be pages without their walls, so a build without them is refused. */
const readTemplates = (folder: string): HeaderTemplates => {
  const file = join(folder, 'headers.json')
  if (!existsSync(file)) {
    throw new StackError('build_failed', `The pages of the SDK are not built: ${file} is missing.`, 'Run: pnpm build')
  }
  return JSON.parse(readFileSync(file, 'utf8')) as HeaderTemplates
}
