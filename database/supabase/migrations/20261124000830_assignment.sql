-- Assignment: a task may ask that its jobs are offered at creation, each to one provider for 30 s, before they are open to
-- all. An offer is what next_jobs makes too: jobs.offered_to and offered_until, which every door of a claim looks at.
--
-- Who is offered what: the cheaper half first, then the dearer, then the least busy, then by lot. Undercutting the cheaper
-- half brings nothing, and one owner gets at most a fifth of a task's jobs while others have room: a colluder at price 0
-- has the chance that everybody has (T6).

create function oblivion.assign_jobs(p_task oblivion.tasks)
returns jsonb
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_jobs int;
  v_offered int;
  v_providers jsonb;
  v_until timestamptz := now() + (select s.assign_window from oblivion.settings s where s.id);
begin
  -- No more than may be in work at once: the rest would only wait for their takers.
  select least(count(*), p_task.max_concurrent_chunks)
    into v_jobs
    from public.jobs j
   where j.task_id = p_task.id
     and j.status = 'pending';
  with free as (
    select n.owner_id,
           min(n.provider_address) as provider_address,
           -- A node without a price asks for none; of a metered task, for what such a node is paid there.
           min(case when p_task.metered then oblivion.asked_rate(p_task, n.price_per_hour, c.default_price_per_hour)
                 else coalesce(n.price_per_hour, 0) end) as price,
           sum(n.max_jobs - n.current_jobs) as room,
           bool_or(n.raised_max_jobs is not null) as raised,
           bool_or(n.operator) as operator
      from public.nodes n
     cross join oblivion.settings c
     where n.owner_id <> p_task.owner_id
       and n.current_jobs < n.max_jobs
       and oblivion.is_online(n.last_seen, n.next_poll_at)
       -- It comes by while the offer stands.
       and n.next_poll_at < v_until
       and oblivion.suits(p_task, n)
     group by n.owner_id
  ), able as (
    select f.owner_id, f.provider_address, f.price, b.busy,
           o.proven_count >= s.proven_after or f.raised or f.operator as established,
           -- Who has proved nothing has one job over all its nodes.
           case when greatest(o.accepted_count, o.proven_count) >= s.proven_after or f.raised
             then f.room - w.offered
             else (b.busy + w.offered = 0)::int end as room
      from free f
      join oblivion.owners o on o.id = f.owner_id
     cross join oblivion.settings s
     cross join lateral (
             select sum(n.current_jobs) as busy from public.nodes n where n.owner_id = f.owner_id) b
     cross join lateral (
             select count(*) as offered
               from public.jobs j
              where j.status = 'pending'
                and j.offered_to = f.owner_id
                and j.offered_until > now()) w
     where o.claims_from <= now()
       and not o.held_up
  ), drawn as (
    -- By lot among the established; among all where none of them is free, as in a young network.
    select a.*
      from able a
     where a.room > 0
       and (a.established or not exists (select from able e where e.established and e.room > 0))
  ), slots as (
    select d.owner_id, d.provider_address, d.price,
           row_number() over (order by
             -- The cheaper half, then what costs up to twice, four times ... its dearest.
             greatest(0, ceil(log(2, greatest(d.price, 1)::numeric / greatest(m.price, 1)))),
             d.busy + k.place, random()) as place
      from drawn d
     cross join (
             select percentile_disc(0.5) within group (order by r.price)::numeric as price, count(*) as owners from drawn r) m
     cross join oblivion.settings s
     cross join lateral generate_series(1, least(d.room,
             case when m.owners > 1 then greatest(1, floor(s.assign_share * v_jobs)) else d.room end)::int) as k (place)
  ), waiting as (
    select j.id, row_number() over (order by j.chunk_index, j.seq) as place
      from public.jobs j
     where j.task_id = p_task.id
       and j.status = 'pending'
  ), offered as (
    update public.jobs j
       set offered_to = l.owner_id,
           offered_until = v_until,
           -- It won its place by this price, and is held to it.
           price_per_hour = case when p_task.metered then l.price end
      from waiting w
      join slots l on l.place = w.place
     where j.id = w.id
       and w.place <= v_jobs
    returning l.provider_address
  )
  select count(*), coalesce(jsonb_agg(distinct oblivion.short_address(f.provider_address)), '[]')
    into v_offered, v_providers
    from offered f;
  return jsonb_build_object(
    'jobs', v_offered,
    'providers', v_providers,
    'until', case when v_offered > 0 then v_until end);
end
$$;
comment on function oblivion.assign_jobs(oblivion.tasks) is
  'Offers the waiting jobs of a new task to providers that are online and free, one each in turn; answers {jobs: how many, providers: to whom, until}: 0 jobs where nobody is available. Whatever is not offered is open to all. For the engine alone.';
