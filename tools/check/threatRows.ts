import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/**
 * What is wrong with the table of threats (docs/security.md): each name of its last column is one file of tests or a folder
 * of them, and in one of a row's at least the row's number stands, by which the test is found that shows the row.
 */
export function threatFaults(root: string): string[] {
  const file = 'docs/security.md'
  const tests = globSync('{packages,apps,database,tests}/**/{test,tests,browser}/**/*.{ts,sol}', {
    cwd: root,
    exclude: ['**/node_modules/**', '**/dist/**'],
  }).sort()
  const rows = readFileSync(join(root, file), 'utf8').matchAll(/^\| ([MTA]\d+) \| .* \| ([^|]*) \|$/gm)
  return [...rows].flatMap(([, row = '', cell = '']) => {
    // Other words in code are no files.
    const named = [...cell.matchAll(/`([^`\s]+\/[^`\s]+|[^`\s]+\.(?:ts|sol))`/g)].map(([, name = '']) => ({
      name,
      isFolder: !/\.(ts|sol)$/.test(name),
      found: tests.filter((path) => path === name || path.endsWith(`/${name}`) || path.startsWith(`${name}/`)),
    }))
    // A number in a Solidity name stands between underscores.
    const number = new RegExp(`(?<![A-Za-z0-9])${row}(?![A-Za-z0-9])`)
    const shown = named.some(({ found }) => found.some((path) => number.test(readFileSync(join(root, path), 'utf8'))))
    return [
      ...named.flatMap(({ name, isFolder, found }) =>
        found.length === 1 || (isFolder && found.length > 0)
          ? []
          : [`${file}: ${row} names ${name}, which is ${found.length === 0 ? 'no test' : found.join(' or ')}`],
      ),
      ...(shown ? [] : [`${file}: no test that ${row} names holds ${row}`]),
    ]
  })
}
