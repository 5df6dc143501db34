import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { BRIDGE, type Embedding, type Headers, openEmbedding, type Site, type Visitor } from './engine/embedding.ts'
import { addressOf, createEngine, done, type Engine, type Wallet, type WorkCycle } from './engine/engine.ts'

/* Site keys: where they work, what visitors may run, who is judged and who is paid. */

let engine: Engine
let owner: Wallet
let customer: Wallet
let createSite: Embedding['createSite']
let anon: Embedding['anon']
let visit: Embedding['visit']
let cycle: Embedding['cycle']
let work: Embedding['work']
let clear: Embedding['clear']
let settle: Embedding['settle']

beforeAll(async () => {
  engine = await createEngine()
  await engine.deposit(addressOf(1), 1_000_000_000n)
  customer = await engine.wallet(addressOf(1))
  ;({ owner, createSite, anon, visit, cycle, work, clear, settle } = await openEmbedding(engine))
})
afterAll(() => engine.drop())

describe('a site', () => {
  test('is made, changed and listed by its owner alone', async () => {
    const site = await createSite()
    expect(site).toMatchObject({ ownerBps: 4000, maxCpuPercent: 50, programs: ['raytrace'], revokedAt: null })
    expect(site.siteKey).toMatch(/^obs_[0-9a-f]{32}$/)
    await owner.rpc('update_site', { p_site_id: site.siteId, p_site: JSON.stringify({ ownerBps: 2500 }) })
    expect(await owner.rpc('list_sites')).toContainEqual(expect.objectContaining({ ...site, ownerBps: 2500 }))
    await expect(customer.rpc('update_site', { p_site_id: site.siteId, p_site: '{}' })).rejects.toMatchObject({
      code: 'OB084',
    })
    expect(await customer.rpc('list_sites')).toEqual([])
  })

  test.each([
    ['no origin', { origins: [] }, 'origins'],
    ['a path', { origins: ['https://blog.example/'] }, 'origins'],
    ['plain http', { origins: ['http://blog.example'] }, 'origins'],
    ['a default port', { origins: ['https://blog.example:443'] }, 'origins'],
    ['an unreviewed program', { programs: [`sha256:${'a'.repeat(64)}`] }, 'programs'],
    ['a share above all', { ownerBps: 10001 }, 'ownerBps'],
    ['a fraction', { ownerBps: 0.5 }, 'ownerBps'],
    ['an unknown field', { colour: 'red' }, 'colour'],
    ['no name', { name: '' }, 'name'],
  ])('is refused with %s', async (_, more, field) => {
    await expect(createSite(more)).rejects.toMatchObject({ code: 'OB005', detail: expect.stringContaining(field) })
  })
})

