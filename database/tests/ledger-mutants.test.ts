import { expect, test } from 'vitest'
import { mutants, quickMutants } from './engine/ledger/mutantList.ts'
import { mutated, runMutant } from './engine/ledger/runMutant.ts'

/*
 * The ledger's SQL broken one rule at a time, each on a database migrated with the broken text: what is named as its
 * killer has to see it. That the killers pass on the sound text is what ledger.test.ts and ledger-histories.test.ts show.
 */

/** `test:deep` runs all of them; see tools/testDeep.ts. */
const whole = process.env.ALL_LEDGER_MUTANTS !== undefined
const chosen = mutants.filter(({ name }) => whole || quickMutants.includes(name))

test('there are ten of them at least, each changes one place, and the quick ones are among them', () => {
  for (const mutant of mutants) mutated(mutant)
  expect(mutants.length).toBeGreaterThanOrEqual(10)
  expect(new Set(mutants.map(({ name }) => name)).size).toBe(mutants.length)
  expect(mutants.map(({ name }) => name)).toEqual(expect.arrayContaining([...quickMutants]))
})

test.runIf(whole)('the history that has to see them passes without one', async () => {
  expect(await runMutant(undefined, 'a random history')).toBeUndefined()
})

test.each(chosen)('$name: killed by $killer', async (mutant) => {
  const says = await runMutant(mutant, mutant.killer)
  expect(says, 'it lives').toBeDefined()
  process.stdout.write(`${mutant.name}: killed by ${mutant.killer}: ${says?.slice(0, 200)}\n`)
})
