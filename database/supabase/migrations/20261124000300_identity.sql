-- Who is calling. The wallet comes from auth.identities alone: user_metadata, also inside the JWT, can be edited by its
-- user. The provider id keeps the letter case of the signed message, so one wallet may have several auth users; here
-- it is one owner.

create table oblivion.owners (
  id bigint generated always as identity primary key,
  kind text not null default 'wallet',
  address text unique,
  accepted_count bigint not null default 0,
  -- Of these, what proves something (T5). See established.sql.
  proven_count bigint not null default 0,
  -- When its results were last found wrong: what was accepted before proves nothing any more.
  judged_at timestamptz,
  -- What it has had of late, on a logarithmic scale that fades by itself. See fair_order.sql.
  served float8 not null default '-Infinity',
  -- The claim budget as it was at budget_at; claims_from is when it allows a claim again. See claim_budget.sql.
  claim_budget real not null default 4,
  budget_at timestamptz not null default now(),
  claims_from timestamptz not null default '-infinity',
  -- Its results that wait in Storage to be read. Who has so many is held up: it gets no job until some are read, rather
  -- than one whose result nobody has room for. One for who has proved nothing, since reading costs. See stored_results.sql.
  unread int not null default 0,
  held_up boolean not null generated always as (unread > least(19, accepted_count)) stored,
  created_at timestamptz not null default now()
) with (fillfactor = 70); -- Room for HOT updates: every accepted result counts here.
comment on table oblivion.owners is
  'Who stands behind nodes and tasks: a wallet, or (later) a visitor of a site. Caps, exclusions and fairness count per owner (T1).';

create function oblivion.guard_owner()
returns trigger
language plpgsql
set search_path = ''
as $$
begin
  if new.kind not in ('wallet', 'visitor') then
    perform oblivion.refuse_row('owners', 'an owner is a wallet or a visitor');
  elsif new.address !~ '^0x[0-9a-f]{40}$' then
    perform oblivion.refuse_row('owners', 'an address is 0x and 40 digits of lower-case hex');
  elsif (new.kind = 'wallet') <> (new.address is not null) then
    perform oblivion.refuse_row('owners', 'a wallet has an address, a visitor has none');
  end if;
  return new;
end
$$;
comment on function oblivion.guard_owner() is 'What an owner is; looked at where that is written, not where it is counted.';
create trigger guard_owner before insert or update of kind, address on oblivion.owners
  for each row execute function oblivion.guard_owner();

create table oblivion.api_keys (
  id uuid primary key default gen_random_uuid(),
  owner_id bigint not null references oblivion.owners,
  name text not null check (length(name) between 1 and 80),
  -- SHA-256 of 256 random bits: a guess costs one look into this index, and a dump of the table opens nothing.
  key_hash bytea not null unique,
  -- How the key begins, so that people can tell which one they have.
  beginning text not null,
  scopes text[] not null check (cardinality(scopes) > 0 and scopes <@ array['read', 'tasks']),
  -- Of all that it ever posts, in the smallest unit; and what its tasks hold or have spent. See api_keys.sql.
  spending_limit bigint check (spending_limit > 0),
  used bigint not null default 0 check (used between 0 and coalesce(spending_limit, 0)),
  created_at timestamptz not null default now(),
  expires_at timestamptz,
  revoked_at timestamptz,
  check (('tasks' = any (scopes)) = (spending_limit is not null))
);
create index on oblivion.api_keys (owner_id, created_at desc);
comment on table oblivion.api_keys is
  'Keys by which a customer''s program acts for its wallet without a session: to read, or to post tasks up to a limit. Never to move money, and never to make keys.';

create table oblivion.api_key_uses (
  api_key_id uuid primary key references oblivion.api_keys on delete cascade,
  used_at timestamptz
);
comment on table oblivion.api_key_uses is
  'When a key was last used, to five minutes. Beside api_keys, whose row the posting of a task locks until it is committed.';

create function oblivion.caller_wallet()
returns text
language sql
stable
security definer
set search_path = ''
as $$
  select lower(split_part(i.provider_id, ':', 3))
    from auth.identities i
   where i.user_id = auth.uid()
     and i.provider = 'web3'
     and i.provider_id ~ '^web3:ethereum:0x[0-9a-fA-F]{40}$'
   order by i.created_at
   limit 1
$$;
comment on function oblivion.caller_wallet() is
  'The lower-case address that the signed-in user proved with Sign-In with Ethereum, or null. Any role may call it.';

create function oblivion.node_key_hash()
returns bytea
language sql
stable
set search_path = ''
as $$
  select sha256(convert_to(k.key, 'UTF8'))
    from (select nullif(current_setting('request.headers', true), '')::jsonb ->> 'x-node-key' as key) k
   where k.key is not null
$$;
comment on function oblivion.node_key_hash() is 'SHA-256 of the node key that came in the header x-node-key, or null.';

