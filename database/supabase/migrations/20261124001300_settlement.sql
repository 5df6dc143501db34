-- Settlement: how the ledger and the contract agree. All of this is for the coordinator, over its own login (M8).

create table oblivion.chain_events (
  instance_id bigint not null references oblivion.settlement_instances,
  tx_hash text not null check (tx_hash ~ '^0x[0-9a-f]{64}$'),
  log_index int not null,
  block_number bigint not null,
  block_hash text not null,
  kind text not null check (kind in ('Deposited', 'Charged', 'Claimed', 'Withdrawn', 'ToppedUp', 'FeesCollected')),
  owner_id bigint not null references oblivion.owners,
  amount bigint not null check (amount > 0),
  cumulative bigint,
  fee bigint check (fee between 0 and amount),
  recorded_at timestamptz not null default now(),
  primary key (instance_id, tx_hash, log_index),
  check ((kind = 'Charged') = (cumulative is not null)),
  check ((kind = 'Charged') = (fee is not null))
);
create index on oblivion.chain_events (instance_id, owner_id, kind) include (amount);
create trigger refuse_change before update or delete on oblivion.chain_events
  for each row execute function oblivion.refuse_change();
create trigger refuse_truncate before truncate on oblivion.chain_events
  for each statement execute function oblivion.refuse_change();
comment on table oblivion.chain_events is 'Events of the contract up to its finalized block, each booked once: (instance, transaction, log index).';

create function oblivion.settlement_instance()
returns jsonb
language sql
stable
security definer
set search_path = ''
as $$
  select jsonb_build_object(
    'instanceId', i.id,
    'chainId', i.chain_id,
    'contractAddress', i.contract_address,
    'tokenAddress', i.token_address,
    'genesisHash', i.genesis_hash,
    'openedBlock', i.opened_block,
    'cursorBlock', i.cursor_block,
    'cursorHash', i.cursor_hash,
    'halted', i.halted_reason,
    'haltCause', i.halt_cause)
    from oblivion.open_instance() i
   where i.id is not null
$$;
comment on function oblivion.settlement_instance() is 'The open settlement instance, or null. For the coordinator.';

create function oblivion.open_settlement_instance(
  p_chain_id bigint,
  p_contract text,
  p_token text,
  p_genesis text,
  p_block bigint
)
returns bigint
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_id bigint;
  v_task uuid;
begin
  perform pg_advisory_xact_lock(oblivion.lock_key('settlement', 'instance'));
  select i.id
    into v_id
    from oblivion.settlement_instances i
   where i.chain_id = p_chain_id
     and i.contract_address = lower(p_contract)
     and i.genesis_hash = lower(p_genesis)
     and i.closed_at is null;
  if found then
    return v_id;
  end if;
  -- The same contract on the same genesis after it was closed would pay its totals twice.
  if exists (
    select
      from oblivion.settlement_instances i
     where i.chain_id = p_chain_id
       and i.contract_address = lower(p_contract)
       and i.genesis_hash = lower(p_genesis)) then
    perform oblivion.raise_error('OB016', 'This contract was settled with before and closed; it is never opened again.',
      'Deploy a new one.', jsonb_build_object('chainId', p_chain_id, 'contractAddress', lower(p_contract)));
  end if;
  -- Nobody works for money that no contract can pay any more.
  for v_task in
    select t.id
      from oblivion.tasks t
      join oblivion.settlement_instances i on i.id = t.instance_id
     where i.closed_at is null
       and t.status in ('running', 'paused')
  loop
    perform oblivion.end_task(v_task);
  end loop;
  update oblivion.settlement_instances i set closed_at = now() where i.closed_at is null;
  insert into oblivion.settlement_instances (
    chain_id, contract_address, token_address, genesis_hash, opened_block, cursor_block)
  values (p_chain_id, lower(p_contract), lower(p_token), lower(p_genesis), p_block, p_block - 1)
  returning id into v_id;
  -- Made now: two first results at once would wait for each other's.
  perform oblivion.account('platform_fees', 'chain', v_id);
  return v_id;
