import type { ApiKey } from '@oblivion/core'
import { expect, test } from 'vitest'
import { expiryOf, keySentence, keyState, revokedSentence } from '../src/features/keys/apiKeyWords.ts'

const key: ApiKey = {
  ...{ keyId: 'k', name: 'Nightly', beginning: 'obk_1234', scopes: ['read', 'tasks'], spendingLimit: 25_000_000n },
  ...{ used: 12_500_000n, openTasks: 0, createdAt: '2026-11-29T12:00:00Z', lastUsedAt: null, expiresAt: null },
  ...{ revokedAt: null, state: 'valid' },
}

test('what a key may do and has used', () => {
  expect(keySentence(key)).toBe('Posts tasks, and reads tasks, results and money. 12.5 of 25 USDC used.')
  expect(keySentence({ ...key, scopes: ['tasks'], openTasks: 2 })).toBe(
    'Posts tasks, reads nothing. 12.5 of 25 USDC used, 2 open tasks.',
  )
  expect(keySentence({ ...key, scopes: ['read'], spendingLimit: null, used: 0n })).toBe(
    'Reads tasks, results and money. Spends nothing.',
  )
  expect((['valid', 'expired', 'revoked'] as const).map((state) => keyState({ ...key, state }).word)).toEqual([
    ...['Valid', 'Expired', 'Revoked'],
  ])
})

test('what goes on after it is revoked', () => {
  expect(revokedSentence(key)).toContain('It has no open tasks.')
  expect(revokedSentence({ ...key, openTasks: 1 })).toContain('Its open task goes on: cancel what should not')
  expect(revokedSentence({ ...key, openTasks: 3 })).toContain('Its 3 open tasks go on')
})

test('when it ends', () => {
  const now = new Date('2026-11-29T12:00:00.000Z')
  expect(expiryOf('30', now)).toBe('2026-12-29T12:00:00.000Z')
  expect(expiryOf('90', now)).toBe('2027-02-27T12:00:00.000Z')
  expect(expiryOf('never', now)).toBeUndefined()
})
