/**
 * `pnpm generate [name ...]` writes the generated files; with `--check` it writes nothing and fails on a stale one,
 * naming the command that mends it.
 */
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { formatted } from './generate/formatted.ts'
import { generators } from './generate/generators.ts'
import { withMigratedDatabase } from './generate/migratedDatabase.ts'
import { root, run } from './run.ts'

const check = process.argv.includes('--check')
const wanted = process.argv.slice(2).filter((word) => word !== '--check')
const unknown = wanted.filter((name) => !Object.hasOwn(generators, name))
if (unknown.length > 0) {
  console.error(`No such generator: ${unknown.join(', ')}. There are: ${Object.keys(generators).join(', ')}.`)
  process.exit(2)
}

const chosen = Object.entries(generators).filter(([name]) => wanted.length === 0 || wanted.includes(name))
for (const [name, each] of chosen) {
  if ('text' in each) await settle(name, each.file, await each.text())
  if ('script' in each) {
    const { ok, output } = await run('node', [each.script, ...(check ? ['--check'] : [])])
    if (!ok) stale(name, output)
  }
}
// Behind the texts: one of them is a migration.
const queries = chosen.flatMap(([name, each]) => ('fromDatabase' in each ? [{ name, ...each }] : []))
if (queries.length > 0)
  await withMigratedDatabase(async (database) => {
    for (const { name, file, fromDatabase } of queries) await settle(name, file, await fromDatabase(database))
  })

/** Writes the file, or compares with what is there. */
async function settle(name: string, file: string, raw: string): Promise<void> {
  const path = join(root, file)
  const text = file.endsWith('.ts') ? await formatted(raw) : raw
  if (!check) return writeFile(path, text)
  const present = await readFile(path, 'utf8').catch(() => null)
  if (present !== text) stale(name, `${file} is ${present === null ? 'missing' : 'stale'}.\n`)
}

function stale(name: string, output: string): void {
  process.exitCode = 1
  process.stderr.write(`${output}Mend it: pnpm generate ${name}\n`)
}
