import { readFile } from 'node:fs/promises'
import {
  claim,
  deposit,
  mintTestUsdc,
  readCounters,
  readCustomer,
  readProviderSettled,
  readTokenBalance,
  requestExit,
  setDailyCap,
  topUp,
  type WriteClient,
  withdraw,
} from '@oblivion/contracts'
import { type Hex, parseEther } from 'viem'
import { generatePrivateKey, privateKeyToAccount } from 'viem/accounts'
import { getBalance, increaseTime, mine, sendTransaction, setBalance } from 'viem/actions'
import { afterEach, expect, test } from 'vitest'
import { clientOf } from '../../../packages/contracts/tests/localChain.ts'
import { createWorld, type Person, postTask, type World } from './world/createWorld.ts'
import { changes, steward, thiefWith } from './world/thief.ts'
import { turnOnce } from './world/turnOnce.ts'

/**
 * Issue "money", must show 4: each key is stolen once, and used as well as a thief can against the real contract, database
 * and coordinator. What it costs is measured, in units of the token, and is at most what docs/security.md says.
 */

const undo: Array<() => Promise<unknown>> = []
afterEach(async () => {
  for (const step of undo.splice(0).reverse()) await step()
})

const usdc = 1_000_000n
const day = 86_400
const terms = {
  chargeCap: 100n * usdc,
  claimCap: 100n * usdc,
  defaultDailyCap: 50n * usdc,
  exitDelay: 120n,
  maxPause: 60n,
}
const changeDelay = Number(terms.exitDelay) + 2 * day

/** Two customers with money in the contract, and a provider with a voucher for 9.5 of the 10 that one of them has spent. */
async function stage() {
  const world = await createWorld(terms)
  undo.push(world.end)
  const { chain, anvil } = world
  const settlement = chain.settlement
  const wallet = async () => {
    const client = clientOf(chain.rpcUrl, privateKeyToAccount(generatePrivateKey()))
    await setBalance(anvil, { address: client.account.address, value: parseEther('1') })
    return client
  }
  const second = await wallet()
  const mint = { token: chain.token, amount: 1_000n * usdc }
  await chain.mined(await mintTestUsdc(chain.deployer, { ...mint, to: second.account.address }))
  await chain.mined(await mintTestUsdc(chain.deployer, { ...mint, to: chain.deployer.account.address }))
  await chain.mined(await deposit(chain.customer, { settlement, amount: 200n * usdc }))
  await chain.mined(await deposit(second, { settlement, amount: 150n * usdc }))
  await world.finalize()
  await turnOnce(world)
  const customer = await world.person(chain.customer.account as never)
  const provider = await world.worker()
  await postTask(customer, 1, 10n * usdc)
  expect(await provider.work(1)).toBe(1)
  await settle(world)
  const tokensOf = (owner: `0x${string}`) => readTokenBalance(chain.deployer, { token: chain.token, owner })
  const onChain = (client: WriteClient) =>
    readCustomer(chain.deployer, { settlement, customer: client.account.address })
  return {
    ...{ world, customer, provider, second, wallet, tokensOf, onChain },
    /** What a customer gets out of the contract when it leaves now. */
    async leave(client: WriteClient) {
      await chain.mined(await requestExit(client, { settlement, amount: 2n ** 90n }))
      await pass(world, Number(terms.exitDelay) + 1)
      const before = await tokensOf(client.account.address)
      await chain.mined(await withdraw(client, { settlement }))
      return (await tokensOf(client.account.address)) - before
    },
    /** The admin puts another settler in: it takes as long as customers have notice. */
    async replaceSettler(admin = chain.admin) {
      const settler = privateKeyToAccount(generatePrivateKey())
      await steward(world, admin, 'propose', [changes.settler, BigInt(settler.address)])
      await pass(world, changeDelay + 1)
      await steward(world, admin, 'execute', [changes.settler])
      return settler
    },
    /** The pool is made good, and everybody is paid: the end of each drill. */
    async makeGood(other: Parameters<typeof turnOnce>[2] = {}) {
      await world.finalize()
      await turnOnce(world, null, other)
      const { owed, pool } = await poolOf(world)
      if (owed > pool) await chain.mined(await topUp(chain.deployer, { settlement, amount: owed - pool }))
      await provider.rpc('request_payout')
      await settle(world, other)
      await settle(world, other)
      const reward = (95n * usdc) / 10n
      expect(await readProviderSettled(chain.deployer, { settlement, provider: provider.account.address })).toBe(reward)
      expect(await tokensOf(provider.account.address)).toBe(reward)
      const last = await turnOnce(world, null, other)
      expect(last.status.state).toBe('settling')
      return owed > pool ? owed - pool : 0n
    },
  }
}

