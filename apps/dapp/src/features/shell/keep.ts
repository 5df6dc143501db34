/**
 * Small things remembered in this browser. Storage may be switched off or full: then nothing is remembered, and
 * nothing else changes.
 */
export function keep(key: string, value: string | null): void {
  try {
    if (value === null) localStorage.removeItem(key)
    else localStorage.setItem(key, value)
  } catch {
    // Not kept; the caller's state in memory still holds for this visit.
  }
}

/** What was kept, or null. */
export function kept(key: string): string | null {
  try {
    return localStorage.getItem(key)
  } catch {
    return null
  }
}
