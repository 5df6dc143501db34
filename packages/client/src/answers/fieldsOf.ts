import { UnexpectedAnswerError } from '@oblivion/core'

/** The fields of a JSON object, each read as what it has to be. Fields that nobody reads are welcome. */
export interface Fields {
  readonly text: (name: string) => string
  readonly number: (name: string) => number
  readonly flag: (name: string) => boolean
  /** Money: a decimal string on the wire. */
  readonly amount: (name: string) => bigint
  /** Any JSON value; an absent one is null. */
  readonly json: (name: string) => unknown
  readonly oneOf: <const T extends string>(name: string, words: readonly T[]) => T
  readonly object: (name: string) => Fields
  readonly list: <T>(name: string, read: (fields: Fields) => T) => T[]
  /** Null where the field is null or absent, otherwise as `read` has it. */
  readonly orNull: <T>(name: string, read: (name: string) => T) => T | null
}

/** Ends the call with `UnexpectedAnswerError` (`OB105`), which names the call and the field that is not as agreed. */
export const unexpected = (call: string, field: string): never => {
  throw new UnexpectedAnswerError({ values: { call, field } })
}

/**
 * Hand-written and not a schema library: this is a part of the in-tab worker, where zod alone would be over the budget.
 *
 * @throws {UnexpectedAnswerError} here and by each method.
 */
export const fieldsOf = (call: string, value: unknown, path = ''): Fields => {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return unexpected(call, path)
  const record = value as Readonly<Record<string, unknown>>
  const at = (name: string): string => (path === '' ? name : `${path}.${name}`)
  const refuse = (name: string): never => unexpected(call, at(name))
  const fields: Fields = {
    text: (name) => {
      const text = record[name]
      return typeof text === 'string' ? text : refuse(name)
    },
    number: (name) => {
      const number = record[name]
      return typeof number === 'number' ? number : refuse(name)
    },
    flag: (name) => {
      const flag = record[name]
      return typeof flag === 'boolean' ? flag : refuse(name)
    },
    amount: (name) => {
      const text = record[name]
      return typeof text === 'string' && /^-?\d+$/.test(text) ? BigInt(text) : refuse(name)
    },
    json: (name) => record[name] ?? null,
    oneOf: (name, words) => words.find((word) => word === record[name]) ?? refuse(name),
    object: (name) => fieldsOf(call, record[name], at(name)),
    list: (name, read) => readList(call, record[name], read, at(name)),
    orNull: (name, read) => ((record[name] ?? null) === null ? null : read(name)),
  }
  return fields
}

/** A JSON array, each element of which is an object. */
export const readList = <T>(call: string, value: unknown, read: (fields: Fields) => T, path = ''): T[] =>
  Array.isArray(value)
    ? value.map((element, index) => read(fieldsOf(call, element, `${path}[${index}]`)))
    : unexpected(call, path)
