-- Replicas and stages: several jobs of one chunk, and jobs that wait for the result of the stage before.
--
-- A stage of a chunk ends once: accepted, when as many equal results as the quorum are in; inconclusive, when enough
-- came and do not agree; failed, when too few can still come. Until then nothing of it leaves the server (T8). Every
-- replica that was accepted for its form is paid, whatever the others say (M12): a majority condemns nobody, see
-- wrong_results.sql for what does.
--
-- Who ends a job holds its row and must wait for nobody behind it, so a stage is judged under two locks that are only
-- tried: the task's control lock, shared (who pauses or cancels holds it alone), and the chunk's own. Where one is busy,
-- the judgement is left to the next tick.

create table oblivion.stage_ends (
  task_id uuid not null references oblivion.tasks,
  chunk_index int not null,
  stage smallint not null,
  outcome text not null check (outcome in ('accepted', 'inconclusive', 'failed')),
  result_hash text check (result_hash ~ '^[0-9a-f]{64}$'),
  -- Two established owners gave different results.
  disputed boolean not null,
  ended_at timestamptz not null default now(),
  primary key (task_id, chunk_index, stage),
  check ((outcome = 'accepted') = (result_hash is not null))
);
create index on oblivion.stage_ends (task_id, ended_at);
comment on table oblivion.stage_ends is 'How each stage of each chunk of a task with replicas or a pipeline ended, once.';

create table oblivion.stages_to_judge (
  id bigint generated always as identity primary key,
  task_id uuid not null,
  chunk_index int not null,
  stage smallint not null
);
create index on oblivion.stages_to_judge (task_id);
comment on table oblivion.stages_to_judge is
  'Judgements that were left to the next tick. The same one may stand here twice: a unique key would be something to wait for.';

create function oblivion.is_special(p_task oblivion.tasks)
returns boolean
language sql
immutable
set search_path = ''
as $$
  select p_task.replicas > 1 or p_task.stage_count > 1
$$;
comment on function oblivion.is_special(oblivion.tasks) is 'Whether the chunks of a task have several jobs. For the engine alone.';

create function oblivion.may_replicate(p_job public.jobs, p_node public.nodes)
returns boolean
language plpgsql
security definer
set search_path = ''
as $$
begin
  -- The lock, held to the end of the transaction, stands for the row that a claim in flight is about to write.
  return pg_try_advisory_xact_lock(oblivion.lock_key('replica',
           concat_ws(':', p_job.task_id, p_job.chunk_index, p_job.stage, oblivion.cluster_of(p_node))))
    and not oblivion.has_replica(p_job, p_node)
    and not exists (
      select from public.jobs j
       where j.task_id = p_job.task_id
         and j.chunk_index = p_job.chunk_index
         and j.stage = p_job.stage
         and j.id <> p_job.id
         and j.status = 'pending'
         and j.offered_to = p_node.owner_id
         and j.offered_until > now());
end
$$;
comment on function oblivion.may_replicate(public.jobs, public.nodes) is
  'Whether this node''s owner may have this job beside its siblings: asked by every door of a claim and of an offer, for tasks with replicas. For the engine alone.';

create function oblivion.replica_claimed(p_job public.jobs, p_node public.nodes)
returns void
language plpgsql
security definer
set search_path = ''
as $$
begin
  insert into oblivion.replica_owners (job_id, task_id, chunk_index, stage, cluster_id)
  values (p_job.id, p_job.task_id, p_job.chunk_index, p_job.stage, oblivion.cluster_of(p_node));
end
$$;
comment on function oblivion.replica_claimed(public.jobs, public.nodes) is
  'Writes down who has a job of a task with replicas. The key refuses a second one of the chunk. For the engine alone.';

create function oblivion.set_sibling_aside(p_job public.jobs, p_node public.nodes)
returns void
language plpgsql
security definer
set search_path = ''
as $$
begin
  -- Not when its sibling is claimed: what is set aside goes to whoever asks next, so a shopper would let another of its
  -- wallets ask right after each claim, and had both replicas of all that it computed (T2).
  update public.jobs j
     set excluded_owner_id = p_node.owner_id,
         excluded_owner_ids = j.excluded_owner_ids || p_node.owner_id
   where j.id = p_job.id
     and j.status = 'pending'
     and p_node.owner_id <> all (j.excluded_owner_ids)
     and oblivion.has_replica(j, p_node);
