import { type OpenAPIHono, z } from '@hono/zod-openapi'

const json = (description: string) => ({ description, content: { 'application/json': { schema: z.looseObject({}) } } })

/**
 * `GET /api/openapi.json`: one document for all doors. Those that are made with `createRoute` describe themselves; these say
 * what the others take.
 */
export function describeDoors(app: OpenAPIHono): void {
  const { openAPIRegistry: registry } = app
  registry.registerComponent('securitySchemes', 'session', {
    ...{ type: 'http', scheme: 'bearer', description: 'The token of a session of Sign-In with Ethereum.' },
  })
  registry.registerComponent('securitySchemes', 'apiKey', {
    ...{ type: 'apiKey', in: 'header', name: 'x-api-key', description: 'A key of a customer’s program.' },
  })
  registry.registerComponent('securitySchemes', 'nodeKey', {
    ...{
      type: 'apiKey',
      in: 'header',
      name: 'x-node-key',
      description: 'The key of a node, shown at its registration.',
    },
  })
  registry.registerComponent('securitySchemes', 'operator', {
    ...{ type: 'http', scheme: 'bearer', description: 'ADMIN_TOKEN.' },
  })
  const health = { 200: json('Well.'), 503: json('Something is away; the same body says what.') }
  registry.registerPath({ method: 'get', path: '/healthz', summary: 'Alive', responses: { 200: json('Always.') } })
  registry.registerPath({ method: 'get', path: '/health', summary: 'Well', responses: health })
  registry.registerPath({
    ...{ method: 'get', path: '/metrics', summary: 'Figures for Prometheus' },
    responses: { 200: { description: 'Its text format.' } },
  })
  registry.registerPath({
    ...{ method: 'get', path: '/datalake/export/{date}', security: [{ operator: [] }] },
    summary: 'The results of a day (UTC), one JSON object a line',
    request: { params: z.object({ date: z.iso.date() }) },
    responses: {
      200: { description: 'application/x-ndjson' },
      ...{ 400: json('No day.'), 401: json('Operators only.'), 404: json('Nothing was written, or the door is shut.') },
    },
  })
  registry.registerPath({
    ...{ method: 'get', path: '/datalake/stats', security: [{ operator: [] }] },
    summary:
      'How tries of a day (UTC) ended, how many succeeded, and in what time; of the newest day where none is named',
    request: { query: z.object({ date: z.iso.date().optional() }) },
    responses: {
      200: json('{date, tries, outcomes, success_rate, mean_seconds, by_type}'),
      ...{ 400: json('No day.'), 401: json('Operators only.'), 404: json('Nothing was written, or the door is shut.') },
    },
  })
  registry.registerPath({
    ...{ method: 'get', path: '/api/cards', summary: 'Whether cards are taken, and how much at once' },
    responses: { 200: json('{available, mode, least, most}') },
  })
  registry.registerPath({
    ...{ method: 'post', path: '/api/cards/checkout', security: [{ session: [] }] },
    summary: 'A page of Stripe’s for the wallet of the session',
    request: {
      body: { content: { 'application/json': { schema: z.object({ cents: z.int(), requestId: z.string() }) } } },
    },
    responses: { 200: json('{url}'), default: json('Why not, by its code.') },
  })
  registry.registerPath({
    ...{ method: 'post', path: '/api/cards/webhook', summary: 'For Stripe, which signs what it sends' },
    responses: { 200: json('{outcome}'), 400: json('Not Stripe’s.'), 503: json('Send it again.') },
  })
  app.doc31('/api/openapi.json', {
    openapi: '3.1.0',
    info: {
      title: 'Oblivion coordinator',
      version: '0.0.0',
      description: 'Amounts are decimal strings of the smallest unit. Errors carry a code of docs/errors.md.',
    },
  })
}
