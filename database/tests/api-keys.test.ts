import pg from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { addressOf, createEngine, done, type Engine, type Node, type Wallet } from './engine/engine.ts'
import { actBy } from './engine/race.ts'

/*
 * API keys: a customer's program acts by one for its wallet. What a key opens is bounded by its scopes and its spending
 * limit, exactly and at any moment; money, keys, nodes and sites stay with the wallet.
 */

let engine: Engine
let customer: Wallet
let other: Wallet
let node: Node
beforeAll(async () => {
  engine = await createEngine()
  for (const n of [1, 2]) await engine.deposit(addressOf(n), 1_000_000n)
  customer = await engine.wallet(addressOf(1))
  other = await engine.wallet(addressOf(2))
  node = await engine.node(addressOf(3))
})
afterAll(() => engine.drop())

type ApiKey = Record<'keyId' | 'key' | 'beginning' | 'state' | 'used', string> &
  Record<'spendingLimit' | 'lastUsedAt' | 'revokedAt', string | null> & { openTasks: number }
const both = { name: 'A program', scopes: ['read', 'tasks'], spendingLimit: '5000' }
const make = (more: Record<string, unknown> = {}, wallet = customer) =>
  wallet.rpc<ApiKey>('create_api_key', { p_key: JSON.stringify({ ...both, ...more }) })
const list = (wallet = customer) => wallet.rpc<ApiKey[]>('list_api_keys')
const shown = async ({ keyId }: ApiKey) => {
  const found = (await list()).find((key) => key.keyId === keyId)
  if (found === undefined) throw new Error('It is not in the list.')
  return found
}
/** An answer without the time at which it was given. */
const timeless = (answer: unknown) =>
  JSON.parse(JSON.stringify(answer, (key, value) => (['asOf', 'countedAt'].includes(key) ? null : value)))
/** A program that acts by a key alone. */
const programOf = ({ key }: { key: string }): Wallet => {
  const session: Wallet['session'] = (act) => engine.database.as({ role: 'anon', headers: { 'x-api-key': key } }, act)
  return { address: '', session, rpc: (name, args) => session(({ rpc }) => rpc(name, args)) }
}
const work = async (accept: number): Promise<void> => {
  let { job } = await node.cycle()
  for (let chunk = 1; chunk <= accept; chunk += 1) {
    if (job === null) throw new Error('No job.')
    ;({ job } = await node.cycle(done(job), chunk < accept))
  }
}