end
$$;
comment on function oblivion.open_settlement_instance(bigint, text, text, text, bigint) is
  'Opens the instance of a deployed contract and closes the one before, whose running tasks end; the same facts answer the same id. p_block is the block of deployment. OB016. For the coordinator.';

create function oblivion.require_instance(p_instance_id bigint, p_running boolean default true)
returns oblivion.settlement_instances
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_instance oblivion.settlement_instances;
begin
  -- One settling at a time: charges, vouchers and the cursor stand in line.
  perform pg_advisory_xact_lock(oblivion.lock_key('settlement', p_instance_id::text));
  v_instance := oblivion.open_instance();
  if v_instance.id is distinct from p_instance_id then
    perform oblivion.raise_error('OB016', 'This settlement instance is not the open one.', 'Read settlement_instance() again.',
      jsonb_build_object('instanceId', p_instance_id));
  elsif p_running and v_instance.halted_reason is not null then
    perform oblivion.raise_error('OB015', 'Settlement is halted.', 'Find the cause, then resume_settlement.',
      jsonb_build_object('reason', v_instance.halted_reason));
  end if;
  return v_instance;
end
$$;
comment on function oblivion.require_instance(bigint, boolean) is 'The open instance under its lock: OB015, OB016. For the engine alone.';

create function oblivion.halt_settlement(p_instance_id bigint, p_reason text, p_cause text default 'operator')
returns void
language plpgsql
security definer
set search_path = ''
as $$
begin
  perform oblivion.require_instance(p_instance_id, false);
  -- What an operator has stopped stays the operator's.
  update oblivion.settlement_instances i
     set halted_reason = left(p_reason, 500),
         halt_cause = p_cause
   where i.id = p_instance_id
     and (p_cause = 'operator' or i.halt_cause is distinct from 'operator');
end
$$;
comment on function oblivion.halt_settlement(bigint, text, text) is
  'Stops charges, vouchers and new tasks until resume_settlement; pause_halted stops the running ones. p_cause is books, chain, settler or operator. For the coordinator.';

create function oblivion.resume_settlement(p_instance_id bigint)
returns void
language plpgsql
security definer
set search_path = ''
as $$
begin
  perform oblivion.require_instance(p_instance_id, false);
  update oblivion.settlement_instances i set halted_reason = null, halt_cause = null where i.id = p_instance_id;
end
$$;
comment on function oblivion.resume_settlement(bigint) is
  'Undoes halt_settlement. The coordinator calls it itself once ledger and contract are equal again, but for an operator''s halt.';

create function oblivion.is_halted(p_instance_id bigint)
returns boolean
language sql
stable
security definer
set search_path = ''
as $$
  select exists (
    select from oblivion.settlement_instances i where i.id = p_instance_id and i.halted_reason is not null)
$$;
comment on function oblivion.is_halted(bigint) is 'Whether settlement is halted, whatever the cause. For the engine alone.';

create function oblivion.pause_halted(p_instance_id bigint)
returns int
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_halted boolean := oblivion.is_halted(p_instance_id);
begin
  -- A halt may last longer than an exit takes to ripen: what is accepted meanwhile its customer could withdraw (M3).
  return oblivion.set_all_paused(
    array(
      select x.id
        from (
          select t.id
            from oblivion.tasks t
           where v_halted
             and t.status = 'running'
             and t.instance_id = p_instance_id
             and t.asset = 'chain'
           union all
          select t.id
            from oblivion.tasks t
           where not v_halted
             and t.paused_reason = 'halted'
             and t.instance_id = p_instance_id
             and oblivion.exit_of(p_instance_id, t.owner_id) = 0) x
       order by x.id
       limit 1000),
    v_halted, 'halted');
