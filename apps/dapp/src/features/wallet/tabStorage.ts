/** Stands in this tab for "removed here", where the browser still holds what another tab wrote. */
const removed = '\u0000removed'

/**
 * What the wallet's code remembers: read from this tab first, then from the browser; written to both. So two tabs of one
 * browser can hold two wallets and each finds its own again after a reload, and a new tab starts with the last one used.
 */
export const tabStorage = {
  getItem(key: string): string | null {
    const own = attempt(() => sessionStorage.getItem(key)) ?? null
    if (own === removed) return null
    return own ?? attempt(() => localStorage.getItem(key)) ?? null
  },
  setItem(key: string, value: string): void {
    attempt(() => sessionStorage.setItem(key, value))
    attempt(() => localStorage.setItem(key, value))
  },
  removeItem(key: string): void {
    attempt(() => sessionStorage.setItem(key, removed))
    attempt(() => localStorage.removeItem(key))
  },
}

/** Storage that is switched off or full remembers nothing; that is no error. */
function attempt<Result>(action: () => Result): Result | undefined {
  try {
    return action()
  } catch {
    return undefined
  }
}
