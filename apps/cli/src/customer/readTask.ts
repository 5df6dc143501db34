import { basename, extname } from 'node:path'
import type { InputFile } from '@oblivion/client'
import { type Asset, inputLimits, parseAmount, parseUsdc, planInputs, type TaskDraft } from '@oblivion/core'
import { UsageError } from '../UsageError.ts'
import { wholeNumber } from '../wholeNumber.ts'
import { inputsOf, readInputs } from './readInputs.ts'
import { readJson, readPath, readText } from './readPath.ts'

export interface TaskFlags {
  readonly task?: string | undefined
  readonly program?: string | undefined
  readonly inputs?: string | undefined
  readonly 'rows-per-chunk'?: string | undefined
  readonly range?: string | undefined
  readonly title?: string | undefined
  readonly price?: string | undefined
  readonly 'metered-cap'?: string | undefined
  readonly budget?: string | undefined
  readonly asset?: string | undefined
  readonly replicas?: string | undefined
  readonly concurrent?: string | undefined
  readonly attempts?: string | undefined
  readonly timeout?: string | undefined
  readonly priority?: string | undefined
  readonly capability?: readonly string[] | undefined
  readonly 'worker-type'?: readonly string[] | undefined
  readonly 'max-price-per-hour'?: string | undefined
  readonly assign?: boolean | undefined
  readonly 'max-memory'?: string | undefined
}

/** The inputs of a task's chunks, made as they are asked for. */
export interface InputChunks {
  readonly count: number
  readonly inputAt: (index: number) => Promise<unknown>
  /** Whether some of them go to Storage. */
  readonly stores: boolean
}

export interface ReadTask {
  /** Not acknowledged yet, unless its file is; without the inputs that `chunks` are. */
  readonly draft: Omit<TaskDraft, 'acknowledgeVisible'> & { readonly acknowledgeVisible?: unknown }
  /** Inputs that go out one by one, since some of them may have to be stored; null where the draft has them. */
  readonly chunks: InputChunks | null
  readonly asset: Asset
  readonly chunkCount: number
  /** Chunks x stages x replicas: each accepted one is paid. */
  readonly jobCount: number
  /** What one accepted job pays, in the smallest unit; the most that it can, where the task is metered. */
  readonly price: bigint
  readonly metered: boolean
  /** What all of them cost, at that price. */
  readonly cost: bigint
}

type Fields = Record<string, unknown>

/**
 * The task that a file and flags describe: the file is what `create_task` takes, amounts in the smallest unit; flags stand
 * in place of its fields, amounts in USDC. What is wrong with a field the server says.
 *
 * @throws {UsageError} where there is no program, no input or no price, a file cannot be read, or the jobs cannot be
 *   counted; {InvalidAmountError} `OB111`.
 */
export const readTask = async (flags: TaskFlags): Promise<ReadTask> => {
  const file = flags.task === undefined ? {} : await readObject(flags.task)
  const task: Fields = { ...file, ...(await ofFlags(flags)) }
  const { inputs, chunks } = await readChunks(flags, task)
  if (task.program === undefined && task.pipeline === undefined && task.type === undefined) {
    throw new UsageError('What is to be computed? Give a task file, or --program.')
  }
  const metered = task.metered !== undefined
  const given = metered ? (task.metered as { maxPricePerChunk?: unknown } | null)?.maxPricePerChunk : task.pricePerChunk
  if (given === undefined) throw new UsageError('What does a chunk pay? Give --price or --metered-cap, in USDC.')
  const price = parseAmount(String(given))
  const chunkCount = countable(
    chunks?.count ?? (await countChunks({ inputs, range: task.range })),
    'Its inputs or its range make no chunks: a range ends behind its start, and its step is above 0.',
  )
  const stages = countable(stagesOf(task), 'A pipeline has at least one stage.')
  const replicas = countable(replicasOf(task), 'trust.replicas is a whole number from 1 to 5.')
  const jobCount = countable(chunkCount * stages * replicas, 'These are more jobs than can be counted.')
  const cost = price * BigInt(jobCount)
  const budget = task.budget === undefined ? cost : parseAmount(String(task.budget))
  const pay = metered ? { metered: { maxPricePerChunk: price } } : { pricePerChunk: price }
  const draft = { title: titleOf(flags), ...task, inputs, ...pay, budget } as unknown as ReadTask['draft']
  const asset = (task.asset ?? 'chain') as Asset
  return { draft, chunks, asset, chunkCount, jobCount, price, metered, cost }
}

/** Of a file, or of a list that a task file holds; what else it names goes to the server as it is. */
const readChunks = async (
  { inputs: path, 'rows-per-chunk': rows }: TaskFlags,
  { inputs }: Fields,
): Promise<{ readonly inputs: unknown; readonly chunks: InputChunks | null }> => {
  if (path === undefined && rows !== undefined) throw new UsageError('--rows-per-chunk is of a file: give --inputs.')
  const rowsPerChunk = rows === undefined ? 1 : wholeNumber('rows-per-chunk', rows, 1, 999_999)
  if (path !== undefined) return cut(path, await readInputs(path), rowsPerChunk)
  if (!Array.isArray(inputs)) return { inputs, chunks: null }
  return cut('inputs', await inputsOf('inputs', new Blob([JSON.stringify(inputs)]), 'json'), 1)
}

