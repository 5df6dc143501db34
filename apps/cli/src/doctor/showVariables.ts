import { environmentTable, type Variable } from '@oblivion/core'

type Environment = Readonly<Record<string, string | undefined>>

/** Every variable with its default and whether it is set here; never a value, since some are keys. */
export const showVariables = (environment: Environment, json: boolean): string => {
  const table: [name: string, Variable<unknown>][] = Object.entries(environmentTable)
  const rows = table.map(([name, { default: value, meaning, readBy, alsoReadAs = [] }]) => ({
    name,
    set: [name, ...alsoReadAs].some((each) => (environment[each] ?? '') !== ''),
    default: value,
    meaning,
    readBy,
  }))
  if (json) return `${JSON.stringify(rows, null, 2)}\n`
  const cells = rows.map(({ name, set, default: value, meaning, readBy }) => [
    name,
    set ? 'set' : value === null || value === '' ? '-' : value,
    `${meaning} (${readBy.join(', ')})`,
  ])
  const widthOf = (column: number) => Math.max(...cells.map((row) => row[column]?.length ?? 0)) + 2
  const [names, states] = [widthOf(0), widthOf(1)]
  return cells
    .map(([name = '', state = '', words]) => `${name.padEnd(names)}${state.padEnd(states)}${words}\n`)
    .join('')
}
