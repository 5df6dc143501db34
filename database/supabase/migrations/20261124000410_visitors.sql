-- What a site's owner and its visitors call, and how a visitor becomes a node. The tables lie in sites.sql.

create function oblivion.site_text_list(p_site jsonb, p_field text, p_max int)
returns text[]
language plpgsql
set search_path = ''
as $$
declare
  v_list text[];
begin
  if jsonb_typeof(p_site -> p_field) is distinct from 'array'
    or jsonb_array_length(p_site -> p_field) not between 1 and p_max
    or exists (select from jsonb_array_elements(p_site -> p_field) e where jsonb_typeof(e.value) <> 'string') then
    perform oblivion.raise_error('OB005', format('%s is a list of 1 to %s texts.', p_field, p_max), null,
      jsonb_build_object('field', p_field, 'reason', 'list'));
  end if;
  select array_agg(distinct e.value order by e.value) into v_list from jsonb_array_elements_text(p_site -> p_field) e;
  return v_list;
end
$$;
comment on function oblivion.site_text_list(jsonb, text, int) is 'A list of texts of a site, or OB005 with its field. For the engine alone.';

create function oblivion.site_integer(p_site jsonb, p_field text, p_min int, p_max int)
returns int
language plpgsql
immutable
set search_path = ''
as $$
begin
  if jsonb_typeof(p_site -> p_field) is distinct from 'number'
    or (p_site ->> p_field) !~ '^[0-9]{1,6}$'
    or (p_site ->> p_field)::int not between p_min and p_max then
    perform oblivion.raise_error('OB005', format('%s is a whole number from %s to %s.', p_field, p_min, p_max), null,
      jsonb_build_object('field', p_field, 'reason', 'range', 'min', p_min, 'max', p_max));
  end if;
  return (p_site ->> p_field)::int;
end
$$;
comment on function oblivion.site_integer(jsonb, text, int, int) is 'A whole number of a site, or OB005 with its field. For the engine alone.';

create function oblivion.site_of(p_site oblivion.sites, p_fields jsonb)
returns oblivion.sites
language plpgsql
stable
set search_path = ''
as $$
declare
  v_field text;
  v_wrong text;
begin
  if jsonb_typeof(p_fields) is distinct from 'object' then
    perform oblivion.raise_error('OB005', 'A site is a JSON object.', null, jsonb_build_object('field', 'p_site', 'reason', 'shape'));
  end if;
  for v_field in select k from jsonb_object_keys(p_fields) k loop
    case v_field
      when 'name' then
        p_site.name := oblivion.task_text(p_fields, 'name', 80);
      when 'origins' then
        p_site.origins := oblivion.site_text_list(p_fields, 'origins', 20);
        -- As browsers write an origin: no path, no default port, lower case; http for this machine alone.
        select u.o into v_wrong
          from unnest(p_site.origins) as u (o)
         where u.o !~ '^https://[a-z0-9.-]{1,253}(:[0-9]{1,5})?$'
           and u.o !~ '^http://(localhost|127\.0\.0\.1)(:[0-9]{1,5})?$'
            or u.o ~ '^https://.*:443$|^http://.*:80$'
         limit 1;
        if v_wrong is not null then
          perform oblivion.raise_error('OB005', format('%s is no origin of a site.', left(v_wrong, 100)),
            'Write it as https://example.com, without a path; http is for localhost alone.',
            jsonb_build_object('field', 'origins', 'reason', 'origin'));
        end if;
      when 'programs' then
        p_site.programs := oblivion.site_text_list(p_fields, 'programs', 50);
        select u.p into v_wrong
          from unnest(p_site.programs) as u (p)
         where u.p !~ '^[a-z][a-z0-9_]{0,39}$'
           and not exists (
                 select from oblivion.programs r
                  where u.p = 'sha256:' || r.hash
                    and r.hash = split_part(u.p, ':', 2)
                    and r.reviewed_at is not null)
         limit 1;
        if v_wrong is not null then
          perform oblivion.raise_error('OB005', format('%s is neither a built-in program nor a reviewed one.', left(v_wrong, 100)),
            'Visitors run built-in and reviewed programs only.', jsonb_build_object('field', 'programs', 'reason', 'not_reviewed'));
        end if;
      when 'ownerBps' then
        p_site.owner_bps := oblivion.site_integer(p_fields, 'ownerBps', 0, 10000);
      when 'maxCpuPercent' then
        p_site.max_cpu_percent := oblivion.site_integer(p_fields, 'maxCpuPercent', 5, 100);
      when 'maxVisitors' then
        p_site.max_visitors := oblivion.site_integer(p_fields, 'maxVisitors', 1, 100000);
      when 'registrationsPerHour' then
        p_site.registrations_per_hour := oblivion.site_integer(p_fields, 'registrationsPerHour', 1, 100000);
      else
        perform oblivion.raise_error('OB005', format('A site has no field %s.', left(v_field, 40)), null,
          jsonb_build_object('field', left(v_field, 40), 'reason', 'unknown'));
    end case;
  end loop;
  return p_site;
