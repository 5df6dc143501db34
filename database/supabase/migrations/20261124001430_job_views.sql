-- Jobs one by one, for doors that speak of jobs and not of tasks: as their customer may see them, and as the node that
-- holds them does. A customer is told here what get_task, task_results, task_failures and chunk_attempts tell it, and no more.

create function oblivion.shown_status(p_job public.jobs, p_task oblivion.tasks)
returns text
language sql
stable
security definer
set search_path = ''
as $$
  select case
    when not oblivion.is_special(p_task) or oblivion.is_told(p_job) then p_job.status
    -- Its stage's, as in stage_states(): which of several jobs is the one in work stays unsaid (T8).
    else (
      select case
               when bool_or(o.status = 'processing') then 'processing'
               when bool_or(o.status = 'pending') then 'pending'
               else 'blocked' end
        from public.jobs o
       where o.task_id = p_job.task_id
         and o.chunk_index = p_job.chunk_index
         and o.stage = p_job.stage) end
$$;
comment on function oblivion.shown_status(public.jobs, oblivion.tasks) is
  'The status of a job as its customer sees it. For the engine alone.';

create function oblivion.customer_job(p_job public.jobs, p_task oblivion.tasks, p_customer text)
returns jsonb
language sql
stable
security definer
set search_path = ''
as $$
  select jsonb_build_object(
           'jobId', p_job.id,
           'taskId', p_job.task_id,
           'chunkIndex', p_job.chunk_index,
           'stage', p_job.stage,
           'type', p_job.type,
           'status', s.status,
           'offered', s.status = 'pending' and not oblivion.is_special(p_task) and coalesce(p_job.offered_until > now(), false),
           -- Never how far it says it is: a number that a program chooses is an answer that costs nothing (M12).
           'progress', case s.status when 'completed' then 1 when 'processing' then null else 0 end,
           'attempt', case when s.told then p_job.attempt end,
           'createdAt', p_job.created_at,
           'startedAt', case when s.told then oblivion.try_time(p_job.started_at, r.price is not null) end,
           'finishedAt', case when s.told then oblivion.try_time(p_job.finished_at, r.price is not null) end,
           'error', case when s.told and p_job.status = 'failed' and r.price is not null then p_job.error end,
           'maxCost', p_task.price_per_chunk::text,
           'cost', case when s.told then r.price::text end,
           'reward', case when s.told then (r.price - r.fee)::text end,
           -- Where task_results or task_failures name it.
           'provider', case when s.told and r.price is not null and (
               p_job.status = 'failed'
               or exists (
                    select from oblivion.shown_results(p_task, p_job.stage, array[p_job.chunk_index]) w where w.job_id = p_job.id))
             then p_job.provider_address end,
           'customer', p_customer)
    from (
      select oblivion.shown_status(p_job, p_task) as status, not oblivion.is_special(p_task) or oblivion.is_told(p_job) as told) s
    left join oblivion.receipts r on r.task_id = p_job.task_id and r.job_id = p_job.id
$$;
comment on function oblivion.customer_job(public.jobs, oblivion.tasks, text) is
  'A job as its customer sees it: nothing of a stage with several jobs before it has ended (T8), and of a try that is not paid for neither seconds nor words (M12). For the engine alone.';

create function oblivion.provider_job(p_job public.jobs)
returns jsonb
language sql
stable
security definer
set search_path = ''
as $$
  select jsonb_build_object(
    'jobId', p_job.id,
    'taskId', p_job.task_id,
    'chunkIndex', p_job.chunk_index,
    'stage', p_job.stage,
    'type', p_job.type,
    'status', p_job.status,
    'offered', p_job.status = 'pending',
    'progress', p_job.progress,
    'attempt', p_job.attempt,
    'createdAt', p_job.created_at,
    'startedAt', p_job.started_at,
    'finishedAt', p_job.finished_at,
    -- Before its end it is what another provider said: whoever repeats that is paid for a confirmed failure (M12).
    'error', case p_job.status when 'failed' then p_job.error end,
    'maxCost', null,
    'cost', null,
    'reward', (
      select (r.price - r.fee)::text from oblivion.receipts r where r.task_id = p_job.task_id and r.job_id = p_job.id),
    'provider', p_job.provider_address,
    -- A node is never told whose task it works for.
    'customer', null)
$$;
comment on function oblivion.provider_job(public.jobs) is
  'A job as the provider sees that holds it, did it or is offered it. For the engine alone.';

