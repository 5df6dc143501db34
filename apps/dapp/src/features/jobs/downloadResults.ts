import { type Client, taskResults } from '@oblivion/client'
import { type ResultFormat, resultFile } from './resultFile.ts'

type DownloadParameters = {
  taskId: string
  stage: number | undefined
  format: ResultFormat
  signal: AbortSignal
  /** How many results are here. */
  onProgress: (count: number) => void
}

/** Reads all results that there are so far, a hundred a call, and answers them as one file. */
export async function downloadResults(client: Client, parameters: DownloadParameters): Promise<Blob> {
  const { taskId, stage, format, signal, onProgress } = parameters
  const { type, head, page, tail } = resultFile[format]
  const parts: BlobPart[] = [head]
  let count = 0
  for (let after: number | null = -1; after !== null; ) {
    const { results, next } = await taskResults(client, { taskId, stage, after, limit: 100, signal })
    parts.push(page(results, count === 0))
    count += results.length
    onProgress(count)
    after = next
  }
  return new Blob([...parts, tail], { type })
}
