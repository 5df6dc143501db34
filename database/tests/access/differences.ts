import { audiences, type Caller, callers, closed, closedRelation, relations } from './declared.ts'
import type { Measured } from './measure.ts'

/** Where what was tried differs from what is declared, one line each; empty where it does not. */
export const functionSurprises = (measured: Measured<string>): string[] => {
  const declared = Object.fromEntries(audiences.flatMap(({ functions, replies }) => functions.map((f) => [f, replies])))
  return surprises(measured, declared, closed)
}

export const relationSurprises = (measured: Measured<string[]>): string[] =>
  surprises(inWords(measured), inWords(relations), inWords({ closedRelation }).closedRelation as Record<Caller, string>)

const inWords = (rights: Measured<string[]>): Measured<string> =>
  Object.fromEntries(
    Object.entries(rights).map(([object, by]) => [
      object,
      Object.fromEntries(callers.map((caller) => [caller, by[caller].join(' ') || '-'])) as Record<Caller, string>,
    ]),
  )

const surprises = (
  measured: Measured<string>,
  declared: Measured<string>,
  otherwise: Record<Caller, string>,
): string[] =>
  [...new Set([...Object.keys(measured), ...Object.keys(declared)])].sort().flatMap((object) => {
    const found = measured[object]
    if (found === undefined) return [`${object} is declared and not in the database`]
    const wanted = declared[object] ?? otherwise
    return callers.flatMap((caller) =>
      found[caller] === wanted[caller]
        ? []
        : [`${caller} on ${object}: ${found[caller]}, declared is ${wanted[caller]}`],
    )
  })
