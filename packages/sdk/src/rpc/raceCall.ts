import type { Ended, Outcome } from './Outcome.ts'

export interface CallLimits {
  /** Milliseconds; none where absent, for calls that take as long as a program runs. */
  readonly deadlineMs?: number | undefined
  readonly signal?: AbortSignal | undefined
}

/** What a connection knows of its end, and who waits for it. */
export interface Line {
  over: Ended | null
  readonly waiting: Set<(ended: Ended) => void>
}

export const openLine = (): Line => ({ over: null, waiting: new Set() })

/** Ends every call that waits on the line, and every later one, the same way. */
export const endLine = (line: Line, ended: Ended): void => {
  if (line.over) return
  line.over = ended
  for (const settle of [...line.waiting]) settle(ended)
}

/**
 * Makes a call that may never be answered (comlink leaves a call pending for ever when the other side is terminated, closes
 * itself, fails to load, or its proxy is released) end exactly once, by whatever comes first.
 */
export const raceCall = <T>(
  line: Line,
  invoke: () => PromiseLike<T>,
  { deadlineMs, signal }: CallLimits = {},
): Promise<Outcome<T>> =>
  new Promise((resolve) => {
    if (line.over) return resolve(line.over)
    if (signal?.aborted) return resolve({ kind: 'aborted' })
    let timer: ReturnType<typeof setTimeout> | undefined
    const settle = (outcome: Outcome<T>): void => {
      clearTimeout(timer)
      line.waiting.delete(settle)
      signal?.removeEventListener('abort', giveUp)
      resolve(outcome)
    }
    const giveUp = (): void => settle({ kind: 'aborted' })
    line.waiting.add(settle)
    signal?.addEventListener('abort', giveUp)
    // In two steps: where both came due while the device slept, an answer that lay waiting comes between them.
    if (deadlineMs !== undefined) {
      timer = setTimeout(() => {
        timer = setTimeout(settle, deadlineMs / 4, { kind: 'timeout' })
      }, deadlineMs * 0.75)
    }
    try {
      invoke().then(
        (value) => settle({ kind: 'value', value }),
        (error: unknown) => settle({ kind: 'threw', error }),
      )
    } catch (error) {
      // Arguments that cannot be cloned throw at once.
      settle({ kind: 'threw', error })
    }
  })
