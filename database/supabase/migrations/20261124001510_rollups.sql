-- The public figures, and how they went: one row for all readers, computed by whoever comes first once it is old enough
-- (a reader, a heartbeat, the coordinator, pg_cron), never on the way of a claim or a result: a global counter there
-- halves the throughput. How old it may be depends on what it costs, so that the figures take 2 % of one core at most,
-- however large the network.
--
-- Counts and waits are read from the history by time, so a minute in which nobody came by is right when somebody does.
-- How many nodes were online can only be seen at the time: a minute without a look has none.

create table oblivion.network_samples (
  minute timestamptz primary key,
  samples int not null check (samples > 0),
  online bigint not null,
  working bigint not null
);
comment on table oblivion.network_samples is 'Sums over the looks of one minute at who was online and at work; the mean is sum / samples.';

create table oblivion.network_buckets (
  seconds int not null check (seconds in (60, 900, 7200)),
  starts_at timestamptz not null,
  accepted int not null,
  owners int not null,
  wait_seconds real,
  online real,
  working real,
  -- Attempts that failed, were refused or lost; of a minute alone.
  failed int,
  primary key (seconds, starts_at)
);
comment on table oblivion.network_buckets is
  'The series of the Network page, and what attempts came to in the last minutes. A bucket is written once, when it is over.';

create function oblivion.history_between(p_from timestamptz, p_to timestamptz)
returns table (accepted_at timestamptz, owner_id bigint, wait_seconds double precision)
language sql
stable
set search_path = ''
as $$
  select a.ended_at, a.owner_id,
         case when a.attempt = 1 then extract(epoch from a.started_at - a.queued_at)::double precision end
    from oblivion.attempts a
   where a.outcome = 'succeeded'
     and a.ended_at >= p_from
     and a.ended_at < p_to
$$;
comment on function oblivion.history_between(timestamptz, timestamptz) is
  'Results accepted in [from, to): by whose node, and how long the job had waited where this was its first attempt. For the engine alone.';

