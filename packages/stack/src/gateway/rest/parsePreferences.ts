import { notSupported, RestError } from './RestError.ts'

/** How a caller wants its answer, from the headers Accept, Prefer, Range and the two profiles. */
export type Preferences = {
  /** One object instead of a list; an error unless there is exactly one row. */
  singular: boolean
  /** Count all rows that match, beyond the page. */
  countExact: boolean
  /** Answer a change with its rows. */
  representation: boolean
  /** What was applied, in the caller's words. */
  applied: string[]
  range: { offset: number; limit: number | null } | null
}

const singularType = 'application/vnd.pgrst.object+json'

/** The one schema that is exposed. */
export const exposedSchema = 'public'

export const parsePreferences = (header: (name: string) => string | undefined): Preferences => {
  for (const profile of ['accept-profile', 'content-profile']) {
    if ((header(profile) ?? exposedSchema) !== exposedSchema) {
      throw new RestError(406, {
        code: 'PGRST106',
        message: `The schema must be one of the following: ${exposedSchema}`,
      })
    }
  }
  const singular = wantsSingular(header('accept'))
  const applied: string[] = []
  for (const preference of (header('prefer') ?? '').split(',').map((part) => part.trim())) {
    if (preference === '') continue
    if (!known.has(preference)) throw notSupported(`the preference "${preference}"`)
    if (!applied.includes(preference)) applied.push(preference)
  }
  return {
    singular,
    countExact: applied.includes('count=exact'),
    representation: applied.includes('return=representation'),
    applied,
    range: parseRange(header('range')),
  }
}

const known = new Set(['return=representation', 'return=minimal', 'count=exact'])

const wantsSingular = (accept: string | undefined): boolean => {
  const types = (accept ?? '*/*').split(',').map((type) => type.trim())
  if (types.includes(singularType)) return true
  if (types.some((type) => /^(application\/json|application\/\*|\*\/\*)\s*(;|$)/.test(type))) return false
  throw new RestError(406, { code: 'PGRST107', message: `None of these media types are available: ${accept}` })
}

const parseRange = (header: string | undefined): Preferences['range'] => {
  if (header === undefined) return null
  const match = /^(\d{1,9})-(\d{1,9})?$/.exec(header)
  const first = Number(match?.[1])
  const last = match?.[2] === undefined ? null : Number(match[2])
  if (match === null || (last !== null && last < first)) {
    throw new RestError(416, {
      code: 'PGRST103',
      message: 'Requested range not satisfiable',
      details: `Range: ${header}`,
    })
  }
  return { offset: first, limit: last === null ? null : last - first + 1 }
}
