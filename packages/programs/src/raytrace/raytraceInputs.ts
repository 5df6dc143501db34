import { type RaytraceInput, readRaytraceInput } from './readRaytraceInput.ts'
import type { SceneName } from './scene.ts'

export interface Picture {
  readonly width: number
  readonly height: number
  readonly tileWidth: number
  readonly tileHeight: number
  readonly samples: number
  readonly scene?: SceneName
}

/**
 * Cuts a picture into tiles, row by row; tiles at the right and lower edge may be smaller.
 *
 * @throws {InvalidInputError} `OB005` where a tile would ask for more than the program's limits.
 * @example
 * raytraceInputs({ width: 1280, height: 720, tileWidth: 160, tileHeight: 90, samples: 64 }).length // 64
 */
export const raytraceInputs = (picture: Picture): RaytraceInput[] => {
  const { width, height, tileWidth, tileHeight, samples, scene = 'room' } = picture
  // The first tile is the largest: where it is within the limits all are, and the loops below end.
  readRaytraceInput({
    scene,
    width,
    height,
    samples,
    x: 0,
    y: 0,
    tileWidth: Math.min(tileWidth, width),
    tileHeight: Math.min(tileHeight, height),
  })
  const inputs: RaytraceInput[] = []
  for (let y = 0; y < height; y += tileHeight) {
    for (let x = 0; x < width; x += tileWidth) {
      inputs.push({
        scene,
        width,
        height,
        x,
        y,
        tileWidth: Math.min(tileWidth, width - x),
        tileHeight: Math.min(tileHeight, height - y),
        samples,
      })
    }
  }
  return inputs
}