end
$$;
comment on function oblivion.set_sibling_aside(public.jobs, public.nodes) is
  'Moves a locked job, whose sibling this owner has, to where its claims do not read it again (jobs_retry). That is for speed: may_replicate decides. For the engine alone.';

create function oblivion.replica_given_back(p_job public.jobs)
returns void
language plpgsql
security definer
set search_path = ''
as $$
begin
  delete from oblivion.replica_owners r where r.job_id = p_job.id;
  if not found then
    return;
  end if;
  -- Its siblings are open again to its whole cluster: to other visitors of its site too, who set them aside because of it.
  -- Who still has one sets them aside anew. One that is locked stays aside, where its cluster finds it last.
  update public.jobs j
     set excluded_owner_ids = '{}',
         excluded_owner_id = null
   where j.id in (
           select s.id
             from public.jobs s
            where s.task_id = p_job.task_id
              and s.chunk_index = p_job.chunk_index
              and s.stage = p_job.stage
              and s.id <> p_job.id
              and s.status in ('pending', 'blocked')
              and s.attempt = 0
              and s.excluded_owner_id is not null
              for no key update skip locked);
end
$$;
comment on function oblivion.replica_given_back(public.jobs) is
  'Forgets who had a job that ended without a result; p_job as it was. For the engine alone.';

create function oblivion.chunk_changed(p_job public.jobs, p_task oblivion.tasks)
returns void
language plpgsql
security definer
set search_path = ''
as $$
begin
  if not oblivion.is_special(p_task) then
    return;
  elsif not oblivion.try_judge(p_task.id, p_job.chunk_index, p_job.stage) then
    insert into oblivion.stages_to_judge (task_id, chunk_index, stage)
    values (p_task.id, p_job.chunk_index, p_job.stage);
  end if;
end
$$;
comment on function oblivion.chunk_changed(public.jobs, oblivion.tasks) is
  'A job of a chunk has come to an end: its stage is judged now, or in the next tick. For the engine alone.';

create function oblivion.try_judge(p_task_id uuid, p_chunk_index int, p_stage int)
returns boolean
language plpgsql
security definer
set search_path = ''
as $$
begin
  if not pg_try_advisory_xact_lock_shared(oblivion.lock_key('control', p_task_id::text))
    or not pg_try_advisory_xact_lock(oblivion.lock_key('chunk', p_task_id || ':' || p_chunk_index)) then
    return false;
  end if;
  perform oblivion.judge_stage(t, p_chunk_index, p_stage) from oblivion.tasks t where t.id = p_task_id;
  return true;
end
$$;
comment on function oblivion.try_judge(uuid, int, int) is
  'Judges a stage of a chunk unless somebody else is at its task or chunk: then false. For the engine alone.';

create function oblivion.judge_stage(p_task oblivion.tasks, p_chunk_index int, p_stage int)
returns void
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_open int;
  v_completed int;
  v_best record;
  v_outcome text;
  v_disputed boolean;
