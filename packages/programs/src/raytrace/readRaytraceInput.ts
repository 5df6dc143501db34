import { InvalidInputError } from '@oblivion/core'
import { MAX_SAMPLES } from './sampler.ts'
import { isSceneName, type SceneName } from './scene.ts'

/** One tile of a picture. Pixels; `x` and `y` are the tile's upper left corner. */
export interface RaytraceInput {
  readonly scene: SceneName
  readonly width: number
  readonly height: number
  readonly x: number
  readonly y: number
  readonly tileWidth: number
  readonly tileHeight: number
  /** Paths traced per pixel: 64 look clean, a power of two spreads best. */
  readonly samples: number
}

/** What one input may ask for. A tile's result stays below 64,000 bytes of JSON; a picture below 64 megapixels. */
export const raytraceLimits = {
  pictureSide: 8192,
  tilePixels: 15_000,
  samples: MAX_SAMPLES,
} as const

const refuse = (field: string, reason: string): never => {
  throw new InvalidInputError({ message: `The input's ${field} ${reason}.`, values: { field, reason } })
}

const wholeNumber = (record: Record<string, unknown>, field: string, min: number, max: number): number => {
  const value = record[field]
  if (typeof value !== 'number' || !Number.isInteger(value) || value < min || value > max) {
    return refuse(field, `must be a whole number from ${min} to ${max}`)
  }
  return value
}

/** @throws {InvalidInputError} `OB005` with the field that is wrong. */
export const readRaytraceInput = (input: unknown): RaytraceInput => {
  if (typeof input !== 'object' || input === null || Array.isArray(input)) return refuse('input', 'must be an object')
  const record = input as Record<string, unknown>
  const scene = record.scene
  if (typeof scene !== 'string' || !isSceneName(scene)) return refuse('scene', 'names no scene')
  const width = wholeNumber(record, 'width', 1, raytraceLimits.pictureSide)
  const height = wholeNumber(record, 'height', 1, raytraceLimits.pictureSide)
  const x = wholeNumber(record, 'x', 0, width - 1)
  const y = wholeNumber(record, 'y', 0, height - 1)
  const tileWidth = wholeNumber(record, 'tileWidth', 1, width - x)
  const tileHeight = wholeNumber(record, 'tileHeight', 1, height - y)
  if (tileWidth * tileHeight > raytraceLimits.tilePixels) {
    return refuse('tileWidth', `times tileHeight must be at most ${raytraceLimits.tilePixels} pixels`)
  }
  const samples = wholeNumber(record, 'samples', 1, raytraceLimits.samples)
  return { scene, width, height, x, y, tileWidth, tileHeight, samples }
}
