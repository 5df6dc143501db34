-- What the contract is told of customers' spending, and what providers are told they may claim of it. For the coordinator.

create table oblivion.vouchers (
  instance_id bigint not null references oblivion.settlement_instances,
  owner_id bigint not null references oblivion.owners,
  cumulative bigint not null check (cumulative > 0),
  signature text not null check (signature ~ '^0x[0-9a-f]{130}$'),
  signer text check (signer ~ '^0x[0-9a-f]{40}$'),
  -- What it could still have grown by when it was signed.
  room bigint check (room >= 0),
  signed_at timestamptz not null default now(),
  primary key (instance_id, owner_id)
);
comment on table oblivion.vouchers is
  'The signed running total of each provider; a newer one replaces the older, and so does one of a newer signer.';

create function oblivion.charge_receipts(p_instance_id bigint, p_owner_id bigint)
returns void
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_charge bigint := nextval(pg_get_serial_sequence('oblivion.charges', 'id'));
begin
  -- Money leaves only by here: a receipt that is not of its task's asset, instance and customer (M1) stops it loudly.
  if exists (
    select
      from oblivion.receipts r
      left join oblivion.tasks t
        on t.id = r.task_id and t.asset = r.asset and t.instance_id = r.instance_id and t.owner_id = r.customer_owner_id
     where r.charge_id is null
       and r.customer_owner_id = p_owner_id
       and (t.id is null or r.price <= 0 or r.fee not between 0 and r.price)) then
    raise exception 'A receipt of customer % is not of its task: asset, instance, customer or amounts are wrong.', p_owner_id
      using errcode = 'foreign_key_violation';
  end if;
  -- Stamped one by one, not by a cursor over ids: a receipt with a lower id may be committed later.
  with stamped as (
    update oblivion.receipts r
       set charge_id = v_charge
     where r.charge_id is null
       and r.customer_owner_id = p_owner_id
       and r.instance_id = p_instance_id
       and r.asset = 'chain'
    returning r.provider_owner_id, r.payee_owner_id, r.price, r.fee, r.accepted_at
  ), proofs as (
    insert into oblivion.results_by_customer as c (provider_owner_id, customer_owner_id, results)
    select d.provider_owner_id, p_owner_id, count(*)
      from stamped d
      join oblivion.owners o on o.id = d.provider_owner_id and o.proven_count < 1000
       and d.accepted_at > coalesce(o.judged_at, '-infinity')
     group by d.provider_owner_id
    on conflict (provider_owner_id, customer_owner_id) do update set results = c.results + excluded.results, fresh = true
  ), made as (
    insert into oblivion.charges (id, instance_id, owner_id, cumulative, cumulative_fee)
    overriding system value
    select v_charge, p_instance_id, p_owner_id, l.price + sum(d.price), l.fee + sum(d.fee)
      from stamped d, oblivion.charged_spending(p_instance_id, p_owner_id) l
     group by l.price, l.fee
  ), parts as (
    insert into oblivion.charge_parts (charge_id, payee_owner_id, reward)
    select v_charge, d.payee_owner_id, sum(d.price - d.fee)
      from stamped d
     group by d.payee_owner_id
    returning payee_owner_id, reward
  )
  insert into oblivion.payee_totals as t (instance_id, payee_owner_id, charged)
  select p_instance_id, p.payee_owner_id, p.reward from parts p
  on conflict (instance_id, payee_owner_id) do update set charged = t.charged + excluded.charged;
end
$$;
comment on function oblivion.charge_receipts(bigint, bigint) is
  'Folds what a customer owes since its last charge into a new one, and counts for whose results it pays (T5). For the engine alone.';

