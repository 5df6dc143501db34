import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net'

/** A TCP proxy that stands for a part of the world: `cut` makes it unreachable, `mend` brings it back on the same port. */
export async function startFlakyProxy(target: { host: string; port: number }) {
  const open = new Set<Socket>()
  let server: Server | null = null
  let port = 0

  const mend = () =>
    new Promise<void>((resolve, reject) => {
      const listener = createServer((incoming) => {
        const outgoing = connect(target)
        for (const socket of [incoming, outgoing]) {
          open.add(socket)
          socket.once('close', () => open.delete(socket))
          // A reset of either side is what this proxy is for.
          socket.on('error', () => undefined)
        }
        incoming.pipe(outgoing).pipe(incoming)
      })
      listener.once('error', reject)
      listener.listen(port, '127.0.0.1', () => {
        port = (listener.address() as AddressInfo).port
        server = listener
        resolve()
      })
    })
  const cut = () =>
    new Promise<void>((resolve) => {
      if (server === null) return resolve()
      server.close(() => resolve())
      server = null
      for (const socket of open) socket.destroy()
    })
  await mend()
  return { port, cut, mend }
}
