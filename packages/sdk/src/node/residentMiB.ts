import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { promisify } from 'node:util'

const run = promisify(execFile)

/** How much memory a process has, in MiB; null where it is gone or this system does not tell. */
export const residentMiB = async (pid: number): Promise<number | null> => {
  try {
    const kib =
      process.platform === 'linux'
        ? /^VmRSS:\s+(\d+) kB/m.exec(await readFile(`/proc/${pid}/status`, 'utf8'))?.[1]
        : (await run('ps', ['-o', 'rss=', '-p', String(pid)])).stdout.trim()
    return kib === undefined || kib === '' ? null : Number(kib) / 1024
  } catch {
    return null
  }
}