end
$$;
comment on function oblivion.pause_halted(bigint) is
  'Pauses the tasks of real money while settlement is halted, whatever the cause, so that nobody claims what cannot be charged; resumes them once it goes on. What runs ends and is paid. Answers how many were moved; some may be left for the next call. For the coordinator.';

create function oblivion.release_holds(p_instance_id bigint, p_owner_id bigint, p_needed bigint)
returns void
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_free bigint := oblivion.account('customer_free', 'chain', p_instance_id, p_owner_id);
  v_tasks uuid[] := array(
    select t.id
      from oblivion.tasks t
     where t.owner_id = p_owner_id
       and t.instance_id = p_instance_id
       and t.asset = 'chain'
       and t.status in ('running', 'paused')
     order by t.id);
  v_task uuid;
begin
  -- All before the customer's lock, which ending the first takes: whoever cancels another has that one's and waits for it.
  perform pg_advisory_xact_lock(oblivion.lock_key('control', t.id::text)) from unnest(v_tasks) as t (id);
  foreach v_task in array v_tasks loop
    exit when oblivion.balance_of(v_free) >= p_needed;
    perform oblivion.end_task(v_task);
  end loop;
end
$$;
comment on function oblivion.release_holds(bigint, bigint, bigint) is
  'Ends tasks of a customer until its free balance covers what it withdrew on chain. For the engine alone.';

create function oblivion.confirm_charges(p_instance_id bigint, p_owner_id bigint, p_cumulative bigint)
returns void
language sql
security definer
set search_path = ''
as $$
  with confirmed as (
    update oblivion.charges c
       set confirmed_at = now()
     where c.instance_id = p_instance_id
       and c.owner_id = p_owner_id
       and c.cumulative <= p_cumulative
       and c.confirmed_at is null
    returning c.id
  )
  update oblivion.payee_totals t
     set confirmed = t.confirmed + p.reward
    from (
      select x.payee_owner_id, sum(x.reward) as reward
        from confirmed c
        join oblivion.charge_parts x on x.charge_id = c.id
       group by x.payee_owner_id) p
   where t.instance_id = p_instance_id
     and t.payee_owner_id = p.payee_owner_id
$$;
comment on function oblivion.confirm_charges(bigint, bigint, bigint) is
  'Notes that the contract has charged a customer this much in all: what it covers may be vouched for. For the engine alone.';

create function oblivion.book_chain_event(p_instance oblivion.settlement_instances, p_event oblivion.chain_events)
returns void
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_escrow bigint := oblivion.account('chain_escrow', 'chain', p_instance.id);
  v_pool bigint := oblivion.account('chain_pool', 'chain', p_instance.id);
  v_fees bigint := oblivion.account('chain_fees', 'chain', p_instance.id);
  v_reference text := p_event.tx_hash || ':' || p_event.log_index;
begin
  case p_event.kind
    when 'Deposited' then
      perform oblivion.book('deposit', v_reference, 'chain', p_instance.id,
        array[v_escrow, oblivion.account('customer_free', 'chain', p_instance.id, p_event.owner_id)],
        array[-p_event.amount, p_event.amount]);
    when 'Charged' then
      perform oblivion.book('charge', v_reference, 'chain', p_instance.id,
        array[v_escrow, v_pool, v_fees],
        array[p_event.amount, -(p_event.amount - p_event.fee), -p_event.fee]);
      perform oblivion.confirm_charges(p_instance.id, p_event.owner_id, p_event.cumulative);
    when 'Claimed' then
      perform oblivion.book('claim', v_reference, 'chain', p_instance.id,
        array[v_pool, oblivion.account('provider_earned', 'chain', p_instance.id, p_event.owner_id)],
        array[p_event.amount, -p_event.amount]);
      update oblivion.payout_orders o
         set paid_block = p_event.block_number
       where o.instance_id = p_instance.id
         and o.owner_id = p_event.owner_id;
    when 'Withdrawn' then
      -- The chain let it go: what tasks still hold of it is no longer there to be held.
      perform oblivion.release_holds(p_instance.id, p_event.owner_id, p_event.amount);
      perform oblivion.book('withdraw', v_reference, 'chain', p_instance.id,
        array[v_escrow, oblivion.account('customer_free', 'chain', p_instance.id, p_event.owner_id)],
        array[p_event.amount, -p_event.amount]);
    when 'ToppedUp' then
      perform oblivion.book('top_up', v_reference, 'chain', p_instance.id,
        array[v_pool, oblivion.account('reserve', 'chain', p_instance.id)],
        array[-p_event.amount, p_event.amount]);
    when 'FeesCollected' then
      perform oblivion.book('collect', v_reference, 'chain', p_instance.id,
        array[v_fees, oblivion.account('platform_fees', 'chain', p_instance.id)],
        array[p_event.amount, -p_event.amount]);
  end case;
