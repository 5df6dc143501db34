-- What anyone may see: counts and totals, never who holds which unfinished job (T7). The figures over time are made in
-- rollups.sql.

create table oblivion.network_stats (
  id boolean primary key default true check (id),
  payload jsonb not null default '{}',
  as_of timestamptz not null default '-infinity',
  -- Who comes after this computes the figures anew.
  next_at timestamptz not null default '-infinity',
  -- Results accepted before counted_until, and how many of them before that day began: so that a total costs the last moments only.
  counted_until timestamptz not null default '-infinity',
  counted_total bigint not null default 0,
  counted_before_day bigint not null default 0,
  -- As of the last whole minute: apart from the payload, which is written anew every other second.
  series jsonb not null default '{}',
  series_until timestamptz not null default '-infinity',
  median_wait_seconds numeric
);
comment on table oblivion.network_stats is 'One row: the public figures as everybody reads them.';
insert into oblivion.network_stats default values;

create function oblivion.set_fee_bps(p_fee_bps int)
returns void
language sql
security definer
set search_path = ''
as $$
  update oblivion.settings set fee_bps = p_fee_bps
$$;
comment on function oblivion.set_fee_bps(int) is
  'The platform''s share of tasks posted from now on, in basis points (0 to 10000). For the coordinator.';


-- Counting reads every job that there ever was, and anybody may ask as often as it likes: so the counts are kept.
create table oblivion.counted_jobs (
  id boolean primary key default true check (id),
  counts jsonb not null default '[]',
  -- What counting took, and from when on somebody may count again.
  took interval not null default '0',
  next_at timestamptz not null default '-infinity'
);
comment on table oblivion.counted_jobs is 'One row: how many jobs of each type are in each status, as everybody reads it.';
insert into oblivion.counted_jobs default values;

create function oblivion.count_jobs()
returns void
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_began timestamptz := clock_timestamp();
begin
  -- At most 2 % of a core; and a heartbeat or a reader, whose time is limited, leaves a long count to the coordinator or pg_cron.
  if exists (
    select from oblivion.counted_jobs c
     where c.next_at > v_began
        or c.took > interval '500 milliseconds' and current_setting('statement_timeout') <> '0') then
    return;
  end if;
  update oblivion.counted_jobs c
     set counts = coalesce((
           select jsonb_agg(to_jsonb(w) order by w.type, w.status)
             from (select j.type, j.status, count(*) from public.jobs j group by j.type, j.status) w), '[]'),
         took = clock_timestamp() - v_began,
         next_at = clock_timestamp() + 50 * (clock_timestamp() - v_began);
end
$$;
comment on function oblivion.count_jobs() is
  'Counts the jobs anew if that is long enough ago. Within refresh_network_stats, by one at a time. For the engine alone.';

create function oblivion.job_counts()
returns table (type text, status text, count bigint)
language sql
stable
security definer
set search_path = ''
as $$
  select w.type, w.status, w.count
    from oblivion.counted_jobs c
   cross join jsonb_to_recordset(c.counts) as w (type text, status text, count bigint)
$$;
comment on function oblivion.job_counts() is 'Counts behind the view job_stats, a moment old. Any role may call it.';

create function oblivion.active_job_counts()
returns table (worker text, worker_type text, type text, active_jobs bigint, oldest_started_at timestamptz)
language sql
stable
security definer
set search_path = ''
as $$
  select oblivion.short_address(n.provider_address), n.worker_type, j.type, count(*), min(j.started_at)
    from public.jobs j
    join public.nodes n on n.id = j.node_id
   where j.status = 'processing'
   group by n.id, j.type
$$;
comment on function oblivion.active_job_counts() is 'Counts behind the view active_jobs. Any role may call it.';

create view public.job_stats with (security_invoker = true) as
  select c.type, c.status, c.count from oblivion.job_counts() c;
comment on view public.job_stats is 'How many jobs of each type are in each status, as of the latest public figures.';

