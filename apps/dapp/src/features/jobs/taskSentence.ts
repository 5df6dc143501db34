import type { TaskStatus, TaskSummary } from '@oblivion/core'
import type { Meaning } from '../elements/StateMark.tsx'
import { plural } from '../format/plural.ts'

export const taskWords: Record<TaskStatus, { meaning: Meaning; word: string }> = {
  running: { meaning: 'work', word: 'Running' },
  paused: { meaning: 'wait', word: 'Paused' },
  completed: { meaning: 'done', word: 'Completed' },
  failed: { meaning: 'fail', word: 'Failed' },
  cancelled: { meaning: 'rest', word: 'Cancelled' },
}

/** What the chunks of this program are called. */
function chunkNoun(type: string, count: number): string {
  return type === 'raytrace' ? plural(count, 'tile') : plural(count, 'chunk')
}

/** How a task stands, in one sentence. */
export function taskSentence(task: Pick<TaskSummary, 'status' | 'type' | 'chunkCount' | 'counts'>): string {
  const { status, type, chunkCount, counts } = task
  const all = chunkNoun(type, chunkCount)
  switch (status) {
    case 'running':
      if (counts.completed === 0 && counts.processing === 0) return `Waiting for a worker to take the first of ${all}.`
      return `${counts.completed.toLocaleString('en-US')} of ${all} ${counts.completed === 1 ? 'is' : 'are'} done.`
    case 'paused':
      return counts.processing === 0
        ? `Paused with ${counts.completed.toLocaleString('en-US')} of ${all} done.`
        : `Paused: ${chunkNoun(type, counts.processing)} in work will still be done and paid.`
    case 'completed':
      return `All ${all} are done.`
    case 'failed':
      return `Failed: ${counts.completed.toLocaleString('en-US')} of ${all} are done.`
    case 'cancelled':
      return `Cancelled with ${counts.completed.toLocaleString('en-US')} of ${all} done.`
  }
}

/** How a list of tasks stands, in one sentence. */
export function tasksSentence(tasks: readonly Pick<TaskSummary, 'status'>[]): string {
  if (tasks.length === 0) return 'You have posted no task yet.'
  const running = tasks.filter((task) => task.status === 'running').length
  if (running === 0 && tasks.length === 1) return 'Your task is not running any more.'
  if (running === 0) return `None of your ${plural(tasks.length, 'task')} is running.`
  return running === 1 ? 'One of your tasks is running.' : `${running} of your tasks are running.`
}
