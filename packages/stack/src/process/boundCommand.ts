import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { userInfo } from 'node:os'

/** A command line with the user that it is to run as. */
export type Command = { file: string; args: string[]; uid?: number; gid?: number }

/** What this machine offers for tying a program to its parent and for running it as somebody else. */
export type Means = {
  /** Why PostgreSQL cannot run as we are: it refuses root, and initdb refuses a user that has no name. */
  unfit: boolean
  /** A user with a name who is not root. */
  standIn: number
  setpriv: boolean
  userNamespace: boolean
}

/** `nobody` on every system that follows the Linux Standard Base. */
const NOBODY = 65_534

let known: Means | undefined

/** Finds out once per process what the machine offers; nothing is assumed from the platform's name alone. */
const findMeans = (): Means => {
  if (known !== undefined) return known
  const linux = process.platform === 'linux'
  const unfit = linux && (process.getuid?.() === 0 || !hasName())
  const standIn = unfit ? namedUser() : NOBODY
  known = {
    unfit,
    standIn,
    setpriv: linux && works('setpriv', ['--pdeathsig', 'INT', 'true']),
    userNamespace: linux && works('unshare', [...mapTo(standIn), 'true']),
  }
  return known
}

/**
 * Wraps a program so that the kernel sends it SIGINT when the process that spawned it dies, however it dies.
 *
 * SIGINT makes PostgreSQL shut down fast and anvil write its state. Without `setpriv` (macOS) a leftover is ended by the
 * next start instead.
 */
export const dieWithParent = ({ file, args }: Command, means: Means = findMeans()): Command =>
  means.setpriv ? { file: 'setpriv', args: ['--pdeathsig', 'INT', file, ...args] } : { file, args }

/**
 * Wraps a program that refuses to run as we are.
 *
 * In a user namespace the program sees itself as another user while the kernel still checks files as ours, so it works
 * below a folder of mode 0700. The user must be one with a name: initdb looks it up, and a container often knows root
 * and `nobody` only. Where namespaces are forbidden it really becomes `nobody`, who must be able to reach the data
 * folder: give it such a folder by OBLIVION_HOME.
 */
export const asFitUser = ({ file, args }: Command, means: Means = findMeans()): Command => {
  if (!means.unfit) return { file, args }
  if (means.userNamespace) return { file: 'unshare', args: [...mapTo(means.standIn), file, ...args] }
  return { file, args, uid: means.standIn, gid: means.standIn }
}

const mapTo = (uid: number): string[] => ['-U', `--map-user=${uid}`, `--map-group=${uid}`]

const works = (file: string, args: string[]): boolean => spawnSync(file, args, { stdio: 'ignore' }).status === 0

const hasName = (): boolean => {
  try {
    return userInfo().username !== ''
  } catch {
    return false
  }
}

const namedUser = (): number => {
  const users = readFileSync('/etc/passwd', 'utf8').split('\n')
  const uids = users.map((line) => Number(line.split(':')[2])).filter((uid) => uid > 0)
  return uids.includes(NOBODY) ? NOBODY : (uids[0] ?? NOBODY)
}
