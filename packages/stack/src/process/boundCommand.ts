import { spawnSync } from 'node:child_process'

/** A command line with the user that it is to run as. */
export type Command = { file: string; args: string[]; uid?: number; gid?: number }

/** What this machine offers for tying a program to its parent and for running it without root's rights. */
export type Means = { root: boolean; setpriv: boolean; userNamespace: boolean }

const works = (file: string, args: string[]): boolean => spawnSync(file, args, { stdio: 'ignore' }).status === 0

let known: Means | undefined

/** Finds out once per process what the machine offers; nothing is assumed from the platform's name alone. */
export const findMeans = (): Means => {
  known ??= {
    root: process.getuid?.() === 0,
    setpriv: process.platform === 'linux' && works('setpriv', ['--pdeathsig', 'INT', 'true']),
    userNamespace:
      process.platform === 'linux' && works('unshare', ['-U', '--map-user=1000', '--map-group=1000', 'true']),
  }
  return known
}

/** The uid of `nobody`, for a root that may not make user namespaces. */
export const NOBODY = 65534

/**
 * Wraps a program so that the kernel sends it SIGINT when the process that spawned it dies, however it dies.
 *
 * SIGINT makes PostgreSQL shut down fast and anvil write its state. Without `setpriv` (macOS) a leftover is ended by the
 * next start instead.
 */
export const dieWithParent = ({ file, args }: Command, means: Means = findMeans()): Command =>
  means.setpriv ? { file: 'setpriv', args: ['--pdeathsig', 'INT', file, ...args] } : { file, args }

/**
 * Wraps a program that refuses to run as root.
 *
 * In a user namespace the program sees itself as uid 1000 while the kernel still checks files as root's, so it works
 * below a folder of mode 0700. Where namespaces are forbidden it runs as `nobody`, who must be able to reach the data
 * folder: give it such a folder by OBLIVION_HOME.
 */
export const withoutRoot = ({ file, args }: Command, means: Means = findMeans()): Command => {
  if (!means.root) return { file, args }
  if (means.userNamespace) {
    return { file: 'unshare', args: ['-U', '--map-user=1000', '--map-group=1000', file, ...args] }
  }
  return { file, args, uid: NOBODY, gid: NOBODY }
}
