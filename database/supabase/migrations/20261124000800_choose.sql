-- Choosing: one choice behind every door (work_cycle, work_batch, next_jobs, claim_job_fair). The server chooses: a job
-- that it would not give to this caller now is refused, so colluders cannot pick.
--
-- Locks are taken in one order everywhere, so that no two calls wait for each other: the owner's (advisory), a task's
-- control lock, the jobs' rows, the owner's row, the task's row, the node's row, the task's (advisory; one by waiting, more
-- by trying), the customer's (advisory); of each kind several in the order of their ids. Who comes from the other side, as
-- rescue does, skips what is locked.
--
-- PostgreSQL skips nearly always: where the writer of a row ends in the moment in which `skip locked` looks at it, and
-- somebody else has the new version, it waits for that one. So whoever looks for a job may wait for whoever has one
-- locked, and nobody who has one waits without end for what a looker may hold, the lock of a bucket.

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

create function oblivion.is_full(p_task_id uuid, p_cap int)
returns boolean
language plpgsql
stable strict
security definer
set search_path = ''
as $$
declare
  -- Not spelled out below: a plan made while little is in work would read all that is by an index of that alone.
  v_status text := 'processing';
begin
  return p_cap <= (
    select count(*)
      from (
        select from public.jobs j
         where j.task_id = p_task_id
           and j.status = v_status
           and j.status in ('blocked', 'pending', 'processing')
         limit p_cap) c);
end
$$;
comment on function oblivion.is_full(uuid, int) is
  'Whether the task''s bucket of p_cap is full, as of this look; null without a cap. Takes no lock, so only its yes may be believed: whoever hears no asks has_slot(). For the engine alone.';

create function oblivion.has_slot(p_task_id uuid, p_cap int, p_wait boolean default true)
returns boolean
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_timeout text;
begin
  if p_cap is null then
    return true;
  end if;
  if not pg_try_advisory_xact_lock(oblivion.lock_key('task', p_task_id::text)) then
    if not p_wait then
      return false;
    end if;
    begin
      -- Shorter than deadlock_timeout, so that no call fails for it; the whole line at a bucket takes less.
      v_timeout := current_setting('lock_timeout');
      perform set_config('lock_timeout', '500ms', true);
      perform pg_advisory_xact_lock(oblivion.lock_key('task', p_task_id::text));
      perform set_config('lock_timeout', v_timeout, true);
    exception when lock_not_available then
      return false;
    end;
  end if;
  -- A statement of its own, so that it sees whatever was done before the lock was free.
  return not oblivion.is_full(p_task_id, p_cap);
end
$$;
comment on function oblivion.has_slot(uuid, int, boolean) is
  'Whether the task''s bucket of p_cap has a free slot; takes its lock to the end of the transaction. A bucket that stays busy for half a second counts as full; for a caller that does not wait, as it holds the lock of another task, any busy one. Asked only where is_full() says no: else all calls of the network stand in line at the first full bucket. For the engine alone.';

-- A full bucket is passed over by is_full(), which takes no lock. That starves nobody: it was full at that moment, nothing
-- of it is remembered beyond the call, and each end of a job there is followed by the next call of the very node that
-- ended it, in the same transaction where it asks for more.
create type oblivion.walk as (
  -- What it has come to, locked; null where there is nothing more.
  job public.jobs,
  -- Whether it may wait for the lock of a bucket: not where it holds one already, or another job.
  waits boolean,
  -- Tasks with a full bucket.
  closed uuid[],
  -- Fresh jobs: it goes on behind this one, may pass over so many tasks, and has drawn so many lots.
  rank int,
  created_at timestamptz,
  task_id uuid,
  seq bigint,
  allowance int,
  lots int,
  -- Tried ones: one that it has locked, and that a fresh one of a higher priority goes before; whether it has come to the
  -- caller's own; behind which it goes on.
  tried public.jobs,
  own boolean,
  tried_rank int,
  tried_owner_id bigint,
  tried_created_at timestamptz,
  tried_seq bigint,
  -- Tasks whose tried jobs are kept for the proven, and how many the caller had before and may not have yet.
  kept uuid[],
  refused int
);
comment on type oblivion.walk is
  'What one call has passed over in the order of claims: who takes several jobs in one call looks at nothing twice.';

