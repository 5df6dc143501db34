import { type Environment, readVariable, requireVariable, VariableMissingError } from '@oblivion/core'

/**
 * The Supabase project that the environment names, under our names or under those of a Next.js app.
 *
 * @throws {VariableMissingError} `OB113`, {VariableInvalidError} `OB112`, which name the variable.
 */
export const readProject = (environment: Environment): { supabaseUrl: string; supabaseKey: string } => {
  if (readVariable(environment, 'SUPABASE_URL') === null) {
    throw new VariableMissingError({
      message: 'The environment variable SUPABASE_URL is not set.',
      hint: 'Set it and SUPABASE_KEY to those of the project, or use --dev for the stack that runs here.',
      values: { variable: 'SUPABASE_URL' },
    })
  }
  return {
    supabaseUrl: requireVariable(environment, 'SUPABASE_URL'),
    supabaseKey: requireVariable(environment, 'SUPABASE_KEY'),
  }
}
