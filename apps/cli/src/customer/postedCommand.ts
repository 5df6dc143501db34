import { type Client, eachInput, getTask, myBalance, readProgram } from '@oblivion/client'
import type { TaskView } from '@oblivion/core'
import { defineCommand } from 'citty'
import { customerArgs } from './customerArgs.ts'
import { openCustomer } from './openCustomer.ts'
import { say } from './say.ts'
import { writeOut } from './writeOut.ts'
import { type PostedFile, writePosted } from './writePosted.ts'

const INTERRUPTED = 130

export const postedCommand = defineCommand({
  meta: {
    name: 'posted',
    description:
      'Reads back what a task was posted with: its inputs, a line of JSON each, as submit --inputs - takes them. Into a folder its programs too.',
  },
  args: {
    taskId: { type: 'positional', required: true, description: 'As submit answered it' },
    out: { type: 'string', description: 'A folder, for data.json and for program.js or program.wasm' },
    ...customerArgs,
  },
  run: async ({ args }) => {
    const { taskId, out } = args
    const customer = await openCustomer(args, process.env)
    const view = await getTask(customer.client, { taskId })
    const { address } = await myBalance(customer.client)
    const left = new AbortController()
    process.once('SIGINT', () => left.abort())
    const inputs = eachInput(customer.client, { taskId, storage: customer.options, address, signal: left.signal })
    let count = 0
    try {
      if (out === undefined) {
        for await (const text of inputs) {
          await writeOut(text)
          count += 1
        }
      } else {
        const programs = await readPrograms(customer.client, view)
        count = await writePosted(out, inputs, programs)
        const names = programs.map(({ name }) => name)
        say(args.json, { taskId, folder: out, inputs: count, programs: names }, [
          `${['data.json', ...names].join(', ')} in ${out}: ${count} inputs.`,
        ])
      }
    } catch (error) {
      if (!left.signal.aborted) throw error
      process.stderr.write('Stopped.\n')
      process.exitCode = INTERRUPTED
      return
    }
    if (count < view.chunkCount)
      process.stderr.write(
        `The inputs of ${view.chunkCount - count} chunks are not kept: the task was cancelled before they were planned.\n`,
      )
  },
})

/** The customer's own programs among those that a task runs, each held against its hash. */
const readPrograms = async (client: Client, { program, stages }: TaskView): Promise<PostedFile[]> => {
  const files: PostedFile[] = []
  for (const [index, { program: each }] of (stages ?? [{ program }]).entries()) {
    if (each.kind === 'builtin') continue
    const { hash, kind } = each
    const { source: bytes } = await readProgram(client, { hash })
    files.push({ name: `program${stages === null ? '' : `-${index + 1}`}.${kind}`, bytes })
  }
  return files
}
