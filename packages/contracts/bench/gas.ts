// `pnpm bench:gas`: what a payment costs, by receipts of a local chain, beside the usual ways to pay many people in the
// same run. `--update` writes the figures to gas.json, against which the tests hold every change to within 1 %.
import { writeFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { launchForge } from '../foundry/launchForge.ts'
import { aims, ratiosOf } from './gasAims.ts'
import { measureGas } from './measureGas.ts'

const built = await launchForge({ args: ['build', '--skip', 'test'] })
if (built.exitCode !== 0) throw new Error(`forge build failed:\n${built.stdout}${built.stderr}`)
const figures = await measureGas()
const widest = Math.max(...Object.keys(figures).map((name) => name.length))
for (const [name, gas] of Object.entries(figures)) {
  process.stdout.write(`${name.padEnd(widest)}  ${String(gas).padStart(7)}\n`)
}
process.stdout.write('\n')
for (const { name, ratio } of ratiosOf(figures)) {
  const most = aims[name] ?? Number.POSITIVE_INFINITY
  process.stdout.write(`${ratio.toFixed(3)}  ${name} (at most ${most})${ratio > most ? '  MISSED' : ''}\n`)
  if (ratio > most) process.exitCode = 1
}
if (process.argv.includes('--update')) {
  const file = fileURLToPath(new URL('./gas.json', import.meta.url))
  await writeFile(file, `${JSON.stringify(figures, null, 2)}\n`)
  process.stdout.write(`\nwritten to ${file}\n`)
}