end
$$;
comment on function oblivion.book_chain_event(oblivion.settlement_instances, oblivion.chain_events) is
  'Books one event of the contract. For the engine alone.';

create function oblivion.book_chain_events(
  p_instance oblivion.settlement_instances,
  p_from_block bigint,
  p_to_block bigint,
  p_events jsonb
)
returns int
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_item jsonb;
  v_event oblivion.chain_events;
  v_booked int := 0;
begin
  if jsonb_typeof(p_events) is distinct from 'array' then
    perform oblivion.raise_error('OB005', 'p_events is a list.', null, jsonb_build_object('field', 'p_events', 'reason', 'shape'));
  end if;
  for v_item in
    select e.value
      from jsonb_array_elements(p_events) e
     order by (e.value ->> 'blockNumber')::bigint, (e.value ->> 'logIndex')::int
  loop
    if (v_item ->> 'blockNumber')::bigint not between p_from_block and p_to_block then
      perform oblivion.raise_error('OB005', 'An event lies outside the blocks of this call.', null,
        jsonb_build_object('field', 'p_events', 'reason', 'block'));
    end if;
    -- Anybody can make a contract report a movement of nothing; books that refused it would never pass its block.
    continue when (v_item ->> 'amount')::bigint = 0;
    insert into oblivion.chain_events as e (
      instance_id, tx_hash, log_index, block_number, block_hash, kind, owner_id, amount, cumulative, fee)
    values (
      p_instance.id, lower(v_item ->> 'txHash'), (v_item ->> 'logIndex')::int, (v_item ->> 'blockNumber')::bigint,
      lower(v_item ->> 'blockHash'), v_item ->> 'kind',
      oblivion.owner_of(coalesce(v_item ->> 'customer', v_item ->> 'provider', v_item ->> 'account')),
      (v_item ->> 'amount')::bigint,
      case v_item ->> 'kind' when 'Charged' then (v_item ->> 'cumulative')::bigint end,
      case v_item ->> 'kind' when 'Charged' then (v_item ->> 'fee')::bigint end)
    on conflict do nothing
    returning e.* into v_event;
    if found then
      perform oblivion.book_chain_event(p_instance, v_event);
      v_booked := v_booked + 1;
    end if;
  end loop;
  return v_booked;
end
$$;
comment on function oblivion.book_chain_events(oblivion.settlement_instances, bigint, bigint, jsonb) is
  'Books those of these events that are not booked yet. OB005. For the engine alone.';

create function oblivion.record_chain_events(
  p_instance_id bigint,
  p_from_block bigint,
  p_to_block bigint,
  p_to_hash text,
  p_events jsonb
)
returns int
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_instance oblivion.settlement_instances := oblivion.require_instance(p_instance_id, false);
  v_booked int;
begin
  if p_from_block <> v_instance.cursor_block + 1 or p_to_block < p_from_block then
    perform oblivion.raise_error('OB017', 'These blocks do not follow the cursor.', 'Read settlement_instance() again.',
      jsonb_build_object('expected', v_instance.cursor_block + 1, 'given', p_from_block));
  end if;
  v_booked := oblivion.book_chain_events(v_instance, p_from_block, p_to_block, p_events);
  update oblivion.settlement_instances i
     set cursor_block = p_to_block,
         cursor_hash = lower(p_to_hash)
   where i.id = p_instance_id;
  return v_booked;
