-- Rescue: jobs whose node is gone go back to pending. It runs from every heartbeat and every empty poll (at most one
-- bounded pass per 5 s in all) and from the coordinator; each is enough alone.

create table oblivion.rescue_pass (
  id boolean primary key default true check (id),
  last_at timestamptz not null default '-infinity'
);
insert into oblivion.rescue_pass default values;

create function oblivion.promote_due()
returns boolean
language plpgsql
security definer
set search_path = ''
as $$
begin
  update public.jobs j
     set due = true
   where j.id in (
           select p.id
             from public.jobs p
            where p.status = 'pending'
              and not p.due
              and p.available_at <= now()
            order by p.available_at
            limit 100
              for no key update skip locked);
  return found or oblivion.maybe_advance();
end
$$;
comment on function oblivion.promote_due() is
  'Where a call found nothing to claim: moves jobs whose back-off is over into the claim index, or plans the next part of a large task, and answers whether there is more now. For the engine alone.';

create function oblivion.correct_counters()
returns void
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_node uuid;
begin
  for v_node in
    select n.id
      from public.nodes n
     where n.current_jobs <> (select count(*) from public.jobs j where j.node_id = n.id)
     limit 100
  loop
    -- Counted again under the row's lock: a claim in flight adds its own after us. Who is busy is looked at next time.
    perform from public.nodes n where n.id = v_node for no key update skip locked;
    continue when not found;
    update public.nodes n
       set current_jobs = (select count(*) from public.jobs j where j.node_id = n.id)
     where n.id = v_node
       and n.current_jobs <> (select count(*) from public.jobs j where j.node_id = n.id);
  end loop;
end
$$;
comment on function oblivion.correct_counters() is 'Puts a stuck nodes.current_jobs right. For the engine alone.';

create function oblivion.run_rescue()
returns int
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_job public.jobs;
  v_timeout int;
  v_count int := 0;
begin
  -- One pass at a time, and it waits for nobody: jobs and nodes that are busy at this moment are not dead, and what
  -- happens to a task in it is over in the next.
  if not pg_try_advisory_xact_lock(oblivion.lock_key('rescue', '')) then
    return 0;
  end if;
  perform oblivion.ensure_history_days();
  perform oblivion.promote_due();
  for v_job in
    select j.*
      from public.jobs j
      join public.nodes n on n.id = j.node_id
      join oblivion.owners o on o.id = n.owner_id
      join oblivion.tasks t on t.id = j.task_id
     where j.status = 'processing'
       and j.lease_expires_at < now()
     order by j.lease_expires_at
     limit 500
       for no key update of j, n, o skip locked
       for share of t skip locked
  loop
    select t.timeout_seconds into v_timeout from oblivion.tasks t where t.id = v_job.task_id;
    if now() >= v_job.started_at + make_interval(secs => v_timeout) then
      perform oblivion.fail_attempt(v_job, 'failed', oblivion.overrun_text(v_timeout));
    else
      perform oblivion.lose_attempt(v_job);
    end if;
    v_count := v_count + 1;
  end loop;
  -- Delivered, and no coordinator has read it: somebody else computes it, and a cancelled task gets its money back.
  for v_job in
    select j.*
      from oblivion.deliveries d
      join public.jobs j on j.id = d.job_id
      join oblivion.tasks t on t.id = j.task_id
     where d.delivered_at < now() - interval '1 day'
       -- Looked at again once its lock is given: somebody else may have begun it meanwhile.
       and (j.status, j.attempt) = ('processing', d.attempt)
     order by d.delivered_at
     limit 100
       for no key update of j skip locked
       for share of t skip locked
  loop
    perform oblivion.requeue(v_job);
    v_count := v_count + 1;
  end loop;
  -- What a cancel and a requeue at the same moment left behind.
  update public.jobs j
     set status = 'cancelled'
   where j.id in (
           select p.id
             from oblivion.tasks t
             join public.jobs p on p.task_id = t.id and p.status in ('blocked', 'pending')
            where t.status = 'cancelled'
              and t.holds
            limit 500
              for no key update of p skip locked);
  perform oblivion.correct_counters();
  perform oblivion.find_stuck_stages();
  perform oblivion.maybe_advance();
  perform oblivion.close_finished_tasks();
  return v_count;
