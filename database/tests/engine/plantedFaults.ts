import type { Act } from './crashModel.ts'
import type { Engine } from './engine.ts'
import type { invariants } from './invariants.ts'

type Query = Engine['query']
export type PlantedFault = {
  invariant: (typeof invariants)[number]['name']
  fault: string
  plant(query: Query): Promise<unknown>
  /** Where chance alone would take long to come by: what happens first. */
  first?: Act[]
}

/** The body of a function of the engine, whatever its parameters, becomes this one. */
const rebody = (query: Query, name: string, body: string) =>
  rewrite(query, name, (definition) =>
    definition.replace(/^AS (\$\w*\$)[\s\S]*\1$/m, () => `AS $planted$${body}$planted$`),
  )

export const definitionsOf = (query: Query, where: string, params: unknown[]) =>
  query<{ definition: string }>(
    `select pg_get_functiondef(p.oid) as definition from pg_proc p
      where p.pronamespace in ('oblivion'::regnamespace, 'public'::regnamespace) and p.prokind = 'f' and ${where}`,
    params,
  )

/** A function of the engine, changed; throws where nothing of it changes. */
export const rewrite = async (query: Query, name: string, change: (definition: string) => string) => {
  const [row] = await definitionsOf(query, 'p.proname = $1', [name])
  const before = row?.definition ?? ''
  const after = change(before)
  if (after === before) throw new Error(`${name} was not changed: the fault was not planted.`)
  await query(after)
}

/** The same change in every function that has the words. */
const rewriteAll = async (query: Query, pattern: string, replacement: string) => {
  const rows = await definitionsOf(query, 'p.prosrc ~ $1', [pattern])
  if (rows.length === 0) throw new Error('Nothing was changed: the fault was not planted.')
  for (const { definition } of rows) await query(definition.replaceAll(new RegExp(pattern, 'g'), replacement))
}

/** A trigger that fires before all others of its table. */
const trigger = async (query: Query, event: string, table: string, body: string, when = 'true') => {
  await query(
    `create function oblivion.planted() returns trigger language plpgsql set search_path = '' as $planted$
     begin ${body} return new; end $planted$`,
  )
  await query(
    `create trigger "0_planted" before ${event} on ${table} for each row when (${when}) execute function oblivion.planted()`,
  )
}

const dropConstraints = (query: Query, table: string, kinds: string, words = '') =>
  query(
    `do $$ declare c record; begin
       for c in select conname from pg_constraint
                 where conrelid = '${table}'::regclass and contype in (${kinds}) and pg_get_constraintdef(oid) like '%${words}%'
       loop execute format('alter table ${table} drop constraint %I cascade', c.conname); end loop; end $$`,
  )

const heard = { fate: 'answered' } as const
/** This node's next call: it reports what it holds, and asks for more or not. */
const cycle = (node: number, claim: boolean, end = 'succeeded'): Act => ({
  ...{ kind: 'cycle', node, claim, end: end as Extract<Act, { kind: 'cycle' }>['end'] },
  ...heard,
})
/** A job that one owner gave back and another one holds. */
const tried: Act[] = [cycle(0, true), cycle(0, false, 'released'), { kind: 'time passes' }, cycle(2, true)]

