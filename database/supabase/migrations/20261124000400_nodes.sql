-- Nodes: registered runtimes. A node acts by its key in the header x-node-key, or by its wallet's session.

create table public.nodes (
  id uuid primary key default gen_random_uuid(),
  -- Who is judged, and who is paid (T11): the same wallet, or for a site's visitor its address block and its account.
  owner_id bigint not null references oblivion.owners,
  payee_owner_id bigint not null references oblivion.owners,
  -- Of a site's visitor alone: the site, and whose tasks it never gets.
  site_id uuid references oblivion.sites,
  site_owner_id bigint,
  -- The only programs that it runs: of a site's visitor those of its site (A8), of a Python node the built-in ones, since it
  -- has ports of them and no JavaScript or WebAssembly; where these change, builtin_programs.sql changes it too. Null where it runs any.
  programs text[],
  provider_address text not null,
  hardware_id text not null,
  worker_type text not null default 'browser',
  capabilities jsonb not null default '{}',
  price_per_hour bigint,
  key_hash bytea unique,
  max_jobs int not null,
  -- What an operator made of max_jobs: its word that this node may hold many, and that its owner needs no probation for it.
  raised_max_jobs int,
  -- The operator's mark on the key that the node has now (see established.sql).
  operator boolean not null default false,
  current_jobs int not null default 0,
  total_jobs_completed bigint not null default 0,
  last_seen timestamptz not null default now(),
  -- When the node was told to come back; it counts as online until 15 s after that.
  next_poll_at timestamptz not null default now(),
  -- Until then it does not count as waiting for work: the work that there was did not suit it.
  unsuited_until timestamptz,
  -- Until then, and while it has no job, it does not count as one that could work: it asked, and could have nothing of what lay
  -- there. Apart from the above, since nobody lets others go first with what was tried before.
  found_nothing_until timestamptz,
  registered_at timestamptz not null default now(),
  unique (owner_id, hardware_id)
) with (fillfactor = 70); -- Room for HOT updates: every poll and beat writes last_seen, which is why it has no index.
comment on table public.nodes is 'Registered runtimes: a tab, a server process, a Python process. A wallet sees its own.';
comment on column public.nodes.worker_type is 'A claim of the node; it gives no trust (T1).';

create index nodes_site on public.nodes (site_id, payee_owner_id) where site_id is not null;
create index nodes_payee on public.nodes (payee_owner_id) where site_id is not null;

create function oblivion.guard_node()
returns trigger
language plpgsql
set search_path = ''
as $$
begin
  if new.provider_address !~ '^0x[0-9a-f]{40}$' then
    perform oblivion.refuse_row('nodes', 'an address is 0x and 40 digits of lower-case hex');
  elsif length(new.hardware_id) not between 1 and 200 then
    perform oblivion.refuse_row('nodes', 'a hardware id has 1 to 200 characters');
  elsif new.worker_type not in ('browser', 'server', 'python') then
    perform oblivion.refuse_row('nodes', 'a worker type is browser, server or python');
  elsif jsonb_typeof(new.capabilities) <> 'object' then
    perform oblivion.refuse_row('nodes', 'capabilities are an object');
  elsif new.price_per_hour < 0 then
    perform oblivion.refuse_row('nodes', 'a price is not below zero');
  elsif new.max_jobs < 1 or new.raised_max_jobs < 1 then
    perform oblivion.refuse_row('nodes', 'a limit is above zero');
  elsif new.raised_max_jobs is not null and new.worker_type <> 'server' then
    perform oblivion.refuse_row('nodes', 'only a server''s limit is raised');
  elsif (new.site_id is null) <> (new.site_owner_id is null) then
    perform oblivion.refuse_row('nodes', 'a visitor has a site and its owner');
  elsif (new.programs is not null) <> (new.site_id is not null or new.worker_type = 'python') then
    perform oblivion.refuse_row('nodes', 'a visitor and a Python node have a list of programs, and no other node');
  elsif new.current_jobs < 0 or new.total_jobs_completed < 0 then
    perform oblivion.refuse_row('nodes', 'a counter is not below zero');
  end if;
  return new;
