import { type ChunkResult, canonicalJson, sha256Hex, UnexpectedAnswerError } from '@oblivion/core'
import { taskResults } from '../actions/taskResults.ts'
import type { Client } from '../Client.ts'
import type { ClientOptions } from '../openClient.ts'
import { tryAgain } from '../tryAgain.ts'
import { readStoredResult } from './readStoredResult.ts'

export interface TaskResult {
  /** All but what the program returned. */
  readonly facts: Omit<ChunkResult, 'result'>
  /**
   * What the program returned, as canonical JSON (RFC 8785): the bytes whose SHA-256 is `facts.resultHash`. A large one
   * comes from Storage when it is asked for.
   *
   * @throws {UnexpectedAnswerError} `OB105` where it has another hash, and what `readStoredResult` throws.
   */
  readonly text: () => Promise<string>
}

export interface EachResultParameters {
  readonly taskId: string
  /** As whom Storage is asked: what the client was made with. */
  readonly storage: ClientOptions
  /** Only chunks with a higher index; all where absent. */
  readonly after?: number | undefined
  /** Of this stage of a pipeline, from 0; of the last where absent. */
  readonly stage?: number | undefined
  readonly signal?: AbortSignal | undefined
}

/**
 * All accepted results of one of the caller's tasks so far, by ascending chunk: a hundred a call. A page or a file that did
 * not come is asked for again, three times in all.
 *
 * @throws what `taskResults` throws.
 * @example
 * for await (const { facts, text } of eachResult(client, { taskId, storage: options })) {
 *   await writeFile(`${facts.chunkIndex}.json`, await text())
 * }
 */
export async function* eachResult(
  client: Client,
  { taskId, storage, after = -1, stage, signal }: EachResultParameters,
): AsyncGenerator<TaskResult> {
  for (let next: number | null = after; next !== null; ) {
    const from: number = next
    const page = await tryAgain(() => taskResults(client, { taskId, after: from, stage, signal }), signal)
    for (const { result, ...facts } of page.results) {
      const { resultHash, storedBytes } = facts
      yield {
        facts,
        text: async () =>
          storedBytes === null
            ? checked(canonicalJson(result), resultHash)
            : await tryAgain(() => readStoredResult(storage, { resultHash, signal }), signal),
      }
    }
    next = page.next
  }
}

const checked = (text: string, resultHash: string): string => {
  if (sha256Hex(text) === resultHash) return text
  throw new UnexpectedAnswerError({ values: { call: 'task_results', field: 'resultHash' } })
}
