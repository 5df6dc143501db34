import { useSyncExternalStore } from 'react'

function subscribe(listener: () => void): () => void {
  const query = matchMedia('(prefers-color-scheme: dark)')
  query.addEventListener('change', listener)
  return () => query.removeEventListener('change', listener)
}

/** What the system asks for; drawings on a canvas have to be made anew when it changes. */
export function useColorScheme(): 'light' | 'dark' {
  return useSyncExternalStore(subscribe, () => (matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light'))
}
