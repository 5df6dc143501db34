-- The relayer's transactions: one queue of nonces, kept before anything is sent. A process that dies anywhere leaves a row
-- that says what was signed, and the next one sends those very bytes again: never the same thing under a second nonce.

create table oblivion.relay_transactions (
  id bigint generated always as identity primary key,
  instance_id bigint not null references oblivion.settlement_instances,
  relayer text not null check (relayer ~ '^0x[0-9a-f]{40}$'),
  nonce bigint not null check (nonce >= 0),
  kind text not null check (kind in ('charge', 'claim', 'settle')),
  -- What it says, in rows as the contract takes them: [{customer, cumulative, cumulativeFee}], [{provider, cumulative}].
  charges jsonb not null check (jsonb_typeof(charges) = 'array'),
  vouchers jsonb not null check (jsonb_typeof(vouchers) = 'array'),
  gas_limit bigint not null check (gas_limit > 0),
  -- sending: not in a block as far as we know; mined: in one that may be reorganised; final: in one that may not; lost: the
  -- nonce went to a transaction that is none of ours.
  state text not null default 'sending' check (state in ('sending', 'mined', 'final', 'lost')),
  mined_try int,
  mined_block bigint,
  mined_hash text,
  succeeded boolean,
  opened_at timestamptz not null default now(),
  ended_at timestamptz,
  unique (instance_id, relayer, nonce),
  check ((state in ('mined', 'final')) = (mined_try is not null)),
  check ((state in ('final', 'lost')) = (ended_at is not null))
);
create index relay_open on oblivion.relay_transactions (instance_id, relayer, nonce) where ended_at is null;
comment on table oblivion.relay_transactions is
  'One row a nonce that the relayer used or uses for an instance, with what it is for. Written before the transaction is sent.';

create table oblivion.relay_tries (
  transaction_id bigint not null references oblivion.relay_transactions,
  try int not null check (try > 0),
  tx_hash text not null check (tx_hash ~ '^0x[0-9a-f]{64}$'),
  -- The signed bytes; gone once the nonce has ended.
  raw text check (raw ~ '^0x[0-9a-f]+$'),
  -- Wei.
  max_fee_per_gas bigint not null check (max_fee_per_gas > 0),
  max_priority_fee_per_gas bigint not null check (max_priority_fee_per_gas between 0 and max_fee_per_gas),
  -- It sends nothing to the relayer itself, so that the nonce is free again.
  cancels boolean not null,
  sent_at timestamptz not null,
  primary key (transaction_id, try)
);
comment on table oblivion.relay_tries is
  'What was signed for a nonce, in order: each pays a tenth more than the one before it, so that the chain takes at most one of them.';

create function oblivion.relay_add_try(p_id bigint, p_try jsonb)
returns void
language sql
security definer
set search_path = ''
as $$
  insert into oblivion.relay_tries (
    transaction_id, try, tx_hash, raw, max_fee_per_gas, max_priority_fee_per_gas, cancels, sent_at)
  select p_id, coalesce(max(t.try), 0) + 1, lower(p_try ->> 'hash'), p_try ->> 'raw', (p_try ->> 'maxFeePerGas')::bigint,
         (p_try ->> 'maxPriorityFeePerGas')::bigint, (p_try ->> 'cancels')::boolean,
         to_timestamp((p_try ->> 'sentAtMs')::numeric / 1000)
    from oblivion.relay_tries t
   where t.transaction_id = p_id
$$;
comment on function oblivion.relay_add_try(bigint, jsonb) is 'Keeps what was signed for a nonce. For the engine alone.';

create function oblivion.relay_queue(p_instance_id bigint, p_relayer text)
returns jsonb
language sql
stable
security definer
set search_path = ''
as $$
  select jsonb_build_object(
    'nextNonce', (
      select coalesce(max(r.nonce) + 1, 0)
        from oblivion.relay_transactions r
       where r.instance_id = p_instance_id
         and r.relayer = lower(p_relayer)),
    'open', (
      select coalesce(jsonb_agg(jsonb_build_object(
               'id', r.id,
               'nonce', r.nonce,
               'kind', r.kind,
               'gasLimit', r.gas_limit::text,
               'state', r.state,
               'minedHash', r.mined_hash,
               'openedAtMs', floor(extract(epoch from r.opened_at) * 1000),
               'tries', (
                 select jsonb_agg(jsonb_build_object(
                          'hash', t.tx_hash,
                          'raw', t.raw,
                          'maxFeePerGas', t.max_fee_per_gas::text,
                          'maxPriorityFeePerGas', t.max_priority_fee_per_gas::text,
                          'cancels', t.cancels,
                          'sentAtMs', floor(extract(epoch from t.sent_at) * 1000)) order by t.try)
                   from oblivion.relay_tries t
                  where t.transaction_id = r.id)) order by r.nonce), '[]')
        from oblivion.relay_transactions r
       where r.instance_id = p_instance_id
         and r.relayer = lower(p_relayer)
         and r.ended_at is null))
