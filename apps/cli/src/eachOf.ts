import { parseArgs } from 'node:util'

/** What a flag was given each time that it stands in a call: citty keeps the last alone. */
export const eachOf = (rawArgs: string[], name: string): readonly string[] => {
  const { values } = parseArgs({
    args: rawArgs,
    options: { [name]: { type: 'string', multiple: true } },
    strict: false,
    allowPositionals: true,
  })
  // Each is a text: `checkArguments` has refused a flag without a value.
  return (values[name] ?? []) as readonly string[]
}
