-- Briefs: a customer's order in its own words, and the stages that its kind of media goes through.

create table oblivion.brief_tasks (
  brief_id uuid not null references oblivion.tasks,
  task_id uuid not null references oblivion.tasks,
  primary key (brief_id, task_id)
);
comment on table oblivion.brief_tasks is 'Tasks that create_brief_job added to a brief, which is a task itself.';

create function oblivion.brief_stages(p_media_type text)
returns text[]
language sql
immutable
set search_path = ''
as $$
  select case p_media_type
    when 'video' then array['analysis', 'asset_prep', 'video_generation', 'render']
    when 'image' then array['analysis', 'asset_prep', 'image_processing', 'render']
    when 'audio' then array['analysis', 'asset_prep', 'render']
    when 'text' then array['analysis', 'text_analysis', 'render'] end
$$;
comment on function oblivion.brief_stages(text) is
  'The job types that a kind of media goes through, in order; null for a kind that there is not. For the engine alone.';

create function oblivion.brief_metadata(p_metadata jsonb)
returns jsonb
language plpgsql
set search_path = ''
as $$
declare
  v_metadata jsonb := coalesce(nullif(p_metadata, 'null'), '{}');
  v_field text;
begin
  if jsonb_typeof(v_metadata) <> 'object' then
    perform oblivion.raise_error('OB005', 'metadata is an object.', null, jsonb_build_object('field', 'metadata', 'reason', 'shape'));
  end if;
  select m.key into v_field
    from jsonb_each(v_metadata) m
   where m.key in ('video_url', 'image_url', 'audio_url')
     and (jsonb_typeof(m.value) <> 'string' or m.value #>> '{}' not like 'data:%')
   limit 1;
  if v_field is not null then
    perform oblivion.raise_error('OB009', format('metadata.%s is an address, and no node, tab or server opens one that a stranger chose.', v_field),
      'Send the media itself as a data: URL, or store {title, query, metadata} with storeInput and send what it answers as metadata.',
      jsonb_build_object('field', 'metadata.' || v_field));
  end if;
  return v_metadata;
end
$$;
comment on function oblivion.brief_metadata(jsonb) is
  'What a brief brings beside its words, {} by default; its media are data: URLs. OB005, OB009 (A1). For the engine alone.';

create function oblivion.brief_input(p_input jsonb)
returns jsonb
language plpgsql
stable
security definer
set search_path = ''
as $$
declare
  v_limit int;
begin
  select s.max_inline_bytes into v_limit from oblivion.settings s;
  if octet_length(p_input::text) > v_limit then
    perform oblivion.raise_error('OB005', format('A brief has at most %s bytes, with what its metadata brings.', v_limit),
      'Store {title, query, metadata} with storeInput, up to 16 MiB, and send what it answers as metadata.',
      jsonb_build_object('field', 'metadata', 'reason', 'size', 'limit', v_limit));
  end if;
  return jsonb_build_array(p_input);
end
$$;
comment on function oblivion.brief_input(jsonb) is 'The inputs of a brief''s task, or OB005 where they are too large. For the engine alone.';

create function public.create_brief(p_brief jsonb)
returns jsonb
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_wallet text;
  v_api_key_id uuid;
  v_field text;
  v_media text := p_brief ->> 'mediaType';
  v_stages text[] := oblivion.brief_stages(p_brief ->> 'mediaType');
  v_metadata jsonb;
  v_input jsonb;
  v_floor bigint;
  v_task jsonb;
begin
  select c.wallet, c.api_key_id into v_wallet, v_api_key_id from oblivion.require_caller('tasks') c;
  if jsonb_typeof(p_brief) is distinct from 'object' then
    perform oblivion.raise_error('OB005', 'A brief is a JSON object.', null, jsonb_build_object('field', 'p_brief', 'reason', 'shape'));
  end if;
  select k into v_field
    from jsonb_object_keys(p_brief) k
   where k not in ('customerAddress', 'title', 'description', 'query', 'mediaType', 'usePipeline', 'metadata', 'pricePerJob',
                   'asset', 'acknowledgeVisible')
   limit 1;
  if v_field is not null then
    perform oblivion.raise_error('OB006', format('%s is not supported yet.', left(v_field, 40)), 'Leave it out.',
      jsonb_build_object('field', left(v_field, 40)));
  elsif lower(p_brief ->> 'customerAddress') <> v_wallet then
    perform oblivion.raise_error('OB002', 'This address is not yours.', 'Send the address that you signed in with.',
      jsonb_build_object('address', left(lower(p_brief ->> 'customerAddress'), 100)));
  elsif v_stages is null then
    perform oblivion.raise_error('OB005', 'mediaType is video, image, audio or text.', null,
      jsonb_build_object('field', 'mediaType', 'reason', 'unknown'));
  end if;
  v_metadata := oblivion.brief_metadata(p_brief -> 'metadata');
  if v_metadata ? '$stored' then
    -- The stored object is all that its programs get.
    v_input := v_metadata;
  else
    v_input := jsonb_build_object(
      'title', oblivion.task_text(p_brief, 'title', 200),
      'description', case when coalesce(p_brief ->> 'description', '') = '' then '' else oblivion.task_text(p_brief, 'description', 10000) end,
      'query', oblivion.task_text(p_brief, 'query', 10000),
      'mediaType', v_media,
      'metadata', v_metadata);
    -- Of words alone a video can be made, of title cards; a picture or a sound cannot, and its second stage would fail.
    if v_media in ('image', 'audio') and not v_metadata ? (v_media || '_url') then
      perform oblivion.raise_error('OB005', format('A brief for %s brings it: metadata.%s_url.', v_media, v_media),
        'Send it as a data: URL, or store the brief with storeInput and send what it answers as metadata.',
        jsonb_build_object('field', format('metadata.%s_url', v_media), 'reason', 'missing'));
    end if;
  end if;
  if not oblivion.task_flag(p_brief, 'usePipeline') then
    v_stages := v_stages[:1];
  end if;
  select greatest(s.min_price_per_chunk, ceil(s.min_price_per_timeout_second * oblivion.type_timeout(v_stages))::bigint)
    into v_floor
    from oblivion.settings s;
  v_task := oblivion.post_task(
    oblivion.owner_of(v_wallet),
    jsonb_build_object(
      'title', oblivion.task_text(p_brief, 'title', 200),
      'pipeline', (select jsonb_agg(jsonb_build_object('type', s.type) order by s.place)
                     from unnest(v_stages) with ordinality as s (type, place)),
      'inputs', oblivion.brief_input(v_input),
      'pricePerChunk', oblivion.task_integer(p_brief, 'pricePerJob', null, v_floor, 1000000000000)::text,
      'asset', oblivion.task_asset(p_brief),
      'acknowledgeVisible', p_brief -> 'acknowledgeVisible'),
    v_api_key_id);
  return jsonb_build_object(
    'briefId', v_task ->> 'taskId',
    'jobId', (select j.id from public.jobs j where j.task_id = (v_task ->> 'taskId')::uuid and j.stage = 0),
    'stages', to_jsonb(v_stages),
    'estimate', v_task -> 'estimate');
end
$$;
comment on function public.create_brief(jsonb) is
  'Posts a brief as a task of one chunk and holds its budget: {title, description, query, mediaType: video, image, audio or text, usePipeline: whether what follows the analysis is wanted too, metadata: {text, video_url ...} or {$stored}, pricePerJob, asset, acknowledgeVisible, customerAddress: the caller''s own}. Answers {briefId: the task, jobId: of its first stage, stages: its job types, estimate}. What create_task raises, and OB002.';

create function public.create_brief_job(p_job jsonb)
returns jsonb
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_api_key_id uuid;
  v_brief oblivion.tasks;
  v_metadata jsonb;
  v_input jsonb;
  v_task jsonb;
begin
  select c.api_key_id into v_api_key_id from oblivion.require_caller('tasks') c;
  if jsonb_typeof(p_job) is distinct from 'object' or p_job - '{briefId,type,metadata}'::text[] <> '{}'
    or coalesce(p_job ->> 'briefId', '') !~* '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$' then
    perform oblivion.raise_error('OB005', 'A job is {briefId, type, metadata}.', null, jsonb_build_object('field', 'briefId', 'reason', 'shape'));
  end if;
  v_brief := oblivion.require_task((p_job ->> 'briefId')::uuid, 'tasks');
  v_metadata := oblivion.brief_metadata(p_job -> 'metadata');
  select case jsonb_typeof(c.input) when 'object' then c.input else '{}' end
    into v_input
    from oblivion.chunks c
   where c.task_id = v_brief.id and c.chunk_index = 0;
  v_input := case
    when v_metadata ? '$stored' then v_metadata
    -- Of a stored brief its words cannot be read here.
    when not v_input ? '$stored' then v_input || jsonb_build_object('metadata', v_metadata)
    when v_metadata = '{}' then v_input
    else jsonb_build_object('title', v_brief.title, 'metadata', v_metadata) end;
  v_task := oblivion.post_task(
    v_brief.owner_id,
    jsonb_build_object(
      'title', v_brief.title,
      'type', oblivion.task_text(p_job, 'type', 100),
      'inputs', oblivion.brief_input(v_input),
      'timeoutSeconds', v_brief.timeout_seconds,
      'asset', v_brief.asset,
      -- Said once, of the brief and what is added to it.
      'acknowledgeVisible', true)
    || case when v_brief.metered
         then jsonb_build_object('metered', jsonb_build_object('maxPricePerChunk', v_brief.price_per_chunk::text))
         else jsonb_build_object('pricePerChunk', v_brief.price_per_chunk::text) end,
    v_api_key_id);
  insert into oblivion.brief_tasks (brief_id, task_id) values (v_brief.id, (v_task ->> 'taskId')::uuid);
  return jsonb_build_object(
    'briefId', v_brief.id,
    'taskId', v_task ->> 'taskId',
    'jobId', (select j.id from public.jobs j where j.task_id = (v_task ->> 'taskId')::uuid),
    'estimate', v_task -> 'estimate');
end
$$;
comment on function public.create_brief_job(jsonb) is
  'Adds a job to a brief (or another task) of the caller''s: {briefId, type, metadata}. It gets the brief''s words with this metadata, and costs what the brief''s jobs cost, held as of a task of its own; its customer''s word that strangers'' machines see all of it was given with the brief. Answers {briefId, taskId, jobId, estimate}. What create_task raises, and OB008.';
