import { expect, test } from 'vitest'
import { forgottenSentence } from '../src/features/privacy/forgottenSentence.ts'

test('what a deletion came to', () => {
  expect(forgottenSentence({ nodes: 2, sites: 1, apiKeys: 0 })).toBe('Deleted: 2 machines and 1 site.')
  expect(forgottenSentence({ nodes: 1, sites: 2, apiKeys: 3 })).toBe('Deleted: 1 machine, 2 sites and 3 API keys.')
  expect(forgottenSentence({ nodes: 0, sites: 3, apiKeys: 0 })).toBe('Deleted: 3 sites.')
  expect(forgottenSentence({ nodes: 0, sites: 0, apiKeys: 0 })).toBe('There was nothing left to delete.')
})
