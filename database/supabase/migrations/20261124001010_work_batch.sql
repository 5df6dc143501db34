-- Many jobs in one call, for server nodes that an operator trusts with many: the same rules and the same functions as
-- work_cycle, with one round trip, one commit and one update of the node's row for all of them.

create function oblivion.set_max_jobs(p_node_id uuid, p_max_jobs int)
returns void
language plpgsql
security definer
set search_path = ''
as $$
begin
  if p_max_jobs not between 1 and 1000 then
    perform oblivion.raise_error('OB005', 'A node holds 1 to 1000 jobs.', null,
      jsonb_build_object('field', 'p_max_jobs', 'reason', 'range'));
  end if;
  update public.nodes n
     set raised_max_jobs = p_max_jobs,
         max_jobs = coalesce(p_max_jobs, s.max_jobs)
    from oblivion.settings s
   where n.id = p_node_id
     and n.worker_type = 'server';
  if not found then
    perform oblivion.raise_error('OB003', 'No server node has this id.', 'Register it as a server first.',
      jsonb_build_object('nodeId', p_node_id));
  end if;
end
$$;
comment on function oblivion.set_max_jobs(uuid, int) is
  'Raises how many jobs a server node may hold, also while its owner is new, and lets it use work_batch; null takes that back. It lasts over registering again. By the operator alone. OB003, OB005.';

create function oblivion.batch_reports(p_done jsonb)
returns table (place bigint, report jsonb)
language plpgsql
immutable
set search_path = ''
as $$
declare
  v_place bigint;
begin
  if p_done is null or p_done = 'null' then
    return;
  end if;
  if jsonb_typeof(p_done) <> 'array' or jsonb_array_length(p_done) > 1000 then
    perform oblivion.raise_error('OB005', 'p_done is a list of at most 1000 reports.', null,
      jsonb_build_object('field', 'p_done', 'reason', 'shape'));
  end if;
  select e.place
    into v_place
    from jsonb_array_elements(p_done) with ordinality as e (report, place)
   where jsonb_typeof(e.report) <> 'object'
      or coalesce(e.report ->> 'jobId', '') !~* '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$'
      or coalesce(e.report ->> 'attempt', '') !~ '^[0-9]{1,9}$'
   order by e.place
   limit 1;
  if v_place is not null then
    perform oblivion.raise_error('OB005', format('Report %s of p_done names no jobId and attempt.', v_place - 1), null,
      jsonb_build_object('field', format('p_done[%s]', v_place - 1), 'reason', 'shape'));
  end if;
  return query
    select e.place, e.report
      from jsonb_array_elements(p_done) with ordinality as e (report, place);
end
$$;
comment on function oblivion.batch_reports(jsonb) is
  'The reports of a batch with their places, each known to name a job and an attempt; OB005 with its place otherwise. For the engine alone.';

create function oblivion.finish_batch(p_node public.nodes, p_done jsonb, out answers jsonb, out paid int)
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_report record;
  v_job record;
  v_answer text;
begin
  answers := '[]';
  paid := 0;
  -- Several rows of one task are locked below, one by one: whoever changes all of a task's rows, as cancelling does,
  -- goes before or after. In the order of the keys, as every batch takes them.
  perform pg_advisory_xact_lock_shared(k.key)
    from (
      select distinct oblivion.lock_key('control', j.task_id::text) as key
        from oblivion.batch_reports(p_done) r
        join public.jobs j on j.id = (r.report ->> 'jobId')::uuid and j.node_id = p_node.id
       order by 1) k;
  for v_report in
    select r.report from oblivion.batch_reports(p_done) r order by r.place
  loop
    perform oblivion.refuse_foreign_url(v_report.report ->> 'resultUrl', 'resultUrl');
    select j.status, j.node_id into v_job from public.jobs j where j.id = (v_report.report ->> 'jobId')::uuid;
    -- A job that is somebody else's is not even locked.
    v_answer := case
      when not found then 'job_not_found'
      when v_job.node_id = p_node.id or v_job.status = 'completed' then oblivion.finish_attempt(
        p_node, (v_report.report ->> 'jobId')::uuid, (v_report.report ->> 'attempt')::int,
        v_report.report ->> 'outcome', v_report.report -> 'result', v_report.report ->> 'resultHash',
        v_report.report ->> 'error', v_report.report -> 'metrics')
      else 'stale_attempt' end;
    paid := paid + (v_answer = 'paid')::int;
    if v_answer = 'accepted' and v_report.report ->> 'reason' = 'sandbox_died' then
      perform oblivion.program_died(p_node.id, (v_report.report ->> 'jobId')::uuid);
    end if;
    answers := answers || jsonb_build_object(
      'jobId', v_report.report -> 'jobId',
      'attempt', (v_report.report ->> 'attempt')::int,
      'accepted', v_answer in ('paid', 'confirmed', 'accepted'),
      'reason', case when v_answer not in ('paid', 'confirmed', 'accepted') then v_answer end);
  end loop;
