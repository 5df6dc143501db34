import { execFile } from 'node:child_process'
import { promisify } from 'node:util'

/**
 * Runs a package manager as from a shell of its own: what started us has put its own settings into the environment.
 *
 * @returns what it printed
 */
export const runTool = async ([command = '', ...args]: readonly string[], cwd: string): Promise<string> => {
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^(npm|pnpm)_/i.test(name)))
  const running = promisify(execFile)(command, args, { cwd, env, timeout: 120_000 })
  running.child.stdin?.end()
  return (await running).stdout
}
