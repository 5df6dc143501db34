import type { Picture } from './Picture.ts'

/** A part of a picture, in pixels. */
export interface Area {
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
}

/**
 * A picture, or an area of it, in another size: each pixel is the mean of those that it stands for, weighted by their alpha,
 * in whole numbers. Enlarged, pixels are repeated.
 */
export const resize = (picture: Picture, width: number, height: number, area?: Area): Picture => {
  const { x: left, y: top, width: w, height: h } = area ?? { x: 0, y: 0, width: picture.width, height: picture.height }
  if (width === picture.width && height === picture.height && area === undefined) return picture
  const rgba = new Uint8Array(width * height * 4)
  for (let y = 0; y < height; y++) {
    const y0 = top + Math.floor((y * h) / height)
    const y1 = Math.max(y0 + 1, top + Math.floor(((y + 1) * h) / height))
    for (let x = 0; x < width; x++) {
      const x0 = left + Math.floor((x * w) / width)
      const x1 = Math.max(x0 + 1, left + Math.floor(((x + 1) * w) / width))
      let [r, g, b, a] = [0, 0, 0, 0]
      for (let row = y0; row < y1; row++) {
        for (let at = (row * picture.width + x0) * 4, end = at + (x1 - x0) * 4; at < end; at += 4) {
          const alpha = picture.rgba[at + 3] as number
          r += (picture.rgba[at] as number) * alpha
          g += (picture.rgba[at + 1] as number) * alpha
          b += (picture.rgba[at + 2] as number) * alpha
          a += alpha
        }
      }
      const to = (y * width + x) * 4
      const weight = Math.max(a, 1)
      rgba[to] = Math.round(r / weight)
      rgba[to + 1] = Math.round(g / weight)
      rgba[to + 2] = Math.round(b / weight)
      rgba[to + 3] = Math.round(a / ((x1 - x0) * (y1 - y0)))
    }
  }
  return { width, height, rgba }
}

/** A picture no side of which is longer; a smaller one as it is. */
export const shrink = (picture: Picture, side: number): Picture => {
  const longest = Math.max(picture.width, picture.height)
  if (longest <= side) return picture
  const to = (length: number): number => Math.max(1, Math.round((length * side) / longest))
  return resize(picture, to(picture.width), to(picture.height))
}