/** What is sent becomes final, is booked, and is vouched for. */
async function settle(world: World, other: Parameters<typeof turnOnce>[2] = {}) {
  await turnOnce(world, null, other)
  await world.finalize()
  return turnOnce(world, null, other)
}

async function pass(world: World, seconds: number) {
  await increaseTime(world.anvil, { seconds })
  await mine(world.anvil, { blocks: 1 })
}

async function poolOf(world: World) {
  const state = await world.ask<{ owed: string; overcharged: string }>('select oblivion.ledger_state($1) as answer', [
    world.instanceId,
  ])
  const { pool } = await readCounters(world.chain.deployer, { settlement: world.chain.settlement })
  return { owed: BigInt(state.owed), overcharged: BigInt(state.overcharged), pool }
}

/** All that the ledger says of money, to see that nothing has moved. */
const ledger = (world: World) =>
  world.ask<string>(
    `select md5(jsonb_build_array(oblivion.ledger_state($1) - 'cursorBlock' - 'cursorHash',
       (select jsonb_agg(r order by r.id) from oblivion.receipts r), (select jsonb_agg(v) from oblivion.vouchers v),
       (select count(*) from oblivion.ledger_entries))::text) as answer`,
    [world.instanceId],
  )

const refused = (attempt: Promise<unknown>, what: string | RegExp) =>
  expect(attempt, String(what)).rejects.toThrow(what)

test('settler: the claim cap and what refills until the guardian revokes, within the customers’ own daily caps', async () => {
  const { world, second, wallet, tokensOf, onChain, leave, replaceSettler, makeGood } = await stage()
  const { chain } = world
  const thief = thiefWith(world, chain.settler)
  const purse = (await wallet()).account.address
  const everything = 2n ** 80n
  const take = async () => {
    const row = (client: WriteClient) => ({
      customer: client.account.address,
      cumulative: everything,
      cumulativeFee: 0n,
    })
    await thief.charge(row(chain.customer), row(second))
    await thief.claim(purse, everything)
  }
  const hours = 6
  await take()
  await pass(world, hours * 3_600)
  // In the last second before the guardian acts.
  await take()
  await steward(world, chain.guardian, 'revokeSettler')
  await refused(take(), /signature|signer|settler/i)

  const stolen = await tokensOf(purse)
  const share = (cap: bigint) => cap + (cap * BigInt(hours * 3_600 + 60)) / BigInt(day)
  expect(stolen).toBeLessThanOrEqual(share(terms.claimCap))
  // The drill would prove nothing if the thief had not come that far.
  expect(stolen).toBeGreaterThan((share(terms.claimCap) * 98n) / 100n)
  for (const client of [chain.customer, second]) {
    expect((await onChain(client)).charged).toBeLessThanOrEqual(share(terms.defaultDailyCap))
  }
  await world.finalize()
  const seen = await turnOnce(world)
  expect(seen.status.state).toBe('halted')
  expect(seen.alarms.map(({ code }) => code)).toEqual(expect.arrayContaining(['deficit', 'signer']))

  // Everybody leaves with what is left of the escrow, long before another settler can act.
  for (const [client, put] of [
    [chain.customer, 200n * usdc],
    [second, 150n * usdc],
  ] as const) {
    const { charged, escrow } = await onChain(client)
    expect(escrow).toBe(put - charged)
    expect(await leave(client)).toBe(escrow)
  }
  const settler = await replaceSettler()
  expect(await makeGood({ settler })).toBeGreaterThan(0n)
})

