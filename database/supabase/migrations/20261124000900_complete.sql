-- The end of an attempt: accepted and paid, failed, released or lost.

create function oblivion.end_attempt(p_job public.jobs, p_outcome text, p_error text, p_metrics jsonb default null)
returns void
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_attempt oblivion.attempts;
begin
  insert into oblivion.attempts (
    job_id, attempt, task_id, node_id, owner_id, provider_address, queued_at, started_at, outcome, error, metrics)
  select p_job.id, p_job.attempt, p_job.task_id, n.id, n.owner_id, p_job.provider_address, p_job.available_at,
         p_job.started_at, p_outcome, left(p_error, 1000),
         -- Metrics are a courtesy: a flood of them is dropped, not a reason to lose the result.
         case when octet_length(p_metrics::text) <= 4096 then p_metrics else p_job.metrics end
    from public.nodes n
   where n.id = p_job.node_id
  returning * into v_attempt;
  if found and p_outcome <> 'succeeded' then
    perform oblivion.spend_budget(v_attempt);
  end if;
end
$$;
comment on function oblivion.end_attempt(public.jobs, text, text, jsonb) is
  'Writes down how the attempt in this row of a job ended, before the row changes, and lets its owner pay for one in vain. For the engine alone.';

create function oblivion.requeue(p_job public.jobs, p_delay interval default '0')
returns void
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_task record;
  v_decided boolean := false;
  v_status text;
begin
  -- Shared with others who give jobs back; pausing and resuming take it alone. So no job comes back as pending into a
  -- task that is being paused, and none as blocked into one that is being resumed.
  select t.status, t.replicas into v_task from oblivion.tasks t where t.id = p_job.task_id for share;
  if v_task.replicas > 1 then
    v_decided := oblivion.is_decided(p_job);
  end if;
  update public.jobs j
     set status = case
           when j.cancel_requested or v_decided or v_task.status not in ('running', 'paused') then 'cancelled'
           when v_task.status = 'paused' then 'blocked'
           else 'pending' end,
         failures = p_job.failures,
         losses = p_job.losses,
         error = p_job.error,
         available_at = now() + p_delay,
         due = p_delay = '0'
   where j.id = p_job.id
  returning j.status into v_status;
  if v_status = 'cancelled' then
    perform oblivion.try_close_task(p_job.task_id);
  end if;
end
$$;
comment on function oblivion.requeue(public.jobs, interval) is
  'Gives a job back to pending, due after the delay; to blocked while its task is paused; or ends it where its task was cancelled, or its replicas agreed without it. For the engine alone.';

create function oblivion.fail_attempt(p_job public.jobs, p_outcome text, p_error text, p_metrics jsonb default null)
returns void
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_max int;
begin
  select t.max_attempts into v_max from oblivion.tasks t where t.id = p_job.task_id;
  perform oblivion.end_attempt(p_job, p_outcome, p_error, p_metrics);
  p_job.error := left(format('Attempt %s: %s', p_job.attempt, coalesce(p_error, 'failed')), 1000);
  if p_job.failures + 1 < v_max or not oblivion.has_last_word(p_job) then
    -- A stranger's failure is never the last: it does not count, and the pause grows with each.
    p_job.failures := least(p_job.failures + 1, v_max - 1);
    -- Exponential back-off with jitter: about 2, 4, 8 ... seconds, at most 5 minutes.
    perform oblivion.requeue(p_job, make_interval(
      secs => least(300, 2 ^ least(9, greatest(p_job.failures, p_job.attempt))) * (0.75 + random() / 2)));
  else
    update public.jobs j
       set status = 'failed',
           failures = p_job.failures + 1,
           error = p_job.error,
           finished_at = now()
     where j.id = p_job.id;
    perform oblivion.chunk_changed(p_job, t) from oblivion.tasks t where t.id = p_job.task_id and not t.plain;
    perform oblivion.try_close_task(p_job.task_id);
  end if;
end
$$;
comment on function oblivion.fail_attempt(public.jobs, text, text, jsonb) is
  'Ends an attempt that counts against max_attempts: retried with back-off, or failed for good with its reason. For the engine alone.';

