-- Who has the last word (T3). Wallets cost nothing, so three strangers could fail a competitor's job for good, and two
-- could have its program quarantined. What ends a job, and what is said against a program, counts only from a node whose
-- owner has proved itself, or that an operator answers for.

create function oblivion.is_established(p_node_id uuid)
returns boolean
language sql
stable
security definer
set search_path = ''
as $$
  select n.operator or n.raised_max_jobs is not null or o.accepted_count >= s.proven_after
    from public.nodes n
    join oblivion.owners o on o.id = n.owner_id
   cross join oblivion.settings s
   where n.id = p_node_id
     and s.id
$$;
comment on function oblivion.is_established(uuid) is
  'Whether this node''s word ends a job or counts against a program: an operator''s node, or one of an owner with enough accepted results. Nothing that the node says of itself makes it so. For the engine alone.';

create function oblivion.has_last_word(p_job public.jobs)
returns boolean
language sql
stable
security definer
set search_path = ''
as $$
  -- Where nobody established is online, as on a young network, strangers' word would never be the last, and a broken program
  -- be tried for ever. Whoever wants to fail a competitor's job like that has to be alone with it for so long.
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
            cross join oblivion.settings s
            where (n.operator or n.raised_max_jobs is not null or o.accepted_count >= s.proven_after)
              and oblivion.is_online(n.last_seen, n.next_poll_at))
$$;
comment on function oblivion.has_last_word(public.jobs) is
  'Whether the failure or loss of this attempt may be the job''s last: its node is established, or strangers alone have been failing it for settings.stranger_patience and nobody established is online. For the engine alone.';

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
