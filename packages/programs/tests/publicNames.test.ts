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
