import { type JobStatus, NetworkUnreachableError, RequestRefusedError } from '@oblivion/core'
import { readList } from '../answers/fieldsOf.ts'
import type { ClientOptions } from '../openClient.ts'

/** How many jobs of one type are in one status. */
export interface JobStat {
  readonly type: string
  readonly status: JobStatus
  readonly count: number
}

const statuses: readonly JobStatus[] = ['blocked', 'pending', 'processing', 'completed', 'failed', 'cancelled']

/**
 * The view `job_stats`, which everybody may read: a row for each type and status, the largest count first, 1000 at most.
 *
 * @throws {NetworkUnreachableError} `OB101`, {RequestRefusedError} `OB104`, {UnexpectedAnswerError} `OB105`; the signal's reason.
 * @example
 * const failed = (await getJobStats({ supabaseUrl, supabaseKey })).filter(({ status }) => status === 'failed')
 */
export const getJobStats = async (
  { supabaseUrl, supabaseKey, fetch: send = globalThis.fetch }: ClientOptions,
  { signal }: { readonly signal?: AbortSignal } = {},
): Promise<JobStat[]> => {
  const call = 'job_stats'
  const url = `${supabaseUrl.replace(/\/+$/, '')}/rest/v1/${call}?select=type,status,count&order=count.desc&limit=1000`
  const headers = { apikey: supabaseKey, authorization: `Bearer ${supabaseKey}` }
  const unreachable = (cause: unknown): never => {
    throw signal?.aborted ? cause : new NetworkUnreachableError({ values: { call }, cause })
  }
  const answer = await send(url, { headers, ...(signal && { signal }) }).catch(unreachable)
  if (!answer.ok)
    throw new RequestRefusedError({ values: { call, status: answer.status, serverCode: null, details: null } })
  return readList(call, await answer.json().catch(unreachable), (row) => ({
    type: row.text('type'),
    status: row.oneOf('status', statuses),
    count: row.number('count'),
  }))
}
