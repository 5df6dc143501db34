import type { OperatorNodeView } from '@oblivion/core'
import { type Fields, fieldsOf } from '../answers/fieldsOf.ts'
import { readNames } from '../answers/readNames.ts'
import { readOperatorNode } from '../answers/readOperatorNode.ts'
import type { CallOptions, Client } from '../Client.ts'

export interface OperatorNodeParameters extends CallOptions {
  readonly nodeId: string
}

/**
 * One node with what it holds and how its tries of the last hour ended, for a wallet that is an operator.
 *
 * @throws {NotSignedInError} `OB001`, {NodeNotFoundError} `OB003`, {ForbiddenError} `OB018` for anybody else, and what
 *   `Client.call` throws.
 */
export const operatorNode = async (client: Client, parameters: OperatorNodeParameters): Promise<OperatorNodeView> => {
  const { nodeId, ...options } = parameters
  const call = 'operator_node'
  const node = fieldsOf(call, await client.call(call, { p_node_id: nodeId }, options))
  const lastHour = node.object('lastHour')
  return {
    ...readOperatorNode(node),
    asOf: node.text('asOf'),
    pricePerHour: node.orNull('pricePerHour', node.amount),
    capabilities: readNames(node, 'capabilities'),
    operator: node.flag('operator'),
    established: node.flag('established'),
    site: node.orNull('site', node.text),
    staleAfterSeconds: node.number('staleAfterSeconds'),
    jobs: node.list('jobs', (job) => ({
      ...readJob(job),
      progress: job.number('progress'),
      leaseExpiresAt: job.text('leaseExpiresAt'),
    })),
    lastHour: { attempts: lastHour.number('attempts'), succeeded: lastHour.number('succeeded') },
    attempts: node.list('attempts', (attempt) => ({
      ...readJob(attempt),
      endedAt: attempt.text('endedAt'),
      outcome: attempt.oneOf('outcome', ['succeeded', 'failed', 'expired', 'released', 'rejected']),
      code: attempt.orNull('code', attempt.text),
    })),
  }
}

const readJob = (job: Fields) => ({
  jobId: job.text('jobId'),
  taskId: job.text('taskId'),
  chunkIndex: job.number('chunkIndex'),
  type: job.text('type'),
  attempt: job.number('attempt'),
  startedAt: job.text('startedAt'),
})
