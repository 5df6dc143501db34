import { NetworkUnreachableError, type Program, UnexpectedAnswerError } from '@oblivion/core'
import type { JobOrder } from '../sandbox/messages.ts'
import { sha256 } from './sha256.ts'

/** Hashes of the files beside this script, written in at build time: each built-in by name, and what customers' programs need. */
export interface ProgramHashes {
  readonly builtins: Readonly<Record<string, string>>
  readonly js: string
  readonly wasm: string
}

/** A program as the sandbox takes it. */
export type LoadedProgram = Pick<JobOrder, 'source' | 'support' | 'maxMemoryMiB'>

/** The program, or null where this build has no built-in of that name. */
export type LoadProgram = (
  program: Program,
  /** The bytes of a customer's program, from the server. */
  fetchStored: (hash: string) => Promise<Uint8Array<ArrayBuffer>>,
) => Promise<LoadedProgram | null>

/** As many customers' programs are kept. */
const KEPT = 8
const decoder = new TextDecoder('utf-8', { fatal: true })

/**
 * Fetches programs, each once: built-ins from beside this script, customers' from the server; and checks that each has the
 * hash that it is named by.
 *
 * @throws {NetworkUnreachableError} `OB101`, worth another try; {UnexpectedAnswerError} `OB105` where it is another text;
 *   and what `fetchStored` throws.
 */
export const createProgramLoader = (
  { builtins, ...support }: ProgramHashes,
  fetchFile: (path: string) => Promise<Uint8Array<ArrayBuffer>>,
): LoadProgram => {
  const loaded = new Map<string, Uint8Array<ArrayBuffer>>()
  const load = async (
    hash: string,
    fetchBytes: (hash: string) => Promise<Uint8Array<ArrayBuffer>>,
  ): Promise<Uint8Array<ArrayBuffer>> => {
    const known = loaded.get(hash)
    if (known !== undefined) return known
    const bytes = await fetchBytes(hash)
    if ((await sha256(bytes)) !== hash) throw new UnexpectedAnswerError({ values: { call: hash, field: 'sha256' } })
    const [oldest = ''] = loaded.keys()
    if (loaded.size >= KEPT) loaded.delete(oldest)
    loaded.set(hash, bytes)
    return bytes
  }
  const file = async (hash: string): Promise<string> => {
    const call = `programs/${hash}.js`
    const fetchBytes = (): Promise<Uint8Array<ArrayBuffer>> =>
      fetchFile(call).catch((cause) => {
        throw new NetworkUnreachableError({ values: { call }, cause })
      })
    return decoder.decode(await load(hash, fetchBytes))
  }
  return async (program, fetchStored) => {
    if (program.kind === 'builtin') {
      const hash = Object.hasOwn(builtins, program.name) ? builtins[program.name] : undefined
      return hash === undefined ? null : { source: await file(hash), support: null, maxMemoryMiB: 0 }
    }
    const bytes = await load(program.hash, fetchStored)
    return {
      source: program.kind === 'js' ? decoder.decode(bytes) : bytes.slice().buffer,
      support: await file(support[program.kind]),
      maxMemoryMiB: program.kind === 'js' ? 0 : program.maxMemoryMiB,
    }
  }
}
