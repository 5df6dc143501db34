import type { Caller } from '../database/asCaller.ts'
import type { Frame } from './frames.ts'

/** One joined topic of one socket. */
export type Channel = {
  /** As SQL knows it, without the client's prefix. */
  topic: string
  joinRef: string | null
  private: boolean
  /** Whether the sender hears itself, and whether it wants each broadcast confirmed. */
  self: boolean
  ack: boolean
  caller: Caller
  /** Answer of the write policy for this caller, once asked. */
  mayWrite: boolean | null
  send(frame: Frame): void
  close(reason: string): void
}

export type Broadcast = { topic: string; private: boolean; event: string; payload: unknown }

/** What a client calls a topic. */
export const clientTopic = (topic: string): string => `realtime:${topic}`

/** Who listens to what. A private and a public topic of the same name are two topics. */
export class Hub {
  readonly #channels = new Map<string, Set<Channel>>()

  add(channel: Channel): void {
    const key = keyOf(channel)
    const channels = this.#channels.get(key) ?? new Set()
    this.#channels.set(key, channels.add(channel))
  }

  remove(channel: Channel): void {
    const channels = this.#channels.get(keyOf(channel))
    channels?.delete(channel)
    if (channels?.size === 0) this.#channels.delete(keyOf(channel))
  }

  /** Sends to everyone on the topic, but to `sender` only if it asked to hear itself. */
  broadcast(message: Broadcast, sender: Channel | null = null): void {
    const payload = { type: 'broadcast', event: message.event, payload: message.payload }
    for (const channel of this.#channels.get(keyOf(message)) ?? []) {
      if (channel === sender && !channel.self) continue
      channel.send({ joinRef: null, ref: null, topic: clientTopic(channel.topic), event: 'broadcast', payload })
    }
  }

  /** Ends the channels whose token has run out: what it allowed is over. */
  closeExpired(now: Date): void {
    const seconds = now.getTime() / 1000
    for (const channels of this.#channels.values()) {
      for (const channel of [...channels]) {
        const { exp } = channel.caller.claims
        if (typeof exp === 'number' && exp <= seconds) channel.close('Token has expired')
      }
    }
  }
}

const keyOf = (topic: { topic: string; private: boolean }): string =>
  `${topic.private ? 'private' : 'public'} ${topic.topic}`
