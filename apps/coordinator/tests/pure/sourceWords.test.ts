import { expect, test } from 'vitest'
import { percent } from '../../src/http/sources/jobRow.ts'
import { snakeCase } from '../../src/http/sources/snakeCase.ts'
import { jobManagementStatus } from '../../src/http/sources/statusWords.ts'

test.each([
  [{ status: 'blocked', offered: false, progress: 0 }, 'PENDING'],
  [{ status: 'pending', offered: false, progress: 0 }, 'PENDING'],
  [{ status: 'pending', offered: true, progress: 0 }, 'ASSIGNED'],
  [{ status: 'processing', offered: false, progress: 0 }, 'ASSIGNED'],
  [{ status: 'processing', offered: false, progress: 0.001 }, 'RUNNING'],
  // To a customer, who is not told.
  [{ status: 'processing', offered: false, progress: null }, 'RUNNING'],
  [{ status: 'completed', offered: false, progress: 1 }, 'COMPLETED'],
  [{ status: 'failed', offered: false, progress: 0 }, 'FAILED'],
  [{ status: 'cancelled', offered: false, progress: 0 }, 'CANCELLED'],
] as const)('JM-33: %j is %s', (job, word) => {
  expect(jobManagementStatus(job)).toBe(word)
})

test('progress is told in percent with two decimals, and only an object’s own keys are spelled anew', () => {
  expect([0, 0.1 + 0.2, 0.42857, 1, null].map(percent)).toEqual([0, 30, 42.86, 100, null])
  expect(snakeCase({ taskId: 1, maxResultBytes: { maxBytes: 2 } })).toEqual({
    ...{ task_id: 1, max_result_bytes: { maxBytes: 2 } },
  })
})
