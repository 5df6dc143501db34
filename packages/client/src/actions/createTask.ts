import type { Assignment, CreatedTask, TaskDraft } from '@oblivion/core'
import { type Fields, fieldsOf } from '../answers/fieldsOf.ts'
import { maybePosted } from '../answers/maybePosted.ts'
import { readEstimate } from '../answers/readEstimate.ts'
import { readNames } from '../answers/readNames.ts'
import { readTaskTerms } from '../answers/readTaskTerms.ts'
import { taskDeadlineMs, writeTask } from '../answers/writeTask.ts'
import type { CallOptions, Client } from '../Client.ts'

export interface CreateTaskParameters extends CallOptions {
  readonly task: TaskDraft
}

/**
 * Posts a task and holds its budget.
 *
 * Not safe to repeat blindly: after `CallTimeoutError`, by default in 60,000 ms, the task may exist, so look with `listTasks`
 * first.
 *
 * Each accepted chunk costs its price, or with `metered: { maxPricePerChunk }` in place of `pricePerChunk` the time that it
 * took at its node's price per hour, up to that cap. The budget covers every chunk at that price or cap.
 *
 * @throws {NotSignedInError} `OB001`, {InvalidInputError} `OB005`, {NotSupportedError} `OB006`,
 *   {InsufficientBalanceError} `OB007`, {ForeignUrlError} `OB009`, {NoSettlementInstanceError} `OB012`,
 *   {BudgetTooSmallError} `OB013`, {TooManyError} `OB014`, {SettlementHaltedError} `OB015`, and what `Client.call` throws.
 * @example
 * const { taskId } = await createTask(client, {
 *   task: {
 *     title: 'A room, path-traced',
 *     program: { kind: 'builtin', name: 'raytrace' },
 *     inputs,
 *     pricePerChunk: parseUsdc('0.001'),
 *     budget: parseUsdc('0.064'),
 *     acknowledgeVisible: true,
 *   },
 * })
 */
export const createTask = async (client: Client, parameters: CreateTaskParameters): Promise<CreatedTask> => {
  const { task, ...options } = parameters
  const call = 'create_task'
  const p_task = writeTask(task)
  const asked = client.call(call, { p_task }, { deadlineMs: taskDeadlineMs, ...options })
  const answer = fieldsOf(call, await asked.catch(maybePosted))
  return {
    taskId: answer.text('taskId'),
    chunkCount: answer.number('chunkCount'),
    plannedCount: answer.number('plannedCount'),
    terms: readTaskTerms(answer.object('terms')),
    estimate: readEstimate(answer.object('estimate')),
    assigned: answer.orNull('assigned', (name) => readAssignment(answer.object(name))),
  }
}

const readAssignment = (assigned: Fields): Assignment => ({
  jobs: assigned.number('jobs'),
  providers: readNames(assigned, 'providers'),
  until: assigned.orNull('until', assigned.text),
})
