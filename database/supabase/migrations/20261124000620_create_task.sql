-- Posting a task.

create table oblivion.job_types (
  type text primary key check (length(type) between 1 and 100),
  timeout_seconds int not null check (timeout_seconds between 5 and 3600)
);
comment on table oblivion.job_types is 'What an operator has set for a job type: the longest run time of a chunk whose task says none.';

create function oblivion.set_type_timeout(p_type text, p_timeout_seconds int)
returns void
language plpgsql
security definer
set search_path = ''
as $$
begin
  if p_type is null or length(p_type) not between 1 and 100 then
    perform oblivion.raise_error('OB005', 'A job type has 1 to 100 characters.', null,
      jsonb_build_object('field', 'p_type', 'reason', 'length'));
  elsif p_timeout_seconds not between 5 and 3600 then
    perform oblivion.raise_error('OB005', 'A timeout is 5 to 3600 seconds.', null,
      jsonb_build_object('field', 'p_timeout_seconds', 'reason', 'range'));
  elsif p_timeout_seconds is null then
    delete from oblivion.job_types y where y.type = p_type;
  else
    insert into oblivion.job_types (type, timeout_seconds)
    values (p_type, p_timeout_seconds)
    on conflict (type) do update set timeout_seconds = excluded.timeout_seconds;
  end if;
end
$$;
comment on function oblivion.set_type_timeout(text, int) is
  'The longest run time of a chunk of this job type, in seconds, for tasks posted from now on that say none; null takes it back. By the operator alone. OB005.';

create function oblivion.task_budget(p_task jsonb, p_job_count bigint, p_price bigint)
returns bigint
language plpgsql
set search_path = ''
as $$
declare
  v_needed numeric := p_job_count::numeric * p_price;
  v_budget bigint;
begin
  if v_needed > 1000000000000000 then
    perform oblivion.raise_error('OB014', 'A task costs at most 1,000,000,000 tokens.', 'Post several tasks.',
      jsonb_build_object('what', 'budget', 'limit', 1000000000000000));
  end if;
  v_budget := oblivion.task_integer(p_task, 'budget', v_needed::bigint, 0, 1000000000000000);
  if v_budget < v_needed then
    perform oblivion.raise_error('OB013', 'The budget does not cover every chunk.', 'Raise the budget or lower the price.',
      jsonb_build_object('needed', v_needed::text, 'budget', v_budget::text));
  end if;
  return v_budget;
end
$$;
comment on function oblivion.task_budget(jsonb, bigint, bigint) is
  'The budget of a task, by default price times jobs (chunks x stages x replicas); OB013 below that. For the engine alone.';

create function oblivion.task_bucket(p_task jsonb, p_job_count bigint)
returns int
language plpgsql
set search_path = ''
as $$
declare
  v_cap bigint := oblivion.task_integer(p_task, 'maxConcurrentChunks', 0, 0, 1000000000);
begin
  -- 0 means no limit, and so does one that cannot be reached.
  return case when v_cap between 1 and p_job_count - 1 then v_cap end;
end
$$;
comment on function oblivion.task_bucket(jsonb, bigint) is
  'The bucket of a task as it will hold: null where there is no limit, or one above all of its jobs (RN-14). For the engine alone.';

create function oblivion.type_timeout(p_types text[])
returns int
language sql
stable
set search_path = ''
as $$
  select max(coalesce(y.timeout_seconds, s.default_timeout_seconds))
    from unnest(p_types) as u (type)
   cross join oblivion.settings s
    left join oblivion.job_types y on y.type = u.type
$$;
comment on function oblivion.type_timeout(text[]) is
  'The longest run time of a chunk, in seconds, of a task with stages of these types that says none. For the engine alone.';

create function oblivion.task_stages(p_owner_id bigint, p_task jsonb)
returns jsonb
language plpgsql
set search_path = ''
as $$
declare
  v_list jsonb := p_task -> 'pipeline';
  v_field text;
  v_program jsonb;
  v_stages jsonb := '[]';
begin
  if v_list is null or v_list = 'null' then
    v_program := oblivion.task_program(p_owner_id, p_task, '');
    return jsonb_build_array(jsonb_build_object('type', coalesce(v_program ->> 'name', v_program ->> 'kind'), 'program', v_program));
  end if;
  if p_task ?| array['type', 'program'] then
    perform oblivion.raise_error('OB005', 'A task has either a program or a pipeline.', 'Put the program into the first stage.',
      jsonb_build_object('field', 'pipeline', 'reason', 'either'));
  end if;
  if jsonb_typeof(v_list) <> 'array' or jsonb_array_length(v_list) not between 1 and 20 then
    perform oblivion.raise_error('OB005', 'A pipeline is a list of 1 to 20 stages.', null,
      jsonb_build_object('field', 'pipeline', 'reason', 'shape'));
  end if;
  for v_place in 0 .. jsonb_array_length(v_list) - 1 loop
    v_field := format('pipeline[%s]', v_place);
    if jsonb_typeof(v_list -> v_place) <> 'object' or (v_list -> v_place) - '{type,program}'::text[] <> '{}' then
      perform oblivion.raise_error('OB005', 'A stage is {type} or {program}.', null,
        jsonb_build_object('field', v_field, 'reason', 'shape'));
    end if;
    v_program := oblivion.task_program(p_owner_id, v_list -> v_place, v_field || '.');
    v_stages := v_stages || jsonb_build_object('type', coalesce(v_program ->> 'name', v_program ->> 'kind'), 'program', v_program);
  end loop;
  return v_stages;
