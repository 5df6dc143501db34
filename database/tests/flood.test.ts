import { superuserDatabaseUrl } from '@oblivion/stack/testing'
import pg from 'pg'
import { afterAll, beforeAll, expect, inject, test } from 'vitest'
import { BRIDGE } from './engine/embedding.ts'
import { addressOf, createEngine, type Engine, type Node } from './engine/engine.ts'

/* A12: a flood of registrations on one site key, over some days by the rows' clock, beside a database without it. */

/** A million by `pnpm test:deep`. */
const REGISTRATIONS = Number(process.env.FLOOD_REGISTRATIONS ?? 3_000)
const HOURS = 50
/** As a site has them by default, where that many registrations come. */
const caps = {
  registrationsPerHour: Math.min(600, Math.ceil(REGISTRATIONS / 500)),
  maxVisitors: Math.min(5_000, Math.ceil(REGISTRATIONS / 60)),
}
/** Browsers that come again and again, each time from another address. */
const WANDERERS = 5
/** Whoever has no session may take 3 s for a statement. */
const BATCH = 50
const CLAIMS = 60
const ROUNDS = REGISTRATIONS < 10_000 ? 2 : 7

interface Site {
  readonly siteId: string
  readonly siteKey: string
}
interface Claimer {
  readonly node: Node
  readonly client: pg.Client
}
type Count = Record<'nodes' | 'visitors' | 'blocks' | 'owners' | 'spare', number>

let flooded: Engine
let quiet: Engine
let site: Site
const clients: pg.Client[] = []

/** A node of a wallet with a thousand jobs before it. */
const openClaimer = async (engine: Engine): Promise<Claimer> => {
  await engine.deposit(addressOf(1), 1_000_000_000n)
  await engine.task(await engine.wallet(addressOf(1)), 1_000)
  const node = await engine.node(addressOf(3), 'box', 'server')
  await engine.query('vacuum (analyze)')
  const client = new pg.Client({ connectionString: superuserDatabaseUrl(inject('cluster'), engine.database.name) })
  await client.connect()
  clients.push(client)
  return { node, client }
}

beforeAll(async () => {
  flooded = await createEngine()
  quiet = await createEngine()
  await flooded.coordinator('set_embedding', [[BRIDGE], 'x-real-ip'])
  site = await (await flooded.wallet(addressOf(2))).rpc<Site>('create_site', {
    p_site: JSON.stringify({ name: 'A blog', origins: ['https://blog.example'], ...caps }),
  })
  // Every fourth is a browser that was here before; each comes from an address block of its own.
  await flooded.query(`
    create function public.flood(p_site_key text, p_from int, p_count int) returns int language plpgsql as $$
    declare
      v_taken int := 0;
    begin
      for n in p_from .. p_from + p_count - 1 loop
        begin
          perform set_config('request.headers', jsonb_build_object(
            'origin', '${BRIDGE}',
            'x-real-ip', concat_ws('.', 11 + (n >> 16) % 200, (n >> 8) % 256, n % 256, 7))::text, true);
          perform public.register_node(case when n % 4 = 0 then 'wanderer-' || (n / 4) % ${WANDERERS} else 'browser-' || n end,
            p_site_key => p_site_key);
          v_taken := v_taken + 1;
        exception when sqlstate 'OB014' then
          null;
        end;
      end loop;
      return v_taken;
    end $$`)
})
afterAll(async () => {
  await Promise.all(clients.map((client) => client.end()))
  await flooded.drop()
  await quiet.drop()
})

/** One call after the other as a browser without a wallet would make them, some a transaction; answers how many were taken. */
const flood = async (from: number, count: number): Promise<number> => {
  let taken = 0
  for (let at = from; at < from + count; at += BATCH) {
    taken += await flooded.database.as({ role: 'anon' }, ({ rpc }) =>
      rpc<number>('flood', { p_site_key: site.siteKey, p_from: at, p_count: Math.min(BATCH, from + count - at) }),
    )
  }
  return taken
}

