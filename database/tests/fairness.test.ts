import { afterEach, beforeEach, expect, test } from 'vitest'
import { addressOf, createEngine, type Engine, type Wallet } from './engine/engine.ts'
import { jain, type Poller, poll } from './engine/pollers.ts'

/*
 * How scarce work is spread, by the real functions on a clock of the test's own. `pnpm test:deep` takes 50 owners and 16
 * jobs each, here are fewer of both; the whole on a real clock is `pnpm bench:queue --only fairness`.
 */
const OWNERS = Number(process.env.FAIR_OWNERS ?? 20)
const JOBS_EACH = Number(process.env.FAIR_JOBS_EACH ?? 8)

let engine: Engine
let customer: Wallet

beforeEach(async () => {
  engine = await createEngine({ fairOrder: 'default' })
  await engine.query('update oblivion.settings set proven_after = 0')
  await engine.deposit(addressOf(1), 1_000_000_000n)
  customer = await engine.wallet(addressOf(1))
})
afterEach(() => engine.drop())

const SERVICE_MS = 500

/** One node each of so many owners, polling at `delayOf`. */
const singles = async (
  count: number,
  delayOf: (place: number) => number,
  workerTypeOf: (place: number) => string = () => 'browser',
): Promise<Poller[]> => {
  const pollers: Poller[] = []
  for (let n = 0; n < count; n += 1) {
    const node = await engine.node(addressOf(0x1000 + n), 'box', workerTypeOf(n))
    pollers.push({ node, delayMs: delayOf(n) })
  }
  return pollers
}

const mixed = (place: number) => 50 + (950 * place) / (OWNERS - 1)

/** So much work that `nodes` of them would be busy for that part of the time. */
const load = (part: number, nodes: number) => ({
  customer,
  ...{ jobs: nodes * JOBS_EACH, everyMs: SERVICE_MS / (part * nodes), serviceMs: SERVICE_MS, seed: 1 },
})

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0)
const oneNodeEach = (types: string[]) => (place: number) => types[place % types.length] ?? 'browser'

test('FJ-1: scarce work is spread evenly over nodes of any kind, whatever their polling speed', async () => {
  const pollers = await singles(OWNERS, mixed, oneNodeEach(['browser', 'python', 'server']))
  await engine.query('update nodes set max_jobs = 1')
  const { served, waitsMs } = await poll(engine, { pollers, ...load(0.3, OWNERS) })
  expect(jain(served)).toBeGreaterThan(0.97)
  expect(Math.min(...served)).toBeGreaterThan(JOBS_EACH / 2)
  // Nothing is left idle: the grace is over long before.
  expect(Math.max(...waitsMs)).toBeLessThan(1_000)
})

test('the same without the fair order is not even: the test sees what it is for', async () => {
  await engine.query('update oblivion.settings set fair_order = false')
  const { served } = await poll(engine, { pollers: await singles(OWNERS, mixed), ...load(0.3, OWNERS) })
  expect(jain(served)).toBeLessThan(0.9)
})

test('a node that polls ten times faster gains nothing', async () => {
  const pollers = await singles(OWNERS, (place) => (place === 0 ? 50 : 500))
  const { served } = await poll(engine, { pollers, ...load(0.3, OWNERS) })
  expect(((served[0] ?? 0) * OWNERS) / sum(served)).toBeLessThan(1.35)
})

test('T1: one owner with two nodes for each of the others gets its one share, and nothing more as a server', async () => {
  const pollers = await singles(OWNERS, mixed)
  const { address } = await engine.wallet(addressOf(0x9000))
  const farm: Poller[] = []
  for (let n = 0; n < 2 * OWNERS; n += 1) {
    farm.push({ node: await engine.node(address, `box-${n}`, n % 2 === 0 ? 'server' : 'browser'), delayMs: 500 })
  }
  const { served } = await poll(engine, { pollers: [...pollers, ...farm], ...load(0.3, OWNERS) })
  const ofFarm = sum(served.slice(OWNERS))
  // 1.2 shares, and one job more or less.
  expect(ofFarm).toBeLessThanOrEqual((1.2 * sum(served)) / (OWNERS + 1) + 1)
  expect(ofFarm).toBeGreaterThan(0)
  expect(jain(served.slice(0, OWNERS))).toBeGreaterThan(0.95)
})
