-- forget_me(): what we know of a wallet or a visitor beside its money goes. Ledger, receipts and history stay, under the
-- wallet's address or a visitor's account number: they are what others were paid for and can check.

create function oblivion.forget_node(p_node public.nodes)
returns void
language plpgsql
security definer
set search_path = ''
as $$
begin
  -- The order of locks: the owner's, the jobs', the node's.
  perform pg_advisory_xact_lock(oblivion.lock_key('owner', p_node.owner_id::text));
  perform oblivion.release_jobs_of_node(p_node.id);
  perform oblivion.give_back_deliveries(p_node.id);
  if p_node.site_id is not null then
    delete from public.nodes n where n.id = p_node.id;
  else
    -- The row stays: work was told under it. The same machine is a new node.
    update public.nodes n
       set hardware_id = 'forgotten:' || n.id,
           capabilities = '{}',
           price_per_hour = null,
           key_hash = null,
           operator = false,
           raised_max_jobs = null
     where n.id = p_node.id;
  end if;
end
$$;
comment on function oblivion.forget_node(public.nodes) is
  'Gives back what a node holds and forgets what tells its machine from another. For the engine alone.';

create function oblivion.forget_visitor(p_owner_id bigint)
returns int
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_count int;
begin
  perform oblivion.forget_node(n) from public.nodes n where n.payee_owner_id = p_owner_id and n.site_id is not null;
  get diagnostics v_count = row_count;
  -- No browser is that visitor any more. What it earned goes where it went before: to the wallet bound to it, else, 90
  -- days after its last visit, to the site.
  update oblivion.visitors v
     set visitor_hash = sha256(uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid())),
         code_hash = null,
         code_expires_at = null
   where v.owner_id = p_owner_id;
  return v_count;
end
$$;
comment on function oblivion.forget_visitor(bigint) is
  'Forgets a visitor''s nodes and which browser it was; answers how many nodes. For the engine alone.';

create function oblivion.forget_site(p_site oblivion.sites)
returns void
language plpgsql
security definer
set search_path = ''
as $$
begin
  perform oblivion.stop_site(p_site.id);
  -- Its visitors' accounts point at the row, so it stays, and says of no page any more that it was one's own.
  update oblivion.sites s
     set name = 'Forgotten',
         key = 'forgotten:' || s.id,
         origins = array['https://forgotten.invalid'],
         suspended_reason = null,
         revoked_at = coalesce(s.revoked_at, now())
   where s.id = p_site.id;
end
$$;
comment on function oblivion.forget_site(oblivion.sites) is 'Ends a site and forgets its name, key and origins. For the engine alone.';

create function public.forget_me()
returns jsonb
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_hash bytea := oblivion.node_key_hash();
  v_node public.nodes;
  v_owner bigint;
  v_site oblivion.sites;
  v_visitor bigint;
  v_nodes int := 0;
  v_sites int := 0;
  v_keys int;
begin
  if v_hash is not null then
    -- A key speaks for its node, and on a site for the visitor behind it.
    select n.* into v_node from public.nodes n where n.key_hash = v_hash;
    if not found then
      perform oblivion.raise_error('OB004', 'This node key is not valid.', 'Register the node again.');
    end if;
    if v_node.site_id is null then
      perform oblivion.forget_node(v_node);
      return jsonb_build_object('nodes', 1, 'sites', 0, 'apiKeys', 0);
    end if;
    return jsonb_build_object('nodes', oblivion.forget_visitor(v_node.payee_owner_id), 'sites', 0, 'apiKeys', 0);
  end if;
  v_owner := oblivion.owner_of(oblivion.require_wallet());
  for v_node in
    select n.*
      from public.nodes n
     where n.owner_id = v_owner
       and n.hardware_id <> 'forgotten:' || n.id
     order by n.id
  loop
    perform oblivion.forget_node(v_node);
    v_nodes := v_nodes + 1;
  end loop;
  for v_visitor in
    select v.owner_id from oblivion.visitors v where v.bound_owner_id = v_owner order by v.owner_id
  loop
    v_nodes := v_nodes + oblivion.forget_visitor(v_visitor);
  end loop;
  for v_site in
    select s.* from oblivion.sites s where s.owner_id = v_owner and s.key <> 'forgotten:' || s.id order by s.id for update
  loop
    perform oblivion.forget_site(v_site);
    v_sites := v_sites + 1;
  end loop;
  delete from oblivion.api_key_uses u using oblivion.api_keys k where k.id = u.api_key_id and k.owner_id = v_owner;
  -- What came back from its tasks is still counted, so the rows stay.
  update oblivion.api_keys k
     set name = 'Forgotten',
         beginning = '',
         key_hash = sha256(uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid())),
         revoked_at = coalesce(k.revoked_at, now())
   where k.owner_id = v_owner
     and k.beginning <> '';
  get diagnostics v_keys = row_count;
  return jsonb_build_object('nodes', v_nodes, 'sites', v_sites, 'apiKeys', v_keys);
end
$$;
comment on function public.forget_me() is
  'Forgets the caller''s nodes, machines, sites and API keys for good: what they hold goes back, their keys are void. By a node key: that node, or the visitor behind it. Ledger, receipts, history and tasks stay. Answers {nodes, sites, apiKeys}. Safe to repeat. OB001, OB004.';
