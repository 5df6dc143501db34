#!/usr/bin/env node
// Entry of `oblivion`: names the commands; each is loaded when it is asked for.
import { existsSync } from 'node:fs'
import { loadEnvFile } from 'node:process'
import { OblivionError } from '@oblivion/core'
import { defineCommand, runCommand, showUsage } from 'citty'
import { UsageError } from './UsageError.ts'

const ENV_FILE = '.env.local'

const oblivion = defineCommand({
  meta: { name: 'oblivion', description: 'Paid, verified computing in idle browser tabs, from the command line.' },
  subCommands: {
    worker: () => import('./worker/workerCommand.ts').then((module) => module.workerCommand),
  },
})

const args = process.argv.slice(2)
try {
  if (existsSync(ENV_FILE)) loadEnvFile(ENV_FILE)
  if (args.length === 0 || args[0] === '--help') await showUsage(oblivion)
  else await runCommand(oblivion, { rawArgs: args })
} catch (error) {
  const known = error instanceof OblivionError || error instanceof UsageError || (error as Error)?.name === 'CLIError'
  if (!known) throw error
  process.stderr.write(`${(error as Error).message}\n`)
  process.exitCode = error instanceof OblivionError ? 1 : 2
}
