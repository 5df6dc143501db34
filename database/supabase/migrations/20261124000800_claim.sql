-- Claiming: one choice and one way to begin an attempt behind every door (work_cycle, claim_job_fair, the fallback
-- update). The server chooses: a job that it would not give to this caller now is refused, so colluders cannot pick.
--
-- Locks are taken in one order everywhere, so that no two calls wait for each other: the owner's (advisory), the job's
-- row, the node's row, the task's (advisory; one by waiting, more by trying), the task's row, the customer's
-- (advisory). Who comes from the other side, as rescue does, skips what is locked.

create function oblivion.may_retry(p_job_id uuid, p_node public.nodes)
returns boolean
language sql
stable
security definer
set search_path = ''
as $$
  -- Who failed, lost or gave back this job gets it again only while nobody else online could take it, or nobody did for
  -- two minutes, twice the longest told poll: else an idle node that beats and never asks would hold the job up for ever.
  select exists (
           select from public.jobs j where j.id = p_job_id and j.available_at < now() - interval '2 minutes')
      or not exists (
           select from oblivion.attempts a
            where a.job_id = p_job_id
              and a.owner_id = p_node.owner_id
              and a.outcome in ('failed', 'expired', 'released', 'rejected'))
      or not exists (
           select
             from public.nodes n, public.jobs j
            where j.id = p_job_id
              and n.owner_id not in (p_node.owner_id, j.customer_owner_id)
              and n.current_jobs < n.max_jobs
              and oblivion.is_online(n.last_seen, n.next_poll_at)
              and not exists (
                    select from oblivion.attempts a
                     where a.job_id = p_job_id
                       and a.owner_id = n.owner_id
                       and a.outcome in ('failed', 'expired', 'released', 'rejected')))
$$;
comment on function oblivion.may_retry(uuid, public.nodes) is 'Whether a job that was tried before may go to this node. For the engine alone.';

create function oblivion.has_room(p_node public.nodes)
returns boolean
language plpgsql
security definer
set search_path = ''
as $$
begin
  -- All claims of one owner stand in line here, so the caps below are exact under races.
  perform pg_advisory_xact_lock(oblivion.lock_key('owner', p_node.owner_id::text));
  return (select n.current_jobs < n.max_jobs from public.nodes n where n.id = p_node.id)
    and (
      (select o.accepted_count >= s.proven_after from oblivion.owners o, oblivion.settings s where o.id = p_node.owner_id)
      or not exists (
        select from public.nodes n where n.owner_id = p_node.owner_id and n.current_jobs > 0));
end
$$;
comment on function oblivion.has_room(public.nodes) is
  'Whether the caps of node and owner allow one more job; takes the owner''s lock to the end of the transaction. For the engine alone.';

create function oblivion.full_tasks()
returns uuid[]
language sql
stable
security definer
set search_path = ''
as $$
  select coalesce(array_agg(t.id), '{}')
    from oblivion.tasks t
   where t.status = 'running'
     and t.max_concurrent_chunks <= (
           select count(*) from public.jobs j where j.task_id = t.id and j.status = 'processing')
$$;
comment on function oblivion.full_tasks() is 'Running tasks whose bucket is full. For the engine alone.';

create function oblivion.has_slot(p_task_id uuid, p_wait boolean default true)
returns boolean
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_cap int;
begin
  select t.max_concurrent_chunks into v_cap from oblivion.tasks t where t.id = p_task_id;
  if v_cap is null then
    return true;
  end if;
  if p_wait then
    perform pg_advisory_xact_lock(oblivion.lock_key('task', p_task_id::text));
  elsif not pg_try_advisory_xact_lock(oblivion.lock_key('task', p_task_id::text)) then
    return false;
  end if;
  return v_cap > (select count(*) from public.jobs j where j.task_id = p_task_id and j.status = 'processing');
end
$$;
comment on function oblivion.has_slot(uuid, boolean) is
  'Whether the task''s bucket has a free slot; takes its lock to the end of the transaction. A caller that holds the lock of another task does not wait: a busy bucket counts as full. For the engine alone.';

create function oblivion.pick_job(p_node public.nodes, p_except uuid[] default '{}', p_wait boolean default true)
returns public.jobs
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_full uuid[] := oblivion.full_tasks();
  v_wait boolean := p_wait;
  v_job public.jobs;
