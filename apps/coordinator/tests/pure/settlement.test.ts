import fc from 'fast-check'
import { getAddress } from 'viem'
import { expect, test } from 'vitest'
import type { LedgerState, SettlementInstance } from '../../src/database/ledger.ts'
import { sayChargeCap } from '../../src/settlement/alarmRules.ts'
import { cadenceOf } from '../../src/settlement/cadenceOf.ts'
import { type ContractState, compareBooks, sayDifferences } from '../../src/settlement/compareBooks.ts'
import { type ChainFacts, decideChain } from '../../src/settlement/decideChain.ts'
import { nextRange, rangeBefore } from '../../src/settlement/nextRange.ts'
import { rowsToCharge } from '../../src/settlement/rowsToCharge.ts'

const address = (n: number) => getAddress(`0x${n.toString(16).padStart(40, '0')}`)
const hash = (n: number) => `0x${n.toString(16).padStart(64, '0')}` as const

test('ranges follow each other without a gap, are bounded, and never pass the finalized block', () => {
  fc.assert(
    fc.property(fc.bigInt({ min: -1n, max: 5_000n }), fc.bigInt({ min: 0n, max: 9_000n }), (start, finalized) => {
      let cursor = start
      for (let range = nextRange(cursor, finalized); range !== null; range = nextRange(cursor, finalized)) {
        expect(range.fromBlock).toBe(cursor + 1n)
        expect(range.toBlock - range.fromBlock).toBeLessThan(1_000n)
        expect(range.toBlock).toBeLessThanOrEqual(finalized)
        expect(range.toBlock).toBeGreaterThanOrEqual(range.fromBlock)
        cursor = range.toBlock
      }
      expect(cursor).toBe(start > finalized ? start : finalized)
    }),
  )
})

test('blocks that are read again go back without a gap to the first one', () => {
  fc.assert(
    fc.property(fc.bigInt({ min: 0n, max: 4_000n }), fc.bigInt({ min: 0n, max: 9_000n }), (opened, more) => {
      let next: bigint | null = opened + more
      while (next !== null) {
        const { fromBlock, toBlock, before } = rangeBefore(next, opened)
        expect(toBlock).toBe(next)
        expect(toBlock - fromBlock).toBeLessThan(1_000n)
        expect(toBlock).toBeGreaterThanOrEqual(fromBlock)
        expect(fromBlock - 1n).toBe(before ?? opened - 1n)
        next = before
      }
    }),
  )
})

const instance: SettlementInstance = {
  instanceId: 1n,
  chainId: 31337,
  contractAddress: address(0xc0),
  tokenAddress: address(0xc1),
  genesisHash: hash(1),
  openedBlock: 2n,
  cursorBlock: 10n,
  cursorHash: hash(10),
  halted: null,
  haltCause: null,
}
const facts: ChainFacts = {
  chainId: 31337,
  genesisHash: hash(1),
  cursorHash: hash(10),
  contractSettler: address(5),
}
const identity = { settler: address(5), relayer: address(6), contractAddress: null, hasSettled: false }

test('the ledger’s own chain is settled on', () => {
  expect(decideChain(instance, facts, identity)).toEqual({ kind: 'settle' })
  // Nothing is booked yet: there is no hash to compare.
  expect(decideChain({ ...instance, cursorHash: null }, { ...facts, cursorHash: null }, identity)).toEqual({
    kind: 'settle',
  })
})

test.each([
  ['another genesis', { genesisHash: hash(2) }, 'halt', /another one/],
  ['no block 0', { genesisHash: null }, 'halt', /another one/],
  ['no cursor block', { cursorHash: null }, 'behind', /fallen behind/],
  ['another cursor block', { cursorHash: hash(11) }, 'halt', /another block 10/],
  ['no contract', { contractSettler: null }, 'halt', /no settlement contract/],
] as const)('%s: not settled on', (_, change, kind, reason) => {
  const decision = decideChain(instance, { ...facts, ...change }, identity)
  expect(decision).toMatchObject({ kind, reason: expect.stringMatching(reason) })
})

test('published keys are fine on a local chain, and nowhere else', () => {
  const published = getAddress('0xf39fd6e51aad88f6f4ce6ab8827279cfffb92266')
  const local = { ...facts, contractSettler: published }
  expect(decideChain(instance, local, { ...identity, settler: published })).toEqual({ kind: 'settle' })
  for (const chainId of [137, 80002, 1]) {
    expect(() =>
      decideChain({ ...instance, chainId }, { ...local, chainId }, { ...identity, settler: published }),
    ).toThrow(/its key is public/)
  }
})

