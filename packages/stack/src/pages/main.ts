// The pages process. The supervisor forks it and sends one message, its configuration; it answers `ready`.
import { buildOrigins } from './buildOrigins.ts'
import type { PagesConfig } from './pagesConfig.ts'
import { serveOrigin } from './servePages.ts'

const start = async (config: PagesConfig): Promise<void> => {
  const { dapp, bridge, sandbox, demo } = buildOrigins(config)
  await Promise.all([
    serveOrigin(dapp, config.ports.dapp, ['127.0.0.1', '::1']),
    serveOrigin(bridge, config.ports.bridge, ['127.0.0.1']),
    serveOrigin(sandbox, config.ports.sandbox, ['127.0.0.1']),
    serveOrigin(demo, config.ports.demo, ['127.0.0.1', '::1']),
  ])
  process.send?.({ type: 'ready' })
}

process.once('message', (config) => start(config as PagesConfig))
for (const event of ['disconnect', 'SIGTERM', 'SIGINT'] as const) process.once(event, () => process.exit(0))
