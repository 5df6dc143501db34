import { type Client, type EachInputParameters, eachInput } from '@oblivion/client'
import { inputLimits } from '@oblivion/core'

/** Reads back all inputs of a task, and answers them as a JSON list. `onProgress` is told how many are here. */
export async function downloadInputs(
  client: Client,
  { onProgress, ...which }: EachInputParameters & { onProgress: (count: number) => void },
): Promise<Blob> {
  const parts: BlobPart[] = []
  let count = 0
  for await (const text of eachInput(client, which)) {
    const part = `${count === 0 ? '[' : ','}\n${text}`
    // A large one goes out of the page's memory at once.
    parts.push(part.length <= inputLimits.inline ? part : new Blob([part]))
    count += 1
    onProgress(count)
  }
  return new Blob([...parts, count === 0 ? '[]\n' : '\n]\n'], { type: 'application/json' })
}
