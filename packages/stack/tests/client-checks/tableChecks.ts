import { expect } from 'vitest'
import { check } from './Check.ts'
import { alice, bob, type ClientBench } from './clientBench.ts'

/** Tables, the guarded update and row security, through supabase-js. */
export const tableChecks = [
  check('select gives all columns with their types', async (bench) => {
    const { data } = await bench.anon().from('check_items').select().eq('id', 4)
    expect(data).toEqual([
      {
        ...{ id: 4, label: 'Date, dried (100%)', amount: 0.001, total: 40, tags: ['brown'], data: { q: '"' } },
        ...{ done: false, made_at: '2026-01-02T03:04:05.678+00:00' },
      },
    ])
  }),
  check('select gives some columns, under other names where wanted', async (bench) => {
    const { data } = await bench.anon().from('check_items').select('name:label, id').eq('id', 1)
    expect(data).toEqual([{ name: 'apple', id: 1 }])
  }),
  check('filters compare', async (bench) => {
    const items = () => bench.anon().from('check_items').select('id').order('id')
    expect(await ids(items().eq('label', 'apple'))).toEqual([1])
    expect(await ids(items().neq('id', 1))).toEqual([2, 3, 4, 5])
    expect(await ids(items().gt('id', 4))).toEqual([5])
    expect(await ids(items().gte('id', 4))).toEqual([4, 5])
    expect(await ids(items().lt('id', 2))).toEqual([1])
    expect(await ids(items().lte('id', 2))).toEqual([1, 2])
    expect(await ids(items().gt('id', 1).lt('id', 4))).toEqual([2, 3])
  }),
  check('a filter takes lists, with commas, quotes and parentheses in them', async (bench) => {
    const items = () => bench.anon().from('check_items').select('id').order('id')
    expect(await ids(items().in('id', [1, 3]))).toEqual([1, 3])
    expect(await ids(items().in('label', ['apple', 'Date, dried (100%)']))).toEqual([1, 4])
    expect(await ids(items().in('id', []))).toEqual([])
  }),
  check('a filter knows null, true and false', async (bench) => {
    const items = () => bench.anon().from('check_items').select('id').order('id')
    expect(await ids(items().is('amount', null))).toEqual([3])
    expect(await ids(items().is('done', true))).toEqual([3, 5])
  }),
  check('a filter knows patterns', async (bench) => {
    const items = () => bench.anon().from('check_items').select('id').order('id')
    expect(await ids(items().like('label', '%an%'))).toEqual([2])
    expect(await ids(items().ilike('label', 'DATE*'))).toEqual([4])
  }),
  check('a filter can be turned round', async (bench) => {
    const items = () => bench.anon().from('check_items').select('id').order('id')
    expect(await ids(items().not('amount', 'is', null))).toEqual([1, 2, 4, 5])
    expect(await ids(items().not('id', 'in', '(1,2,3)'))).toEqual([4, 5])
  }),
  check('values are values, whatever they look like', async (bench) => {
    const { data, error } = await bench.anon().from('check_items').select('id').eq('label', `'; drop table x; --`)
    expect({ data, error }).toEqual({ data: [], error: null })
  }),
  check('rows are ordered by several columns, nulls where wanted', async (bench) => {
    const items = bench.anon().from('check_items').select('id')
    const query = items.order('amount', { ascending: false, nullsFirst: false }).order('id')
    expect(await ids(query)).toEqual([2, 1, 4, 5, 3])
  }),
  check('limit and range give a page', async (bench) => {
    const items = () => bench.anon().from('check_items').select('id').order('id')
    expect(await ids(items().limit(2))).toEqual([1, 2])
    expect(await ids(items().range(1, 2))).toEqual([2, 3])
  }),
  check('a page with a count tells how many there are', async (bench) => {
    const items = bench.anon().from('check_items')
    const { data, count, status } = await items.select('id', { count: 'exact' }).order('id').range(3, 4)
    expect({ data, count, status }).toEqual({ data: [{ id: 4 }, { id: 5 }], count: 5, status: 206 })
  }),
  check('a count comes without rows', async (bench) => {
    const items = bench.anon().from('check_items')
    const { data, count, status } = await items.select('*', { count: 'exact', head: true }).is('done', true)
    expect({ data, count, status }).toEqual({ data: null, count: 2, status: 200 })
  }),
  check('a page behind the last row is 416 where a count is asked', async (bench) => {
    const items = bench.anon().from('check_items')
    const { error, status } = await items.select('id', { count: 'exact' }).range(10, 19)
    expect({ code: error?.code, status }).toEqual({ code: 'PGRST103', status: 416 })
  }),
  check('single() gives the one row, and an error for none or several', async (bench) => {
    const items = () => bench.anon().from('check_items').select('id')
    expect((await items().eq('id', 1).single()).data).toEqual({ id: 1 })
    const none = await items().eq('id', 99).single()
    expect({ code: none.error?.code, status: none.status }).toEqual({ code: 'PGRST116', status: 406 })
    expect((await items().single()).error?.code).toBe('PGRST116')
  }),
  check('maybeSingle() gives null for none', async (bench) => {
    const { data, error } = await bench.anon().from('check_items').select('id').eq('id', 99).maybeSingle()
    expect({ data, error }).toEqual({ data: null, error: null })
  }),
  check('an unknown column is 400', async (bench) => {
    const { error, status } = await bench.anon().from('check_items').select('nothing')
    expect({ code: error?.code, status }).toEqual({ code: '42703', status: 400 })
    expect((await bench.anon().from('check_items').select('id').eq('nothing', 1)).error?.code).toBe('42703')
  }),
  check('an unknown table is 404', async (bench) => {
    const { error, status } = await bench.anon().from('check_nothing').select('id')
    expect(status).toBe(404)
    // PostgREST 12 lets the database say it; since 13, which hosted projects run, and here it is a code of its own.
    expect(['PGRST205', '42P01']).toContain(error?.code)
  }),
  check('a table without a grant is 401 for strangers, and 403 even for the service key', async (bench) => {
    const stranger = await bench.anon().from('check_secrets').select()
    expect({ code: stranger.error?.code, status: stranger.status }).toEqual({ code: '42501', status: 401 })
    const service = await bench.service().from('check_secrets').select()
    expect({ code: service.error?.code, status: service.status }).toEqual({ code: '42501', status: 403 })
  }),
  check('another schema is not exposed', async (bench) => {
    const { error, status } = await bench
      .anon({ db: { schema: 'check_hidden' as 'public' } })
      .from('things')
      .select()
    expect({ code: error?.code, status }).toEqual({ code: 'PGRST106', status: 406 })
  }),

  check('row security shows each user its own rows', async (bench) => {
    const { a, b } = await noteOwners(bench)
    expect((await a.from('check_notes').select('id').order('id')).data).toEqual([{ id: 1 }, { id: 2 }])
    expect((await b.from('check_notes').select('id').order('id')).data).toEqual([{ id: 3 }])
    expect((await bench.anon().from('check_notes').select('id')).error?.code).toBe('42501')
    expect((await bench.service().from('check_notes').select('id')).data).toHaveLength(3)
  }),
  check('the guarded update changes the row and gives it back', async (bench) => {
    const { a } = await noteOwners(bench)
    const update = a.from('check_notes').update({ status: 'taken' }).eq('id', 1).eq('status', 'open')
    const { data, error, status } = await update.select('id, status')
    expect({ data, error, status }).toEqual({ data: [{ id: 1, status: 'taken' }], error: null, status: 200 })
  }),
  check('the guarded update changes nothing where its guard does not hold', async (bench) => {
    const { a } = await noteOwners(bench)
    const taken = () => a.from('check_notes').update({ status: 'taken' }).eq('id', 1).eq('status', 'open').select('id')
    expect((await taken()).data).toEqual([{ id: 1 }])
    expect((await taken()).data).toEqual([])
  }),
  check('the guarded update answers 204 and a count where no rows are wanted', async (bench) => {
    const { a } = await noteOwners(bench)
    const { data, count, status } = await a.from('check_notes').update({ status: 'x' }, { count: 'exact' }).eq('id', 2)
    expect({ data, count, status }).toEqual({ data: null, count: 1, status: 204 })
  }),
  check('an update that must hit one row and does not is undone', async (bench) => {
    const { a } = await noteOwners(bench)
    const { error } = await a.from('check_notes').update({ status: 'x' }).gt('id', 0).select('id').single()
    expect(error?.code).toBe('PGRST116')
    expect((await a.from('check_notes').select('id').eq('status', 'open')).data).toHaveLength(2)
  }),
  check("an update never reaches another user's rows", async (bench) => {
    const { b } = await noteOwners(bench)
    const { data, error } = await b.from('check_notes').update({ status: 'stolen' }).gt('id', 0).select('id')
    expect({ data, error }).toEqual({ data: [{ id: 3 }], error: null })
  }),
  check('an update of a column without a grant is refused', async (bench) => {
    const { a } = await noteOwners(bench)
    const { error, status } = await a.from('check_notes').update({ body: 'x' }).eq('id', 1)
    expect({ code: error?.code, status }).toEqual({ code: '42501', status: 403 })
    expect((await bench.anon().from('check_notes').update({ status: 'x' }).eq('id', 1)).status).toBe(401)
  }),
  check('an update of an unknown column is 400', async (bench) => {
    const { a } = await noteOwners(bench)
    const { error, status } = await a.from('check_notes').update({ nothing: 1 }).eq('id', 1)
    expect({ code: error?.code, status }).toEqual({ code: 'PGRST204', status: 400 })
  }),
  check('a forged token is 401', async (bench) => {
    const client = bench.anon({ global: { headers: { Authorization: 'Bearer not.a.token' } } })
    const { error, status } = await client.from('check_items').select('id')
    expect({ code: error?.code, status }).toEqual({ code: 'PGRST301', status: 401 })
  }),
]

const ids = async (query: PromiseLike<{ data: { id: number }[] | null; error: unknown }>): Promise<number[]> => {
  const { data, error } = await query
  expect(error).toBeNull()
  return (data ?? []).map((row) => row.id)
}

/** Two signed-in users, the first with notes 1 and 2, the second with note 3, all open. */
const noteOwners = async (bench: ClientBench) => {
  const a = await bench.wallet(alice)
  const b = await bench.wallet(bob)
  const owner = async (client: typeof a) => (await client.auth.getSession()).data.session?.user.id
  await bench.database.query('delete from public.check_notes')
  await bench.database.query(
    `insert into public.check_notes (id, owner) values (1, $1::uuid), (2, $1::uuid), (3, $2::uuid)`,
    [await owner(a), await owner(b)],
  )
  return { a, b }
}
