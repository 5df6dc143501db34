import { ProgramUnknownError } from '@oblivion/core'
import { builtinPrograms, isBuiltinName } from './builtinPrograms.ts'
import { createRandom } from './environment/createRandom.ts'
import type { ProgramContext } from './Program.ts'

const silent: ProgramContext = {
  progress: () => {},
  checkpoint: () => {},
  resumed: null,
  random: createRandom('0'.repeat(32)),
  signal: { aborted: false },
}

/**
 * Runs a built-in program in this realm: for audits, tests and machines whose owner trusts it. A tab runs programs in the
 * sandbox instead.
 *
 * @throws {ProgramUnknownError} `OB207` where no built-in has this name.
 * @throws {InvalidInputError} `OB005` where the program refuses the input; `values.field` names what is wrong.
 * @example
 * const [first] = raytraceInputs({ width: 320, height: 180, tileWidth: 160, tileHeight: 90, samples: 4 })
 * const tile = await runProgram('raytrace', first)
 */
export const runProgram = async (
  name: string,
  input: unknown,
  context: Partial<ProgramContext> = {},
): Promise<unknown> => {
  if (!isBuiltinName(name)) throw new ProgramUnknownError({ values: { program: name } })
  return builtinPrograms[name](input, { ...silent, ...context })
}
