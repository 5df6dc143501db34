import { taskInputs } from '../actions/taskInputs.ts'
import type { Client } from '../Client.ts'
import type { ClientOptions } from '../openClient.ts'
import { tryAgain } from '../tryAgain.ts'
import { readStoredInput } from './readStoredInput.ts'
import { storedHash } from './storedHash.ts'

export interface EachInputParameters {
  readonly taskId: string
  /** As whom Storage is asked: what the client was made with. */
  readonly storage: ClientOptions
  /** The wallet that posted it, in whose folder large inputs lie: `myBalance` names that of an API key. */
  readonly address: string
  readonly signal?: AbortSignal | undefined
}

/**
 * The inputs of one of the caller's tasks by ascending chunk, each as JSON text: a hundred a call. A page or a file that did
 * not come is asked for again, three times in all.
 *
 * @throws what `taskInputs` and `readStoredInput` throw.
 * @example for await (const text of eachInput(client, { taskId, storage: options, address })) console.log(text)
 */
export async function* eachInput(
  client: Client,
  { taskId, storage, address, signal }: EachInputParameters,
): AsyncGenerator<string> {
  for (let next: number | null = -1; next !== null; ) {
    const after: number = next
    const page = await tryAgain(() => taskInputs(client, { taskId, after, signal }), signal)
    for (const { input } of page.inputs) {
      const hash = storedHash(input)
      yield hash === null
        ? JSON.stringify(input)
        : await tryAgain(() => readStoredInput(storage, { address, hash, signal }), signal)
    }
    next = page.next
  }
}