create function oblivion.pick_retry(p_node public.nodes, p_except uuid[], p_walk oblivion.walk)
returns oblivion.walk
language plpgsql
security definer
set search_path = ''
-- Each look is the next entry of jobs_retry. A plan made while few wait would sort all that do for each.
set enable_sort = off
as $$
declare
  v_cluster bigint := oblivion.cluster_of(p_node);
  v_rank int;
  v_below bigint;
  v_next record;
  v_task record;
  v_job public.jobs;
  v_closed_chunks int := 0;
begin
  p_walk.tried := null;
  while p_walk.tried_rank < 32767 loop
    if p_walk.tried_owner_id is null then
      -- The next priority at which anything waits.
      select - j.priority
        into v_rank
        from public.jobs j
       where j.status = 'pending'
         and j.due
         and j.excluded_owner_id is not null
         and - j.priority > p_walk.tried_rank
       order by - j.priority
       limit 1;
      p_walk.tried_rank := coalesce(v_rank, 32767);
      exit when v_rank is null;
      p_walk.tried_owner_id := case when p_walk.own then p_node.owner_id else -1 end;
      p_walk.tried_created_at := '-infinity';
      p_walk.tried_seq := 0;
    end if;
    -- Two ranges of the index, below and above the caller's own; or its own.
    v_below := case
      when p_walk.own then p_node.owner_id + 1
      when p_walk.tried_owner_id < p_node.owner_id then p_node.owner_id
      else 9223372036854775807 end;
    -- The next one that may be for this caller, read row by row and not locked: what is not costs no second look. Each
    -- look goes on behind the last one.
    select j.id, j.task_id, j.attempt, j.excluded_owner_id, j.excluded_owner_ids, j.created_at, j.seq
      into v_next
      from public.jobs j
     where j.status = 'pending'
       and j.due
       and j.excluded_owner_id is not null
       and (- j.priority, j.excluded_owner_id) < (p_walk.tried_rank, v_below)
       and (- j.priority, j.excluded_owner_id, j.created_at, j.seq)
         > (p_walk.tried_rank, p_walk.tried_owner_id, p_walk.tried_created_at, p_walk.tried_seq)
       and j.customer_owner_id <> p_node.owner_id
       and j.task_id <> all (p_walk.closed)
       and j.id <> all (p_except)
       and (j.offered_until is null or j.offered_until <= now() or j.offered_to = p_node.owner_id)
       and case
             -- A replica that nobody tried is here for its sibling alone, which is asked for below: it may be gone.
             when j.attempt = 0 then true
             -- may_retry() without a look around.
             when j.available_at < now() - interval '2 minutes' then true
             -- It has a bound, since each look around may read half of the nodes. Who is passed over by that has its job
             -- in two minutes at the latest, as above.
             when p_node.owner_id = any (j.excluded_owner_ids) then p_walk.refused < 20
             else cardinality(p_walk.kept) < 20 and j.task_id <> all (p_walk.kept) end
       and exists (
             select
               from oblivion.tasks t
              where t.id = j.task_id
                and oblivion.suits(t, p_node)
                and (t.replicas = 1 or not exists (
                      select from oblivion.replica_owners r
                       where r.task_id = j.task_id
                         and r.chunk_index = j.chunk_index
                         and r.stage = j.stage
                         and r.cluster_id = v_cluster
                      -- By its key, for each.
                      offset 0))
             offset 0)
     order by - j.priority, j.excluded_owner_id, j.created_at, j.seq
     limit 1;
    if not found then
      if p_walk.own or p_walk.tried_owner_id >= p_node.owner_id then
        p_walk.tried_owner_id := null;
      else
        p_walk.tried_owner_id := p_node.owner_id;
        p_walk.tried_created_at := 'infinity';
        p_walk.tried_seq := 9223372036854775807;
      end if;
      continue;
    end if;
    p_walk.tried_owner_id := v_next.excluded_owner_id;
    p_walk.tried_created_at := v_next.created_at;
    p_walk.tried_seq := v_next.seq;
    if v_next.attempt > 0 and not oblivion.may_retry(v_next.id, p_node) then
      if p_node.owner_id <> all (v_next.excluded_owner_ids) then
        -- Kept for the proven: that is nearly always the same for all of its task, and for two minutes at most.
        p_walk.kept := p_walk.kept || v_next.task_id;
      else
        p_walk.refused := p_walk.refused + 1;
        if p_walk.own and p_walk.refused = 20 then
          p_walk.tried_rank := 32767;
        end if;
      end if;
      continue;
    end if;
    select t.max_concurrent_chunks as cap, t.replicas into v_task from oblivion.tasks t where t.id = v_next.task_id;
    if oblivion.is_full(v_next.task_id, v_task.cap) then
      p_walk.closed := p_walk.closed || v_next.task_id;
      continue;
    end if;
    select j.*
      into v_job
      from public.jobs j
     where j.id = v_next.id
       and (j.status, j.due, j.attempt) is not distinct from ('pending', true, v_next.attempt)
       and (j.offered_until is null or j.offered_until <= now() or j.offered_to = p_node.owner_id)
       for no key update skip locked;
    continue when not found;
    if v_task.replicas > 1 and not oblivion.may_replicate(v_job, p_node) then
      -- Its sibling is being claimed, or is offered to this caller.
      v_closed_chunks := v_closed_chunks + 1;
      exit when v_closed_chunks > 20;
      continue;
    end if;
    if oblivion.has_slot(v_job.task_id, v_task.cap, p_walk.waits) then
      p_walk.tried := v_job;
      p_walk.waits := p_walk.waits and v_task.cap is null;
      exit;
    end if;
    p_walk.closed := p_walk.closed || v_job.task_id;
    p_walk.waits := false;
  end loop;
  return p_walk;
