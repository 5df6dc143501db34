-- What customers do on chain that the ledger has to know before it is final: exits and daily caps (M2, M3, M5).

create function oblivion.clock_margin()
returns interval
language sql
immutable parallel safe
return interval '10 minutes';
comment on function oblivion.clock_margin() is
  'By how much the clock of the chain''s blocks may be behind ours, generously: what a block allows by its time is not over before. For the engine alone.';

create table oblivion.chain_customers (
  instance_id bigint not null references oblivion.settlement_instances,
  owner_id bigint not null references oblivion.owners,
  exiting bigint not null check (exiting >= 0),
  -- Taken out in blocks that are not final yet: the books have it in free, and the contract has it no more.
  withdrawing bigint not null default 0 check (withdrawing >= 0),
  exit_ripe_at timestamptz,
  exit_lapses_at timestamptz,
  daily_cap bigint not null check (daily_cap >= 0),
  raised_cap bigint check (raised_cap > daily_cap),
  raised_at timestamptz,
  -- Where it was seen first, or its last event. Null once it was read again after that block was final: a reorganised one
  -- may show something else.
  open_block bigint,
  primary key (instance_id, owner_id),
  check ((exiting > 0) = (exit_ripe_at is not null)),
  check ((exiting > 0) = (exit_lapses_at is not null)),
  check ((raised_cap is null) = (raised_at is null))
);
comment on table oblivion.chain_customers is
  'Exit and daily cap of customers as the contract shows them at its latest block, read until they are final.';

create function oblivion.exit_of(p_instance_id bigint, p_owner_id bigint)
returns bigint
language sql
stable
security definer
set search_path = ''
as $$
  select coalesce(max(
           c.withdrawing + case when c.exiting > 0 and c.exit_lapses_at >= now() - oblivion.clock_margin() then c.exiting else 0 end), 0)
    from oblivion.chain_customers c
   where c.instance_id = p_instance_id
     and c.owner_id = p_owner_id
$$;
comment on function oblivion.exit_of(bigint, bigint) is
  'What a customer has asked to withdraw and can still withdraw, and what it withdrew and is not booked yet; 0 where nothing. For the engine alone.';

create function oblivion.daily_cap_of(p_instance_id bigint, p_owner_id bigint)
returns bigint
language sql
stable
security definer
set search_path = ''
as $$
  select coalesce(
    -- Whoever lowers its cap in a block before the raised one counts never had that.
    (select case when c.raised_at <= now() - oblivion.clock_margin() then c.raised_cap else c.daily_cap end
       from oblivion.chain_customers c
      where c.instance_id = p_instance_id
        and c.owner_id = p_owner_id),
    (select i.default_daily_cap from oblivion.settlement_instances i where i.id = p_instance_id))
$$;
comment on function oblivion.daily_cap_of(bigint, bigint) is
  'What charges may take from a customer in a day, by its own word or by default; null before the coordinator has read the contract. For the engine alone.';

create function oblivion.free_of(p_instance_id bigint, p_owner_id bigint, p_asset text default 'chain')
returns bigint
language sql
stable
security definer
set search_path = ''
as $$
  select coalesce(sum(e.amount), 0)::bigint
    from oblivion.accounts a
    join oblivion.ledger_entries e on e.account_id = a.id
   where a.kind = 'customer_free'
     and a.asset = p_asset
     and a.instance_id = p_instance_id
     and a.owner_id = p_owner_id
     and a.task_id is null
$$;
comment on function oblivion.free_of(bigint, bigint, text) is
  'A customer''s balance that no task holds, a requested exit included. For the engine alone.';

create function oblivion.exposure_room(p_instance_id bigint, p_owner_id bigint)
returns bigint
language sql
stable
security definer
set search_path = ''
as $$
  -- A cap that refills by its own size a day has at least (cap - what it let through in the last 24 hours) left, whatever
  -- its owner does with it now; so what is held and uncharged below that can be charged before an exit made now ripens,
  -- a longest pause included (M3). The contract's tests prove it (I13). A unit a charge, and a hundred for changes of the
  -- cap: the contract rounds down each time.
  -- Charges count from when they were booked, which is later than they were made: the safe side.
  select oblivion.daily_cap_of(p_instance_id, p_owner_id)
       - (e.escrow - oblivion.free_of(p_instance_id, p_owner_id))
       - e.charged
       - 100
    from (
      select coalesce(sum(case v.kind when 'Deposited' then v.amount else -v.amount end), 0)::bigint as escrow,
             coalesce(sum(v.amount + 1) filter (
               where v.kind = 'Charged' and v.recorded_at > now() - interval '24 hours'), 0)::bigint as charged
        from oblivion.chain_events v
       where v.instance_id = p_instance_id
         and v.owner_id = p_owner_id
         and v.kind in ('Deposited', 'Charged', 'Withdrawn')) e
