-- The hot path, one round trip: work_cycle completes the last job, counts as a sign of life, claims the next and says
-- when to come back.

create function oblivion.offered_job(p_job public.jobs)
returns jsonb
language plpgsql
stable
security definer
set search_path = ''
as $$
begin
  return (
    select jsonb_build_object(
      'jobId', p_job.id,
      'attempt', p_job.attempt,
      'taskId', p_job.task_id,
      'title', t.title,
      'chunkIndex', p_job.chunk_index,
      'chunkCount', t.chunk_count,
      'type', p_job.type,
      'program', case p_job.stage when 0 then t.program else t.stages #> array[p_job.stage::text, 'program'] end,
      'input', case p_job.stage when 0 then c.input else oblivion.job_input(p_job, c.input) end,
      'leaseExpiresAt', p_job.lease_expires_at,
      'limits', jsonb_build_object('timeoutSeconds', t.timeout_seconds, 'maxResultBytes', s.max_inline_bytes),
      'checkpoint', case when p_job.attempt > 1 then oblivion.checkpoint_for(p_job) end)
      from oblivion.tasks t
      join oblivion.chunks c on c.task_id = t.id
     cross join oblivion.settings s
     where t.id = p_job.task_id
       and c.chunk_index = p_job.chunk_index
       and s.id);
end
$$;
comment on function oblivion.offered_job(public.jobs) is 'What a node gets to see of the job that it holds. For the engine alone.';

create function oblivion.held_job(p_node public.nodes)
returns public.jobs
language sql
security definer
set search_path = ''
as $$
  update public.jobs j
     set lease_expires_at = least(
           now() + oblivion.stale_after(p_node.worker_type),
           j.started_at + make_interval(secs => t.timeout_seconds))
    from oblivion.tasks t
   where t.id = j.task_id
     and j.status = 'processing'
     and j.id = (
           select h.id
             from public.jobs h
            where h.node_id = p_node.id
              and h.status = 'processing'
              and not h.cancel_requested
            order by h.started_at desc
            limit 1
              for no key update skip locked)
     and (select n.current_jobs >= n.max_jobs from public.nodes n where n.id = p_node.id)
  returning j.*
$$;
comment on function oblivion.held_job(public.nodes) is
  'The latest job of a node that is full and asks for one all the same: the answer that gave it was lost on the way, so it is told again, under the same attempt. For the engine alone.';

create function public.work_cycle(p_node_id uuid, p_done jsonb default null, p_claim boolean default true)
returns jsonb
language plpgsql
security definer
set search_path = ''
-- Every statement below this call is a look by key. A plan made anew for each value, or made while a table was small,
-- costs more than the statement: 440 jobs/s without these two settings, 700 with them.
set plan_cache_mode = force_generic_plan
set enable_seqscan = off
set jit = off
as $$
declare
  v_node public.nodes := oblivion.require_node(p_node_id);
  v_now record;
  v_answer text;
  v_paid int := 0;
  v_room boolean;
  v_before timestamptz := 'infinity';
  v_job public.jobs;
  v_retry int := 200;
