import { type FromJob, fieldsOf, MAX_CHECKPOINT, MAX_ERROR } from '../sandbox/messages.ts'

/** What a job's process says, a line of JSON each: `up` once it waits for its order. */
export type FromDeno =
  | { readonly up: true }
  | Exclude<FromJob, { readonly paced: number }>
  /** Of a result that is too long to be told. */
  | { readonly length: number }

/**
 * Reads a line as a stranger's: our own script writes it, in a realm that the program has to itself and can poison.
 *
 * @returns null where it is none of ours.
 */
export const readFromDeno = (line: string): FromDeno | null => {
  const { up, progress, rested, checkpoint, text, error, length } = fieldsOf(parse(line))
  if (up === true) return { up }
  if (typeof error === 'string') return { error: error.slice(0, MAX_ERROR) }
  if (typeof length === 'number') return { length }
  if (typeof checkpoint === 'string' && checkpoint.length <= MAX_CHECKPOINT) return { checkpoint }
  if (typeof rested !== 'number') return null
  if (typeof text === 'string') return { text, rested }
  return typeof progress === 'number' ? { progress, rested } : null
}

const parse = (line: string): unknown => {
  try {
    return JSON.parse(line)
  } catch {
    return null
  }
}
