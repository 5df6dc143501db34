import type { JobStat } from '@oblivion/client'
import type { JobStatus } from '@oblivion/core'

/** How many jobs of one type are in each status. */
export type JobCounts = { readonly type: string; readonly counts: Readonly<Partial<Record<JobStatus, number>>> }

/** Rows of one type and status each as one row a type; those with open jobs first, then by name. */
export function jobCounts(rows: readonly JobStat[]): JobCounts[] {
  const open = ({ counts: { blocked = 0, pending = 0, processing = 0 } }: JobCounts) => blocked + pending + processing
  return [...Map.groupBy(rows, ({ type }) => type)]
    .map(([type, all]) => ({ type, counts: Object.fromEntries(all.map(({ status, count }) => [status, count])) }))
    .sort((a, b) => open(b) - open(a) || a.type.localeCompare(b.type))
}
