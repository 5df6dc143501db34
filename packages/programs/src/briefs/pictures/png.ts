import { strToU8, unzlibSync, zlibSync } from 'fflate'
import { joinBytes } from '../joinBytes.ts'
import { refuse } from '../refuse.ts'
import { MAX_PIXELS, type Picture } from './Picture.ts'

/*
 * PNG (W3C recommendation, third edition), as far as cameras, browsers and editors write it: eight bits a channel, not
 * interlaced.
 */

const SIGNATURE = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]
/** Channels by colour type: grey, RGB, palette, grey with alpha, RGB with alpha. */
const CHANNELS: Readonly<Record<number, number>> = { 0: 1, 2: 3, 3: 1, 4: 2, 6: 4 }

export const isPng = (bytes: Uint8Array): boolean => SIGNATURE.every((byte, i) => bytes[i] === byte)

const wrong = (reason: string): never => refuse('image', reason)
const number = (bytes: Uint8Array, at: number): number =>
  (((bytes[at] ?? 0) << 24) | ((bytes[at + 1] ?? 0) << 16) | ((bytes[at + 2] ?? 0) << 8) | (bytes[at + 3] ?? 0)) >>> 0

/** Which of its neighbours a byte is closest to (section 9.4). */
const paeth = (a: number, b: number, c: number): number => {
  const p = a + b - c
  const [pa, pb, pc] = [Math.abs(p - a), Math.abs(p - b), Math.abs(p - c)]
  return pa <= pb && pa <= pc ? a : pb <= pc ? b : c
}

/** @throws {RangeError} for what is no such PNG, or larger than `MAX_PIXELS`. */
export const decodePng = (bytes: Uint8Array): Picture => {
  const chunks = new Map<string, Uint8Array[]>()
  for (let at = 8; at + 12 <= bytes.length; ) {
    const size = number(bytes, at)
    const kind = String.fromCharCode(...bytes.subarray(at + 4, at + 8))
    if (at + 12 + size > bytes.length) return wrong('is a PNG that was cut off')
    chunks.set(kind, [...(chunks.get(kind) ?? []), bytes.subarray(at + 8, at + 8 + size)])
    if (kind === 'IEND') break
    at += 12 + size
  }
  const [head] = chunks.get('IHDR') ?? []
  if (!isPng(bytes) || head?.length !== 13) return wrong('is no PNG')
  const [width, height] = [number(head, 0), number(head, 4)]
  const channels = CHANNELS[head[9] as number]
  if (width < 1 || height < 1 || width * height > MAX_PIXELS) return wrong(`has more than ${MAX_PIXELS} pixels`)
  if (head[8] !== 8 || channels === undefined || head[12] !== 0) {
    return wrong('must be a PNG of eight bits a channel, not interlaced')
  }
  const [palette] = chunks.get('PLTE') ?? []
  const [clear] = chunks.get('tRNS') ?? []
  const stride = width * channels
  const lines = inflate(chunks.get('IDAT') ?? [], (stride + 1) * height)
  const rgba = new Uint8Array(width * height * 4)
  for (let y = 0; y < height; y++) {
    const from = y * (stride + 1) + 1
    unfilter(lines, from, stride, channels, y === 0)
    for (let x = 0; x < width; x++) {
      const at = (y * width + x) * 4
      const pixel = from + x * channels
      const first = lines[pixel] as number
      if (head[9] === 3) {
        for (let c = 0; c < 3; c++) rgba[at + c] = palette?.[first * 3 + c] ?? 0
        rgba[at + 3] = clear?.[first] ?? 255
      } else {
        for (let c = 0; c < 3; c++) rgba[at + c] = channels > 2 ? (lines[pixel + c] as number) : first
        rgba[at + 3] = channels % 2 === 0 ? (lines[pixel + channels - 1] as number) : 255
      }
    }
  }
  return { width, height, rgba }
}

/** Exactly so many bytes: what unpacks to more ends here, and not in the machine's memory. */
const inflate = (parts: readonly Uint8Array[], size: number): Uint8Array => {
  let lines: Uint8Array
  try {
    lines = unzlibSync(joinBytes(parts), { out: new Uint8Array(size) })
  } catch {
    return wrong('is a PNG that cannot be unpacked')
  }
  return lines.length === size ? lines : wrong('is a PNG that was cut off')
}

/** Undoes the filter of one line in place (section 9). */
const unfilter = (lines: Uint8Array, from: number, stride: number, channels: number, isFirst: boolean): void => {
  const filter = lines[from - 1] as number
  if (filter > 4) wrong('is a PNG with a filter that there is not')
  const above = from - stride - 1
  for (let i = 0; i < stride; i++) {
    const a = i < channels ? 0 : (lines[from + i - channels] as number)
    const b = isFirst ? 0 : (lines[above + i] as number)
    const c = isFirst || i < channels ? 0 : (lines[above + i - channels] as number)
    const guess = filter === 1 ? a : filter === 2 ? b : filter === 3 ? (a + b) >> 1 : filter === 4 ? paeth(a, b, c) : 0
    lines[from + i] = (lines[from + i] as number) + guess
  }
}

const crcTable = /* @__PURE__ */ Uint32Array.from({ length: 256 }, (_, n) => {
  let c = n
  for (let k = 0; k < 8; k++) c = c & 1 ? 0xedb88320 ^ (c >>> 1) : c >>> 1
  return c
})

const chunk = (kind: string, data: Uint8Array): Uint8Array => {
  const bytes = new Uint8Array(data.length + 12)
  const view = new DataView(bytes.buffer)
  view.setUint32(0, data.length)
  bytes.set(strToU8(kind), 4)
  bytes.set(data, 8)
  let crc = 0xffffffff
  for (const byte of bytes.subarray(4, -4)) crc = (crcTable[(crc ^ byte) & 255] as number) ^ (crc >>> 8)
  view.setUint32(bytes.length - 4, crc ^ 0xffffffff)
  return bytes
}

/** A PNG, without its alpha where every pixel is opaque; a title goes into it as text. */
export const encodePng = ({ width, height, rgba }: Picture, title = ''): Uint8Array => {
  const opaque = rgba.every((value, i) => i % 4 !== 3 || value === 255)
  const channels = opaque ? 3 : 4
  const lines = new Uint8Array((width * channels + 1) * height)
  for (let y = 0, to = 0; y < height; y++) {
    // "Up" is the filter that costs least and serves photos and drawings alike.
    lines[to++] = 2
    for (let x = 0; x < width; x++) {
      for (let c = 0; c < channels; c++) {
        const at = (y * width + x) * 4 + c
        lines[to++] = (rgba[at] as number) - (y === 0 ? 0 : (rgba[at - width * 4] as number))
      }
    }
  }
  const head = new Uint8Array(13)
  const view = new DataView(head.buffer)
  view.setUint32(0, width)
  view.setUint32(4, height)
  head.set([8, opaque ? 2 : 6], 8)
  return joinBytes([
    SIGNATURE,
    chunk('IHDR', head),
    ...(title === '' ? [] : [chunk('iTXt', strToU8(`Title\0\0\0\0\0${title}`))]),
    chunk('IDAT', zlibSync(lines, { level: 6 })),
    chunk('IEND', new Uint8Array(0)),
  ])
}