create function public.get_job(p_job_id uuid)
returns jsonb
language plpgsql
stable
security definer
set search_path = ''
as $$
declare
  v_hash bytea := oblivion.node_key_hash();
  v_wallet text;
  v_provider text;
  v_answer jsonb;
begin
  if v_hash is null then
    v_wallet := oblivion.require_wallet('read');
    select oblivion.customer_job(j, t, o.address) || coalesce((
             select jsonb_build_object('result', w.canonical::jsonb, 'resultHash', w.result_hash)
               from oblivion.shown_results(t, j.stage, array[j.chunk_index]) w
              where w.job_id = j.id), '{}')
      into v_answer
      from public.jobs j
      join oblivion.tasks t on t.id = j.task_id
      join oblivion.owners o on o.id = t.owner_id
     where j.id = p_job_id
       and o.address = v_wallet;
  end if;
  if v_answer is null and oblivion.api_key_in_header() is null then
    v_provider := oblivion.caller_provider();
    if v_provider is null then
      perform oblivion.raise_error('OB004', 'This node key is not valid.',
        'Register the node again; another start under the same hardware id ends the older key.');
    end if;
    -- As the policy of public.jobs has it.
    select oblivion.provider_job(j) into v_answer
      from public.jobs j
     where j.id = p_job_id
       and (j.provider_address = v_provider
         or j.status = 'pending' and j.offered_until > now() and j.offered_to = oblivion.caller_owner());
  end if;
  if v_answer is null then
    perform oblivion.raise_error('OB010', 'There is no such job for this caller.', null, jsonb_build_object('jobId', p_job_id));
  end if;
  return v_answer;
end
$$;
comment on function public.get_job(uuid) is
  'A job of a task of the caller''s, or one that the caller''s node holds, did or is offered: {jobId, taskId, chunkIndex, stage, type, status, offered, progress: 0 to 1, to a customer null while it runs, attempt, createdAt, startedAt, finishedAt, error, maxCost, cost, reward, provider, customer}, and to its customer result and resultHash where task_results shows them; what the caller may not know is null. OB001, OB004, OB010, OB030, OB031.';

create function public.my_jobs(
  p_status text default null,
  p_task_id uuid default null,
  p_limit int default 50,
  p_customer_address text default null
)
returns jsonb
language plpgsql
stable
security definer
set search_path = ''
-- Whoever asks for few jobs of a large task goes down its key, which a plan for all limits would not.
set plan_cache_mode = force_custom_plan
set enable_sort = off
as $$
declare
  -- So many jobs are looked at for a status, however many there are.
  v_most constant int := 2000;
  v_wallet text := oblivion.require_wallet('read');
  v_task oblivion.tasks;
  v_tasks uuid[];
  v_jobs jsonb := '[]';
  v_page jsonb;
  v_seen int;
  v_looked int := 0;
  v_more boolean := false;
begin
  if lower(p_customer_address) <> v_wallet then
    perform oblivion.raise_error('OB002', 'This address is not yours.', 'Send the address that you signed in with.',
      jsonb_build_object('address', lower(p_customer_address)));
  end if;
  if p_limit is null or p_limit not between 1 and 100 then
    perform oblivion.raise_error('OB005', 'p_limit is 1 to 100.', null, jsonb_build_object('field', 'p_limit', 'reason', 'range'));
  end if;
  if p_status not in ('blocked', 'pending', 'processing', 'completed', 'failed', 'cancelled') then
    perform oblivion.raise_error('OB005', 'A status is blocked, pending, processing, completed, failed or cancelled.', null,
      jsonb_build_object('field', 'p_status', 'reason', 'unknown'));
  end if;
  if p_task_id is not null then
    perform oblivion.require_task(p_task_id, 'read');
    v_tasks := p_task_id || array(select b.task_id from oblivion.brief_tasks b where b.brief_id = p_task_id limit 1000);
  end if;
  for v_task in
    select t.*
      from oblivion.tasks t
      join oblivion.owners o on o.id = t.owner_id
     where o.address = v_wallet
       and (p_task_id is null or t.id = any (v_tasks))
     order by t.created_at desc
     limit 1000
  loop
    with looked as (
      -- Down the key, and no further than asked for.
      select j as job, j.chunk_index, j.stage, j.replica
        from public.jobs j
       where j.task_id = v_task.id
       order by j.chunk_index desc, j.stage desc, j.replica desc
       limit case when p_status is null then p_limit - jsonb_array_length(v_jobs) else v_most - v_looked end
    ), chosen as (
      -- By what is shown: else the filter tells what the answer does not.
      select l.*
        from looked l
       where p_status is null
          or oblivion.shown_status(l.job, v_task) = p_status
       order by l.chunk_index desc, l.stage desc, l.replica desc
       limit p_limit - jsonb_array_length(v_jobs)
    )
    select coalesce(jsonb_agg(oblivion.customer_job(c.job, v_task, v_wallet)
             order by c.chunk_index desc, c.stage desc, c.replica desc), '[]'),
           (select count(*) from looked)
      into v_page, v_seen
      from chosen c;
    v_jobs := v_jobs || v_page;
    v_looked := v_looked + v_seen;
    v_more := jsonb_array_length(v_jobs) = p_limit or v_looked >= v_most;
    exit when v_more;
  end loop;
  return jsonb_build_object('customer', v_wallet, 'jobs', v_jobs, 'more', v_more);
