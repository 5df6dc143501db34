-- Choosing: one choice behind every door (work_cycle, work_batch, next_jobs, claim_job_fair). The server chooses: a job
-- that it would not give to this caller now is refused, so colluders cannot pick.
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
  -- Whom its task does not suit cannot take it. That is asked of the very task: nodes.unsuited_until only tells of the
  -- head of the queue, where anybody may put a task.
  -- For as long it is kept from newcomers while somebody proven is there (T2).
  select j.available_at < now() - interval '2 minutes'
      or oblivion.may_take_tried(p_node.owner_id, j.task_id) and (
         p_node.owner_id <> all (j.excluded_owner_ids)
      or not exists (
           select
             from public.nodes n
             join oblivion.tasks t on t.id = j.task_id
            where n.owner_id not in (p_node.owner_id, j.customer_owner_id)
              and n.current_jobs < n.max_jobs
              and oblivion.suits(t, n)
              and oblivion.is_online(n.last_seen, n.next_poll_at)
              and n.owner_id <> all (j.excluded_owner_ids)))
    from public.jobs j
   where j.id = p_job_id
$$;
comment on function oblivion.may_retry(uuid, public.nodes) is 'Whether a job that was tried before may go to this node. For the engine alone.';

create function oblivion.prospects(p_node_id uuid, p_paid int)
returns table (key_hash bytea, room int, funded boolean, simple boolean, stale_after interval, max_inline_bytes int)
language sql
stable
begin atomic
  select n.key_hash,
         -- The caps of node and owner, the owner's claim budget and its unread results.
         case when not o.held_up
                and (o.claims_from <= now() or not oblivion.others_can_work(o.id))
                and (greatest(o.accepted_count, o.proven_count) >= s.proven_after or n.raised_max_jobs is not null
                  or n.current_jobs - p_paid <= 0 and not exists (
                       select from public.nodes x where x.owner_id = n.owner_id and x.id <> n.id and x.current_jobs > 0))
           then n.max_jobs - (n.current_jobs - p_paid) else 0 end,
         o.claims_from <= now(),
         -- Nobody waits whom this node may have to let go first, nothing waits that was tried before, and the node takes
         -- any program: then the first job in the order of claims is likely the one. By the ends of an index: asked
         -- whether there is one below or above, the planner guesses a third of all, and before a vacuum it may read every
         -- pending job, twice.
         w.expires_at <= now() and n.programs is null
           and coalesce((
             select min(j.excluded_owner_id) from public.jobs j
              where j.status = 'pending' and j.due and j.excluded_owner_id is not null) >= n.owner_id, true)
           and coalesce((
             select max(j.excluded_owner_id) from public.jobs j
              where j.status = 'pending' and j.due and j.excluded_owner_id is not null) <= n.owner_id, true),
         case n.worker_type when 'browser' then s.stale_after_browser else s.stale_after end,
         s.max_inline_bytes
    from public.nodes n
    join oblivion.owners o on o.id = n.owner_id
   -- By their keys, as everything here: `enable_seqscan = off` of the callers leaves a table without one no good plan.
   cross join oblivion.settings s
   cross join oblivion.waiting_room w
   where n.id = p_node_id
     and s.id
     and w.id;
end;
comment on function oblivion.prospects(uuid, int) is
  'All that a claim of this node depends on: for how many jobs the caps of node and owner, the owner''s claim budget and its unread results have room, with p_paid of its jobs just done; whether it has budget; whether the first job in the order of claims is likely its next. Exact under the owner''s lock, which the caller holds; inlined into its statement. For the engine alone.';

create function oblivion.has_room(p_node public.nodes)
returns boolean
language plpgsql
security definer
set search_path = ''
as $$
begin
  -- All claims of one owner stand in line here, so the caps are exact under races. `is null` makes it an expression,
  -- which plpgsql evaluates without a query.
  if pg_advisory_xact_lock(oblivion.lock_key('owner', p_node.owner_id::text)) is null then
    return false;
  end if;
  return (select p.room > 0 from oblivion.prospects(p_node.id, 0) p);