end
$$;
comment on function oblivion.guard_node() is
  'What a node is; looked at where that is written. Polls, beats and jobs write the counters and times alone, and none below zero.';
create trigger guard_node before insert or update of
  provider_address, hardware_id, worker_type, capabilities, price_per_hour, max_jobs, raised_max_jobs, site_id,
  site_owner_id, programs
  on public.nodes for each row execute function oblivion.guard_node();

alter table public.nodes enable row level security;

create function oblivion.is_online(p_last_seen timestamptz, p_next_poll_at timestamptz)
returns boolean
language sql
stable
set search_path = ''
as $$
  select p_last_seen > now() - s.online_window or p_next_poll_at > now() - interval '15 seconds'
    from oblivion.settings s
$$;
comment on function oblivion.is_online(timestamptz, timestamptz) is
  'The one rule of who is online: last sign younger than 60 s, or told to come back at most 15 s ago or later.';

create function oblivion.stale_after(p_worker_type text)
returns interval
language sql
stable
set search_path = ''
as $$
  select case p_worker_type when 'browser' then s.stale_after_browser else s.stale_after end
    from oblivion.settings s
$$;
comment on function oblivion.stale_after(text) is
  'How long after its last beat a node keeps its job: 45 s for a tab, which never comes back, else 10 minutes.';

create function oblivion.require_node(p_node_id uuid)
returns public.nodes
language plpgsql
stable
security definer
set search_path = ''
as $$
declare
  -- Spelled out as node_key_hash() is: an expression costs the hot path less than a call.
  v_key text := nullif(current_setting('request.headers', true), '')::jsonb ->> 'x-node-key';
  v_wallet text;
  v_node public.nodes;
begin
  if v_key is not null then
    select n.* into v_node
      from public.nodes n
     where n.key_hash = sha256(convert_to(v_key, 'UTF8'))
       and n.id = p_node_id;
    if not found then
      perform oblivion.raise_error('OB004', 'This node key is not valid for this node.',
        'Register the node again; another start under the same hardware id ends the older key.');
    end if;
    return v_node;
  end if;
  v_wallet := oblivion.require_wallet();
  select n.* into v_node from public.nodes n where n.id = p_node_id and n.provider_address = v_wallet;
  if not found then
    perform oblivion.raise_error('OB003', 'No node of yours has this id.', 'Register it with register_node.',
      jsonb_build_object('nodeId', p_node_id));
  end if;
  return v_node;
end
$$;
comment on function oblivion.require_node(uuid) is
  'The caller''s own node: by node key, else by wallet session. OB001, OB003 or OB004 otherwise. For the engine alone.';

create function oblivion.caller_provider()
returns text
language plpgsql
stable
security definer
set search_path = ''
as $$
declare
  v_hash bytea := oblivion.node_key_hash();
begin
  if v_hash is null then
    return oblivion.caller_wallet();
  end if;
  return (select n.provider_address from public.nodes n where n.key_hash = v_hash);
end
$$;
comment on function oblivion.caller_provider() is 'The address that the caller works for: of its node key, else of its session; or null.';

create function oblivion.require_provider(p_provider_address text)
returns text
language plpgsql
stable
security definer
set search_path = ''
as $$
declare
  v_provider text := oblivion.caller_provider();
begin
  if v_provider is null then
    perform oblivion.raise_error('OB001', 'This call needs a signed-in wallet or a node key.',
      'Sign in with Ethereum, or send the node key in the header x-node-key.');
  elsif v_provider is distinct from lower(p_provider_address) then
    perform oblivion.raise_error('OB002', 'This address is not yours.',
      'Send the address that you signed in with.', jsonb_build_object('address', lower(p_provider_address)));
  end if;
  return v_provider;
end
$$;
comment on function oblivion.require_provider(text) is
  'Compares an address in a call with the caller''s own: OB001, OB002. For the engine alone.';

create function oblivion.require_provider_node(p_provider_address text)
returns public.nodes
language plpgsql
stable
security definer
set search_path = ''
as $$
declare
  v_key text := nullif(current_setting('request.headers', true), '')::jsonb ->> 'x-node-key';
  v_provider text;
  v_node public.nodes;
