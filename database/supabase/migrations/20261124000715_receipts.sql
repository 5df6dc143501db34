-- Receipts: the ledger's transactions of accepted results, one row each. A chunk's price leaves its task's hold and
-- becomes the platform's fee and the payee's reward, which is price - fee and stored nowhere: a receipt sums to zero by
-- construction, and it has one asset and one instance for all three legs. Three entries, their transaction and a receipt
-- beside them cost more than the rest of an acceptance together. The view oblivion.ledger shows both kinds as one.
--
-- No check, no generated column and no foreign key stands on a row that every accepted result writes: Postgres parses
-- such an expression anew in each statement (ADR 6). Two functions write receipts, out of the task's own row, and
-- charge_receipts looks at each before any money leaves.

create table oblivion.charges (
  id bigint generated always as identity primary key,
  instance_id bigint not null references oblivion.settlement_instances,
  owner_id bigint not null references oblivion.owners,
  cumulative bigint not null check (cumulative > 0),
  cumulative_fee bigint not null check (cumulative_fee between 0 and cumulative),
  created_at timestamptz not null default now(),
  confirmed_at timestamptz,
  -- Its receipts of sites' visitors were shared between site and visitor.
  shared boolean not null default false,
  -- The last of the relayer's transactions in which its customer had a row.
  batch_id bigint,
  unique (instance_id, owner_id, cumulative)
);
create index charges_unshared on oblivion.charges (instance_id) where confirmed_at is not null and not shared;
comment on table oblivion.charges is 'What a customer has spent in all, as the contract will be told; confirmed once its event was indexed.';

create table oblivion.receipts (
  id bigint generated always as identity,
  job_id uuid not null,
  attempt int not null,
  task_id uuid not null,
  chunk_index int not null,
  -- Who did it and answers for it, and who is paid for it (T11): of a site's visitor these are two.
  provider_owner_id bigint not null,
  payee_owner_id bigint not null,
  customer_owner_id bigint not null,
  asset text not null,
  instance_id bigint not null,
  price bigint not null,
  fee bigint not null,
  result_hash text not null,
  charge_id bigint,
  started_at timestamptz not null,
  accepted_at timestamptz not null default now(),
  -- A job belongs to one task for ever, so this is one receipt a job; and it answers what a task has spent.
  primary key (task_id, job_id) include (price)
);
-- What is not charged yet is all that is summed receipt by receipt; the rest lies folded in charges and payee_totals.
create index receipts_open on oblivion.receipts (customer_owner_id, payee_owner_id) where charge_id is null;
create index receipts_payee on oblivion.receipts (payee_owner_id, id);
comment on table oblivion.receipts is
  'One per accepted job: this payee is owed this amount. Made by the statement that accepts the result.';

create function oblivion.refuse_receipt_change()
returns trigger
language plpgsql
set search_path = ''
as $$
begin
  -- In here and not in the trigger's condition: every statement that writes a receipt copies the triggers' conditions,
  -- and one that names all columns is 10 kB of them (ADR 6).
  if tg_op = 'UPDATE' and old.charge_id is null and new.charge_id is not null then
    old.charge_id := new.charge_id;
    if old is not distinct from new then
      return new;
    end if;
  end if;
  perform oblivion.raise_error('OB020', 'A receipt is never changed or deleted.', null, jsonb_build_object('table', 'receipts'));
  return null;
end
$$;
comment on function oblivion.refuse_receipt_change() is 'A receipt only ever gets its charge, once.';
create trigger refuse_change before update or delete on oblivion.receipts
  for each row execute function oblivion.refuse_receipt_change();
create trigger refuse_truncate before truncate on oblivion.receipts
  for each statement execute function oblivion.refuse_change();

-- The roll-up. A charge folds its receipts into one row a payee, and those into one running total a payee, so that a
-- balance costs what came since the last charge and not a provider's whole life.
create table oblivion.charge_parts (
  charge_id bigint not null references oblivion.charges,
  payee_owner_id bigint not null references oblivion.owners,
  reward bigint not null check (reward >= 0),
  primary key (charge_id, payee_owner_id)
);
comment on table oblivion.charge_parts is 'Whose rewards a charge pays for: the sum of its receipts by payee.';
create trigger refuse_change before update or delete on oblivion.charge_parts
  for each row execute function oblivion.refuse_change();