-- A result carries the time at which its transaction began. Those last 8 s at most (the API's statement timeout), so what
-- is this old is complete.
create function oblivion.settled_moment()
returns timestamptz
language sql
stable
set search_path = ''
as $$
  select now() - interval '15 seconds'
$$;
comment on function oblivion.settled_moment() is 'Before this the history is complete. For the engine alone.';

create function oblivion.bucket_of(p_at timestamptz, p_seconds int)
returns timestamptz
language sql
immutable strict parallel safe
set search_path = ''
as $$
  select date_bin(make_interval(secs => p_seconds), p_at, timestamptz '2000-01-01 00:00:00+00')
$$;
comment on function oblivion.bucket_of(timestamptz, int) is 'When the bucket of this width that holds a moment began (UTC). For the engine alone.';

create function oblivion.roll_up_network()
returns boolean
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_bucket record;
  v_enough timestamptz := clock_timestamp() + interval '250 milliseconds';
begin
  -- The newest first: after a long silence the rest follows pass by pass.
  for v_bucket in
    select w.seconds, g.starts_at
      from (values (60, 60), (900, 96), (7200, 84)) w (seconds, buckets)
     cross join lateral generate_series(
             oblivion.bucket_of(oblivion.settled_moment(), w.seconds) - make_interval(secs => w.seconds * w.buckets),
             oblivion.bucket_of(oblivion.settled_moment(), w.seconds) - make_interval(secs => w.seconds),
             make_interval(secs => w.seconds)) g (starts_at)
     where not exists (
             select from oblivion.network_buckets b where b.seconds = w.seconds and b.starts_at = g.starts_at)
     order by w.seconds, g.starts_at desc
  loop
    if clock_timestamp() > v_enough then
      return false;
    end if;
    insert into oblivion.network_buckets (seconds, starts_at, accepted, owners, wait_seconds, online, working, failed)
    select v_bucket.seconds, v_bucket.starts_at, h.accepted, h.owners, h.wait_seconds, s.online, s.working,
           case v_bucket.seconds when 60 then (
             select count(*)
               from oblivion.attempts a
              where a.outcome in ('failed', 'rejected', 'expired')
                and a.ended_at >= v_bucket.starts_at
                and a.ended_at < v_bucket.starts_at + interval '1 minute') end
      from (
        select count(*) as accepted, count(distinct x.owner_id) as owners,
               percentile_cont(0.5) within group (order by x.wait_seconds) as wait_seconds
          from oblivion.history_between(
                 v_bucket.starts_at, v_bucket.starts_at + make_interval(secs => v_bucket.seconds)) x) h
     cross join (
        select sum(x.online)::real / sum(x.samples) as online, sum(x.working)::real / sum(x.samples) as working
          from oblivion.network_samples x
         where x.minute >= v_bucket.starts_at
           and x.minute < v_bucket.starts_at + make_interval(secs => v_bucket.seconds)) s;
  end loop;
  delete from oblivion.network_samples x where x.minute < now() - interval '8 days';
  delete from oblivion.network_buckets b
   where b.starts_at < now() - case b.seconds when 60 then interval '2 hours' when 900 then interval '2 days' else interval '8 days' end;
  return true;
end
$$;
comment on function oblivion.roll_up_network() is
  'Writes the buckets of the series that are over and not there yet, for a quarter of a second at most; answers whether all are there. For the engine alone.';

create function oblivion.network_series(p_seconds int, p_buckets int)
returns jsonb
language sql
stable
set search_path = ''
as $$
  select jsonb_build_object(
           'bucketSeconds', p_seconds,
           'from', min(g.starts_at),
           'accepted', jsonb_agg(b.accepted order by g.starts_at),
           'owners', jsonb_agg(b.owners order by g.starts_at),
           'online', jsonb_agg(round(b.online::numeric, 1) order by g.starts_at),
           'working', jsonb_agg(round(b.working::numeric, 1) order by g.starts_at),
           'medianWaitSeconds', jsonb_agg(round(b.wait_seconds::numeric, 3) order by g.starts_at))
    from generate_series(
           oblivion.bucket_of(oblivion.settled_moment(), p_seconds) - make_interval(secs => p_seconds * p_buckets),
           oblivion.bucket_of(oblivion.settled_moment(), p_seconds) - make_interval(secs => p_seconds),
           make_interval(secs => p_seconds)) g (starts_at)
    left join oblivion.network_buckets b on b.seconds = p_seconds and b.starts_at = g.starts_at
$$;
comment on function oblivion.network_series(int, int) is
  'The last whole buckets of one width, the oldest first, null where nothing is known. For the engine alone.';

create function oblivion.refresh_network_stats()
returns void
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_began timestamptz := clock_timestamp();
  v_stats oblivion.network_stats;
  v_midnight timestamptz := date_trunc('day', now() at time zone 'UTC') at time zone 'UTC';
  v_until timestamptz := oblivion.settled_moment();
  v_minute timestamptz := oblivion.bucket_of(oblivion.settled_moment(), 60);
  v_since bigint;
  v_today bigint;
  v_nodes record;
  v_jobs record;
begin
  select s.* into v_stats from oblivion.network_stats s;
  if v_stats.next_at > v_began
    or current_setting('transaction_read_only')::boolean
    or not pg_try_advisory_xact_lock(oblivion.lock_key('network_stats', '')) then
    return;
  end if;
  -- Read again: who held the lock a moment ago may have done it.
  select s.* into v_stats from oblivion.network_stats s where s.next_at <= v_began;
  if not found then
    return;
  end if;

  if v_stats.counted_until < v_midnight and v_until >= v_midnight then
    v_stats.counted_before_day := v_stats.counted_total
      + (select count(*) from oblivion.history_between(v_stats.counted_until, v_midnight));
  end if;
  if v_until > v_stats.counted_until then
    v_stats.counted_total := v_stats.counted_total
      + (select count(*) from oblivion.history_between(v_stats.counted_until, v_until));
    v_stats.counted_until := v_until;
  end if;
  v_since := (select count(*) from oblivion.history_between(v_stats.counted_until, 'infinity'));
  v_today := case
    when v_stats.counted_until >= v_midnight then v_stats.counted_total - v_stats.counted_before_day + v_since
    else (select count(*) from oblivion.history_between(v_midnight, 'infinity')) end;

  select count(*) as online,
         count(*) filter (where x.current_jobs > 0) as working,
         count(*) filter (where x.worker_type = 'browser') as browser,
         count(*) filter (where x.worker_type = 'server') as server,
         count(*) filter (where x.worker_type = 'python') as python
    into v_nodes
    from public.nodes x
   where oblivion.is_online(x.last_seen, x.next_poll_at);
  select count(*) filter (where q.status = 'pending') as pending,
         count(*) filter (where q.status = 'processing') as processing
    into v_jobs
    from public.jobs q
   where q.status in ('pending', 'processing');
  insert into oblivion.network_samples as x (minute, samples, online, working)
  values (oblivion.bucket_of(now(), 60), 1, v_nodes.online, v_nodes.working)
  on conflict (minute) do update
    set samples = x.samples + 1, online = x.online + excluded.online, working = x.working + excluded.working;

  if v_stats.series_until < v_minute then
    if oblivion.roll_up_network() then
      v_stats.series_until := v_minute;
    end if;
    v_stats.series := jsonb_build_object(
      '1h', oblivion.network_series(60, 60),
      '24h', oblivion.network_series(900, 96),
      '7d', oblivion.network_series(7200, 84));
    v_stats.median_wait_seconds := null;
  end if;
  -- Over an hour of history, so once a minute; until there is something to say, at once.
  if v_stats.median_wait_seconds is null then
    v_stats.median_wait_seconds := (
      select round((percentile_cont(0.5) within group (order by h.wait_seconds))::numeric, 3)
        from oblivion.history_between(now() - interval '1 hour', 'infinity') h);
  end if;

  update oblivion.network_stats s
     set as_of = now(),
         next_at = clock_timestamp()
           + least(interval '1 minute', greatest(interval '250 milliseconds', 50 * (clock_timestamp() - v_began))),
         counted_until = v_stats.counted_until,
         counted_total = v_stats.counted_total,
         counted_before_day = v_stats.counted_before_day,
         series = v_stats.series,
         series_until = v_stats.series_until,
         median_wait_seconds = v_stats.median_wait_seconds,
         payload = jsonb_build_object(
           'online', v_nodes.online,
           'working', v_nodes.working,
           'idle', v_nodes.online - v_nodes.working,
           'byType', jsonb_build_object(
             'browser', v_nodes.browser, 'server', v_nodes.server, 'python', v_nodes.python),
           'pendingJobs', v_jobs.pending,
           'processingJobs', v_jobs.processing,
           'tasksRunning', (select count(*) from oblivion.tasks t where t.status = 'running'),
           'chunksToday', v_today,
           'chunksTotal', v_stats.counted_total + v_since,
           'medianWaitSeconds', v_stats.median_wait_seconds,
           'fairness', oblivion.fairness_index(),
           'feeBps', (select s.fee_bps from oblivion.settings s),
           'defaultPricePerHour', (select s.default_price_per_hour::text from oblivion.settings s),
           'asOf', now());
  perform oblivion.count_jobs();
end
$$;
comment on function oblivion.refresh_network_stats() is
  'Computes the public figures anew if they are old enough and nobody else is at it. For engine and coordinator.';
-- Once now, so that no reader ever meets an empty row.
select oblivion.refresh_network_stats();

create function public.get_network_stats()
returns jsonb
language plpgsql
security definer
set search_path = ''
as $$
begin
  if exists (select from oblivion.network_stats s where s.next_at <= clock_timestamp()) then
    perform oblivion.refresh_network_stats();
    perform set_config('synchronous_commit', 'off', true);
  end if;
  return (
    select s.payload || jsonb_build_object(
             'series', s.series,
             -- Told by one clock, since a reader's own may be wrong.
             'ageSeconds', greatest(0, round(extract(epoch from
               clock_timestamp() - greatest(s.as_of, clock_timestamp() - interval '1 day')), 1)))
      from oblivion.network_stats s);
end
$$;
comment on function public.get_network_stats() is
  'The public figures, a moment old: nodes online and working, by type; jobs; results accepted today (UTC) and in all; median wait of the last hour in seconds; fairness (Jain''s index); and their series over 1h, 24h and 7d.';

-- One row a node means a sort of all of them, so the list is kept as well.
create table oblivion.worker_stats (
  id boolean primary key default true check (id),
  workers jsonb not null default '[]',
  next_at timestamptz not null default '-infinity'
);
comment on table oblivion.worker_stats is 'One row: the list of workers as everybody reads it.';
insert into oblivion.worker_stats default values;

create function oblivion.refresh_worker_stats()
returns void
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_began timestamptz := clock_timestamp();
begin
  if current_setting('transaction_read_only')::boolean
    or not pg_try_advisory_xact_lock(oblivion.lock_key('worker_stats', '')) then
    return;
  end if;
  update oblivion.worker_stats s
     set workers = coalesce((
           select jsonb_agg(to_jsonb(w))
             from (
               select oblivion.short_address(n.provider_address) as worker,
                      n.worker_type,
                      oblivion.is_online(n.last_seen, n.next_poll_at) as online,
                      n.current_jobs,
                      n.max_jobs,
                      n.total_jobs_completed,
                      n.last_seen
                 from public.nodes n
                order by 3 desc, n.current_jobs desc, n.total_jobs_completed desc, n.registered_at
                limit 200) w), '[]'),
         next_at = clock_timestamp() + least(interval '1 minute', 50 * (clock_timestamp() - v_began))
   where s.next_at <= v_began;
end
$$;
comment on function oblivion.refresh_worker_stats() is
  'Makes the list of workers anew if it is old enough and nobody else is at it. For the engine alone.';

create function public.get_worker_stats()
returns table (
  worker text,
  worker_type text,
  online boolean,
  current_jobs int,
  max_jobs int,
  total_jobs_completed bigint,
  last_seen timestamptz
)
language plpgsql
security definer
set search_path = ''
as $$
begin
  if exists (select from oblivion.worker_stats s where s.next_at <= clock_timestamp()) then
    perform oblivion.refresh_worker_stats();
    perform set_config('synchronous_commit', 'off', true);
  end if;
  return query
    select w.worker, w.worker_type, w.online, w.current_jobs, w.max_jobs, w.total_jobs_completed, w.last_seen
      from oblivion.worker_stats s
     cross join lateral rows from (
             jsonb_to_recordset(s.workers) as (
               worker text, worker_type text, online boolean, current_jobs int, max_jobs int,
               total_jobs_completed bigint, last_seen timestamptz)) with ordinality as w (
             worker, worker_type, online, current_jobs, max_jobs, total_jobs_completed, last_seen, place)
     order by w.place;
end
$$;
comment on function public.get_worker_stats() is
  'One row per node, those online first, at most 200, a moment old: counts, never which jobs.';

create function oblivion.queue_figures()
returns jsonb
language sql
stable
security definer
set search_path = ''
set enable_seqscan = off
set jit = off
as $$
  select jsonb_build_object(
    'waiting', (s.payload ->> 'pendingJobs')::bigint,
    'running', (s.payload ->> 'processingJobs')::bigint,
    -- By the ends of an index, one for each priority. A task that was resumed waits since then, however old it is: so on
    -- from its first job to the next task's, until what follows was posted after the oldest found, and at most 100 tasks.
    'oldestWaitingSeconds', (
      select coalesce(extract(epoch from now() - min(o.since)), 0)::bigint
        from generate_series(0, 9) p
       cross join lateral (
               with recursive heads as (
                 (select j.created_at, j.task_id, greatest(j.created_at, j.available_at) as since, 1 as place
                    from public.jobs j
                   where j.status = 'pending'
                     and j.due
                     and j.excluded_owner_id is null
                     and (- j.priority) = - p::smallint
                   order by j.created_at, j.task_id, j.seq
                   limit 1)
                  union all
                 select n.created_at, n.task_id, least(h.since, greatest(n.created_at, n.available_at)), h.place + 1
                   from heads h
                  cross join lateral (
                          select j.created_at, j.task_id, j.available_at
                            from public.jobs j
                           where j.status = 'pending'
                             and j.due
                             and j.excluded_owner_id is null
                             and (- j.priority) = - p::smallint
                             and (j.created_at, j.task_id) > (h.created_at, h.task_id)
                             and j.created_at < h.since
                           order by j.created_at, j.task_id, j.seq
                           limit 1) n
                  where h.place < 100)
               select min(h.since) as since from heads h) o),
    'unread', (select count(*) from oblivion.deliveries d),
    'oldestUnreadSeconds', (
      select coalesce(extract(epoch from now() - min(d.delivered_at)), 0)::bigint from oblivion.deliveries d),
    'failed', (
      select coalesce(jsonb_object_agg(c.type, c.count), '{}') from oblivion.job_counts() c where c.status = 'failed'),
    'lately', (
      select jsonb_build_object('accepted', coalesce(sum(b.accepted), 0), 'failed', coalesce(sum(b.failed), 0))
        from oblivion.network_buckets b
       where b.seconds = 60
         and b.starts_at >= oblivion.bucket_of(oblivion.settled_moment(), 60) - interval '15 minutes'),
    'limits', (
      select jsonb_build_object(
               'oldestWaitingSeconds', extract(epoch from x.queue_old_after)::bigint,
               'failedShare', round(x.failing_share::numeric, 4))
        from oblivion.settings x))
    from oblivion.network_stats s
$$;
comment on function oblivion.queue_figures() is
  'How deep the queue is, for who watches over it: {waiting and running: jobs, as of the public figures; oldestWaitingSeconds: how long one has waited at most of those that nobody tried, as of the first jobs of the 100 oldest tasks of each priority, 0 where none waits; unread: results in Storage that no coordinator has read; oldestUnreadSeconds: how long the oldest of them lies there, 0 where none does; failed: jobs that failed for good by type, as of job_stats; lately: attempts of the last 15 whole minutes, accepted or failed; limits: above which an operator is called, null for never}. For the coordinator.';