end
$$;
comment on function oblivion.run_rescue() is
  'One bounded pass: back to pending, or to its end, what a dead node held; counters; finished tasks. Answers how many jobs. For engine and coordinator.';

create function oblivion.maybe_rescue()
returns int
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_count int := 0;
  v_timeout text := current_setting('lock_timeout');
begin
  if exists (select from oblivion.rescue_pass r where r.last_at > now() - interval '5 seconds') then
    return 0;
  end if;
  perform from oblivion.rescue_pass r where r.last_at <= now() - interval '5 seconds' for no key update skip locked;
  if not found then
    return 0;
  end if;
  update oblivion.rescue_pass r set last_at = now();
  -- All run inside somebody else's heartbeat, which must not fail with them. The coordinator's own passes are loud.
  -- Stopping a program waits for locks, and the caller holds some already: so not for long. The next pass is soon.
  perform set_config('lock_timeout', '100ms', true);
  begin
    perform oblivion.quarantine_programs();
  exception
    when lock_not_available then
      null;
    when others then
      raise warning 'No program could be quarantined: % (%)', sqlerrm, sqlstate;
  end;
  perform set_config('lock_timeout', v_timeout, true);
  begin
    v_count := oblivion.run_rescue();
  exception
    when others then
      raise warning 'The rescue pass failed: % (%)', sqlerrm, sqlstate;
  end;
  begin
    perform oblivion.refresh_network_stats();
  exception
    when others then
      raise warning 'The public figures could not be computed: % (%)', sqlerrm, sqlstate;
  end;
  return v_count;
end
$$;
comment on function oblivion.maybe_rescue() is 'A rescue pass if none ran in the last 5 s, whoever asks (A16). For the engine alone.';

create function public.cleanup_stale_jobs()
returns integer
language sql
security definer
set search_path = ''
as $$
  select oblivion.maybe_rescue()
$$;
comment on function public.cleanup_stale_jobs() is
  'Resets stuck jobs of offline nodes and answers how many. At most one pass per 5 s does work, whoever calls; 0 otherwise.';

create function oblivion.has_open_jobs(p_task_id uuid)
returns boolean
language sql
stable
security definer
set search_path = ''
as $$
  -- One look for both: between two of them a part could turn into jobs unseen.
  select exists (
           select from public.jobs j where j.task_id = p_task_id and j.status in ('blocked', 'pending', 'processing'))
      or exists (select from oblivion.plan_parts p where p.task_id = p_task_id)
      or exists (select from oblivion.stages_to_judge q where q.task_id = p_task_id)
$$;
comment on function oblivion.has_open_jobs(uuid) is
  'Whether anything of a task is still to be done, planned or judged. For the engine alone.';

create function oblivion.try_close_task(p_task_id uuid)
returns void
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_task oblivion.tasks;
begin
  if oblivion.has_open_jobs(p_task_id) then
    return;
  end if;
  -- Whoever gets both locks at once ends the task; the rest leave it to the next pass and wait for nothing.
  select t.* into v_task from oblivion.tasks t where t.id = p_task_id for no key update skip locked;
  if v_task.id is null
    or v_task.status not in ('running', 'paused', 'cancelled')
    or not pg_try_advisory_xact_lock(oblivion.lock_key('customer', v_task.owner_id::text))
    -- Looked at again under the lock: an operator may have reset a failed job.
    or oblivion.has_open_jobs(p_task_id) then
    return;
  end if;
  if v_task.status in ('running', 'paused') then
    update oblivion.tasks t
       set status = oblivion.final_status(v_task),
           paused_reason = null,
           finished_at = now()
     where t.id = p_task_id;
  end if;
  perform oblivion.refund_hold(v_task);
