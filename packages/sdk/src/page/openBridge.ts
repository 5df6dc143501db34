import { BridgeBlockedError, CallAbortedError } from '@oblivion/core'
import { HELLO, PORT } from '../protocol/messages.ts'

export interface Bridge {
  readonly port: MessagePort
  /** Aborted when the frame is gone: it crashed, was navigated, or somebody removed it. */
  readonly lost: AbortSignal
  readonly close: () => void
}

/** Long enough for a cold load on a slow network. */
const OPEN_MS = 20_000

/**
 * Puts the bridge's frame into the page, out of sight, and gives it one port once it has said hello from its own origin.
 *
 * @throws {BridgeBlockedError} `OB202`, {CallAbortedError} `OB103`.
 */
export const openBridge = (bridgeUrl: string, signal: AbortSignal): Promise<Bridge> =>
  new Promise((resolve, reject) => {
    const url = new URL('/bridge.html', bridgeUrl)
    const frame = document.createElement('iframe')
    const opening = new AbortController()
    const lost = new AbortController()

    const close = (): void => {
      opening.abort()
      clearTimeout(deadline)
      frame.remove()
    }
    const fail = (error: Error): void => {
      close()
      reject(error)
    }
    const deadline = setTimeout(() => fail(new BridgeBlockedError({ values: { url: url.origin } })), OPEN_MS)
    if (signal.aborted) return fail(new CallAbortedError({ values: { call: 'start' } }))
    signal.addEventListener('abort', () => fail(new CallAbortedError({ values: { call: 'start' } })), {
      signal: opening.signal,
    })
    addEventListener(
      'message',
      ({ source, origin, data }) => {
        if (source !== frame.contentWindow || source === null || origin !== url.origin || data !== HELLO) return
        opening.abort()
        clearTimeout(deadline)
        const { port1, port2 } = new MessageChannel()
        // Chromium tells when the other end is gone; elsewhere the frame's next load does, if it has one.
        port1.addEventListener('close', () => lost.abort())
        frame.addEventListener('load', () => lost.abort(), { signal: lost.signal })
        frame.contentWindow?.postMessage(PORT, url.origin, [port2])
        resolve({
          port: port1,
          lost: lost.signal,
          close: () => {
            lost.abort()
            port1.close()
            frame.remove()
          },
        })
      },
      { signal: opening.signal },
    )
    frame.src = url.href
    // Whether the machine runs on battery: by the standard a frame of another site asks only with it (Chromium 156 does not insist).
    frame.allow = 'battery'
    frame.title = 'Oblivion worker'
    frame.tabIndex = -1
    frame.ariaHidden = 'true'
    frame.style.cssText = 'display:none!important'
    document.body.append(frame)
  })
