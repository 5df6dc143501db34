import { once } from 'node:events'
import { eachResult, getTask, type TaskResult } from '@oblivion/client'
import type { TaskView } from '@oblivion/core'
import { defineCommand } from 'citty'
import { UsageError } from '../UsageError.ts'
import { wholeNumber } from '../wholeNumber.ts'
import { customerArgs } from './customerArgs.ts'
import { eachFailure } from './eachFailure.ts'
import { failedInputs } from './failedInputs.ts'
import { countedFrom, failureJson, failureText } from './failureText.ts'
import { openCustomer } from './openCustomer.ts'
import { openResultFolder } from './openResultFolder.ts'
import { say } from './say.ts'
import { writeOut } from './writeOut.ts'

const INTERRUPTED = 130

export const resultsCommand = defineCommand({
  meta: {
    name: 'results',
    description:
      'Reads the accepted results of a task, each held against its hash: a line of JSON each, or a file each. Says what failed. Chunks are counted from 0 here and in files, from 1 on pages and in logs.',
  },
  args: {
    taskId: { type: 'positional', required: true, description: 'As submit answered it' },
    out: { type: 'string', description: 'A folder, with <chunk>.json for each; what lies there is not read again' },
    after: {
      type: 'string',
      description: 'Only chunks behind this one, to go on where a pipe broke',
      valueHint: 'chunk',
    },
    'failed-inputs': {
      type: 'string',
      description:
        'In place of results: of this file, from which the task was posted, the rows whose chunk failed or was cancelled, to post them again',
      valueHint: 'file',
    },
    'rows-per-chunk': { type: 'string', description: 'With --failed-inputs: as submit had it', valueHint: 'count' },
    ...customerArgs,
  },
  run: async ({ args }) => {
    const { taskId, out, 'failed-inputs': posted, 'rows-per-chunk': rowsPerChunk } = args
    if (posted !== undefined && (out !== undefined || args.after !== undefined))
      throw new UsageError('--failed-inputs writes inputs in place of results: leave --out and --after out.')
    if (posted === undefined && rowsPerChunk !== undefined)
      throw new UsageError('--rows-per-chunk is of a file of inputs: give --failed-inputs.')
    const customer = await openCustomer(args, process.env)
    const view = await getTask(customer.client, { taskId })
    if (posted !== undefined) return writeInputs(view, posted, rowsPerChunk)
    const after = args.after === undefined ? -1 : wholeNumber('after', args.after, 0, 999_999)
    const left = new AbortController()
    process.once('SIGINT', () => left.abort())
    const results = eachResult(customer.client, { taskId, storage: customer.options, after, signal: left.signal })
    try {
      if (out === undefined) await writeLines(results)
      else await writeFiles(results, out, taskId, args.json)
      const failures = eachFailure(customer.client, { view, after, signal: left.signal })
      let said = false
      for await (const failure of failures) {
        if (args.json) say(true, failureJson(failure), [])
        else process.stderr.write(`${failureText(failure, view.asset)}\n`)
        said = !args.json
      }
      if (said) process.stderr.write(`${countedFrom}\n`)
    } catch (error) {
      if (!left.signal.aborted) throw error
      const how = out === undefined ? 'with --after and the last chunk that you have' : 'by the same command'
      process.stderr.write(`Stopped. Go on ${how}.\n`)
      process.exitCode = INTERRUPTED
      return
    }
    const { chunkCount, counts, finishedAt } = view
    if (finishedAt === null) {
      process.stderr.write(`${counts.completed} of ${chunkCount} chunks are accepted so far; the rest is to come.\n`)
    }
  },
})

/** The inputs to be posted again go to the output, what is said of them to the error output. */
const writeInputs = async (view: TaskView, path: string, rowsPerChunk = '1'): Promise<void> => {
  const { count, text } = await failedInputs(view, path, wholeNumber('rows-per-chunk', rowsPerChunk, 1, 999_999))
  if (!process.stdout.write(text)) await once(process.stdout, 'drain')
  const more = view.finishedAt === null ? ' so far; the task goes on' : ''
  process.stderr.write(`${count} of ${view.chunkCount} chunks failed or were cancelled${more}.\n`)
}

const writeLines = async (results: AsyncIterable<TaskResult>): Promise<void> => {
  for await (const { facts, text } of results) {
    const line = JSON.stringify({ ...facts, reward: facts.reward.toString() })
    await writeOut(`${line.slice(0, -1)},"result":${await text()}}`)
  }
}

const writeFiles = async (
  results: AsyncIterable<TaskResult>,
  out: string,
  taskId: string,
  json: boolean,
): Promise<void> => {
  const folder = await openResultFolder(out)
  let count = 0
  let fresh = 0
  for await (const result of results) {
    if (await folder.keep(result)) fresh += 1
    count += 1
  }
  const lines = [`${count} results in ${out}, ${fresh} of them new.`]
  say(json, { taskId, folder: out, results: count, new: fresh }, lines)
}
