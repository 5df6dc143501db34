/** How often the page's thread is looked at. */
const LOOK_MS = 500
/** A look that comes this much too late: somebody on the page wanted the thread, and a frame or a key had to wait. */
const LATE_MS = 200
/** Quiet for so long, the page is taken for idle again. */
const QUIET_MS = 5000

/**
 * Tells when the page's own thread becomes busy, and when it is idle again: then a guest should not heat the machine as
 * well. By late timers, which every browser has; a hidden page's are late by design and say nothing.
 *
 * @returns Ends it.
 */
export const watchPage = (tell: (busy: boolean) => void): (() => void) => {
  let expected = performance.now() + LOOK_MS
  let busyUntil = 0
  let busy = false
  const timer = setInterval(() => {
    const now = performance.now()
    const late = now - expected
    expected = now + LOOK_MS
    if (document.visibilityState === 'hidden') busyUntil = 0
    else if (late > LATE_MS) busyUntil = now + QUIET_MS
    if (busy === now < busyUntil) return
    busy = !busy
    tell(busy)
  }, LOOK_MS)
  return () => clearInterval(timer)
}