$$;
comment on function oblivion.exposure_room(bigint, bigint) is
  'What a customer may hold for tasks beyond what is held, spent and uncharged, and charged in the last 24 hours: its daily cap covers all of it; null where no cap is known. For the engine alone.';

create function oblivion.require_budget(p_instance_id bigint, p_owner_id bigint, p_budget bigint)
returns void
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_exit bigint;
  v_free bigint;
  v_room bigint;
begin
  -- Two tasks of one customer at once must not spend the same money, and an exit is seen before or after.
  perform pg_advisory_xact_lock(oblivion.lock_key('customer', p_owner_id::text));
  v_exit := oblivion.exit_of(p_instance_id, p_owner_id);
  if v_exit > 0 then
    perform oblivion.raise_error('OB095', 'You have asked to withdraw from the contract, so no new work is begun.',
      'Withdraw, or cancel the withdrawal, on the Wallet page.', jsonb_build_object('exiting', v_exit::text));
  end if;
  v_free := oblivion.free_of(p_instance_id, p_owner_id);
  if v_free < p_budget then
    perform oblivion.raise_error('OB007', 'The free balance is smaller than the budget.', 'Deposit more, or lower the budget.',
      jsonb_build_object('needed', p_budget::text, 'free', v_free::text));
  end if;
  v_room := oblivion.exposure_room(p_instance_id, p_owner_id);
  if p_budget > v_room then
    perform oblivion.raise_error('OB096', 'Your daily cap in the contract does not cover this budget now.',
      'Raise the cap on the Wallet page, which takes a day, or post a smaller task.',
      jsonb_build_object('needed', p_budget::text, 'room', greatest(v_room, 0)::text));
  end if;
end
$$;
comment on function oblivion.require_budget(bigint, bigint, bigint) is
  'Locks a customer''s money and sees that a budget can be held: free, no exit, and covered by the daily cap. OB007, OB095, OB096. For the engine alone.';

create function oblivion.record_limits(p_instance_id bigint, p_default_daily_cap text, p_claim_cap text default null)
returns void
language plpgsql
security definer
set search_path = ''
as $$
begin
  perform oblivion.require_instance(p_instance_id, false);
  update oblivion.settlement_instances i
     set default_daily_cap = p_default_daily_cap::bigint,
         claim_cap = coalesce(p_claim_cap::bigint, i.claim_cap)
   where i.id = p_instance_id
     and (i.default_daily_cap, i.claim_cap) is distinct from
         (p_default_daily_cap::bigint, coalesce(p_claim_cap::bigint, i.claim_cap));
end
$$;
comment on function oblivion.record_limits(bigint, text, text) is
  'Keeps the contract''s default daily cap and what it pays out in a day, smallest unit. OB016. For the coordinator.';

create function oblivion.record_customers(p_instance_id bigint, p_block bigint, p_customers jsonb)
returns int
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_instance oblivion.settlement_instances := oblivion.require_instance(p_instance_id, false);
  v_item jsonb;
  v_owner bigint;
  v_before bigint;
  v_new int := 0;
