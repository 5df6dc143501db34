import type { Preferences } from './parsePreferences.ts'
import type { RowsQuery } from './parseQuery.ts'
import { malformed } from './RestError.ts'

/** A Range header pages like offset and limit. */
export const withRange = (query: RowsQuery, preferences: Preferences): RowsQuery => {
  if (preferences.range === null) return query
  if (query.limit !== null || query.offset > 0) throw malformed('Give a Range header or limit and offset, not both.')
  return { ...query, ...preferences.range }
}
