import { peakOf, SILENCE, toMono } from './prepareSound.ts'
import type { Sound } from './wav.ts'

/** What a sound is like at a glance; levels are shares of full scale. */
export interface SoundFigures {
  readonly sampleRate: number
  readonly channels: number
  readonly bits: number
  readonly seconds: number
  readonly peak: number
  /** Root of the mean square. */
  readonly level: number
  /** Share of the samples that are silent. */
  readonly silence: number
  /** The loudest sample of each 64th, for a drawing. */
  readonly waveform: readonly number[]
}

const rounded = (value: number): number => Math.round(value * 10_000) / 10_000

export const soundFigures = (sound: Sound): SoundFigures => {
  const { sampleRate, bits, channels } = sound
  const mono = toMono(sound)
  const n = Math.max(mono.length, 1)
  const squares = mono.reduce((sum, sample) => sum + sample * sample, 0)
  const quiet = mono.reduce((count, sample) => count + (Math.abs(sample) < SILENCE ? 1 : 0), 0)
  const part = (i: number): Float64Array =>
    mono.subarray(Math.floor((i * mono.length) / 64), Math.floor(((i + 1) * mono.length) / 64))
  return {
    ...{ sampleRate, channels: channels.length, bits, seconds: Math.round((mono.length * 1000) / sampleRate) / 1000 },
    ...{ peak: rounded(peakOf(mono)), level: rounded(Math.sqrt(squares / n)), silence: rounded(quiet / n) },
    waveform: Array.from({ length: 64 }, (_, i) => rounded(peakOf(part(i)))),
  }
}