create trigger refuse_truncate before truncate on oblivion.charge_parts
  for each statement execute function oblivion.refuse_change();

create table oblivion.payee_totals (
  instance_id bigint not null references oblivion.settlement_instances,
  payee_owner_id bigint not null references oblivion.owners,
  -- In charges that were made, and in those whose event was seen: what the contract's pool holds for it.
  charged bigint not null default 0,
  confirmed bigint not null default 0,
  primary key (instance_id, payee_owner_id),
  check (confirmed between 0 and charged)
);
comment on table oblivion.payee_totals is 'Running totals over charge_parts, written by charges_due and by the booking of a charge alone.';

create function oblivion.charged_spending(p_instance_id bigint, p_owner_id bigint default null)
returns table (price bigint, fee bigint)
language sql
stable
security definer
set search_path = ''
as $$
  select coalesce(sum(c.cumulative), 0)::bigint, coalesce(sum(c.cumulative_fee), 0)::bigint
    from (
      select distinct on (x.owner_id) x.cumulative, x.cumulative_fee
        from oblivion.charges x
       where x.instance_id = p_instance_id
         and (p_owner_id is null or x.owner_id = p_owner_id)
       order by x.owner_id, x.cumulative desc) c
$$;
comment on function oblivion.charged_spending(bigint, bigint) is
  'What one customer, or all, spent in receipts that are charged, and the fees in it. For the engine alone.';

create table oblivion.card_payouts (
  charge_id bigint primary key references oblivion.charges,
  instance_id bigint not null references oblivion.settlement_instances,
  amount bigint not null check (amount > 0),
  made_at timestamptz not null default now()
);
create index on oblivion.card_payouts (instance_id) include (amount);
create trigger refuse_change before update or delete on oblivion.card_payouts
  for each row execute function oblivion.refuse_change();
create trigger refuse_truncate before truncate on oblivion.card_payouts
  for each statement execute function oblivion.refuse_change();
comment on table oblivion.card_payouts is
  'Charges of the operator''s escrow that pay for receipts in card money. These receipts carry the charge; its parts say whose it is.';

create function oblivion.card_paid_out(p_instance_id bigint)
returns bigint
language sql
stable
security definer
set search_path = ''
as $$
  select coalesce(sum(p.amount), 0)::bigint from oblivion.card_payouts p where p.instance_id = p_instance_id
$$;
comment on function oblivion.card_paid_out(bigint) is 'What charges of an instance paid for receipts in card money. For the engine alone.';

create function oblivion.receipt_sum(
  p_kind text,
  p_asset text,
  p_instance_id bigint,
  p_owner_id bigint default null,
  p_task_id uuid default null
)
returns bigint
language plpgsql
stable
security definer
set search_path = ''
as $$
declare
  v_sum bigint := 0;
