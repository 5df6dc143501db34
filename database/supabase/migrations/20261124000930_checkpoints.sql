-- Checkpoints: from where another run of a long chunk can go on.

create table oblivion.checkpoints (
  -- One a job: replicas are jobs of their own, and never see each other's (T9).
  job_id uuid primary key references public.jobs on delete cascade,
  attempt int not null,
  owner_id bigint not null,
  -- JSON text as the node sent it.
  state text not null,
  saved_at timestamptz not null default now()
);
comment on table oblivion.checkpoints is 'The latest checkpoint of each job that has one: whose attempt it comes from, and its JSON text.';

create function oblivion.is_json(p_text text)
returns boolean
language plpgsql
immutable
set search_path = ''
as $$
begin
  -- `is json` comes with version 16. What lies deeper than some 4,000 levels cannot be passed to a program's thread, so
  -- that every node that got it would give it back.
  return not p_text::jsonb @? '$.**{65}';
exception
  when data_exception or untranslatable_character or program_limit_exceeded then
    return false;
end
$$;
comment on function oblivion.is_json(text) is 'Whether a text is one JSON value of at most 64 levels. For the engine alone.';

create function public.save_checkpoint(p_node_id uuid, p_job_id uuid, p_attempt int, p_state text)
returns boolean
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_node public.nodes := oblivion.require_node(p_node_id);
  v_limit int;
begin
  select s.max_inline_bytes into v_limit from oblivion.settings s;
  if p_state is null or octet_length(p_state) > v_limit or not oblivion.is_json(p_state) then
    perform oblivion.raise_error('OB005', format('A checkpoint is JSON text of at most %s bytes and 64 levels.', v_limit), null,
      jsonb_build_object('field', 'p_state', 'reason', 'shape', 'limit', v_limit));
  end if;
  if not exists (
    select from public.jobs j
     where j.id = p_job_id
       and (j.status, j.node_id, j.attempt) is not distinct from ('processing', v_node.id, p_attempt)) then
    return false;
  end if;
  insert into oblivion.checkpoints as c (job_id, attempt, owner_id, state)
  values (p_job_id, p_attempt, v_node.owner_id, p_state)
  on conflict (job_id) do update
    set attempt = excluded.attempt,
        owner_id = excluded.owner_id,
        state = excluded.state,
        saved_at = now();
  -- Those of jobs that have ended go as new ones come: the table holds little more than what is in work.
  delete from oblivion.checkpoints c
   where c.job_id in (
           select o.job_id
             from oblivion.checkpoints o
             join public.jobs j on j.id = o.job_id
            where j.status not in ('pending', 'processing', 'blocked')
            limit 20
              for update of o skip locked);
  -- Lost in a crash, an older one does.
  perform set_config('synchronous_commit', 'off', true);
  return true;
end
$$;
comment on function public.save_checkpoint(uuid, uuid, int, text) is
  'Keeps a checkpoint of the job that the node holds, in place of the one before. False where the attempt is not the node''s any more. OB001, OB003 to OB005.';

create function oblivion.checkpoint_for(p_job public.jobs)
returns jsonb
language sql
stable
security definer
set search_path = ''
as $$
  select jsonb_build_object('attempt', c.attempt, 'state', c.state, 'hash', oblivion.content_hash(c.state))
    from oblivion.checkpoints c
    join public.nodes n on n.id = p_job.node_id
   cross join oblivion.settings s
    left join oblivion.owners m on m.id = c.owner_id
    left join oblivion.owners t on t.id = n.owner_id
   where c.job_id = p_job.id
     and c.attempt < p_job.attempt
     -- One's own, or from one established owner to another: a stranger's bad state would make the next one's result bad,
     -- and a stranger could cheat through whoever goes on (T9).
     and (c.owner_id = n.owner_id or (m.proven_count >= s.proven_after and t.proven_count >= s.proven_after))
$$;
comment on function oblivion.checkpoint_for(public.jobs) is
  'The checkpoint that the node which holds this job may go on from; null where there is none. For the engine alone.';
