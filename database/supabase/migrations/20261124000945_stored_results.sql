-- Results that are too large for a call. Its node uploads one to a place that stands for the very attempt, and reports the
-- place: from then on the result is delivered and the node is free. Postgres cannot read what lies in Storage, so the job
-- stays in processing, unpaid, until the coordinator has read the bytes, written those very bytes to results/<SHA-256>
-- and said what it saw; the engine decides. What a node wrote is never what a customer reads (T12).

insert into storage.buckets (id, name, public, file_size_limit, allowed_mime_types)
values ('oblivion-results', 'oblivion-results', false, 16777216, array['application/json']);

create table oblivion.deliveries (
  job_id uuid primary key,
  attempt int not null,
  node_id uuid not null,
  owner_id bigint not null,
  result_hash text not null check (result_hash ~ '^[0-9a-f]{64}$'),
  metrics jsonb,
  delivered_at timestamptz not null default now()
);
create index on oblivion.deliveries (delivered_at);
create index on oblivion.deliveries (node_id);
comment on table oblivion.deliveries is
  'Results that lie in Storage and that the coordinator has not read yet. Their jobs are processing, without a node and a lease: nobody else gets them, and nothing is paid.';

create function oblivion.count_delivery()
returns trigger
language plpgsql
security definer
set search_path = ''
as $$
begin
  update oblivion.owners o
     set unread = o.unread + case tg_op when 'INSERT' then 1 else -1 end
   where o.id = coalesce(new.owner_id, old.owner_id);
  return null;
end
$$;
comment on function oblivion.count_delivery() is
  'Keeps owners.unread, by which an owner is held up: a claim reads its owner''s row anyway, and counts nothing.';
create trigger count_delivery after insert or delete on oblivion.deliveries
  for each row execute function oblivion.count_delivery();

create table oblivion.stored_results (
  job_id uuid primary key,
  result_hash text not null,
  bytes int not null check (bytes between 1 and 16777216),
  -- What came after it was the coordinator's time, not its node's.
  delivered_at timestamptz not null
);
create index on oblivion.stored_results (result_hash);
comment on table oblivion.stored_results is
  'Which accepted results lie in Storage, as results/<result_hash>. Their rows in results have no text.';

create table oblivion.storage_keys (
  key_hash bytea primary key,
  ends_at timestamptz not null
);
comment on table oblivion.storage_keys is
  'Keys by which coordinators read deliveries and write results, as nodes show theirs. Each is made by its process, renewed while there is work and worth nothing ten minutes later.';

create function oblivion.upload_name(p_job_id uuid, p_attempt int, p_hash text)
returns text
language sql
immutable
set search_path = ''
as $$
  select 'uploads/' || p_job_id || '/' || p_attempt || '/' || p_hash
$$;
comment on function oblivion.upload_name(uuid, int, text) is
  'Where an attempt puts its result, in the bucket oblivion-results. Of its own: under a name that others may write too, a stranger could put other bytes first. For the engine alone.';

create function oblivion.reads_deliveries()
returns boolean
language sql
stable
security definer
set search_path = ''
as $$
  select exists (
    select from oblivion.storage_keys k where k.key_hash = oblivion.node_key_hash() and k.ends_at > now())
$$;
comment on function oblivion.reads_deliveries() is 'Whether the caller shows the key of a coordinator. For the engine alone.';

create function oblivion.holds_attempt(p_name text)
returns bigint
language sql
stable
security definer
set search_path = ''
as $$
  select n.owner_id
    from public.nodes n
    join public.jobs j on j.node_id = n.id
   where n.key_hash = oblivion.node_key_hash()
     and j.status = 'processing'
     and j.lease_expires_at > now()
     and starts_with(p_name, oblivion.upload_name(j.id, j.attempt, ''))
     and substr(p_name, length(oblivion.upload_name(j.id, j.attempt, '')) + 1) ~ '^[0-9a-f]{64}$'
$$;
comment on function oblivion.holds_attempt(text) is
  'The owner of the calling node where this is a place of an attempt that it holds now, under a lease that has not ended; else null. For the engine alone.';