end
$$;
comment on function oblivion.task_stages(bigint, jsonb) is
  'The stages of an owner''s task, [{type, program}]: its pipeline, or its one program. OB005, OB006, OB009. For the engine alone.';

create function oblivion.task_trust(p_task jsonb, out replicas int, out quorum int)
language plpgsql
set search_path = ''
as $$
declare
  v_trust jsonb := coalesce(nullif(p_task -> 'trust', 'null'), '{}');
begin
  if jsonb_typeof(v_trust) <> 'object' or v_trust - '{replicas,quorum}'::text[] <> '{}' then
    perform oblivion.raise_error('OB005', 'trust is {replicas, quorum}.', null,
      jsonb_build_object('field', 'trust', 'reason', 'shape'));
  end if;
  replicas := oblivion.task_integer(v_trust, 'replicas', 1, 1, 5);
  -- More than half, so that two answers cannot both have it.
  quorum := oblivion.task_integer(v_trust, 'quorum', replicas / 2 + 1, replicas / 2 + 1, replicas);
end
$$;
comment on function oblivion.task_trust(jsonb) is
  'How many jobs each chunk and stage gets, and how many equal results decide. OB005. For the engine alone.';

create function oblivion.task_asset(p_task jsonb)
returns text
language plpgsql
set search_path = ''
as $$
declare
  v_asset text := coalesce(p_task ->> 'asset', 'chain');
begin
  if v_asset not in ('chain', 'card', 'test') then
    perform oblivion.raise_error('OB005', 'A task is paid with tokens (chain), card money (card) or play money (test).', null,
      jsonb_build_object('field', 'asset', 'reason', 'unknown'));
  end if;
  return v_asset;
end
$$;
comment on function oblivion.task_asset(jsonb) is 'The money that a task is paid with, by default tokens. OB005. For the engine alone.';

create function oblivion.task_price(p_task jsonb, p_floor bigint, out price bigint, out metered boolean, out floor bigint)
language plpgsql
set search_path = ''
as $$
declare
  v_metered jsonb := nullif(p_task -> 'metered', 'null');
begin
  metered := v_metered is not null;
  if metered = (nullif(p_task -> 'pricePerChunk', 'null') is not null) then
    perform oblivion.raise_error('OB005', 'A task has a price for each chunk, or it is metered.',
      'Send either pricePerChunk or metered: {maxPricePerChunk}.',
      jsonb_build_object('field', 'pricePerChunk', 'reason', 'either'));
  elsif not metered then
    price := oblivion.task_integer(p_task, 'pricePerChunk', null, p_floor, 1000000000000);
    return;
  elsif jsonb_typeof(v_metered) <> 'object' or v_metered - 'maxPricePerChunk' <> '{}' then
    perform oblivion.raise_error('OB005', 'metered is {maxPricePerChunk}.', null,
      jsonb_build_object('field', 'metered', 'reason', 'shape'));
  end if;
  price := oblivion.task_integer(v_metered, 'maxPricePerChunk', null, p_floor, 1000000000000);
  -- What it is now, whatever the operator sets later.
  floor := p_floor;
end
$$;
comment on function oblivion.task_price(jsonb, bigint) is
  'What a job of a task costs, or where it is metered the most and the least. OB005. For the engine alone.';

create function oblivion.task_terms(p_task oblivion.tasks)
returns jsonb
language sql
immutable
set search_path = ''
as $$
  select jsonb_build_object(
    'maxConcurrentChunks', p_task.max_concurrent_chunks,
    'maxAttempts', p_task.max_attempts,
    'timeoutSeconds', p_task.timeout_seconds,
    'priority', p_task.priority,
    'replicas', p_task.replicas,
    'quorum', p_task.quorum,
    'metered', p_task.metered)
$$;
comment on function oblivion.task_terms(oblivion.tasks) is 'The settings of a task as they hold (RN-14). For the engine alone.';

create function oblivion.job_count(p_task oblivion.tasks)
returns bigint
language sql
immutable
set search_path = ''
as $$
  select p_task.chunk_count::bigint * p_task.stage_count * p_task.replicas
