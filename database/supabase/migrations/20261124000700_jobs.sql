-- Jobs: what is claimed. Where a job is (status), how a try ended (attempts.outcome) and what is believed of its result
-- (results.verdict) are three columns. docs/state-machine.md is the table of transitions.

create table public.jobs (
  id uuid primary key default gen_random_uuid(),
  seq bigint generated always as identity,
  task_id uuid not null references oblivion.tasks,
  chunk_index int not null,
  -- Which step of a pipeline, and which of several jobs of one chunk and stage.
  stage smallint not null default 0,
  replica smallint not null default 0,
  -- False while a later stage waits for the result that it is fed with.
  fed boolean not null default true,
  type text not null,
  status text not null default 'pending',
  priority smallint not null default 0,
  -- Rows that are not due yet must not sit in the claim index, and a partial index knows no now().
  due boolean not null default true,
  available_at timestamptz not null default now(),
  -- The number of the latest attempt: the fencing token that a completion presents. It only grows.
  attempt int not null default 0,
  failures int not null default 0,
  losses int not null default 0,
  customer_owner_id bigint not null references oblivion.owners,
  provider_address text,
  node_id uuid,
  -- An owner: no foreign key, whose check would lock that row in each claim (ADR 5).
  offered_to bigint,
  offered_until timestamptz,
  -- Who failed, lost or gave back the latest attempt: a job that was tried lies in an index of its own, ordered by this,
  -- so that a claim reads the ranges below and above its caller and none of the jobs that the caller may not have.
  excluded_owner_id bigint,
  -- All of them. Kept here, so that nobody reads the history to know who had a job.
  excluded_owner_ids bigint[] not null default '{}',
  progress real not null default 0,
  -- What its node said of it with its last heartbeat.
  metrics jsonb,
  cancel_requested boolean not null default false,
  error text,
  created_at timestamptz not null default now(),
  started_at timestamptz,
  lease_expires_at timestamptz,
  finished_at timestamptz,
  -- Counts the moves that the engine's own statements made, which keep everything right themselves. An update that
  -- leaves it as it was is another's: an operator's by hand, a worker's direct claim, or one of the engine's that leaves
  -- the rest to the triggers below.
  moves int not null default 0,
  -- Of a metered task: what an hour of it costs, frozen by its claim, or by its assignment for whom it is offered to.
  price_per_hour bigint,
  unique (task_id, chunk_index, stage, replica)
) with (fillfactor = 80);
-- The order of claims: priority, then age; jobs posted together lie together, so a task that is closed for a caller (its
-- own, or a full bucket) is passed over in one step. Ascending throughout, so that "after this one" is one range.
create index jobs_claim on public.jobs ((- priority), created_at, task_id, seq)
  where status = 'pending' and due and excluded_owner_id is null;
create index jobs_retry on public.jobs ((- priority), excluded_owner_id, created_at, seq)
  where status = 'pending' and due and excluded_owner_id is not null;
create index jobs_retry_owner on public.jobs (excluded_owner_id)
  where status = 'pending' and due and excluded_owner_id is not null;
create index jobs_not_due on public.jobs (available_at) where status = 'pending' and not due;
create index jobs_lease on public.jobs (lease_expires_at) where status = 'processing';
create index jobs_open on public.jobs (task_id, status) where status in ('blocked', 'pending', 'processing');
create index jobs_offered on public.jobs (offered_to) where status = 'pending' and offered_to is not null;
create index jobs_node on public.jobs (node_id) where node_id is not null;
create index jobs_failed on public.jobs (task_id, chunk_index) where status = 'failed';
-- A statement that has a job's key compares the rest as `(j.status, ...) is not distinct from (...)`, which no index
-- answers. By `=` a plan that is kept for all values takes one of the small indexes above for smaller than the key's: at
-- the moment of its making few jobs or none were in work. It then reads all that are, and what was of late: with 32 nodes
-- that hold 50 each a report read 1,600 rows, 50 times. A test holds this: database/tests/by-key.test.ts.
comment on table public.jobs is 'One claimable row: chunk x stage x replica. A caller sees what it holds, what it did and what is offered to it.';

alter table public.jobs enable row level security;
create trigger refuse_truncate before truncate on public.jobs
  for each statement execute function oblivion.refuse_change();
create trigger refuse_truncate before truncate on public.nodes
  for each statement execute function oblivion.refuse_change();

