const KEY = 'oblivion:hardware-id'

/** An id of this browser, random and lasting: the same browser is the same node again. Where storage is closed, for once. */
export const keepHardwareId = (storage: () => Storage, random: () => string): string => {
  try {
    const kept = storage().getItem(KEY)
    if (kept) return kept
    const id = random()
    storage().setItem(KEY, id)
    return id
  } catch {
    // Access to storage throws where a browser's settings forbid it.
    return random()
  }
}
