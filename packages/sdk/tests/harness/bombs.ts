/** Programs that attack what runs them; for the tests of what holds and the bench of how fast. */
export const bombs = {
  infiniteLoop: 'export default () => { for (;;) {} }',
  microtaskLoop: 'export default async () => { for (;;) await null }',
  promiseFlood: 'export default async () => { const f = () => Promise.resolve().then(f).then(f); await f() }',
  // Numbers, which the collector does not walk: the heap is full after some seconds, at some 4 GB.
  heapBomb: 'export default () => { const kept = []; for (;;) kept.push(new Array(4_000_000).fill(0.5)) }',
  hugeResult: 'export default () => "x".repeat(500_000_000)',
  deepResult: 'export default () => { let x = 1; for (let i = 0; i < 1e6; i++) x = [x]; return x }',
  messageFlood:
    'export default (_, { progress }) => { for (let i = 0; i <= 1_000_000; i++) progress(i / 1e6); return "done" }',
  checkpointFlood:
    'export default (_, { checkpoint }) => { for (let i = 0; i < 100_000; i++) checkpoint("x".repeat(60_000)); return "done" }',
  checkpointHuge: 'export default (_, { checkpoint }) => { checkpoint("x".repeat(1 << 20)) }',
  checkpointDeep:
    'export default (_, { checkpoint }) => { checkpoint(Array.from({ length: 65 }).reduce((value) => [value], 1)) }',
  workerBomb: 'export default () => { for (;;) new Worker("data:text/javascript,") }',
  throwingProxy: `export default () => new Proxy({}, { get() { throw new Proxy(class {}, { get() { throw 1 } }) }, ownKeys() { throw new Error("trap") } })`,
  throwsProxy: 'export default () => { throw new Proxy({}, { get() { throw 1 }, getPrototypeOf() { throw 2 } }) }',
  throwsNothing: 'export default () => { throw undefined }',
  protoResult: `export default () => JSON.parse('{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}}}')`,
  poisonedRealm: `export default () => {
    Object.prototype.polluted = 1
    Object.prototype.toJSON = () => "forged"
    Array.prototype.map = () => "forged"
    JSON.stringify = () => "forged"
    JSON.parse = () => "forged"
    Promise.prototype.then = function (take) { take("forged") }
    globalThis.Promise = globalThis.Object = null
    return { honest: true }
  }`,
  setters: `export default () => {
    for (const name of ["text", "error", "rested", "progress", "type", "id"])
      Object.defineProperty(Object.prototype, name, { set() { throw 1 }, get() { return "forged" } })
    return { honest: true }
  }`,
}
