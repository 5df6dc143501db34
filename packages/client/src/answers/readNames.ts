import type { Fields } from './fieldsOf.ts'

/**
 * A list of names, of `allowed` ones where that is given.
 *
 * Apart from `Fields`, which is a part of the in-tab worker: no answer to a worker has such a list.
 */
export const readNames = <T extends string = string>(fields: Fields, name: string, allowed?: readonly T[]): T[] => {
  const list = fields.json(name)
  if (!Array.isArray(list)) return fields.oneOf(name, [])
  return list.map((value: unknown, index) => {
    if (typeof value === 'string') {
      if (allowed === undefined) return value as T
      const known = allowed.find((word) => word === value)
      if (known !== undefined) return known
    }
    return fields.oneOf(`${name}[${index}]`, [])
  })
}
