import type { Host, RunOutcome } from '../agent/Host.ts'
import { type Pulse, readFromSandbox, type ToSandbox } from '../sandbox/messages.ts'

/** The sandbox as the agent drives it. */
export type Sandbox = Pick<Host, 'prepare' | 'run' | 'ping' | 'pace'> & { readonly kill: () => void }

interface Frame {
  readonly element: HTMLIFrameElement
  readonly up: Promise<boolean>
  /** Tells whoever waits that the frame is gone. */
  readonly gone: () => void
  readonly send: (message: ToSandbox) => void
  readonly pings: Map<number, (pulse: Pulse | null) => void>
  paced: { readonly id: number; readonly settle: (yields: boolean) => void } | null
  run: { readonly id: number; readonly settle: (outcome: RunOutcome) => void } | null
}

/**
 * One sandbox frame, made when a job comes and kept for the next (0.13 s for the first result, 0.014 s for the next), each
 * job in a thread of its own. To end a program the frame is removed: that takes 25 ms, where `terminate()` lets a busy
 * thread burn on for 2 s.
 */
export const createSandbox = (document: Document, sandboxUrl: string): Sandbox => {
  let frame: Frame | null = null
  let ids = 0

  const kill = (): void => {
    const dead = frame
    frame = null
    if (dead === null) return
    dead.element.remove()
    dead.gone()
    dead.run?.settle({ kind: 'killed' })
    dead.paced?.settle(true)
    for (const settle of dead.pings.values()) settle(null)
  }

  const open = (): Frame => {
    const element = document.createElement('iframe')
    const { port1, port2 } = new MessageChannel()
    const { promise: up, resolve } = Promise.withResolvers<boolean>()
    const opened: Frame = {
      element,
      up,
      gone: () => {
        port1.close()
        resolve(false)
      },
      send: (message) => port1.postMessage(message),
      pings: new Map(),
      paced: null,
      run: null,
    }
    port1.onmessage = ({ data }) => {
      const said = readFromSandbox(data)
      if (said === null) return
      if (said.type === 'up') return resolve(true)
      if (said.type === 'pong') {
        opened.pings.get(said.id)?.(said)
        opened.pings.delete(said.id)
        return
      }
      if (said.type === 'paced') {
        if (opened.paced?.id === said.id) opened.paced.settle(true)
        return
      }
      if (opened.run?.id !== said.id) return
      const { settle } = opened.run
      opened.run = null
      opened.paced?.settle(true)
      if (said.type === 'done') settle({ kind: 'done', text: said.text, rested: said.rested })
      else if (said.type === 'failed') settle({ kind: 'failed', error: said.error })
      else settle({ kind: 'too_large', length: said.length })
    }
    element.addEventListener(
      'load',
      // An opaque origin has no name; that nobody else sits in the frame is the bridge's `frame-src` to keep.
      () => element.contentWindow?.postMessage('oblivion:port', '*', [port2]),
      { once: true },
    )
    element.sandbox.add('allow-scripts')
    element.referrerPolicy = 'no-referrer'
    element.allow = ''
    element.src = new URL('sandbox.html', sandboxUrl).href
    document.body.append(element)
    return opened
  }

  return {
    prepare: () => {
      frame ??= open()
      return frame.up
    },
    run: (order) =>
      new Promise((settle) => {
        if (frame === null) return settle({ kind: 'killed' })
        frame.run?.settle({ kind: 'killed' })
        const id = ++ids
        frame.run = { id, settle }
        frame.send({ type: 'run', id, ...order })
      }),
    ping: () =>
      new Promise((settle) => {
        if (frame === null) return settle(null)
        const id = ++ids
        // What an earlier, unanswered ping waits for is told by this one.
        for (const missed of frame.pings.values()) missed(null)
        frame.pings.clear()
        frame.pings.set(id, settle)
        frame.send({ type: 'ping', id })
      }),
    pace: (pace) =>
      new Promise((settle) => {
        if (!frame?.run) return settle(true)
        const id = ++ids
        frame.paced?.settle(false)
        frame.paced = { id, settle }
        frame.send({ type: 'pace', id, pace })
      }),
    kill,
  }
}
