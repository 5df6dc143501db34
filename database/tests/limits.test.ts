import { createDatabase, type Session } from '@oblivion/stack/testing'
import { afterAll, beforeAll, expect, inject, test } from 'vitest'
import { audiences, type Caller } from './access/declared.ts'
import { createWorld, type World } from './access/world.ts'

/*
 * Every function that a stranger reaches, with what nobody should send in each of its parameters: too large, too deep, of
 * the wrong type, out of range. Each call answers, or is refused by a code of the catalogue: never by an internal error, a
 * broken constraint or the clock. Generated from the catalogue and the declarations, so a new function is in it.
 */

let world: World
beforeAll(async () => {
  world = await createWorld(await createDatabase(inject('cluster')))
  // A holds the job that was offered to it, so that reports about it get as far as their contents.
  const { p_job_id, p_provider_address } = world.named
  const held = await world.engine.database.as(world.as['node key of A'], ({ rpc }) =>
    rpc('claim_job_fair', { p_job_id, p_provider_address }),
  )
  expect(held).toBe(true)
})
afterAll(() => world.engine.drop())

const deep = (levels: number, open: string, close: string) => `${open.repeat(levels)}1${close.repeat(levels)}`
const hugeText = 'x'.repeat(300_000)

/** Text that is sent as a value of a type. What the type itself cannot hold is refused by Postgres before any function. */
const hostile: Record<string, (string | null)[]> = {
  text: [
    null,
    '',
    ' ',
    hugeText,
    '\u0001\u202e',
    "'; drop table public.jobs; --",
    '💥'.repeat(1000),
    'https://evil.example/x',
  ],
  uuid: [null, '00000000-0000-0000-0000-000000000000', 'not a uuid'],
  integer: [null, '-2147483648', '-1', '0', '2147483647', '2147483648', 'one'],
  bigint: [null, '-9223372036854775808', '-1', '0', '9223372036854775807', '9223372036854775808'],
  numeric: [null, 'NaN', 'Infinity', '-Infinity', '-1', '1e500', '0.00000000001'],
  boolean: [null, 'perhaps'],
  'integer[]': [null, '{}', '{-1,null,2147483647}', `{${'1,'.repeat(50_000)}1}`],
  jsonb: [
    null,
    'null',
    'true',
    '0',
    '-1e400',
    '""',
    '[]',
    '{}',
    '[{}]',
    `"${hugeText}"`,
    `{"x":"${hugeText}"}`,
    `[${'0,'.repeat(100_000)}0]`,
    `{${Array.from({ length: 20_000 }, (_, index) => `"k${index}":{}`)}}`,
    deep(1_500, '[', ']'),
    deep(1_500, '{"a":', '}'),
  ],
}

/** What a parameter of type jsonb holds where it is right; each field is spoilt in turn. */
const objects: Record<string, Record<string, unknown>> = {
  p_task: {
    title: 'A task',
    type: 'raytrace',
    program: { kind: 'builtin', name: 'raytrace' },
    inputs: [{ index: 0 }],
    inputText: 'a',
    inputFormat: 'ndjson',
    inputUrl: 'x',
    range: { start: 0, end: 3, step: 1 },
    pricePerChunk: '1000',
    budget: '100000',
    metered: false,
    maxConcurrentChunks: 3,
    maxAttempts: 3,
    timeoutSeconds: 60,
    priority: 1,
    trust: 'standard',
    determinism: 'exact',
    pipeline: [],
    capabilities: {},
    workerTypes: ['server'],
    maxPricePerHour: '1',
    assign: false,
    acknowledgeVisible: true,
  },
  p_done: {
    jobId: 'the job',
    attempt: 1,
    outcome: 'succeeded',
    result: { ok: 1 },
    resultUrl: 'x',
    resultHash: '00',
    error: 'why',
    reason: 'sandbox_died',
    metrics: {},
  },
  p_site: { name: 'A site', origins: ['https://site.example'], programs: ['raytrace'], ownerBps: 100, paused: false },
}

const spoilt: unknown[] = [
  ...[null, true, -1, 0, 1.5, 1e300, '', 'x', '-1', '9'.repeat(60), [], {}, [[]], [null], { x: 1 }],
  ...['y'.repeat(70_000), Array.from({ length: 5_000 }, () => 'z'), { start: -1e15, end: 1e15, step: 1e-9 }],
  JSON.parse(deep(200, '[', ']')),
]

type Call = { sql: string; values: (string | null)[]; says: string }

