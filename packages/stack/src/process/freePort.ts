import { createServer } from 'node:net'

const tryPort = (port: number): Promise<number | null> =>
  new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', (error: NodeJS.ErrnoException) =>
      error.code === 'EADDRINUSE' || error.code === 'EACCES' ? resolve(null) : reject(error),
    )
    server.listen({ port, host: '127.0.0.1', exclusive: true }, () => {
      const address = server.address()
      server.close(() => resolve(typeof address === 'object' && address ? address.port : null))
    })
  })

/** The wanted port where it is free on 127.0.0.1, else one that the system picks. `0` asks for any. */
export const freePort = async (wanted = 0): Promise<number> => {
  const port = (wanted ? await tryPort(wanted) : null) ?? (await tryPort(0))
  if (port === null) throw new Error('No free port on 127.0.0.1.')
  return port
}
