import { afterAll, beforeAll, expect, inject, test } from 'vitest'
import { type ClientBench, startClientBench } from './clientBench.ts'

let bench: ClientBench

beforeAll(async () => {
  bench = await startClientBench(inject('cluster'))
})
afterAll(() => bench.close())

type Form = { name: string; path: string; method?: string; headers?: Record<string, string>; body?: unknown }

/** Forms of PostgREST, Auth, Realtime and Storage that this server does not speak. None may answer as if it did. */
const forms: Form[] = [
  { name: 'embedding', path: '/rest/v1/check_items?select=id,check_notes(id)' },
  { name: 'spreading', path: '/rest/v1/check_items?select=id,...check_notes(id)' },
  { name: 'an aggregate', path: '/rest/v1/check_items?select=total.sum()' },
  { name: 'a cast', path: '/rest/v1/check_items?select=id::text' },
  { name: 'an arrow in select', path: '/rest/v1/check_items?select=data->k' },
  { name: 'an arrow in a filter', path: '/rest/v1/check_items?data->>k=eq.1' },
  { name: 'an arrow in order', path: '/rest/v1/check_items?order=data->k' },
  { name: 'or', path: '/rest/v1/check_items?or=(id.eq.1,id.eq.2)' },
  { name: 'not.and', path: '/rest/v1/check_items?not.and=(id.eq.1,id.eq.2)' },
  { name: 'a filter on an embedded table', path: '/rest/v1/check_items?check_notes.id=eq.1' },
  { name: 'contains', path: '/rest/v1/check_items?tags=cs.{red}' },
  { name: 'overlaps', path: '/rest/v1/check_items?tags=ov.{red}' },
  { name: 'full text search', path: '/rest/v1/check_items?label=fts.apple' },
  { name: 'a regular expression', path: '/rest/v1/check_items?label=match.^a' },
  { name: 'any of several patterns', path: '/rest/v1/check_items?label=like(any).{a*,b*}' },
  { name: 'is distinct', path: '/rest/v1/check_items?amount=isdistinct.1' },
  { name: 'an unknown operator', path: '/rest/v1/check_items?id=around.1' },
  { name: 'a filter without a value', path: '/rest/v1/check_items?id=1' },
  { name: 'a limit that is no number', path: '/rest/v1/check_items?limit=ten' },
  { name: 'two limits', path: '/rest/v1/check_items?limit=1&limit=2' },
  { name: 'an order of three words', path: '/rest/v1/check_items?order=id.desc.nullslast.twice' },
  { name: 'a planned count', path: '/rest/v1/check_items', headers: { prefer: 'count=planned' } },
  { name: 'an estimated count', path: '/rest/v1/check_items', headers: { prefer: 'count=estimated' } },
  { name: 'rolling back', path: '/rest/v1/check_items', headers: { prefer: 'tx=rollback' } },
  { name: 'CSV', path: '/rest/v1/check_items', headers: { accept: 'text/csv' } },
  { name: 'a query plan', path: '/rest/v1/check_items', headers: { accept: 'application/vnd.pgrst.plan+json' } },
  {
    name: 'stripped nulls',
    path: '/rest/v1/check_items',
    headers: { accept: 'application/vnd.pgrst.array+json;nulls=stripped' },
  },
  { name: 'an insert', path: '/rest/v1/check_items', method: 'POST', body: { id: 9, label: 'x' } },
  { name: 'an upsert by PUT', path: '/rest/v1/check_items?id=eq.9', method: 'PUT', body: { id: 9, label: 'x' } },
  { name: 'a delete', path: '/rest/v1/check_items?id=eq.1', method: 'DELETE' },
  { name: 'an update of all rows', path: '/rest/v1/check_items', method: 'PATCH', body: { done: true } },
  { name: 'an update of a list', path: '/rest/v1/check_items?id=eq.1', method: 'PATCH', body: [{ done: true }] },
  { name: 'a limited update', path: '/rest/v1/check_items?id=eq.1&limit=1', method: 'PATCH', body: { done: true } },
  {
    name: 'an update that names its columns apart',
    path: '/rest/v1/check_items?id=eq.1&columns=done',
    method: 'PATCH',
    body: { done: true },
  },
  { name: 'a function with a list of arguments', path: '/rest/v1/rpc/check_add', method: 'POST', body: [{ p_a: 1 }] },
  { name: 'a filter on a scalar', path: '/rest/v1/rpc/check_add?id=eq.1', method: 'POST', body: { p_a: 1 } },
  { name: 'a function by DELETE', path: '/rest/v1/rpc/check_add', method: 'DELETE' },
  { name: 'a trigger function', path: '/rest/v1/rpc/stack_notify_broadcast', method: 'POST', body: {} },
  { name: 'the OpenAPI description', path: '/rest/v1/' },
  { name: 'a path below a table', path: '/rest/v1/check_items/1' },
  { name: 'a null character', path: '/rest/v1/check_items?label=eq.%00' },
  { name: 'signing in with a password', path: '/auth/v1/token?grant_type=password', method: 'POST', body: {} },
  { name: 'a magic link', path: '/auth/v1/otp', method: 'POST', body: { email: 'a@example.com' } },
  { name: 'another provider', path: '/auth/v1/authorize?provider=github' },
  { name: 'the list of users', path: '/auth/v1/admin/users' },
  { name: 'moving an object', path: '/storage/v1/object/move', method: 'POST', body: {} },
  { name: 'making a bucket', path: '/storage/v1/bucket', method: 'POST', body: { id: 'x', name: 'x' } },
  { name: 'a resized picture', path: '/storage/v1/render/image/public/check-public/a.png' },
  { name: 'edge functions', path: '/functions/v1/hello' },
  { name: 'GraphQL', path: '/graphql/v1', method: 'POST', body: {} },
]

test('there are at least 15 forms', () => {
  expect(forms.length).toBeGreaterThanOrEqual(15)
})

test.each(forms)('$name is refused in words', async ({ path, method = 'GET', headers = {}, body }) => {
  const answer = await fetch(bench.url + path, {
    method,
    headers: { apikey: bench.serviceKey, authorization: `Bearer ${bench.serviceKey}`, ...headers },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  expect(answer.status === 501 || (answer.status >= 400 && answer.status < 500)).toBe(true)
  const said = (await answer.json()) as Record<string, string>
  expect((said.message ?? said.msg ?? said.error_description ?? '').length).toBeGreaterThan(10)
})

test('none of them has changed anything', async () => {
  const [row] = await bench.database.query(
    `select count(*)::integer as rows, count(*) filter (where done)::integer as done from public.check_items`,
  )
  expect(row).toEqual({ rows: 5, done: 2 })
})
