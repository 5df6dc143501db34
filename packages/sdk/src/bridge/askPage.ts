import type { Registration } from '@oblivion/core'

/** One question at a time over the page's port: a newer one takes the place of the one before. */
export interface PageQuestion {
  readonly ask: (hardwareId: string, signal: AbortSignal) => Promise<Registration | null>
  readonly answer: (registration: Registration | null) => void
}

/** Asks the page to register this browser's node with its session, which the bridge never sees. */
export const createPageQuestion = (send: (hardwareId: string) => void): PageQuestion => {
  let answer: (registration: Registration | null) => void = () => {}
  return {
    ask: (hardwareId, signal) => {
      answer(null)
      return new Promise((resolve) => {
        answer = resolve
        if (signal.aborted) resolve(null)
        signal.addEventListener('abort', () => resolve(null))
        send(hardwareId)
      })
    },
    answer: (registration) => answer(registration),
  }
}
