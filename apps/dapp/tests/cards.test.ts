import type { CardMoney } from '@oblivion/core'
import { beforeEach, expect, test, vi } from 'vitest'
import { withdrawalSentence } from '../src/features/cards/CardRefund.tsx'
import { cardEarningFigures, cardFigures, windowSentence } from '../src/features/cards/cardFigures.ts'
import { cardReturn, leaveForCheckout } from '../src/features/cards/cardReturn.ts'
import { readCardAmount } from '../src/features/cards/readCardAmount.ts'

const offer = { least: 1_000_000n, most: 500_000_000n }
test.each([
  ['25', 2_500],
  [' 12.5 ', 1_250],
  ['1', 100],
  ['500', 50_000],
  ['0.99', null],
  ['500.01', null],
  ['1.001', null],
  ['ten', null],
  ['-5', null],
  ['', null],
])('%j dollars are %s cents', (text, cents) => {
  const read = readCardAmount(text, offer)
  expect(read.cents).toBe(cents)
  expect(read.problem === null).toBe(cents !== null)
})

const money: CardMoney = {
  ...{ asset: 'card', customer: '0xc', windowSeconds: 120 * 86_400, frozen: false },
  ...{ free: 1n, held: 0n, spent: 0n, deposited: 1n, refunded: 0n, returning: 0n, disputed: 0n },
  withdrawals: [],
  earnings: { total: 1_500_000n, waiting: 0n, nextAt: null, ripe: 0n, payable: 0n, reversed: 0n },
}

let store: Map<string, string>
beforeEach(() => {
  store = new Map()
  vi.stubGlobal('localStorage', {
    getItem: (key: string) => store.get(key) ?? null,
    setItem: (key: string, value: string) => store.set(key, value),
  })
})

test('the address that Stripe sends back to proves nothing: only a balance that grew does', () => {
  expect(cardReturn('paid', money)).toBe('pending')
  leaveForCheckout(money)
  expect(cardReturn('paid', money)).toBe('pending')
  expect(cardReturn('paid', { ...money, deposited: 2n })).toBe('arrived')
  expect(cardReturn('paid', { ...money, customer: '0xd', deposited: 2n })).toBe('pending')
  expect(cardReturn('cancelled', { ...money, deposited: 2n })).toBe('cancelled')
  expect(cardReturn(undefined, money)).toBeNull()
  expect(cardReturn('something', money)).toBeNull()
})

test('every figure says its unit and why it is what it is', () => {
  for (const figure of [...cardFigures(money), ...cardEarningFigures(money)]) {
    expect(figure.unit).toBe('USD')
    expect(figure.note).toMatch(/\.$/)
  }
  expect(cardFigures({ ...money, frozen: true, disputed: 5n }).map(({ label }) => label)).toContain('Disputed')
  expect(windowSentence(money)).toContain('1.5 USD')
  expect(windowSentence(money)).toContain('120 days')
})

test.each([
  ['requested', null, '1.5 USD wait for Stripe to send them back.'],
  ['returned', null, '1.5 USD are on their way to your card; banks take 5 to 10 days.'],
  ['failed', 'No.', '1.5 USD could not go back and are free again. No.'],
] as const)('a withdrawal that is %s says so', (state, reason, sentence) => {
  expect(withdrawalSentence({ amount: 1_500_000n, state, reason, requestedAt: '' })).toBe(sentence)
})