end
$$;
comment on function oblivion.record_chain_events(bigint, bigint, bigint, text, jsonb) is
  'Books the contract''s events of the blocks after the cursor, but for movements of nothing, and moves the cursor, in one transaction. OB005, OB016, OB017. For the coordinator.';

create function oblivion.reread_chain_events(p_instance_id bigint, p_from_block bigint, p_to_block bigint, p_events jsonb)
returns int
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_instance oblivion.settlement_instances := oblivion.require_instance(p_instance_id, false);
begin
  if p_from_block < v_instance.opened_block or p_to_block > v_instance.cursor_block then
    perform oblivion.raise_error('OB017', 'These blocks were not read before.', 'Read settlement_instance() again.',
      jsonb_build_object('expected', v_instance.opened_block, 'given', p_from_block));
  end if;
  return oblivion.book_chain_events(v_instance, p_from_block, p_to_block, p_events);
end
$$;
comment on function oblivion.reread_chain_events(bigint, bigint, bigint, jsonb) is
  'Books what is missing of the contract''s events of blocks up to the cursor, as when a node answered without its last ones; answers how many. Safe to repeat. OB005, OB016, OB017. For the coordinator.';

create function oblivion.instance_balance(p_instance_id bigint, p_kind text)
returns bigint
language sql
stable
security definer
set search_path = ''
as $$
  select (coalesce(sum(e.amount), 0) + oblivion.receipt_sum(p_kind, 'chain', p_instance_id))::bigint
    from oblivion.accounts a
    join oblivion.ledger_entries e on e.account_id = a.id
   where a.instance_id = p_instance_id
     and a.asset = 'chain'
     and a.kind = p_kind
$$;
comment on function oblivion.instance_balance(bigint, text) is 'The sum over all accounts of a kind. For the engine alone.';

create function oblivion.owed_by_pool(p_instance_id bigint)
returns bigint
language sql
stable
security definer
set search_path = ''
as $$
  select coalesce(sum(o.amount) filter (where o.amount > 0), 0)::bigint
    from (
      select x.owner_id, sum(x.amount) as amount
        from (
          select t.payee_owner_id as owner_id, t.confirmed as amount
            from oblivion.payee_totals t
           where t.instance_id = p_instance_id
          union all
          select s.to_owner_id, s.amount
            from oblivion.earning_shares s
           where s.instance_id = p_instance_id
             and s.to_owner_id is not null
          union all
          select s.from_owner_id, -s.amount from oblivion.earning_shares s where s.instance_id = p_instance_id
          union all
          select e.owner_id, -e.amount
            from oblivion.chain_events e
           where e.instance_id = p_instance_id
             and e.kind = 'Claimed') x
       group by x.owner_id) o
$$;
comment on function oblivion.owed_by_pool(bigint) is
  'Charged earnings that were not paid yet, over all owners; who was paid more than it has earned, with a stolen settler key, owes nobody anything by that. For the engine alone.';

create function oblivion.overcharged(p_instance_id bigint)
returns bigint
language sql
stable
security definer
set search_path = ''
as $$
  select coalesce(sum(e.cumulative - coalesce(c.cumulative, 0)) filter (where e.cumulative > coalesce(c.cumulative, 0)), 0)::bigint
    from (
      select v.owner_id, max(v.cumulative) as cumulative
        from oblivion.chain_events v
       where v.instance_id = p_instance_id
         and v.kind = 'Charged'
       group by v.owner_id) e
    left join lateral (
      select max(x.cumulative) as cumulative
        from oblivion.charges x
       where x.instance_id = p_instance_id
         and x.owner_id = e.owner_id) c on true
