import type { Checkpoint, OfferedJob } from '@oblivion/core'
import type { Fields } from './fieldsOf.ts'
import { readProgram } from './readProgram.ts'

export const readOfferedJob = (job: Fields): OfferedJob => {
  const limits = job.object('limits')
  return {
    jobId: job.text('jobId'),
    attempt: job.number('attempt'),
    taskId: job.text('taskId'),
    title: job.text('title'),
    chunkIndex: job.number('chunkIndex'),
    chunkCount: job.number('chunkCount'),
    type: job.text('type'),
    program: readProgram(job.object('program')),
    input: job.json('input'),
    // These two are read by the few who need them, who look at them then.
    inputUrl: job.json('inputUrl') as NonNullable<OfferedJob['inputUrl']> | null,
    leaseExpiresAt: job.text('leaseExpiresAt'),
    limits: {
      timeoutSeconds: limits.number('timeoutSeconds'),
      maxResultBytes: limits.number('maxResultBytes'),
      maxStoredBytes: limits.number('maxStoredBytes'),
    },
    checkpoint: job.json('checkpoint') as Checkpoint | null,
  }
}
