import { setTimeout as wait } from 'node:timers/promises'
import { type Client, getTask, isTransient, taskFailures, tryAgain } from '@oblivion/client'
import type { TaskStatus, TaskView } from '@oblivion/core'
import { callAgain } from './callAgain.ts'
import type { FailedChunk } from './eachFailure.ts'
import { countedFrom, failureJson, failureText } from './failureText.ts'
import { moneyText } from './moneyText.ts'
import type { CustomerFlags } from './openCustomer.ts'
import { say } from './say.ts'

/** 0 where all is computed; each other end has a number of its own, for scripts. */
const exitCodes: Partial<Record<TaskStatus, number>> = { completed: 0, failed: 1, cancelled: 3 }
const INTERRUPTED = 130

/**
 * Says how far a task is, as it changes, until it ends; the process then exits with 0 where it is completed, 1 failed, 3
 * cancelled. Ctrl-C ends the watching alone, with 130.
 */
export const watchToItsEnd = async (
  client: Client,
  taskId: string,
  flags: CustomerFlags & { readonly json: boolean },
): Promise<void> => {
  const { json } = flags
  const left = new AbortController()
  const leave = () => left.abort()
  process.once('SIGINT', leave)
  process.once('SIGTERM', leave)
  const screen = openScreen(json)
  try {
    const last = await follow(client, taskId, left.signal, screen)
    screen.end()
    if (last === null) {
      process.stderr.write(`It goes on without you. Watch it again with: ${callAgain('watch', taskId, flags)}\n`)
      process.exitCode = INTERRUPTED
    } else {
      process.exitCode = exitCodes[last.status] ?? 1
      const failure = last.counts.failed > 0 ? await firstFailure(client, last, left.signal) : null
      if (!json) say(false, null, ending(last, failure, callAgain('results', taskId, flags)))
      else if (failure !== null) say(true, failureJson(failure), [])
    }
  } finally {
    process.off('SIGINT', leave)
    process.off('SIGTERM', leave)
  }
}

/** The first failed chunk of which something is confirmed, or the first of all; null where it cannot be read now. */
const firstFailure = async (client: Client, view: TaskView, signal: AbortSignal): Promise<FailedChunk | null> => {
  try {
    const { failures } = await tryAgain(() => taskFailures(client, { taskId: view.taskId, signal }), signal)
    // A replica may have failed of a chunk that was done.
    const confirmed = failures.find(({ chunkIndex }) => view.chunks[chunkIndex] === 'f') ?? null
    return { chunkIndex: confirmed?.chunkIndex ?? view.chunks.indexOf('f'), confirmed }
  } catch (error) {
    // How the task ended is known, and said by the exit code.
    if (signal.aborted || isTransient(error)) return null
    throw error
  }
}

/** One look a second, and where nothing changes one in five. Null where it was left. */
const follow = async (
  client: Client,
  taskId: string,
  signal: AbortSignal,
  screen: ReturnType<typeof openScreen>,
): Promise<TaskView | null> => {
  let pauseMs = 1_000
  let before = ''
  while (!signal.aborted) {
    try {
      const view = await getTask(client, { taskId, signal })
      const now = JSON.stringify([view.status, view.pausedReason, view.chunks])
      pauseMs = now === before ? Math.min(5_000, pauseMs * 1.5) : 1_000
      if (now !== before) screen.show(view)
      before = now
      if (view.finishedAt !== null) return view
    } catch (error) {
      if (signal.aborted) return null
      if (!isTransient(error)) throw error
      screen.note('the server cannot be reached; trying again by itself')
      pauseMs = 5_000
    }
    await wait(pauseMs, null, { signal }).catch(() => {})
  }
  return null
}

const openScreen = (json: boolean) => {
  const live = !json && process.stdout.isTTY === true
  const line = (text: string) => process.stdout.write(live ? `\r\x1b[2K${text}` : `${text}\n`)
  return {
    show: (view: TaskView) => {
      if (json) {
        const { taskId, status, pausedReason, chunkCount, counts, spent, held, finishedAt } = view
        say(true, { taskId, status, pausedReason, chunkCount, counts, spent, held, finishedAt }, [])
      } else line(live ? `${bar(view)}  ${progress(view)}` : progress(view))
    },
    note: (text: string) => process.stderr.write(`${live ? '\n' : ''}${text}\n`),
    end: () => {
      if (live) process.stdout.write('\n')
    },
  }
}

const BAR_WIDTH = 24
const bar = ({ counts, chunkCount }: TaskView): string => {
  const done = Math.floor((BAR_WIDTH * counts.completed) / chunkCount)
  return `[${'#'.repeat(done)}${'.'.repeat(BAR_WIDTH - done)}]`
}

const progress = (view: TaskView): string => {
  const { counts, chunkCount, status, pausedReason, spent, budget, asset, forecast } = view
  const likely = forecast?.finish?.likely
  return [
    `${counts.completed} of ${chunkCount} accepted`,
    ...(counts.processing > 0 ? [`${counts.processing} in work`] : []),
    ...(counts.failed > 0 ? [`${counts.failed} failed`] : []),
    ...(status === 'paused' ? [`paused (${pausedReason ?? 'customer'})`] : []),
    `${moneyText(spent, asset)} of ${moneyText(budget, asset)} spent`,
    ...(likely == null ? [] : [`done at about ${new Date(likely).toTimeString().slice(0, 5)}`]),
  ].join(', ')
}

const ending = (view: TaskView, failure: FailedChunk | null, readThem: string): string[] => {
  const { status, counts, chunkCount, spent, asset } = view
  const failed = counts.failed > 0 ? `, ${counts.failed} failed` : ''
  return [
    `${status}: ${counts.completed} of ${chunkCount} chunks accepted${failed}, ${moneyText(spent, asset)} spent; the rest is free again.`,
    ...(failure === null ? [] : [`${failureText(failure, asset)}. ${countedFrom}`]),
    ...(counts.completed + counts.failed > 0
      ? [`Its results${counts.failed > 0 ? ', and each failure' : ''}: ${readThem}`]
      : []),
  ]
}
