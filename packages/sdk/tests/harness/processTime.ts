import { readdirSync, readFileSync } from 'node:fs'

/** Clock ticks a second, as Linux counts them for user space. */
const TICKS = 100

const parentOf = (pid: string): string | null => {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
    return fields.slice(fields.lastIndexOf(')') + 2).split(' ')[1] ?? null
  } catch {
    return null
  }
}

/** CPU time of a process and all below it, in seconds, by /proc: what the machine was really asked for. */
export const processSeconds = (root: number): number => {
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name))
  const parents = new Map(pids.map((pid) => [pid, parentOf(pid)]))
  const below = (pid: string | null): boolean =>
    pid === String(root) || (pid !== null && pid !== '0' && below(parents.get(pid) ?? null))
  let ticks = 0
  for (const pid of pids.filter(below)) {
    try {
      const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
      const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
      ticks += Number(fields[11]) + Number(fields[12])
    } catch {
      // It ended meanwhile.
    }
  }
  return ticks / TICKS
}
