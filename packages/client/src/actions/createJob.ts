import type { StoredInput, TaskEstimate } from '@oblivion/core'
import { fieldsOf } from '../answers/fieldsOf.ts'
import { maybePosted } from '../answers/maybePosted.ts'
import { readEstimate } from '../answers/readEstimate.ts'
import type { CallOptions, Client } from '../Client.ts'
import type { BriefMetadata } from './createBriefWithJob.ts'

export interface CreateJobParameters extends CallOptions {
  /** A brief of the caller's, or another task; by an API key one that it posted. */
  readonly brief_id: string
  /** The program by its name: `analysis`, `storyboard` and such, or a built-in one. */
  readonly type: string
  /** In place of the brief's own. */
  readonly metadata?: BriefMetadata | StoredInput | undefined
}

export interface CreatedJob {
  readonly brief_id: string
  /** Its money is held and paid as of a task of its own: `getTask` and `taskResults` take this. */
  readonly task_id: string
  readonly job_id: string
  readonly estimate: TaskEstimate
}

/**
 * Adds a job to a brief: it gets the brief's words with this metadata, costs what the brief's jobs cost, and is listed with
 * them. That strangers' machines see what it is given was agreed to with the brief.
 *
 * Not safe to repeat blindly: after `CallTimeoutError` the job may exist.
 *
 * @throws what `createTask` throws; {TaskNotFoundError} `OB008` for a brief that is not the caller's.
 * @example
 * await createJob(client, { brief_id, type: 'analysis', metadata: { video_url: `data:image/gif;base64,${gif}` } })
 */
export const createJob = async (client: Client, parameters: CreateJobParameters): Promise<CreatedJob> => {
  const { brief_id, type, metadata, ...options } = parameters
  const call = 'create_brief_job'
  const p_job = { briefId: brief_id, type, ...(metadata === undefined ? {} : { metadata }) }
  const answer = fieldsOf(call, await client.call(call, { p_job }, options).catch(maybePosted))
  return {
    brief_id: answer.text('briefId'),
    task_id: answer.text('taskId'),
    job_id: answer.text('jobId'),
    estimate: readEstimate(answer.object('estimate')),
  }
}
