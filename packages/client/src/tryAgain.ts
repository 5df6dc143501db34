import { isTransient } from './isTransient.ts'

const TRIES = 3

/**
 * Asks, and where an answer did not come asks again at once, three times in all: for what is safe to repeat.
 *
 * @example const page = await tryAgain(() => taskResults(client, { taskId, after, signal }), signal)
 */
export const tryAgain = async <T>(ask: () => Promise<T>, signal?: AbortSignal): Promise<T> => {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await ask()
    } catch (error) {
      if (attempt === TRIES || signal?.aborted || !isTransient(error)) throw error
    }
  }
}
