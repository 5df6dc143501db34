-- Money: settlement instances, accounts, and one append-only double-entry ledger. Amounts are bigint in the smallest
-- unit of the token (USDC has 6 decimals). What the contract holds stands with a negative sign (chain_escrow,
-- chain_pool, chain_fees), whose it is with a positive one, so every transaction sums to zero.

create table oblivion.settlement_instances (
  id bigint generated always as identity primary key,
  -- 0 is no chain: the instance of card money, see card_money.sql.
  chain_id bigint not null check (chain_id >= 0),
  contract_address text not null check (contract_address ~ '^0x[0-9a-f]{40}$'),
  token_address text not null check (token_address ~ '^0x[0-9a-f]{40}$'),
  genesis_hash text not null check (genesis_hash ~ '^0x[0-9a-f]{64}$'),
  opened_block bigint not null check (opened_block >= 0),
  cursor_block bigint not null,
  cursor_hash text check (cursor_hash ~ '^0x[0-9a-f]{64}$'),
  halted_reason text,
  -- books: ledger and contract differ; chain: the node shows another chain than was booked. Both end when it is so no more;
  -- what an operator has stopped only an operator resumes, and it is lifted then, until the coordinator has compared them.
  halt_cause text check (halt_cause in ('books', 'chain', 'settler', 'operator', 'lifted')),
  -- The contract's cap of a customer that never set its own; null until the coordinator has read it.
  default_daily_cap bigint check (default_daily_cap >= 0),
  -- What the contract pays out in a day at most; null until the coordinator has read it.
  claim_cap bigint check (claim_cap >= 0),
  opened_at timestamptz not null default now(),
  closed_at timestamptz,
  unique (chain_id, contract_address, genesis_hash),
  check ((halted_reason is null) = (halt_cause is null))
);
create unique index on oblivion.settlement_instances ((true)) where closed_at is null;
comment on table oblivion.settlement_instances is
  'One deployed contract on one chain. Totals, cursor and vouchers count per instance, so that a redeploy or a wiped local chain pays nobody twice (M9). At most one is open.';

create table oblivion.accounts (
  id bigint generated always as identity primary key,
  kind text not null check (kind in (
    'customer_free', 'task_hold', 'provider_earned', 'platform_fees', 'reserve', 'chain_escrow', 'chain_pool', 'chain_fees',
    -- What Stripe took; what of it goes back to cards; what is the operator's because it paid the providers on chain, and
    -- the escrow that it did this with; and what nobody gives back, the one account of ours that may be below zero.
    'card_funds', 'card_refunding', 'card_proceeds', 'card_escrow', 'bad_debt',
    -- What was given out as play money, with a negative sign.
    'play_money')),
  asset text not null check (asset in ('chain', 'card', 'test')),
  instance_id bigint not null references oblivion.settlement_instances,
  owner_id bigint references oblivion.owners,
  task_id uuid,
  check ((kind in ('customer_free', 'provider_earned')) = (owner_id is not null)),
  check ((kind = 'task_hold') = (task_id is not null)),
  unique nulls not distinct (kind, asset, instance_id, owner_id, task_id),
  unique (id, asset, instance_id)
);
comment on table oblivion.accounts is 'Accounts of the ledger. Every account has an asset and an instance, and no transaction mixes two (M1).';

create table oblivion.ledger_transactions (
  id bigint generated always as identity primary key,
  kind text not null check (kind in (
    'deposit', 'hold', 'refund', 'charge', 'claim', 'share', 'forfeit', 'withdraw', 'top_up', 'collect',
    'card_refund', 'refund_failed', 'dispute', 'recover', 'dispute_won', 'payout', 'play')),
  -- What it is about, once: tx:log for chain events, a task for hold, Stripe's id for card money. A second booking fails.
  reference text not null,
  asset text not null,
  instance_id bigint not null,
  booked_at timestamptz not null default now(),
  unique (instance_id, kind, reference),
  unique (id, asset, instance_id)
);

create table oblivion.ledger_entries (
  transaction_id bigint not null,
  account_id bigint not null,
  asset text not null,
  instance_id bigint not null,
  amount bigint not null check (amount <> 0),
  primary key (transaction_id, account_id)
);
comment on table oblivion.ledger_entries is
  'Asset and instance of an entry are its transaction''s and its account''s (M1): guard_entries holds it.';
create index on oblivion.ledger_entries (account_id) include (amount);

-- The facts of an account are part of each of its entries.
create trigger refuse_change before update or delete on oblivion.accounts
  for each row execute function oblivion.refuse_change();
create trigger refuse_change before update or delete on oblivion.ledger_transactions
  for each row execute function oblivion.refuse_change();
create trigger refuse_change before update or delete on oblivion.ledger_entries
  for each row execute function oblivion.refuse_change();
create trigger refuse_truncate before truncate on oblivion.accounts
  for each statement execute function oblivion.refuse_change();
create trigger refuse_truncate before truncate on oblivion.ledger_transactions
  for each statement execute function oblivion.refuse_change();
create trigger refuse_truncate before truncate on oblivion.ledger_entries
  for each statement execute function oblivion.refuse_change();

-- Foreign keys would lock the shared accounts of a task and of the platform once per entry, and a check per row at
-- commit would sum four times per accepted job: both cost more than the booking itself. Transactions and accounts are
-- never changed or deleted, so one look at the end of the statement proves as much.
create function oblivion.guard_entries()
returns trigger
language plpgsql
security definer
set search_path = ''
-- Planned while the tables are small, a session's plan would go on reading them whole.
set enable_seqscan = off
set jit = off
set enable_hashjoin = off
set enable_mergejoin = off
as $$
declare
  v_wrong record;
