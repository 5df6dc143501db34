import { cp, mkdir, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { packPackage } from '../../packPackage.ts'
import { runTool } from '../../runTool.ts'

const here = (name: string): string => fileURLToPath(new URL(`../../node_modules/${name}`, import.meta.url))

/**
 * Packs the SDK and installs it as a stranger does, by npm, in a new folder outside of the workspace. Without a network: the
 * one dependency comes from a copy of ours.
 *
 * @returns the folder with `node_modules`, in which also lie what a stranger's own package would bring: React and Deno.
 */
export const installPackage = async (folder: string): Promise<string> => {
  const tarball = await packPackage(folder)
  const site = join(folder, 'site')
  await mkdir(site)
  await cp(here('comlink'), join(folder, 'comlink'), { recursive: true, dereference: true })
  await writeFile(
    join(site, 'package.json'),
    JSON.stringify({
      private: true,
      type: 'module',
      dependencies: { '@oblivion/sdk': `file:${tarball}` },
      overrides: { comlink: 'file:../comlink' },
    }),
  )
  const quiet = ['--ignore-scripts', '--no-audit', '--no-fund']
  await runTool(['npm', 'install', '--offline', ...quiet, '--cache', join(folder, 'cache')], site)
  for (const name of ['react', 'react-dom', 'deno']) await symlink(here(name), join(site, 'node_modules', name))
  return site
}
