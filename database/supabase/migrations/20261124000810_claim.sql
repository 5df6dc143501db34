-- Claiming: one way to begin an attempt behind every door (work_cycle, claim_job_fair, the fallback update). The order of
-- locks stands in choose.sql.

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
           make_interval(secs => t.timeout_seconds)),
         -- No more than it was assigned for: else who undercuts the others for an offer names another price then (M11).
         case when t.metered then least(
           oblivion.asked_rate(t, p_node.price_per_hour, s.default_price_per_hour),
           case when p_job.offered_to = p_node.owner_id and p_job.offered_until > now() then p_job.price_per_hour end) end
    into p_job.lease_expires_at, p_job.price_per_hour
    from oblivion.tasks t, oblivion.settings s
   where t.id = p_job.task_id
     and s.id;
  p_job.status := 'processing';
  p_job.attempt := p_job.attempt + 1;
  p_job.node_id := p_node.id;
  p_job.provider_address := p_node.provider_address;
  p_job.started_at := now();
  p_job.progress := 0;
  p_job.offered_to := null;
  p_job.offered_until := null;
  p_job.moves := p_job.moves + 1;
  perform oblivion.replica_claimed(p_job, p_node) from oblivion.tasks t where t.id = p_job.task_id and t.replicas > 1;
  return p_job;
end
$$;
comment on function oblivion.begin_attempt(public.jobs, public.nodes) is
  'A job as it stands once this node holds it. The caller holds the job''s row lock. For the engine alone.';

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
         offered_to = null,
         offered_until = null,
         lease_expires_at = v_job.lease_expires_at,
         price_per_hour = v_job.price_per_hour,
         moves = v_job.moves
   where j.id = p_job.id
     and (j.status, j.attempt) is not distinct from ('pending', p_job.attempt);
  if not found then
    raise exception 'Job % is not locked by its claim.', p_job.id;
  end if;
  return v_job;
end
$$;
comment on function oblivion.claim(public.jobs, public.nodes) is
  'Gives a locked pending job to a node. The caller adds it to nodes.current_jobs. For the engine alone.';

create function oblivion.job_offer(p_job public.jobs)
returns jsonb
language sql
stable
return jsonb_build_object(
  'jobId', p_job.id,
  'type', p_job.type,
  'priority', p_job.priority,
  'createdAt', p_job.created_at,
  'offeredUntil', p_job.offered_until);
comment on function oblivion.job_offer(public.jobs) is 'What next_jobs shows of an offered job. For the engine alone.';

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
  v_key text := nullif(current_setting('request.headers', true), '')::jsonb ->> 'x-node-key';
  v_node public.nodes;
  v_now record;
  v_job public.jobs;
  v_jobs jsonb := '[]';
  v_offered uuid[] := '{}';
  v_limit int;
  v_count int := 0;
  v_before timestamptz;
  v_left int;
  v_walk oblivion.walk;
  v_promoted int := -1;
