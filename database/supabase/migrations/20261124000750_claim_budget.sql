-- The claim budget (T2): drawing jobs and not doing them costs. Without it, who releases what it does not like draws
-- fifty times as often as who works, and who holds jobs to the end of their time starves a task for nothing.
--
-- An attempt that ends otherwise than accepted spends one unit, and one more for every 20 s that the job was held. An
-- accepted result brings a quarter, and five minutes bring one, up to 4, or 20 for an owner that is proven. Who has less
-- than one waits, while anybody else is there to work. So a node that fails one job in ten never waits, and one that
-- holds a job for its 300 s in vain waits for an hour. Reputation is another thing: failures leave it alone.

create function oblivion.budget_of(p_owner oblivion.owners)
returns real
language sql
stable
set search_path = ''
as $$
  select least(
           case when p_owner.proven_count >= s.proven_after then s.claim_budget_proven else s.claim_budget end,
           p_owner.claim_budget
             + extract(epoch from now() - p_owner.budget_at) / extract(epoch from s.claim_budget_refill))::real
    from oblivion.settings s
$$;
comment on function oblivion.budget_of(oblivion.owners) is 'An owner''s claim budget at this moment. For the engine alone.';

create function oblivion.with_budget(p_owner oblivion.owners, p_budget real)
returns oblivion.owners
language plpgsql
stable
set search_path = ''
as $$
begin
  -- Bounded below: no debt lasts longer than a day.
  p_owner.claim_budget := greatest(p_budget, -288);
  p_owner.budget_at := now();
  select case when p_owner.claim_budget >= 1 then '-infinity'
           else now() + (1 - p_owner.claim_budget) * s.claim_budget_refill end
    into p_owner.claims_from
    from oblivion.settings s;
  return p_owner;
end
$$;
comment on function oblivion.with_budget(oblivion.owners, real) is 'An owner''s row with this claim budget from now on. For the engine alone.';

create function oblivion.change_budget(p_owner_id bigint, p_change real, p_wait boolean default true)
returns void
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_owner oblivion.owners;
begin
  if p_wait then
    select o.* into v_owner from oblivion.owners o where o.id = p_owner_id for no key update;
  else
    select o.* into v_owner from oblivion.owners o where o.id = p_owner_id for no key update skip locked;
  end if;
  if not found then
    return;
  end if;
  v_owner := oblivion.with_budget(v_owner, oblivion.budget_of(v_owner) + p_change);
  update oblivion.owners o
     set claim_budget = v_owner.claim_budget,
         budget_at = v_owner.budget_at,
         claims_from = v_owner.claims_from
   where o.id = v_owner.id;
end
$$;
comment on function oblivion.change_budget(bigint, real, boolean) is
  'Adds to an owner''s claim budget; without waiting, nothing happens while its row is locked. For the engine alone.';

create function oblivion.spend_budget(p_ended oblivion.attempts)
returns void
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_cost real;
  v_others bigint[];
  v_refund boolean := false;
begin
  if p_ended.outcome = 'released' and exists (
    select
      from oblivion.deliveries d
     where (d.job_id, d.attempt) = (p_ended.job_id, p_ended.attempt)
       and d.delivered_at < now() - interval '1 day') then
    -- Given back because no coordinator has read it: nothing of that is its owner's doing.
    return;
  end if;
  -- Held until it was delivered: what comes after is the coordinator's time.
  select 1 + extract(epoch from coalesce(
           (select d.delivered_at from oblivion.deliveries d where (d.job_id, d.attempt) = (p_ended.job_id, p_ended.attempt)),
           p_ended.ended_at) - p_ended.started_at) / extract(epoch from s.claim_budget_held)
    into v_cost
    from oblivion.settings s;
  if p_ended.outcome = 'failed' then
    select array_agg(distinct a.owner_id)
      into v_others
      from oblivion.attempts a
     where a.job_id = p_ended.job_id
       -- The days before it was posted need no look.
       and a.ended_at >= (select j.created_at from public.jobs j where j.id = p_ended.job_id)
       and a.owner_id <> p_ended.owner_id
       and a.outcome = 'failed';
    if v_others is not null then
      -- Another owner failed the same job, so it is the job: neither pays for more than the time, else a customer could
      -- ruin everybody with a program that throws. The second owner's failure gives the first its unit back.
      v_cost := v_cost - 1;
      v_refund := cardinality(v_others) = 1 and not exists (
        select
          from oblivion.attempts a
         where a.job_id = p_ended.job_id
           and a.ended_at >= (select j.created_at from public.jobs j where j.id = p_ended.job_id)
           and a.owner_id = p_ended.owner_id
           and a.attempt <> p_ended.attempt
           and a.outcome = 'failed');
    end if;
  end if;
  perform oblivion.change_budget(p_ended.owner_id, - v_cost);
  if v_refund then
    -- After our own row, and without waiting: two who give back to each other would wait for each other.
    perform oblivion.change_budget(v_others[1], 1, false);
  end if;
end
$$;
comment on function oblivion.spend_budget(oblivion.attempts) is
  'What an attempt in vain costs its owner. For the engine alone.';

create function oblivion.refill_budget(p_owner_id bigint, p_count int default 1)
returns void
language sql
security definer
set search_path = ''
as $$
  select oblivion.change_budget(p_owner_id, (p_count * s.claim_budget_accepted)::real) from oblivion.settings s
$$;
comment on function oblivion.refill_budget(bigint, int) is
  'What accepted results bring their owner, whose row is locked. Whoever accepts asks for it where claim_budget is below 20: a full budget needs nothing. For the engine alone.';

create function oblivion.others_can_work(p_owner_id bigint)
returns boolean
language sql
stable
security definer
set search_path = ''
as $$
  select exists (
    select
      from public.nodes n
      join oblivion.owners o on o.id = n.owner_id
     where n.owner_id <> p_owner_id
       and o.claims_from <= now()
       and not o.held_up
       -- Not one that idles because it may not have what lies there: that does not suit it, or is another replica of a chunk
       -- of its own. A task that is put there on purpose hides it for no longer than until it has its next job.
       and (n.current_jobs > 0 or coalesce(n.found_nothing_until <= now(), true))
       and oblivion.is_online(n.last_seen, n.next_poll_at))
$$;
comment on function oblivion.others_can_work(bigint) is
  'Whether another owner with claim budget is online, not held up by unread results and not idle for want of work that it may have. Where none is, waiting would help nobody, and who has spent its budget gets work all the same: a network''s first tab, or everybody after a broken program. For the engine alone.';

create function oblivion.budget_wait_ms(p_owner_id bigint)
returns int
language sql
stable
security definer
set search_path = ''
as $$
  select least(60000, ceil(extract(epoch from o.claims_from - now()) * 1000))::int
    from oblivion.owners o
   where o.id = p_owner_id
     and o.claims_from > now()
     and oblivion.others_can_work(o.id)
$$;
comment on function oblivion.budget_wait_ms(bigint) is
  'Milliseconds, a minute at most, until an owner without claim budget should ask again; null where it need not wait. For the engine alone.';
