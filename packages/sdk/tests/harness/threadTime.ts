import { readdirSync, readFileSync } from 'node:fs'

/** One thread of a process, as /proc has it: `pid/tid`. */
type Thread = `${string}/${string}`

const parentOf = (pid: string): string | undefined => {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
    return fields.slice(fields.lastIndexOf(')') + 2).split(' ')[1]
  } catch {
    return undefined
  }
}

/** A process and all below it. */
export const processesOf = (root: number): string[] => {
  const parents = new Map(
    readdirSync('/proc').flatMap((pid) => (/^\d+$/.test(pid) ? [[pid, parentOf(pid)] as const] : [])),
  )
  const below = (pid: string | undefined): boolean =>
    pid !== undefined && (pid === String(root) || below(parents.get(pid)))
  return [...parents.keys()].filter(below)
}

/** Seconds that a thread has been on a processor, to the nanosecond; null when it is gone. */
export const threadSeconds = (thread: Thread): number | null => {
  const [pid, tid] = thread.split('/')
  try {
    return Number(readFileSync(`/proc/${pid}/task/${tid}/schedstat`, 'utf8').split(' ')[0]) / 1e9
  } catch {
    return null
  }
}

/** The same for every thread of a process and of all below it. */
const threadsOf = (root: number): Map<Thread, number> => {
  const found = new Map<Thread, number>()
  for (const pid of processesOf(root)) {
    let tids: string[] = []
    try {
      tids = readdirSync(`/proc/${pid}/task`)
    } catch {
      // It ended meanwhile.
    }
    for (const tid of tids) {
      const seconds = threadSeconds(`${pid}/${tid}`)
      if (seconds !== null) found.set(`${pid}/${tid}`, seconds)
    }
  }
  return found
}

/** As Linux knows the threads of a page's workers, whose names it cuts to 15 letters. */
const WORKER_THREAD = /^(DedicatedWorker|DOM Worker)/
const PAGE_PROCESS = /--type=renderer|-contentproc/

/** Whether it is a worker of a page or a frame: a browser's own run in other processes. */
export const isWorker = (thread: Thread): boolean => {
  const [pid, tid] = thread.split('/')
  try {
    return (
      WORKER_THREAD.test(readFileSync(`/proc/${pid}/task/${tid}/comm`, 'utf8')) &&
      PAGE_PROCESS.test(readFileSync(`/proc/${pid}/cmdline`, 'utf8'))
    )
  } catch {
    return false
  }
}
/** How many of them a browser has. */
export const countWorkers = (root: number): number => [...threadsOf(root).keys()].filter(isWorker).length

/** Which thread of a process tree works most, by a look at some time; of all, or of those that are asked for. */
export const busiestThread = async (
  root: number,
  milliseconds: number,
  among: (thread: Thread) => boolean = () => true,
): Promise<Thread> => {
  const before = threadsOf(root)
  await new Promise((resolve) => setTimeout(resolve, milliseconds))
  const [busiest] = [...threadsOf(root)]
    .filter(([thread]) => among(thread))
    .sort(([a, now], [b, then]) => then - (before.get(b) ?? 0) - (now - (before.get(a) ?? 0)))
  if (busiest === undefined) throw new Error('no thread')
  return busiest[0]
}
