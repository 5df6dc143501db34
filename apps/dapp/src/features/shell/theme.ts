import { createStore } from './createStore.ts'
import { keep } from './keep.ts'

export type Theme = 'system' | 'light' | 'dark'

const key = 'oblivion.theme'

/** public/theme.js has set the attribute before the first paint; from then on it is the truth. */
function current(): Theme {
  const set = document.documentElement.dataset.theme
  return set === 'light' || set === 'dark' ? set : 'system'
}

export const themeStore = createStore<Theme>(current())

export function setTheme(theme: Theme): void {
  if (theme === 'system') delete document.documentElement.dataset.theme
  else document.documentElement.dataset.theme = theme
  keep(key, theme === 'system' ? null : theme)
  themeStore.set(theme)
}