$$;
comment on function oblivion.job_count(oblivion.tasks) is 'How many jobs a task has: chunks x stages x replicas. For the engine alone.';

create function oblivion.task_cost(p_task oblivion.tasks)
returns jsonb
language sql
immutable
set search_path = ''
as $$
  select jsonb_build_object('cost', c.cost::text, 'fee', c.fee::text, 'reward', (c.cost - c.fee)::text)
    from (
      select j.cost, floor(p_task.fee_bps * j.cost / 10000) as fee
        from (select oblivion.job_count(p_task)::numeric * p_task.price_per_chunk as cost) j) c
$$;
comment on function oblivion.task_cost(oblivion.tasks) is
  'What a task costs if every job is accepted, at the most where it is metered, and how that divides. For the engine alone.';

create function oblivion.post_task(p_owner_id bigint, p_task jsonb, p_api_key_id uuid default null)
returns jsonb
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_settings oblivion.settings;
  v_instance oblivion.settlement_instances;
  v_field text;
  v_stages jsonb;
  v_types text[];
  v_programs jsonb[];
  v_units int;
  v_parts jsonb[];
  v_task oblivion.tasks;
  v_jobs bigint;
  v_planned int;
begin
  select s.* into v_settings from oblivion.settings s;
  if jsonb_typeof(p_task) is distinct from 'object' then
    perform oblivion.raise_error('OB005', 'A task is a JSON object.', null,
      jsonb_build_object('field', 'p_task', 'reason', 'shape'));
  end if;
  perform oblivion.refuse_foreign_url(p_task ->> 'inputUrl', 'inputUrl');
  select k into v_field
    from jsonb_object_keys(p_task) k
   where k not in ('title', 'type', 'program', 'inputs', 'range', 'pricePerChunk', 'metered', 'budget', 'maxConcurrentChunks',
                   'maxAttempts', 'timeoutSeconds', 'priority', 'capabilities', 'workerTypes', 'maxPricePerHour',
                   'acknowledgeVisible', 'inputUrl', 'assign', 'trust', 'pipeline', 'asset')
   limit 1;
  if v_field is not null then
    perform oblivion.raise_error('OB006', format('%s is not supported yet.', v_field), 'Leave it out.',
      jsonb_build_object('field', v_field));
  end if;
  if (p_task -> 'acknowledgeVisible') is distinct from 'true'::jsonb then
    perform oblivion.raise_error('OB005', 'A task''s program and inputs are seen in clear by strangers'' machines.',
      'Send acknowledgeVisible: true to say that this is fine.',
      jsonb_build_object('field', 'acknowledgeVisible', 'reason', 'required'));
  end if;

  if (select count(*) >= v_settings.max_open_tasks
        from (
          select
            from oblivion.tasks t
           where t.owner_id = p_owner_id and t.status in ('running', 'paused')
           limit v_settings.max_open_tasks) o) then
    perform oblivion.raise_error('OB014', format('A wallet has at most %s open tasks.', v_settings.max_open_tasks),
      'Wait until some have ended, or put more chunks into one.',
      jsonb_build_object('what', 'tasks', 'limit', v_settings.max_open_tasks));
  end if;

  -- No instance is closed while a task is made for it: it would be one that nobody ends or pays.
  perform pg_advisory_xact_lock_shared(oblivion.lock_key('settlement', 'instance'));
  v_instance := oblivion.open_instance();
  if v_instance.id is null then
    perform oblivion.raise_error('OB012', 'No settlement contract is configured.', 'Ask the operator to open one.');
  elsif v_instance.halted_reason is not null then
    perform oblivion.raise_error('OB015', 'Settlement is halted, so no task can be paid now.', 'Try again later.',
      jsonb_build_object('reason', v_instance.halted_reason));
  end if;

  v_task.id := gen_random_uuid();
  v_task.title := oblivion.task_text(p_task, 'title', 200);
  v_task.asset := oblivion.task_asset(p_task);
  v_stages := oblivion.task_stages(p_owner_id, p_task);
  select array_agg(e.value ->> 'type' order by e.place), array_agg(e.value -> 'program' order by e.place)
    into v_types, v_programs
    from jsonb_array_elements(v_stages) with ordinality as e (value, place);
  -- None of its programs is being stopped while it is posted.
  perform pg_advisory_xact_lock_shared(oblivion.lock_key('programs', 'stopped'));
  perform oblivion.refuse_stopped(array(select oblivion.program_key(p) from unnest(v_programs) p));
  select r.replicas, r.quorum into v_task.replicas, v_task.quorum from oblivion.task_trust(p_task) r;
  v_task.assign := oblivion.task_flag(p_task, 'assign');
  if v_task.assign and v_task.replicas > 1 then
    -- Who undercuts the others must not come closer to holding both replicas of a chunk (T6).
    perform oblivion.raise_error('OB005', 'Replicas are not assigned: whose results are compared is drawn, never chosen by price.',
      'Leave out assign, or trust.', jsonb_build_object('field', 'assign', 'reason', 'replicas'));
  end if;
  v_task.timeout_seconds := oblivion.task_integer(p_task, 'timeoutSeconds', oblivion.type_timeout(v_types), 5, 3600);
  select r.price, r.metered, r.floor
    into v_task.price_per_chunk, v_task.metered, v_task.price_floor
    from oblivion.task_price(p_task, greatest(v_settings.min_price_per_chunk,
           ceil(v_settings.min_price_per_timeout_second * v_task.timeout_seconds)::bigint)) r;
  -- A part makes so many jobs, not chunks.
  v_units := cardinality(v_types) * v_task.replicas;
  v_settings.chunks_per_part := greatest(1, v_settings.chunks_per_part / v_units);
  v_parts := oblivion.input_parts(p_task, v_settings);
  perform oblivion.require_stored_inputs(p_owner_id, v_parts);
  select sum(oblivion.part_size(p)) into v_task.chunk_count from unnest(v_parts) p;
  v_jobs := v_task.chunk_count::bigint * v_units;

  insert into oblivion.tasks (
    id, owner_id, api_key_id, title, type, program, stages, program_keys, replicas, quorum, chunk_count, asset, instance_id,
    price_per_chunk, metered, price_floor, fee_bps, budget,
    max_concurrent_chunks, max_attempts, timeout_seconds, priority, capabilities, worker_types, max_price_per_hour,
    assign)
  values (
    v_task.id, p_owner_id, p_api_key_id, v_task.title, v_types[1], v_programs[1],
    case when cardinality(v_types) > 1 then v_stages end,
    array(select distinct oblivion.program_key(p) from unnest(v_programs) p),
    v_task.replicas, v_task.quorum, v_task.chunk_count, v_task.asset,
    case v_task.asset when 'card' then oblivion.card_instance() else v_instance.id end,
    v_task.price_per_chunk, v_task.metered, v_task.price_floor, v_settings.fee_bps,
    oblivion.task_budget(p_task, v_jobs, v_task.price_per_chunk),
    oblivion.task_bucket(p_task, v_jobs),
    oblivion.task_integer(p_task, 'maxAttempts', 3, 1, 10),
    v_task.timeout_seconds,
    oblivion.task_integer(p_task, 'priority', 0, 0, 9),
    oblivion.task_names(p_task, 'capabilities') || oblivion.program_needs(v_programs),
    oblivion.task_names(p_task, 'workerTypes', array['browser', 'python', 'server']),
    case when p_task ->> 'maxPricePerHour' is not null
      then oblivion.task_integer(p_task, 'maxPricePerHour', null, 0, 1000000000000) end,
    v_task.assign)
  returning * into v_task;

  perform oblivion.hold_budget(v_task);

  -- All inputs are checked and paid for by now. The first part gets its rows at once, the rest in ticks.
  insert into oblivion.plan_parts (task_id, first_index, inputs)
  select v_task.id, coalesce(sum(oblivion.part_size(p.part)) over (
           order by p.place rows between unbounded preceding and 1 preceding), 0), p.part
    from unnest(v_parts) with ordinality as p (part, place);
  v_planned := oblivion.plan_part(v_task.id);

  return jsonb_build_object(
    'taskId', v_task.id,
    'chunkCount', v_task.chunk_count,
    'plannedCount', v_planned,
    'terms', oblivion.task_terms(v_task),
    'estimate', oblivion.task_cost(v_task))
    || case when v_task.assign then jsonb_build_object('assigned', oblivion.assign_jobs(v_task)) else '{}' end;
end
$$;
comment on function oblivion.post_task(bigint, jsonb, uuid) is
  'Posts a task of an owner, maybe by an API key, and holds its budget: create_task and schedules do. OB005 to OB007, OB009, OB012 to OB015, OB030, OB033, OB055, OB090, OB095, OB096. For the engine alone.';

create function public.create_task(p_task jsonb)
returns jsonb
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_wallet text;
  v_api_key_id uuid;
begin
  select c.wallet, c.api_key_id into v_wallet, v_api_key_id from oblivion.require_caller('tasks') c;
  return oblivion.post_task(oblivion.owner_of(v_wallet), p_task, v_api_key_id);
end
$$;
comment on function public.create_task(jsonb) is
  'Posts a task of the signed-in wallet, or by an API key with the scope tasks, and holds its budget. Answers {taskId, chunkCount, plannedCount, terms: the settings as they hold, estimate: {cost, fee, reward}, assigned: {jobs, providers, until} where the task asks for assign: true}. OB001, OB005, OB006, OB007, OB009, OB012 to OB015, OB030, OB031, OB033, OB090, OB095, OB096.';
