import { readStoredInput, storedHash, taskInputs, tryAgain } from '@oblivion/client'
import type { Customer } from './openCustomer.ts'

export interface EachInputParameters {
  readonly taskId: string
  /** The wallet that posted it, in whose folder large inputs lie. */
  readonly address: string
  readonly signal: AbortSignal
}

/** The inputs of a task by chunk, each as JSON text; a page or a file that did not come is asked for again. */
export async function* eachInput(
  { client, options }: Customer,
  { taskId, address, signal }: EachInputParameters,
): AsyncGenerator<string> {
  for (let next: number | null = -1; next !== null; ) {
    const after: number = next
    const page = await tryAgain(() => taskInputs(client, { taskId, after, signal }))
    for (const { input } of page.inputs) {
      const hash = storedHash(input)
      yield hash === null
        ? JSON.stringify(input)
        : await tryAgain(() => readStoredInput(options, { address, hash, signal }))
    }
    next = page.next
  }
}
