import { fileURLToPath } from 'node:url'

/** database/supabase/migrations of this checkout. */
export const migrationsFolder: string = fileURLToPath(
  new URL('../../../../database/supabase/migrations', import.meta.url),
)
