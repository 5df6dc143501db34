-- The history leaves the database by day: the coordinator appends each line once to results-YYYY-MM-DD.ndjson, says when
-- a day is whole, and only then, and only where an operator set for how long history is kept, the day is dropped. Jobs,
-- results, receipts and ledger are no history: they stay.

alter table oblivion.settings
  -- Null keeps it for ever. The public figures look back a week.
  add column history_days int check (history_days between 8 and 36500);

create table oblivion.history_exports (
  day date primary key,
  lines bigint not null check (lines >= 0),
  -- Of the file's bytes.
  sha256 text not null check (sha256 ~ '^[0-9a-f]{64}$'),
  exported_at timestamptz not null default now(),
  dropped_at timestamptz
);
comment on table oblivion.history_exports is 'Days of the history (UTC) that lie whole in a file, and when the database let go of them.';

create table oblivion.export_secret (
  id boolean primary key default true check (id),
  secret bytea not null
);
insert into oblivion.export_secret (secret)
select sha256(convert_to(gen_random_uuid()::text || gen_random_uuid()::text || clock_timestamp()::text, 'UTF8'));
comment on table oblivion.export_secret is 'One row: what makes the pseudonyms of the export. Nothing reads it but history_lines().';

create function oblivion.history_lines(p_day date, p_after jsonb default null, p_limit int default 1000)
returns jsonb
language sql
stable
security definer
set search_path = ''
as $$
  with page as (
    select a.*
      from oblivion.attempts a
     where a.ended_at >= p_day::timestamp at time zone 'UTC'
       and a.ended_at < (p_day + 1)::timestamp at time zone 'UTC'
       -- Older than any transaction that may still add to it: what was written is never followed by something before it.
       and a.ended_at < oblivion.settled_moment()
       and (p_after is null
            or (a.ended_at, a.job_id, a.attempt)
               > ((p_after ->> 'endedAt')::timestamptz, (p_after ->> 'jobId')::uuid, (p_after ->> 'attempt')::int))
     order by a.ended_at, a.job_id, a.attempt
     limit least(greatest(p_limit, 1), 10000))
  select coalesce(jsonb_agg(jsonb_build_object(
           'jobId', p.job_id,
           'attempt', p.attempt,
           'taskId', p.task_id,
           'type', j.type,
           'chunkIndex', j.chunk_index,
           'stage', j.stage,
           'replica', j.replica,
           -- The same within a task, another in the next: nobody can follow a provider from task to task.
           'provider', left(encode(sha256(s.secret || sha256(
             s.secret || convert_to(p.task_id::text || ':' || p.owner_id::text, 'UTF8'))), 'hex'), 16),
           'queuedAt', p.queued_at,
           'startedAt', p.started_at,
           'endedAt', p.ended_at,
           'outcome', p.outcome,
           'error', p.error,
           'metrics', p.metrics,
           'resultHash', r.result_hash,
           'result', r.canonical::jsonb)
           order by p.ended_at, p.job_id, p.attempt), '[]')
    from page p
   cross join oblivion.export_secret s
    left join public.jobs j on j.id = p.job_id
    left join oblivion.results r on r.job_id = p.job_id and r.attempt = p.attempt and p.outcome = 'succeeded'
$$;
comment on function oblivion.history_lines(date, jsonb, int) is
  'How tries of a day (UTC) ended, in order, after the one given by endedAt, jobId and attempt: one object a line of the export. For the coordinator.';

create function oblivion.history_to_export()
returns jsonb
language sql
stable
security definer
set search_path = ''
as $$
  -- Days that are over and not marked, the oldest first, and today.
  select coalesce(jsonb_agg(jsonb_build_object(
           'day', d.day,
           'over', (d.day + 1)::timestamp at time zone 'UTC' <= oblivion.settled_moment()) order by d.day), '[]')
    from (
      select distinct (a.ended_at at time zone 'UTC')::date as day
        from oblivion.attempts a
       where not exists (select from oblivion.history_exports e where e.day = (a.ended_at at time zone 'UTC')::date)
         and a.ended_at >= coalesce(
               (select (max(e.day) + 1)::timestamp at time zone 'UTC' from oblivion.history_exports e), '-infinity')) d
$$;
comment on function oblivion.history_to_export() is
  'The days whose history is not marked as exported, and whether each is over and can be. For the coordinator.';

