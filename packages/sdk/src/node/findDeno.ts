import { createRequire } from 'node:module'

/**
 * The program of the npm package `deno`, where it is installed beside us; else `deno`, to be found on the PATH.
 *
 * The package's own launcher is passed by: it would stand between us and the process that we have to end.
 */
export const findDeno = (): string => {
  const { platform, arch } = process
  const program = `@deno/${platform}-${arch}${platform === 'linux' ? '-glibc' : ''}/deno${platform === 'win32' ? '.exe' : ''}`
  try {
    return createRequire(createRequire(import.meta.url).resolve('deno/package.json')).resolve(program)
  } catch {
    return 'deno'
  }
}
