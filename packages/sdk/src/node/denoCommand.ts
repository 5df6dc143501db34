import { builtinModules } from 'node:module'
import { fileURLToPath } from 'node:url'

/** Deno grants a few hosts and all of Node's modules without being asked; each of these shuts one such door. */
const CLOSED = ['--no-prompt', '--no-remote', '--no-npm', '--no-config', '--no-lock', '--no-check', '--cached-only']

/** The one package that our own script in there names. */
const RANDOM = '@oblivion/programs/random'

/** A job sees the same everywhere: a tab has no `node:os` that tells how many cores there are. */
const importMap = (): string => {
  const refused = "data:text/javascript,throw new TypeError('Failed to fetch dynamically imported module')"
  const names = builtinModules.flatMap((name) => [name, name.startsWith('node:') ? name : `node:${name}`])
  const imports = { ...Object.fromEntries(names.map((name) => [name, refused])), [RANDOM]: import.meta.resolve(RANDOM) }
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
  fileURLToPath(new URL('./denoMain.ts', import.meta.url)),
]
