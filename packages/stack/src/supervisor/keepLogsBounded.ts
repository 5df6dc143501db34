import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { boundLog } from '../process/logFile.ts'

const EVERY_MS = 10_000

/** Looks after the size of every log now and from time to time; answers how to stop that. */
export const keepLogsBounded = (folder: string): (() => void) => {
  const look = (): void => {
    for (const name of readdirSync(folder)) if (name.endsWith('.log')) boundLog(join(folder, name))
  }
  look()
  const timer = setInterval(look, EVERY_MS)
  timer.unref()
  return () => clearInterval(timer)
}
