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

/**
 * Reads a stored input, or the stored result of the stage before, as the node that holds the job, and believes it only
 * where its bytes have the hash that names it. In a tab a file of its own, which only a job with such makes it load.
 *
 * @returns The input as the program gets it.
 * @throws {NetworkUnreachableError} `OB101`, worth another try; {ProgramFailedError} `OB205` where there are no such
 *   bytes, or they are no JSON: the customer's fault, and no other node's luck.
 */
export const readInput = async (
  { supabaseUrl, supabaseKey, nodeKey }: InputSource,
  job: OfferedJob,
): Promise<unknown> => {
  const inputUrl = job.inputUrl ?? ''
  const fault = (text: string): ProgramFailedError => new ProgramFailedError({ values: { program: '', text } })
  const response = await fetch(`${supabaseUrl}/storage/v1/object/authenticated/${inputUrl}`, {
    headers: { apikey: supabaseKey, authorization: `Bearer ${supabaseKey}`, 'x-node-key': nodeKey },
    credentials: 'omit',
    redirect: 'error',
    signal: AbortSignal.timeout(READ_MS),
  }).catch(unreachable)
  if (response.status >= 500 || response.status === 429) return unreachable(response.status)
  if (!response.ok) throw fault('Its stored input is not there.')
  const bytes = new Uint8Array(await response.arrayBuffer().catch(unreachable))
  if ((await sha256(bytes)) !== inputUrl.slice(-64)) throw fault('Its stored input has another hash than its name.')
  let value: unknown
  try {
    value = JSON.parse(new TextDecoder().decode(bytes))
  } catch {
    throw fault('Its stored input is no JSON.')
  }
  if (isDeep(value, MAX_DEPTH)) throw fault(`Its stored input is nested deeper than ${MAX_DEPTH} levels.`)
  return job.input === null ? value : { ...job.input, previous: value }
}

/** What is nested some 4,000 levels deep cannot be passed to the program's thread. */
const isDeep = (value: unknown, levels: number): boolean =>
  typeof value === 'object' &&
  value !== null &&
  (levels === 0 || Object.values(value).some((member) => isDeep(member, levels - 1)))

const unreachable = (cause: unknown): never => {
  throw new NetworkUnreachableError({ values: { call: 'input' }, cause })
}
