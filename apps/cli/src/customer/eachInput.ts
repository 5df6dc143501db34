import { readStoredInput, storedHash, taskInputs } from '@oblivion/client'
import type { Customer } from './openCustomer.ts'
import { twice } from './twice.ts'

export interface EachInputParameters {
  readonly taskId: string
  /** The wallet that posted it, in whose folder large inputs lie. */
  readonly address: string
  readonly signal: AbortSignal
}

/** The inputs of a task by chunk, each as JSON text; a page or a file that did not come is asked for once more. */
export async function* eachInput(
  { client, options }: Customer,
  { taskId, address, signal }: EachInputParameters,
): AsyncGenerator<string> {
  for (let next: number | null = -1; next !== null; ) {
    const after: number = next
    const page = await twice(() => taskInputs(client, { taskId, after, signal }))
    for (const { input } of page.inputs) {
      const hash = storedHash(input)
      yield hash === null
        ? JSON.stringify(input)
        : await twice(() => readStoredInput(options, { address, hash, signal }))
    }
    next = page.next
  }
}