end
$$;
comment on function oblivion.pick_retry(public.nodes, uuid[], oblivion.walk) is
  'Goes on to the next job that was tried before and suits the node, locked, in walk.tried: one that somebody else failed last, or where walk.own is set one of the caller''s own; null where there is none. For the engine alone.';

create function oblivion.plain_task(p_node public.nodes, p_from uuid default '00000000-0000-0000-0000-000000000000')
returns uuid
language plpgsql
stable
security definer
set search_path = ''
as $$
begin
  return (
    select x.id
      from (
        select t.id
          from oblivion.tasks t
         where t.status = 'running'
           and t.plain
           and t.id >= p_from
           and t.owner_id <> p_node.owner_id
           and t.owner_id is distinct from p_node.site_owner_id
         order by t.id
         limit 100) x
     where exists (
             select
               from (
                 select j.due, j.excluded_owner_id, j.offered_until
                   from public.jobs j
                  where j.task_id = x.id
                    and j.status = 'pending'
                  limit 50) w
              where w.due
                and w.excluded_owner_id is null
                and coalesce(w.offered_until <= now(), true))
     limit 1);
end
$$;
comment on function oblivion.plain_task(public.nodes, uuid) is
  'The next plain task from this key on that is neither the node''s own nor its site''s and has a fresh job waiting, of a hundred at most by fifty of its jobs; or null. For the engine alone.';

create function oblivion.pick_job(
  p_node public.nodes,
  p_before timestamptz default 'infinity',
  p_wait boolean default true,
  p_except uuid[] default '{}',
  p_near uuid default null,
  p_walk oblivion.walk default null
)
returns oblivion.walk
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_job public.jobs;
  v_task record;
  v_closed_chunks int := 0;
  v_from uuid;
  v_lot record;
  -- The rank that a fresh job has to beat.
  v_until int := 32767;
