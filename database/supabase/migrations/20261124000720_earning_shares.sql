-- What a site's visitor earned is shared once the contract's pool holds it: the site's part goes to the site's owner, the
-- visitor's stays in the visitor's account until a wallet is bound to it. The way of a result knows nothing of this: it
-- pays the visitor's account whole.

create table oblivion.earning_shares (
  id bigint generated always as identity primary key,
  instance_id bigint not null references oblivion.settlement_instances,
  from_owner_id bigint not null references oblivion.owners,
  -- Null: to the reserve, for a wrong result.
  to_owner_id bigint references oblivion.owners,
  amount bigint not null check (amount > 0),
  reason text not null check (reason in ('site', 'bound', 'lapsed', 'forfeit')),
  transaction_id bigint not null unique references oblivion.ledger_transactions,
  created_at timestamptz not null default now(),
  check (from_owner_id <> to_owner_id),
  check ((to_owner_id is null) = (reason = 'forfeit'))
);
create index on oblivion.earning_shares (to_owner_id, instance_id) include (amount);
create index on oblivion.earning_shares (from_owner_id, instance_id) include (amount);
create trigger refuse_change before update or delete on oblivion.earning_shares
  for each row execute function oblivion.refuse_change();
create trigger refuse_truncate before truncate on oblivion.earning_shares
  for each statement execute function oblivion.refuse_change();
comment on table oblivion.earning_shares is
  'Charged earnings that went from a visitor''s account to the site''s owner, to the wallet bound to it, or, never bound, to the site''s owner after all; or to the reserve for wrong results (T11).';

create table oblivion.visitor_earnings (
  instance_id bigint not null references oblivion.settlement_instances,
  owner_id bigint not null references oblivion.visitors,
  -- Charged, and less the site's part.
  amount bigint not null default 0,
  moved bigint not null default 0,
  -- What of it never came, for wrong results.
  forfeited bigint not null default 0 check (forfeited >= 0),
  primary key (instance_id, owner_id),
  check (moved between 0 and amount)
);
create index visitor_earnings_open on oblivion.visitor_earnings (owner_id) where moved < amount;
comment on table oblivion.visitor_earnings is 'The visitor''s own part of what was charged, and how much of it went on to a wallet.';

create function oblivion.share_earnings(
  p_instance_id bigint,
  p_from bigint,
  p_to bigint,
  p_amount bigint,
  p_reason text,
  p_reference text
)
returns void
language plpgsql
security definer
set search_path = ''
as $$
begin
  insert into oblivion.earning_shares (instance_id, from_owner_id, to_owner_id, amount, reason, transaction_id)
  values (p_instance_id, p_from, p_to, p_amount, p_reason,
    oblivion.book(case when p_to is null then 'forfeit' else 'share' end, p_reference, 'chain', p_instance_id,
      array[oblivion.account('provider_earned', 'chain', p_instance_id, p_from),
            oblivion.account(case when p_to is null then 'reserve' else 'provider_earned' end, 'chain', p_instance_id, p_to)],
      array[-p_amount, p_amount]));
end
$$;
comment on function oblivion.share_earnings(bigint, bigint, bigint, bigint, text, text) is
  'Books earnings from one account to another, or to the reserve where p_to is null, once per reference. For the engine alone.';

create function oblivion.pass_on_earnings(p_instance_id bigint, p_owner_id bigint, p_to bigint, p_reason text)
returns bigint
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_earned oblivion.visitor_earnings;
begin
  select e.* into v_earned
    from oblivion.visitor_earnings e
   where e.instance_id = p_instance_id
     and e.owner_id = p_owner_id
     for update;
  if v_earned.amount > v_earned.moved then
    perform oblivion.share_earnings(p_instance_id, p_owner_id, p_to, v_earned.amount - v_earned.moved, p_reason,
      format('%s:%s:%s', p_reason, p_owner_id, v_earned.amount));
    update oblivion.visitor_earnings e
       set moved = e.amount
     where e.instance_id = p_instance_id
       and e.owner_id = p_owner_id;
  end if;
  return coalesce(v_earned.amount - v_earned.moved, 0);
end
$$;
comment on function oblivion.pass_on_earnings(bigint, bigint, bigint, text) is
  'Moves all of a visitor''s own part that was not moved yet; answers how much. For the engine alone.';