begin
  loop
    select j.*
      into v_job
      from public.jobs j
     where j.status = 'pending'
       and j.due
       and j.customer_owner_id <> p_node.owner_id
       and (j.offered_until is null or j.offered_until <= now() or j.offered_to = p_node.owner_id)
       and j.task_id <> all (v_full)
       and j.id <> all (p_except)
       and (j.attempt = 0 or oblivion.may_retry(j.id, p_node))
     order by j.priority desc, j.seq
     limit 1
       for no key update skip locked;
    if v_job.id is null or oblivion.has_slot(v_job.task_id, v_wait) then
      return v_job;
    end if;
    v_full := v_full || v_job.task_id;
    v_wait := false;
  end loop;
end
$$;
comment on function oblivion.pick_job(public.nodes, uuid[], boolean) is
  'The job that the server gives to this node now, locked; or null. Order: priority, then age; never of one''s own task (T5). For the engine alone.';

create function oblivion.begin_attempt(p_job public.jobs, p_node public.nodes)
returns public.jobs
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_timeout interval;
begin
  select make_interval(secs => t.timeout_seconds) into v_timeout from oblivion.tasks t where t.id = p_job.task_id;
  p_job.status := 'processing';
  p_job.attempt := p_job.attempt + 1;
  p_job.node_id := p_node.id;
  p_job.provider_address := p_node.provider_address;
  p_job.started_at := now();
  p_job.progress := 0;
  p_job.lease_expires_at := now() + least(oblivion.stale_after(p_node.worker_type), v_timeout);
  insert into oblivion.attempts (job_id, attempt, node_id, owner_id, provider_address)
  values (p_job.id, p_job.attempt, p_node.id, p_node.owner_id, p_node.provider_address);
  return p_job;
end
$$;
comment on function oblivion.begin_attempt(public.jobs, public.nodes) is
  'A job as it stands once this node holds it, and its attempt on record. The caller holds the job''s row lock. For the engine alone.';

create function oblivion.claim(p_job public.jobs, p_node public.nodes)
returns public.jobs
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_job public.jobs := oblivion.begin_attempt(p_job, p_node);
begin
  update public.jobs j
     set status = v_job.status,
         attempt = v_job.attempt,
         node_id = v_job.node_id,
         provider_address = v_job.provider_address,
         started_at = v_job.started_at,
         progress = v_job.progress,
         lease_expires_at = v_job.lease_expires_at
   where j.id = p_job.id
     and j.status = 'pending'
     and j.attempt = p_job.attempt
  returning j.* into v_job;
  return v_job;
end
$$;
comment on function oblivion.claim(public.jobs, public.nodes) is 'Gives a locked pending job to a node. For the engine alone.';

create function public.next_jobs(p_provider_address text, p_limit int default 1)
returns jsonb
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_node public.nodes := oblivion.require_provider_node(p_provider_address);
  v_job public.jobs;
  v_jobs jsonb := '[]';
  v_offered uuid[] := '{}';
  v_limit int := 0;
begin
  if p_limit is null or p_limit not between 1 and 10 then
    perform oblivion.raise_error('OB005', 'p_limit is 1 to 10.', null, jsonb_build_object('field', 'p_limit', 'reason', 'range'));
  end if;
  if oblivion.has_room(v_node) then
    -- An offer keeps others away without any work: who has proved nothing gets few at once (T2).
    select case when o.accepted_count >= s.proven_after then p_limit else least(p_limit, s.max_jobs) end
      into v_limit
      from oblivion.owners o, oblivion.settings s
     where o.id = v_node.owner_id;
  end if;
  perform oblivion.promote_due();
  -- Offers of a moment ago stand: asking again does not draw again.
  for v_job in
    select j.*
      from public.jobs j
     where j.status = 'pending'
       and j.offered_to = v_node.owner_id
       and j.offered_until > now()
     order by j.priority desc, j.seq
     limit v_limit
  loop
    v_jobs := v_jobs || oblivion.job_offer(v_job);
    v_offered := v_offered || v_job.id;
  end loop;
  while jsonb_array_length(v_jobs) < v_limit loop
    v_job := oblivion.pick_job(v_node, v_offered, v_jobs = '[]');
    exit when v_job.id is null;
    update public.jobs j
       set offered_to = v_node.owner_id,
           offered_until = now() + s.offer_window
      from oblivion.settings s
     where j.id = v_job.id
    returning j.* into v_job;
    v_jobs := v_jobs || oblivion.job_offer(v_job);
    v_offered := v_offered || v_job.id;
  end loop;
  update public.nodes n set last_seen = now() where n.id = v_node.id;
  return v_jobs;
