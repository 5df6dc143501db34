import { spawn } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { type Browser, type BrowserContext, chromium } from 'playwright-core'

export interface Profile {
  /** The profile's own context: a person's browser, with partitioned storage and locks as people have them. */
  readonly context: BrowserContext
  readonly browser: Browser
  readonly close: () => Promise<void>
}

/**
 * A Chromium started by us and not by the test runner, which would switch off storage partitioning (and with it locks in a
 * third-party frame), the back/forward cache and background throttling.
 */
export const spawnChromium = async (): Promise<Profile> => {
  const home = await mkdtemp(join(tmpdir(), 'oblivion-chromium-'))
  const child = spawn(
    process.env.CHROMIUM_PATH ?? '/usr/bin/chromium',
    [
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
      'about:blank',
    ],
    { stdio: ['ignore', 'ignore', 'pipe'], detached: true },
  )
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  const address = await new Promise<string>((resolve, reject) => {
    createInterface({ input: child.stderr }).on('line', (line) => {
      const found = /DevTools listening on (ws:\S+)/.exec(line)
      if (found?.[1]) resolve(found[1])
    })
    child.once('exit', (code) => reject(new Error(`Chromium ended with ${code}`)))
  })
  const browser = await chromium.connectOverCDP(address)
  const [context] = browser.contexts()
  if (context === undefined) throw new Error('Chromium has no context')
  return {
    context,
    browser,
    close: async () => {
      await browser.close()
      // Its own process group: Debian's chromium is a script around the binary, which has children.
      if (child.pid !== undefined && child.exitCode === null) process.kill(-child.pid, 'SIGTERM')
      await exited
      await rm(home, { recursive: true, force: true, maxRetries: 5 })
    },
  }
}
