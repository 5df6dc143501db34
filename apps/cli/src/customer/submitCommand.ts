import { createInterface } from 'node:readline/promises'
import { createTask, myBalance, storeInputs } from '@oblivion/client'
import { OblivionError, type TaskDraft } from '@oblivion/core'
import { defineCommand } from 'citty'
import { eachOf } from '../eachOf.ts'
import { UsageError } from '../UsageError.ts'
import { callAgain } from './callAgain.ts'
import { customerArgs } from './customerArgs.ts'
import { moneyText } from './moneyText.ts'
import { type Customer, openCustomer } from './openCustomer.ts'
import { type ReadTask, readTask } from './readTask.ts'
import { say } from './say.ts'
import { watchToItsEnd } from './watchToItsEnd.ts'

const INTERRUPTED = 130

export const submitCommand = defineCommand({
  meta: {
    name: 'submit',
    description: 'Posts a task: says what it costs, asks, and holds its budget.',
  },
  args: {
    task: {
      type: 'positional',
      required: false,
      description:
        'A JSON file of what create_task takes, amounts in the smallest unit; flags stand in place of its fields',
    },
    program: { type: 'string', description: 'A .js, .mjs or .wasm file, or the name of a built-in program' },
    inputs: {
      type: 'string',
      description:
        'One chunk a row: a .json list, a .csv, or one JSON value a line (.ndjson); - reads that from a pipe',
    },
    'rows-per-chunk': {
      type: 'string',
      description: 'Of a file of inputs: a chunk gets a list of so many rows in place of one row',
      valueHint: 'count',
    },
    range: {
      type: 'string',
      description: 'Whole numbers in place of inputs: each chunk gets {start, end}, step apart',
      valueHint: 'start:end[:step]',
    },
    title: { type: 'string', description: 'What it is called; the file’s name where absent' },
    price: { type: 'string', description: 'What one accepted job pays, fee included', valueHint: 'USDC' },
    'metered-cap': {
      type: 'string',
      description: 'In place of a price: by the time that it takes and its node’s price per hour, at most this',
      valueHint: 'USDC',
    },
    budget: { type: 'string', description: 'The most it may spend; every job’s price where absent', valueHint: 'USDC' },
    asset: { type: 'string', description: 'What it is paid with: chain, card or test' },
    replicas: { type: 'string', description: 'Jobs of each chunk that are compared, 1 to 5; each is paid' },
    concurrent: { type: 'string', description: 'Chunks in work at once, at most' },
    attempts: {
      type: 'string',
      description:
        'How often a chunk may fail by its program, 1 to 10; 3 where absent. The last failure does not count where a worker has proved nothing: without a proven one online it is tried on for up to an hour',
    },
    timeout: { type: 'string', description: 'The longest run time of one chunk', valueHint: 'seconds' },
    priority: { type: 'string', description: '0 to 9: of all that waits, a higher one is taken first' },
    capability: {
      type: 'string',
      description: 'What a worker must have by its owner’s word; again for each',
      valueHint: 'name',
    },
    'worker-type': {
      type: 'string',
      description: 'Which kinds of worker may compute it: browser, server or python; again for each',
    },
    'max-price-per-hour': { type: 'string', description: 'Workers that ask more are passed over', valueHint: 'USDC' },
    assign: {
      type: 'boolean',
      description: 'Offer each job to one worker for 30 s, the cheapest first, before it is open to all',
    },
    'max-memory': {
      type: 'string',
      description: 'What a .wasm program’s memory may grow to, 1 to 1024; 256 where absent',
      valueHint: 'MiB',
    },
    estimate: { type: 'boolean', default: false, description: 'Say what it costs, and post nothing' },
    'acknowledge-visible': {
      type: 'boolean',
      default: false,
      description: 'Strangers’ machines see program and inputs in clear, and that is fine: post without asking',
    },
    watch: { type: 'boolean', default: false, description: 'Watch it until it ends' },
    ...customerArgs,
  },
  run: async ({ args, rawArgs }) => {
    const task = await readTask({
      ...args,
      capability: eachOf(rawArgs, 'capability'),
      'worker-type': eachOf(rawArgs, 'worker-type'),
    })
    const customer = await openCustomer(args, process.env)
    const { free, room } = await moneyOf(customer, task)
    const { asset, chunkCount, jobCount, cost } = task
    const budget = task.draft.budget
    const estimate = { chunkCount, jobCount, cost, budget, asset, free, room }
    if (args.estimate) return say(args.json, estimate, describe(task, free, room))
    const known = args['acknowledge-visible'] || task.draft.acknowledgeVisible === true
    if (!known && !(await ask(describe(task, free, room)))) return
    const created = await createTask(customer.client, { task: await ready(task, customer) })
    const { taskId } = created
    say(args.json, created, [
      `${taskId}  “${task.draft.title}”`,
      `${created.chunkCount} chunks, ${moneyText(budget, asset)} held; what is not accepted comes back.`,
      ...(args.watch ? [] : [`Watch it with: ${callAgain('watch', taskId, args)}`]),
    ])
    if (args.watch) await watchToItsEnd(customer.client, taskId, args)
  },
})

