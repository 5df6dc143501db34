-- For nodes that claim by claim_job_fair or by a direct update: what they have to know of the job that they hold.

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