create function oblivion.lose_attempt(p_job public.jobs)
returns void
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_max int;
begin
  perform oblivion.end_attempt(p_job, 'expired', 'The node went offline.');
  select s.max_losses into v_max from oblivion.settings s;
  if p_job.losses + 1 < v_max or not oblivion.has_last_word(p_job) then
    -- Nor is a stranger's loss the last.
    p_job.losses := least(p_job.losses + 1, v_max - 1);
    perform oblivion.requeue(p_job);
  else
    update public.jobs j
       set status = 'failed',
           losses = p_job.losses + 1,
           error = format('Lost by %s nodes that went offline.', p_job.losses + 1),
           finished_at = now()
     where j.id = p_job.id;
    perform oblivion.chunk_changed(p_job, t) from oblivion.tasks t where t.id = p_job.task_id and not t.plain;
    perform oblivion.try_close_task(p_job.task_id);
  end if;
end
$$;
comment on function oblivion.lose_attempt(public.jobs) is
  'Ends an attempt whose node is gone: no failure of the program, with a cap of its own. For the engine alone.';

create function oblivion.store_result(p_job public.jobs, p_canonical text, p_hash text)
returns void
language sql
security definer
set search_path = ''
as $$
  insert into oblivion.results (job_id, task_id, chunk_index, attempt, node_id, canonical, result_hash)
  values (p_job.id, p_job.task_id, p_job.chunk_index, p_job.attempt, p_job.node_id, p_canonical, p_hash)
$$;
comment on function oblivion.store_result(public.jobs, text, text) is
  'Keeps the result of the attempt in this row of a job, before the row changes. For the engine alone.';

create function oblivion.pay(p_job public.jobs, p_owner_id bigint, p_payee_id bigint, p_price bigint, p_hash text)
returns void
language sql
security definer
set search_path = ''
as $$
  insert into oblivion.receipts (
    job_id, attempt, task_id, chunk_index, provider_owner_id, payee_owner_id, customer_owner_id, asset, instance_id,
    price, fee, result_hash, started_at)
  select p_job.id, p_job.attempt, p_job.task_id, p_job.chunk_index, p_owner_id, p_payee_id, t.owner_id, t.asset,
         t.instance_id, p_price,
         -- The place of the job among all that its task may pay: the running total that the fee is rounded on.
         oblivion.job_fee(t, p_price,
           (p_job.chunk_index * t.stage_count + p_job.stage) * t.replicas + p_job.replica), p_hash, p_job.started_at
    from oblivion.tasks t
   where t.id = p_job.task_id
$$;
comment on function oblivion.pay(public.jobs, bigint, bigint, bigint, text) is
  'The receipt of a job, once. For the engine alone.';

create function oblivion.count_accepted(p_owner_id bigint, p_price bigint, p_count int default 1)
returns void
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_budget real;
begin
  update oblivion.owners o
     set accepted_count = o.accepted_count + p_count,
         served = oblivion.add_service(o.served, oblivion.service(p_price))
   where o.id = p_owner_id
  returning o.claim_budget into v_budget;
  if v_budget < 20 then
    perform oblivion.refill_budget(p_owner_id, p_count);
  end if;
end
$$;
comment on function oblivion.count_accepted(bigint, bigint, int) is
  'Counts accepted results, p_price in all, in their owner''s row. For the engine alone.';

create function oblivion.accept_result(
  p_job public.jobs,
  p_node public.nodes,
  p_canonical text,
  p_hash text,
  p_metrics jsonb,
  p_reported_at timestamptz default now()
)
returns void
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_task oblivion.tasks;
  v_price bigint;