begin
  select e.outcome, e.result_hash as hash
    into v_best
    from oblivion.stage_ends e
   where e.task_id = p_task.id
     and e.chunk_index = p_chunk_index
     and e.stage = p_stage;
  if found then
    -- A replica that was in work when the others had decided.
    perform oblivion.set_verdicts(p_task, p_chunk_index, p_stage, v_best.hash);
    perform oblivion.prove_wrong(p_task, p_chunk_index, p_stage);
    perform oblivion.end_replicas(p_task, p_chunk_index, p_stage);
    return;
  end if;
  select count(*) filter (where j.status in ('blocked', 'pending', 'processing')),
         count(*) filter (where j.status = 'completed')
    into v_open, v_completed
    from public.jobs j
   where j.task_id = p_task.id
     and j.chunk_index = p_chunk_index
     and j.stage = p_stage;
  select r.result_hash as hash, count(*) as count
    into v_best
    from public.jobs j
    join oblivion.results r on r.job_id = j.id
   where j.task_id = p_task.id
     and j.chunk_index = p_chunk_index
     and j.stage = p_stage
     and j.status = 'completed'
   group by r.result_hash
   order by count(*) desc
   limit 1;
  v_outcome := case
    when coalesce(v_best.count, 0) >= p_task.quorum then 'accepted'
    when coalesce(v_best.count, 0) + v_open >= p_task.quorum then null
    when v_completed >= p_task.quorum then 'inconclusive'
    else 'failed' end;
  if v_outcome is null then
    return;
  end if;
  v_disputed := p_task.replicas > 1 and oblivion.is_disputed(p_task, p_chunk_index, p_stage);
  insert into oblivion.stage_ends (task_id, chunk_index, stage, outcome, result_hash, disputed)
  values (p_task.id, p_chunk_index, p_stage, v_outcome, case v_outcome when 'accepted' then v_best.hash end, v_disputed);
  perform oblivion.set_verdicts(p_task, p_chunk_index, p_stage, case v_outcome when 'accepted' then v_best.hash end);
  perform oblivion.prove_wrong(p_task, p_chunk_index, p_stage);
  perform oblivion.end_replicas(p_task, p_chunk_index, p_stage);
  if v_outcome = 'accepted' then
    perform oblivion.feed_stage(p_task, p_chunk_index, p_stage + 1);
  else
    perform oblivion.end_later_stages(p_task, p_chunk_index, p_stage);
  end if;
  if v_disputed then
    perform oblivion.pause_disputed(p_task);
  end if;
  perform oblivion.try_close_task(p_task.id);
end
$$;
comment on function oblivion.judge_stage(oblivion.tasks, int, int) is
  'Ends a stage of a chunk where its results allow it, and does what follows. The caller holds the control lock, shared, and the chunk''s. For the engine alone.';

create function oblivion.end_replicas(p_task oblivion.tasks, p_chunk_index int, p_stage int)
returns void
language plpgsql
security definer
set search_path = ''
as $$
begin
  -- Who is at one already delivers and is paid.
  update public.jobs j
     set status = 'cancelled'
   where j.id in (
           select s.id
             from public.jobs s
            where s.task_id = p_task.id
              and s.chunk_index = p_chunk_index
              and s.stage = p_stage
              and s.status in ('pending', 'blocked')
              for no key update skip locked);
  -- A claim that looks at one of them may still leave it as it is.
  insert into oblivion.stages_to_judge (task_id, chunk_index, stage)
  select p_task.id, p_chunk_index, p_stage
   where exists (
           select from public.jobs s
            where s.task_id = p_task.id
              and s.chunk_index = p_chunk_index
              and s.stage = p_stage
              and s.status in ('pending', 'blocked'));
end
$$;
comment on function oblivion.end_replicas(oblivion.tasks, int, int) is
  'Ends the replicas of a decided stage that nobody computes, for nobody needs to; those that are locked in this moment in the next tick. For the engine alone.';

create function oblivion.is_decided(p_job public.jobs)
returns boolean
language plpgsql
security definer
set search_path = ''
as $$
begin
  -- Whoever judges its stage in this moment does not see what becomes of this job: the next tick looks again. With the lock
  -- held to the end of the transaction, whoever judges it later does.
  if not pg_try_advisory_xact_lock(oblivion.lock_key('chunk', p_job.task_id || ':' || p_job.chunk_index)) then
    insert into oblivion.stages_to_judge (task_id, chunk_index, stage)
    values (p_job.task_id, p_job.chunk_index, p_job.stage);
  end if;
  return exists (
    select from oblivion.stage_ends e
     where e.task_id = p_job.task_id
       and e.chunk_index = p_job.chunk_index
       and e.stage = p_job.stage);
end
$$;
comment on function oblivion.is_decided(public.jobs) is
  'Whether the other replicas of a job that comes back have agreed, or cannot any more. For the engine alone.';

create function oblivion.set_verdicts(p_task oblivion.tasks, p_chunk_index int, p_stage int, p_hash text)
returns void
language sql
security definer
set search_path = ''
as $$
  -- One result alone agrees with nobody: it stays unchecked.
  update oblivion.results r
     set verdict = case when r.result_hash = p_hash then 'valid' else 'inconclusive' end
    from public.jobs j
   where j.task_id = p_task.id
     and j.chunk_index = p_chunk_index
     and j.stage = p_stage
     and r.job_id = j.id
     and r.verdict = 'unchecked'
     and p_task.replicas > 1
