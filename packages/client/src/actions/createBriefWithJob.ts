import type { Asset, StoredInput, TaskEstimate } from '@oblivion/core'
import { fieldsOf } from '../answers/fieldsOf.ts'
import { maybePosted } from '../answers/maybePosted.ts'
import { readEstimate } from '../answers/readEstimate.ts'
import { readNames } from '../answers/readNames.ts'
import type { CallOptions, Client } from '../Client.ts'

/** What a job is given beside its brief's words. Media are `data:` URLs in base64; an address is refused (`OB009`). */
export interface BriefMetadata {
  readonly [name: string]: unknown
  /** In place of the query and description. */
  readonly text?: string
  /** A GIF or a PNG. */
  readonly video_url?: string
  /** A PNG or a GIF. */
  readonly image_url?: string
  /** A WAV with PCM. */
  readonly audio_url?: string
}

/** A brief in the words of supabase-worker, and what an order takes besides. */
export interface CreateBriefParameters extends CallOptions {
  /** The caller's own wallet; another one is refused. */
  readonly user_id?: string | undefined
  readonly title: string
  readonly description?: string | undefined
  readonly query: string
  readonly media_type: 'video' | 'image' | 'audio' | 'text'
  /** Whether what follows the analysis is wanted too; false where absent. */
  readonly use_pipeline?: boolean | undefined
  /**
   * 64 kB at most with the brief's words. What is larger is stored first, `storeInput(options, { address, input: { title,
   * query, metadata } })`, and its answer stands here; the stored object is then all that the programs get.
   */
  readonly metadata?: BriefMetadata | StoredInput | undefined
  /** What each accepted job costs, fee included, in the smallest unit. */
  readonly price_per_job: bigint
  /** The money that pays it; tokens where absent. */
  readonly asset?: Asset | undefined
  /** Strangers' machines see the brief and what is added to it: the customer's word that this is fine. */
  readonly acknowledgeVisible: true
}

export interface CreatedBrief {
  /** A task: `getTask` and `taskResults` take it. */
  readonly brief_id: string
  /** Of the first stage. */
  readonly job_id: string
  /** The types of all its jobs, each after the one before. */
  readonly stages: readonly string[]
  readonly estimate: TaskEstimate
}

/**
 * Posts a brief as a task of one chunk, whose first job is `analysis`, and holds its budget. docs/programs.md says what each
 * stage makes of it.
 *
 * Not safe to repeat blindly: after `CallTimeoutError` the brief may exist, so look with `listTasks` first.
 *
 * @throws what `createTask` throws; {WalletMismatchError} `OB002` for a `user_id` that is not the caller's.
 * @example
 * const { brief_id } = await createBriefWithJob(client, {
 *   title: 'Analysis Request',
 *   query: userQuery,
 *   media_type: 'text',
 *   price_per_job: parseUsdc('0.001'),
 *   acknowledgeVisible: true,
 * })
 */
export const createBriefWithJob = async (client: Client, parameters: CreateBriefParameters): Promise<CreatedBrief> => {
  const { user_id, media_type, use_pipeline, price_per_job, title, description, query, metadata, asset, ...rest } =
    parameters
  const { acknowledgeVisible, ...options } = rest
  const call = 'create_brief'
  const p_brief = {
    ...{ title, query, mediaType: media_type, pricePerJob: String(price_per_job), acknowledgeVisible },
    ...(user_id === undefined ? {} : { customerAddress: user_id }),
    ...(description === undefined ? {} : { description }),
    ...(use_pipeline === undefined ? {} : { usePipeline: use_pipeline }),
    ...(metadata === undefined ? {} : { metadata }),
    ...(asset === undefined ? {} : { asset }),
  }
  const answer = fieldsOf(call, await client.call(call, { p_brief }, options).catch(maybePosted))
  return {
    brief_id: answer.text('briefId'),
    job_id: answer.text('jobId'),
    stages: readNames(answer, 'stages'),
    estimate: readEstimate(answer.object('estimate')),
  }
}