begin
  for v_item in
    select e.value from jsonb_array_elements(p_customers) e order by e.value ->> 'customer'
  loop
    v_owner := oblivion.owner_of(v_item ->> 'customer');
    -- Whoever posts a task in this moment has either posted it, and has it paused by pause_exiting, or finds the exit.
    perform pg_advisory_xact_lock(oblivion.lock_key('customer', v_owner::text));
    v_before := oblivion.exit_of(p_instance_id, v_owner);
    insert into oblivion.chain_customers as c (
      instance_id, owner_id, exiting, withdrawing, exit_ripe_at, exit_lapses_at, daily_cap, raised_cap, raised_at, open_block)
    values (
      p_instance_id, v_owner, (v_item ->> 'exiting')::bigint, coalesce((v_item ->> 'withdrawing')::bigint, 0),
      -- A contract may tell the times of an exit of which charges have left nothing.
      case when (v_item ->> 'exiting')::bigint > 0 then to_timestamp((v_item ->> 'exitRipeAt')::bigint) end,
      case when (v_item ->> 'exiting')::bigint > 0 then to_timestamp((v_item ->> 'exitLapsesAt')::bigint) end,
      (v_item ->> 'dailyCap')::bigint, (v_item ->> 'raisedCap')::bigint,
      to_timestamp((v_item ->> 'raisedAt')::bigint), p_block)
    on conflict (instance_id, owner_id) do update
      set exiting = excluded.exiting,
          withdrawing = excluded.withdrawing,
          exit_ripe_at = excluded.exit_ripe_at,
          exit_lapses_at = excluded.exit_lapses_at,
          daily_cap = excluded.daily_cap,
          raised_cap = excluded.raised_cap,
          raised_at = excluded.raised_at,
          open_block = greatest(
            (v_item ->> 'eventBlock')::bigint,
            case
              when (c.exiting, c.withdrawing, c.exit_ripe_at, c.daily_cap, c.raised_cap, c.raised_at)
                   is distinct from
                   (excluded.exiting, excluded.withdrawing, excluded.exit_ripe_at, excluded.daily_cap, excluded.raised_cap,
                    excluded.raised_at) then p_block
              -- It was final before it was read this time.
              when c.open_block > v_instance.cursor_block then c.open_block
            end);
    if v_before = 0 and oblivion.exit_of(p_instance_id, v_owner) > 0 then
      v_new := v_new + 1;
    end if;
  end loop;
  return v_new;
end
$$;
comment on function oblivion.record_customers(bigint, bigint, jsonb) is
  'Keeps what the contract shows of customers at a block that need not be final: [{customer, exiting, withdrawing, exitRipeAt, exitLapsesAt, dailyCap, raisedCap, raisedAt, eventBlock}], times in seconds or null, withdrawing what left in blocks that are not booked yet, and eventBlock the last of those with an event of its, or null. Answers how many exits are new. OB016. For the coordinator.';

create function oblivion.customers_to_read(p_instance_id bigint)
returns jsonb
language sql
stable
security definer
set search_path = ''
as $$
  select coalesce(jsonb_agg(o.address order by o.address), '[]')
    from oblivion.chain_customers c
    join oblivion.owners o on o.id = c.owner_id
   where c.instance_id = p_instance_id
     -- Whatever changes later without an event changes by time, or shrinks an exit with the balance: exit_of, daily_cap_of and
     -- my_balance know that, and nobody can make each turn read what it has started once.
     and (c.withdrawing > 0 or c.open_block is not null)
$$;
comment on function oblivion.customers_to_read(bigint) is
  'Customers of whom something is known from a block that was not final when they were read last. For the coordinator.';

create function oblivion.pause_exiting(p_instance_id bigint)
returns int
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_tasks oblivion.tasks[];
begin
  v_tasks := array(
    select t
      from oblivion.chain_customers c
      join oblivion.tasks t on t.owner_id = c.owner_id and t.instance_id = c.instance_id and t.asset = 'chain'
     where c.instance_id = p_instance_id
       and (t.status = 'running' and oblivion.exit_of(p_instance_id, c.owner_id) > 0
         or t.status = 'paused' and t.paused_reason = 'exit' and oblivion.exit_of(p_instance_id, c.owner_id) = 0
            and not oblivion.is_halted(p_instance_id))
     order by t.id
     limit 1000);
  return oblivion.set_all_paused(array(select t.id from unnest(v_tasks) t where t.status = 'paused'), false)
    + oblivion.set_all_paused(array(select t.id from unnest(v_tasks) t where t.status = 'running'), true, 'exit');
end
$$;
comment on function oblivion.pause_exiting(bigint) is
  'Pauses the tasks of customers who leave, so that nobody claims more of their chunks, and resumes those of customers who stay. Answers how many were moved; some may be left for the next call. For the coordinator.';
