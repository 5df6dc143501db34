import { printable } from '../printable.ts'

/** Lines for people go to the terminal; in JSON one value goes there instead, amounts as decimal strings of the smallest unit. */
export const say = (json: boolean, value: unknown, lines: readonly string[]): void => {
  if (!json) {
    process.stdout.write(`${lines.join('\n')}\n`)
    return
  }
  const text = JSON.stringify(value, (_, field) => (typeof field === 'bigint' ? field.toString() : field))
  process.stdout.write(`${process.stdout.isTTY ? printable(text) : text}\n`)
}
