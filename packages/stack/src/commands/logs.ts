// Shows the last lines of the parts' logs: `logs`, `logs coordinator`, `logs gateway --lines 200`.

import { homePaths } from '../home/homePaths.ts'
import { logTail } from '../process/logFile.ts'
import { StackError } from '../StackError.ts'
import { logFileOf, type PartName, partNames } from '../supervisor/parts.ts'
import { readFlags } from '../terminal/readFlags.ts'
import { runCommand } from '../terminal/runCommand.ts'
import { makeStyle, wantsColours } from '../terminal/style.ts'

const { values, positionals } = readFlags(
  `logs [PART...] [--lines 20]: the last lines of all parts, or of some: ${partNames.join(', ')}.`,
  { lines: { type: 'string', default: '20' } },
  partNames.length,
)
const style = makeStyle(wantsColours(process.stdout, process.env))

await runCommand(style, async () => {
  const unknown = positionals.find((name) => !(partNames as readonly string[]).includes(name))
  if (unknown !== undefined) {
    throw new StackError(
      'unknown_part',
      `There is no part named ${unknown}.`,
      `The parts are: ${partNames.join(', ')}.`,
    )
  }
  const lines = Number(values.lines)
  const count = Number.isSafeInteger(lines) && lines > 0 ? lines : 20
  const paths = homePaths(process.env)
  const names = positionals.length > 0 ? (positionals as PartName[]) : partNames
  for (const name of names) {
    const file = logFileOf(paths, name)
    process.stdout.write(`${style.strong(name)}  ${style.quiet(file)}\n${logTail(file, count) || '(nothing yet)'}\n\n`)
  }
})
