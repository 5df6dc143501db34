-- Checkpoints: from where another run of a long chunk can go on. Up to 64 kB as a row. A larger one lies in Storage, at a
-- place of the attempt that it comes from and named by the SHA-256 of its bytes, and the row holds that hash. Who goes on may
-- read it only where checkpoint_for() offers it, and hashes what it read (T9).

-- What ctx.checkpoint takes: a MiB of UTF-16 units, of which each has at most three bytes.
insert into storage.buckets (id, name, public, file_size_limit, allowed_mime_types)
values ('oblivion-checkpoints', 'oblivion-checkpoints', false, 3145728, array['application/json']);

create table oblivion.checkpoints (
  -- One a job: replicas are jobs of their own, and never see each other's (T9).
  job_id uuid primary key references public.jobs on delete cascade,
  attempt int not null,
  owner_id bigint not null,
  -- JSON text as the node sent it; null where it lies in Storage under the hash.
  state text,
  stored_hash text check (stored_hash ~ '^[0-9a-f]{64}$'),
  saved_at timestamptz not null default now(),
  check ((state is null) <> (stored_hash is null))
);
comment on table oblivion.checkpoints is 'The latest checkpoint of each job that has one: whose attempt it comes from, and its JSON text or the hash of that.';

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

create function public.save_checkpoint(
  p_node_id uuid,
  p_job_id uuid,
  p_attempt int,
  p_state text default null,
  p_hash text default null
)
returns boolean
language plpgsql
security definer
set search_path = ''
set enable_seqscan = off
as $$
declare
  v_node public.nodes := oblivion.require_node(p_node_id);
  v_limit int;
  v_from uuid := gen_random_uuid();
begin
  select s.max_inline_bytes into v_limit from oblivion.settings s;
  if (p_state is null) = (p_hash is null) or octet_length(p_state) > v_limit or not oblivion.is_json(p_state) then
    perform oblivion.raise_error('OB005', format('A checkpoint is JSON text of at most %s bytes and 64 levels.', v_limit),
      'A larger one goes into Storage, and its hash here.',
      jsonb_build_object('field', 'p_state', 'reason', 'shape', 'limit', v_limit));
  end if;
  if not exists (
    select from public.jobs j
     where j.id = p_job_id
       and (j.status, j.node_id, j.attempt) is not distinct from ('processing', v_node.id, p_attempt)) then
    return false;
  end if;
  if not oblivion.is_checkpoint_stored(p_job_id, p_attempt, p_hash) then
    perform oblivion.raise_error('OB005', 'A checkpoint that is said to be stored is not.', 'Upload it first.',
      jsonb_build_object('field', 'p_hash', 'reason', 'stored'));
  end if;
  insert into oblivion.checkpoints as c (job_id, attempt, owner_id, state, stored_hash)
  values (p_job_id, p_attempt, v_node.owner_id, p_state, p_hash)
  on conflict (job_id) do update
    set attempt = excluded.attempt,
        owner_id = excluded.owner_id,
        state = excluded.state,
        stored_hash = excluded.stored_hash,
        saved_at = now();
  -- Those of jobs that have ended go as new ones come. Each call looks at 20 from a place by lot and at the first 20, so it
  -- costs the same however many there are, and of those that lie there at most about one in twenty is of an ended job.
  delete from oblivion.checkpoints c
   where c.job_id in (
           select o.job_id
             from oblivion.checkpoints o
             join public.jobs j on j.id = o.job_id
            where o.job_id = any (array(
                    (select a.job_id from oblivion.checkpoints a where a.job_id >= v_from order by a.job_id limit 20)
                     union all
                    (select b.job_id from oblivion.checkpoints b order by b.job_id limit 20)))
              and j.status not in ('pending', 'processing', 'blocked')
              for update of o skip locked);
  -- Lost in a crash, an older one does.
  perform set_config('synchronous_commit', 'off', true);
  return true;
end
$$;
comment on function public.save_checkpoint(uuid, uuid, int, text, text) is
  'Keeps a checkpoint of the job that the node holds, in place of the one before: its JSON text, or the SHA-256 under which that lies in Storage at a place of this attempt. False where the attempt is not the node''s any more. OB001, OB003 to OB005.';

create function oblivion.checkpoint_for(p_job public.jobs)
returns jsonb
language sql
stable
security definer
set search_path = ''
as $$
  select jsonb_build_object('attempt', c.attempt) || case
           when c.stored_hash is null then jsonb_build_object('state', c.state, 'hash', oblivion.content_hash(c.state))
           else jsonb_build_object('hash', c.stored_hash,
             'url', 'oblivion-checkpoints/' || oblivion.upload_name(c.job_id, c.attempt, c.stored_hash)) end
    from oblivion.checkpoints c
    join public.nodes n on n.id = p_job.node_id
    join oblivion.tasks k on k.id = p_job.task_id
   cross join oblivion.settings s
    left join oblivion.owners m on m.id = c.owner_id
    left join oblivion.owners t on t.id = n.owner_id
   where c.job_id = p_job.id
     and c.attempt < p_job.attempt
     -- One's own, or from one established owner to another: a stranger's bad state would make the next one's result bad,
     -- and a stranger could cheat through whoever goes on (T9). One's own alone where a result can be proven wrong (see
     -- prove_wrong): which of two owners' legs spoilt it nobody could say.
     and (c.owner_id = n.owner_id
       or k.replicas < 3 and m.proven_count >= s.proven_after and t.proven_count >= s.proven_after)
