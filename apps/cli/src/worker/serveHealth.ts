import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface HealthReport {
  readonly status: string
  readonly worker_id: string
  readonly active_jobs: number
  /** Seconds. */
  readonly uptime: number
}

/**
 * `GET /health` on 127.0.0.1: 200 while the worker is healthy, 503 otherwise. A port that is taken gives way to a free one.
 *
 * @returns The port that it listens on, and how to close it.
 */
export const serveHealth = async (
  wanted: number,
  report: () => HealthReport,
): Promise<{ readonly port: number; readonly close: () => void }> => {
  const server = createServer((request, response) => {
    const known = request.method === 'GET' && request.url?.split('?')[0] === '/health'
    const body = known ? report() : { error: 'GET /health is all there is.' }
    const status = known ? ((body as HealthReport).status === 'healthy' ? 200 : 503) : 404
    response.writeHead(status, { 'content-type': 'application/json', 'cache-control': 'no-store' })
    response.end(`${JSON.stringify(body)}\n`)
  })
  await listen(server, wanted).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EADDRINUSE') throw error
    return listen(server, 0)
  })
  return { port: (server.address() as AddressInfo).port, close: () => server.close() }
}

const listen = (server: Server, port: number): Promise<void> =>
  new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, '127.0.0.1', () => {
      server.off('error', reject)
      resolve()
    })
  })
