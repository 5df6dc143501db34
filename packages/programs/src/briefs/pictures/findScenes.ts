import { brightness, type Frame } from './Picture.ts'
import { resize } from './resize.ts'

/** Frames that belong together: no cut lies between them. */
export interface Scene {
  /** The first frame, from 0. */
  readonly from: number
  readonly frames: number
  readonly milliseconds: number
}

/** Mean difference of brightness between two frames, of 255, from which on it is a cut. */
const CUT = 20
const GRID = 16

const glance = (frame: Frame): number[] => {
  const { rgba } = resize(frame, GRID, GRID)
  return Array.from({ length: GRID * GRID }, (_, i) => brightness(rgba, i * 4))
}

/** Cuts a video where the picture changes at once: two frames are compared on a grid of 16 by 16. */
export const findScenes = (frames: readonly Frame[]): Scene[] => {
  const scenes: Scene[] = []
  let before: number[] | undefined
  frames.forEach((frame, number) => {
    const now = glance(frame)
    const change = before?.reduce((sum, light, i) => sum + Math.abs(light - (now[i] as number)), 0) ?? Infinity
    const last = scenes.at(-1)
    const { milliseconds } = frame
    if (last === undefined || change >= CUT * GRID * GRID) scenes.push({ from: number, frames: 1, milliseconds })
    else {
      scenes[scenes.length - 1] = { ...last, frames: last.frames + 1, milliseconds: last.milliseconds + milliseconds }
    }
    before = now
  })
  return scenes
}
