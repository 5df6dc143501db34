-- Jobs: what is claimed. Where a job is (status), how a try ended (attempts.outcome) and what is believed of its result
-- (results.verdict) are three columns. docs/state-machine.md is the table of transitions.

create table public.jobs (
  id uuid primary key default gen_random_uuid(),
  seq bigint generated always as identity,
  task_id uuid not null references oblivion.tasks,
  chunk_index int not null,
  -- Which step of a pipeline, and which of several jobs of one chunk and stage.
  stage smallint not null default 0 check (stage >= 0),
  replica smallint not null default 0 check (replica >= 0),
  -- False while a later stage waits for the result that it is fed with.
  fed boolean not null default true check (fed or status in ('blocked', 'cancelled')),
  type text not null,
  status text not null default 'pending'
    check (status in ('blocked', 'pending', 'processing', 'completed', 'failed', 'cancelled')),
  priority smallint not null default 0,
  -- Rows that are not due yet must not sit in the claim index, and a partial index knows no now().
  due boolean not null default true,
  available_at timestamptz not null default now(),
  -- The number of the latest attempt: the fencing token that a completion presents. It only grows.
  attempt int not null default 0 check (attempt >= 0),
  failures int not null default 0 check (failures >= 0),
  losses int not null default 0 check (losses >= 0),
  customer_owner_id bigint not null references oblivion.owners,
  provider_address text check (provider_address ~ '^0x[0-9a-f]{40}$'),
  node_id uuid references public.nodes,
  offered_to bigint references oblivion.owners,
  offered_until timestamptz,
  -- Who failed, lost or gave back the latest attempt: a job that was tried lies in an index of its own, ordered by this,
  -- so that a claim reads the ranges below and above its caller and none of the jobs that the caller may not have.
  excluded_owner_id bigint,
  -- All of them. Kept here, so that nobody reads the history to know who had a job.
  excluded_owner_ids bigint[] not null default '{}',
  progress real not null default 0 check (progress between 0 and 1),
  cancel_requested boolean not null default false,
  error text check (length(error) <= 1000),
  created_at timestamptz not null default now(),
  started_at timestamptz,
  lease_expires_at timestamptz,
  finished_at timestamptz,
  unique (task_id, chunk_index, stage, replica),
  check (status <> 'processing'
    or (node_id is not null and provider_address is not null and started_at is not null and lease_expires_at is not null)),
  check (status = 'processing' or (node_id is null and lease_expires_at is null)),
  check (status in ('processing', 'completed', 'failed') or provider_address is null),
  check ((status in ('completed', 'failed', 'cancelled')) = (finished_at is not null)),
  check ((offered_to is null) = (offered_until is null))
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
comment on table public.jobs is 'One claimable row: chunk x stage x replica. A caller sees what it holds, what it did and what is offered to it.';

alter table public.jobs enable row level security;

-- Foreign keys stand where they prove something that nothing else does: a check is a statement of its own, and it locks
-- the row it points at; those of a task, its customer and the instance are everybody's. An attempt is written from its
-- node's and its job's row; result, ledger transaction and receipt of an attempt by one function at once, and only the
-- receipt proves that the attempt exists.
create table oblivion.attempts (
  job_id uuid not null references public.jobs,
  attempt int not null check (attempt > 0),
  node_id uuid not null,
  owner_id bigint not null,
  provider_address text not null,
  started_at timestamptz not null default now(),
  ended_at timestamptz,
  outcome text check (outcome in ('succeeded', 'failed', 'expired', 'released', 'rejected')),
  error text check (length(error) <= 1000),
  metrics jsonb,
  primary key (job_id, attempt),
  check ((outcome is null) = (ended_at is null))
);
create index on oblivion.attempts (started_at);
comment on table oblivion.attempts is 'One claim-to-end of a job. No attempt number of a job is given out twice: it is half of the key.';

create table oblivion.results (
  job_id uuid primary key,
  task_id uuid not null,
  chunk_index int not null,
  attempt int not null,
  -- RFC 8785 text, computed here; the hash is of these bytes.
  canonical text not null,
  result_hash text not null check (result_hash ~ '^[0-9a-f]{64}$'),
  verdict text not null default 'unchecked' check (verdict in ('unchecked', 'valid', 'invalid', 'inconclusive')),
  accepted_at timestamptz not null default now()
);
create index on oblivion.results (task_id, chunk_index);
create index on oblivion.results (task_id, accepted_at);

create table oblivion.charges (
  id bigint generated always as identity primary key,
  instance_id bigint not null references oblivion.settlement_instances,
  owner_id bigint not null references oblivion.owners,
  cumulative bigint not null check (cumulative > 0),
  cumulative_fee bigint not null check (cumulative_fee between 0 and cumulative),
  created_at timestamptz not null default now(),
  confirmed_at timestamptz,
  -- Its receipts of sites' visitors were shared between site and visitor.
  shared boolean not null default false,
  unique (instance_id, owner_id, cumulative)
);
create index charges_unshared on oblivion.charges (instance_id) where confirmed_at is not null and not shared;
comment on table oblivion.charges is 'What a customer has spent in all, as the contract will be told; confirmed once its event was indexed.';

create table oblivion.receipts (
  id bigint generated always as identity primary key,
  job_id uuid not null unique,
  attempt int not null,
  task_id uuid not null,
  chunk_index int not null,
  -- Who did it and answers for it, and who is paid for it (T11): of a site's visitor these are two.
  provider_owner_id bigint not null,
  payee_owner_id bigint not null,
  customer_owner_id bigint not null,
  asset text not null,
  instance_id bigint not null,
  price bigint not null check (price > 0),
  fee bigint not null check (fee between 0 and price),
  reward bigint not null generated always as (price - fee) stored,
  result_hash text not null,
  transaction_id bigint not null,
  charge_id bigint references oblivion.charges,
  accepted_at timestamptz not null default now(),
  foreign key (job_id, attempt) references oblivion.attempts (job_id, attempt)
);
create index on oblivion.receipts (task_id, chunk_index);
create index on oblivion.receipts (instance_id, customer_owner_id) where charge_id is null;
create index on oblivion.receipts (payee_owner_id, instance_id) include (reward, charge_id);
create index receipts_charge on oblivion.receipts (charge_id) where charge_id is not null;
create index on oblivion.receipts (accepted_at);
comment on table oblivion.receipts is 'One per accepted job: this provider is owed this amount. Made in the transaction that accepts the result.';

create function oblivion.guard_receipt()
returns trigger
language plpgsql
set search_path = ''
as $$
begin
  -- reward is generated: not computed yet in a before trigger, and no update can set it.
  if tg_op = 'UPDATE' and old.charge_id is null and new.charge_id is not null
    and to_jsonb(old) - '{charge_id,reward}'::text[] = to_jsonb(new) - '{charge_id,reward}'::text[] then
    return new;
  end if;
  perform oblivion.raise_error('OB020', 'A receipt is never changed or deleted.', null, jsonb_build_object('table', 'receipts'));
  return null;
end
$$;
comment on function oblivion.guard_receipt() is 'A receipt only ever gets its charge, once.';
create trigger guard_receipt before update or delete on oblivion.receipts
  for each row execute function oblivion.guard_receipt();
create trigger refuse_truncate before truncate on oblivion.receipts
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

-- Every way by which a job leaves or enters `processing` keeps the counters and the attempt right: the engine's
-- functions, the fallback claim, and an operator's manual reset.
create function oblivion.before_job_update()
returns trigger
language plpgsql
security definer
set search_path = ''
as $$
begin
  if new.status <> old.status
    -- The three of the hot path spare themselves the call.
    and (old.status, new.status) not in (
      ('pending', 'processing'), ('processing', 'completed'), ('processing', 'pending'))
    and not oblivion.is_transition(old.status, new.status) then
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
    end if;
  end if;
  if new.status <> 'processing' then
    if old.status = 'processing' and new.status in ('pending', 'blocked', 'failed') then
      new.excluded_owner_id := (select n.owner_id from public.nodes n where n.id = old.node_id);
      if new.excluded_owner_id <> all (new.excluded_owner_ids) then
        new.excluded_owner_ids := new.excluded_owner_ids || new.excluded_owner_id;
      end if;
    end if;
    new.node_id := null;
    new.lease_expires_at := null;
  end if;
  if new.status in ('blocked', 'pending', 'cancelled') then
    new.provider_address := null;
    new.finished_at := case when new.status = 'cancelled' then coalesce(new.finished_at, now()) end;
  end if;
  if old.status = 'blocked' and new.status = 'pending' then
    -- What was paused, or not fed yet, has not been waiting for a node.
    new.available_at := greatest(new.available_at, now());
  end if;
  if new.status in ('blocked', 'pending') then
    new.progress := 0;
    new.started_at := null;
  end if;
  if new.status <> 'pending' then
    new.offered_to := null;
    new.offered_until := null;
  end if;
  return new;
end
$$;
comment on function oblivion.before_job_update() is 'Clears what a status does not have, so that a manual reset needs to name two columns only.';

create function oblivion.after_job_status()
returns trigger
language plpgsql
security definer
set search_path = ''
as $$
begin
  if old.status = 'processing' then
    update public.nodes n
       -- Not below zero: a stuck counter, which rescue puts right, must not keep a job from ending.
       set current_jobs = greatest(0, n.current_jobs - 1),
           total_jobs_completed = n.total_jobs_completed + (new.status = 'completed')::int
     where n.id = old.node_id;
    -- An end that nobody wrote down is a manual reset: it counts as a release.
    update oblivion.attempts a
       set ended_at = now(),
           outcome = 'released'
     where a.job_id = old.id
       and a.attempt = old.attempt
       and a.outcome is null;
    if new.status <> 'completed' then
      perform oblivion.replica_given_back(old);
    end if;
  end if;
  if new.status = 'processing' then
    update public.nodes n
       set current_jobs = n.current_jobs + 1
     where n.id = new.node_id;
  end if;
  return null;
end
$$;
comment on function oblivion.after_job_status() is 'Keeps nodes.current_jobs and total_jobs_completed equal to the jobs, whoever changes a job.';

-- Named so that the guard of direct updates (a_...) fires first: triggers fire by name.
create trigger b_clear before update on public.jobs
  for each row execute function oblivion.before_job_update();
-- Where claim() and accept_result() change a job, they keep the attempt, and whoever called them the node's counters, in
-- one update of its row instead of three; the setting lasts for that statement alone. Without it everything is counted here.
create trigger count_status after update of status on public.jobs
  for each row when (old.status is distinct from new.status
    and current_setting('oblivion.counted', true) is distinct from 'elsewhere')
  execute function oblivion.after_job_status();
