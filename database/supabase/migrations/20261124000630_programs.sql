-- Customers' own programs: kept by the hash of their bytes, fetched by nodes by that hash and from here alone (A1).

create table oblivion.programs (
  hash text primary key check (hash = encode(sha256(source), 'hex')),
  kind text not null check (kind in ('js', 'wasm')),
  source bytea not null,
  -- Who brought it first; null for one of ours (named_programs). Whoever knows the hash of a program may use it.
  owner_id bigint references oblivion.owners,
  created_at timestamptz not null default now(),
  -- An operator has read it: it may run on nodes whose owners want no strangers' programs (A8).
  reviewed_at timestamptz
);
comment on table oblivion.programs is 'Programs that customers wrote, by SHA-256, and named ones of ours; never changed.';

create function oblivion.store_program(p_owner_id bigint, p_program jsonb, p_field text)
returns text
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_kind text := p_program ->> 'kind';
  v_source bytea;
  v_hash text := p_program ->> 'hash';
  v_limit int;
  v_wrong text;
begin
  if (coalesce(jsonb_typeof(p_program -> 'source'), '') = 'string') = (coalesce(jsonb_typeof(p_program -> 'hash'), '') = 'string') then
    v_wrong := 'is brought by its source, or named by the hash of one that was brought before';
  elsif v_hash is not null then
    if not exists (select from oblivion.programs p where p.hash = v_hash and p.kind = v_kind) then
      perform oblivion.raise_error('OB065', 'No such program is stored under this hash.', 'Send its source once.',
        jsonb_build_object('hash', left(v_hash, 64)));
    end if;
    return v_hash;
  else
    if v_kind = 'js' then
      v_source := convert_to(p_program ->> 'source', 'UTF8');
    else
      begin
        v_source := decode(p_program ->> 'source', 'base64');
      exception
        when invalid_parameter_value then
          v_source := '';
      end;
    end if;
    select s.max_inline_bytes into v_limit from oblivion.settings s;
    if octet_length(v_source) > v_limit then
      perform oblivion.raise_error('OB005', format('A program has at most %s bytes.', v_limit),
        'Minify it, or move its data into the inputs.',
        jsonb_build_object('field', p_field || 'program.source', 'reason', 'size', 'limit', v_limit));
    elsif v_kind = 'js' and octet_length(v_source) = 0 then
      v_wrong := 'is empty';
    elsif v_kind = 'wasm' and substr(v_source, 1, 8) <> '\x0061736d01000000'::bytea then
      v_wrong := 'is no WebAssembly module in base64';
    end if;
  end if;
  if v_wrong is not null then
    perform oblivion.raise_error('OB005', format('%sprogram %s.', p_field, v_wrong), null,
      jsonb_build_object('field', p_field || 'program.source', 'reason', 'shape'));
  end if;
  v_hash := encode(sha256(v_source), 'hex');
  insert into oblivion.programs (hash, kind, source, owner_id)
  values (v_hash, v_kind, v_source, p_owner_id)
  on conflict (hash) do nothing;
  return v_hash;
end
$$;
comment on function oblivion.store_program(bigint, jsonb, text) is
  'Keeps the program of a task and answers its hash. OB005 for one that cannot be, OB065 for a hash that is not known. For the engine alone.';

create function oblivion.task_program(p_owner_id bigint, p_part jsonb, p_field text)
returns jsonb
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_program jsonb := p_part -> 'program';
  v_kind text := v_program ->> 'kind';
  v_name text;
  v_field text;
  v_hash text;
  v_known jsonb;
  v_named oblivion.programs;