describe('what a key is', () => {
  test('it is shown once, kept as its hash, and told by how it begins', async () => {
    const made = await make({ name: 'Nightly' })
    expect(made.key).toMatch(/^obk_[0-9a-f]{64}$/)
    expect(made.beginning).toBe(made.key.slice(0, 8))
    expect(await shown(made)).toEqual({ ...made, key: undefined })
    expect(JSON.stringify(await list())).not.toContain(made.key)
    const [kept] = await engine.query<{ row: string; hashed: boolean }>(
      `select k::text as row, k.key_hash = sha256(convert_to($2, 'UTF8')) as hashed from oblivion.api_keys k where id = $1`,
      [made.keyId, made.key],
    )
    expect(kept?.hashed).toBe(true)
    expect(kept?.row).not.toContain(made.key.slice(8))
  })

  test('what it is asked for is looked at', async () => {
    const wrong: [Record<string, unknown>, string][] = [
      [{ name: '' }, 'name'],
      [{ name: 'x'.repeat(81) }, 'name'],
      [{ scopes: null }, 'scopes'],
      [{ scopes: [] }, 'scopes'],
      [{ scopes: ['read', 'money'] }, 'scopes'],
      [{ spendingLimit: null }, 'spendingLimit'],
      [{ spendingLimit: '0' }, 'spendingLimit'],
      [{ spendingLimit: '1.5' }, 'spendingLimit'],
      [{ scopes: ['read'] }, 'spendingLimit'],
      [{ expiresAt: '2020-01-01T00:00:00Z' }, 'expiresAt'],
      [{ expiresAt: '2999-13-45T00:00:00Z' }, 'expiresAt'],
      [{ expiresAt: 'infinity' }, 'expiresAt'],
      [{ payee: addressOf(9) }, 'payee'],
    ]
    for (const [more, field] of wrong) {
      const error = await make(more).catch((caught) => caught)
      expect([error.code, JSON.parse(error.detail ?? '{}').field], JSON.stringify(more)).toEqual(['OB005', field])
    }
    await expect(customer.rpc('create_api_key', { p_key: '[]' })).rejects.toMatchObject({ code: 'OB005' })
  })

  test('a wallet has 20 that are valid, and of those that ended the newest stay to look at', async () => {
    const wallet = await engine.wallet(addressOf(0x20))
    const keys: ApiKey[] = []
    for (let n = 0; n < 20; n += 1) keys.push(await make({}, wallet))
    await expect(make({}, wallet)).rejects.toMatchObject({ code: 'OB014' })
    await engine.query(
      `update oblivion.api_keys set expires_at = now(), created_at = now() - interval '1 day' where id = $1`,
      [keys[0]?.keyId],
    )
    for (let n = 0; n < 23; n += 1) await wallet.rpc('revoke_api_key', { p_key_id: (await make({}, wallet)).keyId })
    const states = (await list(wallet)).map(({ state }) => state)
    expect(states.slice(0, 19)).toEqual(Array(19).fill('valid'))
    expect(states.slice(19)).toEqual(Array(21).fill('revoked'))

    // However many tasks one posted, making the next rewrites none of them.
    const busy = await make({}, wallet)
    await engine.query(`update oblivion.api_keys set created_at = now() - interval '2 days' where id = $1`, [
      busy.keyId,
    ])
    const taskId = await engine.task(customer, 1, { pricePerChunk: '500' })
    await engine.query(`update oblivion.tasks set api_key_id = $1 where id = $2`, [busy.keyId, taskId])
    const version = () => engine.query(`select xmin::text, api_key_id from oblivion.tasks where id = $1`, [taskId])
    const before = await version()
    await wallet.rpc('revoke_api_key', { p_key_id: busy.keyId })
    // Nor does it wait for a pass that gives back what such a key spent, and may wait for another key's row.
    await engine.database.as({ role: 'postgres' }, async ({ query }) => {
      await query('select from oblivion.api_keys where id = $1 for no key update', [busy.keyId])
      const made = await wallet.session(async ({ query: ask, rpc }) => {
        await ask(`set local lock_timeout = '5s'`)
        return rpc<ApiKey>('create_api_key', { p_key: JSON.stringify(both) })
      })
      await wallet.rpc('revoke_api_key', { p_key_id: made.keyId })
    })
    await make({}, wallet)
    expect((await engine.query(`select from oblivion.api_keys where id = $1`, [busy.keyId])).length).toBe(0)
    expect(await version()).toEqual(before)
    expect(await customer.rpc('cancel_task', { p_task_id: taskId })).toBeTruthy()
  })
})

