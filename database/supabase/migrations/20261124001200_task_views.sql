-- What a customer sees of its tasks. Before a chunk is accepted that is a state and no more: no text, no provider (M12, T7).

create function oblivion.require_task(p_task_id uuid, p_scope text default null)
returns oblivion.tasks
language plpgsql
stable
security definer
set search_path = ''
as $$
declare
  v_wallet text;
  v_api_key_id uuid;
  v_task oblivion.tasks;
begin
  select c.wallet, c.api_key_id into v_wallet, v_api_key_id from oblivion.require_caller(p_scope) c;
  select t.*
    into v_task
    from oblivion.tasks t
    join oblivion.owners o on o.id = t.owner_id
   where t.id = p_task_id
     and o.address = v_wallet
     -- A key changes nothing of a task that it did not post: its limit does not cover that hold.
     and (v_api_key_id is null or p_scope = 'read' or t.api_key_id = v_api_key_id);
  if not found then
    perform oblivion.raise_error('OB008', 'No task of yours has this id.', 'Look it up with list_tasks.',
      jsonb_build_object('taskId', p_task_id));
  end if;
  return v_task;
end
$$;
comment on function oblivion.require_task(uuid, text) is
  'The caller''s own task: by a session, and where a scope is named by an API key too, to read it or by the scope tasks to control it. OB008, also for a key that would control what it did not post. OB001, OB030, OB031. For the engine alone.';

create function oblivion.job_letter(p_status text)
returns text
language sql
immutable strict parallel safe
set search_path = ''
as $$
  select case p_status
    when 'blocked' then 'b' when 'pending' then 'p' when 'processing' then 'r'
    when 'completed' then 'c' when 'failed' then 'f' when 'cancelled' then 'x' end
$$;
comment on function oblivion.job_letter(text) is 'A job status as one letter of a chunk grid.';

create function oblivion.stage_states(p_task oblivion.tasks)
returns table (chunk_index int, stage smallint, letter text)
language sql
stable
security definer
set search_path = ''
as $$
  -- A stage that has its result is completed, whatever became of the other replicas; one in work shows no more than that.
  select j.chunk_index, j.stage,
         case
           when e.outcome = 'accepted' then 'c'
           when e.outcome is not null then 'f'
           when bool_or(j.status = 'processing') then 'r'
           when bool_or(j.status = 'pending') then 'p'
           when bool_or(j.status = 'blocked') then 'b'
           when bool_or(j.status = 'failed') then 'f'
           else 'x' end
    from public.jobs j
    -- By its whole key, whatever Postgres thinks of the sizes: `offset 0` keeps this from becoming a join of all with all.
    left join lateral (
      select d.outcome from oblivion.stage_ends d
       where d.task_id = j.task_id and d.chunk_index = j.chunk_index and d.stage = j.stage
      offset 0) e on true
   where j.task_id = p_task.id
   group by j.chunk_index, j.stage, e.outcome
$$;
comment on function oblivion.stage_states(oblivion.tasks) is
  'The state of each stage of each planned chunk of a task with replicas or a pipeline. For the engine alone.';

create function oblivion.chunk_states(p_task oblivion.tasks)
returns table (chunk_index int, letter text)
language plpgsql
stable
security definer
set search_path = ''
as $$
begin
  if not oblivion.is_special(p_task) then
    return query select j.chunk_index, oblivion.job_letter(j.status) from public.jobs j where j.task_id = p_task.id;
  else
    return query
      select s.chunk_index,
             case
               when bool_or(s.letter = 'f') then 'f'
               when bool_or(s.letter = 'c' and s.stage = p_task.stage_count - 1) then 'c'
               when bool_or(s.letter = 'r') then 'r'
               when bool_or(s.letter = 'p') then 'p'
               when bool_or(s.letter = 'b') then 'b'
               else 'x' end
        from oblivion.stage_states(p_task) s
       group by s.chunk_index;
  end if;
end
$$;
comment on function oblivion.chunk_states(oblivion.tasks) is
  'One letter for each planned chunk: b p r c f x. Between two replicas a chunk looks as before the first (T8). For the engine alone.';

