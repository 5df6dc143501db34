#!/usr/bin/env node
// Entry of `oblivion`: names the commands; each is loaded when it is asked for.
import './plainWhenPiped.ts'
import { existsSync, readFileSync } from 'node:fs'
import { loadEnvFile } from 'node:process'
import { OblivionError } from '@oblivion/core'
import { type ArgsDef, type CommandDef, defineCommand, runCommand, showUsage } from 'citty'
import { calledAs } from './calledAs.ts'
import { checkArguments } from './checkArguments.ts'
import { endWithOutput } from './endWithOutput.ts'
import { OutputError } from './OutputError.ts'
import { UsageError } from './UsageError.ts'

const ENV_FILE = '.env.local'
const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as { version: string }

const commands = {
  submit: () => import('./customer/submitCommand.ts').then((module) => module.submitCommand),
  watch: () => import('./customer/watchCommand.ts').then((module) => module.watchCommand),
  results: () => import('./customer/resultsCommand.ts').then((module) => module.resultsCommand),
  posted: () => import('./customer/postedCommand.ts').then((module) => module.postedCommand),
  cancel: () => import('./customer/cancelCommand.ts').then((module) => module.cancelCommand),
  doctor: () => import('./doctor/doctorCommand.ts').then((module) => module.doctorCommand),
  register: () => import('./worker/registerCommand.ts').then((module) => module.registerCommand),
  worker: () => import('./worker/workerCommand.ts').then((module) => module.workerCommand),
}
const oblivion = defineCommand({
  meta: {
    name: 'oblivion',
    version,
    description:
      'Paid computing in idle browser tabs, from the command line. Exits with 0 done, 1 refused, 2 called in a wrong way, 130 by Ctrl-C.',
  },
  subCommands: commands,
})
const isCommand = (name: string | undefined): name is keyof typeof commands =>
  name !== undefined && Object.hasOwn(commands, name)
/** One of them, by its name. The type of each names its own arguments, and citty wants one for all. */
const load = async (name: keyof typeof commands): Promise<CommandDef> =>
  (await commands[name]()) as unknown as CommandDef
const help = async (name: string | undefined): Promise<void> =>
  isCommand(name) ? showUsage(await load(name), oblivion as unknown as CommandDef) : showUsage(oblivion)

const run = async (name: string, rawArgs: string[]): Promise<void> => {
  if (!isCommand(name)) {
    throw new UsageError(
      `There is no command “${name}”, but ${Object.keys(commands).join(', ')}. What each does: ${calledAs()} --help`,
    )
  }
  const command = await load(name)
  checkArguments(name, command.args as ArgsDef, rawArgs)
  await runCommand(command, { rawArgs })
}

const args = process.argv.slice(2)
const [name, ...rest] = args
endWithOutput(args.includes('--json'))
try {
  if (existsSync(ENV_FILE)) loadEnvFile(ENV_FILE)
  if (name === undefined || name === 'help') await help(rest[0])
  else if (name === '--version' || name === '-V') process.stdout.write(`${version}\n`)
  else if (args.includes('--help') || args.includes('-h')) await help(name)
  else await run(name, rest)
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
