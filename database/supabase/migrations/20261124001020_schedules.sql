-- Schedules: a wallet's own tasks, posted again and again, by interval or by cron. Off until turned on; the coordinator
-- runs what is due. A run and the time of the next are one transaction under the schedule's row lock, so that several
-- coordinators post each batch once.

create table oblivion.schedules (
  id uuid primary key default gen_random_uuid(),
  owner_id bigint not null references oblivion.owners,
  name text not null check (length(name) between 1 and 200),
  -- As create_task takes it.
  task jsonb not null,
  every_seconds int check (every_seconds between 60 and 31536000),
  cron text,
  skip_while_running boolean not null,
  next_run_at timestamptz,
  last_run_at timestamptz,
  last_task_id uuid,
  last_error jsonb,
  runs bigint not null default 0,
  -- In a row: an operator's or customer's mistake must not be repeated for ever.
  failures int not null default 0,
  created_at timestamptz not null default now(),
  check ((every_seconds is null) <> (cron is null))
);
create index on oblivion.schedules (owner_id, created_at);
create index on oblivion.schedules (next_run_at) where next_run_at is not null;
comment on table oblivion.schedules is 'Tasks that their customer has posted again and again. Enabled where next_run_at is set.';

create function oblivion.cron_values(p_field text, p_min int, p_max int)
returns int[]
language plpgsql
immutable
set search_path = ''
as $$
declare
  v_part text;
  v_match text[];
  v_from int;
  v_to int;
  v_step int;
  v_values int[] := '{}';
begin
  foreach v_part in array string_to_array(p_field, ',') loop
    v_match := regexp_match(v_part, '^(\*|([0-9]{1,2})(-([0-9]{1,2}))?)(/([0-9]{1,2}))?$');
    if v_match is null or v_match[2] is not null and v_match[4] is null and v_match[6] is not null then
      return null;
    end if;
    v_from := coalesce(v_match[2]::int, p_min);
    v_to := coalesce(v_match[4]::int, v_match[2]::int, p_max);
    v_step := coalesce(v_match[6]::int, 1);
    if v_from < p_min or v_to > p_max or v_from > v_to or v_step < 1 then
      return null;
    end if;
    v_values := v_values || array(select g from generate_series(v_from, v_to, v_step) g);
  end loop;
  return array(select distinct v from unnest(v_values) v order by v);
end
$$;
comment on function oblivion.cron_values(text, int, int) is
  'What one field of a cron expression stands for: *, 5, 1-5, */10, 1-30/5 and lists of these; null where it is none. For the engine alone.';

create function oblivion.cron_next(p_cron text, p_after timestamptz)
returns timestamptz
language plpgsql
immutable
set search_path = ''
as $$
declare
  v_fields text[] := regexp_split_to_array(trim(p_cron), '[ \t]+');
  v_minutes int[];
  v_hours int[];
  v_days int[];
  v_months int[];
  v_weekdays int[];
  v_after timestamp := p_after at time zone 'UTC';
  v_next timestamp;
begin
  if cardinality(v_fields) is distinct from 5 then
    return null;
  end if;
  v_minutes := oblivion.cron_values(v_fields[1], 0, 59);
  v_hours := oblivion.cron_values(v_fields[2], 0, 23);
  v_days := oblivion.cron_values(v_fields[3], 1, 31);
  v_months := oblivion.cron_values(v_fields[4], 1, 12);
  -- 7 is Sunday too.
  v_weekdays := array(select distinct w % 7 from unnest(oblivion.cron_values(v_fields[5], 0, 7)) w);
  if v_minutes is null or v_hours is null or v_days is null or v_months is null
    or oblivion.cron_values(v_fields[5], 0, 7) is null then
    return null;
  end if;
  -- Eight years hold a 29 February, whatever the century.
  for v_place in 0 .. 8 * 366 loop
    select min(d.day + make_interval(hours => h.hour, mins => m.minute))
      into v_next
      from (select date_trunc('day', v_after) + v_place * interval '1 day' as day) d
     cross join unnest(v_hours) as h (hour)
     cross join unnest(v_minutes) as m (minute)
     where extract(month from d.day)::int = any (v_months)
       -- As in every cron: where both kinds of day are given, one of them is enough.
       and case
             when v_fields[3] = '*' then extract(dow from d.day)::int = any (v_weekdays)
             when v_fields[5] = '*' then extract(day from d.day)::int = any (v_days)
             else extract(dow from d.day)::int = any (v_weekdays) or extract(day from d.day)::int = any (v_days) end
       and d.day + make_interval(hours => h.hour, mins => m.minute) > v_after;
    if v_next is not null then
      return v_next at time zone 'UTC';
    end if;
  end loop;
  return null;