begin
  if v_key is not null then
    select n.* into v_node
      from public.nodes n
     where n.key_hash = sha256(convert_to(v_key, 'UTF8'));
    if v_node.provider_address = lower(p_provider_address) then
      return v_node;
    end if;
  end if;
  -- By a wallet's session; or the reason why not.
  v_provider := oblivion.require_provider(p_provider_address);
  select n.* into v_node
    from public.nodes n
   where n.provider_address = v_provider
   order by (n.current_jobs < n.max_jobs) desc, n.last_seen desc
   limit 1;
  if not found then
    perform oblivion.raise_error('OB003', 'This address has no node.', 'Register one with register_node.');
  end if;
  return v_node;
end
$$;
comment on function oblivion.require_provider_node(text) is
  'The node that a call with an address acts for: of the node key, else the caller''s freest, latest seen. For the engine alone.';

create function oblivion.registration(p_node public.nodes, p_secret text, p_settings oblivion.settings)
returns jsonb
language sql
immutable
set search_path = ''
as $$
  select jsonb_build_object(
    'nodeId', p_node.id,
    'nodeSecret', p_secret,
    'settings', jsonb_build_object(
      'heartbeatSeconds', p_settings.heartbeat_seconds,
      'maxJobs', p_node.max_jobs,
      'maxInlineBytes', p_settings.max_inline_bytes))
$$;
comment on function oblivion.registration(public.nodes, text, oblivion.settings) is
  'The answer to register_node. For the engine alone.';

create function public.register_node(
  p_hardware_id text,
  p_worker_type text default 'browser',
  p_capabilities jsonb default '{}',
  p_price_per_hour bigint default null,
  p_site_key text default null
)
returns jsonb
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_settings oblivion.settings;
  v_wallet text;
  v_owner bigint;
  v_count int;
  v_node public.nodes;
  -- 366 random bits from the server's strong source, hashed to 256.
  v_secret text := 'obn_' || encode(sha256(
    uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid())), 'hex');
begin
  if p_hardware_id is null or length(p_hardware_id) not between 1 and 200 then
    perform oblivion.raise_error('OB005', 'A hardware id has 1 to 200 characters.', null,
      jsonb_build_object('field', 'p_hardware_id', 'reason', 'length'));
  end if;
  if p_hardware_id like 'forgotten:%' then
    -- What forgotten nodes are called. One that stands already would end every later pass that forgets.
    perform oblivion.raise_error('OB005', 'A hardware id does not begin with forgotten:.', null,
      jsonb_build_object('field', 'p_hardware_id', 'reason', 'reserved'));
  end if;
  if p_worker_type is null or p_worker_type not in ('browser', 'server', 'python') then
    perform oblivion.raise_error('OB005', 'A worker type is browser, server or python.', null,
      jsonb_build_object('field', 'p_worker_type', 'reason', 'unknown'));
  end if;
  if jsonb_typeof(p_capabilities) is distinct from 'object' or octet_length(p_capabilities::text) > 4096 then
    perform oblivion.raise_error('OB005', 'Capabilities are a JSON object of at most 4 kB.', null,
      jsonb_build_object('field', 'p_capabilities', 'reason', 'shape'));
  end if;
  if p_price_per_hour < 0 then
    perform oblivion.raise_error('OB005', 'A price is not below zero.', null,
      jsonb_build_object('field', 'p_price_per_hour', 'reason', 'negative'));
  end if;
  select s.* into v_settings from oblivion.settings s;
  if p_site_key is not null then
    v_node := oblivion.register_visitor(p_site_key, p_hardware_id, sha256(convert_to(v_secret, 'UTF8')));
    return oblivion.registration(v_node, v_secret, v_settings);
  end if;
  v_wallet := oblivion.require_wallet();
  v_owner := oblivion.owner_of(v_wallet);

  perform pg_advisory_xact_lock(oblivion.lock_key('owner', v_owner::text));
  -- Without a key, revoked or forgotten, a row is history: nobody could free a place otherwise. Of a day's there are as
  -- many at most again, or whoever registers and revokes would fill the table.
  select greatest(count(*) filter (where n.key_hash is not null),
                  count(*) filter (where n.key_hash is null and n.last_seen > now() - interval '1 day'))
    into v_count
    from public.nodes n
   where n.owner_id = v_owner
     and n.hardware_id <> p_hardware_id;
  if v_count >= v_settings.max_nodes_per_owner then
    perform oblivion.raise_error('OB014', format('A wallet has at most %s nodes.', v_settings.max_nodes_per_owner),
      'Revoke one that you no longer use, or register under its hardware id.',
      jsonb_build_object('what', 'nodes', 'limit', v_settings.max_nodes_per_owner));
  end if;

  -- Whoever holds the older key can no longer report: its jobs go back at once instead of when their lease ends.
  perform oblivion.release_jobs_of_node(n.id)
    from public.nodes n
   where n.owner_id = v_owner
     and n.hardware_id = p_hardware_id;
  -- The owner's row after its jobs', as whoever reports one.
  perform oblivion.start_at_average(v_owner);

  insert into public.nodes as n (
    owner_id, payee_owner_id, provider_address, hardware_id, worker_type, programs, capabilities, price_per_hour, key_hash,
    max_jobs)
  values (
    v_owner, v_owner, v_wallet, p_hardware_id, p_worker_type,
    case p_worker_type when 'python' then (select array_agg(b.name order by b.name) from oblivion.builtin_programs b) end,
    p_capabilities, p_price_per_hour, sha256(convert_to(v_secret, 'UTF8')),
    case p_worker_type when 'browser' then 1 else v_settings.max_jobs end)
  on conflict (owner_id, hardware_id) do update
    set worker_type = excluded.worker_type,
        programs = excluded.programs,
        capabilities = excluded.capabilities,
        price_per_hour = excluded.price_per_hour,
        key_hash = excluded.key_hash,
        operator = false,
        raised_max_jobs = case when excluded.worker_type = 'server' then n.raised_max_jobs end,
        max_jobs = case when excluded.worker_type = 'server' then coalesce(n.raised_max_jobs, excluded.max_jobs)
          else excluded.max_jobs end,
        last_seen = now()
  returning n.* into v_node;
  return oblivion.registration(v_node, v_secret, v_settings);
