import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'

const css = readFileSync(new URL('../src/styles/tokens.css', import.meta.url), 'utf8')

type Rgb = [number, number, number]

/** Relative luminance (WCAG 2) of an OKLCH colour; matrices of https://bottosson.github.io/posts/oklab/. */
function luminance(lightness: number, chroma: number, hue: number): number {
  const a = chroma * Math.cos((hue * Math.PI) / 180)
  const b = chroma * Math.sin((hue * Math.PI) / 180)
  const l = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
  const m = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
  const s = (lightness - 0.0894841775 * a - 1.291485548 * b) ** 3
  const linear: Rgb = [
    4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s,
    -1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s,
    -0.0041960863 * l - 0.7034186147 * m + 1.707614701 * s,
  ]
  const [red, green, blue] = linear.map((value) => Math.min(1, Math.max(0, value))) as Rgb
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue
}

/** The luminance of a token in both themes. */
function token(name: string): { light: number; dark: number } {
  const pattern = new RegExp(`--${name}: light-dark\\(oklch\\(([^)]+)\\), oklch\\(([^)]+)\\)\\)`)
  const match = pattern.exec(css)
  if (!match) throw new Error(`no token ${name}`)
  const read = (text = '') => luminance(...(text.split(' ').map(Number) as Rgb))
  return { light: read(match[1]), dark: read(match[2]) }
}

function contrast(first: number, second: number): number {
  return (Math.max(first, second) + 0.05) / (Math.min(first, second) + 0.05)
}

const words = ['ink', 'ink-2', 'ink-3', 'work-ink', 'wait-ink', 'fail-ink', 'link']
const shapes = ['work', 'wait', 'fail']

test.each(['bg', 'surface', 'sunken'])('words can be read on %s in both themes', (ground) => {
  for (const name of words) {
    for (const theme of ['light', 'dark'] as const) {
      expect
        .soft(contrast(token(name)[theme], token(ground)[theme]), `${name} on ${ground}, ${theme}`)
        .toBeGreaterThan(4.5)
    }
  }
})

test.each(['bg', 'surface'])('shapes can be told from %s in both themes', (ground) => {
  for (const name of shapes) {
    for (const theme of ['light', 'dark'] as const) {
      expect
        .soft(contrast(token(name)[theme], token(ground)[theme]), `${name} on ${ground}, ${theme}`)
        .toBeGreaterThan(3)
    }
  }
})

test('a primary button can be read in both themes', () => {
  for (const theme of ['light', 'dark'] as const) {
    expect(contrast(token('bg')[theme], token('ink')[theme])).toBeGreaterThan(7)
  }
})
