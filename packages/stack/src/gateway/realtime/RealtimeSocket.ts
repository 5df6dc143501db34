import type pg from 'pg'
import type { WebSocket } from 'ws'
import { type ReadToken, TokenError } from '../auth/readToken.ts'
import { type Caller, callerOf } from '../database/asCaller.ts'
import { asRecord } from '../http/asRecord.ts'
import { decodeFrame, encodeFrame, type Frame, type ProtocolVersion } from './frames.ts'
import { type Channel, clientTopic, type Hub } from './Hub.ts'
import { mayUseTopic } from './mayUseTopic.ts'

export type RealtimeServices = { pool: pg.Pool; readToken: ReadToken; hub: Hub; publicChannels: boolean }

/** Most topics of one socket, and most frames that may wait for their turn. */
const maxChannels = 100
const maxBacklog = 1000

/** A refusal that goes back to the client as the reply to its frame. */
class Refused extends Error {}

/** One client's connection: its channels, and its frames one after the other. */
export class RealtimeSocket {
  readonly #services: RealtimeServices
  readonly #socket: WebSocket
  readonly #version: ProtocolVersion
  readonly #apiKey: string
  readonly #channels = new Map<string, Channel>()
  #queue: Promise<void> = Promise.resolve()
  #backlog = 0