end
$$;
comment on function oblivion.site_of(oblivion.sites, jsonb) is 'A site with these fields in place of its own; OB005 with the field that is wrong. For the engine alone.';

create function oblivion.show_site(p_site oblivion.sites)
returns jsonb
language sql
stable
security definer
set search_path = ''
as $$
  select jsonb_build_object(
    'siteId', p_site.id,
    'siteKey', p_site.key,
    'name', p_site.name,
    'origins', p_site.origins,
    'programs', p_site.programs,
    'ownerBps', p_site.owner_bps,
    'maxCpuPercent', p_site.max_cpu_percent,
    'maxVisitors', p_site.max_visitors,
    'registrationsPerHour', p_site.registrations_per_hour,
    'createdAt', p_site.created_at,
    'revokedAt', p_site.revoked_at,
    'suspendedReason', p_site.suspended_reason,
    'visitors', (select count(*) from oblivion.visitors v where v.site_id = p_site.id),
    'online', (
      select count(*)
        from public.nodes n
       where n.site_id = p_site.id
         and n.key_hash is not null
         and oblivion.is_online(n.last_seen, n.next_poll_at)))
$$;
comment on function oblivion.show_site(oblivion.sites) is 'A site as its owner sees it. For the engine alone.';

create function oblivion.require_site(p_site_id uuid)
returns oblivion.sites
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_owner bigint := oblivion.owner_of(oblivion.require_wallet());
  v_site oblivion.sites;
begin
  select s.* into v_site from oblivion.sites s where s.id = p_site_id and s.owner_id = v_owner for update;
  if not found then
    perform oblivion.raise_error('OB084', 'No site of yours has this id.', 'list_sites shows yours.');
  end if;
  return v_site;
end
$$;
comment on function oblivion.require_site(uuid) is 'The caller''s own site, locked: OB001, OB084. For the engine alone.';

create function public.create_site(p_site jsonb)
returns jsonb
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_owner bigint := oblivion.owner_of(oblivion.require_wallet());
  v_site oblivion.sites;
begin
  perform pg_advisory_xact_lock(oblivion.lock_key('owner', v_owner::text));
  if (select count(*) from oblivion.sites s where s.owner_id = v_owner) >= 50 then
    perform oblivion.raise_error('OB014', 'A wallet has at most 50 sites.', 'Change one that you have.',
      jsonb_build_object('what', 'sites', 'limit', 50));
  end if;
  v_site.id := gen_random_uuid();
  v_site.owner_id := v_owner;
  v_site.key := 'obs_' || replace(gen_random_uuid()::text, '-', '');
  v_site.owner_bps := 10000;
  v_site.max_cpu_percent := 50;
  v_site.max_visitors := 5000;
  v_site.registrations_per_hour := 600;
  v_site.programs := array['raytrace'];
  v_site.created_at := now();
  v_site := oblivion.site_of(v_site, p_site);
  if v_site.name is null or v_site.origins is null then
    perform oblivion.raise_error('OB005', 'A site has a name and its origins.', null,
      jsonb_build_object('field', case when v_site.name is null then 'name' else 'origins' end, 'reason', 'missing'));
  end if;
  insert into oblivion.sites values (v_site.*);
  return oblivion.show_site(v_site);
end
$$;
comment on function public.create_site(jsonb) is
  'A new site of the caller''s: {name, origins, programs, ownerBps, maxCpuPercent, maxVisitors, registrationsPerHour}; answers it with its public key. OB001, OB005, OB014.';

