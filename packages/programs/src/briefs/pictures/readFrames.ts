import { refuse } from '../refuse.ts'
import { decodeGif, isGif } from './gif.ts'
import type { Frame, Picture } from './Picture.ts'
import { decodePng, isPng } from './png.ts'
import { shrink } from './resize.ts'

/** Frames that are kept at once; of a longer video every second one, every fourth and so on, each shown as much longer. */
export const KEPT_FRAMES = 120

/** The longest side of the videos that are made here, in pixels: with all frames some 6 MB as a GIF of photos. */
const VIDEO_SIDE = 256

/**
 * The frames of a GIF in the size of our videos; of a PNG its one.
 *
 * @throws {RangeError} for any other bytes.
 */
export const readFrames = (bytes: Uint8Array): Frame[] => {
  if (isPng(bytes)) return [{ ...shrink(decodePng(bytes), VIDEO_SIDE), milliseconds: 100 }]
  if (!isGif(bytes)) return refuse('video', 'must be a GIF or a PNG')
  let frames: Frame[] = []
  let [every, number] = [1, 0]
  for (const frame of decodeGif(bytes)) {
    const last = frames.at(-1)
    if (number++ % every === 0) frames.push({ ...shrink(frame, VIDEO_SIDE), milliseconds: frame.milliseconds })
    else if (last) frames[frames.length - 1] = { ...last, milliseconds: last.milliseconds + frame.milliseconds }
    if (frames.length > KEPT_FRAMES) {
      frames = frames.flatMap((kept, i) => {
        const next = frames[i + 1]
        return i % 2 === 1 ? [] : [{ ...kept, milliseconds: kept.milliseconds + (next?.milliseconds ?? 0) }]
      })
      every *= 2
    }
  }
  return frames.length > 0 ? frames : refuse('video', 'has no frames')
}

/**
 * One picture: a PNG, or the first frame of a GIF.
 *
 * @throws {RangeError} for any other bytes.
 */
export const readPicture = (bytes: Uint8Array): Picture => {
  if (isPng(bytes)) return decodePng(bytes)
  if (!isGif(bytes)) return refuse('image', 'must be a PNG or a GIF')
  for (const frame of decodeGif(bytes)) return frame
  return refuse('image', 'has no frames')
}