create function oblivion.mark_history_exported(p_day date, p_lines bigint, p_sha256 text)
returns void
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_lines bigint;
begin
  if p_day is null or oblivion.settled_moment() < (p_day + 1)::timestamp at time zone 'UTC' then
    perform oblivion.raise_error('OB005', 'A day is marked as exported when it is over.', null,
      jsonb_build_object('field', 'p_day', 'reason', 'not over yet'));
  end if;
  select count(*)
    into v_lines
    from oblivion.attempts a
   where a.ended_at >= p_day::timestamp at time zone 'UTC'
     and a.ended_at < (p_day + 1)::timestamp at time zone 'UTC';
  if p_lines is distinct from v_lines then
    perform oblivion.raise_error('OB005', format('The day has %s lines, not %s.', v_lines, p_lines),
      'Write the file of that day anew.', jsonb_build_object('field', 'p_lines', 'reason', format('is not %s', v_lines)));
  end if;
  if p_sha256 is null or p_sha256 !~ '^[0-9a-f]{64}$' then
    perform oblivion.raise_error('OB005', 'The hash of the file is 64 hex digits.', null,
      jsonb_build_object('field', 'p_sha256', 'reason', 'not a SHA-256'));
  end if;
  insert into oblivion.history_exports (day, lines, sha256)
  values (p_day, p_lines, p_sha256)
  on conflict (day) do nothing;
  perform from oblivion.history_exports e where e.day = p_day and e.sha256 = p_sha256;
  if not found then
    perform oblivion.raise_error('OB005', 'This day was marked as exported with another file.',
      'Keep the file that was marked.', jsonb_build_object('field', 'p_sha256', 'reason', 'another file was marked'));
  end if;
end
$$;
comment on function oblivion.mark_history_exported(date, bigint, text) is
  'Says that the file of a day that is over holds all its lines. Again with the same file: no change. OB005. For the coordinator.';

create function oblivion.drop_old_rest()
returns int
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_last date := (now() at time zone 'UTC')::date - (select s.history_days from oblivion.settings s where s.id);
  v_days date[];
  v_timeout text := current_setting('lock_timeout');
begin
  v_days := array(select distinct (a.ended_at at time zone 'UTC')::date from oblivion.attempts_rest a);
  -- As a whole, once all of it may go: what is append-only has no other way out, and days without a partition are rare.
  if v_last is null or v_days = '{}' or exists (
    select
      from unnest(v_days) as d (day)
     where d.day >= v_last
        or not exists (select from oblivion.history_exports e where e.day = d.day)) then
    return 0;
  end if;
  perform set_config('lock_timeout', '200ms', true);
  begin
    lock table oblivion.attempts_rest in access exclusive mode;
    if exists (
      select from oblivion.attempts_rest a where (a.ended_at at time zone 'UTC')::date <> all (v_days)) then
      v_days := '{}';
    else
      truncate oblivion.attempts_rest;
      update oblivion.history_exports e set dropped_at = now() where e.day = any (v_days) and e.dropped_at is null;
    end if;
  exception
    when lock_not_available then
      v_days := '{}';
  end;
  perform set_config('lock_timeout', v_timeout, true);
  return cardinality(v_days);
end
$$;
comment on function oblivion.drop_old_rest() is
  'Empties the default partition of the history once every day in it was exported and is older than settings.history_days; answers how many days. For the engine alone.';

create function oblivion.drop_old_history()
returns int
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_day date;
  v_name text;
  v_dropped int := 0;
  v_timeout text := current_setting('lock_timeout');
begin
  for v_day in
    select e.day
      from oblivion.history_exports e
     cross join oblivion.settings s
     where e.dropped_at is null
       and e.day < (now() at time zone 'UTC')::date - s.history_days
     order by e.day
     limit 31
  loop
    v_name := format('attempts_y%s', to_char(v_day, 'YYYY"m"MM"d"DD'));
    -- A day that lies in the rest (nobody had made its partition) goes with it.
    continue when not exists (
      select
        from pg_catalog.pg_inherits i
        join pg_catalog.pg_class c on c.oid = i.inhrelid
       where i.inhparent = 'oblivion.attempts'::regclass
         and c.relname = v_name);
    -- Dropping locks the whole history for a moment; whoever is in the way is not waited for, the next pass is soon.
    perform set_config('lock_timeout', '200ms', true);
    begin
      execute format('drop table oblivion.%I', v_name);
      update oblivion.history_exports e set dropped_at = now() where e.day = v_day;
      v_dropped := v_dropped + 1;
    exception
      when lock_not_available then
        null;
    end;
    perform set_config('lock_timeout', v_timeout, true);
  end loop;
  return v_dropped + oblivion.drop_old_rest();
end
$$;
comment on function oblivion.drop_old_history() is
  'Drops days of the history that were exported and are older than settings.history_days, and answers how many. For the coordinator.';

create function oblivion.set_history_days(p_days int)
returns void
language plpgsql
security definer
set search_path = ''
as $$
begin
  if p_days is not null and p_days not between 8 and 36500 then
    perform oblivion.raise_error('OB005', 'History is kept for 8 days at least.', 'Null keeps it for ever.',
      jsonb_build_object('field', 'p_days', 'reason', 'not between 8 and 36500'));
  end if;
  update oblivion.settings s set history_days = p_days;
end
$$;
comment on function oblivion.set_history_days(int) is
  'For how many days the database keeps history after its export; null for ever. OB005. For the coordinator.';
