-- Fair order: when work is scarce, an owner that has had more lets one that waits and has had less go first, for a moment.
--
-- What counts as had is the price of accepted chunks, which no node can talk up or down: an owner that hurries, dawdles
-- or starts a hundred nodes changes nothing of it. It fades with a time constant of 15 minutes.
--
-- How it works: once in 250 ms, at most, an empty poll looks around and writes down in one row who waits: how much each
-- waiting owner has had, and how often one of them comes by. A claim compares its owner with that row. Who has had less
-- than all others takes a job the moment it sees one; the others take only jobs that have waited for a while already,
-- the longer the more of the waiting have had less: up to the time in which five of them come by, 200 ms at most. Who
-- has had more than nine in ten of them, as an owner with a hundred polling nodes soon has, waits for as long as twelve
-- of them need, 3 s at most: each who waits comes by once in that time. While nobody waits, nothing of this is asked.
--
-- Measured (bench:queue --only fairness): docs/measurements.md. The losing options: docs/adr.

create table oblivion.waiting_room (
  id boolean primary key default true check (id),
  as_of timestamptz not null default '-infinity',
  -- When somebody may look around again.
  look_at timestamptz not null default '-infinity',
  -- When the last of those who wait will have come by: from then on nobody waits.
  expires_at timestamptz not null default '-infinity',
  -- Nodes without a job that were told to come back, and came, or are late by 15 s at most.
  idle_nodes int not null default 0,
  -- Of waiting owners, ascending: all of up to a hundred, else every n-th.
  standings float8[] not null default '{}',
  -- Whose these are, in the same order.
  owner_ids bigint[] not null default '{}',
  -- How many waiting owners come by in a second.
  arrivals real not null default 0,
  -- What an owner has had that is neither rich nor poor.
  average float8 not null default '-Infinity',
  fairness numeric
) with (fillfactor = 50);
comment on table oblivion.waiting_room is 'One row: who waits for work, as of a moment ago. Written by look_around() alone.';
insert into oblivion.waiting_room default values;

create function oblivion.service(p_units numeric, p_at timestamptz default now())
returns float8
language sql
-- Stable, as extract() from a time with a zone is: else it could not be inlined.
stable parallel safe
-- The logarithm of units * e ^ (t / 15 min). What was had earlier weighs less, and two such figures compare at any later
-- time without being written again, since all of them fade alike.
return ln(greatest(1, p_units)::float8) + extract(epoch from p_at)::float8 / 900;
comment on function oblivion.service(numeric, timestamptz) is
  'Service of that many units (of the task''s token) at that time, on the scale of owners.served. For the engine alone.';

create function oblivion.add_service(p_served float8, p_more float8)
returns float8
language sql
immutable parallel safe
-- ln(e ^ a + e ^ b) without leaving the range of a float.
return greatest(p_served, p_more)
  + ln(1 + exp(greatest(-700, least(p_served, p_more) - greatest(p_served, p_more))));
comment on function oblivion.add_service(float8, float8) is 'The sum of two services. For the engine alone.';

create function oblivion.reputation(p_owner oblivion.owners)
returns real
language sql
immutable parallel safe
set search_path = ''
as $$
  -- Until results are audited, this is what is known (see established.sql). Half way at 100 results.
  select (p_owner.proven_count / (p_owner.proven_count + 100.0))::real
$$;
comment on function oblivion.reputation(oblivion.owners) is 'An owner''s reputation, 0 to 1. The one place of its formula.';

create function oblivion.standing(p_owner oblivion.owners)
returns float8
language plpgsql
stable
security definer
set search_path = ''
as $$
declare
  v_running numeric;
