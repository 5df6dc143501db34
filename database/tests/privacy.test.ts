import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { addressOf, createEngine, done, type Engine } from './engine/engine.ts'

/*
 * Privacy: what tells a machine or a visitor from another is gone from every table after 31 days, or at once where
 * forget_me() is called; ledger, receipts and history stay.
 */

const BRIDGE = 'https://bridge.example'
const planted = {
  address: '203.0.113.77',
  userAgent: 'PlantedBrowser/7.7',
  hardware: 'planted-hardware-id-of-a-wallet',
  visitor: 'planted-hardware-id-of-a-visitor',
  capability: 'planted-capability',
}

let engine: Engine
beforeAll(async () => {
  engine = await createEngine()
  await engine.coordinator('set_embedding', [[BRIDGE], 'x-real-ip'])
})
afterAll(() => engine.drop())

/** Every row of every table of ours, as text: which of the planted words stand where. */
const found = async (words: string[]): Promise<string[]> => {
  const tables = await engine.query<{ name: string }>(
    `select format('%s.%I', n.nspname, c.relname) as name from pg_catalog.pg_class c
       join pg_catalog.pg_namespace n on n.oid = c.relnamespace
      where n.nspname in ('public', 'oblivion', 'realtime') and c.relkind = 'r' order by 1`,
  )
  const places: string[] = []
  for (const { name } of tables)
    for (const word of words) {
      const [row] = await engine.query<{ n: number }>(
        `select count(*)::int as n from ${name} t where strpos(to_jsonb(t)::text, $1) > 0`,
        [word],
      )
      if ((row?.n ?? 0) > 0) places.push(`${word} in ${name}`)
    }
  return places
}

test('Privacy: after 31 days nothing of machine, browser and address is left; receipts and node stay', async () => {
  const headers = { origin: BRIDGE, 'x-real-ip': planted.address, 'user-agent': planted.userAgent }
  await engine.deposit(addressOf(1), 1_000_000n)
  const owner = await engine.wallet(addressOf(5))
  const { siteKey } = await owner.rpc<{ siteKey: string }>('create_site', {
    p_site: JSON.stringify({ name: 'A site', origins: ['https://site.example'] }),
  })
  const visitor = await engine.database.as({ role: 'anon', headers }, ({ rpc }) =>
    rpc<{ nodeId: string }>('register_node', { p_hardware_id: planted.visitor, p_site_key: siteKey }),
  )
  const node = await engine.node(addressOf(2), planted.hardware, 'server', {
    p_capabilities: JSON.stringify({ [planted.capability]: true }),
  })
  await engine.task(await engine.wallet(addressOf(1)), 1)
  const { job } = await node.cycle()
  if (job === null) throw new Error('No job.')
  await node.cycle(done(job), false)

  // While it is there it is where it should be: so that the scan below can find.
  expect(await found(Object.values(planted))).toEqual([
    `${planted.hardware} in public.nodes`,
    `${planted.capability} in public.nodes`,
  ])
  const moments = await engine.query<{ change: string }>(
    `select format('update %I.%I set %s', table_schema, table_name,
              string_agg(format('%I = %I - interval ''31 days''', column_name, column_name), ', ')) as change
       from information_schema.columns
      where (table_schema, table_name) in (('public', 'nodes'), ('oblivion', 'visitors'), ('oblivion', 'visitor_blocks'))
        and data_type = 'timestamp with time zone'
      group by table_schema, table_name`,
  )
  for (const { change } of moments) await engine.query(change)
  await engine.coordinator('keep_house')

  expect(await found([...Object.values(planted), visitor.nodeId])).toEqual([])
  const [left] = await engine.query(
    `select (select count(*)::int from oblivion.receipts) as receipts,
            (select total_jobs_completed::int from public.nodes where id = $1) as done`,
    [node.nodeId],
  )
  expect(left).toEqual({ receipts: 1, done: 1 })
  // The same machine is a new node; the old key is none any more.
  await expect(node.cycle()).rejects.toMatchObject({ code: 'OB004' })
  expect((await engine.node(addressOf(2), planted.hardware)).nodeId).not.toBe(node.nodeId)
})

test('Privacy: nobody registers under the name of a node that was forgotten, and so keeps all others from it', async () => {
  const node = await engine.node(addressOf(0x71), 'planted-idle')
  const second = engine.node(addressOf(0x71), `forgotten:${node.nodeId}`)
  await expect(second).rejects.toMatchObject({ code: 'OB005' })
  await engine.query(`update public.nodes set last_seen = now() - interval '31 days' where id = $1`, [node.nodeId])
  await engine.coordinator('keep_house')
  expect(await found(['planted-idle'])).toEqual([])
})