create function oblivion.site_part(p_visitor oblivion.visitors, p_reward bigint, p_charge_id bigint default null)
returns bigint
language plpgsql
stable
security definer
set search_path = ''
as $$
declare
  v_instance bigint := (oblivion.open_instance()).id;
begin
  if not exists (select from oblivion.visitor_terms t where t.owner_id = p_visitor.owner_id) then
    return floor(p_reward::numeric * p_visitor.owner_bps / 10000);
  end if;
  return (
    select coalesce(sum(floor(g.reward * g.owner_bps / 10000)), 0)
      from (
        select coalesce(t.owner_bps, p_visitor.owner_bps) as owner_bps, sum(r.price - r.fee) as reward
          from oblivion.receipts r
          left join oblivion.charges c on c.id = r.charge_id
          left join lateral (
            select x.owner_bps
              from oblivion.visitor_terms x
             where x.owner_id = p_visitor.owner_id and x.until_at >= r.accepted_at
             order by x.until_at
             limit 1) t on true
         where r.payee_owner_id = p_visitor.owner_id
           and case
                 when p_charge_id is not null then r.charge_id = p_charge_id
                 when r.charge_id is null then r.asset = 'chain' and r.instance_id = v_instance
                 else c.instance_id = v_instance and not c.shared
               end
         group by 1) g);
end
$$;
comment on function oblivion.site_part(oblivion.visitors, bigint, bigint) is
  'The site''s part of p_reward, which a charge pays a visitor, or which is all that it earned on the open instance and that was not shared yet: each result by the share that held when it was accepted. For the engine alone.';

create function oblivion.share_site_earnings(p_instance_id bigint)
returns void
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_charge bigint;
  v_part record;
  v_site_part bigint;
  v_forfeit bigint;
  v_own_forfeit bigint;
begin
  -- Each receipt belongs to one charge, and each charge is shared once, when a wrong result had time to show.
  for v_charge in
    select c.id
      from oblivion.charges c
     cross join oblivion.settings s
     where c.instance_id = p_instance_id
       and c.confirmed_at is not null
       and not c.shared
       and c.confirmed_at <= now() - s.site_hold
     order by c.id
     limit 1000
       for no key update of c
  loop
    for v_part in
      select v.owner_id, v as visitor, s as site, p.reward
        from oblivion.charge_parts p
        join oblivion.visitors v on v.owner_id = p.payee_owner_id
        join oblivion.sites s on s.id = v.site_id
       where p.charge_id = v_charge
       -- Who was wrong answers before others do.
       order by exists (select from oblivion.wrong_results w where w.payee_owner_id = v.owner_id) desc, v.owner_id
    loop
      v_site_part := oblivion.site_part(v_part.visitor, v_part.reward, v_charge);
      v_forfeit := oblivion.forfeit_of(p_instance_id, v_part.site, v_part.owner_id, v_part.reward, v_site_part);
      if v_forfeit > 0 then
        perform oblivion.share_earnings(p_instance_id, v_part.owner_id, null, v_forfeit, 'forfeit',
          format('forfeit:%s:%s', v_charge, v_part.owner_id));
        insert into oblivion.site_forfeits as f (instance_id, site_id, taken)
        values (p_instance_id, (v_part.site).id, v_forfeit)
        on conflict (instance_id, site_id) do update set taken = f.taken + excluded.taken;
      end if;
      v_own_forfeit := greatest(0, v_forfeit - v_site_part);
      v_site_part := v_site_part - (v_forfeit - v_own_forfeit);
      if v_site_part > 0 then
        perform oblivion.share_earnings(p_instance_id, v_part.owner_id, (v_part.site).owner_id, v_site_part, 'site',
          format('site:%s:%s', v_charge, v_part.owner_id));
      end if;
      insert into oblivion.visitor_earnings as e (instance_id, owner_id, amount, forfeited)
      values (p_instance_id, v_part.owner_id, v_part.reward - v_site_part - v_forfeit, v_own_forfeit)
      on conflict (instance_id, owner_id) do update
        set amount = e.amount + excluded.amount,
            forfeited = e.forfeited + excluded.forfeited;
    end loop;
    update oblivion.charges c set shared = true where c.id = v_charge;
  end loop;
  for v_part in
    select v.owner_id, v.bound_owner_id
      from oblivion.visitor_earnings e
      join oblivion.visitors v on v.owner_id = e.owner_id
     cross join oblivion.settings s
     where e.instance_id = p_instance_id
       and e.moved < e.amount
       and v.bound_at <= now() - s.claim_hold
     order by v.owner_id
     limit 1000
  loop
    perform oblivion.pass_on_earnings(p_instance_id, v_part.owner_id, v_part.bound_owner_id, 'bound');
  end loop;
