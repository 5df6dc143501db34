import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { act, play, round } from './engine/crashModel.ts'
import { createEngine } from './engine/engine.ts'
import { invariants } from './engine/invariants.ts'
import { plantedFaults } from './engine/plantedFaults.ts'

/** Rounds of one history, and histories: more by `pnpm test:deep`. */
const ROUNDS = Number(process.env.CRASH_ROUNDS ?? 100)
const RUNS = Number(process.env.CRASH_RUNS ?? 1)
const SEED = Number(process.env.CRASH_SEED ?? Date.now() % 1_000_000_000)

/** It really happened, and so proves something. */
const happened = (counts: Record<string, number>) => {
  const seldom = [
    'given',
    'succeeded',
    'deaf',
    'vanished',
    'cut',
    'lapse',
    'fallback',
    'by hand',
    'not taken: stale_attempt',
  ]
  expect(seldom.filter((what) => !counts[what])).toEqual([])
}

test(`DJ-33: ${RUNS} histories of ${ROUNDS} rounds in which clients crash keep every invariant`, {
  timeout: 3_600_000,
}, async () => {
  const total: Record<string, number> = {}
  // Sampled and not shrunk: what happens at once does not repeat, and a shorter history would be another one. The seed
  // repeats the plan.
  for (let run = 0; run < RUNS; run += 1) {
    const engine = await createEngine()
    try {
      const rounds = fc.sample(round, { numRuns: ROUNDS, seed: SEED + run })
      const { counts, violations, rounds: played } = await play(engine, rounds)
      for (const [what, times] of Object.entries(counts)) total[what] = (total[what] ?? 0) + times
      expect(violations, `CRASH_SEED=${SEED + run}, after round ${played}`).toEqual([])
    } finally {
      await engine.drop()
    }
  }
  // A short history need not hold what seldom happens; the one below, always the same, does.
  if (RUNS * ROUNDS >= 1000) happened(total)
})

describe('the invariant bites', () => {
  /** One act after the other, the same each time: a fault is found or not, never by luck. */
  const acts = (count: number) => fc.sample(act, { numRuns: count, seed: 20261124 }).map((one) => [one])

  test('in a history that is sound without a fault', async () => {
    const engine = await createEngine()
    try {
      const { violations, counts } = await play(engine, acts(150))
      expect(violations).toEqual([])
      happened(counts)
    } finally {
      await engine.drop()
    }
  })

  test('and each has its fault', () => {
    expect(plantedFaults.map(({ invariant }) => invariant)).toEqual(invariants.map(({ name }) => name))
  })

  test.each(plantedFaults)('$invariant: $fault', async ({ invariant, plant, first = [] }) => {
    const engine = await createEngine()
    try {
      await plant(engine.query)
      const { violations } = await play(
        engine,
        [...first.map((one) => [one]), ...acts(invariant === 'nothing lost' ? 60 : 300)],
        {
          heal: invariant === 'nothing lost',
        },
      )
      expect([...new Set(violations.map(({ name }) => name))], JSON.stringify(violations)).toEqual([invariant])
    } finally {
      await engine.drop()
    }
  })
})
