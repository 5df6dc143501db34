/** A picture: four bytes a pixel (red, green, blue, alpha), row by row. */
export interface Picture {
  readonly width: number
  readonly height: number
  readonly rgba: Uint8Array
}

/** A picture and how long it is shown. */
export interface Frame extends Picture {
  readonly milliseconds: number
}

/** Pixels of one picture at most: 32 MiB as RGBA. */
export const MAX_PIXELS = 8_388_608

/** Brightness of a pixel, 0 to 255 (ITU-R BT.601), of whole numbers alone. */
export const brightness = (rgba: Uint8Array, at: number): number =>
  ((299 * (rgba[at] as number) + 587 * (rgba[at + 1] as number) + 114 * (rgba[at + 2] as number) + 500) / 1000) | 0
