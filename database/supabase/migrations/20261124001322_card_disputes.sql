-- What comes back from a card, and what is then taken from whom (M16): first what the customer has not spent, then what it
-- spent on chunks whose providers were not paid yet, the latest first; what is left is the operator's, as bad debt.

create function oblivion.cover_card_dispute(p_dispute_id text)
returns void
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_dispute oblivion.card_disputes;
  v_free bigint;
  v_back bigint;
  v_accounts bigint[];
  v_amounts bigint[];
begin
  select d.* into v_dispute from oblivion.card_disputes d where d.dispute_id = p_dispute_id for update;
  if v_dispute.state = 'won' or v_dispute.covered = v_dispute.amount then
    return;
  end if;
  perform oblivion.end_card_tasks(v_dispute.owner_id);
  perform pg_advisory_xact_lock(oblivion.lock_key('customer', v_dispute.owner_id::text));
  v_free := least(
    oblivion.balance_of(oblivion.card_account('customer_free', v_dispute.owner_id)), v_dispute.amount - v_dispute.covered);
  v_accounts := array[oblivion.card_account('customer_free', v_dispute.owner_id)];
  v_amounts := array[-v_free];
  with unpaid as (
    -- Whole receipts, as long as they fit: nobody loses more than was charged back.
    select r.task_id, r.job_id, r.payee_owner_id, r.price, r.fee, sum(r.price) over (order by r.id desc) as total
      from oblivion.receipts r
     where r.customer_owner_id = v_dispute.owner_id
       and r.charge_id is null
       and r.asset = 'card'
       and not exists (
             select from oblivion.card_reversals x where x.job_id = r.job_id and x.restored_at is null)
  ), reversed as (
    insert into oblivion.card_reversals as x (dispute_id, task_id, job_id, reward, fee)
    select p_dispute_id, u.task_id, u.job_id, u.price - u.fee, u.fee
      from unpaid u
     where u.total <= v_dispute.amount - v_dispute.covered - v_free
    returning x.job_id
  ), taken as (
    select oblivion.card_account('provider_earned', u.payee_owner_id) as account, u.price - u.fee as amount
      from unpaid u
      join reversed x on x.job_id = u.job_id
     union all
    select oblivion.card_account('platform_fees'), u.fee
      from unpaid u
      join reversed x on x.job_id = u.job_id
  )
  select v_accounts || coalesce(array_agg(t.account), '{}'), v_amounts || coalesce(array_agg(-t.amount), '{}')
    into v_accounts, v_amounts
    from taken t;
  select -sum(a) into v_back from unnest(v_amounts) a;
  if v_back > 0 then
    perform oblivion.book_card('recover', p_dispute_id || ':' || v_dispute.bookings,
      v_accounts || oblivion.card_account('bad_debt'), v_amounts || v_back);
    update oblivion.card_disputes d
       set covered = d.covered + v_back,
           bookings = d.bookings + 1
     where d.dispute_id = p_dispute_id;
  end if;
end
$$;
comment on function oblivion.cover_card_dispute(text) is
  'Takes back what can be taken back now for a dispute; asked again it takes what has come free since. For the engine alone.';

create function oblivion.end_card_dispute(p_dispute oblivion.card_disputes)
returns void
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_accounts bigint[];
  v_amounts bigint[];
begin
  select array_agg(e.account_id), array_agg(-e.amount)
    into v_accounts, v_amounts
    from oblivion.ledger_transactions t
    join oblivion.ledger_entries e on e.transaction_id = t.id
   where t.instance_id = oblivion.card_instance()
     and (t.kind = 'dispute' and t.reference = p_dispute.dispute_id
          or t.kind = 'recover' and t.reference in (
               select p_dispute.dispute_id || ':' || n from generate_series(0, p_dispute.bookings - 1) n));
  perform oblivion.book_card('dispute_won', p_dispute.dispute_id, v_accounts, v_amounts);
  update oblivion.card_reversals x
     set restored_at = now()
   where x.dispute_id = p_dispute.dispute_id
     and x.restored_at is null;
end
$$;
comment on function oblivion.end_card_dispute(oblivion.card_disputes) is
  'A dispute was won: all that was booked for it is booked back. For the engine alone.';

create function oblivion.record_card_dispute(p_payment oblivion.card_payments, p_facts jsonb)
returns void
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_dispute oblivion.card_disputes;
  v_state text := p_facts ->> 'state';
  v_rank constant jsonb := '{"open": 1, "lost": 2, "won": 3}';