begin
  select t.* into v_task from oblivion.tasks t where t.id = p_job.task_id;
  v_price := case
    when v_task.metered then oblivion.metered_price(v_task, p_job.price_per_hour,
      oblivion.billable_ms(v_task, p_job, p_node, p_reported_at))
    else v_task.price_per_chunk end;
  perform oblivion.end_attempt(p_job, 'succeeded', null, p_metrics);
  perform oblivion.store_result(p_job, p_canonical, p_hash);
  perform oblivion.pay(p_job, p_node.owner_id, p_node.payee_owner_id, v_price, p_hash);
  perform oblivion.count_accepted(p_node.owner_id, v_price);
  if v_task.metered then
    perform oblivion.note_run_time(p_job, p_node, oblivion.run_ms(p_job.started_at, p_reported_at));
  end if;
  update public.jobs j
     set status = 'completed',
         progress = 1,
         error = null,
         metrics = null,
         node_id = null,
         lease_expires_at = null,
         finished_at = now(),
         moves = j.moves + 1
   where j.id = p_job.id;
  perform oblivion.chunk_changed(p_job, v_task);
end
$$;
comment on function oblivion.accept_result(public.jobs, public.nodes, text, text, jsonb, timestamptz) is
  'Completes a locked job of a task that is not plain. The caller counts it in its node''s row and ends the task. For the engine alone.';

create function oblivion.finish_attempt(
  p_node public.nodes,
  p_job_id uuid,
  p_attempt int,
  p_outcome text,
  p_result jsonb,
  p_hash text,
  p_error text,
  p_metrics jsonb
)
returns text
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_held record;
  v_holds boolean := false;
  v_job public.jobs;
  v_canonical text;
  v_hash text;
  v_budget real;
