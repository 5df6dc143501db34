import { type ChildProcessByStdio, spawn, spawnSync } from 'node:child_process'
import { setPriority } from 'node:os'
import type { Readable, Writable } from 'node:stream'
import type { Host, RunOrder, RunOutcome } from '../agent/Host.ts'
import { MAX_CHECKPOINT, type Pulse } from '../sandbox/messages.ts'
import { denoArguments } from './denoCommand.ts'
import type { WrittenOrder } from './denoMain.ts'
import { readFromDeno } from './readFromDeno.ts'
import { residentMiB } from './residentMiB.ts'

/** The sandbox of a server node as the agent drives it. */
export type DenoSandbox = Pick<Host, 'prepare' | 'run' | 'ping' | 'pace'> & { readonly kill: () => void }

export interface DenoSandboxOptions {
  /** Path of Deno's program. */
  readonly deno: string
  /** A folder that only we write, asked for anew for each process: Deno keeps our own two scripts there, translated. */
  readonly cacheFolder: () => string
  /** What a program may have beyond what Deno itself takes, in MiB. */
  readonly memoryMiB: number
}

interface Cell {
  readonly child: ChildProcessByStdio<Writable, Readable, null>
  /** Whether our own script came up in it; false where the process ended before. */
  readonly up: Promise<boolean>
  readonly came: (up: boolean) => void
  settle: ((outcome: RunOutcome) => void) | null
  pulse: Pulse
  /** The longest line that is still read, in UTF-16 units. */
  longest: number
  ended: boolean
}

const FIRST_PULSE: Pulse = { progress: 0, rested: 0, checkpoint: null }
/** Deno itself, idle, measured at 60 to 75 MiB. */
const DENO_MIB = 100
/** Between two looks at its memory a program fills some 300 MiB at most. */
const LOOK_MS = 100
/** It comes up in 0.1 s; so long on a machine that has no time at all. */
const UP_MS = 30_000
const GROUPS = process.platform !== 'win32'
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
    const folder = cacheFolder()
    const child = spawn(file as string, [...before, ...denoArguments(memoryMiB)], {
      cwd: folder,
      // Deno, and what ties it to us, are looked up on the path; the program may read no environment.
      env: { PATH: process.env.PATH, DENO_DIR: folder, DENO_NO_UPDATE_CHECK: '1', NO_COLOR: '1' },
      stdio: ['pipe', 'pipe', 'ignore'],
      // Ctrl-C in a terminal is for the worker, which decides what becomes of the job. Where there are groups of processes.
      detached: GROUPS,
      windowsHide: true,
    })
    const { promise: up, resolve: came } = Promise.withResolvers<boolean>()
    const opened: Cell = { child, up, came, settle: null, pulse: FIRST_PULSE, longest: 4096, ended: false }
    child.on('error', () => over(opened))
    read(opened)
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
      living.add(opened)
      endWithUs()
      lowerPriority(child.pid)
      void watchMemory(opened, child.pid)
    }
    return opened
  }

  const over = (ended: Cell): void => {
    ended.ended = true
    living.delete(ended)
    ended.came(false)
    if (cell === ended && ended.settle === null) cell = null
  }

  const finish = (ended: Cell, outcome: RunOutcome): void => {
    const { settle } = ended
    if (settle === null) return
    ended.settle = null
    if (cell === ended) cell = null
    end(ended)
    settle(outcome)
  }

  const kill = (): void => {
    const dead = cell
    cell = null
    if (dead === null) return
    end(dead)
    dead.came(false)
    dead.settle?.({ kind: 'killed' })
    dead.settle = null
  }

  const watchMemory = async (watched: Cell, pid: number): Promise<void> => {
    while (!watched.ended) {
      const mib = await residentMiB(pid)
      if (mib === null) return
      if (mib > memoryMiB + DENO_MIB) end(watched)
      await new Promise((resolve) => setTimeout(resolve, LOOK_MS))
    }
  }

  const read = (running: Cell): void => {
    let line = ''
    let bytes = 0
    running.child.stdout.setEncoding('utf8')
    running.child.stdout.on('data', (part: string) => {
      bytes += part.length
      const lines = (line + part).split('\n')
      line = lines.pop() ?? ''
      if (lines.length > 0) bytes = line.length
      for (const said of lines) hear(running, said)
      if (bytes > running.longest) finish(running, { kind: 'too_large', length: bytes })
    })
  }

  const hear = (running: Cell, line: string): void => {
    const said = readFromDeno(line)
    if (said === null) return
    if ('up' in said) running.came(true)
    else if ('progress' in said) running.pulse = { ...running.pulse, ...said }
    else if ('checkpoint' in said) running.pulse = { ...running.pulse, checkpoint: said.checkpoint }
    else if ('length' in said) finish(running, { kind: 'too_large', length: said.length })
    else if ('text' in said) finish(running, { kind: 'done', ...said })
    else finish(running, { kind: 'failed', error: said.error })
  }

  return {
    prepare: async () => {
      cell ??= open()
      // One that hangs before it has said a word would hold the job, and whoever wants to stop.
      const late = setTimeout(kill, UP_MS)
      try {
        return await cell.up
      } finally {
        clearTimeout(late)
      }
    },
    run: (order) =>
      new Promise((settle) => {
        cell ??= open()
        const running = cell
        running.settle = settle
        // A text, wrapped once more: at most two units for one, and three bytes for a unit.
        running.longest = Math.max(order.maxLength, MAX_CHECKPOINT) * 6 + 4096
        running.child.stdin.end(JSON.stringify({ ...order, source: written(order.source) } satisfies WrittenOrder))
      }),
    ping: async () => {
      if (cell === null || cell.ended) return null
      const { pulse } = cell
      cell.pulse = { ...pulse, checkpoint: null }
      return pulse
    },
    // Its priority is its pace.
    pace: async () => true,
    kill,
  }
}

/** With all that it started: what is called Deno may be a launcher of it. */
const end = ({ child, ended }: Cell): void => {
  if (ended || child.pid === undefined) return
  try {
    process.kill(GROUPS ? -child.pid : child.pid, 'SIGKILL')
  } catch {
    // Gone already.
  }
}

const living = new Set<Cell>()
let watched = false
/** Where nothing else ties them to this process, its own end by an error or a closed terminal is theirs. */
const endWithUs = (): void => {
  if (watched) return
  watched = true
  process.once('exit', () => living.forEach(end))
}

const written = (source: RunOrder['source']): WrittenOrder['source'] =>
  typeof source === 'string' ? source : { wasm: Buffer.from(source).toString('base64') }

const lowerPriority = (pid: number): void => {
  try {
    setPriority(pid, NICE)
  } catch {
    // Gone already, or forbidden here: it computes at the usual priority.
  }
}

const succeeds = (file: string, args: string[]): boolean => spawnSync(file, args, { stdio: 'ignore' }).status === 0

let tied: string[] | null = null
/** Without it (macOS, Windows) a busy program outlives a killed worker until its own end. */
const tieToParent = (): string[] => {
  const command = ['setpriv', '--pdeathsig', 'KILL', '--no-new-privs']
  tied ??= process.platform === 'linux' && succeeds(command[0] as string, [...command.slice(1), 'true']) ? command : []
  return tied
}
