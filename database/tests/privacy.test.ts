import { afterAll, beforeAll, expect, test } from 'vitest'
import { addressOf, createEngine, done, type Engine } from './engine/engine.ts'

/* Privacy: what tells a machine or a visitor from another is gone from every table after 31 days. */

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
