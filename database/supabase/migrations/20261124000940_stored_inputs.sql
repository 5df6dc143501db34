-- Inputs that are too large for a call lie in Storage: in their customer's folder, under the SHA-256 of their bytes. A
-- chunk names such an input as {"$stored": "<hash>"}, and the node that holds its job reads it there and hashes it.

insert into storage.buckets (id, name, public, file_size_limit, allowed_mime_types)
values ('oblivion-inputs', 'oblivion-inputs', false, 16777216, array['application/json']);

create function oblivion.may_store_input(p_name text)
returns boolean
language plpgsql
stable
security definer
set search_path = ''
as $$
declare
  v_wallet text := oblivion.caller_customer('tasks');
  v_owner bigint;
begin
  if v_wallet is null or p_name is null or p_name !~ ('^' || v_wallet || '/[0-9a-f]{64}$') then
    return false;
  end if;
  select o.id into v_owner from oblivion.owners o where o.address = v_wallet;
  -- A wallet costs nothing and a place to keep things does: for those alone who have something to post a task with.
  return exists (
           select
             from oblivion.accounts a
             join oblivion.ledger_entries e on e.account_id = a.id
            where a.kind = 'customer_free'
              and a.owner_id = v_owner
              and a.task_id is null
            group by a.id
           having sum(e.amount) > 0)
    and (select count(*)
           from storage.objects s
          where s.bucket_id = 'oblivion-inputs'
            and starts_with(s.name, v_wallet || '/')) < 10000;
end
$$;
comment on function oblivion.may_store_input(text) is
  'Whether the caller, a signed-in wallet or an API key with the scope tasks, may keep an input under this name: <the wallet''s address>/<SHA-256 of the bytes>, while it has money here and fewer than 10,000 of them. Any role may call it: the policy does.';

create function oblivion.may_read_input(p_name text)
returns boolean
language sql
stable
security definer
set search_path = ''
as $$
  -- Storage answers an upload with the row that it has made: who may make it reads it.
  select split_part(p_name, '/', 1) in (oblivion.caller_customer('read'), oblivion.caller_customer('tasks'))
      or exists (
           select
             from public.nodes n
             join public.jobs j on j.node_id = n.id and j.status = 'processing'
             join oblivion.chunks c on c.task_id = j.task_id and c.chunk_index = j.chunk_index
             join oblivion.tasks t on t.id = j.task_id
             join oblivion.owners o on o.id = t.owner_id
            where n.key_hash = oblivion.node_key_hash()
              and p_name = o.address || '/' || (c.input ->> '$stored'))
$$;
comment on function oblivion.may_read_input(text) is
  'Whether the caller may read a stored input: its own, or as a node that of a job which it holds now. Any role may call it: the policy does.';

-- Nobody changes one: a name stands for its bytes.
create policy "oblivion: a customer keeps an input" on storage.objects
  for insert to anon, authenticated
  with check (bucket_id = 'oblivion-inputs' and oblivion.may_store_input(name));
create policy "oblivion: a customer and the node at work read an input" on storage.objects
  for select to anon, authenticated
  using (bucket_id = 'oblivion-inputs' and oblivion.may_read_input(name));

create function oblivion.input_url(p_owner_id bigint, p_hash text)
returns text
language sql
stable
security definer
set search_path = ''
as $$
  select 'oblivion-inputs/' || o.address || '/' || p_hash from oblivion.owners o where o.id = p_owner_id
$$;
comment on function oblivion.input_url(bigint, text) is
  'Bucket and name of a stored input of a customer. A function of its own, since job_answer() has to be inlined. For the engine alone.';

create function oblivion.require_stored_inputs(p_owner_id bigint, p_parts jsonb[])
returns void
language plpgsql
set search_path = ''
as $$
declare
  v_input record;
begin
  -- Few tasks have one, and a list is long.
  if not exists (select from unnest(p_parts) p where jsonb_typeof(p) = 'array' and p @? '$[*]."$stored"') then
    return;
  end if;
  select i.value as input, i.value ->> '$stored' as hash
    into v_input
    from unnest(p_parts) p
   cross join lateral jsonb_array_elements(p) i
   where i.value ? '$stored'
     and jsonb_typeof(i.value) = 'object'
     and (i.value - '$stored' <> '{}'
       or coalesce(i.value ->> '$stored', '') !~ '^[0-9a-f]{64}$'
       or not exists (
            select
              from oblivion.owners o
              join storage.objects s on s.bucket_id = 'oblivion-inputs'
                                    and s.name = o.address || '/' || (i.value ->> '$stored')
             where o.id = p_owner_id))
   limit 1;
  if found then
    perform oblivion.raise_error('OB005', 'An input that is said to be stored is not: {"$stored": "<SHA-256 of its bytes>"}.',
      'Store it first, as oblivion-inputs/<your address>/<SHA-256>.',
      jsonb_build_object('field', 'inputs', 'reason', 'stored', 'hash', left(v_input.hash, 64)));
  end if;
end
$$;
comment on function oblivion.require_stored_inputs(bigint, jsonb[]) is
  'OB005 where an input of the task is said to lie in Storage and does not. For the engine alone.';
