import { canonicalJson, feeOfChunk, resultHash } from '@oblivion/core'
import { type Cluster, createDatabase, startCluster, type TestDatabase } from '@oblivion/stack/testing'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

/** What a node computes before it reports, the database computes again: both have to come to the same bytes and units. */

let cluster: Cluster
let database: TestDatabase
beforeAll(async () => {
  cluster = await startCluster()
  database = await createDatabase(cluster)
})
afterAll(async () => {
  await database?.drop()
  await cluster?.stop()
})

/** The values that jsonb can hold: it knows no U+0000. */
const text = fc.string({ unit: 'binary', maxLength: 12 }).map((given) => given.replaceAll('\u0000', ''))
const astral = fc.constantFrom(
  '\u{10000}',
  '\u{1f600}',
  '\u{10ffff}',
  '\ue000',
  '\uffff',
  '\ufb33',
  '\ud7ff',
  'a',
  '\\',
  '"',
  '\u007f',
  '\u2028',
)
const key = fc.oneof(
  text,
  fc.array(astral, { maxLength: 4 }).map((parts) => parts.join('')),
)
const number = fc.oneof(
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.integer(),
  fc.maxSafeInteger(),
  fc
    .tuple(fc.integer({ min: -999, max: 999 }), fc.integer({ min: -30, max: 30 }))
    .map(([digits, power]) => digits * 10 ** power),
)
const { value: document } = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    fc.oneof(number, key, fc.boolean(), fc.constant(null)),
    fc.array(tie('value'), { maxLength: 5 }),
    fc.dictionary(key, tie('value'), { maxKeys: 6 }),
  ),
}))

describe('canonical text and hash', () => {
  test('of random documents are the same in SQL', async () => {
    // In batches: one statement for 500 documents costs what one for 1 costs in round trips.
    for (let batch = 0; batch < 20; batch++) {
      const documents = fc.sample(document, { numRuns: 500, seed: batch })
      const rows = await database.query<{ canonical: string; hash: string }>(
        `select c.canonical, oblivion.content_hash(c.canonical) as hash
           from jsonb_array_elements($1::jsonb) with ordinality as e (value, place)
          cross join lateral (select oblivion.canonical_json(e.value)) as c (canonical)
          order by e.place`,
        [JSON.stringify(documents)],
      )
      expect(rows.map(({ canonical }) => canonical)).toEqual(documents.map(canonicalJson))
      expect(rows.map(({ hash }) => hash)).toEqual(documents.map(resultHash))
    }
  })
})

describe('the fee of a chunk', () => {
  test('is the same in SQL', async () => {
    const terms = fc.sample(
      fc.record({
        price: fc.bigInt({ min: 0n, max: 1_000_000_000_000n }),
        feeBps: fc.integer({ min: 0, max: 10_000 }),
        index: fc.integer({ min: 0, max: 10_000 }),
      }),
      { numRuns: 2_000, seed: 7 },
    )
    const rows = await database.query<{ fee: string }>(
      `select oblivion.chunk_fee(t.price, t.bps, t.index)::text as fee
         from unnest($1::bigint[], $2::int[], $3::int[]) with ordinality as t (price, bps, index, place)
        order by t.place`,
      [terms.map(({ price }) => String(price)), terms.map(({ feeBps }) => feeBps), terms.map(({ index }) => index)],
    )
    expect(rows.map(({ fee }) => BigInt(fee))).toEqual(terms.map(feeOfChunk))
  })
})
