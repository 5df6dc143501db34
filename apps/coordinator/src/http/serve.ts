import type { AddressInfo } from 'node:net'
import { serve as listen } from '@hono/node-server'

type App = { fetch(request: Request): Response | Promise<Response> }

/** A listening server. `close` also ends connections that are kept alive. */
export type Served = { port: number; close(): Promise<void> }

/**
 * Listens on an address of this machine; port 0 takes any free one. `onError` is told of what fails once it listens, such as
 * a connection for which the process has no file left.
 */
export function serve(app: App, port: number, address: string, onError: (error: Error) => void): Promise<Served> {
  return new Promise((resolve, reject) => {
    const server = listen({ fetch: (request) => app.fetch(request), hostname: address, port }, (info: AddressInfo) => {
      server.off('error', reject)
      server.on('error', onError)
      resolve({
        port: info.port,
        close: () =>
          new Promise((closed) => {
            server.close(() => closed())
            if ('closeAllConnections' in server) server.closeAllConnections()
          }),
      })
    })
    server.once('error', reject)
  })
}