create function oblivion.charges_due(p_instance_id bigint)
returns jsonb
language plpgsql
security definer
set search_path = ''
as $$
begin
  perform oblivion.require_instance(p_instance_id);
  perform oblivion.pay_card_earnings(p_instance_id);
  perform oblivion.charge_receipts(p_instance_id, c.owner_id)
    from (
      select distinct r.customer_owner_id as owner_id
        from oblivion.receipts r
       where r.charge_id is null
         and r.instance_id = p_instance_id
         and r.asset = 'chain'
       order by 1) c;
  -- Who holds a stolen settler key can charge a customer more than it has spent: what it spends up to there is paid for,
  -- and no event will say so again.
  perform oblivion.confirm_charges(p_instance_id, c.owner_id, e.cumulative)
    from (
      select x.owner_id, min(x.cumulative) as cumulative
        from oblivion.charges x
       where x.instance_id = p_instance_id
         and x.confirmed_at is null
       group by x.owner_id) c
   cross join lateral (
      select max(v.cumulative) as cumulative
        from oblivion.chain_events v
       where v.instance_id = p_instance_id
         and v.owner_id = c.owner_id
         and v.kind = 'Charged') e
   where e.cumulative >= c.cumulative;
  return (
    select coalesce(jsonb_agg(jsonb_build_object(
             'customer', o.address,
             'cumulative', d.cumulative::text,
             'cumulativeFee', d.cumulative_fee::text)
             -- By address, a hundred lower ones would keep everybody else waiting for ever.
             order by oblivion.exit_of(p_instance_id, d.owner_id) > 0 desc, d.since, d.first_id), '[]')
      from (
        select c.owner_id, max(c.cumulative) as cumulative, max(c.cumulative_fee) as cumulative_fee,
               coalesce(max(b.opened_at), min(c.created_at)) as since, min(c.id) as first_id
          from oblivion.charges c
          left join oblivion.relay_transactions b on b.id = c.batch_id
         where c.instance_id = p_instance_id
           and c.confirmed_at is null
         group by c.owner_id) d
      join oblivion.owners o on o.id = d.owner_id);
end
$$;
comment on function oblivion.charges_due(bigint) is
  'What each customer has spent in all, where the contract does not know it yet: who leaves comes first, then who has waited longest since it was due or in a batch. Asking again before it is confirmed answers the same or more. OB015, OB016. For the coordinator.';

create function oblivion.shared_earnings(p_instance_id bigint, p_owner_id bigint)
returns bigint
language sql
stable
security definer
set search_path = ''
as $$
  select (coalesce((
            select sum(s.amount) from oblivion.earning_shares s
             where s.to_owner_id = p_owner_id and s.instance_id = p_instance_id), 0)
        - coalesce((
            select sum(s.amount) from oblivion.earning_shares s
             where s.from_owner_id = p_owner_id and s.instance_id = p_instance_id), 0))::bigint
$$;
comment on function oblivion.shared_earnings(bigint, bigint) is
  'What came to an owner from visitors'' accounts, less what went from its own. For the engine alone.';

create function oblivion.charged_earnings(p_instance_id bigint, p_owner_id bigint)
returns bigint
language sql
stable
security definer
set search_path = ''
as $$
  select coalesce((
           select t.confirmed
             from oblivion.payee_totals t
            where t.instance_id = p_instance_id
              and t.payee_owner_id = p_owner_id), 0)::bigint
       + oblivion.shared_earnings(p_instance_id, p_owner_id)
$$;
comment on function oblivion.charged_earnings(bigint, bigint) is
  'A payee''s earnings that the contract''s pool already holds: all that a voucher may say. For the engine alone.';

create function oblivion.voucher_room(p_instance_id bigint, p_owner_id bigint)
returns bigint
language sql
stable
security definer
set search_path = ''
as $$
  select least(i.limits, coalesce(v.room, i.limits) + floor(i.limits * extract(epoch from now() - v.signed_at) / 86400))::bigint
    from (
      select x.claim_cap / 5 as limits from oblivion.settlement_instances x where x.id = p_instance_id) i
    left join oblivion.vouchers v on v.instance_id = p_instance_id and v.owner_id = p_owner_id
$$;
comment on function oblivion.voucher_room(bigint, bigint) is
  'What a provider''s voucher may grow by now: a fifth of what the contract pays out in a day, refilled as the contract''s caps are, so that neither a forged receipt nor one provider takes all of a day (M8, M15). Null before the coordinator has read the cap. For the engine alone.';

