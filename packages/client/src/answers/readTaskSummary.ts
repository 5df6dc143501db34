import type { TaskStatus, TaskSummary, WorkerType } from '@oblivion/core'
import type { Fields } from './fieldsOf.ts'
import { readNames } from './readNames.ts'
import { readProgram } from './readProgram.ts'
import { isMetered, readTaskTerms } from './readTaskTerms.ts'

export const taskStatuses = [
  'running',
  'paused',
  'completed',
  'failed',
  'cancelled',
] as const satisfies readonly TaskStatus[]

const workerTypes = ['browser', 'server', 'python'] as const satisfies readonly WorkerType[]

export const readTaskSummary = (task: Fields): TaskSummary => {
  const needs = task.object('needs')
  return {
    taskId: task.text('taskId'),
    title: task.text('title'),
    type: task.text('type'),
    status: task.oneOf('status', taskStatuses),
    pausedReason: task.orNull('pausedReason', (name) =>
      task.oneOf(name, ['customer', 'exit', 'halted', 'non_deterministic', 'program_stopped']),
    ),
    // A database that says none knows tokens alone.
    asset: task.orNull('asset', (name) => task.oneOf(name, ['chain', 'card', 'test'])) ?? 'chain',
    program: readProgram(task.object('program')),
    stages: task.orNull('stages', (name) =>
      task.list(name, (stage) => ({
        type: stage.text('type'),
        program: readProgram(stage.object('program')),
        counts: readCounts(stage.object('counts')),
      })),
    ),
    createdAt: task.text('createdAt'),
    finishedAt: task.orNull('finishedAt', task.text),
    countedSecondsAgo: readAge(task),
    chunkCount: task.number('chunkCount'),
    plannedCount: task.number('plannedCount'),
    counts: readCounts(task.object('counts')),
    budget: task.amount('budget'),
    spent: task.amount('spent'),
    held: task.amount('held'),
    pricePerChunk: task.amount('pricePerChunk'),
    metered: isMetered(task),
    feeBps: task.number('feeBps'),
    terms: readTaskTerms(task.object('terms')),
    needs: {
      capabilities: needs.orNull('capabilities', (name) => readNames(needs, name)),
      workerTypes: needs.orNull('workerTypes', (name) => readNames(needs, name, workerTypes)),
      maxPricePerHour: needs.orNull('maxPricePerHour', needs.amount),
    },
  }
}

const readCounts = (counts: Fields): TaskSummary['counts'] => ({
  blocked: counts.number('blocked'),
  pending: counts.number('pending'),
  processing: counts.number('processing'),
  completed: counts.number('completed'),
  failed: counts.number('failed'),
  cancelled: counts.number('cancelled'),
})

/** By the server's clock alone; 0 by a database that does not say it. */
const readAge = (task: Fields): number => {
  const [asOf, countedAt] = ['asOf', 'countedAt'].map((name) => task.orNull(name, task.text))
  return asOf && countedAt ? Math.max(0, (Date.parse(asOf) - Date.parse(countedAt)) / 1000) : 0
}
