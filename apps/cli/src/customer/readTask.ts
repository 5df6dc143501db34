import { readFile } from 'node:fs/promises'
import { basename, extname } from 'node:path'
import { type Asset, createRowScanner, parseAmount, parseUsdc, type TaskDraft } from '@oblivion/core'
import { UsageError } from '../UsageError.ts'
import { wholeNumber } from '../wholeNumber.ts'

export interface TaskFlags {
  readonly task?: string | undefined
  readonly program?: string | undefined
  readonly inputs?: string | undefined
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

export interface ReadTask {
  /** Not acknowledged yet, unless its file is. */
  readonly draft: Omit<TaskDraft, 'acknowledgeVisible'> & { readonly acknowledgeVisible?: unknown }
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
  if (task.program === undefined && task.pipeline === undefined && task.type === undefined) {
    throw new UsageError('What is to be computed? Give a task file, or --program.')
  }
  const metered = task.metered !== undefined
  const given = metered ? (task.metered as { maxPricePerChunk?: unknown } | null)?.maxPricePerChunk : task.pricePerChunk
  if (given === undefined) throw new UsageError('What does a chunk pay? Give --price or --metered-cap, in USDC.')
  const price = parseAmount(String(given))
  const chunkCount = countable(
    countChunks(task),
    'Its inputs or its range make no chunks: a range ends behind its start, and its step is above 0.',
  )
  const stages = countable(stagesOf(task), 'A pipeline has at least one stage.')
  const replicas = countable(replicasOf(task), 'trust.replicas is a whole number from 1 to 5.')
  const jobCount = countable(chunkCount * stages * replicas, 'These are more jobs than can be counted.')
  const cost = price * BigInt(jobCount)
  const budget = task.budget === undefined ? cost : parseAmount(String(task.budget))
  const pay = metered ? { metered: { maxPricePerChunk: price } } : { pricePerChunk: price }
  const draft = { title: titleOf(flags), ...task, ...pay, budget } as unknown as ReadTask['draft']
  return { draft, asset: (task.asset ?? 'chain') as Asset, chunkCount, jobCount, price, metered, cost }
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
    ...(flags.inputs === undefined ? {} : { inputs: await readInputs(flags.inputs), range: undefined }),
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

const read = async (path: string): Promise<Buffer> => {
  try {
    return await readFile(path)
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException
    throw new UsageError(
      code === 'ENOENT' ? `There is no file ${path} here.` : `${path} cannot be read: ${code ?? String(cause)}.`,
    )
  }
}

const parse = (path: string, text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw new UsageError(`${path} is not JSON: ${(cause as Error).message}.`)
  }
}

const readObject = async (path: string): Promise<Fields> => {
  const value = parse(path, (await read(path)).toString('utf8'))
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
      return { kind: 'js', source: (await read(word)).toString('utf8') }
    case '.wasm':
      return {
        kind: 'wasm',
        source: (await read(word)).toString('base64'),
        ...(maxMemoryMiB === undefined ? {} : { maxMemoryMiB }),
      }
    case '':
      return { kind: 'builtin', name: word }
    default:
      throw new UsageError(`${word} is neither a .js, .mjs or .wasm file nor the name of a built-in program.`)
  }
}

const readInputs = async (path: string): Promise<unknown> => {
  if (path === '-') return { format: 'ndjson', text: await readStandardInput() }
  const text = (await read(path)).toString('utf8')
  const format = extname(path)
  if (format === '.csv') return { format: 'csv', text }
  if (format === '.ndjson' || format === '.jsonl') return { format: 'ndjson', text }
  const value = parse(path, text)
  if (Array.isArray(value)) return value
  throw new UsageError(`${path} holds no JSON list; one value a line is .ndjson, a table .csv.`)
}

const readStandardInput = async (): Promise<string> => {
  const pieces: Buffer[] = []
  for await (const piece of process.stdin) pieces.push(piece as Buffer)
  return Buffer.concat(pieces).toString('utf8')
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

const countChunks = ({ inputs, range }: Fields): number => {
  if (Array.isArray(inputs)) return inputs.length
  if (typeof range === 'object' && range !== null) {
    const { start = 0, end, step = 1 } = range as { start?: number; end?: number; step?: number }
    return Math.ceil((Number(end) - Number(start)) / Number(step))
  }
  const { format, text } = (inputs ?? {}) as { format?: string; text?: string }
  if (typeof text !== 'string' || (format !== 'ndjson' && format !== 'csv')) {
    throw new UsageError('What is it computed from? Give --inputs or --range.')
  }
  const scanner = createRowScanner(format)
  const rows = (scanner.push(Buffer.from(text)).length + scanner.end().rows.length) / 2
  // The first record names the columns.
  return format === 'csv' ? Math.max(0, rows - 1) : rows
}

const stagesOf = ({ pipeline }: Fields): number => (Array.isArray(pipeline) ? pipeline.length : 1)
const replicasOf = ({ trust }: Fields): number => Number((trust as { replicas?: number } | undefined)?.replicas ?? 1)

const titleOf = ({ task, inputs, program }: TaskFlags): string => {
  const file = [task, inputs, program].find((path) => path !== undefined && path !== '-')
  return file === undefined ? 'A task' : basename(file, extname(file))
}
