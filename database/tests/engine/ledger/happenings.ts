import fc from 'fast-check'

/** What a task is paid with: tokens, dollars by card, play money. */
export type Asset = 'chain' | 'card' | 'test'

/** How one claim of a job ends. */
export type End = 'succeeded' | 'differing' | 'failed' | 'lying' | 'released' | 'lost' | 'told twice'

/**
 * What may happen to money, in any order. Numbers choose among what is there at that moment, so that each part of a
 * history is a history as well: a failing one can be made shorter by leaving things out.
 */
export type Happening =
  | { kind: 'deposit'; who: number; amount: bigint }
  | {
      kind: 'task'
      who: number
      asset: Asset
      chunks: number
      price: bigint
      more: bigint
      attempts: number
      shape: [number, number]
      metered: boolean
    }
  /** `took` is the time from claim to report, in milliseconds, where that is paid. */
  | { kind: 'work'; who: number; end: End; more: boolean; took: number }
  /** A provider registers its node again with another price an hour; the operator sets that of nodes without one. */
  | { kind: 'rate'; who: number; rate: bigint | null }
  | { kind: 'default rate'; rate: bigint }
  | { kind: 'play'; who: number; amount: bigint }
  | { kind: 'card'; who: number; amount: bigint }
  | { kind: 'cancel'; which: number }
  | { kind: 'fee'; bps: number }
  | { kind: 'stamp' }
  | { kind: 'charge'; which: number }
  | { kind: 'vouch' }
  | { kind: 'claim'; who: number }
  | { kind: 'replay' }
  | { kind: 'ask to leave'; who: number; part: number }
  | { kind: 'stay'; who: number }
  | { kind: 'leave'; who: number }
  | { kind: 'cap'; who: number; cap: bigint }
  | { kind: 'day' }
  // The guardian stops charges, claims and deposits; the admin lets them go on, or the pause runs out.
  | { kind: 'pause' }
  | { kind: 'resume' }
  // A payment by card is charged back; the bank decides, perhaps twice; the operator forgives.
  | { kind: 'dispute'; which: number; part: number }
  | { kind: 'dispute ends'; which: number; won: boolean }
  | { kind: 'lift'; who: number }
  // A wallet takes over what a site's visitor earns; nobody ever does.
  | { kind: 'bind' }
  | { kind: 'lapse' }
  | { kind: 'redeploy' }
  | { kind: 'top up'; amount: bigint }
  | { kind: 'collect'; part: number }

export const CUSTOMERS = 3
/** Wallets with a node; the last one is the first customer as well. */
export const PROVIDERS = 4
/** A site's visitor, who has no wallet, comes after them; the site is the first provider's. */
export const VISITOR = 4

const ends: End[] = [
  ...(['succeeded', 'succeeded', 'succeeded', 'succeeded', 'succeeded', 'succeeded'] as const),
  ...(['differing', 'failed', 'lying', 'released', 'lost', 'told twice'] as const),
]
const customer = fc.nat({ max: CUSTOMERS - 1 })
const provider = fc.nat({ max: PROVIDERS - 1 })
const worker = fc.nat({ max: VISITOR })
const which = fc.nat({ max: 1000 })
const part = fc.constantFrom(0.1, 0.5, 1)
/** Nothing; a unit a second, a unit a millisecond; all that there is. */
const rate = fc.constantFrom(0n, 3_600n, 3_600_000n, 10n ** 15n)
const money = (max: bigint) => fc.bigInt({ min: 1n, max })