begin
  if p_limit is null or p_limit not between 1 and 10 then
    perform oblivion.raise_error('OB005', 'p_limit is 1 to 10.', null, jsonb_build_object('field', 'p_limit', 'reason', 'range'));
  end if;
  -- As require_provider_node() has it, which says why not.
  select n.* into v_node
    from public.nodes n
   where n.key_hash = sha256(convert_to(v_key, 'UTF8'))
     and n.provider_address = lower(p_provider_address);
  if not found then
    v_node := oblivion.require_provider_node(p_provider_address);
  end if;
  if pg_advisory_xact_lock(oblivion.lock_key('owner', v_node.owner_id::text)) is null then
    return null;
  end if;
  select p.key_hash is distinct from v_node.key_hash as renewed, p.room, p.simple, exists (
           select from public.jobs j where j.status = 'pending' and j.offered_to = v_node.owner_id) as offered
    into v_now
    from oblivion.prospects(v_node.id, 0) p;
  if v_now.renewed and oblivion.node_key_hash() is not null then
    -- Revoked or registered again while this call waited: as in work_cycle.
    v_node := oblivion.require_provider_node(p_provider_address);
  end if;
  -- An offer keeps others away without any work: nobody gets more than it could take now (T2).
  v_limit := least(p_limit, v_now.room);
  if v_now.offered then
    -- One that was asked for and left lying is a draw given back, and costs as much: else a look at jobs were free (T2).
    -- What stays in the row says that it was left lying once.
    with lapsed as (
      update public.jobs j
         set offered_until = '-infinity',
             moves = j.moves + 1
       where j.id in (
               select l.id
                 from public.jobs l
                 join oblivion.tasks t on t.id = l.task_id
                where l.status = 'pending'
                  and l.offered_to = v_node.owner_id
                  and l.offered_until <= now()
                  and l.offered_until > '-infinity'
                  and not t.assign
                  for no key update of l skip locked)
      returning j.id
    )
    select count(*) into v_left from lapsed;
    if v_left > 0 then
      perform oblivion.change_budget(v_node.owner_id, - v_left);
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
      v_count := v_count + 1;
    end loop;
  elsif v_limit > 0 and v_now.simple then
    -- The common case, as in claim_head(): the first jobs in the order of claims.
    with head as materialized (
      select h.id, h.task_id, row_number() over () as place
        from (
          select j.id, j.task_id, j.customer_owner_id
            from public.jobs j
           where j.status = 'pending'
             and j.due
             and j.excluded_owner_id is null
             and (j.offered_until is null or j.offered_until <= now())
           order by - j.priority, j.created_at, j.task_id, j.seq
           limit v_limit
             for no key update skip locked) h
       where h.customer_owner_id <> v_node.owner_id
    ), offered as (
      update public.jobs j
         set offered_to = v_node.owner_id,
             offered_until = now() + s.offer_window,
             moves = j.moves + 1
        from head h, oblivion.tasks t, oblivion.settings s
       where j.id = h.id
         -- What was offered before takes the long way, below.
         and j.offered_to is null
         and t.id = h.task_id
         and t.plain
         and t.status = 'running'
         and s.id
      returning h.place, j.id, oblivion.job_offer(j) as offer
    )
    select coalesce(jsonb_agg(o.offer order by o.place), '[]'), coalesce(array_agg(o.id), '{}'), count(*)
      into v_jobs, v_offered, v_count
      from offered o;
  end if;
  if v_count < v_limit then
    v_before := oblivion.claims_before(v_node);
  end if;
  while v_count < v_limit loop
    v_walk := oblivion.pick_job(v_node, v_before, v_promoted < 0 and v_offered = '{}', v_offered, p_walk => v_walk);
    v_job := v_walk.job;
    -- Another hundred only where the last brought something: each begins anew at the head.
    if v_job.id is null and v_promoted < v_count and oblivion.promote_due() then
      v_promoted := v_count;
      v_walk := null;
      continue;
    end if;
    exit when v_job.id is null;
    -- Offered once and left lying: as one that was tried, or a hundred newcomers keep the last chunk of a task from
    -- everybody for 10 s each (T2). An assignment nobody asked for.
    if v_job.offered_to is not null
      and not oblivion.may_take_tried(v_node.owner_id, v_job)
      and exists (select from oblivion.tasks t where t.id = v_job.task_id and not t.assign) then
      v_offered := v_offered || v_job.id;
      exit when cardinality(v_offered) > 20;
      continue;
    end if;
    update public.jobs j
       set offered_to = v_node.owner_id,
           offered_until = now() + s.offer_window,
           -- An assignment's, of somebody else.
           price_per_hour = null,
           moves = j.moves + 1
      from oblivion.settings s
     where j.id = v_job.id
       and s.id
    returning j.* into v_job;
    v_jobs := v_jobs || oblivion.job_offer(v_job);
    v_offered := v_offered || v_job.id;
    v_count := v_count + 1;
  end loop;
  update public.nodes n set last_seen = now() where n.id = v_node.id;
  return v_jobs;
end
$$;
comment on function public.next_jobs(text, int) is
  'Up to p_limit pending jobs, no more than the node has room for, offered to this caller for 10 s: nobody else is shown them, and claim_job_fair gives them. What is left lying costs claim budget as a release does. OB001 to OB003, OB005.';

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
      select oblivion.suits(t, p_node)
             and (t.replicas = 1 or oblivion.may_replicate(v_job, p_node))
             and oblivion.is_full(t.id, t.max_concurrent_chunks) is not true
             and oblivion.has_slot(t.id, t.max_concurrent_chunks)
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
  v_key text := nullif(current_setting('request.headers', true), '')::jsonb ->> 'x-node-key';
  v_node public.nodes;
  v_now record;
  v_job public.jobs;
  v_claimed boolean := false;
