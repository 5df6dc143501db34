import { setTimeout as sleep } from 'node:timers/promises'
import { isAlive, type ProcessIdentity } from './processIdentity.ts'

/**
 * Ends a process that is not our child: asks by `signal`, waits, and kills it where it does not go. A process that
 * merely has the same number is left alone.
 *
 * @returns `'gone'` where there was nothing to end
 */
export const endProcess = async (
  identity: ProcessIdentity,
  signal: NodeJS.Signals,
  withinMs: number,
): Promise<'gone' | 'ended' | 'killed'> => {
  if (!isAlive(identity)) return 'gone'
  trySignal(identity.pid, signal)
  if (await waitForEnd(identity, withinMs)) return 'ended'
  trySignal(identity.pid, 'SIGKILL')
  await waitForEnd(identity, 5_000)
  return 'killed'
}

/** True once the process is gone, false where it still lives after `withinMs`. */
const waitForEnd = async (identity: ProcessIdentity, withinMs: number): Promise<boolean> => {
  const deadline = performance.now() + withinMs
  while (isAlive(identity)) {
    if (performance.now() > deadline) return false
    await sleep(20)
  }
  return true
}

const trySignal = (pid: number, signal: NodeJS.Signals): void => {
  try {
    process.kill(pid, signal)
  } catch (error) {
    // It ended between the look and the signal.
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
  }
}