describe('what a key opens', () => {
  test('each scope what it names, and neither what moves money, makes keys or acts for nodes and sites', async () => {
    const taskId = await engine.task(customer, 1, { pricePerChunk: '500' })
    const read = programOf(await make({ scopes: ['read'], spendingLimit: undefined }))
    const tasks = programOf(await make({ scopes: ['tasks'] }))
    const reading: [string, Record<string, unknown>?][] = [
      ['get_task', { p_task_id: taskId }],
      ['task_inputs', { p_task_id: taskId }],
      ['task_results', { p_task_id: taskId }],
      ['list_tasks'],
      ['my_balance'],
      ['my_statement', { p_account: 'task', p_asset: 'chain', p_task_id: taskId }],
    ]
    for (const [name, args] of reading) {
      expect(timeless(await read.rpc(name, args)), name).toEqual(timeless(await customer.rpc(name, args)))
      await expect(tasks.rpc(name, args), name).rejects.toMatchObject({ code: 'OB031', detail: '{"needs": "read"}' })
    }
    for (const name of ['cancel_task', 'pause_task', 'resume_task'])
      await expect(read.rpc(name, { p_task_id: taskId }), name).rejects.toMatchObject({ code: 'OB031' })
    await expect(engine.task(read, 1)).rejects.toMatchObject({ code: 'OB031', detail: '{"needs": "tasks"}' })
    const never: [string, Record<string, unknown>?][] = [
      ['create_api_key', { p_key: JSON.stringify(both) }],
      ['list_api_keys'],
      ['revoke_api_key', { p_key_id: crypto.randomUUID() }],
      ['request_payout'],
      ['set_payout_from', { p_from: '10000' }],
      ['request_card_refund', { p_amount: '1', p_request_id: 'x' }],
      ['my_voucher'],
      ['register_node', { p_hardware_id: 'x' }],
      ['redeem_claim_code', { p_code: 'x' }],
      ['create_schedule', { p_schedule: '{}' }],
      ['create_site', { p_site: '{}' }],
      ['operator_overview'],
      ['forget_me'],
    ]
    for (const program of [read, tasks])
      for (const [name, args] of never)
        await expect(program.rpc(name, args), name).rejects.toMatchObject({
          code: 'OB031',
          detail: '{"needs": "wallet"}',
        })
    await customer.rpc('cancel_task', { p_task_id: taskId })
  })

  test('also beside its wallet’s session a key opens what it opens alone', async () => {
    const { key } = await make({ scopes: ['read'], spendingLimit: undefined })
    const { userId } = await engine.database.createWallet(customer.address)
    const as = { role: 'authenticated' as const, sub: userId, headers: { 'x-api-key': key } }
    await expect(engine.database.as(as, ({ rpc }) => rpc('list_api_keys'))).rejects.toMatchObject({ code: 'OB031' })
    expect(timeless(await engine.database.as(as, ({ rpc }) => rpc('list_tasks')))).toEqual(
      timeless(await customer.rpc('list_tasks')),
    )
  })

  test('tasks of its wallet to read, those that it posted to control, and none of anybody else’s', async () => {
    const [mine, second] = [programOf(await make()), programOf(await make())]
    const [posted, foreign] = [await engine.task(mine, 1), await engine.task(other, 1)]
    const byWallet = await engine.task(customer, 1)
    for (const taskId of [posted, byWallet])
      expect(await second.rpc('get_task', { p_task_id: taskId })).toMatchObject({ taskId })
    for (const name of ['get_task', 'task_inputs', 'task_results', 'cancel_task', 'pause_task', 'resume_task'])
      await expect(mine.rpc(name, { p_task_id: foreign }), name).rejects.toMatchObject({ code: 'OB008' })
    // What its customer has paused a thief must not resume: no limit of the key's covers that hold.
    await customer.rpc('pause_task', { p_task_id: byWallet })
    for (const name of ['resume_task', 'cancel_task', 'pause_task'])
      for (const taskId of [posted, byWallet])
        await expect(second.rpc(name, { p_task_id: taskId }), name).rejects.toMatchObject({ code: 'OB008' })
    expect(await mine.rpc('pause_task', { p_task_id: posted })).toEqual({ status: 'paused' })
    expect(await mine.rpc('resume_task', { p_task_id: posted })).toEqual({ status: 'running' })
    for (const [wallet, taskId] of [
      [mine, posted],
      [customer, byWallet],
      [other, foreign],
    ] as const)
      expect(await wallet.rpc('cancel_task', { p_task_id: taskId })).toMatchObject({ status: 'cancelled' })
  })

  test('Storage: inputs into its wallet’s folder and results out of its tasks, each by its scope', async () => {
    const hash = 'a'.repeat(64)
    const may = (key: string | null, name: string) =>
      engine.database.as({ role: 'anon', headers: key === null ? {} : { 'x-api-key': key } }, async ({ query }) => {
        const [row] = await query<{ store: boolean; read: boolean }>(
          'select oblivion.may_store_input($1) as store, oblivion.may_read_input($1) as read',
          [name],
        )
        return [row?.store === true, row?.read === true]
      })
    const [read, tasks] = [
      await make({ scopes: ['read'], spendingLimit: undefined }),
      await make({ scopes: ['tasks'] }),
    ]
    const folder = `${customer.address}/${hash}`
    expect(await may(tasks.key, folder)).toEqual([true, true])
    expect(await may(read.key, folder)).toEqual([false, true])
    expect(await may(null, folder)).toEqual([false, false])
    expect(await may(`${tasks.key}0`, folder)).toEqual([false, false])
    expect(await may(tasks.key, `${other.address}/${hash}`)).toEqual([false, false])
    await customer.rpc('revoke_api_key', { p_key_id: read.keyId })
    expect(await may(read.key, folder)).toEqual([false, false])
    const policy = await engine.query<{ roles: string }>(
      `select array_to_string(roles, ',') as roles from pg_catalog.pg_policies where policyname = 'oblivion: a customer keeps an input'`,
    )
    expect(policy).toEqual([{ roles: 'anon,authenticated' }])
  })
})