describe('forget_me()', () => {
  const site = { name: 'planted-name-of-a-site', origins: ['https://planted-origin.example'] }
  const anon = <T>(headers: Record<string, string>, name: string, args: Record<string, unknown> = {}) =>
    engine.database.as({ role: 'anon', headers }, ({ rpc }) => rpc<T>(name, args))
  const visit = (siteKey: string, hardwareId: string) =>
    anon<{ nodeId: string; nodeSecret: string }>({ origin: BRIDGE, 'x-real-ip': planted.address }, 'register_node', {
      p_hardware_id: hardwareId,
      p_site_key: siteKey,
    })
  const forget = (key: string) => anon<unknown>({ 'x-node-key': key }, 'forget_me')

  test('a wallet: its machines, keys and sites are in no table any more, its money and its work are', async () => {
    const address = addressOf(0x70)
    const wallet = await engine.wallet(address)
    const [machine, capability] = ['planted-machine', 'planted-gift']
    const node = await engine.node(address, machine, 'server', {
      p_capabilities: JSON.stringify({ [capability]: true }),
    })
    const { siteKey } = await wallet.rpc<{ siteKey: string }>('create_site', { p_site: JSON.stringify(site) })
    const key = { name: 'planted-name-of-a-key', scopes: ['read'] }
    const made = await wallet.rpc<{ key: string; beginning: string }>('create_api_key', { p_key: JSON.stringify(key) })
    const visitor = await visit(siteKey, planted.visitor)
    await engine.task(await engine.wallet(addressOf(1)), 2)
    const { job } = await node.cycle()
    if (job === null) throw new Error('No job.')
    const { job: held } = await node.cycle(done(job))
    expect(held).not.toBeNull()
    const words = [machine, capability, site.name, site.origins[0] ?? '', siteKey, key.name, made.beginning]
    expect(await found(words)).toHaveLength(words.length)
    const before = await wallet.rpc('my_earnings')

    expect(await wallet.rpc('forget_me')).toEqual({ nodes: 1, sites: 1, apiKeys: 1 })
    expect(await found([...words, visitor.nodeSecret])).toEqual([])
    for (const name of ['list_sites', 'list_api_keys']) expect(await wallet.rpc(name)).toEqual([])
    await expect(anon({ 'x-api-key': made.key }, 'list_tasks')).rejects.toMatchObject({ code: 'OB030' })
    expect(await wallet.rpc('my_earnings')).toEqual(before)
    expect(await engine.query(`select status, attempt from jobs where id = $1`, [held?.jobId])).toEqual([
      { status: 'pending', attempt: 1 },
    ])
    await expect(node.cycle()).rejects.toMatchObject({ code: 'OB004' })
    await expect(forget(visitor.nodeSecret)).rejects.toMatchObject({ code: 'OB004' })
    await expect(visit(siteKey, 'another')).rejects.toMatchObject({ code: 'OB080' })
    expect(await wallet.rpc('forget_me')).toEqual({ nodes: 0, sites: 0, apiKeys: 0 })
    // The same machine may come back, as another node.
    expect((await engine.node(address, machine)).nodeId).not.toBe(node.nodeId)
  })

  test('a visitor, by its key: the same browser is another visitor; what it earned stays with its account', async () => {
    const owner = await engine.wallet(addressOf(0x71))
    const { siteKey } = await owner.rpc<{ siteKey: string }>('create_site', { p_site: JSON.stringify(site) })
    const visitor = await visit(siteKey, planted.visitor)
    const accounts = () =>
      engine.query<{ id: string }>(
        `select v.owner_id::text as id from oblivion.visitors v join oblivion.sites s on s.id = v.site_id where s.key = $1`,
        [siteKey],
      )
    const before = await accounts()
    expect(before).toHaveLength(1)
    expect(await forget(visitor.nodeSecret)).toEqual({ nodes: 1, sites: 0, apiKeys: 0 })
    expect(await found([visitor.nodeId])).toEqual([])
    expect(await accounts()).toEqual(before)
    await visit(siteKey, planted.visitor)
    expect(await accounts()).toHaveLength(2)
  })

  test("a wallet's node key forgets that node alone; a stranger is told who it is not", async () => {
    const [one, two] = [await engine.node(addressOf(0x72), 'one'), await engine.node(addressOf(0x72), 'two')]
    expect(await one.rpc('forget_me')).toEqual({ nodes: 1, sites: 0, apiKeys: 0 })
    await expect(one.cycle()).rejects.toMatchObject({ code: 'OB004' })
    expect(await two.cycle()).toMatchObject({ accepted: null })
    await expect(anon({}, 'forget_me')).rejects.toMatchObject({ code: 'OB001' })
    await expect(anon({ 'x-node-key': 'nobody' }, 'forget_me')).rejects.toMatchObject({ code: 'OB004' })
  })
})
