import { existsSync, globSync, readFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { type Outcome, root } from '../run.ts'
import { checkExamples } from './checkExamples.ts'
import { type CodeBlock, codeBlocks } from './codeBlocks.ts'
import { threatFaults } from './threatRows.ts'

type Document = { file: string; text: string; blocks: CodeBlock[] }

/** Every Markdown file: links inside the repository resolve, pnpm commands are scripts, ts examples compile, threats have their tests. */
export async function checkDocs(): Promise<Outcome> {
  const files = globSync('**/*.md', { cwd: root, exclude: ['**/node_modules/**', '**/dist/**', '.oblivion/**'] }).sort()
  const documents = files.map((file): Document => {
    const text = readFileSync(join(root, file), 'utf8')
    return { file, text, blocks: codeBlocks(text) }
  })
  const faults = [...documents.flatMap(deadLinks), ...documents.flatMap(unknownCommands), ...threatFaults(root)]
  const examples = await checkExamples(documents)
  return {
    ok: faults.length === 0 && examples.ok,
    output: faults.map((line) => `${line}\n`).join('') + examples.output,
  }
}

function deadLinks({ file, text, blocks }: Document): string[] {
  const prose = blocks.reduce((rest, block) => rest.replace(block.text, ''), text).replace(/`[^`\n]*`/g, '')
  const targets = [...prose.matchAll(/\]\(<?([^)\s>]+)/g), ...prose.matchAll(/\b(?:src|href)="([^"]+)"/g)]
  return targets.flatMap(([, target = '']) => {
    if (/^[a-z]+:/.test(target)) return []
    const [path = '', anchor] = target.split('#')
    const aim = path === '' ? join(root, file) : resolve(root, dirname(file), decodeURI(path))
    if (!existsSync(aim)) return [`${file}: the link to ${target} leads nowhere`]
    if (anchor && aim.endsWith('.md') && !anchors(readFileSync(aim, 'utf8')).has(anchor))
      return [`${file}: there is no heading for ${target}`]
    return []
  })
}

/** The anchors that GitHub makes of headings: lower case, spaces to hyphens, most punctuation dropped. */
function anchors(text: string): Set<string> {
  const headings = text.matchAll(/^#{1,6}\s+(.+?)\s*$/gm)
  const slugs = [...headings].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s_-]/gu, '')
      .replace(/\s/g, '-'),
  )
  return new Set(slugs)
}

/** Commands of the whole repository, and those of one package: `pnpm --filter <package> run <script>`. */
function unknownCommands({ file, text }: Document): string[] {
  const builtIn = ['install', 'exec', 'add', 'dlx', 'store']
  const commands = text.matchAll(/\bpnpm(?:@[\d.]+)? (?:--filter (\S+) )?(?:run )?([a-z][\w:-]*)/g)
  return [...commands].flatMap(([command, owner = 'oblivion', name = '']) =>
    builtIn.includes(name) || scriptsOf(owner).includes(name) ? [] : [`${file}: "${command}" is no script of ${owner}`],
  )
}

function scriptsOf(owner: string): string[] {
  for (const manifest of globSync(['package.json', '{packages,apps}/*/package.json'], { cwd: root })) {
    const { name, scripts } = JSON.parse(readFileSync(join(root, manifest), 'utf8'))
    if (name === owner) return Object.keys(scripts ?? {})
  }
  return []
}