create view public.active_jobs with (security_invoker = true) as
  select a.worker, a.worker_type, a.type, a.active_jobs, a.oldest_started_at from oblivion.active_job_counts() a;
comment on view public.active_jobs is 'How many jobs each worker has in work, and since when.';

create view public.pending_jobs_queue with (security_invoker = true) as
  select j.id, j.type, j.status, j.priority, j.attempt, j.created_at, j.offered_until
    from public.jobs j
   where j.status = 'pending'
   order by j.priority desc, j.seq;
comment on view public.pending_jobs_queue is 'Pending jobs that the caller may see: those offered to it by next_jobs.';

-- Realtime: one digest per active task and half second, never a message per completion. A hint: screens read again.

create table oblivion.task_digests (
  task_id uuid primary key references oblivion.tasks,
  summary text not null,
  sent_at timestamptz not null,
  checked_at timestamptz not null
);

create function oblivion.fresh_chunks(p_task oblivion.tasks, p_since timestamptz)
returns jsonb
language sql
stable
security definer
set search_path = ''
as $$
  -- Two seconds more than needed: what was accepted first may be committed last.
  select coalesce(jsonb_agg(f.chunk_index), '[]')
    from (
      select u.chunk_index
        from (
          select r.chunk_index, r.accepted_at
            from oblivion.results r
           where not oblivion.is_special(p_task)
             and r.task_id = p_task.id
             and r.accepted_at > p_since - interval '2 seconds'
          union all
          select e.chunk_index, e.ended_at
            from oblivion.stage_ends e
           where oblivion.is_special(p_task)
             and e.task_id = p_task.id
             and e.stage = p_task.stage_count - 1
             and e.outcome = 'accepted'
             and e.ended_at > p_since - interval '2 seconds') u
       order by u.accepted_at
       limit 1000) f
$$;
comment on function oblivion.fresh_chunks(oblivion.tasks, timestamptz) is
  'Chunks of a task that got their result since then, 1000 at most; none of which a replica is still to come (T8). For the engine alone.';

create table oblivion.marketplace_updates (
  id boolean primary key default true check (id),
  figures jsonb not null default '{}',
  sent_at timestamptz not null default '-infinity'
);
comment on table oblivion.marketplace_updates is 'One row: how many nodes are free, as it was broadcast last.';
insert into oblivion.marketplace_updates default values;

create function oblivion.send_marketplace_update()
returns void
language sql
security definer
set search_path = ''
as $$
  with told as (
    update oblivion.marketplace_updates m
       set figures = n.figures,
           sent_at = now()
      from (
        select jsonb_object_agg(f.key, f.value) as figures
          from oblivion.network_stats s
         cross join jsonb_each(s.payload) f
         where f.key in ('online', 'working', 'idle', 'byType')) n
     where m.figures <> n.figures
       -- A busy network changes all the time, and each message is kept for days.
       and m.sent_at <= now() - interval '5 seconds'
    returning m.figures
  )
  select realtime.send(t.figures, 'MARKETPLACE_UPDATE', 'network', true) from told t
$$;
comment on function oblivion.send_marketplace_update() is
  'Broadcasts how many nodes are online, at work and free once that has changed in the public figures, every 5 s at most, to whoever is signed in: counts, never who. For the engine alone.';

create function oblivion.send_task_digests()
returns int
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_most constant int := 300;
  v_many boolean := (
    select count(*) > v_most
      from (select from oblivion.tasks t where t.status in ('running', 'paused') limit v_most + 1) o);
  v_task oblivion.tasks;
  v_last record;
  v_now record;
  v_summary text;
  v_sent int := 0;