begin
  if p_outcome is null or p_outcome not in ('succeeded', 'failed', 'released') then
    perform oblivion.raise_error('OB005', 'An outcome is succeeded, failed or released.', null,
      jsonb_build_object('field', 'outcome', 'reason', 'unknown'));
  end if;
  if p_outcome = 'succeeded' then
    if p_result is null then
      perform oblivion.raise_error('OB005', 'A success carries its result.', null,
        jsonb_build_object('field', 'result', 'reason', 'missing'));
    end if;
    -- Looked at before anything is spelled out and hashed: that costs, and is done for who holds the job alone.
    -- By its key alone, and compared below: jobs.sql says why.
    select j.status, j.node_id, j.task_id, j.chunk_index, j.attempt, j.provider_address, j.available_at, j.started_at,
           t.plain, t.owner_id as customer, t.asset, t.instance_id, t.price_per_chunk, t.fee_bps, s.max_inline_bytes
      into v_held
      from public.jobs j
      join oblivion.tasks t on t.id = j.task_id
     cross join oblivion.settings s
     where j.id = p_job_id
       and s.id;
    v_holds := coalesce(v_held.status = 'processing' and v_held.node_id = p_node.id
      and v_held.attempt = coalesce(p_attempt, v_held.attempt), false);
    if v_holds then
      -- Measured first: one element of jsonb takes at most some 16 times the bytes of its text.
      if pg_column_size(p_result) <= 16 * v_held.max_inline_bytes then
        v_canonical := oblivion.canonical_json(p_result);
      end if;
      if octet_length(v_canonical) <= v_held.max_inline_bytes then
        v_hash := encode(sha256(convert_to(v_canonical, 'UTF8')), 'hex');
      end if;
      if v_held.plain and v_hash = lower(p_hash) and coalesce(octet_length(p_metrics::text) <= 4096, true) then
        -- The common case in one statement, count_accepted() included: a call costs as much as the row that it writes.
        -- Guarded by status, node and attempt, so what was read above is right; where the guard finds nothing, the long
        -- way below says why.
        with done as (
          update public.jobs j
             set status = 'completed',
                 progress = 1,
                 error = null,
                 metrics = null,
                 node_id = null,
                 lease_expires_at = null,
                 finished_at = now(),
                 moves = j.moves + 1
           where j.id = p_job_id
             and (j.status, j.node_id, j.attempt) is not distinct from ('processing', p_node.id, v_held.attempt)
          returning j.id
        ), attempts as (
          insert into oblivion.attempts (
            job_id, attempt, task_id, node_id, owner_id, provider_address, queued_at, started_at, outcome, metrics)
          select d.id, v_held.attempt, v_held.task_id, p_node.id, p_node.owner_id, v_held.provider_address,
                 v_held.available_at, v_held.started_at, 'succeeded', p_metrics
            from done d
        ), results as (
          insert into oblivion.results (job_id, task_id, chunk_index, attempt, node_id, canonical, result_hash)
          select d.id, v_held.task_id, v_held.chunk_index, v_held.attempt, p_node.id, v_canonical, v_hash
            from done d
        ), receipts as (
          insert into oblivion.receipts (
            job_id, attempt, task_id, chunk_index, provider_owner_id, payee_owner_id, customer_owner_id, asset,
            instance_id, price, fee, result_hash, started_at)
          select d.id, v_held.attempt, v_held.task_id, v_held.chunk_index, p_node.owner_id, p_node.payee_owner_id,
                 v_held.customer, v_held.asset, v_held.instance_id, v_held.price_per_chunk,
                 oblivion.chunk_fee(v_held.price_per_chunk, v_held.fee_bps, v_held.chunk_index), v_hash, v_held.started_at
            from done d
        )
        update oblivion.owners o
           set accepted_count = o.accepted_count + 1,
               served = oblivion.add_service(o.served, oblivion.service(v_held.price_per_chunk))
          from done d
         where o.id = p_node.owner_id
        returning o.claim_budget into v_budget;
        if found then
          if v_budget < 20 then
            perform oblivion.refill_budget(p_node.owner_id);
          end if;
          return 'paid';
        end if;
      end if;
    end if;
  end if;

  select j.* into v_job from public.jobs j where j.id = p_job_id for no key update;
  if not found then
    return 'job_not_found';
  end if;
  -- A delivered job has no node: compared as distinct, or whoever knows its number could end it.
  if (v_job.status, v_job.node_id, v_job.attempt)
    is distinct from ('processing', p_node.id, coalesce(p_attempt, v_job.attempt)) then
    -- The same result told twice, because the first answer was lost, is accepted once and confirmed again.
    if p_outcome = 'succeeded' and exists (
      select
        from oblivion.results r
       where r.job_id = p_job_id
         and r.attempt = coalesce(p_attempt, v_job.attempt)
         and r.node_id = p_node.id) then
      return 'confirmed';
    end if;
    return 'stale_attempt';
  end if;

  if p_outcome = 'released' then
    perform oblivion.end_attempt(v_job, 'released', p_error, p_metrics);
    perform oblivion.requeue(v_job);
    return 'accepted';
  elsif p_outcome = 'failed' then
    if not oblivion.confirm_failure(v_job, p_node, p_error, p_metrics) then
      perform oblivion.fail_attempt(v_job, 'failed', p_error, p_metrics);
    end if;
    return 'accepted';
  elsif not v_holds or v_held.attempt <> v_job.attempt then
    -- It was not this node's when it was looked at, and is now: the result is not of this attempt.
    return 'stale_attempt';
  elsif v_hash is null then
    perform oblivion.fail_attempt(v_job, 'rejected',
      format('The result is larger than %s bytes.', v_held.max_inline_bytes), p_metrics);
    return 'result_too_large';
  elsif v_hash is distinct from lower(p_hash) then
    perform oblivion.fail_attempt(v_job, 'rejected', 'The result does not have the hash that was sent with it.', p_metrics);
    return 'hash_mismatch';
  end if;
  perform oblivion.accept_result(v_job, p_node, v_canonical, v_hash, p_metrics);
  return 'paid';
end
$$;
comment on function oblivion.finish_attempt(public.nodes, uuid, int, text, jsonb, text, text, jsonb) is
  'Ends an attempt as its node reports it. Answers paid (the caller still counts it in the node''s row and ends its task), confirmed (told before), accepted (failed or released), stale_attempt, hash_mismatch, result_too_large or job_not_found. For the engine alone.';

