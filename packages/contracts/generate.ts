// Writes src/generated/*.ts (ABI and bytecode) from the Solidity sources, so that nothing but this and the contract
// tests needs a compiler. With --check it writes nothing and fails where a file is stale.
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { launchForge } from './foundry/launchForge.ts'

const contracts = [
  { contract: 'OblivionSettlement', constant: 'settlement' },
  { contract: 'TestUsdc', constant: 'testUsdc' },
] as const

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url))

/** The TypeScript module that holds one contract's ABI and creation bytecode. */
function moduleText(parameters: { contract: string; constant: string; abi: unknown; bytecode: string }): string {
  const { contract, constant, abi, bytecode } = parameters
  return [
    `// Generated from solidity/${contract}.sol by packages/contracts/generate.ts. Do not edit.`,
    '',
    `/** ABI of ${contract}. */`,
    `export const ${constant}Abi = ${JSON.stringify(abi, null, 2)} as const`,
    '',
    `/** Creation bytecode of ${contract}, without constructor arguments. */`,
    `export const ${constant}Bytecode = '${bytecode}' as const`,
    '',
  ].join('\n')
}

async function compile(): Promise<Array<{ path: string; text: string }>> {
  // A folder of its own: a leftover `out` of another compiler setting must not decide what is generated.
  const out = await mkdtemp(join(tmpdir(), 'oblivion-abi-'))
  try {
    const run = await launchForge({
      args: ['build', '--skip', 'test', '--out', out, '--cache-path', join(out, 'cache')],
    })
    if (run.exitCode !== 0) throw new Error(`forge build failed:\n${run.stdout}${run.stderr}`)
    return await Promise.all(
      contracts.map(async ({ contract, constant }) => {
        const artifact = JSON.parse(await readFile(join(out, `${contract}.sol`, `${contract}.json`), 'utf8')) as {
          abi: unknown
          bytecode: { object: string }
        }
        const text = moduleText({ contract, constant, abi: artifact.abi, bytecode: artifact.bytecode.object })
        return { path: here(`./src/generated/${constant}.ts`), text }
      }),
    )
  } finally {
    await rm(out, { recursive: true, force: true })
  }
}

const check = process.argv.includes('--check')
for (const { path, text } of await compile()) {
  if (!check) {
    await writeFile(path, text)
    continue
  }
  const present = await readFile(path, 'utf8').catch(() => '')
  if (present !== text) {
    process.stderr.write(`${path} is stale: run \`node packages/contracts/generate.ts\` and commit what it writes\n`)
    process.exitCode = 1
  }
}
