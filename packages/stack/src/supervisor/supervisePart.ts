import { setTimeout as sleep } from 'node:timers/promises'
import type { ProcessRecord } from '../home/processes.ts'
import { decideRestart } from '../process/decideRestart.ts'
import type { RunningPart } from '../process/forkPart.ts'
import { startTimeOf } from '../process/processIdentity.ts'
import { StackError } from '../StackError.ts'
import type { PortName } from './choosePorts.ts'

/** One of the stack's processes. `start` answers when it is ready, and may be called again after it died. */
export type Part = {
  name: string
  signal: NodeJS.Signals
  logFile: string
  /** The reserved ports that it listens on. */
  ports: readonly PortName[]
  start(): Promise<RunningPart>
}

export type SupervisedPart = { name: string; stop(): Promise<void> }

/**
 * Starts a part, writes its process down, and starts it again when it dies by itself; dying too often ends the stack.
 *
 * @param context.onGiveUp called once, with why the part cannot be kept running
 * @throws what the first start throws: a part that never got ready is not retried
 */
export const supervisePart = async (
  part: Part,
  context: { record: ProcessRecord; say: (line: string) => void; onGiveUp: (error: StackError) => void },
): Promise<SupervisedPart> => {
  const { record, say, onGiveUp } = context
  const deaths: number[] = []
  let stopping = false
  let restarting: Promise<void> = Promise.resolve()
  let running: RunningPart

  const begin = async (): Promise<void> => {
    const started = await part.start()
    running = started
    const { pid } = started.child
    const startTime = pid === undefined ? null : startTimeOf(pid)
    if (pid !== undefined && startTime !== null) record.add({ name: part.name, pid, startTime, signal: part.signal })
    const onExit = (code: number | null, signal: NodeJS.Signals | null): void => {
      record.remove(part.name)
      if (!stopping) restarting = restart(`${signal ?? `code ${code}`}`)
    }
    if (started.child.exitCode !== null) onExit(started.child.exitCode, started.child.signalCode)
    else started.child.once('exit', onExit)
  }

  const restart = async (how: string): Promise<void> => {
    deaths.push(performance.now())
    const delay = decideRestart(deaths)
    if (delay === null) {
      const message = `The ${part.name} ended ${deaths.length} times and is not started again (${how}).`
      return onGiveUp(new StackError('child_ended', message, `Its output is in ${part.logFile}.`))
    }
    say(`The ${part.name} ended by itself (${how}); starting it again.`)
    await sleep(delay)
    if (stopping) return
    try {
      await begin()
      // Asked to stop while it was starting: `stop` saw the old process only.
      if (stopping) await running.stop()
    } catch (error) {
      await restart(error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error))
    }
  }

  await begin()
  return {
    name: part.name,
    stop: async () => {
      stopping = true
      await running.stop()
      await restarting
      record.remove(part.name)
    },
  }
}
