import { expect, test } from 'vitest'
import * as programs from '../src/index.ts'

test('public names', () => {
  expect(Object.keys(programs).sort()).toMatchInlineSnapshot(`
    [
      "assemblePicture",
      "builtinPrograms",
      "createRandom",
      "exactMath",
      "installExactMath",
      "isBuiltinName",
      "memoryLimits",
      "raytraceInputs",
      "raytraceLimits",
      "runProgram",
      "runWasm",
    ]
  `)
})

test('A8: what a site’s visitors run without an operator’s review is a renderer; no search for hashes comes with the worker', () => {
  expect(Object.keys(programs.builtinPrograms)).toEqual(['raytrace'])
})
