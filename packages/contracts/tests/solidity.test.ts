import { cp, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { aims, ratiosOf } from '../bench/gasAims.ts'
import { measureGas } from '../bench/measureGas.ts'
import { launchForge } from '../foundry/launchForge.ts'
import { mutants, quickMutants } from '../mutantList.ts'
import { openMutantRange } from '../runMutant.ts'

/** `test:deep` runs all of it; see tools/testDeep.ts. */
const whole = process.env.ALL_MUTANTS !== undefined
const patience = whole ? 7_200_000 : 480_000

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url))

// One file, one after another: forge's folders `out` and `cache` belong to the package.
test('the Solidity suite passes: units, fuzz, invariants and named attacks', { timeout: patience }, async () => {
  await rm(here('../cache/reached.csv'), { force: true })
  const { exitCode, stdout, stderr } = await launchForge({ args: ['test'] })
  expect(exitCode, stdout + stderr).toBe(0)
  const summary = /(\d+) tests passed, (\d+) failed, (\d+) skipped/.exec(stdout)
  expect(summary?.slice(2), stdout).toEqual(['0', '0'])
  // A suite that found no tests would pass as well.
  expect(Number(summary?.[1])).toBeGreaterThanOrEqual(120)
  expect(stdout.match(/\[PASS\] test_attack_/g)?.length).toBeGreaterThanOrEqual(25)
  process.stdout.write(`forge: ${summary?.[0]}\n`)
})

test('the invariants saw each cap, pause, exit and change reached', async () => {
  const crowd = await readFile(here('../solidity/test/Crowd.t.sol'), 'utf8')
  const names = /REACHED =\s*"([^"]+)"/.exec(crowd)?.[1]?.split(',') ?? []
  const runs = (await readFile(here('../cache/reached.csv'), 'utf8'))
    .trim()
    .split('\n')
    .map((line) => line.split(',').map(Number))
  expect(runs.length).toBeGreaterThanOrEqual(256)
  const reached = Object.fromEntries(
    names.map((name, index) => [name, runs.reduce((sum, run) => sum + (run[index] ?? 0), 0)]),
  )
  process.stdout.write(`${runs.length} runs reached ${JSON.stringify(reached)}\n`)
  expect(names).toHaveLength(20)
  for (const [name, count] of Object.entries(reached)) expect(count, name).toBeGreaterThan(0)
})

test('gas: within 1 % of the committed figures, and below the peers by as much as was promised', async () => {
  const figures = await measureGas()
  const committed = JSON.parse(await readFile(here('../bench/gas.json'), 'utf8')) as typeof figures
  expect(Object.keys(figures)).toEqual(Object.keys(committed))
  for (const [name, gas] of Object.entries(figures)) {
    // Cheaper by more than that is news as well: `pnpm bench:gas --update` writes it down.
    expect(Math.abs(gas / (committed[name] ?? 0) - 1), `${name}: ${gas}, committed ${committed[name]}`).toBeLessThan(
      0.01,
    )
  }
  for (const { name, ratio } of ratiosOf(figures)) expect(ratio, name).toBeLessThanOrEqual(aims[name] ?? 0)
})

test(
  'a handful of mutants is killed; node packages/contracts/mutants.ts kills the rest',
  async () => {
    const range = await openMutantRange({ checkSound: false })
    try {
      const chosen = mutants.filter(({ name }) => whole || quickMutants.includes(name))
      expect(chosen.length).toBeGreaterThanOrEqual(quickMutants.length)
      for (const mutant of chosen) expect(await range.run(mutant), mutant.name).not.toEqual([])
    } finally {
      await range.end()
    }
  },
  patience,
)

/** The contract's own sources, without the test token and the peers of the bench. */
const sources = ['Customers.sol', 'OblivionSettlement.sol', 'Providers.sol', 'RefillingCap.sol', 'Stewards.sol']

