import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { environmentTable } from '../../packages/core/src/index.ts'
import { root } from '../run.ts'

const begin = '<!-- generated:variables -->'
const end = '<!-- /generated:variables -->'

/** README.md with its table of environment variables made anew between two markers; the rest stays as it is. */
export async function generateVariablesTable(): Promise<string> {
  const readme = await readFile(join(root, 'README.md'), 'utf8')
  const from = readme.indexOf(begin)
  const to = readme.indexOf(end)
  if (from < 0 || to < from)
    throw new Error(`README.md lacks the markers ${begin} and ${end} around its table of variables`)
  const rows = Object.entries(environmentTable).map(([name, { default: value, meaning, readBy }]) => {
    const shown = value === null || value === '' ? '' : `\`${value}\``
    return `| \`${name}\` | ${shown} | ${meaning.replaceAll('|', String.raw`\|`)} | ${readBy.join(', ')} |`
  })
  const table = ['| Variable | Default | Meaning | Read by |', '| --- | --- | --- | --- |', ...rows].join('\n')
  return `${readme.slice(0, from + begin.length)}\n${table}\n${readme.slice(to)}`
}
