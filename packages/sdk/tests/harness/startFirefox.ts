import { spawn } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { BrowserOptions } from './startChromium.ts'

export interface StartedFirefox {
  /** Of the browser's first process. */
  readonly pid: number
  /** Where it is driven by WebDriver BiDi. */
  readonly address: string
  readonly close: () => Promise<void>
}

/**
 * Keeps a new profile from calling its makers, and from its first-run pages. `remote.prefs.recommended` would let a driven
 * browser open any window and never throttle a tab: people have neither.
 */
const quiet: Record<string, string | number | boolean> = {
  'remote.prefs.recommended': false,
  'remote.events.async.mouse.enabled': true,
  'app.normandy.enabled': false,
  'app.update.disabledForTesting': true,
  'browser.aboutwelcome.enabled': false,
  'browser.newtabpage.enabled': false,
  'browser.region.network.url': '',
  'browser.safebrowsing.blockedURIs.enabled': false,
  'browser.safebrowsing.downloads.enabled': false,
  'browser.safebrowsing.malware.enabled': false,
  'browser.safebrowsing.phishing.enabled': false,
  'browser.search.update': false,
  'browser.shell.checkDefaultBrowser': false,
  'browser.startup.homepage_override.mstone': 'ignore',
  'browser.startup.page': 0,
  'datareporting.policy.dataSubmissionEnabled': false,
  'datareporting.healthreport.uploadEnabled': false,
  'dom.push.connection.enabled': false,
  'extensions.systemAddon.update.enabled': false,
  'extensions.update.enabled': false,
  'media.gmp-manager.updateEnabled': false,
  'network.captive-portal-service.enabled': false,
  'network.connectivity-service.enabled': false,
  'services.settings.server': 'data:,',
  'toolkit.telemetry.server': 'data:,',
}

/** A Firefox with a new profile, as a person starts it but for its window. */
export const startFirefox = async (options: BrowserOptions = {}): Promise<StartedFirefox> => {
  const { locale, timeZone, cores, namesFile } = options
  const home = await mkdtemp(join(tmpdir(), 'oblivion-firefox-'))
  const preferences = {
    ...quiet,
    ...(locale ? { 'intl.accept_languages': locale } : {}),
    ...(cores ? { 'dom.maxHardwareConcurrency': cores } : {}),
  }
  await writeFile(
    join(home, 'user.js'),
    Object.entries(preferences)
      .map(([name, value]) => `user_pref(${JSON.stringify(name)}, ${JSON.stringify(value)});\n`)
      .join(''),
  )
  const child = spawn(
    process.env.FIREFOX_PATH ?? '/usr/bin/firefox-esr',
    ['--headless', '--remote-debugging-port=0', '--profile', home, '--new-instance', 'about:blank'],
    {
      stdio: ['ignore', 'ignore', 'pipe'],
      detached: true,
      // Its caches go to HOME otherwise.
      env: {
        ...process.env,
        HOME: home,
        ...(timeZone ? { TZ: timeZone } : {}),
        ...(namesFile ? { MOZ_LOG: 'nsHostResolver:5,sync', MOZ_LOG_FILE: namesFile } : {}),
      },
    },
  )
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  const address = await new Promise<string>((resolve, reject) => {
    createInterface({ input: child.stderr }).on('line', (line) => {
      const found = /WebDriver BiDi listening on (ws:\S+)/.exec(line)
      if (found?.[1]) resolve(`${found[1]}/session`)
    })
    child.once('exit', (code) => reject(new Error(`Firefox ended with ${code}`)))
  })
  return {
    pid: child.pid ?? 0,
    address,
    close: async () => {
      if (child.pid !== undefined && child.exitCode === null) process.kill(-child.pid, 'SIGTERM')
      await exited
      await rm(home, { recursive: true, force: true, maxRetries: 5 })
    },
  }
}
