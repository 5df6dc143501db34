import { relative } from 'node:path'
import type { DevFile } from '../home/devFile.ts'
import type { HomePaths } from '../home/homePaths.ts'
import { type BoxLine, drawBox } from './box.ts'
import type { Style } from './style.ts'

/** What a ready stack tells its developer: what runs where, what to try, how to stop. */
export const startBox = (options: {
  dev: DevFile
  paths: HomePaths
  workers: number
  style: Style
  framed: boolean
  folder: string
}): string => {
  const { dev, paths, workers, style, framed, folder } = options
  const near = relative(folder, paths.dev)
  const devFile = near.startsWith('..') ? paths.dev : near
  const lines: BoxLine[] = [
    { label: 'dApp', text: dev.dappUrl, colour: style.link },
    ...(dev.embedDemoUrl ? [{ label: 'Embed demo', text: dev.embedDemoUrl, colour: style.link }] : []),
    { label: 'API', text: dev.supabaseUrl, colour: style.link },
    { label: 'Coordinator', text: dev.apiUrl, colour: style.link },
    { label: 'Chain', text: `${dev.rpcUrl}  (id ${dev.chainId}, test money)`, colour: style.link },
    { label: 'Database', text: new URL(dev.databaseUrl).host },
    { label: 'Keys', text: devFile },
    ...(workers > 0 ? [{ label: 'Workers', text: `${workers}, each for a wallet of its own` }] : []),
    null,
    'Try',
    '1  Open the dApp, connect the development wallet as a provider, start the worker.',
    '2  In another browser profile connect as a customer and post the demo task.',
    '3  Watch the picture fill in, then settle the earnings on the chain.',
    null,
    'Stop with Ctrl-C, or: npx -y pnpm@12.21.0 stop',
  ]
  return drawBox('Oblivion, a development server for this machine alone', lines, framed)
}