begin
  insert into oblivion.card_disputes as d (dispute_id, payment_id, owner_id, amount, state)
  values (p_facts ->> 'id', p_payment.payment_id, p_payment.owner_id, (p_facts ->> 'amount')::bigint, v_state)
  on conflict (dispute_id) do nothing
  returning d.* into v_dispute;
  if found then
    -- Stripe takes the money at once. One that is known as won was taken and given back.
    if v_state <> 'won' then
      perform oblivion.book_card('dispute', v_dispute.dispute_id,
        array[oblivion.card_account('card_funds'), oblivion.card_account('bad_debt')],
        array[v_dispute.amount, -v_dispute.amount]);
      perform oblivion.cover_card_dispute(v_dispute.dispute_id);
    end if;
    return;
  end if;
  select d.* into v_dispute from oblivion.card_disputes d where d.dispute_id = p_facts ->> 'id' for update;
  if (v_rank ->> v_state)::int > (v_rank ->> v_dispute.state)::int then
    update oblivion.card_disputes d set state = v_state where d.dispute_id = v_dispute.dispute_id;
    if v_state = 'won' then
      perform oblivion.end_card_dispute(v_dispute);
    end if;
  end if;
end
$$;
comment on function oblivion.record_card_dispute(oblivion.card_payments, jsonb) is
  'Books what is known of a dispute, {id, amount, state}. For the engine alone.';

create function oblivion.fail_card_refund(p_payment oblivion.card_payments, p_refund oblivion.card_refunds)
returns void
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_accounts bigint[];
  v_amounts bigint[];
begin
  -- What was taken for it goes back to where it came from; what waited for it is free.
  select array_agg(case when e.account_id = oblivion.card_account('card_refunding')
                     then oblivion.card_account('customer_free', p_payment.owner_id) else e.account_id end),
         array_agg(-e.amount)
    into v_accounts, v_amounts
    from oblivion.ledger_transactions t
    join oblivion.ledger_entries e on e.transaction_id = t.id
   where t.instance_id = oblivion.card_instance()
     and t.kind = 'card_refund'
     and t.reference = p_refund.refund_id;
  perform oblivion.book_card('refund_failed', p_refund.refund_id, v_accounts, v_amounts);
  update oblivion.card_withdrawals w
     set state = 'failed',
         reason = 'The card''s bank did not take it.'
   where w.refund_id = p_refund.refund_id;
end
$$;
comment on function oblivion.fail_card_refund(oblivion.card_payments, oblivion.card_refunds) is
  'A refund that the bank sent back: its money is the customer''s again. For the engine alone.';

create function oblivion.record_card_refund(p_payment oblivion.card_payments, p_facts jsonb)
returns void
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_refund oblivion.card_refunds;
  v_failed boolean := coalesce((p_facts ->> 'failed')::boolean, false);
  v_taken bigint;
begin
  insert into oblivion.card_refunds as r (refund_id, payment_id, amount, failed)
  values (p_facts ->> 'id', p_payment.payment_id, (p_facts ->> 'amount')::bigint, v_failed)
  on conflict (refund_id) do nothing
  returning r.* into v_refund;
  if found then
    if oblivion.return_withdrawal(v_refund, (p_facts ->> 'withdrawalId')::uuid) then
      perform oblivion.book_card('card_refund', v_refund.refund_id,
        array[oblivion.card_account('card_funds'), oblivion.card_account('card_refunding')],
        array[v_refund.amount, -v_refund.amount]);
      if v_failed then
        perform oblivion.fail_card_refund(p_payment, v_refund);
      end if;
    elsif not v_failed then
      -- The operator may give back by hand what was spent already: the customer has it twice, and the operator the loss.
      perform oblivion.end_card_tasks(p_payment.owner_id, v_refund.amount);
      perform pg_advisory_xact_lock(oblivion.lock_key('customer', p_payment.owner_id::text));
      v_taken := least(oblivion.balance_of(oblivion.card_account('customer_free', p_payment.owner_id)), v_refund.amount);
      perform oblivion.book_card('card_refund', v_refund.refund_id,
        array[oblivion.card_account('card_funds'), oblivion.card_account('customer_free', p_payment.owner_id),
              oblivion.card_account('bad_debt')],
        array[v_refund.amount, -v_taken, v_taken - v_refund.amount]);
    end if;
    return;
  end if;
  update oblivion.card_refunds r
     set failed = true
   where r.refund_id = p_facts ->> 'id'
     and v_failed
     and not r.failed
  returning r.* into v_refund;
  if found then
    perform oblivion.fail_card_refund(p_payment, v_refund);
  end if;
end
$$;
comment on function oblivion.record_card_refund(oblivion.card_payments, jsonb) is
  'Books what is known of a refund, {id, amount, failed, withdrawalId}. For the engine alone.';

create function oblivion.record_card_payment(p_facts jsonb)
returns void
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_chain bigint := (oblivion.open_instance()).chain_id;
  v_payment oblivion.card_payments;
  v_part jsonb;
