/** Asks for whatever could tell a device, and computes with everything that engines do in their own way. */
export const fingerprintProgram = `export default (_, { random }) => {
  const names = ['navigator', 'Date', 'Intl', 'performance', 'location', 'self', 'origin', 'crypto', 'WebAssembly', 'SharedArrayBuffer',
    'OffscreenCanvas', 'FontFace', 'fetch', 'isSecureContext', 'crossOriginIsolated', 'setTimeout', 'postMessage', 'name', 'Temporal',
    'Atomics', 'WeakRef', 'FinalizationRegistry', 'structuredClone', 'queueMicrotask', 'reportError', 'console', 'scheduler', 'gc']
  const points = Array.from({ length: 40 }, (_, i) => (i - 20) * 1.37 + 0.1 ** (i % 7))
  const math = Object.getOwnPropertyNames(Math).sort().filter((name) => typeof Math[name] === 'function' && name !== 'random')
  const big = [1, 1e21, 1e-7, 0.1 + 0.2, -0, 123456789.123456789, 5e-324, 1.7976931348623157e308]
  let caught = null
  try { null.x } catch (error) { caught = [error.name, error.stack ?? null] }
  return {
    names: names.filter((name) => typeof globalThis[name] !== 'undefined'),
    math: Object.fromEntries(math.map((name) => [name, points.map((x) => String(Math[name](x, 2)))])),
    constants: Object.getOwnPropertyNames(Math).filter((name) => typeof Math[name] === 'number').sort().map((name) => Math[name]),
    texts: big.map((x) => [String(x), x.toFixed(3), x.toExponential(5), x.toPrecision(7), x.toString(7), JSON.stringify(x)]),
    local: [[1234.5].toString(), typeof ''.localeCompare, typeof (1).toLocaleString, typeof [].toLocaleString],
    cases: ['I\u0130\u0131\u00df'.toLowerCase(), 'i\u0131\u00df'.toUpperCase(), 'e\u0301'.normalize('NFC').length],
    sorted: ['ä', 'z', 'a', 'Z', 'ö', '10', '9', 'ı'].sort(),
    stable: Array.from({ length: 600 }, (_, i) => i).sort((a, b) => (a % 7) - (b % 7)).slice(0, 50),
    bytes: [...new Uint8Array(new Float64Array([NaN, 1.5]).buffer)].slice(8),
    drawn: [random(), Math.random(), random()],
    caught,
  }
}`
