/**
 * One lexical element of PostgreSQL's SQL in which a semicolon or a keyword has no meaning, or a word, or a semicolon.
 * Whatever matches nothing here is passed over a character at a time. Block comments nest and are read by hand.
 */
const ELEMENT =
  /--[^\n]*|\/\*|'(?:[^']|'')*'|"(?:[^"]|"")*"|\$(?<tag>[A-Za-z_\u0080-\uffff][\w\u0080-\uffff]*)?\$[\s\S]*?\$\k<tag>\$|[A-Za-z_\u0080-\uffff][\w$\u0080-\uffff]*|;/y

/** A string with backslash escapes, after its `E`. */
const ESCAPE_STRING = /'(?:[^'\\]|\\[\s\S]|'')*'/y

/**
 * Splits a migration into its statements, as the Supabase CLI does for the `statements` column of its history: without
 * the closing semicolon, trimmed, with the comments that stand before them; a last comment is a statement of its own.
 *
 * Only the history's text depends on it: a file runs whole. A test compares it with what the CLI itself leaves.
 */
export const splitStatements = (sql: string): string[] => {
  const statements: string[] = []
  let start = 0
  let position = 0
  // Depth of `begin atomic ... end` bodies, whose semicolons belong to the function; `case` has an `end` too.
  let atomic = 0
  let lastWord = ''
  const emit = (end: number): void => {
    const statement = sql.slice(start, end).trim()
    if (statement !== '') statements.push(statement)
  }
  while (position < sql.length) {
    ELEMENT.lastIndex = position
    const element = ELEMENT.exec(sql)?.[0]
    if (element === undefined) {
      position += 1
      continue
    }
    const end = position + element.length
    if (element === '/*') {
      position = endOfBlockComment(sql, position)
      continue
    }
    if (element === ';' && atomic === 0) {
      emit(position)
      start = end
      lastWord = ''
    } else if (/^[A-Za-z_\u0080-\uffff]/.test(element)) {
      const word = element.toLowerCase()
      if (word === 'atomic' && lastWord === 'begin') atomic += 1
      else if (atomic > 0 && word === 'case') atomic += 1
      else if (atomic > 0 && word === 'end') atomic -= 1
      lastWord = word
      ESCAPE_STRING.lastIndex = end
      const escaped = word === 'e' ? ESCAPE_STRING.exec(sql)?.[0] : undefined
      position = end + (escaped?.length ?? 0)
      continue
    }
    position = end
  }
  emit(sql.length)
  return statements
}

const endOfBlockComment = (sql: string, from: number): number => {
  const mark = /\/\*|\*\//g
  mark.lastIndex = from
  let depth = 0
  for (let found = mark.exec(sql); found; found = mark.exec(sql)) {
    depth += found[0] === '/*' ? 1 : -1
    if (depth === 0) return mark.lastIndex
  }
  return sql.length
}
