-- Jobs that were tried before: who failed, lost or gave back one goes behind all others who could compute it, and a
-- newcomer behind the proven (T2). Each rule keeps a job from somebody for the sake of somebody else, so each counts only
-- those whom no rule keeps from it: else they wait for each other. For two minutes at most.

create function oblivion.newcomers_may_take(p_job public.jobs)
returns boolean
language sql
stable
security definer
set search_path = ''
as $$
  -- A proven owner who tried it, or has no room, stands in nobody's way: else who lost the last chunk of a task keeps it
  -- from all who did not. But one newcomer is enough, or a hundred take turns.
  select not exists (
           select
             from public.nodes n
             join oblivion.owners o on o.id = n.owner_id
             join oblivion.tasks t on t.id = p_job.task_id
            cross join oblivion.settings s
            where n.owner_id <> t.owner_id
              and o.proven_count >= s.proven_after
              and (p_job.excluded_owner_ids = '{}'
                or n.owner_id <> all (p_job.excluded_owner_ids) and n.current_jobs < n.max_jobs
                or exists (
                     select from oblivion.owners x
                      where x.id = any (p_job.excluded_owner_ids) and x.proven_count < s.proven_after))
              and oblivion.suits(t, n)
              and o.claims_from <= now()
              and not o.held_up
              and oblivion.is_online(n.last_seen, n.next_poll_at)
              and not (t.replicas > 1 and oblivion.has_replica(p_job, n)))
$$;
comment on function oblivion.newcomers_may_take(public.jobs) is
  'Whether a job that was tried before may go to a newcomer at once: nobody proven is online who could take it, or all of them tried it or are full and no newcomer tried it. One that nobody tried was offered and left lying. For the engine alone.';

create function oblivion.may_take_tried(p_owner_id bigint, p_job public.jobs)
returns boolean
language sql
stable
security definer
set search_path = ''
as $$
  select exists (
           select from oblivion.owners o, oblivion.settings s
            where o.id = p_owner_id and o.proven_count >= s.proven_after)
      or oblivion.newcomers_may_take(p_job)
$$;
comment on function oblivion.may_take_tried(bigint, public.jobs) is
  'Whether a job that was tried before may go to this owner at once: it is proven, or newcomers may take it. Else a hundred newcomers take turns in holding the last chunk of a task. For the engine alone.';

create function oblivion.may_retry(p_job_id uuid, p_node public.nodes)
returns boolean
language sql
stable
security definer
set search_path = ''
as $$
  -- Who failed, lost or gave back this job gets it again only while nobody else online could take it, or nobody did for
  -- two minutes, twice the longest told poll: else an idle node that beats and never asks would hold the job up for ever.
  -- Whom its task does not suit cannot take it. That is asked of the very task: nodes.unsuited_until only tells of the
  -- head of the queue, where anybody may put a task. Nor can who has another replica of the chunk, or no room,
  -- or nothing left of its claim budget, or newcomers from whom it is kept, for as long, while somebody proven is there (T2).
  select j.available_at < now() - interval '2 minutes'
      or oblivion.may_take_tried(p_node.owner_id, j) and (
         p_node.owner_id <> all (j.excluded_owner_ids)
      or not exists (
           select
             from (select oblivion.newcomers_may_take(j) as newcomers offset 0) may
            cross join public.nodes n
             join oblivion.owners o on o.id = n.owner_id
             join oblivion.tasks t on t.id = j.task_id
            cross join oblivion.settings s
            where n.owner_id not in (p_node.owner_id, j.customer_owner_id)
              and (may.newcomers or o.proven_count >= s.proven_after)
              and n.current_jobs < n.max_jobs
              and (greatest(o.accepted_count, o.proven_count) >= s.proven_after or n.raised_max_jobs is not null
                or not exists (select from public.nodes x where x.owner_id = n.owner_id and x.current_jobs > 0))
              and oblivion.suits(t, n)
              and o.claims_from <= now()
              and not o.held_up
              and oblivion.is_online(n.last_seen, n.next_poll_at)
              and n.owner_id <> all (j.excluded_owner_ids)
              and not (t.replicas > 1 and oblivion.has_replica(j, n))))
    from public.jobs j
   where j.id = p_job_id
$$;
comment on function oblivion.may_retry(uuid, public.nodes) is 'Whether a job that was tried before may go to this node. For the engine alone.';
