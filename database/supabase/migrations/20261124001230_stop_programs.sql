-- Programs that must not run: stopped by an operator's hand (A8), or because they killed the sandboxes of nodes whose word
-- counts (T3). A stopped program is claimed by nobody; who runs it is told so by the next heartbeat, 15 s later at most.

create table oblivion.stopped_programs (
  -- A built-in's name, or sha256:<hash>.
  program_key text primary key check (length(program_key) between 1 and 200),
  reason text not null check (length(reason) between 1 and 200),
  stopped_at timestamptz not null default now()
);
comment on table oblivion.stopped_programs is 'Programs that nobody may run until an operator allows them again.';

create table oblivion.program_deaths (
  program_key text not null,
  owner_id bigint not null references oblivion.owners,
  operator boolean not null,
  job_id uuid not null,
  died_at timestamptz not null default now(),
  primary key (program_key, owner_id)
);
comment on table oblivion.program_deaths is
  'Which established owners'' sandboxes a program has killed: one word for each owner, the latest. Strangers have none (T3).';

create function oblivion.stopped_program(p_program_keys text[])
returns oblivion.stopped_programs
language sql
stable
security definer
set search_path = ''
as $$
  select s from oblivion.stopped_programs s where s.program_key = any (p_program_keys) order by s.stopped_at limit 1
$$;
comment on function oblivion.stopped_program(text[]) is 'The first of these programs that was stopped, or null. For the engine alone.';

create function oblivion.refuse_stopped(p_program_keys text[])
returns void
language plpgsql
stable
security definer
set search_path = ''
as $$
declare
  v_stopped oblivion.stopped_programs := oblivion.stopped_program(p_program_keys);
begin
  if v_stopped.program_key is not null then
    perform oblivion.raise_error('OB055', 'This program was stopped, so no node may run it.',
      'Ask the operator why; post the task with another program, or cancel it to get its money back.',
      jsonb_build_object('program', v_stopped.program_key, 'reason', v_stopped.reason));
  end if;
end
$$;
comment on function oblivion.refuse_stopped(text[]) is 'OB055 where one of these programs was stopped. For the engine alone.';

create function oblivion.program_died(p_node_id uuid, p_job_id uuid)
returns void
language plpgsql
security definer
set search_path = ''
as $$
begin
  if not oblivion.is_established(p_node_id) then
    return;
  end if;
  insert into oblivion.program_deaths as d (program_key, owner_id, operator, job_id)
  select oblivion.program_key(coalesce(t.stages -> j.stage::int -> 'program', t.program)), n.owner_id, n.operator, j.id
    from public.jobs j
    join oblivion.tasks t on t.id = j.task_id
    join public.nodes n on n.id = p_node_id
   where j.id = p_job_id
  on conflict (program_key, owner_id) do update
    set operator = excluded.operator,
        job_id = excluded.job_id,
        died_at = excluded.died_at;
end
$$;
comment on function oblivion.program_died(uuid, uuid) is
  'A node reported that this job''s program killed its sandbox. For the engine alone.';

create function oblivion.stop_program(p_program_key text, p_reason text)
returns int
language plpgsql
security definer
set search_path = ''
as $$
begin
  if p_program_key is null or p_program_key !~ '^([a-z][a-z0-9_-]{0,99}|sha256:[0-9a-f]{64})$' then
    perform oblivion.raise_error('OB005', 'A program is named by its built-in name, or by sha256: and its hash.', null,
      jsonb_build_object('field', 'p_program_key', 'reason', 'shape'));
  end if;
  -- No task with it is being posted meanwhile: post_task shares this lock.
  perform pg_advisory_xact_lock(oblivion.lock_key('programs', 'stopped'));
  insert into oblivion.stopped_programs (program_key, reason)
  values (p_program_key, left(coalesce(nullif(p_reason, ''), 'stopped'), 200))
  on conflict (program_key) do nothing;
  return oblivion.set_all_paused(
    array(select t.id from oblivion.tasks t where t.status = 'running' and p_program_key = any (t.program_keys)),
    true, 'program_stopped');
end
$$;
comment on function oblivion.stop_program(text, text) is
  'The kill switch: nobody gets a job of this program any more, its tasks are paused, nodes drop it with their next heartbeat, new tasks with it are refused. Answers how many tasks. By the operator alone. OB005.';

create function oblivion.allow_program(p_program_key text)
returns int
language plpgsql
security definer
set search_path = ''
as $$
begin
  perform pg_advisory_xact_lock(oblivion.lock_key('programs', 'stopped'));
  delete from oblivion.stopped_programs s where s.program_key = p_program_key;
  -- What was said against it is answered: the next word counts from nothing.
  delete from oblivion.program_deaths d where d.program_key = p_program_key;
  return oblivion.set_all_paused(
    array(
      select t.id
        from oblivion.tasks t
       where t.status = 'paused'
         and t.paused_reason = 'program_stopped'
         and p_program_key = any (t.program_keys)
         and (oblivion.stopped_program(t.program_keys)).program_key is null),
    false);
end
$$;
comment on function oblivion.allow_program(text) is
  'Takes stop_program back: the tasks that it paused go on. Answers how many. By the operator alone.';

create function oblivion.quarantine_programs()
returns int
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_key text;
  v_count int := 0;
begin
  for v_key in
    select d.program_key
      from oblivion.program_deaths d
     cross join oblivion.settings s
     where d.died_at > now() - interval '1 day'
       and not exists (select from oblivion.stopped_programs p where p.program_key = d.program_key)
     group by d.program_key, s.quarantine_after
    having count(*) >= s.quarantine_after or bool_or(d.operator)
  loop
    perform oblivion.stop_program(v_key, 'It killed the sandboxes of nodes.');
    v_count := v_count + 1;
  end loop;
  -- A task that came back into work another way, as when its customer stays after all.
  if exists (select from oblivion.stopped_programs) then
    v_count := v_count + oblivion.set_all_paused(
      array(
        select t.id
          from oblivion.tasks t
         where t.status = 'running'
           and (oblivion.stopped_program(t.program_keys)).program_key is not null),
      true, 'program_stopped');
  end if;
  return v_count;
end
$$;
comment on function oblivion.quarantine_programs() is
  'Stops programs that killed the sandboxes of so many established owners within a day, or of an operator''s node. Part of a tick, and of a rescue pass from a heartbeat or a poll. For the engine alone.';
