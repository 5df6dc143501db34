-- Wrong results, and who answers for them (T11). A result is proven wrong by two equal runs of an operator's nodes (T4), on
-- a program that comes with the worker and gives the same bytes on every machine. Where a task has replicas and two of a
-- stage's were computed by such nodes, that is known here; that the operator has any other job computed again is not built.
--
-- Who computed it is judged. For a visitor of a site the site's held pay answers, with so many times the price and never
-- with everything: one visitor cannot ruin a site, and a site that cheats through visitors loses more than it gets, as
-- long as more than one in `wrong_liability` of its results is looked at.

create table oblivion.wrong_results (
  job_id uuid primary key,
  -- Who is judged; and for a visitor of a site, which one answers.
  owner_id bigint not null references oblivion.owners,
  payee_owner_id bigint not null references oblivion.owners,
  site_id uuid references oblivion.sites,
  instance_id bigint not null references oblivion.settlement_instances,
  -- What the site's pay answers with: nothing where no tokens were paid for it, nor for a wallet's own node.
  liability bigint not null check (liability >= 0),
  proven_at timestamptz not null default now(),
  -- Its node was ended and its site looked at.
  answered boolean not null default false,
  check (site_id is not null or liability = 0)
);
create index on oblivion.wrong_results (site_id, proven_at) where site_id is not null;
create index on oblivion.wrong_results (payee_owner_id);
create index on oblivion.wrong_results (proven_at) where not answered;
comment on table oblivion.wrong_results is 'Results that were proven wrong, each once, and what a site answers with for it.';

create table oblivion.site_forfeits (
  instance_id bigint not null references oblivion.settlement_instances,
  site_id uuid not null references oblivion.sites,
  taken bigint not null check (taken > 0),
  primary key (instance_id, site_id)
);
comment on table oblivion.site_forfeits is 'How much of what a site answers with was taken from its held pay, in the smallest unit.';

create function oblivion.prove_wrong(p_task oblivion.tasks, p_chunk_index int, p_stage int)
returns void
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_right text;
begin
  -- Two runs, and the one that they prove wrong. A program of a customer's own may differ between machines.
  if p_task.replicas < 3 or exists (select from unnest(p_task.program_keys) k where k like 'sha256:%') then
    return;
  end if;
  select min(r.result_hash)
    into v_right
    from public.jobs j
    join oblivion.results r on r.job_id = j.id
    join public.nodes n on n.id = r.node_id
   where j.task_id = p_task.id
     and j.chunk_index = p_chunk_index
     and j.stage = p_stage
     and n.operator
  having count(*) >= 2
     and count(distinct r.result_hash) = 1;
  if v_right is null then
    return;
  end if;
  with wrong as (
    update oblivion.results r
       set verdict = 'invalid'
      from public.jobs j
     where j.task_id = p_task.id
       and j.chunk_index = p_chunk_index
       and j.stage = p_stage
       and r.job_id = j.id
       and r.result_hash <> v_right
       and r.verdict <> 'invalid'
    returning r.job_id
  )
  insert into oblivion.wrong_results (job_id, owner_id, payee_owner_id, site_id, instance_id, liability)
  select w.job_id, p.provider_owner_id, p.payee_owner_id, v.site_id, p.instance_id,
         case when v.site_id is not null and p.asset = 'chain' then s.wrong_liability * p.price else 0 end
    from wrong w
    join oblivion.receipts p on p.task_id = p_task.id and p.job_id = w.job_id
    left join oblivion.visitors v on v.owner_id = p.payee_owner_id
   cross join oblivion.settings s;
end
$$;
comment on function oblivion.prove_wrong(oblivion.tasks, int, int) is
  'Writes down which results of a stage are wrong, where two nodes of an operator agree that they are. Here nobody is waited for: the rest is answer_for_wrong_results. For the engine alone.';

create function oblivion.suspend_cheating_site(p_site_id uuid)
returns void
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_wrong bigint;
  v_owners bigint;