$$;
comment on function oblivion.relay_queue(bigint, text) is
  'The nonces of a relayer that have not ended, with all that was signed for them, and the first one that was never used. For the coordinator.';

create function oblivion.relay_begin(p_instance_id bigint, p_relayer text, p_nonce bigint, p_intent jsonb, p_try jsonb)
returns bigint
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_id bigint;
begin
  perform oblivion.require_instance(p_instance_id);
  -- One at a time: what is due is decided from what the chain says after the one before.
  if exists (
    select
      from oblivion.relay_transactions r
     where r.instance_id = p_instance_id
       and r.relayer = lower(p_relayer)
       and (r.state = 'sending' or r.nonce >= p_nonce)) then
    return null;
  end if;
  insert into oblivion.relay_transactions (instance_id, relayer, nonce, kind, charges, vouchers, gas_limit)
  values (
    p_instance_id, lower(p_relayer), p_nonce, p_intent ->> 'kind', p_intent -> 'charges', p_intent -> 'vouchers',
    (p_intent ->> 'gasLimit')::bigint)
  returning id into v_id;
  perform oblivion.relay_add_try(v_id, p_try);
  -- Whatever becomes of its row, whoever had no place in this batch comes before it in the next.
  update oblivion.charges c
     set batch_id = v_id
    from jsonb_array_elements(p_intent -> 'charges') e
    join oblivion.owners o on o.address = lower(e.value ->> 'customer')
   where c.instance_id = p_instance_id
     and c.owner_id = o.id
     and c.confirmed_at is null;
  update oblivion.payout_orders p
     set batch_id = v_id
    from jsonb_array_elements(p_intent -> 'vouchers') e
    join oblivion.owners o on o.address = lower(e.value ->> 'provider')
   where p.instance_id = p_instance_id
     and p.owner_id = o.id;
  return v_id;
end
$$;
comment on function oblivion.relay_begin(bigint, text, bigint, jsonb, jsonb) is
  'Keeps a transaction before it is sent, and answers its id; null where another one is being sent or the nonce was used. p_intent {kind, charges, vouchers, gasLimit}, p_try {hash, raw, maxFeePerGas, maxPriorityFeePerGas, cancels, sentAtMs}. OB015, OB016. For the coordinator.';

create function oblivion.relay_try(p_id bigint, p_try jsonb)
returns boolean
language plpgsql
security definer
set search_path = ''
as $$
begin
  perform 1
     from oblivion.relay_transactions r
    where r.id = p_id
      and r.state = 'sending'
      for update;
  if not found then
    return false;
  end if;
  perform oblivion.relay_add_try(p_id, p_try);
  return true;
end
$$;
comment on function oblivion.relay_try(bigint, jsonb) is
  'Keeps another try for a nonce, before it is sent; false where the nonce is in a block by now. p_try as in relay_begin. For the coordinator.';

create function oblivion.relay_mined(p_id bigint, p_hash text, p_block bigint, p_block_hash text, p_succeeded boolean)
returns void
language sql
security definer
set search_path = ''
as $$
  update oblivion.relay_transactions r
     set state = 'mined',
         mined_try = t.try,
         mined_block = p_block,
         mined_hash = lower(p_block_hash),
         succeeded = p_succeeded
    from oblivion.relay_tries t
   where r.id = p_id
     and r.ended_at is null
     and t.transaction_id = r.id
     and t.tx_hash = lower(p_hash)
$$;
comment on function oblivion.relay_mined(bigint, text, bigint, text, boolean) is
  'Notes which try of a nonce is in which block. For the coordinator.';

create function oblivion.relay_returned(p_id bigint)
returns void
language sql
security definer
set search_path = ''
as $$
  update oblivion.relay_transactions r
     set state = 'sending',
         mined_try = null,
         mined_block = null,
         mined_hash = null,
         succeeded = null
   where r.id = p_id
     and r.state = 'mined'
$$;
comment on function oblivion.relay_returned(bigint) is 'Notes that a reorganisation took a transaction out of its block. For the coordinator.';

create function oblivion.relay_ended(p_id bigint)
returns void
language plpgsql
security definer
set search_path = ''
as $$
begin
  update oblivion.relay_transactions r
     set state = case r.state when 'mined' then 'final' else 'lost' end,
         ended_at = now()
   where r.id = p_id
     and r.ended_at is null;
  update oblivion.relay_tries t set raw = null where t.transaction_id = p_id and t.raw is not null;
end
$$;
comment on function oblivion.relay_ended(bigint) is
  'Notes that the nonce is used for good: by the try that was mined, or by a transaction that is none of ours. For the coordinator.';