begin
  -- What is in work counts as had: else a hundred nodes would draw a hundred jobs before the first of them is done. So of
  -- two that were served alike the one with fewer jobs at hand goes first.
  select sum(case
           -- The most that it may come to: what it will be is not known.
           when t.metered then oblivion.metered_price(t, j.price_per_hour, 1000 * t.timeout_seconds)
           else t.price_per_chunk end)
    into v_running
    from public.nodes n
    join public.jobs j on j.node_id = n.id
    join oblivion.tasks t on t.id = j.task_id
   where n.owner_id = p_owner.id
     and n.current_jobs > 0;
  -- The last tie-break: a full reputation is worth one part in a hundred of what was had.
  return case when v_running > 0 then oblivion.add_service(p_owner.served, oblivion.service(v_running)) else p_owner.served end
    - 0.01 * oblivion.reputation(p_owner);
end
$$;
comment on function oblivion.standing(oblivion.owners) is
  'Where an owner stands among those who wait: whoever stands lower goes first. For the engine alone.';

create function oblivion.look_around()
returns void
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_from timestamptz := clock_timestamp();
begin
  -- One at a time, and nobody waits for it.
  perform from oblivion.waiting_room w where w.id and w.look_at <= v_from for no key update skip locked;
  if not found then
    return;
  end if;
  with present as (
    select n.owner_id,
           count(*) filter (where w.waits) as idle,
           sum(n.current_jobs) as running,
           -- Also who is late: were a slow moment to hide them, those who ask would be told to ask more often in it.
           count(*) filter (where n.current_jobs = 0 and n.next_poll_at > now() - interval '15 seconds') as without_job,
           bool_or(n.raised_max_jobs is not null) as raised,
           max(n.last_seen) filter (where w.waits) as seen_at,
           max(n.next_poll_at) filter (where w.waits) as next_at,
           -- As it was told to; more than once a second counts as once.
           max(1 / greatest(1, extract(epoch from n.next_poll_at - n.last_seen))) filter (where w.waits) as rate
      from public.nodes n
     cross join lateral (
             select n.current_jobs < n.max_jobs
                and n.next_poll_at > now() - interval '1 second'
                and coalesce(n.unsuited_until <= now(), true) as waits) w
     where n.next_poll_at > now() - interval '15 seconds'
        or n.current_jobs > 0
     group by n.owner_id
  ), placed as (
    select p.*,
           p.idle > 0
             and o.claims_from <= now()
             and not o.held_up
             and (p.running = 0 or p.raised or greatest(o.accepted_count, o.proven_count) >= s.proven_after) as waits,
           case when p.running > 0 then oblivion.standing(o) else o.served - 0.01 * oblivion.reputation(o) end as standing,
           -- A float knows nothing smaller than e ^ -700, nor the square of e ^ -350.
           case when o.served > oblivion.service(1) - 300 then exp(o.served - oblivion.service(1)) else 0 end as had
      from present p
      join oblivion.owners o on o.id = p.owner_id
     cross join oblivion.settings s
  ), ranked as (
    select p.*,
           row_number() over (partition by p.waits order by p.standing) as place,
           count(*) over (partition by p.waits) as places
      from placed p
  )
  update oblivion.waiting_room w
     set as_of = now(),
         expires_at = case when s.fair_order then r.expires_at else '-infinity' end,
         idle_nodes = r.idle_nodes,
         standings = r.standings,
         owner_ids = r.owner_ids,
         arrivals = r.arrivals,
         average = coalesce(oblivion.service(1) + ln(nullif(r.had, 0)), '-Infinity'),
         fairness = r.fairness,
         -- At most a twentieth of one core, however many nodes there are.
         look_at = v_from + greatest(interval '250 milliseconds', 20 * (clock_timestamp() - v_from))
    from oblivion.settings s, (
           select coalesce((select sum(n.without_job) from present n), 0) as idle_nodes,
                  coalesce(max(p.next_at) filter (where p.waits) + interval '1 second', '-infinity') as expires_at,
                  coalesce(array_agg(p.standing order by p.standing)
                    filter (where p.waits and (p.place - 1) % ceil(p.places / 100.0) = 0), '{}') as standings,
                  coalesce(array_agg(p.owner_id order by p.standing)
                    filter (where p.waits and (p.place - 1) % ceil(p.places / 100.0) = 0), '{}') as owner_ids,
                  greatest(count(*) filter (where p.waits and p.seen_at > now() - interval '1 second'),
                    sum(p.rate) filter (where p.waits)) as arrivals,
                  avg(p.had) as had,
                  case when count(*) > 1
                    then round((sum(p.had) ^ 2 / nullif(count(*) * sum(p.had ^ 2), 0))::numeric, 4) end as fairness
             from ranked p
            where p.idle > 0 or p.running > 0) r
   where w.id
     and s.id;