end
$$;
comment on function oblivion.try_close_task(uuid) is
  'Ends a running task none of whose jobs is open, and frees the rest of its budget, also that of a cancelled one. Two last completions at once may both see the other open: close_finished_tasks ends it then. For the engine alone.';

create function oblivion.try_close_task_of(p_job_id uuid)
returns void
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_task_id uuid;
begin
  select j.task_id
    into v_task_id
    from public.jobs j
    join oblivion.tasks t on t.id = j.task_id
   where j.id = p_job_id
     -- The last chunk is the last one claimed. While it is open nobody has to look at the others, past the index entries
     -- of all that was done before.
     and not exists (
           select from public.jobs l
            where l.task_id = j.task_id
              and l.chunk_index = t.chunk_count - 1
              and l.stage = 0
              and l.replica = 0
              and l.status in ('blocked', 'pending', 'processing'))
     and not exists (
           select from public.jobs o where o.task_id = j.task_id and o.status in ('blocked', 'pending', 'processing'));
  if found then
    perform oblivion.try_close_task(v_task_id);
  end if;
end
$$;
comment on function oblivion.try_close_task_of(uuid) is
  'try_close_task() of a job''s task, where none of its jobs is open. For the engine alone.';

create function oblivion.refund_hold(p_task oblivion.tasks)
returns bigint
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_hold bigint := oblivion.account('task_hold', p_task.asset, p_task.instance_id, null, p_task.id);
  v_open bigint;
  v_rest bigint;
  v_part int;
begin
  perform pg_advisory_xact_lock(oblivion.lock_key('customer', p_task.owner_id::text));
  -- Every job that is not at its end keeps its price, whatever happens to it next: what is pending may be claimed in this
  -- very moment. Counted before the balance is read: a result accepted between the two leaves too much held, not too little.
  select count(*)
    into v_open
    from public.jobs j
   where j.task_id = p_task.id
     and j.status in ('blocked', 'pending', 'processing');
  v_rest := oblivion.balance_of(v_hold) - v_open * p_task.price_per_chunk;
  if v_rest > 0 then
    select count(*) into v_part
      from oblivion.ledger_transactions l
     where l.instance_id = p_task.instance_id
       and l.kind = 'refund'
       and l.reference like p_task.id::text || ':%';
    perform oblivion.book('refund', p_task.id::text || ':' || v_part, p_task.asset, p_task.instance_id,
      array[v_hold, oblivion.account('customer_free', p_task.asset, p_task.instance_id, p_task.owner_id)],
      array[-v_rest, v_rest]);
    -- What came back its key may post again. Deleted since it ended, it may post nothing.
    update oblivion.api_keys k set used = k.used - v_rest where k.id = p_task.api_key_id;
  end if;
  if v_open = 0 then
    update oblivion.tasks t set holds = false where t.id = p_task.id and t.finished_at is not null;
    if p_task.metered then
      delete from oblivion.run_times r where r.task_id = p_task.id;
    end if;
  end if;
  return greatest(v_rest, 0);
end
$$;
comment on function oblivion.refund_hold(oblivion.tasks) is
  'Frees what a task still holds, less the price of each open job. For the engine alone.';

create function oblivion.close_finished_tasks()
returns void
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_task oblivion.tasks;
begin
  for v_task in
    select t.*
      from oblivion.tasks t
     where t.status in ('running', 'paused')
       and not oblivion.has_open_jobs(t.id)
     limit 100
  loop
    perform oblivion.try_close_task(v_task.id);
  end loop;
  -- A cancelled task gives back what its last running chunks did not use.
  for v_task in
    select t.*
      from oblivion.tasks t
     where t.status = 'cancelled'
       and t.holds
       and not oblivion.has_open_jobs(t.id)
     limit 100
  loop
    perform oblivion.try_close_task(v_task.id);
  end loop;
end
$$;
comment on function oblivion.close_finished_tasks() is 'Ends what try_close_task could not see as finished. For the engine alone.';