end
$$;
comment on function oblivion.has_room(public.nodes) is
  'Whether the caps of node and owner, the owner''s claim budget and its unread results allow one more job; takes the owner''s lock to the end of the transaction. For the engine alone.';

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
                -- A replica that nobody tried is here for its sibling alone.
                and o.attempt > 0
                and o.customer_owner_id <> p_node.owner_id
                and o.task_id <> all (p_closed)
                and o.id <> all (p_except)
                and exists (select from oblivion.tasks t where t.id = o.task_id and oblivion.suits(t, p_node) offset 0)
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
       and case
             -- Here and row by row, so that what does not suit the node costs no second look and locks nothing.
             when not exists (select from oblivion.tasks t where t.id = j.task_id and oblivion.suits(t, p_node) offset 0) then false
             when j.attempt = 0 then p_node.owner_id <> all (j.excluded_owner_ids)
             else oblivion.may_retry(j.id, p_node) end
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
       and case
             -- Here and row by row, so that what does not suit the node costs no second look and locks nothing.
             when not exists (select from oblivion.tasks t where t.id = j.task_id and oblivion.suits(t, p_node) offset 0) then false
             when j.attempt = 0 then p_node.owner_id <> all (j.excluded_owner_ids)
             else oblivion.may_retry(j.id, p_node) end
     order by j.excluded_owner_id, j.created_at, j.seq
     limit 1
       for no key update skip locked;
    exit when found;
  end loop;
  return v_job;
end
$$;
comment on function oblivion.pick_retry(public.nodes, uuid[], uuid[], boolean) is
  'A job that was tried before and suits the node, locked, or null: one that somebody else failed last; as a last resort one of the caller''s own. For the engine alone.';

create function oblivion.pick_job(
  p_node public.nodes,
  p_except uuid[] default '{}',
  p_wait boolean default true,
  p_before timestamptz default 'infinity'
)
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
  v_unsuited boolean;
  -- Where to go on: behind this task's jobs of this priority and age.
  v_rank int := -32768;
  v_created timestamptz := '-infinity';
  v_task_id uuid := '00000000-0000-0000-0000-000000000000';
  v_closed_chunks int := 0;
  -- How many tasks may be passed over in one go; and whether that was done once, and went on somewhere by lot.
  v_left int := 500;
  v_jumped boolean := false;
  v_from uuid := gen_random_uuid();
  v_lot record;
  -- The rank that a fresh job has to beat.
  v_until int := 32767;
