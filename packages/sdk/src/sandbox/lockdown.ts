/**
 * What a job may name. Everything else that a worker's global scope has is taken away, for two reasons: the network and
 * storage are closed by the frame's headers, and this is the second wall; and a job must see the same everywhere, so that
 * it can neither tell devices nor auditors apart (no navigator, clock, locale or randomness) and computes the same bytes.
 *
 * An allow-list: what browsers add later is absent until somebody puts it here. `undefined`, `NaN` and `Infinity` cannot be
 * taken away.
 */
export const ALLOWED =
  'globalThis Object Function Array String Number Boolean Symbol BigInt Math JSON Reflect Proxy Promise RegExp Iterator \
Error AggregateError EvalError RangeError ReferenceError SyntaxError TypeError URIError \
Map Set WeakMap WeakSet ArrayBuffer DataView TextEncoder TextDecoder \
Int8Array Uint8Array Uint8ClampedArray Int16Array Uint16Array Int32Array Uint32Array \
Float16Array Float32Array Float64Array BigInt64Array BigUint64Array \
isNaN isFinite parseInt parseFloat \
encodeURI encodeURIComponent decodeURI decodeURIComponent'

/** Methods whose answer depends on the device's language. */
const LOCAL = ['toLocaleString', 'toLocaleLowerCase', 'toLocaleUpperCase', 'localeCompare']

/**
 * Takes away everything of a global scope that is not allowed; what cannot be deleted is made undefined. `Math.random` is
 * the job's own; errors carry no stack, which would name addresses of this run and differ between engines.
 */
export const lockDown = (scope: object, random: () => number): void => {
  const allowed = new Set(ALLOWED.split(' '))
  for (let level: object | null = scope; level !== null; level = Object.getPrototypeOf(level)) {
    // Object.prototype is every object's, and harmless.
    if (level === Object.prototype) break
    for (const key of Reflect.ownKeys(level)) {
      if (level === scope && typeof key === 'string' && allowed.has(key)) continue
      Reflect.deleteProperty(level, key)
      // Some cannot be deleted, and Deno has a second `queueMicrotask` below the first.
      if (Object.hasOwn(level, key)) Reflect.defineProperty(level, key, { value: undefined })
    }
  }
  Math.random = random
  // Without a number Chromium takes none down; Firefox answers by an accessor.
  Object.defineProperty(Error, 'stackTraceLimit', { value: undefined })
  Reflect.deleteProperty(Error.prototype, 'stack')
  for (const owner of [Object, Array, String, Number, BigInt, Object.getPrototypeOf(Int8Array)]) {
    for (const name of LOCAL) Reflect.deleteProperty(owner.prototype, name)
  }
}
