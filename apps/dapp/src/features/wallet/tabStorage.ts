/**
 * What wagmi remembers: read from this tab first, then from the browser; written to both. So two tabs of one browser
 * can hold two wallets and each finds its own again after a reload, and a new tab starts with the last one used.
 */
export const tabStorage = {
  getItem(key: string): string | null {
    return attempt(() => sessionStorage.getItem(key) ?? localStorage.getItem(key)) ?? null
  },
  setItem(key: string, value: string): void {
    attempt(() => sessionStorage.setItem(key, value))
    attempt(() => localStorage.setItem(key, value))
  },
  removeItem(key: string): void {
    attempt(() => sessionStorage.removeItem(key))
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
