import type { TaskStatus, TaskSummary, WorkerType } from '@oblivion/core'
import type { Fields } from './fieldsOf.ts'
import { readNames } from './readNames.ts'
import { readProgram } from './readProgram.ts'
import { readTaskTerms } from './readTaskTerms.ts'

export const taskStatuses = [
  'running',
  'paused',
  'completed',
  'failed',
  'cancelled',
] as const satisfies readonly TaskStatus[]

const workerTypes = ['browser', 'server', 'python'] as const satisfies readonly WorkerType[]

export const readTaskSummary = (task: Fields): TaskSummary => {
  const counts = task.object('counts')
  const needs = task.object('needs')
  return {
    taskId: task.text('taskId'),
    title: task.text('title'),
    type: task.text('type'),
    status: task.oneOf('status', taskStatuses),
    program: readProgram(task.object('program')),
    createdAt: task.text('createdAt'),
    finishedAt: task.orNull('finishedAt', task.text),
    chunkCount: task.number('chunkCount'),
    plannedCount: task.number('plannedCount'),
    counts: {
      blocked: counts.number('blocked'),
      pending: counts.number('pending'),
      processing: counts.number('processing'),
      completed: counts.number('completed'),
      failed: counts.number('failed'),
      cancelled: counts.number('cancelled'),
    },
    budget: task.amount('budget'),
    spent: task.amount('spent'),
    held: task.amount('held'),
    pricePerChunk: task.amount('pricePerChunk'),
    feeBps: task.number('feeBps'),
    terms: readTaskTerms(task.object('terms')),
    needs: {
      capabilities: needs.orNull('capabilities', (name) => readNames(needs, name)),
      workerTypes: needs.orNull('workerTypes', (name) => readNames(needs, name, workerTypes)),
      maxPricePerHour: needs.orNull('maxPricePerHour', needs.amount),
    },
  }
}