begin
  -- The order of locks: owner before job. All claims of one owner stand in line here, so its caps are exact under races.
  -- `is null` makes the lock an expression, which plpgsql evaluates without a query.
  if p_claim and pg_advisory_xact_lock(oblivion.lock_key('owner', v_node.owner_id::text)) is null then
    return null;
  end if;
  if p_done is not null and p_done <> 'null' then
    if jsonb_typeof(p_done) <> 'object'
      or (p_done ->> 'jobId') is null
      or (p_done ->> 'jobId') !~* '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$'
      or (p_done ->> 'attempt') is null
      or (p_done ->> 'attempt') !~ '^[0-9]{1,9}$' then
      perform oblivion.raise_error('OB005', 'p_done names its jobId and attempt.', null,
        jsonb_build_object('field', 'p_done', 'reason', 'shape'));
    end if;
    if p_done ? 'resultUrl' then
      perform oblivion.refuse_foreign_url(p_done ->> 'resultUrl', 'resultUrl');
    end if;
    v_answer := oblivion.finish_attempt(v_node, (p_done ->> 'jobId')::uuid, (p_done ->> 'attempt')::int,
      p_done ->> 'outcome', p_done -> 'result', p_done ->> 'resultHash', p_done ->> 'error', p_done -> 'metrics');
    v_paid := (v_answer = 'paid')::int;
    if v_answer = 'accepted' and p_done ->> 'reason' = 'sandbox_died' then
      perform oblivion.program_died(v_node.id, (p_done ->> 'jobId')::uuid);
    end if;
  end if;

  if p_claim then
    select n.key_hash, n.current_jobs, n.max_jobs, o.accepted_count >= s.proven_after or n.raised_max_jobs is not null as proven,
           o.claims_from <= now() as funded
      into v_now
      from public.nodes n
      join oblivion.owners o on o.id = n.owner_id
     cross join oblivion.settings s
     where n.id = v_node.id
       and s.id;
    if v_now.key_hash is distinct from v_node.key_hash and oblivion.node_key_hash() is not null then
      -- Registered again while this call waited: the key that it came with is no more. Nothing of it stands.
      v_node := oblivion.require_node(p_node_id);
    end if;
    v_room := v_now.current_jobs - v_paid < v_now.max_jobs
      and (v_now.funded or not oblivion.others_can_work(v_node.owner_id))
      and (v_now.proven
        or v_now.current_jobs - v_paid <= 0 and not exists (
             select from public.nodes n
              where n.owner_id = v_node.owner_id
                and n.id <> v_node.id
                and n.current_jobs > 0));
    if v_room then
      v_before := oblivion.claims_before(v_node);
      v_job := oblivion.pick_job(v_node, p_before => v_before);
      if v_job.id is null and oblivion.promote_due() then
        v_job := oblivion.pick_job(v_node, p_before => v_before);
      end if;
      if v_job.id is not null then
        v_job := oblivion.claim(v_job, v_node);
      end if;
    else
      v_job := oblivion.held_job(v_node);
    end if;
    if v_job.id is null then
      v_retry := oblivion.wait_for_work(v_node, v_before);
      if not v_now.funded then
        v_retry := greatest(v_retry, oblivion.budget_wait_ms(v_node.owner_id));
      end if;
      if v_answer is null then
        -- An empty poll needs no durable commit; after a crash the next one says the same.
        perform set_config('synchronous_commit', 'off', true);
      end if;
    end if;
  end if;
  update public.nodes n
     set last_seen = now(),
         next_poll_at = now() + make_interval(secs => v_retry / 1000.0),
         -- What was paid and what was claimed is counted here, once.
         current_jobs = greatest(0, n.current_jobs - v_paid) + (coalesce(v_room, false) and v_job.id is not null)::int,
         total_jobs_completed = n.total_jobs_completed + v_paid
   where n.id = v_node.id;
  if p_claim and v_job.id is null then
    -- After the row above, for it compares the counters with the jobs.
    perform oblivion.maybe_rescue();
  end if;

  return jsonb_build_object(
    'job', case when v_job.id is not null then oblivion.offered_job(v_job) end,
    'retryMs', v_retry,
    'accepted', case when v_answer is not null then v_answer in ('paid', 'confirmed', 'accepted') end,
    'reason', case when v_answer not in ('paid', 'confirmed', 'accepted') then v_answer end);
end
$$;
comment on function public.work_cycle(uuid, jsonb, boolean) is
  'Reports p_done, counts as a sign of life, claims the next job unless p_claim is false, and says when to come back. OB001, OB003, OB004, OB005, OB009.';

create function public.heartbeat(
  p_node_id uuid,
  p_job_id uuid default null,
  p_attempt int default null,
  p_progress numeric default null,
  p_metrics jsonb default null
)
returns jsonb
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_node public.nodes := oblivion.require_node(p_node_id);
  v_lease timestamptz;
  v_cancel boolean;
begin
  if p_job_id is not null then
    -- Renewed up to the job's maximum run time and no further.
    update public.jobs j
       set lease_expires_at = least(
             now() + oblivion.stale_after(v_node.worker_type),
             j.started_at + make_interval(secs => t.timeout_seconds)),
           progress = least(1, greatest(0, coalesce(p_progress::real, j.progress)))
      from oblivion.tasks t
     where j.id = p_job_id
       and j.node_id = v_node.id
       and j.attempt = p_attempt
       and j.status = 'processing'
       and t.id = j.task_id
    returning j.lease_expires_at,
          j.cancel_requested or t.status not in ('running', 'paused')
            or (oblivion.stopped_program(t.program_keys)).program_key is not null
         into v_lease, v_cancel;
    -- A job that is not this node's any more is cancelled as far as it is concerned.
    v_cancel := coalesce(v_cancel, true);
    if v_lease is not null and octet_length(p_metrics::text) <= 4096 then
      update oblivion.attempts a set metrics = p_metrics where a.job_id = p_job_id and a.attempt = p_attempt;
    end if;
  end if;
  update public.nodes n
     set last_seen = now()
   where n.id = v_node.id;
  perform oblivion.maybe_rescue();
  perform set_config('synchronous_commit', 'off', true);
  return jsonb_build_object('leaseExpiresAt', v_lease, 'cancel', coalesce(v_cancel, false));
end
$$;
comment on function public.heartbeat(uuid, uuid, int, numeric, jsonb) is
  'A sign of life; renews the lease of the job at hand and says whether to drop it. p_progress is 0 to 1. OB001, OB003, OB004.';
