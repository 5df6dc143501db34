import { FRAME_HELLO, FRAME_PORT, readToFrame, type ToFrame } from '../protocol/hostMessages.ts'

export interface Host {
  readonly origin: string
  readonly port: MessagePort
  readonly listen: (hear: (message: ToFrame) => void) => void
}

/** How long a frame waits for a script of ours before it asks by itself, where it does not bear that script's name. */
const ANSWER_MS = 600

/**
 * Says hello and takes one port, once, from the parent window (threat A11): a sibling frame is not the parent, and the
 * second port of a parent is one too many. Null where the page around has no script of ours. A frame that was made by that
 * script waits for it, however busy the page is.
 */
export const acceptHost = (scope: Window): Promise<Host | null> =>
  new Promise((resolve) => {
    if (scope.parent === scope) return resolve(null)
    const silent =
      scope.name === FRAME_PORT
        ? undefined
        : setTimeout(() => {
            scope.removeEventListener('message', accept)
            resolve(null)
          }, ANSWER_MS)
    const accept = ({ source, origin, data, ports: [port] }: MessageEvent): void => {
      if (source !== scope.parent || data !== FRAME_PORT || port === undefined) return
      clearTimeout(silent)
      scope.removeEventListener('message', accept)
      resolve({
        origin,
        port,
        listen: (hear) => {
          port.onmessage = ({ data: said }) => {
            const message = readToFrame(said)
            if (message !== null) hear(message)
          }
        },
      })
    }
    scope.addEventListener('message', accept)
    // Nothing in it is secret, and which site may stand around is known only once the server has told.
    scope.parent.postMessage(FRAME_HELLO, '*')
  })
