// Copied before the lockdown, for the program finds none of it.
const { Module, Instance, Memory } = WebAssembly
const encoder = new TextEncoder()
const decoder = new TextDecoder('utf-8', { fatal: true })
const text = JSON.stringify
const read = JSON.parse

const PAGES_PER_MIB = 16

interface Limits {
  readonly min: number
  readonly max: number | null
}

/** The bounds of the first memory that a module imports or has of its own. WebAssembly core specification, 5.5. */
export const memoryLimits = (bytes: Uint8Array): { readonly imported: Limits | null; readonly own: Limits | null } => {
  let at = 8
  const number = (): number => {
    let value = 0
    for (let shift = 0; ; shift += 7) {
      const byte = bytes[at++] ?? 0
      value += (byte & 127) * 2 ** shift
      if (byte < 128) return value
    }
  }
  const name = (): void => {
    const length = number()
    at += length
  }
  const limits = (): Limits => {
    const flags = number()
    if (flags > 1) throw new TypeError('The module shares its memory or has one of 64 bits.')
    const min = number()
    return { min, max: flags === 1 ? number() : null }
  }
  let imported: Limits | null = null
  let own: Limits | null = null
  while (at < bytes.length) {
    const id = bytes[at++]
    const size = number()
    const end = at + size
    if (id === 2) {
      for (let left = number(); left > 0; left--) {
        name()
        name()
        const kind = bytes[at++]
        if (kind === 2) imported = limits()
        else if (kind === 0) number()
        else if (kind === 3) at += 2
        else throw new TypeError('The module imports a table or a tag.')
      }
    }
    if (id === 5) {
      if (number() > 1 || imported !== null) throw new TypeError('The module has more than one memory.')
      own = limits()
    }
    at = end
  }
  return { imported, own }
}

interface Exports {
  readonly memory?: WebAssembly.Memory
  readonly alloc: (length: number) => number
  readonly run: (pointer: number, length: number) => bigint
}

/**
 * Runs a WebAssembly program: JSON text in, JSON text out. It exports `alloc(length) -> pointer` and
 * `run(pointer, length) -> (pointer << 32 | length)`, imports its memory as `env.memory` (or exports one of its own with a
 * maximum), and may import `oblivion.progress(f64)` and `oblivion.random() -> f64`. The memory cannot grow beyond its limit.
 */
export const runWasm = (
  source: ArrayBuffer,
  input: unknown,
  maxMemoryMiB: number,
  { progress, random }: { readonly progress: (fraction: number) => unknown; readonly random: () => number },
): unknown => {
  const { imported, own } = memoryLimits(new Uint8Array(source))
  const pages = maxMemoryMiB * PAGES_PER_MIB
  const wanted = imported ?? own
  if (wanted === null) throw new TypeError('The module has no memory.')
  if (wanted.min > pages || (own !== null && !(own.max !== null && own.max <= pages)))
    throw new RangeError(`The module's memory is not bounded by ${maxMemoryMiB} MiB.`)
  const made = imported && new Memory({ initial: imported.min, maximum: Math.min(pages, imported.max ?? pages) })
  const instance = new Instance(new Module(source), {
    env: made ? { memory: made } : {},
    oblivion: { progress: (fraction: number) => void progress(fraction), random },
  })
  const { memory = made, alloc, run } = instance.exports as unknown as Exports
  if (!memory || !alloc || !run) throw new TypeError('The module exports no memory, alloc or run.')
  const given = encoder.encode(text(input))
  const pointer = alloc(given.length) >>> 0
  new Uint8Array(memory.buffer, pointer, given.length).set(given)
  const packed = BigInt.asUintN(64, run(pointer, given.length))
  return read(decoder.decode(new Uint8Array(memory.buffer, Number(packed >> 32n), Number(packed & 0xffffffffn))))
}
