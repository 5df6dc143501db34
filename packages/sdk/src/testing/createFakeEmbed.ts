import { OblivionError } from '@oblivion/core'
import type { EmbeddedWorker, EmbedEvents } from '../embed/embedWorker.ts'
import { createEmitter } from '../page/Emitter.ts'
import type { EmbedState } from '../protocol/hostMessages.ts'

export interface FakeEmbed extends EmbeddedWorker {
  /** What the frame would tell next: the visitor agreed, it computes, it rests, it failed. */
  readonly become: (state: EmbedState) => void
  /** The frame's figure of the last second, 0 to 1. */
  readonly share: (cpu: number) => void
  /** What was called on it, in order. */
  readonly calls: readonly ('start' | 'finish' | 'stop' | 'limit' | 'remove')[]
}

/**
 * An embedded worker for tests of your own pages: no frame, no network. `start()` leaves it `consenting`, as for a visitor
 * who was never asked; what the visitor does is yours to tell.
 *
 * @example
 * const worker = createFakeEmbed()
 * await worker.start()
 * worker.become({ status: 'waiting' })
 */
export const createFakeEmbed = (): FakeEmbed => {
  const emitter = createEmitter<EmbedEvents>()
  const calls: FakeEmbed['calls'][number][] = []
  let state: EmbedState = { status: 'idle' }

  const become = (next: EmbedState): void => {
    state = next
    emitter.emit('state', next)
    if (next.status === 'failed') emitter.emit('error', new OblivionError({ code: next.code }))
  }
  const end = (call: 'finish' | 'stop' | 'remove') => () => {
    calls.push(call)
    if (state.status !== 'idle' && state.status !== 'stopped') become({ status: 'stopped' })
  }

  return {
    calls,
    become,
    share: (cpu) => emitter.emit('share', cpu),
    get state() {
      return state
    },
    on: emitter.on,
    start: async () => {
      calls.push('start')
      if (state.status === 'idle' || state.status === 'stopped' || state.status === 'failed') {
        become({ status: 'consenting' })
      }
    },
    finish: end('finish'),
    stop: end('stop'),
    limit: () => void calls.push('limit'),
    remove: end('remove'),
  }
}
