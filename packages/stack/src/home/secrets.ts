import { randomBytes } from 'node:crypto'
import { type LoginRole, loginRoles } from '../bootstrap/applyBootstrap.ts'
import { readSecretFile, writeSecretFile } from './secretFile.ts'

type Key = `0x${string}`

/** What must not be guessed. Made at random for each data folder, so that no two installations share a secret. */
export type Secrets = {
  jwtSecret: string
  /** Of the cluster's superuser. */
  superuserPassword: string
  passwords: Record<LoginRole | 'oblivion_coordinator', string>
  /** The contract's keys. Unlike the accounts in dev.json they are nobody's published ones. */
  keys: { settler: Key; relayer: Key; guardian: Key; admin: Key }
}

/** The folder's secrets, made at its first start. */
export const loadSecrets = (file: string): Secrets => {
  const known = readSecretFile<Secrets>(file)
  if (known !== null) return known
  const made = makeSecrets(randomBytes)
  writeSecretFile(file, made)
  return made
}

/** @param random so many random bytes */
const makeSecrets = (random: (bytes: number) => Buffer): Secrets => {
  const password = (): string => random(24).toString('hex')
  // A random 32-byte number is no valid key once in 2^128 times.
  const key = (): Key => `0x${random(32).toString('hex')}`
  const roles = [...loginRoles, 'oblivion_coordinator' as const]
  return {
    jwtSecret: random(32).toString('hex'),
    superuserPassword: password(),
    passwords: Object.fromEntries(roles.map((role) => [role, password()])) as Secrets['passwords'],
    keys: { settler: key(), relayer: key(), guardian: key(), admin: key() },
  }
}
