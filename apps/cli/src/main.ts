#!/usr/bin/env node
// Entry of `oblivion`: names the commands; each is loaded when it is asked for.
import { existsSync } from 'node:fs'
import { loadEnvFile } from 'node:process'
import { OblivionError } from '@oblivion/core'
import { type ArgsDef, type CommandDef, defineCommand, runCommand, showUsage } from 'citty'
import { UsageError } from './UsageError.ts'

const ENV_FILE = '.env.local'

const commands = {
  doctor: () => import('./doctor/doctorCommand.ts').then((module) => module.doctorCommand),
  worker: () => import('./worker/workerCommand.ts').then((module) => module.workerCommand),
}
const oblivion = defineCommand({
  meta: { name: 'oblivion', description: 'Paid, verified computing in idle browser tabs, from the command line.' },
  subCommands: commands,
})
/** What it takes, said by the command itself. */
const usageOf = <T extends ArgsDef>(command: CommandDef<T>): Promise<void> =>
  // Of its parent only the name is shown, and the type wants its arguments to be the same.
  showUsage(command, oblivion as unknown as CommandDef<T>)
const help = async (name: string | undefined): Promise<void> => {
  if (name === 'doctor') return usageOf(await commands.doctor())
  if (name === 'worker') return usageOf(await commands.worker())
  return showUsage(oblivion)
}

const args = process.argv.slice(2)
try {
  if (existsSync(ENV_FILE)) loadEnvFile(ENV_FILE)
  if (args.length === 0 || args.includes('--help')) await help(args[0])
  else await runCommand(oblivion, { rawArgs: args })
} catch (error) {
  const known = error instanceof OblivionError || error instanceof UsageError || (error as Error)?.name === 'CLIError'
  if (!known) throw error
  process.stderr.write(`${(error as Error).message}\n`)
  process.exitCode = error instanceof OblivionError ? 1 : 2
}
