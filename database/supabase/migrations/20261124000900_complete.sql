-- The end of an attempt: accepted and paid, failed, released or lost.

create function oblivion.end_attempt(p_job public.jobs, p_outcome text, p_error text, p_metrics jsonb default null)
returns void
language plpgsql
security definer
set search_path = ''
as $$
begin
  update oblivion.attempts a
     set ended_at = now(),
         outcome = p_outcome,
         error = left(p_error, 1000),
         -- Metrics are a courtesy: a flood of them is dropped, not a reason to lose the result.
         metrics = case when octet_length(p_metrics::text) <= 4096 then p_metrics end
   where a.job_id = p_job.id
     and a.attempt = p_job.attempt
     and a.outcome is null;
end
$$;
comment on function oblivion.end_attempt(public.jobs, text, text, jsonb) is 'Writes down how the latest attempt ended. For the engine alone.';

create function oblivion.requeue(p_job public.jobs, p_delay interval default '0')
returns void
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_task text;
  v_status text;
begin
  -- Shared with others who give jobs back; pausing and resuming take it alone. So no job comes back as pending into a
  -- task that is being paused, and none as blocked into one that is being resumed.
  select t.status into v_task from oblivion.tasks t where t.id = p_job.task_id for share;
  update public.jobs j
     set status = case
           when j.cancel_requested or v_task not in ('running', 'paused') then 'cancelled'
           when v_task = 'paused' then 'blocked'
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
  'Gives a job back to pending, due after the delay; to blocked while its task is paused; or ends it where its task was cancelled. For the engine alone.';

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
  if p_job.failures + 1 < v_max or not oblivion.is_established(p_job.node_id) then
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
  if p_job.losses + 1 < v_max or not oblivion.is_established(p_job.node_id) then
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

create function oblivion.accept_result(
  p_job public.jobs,
  p_node public.nodes,
  p_canonical text,
  p_hash text,
  p_metrics jsonb
)
returns void
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_task record;
  v_fee bigint;
  v_transaction bigint;
  v_counted text;
begin
  -- The task and the three accounts that its money moves between; an account is made on first use.
  select t.id, t.owner_id, t.asset, t.instance_id, t.price_per_chunk, t.fee_bps, t.stage_count, t.replicas,
         h.id as hold, e.id as earned, f.id as fees
    into v_task
    from oblivion.tasks t
    left join oblivion.accounts h
      on h.kind = 'task_hold' and h.asset = t.asset and h.instance_id = t.instance_id
     and h.owner_id is null and h.task_id = t.id
    left join oblivion.accounts e
      on e.kind = 'provider_earned' and e.asset = t.asset and e.instance_id = t.instance_id
     and e.owner_id = p_node.payee_owner_id and e.task_id is null
    left join oblivion.accounts f
      on f.kind = 'platform_fees' and f.asset = t.asset and f.instance_id = t.instance_id
     and f.owner_id is null and f.task_id is null
   where t.id = p_job.task_id;
  v_fee := oblivion.chunk_fee(v_task.price_per_chunk, v_task.fee_bps,
    (p_job.chunk_index * v_task.stage_count + p_job.stage) * v_task.replicas + p_job.replica);
  v_transaction := oblivion.book('accept', p_job.id::text, v_task.asset, v_task.instance_id,
    array[coalesce(v_task.hold, oblivion.account('task_hold', v_task.asset, v_task.instance_id, null, v_task.id)),
          coalesce(v_task.earned,
            oblivion.account('provider_earned', v_task.asset, v_task.instance_id, p_node.payee_owner_id)),
          coalesce(v_task.fees, oblivion.account('platform_fees', v_task.asset, v_task.instance_id))],
    array[-v_task.price_per_chunk, v_task.price_per_chunk - v_fee, v_fee]);
  v_counted := set_config('oblivion.counted', 'elsewhere', true);
  -- One statement: each has a cost of its own, and they all stand or fall together.
  with ended as (
    update oblivion.attempts a
       set ended_at = now(),
           outcome = 'succeeded',
           -- As in end_attempt().
           metrics = case when octet_length(p_metrics::text) <= 4096 then p_metrics end
     where a.job_id = p_job.id
       and a.attempt = p_job.attempt
       and a.outcome is null
  ), stored as (
    insert into oblivion.results (job_id, task_id, chunk_index, attempt, canonical, result_hash)
    values (p_job.id, p_job.task_id, p_job.chunk_index, p_job.attempt, p_canonical, p_hash)
  ), counted as (
    update oblivion.owners o
       set accepted_count = o.accepted_count + 1,
           served = oblivion.add_service(o.served, oblivion.service(v_task.price_per_chunk))
     where o.id = p_node.owner_id
  ), completed as (
    update public.jobs j
       set status = 'completed',
           progress = 1,
           error = null,
           finished_at = now()
     where j.id = p_job.id
  )
  insert into oblivion.receipts (
    job_id, attempt, task_id, chunk_index, provider_owner_id, payee_owner_id, customer_owner_id, asset, instance_id,
    price, fee,
    result_hash, transaction_id)
  values (
    p_job.id, p_job.attempt, p_job.task_id, p_job.chunk_index, p_node.owner_id, p_node.payee_owner_id,
    v_task.owner_id, v_task.asset,
    v_task.instance_id, v_task.price_per_chunk, v_fee, p_hash, v_transaction);
  v_counted := set_config('oblivion.counted', '', true);
  perform oblivion.chunk_changed(p_job, t) from oblivion.tasks t where t.id = p_job.task_id and not t.plain;
  perform oblivion.try_close_task(p_job.task_id);
