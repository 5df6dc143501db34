import { readStoredResult, taskResults, tryAgain } from '@oblivion/client'
import { type ChunkResult, canonicalJson, sha256Hex, UnexpectedAnswerError } from '@oblivion/core'
import type { Customer } from './openCustomer.ts'

export interface Result {
  /** All but what the program returned. */
  readonly facts: Omit<ChunkResult, 'result'>
  /**
   * What the program returned, as canonical JSON (RFC 8785): the bytes whose SHA-256 is `facts.resultHash`. A large one
   * comes from Storage when it is asked for.
   *
   * @throws {UnexpectedAnswerError} `OB105` where it has another hash.
   */
  readonly text: () => Promise<string>
}

export interface EachResultParameters {
  readonly taskId: string
  /** Only chunks with a higher index. */
  readonly after: number
  readonly signal: AbortSignal
}

/** The accepted results of a task by chunk, page by page; a page or a file that did not come is asked for once more. */
export async function* eachResult(
  { client, options }: Customer,
  { taskId, after, signal }: EachResultParameters,
): AsyncGenerator<Result> {
  for (let next: number | null = after; next !== null; ) {
    const from: number = next
    const page = await tryAgain(() => taskResults(client, { taskId, after: from, signal }), signal)
    for (const { result, ...facts } of page.results) {
      const { resultHash, storedBytes } = facts
      yield {
        facts,
        text: async () =>
          storedBytes === null
            ? checked(canonicalJson(result), resultHash)
            : await tryAgain(() => readStoredResult(options, { resultHash, signal }), signal),
      }
    }
    next = page.next
  }
}

const checked = (text: string, resultHash: string): string => {
  if (sha256Hex(text) === resultHash) return text
  throw new UnexpectedAnswerError({ values: { call: 'task_results', field: 'resultHash' } })
}
