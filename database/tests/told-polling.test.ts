import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { addressOf, createEngine, done, type Engine, type Node } from './engine/engine.ts'

/* When a node is told to come back, and what anybody may call in a loop. */

let engine: Engine
beforeAll(async () => {
  engine = await createEngine()
  await engine.deposit(addressOf(1), 1_000_000n)
})
afterAll(() => engine.drop())

const told = async (node: Node): Promise<number> => {
  const { job, retryMs } = await node.cycle()
  expect(job).toBeNull()
  return retryMs
}
const work = async (node: Node): Promise<void> => {
  await engine.task(await engine.wallet(addressOf(1)), 1)
  const { job } = await node.cycle()
  if (job === null) throw new Error('No job.')
  expect(await node.cycle(done(job), false)).toMatchObject({ accepted: true, retryMs: 200 })
}

describe('while few nodes are idle', () => {
  test('FJ-21: a browser node is told to ask about every 3 s, right after work too', async () => {
    const node = await engine.node(addressOf(2))
    for (let poll = 0; poll < 5; poll += 1) {
      if (poll === 3) await work(node)
      const ms = await told(node)
      expect(ms).toBeGreaterThanOrEqual(2700)
      expect(ms).toBeLessThanOrEqual(3000)
    }
  })

  test('FJ-18: a Python node is told 2 s after work, and later up to 5 s', async () => {
    const node = await engine.node(addressOf(3), 'box', 'python')
    await work(node)
    const pauses: number[] = []
    for (let poll = 0; poll < 12; poll += 1) pauses.push(await told(node))
    expect(pauses[0]).toBe(2000)
    expect(Math.min(...pauses)).toBeGreaterThanOrEqual(2000)
    expect(Math.max(...pauses)).toBeLessThanOrEqual(5000)
    expect(pauses.at(-1)).toBeGreaterThanOrEqual(4500)
    await work(node)
    expect(await told(node)).toBe(2000)
  })
})

describe('A16: in a loop', () => {
  test('a thousand cleanups by anybody are one pass', async () => {
    await engine.query(`update oblivion.rescue_pass set last_at = '-infinity'`)
    await engine.query(`create table public.test_passes (at timestamptz)`)
    await engine.query(`create function oblivion.test_count_pass() returns trigger language plpgsql as
      $$ begin insert into public.test_passes values (now()); return new; end $$`)
    await engine.query(`create trigger test_count after update on oblivion.rescue_pass
      for each row execute function oblivion.test_count_pass()`)
    const began = performance.now()
    await engine.database.as({ role: 'anon' }, async ({ query }) => {
      await query('select count(public.cleanup_stale_jobs()) from generate_series(1, 500)')
    })
    await Promise.all(
      Array.from({ length: 20 }, () =>
        engine.database.as({ role: 'anon' }, ({ query }) =>
          query('select count(public.cleanup_stale_jobs()) from generate_series(1, 25)'),
        ),
      ),
    )
    const most = 1 + Math.floor((performance.now() - began) / 5000)
    const [row] = await engine.query<{ passes: number }>('select count(*)::int as passes from public.test_passes')
    await engine.query(
      'drop trigger test_count on oblivion.rescue_pass; drop function oblivion.test_count_pass; drop table public.test_passes',
    )
    expect(row?.passes).toBeGreaterThanOrEqual(1)
    expect(row?.passes).toBeLessThanOrEqual(most)
  })

  test('a key costs one look into a unique index of its hash, and a wrong one no more', async () => {
    const [row] = await engine.query<{ definition: string }>(
      `select pg_get_indexdef(i.indexrelid) as definition from pg_index i
        where i.indrelid = 'public.nodes'::regclass and i.indisunique and pg_get_indexdef(i.indexrelid) like '%(key_hash)%'`,
    )
    expect(row?.definition).toContain('UNIQUE INDEX')
    // 256 random bits: nothing about the key is worth a slow hash.
    const node = await engine.node(addressOf(4))
    expect(node.key).toMatch(/[0-9a-zA-Z_-]{43,}$/)
    const [kept] = await engine.query<{ same: boolean }>(
      `select key_hash = sha256(convert_to($2, 'UTF8')) as same from public.nodes where id = $1`,
      [node.nodeId, node.key],
    )
    expect(kept?.same).toBe(true)
    const wrong = engine.database.as({ role: 'anon', headers: { 'x-node-key': `${node.key}x` } }, ({ rpc }) =>
      rpc('heartbeat', { p_node_id: node.nodeId }),
    )
    await expect(wrong).rejects.toMatchObject({ code: 'OB004' })
  })

  test("nobody has another's node explained", async () => {
    const [mine, other] = [await engine.node(addressOf(5)), await engine.node(addressOf(6))]
    await expect(mine.rpc('explain_claim', { p_node_id: other.nodeId })).rejects.toMatchObject({
      code: expect.stringMatching(/^OB00[134]$/),
    })
    expect(await mine.rpc('explain_claim', { p_node_id: mine.nodeId })).toHaveProperty('reason')
  })
})