$$;
comment on function oblivion.checkpoint_for(public.jobs) is
  'The checkpoint that the node which holds this job may go on from; null where there is none. For the engine alone.';

create function oblivion.is_checkpoint_stored(p_job_id uuid, p_attempt int, p_hash text)
returns boolean
language sql
stable
security definer
set search_path = ''
as $$
  select p_hash is null
      or exists (
           select
             from storage.objects s
            where s.bucket_id = 'oblivion-checkpoints'
              and s.name = oblivion.upload_name(p_job_id, p_attempt, p_hash))
$$;
comment on function oblivion.is_checkpoint_stored(uuid, int, text) is
  'Whether the attempt has put a checkpoint of this hash into Storage; true where there is no hash. For the engine alone.';

create function oblivion.may_store_checkpoint(p_name text)
returns boolean
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_folder text := left(p_name, -64);
begin
  if oblivion.holds_attempt(p_name) is null then
    return false;
  end if;
  -- Two uploads at once would each find room. The second counts when the first is written, in a statement of its own: hence
  -- volatile.
  perform pg_advisory_xact_lock(oblivion.lock_key('checkpoint', v_folder));
  -- The one that stands, the one that follows, and one that could not be removed: else Storage were free. By a range of the
  -- index in any plan and any collation: what lies in one folder differs in 64 hexadecimal digits alone.
  return (
    select count(*)
      from storage.objects s
     where s.bucket_id = 'oblivion-checkpoints'
       and s.name between v_folder || repeat('0', 64) and v_folder || repeat('f', 64)
       and starts_with(s.name, v_folder)) < 3;
end
$$;
comment on function oblivion.may_store_checkpoint(text) is
  'Whether the caller, a node, may write under this name, once: uploads/<job>/<attempt>/<SHA-256> of the attempt that it holds, which has fewer than three. Any role may call it: the policy does. A signed address to upload to is asked for it once, before: who has many of them writes as many, until the coordinator removes what is left.';

create function oblivion.may_remove_checkpoint(p_name text)
returns boolean
language sql
stable
security definer
set search_path = ''
as $$
  select oblivion.holds_attempt(p_name) is not null or oblivion.reads_deliveries()
$$;
comment on function oblivion.may_remove_checkpoint(text) is
  'Whether the caller may remove this: as the node whose attempt writes there, or as a coordinator. Any role may call it: the policy does.';

create function oblivion.may_read_checkpoint(p_name text)
returns boolean
language sql
stable
security definer
set search_path = ''
as $$
  -- Storage answers with the row that it has made.
  select oblivion.may_remove_checkpoint(p_name)
      or exists (
           select
             from public.nodes n
             join public.jobs j on j.node_id = n.id and j.status = 'processing'
            where n.key_hash = oblivion.node_key_hash()
              and oblivion.checkpoint_for(j) ->> 'url' = 'oblivion-checkpoints/' || p_name)
$$;
comment on function oblivion.may_read_checkpoint(text) is
  'Whether the caller may read this: as the node whose attempt writes there, as one that holds the job now and may go on from it (T9), as a coordinator. Any role may call it: the policy does.';

create policy "oblivion: a node keeps a checkpoint" on storage.objects
  for insert to anon, authenticated
  with check (bucket_id = 'oblivion-checkpoints' and oblivion.may_store_checkpoint(name));
create policy "oblivion: a node reads the checkpoint that it goes on from" on storage.objects
  for select to anon, authenticated
  using (bucket_id = 'oblivion-checkpoints' and oblivion.may_read_checkpoint(name));
create policy "oblivion: a checkpoint is removed by its attempt, or a coordinator" on storage.objects
  for delete to anon, authenticated
  using (bucket_id = 'oblivion-checkpoints' and oblivion.may_remove_checkpoint(name));

create function oblivion.checkpoints_left(p_key_hash text)
returns jsonb
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_left jsonb;
begin
  select jsonb_agg(u.name)
    into v_left
    from (
      select s.name
        from storage.objects s
       where s.bucket_id = 'oblivion-checkpoints'
         and s.name ~ '^uploads/[0-9a-f-]{36}/[0-9]{1,9}/[0-9a-f]{64}$'
         -- Told to the engine by then.
         and s.created_at < now() - interval '10 minutes'
         and not exists (
               select
                 from oblivion.checkpoints c
                 join public.jobs j on j.id = c.job_id and j.status in ('pending', 'processing', 'blocked')
                where c.job_id = split_part(s.name, '/', 2)::uuid
                  and s.name = oblivion.upload_name(c.job_id, c.attempt, c.stored_hash))
       limit 1000) u;
  if v_left is not null then
    perform oblivion.open_deliveries(p_key_hash);
  end if;
  return coalesce(v_left, '[]');
end
$$;
comment on function oblivion.checkpoints_left(text) is
  'Names of stored checkpoints that nobody goes on from any more: their job has ended, or has a later one. At most 1,000; where there are any, the key of this SHA-256 opens them for ten minutes. For the coordinator.';
