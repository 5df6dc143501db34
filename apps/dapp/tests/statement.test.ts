import type { StatementRow } from '@oblivion/core'
import { expect, test } from 'vitest'
import { statementCsv } from '../src/features/settlement/statementCsv.ts'
import { entryWord } from '../src/features/settlement/statementWords.ts'

const row: StatementRow = {
  ...{
    id: 'r1',
    at: '2026-11-29T13:00:00Z',
    kind: 'accept',
    amount: 950n,
    title: 'A room',
    taskId: 't1',
    chunkIndex: 3,
  },
  ...{
    jobId: 'j1',
    attempt: 1,
    resultHash: 'ab',
    price: 1000n,
    fee: 50n,
    txHash: null,
    logIndex: null,
    reference: null,
  },
}

test('a statement as CSV: one line an entry, exact amounts, the unit in the head', () => {
  const none = { title: null, taskId: null, chunkIndex: null, jobId: null, attempt: null, resultHash: null }
  const paid = { ...row, ...none, kind: 'claim', amount: -1_500_000n, price: null, fee: null, txHash: '0xcd' }
  expect(statementCsv([row, { ...paid, logIndex: 0 }], 'chain')).toBe(
    [
      'time,kind,amount_USDC,price_USDC,fee_USDC,title,task,chunk,job,attempt,result_sha256,transaction,log_index,reference',
      '2026-11-29T13:00:00Z,accept,0.00095,0.001,0.00005,A room,t1,3,j1,1,ab,,,',
      '2026-11-29T13:00:00Z,claim,-1.5,,,,,,,,,0xcd,0,',
      '',
    ].join('\r\n'),
  )
  expect(statementCsv([], 'test')).toMatch(/^time,kind,amount_play_USDC,/)
})

test('a stranger’s title stays one field, and no spreadsheet takes it for a formula', () => {
  const titled = (title: string) => statementCsv([{ ...row, title }], 'chain').split('\r\n')[1]
  expect(titled('a "room", large')).toContain(',"a ""room"", large",')
  expect(titled('two\r\nlines'.replace('\r', ''))).toContain('"two\nlines"')
  for (const title of ['=cmd()', '+1', '-1', '@sum', '\tx']) expect(titled(title)).toContain(`,'${title}`)
})

test('every kind has words, and one that is new keeps the ledger’s', () => {
  expect(entryWord({ kind: 'accept', amount: 1n })).toBe('Chunk accepted')
  expect(entryWord({ kind: 'play', amount: 1n })).not.toBe(entryWord({ kind: 'play', amount: -1n }))
  expect(entryWord({ kind: 'novel', amount: 1n })).toBe('novel')
})