describe('A2: a site key', () => {
  test('works from the origin of our bridge alone', async () => {
    const site = await createSite()
    for (const headers of [
      {},
      { origin: 'https://evil.example' },
      { origin: 'null' },
      { origin: `${BRIDGE}.evil.example` },
    ]) {
      await expect(
        anon(headers as Headers, 'register_node', { p_hardware_id: 'x', p_site_key: site.siteKey }),
      ).rejects.toMatchObject({ code: 'OB081' })
    }
    await expect(visit(site)).resolves.toMatchObject({ nodeId: expect.any(String) })
  })

  test('is paid as it is, whatever a page or a script says of where the frame lies', async () => {
    const site = await createSite()
    const node = async (headers: Headers) => {
      const { nodeId } = await visit(site, 'the same browser', headers)
      return engine.query('select id, owner_id, payee_owner_id, site_id, site_owner_id from nodes where id = $1', [
        nodeId,
      ])
    }
    const forged = { referer: 'https://rich.example/', 'x-forwarded-host': 'rich.example', host: 'rich.example' }
    expect(await node(forged)).toEqual(await node({}))
  })

  test('ends when it is revoked, with every node of it and its jobs', async () => {
    await clear()
    await engine.task(customer, 1)
    const site = await createSite()
    const visitor = await visit(site)
    expect((await cycle(visitor)).job).not.toBeNull()
    await owner.rpc('revoke_site_key', { p_site_id: site.siteId })
    await expect(cycle(visitor)).rejects.toMatchObject({ code: 'OB004' })
    await expect(visit(site)).rejects.toMatchObject({ code: 'OB080' })
    await expect(anon({}, 'get_site', { p_site_key: site.siteKey })).rejects.toMatchObject({ code: 'OB080' })
    expect(await engine.query(`select from jobs where status = 'processing'`)).toHaveLength(0)
  })

  test('an operator suspends a site with a reason and lets it go on', async () => {
    const site = await createSite()
    await engine.coordinator('suspend_site', [site.siteId, 'Too many wrong results.'])
    await expect(visit(site)).rejects.toMatchObject({ code: 'OB080' })
    await engine.coordinator('suspend_site', [site.siteId, null])
    await visit(site)
  })

  test.each([
    ['suspends it', `select oblivion.suspend_site($1, 'Too many wrong results.')`],
    ['revokes its key', 'update oblivion.sites set revoked_at = now() where id = $1'],
  ])('nobody slips in while somebody %s', async (_, stop) => {
    const site = await createSite()
    let visiting: Promise<unknown> = Promise.resolve()
    await engine.database.as({ role: 'postgres' }, async ({ query }) => {
      await query(stop, [site.siteId])
      let over = false
      visiting = visit(site).finally(() => {
        over = true
      })
      visiting.catch(() => undefined)
      // Until it waits for this transaction, or has gone past it.
      const waits = `select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`
      while (!over && (await engine.query(waits)).length === 0);
    })
    await expect(visiting).rejects.toMatchObject({ code: 'OB080' })
  })

  test('tells a visitor before the consent what is run, for whom and at most how much', async () => {
    const site = await createSite({ maxCpuPercent: 30 })
    expect(await anon({}, 'get_site', { p_site_key: site.siteKey })).toEqual({
      name: 'A blog',
      origins: ['https://blog.example'],
      programs: ['raytrace'],
      ownerBps: 4000,
      maxCpuPercent: 30,
      owner: '0x0000…0002',
      perAddress: true,
    })
  })
})

describe('A8: visitors run the programs of their site’s list', () => {
  test('and a program that was taken off the list is off at once', async () => {
    await clear()
    await engine.task(customer, 3)
    const site = await createSite()
    const visitor = await visit(site)
    await work(visitor)
    await owner.rpc('update_site', { p_site_id: site.siteId, p_site: JSON.stringify({ programs: ['other'] }) })
    // It keeps the job that it holds, and gets no other.
    const { job } = await cycle(visitor)
    if (job === null) throw new Error('No job.')
    expect(await cycle(visitor, done(job))).toMatchObject({ accepted: true, job: null })
    expect(await visitor.rpc('explain_claim')).toMatchObject({
      reason: 'program_not_allowed',
      values: { allowed: ['other'] },
    })
    await owner.rpc('update_site', { p_site_id: site.siteId, p_site: JSON.stringify({ programs: ['raytrace'] }) })
    expect((await cycle(visitor)).job).not.toBeNull()
  })

  test('and no unreviewed one by any door, whatever their node says of itself', async () => {
    await clear()
    const program = { kind: 'js', source: 'export default () => 1' }
    await engine.task(customer, 1, { type: undefined, program })
    const [{ id, hash } = {}] = await engine.query<{ id: string; hash: string }>(
      `select j.id, t.program ->> 'hash' as hash from jobs j join oblivion.tasks t on t.id = j.task_id where j.status = 'pending'`,
    )
    const site = await createSite()
    const { nodeId, nodeSecret } = await anon<{ nodeId: string; nodeSecret: string }>(
      { origin: BRIDGE },
      'register_node',
      {
        p_hardware_id: 'greedy',
        p_site_key: site.siteKey,
        p_capabilities: JSON.stringify({ strangersPrograms: true }),
      },
    )
    const ask = <T>(name: string, args: object) => anon<T>({ 'x-node-key': nodeSecret }, name, { ...args })
    const [{ provider } = {}] = await engine.query('select provider_address as provider from nodes where id = $1', [
      nodeId,
    ])
    const doors = async () => [
      (await ask<WorkCycle>('work_cycle', { p_node_id: nodeId })).job,
      await ask('next_jobs', { p_provider_address: provider, p_limit: 10 }),
      await ask('claim_job_fair', { p_job_id: id, p_provider_address: provider }),
      await engine.database.as({ role: 'anon', headers: { 'x-node-key': nodeSecret } }, ({ query }) =>
        query(
          `update jobs set status = 'processing', provider_address = $2 where id = $1 and status = 'pending' returning id`,
          [id, provider],
        ),
      ),
    ]
    expect(await doors()).toEqual([null, [], false, []])
    // Reviewed, taken into the site's list by its owner, and posted anew, it comes.
    await engine.coordinator('review_program', [hash, true])
    await clear()
    await engine.task(customer, 1, { type: undefined, program: { kind: 'js', hash } })
    expect((await ask<WorkCycle>('work_cycle', { p_node_id: nodeId })).job).toBeNull()
    const programs = ['raytrace', `sha256:${hash}`]
    await owner.rpc('update_site', { p_site_id: site.siteId, p_site: JSON.stringify({ programs }) })
    expect((await ask<WorkCycle>('work_cycle', { p_node_id: nodeId })).job).toMatchObject({ program: { hash } })
  })

  test('T5: never a task of the site’s own owner', async () => {
    await clear()
    await engine.deposit(owner.address, 1_000_000n)
    await engine.task(owner, 1)
    const visitor = await visit(await createSite())
    expect((await cycle(visitor)).job).toBeNull()
    expect(await visitor.rpc('explain_claim')).toMatchObject({ reason: 'own_tasks_only' })
  })
})

