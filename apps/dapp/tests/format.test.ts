import { expect, test } from 'vitest'
import { formatAddress } from '../src/features/format/formatAddress.ts'
import { formatAmount, formatMoney } from '../src/features/format/formatAmount.ts'
import { formatDuration } from '../src/features/format/formatDuration.ts'
import { plural } from '../src/features/format/plural.ts'

test.each([
  [0n, '0'],
  ['1', '0.000001'],
  [420_000n, '0.42'],
  [1_000_000_000n, '1,000'],
  ['1234567890123', '1,234,567.890123'],
  [-1_500_000n, '-1.5'],
])('an amount of %s units reads %s', (amount, words) => {
  expect(formatAmount(amount)).toBe(words)
})

test('money carries its unit', () => {
  expect(formatMoney(9500n)).toBe('0.0095 USDC')
})

test.each([
  [-3, '0 s'],
  [0.04, '0 s'],
  [1.26, '1.3 s'],
  [9.96, '10 s'],
  [119.4, '119 s'],
  [119.6, '2 min'],
  [7140, '119 min'],
  [7200, '2 h'],
  [9000, '2 h 30 min'],
])('%s seconds read %s', (seconds, words) => {
  expect(formatDuration(seconds)).toBe(words)
})

test('an address is shortened without touching its letter case', () => {
  expect(formatAddress('0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266')).toBe('0xf39F…2266')
  expect(formatAddress('0x90f7…b906')).toBe('0x90f7…b906')
})

test('one is one, many are many', () => {
  expect(plural(1, 'tile')).toBe('1 tile')
  expect(plural(0, 'tile')).toBe('0 tiles')
  expect(plural(1200, 'job waits', 'jobs wait')).toBe('1,200 jobs wait')
})