create function oblivion.may_store_result(p_name text)
returns boolean
language plpgsql
stable
security definer
set search_path = ''
as $$
declare
  v_owner bigint;
begin
  if p_name ~ '^results/[0-9a-f]{64}$' then
    return oblivion.reads_deliveries();
  end if;
  v_owner := oblivion.holds_attempt(p_name);
  return v_owner is not null
    -- One an attempt, and not without end while nobody reads: else Storage were free. An owner is held up long before, but
    -- for what its nodes hold by then: refused, that would be computed in vain, and again by somebody else.
    and not exists (
          select
            from storage.objects s
           where s.bucket_id = 'oblivion-results'
             and starts_with(s.name, left(p_name, -64))
           -- The same again, after an answer that was lost, is a conflict and no refusal.
           and s.name <> p_name)
    and (select o.unread from oblivion.owners o where o.id = v_owner) < 100;
end
$$;
comment on function oblivion.may_store_result(text) is
  'Whether the caller may write under this name, once: as a node into uploads/<job>/<attempt>/<SHA-256> of the attempt that it holds, while its owner has fewer than 100 that wait to be read; as a coordinator into results/<SHA-256>. Any role may call it: the policy does.';

create function oblivion.previous_url(p_job public.jobs)
returns text
language sql
stable
security definer
set search_path = ''
as $$
  select 'oblivion-results/results/' || e.result_hash
    from oblivion.stage_ends e
    join public.jobs j on j.task_id = e.task_id and j.chunk_index = e.chunk_index and j.stage = e.stage
    join oblivion.stored_results r on r.job_id = j.id and r.result_hash = e.result_hash
   where e.task_id = p_job.task_id
     and e.chunk_index = p_job.chunk_index
     and e.stage = p_job.stage - 1
   limit 1
$$;
comment on function oblivion.previous_url(public.jobs) is
  'Bucket and name of the accepted result of the stage before, where that lies in Storage; else null. For the engine alone.';

create function oblivion.job_input_urls(p_job public.jobs, p_owner_id bigint, p_input jsonb)
returns jsonb
language sql
stable
security definer
set search_path = ''
as $$
  select case when u.input is not null or u.previous is not null
           then jsonb_build_object('input', u.input, 'previous', u.previous) end
    from (select oblivion.input_url(p_owner_id, p_input ->> '$stored') as input,
                 oblivion.previous_url(p_job) as previous) u
$$;
comment on function oblivion.job_input_urls(public.jobs, bigint, jsonb) is
  'Where the parts of a later stage''s input lie that lie in Storage, {input, previous}; null where none does. For the engine alone.';

create function oblivion.may_read_result(p_name text)
returns boolean
language plpgsql
stable
security definer
set search_path = ''
as $$
declare
  v_hash text := substring(p_name from '^results/([0-9a-f]{64})$');
begin
  if oblivion.reads_deliveries() then
    return true;
  elsif v_hash is null then
    -- Storage answers with the row that it has made.
    return oblivion.holds_attempt(p_name) is not null;
  end if;
  return exists (
    select
      from oblivion.stored_results r
      join public.jobs j on j.id = r.job_id
      join oblivion.tasks t on t.id = j.task_id
      join oblivion.owners o on o.id = t.owner_id
     cross join lateral oblivion.shown_results(t, j.stage, array[j.chunk_index]) s
     where r.result_hash = v_hash
       and o.address = oblivion.caller_customer('read')
       and s.result_hash = v_hash)
    or exists (
    select
      from public.nodes n
      join public.jobs j on j.node_id = n.id and j.status = 'processing' and j.stage > 0
     where n.key_hash = oblivion.node_key_hash()
       and oblivion.previous_url(j) = 'oblivion-results/' || p_name);
end
$$;
comment on function oblivion.may_read_result(text) is
  'Whether the caller may read this: as the customer of a task that shows a result with this hash, not before (T8); as a node of the next stage, while it holds the job; as a coordinator; as a node what it may write. Any role may call it: the policy does.';

create policy "oblivion: a node delivers a result" on storage.objects
  for insert to anon, authenticated
  with check (bucket_id = 'oblivion-results' and oblivion.may_store_result(name));
