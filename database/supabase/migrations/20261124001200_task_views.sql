-- What a customer sees of its tasks. Before a chunk is accepted that is a state and no more: no text, no provider (M12, T7).

create function oblivion.require_task(p_task_id uuid)
returns oblivion.tasks
language plpgsql
stable
security definer
set search_path = ''
as $$
declare
  v_wallet text := oblivion.require_wallet();
  v_task oblivion.tasks;
begin
  select t.*
    into v_task
    from oblivion.tasks t
    join oblivion.owners o on o.id = t.owner_id
   where t.id = p_task_id
     and o.address = v_wallet;
  if not found then
    perform oblivion.raise_error('OB008', 'No task of yours has this id.', 'Look it up with list_tasks.',
      jsonb_build_object('taskId', p_task_id));
  end if;
  return v_task;
end
$$;
comment on function oblivion.require_task(uuid) is 'The caller''s own task, or OB008. For the engine alone.';

create function oblivion.job_letter(p_status text)
returns text
language sql
immutable strict parallel safe
set search_path = ''
as $$
  select case p_status
    when 'blocked' then 'b' when 'pending' then 'p' when 'processing' then 'r'
    when 'completed' then 'c' when 'failed' then 'f' when 'cancelled' then 'x' end
$$;
comment on function oblivion.job_letter(text) is 'A job status as one letter of a chunk grid.';

create function oblivion.task_view(p_task oblivion.tasks, p_chunks boolean)
returns jsonb
language sql
stable
security definer
set search_path = ''
as $$
  select jsonb_build_object(
    'taskId', p_task.id,
    'title', p_task.title,
    'type', p_task.type,
    'status', p_task.status,
    'program', p_task.program,
    'createdAt', p_task.created_at,
    'finishedAt', p_task.finished_at,
    'chunkCount', p_task.chunk_count,
    -- What has no rows yet waits for its planning, or was cancelled with the rest.
    'plannedCount', j.planned,
    'counts', jsonb_build_object(
      'blocked', j.blocked + case when p_task.finished_at is null then p_task.chunk_count - j.planned else 0 end,
      'pending', j.pending,
      'processing', j.processing,
      'completed', j.completed,
      'failed', j.failed,
      'cancelled', j.cancelled + case when p_task.finished_at is null then 0 else p_task.chunk_count - j.planned end),
    'budget', p_task.budget::text,
    'spent', (j.completed * p_task.price_per_chunk)::text,
    'held', oblivion.balance_of(a.id)::text,
    'pricePerChunk', p_task.price_per_chunk::text,
    'feeBps', p_task.fee_bps,
    'terms', oblivion.task_terms(p_task),
    'needs', jsonb_build_object(
      'capabilities', p_task.capabilities,
      'workerTypes', p_task.worker_types,
      'maxPricePerHour', p_task.max_price_per_hour::text),
    'mine', true)
    || case when p_chunks then jsonb_build_object('chunks',
         rpad(coalesce(j.letters, ''), p_task.chunk_count, case when p_task.finished_at is null then 'b' else 'x' end)) else '{}' end
    from (
      select count(*) as planned,
             count(*) filter (where status = 'blocked') as blocked,
             count(*) filter (where status = 'pending') as pending,
             count(*) filter (where status = 'processing') as processing,
             count(*) filter (where status = 'completed') as completed,
             count(*) filter (where status = 'failed') as failed,
             count(*) filter (where status = 'cancelled') as cancelled,
             case when p_chunks then string_agg(oblivion.job_letter(status), '' order by chunk_index) end as letters
        from public.jobs
       where task_id = p_task.id) j
    left join oblivion.accounts a on a.kind = 'task_hold' and a.task_id = p_task.id
$$;
comment on function oblivion.task_view(oblivion.tasks, boolean) is 'A task as its customer sees it. For the engine alone.';

create function public.get_task(p_task_id uuid)
returns jsonb
language sql
stable
security definer
set search_path = ''
as $$
  select oblivion.task_view(oblivion.require_task(p_task_id), true)
$$;
comment on function public.get_task(uuid) is
  'A task of the caller''s with the state of each chunk, one letter by index: b p r c f x. OB001, OB008.';

create function public.list_tasks(p_limit int default 50)
returns jsonb
language plpgsql
stable
security definer
set search_path = ''
as $$
declare
  v_wallet text := oblivion.require_wallet();
begin
  if p_limit is null or p_limit not between 1 and 100 then
    perform oblivion.raise_error('OB005', 'p_limit is 1 to 100.', null, jsonb_build_object('field', 'p_limit', 'reason', 'range'));
  end if;
  return (
    select coalesce(jsonb_agg(oblivion.task_view(l.task, false) order by (l.task).created_at desc), '[]')
      from (
        select t as task
          from oblivion.tasks t
          join oblivion.owners o on o.id = t.owner_id
         where o.address = v_wallet
         order by t.created_at desc
         limit p_limit) l);
