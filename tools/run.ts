import { spawn } from 'node:child_process'
import { delimiter, join } from 'node:path'

/** The folder that holds package.json; every tool of this folder is started there. */
export const root = join(import.meta.dirname, '..')

export type Outcome = { ok: boolean; output: string }

/**
 * Runs a command at the root and collects what it prints; never throws on a red exit.
 * The project's own binaries come first on PATH, so it works without a package script around it.
 */
export function run(command: string, args: string[], env: Record<string, string> = {}): Promise<Outcome> {
  return new Promise((settle) => {
    const child = spawn(command, args, {
      cwd: root,
      env: { ...process.env, PATH: `${join(root, 'node_modules/.bin')}${delimiter}${process.env.PATH}`, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    let output = ''
    child.stdout.on('data', (text) => (output += text))
    child.stderr.on('data', (text) => (output += text))
    child.on('error', (error) => settle({ ok: false, output: `${command} could not be started: ${error.message}\n` }))
    child.on('close', (code, signal) => {
      const died = signal === null ? '' : `${command} was ended by ${signal}\n`
      settle({ ok: code === 0, output: output + died })
    })
  })
}
