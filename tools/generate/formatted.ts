import { spawn } from 'node:child_process'
import { text } from 'node:stream/consumers'
import { root } from '../run.ts'

/** TypeScript in the house's format, so that a change of a generated file shows as a small diff. */
export async function formatted(source: string): Promise<string> {
  const biome = spawn('node_modules/.bin/biome', ['format', '--stdin-file-path=source.ts'], {
    cwd: root,
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  biome.stdin.end(source)
  const result = await text(biome.stdout)
  if (result === '') throw new Error('biome could not format what was generated')
  return result
}
