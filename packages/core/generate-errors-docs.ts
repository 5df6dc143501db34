/** Writes docs/errors.md from the error catalogue; with `--check` it writes nothing and fails where the file is stale. */
import { readFileSync, writeFileSync } from 'node:fs'
import { errorsPage } from './errorsPage.ts'

const file = new URL('../../docs/errors.md', import.meta.url)
const page = errorsPage()

if (process.argv.includes('--check')) {
  let present: string | null = null
  try {
    present = readFileSync(file, 'utf8')
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'ENOENT') throw cause
  }
  if (present !== page) {
    console.error(`docs/errors.md is ${present === null ? 'missing' : 'stale'}.`)
    process.exitCode = 1
  }
} else {
  writeFileSync(file, page)
}
