-- For nodes that do not use work_cycle: what they have to know of a job that they claimed by claim_job_fair or by a direct
-- update, and a claim that answers it at once.

create function public.claimed_job(p_job_id uuid, p_provider_address text)
returns jsonb
language plpgsql
stable
security definer
set search_path = ''
as $$
declare
  v_provider text := oblivion.require_provider(p_provider_address);
  v_hash bytea := oblivion.node_key_hash();
  v_job public.jobs;
begin
  select j.* into v_job
    from public.jobs j
    join public.nodes n on n.id = j.node_id
   where j.id = p_job_id
     and (j.status, j.provider_address) is not distinct from ('processing', v_provider)
     and (v_hash is null or n.key_hash = v_hash);
  return case when v_job.id is not null then oblivion.offered_job(v_job) end;
end
$$;
comment on function public.claimed_job(uuid, text) is
  'The job that the caller holds, as work_cycle gives it: program, input, attempt, lease and limits; null where it is not the caller''s. OB001, OB002.';

create function public.claim_job(p_provider_address text default null)
returns jsonb
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_node public.nodes := oblivion.require_provider_node(coalesce(p_provider_address, oblivion.caller_provider()));
begin
  -- A node that is full gets nothing: work_cycle would tell it once more of the job that it holds, and a worker that
  -- claims twice at once would compute that twice.
  return case when oblivion.has_room(v_node) then nullif(public.work_cycle(v_node.id) -> 'job', 'null') end;
end
$$;
comment on function public.claim_job(text) is
  'Claims the job that the server chooses for the caller''s node, atomically, and answers it as work_cycle does; null where there is none for it, or a cap is reached. By node key, or by a wallet''s session for its freest node. OB001 to OB003.';
