import { refuse } from '../refuse.ts'
import { brightness, type Picture } from './Picture.ts'

const clamp = (value: number): number => (value < 0 ? 0 : value > 255 ? 255 : Math.round(value))

/** Each channel of each pixel by a function of its place; alpha stays. */
const mapChannels = (picture: Picture, value: (at: number, x: number, y: number) => number): Picture => {
  const { width, rgba } = picture
  const out = rgba.slice()
  for (let i = 0; i < rgba.length; i++) {
    if (i % 4 !== 3) out[i] = clamp(value(i, (i >> 2) % width, Math.floor((i >> 2) / width)))
  }
  return { ...picture, rgba: out }
}

/** The mean of the up to nine pixels around each, per channel. */
const around = ({ width, height, rgba }: Picture, at: number, x: number, y: number): number => {
  let [sum, n] = [0, 0]
  for (let dy = y > 0 ? -1 : 0; dy <= (y < height - 1 ? 1 : 0); dy++) {
    for (let dx = x > 0 ? -1 : 0; dx <= (x < width - 1 ? 1 : 0); dx++) {
      sum += rgba[at + (dy * width + dx) * 4] as number
      n++
    }
  }
  return sum / n
}

/** Stretches brightness so that one pixel in 200 is black and one in 200 white. */
const stretch = (picture: Picture): Picture => {
  const { rgba } = picture
  const counts = new Uint32Array(256)
  for (let at = 0; at < rgba.length; at += 4) {
    const light = brightness(rgba, at)
    counts[light] = (counts[light] as number) + 1
  }
  const few = rgba.length / 800
  const edge = (from: number, step: number): number => {
    let [at, seen] = [from, counts[from] as number]
    while (seen <= few && at + step >= 0 && at + step < 256) {
      at += step
      seen += counts[at] as number
    }
    return at
  }
  const [low, high] = [edge(0, 1), edge(255, -1)]
  return high <= low ? picture : mapChannels(picture, (at) => (((rgba[at] as number) - low) * 255) / (high - low))
}

/** What can be done with a picture, by the word that asks for it. */
export const operations = {
  contrast: stretch,
  /** Half of what a pixel has before its surroundings is added to it once more (unsharp masking). */
  sharpen: (picture: Picture) =>
    mapChannels(picture, (at, x, y) => 1.5 * (picture.rgba[at] as number) - 0.5 * around(picture, at, x, y)),
  blur: (picture: Picture) => mapChannels(picture, (at, x, y) => around(picture, at, x, y)),
  grayscale: (picture: Picture) => mapChannels(picture, (at) => brightness(picture.rgba, at - (at % 4))),
  invert: (picture: Picture) => mapChannels(picture, (at) => 255 - (picture.rgba[at] as number)),
} as const
export type Operation = keyof typeof operations

/** The operations that a brief asks for in `metadata.operations`, at most ten; more contrast and sharper where it does not. */
export const readOperations = (wanted: unknown): readonly Operation[] => {
  if (wanted === undefined || wanted === null) return ['contrast', 'sharpen']
  const known = (name: unknown): name is Operation => typeof name === 'string' && Object.hasOwn(operations, name)
  return Array.isArray(wanted) && wanted.length <= 10 && wanted.every(known)
    ? wanted
    : refuse('metadata.operations', `must be a list of at most ten of ${Object.keys(operations).join(', ')}`)
}
