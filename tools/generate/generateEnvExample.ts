import { environmentTable, type VariableReader } from '../../packages/core/src/index.ts'

const WIDTH = 120

/** What no operator sets. */
const OURS: readonly VariableReader[] = ['tests', 'bench']

const head = `Every variable that an operator may set, with its default. Copy this file to .env.local, which oblivion and the Python
node read where they are started; systemd and containers read it as a file of variables (deploy/README.md). What stays
commented out has its default; without one it is unset.

Generated from packages/core/src/environment/environmentTable.ts by: pnpm generate env`

/** `.env.example`: a commented line for each variable, with its meaning above it. */
export async function generateEnvExample(): Promise<string> {
  const variables = Object.entries(environmentTable).flatMap(([name, { default: value, meaning, readBy }]) =>
    readBy.every((reader: VariableReader) => OURS.includes(reader))
      ? []
      : [[...wrapped(meaning), `# Read by: ${readBy.join(', ')}`, `#${name}=${value ?? ''}`].join('\n')],
  )
  return `${[comment(head.split('\n')), ...variables].join('\n\n')}\n`
}

const comment = (lines: readonly string[]): string => lines.map((line) => `# ${line}`.trimEnd()).join('\n')

/** A sentence as lines of a comment. */
function wrapped(text: string): string[] {
  const lines: string[] = []
  let line = '#'
  for (const word of text.split(' ')) {
    if (line.length + 1 + word.length > WIDTH) {
      lines.push(line)
      line = '#'
    }
    line += ` ${word}`
  }
  return [...lines, line]
}
