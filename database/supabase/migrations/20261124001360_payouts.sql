-- Payouts that the relayer sends, so that they cost a provider nothing: for whoever asks, or said from which amount on.
-- Everybody can always claim by itself.

create table oblivion.payout_orders (
  instance_id bigint not null references oblivion.settlement_instances,
  owner_id bigint not null references oblivion.owners,
  -- Once: until it was paid this much in all.
  asked bigint check (asked > 0),
  -- Always: whenever this much is claimable.
  from_amount bigint check (from_amount > 0),
  -- Its last payout on chain.
  paid_block bigint,
  -- The last batch that had a row of it: who had none, or longest ago, comes first.
  batch_id bigint references oblivion.relay_transactions,
  primary key (instance_id, owner_id)
);
comment on table oblivion.payout_orders is 'Which providers want their vouchers sent for them.';

create function oblivion.payout_minimum()
returns bigint
language sql
immutable parallel safe
-- A cent. A row of a batch costs some 20,000 gas: a tenth of a cent on Polygon where gas is dear.
return 10000;
comment on function oblivion.payout_minimum() is 'The least that is sent for a provider, smallest unit.';

create function oblivion.earned_of(p_instance_id bigint, p_owner_id bigint)
returns bigint
language sql
stable
security definer
set search_path = ''
as $$
  select oblivion.receipt_sum('provider_earned', 'chain', p_instance_id, coalesce(p_owner_id, 0))
       + oblivion.shared_earnings(p_instance_id, p_owner_id)
$$;
comment on function oblivion.earned_of(bigint, bigint) is 'All that an owner has earned, charged or not. For the engine alone.';

create function oblivion.payouts_due(p_instance_id bigint)
returns jsonb
language sql
stable
security definer
set search_path = ''
as $$
  select jsonb_build_object(
    'minimum', oblivion.payout_minimum()::text,
    'vouchers', coalesce(jsonb_agg(jsonb_build_object('provider', d.address, 'cumulative', d.cumulative::text)
                                   order by d.batch_id nulls first, d.address), '[]'))
    from (
      select w.address, v.cumulative, p.batch_id
        from oblivion.payout_orders p
        join oblivion.owners w on w.id = p.owner_id
        join oblivion.vouchers v on v.instance_id = p.instance_id and v.owner_id = p.owner_id
       cross join lateral oblivion.settled_of(p.instance_id, p.owner_id) as settled
       where p.instance_id = p_instance_id
         and v.cumulative - settled >= oblivion.payout_minimum()
         and (p.asked > settled or v.cumulative - settled >= p.from_amount)
         -- A row that got nothing in its block will get nothing in the next one: the token refuses its payee. A hundred of
         -- them would fill every batch and burn its gas.
         and not exists (
           select
             from oblivion.relay_transactions b
             join oblivion.relay_tries t on t.transaction_id = b.id and t.try = b.mined_try and not t.cancels
            where b.id = p.batch_id
              and b.succeeded
              and b.opened_at > now() - interval '1 day'
              and coalesce(p.paid_block, 0) < b.mined_block)
       order by p.batch_id nulls first, w.address
       limit 500) d
$$;
comment on function oblivion.payouts_due(bigint) is
  'Vouchers that are to be sent for their providers, who had a row longest ago first; at most 500. Whom a batch of the last day did not pay waits for the next day. For the coordinator.';

create function oblivion.show_payout(p_instance_id bigint, p_owner_id bigint)
returns jsonb
language sql
stable
security definer
set search_path = ''
as $$
  select jsonb_build_object(
    'minimum', oblivion.payout_minimum()::text,
    'asked', greatest(0, p.asked - oblivion.settled_of(p_instance_id, p_owner_id))::text,
    'from', p.from_amount::text)
    from (select) one
    left join oblivion.payout_orders p on p.instance_id = p_instance_id and p.owner_id = p_owner_id
$$;
comment on function oblivion.show_payout(bigint, bigint) is 'A provider''s orders, as its owner sees them. For the engine alone.';

create function public.my_payout()
returns jsonb
language sql
stable
security definer
set search_path = ''
as $$
  select oblivion.show_payout((oblivion.open_instance()).id, o.id)
    from (select oblivion.require_wallet() as address) w
    left join oblivion.owners o on o.address = w.address
$$;
comment on function public.my_payout() is
  'What the caller has ordered: {minimum, asked: what of its order is still to come, from: the amount from which on payouts are sent or null}; decimal strings of the smallest unit. OB001.';

create function oblivion.order_payout(p_asked boolean, p_from bigint)
returns jsonb
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_owner bigint := oblivion.owner_of(oblivion.require_wallet());
  v_instance oblivion.settlement_instances := oblivion.open_instance();
  v_earned bigint;
begin
  if v_instance.id is null then
    perform oblivion.raise_error('OB012', 'No settlement contract is open, so nothing can be paid.', 'Ask the operator to open one.');
  end if;
  v_earned := oblivion.earned_of(v_instance.id, v_owner);
  if p_asked and v_earned - oblivion.settled_of(v_instance.id, v_owner) < oblivion.payout_minimum() then
    perform oblivion.raise_error('OB005', 'You have earned less than what a payout is sent for.', 'Earn a little more, or claim it yourself.',
      jsonb_build_object('field', 'earned', 'reason', 'below_minimum', 'minimum', oblivion.payout_minimum()::text));
  end if;
  insert into oblivion.payout_orders as p (instance_id, owner_id, asked, from_amount)
  values (v_instance.id, v_owner, case when p_asked then v_earned end, case when not p_asked then p_from end)
  on conflict (instance_id, owner_id) do update
    set asked = case when p_asked then excluded.asked else p.asked end,
        from_amount = case when p_asked then p.from_amount else excluded.from_amount end;
  return oblivion.show_payout(v_instance.id, v_owner);
end
$$;
comment on function oblivion.order_payout(boolean, bigint) is
  'Keeps an order of the caller: for what it has earned so far, or from which amount on. For the engine alone.';

create function public.request_payout()
returns jsonb
language sql
security definer
set search_path = ''
as $$
  select oblivion.order_payout(true, null)
$$;
comment on function public.request_payout() is
  'Has all that the caller has earned up to now sent to its wallet, in one of the next batches and at no cost to it. Answers as my_payout. OB001, OB005, OB012.';

create function public.set_payout_from(p_from text)
returns jsonb
language plpgsql
security definer
set search_path = ''
as $$
begin
  if p_from is not null and (p_from !~ '^[0-9]{1,18}$' or p_from::bigint < oblivion.payout_minimum()) then
    perform oblivion.raise_error('OB005', 'p_from is an amount in the smallest unit, at least the minimum of a payout, or null.', null,
      jsonb_build_object('field', 'p_from', 'reason', 'amount', 'minimum', oblivion.payout_minimum()::text));
  end if;
  return oblivion.order_payout(false, p_from::bigint);
end
$$;
comment on function public.set_payout_from(text) is
  'From which claimable amount on the caller is paid without asking, smallest unit; null for never. Answers as my_payout. OB001, OB005, OB012.';
