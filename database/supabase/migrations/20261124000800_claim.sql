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
  -- For as long it is kept from newcomers while somebody proven is there (T2).
  select exists (
           select from public.jobs j where j.id = p_job_id and j.available_at < now() - interval '2 minutes')
      or oblivion.may_take_tried(p_node.owner_id) and (
         not exists (
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
                       and a.outcome in ('failed', 'expired', 'released', 'rejected'))))
$$;
comment on function oblivion.may_retry(uuid, public.nodes) is 'Whether a job that was tried before may go to this node. For the engine alone.';

create function oblivion.has_room(p_node public.nodes)
returns boolean
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_free boolean;
  v_proven boolean;
begin
  -- All claims of one owner stand in line here, so the caps below are exact under races. `is null` makes it an
  -- expression, which plpgsql evaluates without a query.
  if pg_advisory_xact_lock(oblivion.lock_key('owner', p_node.owner_id::text)) is null then
    return false;
  end if;
  select n.current_jobs < n.max_jobs and (o.claims_from <= now() or not oblivion.others_can_work(o.id)),
         o.accepted_count >= s.proven_after or n.raised_max_jobs is not null
    into v_free, v_proven
    from public.nodes n
    join oblivion.owners o on o.id = n.owner_id
   -- By its key, as everything here: `enable_seqscan = off` of the callers leaves a table without one no good plan.
   cross join oblivion.settings s
   where n.id = p_node.id
     and s.id;
  return v_free
    and (v_proven
      or not exists (
        select from public.nodes n where n.owner_id = p_node.owner_id and n.current_jobs > 0));
end
$$;
comment on function oblivion.has_room(public.nodes) is
  'Whether the caps of node and owner and the owner''s claim budget allow one more job; takes the owner''s lock to the end of the transaction. For the engine alone.';

create function oblivion.has_slot(p_task_id uuid, p_cap int, p_wait boolean default true)
returns boolean
language plpgsql
security definer
set search_path = ''
as $$
begin
  if p_cap is null then
    return true;
  end if;
  if p_wait then
    perform pg_advisory_xact_lock(oblivion.lock_key('task', p_task_id::text));
  elsif not pg_try_advisory_xact_lock(oblivion.lock_key('task', p_task_id::text)) then
    return false;
  end if;
  return p_cap > (select count(*) from public.jobs j where j.task_id = p_task_id and j.status = 'processing');
end
$$;
comment on function oblivion.has_slot(uuid, int, boolean) is
  'Whether the task''s bucket of p_cap has a free slot; takes its lock to the end of the transaction. A caller that holds the lock of another task does not wait: a busy bucket counts as full. For the engine alone.';

create function oblivion.pick_retry(p_node public.nodes, p_except uuid[], p_closed uuid[], p_last_resort boolean)
returns public.jobs
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_rank int;
  v_job public.jobs;
begin
  if p_last_resort then
    -- The caller's own failures come last, and few are looked at: whether anybody else could take them costs a look around.
    select j.*
      into v_job
      from public.jobs j
     where j.id in (
             select o.id
               from public.jobs o
              where o.status = 'pending'
                and o.due
                and o.excluded_owner_id = p_node.owner_id
                and o.customer_owner_id <> p_node.owner_id
                and o.task_id <> all (p_closed)
                and o.id <> all (p_except)
                and (o.offered_until is null or o.offered_until <= now() or o.offered_to = p_node.owner_id)
              order by - o.priority, o.created_at, o.seq
              limit 20)
       and j.status = 'pending'
       and j.due
       and oblivion.may_retry(j.id, p_node)
     order by - j.priority, j.created_at, j.seq
     limit 1
       for no key update skip locked;
    return v_job;
  end if;
  loop
    -- The next priority at which anything waits.
    select - j.priority
      into v_rank
      from public.jobs j
     where j.status = 'pending'
       and j.due
       and j.excluded_owner_id is not null
       and - j.priority > coalesce(v_rank, -32768)
     order by - j.priority
     limit 1;
    exit when v_rank is null;
    select j.*
      into v_job
      from public.jobs j
     where j.status = 'pending'
       and j.due
       and - j.priority = v_rank
       and j.excluded_owner_id < p_node.owner_id
       and j.customer_owner_id <> p_node.owner_id
       and j.task_id <> all (p_closed)
       and j.id <> all (p_except)
       and (j.offered_until is null or j.offered_until <= now() or j.offered_to = p_node.owner_id)
       and oblivion.may_retry(j.id, p_node)
     order by j.excluded_owner_id, j.created_at, j.seq
     limit 1
       for no key update skip locked;
    exit when found;
    select j.*
      into v_job
      from public.jobs j
     where j.status = 'pending'
       and j.due
       and - j.priority = v_rank
       and j.excluded_owner_id > p_node.owner_id
       and j.customer_owner_id <> p_node.owner_id
       and j.task_id <> all (p_closed)
       and j.id <> all (p_except)
       and (j.offered_until is null or j.offered_until <= now() or j.offered_to = p_node.owner_id)
       and oblivion.may_retry(j.id, p_node)
     order by j.excluded_owner_id, j.created_at, j.seq
     limit 1
       for no key update skip locked;
    exit when found;
  end loop;
  return v_job;