begin
  select count(*), count(distinct w.owner_id)
    into v_wrong, v_owners
    from oblivion.wrong_results w
   where w.site_id = p_site_id
     and w.proven_at > now() - interval '7 days';
  if exists (
    select
      from oblivion.settings s
     -- Of several address blocks: one visitor stops no site.
     where v_owners >= s.wrong_owners_to_suspend
       -- Accepted in the same week, and no more of them are read than would clear the site.
       and v_wrong >= s.wrong_share_to_suspend * (
             select count(*)
               from (
                 select
                   from oblivion.visitors v
                   join oblivion.receipts r on r.payee_owner_id = v.owner_id
                  where v.site_id = p_site_id
                    and r.accepted_at > now() - interval '7 days'
                  limit floor(v_wrong / nullif(s.wrong_share_to_suspend, 0))::bigint + 1) r))
    and exists (select from oblivion.sites x where x.id = p_site_id and x.suspended_reason is null) then
    perform oblivion.suspend_site(p_site_id, 'Too many results of its visitors were proven wrong.');
  end if;
end
$$;
comment on function oblivion.suspend_cheating_site(uuid) is
  'Suspends a site where visitors of several address blocks gave wrong results within a week, and such a share of what its visitors brought in that week. For the engine alone.';

create function oblivion.answer_for_wrong_results()
returns int
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_wrong oblivion.wrong_results;
  v_nodes uuid[];
  v_node uuid;
begin
  -- One a call, and the locks in everybody's order: site, jobs, owner, nodes.
  select w.*
    into v_wrong
    from oblivion.wrong_results w
   where not w.answered
   order by w.proven_at
   limit 1
     for update skip locked;
  if not found then
    return 0;
  end if;
  if v_wrong.site_id is not null then
    perform oblivion.suspend_cheating_site(v_wrong.site_id);
  end if;
  v_nodes := array(
    select n.id from public.nodes n where n.owner_id = v_wrong.owner_id and n.site_id = v_wrong.site_id order by n.id);
  perform from public.jobs j where j.node_id = any (v_nodes) order by j.id for no key update;
  perform from oblivion.owners o where o.id = v_wrong.owner_id for no key update;
  foreach v_node in array v_nodes loop
    perform oblivion.release_jobs_of_node(v_node);
    update public.nodes n set key_hash = null where n.id = v_node;
  end loop;
  -- Whoever is judged has to prove itself again. Not to 0, which is who never did anything (purge_visitors).
  delete from oblivion.results_by_customer c
   where c.provider_owner_id = v_wrong.owner_id
     and c.customer_owner_id in (
           select x.customer_owner_id
             from oblivion.results_by_customer x
            where x.provider_owner_id = v_wrong.owner_id
            order by x.customer_owner_id
              for update);
  update oblivion.owners o
     set accepted_count = least(o.accepted_count, 1),
         proven_count = 0,
         judged_at = now(),
         claim_budget = 0,
         budget_at = now()
   where o.id = v_wrong.owner_id;
  update oblivion.wrong_results w set answered = true where w.job_id = v_wrong.job_id;
  return 1;
end
$$;
comment on function oblivion.answer_for_wrong_results() is
  'What follows from wrong results: who is judged is a newcomer again, its nodes on that site end, and a site with too many is suspended; the site''s owner is not judged. The oldest one a call: 1, or 0 where none is left. Not part of anybody''s poll, since it waits for the locks of others. For the coordinator and pg_cron.';

create function oblivion.open_liability(p_instance_id bigint, p_site_id uuid)
returns bigint
language sql
stable
security definer
set search_path = ''
as $$
  select (coalesce((
            select sum(w.liability) from oblivion.wrong_results w
             where w.site_id = p_site_id and w.instance_id = p_instance_id), 0)
        - coalesce((
            select f.taken from oblivion.site_forfeits f
             where f.site_id = p_site_id and f.instance_id = p_instance_id), 0))::bigint
$$;
comment on function oblivion.open_liability(bigint, uuid) is
  'What a site still answers with for wrong results of its visitors, in the smallest unit. For the engine alone.';

create function oblivion.forfeit_of(
  p_instance_id bigint,
  p_site oblivion.sites,
  p_visitor bigint,
  p_reward bigint,
  p_site_part bigint
)
returns bigint
language sql
stable
security definer
set search_path = ''
as $$
  -- Of who gave a wrong result all; of other visitors the site's part, unless the site is one that was suspended: else it
  -- would give its part to visitors of its own.
  select least(
           oblivion.open_liability(p_instance_id, p_site.id),
           case
             when p_site.suspended_reason is not null
               or exists (select from oblivion.wrong_results w where w.payee_owner_id = p_visitor) then p_reward
             else p_site_part end)
$$;
comment on function oblivion.forfeit_of(bigint, oblivion.sites, bigint, bigint, bigint) is
  'How much of one visitor''s charged reward goes to the reserve for wrong results on its site, before it is shared. For the engine alone.';
