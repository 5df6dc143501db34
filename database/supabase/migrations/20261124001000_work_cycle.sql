-- The hot path, one round trip: work_cycle completes the last job, counts as a sign of life, claims the next and says
-- when to come back.

create function oblivion.offered_job(p_job public.jobs)
returns jsonb
language sql
stable
security definer
set search_path = ''
as $$
  select jsonb_build_object(
    'jobId', p_job.id,
    'attempt', p_job.attempt,
    'taskId', p_job.task_id,
    'title', t.title,
    'chunkIndex', p_job.chunk_index,
    'chunkCount', t.chunk_count,
    'type', p_job.type,
    'program', t.program,
    'input', c.input,
    'leaseExpiresAt', p_job.lease_expires_at,
    'limits', jsonb_build_object('timeoutSeconds', t.timeout_seconds, 'maxResultBytes', s.max_inline_bytes))
    from oblivion.tasks t
    join oblivion.chunks c on c.task_id = t.id
   cross join oblivion.settings s
   where t.id = p_job.task_id
     and c.chunk_index = p_job.chunk_index
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
as $$
declare
  v_node public.nodes := oblivion.require_node(p_node_id);
  v_answer text;
  v_job public.jobs;
  v_retry int := 200;
begin
  if p_claim then
    -- The order of locks: owner before job. A node that was registered again meanwhile has another key now.
    perform pg_advisory_xact_lock(oblivion.lock_key('owner', v_node.owner_id::text));
    v_node := oblivion.require_node(p_node_id);
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
    perform oblivion.refuse_foreign_url(p_done ->> 'resultUrl', 'resultUrl');
    v_answer := oblivion.finish_attempt(v_node, (p_done ->> 'jobId')::uuid, (p_done ->> 'attempt')::int,
      p_done ->> 'outcome', p_done -> 'result', p_done ->> 'resultHash', p_done ->> 'error', p_done -> 'metrics');
  end if;

  if p_claim then
    perform oblivion.promote_due();
    if oblivion.has_room(v_node) then
      v_job := oblivion.pick_job(v_node);
      if v_job.id is not null then
        v_job := oblivion.claim(v_job, v_node);
      end if;
    else
      v_job := oblivion.held_job(v_node);
    end if;
    if v_job.id is null then
      v_retry := oblivion.retry_ms(v_node.worker_type);
      perform oblivion.maybe_rescue();
      if v_answer is null then
        -- An empty poll needs no durable commit; after a crash the next one says the same.
        perform set_config('synchronous_commit', 'off', true);
      end if;
    end if;
  end if;
  update public.nodes n
     set last_seen = now(),
         next_poll_at = now() + make_interval(secs => v_retry / 1000.0)
   where n.id = v_node.id;

  return jsonb_build_object(
    'job', case when v_job.id is not null then oblivion.offered_job(v_job) end,
    'retryMs', v_retry,
    'accepted', case when v_answer is not null then v_answer = 'accepted' end,
    'reason', nullif(v_answer, 'accepted'));
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
    returning j.lease_expires_at, j.cancel_requested or t.status <> 'running'
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
