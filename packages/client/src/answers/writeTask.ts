import type { TaskDraft } from '@oblivion/core'

/** A draft as it travels: money as decimal strings. */
export const writeTask = (task: TaskDraft) => ({
  ...task,
  pricePerChunk: String(task.pricePerChunk),
  budget: String(task.budget),
  // Left out where absent, so that a database without it takes the rest.
  ...(task.maxPricePerHour === undefined ? {} : { maxPricePerHour: String(task.maxPricePerHour) }),
})
