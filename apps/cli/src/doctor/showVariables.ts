import { environmentTable } from '@oblivion/core'

type Environment = Readonly<Record<string, string | undefined>>

/** Every variable with its default and whether it is set here; never a value, since some are keys. */
export const showVariables = (environment: Environment, json: boolean): string => {
  const rows = Object.entries(environmentTable).map(([name, { default: value, meaning, readBy }]) => ({
    name,
    set: (environment[name] ?? '') !== '',
    default: value,
    meaning,
    readBy,
  }))
  if (json) return `${JSON.stringify(rows, null, 2)}\n`
  const width = Math.max(...rows.map(({ name }) => name.length)) + 2
  const lines = rows.map(({ name, set, default: value, meaning, readBy }) => {
    const state = set ? 'set' : value === null || value === '' ? '-' : value
    return `${name.padEnd(width)}${state.padEnd(10)}${meaning} (${readBy.join(', ')})\n`
  })
  return lines.join('')
}
