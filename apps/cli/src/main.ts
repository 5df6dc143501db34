#!/usr/bin/env node
// Entry of `oblivion`: names the commands; each is loaded when it is asked for.
import { existsSync } from 'node:fs'
import { loadEnvFile } from 'node:process'
import { OblivionError } from '@oblivion/core'
import { type CommandDef, defineCommand, runCommand, showUsage } from 'citty'
import { endWithOutput } from './endWithOutput.ts'
import { OutputError } from './OutputError.ts'
import { UsageError } from './UsageError.ts'

const ENV_FILE = '.env.local'

const commands = {
  submit: () => import('./customer/submitCommand.ts').then((module) => module.submitCommand),
  watch: () => import('./customer/watchCommand.ts').then((module) => module.watchCommand),
  results: () => import('./customer/resultsCommand.ts').then((module) => module.resultsCommand),
  cancel: () => import('./customer/cancelCommand.ts').then((module) => module.cancelCommand),
  doctor: () => import('./doctor/doctorCommand.ts').then((module) => module.doctorCommand),
  worker: () => import('./worker/workerCommand.ts').then((module) => module.workerCommand),
}
const oblivion = defineCommand({
  meta: { name: 'oblivion', description: 'Paid, verified computing in idle browser tabs, from the command line.' },
  subCommands: commands,
})
const isCommand = (name: string | undefined): name is keyof typeof commands =>
  name !== undefined && Object.hasOwn(commands, name)
const help = async (name: string | undefined): Promise<void> => {
  if (!isCommand(name)) return showUsage(oblivion)
  // What it takes, said by the command itself. Of its parent only the name is shown, and the type wants one for all.
  return showUsage((await commands[name]()) as unknown as CommandDef, oblivion as unknown as CommandDef)
}

const args = process.argv.slice(2)
endWithOutput(args.includes('--json'))
try {
  if (existsSync(ENV_FILE)) loadEnvFile(ENV_FILE)
  if (args.length === 0 || args.includes('--help')) await help(args[0])
  else await runCommand(oblivion, { rawArgs: args })
} catch (error) {
  const wrongCall = error instanceof UsageError || (error as Error)?.name === 'CLIError'
  if (!wrongCall && !(error instanceof OblivionError || error instanceof OutputError)) throw error
  process.stderr.write(`${args.includes('--json') ? inJson(error as Error) : (error as Error).message}\n`)
  process.exitCode = wrongCall ? 2 : 1
}

/** An error for machines: branch on its code, null where the command was called in a wrong way or its output goes nowhere. */
function inJson(error: Error): string {
  if (!(error instanceof OblivionError)) return JSON.stringify({ code: null, message: error.message })
  const { code, shortMessage, hint, values } = error as OblivionError
  return JSON.stringify({ code, message: shortMessage, hint, values })
}