end
$$;
comment on function public.my_jobs(text, uuid, int, text) is
  'The caller''s jobs as get_job shows them, those of the newest task first and of its last chunk: all, or of one status as shown, or of one task with those added to it by create_brief_job. An address is refused unless it is the caller''s. Answers {customer, jobs, more: whether there may be more}; a status is looked for among the newest 2,000. OB001, OB002, OB005, OB008, OB030, OB031.';

create function oblivion.list_nodes()
returns jsonb
language sql
stable
security definer
set search_path = ''
as $$
  select coalesce(jsonb_agg(
           oblivion.node_view(n) || jsonb_build_object('provider', n.provider_address, 'maxJobs', n.max_jobs)
           order by n.last_seen desc, n.id), '[]')
    from (
      select x.*
        from public.nodes x
       where x.hardware_id <> 'forgotten:' || x.id
       -- What can be ended is never pushed out by what has been.
       order by x.key_hash is null, x.last_seen desc, x.id
       limit 200) n
$$;
comment on function oblivion.list_nodes() is
  'All nodes as my_nodes shows them, the latest seen first, 200 at most, with whom they earn for: for the operator.';

create function public.node_jobs(p_worker_id text default null, p_job_id uuid default null, p_limit int default 5)
returns jsonb
language plpgsql
stable
security definer
set search_path = ''
as $$
declare
  v_hash bytea := oblivion.node_key_hash();
  v_wallet text;
  v_node public.nodes;
begin
  if p_limit is null or p_limit not between 1 and 50 then
    perform oblivion.raise_error('OB005', 'p_limit is 1 to 50.', null, jsonb_build_object('field', 'p_limit', 'reason', 'range'));
  end if;
  if v_hash is not null then
    select n.* into v_node
      from public.nodes n
     where n.key_hash = v_hash
       and (p_worker_id is null or p_worker_id in (n.hardware_id, n.id::text));
    if not found then
      perform oblivion.raise_error('OB004', 'This node key is not valid for this node.',
        'Register the node again; another start under the same hardware id ends the older key.');
    end if;
  else
    v_wallet := oblivion.require_wallet();
    select n.* into v_node
      from public.nodes n
      join oblivion.owners o on o.id = n.owner_id
     where o.address = v_wallet
       and p_worker_id in (n.hardware_id, n.id::text)
     order by (n.hardware_id = p_worker_id) desc
     limit 1;
    if not found then
      perform oblivion.raise_error('OB003', 'No node of yours has this id.', 'Register it with register_node.',
        jsonb_build_object('nodeId', left(p_worker_id, 200)));
    end if;
  end if;
  return jsonb_build_object(
    'nodeId', v_node.id,
    'provider', v_node.provider_address,
    'jobs', (
      select coalesce(jsonb_agg(
               oblivion.provider_job(f.job)
                 || jsonb_build_object('work', case when (f.job).status = 'processing' then oblivion.offered_job(f.job) end)
               order by (f.job).created_at, (f.job).seq), '[]')
        from (
          select w.job
            from (
              select j as job from public.jobs j where j.node_id = v_node.id
              union all
              select j
                from public.jobs j
               where j.status = 'pending'
                 and j.offered_to = v_node.owner_id
                 and j.offered_until > now()) w
           where p_job_id is null
              or (w.job).id = p_job_id
           order by (w.job).created_at, (w.job).seq
           limit p_limit) f));
end
$$;
comment on function public.node_jobs(text, uuid, int) is
  'What a node of the caller''s holds and is offered, oldest first, as get_job shows it, and work: of what it holds all that work_cycle tells of a job: {nodeId, provider, jobs}. The node is named by its hardware id or its id, and by its key alone where it sends one. OB001, OB003, OB004, OB005, OB031.';