end
$$;
comment on function oblivion.pick_retry(public.nodes, uuid[], uuid[], boolean) is
  'A job that was tried before, locked, or null: one that somebody else failed last; as a last resort one of the caller''s own. For the engine alone.';

create function oblivion.pick_job(p_node public.nodes, p_except uuid[] default '{}', p_wait boolean default true)
returns public.jobs
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_wait boolean := p_wait;
  v_closed uuid[] := '{}';
  v_retry public.jobs;
  v_job public.jobs;
  v_task record;
  -- Where to go on: behind this task's jobs of this priority and age.
  v_rank int := -32768;
  v_created timestamptz := '-infinity';
  v_task_id uuid := '00000000-0000-0000-0000-000000000000';
  -- The rank that a fresh job has to beat.
  v_until int := 32767;
begin
  -- Whether anything waits that somebody else failed last: two looks at the ends of an index, and none at the caller's own.
  if exists (
       select from public.jobs j
        where j.status = 'pending' and j.due and j.excluded_owner_id < p_node.owner_id)
    or exists (
       select from public.jobs j
        where j.status = 'pending' and j.due and j.excluded_owner_id > p_node.owner_id) then
    loop
      v_retry := oblivion.pick_retry(p_node, p_except, v_closed, false);
      exit when v_retry.id is null;
      select t.max_concurrent_chunks as cap, oblivion.suits(t, p_node) as suits
        into v_task from oblivion.tasks t where t.id = v_retry.task_id;
      exit when v_task.suits and oblivion.has_slot(v_retry.task_id, v_task.cap, v_wait);
      v_closed := v_closed || v_retry.task_id;
      v_wait := v_wait and not (v_task.suits and v_task.cap is not null);
    end loop;
    if v_retry.id is not null then
      -- At the same priority a job that was tried is the older one.
      v_until := - v_retry.priority;
      v_wait := v_wait and v_task.cap is null;
    end if;
  end if;
  loop
    select j.*
      into v_job
      from public.jobs j
     where j.status = 'pending'
       and j.due
       and j.excluded_owner_id is null
       and (- j.priority, j.created_at, j.task_id) > (v_rank, v_created, v_task_id)
       and - j.priority < v_until
       and (j.offered_until is null or j.offered_until <= now() or j.offered_to = p_node.owner_id)
       and j.id <> all (p_except)
     order by - j.priority, j.created_at, j.task_id, j.seq
     limit 1
       for no key update skip locked;
    exit when v_job.id is null;
    if v_job.customer_owner_id <> p_node.owner_id and v_job.task_id <> all (v_closed) then
      -- Most tasks ask nothing of a node, and then need no call.
      select t.max_concurrent_chunks as cap,
             t.status = 'running' and t.capabilities is null and t.worker_types is null and t.max_price_per_hour is null
               or oblivion.suits(t, p_node) as suits
        into v_task
        from oblivion.tasks t
       where t.id = v_job.task_id;
      if v_task.suits and oblivion.has_slot(v_job.task_id, v_task.cap, v_wait) then
        return v_job;
      end if;
      v_closed := v_closed || v_job.task_id;
      v_wait := v_wait and not (v_task.suits and v_task.cap is not null);
    end if;
    -- Closed for this caller: its own task (T5), one that the node does not suit, or a full bucket. All of its jobs are
    -- passed over at once.
    v_rank := - v_job.priority;
    v_created := v_job.created_at;
    v_task_id := v_job.task_id;
  end loop;
  if v_retry.id is not null then
    return v_retry;
  end if;
  loop
    v_retry := oblivion.pick_retry(p_node, p_except, v_closed, true);
    exit when v_retry.id is null;
    select t.max_concurrent_chunks as cap, oblivion.suits(t, p_node) as suits
        into v_task from oblivion.tasks t where t.id = v_retry.task_id;
    exit when v_task.suits and oblivion.has_slot(v_retry.task_id, v_task.cap, v_wait);
    v_closed := v_closed || v_retry.task_id;
    v_wait := false;
  end loop;
  return v_retry;
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
begin
  -- As stale_after() has it, read together with the limit of the task.
  select now() + least(
           case p_node.worker_type when 'browser' then s.stale_after_browser else s.stale_after end,
           make_interval(secs => t.timeout_seconds))
    into p_job.lease_expires_at
    from oblivion.tasks t, oblivion.settings s
   where t.id = p_job.task_id
     and s.id;
  p_job.status := 'processing';
  p_job.attempt := p_job.attempt + 1;
  p_job.node_id := p_node.id;
  p_job.provider_address := p_node.provider_address;
  p_job.started_at := now();
  p_job.progress := 0;
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
  v_counted text := set_config('oblivion.counted', 'elsewhere', true);
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
     and j.attempt = p_job.attempt;
  if not found then
    raise exception 'Job % is not locked by its claim.', p_job.id;
  end if;
  v_counted := set_config('oblivion.counted', '', true);
  return v_job;