describe('T11: judged and paid are two', () => {
  test('two browsers of one address block are one owner for caps, and two accounts for money', async () => {
    await clear()
    await engine.task(customer, 4)
    const site = await createSite()
    const one = await visit(site, undefined, { 'x-real-ip': '203.0.113.7' })
    const two = await visit(site, undefined, { 'x-real-ip': '203.0.113.9' })
    const elsewhere = await visit(site, undefined, { 'x-real-ip': '198.51.100.7' })
    const rows = await engine.query<{ owner_id: string; payee_owner_id: string }>(
      'select owner_id, payee_owner_id from nodes where id = any($1) order by array_position($1, id)',
      [[one.nodeId, two.nodeId, elsewhere.nodeId]],
    )
    expect(rows[0]?.owner_id).toBe(rows[1]?.owner_id)
    expect(rows[2]?.owner_id).not.toBe(rows[0]?.owner_id)
    expect(new Set(rows.map((row) => row.payee_owner_id)).size).toBe(3)
    // One job over all nodes of an owner that has proved nothing.
    expect((await cycle(one)).job).not.toBeNull()
    expect((await cycle(two)).job).toBeNull()
    expect((await cycle(elsewhere)).job).not.toBeNull()
  })

  test('the reward is shared between site and visitor once it was charged, to the unit', async () => {
    await clear()
    await settle()
    const site = await createSite({ ownerBps: 3333 })
    const visitor = await visit(site)
    await engine.task(customer, 3, { pricePerChunk: '1001' })
    for (let chunk = 0; chunk < 3; chunk++) await work(visitor)
    const [receipts] = await engine.query<{ reward: string }>(
      `select sum(r.price - r.fee)::text as reward from oblivion.receipts r join nodes n on n.payee_owner_id = r.payee_owner_id where n.id = $1`,
      [visitor.nodeId],
    )
    const reward = BigInt(receipts?.reward ?? '0')
    const sitePart = (reward * 3333n) / 10000n
    const before = BigInt((await owner.rpc<{ total: string }>('my_earnings')).total)
    const vouchers = await settle()
    expect(BigInt((await owner.rpc<{ total: string }>('my_earnings')).total) - before).toBe(sitePart)
    expect(vouchers).toContainEqual(expect.objectContaining({ provider: owner.address }))
    expect(await visitor.rpc('visitor_earnings')).toEqual({
      earned: (reward - sitePart).toString(),
      ownerBps: 3333,
      boundTo: null,
    })
    // Again changes nothing.
    await settle()
    expect(BigInt((await owner.rpc<{ total: string }>('my_earnings')).total) - before).toBe(sitePart)
    const state = await engine.coordinator<Record<string, string>>('ledger_state', [engine.instanceId])
    expect(state.total).toBe('0')
  })
})

