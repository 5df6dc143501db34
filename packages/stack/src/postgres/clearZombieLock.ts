import { existsSync, readdirSync, readFileSync, readlinkSync, realpathSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

const WITHIN_MS = 10_000

/**
 * Removes the lock file of a PostgreSQL that is dead but not buried.
 *
 * A killed server whose parent died too belongs to process 1, and in many containers that one buries nobody. PostgreSQL
 * asks only whether the number exists, takes the zombie for a running server, and refuses to start for ever. Everything
 * else (a living process, a number that is gone) is left to PostgreSQL's own checks.
 *
 * Its backends end by themselves when the server dies, but may need a moment: they are waited for, since two servers on
 * one folder destroy it. Each works in the data folder, so that is how they are found.
 */
export const clearZombieLock = async (dataDir: string): Promise<void> => {
  const file = join(dataDir, 'postmaster.pid')
  if (process.platform !== 'linux' || !existsSync(file)) return
  const pid = Number(readFileSync(file, 'utf8').split('\n')[0])
  if (!isZombie(pid)) return
  const deadline = performance.now() + WITHIN_MS
  const folder = realpathSync(dataDir)
  while (hasProcessIn(folder)) {
    if (performance.now() > deadline) return
    await sleep(20)
  }
  rmSync(file, { force: true })
}

const isZombie = (pid: number): boolean => {
  try {
    return /\) Z /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'))
  } catch {
    return false
  }
}

const hasProcessIn = (folder: string): boolean =>
  readdirSync('/proc').some((pid) => {
    try {
      return /^\d+$/.test(pid) && readlinkSync(`/proc/${pid}/cwd`) === folder
    } catch {
      return false
    }
  })
