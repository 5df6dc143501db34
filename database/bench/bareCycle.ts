import { createHash, randomBytes, randomUUID } from 'node:crypto'
import { type ClusterInfo, createDatabase, type TestDatabase } from '@oblivion/stack/testing'
import { type Contender, drive } from './Contender.ts'
import { noResult } from './ourDatabase.ts'
import type { Job } from './ourQueue.ts'

/**
 * What `work_cycle` is without all that it is for: key, owner's lock, fence and lease as ours, one row written for a result
 * (its text, hash, price and times), and no caps, fair order, offers, buckets, replicas, history, receipts or direct updates.
 * It shows how far the form of one call carries, and what the rest costs.
 */
const schema = `
  create table nodes (
    id uuid primary key,
    owner_id bigint not null,
    key_hash bytea not null unique,
    current_jobs int not null default 0,
    total_jobs_completed bigint not null default 0,
    last_seen timestamptz not null default now()
  ) with (fillfactor = 70);
  create table tasks (id uuid primary key, program jsonb not null, price bigint not null);
  create table jobs (
    id uuid primary key default gen_random_uuid(),
    seq bigint generated always as identity,
    task_id uuid not null,
    input jsonb not null,
    status text not null default 'pending',
    attempt int not null default 0,
    node_id uuid,
    created_at timestamptz not null default now(),
    started_at timestamptz,
    lease_expires_at timestamptz,
    finished_at timestamptz
  ) with (fillfactor = 80);
  create index on jobs (created_at, task_id, seq) where status = 'pending';
  create table results (
    job_id uuid primary key,
    attempt int not null,
    owner_id bigint not null,
    price bigint not null,
    result text not null,
    result_hash text not null,
    started_at timestamptz not null,
    accepted_at timestamptz not null default now()
  );

  create function bare_cycle(p_node_id uuid, p_key text, p_done jsonb) returns jsonb
  language plpgsql
  set plan_cache_mode = force_generic_plan
  set enable_seqscan = off
  as $$
  declare
    v_node nodes;
    v_result text := p_done ->> 'result';
    v_job jobs;
    v_answer jsonb;
  begin
    select n.* into strict v_node
      from nodes n
     where n.id = p_node_id
       and n.key_hash = sha256(convert_to(p_key, 'UTF8'));
    if pg_advisory_xact_lock(v_node.owner_id) is null then
      return null;
    end if;
    if p_done is not null then
      with done as (
        update jobs j
           set status = 'completed',
               node_id = null,
               lease_expires_at = null,
               finished_at = now()
         where j.id = (p_done ->> 'jobId')::uuid
           and (j.status, j.node_id, j.attempt) is not distinct from ('processing', p_node_id, (p_done ->> 'attempt')::int)
        returning j.id, j.attempt, j.task_id, j.started_at
      )
      insert into results (job_id, attempt, owner_id, price, result, result_hash, started_at)
      select d.id, d.attempt, v_node.owner_id, t.price, v_result, encode(sha256(convert_to(v_result, 'UTF8')), 'hex'), d.started_at
        from done d
        join tasks t on t.id = d.task_id;
      if not found then
        raise exception 'stale attempt';
      end if;
    end if;
    select j.* into strict v_job
      from jobs j
     where j.status = 'pending'
     order by j.created_at, j.task_id, j.seq
     limit 1
       for no key update skip locked;
    update jobs j
       set status = 'processing',
           attempt = j.attempt + 1,
           node_id = p_node_id,
           started_at = now(),
           lease_expires_at = now() + interval '10 minutes'
      from tasks t
     where j.id = v_job.id
       and t.id = v_job.task_id
    returning jsonb_build_object('jobId', j.id, 'attempt', j.attempt, 'program', t.program, 'input', j.input,
                'leaseExpiresAt', j.lease_expires_at)
         into v_answer;
    update nodes n
       set last_seen = now(),
           current_jobs = n.current_jobs + (p_done is null)::int,
           total_jobs_completed = n.total_jobs_completed + (p_done is not null)::int
     where n.id = p_node_id;
    return v_answer;
  end
  $$;
`

const fill = async ({ query }: TestDatabase, jobs: number): Promise<void> => {
  await query(`update jobs set status = 'pending', node_id = null where status = 'processing'`)
  const [row] = await query<{ count: number }>(`select count(*)::int as count from jobs where status = 'pending'`)
  await query(
    `with task as (
       insert into tasks (id, program, price) values ($1, '{"kind": "builtin", "name": "raytrace"}', 1000) returning id)
     insert into jobs (task_id, input)
     select t.id, jsonb_build_object('start', n, 'end', n + 1) from task t, generate_series(1, $2::int) n`,
    [randomUUID(), Math.max(0, jobs - (row?.count ?? 0))],
  )
  await query('vacuum (analyze)')
}

/** The bare cycle in a database of its own, with a node for each of `connections`. */
export const openBareCycle = async (cluster: ClusterInfo, connections: number) => {
  const database = await createDatabase(cluster, { template: 'bootstrap' })
  await database.query(schema)
  const nodes = Array.from({ length: connections }, () => ({ id: randomUUID(), key: randomBytes(32).toString('hex') }))
  for (const [owner, { id, key }] of nodes.entries())
    await database.query(`insert into nodes (id, owner_id, key_hash) values ($1, $2, $3)`, [
      ...[id, owner, createHash('sha256').update(key).digest()],
    ])
  const contender: Contender = {
    name: 'bare cycle',
    level: 'sql',
    batch: 1,
    prepare: (jobs) => fill(database, jobs),
    run: (load) =>
      drive(database.superuserUrl, load, async (client, index) => {
        const node = nodes[index]
        let last: Job | null = null
        return async () => {
          const reported: number = last === null ? 0 : 1
          const { rows } = await client.query<{ answer: Job }>({
            name: 'bare_cycle',
            text: 'select bare_cycle($1, $2, $3) as answer',
            values: [node?.id, node?.key, last && JSON.stringify({ ...last, result: noResult })],
          })
          const answer: Job | undefined = rows[0]?.answer
          if (answer === undefined) throw new Error('The bare cycle had no job left.')
          last = { jobId: answer.jobId, attempt: answer.attempt }
          return reported
        }
      }),
  }
  return { contender, drop: database.drop }
}
