import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import {
  cpSync,
  existsSync,
  globSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  realpathSync,
  rmSync,
  symlinkSync,
} from 'node:fs'
import { readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { text } from 'node:stream/consumers'

const root = join(import.meta.dirname, '../..')

/** What a fault does to one file: its new text, made of the old one, which is empty where there is no file yet. */
export type Fault = Record<string, (before: string) => string>

export type House = {
  /** Runs `node <args>` while the fault is in the files, and mends it again. */
  node(args: string[], fault?: Fault): Promise<{ code: number; output: string }>
  remove(): void
}

/**
 * Copies all files that git tracks or would track to a folder of its own, where faults hurt nobody. Installed packages
 * are linked, but links from one of our packages to another lead to the copies.
 */
export function copyHouse(): House {
  const house = realpathSync(mkdtempSync(join(tmpdir(), 'oblivion-house-')))
  const listed = execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], { cwd: root })
  for (const file of listed.toString().split('\0')) {
    if (file !== '' && existsSync(join(root, file))) cpSync(join(root, file), join(house, file), { mode: 1 })
  }
  linkPackages(house)
  copyCompiledContracts(house)
  return {
    node: async (args, fault = {}) => {
      const before = await plant(house, fault)
      try {
        return await runNode(house, args)
      } finally {
        await mend(house, before)
      }
    },
    remove: () => rmSync(house, { recursive: true, force: true }),
  }
}

function linkPackages(house: string): void {
  mkdirSync(join(house, 'node_modules'))
  for (const name of readdirSync(join(root, 'node_modules'))) {
    if (name !== '@oblivion') symlinkSync(join(root, 'node_modules', name), join(house, 'node_modules', name))
  }
  for (const folder of globSync(['node_modules/@oblivion', '{packages,apps}/*/node_modules'], { cwd: root })) {
    cpSync(join(root, folder), join(house, folder), { recursive: true, verbatimSymlinks: true })
  }
}

/** The compiler is slow; what it made of unchanged sources before is good here too. */
function copyCompiledContracts(house: string): void {
  for (const made of ['cache/solidity-files-cache.json', 'out']) {
    const path = join('packages/contracts', made)
    if (existsSync(join(root, path))) cpSync(join(root, path), join(house, path), { recursive: true })
  }
}

async function plant(house: string, fault: Fault): Promise<Map<string, string | null>> {
  const texts = new Map<string, string | null>()
  for (const [file, change] of Object.entries(fault)) {
    const before = await readFile(join(house, file), 'utf8').catch(() => null)
    texts.set(file, before)
    mkdirSync(dirname(join(house, file)), { recursive: true })
    await writeFile(join(house, file), change(before ?? ''))
  }
  return texts
}

async function mend(house: string, texts: Map<string, string | null>): Promise<void> {
  for (const [file, before] of texts) {
    if (before === null) await rm(join(house, file))
    else await writeFile(join(house, file), before)
  }
}

async function runNode(house: string, args: string[]): Promise<{ code: number; output: string }> {
  const env = { ...process.env, NO_COLOR: '1' }
  const child = spawn('node', args, { cwd: house, env, stdio: ['ignore', 'pipe', 'pipe'] })
  const closed = once(child, 'close')
  const printed = await Promise.all([text(child.stdout), text(child.stderr)])
  const [code] = await closed
  return { code, output: printed.join('') }
}
