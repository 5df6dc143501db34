import pg from 'pg'

/** Who acts: an API role as the gateway would set it up, or one of the two roles that connect by themselves. */
export type ActAs = {
  role: 'anon' | 'authenticated' | 'service_role' | 'oblivion_coordinator' | 'postgres'
  /** The user's id: the token's subject. */
  sub?: string
  /** Request headers, for example `{ 'x-node-key': secret }`. */
  headers?: Record<string, string>
  /** More claims of the token, or other values for those that are made up here. */
  claims?: Record<string, unknown>
}

export type Session = {
  query<T extends Record<string, unknown> = Record<string, unknown>>(sql: string, params?: unknown[]): Promise<T[]>
  /** Calls `public.<name>` with named arguments and answers its value, or its rows where it returns a table or set. */
  rpc<T = unknown>(name: string, args?: Record<string, unknown>): Promise<T>
}

export type Pools = { authenticator: pg.Pool; coordinator: pg.Pool; postgres: pg.Pool }

/** One transaction as `who`: committed when `act` answers, rolled back when it throws. */
export const runAs = async <T>(pools: Pools, who: ActAs, act: (session: Session) => Promise<T>): Promise<T> => {
  const client = await poolOf(pools, who.role).connect()
  try {
    await client.query('begin')
    if (isApiRole(who.role)) await become(client, who)
    const answer = await act(sessionOn(client))
    await client.query('commit')
    return answer
  } catch (error) {
    await client.query('rollback')
    throw error
  } finally {
    client.release()
  }
}

const isApiRole = (role: ActAs['role']): boolean => role !== 'oblivion_coordinator' && role !== 'postgres'

const poolOf = (pools: Pools, role: ActAs['role']): pg.Pool => {
  if (role === 'oblivion_coordinator') return pools.coordinator
  return role === 'postgres' ? pools.postgres : pools.authenticator
}

const become = async (client: pg.PoolClient, { role, sub, headers = {}, claims = {} }: ActAs): Promise<void> => {
  const token = { role, ...(sub === undefined ? {} : { sub, is_anonymous: false, aud: 'authenticated' }), ...claims }
  await client.query(`set local role ${pg.escapeIdentifier(role)}`)
  await client.query(
    `select set_config('request.jwt.claims', $1, true), set_config('request.jwt.claim.sub', $2, true),
       set_config('request.jwt.claim.role', $3, true), set_config('request.headers', $4, true),
       set_config('request.method', 'POST', true), set_config('request.path', '/rest/v1/rpc/test', true),
       set_config('statement_timeout', $5, true)`,
    [...[JSON.stringify(token), sub ?? '', role, JSON.stringify(headers)], role === 'anon' ? '3s' : '8s'],
  )
}

const sessionOn = (client: pg.PoolClient): Session => ({
  query: async <T extends Record<string, unknown>>(sql: string, params: unknown[] = []) =>
    (await client.query<T>(sql, params)).rows,
  rpc: async <T>(name: string, args: Record<string, unknown> = {}) => {
    const names = Object.keys(args)
    const list = names.map((argument, index) => `${pg.escapeIdentifier(argument)} => $${index + 1}`).join(', ')
    const { rows, fields } = await client.query(
      `select * from public.${pg.escapeIdentifier(name)}(${list})`,
      Object.values(args),
    )
    // A function that returns one value names its only column after itself.
    const scalar = fields.length === 1 && fields[0]?.name === name
    return (scalar && rows.length <= 1 ? (rows[0]?.[name] ?? null) : rows) as T
  },
})
