import type { Program } from '../Program.ts'
import { encodeBase64 } from './base64.ts'
import { develop } from './develop.ts'
import { readRaytraceInput } from './readRaytraceInput.ts'
import { scenes } from './scene.ts'
import { createTracer } from './trace.ts'

/** One finished tile: `rgb` is base64 of three sRGB bytes a pixel, row by row. */
export interface RaytraceTile {
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
  readonly rgb: string
}

/**
 * The built-in `raytrace`: one tile of a path-traced room. The same input gives the same bytes in every engine, and a
 * pixel's bytes do not depend on the tile that it lies in.
 */
export const raytrace = (async (input, context): Promise<RaytraceTile> => {
  const { scene, width, height, x, y, tileWidth, tileHeight, samples } = readRaytraceInput(input)
  const tracePixel = createTracer(scenes[scene], width, height, samples)
  const linear = new Float64Array(3)
  const rgb = new Uint8Array(tileWidth * tileHeight * 3)
  for (let row = 0; row < tileHeight; row++) {
    for (let column = 0; column < tileWidth; column++) {
      tracePixel(x + column, y + row, linear)
      develop(linear, rgb, (row * tileWidth + column) * 3)
    }
    await context.progress((row + 1) / tileHeight)
  }
  return { x, y, width: tileWidth, height: tileHeight, rgb: encodeBase64(rgb) }
}) satisfies Program
