-- Why a node gets nothing, in one reason out of a closed set: the first of them that stands in its way.

create function oblivion.claim_obstacle(p_node public.nodes, out reason text, out sentence text, out facts jsonb)
language plpgsql
stable
security definer
set search_path = ''
as $$
declare
  v_owner oblivion.owners;
  v_settings oblivion.settings;
  v_tasks oblivion.tasks[];
  v_left oblivion.tasks[];
  v_until timestamptz;
  v_open boolean;
  v_patience interval;
begin
  facts := '{}';
  select o.* into v_owner from oblivion.owners o where o.id = p_node.owner_id;
  select s.* into v_settings from oblivion.settings s;
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

  -- A thousand tasks are enough to tell what is the matter, and bound what a call costs.
  select array_agg(w.t)
    into v_tasks
    from (
      select t
        from oblivion.tasks t
       where t.status = 'running'
         and exists (select from public.jobs j where j.task_id = t.id and j.status = 'pending')
       order by t.priority desc, t.created_at
       limit 1000) w;
  if v_tasks is null then
    reason := 'no_pending_jobs';
    sentence := 'No job is waiting at the moment.';
    return;
  end if;

  select array_agg(t) into v_left from unnest(v_tasks) t where t.owner_id <> p_node.owner_id;
  if v_left is null then
    reason := 'own_tasks_only';
    sentence := 'Only tasks of this wallet are waiting, and nobody computes for itself.';
    return;
  end if;

  v_tasks := v_left;
  select array_agg(t) into v_left from unnest(v_tasks) t where oblivion.suits(t, p_node);
  if v_left is null then
    -- The commonest of the three.
    select oblivion.mismatch(t, p_node)
      into reason
      from unnest(v_tasks) t
     group by 1
     order by count(*) desc, 1
     limit 1;
    if reason = 'worker_type' then
      reason := 'other_worker_type';
      sentence := format('The tasks that wait are not for nodes of type %s.', p_node.worker_type);
      facts := jsonb_build_object('workerType', p_node.worker_type, 'wanted', (
        select jsonb_agg(distinct w) from unnest(v_tasks) t, unnest(t.worker_types) w));
    elsif reason = 'capability' then
      reason := 'missing_capability';
      sentence := 'The tasks that wait need a capability that this node does not have.';
      facts := jsonb_build_object('wanted', (
        select jsonb_agg(distinct c) from unnest(v_tasks) t, unnest(t.capabilities) c));
    elsif reason = 'own_site' then
      reason := 'own_tasks_only';
      sentence := 'Only tasks of this site''s owner are waiting, and its visitors do not compute for it.';
    elsif reason = 'program' then
      reason := 'program_not_allowed';
      sentence := case when p_node.site_id is null
        then 'The tasks that wait need programs that their customers wrote, and a Python node has the built-in ones alone.'
        else 'The tasks that wait need programs that this site does not let its visitors run.' end;
      facts := jsonb_build_object('allowed', to_jsonb(p_node.programs));
    else
      reason := 'price_too_high';
      sentence := 'The tasks that wait pay less per hour than this node asks.';
      facts := jsonb_build_object('pricePerHour', p_node.price_per_hour::text, 'highest', (
        select max(t.max_price_per_hour)::text from unnest(v_tasks) t));
    end if;
    return;
  end if;

  v_tasks := v_left;
  select array_agg(t)
    into v_left
    from unnest(v_tasks) t
   where t.max_concurrent_chunks is null
      or t.max_concurrent_chunks > (select count(*) from public.jobs j where j.task_id = t.id and j.status = 'processing');
  if v_left is null then
    reason := 'buckets_full';
    sentence := 'Every task that waits has as many chunks in work as its customer allows at once.';
    return;
  end if;

  v_tasks := v_left;
  v_open := exists (
    select from unnest(v_tasks) t
      join public.jobs j on j.task_id = t.id and j.status = 'pending' and (j.due or j.available_at <= now()));
  if not v_open then
    select min(j.available_at)
      into v_until
      from unnest(v_tasks) t
      join public.jobs j on j.task_id = t.id and j.status = 'pending';
    reason := 'not_due_yet';
    sentence := 'The jobs that wait have failed before and are given out again a little later.';
    facts := jsonb_build_object('until', v_until);
    return;
  end if;

  v_open := exists (
    select from unnest(v_tasks) t
      join public.jobs j on j.task_id = t.id and j.status = 'pending' and (j.due or j.available_at <= now())
     where j.offered_until is null or j.offered_until <= now() or j.offered_to = p_node.owner_id);
  if not v_open then
    select min(j.offered_until)
      into v_until
      from unnest(v_tasks) t
      join public.jobs j on j.task_id = t.id and j.status = 'pending' and (j.due or j.available_at <= now());
    reason := 'offered_to_others';
    sentence := 'The jobs that wait are offered to others for a moment.';
    facts := jsonb_build_object('until', v_until);
    return;
  end if;

  v_open := exists (
    select from unnest(v_tasks) t
      join public.jobs j on j.task_id = t.id and j.status = 'pending' and (j.due or j.available_at <= now())
     where (j.offered_until is null or j.offered_until <= now() or j.offered_to = p_node.owner_id)
       and (t.replicas = 1 or not exists (
             select from oblivion.replica_owners r
              where r.task_id = j.task_id and r.chunk_index = j.chunk_index and r.stage = j.stage
                and r.cluster_id = oblivion.cluster_of(p_node))));
  if not v_open then
    reason := 'has_replica';
    sentence := 'This wallet has its part of every chunk that waits: the other replicas are for other owners.';
    return;
  end if;

  -- The first that nobody tried is enough; else a hundred of those that others tried, and of its own. Never sorted: a
  -- call would cost as much as the queue is long (A16).
  v_open := exists (
      select from unnest(v_tasks) t
        join public.jobs j on j.task_id = t.id and j.status = 'pending' and (j.due or j.available_at <= now())
       where (j.offered_until is null or j.offered_until <= now() or j.offered_to = p_node.owner_id)
         and (j.excluded_owner_id is null or j.attempt = 0))
    or exists (
      select
        from (
          (select j.id
             from unnest(v_tasks) t
             join public.jobs j on j.task_id = t.id and j.status = 'pending' and (j.due or j.available_at <= now())
            where (j.offered_until is null or j.offered_until <= now() or j.offered_to = p_node.owner_id)
              and j.excluded_owner_id <> p_node.owner_id
            limit 100)
          union all
          (select j.id
             from unnest(v_tasks) t
             join public.jobs j on j.task_id = t.id and j.status = 'pending' and (j.due or j.available_at <= now())
            where (j.offered_until is null or j.offered_until <= now() or j.offered_to = p_node.owner_id)
              and j.excluded_owner_id = p_node.owner_id
            limit 100)) w
       where oblivion.may_retry(w.id, p_node));
  if not v_open then
    reason := 'tried_before';
    sentence := 'This wallet failed, lost or gave back every job that waits, and others are online who may take them.';
    return;
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
      from unnest(v_tasks) t
      join public.jobs j on j.task_id = t.id and j.status = 'pending' and (j.due or j.available_at <= now());
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
