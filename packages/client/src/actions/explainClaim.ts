import type { ClaimExplanation, ClaimReason } from '@oblivion/core'
import { type Fields, fieldsOf } from '../answers/fieldsOf.ts'
import type { CallOptions, Client } from '../Client.ts'

export interface ExplainClaimParameters extends CallOptions {
  readonly nodeId: string
}

const reasons = [
  'not_online',
  'node_full',
  'owner_on_probation',
  'budget_spent',
  'results_unread',
  'no_pending_jobs',
  'own_tasks_only',
  'program_not_allowed',
  'other_worker_type',
  'missing_capability',
  'price_too_high',
  'buckets_full',
  'not_due_yet',
  'offered_to_others',
  'has_replica',
  'tried_before',
  'yielding',
  'job_waiting',
] as const satisfies readonly ClaimReason[]

/**
 * Why a node of the caller gets nothing at this moment. Takes no job and is no sign of life.
 *
 * @throws {NotSignedInError} `OB001`, {NodeNotFoundError} `OB003`, {NodeKeyInvalidError} `OB004`, and what `Client.call`
 *   throws.
 * @example
 * const { reason, sentence } = await explainClaim(client, { nodeId })
 */
export const explainClaim = async (client: Client, parameters: ExplainClaimParameters): Promise<ClaimExplanation> => {
  const { nodeId, ...options } = parameters
  const call = 'explain_claim'
  const answer = fieldsOf(call, await client.call(call, { p_node_id: nodeId }, options))
  return {
    reason: answer.oneOf('reason', reasons),
    sentence: answer.text('sentence'),
    values: readValues(answer),
  }
}

const readValues = (answer: Fields): Readonly<Record<string, unknown>> => {
  answer.object('values')
  return answer.json('values') as Readonly<Record<string, unknown>>
}
