import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { isAlive, ownIdentity, type ProcessIdentity } from '../process/processIdentity.ts'
import { StackError } from '../StackError.ts'

/** Whoever holds the data folder. */
export const lockHolder = (file: string): ProcessIdentity | null => {
  try {
    const holder = JSON.parse(readFileSync(file, 'utf8')) as ProcessIdentity
    return isAlive(holder) ? holder : null
  } catch {
    return null
  }
}

/**
 * Takes the data folder for this process, so that no second one opens its database and chain.
 *
 * The file names the process by number and start time, so a lock whose holder was killed is no obstacle. Making it is
 * one `link`, which fails where the name exists; a dead lock is moved aside first, and moved back where it turns out to
 * be somebody's who was faster.
 *
 * @returns a function that gives the folder back
 * @throws StackError `already_running`
 */
export const takeLock = (file: string): (() => void) => {
  const own = ownIdentity()
  const draft = `${file}.${own.pid}`
  writeFileSync(draft, JSON.stringify(own), { mode: 0o600 })
  try {
    for (let attempt = 0; attempt < 3; attempt += 1) {
      if (tryLink(draft, file)) return () => release(file, own)
      const holder = lockHolder(file)
      if (holder !== null) throw refused(holder)
      moveAside(file, `${draft}.dead`)
    }
    throw refused(lockHolder(file))
  } finally {
    rmSync(draft, { force: true })
    rmSync(`${draft}.dead`, { force: true })
  }
}

const refused = (holder: ProcessIdentity | null): StackError =>
  new StackError(
    'already_running',
    `Oblivion is running in this data folder already${holder ? ` (process ${holder.pid})` : ''}.`,
    'See it with: npx -y pnpm@12.21.0 status. Stop it with: npx -y pnpm@12.21.0 stop. ' +
      'Or set OBLIVION_HOME to another folder to run a second one.',
  )

const tryLink = (from: string, to: string): boolean => {
  try {
    linkSync(from, to)
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false
    throw error
  }
}

const moveAside = (file: string, dead: string): void => {
  try {
    renameSync(file, dead)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return
    throw error
  }
  if (lockHolder(dead) !== null) tryLink(dead, file)
}

const release = (file: string, own: ProcessIdentity): void => {
  try {
    const holder = JSON.parse(readFileSync(file, 'utf8')) as ProcessIdentity
    if (holder.pid === own.pid && holder.startTime === own.startTime) rmSync(file)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
  }
}

/** Takes a lock, waiting while another process holds it: for work that several may want done and one does. */
export const waitForLock = async (file: string): Promise<() => void> => {
  for (;;) {
    try {
      return takeLock(file)
    } catch (error) {
      if (!(error instanceof StackError && error.code === 'already_running')) throw error
      await sleep(200)
    }
  }
}
