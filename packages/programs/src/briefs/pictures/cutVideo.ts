import { findScenes } from './findScenes.ts'
import type { Frame, Picture } from './Picture.ts'
import { KEPT_FRAMES } from './readFrames.ts'
import { resize } from './resize.ts'

/** Frames of a fade from one scene to the next, and how long each is shown. */
const FADE = 4
const FADE_MS = 60
/** All frames of all fades at most; a video of more scenes is cut hard. */
const FADES = 40
/** Of a slow zoom into a picture: its frames, and how long each is shown. */
const ZOOM = 40
const ZOOM_MS = 80

const mix = (from: Frame, to: Frame, share: number): Frame => ({
  ...from,
  rgba: from.rgba.map((value, i) => Math.round(value + ((to.rgba[i] as number) - value) * share)),
  milliseconds: FADE_MS,
})

/** A slow zoom into the middle of a picture, down to 70 % of its sides. */
const zoomInto = (picture: Picture): Frame[] =>
  Array.from({ length: ZOOM }, (_, number) => {
    const side = (length: number): number => Math.max(1, Math.round(length * (1 - (0.3 * number) / (ZOOM - 1))))
    const [width, height] = [side(picture.width), side(picture.height)]
    const area = { x: (picture.width - width) >> 1, y: (picture.height - height) >> 1, width, height }
    return { ...resize(picture, picture.width, picture.height, area), milliseconds: ZOOM_MS }
  })

/**
 * A short video of a longer one: of each scene the middle, so that all together have at most 80 frames, with fades between
 * them. A single picture becomes a slow zoom into it.
 */
export const cutVideo = (frames: readonly Frame[]): Frame[] => {
  const [only] = frames
  if (only !== undefined && frames.length === 1) return zoomInto(only)
  const scenes = findScenes(frames)
  const each = Math.max(1, Math.floor((KEPT_FRAMES - FADES) / scenes.length))
  const parts = scenes.map(({ from, frames: length }) => {
    const start = from + ((length - Math.min(length, each)) >> 1)
    return frames.slice(start, start + Math.min(length, each))
  })
  const fades = parts.length * FADE <= FADES
  return parts.flatMap((part, i) => {
    const [last, next] = [part.at(-1), parts[i + 1]?.[0]]
    if (!fades || last === undefined || next === undefined) return part
    return [...part, ...Array.from({ length: FADE }, (_, n) => mix(last, next, (n + 1) / (FADE + 1)))]
  })
}