describe('A13: the address', () => {
  test.each([
    ['what stands to the left of the rightmost value', { 'x-real-ip': '9.9.9.9, 203.0.113.50' }],
    ['four bytes as sixteen, of a proxy that listens on both', { 'x-real-ip': '::ffff:203.0.113.50' }],
    ['another header', { 'x-real-ip': '203.0.113.50', 'x-forwarded-for': '9.9.9.9', forwarded: 'for=9.9.9.9' }],
  ])('%s is the caller’s own word and changes nothing', async (_, headers) => {
    const site = await createSite()
    const honest = await visit(site, undefined, { 'x-real-ip': '203.0.113.51' })
    const forged = await visit(site, undefined, headers as Headers)
    const rows = await engine.query('select distinct owner_id from nodes where id = any($1)', [
      [honest.nodeId, forged.nodeId],
    ])
    expect(rows).toHaveLength(1)
  })

  test('without a configured header there is no rule per address', async () => {
    await engine.coordinator('set_embedding', [[BRIDGE]])
    const site = await createSite()
    const one = await visit(site, undefined, { 'x-real-ip': '203.0.113.7' })
    const two = await visit(site, undefined, { 'x-real-ip': '203.0.113.7' })
    const rows = await engine.query('select distinct owner_id from nodes where id = any($1)', [
      [one.nodeId, two.nodeId],
    ])
    expect(rows).toHaveLength(2)
    // And `oblivion doctor` can say so.
    expect(await anon({}, 'get_site', { p_site_key: site.siteKey })).toMatchObject({ perAddress: false })
    await engine.coordinator('set_embedding', [[BRIDGE], 'x-real-ip'])
  })

  test('neither the address nor the visitor’s id is kept', async () => {
    const site = await createSite()
    await visit(site, 'planted-hardware-id', { 'x-real-ip': '192.0.2.77', 'user-agent': 'planted-agent' })
    const tables = await engine.query<{ name: string }>(
      `select c.oid::regclass::text as name from pg_class c
        where c.relkind = 'r' and c.relnamespace in ('oblivion'::regnamespace, 'public'::regnamespace)`,
    )
    expect(tables.length).toBeGreaterThan(20)
    for (const { name } of tables) {
      const rows = await engine.query(`select from ${name} t where t::text ~ '192\\.0\\.2|planted'`)
      expect([name, rows.length]).toEqual([name, 0])
    }
  })
})

