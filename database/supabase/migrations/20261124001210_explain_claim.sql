-- Why a node gets nothing, in one reason out of a closed set: the first of them that stands in its way.

-- What a call costs has a bound whatever waits (A16): it looks at ten thousand running tasks for a thousand that have a job
-- waiting, of each that is capped at as many jobs as may be in work at once, and then at some hundred jobs of them all. It
-- sorts no queue, names at most 20 of what was wanted, and keeps one plan of each statement, which would else be planned
-- anew in each call and cost more than what it does.

create function oblivion.jobs_to_explain(p_task_ids uuid[])
returns table (
  id uuid, task_id uuid, chunk_index int, stage smallint, due boolean, available_at timestamptz, offered_to bigint,
  offered_until timestamptz, attempt int, excluded_owner_id bigint)
language sql
stable
begin atomic
  -- The head of the queue, as a claim sees it; then of each task the same part of 300, also of what was tried or is not due. Read row by row, so whoever has seen enough stops.
  select h.id, h.task_id, h.chunk_index, h.stage, true, h.available_at, h.offered_to, h.offered_until, h.attempt, null::bigint
    from (
      select j.*
        from public.jobs j
       where j.status = 'pending'
         and j.due
         and j.excluded_owner_id is null
       order by (- j.priority), j.created_at, j.task_id, j.seq
       limit 300) h
   where h.task_id = any (p_task_ids)
  union all
  select w.id, w.task_id, w.chunk_index, w.stage, w.due or w.available_at <= now(), w.available_at, w.offered_to,
         w.offered_until, w.attempt, w.excluded_owner_id
    from unnest(p_task_ids) t
   cross join lateral (
           select j.*
             from public.jobs j
            where j.task_id = t
              and j.status = 'pending'
            limit 1 + 300 / cardinality(p_task_ids)) w;
end;
comment on function oblivion.jobs_to_explain(uuid[]) is
  'Jobs that wait of these tasks: those among the first 300 in the order of claims, and then some of each task, 300 in all or one of each; one may come twice. Inlined. For the engine alone.';

create function oblivion.claim_obstacle(p_node public.nodes, out reason text, out sentence text, out facts jsonb)
language plpgsql
stable
security definer
set search_path = ''
set plan_cache_mode = force_generic_plan
set enable_seqscan = off
set enable_bitmapscan = off
set jit = off
as $$
declare
  v_owner oblivion.owners;
  v_settings oblivion.settings;
  -- Tasks that have a job waiting; of others than this node's owner; that suit it; whose bucket has a place.
  v_waiting int;
  v_foreign uuid[];
  v_suiting uuid[];
  v_ids uuid[];
  v_seen record;
  v_cluster bigint := oblivion.cluster_of(p_node);
  v_until timestamptz;
  v_patience interval;