create function oblivion.is_transition(p_from text, p_to text)
returns boolean
language sql
immutable strict parallel safe
set search_path = ''
as $$
  select (p_from, p_to) in (
    ('blocked', 'pending'), ('blocked', 'cancelled'),
    ('pending', 'processing'), ('pending', 'cancelled'), ('pending', 'blocked'),
    ('processing', 'completed'), ('processing', 'failed'), ('processing', 'pending'), ('processing', 'cancelled'),
    ('processing', 'blocked'),
    ('failed', 'pending'))
$$;
comment on function oblivion.is_transition(text, text) is
  'The status changes of a job that exist, whoever asks; failed to pending is an operator''s reset while the task runs.';

create function oblivion.job_fault(p_job public.jobs)
returns text
language plpgsql
immutable
set search_path = ''
as $$
begin
  return case
    when p_job.status not in ('blocked', 'pending', 'processing', 'completed', 'failed', 'cancelled') then
      'a status is blocked, pending, processing, completed, failed or cancelled'
    when p_job.stage < 0 or p_job.replica < 0 or p_job.attempt < 0 or p_job.failures < 0 or p_job.losses < 0
      or p_job.price_per_hour < 0 then
      'a count is not below zero'
    when p_job.provider_address !~ '^0x[0-9a-f]{40}$' then 'an address is 0x and 40 digits of lower-case hex'
    when p_job.progress not between 0 and 1 then 'progress is between 0 and 1'
    when length(p_job.error) > 1000 then 'an error has at most 1000 characters'
    when p_job.status = 'processing' and (p_job.provider_address is null or p_job.started_at is null
      or (p_job.node_id is null) <> (p_job.lease_expires_at is null)) then
      -- Neither of them once its result is delivered; see deliveries.
      'work has a provider, a beginning, a node and a lease'
    when p_job.status <> 'processing' and (p_job.node_id is not null or p_job.lease_expires_at is not null) then
      'only work has a node and a lease'
    when p_job.status not in ('processing', 'completed', 'failed') and p_job.provider_address is not null then
      'what nobody works or worked at has no provider'
    when (p_job.status in ('completed', 'failed', 'cancelled')) <> (p_job.finished_at is not null) then
      'what has ended says when'
    when (p_job.offered_to is null) <> (p_job.offered_until is null) then 'an offer has an end'
    when p_job.price_per_hour is not null and p_job.started_at is null and p_job.offered_to is null then
      'only what was claimed or offered has a rate'
    when not p_job.fed and p_job.status not in ('blocked', 'cancelled') then 'what is not fed waits'
  end;
end
$$;
comment on function oblivion.job_fault(public.jobs) is
  'Why a row of jobs must not exist, or null. Held by triggers for whatever comes from outside, and by the tests for all rows after what the engine''s own statements did. For the engine alone.';

-- Every way by which a job leaves or enters `processing` keeps the counters and the history right: the engine's
-- functions, the fallback claim, and an operator's manual reset.
create function oblivion.keep_job_whole()
returns trigger
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_fault text;
  v_delivered boolean := false;