create policy "oblivion: a customer reads an accepted result" on storage.objects
  for select to anon, authenticated
  using (bucket_id = 'oblivion-results' and oblivion.may_read_result(name));
create policy "oblivion: a coordinator removes what was read" on storage.objects
  for delete to anon, authenticated
  using (bucket_id = 'oblivion-results' and starts_with(name, 'uploads/') and oblivion.reads_deliveries());

create function oblivion.deliver_result(
  p_node public.nodes,
  p_job_id uuid,
  p_attempt int,
  p_outcome text,
  p_url text,
  p_metrics jsonb
)
returns text
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_hash text := right(p_url, 64);
  v_attempt int := coalesce(p_attempt, substring(p_url from '/([0-9]{1,9})/[0-9a-f]{64}$')::int);
begin
  if p_outcome is distinct from 'succeeded'
    or p_url is distinct from 'oblivion-results/' || oblivion.upload_name(p_job_id, v_attempt, v_hash) then
    perform oblivion.refuse_foreign_url(p_url, 'resultUrl');
  end if;
  perform
    from public.jobs j
   where j.id = p_job_id
     and j.status = 'processing'
     and j.node_id = p_node.id
     and j.attempt = v_attempt
     for no key update;
  if not found then
    return case
      when exists (
             select from oblivion.deliveries d
              where d.job_id = p_job_id and d.attempt = v_attempt and d.node_id = p_node.id)
        or exists (
             select from oblivion.results r
              where r.job_id = p_job_id and r.attempt = v_attempt and r.node_id = p_node.id) then 'confirmed'
      when exists (select from public.jobs j where j.id = p_job_id) then 'stale_attempt'
      else 'job_not_found' end;
  end if;
  if not exists (
    select
      from storage.objects s
     where s.bucket_id = 'oblivion-results'
       and s.name = oblivion.upload_name(p_job_id, v_attempt, v_hash)) then
    perform oblivion.raise_error('OB005', 'A result that is said to be stored is not.', 'Upload it first.',
      jsonb_build_object('field', 'resultUrl', 'reason', 'stored'));
  end if;
  insert into oblivion.deliveries (job_id, attempt, node_id, owner_id, result_hash, metrics)
  values (p_job_id, v_attempt, p_node.id, p_node.owner_id, v_hash, case when octet_length(p_metrics::text) <= 4096 then p_metrics end);
  update public.jobs j
     set node_id = null,
         lease_expires_at = null,
         progress = 1,
         metrics = null,
         moves = j.moves + 1
   where j.id = p_job_id;
  update public.nodes n
     set current_jobs = greatest(0, n.current_jobs - 1)
   where n.id = p_node.id;
  return 'accepted';
end
$$;
comment on function oblivion.deliver_result(public.nodes, uuid, int, text, text, jsonb) is
  'Takes the report of a result that lies in Storage, at the place of this attempt and at no other (A1, OB009). Its node is free, its job waits for the coordinator. Answers accepted, confirmed (told before), stale_attempt or job_not_found; OB005 where nothing lies there. For the engine alone.';

create function oblivion.open_deliveries(p_key_hash text)
returns void
language sql
security definer
set search_path = ''
as $$
  delete from oblivion.storage_keys k where k.ends_at < now();
  insert into oblivion.storage_keys as k (key_hash, ends_at)
  values (decode(p_key_hash, 'hex'), now() + interval '10 minutes')
  on conflict (key_hash) do update set ends_at = excluded.ends_at;
$$;
comment on function oblivion.open_deliveries(text) is
  'Opens the bucket of results to the key of this SHA-256 for ten minutes. For the engine alone.';

