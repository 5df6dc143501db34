import { type ParseArgsConfig, parseArgs } from 'node:util'

type Options = NonNullable<ParseArgsConfig['options']>
type Flags<T extends Options> = ReturnType<typeof parseArgs<{ options: T; allowPositionals: true; strict: true }>>

/**
 * What a command was given. `--help` says what it does and ends the process, and so does, with code 2, what it does not
 * take: else `reset --help` would throw the data away.
 *
 * @param usage how it is called and what it does
 * @param words how many words it takes beside flags
 */
export const readFlags = <const T extends Options>(usage: string, options: T, words = 0): Flags<T> => {
  try {
    const all: Options = { ...options, help: { type: 'boolean', short: 'h' } }
    const given = parseArgs({ options: all, allowPositionals: true, strict: true })
    if (given.values.help === true) {
      process.stdout.write(`${usage}\n`)
      process.exit(0)
    }
    const extra = given.positionals[words]
    if (extra !== undefined) throw new Error(`It can do nothing with “${extra}”.`)
    return given as unknown as Flags<T>
  } catch (error) {
    process.stderr.write(`${(error as Error).message.split(/\. To specify/, 1)[0]?.replace(/\.?$/, '.')}\n${usage}\n`)
    process.exit(2)
  }
}