begin
  -- As require_provider_node() has it, which says why not.
  select n.* into v_node
    from public.nodes n
   where n.key_hash = sha256(convert_to(v_key, 'UTF8'))
     and n.provider_address = lower(p_provider_address);
  if not found then
    v_node := oblivion.require_provider_node(p_provider_address);
  end if;
  if pg_advisory_xact_lock(oblivion.lock_key('owner', v_node.owner_id::text)) is null then
    return null;
  end if;
  select p.key_hash is distinct from v_node.key_hash as renewed, p.room, p.stale_after into v_now
    from oblivion.prospects(v_node.id, 0) p;
  if v_now.renewed and oblivion.node_key_hash() is not null then
    -- Revoked or registered again while this call waited: as in work_cycle.
    v_node := oblivion.require_provider_node(p_provider_address);
  end if;
  if v_now.room > 0 then
    if v_node.programs is null then
      -- The common case: offered to this caller, of a task that asks nothing. It waits for the row as lock_offered() does.
      update public.jobs j
         set status = 'processing',
             attempt = j.attempt + 1,
             node_id = v_node.id,
             provider_address = v_node.provider_address,
             started_at = now(),
             progress = 0,
             offered_to = null,
             offered_until = null,
             lease_expires_at = now() + least(v_now.stale_after, make_interval(secs => t.timeout_seconds)),
             moves = j.moves + 1
        from oblivion.tasks t
       where j.id = p_job_id
         and (j.status, j.due, j.offered_to) is not distinct from ('pending', true, v_node.owner_id)
         and j.offered_until > now()
         and j.customer_owner_id <> v_node.owner_id
         and t.id = j.task_id
         and t.plain
         and t.status = 'running';
      v_claimed := found;
    end if;
    if not v_claimed then
      v_job := oblivion.lock_offered(p_job_id, v_node);
      if v_job.id is null then
        -- Not offered: then only the very job that the server would choose for this node now.
        v_job := (oblivion.pick_job(v_node, oblivion.claims_before(v_node), p_wait => false)).job;
      end if;
      if v_job.id = p_job_id then
        v_job := oblivion.claim(v_job, v_node);
        v_claimed := true;
      end if;
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
create function oblivion.claim_directly(p_job_id uuid, p_status text, p_provider_address text)
returns public.jobs
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_provider text := oblivion.caller_provider();
  v_job public.jobs;
  v_node public.nodes;
begin
  select j.* into v_job from public.jobs j where j.id = p_job_id for no key update skip locked;
  if v_provider is null
    or v_job.status is distinct from 'pending'
    or p_status is distinct from 'processing'
    or lower(p_provider_address) is distinct from v_provider then
    return null;
  end if;
  v_node := oblivion.require_provider_node(v_provider);
  -- The job's row is locked already, against the order of locks: so the owner's is tried, and 0 rows where it is busy.
  if not pg_try_advisory_xact_lock(oblivion.lock_key('owner', v_node.owner_id::text))
    or not oblivion.has_room(v_node)
    or not v_job.due
    or v_job.offered_to is distinct from v_node.owner_id
    or v_job.offered_until <= now()
    or v_job.customer_owner_id = v_node.owner_id
    or not (
      select oblivion.suits(t, v_node)
             and (t.replicas = 1 or oblivion.may_replicate(v_job, v_node))
             and oblivion.is_full(t.id, t.max_concurrent_chunks) is not true
             and oblivion.has_slot(t.id, t.max_concurrent_chunks)
        from oblivion.tasks t
       where t.id = v_job.task_id) then
    return null;
  end if;
  update public.nodes n
     set current_jobs = n.current_jobs + 1
   where n.id = v_node.id;
  return oblivion.begin_attempt(v_job, v_node);
end
$$;
comment on function oblivion.claim_directly(uuid, text, text) is
  'What a direct update of a job by its caller makes of the row: a claim of a job that was offered to it, or null. Called by the trigger below as whoever updates.';

create function oblivion.guard_direct_update()
returns trigger
language plpgsql
set search_path = ''
as $$
begin
  -- Inside the engine's functions it is their owner who updates.
  if current_user in ('anon', 'authenticated') then
    return oblivion.claim_directly(old.id, new.status, new.provider_address);
  end if;
  return new;
end
$$;
comment on function oblivion.guard_direct_update() is
  'What a direct update of a job by anon or authenticated becomes: a claim of an offered job, or no change.';
create trigger a_guard_direct_update before update of status, provider_address on public.jobs
  for each row when (new.moves = old.moves) execute function oblivion.guard_direct_update();
