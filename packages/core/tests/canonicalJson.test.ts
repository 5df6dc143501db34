import { createHash } from 'node:crypto'
import { runInNewContext } from 'node:vm'
import canonicalize from 'canonicalize'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { canonicalJson, canonicalText, NotJsonError, resultHash, sha256Hex } from '../src/index.ts'

describe('canonicalJson', () => {
  test('writes the example of RFC 8785, section 3.2.2', () => {
    const value = {
      // biome-ignore lint/correctness/noPrecisionLoss: the literal of the RFC
      numbers: [333333333.33333329, 1e30, 4.5, 2e-3, 0.000000000000000000000000001],
      string: '\u20ac$\u000f\nA\'B"\\\\"/',
      literals: [null, true, false],
    }
    expect(canonicalJson(value)).toBe(
      '{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],"string":"€$\\u000f\\nA\'B\\"\\\\\\\\\\"/"}',
    )
  })

  test('sorts names by UTF-16 code units, as section 3.2.3 shows', () => {
    const value = { '\u20ac': 1, '\r': 2, '\ufb33': 3, '1': 4, '\ud83d\ude00': 5, '\u0080': 6, '\u00f6': 7 }
    expect(canonicalJson(value)).toBe('{"\\r":2,"1":4,"\u0080":6,"\u00f6":7,"\u20ac":1,"\ud83d\ude00":5,"\ufb33":3}')
  })

  // Appendix B of the RFC: IEEE 754 bits and the text they have to become.
  test.each([
    ['0000000000000000', '0'],
    ['8000000000000000', '0'],
    ['0000000000000001', '5e-324'],
    ['8000000000000001', '-5e-324'],
    ['7fefffffffffffff', '1.7976931348623157e+308'],
    ['4340000000000000', '9007199254740992'],
    ['4430000000000000', '295147905179352830000'],
    ['44b52d02c7e14af5', '9.999999999999997e+22'],
    ['44b52d02c7e14af6', '1e+23'],
    ['44b52d02c7e14af7', '1.0000000000000001e+23'],
    ['444b1ae4d6e2ef4e', '999999999999999700000'],
    ['444b1ae4d6e2ef50', '1e+21'],
    ['3eb0c6f7a0b5ed8c', '9.999999999999997e-7'],
    ['3eb0c6f7a0b5ed8d', '0.000001'],
    ['41b3de4355555557', '333333333.33333343'],
    ['becbf647612f3696', '-0.0000033333333333333333'],
    ['43143ff3c1cb0959', '1424953923781206.2'],
  ])('writes the double %s as %s', (bits, text) => {
    expect(canonicalJson(Buffer.from(bits, 'hex').readDoubleBE())).toBe(text)
  })

  test('is the same for the same value, however it was built, and reads back as that value', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const text = canonicalJson(value)
        // Parsing what JSON.stringify wrote rebuilds the value in another order of insertion only by chance, so the
        // names are reversed on purpose.
        const reversed = JSON.parse(JSON.stringify(value), (_key, member: unknown) =>
          typeof member === 'object' && member !== null && !Array.isArray(member)
            ? Object.fromEntries(Object.entries(member).reverse())
            : member,
        ) as unknown
        expect(canonicalJson(reversed)).toBe(text)
        expect(canonicalJson(JSON.parse(text))).toBe(text)
      }),
    )
  })

  test('is what the library of the RFC’s authors writes', () => {
    fc.assert(
      fc.property(fc.jsonValue({ stringUnit: 'grapheme' }), (value) => {
        expect(canonicalText(value)).toBe(canonicalize(value))
      }),
      { numRuns: 1000 },
    )
    expect(() => canonicalText(JSON.parse('["\\ud800"]'))).toThrow(NotJsonError)
    expect(() => canonicalText(JSON.parse('{"\\ud800":1}'))).toThrow(NotJsonError)
  })

  const self: Record<string, unknown> = {}
  self.inner = [self]
  test.each<[string, unknown, string]>([
    ['undefined', undefined, '$'],
    ['an undefined member', { a: { b: undefined } }, '$.a.b'],
    ['an undefined element', [1, undefined], '$[1]'],
    ['a hole', Object.assign([1], { 2: 2 }), '$[1]'],
    ['a function', { f: () => 1 }, '$.f'],
    ['a symbol', [Symbol('s')], '$[0]'],
    ['a symbol as a name', { [Symbol('s')]: 1 }, '$'],
    ['a bigint', { n: 1n }, '$.n'],
    ['NaN', [Number.NaN], '$[0]'],
    ['Infinity', { a: [Number.POSITIVE_INFINITY] }, '$.a[0]'],
    ['-Infinity', Number.NEGATIVE_INFINITY, '$'],
    ['a lone surrogate', ['\ud83d'], '$[0]'],
    ['a lone surrogate in a name', { '\ude00': 1 }, '$'],
    ['a cycle', self, '$.inner[0]'],
    ['a Date', new Date(0), '$'],
    ['a Map', { m: new Map([[1, 2]]) }, '$.m'],
    ['a typed array', new Uint8Array(2), '$'],
    ['a boxed number', Object(1), '$'],
    ['an instance of a class', new (class Point {})(), '$'],
    ['toJSON', { toJSON: () => 1 }, '$'],
  ])('refuses %s', (_name, value, path) => {
    const error = caught(() => canonicalJson(value))
    expect(error).toBeInstanceOf(NotJsonError)
    expect(error).toMatchObject({ code: 'OB110', values: { path } })
  })

  test('meets the first hole of a huge sparse array before it walks the rest', () => {
    expect(() => canonicalJson(new Array(4_294_967_295))).toThrow(NotJsonError)
  })

  test('takes an object twice that is no cycle, a plain object of another realm, and one without a prototype', () => {
    const shared = { a: 1 }
    expect(canonicalJson([shared, shared])).toBe('[{"a":1},{"a":1}]')
    expect(canonicalJson({ a: { c: shared }, b: shared })).toBe('{"a":{"c":{"a":1}},"b":{"a":1}}')
    expect(canonicalJson(runInNewContext('({ b: [1], a: {} })'))).toBe('{"a":{},"b":[1]}')
    expect(canonicalJson(Object.assign(Object.create(null), { z: 1 }))).toBe('{"z":1}')
  })

  test('holds a depth that would overflow a recursive walk', () => {
    let value: unknown = 1
    for (let depth = 0; depth < 5_000; depth++) value = [value]
    expect(canonicalJson(value)).toBe(`${'['.repeat(5_000)}1${']'.repeat(5_000)}`)
  })
})

describe('hashes', () => {
  test('sha256Hex equals the hash of another implementation, for text and for bytes', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.uint8Array(), (text, bytes) => {
        expect(sha256Hex(text)).toBe(createHash('sha256').update(text, 'utf8').digest('hex'))
        expect(sha256Hex(bytes)).toBe(createHash('sha256').update(bytes).digest('hex'))
      }),
    )
  })

  test('resultHash hashes the canonical text', () => {
    expect(resultHash({ b: 1, a: '€' })).toBe(createHash('sha256').update('{"a":"€","b":1}', 'utf8').digest('hex'))
  })
})

const caught = (act: () => unknown): unknown => {
  try {
    act()
  } catch (error) {
    return error
  }
  throw new Error('nothing was thrown')
}
