import { MoonIcon, ScreenIcon, SunIcon } from '../elements/icons.tsx'
import { useStore } from './createStore.ts'
import { setTheme, type Theme, themeStore } from './theme.ts'

const order: Theme[] = ['system', 'light', 'dark']
const icons = { system: ScreenIcon, light: SunIcon, dark: MoonIcon }
const words = { system: 'as the system', light: 'light', dark: 'dark' }

/** One button that goes round: system, light, dark. Its name says what is and what a press does. */
export function ThemeSwitch() {
  const theme = useStore(themeStore)
  const next = order[(order.indexOf(theme) + 1) % order.length] ?? 'system'
  const ThemeIcon = icons[theme]
  const label = `Theme: ${words[theme]}. Change to ${words[next]}.`
  return (
    <button
      type="button"
      onClick={() => setTheme(next)}
      aria-label={label}
      title={label}
      className="grid size-8 place-items-center rounded-control text-ink-2 hover:bg-sunken hover:text-ink"
    >
      <ThemeIcon />
    </button>
  )
}
