import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { StackError } from '../StackError.ts'

const ARCHITECTURES: Readonly<Record<string, string>> = { x64: 'amd64', arm64: 'arm64' }

/**
 * The platform's own anvil. The package's `bin` is a Node wrapper around it, and killing the wrapper leaves anvil
 * running; so the program is found and started directly.
 */
export const locateAnvil = (): string => {
  const windows = process.platform === 'win32'
  const name = `@foundry-rs/anvil-${windows ? 'win32' : process.platform}-${ARCHITECTURES[process.arch] ?? process.arch}`
  const require = createRequire(import.meta.url)
  const wrapper = createRequire(require.resolve('@foundry-rs/anvil/bin.mjs'))
  try {
    return join(dirname(wrapper.resolve(`${name}/package.json`)), 'bin', windows ? 'anvil.exe' : 'anvil')
  } catch (cause) {
    throw new StackError(
      'binary_missing',
      `The local chain has no program for this platform (${name}).`,
      'Run the install again: npx -y pnpm@12.21.0 install',
      { cause },
    )
  }
}
