-- Card money: dollars that Stripe took. They are an asset of their own and belong to no contract, so a redeploy leaves them
-- where they are: their books lie in an instance that is never open. What Stripe holds or has paid to the operator stands
-- with a negative sign (card_funds), whose it is with a positive one.
--
-- Nothing here trusts the order or the number of Stripe's messages. A message is a reason to look: the coordinator reads
-- the payment back from Stripe and tells all that is known of it, and each part of that is booked once, by its own id.

create function oblivion.card_instance()
returns bigint
language sql
immutable parallel safe
return 0::bigint;
comment on function oblivion.card_instance() is 'The instance of card money: of no chain, closed for ever. For the engine alone.';

insert into oblivion.settlement_instances (
  id, chain_id, contract_address, token_address, genesis_hash, opened_block, cursor_block, closed_at)
overriding system value
values (
  oblivion.card_instance(), 0, '0x' || repeat('0', 40), '0x' || repeat('0', 40), '0x' || repeat('0', 64), 0, 0, now());
-- Made now: two first results at once would wait for each other's.
select oblivion.account('platform_fees', 'card', oblivion.card_instance());

create table oblivion.card_payments (
  payment_id text primary key check (payment_id ~ '^pi_[A-Za-z0-9_]{1,200}$'),
  owner_id bigint not null references oblivion.owners,
  amount bigint not null check (amount > 0),
  paid_at timestamptz not null default now()
);
create index on oblivion.card_payments (owner_id);
create trigger refuse_change before update or delete on oblivion.card_payments
  for each row execute function oblivion.refuse_change();
create trigger refuse_truncate before truncate on oblivion.card_payments
  for each statement execute function oblivion.refuse_change();
comment on table oblivion.card_payments is 'Payments by card that were captured, by Stripe''s payment intent. Amounts of card money: millionths of a dollar.';

create table oblivion.card_refunds (
  refund_id text primary key check (refund_id ~ '^(re|pyr)_[A-Za-z0-9_]{1,200}$'),
  payment_id text not null references oblivion.card_payments,
  amount bigint not null check (amount > 0),
  -- A refund that the bank sent back; it stays failed.
  failed boolean not null default false
);
create index on oblivion.card_refunds (payment_id);
comment on table oblivion.card_refunds is 'Card money that went back to the card, each refund once.';

create table oblivion.card_disputes (
  dispute_id text primary key check (dispute_id ~ '^(du|dp)_[A-Za-z0-9_]{1,200}$'),
  payment_id text not null references oblivion.card_payments,
  owner_id bigint not null references oblivion.owners,
  amount bigint not null check (amount > 0),
  -- It only goes forward: a bank that decided for the customer may be overruled, never the other way round.
  state text not null check (state in ('open', 'lost', 'won')),
  -- What was taken back of it, and in how many bookings; the rest is the operator's bad debt.
  covered bigint not null default 0,
  bookings int not null default 0,
  -- The operator's word that this customer may spend card money again.
  lifted_at timestamptz,
  opened_at timestamptz not null default now(),
  check (covered between 0 and amount)
);
create index on oblivion.card_disputes (owner_id);
create index on oblivion.card_disputes (dispute_id) where state <> 'won' and covered < amount;
comment on table oblivion.card_disputes is 'Payments that were charged back, each dispute once (M16).';

create table oblivion.card_reversals (
  dispute_id text not null references oblivion.card_disputes,
  task_id uuid not null,
  job_id uuid not null,
  reward bigint not null check (reward >= 0),
  fee bigint not null check (fee >= 0),
  restored_at timestamptz,
  primary key (dispute_id, job_id)
);
create unique index card_reversals_standing on oblivion.card_reversals (job_id) where restored_at is null;
comment on table oblivion.card_reversals is
  'Receipts in card money that were not paid out yet when their customer''s payment was disputed. They are not paid, unless the dispute is won.';

create table oblivion.card_events (
  event_id text primary key check (event_id ~ '^evt_[A-Za-z0-9_]{1,200}$'),
  type text not null,
  payment_id text,
  recorded_at timestamptz not null default now()
);
create trigger refuse_change before update or delete on oblivion.card_events
  for each row execute function oblivion.refuse_change();
create trigger refuse_truncate before truncate on oblivion.card_events
  for each statement execute function oblivion.refuse_change();
