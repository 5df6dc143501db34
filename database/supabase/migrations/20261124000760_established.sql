-- Who has the last word (T3). Wallets cost nothing, so three strangers could fail a competitor's job for good, and two
-- could have its program quarantined. What ends a job, and what is said against a program, counts only from a node whose
-- owner has proved itself, or that an operator answers for.
--
-- What proves an owner (T5). Customer and provider may be one person, who pays itself for a thousand chunks and loses the
-- fee. So a result counts once it was charged to its customer in real money, and no customer counts for more than the
-- third busiest does: with fewer than three customers nothing is proved. An owner's results by customer are counted where
-- receipts become charges, off the way of a claim or a result, and its figure is made of them in a tick. In a network with
-- fewer than three customers that pay an operator marks or raises nodes, or lowers settings.proven_customers: then all are
-- counted anew. How many jobs an owner may hold is another matter: for that its accepted results count, whoever paid them.

create table oblivion.results_by_customer (
  provider_owner_id bigint not null references oblivion.owners,
  customer_owner_id bigint not null references oblivion.owners,
  results bigint not null check (results > 0),
  -- Not yet in its provider's figure.
  fresh boolean not null default true,
  primary key (provider_owner_id, customer_owner_id)
);
create index results_by_customer_fresh on oblivion.results_by_customer (provider_owner_id) where fresh;
comment on table oblivion.results_by_customer is
  'How many charged results of an owner, in money that was paid in, each customer took; counted until the owner has proved 1,000, which is as good as more.';

create function oblivion.count_proven()
returns int
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_owner bigint;
  v_count int := 0;
begin
  begin
    -- Before any row: whoever holds an owner's row must not wait for the table, which count_proven_anew() has while it
    -- waits for rows. Then the next tick counts.
    lock table oblivion.results_by_customer in row exclusive mode nowait;
  exception when lock_not_available then
    return 0;
  end;
  for v_owner in
    select distinct c.provider_owner_id from oblivion.results_by_customer c where c.fresh limit 200
  loop
    -- Never waits: whoever completes a job holds its owner's row, and a charge holds its customer's.
    perform from oblivion.owners o where o.id = v_owner for no key update skip locked;
    continue when not found;
    update oblivion.results_by_customer c
       set fresh = false
     where c.provider_owner_id = v_owner
       and c.customer_owner_id in (
             select f.customer_owner_id
               from oblivion.results_by_customer f
              where f.provider_owner_id = v_owner
                and f.fresh
                for update skip locked);
    -- After the marks, so that what is charged from here on is fresh again.
    update oblivion.owners o
       set proven_count = (
             select coalesce(sum(least(c.results, third.results)), 0)
               from oblivion.results_by_customer c
               join (
                 select x.results
                   from oblivion.results_by_customer x
                  where x.provider_owner_id = v_owner
                  order by x.results desc
                 offset (select s.proven_customers - 1 from oblivion.settings s)
                  limit 1) third on true
              where c.provider_owner_id = v_owner)
     where o.id = v_owner;
    v_count := v_count + 1;
  end loop;
  return v_count;
end
$$;
comment on function oblivion.count_proven() is
  'How much the owners have proved of whose results more were charged; answers how many owners, 200 at most. For the engine alone.';

create function oblivion.count_proven_anew()
returns trigger
language plpgsql
security definer
set search_path = ''
as $$
begin
  -- Before its rows, so that no charge that writes some of them waits for this one and this one for it.
  lock table oblivion.results_by_customer in share row exclusive mode;
  update oblivion.results_by_customer c set fresh = true where not c.fresh;
  return null;
end
$$;
comment on function oblivion.count_proven_anew() is
  'How many customers prove an owner has changed: the next ticks count every owner anew, 200 each.';
create trigger count_proven_anew after update of proven_customers on oblivion.settings
  for each row when (old.proven_customers <> new.proven_customers)
  execute function oblivion.count_proven_anew();

create function oblivion.is_established(p_node_id uuid)
returns boolean
language sql
stable
security definer
set search_path = ''
as $$
  select n.operator or n.raised_max_jobs is not null or o.proven_count >= s.proven_after
    from public.nodes n
    join oblivion.owners o on o.id = n.owner_id
   cross join oblivion.settings s
   where n.id = p_node_id
     and s.id
$$;
comment on function oblivion.is_established(uuid) is
  'Whether this node''s word ends a job or counts against a program: an operator''s node, or one of an owner that has proved itself. Nothing that the node says of itself makes it so. For the engine alone.';

create function oblivion.has_last_word(p_job public.jobs)
returns boolean
language sql
stable
security definer
set search_path = ''
as $$
  -- Where nobody established is online that could take it, as on a young network, strangers' word would never be the last,
  -- and a broken program be tried for ever. Whoever wants to fail a competitor's job like that has to be alone with it for
  -- so long.
  select coalesce(oblivion.is_established(p_job.node_id), false)
      or exists (
           select
             from oblivion.attempts a, oblivion.settings s
            where a.job_id = p_job.id
              and a.ended_at >= p_job.created_at
              and a.ended_at < now() - s.stranger_patience
              and a.outcome in ('failed', 'expired', 'rejected'))
         and not exists (
           select
             from public.nodes n
             join oblivion.owners o on o.id = n.owner_id
             join oblivion.tasks t on t.id = p_job.task_id
            cross join oblivion.settings s
            where n.owner_id <> t.owner_id
              and (n.operator or n.raised_max_jobs is not null or o.proven_count >= s.proven_after)
              and oblivion.is_online(n.last_seen, n.next_poll_at)
              and oblivion.suits(t, n)
              and not (t.replicas > 1 and oblivion.has_replica(p_job, n)))
$$;
comment on function oblivion.has_last_word(public.jobs) is
  'Whether the failure or loss of this attempt may be the job''s last: its node is established, or strangers alone have been failing it for settings.stranger_patience and nobody established is online who could take it. For the engine alone.';

create function oblivion.mark_operator_node(p_node_id uuid, p_operator boolean default true)
returns void
language plpgsql
security definer
set search_path = ''
as $$
begin
  update public.nodes n set operator = p_operator where n.id = p_node_id;
  if not found then
    perform oblivion.raise_error('OB003', 'No node has this id.', 'Register it first.',
      jsonb_build_object('nodeId', p_node_id));
  end if;
end
$$;
comment on function oblivion.mark_operator_node(uuid, boolean) is
  'Marks the key that a node has now as an operator''s, or takes that back: for audits and last attempts. Registering again makes a new key, and that one is unmarked. By the operator alone. OB003.';
