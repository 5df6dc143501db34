-- Tasks and chunks: the customer's order and the parts of its input.

create table oblivion.tasks (
  id uuid primary key default gen_random_uuid(),
  owner_id bigint not null references oblivion.owners,
  -- By which it was posted, where it was by one: that key alone may control it, beside its wallet. No foreign key: one that
  -- ended long ago is deleted, and its tasks, 100,000 perhaps, are not rewritten for it.
  api_key_id uuid,
  title text not null check (length(title) between 1 and 200),
  type text not null,
  program jsonb not null check (program ->> 'kind' in ('builtin', 'js', 'wasm')),
  -- A pipeline's stages in order, the first included: [{type, program}]; null where there is one.
  stages jsonb check (jsonb_array_length(stages) between 2 and 20),
  stage_count smallint not null generated always as (coalesce(jsonb_array_length(stages), 1)) stored,
  -- How many jobs each stage of a chunk has, and how many of them must agree.
  replicas smallint not null default 1 check (replicas between 1 and 5),
  quorum smallint not null default 1 check (quorum between replicas / 2 + 1 and replicas),
  -- What a site's allow-list is held against: the key of each stage's program.
  program_keys text[] not null check (cardinality(program_keys) > 0),
  status text not null default 'running' check (status in ('running', 'paused', 'completed', 'failed', 'cancelled')),
  chunk_count int not null check (chunk_count > 0),
  asset text not null check (asset in ('chain', 'card', 'test')),
  instance_id bigint not null references oblivion.settlement_instances,
  -- What a job costs; where the task is metered, the most, and price_floor the least.
  price_per_chunk bigint not null check (price_per_chunk > 0),
  metered boolean not null default false,
  price_floor bigint,
  fee_bps int not null check (fee_bps between 0 and 10000),
  budget bigint not null,
  max_concurrent_chunks int check (max_concurrent_chunks > 0),
  max_attempts int not null check (max_attempts between 1 and 10),
  timeout_seconds int not null check (timeout_seconds between 5 and 3600),
  priority smallint not null check (priority between 0 and 9),
  -- What a node must be like to get a job of this task; null where it does not matter.
  capabilities text[] check (cardinality(capabilities) > 0),
  worker_types text[] check (cardinality(worker_types) > 0 and worker_types <@ array['browser', 'server', 'python']),
  max_price_per_hour bigint check (max_price_per_hour >= 0),
  -- Asks nothing of its nodes, and nothing of a job but its result: claimed and completed by one statement each
  -- (work_cycle.sql). Whatever makes a task special stands here too.
  plain boolean not null generated always as (
    capabilities is null and worker_types is null and max_price_per_hour is null and max_concurrent_chunks is null
    and replicas = 1 and stages is null and not metered) stored,
  -- Who paused it: its customer, itself because its replicas disagree (T4), or a halt of settlement (M3).
  paused_reason text check (paused_reason in ('customer', 'exit', 'halted', 'non_deterministic', 'program_stopped')),
  resumed_at timestamptz,
  -- Whether its jobs were offered at creation, one provider each.
  assign boolean not null default false,
  -- Whether its hold may have money: until nothing of it is open and the rest is free again.
  holds boolean not null default true,
  created_at timestamptz not null default now(),
  finished_at timestamptz,
  check (budget >= chunk_count::bigint * coalesce(jsonb_array_length(stages), 1) * replicas * price_per_chunk),
  check (metered = (price_floor is not null)),
  check (price_floor between 1 and price_per_chunk),
  check ((status = 'paused') = (paused_reason is not null)),
  check ((status in ('running', 'paused')) = (finished_at is null))
);
create index on oblivion.tasks (owner_id, created_at desc);
create index on oblivion.tasks (id) where status = 'running';
-- A claim draws lots among them (choose.sql).
create index tasks_plain on oblivion.tasks (id) where status = 'running' and plain;
create index tasks_open on oblivion.tasks (owner_id) where status in ('running', 'paused');
create index on oblivion.tasks (id) where status = 'cancelled' and holds;
create index on oblivion.tasks (id) where paused_reason = 'halted';
create index on oblivion.tasks (api_key_id, status) where api_key_id is not null;
comment on table oblivion.tasks is 'A customer''s order. Its budget is held at creation; one receipt per job at most, so it is never exceeded.';

create function oblivion.mismatch(p_task oblivion.tasks, p_node public.nodes)
returns text
language sql
immutable
-- One expression, inlined into whatever asks: as a call it would get the whole row of the task, its program too.
return case
  when p_task.status <> 'running' then 'task_not_running'
  -- A site's visitor (A8): its site's list, and never a task of the site's own owner (T5).
  when p_task.owner_id = p_node.site_owner_id then 'own_site'
  -- What the node runs, where that is not any program: see nodes.programs.
  when not p_task.program_keys <@ p_node.programs then 'program'
  when p_node.worker_type <> all (p_task.worker_types) then 'worker_type'
  -- A capability is a key of the node's own with any value but null and false: {"webgpu": true, "cores": 8}.
  when p_task.capabilities is not null and not jsonb_path_query_array(p_node.capabilities,
         '$.keyvalue() ? (@.value.type() != "null" && (@.value.type() != "boolean" || @.value == true)).key')
       ?& p_task.capabilities then 'capability'
  -- A node without a price asks for none: it works for what a chunk pays, or a metered task gives (asked_rate).
  when coalesce(p_node.price_per_hour, 0) > p_task.max_price_per_hour then 'price'
end;
comment on function oblivion.mismatch(oblivion.tasks, public.nodes) is
  'Why no job of this task may go to this node, whatever else: task_not_running, own_site, program, worker_type, capability or price; null where it may. They are what the node says of itself, and give no trust. For the engine alone.';

create function oblivion.suits(p_task oblivion.tasks, p_node public.nodes)
returns boolean
language sql
immutable
return oblivion.mismatch(p_task, p_node) is null;
comment on function oblivion.suits(oblivion.tasks, public.nodes) is
  'Whether jobs of this task may go to this node: asked by every door of a claim, once per task. For the engine alone.';

create table oblivion.chunks (
  task_id uuid not null references oblivion.tasks,
  chunk_index int not null check (chunk_index >= 0),
  input jsonb not null,
  primary key (task_id, chunk_index)
);
comment on table oblivion.chunks is 'One part of a task''s input: index and input, never changed.';