end
$$;
comment on function oblivion.accept_result(public.jobs, public.nodes, text, text, jsonb) is
  'Stores a result, pays for it and writes its receipt in one transaction. The caller counts it in its node''s row. For the engine alone.';

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
  v_limit int;
  v_job public.jobs;
  v_canonical text;
  v_hash text;
begin
  if p_outcome is null or p_outcome not in ('succeeded', 'failed', 'released') then
    perform oblivion.raise_error('OB005', 'An outcome is succeeded, failed or released.', null,
      jsonb_build_object('field', 'outcome', 'reason', 'unknown'));
  end if;
  if p_outcome = 'succeeded' and p_result is null then
    perform oblivion.raise_error('OB005', 'A success carries its result.', null,
      jsonb_build_object('field', 'result', 'reason', 'missing'));
  end if;
  select j.* into v_job from public.jobs j where j.id = p_job_id for no key update;
  if not found then
    return 'job_not_found';
  end if;
  if v_job.status <> 'processing'
    or v_job.node_id <> p_node.id
    or v_job.attempt <> coalesce(p_attempt, v_job.attempt) then
    -- The same result told twice, because the first answer was lost, is accepted once and confirmed again.
    if p_outcome = 'succeeded' and exists (
      select from oblivion.attempts a
       where a.job_id = p_job_id
         and a.attempt = coalesce(p_attempt, v_job.attempt)
         and a.node_id = p_node.id
         and a.outcome = 'succeeded') then
      return 'confirmed';
    end if;
    return 'stale_attempt';
  end if;

  if p_outcome = 'released' then
    perform oblivion.end_attempt(v_job, 'released', p_error, p_metrics);
    perform oblivion.requeue(v_job);
    return 'accepted';
  elsif p_outcome = 'failed' then
    perform oblivion.fail_attempt(v_job, 'failed', p_error, p_metrics);
    return 'accepted';
  end if;

  select s.max_inline_bytes into v_limit from oblivion.settings s where s.id;
  -- Measured before it is spelled out: one element of jsonb takes at most some 16 times the bytes of its text, and a
  -- flood of them would hold the job's lock for seconds.
  if pg_column_size(p_result) <= 16 * v_limit then
    v_canonical := oblivion.canonical_json(p_result);
  end if;
  if v_canonical is null or octet_length(v_canonical) > v_limit then
    perform oblivion.fail_attempt(v_job, 'rejected', format('The result is larger than %s bytes.', v_limit), p_metrics);
    return 'result_too_large';
  end if;
  v_hash := oblivion.content_hash(v_canonical);
  if v_hash is distinct from lower(p_hash) then
    perform oblivion.fail_attempt(v_job, 'rejected', 'The result does not have the hash that was sent with it.', p_metrics);
    return 'hash_mismatch';
  end if;
  perform oblivion.accept_result(v_job, p_node, v_canonical, v_hash, p_metrics);
  return 'paid';
end
$$;
comment on function oblivion.finish_attempt(public.nodes, uuid, int, text, jsonb, text, text, jsonb) is
  'Ends an attempt as its node reports it. Answers paid (the caller still counts it in the node''s row), confirmed (told before), accepted (failed or released), stale_attempt, hash_mismatch, result_too_large or job_not_found. For the engine alone.';

create function oblivion.release_jobs_of_node(p_node_id uuid)
returns void
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_job public.jobs;
begin
  for v_job in
    select j.* from public.jobs j where j.node_id = p_node_id order by j.id for no key update
  loop
    perform oblivion.end_attempt(v_job, 'released', 'The node was registered again.');
    perform oblivion.requeue(v_job);
  end loop;
end
$$;
comment on function oblivion.release_jobs_of_node(uuid) is 'Gives back all that a node holds. For the engine alone.';

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
  v_provider text := oblivion.require_provider(p_provider_address);
  v_hash bytea := oblivion.node_key_hash();
  v_node public.nodes;
  v_answer text;
begin
  perform oblivion.refuse_foreign_url(p_result_url, 'p_result_url');
  if p_status is null or p_status not in ('completed', 'failed') then
    perform oblivion.raise_error('OB005', 'A status is completed or failed.', null,
      jsonb_build_object('field', 'p_status', 'reason', 'unknown'));
  end if;
  select n.*
    into v_node
    from oblivion.attempts a
    join public.nodes n on n.id = a.node_id
   where a.job_id = p_job_id
     and n.provider_address = v_provider
     and (v_hash is null or n.key_hash = v_hash)
     and a.attempt = coalesce(p_attempt, a.attempt)
   order by a.attempt desc
   limit 1;
  if not found then
    return false;
  end if;
  v_answer := oblivion.finish_attempt(v_node, p_job_id, p_attempt,
    case p_status when 'completed' then 'succeeded' else 'failed' end,
    p_result, p_result_hash, p_error, null);
  if v_answer = 'paid' then
    update public.nodes n
       set current_jobs = greatest(0, n.current_jobs - 1),
           total_jobs_completed = n.total_jobs_completed + 1
     where n.id = v_node.id;
  end if;
  return v_answer in ('paid', 'confirmed', 'accepted');
end
$$;
comment on function public.complete_job(uuid, text, text, text, int, jsonb, text, text) is
  'Ends a job that the caller holds; a completed one carries p_result and the SHA-256 of its canonical JSON. False where the attempt is not the caller''s any more. OB001, OB002, OB005, OB009.';

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
