// Throws the data folder's database, chain, storage, history and secrets away. Refused while a stack runs in it.
import { rmSync } from 'node:fs'
import { homePaths, makeHome } from '../home/homePaths.ts'
import { takeLock } from '../home/lock.ts'
import { endLeftovers } from '../home/processes.ts'
import { readFlags } from '../terminal/readFlags.ts'
import { runCommand } from '../terminal/runCommand.ts'
import { makeStyle, wantsColours } from '../terminal/style.ts'

readFlags(
  'reset: throws away all local data: database, chain, storage, history, secrets, logs. Refused while it runs.',
  {},
)
const style = makeStyle(wantsColours(process.stdout, process.env))

await runCommand(style, async () => {
  const paths = homePaths(process.env)
  makeHome(paths)
  const release = takeLock(paths.lock)
  try {
    await endLeftovers(paths.processes)
    // Only what is ours by name: OBLIVION_HOME may point at a folder that holds more.
    for (const path of [paths.postgres, paths.chain, paths.storage, paths.datalake, paths.logs])
      rmSync(path, { recursive: true, force: true })
    for (const path of [paths.secrets, paths.dev, paths.processes]) rmSync(path, { force: true })
  } finally {
    release()
  }
  process.stdout.write(
    'All local data is gone: database, chain, storage, history, secrets, logs. The next start begins anew.\n',
  )
})