describe('A12: registrations', () => {
  test('are capped by the hour, and the rows of those that did nothing are used again', async () => {
    const site = await createSite({ registrationsPerHour: 5 })
    for (let n = 0; n < 5; n++) await visit(site)
    await expect(visit(site)).rejects.toMatchObject({ code: 'OB014' })
    const count = async (): Promise<number[]> =>
      Object.values(
        (
          await engine.query<Record<string, string>>(
            `select (select count(*) from oblivion.owners) as owners, (select count(*) from nodes where site_id = $1) as nodes,
                    (select count(*) from oblivion.visitors where site_id = $1) as visitors`,
            [site.siteId],
          )
        )[0] ?? {},
      ).map(Number)
    const [owners = 0] = await count()
    for (let day = 0; day < 3; day++) {
      await engine.query(`update nodes set last_seen = now() - interval '2 days' where site_id = $1`, [site.siteId])
      await engine.query(`update oblivion.visitors set last_seen_at = now() - interval '2 days' where site_id = $1`, [
        site.siteId,
      ])
      await engine.query(`update oblivion.site_hours set hour = hour - interval '1 hour' where site_id = $1`, [
        site.siteId,
      ])
      await engine.coordinator('purge_visitors')
      expect((await count()).slice(1)).toEqual([0, 0])
      for (let n = 0; n < 5; n++) await visit(site)
      await expect(visit(site)).rejects.toMatchObject({ code: 'OB014' })
    }
    expect((await count())[0]).toBe(owners)
  })

  test('a browser that comes from another address each time leaves one node, and no more addresses than the site has room', async () => {
    const site = await createSite({ registrationsPerHour: 5, maxVisitors: 5 })
    const from = (n: number) => visit(site, 'a wanderer', { 'x-real-ip': `198.18.${n}.7` })
    for (let n = 0; n < 20; n++) await from(n)
    await expect(from(20)).rejects.toMatchObject({ code: 'OB014' })
    // From an address that is known it is let in.
    await from(3)
    expect(await engine.query('select from nodes where site_id = $1', [site.siteId])).toHaveLength(1)
  })

  test('who computed is not forgotten', async () => {
    await clear()
    await engine.task(customer, 1)
    const site = await createSite()
    const visitor = await visit(site)
    await work(visitor)
    await engine.query(`update nodes set last_seen = now() - interval '2 days' where site_id = $1`, [site.siteId])
    await engine.query(`update oblivion.visitors set last_seen_at = now() - interval '2 days' where site_id = $1`, [
      site.siteId,
    ])
    await engine.coordinator('purge_visitors')
    expect(await visitor.rpc('visitor_earnings')).toMatchObject({ earned: '570' })
  })

  test('a share that the site raises later takes nothing of what was earned before', async () => {
    await clear()
    await settle()
    const site = await createSite({ ownerBps: 0 })
    const visitor = await visit(site, 'same')
    await engine.task(customer, 6)
    await work(visitor)
    const ask = (ownerBps: number) =>
      owner.rpc('update_site', { p_site_id: site.siteId, p_site: JSON.stringify({ ownerBps }) })
    // Not charged yet; the page is loaded again, and its new word is agreed to.
    await ask(10_000)
    const again = await visit(site, 'same')
    expect(await again.rpc('visitor_earnings')).toMatchObject({ earned: '950', ownerBps: 10_000 })
    await work(again)
    await ask(5_000)
    const third = await visit(site, 'same')
    await work(third)
    const before = BigInt((await owner.rpc<{ total: string }>('my_earnings')).total)
    await settle()
    expect(await third.rpc('visitor_earnings')).toMatchObject({ earned: '1425' })
    expect(BigInt((await owner.rpc<{ total: string }>('my_earnings')).total) - before).toBe(1_425n)
  })

  test('the keys of address hashes are destroyed after 30 days', async () => {
    await engine.query(`insert into oblivion.address_keys values (current_date - 31, 'x'), (current_date - 29, 'y')`)
    await engine.coordinator('purge_visitors')
    expect(await engine.query('select from oblivion.address_keys where day < current_date - 30')).toHaveLength(0)
    expect(await engine.query('select from oblivion.address_keys where day = current_date - 29')).toHaveLength(1)
  })
})

