import { type Logger, pino } from 'pino'

export type Log = Pick<Logger, 'debug' | 'info' | 'warn' | 'error'>

const LEVELS = { debug: 20, info: 30, warn: 40, error: 50 } as const
export type LogLevel = keyof typeof LEVELS

/**
 * What a worker says of itself: lines of JSON for machines, or a time and a sentence for whoever sits at the terminal.
 *
 * The same calls serve both: `log.info({ jobId }, 'sentence')`.
 */
export const createLog = (level: LogLevel, { json }: { readonly json: boolean }): Log => {
  if (json) return pino({ level, base: null, timestamp: pino.stdTimeFunctions.isoTime })
  const say =
    (name: LogLevel) =>
    (fields: unknown, sentence?: string): void => {
      if (LEVELS[name] < LEVELS[level]) return
      const time = new Date().toTimeString().slice(0, 8)
      const mark = name === 'warn' || name === 'error' ? `${name}: ` : ''
      process.stdout.write(`${time}  ${mark}${sentence ?? String(fields)}\n`)
    }
  return { debug: say('debug'), info: say('info'), warn: say('warn'), error: say('error') } as Log
}
