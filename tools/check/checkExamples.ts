import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Outcome, root, run } from '../run.ts'
import type { CodeBlock } from './codeBlocks.ts'

/** Compiles each block marked `ts` as a module of its own, against the sources of the packages that it imports. */
export async function checkExamples(documents: { file: string; blocks: CodeBlock[] }[]): Promise<Outcome> {
  const examples = documents.flatMap(({ file, blocks }) =>
    blocks.filter(({ language }) => language === 'ts' || language === 'tsx').map((block) => ({ file, block })),
  )
  if (examples.length === 0) return { ok: true, output: '' }
  // Inside the repository, so that an example finds packages as code at the root does.
  const cache = join(root, 'node_modules/.cache')
  mkdirSync(cache, { recursive: true })
  const folder = mkdtempSync(join(cache, 'examples-'))
  try {
    const places = examples.map(({ file, block }, index) => {
      const name = `example${index}.${block.language}`
      writeFileSync(join(folder, name), `${block.text}\nexport {}\n`)
      return { name, place: `${file}:${block.line}` }
    })
    writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(compilerOptions))
    const { ok, output } = await run('tsc', ['--pretty', 'false', '-p', folder])
    const readable = places.reduceRight(
      (text, { name, place }) => text.replaceAll(new RegExp(`\\S*${name}`, 'g'), `example at ${place} `),
      output,
    )
    return { ok, output: readable }
  } finally {
    rmSync(folder, { recursive: true })
  }
}

const compilerOptions = {
  extends: join(root, 'tsconfig.base.json'),
  compilerOptions: {
    module: 'preserve',
    moduleResolution: 'bundler',
    lib: ['es2024', 'dom', 'dom.iterable'],
    jsx: 'react-jsx',
    types: ['node'],
    noUnusedLocals: false,
    paths: {
      '@oblivion/stack/testing': [join(root, 'packages/stack/src/testing/index.ts')],
      '@oblivion/sdk/*': [join(root, 'packages/sdk/src/*/index.ts')],
      react: [join(root, 'packages/sdk/node_modules/@types/react')],
      'react/*': [join(root, 'packages/sdk/node_modules/@types/react/*')],
      '@oblivion/*': [join(root, 'packages/*/src/index.ts')],
    },
  },
  include: ['*.ts', '*.tsx'],
}