comment on table oblivion.card_events is 'Messages of Stripe that were dealt with, each once.';

create function oblivion.card_account(p_kind text, p_owner_id bigint default null)
returns bigint
language sql
security definer
set search_path = ''
as $$
  select oblivion.account(p_kind, 'card', oblivion.card_instance(), p_owner_id)
$$;
comment on function oblivion.card_account(text, bigint) is 'An account of card money, made on first use. For the engine alone.';

create function oblivion.book_card(p_kind text, p_reference text, p_accounts bigint[], p_amounts bigint[])
returns void
language sql
security definer
set search_path = ''
as $$
  select oblivion.book(p_kind, p_reference, 'card', oblivion.card_instance(), p_accounts, p_amounts)
$$;
comment on function oblivion.book_card(text, text, bigint[], bigint[]) is 'One transaction of card money. For the engine alone.';

create function oblivion.is_card_frozen(p_owner_id bigint)
returns boolean
language sql
stable
security definer
set search_path = ''
as $$
  select exists (
    select
      from oblivion.card_disputes d
     where d.owner_id = p_owner_id
       and (d.state = 'open' or d.state = 'lost' and d.lifted_at is null))
$$;
comment on function oblivion.is_card_frozen(bigint) is
  'Whether a customer may not spend card money: a payment of its is disputed, or was charged back. For the engine alone.';

create function oblivion.require_card_budget(p_owner_id bigint, p_budget bigint)
returns void
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_free bigint;
begin
  -- Two tasks of one customer at once must not spend the same money, and a dispute is seen before or after.
  perform pg_advisory_xact_lock(oblivion.lock_key('customer', p_owner_id::text));
  if oblivion.is_card_frozen(p_owner_id) then
    perform oblivion.raise_error('OB090', 'A card payment of yours is disputed, so no card money is spent.',
      'Pay with tokens, or settle the dispute with your bank.');
  end if;
  v_free := oblivion.balance_of(oblivion.card_account('customer_free', p_owner_id));
  if v_free < p_budget then
    perform oblivion.raise_error('OB007', 'The free balance is smaller than the budget.', 'Deposit more, or lower the budget.',
      jsonb_build_object('needed', p_budget::text, 'free', v_free::text));
  end if;
end
$$;
comment on function oblivion.require_card_budget(bigint, bigint) is
  'Locks a customer''s money and sees that a budget can be held in card money: free, and not frozen. OB007, OB090. For the engine alone.';

create function oblivion.hold_budget(p_task oblivion.tasks)
returns void
language plpgsql
security definer
set search_path = ''
as $$
begin
  case p_task.asset
    when 'chain' then perform oblivion.require_budget(p_task.instance_id, p_task.owner_id, p_task.budget);
    when 'card' then perform oblivion.require_card_budget(p_task.owner_id, p_task.budget);
    when 'test' then perform oblivion.require_play_budget(p_task.instance_id, p_task.owner_id, p_task.budget);
  end case;
  perform oblivion.book('hold', p_task.id::text, p_task.asset, p_task.instance_id,
    array[oblivion.account('customer_free', p_task.asset, p_task.instance_id, p_task.owner_id),
          oblivion.account('task_hold', p_task.asset, p_task.instance_id, null, p_task.id)],
    array[-p_task.budget, p_task.budget]);
  if p_task.api_key_id is not null then
    perform oblivion.spend_by_key(p_task.api_key_id, p_task.budget);
  end if;
end
$$;
comment on function oblivion.hold_budget(oblivion.tasks) is
  'Moves the budget of a task from its customer''s free balance, of the task''s asset, into its hold, and counts it against the limit of its API key. OB006, OB007, OB030, OB033, OB090, OB095, OB096. For the engine alone.';

create function oblivion.end_card_tasks(p_owner_id bigint, p_needed bigint default null)
returns void
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_task uuid;
begin
  for v_task in
    select t.id
      from oblivion.tasks t
     where t.owner_id = p_owner_id
       and t.asset = 'card'
       and t.status in ('running', 'paused')
     order by t.id
  loop
    exit when p_needed <= oblivion.balance_of(oblivion.card_account('customer_free', p_owner_id));
    perform oblivion.end_task(v_task);
  end loop;
end
$$;
comment on function oblivion.end_card_tasks(bigint, bigint) is
  'Ends tasks that card money pays, all of a customer''s or until so much of it is free. For the engine alone.';