begin
  facts := '{}';
  select o.* into v_owner from oblivion.owners o where o.id = p_node.owner_id;
  select s.* into v_settings from oblivion.settings s where s.id;
  if not oblivion.is_online(p_node.last_seen, p_node.next_poll_at) then
    reason := 'not_online';
    sentence := 'This node is not online: it has not asked for work lately.';
    facts := jsonb_build_object('lastSeen', p_node.last_seen, 'hardwareId', p_node.hardware_id);
    return;
  elsif p_node.current_jobs >= p_node.max_jobs then
    reason := 'node_full';
    sentence := format('This node holds %s of at most %s jobs.', p_node.current_jobs, p_node.max_jobs);
    facts := jsonb_build_object('currentJobs', p_node.current_jobs, 'maxJobs', p_node.max_jobs);
    return;
  elsif greatest(v_owner.accepted_count, v_owner.proven_count) < v_settings.proven_after
    and p_node.raised_max_jobs is null
    and exists (select from public.nodes n where n.owner_id = v_owner.id and n.current_jobs > 0) then
    reason := 'owner_on_probation';
    sentence := format('Until %s of its results are accepted, all nodes of this wallet together hold one job, and another has it.',
      v_settings.proven_after);
    facts := jsonb_build_object('accepted', v_owner.accepted_count, 'needed', v_settings.proven_after);
    return;
  elsif v_owner.claims_from > now() and oblivion.others_can_work(v_owner.id) then
    reason := 'budget_spent';
    sentence := 'This wallet''s nodes failed, released or lost too many jobs of late, so others go first for a while.';
    facts := jsonb_build_object('until', v_owner.claims_from);
    return;
  elsif v_owner.held_up then
    reason := 'results_unread';
    sentence := format('%s of this wallet%s delivered and not yet read by the network. It gets jobs again once some are, and is paid for them.',
      case v_owner.unread when 1 then 'One result' else v_owner.unread || ' results' end,
      case v_owner.unread when 1 then ' is' else ' are' end);
    facts := jsonb_build_object('unread', v_owner.unread);
    return;
  end if;

  -- A thousand tasks are enough to tell what is the matter. Their rows stay where they are: as values they would bring
  -- each its program.
  select count(*),
         array_agg(w.id) filter (where w.owner_id <> p_node.owner_id),
         array_agg(w.id) filter (where w.owner_id <> p_node.owner_id and w.mismatch is null),
         array_agg(w.id) filter (where w.owner_id <> p_node.owner_id and w.mismatch is null and (
           w.max_concurrent_chunks is null or w.max_concurrent_chunks > (
             select count(*)
               from (
                 select from public.jobs j
                  where j.task_id = w.id and j.status = 'processing'
                  limit w.max_concurrent_chunks) c))),
         mode() within group (order by w.mismatch) filter (where w.owner_id <> p_node.owner_id)
    into v_waiting, v_foreign, v_suiting, v_ids, reason
    from (
      select t.id, t.owner_id, t.max_concurrent_chunks,
             -- A plain task suits every node that is no site's.
             case when not (t.plain and p_node.programs is null and p_node.site_owner_id is null) then
               oblivion.mismatch(t, p_node) end as mismatch
        from (
          select r.id
            from (select x.id, x.priority, x.created_at from oblivion.tasks x where x.status = 'running' limit 10000) r
           where exists (select from public.jobs j where j.task_id = r.id and j.status = 'pending' offset 0)
           order by r.priority desc, r.created_at
           limit 1000) f
        join oblivion.tasks t on t.id = f.id
      -- Asked once of each, not once for each place above.
      offset 0) w;
  if v_waiting = 0 then
    reason := 'no_pending_jobs';
    sentence := 'No job is waiting at the moment.';
    return;
  elsif v_foreign is null then
    reason := 'own_tasks_only';
    sentence := 'Only tasks of this wallet are waiting, and nobody computes for itself.';
    return;
  elsif v_suiting is null then
    -- The commonest of the mismatches.
    if reason = 'worker_type' then
      reason := 'other_worker_type';
      sentence := format('The tasks that wait are not for nodes of type %s.', p_node.worker_type);
      facts := jsonb_build_object('workerType', p_node.worker_type, 'wanted', (
        select jsonb_agg(d.w order by d.w)
          from (
            select distinct w
              from oblivion.tasks t, unnest(t.worker_types) w
             where t.id = any (v_foreign)
             limit 20) d));
    elsif reason = 'capability' then
      reason := 'missing_capability';
      sentence := 'The tasks that wait need a capability that this node does not have.';
      facts := jsonb_build_object('wanted', (
        select jsonb_agg(d.c order by d.c)
          from (
            select distinct c
              from oblivion.tasks t, unnest(t.capabilities) c
             where t.id = any (v_foreign)
             limit 20) d));
    elsif reason = 'own_site' then
      reason := 'own_tasks_only';
      sentence := 'Only tasks of this site''s owner are waiting, and its visitors do not compute for it.';
    elsif reason = 'program' then
      reason := 'program_not_allowed';
      sentence := case when p_node.site_id is null
        then 'The tasks that wait need programs that this node does not have: a Python node has built-in ones alone.'
        else 'The tasks that wait need programs that this site does not let its visitors run.' end;
      facts := jsonb_build_object('allowed', to_jsonb(p_node.programs));
    else
      reason := 'price_too_high';
      sentence := 'The tasks that wait pay less per hour than this node asks.';
      facts := jsonb_build_object('pricePerHour', p_node.price_per_hour::text, 'highest', (
        select max(t.max_price_per_hour)::text from oblivion.tasks t where t.id = any (v_foreign)));
    end if;
    return;
  end if;

  if v_ids is null then
    reason := 'buckets_full';
    sentence := 'Every task that waits has as many chunks in work as its customer allows at once.';
    return;
  end if;

  -- The first that nothing stands in the way of is enough.
  if not exists (
    select
      from oblivion.jobs_to_explain(v_ids) j
     where j.due
       and (j.offered_until is null or j.offered_until <= now() or j.offered_to = p_node.owner_id)
       and (j.excluded_owner_id is null or j.attempt = 0)
       and not exists (
             select from oblivion.replica_owners r
              where r.task_id = j.task_id and r.chunk_index = j.chunk_index and r.stage = j.stage
                and r.cluster_id = v_cluster
             -- By its key, job by job: as a join the plan that is kept might read them all.
             offset 0))
  then
    select bool_or(w.due) as due, bool_or(w.due and w.free) as free, bool_or(w.due and w.free and not w.has_replica) as other,
           min(w.available_at) as available_at, min(w.offered_until) filter (where w.due) as offered_until,
           -- A hundred of those that others tried, and of its own: each costs a look around.
           (array_agg(w.id) filter (where w.due and w.free and not w.has_replica and w.excluded_owner_id <> p_node.owner_id))[:100]
             || (array_agg(w.id) filter (where w.due and w.free and not w.has_replica and w.excluded_owner_id = p_node.owner_id))[:100]
             as tried
      into v_seen
      from (
        select j.*,
               j.offered_until is null or j.offered_until <= now() or j.offered_to = p_node.owner_id as free,
               j.due and exists (
                 select from oblivion.replica_owners r
                  where r.task_id = j.task_id and r.chunk_index = j.chunk_index and r.stage = j.stage
                    and r.cluster_id = v_cluster
                 offset 0) as has_replica
          from oblivion.jobs_to_explain(v_ids) j
        offset 0) w;
    -- All of them were taken since.
    if v_seen.due is null then
      reason := 'no_pending_jobs';
      sentence := 'No job is waiting at the moment.';
      return;
    elsif not v_seen.due then
      reason := 'not_due_yet';
      sentence := 'The jobs that wait have failed before and are given out again a little later.';
      facts := jsonb_build_object('until', v_seen.available_at);
      return;
    elsif not v_seen.free then
      reason := 'offered_to_others';
      sentence := 'The jobs that wait are offered to others for a moment.';
      facts := jsonb_build_object('until', v_seen.offered_until);
      return;
    elsif not v_seen.other then
      reason := 'has_replica';
      sentence := 'This wallet has its part of every chunk that waits: the other replicas are for other owners.';
      return;
    elsif not exists (select from unnest(v_seen.tried) j where oblivion.may_retry(j, p_node)) then
      reason := 'tried_before';
      sentence := 'Every job that waits was tried before, by this wallet or by others, and somebody online goes first with it for two minutes at most.';
      return;
    end if;
  end if;

  select oblivion.patience(p_node, w)
    into v_patience
    from oblivion.waiting_room w
   where w.id
     and w.expires_at > now();
  if v_patience > '0' then
    -- When the first of them is old enough for this node; at once where one is offered to it, or was tried before.
    select min(case
             when j.offered_to = p_node.owner_id and j.offered_until > now() or j.excluded_owner_id is not null then now()
             else greatest(j.available_at, j.offered_until) + v_patience end)
      into v_until
      from oblivion.jobs_to_explain(v_ids) j
     where j.due;
    if v_until > now() then
      reason := 'yielding';
      sentence := 'Work is scarce, and others wait who have had less of it lately: they go first for a moment.';
      facts := jsonb_build_object('until', v_until);
      return;
    end if;
  end if;

  reason := 'job_waiting';
  sentence := 'Nothing stands in the way: a job is waiting for this node''s next call.';
end
$$;
comment on function oblivion.claim_obstacle(public.nodes) is
  'The first reason why a node would get nothing now, in the order in which a claim looks. For the engine alone.';

create function public.explain_claim(p_node_id uuid)
returns jsonb
language sql
stable
security definer
set search_path = ''
as $$
  select jsonb_build_object('reason', c.reason, 'sentence', c.sentence, 'values', c.facts)
    from oblivion.claim_obstacle(oblivion.require_node(p_node_id)) c
$$;
comment on function public.explain_claim(uuid) is
  'Why a node of the caller''s gets nothing: {reason, sentence, values}. Reasons: not_online, node_full, owner_on_probation, budget_spent, results_unread, no_pending_jobs, own_tasks_only, program_not_allowed, other_worker_type, missing_capability, price_too_high, buckets_full, not_due_yet, offered_to_others, has_replica, tried_before, yielding, job_waiting. Takes nothing and is no sign of life. OB001, OB003, OB004.';
