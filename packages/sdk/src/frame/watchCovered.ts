import { watchVisible } from './watchVisible.ts'

/** How long what is shown may be covered, cut or out of view before the worker rests, in milliseconds. */
const COVERED_MS = 5000
/** Out of sight for a second is made good by so many in sight. */
const FORGIVING = 6

export interface CoverWatch {
  /** Looks at this element from now on, in place of the one before. */
  readonly look: (element: Element) => void
  /** Nothing computes any more: all is forgotten. */
  readonly end: () => void
}

/**
 * Tells when the worker has to rest since nobody can see it (threat A9), and when it may go on. One watch for as long as it
 * computes, whatever is shown. The time out of sight adds up: a page that covers the badge for four seconds again and again,
 * or shows it for moments, gets no more than one that covers it for good. Until the browser has told that a thing is seen it
 * is not. A tab that is not in front is another matter, and its own rule: there the time stands still.
 */
export const createCoverWatch = (tell: (covered: boolean) => void): CoverWatch => {
  let unwatch = (): void => {}
  let timer: ReturnType<typeof setTimeout> | undefined
  let seen = false
  let covered = false
  let front = false
  let at = 0
  /** Out of sight and not made good yet. */
  let unseenMs = 0

  const update = (now: boolean): void => {
    const passed = front ? performance.now() - at : 0
    at = performance.now()
    unseenMs = seen ? Math.max(0, unseenMs - passed / FORGIVING) : Math.min(COVERED_MS, unseenMs + passed)
    front = document.visibilityState === 'visible'
    seen = now
    clearTimeout(timer)
    if (!seen && front && unseenMs < COVERED_MS) timer = setTimeout(look, COVERED_MS - unseenMs)
    if (covered === (!seen && unseenMs >= COVERED_MS)) return
    covered = !covered
    tell(covered)
  }
  const look = (): void => update(seen)

  return {
    look: (element) => {
      unwatch()
      document.addEventListener('visibilitychange', look)
      update(false)
      unwatch = watchVisible(element, update)
    },
    end: () => {
      unwatch()
      document.removeEventListener('visibilitychange', look)
      clearTimeout(timer)
      if (covered) tell(false)
      seen = covered = front = false
      unseenMs = 0
    },
  }
}