create function oblivion.owner_of(p_address text)
returns bigint
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_id bigint;
begin
  loop
    select o.id into v_id from oblivion.owners o where o.address = lower(p_address);
    exit when v_id is not null;
    -- `do update` would keep the row locked to the end of the transaction and deadlock with the owner's claims.
    insert into oblivion.owners (address)
    values (lower(p_address))
    on conflict (address) do nothing;
  end loop;
  return v_id;
end
$$;
comment on function oblivion.owner_of(text) is 'The owner behind a wallet, made on first sight. For the engine alone.';

create function oblivion.api_key_in_header()
returns text
language sql
stable
set search_path = ''
as $$
  select nullif(current_setting('request.headers', true), '')::jsonb ->> 'x-api-key'
$$;
comment on function oblivion.api_key_in_header() is 'The API key that came in the header x-api-key, or null. For the engine alone.';

create function oblivion.note_key_use(p_api_key_id uuid)
returns void
language plpgsql
security definer
set search_path = ''
as $$
begin
  if current_setting('transaction_read_only') = 'on' then
    return;
  end if;
  -- At most one write in five minutes, and nobody waits for it.
  perform
     from oblivion.api_key_uses u
    where u.api_key_id = p_api_key_id
      and (u.used_at is null or u.used_at < now() - interval '5 minutes')
      for no key update skip locked;
  if found then
    update oblivion.api_key_uses u set used_at = now() where u.api_key_id = p_api_key_id;
  end if;
end
$$;
comment on function oblivion.note_key_use(uuid) is 'Keeps when a key was last used. For the engine alone.';

create function oblivion.require_caller(p_scope text, out wallet text, out api_key_id uuid)
language plpgsql
stable
security definer
set search_path = ''
as $$
declare
  v_given text := oblivion.api_key_in_header();
  v_key oblivion.api_keys;
begin
  if v_given is null then
    wallet := oblivion.caller_wallet();
    if wallet is null then
      perform oblivion.raise_error('OB001', 'This call needs a signed-in wallet.',
        case when p_scope is null then 'Sign in with Ethereum first.'
          else 'Sign in with Ethereum first, or send an API key in the header x-api-key.' end);
    end if;
    return;
  end if;
  -- Whoever sends a key acts by it alone, also beside a session: what it may not do is not done by mistake.
  select k.* into v_key from oblivion.api_keys k where k.key_hash = sha256(convert_to(v_given, 'UTF8'));
  if v_key.id is null or v_key.revoked_at is not null or v_key.expires_at <= now() then
    perform oblivion.raise_error('OB030',
      case
        when v_key.id is null then 'This API key is not one.'
        when v_key.revoked_at is not null then 'This API key was revoked.'
        else 'This API key has expired.' end,
      'Make another on the Wallet page.',
      jsonb_build_object('reason', case
        when v_key.id is null then 'unknown' when v_key.revoked_at is not null then 'revoked' else 'expired' end));
  elsif p_scope is null then
    perform oblivion.raise_error('OB031', 'An API key cannot do this.', 'Sign in with the wallet itself.',
      jsonb_build_object('needs', 'wallet'));
  elsif p_scope <> all (v_key.scopes) then
    perform oblivion.raise_error('OB031', format('This API key lacks the scope %s.', p_scope),
      'Make one with this scope on the Wallet page.', jsonb_build_object('needs', p_scope));
  end if;
  select o.address into wallet from oblivion.owners o where o.id = v_key.owner_id;
  api_key_id := v_key.id;
  perform oblivion.note_key_use(v_key.id);
end
$$;
comment on function oblivion.require_caller(text) is
  'Who calls: a signed-in wallet, or where a scope is named also an API key that has it, for its wallet. OB001, OB030, OB031. For the engine alone.';

create function oblivion.require_wallet(p_scope text default null)
returns text
language sql
stable
security definer
set search_path = ''
as $$
  select c.wallet from oblivion.require_caller(p_scope) c
$$;
comment on function oblivion.require_wallet(text) is
  'The wallet that the caller acts for: signed in, or where a scope is named (read, tasks) also by an API key that has it. OB001, OB030, OB031. For the engine alone.';

create function oblivion.caller_customer(p_scope text)
returns text
language sql
stable
security definer
set search_path = ''
as $$
  select case
    when oblivion.api_key_in_header() is null then oblivion.caller_wallet()
    else (
      select o.address
        from oblivion.api_keys k
        join oblivion.owners o on o.id = k.owner_id
       where k.key_hash = sha256(convert_to(oblivion.api_key_in_header(), 'UTF8'))
         and k.revoked_at is null
         and (k.expires_at > now()) is not false
         and p_scope = any (k.scopes)) end
$$;
comment on function oblivion.caller_customer(text) is
  'As require_wallet() for policies, which refuse nobody in words: the wallet, or null. For the engine alone.';

create function oblivion.short_address(p_address text)
returns text
language sql
immutable strict parallel safe
set search_path = ''
as $$
  select left(p_address, 6) || '…' || right(p_address, 4)
$$;
comment on function oblivion.short_address(text) is 'A wallet as public pages show it.';