end
$$;
comment on function public.register_node(text, text, jsonb, bigint, text) is
  'Registers a node of the signed-in wallet, or with a site''s key that of its visitor; finds it again by its hardware id, and answers a new node key, which is shown this once and ends the one before. OB001, OB005, OB014, OB080, OB081.';

create function public.resume_node(p_node_id uuid, p_max_jobs int default null)
returns jsonb
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_node public.nodes := oblivion.require_node(p_node_id);
  v_settings oblivion.settings;
  v_wait_ms int := 0;
begin
  if p_max_jobs < 1 then
    perform oblivion.raise_error('OB005', 'A node holds at least one job.', null,
      jsonb_build_object('field', 'p_max_jobs', 'reason', 'range'));
  end if;
  select s.* into v_settings from oblivion.settings s;
  -- The order of locks: the owner's, the jobs', the node's.
  perform pg_advisory_xact_lock(oblivion.lock_key('owner', v_node.owner_id::text));
  if exists (select from public.jobs j where j.node_id = p_node_id) then
    -- Whoever computes one of them beats: after three beats without a sign of life there is nobody.
    select greatest(0, ceil(1000 * extract(epoch from
             n.last_seen + make_interval(secs => 3 * v_settings.heartbeat_seconds) - now())))
      into v_wait_ms
      from public.nodes n
     where n.id = p_node_id;
    if v_wait_ms = 0 then
      perform oblivion.release_jobs_of_node(p_node_id, 'The node was started again.');
    end if;
  end if;
  -- Places that nobody fills hide a lost answer: the node would be given another job, and the first run out.
  update public.nodes n
     set max_jobs = least(p_max_jobs, case n.worker_type when 'browser' then 1 else coalesce(n.raised_max_jobs, v_settings.max_jobs) end)
   where n.id = p_node_id
  returning n.* into v_node;
  return jsonb_build_object(
    'settings', oblivion.registration(v_node, null, v_settings) -> 'settings',
    'waitMs', v_wait_ms);