end
$$;
comment on function oblivion.look_around() is
  'Writes down who waits, if nobody did within the last 250 ms. For the engine alone.';

create function oblivion.patience(p_node public.nodes, p_room oblivion.waiting_room)
returns interval
language plpgsql
stable
security definer
set search_path = ''
as $$
declare
  v_standing float8;
  v_grace interval;
  v_most interval;
  v_poorer int;
  v_others int;
  v_own int;
  v_share real;
begin
  select oblivion.standing(o), s.fair_grace, s.fair_grace_most
    into v_standing, v_grace, v_most
    from oblivion.owners o, oblivion.settings s
   where o.id = p_node.owner_id
     and s.id;
  -- Alike is not less, and nobody has had less than nothing.
  v_poorer := case when v_standing > '-Infinity' then width_bucket(v_standing - 1e-6, p_room.standings) else 0 end;
  -- It may stand there itself, as it stood before its latest work: it does not yield to itself.
  v_own := array_position(p_room.owner_ids, p_node.owner_id);
  v_poorer := v_poorer - coalesce(v_own <= v_poorer, false)::int;
  v_others := cardinality(p_room.standings) - (v_own is not null)::int;
  if v_poorer <= 0 then
    return '0';
  end if;
  v_share := least(1, v_poorer / v_others::real);
  return case
    when v_share > 0.9 then least(v_most, make_interval(secs => 12 / p_room.arrivals))
    else v_share * v_share * least(v_grace, make_interval(secs => 5 / p_room.arrivals)) end;
end
$$;
comment on function oblivion.patience(public.nodes, oblivion.waiting_room) is
  'How long a job must have waited before this node may take it. For the engine alone.';

create function oblivion.claims_before(p_node public.nodes)
returns timestamptz
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_room oblivion.waiting_room;
  v_patience interval;
begin
  -- All that it costs while nobody waits.
  select w.* into v_room from oblivion.waiting_room w where w.id and w.expires_at > now();
  if v_room.id is null then
    return 'infinity';
  end if;
  v_patience := oblivion.patience(p_node, v_room);
  if v_patience > '0' and v_room.look_at <= clock_timestamp() then
    -- Nobody yields to those who have gone.
    perform oblivion.look_around();
    select w.* into v_room from oblivion.waiting_room w where w.id and w.expires_at > now();
    v_patience := case when v_room.id is not null then oblivion.patience(p_node, v_room) end;
  end if;
  return case when v_patience > '0' then now() - v_patience else 'infinity' end;
end
$$;
comment on function oblivion.claims_before(public.nodes) is
  'This node may take jobs that have been waiting since before that moment; infinity where it need not let anybody go first. For the engine alone.';

create function oblivion.start_at_average(p_owner_id bigint)
returns void
language sql
security definer
set search_path = ''
as $$
  -- Who comes or comes back has no claim on the time when it was away, and a new wallet is worth no more than an old one.
  update oblivion.owners o
     set served = w.average
    from oblivion.waiting_room w
   where o.id = p_owner_id
     and w.id
     and o.served < w.average
     and not exists (
           select from public.nodes n where n.owner_id = o.id and oblivion.is_online(n.last_seen, n.next_poll_at))
