import { type ChildProcess, spawn } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type DevFile, readDevFile } from '../src/home/devFile.ts'
import { repositoryRoot } from '../src/home/homePaths.ts'
import type { RecordedProcess } from '../src/home/processes.ts'
import { readSecretFile } from '../src/home/secretFile.ts'
import { isAlive } from '../src/process/processIdentity.ts'

/** A `start` as a person runs it, in a process of its own. */
export type StartProcess = {
  child: ChildProcess
  home: string
  /** All that it printed so far. */
  output(): string
  /** Answers with dev.json once `ready` is printed; fails with the output where the process ends first. */
  ready(): Promise<DevFile>
  exited: Promise<{ code: number | null; signal: NodeJS.Signals | null }>
  /** The children that it wrote down and that live. */
  children(): RecordedProcess[]
}

const PORTS = ['DAPP', 'BRIDGE', 'SANDBOX', 'EMBED_DEMO', 'GATEWAY', 'COORDINATOR', 'POSTGRES', 'CHAIN']

const script = (name: string): string => join(repositoryRoot, 'packages/stack/src/commands', `${name}.ts`)

/** @param wrapper a command line that runs the rest as somebody else, for example `setpriv --reuid ...` */
export const spawnStart = (
  home: string,
  options: { environment?: Record<string, string>; wrapper?: string[]; args?: string[] } = {},
): StartProcess => {
  const command = [...(options.wrapper ?? []), process.execPath, script('start'), ...(options.args ?? [])]
  const [file = process.execPath, ...args] = command
  const child = spawn(file, args, {
    cwd: repositoryRoot,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      PATH: process.env.PATH ?? '',
      HOME: home,
      ...Object.fromEntries(PORTS.map((part) => [`${part}_PORT`, '0'])),
      OBLIVION_HOME: home,
      ...options.environment,
    },
  })
  let text = ''
  const listeners = new Set<() => void>()
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8')
    stream.on('data', (chunk) => {
      text += chunk
      for (const listener of listeners) listener()
    })
  }
  const exited: StartProcess['exited'] = new Promise((resolve) => {
    child.once('close', (code, signal) => resolve({ code, signal }))
  })
  const ready = (): Promise<DevFile> =>
    new Promise((resolve, reject) => {
      const look = (): void => {
        if (!/^ready$/m.test(text)) return
        listeners.delete(look)
        const dev = readDevFile(join(home, 'dev.json'))
        if (dev === null) reject(new Error('It said ready before dev.json was there.'))
        else resolve(dev)
      }
      listeners.add(look)
      look()
      void exited.then(({ code, signal }) => reject(new Error(`start ended (${signal ?? code}):\n${text}`)))
    })
  const children = (): RecordedProcess[] =>
    (readSecretFile<RecordedProcess[]>(join(home, 'processes.json')) ?? []).filter(isAlive)
  return { child, home, output: () => text, ready, exited, children }
}

/** Runs one of the other commands to its end. */
export const runCommandLine = (
  name: string,
  home: string,
  ...args: string[]
): Promise<{ code: number; text: string }> =>
  new Promise((resolve) => {
    const child = spawn(process.execPath, [script(name), ...args], {
      env: { PATH: process.env.PATH ?? '', HOME: home, OBLIVION_HOME: home },
    })
    let text = ''
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (text += chunk))
    child.once('close', (code) => resolve({ code: code ?? -1, text }))
  })

/** Living processes whose command line or environment names the folder: none may be left when a stack has ended. */
export const processesOf = (home: string): string[] =>
  readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && name !== String(process.pid))
    .flatMap((pid) => {
      try {
        const state = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.[0]
        const [line, environment] = ['cmdline', 'environ'].map((file) => readFileSync(`/proc/${pid}/${file}`, 'utf8'))
        const named = `${line}${environment}`.includes(home)
        return named && state !== 'Z' ? [`${pid} ${line?.replaceAll('\0', ' ')}`] : []
      } catch {
        return []
      }
    })