create function oblivion.deliveries_due(p_key_hash text)
returns jsonb
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_due jsonb;
begin
  select jsonb_agg(jsonb_build_object(
           'jobId', d.job_id, 'attempt', d.attempt, 'resultHash', d.result_hash,
           'name', oblivion.upload_name(d.job_id, d.attempt, d.result_hash)) order by d.turn, d.delivered_at)
    into v_due
    from (
      select o.*, row_number() over (partition by o.owner_id order by o.delivered_at) as turn
        from (select e.* from oblivion.deliveries e order by e.delivered_at limit 1000) o
       -- By owners in turn: who brings many, or such as are dear to read, keeps nobody else's waiting.
       order by turn, o.delivered_at
       limit 20) d;
  if v_due is not null then
    perform oblivion.open_deliveries(p_key_hash);
  end if;
  return coalesce(v_due, '[]');
end
$$;
comment on function oblivion.deliveries_due(text) is
  'Results that wait to be read, at most 20, [{jobId, attempt, resultHash, name}]: of each owner the oldest first; where there are any, the key of this SHA-256 opens them for ten minutes. For the coordinator.';

create function oblivion.judge_delivery(p_job_id uuid, p_attempt int, p_hash text, p_bytes bigint)
returns text
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_job public.jobs;
  v_node public.nodes;
  v_delivery oblivion.deliveries;
  -- As job_answer() tells it, and as the bucket has it.
  v_limit constant bigint := 16777216;
begin
  select j.* into v_job from public.jobs j where j.id = p_job_id and j.attempt = p_attempt for no key update;
  select d.* into v_delivery from oblivion.deliveries d where d.job_id = p_job_id and d.attempt = p_attempt;
  if v_job.id is null or v_delivery.job_id is null then
    return null;
  end if;
  select n.* into v_node from public.nodes n where n.id = v_delivery.node_id;
  if v_node.id is null then
    -- Nobody is left who could be paid for it: somebody else computes it.
    perform oblivion.requeue(v_job);
    return 'refused';
  end if;
  -- Whose attempt it was: the row itself has let go of its node.
  v_job.node_id := v_delivery.node_id;
  if p_bytes is null and exists (
    select
      from storage.objects s
     where s.bucket_id = 'oblivion-results'
       and s.name = oblivion.upload_name(p_job_id, p_attempt, v_delivery.result_hash)) then
    -- Storage answers "not found" also to whoever may not read.
    perform oblivion.raise_error('OB005', 'The result lies in Storage, and was not read.', 'Read it again.',
      jsonb_build_object('field', 'p_bytes', 'reason', 'stored'));
  end if;
  if p_bytes > v_limit or p_hash is distinct from v_delivery.result_hash then
    perform oblivion.fail_attempt(v_job, 'rejected', case
      when p_bytes is null then 'The result is not in Storage any more.'
      when p_bytes > v_limit then format('The result is larger than %s bytes.', v_limit)
      when p_hash is null then 'The result in Storage is not canonical JSON.'
      else 'The result in Storage does not have the hash that it is named by.' end, v_delivery.metrics);
    return 'refused';
  end if;
  if not exists (
    select from storage.objects s where s.bucket_id = 'oblivion-results' and s.name = 'results/' || p_hash) then
    perform oblivion.raise_error('OB005', 'What was read is written to results/ before it is judged.', null,
      jsonb_build_object('field', 'p_hash', 'reason', 'stored'));
  end if;
  delete from oblivion.deliveries d where d.job_id = p_job_id;
  insert into oblivion.stored_results (job_id, result_hash, bytes, delivered_at)
  values (p_job_id, p_hash, p_bytes, v_delivery.delivered_at);
  perform oblivion.accept_result(v_job, v_node, null, p_hash, v_delivery.metrics, v_delivery.delivered_at);
  update public.nodes n
     set total_jobs_completed = n.total_jobs_completed + 1
   where n.id = v_node.id;
  perform oblivion.try_close_task_of(p_job_id);
  return 'accepted';
end
$$;
comment on function oblivion.judge_delivery(uuid, int, text, bigint) is
  'Ends a delivered attempt by what the coordinator read: how many bytes, null for none, and the SHA-256 of them where they are canonical JSON. Accepted and paid where that is the hash that it was delivered under, else a failure of its node. Null where nobody waits for it. For the coordinator.';