describe('A14: a claim code', () => {
  const prepare = async (): Promise<{ visitor: Visitor; code: string; site: Site }> => {
    await clear()
    await engine.task(customer, 1)
    const site = await createSite()
    const visitor = await visit(site)
    await work(visitor)
    const { code } = await visitor.rpc<{ code: string }>('create_claim_code')
    return { visitor, code, site }
  }
  const redeem = (wallet: Wallet, code: string) => wallet.rpc('redeem_claim_code', { p_code: code })

  test('binds a wallet once; the money is its own a day later, and so is what comes after', async () => {
    const { visitor, code, site } = await prepare()
    const wallet = await engine.wallet(addressOf(0x77))
    expect(await anon({}, 'show_claim_code', { p_code: code })).toMatchObject({ site: 'A blog', earned: '570' })
    expect(await redeem(wallet, code)).toMatchObject({ earned: '570', availableAt: expect.any(String) })
    await settle()
    expect(await wallet.rpc('my_earnings')).toMatchObject({ total: '0' })
    await engine.query(`update oblivion.visitors set bound_at = bound_at - interval '24 hours' where site_id = $1`, [
      site.siteId,
    ])
    expect(await settle()).toContainEqual({ provider: wallet.address, cumulative: '570' })
    expect(await wallet.rpc('my_earnings')).toMatchObject({ total: '570', pending: '570', fromSites: '570' })
    await engine.coordinator('store_voucher', [engine.instanceId, wallet.address, '570', `0x${'1'.repeat(130)}`])
    await engine.task(customer, 1)
    await work(visitor)
    expect(await settle()).toContainEqual({ provider: wallet.address, cumulative: '1140' })
    expect(await visitor.rpc('visitor_earnings')).toMatchObject({ boundTo: '0x0000…0077' })
  })

  test('replayed, expired, guessed, or overtaken by a newer one: refused', async () => {
    const { visitor, code } = await prepare()
    const wallet = await engine.wallet(addressOf(0x78))
    await expect(redeem(wallet, 'obc_guess')).rejects.toMatchObject({ code: 'OB082' })
    const { code: newer } = await visitor.rpc<{ code: string }>('create_claim_code')
    await expect(redeem(wallet, code)).rejects.toMatchObject({ code: 'OB082' })
    await engine.query(`update oblivion.visitors set code_expires_at = now() where code_hash is not null`)
    await expect(redeem(wallet, newer)).rejects.toMatchObject({ code: 'OB082' })
    const { code: good } = await visitor.rpc<{ code: string }>('create_claim_code')
    await expect(anon({}, 'redeem_claim_code', { p_code: good })).rejects.toMatchObject({ code: 'OB001' })
    await redeem(wallet, good)
    await expect(redeem(wallet, good)).rejects.toMatchObject({ code: 'OB082' })
    await expect(visitor.rpc('create_claim_code')).rejects.toMatchObject({ code: 'OB083' })
  })

  test('two wallets at once: one wins', async () => {
    const { code } = await prepare()
    const wallets = await Promise.all([0x79, 0x7a, 0x7b, 0x7c].map((n) => engine.wallet(addressOf(n))))
    const answers = await Promise.allSettled(wallets.map((wallet) => redeem(wallet, code)))
    expect(answers.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
  })

  test('is nothing that a wallet’s own node can have, and is not kept in clear', async () => {
    const { code } = await prepare()
    const node = await engine.node(addressOf(0x7d))
    await expect(node.rpc('create_claim_code', { p_node_id: node.nodeId })).rejects.toMatchObject({ code: 'OB005' })
    expect(await engine.query('select from oblivion.visitors v where v::text like $1', [`%${code}%`])).toHaveLength(0)
  })

  test('what nobody bound within 90 days goes to the site', async () => {
    const { site } = await prepare()
    await settle()
    const before = BigInt((await owner.rpc<{ total: string }>('my_earnings')).total)
    expect(await engine.coordinator('lapse_visitor_earnings', [engine.instanceId])).toBe(0)
    await engine.query(`update oblivion.visitors set last_seen_at = now() - interval '91 days' where site_id = $1`, [
      site.siteId,
    ])
    expect(await engine.coordinator('lapse_visitor_earnings', [engine.instanceId])).toBe(1)
    expect(BigInt((await owner.rpc<{ total: string }>('my_earnings')).total) - before).toBe(570n)
  })

  test('a disputed binding is taken back within the hold and no later', async () => {
    const { visitor, code } = await prepare()
    await redeem(await engine.wallet(addressOf(0x7e)), code)
    const [{ payee_owner_id: id } = {}] = await engine.query('select payee_owner_id from nodes where id = $1', [
      visitor.nodeId,
    ])
    await engine.coordinator('unbind_visitor', [id])
    await visitor.rpc('create_claim_code')
    await expect(engine.coordinator('unbind_visitor', [id])).rejects.toMatchObject({ code: 'OB018' })
  })
})