begin
  select e.transaction_id, sum(e.amount) as total, count(*) as entries, count(t.id) as known, count(a.id) as accounts
    into v_wrong
    from added e
    left join oblivion.ledger_transactions t
      on t.id = e.transaction_id and t.asset = e.asset and t.instance_id = e.instance_id
    left join oblivion.accounts a
      on a.id = e.account_id and a.asset = e.asset and a.instance_id = e.instance_id
   group by e.transaction_id
  having sum(e.amount) <> 0
      or count(*) < 2
      or count(t.id) < count(*)
      or count(a.id) < count(*)
   limit 1;
  if not found then
    return null;
  end if;
  if v_wrong.known < v_wrong.entries or v_wrong.accounts < v_wrong.entries then
    raise exception 'An entry of ledger transaction % has another asset or instance than its transaction or account.',
      v_wrong.transaction_id
      using errcode = 'foreign_key_violation';
  end if;
  raise exception 'Ledger transaction % has % entries that sum to %; they must sum to zero.',
    v_wrong.transaction_id, v_wrong.entries, v_wrong.total
    using errcode = 'check_violation';
end
$$;
comment on function oblivion.guard_entries() is
  'The entries of a transaction come in one statement and sum to zero, so nobody adds one to a transaction of yesterday.';
create trigger guard_entries after insert on oblivion.ledger_entries
  referencing new table as added
  for each statement execute function oblivion.guard_entries();

create function oblivion.require_entries()
returns trigger
language plpgsql
security definer
set search_path = ''
-- Planned while the table is small, a session's plan would go on reading it whole.
set enable_seqscan = off
set jit = off
as $$
begin
  if not exists (select from oblivion.ledger_entries e where e.transaction_id = new.id) then
    raise exception 'Ledger transaction % has no entries.', new.id
      using errcode = 'check_violation';
  end if;
  return null;
end
$$;
comment on function oblivion.require_entries() is 'Constraint trigger: checked at commit, when the entries are in.';
create constraint trigger require_entries after insert on oblivion.ledger_transactions
  deferrable initially deferred
  for each row execute function oblivion.require_entries();

create function oblivion.account(
  p_kind text,
  p_asset text,
  p_instance_id bigint,
  p_owner_id bigint default null,
  p_task_id uuid default null
)
returns bigint
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_id bigint;
begin
  loop
    -- `is not distinct from` uses no index: it would read every hold of the instance.
    if p_task_id is not null then
      select a.id into v_id
        from oblivion.accounts a
       where a.kind = p_kind and a.asset = p_asset and a.instance_id = p_instance_id
         and a.owner_id is null and a.task_id = p_task_id;
    elsif p_owner_id is not null then
      select a.id into v_id
        from oblivion.accounts a
       where a.kind = p_kind and a.asset = p_asset and a.instance_id = p_instance_id
         and a.owner_id = p_owner_id and a.task_id is null;
    else
      select a.id into v_id
        from oblivion.accounts a
       where a.kind = p_kind and a.asset = p_asset and a.instance_id = p_instance_id
         and a.owner_id is null and a.task_id is null;
    end if;
    exit when v_id is not null;
    insert into oblivion.accounts (kind, asset, instance_id, owner_id, task_id)
    values (p_kind, p_asset, p_instance_id, p_owner_id, p_task_id)
    on conflict do nothing;
  end loop;
  return v_id;
end
$$;
comment on function oblivion.account(text, text, bigint, bigint, uuid) is 'An account by its facts, made on first use. For the engine alone.';

create function oblivion.book(
  p_kind text,
  p_reference text,
  p_asset text,
  p_instance_id bigint,
  p_accounts bigint[],
  p_amounts bigint[]
)
returns bigint
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_id bigint;
begin
  with made as (
    insert into oblivion.ledger_transactions (kind, reference, asset, instance_id)
    values (p_kind, p_reference, p_asset, p_instance_id)
    returning id
  ), entries as (
    insert into oblivion.ledger_entries (transaction_id, account_id, asset, instance_id, amount)
    select m.id, u.account_id, p_asset, p_instance_id, sum(u.amount)
      from made m, unnest(p_accounts, p_amounts) as u (account_id, amount)
     group by m.id, u.account_id
    having sum(u.amount) <> 0
  )
  select m.id into v_id from made m;
  return v_id;
end
$$;
comment on function oblivion.book(text, text, text, bigint, bigint[], bigint[]) is
  'The only writer of the ledger: one transaction of entries that sum to zero. For the engine alone.';

create function oblivion.open_instance()
returns oblivion.settlement_instances
language sql
stable
security definer
set search_path = ''
as $$
  select i.* from oblivion.settlement_instances i where i.closed_at is null
$$;
comment on function oblivion.open_instance() is 'The instance that is open now, or null. For the engine alone.';

create function oblivion.chunk_fee(p_price bigint, p_fee_bps int, p_index int)
returns bigint
language sql
immutable strict parallel safe
-- The fee is rounded on the running total over chunks by index, so it depends on no order of acceptance and needs no
-- lock, and all chunks together pay exactly floor(bps of the task's total) (M7).
return (floor(p_fee_bps * p_price::numeric * (p_index + 1) / 10000)
  - floor(p_fee_bps * p_price::numeric * p_index / 10000))::bigint;
comment on function oblivion.chunk_fee(bigint, int, int) is 'The platform''s part of one chunk''s price, smallest unit; p_index counts from 0.';
