-- The ground: refuse where a name of ours is taken, then the engine's schema, its settings and its errors.

do $$
declare
  v_taken text;
begin
  select string_agg(t.name, ', ' order by t.name)
    into v_taken
    from (
      select 'schema oblivion' as name
       where to_regnamespace('oblivion') is not null
      union all
      select format('%s public.%I',
               case c.relkind when 'v' then 'view' when 'm' then 'materialized view' when 'i' then 'index'
                 when 'S' then 'sequence' else 'table' end,
               c.relname)
        from pg_catalog.pg_class c
       where c.relnamespace = 'public'::regnamespace
         and c.relkind <> 'c'
         and c.relname in ('nodes', 'jobs', 'job_stats', 'active_jobs', 'pending_jobs_queue',
                           'jobs_claim', 'jobs_retry', 'jobs_retry_owner', 'jobs_not_due', 'jobs_lease', 'jobs_open', 'jobs_offered',
                           'jobs_node',
                           'nodes_site', 'nodes_payee')
      union all
      -- A table brings a type of its name, so a type without a table stands in its way.
      select format('type public.%I', y.typname)
        from pg_catalog.pg_type y
        left join pg_catalog.pg_class c on c.oid = y.typrelid
       where y.typnamespace = 'public'::regnamespace
         and coalesce(c.relkind, 'c') = 'c'
         and y.typname in ('nodes', 'jobs', 'job_stats', 'active_jobs', 'pending_jobs_queue')
      union all
      select format('function public.%I', p.proname)
        from pg_catalog.pg_proc p
       where p.pronamespace = 'public'::regnamespace
         and p.proname in (
           'register_node', 'resume_node', 'my_nodes', 'revoke_node', 'work_cycle', 'work_batch', 'explain_claim', 'heartbeat', 'next_jobs', 'claim_job', 'claim_job_fair', 'complete_job', 'fail_job',
           'cleanup_stale_jobs', 'get_worker_stats', 'get_network_stats', 'create_task', 'create_brief', 'create_brief_job', 'get_program', 'save_checkpoint', 'claimed_job', 'get_task', 'list_tasks',
           'cancel_task', 'pause_task', 'resume_task', 'task_inputs', 'task_results', 'task_failures', 'chunk_attempts', 'get_job', 'my_jobs', 'node_jobs', 'my_balance', 'my_earnings', 'my_voucher', 'my_card_money', 'request_card_refund', 'change_play_money', 'my_statement',
           'my_payout', 'request_payout', 'set_payout_from',
           'create_site', 'list_sites', 'update_site', 'revoke_site_key', 'create_api_key', 'list_api_keys', 'revoke_api_key', 'get_site', 'visitor_earnings', 'create_claim_code', 'forget_me',
           'show_claim_code', 'redeem_claim_code', 'create_schedule', 'list_schedules', 'set_schedule_enabled', 'run_schedule',
           'delete_schedule',
           'operator_overview', 'operator_nodes', 'operator_node', 'operator_halt', 'operator_resume', 'operator_stop_program', 'operator_allow_program')
    ) t;
  if v_taken is not null then
    raise exception 'Oblivion was not installed: this database already has %.', v_taken
      using errcode = 'OB019',
            hint = 'Rename what is there, or install into a database of its own. Nothing was changed.';
  end if;
end
$$;

create schema oblivion;
comment on schema oblivion is 'The engine: tables and rules. Not exposed by the REST API; the contract lies in public.';

-- What stood in public before us; the last migration closes all that is new since, then forgets it.
create table oblivion.standing_before as
  select 'pg_proc'::regclass as kind, p.oid as object from pg_catalog.pg_proc p where p.pronamespace = 'public'::regnamespace
  union all
  select 'pg_class'::regclass, c.oid from pg_catalog.pg_class c where c.relnamespace = 'public'::regnamespace;

revoke all on schema oblivion from public;
-- Policies and security_invoker views call a few functions of the engine as their reader; each is granted by name.
grant usage on schema oblivion to anon, authenticated, service_role;