const ready = async ({ draft, chunks }: ReadTask, { client, options }: Customer): Promise<TaskDraft> => {
  if (chunks === null) return { ...draft, acknowledgeVisible: true } as TaskDraft
  const live = process.stderr.isTTY === true && chunks.stores
  const inputs = await storeInputs(options, {
    ...chunks,
    addressOf: async () => (await myBalance(client)).address,
    onProgress: (count) => {
      if (live) process.stderr.write(`\r${count} of ${chunks.count} chunks are there`)
    },
  })
  if (live) process.stderr.write('\n')
  return { ...draft, inputs, acknowledgeVisible: true } as TaskDraft
}

/**
 * What could pay it, of tokens and play money, and of tokens what the wallet's daily cap leaves; null where the key may not
 * read it, or the money has none.
 */
const moneyOf = async (
  { client }: Customer,
  { asset }: ReadTask,
): Promise<{ free: bigint | null; room: bigint | null }> => {
  if (asset === 'card') return { free: null, room: null }
  try {
    const { free, play, room } = await myBalance(client)
    return asset === 'test' ? { free: play?.free ?? 0n, room: null } : { free, room }
  } catch (error) {
    if (error instanceof OblivionError && error.code === 'OB031') return { free: null, room: null }
    throw error
  }
}

const describe = (task: ReadTask, free: bigint | null, room: bigint | null): string[] => {
  const { draft, asset, chunkCount, jobCount, price, metered, cost } = task
  const jobs = `${chunkCount} chunks${jobCount === chunkCount ? '' : `, ${jobCount} jobs`}`
  const each = `${metered ? 'for at most' : 'at'} ${moneyText(price, asset)}`
  const rest = free === null ? '' : `, of ${moneyText(free, asset)} that are free`
  const capped = room !== null && draft.budget > room
  return [
    `“${draft.title}”: ${jobs} ${each}: ${metered ? 'at most ' : ''}${moneyText(cost, asset)}, if every one is accepted.`,
    `${moneyText(draft.budget, asset)} are held until it ends${rest}.`,
    ...(capped
      ? [
          `Your daily cap leaves ${moneyText(room, asset)}, so this will be refused (OB096). A raise, in Wallet, takes a day.`,
        ]
      : []),
  ]
}

/** Whether it is to be posted. Ctrl-C and Ctrl-D are no answer: the process then exits with 130. */
const ask = async (lines: readonly string[]): Promise<boolean> => {
  if (!process.stdin.isTTY) {
    throw new UsageError(
      'Strangers’ machines see program and inputs in clear. Say that this is fine with --acknowledge-visible.',
    )
  }
  const terminal = createInterface({ input: process.stdin, output: process.stderr })
  try {
    const answer = await terminal.question(
      `${lines.join('\n')}\nStrangers’ machines see its program and inputs in clear. Post it? [y/N] `,
    )
    if (!/^y(es)?$/i.test(answer.trim())) throw new UsageError('Nothing was posted.')
    return true
  } catch (error) {
    if ((error as Error).name !== 'AbortError') throw error
    process.stderr.write('\nNothing was posted.\n')
    process.exitCode = INTERRUPTED
    return false
  } finally {
    terminal.close()
  }
}
