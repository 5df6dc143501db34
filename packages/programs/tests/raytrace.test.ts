import { InvalidInputError, ProgramUnknownError } from '@oblivion/core'
import { describe, expect, test } from 'vitest'
import { bundlePrograms } from '../build.ts'
import { assemblePicture, raytraceInputs, raytraceLimits, runProgram } from '../src/index.ts'

const picture = { width: 60, height: 40, samples: 2 }
const render = async (tileWidth: number, tileHeight: number): Promise<Uint8ClampedArray> => {
  const inputs = raytraceInputs({ ...picture, tileWidth, tileHeight })
  return assemblePicture(await Promise.all(inputs.map((input) => runProgram('raytrace', input))), picture)
}
const input = { scene: 'room', width: 60, height: 40, x: 0, y: 0, tileWidth: 8, tileHeight: 8, samples: 1 }

describe('tiles', () => {
  test('cover the picture once, and its bytes do not depend on how it was cut', async () => {
    const whole = await render(60, 40)
    expect(await render(16, 12)).toEqual(whole)
    expect(await render(7, 40)).toEqual(whole)
    expect(whole.every((value, i) => i % 4 !== 3 || value === 255)).toBe(true)
  })

  test('of the demo picture are 64', () => {
    const inputs = raytraceInputs({ width: 1280, height: 720, tileWidth: 160, tileHeight: 90, samples: 64 })
    expect(inputs).toHaveLength(64)
    expect(inputs[63]).toEqual({
      scene: 'room',
      width: 1280,
      height: 720,
      x: 1120,
      y: 630,
      tileWidth: 160,
      tileHeight: 90,
      samples: 64,
    })
  })

  test('show a lit room: neither black nor flat', async () => {
    const pixels = await render(60, 40)
    const levels = new Set(pixels.filter((_, i) => i % 4 !== 3))
    expect(levels.size).toBeGreaterThan(100)
    expect(pixels.reduce((sum, value) => sum + value, 0) / pixels.length).toBeGreaterThan(60)
  })

  test('the largest tile that is allowed stays below 64,000 bytes of JSON', async () => {
    const result = await runProgram('raytrace', {
      ...input,
      width: 8192,
      height: 8192,
      x: 8000,
      y: 8000,
      tileWidth: 150,
      tileHeight: 100,
    })
    expect(150 * 100).toBe(raytraceLimits.tilePixels)
    expect(JSON.stringify(result).length).toBeLessThan(64_000)
  })
})

test('progress is told once a row, rising to 1', async () => {
  const told: number[] = []
  await runProgram('raytrace', input, { progress: (fraction) => told.push(fraction) })
  expect(told).toEqual([1, 2, 3, 4, 5, 6, 7, 8].map((row) => row / 8))
})

describe('refused with OB005 and the field', () => {
  test.each([
    ['input', null],
    ['input', [input]],
    ['scene', { ...input, scene: 'toString' }],
    ['width', { ...input, width: 8193 }],
    ['width', { ...input, width: '60' }],
    ['height', { ...input, height: 0.5 }],
    ['x', { ...input, x: 60 }],
    ['y', { ...input, y: -1 }],
    ['tileWidth', { ...input, tileWidth: 61 }],
    ['tileWidth', { ...input, width: 8192, height: 8192, tileWidth: 151, tileHeight: 100 }],
    ['tileHeight', { ...input, y: 36 }],
    ['samples', { ...input, samples: 0 }],
    ['samples', { ...input, samples: Number.NaN }],
  ])('%s', async (field, wrong) => {
    const error = await runProgram('raytrace', wrong).catch((e: unknown) => e)
    expect(error).toBeInstanceOf(InvalidInputError)
    expect((error as InvalidInputError).values.field).toBe(field)
  })

  test('a picture whose tiles would not end', () => {
    expect(() => raytraceInputs({ ...picture, tileWidth: 0, tileHeight: 8 })).toThrow(InvalidInputError)
    expect(() => raytraceInputs({ ...picture, tileWidth: 8, tileHeight: Number.NaN })).toThrow(InvalidInputError)
  })

  test.each([
    ['x', { x: -4 }],
    ['y', { y: 1.5 }],
    ['width', { x: 59 }],
    ['height', { height: 41 }],
    ['rgb', { rgb: 'AAA' }],
    ['rgb', { rgb: 'AAAAAAA*' }],
    ['rgb', { rgb: 'AAAAAAAAAAAAAAAA' }],
  ])('a tile with a wrong %s', (field, wrong) => {
    const tile = { x: 0, y: 0, width: 2, height: 1, rgb: 'AAAAAAAA', ...wrong }
    expect(() => assemblePicture([tile], picture)).toThrow(
      expect.objectContaining({ code: 'OB005', values: expect.objectContaining({ field }) }),
    )
  })
})

test('an unknown program is refused, also one named like an inherited property', async () => {
  await expect(runProgram('constructor', {})).rejects.toBeInstanceOf(ProgramUnknownError)
})

test('the built program uses no function that engines compute differently', async () => {
  const { raytrace } = await bundlePrograms()
  const used = new Set([...(raytrace?.source ?? '').matchAll(/Math\.(\w+)|\*\*/g)].map((match) => match[1] ?? '**'))
  const exact = ['sqrt', 'floor', 'imul', 'min', 'max', 'abs', 'PI']
  expect([...used].filter((name) => !exact.includes(name))).toEqual([])
})
