// `pnpm pack:sdk` writes the package as a file, dist/oblivion-sdk-<version>.tgz, for whoever installs it without a registry.
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { writePages } from './build.ts'
import { buildPackage } from './buildPackage.ts'
import { runTool } from './runTool.ts'

/** Under a script of pnpm's the same pnpm; else the project's, as the README starts it. */
const pnpm = (): string[] => {
  const { npm_execpath: own = '' } = process.env
  if (!/pnpm/.test(own)) return ['npx', '-y', 'pnpm@12.21.0']
  return /\.[cm]?js$/.test(own) ? [process.execPath, own] : [own]
}

/**
 * Packs the package into a folder, as a registry would have it. The modules are built anew, the pages only where there are
 * none: a running stack may serve them.
 *
 * @returns the path of the tarball
 */
export const packPackage = async (folder: string): Promise<string> => {
  if (!existsSync(new URL('./dist/pages/headers.json', import.meta.url))) await writePages()
  await buildPackage()
  const packed = await runTool([...pnpm(), 'pack', '--json', '--pack-destination', folder], import.meta.dirname)
  return (JSON.parse(packed) as { filename: string }).filename
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const tarball = await packPackage(fileURLToPath(new URL('./dist', import.meta.url)))
  console.log(`In your project: npm install ${tarball}`)
}
