import { spawn } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'

export interface StartedChromium {
  /** Of the browser's first process. */
  readonly pid: number
  /** Where it is driven over the debugging protocol. */
  readonly address: string
  readonly close: () => Promise<void>
}

/** What may be different about a browser of the tests. */
export interface BrowserOptions {
  /** Of its formats, as in `tr-TR`. */
  readonly locale?: string | undefined
  /** As in `Asia/Kolkata`. */
  readonly timeZone?: string | undefined
  /** How many cores it says it has. */
  readonly cores?: number | undefined
  /** Where it writes down which names it looks up; whole only once it is closed. */
  readonly namesFile?: string | undefined
  /** How much a script may hold; some 4,000 without it. Chromium alone knows it. */
  readonly heapMiB?: number | undefined
}

/** A Chromium with a profile of its own, as a person starts it but for its window. */
export const startChromium = async ({
  locale,
  timeZone,
  cores,
  namesFile,
  heapMiB,
}: BrowserOptions = {}): Promise<StartedChromium> => {
  const home = await mkdtemp(join(tmpdir(), 'oblivion-chromium-'))
  // It counts the cores that it may use.
  const held = cores === undefined ? [] : ['taskset', '--cpu-list', `0-${cores - 1}`]
  const [command = '', ...before] = [...held, process.env.CHROMIUM_PATH ?? '/usr/bin/chromium']
  const child = spawn(
    command,
    [
      ...before,
      '--headless=new',
      '--remote-debugging-port=0',
      `--user-data-dir=${home}`,
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      ...(locale ? [`--lang=${locale}`, `--accept-lang=${locale}`] : []),
      ...(namesFile ? [`--log-net-log=${namesFile}`] : []),
      ...(heapMiB ? [`--js-flags=--max-old-space-size=${heapMiB}`] : []),
      'about:blank',
    ],
    {
      stdio: ['ignore', 'ignore', 'pipe'],
      detached: true,
      env: { ...process.env, ...(timeZone ? { TZ: timeZone } : {}) },
    },
  )
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  const address = await new Promise<string>((resolve, reject) => {
    createInterface({ input: child.stderr }).on('line', (line) => {
      const found = /DevTools listening on (ws:\S+)/.exec(line)
      if (found?.[1]) resolve(found[1])
    })
    child.once('exit', (code) => reject(new Error(`Chromium ended with ${code}`)))
  })
  return {
    pid: child.pid ?? 0,
    address,
    close: async () => {
      // Its own process group: Debian's chromium is a script around the binary, which has children.
      if (child.pid !== undefined && child.exitCode === null) process.kill(-child.pid, 'SIGTERM')
      await exited
      await rm(home, { recursive: true, force: true, maxRetries: 5 })
    },
  }
}