describe('how a key ends', () => {
  test('an unknown, a revoked and an expired one are refused by every call, and say so', async () => {
    const [revoked, expired] = [await make(), await make({ expiresAt: '2999-01-01T00:00:00Z' })]
    await customer.rpc('revoke_api_key', { p_key_id: revoked.keyId })
    await engine.query('update oblivion.api_keys set expires_at = now() where id = $1', [expired.keyId])
    for (const [program, reason] of [
      [programOf({ key: 'obk_0' }), 'unknown'],
      [programOf({ key: '' }), 'unknown'],
      [programOf(revoked), 'revoked'],
      [programOf(expired), 'expired'],
    ] as const)
      for (const name of ['list_tasks', 'my_balance', 'list_api_keys', 'register_node'])
        await expect(
          program.rpc(name, name === 'register_node' ? { p_hardware_id: 'x' } : {}),
          name,
        ).rejects.toMatchObject({
          ...{ code: 'OB030', detail: JSON.stringify({ reason }).replace(':', ': ') },
        })
    expect((await shown(revoked)).state).toBe('revoked')
    expect((await shown(expired)).state).toBe('expired')
  })

  test('its wallet alone revokes it, as often as it likes', async () => {
    const key = await make()
    await expect(other.rpc('revoke_api_key', { p_key_id: key.keyId })).rejects.toMatchObject({ code: 'OB032' })
    expect((await list(other)).map(({ keyId }) => keyId)).not.toContain(key.keyId)
    const first = await customer.rpc<ApiKey>('revoke_api_key', { p_key_id: key.keyId })
    const again = await customer.rpc<ApiKey>('revoke_api_key', { p_key_id: key.keyId })
    expect(again.revokedAt).toBe(first.revokedAt)
  })

  test('forget_me ends all of a wallet’s and forgets what they were called', async () => {
    const wallet = await engine.wallet(addressOf(0x21))
    await engine.deposit(wallet.address, 10_000n)
    const key = await make({ name: 'Planted name' }, wallet)
    const taskId = await engine.task(programOf(key), 1)
    await wallet.rpc('forget_me')
    await expect(programOf(key).rpc('list_tasks')).rejects.toMatchObject({ code: 'OB030' })
    expect(await list(wallet)).toEqual([])
    const rows = await engine.query<{ row: string }>('select k::text as row from oblivion.api_keys k')
    expect(rows.some(({ row }) => row.includes('Planted'))).toBe(false)
    // Its tasks stay and end as ever.
    expect(await wallet.rpc('cancel_task', { p_task_id: taskId })).toMatchObject({ refunded: '1000' })
  })
})