$$;
comment on function oblivion.start_at_average(bigint) is
  'Puts an owner none of whose nodes is online on a level with those who are there. For the engine alone.';

create function oblivion.wait_for_work(p_node public.nodes, p_before timestamptz default 'infinity')
returns int
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_room oblivion.waiting_room;
  v_head record;
  v_told_ms float8 := 1000 * extract(epoch from p_node.next_poll_at - p_node.last_seen);
  v_ms float8;
begin
  perform oblivion.look_around();
  select w.* into v_room from oblivion.waiting_room w where w.id;
  if not oblivion.is_online(p_node.last_seen, p_node.next_poll_at) then
    perform oblivion.start_at_average(p_node.owner_id);
  end if;

  select h.available_at, h.unsuited,
         -- No fresh one, and one that was tried: had it been for this node, it would have it.
         coalesce(h.unsuited, exists (
           select from public.jobs j where j.status = 'pending' and j.due and j.excluded_owner_id is not null)) as in_vain
    into v_head
    from (select) one
    left join lateral (
           select j.available_at,
                  t.status = 'running' and (t.owner_id = p_node.owner_id or not oblivion.suits(t, p_node)) as unsuited
             from public.jobs j
             join oblivion.tasks t on t.id = j.task_id
            where j.status = 'pending'
              and j.due
              and j.excluded_owner_id is null
              and (j.offered_until is null or j.offered_until <= now())
            order by - j.priority, j.created_at, j.task_id, j.seq
            limit 1) h on true;
  if v_head.in_vain and coalesce(
       case when v_head.unsuited then p_node.unsuited_until else p_node.found_nothing_until end
         < now() + interval '30 seconds', true) then
    -- A job lies there that this node may not have. It is asked again as often as before, but nobody without claim budget
    -- waits for it, and where the job is a fresh one nobody lets it go first.
    update public.nodes n
       set found_nothing_until = now() + interval '1 minute',
           unsuited_until = case when v_head.unsuited then now() + interval '1 minute' else n.unsuited_until end
     where n.id = p_node.id;
  elsif not v_head.unsuited and v_head.available_at > p_before then
    -- It let others go first: should none of them come, it is back soon.
    return least(1000, greatest(200, 1000 * extract(epoch from v_head.available_at - p_before)));
  end if;

  -- Told polling: all idle nodes together ask so many times a second, however many they are, and each at least once a
  -- minute. With few of them the sources' 3 s, for Python 2 s after work and up to 5 s later.
  select least(60000, greatest(
           case when p_node.worker_type = 'python' then least(5000, greatest(2000, 1.25 * v_told_ms)) else 3000 end,
           1000.0 * v_room.idle_nodes / s.idle_polls_per_second))
    into v_ms
    from oblivion.settings s
   where s.id;
  -- A little by chance, so that none keep step; and all of it where the pause grows much: a thousand nodes that were told
  -- the same a moment ago shall not come back together.
  return greatest(2000, v_ms * case when v_told_ms < v_ms / 2 and v_ms > 6000 then random() else 0.9 + 0.1 * random() end);
end
$$;
comment on function oblivion.wait_for_work(public.nodes, timestamptz) is
  'What becomes of a node that found nothing: milliseconds until it should ask again, 200 to 60000. The one rule of told polling. For the engine alone.';

create function oblivion.fairness_index()
returns numeric
language plpgsql
security definer
set search_path = ''
as $$
begin
  if (select w.as_of < now() - interval '10 seconds' from oblivion.waiting_room w where w.id) then
    perform oblivion.look_around();
  end if;
  return (select w.fairness from oblivion.waiting_room w where w.id);
end
$$;
comment on function oblivion.fairness_index() is
  'Jain''s index of what the owners who are there have had of late: 1 where all had the same, 1/n where one of n had all; null where fewer than 2 are there or nobody had anything. For the engine alone.';
