-- What a wallet sees of its own card money.

create function public.my_card_money()
returns jsonb
language plpgsql
stable
security definer
set search_path = ''
as $$
declare
  v_wallet text := oblivion.require_wallet();
  v_window interval := (select s.card_dispute_window from oblivion.settings s);
  v_owner bigint;
begin
  select o.id into v_owner from oblivion.owners o where o.address = v_wallet;
  return jsonb_build_object(
    'asset', 'card',
    'customer', v_wallet,
    'windowSeconds', extract(epoch from v_window)::bigint,
    'frozen', oblivion.is_card_frozen(v_owner),
    'free', (
      select coalesce(sum(e.amount), 0)::text
        from oblivion.accounts a
        join oblivion.ledger_entries e on e.account_id = a.id
       where a.kind = 'customer_free' and a.asset = 'card' and a.owner_id = v_owner
         and a.instance_id = oblivion.card_instance() and a.task_id is null),
    'held', (
      select (coalesce(sum(oblivion.balance_of(a.id)), 0))::text
        from oblivion.tasks t
        join oblivion.accounts a
          on a.kind = 'task_hold' and a.asset = 'card' and a.instance_id = t.instance_id and a.owner_id is null and a.task_id = t.id
       where t.owner_id = v_owner and t.asset = 'card'),
    'spent', (
      select coalesce(sum(r.price), 0)::text
        from oblivion.tasks t
        join oblivion.receipts r on r.task_id = t.id
       where t.owner_id = v_owner and t.asset = 'card'),
    'deposited', (
      select coalesce(sum(p.amount), 0)::text from oblivion.card_payments p where p.owner_id = v_owner),
    'refunded', (
      select coalesce(sum(r.amount), 0)::text
        from oblivion.card_payments p
        join oblivion.card_refunds r on r.payment_id = p.payment_id
       where p.owner_id = v_owner and not r.failed),
    'returning', (
      select coalesce(sum(w.amount), 0)::text
        from oblivion.card_withdrawals w
       where w.owner_id = v_owner and w.state = 'requested'),
    -- The last ten, so that whoever asked sees what came of it.
    'withdrawals', (
      select coalesce(jsonb_agg(jsonb_build_object(
               'amount', w.amount::text,
               'state', w.state,
               'reason', w.reason,
               'requestedAt', w.requested_at,
               'endedAt', w.ended_at) order by w.requested_at desc, w.id), '[]')
        from (
          select x.*
            from oblivion.card_withdrawals x
           where x.owner_id = v_owner
           order by x.requested_at desc, x.id
           limit 10) w),
    'disputed', (
      select coalesce(sum(d.amount), 0)::text
        from oblivion.card_disputes d
       where d.owner_id = v_owner and d.state <> 'won'),
    'earnings', (
      select jsonb_build_object(
               'total', coalesce(sum(e.reward), 0)::text,
               -- Until the dispute window of the task has ended.
               'waiting', coalesce(sum(e.reward) filter (where e.charge_id is null and not e.reversed and e.ripe_at > now()), 0)::text,
               'nextAt', min(e.ripe_at) filter (where e.charge_id is null and not e.reversed and e.ripe_at > now()),
               -- Until the operator's escrow covers it.
               'ripe', coalesce(sum(e.reward) filter (where e.charge_id is null and not e.reversed and e.ripe_at <= now()), 0)::text,
               -- Part of the voucher, as earnings in tokens are.
               'payable', coalesce(sum(e.reward) filter (where e.charge_id is not null), 0)::text,
               'reversed', coalesce(sum(e.reward) filter (where e.reversed), 0)::text)
        from (
          select r.charge_id, r.price - r.fee as reward, t.created_at + v_window as ripe_at,
                 exists (
                   select from oblivion.card_reversals x where x.job_id = r.job_id and x.restored_at is null) as reversed
            from oblivion.receipts r
            join oblivion.tasks t on t.id = r.task_id
           where r.payee_owner_id = v_owner and r.asset = 'card') e));
end
$$;
comment on function public.my_card_money() is
  'The caller''s card money, apart from its tokens: customer, its wallet; as a customer what is free, held, spent, deposited, refunded, on its way back to a card (returning, withdrawals) and disputed, and whether a dispute freezes it; as a provider what it earned in it: total = waiting + ripe + payable + reversed. Decimal strings of millionths of a dollar. OB001.';
