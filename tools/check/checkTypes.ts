import { globSync } from 'node:fs'
import { relative } from 'node:path'
import { type Outcome, root, run } from '../run.ts'

const skipped = ['**/node_modules/**', '**/dist/**', '.oblivion/**', 'packages/contracts/{out,cache,lib}/**']

/** Runs the compiler over every project, and fails on a source file that none of them covers. */
export async function checkTypes(): Promise<Outcome> {
  const configs = globSync('**/tsconfig{,.*}.json', { cwd: root, exclude: [...skipped, 'tsconfig.base.json'] }).sort()
  const seen = new Set<string>()
  let output = ''
  let ok = true
  for (const config of configs) {
    const result = await run('tsc', ['--noEmit', '--listFiles', '--pretty', 'false', '-p', config])
    for (const line of result.output.split('\n')) {
      if (line.startsWith(root) && line.indexOf('(') < 0) seen.add(relative(root, line.trim()))
      else if (line !== '') output += `${line}\n`
    }
    ok &&= result.ok
    if (!result.ok) output += `  in ${config}\n`
  }
  const sources = globSync('**/*.{ts,tsx}', { cwd: root, exclude: skipped })
  const orphans = sources.filter((file) => !seen.has(file))
  for (const file of orphans) output += `${file} is in no tsconfig.json: nothing checks its types\n`
  return { ok: ok && orphans.length === 0, output }
}
