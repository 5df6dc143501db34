import { existsSync, rmSync, writeFileSync } from 'node:fs'
import { run } from '../run.ts'

type Need = { debianPackage: string; file: string }

/** What the tests need and the package registry does not have: two browsers, the PostgreSQL that clients may run on, and Python. */
const usual: Need[] = [
  { debianPackage: 'chromium', file: process.env.CHROMIUM_PATH ?? '/usr/bin/chromium' },
  { debianPackage: 'firefox-esr', file: process.env.FIREFOX_PATH ?? '/usr/bin/firefox-esr' },
  { debianPackage: 'python3', file: process.env.PYTHON_PATH ?? '/usr/bin/python3' },
  { debianPackage: 'postgresql-15', file: '/usr/lib/postgresql/15/bin/postgres' },
]

/** Installs what is missing where that is possible; else answers the sentence that says what to do. */
export async function ensureSystem(more: Need[] = []): Promise<string | null> {
  const needs = [...usual, ...more]
  const missing = needs.filter(({ file }) => !existsSync(file))
  if (missing.length === 0) return null
  const packages = missing.map(({ debianPackage }) => debianPackage)
  const install = ['apt-get', 'install', '-y', '--no-install-recommends', ...packages]
  const advice = `The tests need ${packages.join(' and ')}. Run: sudo apt-get update && sudo ${install.join(' ')}`
  if (process.getuid?.() !== 0 || !existsSync('/usr/bin/apt-get')) return advice

  console.log(`installing ${packages.join(' and ')}`)
  return withoutServices(async () => {
    const quiet = { DEBIAN_FRONTEND: 'noninteractive' }
    for (const [command = '', ...args] of [['apt-get', 'update'], install]) {
      const { ok, output } = await run(command, args, quiet)
      if (!ok) return `${output}\n${advice}`
    }
    const absent = missing.filter(({ file }) => !existsSync(file)).map(({ file }) => file)
    return absent.length === 0 ? null : `Installed ${packages.join(' and ')}, but there is no ${absent.join(' or ')}.`
  })
}

/** A package that brings a server starts it; Debian's policy file says no while `install` runs. */
async function withoutServices<T>(install: () => Promise<T>): Promise<T> {
  const policy = '/usr/sbin/policy-rc.d'
  if (existsSync(policy)) return install()
  writeFileSync(policy, '#!/bin/sh\nexit 101\n', { mode: 0o755 })
  try {
    return await install()
  } finally {
    rmSync(policy)
  }
}
