-- What a wallet sees of its own money.

create function oblivion.caller_owner()
returns bigint
language sql
stable
security definer
set search_path = ''
as $$
  -- A visitor's owner has no address: of a key it is its node's.
  select case when oblivion.node_key_hash() is null
    then (select o.id from oblivion.owners o where o.address = oblivion.caller_wallet())
    else (select n.owner_id from public.nodes n where n.key_hash = oblivion.node_key_hash()) end
$$;
comment on function oblivion.caller_owner() is 'The owner behind the caller''s session or node key, or null. Any role may call it: policies do.';

create function public.my_balance()
returns jsonb
language plpgsql
stable
security definer
set search_path = ''
as $$
declare
  v_wallet text := oblivion.require_wallet('read');
  v_instance oblivion.settlement_instances := oblivion.open_instance();
  v_owner bigint;
  v_customer oblivion.chain_customers;
  v_free bigint;
  v_exiting bigint;
  v_spent bigint;
begin
  select o.id into v_owner from oblivion.owners o where o.address = v_wallet;
  select c.* into v_customer
    from oblivion.chain_customers c
   where c.instance_id = v_instance.id
     and c.owner_id = v_owner;
  v_free := oblivion.free_of(v_instance.id, v_owner);
  -- What leaves beyond the free part comes out of holds when it leaves.
  v_exiting := least(oblivion.exit_of(v_instance.id, v_owner), v_free);
  select coalesce(sum(r.price), 0) + (select s.price from oblivion.charged_spending(v_instance.id, coalesce(v_owner, 0)) s)
    into v_spent
    from oblivion.receipts r
   where r.charge_id is null
     and r.customer_owner_id = v_owner and r.asset = 'chain' and r.instance_id = v_instance.id;
  return jsonb_build_object(
    'address', v_wallet,
    'asset', 'chain',
    'chainId', v_instance.chain_id,
    'settlementAddress', v_instance.contract_address,
    'halted', v_instance.halted_reason,
    'free', (v_free - v_exiting)::text,
    'exiting', v_exiting::text,
    'exitRipeAt', case when v_customer.exit_lapses_at >= now() then v_customer.exit_ripe_at end,
    'exitLapsesAt', case when v_customer.exit_lapses_at >= now() then v_customer.exit_lapses_at end,
    'dailyCap', oblivion.daily_cap_of(v_instance.id, v_owner)::text,
    'raisedCap', case when v_customer.raised_at > now() then v_customer.raised_cap::text end,
    'raisedAt', case when v_customer.raised_at > now() then v_customer.raised_at end,
    -- Where no cap is known none bounds a task (require_budget()).
    'room', (
      select greatest(x.room, 0)::text
        from oblivion.exposure_room(v_instance.id, v_owner) as x(room)
       where x.room is not null),
    'withdrawn', (
      select coalesce(sum(e.amount), 0)::text
        from oblivion.chain_events e
       where e.owner_id = v_owner and e.instance_id = v_instance.id and e.kind = 'Withdrawn'),
    'held', (
      select (coalesce(sum(e.amount), 0) - v_spent)::text
        from oblivion.tasks t
        join oblivion.accounts a on a.task_id = t.id and a.kind = 'task_hold'
        join oblivion.ledger_entries e on e.account_id = a.id
       where t.owner_id = v_owner and t.asset = 'chain' and t.instance_id = v_instance.id),
    'spent', v_spent::text,
    'deposited', (
      select coalesce(sum(e.amount), 0)::text
        from oblivion.chain_events e
       where e.owner_id = v_owner and e.instance_id = v_instance.id and e.kind = 'Deposited'),
    'play', oblivion.play_balance(v_owner));
end
$$;
comment on function public.my_balance() is
  'The caller''s money as a customer and which wallet that is, as an API key cannot know otherwise: deposited = free + exiting + held + spent + withdrawn, its exit, its daily cap and what of it is left for more tasks (room; both null before the contract was read); and, beside all that, its play money, {free, held, spent, earned} or null. Decimal strings of the smallest unit. OB001, OB030, OB031.';