test('guardian: a pause of at most seven days in thirty, and a revocation: what was spent and not charged, and no more', async () => {
  const { world, provider, second, leave, wallet, makeGood, onChain } = await stage()
  const { chain } = world
  // Ten are spent and not charged when the settler is revoked, and five more wait.
  const spender = await world.person(second.account as never)
  const taskId = await postTask(spender, 3, 5n * usdc)
  expect(await provider.work(2)).toBe(2)
  await chain.mined(await requestExit(chain.customer, { settlement: chain.settlement, amount: 2n ** 90n }))
  await pass(world, Number(terms.exitDelay) - 30)
  await steward(world, chain.guardian, 'revokeSettler')
  await steward(world, chain.guardian, 'pause', [terms.maxPause])
  await refused(steward(world, chain.guardian, 'pause', [1n]), /pause/i)
  // Nobody can charge for as long as another settler takes, which is longer than an exit does: nobody works meanwhile.
  for (const _ of [1, 2]) {
    expect(await turnOnce(world)).toMatchObject({ status: { state: 'keyless' }, alarms: [{ code: 'signer' }] })
  }
  const waits = { code: 'OB015', detail: expect.stringContaining('was revoked') }
  await expect(postTask(spender, 1)).rejects.toMatchObject(waits)
  await expect(spender.rpc('resume_task', { p_task_id: taskId })).rejects.toMatchObject(waits)
  await expect(provider.claim()).rejects.toThrow('there was no job to claim')
  const view = { status: 'paused', pausedReason: 'halted', spent: String(10n * usdc) }
  expect(await spender.rpc('get_task', { p_task_id: taskId })).toMatchObject(view)
  // A customer leaves while it is paused, and the pause ends by itself.
  await pass(world, 31)
  const { escrow } = await onChain(chain.customer)
  await chain.mined(await withdraw(chain.customer, { settlement: chain.settlement }))
  expect(await onChain(chain.customer)).toMatchObject({ escrow: 0n })
  expect(escrow).toBe(190n * usdc)
  await pass(world, Number(terms.maxPause))
  await refused(steward(world, chain.guardian, 'pause', [1n]), /pause/i)
  expect(await leave(second)).toBe(150n * usdc)
  // The admin names another guardian and another settler.
  const settler = privateKeyToAccount(generatePrivateKey())
  const guardian = await wallet()
  await steward(world, chain.admin, 'propose', [changes.guardian, BigInt(guardian.account.address)])
  await steward(world, chain.admin, 'propose', [changes.settler, BigInt(settler.address)])
  await pass(world, changeDelay + 1)
  await steward(world, chain.admin, 'execute', [changes.guardian])
  await steward(world, chain.admin, 'execute', [changes.settler])
  await pass(world, 31 * day)
  await refused(steward(world, chain.guardian, 'pause', [1n]), /guardian|sender|caller|may/i)
  expect(await makeGood({ settler })).toBe(0n)
  // What that cost: the ten.
  const { alarms } = await turnOnce(world, null, { settler })
  expect(alarms).toMatchObject([
    { code: 'escrow_short', message: expect.stringContaining(`${second.account.address}: ${10n * usdc}.`) },
  ])
})

test('admin: nothing at once, and whoever leaves at the news loses nothing; providers claim before it acts', async () => {
  const { world, provider, second, leave, wallet, tokensOf } = await stage()
  const { chain } = world
  const settlement = chain.settlement
  const accomplice = privateKeyToAccount(generatePrivateKey())
  for (const [change, value] of [
    [changes.settler, BigInt(accomplice.address)],
    [changes.guardian, BigInt(accomplice.address)],
    [changes.claimCap, 10n ** 15n],
    [changes.chargeCap, 10n ** 15n],
  ] as const) {
    await steward(world, chain.admin, 'propose', [change, value])
    await refused(steward(world, chain.admin, 'execute', [change]), /early|until|delay|yet/i)
  }
  // What it can do at once only tightens.
  await steward(world, chain.admin, 'lower', [changes.chargeCap, 1n])
  await refused(steward(world, chain.admin, 'lower', [changes.claimCap, 10n ** 15n]), /./)
  expect(await leave(chain.customer)).toBe(190n * usdc)
  expect(await leave(second)).toBe(150n * usdc)
  const voucher = await provider.rpc<{ cumulative: string; signature: Hex }>('my_voucher')
  const args = { settlement, provider: provider.account.address, cumulative: BigInt(voucher.cumulative) }
  await chain.mined(await claim(chain.stranger, { ...args, signature: voucher.signature }))
  expect(await tokensOf(provider.account.address)).toBe((95n * usdc) / 10n)

  await pass(world, changeDelay)
  for (const change of [changes.settler, changes.claimCap, changes.chargeCap]) {
    await steward(world, chain.admin, 'execute', [change])
  }
  const thief = thiefWith(world, accomplice)
  const purse = (await wallet()).account.address
  await thief.charge(
    ...[chain.customer, second].map((client) => ({
      ...{ customer: client.account.address, cumulative: 2n ** 80n, cumulativeFee: 0n },
    })),
  )
  await refused(thief.claim(purse, 2n ** 80n), /pool/i)
  expect(await tokensOf(purse)).toBe(0n)
})