const callsOf = (signature: string): Call[] => {
  const [, name = '', list = ''] = /^([\w.]+)\((.*)\)$/.exec(signature) ?? []
  const parameters = list
    .split(', ')
    .filter((parameter) => parameter !== '')
    .map((parameter) => {
      const [, known = '', type = ''] = /^(\w+) (.+)$/.exec(parameter) ?? []
      return { known, type }
    })
  const sql = `select ${name}(${parameters.map(({ known, type }, index) => `${known} => $${index + 1}::${type}`)})`
  const usual = ({ known, type }: (typeof parameters)[number]): string | null => {
    if (known in objects) return JSON.stringify(rightObject(known))
    return world.named[known] ?? (type === 'jsonb' ? '{}' : null)
  }
  return parameters.flatMap((parameter, place) => {
    const values = [
      ...(hostile[parameter.type] ?? []).map((value) => ({ value, says: short(value) })),
      ...Object.keys(objects[parameter.known] ?? {}).flatMap((field) =>
        spoilt.map((value) => ({
          value: JSON.stringify({ ...rightObject(parameter.known), [field]: value }),
          says: `${field}: ${short(JSON.stringify(value))}`,
        })),
      ),
    ]
    return values.map(({ value, says }) => ({
      sql,
      values: parameters.map((other, index) => (index === place ? value : usual(other))),
      says: `${name}(${parameter.known} => ${says})`,
    }))
  })
}

const rightObject = (parameter: string): Record<string, unknown> => {
  const { inputText, inputFormat, inputUrl, range, pipeline, resultUrl, ...right } = objects[parameter] ?? {}
  if (parameter === 'p_done') return { ...right, jobId: world.named.p_job_id, error: undefined, reason: undefined }
  return parameter === 'p_task' ? { ...right, program: undefined } : right
}

const short = (value: string | null): string =>
  value === null ? 'null' : value.length > 60 ? `${value.slice(0, 50)}... of ${value.length}` : value

/** By the type itself, before a function is called: not a uuid, a number that is too large. */
const byType = new Set(['22P02', '22003'])

const attempt = async ({ query }: Session, { sql, values }: Call): Promise<string> => {
  await query('rollback to savepoint before')
  try {
    await query(sql, values)
    return 'answered'
  } catch (error) {
    return (error as { code?: string }).code ?? String(error)
  }
}

/** Calls one function with everything; answers what came back that should not have, and counts every reply. */
const surprisesOf = async (session: Session, signature: string, seen: Map<string, number>): Promise<string[]> => {
  const wrong: string[] = []
  for (const call of callsOf(signature)) {
    const code = await attempt(session, call)
    seen.set(code, (seen.get(code) ?? 0) + 1)
    if (code !== 'answered' && !/^OB\d{3}$/.test(code) && !byType.has(code)) wrong.push(`${code}: ${call.says}`)
  }
  return wrong
}

test('every parameter of every open function: an answer or a code of the catalogue', { timeout: 180_000 }, async () => {
  const seen = new Map<string, number>()
  const wrong: string[] = []
  for (const caller of ['wallet A', 'node key of A'] as const satisfies Caller[])
    await world.engine.database.as(world.as[caller], async (session) => {
      await session.query('savepoint before')
      for (const { functions, replies } of audiences) {
        const first = replies['wallet A'] === 'yes' ? 'wallet A' : 'node key of A'
        if (first !== caller || replies[caller] !== 'yes') continue
        for (const signature of functions) wrong.push(...(await surprisesOf(session, signature, seen)))
      }
      await session.query('rollback to savepoint before')
    })
  expect(wrong).toEqual([])
  // So that nothing was skipped: many calls, most of them refused, by many different codes.
  expect([...seen.values()].reduce((sum, n) => sum + n, 0)).toBeGreaterThan(800)
  expect(seen.get('OB005') ?? 0).toBeGreaterThan(200)
  expect([...seen.keys()].filter((code) => code.startsWith('OB')).length).toBeGreaterThan(5)
})

test('a function that trusts its arguments is found', async () => {
  await world.engine.query(
    `create function public.planted(p_text text, p_json jsonb) returns int language sql
       as 'select 1 / length(p_text) + jsonb_array_length(p_json)';
     grant execute on function public.planted(text, jsonb) to authenticated`,
  )
  const wrong = await world.engine.database.as(world.as['wallet A'], async (session) => {
    await session.query('savepoint before')
    const found = await surprisesOf(session, 'public.planted(p_text text, p_json jsonb)', new Map())
    await session.query('rollback to savepoint before')
    return found
  })
  expect(wrong).toContain('22023: public.planted(p_json => {})')
  expect(wrong).toContain('22012: public.planted(p_text => )')
})