create function oblivion.letter_counts(p_letters jsonb, p_unplanned int, p_ended boolean)
returns jsonb
language sql
immutable
set search_path = ''
as $$
  -- What has no rows yet waits for its planning, or was cancelled with the rest.
  select jsonb_build_object(
    'blocked', coalesce((p_letters ->> 'b')::int, 0) + case when p_ended then 0 else p_unplanned end,
    'pending', coalesce((p_letters ->> 'p')::int, 0),
    'processing', coalesce((p_letters ->> 'r')::int, 0),
    'completed', coalesce((p_letters ->> 'c')::int, 0),
    'failed', coalesce((p_letters ->> 'f')::int, 0),
    'cancelled', coalesce((p_letters ->> 'x')::int, 0) + case when p_ended then p_unplanned else 0 end)
$$;
comment on function oblivion.letter_counts(jsonb, int, boolean) is
  'Counts by state out of counts by letter. For the engine alone.';

create function oblivion.stages_view(p_task oblivion.tasks, p_stages jsonb, p_planned int)
returns jsonb
language sql
immutable
set search_path = ''
as $$
  select jsonb_agg(jsonb_build_object(
           'type', coalesce(p_task.stages #>> array[g.stage::text, 'type'], p_task.type),
           'program', coalesce(p_task.stages #> array[g.stage::text, 'program'], p_task.program),
           'counts', oblivion.letter_counts(p_stages -> g.stage -> 'letters', p_task.chunk_count - p_planned,
             p_task.finished_at is not null))
           order by g.stage)
    from generate_series(0, p_task.stage_count - 1) as g (stage)
$$;
comment on function oblivion.stages_view(oblivion.tasks, jsonb, int) is
  'The stages of a pipeline with how far each is, out of its tally. For the engine alone.';

create function oblivion.task_view(p_task oblivion.tasks, p_chunks boolean)
returns jsonb
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_tally oblivion.task_tallies := oblivion.tally(p_task);
  v_ended boolean := p_task.finished_at is not null;
  -- At a fixed price all receipts are alike.
  v_spent bigint := coalesce(v_tally.spent, p_task.price_per_chunk * (
    select sum((g.stage ->> 'paid')::bigint) from jsonb_array_elements(v_tally.stages) as g (stage)));
begin
  return jsonb_build_object(
    'taskId', p_task.id,
    'title', p_task.title,
    'type', p_task.type,
    'status', p_task.status,
    'pausedReason', p_task.paused_reason,
    'program', p_task.program,
    'createdAt', p_task.created_at,
    'finishedAt', p_task.finished_at,
    'chunkCount', p_task.chunk_count,
    'asOf', now(),
    'countedAt', v_tally.counted_at,
    'plannedCount', v_tally.planned,
    'counts', oblivion.letter_counts(v_tally.letters, p_task.chunk_count - v_tally.planned, v_ended),
    'asset', p_task.asset,
    'budget', p_task.budget::text,
    'spent', v_spent::text,
    'held', (
      select oblivion.balance_of(a.id)::text
        from oblivion.accounts a
       where a.kind = 'task_hold' and a.asset = p_task.asset and a.instance_id = p_task.instance_id
         and a.owner_id is null and a.task_id = p_task.id),
    'pricePerChunk', p_task.price_per_chunk::text,
    'metered', p_task.metered,
    'feeBps', p_task.fee_bps,
    'terms', oblivion.task_terms(p_task),
    'stages', case when p_task.stages is not null then oblivion.stages_view(p_task, v_tally.stages, v_tally.planned) end,
    'needs', jsonb_build_object(
      'capabilities', p_task.capabilities,
      'workerTypes', p_task.worker_types,
      'maxPricePerHour', p_task.max_price_per_hour::text),
    'mine', true)
    || case when p_chunks then jsonb_build_object(
         'forecast', oblivion.task_forecast(p_task, v_tally.stages, v_spent),
         'chunks', rpad(v_tally.chunks, p_task.chunk_count, case when v_ended then 'x' else 'b' end)) else '{}' end;
end
$$;
comment on function oblivion.task_view(oblivion.tasks, boolean) is 'A task as its customer sees it. For the engine alone.';

create function public.get_task(p_task_id uuid)
returns jsonb
language sql
security definer
set search_path = ''
as $$
  select oblivion.task_view(oblivion.require_task(p_task_id, 'read'), true)
$$;
comment on function public.get_task(uuid) is
  'A task of the caller''s with the state of each chunk, one letter by index: b p r c f x; counted at countedAt, which lies before asOf, the time of the answer, where a task is large. OB001, OB008, OB030, OB031.';

create function public.list_tasks(p_limit int default 50)
returns jsonb
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_wallet text := oblivion.require_wallet('read');
begin
  if p_limit is null or p_limit not between 1 and 100 then
    perform oblivion.raise_error('OB005', 'p_limit is 1 to 100.', null, jsonb_build_object('field', 'p_limit', 'reason', 'range'));
  end if;
  return (
    select coalesce(jsonb_agg(oblivion.task_view(l.task, false) order by (l.task).created_at desc), '[]')
      from (
        select t as task
          from oblivion.tasks t
          join oblivion.owners o on o.id = t.owner_id
         where o.address = v_wallet
         order by t.created_at desc
         limit p_limit) l);
end
$$;
comment on function public.list_tasks(int) is 'The caller''s tasks, newest first. OB001, OB005, OB030, OB031.';

create function public.task_inputs(p_task_id uuid, p_after int default -1, p_limit int default 100)
returns jsonb
language plpgsql
stable
security definer
set search_path = ''
as $$
declare
  v_task oblivion.tasks := oblivion.require_task(p_task_id, 'read');
  v_first bigint := coalesce(p_after, -1)::bigint + 1;
  v_last bigint;
  v_inputs jsonb;
begin
  if p_limit is null or p_limit not between 1 and 100 then
    perform oblivion.raise_error('OB005', 'At most 100 inputs a call.', 'Page with p_after.',
      jsonb_build_object('field', 'p_limit', 'reason', 'range'));
  end if;
  v_last := v_first + p_limit - 1;
  select coalesce(jsonb_agg(jsonb_build_object('chunkIndex', i.place, 'input', i.input) order by i.place), '[]')
    into v_inputs
    from (
      select c.chunk_index as place, c.input
        from oblivion.chunks c
       where c.task_id = v_task.id
         and c.chunk_index between v_first and v_last
      union all
      -- What has no rows yet; of the parts, those alone that hold a piece of this page.
      select p.first_index + r.place, r.input
        from oblivion.plan_parts p
       cross join lateral oblivion.part_inputs(p.inputs) r
       where p.task_id = v_task.id
         and p.first_index <= v_last
         and p.first_index >= coalesce((
               select max(q.first_index) from oblivion.plan_parts q
                where q.task_id = v_task.id and q.first_index <= v_first), 0)
         and p.first_index + r.place between v_first and v_last) i;
  return jsonb_build_object(
    'inputs', v_inputs,
    'next', case when jsonb_array_length(v_inputs) = p_limit and v_last < v_task.chunk_count - 1 then v_last end);
end
$$;
comment on function public.task_inputs(uuid, int, int) is
  'The inputs of a task of the caller''s, by chunk index after p_after: what its customer posted, read back. A large one is {"$stored": hash} and lies in Storage as oblivion-inputs/<the wallet''s address>/<hash>. What a cancelled task had not planned yet is not kept. `next` is the p_after of the next page, or null. OB001, OB005, OB008, OB030, OB031.';

create function oblivion.result_chunks(p_task oblivion.tasks, p_stage int, p_after int, p_limit int)
returns int[]
language plpgsql
stable
security definer
set search_path = ''
as $$
begin
  if not oblivion.is_special(p_task) then
    return array(
      select j.chunk_index from public.jobs j
       where j.task_id = p_task.id and j.chunk_index > p_after and j.status = 'completed'
       order by j.chunk_index limit p_limit);
  end if;
  return array(
    select u.chunk_index
      from (
        (select e.chunk_index from oblivion.stage_ends e
          where e.task_id = p_task.id and e.stage = p_stage and e.chunk_index > p_after
          order by e.chunk_index limit p_limit)
        union
        -- Of a cancelled task: what was paid and will never be judged.
        (select distinct j.chunk_index from public.jobs j
          where p_task.finished_at is not null and j.task_id = p_task.id and j.chunk_index > p_after
            and j.status = 'completed'
          order by j.chunk_index limit p_limit)) u
     order by u.chunk_index
     limit p_limit);
end
$$;
comment on function oblivion.result_chunks(oblivion.tasks, int, int, int) is
  'The next chunks of a task, by index, that may have results to show. For the engine alone.';

create function oblivion.shown_results(p_task oblivion.tasks, p_stage int, p_chunks int[])
returns setof oblivion.results
language sql
stable
security definer
set search_path = ''
as $$
  select (w.result).*
    from (
      select r as result, e.outcome, e.result_hash = r.result_hash as agrees,
             row_number() over (partition by r.chunk_index, r.result_hash order by r.accepted_at, r.job_id) as place
        from public.jobs j
        join oblivion.results r on r.job_id = j.id
        left join lateral (
          select d.outcome, d.result_hash from oblivion.stage_ends d
           where d.task_id = j.task_id and d.chunk_index = j.chunk_index and d.stage = j.stage
          offset 0) e on true
       where j.task_id = p_task.id
         and j.chunk_index = any (p_chunks)
         and j.stage = p_stage
         -- Nothing of a chunk before its stage has ended, or can get no other result any more (T8).
         and (not oblivion.is_special(p_task)
           or e.outcome is not null
           or not exists (
                select from public.jobs o
                 where o.task_id = j.task_id and o.chunk_index = j.chunk_index and o.stage = j.stage
                   and o.status in ('blocked', 'pending', 'processing')))) w
   where w.outcome is distinct from 'accepted'
      or w.agrees and w.place = 1
$$;
comment on function oblivion.shown_results(oblivion.tasks, int, int[]) is
  'The results that a customer may see: the accepted one of each chunk, or where its replicas disagree all that were paid. The only door to results. For the engine alone.';

create function public.task_results(
  p_task_id uuid,
  p_after int default -1,
  p_limit int default 100,
  p_chunks int[] default null,
  p_stage int default null
)
returns jsonb
language plpgsql
stable
security definer
set search_path = ''
as $$
declare
  v_task oblivion.tasks := oblivion.require_task(p_task_id, 'read');
  v_stage int := coalesce(p_stage, v_task.stage_count - 1);
  v_chunks int[] := p_chunks;
  v_results jsonb;
begin
  if p_limit is null or p_limit not between 1 and 100 or cardinality(p_chunks) > 100 then
    perform oblivion.raise_error('OB005', 'At most 100 results a call.', 'Page with p_after.',
      jsonb_build_object('field', 'p_limit', 'reason', 'range'));
  elsif v_stage not between 0 and v_task.stage_count - 1 then
    perform oblivion.raise_error('OB005', format('The task has the stages 0 to %s.', v_task.stage_count - 1), null,
      jsonb_build_object('field', 'p_stage', 'reason', 'range'));
  end if;
  if v_chunks is null then
    v_chunks := oblivion.result_chunks(v_task, v_stage, coalesce(p_after, -1), p_limit);
  end if;
  select coalesce(jsonb_agg(jsonb_build_object(
           'chunkIndex', r.chunk_index,
           'input', c.input,
           'result', r.canonical::jsonb,
           'resultHash', r.result_hash,
           -- Where the result is null and lies in Storage as oblivion-results/results/<resultHash>.
           'storedBytes', s.bytes,
           'verdict', r.verdict,
           'provider', j.provider_address,
           'attempt', r.attempt,
           'acceptedAt', r.accepted_at,
           'reward', (p.price - p.fee)::text) order by r.chunk_index, r.accepted_at, r.job_id), '[]')
    into v_results
    from oblivion.shown_results(v_task, v_stage, v_chunks) r
    join oblivion.chunks c on c.task_id = r.task_id and c.chunk_index = r.chunk_index
    join public.jobs j on j.id = r.job_id
    join oblivion.receipts p on p.task_id = r.task_id and p.job_id = r.job_id
    left join oblivion.stored_results s on s.job_id = r.job_id;
  return jsonb_build_object(
    'results', v_results,
    'next', case when p_chunks is null and cardinality(v_chunks) = p_limit then v_chunks[p_limit] end);
end
$$;
comment on function public.task_results(uuid, int, int, int[], int) is
  'Results of a task of the caller''s by chunk index: after p_after, or of p_chunks; of its last stage, or of p_stage. One a chunk, with its verdict: unchecked without replicas, valid where the quorum agrees; all that were paid, inconclusive, where it does not. `next` is the p_after of the next page, or null. OB001, OB005, OB008, OB030, OB031.';
