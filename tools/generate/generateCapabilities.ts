import { globSync, readFileSync } from 'node:fs'
import { basename, join, relative } from 'node:path'
import { root } from '../run.ts'

export const capabilitiesFile = 'docs/capabilities.md'

/**
 * The table of capabilities with its last column made anew: for each number the tests whose titles carry it, then the
 * decisions that name it.
 *
 * @throws Error that lists the numbers which have neither.
 */
export async function generateCapabilities(): Promise<string> {
  const tests = linksByNumber('{packages,apps,database,tests}/**/*.test.{ts,tsx}', withoutComments, (file) =>
    basename(file).replace(/\.test\.tsx?$/, ''),
  )
  const decisions = linksByNumber(
    'docs/adr/*.md',
    withRangesInFull,
    (file) => `ADR ${Number.parseInt(basename(file), 10)}`,
  )
  const without: string[] = []
  const text = readFileSync(join(root, capabilitiesFile), 'utf8').replace(
    /^(\| ([A-Z]{2}-\d+) \| .* \|)[^|]*\|$/gm,
    (_, row: string, number: string) => {
      const proofs = tests.get(number)?.join(', ')
      const otherwise = decisions.get(number)?.join(', ')
      if (!proofs && !otherwise) without.push(number)
      if (!otherwise) return `${row} ${proofs ?? ''} |`
      return `${row} ${proofs ? `${proofs}; but see ${otherwise}` : `declined: ${otherwise}`} |`
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

/** A file of tests without its comments: numbers then stand in titles alone, of tests and of the rows of `test.each`. */
const withoutComments = (source: string): string => source.replace(/^\s*\/\*.*?\*\/|(?<!:)\/\/[^\n]*/gms, '')

/** A decision in which "SW-22 to SW-24" names SW-23 too. */
const withRangesInFull = (text: string): string =>
  text.replace(/\b([A-Z]{2})-(\d+)\s+to\s+\1-(\d+)\b/g, (_, source: string, first: string, last: string) =>
    Array.from({ length: Number(last) - Number(first) + 1 }, (_, n) => `${source}-${Number(first) + n}`).join(' '),
  )
