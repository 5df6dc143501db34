import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { repositoryRoot } from '../home/homePaths.ts'
import { waitForLock } from '../home/lock.ts'
import { StackError } from '../StackError.ts'
import { hashInputs } from './hashInputs.ts'

/** One build: its sources, what it makes, and how to run it. */
type Build = {
  name: string
  inputs: readonly string[]
  folder: string
  /** Below `folder`; must be there after the build. */
  result: string
  script: () => string[]
}

const PACKAGES = ['packages/core', 'packages/client', 'packages/programs']

const BUILDS: readonly Build[] = [
  {
    name: 'pages of the SDK',
    inputs: [...PACKAGES, 'packages/sdk', 'pnpm-lock.yaml'],
    folder: 'packages/sdk',
    result: 'dist/pages/headers.json',
    script: () => ['build.ts'],
  },
  {
    name: 'dApp',
    inputs: [...PACKAGES, 'packages/sdk', 'packages/contracts', 'apps/dapp', 'pnpm-lock.yaml'],
    folder: 'apps/dapp',
    result: 'dist/index.html',
    // The dApp's `build` script is `vite build`; this is vite without a shell and a package manager around it.
    script: () => [
      join(dirname(createRequire(join(repositoryRoot, 'package.json')).resolve('vite/package.json')), 'bin/vite.js'),
      'build',
    ],
  },
]

/** Where the built pages lie. */
export const pageFolders = {
  dapp: join(repositoryRoot, 'apps/dapp/dist'),
  sdk: join(repositoryRoot, 'packages/sdk/dist/pages'),
  /** Written by hand, as a site's owner would. */
  demo: join(repositoryRoot, 'apps/embed-demo/public'),
}

/**
 * Builds what is missing or older than its sources. Two stacks that start at once in one checkout take turns.
 *
 * @param report told the name of each build before it runs
 * @param signal ends a build that runs
 * @returns the names of what was built
 */
export const buildPages = async (report: (name: string) => void, signal: AbortSignal): Promise<string[]> => {
  const built: string[] = []
  const stale = (build: Build): boolean => !isFresh(build, hashInputs(repositoryRoot, build.inputs))
  if (!BUILDS.some(stale)) return built
  const release = await waitForTurn()
  try {
    for (const build of BUILDS) {
      const hash = hashInputs(repositoryRoot, build.inputs)
      if (isFresh(build, hash)) continue
      report(build.name)
      await run(build, signal)
      mkdirSync(join(repositoryRoot, build.folder, 'dist'), { recursive: true })
      writeFileSync(markOf(build), hash)
      built.push(build.name)
    }
  } finally {
    release()
  }
  return built
}

const waitForTurn = async (): Promise<() => void> => {
  const folder = join(repositoryRoot, 'node_modules')
  try {
    return await waitForLock(join(folder, '.oblivion-build.lock'))
  } catch (cause) {
    const message = `The pages have to be built, and ${folder} cannot be written.`
    throw new StackError('build_failed', message, 'Build them as the owner of the checkout: pnpm build', { cause })
  }
}

/** Beside what was built, under a name that is never served. */
const markOf = ({ folder }: Build): string => join(repositoryRoot, folder, 'dist', '.inputs.sha256')

const isFresh = (build: Build, hash: string): boolean => {
  const mark = markOf(build)
  if (!existsSync(join(repositoryRoot, build.folder, build.result)) || !existsSync(mark)) return false
  return readFileSync(mark, 'utf8') === hash
}

const run = async (build: Build, signal: AbortSignal): Promise<void> => {
  const cwd = join(repositoryRoot, build.folder)
  const child = spawn(process.execPath, build.script(), { cwd, stdio: ['ignore', 'pipe', 'pipe'] })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk) => {
      output = (output + chunk).slice(-20_000)
    })
  }
  const end = (): boolean => child.kill('SIGTERM')
  signal.addEventListener('abort', end, { once: true })
  const [code] = await once(child, 'close')
  signal.removeEventListener('abort', end)
  signal.throwIfAborted()
  if (code === 0 && existsSync(join(cwd, build.result))) return
  throw new StackError(
    'build_failed',
    `The ${build.name} could not be built (code ${code}).\n${output.trim()}`,
    `Correct what it says, or build it alone in ${build.folder} with: pnpm build`,
  )
}
