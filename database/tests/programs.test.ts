import { createHash } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { addressOf, createEngine, done, type Engine, type Wallet } from './engine/engine.ts'

let engine: Engine
let customer: Wallet
beforeAll(async () => {
  engine = await createEngine()
  customer = await engine.wallet(addressOf(1))
  await engine.deposit(customer.address, 1_000_000n)
})
afterAll(() => engine.drop())

const source = 'export default (input) => input.index * 2'
const hashOf = (bytes: string | Buffer): string => createHash('sha256').update(bytes).digest('hex')
const hash = hashOf(source)
const wasm = Buffer.from('0061736d01000000', 'hex')
const post = (program: object): Promise<string> => engine.task(customer, 1, { type: undefined, program })
const willing = { p_capabilities: JSON.stringify({ strangersPrograms: true }) }

test('RN-18: a program is kept once under the hash of its bytes, read back by it, and later tasks name it by that', async () => {
  await post({ kind: 'js', source })
  await post({ kind: 'js', source })
  await post({ kind: 'js', hash })
  await post({ kind: 'wasm', source: wasm.toString('base64'), maxMemoryMiB: 16 })
  expect(
    await engine.query('select hash, kind from oblivion.programs where owner_id is not null order by kind'),
  ).toEqual([
    { hash, kind: 'js' },
    { hash: hashOf(wasm), kind: 'wasm' },
  ])
  for (const [kind, bytes] of [['js', Buffer.from(source)] as const, ['wasm', wasm] as const])
    expect(await customer.rpc('get_program', { p_hash: hashOf(bytes) })).toEqual({
      ...{ kind, source: bytes.toString('base64') },
    })
})

test('A8: it goes to a node whose owner chose it and to no other, until an operator has reviewed it', async () => {
  await engine.query(`update public.jobs set status = 'cancelled' where status = 'pending'`)
  await post({ kind: 'js', source })
  const careful = await engine.node(addressOf(2))
  const open = await engine.node(addressOf(3), 'node-1', 'browser', willing)
  expect((await careful.cycle()).job).toBeNull()
  const { job } = await open.cycle()
  expect(job).toMatchObject({ program: { kind: 'js', hash, reviewed: false } })
  if (job === null) throw new Error('no job')
  // The answer holds the hash alone; the source is fetched by it, with the node's key.
  expect(JSON.stringify(job)).not.toContain('export default')
  const program = await open.rpc<{ kind: string; source: string }>('get_program', { p_hash: hash })
  expect(Buffer.from(program.source, 'base64').toString()).toBe(source)
  await open.cycle(done(job), false)

  await engine.coordinator('review_program', [hash, true])
  await post({ kind: 'js', hash })
  expect((await careful.cycle()).job).toMatchObject({ program: { kind: 'js', reviewed: true } })
})

test('nobody without a key or a wallet reads it, and an unknown hash says so', async () => {
  await expect(
    engine.database.as({ role: 'anon' }, ({ rpc }) => rpc('get_program', { p_hash: hash })),
  ).rejects.toMatchObject({ code: 'OB001' })
  await expect(customer.rpc('get_program', { p_hash: '0'.repeat(64) })).rejects.toMatchObject({ code: 'OB065' })
  await expect(engine.coordinator('review_program', ['0'.repeat(64), true])).rejects.toMatchObject({ code: 'OB065' })
})

describe('refused', () => {
  test.each<[string, object, string]>([
    ['A1: a foreign URL', { kind: 'js', url: 'https://evil.example/p.js' }, 'OB009'],
    ['another kind', { kind: 'python', source }, 'OB006'],
    ['a field that nobody knows', { kind: 'js', source, maxMemoryMiB: 5 }, 'OB006'],
    ['neither source nor hash', { kind: 'js' }, 'OB005'],
    ['both', { kind: 'js', source, hash }, 'OB005'],
    ['an empty text', { kind: 'js', source: '' }, 'OB005'],
    ['a source that is no text', { kind: 'js', source: 5 }, 'OB005'],
    ['more than 64 kB', { kind: 'js', source: ' '.repeat(65_537) }, 'OB005'],
    ['what is no base64', { kind: 'wasm', source: '$$$' }, 'OB005'],
    ['what is no module', { kind: 'wasm', source: Buffer.from('MZ......').toString('base64') }, 'OB005'],
    ['memory beyond bounds', { kind: 'wasm', source: wasm.toString('base64'), maxMemoryMiB: 4096 }, 'OB005'],
    ['a hash of nothing', { kind: 'js', hash: '0'.repeat(64) }, 'OB065'],
    ['the hash of another kind', { kind: 'wasm', hash }, 'OB065'],
  ])('%s', async (_, program, code) => {
    await expect(post(program)).rejects.toMatchObject({ code })
  })
})

describe('a built-in that no node has', () => {
  test.each<[string, object, string]>([
    ['as a type', { type: 'weather' }, 'type'],
    ['by its name', { program: { kind: 'builtin', name: 'weather' } }, 'program.name'],
    ['in a later stage', { pipeline: [{ type: 'raytrace' }, { type: 'weather' }] }, 'pipeline[1].type'],
  ])('is refused %s: nobody would ever do that work, and its budget would be held', async (_, more, field) => {
    const onChain = (id: number) => engine.query('update oblivion.settlement_instances set chain_id = $1', [id])
    const before = await customer.rpc('my_balance')
    await onChain(80002)
    const failure = await engine.task(customer, 1, { type: undefined, ...more }).catch((cause: unknown) => cause)
    await onChain(31337)
    expect(failure).toMatchObject({ code: 'OB005', hint: expect.stringContaining('raytrace, render, storyboard') })
    expect(JSON.parse((failure as { detail: string }).detail)).toEqual({
      field,
      reason: 'unknown',
      known: expect.arrayContaining(['analysis', 'raytrace', 'text_analysis']),
    })
    expect(await customer.rpc('my_balance')).toEqual(before)
  })

  test('is taken on a development chain, where a worker of the developer’s own may know it', async () => {
    const taskId = await engine.task(customer, 1, { type: 'weather' })
    await customer.rpc('cancel_task', { p_task_id: taskId })
  })
})

test('SW-27: a program of ours that has a name goes to nodes that want no strangers’, by its hash, and never to a Python node', async () => {
  await engine.query(`update public.jobs set status = 'cancelled' where status = 'pending'`)
  const [named] = await engine.query<{ hash: string }>(
    `select hash from oblivion.named_programs where name = 'text_analysis'`,
  )
  await engine.task(customer, 1, { type: 'text_analysis' })
  expect((await (await engine.node(addressOf(4), 'python', 'python')).cycle()).job).toBeNull()
  const node = await engine.node(addressOf(5))
  const { job } = await node.cycle()
  expect(job).toMatchObject({ type: 'text_analysis', program: { kind: 'js', hash: named?.hash, reviewed: true } })
  expect(await node.rpc('get_program', { p_hash: named?.hash })).toMatchObject({ kind: 'js' })
})
