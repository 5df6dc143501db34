import { expect, test } from 'vitest'
import { chunkLetterOf, chunkStateOf, type JobStatus, taskTopic } from '../src/index.ts'

test('letters and words of a chunk’s state are each other’s inverse', () => {
  const words = [...'bprcfx'].map(chunkStateOf) as JobStatus[]
  expect(words).toEqual(['blocked', 'pending', 'processing', 'completed', 'failed', 'cancelled'])
  expect(words.map(chunkLetterOf).join('')).toBe('bprcfx')
})

test.each(['', 'q', 'bp', 'toString', 'B'])('%j is no letter of a state', (letter) => {
  expect(chunkStateOf(letter)).toBeNull()
})

test('a task’s topic names the task', () => {
  expect(taskTopic('9b2f')).toBe('task:9b2f')
})
