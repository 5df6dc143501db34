import type pg from 'pg'

/**
 * The rows that Sign in with Ethereum leaves for a wallet: one user, one identity whose `provider_id` carries the
 * address as it was written in the message. Signing in again with the same spelling gives the same user, as in Auth.
 */
export const insertWallet = async (pool: pg.Pool, address: string): Promise<{ userId: string; address: string }> => {
  const providerId = `web3:ethereum:${address}`
  const present = await pool.query<{ user_id: string }>(
    `select user_id from auth.identities where provider = 'web3' and provider_id = $1`,
    [providerId],
  )
  const known = present.rows[0]?.user_id
  if (known !== undefined) return { userId: known, address }
  const identity = {
    sub: providerId,
    custom_claims: { address, chain: 'ethereum', network: '31337', domain: 'localhost:5173' },
  }
  const made = await pool.query<{ user_id: string }>(
    `with made as (
       insert into auth.users (id, aud, role, raw_app_meta_data, raw_user_meta_data, created_at, updated_at, is_anonymous)
       values (gen_random_uuid(), 'authenticated', 'authenticated',
         '{"provider": "web3", "providers": ["web3"]}', $2, now(), now(), false)
       returning id
     )
     insert into auth.identities (provider_id, user_id, identity_data, provider, last_sign_in_at, created_at, updated_at)
     select $1, id, $2, 'web3', now(), now(), now() from made
     returning user_id`,
    [providerId, JSON.stringify(identity)],
  )
  const userId = made.rows[0]?.user_id
  if (userId === undefined) throw new Error(`No user was made for ${address}.`)
  return { userId, address }
}
