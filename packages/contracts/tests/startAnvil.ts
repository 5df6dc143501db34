import { spawn } from 'node:child_process'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'

const require = createRequire(import.meta.url)
const architectures: Partial<Record<string, string>> = { x64: 'amd64', arm64: 'arm64' }

/** Anvil's platform binary: ending the npm wrapper in front of it would leave anvil running. */
function anvilBinary(): string {
  const name = `@foundry-rs/anvil-${process.platform}-${architectures[process.arch] ?? process.arch}`
  const wrapper = require.resolve('@foundry-rs/anvil/package.json')
  return join(dirname(createRequire(wrapper).resolve(`${name}/package.json`)), 'bin', 'anvil')
}

/**
 * Starts an empty chain, on a free port by default, and answers once it listens. `stop` waits until it is gone.
 *
 * @param args anvil's own; without `--slots-in-an-epoch` the last block but two is final
 */
export function startAnvil(
  args: readonly string[] = [],
  fixedPort = 0,
): Promise<{ rpcUrl: string; stop(): Promise<void> }> {
  const epoch = args.includes('--slots-in-an-epoch') ? [] : ['--slots-in-an-epoch', '1']
  const child = spawn(anvilBinary(), ['--port', String(fixedPort), ...epoch, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const gone = new Promise<void>((resolve) => child.once('close', () => resolve()))
  return new Promise((resolve, reject) => {
    let printed = ''
    const look = (text: string) => {
      printed += text
      // With what follows it: the text may come in pieces.
      const port = /Listening on 127\.0\.0\.1:(\d+)\s/.exec(printed)?.[1]
      if (!port) return
      const stop = () => {
        child.kill('SIGINT')
        return gone
      }
      resolve({ rpcUrl: `http://127.0.0.1:${port}`, stop })
    }
    child.stdout.setEncoding('utf8').on('data', look)
    child.stderr.setEncoding('utf8').on('data', look)
    child.once('error', reject)
    void gone.then(() => reject(new Error(`anvil ended before it listened:\n${printed}`)))
  })
}