/** Per invariant of invariants.ts, what breaks it and nothing else. */
export const plantedFaults: PlantedFault[] = [
  {
    invariant: 'answers',
    fault: 'a constraint that a sound call runs into',
    plant: (query) => query('alter table public.jobs add constraint planted check (attempt < 2)'),
  },
  {
    invariant: 'one lease',
    fault: 'rescue takes leases that stand',
    plant: (query) => rewrite(query, 'run_rescue', (text) => text.replace('j.lease_expires_at < now()', 'true')),
  },
  {
    invariant: 'one number',
    fault: 'a job that comes back forgets its last number',
    plant: async (query) => {
      await dropConstraints(query, 'oblivion.attempts', `'p', 'u'`)
      const when = `old.status = 'processing' and new.status = 'pending'`
      await trigger(query, 'update', 'public.jobs', 'new.attempt := old.attempt - 1;', when)
    },
  },
  {
    invariant: 'late',
    fault: 'a failure is taken whatever attempt it is of',
    first: [...tried, { kind: 'late', which: 0, end: 'failed', ...heard }],
    plant: (query) =>
      rewrite(query, 'finish_attempt', (text) =>
        text.replace(
          /( for no key update;)/,
          `$1
           if p_outcome <> 'succeeded' and v_job.status = 'processing' then
             p_attempt := v_job.attempt;
             select n.* into p_node from public.nodes n where n.id = v_job.node_id;
           end if;`,
        ),
      ),
  },
  {
    invariant: 'attempts',
    fault: 'a job that failed for good is tried again',
    first: [cycle(0, true), cycle(0, false, 'failed')],
    plant: (query) =>
      trigger(
        query,
        'update',
        'public.jobs',
        `new.status := 'pending'; new.finished_at := null;`,
        `new.status = 'failed'`,
      ),
  },
  {
    invariant: 'last word',
    fault: 'everybody counts as established',
    first: [cycle(4, true), cycle(4, false, 'failed')],
    plant: (query) => rebody(query, 'is_established', 'select true'),
  },
  {
    invariant: 'other owner',
    fault: 'who failed a job may have it again at once',
    plant: (query) => rebody(query, 'may_retry', 'select true'),
  },
  {
    invariant: 'own task',
    fault: 'nobody looks whose task it is',
    plant: async (query) => {
      await rewriteAll(query, String.raw`\w+\.customer_owner_id <> [pv]_node\.owner_id`, 'true')
      await rewriteAll(query, String.raw`\w+\.customer_owner_id = [pv]_node\.owner_id`, 'false')
    },
  },
  {
    invariant: 'caps',
    fault: 'no bucket is ever full',
    plant: (query) => rebody(query, 'is_full', 'begin return false; end'),
  },
  {
    invariant: 'counters',
    fault: 'current_jobs never comes down',
    plant: (query) =>
      trigger(
        ...[query, 'update', 'public.nodes', 'new.current_jobs := old.current_jobs;'],
        'new.current_jobs < old.current_jobs',
      ),
  },
  {
    invariant: 'sound rows',
    fault: 'a completed job keeps its node',
    first: [cycle(0, true), cycle(0, false)],
    plant: (query) => rewrite(query, 'finish_attempt', (text) => text.replace('lease_expires_at = null,', '')),
  },
  {
    invariant: 'one receipt',
    fault: 'the receipt names another attempt',
    first: [...tried, cycle(2, false)],
    plant: (query) => trigger(query, 'insert', 'oblivion.receipts', 'new.attempt := 1;'),
  },
  {
    invariant: 'budget',
    fault: 'prices rise after the task was posted',
    plant: async (query) => {
      await dropConstraints(query, 'oblivion.tasks', `'c'`, 'budget')
      await query(
        `create function oblivion.planted() returns trigger language plpgsql set search_path = '' as $planted$
         begin update oblivion.tasks t set price_per_chunk = 3 * t.price_per_chunk where t.id = new.id; return null; end $planted$`,
      )
      await query(
        'create trigger planted after insert on oblivion.tasks for each row execute function oblivion.planted()',
      )
    },
  },
  {
    invariant: 'money',
    fault: 'a unit comes from nowhere',
    plant: async (query) => {
      await query('alter table oblivion.ledger_entries disable trigger user')
      await trigger(query, 'insert', 'oblivion.ledger_entries', 'new.amount := new.amount + 1;', 'new.amount < -1')
    },
  },
  {
    invariant: 'ends',
    fault: 'a cancelled job comes back',
    first: [
      { kind: 'cancel', which: 0 },
      { kind: 'by hand', which: 0 },
    ],
    plant: async (query) => {
      await query('alter function oblivion.is_transition(text, text) rename to is_sound_transition')
      await query(
        `create function oblivion.is_transition(p_from text, p_to text) returns boolean language sql immutable set search_path = ''
         as $$ select oblivion.is_sound_transition(p_from, p_to) or (p_from, p_to) = ('cancelled', 'pending') $$`,
      )
    },
  },
  {
    invariant: 'nothing lost',
    fault: 'nobody is rescued',
    plant: (query) => rebody(query, 'run_rescue', 'begin return 0; end'),
  },
]