begin
  perform oblivion.refuse_foreign_url(v_program ->> 'url', p_field || 'program.url');
  if v_program is null or v_kind = 'builtin' then
    v_name := case when v_program is null then oblivion.task_text(p_part, 'type', 100)
      else oblivion.task_text(v_program, 'name', 100) end;
    if v_name !~ '^[a-z][a-z0-9_-]*$' then
      perform oblivion.raise_error('OB005', 'A built-in program is named by a small letter and more of these, digits, - or _.', null,
        jsonb_build_object('field', p_field || case when v_program is null then 'type' else 'program.name' end, 'reason', 'name'));
    end if;
    select p.* into v_named
      from oblivion.named_programs m
      join oblivion.programs p on p.hash = m.hash
     where m.name = v_name;
    if found then
      -- Its name stays with it: it is the type of its jobs.
      return jsonb_build_object('kind', v_named.kind, 'hash', v_named.hash, 'name', v_name,
        'reviewed', v_named.reviewed_at is not null);
    end if;
    -- Nobody would ever do that work, and its budget would be held. On a development chain, where no money is, a job type
    -- may be one that only a worker of the developer's own knows.
    if not exists (select from oblivion.builtin_programs b where b.name = v_name)
      and (oblivion.open_instance()).chain_id is distinct from 31337 then
      select jsonb_agg(k.name order by k.name)
        into v_known
        from (select b.name from oblivion.builtin_programs b union all select m.name from oblivion.named_programs m) k;
      perform oblivion.raise_error('OB005', 'There is no program of this name.',
        format('There are %s. Anything else is brought along: program: {kind: ''js'' or ''wasm'', source}.',
          (select string_agg(k, ', ') from jsonb_array_elements_text(v_known) k)),
        jsonb_build_object('field', p_field || case when v_program is null then 'type' else 'program.name' end, 'reason', 'unknown',
          'known', v_known));
    end if;
    return jsonb_build_object('kind', 'builtin', 'name', v_name);
  end if;
  v_field := case when coalesce(v_kind, '') not in ('js', 'wasm') then 'kind'
    else (select k from jsonb_object_keys(v_program) k
           where k not in ('kind', 'source', 'hash') and not (k = 'maxMemoryMiB' and v_kind = 'wasm') limit 1) end;
  if v_field is not null then
    perform oblivion.raise_error('OB006', format('%sprogram.%s is not supported yet.', p_field, v_field), 'Leave it out.',
      jsonb_build_object('field', format('%sprogram.%s', p_field, v_field)));
  end if;
  v_hash := oblivion.store_program(p_owner_id, v_program, p_field);
  return jsonb_build_object('kind', v_kind, 'hash', v_hash,
      'reviewed', (select p.reviewed_at is not null from oblivion.programs p where p.hash = v_hash))
    || case v_kind when 'wasm'
         then jsonb_build_object('maxMemoryMiB', oblivion.task_integer(v_program, 'maxMemoryMiB', 256, 1, 1024))
         else '{}' end;
end
$$;
comment on function oblivion.task_program(bigint, jsonb, text) is
  'The program of a task or of one of its stages: a built-in''s name, or kind and hash of a named one, or of a customer''s own, which is kept here. OB005, OB006, OB009, OB065. For the engine alone.';

create function oblivion.program_needs(p_programs jsonb[])
returns text[]
language sql
immutable
set search_path = ''
as $$
  select case when exists (
           select from unnest(p_programs) p where p ->> 'kind' <> 'builtin' and p -> 'reviewed' is distinct from 'true')
         then array['strangersPrograms'] end
$$;
comment on function oblivion.program_needs(jsonb[]) is
  'The capability that a node must claim to run these programs: strangersPrograms for what a stranger wrote and nobody reviewed, which its owner has to choose (A8); else null. For the engine alone.';

create function public.get_program(p_hash text)
returns jsonb
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_program oblivion.programs;
begin
  if oblivion.api_key_in_header() is not null then
    perform oblivion.require_wallet('read');
  elsif oblivion.caller_provider() is null then
    perform oblivion.raise_error('OB001', 'This call needs a signed-in wallet or a node key.',
      'Sign in with Ethereum, or send the node key in the header x-node-key.');
  end if;
  select p.* into v_program from oblivion.programs p where p.hash = p_hash;
  if not found then
    perform oblivion.raise_error('OB065', 'No program is stored under this hash.', null,
      jsonb_build_object('hash', left(p_hash, 64)));
  end if;
  -- Without the line breaks that SQL puts into base64.
  return jsonb_build_object('kind', v_program.kind, 'source', translate(encode(v_program.source, 'base64'), E'\n', ''));
end
$$;
comment on function public.get_program(text) is
  'A customer''s program by its hash, in base64: for nodes, which check the hash, and for whoever wants to read it. A program is seen in clear by every machine that runs it; its hash is all that keeps it from others. By an API key with the scope read as by its wallet. OB001, OB030, OB031, OB065.';

create function oblivion.review_program(p_hash text, p_reviewed boolean)
returns void
language plpgsql
security definer
set search_path = ''
as $$
begin
  update oblivion.programs p
     set reviewed_at = case when p_reviewed then coalesce(p.reviewed_at, now()) end
   where p.hash = p_hash;
  if not found then
    perform oblivion.raise_error('OB065', 'No program is stored under this hash.', null,
      jsonb_build_object('hash', left(p_hash, 64)));
  end if;
end
$$;
comment on function oblivion.review_program(text, boolean) is
  'An operator''s word that a program may run where strangers'' programs may not; it counts for tasks posted from then on. OB065. For the coordinator.';
