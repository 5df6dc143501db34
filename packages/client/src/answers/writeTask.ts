import type { TaskDraft } from '@oblivion/core'

/** A draft as it travels: money as decimal strings. */
export const writeTask = (task: TaskDraft) => ({
  ...task,
  ...(task.metered === undefined
    ? { pricePerChunk: String(task.pricePerChunk) }
    : { metered: { maxPricePerChunk: String(task.metered.maxPricePerChunk) } }),
  budget: String(task.budget),
  // Left out where absent, so that a database without it takes the rest.
  ...(task.maxPricePerHour === undefined ? {} : { maxPricePerHour: String(task.maxPricePerHour) }),
})
