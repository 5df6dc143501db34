import type { RealtimeChannel } from '@supabase/supabase-js'
import { afterAll, beforeAll, expect, inject, test } from 'vitest'
import { type ClientBench, startClientBench } from '../client-checks/clientBench.ts'

let bench: ClientBench

beforeAll(async () => {
  bench = await startClientBench(inject('cluster'), { publicChannels: true })
})
afterAll(() => bench.close())

const subscribe = (channel: RealtimeChannel): Promise<string> =>
  new Promise((resolve) => {
    channel.subscribe((status) => resolve(status))
  })

const next = (channel: RealtimeChannel): Promise<Record<string, unknown>> =>
  new Promise((resolve) => {
    channel.on('broadcast', { event: '*' }, ({ payload }) => resolve(payload))
  })

test('public channels work where they are allowed, for strangers too', async () => {
  const [from, to] = [bench.anon().channel('lobby'), bench.anon().channel('lobby')]
  const heard = next(to)
  expect(await Promise.all([subscribe(from), subscribe(to)])).toEqual(['SUBSCRIBED', 'SUBSCRIBED'])
  await from.send({ type: 'broadcast', event: 'hello', payload: { n: 1 } })
  expect(await heard).toMatchObject({ n: 1 })
})

test('the database broadcasts to public channels', async () => {
  const channel = bench.anon().channel('news')
  const heard = next(channel)
  await subscribe(channel)
  await bench.database.query(`select realtime.send('{"n": 2}', 'digest', 'news', false)`)
  expect(await heard).toMatchObject({ n: 2 })
})

test('a private topic stays closed', async () => {
  expect(await subscribe(bench.anon().channel('check-room:1', { config: { private: true } }))).toBe('CHANNEL_ERROR')
})

test('a broadcast of a transaction that fails is never heard', async () => {
  const channel = bench.anon().channel('failing')
  const heard = next(channel)
  await subscribe(channel)
  await bench.database
    .query(`do $$ begin
    perform realtime.send('{"n": "undone"}', 'digest', 'failing', false);
    raise exception 'changed my mind';
  end $$`)
    .catch(() => undefined)
  await bench.database.query(`select realtime.send('{"n": "done"}', 'digest', 'failing', false)`)
  expect(await heard).toMatchObject({ n: 'done' })
})

test('when the connection for broadcasts is lost, a new one takes over', async () => {
  const channel = bench.anon().channel('after')
  let heard = false
  channel.on('broadcast', { event: '*' }, () => {
    heard = true
  })
  await subscribe(channel)
  const ended = await bench.database.query(
    `select pg_terminate_backend(pid) as ended from pg_stat_activity
     where application_name = 'oblivion gateway listener' and datname = current_database()`,
  )
  expect(ended).toEqual([{ ended: true }])
  const deadline = performance.now() + 15_000
  while (!heard && performance.now() < deadline) {
    await bench.database.query(`select realtime.send('{}', 'digest', 'after', false)`)
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  expect(heard).toBe(true)
})