begin
  case p_kind
    when 'task_hold' then
      if p_task_id is not null then
        select - sum(r.price) into v_sum
          from oblivion.receipts r
         where r.task_id = p_task_id and r.asset = p_asset and r.instance_id = p_instance_id;
      else
        select - sum(r.price) into v_sum
          from oblivion.receipts r
         where r.charge_id is null and r.asset = p_asset and r.instance_id = p_instance_id;
        if p_asset = 'chain' then
          v_sum := coalesce(v_sum, 0) - (select s.price from oblivion.charged_spending(p_instance_id) s)
            + oblivion.card_paid_out(p_instance_id);
        end if;
      end if;
    when 'provider_earned' then
      if p_owner_id is not null then
        select sum(r.price - r.fee) into v_sum
          from oblivion.receipts r
         where r.charge_id is null and r.payee_owner_id = p_owner_id
           and r.asset = p_asset and r.instance_id = p_instance_id;
      else
        select sum(r.price - r.fee) into v_sum
          from oblivion.receipts r
         where r.charge_id is null and r.asset = p_asset and r.instance_id = p_instance_id;
      end if;
      if p_asset = 'chain' then
        v_sum := coalesce(v_sum, 0) + coalesce((
          select sum(t.charged)
            from oblivion.payee_totals t
           where t.instance_id = p_instance_id
             and (p_owner_id is null or t.payee_owner_id = p_owner_id)), 0);
      end if;
    when 'platform_fees' then
      select sum(r.fee) into v_sum
        from oblivion.receipts r
       where r.charge_id is null and r.asset = p_asset and r.instance_id = p_instance_id;
      if p_asset = 'chain' then
        v_sum := coalesce(v_sum, 0) + (select s.fee from oblivion.charged_spending(p_instance_id) s);
      end if;
    when 'card_escrow' then
      v_sum := - oblivion.card_paid_out(p_instance_id);
    else
      null;
  end case;
  if p_asset <> 'chain' and p_task_id is null then
    -- A receipt in card money stays in the books of cards when a charge pays for it: entries say what became of it.
    v_sum := coalesce(v_sum, 0) + coalesce((
      select sum(case p_kind when 'task_hold' then - r.price when 'provider_earned' then r.price - r.fee
                   when 'platform_fees' then r.fee end)
        from oblivion.receipts r
       where r.charge_id is not null and (p_owner_id is null or r.payee_owner_id = p_owner_id)
         and r.asset = p_asset and r.instance_id = p_instance_id), 0);
  end if;
  return coalesce(v_sum, 0);
end
$$;
comment on function oblivion.receipt_sum(text, text, bigint, bigint, uuid) is
  'What receipts add to an account by its facts, or, without owner and task, to all accounts of a kind. For the engine alone.';

create function oblivion.balance_of(p_account_id bigint)
returns bigint
language plpgsql
-- Volatile: it sees an account that its caller's own statement makes.
volatile
security definer
set search_path = ''
as $$
declare
  v_account oblivion.accounts;
  v_sum bigint;
begin
  select a.* into strict v_account from oblivion.accounts a where a.id = p_account_id;
  select coalesce(sum(e.amount), 0) into v_sum from oblivion.ledger_entries e where e.account_id = p_account_id;
  if v_account.kind in ('task_hold', 'provider_earned', 'platform_fees', 'card_escrow') then
    v_sum := v_sum + oblivion.receipt_sum(
      v_account.kind, v_account.asset, v_account.instance_id, v_account.owner_id, v_account.task_id);
  end if;
  return v_sum;
end
$$;
comment on function oblivion.balance_of(bigint) is
  'A balance is derived, never stored: its entries, and its legs of receipts. For the engine alone.';

create view oblivion.ledger with (security_invoker = true) as
  select t.kind, t.reference, t.booked_at, e.asset, e.instance_id,
         a.kind as account, a.owner_id, a.task_id, e.amount
    from oblivion.ledger_entries e
    join oblivion.ledger_transactions t on t.id = e.transaction_id
    join oblivion.accounts a on a.id = e.account_id
   union all
  select 'accept', r.job_id::text, r.accepted_at, r.asset, r.instance_id, l.account, l.owner_id, l.task_id, l.amount
    from oblivion.receipts r
   cross join lateral (values
     ('task_hold', null::bigint, r.task_id, - r.price),
     ('provider_earned', r.payee_owner_id, null::uuid, r.price - r.fee),
     ('platform_fees', null::bigint, null::uuid, r.fee)) as l (account, owner_id, task_id, amount)
   where l.amount <> 0
   union all
  select 'payout', 'charge:' || c.charge_id, c.made_at, 'chain', c.instance_id, l.account, l.owner_id, null, l.amount
    from oblivion.card_payouts c
    join oblivion.charge_parts p on p.charge_id = c.charge_id
   cross join lateral (values
     ('card_escrow', null::bigint, - p.reward),
     ('provider_earned', p.payee_owner_id, p.reward)) as l (account, owner_id, amount);
comment on view oblivion.ledger is
  'Every leg of every booking by the facts of its account: entries, receipts and payouts of card money as one ledger. For proofs and statements.';
