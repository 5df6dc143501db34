import { mkdirSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { readVariable } from '@oblivion/core'

/** The folder that this checkout lies in. */
export const repositoryRoot: string = fileURLToPath(new URL('../../../..', import.meta.url)).replace(/[/\\]$/, '')

/** Everything that the stack keeps, in one folder of mode 0700. */
export type HomePaths = {
  home: string
  lock: string
  processes: string
  secrets: string
  dev: string
  postgres: string
  chain: string
  storage: string
  /** The history of each day, where `DATALAKE_FOLDER` names no other place. */
  datalake: string
  logs: string
}

/** Names only; nothing is made. `OBLIVION_HOME` moves it, else it is `.oblivion` in the checkout. */
export const homePaths = (environment: NodeJS.ProcessEnv): HomePaths => {
  const home = resolve(readVariable(environment, 'OBLIVION_HOME') ?? join(repositoryRoot, '.oblivion'))
  return {
    home,
    lock: join(home, 'lock'),
    processes: join(home, 'processes.json'),
    secrets: join(home, 'secrets.json'),
    dev: join(home, 'dev.json'),
    postgres: join(home, 'postgres'),
    chain: join(home, 'chain'),
    storage: join(home, 'storage'),
    datalake: join(home, 'datalake'),
    logs: join(home, 'logs'),
  }
}

/** Makes the folders that the parts write into. */
export const makeHome = (paths: HomePaths): void => {
  for (const folder of [paths.home, paths.chain, paths.storage, paths.logs]) {
    mkdirSync(folder, { recursive: true, mode: 0o700 })
  }
}
