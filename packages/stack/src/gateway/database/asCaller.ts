import type pg from 'pg'
import { bearerOf, type Claims, type ReadToken } from '../auth/readToken.ts'
import { inTransaction } from './inTransaction.ts'

/** Whom a request speaks for: the database role of its transaction, and the claims that SQL sees. */
export type Caller = { role: string; claims: Claims }

/** What SQL may read about the request itself. */
export type RequestFacts = { method: string; path: string; headers: Readonly<Record<string, string>> }

/** A caller without a token is anon; a token without a role too. The claims are not checked beyond their signature. */
export const callerOf = async (authorization: string | undefined, readToken: ReadToken): Promise<Caller> => {
  const token = bearerOf(authorization)
  const claims = token === null ? {} : await readToken(token)
  const role = typeof claims.role === 'string' && claims.role !== '' ? claims.role : 'anon'
  return { role, claims: { ...claims, role } }
}

/**
 * Runs `work` in one transaction as the caller. Authenticator holds no right of its own, so a role that it may not
 * become fails here with 42501, whatever the token claims.
 *
 * The time limits of the role are read from the catalogue and applied by hand: `set role` does not apply them.
 */
export const asCaller = <T>(
  pool: pg.Pool,
  { caller, facts, readOnly }: { caller: Caller; facts: RequestFacts; readOnly: boolean },
  work: (client: pg.PoolClient) => Promise<T>,
): Promise<T> => {
  const values = [
    JSON.stringify(caller.claims),
    typeof caller.claims.sub === 'string' ? caller.claims.sub : '',
    caller.role,
    facts.method,
    facts.path,
    JSON.stringify(facts.headers),
  ]
  const asRole = async (client: pg.PoolClient): Promise<T> => {
    await client.query({ name: 'become_caller', text: becomeCaller, values })
    return work(client)
  }
  return inTransaction(pool, asRole, readOnly ? 'begin read only' : 'begin')
}

/** One round trip, planned once for each connection: it stands before every request. */
const becomeCaller = `
  with limits as materialized (
    select set_config(split_part(setting, '=', 1), substr(setting, strpos(setting, '=') + 1), true)
    from pg_catalog.pg_roles, unnest(rolconfig) as setting
    where rolname = $3 and split_part(setting, '=', 1) in ('statement_timeout', 'lock_timeout')
  )
  select
    (select count(*) from limits),
    set_config('search_path', '"public", "extensions"', true),
    set_config('request.jwt.claims', $1, true),
    set_config('request.jwt.claim.sub', $2, true),
    set_config('request.jwt.claim.role', $3, true),
    set_config('request.method', $4, true),
    set_config('request.path', $5, true),
    set_config('request.headers', $6, true),
    set_config('role', $3, true)`

/** Headers that say where a request came from can be written by anyone; no trusted proxy stands before this server. */
const untrusted = /^(x-forwarded-.*|forwarded|x-real-ip|true-client-ip|cf-.*|fly-.*|x-client-ip)$/

/** The headers as SQL sees them: lower-case names, without those that only a trusted proxy could vouch for. */
export const trustedHeaders = (headers: Iterable<[string, string]>): Record<string, string> =>
  Object.fromEntries([...headers].filter(([name]) => !untrusted.test(name)))
