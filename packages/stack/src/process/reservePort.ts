import { createServer, type Server } from 'node:net'
import { StackError } from '../StackError.ts'

/** Below the range from which systems take the ports of outgoing connections: such a port stays free until it is used. */
const LOWEST = 18_000
const HIGHEST = 32_000

/** A machine without IPv6 has nobody listening there. */
const NO_SUCH_FAMILY = new Set(['EADDRNOTAVAIL', 'EAFNOSUPPORT'])

/** A port that nobody else gets until `release`: call it right before the server that is meant for it starts. */
export type ReservedPort = { port: number; release(): Promise<void> }

/** @returns the held address, null where it is taken, `'absent'` where there is no such address family */
const hold = (port: number, host: string): Promise<Server | 'absent' | null> =>
  new Promise((resolve, reject) => {
    const server = createServer((socket) => socket.destroy())
    server.unref()
    server.once('error', (error: NodeJS.ErrnoException) => {
      const code = error.code ?? ''
      if (NO_SUCH_FAMILY.has(code)) resolve('absent')
      else if (code === 'EADDRINUSE' || code === 'EACCES') resolve(null)
      else reject(error)
    })
    server.listen({ port, host, exclusive: true }, () => resolve(server))
  })

const close = (server: Server): Promise<void> => new Promise((resolve) => server.close(() => resolve()))

/** On both loopback addresses: `localhost` may mean either, and a stranger on the other one would be taken for us. */
const tryReserve = async (port: number): Promise<ReservedPort | null> => {
  const held: Server[] = []
  const release = async (): Promise<void> => void (await Promise.all(held.map(close)))
  for (const host of ['127.0.0.1', '::1']) {
    const answer = await hold(port, host)
    if (answer === null) {
      await release()
      return null
    }
    if (answer !== 'absent') held.push(answer)
  }
  return { port, release }
}

/** Takes the wanted port where it is free on this machine's loopback, else a random one that is. `0` asks for any. */
export const reservePort = async (wanted = 0): Promise<ReservedPort> => {
  const first = wanted === 0 ? null : await tryReserve(wanted)
  if (first !== null) return first
  for (let attempt = 0; attempt < 100; attempt += 1) {
    const reserved = await tryReserve(LOWEST + Math.floor(Math.random() * (HIGHEST - LOWEST)))
    if (reserved !== null) return reserved
  }
  throw new StackError('port_unavailable', 'No free port was found on 127.0.0.1.', 'End other servers and try again.')
}

/** A port that is free now. Whoever can should reserve it instead. */
export const freePort = async (wanted = 0): Promise<number> => {
  const { port, release } = await reservePort(wanted)
  await release()
  return port
}
