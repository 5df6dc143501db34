import type { Secrets } from '../home/secrets.ts'

export type DatabaseRole = keyof Secrets['passwords']

/** One database by the roles that its parts connect as. */
export type DatabaseUrls = Record<DatabaseRole, string> & { superuser: string }

/** The URL of each role, from the superuser's and the passwords. */
export const databaseUrls = (superuserUrl: string, passwords: Secrets['passwords']): DatabaseUrls => {
  const urlOf = (role: DatabaseRole): string => {
    const url = new URL(superuserUrl)
    url.username = role
    url.password = passwords[role]
    return url.href
  }
  const urls = Object.fromEntries((Object.keys(passwords) as DatabaseRole[]).map((role) => [role, urlOf(role)]))
  return { ...(urls as Record<DatabaseRole, string>), superuser: superuserUrl }
}
