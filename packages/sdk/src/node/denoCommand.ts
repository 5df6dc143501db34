import { builtinModules } from 'node:module'
import { fileURLToPath } from 'node:url'

/** Deno grants a few hosts and all of Node's modules without being asked; each of these shuts one such door. */
const CLOSED = ['--no-prompt', '--no-remote', '--no-npm', '--no-config', '--no-lock', '--no-check', '--cached-only']

/** Deno runs our own script as it is: the source here, and in the built package one file that needs nothing else. */
const BUILT = import.meta.url.endsWith('.js')
/** The one package that the source names. */
const RANDOM = '@oblivion/programs/random'

/** A job sees the same everywhere: a tab has no `node:os` that tells how many cores there are. */
const importMap = (): string => {
  const refused = "data:text/javascript,throw new TypeError('Failed to fetch dynamically imported module')"
  const names = builtinModules.flatMap((name) => [name, name.startsWith('node:') ? name : `node:${name}`])
  const ours = BUILT ? {} : { [RANDOM]: import.meta.resolve(RANDOM) }
  const imports = { ...Object.fromEntries(names.map((name) => [name, refused])), ...ours }
  return `data:application/json,${encodeURIComponent(JSON.stringify({ imports }))}`
}

/**
 * The arguments of a Deno process that may do nothing but compute: no file, network, environment, subprocess or device.
 *
 * @param memoryMiB - The most that the program's JavaScript heap may have.
 */
export const denoArguments = (memoryMiB: number): string[] => [
  'run',
  ...CLOSED,
  `--import-map=${importMap()}`,
  `--v8-flags=--max-old-space-size=${memoryMiB}`,
  fileURLToPath(new URL(BUILT ? './denoMain.js' : './denoMain.ts', import.meta.url)),
]