begin
  if p_walk.rank is null then
    p_walk := row(
      null, p_wait, '{}',
      -- One wallet has a thousand open tasks at most: none alone makes a call draw lots.
      -32768, '-infinity', '00000000-0000-0000-0000-000000000000', 0, 1000, 0,
      null, false, -32768, null, null, null, '{}', 0)::oblivion.walk;
  end if;
  p_walk.job := null;
  -- Whether anything waits that somebody else failed last: two looks at the ends of an index, and none at the caller's own.
  if (p_walk.tried).id is null and not p_walk.own and p_walk.tried_rank < 32767 and (
       (select min(j.excluded_owner_id) from public.jobs j
         where j.status = 'pending' and j.due and j.excluded_owner_id is not null) < p_node.owner_id
    or (select max(j.excluded_owner_id) from public.jobs j
         where j.status = 'pending' and j.due and j.excluded_owner_id is not null) > p_node.owner_id) then
    p_walk := oblivion.pick_retry(p_node, p_except, p_walk);
  end if;
  if (p_walk.tried).id is not null then
    -- At the same priority a job that was tried is the older one.
    v_until := - (p_walk.tried).priority;
  end if;
  while p_walk.lots <= 3 loop
    if p_walk.allowance = 0 then
      -- More than one call passes over. It goes on at a task by lot, so that each place is reached sooner or later,
      -- whatever lies before it and whatever comes meanwhile, and nothing has to be kept. Then at a plain one by lot, which
      -- suits every node that runs any program: among those no crowd of other tasks makes a lot worth less. Then at the task of
      -- the job that this node has just done: who has found the one task that it suits goes on with it.
      p_walk.lots := p_walk.lots + 1;
      exit when p_walk.lots > 3;
      p_walk.allowance := case p_walk.lots when 1 then 200 when 2 then 20 else 1 end;
      v_from := gen_random_uuid();
      select - t.priority as rank, t.created_at
        into v_lot
        from oblivion.tasks t
       where t.status = 'running'
         and t.id = case p_walk.lots
               when 1 then coalesce(
                 (select x.id from oblivion.tasks x where x.status = 'running' and x.id >= v_from order by x.id limit 1),
                 (select x.id from oblivion.tasks x where x.status = 'running' order by x.id limit 1))
               when 2 then coalesce(oblivion.plain_task(p_node, v_from), oblivion.plain_task(p_node))
               else p_near end;
      -- The first lot goes nowhere back: what lies there was passed over.
      if v_lot.rank is not null and (p_walk.lots > 1 or (v_lot.rank, v_lot.created_at) > (p_walk.rank, p_walk.created_at)) then
        p_walk.rank := v_lot.rank;
        p_walk.created_at := v_lot.created_at;
        -- Before this very task.
        p_walk.task_id := '00000000-0000-0000-0000-000000000000';
        p_walk.seq := 0;
      end if;
    end if;
    select j.*
      into v_job
      from public.jobs j
     where j.status = 'pending'
       and j.due
       and j.excluded_owner_id is null
       and (- j.priority, j.created_at, j.task_id, j.seq) > (p_walk.rank, p_walk.created_at, p_walk.task_id, p_walk.seq)
       and - j.priority < v_until
       and (j.offered_to = p_node.owner_id and j.offered_until > now()
         or coalesce(j.offered_until <= now(), true) and greatest(j.available_at, j.offered_until) <= p_before)
       and j.id <> all (p_except)
     order by - j.priority, j.created_at, j.task_id, j.seq
     limit 1
       for no key update skip locked;
    if v_job.id is null then
      -- The end; after a lot not of all.
      exit when p_walk.lots = 0;
      p_walk.allowance := 0;
      continue;
    end if;
    p_walk.rank := - v_job.priority;
    p_walk.created_at := v_job.created_at;
    p_walk.task_id := v_job.task_id;
    p_walk.seq := v_job.seq;
    if v_job.customer_owner_id <> p_node.owner_id and v_job.task_id <> all (p_walk.closed) then
      select t.max_concurrent_chunks as cap, t.replicas, oblivion.suits(t, p_node) as suits
        into v_task
        from oblivion.tasks t
       where t.id = v_job.task_id;
      if v_task.suits and oblivion.is_full(v_job.task_id, v_task.cap) is not true then
        if v_task.replicas > 1 and not oblivion.may_replicate(v_job, p_node) then
          -- One chunk is closed for this caller, not its task. Few a call: the next one finds them out of its way.
          perform oblivion.set_sibling_aside(v_job, p_node);
          v_closed_chunks := v_closed_chunks + 1;
          exit when v_closed_chunks > 20;
          continue;
        end if;
        if oblivion.has_slot(v_job.task_id, v_task.cap, p_walk.waits) then
          p_walk.job := v_job;
          -- Whoever holds a job waits for no bucket.
          p_walk.waits := false;
          return p_walk;
        end if;
        p_walk.closed := p_walk.closed || v_job.task_id;
        p_walk.waits := false;
      end if;
    end if;
    -- Closed for this caller: its own task (T5), one that the node does not suit, or a full bucket. All of its jobs are
    -- passed over at once.
    p_walk.seq := 9223372036854775807;
    p_walk.allowance := p_walk.allowance - 1;
    if p_walk.allowance > 0 then
      -- Where one task is closed, many may be: a thousand that ask for what no node has cost their customer nothing but a
      -- hold. Those that follow are passed over by one statement, which locks none of their jobs: some 10 us a task, where
      -- one by one they took 80. What is offered to others or too young for this node is out of its sight, as above.
      with recursive passed as (
        select p_walk.rank as rank, p_walk.created_at as created_at, p_walk.task_id as task_id, 0 as count
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
                    and - j.priority < v_until
                    and (j.offered_to = p_node.owner_id and j.offered_until > now()
                      or coalesce(j.offered_until <= now(), true) and greatest(j.available_at, j.offered_until) <= p_before)
                  order by - j.priority, j.created_at, j.task_id, j.seq
                  limit 1) n
         where p.count < p_walk.allowance
           and (n.customer_owner_id = p_node.owner_id
             or n.task_id = any (p_walk.closed)
             or not exists (
                  select from oblivion.tasks t
                   where t.id = n.task_id
                     and oblivion.suits(t, p_node)
                     and oblivion.is_full(t.id, t.max_concurrent_chunks) is not true
                  offset 0))
      )
      select p.rank, p.created_at, p.task_id, p_walk.allowance - p.count
        into p_walk.rank, p_walk.created_at, p_walk.task_id, p_walk.allowance
        from passed p
       order by p.count desc
       limit 1;
    end if;
  end loop;
  if (p_walk.tried).id is null then
    -- The caller's own failures come last, and few are looked at: whether anybody else could take them costs a look around.
    if not p_walk.own then
      p_walk.own := true;
      p_walk.tried_rank := -32768;
      p_walk.tried_owner_id := null;
      p_walk.refused := 0;
    end if;
    if exists (
      select from public.jobs j where j.status = 'pending' and j.due and j.excluded_owner_id = p_node.owner_id offset 0) then
      p_walk := oblivion.pick_retry(p_node, p_except, p_walk);
    end if;
  end if;
  p_walk.job := p_walk.tried;
  p_walk.tried := null;
  p_walk.waits := p_walk.waits and (p_walk.job).id is null;
  return p_walk;
end
$$;
comment on function oblivion.pick_job(public.nodes, timestamptz, boolean, uuid[], uuid, oblivion.walk) is
  'The job that the server gives to this node now, locked, in walk.job; or null. Order: priority, then age; never of one''s own task (T5); a fresh one only where it was available before p_before, or is offered to this node''s owner. p_near is the task of a job that the node was just paid for, p_walk what this function answered earlier in the same call: it goes on from there. For the engine alone.';
