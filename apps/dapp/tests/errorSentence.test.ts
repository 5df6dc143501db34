import { InsufficientBalanceError, SignatureRejectedError, TaskNotFoundError } from '@oblivion/core'
import { expect, test } from 'vitest'
import { errorSentence } from '../src/features/shell/errorSentence.ts'

test('an error of ours brings its own sentence and hint', () => {
  expect(errorSentence(new SignatureRejectedError(), 'Signing in')).toMatchObject({
    title: 'You rejected the signature. Nothing was sent.',
    details: 'OB301',
  })
  const short = new InsufficientBalanceError({ message: 'You need 3 USDC and have 1.', hint: 'Deposit 2 USDC.' })
  expect(errorSentence(short, 'Posting')).toMatchObject({
    title: 'You need 3 USDC and have 1.',
    hint: 'Deposit 2 USDC.',
  })
})

test('a hint for programs is put in the words of a screen', () => {
  const missing = new TaskNotFoundError({ hint: 'Look it up with list_tasks.' })
  expect(errorSentence(missing, 'Reading the task').hint).toBe(
    'It may belong to another wallet, or the link is mistyped.',
  )
})

test('of a strange error it says what was tried, and keeps the reason', () => {
  expect(errorSentence(new Error('boom\nat line 3'), 'Signing in')).toEqual({
    title: 'Signing in failed.',
    hint: 'The reason that was given: boom',
    details: 'boom\nat line 3',
  })
  expect(errorSentence('odd', 'Signing in').details).toBe('odd')
})