end
$$;
comment on function oblivion.share_site_earnings(bigint) is
  'Shares what was charged and held long enough, less what goes to the reserve for wrong results, and passes on what bound wallets have waited for. At the head of vouchers_due. For the engine alone.';

create function oblivion.lapse_visitor_earnings(p_instance_id bigint)
returns int
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_visitor record;
  v_count int := 0;
begin
  for v_visitor in
    select v.owner_id, x.owner_id as site_owner_id
      from oblivion.visitor_earnings e
      join oblivion.visitors v on v.owner_id = e.owner_id
      join oblivion.sites x on x.id = v.site_id
     cross join oblivion.settings s
     where e.instance_id = p_instance_id
       and e.moved < e.amount
       and v.bound_owner_id is null
       and v.last_seen_at < now() - s.unbound_after
     order by v.owner_id
     limit 1000
       for update of v skip locked
  loop
    perform oblivion.pass_on_earnings(p_instance_id, v_visitor.owner_id, v_visitor.site_owner_id, 'lapsed');
    v_count := v_count + 1;
  end loop;
  return v_count;
end
$$;
comment on function oblivion.lapse_visitor_earnings(bigint) is
  'What no wallet was bound to, 90 days after the last visit, goes to the site, as the consent said. Answers how many accounts. Daily, for the coordinator.';

create function oblivion.require_visitor(p_node_id uuid)
returns oblivion.visitors
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_node public.nodes := oblivion.require_node(p_node_id);
  v_visitor oblivion.visitors;
begin
  select v.* into v_visitor from oblivion.visitors v where v.owner_id = v_node.payee_owner_id for update;
  if not found then
    perform oblivion.raise_error('OB005', 'This node is a wallet''s own and earns for that wallet.', null,
      jsonb_build_object('field', 'p_node_id', 'reason', 'not_a_visitor'));
  end if;
  return v_visitor;
end
$$;
comment on function oblivion.require_visitor(uuid) is 'The visitor''s account behind the caller''s node, locked. For the engine alone.';

create function oblivion.visitor_total(p_owner_id bigint)
returns bigint
language sql
stable
security definer
set search_path = ''
as $$
  select coalesce(x.own, 0) + x.rest - oblivion.site_part(x.visitor, x.rest)
    from (
      select v as visitor, e.amount as own,
             -- What was not shared yet.
             (oblivion.receipt_sum('provider_earned', 'chain', i.id, v.owner_id)
               - coalesce(e.amount, 0)
               - coalesce((
                   select sum(s.amount)
                     from oblivion.earning_shares s
                    where s.instance_id = i.id
                      and s.from_owner_id = v.owner_id
                      and s.reason in ('site', 'forfeit')), 0))::bigint as rest
        from oblivion.visitors v
        left join oblivion.settlement_instances i on i.closed_at is null
        left join oblivion.visitor_earnings e on e.instance_id = i.id and e.owner_id = v.owner_id
       where v.owner_id = p_owner_id) x
$$;
comment on function oblivion.visitor_total(bigint) is
  'What a visitor''s own part of its rewards comes to, charged or not, less what was forfeited, on the open instance. For the engine alone.';

create function public.visitor_earnings(p_node_id uuid)
returns jsonb
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_visitor oblivion.visitors := oblivion.require_visitor(p_node_id);
begin
  return jsonb_build_object(
    'earned', oblivion.visitor_total(v_visitor.owner_id)::text,
    'ownerBps', v_visitor.owner_bps,
    'boundTo', (select oblivion.short_address(o.address) from oblivion.owners o where o.id = v_visitor.bound_owner_id));
end
$$;
comment on function public.visitor_earnings(uuid) is
  'What the visitor behind the caller''s node has earned as its own part, and to which wallet it goes, if any. By node key. OB003, OB004, OB005.';

