import { expect, test } from 'vitest'
import type { ChainClient } from '../src/features/settlement/chainClient.ts'
import { exitStage } from '../src/features/settlement/exitStage.ts'
import { followTransaction } from '../src/features/settlement/followTransaction.ts'
import { readDeposit } from '../src/features/settlement/readDeposit.ts'
import { dotStates, type Transaction, transactionSentence } from '../src/features/settlement/transactionStep.ts'
import { balanceParts, walletSentence } from '../src/features/settlement/walletFigures.ts'

test.each([
  ['signing', null, ['current', 'ahead', 'ahead', 'ahead']],
  ['sent', null, ['done', 'done', 'current', 'ahead']],
  ['mined', null, ['done', 'done', 'done', 'current']],
  ['final', null, ['done', 'done', 'done', 'done']],
  ['signing', 'no', ['failed', 'ahead', 'ahead', 'ahead']],
  ['sent', 'no', ['done', 'failed', 'ahead', 'ahead']],
] as const)('a transaction that is %s (failure: %s) shows %j', (step, failure, dots) => {
  expect(dotStates({ step, failure })).toEqual(dots)
})

test('a failure is told instead of the step', () => {
  const transaction: Transaction = {
    id: 1,
    kind: 'settle',
    amount: 1n,
    step: 'signing',
    hash: null,
    block: null,
    failure: null,
  }
  expect(transactionSentence(transaction)).toContain('asks you to sign')
  expect(transactionSentence({ ...transaction, failure: 'You rejected the signature. Nothing was sent.' })).toBe(
    'You rejected the signature. Nothing was sent.',
  )
  expect(transactionSentence({ ...transaction, step: 'final', block: 38n })).toContain('block 38')
})

function chainWith(status: 'success' | 'reverted', finalized: bigint[]): ChainClient {
  return {
    pollingInterval: 1,
    waitForTransactionReceipt: async () => ({ status, blockNumber: 7n }),
    getBlock: async () => ({ number: finalized.shift() }),
  } as unknown as ChainClient
}

test('a transaction is final only when its block is', async () => {
  const steps: unknown[] = []
  const pauses: number[] = []
  await followTransaction(chainWith('success', [5n, 6n, 7n]), {
    hash: '0x1',
    onChange: ({ step }) => steps.push(step),
    pause: async (milliseconds) => void pauses.push(milliseconds),
  })
  expect(steps).toEqual(['sent', 'mined', 'final'])
  expect(pauses).toHaveLength(2)
})

test('a chain that cannot be reached is no failure of what was sent: whoever reads that it failed sends it twice', async () => {
  const steps: unknown[] = []
  const looks = { receipt: 0, block: 0 }
  const unreachable = () => {
    throw new Error('HTTP request failed.')
  }
  const chain = {
    pollingInterval: 1,
    waitForTransactionReceipt: async ({ timeout }: { timeout: number }) => {
      expect(timeout).toBe(0)
      return ++looks.receipt < 3 ? unreachable() : { status: 'success', blockNumber: 7n }
    },
    getBlock: async () => (++looks.block < 3 ? unreachable() : { number: 7n }),
  } as unknown as ChainClient
  await followTransaction(chain, { hash: '0x1', onChange: ({ step }) => steps.push(step), pause: async () => {} })
  expect(steps).toEqual(['sent', 'mined', 'final'])
  expect(looks).toEqual({ receipt: 3, block: 3 })
})

test.each([
  ['cancelled', 'Your wallet put another transaction in its place'],
  ['replaced', 'Your wallet put another transaction in its place'],
  ['repriced', null],
] as const)('a transaction that was %s in the wallet', async (reason, sentence) => {
  const seen: unknown[] = []
  const chain = {
    ...chainWith('success', [7n]),
    waitForTransactionReceipt: async ({ onReplaced }: { onReplaced: (by: object) => void }) => {
      onReplaced({ reason, transaction: { hash: '0x2' } })
      return { status: 'success', blockNumber: 7n }
    },
  } as unknown as ChainClient
  const following = followTransaction(chain, { hash: '0x1', onChange: (change) => seen.push(change) })
  if (sentence) {
    await expect(following).rejects.toMatchObject({ shortMessage: expect.stringContaining(sentence), hint: '' })
    expect(seen).toEqual([{ step: 'sent', hash: '0x1' }])
  } else {
    await following
    expect(seen.slice(0, 2)).toEqual([{ step: 'sent', hash: '0x1' }, { hash: '0x2' }])
    expect(seen.at(-1)).toEqual({ step: 'final' })
  }
})

test('a reverted transaction says that only its fee was spent', async () => {
  const following = followTransaction(chainWith('reverted', []), { hash: '0x1', onChange: () => {} })
  await expect(following).rejects.toMatchObject({
    shortMessage: expect.stringContaining('Only its fee was spent'),
    // No reason is known here, so nothing may point at one.
    hint: '',
  })
})

test.each([
  ['5.5', 10_000_000n, 5_500_000n],
  ['10', 10_000_000n, 10_000_000n],
  ['10.000001', 10_000_000n, null],
  ['0', 10_000_000n, null],
  ['ten', 10_000_000n, null],
  ['5', undefined, 5_000_000n],
])('depositing %s of %s units comes to %s', (text, holding, amount) => {
  const read = readDeposit(text, holding)
  expect(read.amount).toBe(amount)
  expect(read.problem === null).toBe(amount !== null)
})

const nothing = { free: 0n, held: 0n, exiting: 0n, deposited: 0n, pending: 0n, claimable: 0n, settled: 0n, total: 0n }

test('five parts of the balance, and each zero says why', () => {
  const parts = balanceParts(nothing, nothing)
  expect(parts.map((part) => part.key)).toEqual(['free', 'held', 'pending', 'claimable', 'settled'])
  expect(new Set(parts.map((part) => part.note)).size).toBe(5)
})

test.each([
  [{ free: 1_000_000n, claimable: 500_000n }, '1 USDC to spend, 0.5 USDC to settle.'],
  [{ claimable: 500_000n }, '0.5 USDC can be settled now.'],
  [{ free: 1_000_000n }, '1 USDC are free to spend.'],
  [{ exiting: 250_000n, free: 750_000n }, 'A withdrawal of 0.25 USDC waits; your tasks stand still.'],
  [{ held: 1_000_000n }, 'All your money is held for running tasks: 1 USDC.'],
  [{ pending: 1_000_000n }, '1 USDC are earned and wait to be charged.'],
  [{ settled: 1_000_000n }, 'All 1 USDC that you earned are settled.'],
  [{}, 'Nothing to spend and nothing to settle yet.'],
])('%o reads: %s', (part, sentence) => {
  expect(walletSentence({ ...nothing, ...part }, { ...nothing, ...part })).toBe(sentence)
})

test('a withdrawal waits, can be taken, and lapses', () => {
  const customer = { exiting: 5n, exitRipeAt: 100n, exitLapsesAt: 200n }
  expect(exitStage({ ...customer, exiting: 0n }, 150_000)).toEqual({ stage: 'none' })
  expect(exitStage(customer, 99_000)).toEqual({ stage: 'waiting', amount: 5n, ripeAt: 100, lapsesAt: 200 })
  expect(exitStage(customer, 100_000)).toEqual({ stage: 'ripe', amount: 5n, lapsesAt: 200 })
  expect(exitStage(customer, 200_000)).toEqual({ stage: 'ripe', amount: 5n, lapsesAt: 200 })
  expect(exitStage(customer, 201_000)).toEqual({ stage: 'none' })
})
