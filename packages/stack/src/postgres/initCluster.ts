import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chownSync, existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { asFitUser } from '../process/boundCommand.ts'
import { StackError } from '../StackError.ts'
import type { PostgresBinaries } from './locatePostgres.ts'

/** The superuser of every cluster that the stack makes, as on hosted Supabase; only the bootstrap connects as it. */
export const SUPERUSER = 'supabase_admin'

/**
 * Makes a database cluster in `dataDir` unless there is one: UTF-8, locale C, SCRAM passwords, no local sockets.
 *
 * A folder that `initdb` left half done (it was killed) has no PG_VERSION at its end of work; initdb itself refuses a
 * folder that is not empty, so the remains are removed first. Nothing can have been stored in them.
 */
export const initCluster = async (options: {
  binaries: PostgresBinaries
  dataDir: string
  password: string
}): Promise<void> => {
  const { binaries, dataDir, password } = options
  const done = join(dataDir, 'oblivion-initdb-done')
  if (existsSync(done)) return
  rmSync(dataDir, { recursive: true, force: true })
  mkdirSync(dataDir, { recursive: true, mode: 0o700 })
  const passwordFile = `${dataDir}.pw`
  writeFileSync(passwordFile, `${password}\n`, { mode: 0o600 })
  const command = asFitUser({
    file: binaries.initdb,
    args: [
      ...['-D', dataDir, '-U', SUPERUSER, '-E', 'UTF8', '--locale=C', '--no-sync'],
      ...['--auth=scram-sha-256', `--pwfile=${passwordFile}`],
    ],
  })
  if (command.uid !== undefined) {
    chownSync(dataDir, command.uid, command.uid)
    chownSync(passwordFile, command.uid, command.uid)
  }
  try {
    await run(command.file, command.args, command.uid)
    writeFileSync(done, '')
  } finally {
    rmSync(passwordFile, { force: true })
  }
}

const run = async (file: string, args: string[], uid: number | undefined): Promise<void> => {
  const user = uid === undefined ? {} : { uid, gid: uid }
  const child = spawn(file, args, { cwd: '/', stdio: ['ignore', 'pipe', 'pipe'], ...user })
  let output = ''
  child.stdout.on('data', (chunk) => {
    output += chunk
  })
  child.stderr.on('data', (chunk) => {
    output += chunk
  })
  const [code] = await once(child, 'close')
  if (code === 0) return
  throw new StackError(
    'data_unusable',
    `The database could not be made: initdb ended with code ${code}.\n${output.trim()}`,
    'If a folder cannot be reached or written, set OBLIVION_HOME to one that can.',
  )
}
