import { isTransient } from '@oblivion/client'

/** Asks once more where an answer did not come. */
export const twice = async <T>(ask: () => Promise<T>): Promise<T> => {
  try {
    return await ask()
  } catch (error) {
    if (!isTransient(error)) throw error
    return ask()
  }
}
