import { type Client, listTasks } from '@oblivion/client'
import { OblivionError, type TaskDraft, type TaskSummary } from '@oblivion/core'

/** A task of which nobody here knows whether it was posted: the call went out, and its answer was lost. */
export type LostAnswer = Pick<TaskDraft, 'title' | 'budget'> & {
  asset: TaskSummary['asset']
  /** The wallet's newest task of before; null where it had none. */
  newest: string | null
}

/** More than anybody posts between two presses. */
const most = 20

/** The wallet's newest task; null where it has none. */
export async function newestTask(client: Client): Promise<string | null> {
  return (await listTasks(client, { limit: 1 }))[0]?.taskId ?? null
}

/** Whether the server may have done what it was asked all the same: it was not reached, or has not answered in its words. */
export function isAnswerLost(error: unknown): boolean {
  return error instanceof OblivionError && /^OB10[1245]$/.test(error.code)
}

/** The task, where it was posted after all. */
export async function findPosted(client: Client, lost: LostAnswer): Promise<TaskSummary | null> {
  const tasks = await listTasks(client, { limit: most })
  const before = tasks.findIndex(({ taskId }) => taskId === lost.newest)
  const since = before === -1 ? tasks : tasks.slice(0, before)
  const isIt = (task: TaskSummary) =>
    task.title === lost.title && task.budget === lost.budget && task.asset === lost.asset
  return since.find(isIt) ?? null
}
