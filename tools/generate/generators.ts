import type { TestDatabase } from '../../packages/stack/src/testing/index.ts'
import { generateAccess } from './generateAccess.ts'
import { generateBuiltinPrograms } from './generateBuiltinPrograms.ts'
import { capabilitiesFile, generateCapabilities } from './generateCapabilities.ts'
import { generateDatabaseTypes } from './generateDatabaseTypes.ts'
import { generateEnvExample } from './generateEnvExample.ts'
import { generateInstallScript } from './generateInstallScript.ts'
import { generateNamedPrograms } from './generateNamedPrograms.ts'
import { generateStates } from './generateStates.ts'
import { generateVariablesTable } from './generateVariablesTable.ts'

/**
 * How a generated file comes about: the text that it should hold, out of the sources or out of a migrated database; or
 * a script of the package that owns it, which knows `--check` itself.
 */
export type Generator =
  | { file: string; text: () => Promise<string> }
  | { file: string; fromDatabase: (database: TestDatabase) => Promise<string> }
  | { script: string }

export const generators: Record<string, Generator> = {
  abi: { script: 'packages/contracts/generate.ts' },
  errors: { script: 'packages/core/generate-errors-docs.ts' },
  builtins: {
    file: 'database/supabase/migrations/20261124000625_builtin_programs.sql',
    text: generateBuiltinPrograms,
  },
  named: {
    file: 'database/supabase/migrations/20261124000635_named_programs.sql',
    text: generateNamedPrograms,
  },
  // Of the migrations as they are by now.
  sql: { file: 'database/fair_job_distribution.sql', text: generateInstallScript },
  states: { file: 'packages/core/src/messages/states.generated.ts', fromDatabase: generateStates },
  variables: { file: 'README.md', text: generateVariablesTable },
  env: { file: '.env.example', text: generateEnvExample },
  types: { file: 'packages/client/src/database.generated.ts', fromDatabase: generateDatabaseTypes },
  capabilities: { file: capabilitiesFile, text: generateCapabilities },
  access: { file: 'docs/access.md', fromDatabase: generateAccess },
}
