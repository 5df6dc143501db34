-- What a customer does with a task of its own: cancel, pause, resume.

create function oblivion.end_task(p_task_id uuid)
returns bigint
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_limit int := (select s.chunks_per_part from oblivion.settings s);
  v_timeout text := current_setting('lock_timeout');
  v_task oblivion.tasks;
begin
  -- Before any row: pausing takes the task's row first, this function the jobs' rows.
  perform pg_advisory_xact_lock(oblivion.lock_key('control', p_task_id::text));
  -- Waits for the rows of claims in flight: each is either dropped here, or runs and keeps its price. A task of more jobs
  -- than one tick moves is closed by its state first, and gets the money of the rest back as they are dropped.
  -- What runs learns of it at its next heartbeat; if its result comes first, it is paid (M12). Twice: a job that was
  -- given back in between is neither pending for the first nor processing for the second statement.
  -- Who has one of these rows may wait for another that is locked here (choose.sql): so it waits a moment at a time, and
  -- lets go of all of them in between. After some seconds the rest is left to the ticks; the state closes it to every claim.
  for v_try in 1..20 loop
    begin
      perform set_config('lock_timeout', '200ms', true);
      for v_pass in 1..2 loop
        perform oblivion.move_waiting_jobs(p_task_id, array['blocked', 'pending'], 'cancelled', v_limit, true);
        update public.jobs j
           set cancel_requested = true
         where j.id in (
                 select p.id
                   from public.jobs p
                  where p.task_id = p_task_id
                    and p.status = 'processing'
                    and not p.cancel_requested
                  order by p.id
                    for no key update);
      end loop;
      perform set_config('lock_timeout', v_timeout, true);
      exit;
    exception when lock_not_available then
      null;
    end;
  end loop;
  update oblivion.tasks t
     set status = 'cancelled',
         paused_reason = null,
         finished_at = now()
   where t.id = p_task_id
     and t.status in ('running', 'paused')
  returning t.* into v_task;
  if not found then
    return 0;
  end if;
  delete from oblivion.plan_parts p where p.task_id = p_task_id;
  if exists (
    select from public.jobs j where j.task_id = p_task_id and j.status in ('blocked', 'pending')) then
    insert into oblivion.moving_tasks (task_id) values (p_task_id) on conflict do nothing;
  end if;
  return oblivion.refund_hold(v_task);
end
$$;
comment on function oblivion.end_task(uuid) is
  'Cancels a running or paused task and frees the money of all that is not in work; answers how much. For the engine alone.';

create function public.cancel_task(p_task_id uuid)
returns jsonb
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_task oblivion.tasks := oblivion.require_task(p_task_id, 'tasks');
  v_refunded bigint := 0;
begin
  if v_task.status in ('running', 'paused') then
    v_refunded := oblivion.end_task(p_task_id);
    v_task := oblivion.require_task(p_task_id, 'tasks');
  end if;
  return jsonb_build_object('status', v_task.status, 'refunded', v_refunded::text);
end
$$;
comment on function public.cancel_task(uuid) is
  'Ends a running or paused task: open chunks are dropped and their money is free again (of more than some 10,000 the rest follows within seconds); running ones are paid if they finish first. By an API key with the scope tasks: of what it posted itself. OB001, OB008, OB030, OB031.';

create function oblivion.set_paused(p_task oblivion.tasks, p_paused boolean, p_reason text default 'customer')
returns text
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_from text := case when p_paused then 'running' else 'paused' end;
  v_to text := case when p_paused then 'paused' else 'running' end;
  v_task oblivion.tasks;
  v_status text;
begin
  perform pg_advisory_xact_lock(oblivion.lock_key('control', p_task.id::text));
  -- The task's row before its jobs: whoever gives a job back shares this lock, so each comes back either before, and is
  -- seen below, or after, and then as its task is by now.
  update oblivion.tasks t
     set status = v_to,
         paused_reason = case when p_paused then p_reason end,
         resumed_at = case when p_paused then t.resumed_at else now() end
   where t.id = p_task.id
     and t.status = v_from
  returning t.* into v_task;
  if found then
    -- Out of the claim index, or into it again. What runs goes on, ends and is paid; the hold stays.
    perform oblivion.move_jobs(v_task);
  end if;
  select t.status into v_status from oblivion.tasks t where t.id = p_task.id;
  return v_status;
end
$$;
comment on function oblivion.set_paused(oblivion.tasks, boolean, text) is
  'Moves a task between running and paused, and its waiting jobs between pending and blocked; a task that has ended stays. Answers its status. For the engine alone.';

create function oblivion.set_all_paused(p_task_ids uuid[], p_paused boolean, p_reason text default 'customer')
returns int
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_task oblivion.tasks;
  v_count int := 0;
begin
  -- All their control locks before the first row: whoever has one of these waits for rows of its task.
  perform pg_advisory_xact_lock(oblivion.lock_key('control', x.id::text))
    from (select u.id from unnest(p_task_ids) as u (id) order by u.id) x;
  for v_task in
    select t.* from oblivion.tasks t where t.id = any (p_task_ids) order by t.id
  loop
    perform oblivion.set_paused(v_task, p_paused, p_reason);
    v_count := v_count + 1;
  end loop;
  return v_count;
end
$$;
comment on function oblivion.set_all_paused(uuid[], boolean, text) is
  'set_paused() of several tasks in the order of their ids; answers how many. For the engine alone.';

create function public.pause_task(p_task_id uuid)
returns jsonb
language sql
security definer
set search_path = ''
as $$
  select jsonb_build_object('status', oblivion.set_paused(oblivion.require_task(p_task_id, 'tasks'), true))
$$;
comment on function public.pause_task(uuid) is
  'Keeps nodes from claiming more of a task of the caller''s: its running chunks end and are paid, its budget stays held. Answers {status}, which is not paused where the task has ended. Safe to repeat. By an API key as cancel_task. OB001, OB008, OB030, OB031.';

create function public.resume_task(p_task_id uuid)
returns jsonb
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_task oblivion.tasks := oblivion.require_task(p_task_id, 'tasks');
  v_exit bigint := oblivion.exit_of(v_task.instance_id, v_task.owner_id);
begin
  if v_exit > 0 and v_task.asset = 'chain' and v_task.status = 'paused' then
    perform oblivion.raise_error('OB095', 'You have asked to withdraw from the contract, so no new work is begun.',
      'Withdraw, or cancel the withdrawal, on the Wallet page.', jsonb_build_object('exiting', v_exit::text));
  end if;
  if v_task.asset = 'chain' and v_task.status = 'paused' and oblivion.is_halted(v_task.instance_id) then
    perform oblivion.raise_error('OB015', 'Settlement is halted, so nobody can be paid for more of this task now.',
      'What the halt itself has paused goes on by itself; try again later with the rest.',
      (select jsonb_build_object('reason', i.halted_reason)
         from oblivion.settlement_instances i
        where i.id = v_task.instance_id));
  end if;
  if v_task.status = 'paused' then
    perform oblivion.refuse_stopped(v_task.program_keys);
  end if;
  return jsonb_build_object('status', oblivion.set_paused(v_task, false));
end
$$;
comment on function public.resume_task(uuid) is
  'Lets nodes claim chunks of a paused task of the caller''s again. Answers {status}. Safe to repeat. By an API key as cancel_task. OB001, OB008, OB015, OB030, OB031, OB055, OB095.';
