import { srgbEncode } from './exactMath.ts'

/** A film-like curve (K. Narkowicz' fit of ACES): keeps the shadows, rolls the lights off instead of cutting them. */
const film = (linear: number): number => {
  const x = linear * 0.62
  return (x * (2.51 * x + 0.03)) / (x * (2.43 * x + 0.59) + 0.14)
}

/** Linear light to three display bytes at `rgb[at]`. */
export const develop = (linear: Float64Array, rgb: Uint8Array, at: number): void => {
  for (let channel = 0; channel < 3; channel++) {
    rgb[at + channel] = Math.floor(srgbEncode(film(linear[channel] as number)) * 255 + 0.5)
  }
}
