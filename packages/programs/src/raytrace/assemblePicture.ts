import { InvalidInputError } from '@oblivion/core'
import { decodeBase64 } from './base64.ts'

const refuse = (field: string, reason: string): never => {
  throw new InvalidInputError({ message: `The tile's ${field} ${reason}.`, values: { field, reason } })
}

/**
 * Puts tiles into one picture: RGBA, row by row, ready for `ImageData`. Where no tile lies yet the picture is transparent,
 * so it can be drawn while it fills.
 *
 * @throws {InvalidInputError} `OB005` where a result is no tile of a picture of this size: it came from a stranger.
 */
export const assemblePicture = (
  tiles: Iterable<unknown>,
  size: { readonly width: number; readonly height: number },
): Uint8ClampedArray<ArrayBuffer> => {
  const picture = new Uint8ClampedArray(size.width * size.height * 4)
  for (const tile of tiles) {
    const { x, y, width, height, rgb } = (tile ?? {}) as Record<string, unknown>
    if (typeof x !== 'number' || !Number.isInteger(x) || x < 0) return refuse('x', 'is no pixel')
    if (typeof y !== 'number' || !Number.isInteger(y) || y < 0) return refuse('y', 'is no pixel')
    if (typeof width !== 'number' || !Number.isInteger(width) || width < 1 || x + width > size.width) {
      return refuse('width', 'reaches beyond the picture')
    }
    if (typeof height !== 'number' || !Number.isInteger(height) || height < 1 || y + height > size.height) {
      return refuse('height', 'reaches beyond the picture')
    }
    const bytes = typeof rgb === 'string' ? decodeBase64(rgb) : null
    if (bytes?.length !== width * height * 3) return refuse('rgb', 'is not base64 of three bytes a pixel')
    for (let row = 0; row < height; row++) {
      let at = ((y + row) * size.width + x) * 4
      for (let from = row * width * 3; from < (row + 1) * width * 3; from += 3) {
        picture[at] = bytes[from] as number
        picture[at + 1] = bytes[from + 1] as number
        picture[at + 2] = bytes[from + 2] as number
        picture[at + 3] = 255
        at += 4
      }
    }
  }
  return picture
}
