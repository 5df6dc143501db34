// Shows the last lines of the parts' logs: `logs`, `logs coordinator`, `logs gateway --lines 200`.

import { existsSync } from 'node:fs'
import { homePaths } from '../home/homePaths.ts'
import { logTail } from '../process/logFile.ts'
import { StackError } from '../StackError.ts'
import { logFileOf, partNames, workerNames } from '../supervisor/parts.ts'
import { readFlags } from '../terminal/readFlags.ts'
import { runCommand } from '../terminal/runCommand.ts'
import { makeStyle, wantsColours } from '../terminal/style.ts'

const known: readonly string[] = [...partNames, ...workerNames]
const { values, positionals } = readFlags(
  `logs [PART...] [--lines 20]: the last lines of all parts, or of some: ${known.join(', ')}.`,
  { lines: { type: 'string', default: '20' } },
  known.length,
)
const style = makeStyle(wantsColours(process.stdout, process.env))

await runCommand(style, async () => {
  const unknown = positionals.find((name) => !known.includes(name))
  if (unknown !== undefined) {
    throw new StackError('unknown_part', `There is no part named ${unknown}.`, `The parts are: ${known.join(', ')}.`)
  }
  const lines = Number(values.lines)
  const count = Number.isSafeInteger(lines) && lines > 0 ? lines : 20
  const paths = homePaths(process.env)
  const written = workerNames.filter((name) => existsSync(logFileOf(paths, name)))
  const names = positionals.length > 0 ? positionals : [...partNames, ...written]
  for (const name of names) {
    const file = logFileOf(paths, name)
    process.stdout.write(`${style.strong(name)}  ${style.quiet(file)}\n${logTail(file, count) || '(nothing yet)'}\n\n`)
  }
})