create function public.list_sites()
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
    select coalesce(jsonb_agg(oblivion.show_site(s) order by s.created_at desc), '[]')
      from oblivion.sites s
      join oblivion.owners o on o.id = s.owner_id
     where o.address = v_wallet
       -- Of a forgotten one the row alone is left; see forget_site().
       and s.key <> 'forgotten:' || s.id);
end
$$;
comment on function public.list_sites() is 'The caller''s sites, newest first. OB001.';

create function public.update_site(p_site_id uuid, p_site jsonb)
returns jsonb
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_site oblivion.sites := oblivion.site_of(oblivion.require_site(p_site_id), p_site);
begin
  update oblivion.sites s
     set name = v_site.name,
         origins = v_site.origins,
         programs = v_site.programs,
         owner_bps = v_site.owner_bps,
         max_cpu_percent = v_site.max_cpu_percent,
         max_visitors = v_site.max_visitors,
         registrations_per_hour = v_site.registrations_per_hour
   where s.id = v_site.id;
  -- A program that was taken off the list is off at once; the split changes with each visitor's next consent.
  update public.nodes n
     set programs = v_site.programs
   where n.site_id = v_site.id
     and n.programs is distinct from v_site.programs;
  return oblivion.show_site(v_site);
end
$$;
comment on function public.update_site(uuid, jsonb) is
  'Changes the fields given of a site of the caller''s. A new split holds for consents from now on. OB001, OB005, OB084.';

create function oblivion.stop_site(p_site_id uuid)
returns void
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_node uuid;
begin
  for v_node in
    select n.id from public.nodes n where n.site_id = p_site_id order by n.id
  loop
    perform oblivion.release_jobs_of_node(v_node);
  end loop;
  -- Without its key no node says anything any more; the tab is told OB004 at its next call.
  update public.nodes n set key_hash = null where n.site_id = p_site_id and n.key_hash is not null;
end
$$;
comment on function oblivion.stop_site(uuid) is 'Ends every visitor''s node of a site: its jobs go back, its key is void. For the engine alone.';

create function public.revoke_site_key(p_site_id uuid)
returns jsonb
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_site oblivion.sites := oblivion.require_site(p_site_id);
begin
  update oblivion.sites s
     set revoked_at = coalesce(s.revoked_at, now())
   where s.id = v_site.id
  returning s.* into v_site;
  perform oblivion.stop_site(v_site.id);
  return oblivion.show_site(v_site);
end
$$;
comment on function public.revoke_site_key(uuid) is
  'Ends a site''s key for good, and with it every visitor''s node; what was earned stays. OB001, OB084.';

create function oblivion.suspend_site(p_site_id uuid, p_reason text)
returns void
language plpgsql
security definer
set search_path = ''
as $$
begin
  update oblivion.sites s set suspended_reason = left(p_reason, 500) where s.id = p_site_id;
  if p_reason is not null then
    perform oblivion.stop_site(p_site_id);
  end if;
end
$$;
comment on function oblivion.suspend_site(uuid, text) is 'Stops a site with a reason, or with null lets it go on. By the operator alone.';

create function oblivion.open_site(p_site_key text)
returns oblivion.sites
language plpgsql
stable
security definer
set search_path = ''
as $$
declare
  v_site oblivion.sites;
begin
  select s.* into v_site from oblivion.sites s where s.key = p_site_key;
  if not found or v_site.revoked_at is not null or v_site.suspended_reason is not null then
    perform oblivion.raise_error('OB080', 'This site key is not valid, or it was revoked or suspended.',
      'The owner of the site finds its state on the dApp''s Embed page.');
  end if;
  return v_site;
end
$$;
comment on function oblivion.open_site(text) is 'The site of a key that stands, or OB080. For the engine alone.';

create function public.get_site(p_site_key text)
returns jsonb
language sql
stable
security definer
set search_path = ''
as $$
  select jsonb_build_object(
    'name', s.name,
    'origins', s.origins,
    'programs', s.programs,
    'ownerBps', s.owner_bps,
    'maxCpuPercent', s.max_cpu_percent,
    'owner', oblivion.short_address(o.address),
    'perAddress', (select t.address_header is not null from oblivion.settings t))
    from oblivion.open_site(p_site_key) s
    join oblivion.owners o on o.id = s.owner_id
