import { type ChildProcess, fork, type Serializable } from 'node:child_process'
import { closeSync, openSync } from 'node:fs'
import { StackError } from '../StackError.ts'
import { endChild } from './endChild.ts'
import { logTail } from './logFile.ts'

const READY_WITHIN_MS = 60_000

/** A child that runs, and how to end it in order. */
export type RunningPart = { child: ChildProcess; stop(): Promise<void> }

/**
 * Forks a Node program of ours and answers once it has sent `{ type: 'ready' }`.
 *
 * It leads a process group of its own, so that Ctrl-C reaches the supervisor alone, and ends when the channel to its
 * parent closes, however the parent died. It gets the environment given here and nothing of the caller's but the paths.
 */
export const forkPart = async (options: {
  name: string
  file: string
  args?: readonly string[]
  logFile: string
  env: Record<string, string>
  /** Sent to it first, where it expects its configuration as a message. */
  message?: Serializable
}): Promise<RunningPart> => {
  const { name, file, args = [], logFile, env, message } = options
  const log = openSync(logFile, 'a', 0o600)
  const child = fork(file, args, {
    detached: true,
    stdio: ['ignore', log, log, 'ipc'],
    execArgv: [],
    env: { ...pathsOf(process.env), ...env },
  })
  closeSync(log)
  if (message !== undefined) child.send(message)
  await ready(child, name, logFile)
  return { child, stop: () => endChild(child, 'SIGTERM', 4_000) }
}

const PATHS = ['PATH', 'HOME', 'TMPDIR', 'TEMP', 'SystemRoot', 'NODE_COMPILE_CACHE']

const pathsOf = (environment: NodeJS.ProcessEnv): Record<string, string> =>
  Object.fromEntries(
    PATHS.flatMap((name) => {
      const value = environment[name]
      return value === undefined ? [] : [[name, value]]
    }),
  )

const ready = (child: ChildProcess, name: string, logFile: string): Promise<void> =>
  new Promise((resolve, reject) => {
    const fail = (error: StackError): void => {
      settle()
      child.kill('SIGKILL')
      reject(error)
    }
    const timer = setTimeout(() => {
      const seconds = READY_WITHIN_MS / 1000
      fail(new StackError('child_not_ready', `The ${name} was not ready within ${seconds} s.`, `See ${logFile}.`))
    }, READY_WITHIN_MS)
    const onMessage = (message: unknown): void => {
      if ((message as { type?: string } | null)?.type !== 'ready') return
      settle()
      resolve()
    }
    const onExit = (code: number | null, signal: NodeJS.Signals | null): void =>
      fail(
        new StackError(
          'child_ended',
          `The ${name} ended while starting (${signal ?? `code ${code}`}).\n${logTail(logFile)}`,
          `Its whole output is in ${logFile}.`,
        ),
      )
    const onError = (cause: Error): void =>
      fail(new StackError('child_ended', `The ${name} could not be started.`, `See ${logFile}.`, { cause }))
    const settle = (): void => {
      clearTimeout(timer)
      child.off('message', onMessage).off('exit', onExit).off('error', onError)
    }
    child.on('message', onMessage).on('exit', onExit).on('error', onError)
  })