create function oblivion.release_jobs_of_node(p_node_id uuid, p_why text default 'The node was registered again.')
returns void
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_job public.jobs;
begin
  -- All that giving back locks, before the first is given back and in everybody's order: whoever has one of the jobs waits
  -- for their owner's row or the node's, and several tasks may be paused at once, in the order of their ids.
  perform from public.jobs j where j.node_id = p_node_id order by j.id for no key update;
  if not found then
    return;
  end if;
  perform from oblivion.owners o
    where o.id = (select n.owner_id from public.nodes n where n.id = p_node_id)
      for no key update;
  perform from oblivion.tasks t
    where t.id in (select j.task_id from public.jobs j where j.node_id = p_node_id)
    order by t.id
      for share;
  for v_job in
    select j.* from public.jobs j where j.node_id = p_node_id order by j.id
  loop
    perform oblivion.end_attempt(v_job, 'released', p_why);
    perform oblivion.requeue(v_job);
  end loop;
end
$$;
comment on function oblivion.release_jobs_of_node(uuid, text) is 'Gives back all that a node holds. For the engine alone.';

create function public.complete_job(
  p_job_id uuid,
  p_provider_address text,
  p_result_url text default null,
  p_status text default 'completed',
  p_attempt int default null,
  p_result jsonb default null,
  p_result_hash text default null,
  p_error text default null
)
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
  v_provider text;
  v_node public.nodes;
  v_answer text;
begin
  if p_result_url !~ '^oblivion-results/uploads/' then
    perform oblivion.refuse_foreign_url(p_result_url, 'p_result_url');
  end if;
  if p_status is null or p_status not in ('completed', 'failed') then
    perform oblivion.raise_error('OB005', 'A status is completed or failed.', null,
      jsonb_build_object('field', 'p_status', 'reason', 'unknown'));
  end if;
  -- Who holds it.
  select n.*
    into v_node
    from public.nodes n
    join public.jobs j on j.node_id = n.id
   where n.key_hash = sha256(convert_to(v_key, 'UTF8'))
     and n.provider_address = lower(p_provider_address)
     and j.id = p_job_id;
  if not found then
    v_provider := oblivion.require_provider(p_provider_address);
    -- By a wallet's session; or who completed it, for the answer to that may have been lost on the way.
    select n.*
      into v_node
      from public.jobs j
      join public.nodes n
        on n.id = coalesce(j.node_id, (select d.node_id from oblivion.deliveries d where d.job_id = j.id),
             (select r.node_id from oblivion.results r where r.job_id = j.id))
     where j.id = p_job_id
       and n.provider_address = v_provider
       and (v_key is null or n.key_hash = oblivion.node_key_hash());
    if not found then
      return false;
    end if;
  end if;
  if p_result_url is not null then
    v_answer := oblivion.deliver_result(v_node, p_job_id, p_attempt,
      case p_status when 'completed' then 'succeeded' end, p_result_url, null);
  else
    v_answer := oblivion.finish_attempt(v_node, p_job_id, p_attempt,
      case p_status when 'completed' then 'succeeded' else 'failed' end,
      p_result, p_result_hash, p_error, null);
  end if;
  if v_answer = 'paid' then
    update public.nodes n
       set current_jobs = greatest(0, n.current_jobs - 1),
           total_jobs_completed = n.total_jobs_completed + 1
     where n.id = v_node.id;
    perform oblivion.try_close_task_of(p_job_id);
  end if;
  return v_answer in ('paid', 'confirmed', 'accepted');
end
$$;
comment on function public.complete_job(uuid, text, text, text, int, jsonb, text, text) is
  'Ends a job that the caller holds; a completed one carries p_result and the SHA-256 of its canonical JSON, or p_result_url where its attempt uploaded it. False where the attempt is not the caller''s any more. OB001, OB002, OB005, OB009.';

create function public.fail_job(p_job_id uuid, p_provider_address text, p_error text default null, p_attempt int default null)
returns boolean
language sql
security definer
set search_path = ''
as $$
  select public.complete_job(p_job_id, p_provider_address, null, 'failed', p_attempt, null, null, p_error)
$$;
comment on function public.fail_job(uuid, text, text, int) is
  'Reports that the program failed: retried with back-off, failed for good after the task''s last attempt. OB001, OB002.';
