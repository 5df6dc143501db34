/**
 * Asks in a small window of ours, where the browser cannot tell whether our frame is covered: there nothing of the page can
 * lie over the question. The answer counts once, from that very window, under the number that it was given.
 */

/** What the window tells the frame that opened it. */
export interface WindowAnswer {
  readonly type: 'oblivion:consent'
  readonly nonce: string
  readonly answer: 'yes' | 'no'
  readonly cpu: number
}

const isAnswer = (data: unknown): data is WindowAnswer => {
  const { type, nonce, answer, cpu } = Object(data) as Record<string, unknown>
  return (
    type === 'oblivion:consent' &&
    typeof nonce === 'string' &&
    (answer === 'yes' || answer === 'no') &&
    typeof cpu === 'number' &&
    cpu >= 0.05 &&
    cpu <= 1
  )
}

export type AskOutcome =
  | { readonly kind: 'answer'; readonly answer: 'yes' | 'no'; readonly cpu: number }
  /** Closed without an answer. */
  | { readonly kind: 'closed' }
  /** The browser did not open it, or cut the tie to it (`Cross-Origin-Opener-Policy` of the page). */
  | { readonly kind: 'blocked' }

const LOOK_MS = 300

/** To be called in the click that asks for it, or the browser refuses to open a window. */
export const askInWindow = (scope: Window, siteKey: string, cpu: number): Promise<AskOutcome> =>
  new Promise((resolve) => {
    const nonce = crypto.randomUUID()
    const url = `/consent.html#${siteKey}.${nonce}.${Math.round(cpu * 100)}`
    const opened = scope.open(url, '_blank', 'popup,width=432,height=480')
    if (opened === null || opened.closed) return resolve({ kind: 'blocked' })
    const over = new AbortController()
    const end = (outcome: AskOutcome): void => {
      over.abort()
      clearInterval(looking)
      resolve(outcome)
    }
    const looking = setInterval(() => opened.closed && end({ kind: 'closed' }), LOOK_MS)
    scope.addEventListener(
      'message',
      ({ source, origin, data }) => {
        if (source !== opened || origin !== scope.location.origin || !isAnswer(data) || data.nonce !== nonce) return
        end({ kind: 'answer', answer: data.answer, cpu: data.cpu })
      },
      over,
    )
  })
