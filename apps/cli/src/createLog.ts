import { type Logger, pino } from 'pino'
import { printable } from './printable.ts'

export type Log = Pick<Logger, 'debug' | 'info' | 'warn' | 'error'>

const LEVELS = { debug: 20, info: 30, warn: 40, error: 50 } as const
export type LogLevel = keyof typeof LEVELS

export interface LogOptions {
  readonly json: boolean
  /** Several workers write to it: each line begins with the field `worker`, where it has one. */
  readonly several?: boolean
  /** Where lines go; the standard output by default. */
  readonly write?: (line: string) => void
}

/**
 * What a worker says of itself: lines of JSON for machines, or a time and a sentence for whoever sits at the terminal.
 *
 * The same calls serve both: `log.info({ jobId }, 'sentence')`. In a sentence are strangers' words, such as a task's title:
 * at a terminal they move no cursor.
 */
export const createLog = (level: LogLevel, { json, several = false, write = toTerminal }: LogOptions): Log => {
  if (json) {
    const options = { level, base: null, timestamp: pino.stdTimeFunctions.isoTime }
    return write === toTerminal ? pino(options) : pino(options, { write })
  }
  const say =
    (name: LogLevel) =>
    (fields: { readonly worker?: string }, sentence: string): void => {
      if (LEVELS[name] < LEVELS[level]) return
      const time = new Date().toTimeString().slice(0, 8)
      const who = several && fields.worker !== undefined ? `${fields.worker}: ` : ''
      const mark = name === 'warn' || name === 'error' ? `${name}: ` : ''
      write(`${time}  ${printable(`${who}${mark}${sentence}`)}\n`)
    }
  return { debug: say('debug'), info: say('info'), warn: say('warn'), error: say('error') } as Log
}

const toTerminal = (line: string): void => {
  process.stdout.write(line)
}