$$;
comment on function public.get_site(text) is
  'What a visitor is told before consenting: the site''s name, origins and programs, who gets what, and the most CPU in percent of a core; and whether visitors are counted by address block (A13). OB080.';

create function oblivion.set_embedding(p_bridge_origins text[], p_address_header text default null)
returns void
language plpgsql
security definer
set search_path = ''
as $$
begin
  update oblivion.settings s
     set bridge_origins = p_bridge_origins,
         address_header = lower(p_address_header);
end
$$;
comment on function oblivion.set_embedding(text[], text) is
  'From which origins site keys are taken: those of our bridge alone (A2); and the one header, set by our own proxy, whose rightmost value is the caller''s address (A13). By the operator alone.';

create function oblivion.request_header(p_name text)
returns text
language sql
stable
set search_path = ''
as $$
  select nullif(current_setting('request.headers', true), '')::jsonb ->> p_name
$$;
comment on function oblivion.request_header(text) is 'A header of the call, by its lower-case name, or null. For the engine alone.';

create function oblivion.caller_block()
returns text
language plpgsql
stable
security definer
set search_path = ''
as $$
declare
  v_header text;
  v_address inet;
begin
  select s.address_header into v_header from oblivion.settings s where s.id;
  if v_header is null then
    return null;
  end if;
  begin
    -- Whatever stands to the left was written by the caller.
    v_address := btrim(split_part(oblivion.request_header(v_header), ',', -1))::inet;
    -- As a proxy that listens on both kinds of address writes one of four bytes: else all of those were one block.
    if v_address << '::ffff:0.0.0.0/96' then
      v_address := substr(host(v_address), 8)::inet;
    end if;
  exception
    when invalid_text_representation then
      return null;
  end;
  return network(set_masklen(v_address, case family(v_address) when 4 then 24 else 48 end))::text;
end
$$;
comment on function oblivion.caller_block() is
  'The block (/24 or /48) that the call comes from, by the one configured header; null where none is. For the engine alone.';

create function oblivion.block_hash(p_block text)
returns bytea
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_key bytea;
begin
  loop
    select k.key into v_key from oblivion.address_keys k where k.day = current_date;
    exit when v_key is not null;
    insert into oblivion.address_keys (day, key)
    values (current_date, sha256(uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid())))
    on conflict do nothing;
  end loop;
  return sha256(v_key || sha256(v_key || convert_to(p_block, 'UTF8')));
end
$$;
comment on function oblivion.block_hash(text) is 'A keyed hash of an address block under today''s key: the same block is another tomorrow. For the engine alone.';

create function oblivion.new_visitor_owner()
returns bigint
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_owner bigint;
begin
  delete from oblivion.spare_owners s
   where s.owner_id = (select p.owner_id from oblivion.spare_owners p limit 1 for update skip locked)
  returning s.owner_id into v_owner;
  if v_owner is null then
    insert into oblivion.owners (kind) values ('visitor') returning id into v_owner;
  else
    update oblivion.owners o
       set claim_budget = default,
           budget_at = now(),
           claims_from = default,
           created_at = now()
     where o.id = v_owner;
  end if;
  return v_owner;
end
$$;
comment on function oblivion.new_visitor_owner() is 'An owner of kind visitor, a spare one where there is one. For the engine alone.';

create function oblivion.visitor_account(p_site oblivion.sites, p_hash bytea)
returns oblivion.visitors
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_visitor oblivion.visitors;
begin
  -- Another share than before counts from here on: what was earned is shared as the consent of that time said.
  insert into oblivion.visitor_terms (owner_id, until_at, owner_bps)
  select v.owner_id, now(), v.owner_bps
    from oblivion.visitors v
   where v.visitor_hash = p_hash
     and v.owner_bps <> p_site.owner_bps
     and exists (select from oblivion.receipts r where r.payee_owner_id = v.owner_id)
  on conflict do nothing;
  update oblivion.visitors v
     set last_seen_at = now(),
         owner_bps = p_site.owner_bps
   where v.visitor_hash = p_hash
  returning v.* into v_visitor;
  if found then
    return v_visitor;
  end if;
  -- A new one counts against the site's hour. All new visitors of a site stand in line here, so both caps are exact.
  insert into oblivion.site_hours as h (site_id, hour, registrations)
  values (p_site.id, date_trunc('hour', now()), 1)
  on conflict (site_id, hour) do update
    set registrations = h.registrations + 1
  where h.registrations < p_site.registrations_per_hour;
  if not found then
    perform oblivion.raise_error('OB014', format('This site takes %s new visitors an hour.', p_site.registrations_per_hour),
      'Try again within the hour.', jsonb_build_object('what', 'registrations', 'limit', p_site.registrations_per_hour));
  elsif (select count(*) from public.nodes n where n.site_id = p_site.id) >= p_site.max_visitors then
    perform oblivion.raise_error('OB014', format('This site has %s visitors at most.', p_site.max_visitors),
      'Try again tomorrow.', jsonb_build_object('what', 'visitors', 'limit', p_site.max_visitors));
  end if;
  insert into oblivion.visitors (owner_id, site_id, visitor_hash, owner_bps)
  values (oblivion.new_visitor_owner(), p_site.id, p_hash, p_site.owner_bps)
  returning * into v_visitor;
  return v_visitor;
