import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'

const require = createRequire(import.meta.url)
const architectures: Partial<Record<string, string>> = { x64: 'amd64', arm64: 'arm64' }

/**
 * The path of forge's platform binary.
 *
 * Not the npm wrapper beside it: that one always exits 0, so a failing suite would pass.
 *
 * @throws Error where Foundry ships no binary for this machine, or its package was not installed.
 */
export function forgeBinary(): string {
  const name = `@foundry-rs/forge-${process.platform}-${architectures[process.arch] ?? process.arch}`
  const wrapper = require.resolve('@foundry-rs/forge/package.json')
  try {
    const manifest = createRequire(wrapper).resolve(`${name}/package.json`)
    return join(dirname(manifest), 'bin', process.platform === 'win32' ? 'forge.exe' : 'forge')
  } catch (cause) {
    throw new Error(`forge has no binary here: the package ${name} is not installed`, { cause })
  }
}
