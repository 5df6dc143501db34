import { readFileSync } from 'node:fs'
import { processesOf } from './threadTime.ts'

/** A process that has ended and waits for its parent to ask how. */
const isGone = (pid: string): boolean => {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
    return fields.slice(fields.lastIndexOf(')') + 2).startsWith('Z')
  } catch {
    return true
  }
}
const isRenderer = (pid: string): boolean => {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('--type=renderer')
  } catch {
    return false
  }
}

/** The processes of a browser that run pages and frames, as the system has them: those that live. */
export const rendererPids = (browser: number): string[] =>
  processesOf(browser).filter((pid) => isRenderer(pid) && !isGone(pid))