end
$$;
comment on function oblivion.visitor_account(oblivion.sites, bytea) is
  'The account of a visitor''s browser on a site, made at first sight within the site''s caps: OB014. For the engine alone.';

create function oblivion.judged_owner(p_site oblivion.sites, p_visitor oblivion.visitors, p_block_hash bytea)
returns bigint
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_owner bigint;
begin
  if p_block_hash is null then
    return p_visitor.owner_id;
  end if;
  update oblivion.visitor_blocks b
     set last_seen_at = now()
   where b.site_id = p_site.id
     and b.block_hash = p_block_hash
  returning b.owner_id into v_owner;
  if v_owner is null then
    -- Who came before counts against no hour: from here and there it would leave a row for each address that it has. A
    -- block is another each day and stays for two, hence more of them than visitors. Not counted row by row: a flood
    -- would make each of its calls dear.
    if (select coalesce(sum(h.blocks), 0) from oblivion.site_hours h where h.site_id = p_site.id) >= 4 * p_site.max_visitors then
      perform oblivion.raise_error('OB014', format('This site has %s visitors at most.', p_site.max_visitors),
        'Try again tomorrow.', jsonb_build_object('what', 'addresses', 'limit', 4 * p_site.max_visitors));
    end if;
    insert into oblivion.site_hours as h (site_id, hour, registrations, blocks)
    values (p_site.id, date_trunc('hour', now()), 0, 1)
    on conflict (site_id, hour) do update set blocks = h.blocks + 1;
    insert into oblivion.visitor_blocks (site_id, block_hash, owner_id)
    values (p_site.id, p_block_hash, oblivion.new_visitor_owner())
    returning owner_id into v_owner;
  end if;
  return v_owner;
end
$$;
comment on function oblivion.judged_owner(oblivion.sites, oblivion.visitors, bytea) is
  'Who answers for a visitor''s work: its address block on this site; where no address can be known, the visitor itself. The caller holds the block''s lock. OB014. For the engine alone.';

create function oblivion.register_visitor(p_site_key text, p_hardware_id text, p_key_hash bytea)
returns public.nodes
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_origins text[];
  v_site oblivion.sites;
  v_hash bytea;
  v_block_hash bytea;
  v_visitor oblivion.visitors;
  v_judged bigint;
  v_node public.nodes;
  v_old uuid;
