import { createServer } from 'node:net'
import { StackError } from '../StackError.ts'

/** Below the range from which systems take the ports of outgoing connections: such a port stays free until it is used. */
const LOWEST = 18_000
const HIGHEST = 32_000

/** A machine without IPv6 has nobody listening there. */
const NO_SUCH_FAMILY = new Set(['EADDRNOTAVAIL', 'EAFNOSUPPORT'])

const canBind = (port: number, host: string): Promise<boolean> =>
  new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', (error: NodeJS.ErrnoException) => {
      const code = error.code ?? ''
      if (NO_SUCH_FAMILY.has(code)) resolve(true)
      else if (code === 'EADDRINUSE' || code === 'EACCES') resolve(false)
      else reject(error)
    })
    server.listen({ port, host, exclusive: true }, () => server.close(() => resolve(true)))
  })

/** On both loopback addresses: `localhost` may mean either, and a stranger on the other one would be taken for us. */
const isFree = async (port: number): Promise<boolean> =>
  (await canBind(port, '127.0.0.1')) && (await canBind(port, '::1'))

/**
 * The wanted port where it is free on 127.0.0.1, else a random one that is. `0` asks for any.
 *
 * @param taken ports that were given out already and are not listened on yet
 */
export const freePort = async (wanted = 0, taken: ReadonlySet<number> = new Set()): Promise<number> => {
  if (wanted !== 0 && !taken.has(wanted) && (await isFree(wanted))) return wanted
  for (let attempt = 0; attempt < 100; attempt += 1) {
    const port = LOWEST + Math.floor(Math.random() * (HIGHEST - LOWEST))
    if (!taken.has(port) && (await isFree(port))) return port
  }
  throw new StackError('port_unavailable', 'No free port was found on 127.0.0.1.', 'End other servers and try again.')
}
