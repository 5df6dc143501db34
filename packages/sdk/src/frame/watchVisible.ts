/** IntersectionObserver v2, as Chromium has it and no other. */
interface CoverOptions extends IntersectionObserverInit {
  trackVisibility: boolean
  delay: number
}

/** Whether this browser can tell that something lies over our frame, or that it is made transparent or small. */
export const canSeeCovers = (): boolean =>
  typeof IntersectionObserverEntry === 'function' && 'isVisible' in IntersectionObserverEntry.prototype

/**
 * Tells whenever an element becomes wholly visible, uncovered and as it was drawn, or is so no more. The browser looks ten
 * times a second.
 *
 * @returns A function that ends the watch.
 */
export const watchVisible = (element: Element, onChange: (visible: boolean) => void): (() => void) => {
  const options: CoverOptions = { threshold: [0, 0.5, 0.98, 1], trackVisibility: true, delay: 100 }
  const observer = new IntersectionObserver((entries) => {
    const last = entries.at(-1) as (IntersectionObserverEntry & { isVisible?: boolean }) | undefined
    if (last) onChange(last.intersectionRatio >= 0.98 && last.isVisible === true)
  }, options)
  observer.observe(element)
  return () => observer.disconnect()
}
