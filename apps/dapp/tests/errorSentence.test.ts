import {
  InsufficientBalanceError,
  ProgramFailedError,
  RequestRefusedError,
  SignatureRejectedError,
  TaskNotFoundError,
  TransactionFailedError,
  UnsupportedBrowserError,
} from '@oblivion/core'
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

test('a hint that points at the values is put with what they say, and all of them are among the details', () => {
  const values = { call: 'create_task', status: 400, serverCode: '22P02', details: '<b>no</b> uuid\nat line 3' }
  expect(errorSentence(new RequestRefusedError({ values }), 'Posting')).toEqual({
    title: 'The server refused the request.',
    hint: 'It answered 400, 22P02: <b>no</b> uuid',
    details: 'OB104\ncall: create_task\nstatus: 400\nserverCode: 22P02\ndetails: <b>no</b> uuid\nat line 3',
  })
  const bare = new RequestRefusedError({ values: { status: 502, serverCode: null, details: null } })
  expect(errorSentence(bare, 'Posting')).toMatchObject({ hint: 'It answered 502.', details: 'OB104\nstatus: 502' })
  const threw = new ProgramFailedError({ values: { program: 'x', text: 'y'.repeat(1000) } })
  expect(errorSentence(threw, 'Running').hint).toBe(`It says: ${'y'.repeat(200)}…`)
  expect(errorSentence(threw, 'Running').details).toBe(`OB205\nprogram: x\ntext: ${'y'.repeat(500)}…`)
  const reverted = new TransactionFailedError({ values: { reason: 'Settlement_CapReached()' } })
  expect(errorSentence(reverted, 'Sending').hint).toBe('The contract says: Settlement_CapReached()')
  const old = new UnsupportedBrowserError({ values: { missing: ['AbortSignal.any'] } })
  expect(errorSentence(old, 'Starting').details).toBe('OB204\nmissing: ["AbortSignal.any"]')
})

test('of a strange error it says what was tried, and keeps the reason', () => {
  expect(errorSentence(new Error('boom\nat line 3'), 'Signing in')).toEqual({
    title: 'Signing in failed.',
    hint: 'The reason that was given: boom',
    details: 'boom\nat line 3',
  })
  expect(errorSentence('odd', 'Signing in').details).toBe('odd')
})
