import { watchVisible } from './watchVisible.ts'

/** How long the card must have been seen, and our frame have stood still, before a click counts. */
const SEEN_MS = 1000
/** The pointer has been over the card for so long: a frame that is moved under a cursor has not. */
const DWELL_MS = 400
/** The browser looks every 100 ms, so what lay over the card at the moment of the click is known a little later. */
const AFTER_MS = 250

/** The card is looked at as so many bands from top to bottom, and the pointer has to have been over so many of them. */
const BANDS = 6
const CROSSED = 3

export interface ClickGuard {
  /**
   * Whether the pointer came over what is written on the card. The browser does not tell that a frame is cut by `clip-path`
   * (tried in Chromium 156): a page could leave nothing to be seen of it but a bit of a button. A cut frame has no
   * card to come over. Who came by touch or keyboard, or right to the button, is asked once more in a window.
   */
  readonly cameAcross: () => boolean
  /** Whether a person could mean this click. Resolves a quarter of a second after it. */
  readonly allows: (event: MouseEvent) => Promise<boolean>
  readonly close: () => void
}

/**
 * Decides whether a click in our frame was meant for what is written there (threat A9): a real one, on a card that has been
 * wholly visible and uncovered for a second, in a frame that did not move meanwhile.
 *
 * @param onLive Told whether a click would count now.
 */
export const guardClick = (
  card: Element,
  scope: Window,
  now: () => number,
  onLive: (live: boolean) => void,
): ClickGuard => {
  const over = new AbortController()
  let seenSince = Number.POSITIVE_INFINITY
  let stillSince = now()
  let pointerSince = Number.POSITIVE_INFINITY
  let place: readonly [number, number] | null = null
  let timer: ReturnType<typeof setTimeout> | undefined
  const bands = new Set<number>()

  const seen = (visible: boolean): void => {
    clearTimeout(timer)
    if (!visible) seenSince = Number.POSITIVE_INFINITY
    else if (seenSince === Number.POSITIVE_INFINITY) seenSince = now()
    onLive(false)
    if (visible) timer = setTimeout(() => onLive(true), Math.max(0, seenSince + SEEN_MS - now()))
  }
  const unwatch = watchVisible(card, seen)
  /** Where our frame lies on the screen, by what a pointer tells of itself; a cross-origin frame has no other way. */
  const look = ({ screenX, screenY, clientX, clientY, isTrusted }: MouseEvent): void => {
    const here = [screenX - clientX, screenY - clientY] as const
    const moved = place !== null && Math.abs(here[0] - place[0]) + Math.abs(here[1] - place[1]) > 4
    if (moved) {
      bands.clear()
      stillSince = now()
      pointerSince = now()
    }
    place = here
    if (isTrusted) bands.add(Math.floor((clientY / scope.innerHeight) * BANDS))
  }
  const options = { signal: over.signal, capture: true }
  scope.document.addEventListener(
    'pointerover',
    (event) => {
      look(event)
      if (pointerSince === Number.POSITIVE_INFINITY) pointerSince = now()
    },
    options,
  )
  scope.document.addEventListener('pointermove', look, options)
  scope.document.addEventListener(
    'pointerleave',
    ({ target }) => {
      if (target !== scope.document && target !== scope.document.documentElement) return
      pointerSince = Number.POSITIVE_INFINITY
      // A page may cut the frame now: what the pointer came over before, it need not come over again.
      bands.clear()
    },
    options,
  )

  return {
    cameAcross: () => bands.size >= CROSSED,
    allows: async (event) => {
      if (!event.isTrusted) return false
      const at = now()
      // By the keyboard there is no pointer to move a frame under.
      const byPointer = event.detail > 0
      if (byPointer) look(event)
      if (at - seenSince < SEEN_MS) return false
      const touched = (event as PointerEvent).pointerType === 'touch'
      if (byPointer && (at - stillSince < SEEN_MS || (!touched && at - pointerSince < DWELL_MS))) return false
      await new Promise((resolve) => setTimeout(resolve, AFTER_MS))
      return seenSince <= at
    },
    close: () => {
      clearTimeout(timer)
      over.abort()
      unwatch()
    },
  }
}
