import { type ChildProcessByStdio, spawn, spawnSync } from 'node:child_process'
import { setPriority } from 'node:os'
import type { Readable, Writable } from 'node:stream'
import type { Host, RunOrder, RunOutcome } from '../agent/Host.ts'
import { readFromJob } from '../sandbox/messages.ts'
import { denoArguments } from './denoCommand.ts'
import { residentMiB } from './residentMiB.ts'

/** The sandbox of a server node as the agent drives it. */
export type DenoSandbox = Pick<Host, 'prepare' | 'run' | 'ping'> & { readonly kill: () => void }

export interface DenoSandboxOptions {
  /** Path of Deno's program. */
  readonly deno: string
  /** A folder that only we write: Deno keeps our own two scripts there, translated. */
  readonly cacheFolder: string
  /** What a program may have beyond what Deno itself takes, in MiB. */
  readonly memoryMiB: number
}

interface Cell {
  readonly child: ChildProcessByStdio<Writable, Readable, null>
  settle: ((outcome: RunOutcome) => void) | null
  progress: number
  ended: boolean
}

/** Deno itself, idle, measured at 60 to 75 MiB. */
const DENO_MIB = 100
/** Between two looks at its memory a program fills some 300 MiB at most. */
const LOOK_MS = 100
/** Computing for others comes after whatever else the machine does. */
const NICE = 10

/**
 * Runs each job in a Deno process of its own that has no permission at all, made ahead and gone afterwards. Node's own
 * permission model is no sandbox: it lets `fetch` out.
 *
 * The heap has V8's limit; memory beside it (array buffers, WebAssembly) is watched from here, and what takes too much is
 * killed. The kernel ends the process where this one dies, as far as it can (`setpriv`, Linux).
 */
export const createDenoSandbox = ({ deno, cacheFolder, memoryMiB }: DenoSandboxOptions): DenoSandbox => {
  const [file, ...before] = [...tieToParent(), deno]
  let cell: Cell | null = null

  const open = (): Cell => {
    const child = spawn(file as string, [...before, ...denoArguments(memoryMiB)], {
      cwd: cacheFolder,
      env: { DENO_DIR: cacheFolder, DENO_NO_UPDATE_CHECK: '1', NO_COLOR: '1' },
      stdio: ['pipe', 'pipe', 'ignore'],
    })
    const opened: Cell = { child, settle: null, progress: 0, ended: false }
    child.on('error', () => over(opened))
    // A program that dies before it has read its job.
    child.stdin.on('error', () => {})
    // Not `exit`, which may come before the last of what it wrote.
    child.on('close', (code) => {
      // Deno itself gave up: nothing is left to wait for, and the program awaits what never comes. A signal is a death,
      // which the agent notices by its pings, as it does in a tab.
      if (code !== null && code < 128) finish(opened, { kind: 'failed', error: 'The program ended without a result.' })
      over(opened)
    })
    if (child.pid !== undefined) {
      lowerPriority(child.pid)
      void watchMemory(opened, child.pid)
    }
    return opened
  }

  const over = (ended: Cell): void => {
    ended.ended = true
    if (cell === ended && ended.settle === null) cell = null
  }

  const finish = (ended: Cell, outcome: RunOutcome): void => {
    const { settle } = ended
    if (settle === null) return
    ended.settle = null
    if (cell === ended) cell = null
    ended.child.kill('SIGKILL')
    settle(outcome)
  }

  const watchMemory = async (watched: Cell, pid: number): Promise<void> => {
    while (!watched.ended) {
      const mib = await residentMiB(pid)
      if (mib === null) return
      if (mib > memoryMiB + DENO_MIB) watched.child.kill('SIGKILL')
      await new Promise((resolve) => setTimeout(resolve, LOOK_MS))
    }
  }

  const read = (running: Cell, { maxLength }: RunOrder): void => {
    // A result's text, wrapped once more: at most two units for one, and three bytes for a unit.
    const most = maxLength * 6 + 4096
    let line = ''
    let bytes = 0
    running.child.stdout.setEncoding('utf8')
    running.child.stdout.on('data', (part: string) => {
      bytes += part.length
      const lines = (line + part).split('\n')
      line = lines.pop() ?? ''
      if (lines.length > 0) bytes = line.length
      for (const said of lines) hear(running, said)
      if (bytes > most) finish(running, { kind: 'too_large', length: bytes })
    })
  }

  const hear = (running: Cell, line: string): void => {
    const said = parse(line)
    if (typeof said === 'number') {
      running.progress = said
      return
    }
    const length = (said as { length?: unknown } | null)?.length
    finish(running, typeof length === 'number' ? { kind: 'too_large', length } : outcomeOf(said))
  }

  return {
    prepare: async () => {
      if (!works(deno)) return false
      cell ??= open()
      return true
    },
    run: (order) =>
      new Promise((settle) => {
        cell ??= open()
        const running = cell
        running.settle = settle
        read(running, order)
        running.child.stdin.end(JSON.stringify(order))
      }),
    ping: async () => (cell === null || cell.ended ? null : cell.progress),
    kill: () => {
      const dead = cell
      cell = null
      if (dead === null) return
      dead.child.kill('SIGKILL')
      dead.settle?.({ kind: 'killed' })
      dead.settle = null
    },
  }
}

const outcomeOf = (said: unknown): RunOutcome => {
  const end = readFromJob(said)
  if (end === null || typeof end === 'number') return { kind: 'failed', error: 'The program spoke out of turn.' }
  return 'text' in end ? { kind: 'done', text: end.text } : { kind: 'failed', error: end.error }
}

const parse = (line: string): unknown => {
  try {
    return JSON.parse(line)
  } catch {
    return null
  }
}

const lowerPriority = (pid: number): void => {
  try {
    setPriority(pid, NICE)
  } catch {
    // Gone already, or forbidden here: it computes at the usual priority.
  }
}

const succeeds = (file: string, args: string[]): boolean => spawnSync(file, args, { stdio: 'ignore' }).status === 0

let known: { readonly deno: string; readonly works: boolean } | null = null
const works = (deno: string): boolean => {
  if (known?.deno !== deno) known = { deno, works: succeeds(deno, ['--version']) }
  return known.works
}

let tied: string[] | null = null
/** Without it (macOS, Windows) a busy program outlives a killed worker until its own end. */
const tieToParent = (): string[] => {
  const command = ['setpriv', '--pdeathsig', 'KILL', '--no-new-privs']
  tied ??= process.platform === 'linux' && succeeds(command[0] as string, [...command.slice(1), 'true']) ? command : []
  return tied
}
