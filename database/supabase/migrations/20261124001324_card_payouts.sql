-- How card money reaches providers. After the dispute window, and as far as the operator's own escrow in the contract
-- reaches, what they earned in card money becomes a charge of the operator's: the contract moves the operator's tokens into
-- its pool, the voucher follows as for any charge, and the card money is the operator's. Two transactions, one of each
-- asset: nothing is converted in the books (M1).

create function oblivion.ripe_card_receipts()
returns table (id bigint, task_id uuid, job_id uuid, payee_owner_id bigint, reward bigint)
language sql
stable
security definer
set search_path = ''
as $$
  -- All that a task spends was paid by card before the task was posted.
  select r.id, r.task_id, r.job_id, r.payee_owner_id, r.price - r.fee
    from oblivion.accounts a
    join oblivion.receipts r on r.customer_owner_id = a.owner_id and r.charge_id is null and r.asset = 'card'
    join oblivion.tasks t on t.id = r.task_id
   cross join oblivion.settings s
   where a.kind = 'customer_free'
     and a.asset = 'card'
     and a.instance_id = oblivion.card_instance()
     and t.created_at <= now() - s.card_dispute_window
     and r.price > r.fee
     and not exists (
           select from oblivion.card_reversals x where x.job_id = r.job_id and x.restored_at is null)
   order by r.id
   limit 10000
$$;
comment on function oblivion.ripe_card_receipts() is
  'Receipts in card money that may be paid out: older than the dispute window, not reversed, not paid; the oldest first. For the engine alone.';

create function oblivion.pay_card_earnings(p_instance_id bigint)
returns bigint
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_payer bigint := (
    select o.id from oblivion.settings s join oblivion.owners o on o.address = s.card_payer);
  v_charge bigint;
  v_dispute text;
  v_room bigint;
  v_paid bigint;
begin
  perform pg_advisory_xact_lock(oblivion.lock_key('card', 'money'));
  -- What has come free since a dispute began.
  for v_dispute in
    select d.dispute_id from oblivion.card_disputes d where d.state <> 'won' and d.covered < d.amount order by d.dispute_id
  loop
    perform oblivion.cover_card_dispute(v_dispute);
  end loop;
  if v_payer is null then
    return 0;
  end if;
  -- As for any customer: its free escrow, which its daily cap lets through, and that it does not take out.
  perform pg_advisory_xact_lock(oblivion.lock_key('customer', v_payer::text));
  v_room := least(oblivion.free_of(p_instance_id, v_payer), oblivion.exposure_room(p_instance_id, v_payer));
  if coalesce(v_room, 0) <= 0 or oblivion.exit_of(p_instance_id, v_payer) > 0 then
    return 0;
  end if;
  v_charge := nextval(pg_get_serial_sequence('oblivion.charges', 'id'));
  with ripe as (
    select x.task_id, x.job_id, x.payee_owner_id, x.reward, sum(x.reward) over (order by x.id) as total
      from oblivion.ripe_card_receipts() x
  ), stamped as (
    update oblivion.receipts r
       set charge_id = v_charge
      from ripe x
     where r.task_id = x.task_id
       and r.job_id = x.job_id
       and r.charge_id is null
       and x.total <= v_room
    returning r.provider_owner_id, r.payee_owner_id, r.customer_owner_id, x.reward, r.accepted_at
  ), proofs as (
    insert into oblivion.results_by_customer as c (provider_owner_id, customer_owner_id, results)
    select d.provider_owner_id, d.customer_owner_id, count(*)
      from stamped d
      join oblivion.owners o on o.id = d.provider_owner_id and o.proven_count < 1000
       and d.accepted_at > coalesce(o.judged_at, '-infinity')
     group by d.provider_owner_id, d.customer_owner_id
    on conflict (provider_owner_id, customer_owner_id) do update set results = c.results + excluded.results, fresh = true
  ), made as (
    insert into oblivion.charges (id, instance_id, owner_id, cumulative, cumulative_fee)
    overriding system value
    select v_charge, p_instance_id, v_payer, l.price + sum(d.reward), l.fee
      from stamped d, oblivion.charged_spending(p_instance_id, v_payer) l
     group by l.price, l.fee
  ), parts as (
    insert into oblivion.charge_parts (charge_id, payee_owner_id, reward)
    select v_charge, d.payee_owner_id, sum(d.reward)
      from stamped d
     group by d.payee_owner_id
    returning payee_owner_id, reward
  ), totals as (
    insert into oblivion.payee_totals as t (instance_id, payee_owner_id, charged)
    select p_instance_id, p.payee_owner_id, p.reward from parts p
    on conflict (instance_id, payee_owner_id) do update set charged = t.charged + excluded.charged
  )
  insert into oblivion.card_payouts as o (charge_id, instance_id, amount)
  select v_charge, p_instance_id, sum(p.reward) from parts p having sum(p.reward) > 0
  returning o.amount into v_paid;
  if not found then
    return 0;
  end if;
  perform oblivion.book('payout', 'charge:' || v_charge, 'chain', p_instance_id,
    array[oblivion.account('customer_free', 'chain', p_instance_id, v_payer),
          oblivion.account('card_escrow', 'chain', p_instance_id)],
    array[-v_paid, v_paid]);
  perform oblivion.book_card('payout', 'charge:' || v_charge,
    array_agg(oblivion.card_account('provider_earned', p.payee_owner_id)) || oblivion.card_account('card_proceeds'),
    array_agg(-p.reward) || v_paid)
    from oblivion.charge_parts p
   where p.charge_id = v_charge;
  return v_paid;
end
$$;
comment on function oblivion.pay_card_earnings(bigint) is
  'Charges the operator''s escrow for receipts in card money that are ripe; answers how much. At the head of charges_due. For the engine alone.';

create function oblivion.set_card_terms(p_payer text, p_window_days int default null)
returns void
language plpgsql
security definer
set search_path = ''
as $$
begin
  if p_payer is not null and p_payer !~* '^0x[0-9a-f]{40}$' then
    perform oblivion.raise_error('OB005', 'The payer is a wallet''s address.', null,
      jsonb_build_object('field', 'p_payer', 'reason', 'shape'));
  elsif p_window_days not between 0 and 3650 then
    perform oblivion.raise_error('OB005', 'A dispute window is 0 to 3650 days.', null,
      jsonb_build_object('field', 'p_window_days', 'reason', 'range'));
  end if;
  if p_payer is not null then
    perform oblivion.owner_of(p_payer);
  end if;
  update oblivion.settings s
     set card_payer = lower(p_payer),
         card_dispute_window = coalesce(make_interval(days => p_window_days), s.card_dispute_window);
end
$$;
comment on function oblivion.set_card_terms(text, int) is
  'Whose escrow in the contract pays for card money, null for nobody''s, and for how many days after a task was posted its receipts in card money wait. OB005. For the coordinator.';
