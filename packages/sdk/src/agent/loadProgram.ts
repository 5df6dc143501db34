import { NetworkUnreachableError, UnexpectedAnswerError } from '@oblivion/core'
import { sha256 } from './sha256.ts'

/** Hash of each built-in by name, written in at build time. */
export type ProgramHashes = Readonly<Record<string, string>>

/**
 * Fetches a built-in's text from beside this script, once, and checks that it has the hash it is named after.
 *
 * @throws {NetworkUnreachableError} `OB101`, worth another try; {UnexpectedAnswerError} `OB105` where it is another text.
 */
export const createProgramLoader = (
  hashes: ProgramHashes,
  fetchText: (path: string) => Promise<string>,
): ((name: string) => Promise<string | null>) => {
  const loaded = new Map<string, string>()
  return async (name) => {
    const hash = Object.hasOwn(hashes, name) ? hashes[name] : undefined
    if (hash === undefined) return null
    const known = loaded.get(hash)
    if (known !== undefined) return known
    const call = `programs/${hash}.js`
    let source: string
    try {
      source = await fetchText(call)
    } catch (cause) {
      throw new NetworkUnreachableError({ values: { call }, cause })
    }
    if ((await sha256(new TextEncoder().encode(source))) !== hash)
      throw new UnexpectedAnswerError({ values: { call, field: 'sha256' } })
    loaded.set(hash, source)
    return source
  }
}
