import { type Client, type ClientOptions, eachResult } from '@oblivion/client'
import { type ResultFormat, resultFile } from './resultFile.ts'

type DownloadParameters = {
  taskId: string
  storage: ClientOptions
  stage: number | undefined
  format: ResultFormat
  signal: AbortSignal
  /** How many results are here. */
  onProgress: (count: number) => void
}

/** Reads all results that there are so far, each held against its hash, and answers them as one file. */
export async function downloadResults(client: Client, parameters: DownloadParameters): Promise<Blob> {
  const { format, onProgress, ...which } = parameters
  const { type, head, page, tail } = resultFile[format]
  const parts: BlobPart[] = [head]
  let count = 0
  for await (const { facts, text } of eachResult(client, which)) {
    const line = page([{ ...facts, result: JSON.parse(await text()) }], count === 0)
    // A large one goes out of the page's memory at once.
    parts.push(facts.storedBytes === null ? line : new Blob([line]))
    count += 1
    onProgress(count)
  }
  return new Blob([...parts, tail], { type })
}
