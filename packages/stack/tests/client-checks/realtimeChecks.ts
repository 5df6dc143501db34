import { REALTIME_SUBSCRIBE_STATES, type RealtimeChannel, type SupabaseClient } from '@supabase/supabase-js'
import { expect } from 'vitest'
import { check } from './Check.ts'
import { alice, bob, type ClientBench } from './clientBench.ts'

type Outcome = { status: string; error: Error | undefined }

/** Subscribes and gives the first status that comes. */
const subscribe = (channel: RealtimeChannel): Promise<Outcome> =>
  new Promise((resolve) => {
    channel.subscribe((status, error) => resolve({ status, error }))
  })

const privately = { config: { private: true } }
const subscribed = { status: REALTIME_SUBSCRIBE_STATES.SUBSCRIBED, error: undefined }

/** Collects the broadcasts of an event and waits for a number of them. */
const collect = (channel: RealtimeChannel, event: string) => {
  const messages: Record<string, unknown>[] = []
  let wake = (): void => undefined
  channel.on('broadcast', { event }, ({ payload }) => {
    messages.push(payload)
    wake()
  })
  const until = async (count: number): Promise<Record<string, unknown>[]> => {
    while (messages.length < count) {
      await new Promise<void>((resolve) => {
        wake = resolve
      })
    }
    return messages
  }
  return { messages, until }
}

const ownTopic = async (client: SupabaseClient): Promise<string> =>
  `check:${(await client.auth.getSession()).data.session?.user.id}`

const sendFromDatabase = (bench: ClientBench, topic: string, payload: object, isPrivate = true) =>
  bench
    .service()
    .rpc('check_broadcast', { p_topic: topic, p_event: 'digest', p_payload: payload, p_private: isPrivate })

