-- Pipelines: the jobs of a later stage are blocked until the stage before has its result, which is half of their input.

create function oblivion.feed_stage(p_task oblivion.tasks, p_chunk_index int, p_stage int)
returns void
language sql
security definer
set search_path = ''
as $$
  update public.jobs j
     set fed = true,
         status = case p_task.status when 'running' then 'pending' else 'blocked' end,
         due = true,
         available_at = now()
   where j.task_id = p_task.id
     and j.chunk_index = p_chunk_index
     and j.stage = p_stage
     and j.status = 'blocked'
     and not j.fed
$$;
comment on function oblivion.feed_stage(oblivion.tasks, int, int) is
  'Opens the jobs of a chunk''s next stage: to every claim, or while the task is paused to its resuming. For the engine alone.';

create function oblivion.end_later_stages(p_task oblivion.tasks, p_chunk_index int, p_stage int)
returns void
language sql
security definer
set search_path = ''
as $$
  update public.jobs j
     set status = 'cancelled',
         error = format('Stage %s of this chunk ended without a result.', p_stage + 1)
   where j.task_id = p_task.id
     and j.chunk_index = p_chunk_index
     and j.stage > p_stage
     and j.status = 'blocked'
$$;
comment on function oblivion.end_later_stages(oblivion.tasks, int, int) is
  'Ends a chunk whose stage has no result. For the engine alone.';

create function oblivion.stage_result(p_task_id uuid, p_chunk_index int, p_stage int)
returns jsonb
language sql
stable
security definer
set search_path = ''
as $$
  select r.canonical::jsonb
    from oblivion.stage_ends e
    join public.jobs j on j.task_id = e.task_id and j.chunk_index = e.chunk_index and j.stage = e.stage
    join oblivion.results r on r.job_id = j.id and r.result_hash = e.result_hash
   where e.task_id = p_task_id
     and e.chunk_index = p_chunk_index
     and e.stage = p_stage
   order by r.accepted_at, r.job_id
   limit 1
$$;
comment on function oblivion.stage_result(uuid, int, int) is
  'The accepted result of a stage of a chunk, or null. For the engine alone.';

create function oblivion.job_input(p_job public.jobs, p_input jsonb)
returns jsonb
language sql
stable
security definer
set search_path = ''
as $$
  select jsonb_build_object(
    'input', case when p_input ->> '$stored' is null then p_input end,
    'previous', oblivion.stage_result(p_job.task_id, p_job.chunk_index, p_job.stage - 1))
$$;
comment on function oblivion.job_input(public.jobs, jsonb) is
  'What the program of a later stage gets: {input: the chunk''s own, previous: the result of the stage before}, each null where it lies in Storage. For the engine alone.';

create function oblivion.find_stuck_stages()
returns void
language sql
security definer
set search_path = ''
as $$
  -- An operator who cancels jobs by hand ends a stage without telling anybody.
  insert into oblivion.stages_to_judge (task_id, chunk_index, stage)
  select distinct j.task_id, j.chunk_index, j.stage - 1
    from oblivion.tasks t
    join public.jobs j on j.task_id = t.id
   where t.status = 'running'
     and t.stages is not null
     and j.status = 'blocked'
     and not j.fed
     and not exists (select from oblivion.plan_parts p where p.task_id = t.id)
     and not exists (select from oblivion.stages_to_judge q where q.task_id = t.id)
     and not exists (
           select from public.jobs o
            where o.task_id = t.id
              and (o.status in ('pending', 'processing') or o.status = 'blocked' and o.fed))
     and not exists (
           select from oblivion.stage_ends e
            where e.task_id = j.task_id and e.chunk_index = j.chunk_index and e.stage = j.stage - 1)
     and not exists (
           select from public.jobs b
            where b.task_id = j.task_id and b.chunk_index = j.chunk_index and b.stage = j.stage - 1
              and b.status in ('blocked', 'pending', 'processing'))
   limit 500
$$;
comment on function oblivion.find_stuck_stages() is
  'Has those stages judged whose jobs all ended while nothing of their task can be claimed. For the engine alone.';