test('relayer: its own coin; it can neither sign nor redirect, and another one goes on', async () => {
  const { world, wallet, makeGood } = await stage()
  const { chain, anvil } = world
  const relayer = clientOf(chain.rpcUrl, world.configuration.relayer)
  const before = await ledger(world)
  await refused(thiefWith(world, world.configuration.relayer).claim(relayer.account.address, usdc), /./)
  await refused(
    thiefWith(world, world.configuration.relayer).charge({
      ...{ customer: chain.customer.account.address, cumulative: 99n * usdc, cumulativeFee: 0n },
    }),
    /./,
  )
  // Its nonces are used up and its coin is sent away.
  const purse = (await wallet()).account.address
  for (const _ of [1, 2]) await chain.mined(await sendTransaction(relayer, { to: purse, value: 1n }))
  const left = await getBalance(anvil, { address: relayer.account.address })
  await chain.mined(await sendTransaction(relayer, { to: purse, value: left - parseEther('0.001') }))
  await world.finalize()
  expect((await turnOnce(world)).alarms.map(({ code }) => code)).toEqual(['relayer_balance'])
  expect(await ledger(world)).toBe(before)
  const another = privateKeyToAccount(generatePrivateKey())
  await setBalance(anvil, { address: another.address, value: parseEther('1') })
  expect(await makeGood({ relayer: another })).toBe(0n)
})

/** The tables and functions of the engine, whatever they are by now. */
const engineObjects = (world: World) =>
  world.ask<{ tables: string[]; functions: string[] }>(`select jsonb_build_object(
    'tables', (select jsonb_agg(c.oid::regclass::text) from pg_class c
      where c.relnamespace = 'oblivion'::regnamespace and c.relkind in ('r', 'p')),
    'functions', (select jsonb_agg(p.oid::regprocedure::text) from pg_proc p
      where p.pronamespace = 'oblivion'::regnamespace and has_function_privilege('oblivion_coordinator', p.oid, 'execute')
        and p.proname ~ '(settlement|charge|voucher|chain|relay|instance|limits|customers|card|ledger|fee|operator)'))
    as answer`)

test('service_role: reads, breaks service, mints nothing: no table of the engine can be written, no function of money called', async () => {
  const { world, makeGood } = await stage()
  const { database } = world
  const before = await ledger(world)
  const { tables, functions } = await engineObjects(world)
  expect([tables.length > 40, functions.length > 20]).toEqual([true, true])
  const as = (sql: string) => database.as({ role: 'service_role' }, ({ query }) => query(sql))
  for (const table of tables) {
    for (const sql of [`insert into ${table} default values`, `delete from ${table}`, `truncate ${table}`]) {
      await expect(as(sql), sql).rejects.toMatchObject({ code: '42501' })
    }
  }
  for (const name of functions) {
    const may = await as(`select has_function_privilege('service_role', '${name}', 'execute') as may`)
    expect([name, may[0]?.may]).toEqual([name, false])
  }
  for (const sql of [
    'set local role oblivion_coordinator',
    'set local role postgres',
    'alter table public.jobs disable trigger all',
  ])
    await expect(as(sql), sql).rejects.toMatchObject({ code: '42501' })
  expect(await ledger(world)).toBe(before)
  expect(await makeGood()).toBe(0n)
})

test('JWT secret: any claim can be forged and no role of money reached; a forged session costs what a stolen one does', async () => {
  const { world, customer, makeGood } = await stage()
  const { database } = world
  const before = await ledger(world)
  // The gateway sets the role that a token names, as its own login. That login can become these three.
  const roles = await world.ask<string[]>(
    `select jsonb_agg(r.rolname order by r.rolname) as answer from pg_roles r
      where pg_has_role('authenticator', r.oid, 'member') and r.rolname <> 'authenticator'`,
  )
  expect(roles).toEqual(['anon', 'authenticated', 'service_role'])
  const claims = { role: 'oblivion_coordinator', is_admin: true, wallet_address: customer.account.address }
  const forged = { role: 'authenticated' as const, sub: '00000000-0000-4000-8000-000000000000', claims }
  const rpc = (name: string) => database.as(forged, (as) => as.rpc(name))
  for (const name of ['my_balance', 'my_voucher', 'request_payout'])
    await expect(rpc(name), name).rejects.toMatchObject({ code: 'OB001' })
  // Who knows a customer's id is that customer here: what this costs is the next drill.
  const sub = await world.ask<string>(
    `select user_id as answer from auth.identities where provider_id ilike '%' || $1`,
    [customer.account.address],
  )
  const session = { role: 'authenticated' as const, sub }
  expect(await database.as(session, (as) => as.rpc<{ free: string }>('my_balance'))).toMatchObject({ asset: 'chain' })
  expect(await ledger(world)).toBe(before)
  expect(await makeGood()).toBe(0n)
})