end
$$;
comment on function oblivion.finish_batch(public.nodes, jsonb) is
  'Ends the attempts of a batch, each with an answer of its own, in their order; paid is how many the caller still counts in the node''s row. For the engine alone.';

create function public.work_batch(p_node_id uuid, p_done jsonb default '[]', p_limit int default 10)
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
  v_node public.nodes := oblivion.require_node(p_node_id);
  v_hash bytea := v_node.key_hash;
  v_answers jsonb;
  v_paid int;
  v_room int;
  v_before timestamptz := 'infinity';
  v_job public.jobs;
  v_jobs jsonb := '[]';
  v_retry int := 200;
begin
  if p_limit is null or p_limit not between 0 and 1000 then
    perform oblivion.raise_error('OB005', 'p_limit is 0 to 1000.', null,
      jsonb_build_object('field', 'p_limit', 'reason', 'range'));
  end if;
  -- The order of locks, and what may have changed while this call waited: as in work_cycle.
  perform pg_advisory_xact_lock(oblivion.lock_key('owner', v_node.owner_id::text));
  select n.* into v_node from public.nodes n where n.id = p_node_id;
  if v_node.key_hash is distinct from v_hash and oblivion.node_key_hash() is not null then
    v_node := oblivion.require_node(p_node_id);
  end if;
  if v_node.worker_type <> 'server' or v_node.raised_max_jobs is null then
    perform oblivion.raise_error('OB018', 'Batches are for server nodes whose limit an operator raised.',
      'Use work_cycle, or ask the operator.');
  end if;

  select f.answers, f.paid into v_answers, v_paid from oblivion.finish_batch(v_node, p_done) f;

  -- Counted now: what failed or was released above is no longer in it, what was paid still is.
  select least(p_limit, n.max_jobs - (n.current_jobs - v_paid))
    into v_room
    from public.nodes n
    join oblivion.owners o on o.id = n.owner_id
   where n.id = v_node.id
     and (o.claims_from <= now() or not oblivion.others_can_work(o.id));
  if v_room > 0 then
    v_before := oblivion.claims_before(v_node);
  end if;
  while jsonb_array_length(v_jobs) < coalesce(v_room, 0) loop
    -- Whoever holds the lock of a bucket waits for no other one.
    v_job := oblivion.pick_job(v_node, p_wait => v_jobs = '[]', p_before => v_before);
    if v_job.id is null and oblivion.promote_due() then
      continue;
    end if;
    exit when v_job.id is null;
    v_jobs := v_jobs || oblivion.offered_job(oblivion.claim(v_job, v_node));
  end loop;

  if v_jobs = '[]' and p_limit > 0 then
    v_retry := greatest(oblivion.wait_for_work(v_node, v_before), oblivion.budget_wait_ms(v_node.owner_id));
  end if;
  update public.nodes n
     set last_seen = now(),
         next_poll_at = now() + make_interval(secs => v_retry / 1000.0),
         current_jobs = greatest(0, n.current_jobs - v_paid) + jsonb_array_length(v_jobs),
         total_jobs_completed = n.total_jobs_completed + v_paid
   where n.id = v_node.id;
  if v_jobs = '[]' then
    perform oblivion.maybe_rescue();
  end if;
  return jsonb_build_object('done', v_answers, 'jobs', v_jobs, 'retryMs', v_retry);
end
$$;
comment on function public.work_batch(uuid, jsonb, int) is
  'work_cycle for many jobs: reports each element of p_done and claims at most p_limit new ones. {done: [{jobId, attempt, accepted, reason}], jobs, retryMs}. For server nodes whose limit an operator raised. A caller that lost an answer registers again, which gives back what it holds. OB001, OB003, OB004, OB005, OB009, OB018.';
