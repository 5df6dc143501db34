import { type Checkpoint, NetworkUnreachableError, type OfferedJob, ProgramFailedError } from '@oblivion/core'
import { askStorage, type NodeAddress } from './askStorage.ts'
import { sha256 } from './sha256.ts'

/** 16 MiB over a slow line. */
const READ_MS = 120_000
/** As of every value in a chunk. */
const MAX_DEPTH = 64
const OWN = 'Its stored input'

/**
 * Reads what lies in Storage of a job, as the node that holds it: its chunk's own input, the result of the stage before, the
 * state that it can be gone on from. It is believed only where its bytes have the hash that names it. In a tab a file of its
 * own, which only a job with such makes it load.
 *
 * @param drop - Ends the reading.
 * @returns The job with all of it; without the state where that is gone or others: it is begun anew then.
 * @throws {NetworkUnreachableError} `OB101`, worth another try, also where `drop` ended it; {ProgramFailedError} `OB205` where there are no such
 *   bytes for its input, or they are no JSON: the customer's fault, and no other node's luck.
 */
export const readStored = async (address: NodeAddress, job: OfferedJob, drop: AbortSignal): Promise<OfferedJob> => {
  const read = (url: string, what: string): Promise<Stored> => readJson(address, url, what, drop)
  return {
    ...job,
    input: await readInput(read, job),
    checkpoint: job.checkpoint?.url ? await readState(read, job.checkpoint) : (job.checkpoint ?? null),
  }
}

interface Stored {
  readonly text: string
  readonly value: unknown
}
type Read = (url: string, what: string) => Promise<Stored>

const readInput = async (read: Read, { input, inputUrl }: OfferedJob): Promise<unknown> => {
  if (typeof inputUrl === 'string') return (await read(inputUrl, OWN)).value
  const { input: own, previous } = inputUrl ?? {}
  if (!own && !previous) return input
  const before = 'The stored result of the stage before it'
  return {
    ...(input as object),
    ...(own && { input: (await read(own, OWN)).value }),
    ...(previous && { previous: (await read(previous, before)).value }),
  }
}

const readState = async (read: Read, { url, hash }: Checkpoint): Promise<Checkpoint | null> => {
  try {
    return { hash, state: (await read(url ?? '', 'Its state')).text }
  } catch {
    return null
  }
}

const readJson = async (address: NodeAddress, url: string, what: string, drop: AbortSignal): Promise<Stored> => {
  const fault = (text: string): ProgramFailedError =>
    new ProgramFailedError({ values: { program: '', text: `${what} ${text}.` } })
  const signal = AbortSignal.any([drop, AbortSignal.timeout(READ_MS)])
  const response = await askStorage(address, `authenticated/${url}`, { signal }).catch(unreachable)
  if (response.status >= 500 || response.status === 429) return unreachable(response.status)
  if (!response.ok) throw fault('is not there')
  const bytes = new Uint8Array(await response.arrayBuffer().catch(unreachable))
  if ((await sha256(bytes)) !== url.slice(-64)) throw fault('has another hash than its name')
  const text = new TextDecoder().decode(bytes)
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    throw fault('is no JSON')
  }
  if (isDeep(value, MAX_DEPTH)) throw fault(`is nested deeper than ${MAX_DEPTH} levels`)
  return { text, value }
}

/** What is nested some 4,000 levels deep cannot be passed to the program's thread. */
const isDeep = (value: unknown, levels: number): boolean =>
  typeof value === 'object' &&
  value !== null &&
  (levels === 0 || Object.values(value).some((member) => isDeep(member, levels - 1)))

const unreachable = (cause: unknown): never => {
  throw new NetworkUnreachableError({ values: { call: 'input' }, cause })
}
