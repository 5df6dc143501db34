import { HELLO, PORT } from '../protocol/messages.ts'

/**
 * Takes one port, once, from the parent window, where its origin is one of those allowed. Says hello first, to each allowed
 * origin by name: a page of another origin hears nothing, and a sibling frame cannot be first (threat A11).
 */
export const acceptParent = (scope: Window, allowedOrigins: readonly string[]): Promise<MessagePort> =>
  new Promise((resolve) => {
    const accept = ({ source, origin, data, ports: [port] }: MessageEvent): void => {
      if (source !== scope.parent || !allowedOrigins.includes(origin) || data !== PORT || port === undefined) return
      scope.removeEventListener('message', accept)
      resolve(port)
    }
    scope.addEventListener('message', accept)
    for (const origin of allowedOrigins) scope.parent.postMessage(HELLO, origin)
  })