end
$$;
comment on function public.next_jobs(text, int) is
  'Up to p_limit pending jobs (2 for a newcomer, none for a node without room), offered to this caller for 10 s: nobody else is shown them, and claim_job_fair gives them. OB001 to OB003, OB005.';

create function oblivion.job_offer(p_job public.jobs)
returns jsonb
language sql
immutable
set search_path = ''
as $$
  select jsonb_build_object(
    'jobId', p_job.id,
    'type', p_job.type,
    'priority', p_job.priority,
    'createdAt', p_job.created_at,
    'offeredUntil', p_job.offered_until)
$$;
comment on function oblivion.job_offer(public.jobs) is 'What next_jobs shows of an offered job. For the engine alone.';

create function oblivion.lock_offered(p_job_id uuid, p_node public.nodes)
returns public.jobs
language sql
security definer
set search_path = ''
as $$
  select j.*
    from public.jobs j
   where j.id = p_job_id
     and j.status = 'pending'
     and j.due
     and j.offered_to = p_node.owner_id
     and j.offered_until > now()
     and j.customer_owner_id <> p_node.owner_id
     and oblivion.has_slot(j.task_id)
     for no key update skip locked
$$;
comment on function oblivion.lock_offered(uuid, public.nodes) is 'A job that stands offered to this node''s owner, locked; or null. For the engine alone.';

create function public.claim_job_fair(p_job_id uuid, p_provider_address text)
returns boolean
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_node public.nodes := oblivion.require_provider_node(p_provider_address);
  v_job public.jobs;
  v_claimed boolean := false;
begin
  if oblivion.has_room(v_node) then
    v_job := oblivion.lock_offered(p_job_id, v_node);
    if v_job.id is null then
      -- Not offered: then only the very job that the server would choose for this node now.
      v_job := oblivion.pick_job(v_node, p_wait => false);
    end if;
    if v_job.id = p_job_id then
      v_job := oblivion.claim(v_job, v_node);
      v_claimed := v_job.id is not null;
    end if;
  end if;
  update public.nodes n set last_seen = now() where n.id = v_node.id;
  return v_claimed;
end
$$;
comment on function public.claim_job_fair(uuid, text) is
  'Claims a job for the caller''s node, atomically. False where it is taken, not offered to this caller, or a cap is reached. OB001 to OB003.';

-- The fallback claim of older workers: `update jobs set status = 'processing', provider_address = mine where id = X and
-- status = 'pending'`, then a read-back. Here it runs through the same checks and locks, and changes 0 rows for a job
-- that was not offered to the caller (A4).
create function oblivion.guard_direct_update()
returns trigger
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_provider text := oblivion.caller_provider();
  v_node public.nodes;
begin
  if v_provider is null
    or old.status <> 'pending'
    or new.status <> 'processing'
    or lower(new.provider_address) is distinct from v_provider then
    return null;
  end if;
  v_node := oblivion.require_provider_node(v_provider);
  -- The job's row is locked already, against the order of locks: so the owner's is tried, and 0 rows where it is busy.
  if not pg_try_advisory_xact_lock(oblivion.lock_key('owner', v_node.owner_id::text))
    or not oblivion.has_room(v_node)
    or not old.due
    or old.offered_to is distinct from v_node.owner_id
    or old.offered_until <= now()
    or old.customer_owner_id = v_node.owner_id
    or not oblivion.has_slot(old.task_id) then
    return null;
  end if;
  return oblivion.begin_attempt(old, v_node);
end
$$;
comment on function oblivion.guard_direct_update() is
  'What a direct update of a job by anon or authenticated becomes: a claim of an offered job, or no change.';
-- The condition runs as whoever updates: inside the engine's functions that is their owner.
create trigger a_guard_direct_update before update on public.jobs
  for each row when (current_user in ('anon', 'authenticated'))
  execute function oblivion.guard_direct_update();