test.runIf(process.env.BRANCHES !== undefined)(
  'at least 95 % of the branches of each source of the contract are covered',
  { timeout: patience },
  async () => {
    // Its own folders: what it builds is not what the rest of this file runs.
    const folder = await mkdtemp(join(tmpdir(), 'oblivion-coverage-'))
    const env = {
      FOUNDRY_PROFILE: 'default',
      FOUNDRY_OUT: join(folder, 'out'),
      FOUNDRY_CACHE_PATH: join(folder, 'cache'),
    }
    try {
      const { exitCode, stdout, stderr } = await launchForge({ args: ['coverage', '--report', 'summary'], env })
      expect(exitCode, stdout + stderr).toBe(0)
      const branches = branchesOf(stdout)
      process.stdout.write(`branches covered: ${JSON.stringify(branches)}\n`)
      expect(Object.keys(branches).sort()).toEqual(sources)
      for (const [source, [covered, all]] of Object.entries(branches))
        expect(covered / Math.max(1, all), source).toBeGreaterThanOrEqual(all === 0 ? 0 : 0.95)
    } finally {
      await rm(folder, { recursive: true, force: true })
    }
  },
)

/** `[covered, all]` branches by source, out of the table that `forge coverage` prints. */
const branchesOf = (table: string): Record<string, [number, number]> => {
  const rows = table.matchAll(/^\|\s*solidity\/(\w+\.sol)\s*\|(.*)$/gm)
  const found = [...rows].map(([, source = '', rest = '']): [string, [number, number]] => {
    // Lines, statements, branches, functions.
    const [covered = 0, all = 0] =
      /\((\d+)\/(\d+)\)/
        .exec(rest.split('|')[2] ?? '')
        ?.slice(1)
        .map(Number) ?? []
    return [source, [covered, all]]
  })
  return Object.fromEntries(found.filter(([source]) => sources.includes(source)))
}
test('the table of coverage is read right', () => {
  const row = (source: string, branches: string) =>
    `| solidity/${source} | 100.00% (71/71) | 98.00% (98/100) | ${branches} | 100.00% (9/9) |`
  const table = [row('Customers.sol', '94.74% (18/19)'), row('TestUsdc.sol', '0.00% (0/2)'), '| Total | 1% (1/2) |']
  expect(branchesOf(table.join('\n'))).toEqual({ 'Customers.sol': [18, 19] })
})

// The launcher's promise: what is red in forge is red here. The npm wrapper of forge exits 0 whatever happened.
let project: string
beforeAll(async () => {
  project = await mkdtemp(join(tmpdir(), 'oblivion-planted-'))
  await cp(here('../foundry.toml'), join(project, 'foundry.toml'))
  await cp(here('../foundry'), join(project, 'foundry'), { recursive: true })
  await symlink(here('../node_modules'), join(project, 'node_modules'))
  await cp(here('../solidity/test/Vm.t.sol'), join(project, 'solidity/test/Vm.t.sol'))
})
afterAll(() => rm(project, { recursive: true, force: true }))

const planted = (body: string) =>
  writeFile(
    join(project, 'solidity/test/Planted.t.sol'),
    `// SPDX-License-Identifier: Apache-2.0\npragma solidity ^0.8.37;\ncontract PlantedTest {\n${body}\n}\n`,
  )

test.each([
  ['a failing test', 'function test_planted() public pure { assert(1 + 1 == 3); }', /1 failed/],
  ['a source that does not compile', 'function test_planted() public { nonsense(); }', /Undeclared identifier/],
  ['a compiler warning', 'function test_planted() public { uint256 unused = 1; }', /Unused local variable/],
])('%s is red', async (_, body, said) => {
  await planted(body)
  const { exitCode, stdout, stderr } = await launchForge({ args: ['test'], root: project })
  expect(stdout + stderr).toMatch(said)
  expect(exitCode).not.toBe(0)
})

test('a passing one is green', async () => {
  await planted('function test_planted() public pure { assert(1 + 1 == 2); }')
  const { exitCode, stdout, stderr } = await launchForge({ args: ['test'], root: project })
  expect(exitCode, stdout + stderr).toBe(0)
})