create function oblivion.give_back_deliveries(p_node_id uuid)
returns void
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_job public.jobs;
begin
  for v_job in
    select j.*
      from public.jobs j
      join oblivion.deliveries d on d.job_id = j.id
     where d.node_id = p_node_id
       -- Looked at again once its lock is given: it may have been judged meanwhile.
       and (j.status, j.attempt) = ('processing', d.attempt)
     order by j.id
       for no key update of j
  loop
    v_job.node_id := p_node_id;
    perform oblivion.end_attempt(v_job, 'released', 'The node was forgotten.');
    perform oblivion.requeue(v_job);
  end loop;
end
$$;
comment on function oblivion.give_back_deliveries(uuid) is
  'Gives back what a node has delivered and nobody has read, before it is forgotten. For the engine alone.';

create function oblivion.uploads_left(p_key_hash text)
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
       where s.bucket_id = 'oblivion-results'
         -- By the index on names; the results that are kept lie in the same bucket.
         and s.name like 'uploads/%'
         and s.name ~ '^uploads/[0-9a-f-]{36}/[0-9]{1,9}/[0-9a-f]{64}$'
         and s.created_at < now() - interval '10 minutes'
         -- Neither in work nor delivered.
         and not exists (
               select from public.jobs j
                where j.id = split_part(s.name, '/', 2)::uuid
                  and j.attempt = split_part(s.name, '/', 3)::int
                  and j.status = 'processing')
       order by s.created_at
       limit 100) u;
  if v_left is not null then
    perform oblivion.open_deliveries(p_key_hash);
  end if;
  return coalesce(v_left, '[]');
end
$$;
comment on function oblivion.uploads_left(text) is
  'Names of uploads that nobody needs any more: their attempt ended without them, or they were read. At most 100; where there are any, the key of this SHA-256 opens them for ten minutes. For the coordinator.';

create function oblivion.is_input_left(p_name text, p_created_at timestamptz)
returns boolean
language plpgsql
stable
security definer
set search_path = ''
as $$
begin
  return p_created_at < now() - interval '30 days'
    and not exists (
          select
            from oblivion.owners o
            join oblivion.tasks t on t.owner_id = o.id
           where o.address = split_part(p_name, '/', 1)
             -- The last jobs of a cancelled one may still be in work.
             and (t.status in ('running', 'paused') or t.finished_at > now() - interval '1 day'))
    -- Whose tasks are yet to come.
    and not exists (
          select
            from oblivion.owners o
            join oblivion.schedules c on c.owner_id = o.id
           where o.address = split_part(p_name, '/', 1));
end
$$;
comment on function oblivion.is_input_left(text, timestamptz) is
  'Whether a stored input goes: 30 days after it was stored, while its customer has no schedule and no task that has not ended, or ended within a day. Which of them names it is not looked for: that would read every chunk. Any role may call it: the policy does.';

create policy "oblivion: a coordinator sees what inputs are left" on storage.objects
  for select to anon, authenticated
  using (bucket_id = 'oblivion-inputs' and oblivion.reads_deliveries());
create policy "oblivion: a coordinator removes what inputs are left" on storage.objects
  for delete to anon, authenticated
  using (bucket_id = 'oblivion-inputs' and oblivion.reads_deliveries() and oblivion.is_input_left(name, created_at));

create function oblivion.inputs_left(p_key_hash text)
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
      -- Whether a customer still needs its inputs is asked once a customer, and not for each of them.
      with old as materialized (
        select s.name, split_part(s.name, '/', 1) as address, s.created_at
          from storage.objects s
         where s.bucket_id = 'oblivion-inputs'
           and s.created_at < now() - interval '30 days'
      ), idle as materialized (
        select o.address from old o group by o.address having oblivion.is_input_left(o.address, min(o.created_at)))
      select o.name
        from old o
        join idle i on i.address = o.address
       limit 100) u;
  if v_left is not null then
    perform oblivion.open_deliveries(p_key_hash);
  end if;
  return coalesce(v_left, '[]');
end
$$;
comment on function oblivion.inputs_left(text) is
  'Names of stored inputs that nobody needs any more. At most 100; where there are any, the key of this SHA-256 may remove them for ten minutes. For the coordinator.';
