import { createServer, type Server } from 'node:http'
import { answerPage, type Origin } from './answerPage.ts'

/**
 * Serves one origin on the given loopback addresses.
 *
 * The dApp listens on both: a browser asks `localhost` at ::1 first, and a stranger's server there would get our users.
 */
export const serveOrigin = async (origin: Origin, port: number, hosts: readonly string[]): Promise<Server[]> =>
  (await Promise.all(hosts.map((host) => listen(origin, port, host)))).filter((server) => server !== null)

/** A machine without IPv6 has no ::1; nobody else can be there either. */
const NO_SUCH_FAMILY = new Set(['EADDRNOTAVAIL', 'EAFNOSUPPORT'])

const listen = (origin: Origin, port: number, host: string): Promise<Server | null> =>
  new Promise((resolve, reject) => {
    const server = createServer((request, response) => {
      const { method = 'GET', url = '/' } = request
      const answer = answerPage(origin, { method, host: request.headers.host, target: url })
      response.writeHead(answer.status, { ...answer.headers, 'content-length': Buffer.byteLength(answer.body) })
      response.end(method === 'HEAD' ? undefined : answer.body)
    })
    server.once('error', (error: NodeJS.ErrnoException) =>
      NO_SUCH_FAMILY.has(error.code ?? '') ? resolve(null) : reject(error),
    )
    server.listen(port, host, () => resolve(server))
  })
