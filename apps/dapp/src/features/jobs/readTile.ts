import { type ChunkResult, InvalidInputError } from '@oblivion/core'
import { assemblePicture, type RaytraceInput } from '@oblivion/programs'

/** One tile, decoded, and where it lies. */
export type Tile = {
  chunkIndex: number
  picture: { width: number; height: number; tileWidth: number; tileHeight: number }
  x: number
  y: number
  width: number
  height: number
  rgba: Uint8ClampedArray<ArrayBuffer>
}

/**
 * Decodes a result of the path tracer. Its place comes from the input, which is the customer's own; its bytes come from a
 * stranger and are checked for size.
 *
 * @throws {InvalidInputError} The result is no tile of the size that was asked for.
 */
export function readTile({ chunkIndex, input, result }: Pick<ChunkResult, 'chunkIndex' | 'input' | 'result'>): Tile {
  const { width, height, x, y, tileWidth, tileHeight } = input as RaytraceInput
  const tile = (typeof result === 'object' && result !== null ? result : {}) as { width?: unknown; height?: unknown }
  if (tile.width !== tileWidth || tile.height !== tileHeight) {
    throw new InvalidInputError({
      message: 'The result is not of the size that was asked for.',
      values: { field: 'result', reason: 'size' },
    })
  }
  const rgba = assemblePicture([{ ...tile, x: 0, y: 0 }], { width: tileWidth, height: tileHeight })
  return {
    chunkIndex,
    picture: { width, height, tileWidth, tileHeight },
    x,
    y,
    width: tileWidth,
    height: tileHeight,
    rgba,
  }
}
