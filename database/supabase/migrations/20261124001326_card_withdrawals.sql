-- Card money that a customer takes back: to the card that it came from, and nowhere else. It leaves the free balance when it
-- is asked for, and the books when Stripe shows the refund.

create table oblivion.card_withdrawals (
  id uuid primary key default gen_random_uuid(),
  owner_id bigint not null references oblivion.owners,
  payment_id text not null references oblivion.card_payments,
  amount bigint not null check (amount > 0),
  -- requested: the coordinator asks Stripe for it; returned: Stripe has; failed: it is free again.
  state text not null default 'requested' check (state in ('requested', 'returned', 'failed')),
  refund_id text unique references oblivion.card_refunds,
  reason text,
  requested_at timestamptz not null default now(),
  ended_at timestamptz,
  check ((state = 'requested') = (ended_at is null))
);
create index on oblivion.card_withdrawals (owner_id, requested_at desc);
create index on oblivion.card_withdrawals (payment_id);
create index on oblivion.card_withdrawals (requested_at) where state = 'requested';
comment on table oblivion.card_withdrawals is 'Card money that goes back to its card on the customer''s wish, one row a payment.';

create function oblivion.refundable(p_payment oblivion.card_payments)
returns bigint
language sql
stable
security definer
set search_path = ''
as $$
  select case
    -- Stripe refunds nothing of a payment that is disputed, or was lost.
    when exists (select from oblivion.card_disputes d where d.payment_id = p_payment.payment_id and d.state <> 'won') then 0
    else p_payment.amount
       - coalesce((
           select sum(r.amount) from oblivion.card_refunds r where r.payment_id = p_payment.payment_id and not r.failed), 0)
       - coalesce((
           select sum(w.amount)
             from oblivion.card_withdrawals w
            where w.payment_id = p_payment.payment_id and w.state = 'requested'), 0)
  end::bigint
$$;
comment on function oblivion.refundable(oblivion.card_payments) is 'What of a payment can still go back to its card. For the engine alone.';

create function public.request_card_refund(p_amount text, p_request_id text default null)
returns jsonb
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_owner bigint := oblivion.owner_of(oblivion.require_wallet());
  v_call constant text := 'request_card_refund ' || p_amount;
  v_before jsonb;
  v_free bigint;
  v_amount bigint;
  v_rest bigint;
  v_part bigint;
  v_payment oblivion.card_payments;
  v_withdrawal uuid;
begin
  -- A cent is 10,000 millionths of a dollar.
  if p_amount ~ '^[1-9][0-9]{0,10}0000$' is not true then
    perform oblivion.raise_error('OB005', 'A refund is a whole number of cents, one at least.', null,
      jsonb_build_object('field', 'p_amount', 'reason', 'range'));
  end if;
  v_amount := p_amount::bigint;
  v_rest := v_amount;
  -- No dispute and no refund is booked meanwhile.
  perform pg_advisory_xact_lock(oblivion.lock_key('card', 'money'));
  v_before := oblivion.answer_before(v_owner, p_request_id, v_call);
  if v_before is not null then
    return v_before;
  end if;
  perform oblivion.require_card_budget(v_owner, v_amount);
  v_free := oblivion.balance_of(oblivion.card_account('customer_free', v_owner));
  for v_payment in
    select p.* from oblivion.card_payments p where p.owner_id = v_owner order by p.paid_at desc, p.payment_id
  loop
    exit when v_rest = 0;
    v_part := least(v_rest, oblivion.refundable(v_payment));
    continue when v_part <= 0;
    insert into oblivion.card_withdrawals (owner_id, payment_id, amount)
    values (v_owner, v_payment.payment_id, v_part)
    returning id into v_withdrawal;
    perform oblivion.book_card('withdraw', v_withdrawal::text,
      array[oblivion.card_account('customer_free', v_owner), oblivion.card_account('card_refunding')],
      array[-v_part, v_part]);
    v_rest := v_rest - v_part;
  end loop;
  if v_rest > 0 then
    perform oblivion.raise_error('OB007', 'Less than this can go back to your cards.', 'Ask for less.',
      jsonb_build_object('needed', p_amount, 'free', (v_amount - v_rest)::text));
  end if;
  return oblivion.keep_answer(v_owner, p_request_id, v_call,
    jsonb_build_object('requested', p_amount, 'free', (v_free - v_amount)::text));
end
$$;
comment on function public.request_card_refund(text, text) is
  'Takes free card money of the caller''s back to the cards that it came from, the latest payment first; under a p_request_id of the caller''s once. Answers {requested, free}. OB001, OB005, OB007, OB090.';

create function oblivion.card_refunds_due()
returns jsonb
language sql
stable
security definer
set search_path = ''
as $$
  select coalesce(jsonb_agg(jsonb_build_object(
           'withdrawalId', w.id, 'paymentId', w.payment_id, 'amount', w.amount::text) order by w.requested_at, w.id), '[]')
    from (
      select x.*
        from oblivion.card_withdrawals x
       where x.state = 'requested'
       order by x.requested_at, x.id
       limit 100) w
$$;
comment on function oblivion.card_refunds_due() is
  'Withdrawals that Stripe is to be asked for, under the withdrawal''s id, so that asking twice is one refund. For the coordinator.';

create function oblivion.fail_card_withdrawal(p_withdrawal_id uuid, p_reason text)
returns boolean
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_withdrawal oblivion.card_withdrawals;
begin
  perform pg_advisory_xact_lock(oblivion.lock_key('card', 'money'));
  update oblivion.card_withdrawals w
     set state = 'failed',
         reason = left(p_reason, 200),
         ended_at = now()
   where w.id = p_withdrawal_id
     and w.state = 'requested'
  returning w.* into v_withdrawal;
  if not found then
    return false;
  end if;
  perform oblivion.book_card('refund_failed', v_withdrawal.id::text,
    array[oblivion.card_account('card_refunding'), oblivion.card_account('customer_free', v_withdrawal.owner_id)],
    array[-v_withdrawal.amount, v_withdrawal.amount]);
  return true;
end
$$;
comment on function oblivion.fail_card_withdrawal(uuid, text) is
  'Stripe refuses a refund for good: its money is free again. False where it ended otherwise. For the coordinator.';

create function oblivion.return_withdrawal(p_refund oblivion.card_refunds, p_withdrawal_id uuid)
returns boolean
language plpgsql
security definer
set search_path = ''
as $$
begin
  update oblivion.card_withdrawals w
     set state = 'returned',
         refund_id = p_refund.refund_id,
         ended_at = now()
   where w.id = p_withdrawal_id
     and w.payment_id = p_refund.payment_id
     and w.amount = p_refund.amount
     and w.state = 'requested';
  return found;
end
$$;
comment on function oblivion.return_withdrawal(oblivion.card_refunds, uuid) is
  'Whether a refund is the one that a withdrawal waits for; it is returned then. For the engine alone.';
