import { type Client, storedHash, taskInputs } from '@oblivion/client'

type DownloadParameters = {
  taskId: string
  signal: AbortSignal
  /** The JSON text of an input that lies in Storage, by its hash. */
  readStored: (hash: string) => Promise<string>
  /** How many inputs are here. */
  onProgress: (count: number) => void
}

/** Reads back all inputs of a task, a hundred a call, and answers them as a JSON list. */
export async function downloadInputs(client: Client, parameters: DownloadParameters): Promise<Blob> {
  const { taskId, signal, readStored, onProgress } = parameters
  const parts: BlobPart[] = []
  let count = 0
  for (let after: number | null = -1; after !== null; ) {
    const { inputs, next } = await taskInputs(client, { taskId, after, limit: 100, signal })
    for (const { input } of inputs) {
      const hash = storedHash(input)
      const text = `${count === 0 ? '[' : ','}\n${hash === null ? JSON.stringify(input) : await readStored(hash)}`
      // A large one goes out of the page's memory at once.
      parts.push(hash === null ? text : new Blob([text]))
      count += 1
      onProgress(count)
    }
    after = next
  }
  return new Blob([...parts, count === 0 ? '[]\n' : '\n]\n'], { type: 'application/json' })
}