const ledger: LedgerState = {
  escrow: 70n,
  pool: 20n,
  fees: 10n,
  total: 0n,
  owed: 20n,
  overcharged: 0n,
  customers: [{ customer: address(1), escrow: 70n }],
  providers: [{ provider: address(2), earned: 30n, settled: 10n }],
}
const contract: ContractState = {
  totalEscrow: 70n,
  pool: 20n,
  fees: 10n,
  balance: 100n,
  escrowOf: [{ customer: address(1), escrow: 70n }],
  settledOf: [{ provider: address(2), settled: 10n }],
}

test('M6: equal books, and a surplus of tokens, are no difference', () => {
  expect(compareBooks(ledger, contract)).toEqual([])
  expect(compareBooks(ledger, { ...contract, balance: 10_000n })).toEqual([])
})

test('every figure that is off by one unit, either way, is a difference', () => {
  for (const delta of [1n, -1n]) {
    for (const figure of ['escrow', 'pool', 'fees', 'total'] as const) {
      expect(compareBooks({ ...ledger, [figure]: ledger[figure] + delta }, contract)).toHaveLength(1)
    }
    const escrowOf = [{ customer: address(1), escrow: 70n + delta }]
    expect(compareBooks(ledger, { ...contract, escrowOf })).toHaveLength(1)
    const settledOf = [{ provider: address(2), settled: 10n + delta }]
    expect(compareBooks(ledger, { ...contract, settledOf })).toHaveLength(1)
  }
  expect(compareBooks(ledger, { ...contract, balance: 99n })).toHaveLength(1)
  // Somebody was paid who had not earned it: the books are equal, and the pool is short all the same.
  expect(compareBooks({ ...ledger, owed: 21n }, contract)).toHaveLength(1)
  expect(compareBooks({ ...ledger, owed: 19n }, contract)).toEqual([])
  expect(compareBooks(ledger, { ...contract, escrowOf: [{ customer: address(9), escrow: 1n }] })).toHaveLength(1)
})

test('the reason of a halt names the first figures and counts the rest', () => {
  const differences = [1, 2, 3, 4, 5].map((n) => ({ what: `figure ${n}`, ledger: BigInt(n), chain: 0n }))
  expect(sayDifferences(differences, 12n)).toBe(
    'Ledger and chain differ at block 12 (smallest units): figure 1: 1 in the ledger, 0 on the chain; ' +
      'figure 2: 2 in the ledger, 0 on the chain; figure 3: 3 in the ledger, 0 on the chain; and 2 more. ' +
      'Events that a node left out are looked for, a thousand blocks a turn; what the pool lacks somebody has to top up.',
  )
})

test('only what the contract would take is sent', () => {
  const due = (cumulative: bigint, customer = address(1)) => ({ customer, cumulative, cumulativeFee: 0n })
  const onChain = (charged: bigint, escrow: bigint, chargeable = 1_000n) => ({ charged, escrow, chargeable })
  // New; on the chain already; nothing left; nothing left under the daily cap; less left than is owed.
  expect(rowsToCharge([due(10n)], [onChain(4n, 100n)])).toEqual({ rows: [due(10n)], short: [] })
  expect(rowsToCharge([due(10n)], [onChain(10n, 100n)])).toEqual({ rows: [], short: [] })
  expect(rowsToCharge([due(10n)], [onChain(4n, 0n)])).toEqual({
    rows: [],
    short: [{ customer: address(1), missing: 6n }],
  })
  expect(rowsToCharge([due(10n)], [onChain(4n, 100n, 0n)])).toEqual({ rows: [], short: [] })
  expect(rowsToCharge([due(10n)], [onChain(4n, 5n)])).toEqual({
    rows: [due(10n)],
    short: [{ customer: address(1), missing: 1n }],
  })
})

test('gas is spent at once on a local chain and seldom on a public one', () => {
  expect(cadenceOf(31337).chargeMs).toBeLessThanOrEqual(2_000)
  expect(cadenceOf(80002).chargeMs).toBeGreaterThanOrEqual(60_000)
})

test('the charge cap: said from four fifths of what charges surely take before an exit ripens (M3)', () => {
  const day = 86_400n
  // Polygon's, with its cap untouched: 2,000 now, and 2,000 a day for two days less two cadences after a longest pause.
  const limits = { exitDelay: 9n * day, maxPause: 7n * day, cadence: 21_600n, chargeCap: 2_000n, chargeable: 2_000n }
  expect(sayChargeCap(4_000n, limits)).toBeNull()
  expect(sayChargeCap(4_001n, limits)).toMatch(/hold and owe 4001 .* take 5000 at least/)
  // What was charged today is taken once.
  expect(sayChargeCap(2_401n, { ...limits, chargeable: 0n })).toContain('3000 at least')
  expect(sayChargeCap(0n, { ...limits, chargeable: 0n, chargeCap: 0n })).toBeNull()
  // Where an exit ripens sooner than a pause ends, nothing is counted but what is there now.
  expect(sayChargeCap(1_601n, { ...limits, exitDelay: day })).toContain('2000 at least')
})