end
$$;
comment on function oblivion.claim(public.jobs, public.nodes) is
  'Gives a locked pending job to a node. The caller adds it to nodes.current_jobs. For the engine alone.';

create function public.next_jobs(p_provider_address text, p_limit int default 1)
returns jsonb
language plpgsql
security definer
set search_path = ''
-- As work_cycle.
set plan_cache_mode = force_generic_plan
set enable_seqscan = off
set jit = off
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
     where o.id = v_node.owner_id
       and s.id;
  end if;
  -- Offers of a moment ago stand: asking again does not draw again.
  for v_job in
    select j.*
      from public.jobs j
     where j.status = 'pending'
       and j.offered_to = v_node.owner_id
       and j.offered_until > now()
     order by j.priority desc, j.created_at, j.task_id, j.seq
     limit v_limit
  loop
    v_jobs := v_jobs || oblivion.job_offer(v_job);
    v_offered := v_offered || v_job.id;
  end loop;
  while jsonb_array_length(v_jobs) < v_limit loop
    v_job := oblivion.pick_job(v_node, v_offered, v_jobs = '[]');
    if v_job.id is null and oblivion.promote_due() then
      continue;
    end if;
    exit when v_job.id is null;
    update public.jobs j
       set offered_to = v_node.owner_id,
           offered_until = now() + s.offer_window
      from oblivion.settings s
     where j.id = v_job.id
       and s.id
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
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_job public.jobs;
begin
  -- Waits for the row: somebody whose look at the queue is older than the offer may hold it for a moment, and an offer
  -- stands for its taker. Whoever holds a job's row waits for nobody behind us.
  select j.*
    into v_job
    from public.jobs j
   where j.id = p_job_id
     and j.status = 'pending'
     and j.due
     and j.offered_to = p_node.owner_id
     and j.offered_until > now()
     and j.customer_owner_id <> p_node.owner_id
     for no key update;
  if v_job.id is not null
    and not (
      select oblivion.suits(t, p_node) and oblivion.has_slot(t.id, t.max_concurrent_chunks)
        from oblivion.tasks t
       where t.id = v_job.task_id) then
    return null;
  end if;
  return v_job;
end
$$;
comment on function oblivion.lock_offered(uuid, public.nodes) is 'A job that stands offered to this node''s owner, locked; or null. For the engine alone.';

create function public.claim_job_fair(p_job_id uuid, p_provider_address text)
returns boolean
language plpgsql
security definer
set search_path = ''
-- As work_cycle.
set plan_cache_mode = force_generic_plan
set enable_seqscan = off
set jit = off
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
      v_claimed := true;
    end if;
  end if;
  update public.nodes n
     set last_seen = now(),
         current_jobs = n.current_jobs + v_claimed::int
   where n.id = v_node.id;
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
    or not (
      select oblivion.suits(t, v_node) and oblivion.has_slot(t.id, t.max_concurrent_chunks)
        from oblivion.tasks t
       where t.id = old.task_id) then
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
