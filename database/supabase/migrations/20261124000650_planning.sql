-- What is too much for one call is done in ticks of some 10,000 rows: by the coordinator, and as a fallback by rescue
-- passes and empty polls, each enough alone. The first tick is a part of the call itself.
--
-- Planning makes the rows of a task's chunks and jobs. Moving brings jobs to where the state of their task wants them:
-- out of the claim index while it is paused, into it again, or to their end. The state of the task alone closes it to
-- every claim at once, so nobody depends on how far a move has come.

create table oblivion.plan_parts (
  task_id uuid not null references oblivion.tasks,
  first_index int not null check (first_index >= 0),
  -- A list of inputs, or a range {start, end, step}.
  inputs jsonb not null,
  primary key (task_id, first_index)
);
comment on table oblivion.plan_parts is 'Inputs of running tasks that have no rows yet; a part is deleted in the transaction that makes them.';

create table oblivion.plan_pass (
  id boolean primary key default true check (id),
  last_at timestamptz not null default '-infinity'
);
insert into oblivion.plan_pass default values;

create function oblivion.plan_part(p_task_id uuid)
returns int
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_task oblivion.tasks;
  v_part oblivion.plan_parts;
  v_size int;
begin
  -- Pausing and cancelling take this lock alone, so a part is planned wholly before or wholly after them.
  -- One part of a task at a time, in order, so that what has rows is always a beginning of the task.
  if not pg_try_advisory_xact_lock_shared(oblivion.lock_key('control', p_task_id::text))
    or not pg_try_advisory_xact_lock(oblivion.lock_key('plan', p_task_id::text)) then
    return 0;
  end if;
  select t.* into v_task from oblivion.tasks t where t.id = p_task_id and t.status in ('running', 'paused');
  if not found then
    return 0;
  end if;
  delete from oblivion.plan_parts p
   where p.task_id = p_task_id
     and p.first_index = (select min(q.first_index) from oblivion.plan_parts q where q.task_id = p_task_id)
  returning p.* into v_part;
  if not found then
    return 0;
  end if;
  insert into oblivion.chunks (task_id, chunk_index, input)
  select v_task.id, v_part.first_index + i.place, i.input
    from oblivion.part_inputs(v_part.inputs) i;
  get diagnostics v_size = row_count;
  -- As old as their task: jobs posted together lie together in the claim index, whenever their rows were made.
  insert into public.jobs (
    task_id, chunk_index, stage, replica, type, priority, customer_owner_id, status, fed, created_at)
  select v_task.id, v_part.first_index + g.place, n.stage, r.replica,
         coalesce(v_task.stages #>> array[n.stage::text, 'type'], v_task.type), v_task.priority, v_task.owner_id,
         case when n.stage > 0 or v_task.status = 'paused' then 'blocked' else 'pending' end, n.stage = 0, v_task.created_at
    from generate_series(0, v_size - 1) as g (place)
   cross join generate_series(0, v_task.stage_count - 1) as n (stage)
   cross join generate_series(0, v_task.replicas - 1) as r (replica)
   -- Replicas lie in no order that anybody could know: side by side, or a known way apart, whoever lets its wallets ask one
   -- right after the other would get all of a chunk's (T2).
   order by case when v_task.replicas > 1 then random() end, g.place, n.stage, r.replica;
  return v_size;
end
$$;
comment on function oblivion.plan_part(uuid) is
  'Makes the rows of the next part of a running or paused task; answers how many chunks, 0 where nothing is left or somebody else is at it. For the engine alone.';

create table oblivion.moving_tasks (
  task_id uuid primary key references oblivion.tasks
);
comment on table oblivion.moving_tasks is 'Tasks that were paused, resumed or cancelled and have jobs that are still to be moved after them.';

create function oblivion.plan_next()
returns int
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_task_id uuid;
  v_size int := 0;
begin
  -- Of the task that is planned least: many large tasks grow side by side.
  for v_task_id in
    select t.id
      from (select p.task_id, min(p.first_index) as planned from oblivion.plan_parts p group by p.task_id) w
      join oblivion.tasks t on t.id = w.task_id
     where t.status in ('running', 'paused')
     order by t.priority desc, w.planned, t.created_at
     limit 10
  loop
    v_size := oblivion.plan_part(v_task_id);
    exit when v_size > 0;
  end loop;
  return v_size;
end
$$;
comment on function oblivion.plan_next() is
  'Makes the rows of one part of one task; answers how many chunks. For the engine alone.';

create function oblivion.move_waiting_jobs(p_task_id uuid, p_from text[], p_to text, p_limit int, p_wait boolean)
returns int
language plpgsql
security definer
set search_path = ''
-- By the keys alone: a plan made for a small table, or without figures of it, reads the whole of it once per row.
set enable_seqscan = off
set enable_hashjoin = off
set enable_mergejoin = off
set jit = off
as $$
declare
  v_ids uuid[];
  v_count int;
begin
  if p_wait then
    v_ids := array(
      select j.id from public.jobs j
       where j.task_id = p_task_id and j.status = any (p_from) and (j.fed or p_to <> 'pending')
       limit p_limit
         for no key update);
  else
    v_ids := array(
      select j.id from public.jobs j
       where j.task_id = p_task_id and j.status = any (p_from) and (j.fed or p_to <> 'pending')
       limit p_limit
         for no key update skip locked);
  end if;
  update public.jobs j set status = p_to where j.id = any (v_ids);
  get diagnostics v_count = row_count;
  return v_count;
end
$$;
comment on function oblivion.move_waiting_jobs(uuid, text[], text, int, boolean) is
  'Moves at most p_limit jobs of a task from one state that waits to another, or to their end; a stage that has no input yet does not become pending; without waiting, what is locked stays. Answers how many. For the engine alone.';

create function oblivion.move_jobs(p_task oblivion.tasks)
returns int
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_limit int := (select s.chunks_per_part from oblivion.settings s);
  v_count int;
begin
  -- What is locked is being claimed, or moved within the index: waiting for it could be waiting for each other, and a
  -- job left pending is refused by every door while its task does not run.
  v_count := case p_task.status
    when 'paused' then oblivion.move_waiting_jobs(p_task.id, array['pending'], 'blocked', v_limit, false)
    when 'running' then oblivion.move_waiting_jobs(p_task.id, array['blocked'], 'pending', v_limit, false)
    else oblivion.move_waiting_jobs(p_task.id, array['pending', 'blocked'], 'cancelled', v_limit, false) end;
  if v_count = v_limit
    -- Left pending or cancelled later, it harms nobody; left blocked in a running task it would wait for ever.
    or p_task.status = 'running' and exists (
         select from public.jobs j where j.task_id = p_task.id and j.status = 'blocked' and j.fed) then
    insert into oblivion.moving_tasks (task_id) values (p_task.id) on conflict do nothing;
  else
    delete from oblivion.moving_tasks m where m.task_id = p_task.id;
  end if;
  return v_count;
end
$$;
comment on function oblivion.move_jobs(oblivion.tasks) is
  'Moves the waiting jobs of a task, chunks_per_part at most, to where its state wants them; what is left is for later ticks. The caller holds the task''s control lock. For the engine alone.';

create function oblivion.move_next()
returns int
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_task oblivion.tasks;
  v_count int := 0;
begin
  for v_task in
    select t.*
      from oblivion.moving_tasks m
      join oblivion.tasks t on t.id = m.task_id
     order by m.task_id
     limit 10
  loop
    continue when not pg_try_advisory_xact_lock(oblivion.lock_key('control', v_task.id::text));
    -- As it is under the lock.
    select t.* into v_task from oblivion.tasks t where t.id = v_task.id;
    v_count := oblivion.move_jobs(v_task);
    -- Where its customer's money is busy, a rescue pass frees the rest.
    if v_task.status = 'cancelled' and pg_try_advisory_xact_lock(oblivion.lock_key('customer', v_task.owner_id::text)) then
      perform oblivion.refund_hold(v_task);
    end if;
    exit when v_count > 0;
  end loop;
  return v_count;
end
$$;
comment on function oblivion.move_next() is
  'Moves jobs of one task after its state, and frees the money of those that were cancelled; answers how many. For the engine alone.';

create function oblivion.advance_jobs()
returns int
language plpgsql
security definer
set search_path = ''
as $$
begin
  return oblivion.plan_next() + oblivion.move_next() + oblivion.judge_next();
end
$$;
comment on function oblivion.advance_jobs() is
  'What of a tick anybody''s poll may do, for it waits for nobody: the rows of one part of one large task, jobs of one task moved after its state, and stages that wait for their judgement; answers how many. For the engine alone.';

create function oblivion.advance_tasks()
returns int
language plpgsql
security definer
set search_path = ''
as $$
begin
  -- Stopping a program waits for the control locks of its tasks: before anything is locked that their holders may wait for.
  return oblivion.quarantine_programs() + oblivion.advance_jobs() + oblivion.count_proven();
end
$$;
comment on function oblivion.advance_tasks() is
  'One tick: the rows of one part of one large task, jobs of one task moved after its state, stages that wait for their judgement, and what owners have proved; answers how many. For engine and coordinator.';

create function oblivion.maybe_advance()
returns boolean
language plpgsql
security definer
set search_path = ''
as $$
begin
  if not exists (select from oblivion.plan_parts)
    and not exists (select from oblivion.moving_tasks)
    and not exists (select from oblivion.stages_to_judge) then
    return false;
  end if;
  perform from oblivion.plan_pass p where p.last_at <= now() - interval '250 milliseconds' for no key update skip locked;
  if not found then
    return false;
  end if;
  update oblivion.plan_pass p set last_at = now();
  begin
    -- What owners have proved is left to the coordinator, without whom nothing is charged: it locks up to 200 of them.
    return oblivion.advance_jobs() > 0;
  exception
    -- It runs inside somebody else's poll, which must not fail with it. The coordinator's own tick is loud.
    when others then
      raise warning 'A tick of tasks failed: % (%)', sqlerrm, sqlstate;
      return false;
  end;
end
$$;
comment on function oblivion.maybe_advance() is
  'A tick if none ran in the last 250 ms, whoever asks; whether it did anything. For the engine alone.';