begin
  select s.bridge_origins into v_origins from oblivion.settings s where s.id;
  -- A browser writes this header itself: a copy of our worker on another origin cannot send ours (A2). What is not a
  -- browser can, and gains nothing by it that a browser would not.
  if v_origins is null or oblivion.request_header('origin') is null or oblivion.request_header('origin') <> all (v_origins) then
    perform oblivion.raise_error('OB081', 'A site key is taken from the worker''s own frame only.',
      'Embed the worker by its script tag or frame, unchanged.');
  end if;
  v_site := oblivion.open_site(p_site_key);
  -- Whoever stops the site or changes its programs in this moment goes before, and is seen here, or after, and then finds
  -- this node among the others.
  select s.* into v_site
    from oblivion.sites s
   where s.id = v_site.id
     and s.revoked_at is null
     and s.suspended_reason is null
     for share;
  if not found then
    v_site := oblivion.open_site(p_site_key);
  end if;
  v_hash := sha256(uuid_send(v_site.id) || convert_to(p_hardware_id, 'UTF8'));
  perform pg_advisory_xact_lock(oblivion.lock_key('visitor', encode(v_hash, 'hex')));
  -- Before the site's counters are: both who is new and who came before take them.
  if oblivion.caller_block() is not null then
    v_block_hash := oblivion.block_hash(oblivion.caller_block());
    perform pg_advisory_xact_lock(oblivion.lock_key('block', encode(v_block_hash, 'hex')));
  end if;
  v_visitor := oblivion.visitor_account(v_site, v_hash);
  v_judged := oblivion.judged_owner(v_site, v_visitor, v_block_hash);
  perform pg_advisory_xact_lock(oblivion.lock_key('owner', v_judged::text));
  perform oblivion.start_at_average(v_judged);
  -- One node a visitor: that of yesterday's address gives its jobs back and ends. Where it brought nothing it leaves no
  -- row, or visitors times addresses of them could be made (A12).
  for v_old in
    select n.id from public.nodes n where n.payee_owner_id = v_visitor.owner_id and n.site_id is not null
  loop
    perform oblivion.release_jobs_of_node(v_old);
    update public.nodes n set key_hash = null where n.id = v_old;
    delete from public.nodes n
     where n.id = v_old
       and n.owner_id <> v_judged
       and n.current_jobs = 0
       and n.total_jobs_completed = 0
       -- What it delivered is still to be read, and paid to it.
       and not exists (select from oblivion.deliveries d where d.node_id = n.id);
  end loop;
  insert into public.nodes as n (
    owner_id, payee_owner_id, site_id, site_owner_id, programs, provider_address, hardware_id, worker_type, key_hash, max_jobs)
  values (
    v_judged, v_visitor.owner_id, v_site.id, v_site.owner_id, v_site.programs,
    -- Nobody's wallet: made of a hash, so that nobody has its key. It is never paid, see receipts.payee_owner_id.
    '0x' || left(encode(sha256(convert_to('oblivion:visitor:', 'UTF8') || v_hash), 'hex'), 40),
    encode(v_hash, 'hex'), 'browser', p_key_hash, 1)
  on conflict (owner_id, hardware_id) do update
    set key_hash = excluded.key_hash,
        programs = excluded.programs,
        last_seen = now()
  returning n.* into v_node;
  return v_node;
end
$$;
comment on function oblivion.register_visitor(text, text, bytea) is
  'The node of a site''s visitor. OB014, OB080, OB081. For the engine alone.';

create function oblivion.purge_visitors()
returns int
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_purged int;
begin
  -- Nodes that brought nothing and were not seen for a day; those of a block that has changed since, once their work is told.
  delete from public.nodes n
   where n.site_id is not null
     and n.last_seen < now() - interval '1 day'
     and n.current_jobs = 0
     and not exists (select from oblivion.deliveries d where d.node_id = n.id)
     and (n.total_jobs_completed = 0 or n.key_hash is null);
  get diagnostics v_purged = row_count;
  with gone as (
    delete from oblivion.visitors v
     where v.last_seen_at < now() - interval '1 day'
       and v.bound_owner_id is null
       and not exists (select from public.nodes n where n.payee_owner_id = v.owner_id)
       and not exists (select from oblivion.accounts a where a.owner_id = v.owner_id)
       and not exists (select from oblivion.receipts r where r.payee_owner_id = v.owner_id)
    returning v.owner_id
  ), blocks as (
    delete from oblivion.visitor_blocks b
     where b.last_seen_at < now() - interval '1 day'
       and not exists (select from public.nodes n where n.owner_id = b.owner_id)
    returning b.owner_id
  )
  insert into oblivion.spare_owners (owner_id)
  select o.id
    from (select g.owner_id from gone g union select b.owner_id from blocks b) x
    join oblivion.owners o on o.id = x.owner_id
   where o.accepted_count = 0
  on conflict do nothing;
  delete from oblivion.site_hours h where h.hour < now() - interval '2 days';
  delete from oblivion.address_keys k where k.day < current_date - 30;
  return v_purged;
end
$$;
comment on function oblivion.purge_visitors() is
  'Daily: visitors that did nothing for a day are forgotten and their rows used again (A12); keys of address hashes older than 30 days are destroyed. Answers how many nodes. For the coordinator.';