create function public.create_claim_code(p_node_id uuid)
returns jsonb
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_visitor oblivion.visitors := oblivion.require_visitor(p_node_id);
  v_code text := 'obc_' || replace(gen_random_uuid()::text || gen_random_uuid()::text, '-', '');
begin
  if v_visitor.bound_owner_id is not null then
    perform oblivion.raise_error('OB083', 'A wallet is bound to these earnings already.', 'They go there by themselves.',
      jsonb_build_object('boundTo', (
        select oblivion.short_address(o.address) from oblivion.owners o where o.id = v_visitor.bound_owner_id)));
  end if;
  update oblivion.visitors v
     set code_hash = sha256(convert_to(v_code, 'UTF8')),
         code_expires_at = now() + interval '10 minutes'
   where v.owner_id = v_visitor.owner_id;
  return jsonb_build_object('code', v_code, 'expiresAt', now() + interval '10 minutes');
end
$$;
comment on function public.create_claim_code(uuid) is
  'A code, good for 10 minutes and one use, with which a signed-in wallet takes over what the visitor behind the caller''s node earns; it ends the code before. By node key. OB003, OB004, OB005, OB083.';

create function oblivion.visitor_of_code(p_code text)
returns oblivion.visitors
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_visitor oblivion.visitors;
begin
  select v.* into v_visitor
    from oblivion.visitors v
   where v.code_hash = sha256(convert_to(coalesce(p_code, ''), 'UTF8'))
     for update;
  if not found or v_visitor.code_expires_at <= now() then
    perform oblivion.raise_error('OB082', 'This code was used, is older than 10 minutes, or never existed.',
      'Ask for a new one in the badge on the page where you computed.');
  end if;
  return v_visitor;
end
$$;
comment on function oblivion.visitor_of_code(text) is 'The visitor behind a claim code that stands, locked; or OB082. For the engine alone.';

create function oblivion.show_claim(p_visitor oblivion.visitors)
returns jsonb
language sql
stable
security definer
set search_path = ''
as $$
  select jsonb_build_object(
    'site', s.name,
    'origins', s.origins,
    'earned', oblivion.visitor_total(p_visitor.owner_id)::text,
    'visitorBps', 10000 - p_visitor.owner_bps,
    'expiresAt', p_visitor.code_expires_at,
    'availableAt', p_visitor.bound_at + t.claim_hold)
    from oblivion.sites s, oblivion.settings t
   where s.id = p_visitor.site_id
     and t.id
$$;
comment on function oblivion.show_claim(oblivion.visitors) is 'What a claim is about. For the engine alone.';

create function public.show_claim_code(p_code text)
returns jsonb
language sql
security definer
set search_path = ''
as $$
  select oblivion.show_claim(oblivion.visitor_of_code(p_code))
$$;
comment on function public.show_claim_code(text) is
  'What a claim code stands for, without using it: site, what was earned, until when it is good. OB082.';

create function public.redeem_claim_code(p_code text)
returns jsonb
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_owner bigint := oblivion.owner_of(oblivion.require_wallet());
  v_visitor oblivion.visitors := oblivion.visitor_of_code(p_code);
begin
  update oblivion.visitors v
     set code_hash = null,
         code_expires_at = null,
         bound_owner_id = v_owner,
         bound_at = now()
   where v.owner_id = v_visitor.owner_id
     and v.bound_owner_id is null
  returning v.* into v_visitor;
  if not found then
    perform oblivion.raise_error('OB083', 'A wallet is bound to these earnings already.', 'They go there by themselves.');
  end if;
  return oblivion.show_claim(v_visitor);
end
$$;
comment on function public.redeem_claim_code(text) is
  'Binds the signed-in wallet to a visitor''s earnings, those to come included; the first to redeem wins. They are the wallet''s 24 hours later (A14). OB001, OB082, OB083.';

create function oblivion.unbind_visitor(p_owner_id bigint)
returns void
language plpgsql
security definer
set search_path = ''
as $$
begin
  update oblivion.visitors v
     set bound_owner_id = null,
         bound_at = null
    from oblivion.settings s
   where v.owner_id = p_owner_id
     and v.bound_at > now() - s.claim_hold;
  if not found then
    perform oblivion.raise_error('OB018', 'No wallet was bound to this visitor within the hold.');
  end if;
end
$$;
comment on function oblivion.unbind_visitor(bigint) is
  'Takes back a binding that is disputed, within its hold. By the operator alone. OB018.';
