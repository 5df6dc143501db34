import { cp, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { launchForge } from './foundry/launchForge.ts'
import type { Mutant } from './mutantList.ts'

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url))

/** A copy of the Solidity project in which one mutant after another can be tried. */
export type MutantRange = {
  /** Answers which tests went red; none means that the mutant lives. */
  run(mutant: Mutant): Promise<string[]>
  end(): Promise<void>
}

/**
 * Copies sources and compiled artifacts to a folder of its own. The tests know the contract by its interface, so that a
 * mutant compiles without them.
 *
 * @param options.checkSound see all tests green first; not needed where they have just run
 */
export async function openMutantRange(options: { checkSound: boolean } = { checkSound: true }): Promise<MutantRange> {
  const root = await mkdtemp(join(tmpdir(), 'oblivion-mutants-'))
  for (const part of ['foundry.toml', 'foundry', 'solidity', 'out', 'cache']) {
    await cp(here(part), join(root, part), { recursive: true, force: true }).catch((error: NodeJS.ErrnoException) => {
      // Nothing compiled yet.
      if (error.code !== 'ENOENT') throw error
    })
  }
  await symlink(here('node_modules'), join(root, 'node_modules'))
  // Nobody reads the counterexample: shrinking it would take a minute a mutant.
  const env = {
    FOUNDRY_FUZZ_RUNS: '64',
    FOUNDRY_INVARIANT_RUNS: options.checkSound ? '64' : '8',
    FOUNDRY_INVARIANT_SHRINK_RUN_LIMIT: '0',
  }
  if (options.checkSound) {
    const sound = await launchForge({ args: ['test'], root, env })
    if (sound.exitCode !== 0) throw new Error(`the tests are red without a mutant:\n${sound.stdout}${sound.stderr}`)
  }
  return {
    async run({ name, file, find, replace }) {
      const path = join(root, 'solidity', file)
      const sound = await readFile(path, 'utf8')
      if (sound.split(find).length !== 2) throw new Error(`"${name}": its line does not stand in ${file} exactly once`)
      await writeFile(
        path,
        sound.replace(find, () => replace),
      )
      try {
        const { exitCode, stdout, stderr } = await launchForge({ args: ['test', '--fail-fast'], root, env })
        // A mutant that does not compile was killed by nobody.
        if (!/tests passed|tests failed/.test(stdout))
          throw new Error(`"${name}" does not compile:\n${stdout}${stderr}`)
        if (exitCode === 0) return []
        // A broken invariant prints its history between the two.
        const red = [...stdout.matchAll(/^\[FAIL[^\n]*\] (\w+)\(|^ ?(invariant_\w+)\(/gm)]
        return [...new Set(red.map(([, test, invariant]) => test ?? invariant ?? ''))]
      } finally {
        await writeFile(path, sound)
      }
    },
    end: () => rm(root, { recursive: true, force: true }),
  }
}