create function oblivion.vouchers_due(p_instance_id bigint, p_signer text default null)
returns jsonb
language plpgsql
security definer
set search_path = ''
as $$
begin
  perform oblivion.require_instance(p_instance_id);
  perform oblivion.share_site_earnings(p_instance_id);
  return (
    select coalesce(jsonb_agg(jsonb_strip_nulls(jsonb_build_object(
             'provider', d.address,
             'cumulative', d.cumulative::text,
             'withheld', nullif(d.earned - d.cumulative, 0)::text)) order by d.address), '[]')
      from (
        select o.address, e.earned, v.cumulative as signed, v.signer,
               least(e.earned, coalesce(v.cumulative, 0) + oblivion.voucher_room(p_instance_id, e.owner_id)) as cumulative
          from (
            select p.owner_id, sum(p.amount)::bigint as earned
              from (
                select t.payee_owner_id as owner_id, t.confirmed as amount
                  from oblivion.payee_totals t
                 where t.instance_id = p_instance_id
                union all
                select s.to_owner_id, s.amount from oblivion.earning_shares s where s.instance_id = p_instance_id) p
             group by p.owner_id) e
          -- A visitor has no wallet: what is its own waits until one is bound to it.
          join oblivion.owners o on o.id = e.owner_id and o.kind = 'wallet'
          left join oblivion.vouchers v on v.instance_id = p_instance_id and v.owner_id = e.owner_id
         where e.earned > coalesce(v.cumulative, 0)
            or v.signer <> lower(p_signer)) d
     where d.cumulative > coalesce(d.signed, 0)
        or d.cumulative > 0 and d.signer <> lower(p_signer));
end
$$;
comment on function oblivion.vouchers_due(bigint, text) is
  'Providers whose charged earnings exceed their last voucher, with the new running total and what of it has to wait (withheld), and those whose last voucher another key than p_signer has signed. OB015, OB016. For the coordinator.';

create function oblivion.store_voucher(
  p_instance_id bigint,
  p_provider text,
  p_cumulative text,
  p_signature text,
  p_signer text default null
)
returns void
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_owner bigint;
  v_earned bigint;
  v_room bigint;
  v_growth bigint;
begin
  perform oblivion.require_instance(p_instance_id);
  v_owner := oblivion.owner_of(p_provider);
  v_earned := oblivion.charged_earnings(p_instance_id, v_owner);
  if p_cumulative::bigint > v_earned then
    perform oblivion.raise_error('OB005', 'A voucher never exceeds the charged earnings of its provider.', null,
      jsonb_build_object('field', 'p_cumulative', 'reason', 'above_earnings', 'earned', v_earned::text));
  end if;
  v_room := oblivion.voucher_room(p_instance_id, v_owner);
  select p_cumulative::bigint - coalesce(max(v.cumulative), 0)
    into v_growth
    from oblivion.vouchers v
   where v.instance_id = p_instance_id
     and v.owner_id = v_owner;
  if v_growth > v_room then
    perform oblivion.raise_error('OB005', 'A voucher grows by at most a fifth of the claim cap a day.', 'Ask vouchers_due again later.',
      jsonb_build_object('field', 'p_cumulative', 'reason', 'above_growth', 'room', v_room::text));
  end if;
  insert into oblivion.vouchers as v (instance_id, owner_id, cumulative, signature, signer, room)
  values (p_instance_id, v_owner, p_cumulative::bigint, lower(p_signature), lower(p_signer), v_room - v_growth)
  on conflict (instance_id, owner_id) do update
    set cumulative = excluded.cumulative,
        signature = excluded.signature,
        signer = excluded.signer,
        room = excluded.room,
        signed_at = now()
  where v.cumulative < excluded.cumulative
     or v.cumulative = excluded.cumulative and v.signer is distinct from excluded.signer;
end
$$;
comment on function oblivion.store_voucher(bigint, text, text, text, text) is
  'Keeps a newer voucher of a provider, or the same total by a newer signer; an older or equal one changes nothing. OB005, OB015, OB016. For the coordinator.';