const passHour = async (hour: number): Promise<void> => {
  // Hours are a key: far away and back, so that none meets the next on the way.
  for (const [table, column, ...steps] of [
    ['oblivion.site_hours', 'hour', '1000 years', '-1000 years 1 hour'],
    ['oblivion.visitors', 'last_seen_at', '1 hour'],
    ['oblivion.visitor_blocks', 'last_seen_at', '1 hour'],
    ['nodes', 'last_seen', '1 hour'],
  ]) {
    for (const step of steps)
      await flooded.query(`update ${table} set ${column} = ${column} - interval '${step}' where site_id = $1`, [
        site.siteId,
      ])
    // As the server does by itself in an hour.
    await flooded.query(`vacuum ${table}`)
  }
  if (hour % 24 === 0) await flooded.coordinator('purge_visitors')
}

const count = async (): Promise<Count> => {
  const [row] = await flooded.query<Count>(
    `select (select count(*) from nodes)::int as nodes, (select count(*) from oblivion.visitors)::int as visitors,
            (select count(*) from oblivion.visitor_blocks)::int as blocks, (select count(*) from oblivion.owners)::int as owners,
            (select count(*) from oblivion.spare_owners)::int as spare`,
  )
  if (row === undefined) throw new Error('No row.')
  return row
}

/** A claim by `work_cycle`, undone: every one finds the same queue. */
const claimMs = async ({ node, client }: Claimer): Promise<number> => {
  await client.query('begin')
  await client.query(`select set_config('request.headers', $1, true), set_config('role', 'anon', true)`, [
    JSON.stringify({ 'x-node-key': node.key }),
  ])
  const from = performance.now()
  const { rows } = await client.query('select public.work_cycle($1) as answer', [node.nodeId])
  const ms = performance.now() - from
  await client.query('rollback')
  expect(rows[0].answer.job).not.toBeNull()
  return ms
}
const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1] ?? Number.NaN
/** The median claim of each, in turns; the first round plans and is not counted. */
const compareClaims = async (claimers: readonly Claimer[]): Promise<number[]> => {
  const times = claimers.map((): number[] => [])
  for (let round = 0; round <= ROUNDS; round++) {
    for (const [at, claimer] of claimers.entries()) {
      for (let n = 0; n < CLAIMS; n++) {
        const ms = await claimMs(claimer)
        if (round > 0) times[at]?.push(ms)
      }
    }
  }
  return times.map(median)
}

test(`${REGISTRATIONS} registrations on one key: rows stay bounded, and a claim takes as long as without`, async () => {
  const claimers = [await openClaimer(flooded), await openClaimer(quiet)]
  const before = await count()
  const most = { ...before }
  const perHour = Math.ceil(REGISTRATIONS / HOURS)
  let taken = 0
  let during: number[] = []
  for (let hour = 1; hour <= HOURS; hour++) {
    const last = hour === HOURS
    const [took, claims] = await Promise.all([
      flood((hour - 1) * perHour, perHour),
      last ? compareClaims(claimers) : Promise.resolve([]),
    ])
    taken += took
    during = claims
    const now = await count()
    for (const name of Object.keys(most) as (keyof Count)[]) most[name] = Math.max(most[name], now[name])
    if (!last) await passHour(hour)
  }
  const after = await compareClaims(claimers)
  const say = ([with_ = Number.NaN, without = Number.NaN]: number[]) =>
    `${with_.toFixed(3)} : ${without.toFixed(3)} ms, ${(with_ / without).toFixed(2)}`
  console.log(
    `${REGISTRATIONS} registrations in ${HOURS} hours, ${taken} taken (${JSON.stringify(caps)}): most rows ${JSON.stringify(most)};`,
    `a claim's p50, with the flood : without, after it ${say(after)}, in its last hour ${say(during)}`,
  )
  expect(taken).toBeGreaterThan(caps.maxVisitors)
  expect(most.nodes).toBeLessThanOrEqual(before.nodes + caps.maxVisitors + WANDERERS)
  expect(most.visitors).toBeLessThanOrEqual(caps.maxVisitors + WANDERERS)
  expect(most.blocks).toBeLessThanOrEqual(4 * caps.maxVisitors)
  // A visitor's account and its address block are one each, and those of yesterday are used again.
  expect(most.owners).toBeLessThanOrEqual(before.owners + 5 * caps.maxVisitors + WANDERERS)
  // A guard; the figures are in docs/measurements.md.
  expect((after[0] ?? Number.NaN) / (after[1] ?? Number.NaN)).toBeLessThan(10)
}, 3_600_000)