test('session: the customer’s own daily cap; its wallet ends it at once', async () => {
  const { world, customer, onChain, tokensOf, makeGood } = await stage()
  const { chain } = world
  // The thief is the provider, and its prices are the dearest.
  const accomplice = await world.worker()
  let posted = 0n
  for (const price of [20n * usdc, 10n * usdc, 5n * usdc, usdc, usdc / 10n]) {
    for (let more = true; more; ) {
      more = await postTask(customer, 1, price).then(
        () => true,
        (error: { code?: string }) => {
          expect(error.code).toBe('OB096')
          return false
        },
      )
      if (more) posted += price
    }
  }
  expect(posted).toBeLessThanOrEqual(40n * usdc)
  expect(posted).toBeGreaterThan(39n * usdc)
  await accomplice.work()
  for (const _ of [1, 2]) await settle(world)
  const { charged } = await onChain(chain.customer)
  expect(charged).toBeLessThanOrEqual(terms.defaultDailyCap)
  const voucher = await accomplice.rpc<{ cumulative: string }>('my_voucher')
  // A fifth of the claim cap is all that a voucher grows by on its first day (M8), and what refills in this minute.
  const most = terms.claimCap / 5n
  expect(BigInt(voucher.cumulative)).toBeLessThanOrEqual(most + (most * 60n) / BigInt(day))
  expect(await tokensOf(accomplice.account.address)).toBe(0n)
  // The session names no payee, no exit and no cap: these are the wallet's own transactions.
  await chain.mined(await setDailyCap(chain.customer, { settlement: chain.settlement, dailyCap: 0n }))
  await turnOnce(world)
  await expect(postTask(customer, 1, 10_000n)).rejects.toMatchObject({ code: 'OB096' })
  expect(await makeGood()).toBe(0n)
})

test('node key: what the node does is paid to its owner; it shows no money and moves none, and a new registration ends it', async () => {
  const { world, customer, provider, makeGood } = await stage()
  const { database } = world
  const register = () => provider.rpc<{ nodeId: string; nodeSecret: string }>('register_node', { p_hardware_id: 'two' })
  const stolen = await register()
  const as = <T>(name: string, args: Record<string, unknown> = {}) =>
    database.as({ role: 'anon', headers: { 'x-node-key': stolen.nodeSecret } }, ({ rpc }) => rpc<T>(name, args))
  for (const name of ['my_balance', 'my_earnings', 'my_voucher', 'my_payout', 'request_payout'])
    await expect(as(name), name).rejects.toMatchObject({ code: 'OB001' })
  await expect(as('set_payout_from', { p_from: '10000' })).rejects.toMatchObject({ code: 'OB001' })
  await expect(as('create_task', { p_task: '{}' })).rejects.toMatchObject({ code: 'OB001' })
  const before = await ledger(world)
  await postTask(customer, 1, usdc)
  const { job } = await as<{ job: unknown }>('work_cycle', { p_node_id: stolen.nodeId, p_done: null })
  expect(job).not.toBeNull()
  await register()
  await expect(as('work_cycle', { p_node_id: stolen.nodeId, p_done: null })).rejects.toMatchObject({ code: 'OB004' })
  expect(await world.ask(`select count(*)::int as answer from oblivion.receipts`)).toBe(1)
  expect(before).not.toBe('')
  expect(await makeGood()).toBe(0n)
})

