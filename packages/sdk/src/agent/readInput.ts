import { NetworkUnreachableError, type OfferedJob, ProgramFailedError } from '@oblivion/core'
import { sha256 } from './sha256.ts'

export interface InputSource {
  readonly supabaseUrl: string
  readonly supabaseKey: string
  readonly nodeKey: string
}

/** 16 MiB over a slow line. */
const READ_MS = 120_000
/** As of every value in a chunk. */
const MAX_DEPTH = 64
const OWN = 'Its stored input'

/**
 * Reads what lies in Storage of a job's input, its chunk's own and the result of the stage before, as the node that holds
 * the job, and believes it only where its bytes have the hash that names it. In a tab a file of its own, which only a job with
 * such makes it load.
 *
 * @returns The input as the program gets it.
 * @throws {NetworkUnreachableError} `OB101`, worth another try; {ProgramFailedError} `OB205` where there are no such
 *   bytes, or they are no JSON: the customer's fault, and no other node's luck.
 */
export const readInput = async (source: InputSource, { input, inputUrl }: OfferedJob): Promise<unknown> => {
  if (typeof inputUrl === 'string') return readJson(source, inputUrl, OWN)
  const { input: own, previous } = inputUrl ?? {}
  return {
    ...(input as object),
    ...(own && { input: await readJson(source, own, OWN) }),
    ...(previous && { previous: await readJson(source, previous, 'The stored result of the stage before it') }),
  }
}

const readJson = async (
  { supabaseUrl, supabaseKey, nodeKey }: InputSource,
  url: string,
  what: string,
): Promise<unknown> => {
  const fault = (text: string): ProgramFailedError =>
    new ProgramFailedError({ values: { program: '', text: `${what} ${text}.` } })
  const response = await fetch(`${supabaseUrl}/storage/v1/object/authenticated/${url}`, {
    headers: { apikey: supabaseKey, authorization: `Bearer ${supabaseKey}`, 'x-node-key': nodeKey },
    credentials: 'omit',
    redirect: 'error',
    signal: AbortSignal.timeout(READ_MS),
  }).catch(unreachable)
  if (response.status >= 500 || response.status === 429) return unreachable(response.status)
  if (!response.ok) throw fault('is not there')
  const bytes = new Uint8Array(await response.arrayBuffer().catch(unreachable))
  if ((await sha256(bytes)) !== url.slice(-64)) throw fault('has another hash than its name')
  let value: unknown
  try {
    value = JSON.parse(new TextDecoder().decode(bytes))
  } catch {
    throw fault('is no JSON')
  }
  if (isDeep(value, MAX_DEPTH)) throw fault(`is nested deeper than ${MAX_DEPTH} levels`)
  return value
}

/** What is nested some 4,000 levels deep cannot be passed to the program's thread. */
const isDeep = (value: unknown, levels: number): boolean =>
  typeof value === 'object' &&
  value !== null &&
  (levels === 0 || Object.values(value).some((member) => isDeep(member, levels - 1)))

const unreachable = (cause: unknown): never => {
  throw new NetworkUnreachableError({ values: { call: 'input' }, cause })
}