end
$$;
comment on function oblivion.cron_next(text, timestamptz) is
  'The first minute (UTC) after a time that a cron expression of five fields names; null for one that is none or names none. For the engine alone.';

create function oblivion.next_run(p_schedule oblivion.schedules)
returns timestamptz
language sql
stable
set search_path = ''
as $$
  -- After a pause (nobody ran what was due) there is one run, and the next is in its old step.
  select case
    when p_schedule.cron is not null then oblivion.cron_next(p_schedule.cron, now())
    when p_schedule.next_run_at is null then now() + make_interval(secs => p_schedule.every_seconds)
    else p_schedule.next_run_at + make_interval(secs => p_schedule.every_seconds
      * (floor(extract(epoch from now() - p_schedule.next_run_at) / p_schedule.every_seconds) + 1)::float8) end
$$;
comment on function oblivion.next_run(oblivion.schedules) is 'When a schedule is due next, seen from now. For the engine alone.';

create function oblivion.schedule_view(p_schedule oblivion.schedules)
returns jsonb
language sql
stable
set search_path = ''
as $$
  select jsonb_build_object(
    'scheduleId', p_schedule.id,
    'name', p_schedule.name,
    'title', p_schedule.task ->> 'title',
    'enabled', p_schedule.next_run_at is not null,
    'everySeconds', p_schedule.every_seconds,
    'cron', p_schedule.cron,
    'skipWhileRunning', p_schedule.skip_while_running,
    'nextRunAt', p_schedule.next_run_at,
    'lastRunAt', p_schedule.last_run_at,
    'lastTaskId', p_schedule.last_task_id,
    'lastError', p_schedule.last_error,
    'runs', p_schedule.runs,
    'failures', p_schedule.failures,
    'createdAt', p_schedule.created_at)
$$;
comment on function oblivion.schedule_view(oblivion.schedules) is 'A schedule as its customer sees it. For the engine alone.';

create function oblivion.scheduled_draft(p_owner_id bigint, p_task jsonb)
returns jsonb
language plpgsql
security definer
set search_path = ''
as $$
begin
  if jsonb_typeof(p_task) is distinct from 'object' or octet_length(p_task::text) > 1048576 then
    perform oblivion.raise_error('OB005', 'A schedule''s task is a JSON object of at most 1 MB, as create_task takes it.',
      'Use a range, or fewer inputs.', jsonb_build_object('field', 'task', 'reason', 'shape'));
  end if;
  -- Posted once to see what is wrong with it, and undone. That money or a contract is missing now is nothing wrong. Undone
  -- with it is its program, which is kept once a task pays for it: else a wallet, which costs nothing, could fill the disk.
  begin
    perform oblivion.task_stages(p_owner_id, p_task);
    perform oblivion.post_task(p_owner_id, p_task);
    raise exception 'undone' using errcode = 'OB999';
  exception
    when sqlstate 'OB999' or sqlstate 'OB007' or sqlstate 'OB012' or sqlstate 'OB015' then
      null;
  end;
  return p_task;
end
$$;
comment on function oblivion.scheduled_draft(bigint, jsonb) is
  'A task as a schedule keeps it, after all checks of create_task. OB005, OB006, OB009, OB013, OB014. For the engine alone.';

create function oblivion.run_schedule_row(p_schedule oblivion.schedules)
returns uuid
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_task_id uuid;
  v_error jsonb;
