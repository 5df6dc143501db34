import { globSync, readFileSync } from 'node:fs'
import { basename, join, relative } from 'node:path'
import { root } from '../run.ts'

export const capabilitiesFile = 'docs/capabilities.md'

/**
 * The table of capabilities with its last column made anew: for each number the tests whose titles carry it; where none
 * does, the decisions that name it.
 *
 * @throws Error that lists the numbers which have neither.
 */
export async function generateCapabilities(): Promise<string> {
  const tests = linksByNumber('{packages,apps,database,tests}/**/*.test.{ts,tsx}', withoutComments, (file) =>
    basename(file).replace(/\.test\.tsx?$/, ''),
  )
  const decisions = linksByNumber(
    'docs/adr/*.md',
    whole,
    (file) => `declined: ADR ${Number.parseInt(basename(file), 10)}`,
  )
  const without: string[] = []
  const text = readFileSync(join(root, capabilitiesFile), 'utf8').replace(
    /^(\| ([A-Z]{2}-\d+) \| .* \|)[^|]*\|$/gm,
    (_, row: string, number: string) => {
      const links = tests.get(number) ?? decisions.get(number)
      if (links === undefined) without.push(number)
      return `${row} ${links?.join(', ') ?? ''} |`
    },
  )
  if (without.length > 0)
    throw new Error(`${capabilitiesFile}: no test carries in its title, and no ADR names: ${without.join(', ')}.`)
  return text
}

/** Links from the table to the files in which a number stands, in the order of their paths. */
function linksByNumber(pattern: string, read: (text: string) => string, nameOf: (file: string) => string) {
  const links = new Map<string, string[]>()
  for (const file of globSync(pattern, { cwd: root, exclude: ['**/node_modules/**', '**/dist/**'] }).sort()) {
    const numbers = read(readFileSync(join(root, file), 'utf8')).match(/\b[A-Z]{2}-\d+\b/g)
    for (const number of new Set(numbers))
      links.set(number, [...(links.get(number) ?? []), `[${nameOf(file)}](${relative('docs', file)})`])
  }
  return links
}

const whole = (text: string): string => text

/** A file of tests without its comments: numbers then stand in titles alone, of tests and of the rows of `test.each`. */
const withoutComments = (source: string): string => source.replace(/^\s*\/\*.*?\*\/|(?<!:)\/\/[^\n]*/gms, '')
