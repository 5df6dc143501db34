import { strToU8 } from 'fflate'
import { joinBytes } from '../joinBytes.ts'
import { refuse } from '../refuse.ts'

/*
 * WAV (RIFF) with PCM of 8, 16, 24 or 32 bits: sound that a program without a codec reads and writes, and every browser
 * plays.
 */

/** Sound: samples from -1 to 1, one list a channel. */
export interface Sound {
  readonly sampleRate: number
  readonly bits: number
  readonly channels: readonly Float64Array[]
}

const wrong = (reason: string): never => refuse('audio', reason)
const word = (bytes: Uint8Array, at: number): string => String.fromCharCode(...bytes.subarray(at, at + 4))

/** @throws {RangeError} for what is no such WAV. */
export const decodeWav = (bytes: Uint8Array): Sound => {
  if (word(bytes, 0) !== 'RIFF' || word(bytes, 8) !== 'WAVE') return wrong('is no WAV')
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  const found = new Map<string, Uint8Array>()
  for (let at = 12; at + 8 <= bytes.length; ) {
    const size = view.getUint32(at + 4, true)
    if (!found.has(word(bytes, at))) found.set(word(bytes, at), bytes.subarray(at + 8, at + 8 + size))
    at += 8 + size + (size & 1)
  }
  const [format, data] = [found.get('fmt '), found.get('data')]
  if (format === undefined || format.length < 16 || data === undefined) return wrong('is a WAV without its samples')
  const head = new DataView(format.buffer, format.byteOffset, format.length)
  const [kind, count, sampleRate, bits] = [
    head.getUint16(0, true),
    head.getUint16(2, true),
    head.getUint32(4, true),
    head.getUint16(14, true),
  ]
  // 0xfffe is "extensible", whose first two bytes of the sub-format say the same.
  const pcm = kind === 1 || (kind === 0xfffe && format.length >= 26 && head.getUint16(24, true) === 1)
  if (!pcm || ![8, 16, 24, 32].includes(bits)) return wrong('must be a WAV with PCM of 8, 16, 24 or 32 bits')
  if (count < 1 || count > 8) return wrong('has more than 8 channels')
  if (sampleRate < 1000 || sampleRate > 384_000) return wrong('has a sample rate outside of 1,000 to 384,000 Hz')
  const size = bits / 8
  const length = Math.floor(data.length / (size * count))
  const scale = [1, 0x80, 0x8000, 0x800000, 0x80000000][size] as number
  const samples = new DataView(data.buffer, data.byteOffset, data.length)
  const read = {
    1: (at: number) => samples.getUint8(at) - 128,
    2: (at: number) => samples.getInt16(at, true),
    3: (at: number) => samples.getUint16(at, true) + samples.getInt8(at + 2) * 65_536,
    4: (at: number) => samples.getInt32(at, true),
  }[size as 1 | 2 | 3 | 4]
  const channels = Array.from({ length: count }, (_, channel) =>
    Float64Array.from({ length }, (_, i) => read((i * count + channel) * size) / scale),
  )
  return { sampleRate, bits, channels }
}

/** A whole number of two or four bytes, the lowest first. */
const uint = (value: number, size: 2 | 4): number[] =>
  [value & 255, (value >>> 8) & 255, (value >>> 16) & 255, value >>> 24].slice(0, size)

const chunk = (name: string, data: ArrayLike<number>): ArrayLike<number>[] => [
  ...[strToU8(name), uint(data.length, 4), data],
  data.length % 2 === 1 ? [0] : [],
]

/** A WAV of one channel with 16 bits; a title goes into it as text. */
export const encodeWav = (samples: Float64Array, sampleRate: number, title = ''): Uint8Array => {
  const data = new Uint8Array(samples.length * 2)
  const view = new DataView(data.buffer)
  samples.forEach((sample, i) => {
    view.setInt16(i * 2, Math.max(-32_768, Math.min(32_767, Math.round(sample * 32_768))), true)
  })
  const format = [1, 1]
    .flatMap((value) => uint(value, 2))
    .concat(uint(sampleRate, 4), uint(sampleRate * 2, 4), uint(2, 2), uint(16, 2))
  const name = joinBytes([strToU8(title), [0]])
  const list = title === '' ? [] : chunk('LIST', joinBytes([strToU8('INFO'), ...chunk('INAM', name)]))
  const body = joinBytes([strToU8('WAVE'), ...chunk('fmt ', format), ...list, ...chunk('data', data)])
  return joinBytes([strToU8('RIFF'), uint(body.length, 4), body])
}
