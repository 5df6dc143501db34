import { NotJsonError } from '../errors/valueErrors.ts'

const quoted = (text: string): string => {
  if (!text.isWellFormed()) throw new NotJsonError({ values: { path: '', reason: 'the text has a lone surrogate' } })
  return JSON.stringify(text)
}

/**
 * The RFC 8785 text of a value that is JSON already, as `JSON.parse` gives it; `canonicalJson` is for any other. With a
 * stack of its own: a stranger's value may be nested deeper than the caller's stack.
 *
 * Written here and not taken from a library, which is five times as long for values that JSON cannot hold anyway: the
 * in-tab worker has 15 kB for everything. A test holds it against the library on random documents.
 *
 * @throws {NotJsonError} `OB110` for a lone surrogate, which JSON text can hold and UTF-8 cannot.
 */
export const canonicalText = (root: unknown): string => {
  let text = ''
  /** What is to be written next is last: a text as it is, or a value in a list of one. */
  const rest: (string | readonly [unknown])[] = [[root]]
  for (let next = rest.pop(); next !== undefined; next = rest.pop()) {
    const value = typeof next === 'string' ? null : next[0]
    if (typeof next === 'string') text += next
    else if (typeof value === 'string') text += quoted(value)
    else if (typeof value !== 'object' || value === null) text += JSON.stringify(value)
    else {
      const names = Array.isArray(value) ? null : Object.keys(value).sort()
      const members: unknown[] = names?.map((name) => (value as Record<string, unknown>)[name]) ?? (value as unknown[])
      text += names ? '{' : '['
      rest.push(names ? '}' : ']')
      for (let i = members.length - 1; i >= 0; i--) {
        rest.push([members[i]], (i > 0 ? ',' : '') + (names ? `${quoted(names[i] as string)}:` : ''))
      }
    }
  }
  return text
}