  constructor(services: RealtimeServices, socket: WebSocket, version: ProtocolVersion, apiKey: string) {
    this.#services = services
    this.#socket = socket
    this.#version = version
    this.#apiKey = apiKey
    socket.on('message', (data: Buffer, isBinary) => this.#receive(data, isBinary))
    socket.on('close', () => this.#leaveAll())
    // A broken frame or a reset connection; 'close' follows.
    socket.on('error', () => undefined)
  }

  #receive(data: Buffer, isBinary: boolean): void {
    this.#backlog += 1
    if (this.#backlog > maxBacklog) {
      this.#socket.close(1008, 'Too many messages wait for their turn')
      return
    }
    this.#queue = this.#queue.then(async () => {
      this.#backlog -= 1
      try {
        await this.#handle(decodeFrame(data, isBinary, this.#version))
      } catch (error) {
        const reason = error instanceof Error ? error.message : String(error)
        this.#socket.close(1003, reason.slice(0, 100))
      }
    })
  }

  async #handle(frame: Frame): Promise<void> {
    if (frame.topic === 'phoenix' && frame.event === 'heartbeat') return this.#reply(frame, 'ok', {})
    try {
      if (frame.event === 'phx_join') return await this.#join(frame)
      const channel = this.#channels.get(frame.topic)
      if (channel === undefined) throw new Refused('unmatched topic')
      if (frame.event === 'phx_leave') return this.#leave(frame, channel)
      if (frame.event === 'access_token') return await this.#renew(frame, channel)
      if (frame.event === 'broadcast') return await this.#broadcast(frame, channel)
      throw new Refused(`The local stack does not support the event "${frame.event}".`)
    } catch (error) {
      if (error instanceof Refused || error instanceof TokenError) {
        return this.#reply(frame, 'error', { reason: error.message })
      }
      console.error(`gateway: the realtime door failed: ${error instanceof Error ? error.message : String(error)}`)
      this.#reply(frame, 'error', { reason: 'The local stack could not reach its database.' })
    }
  }

  async #join(frame: Frame): Promise<void> {
    if (!frame.topic.startsWith('realtime:') || frame.topic === 'realtime:') throw new Refused('unmatched topic')
    if (this.#channels.size >= maxChannels) throw new Refused('ChannelRateLimitReached: Too many channels')
    const config = asRecord(frame.payload.config)
    const isPrivate = config.private === true
    checkConfig(config)
    if (!isPrivate && !this.#services.publicChannels) {
      throw new Refused('PrivateOnly: This project only allows private channels')
    }
    const topic = frame.topic.slice('realtime:'.length)
    const caller = await this.#caller(frame.payload.access_token)
    if (isPrivate) await this.#checkRead(caller, topic)
    const { self, ack } = asRecord(config.broadcast)
    const channel: Channel = {
      ...{ topic, joinRef: frame.joinRef, private: isPrivate, self: self === true, ack: ack === true },
      ...{ caller, mayWrite: null },
      send: (sent) => this.#send(sent),
      close: (reason) => this.#close(channel, reason),
    }
    // The client may be gone by now, and its 'close' was handled before there was a channel to remove.
    if (this.#socket.readyState !== this.#socket.OPEN) return
    const former = this.#channels.get(frame.topic)
    if (former !== undefined) this.#services.hub.remove(former)
    this.#channels.set(frame.topic, channel)
    this.#services.hub.add(channel)
    this.#reply(frame, 'ok', { postgres_changes: [] })
  }

  /** A new token for a joined topic: what it may do is asked again. */
  async #renew(frame: Frame, channel: Channel): Promise<void> {
    try {
      const caller = await this.#caller(frame.payload.access_token)
      if (channel.private) await this.#checkRead(caller, channel.topic)
      channel.caller = caller
      channel.mayWrite = null
    } catch (error) {
      if (!(error instanceof Refused || error instanceof TokenError)) throw error
      this.#close(channel, error.message)
    }
  }

  async #broadcast(frame: Frame, channel: Channel): Promise<void> {
    if (channel.private) {
      const { caller, topic } = channel
      channel.mayWrite ??= await mayUseTopic(this.#services.pool, { caller, topic, action: 'write' })
      // Hosted Realtime drops it without a word; a reply shows the mistake and changes nothing else.
      if (!channel.mayWrite) throw new Refused(`Unauthorized: You may not broadcast to this Channel topic: ${topic}`)
    }
    const { event, payload } = frame.payload
    if (typeof event !== 'string') throw new Refused('A broadcast names its event.')
    this.#services.hub.broadcast({ ...{ topic: channel.topic, private: channel.private }, event, payload }, channel)
    if (channel.ack) this.#reply(frame, 'ok', {})
  }

  #leave(frame: Frame, channel: Channel): void {
    this.#forget(channel)
    this.#reply(frame, 'ok', {})
  }

  #close(channel: Channel, reason: string): void {
    this.#forget(channel)
    const topic = clientTopic(channel.topic)
    const payload = { extension: 'system', status: 'error', message: reason, channel: channel.topic }
    this.#send({ joinRef: channel.joinRef, ref: null, topic, event: 'system', payload })
    this.#send({ joinRef: channel.joinRef, ref: channel.joinRef, topic, event: 'phx_close', payload: {} })
  }

  #forget(channel: Channel): void {
    this.#services.hub.remove(channel)
    if (this.#channels.get(clientTopic(channel.topic)) === channel) this.#channels.delete(clientTopic(channel.topic))
  }

  #leaveAll(): void {
    for (const channel of this.#channels.values()) this.#services.hub.remove(channel)
    this.#channels.clear()
  }

  /** Without a token of its own a client speaks with the key that it connected with. */
  #caller(token: unknown): Promise<Caller> {
    const text = typeof token === 'string' && token !== '' ? token : this.#apiKey
    return callerOf(`Bearer ${text}`, this.#services.readToken)
  }

  async #checkRead(caller: Caller, topic: string): Promise<void> {
    if (await mayUseTopic(this.#services.pool, { caller, topic, action: 'read' })) return
    throw new Refused(`Unauthorized: You do not have permissions to read from this Channel topic: ${topic}`)
  }

  #reply(frame: Frame, status: 'ok' | 'error', response: Record<string, unknown>): void {
    this.#send({ ...frame, event: 'phx_reply', payload: { status, response } })
  }

  #send(frame: Frame): void {
    if (this.#socket.readyState === this.#socket.OPEN) this.#socket.send(encodeFrame(frame, this.#version))
  }
}

const checkConfig = (config: Readonly<Record<string, unknown>>): void => {
  if (Array.isArray(config.postgres_changes) && config.postgres_changes.length > 0) {
    throw new Refused(
      'NotSupported: The local stack does not send postgres_changes. Broadcast from the database instead.',
    )
  }
  if (asRecord(config.presence).enabled === true) {
    throw new Refused('NotSupported: The local stack does not keep presence.')
  }
  if (asRecord(config.broadcast).replay !== undefined) {
    throw new Refused('NotSupported: The local stack does not replay broadcasts.')
  }
}
