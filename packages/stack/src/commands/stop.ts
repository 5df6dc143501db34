// Ends the stack of this data folder in order, or what a killed one left behind.
import { homePaths } from '../home/homePaths.ts'
import { lockHolder } from '../home/lock.ts'
import { endLeftovers } from '../home/processes.ts'
import { endProcess } from '../process/endProcess.ts'
import { readFlags } from '../terminal/readFlags.ts'
import { runCommand } from '../terminal/runCommand.ts'
import { makeStyle, wantsColours } from '../terminal/style.ts'

const WITHIN_MS = 20_000

readFlags('stop: ends what runs in this data folder, in order. The data stays.', {})
const style = makeStyle(wantsColours(process.stdout, process.env))
await runCommand(style, async () => {
  const paths = homePaths(process.env)
  const holder = lockHolder(paths.lock)
  const how = holder === null ? 'gone' : await endProcess(holder, 'SIGINT', WITHIN_MS)
  const leftovers = await endLeftovers(paths.processes)
  const words = {
    gone: 'Nothing is running in this data folder.',
    ended: 'Stopped. The data stays.',
    killed: `It did not stop within ${WITHIN_MS / 1000} s and was killed. The data stays.`,
  }
  const line =
    how === 'gone' && leftovers.length > 0 ? `Ended what a killed run left: ${leftovers.join(', ')}.` : words[how]
  process.stdout.write(`${line}\n`)
})