$$;
comment on function oblivion.set_verdicts(oblivion.tasks, int, int, text) is
  'What is believed of the results of a stage that ended: valid where equal to the accepted one, else inconclusive, never invalid: no majority proves that, see prove_wrong. For the engine alone.';

create function oblivion.is_disputed(p_task oblivion.tasks, p_chunk_index int, p_stage int)
returns boolean
language sql
stable
security definer
set search_path = ''
as $$
  select count(distinct r.result_hash) > 1
    from public.jobs j
    join oblivion.results r on r.job_id = j.id
    join oblivion.receipts p on p.task_id = j.task_id and p.job_id = j.id
    join oblivion.owners o on o.id = p.provider_owner_id
    left join public.nodes n on n.id = r.node_id
   cross join oblivion.settings s
   where j.task_id = p_task.id
     and j.chunk_index = p_chunk_index
     and j.stage = p_stage
     and (o.proven_count >= s.proven_after or n.operator or n.raised_max_jobs is not null)
$$;
comment on function oblivion.is_disputed(oblivion.tasks, int, int) is
  'Whether two established owners gave different results; what newcomers say does not count, or three of them could stop a competitor''s task. For the engine alone.';

create function oblivion.pause_disputed(p_task oblivion.tasks)
returns void
language plpgsql
security definer
set search_path = ''
as $$
begin
  if (select count(*) filter (where w.disputed) < s.disputes_to_pause
          or count(*) filter (where w.disputed) < s.disputed_share * count(*)
        from oblivion.settings s
       cross join (
         select e.disputed
           from oblivion.stage_ends e
          where e.task_id = p_task.id
            and e.ended_at > coalesce(p_task.resumed_at, '-infinity')
          order by e.ended_at desc
          limit 50) w
       group by s.id) then
    return;
  end if;
  -- The state closes it to every claim; a tick takes its jobs out of the claim index. It waits for nobody: where somebody
  -- gives a job back in this moment, the next disputed stage pauses it.
  update oblivion.tasks t
     set status = 'paused',
         paused_reason = 'non_deterministic'
   where t.id in (
           select x.id
             from oblivion.tasks x
            where x.id = p_task.id
              and x.status = 'running'
              for no key update skip locked);
  if found then
    insert into oblivion.moving_tasks (task_id) values (p_task.id) on conflict do nothing;
  end if;
end
$$;
comment on function oblivion.pause_disputed(oblivion.tasks) is
  'Pauses a task where too many of its last 50 stages were disputed: its program gives different results on different machines (T4). Its replicas are paid. For the engine alone.';

create function oblivion.judge_next()
returns int
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_row record;
  v_count int := 0;
begin
  for v_row in
    select q.id, q.task_id, q.chunk_index, q.stage
      from oblivion.stages_to_judge q
     order by q.id
     limit 200
       for update skip locked
  loop
    continue when not oblivion.try_judge(v_row.task_id, v_row.chunk_index, v_row.stage);
    delete from oblivion.stages_to_judge q where q.id = v_row.id;
    -- With its last open judgement a task may end.
    perform oblivion.try_close_task(v_row.task_id);
    v_count := v_count + 1;
  end loop;
  return v_count;
end
$$;
comment on function oblivion.judge_next() is 'Judges stages that were left to the next tick; answers how many. For the engine alone.';

create function oblivion.final_status(p_task oblivion.tasks)
returns text
language sql
stable
security definer
set search_path = ''
as $$
  select case
    when oblivion.is_special(p_task) then case
      when exists (select from oblivion.stage_ends e where e.task_id = p_task.id and e.outcome <> 'accepted') then 'failed'
      when p_task.chunk_count > (
        select count(*) from oblivion.stage_ends e
         where e.task_id = p_task.id and e.stage = p_task.stage_count - 1) then 'cancelled'
      else 'completed' end
    when exists (select from public.jobs j where j.task_id = p_task.id and j.status = 'failed') then 'failed'
    when exists (select from public.jobs j where j.task_id = p_task.id and j.status = 'cancelled') then 'cancelled'
    else 'completed' end
$$;
comment on function oblivion.final_status(oblivion.tasks) is
  'What becomes of a task none of whose jobs is open: completed where every chunk has its result. For the engine alone.';