begin
  if not pg_try_advisory_xact_lock(oblivion.lock_key('task_digests', '')) then
    return 0;
  end if;
  perform oblivion.close_finished_tasks();
  perform oblivion.send_marketplace_update();
  for v_task in
    select t.*
      from oblivion.tasks t
      left join oblivion.task_digests d on d.task_id = t.id
     where (t.status in ('running', 'paused') or t.finished_at > now() - interval '1 minute')
       -- Counting a million jobs takes a second: large tasks are looked at less often, so that it is a small share.
       and (d.checked_at is null
         or d.checked_at <= now() - oblivion.job_count(t) * interval '30 microseconds'
         or t.finished_at > d.checked_at)
     -- Of more than one call looks at, those that were looked at longest ago: else some would never have their turn.
     order by d.checked_at nulls first
     limit v_most
  loop
    select d.summary, d.sent_at into v_last from oblivion.task_digests d where d.task_id = v_task.id;
    select (w.letters ->> 'c')::int as completed,
           (w.letters ->> 'f')::int as failed,
           (w.letters ->> 'r')::int as processing,
           w.planned
      into v_now
      from oblivion.tally(v_task) w;
    v_summary := concat_ws(':', v_task.status, v_now.completed, v_now.failed, v_now.processing, v_now.planned);
    if v_summary is not distinct from v_last.summary then
      update oblivion.task_digests d
         set checked_at = now()
       where d.task_id = v_task.id
         and (v_many or oblivion.job_count(v_task) > 10000);
      continue;
    end if;
    perform realtime.send(
      jsonb_build_object(
        'taskId', v_task.id,
        'status', v_task.status,
        'completed', v_now.completed,
        'failed', v_now.failed,
        'chunkCount', v_task.chunk_count,
        'chunks', oblivion.fresh_chunks(v_task, coalesce(v_last.sent_at, '-infinity'))),
      'digest', 'task:' || v_task.id, true);
    if v_task.assign and v_task.chunk_count = 1 and not oblivion.is_special(v_task) then
      -- A job of job-management, in its own words. When it is sent, and that alone, is what get_job tells its customer: a
      -- message for each number that a program reports would be an answer that costs nothing (M12).
      perform realtime.send(
                jsonb_build_object('jobId', j.id, 'taskId', j.task_id),
                case when v_now.completed + v_now.failed > 0 then 'JOB_COMPLETED' else 'JOB_PROGRESS' end,
                'task:' || v_task.id, true)
         from public.jobs j
        where j.task_id = v_task.id;
    end if;
    insert into oblivion.task_digests as d (task_id, summary, sent_at, checked_at)
    values (v_task.id, v_summary, now(), now())
    on conflict (task_id) do update
      set summary = excluded.summary, sent_at = excluded.sent_at, checked_at = excluded.checked_at;
    v_sent := v_sent + 1;
  end loop;
  return v_sent;
end
$$;
comment on function oblivion.send_task_digests() is
  'Sends one Realtime digest per task that changed since its last, of a single assigned job JOB_PROGRESS or JOB_COMPLETED as well, and MARKETPLACE_UPDATE; and ends finished tasks. Every 500 ms by the coordinator.';

create function oblivion.may_watch(p_topic text)
returns boolean
language sql
stable
security definer
set search_path = ''
as $$
  select exists (
    select
      from oblivion.tasks t
      join oblivion.owners o on o.id = t.owner_id
     where 'task:' || t.id = p_topic
       and o.address = oblivion.caller_wallet())
$$;
comment on function oblivion.may_watch(text) is 'Whether the signed-in wallet may read a Realtime topic: its own tasks. Any role may call it: the policy does.';

-- Clients get this select policy and no insert policy: only the database sends (A15).
create policy "oblivion: a customer watches its own tasks" on realtime.messages
  for select to authenticated
  using (extension = 'broadcast' and topic = (select realtime.topic()) and oblivion.may_watch((select realtime.topic())));
create policy "oblivion: whoever is signed in hears how many are free" on realtime.messages
  for select to authenticated
  using (extension = 'broadcast' and topic = 'network' and (select realtime.topic()) = 'network');
