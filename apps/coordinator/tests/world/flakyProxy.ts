import { type AddressInfo, connect, createServer, type Socket } from 'node:net'

/**
 * A TCP proxy that stands for the way to a part of the world. While it is cut, every connection is dropped at once; once it
 * is stalled, what a client says after `word` arrives later, as does that it has gone.
 */
export async function startFlakyProxy(target: { host: string; port: number }) {
  const open = new Set<Socket>()
  let isCut = false
  let dropped = 0
  let stalledAt: string | null = null
  const late: (() => void)[] = []

  const keep = (socket: Socket) => {
    open.add(socket)
    socket.once('close', () => open.delete(socket))
    // A reset of either side is what this proxy is for.
    socket.on('error', () => undefined)
  }
  const server = createServer((incoming) => {
    keep(incoming)
    if (isCut) {
      dropped += 1
      incoming.destroy()
      return
    }
    const outgoing = connect(target)
    keep(outgoing)
    outgoing.pipe(incoming)
    let isLate = false
    const inTime = (act: () => void) => (isLate && stalledAt !== null ? late.push(act) : act())
    incoming.on('data', (bytes) => {
      isLate ||= stalledAt !== null && bytes.includes(stalledAt)
      inTime(() => outgoing.write(bytes))
    })
    incoming.once('close', () => inTime(() => outgoing.destroy()))
    outgoing.once('close', () => incoming.destroy())
  })
  const cut = () => {
    isCut = true
    for (const socket of open) socket.destroy()
  }
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(0, '127.0.0.1', resolve)
  })
  return {
    port: (server.address() as AddressInfo).port,
    cut,
    stall: (word: string) => {
      stalledAt = word
    },
    /** What was kept back arrives; what comes after it, at once. */
    deliver: () => {
      stalledAt = null
      for (const act of late.splice(0)) act()
    },
    mend: () => {
      isCut = false
    },
    /** How many connections found the way cut. */
    dropped: () => dropped,
    end: () =>
      new Promise<void>((resolve) => {
        cut()
        server.close(() => resolve())
      }),
  }
}