begin
  if tg_op = 'UPDATE' and new.status <> old.status then
    if old.status = 'processing' and old.node_id is null then
      -- Its result was delivered, and nobody has read it: whose it was stands there.
      select d.node_id into old.node_id from oblivion.deliveries d where d.job_id = old.id;
      v_delivered := true;
    end if;
    if not oblivion.is_transition(old.status, new.status) then
      raise exception 'A job does not go from % to %.', old.status, new.status
        using errcode = 'check_violation',
              hint = 'docs/state-machine.md lists the transitions. A result that was accepted and paid is never taken back.';
    end if;
    if old.status = 'failed' and new.status = 'pending' then
      -- The share lock makes whoever ends the task wait, or us wait for it.
      perform from oblivion.tasks t where t.id = new.task_id and t.status = 'running' for share;
      if not found then
        raise exception 'The task of this job has ended and its budget was returned.'
          using errcode = 'check_violation', hint = 'Post a new task for the chunk.';
      elsif oblivion.is_paid_failure(old) then
        raise exception 'Two owners failed this job in the same words, and it was paid.'
          using errcode = 'check_violation', hint = 'Post a new task for the chunk.';
      end if;
    end if;
    if old.status = 'blocked' and new.status = 'pending' then
      -- What was paused, or not fed yet, has not been waiting for a node.
      new.available_at := greatest(new.available_at, now());
    end if;
    if old.status = 'processing' and new.status in ('pending', 'blocked', 'failed') then
      new.excluded_owner_id := (select n.owner_id from public.nodes n where n.id = old.node_id);
      if new.excluded_owner_id <> all (new.excluded_owner_ids) then
        new.excluded_owner_ids := new.excluded_owner_ids || new.excluded_owner_id;
      end if;
    end if;
  end if;
  -- What a status does not have is cleared, so that a manual reset needs to name two columns only.
  if tg_op = 'UPDATE' then
    if new.status <> 'processing' then
      new.node_id := null;
      new.lease_expires_at := null;
      new.metrics := null;
    end if;
    if new.status in ('blocked', 'pending', 'cancelled') then
      new.provider_address := null;
      new.finished_at := case when new.status = 'cancelled' then coalesce(new.finished_at, now()) end;
    end if;
    if new.status in ('blocked', 'pending') then
      new.progress := 0;
      new.started_at := null;
    end if;
    if new.status <> 'pending' then
      new.offered_to := null;
      new.offered_until := null;
    end if;
    if new.status in ('blocked', 'pending', 'cancelled') and new.offered_to is null then
      new.price_per_hour := null;
    end if;
  end if;
  v_fault := oblivion.job_fault(new);
  if v_fault is null and new.status = 'processing' and new.node_id is null and (tg_op = 'INSERT' or old.status <> new.status) then
    v_fault := 'a claim has a node and a lease';
  end if;
  if v_fault is not null then
    perform oblivion.refuse_row('jobs', v_fault);
  end if;
  if tg_op = 'UPDATE' and new.status <> old.status then
    if old.status = 'processing' then
      -- An end that nobody wrote down is a manual reset: it counts as a release. Before the node's row, for its owner pays,
      -- and whoever completes a job has the owner's row before the node's.
      if not exists (
        select
          from oblivion.attempts a
         where a.job_id = old.id
           and a.attempt = old.attempt
           -- The days before it began need no look; this transaction may have begun before.
           and a.ended_at >= least(old.started_at, now())) then
        perform oblivion.end_attempt(old, 'released', null);
      end if;
      if v_delivered then
        delete from oblivion.deliveries d where d.job_id = old.id;
      end if;
      update public.nodes n
         -- Not below zero: a stuck counter, which rescue puts right, must not keep a job from ending.
         set current_jobs = greatest(0, n.current_jobs - (not v_delivered)::int),
             total_jobs_completed = n.total_jobs_completed + (new.status = 'completed')::int
       where n.id = old.node_id;
      if new.status <> 'completed' and not oblivion.is_paid_failure(new) then
        perform oblivion.replica_given_back(old);
      end if;
    end if;
    if new.status = 'processing' then
      update public.nodes n
         set current_jobs = n.current_jobs + 1
       where n.id = new.node_id;
    end if;
  end if;
  return new;
end
$$;
comment on function oblivion.keep_job_whole() is
  'Keeps job, counters and history right whoever changes a job: what a status does not have is cleared, a row that must not exist is refused. The job''s row is locked already.';

create function oblivion.is_as_planned(p_job public.jobs)
returns boolean
language sql
immutable
return p_job.status in ('pending', 'blocked')
  and (p_job.fed or p_job.status = 'blocked')
  and least(p_job.stage, p_job.replica) >= 0
  and (p_job.attempt, p_job.failures, p_job.losses, p_job.progress) = (0, 0, 0, 0)
  and num_nonnulls(p_job.provider_address, p_job.error, p_job.node_id, p_job.offered_to, p_job.offered_until,
        p_job.started_at, p_job.lease_expires_at, p_job.finished_at, p_job.price_per_hour) = 0;
comment on function oblivion.is_as_planned(public.jobs) is
  'Whether a new job is as a task plans it, ten thousand in one statement, which needs no look. Inlined there; every other statement that writes a job copies the trigger''s condition, which is this name. For the engine alone.';

-- Named so that the guard of direct updates (a_...) fires first: triggers fire by name. The conditions are as short as can
-- be: they are copied in every statement that writes a job, and the first is parsed anew in every one that moves it.
create trigger b_keep_whole before update on public.jobs
  for each row when (new.moves = old.moves) execute function oblivion.keep_job_whole();
create trigger b_keep_whole_new before insert on public.jobs
  for each row when (not oblivion.is_as_planned(new)) execute function oblivion.keep_job_whole();
