import { type IncomingMessage, type Server, STATUS_CODES } from 'node:http'
import type { Duplex } from 'node:stream'
import { WebSocketServer } from 'ws'
import { type CallerGuard, refusalOf } from '../http/callerGuard.ts'
import { bodyLimits } from '../http/limitBody.ts'
import { isApiKey } from '../http/requireApiKey.ts'
import { type RealtimeServices, RealtimeSocket } from './RealtimeSocket.ts'

/** Takes WebSockets at the realtime door, after the checks that stand before every other door. */
export const acceptSockets = (
  server: Server,
  { guard, apiKeys, services }: { guard: CallerGuard; apiKeys: readonly string[]; services: RealtimeServices },
): { close(): void } => {
  const sockets = new WebSocketServer({ noServer: true, maxPayload: bodyLimits.realtime })
  server.on('upgrade', (request: IncomingMessage, stream: Duplex, head: Buffer) => {
    const { host, origin } = request.headers
    const refusal = refusalOf(guard, { host, origin })
    if (refusal !== null) return refuse(stream, 403, refusal)
    // Null for what is no path, as `//`: thrown here, it would end the whole gateway.
    const url = URL.parse(request.url ?? '/', 'http://127.0.0.1')
    if (url?.pathname !== '/realtime/v1/websocket') return refuse(stream, 404, 'Sockets are at /realtime/v1/websocket.')
    const key = url.searchParams.get('apikey') ?? ''
    if (!isApiKey(apiKeys, key)) return refuse(stream, 401, 'Invalid API key')
    const version = url.searchParams.get('vsn') ?? '1.0.0'
    if (version !== '1.0.0' && version !== '2.0.0')
      return refuse(stream, 400, `The version "${version}" is not supported.`)
    sockets.handleUpgrade(request, stream, head, (socket) => {
      new RealtimeSocket(services, socket, version, key)
    })
  })
  return {
    close: () => {
      for (const socket of sockets.clients) socket.terminate()
      sockets.close()
    },
  }
}

const refuse = (stream: Duplex, status: number, message: string): void => {
  // The peer may be gone already; nothing else listens to this stream.
  stream.on('error', () => undefined)
  const body = JSON.stringify({ message })
  stream.end(
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\nContent-Type: application/json\r\n` +
      `Content-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`,
  )
}