begin
  begin
    v_task_id := (oblivion.post_task(p_schedule.owner_id, p_schedule.task) ->> 'taskId')::uuid;
  exception
    -- Whatever is wrong with one schedule is its customer's to read, and keeps no other from running.
    when others then
      v_error := jsonb_build_object('code', sqlstate, 'message', sqlerrm);
  end;
  update oblivion.schedules s
     set last_run_at = now(),
         last_task_id = coalesce(v_task_id, s.last_task_id),
         last_error = v_error,
         runs = s.runs + (v_task_id is not null)::int,
         failures = case when v_task_id is null then s.failures + 1 else 0 end
   where s.id = p_schedule.id;
  return v_task_id;
end
$$;
comment on function oblivion.run_schedule_row(oblivion.schedules) is
  'Posts a schedule''s task once and writes down what came of it; answers the task or null. The caller holds the row. For the engine alone.';

create function oblivion.run_schedules()
returns int
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_schedule oblivion.schedules;
  v_count int := 0;
begin
  for v_schedule in
    select s.*
      from oblivion.schedules s
     where s.next_run_at <= now()
     order by s.next_run_at
     limit 20
       for update skip locked
  loop
    if not (v_schedule.skip_while_running and exists (
      select from oblivion.tasks t where t.id = v_schedule.last_task_id and t.finished_at is null)) then
      v_count := v_count + (oblivion.run_schedule_row(v_schedule) is not null)::int;
    end if;
    update oblivion.schedules s
       set next_run_at = case when s.failures < 10 then oblivion.next_run(v_schedule) end
     where s.id = v_schedule.id;
  end loop;
  return v_count;
end
$$;
comment on function oblivion.run_schedules() is
  'Posts the tasks of schedules that are due, 20 at most; answers how many. Ten failures in a row turn a schedule off. By the coordinator, every second; any number of them may.';

create function oblivion.require_schedule(p_schedule_id uuid)
returns oblivion.schedules
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_wallet text := oblivion.require_wallet();
  v_schedule oblivion.schedules;
begin
  select s.*
    into v_schedule
    from oblivion.schedules s
    join oblivion.owners o on o.id = s.owner_id
   where s.id = p_schedule_id
     and o.address = v_wallet
     for update of s;
  if not found then
    perform oblivion.raise_error('OB040', 'No schedule of yours has this id.', 'Look it up with list_schedules.',
      jsonb_build_object('scheduleId', p_schedule_id));
  end if;
  return v_schedule;
end
$$;
comment on function oblivion.require_schedule(uuid) is 'The caller''s own schedule, locked, or OB040. For the engine alone.';

create function public.create_schedule(p_schedule jsonb)
returns jsonb
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_owner bigint := oblivion.owner_of(oblivion.require_wallet());
  v_schedule oblivion.schedules;
  v_field text;
begin
  if jsonb_typeof(p_schedule) is distinct from 'object' then
    perform oblivion.raise_error('OB005', 'A schedule is a JSON object.', null,
      jsonb_build_object('field', 'p_schedule', 'reason', 'shape'));
  end if;
  select k into v_field
    from jsonb_object_keys(p_schedule) k
   where k not in ('name', 'task', 'everySeconds', 'cron', 'skipWhileRunning')
   limit 1;
  if v_field is not null then
    perform oblivion.raise_error('OB006', format('%s is not supported.', v_field), 'Leave it out.',
      jsonb_build_object('field', v_field));
  elsif p_schedule ? 'everySeconds' and p_schedule ? 'cron' then
    perform oblivion.raise_error('OB005', 'A schedule has an interval or a cron expression.', 'Send one of the two.',
      jsonb_build_object('field', 'cron', 'reason', 'either'));
  elsif coalesce(jsonb_typeof(p_schedule -> 'skipWhileRunning'), 'boolean') <> 'boolean' then
    perform oblivion.raise_error('OB005', 'skipWhileRunning is true or false.', null,
      jsonb_build_object('field', 'skipWhileRunning', 'reason', 'shape'));
  end if;
  v_schedule.name := oblivion.task_text(p_schedule, 'name', 200);
  if p_schedule ? 'cron' then
    v_schedule.cron := oblivion.task_text(p_schedule, 'cron', 200);
    if oblivion.cron_next(v_schedule.cron, now()) is null then
      perform oblivion.raise_error('OB005',
        'A cron expression has five fields (minute, hour, day, month, weekday, in UTC) and names at least one minute to come.',
        'For example 0 6 * * 1-5: at 06:00 from Monday to Friday.', jsonb_build_object('field', 'cron', 'reason', 'cron'));
    end if;
  else
    v_schedule.every_seconds := oblivion.task_integer(p_schedule, 'everySeconds', 600, 60, 31536000);
  end if;
  perform pg_advisory_xact_lock(oblivion.lock_key('schedules', v_owner::text));
  if (select count(*) from oblivion.schedules s where s.owner_id = v_owner) >= 100 then
    perform oblivion.raise_error('OB014', 'A wallet has at most 100 schedules.', 'Delete one that you no longer need.',
      jsonb_build_object('what', 'schedules', 'limit', 100));
  end if;
  insert into oblivion.schedules (owner_id, name, task, every_seconds, cron, skip_while_running)
  values (v_owner, v_schedule.name, oblivion.scheduled_draft(v_owner, p_schedule -> 'task'), v_schedule.every_seconds,
    v_schedule.cron, coalesce((p_schedule -> 'skipWhileRunning')::boolean, false))
  returning * into v_schedule;
  return oblivion.schedule_view(v_schedule);
