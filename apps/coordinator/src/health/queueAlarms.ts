import type { QueueDepth } from './healthReport.ts'

// Each rule is a sentence where somebody should look, and null where all is well.

/** Of fewer attempts a share says nothing. */
const LEAST_ATTEMPTS = 20

/** Somebody waits for longer than the operator finds right (DJ-37). */
export function sayQueueOld({ waiting, oldestWaitingSeconds, limits }: QueueDepth): string | null {
  const limit = limits.oldestWaitingSeconds
  if (limit === null || oldestWaitingSeconds <= limit) return null
  return (
    `A job that nobody tried has waited for ${minutes(oldestWaitingSeconds)}, and ${waiting} wait in all: too few workers ` +
    `are online, or none is what its task asks for. The limit is ${minutes(limit)}.`
  )
}

/** Much of what is tried comes to nothing (SW-39). */
export function sayJobsFailing({ lately, limits }: QueueDepth): string | null {
  const { accepted, failed } = lately
  const ended = accepted + failed
  const limit = limits.failedShare
  if (limit === null || ended < LEAST_ATTEMPTS || failed <= limit * ended) return null
  return (
    `Of ${ended} attempts that ended within 15 minutes ${failed} failed, were refused or were lost: a program that is ` +
    `broken, or workers that go away. The limit is ${Math.round(limit * 100)} %.`
  )
}

/** A large result is read within seconds; after a day it is computed anew. */
const LONGEST_UNREAD_S = 600

/** Nodes wait for their pay since nobody reads what they have put into Storage (SW-39). */
export function sayResultUnread({ unread, oldestUnreadSeconds }: QueueDepth): string | null {
  if (oldestUnreadSeconds <= LONGEST_UNREAD_S) return null
  return (
    `A result has lain in Storage unread for ${minutes(oldestUnreadSeconds)}, ${unread} in all, and whoever computed them is ` +
    'not paid: Storage does not answer the coordinator, or more comes than it reads. The log says which.'
  )
}

const minutes = (seconds: number): string => `${Math.floor(seconds / 60)} min`

/** How many jobs of each type failed for good since the last look; none where there was none. */
export function failedSince(before: QueueDepth['failed'] | null, now: QueueDepth['failed']): Record<string, number> {
  if (before === null) return {}
  const more = Object.entries(now).map(([type, count]) => [type, count - (before[type] ?? 0)] as const)
  return Object.fromEntries(more.filter(([, count]) => count > 0))
}
