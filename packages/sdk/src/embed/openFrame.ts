import { BridgeBlockedError, CallAbortedError, type OblivionError, PolicyForbidsError } from '@oblivion/core'
import { FRAME_HELLO, FRAME_PORT } from '../protocol/hostMessages.ts'

export interface Frame {
  readonly element: HTMLIFrameElement
  readonly port: MessagePort
  /** Aborted when another document is in the frame, or it crashed. */
  readonly lost: AbortSignal
  readonly close: () => void
}

/** A frame that a policy or an extension kept out has its `load` all the same, and then says nothing. */
const SILENT_MS = 1500
/** A cold load on a slow network. */
const OPEN_MS = 20_000

/**
 * Puts our frame into the page and gives it one port once it has said hello.
 *
 * What a page's own headers forbid ends at once, or within 3 s where the browser tells nobody:
 * @throws {PolicyForbidsError} `OB283` with the directive to change, {BridgeBlockedError} `OB202`, {CallAbortedError} `OB103`.
 */
export const openFrame = (url: URL, parent: Node, signal: AbortSignal): Promise<Frame> =>
  new Promise((resolve, reject) => {
    const element = document.createElement('iframe')
    const over = new AbortController()
    const lost = new AbortController()
    let silent: ReturnType<typeof setTimeout> | undefined
    let loads = 0

    const settle = (): void => {
      over.abort()
      clearTimeout(silent)
      clearTimeout(deadline)
    }
    const fail = (error: OblivionError): void => {
      settle()
      element.remove()
      reject(error)
    }
    const blocked = (): void => fail(new BridgeBlockedError({ values: { url: url.origin } }))
    const aborted = (): void => fail(new CallAbortedError({ values: { call: 'start' } }))
    const deadline = setTimeout(blocked, OPEN_MS)
    if (signal.aborted) return aborted()
    signal.addEventListener('abort', aborted, over)
    document.addEventListener(
      'securitypolicyviolation',
      ({ blockedURI, effectiveDirective, disposition }) => {
        if (disposition !== 'enforce' || !blockedURI.startsWith(url.origin)) return
        fail(
          new PolicyForbidsError({
            values: { directive: `${effectiveDirective} ${url.origin}`, url: url.origin },
            hint: `Add ${url.origin} to ${effectiveDirective} in this page's Content-Security-Policy header.`,
          }),
        )
      },
      over,
    )
    element.addEventListener('load', () => {
      loads++
      if (over.signal.aborted) {
        // Hello may come before the first load; the second is of another document.
        if (loads > 1) lost.abort()
      } else silent ??= setTimeout(blocked, SILENT_MS)
    })
    addEventListener(
      'message',
      ({ source, origin, data }) => {
        if (source === null || source !== element.contentWindow || origin !== url.origin || data !== FRAME_HELLO) return
        settle()
        const { port1, port2 } = new MessageChannel()
        // Chromium tells when the other end is gone.
        port1.addEventListener('close', () => lost.abort())
        element.contentWindow?.postMessage(FRAME_PORT, url.origin, [port2])
        resolve({
          element,
          port: port1,
          lost: lost.signal,
          close: () => {
            port1.close()
            element.remove()
          },
        })
      },
      over,
    )
    element.title = 'Oblivion: computing on this page'
    element.name = FRAME_PORT
    // Whether the machine runs on battery: by the standard a frame of another site asks only with it, though Chromium 156
    // does not insist.
    element.allow = 'battery'
    element.src = url.href
    // Out of sight until it says how large it is; never by `display: none`, which some browsers load last.
    element.style.cssText = 'border:0;width:0;height:0;color-scheme:light dark;'
    parent.appendChild(element)
  })
