import { createStore } from '../shell/createStore.ts'
import { keep, kept } from '../shell/keep.ts'

/**
 * The version of the text in `Consent.tsx`. Raise it when the text gains or changes a promise: whoever agreed to an
 * older one is asked again.
 */
export const consentVersion = 4

export type Consent = { version: number; at: string }

const key = 'oblivion.consent'

/** What was agreed to in this browser, or null where nothing was, or an older text. */
export function readConsent(text: string | null): Consent | null {
  if (text === null) return null
  try {
    const value: unknown = JSON.parse(text)
    if (typeof value !== 'object' || value === null) return null
    const { version, at } = value as Partial<Consent>
    return version === consentVersion && typeof at === 'string' && !Number.isNaN(Date.parse(at))
      ? { version, at }
      : null
  } catch {
    return null
  }
}

export const consentStore = createStore<Consent | null>(readConsent(kept(key)))

/** Kept on this site until it is withdrawn. */
export function giveConsent(now: Date): void {
  const consent = { version: consentVersion, at: now.toISOString() }
  keep(key, JSON.stringify(consent))
  consentStore.set(consent)
}

export function withdrawConsent(): void {
  keep(key, null)
  consentStore.set(null)
}