export const realtimeChecks = [
  check('a private channel opens for whom its policy allows', async (bench) => {
    const client = await bench.wallet(alice)
    expect(await subscribe(client.channel(await ownTopic(client), privately))).toEqual(subscribed)
  }),
  check('a private channel is refused to another user and to strangers', async (bench) => {
    const topic = await ownTopic(await bench.wallet(alice))
    for (const client of [await bench.wallet(bob), bench.anon()]) {
      const { status, error } = await subscribe(client.channel(topic, privately))
      expect(status).toBe('CHANNEL_ERROR')
      expect(error?.message).toContain('Unauthorized')
    }
  }),
  check('a public channel is refused, as production has it', async (bench) => {
    const { status, error } = await subscribe((await bench.wallet(alice)).channel('check-room:public'))
    expect(status).toBe('CHANNEL_ERROR')
    expect(error?.message).toContain('PrivateOnly')
  }),
  check('the database broadcasts to those who may read, in order', async (bench) => {
    const client = await bench.wallet(alice)
    const topic = await ownTopic(client)
    const channel = client.channel(topic, privately)
    const { until } = collect(channel, 'digest')
    expect(await subscribe(channel)).toEqual(subscribed)
    for (const step of [1, 2, 3]) expect((await sendFromDatabase(bench, topic, { step })).error).toBeNull()
    const received = await until(3)
    expect(received.map((payload) => payload.step)).toEqual([1, 2, 3])
    expect(received[0]?.id).toMatch(/^[0-9a-f-]{36}$/)
  }),
  check('a broadcast larger than a notification of PostgreSQL arrives whole', async (bench) => {
    const client = await bench.wallet(alice)
    const topic = await ownTopic(client)
    const channel = client.channel(topic, privately)
    const { until } = collect(channel, 'digest')
    await subscribe(channel)
    await sendFromDatabase(bench, topic, { text: 'x'.repeat(50_000) })
    expect((await until(1))[0]?.text).toHaveLength(50_000)
  }),
  check('a public and a private topic of one name are two', async (bench) => {
    const client = await bench.wallet(alice)
    const topic = await ownTopic(client)
    const channel = client.channel(topic, privately)
    const { messages, until } = collect(channel, 'digest')
    await subscribe(channel)
    await sendFromDatabase(bench, topic, { kind: 'public' }, false)
    await sendFromDatabase(bench, topic, { kind: 'private' })
    await until(1)
    expect(messages.map((message) => message.kind)).toEqual(['private'])
  }),
  check('clients broadcast to each other where the policy lets them write', async (bench) => {
    const [a, b] = [await bench.wallet(alice), await bench.wallet(bob)]
    const config = { private: true, broadcast: { ack: true } }
    const [from, to] = [a.channel('check-room:1', { config }), b.channel('check-room:1', { config })]
    const heard = collect(to, 'hello')
    const echo = collect(from, 'hello')
    expect(await Promise.all([subscribe(from), subscribe(to)])).toEqual([subscribed, subscribed])
    expect(await from.send({ type: 'broadcast', event: 'hello', payload: { text: 'Grüße' } })).toBe('ok')
    expect((await heard.until(1))[0]).toMatchObject({ text: 'Grüße' })
    expect(echo.messages).toEqual([])
  }),
  check('a sender hears itself where it asks for it', async (bench) => {
    const client = await bench.wallet(alice)
    const channel = client.channel('check-room:2', { config: { private: true, broadcast: { self: true } } })
    const { until } = collect(channel, 'hello')
    await subscribe(channel)
    await channel.send({ type: 'broadcast', event: 'hello', payload: { n: 1 } })
    expect(await until(1)).toMatchObject([{ n: 1 }])
  }),
  check('a client that may only read forges no broadcast', async (bench) => {
    const client = await bench.wallet(alice)
    const topic = await ownTopic(client)
    const channel = client.channel(topic, { config: { private: true, broadcast: { ack: true, self: true } } })
    const { messages, until } = collect(channel, 'digest')
    await subscribe(channel)
    expect(await channel.send({ type: 'broadcast', event: 'digest', payload: { forged: true } })).toBe('error')
    await sendFromDatabase(bench, topic, { forged: false })
    await until(1)
    expect(messages.map((message) => message.forged)).toEqual([false])
  }),
  check('a broadcast by HTTP follows the same policy', async (bench) => {
    const [a, b] = [await bench.wallet(alice), await bench.wallet(bob)]
    const listening = a.channel('check-room:3', privately)
    const { until } = collect(listening, 'hello')
    await subscribe(listening)
    const post = async (client: SupabaseClient, topic: string): Promise<number> => {
      const token = (await client.auth.getSession()).data.session?.access_token ?? bench.anonKey
      const answer = await fetch(`${bench.url}/realtime/v1/api/broadcast`, {
        method: 'POST',
        headers: { apikey: bench.anonKey, Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' },
        body: JSON.stringify({ messages: [{ topic, event: 'hello', payload: { n: 1 }, private: true }] }),
      })
      return answer.status
    }
    expect(await post(b, await ownTopic(a))).toBe(403)
    expect(await post(bench.anon(), 'check-room:3')).toBe(403)
    expect(await post(b, 'check-room:3')).toBe(202)
    expect(await until(1)).toMatchObject([{ n: 1 }])
  }),
  check('a client of protocol 1.0.0 is served too', async (bench) => {
    const client = await bench.wallet(alice, { realtime: { vsn: '1.0.0' } })
    const topic = await ownTopic(client)
    const channel = client.channel(topic, { config: { private: true, broadcast: { ack: true } } })
    const { until } = collect(channel, 'digest')
    expect(await subscribe(channel)).toEqual(subscribed)
    await sendFromDatabase(bench, topic, { step: 1 })
    expect(await until(1)).toMatchObject([{ step: 1 }])
    expect(await channel.send({ type: 'broadcast', event: 'x', payload: {} })).toBe('error')
  }),
  check('a heartbeat is answered', async (bench) => {
    const client = await bench.wallet(alice)
    const answered = new Promise<string>((resolve) => {
      client.realtime.onHeartbeat((status) => status === 'ok' && resolve(status))
    })
    await subscribe(client.channel(await ownTopic(client), privately))
    await client.realtime.sendHeartbeat()
    expect(await answered).toBe('ok')
  }),
  check('leaving a channel ends its messages, others go on', async (bench) => {
    const client = await bench.wallet(alice)
    const [left, kept] = [client.channel('check-room:4', privately), client.channel('check-room:5', privately)]
    const gone = collect(left, 'digest')
    const here = collect(kept, 'digest')
    expect(await Promise.all([subscribe(left), subscribe(kept)])).toEqual([subscribed, subscribed])
    expect(await left.unsubscribe()).toBe('ok')
    await sendFromDatabase(bench, 'check-room:4', { n: 1 })
    await sendFromDatabase(bench, 'check-room:5', { n: 2 })
    expect(await here.until(1)).toMatchObject([{ n: 2 }])
    expect(gone.messages).toEqual([])
  }),
  check('postgres_changes, presence and replay are refused in words', async (bench) => {
    const client = await bench.wallet(alice)
    const changes = client.channel('check-room:6', privately)
    changes.on('postgres_changes', { event: '*', schema: 'public', table: 'check_items' }, () => undefined)
    expect((await subscribe(changes)).error?.message).toContain('NotSupported')
    const presence = client.channel('check-room:7', privately)
    presence.on('presence', { event: 'sync' }, () => undefined)
    expect((await subscribe(presence)).error?.message).toContain('NotSupported')
  }),
  check('a channel ends with the token that opened it', async (bench) => {
    const client = await bench.wallet(alice)
    const statuses: string[] = []
    const closed = new Promise<void>((resolve) => {
      client.channel('check-room:8', privately).subscribe((status) => {
        statuses.push(status)
        if (status === 'SUBSCRIBED') bench.advance(61 * 60_000)
        if (status === 'CLOSED') resolve()
      })
    })
    await closed
    expect(statuses).toEqual(['SUBSCRIBED', 'CLOSED'])
  }),
]
