-- Tasks and chunks: the customer's order and the parts of its input.

create table oblivion.tasks (
  id uuid primary key default gen_random_uuid(),
  owner_id bigint not null references oblivion.owners,
  title text not null check (length(title) between 1 and 200),
  type text not null,
  program jsonb not null check (program ->> 'kind' = 'builtin'),
  status text not null default 'running' check (status in ('running', 'paused', 'completed', 'failed', 'cancelled')),
  chunk_count int not null check (chunk_count > 0),
  asset text not null check (asset in ('chain', 'card', 'test')),
  instance_id bigint not null references oblivion.settlement_instances,
  price_per_chunk bigint not null check (price_per_chunk > 0),
  fee_bps int not null check (fee_bps between 0 and 10000),
  budget bigint not null,
  max_concurrent_chunks int check (max_concurrent_chunks > 0),
  max_attempts int not null check (max_attempts between 1 and 10),
  timeout_seconds int not null check (timeout_seconds between 5 and 3600),
  priority smallint not null check (priority between 0 and 9),
  -- What a node must be like to get a job of this task; null where it does not matter.
  capabilities text[] check (cardinality(capabilities) > 0),
  worker_types text[] check (cardinality(worker_types) > 0 and worker_types <@ array['browser', 'server', 'python']),
  max_price_per_hour bigint check (max_price_per_hour >= 0),
  created_at timestamptz not null default now(),
  finished_at timestamptz,
  check (budget >= chunk_count * price_per_chunk),
  check ((status in ('running', 'paused')) = (finished_at is null))
);
create index on oblivion.tasks (owner_id, created_at desc);
create index on oblivion.tasks (id) where status = 'running';
comment on table oblivion.tasks is 'A customer''s order. Its budget is held at creation; one receipt per chunk at most, so it is never exceeded.';

create function oblivion.mismatch(p_task oblivion.tasks, p_node public.nodes)
returns text
language sql
immutable
set search_path = ''
as $$
  select case
    when p_task.status <> 'running' then 'task_not_running'
    when p_node.worker_type <> all (p_task.worker_types) then 'worker_type'
    -- A capability is a key of the node's own with any value but null and false: {"webgpu": true, "cores": 8}.
    when not jsonb_path_query_array(p_node.capabilities,
           '$.keyvalue() ? (@.value.type() != "null" && (@.value.type() != "boolean" || @.value == true)).key')
         ?& p_task.capabilities then 'capability'
    -- A node without a price asks for none: it works for what a chunk pays.
    when coalesce(p_node.price_per_hour, 0) > p_task.max_price_per_hour then 'price'
  end
$$;
comment on function oblivion.mismatch(oblivion.tasks, public.nodes) is
  'Why no job of this task may go to this node, whatever else: task_not_running, worker_type, capability or price; null where it may. They are what the node says of itself, and give no trust. For the engine alone.';

create function oblivion.suits(p_task oblivion.tasks, p_node public.nodes)
returns boolean
language sql
immutable
set search_path = ''
as $$
  select oblivion.mismatch(p_task, p_node) is null
$$;
comment on function oblivion.suits(oblivion.tasks, public.nodes) is
  'Whether jobs of this task may go to this node: asked by every door of a claim, once per task. For the engine alone.';

create table oblivion.chunks (
  task_id uuid not null references oblivion.tasks,
  chunk_index int not null check (chunk_index >= 0),
  input jsonb not null,
  primary key (task_id, chunk_index)
);
comment on table oblivion.chunks is 'One part of a task''s input: index and input, never changed.';

create function oblivion.refuse_foreign_url(p_value text, p_field text)
returns void
language plpgsql
set search_path = ''
as $$
begin
  if p_value is not null then
    -- No node, tab or server opens a stranger's URL (A1). Storage of our own will be allowed here by its hash.
    perform oblivion.raise_error('OB009', 'Foreign URLs are refused: no node opens an address that a stranger chose.',
      'Send the content itself.', jsonb_build_object('field', p_field));
  end if;
end
$$;
comment on function oblivion.refuse_foreign_url(text, text) is 'OB009 for any URL in a call (A1). For the engine alone.';

create function oblivion.task_text(p_task jsonb, p_field text, p_max int)
returns text
language plpgsql
set search_path = ''
as $$
begin
  if jsonb_typeof(p_task -> p_field) is distinct from 'string'
    or length(p_task ->> p_field) not between 1 and p_max then
    perform oblivion.raise_error('OB005', format('%s is a text of 1 to %s characters.', p_field, p_max), null,
      jsonb_build_object('field', p_field, 'reason', 'text'));
  end if;
  return p_task ->> p_field;
