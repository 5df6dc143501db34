import { type Client, taskFailures } from '@oblivion/client'
import type { ChunkFailure } from '@oblivion/core'

/** How many failed chunks stand on a page. */
const failedPerPage = 25

/** The indexes of failed chunks in pages, by the letters of all chunks as `get_task` gives them. */
export function failedPages(letters: string): number[][] {
  const pages: number[][] = []
  for (let index = letters.indexOf('f'); index !== -1; index = letters.indexOf('f', index + 1)) {
    const last = pages.at(-1)
    if (last === undefined || last.length === failedPerPage) pages.push([index])
    else last.push(index)
  }
  return pages
}

/** The page on which a chunk stands; none where it has not failed. */
export function pageOf(pages: readonly (readonly number[])[], index: number): readonly number[] | undefined {
  return pages.find((page) => index <= (page.at(-1) ?? -1))
}

type ReadFailuresParameters = { taskId: string; indexes: readonly number[]; signal: AbortSignal }

/** What was confirmed of these chunks, by index; one that is missing failed in words that nobody confirmed. */
export async function readFailures(
  client: Client,
  { taskId, indexes, signal }: ReadFailuresParameters,
): Promise<ReadonlyMap<number, readonly ChunkFailure[]>> {
  const found = new Map<number, ChunkFailure[]>(indexes.map((index) => [index, []]))
  const last = indexes.at(-1) ?? -1
  let after: number | null = (indexes[0] ?? 0) - 1
  while (after !== null && after < last) {
    // A chunk between two of these may have been done after one of its replicas failed: pages need not be ours.
    const page = await taskFailures(client, { taskId, after, limit: failedPerPage, signal })
    for (const failure of page.failures) found.get(failure.chunkIndex)?.push(failure)
    after = page.next
  }
  return found
}