end
$$;
comment on function public.list_tasks(int) is 'The caller''s tasks, newest first. OB001, OB005.';

create function public.task_results(
  p_task_id uuid,
  p_after int default -1,
  p_limit int default 100,
  p_chunks int[] default null
)
returns jsonb
language plpgsql
stable
security definer
set search_path = ''
as $$
declare
  v_task oblivion.tasks := oblivion.require_task(p_task_id);
  v_limit int := p_limit;
  v_results jsonb;
  v_last int;
begin
  if v_limit is null or v_limit not between 1 and 100 or cardinality(p_chunks) > 100 then
    perform oblivion.raise_error('OB005', 'At most 100 results a call.', 'Page with p_after.',
      jsonb_build_object('field', 'p_limit', 'reason', 'range'));
  end if;
  select coalesce(jsonb_agg(jsonb_build_object(
           'chunkIndex', r.chunk_index,
           'input', c.input,
           'result', r.canonical::jsonb,
           'resultHash', r.result_hash,
           'provider', a.provider_address,
           'attempt', r.attempt,
           'acceptedAt', r.accepted_at,
           'reward', p.reward::text) order by r.chunk_index), '[]'),
         max(r.chunk_index)
    into v_results, v_last
    from (
      select *
        from oblivion.results x
       where x.task_id = v_task.id
         and (p_chunks is null and x.chunk_index > coalesce(p_after, -1) or x.chunk_index = any (p_chunks))
       order by x.chunk_index
       limit v_limit) r
    join oblivion.chunks c on c.task_id = r.task_id and c.chunk_index = r.chunk_index
    join oblivion.attempts a on a.job_id = r.job_id and a.attempt = r.attempt
    join oblivion.receipts p on p.job_id = r.job_id;
  return jsonb_build_object(
    'results', v_results,
    'next', case when p_chunks is null and jsonb_array_length(v_results) = v_limit then v_last end);
end
$$;
comment on function public.task_results(uuid, int, int, int[]) is
  'Accepted results of a task of the caller''s by chunk index: after p_after, or of p_chunks. `next` is the p_after of the next page, or null. OB001, OB005, OB008.';

create function oblivion.end_task(p_task_id uuid)
returns bigint
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_limit int := (select s.chunks_per_part from oblivion.settings s);
  v_task oblivion.tasks;
begin
  -- Before any row: pausing takes the task's row first, this function the jobs' rows.
  perform pg_advisory_xact_lock(oblivion.lock_key('control', p_task_id::text));
  -- Waits for the rows of claims in flight: each is either dropped here, or runs and keeps its price. A task of more jobs
  -- than one tick moves is closed by its state first, and gets the money of the rest back as they are dropped.
  -- What runs learns of it at its next heartbeat; if its result comes first, it is paid (M12). Twice: a job that was
  -- given back in between is neither pending for the first nor processing for the second statement.
  for v_pass in 1..2 loop
    perform oblivion.move_waiting_jobs(p_task_id, array['blocked', 'pending'], 'cancelled', v_limit, true);
    update public.jobs j
       set cancel_requested = true
     where j.task_id = p_task_id
       and j.status = 'processing'
       and not j.cancel_requested;
  end loop;
  update oblivion.tasks t
     set status = 'cancelled',
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
  v_task oblivion.tasks := oblivion.require_task(p_task_id);
  v_refunded bigint := 0;
begin
  if v_task.status in ('running', 'paused') then
    v_refunded := oblivion.end_task(p_task_id);
    v_task := oblivion.require_task(p_task_id);
  end if;
  return jsonb_build_object('status', v_task.status, 'refunded', v_refunded::text);
end
$$;
comment on function public.cancel_task(uuid) is
  'Ends a running or paused task: open chunks are dropped and their money is free again (of more than some 10,000 the rest follows within seconds); running ones are paid if they finish first. OB001, OB008.';

create function oblivion.set_paused(p_task oblivion.tasks, p_paused boolean)
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
     set status = v_to
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
comment on function oblivion.set_paused(oblivion.tasks, boolean) is
  'Moves a task between running and paused, and its waiting jobs between pending and blocked; a task that has ended stays. Answers its status. For the engine alone.';

create function public.pause_task(p_task_id uuid)
returns jsonb
language sql
security definer
set search_path = ''
as $$
  select jsonb_build_object('status', oblivion.set_paused(oblivion.require_task(p_task_id), true))
$$;
comment on function public.pause_task(uuid) is
  'Keeps nodes from claiming more of a task of the caller''s: its running chunks end and are paid, its budget stays held. Answers {status}, which is not paused where the task has ended. Safe to repeat. OB001, OB008.';

create function public.resume_task(p_task_id uuid)
returns jsonb
language sql
security definer
set search_path = ''
as $$
  select jsonb_build_object('status', oblivion.set_paused(oblivion.require_task(p_task_id), false))
$$;
comment on function public.resume_task(uuid) is
  'Lets nodes claim chunks of a paused task of the caller''s again. Answers {status}. Safe to repeat. OB001, OB008.';
