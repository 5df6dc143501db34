import { createSocket } from 'node:dgram'
import { createServer } from 'node:net'
import { networkInterfaces } from 'node:os'
import { listen } from './listen.ts'
import type { Aims } from './waysOut.ts'

export interface Collectors {
  readonly aims: Omit<Aims, 'zone'>
  /** What arrived, in order: `GET /way`, `connection`, `datagram`, `ice connection`. */
  readonly seen: string[]
  /** Whether WebRTC has an address to reach; it leaves out the loopback's. */
  readonly hasIce: boolean
  readonly close: () => Promise<void>
}

const addressOfIce = (): string | undefined =>
  Object.values(networkInterfaces())
    .flatMap((each) => each ?? [])
    .find(({ internal, family }) => !internal && family === 'IPv4')?.address

/** Servers that nothing of ours talks to: whatever reaches them has got out. */
export const collect = async (): Promise<Collectors> => {
  const seen: string[] = []
  const requests = await listen((request, response) => {
    seen.push(`${request.method} ${request.url}`)
    response
      .writeHead(200, { 'access-control-allow-origin': '*', 'content-type': 'text/javascript' })
      .end('export default 1')
  })
  const connections = (what: string) => {
    const server = createServer((socket) => {
      seen.push(what)
      socket.on('error', () => {})
      socket.destroy()
    })
    return {
      listen: (port: number, host: string) =>
        new Promise<number>((resolve, reject) => {
          server.once('error', reject)
          server.listen(port, host, () => resolve((server.address() as { port: number }).port))
        }),
      close: () => new Promise<void>((resolve) => server.close(() => resolve())),
    }
  }
  const quiet = connections('connection')
  const quietPort = await quiet.listen(0, '127.0.0.1')
  const iceAddress = addressOfIce()
  const host = iceAddress ?? '127.0.0.1'
  const overTcp = connections('ice connection')
  const icePort = await overTcp.listen(0, host)
  const datagrams = createSocket('udp4')
  datagrams.on('message', () => seen.push('datagram'))
  await new Promise<void>((resolve) => datagrams.bind(icePort, host, resolve))
  return {
    aims: { url: `http://127.0.0.1:${requests.port}`, quietPort, ice: `${host}:${icePort}` },
    seen,
    hasIce: iceAddress !== undefined,
    close: async () => {
      datagrams.close()
      await Promise.all([requests.close(), quiet.close(), overTcp.close()])
    },
  }
}