describe('M5: the spending limit', () => {
  test('counts what its tasks hold or have spent, whatever they are paid with; what comes back counts no more', async () => {
    const key = await make({ spendingLimit: '5000' })
    const program = programOf(key)
    const taskId = await engine.task(program, 3, { budget: '3500' })
    expect(await shown(key)).toMatchObject({ spendingLimit: '5000', used: '3500', openTasks: 1 })
    const error = await engine.task(program, 2).catch((caught) => caught)
    expect(error).toMatchObject({ code: 'OB033' })
    expect(JSON.parse(error.detail)).toEqual({ needed: '2000', left: '1500', limit: '5000' })
    await work(2)
    await program.rpc('cancel_task', { p_task_id: taskId })
    expect(await shown(key)).toMatchObject({ used: '2000', openTasks: 0 })
    await engine.coordinator('set_sandbox', [true])
    await customer.rpc('change_play_money', { p_amount: '100000' })
    const play = await engine.task(program, 3, { asset: 'test' })
    await expect(engine.task(program, 1, { pricePerChunk: '100' })).rejects.toMatchObject({ code: 'OB033' })
    await program.rpc('cancel_task', { p_task_id: play })
    expect(await shown(key)).toMatchObject({ used: '2000' })
  })

  test('is kept as the ledger has it, for every key', async () => {
    const rows = await engine.query(
      `select k.used::text as used, coalesce(sum(e.amount), 0)::text as booked
         from oblivion.api_keys k
         left join oblivion.tasks t on t.api_key_id = k.id
         left join oblivion.accounts a on a.task_id = t.id and a.kind = 'task_hold'
         left join oblivion.ledger_entries e on e.account_id = a.id
        group by k.id having k.used <> coalesce(sum(e.amount), 0) or k.used > coalesce(k.spending_limit, 0)`,
    )
    expect(rows).toEqual([])
    const [posted] = await engine.query(`select count(*)::int as count from oblivion.api_keys where used > 0`)
    expect(posted).not.toEqual({ count: 0 })
  })

  test('is never passed, however many post at once, and is reached to the unit', async () => {
    const key = await make({ spendingLimit: '3000' })
    const clients = Array.from(
      { length: 8 },
      () => new pg.Client({ connectionString: engine.database.authenticatorUrl }),
    )
    try {
      await Promise.all(clients.map((client) => client.connect()))
      await Promise.all(clients.map((client) => actBy(client, { 'x-api-key': key.key })))
      const task = { title: 'A race', type: 'raytrace', inputs: [{}], pricePerChunk: '1000', acknowledgeVisible: true }
      const outcomes = await Promise.all(
        clients.map((client) =>
          client.query('select public.create_task($1)', [JSON.stringify(task)]).then(
            () => 'posted',
            (error: pg.DatabaseError) => error.code,
          ),
        ),
      )
      expect(outcomes.sort()).toEqual([...Array(5).fill('OB033'), ...Array(3).fill('posted')])
    } finally {
      await Promise.all(clients.map((client) => client.end()))
    }
    expect(await shown(key)).toMatchObject({ used: '3000', openTasks: 3 })
  })

  test('a key that is revoked while a task is posted by it posts none after that', async () => {
    const key = await make({ spendingLimit: '100000' })
    const client = new pg.Client({ connectionString: engine.database.authenticatorUrl })
    await client.connect()
    try {
      await actBy(client, { 'x-api-key': key.key })
      const task = { title: 'A race', type: 'raytrace', inputs: [{}], pricePerChunk: '1000', acknowledgeVisible: true }
      const post = () => client.query('select public.create_task($1)', [JSON.stringify(task)])
      await client.query('begin')
      await post()
      const revoked = customer.rpc<ApiKey>('revoke_api_key', { p_key_id: key.keyId })
      // It waits for the task's row of the key.
      await expect
        .poll(
          async () =>
            (await engine.query(`select from pg_locks where not granted and locktype = 'transactionid'`)).length,
        )
        .toBeGreaterThan(0)
      await client.query('commit')
      expect(await revoked).toMatchObject({ used: '1000', state: 'revoked' })
      await expect(post()).rejects.toMatchObject({ code: 'OB030' })
    } finally {
      await client.end()
    }
  })

  test('nor does a task that was on its way when its key was revoked', async () => {
    const key = await make()
    const program = new pg.Client({ connectionString: engine.database.authenticatorUrl })
    await program.connect()
    try {
      await actBy(program, { 'x-api-key': key.key })
      // It has been let in, and waits for its customer's money.
      await engine.database
        .as({ role: 'postgres' }, async ({ query }) => {
          await query(
            `select pg_advisory_xact_lock(oblivion.lock_key('customer', k.owner_id::text)) from oblivion.api_keys k where id = $1`,
            [key.keyId],
          )
          const task = {
            title: 'Late',
            type: 'raytrace',
            inputs: [{}],
            pricePerChunk: '1000',
            acknowledgeVisible: true,
          }
          const posted = program.query('select public.create_task($1)', [JSON.stringify(task)]).catch((error) => error)
          await expect
            .poll(
              async () =>
                (await engine.query(`select from pg_locks where not granted and locktype = 'advisory'`)).length,
            )
            .toBeGreaterThan(0)
          await customer.rpc('revoke_api_key', { p_key_id: key.keyId })
          return { posted }
        })
        .then(async ({ posted }) => expect(await posted).toMatchObject({ code: 'OB030' }))
    } finally {
      await program.end()
    }
    expect(await shown(key)).toMatchObject({ used: '0', openTasks: 0 })
  })

  test('no row can hold a key beyond its limit, or one that posts without a limit', async () => {
    const { keyId } = await make()
    for (const change of [
      'used = spending_limit + 1',
      'used = -1',
      'spending_limit = null',
      `scopes = '{read}'`,
      `scopes = '{}'`,
    ])
      await expect(
        engine.query(`update oblivion.api_keys set ${change} where id = $1`, [keyId]),
        change,
      ).rejects.toMatchObject({
        code: '23514',
      })
  })
})

