import { type JobStatus, NetworkUnreachableError, RequestRefusedError } from '@oblivion/core'
import type { Config } from '../shell/config.ts'

/** How many jobs of one type are in each status. */
export type JobCounts = { readonly type: string; readonly counts: Readonly<Partial<Record<JobStatus, number>>> }

type CountRow = { readonly type: string; readonly status: JobStatus; readonly count: number }

/**
 * The view `job_stats`, which everybody may read: a row for each type, those with open jobs first.
 *
 * @throws {NetworkUnreachableError} `OB101`, {RequestRefusedError} `OB104`.
 */
export async function readJobCounts({ supabaseUrl, anonKey }: Config, signal: AbortSignal): Promise<JobCounts[]> {
  const call = 'job_stats'
  const url = `${supabaseUrl}/rest/v1/${call}?select=type,status,count&limit=1000`
  const answer = await fetch(url, { headers: { apikey: anonKey }, signal }).catch((cause: unknown) => {
    throw signal.aborted ? cause : new NetworkUnreachableError({ values: { call }, cause })
  })
  if (!answer.ok) {
    throw new RequestRefusedError({ values: { call, status: answer.status, serverCode: null, details: null } })
  }
  return jobCounts((await answer.json()) as CountRow[])
}

/** Rows of one type and status each as one row a type; those with open jobs first, then by name. */
export function jobCounts(rows: readonly CountRow[]): JobCounts[] {
  const open = ({ counts: { blocked = 0, pending = 0, processing = 0 } }: JobCounts) => blocked + pending + processing
  return [...Map.groupBy(rows, ({ type }) => type)]
    .map(([type, all]) => ({ type, counts: Object.fromEntries(all.map(({ status, count }) => [status, count])) }))
    .sort((a, b) => open(b) - open(a) || a.type.localeCompare(b.type))
}