do $$
begin
  if not exists (select from pg_catalog.pg_roles where rolname = 'oblivion_coordinator') then
    -- A login of its own that authenticator cannot become: a leaked service key or JWT secret mints no money (M8).
    -- Its password is set by the operator; without one it cannot log in.
    create role oblivion_coordinator login noinherit;
  end if;
end
$$;
grant usage on schema oblivion to oblivion_coordinator;

create table oblivion.settings (
  id boolean primary key default true check (id),
  online_window interval not null default '60 seconds',
  stale_after interval not null default '10 minutes',
  stale_after_browser interval not null default '45 seconds',
  heartbeat_seconds int not null default 15 check (heartbeat_seconds between 1 and 60),
  offer_window interval not null default '10 seconds',
  max_jobs int not null default 2 check (max_jobs > 0),
  -- An owner that has proved itself by fewer results than this holds one job over all its nodes (T1); and how many
  -- customers they have to be of (T5). See established.sql.
  proven_after int not null default 30 check (proven_after >= 0),
  proven_customers int not null default 3 check (proven_customers > 0),
  -- So many established owners whose sandboxes a program killed within a day stop it.
  quarantine_after int not null default 3 check (quarantine_after > 0),
  max_losses int not null default 10 check (max_losses > 0),
  -- For how long strangers fail a job before their word is the last, where nobody established is there (T3).
  stranger_patience interval not null default '1 hour' check (stranger_patience >= '1 minute'),
  -- The claim budget (T2): what an owner starts with, the most that a newcomer and a proven owner have, how long one
  -- unit takes to come back, what an accepted result brings, and how long a job may be held in vain for one unit more.
  claim_budget real not null default 4 check (claim_budget >= 1),
  claim_budget_proven real not null default 20 check (claim_budget_proven >= 1),
  claim_budget_refill interval not null default '5 minutes' check (claim_budget_refill > '0'),
  claim_budget_accepted real not null default 0.25 check (claim_budget_accepted >= 0),
  claim_budget_held interval not null default '20 seconds' check (claim_budget_held > '0'),
  -- Fair order: for how long who has had more lets others go first, and for how long who has had most; see fair_order.sql.
  fair_order boolean not null default true,
  fair_grace interval not null default '200 milliseconds' check (fair_grace >= '0'),
  fair_grace_most interval not null default '3 seconds' check (fair_grace_most >= '0'),
  -- Assignment: how long a job is reserved for one provider, and what part of a task's jobs one owner is offered at most.
  assign_window interval not null default '30 seconds',
  assign_share numeric not null default 0.2 check (assign_share > 0 and assign_share <= 1),
  -- How often all idle nodes together ask for work, as long as that is at least once a minute each.
  idle_polls_per_second int not null default 160 check (idle_polls_per_second > 0),
  max_nodes_per_owner int not null default 1000 check (max_nodes_per_owner > 0),
  max_chunks_per_task int not null default 1000000 check (max_chunks_per_task > 0),
  -- A claim passes over the tasks that its node may not have, some 10 us each.
  max_open_tasks int not null default 1000 check (max_open_tasks > 0),
  max_api_keys int not null default 20 check (max_api_keys > 0),
  -- How many chunks one tick of planning makes rows for: about half a second of two cores.
  chunks_per_part int not null default 10000 check (chunks_per_part > 0),
  -- A task of more jobs than that is not counted for each reader.
  tally_above int not null default 10000 check (tally_above >= 0),
  -- The longest run time of a chunk where neither its task nor its job type says one.
  default_timeout_seconds int not null default 300 check (default_timeout_seconds between 5 and 3600),
  -- A task pauses itself when so many of its last 50 judged stages, and such a share of them, were disputed (T4).
  disputes_to_pause int not null default 3 check (disputes_to_pause > 0),
  disputed_share real not null default 0.2 check (disputed_share between 0 and 1),
  max_inline_bytes int not null default 65536 check (max_inline_bytes > 0),
  -- What a chunk costs at least, and for each second of its timeout (T10). Nothing is computed again by the operator yet,
  -- so a second costs nobody anything.
  min_price_per_chunk bigint not null default 100 check (min_price_per_chunk > 0),
  min_price_per_timeout_second numeric not null default 0 check (min_price_per_timeout_second >= 0),
  -- What a metered task pays a node that names no price of its own; see metered.sql.
  default_price_per_hour bigint not null default 100000 check (default_price_per_hour >= 0),
  fee_bps int not null default 500 check (fee_bps between 0 and 10000),
  -- Play money, on test networks alone; see sandbox.sql.
  sandbox boolean not null default false,
  -- Origins of our own bridge, from which alone a site key is taken; and the header whose rightmost value is the caller's
  -- address, set by our own proxy. Null: no site keys, no rule per address.
  bridge_origins text[],
  address_header text,
  -- How long a wallet that was bound to a visitor's account waits for its money, and after how long without a visit an
  -- account that no wallet was bound to goes to the site, as the consent says.
  claim_hold interval not null default '24 hours',
  unbound_after interval not null default '90 days',
  -- For how long pay that a site's visitors brought is held before it is shared; with how many times the price it answers
  -- for a result that is proven wrong, which is more than one in so many of them is looked at; and when a site is
  -- suspended: wrong results of so many address blocks within a week, and such a share of all. See wrong_results.sql.
  site_hold interval not null default '24 hours' check (site_hold >= '0'),
  wrong_liability int not null default 8 check (wrong_liability >= 1),
  wrong_owners_to_suspend int not null default 3 check (wrong_owners_to_suspend >= 1),
  wrong_share_to_suspend real not null default 0.01 check (wrong_share_to_suspend between 0 and 1),
  -- Card money: how long after its task was posted a receipt waits for disputes (banks take them for 120 days), and whose
  -- escrow in the contract pays for it then; null for nobody's.
  card_dispute_window interval not null default '120 days' check (card_dispute_window >= '0'),
  card_payer text check (card_payer ~ '^0x[0-9a-f]{40}$'),
  -- When an operator is called: a job that nobody tried has waited for so long; such a share of the attempts that ended
  -- within 15 minutes failed, were refused or lost. Null: never.
  queue_old_after interval default '1 hour' check (queue_old_after > '0'),
  failing_share real default 0.5 check (failing_share between 0 and 1),
  -- Until when Stripe's events were looked through. See card_disputes.sql.
  card_swept_to timestamptz
);
comment on table oblivion.settings is 'One row: what an operator may tune. Money is in the smallest unit of the token.';
insert into oblivion.settings default values;

