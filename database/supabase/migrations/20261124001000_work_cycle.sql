-- The hot path, one round trip: work_cycle completes the last job, counts as a sign of life, claims the next and says
-- when to come back.

create function oblivion.job_answer(p_job public.jobs, p_task oblivion.tasks, p_chunk oblivion.chunks, p_max_bytes int)
returns jsonb
language sql
stable
return jsonb_build_object(
  'jobId', p_job.id,
  'attempt', p_job.attempt,
  'taskId', p_job.task_id,
  'title', p_task.title,
  'chunkIndex', p_job.chunk_index,
  'chunkCount', p_task.chunk_count,
  'type', p_job.type,
  'program', case p_job.stage when 0 then p_task.program else p_task.stages #> array[p_job.stage::text, 'program'] end,
  'input', case when p_job.stage > 0 then oblivion.job_input(p_job, p_chunk.input)
             when p_chunk.input ->> '$stored' is null then p_chunk.input end,
  -- Where it lies instead; in a later stage {input, previous} as well.
  'inputUrl', case when p_job.stage > 0 then oblivion.job_input_urls(p_job, p_task.owner_id, p_chunk.input)
                when p_chunk.input ->> '$stored' is not null
                then to_jsonb(oblivion.input_url(p_task.owner_id, p_chunk.input ->> '$stored')) end,
  'leaseExpiresAt', p_job.lease_expires_at,
  'limits', jsonb_build_object('timeoutSeconds', p_task.timeout_seconds, 'maxResultBytes', p_max_bytes,
    -- What may be delivered through Storage instead: as large as its bucket takes.
    'maxStoredBytes', 16777216),
  'checkpoint', case when p_job.attempt > 1 then oblivion.checkpoint_for(p_job) end);
comment on function oblivion.job_answer(public.jobs, oblivion.tasks, oblivion.chunks, int) is
  'What a node gets to see of the job that it holds. One expression, so that every door that gives a job inlines it. For the engine alone.';

create function oblivion.offered_job(p_job public.jobs)
returns jsonb
language sql
stable
security definer
set search_path = ''
as $$
  select oblivion.job_answer(p_job, t, c, s.max_inline_bytes)
    from oblivion.tasks t
    join oblivion.chunks c on c.task_id = t.id
   cross join oblivion.settings s
   where t.id = p_job.task_id
     and c.chunk_index = p_job.chunk_index
     and s.id
$$;
comment on function oblivion.offered_job(public.jobs) is 'job_answer() of a claimed job. For the engine alone.';

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
     and j.status is not distinct from 'processing'
     and j.id = (
           select h.id
             from public.jobs h
            where h.node_id = p_node.id
              and h.status = 'processing'
              and not h.cancel_requested
            -- The one whose row was written longest ago: each beat writes it, and so does this. What is computed is behind
            -- what nobody knows of, and of several that were lost each has its turn.
            order by age(h.xmin) desc
            limit 1
              for no key update skip locked)
  returning j.*
$$;
comment on function oblivion.held_job(public.nodes) is
  'A job of a node that may have no other and asks all the same: the answer that gave it may have been lost on the way, so it is told again, under the same attempt. Of several the one that nobody has beaten for longest. For the engine alone.';

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
  v_key text := nullif(current_setting('request.headers', true), '')::jsonb ->> 'x-node-key';
  v_node public.nodes;
  v_done_id uuid;
  v_answer text;
  v_paid int := 0;
  v_now record;
  v_room boolean := false;
  v_before timestamptz := 'infinity';
  v_first record;
  -- Where the look for a fresh job begins: behind this task's jobs.
  v_rank int := -32768;
  v_created timestamptz := '-infinity';
  v_task_id uuid := '00000000-0000-0000-0000-000000000000';
  v_job public.jobs;
  v_offer jsonb;
  v_same_task boolean;
  v_retry int := 200;
