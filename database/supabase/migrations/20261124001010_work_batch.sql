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

create function oblivion.batch_reports(p_done jsonb, out reports jsonb[], out ids uuid[])
language plpgsql
immutable
set search_path = ''
as $$
declare
  v_ids text[];
  v_place bigint;
begin
  if p_done is null or p_done = 'null' then
    return;
  end if;
  if jsonb_typeof(p_done) <> 'array' or jsonb_array_length(p_done) > 1000 then
    perform oblivion.raise_error('OB005', 'p_done is a list of at most 1000 reports.', null,
      jsonb_build_object('field', 'p_done', 'reason', 'shape'));
  end if;
  select array_agg(e.report order by e.place), array_agg(e.report ->> 'jobId' order by e.place),
         min(e.place) filter (
           where jsonb_typeof(e.report) <> 'object'
              or coalesce(e.report ->> 'jobId', '') !~* '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$'
              or coalesce(e.report ->> 'attempt', '') !~ '^[0-9]{1,9}$')
    into reports, v_ids, v_place
    from jsonb_array_elements(p_done) with ordinality as e (report, place);
  if v_place is not null then
    perform oblivion.raise_error('OB005', format('Report %s of p_done names no jobId and attempt.', v_place - 1), null,
      jsonb_build_object('field', format('p_done[%s]', v_place - 1), 'reason', 'shape'));
  end if;
  ids := v_ids::uuid[];
end
$$;
comment on function oblivion.batch_reports(jsonb) is
  'The reports of a batch and the job of each, in their order, each known to name a job and an attempt; null where there are none; OB005 with its place otherwise. For the engine alone.';

create function oblivion.finish_batch(p_node public.nodes, p_done jsonb, out answers jsonb, out paid int, out task_ids uuid[])
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_reports jsonb[];
  v_ids uuid[];
  v_answers text[];
  v_fast record;
  v_report jsonb;
  v_job record;
