import type { SiteTerms } from './readSite.ts'

/** Grows when the words of the consent change: everybody is asked again. A refusal stands all the same. */
const VERSION = 1
const DAY_MS = 24 * 60 * 60 * 1000
const REFUSED_MS = 180 * DAY_MS

/** What a visitor answered, as this browser keeps it for this site. */
export interface ConsentRecord {
  readonly answer: 'yes' | 'no'
  readonly version: number
  /** What the visitor was told. */
  readonly terms: string
  /** The most of one core, 0.05 to 1. */
  readonly cpu: number
  /** Milliseconds since 1970. */
  readonly until: number
}

/** The terms as one text: other terms ask again. */
const termsText = ({ name, ownerBps, programs }: SiteTerms): string => JSON.stringify([name, ownerBps, programs])

export const newConsent = (site: SiteTerms, answer: 'yes' | 'no', cpu: number, now: number): ConsentRecord => ({
  answer,
  version: VERSION,
  terms: termsText(site),
  cpu,
  until: now + (answer === 'yes' ? DAY_MS : REFUSED_MS),
})

/** What stands of an earlier answer: a yes for a day and for the same words and terms, a no for half a year. */
export const standing = (record: ConsentRecord | null, site: SiteTerms, now: number): 'yes' | 'no' | null => {
  // A clock that was set back must not make a day longer.
  if (record === null || record.until <= now || record.until > now + REFUSED_MS) return null
  if (record.answer === 'no') return 'no'
  const same = record.version === VERSION && record.terms === termsText(site) && record.until <= now + DAY_MS
  return same ? 'yes' : null
}

/** A yes that was given after that moment. */
export const isNewer = (record: ConsentRecord | null, at: number): boolean =>
  record?.answer === 'yes' && record.until > at + DAY_MS

const isRecord = (value: unknown): value is ConsentRecord => {
  const { answer, version, terms, cpu, until } = Object(value) as Record<string, unknown>
  return (
    (answer === 'yes' || answer === 'no') &&
    typeof version === 'number' &&
    typeof terms === 'string' &&
    typeof cpu === 'number' &&
    cpu >= 0.05 &&
    cpu <= 1 &&
    typeof until === 'number'
  )
}

export interface ConsentStore {
  readonly read: () => ConsentRecord | null
  /** Null forgets. */
  readonly write: (record: ConsentRecord | null) => void
}

/**
 * Keeps the answer in this frame's own storage, which browsers partition by the site around it. A yes lasts longer than a
 * visit only where this browser can tell that the badge is covered (`lasting`).
 */
export const consentStore = (
  siteKey: string,
  lasting: boolean,
  storage: (kind: 'localStorage' | 'sessionStorage') => Storage,
): ConsentStore => {
  const key = `oblivion:consent:${siteKey}`
  /** What could not be stored: storage that is closed to this frame throws, and the answer lasts as long as the frame. */
  let kept: ConsentRecord | null = null
  const attempt = <T>(act: () => T): T | null => {
    try {
      return act()
    } catch {
      return null
    }
  }
  const load = (kind: 'localStorage' | 'sessionStorage'): ConsentRecord | null =>
    attempt(() => {
      const record: unknown = JSON.parse(storage(kind).getItem(key) ?? 'null')
      return isRecord(record) ? record : null
    })
  const save = (kind: 'localStorage' | 'sessionStorage', record: ConsentRecord | null): boolean =>
    attempt(() => {
      if (record === null) storage(kind).removeItem(key)
      else storage(kind).setItem(key, JSON.stringify(record))
      return true
    }) ?? false
  return {
    // Read anew each time: another tab may have taken the answer back.
    read: () => kept ?? load('localStorage') ?? load('sessionStorage'),
    write: (record) => {
      const [here, there] =
        lasting || record?.answer === 'no'
          ? (['localStorage', 'sessionStorage'] as const)
          : (['sessionStorage', 'localStorage'] as const)
      kept = save(here, record) ? null : record
      save(there, null)
    },
  }
}