end
$$;
comment on function oblivion.task_text(jsonb, text, int) is 'A required text of a task, or OB005 with its field. For the engine alone.';

create function oblivion.task_integer(p_task jsonb, p_field text, p_default bigint, p_min bigint, p_max bigint)
returns bigint
language plpgsql
set search_path = ''
as $$
declare
  v_value jsonb := p_task -> p_field;
begin
  if v_value is null or v_value = 'null' then
    if p_default is null then
      perform oblivion.raise_error('OB005', format('%s is missing.', p_field), null,
        jsonb_build_object('field', p_field, 'reason', 'missing'));
    end if;
    return p_default;
  end if;
  -- Digits only: as a number, or (money) as a decimal string.
  if jsonb_typeof(v_value) not in ('number', 'string') or (v_value #>> '{}') !~ '^-?[0-9]{1,18}$'
    or (v_value #>> '{}')::bigint not between p_min and p_max then
    perform oblivion.raise_error('OB005', format('%s is a whole number from %s to %s.', p_field, p_min, p_max), null,
      jsonb_build_object('field', p_field, 'reason', 'range', 'min', p_min::text, 'max', p_max::text));
  end if;
  return (v_value #>> '{}')::bigint;
end
$$;
comment on function oblivion.task_integer(jsonb, text, bigint, bigint, bigint) is
  'A whole number of a task within bounds, or OB005 with its field. For the engine alone.';

create function oblivion.task_names(p_task jsonb, p_field text, p_allowed text[] default null)
returns text[]
language plpgsql
set search_path = ''
as $$
declare
  v_value jsonb := p_task -> p_field;
  v_names text[];
begin
  if v_value is null or v_value = 'null' then
    return null;
  end if;
  if jsonb_typeof(v_value) = 'array' and jsonb_array_length(v_value) between 1 and 20
    and not jsonb_path_exists(v_value, 'strict $[*] ? (@.type() != "string")') then
    select array_agg(distinct e.value order by e.value) into v_names from jsonb_array_elements_text(v_value) e;
  end if;
  if v_names is null
    or exists (select from unnest(v_names) as u (name) where length(u.name) not between 1 and 100)
    or not v_names <@ coalesce(p_allowed, v_names) then
    perform oblivion.raise_error('OB005',
      case when p_allowed is null then format('%s is a list of 1 to 20 names.', p_field)
        else format('%s is a list of %s.', p_field, array_to_string(p_allowed, ', ')) end,
      'Leave it out where it does not matter.', jsonb_build_object('field', p_field, 'reason', 'names'));
  end if;
  return v_names;
end
$$;
comment on function oblivion.task_names(jsonb, text, text[]) is
  'A list of distinct names of a task, out of those allowed; null where absent; or OB005 with its field. For the engine alone.';

create function oblivion.refuse_line(p_line bigint, p_what text)
returns void
language plpgsql
set search_path = ''
as $$
begin
  perform oblivion.raise_error('OB005', format('Line %s of inputs.text %s.', p_line, p_what), null,
    jsonb_build_object('field', 'inputs.text', 'reason', 'line', 'line', p_line));
end
$$;
comment on function oblivion.refuse_line(bigint, text) is 'OB005 for a line of a text of inputs. For the engine alone.';

create function oblivion.ndjson_inputs(p_text text)
returns setof jsonb
language plpgsql
set search_path = ''
as $$
declare
  v_line record;
  v_value jsonb;
begin
  for v_line in
    select l.line, l.number
      from regexp_split_to_table(p_text, '\r?\n') with ordinality as l (line, number)
     order by l.number
  loop
    continue when v_line.line ~ '^[ \t]*$';
    begin
      v_value := v_line.line::jsonb;
    exception
      -- No JSON, a number or a character that jsonb does not hold, or too deep.
      when data_exception or untranslatable_character or program_limit_exceeded then
        perform oblivion.refuse_line(v_line.number, 'is not a JSON value');
    end;
    return next v_value;
  end loop;
end
$$;
comment on function oblivion.ndjson_inputs(text) is
  'The values of a text with one JSON value a line; empty lines count for nothing. OB005 names the first wrong line. For the engine alone.';

create function oblivion.csv_fields(p_record text)
returns text[]
language plpgsql
immutable
set search_path = ''
as $$
declare
  v_fields text[];
  v_covered bigint;
begin
  -- RFC 4180. With a comma behind the last field too, each field is one match; what no match covers is a stray quote.
  select array_agg(
           case when m.field[1] like '"%'
             then replace(substr(m.field[1], 2, length(m.field[1]) - 2), '""', '"') else m.field[1] end
           order by m.place),
         sum(length(m.field[1]) + 1)
    into v_fields, v_covered
    from regexp_matches(p_record || ',', '("(?:[^"]|"")*"|[^",]*),', 'g') with ordinality as m (field, place);
  return case when v_covered = length(p_record) + 1 then v_fields end;
end
$$;
comment on function oblivion.csv_fields(text) is 'The fields of one record of CSV, or null where a quote is out of place. For the engine alone.';

create function oblivion.csv_inputs(p_text text)
returns setof jsonb
language plpgsql
set search_path = ''
as $$
declare
  v_line record;
  v_record text;
  v_from bigint;
  v_open boolean := false;
  v_names text[];
  v_fields text[];
begin
  for v_line in
    select l.line, l.number
      from regexp_split_to_table(ltrim(p_text, chr(65279)), '\r?\n') with ordinality as l (line, number)
     order by l.number
  loop
    if v_open then
      v_record := v_record || E'\n' || v_line.line;
    else
      v_record := v_line.line;
      v_from := v_line.number;
    end if;
    -- A record goes on while a quote is open.
    v_open := v_open <> ((length(v_line.line) - length(replace(v_line.line, '"', ''))) % 2 = 1);
    continue when v_open or v_record = '';
    v_fields := oblivion.csv_fields(v_record);
    if v_fields is null then
      perform oblivion.refuse_line(v_from, 'has a quote within a field that is not quoted');
    elsif v_names is null then
      if '' = any (v_fields) or cardinality(v_fields) <> (select count(distinct f) from unnest(v_fields) f) then
        perform oblivion.refuse_line(v_from, 'does not name each column by a name of its own');
      end if;
      v_names := v_fields;
      continue;
    elsif cardinality(v_fields) <> cardinality(v_names) then
      perform oblivion.refuse_line(v_from,
        format('has %s fields where the first names %s', cardinality(v_fields), cardinality(v_names)));
    end if;
    return next jsonb_object(v_names, v_fields);
  end loop;
  if v_open then
    perform oblivion.refuse_line(v_from, 'opens a quote that nothing closes');
  end if;
end
$$;
comment on function oblivion.csv_inputs(text) is
  'The records of a CSV text as objects of texts, by the names in its first line; empty lines count for nothing. OB005 names the line where a wrong record begins. For the engine alone.';

create function oblivion.text_inputs(p_inputs jsonb)
returns setof jsonb
language plpgsql
set search_path = ''
as $$
begin
  if jsonb_typeof(p_inputs -> 'text') is distinct from 'string'
    or coalesce(p_inputs ->> 'format', '') not in ('ndjson', 'csv')
    or p_inputs - '{format,text}'::text[] <> '{}' then
    perform oblivion.raise_error('OB005', 'inputs is a list, or a text with its format: ndjson or csv.', null,
      jsonb_build_object('field', 'inputs', 'reason', 'shape'));
  elsif octet_length(p_inputs ->> 'text') > 8388608 then
    perform oblivion.raise_error('OB005', 'inputs.text is larger than 8 MB.', 'Post several tasks.',
      jsonb_build_object('field', 'inputs.text', 'reason', 'size', 'limit', 8388608));
  elsif p_inputs ->> 'format' = 'ndjson' then
    return query select v from oblivion.ndjson_inputs(p_inputs ->> 'text') v;
  else
    return query select v from oblivion.csv_inputs(p_inputs ->> 'text') v;
  end if;
end
$$;
comment on function oblivion.text_inputs(jsonb) is 'The chunk inputs in a text, {format, text}. OB005. For the engine alone.';

create function oblivion.task_inputs(p_task jsonb, p_settings oblivion.settings)
returns setof jsonb
language plpgsql
set search_path = ''
as $$
declare
  v_count bigint;
  v_start bigint;
  v_end bigint;
  v_step bigint;
  v_list jsonb := p_task -> 'inputs';
begin
  if (p_task ? 'inputs') = (p_task ? 'range') then
    perform oblivion.raise_error('OB005', 'A task has either inputs or a range.', 'Send a list, or {start, end, step}.',
      jsonb_build_object('field', 'inputs', 'reason', 'either'));
  end if;
  if p_task ? 'inputs' then
    if jsonb_typeof(v_list) = 'object' then
      select coalesce(jsonb_agg(i), '[]') into v_list from oblivion.text_inputs(v_list) i;
    end if;
    if jsonb_typeof(v_list) <> 'array' or jsonb_array_length(v_list) = 0 then
      perform oblivion.raise_error('OB005', 'inputs is a list with at least one element.', null,
        jsonb_build_object('field', 'inputs', 'reason', 'empty'));
    end if;
    v_count := jsonb_array_length(v_list);
  else
    v_start := oblivion.task_integer(p_task -> 'range', 'start', 0, -1000000000000, 1000000000000);
    v_end := oblivion.task_integer(p_task -> 'range', 'end', null, -1000000000000, 1000000000000);
    v_step := oblivion.task_integer(p_task -> 'range', 'step', 1, 1, 1000000000000);
    v_count := greatest(0, ceil((v_end - v_start)::numeric / v_step));
    if v_count = 0 then
      perform oblivion.raise_error('OB005', 'The range is empty: its end is not above its start.', null,
        jsonb_build_object('field', 'range', 'reason', 'empty'));
    end if;
  end if;
  if v_count > p_settings.max_chunks_per_task then
    perform oblivion.raise_error('OB014', format('A task has at most %s chunks.', p_settings.max_chunks_per_task),
      'Make the chunks larger, or post several tasks.',
      jsonb_build_object('what', 'chunks', 'limit', p_settings.max_chunks_per_task));
  end if;
  if p_task ? 'inputs' then
    return query select e.value from jsonb_array_elements(v_list) e;
  else
    return query
      select jsonb_build_object('start', g.start, 'end', least(g.start + v_step, v_end))
        from generate_series(v_start, v_end - 1, v_step) as g (start);
  end if;
end
$$;
comment on function oblivion.task_inputs(jsonb, oblivion.settings) is
  'The chunk inputs of a task in order: its list, the lines of its text, or its range cut by step. OB005, OB014. For the engine alone.';

create function public.create_task(p_task jsonb)
returns jsonb
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_settings oblivion.settings;
  v_wallet text;
  v_owner bigint;
  v_instance oblivion.settlement_instances;
  v_field text;
  v_task oblivion.tasks;
  v_needed bigint;
  v_free bigint;
  v_fee bigint;
  v_large int;
begin
  v_wallet := oblivion.require_wallet();
  select s.* into v_settings from oblivion.settings s;
  if jsonb_typeof(p_task) is distinct from 'object' then
    perform oblivion.raise_error('OB005', 'A task is a JSON object.', null,
      jsonb_build_object('field', 'p_task', 'reason', 'shape'));
  end if;
  perform oblivion.refuse_foreign_url(p_task ->> 'inputUrl', 'inputUrl');
  perform oblivion.refuse_foreign_url(p_task #>> '{program,url}', 'program.url');
  select k into v_field
    from jsonb_object_keys(p_task) k
   where k not in ('title', 'type', 'program', 'inputs', 'range', 'pricePerChunk', 'budget', 'maxConcurrentChunks',
                   'maxAttempts', 'timeoutSeconds', 'priority', 'capabilities', 'workerTypes', 'maxPricePerHour',
                   'acknowledgeVisible', 'inputUrl')
   limit 1;
  if v_field is null and p_task ? 'program' and p_task #>> '{program,kind}' is distinct from 'builtin' then
    v_field := 'program.kind';
  end if;
  if v_field is not null then
    perform oblivion.raise_error('OB006', format('%s is not supported yet.', v_field), 'Leave it out.',
      jsonb_build_object('field', v_field));
  end if;
  if (p_task -> 'acknowledgeVisible') is distinct from 'true'::jsonb then
    perform oblivion.raise_error('OB005', 'A task''s program and inputs are seen in clear by strangers'' machines.',
      'Send acknowledgeVisible: true to say that this is fine.',
      jsonb_build_object('field', 'acknowledgeVisible', 'reason', 'required'));
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

  v_owner := oblivion.owner_of(v_wallet);
  v_task.id := gen_random_uuid();
  v_task.title := oblivion.task_text(p_task, 'title', 200);
  v_task.type := case when p_task ? 'program'
    then oblivion.task_text(p_task -> 'program', 'name', 100)
    else oblivion.task_text(p_task, 'type', 100) end;
  v_task.price_per_chunk := oblivion.task_integer(p_task, 'pricePerChunk', null, v_settings.min_price_per_chunk, 1000000000000);

  insert into oblivion.tasks (
    id, owner_id, title, type, program, chunk_count, asset, instance_id, price_per_chunk, fee_bps, budget,
    max_concurrent_chunks, max_attempts, timeout_seconds, priority, capabilities, worker_types, max_price_per_hour)
  select v_task.id, v_owner, v_task.title, v_task.type,
         jsonb_build_object('kind', 'builtin', 'name', v_task.type),
         i.count, 'chain', v_instance.id, v_task.price_per_chunk, v_settings.fee_bps,
         oblivion.task_budget(p_task, i.count, v_task.price_per_chunk),
         case when p_task ? 'maxConcurrentChunks'
           then oblivion.task_integer(p_task, 'maxConcurrentChunks', null, 1, 10000) end,
         oblivion.task_integer(p_task, 'maxAttempts', 3, 1, 10),
         oblivion.task_integer(p_task, 'timeoutSeconds', 300, 5, 3600),
         oblivion.task_integer(p_task, 'priority', 0, 0, 9),
         oblivion.task_names(p_task, 'capabilities'),
         oblivion.task_names(p_task, 'workerTypes', array['browser', 'python', 'server']),
         case when p_task ->> 'maxPricePerHour' is not null
           then oblivion.task_integer(p_task, 'maxPricePerHour', null, 0, 1000000000000) end
    from (select count(*)::int as count from oblivion.task_inputs(p_task, v_settings)) i
  returning * into v_task;

  insert into oblivion.chunks (task_id, chunk_index, input)
  select v_task.id, i.ordinality - 1, i.input
    from oblivion.task_inputs(p_task, v_settings) with ordinality as i (input, ordinality);
  select c.chunk_index into v_large
    from oblivion.chunks c
   where c.task_id = v_task.id
     and octet_length(c.input::text) > v_settings.max_inline_bytes
   limit 1;
  if v_large is not null then
    perform oblivion.raise_error('OB005',
      format('Input %s is larger than %s bytes.', v_large, v_settings.max_inline_bytes), 'Make the chunks smaller.',
      jsonb_build_object('field', format('inputs[%s]', v_large), 'reason', 'size', 'limit', v_settings.max_inline_bytes));
  end if;

  v_needed := v_task.budget;
  v_fee := floor(v_task.fee_bps * v_task.price_per_chunk::numeric * v_task.chunk_count / 10000);
  -- Two tasks of one customer at once must not spend the same money.
  perform pg_advisory_xact_lock(oblivion.lock_key('customer', v_owner::text));
  v_free := oblivion.balance_of(oblivion.account('customer_free', 'chain', v_instance.id, v_owner));
  if v_free < v_needed then
    perform oblivion.raise_error('OB007', 'The free balance is smaller than the budget.', 'Deposit more, or lower the budget.',
      jsonb_build_object('needed', v_needed::text, 'free', v_free::text));
  end if;
  perform oblivion.book('hold', v_task.id::text, 'chain', v_instance.id,
    array[oblivion.account('customer_free', 'chain', v_instance.id, v_owner),
          oblivion.account('task_hold', 'chain', v_instance.id, null, v_task.id)],
    array[-v_needed, v_needed]);

  insert into public.jobs (task_id, chunk_index, type, priority, customer_owner_id)
  select c.task_id, c.chunk_index, v_task.type, v_task.priority, v_owner
    from oblivion.chunks c
   where c.task_id = v_task.id
   order by c.chunk_index;

  return jsonb_build_object(
    'taskId', v_task.id,
    'chunkCount', v_task.chunk_count,
    'estimate', jsonb_build_object(
      'cost', (v_task.price_per_chunk * v_task.chunk_count)::text,
      'fee', v_fee::text,
      'reward', (v_task.price_per_chunk * v_task.chunk_count - v_fee)::text));
end
$$;
comment on function public.create_task(jsonb) is
  'Posts a task of the signed-in wallet and holds its budget. OB001, OB005, OB006, OB007, OB009, OB012 to OB015.';

create function oblivion.task_budget(p_task jsonb, p_chunk_count int, p_price bigint)
returns bigint
language plpgsql
set search_path = ''
as $$
declare
  v_needed bigint := p_chunk_count * p_price;
  v_budget bigint := oblivion.task_integer(p_task, 'budget', v_needed, 0, 1000000000000000);
begin
  if v_budget < v_needed then
    perform oblivion.raise_error('OB013', 'The budget does not cover every chunk.', 'Raise the budget or lower the price.',
      jsonb_build_object('needed', v_needed::text, 'budget', v_budget::text));
  end if;
  return v_budget;
end
$$;
comment on function oblivion.task_budget(jsonb, int, bigint) is
  'The budget of a task, by default price times chunks; OB013 below that. For the engine alone.';
