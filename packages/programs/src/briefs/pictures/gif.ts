import { strToU8 } from 'fflate'
import { joinBytes } from '../joinBytes.ts'
import { refuse } from '../refuse.ts'
import { type Frame, MAX_PIXELS } from './Picture.ts'

/*
 * GIF89a: the one format of moving pictures that every browser shows and that a program without a codec reads and writes.
 */

const wrong = (reason: string): never => refuse('video', reason)
/** Frames of one video at most, and its pixels over all frames as they are decoded. */
const MAX_FRAMES = 600
const MAX_DECODED = 268_435_456

export const isGif = (bytes: Uint8Array): boolean =>
  String.fromCharCode(...bytes.subarray(0, 6)).startsWith('GIF8') && bytes.length > 13

/**
 * The frames of a GIF, each whole as it is seen, one after the other: only the one is in memory.
 *
 * @throws {RangeError} for what is no GIF, or too large.
 */
export function* decodeGif(bytes: Uint8Array): Generator<Frame> {
  if (!isGif(bytes)) return wrong('is no GIF')
  const reader = createReader(bytes, 6)
  const [width, height, flags] = [reader.short(), reader.short(), reader.byte()]
  if (width < 1 || height < 1 || width * height > MAX_PIXELS) return wrong(`has more than ${MAX_PIXELS} pixels`)
  reader.skip(2)
  const common = flags & 128 ? reader.take(3 << ((flags & 7) + 1)) : new Uint8Array(0)
  const canvas = new Uint8Array(width * height * 4)
  let [disposal, clear, milliseconds, frames] = [0, -1, 100, 0]
  for (;;) {
    const kind = reader.byte()
    if (kind === 0x3b || kind < 0) return
    if (kind === 0x21) {
      if (reader.byte() === 0xf9) {
        reader.skip(1)
        const packed = reader.byte()
        // Browsers show what says less than 20 ms for 100.
        const hundredths = reader.short()
        milliseconds = hundredths < 2 ? 100 : hundredths * 10
        const index = reader.byte()
        ;[disposal, clear] = [(packed >> 2) & 7, packed & 1 ? index : -1]
      }
      reader.blocks()
      continue
    }
    if (kind !== 0x2c) return wrong('is a GIF with a block that there is not')
    frames++
    if (frames > MAX_FRAMES || frames * width * height > MAX_DECODED)
      return wrong(`is longer than ${MAX_FRAMES} frames or ${MAX_DECODED} pixels`)
    const [left, top, w, h, local] = [reader.short(), reader.short(), reader.short(), reader.short(), reader.byte()]
    const palette = local & 128 ? reader.take(3 << ((local & 7) + 1)) : common
    if (w * h > MAX_PIXELS) return wrong(`has a frame of more than ${MAX_PIXELS} pixels`)
    const bits = reader.byte()
    const pixels = unpack(reader.blocks(), bits, w * h)
    const before = disposal === 3 ? canvas.slice() : null
    const rows = local & 64 ? interlaced(h) : null
    for (let y = 0; y < h; y++) {
      const row = top + (rows?.[y] ?? y)
      for (let x = 0; x < w && left + x < width && row < height; x++) {
        const index = pixels[y * w + x] as number
        if (index === clear) continue
        const to = (row * width + left + x) * 4
        for (let c = 0; c < 3; c++) canvas[to + c] = palette[index * 3 + c] ?? 0
        canvas[to + 3] = 255
      }
    }
    yield { width, height, rgba: canvas.slice(), milliseconds }
    if (before) canvas.set(before)
    else if (disposal === 2) {
      for (let y = top; y < Math.min(top + h, height); y++) {
        canvas.fill(0, (y * width + Math.min(left, width)) * 4, (y * width + Math.min(left + w, width)) * 4)
      }
    }
    ;[disposal, clear, milliseconds] = [0, -1, 100]
  }
}

const interlaced = (height: number): number[] =>
  [
    [0, 8],
    [4, 8],
    [2, 4],
    [1, 2],
  ].flatMap(([from = 0, step = 1]) => {
    const rows: number[] = []
    for (let y = from; y < height; y += step) rows.push(y)
    return rows
  })

const createReader = (bytes: Uint8Array, start: number) => {
  let at = start
  const byte = (): number => bytes[at++] ?? -1
  const take = (size: number): Uint8Array => {
    at += size
    return bytes.subarray(at - size, at)
  }
  return {
    byte,
    take,
    short: (): number => Math.max(byte(), 0) | (Math.max(byte(), 0) << 8),
    skip: (size: number): void => {
      at += size
    },
    /** The data of sub-blocks up to the empty one. */
    blocks: (): Uint8Array => {
      const parts: Uint8Array[] = []
      for (let size = byte(); size > 0; size = byte()) parts.push(take(size))
      return joinBytes(parts)
    },
  }
}