begin
  -- Whether anything waits that somebody else failed last: two looks at the ends of an index, and none at the caller's own.
  if (select min(j.excluded_owner_id) from public.jobs j
       where j.status = 'pending' and j.due and j.excluded_owner_id is not null) < p_node.owner_id
    or (select max(j.excluded_owner_id) from public.jobs j
         where j.status = 'pending' and j.due and j.excluded_owner_id is not null) > p_node.owner_id then
    loop
      v_retry := oblivion.pick_retry(p_node, p_except, v_closed, false);
      exit when v_retry.id is null;
      select t.max_concurrent_chunks as cap, t.replicas
        into v_task from oblivion.tasks t where t.id = v_retry.task_id;
      if v_task.replicas > 1 and not oblivion.may_replicate(v_retry, p_node) then
        p_except := p_except || v_retry.id;
        continue;
      end if;
      exit when oblivion.has_slot(v_retry.task_id, v_task.cap, v_wait);
      v_closed := v_closed || v_retry.task_id;
      v_wait := false;
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
       and (j.offered_to = p_node.owner_id and j.offered_until > now()
         or coalesce(j.offered_until <= now(), true) and greatest(j.available_at, j.offered_until) <= p_before)
       and j.id <> all (p_except)
     order by - j.priority, j.created_at, j.task_id, j.seq
     limit 1
       for no key update skip locked;
    exit when v_job.id is null;
    v_unsuited := v_job.customer_owner_id = p_node.owner_id;
    if v_job.customer_owner_id <> p_node.owner_id and v_job.task_id <> all (v_closed) then
      select t.max_concurrent_chunks as cap, t.replicas, oblivion.suits(t, p_node) as suits
        into v_task
        from oblivion.tasks t
       where t.id = v_job.task_id;
      if v_task.suits and v_task.replicas > 1 and not oblivion.may_replicate(v_job, p_node) then
        -- One chunk is closed for this caller, not its task. Few a call: the next one finds them out of its way.
        perform oblivion.set_sibling_aside(v_job, p_node);
        p_except := p_except || v_job.id;
        v_closed_chunks := v_closed_chunks + 1;
        exit when v_closed_chunks > 20;
        continue;
      end if;
      if v_task.suits and oblivion.has_slot(v_job.task_id, v_task.cap, v_wait) then
        return v_job;
      end if;
      v_unsuited := not v_task.suits;
      if v_task.suits then
        v_closed := v_closed || v_job.task_id;
        v_wait := false;
      end if;
    end if;
    -- Closed for this caller: its own task (T5), one that the node does not suit, or a full bucket. All of its jobs are
    -- passed over at once.
    v_rank := - v_job.priority;
    v_created := v_job.created_at;
    v_task_id := v_job.task_id;
    if v_unsuited then
      -- Where one task does not suit the node, many may not: a thousand that ask for what no node has cost their customer
      -- nothing but a hold. Those that follow are passed over by one statement, which locks none of their jobs: some 10 us
      -- a task, where one by one they took 80.
      with recursive passed as (
        select v_rank as rank, v_created as created_at, v_task_id as task_id, 0 as count
        union all
        select n.rank, n.created_at, n.task_id, p.count + 1
          from passed p
         cross join lateral (
                 select - j.priority as rank, j.created_at, j.task_id, j.customer_owner_id
                   from public.jobs j
                  where j.status = 'pending'
                    and j.due
                    and j.excluded_owner_id is null
                    and (- j.priority, j.created_at, j.task_id) > (p.rank, p.created_at, p.task_id)
                  order by - j.priority, j.created_at, j.task_id, j.seq
                  limit 1) n
         where p.count < v_left
           and (n.customer_owner_id = p_node.owner_id
             or not exists (select from oblivion.tasks t where t.id = n.task_id and oblivion.suits(t, p_node) offset 0))
      )
      select p.rank, p.created_at, p.task_id, v_left - p.count
        into v_rank, v_created, v_task_id, v_left
        from passed p
       order by p.count desc
       limit 1;
      exit when v_left = 0 and v_jumped;
      if v_left = 0 then
        -- More than one call passes over. It goes on at a task by lot, so that each place is reached sooner or later,
        -- whatever lies before it and whatever comes meanwhile, and nothing has to be kept.
        v_left := 500;
        v_jumped := true;
        select - t.priority as rank, t.created_at
          into v_lot
          from oblivion.tasks t
         where t.status = 'running'
           and t.id >= v_from
         order by t.id
         limit 1;
        if (v_lot.rank, v_lot.created_at) > (v_rank, v_created) then
          v_rank := v_lot.rank;
          v_created := v_lot.created_at;
          -- Before this very task.
          v_task_id := '00000000-0000-0000-0000-000000000000';
        end if;
      end if;
    end if;
  end loop;
  if v_retry.id is not null then
    return v_retry;
  end if;
  loop
    v_retry := oblivion.pick_retry(p_node, p_except, v_closed, true);
    exit when v_retry.id is null;
    select t.max_concurrent_chunks as cap, t.replicas
      into v_task from oblivion.tasks t where t.id = v_retry.task_id;
    if v_task.replicas > 1 and not oblivion.may_replicate(v_retry, p_node) then
      p_except := p_except || v_retry.id;
      continue;
    end if;
    exit when oblivion.has_slot(v_retry.task_id, v_task.cap, v_wait);
    v_closed := v_closed || v_retry.task_id;
    v_wait := false;
  end loop;
  return v_retry;
end
$$;
comment on function oblivion.pick_job(public.nodes, uuid[], boolean, timestamptz) is
  'The job that the server gives to this node now, locked; or null. Order: priority, then age; never of one''s own task (T5); a fresh one only where it was available before p_before, or is offered to this node''s owner. For the engine alone.';
