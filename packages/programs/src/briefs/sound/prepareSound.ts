import type { Sound } from './wav.ts'

/** Below this share of full scale it counts as silence (-54 dB). */
export const SILENCE = 0.002
/** The loudest sample of what was prepared (-1 dB). */
const PEAK = 0.891

/** All channels as one. */
export const toMono = ({ channels }: Sound): Float64Array => {
  const [first = new Float64Array(0)] = channels
  return first.map((_, i) => channels.reduce((sum, channel) => sum + (channel[i] as number), 0) / channels.length)
}

export const peakOf = (samples: Float64Array): number =>
  samples.reduce((most, sample) => Math.max(most, Math.abs(sample)), 0)

/** Without the silence before and behind, and as loud as it can be: its loudest sample is at -1 dB. */
export const prepareSound = (samples: Float64Array): Float64Array => {
  const from = samples.findIndex((sample) => Math.abs(sample) >= SILENCE)
  const to = samples.findLastIndex((sample) => Math.abs(sample) >= SILENCE)
  if (from < 0) return samples
  const heard = samples.subarray(from, to + 1)
  const scale = PEAK / peakOf(heard)
  return heard.map((sample) => sample * scale)
}

/** Faded in and out over 50 ms, so that nothing clicks. */
export const fadeEnds = (samples: Float64Array, sampleRate: number): Float64Array => {
  const length = Math.min(Math.floor(sampleRate / 20), samples.length >> 1)
  const share = (i: number): number => Math.min(1, (i + 1) / (length + 1))
  return samples.map((sample, i) => sample * share(i) * share(samples.length - 1 - i))
}
