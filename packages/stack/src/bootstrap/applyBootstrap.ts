import { readdir, readFile } from 'node:fs/promises'
import pg, { escapeIdentifier, escapeLiteral } from 'pg'

/** The roles of the bootstrap that may log in. */
export const loginRoles = [
  'postgres',
  'authenticator',
  'supabase_auth_admin',
  'supabase_storage_admin',
  'supabase_realtime_admin',
] as const

export type LoginRole = (typeof loginRoles)[number]

/**
 * Gives a database everything that a hosted Supabase project has before its owner's first migration: roles, permissive
 * default privileges, and the schemas auth, realtime, storage and extensions. May run again at any time.
 *
 * Roles and their passwords belong to the whole cluster, the rest to the one database that the URL names.
 *
 * @param superuserUrl connection string of a superuser (`supabase_admin` in the stack)
 * @param passwords one for each role that may log in
 */
export const applyBootstrap = async ({
  superuserUrl,
  passwords,
}: {
  superuserUrl: string
  passwords: Record<LoginRole, string>
}): Promise<void> => {
  const folder = new URL('.', import.meta.url)
  const files = (await readdir(folder)).filter((name) => name.endsWith('.sql')).sort()
  const client = new pg.Client({ connectionString: superuserUrl })
  await client.connect()
  try {
    await client.query('begin')
    for (const file of files) await client.query(await readFile(new URL(file, folder), 'utf8'))
    for (const role of loginRoles) {
      await client.query(`alter role ${escapeIdentifier(role)} password ${escapeLiteral(passwords[role])}`)
    }
    await client.query('commit')
  } finally {
    await client.end()
  }
}
