import { expect, test } from 'vitest'
import { machineState, revokedSentence } from '../src/features/privacy/machineWords.ts'

test.each([
  [{ online: true, currentJobs: 2, hasKey: true }, 'work', '2 jobs'],
  [{ online: true, currentJobs: 0, hasKey: true }, 'wait', 'Waiting'],
  [{ online: false, currentJobs: 0, hasKey: true }, 'rest', 'Offline'],
  // Just revoked it was seen a moment ago, and yet it does not wait for work.
  [{ online: true, currentJobs: 0, hasKey: false }, 'rest', 'Key revoked'],
  // By its wallet's session it works without one.
  [{ online: true, currentJobs: 1, hasKey: false }, 'work', '1 job'],
] as const)('how a machine stands: %j', (machine, meaning, word) => {
  expect(machineState(machine)).toEqual({ meaning, word })
})

test('what came of revoking its key', () => {
  expect(revokedSentence({ currentJobs: 0 })).toBe('The key is void.')
  expect(revokedSentence({ currentJobs: 1 })).toBe('The key is void. 1 job went back to the queue.')
})