begin
  -- As require_node() has it, which says why not.
  select n.* into v_node
    from public.nodes n
   where n.id = p_node_id
     and n.key_hash = sha256(convert_to(v_key, 'UTF8'));
  if not found then
    v_node := oblivion.require_node(p_node_id);
  end if;
  -- The order of locks: owner before job. All claims of one owner stand in line here, so its caps are exact under races.
  -- `is null` makes the lock an expression, which plpgsql evaluates without a query.
  if p_claim and pg_advisory_xact_lock(oblivion.lock_key('owner', v_node.owner_id::text)) is null then
    return null;
  end if;
  if p_done is not null and p_done <> 'null' then
    if not coalesce(jsonb_typeof(p_done) = 'object'
        and p_done ->> 'jobId' ~* '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$'
        and p_done ->> 'attempt' ~ '^[0-9]{1,9}$', false) then
      perform oblivion.raise_error('OB005', 'p_done names its jobId and attempt.', null,
        jsonb_build_object('field', 'p_done', 'reason', 'shape'));
    end if;
    v_done_id := p_done ->> 'jobId';
    if p_done ->> 'resultUrl' is not null then
      v_answer := oblivion.deliver_result(v_node, v_done_id, (p_done ->> 'attempt')::int, p_done ->> 'outcome',
        p_done ->> 'resultUrl', p_done -> 'metrics');
    else
      v_answer := oblivion.finish_attempt(v_node, v_done_id, (p_done ->> 'attempt')::int,
        p_done ->> 'outcome', p_done -> 'result', p_done ->> 'resultHash', p_done ->> 'error', p_done -> 'metrics');
    end if;
    if v_answer = 'paid' then
      v_paid := 1;
    elsif v_answer = 'accepted' and p_done ->> 'reason' = 'sandbox_died' and p_done ->> 'outcome' <> 'succeeded' then
      -- A delivery is accepted too, and is no death.
      perform oblivion.program_died(v_node.id, v_done_id);
    end if;
  end if;

  if p_claim then
    -- One look at all that a claim depends on, by a snapshot taken under the owner's lock.
    select p.key_hash is distinct from v_node.key_hash as renewed, p.room, p.funded, p.simple, p.stale_after,
           p.max_inline_bytes, (select d.task_id from public.jobs d where d.id = v_done_id) as done_task_id
      into v_now
      from oblivion.prospects(v_node.id, v_paid) p;
    if v_now.renewed and oblivion.node_key_hash() is not null then
      -- Registered again while this call waited: the key that it came with is no more. Nothing of it stands.
      v_node := oblivion.require_node(p_node_id);
    end if;
    v_room := v_now.room > 0;
    if v_room and v_now.simple then
      -- Once more where the first is of its own task.
      for v_look in 1 .. 2 loop
        select j.id, j.task_id, j.chunk_index, j.customer_owner_id, - j.priority as rank, j.created_at
          into v_first
          from public.jobs j
         where j.status = 'pending'
           and j.due
           and j.excluded_owner_id is null
           and (- j.priority, j.created_at, j.task_id) > (v_rank, v_created, v_task_id)
           and (j.offered_until is null or j.offered_until <= now() or j.offered_to = v_node.owner_id)
         order by - j.priority, j.created_at, j.task_id, j.seq
         limit 1
           for no key update skip locked;
        exit when not found;
        if v_first.customer_owner_id <> v_node.owner_id then
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
            from oblivion.tasks t, oblivion.chunks c
           where j.id = v_first.id
             and t.id = v_first.task_id
             and t.plain
             and t.status = 'running'
             and c.task_id = v_first.task_id
             and c.chunk_index = v_first.chunk_index
          returning oblivion.job_answer(j, t, c, v_now.max_inline_bytes) into v_offer;
          v_same_task := v_offer is not null and v_first.task_id = v_now.done_task_id;
          exit;
        end if;
        -- Its own task (T5): behind all of its jobs, which lie together. A second such task is left to the long way.
        v_rank := v_first.rank;
        v_created := v_first.created_at;
        v_task_id := v_first.task_id;
      end loop;
    end if;
    if v_room and v_offer is null then
      -- The long way: its own task, what a task asks of its nodes, buckets, replicas, jobs that were tried before.
      v_before := oblivion.claims_before(v_node);
      v_job := (oblivion.pick_job(v_node, v_before, p_near => case when v_paid > 0 then v_now.done_task_id end)).job;
      if v_job.id is null and oblivion.promote_due() then
        -- It may hold the lock of a bucket by now.
        v_job := (oblivion.pick_job(v_node, v_before, p_wait => false, p_near => case when v_paid > 0 then v_now.done_task_id end)).job;
      end if;
      if v_job.id is not null then
        v_job := oblivion.claim(v_job, v_node);
      end if;
    elsif not v_room then
      v_job := oblivion.held_job(v_node);
    end if;
    if v_job.id is not null then
      v_offer := oblivion.offered_job(v_job);
    end if;
    if v_offer is null then
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
         next_poll_at = now() + v_retry * interval '1 millisecond',
         -- What was paid and what was claimed is counted here, once.
         current_jobs = greatest(0, n.current_jobs - v_paid) + (v_room and v_offer is not null)::int,
         total_jobs_completed = n.total_jobs_completed + v_paid
   where n.id = v_node.id;
  if v_paid > 0 and v_same_task is not true then
    -- The last job of its task? While this call got another of the same, it was not.
    perform oblivion.try_close_task_of(v_done_id);
  end if;
  if p_claim and v_offer is null then
    -- After the row above, for it compares the counters with the jobs.
    perform oblivion.maybe_rescue();
  end if;

  return jsonb_build_object(
    'job', v_offer,
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
           progress = least(1, greatest(0, coalesce(p_progress::real, j.progress))),
           metrics = case when octet_length(p_metrics::text) <= 4096 then p_metrics else j.metrics end
      from oblivion.tasks t
     where j.id = p_job_id
       and (j.status, j.node_id, j.attempt) is not distinct from ('processing', v_node.id, p_attempt)
       and t.id = j.task_id
    returning j.lease_expires_at,
          j.cancel_requested or t.status not in ('running', 'paused')
            or (oblivion.stopped_program(t.program_keys)).program_key is not null
         into v_lease, v_cancel;
    -- A job that is not this node's any more is cancelled as far as it is concerned.
    v_cancel := coalesce(v_cancel, true);
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
