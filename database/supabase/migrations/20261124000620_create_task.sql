-- Posting a task.

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
