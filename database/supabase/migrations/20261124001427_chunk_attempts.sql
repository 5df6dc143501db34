-- What a customer may read of how a chunk was tried.

create function public.chunk_attempts(p_task_id uuid, p_chunk_index int, p_limit int default 100)
returns jsonb
language plpgsql
stable
security definer
set search_path = ''
as $$
declare
  v_task oblivion.tasks := oblivion.require_task(p_task_id, 'read');
  v_answer jsonb;
begin
  if p_limit is null or p_limit not between 1 and 100 then
    perform oblivion.raise_error('OB005', 'At most 100 attempts a call.', null,
      jsonb_build_object('field', 'p_limit', 'reason', 'range'));
  end if;
  with jobs as (
    -- With several jobs a chunk looks as before the first until the stage has ended (T8). A single job shows its state
    -- anyway: how a try of it ended is a number and a code (M12).
    select j as job, j.id, j.stage, oblivion.is_told(j) as told
      from public.jobs j
     where j.task_id = v_task.id
       and j.chunk_index = p_chunk_index
       and (not oblivion.is_special(v_task) or oblivion.is_told(j))
  ), tries as (
    select j.id, j.stage, j.told, a.attempt, a.owner_id, a.provider_address, a.started_at, a.ended_at, a.outcome,
           case
             when a.outcome not in ('failed', 'rejected') then null
             when a.error = oblivion.overrun_text(v_task.timeout_seconds) then 'OB208'
             -- The worker's code, one of those by which it fails a job, and none of the words behind it.
             else substring(a.error from '^OB(?:011|20[5789])')
           end as code
      from jobs j
      join oblivion.attempts a on a.job_id = j.id
     -- The days before it was posted need no look.
     where a.ended_at >= v_task.created_at
     union all
    select j.id, j.stage, j.told, (j.job).attempt, n.owner_id, null, (j.job).started_at, null, null, null
      from jobs j
      left join public.nodes n on n.id = (j.job).node_id
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
             -- To the second: no finer than the states, whose changes whoever asks often sees. A program that runs for as
             -- many milliseconds as its answer says would have it told for nothing (M12).
             'startedAt', date_trunc('second', n.started_at),
             'endedAt', date_trunc('second', n.ended_at),
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
  'How the jobs of one chunk of a task of the caller''s were tried, the newest p_limit of them, oldest first: {attempts: [{stage, attempt, worker: a number for its owner within this chunk, startedAt, endedAt, both to the second, the latter null where it runs, outcome: succeeded, failed, expired, released, rejected or null, code: of the worker''s where it failed, verdict, provider: only of a result that task_results shows or a failure that task_failures does, reward}], more}. With replicas or stages nothing of a stage before it has ended. Empty where the history is older than it is kept. OB001, OB005, OB008, OB030, OB031.';
