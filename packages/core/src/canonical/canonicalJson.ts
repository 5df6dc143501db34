import { NotJsonError } from '../errors/valueErrors.ts'
import { canonicalText } from './canonicalText.ts'

interface Step {
  readonly container: object
  readonly path: string
  /** False on the way in, true on the way out, after all of its members. */
  readonly leaves: boolean
}

const isPlainObject = (value: object): boolean => {
  // By tag and not by prototype: a value that came from another realm (a frame, a vm) has another Object.prototype.
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === null || Object.getPrototypeOf(prototype) === null
}

const faultOf = (value: unknown): string | null => {
  switch (typeof value) {
    case 'boolean':
      return null
    case 'number':
      return Number.isFinite(value) ? null : `${value} is not a JSON number`
    case 'string':
      return value.isWellFormed() ? null : 'the text has a lone surrogate'
    case 'object':
      if (value === null || Array.isArray(value)) return null
      if (!isPlainObject(value)) return `${Object.prototype.toString.call(value)} is not a plain object`
      if (typeof (value as { toJSON?: unknown }).toJSON === 'function') return 'an object with toJSON is not plain data'
      return Object.getOwnPropertySymbols(value).length > 0 ? 'a property is named by a symbol' : null
    default:
      return `${typeof value} is not a JSON value`
  }
}

/**
 * Refuses what serialising would drop or change without a word. Walks with its own stack, since a value nested a million
 * deep must not overflow the caller's, and meets the first hole of an array before it walks the rest, since a stranger's
 * `new Array(4e9)` arrives here by structured clone.
 */
const assertJson = (root: unknown): void => {
  const steps: Step[] = []
  const open = new Set<object>()
  const visit = (value: unknown, parentPath: string, key: string | number | null): void => {
    const path = (): string => (key === null ? '$' : `${parentPath}${typeof key === 'number' ? `[${key}]` : `.${key}`}`)
    const fault = open.has(value as object) ? 'the value contains itself' : faultOf(value)
    if (fault !== null) throw new NotJsonError({ values: { path: path(), reason: fault } })
    if (typeof value === 'object' && value !== null) steps.push({ container: value, path: path(), leaves: false })
  }
  visit(root, '', null)
  for (let step = steps.pop(); step !== undefined; step = steps.pop()) {
    const { container, path } = step
    if (step.leaves) {
      open.delete(container)
      continue
    }
    open.add(container)
    steps.push({ container, path, leaves: true })
    if (Array.isArray(container)) {
      for (let index = 0; index < container.length; index++) visit(container[index], path, index)
    } else {
      for (const [name, member] of Object.entries(container)) {
        if (!name.isWellFormed()) throw new NotJsonError({ values: { path, reason: 'a name has a lone surrogate' } })
        visit(member, path, name)
      }
    }
  }
}

/**
 * The one text of a JSON value, by RFC 8785: names sorted by UTF-16 code units, numbers as ECMAScript writes them, no
 * space. Two nodes that computed the same value write the same bytes, so a hash of them can be compared.
 *
 * @throws {NotJsonError} `OB110` with the path, for what `JSON.stringify` would drop or mangle: undefined, functions,
 *   symbols, bigints, NaN, infinities, lone surrogates, cycles, holes in arrays, and objects that are more than data
 *   (Date, Map, typed arrays, anything with `toJSON`).
 * @example
 * canonicalJson({ b: 1.0, a: [1e21, -0] }) // '{"a":[1e+21,0],"b":1}'
 */
export const canonicalJson = (value: unknown): string => {
  assertJson(value)
  return canonicalText(value)
}
