import { randomUUID } from 'node:crypto'
import type pg from 'pg'
import { DatabaseError } from 'pg'
import { inTransaction } from '../database/inTransaction.ts'
import type { SignInMessage } from './parseSignInMessage.ts'

type Json = Record<string, unknown>

export type User = {
  id: string
  aud: string
  role: string
  is_anonymous: boolean
  last_sign_in_at: Date | null
  raw_app_meta_data: Json
  raw_user_meta_data: Json
  created_at: Date
  updated_at: Date
}

export type Identity = {
  id: string
  provider_id: string
  user_id: string
  provider: string
  identity_data: Json
  last_sign_in_at: Date
  created_at: Date
  updated_at: Date
}

const userColumns = `id, aud, role, is_anonymous, last_sign_in_at, raw_app_meta_data, raw_user_meta_data, created_at,
  updated_at`

export const findUser = async (db: pg.Pool | pg.PoolClient, id: string): Promise<User | null> => {
  const { rows } = await db.query<User>(`select ${userColumns} from auth.users where id = $1`, [id])
  return rows[0] ?? null
}

export const identitiesOf = async (db: pg.Pool | pg.PoolClient, userId: string): Promise<Identity[]> => {
  const { rows } = await db.query<Identity>(
    `select id, provider_id, user_id, provider, identity_data, last_sign_in_at, created_at, updated_at
     from auth.identities where user_id = $1 order by created_at`,
    [userId],
  )
  return rows
}

/** A user without any identity. */
export const createAnonymousUser = (pool: pg.Pool, metadata: Json, now: Date): Promise<User> =>
  insertUser(pool, { appMetadata: {}, userMetadata: metadata, anonymous: true, now })

/**
 * The user behind a wallet, made at its first sign-in.
 *
 * One user per provider id as Supabase Auth does it, and the provider id keeps the letter case of the message: a wallet
 * that signs in with a checksummed and with a lower-case address has two users. What belongs to the wallet is keyed by
 * the lower-case address in SQL.
 */
export const userOfWallet = async (pool: pg.Pool, message: SignInMessage, now: Date): Promise<User> => {
  try {
    return await findOrCreate(pool, message, now)
  } catch (error) {
    // Two first sign-ins at once: the other one made the identity.
    if (error instanceof DatabaseError && error.code === '23505') return findOrCreate(pool, message, now)
    throw error
  }
}

const findOrCreate = (pool: pg.Pool, message: SignInMessage, now: Date): Promise<User> =>
  inTransaction(pool, async (client) => {
    const providerId = `web3:ethereum:${message.address}`
    const identityData = {
      sub: providerId,
      custom_claims: {
        address: message.address,
        chain: 'ethereum',
        domain: message.domain,
        network: String(message.chainId),
        statement: message.statement ?? '',
      },
      email_verified: false,
      phone_verified: false,
    }
    const known = await client.query<{ user_id: string }>(
      `update auth.identities set identity_data = $2, last_sign_in_at = $3, updated_at = $3
       where provider = 'web3' and provider_id = $1 returning user_id`,
      [providerId, identityData, now],
    )
    const userId = known.rows[0]?.user_id
    if (userId !== undefined) return mergeUserMetadata(client, userId, identityData, now)
    const appMetadata = { provider: 'web3', providers: ['web3'] }
    const user = await insertUser(client, { appMetadata, userMetadata: identityData, anonymous: false, now })
    await client.query(
      `insert into auth.identities
         (provider_id, user_id, identity_data, provider, last_sign_in_at, created_at, updated_at)
       values ($1, $2, $3, 'web3', $4, $4, $4)`,
      [providerId, user.id, identityData, now],
    )
    return user
  })

const insertUser = async (
  db: pg.Pool | pg.PoolClient,
  {
    appMetadata,
    userMetadata,
    anonymous,
    now,
  }: { appMetadata: Json; userMetadata: Json; anonymous: boolean; now: Date },
): Promise<User> => {
  const { rows } = await db.query<User>(
    `insert into auth.users
       (instance_id, id, aud, role, raw_app_meta_data, raw_user_meta_data, is_anonymous, created_at, updated_at)
     values ('00000000-0000-0000-0000-000000000000', $1, 'authenticated', 'authenticated', $2, $3, $4, $5, $5)
     returning ${userColumns}`,
    [randomUUID(), appMetadata, userMetadata, anonymous, now],
  )
  return onlyRow(rows)
}

/** What the user may edit about itself: keys with null are removed. Nothing may ever be decided by it. */
export const mergeUserMetadata = async (
  db: pg.Pool | pg.PoolClient,
  userId: string,
  changes: Json,
  now: Date,
): Promise<User> => {
  const removed = Object.keys(changes).filter((key) => changes[key] === null)
  const { rows } = await db.query<User>(
    `update auth.users
     set raw_user_meta_data = (coalesce(raw_user_meta_data, '{}') || $2::jsonb) - $3::text[], updated_at = $4
     where id = $1 returning ${userColumns}`,
    [userId, changes, removed, now],
  )
  return onlyRow(rows)
}

export const onlyRow = <T>(rows: readonly T[]): T => {
  const [row] = rows
  if (row === undefined) throw new Error('The database answered no row where it must answer one.')
  return row
}

/** The user as Supabase Auth shows it. */
export const showUser = (user: User, identities: readonly Identity[]): Json => ({
  id: user.id,
  aud: user.aud,
  role: user.role,
  email: '',
  phone: '',
  ...(user.last_sign_in_at ? { last_sign_in_at: user.last_sign_in_at.toISOString() } : {}),
  app_metadata: user.raw_app_meta_data,
  user_metadata: user.raw_user_meta_data,
  identities: identities.map((identity) => ({
    identity_id: identity.id,
    id: identity.provider_id,
    user_id: identity.user_id,
    identity_data: identity.identity_data,
    provider: identity.provider,
    last_sign_in_at: identity.last_sign_in_at.toISOString(),
    created_at: identity.created_at.toISOString(),
    updated_at: identity.updated_at.toISOString(),
  })),
  created_at: user.created_at.toISOString(),
  updated_at: user.updated_at.toISOString(),
  is_anonymous: user.is_anonymous,
})
