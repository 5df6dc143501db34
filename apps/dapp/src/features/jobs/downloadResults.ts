import { type Client, taskResults } from '@oblivion/client'
import { type ResultFormat, resultFile } from './resultFile.ts'

type DownloadParameters = {
  taskId: string
  stage: number | undefined
  format: ResultFormat
  signal: AbortSignal
  /** The JSON text of a result that lies in Storage, by its hash. */
  readStored: (resultHash: string) => Promise<string>
  /** How many results are here. */
  onProgress: (count: number) => void
}

/** Reads all results that there are so far, a hundred a call, and answers them as one file. */
export async function downloadResults(client: Client, parameters: DownloadParameters): Promise<Blob> {
  const { taskId, stage, format, signal, readStored, onProgress } = parameters
  const { type, head, page, tail } = resultFile[format]
  const parts: BlobPart[] = [head]
  let count = 0
  for (let after: number | null = -1; after !== null; ) {
    const { results, next } = await taskResults(client, { taskId, stage, after, limit: 100, signal })
    for (const result of results) {
      const stored = result.storedBytes === null ? null : await readStored(result.resultHash)
      const text = page([stored === null ? result : { ...result, result: JSON.parse(stored) }], count === 0)
      // A large one goes out of the page's memory at once.
      parts.push(stored === null ? text : new Blob([text]))
      count += 1
      onProgress(count)
    }
    after = next
  }
  return new Blob([...parts, tail], { type })
}