begin
  if v_chain is null then
    perform oblivion.raise_error('OB012', 'No settlement contract is configured.', 'Ask the operator to open one.');
  elsif (p_facts ->> 'livemode')::boolean is distinct from (v_chain = 137) then
    -- Stripe's test cards are nobody's money, and would be paid out in tokens that are; and nobody pays for test tokens (M1).
    perform oblivion.raise_error('OB005', 'Real cards belong to Polygon alone, and test cards to test networks.',
      'Give the coordinator Stripe keys of the other mode.', jsonb_build_object('field', 'livemode', 'reason', 'chain'));
  end if;
  -- One at a time, and none while earnings are paid out.
  perform pg_advisory_xact_lock(oblivion.lock_key('card', 'money'));
  insert into oblivion.card_payments as p (payment_id, owner_id, amount)
  values (p_facts ->> 'paymentId', oblivion.owner_of(p_facts ->> 'customer'), (p_facts ->> 'amount')::bigint)
  on conflict (payment_id) do nothing
  returning p.* into v_payment;
  if found then
    perform oblivion.book_card('deposit', v_payment.payment_id,
      array[oblivion.card_account('card_funds'), oblivion.card_account('customer_free', v_payment.owner_id)],
      array[-v_payment.amount, v_payment.amount]);
  else
    -- Whose it is and how much it was stands as it was booked first.
    select p.* into strict v_payment from oblivion.card_payments p where p.payment_id = p_facts ->> 'paymentId';
  end if;
  for v_part in select r.value from jsonb_array_elements(coalesce(p_facts -> 'refunds', '[]')) r order by r.value ->> 'id' loop
    perform oblivion.record_card_refund(v_payment, v_part);
  end loop;
  for v_part in select d.value from jsonb_array_elements(coalesce(p_facts -> 'disputes', '[]')) d order by d.value ->> 'id' loop
    perform oblivion.record_card_dispute(v_payment, v_part);
  end loop;
end
$$;
comment on function oblivion.record_card_payment(jsonb) is
  'Books all that is known of a captured payment by card; see record_card_event. OB005, OB012. For the coordinator.';

create function oblivion.is_card_event_known(p_event_id text)
returns boolean
language sql
stable
security definer
set search_path = ''
as $$
  select exists (select from oblivion.card_events e where e.event_id = p_event_id)
$$;
comment on function oblivion.is_card_event_known(text) is 'Whether a message of Stripe was dealt with. For the coordinator.';

create function oblivion.record_card_event(p_event_id text, p_type text, p_facts jsonb)
returns boolean
language plpgsql
security definer
set search_path = ''
as $$
begin
  insert into oblivion.card_events (event_id, type, payment_id)
  values (p_event_id, left(p_type, 100), p_facts ->> 'paymentId')
  on conflict (event_id) do nothing;
  if not found then
    return false;
  end if;
  if p_facts is not null then
    perform oblivion.record_card_payment(p_facts);
  end if;
  return true;
end
$$;
comment on function oblivion.record_card_event(text, text, jsonb) is
  'Books the payment that a message of Stripe is about, as Stripe shows it now: {paymentId, customer, amount, livemode, refunds: [{id, amount, failed, withdrawalId}], disputes: [{id, amount, state: open | lost | won}]}, amounts as decimal strings of millionths of a dollar; or null where it is about none of ours. False, and nothing is booked, where the message was dealt with before. OB005, OB012. For the coordinator.';

create function oblivion.card_swept_to()
returns bigint
language sql
stable
security definer
set search_path = ''
as $$
  select extract(epoch from s.card_swept_to)::bigint from oblivion.settings s
$$;
comment on function oblivion.card_swept_to() is
  'Until when Stripe''s own list of events was looked through for what no message brought, in seconds since the epoch, or null. For the coordinator.';

create function oblivion.set_card_swept_to(p_seconds bigint)
returns void
language sql
security definer
set search_path = ''
as $$
  update oblivion.settings s set card_swept_to = greatest(s.card_swept_to, to_timestamp(p_seconds))
$$;
comment on function oblivion.set_card_swept_to(bigint) is 'Keeps how far that look came; it only goes forward. For the coordinator.';

create function oblivion.lift_card_freeze(p_customer text)
returns int
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_count int;
begin
  update oblivion.card_disputes d
     set lifted_at = now()
    from oblivion.owners o
   where o.address = lower(p_customer)
     and d.owner_id = o.id
     and d.state = 'lost'
     and d.lifted_at is null;
  get diagnostics v_count = row_count;
  return v_count;
end
$$;
comment on function oblivion.lift_card_freeze(text) is
  'Lets a customer spend card money again although payments of its were charged back; answers how many those are. An open dispute goes on freezing. By the operator alone.';