end
$$;
comment on function public.create_schedule(jsonb) is
  'Keeps a task to be posted again and again: {name, task, everySeconds (600 by default, at least 60) | cron (five fields, UTC), skipWhileRunning}. It is off until set_schedule_enabled; each run holds its budget as create_task does. OB001, OB005, OB006, OB009, OB013, OB014.';

create function public.list_schedules()
returns jsonb
language plpgsql
stable
security definer
set search_path = ''
as $$
declare
  v_wallet text := oblivion.require_wallet();
begin
  return (
    select coalesce(jsonb_agg(oblivion.schedule_view(s) order by s.created_at, s.id), '[]')
      from oblivion.schedules s
      join oblivion.owners o on o.id = s.owner_id
     where o.address = v_wallet);
end
$$;
comment on function public.list_schedules() is 'The caller''s schedules, oldest first, 100 at most. OB001.';

create function public.set_schedule_enabled(p_schedule_id uuid, p_enabled boolean)
returns jsonb
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_schedule oblivion.schedules := oblivion.require_schedule(p_schedule_id);
begin
  if p_enabled is null then
    perform oblivion.raise_error('OB005', 'p_enabled is true or false.', null,
      jsonb_build_object('field', 'p_enabled', 'reason', 'missing'));
  end if;
  -- Turned on twice, it keeps its time.
  update oblivion.schedules s
     set next_run_at = case when p_enabled then coalesce(s.next_run_at, oblivion.next_run(s)) end,
         failures = case when p_enabled and s.next_run_at is null then 0 else s.failures end
   where s.id = v_schedule.id
  returning s.* into v_schedule;
  return oblivion.schedule_view(v_schedule);
end
$$;
comment on function public.set_schedule_enabled(uuid, boolean) is
  'Turns a schedule of the caller''s on or off. Its first run is one interval, or the next time of its cron expression, from now. OB001, OB005, OB040.';

create function public.run_schedule(p_schedule_id uuid)
returns jsonb
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_schedule oblivion.schedules := oblivion.require_schedule(p_schedule_id);
  v_task_id uuid := oblivion.run_schedule_row(v_schedule);
begin
  select s.* into v_schedule from oblivion.schedules s where s.id = p_schedule_id;
  return jsonb_build_object('taskId', v_task_id, 'error', v_schedule.last_error);
end
$$;
comment on function public.run_schedule(uuid) is
  'Posts the task of a schedule of the caller''s now, on or off; its time stays. {taskId, error: null | {code, message}}. OB001, OB040.';

create function public.delete_schedule(p_schedule_id uuid)
returns boolean
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_schedule oblivion.schedules := oblivion.require_schedule(p_schedule_id);
begin
  delete from oblivion.schedules s where s.id = v_schedule.id;
  return true;
end
$$;
comment on function public.delete_schedule(uuid) is
  'Forgets a schedule of the caller''s; tasks that it posted stay. OB001, OB040.';