const cut = (name: string, file: InputFile, rowsPerChunk: number) => {
  const { chunks: count, stores, problem } = planInputs(file, rowsPerChunk)
  if (problem === 'large')
    throw new UsageError(`A chunk of ${name} has more than 16 MiB, which is the most: give fewer --rows-per-chunk.`)
  if (problem === 'many') {
    throw new UsageError(
      `${name} makes ${count} chunks. A call takes 8 MiB of them, and Storage the rest, ${inputLimits.stored} at most: give --rows-per-chunk ${Math.ceil(file.rows / inputLimits.stored)} or more, and the program gets a list of rows.`,
    )
  }
  return { inputs: undefined, chunks: { count, stores, inputAt: (index: number) => file.chunk(index, rowsPerChunk) } }
}

const ofFlags = async (flags: TaskFlags): Promise<Fields> => {
  if (flags.inputs !== undefined && flags.range !== undefined)
    throw new UsageError('Give --inputs or --range, not both.')
  const cap = flags['metered-cap']
  if (flags.price !== undefined && cap !== undefined) throw new UsageError('Give --price or --metered-cap, not both.')
  type Count = 'replicas' | 'concurrent' | 'attempts' | 'timeout' | 'priority' | 'max-memory'
  const count = (name: Count, least: number, most: number) => wholeNumber(name, flags[name] ?? '', least, most)
  const { capability: capabilities = [], 'worker-type': workerTypes = [], 'max-price-per-hour': perHour } = flags
  const memory = flags['max-memory'] === undefined ? undefined : count('max-memory', 1, 1_024)
  return {
    ...(flags.title === undefined ? {} : { title: flags.title }),
    ...(flags.program === undefined ? {} : { program: await readProgram(flags.program, memory) }),
    ...(flags.inputs === undefined ? {} : { range: undefined }),
    ...(flags.range === undefined ? {} : { range: readRange(flags.range), inputs: undefined }),
    ...(flags.price === undefined ? {} : { pricePerChunk: parseUsdc(flags.price), metered: undefined }),
    ...(cap === undefined ? {} : { metered: { maxPricePerChunk: parseUsdc(cap) }, pricePerChunk: undefined }),
    ...(flags.budget === undefined ? {} : { budget: parseUsdc(flags.budget) }),
    ...(flags.asset === undefined ? {} : { asset: flags.asset }),
    ...(flags.replicas === undefined ? {} : { trust: { replicas: count('replicas', 1, 5) } }),
    ...(flags.concurrent === undefined ? {} : { maxConcurrentChunks: count('concurrent', 0, 999_999) }),
    ...(flags.attempts === undefined ? {} : { maxAttempts: count('attempts', 1, 10) }),
    ...(flags.timeout === undefined ? {} : { timeoutSeconds: count('timeout', 5, 3_600) }),
    ...(flags.priority === undefined ? {} : { priority: count('priority', 0, 9) }),
    ...(capabilities.length === 0 ? {} : { capabilities }),
    ...(workerTypes.length === 0 ? {} : { workerTypes }),
    ...(perHour === undefined ? {} : { maxPricePerHour: parseUsdc(perHour) }),
    ...(flags.assign === undefined ? {} : { assign: flags.assign }),
  }
}

const readObject = async (path: string): Promise<Fields> => {
  const value = await readJson(path)
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Fields
  throw new UsageError(`${path} is no task: it holds no JSON object.`)
}

const readProgram = async (word: string, maxMemoryMiB: number | undefined): Promise<Fields> => {
  const kind = extname(word)
  if (maxMemoryMiB !== undefined && kind !== '.wasm')
    throw new UsageError('--max-memory is of a .wasm program: give one with --program.')
  switch (kind) {
    case '.js':
    case '.mjs':
      return { kind: 'js', source: (await readText(word)).toString('utf8') }
    case '.wasm':
      return {
        kind: 'wasm',
        source: (await readPath(word)).toString('base64'),
        ...(maxMemoryMiB === undefined ? {} : { maxMemoryMiB }),
      }
    case '':
      return { kind: 'builtin', name: word }
    default:
      throw new UsageError(`${word} is neither a .js, .mjs or .wasm file nor the name of a built-in program.`)
  }
}

const readRange = (text: string): Fields => {
  const match = /^(-?\d{1,13}):(-?\d{1,13})(?::(\d{1,13}))?$/.exec(text)
  if (match === null) throw new UsageError('--range takes start:end or start:end:step, such as 0:1000:10.')
  return {
    start: Number(match[1]),
    end: Number(match[2]),
    ...(match[3] === undefined ? {} : { step: Number(match[3]) }),
  }
}

const countable = (count: number, otherwise: string): number => {
  if (Number.isSafeInteger(count) && count > 0) return count
  throw new UsageError(otherwise)
}

const countChunks = async ({ inputs, range }: Fields): Promise<number> => {
  if (typeof range === 'object' && range !== null) {
    const { start = 0, end, step = 1 } = range as { start?: number; end?: number; step?: number }
    return Math.ceil((Number(end) - Number(start)) / Number(step))
  }
  const { format, text } = (inputs ?? {}) as { format?: string; text?: string }
  if (typeof text !== 'string' || (format !== 'ndjson' && format !== 'csv')) {
    throw new UsageError('What is it computed from? Give --inputs or --range.')
  }
  return (await inputsOf('inputs.text', new Blob([text]), format)).rows
}

const stagesOf = ({ pipeline }: Fields): number => (Array.isArray(pipeline) ? pipeline.length : 1)
const replicasOf = ({ trust }: Fields): number => Number((trust as { replicas?: number } | undefined)?.replicas ?? 1)

const titleOf = ({ task, inputs, program }: TaskFlags): string => {
  const file = [task, inputs, program].find((path) => path !== undefined && path !== '-')
  return file === undefined ? 'A task' : basename(file, extname(file))
}