create function oblivion.raise_error(p_code text, p_message text, p_hint text default null, p_values jsonb default '{}')
returns void
language plpgsql
set search_path = ''
as $$
begin
  raise exception '%', p_message
    using errcode = p_code,
          hint = coalesce(p_hint, ''),
          detail = p_values::text;
end
$$;
comment on function oblivion.raise_error(text, text, text, jsonb) is
  'Raises an error of the catalogue: the SQLSTATE is the code, detail is the values as JSON. For the engine alone.';

create function oblivion.refuse_change()
returns trigger
language plpgsql
set search_path = ''
as $$
begin
  perform oblivion.raise_error('OB020', format('Rows of %I.%I are never changed or deleted.', tg_table_schema, tg_table_name),
    'Book a correcting entry instead.', jsonb_build_object('table', tg_table_name));
  return null;
end
$$;
comment on function oblivion.refuse_change() is 'Trigger of append-only tables.';

create function oblivion.refuse_row(p_table text, p_fault text)
returns void
language plpgsql
set search_path = ''
as $$
begin
  raise exception 'A row of % cannot be: %.', p_table, p_fault
    using errcode = 'check_violation';
end
$$;
comment on function oblivion.refuse_row(text, text) is
  'Raises for a row that must not exist. Tables whose rows every job writes have no check constraints: Postgres parses each anew in every statement, which cost more than the statement (ADR 6). For the engine alone.';

create function oblivion.lock_key(p_kind text, p_id text)
returns bigint
language sql
immutable strict parallel safe
return hashtextextended(p_kind || ':' || p_id, 0);
comment on function oblivion.lock_key(text, text) is
  'The key of an advisory lock: kind owner (claims of one owner), task (its bucket), customer (its free balance).';
