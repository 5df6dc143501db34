/** Lines for people go to the terminal; in JSON one value goes there instead, amounts as decimal strings of the smallest unit. */
export const say = (json: boolean, value: unknown, lines: readonly string[]): void => {
  process.stdout.write(
    json
      ? `${JSON.stringify(value, (_, field) => (typeof field === 'bigint' ? field.toString() : field))}\n`
      : `${lines.join('\n')}\n`,
  )
}
