import { type Environment, requireVariable } from '@oblivion/core'

/**
 * The Supabase project that the environment names, under our names or under those of a Next.js app.
 *
 * @throws {VariableMissingError} `OB113`, {VariableInvalidError} `OB112`, which name the variable.
 */
export const readProject = (environment: Environment): { supabaseUrl: string; supabaseKey: string } => {
  const env = {
    ...environment,
    SUPABASE_URL: environment.SUPABASE_URL ?? environment.NEXT_PUBLIC_SUPABASE_URL,
    SUPABASE_KEY: environment.SUPABASE_KEY ?? environment.NEXT_PUBLIC_SUPABASE_ANON_KEY,
  }
  return { supabaseUrl: requireVariable(env, 'SUPABASE_URL'), supabaseKey: requireVariable(env, 'SUPABASE_KEY') }
}
