import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface Listening {
  readonly port: number
  readonly close: () => Promise<void>
}

/** An HTTP server on a free port of 127.0.0.1, and on ::1 as well where the name `localhost` may lead there. */
export const listen = async (handle: RequestListener, wanted = 0): Promise<Listening> => {
  const server = createServer(handle)
  await new Promise<void>((resolve) => server.listen(wanted, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return { port, close: () => closeServer(server) }
}

const closeServer = (server: Server): Promise<void> => {
  server.closeAllConnections()
  return new Promise((resolve) => server.close(() => resolve()))
}
