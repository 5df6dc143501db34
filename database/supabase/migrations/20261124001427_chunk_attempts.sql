-- What a customer may read of how a chunk was tried.

create function oblivion.try_time(p_at timestamptz, p_paid boolean)
returns text
language sql
stable
set search_path = ''
as $$
  select to_char(p_at at time zone 'UTC', case when p_paid then 'YYYY-MM-DD"T"HH24:MI:SS"Z"' else 'YYYY-MM-DD"T"HH24:MI"Z"' end)
$$;
comment on function oblivion.try_time(timestamptz, boolean) is
  'ISO 8601 in UTC, to the second where the try''s job is paid for, else to the minute and without seconds. For the engine alone.';

create function public.chunk_attempts(p_task_id uuid, p_chunk_index int, p_limit int default 100)
returns jsonb
language plpgsql
stable
security definer
set search_path = ''
-- With a plan for all values every day's partition is locked and looked at, and not the days of this chunk alone.
set plan_cache_mode = force_custom_plan
as $$
declare
  v_task oblivion.tasks := oblivion.require_task(p_task_id, 'read');
  v_until timestamptz;
  v_answer jsonb;
begin
  if p_limit is null or p_limit not between 1 and 100 then
    perform oblivion.raise_error('OB005', 'At most 100 attempts a call.', null,
      jsonb_build_object('field', 'p_limit', 'reason', 'range'));
  end if;
  -- No try ended after the last of its jobs did.
  select case when bool_and(j.status in ('completed', 'failed', 'cancelled')) then max(j.finished_at) else now() end
           + interval '1 day'
    into v_until
    from public.jobs j
   where j.task_id = v_task.id
     and j.chunk_index = p_chunk_index;
  with jobs as (
    -- With several jobs a chunk looks as before the first until the stage has ended (T8). A single job shows its state
    -- anyway. Until somebody is paid for it a try says no more than that: a program can choose how it fails and for how
    -- long it runs, so a code or a second would be an answer that costs nothing (M12).
    select j as job, j.id, j.stage, oblivion.is_told(j) as told,
           exists (select from oblivion.receipts c where c.task_id = v_task.id and c.job_id = j.id) as paid
      from public.jobs j
     where j.task_id = v_task.id
       and j.chunk_index = p_chunk_index
       and (not oblivion.is_special(v_task) or oblivion.is_told(j))
  ), tries as (
    select j.id, j.stage, j.told, j.paid, a.attempt, a.owner_id, a.provider_address, a.started_at, a.ended_at,
           case when a.outcome = 'rejected' and not j.paid then 'failed' else a.outcome end as outcome,
           case
             when a.outcome not in ('failed', 'rejected') or not j.paid then null
             when a.error = oblivion.overrun_text(v_task.timeout_seconds) then 'OB208'
             -- The worker's code, one of those by which it fails a job, and none of the words behind it.
             else substring(a.error from '^OB(?:011|20[5789])')
           end as code
      from jobs j
      join oblivion.attempts a on a.job_id = j.id
     -- The days before it was posted need no look.
     where a.ended_at >= v_task.created_at
       and a.ended_at < v_until
     union all
    -- Where its result is delivered and waits to be read, the job has no node any more.
    select j.id, j.stage, j.told, j.paid, (j.job).attempt, coalesce(n.owner_id, d.owner_id), null, (j.job).started_at, null, null, null
      from jobs j
      left join public.nodes n on n.id = (j.job).node_id
      left join oblivion.deliveries d on d.job_id = j.id
     where (j.job).status = 'processing'
  ), newest as (
    select t.*,
           -- Who, as far as it may be known of each: the same number is the same owner, in this chunk and nowhere else (T7).
           dense_rank() over (order by o.first_at, t.owner_id) as worker,
           row_number() over (order by t.started_at desc, t.attempt desc, t.id) as place
      from tries t
      join (select u.owner_id, min(u.started_at) as first_at from tries u group by 1) o
        on o.owner_id is not distinct from t.owner_id
  ), shown as (
    -- What task_results says of each stage, by the same door.
    select s.job_id, s.attempt
      from (select distinct j.stage from jobs j) g
     cross join lateral oblivion.shown_results(v_task, g.stage, array[p_chunk_index]) s
  )
  select jsonb_build_object(
           'attempts', coalesce(jsonb_agg(jsonb_build_object(
             'stage', n.stage,
             'attempt', n.attempt,
             'worker', n.worker,
             'startedAt', oblivion.try_time(n.started_at, n.paid),
             'endedAt', oblivion.try_time(n.ended_at, n.paid),
             'outcome', n.outcome,
             'code', n.code,
             'verdict', case when n.told then r.verdict end,
             'provider', case when s.job_id is not null or n.told and n.outcome = 'failed' and c.job_id is not null
                              then n.provider_address end,
             'reward', case when n.told then (c.price - c.fee)::text end)
             order by n.place desc) filter (where n.place <= p_limit), '[]'),
           'more', count(*) > p_limit)
    into v_answer
    from newest n
    left join shown s on s.job_id = n.id and s.attempt = n.attempt
    left join oblivion.results r on r.job_id = n.id and r.attempt = n.attempt
    left join oblivion.receipts c on c.task_id = v_task.id and c.job_id = n.id and c.attempt = n.attempt;
  return v_answer;
end
$$;
comment on function public.chunk_attempts(uuid, int, int) is
  'How the jobs of one chunk of a task of the caller''s were tried, the newest p_limit of them, oldest first: {attempts: [{stage, attempt, worker: a number for its owner within this chunk, startedAt, endedAt, both to the second (to the minute, without seconds, until the job is paid for), the latter null where it runs, outcome: succeeded, failed, expired, released, rejected (failed until the job is paid for) or null, code: of the worker''s where it failed and the job is paid for by now, verdict, provider: only of a result that task_results shows or a failure that task_failures does, reward}], more}. With replicas or stages nothing of a stage before it has ended. Empty where the history is older than it is kept. OB001, OB005, OB008, OB030, OB031.';
