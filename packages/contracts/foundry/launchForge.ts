import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { forgeBinary } from './forgeBinary.ts'

/** How a run of forge ended: its exit code, and all that it printed. */
export type ForgeRun = { exitCode: number; stdout: string; stderr: string }

/**
 * Runs forge on a project folder and answers its true exit code.
 *
 * @param parameters.args what follows `forge`, for example `['test']`
 * @param parameters.root folder with the `foundry.toml`; this package's by default
 * @param parameters.echo also pass the output through, as a command on a terminal does
 */
export function launchForge(parameters: {
  args: readonly string[]
  root?: string
  echo?: boolean
  env?: Readonly<Record<string, string>>
}): Promise<ForgeRun> {
  const { args, root = fileURLToPath(new URL('..', import.meta.url)), echo = false, env = {} } = parameters
  return new Promise((resolve, reject) => {
    const child = spawn(forgeBinary(), args, {
      cwd: root,
      env: { ...process.env, FOUNDRY_DISABLE_NIGHTLY_WARNING: '1', ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    let stdout = ''
    let stderr = ''
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      stdout += text
      if (echo) process.stdout.write(text)
    })
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr += text
      if (echo) process.stderr.write(text)
    })
    child.once('error', reject)
    // A child that a signal ended has no code; that is a failure too.
    child.once('close', (code) => resolve({ exitCode: code ?? 1, stdout, stderr }))
  })
}
