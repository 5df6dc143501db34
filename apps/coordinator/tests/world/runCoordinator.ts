import { Writable } from 'node:stream'
import type { Configuration } from '../../src/configuration/readConfiguration.ts'
import { createLogger } from '../../src/log/createLogger.ts'
import { sleep } from '../../src/loop/sleep.ts'
import { startCoordinator } from '../../src/startCoordinator.ts'

type Line = { level: number; msg: string; [field: string]: unknown }

const realTime = { now: Date.now, sleep }

/** Starts a coordinator in this process, its log kept in memory. `stop` waits until it has ended. */
export async function runCoordinator(configuration: Configuration, time: Partial<typeof realTime> = {}) {
  const lines: Line[] = []
  let text = ''
  const kept = new Writable({
    write(chunk, _, done) {
      text += String(chunk)
      lines.push(JSON.parse(String(chunk)) as Line)
      done()
    },
  })
  const log = createLogger(configuration.logLevel, kept)
  const stopping = new AbortController()
  const coordinator = await startCoordinator({ configuration, log, signal: stopping.signal, ...realTime, ...time })
  // A refusal is looked at by the tests that expect one.
  const ended = coordinator.ended.then(
    () => null,
    (error: unknown) => error,
  )
  return {
    ...coordinator,
    /** Null, or what ended it. */
    ended,
    lines,
    /** All that it has logged, as text. */
    text: () => text,
    said: (message: string | RegExp) => lines.filter(({ msg }) => msg.match(message) !== null),
    async stop() {
      stopping.abort()
      return ended
    },
  }
}
