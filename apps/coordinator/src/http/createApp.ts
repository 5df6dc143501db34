import { OpenAPIHono } from '@hono/zod-openapi'
import type { HealthReport } from '../health/healthReport.ts'
import { metricsPage } from '../health/metricsPage.ts'
import { type CardAccess, cardDoor } from './cardDoor.ts'
import { describeDoors } from './describeDoors.ts'
import { type ExportAccess, exportDoor } from './exportDoor.ts'
import { isKnownHost } from './isKnownHost.ts'
import { briefsDoor } from './sources/briefsDoor.ts'
import { jobManagementDoor } from './sources/jobManagementDoor.ts'
import { jobProcessingDoor } from './sources/jobProcessingDoor.ts'
import type { SourceAccess } from './sources/SourceAccess.ts'
import { tasksDoor, workerDoor } from './sources/taskNetworkDoor.ts'
import { type WalletAccess, walletDoor } from './walletDoor.ts'

/**
 * The coordinator's HTTP doors.
 *
 * Any web page can make a browser call 127.0.0.1: a name that an attacker points there is stopped by its Host header, a
 * foreign page by its Origin.
 */
export function createApp(parameters: {
  health: () => HealthReport
  allowedOrigins: readonly string[]
  /** Host names that are served beside those of this machine; none by default. */
  allowedHosts?: readonly string[]
  /** Null, or left out, shuts the door of the history. */
  exports?: ExportAccess | null
  /** Null, or left out, takes no cards. */
  cards?: CardAccess | null
  /** Left out, there are no doors of wallets. */
  wallet?: WalletAccess
  /** Left out, there are no doors of the sources. */
  sources?: SourceAccess
}): OpenAPIHono {
  const { health, allowedOrigins, allowedHosts = [], exports = null, cards = null, wallet, sources } = parameters
  const app = new OpenAPIHono()
  app.use(async (context, next) => {
    if (!isKnownHost(context.req.header('host'), allowedHosts))
      return context.json({ error: 'This host name is not served here.' }, 403)
    const origin = context.req.header('origin')
    if (origin !== undefined && !allowedOrigins.includes(origin)) {
      return context.json({ error: 'This origin may not call here.' }, 403)
    }
    // A page of ours asks first whether it may send its session's token, or a key.
    if (context.req.method === 'OPTIONS' && origin !== undefined) {
      context.header('access-control-allow-methods', 'GET, POST, DELETE')
      context.header('access-control-allow-headers', 'authorization, content-type, x-api-key, x-node-key')
      context.header('access-control-max-age', '600')
      context.status(204)
      context.res = context.body(null)
    } else await next()
    if (origin !== undefined) context.header('access-control-allow-origin', origin)
    context.header('vary', 'Origin')
    context.header('cache-control', 'no-store')
    context.header('x-content-type-options', 'nosniff')
  })
  // Alive: for whoever restarts what does not answer.
  app.get('/healthz', (context) => context.json(health()))
  // Well: for whoever wakes a person.
  app.get('/health', (context) => {
    const report = health()
    return context.json(report, report.status === 'ok' ? 200 : 503)
  })
  app.route('/datalake', exportDoor(exports))
  app.get('/metrics', async (context) => {
    const { type, text } = await metricsPage(health())
    return context.body(text, 200, { 'content-type': type })
  })
  app.route('/api/cards', cardDoor(cards))
  if (wallet) app.route('/api/wallet', walletDoor(wallet))
  if (sources) {
    app.route('/api/briefs', briefsDoor(sources))
    app.route('/api/jobs', jobManagementDoor(sources))
    app.route('/api/tasks', tasksDoor(sources))
    app.route('/api/worker', workerDoor(sources))
    // Behind all others: it lies at the root, and so does its limit of a body.
    app.route('/', jobProcessingDoor(sources))
  }
  describeDoors(app)
  app.notFound((context) => context.json({ error: 'There is nothing here. Try /health.' }, 404))
  return app
}