describe('when it was last used', () => {
  test('is kept to five minutes, without a write for each call or a wait for another', async () => {
    const key = await make()
    const program = programOf(key)
    expect((await shown(key)).lastUsedAt).toBeNull()
    // A function that changes nothing notes it as well.
    await program.rpc('my_balance')
    const first = (await shown(key)).lastUsedAt
    expect(first).not.toBeNull()
    await program.rpc('list_tasks')
    expect((await shown(key)).lastUsedAt).toBe(first)
    const set = `update oblivion.api_key_uses set used_at = now() - interval '6 minutes' where api_key_id = $1`
    await engine.query(set, [key.keyId])
    const holder = new pg.Client({ connectionString: engine.database.authenticatorUrl })
    await holder.connect()
    try {
      await actBy(holder, { 'x-api-key': key.key })
      await holder.query('begin')
      await holder.query('select public.my_balance()')
      // Its row is locked, and nobody waits.
      await program.rpc('list_tasks')
      await holder.query('rollback')
    } finally {
      await holder.end()
    }
    await program.rpc('task_results', { p_task_id: crypto.randomUUID() }).catch(() => {})
    await program.rpc('my_balance')
    const second = (await shown(key)).lastUsedAt
    expect(Date.parse(second ?? '')).toBeGreaterThan(Date.parse(first ?? ''))
  })

  test('a read-only transaction, as PostgREST makes for GET, is answered all the same', async () => {
    const program = programOf(await make())
    const balance = await program.session(async ({ query }) => {
      await query('set transaction read only')
      return query('select public.my_balance() as balance')
    })
    expect(balance).toHaveLength(1)
  })
})
