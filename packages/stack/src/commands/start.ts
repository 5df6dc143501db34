// Starts everything, says where it is, and stays until it is asked to stop.

import type { StackError } from '../StackError.ts'
import { mostWorkers } from '../supervisor/parts.ts'
import { startStack } from '../supervisor/startStack.ts'
import { showProgress } from '../terminal/progress.ts'
import { readFlags } from '../terminal/readFlags.ts'
import { describeError, runCommand } from '../terminal/runCommand.ts'
import { startBox } from '../terminal/startBox.ts'
import { makeStyle, wantsColours } from '../terminal/style.ts'

const { values } = readFlags(
  `start [--workers 0] [--json]: starts everything on this machine, says where it is, and stays until Ctrl-C. With --workers also up to ${mostWorkers} server nodes that work for it, with --json in one line.`,
  { json: { type: 'boolean', default: false }, workers: { type: 'string', default: '0' } },
)
const { json } = values
const workers = /^\d$/.test(values.workers) ? Number(values.workers) : Number.NaN
if (!(workers <= mostWorkers)) {
  process.stderr.write(`--workers takes 0 to ${mostWorkers}: each works for a development wallet of its own.\n`)
  process.exit(2)
}
const { stdout } = process
const style = makeStyle(wantsColours(stdout, process.env))
const progress = showProgress(json ? process.stderr : stdout, style)

await runCommand(style, async () => {
  const asked = new AbortController()
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => asked.abort())
  let gaveUp: StackError | undefined
  const onGiveUp = (error: StackError): void => {
    gaveUp = error
    asked.abort()
  }
  let stack: Awaited<ReturnType<typeof startStack>>
  try {
    stack = await startStack({ environment: process.env, progress, signal: asked.signal, onGiveUp, workers })
  } catch (error) {
    progress.end()
    if (!asked.signal.aborted) throw error
    if (gaveUp !== undefined) throw gaveUp
    stdout.write('Stopped before everything was up.\n')
    return
  }
  const { dev, paths } = stack
  if (json) {
    // Machines read the rest, which holds keys, from the file.
    const { dappUrl, apiUrl, supabaseUrl, rpcUrl, chainId, pid } = dev
    stdout.write(`${JSON.stringify({ dappUrl, apiUrl, supabaseUrl, rpcUrl, chainId, pid, devFile: paths.dev })}\n`)
  } else {
    stdout.write(`${startBox({ dev, paths, workers, style, framed: stdout.isTTY === true, folder: process.cwd() })}\n`)
    stdout.write(`${style.work('ready')}\n`)
  }
  await new Promise<void>((resolve) => {
    if (asked.signal.aborted) resolve()
    else asked.signal.addEventListener('abort', () => resolve(), { once: true })
  })
  if (gaveUp !== undefined) process.stderr.write(`${describeError(gaveUp, style)}\n`)
  if (!json) stdout.write('Stopping: coordinator, gateway and pages, chain, database.\n')
  await stack.stop()
  if (!json) stdout.write('Stopped. The data stays; the next start goes on from here.\n')
  if (gaveUp !== undefined) process.exitCode = 1
})
// Timers and sockets of the parts that are gone must not keep the process.
process.exit()
