import { parseArgs } from 'node:util'

/** What a flag was given each time that it stands in a call: citty keeps the last alone. */
export const eachOf = (rawArgs: string[], name: string): readonly string[] => {
  const { values } = parseArgs({
    args: rawArgs,
    options: { [name]: { type: 'string', multiple: true } },
    strict: false,
    allowPositionals: true,
  })
  // Where nothing follows, or the next flag does, it was given nothing.
  return ((values[name] ?? []) as readonly (string | boolean)[]).map((value) =>
    typeof value === 'string' && !value.startsWith('-') ? value : '',
  )
}
