-- Who is calling. The wallet comes from auth.identities alone: user_metadata, also inside the JWT, can be edited by its
-- user. The provider id keeps the letter case of the signed message, so one wallet may have several auth users; here
-- it is one owner.

create table oblivion.owners (
  id bigint generated always as identity primary key,
  kind text not null default 'wallet',
  address text unique,
  accepted_count bigint not null default 0,
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

create function oblivion.require_wallet()
returns text
language plpgsql
stable
security definer
set search_path = ''
as $$
declare
  v_wallet text := oblivion.caller_wallet();
begin
  if v_wallet is null then
    perform oblivion.raise_error('OB001', 'This call needs a signed-in wallet.', 'Sign in with Ethereum first.');
  end if;
  return v_wallet;
end
$$;
comment on function oblivion.require_wallet() is 'The caller''s wallet, or OB001. For the engine alone.';

create function oblivion.short_address(p_address text)
returns text
language sql
immutable strict parallel safe
set search_path = ''
as $$
  select left(p_address, 6) || '…' || right(p_address, 4)
$$;
comment on function oblivion.short_address(text) is 'A wallet as public pages show it.';