/** LZW as GIF has it (appendix F): codes of up to twelve bits. What is missing at the end is colour 0. */
const unpack = (data: Uint8Array, minBits: number, size: number): Uint8Array => {
  if (minBits < 1 || minBits > 8) return wrong('is a GIF with a width of codes that there is not')
  const [clear, end] = [1 << minBits, (1 << minBits) + 1]
  const [prefix, suffix, stack] = [new Int16Array(4097), new Uint8Array(4097), new Uint8Array(4098)]
  const out = new Uint8Array(size)
  let [bits, next, last, first, held, count, to] = [minBits + 1, end + 1, -1, 0, 0, 0, 0]
  for (let at = 0; to < size; ) {
    for (; count < bits; count += 8) {
      if (at >= data.length) return out
      held |= (data[at++] as number) << count
    }
    const code = held & ((1 << bits) - 1)
    held >>>= bits
    count -= bits
    if (code === end) break
    if (code === clear) {
      ;[bits, next, last] = [minBits + 1, end + 1, -1]
      continue
    }
    if (code > next || (last < 0 && code > end)) return wrong('is a GIF with a code that there is not')
    let depth = 0
    let walk = code
    if (code === next) {
      stack[depth++] = first
      walk = last
    }
    for (; walk > end; walk = prefix[walk] as number) stack[depth++] = suffix[walk] as number
    first = walk
    stack[depth++] = first
    while (depth > 0 && to < size) out[to++] = stack[--depth] as number
    if (last >= 0 && next < 4096) {
      prefix[next] = last
      suffix[next] = first
      next++
      if (next === 1 << bits && bits < 12) bits++
    }
    last = code
  }
  return out
}

/** 6 x 7 x 6 steps of red, green and blue: one palette for all, so that a frame's bytes depend on nothing but the frame. */
const palette = /* @__PURE__ */ (() => {
  const bytes = new Uint8Array(768)
  for (let index = 0; index < 252; index++) {
    bytes[index * 3] = Math.floor(index / 42) * 51
    bytes[index * 3 + 1] = Math.round(((Math.floor(index / 6) % 7) * 255) / 6)
    bytes[index * 3 + 2] = (index % 6) * 51
  }
  return bytes
})()
/** Bayer's matrix of 4 x 4: dots in place of bands. */
const BAYER = [0, 8, 2, 10, 12, 4, 14, 6, 3, 11, 1, 9, 15, 7, 13, 5]

const step = (value: number, steps: number, dot: number): number =>
  Math.min(steps, Math.floor((value * steps * 16 + dot * 255 + 127) / 4080))

const toPalette = ({ width, height, rgba }: Frame): Uint8Array => {
  const pixels = new Uint8Array(width * height)
  for (let i = 0; i < pixels.length; i++) {
    const dot = BAYER[(Math.floor(i / width) & 3) * 4 + ((i % width) & 3)] as number
    // What is clear is black here.
    const alpha = rgba[i * 4 + 3] as number
    const shown = (c: number): number => Math.round(((rgba[i * 4 + c] as number) * alpha) / 255)
    pixels[i] = step(shown(0), 5, dot) * 42 + step(shown(1), 6, dot) * 6 + step(shown(2), 5, dot)
  }
  return pixels
}

const pack = (pixels: Uint8Array): number[] => {
  const out: number[] = []
  let [held, count, bits, next] = [0, 0, 9, 258]
  let codes = new Map<number, number>()
  const put = (code: number): void => {
    held |= code << count
    for (count += bits; count >= 8; count -= 8) {
      out.push(held & 255)
      held >>>= 8
    }
  }
  put(256)
  let last = pixels[0] as number
  for (let i = 1; i < pixels.length; i++) {
    const pixel = pixels[i] as number
    const key = last * 256 + pixel
    const known = codes.get(key)
    if (known !== undefined) {
      last = known
      continue
    }
    put(last)
    if (next === 4096) {
      put(256)
      codes = new Map()
      ;[bits, next] = [9, 258]
    } else {
      if (next === 1 << bits && bits < 12) bits++
      codes.set(key, next++)
    }
    last = pixel
  }
  put(last)
  // Whoever reads it has one entry more by now.
  if (next === 1 << bits && bits < 12) bits++
  put(257)
  if (count > 0) out.push(held & 255)
  return out
}

const short = (value: number): [number, number] => [value & 255, (value >> 8) & 255]

/** A GIF of frames of one size that plays for ever; a title goes into it as a comment. */
export const encodeGif = (frames: readonly Frame[], title = ''): Uint8Array => {
  const [{ width, height } = wrong('has no frames')] = frames
  const parts: (Uint8Array | number[])[] = [
    strToU8('GIF89a'),
    [...short(width), ...short(height), 0xf7, 0, 0],
    palette,
    [0x21, 0xff, 11, ...strToU8('NETSCAPE2.0'), 3, 1, 0, 0, 0],
  ]
  const comment = strToU8(title).subarray(0, 255)
  if (comment.length > 0) parts.push([0x21, 0xfe, comment.length, ...comment, 0])
  for (const frame of frames) {
    parts.push([0x21, 0xf9, 4, 4, ...short(Math.max(2, Math.round(frame.milliseconds / 10))), 0, 0])
    parts.push([0x2c, 0, 0, 0, 0, ...short(width), ...short(height), 0, 8])
    const codes = pack(toPalette(frame))
    for (let at = 0; at < codes.length; at += 255) {
      const block = codes.slice(at, at + 255)
      parts.push([block.length, ...block])
    }
    parts.push([0])
  }
  parts.push([0x3b])
  return joinBytes(parts)
}