begin
  answers := '[]';
  paid := 0;
  task_ids := '{}';
  select r.reports, r.ids into v_reports, v_ids from oblivion.batch_reports(p_done) r;
  if v_ids is null then
    return;
  end if;
  -- Several rows of one task are locked below: whoever changes all of a task's rows, as cancelling does, goes before or
  -- after. In the order of the ids, as whoever takes several.
  perform pg_advisory_xact_lock_shared(oblivion.lock_key('control', h.task_id::text))
    from (
      select distinct j.task_id
        from public.jobs j
       where j.id = any (v_ids)
         and j.node_id is not distinct from p_node.id
       order by 1) h;

  -- The common case of finish_attempt, for all of the batch at once: successes of plain tasks, well formed. Of two
  -- reports of one job the first counts.
  with held as materialized (
    select r.place, j.id, j.task_id, j.chunk_index, j.attempt, j.provider_address, j.available_at, j.started_at,
           t.owner_id as customer, t.asset, t.instance_id, t.price_per_chunk, t.fee_bps, s.max_inline_bytes,
           r.report ->> 'resultHash' as hash, r.report -> 'metrics' as metrics,
           oblivion.canonical_json(r.report -> 'result') as canonical
      from (
        select distinct on (u.job_id) u.job_id, u.report, u.place
          from unnest(v_ids, v_reports) with ordinality as u (job_id, report, place)
         order by u.job_id, u.place) r
      join public.jobs j on j.id = r.job_id
      join oblivion.tasks t on t.id = j.task_id
     cross join oblivion.settings s
     where (j.status, j.node_id, j.attempt) is not distinct from ('processing', p_node.id, (r.report ->> 'attempt')::int)
       and t.plain
       and s.id
       and r.report ->> 'outcome' = 'succeeded'
       and r.report ->> 'resultUrl' is null
       and pg_column_size(r.report -> 'result') <= 16 * s.max_inline_bytes
       and coalesce(octet_length((r.report -> 'metrics')::text) <= 4096, true)
  ), right_ones as materialized (
    select h.*
      from held h
     where octet_length(h.canonical) <= h.max_inline_bytes
       and encode(sha256(convert_to(h.canonical, 'UTF8')), 'hex') = lower(h.hash)
  ), done as (
    update public.jobs j
       set status = 'completed',
           progress = 1,
           error = null,
           metrics = null,
           node_id = null,
           lease_expires_at = null,
           finished_at = now(),
           moves = j.moves + 1
      from right_ones r
     where j.id = r.id
       and (j.status, j.node_id, j.attempt) is not distinct from ('processing', p_node.id, r.attempt)
    returning r.*
  ), attempts as (
    insert into oblivion.attempts (
      job_id, attempt, task_id, node_id, owner_id, provider_address, queued_at, started_at, outcome, metrics)
    select d.id, d.attempt, d.task_id, p_node.id, p_node.owner_id, d.provider_address, d.available_at, d.started_at,
           'succeeded', d.metrics
      from done d
  ), results as (
    insert into oblivion.results (job_id, task_id, chunk_index, attempt, node_id, canonical, result_hash)
    select d.id, d.task_id, d.chunk_index, d.attempt, p_node.id, d.canonical, lower(d.hash)
      from done d
  ), receipts as (
    insert into oblivion.receipts (
      job_id, attempt, task_id, chunk_index, provider_owner_id, payee_owner_id, customer_owner_id, asset, instance_id,
      price, fee, result_hash, started_at)
    select d.id, d.attempt, d.task_id, d.chunk_index, p_node.owner_id, p_node.payee_owner_id, d.customer, d.asset,
           d.instance_id, d.price_per_chunk, oblivion.chunk_fee(d.price_per_chunk, d.fee_bps, d.chunk_index),
           lower(d.hash), d.started_at
      from done d
  )
  select array_agg(d.place) as places, count(*)::int as count, sum(d.price_per_chunk)::bigint as price,
         array_agg(distinct d.task_id) as task_ids
    into v_fast
    from done d;
  if v_fast.count is distinct from cardinality(v_ids) then
    -- The rest of its jobs, before the owner's and the node's rows, for which waits whoever has one of them.
    perform from public.jobs j
      where j.id = any (v_ids)
        and j.node_id is not distinct from p_node.id
      order by j.id
        for no key update;
  end if;
  if v_fast.count > 0 then
    perform oblivion.count_accepted(p_node.owner_id, v_fast.price, v_fast.count);
    paid := v_fast.count;
    task_ids := v_fast.task_ids;
  end if;
  select array_agg(case when u.place = any (v_fast.places) then 'paid' end order by u.place)
    into v_answers
    from generate_series(1, cardinality(v_ids)) as u (place);

  -- Whatever is not so simple, one by one.
  for v_place in 1 .. cardinality(v_ids) loop
    continue when v_answers[v_place] is not null;
    v_report := v_reports[v_place];
    select j.status, j.node_id, j.task_id into v_job from public.jobs j where j.id = v_ids[v_place];
    -- A job that is somebody else's is not even locked.
    v_answers[v_place] := case
      when v_report ->> 'resultUrl' is not null then oblivion.deliver_result(
        p_node, v_ids[v_place], (v_report ->> 'attempt')::int, v_report ->> 'outcome', v_report ->> 'resultUrl',
        v_report -> 'metrics')
      when not found then 'job_not_found'
      when v_job.node_id = p_node.id or v_job.status = 'completed' then oblivion.finish_attempt(
        p_node, v_ids[v_place], (v_report ->> 'attempt')::int, v_report ->> 'outcome', v_report -> 'result',
        v_report ->> 'resultHash', v_report ->> 'error', v_report -> 'metrics')
      else 'stale_attempt' end;
    if v_answers[v_place] = 'paid' then
      paid := paid + 1;
      task_ids := task_ids || v_job.task_id;
    elsif v_answers[v_place] = 'accepted' and v_report ->> 'reason' = 'sandbox_died'
      and v_report ->> 'outcome' <> 'succeeded' then
      -- A delivery is accepted too, and is no death.
      perform oblivion.program_died(p_node.id, v_ids[v_place]);
    end if;
  end loop;
  select jsonb_agg(jsonb_build_object(
           'jobId', u.report -> 'jobId',
           'attempt', (u.report ->> 'attempt')::int,
           'accepted', u.answer in ('paid', 'confirmed', 'accepted'),
           'reason', case when u.answer not in ('paid', 'confirmed', 'accepted') then u.answer end) order by u.place)
    into answers
    from unnest(v_reports, v_answers) with ordinality as u (report, answer, place);
end
$$;
comment on function oblivion.finish_batch(public.nodes, jsonb) is
  'Ends the attempts of a batch, each with an answer of its own, in their order; paid is how many the caller still counts in the node''s row, task_ids whose they were: it ends these. For the engine alone.';