end
$$;
comment on function public.resume_node(uuid, int) is
  'For a node that starts with the key that it has: {settings} as register_node says them, and what a process before it left is given back. p_max_jobs says how many jobs it computes at once, where that is less than it may; null, as many as it may. It is no sign of life: while another process with this key may be alive, waitMs says when to ask again, and nothing is given back. OB001, OB003, OB004, OB005.';

create function oblivion.node_view(p_node public.nodes)
returns jsonb
language sql
stable
set search_path = ''
as $$
  select jsonb_build_object(
    'nodeId', p_node.id,
    'hardwareId', p_node.hardware_id,
    'workerType', p_node.worker_type,
    'online', oblivion.is_online(p_node.last_seen, p_node.next_poll_at),
    'currentJobs', p_node.current_jobs,
    'completedJobs', p_node.total_jobs_completed,
    -- Without a key it acts by its wallet's session alone.
    'hasKey', p_node.key_hash is not null,
    'lastSeenAt', p_node.last_seen,
    'registeredAt', p_node.registered_at)
$$;
comment on function oblivion.node_view(public.nodes) is 'A node as its wallet sees it. For the engine alone.';

create function public.my_nodes()
returns jsonb
language plpgsql
stable
security definer
set search_path = ''
as $$
declare
  v_wallet text := oblivion.require_wallet();
begin
  return (
    select coalesce(jsonb_agg(oblivion.node_view(n) order by n.last_seen desc, n.id), '[]')
      from (
        select x.*
          from public.nodes x
          join oblivion.owners o on o.id = x.owner_id
         where o.address = v_wallet
           and x.hardware_id <> 'forgotten:' || x.id
         -- What can be revoked is never pushed out by what has been.
         order by x.key_hash is null, x.last_seen desc, x.id
         limit 200) n);
end
$$;
comment on function public.my_nodes() is
  'The signed-in wallet''s nodes, the latest seen first, 200 at most and of more those with a key: [{nodeId, hardwareId, workerType, online, currentJobs, completedJobs, hasKey, lastSeenAt, registeredAt}]. OB001.';

create function oblivion.end_key(p_node public.nodes)
returns jsonb
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_node public.nodes;
begin
  -- The order of locks: the owner's, the jobs', the node's.
  perform pg_advisory_xact_lock(oblivion.lock_key('owner', p_node.owner_id::text));
  perform oblivion.release_jobs_of_node(p_node.id, 'The node''s key was revoked.');
  -- An operator's mark is a mark of the key. What it delivered is read and paid all the same: to its wallet.
  update public.nodes n
     set key_hash = null,
         operator = false
   where n.id = p_node.id
  returning n.* into v_node;
  return oblivion.node_view(v_node);
end
$$;
comment on function oblivion.end_key(public.nodes) is
  'Ends the key of a node for good, gives its jobs back and answers the node. For the engine alone.';

create function oblivion.remove_node(p_node_id uuid)
returns jsonb
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_node public.nodes;
begin
  select n.* into v_node from public.nodes n where n.id = p_node_id;
  if not found then
    perform oblivion.raise_error('OB003', 'No node has this id.', null, jsonb_build_object('nodeId', p_node_id));
  end if;
  return oblivion.end_key(v_node);
end
$$;
comment on function oblivion.remove_node(uuid) is
  'As revoke_node, of anybody''s node, by the operator alone: its wallet may register the machine again. OB003.';

create function public.revoke_node(p_node_id uuid)
returns jsonb
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_wallet text := oblivion.require_wallet();
  v_node public.nodes;
begin
  select n.* into v_node
    from public.nodes n
    join oblivion.owners o on o.id = n.owner_id
   where n.id = p_node_id
     and o.address = v_wallet;
  if not found then
    perform oblivion.raise_error('OB003', 'No node of yours has this id.', 'Read your nodes again.',
      jsonb_build_object('nodeId', p_node_id));
  end if;
  return oblivion.end_key(v_node);
end
$$;
comment on function public.revoke_node(uuid) is
  'Ends the key of a node of the signed-in wallet for good, which frees its place, gives its jobs back and answers the node as my_nodes does. Who has the key can do nothing more with it; the wallet itself may register the machine again. Safe to repeat. OB001, OB003.';
