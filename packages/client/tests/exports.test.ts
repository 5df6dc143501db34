import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'

/** Names of values and, since types leave nothing behind at run time, of types too: read from the entry file itself. */
test('the public names are these', () => {
  const entry = readFileSync(new URL('../src/index.ts', import.meta.url), 'utf8')
  expect(entry).not.toMatch(/export \*|export default/)
  const names = [...entry.matchAll(/^export (type )?\{([^}]*)\}/gm)].flatMap(([, allTypes, list]) =>
    (list ?? '')
      .split(',')
      .map((name) => name.trim())
      .filter((name) => name !== '')
      .map((name) => (allTypes ? `type ${name}` : name)),
  )
  expect(names.sort()).toMatchSnapshot()
})
