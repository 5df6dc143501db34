import type { TaskDraft } from '@oblivion/core'

/** A task may hold 8 MiB of inputs: a line of 1.2 Mbit/s sends them in this time. */
export const taskDeadlineMs = 60_000

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