type Choice = fc.Arbitrary<Omit<Happening, 'kind'>>
const weighed: [number, Happening['kind'], Choice][] = [
  [3, 'deposit', fc.record({ who: customer, amount: fc.oneof(money(10_000_000n), money(100n)) })],
  [
    10,
    'task',
    fc.record({
      asset: fc.constantFrom<Asset>('chain', 'chain', 'chain', 'chain', 'chain', 'chain', 'card', 'test'),
      ...{ who: customer, chunks: fc.integer({ min: 1, max: 8 }), attempts: fc.integer({ min: 1, max: 2 }) },
      // Chunks of one unit, too: rounded one by one, they would carry no fee.
      price: fc.oneof(fc.constant(1n), money(50n), money(100_003n)),
      more: fc.oneof(fc.constant(0n), money(5_000n)),
      // Stages and replicas.
      shape: fc.constantFrom<[number, number]>(
        ...Array.from({ length: 6 }, (): [number, number] => [1, 1]),
        ...([
          [1, 3],
          [2, 1],
          [3, 2],
        ] as [number, number][]),
      ),
      metered: fc.constantFrom(true, false, false),
    }),
  ],
  [
    45,
    'work',
    fc.record({
      ...{ who: worker, end: fc.constantFrom(...ends), more: fc.constantFrom(true, true, true, false) },
      took: fc.oneof(fc.nat({ max: 60_000 }), fc.nat({ max: 400_000 })),
    }),
  ],
  // Half of them name none: theirs changes with the operator's while they hold a job.
  [1, 'rate', fc.record({ who: provider, rate: fc.option(rate, { freq: 1 }) })],
  [3, 'default rate', fc.record({ rate })],
  [
    1,
    'play',
    fc.record({
      who: customer,
      amount: fc.oneof(
        money(5_000_000n),
        money(100n).map((amount) => -amount),
      ),
    }),
  ],
  [1, 'card', fc.record({ who: customer, amount: money(5_000_000n) })],
  [2, 'cancel', fc.record({ which })],
  [1, 'fee', fc.record({ bps: fc.constantFrom(0, 1, 333, 500, 1_000, 10_000) })],
  [2, 'stamp', fc.record({})],
  [3, 'charge', fc.record({ which })],
  [2, 'vouch', fc.record({})],
  [2, 'claim', fc.record({ who: provider })],
  [1, 'replay', fc.record({})],
  [1, 'ask to leave', fc.record({ who: customer, part })],
  [1, 'stay', fc.record({ who: customer })],
  [1, 'leave', fc.record({ who: customer })],
  [1, 'cap', fc.record({ who: customer, cap: fc.constantFrom(0n, 5_000_000n, 20_000_000n, 100_000_000n) })],
  [1, 'day', fc.record({})],
  [1, 'pause', fc.record({})],
  [2, 'resume', fc.record({})],
  [1, 'dispute', fc.record({ which, part })],
  [1, 'dispute ends', fc.record({ which, won: fc.boolean() })],
  [0.5, 'lift', fc.record({ who: customer })],
  [0.125, 'bind', fc.record({})],
  [1, 'lapse', fc.record({})],
  [0.125, 'redeploy', fc.record({})],
  [1, 'top up', fc.record({ amount: money(1_000n) })],
  [1, 'collect', fc.record({ part })],
]

const happening = fc.oneof(
  // In eighths, since fast-check weighs by whole numbers.
  ...weighed.map(([weight, kind, choice]) => ({
    weight: weight * 8,
    arbitrary: choice.map((more) => ({ kind, ...more })),
  })),
) as fc.Arbitrary<Happening>

/** The same happenings for the same seed. */
export const historyOf = (seed: number, events: number): Happening[] => fc.sample(happening, { numRuns: events, seed })

/**
 * The shortest part of a history for which `fails` still holds, as far as it is found until `enough` says so: it leaves
 * out halves, then quarters, and so on down to single happenings.
 */
export const shortest = async <T>(
  history: readonly T[],
  fails: (part: T[]) => Promise<boolean>,
  enough: () => boolean,
): Promise<T[]> => {
  let found = [...history]
  let size = Math.ceil(found.length / 2)
  while (size > 0 && !enough()) {
    const before = found.length
    for (let from = 0; from < found.length && !enough(); ) {
      const without = [...found.slice(0, from), ...found.slice(from + size)]
      if (without.length < found.length && (await fails(without))) found = without
      else from += size
    }
    size = size > 1 ? Math.ceil(size / 2) : found.length < before ? 1 : 0
  }
  return found
}
