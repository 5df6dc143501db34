import { CallTimeoutError, type JobStatus, NetworkUnreachableError, RequestRefusedError } from '@oblivion/core'
import { readList } from '../answers/fieldsOf.ts'
import type { CallOptions } from '../Client.ts'
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
 * @throws {NetworkUnreachableError} `OB101`, {CallTimeoutError} `OB102` after 15,000 ms by default, {RequestRefusedError} `OB104`, {UnexpectedAnswerError} `OB105`; the signal's reason.
 * @example
 * const failed = (await getJobStats({ supabaseUrl, supabaseKey })).filter(({ status }) => status === 'failed')
 */
export const getJobStats = async (
  { supabaseUrl, supabaseKey, fetch: send = globalThis.fetch }: ClientOptions,
  { signal, deadlineMs = 15_000 }: Pick<CallOptions, 'signal' | 'deadlineMs'> = {},
): Promise<JobStat[]> => {
  const call = 'job_stats'
  const url = `${supabaseUrl.replace(/\/+$/, '')}/rest/v1/${call}?select=type,status,count&order=count.desc&limit=1000`
  const headers = { apikey: supabaseKey, authorization: `Bearer ${supabaseKey}` }
  const deadline = AbortSignal.timeout(deadlineMs)
  const unreachable = (cause: unknown): never => {
    if (signal?.aborted) throw cause
    if (deadline.aborted) throw new CallTimeoutError({ values: { call, milliseconds: deadlineMs }, cause })
    throw new NetworkUnreachableError({ values: { call }, cause })
  }
  const ends = signal ? AbortSignal.any([signal, deadline]) : deadline
  const answer = await send(url, { headers, signal: ends }).catch(unreachable)
  if (!answer.ok)
    throw new RequestRefusedError({ values: { call, status: answer.status, serverCode: null, details: null } })
  return readList(call, await answer.json().catch(unreachable), (row) => ({
    type: row.text('type'),
    status: row.oneOf('status', statuses),
    count: row.number('count'),
  }))
}
