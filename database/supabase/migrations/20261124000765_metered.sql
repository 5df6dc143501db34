-- Metered prices (M11): a job of such a task is paid for the time that it took, by the rate of its node. The task's
-- price_per_chunk is the most that one job costs, so holds, refunds and budgets reckon as they do for a fixed price.
--
-- The rate is frozen in the job's row: by its claim, and before that by an assignment, or whoever undercuts the others for
-- an offer would name another price before it takes it. The time is the server's own, from the claim to the report, and
-- counts up to 1.5 times the median of what others took for the same stage of the task. Whoever sleeps is paid no more an
-- hour than an honest node, and no more a chunk than that.
--
-- Votes: each cluster of owners has one, the median of its last results, however many it has. Its own does not bind it.
-- Once three established ones have voted, theirs alone count: neither a customer's own wallets, which report in no time
-- what was computed before, nor a crowd of sleeping newcomers moves it then.

create table oblivion.run_times (
  task_id uuid not null,
  stage smallint not null,
  -- Who stands behind the nodes, as widely as we can tell: see cluster_of().
  cluster_id bigint not null,
  -- Whether they are those of established nodes.
  established boolean not null,
  -- The latest first, at most nine, in milliseconds.
  recent_ms bigint[] not null,
  median_ms float8 not null,
  primary key (task_id, stage, cluster_id)
) with (fillfactor = 70);
create index run_times_established on oblivion.run_times (task_id, stage, cluster_id) where established;
comment on table oblivion.run_times is
  'How long accepted results of metered tasks took: one row for each task, stage and cluster of owners. They go when the task''s last job has ended.';

create function oblivion.asked_rate(p_task oblivion.tasks, p_price_per_hour bigint, p_default bigint)
returns bigint
language sql
immutable
set search_path = ''
as $$
  -- `least` passes over null, which is no limit.
  select least(coalesce(p_price_per_hour, p_default), p_task.max_price_per_hour)
$$;
comment on function oblivion.asked_rate(oblivion.tasks, bigint, bigint) is
  'What a node with this price, or without one, is paid an hour by this metered task, in the smallest unit. For the engine alone.';

create function oblivion.metered_price(p_task oblivion.tasks, p_rate bigint, p_ms numeric)
returns bigint
language sql
immutable
set search_path = ''
as $$
  -- The cap last: what was held for a job is never exceeded.
  select least(p_task.price_per_chunk, greatest(p_task.price_floor, floor(p_rate::numeric * p_ms / 3600000)))::bigint
$$;
comment on function oblivion.metered_price(oblivion.tasks, bigint, numeric) is
  'What so many milliseconds at a rate an hour cost: rounded down, not below the task''s floor and not above its cap. For the engine alone.';

create function oblivion.job_fee(p_task oblivion.tasks, p_price bigint, p_index int)
returns bigint
language sql
immutable parallel safe
-- A metered price is known by no other job, so there is no running total to round on. Instead each is rounded by a
-- threshold of its own: 6181 has no factor in common with 10000, so that any 10,000 jobs that follow each other have each
-- of the 10,000 thresholds once. Chunks of one unit pay as they do at a fixed price (M7).
return case
  when p_task.metered then (p_task.fee_bps * p_price + (p_index::bigint * 6181) % 10000) / 10000
  else oblivion.chunk_fee(p_price, p_task.fee_bps, p_index) end;
comment on function oblivion.job_fee(oblivion.tasks, bigint, int) is
  'The platform''s part of what one job is paid, smallest unit; p_index is the place of the job in its task, from 0. At a metered price less than a unit beside the exact part, and exact over any 10,000 jobs of one price. For the engine alone.';

create function oblivion.time_bound(p_task_id uuid, p_stage int, p_node public.nodes)
returns bigint
language plpgsql
stable
security definer
set search_path = ''
as $$
declare
  v_own bigint := oblivion.cluster_of(p_node);
  v_votes int;
  v_median float8;
begin
  select count(*), percentile_cont(0.5) within group (order by v.median_ms)
    into v_votes, v_median
    from (
      select r.median_ms
        from oblivion.run_times r
       where r.task_id = p_task_id
         and r.stage = p_stage
         and r.established
         and r.cluster_id <> v_own
       order by r.cluster_id
       limit 200) v;
  if v_votes < 3 then
    select percentile_cont(0.5) within group (order by v.median_ms)
      into v_median
      from (
        select r.median_ms
          from oblivion.run_times r
         where r.task_id = p_task_id
           and r.stage = p_stage
           and r.cluster_id <> v_own
         order by r.cluster_id
         limit 200) v;
  end if;
  return floor(1.5 * v_median);
end
$$;
comment on function oblivion.time_bound(uuid, int, public.nodes) is
  'How long a job of this stage is paid at most, in milliseconds: 1.5 times the median of what others took; null where nobody else has finished one. For the engine alone.';

create function oblivion.run_ms(p_started_at timestamptz, p_ended_at timestamptz)
returns bigint
language sql
immutable
set search_path = ''
as $$
  select greatest(0, floor(extract(epoch from p_ended_at - p_started_at) * 1000))::bigint
$$;
comment on function oblivion.run_ms(timestamptz, timestamptz) is 'Whole milliseconds between two moments. For the engine alone.';

create function oblivion.billable_ms(p_task oblivion.tasks, p_job public.jobs, p_node public.nodes, p_ended_at timestamptz)
returns bigint
language sql
stable
security definer
set search_path = ''
as $$
  -- A job that nobody has rescued yet runs on after its timeout, for nothing.
  select least(oblivion.run_ms(p_job.started_at, p_ended_at), 1000 * p_task.timeout_seconds,
    oblivion.time_bound(p_task.id, p_job.stage, p_node))
$$;
comment on function oblivion.billable_ms(oblivion.tasks, public.jobs, public.nodes, timestamptz) is
  'For how many milliseconds a job of a metered task is paid that ended at this moment. For the engine alone.';

create function oblivion.note_run_time(p_job public.jobs, p_node public.nodes, p_ms bigint)
returns void
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_cluster bigint := oblivion.cluster_of(p_node);
begin
  -- The visitors of a site share a row. Where another one is at it this vote is left out: nobody waits for it.
  if not pg_try_advisory_xact_lock(
    oblivion.lock_key('vote', concat_ws(':', p_job.task_id, p_job.stage, v_cluster))) then
    return;
  end if;
  insert into oblivion.run_times as r (task_id, stage, cluster_id, established, recent_ms, median_ms)
  select p_job.task_id, p_job.stage, v_cluster, oblivion.is_established(p_node.id), array[p_ms], p_ms
  -- Of a site's visitors who share the row the first established one begins it anew, and newcomers add nothing to it then.
  on conflict (task_id, stage, cluster_id) do update
    set established = excluded.established,
        recent_ms = case when r.established = excluded.established then p_ms || r.recent_ms[1:8] else excluded.recent_ms end,
        median_ms = case when r.established = excluded.established then (
            select percentile_cont(0.5) within group (order by u.ms) from unnest(p_ms || r.recent_ms[1:8]) as u (ms))
          else p_ms end
    where excluded.established or not r.established;
end
$$;
comment on function oblivion.note_run_time(public.jobs, public.nodes, bigint) is
  'Adds an accepted result to what its cluster of owners took for this stage of a metered task, or leaves it out where that waited. For the engine alone.';
