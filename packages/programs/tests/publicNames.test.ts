import { expect, test } from 'vitest'
import * as programs from '../src/index.ts'

test('public names', () => {
  expect(Object.keys(programs).sort()).toMatchInlineSnapshot(`
    [
      "assemblePicture",
      "builtinPrograms",
      "isBuiltinName",
      "raytraceInputs",
      "raytraceLimits",
      "runProgram",
    ]
  `)
})
