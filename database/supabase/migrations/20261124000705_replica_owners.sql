-- Who has which replica of a chunk: whatever asks who could compute a job asks here.

create table oblivion.replica_owners (
  job_id uuid primary key,
  task_id uuid not null,
  chunk_index int not null,
  stage smallint not null,
  -- Who stands behind the node, as widely as we can tell: its owner, or for a site's visitors the site's.
  cluster_id bigint not null,
  unique (task_id, chunk_index, stage, cluster_id)
);
comment on table oblivion.replica_owners is
  'Who holds or did which job of a task with replicas: never two of one chunk and stage by one cluster of owners (T1, T5).';

create function oblivion.cluster_of(p_node public.nodes)
returns bigint
language sql
immutable
set search_path = ''
as $$
  select coalesce(p_node.site_owner_id, p_node.owner_id)
$$;
comment on function oblivion.cluster_of(public.nodes) is
  'Who stands behind a node, as widely as we can tell: all visitors of one site are one. For the engine alone.';

create function oblivion.has_replica(p_job public.jobs, p_node public.nodes)
returns boolean
language sql
stable
security definer
set search_path = ''
as $$
  select exists (
    select from oblivion.replica_owners r
     where r.task_id = p_job.task_id
       and r.chunk_index = p_job.chunk_index
       and r.stage = p_job.stage
       and r.cluster_id = oblivion.cluster_of(p_node))
$$;
comment on function oblivion.has_replica(public.jobs, public.nodes) is
  'Whether this node''s cluster holds or did a job of this chunk and stage. For the engine alone.';
