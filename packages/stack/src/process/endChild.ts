import type { ChildProcess } from 'node:child_process'

/** Asks a child to end, and kills it where it has not gone in time. Answers when it is gone. */
export const endChild = (child: ChildProcess, signal: NodeJS.Signals, withinMs: number): Promise<void> =>
  new Promise((resolve) => {
    if (child.exitCode !== null || child.signalCode !== null) return resolve()
    const timer = setTimeout(() => child.kill('SIGKILL'), withinMs)
    child.once('exit', () => {
      clearTimeout(timer)
      resolve()
    })
    child.kill(signal)
  })