test('API key: its own spending limit, and never more than the customer’s daily cap; its wallet ends it at once', async () => {
  const { world, customer, onChain, tokensOf, makeGood } = await stage()
  const { chain, database } = world
  const accomplice = await world.worker()
  const make = (limit: bigint) =>
    customer.rpc<{ keyId: string; key: string }>('create_api_key', {
      p_key: JSON.stringify({ name: 'Nightly', scopes: ['read', 'tasks'], spendingLimit: String(limit) }),
    })
  const by = ({ key }: { key: string }): Person => ({
    account: customer.account,
    rpc: (name, args) => database.as({ role: 'anon', headers: { 'x-api-key': key } }, (as) => as.rpc(name, args)),
  })
  /** Posts what a thief can, the dearest first; answers how much it came to and what ended it. */
  const drain = async (thief: Person) => {
    let posted = 0n
    const ended = new Set<string>()
    for (const price of [20n * usdc, 10n * usdc, 5n * usdc, usdc, usdc / 10n])
      for (let more = true; more; ) {
        more = await postTask(thief, 1, price).then(
          () => true,
          (error: { code: string }) => {
            ended.add(error.code)
            return false
          },
        )
        if (more) posted += price
      }
    return { posted, ended: [...ended] }
  }

  // The customer has stopped a task whose hold is above the key's limit: the thief cannot let it run.
  const stopped = await postTask(customer, 1, 12n * usdc)
  await customer.rpc('pause_task', { p_task_id: stopped })
  const limit = 15n * usdc + 50_000n
  const stolen = await make(limit)
  const thief = by(stolen)
  const before = await ledger(world)
  const never: [string, Record<string, unknown>?][] = [
    ...([['request_payout'], ['my_voucher'], ['my_payout'], ['list_api_keys'], ['forget_me']] satisfies [string][]),
    ['set_payout_from', { p_from: '10000' }],
    ['request_card_refund', { p_amount: '1', p_request_id: 'x' }],
    ['create_api_key', { p_key: JSON.stringify({ name: 'x', scopes: ['tasks'], spendingLimit: '1' }) }],
    ['revoke_api_key', { p_key_id: stolen.keyId }],
    ['register_node', { p_hardware_id: 'x' }],
    ['create_schedule', { p_schedule: '{}' }],
    ['redeem_claim_code', { p_code: 'x' }],
  ]
  for (const [name, args] of never) await expect(thief.rpc(name, args), name).rejects.toMatchObject({ code: 'OB031' })
  for (const name of ['resume_task', 'cancel_task'])
    await expect(thief.rpc(name, { p_task_id: stopped }), name).rejects.toMatchObject({ code: 'OB008' })
  expect(await ledger(world)).toBe(before)

  expect(await drain(thief)).toEqual({ posted: 15n * usdc, ended: ['OB033'] })
  await accomplice.work()
  expect((await drain(thief)).posted).toBe(0n)
  for (const _ of [1, 2]) await settle(world)
  const { charged } = await onChain(chain.customer)
  // The customer's own 10, and what the key took.
  expect(charged - 10n * usdc).toBeLessThanOrEqual(limit)
  expect(charged).toBe(25n * usdc)
  expect(await tokensOf(accomplice.account.address)).toBe(0n)

  // One with a limit above the cap: 50 a day, of which 25 are charged and 12 held.
  const careless = await make(1_000n * usdc)
  const more = await drain(by(careless))
  expect(more.ended).toEqual(['OB096'])
  expect(more.posted).toBeLessThanOrEqual(13n * usdc)
  expect(more.posted).toBeGreaterThan(12n * usdc)

  for (const { keyId } of [stolen, careless]) await customer.rpc('revoke_api_key', { p_key_id: keyId })
  for (const key of [stolen, careless]) await expect(by(key).rpc('list_tasks')).rejects.toMatchObject({ code: 'OB030' })
  expect(await makeGood()).toBe(0n)
})

test('the public key of the API names nobody', async () => {
  const { world, customer, makeGood } = await stage()
  const before = await ledger(world)
  const as = (name: string, args: Record<string, unknown> = {}) =>
    world.database.as({ role: 'anon' }, ({ rpc }) => rpc(name, args))
  for (const name of ['my_balance', 'my_earnings', 'my_voucher', 'my_payout', 'request_payout', 'list_tasks'])
    await expect(as(name), name).rejects.toMatchObject({ code: 'OB001' })
  const task = {
    title: 'x',
    type: 'raytrace',
    inputs: [{}],
    pricePerChunk: '10000',
    customerAddress: customer.account.address,
  }
  await expect(as('create_task', { p_task: JSON.stringify(task) })).rejects.toMatchObject({ code: 'OB001' })
  expect(await ledger(world)).toBe(before)
  expect(await makeGood()).toBe(0n)
})

test('the page of security has a row for each of these keys', async () => {
  const page = await readFile(new URL('../../../docs/security.md', import.meta.url), 'utf8')
  const table = page.slice(page.indexOf('## What each stolen key costs'))
  for (const key of [
    'settler',
    'guardian',
    'admin',
    'relayer',
    'service_role',
    'JWT secret',
    'session',
    'node key',
    'API key',
    'Stripe webhook secret',
  ])
    expect(table).toContain(`| ${key} |`)
})
