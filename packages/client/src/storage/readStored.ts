import { sha256Hex, UnexpectedAnswerError } from '@oblivion/core'
import type { ClientOptions } from '../openClient.ts'
import { askStorage, refusedBy, type StorageCall } from './askStorage.ts'

/** The text of an object of Storage that is named by the SHA-256 of its bytes, once it was held against it. */
export const readStored = async (
  options: ClientOptions,
  { call, folder, hash, field }: { call: string; folder: string; hash: string; field: string },
  limits: StorageCall,
): Promise<string> => {
  const answer = await askStorage(options, { call, path: `authenticated/${folder}/${hash}` }, limits)
  if (!answer.ok) throw refusedBy(call, answer)
  if (sha256Hex(answer.bytes) !== hash) throw new UnexpectedAnswerError({ values: { call, field } })
  return new TextDecoder().decode(answer.bytes)
}
