import { brightness, type Picture } from './Picture.ts'

/** What a picture is like at a glance. */
export interface PictureFigures {
  readonly width: number
  readonly height: number
  readonly transparent: boolean
  /** Mean brightness, 0 to 255. */
  readonly brightness: number
  /** Pixels by brightness, sixteen steps from black to white. */
  readonly histogram: readonly number[]
  /** The colours that most pixels are close to, `#rrggbb`, the most frequent first. */
  readonly colours: readonly string[]
}

const hex = (value: number): string => value.toString(16).padStart(2, '0')

export const pictureFigures = ({ width, height, rgba }: Picture): PictureFigures => {
  const histogram = new Array<number>(16).fill(0)
  // By the upper three bits of each channel: how many, and the sums of their channels.
  const boxes = new Map<number, [number, number, number, number]>()
  let [sum, transparent] = [0, false]
  for (let at = 0; at < rgba.length; at += 4) {
    const light = brightness(rgba, at)
    sum += light
    histogram[light >> 4] = (histogram[light >> 4] as number) + 1
    if (rgba[at + 3] !== 255) transparent = true
    const [r, g, b] = [rgba[at] as number, rgba[at + 1] as number, rgba[at + 2] as number]
    const key = ((r >> 5) << 6) | ((g >> 5) << 3) | (b >> 5)
    const box = boxes.get(key)
    if (box === undefined) boxes.set(key, [1, r, g, b])
    else {
      box[0]++
      box[1] += r
      box[2] += g
      box[3] += b
    }
  }
  const colours = [...boxes]
    .sort(([a, [m]], [b, [n]]) => n - m || a - b)
    .slice(0, 5)
    .map(([, [n, r, g, b]]) => `#${[r, g, b].map((total) => hex(Math.round(total / n))).join('')}`)
  return { width, height, transparent, brightness: Math.round((sum * 4) / rgba.length), histogram, colours }
}
