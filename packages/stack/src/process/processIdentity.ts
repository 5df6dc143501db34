import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'

/**
 * One process for as long as the machine runs. The number alone is not enough: the system gives it to somebody else
 * after the process ended, and ending a stranger's process is the worst that a clean-up can do.
 */
export type ProcessIdentity = { pid: number; startTime: string }

/** When a living process began, in the system's own words, or null where it does not live (a zombie does not). */
export const startTimeOf = (pid: number): string | null => (process.platform === 'linux' ? fromProc(pid) : fromPs(pid))

/** This process. */
export const ownIdentity = (): ProcessIdentity => ({ pid: process.pid, startTime: startTimeOf(process.pid) ?? '' })

/** True while the very process lives that was written down, not another one with its number. */
export const isAlive = ({ pid, startTime }: ProcessIdentity): boolean => startTimeOf(pid) === startTime

const fromProc = (pid: number): string | null => {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    // The name in parentheses may hold spaces and parentheses; what follows the last one is fixed (proc(5)).
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    const [state, startTime] = [fields[0], fields[19]]
    if (state === 'Z' || state === 'X' || startTime === undefined) return null
    return `${bootId()}/${startTime}`
  } catch {
    return null
  }
}

/** Start times count from the boot: without it, a number from before a restart could match. */
const bootId = (): string => {
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()
  } catch {
    return ''
  }
}

const fromPs = (pid: number): string | null => {
  const { status, stdout } = spawnSync('ps', ['-o', 'stat=,lstart=', '-p', String(pid)], { encoding: 'utf8' })
  if (status !== 0) return null
  const [state = '', ...started] = stdout.trim().split(/\s+/)
  return state.startsWith('Z') || started.length === 0 ? null : started.join(' ')
}
