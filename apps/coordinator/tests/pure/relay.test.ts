import fc from 'fast-check'
import { getAddress, parseGwei } from 'viem'
import { expect, test } from 'vitest'
import { decideRelay } from '../../src/relay/decideRelay.ts'
import { gasLimitOf } from '../../src/relay/gasLimitOf.ts'
import { packPayouts } from '../../src/relay/packPayouts.ts'
import { CANCEL_FACTOR, type RelayRules, type RelayTry } from '../../src/relay/RelayTransaction.ts'

const address = (n: number) => getAddress(`0x${n.toString(16).padStart(40, '0')}`)

test('M15: the cap is shared: nobody gets more than it is owed or than who is owed as much, and nothing is left over', () => {
  const amount = fc.bigInt({ min: 0n, max: 1_000_000_000n })
  fc.assert(
    fc.property(
      fc.array(fc.record({ cumulative: amount, settled: amount }), { maxLength: 40 }),
      fc.bigInt({ min: 0n, max: 5_000_000_000n }),
      fc.bigInt({ min: 1n, max: 10_000n }),
      fc.integer({ min: 1, max: 30 }),
      (totals, allowed, least, mostRows) => {
        const due = totals.map((one, index) => ({ ...one, provider: address(index + 1) }))
        const owing = due.filter(({ cumulative, settled }) => cumulative - settled >= least)
        const rows = packPayouts({ due, allowed, least, mostRows })
        const paid = rows.map(({ provider, cumulative }) => {
          const row = due.find((one) => one.provider === provider)
          if (row === undefined) throw new Error('a row that was not due')
          return { share: cumulative - row.settled, owed: row.cumulative - row.settled }
        })
        const sum = paid.reduce((total, { share }) => total + share, 0n)
        const owed = paid.reduce((total, row) => total + row.owed, 0n)
        expect(rows.map(({ provider }) => provider)).toEqual(owing.slice(0, rows.length).map((row) => row.provider))
        expect(sum).toBe(owed < allowed ? owed : sum)
        expect(sum <= allowed && (owed <= allowed || allowed - sum < BigInt(rows.length))).toBe(true)
        const cut = paid.filter((row) => row.share < row.owed).map(({ share }) => share)
        for (const row of paid) {
          expect(row.share <= row.owed && row.share >= least).toBe(true)
          // Whoever is cut short gets as much as anybody, to the unit.
          for (const share of cut) expect(row.share - share <= 1n).toBe(true)
        }
        expect(rows.length === Math.min(owing.length, mostRows) || (BigInt(rows.length) + 1n) * least > allowed).toBe(
          true,
        )
      },
    ),
  )
})

const rules: RelayRules = { maxFeePerGas: parseGwei('500'), replaceAfterMs: 1_000, mostTries: 8, mostRows: 100 }

test('M15: whatever gas costs, a stuck nonce ends: each try replaces the one before, batches below the ceiling, a bounded number', () => {
  const price = fc.bigInt({ min: 1n, max: parseGwei('60000') })
  fc.assert(
    fc.property(
      fc.array(fc.tuple(price, fc.bigInt({ min: 0n, max: parseGwei('100') }), fc.boolean()), {
        minLength: 40,
        maxLength: 40,
      }),
      (markets) => {
        const tries: RelayTry[] = [
          { maxFeePerGas: 30n, maxPriorityFeePerGas: 1n, hash: '0x', raw: '0x', cancels: false, sentAtMs: 0 },
        ]
        for (const [turn, [base, maxPriorityFeePerGas, works]] of markets.entries()) {
          const last = tries.at(-1) as RelayTry
          const market = { maxFeePerGas: base + maxPriorityFeePerGas, maxPriorityFeePerGas }
          const nowMs = (turn + 1) * 1_000
          expect(decideRelay({ tries, market, works, nowMs: last.sentAtMs + 999, rules })).toEqual({ kind: 'resend' })
          const step = decideRelay({ tries, market, works, nowMs, rules })
          if (step.kind === 'resend') continue
          const { fees, cancels } = step
          // Nodes ask for a tenth more, in both figures.
          expect(fees.maxFeePerGas * 10n >= last.maxFeePerGas * 11n).toBe(true)
          expect(fees.maxPriorityFeePerGas * 10n >= last.maxPriorityFeePerGas * 11n).toBe(true)
          expect(fees.maxPriorityFeePerGas <= fees.maxFeePerGas).toBe(true)
          expect(fees.maxFeePerGas <= rules.maxFeePerGas * (cancels ? CANCEL_FACTOR : 1n)).toBe(true)
          // A batch never follows its own cancellation, nor one that the contract would refuse.
          expect(cancels || (!last.cancels && works)).toBe(true)
          tries.push({ ...fees, hash: '0x', raw: '0x', cancels, sentAtMs: nowMs })
        }
        const cancelled = tries.filter(({ cancels }) => cancels).length
        expect(cancelled).toBeGreaterThan(0)
        expect(cancelled).toBeLessThanOrEqual(rules.mostTries)
        expect(tries.length - cancelled).toBeLessThanOrEqual(rules.mostTries)
      },
    ),
  )
})

test('a limit of gas covers what rows may find when their block comes', () => {
  // Measured (packages/contracts/bench): a charge takes some 50,000, a first payout some 60,000, a repeated one 19,000.
  expect(gasLimitOf(80_000n, 1)).toBe(125_000n)
  expect(gasLimitOf(400_000n, 1)).toBe(500_000n)
  expect(gasLimitOf(1_900_000n, 100)).toBe(6_560_000n)
})
