import type { ChunkAttempts } from '@oblivion/core'
import { fieldsOf } from '../answers/fieldsOf.ts'
import type { CallOptions, Client, FunctionArguments } from '../Client.ts'

export interface ChunkAttemptsParameters extends CallOptions {
  readonly taskId: string
  /** From 0. */
  readonly chunkIndex: number
  /** At most this many, the newest; 100 where absent. */
  readonly limit?: number | undefined
}

/**
 * How one chunk of a task of the caller's was tried: when, by how many owners and what became of it. With replicas or stages
 * nothing of a stage before it has ended; to the minute and without codes until its job is paid for; empty where the history
 * is older than it is kept.
 *
 * @throws {NotSignedInError} `OB001`, {TaskNotFoundError} `OB008`, and what `Client.call` throws.
 * @example
 * const { attempts } = await chunkAttempts(client, { taskId, chunkIndex: 3 })
 * for (const { attempt, outcome, code } of attempts) console.log(attempt, outcome, code)
 */
export const chunkAttempts = async (client: Client, parameters: ChunkAttemptsParameters): Promise<ChunkAttempts> => {
  const { taskId, chunkIndex, limit = 100, ...options } = parameters
  const call = 'chunk_attempts'
  const args = {
    ...{ p_task_id: taskId, p_chunk_index: chunkIndex, p_limit: limit },
  } satisfies FunctionArguments<'chunk_attempts'>
  const answer = fieldsOf(call, await client.call(call, args, options))
  return {
    attempts: answer.list('attempts', (attempt) => ({
      stage: attempt.number('stage'),
      attempt: attempt.number('attempt'),
      worker: attempt.number('worker'),
      startedAt: attempt.text('startedAt'),
      endedAt: attempt.orNull('endedAt', attempt.text),
      outcome: attempt.orNull('outcome', (name) => attempt.oneOf(name, outcomes)),
      code: attempt.orNull('code', attempt.text),
      verdict: attempt.orNull('verdict', (name) => attempt.oneOf(name, verdicts)),
      provider: attempt.orNull('provider', attempt.text),
      reward: attempt.orNull('reward', attempt.amount),
    })),
    more: answer.flag('more'),
  }
}

const outcomes = ['succeeded', 'failed', 'expired', 'released', 'rejected'] as const
const verdicts = ['unchecked', 'valid', 'invalid', 'inconclusive'] as const