$$;
comment on function oblivion.overcharged(bigint) is
  'What the contract has taken from customers beyond what they have spent, which only a stolen settler key can do: it is spent first from then on. For the engine alone.';

create function oblivion.ledger_state(p_instance_id bigint)
returns jsonb
language sql
stable
security definer
set search_path = ''
as $$
  select jsonb_build_object(
    'cursorBlock', i.cursor_block,
    'cursorHash', i.cursor_hash,
    'escrow', (-oblivion.instance_balance(i.id, 'chain_escrow'))::text,
    'pool', (-oblivion.instance_balance(i.id, 'chain_pool'))::text,
    'fees', (-oblivion.instance_balance(i.id, 'chain_fees'))::text,
    -- Of all entries and all receipts, these as they are folded: a roll-up that went wrong shows.
    'total', (
      select (coalesce(sum(e.amount), 0)
              + oblivion.receipt_sum('task_hold', 'chain', i.id)
              + oblivion.receipt_sum('provider_earned', 'chain', i.id)
              + oblivion.receipt_sum('platform_fees', 'chain', i.id)
              + oblivion.receipt_sum('card_escrow', 'chain', i.id))::text
        from oblivion.ledger_entries e
       where e.instance_id = i.id),
    'owed', oblivion.owed_by_pool(i.id)::text,
    'overcharged', oblivion.overcharged(i.id)::text,
    'free', oblivion.instance_balance(i.id, 'customer_free')::text,
    'held', oblivion.instance_balance(i.id, 'task_hold')::text,
    'earned', oblivion.instance_balance(i.id, 'provider_earned')::text,
    'platformFees', oblivion.instance_balance(i.id, 'platform_fees')::text,
    'customers', (
      select coalesce(jsonb_agg(jsonb_build_object('customer', o.address, 'escrow', c.escrow::text) order by o.address), '[]')
        from (
          select e.owner_id, sum(case e.kind when 'Deposited' then e.amount else -e.amount end) as escrow
            from oblivion.chain_events e
           where e.instance_id = i.id
             and e.kind in ('Deposited', 'Charged', 'Withdrawn')
           group by e.owner_id) c
        join oblivion.owners o on o.id = c.owner_id),
    'providers', (
      select coalesce(jsonb_agg(jsonb_build_object(
               'provider', o.address, 'earned', p.earned::text, 'settled', p.settled::text) order by o.address), '[]')
        from (
          select r.owner_id, sum(r.earned) as earned, sum(r.settled) as settled
            from (
              select r.payee_owner_id as owner_id, r.price - r.fee as earned, 0 as settled
                from oblivion.receipts r
               where r.charge_id is null
                 and r.instance_id = i.id
                 and r.asset = 'chain'
              union all
              select t.payee_owner_id, t.charged, 0
                from oblivion.payee_totals t
               where t.instance_id = i.id
              union all
              select s.to_owner_id, s.amount, 0
                from oblivion.earning_shares s
               where s.instance_id = i.id
              union all
              select e.owner_id, 0, e.amount
                from oblivion.chain_events e
               where e.instance_id = i.id
                 and e.kind = 'Claimed') r
           group by r.owner_id) p
        join oblivion.owners o on o.id = p.owner_id and o.kind = 'wallet'))
    from oblivion.settlement_instances i
   where i.id = p_instance_id
$$;
comment on function oblivion.ledger_state(bigint) is
  'What the ledger says the contract holds at the cursor, for reconciliation: escrow, pool, fees, and each side''s part. For the coordinator.';

create function oblivion.settled_of(p_instance_id bigint, p_owner_id bigint)
returns bigint
language sql
stable
security definer
set search_path = ''
as $$
  select coalesce(sum(e.amount), 0)::bigint
    from oblivion.chain_events e
   where e.instance_id = p_instance_id
     and e.owner_id = p_owner_id
     and e.kind = 'Claimed'
$$;
comment on function oblivion.settled_of(bigint, bigint) is 'What a provider was paid on chain, finalised. For the engine alone.';
