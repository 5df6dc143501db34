import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { getRequestListener } from '@hono/node-server'
import { Hono } from 'hono'
import { authRoutes } from './auth/authRoutes.ts'
import { tokenReader } from './auth/readToken.ts'
import { signApiKey } from './auth/signApiKey.ts'
import { chainRoute } from './chain/chainRoute.ts'
import { openPool } from './database/openPool.ts'
import type { CallerGuard } from './http/callerGuard.ts'
import { allowOurPages, guardDoor } from './http/guardDoor.ts'
import { requireApiKey } from './http/requireApiKey.ts'
import { acceptSockets } from './realtime/acceptSockets.ts'
import { Hub } from './realtime/Hub.ts'
import { listenToDatabase } from './realtime/listenToDatabase.ts'
import { realtimeRoutes } from './realtime/realtimeRoutes.ts'
import { restRoutes } from './rest/restRoutes.ts'
import { openBlobs } from './storage/Blobs.ts'
import { urlSigner } from './storage/signedUrls.ts'
import { storageRoutes } from './storage/storageRoutes.ts'

export type GatewayOptions = {
  /** 0 takes a free one. */
  port: number
  /** One connection string for each role of the bootstrap that the gateway logs in as. */
  databases: { authenticator: string; authAdmin: string; storageAdmin: string; realtimeAdmin: string }
  /** At least 32 characters; signs sessions, keys and URLs. */
  jwtSecret: string
  /** Origins of the pages that may use this server. */
  allowedOrigins: readonly string[]
  /** Origins of the pages whose sign-in messages are accepted. */
  signInOrigins: readonly string[]
  /** Folder for the bytes of stored objects. */
  storageFolder: string
  /** JSON-RPC endpoint of the local chain, where there is one. */
  chainUrl?: string | undefined
  /** Supabase's "allow public access" of Realtime. Off, as in our production: a public channel protects nothing. */
  publicChannels?: boolean | undefined
  now?: (() => Date) | undefined
}

export type Gateway = { url: string; port: number; close(): Promise<void> }

/**
 * Starts the Supabase-compatible API on 127.0.0.1: REST, Auth, Realtime, Storage, and the local chain's JSON-RPC.
 *
 * A development server: it speaks the forms that this project uses and refuses all others in words.
 */
export const startGateway = async (options: GatewayOptions): Promise<Gateway> => {
  const { databases, jwtSecret, now = () => new Date() } = options
  if (jwtSecret.length < 32) throw new Error('The JWT secret is shorter than 32 characters.')
  const guard: CallerGuard = { port: 0, origins: new Set(options.allowedOrigins) }
  const apiKeys = [await signApiKey({ jwtSecret, role: 'anon' }), await signApiKey({ jwtSecret, role: 'service_role' })]
  const readToken = tokenReader(jwtSecret, now)
  const callers = openPool(databases.authenticator, 20)
  const authPool = openPool(databases.authAdmin, 5)
  const storagePool = openPool(databases.storageAdmin, 5)
  const hub = new Hub()
  const keyCheck = requireApiKey(apiKeys)
  const realtime = { pool: callers, readToken, hub, publicChannels: options.publicChannels ?? false }

  const app = new Hono()
  app.use(guardDoor(guard), allowOurPages(guard))
  app.get('/health', async (c) => {
    await callers.query('select 1')
    return c.json({ status: 'ok' })
  })
  app.use('/rest/v1/*', keyCheck)
  app.use('/auth/v1/*', keyCheck)
  app.use('/realtime/v1/*', keyCheck)
  app.route('/rest/v1', restRoutes({ pool: callers, readToken }))
  app.route('/realtime/v1', realtimeRoutes(realtime))
  app.route(
    '/storage/v1',
    storageRoutes({
      services: { callers, admin: storagePool, blobs: openBlobs(options.storageFolder) },
      signer: urlSigner(jwtSecret, now),
      requireApiKey: keyCheck,
      ...{ readToken, now },
    }),
  )
  const issuer = () => `http://127.0.0.1:${guard.port}/auth/v1`
  const signInOrigins = new Set(options.signInOrigins)
  app.route('/auth/v1', authRoutes({ pool: authPool, ...{ jwtSecret, issuer, now, readToken, signInOrigins } }))
  if (options.chainUrl !== undefined) app.route('/chain', chainRoute(options.chainUrl))
  app.notFound((c) => c.json({ message: `Nothing is at ${c.req.path}.` }, 404))
  app.onError((error, c) => {
    console.error(`gateway: ${error.message}`)
    return c.json({ message: 'The local stack failed to answer; its log says why.' }, 503)
  })

  const server = createServer(getRequestListener(app.fetch, { overrideGlobalObjects: false }))
  // As long as hosted gateways: Node's own 5 s end under the next call of a client that has just computed.
  server.keepAliveTimeout = 65_000
  const sockets = acceptSockets(server, { guard, apiKeys, services: realtime })
  const listener = await listenToDatabase(databases.realtimeAdmin, hub)
  guard.port = await listen(server, options.port)
  const expiry = setInterval(() => hub.closeExpired(now()), 1000)

  return {
    ...{ url: `http://127.0.0.1:${guard.port}`, port: guard.port },
    close: async () => {
      clearInterval(expiry)
      sockets.close()
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
      await listener.close()
      await Promise.all([callers.end(), authPool.end(), storagePool.end()])
    },
  }
}

const listen = (server: Server, port: number): Promise<number> =>
  new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, '127.0.0.1', () => resolve((server.address() as AddressInfo).port))
  })