create function oblivion.claim_head(p_node public.nodes, p_limit int)
returns jsonb
language sql
security definer
set search_path = ''
as $$
  with head as materialized (
    select h.id, h.task_id, h.chunk_index, row_number() over () as place
      from (
        select j.id, j.task_id, j.chunk_index, j.customer_owner_id
          from public.jobs j
         where j.status = 'pending'
           and j.due
           and j.excluded_owner_id is null
           and (j.offered_until is null or j.offered_until <= now() or j.offered_to = p_node.owner_id)
         order by - j.priority, j.created_at, j.task_id, j.seq
         limit p_limit
           for no key update skip locked) h
     where h.customer_owner_id <> p_node.owner_id
  ), taken as (
    update public.jobs j
       set status = 'processing',
           attempt = j.attempt + 1,
           node_id = p_node.id,
           provider_address = p_node.provider_address,
           started_at = now(),
           progress = 0,
           offered_to = null,
           offered_until = null,
           lease_expires_at = now() + least(
             case p_node.worker_type when 'browser' then s.stale_after_browser else s.stale_after end,
             make_interval(secs => t.timeout_seconds)),
           moves = j.moves + 1
      from head h, oblivion.tasks t, oblivion.chunks c, oblivion.settings s
     where j.id = h.id
       and t.id = h.task_id
       and t.plain
       and t.status = 'running'
       and c.task_id = h.task_id
       and c.chunk_index = h.chunk_index
       and s.id
    returning h.place, oblivion.job_answer(j, t, c, s.max_inline_bytes) as answer
  )
  select coalesce(jsonb_agg(k.answer order by k.place), '[]') from taken k
$$;
comment on function oblivion.claim_head(public.nodes, int) is
  'Gives the first jobs in the order of claims to a node whose prospects() are simple, and answers them as job_answer(); none or fewer where the long way (pick_job) has to say. The caller holds the owner''s lock and has counted the room. For the engine alone.';

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
  v_done record;
  v_now record;
  v_room int;
  v_before timestamptz := 'infinity';
  v_job public.jobs;
  v_jobs jsonb := '[]';
  v_count int := 0;
  v_walk oblivion.walk;
  v_promoted int := -1;
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

  select f.answers, f.paid, f.task_ids into v_done from oblivion.finish_batch(v_node, p_done) f;

  -- Counted now: what failed or was released above is no longer in it, what was paid still is.
  select least(p_limit, p.room) as room, p.simple into v_now from oblivion.prospects(v_node.id, v_done.paid) p;
  v_room := v_now.room;
  if v_room > 0 then
    if v_now.simple then
      v_jobs := oblivion.claim_head(v_node, v_room);
    end if;
    v_count := jsonb_array_length(v_jobs);
    if v_count < v_room then
      v_before := oblivion.claims_before(v_node);
    end if;
  end if;
  while v_count < v_room loop
    v_walk := oblivion.pick_job(v_node, v_before, v_promoted < 0, p_near => (v_done.task_ids)[1], p_walk => v_walk);
    v_job := v_walk.job;
    -- Another hundred only where the last brought something: each begins anew at the head.
    if v_job.id is null and v_promoted < v_count and oblivion.promote_due() then
      v_promoted := v_count;
      v_walk := null;
      continue;
    end if;
    exit when v_job.id is null;
    v_jobs := v_jobs || oblivion.offered_job(oblivion.claim(v_job, v_node));
    v_count := v_count + 1;
  end loop;

  if v_count = 0 and p_limit > 0 then
    v_retry := greatest(oblivion.wait_for_work(v_node, v_before), oblivion.budget_wait_ms(v_node.owner_id));
  end if;
  update public.nodes n
     set last_seen = now(),
         next_poll_at = now() + make_interval(secs => v_retry / 1000.0),
         current_jobs = greatest(0, n.current_jobs - v_done.paid) + v_count,
         total_jobs_completed = n.total_jobs_completed + v_done.paid
   where n.id = v_node.id;
  -- The last jobs of their tasks? Not while this call got more of the same. In one order, as everybody who ends several.
  perform oblivion.try_close_task(t.id)
    from (
      select distinct u.id
        from unnest(v_done.task_ids) as u (id)
       where u.id is distinct from (v_jobs -> 0 ->> 'taskId')::uuid
       order by 1) t;
  if v_count = 0 then
    perform oblivion.maybe_rescue();
  end if;
  return jsonb_build_object('done', v_done.answers, 'jobs', v_jobs, 'retryMs', v_retry);
end
$$;
comment on function public.work_batch(uuid, jsonb, int) is
  'work_cycle for many jobs: reports each element of p_done and claims at most p_limit new ones. {done: [{jobId, attempt, accepted, reason}], jobs, retryMs}. For server nodes whose limit an operator raised. A caller that lost an answer registers again, which gives back what it holds. OB001, OB003, OB004, OB005, OB009, OB018.';
