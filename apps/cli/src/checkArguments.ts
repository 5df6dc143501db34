import { parseArgs } from 'node:util'
import type { ArgsDef } from 'citty'
import { calledAs } from './calledAs.ts'
import { UsageError } from './UsageError.ts'

/** Begins as a flag does; a number below 0 and the `-` of a pipe do not. */
const isFlag = (value: string): boolean => /^-[^\d.]/.test(value)

/**
 * Refuses what a command does not take, which citty passes over: a mistyped `--budget` would post a task without one,
 * and where a shell has nothing for `--title $T --estimate` the task would be called “--estimate”, and posted.
 *
 * @throws {UsageError} for a flag that it has not, one without its value, and too many or too few words beside flags.
 */
export const checkArguments = (command: string, takes: ArgsDef, given: readonly string[]): void => {
  const wrong = (what: string) => new UsageError(`${what} What it takes: ${calledAs()} ${command} --help`)
  const flags = Object.entries(takes).filter(([, { type }]) => type !== 'positional')
  const options = Object.fromEntries(
    flags.map(([name, { type }]) => [
      name,
      { type: type === 'boolean' ? type : 'string', ...(name.length === 1 ? { short: name } : {}) } as const,
    ]),
  )
  const { tokens, positionals } = parseArgs({
    ...{ args: [...given], options, strict: false, allowPositionals: true, allowNegative: true, tokens: true },
  })
  for (const token of tokens) {
    if (token.kind !== 'option') continue
    const option = options[token.name]
    if (option === undefined) throw wrong(`oblivion ${command} has no ${token.rawName}.`)
    if (option.type === 'string' && (token.value === undefined || (!token.inlineValue && isFlag(token.value)))) {
      throw wrong(`${token.rawName} takes a value.`)
    }
  }
  const words = Object.entries(takes).filter(([, { type }]) => type === 'positional')
  const missing = words.slice(positionals.length).find(([, { required }]) => required !== false)
  if (missing !== undefined) {
    throw wrong(`oblivion ${command} needs <${missing[0]}>: ${missing[1].description?.toLowerCase()}.`)
  }
  const extra = positionals[words.length]
  if (extra !== undefined) throw wrong(`oblivion ${command} can do nothing with “${extra}”.`)
}