create function public.my_earnings()
returns jsonb
language plpgsql
stable
security definer
set search_path = ''
as $$
declare
  v_wallet text := oblivion.require_wallet();
  v_instance oblivion.settlement_instances := oblivion.open_instance();
  v_owner bigint;
  v_total bigint;
  v_charged bigint;
  v_vouched bigint;
  v_settled bigint;
  v_shared bigint;
begin
  select o.id into v_owner from oblivion.owners o where o.address = v_wallet;
  v_charged := oblivion.charged_earnings(v_instance.id, v_owner);
  v_settled := oblivion.settled_of(v_instance.id, v_owner);
  v_shared := oblivion.shared_earnings(v_instance.id, v_owner);
  v_total := oblivion.earned_of(v_instance.id, v_owner);
  select coalesce(max(v.cumulative), 0)
    into v_vouched
    from oblivion.vouchers v
   where v.owner_id = v_owner and v.instance_id = v_instance.id;
  return jsonb_build_object(
    'total', v_total::text,
    'pending', (v_total - greatest(v_vouched, v_settled))::text,
    'claimable', greatest(0, v_vouched - v_settled)::text,
    'settled', v_settled::text,
    'fromSites', v_shared::text,
    'receipts', (
      select coalesce(jsonb_agg(jsonb_build_object(
               'receiptId', r.id,
               'taskId', r.task_id,
               'title', t.title,
               'chunkIndex', r.chunk_index,
               'jobId', r.job_id,
               'attempt', r.attempt,
               'asset', r.asset,
               'price', r.price::text,
               'fee', r.fee::text,
               'reward', r.reward::text,
               'resultHash', r.result_hash,
               'acceptedAt', r.accepted_at,
               'startedAt', r.started_at,
               'state', case
                 when r.asset = 'test' then 'play'
                 -- As my_card_money() sums it; once it is charged, a voucher pays it like any other.
                 when r.asset = 'card' and r.charge_id is null then case
                   when exists (
                     select from oblivion.card_reversals x where x.job_id = r.job_id and x.restored_at is null)
                   then 'reversed'
                   when t.created_at + (select s.card_dispute_window from oblivion.settings s) > now() then 'waiting'
                   else 'ripe' end
                 when not r.confirmed or r.paid_before + r.reward > v_vouched then 'pending'
                 when r.paid_before + r.reward <= v_settled then 'settled'
                 else 'claimable' end) order by r.id desc), '[]')
        from (
          -- Vouchers pay a running total, so a receipt is paid once that total has passed it.
          select x.*,
                 v_charged - sum(x.reward) filter (where x.confirmed) over (order by x.id desc) as paid_before
            from (
              select q.*, q.price - q.fee as reward, k.confirmed_at is not null as confirmed
                from oblivion.receipts q
                left join oblivion.charges k on k.id = q.charge_id
               where q.payee_owner_id = v_owner
                 and coalesce(k.instance_id, q.instance_id) in (v_instance.id, oblivion.card_instance())
               order by q.id desc
               limit 50) x) r
        join oblivion.tasks t on t.id = r.task_id));
end
$$;
comment on function public.my_earnings() is
  'The caller''s earnings: total = pending + claimable + settled, what of it came from sites and their visitors, and its last 50 receipts, those in card and play money too, which no total counts: asset and state say where each stands. OB001.';

create function public.my_voucher()
returns jsonb
language plpgsql
stable
security definer
set search_path = ''
as $$
declare
  v_wallet text := oblivion.require_wallet();
  v_instance oblivion.settlement_instances := oblivion.open_instance();
begin
  return (
    select jsonb_build_object(
      'chainId', v_instance.chain_id,
      'settlementAddress', v_instance.contract_address,
      'provider', o.address,
      'cumulative', v.cumulative::text,
      'settled', oblivion.settled_of(v_instance.id, o.id)::text,
      'claimable', greatest(0, v.cumulative - oblivion.settled_of(v_instance.id, o.id))::text,
      'signature', v.signature)
      from oblivion.owners o
      join oblivion.vouchers v on v.owner_id = o.id and v.instance_id = v_instance.id
     where o.address = v_wallet);
end
$$;
comment on function public.my_voucher() is 'The caller''s signed running total for the contract''s claim(), or null. OB001.';
