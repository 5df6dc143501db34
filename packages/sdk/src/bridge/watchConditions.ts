import type { PauseReason } from '@oblivion/core'
import type { WorkerLimits } from '../protocol/WorkerLimits.ts'

/** As much of the browser as tells when a guest should rest. */
export interface Surroundings {
  readonly document: Pick<Document, 'visibilityState' | 'addEventListener'>
  readonly navigator: object & {
    readonly connection?: EventTarget & { readonly saveData?: boolean }
    readonly getBattery?: () => Promise<EventTarget & { readonly charging: boolean }>
  }
}

/**
 * Tells whenever one of the reasons to rest that this frame can see may have changed. What a browser does not tell, or
 * forbids to frames, is no reason.
 *
 * @returns The first reason that stands under these limits, or null.
 */
export const watchConditions = (
  { document, navigator }: Surroundings,
  onChange: () => void,
): ((limits: WorkerLimits) => PauseReason | null) => {
  let battery: { readonly charging: boolean } | null = null
  document.addEventListener('visibilitychange', onChange)
  navigator.connection?.addEventListener('change', onChange)
  navigator.getBattery?.().then(
    (found) => {
      battery = found
      found.addEventListener('chargingchange', onChange)
      onChange()
    },
    // Forbidden in this frame.
    () => {},
  )
  return ({ when }) => {
    if (navigator.connection?.saveData) return 'save-data'
    if (when.includes('on-power') && battery?.charging === false) return 'on-battery'
    return when.includes('visible') && document.visibilityState === 'hidden' ? 'hidden' : null
  }
}
