-- The whole engine of Oblivion in one file, for the SQL editor of a Supabase project.
-- Generated from database/supabase/migrations by `pnpm generate sql`. Do not edit.
--
-- It installs all or nothing, in a project where none of our names is taken, and leaves the history that
-- `supabase --workdir database db push` continues from. To update an installed project, use that command.

begin;

-- 20261124000100_schema.sql

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

reset all;

-- 20261124000200_canonical_json.sql

-- Canonical bytes. jsonb keeps neither the order of keys nor the spelling of numbers, so a result is canonicalised here
-- by RFC 8785 and hashed here: the server believes no hash that it did not compute (T13). A property test holds these
-- functions equal to the JavaScript library.

create function oblivion.canonical_number(p_value numeric)
returns text
language plpgsql
immutable strict parallel safe
set search_path = ''
set extra_float_digits = 1
as $$
declare
  -- float8 prints digits that read back as the same number, mostly the fewest; the layout differs from ECMAScript's.
  v_double float8;
  v_text text;
  v_sign text := case when p_value < 0 then '-' else '' end;
  v_mantissa text;
  v_whole text;
  v_digits text;
  v_point int;
  v_count int;
  v_shorter text;
begin
  v_double := abs(p_value::float8);
  v_text := v_double::text;
  v_mantissa := split_part(v_text, 'e', 1);
  v_whole := split_part(v_mantissa, '.', 1);
  v_digits := v_whole || split_part(v_mantissa, '.', 2);
  v_point := length(v_whole) + coalesce(nullif(split_part(v_text, 'e', 2), '')::int, 0)
    - (length(v_digits) - length(ltrim(v_digits, '0')));
  v_digits := rtrim(ltrim(v_digits, '0'), '0');
  -- Postgres passes over a decimal that lies exactly on the border between two doubles, ECMAScript takes it where it
  -- reads back as the right one: 1e+23 and 5.51e+21 are printed here with 16 digits. A short decimal can lie on a border
  -- only where 5^n fits into 54 bits, which is below 1e40; there the nearest with 15 and with 16 digits is tried.
  if length(v_digits) > 15 and v_point between 17 and 40 then
    foreach v_shorter in array array[
      round(v_digits::numeric, 15 - length(v_digits))::text,
      round(v_digits::numeric, 16 - length(v_digits))::text] loop
      if (v_shorter || 'e' || (v_point - length(v_digits)))::float8 = v_double then
        v_point := v_point + length(v_shorter) - length(v_digits);
        v_digits := rtrim(v_shorter, '0');
        exit;
      end if;
    end loop;
  end if;
  v_count := length(v_digits);
  return case
    when v_count = 0 then '0'
    when v_count <= v_point and v_point <= 21 then v_sign || v_digits || repeat('0', v_point - v_count)
    when 0 < v_point and v_point <= 21 then v_sign || left(v_digits, v_point) || '.' || substr(v_digits, v_point + 1)
    when -6 < v_point and v_point <= 0 then v_sign || '0.' || repeat('0', -v_point) || v_digits
    else v_sign || left(v_digits, 1)
      || case when v_count > 1 then '.' || substr(v_digits, 2) else '' end
      || 'e' || case when v_point > 0 then '+' else '-' end || abs(v_point - 1)
  end;
exception
  when numeric_value_out_of_range then
    -- float8 refuses what is too small as well; in ECMAScript that is zero.
    if abs(p_value) < 1 then
      return '0';
    end if;
    perform oblivion.raise_error('OB005', 'A number is too large for a double.', 'Send it as a string.',
      jsonb_build_object('field', 'result', 'reason', 'number_out_of_range'));
end
$$;
comment on function oblivion.canonical_number(numeric) is 'A number as RFC 8785 (ECMAScript) spells it.';

create function oblivion.utf16_sort_key(p_key text)
returns text
language sql
immutable strict parallel safe
set search_path = ''
as $$
  -- RFC 8785 orders keys by UTF-16 units, where U+10000 and above (surrogates D800 to DFFF) come before U+E000 to
  -- U+FFFF. Code points order them the other way round, so those are lifted behind U+10FFFF.
  select regexp_replace(
    replace(p_key, U&'\+10FFFF', U&'\+10FFFF\0001'),
    U&'([\E000-\FFFF])', U&'\+10FFFF\\1', 'g')
$$;
comment on function oblivion.utf16_sort_key(text) is 'Orders under collate "C" as the UTF-16 units of the text do.';

create function oblivion.canonical_scalar(p_value jsonb)
returns text
language sql
immutable parallel safe
return case jsonb_typeof(p_value)
  when 'string' then p_value::text
  when 'boolean' then p_value::text
  when 'null' then p_value::text
  -- A whole number below 2^53 is spelled as it is.
  when 'number' then case when p_value::text ~ '^-?[0-9]{1,15}$' then p_value::text end end;
comment on function oblivion.canonical_scalar(jsonb) is
  'The canonical text of a value that is spelled as jsonb spells it, or null. One expression, which is inlined: a call costs more than the rest of such a value.';

create function oblivion.canonical_json(p_value jsonb, p_depth int default 1)
returns text
language plpgsql
immutable strict parallel safe
set search_path = ''
as $$
begin
  -- Each level takes some of the server's stack; a bound of our own says so in words.
  if p_depth > 65 or p_depth = 65 and jsonb_typeof(p_value) in ('object', 'array') and p_value not in ('{}', '[]') then
    perform oblivion.raise_error('OB005', 'A value is nested deeper than 64 levels.', 'Make it flatter.',
      jsonb_build_object('field', 'result', 'reason', 'depth', 'limit', 64));
  end if;
  case jsonb_typeof(p_value)
    when 'object' then
      -- One plain field, as many results are: jsonb's text but for a space. An expression needs no query, which costs
      -- a tenth of all that ends a job. Bounded, for each level spells itself out.
      if pg_column_size(p_value) <= 1000
        and p_value::text ~ '^{"[0-9A-Za-z_]*": ("[^"\\]*"|-?[0-9]{1,15}|true|false|null)}$' then
        return regexp_replace(p_value::text, '": ', '":');
      end if;
      return '{' || coalesce((
        select string_agg(to_json(e.key)::text || ':'
                   || coalesce(oblivion.canonical_scalar(e.value), oblivion.canonical_json(e.value, p_depth + 1)), ','
                 -- An ASCII key is its own sort key.
                 order by case when octet_length(e.key) = length(e.key) then e.key
                   else oblivion.utf16_sort_key(e.key) end collate "C")
          from jsonb_each(p_value) e), '') || '}';
    when 'array' then
      return '[' || coalesce((
        select string_agg(coalesce(oblivion.canonical_scalar(e.value), oblivion.canonical_json(e.value, p_depth + 1)), ','
                 order by e.ordinality)
          from jsonb_array_elements(p_value) with ordinality e), '') || ']';
    else
      return coalesce(oblivion.canonical_scalar(p_value), oblivion.canonical_number((p_value #>> '{}')::numeric));
  end case;
end
$$;
comment on function oblivion.canonical_json(jsonb, int) is
  'The canonical text of a JSON value by RFC 8785; at most 64 levels deep. OB005. p_depth is for its own recursion.';

create function oblivion.content_hash(p_canonical text)
returns text
language sql
immutable strict parallel safe
set search_path = ''
as $$
  select encode(sha256(convert_to(p_canonical, 'UTF8')), 'hex')
$$;
comment on function oblivion.content_hash(text) is 'SHA-256 of the UTF-8 bytes, as 64 hex digits.';

reset all;

-- 20261124000300_identity.sql

-- Who is calling. The wallet comes from auth.identities alone: user_metadata, also inside the JWT, can be edited by its
-- user. The provider id keeps the letter case of the signed message, so one wallet may have several auth users; here
-- it is one owner.

create table oblivion.owners (
  id bigint generated always as identity primary key,
  kind text not null default 'wallet',
  address text unique,
  accepted_count bigint not null default 0,
  -- Of these, what proves something (T5). See established.sql.
  proven_count bigint not null default 0,
  -- When its results were last found wrong: what was accepted before proves nothing any more.
  judged_at timestamptz,
  -- What it has had of late, on a logarithmic scale that fades by itself. See fair_order.sql.
  served float8 not null default '-Infinity',
  -- The claim budget as it was at budget_at; claims_from is when it allows a claim again. See claim_budget.sql.
  claim_budget real not null default 4,
  budget_at timestamptz not null default now(),
  claims_from timestamptz not null default '-infinity',
  -- Its results that wait in Storage to be read. Who has so many is held up: it gets no job until some are read, rather
  -- than one whose result nobody has room for. One for who has proved nothing, since reading costs. See stored_results.sql.
  unread int not null default 0,
  held_up boolean not null generated always as (unread > least(19, accepted_count)) stored,
  created_at timestamptz not null default now()
) with (fillfactor = 70); -- Room for HOT updates: every accepted result counts here.
comment on table oblivion.owners is
  'Who stands behind nodes and tasks: a wallet, or (later) a visitor of a site. Caps, exclusions and fairness count per owner (T1).';

create function oblivion.guard_owner()
returns trigger
language plpgsql
set search_path = ''
as $$
begin
  if new.kind not in ('wallet', 'visitor') then
    perform oblivion.refuse_row('owners', 'an owner is a wallet or a visitor');
  elsif new.address !~ '^0x[0-9a-f]{40}$' then
    perform oblivion.refuse_row('owners', 'an address is 0x and 40 digits of lower-case hex');
  elsif (new.kind = 'wallet') <> (new.address is not null) then
    perform oblivion.refuse_row('owners', 'a wallet has an address, a visitor has none');
  end if;
  return new;
end
$$;
comment on function oblivion.guard_owner() is 'What an owner is; looked at where that is written, not where it is counted.';
create trigger guard_owner before insert or update of kind, address on oblivion.owners
  for each row execute function oblivion.guard_owner();

create table oblivion.api_keys (
  id uuid primary key default gen_random_uuid(),
  owner_id bigint not null references oblivion.owners,
  name text not null check (length(name) between 1 and 80),
  -- SHA-256 of 256 random bits: a guess costs one look into this index, and a dump of the table opens nothing.
  key_hash bytea not null unique,
  -- How the key begins, so that people can tell which one they have.
  beginning text not null,
  scopes text[] not null check (cardinality(scopes) > 0 and scopes <@ array['read', 'tasks']),
  -- Of all that it ever posts, in the smallest unit; and what its tasks hold or have spent. See api_keys.sql.
  spending_limit bigint check (spending_limit > 0),
  used bigint not null default 0 check (used between 0 and coalesce(spending_limit, 0)),
  created_at timestamptz not null default now(),
  expires_at timestamptz,
  revoked_at timestamptz,
  check (('tasks' = any (scopes)) = (spending_limit is not null))
);
create index on oblivion.api_keys (owner_id, created_at desc);
comment on table oblivion.api_keys is
  'Keys by which a customer''s program acts for its wallet without a session: to read, or to post tasks up to a limit. Never to move money, and never to make keys.';

create table oblivion.api_key_uses (
  api_key_id uuid primary key references oblivion.api_keys on delete cascade,
  used_at timestamptz
);
comment on table oblivion.api_key_uses is
  'When a key was last used, to five minutes. Beside api_keys, whose row the posting of a task locks until it is committed.';

create function oblivion.caller_wallet()
returns text
language sql
stable
security definer
set search_path = ''
as $$
  select lower(split_part(i.provider_id, ':', 3))
    from auth.identities i
   where i.user_id = auth.uid()
     and i.provider = 'web3'
     and i.provider_id ~ '^web3:ethereum:0x[0-9a-fA-F]{40}$'
   order by i.created_at
   limit 1
$$;
comment on function oblivion.caller_wallet() is
  'The lower-case address that the signed-in user proved with Sign-In with Ethereum, or null. Any role may call it.';

create function oblivion.node_key_hash()
returns bytea
language sql
stable
set search_path = ''
as $$
  select sha256(convert_to(k.key, 'UTF8'))
    from (select nullif(current_setting('request.headers', true), '')::jsonb ->> 'x-node-key' as key) k
   where k.key is not null
$$;
comment on function oblivion.node_key_hash() is 'SHA-256 of the node key that came in the header x-node-key, or null.';

create function oblivion.owner_of(p_address text)
returns bigint
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_id bigint;
begin
  loop
    select o.id into v_id from oblivion.owners o where o.address = lower(p_address);
    exit when v_id is not null;
    -- `do update` would keep the row locked to the end of the transaction and deadlock with the owner's claims.
    insert into oblivion.owners (address)
    values (lower(p_address))
    on conflict (address) do nothing;
  end loop;
  return v_id;
end
$$;
comment on function oblivion.owner_of(text) is 'The owner behind a wallet, made on first sight. For the engine alone.';

create function oblivion.api_key_in_header()
returns text
language sql
stable
set search_path = ''
as $$
  select nullif(current_setting('request.headers', true), '')::jsonb ->> 'x-api-key'
$$;
comment on function oblivion.api_key_in_header() is 'The API key that came in the header x-api-key, or null. For the engine alone.';

create function oblivion.note_key_use(p_api_key_id uuid)
returns void
language plpgsql
security definer
set search_path = ''
as $$
begin
  if current_setting('transaction_read_only') = 'on' then
    return;
  end if;
  -- At most one write in five minutes, and nobody waits for it.
  perform
     from oblivion.api_key_uses u
    where u.api_key_id = p_api_key_id
      and (u.used_at is null or u.used_at < now() - interval '5 minutes')
      for no key update skip locked;
  if found then
    update oblivion.api_key_uses u set used_at = now() where u.api_key_id = p_api_key_id;
  end if;
end
$$;
comment on function oblivion.note_key_use(uuid) is 'Keeps when a key was last used. For the engine alone.';

create function oblivion.require_caller(p_scope text, out wallet text, out api_key_id uuid)
language plpgsql
stable
security definer
set search_path = ''
as $$
declare
  v_given text := oblivion.api_key_in_header();
  v_key oblivion.api_keys;
begin
  if v_given is null then
    wallet := oblivion.caller_wallet();
    if wallet is null then
      perform oblivion.raise_error('OB001', 'This call needs a signed-in wallet.',
        case when p_scope is null then 'Sign in with Ethereum first.'
          else 'Sign in with Ethereum first, or send an API key in the header x-api-key.' end);
    end if;
    return;
  end if;
  -- Whoever sends a key acts by it alone, also beside a session: what it may not do is not done by mistake.
  select k.* into v_key from oblivion.api_keys k where k.key_hash = sha256(convert_to(v_given, 'UTF8'));
  if v_key.id is null or v_key.revoked_at is not null or v_key.expires_at <= now() then
    perform oblivion.raise_error('OB030',
      case
        when v_key.id is null then 'This API key is not one.'
        when v_key.revoked_at is not null then 'This API key was revoked.'
        else 'This API key has expired.' end,
      'Make another on the Wallet page.',
      jsonb_build_object('reason', case
        when v_key.id is null then 'unknown' when v_key.revoked_at is not null then 'revoked' else 'expired' end));
  elsif p_scope is null then
    perform oblivion.raise_error('OB031', 'An API key cannot do this.', 'Sign in with the wallet itself.',
      jsonb_build_object('needs', 'wallet'));
  elsif p_scope <> all (v_key.scopes) then
    perform oblivion.raise_error('OB031', format('This API key lacks the scope %s.', p_scope),
      'Make one with this scope on the Wallet page.', jsonb_build_object('needs', p_scope));
  end if;
  select o.address into wallet from oblivion.owners o where o.id = v_key.owner_id;
  api_key_id := v_key.id;
  perform oblivion.note_key_use(v_key.id);
end
$$;
comment on function oblivion.require_caller(text) is
  'Who calls: a signed-in wallet, or where a scope is named also an API key that has it, for its wallet. OB001, OB030, OB031. For the engine alone.';

create function oblivion.require_wallet(p_scope text default null)
returns text
language sql
stable
security definer
set search_path = ''
as $$
  select c.wallet from oblivion.require_caller(p_scope) c
$$;
comment on function oblivion.require_wallet(text) is
  'The wallet that the caller acts for: signed in, or where a scope is named (read, tasks) also by an API key that has it. OB001, OB030, OB031. For the engine alone.';

create function oblivion.caller_customer(p_scope text)
returns text
language sql
stable
security definer
set search_path = ''
as $$
  select case
    when oblivion.api_key_in_header() is null then oblivion.caller_wallet()
    else (
      select o.address
        from oblivion.api_keys k
        join oblivion.owners o on o.id = k.owner_id
       where k.key_hash = sha256(convert_to(oblivion.api_key_in_header(), 'UTF8'))
         and k.revoked_at is null
         and (k.expires_at > now()) is not false
         and p_scope = any (k.scopes)) end
$$;
comment on function oblivion.caller_customer(text) is
  'As require_wallet() for policies, which refuse nobody in words: the wallet, or null. For the engine alone.';

create function oblivion.short_address(p_address text)
returns text
language sql
immutable strict parallel safe
set search_path = ''
as $$
  select left(p_address, 6) || '…' || right(p_address, 4)
$$;
comment on function oblivion.short_address(text) is 'A wallet as public pages show it.';

reset all;

-- 20261124000310_api_keys.sql

-- API keys: how a customer's program acts for its wallet without a session. A key is shown once and kept as its hash; it
-- has scopes (read: tasks, results, money; tasks: post tasks, and control those that it posted) and, to post tasks, a
-- spending limit.
--
-- The limit is on all that the key ever spends, not on a day's: what a thief can take is then one figure that does not
-- grow until somebody notices. Against it counts what the key's tasks hold or have spent, so budget that comes back can be
-- posted again, and at no time is more than the limit at stake. The sum is kept, since adding it up would cost a key with
-- 100,000 tasks as many rows for each new one; it changes in the two places where a hold does, hold_budget and refund_hold.
--
-- A key controls only tasks that it posted: by resuming what its customer has paused a thief would spend a hold that no
-- limit of the key's covers.

create function oblivion.ended(p_key oblivion.api_keys)
returns boolean
language sql
stable
set search_path = ''
as $$
  select p_key.revoked_at is not null or coalesce(p_key.expires_at <= now(), false)
$$;
comment on function oblivion.ended(oblivion.api_keys) is 'Whether an API key is revoked or has expired. For the engine alone.';

create function oblivion.show_api_key(p_key oblivion.api_keys)
returns jsonb
language plpgsql
stable
security definer
set search_path = ''
as $$
begin
  return jsonb_build_object(
    'keyId', p_key.id,
    'name', p_key.name,
    'beginning', p_key.beginning,
    'scopes', p_key.scopes,
    'spendingLimit', p_key.spending_limit::text,
    'used', p_key.used::text,
    'openTasks', (
      select count(*) from oblivion.tasks t where t.api_key_id = p_key.id and t.status in ('running', 'paused')),
    'createdAt', p_key.created_at,
    'lastUsedAt', (select u.used_at from oblivion.api_key_uses u where u.api_key_id = p_key.id),
    'expiresAt', p_key.expires_at,
    'revokedAt', p_key.revoked_at,
    'state', case when p_key.revoked_at is not null then 'revoked' when oblivion.ended(p_key) then 'expired' else 'valid' end);
end
$$;
comment on function oblivion.show_api_key(oblivion.api_keys) is 'An API key as its wallet sees it: never the key. For the engine alone.';

create function oblivion.key_expiry(p_key jsonb)
returns timestamptz
language plpgsql
stable
set search_path = ''
as $$
declare
  v_given text := p_key ->> 'expiresAt';
  v_expires_at timestamptz;
begin
  if v_given is null then
    return null;
  elsif v_given ~ '^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,6})?)?(Z|[+-]\d\d:\d\d)$' then
    begin
      v_expires_at := v_given::timestamptz;
    exception
      when datetime_field_overflow or invalid_datetime_format or invalid_time_zone_displacement_value then
        v_expires_at := null;
    end;
  end if;
  if v_expires_at is null or v_expires_at <= now() then
    perform oblivion.raise_error('OB005', 'expiresAt is a time to come, ISO 8601 with its zone.',
      'Leave it out for a key that does not expire.', jsonb_build_object('field', 'expiresAt', 'reason', 'time'));
  end if;
  return v_expires_at;
end
$$;
comment on function oblivion.key_expiry(jsonb) is 'When a new API key is to expire, or null; OB005. For the engine alone.';

create function public.create_api_key(p_key jsonb)
returns jsonb
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_owner bigint := oblivion.owner_of(oblivion.require_wallet());
  v_most int := (select s.max_api_keys from oblivion.settings s);
  v_field text;
  v_key oblivion.api_keys;
  -- 366 random bits from the server's strong source, hashed to 256.
  v_secret text := 'obk_' || encode(sha256(
    uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid())), 'hex');
begin
  if jsonb_typeof(p_key) is distinct from 'object' then
    perform oblivion.raise_error('OB005', 'An API key is asked for as a JSON object.', null,
      jsonb_build_object('field', 'p_key', 'reason', 'shape'));
  end if;
  select k into v_field
    from jsonb_object_keys(p_key) k
   where k not in ('name', 'scopes', 'spendingLimit', 'expiresAt')
   limit 1;
  if v_field is not null then
    perform oblivion.raise_error('OB005', format('An API key has no field %s.', left(v_field, 40)), null,
      jsonb_build_object('field', left(v_field, 40), 'reason', 'unknown'));
  end if;
  v_key.name := oblivion.task_text(p_key, 'name', 80);
  v_key.scopes := oblivion.task_names(p_key, 'scopes', array['read', 'tasks']);
  if v_key.scopes is null then
    perform oblivion.raise_error('OB005', 'scopes is missing: read, tasks or both.', null,
      jsonb_build_object('field', 'scopes', 'reason', 'missing'));
  elsif 'tasks' = any (v_key.scopes) then
    v_key.spending_limit := oblivion.task_integer(p_key, 'spendingLimit', null, 1, 1000000000000000);
  elsif p_key ->> 'spendingLimit' is not null then
    perform oblivion.raise_error('OB005', 'A key that posts no tasks spends nothing.', 'Leave out spendingLimit, or add the scope tasks.',
      jsonb_build_object('field', 'spendingLimit', 'reason', 'scope'));
  end if;
  v_key.expires_at := oblivion.key_expiry(p_key);

  perform pg_advisory_xact_lock(oblivion.lock_key('owner', v_owner::text));
  if (select count(*) from oblivion.api_keys k where k.owner_id = v_owner and not oblivion.ended(k)) >= v_most then
    perform oblivion.raise_error('OB014', format('A wallet has at most %s API keys.', v_most), 'Revoke one that you no longer need.',
      jsonb_build_object('what', 'apiKeys', 'limit', v_most));
  end if;
  -- Of those that ended the newest are kept to look at, so that making and revoking them fills nothing. Whatever one
  -- posted, its row alone goes: what its tasks get back is nobody's to post again. One that such a refund holds stays
  -- until the next time: a pass holds several, in another order.
  delete from oblivion.api_keys k
   where k.id in (
           select l.id
             from oblivion.api_keys l
            where l.id in (
                    select e.id
                      from oblivion.api_keys e
                     where e.owner_id = v_owner and oblivion.ended(e)
                     order by e.created_at desc
                    offset 20)
              for update skip locked);
  insert into oblivion.api_keys (owner_id, name, key_hash, beginning, scopes, spending_limit, expires_at)
  values (v_owner, v_key.name, sha256(convert_to(v_secret, 'UTF8')), left(v_secret, 8), v_key.scopes, v_key.spending_limit,
    v_key.expires_at)
  returning * into v_key;
  insert into oblivion.api_key_uses (api_key_id) values (v_key.id);
  return oblivion.show_api_key(v_key) || jsonb_build_object('key', v_secret);
end
$$;
comment on function public.create_api_key(jsonb) is
  'A new API key of the signed-in wallet: {name, scopes: read and/or tasks, spendingLimit: smallest unit in all, with tasks, expiresAt: ISO 8601, or never}. Answers it as list_api_keys does, and `key` itself, which is shown this once. Never by an API key. OB001, OB005, OB014, OB030, OB031.';

create function public.list_api_keys()
returns jsonb
language plpgsql
stable
security definer
set search_path = ''
as $$
declare
  v_wallet text := oblivion.require_wallet();
begin
  return (
    select coalesce(jsonb_agg(oblivion.show_api_key(k) order by oblivion.ended(k), k.created_at desc), '[]')
      from oblivion.api_keys k
      join oblivion.owners o on o.id = k.owner_id
     where o.address = v_wallet
       -- Of a forgotten one the row alone is left; see forget_me().
       and k.beginning <> '');
end
$$;
comment on function public.list_api_keys() is
  'The caller''s API keys, valid ones first, the newest first: [{keyId, name, beginning, scopes, spendingLimit, used, openTasks, createdAt, lastUsedAt (to five minutes), expiresAt, revokedAt, state: valid, expired or revoked}]. OB001, OB030, OB031.';

create function public.revoke_api_key(p_key_id uuid)
returns jsonb
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_owner bigint := oblivion.owner_of(oblivion.require_wallet());
  v_key oblivion.api_keys;
begin
  -- Waits for a task that is being posted by it; the next one is refused.
  update oblivion.api_keys k
     set revoked_at = coalesce(k.revoked_at, now())
   where k.id = p_key_id
     and k.owner_id = v_owner
  returning * into v_key;
  if not found then
    perform oblivion.raise_error('OB032', 'No API key of yours has this id.', 'list_api_keys shows yours.',
      jsonb_build_object('keyId', p_key_id));
  end if;
  return oblivion.show_api_key(v_key);
end
$$;
comment on function public.revoke_api_key(uuid) is
  'Ends an API key of the caller''s for good, at once; its tasks go on. Answers it. Safe to repeat. OB001, OB030, OB031, OB032.';

create function oblivion.spend_by_key(p_api_key_id uuid, p_budget bigint)
returns void
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_key oblivion.api_keys;
begin
  -- One statement, so that of two tasks at once the second sees the first's.
  update oblivion.api_keys k
     set used = k.used + p_budget
   where k.id = p_api_key_id
     and k.used + p_budget <= k.spending_limit
     and k.revoked_at is null;
  if found then
    return;
  end if;
  select k.* into v_key from oblivion.api_keys k where k.id = p_api_key_id;
  if v_key.id is null or v_key.revoked_at is not null then
    perform oblivion.raise_error('OB030', 'This API key was revoked.', 'Make another on the Wallet page.',
      jsonb_build_object('reason', 'revoked'));
  end if;
  perform oblivion.raise_error('OB033', 'This budget is more than the API key may still spend.',
    'Post a smaller task, or make a key with a higher limit on the Wallet page.',
    jsonb_build_object('needed', p_budget::text, 'left', (v_key.spending_limit - v_key.used)::text,
      'limit', v_key.spending_limit::text));
end
$$;
comment on function oblivion.spend_by_key(uuid, bigint) is
  'Counts the budget of a task against the limit of the key that posts it. The caller holds the customer''s lock, as refund_hold does. OB030, OB033. For the engine alone.';

reset all;

-- 20261124000350_sites.sql

-- Sites: third-party pages that embed the worker. A site key is public; what it opens is bounded here. A visitor without
-- a wallet is an owner of kind 'visitor'. Who is judged and who is paid are two columns of its node (T11): judged is the
-- visitor's address block on that site, paid is the account of the visitor's own browser, shared later with the site.

create table oblivion.sites (
  id uuid primary key default gen_random_uuid(),
  owner_id bigint not null references oblivion.owners,
  key text not null unique,
  name text not null check (length(name) between 1 and 80),
  origins text[] not null check (cardinality(origins) between 1 and 20),
  programs text[] not null check (cardinality(programs) between 1 and 50),
  -- What the site's owner gets of a visitor's reward; the visitor gets the rest.
  owner_bps int not null check (owner_bps between 0 and 10000),
  -- Of one core, in percent: a visitor may choose less, never more.
  max_cpu_percent int not null check (max_cpu_percent between 5 and 100),
  max_visitors int not null check (max_visitors between 1 and 100000),
  registrations_per_hour int not null check (registrations_per_hour between 1 and 100000),
  created_at timestamptz not null default now(),
  revoked_at timestamptz,
  -- An operator's word, with its reason.
  suspended_reason text
);
create index on oblivion.sites (owner_id, created_at);
comment on table oblivion.sites is 'A third-party page: who owns it, where its key works, what its visitors may run, and who gets what of their earnings.';

create table oblivion.visitors (
  owner_id bigint primary key references oblivion.owners,
  site_id uuid not null references oblivion.sites,
  -- Of the site and the random id that the visitor's browser keeps; the id itself is never stored.
  visitor_hash bytea not null unique,
  -- As the consent said it.
  owner_bps int not null check (owner_bps between 0 and 10000),
  last_seen_at timestamptz not null default now(),
  code_hash bytea unique,
  code_expires_at timestamptz,
  bound_owner_id bigint references oblivion.owners,
  bound_at timestamptz,
  check ((code_hash is null) = (code_expires_at is null)),
  check ((bound_owner_id is null) = (bound_at is null))
);
create index on oblivion.visitors (site_id, last_seen_at);
create index on oblivion.visitors (bound_owner_id) where bound_owner_id is not null;
comment on table oblivion.visitors is 'The account of one visitor''s browser on one site. A wallet can be bound to it, once (A14).';

create table oblivion.visitor_terms (
  owner_id bigint not null references oblivion.visitors on delete cascade,
  until_at timestamptz not null,
  owner_bps int not null check (owner_bps between 0 and 10000),
  primary key (owner_id, until_at)
);
comment on table oblivion.visitor_terms is
  'Shares that a visitor had before: what was accepted up to then is shared by them, whatever the site asks for later.';

create table oblivion.visitor_blocks (
  site_id uuid not null references oblivion.sites,
  block_hash bytea not null,
  owner_id bigint not null unique references oblivion.owners,
  last_seen_at timestamptz not null default now(),
  primary key (site_id, block_hash)
);
comment on table oblivion.visitor_blocks is 'The owner that a site''s visitors of one address block are, for caps, fairness and reputation, where an address can be known (A13).';

create table oblivion.address_keys (
  day date primary key,
  key bytea not null
);
comment on table oblivion.address_keys is 'Keys of the keyed hashes of address blocks: one a day, destroyed after 30 days.';

create table oblivion.spare_owners (
  owner_id bigint primary key references oblivion.owners
);
comment on table oblivion.spare_owners is 'Owners of visitors that did nothing, purged and used again: registrations leave a bounded number of rows (A12).';

create table oblivion.site_hours (
  site_id uuid not null references oblivion.sites,
  hour timestamptz not null,
  registrations int not null,
  -- New address blocks.
  blocks int not null default 0,
  primary key (site_id, hour)
);
comment on table oblivion.site_hours is 'New visitors and address blocks of a site by hour, against its caps; kept for two days.';

reset all;

-- 20261124000400_nodes.sql

-- Nodes: registered runtimes. A node acts by its key in the header x-node-key, or by its wallet's session.

create table public.nodes (
  id uuid primary key default gen_random_uuid(),
  -- Who is judged, and who is paid (T11): the same wallet, or for a site's visitor its address block and its account.
  owner_id bigint not null references oblivion.owners,
  payee_owner_id bigint not null references oblivion.owners,
  -- Of a site's visitor alone: the site, and whose tasks it never gets.
  site_id uuid references oblivion.sites,
  site_owner_id bigint,
  -- The only programs that it runs: of a site's visitor those of its site (A8), of a Python node the built-in ones, since it
  -- has ports of them and no JavaScript or WebAssembly; where these change, builtin_programs.sql changes it too. Null where it runs any.
  programs text[],
  provider_address text not null,
  hardware_id text not null,
  worker_type text not null default 'browser',
  capabilities jsonb not null default '{}',
  price_per_hour bigint,
  key_hash bytea unique,
  max_jobs int not null,
  -- What an operator made of max_jobs: its word that this node may hold many, and that its owner needs no probation for it.
  raised_max_jobs int,
  -- The operator's mark on the key that the node has now (see established.sql).
  operator boolean not null default false,
  current_jobs int not null default 0,
  total_jobs_completed bigint not null default 0,
  last_seen timestamptz not null default now(),
  -- When the node was told to come back; it counts as online until 15 s after that.
  next_poll_at timestamptz not null default now(),
  -- Until then it does not count as waiting for work: the work that there was did not suit it.
  unsuited_until timestamptz,
  -- Until then, and while it has no job, it does not count as one that could work: it asked, and could have nothing of what lay
  -- there. Apart from the above, since nobody lets others go first with what was tried before.
  found_nothing_until timestamptz,
  registered_at timestamptz not null default now(),
  unique (owner_id, hardware_id)
) with (fillfactor = 70); -- Room for HOT updates: every poll and beat writes last_seen, which is why it has no index.
comment on table public.nodes is 'Registered runtimes: a tab, a server process, a Python process. A wallet sees its own.';
comment on column public.nodes.worker_type is 'A claim of the node; it gives no trust (T1).';

create index nodes_site on public.nodes (site_id, payee_owner_id) where site_id is not null;
create index nodes_payee on public.nodes (payee_owner_id) where site_id is not null;

create function oblivion.guard_node()
returns trigger
language plpgsql
set search_path = ''
as $$
begin
  if new.provider_address !~ '^0x[0-9a-f]{40}$' then
    perform oblivion.refuse_row('nodes', 'an address is 0x and 40 digits of lower-case hex');
  elsif length(new.hardware_id) not between 1 and 200 then
    perform oblivion.refuse_row('nodes', 'a hardware id has 1 to 200 characters');
  elsif new.worker_type not in ('browser', 'server', 'python') then
    perform oblivion.refuse_row('nodes', 'a worker type is browser, server or python');
  elsif jsonb_typeof(new.capabilities) <> 'object' then
    perform oblivion.refuse_row('nodes', 'capabilities are an object');
  elsif new.price_per_hour < 0 then
    perform oblivion.refuse_row('nodes', 'a price is not below zero');
  elsif new.max_jobs < 1 or new.raised_max_jobs < 1 then
    perform oblivion.refuse_row('nodes', 'a limit is above zero');
  elsif new.raised_max_jobs is not null and new.worker_type <> 'server' then
    perform oblivion.refuse_row('nodes', 'only a server''s limit is raised');
  elsif (new.site_id is null) <> (new.site_owner_id is null) then
    perform oblivion.refuse_row('nodes', 'a visitor has a site and its owner');
  elsif (new.programs is not null) <> (new.site_id is not null or new.worker_type = 'python') then
    perform oblivion.refuse_row('nodes', 'a visitor and a Python node have a list of programs, and no other node');
  elsif new.current_jobs < 0 or new.total_jobs_completed < 0 then
    perform oblivion.refuse_row('nodes', 'a counter is not below zero');
  end if;
  return new;
end
$$;
comment on function oblivion.guard_node() is
  'What a node is; looked at where that is written. Polls, beats and jobs write the counters and times alone, and none below zero.';
create trigger guard_node before insert or update of
  provider_address, hardware_id, worker_type, capabilities, price_per_hour, max_jobs, raised_max_jobs, site_id,
  site_owner_id, programs
  on public.nodes for each row execute function oblivion.guard_node();

alter table public.nodes enable row level security;

create function oblivion.is_online(p_last_seen timestamptz, p_next_poll_at timestamptz)
returns boolean
language sql
stable
set search_path = ''
as $$
  select p_last_seen > now() - s.online_window or p_next_poll_at > now() - interval '15 seconds'
    from oblivion.settings s
$$;
comment on function oblivion.is_online(timestamptz, timestamptz) is
  'The one rule of who is online: last sign younger than 60 s, or told to come back at most 15 s ago or later.';

create function oblivion.stale_after(p_worker_type text)
returns interval
language sql
stable
set search_path = ''
as $$
  select case p_worker_type when 'browser' then s.stale_after_browser else s.stale_after end
    from oblivion.settings s
$$;
comment on function oblivion.stale_after(text) is
  'How long after its last beat a node keeps its job: 45 s for a tab, which never comes back, else 10 minutes.';

create function oblivion.require_node(p_node_id uuid)
returns public.nodes
language plpgsql
stable
security definer
set search_path = ''
as $$
declare
  -- Spelled out as node_key_hash() is: an expression costs the hot path less than a call.
  v_key text := nullif(current_setting('request.headers', true), '')::jsonb ->> 'x-node-key';
  v_wallet text;
  v_node public.nodes;
begin
  if v_key is not null then
    select n.* into v_node
      from public.nodes n
     where n.key_hash = sha256(convert_to(v_key, 'UTF8'))
       and n.id = p_node_id;
    if not found then
      perform oblivion.raise_error('OB004', 'This node key is not valid for this node.',
        'Register the node again; another start under the same hardware id ends the older key.');
    end if;
    return v_node;
  end if;
  v_wallet := oblivion.require_wallet();
  select n.* into v_node from public.nodes n where n.id = p_node_id and n.provider_address = v_wallet;
  if not found then
    perform oblivion.raise_error('OB003', 'No node of yours has this id.', 'Register it with register_node.',
      jsonb_build_object('nodeId', p_node_id));
  end if;
  return v_node;
end
$$;
comment on function oblivion.require_node(uuid) is
  'The caller''s own node: by node key, else by wallet session. OB001, OB003 or OB004 otherwise. For the engine alone.';

create function oblivion.caller_provider()
returns text
language plpgsql
stable
security definer
set search_path = ''
as $$
declare
  v_hash bytea := oblivion.node_key_hash();
begin
  if v_hash is null then
    return oblivion.caller_wallet();
  end if;
  return (select n.provider_address from public.nodes n where n.key_hash = v_hash);
end
$$;
comment on function oblivion.caller_provider() is 'The address that the caller works for: of its node key, else of its session; or null.';

create function oblivion.require_provider(p_provider_address text)
returns text
language plpgsql
stable
security definer
set search_path = ''
as $$
declare
  v_provider text := oblivion.caller_provider();
begin
  if v_provider is null then
    perform oblivion.raise_error('OB001', 'This call needs a signed-in wallet or a node key.',
      'Sign in with Ethereum, or send the node key in the header x-node-key.');
  elsif v_provider is distinct from lower(p_provider_address) then
    perform oblivion.raise_error('OB002', 'This address is not yours.',
      'Send the address that you signed in with.', jsonb_build_object('address', lower(p_provider_address)));
  end if;
  return v_provider;
end
$$;
comment on function oblivion.require_provider(text) is
  'Compares an address in a call with the caller''s own: OB001, OB002. For the engine alone.';

create function oblivion.require_provider_node(p_provider_address text)
returns public.nodes
language plpgsql
stable
security definer
set search_path = ''
as $$
declare
  v_key text := nullif(current_setting('request.headers', true), '')::jsonb ->> 'x-node-key';
  v_provider text;
  v_node public.nodes;
begin
  if v_key is not null then
    select n.* into v_node
      from public.nodes n
     where n.key_hash = sha256(convert_to(v_key, 'UTF8'));
    if v_node.provider_address = lower(p_provider_address) then
      return v_node;
    end if;
  end if;
  -- By a wallet's session; or the reason why not.
  v_provider := oblivion.require_provider(p_provider_address);
  select n.* into v_node
    from public.nodes n
   where n.provider_address = v_provider
   order by (n.current_jobs < n.max_jobs) desc, n.last_seen desc
   limit 1;
  if not found then
    perform oblivion.raise_error('OB003', 'This address has no node.', 'Register one with register_node.');
  end if;
  return v_node;
end
$$;
comment on function oblivion.require_provider_node(text) is
  'The node that a call with an address acts for: of the node key, else the caller''s freest, latest seen. For the engine alone.';

create function oblivion.registration(p_node public.nodes, p_secret text, p_settings oblivion.settings)
returns jsonb
language sql
immutable
set search_path = ''
as $$
  select jsonb_build_object(
    'nodeId', p_node.id,
    'nodeSecret', p_secret,
    'settings', jsonb_build_object(
      'heartbeatSeconds', p_settings.heartbeat_seconds,
      'maxJobs', p_node.max_jobs,
      'maxInlineBytes', p_settings.max_inline_bytes))
$$;
comment on function oblivion.registration(public.nodes, text, oblivion.settings) is
  'The answer to register_node. For the engine alone.';

create function public.register_node(
  p_hardware_id text,
  p_worker_type text default 'browser',
  p_capabilities jsonb default '{}',
  p_price_per_hour bigint default null,
  p_site_key text default null
)
returns jsonb
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_settings oblivion.settings;
  v_wallet text;
  v_owner bigint;
  v_count int;
  v_node public.nodes;
  -- 366 random bits from the server's strong source, hashed to 256.
  v_secret text := 'obn_' || encode(sha256(
    uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid())), 'hex');
begin
  if p_hardware_id is null or length(p_hardware_id) not between 1 and 200 then
    perform oblivion.raise_error('OB005', 'A hardware id has 1 to 200 characters.', null,
      jsonb_build_object('field', 'p_hardware_id', 'reason', 'length'));
  end if;
  if p_hardware_id like 'forgotten:%' then
    -- What forgotten nodes are called. One that stands already would end every later pass that forgets.
    perform oblivion.raise_error('OB005', 'A hardware id does not begin with forgotten:.', null,
      jsonb_build_object('field', 'p_hardware_id', 'reason', 'reserved'));
  end if;
  if p_worker_type is null or p_worker_type not in ('browser', 'server', 'python') then
    perform oblivion.raise_error('OB005', 'A worker type is browser, server or python.', null,
      jsonb_build_object('field', 'p_worker_type', 'reason', 'unknown'));
  end if;
  if jsonb_typeof(p_capabilities) is distinct from 'object' or octet_length(p_capabilities::text) > 4096 then
    perform oblivion.raise_error('OB005', 'Capabilities are a JSON object of at most 4 kB.', null,
      jsonb_build_object('field', 'p_capabilities', 'reason', 'shape'));
  end if;
  if p_price_per_hour < 0 then
    perform oblivion.raise_error('OB005', 'A price is not below zero.', null,
      jsonb_build_object('field', 'p_price_per_hour', 'reason', 'negative'));
  end if;
  select s.* into v_settings from oblivion.settings s;
  if p_site_key is not null then
    v_node := oblivion.register_visitor(p_site_key, p_hardware_id, sha256(convert_to(v_secret, 'UTF8')));
    return oblivion.registration(v_node, v_secret, v_settings);
  end if;
  v_wallet := oblivion.require_wallet();
  v_owner := oblivion.owner_of(v_wallet);

  perform pg_advisory_xact_lock(oblivion.lock_key('owner', v_owner::text));
  -- Without a key, revoked or forgotten, a row is history: nobody could free a place otherwise. Of a day's there are as
  -- many at most again, or whoever registers and revokes would fill the table.
  select greatest(count(*) filter (where n.key_hash is not null),
                  count(*) filter (where n.key_hash is null and n.last_seen > now() - interval '1 day'))
    into v_count
    from public.nodes n
   where n.owner_id = v_owner
     and n.hardware_id <> p_hardware_id;
  if v_count >= v_settings.max_nodes_per_owner then
    perform oblivion.raise_error('OB014', format('A wallet has at most %s nodes.', v_settings.max_nodes_per_owner),
      'Revoke one that you no longer use, or register under its hardware id.',
      jsonb_build_object('what', 'nodes', 'limit', v_settings.max_nodes_per_owner));
  end if;

  -- Whoever holds the older key can no longer report: its jobs go back at once instead of when their lease ends.
  perform oblivion.release_jobs_of_node(n.id)
    from public.nodes n
   where n.owner_id = v_owner
     and n.hardware_id = p_hardware_id;
  -- The owner's row after its jobs', as whoever reports one.
  perform oblivion.start_at_average(v_owner);

  insert into public.nodes as n (
    owner_id, payee_owner_id, provider_address, hardware_id, worker_type, programs, capabilities, price_per_hour, key_hash,
    max_jobs)
  values (
    v_owner, v_owner, v_wallet, p_hardware_id, p_worker_type,
    case p_worker_type when 'python' then (select array_agg(b.name order by b.name) from oblivion.builtin_programs b) end,
    p_capabilities, p_price_per_hour, sha256(convert_to(v_secret, 'UTF8')),
    case p_worker_type when 'browser' then 1 else v_settings.max_jobs end)
  on conflict (owner_id, hardware_id) do update
    set worker_type = excluded.worker_type,
        programs = excluded.programs,
        capabilities = excluded.capabilities,
        price_per_hour = excluded.price_per_hour,
        key_hash = excluded.key_hash,
        operator = false,
        raised_max_jobs = case when excluded.worker_type = 'server' then n.raised_max_jobs end,
        max_jobs = case when excluded.worker_type = 'server' then coalesce(n.raised_max_jobs, excluded.max_jobs)
          else excluded.max_jobs end,
        last_seen = now()
  returning n.* into v_node;
  return oblivion.registration(v_node, v_secret, v_settings);
end
$$;
comment on function public.register_node(text, text, jsonb, bigint, text) is
  'Registers a node of the signed-in wallet, or with a site''s key that of its visitor; finds it again by its hardware id, and answers a new node key, which is shown this once and ends the one before. OB001, OB005, OB014, OB080, OB081.';

create function public.resume_node(p_node_id uuid, p_max_jobs int default null)
returns jsonb
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_node public.nodes := oblivion.require_node(p_node_id);
  v_settings oblivion.settings;
  v_wait_ms int := 0;
begin
  if p_max_jobs < 1 then
    perform oblivion.raise_error('OB005', 'A node holds at least one job.', null,
      jsonb_build_object('field', 'p_max_jobs', 'reason', 'range'));
  end if;
  select s.* into v_settings from oblivion.settings s;
  -- The order of locks: the owner's, the jobs', the node's.
  perform pg_advisory_xact_lock(oblivion.lock_key('owner', v_node.owner_id::text));
  if exists (select from public.jobs j where j.node_id = p_node_id) then
    -- Whoever computes one of them beats: after three beats without a sign of life there is nobody.
    select greatest(0, ceil(1000 * extract(epoch from
             n.last_seen + make_interval(secs => 3 * v_settings.heartbeat_seconds) - now())))
      into v_wait_ms
      from public.nodes n
     where n.id = p_node_id;
    if v_wait_ms = 0 then
      perform oblivion.release_jobs_of_node(p_node_id, 'The node was started again.');
    end if;
  end if;
  -- Places that nobody fills hide a lost answer: the node would be given another job, and the first run out.
  update public.nodes n
     set max_jobs = least(p_max_jobs, case n.worker_type when 'browser' then 1 else coalesce(n.raised_max_jobs, v_settings.max_jobs) end)
   where n.id = p_node_id
  returning n.* into v_node;
  return jsonb_build_object(
    'settings', oblivion.registration(v_node, null, v_settings) -> 'settings',
    'waitMs', v_wait_ms);
end
$$;
comment on function public.resume_node(uuid, int) is
  'For a node that starts with the key that it has: {settings} as register_node says them, and what a process before it left is given back. p_max_jobs says how many jobs it computes at once, where that is less than it may; null, as many as it may. It is no sign of life: while another process with this key may be alive, waitMs says when to ask again, and nothing is given back. OB001, OB003, OB004, OB005.';

create function oblivion.node_view(p_node public.nodes)
returns jsonb
language sql
stable
set search_path = ''
as $$
  select jsonb_build_object(
    'nodeId', p_node.id,
    'hardwareId', p_node.hardware_id,
    'workerType', p_node.worker_type,
    'online', oblivion.is_online(p_node.last_seen, p_node.next_poll_at),
    'currentJobs', p_node.current_jobs,
    'completedJobs', p_node.total_jobs_completed,
    -- Without a key it acts by its wallet's session alone.
    'hasKey', p_node.key_hash is not null,
    'lastSeenAt', p_node.last_seen,
    'registeredAt', p_node.registered_at)
$$;
comment on function oblivion.node_view(public.nodes) is 'A node as its wallet sees it. For the engine alone.';

create function public.my_nodes()
returns jsonb
language plpgsql
stable
security definer
set search_path = ''
as $$
declare
  v_wallet text := oblivion.require_wallet();
begin
  return (
    select coalesce(jsonb_agg(oblivion.node_view(n) order by n.last_seen desc, n.id), '[]')
      from (
        select x.*
          from public.nodes x
          join oblivion.owners o on o.id = x.owner_id
         where o.address = v_wallet
           and x.hardware_id <> 'forgotten:' || x.id
         -- What can be revoked is never pushed out by what has been.
         order by x.key_hash is null, x.last_seen desc, x.id
         limit 200) n);
end
$$;
comment on function public.my_nodes() is
  'The signed-in wallet''s nodes, the latest seen first, 200 at most and of more those with a key: [{nodeId, hardwareId, workerType, online, currentJobs, completedJobs, hasKey, lastSeenAt, registeredAt}]. OB001.';

create function oblivion.end_key(p_node public.nodes)
returns jsonb
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_node public.nodes;
begin
  -- The order of locks: the owner's, the jobs', the node's.
  perform pg_advisory_xact_lock(oblivion.lock_key('owner', p_node.owner_id::text));
  perform oblivion.release_jobs_of_node(p_node.id, 'The node''s key was revoked.');
  -- An operator's mark is a mark of the key. What it delivered is read and paid all the same: to its wallet.
  update public.nodes n
     set key_hash = null,
         operator = false
   where n.id = p_node.id
  returning n.* into v_node;
  return oblivion.node_view(v_node);
end
$$;
comment on function oblivion.end_key(public.nodes) is
  'Ends the key of a node for good, gives its jobs back and answers the node. For the engine alone.';

create function oblivion.remove_node(p_node_id uuid)
returns jsonb
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_node public.nodes;
begin
  select n.* into v_node from public.nodes n where n.id = p_node_id;
  if not found then
    perform oblivion.raise_error('OB003', 'No node has this id.', null, jsonb_build_object('nodeId', p_node_id));
  end if;
  return oblivion.end_key(v_node);
end
$$;
comment on function oblivion.remove_node(uuid) is
  'As revoke_node, of anybody''s node, by the operator alone: its wallet may register the machine again. OB003.';

create function public.revoke_node(p_node_id uuid)
returns jsonb
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_wallet text := oblivion.require_wallet();
  v_node public.nodes;
begin
  select n.* into v_node
    from public.nodes n
    join oblivion.owners o on o.id = n.owner_id
   where n.id = p_node_id
     and o.address = v_wallet;
  if not found then
    perform oblivion.raise_error('OB003', 'No node of yours has this id.', 'Read your nodes again.',
      jsonb_build_object('nodeId', p_node_id));
  end if;
  return oblivion.end_key(v_node);
end
$$;
comment on function public.revoke_node(uuid) is
  'Ends the key of a node of the signed-in wallet for good, which frees its place, gives its jobs back and answers the node as my_nodes does. Who has the key can do nothing more with it; the wallet itself may register the machine again. Safe to repeat. OB001, OB003.';

reset all;

-- 20261124000410_visitors.sql

-- What a site's owner and its visitors call, and how a visitor becomes a node. The tables lie in sites.sql.

create function oblivion.site_text_list(p_site jsonb, p_field text, p_max int)
returns text[]
language plpgsql
set search_path = ''
as $$
declare
  v_list text[];
begin
  if jsonb_typeof(p_site -> p_field) is distinct from 'array'
    or jsonb_array_length(p_site -> p_field) not between 1 and p_max
    or exists (select from jsonb_array_elements(p_site -> p_field) e where jsonb_typeof(e.value) <> 'string') then
    perform oblivion.raise_error('OB005', format('%s is a list of 1 to %s texts.', p_field, p_max), null,
      jsonb_build_object('field', p_field, 'reason', 'list'));
  end if;
  select array_agg(distinct e.value order by e.value) into v_list from jsonb_array_elements_text(p_site -> p_field) e;
  return v_list;
end
$$;
comment on function oblivion.site_text_list(jsonb, text, int) is 'A list of texts of a site, or OB005 with its field. For the engine alone.';

create function oblivion.site_integer(p_site jsonb, p_field text, p_min int, p_max int)
returns int
language plpgsql
immutable
set search_path = ''
as $$
begin
  if jsonb_typeof(p_site -> p_field) is distinct from 'number'
    or (p_site ->> p_field) !~ '^[0-9]{1,6}$'
    or (p_site ->> p_field)::int not between p_min and p_max then
    perform oblivion.raise_error('OB005', format('%s is a whole number from %s to %s.', p_field, p_min, p_max), null,
      jsonb_build_object('field', p_field, 'reason', 'range', 'min', p_min, 'max', p_max));
  end if;
  return (p_site ->> p_field)::int;
end
$$;
comment on function oblivion.site_integer(jsonb, text, int, int) is 'A whole number of a site, or OB005 with its field. For the engine alone.';

create function oblivion.site_of(p_site oblivion.sites, p_fields jsonb)
returns oblivion.sites
language plpgsql
stable
set search_path = ''
as $$
declare
  v_field text;
  v_wrong text;
begin
  if jsonb_typeof(p_fields) is distinct from 'object' then
    perform oblivion.raise_error('OB005', 'A site is a JSON object.', null, jsonb_build_object('field', 'p_site', 'reason', 'shape'));
  end if;
  for v_field in select k from jsonb_object_keys(p_fields) k loop
    case v_field
      when 'name' then
        p_site.name := oblivion.task_text(p_fields, 'name', 80);
      when 'origins' then
        p_site.origins := oblivion.site_text_list(p_fields, 'origins', 20);
        -- As browsers write an origin: no path, no default port, lower case; http for this machine alone.
        select u.o into v_wrong
          from unnest(p_site.origins) as u (o)
         where u.o !~ '^https://[a-z0-9.-]{1,253}(:[0-9]{1,5})?$'
           and u.o !~ '^http://(localhost|127\.0\.0\.1)(:[0-9]{1,5})?$'
            or u.o ~ '^https://.*:443$|^http://.*:80$'
         limit 1;
        if v_wrong is not null then
          perform oblivion.raise_error('OB005', format('%s is no origin of a site.', left(v_wrong, 100)),
            'Write it as https://example.com, without a path; http is for localhost alone.',
            jsonb_build_object('field', 'origins', 'reason', 'origin'));
        end if;
      when 'programs' then
        p_site.programs := oblivion.site_text_list(p_fields, 'programs', 50);
        select u.p into v_wrong
          from unnest(p_site.programs) as u (p)
         where u.p !~ '^[a-z][a-z0-9_]{0,39}$'
           and not exists (
                 select from oblivion.programs r
                  where u.p = 'sha256:' || r.hash
                    and r.hash = split_part(u.p, ':', 2)
                    and r.reviewed_at is not null)
         limit 1;
        if v_wrong is not null then
          perform oblivion.raise_error('OB005', format('%s is neither a built-in program nor a reviewed one.', left(v_wrong, 100)),
            'Visitors run built-in and reviewed programs only.', jsonb_build_object('field', 'programs', 'reason', 'not_reviewed'));
        end if;
      when 'ownerBps' then
        p_site.owner_bps := oblivion.site_integer(p_fields, 'ownerBps', 0, 10000);
      when 'maxCpuPercent' then
        p_site.max_cpu_percent := oblivion.site_integer(p_fields, 'maxCpuPercent', 5, 100);
      when 'maxVisitors' then
        p_site.max_visitors := oblivion.site_integer(p_fields, 'maxVisitors', 1, 100000);
      when 'registrationsPerHour' then
        p_site.registrations_per_hour := oblivion.site_integer(p_fields, 'registrationsPerHour', 1, 100000);
      else
        perform oblivion.raise_error('OB005', format('A site has no field %s.', left(v_field, 40)), null,
          jsonb_build_object('field', left(v_field, 40), 'reason', 'unknown'));
    end case;
  end loop;
  return p_site;
end
$$;
comment on function oblivion.site_of(oblivion.sites, jsonb) is 'A site with these fields in place of its own; OB005 with the field that is wrong. For the engine alone.';

create function oblivion.show_site(p_site oblivion.sites)
returns jsonb
language sql
stable
security definer
set search_path = ''
as $$
  select jsonb_build_object(
    'siteId', p_site.id,
    'siteKey', p_site.key,
    'name', p_site.name,
    'origins', p_site.origins,
    'programs', p_site.programs,
    'ownerBps', p_site.owner_bps,
    'maxCpuPercent', p_site.max_cpu_percent,
    'maxVisitors', p_site.max_visitors,
    'registrationsPerHour', p_site.registrations_per_hour,
    'createdAt', p_site.created_at,
    'revokedAt', p_site.revoked_at,
    'suspendedReason', p_site.suspended_reason,
    'visitors', (select count(*) from oblivion.visitors v where v.site_id = p_site.id),
    'online', (
      select count(*)
        from public.nodes n
       where n.site_id = p_site.id
         and n.key_hash is not null
         and oblivion.is_online(n.last_seen, n.next_poll_at)))
$$;
comment on function oblivion.show_site(oblivion.sites) is 'A site as its owner sees it. For the engine alone.';

create function oblivion.require_site(p_site_id uuid)
returns oblivion.sites
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_owner bigint := oblivion.owner_of(oblivion.require_wallet());
  v_site oblivion.sites;
begin
  select s.* into v_site from oblivion.sites s where s.id = p_site_id and s.owner_id = v_owner for update;
  if not found then
    perform oblivion.raise_error('OB084', 'No site of yours has this id.', 'list_sites shows yours.');
  end if;
  return v_site;
end
$$;
comment on function oblivion.require_site(uuid) is 'The caller''s own site, locked: OB001, OB084. For the engine alone.';

create function public.create_site(p_site jsonb)
returns jsonb
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_owner bigint := oblivion.owner_of(oblivion.require_wallet());
  v_site oblivion.sites;
begin
  perform pg_advisory_xact_lock(oblivion.lock_key('owner', v_owner::text));
  if (select count(*) from oblivion.sites s where s.owner_id = v_owner) >= 50 then
    perform oblivion.raise_error('OB014', 'A wallet has at most 50 sites.', 'Change one that you have.',
      jsonb_build_object('what', 'sites', 'limit', 50));
  end if;
  v_site.id := gen_random_uuid();
  v_site.owner_id := v_owner;
  v_site.key := 'obs_' || replace(gen_random_uuid()::text, '-', '');
  v_site.owner_bps := 10000;
  v_site.max_cpu_percent := 50;
  v_site.max_visitors := 5000;
  v_site.registrations_per_hour := 600;
  v_site.programs := array['raytrace'];
  v_site.created_at := now();
  v_site := oblivion.site_of(v_site, p_site);
  if v_site.name is null or v_site.origins is null then
    perform oblivion.raise_error('OB005', 'A site has a name and its origins.', null,
      jsonb_build_object('field', case when v_site.name is null then 'name' else 'origins' end, 'reason', 'missing'));
  end if;
  insert into oblivion.sites values (v_site.*);
  return oblivion.show_site(v_site);
end
$$;
comment on function public.create_site(jsonb) is
  'A new site of the caller''s: {name, origins, programs, ownerBps, maxCpuPercent, maxVisitors, registrationsPerHour}; answers it with its public key. OB001, OB005, OB014.';

create function public.list_sites()
returns jsonb
language plpgsql
stable
security definer
set search_path = ''
as $$
declare
  v_wallet text := oblivion.require_wallet();
begin
  return (
    select coalesce(jsonb_agg(oblivion.show_site(s) order by s.created_at desc), '[]')
      from oblivion.sites s
      join oblivion.owners o on o.id = s.owner_id
     where o.address = v_wallet
       -- Of a forgotten one the row alone is left; see forget_site().
       and s.key <> 'forgotten:' || s.id);
end
$$;
comment on function public.list_sites() is 'The caller''s sites, newest first. OB001.';

create function public.update_site(p_site_id uuid, p_site jsonb)
returns jsonb
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_site oblivion.sites := oblivion.site_of(oblivion.require_site(p_site_id), p_site);
begin
  update oblivion.sites s
     set name = v_site.name,
         origins = v_site.origins,
         programs = v_site.programs,
         owner_bps = v_site.owner_bps,
         max_cpu_percent = v_site.max_cpu_percent,
         max_visitors = v_site.max_visitors,
         registrations_per_hour = v_site.registrations_per_hour
   where s.id = v_site.id;
  -- A program that was taken off the list is off at once; the split changes with each visitor's next consent.
  update public.nodes n
     set programs = v_site.programs
   where n.site_id = v_site.id
     and n.programs is distinct from v_site.programs;
  return oblivion.show_site(v_site);
end
$$;
comment on function public.update_site(uuid, jsonb) is
  'Changes the fields given of a site of the caller''s. A new split holds for consents from now on. OB001, OB005, OB084.';

create function oblivion.stop_site(p_site_id uuid)
returns void
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_node uuid;
begin
  for v_node in
    select n.id from public.nodes n where n.site_id = p_site_id order by n.id
  loop
    perform oblivion.release_jobs_of_node(v_node);
  end loop;
  -- Without its key no node says anything any more; the tab is told OB004 at its next call.
  update public.nodes n set key_hash = null where n.site_id = p_site_id and n.key_hash is not null;
end
$$;
comment on function oblivion.stop_site(uuid) is 'Ends every visitor''s node of a site: its jobs go back, its key is void. For the engine alone.';

create function public.revoke_site_key(p_site_id uuid)
returns jsonb
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_site oblivion.sites := oblivion.require_site(p_site_id);
begin
  update oblivion.sites s
     set revoked_at = coalesce(s.revoked_at, now())
   where s.id = v_site.id
  returning s.* into v_site;
  perform oblivion.stop_site(v_site.id);
  return oblivion.show_site(v_site);
end
$$;
comment on function public.revoke_site_key(uuid) is
  'Ends a site''s key for good, and with it every visitor''s node; what was earned stays. OB001, OB084.';

create function oblivion.suspend_site(p_site_id uuid, p_reason text)
returns void
language plpgsql
security definer
set search_path = ''
as $$
begin
  update oblivion.sites s set suspended_reason = left(p_reason, 500) where s.id = p_site_id;
  if p_reason is not null then
    perform oblivion.stop_site(p_site_id);
  end if;
end
$$;
comment on function oblivion.suspend_site(uuid, text) is 'Stops a site with a reason, or with null lets it go on. By the operator alone.';

create function oblivion.open_site(p_site_key text)
returns oblivion.sites
language plpgsql
stable
security definer
set search_path = ''
as $$
declare
  v_site oblivion.sites;
begin
  select s.* into v_site from oblivion.sites s where s.key = p_site_key;
  if not found or v_site.revoked_at is not null or v_site.suspended_reason is not null then
    perform oblivion.raise_error('OB080', 'This site key is not valid, or it was revoked or suspended.',
      'The owner of the site finds its state on the dApp''s Embed page.');
  end if;
  return v_site;
end
$$;
comment on function oblivion.open_site(text) is 'The site of a key that stands, or OB080. For the engine alone.';

create function public.get_site(p_site_key text)
returns jsonb
language sql
stable
security definer
set search_path = ''
as $$
  select jsonb_build_object(
    'name', s.name,
    'origins', s.origins,
    'programs', s.programs,
    'ownerBps', s.owner_bps,
    'maxCpuPercent', s.max_cpu_percent,
    'owner', oblivion.short_address(o.address),
    'perAddress', (select t.address_header is not null from oblivion.settings t))
    from oblivion.open_site(p_site_key) s
    join oblivion.owners o on o.id = s.owner_id
$$;
comment on function public.get_site(text) is
  'What a visitor is told before consenting: the site''s name, origins and programs, who gets what, and the most CPU in percent of a core; and whether visitors are counted by address block (A13). OB080.';

create function oblivion.set_embedding(p_bridge_origins text[], p_address_header text default null)
returns void
language plpgsql
security definer
set search_path = ''
as $$
begin
  update oblivion.settings s
     set bridge_origins = p_bridge_origins,
         address_header = lower(p_address_header);
end
$$;
comment on function oblivion.set_embedding(text[], text) is
  'From which origins site keys are taken: those of our bridge alone (A2); and the one header, set by our own proxy, whose rightmost value is the caller''s address (A13). By the operator alone.';

create function oblivion.request_header(p_name text)
returns text
language sql
stable
set search_path = ''
as $$
  select nullif(current_setting('request.headers', true), '')::jsonb ->> p_name
$$;
comment on function oblivion.request_header(text) is 'A header of the call, by its lower-case name, or null. For the engine alone.';

create function oblivion.caller_block()
returns text
language plpgsql
stable
security definer
set search_path = ''
as $$
declare
  v_header text;
  v_address inet;
begin
  select s.address_header into v_header from oblivion.settings s where s.id;
  if v_header is null then
    return null;
  end if;
  begin
    -- Whatever stands to the left was written by the caller.
    v_address := btrim(split_part(oblivion.request_header(v_header), ',', -1))::inet;
    -- As a proxy that listens on both kinds of address writes one of four bytes: else all of those were one block.
    if v_address << '::ffff:0.0.0.0/96' then
      v_address := substr(host(v_address), 8)::inet;
    end if;
  exception
    when invalid_text_representation then
      return null;
  end;
  return network(set_masklen(v_address, case family(v_address) when 4 then 24 else 48 end))::text;
end
$$;
comment on function oblivion.caller_block() is
  'The block (/24 or /48) that the call comes from, by the one configured header; null where none is. For the engine alone.';

create function oblivion.block_hash(p_block text)
returns bytea
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_key bytea;
begin
  loop
    select k.key into v_key from oblivion.address_keys k where k.day = current_date;
    exit when v_key is not null;
    insert into oblivion.address_keys (day, key)
    values (current_date, sha256(uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid())))
    on conflict do nothing;
  end loop;
  return sha256(v_key || sha256(v_key || convert_to(p_block, 'UTF8')));
end
$$;
comment on function oblivion.block_hash(text) is 'A keyed hash of an address block under today''s key: the same block is another tomorrow. For the engine alone.';

create function oblivion.new_visitor_owner()
returns bigint
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_owner bigint;
begin
  delete from oblivion.spare_owners s
   where s.owner_id = (select p.owner_id from oblivion.spare_owners p limit 1 for update skip locked)
  returning s.owner_id into v_owner;
  if v_owner is null then
    insert into oblivion.owners (kind) values ('visitor') returning id into v_owner;
  else
    update oblivion.owners o
       set claim_budget = default,
           budget_at = now(),
           claims_from = default,
           created_at = now()
     where o.id = v_owner;
  end if;
  return v_owner;
end
$$;
comment on function oblivion.new_visitor_owner() is 'An owner of kind visitor, a spare one where there is one. For the engine alone.';

create function oblivion.visitor_account(p_site oblivion.sites, p_hash bytea)
returns oblivion.visitors
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_visitor oblivion.visitors;
begin
  -- Another share than before counts from here on: what was earned is shared as the consent of that time said.
  insert into oblivion.visitor_terms (owner_id, until_at, owner_bps)
  select v.owner_id, now(), v.owner_bps
    from oblivion.visitors v
   where v.visitor_hash = p_hash
     and v.owner_bps <> p_site.owner_bps
     and exists (select from oblivion.receipts r where r.payee_owner_id = v.owner_id)
  on conflict do nothing;
  update oblivion.visitors v
     set last_seen_at = now(),
         owner_bps = p_site.owner_bps
   where v.visitor_hash = p_hash
  returning v.* into v_visitor;
  if found then
    return v_visitor;
  end if;
  -- A new one counts against the site's hour. All new visitors of a site stand in line here, so both caps are exact.
  insert into oblivion.site_hours as h (site_id, hour, registrations)
  values (p_site.id, date_trunc('hour', now()), 1)
  on conflict (site_id, hour) do update
    set registrations = h.registrations + 1
  where h.registrations < p_site.registrations_per_hour;
  if not found then
    perform oblivion.raise_error('OB014', format('This site takes %s new visitors an hour.', p_site.registrations_per_hour),
      'Try again within the hour.', jsonb_build_object('what', 'registrations', 'limit', p_site.registrations_per_hour));
  elsif (select count(*) from public.nodes n where n.site_id = p_site.id) >= p_site.max_visitors then
    perform oblivion.raise_error('OB014', format('This site has %s visitors at most.', p_site.max_visitors),
      'Try again tomorrow.', jsonb_build_object('what', 'visitors', 'limit', p_site.max_visitors));
  end if;
  insert into oblivion.visitors (owner_id, site_id, visitor_hash, owner_bps)
  values (oblivion.new_visitor_owner(), p_site.id, p_hash, p_site.owner_bps)
  returning * into v_visitor;
  return v_visitor;
end
$$;
comment on function oblivion.visitor_account(oblivion.sites, bytea) is
  'The account of a visitor''s browser on a site, made at first sight within the site''s caps: OB014. For the engine alone.';

create function oblivion.judged_owner(p_site oblivion.sites, p_visitor oblivion.visitors, p_block_hash bytea)
returns bigint
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_owner bigint;
begin
  if p_block_hash is null then
    return p_visitor.owner_id;
  end if;
  update oblivion.visitor_blocks b
     set last_seen_at = now()
   where b.site_id = p_site.id
     and b.block_hash = p_block_hash
  returning b.owner_id into v_owner;
  if v_owner is null then
    -- Who came before counts against no hour: from here and there it would leave a row for each address that it has. A
    -- block is another each day and stays for two, hence more of them than visitors. Not counted row by row: a flood
    -- would make each of its calls dear.
    if (select coalesce(sum(h.blocks), 0) from oblivion.site_hours h where h.site_id = p_site.id) >= 4 * p_site.max_visitors then
      perform oblivion.raise_error('OB014', format('This site has %s visitors at most.', p_site.max_visitors),
        'Try again tomorrow.', jsonb_build_object('what', 'addresses', 'limit', 4 * p_site.max_visitors));
    end if;
    insert into oblivion.site_hours as h (site_id, hour, registrations, blocks)
    values (p_site.id, date_trunc('hour', now()), 0, 1)
    on conflict (site_id, hour) do update set blocks = h.blocks + 1;
    insert into oblivion.visitor_blocks (site_id, block_hash, owner_id)
    values (p_site.id, p_block_hash, oblivion.new_visitor_owner())
    returning owner_id into v_owner;
  end if;
  return v_owner;
end
$$;
comment on function oblivion.judged_owner(oblivion.sites, oblivion.visitors, bytea) is
  'Who answers for a visitor''s work: its address block on this site; where no address can be known, the visitor itself. The caller holds the block''s lock. OB014. For the engine alone.';

create function oblivion.register_visitor(p_site_key text, p_hardware_id text, p_key_hash bytea)
returns public.nodes
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_origins text[];
  v_site oblivion.sites;
  v_hash bytea;
  v_block_hash bytea;
  v_visitor oblivion.visitors;
  v_judged bigint;
  v_node public.nodes;
  v_old uuid;
begin
  select s.bridge_origins into v_origins from oblivion.settings s where s.id;
  -- A browser writes this header itself: a copy of our worker on another origin cannot send ours (A2). What is not a
  -- browser can, and gains nothing by it that a browser would not.
  if v_origins is null or oblivion.request_header('origin') is null or oblivion.request_header('origin') <> all (v_origins) then
    perform oblivion.raise_error('OB081', 'A site key is taken from the worker''s own frame only.',
      'Embed the worker by its script tag or frame, unchanged.');
  end if;
  v_site := oblivion.open_site(p_site_key);
  -- Whoever stops the site or changes its programs in this moment goes before, and is seen here, or after, and then finds
  -- this node among the others.
  select s.* into v_site
    from oblivion.sites s
   where s.id = v_site.id
     and s.revoked_at is null
     and s.suspended_reason is null
     for share;
  if not found then
    v_site := oblivion.open_site(p_site_key);
  end if;
  v_hash := sha256(uuid_send(v_site.id) || convert_to(p_hardware_id, 'UTF8'));
  perform pg_advisory_xact_lock(oblivion.lock_key('visitor', encode(v_hash, 'hex')));
  -- Before the site's counters are: both who is new and who came before take them.
  if oblivion.caller_block() is not null then
    v_block_hash := oblivion.block_hash(oblivion.caller_block());
    perform pg_advisory_xact_lock(oblivion.lock_key('block', encode(v_block_hash, 'hex')));
  end if;
  v_visitor := oblivion.visitor_account(v_site, v_hash);
  v_judged := oblivion.judged_owner(v_site, v_visitor, v_block_hash);
  perform pg_advisory_xact_lock(oblivion.lock_key('owner', v_judged::text));
  perform oblivion.start_at_average(v_judged);
  -- One node a visitor: that of yesterday's address gives its jobs back and ends. Where it brought nothing it leaves no
  -- row, or visitors times addresses of them could be made (A12).
  for v_old in
    select n.id from public.nodes n where n.payee_owner_id = v_visitor.owner_id and n.site_id is not null
  loop
    perform oblivion.release_jobs_of_node(v_old);
    update public.nodes n set key_hash = null where n.id = v_old;
    delete from public.nodes n
     where n.id = v_old
       and n.owner_id <> v_judged
       and n.current_jobs = 0
       and n.total_jobs_completed = 0
       -- What it delivered is still to be read, and paid to it.
       and not exists (select from oblivion.deliveries d where d.node_id = n.id);
  end loop;
  insert into public.nodes as n (
    owner_id, payee_owner_id, site_id, site_owner_id, programs, provider_address, hardware_id, worker_type, key_hash, max_jobs)
  values (
    v_judged, v_visitor.owner_id, v_site.id, v_site.owner_id, v_site.programs,
    -- Nobody's wallet: made of a hash, so that nobody has its key. It is never paid, see receipts.payee_owner_id.
    '0x' || left(encode(sha256(convert_to('oblivion:visitor:', 'UTF8') || v_hash), 'hex'), 40),
    encode(v_hash, 'hex'), 'browser', p_key_hash, 1)
  on conflict (owner_id, hardware_id) do update
    set key_hash = excluded.key_hash,
        programs = excluded.programs,
        last_seen = now()
  returning n.* into v_node;
  return v_node;
end
$$;
comment on function oblivion.register_visitor(text, text, bytea) is
  'The node of a site''s visitor. OB014, OB080, OB081. For the engine alone.';

create function oblivion.purge_visitors()
returns int
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_purged int;
begin
  -- Nodes that brought nothing and were not seen for a day; those of a block that has changed since, once their work is told.
  delete from public.nodes n
   where n.site_id is not null
     and n.last_seen < now() - interval '1 day'
     and n.current_jobs = 0
     and not exists (select from oblivion.deliveries d where d.node_id = n.id)
     and (n.total_jobs_completed = 0 or n.key_hash is null);
  get diagnostics v_purged = row_count;
  with gone as (
    delete from oblivion.visitors v
     where v.last_seen_at < now() - interval '1 day'
       and v.bound_owner_id is null
       and not exists (select from public.nodes n where n.payee_owner_id = v.owner_id)
       and not exists (select from oblivion.accounts a where a.owner_id = v.owner_id)
       and not exists (select from oblivion.receipts r where r.payee_owner_id = v.owner_id)
    returning v.owner_id
  ), blocks as (
    delete from oblivion.visitor_blocks b
     where b.last_seen_at < now() - interval '1 day'
       and not exists (select from public.nodes n where n.owner_id = b.owner_id)
    returning b.owner_id
  )
  insert into oblivion.spare_owners (owner_id)
  select o.id
    from (select g.owner_id from gone g union select b.owner_id from blocks b) x
    join oblivion.owners o on o.id = x.owner_id
   where o.accepted_count = 0
  on conflict do nothing;
  delete from oblivion.site_hours h where h.hour < now() - interval '2 days';
  delete from oblivion.address_keys k where k.day < current_date - 30;
  return v_purged;
end
$$;
comment on function oblivion.purge_visitors() is
  'Daily: visitors that did nothing for a day are forgotten and their rows used again (A12); keys of address hashes older than 30 days are destroyed. Answers how many nodes. For the coordinator.';

reset all;

-- 20261124000500_ledger.sql

-- Money: settlement instances, accounts, and one append-only double-entry ledger. Amounts are bigint in the smallest
-- unit of the token (USDC has 6 decimals). What the contract holds stands with a negative sign (chain_escrow,
-- chain_pool, chain_fees), whose it is with a positive one, so every transaction sums to zero.

create table oblivion.settlement_instances (
  id bigint generated always as identity primary key,
  -- 0 is no chain: the instance of card money, see card_money.sql.
  chain_id bigint not null check (chain_id >= 0),
  contract_address text not null check (contract_address ~ '^0x[0-9a-f]{40}$'),
  token_address text not null check (token_address ~ '^0x[0-9a-f]{40}$'),
  genesis_hash text not null check (genesis_hash ~ '^0x[0-9a-f]{64}$'),
  opened_block bigint not null check (opened_block >= 0),
  cursor_block bigint not null,
  cursor_hash text check (cursor_hash ~ '^0x[0-9a-f]{64}$'),
  halted_reason text,
  -- books: ledger and contract differ; chain: the node shows another chain than was booked. Both end when it is so no more;
  -- what an operator has stopped only an operator resumes, and it is lifted then, until the coordinator has compared them.
  halt_cause text check (halt_cause in ('books', 'chain', 'settler', 'operator', 'lifted')),
  -- The contract's cap of a customer that never set its own; null until the coordinator has read it.
  default_daily_cap bigint check (default_daily_cap >= 0),
  -- What the contract pays out in a day at most; null until the coordinator has read it.
  claim_cap bigint check (claim_cap >= 0),
  opened_at timestamptz not null default now(),
  closed_at timestamptz,
  unique (chain_id, contract_address, genesis_hash),
  check ((halted_reason is null) = (halt_cause is null))
);
create unique index on oblivion.settlement_instances ((true)) where closed_at is null;
comment on table oblivion.settlement_instances is
  'One deployed contract on one chain. Totals, cursor and vouchers count per instance, so that a redeploy or a wiped local chain pays nobody twice (M9). At most one is open.';

create table oblivion.accounts (
  id bigint generated always as identity primary key,
  kind text not null check (kind in (
    'customer_free', 'task_hold', 'provider_earned', 'platform_fees', 'reserve', 'chain_escrow', 'chain_pool', 'chain_fees',
    -- What Stripe took; what of it goes back to cards; what is the operator's because it paid the providers on chain, and
    -- the escrow that it did this with; and what nobody gives back, the one account of ours that may be below zero.
    'card_funds', 'card_refunding', 'card_proceeds', 'card_escrow', 'bad_debt',
    -- What was given out as play money, with a negative sign.
    'play_money')),
  asset text not null check (asset in ('chain', 'card', 'test')),
  instance_id bigint not null references oblivion.settlement_instances,
  owner_id bigint references oblivion.owners,
  task_id uuid,
  check ((kind in ('customer_free', 'provider_earned')) = (owner_id is not null)),
  check ((kind = 'task_hold') = (task_id is not null)),
  unique nulls not distinct (kind, asset, instance_id, owner_id, task_id),
  unique (id, asset, instance_id)
);
comment on table oblivion.accounts is 'Accounts of the ledger. Every account has an asset and an instance, and no transaction mixes two (M1).';

create table oblivion.ledger_transactions (
  id bigint generated always as identity primary key,
  kind text not null check (kind in (
    'deposit', 'hold', 'refund', 'charge', 'claim', 'share', 'forfeit', 'withdraw', 'top_up', 'collect',
    'card_refund', 'refund_failed', 'dispute', 'recover', 'dispute_won', 'payout', 'play')),
  -- What it is about, once: tx:log for chain events, a task for hold, Stripe's id for card money. A second booking fails.
  reference text not null,
  asset text not null,
  instance_id bigint not null,
  booked_at timestamptz not null default now(),
  unique (instance_id, kind, reference),
  unique (id, asset, instance_id)
);

create table oblivion.ledger_entries (
  transaction_id bigint not null,
  account_id bigint not null,
  asset text not null,
  instance_id bigint not null,
  amount bigint not null check (amount <> 0),
  primary key (transaction_id, account_id)
);
comment on table oblivion.ledger_entries is
  'Asset and instance of an entry are its transaction''s and its account''s (M1): guard_entries holds it.';
create index on oblivion.ledger_entries (account_id) include (amount);

-- The facts of an account are part of each of its entries.
create trigger refuse_change before update or delete on oblivion.accounts
  for each row execute function oblivion.refuse_change();
create trigger refuse_change before update or delete on oblivion.ledger_transactions
  for each row execute function oblivion.refuse_change();
create trigger refuse_change before update or delete on oblivion.ledger_entries
  for each row execute function oblivion.refuse_change();
create trigger refuse_truncate before truncate on oblivion.accounts
  for each statement execute function oblivion.refuse_change();
create trigger refuse_truncate before truncate on oblivion.ledger_transactions
  for each statement execute function oblivion.refuse_change();
create trigger refuse_truncate before truncate on oblivion.ledger_entries
  for each statement execute function oblivion.refuse_change();

-- Foreign keys would lock the shared accounts of a task and of the platform once per entry, and a check per row at
-- commit would sum four times per accepted job: both cost more than the booking itself. Transactions and accounts are
-- never changed or deleted, so one look at the end of the statement proves as much.
create function oblivion.guard_entries()
returns trigger
language plpgsql
security definer
set search_path = ''
-- Planned while the tables are small, a session's plan would go on reading them whole.
set enable_seqscan = off
set jit = off
set enable_hashjoin = off
set enable_mergejoin = off
as $$
declare
  v_wrong record;
begin
  select e.transaction_id, sum(e.amount) as total, count(*) as entries, count(t.id) as known, count(a.id) as accounts
    into v_wrong
    from added e
    left join oblivion.ledger_transactions t
      on t.id = e.transaction_id and t.asset = e.asset and t.instance_id = e.instance_id
    left join oblivion.accounts a
      on a.id = e.account_id and a.asset = e.asset and a.instance_id = e.instance_id
   group by e.transaction_id
  having sum(e.amount) <> 0
      or count(*) < 2
      or count(t.id) < count(*)
      or count(a.id) < count(*)
   limit 1;
  if not found then
    return null;
  end if;
  if v_wrong.known < v_wrong.entries or v_wrong.accounts < v_wrong.entries then
    raise exception 'An entry of ledger transaction % has another asset or instance than its transaction or account.',
      v_wrong.transaction_id
      using errcode = 'foreign_key_violation';
  end if;
  raise exception 'Ledger transaction % has % entries that sum to %; they must sum to zero.',
    v_wrong.transaction_id, v_wrong.entries, v_wrong.total
    using errcode = 'check_violation';
end
$$;
comment on function oblivion.guard_entries() is
  'The entries of a transaction come in one statement and sum to zero, so nobody adds one to a transaction of yesterday.';
create trigger guard_entries after insert on oblivion.ledger_entries
  referencing new table as added
  for each statement execute function oblivion.guard_entries();

create function oblivion.require_entries()
returns trigger
language plpgsql
security definer
set search_path = ''
-- Planned while the table is small, a session's plan would go on reading it whole.
set enable_seqscan = off
set jit = off
as $$
begin
  if not exists (select from oblivion.ledger_entries e where e.transaction_id = new.id) then
    raise exception 'Ledger transaction % has no entries.', new.id
      using errcode = 'check_violation';
  end if;
  return null;
end
$$;
comment on function oblivion.require_entries() is 'Constraint trigger: checked at commit, when the entries are in.';
create constraint trigger require_entries after insert on oblivion.ledger_transactions
  deferrable initially deferred
  for each row execute function oblivion.require_entries();

create function oblivion.account(
  p_kind text,
  p_asset text,
  p_instance_id bigint,
  p_owner_id bigint default null,
  p_task_id uuid default null
)
returns bigint
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_id bigint;
begin
  loop
    -- `is not distinct from` uses no index: it would read every hold of the instance.
    if p_task_id is not null then
      select a.id into v_id
        from oblivion.accounts a
       where a.kind = p_kind and a.asset = p_asset and a.instance_id = p_instance_id
         and a.owner_id is null and a.task_id = p_task_id;
    elsif p_owner_id is not null then
      select a.id into v_id
        from oblivion.accounts a
       where a.kind = p_kind and a.asset = p_asset and a.instance_id = p_instance_id
         and a.owner_id = p_owner_id and a.task_id is null;
    else
      select a.id into v_id
        from oblivion.accounts a
       where a.kind = p_kind and a.asset = p_asset and a.instance_id = p_instance_id
         and a.owner_id is null and a.task_id is null;
    end if;
    exit when v_id is not null;
    insert into oblivion.accounts (kind, asset, instance_id, owner_id, task_id)
    values (p_kind, p_asset, p_instance_id, p_owner_id, p_task_id)
    on conflict do nothing;
  end loop;
  return v_id;
end
$$;
comment on function oblivion.account(text, text, bigint, bigint, uuid) is 'An account by its facts, made on first use. For the engine alone.';

create function oblivion.book(
  p_kind text,
  p_reference text,
  p_asset text,
  p_instance_id bigint,
  p_accounts bigint[],
  p_amounts bigint[]
)
returns bigint
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_id bigint;
begin
  with made as (
    insert into oblivion.ledger_transactions (kind, reference, asset, instance_id)
    values (p_kind, p_reference, p_asset, p_instance_id)
    returning id
  ), entries as (
    insert into oblivion.ledger_entries (transaction_id, account_id, asset, instance_id, amount)
    select m.id, u.account_id, p_asset, p_instance_id, sum(u.amount)
      from made m, unnest(p_accounts, p_amounts) as u (account_id, amount)
     group by m.id, u.account_id
    having sum(u.amount) <> 0
  )
  select m.id into v_id from made m;
  return v_id;
end
$$;
comment on function oblivion.book(text, text, text, bigint, bigint[], bigint[]) is
  'The only writer of the ledger: one transaction of entries that sum to zero. For the engine alone.';

create function oblivion.open_instance()
returns oblivion.settlement_instances
language sql
stable
security definer
set search_path = ''
as $$
  select i.* from oblivion.settlement_instances i where i.closed_at is null
$$;
comment on function oblivion.open_instance() is 'The instance that is open now, or null. For the engine alone.';

create function oblivion.chunk_fee(p_price bigint, p_fee_bps int, p_index int)
returns bigint
language sql
immutable strict parallel safe
-- The fee is rounded on the running total over chunks by index, so it depends on no order of acceptance and needs no
-- lock, and all chunks together pay exactly floor(bps of the task's total) (M7).
return (floor(p_fee_bps * p_price::numeric * (p_index + 1) / 10000)
  - floor(p_fee_bps * p_price::numeric * p_index / 10000))::bigint;
comment on function oblivion.chunk_fee(bigint, int, int) is 'The platform''s part of one chunk''s price, smallest unit; p_index counts from 0.';

reset all;

-- 20261124000600_tasks.sql

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

reset all;

-- 20261124000610_task_inputs.sql

-- What a customer may write into a task: every field within bounds, and the inputs as list, range, NDJSON or CSV.

create function oblivion.refuse_foreign_url(p_value text, p_field text)
returns void
language plpgsql
set search_path = ''
as $$
begin
  if p_value is not null then
    -- No node, tab or server opens a stranger's URL (A1). What lies in Storage of our own is asked for elsewhere.
    perform oblivion.raise_error('OB009', 'Foreign URLs are refused: no node opens an address that a stranger chose.',
      'Send the content itself.', jsonb_build_object('field', p_field));
  end if;
end
$$;
comment on function oblivion.refuse_foreign_url(text, text) is 'OB009 for any URL in a call (A1). For the engine alone.';

create function oblivion.task_text(p_task jsonb, p_field text, p_max int)
returns text
language plpgsql
set search_path = ''
as $$
begin
  if jsonb_typeof(p_task -> p_field) is distinct from 'string'
    or length(p_task ->> p_field) not between 1 and p_max then
    perform oblivion.raise_error('OB005', format('%s is a text of 1 to %s characters.', p_field, p_max), null,
      jsonb_build_object('field', p_field, 'reason', 'text'));
  end if;
  return p_task ->> p_field;
end
$$;
comment on function oblivion.task_text(jsonb, text, int) is 'A required text of a task, or OB005 with its field. For the engine alone.';

create function oblivion.task_integer(p_task jsonb, p_field text, p_default bigint, p_min bigint, p_max bigint)
returns bigint
language plpgsql
set search_path = ''
as $$
declare
  v_value jsonb := p_task -> p_field;
begin
  if v_value is null or v_value = 'null' then
    if p_default is null then
      perform oblivion.raise_error('OB005', format('%s is missing.', p_field), null,
        jsonb_build_object('field', p_field, 'reason', 'missing'));
    end if;
    return p_default;
  end if;
  -- Digits only: as a number, or (money) as a decimal string.
  if jsonb_typeof(v_value) not in ('number', 'string') or (v_value #>> '{}') !~ '^-?[0-9]{1,18}$'
    or (v_value #>> '{}')::bigint not between p_min and p_max then
    perform oblivion.raise_error('OB005', format('%s is a whole number from %s to %s.', p_field, p_min, p_max), null,
      jsonb_build_object('field', p_field, 'reason', 'range', 'min', p_min::text, 'max', p_max::text));
  end if;
  return (v_value #>> '{}')::bigint;
end
$$;
comment on function oblivion.task_integer(jsonb, text, bigint, bigint, bigint) is
  'A whole number of a task within bounds, or OB005 with its field. For the engine alone.';

create function oblivion.task_flag(p_task jsonb, p_field text)
returns boolean
language plpgsql
set search_path = ''
as $$
declare
  v_value jsonb := coalesce(nullif(p_task -> p_field, 'null'), 'false');
begin
  if jsonb_typeof(v_value) <> 'boolean' then
    perform oblivion.raise_error('OB005', format('%s is true or false.', p_field), null,
      jsonb_build_object('field', p_field, 'reason', 'shape'));
  end if;
  return v_value;
end
$$;
comment on function oblivion.task_flag(jsonb, text) is
  'A choice of a task, by default false; or OB005 with its field. For the engine alone.';

create function oblivion.task_names(p_task jsonb, p_field text, p_allowed text[] default null)
returns text[]
language plpgsql
set search_path = ''
as $$
declare
  v_value jsonb := p_task -> p_field;
  v_names text[];
begin
  if v_value is null or v_value = 'null' then
    return null;
  end if;
  if jsonb_typeof(v_value) = 'array' and jsonb_array_length(v_value) between 1 and 20
    and not jsonb_path_exists(v_value, 'strict $[*] ? (@.type() != "string")') then
    select array_agg(distinct e.value order by e.value) into v_names from jsonb_array_elements_text(v_value) e;
  end if;
  if v_names is null
    or exists (select from unnest(v_names) as u (name) where length(u.name) not between 1 and 100)
    or not v_names <@ coalesce(p_allowed, v_names) then
    perform oblivion.raise_error('OB005',
      case when p_allowed is null then format('%s is a list of 1 to 20 names.', p_field)
        else format('%s is a list of %s.', p_field, array_to_string(p_allowed, ', ')) end,
      'Leave it out where it does not matter.', jsonb_build_object('field', p_field, 'reason', 'names'));
  end if;
  return v_names;
end
$$;
comment on function oblivion.task_names(jsonb, text, text[]) is
  'A list of distinct names of a task, out of those allowed; null where absent; or OB005 with its field. For the engine alone.';

create function oblivion.refuse_line(p_line bigint, p_what text)
returns void
language plpgsql
set search_path = ''
as $$
begin
  perform oblivion.raise_error('OB005', format('Line %s of inputs.text %s.', p_line, p_what), null,
    jsonb_build_object('field', 'inputs.text', 'reason', 'line', 'line', p_line));
end
$$;
comment on function oblivion.refuse_line(bigint, text) is 'OB005 for a line of a text of inputs. For the engine alone.';

create function oblivion.ndjson_inputs(p_text text)
returns setof jsonb
language plpgsql
set search_path = ''
as $$
declare
  v_line record;
begin
  begin
    -- All at once: a million lines one by one, each with an exception's block of its own, take too long for one call.
    return query
      select l.line::jsonb
        from string_to_table(p_text, E'\n') with ordinality as l (line, number)
       where l.line !~ '^[ \t\r]*$'
       order by l.number;
    return;
  exception
    -- No JSON, a number or a character that jsonb does not hold, or too deep.
    when data_exception or untranslatable_character or program_limit_exceeded then
      null;
  end;
  for v_line in
    select l.line, l.number
      from string_to_table(p_text, E'\n') with ordinality as l (line, number)
     where l.line !~ '^[ \t\r]*$'
     order by l.number
  loop
    begin
      perform v_line.line::jsonb;
    exception
      when data_exception or untranslatable_character or program_limit_exceeded then
        perform oblivion.refuse_line(v_line.number, 'is not a JSON value');
    end;
  end loop;
end
$$;
comment on function oblivion.ndjson_inputs(text) is
  'The values of a text with one JSON value a line; empty lines count for nothing. OB005 names the first wrong line. For the engine alone.';

create function oblivion.csv_fields(p_record text)
returns text[]
language plpgsql
immutable
set search_path = ''
as $$
declare
  v_fields text[];
  v_covered bigint;
begin
  -- RFC 4180. With a comma behind the last field too, each field is one match; what no match covers is a stray quote.
  select array_agg(
           case when m.field[1] like '"%'
             then replace(substr(m.field[1], 2, length(m.field[1]) - 2), '""', '"') else m.field[1] end
           order by m.place),
         sum(length(m.field[1]) + 1)
    into v_fields, v_covered
    from regexp_matches(p_record || ',', '("(?:[^"]|"")*"|[^",]*),', 'g') with ordinality as m (field, place);
  return case when v_covered = length(p_record) + 1 then v_fields end;
end
$$;
comment on function oblivion.csv_fields(text) is 'The fields of one record of CSV, or null where a quote is out of place. For the engine alone.';

create function oblivion.require_csv_names(p_names text[], p_line bigint)
returns void
language plpgsql
set search_path = ''
as $$
begin
  if '' = any (p_names) or cardinality(p_names) <> (select count(distinct n) from unnest(p_names) n) then
    perform oblivion.refuse_line(p_line, 'does not name each column by a name of its own');
  end if;
end
$$;
comment on function oblivion.require_csv_names(text[], bigint) is 'OB005 where columns are not named apart. For the engine alone.';

create function oblivion.refuse_csv_fields(p_line bigint, p_fields int, p_names int)
returns void
language plpgsql
set search_path = ''
as $$
begin
  perform oblivion.refuse_line(p_line, format('has %s fields where the first names %s', p_fields, p_names));
end
$$;
comment on function oblivion.refuse_csv_fields(bigint, int, int) is
  'OB005 for a record of CSV with too few or too many fields. For the engine alone.';

create function oblivion.plain_csv_inputs(p_text text)
returns setof jsonb
language plpgsql
set search_path = ''
as $$
declare
  v_head record;
  v_names text[];
  v_wrong record;
begin
  -- Without quotes a line is a record and a comma ends a field, so one statement reads a million of them.
  select rtrim(l.line, E'\r') as line, l.number
    into v_head
    from string_to_table(p_text, E'\n') with ordinality as l (line, number)
   where l.line !~ '^\r?$'
   order by l.number
   limit 1;
  if not found then
    return;
  end if;
  v_names := string_to_array(v_head.line, ',');
  perform oblivion.require_csv_names(v_names, v_head.number);
  select l.number, cardinality(string_to_array(l.line, ',')) as fields
    into v_wrong
    from string_to_table(p_text, E'\n') with ordinality as l (line, number)
   where l.line !~ '^\r?$'
     and cardinality(string_to_array(l.line, ',')) <> cardinality(v_names)
   order by l.number
   limit 1;
  if found then
    perform oblivion.refuse_csv_fields(v_wrong.number, v_wrong.fields, cardinality(v_names));
  end if;
  return query
    select jsonb_object(v_names, string_to_array(rtrim(l.line, E'\r'), ','))
      from string_to_table(p_text, E'\n') with ordinality as l (line, number)
     where l.line !~ '^\r?$'
       and l.number > v_head.number
     order by l.number;
end
$$;
comment on function oblivion.plain_csv_inputs(text) is 'As csv_inputs, of a text without a quote. For the engine alone.';

create function oblivion.csv_inputs(p_text text)
returns setof jsonb
language plpgsql
set search_path = ''
as $$
declare
  v_line record;
  v_record text;
  v_from bigint;
  v_open boolean := false;
  v_names text[];
  v_fields text[];
begin
  if strpos(p_text, '"') = 0 then
    return query select v from oblivion.plain_csv_inputs(ltrim(p_text, chr(65279))) v;
    return;
  end if;
  for v_line in
    select rtrim(l.line, E'\r') as line, l.number
      from string_to_table(ltrim(p_text, chr(65279)), E'\n') with ordinality as l (line, number)
     order by l.number
  loop
    if v_open then
      v_record := v_record || E'\n' || v_line.line;
    else
      v_record := v_line.line;
      v_from := v_line.number;
    end if;
    -- A record goes on while a quote is open.
    v_open := v_open <> ((length(v_line.line) - length(replace(v_line.line, '"', ''))) % 2 = 1);
    continue when v_open or v_record = '';
    v_fields := oblivion.csv_fields(v_record);
    if v_fields is null then
      perform oblivion.refuse_line(v_from, 'has a quote within a field that is not quoted');
    elsif v_names is null then
      perform oblivion.require_csv_names(v_fields, v_from);
      v_names := v_fields;
      continue;
    elsif cardinality(v_fields) <> cardinality(v_names) then
      perform oblivion.refuse_csv_fields(v_from, cardinality(v_fields), cardinality(v_names));
    end if;
    return next jsonb_object(v_names, v_fields);
  end loop;
  if v_open then
    perform oblivion.refuse_line(v_from, 'opens a quote that nothing closes');
  end if;
end
$$;
comment on function oblivion.csv_inputs(text) is
  'The records of a CSV text as objects of texts, by the names in its first line; empty lines count for nothing. OB005 names the line where a wrong record begins. For the engine alone.';

create function oblivion.text_inputs(p_inputs jsonb)
returns setof jsonb
language plpgsql
set search_path = ''
as $$
begin
  if jsonb_typeof(p_inputs -> 'text') is distinct from 'string'
    or coalesce(p_inputs ->> 'format', '') not in ('ndjson', 'csv')
    or p_inputs - '{format,text}'::text[] <> '{}' then
    perform oblivion.raise_error('OB005', 'inputs is a list, or a text with its format: ndjson or csv.', null,
      jsonb_build_object('field', 'inputs', 'reason', 'shape'));
  elsif octet_length(p_inputs ->> 'text') > 8388608 then
    perform oblivion.raise_error('OB005', 'inputs.text is larger than 8 MB.', 'Post several tasks.',
      jsonb_build_object('field', 'inputs.text', 'reason', 'size', 'limit', 8388608));
  elsif p_inputs ->> 'format' = 'ndjson' then
    return query select v from oblivion.ndjson_inputs(p_inputs ->> 'text') v;
  else
    return query select v from oblivion.csv_inputs(p_inputs ->> 'text') v;
  end if;
end
$$;
comment on function oblivion.text_inputs(jsonb) is 'The chunk inputs in a text, {format, text}. OB005. For the engine alone.';

create function oblivion.range_parts(p_range jsonb, p_settings oblivion.settings)
returns jsonb[]
language plpgsql
set search_path = ''
as $$
declare
  v_start bigint;
  v_end bigint;
  v_step bigint;
  v_size bigint;
  v_count numeric;
begin
  if jsonb_typeof(p_range) is distinct from 'object' then
    perform oblivion.raise_error('OB005', 'A range is {start, end, step}.', null,
      jsonb_build_object('field', 'range', 'reason', 'shape'));
  end if;
  v_start := oblivion.task_integer(p_range, 'start', 0, -1000000000000, 1000000000000);
  v_end := oblivion.task_integer(p_range, 'end', null, -1000000000000, 1000000000000);
  v_step := oblivion.task_integer(p_range, 'step', 1, 1, 1000000000000);
  v_count := ceil((v_end - v_start)::numeric / v_step);
  if v_count <= 0 then
    perform oblivion.raise_error('OB005', 'The range is empty: its end is not above its start.', null,
      jsonb_build_object('field', 'range', 'reason', 'empty'));
  end if;
  perform oblivion.require_chunk_count(v_count, p_settings);
  v_size := p_settings.chunks_per_part * v_step;
  return array(
    select jsonb_build_object('start', g.start, 'end', least(g.start + v_size, v_end), 'step', v_step)
      from generate_series(v_start, v_end - 1, v_size) as g (start)
     order by g.start);
end
$$;
comment on function oblivion.range_parts(jsonb, oblivion.settings) is
  'A range cut into ranges of at most chunks_per_part chunks. OB005, OB014. For the engine alone.';

create function oblivion.list_parts(p_inputs jsonb, p_settings oblivion.settings)
returns jsonb[]
language plpgsql
set search_path = ''
as $$
declare
  v_large bigint;
begin
  if jsonb_typeof(p_inputs) is distinct from 'array' or jsonb_array_length(p_inputs) = 0 then
    perform oblivion.raise_error('OB005', 'inputs is a list with at least one element.', null,
      jsonb_build_object('field', 'inputs', 'reason', 'empty'));
  end if;
  perform oblivion.require_chunk_count(jsonb_array_length(p_inputs), p_settings);
  -- Only a list as long as the limit can have an element that is longer.
  if octet_length(p_inputs::text) > p_settings.max_inline_bytes then
    select e.place - 1
      into v_large
      from jsonb_array_elements(p_inputs) with ordinality as e (value, place)
     where octet_length(e.value::text) > p_settings.max_inline_bytes
     order by e.place
     limit 1;
  end if;
  if v_large is not null then
    perform oblivion.raise_error('OB005',
      format('Input %s is larger than %s bytes.', v_large, p_settings.max_inline_bytes), 'Make the chunks smaller.',
      jsonb_build_object('field', format('inputs[%s]', v_large), 'reason', 'size', 'limit', p_settings.max_inline_bytes));
  end if;
  if p_inputs @? '$.**{66}' then
    -- As a result may be. Some 4,000 levels no node can pass to its program: each that got the job would give it back.
    select e.place - 1
      into v_large
      from jsonb_array_elements(p_inputs) with ordinality as e (value, place)
     where e.value @? '$.**{65}'
     order by e.place
     limit 1;
    perform oblivion.raise_error('OB005', format('Input %s is nested deeper than 64 levels.', v_large), 'Make it flatter.',
      jsonb_build_object('field', format('inputs[%s]', v_large), 'reason', 'depth', 'limit', 64));
  end if;
  if jsonb_array_length(p_inputs) <= p_settings.chunks_per_part then
    return array[p_inputs];
  end if;
  return array(
    select jsonb_agg(e.value order by e.place)
      from jsonb_array_elements(p_inputs) with ordinality as e (value, place)
     group by (e.place - 1) / p_settings.chunks_per_part
     order by (e.place - 1) / p_settings.chunks_per_part);
end
$$;
comment on function oblivion.list_parts(jsonb, oblivion.settings) is
  'A list of inputs cut into lists of at most chunks_per_part. OB005, OB014. For the engine alone.';

create function oblivion.require_chunk_count(p_count numeric, p_settings oblivion.settings)
returns void
language plpgsql
set search_path = ''
as $$
begin
  if p_count > p_settings.max_chunks_per_task then
    perform oblivion.raise_error('OB014', format('A task has at most %s chunks.', p_settings.max_chunks_per_task),
      'Make the chunks larger, or post several tasks.',
      jsonb_build_object('what', 'chunks', 'limit', p_settings.max_chunks_per_task));
  end if;
end
$$;
comment on function oblivion.require_chunk_count(numeric, oblivion.settings) is
  'OB014 for more chunks than a task may have. For the engine alone.';

create function oblivion.input_parts(p_task jsonb, p_settings oblivion.settings)
returns jsonb[]
language plpgsql
set search_path = ''
as $$
declare
  v_list jsonb := p_task -> 'inputs';
begin
  if (p_task ? 'inputs') = (p_task ? 'range') then
    perform oblivion.raise_error('OB005', 'A task has either inputs or a range.', 'Send a list, or {start, end, step}.',
      jsonb_build_object('field', 'inputs', 'reason', 'either'));
  end if;
  if p_task ? 'range' then
    return oblivion.range_parts(p_task -> 'range', p_settings);
  end if;
  if jsonb_typeof(v_list) = 'object' then
    select coalesce(jsonb_agg(i), '[]') into v_list from oblivion.text_inputs(v_list) i;
  end if;
  return oblivion.list_parts(v_list, p_settings);
end
$$;
comment on function oblivion.input_parts(jsonb, oblivion.settings) is
  'All inputs of a task, checked, in parts that one tick of planning takes: lists of inputs, or ranges. OB005, OB014. For the engine alone.';

create function oblivion.part_size(p_part jsonb)
returns int
language sql
immutable strict parallel safe
set search_path = ''
as $$
  select case jsonb_typeof(p_part)
    when 'array' then jsonb_array_length(p_part)
    else ceil(((p_part ->> 'end')::numeric - (p_part ->> 'start')::numeric) / (p_part ->> 'step')::numeric) end::int
$$;
comment on function oblivion.part_size(jsonb) is 'How many chunks a part makes. For the engine alone.';

create function oblivion.part_inputs(p_part jsonb)
returns table (place bigint, input jsonb)
language plpgsql
immutable strict
set search_path = ''
as $$
begin
  if jsonb_typeof(p_part) = 'array' then
    return query select e.place - 1, e.value from jsonb_array_elements(p_part) with ordinality as e (value, place);
  else
    return query
      select g.place - 1,
             jsonb_build_object('start', g.start, 'end',
               least(g.start + (p_part ->> 'step')::bigint, (p_part ->> 'end')::bigint))
        from generate_series((p_part ->> 'start')::bigint, (p_part ->> 'end')::bigint - 1, (p_part ->> 'step')::bigint)
               with ordinality as g (start, place);
  end if;
end
$$;
comment on function oblivion.part_inputs(jsonb) is 'The inputs of a part with their places, from 0. For the engine alone.';

create function oblivion.program_key(p_program jsonb)
returns text
language sql
immutable strict parallel safe
set search_path = ''
as $$
  select case when p_program ->> 'kind' = 'builtin' then p_program ->> 'name' else 'sha256:' || (p_program ->> 'hash') end
$$;
comment on function oblivion.program_key(jsonb) is
  'What names a program in an allow-list: a built-in by its name, any other by its hash. For the engine alone.';

reset all;

-- 20261124000620_create_task.sql

-- Posting a task.

create table oblivion.job_types (
  type text primary key check (length(type) between 1 and 100),
  timeout_seconds int not null check (timeout_seconds between 5 and 3600)
);
comment on table oblivion.job_types is 'What an operator has set for a job type: the longest run time of a chunk whose task says none.';

create function oblivion.set_type_timeout(p_type text, p_timeout_seconds int)
returns void
language plpgsql
security definer
set search_path = ''
as $$
begin
  if p_type is null or length(p_type) not between 1 and 100 then
    perform oblivion.raise_error('OB005', 'A job type has 1 to 100 characters.', null,
      jsonb_build_object('field', 'p_type', 'reason', 'length'));
  elsif p_timeout_seconds not between 5 and 3600 then
    perform oblivion.raise_error('OB005', 'A timeout is 5 to 3600 seconds.', null,
      jsonb_build_object('field', 'p_timeout_seconds', 'reason', 'range'));
  elsif p_timeout_seconds is null then
    delete from oblivion.job_types y where y.type = p_type;
  else
    insert into oblivion.job_types (type, timeout_seconds)
    values (p_type, p_timeout_seconds)
    on conflict (type) do update set timeout_seconds = excluded.timeout_seconds;
  end if;
end
$$;
comment on function oblivion.set_type_timeout(text, int) is
  'The longest run time of a chunk of this job type, in seconds, for tasks posted from now on that say none; null takes it back. By the operator alone. OB005.';

create function oblivion.task_budget(p_task jsonb, p_job_count bigint, p_price bigint)
returns bigint
language plpgsql
set search_path = ''
as $$
declare
  v_needed numeric := p_job_count::numeric * p_price;
  v_budget bigint;
begin
  if v_needed > 1000000000000000 then
    perform oblivion.raise_error('OB014', 'A task costs at most 1,000,000,000 tokens.', 'Post several tasks.',
      jsonb_build_object('what', 'budget', 'limit', 1000000000000000));
  end if;
  v_budget := oblivion.task_integer(p_task, 'budget', v_needed::bigint, 0, 1000000000000000);
  if v_budget < v_needed then
    perform oblivion.raise_error('OB013', 'The budget does not cover every chunk.', 'Raise the budget or lower the price.',
      jsonb_build_object('needed', v_needed::text, 'budget', v_budget::text));
  end if;
  return v_budget;
end
$$;
comment on function oblivion.task_budget(jsonb, bigint, bigint) is
  'The budget of a task, by default price times jobs (chunks x stages x replicas); OB013 below that. For the engine alone.';

create function oblivion.task_bucket(p_task jsonb, p_job_count bigint)
returns int
language plpgsql
set search_path = ''
as $$
declare
  v_cap bigint := oblivion.task_integer(p_task, 'maxConcurrentChunks', 0, 0, 1000000000);
begin
  -- 0 means no limit, and so does one that cannot be reached.
  return case when v_cap between 1 and p_job_count - 1 then v_cap end;
end
$$;
comment on function oblivion.task_bucket(jsonb, bigint) is
  'The bucket of a task as it will hold: null where there is no limit, or one above all of its jobs (RN-14). For the engine alone.';

create function oblivion.type_timeout(p_types text[])
returns int
language sql
stable
set search_path = ''
as $$
  select max(coalesce(y.timeout_seconds, s.default_timeout_seconds))
    from unnest(p_types) as u (type)
   cross join oblivion.settings s
    left join oblivion.job_types y on y.type = u.type
$$;
comment on function oblivion.type_timeout(text[]) is
  'The longest run time of a chunk, in seconds, of a task with stages of these types that says none. For the engine alone.';

create function oblivion.task_stages(p_owner_id bigint, p_task jsonb)
returns jsonb
language plpgsql
set search_path = ''
as $$
declare
  v_list jsonb := p_task -> 'pipeline';
  v_field text;
  v_program jsonb;
  v_stages jsonb := '[]';
begin
  if v_list is null or v_list = 'null' then
    v_program := oblivion.task_program(p_owner_id, p_task, '');
    return jsonb_build_array(jsonb_build_object('type', coalesce(v_program ->> 'name', v_program ->> 'kind'), 'program', v_program));
  end if;
  if p_task ?| array['type', 'program'] then
    perform oblivion.raise_error('OB005', 'A task has either a program or a pipeline.', 'Put the program into the first stage.',
      jsonb_build_object('field', 'pipeline', 'reason', 'either'));
  end if;
  if jsonb_typeof(v_list) <> 'array' or jsonb_array_length(v_list) not between 1 and 20 then
    perform oblivion.raise_error('OB005', 'A pipeline is a list of 1 to 20 stages.', null,
      jsonb_build_object('field', 'pipeline', 'reason', 'shape'));
  end if;
  for v_place in 0 .. jsonb_array_length(v_list) - 1 loop
    v_field := format('pipeline[%s]', v_place);
    if jsonb_typeof(v_list -> v_place) <> 'object' or (v_list -> v_place) - '{type,program}'::text[] <> '{}' then
      perform oblivion.raise_error('OB005', 'A stage is {type} or {program}.', null,
        jsonb_build_object('field', v_field, 'reason', 'shape'));
    end if;
    v_program := oblivion.task_program(p_owner_id, v_list -> v_place, v_field || '.');
    v_stages := v_stages || jsonb_build_object('type', coalesce(v_program ->> 'name', v_program ->> 'kind'), 'program', v_program);
  end loop;
  return v_stages;
end
$$;
comment on function oblivion.task_stages(bigint, jsonb) is
  'The stages of an owner''s task, [{type, program}]: its pipeline, or its one program. OB005, OB006, OB009. For the engine alone.';

create function oblivion.task_trust(p_task jsonb, out replicas int, out quorum int)
language plpgsql
set search_path = ''
as $$
declare
  v_trust jsonb := coalesce(nullif(p_task -> 'trust', 'null'), '{}');
begin
  if jsonb_typeof(v_trust) <> 'object' or v_trust - '{replicas,quorum}'::text[] <> '{}' then
    perform oblivion.raise_error('OB005', 'trust is {replicas, quorum}.', null,
      jsonb_build_object('field', 'trust', 'reason', 'shape'));
  end if;
  replicas := oblivion.task_integer(v_trust, 'replicas', 1, 1, 5);
  -- More than half, so that two answers cannot both have it.
  quorum := oblivion.task_integer(v_trust, 'quorum', replicas / 2 + 1, replicas / 2 + 1, replicas);
end
$$;
comment on function oblivion.task_trust(jsonb) is
  'How many jobs each chunk and stage gets, and how many equal results decide. OB005. For the engine alone.';

create function oblivion.task_asset(p_task jsonb)
returns text
language plpgsql
set search_path = ''
as $$
declare
  v_asset text := coalesce(p_task ->> 'asset', 'chain');
begin
  if v_asset not in ('chain', 'card', 'test') then
    perform oblivion.raise_error('OB005', 'A task is paid with tokens (chain), card money (card) or play money (test).', null,
      jsonb_build_object('field', 'asset', 'reason', 'unknown'));
  end if;
  return v_asset;
end
$$;
comment on function oblivion.task_asset(jsonb) is 'The money that a task is paid with, by default tokens. OB005. For the engine alone.';

create function oblivion.task_price(p_task jsonb, p_floor bigint, out price bigint, out metered boolean, out floor bigint)
language plpgsql
set search_path = ''
as $$
declare
  v_metered jsonb := nullif(p_task -> 'metered', 'null');
begin
  metered := v_metered is not null;
  if metered = (nullif(p_task -> 'pricePerChunk', 'null') is not null) then
    perform oblivion.raise_error('OB005', 'A task has a price for each chunk, or it is metered.',
      'Send either pricePerChunk or metered: {maxPricePerChunk}.',
      jsonb_build_object('field', 'pricePerChunk', 'reason', 'either'));
  elsif not metered then
    price := oblivion.task_integer(p_task, 'pricePerChunk', null, p_floor, 1000000000000);
    return;
  elsif jsonb_typeof(v_metered) <> 'object' or v_metered - 'maxPricePerChunk' <> '{}' then
    perform oblivion.raise_error('OB005', 'metered is {maxPricePerChunk}.', null,
      jsonb_build_object('field', 'metered', 'reason', 'shape'));
  end if;
  price := oblivion.task_integer(v_metered, 'maxPricePerChunk', null, p_floor, 1000000000000);
  -- What it is now, whatever the operator sets later.
  floor := p_floor;
end
$$;
comment on function oblivion.task_price(jsonb, bigint) is
  'What a job of a task costs, or where it is metered the most and the least. OB005. For the engine alone.';

create function oblivion.task_terms(p_task oblivion.tasks)
returns jsonb
language sql
immutable
set search_path = ''
as $$
  select jsonb_build_object(
    'maxConcurrentChunks', p_task.max_concurrent_chunks,
    'maxAttempts', p_task.max_attempts,
    'timeoutSeconds', p_task.timeout_seconds,
    'priority', p_task.priority,
    'replicas', p_task.replicas,
    'quorum', p_task.quorum,
    'metered', p_task.metered)
$$;
comment on function oblivion.task_terms(oblivion.tasks) is 'The settings of a task as they hold (RN-14). For the engine alone.';

create function oblivion.job_count(p_task oblivion.tasks)
returns bigint
language sql
immutable
set search_path = ''
as $$
  select p_task.chunk_count::bigint * p_task.stage_count * p_task.replicas
$$;
comment on function oblivion.job_count(oblivion.tasks) is 'How many jobs a task has: chunks x stages x replicas. For the engine alone.';

create function oblivion.task_cost(p_task oblivion.tasks)
returns jsonb
language sql
immutable
set search_path = ''
as $$
  select jsonb_build_object('cost', c.cost::text, 'fee', c.fee::text, 'reward', (c.cost - c.fee)::text)
    from (
      select j.cost, floor(p_task.fee_bps * j.cost / 10000) as fee
        from (select oblivion.job_count(p_task)::numeric * p_task.price_per_chunk as cost) j) c
$$;
comment on function oblivion.task_cost(oblivion.tasks) is
  'What a task costs if every job is accepted, at the most where it is metered, and how that divides. For the engine alone.';

create function oblivion.post_task(p_owner_id bigint, p_task jsonb, p_api_key_id uuid default null)
returns jsonb
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_settings oblivion.settings;
  v_instance oblivion.settlement_instances;
  v_field text;
  v_stages jsonb;
  v_types text[];
  v_programs jsonb[];
  v_units int;
  v_parts jsonb[];
  v_task oblivion.tasks;
  v_jobs bigint;
  v_planned int;
begin
  select s.* into v_settings from oblivion.settings s;
  if jsonb_typeof(p_task) is distinct from 'object' then
    perform oblivion.raise_error('OB005', 'A task is a JSON object.', null,
      jsonb_build_object('field', 'p_task', 'reason', 'shape'));
  end if;
  perform oblivion.refuse_foreign_url(p_task ->> 'inputUrl', 'inputUrl');
  select k into v_field
    from jsonb_object_keys(p_task) k
   where k not in ('title', 'type', 'program', 'inputs', 'range', 'pricePerChunk', 'metered', 'budget', 'maxConcurrentChunks',
                   'maxAttempts', 'timeoutSeconds', 'priority', 'capabilities', 'workerTypes', 'maxPricePerHour',
                   'acknowledgeVisible', 'inputUrl', 'assign', 'trust', 'pipeline', 'asset')
   limit 1;
  if v_field is not null then
    perform oblivion.raise_error('OB006', format('%s is not supported yet.', v_field), 'Leave it out.',
      jsonb_build_object('field', v_field));
  end if;
  if (p_task -> 'acknowledgeVisible') is distinct from 'true'::jsonb then
    perform oblivion.raise_error('OB005', 'A task''s program and inputs are seen in clear by strangers'' machines.',
      'Send acknowledgeVisible: true to say that this is fine.',
      jsonb_build_object('field', 'acknowledgeVisible', 'reason', 'required'));
  end if;

  if (select count(*) >= v_settings.max_open_tasks
        from (
          select
            from oblivion.tasks t
           where t.owner_id = p_owner_id and t.status in ('running', 'paused')
           limit v_settings.max_open_tasks) o) then
    perform oblivion.raise_error('OB014', format('A wallet has at most %s open tasks.', v_settings.max_open_tasks),
      'Wait until some have ended, or put more chunks into one.',
      jsonb_build_object('what', 'tasks', 'limit', v_settings.max_open_tasks));
  end if;

  -- No instance is closed while a task is made for it: it would be one that nobody ends or pays.
  perform pg_advisory_xact_lock_shared(oblivion.lock_key('settlement', 'instance'));
  v_instance := oblivion.open_instance();
  if v_instance.id is null then
    perform oblivion.raise_error('OB012', 'No settlement contract is configured.', 'Ask the operator to open one.');
  elsif v_instance.halted_reason is not null then
    perform oblivion.raise_error('OB015', 'Settlement is halted, so no task can be paid now.', 'Try again later.',
      jsonb_build_object('reason', v_instance.halted_reason));
  end if;

  v_task.id := gen_random_uuid();
  v_task.title := oblivion.task_text(p_task, 'title', 200);
  v_task.asset := oblivion.task_asset(p_task);
  v_stages := oblivion.task_stages(p_owner_id, p_task);
  select array_agg(e.value ->> 'type' order by e.place), array_agg(e.value -> 'program' order by e.place)
    into v_types, v_programs
    from jsonb_array_elements(v_stages) with ordinality as e (value, place);
  -- None of its programs is being stopped while it is posted.
  perform pg_advisory_xact_lock_shared(oblivion.lock_key('programs', 'stopped'));
  perform oblivion.refuse_stopped(array(select oblivion.program_key(p) from unnest(v_programs) p));
  select r.replicas, r.quorum into v_task.replicas, v_task.quorum from oblivion.task_trust(p_task) r;
  v_task.assign := oblivion.task_flag(p_task, 'assign');
  if v_task.assign and v_task.replicas > 1 then
    -- Who undercuts the others must not come closer to holding both replicas of a chunk (T6).
    perform oblivion.raise_error('OB005', 'Replicas are not assigned: whose results are compared is drawn, never chosen by price.',
      'Leave out assign, or trust.', jsonb_build_object('field', 'assign', 'reason', 'replicas'));
  end if;
  v_task.timeout_seconds := oblivion.task_integer(p_task, 'timeoutSeconds', oblivion.type_timeout(v_types), 5, 3600);
  select r.price, r.metered, r.floor
    into v_task.price_per_chunk, v_task.metered, v_task.price_floor
    from oblivion.task_price(p_task, greatest(v_settings.min_price_per_chunk,
           ceil(v_settings.min_price_per_timeout_second * v_task.timeout_seconds)::bigint)) r;
  -- A part makes so many jobs, not chunks.
  v_units := cardinality(v_types) * v_task.replicas;
  v_settings.chunks_per_part := greatest(1, v_settings.chunks_per_part / v_units);
  v_parts := oblivion.input_parts(p_task, v_settings);
  perform oblivion.require_stored_inputs(p_owner_id, v_parts);
  select sum(oblivion.part_size(p)) into v_task.chunk_count from unnest(v_parts) p;
  v_jobs := v_task.chunk_count::bigint * v_units;

  insert into oblivion.tasks (
    id, owner_id, api_key_id, title, type, program, stages, program_keys, replicas, quorum, chunk_count, asset, instance_id,
    price_per_chunk, metered, price_floor, fee_bps, budget,
    max_concurrent_chunks, max_attempts, timeout_seconds, priority, capabilities, worker_types, max_price_per_hour,
    assign)
  values (
    v_task.id, p_owner_id, p_api_key_id, v_task.title, v_types[1], v_programs[1],
    case when cardinality(v_types) > 1 then v_stages end,
    array(select distinct oblivion.program_key(p) from unnest(v_programs) p),
    v_task.replicas, v_task.quorum, v_task.chunk_count, v_task.asset,
    case v_task.asset when 'card' then oblivion.card_instance() else v_instance.id end,
    v_task.price_per_chunk, v_task.metered, v_task.price_floor, v_settings.fee_bps,
    oblivion.task_budget(p_task, v_jobs, v_task.price_per_chunk),
    oblivion.task_bucket(p_task, v_jobs),
    oblivion.task_integer(p_task, 'maxAttempts', 3, 1, 10),
    v_task.timeout_seconds,
    oblivion.task_integer(p_task, 'priority', 0, 0, 9),
    oblivion.task_names(p_task, 'capabilities') || oblivion.program_needs(v_programs),
    oblivion.task_names(p_task, 'workerTypes', array['browser', 'python', 'server']),
    case when p_task ->> 'maxPricePerHour' is not null
      then oblivion.task_integer(p_task, 'maxPricePerHour', null, 0, 1000000000000) end,
    v_task.assign)
  returning * into v_task;

  perform oblivion.hold_budget(v_task);

  -- All inputs are checked and paid for by now. The first part gets its rows at once, the rest in ticks.
  insert into oblivion.plan_parts (task_id, first_index, inputs)
  select v_task.id, coalesce(sum(oblivion.part_size(p.part)) over (
           order by p.place rows between unbounded preceding and 1 preceding), 0), p.part
    from unnest(v_parts) with ordinality as p (part, place);
  v_planned := oblivion.plan_part(v_task.id);

  return jsonb_build_object(
    'taskId', v_task.id,
    'chunkCount', v_task.chunk_count,
    'plannedCount', v_planned,
    'terms', oblivion.task_terms(v_task),
    'estimate', oblivion.task_cost(v_task))
    || case when v_task.assign then jsonb_build_object('assigned', oblivion.assign_jobs(v_task)) else '{}' end;
end
$$;
comment on function oblivion.post_task(bigint, jsonb, uuid) is
  'Posts a task of an owner, maybe by an API key, and holds its budget: create_task and schedules do. OB005 to OB007, OB009, OB012 to OB015, OB030, OB033, OB055, OB090, OB095, OB096. For the engine alone.';

create function public.create_task(p_task jsonb)
returns jsonb
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_wallet text;
  v_api_key_id uuid;
begin
  select c.wallet, c.api_key_id into v_wallet, v_api_key_id from oblivion.require_caller('tasks') c;
  return oblivion.post_task(oblivion.owner_of(v_wallet), p_task, v_api_key_id);
end
$$;
comment on function public.create_task(jsonb) is
  'Posts a task of the signed-in wallet, or by an API key with the scope tasks, and holds its budget. Answers {taskId, chunkCount, plannedCount, terms: the settings as they hold, estimate: {cost, fee, reward}, assigned: {jobs, providers, until} where the task asks for assign: true}. OB001, OB005, OB006, OB007, OB009, OB012 to OB015, OB030, OB031, OB033, OB090, OB095, OB096.';

reset all;

-- 20261124000625_builtin_programs.sql

-- Which built-in programs there are. Generated from packages/programs by `pnpm generate builtins`. Do not edit.

create table oblivion.builtin_programs (
  -- As stop_program() takes it: what cannot be named there could not be stopped, and would end the tick that tries to.
  name text primary key check (name ~ '^[a-z][a-z0-9_-]{0,99}$')
);
comment on table oblivion.builtin_programs is
  'The programs that every node brings with it, by name: a task of any other name would hold its budget for work that nobody can do.';
insert into oblivion.builtin_programs (name) values
  ('raytrace');
-- A Python node registers once and keeps its key: it has a port of what there is now.
update public.nodes n
   set programs = (select array_agg(b.name order by b.name) from oblivion.builtin_programs b)
 where n.worker_type = 'python'
   and n.site_id is null;

reset all;

-- 20261124000630_programs.sql

-- Customers' own programs: kept by the hash of their bytes, fetched by nodes by that hash and from here alone (A1).

create table oblivion.programs (
  hash text primary key check (hash = encode(sha256(source), 'hex')),
  kind text not null check (kind in ('js', 'wasm')),
  source bytea not null,
  -- Who brought it first; null for one of ours (named_programs). Whoever knows the hash of a program may use it.
  owner_id bigint references oblivion.owners,
  created_at timestamptz not null default now(),
  -- An operator has read it: it may run on nodes whose owners want no strangers' programs (A8).
  reviewed_at timestamptz
);
comment on table oblivion.programs is 'Programs that customers wrote, by SHA-256, and named ones of ours; never changed.';

create function oblivion.store_program(p_owner_id bigint, p_program jsonb, p_field text)
returns text
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_kind text := p_program ->> 'kind';
  v_source bytea;
  v_hash text := p_program ->> 'hash';
  v_limit int;
  v_wrong text;
begin
  if (coalesce(jsonb_typeof(p_program -> 'source'), '') = 'string') = (coalesce(jsonb_typeof(p_program -> 'hash'), '') = 'string') then
    v_wrong := 'is brought by its source, or named by the hash of one that was brought before';
  elsif v_hash is not null then
    if not exists (select from oblivion.programs p where p.hash = v_hash and p.kind = v_kind) then
      perform oblivion.raise_error('OB065', 'No such program is stored under this hash.', 'Send its source once.',
        jsonb_build_object('hash', left(v_hash, 64)));
    end if;
    return v_hash;
  else
    if v_kind = 'js' then
      v_source := convert_to(p_program ->> 'source', 'UTF8');
    else
      begin
        v_source := decode(p_program ->> 'source', 'base64');
      exception
        when invalid_parameter_value then
          v_source := '';
      end;
    end if;
    select s.max_inline_bytes into v_limit from oblivion.settings s;
    if octet_length(v_source) > v_limit then
      perform oblivion.raise_error('OB005', format('A program has at most %s bytes.', v_limit),
        'Minify it, or move its data into the inputs.',
        jsonb_build_object('field', p_field || 'program.source', 'reason', 'size', 'limit', v_limit));
    elsif v_kind = 'js' and octet_length(v_source) = 0 then
      v_wrong := 'is empty';
    elsif v_kind = 'wasm' and substr(v_source, 1, 8) <> '\x0061736d01000000'::bytea then
      v_wrong := 'is no WebAssembly module in base64';
    end if;
  end if;
  if v_wrong is not null then
    perform oblivion.raise_error('OB005', format('%sprogram %s.', p_field, v_wrong), null,
      jsonb_build_object('field', p_field || 'program.source', 'reason', 'shape'));
  end if;
  v_hash := encode(sha256(v_source), 'hex');
  insert into oblivion.programs (hash, kind, source, owner_id)
  values (v_hash, v_kind, v_source, p_owner_id)
  on conflict (hash) do nothing;
  return v_hash;
end
$$;
comment on function oblivion.store_program(bigint, jsonb, text) is
  'Keeps the program of a task and answers its hash. OB005 for one that cannot be, OB065 for a hash that is not known. For the engine alone.';

create function oblivion.task_program(p_owner_id bigint, p_part jsonb, p_field text)
returns jsonb
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_program jsonb := p_part -> 'program';
  v_kind text := v_program ->> 'kind';
  v_name text;
  v_field text;
  v_hash text;
  v_known jsonb;
  v_named oblivion.programs;
begin
  perform oblivion.refuse_foreign_url(v_program ->> 'url', p_field || 'program.url');
  if v_program is null or v_kind = 'builtin' then
    v_name := case when v_program is null then oblivion.task_text(p_part, 'type', 100)
      else oblivion.task_text(v_program, 'name', 100) end;
    if v_name !~ '^[a-z][a-z0-9_-]*$' then
      perform oblivion.raise_error('OB005', 'A built-in program is named by a small letter and more of these, digits, - or _.', null,
        jsonb_build_object('field', p_field || case when v_program is null then 'type' else 'program.name' end, 'reason', 'name'));
    end if;
    select p.* into v_named
      from oblivion.named_programs m
      join oblivion.programs p on p.hash = m.hash
     where m.name = v_name;
    if found then
      -- Its name stays with it: it is the type of its jobs.
      return jsonb_build_object('kind', v_named.kind, 'hash', v_named.hash, 'name', v_name,
        'reviewed', v_named.reviewed_at is not null);
    end if;
    -- Nobody would ever do that work, and its budget would be held. On a development chain, where no money is, a job type
    -- may be one that only a worker of the developer's own knows.
    if not exists (select from oblivion.builtin_programs b where b.name = v_name)
      and (oblivion.open_instance()).chain_id is distinct from 31337 then
      select jsonb_agg(k.name order by k.name)
        into v_known
        from (select b.name from oblivion.builtin_programs b union all select m.name from oblivion.named_programs m) k;
      perform oblivion.raise_error('OB005', 'There is no program of this name.',
        format('There are %s. Anything else is brought along: program: {kind: ''js'' or ''wasm'', source}.',
          (select string_agg(k, ', ') from jsonb_array_elements_text(v_known) k)),
        jsonb_build_object('field', p_field || case when v_program is null then 'type' else 'program.name' end, 'reason', 'unknown',
          'known', v_known));
    end if;
    return jsonb_build_object('kind', 'builtin', 'name', v_name);
  end if;
  v_field := case when coalesce(v_kind, '') not in ('js', 'wasm') then 'kind'
    else (select k from jsonb_object_keys(v_program) k
           where k not in ('kind', 'source', 'hash') and not (k = 'maxMemoryMiB' and v_kind = 'wasm') limit 1) end;
  if v_field is not null then
    perform oblivion.raise_error('OB006', format('%sprogram.%s is not supported yet.', p_field, v_field), 'Leave it out.',
      jsonb_build_object('field', format('%sprogram.%s', p_field, v_field)));
  end if;
  v_hash := oblivion.store_program(p_owner_id, v_program, p_field);
  return jsonb_build_object('kind', v_kind, 'hash', v_hash,
      'reviewed', (select p.reviewed_at is not null from oblivion.programs p where p.hash = v_hash))
    || case v_kind when 'wasm'
         then jsonb_build_object('maxMemoryMiB', oblivion.task_integer(v_program, 'maxMemoryMiB', 256, 1, 1024))
         else '{}' end;
end
$$;
comment on function oblivion.task_program(bigint, jsonb, text) is
  'The program of a task or of one of its stages: a built-in''s name, or kind and hash of a named one, or of a customer''s own, which is kept here. OB005, OB006, OB009, OB065. For the engine alone.';

create function oblivion.program_needs(p_programs jsonb[])
returns text[]
language sql
immutable
set search_path = ''
as $$
  select case when exists (
           select from unnest(p_programs) p where p ->> 'kind' <> 'builtin' and p -> 'reviewed' is distinct from 'true')
         then array['strangersPrograms'] end
$$;
comment on function oblivion.program_needs(jsonb[]) is
  'The capability that a node must claim to run these programs: strangersPrograms for what a stranger wrote and nobody reviewed, which its owner has to choose (A8); else null. For the engine alone.';

create function public.get_program(p_hash text)
returns jsonb
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_program oblivion.programs;
begin
  if oblivion.api_key_in_header() is not null then
    perform oblivion.require_wallet('read');
  elsif oblivion.caller_provider() is null then
    perform oblivion.raise_error('OB001', 'This call needs a signed-in wallet or a node key.',
      'Sign in with Ethereum, or send the node key in the header x-node-key.');
  end if;
  select p.* into v_program from oblivion.programs p where p.hash = p_hash;
  if not found then
    perform oblivion.raise_error('OB065', 'No program is stored under this hash.', null,
      jsonb_build_object('hash', left(p_hash, 64)));
  end if;
  -- Without the line breaks that SQL puts into base64.
  return jsonb_build_object('kind', v_program.kind, 'source', translate(encode(v_program.source, 'base64'), E'\n', ''));
end
$$;
comment on function public.get_program(text) is
  'A customer''s program by its hash, in base64: for nodes, which check the hash, and for whoever wants to read it. A program is seen in clear by every machine that runs it; its hash is all that keeps it from others. By an API key with the scope read as by its wallet. OB001, OB030, OB031, OB065.';

create function oblivion.review_program(p_hash text, p_reviewed boolean)
returns void
language plpgsql
security definer
set search_path = ''
as $$
begin
  update oblivion.programs p
     set reviewed_at = case when p_reviewed then coalesce(p.reviewed_at, now()) end
   where p.hash = p_hash;
  if not found then
    perform oblivion.raise_error('OB065', 'No program is stored under this hash.', null,
      jsonb_build_object('hash', left(p_hash, 64)));
  end if;
end
$$;
comment on function oblivion.review_program(text, boolean) is
  'An operator''s word that a program may run where strangers'' programs may not; it counts for tasks posted from then on. OB065. For the coordinator.';

reset all;

-- 20261124000635_named_programs.sql

-- Programs of ours that nodes fetch by their hash: the stages of briefs. Generated from packages/programs by
-- `pnpm generate named`. Do not edit.

create table oblivion.named_programs (
  name text primary key check (name ~ '^[a-z][a-z0-9_]{0,39}$'),
  hash text not null references oblivion.programs
);
comment on table oblivion.named_programs is
  'Which program a task means that names one which is not built in: reviewed, since it is ours, and never on a Python node.';
insert into oblivion.programs (hash, kind, source, reviewed_at)
select encode(sha256(p.source), 'hex'), 'js', p.source, now()
  from (values
(convert_to($program$var X=(r,t)=>(299*r[t]+587*r[t+1]+114*r[t+2]+500)/1e3|0;var or=(r,t,n,i)=>{let{x:e,y:a,width:f,height:s}=i??{x:0,y:0,width:r.width,height:r.height};if(t===r.width&&n===r.height&&i===void 0)return r;let l=new Uint8Array(t*n*4);for(let u=0;u<n;u++){let c=a+Math.floor(u*s/n),o=Math.max(c+1,a+Math.floor((u+1)*s/n));for(let h=0;h<t;h++){let p=e+Math.floor(h*f/t),m=Math.max(p+1,e+Math.floor((h+1)*f/t)),[w,b,v,x]=[0,0,0,0];for(let P=c;P<o;P++)for(let d=(P*r.width+p)*4,E=d+(m-p)*4;d<E;d+=4){let U=r.rgba[d+3];w+=r.rgba[d]*U,b+=r.rgba[d+1]*U,v+=r.rgba[d+2]*U,x+=U}let y=(u*t+h)*4,z=Math.max(x,1);l[y]=Math.round(w/z),l[y+1]=Math.round(b/z),l[y+2]=Math.round(v/z),l[y+3]=Math.round(x/((m-p)*(o-c)))}}return{width:t,height:n,rgba:l}},ar=(r,t)=>{let n=Math.max(r.width,r.height);if(n<=t)return r;let i=e=>Math.max(1,Math.round(e*t/n));return or(r,i(r.width),i(r.height))};var et=20,$=16,it=r=>{let{rgba:t}=or(r,$,$);return Array.from({length:$*$},(n,i)=>X(t,i*4))},Mr=r=>{let t=[],n;return r.forEach((i,e)=>{let a=it(i),f=n?.reduce((u,c,o)=>u+Math.abs(c-a[o]),0)??1/0,s=t.at(-1),{milliseconds:l}=i;s===void 0||f>=et*$*$?t.push({from:e,frames:1,milliseconds:l}):t[t.length-1]={...s,frames:s.frames+1,milliseconds:s.milliseconds+l},n=a}),t};var ot=r=>r.toString(16).padStart(2,"0"),Ur=({width:r,height:t,rgba:n})=>{let i=new Array(16).fill(0),e=new Map,[a,f]=[0,!1];for(let l=0;l<n.length;l+=4){let u=X(n,l);a+=u,i[u>>4]=i[u>>4]+1,n[l+3]!==255&&(f=!0);let[c,o,h]=[n[l],n[l+1],n[l+2]],p=c>>5<<6|o>>5<<3|h>>5,m=e.get(p);m===void 0?e.set(p,[1,c,o,h]):(m[0]++,m[1]+=c,m[2]+=o,m[3]+=h)}let s=[...e].sort(([l,[u]],[c,[o]])=>o-u||l-c).slice(0,5).map(([,[l,u,c,o]])=>`#${[u,c,o].map(h=>ot(Math.round(h/l))).join("")}`);return{width:r,height:t,transparent:f,brightness:Math.round(a*4/n.length),histogram:i,colours:s}};var A=(r,t)=>{throw new RangeError(`The input's ${r} ${t}.`)};var F=Uint8Array,N=Uint16Array,at=Int32Array,zr=new F([0,0,0,0,0,0,0,0,1,1,1,1,2,2,2,2,3,3,3,3,4,4,4,4,5,5,5,5,0,0,0,0]),Fr=new F([0,0,0,0,1,1,2,2,3,3,4,4,5,5,6,6,7,7,8,8,9,9,10,10,11,11,12,12,13,13,0,0]),st=new F([16,17,18,0,8,7,9,6,10,5,11,4,12,3,13,2,14,1,15]),Sr=function(r,t){for(var n=new N(31),i=0;i<31;++i)n[i]=t+=1<<r[i-1];for(var e=new at(n[30]),i=1;i<30;++i)for(var a=n[i];a<n[i+1];++a)e[a]=a-n[i]<<5|i;return{b:n,r:e}},Ir=Sr(zr,2),Er=Ir.b,ft=Ir.r;Er[28]=258,ft[258]=28;var Pr=Sr(Fr,0),ut=Pr.b,qt=Pr.r,ur=new N(32768);for(g=0;g<32768;++g)T=(g&43690)>>1|(g&21845)<<1,T=(T&52428)>>2|(T&13107)<<2,T=(T&61680)>>4|(T&3855)<<4,ur[g]=((T&65280)>>8|(T&255)<<8)>>1;var T,g,W=(function(r,t,n){for(var i=r.length,e=0,a=new N(t);e<i;++e)r[e]&&++a[r[e]-1];var f=new N(t);for(e=1;e<t;++e)f[e]=f[e-1]+a[e-1]<<1;var s;if(n){s=new N(1<<t);var l=15-t;for(e=0;e<i;++e)if(r[e])for(var u=e<<4|r[e],c=t-r[e],o=f[r[e]-1]++<<c,h=o|(1<<c)-1;o<=h;++o)s[ur[o]>>l]=u}else for(s=new N(i),e=0;e<i;++e)r[e]&&(s[e]=ur[f[r[e]-1]++]>>15-r[e]);return s}),q=new F(288);for(g=0;g<144;++g)q[g]=8;var g;for(g=144;g<256;++g)q[g]=9;var g;for(g=256;g<280;++g)q[g]=7;var g;for(g=280;g<288;++g)q[g]=8;var g,Tr=new F(32);for(g=0;g<32;++g)Tr[g]=5;var g;var lt=W(q,9,1);var ht=W(Tr,5,1),sr=function(r){for(var t=r[0],n=1;n<r.length;++n)r[n]>t&&(t=r[n]);return t},S=function(r,t,n){var i=t/8|0;return(r[i]|r[i+1]<<8)>>(t&7)&n},fr=function(r,t){var n=t/8|0;return(r[n]|r[n+1]<<8|r[n+2]<<16)>>(t&7)},ct=function(r){return(r+7)/8|0},vt=function(r,t,n){return(t==null||t<0)&&(t=0),(n==null||n>r.length)&&(n=r.length),new F(r.subarray(t,n))};var mt=["unexpected EOF","invalid block type","invalid length/literal","invalid distance","stream finished","no stream handler",,"no callback","invalid UTF-8 data","extra field too long","date not in range 1980-2099","filename too long","stream finishing","invalid zip data"],I=function(r,t,n){var i=new Error(t||mt[r]);if(i.code=r,Error.captureStackTrace&&Error.captureStackTrace(i,I),!n)throw i;return i},pt=function(r,t,n,i){var e=r.length,a=i?i.length:0;if(!e||t.f&&!t.l)return n||new F(0);var f=!n,s=f||t.i!=2,l=t.i;f&&(n=new F(e*3));var u=function(br){var xr=n.length;if(br>xr){var Ar=new F(Math.max(xr*2,br));Ar.set(n),n=Ar}},c=t.f||0,o=t.p||0,h=t.b||0,p=t.l,m=t.d,w=t.m,b=t.n,v=e*8;do{if(!p){c=S(r,o,1);var x=S(r,o+1,3);if(o+=3,x)if(x==1)p=lt,m=ht,w=9,b=5;else if(x==2){var d=S(r,o,31)+257,E=S(r,o+10,15)+4,U=d+S(r,o+5,31)+1;o+=14;for(var D=new F(U),G=new F(19),M=0;M<E;++M)G[st[M]]=S(r,o+M*3,7);o+=E*3;for(var mr=sr(G),Qr=(1<<mr)-1,_r=W(G,mr,1),M=0;M<U;){var pr=_r[S(r,o,Qr)];o+=pr&15;var y=pr>>4;if(y<16)D[M++]=y;else{var R=0,V=0;for(y==16?(V=3+S(r,o,3),o+=2,R=D[M-1]):y==17?(V=3+S(r,o,7),o+=3):y==18&&(V=11+S(r,o,127),o+=7);V--;)D[M++]=R}}var gr=D.subarray(0,d),k=D.subarray(d);w=sr(gr),b=sr(k),p=W(gr,w,1),m=W(k,b,1)}else I(1);else{var y=ct(o)+4,z=r[y-4]|r[y-3]<<8,P=y+z;if(P>e){l&&I(0);break}s&&u(h+z),n.set(r.subarray(y,P),h),t.b=h+=z,t.p=o=P*8,t.f=c;continue}if(o>v){l&&I(0);break}}s&&u(h+131072);for(var rt=(1<<w)-1,tt=(1<<b)-1,nr=o;;nr=o){var R=p[fr(r,o)&rt],O=R>>4;if(o+=R&15,o>v){l&&I(0);break}if(R||I(2),O<256)n[h++]=O;else if(O==256){nr=o,p=null;break}else{var yr=O-254;if(O>264){var M=O-257,L=zr[M];yr=S(r,o,(1<<L)-1)+Er[M],o+=L}var er=m[fr(r,o)&tt],ir=er>>4;er||I(3),o+=er&15;var k=ut[ir];if(ir>3){var L=Fr[ir];k+=fr(r,o)&(1<<L)-1,o+=L}if(o>v){l&&I(0);break}s&&u(h+131072);var dr=h+yr;if(h<k){var wr=a-k,nt=Math.min(k,dr);for(wr+h<0&&I(3);h<nt;++h)n[h]=i[wr+h]}for(;h<dr;++h)n[h]=n[h-k]}}t.l=p,t.p=nr,t.b=h,t.f=c,p&&(c=1,t.m=w,t.d=m,t.n=b)}while(!c);return h!=n.length&&f?vt(n,0,h):n.subarray(0,h)};var gt=new F(0);var yt=function(r,t){return((r[0]&15)!=8||r[0]>>4>7||(r[0]<<8|r[1])%31)&&I(6,"invalid zlib data"),(r[1]>>5&1)==+!t&&I(6,"invalid zlib data: "+(r[1]&32?"need":"unexpected")+" dictionary"),(r[1]>>3&4)+2};function Dr(r,t){return pt(r.subarray(yt(r,t&&t.dictionary),-4),{i:2},t&&t.out,t&&t.dictionary)}var dt=typeof TextDecoder<"u"&&new TextDecoder,wt=0;try{dt.decode(gt,{stream:!0}),wt=1}catch{}var H=r=>{let t=new Uint8Array(r.reduce((i,e)=>i+e.length,0)),n=0;for(let i of r)t.set(i,n),n+=i.length;return t};var C=r=>A("video",r),kr=600,Cr=268435456,K=r=>String.fromCharCode(...r.subarray(0,6)).startsWith("GIF8")&&r.length>13;function*lr(r){if(!K(r))return C("is no GIF");let t=xt(r,6),[n,i,e]=[t.short(),t.short(),t.byte()];if(n<1||i<1||n*i>8388608)return C(`has more than ${8388608} pixels`);t.skip(2);let a=e&128?t.take(3<<(e&7)+1):new Uint8Array(0),f=new Uint8Array(n*i*4),[s,l,u,c]=[0,-1,100,0];for(;;){let o=t.byte();if(o===59||o<0)return;if(o===33){if(t.byte()===249){t.skip(1);let d=t.byte(),E=t.short();u=E<2?100:E*10;let U=t.byte();[s,l]=[d>>2&7,d&1?U:-1]}t.blocks();continue}if(o!==44)return C("is a GIF with a block that there is not");if(c++,c>kr||c*n*i>Cr)return C(`is longer than ${kr} frames or ${Cr} pixels`);let[h,p,m,w,b]=[t.short(),t.short(),t.short(),t.short(),t.byte()],v=b&128?t.take(3<<(b&7)+1):a;if(m*w>8388608)return C(`has a frame of more than ${8388608} pixels`);let x=t.byte(),y=At(t.blocks(),x,m*w),z=s===3?f.slice():null,P=b&64?bt(w):null;for(let d=0;d<w;d++){let E=p+(P?.[d]??d);for(let U=0;U<m&&h+U<n&&E<i;U++){let D=y[d*m+U];if(D===l)continue;let G=(E*n+h+U)*4;for(let M=0;M<3;M++)f[G+M]=v[D*3+M]??0;f[G+3]=255}}if(yield{width:n,height:i,rgba:f.slice(),milliseconds:u},z)f.set(z);else if(s===2)for(let d=p;d<Math.min(p+w,i);d++)f.fill(0,(d*n+Math.min(h,n))*4,(d*n+Math.min(h+m,n))*4);[s,l,u]=[0,-1,100]}}var bt=r=>[[0,8],[4,8],[2,4],[1,2]].flatMap(([t=0,n=1])=>{let i=[];for(let e=t;e<r;e+=n)i.push(e);return i}),xt=(r,t)=>{let n=t,i=()=>r[n++]??-1,e=a=>(n+=a,r.subarray(n-a,n));return{byte:i,take:e,short:()=>Math.max(i(),0)|Math.max(i(),0)<<8,skip:a=>{n+=a},blocks:()=>{let a=[];for(let f=i();f>0;f=i())a.push(e(f));return H(a)}}},At=(r,t,n)=>{if(t<1||t>8)return C("is a GIF with a width of codes that there is not");let[i,e]=[1<<t,(1<<t)+1],[a,f,s]=[new Int16Array(4097),new Uint8Array(4097),new Uint8Array(4098)],l=new Uint8Array(n),[u,c,o,h,p,m,w]=[t+1,e+1,-1,0,0,0,0];for(let b=0;w<n;){for(;m<u;m+=8){if(b>=r.length)return l;p|=r[b++]<<m}let v=p&(1<<u)-1;if(p>>>=u,m-=u,v===e)break;if(v===i){[u,c,o]=[t+1,e+1,-1];continue}if(v>c||o<0&&v>e)return C("is a GIF with a code that there is not");let x=0,y=v;for(v===c&&(s[x++]=h,y=o);y>e;y=a[y])s[x++]=f[y];for(h=y,s[x++]=h;x>0&&w<n;)l[w++]=s[--x];o>=0&&c<4096&&(a[c]=o,f[c]=h,c++,c===1<<u&&u<12&&u++),o=v}return l};var Mt=[137,80,78,71,13,10,26,10],Ut={0:1,2:3,3:1,4:2,6:4},Y=r=>Mt.every((t,n)=>r[n]===t),B=r=>A("image",r),hr=(r,t)=>((r[t]??0)<<24|(r[t+1]??0)<<16|(r[t+2]??0)<<8|(r[t+3]??0))>>>0,zt=(r,t,n)=>{let i=r+t-n,[e,a,f]=[Math.abs(i-r),Math.abs(i-t),Math.abs(i-n)];return e<=a&&e<=f?r:a<=f?t:n},cr=r=>{let t=new Map;for(let o=8;o+12<=r.length;){let h=hr(r,o),p=String.fromCharCode(...r.subarray(o+4,o+8));if(o+12+h>r.length)return B("is a PNG that was cut off");if(t.set(p,[...t.get(p)??[],r.subarray(o+8,o+8+h)]),p==="IEND")break;o+=12+h}let[n]=t.get("IHDR")??[];if(!Y(r)||n?.length!==13)return B("is no PNG");let[i,e]=[hr(n,0),hr(n,4)],a=Ut[n[9]];if(i<1||e<1||i*e>8388608)return B(`has more than ${8388608} pixels`);if(n[8]!==8||a===void 0||n[12]!==0)return B("must be a PNG of eight bits a channel, not interlaced");let[f]=t.get("PLTE")??[],[s]=t.get("tRNS")??[],l=i*a,u=Ft(t.get("IDAT")??[],(l+1)*e),c=new Uint8Array(i*e*4);for(let o=0;o<e;o++){let h=o*(l+1)+1;St(u,h,l,a,o===0);for(let p=0;p<i;p++){let m=(o*i+p)*4,w=h+p*a,b=u[w];if(n[9]===3){for(let v=0;v<3;v++)c[m+v]=f?.[b*3+v]??0;c[m+3]=s?.[b]??255}else{for(let v=0;v<3;v++)c[m+v]=a>2?u[w+v]:b;c[m+3]=a%2===0?u[w+a-1]:255}}}return{width:i,height:e,rgba:c}},Ft=(r,t)=>{let n;try{n=Dr(H(r),{out:new Uint8Array(t)})}catch{return B("is a PNG that cannot be unpacked")}return n.length===t?n:B("is a PNG that was cut off")},St=(r,t,n,i,e)=>{let a=r[t-1];a>4&&B("is a PNG with a filter that there is not");let f=t-n-1;for(let s=0;s<n;s++){let l=s<i?0:r[t+s-i],u=e?0:r[f+s],c=e||s<i?0:r[f+s-i],o=a===1?l:a===2?u:a===3?l+u>>1:a===4?zt(l,u,c):0;r[t+s]=r[t+s]+o}};var It=120,Br=256,Gr=r=>{if(Y(r))return[{...ar(cr(r),Br),milliseconds:100}];if(!K(r))return A("video","must be a GIF or a PNG");let t=[],[n,i]=[1,0];for(let e of lr(r)){let a=t.at(-1);i++%n===0?t.push({...ar(e,Br),milliseconds:e.milliseconds}):a&&(t[t.length-1]={...a,milliseconds:a.milliseconds+e.milliseconds}),t.length>It&&(t=t.flatMap((f,s)=>{let l=t[s+1];return s%2===1?[]:[{...f,milliseconds:f.milliseconds+(l?.milliseconds??0)}]}),n*=2)}return t.length>0?t:A("video","has no frames")},Rr=r=>{if(Y(r))return cr(r);if(!K(r))return A("image","must be a PNG or a GIF");for(let t of lr(r))return t;return A("image","has no frames")};var Et="ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";var Pt=(()=>{let r=new Int16Array(128).fill(-1);for(let t=0;t<64;t++)r[Et.charCodeAt(t)]=t;return r})(),Or=r=>{if(r.length%4!==0)return null;let t=r.endsWith("==")?2:r.endsWith("=")?1:0,n=new Uint8Array(r.length/4*3-t),i=r.length-t,e=0,a=0,f=0;for(let s=0;s<i;s++){let l=Pt[r.charCodeAt(s)]??-1;if(l<0)return null;e=(e<<6|l)&16777215,a+=6,a>=8&&(a-=8,n[f++]=e>>a&255)}return(e&(1<<a)-1)===0?n:null};var $r=8388608,Nr=1e6,Lr=["video","image","audio"],J=r=>typeof r=="object"&&r!==null&&!Array.isArray(r),Q=(r,t)=>{let n=r[t]??"";return typeof n!="string"||n.length>Nr?A(t,`is a text of at most ${Nr} characters`):n},Wr=r=>{if(!J(r))return A("input","must be an object");let t=Object.hasOwn(r,"previous"),n=t?r.input:r;if(!J(n))return A("input","must be an object");let i=t&&J(r.previous)?r.previous:{},e=n.metadata??{};if(!J(e))return A("metadata","must be an object");let a=n.mediaType??"text";if(a!=="text"&&Lr.every(s=>s!==a))return A("mediaType","is video, image, audio or text");let f=Lr.find(s=>`${s}_url`in i||`${s}_url`in e);return{title:Q(n,"title"),description:Q(n,"description"),query:Q(n,"query"),mediaType:f??a,metadata:e,previous:i}},qr=({mediaType:r,metadata:t,previous:n})=>`${r}_url`in n||`${r}_url`in t,Zr=({metadata:r,query:t,description:n})=>Object.hasOwn(r,"text")?Q(r,"text"):[t,n].filter(Boolean).join(`

`),_=({metadata:r,previous:t},n)=>{let i=`${n}_url`,e=t[i]??r[i];if(typeof e!="string")return A(`metadata.${i}`,"is missing: it brings the media as a data: URL");let a=e.indexOf(",");if(!e.startsWith("data:")||!e.slice(0,a).endsWith(";base64"))return A(`metadata.${i}`,"must be a data: URL in base64");let f=Or(e.slice(a+1));return f===null||f.length>$r?A(`metadata.${i}`,`must be base64 of at most ${$r} bytes`):f};var jr=({channels:r})=>{let[t=new Float64Array(0)]=r;return t.map((n,i)=>r.reduce((e,a)=>e+a[i],0)/r.length)},vr=r=>r.reduce((t,n)=>Math.max(t,Math.abs(n)),0);var rr=r=>Math.round(r*1e4)/1e4,Vr=r=>{let{sampleRate:t,bits:n,channels:i}=r,e=jr(r),a=Math.max(e.length,1),f=e.reduce((u,c)=>u+c*c,0),s=e.reduce((u,c)=>u+(Math.abs(c)<.002?1:0),0),l=u=>e.subarray(Math.floor(u*e.length/64),Math.floor((u+1)*e.length/64));return{sampleRate:t,channels:i.length,bits:n,seconds:Math.round(e.length*1e3/t)/1e3,peak:rr(vr(e)),level:rr(Math.sqrt(f/a)),silence:rr(s/a),waveform:Array.from({length:64},(u,c)=>rr(vr(l(c))))}};var j=r=>A("audio",r),tr=(r,t)=>String.fromCharCode(...r.subarray(t,t+4)),Xr=r=>{if(tr(r,0)!=="RIFF"||tr(r,8)!=="WAVE")return j("is no WAV");let t=new DataView(r.buffer,r.byteOffset,r.length),n=new Map;for(let v=12;v+8<=r.length;){let x=t.getUint32(v+4,!0);n.has(tr(r,v))||n.set(tr(r,v),r.subarray(v+8,v+8+x)),v+=8+x+(x&1)}let[i,e]=[n.get("fmt "),n.get("data")];if(i===void 0||i.length<16||e===void 0)return j("is a WAV without its samples");let a=new DataView(i.buffer,i.byteOffset,i.length),[f,s,l,u]=[a.getUint16(0,!0),a.getUint16(2,!0),a.getUint32(4,!0),a.getUint16(14,!0)];if(!(f===1||f===65534&&i.length>=26&&a.getUint16(24,!0)===1)||![8,16,24,32].includes(u))return j("must be a WAV with PCM of 8, 16, 24 or 32 bits");if(s<1||s>8)return j("has more than 8 channels");if(l<1e3||l>384e3)return j("has a sample rate outside of 1,000 to 384,000 Hz");let o=u/8,h=Math.floor(e.length/(o*s)),p=[1,128,32768,8388608,2147483648][o],m=new DataView(e.buffer,e.byteOffset,e.length),w={1:v=>m.getUint8(v)-128,2:v=>m.getInt16(v,!0),3:v=>m.getUint16(v,!0)+m.getInt8(v+2)*65536,4:v=>m.getInt32(v,!0)}[o],b=Array.from({length:s},(v,x)=>Float64Array.from({length:h},(y,z)=>w((z*s+x)*o)/p));return{sampleRate:l,bits:u,channels:b}};var Dt=/(?:\s|[!-&(-/:-@[-`{-~\u00a1-\u00a9\u00ab-\u00b4\u00b6-\u00b9\u00bb-\u00bf\u00d7\u00f7\u200b-\u2018\u201a-\u206f\u20a0-\u20cf\u2190-\u2bff\u3001-\u3004\u3008-\u3020\u3030\ufe10-\ufe1f\ufe30-\ufe6f\uff01-\uff0f\uff1a-\uff20])+/,kt=r=>r.replace(/[^\u0530-\uffff]+/g,t=>t.toLowerCase()),Hr=r=>kt(r).split(Dt).map(t=>t.replace(/^['\u2019]+|['\u2019]+$/g,"")).filter(Boolean),Kr=r=>r.split(/(?<=[.!?\u2026]["')\u00bb\u201d\u2019]?)\s+|(?<=[\u3002\uff01\uff1f])|\n\s*\n/).map(t=>t.replace(/\s+/g," ").trim()).filter(Boolean),Yr=r=>r.replace(/\r\n?/g,`
`).split(/\n[ \t]*\n+/).map(t=>t.replace(/[ \t]+/g," ").replace(/ ?\n ?/g,`
`).trim()).filter(Boolean);var Jr=r=>{let t=Hr(r),n=Kr(r).length;return{characters:r.length,words:t.length,distinctWords:new Set(t).size,sentences:n,paragraphs:Yr(r).length,wordsPerSentence:n===0?0:Math.round(t.length*10/n)/10,readingSeconds:Math.ceil(t.length*60/230)}};var Ct=(async(r,{progress:t})=>{let n=Wr(r);await t(.1);let{mediaType:i}=n,e={mediaType:i,text:Jr(Zr(n))};if(!qr(n))return e;switch(i){case"image":return{...e,image:Ur(Rr(_(n,"image")))};case"audio":return{...e,audio:Vr(Xr(_(n,"audio")))};case"video":{let a=Gr(_(n,"video"));await t(.7);let f=Mr(a),s=f.reduce((l,u)=>l+u.milliseconds,0);return{...e,video:{frames:a.length,milliseconds:s,scenes:f}}}case"text":return e}});export{Ct as default};
$program$, 'UTF8')),
(convert_to($program$var ut="ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/",Kt=t=>{let r=[];for(let n=0;n<t.length;n+=3072){let e=Math.min(n+3072,t.length),i="";for(let o=n;o<e;o+=3){let a=t[o],s=t[o+1]??0,l=t[o+2]??0;i+=ut.charAt(a>>2)+ut.charAt((a&3)<<4|s>>4),i+=o+1<e?ut.charAt((s&15)<<2|l>>6):"=",i+=o+2<e?ut.charAt(l&63):"="}r.push(i)}return r.join("")},kr=(()=>{let t=new Int16Array(128).fill(-1);for(let r=0;r<64;r++)t[ut.charCodeAt(r)]=r;return t})(),Yt=t=>{if(t.length%4!==0)return null;let r=t.endsWith("==")?2:t.endsWith("=")?1:0,n=new Uint8Array(t.length/4*3-r),e=t.length-r,i=0,o=0,a=0;for(let s=0;s<e;s++){let l=kr[t.charCodeAt(s)]??-1;if(l<0)return null;i=(i<<6|l)&16777215,o+=6,o>=8&&(o-=8,n[a++]=i>>o&255)}return(i&(1<<o)-1)===0?n:null};var E=(t,r)=>{throw new RangeError(`The input's ${t} ${r}.`)};var At=8388608,Jt=1e6,Qt=["video","image","audio"],xt=t=>typeof t=="object"&&t!==null&&!Array.isArray(t),bt=(t,r)=>{let n=t[r]??"";return typeof n!="string"||n.length>Jt?E(r,`is a text of at most ${Jt} characters`):n},_t=t=>{if(!xt(t))return E("input","must be an object");let r=Object.hasOwn(t,"previous"),n=r?t.input:t;if(!xt(n))return E("input","must be an object");let e=r&&xt(t.previous)?t.previous:{},i=n.metadata??{};if(!xt(i))return E("metadata","must be an object");let o=n.mediaType??"text";if(o!=="text"&&Qt.every(s=>s!==o))return E("mediaType","is video, image, audio or text");let a=Qt.find(s=>`${s}_url`in e||`${s}_url`in i);return{title:bt(n,"title"),description:bt(n,"description"),query:bt(n,"query"),mediaType:a??o,metadata:i,previous:e}},tr=({mediaType:t,metadata:r,previous:n})=>`${t}_url`in n||`${t}_url`in r,Mt=({metadata:t,query:r,description:n})=>Object.hasOwn(t,"text")?bt(t,"text"):[r,n].filter(Boolean).join(`

`),Ut=({metadata:t,previous:r},n)=>{let e=`${n}_url`,i=r[e]??t[e];if(typeof i!="string")return E(`metadata.${e}`,"is missing: it brings the media as a data: URL");let o=i.indexOf(",");if(!i.startsWith("data:")||!i.slice(0,o).endsWith(";base64"))return E(`metadata.${e}`,"must be a data: URL in base64");let a=Yt(i.slice(o+1));return a===null||a.length>At?E(`metadata.${e}`,`must be base64 of at most ${At} bytes`):a},zt=(t,r)=>r.length>At?E("media",`makes a result of more than ${At} bytes: bring a smaller or shorter one`):`data:${t};base64,${Kt(r)}`;var Dr=/(?:\s|[!-&(-/:-@[-`{-~\u00a1-\u00a9\u00ab-\u00b4\u00b6-\u00b9\u00bb-\u00bf\u00d7\u00f7\u200b-\u2018\u201a-\u206f\u20a0-\u20cf\u2190-\u2bff\u3001-\u3004\u3008-\u3020\u3030\ufe10-\ufe1f\ufe30-\ufe6f\uff01-\uff0f\uff1a-\uff20])+/,Cr=t=>t.replace(/[^\u0530-\uffff]+/g,r=>r.toLowerCase()),ht=t=>Cr(t).split(Dr).map(r=>r.replace(/^['\u2019]+|['\u2019]+$/g,"")).filter(Boolean),It=t=>t.split(/(?<=[.!?\u2026]["')\u00bb\u201d\u2019]?)\s+|(?<=[\u3002\uff01\uff1f])|\n\s*\n/).map(r=>r.replace(/\s+/g," ").trim()).filter(Boolean),rr=t=>t.replace(/\r\n?/g,`
`).split(/\n[ \t]*\n+/).map(r=>r.replace(/[ \t]+/g," ").replace(/ ?\n ?/g,`
`).trim()).filter(Boolean);var Br=new Set("a about after again all also am an and any are as at be because been before being but by can could did do does down each every few for from had has have he her here him his how i if in into is it its just like make may me more most my no nor not now of off on one only or other our out over own same she should so some such than that the their them then there these they this those through to too under up us very was we were what when where which while who whom why will with would you your aber als am an auch auf aus bei bin bis da das dass dem den der des die doch du durch ein eine einem einen einer eines er es f\xFCr hat ich ihr im in ist ja kann mit nach nicht noch nun nur oder sein sich sie sind so \xFCber um und uns unter vom von vor war was wenn werden wie wir wird zu zum zur".split(" ")),Gr=t=>{let r=new Map;for(let n of t)r.set(n,(r.get(n)??0)+1);return r},Or=t=>t.length>2&&!Br.has(t);var nr=(t,r=3)=>{let n=Gr(ht(t).filter(Or));return It(t).map((i,o)=>{let a=ht(i),s=a.reduce((l,u)=>l+(n.get(u)??0),0);return{sentence:i,place:o,score:s/Math.max(a.length,6)}}).sort((i,o)=>o.score-i.score||i.place-o.place).slice(0,r).sort((i,o)=>i.place-o.place).map(({sentence:i})=>i)};var er=20,ir=240,Rr=t=>t.length>ir?`${t.slice(0,ir-3)}...`:t,or=t=>{let r=Mt(t),n=It(r),e=n.length<er?n:nr(r,er-1);return[t.title.trim(),...e].filter(Boolean).map(Rr).map(i=>({caption:i,milliseconds:Math.max(1500,Math.min(8e3,ht(i).length*300))}))};var k=Uint8Array,L=Uint16Array,Wt=Int32Array,St=new k([0,0,0,0,0,0,0,0,1,1,1,1,2,2,2,2,3,3,3,3,4,4,4,4,5,5,5,5,0,0,0,0]),Ft=new k([0,0,0,0,1,1,2,2,3,3,4,4,5,5,6,6,7,7,8,8,9,9,10,10,11,11,12,12,13,13,0,0]),Rt=new k([16,17,18,0,8,7,9,6,10,5,11,4,12,3,13,2,14,1,15]),hr=function(t,r){for(var n=new L(31),e=0;e<31;++e)n[e]=r+=1<<t[e-1];for(var i=new Wt(n[30]),e=1;e<30;++e)for(var o=n[e];o<n[e+1];++o)i[o]=o-n[e]<<5|e;return{b:n,r:i}},lr=hr(St,2),cr=lr.b,$t=lr.r;cr[28]=258,$t[258]=28;var vr=hr(Ft,0),$r=vr.b,ar=vr.r,Nt=new L(32768);for(A=0;A<32768;++A)Y=(A&43690)>>1|(A&21845)<<1,Y=(Y&52428)>>2|(Y&13107)<<2,Y=(Y&61680)>>4|(Y&3855)<<4,Nt[A]=((Y&65280)>>8|(Y&255)<<8)>>1;var Y,A,H=(function(t,r,n){for(var e=t.length,i=0,o=new L(r);i<e;++i)t[i]&&++o[t[i]-1];var a=new L(r);for(i=1;i<r;++i)a[i]=a[i-1]+o[i-1]<<1;var s;if(n){s=new L(1<<r);var l=15-r;for(i=0;i<e;++i)if(t[i])for(var u=i<<4|t[i],h=r-t[i],f=a[t[i]-1]++<<h,c=f|(1<<h)-1;f<=c;++f)s[Nt[f]>>l]=u}else for(s=new L(e),i=0;i<e;++i)t[i]&&(s[i]=Nt[a[t[i]-1]++]>>15-t[i]);return s}),_=new k(288);for(A=0;A<144;++A)_[A]=8;var A;for(A=144;A<256;++A)_[A]=9;var A;for(A=256;A<280;++A)_[A]=7;var A;for(A=280;A<288;++A)_[A]=8;var A,vt=new k(32);for(A=0;A<32;++A)vt[A]=5;var A,Nr=H(_,9,0),Lr=H(_,9,1),Wr=H(vt,5,0),Zr=H(vt,5,1),Bt=function(t){for(var r=t[0],n=1;n<t.length;++n)t[n]>r&&(r=t[n]);return r},j=function(t,r,n){var e=r/8|0;return(t[e]|t[e+1]<<8)>>(r&7)&n},Gt=function(t,r){var n=r/8|0;return(t[n]|t[n+1]<<8|t[n+2]<<16)>>(r&7)},Zt=function(t){return(t+7)/8|0},jt=function(t,r,n){return(r==null||r<0)&&(r=0),(n==null||n>t.length)&&(n=t.length),new k(t.subarray(r,n))};var jr=["unexpected EOF","invalid block type","invalid length/literal","invalid distance","stream finished","no stream handler",,"no callback","invalid UTF-8 data","extra field too long","date not in range 1980-2099","filename too long","stream finishing","invalid zip data"],q=function(t,r,n){var e=new Error(r||jr[t]);if(e.code=t,Error.captureStackTrace&&Error.captureStackTrace(e,q),!n)throw e;return e},qr=function(t,r,n,e){var i=t.length,o=e?e.length:0;if(!i||r.f&&!r.l)return n||new k(0);var a=!n,s=a||r.i!=2,l=r.i;a&&(n=new k(i*3));var u=function(st){var ft=n.length;if(st>ft){var ot=new k(Math.max(ft*2,st));ot.set(n),n=ot}},h=r.f||0,f=r.p||0,c=r.b||0,p=r.l,y=r.d,d=r.m,M=r.n,v=i*8;do{if(!p){h=j(t,f,1);var b=j(t,f+1,3);if(f+=3,b)if(b==1)p=Lr,y=Zr,d=9,M=5;else if(b==2){var w=j(t,f,31)+257,U=j(t,f+10,15)+4,m=w+j(t,f+5,31)+1;f+=14;for(var g=new k(m),P=new k(19),I=0;I<U;++I)P[Rt[I]]=j(t,f+I*3,7);f+=U*3;for(var B=Bt(P),Q=(1<<B)-1,R=H(P,B,1),I=0;I<m;){var G=R[j(t,f,Q)];f+=G&15;var x=G>>4;if(x<16)g[I++]=x;else{var D=0,F=0;for(x==16?(F=3+j(t,f,3),f+=2,D=g[I-1]):x==17?(F=3+j(t,f,7),f+=3):x==18&&(F=11+j(t,f,127),f+=7);F--;)g[I++]=D}}var O=g.subarray(0,w),C=g.subarray(w);d=Bt(O),M=Bt(C),p=H(O,d,1),y=H(C,M,1)}else q(1);else{var x=Zt(f)+4,z=t[x-4]|t[x-3]<<8,S=x+z;if(S>i){l&&q(0);break}s&&u(c+z),n.set(t.subarray(x,S),c),r.b=c+=z,r.p=f=S*8,r.f=h;continue}if(f>v){l&&q(0);break}}s&&u(c+131072);for(var at=(1<<d)-1,Z=(1<<M)-1,K=f;;K=f){var D=p[Gt(t,f)&at],$=D>>4;if(f+=D&15,f>v){l&&q(0);break}if(D||q(2),$<256)n[c++]=$;else if($==256){K=f,p=null;break}else{var N=$-254;if($>264){var I=$-257,T=St[I];N=j(t,f,(1<<T)-1)+cr[I],f+=T}var X=y[Gt(t,f)&Z],et=X>>4;X||q(3),f+=X&15;var C=$r[et];if(et>3){var T=Ft[et];C+=Gt(t,f)&(1<<T)-1,f+=T}if(f>v){l&&q(0);break}s&&u(c+131072);var it=c+N;if(c<C){var dt=o-C,wt=Math.min(C,it);for(dt+c<0&&q(3);c<wt;++c)n[c]=e[dt+c]}for(;c<it;++c)n[c]=n[c-C]}}r.l=p,r.p=K,r.b=c,r.f=h,p&&(h=1,r.m=d,r.d=y,r.n=M)}while(!h);return c!=n.length&&a?jt(n,0,c):n.subarray(0,c)},J=function(t,r,n){n<<=r&7;var e=r/8|0;t[e]|=n,t[e+1]|=n>>8},lt=function(t,r,n){n<<=r&7;var e=r/8|0;t[e]|=n,t[e+1]|=n>>8,t[e+2]|=n>>16},Ot=function(t,r){for(var n=[],e=0;e<t.length;++e)t[e]&&n.push({s:e,f:t[e]});var i=n.length,o=n.slice();if(!i)return{t:mr,l:0};if(i==1){var a=new k(n[0].s+1);return a[n[0].s]=1,{t:a,l:1}}n.sort(function(S,w){return S.f-w.f}),n.push({s:-1,f:25001});var s=n[0],l=n[1],u=0,h=1,f=2;for(n[0]={s:-1,f:s.f+l.f,l:s,r:l};h!=i-1;)s=n[n[u].f<n[f].f?u++:f++],l=n[u!=h&&n[u].f<n[f].f?u++:f++],n[h++]={s:-1,f:s.f+l.f,l:s,r:l};for(var c=o[0].s,e=1;e<i;++e)o[e].s>c&&(c=o[e].s);var p=new L(c+1),y=Lt(n[h-1],p,0);if(y>r){var e=0,d=0,M=y-r,v=1<<M;for(o.sort(function(w,U){return p[U.s]-p[w.s]||w.f-U.f});e<i;++e){var b=o[e].s;if(p[b]>r)d+=v-(1<<y-p[b]),p[b]=r;else break}for(d>>=M;d>0;){var x=o[e].s;p[x]<r?d-=1<<r-p[x]++-1:++e}for(;e>=0&&d;--e){var z=o[e].s;p[z]==r&&(--p[z],++d)}y=r}return{t:new k(p),l:y}},Lt=function(t,r,n){return t.s==-1?Math.max(Lt(t.l,r,n+1),Lt(t.r,r,n+1)):r[t.s]=n},sr=function(t){for(var r=t.length;r&&!t[--r];);for(var n=new L(++r),e=0,i=t[0],o=1,a=function(l){n[e++]=l},s=1;s<=r;++s)if(t[s]==i&&s!=r)++o;else{if(!i&&o>2){for(;o>138;o-=138)a(32754);o>2&&(a(o>10?o-11<<5|28690:o-3<<5|12305),o=0)}else if(o>3){for(a(i),--o;o>6;o-=6)a(8304);o>2&&(a(o-3<<5|8208),o=0)}for(;o--;)a(i);o=1,i=t[s]}return{c:n.subarray(0,e),n:r}},ct=function(t,r){for(var n=0,e=0;e<r.length;++e)n+=t[e]*r[e];return n},pr=function(t,r,n){var e=n.length,i=Zt(r+2);t[i]=e&255,t[i+1]=e>>8,t[i+2]=t[i]^255,t[i+3]=t[i+1]^255;for(var o=0;o<e;++o)t[i+o+4]=n[o];return(i+4+e)*8},fr=function(t,r,n,e,i,o,a,s,l,u,h){J(r,h++,n),++i[256];for(var f=Ot(i,15),c=f.t,p=f.l,y=Ot(o,15),d=y.t,M=y.l,v=sr(c),b=v.c,x=v.n,z=sr(d),S=z.c,w=z.n,U=new L(19),m=0;m<b.length;++m)++U[b[m]&31];for(var m=0;m<S.length;++m)++U[S[m]&31];for(var g=Ot(U,7),P=g.t,I=g.l,B=19;B>4&&!P[Rt[B-1]];--B);var Q=u+5<<3,R=ct(i,_)+ct(o,vt)+a,G=ct(i,c)+ct(o,d)+a+14+3*B+ct(U,P)+2*U[16]+3*U[17]+7*U[18];if(l>=0&&Q<=R&&Q<=G)return pr(r,h,t.subarray(l,l+u));var D,F,O,C;if(J(r,h,1+(G<R)),h+=2,G<R){D=H(c,p,0),F=c,O=H(d,M,0),C=d;var at=H(P,I,0);J(r,h,x-257),J(r,h+5,w-1),J(r,h+10,B-4),h+=14;for(var m=0;m<B;++m)J(r,h+3*m,P[Rt[m]]);h+=3*B;for(var Z=[b,S],K=0;K<2;++K)for(var $=Z[K],m=0;m<$.length;++m){var N=$[m]&31;J(r,h,at[N]),h+=P[N],N>15&&(J(r,h,$[m]>>5&127),h+=$[m]>>12)}}else D=Nr,F=_,O=Wr,C=vt;for(var m=0;m<s;++m){var T=e[m];if(T>255){var N=T>>18&31;lt(r,h,D[N+257]),h+=F[N+257],N>7&&(J(r,h,T>>23&31),h+=St[N]);var X=T&31;lt(r,h,O[X]),h+=C[X],X>3&&(lt(r,h,T>>5&8191),h+=Ft[X])}else lt(r,h,D[T]),h+=F[T]}return lt(r,h,D[256]),h+F[256]},Vr=new Wt([65540,131080,131088,131104,262176,1048704,1048832,2114560,2117632]),mr=new k(0),Xr=function(t,r,n,e,i,o){var a=o.z||t.length,s=new k(e+a+5*(1+Math.ceil(a/7e3))+i),l=s.subarray(e,s.length-i),u=o.l,h=(o.r||0)&7;if(r){h&&(l[0]=o.r>>3);for(var f=Vr[r-1],c=f>>13,p=f&8191,y=(1<<n)-1,d=o.p||new L(32768),M=o.h||new L(y+1),v=Math.ceil(n/3),b=2*v,x=function(Ct){return(t[Ct]^t[Ct+1]<<v^t[Ct+2]<<b)&y},z=new Wt(25e3),S=new L(288),w=new L(32),U=0,m=0,g=o.i||0,P=0,I=o.w||0,B=0;g+2<a;++g){var Q=x(g),R=g&32767,G=M[Q];if(d[R]=G,M[Q]=R,I<=g){var D=a-g;if((U>7e3||P>24576)&&(D>423||!u)){h=fr(t,l,0,z,S,w,m,P,B,g-B,h),P=U=m=0,B=g;for(var F=0;F<286;++F)S[F]=0;for(var F=0;F<30;++F)w[F]=0}var O=2,C=0,at=p,Z=R-G&32767;if(D>2&&Q==x(g-Z))for(var K=Math.min(c,D)-1,$=Math.min(32767,g),N=Math.min(258,D);Z<=$&&--at&&R!=G;){if(t[g+O]==t[g+O-Z]){for(var T=0;T<N&&t[g+T]==t[g+T-Z];++T);if(T>O){if(O=T,C=Z,T>K)break;for(var X=Math.min(Z,T-2),et=0,F=0;F<X;++F){var it=g-Z+F&32767,dt=d[it],wt=it-dt&32767;wt>et&&(et=wt,G=it)}}}R=G,G=d[R],Z+=R-G&32767}if(C){z[P++]=268435456|$t[O]<<18|ar[C];var st=$t[O]&31,ft=ar[C]&31;m+=St[st]+Ft[ft],++S[257+st],++w[ft],I=g+O,++U}else z[P++]=t[g],++S[t[g]]}}for(g=Math.max(g,I);g<a;++g)z[P++]=t[g],++S[t[g]];h=fr(t,l,u,z,S,w,m,P,B,g-B,h),u||(o.r=h&7|l[h/8|0]<<3,h-=7,o.h=M,o.p=d,o.i=g,o.w=I)}else{for(var g=o.w||0;g<a+u;g+=65535){var ot=g+65535;ot>=a&&(l[h/8|0]=u,ot=a),h=pr(l,h+1,t.subarray(g,ot))}o.i=a}return jt(s,0,e+Zt(h)+i)};var gr=function(){var t=1,r=0;return{p:function(n){for(var e=t,i=r,o=n.length|0,a=0;a!=o;){for(var s=Math.min(a+2655,o);a<s;++a)i+=e+=n[a];e=(e&65535)+15*(e>>16),i=(i&65535)+15*(i>>16)}t=e,r=i},d:function(){return t%=65521,r%=65521,(t&255)<<24|(t&65280)<<8|(r&255)<<8|r>>8}}},Hr=function(t,r,n,e,i){if(!i&&(i={l:1},r.dictionary)){var o=r.dictionary.subarray(-32768),a=new k(o.length+t.length);a.set(o),a.set(t,o.length),t=a,i.w=o.length}return Xr(t,r.level==null?6:r.level,r.mem==null?i.l?Math.ceil(Math.max(8,Math.min(13,Math.log(t.length)))*1.5):20:12+r.mem,n,e,i)};var yr=function(t,r,n){for(;n;++r)t[r]=n,n>>>=8};var Kr=function(t,r){var n=r.level,e=n==0?0:n<6?1:n==9?3:2;if(t[0]=120,t[1]=e<<6|(r.dictionary&&32),t[1]|=31-(t[0]<<8|t[1])%31,r.dictionary){var i=gr();i.p(r.dictionary),yr(t,2,i.d())}},Yr=function(t,r){return((t[0]&15)!=8||t[0]>>4>7||(t[0]<<8|t[1])%31)&&q(6,"invalid zlib data"),(t[1]>>5&1)==+!r&&q(6,"invalid zlib data: "+(t[1]&32?"need":"unexpected")+" dictionary"),(t[1]>>3&4)+2};function dr(t,r){r||(r={});var n=gr();n.p(t);var e=Hr(t,r,r.dictionary?6:2,4);return Kr(e,r),yr(e,e.length-4,n.d()),e}function wr(t,r){return qr(t.subarray(Yr(t,r&&r.dictionary),-4),{i:2},r&&r.out,r&&r.dictionary)}var ur=typeof TextEncoder<"u"&&new TextEncoder,Jr=typeof TextDecoder<"u"&&new TextDecoder,Qr=0;try{Jr.decode(mr,{stream:!0}),Qr=1}catch{}function W(t,r){if(r){for(var n=new k(t.length),e=0;e<t.length;++e)n[e]=t.charCodeAt(e);return n}if(ur)return ur.encode(t);for(var i=t.length,o=new k(t.length+(t.length>>1)),a=0,s=function(h){o[a++]=h},e=0;e<i;++e){if(a+5>o.length){var l=new k(a+8+(i-e<<1));l.set(o),o=l}var u=t.charCodeAt(e);u<128||r?s(u):u<2048?(s(192|u>>6),s(128|u&63)):u>55295&&u<57344?(u=65536+(u&1047552)|t.charCodeAt(++e)&1023,s(240|u>>18),s(128|u>>12&63),s(128|u>>6&63),s(128|u&63)):(s(224|u>>12),s(128|u>>6&63),s(128|u&63))}return jt(o,0,a)}var V=t=>{let r=new Uint8Array(t.reduce((e,i)=>e+i.length,0)),n=0;for(let e of t)r.set(e,n),n+=e.length;return r};var tt=t=>E("video",t),xr=600,br=268435456,Tt=t=>String.fromCharCode(...t.subarray(0,6)).startsWith("GIF8")&&t.length>13;function*Vt(t){if(!Tt(t))return tt("is no GIF");let r=tn(t,6),[n,e,i]=[r.short(),r.short(),r.byte()];if(n<1||e<1||n*e>8388608)return tt(`has more than ${8388608} pixels`);r.skip(2);let o=i&128?r.take(3<<(i&7)+1):new Uint8Array(0),a=new Uint8Array(n*e*4),[s,l,u,h]=[0,-1,100,0];for(;;){let f=r.byte();if(f===59||f<0)return;if(f===33){if(r.byte()===249){r.skip(1);let w=r.byte(),U=r.short();u=U<2?100:U*10;let m=r.byte();[s,l]=[w>>2&7,w&1?m:-1]}r.blocks();continue}if(f!==44)return tt("is a GIF with a block that there is not");if(h++,h>xr||h*n*e>br)return tt(`is longer than ${xr} frames or ${br} pixels`);let[c,p,y,d,M]=[r.short(),r.short(),r.short(),r.short(),r.byte()],v=M&128?r.take(3<<(M&7)+1):o;if(y*d>8388608)return tt(`has a frame of more than ${8388608} pixels`);let b=r.byte(),x=rn(r.blocks(),b,y*d),z=s===3?a.slice():null,S=M&64?_r(d):null;for(let w=0;w<d;w++){let U=p+(S?.[w]??w);for(let m=0;m<y&&c+m<n&&U<e;m++){let g=x[w*y+m];if(g===l)continue;let P=(U*n+c+m)*4;for(let I=0;I<3;I++)a[P+I]=v[g*3+I]??0;a[P+3]=255}}if(yield{width:n,height:e,rgba:a.slice(),milliseconds:u},z)a.set(z);else if(s===2)for(let w=p;w<Math.min(p+d,e);w++)a.fill(0,(w*n+Math.min(c,n))*4,(w*n+Math.min(c+y,n))*4);[s,l,u]=[0,-1,100]}}var _r=t=>[[0,8],[4,8],[2,4],[1,2]].flatMap(([r=0,n=1])=>{let e=[];for(let i=r;i<t;i+=n)e.push(i);return e}),tn=(t,r)=>{let n=r,e=()=>t[n++]??-1,i=o=>(n+=o,t.subarray(n-o,n));return{byte:e,take:i,short:()=>Math.max(e(),0)|Math.max(e(),0)<<8,skip:o=>{n+=o},blocks:()=>{let o=[];for(let a=e();a>0;a=e())o.push(i(a));return V(o)}}},rn=(t,r,n)=>{if(r<1||r>8)return tt("is a GIF with a width of codes that there is not");let[e,i]=[1<<r,(1<<r)+1],[o,a,s]=[new Int16Array(4097),new Uint8Array(4097),new Uint8Array(4098)],l=new Uint8Array(n),[u,h,f,c,p,y,d]=[r+1,i+1,-1,0,0,0,0];for(let M=0;d<n;){for(;y<u;y+=8){if(M>=t.length)return l;p|=t[M++]<<y}let v=p&(1<<u)-1;if(p>>>=u,y-=u,v===i)break;if(v===e){[u,h,f]=[r+1,i+1,-1];continue}if(v>h||f<0&&v>i)return tt("is a GIF with a code that there is not");let b=0,x=v;for(v===h&&(s[b++]=c,x=f);x>i;x=o[x])s[b++]=a[x];for(c=x,s[b++]=c;b>0&&d<n;)l[d++]=s[--b];f>=0&&h<4096&&(o[h]=f,a[h]=c,h++,h===1<<u&&u<12&&u++),f=v}return l},nn=(()=>{let t=new Uint8Array(768);for(let r=0;r<252;r++)t[r*3]=Math.floor(r/42)*51,t[r*3+1]=Math.round(Math.floor(r/6)%7*255/6),t[r*3+2]=r%6*51;return t})(),en=[0,8,2,10,12,4,14,6,3,11,1,9,15,7,13,5],qt=(t,r,n)=>Math.min(r,Math.floor((t*r*16+n*255+127)/4080)),on=({width:t,height:r,rgba:n})=>{let e=new Uint8Array(t*r);for(let i=0;i<e.length;i++){let o=en[(Math.floor(i/t)&3)*4+(i%t&3)],a=n[i*4+3],s=l=>Math.round(n[i*4+l]*a/255);e[i]=qt(s(0),5,o)*42+qt(s(1),6,o)*6+qt(s(2),5,o)}return e},an=t=>{let r=[],[n,e,i,o]=[0,0,9,258],a=new Map,s=u=>{for(n|=u<<e,e+=i;e>=8;e-=8)r.push(n&255),n>>>=8};s(256);let l=t[0];for(let u=1;u<t.length;u++){let h=t[u],f=l*256+h,c=a.get(f);if(c!==void 0){l=c;continue}s(l),o===4096?(s(256),a=new Map,[i,o]=[9,258]):(o===1<<i&&i<12&&i++,a.set(f,o++)),l=h}return s(l),o===1<<i&&i<12&&i++,s(257),e>0&&r.push(n&255),r},pt=t=>[t&255,t>>8&255],Ar=(t,r="")=>{let[{width:n,height:e}=tt("has no frames")]=t,i=[W("GIF89a"),[...pt(n),...pt(e),247,0,0],nn,[33,255,11,...W("NETSCAPE2.0"),3,1,0,0,0]],o=W(r).subarray(0,255);o.length>0&&i.push([33,254,o.length,...o,0]);for(let a of t){i.push([33,249,4,4,...pt(Math.max(2,Math.round(a.milliseconds/10))),0,0]),i.push([44,0,0,0,0,...pt(n),...pt(e),0,8]);let s=an(on(a));for(let l=0;l<s.length;l+=255){let u=s.slice(l,l+255);i.push([u.length,...u])}i.push([0])}return i.push([59]),V(i)};var Mr=[137,80,78,71,13,10,26,10],sn={0:1,2:3,3:1,4:2,6:4},Pt=t=>Mr.every((r,n)=>t[n]===r),rt=t=>E("image",t),Xt=(t,r)=>((t[r]??0)<<24|(t[r+1]??0)<<16|(t[r+2]??0)<<8|(t[r+3]??0))>>>0,fn=(t,r,n)=>{let e=t+r-n,[i,o,a]=[Math.abs(e-t),Math.abs(e-r),Math.abs(e-n)];return i<=o&&i<=a?t:o<=a?r:n},Ht=t=>{let r=new Map;for(let f=8;f+12<=t.length;){let c=Xt(t,f),p=String.fromCharCode(...t.subarray(f+4,f+8));if(f+12+c>t.length)return rt("is a PNG that was cut off");if(r.set(p,[...r.get(p)??[],t.subarray(f+8,f+8+c)]),p==="IEND")break;f+=12+c}let[n]=r.get("IHDR")??[];if(!Pt(t)||n?.length!==13)return rt("is no PNG");let[e,i]=[Xt(n,0),Xt(n,4)],o=sn[n[9]];if(e<1||i<1||e*i>8388608)return rt(`has more than ${8388608} pixels`);if(n[8]!==8||o===void 0||n[12]!==0)return rt("must be a PNG of eight bits a channel, not interlaced");let[a]=r.get("PLTE")??[],[s]=r.get("tRNS")??[],l=e*o,u=un(r.get("IDAT")??[],(l+1)*i),h=new Uint8Array(e*i*4);for(let f=0;f<i;f++){let c=f*(l+1)+1;hn(u,c,l,o,f===0);for(let p=0;p<e;p++){let y=(f*e+p)*4,d=c+p*o,M=u[d];if(n[9]===3){for(let v=0;v<3;v++)h[y+v]=a?.[M*3+v]??0;h[y+3]=s?.[M]??255}else{for(let v=0;v<3;v++)h[y+v]=o>2?u[d+v]:M;h[y+3]=o%2===0?u[d+o-1]:255}}}return{width:e,height:i,rgba:h}},un=(t,r)=>{let n;try{n=wr(V(t),{out:new Uint8Array(r)})}catch{return rt("is a PNG that cannot be unpacked")}return n.length===r?n:rt("is a PNG that was cut off")},hn=(t,r,n,e,i)=>{let o=t[r-1];o>4&&rt("is a PNG with a filter that there is not");let a=r-n-1;for(let s=0;s<n;s++){let l=s<e?0:t[r+s-e],u=i?0:t[a+s],h=i||s<e?0:t[a+s-e],f=o===1?l:o===2?u:o===3?l+u>>1:o===4?fn(l,u,h):0;t[r+s]=t[r+s]+f}},ln=Uint32Array.from({length:256},(t,r)=>{let n=r;for(let e=0;e<8;e++)n=n&1?3988292384^n>>>1:n>>>1;return n}),Et=(t,r)=>{let n=new Uint8Array(r.length+12),e=new DataView(n.buffer);e.setUint32(0,r.length),n.set(W(t),4),n.set(r,8);let i=4294967295;for(let o of n.subarray(4,-4))i=ln[(i^o)&255]^i>>>8;return e.setUint32(n.length-4,i^4294967295),n},Ur=({width:t,height:r,rgba:n},e="")=>{let i=n.every((u,h)=>h%4!==3||u===255),o=i?3:4,a=new Uint8Array((t*o+1)*r);for(let u=0,h=0;u<r;u++){a[h++]=2;for(let f=0;f<t;f++)for(let c=0;c<o;c++){let p=(u*t+f)*4+c;a[h++]=n[p]-(u===0?0:n[p-t*4])}}let s=new Uint8Array(13),l=new DataView(s.buffer);return l.setUint32(0,t),l.setUint32(4,r),s.set([8,i?2:6],8),V([Mr,Et("IHDR",s),...e===""?[]:[Et("iTXt",W(`Title\0\0\0\0\0${e}`))],Et("IDAT",dr(a,{level:6})),Et("IEND",new Uint8Array(0))])};var cn=(t,r,n,e)=>{let{x:i,y:o,width:a,height:s}=e??{x:0,y:0,width:t.width,height:t.height};if(r===t.width&&n===t.height&&e===void 0)return t;let l=new Uint8Array(r*n*4);for(let u=0;u<n;u++){let h=o+Math.floor(u*s/n),f=Math.max(h+1,o+Math.floor((u+1)*s/n));for(let c=0;c<r;c++){let p=i+Math.floor(c*a/r),y=Math.max(p+1,i+Math.floor((c+1)*a/r)),[d,M,v,b]=[0,0,0,0];for(let S=h;S<f;S++)for(let w=(S*t.width+p)*4,U=w+(y-p)*4;w<U;w+=4){let m=t.rgba[w+3];d+=t.rgba[w]*m,M+=t.rgba[w+1]*m,v+=t.rgba[w+2]*m,b+=m}let x=(u*r+c)*4,z=Math.max(b,1);l[x]=Math.round(d/z),l[x+1]=Math.round(M/z),l[x+2]=Math.round(v/z),l[x+3]=Math.round(b/((y-p)*(f-h)))}}return{width:r,height:n,rgba:l}},gt=(t,r)=>{let n=Math.max(t.width,t.height);if(n<=r)return t;let e=i=>Math.max(1,Math.round(i*r/n));return cn(t,e(t.width),e(t.height))};var vn=120,zr=256,Ir=t=>{if(Pt(t))return[{...gt(Ht(t),zr),milliseconds:100}];if(!Tt(t))return E("video","must be a GIF or a PNG");let r=[],[n,e]=[1,0];for(let i of Vt(t)){let o=r.at(-1);e++%n===0?r.push({...gt(i,zr),milliseconds:i.milliseconds}):o&&(r[r.length-1]={...o,milliseconds:o.milliseconds+i.milliseconds}),r.length>vn&&(r=r.flatMap((a,s)=>{let l=r[s+1];return s%2===1?[]:[{...a,milliseconds:a.milliseconds+(l?.milliseconds??0)}]}),n*=2)}return r.length>0?r:E("video","has no frames")},Sr=t=>{if(Pt(t))return Ht(t);if(!Tt(t))return E("image","must be a PNG or a GIF");for(let r of Vt(t))return r;return E("image","has no frames")};var Fr=({channels:t})=>{let[r=new Float64Array(0)]=t;return r.map((n,e)=>t.reduce((i,o)=>i+o[e],0)/t.length)},pn=t=>t.reduce((r,n)=>Math.max(r,Math.abs(n)),0),Tr=t=>{let r=t.findIndex(o=>Math.abs(o)>=.002),n=t.findLastIndex(o=>Math.abs(o)>=.002);if(r<0)return t;let e=t.subarray(r,n+1),i=.891/pn(e);return e.map(o=>o*i)};var yt=t=>E("audio",t),kt=(t,r)=>String.fromCharCode(...t.subarray(r,r+4)),Er=t=>{if(kt(t,0)!=="RIFF"||kt(t,8)!=="WAVE")return yt("is no WAV");let r=new DataView(t.buffer,t.byteOffset,t.length),n=new Map;for(let v=12;v+8<=t.length;){let b=r.getUint32(v+4,!0);n.has(kt(t,v))||n.set(kt(t,v),t.subarray(v+8,v+8+b)),v+=8+b+(b&1)}let[e,i]=[n.get("fmt "),n.get("data")];if(e===void 0||e.length<16||i===void 0)return yt("is a WAV without its samples");let o=new DataView(e.buffer,e.byteOffset,e.length),[a,s,l,u]=[o.getUint16(0,!0),o.getUint16(2,!0),o.getUint32(4,!0),o.getUint16(14,!0)];if(!(a===1||a===65534&&e.length>=26&&o.getUint16(24,!0)===1)||![8,16,24,32].includes(u))return yt("must be a WAV with PCM of 8, 16, 24 or 32 bits");if(s<1||s>8)return yt("has more than 8 channels");if(l<1e3||l>384e3)return yt("has a sample rate outside of 1,000 to 384,000 Hz");let f=u/8,c=Math.floor(i.length/(f*s)),p=[1,128,32768,8388608,2147483648][f],y=new DataView(i.buffer,i.byteOffset,i.length),d={1:v=>y.getUint8(v)-128,2:v=>y.getInt16(v,!0),3:v=>y.getUint16(v,!0)+y.getInt8(v+2)*65536,4:v=>y.getInt32(v,!0)}[f],M=Array.from({length:s},(v,b)=>Float64Array.from({length:c},(x,z)=>d((z*s+b)*f)/p));return{sampleRate:l,bits:u,channels:M}},nt=(t,r)=>[t&255,t>>>8&255,t>>>16&255,t>>>24].slice(0,r),Dt=(t,r)=>[W(t),nt(r.length,4),r,r.length%2===1?[0]:[]],Pr=(t,r,n="")=>{let e=new Uint8Array(t.length*2),i=new DataView(e.buffer);t.forEach((u,h)=>{i.setInt16(h*2,Math.max(-32768,Math.min(32767,Math.round(u*32768))),!0)});let o=[1,1].flatMap(u=>nt(u,2)).concat(nt(r,4),nt(r*2,4),nt(2,2),nt(16,2)),a=V([W(n),[0]]),s=n===""?[]:Dt("LIST",V([W("INFO"),...Dt("INAM",a)])),l=V([W("WAVE"),...Dt("fmt ",o),...s,...Dt("data",e)]);return V([W("RIFF"),nt(l.length,4),l])};var mn=1024,gn=(async(t,{progress:r})=>{let n=_t(t),{mediaType:e}=n;switch(await r(.1),e){case"text":return{mediaType:e,text:rr(Mt(n)).join(`

`)};case"image":{let i=gt(Sr(Ut(n,"image")),mn),{width:o,height:a}=i;return{mediaType:e,width:o,height:a,image_url:zt("image/png",Ur(i))}}case"audio":{let i=Er(Ut(n,"audio")),o=Tr(Fr(i)),a=Math.round(o.length*1e3/i.sampleRate)/1e3;return{mediaType:e,seconds:a,audio_url:zt("audio/wav",Pr(o,i.sampleRate))}}case"video":{if(!tr(n))return{mediaType:e,scenes:or(n)};let i=Ir(Ut(n,"video"));await r(.5);let[{width:o,height:a}={width:0,height:0}]=i;return{mediaType:e,width:o,height:a,frames:i.length,video_url:zt("image/gif",Ar(i))}}}});export{gn as default};
$program$, 'UTF8')),
(convert_to($program$var fr="ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/",Xr=r=>{let t=[];for(let n=0;n<r.length;n+=3072){let e=Math.min(n+3072,r.length),i="";for(let o=n;o<e;o+=3){let a=r[o],s=r[o+1]??0,h=r[o+2]??0;i+=fr.charAt(a>>2)+fr.charAt((a&3)<<4|s>>4),i+=o+1<e?fr.charAt((s&15)<<2|h>>6):"=",i+=o+2<e?fr.charAt(h&63):"="}t.push(i)}return t.join("")},zt=(()=>{let r=new Int16Array(128).fill(-1);for(let t=0;t<64;t++)r[fr.charCodeAt(t)]=t;return r})(),Wr=r=>{if(r.length%4!==0)return null;let t=r.endsWith("==")?2:r.endsWith("=")?1:0,n=new Uint8Array(r.length/4*3-t),e=r.length-t,i=0,o=0,a=0;for(let s=0;s<e;s++){let h=zt[r.charCodeAt(s)]??-1;if(h<0)return null;i=(i<<6|h)&16777215,o+=6,o>=8&&(o-=8,n[a++]=i>>o&255)}return(i&(1<<o)-1)===0?n:null};var P=(r,t)=>{throw new RangeError(`The input's ${r} ${t}.`)};var wr=8388608,Hr=1e6,Vr=["video","image","audio"],yr=r=>typeof r=="object"&&r!==null&&!Array.isArray(r),dr=(r,t)=>{let n=r[t]??"";return typeof n!="string"||n.length>Hr?P(t,`is a text of at most ${Hr} characters`):n},Yr=r=>{if(!yr(r))return P("input","must be an object");let t=Object.hasOwn(r,"previous"),n=t?r.input:r;if(!yr(n))return P("input","must be an object");let e=t&&yr(r.previous)?r.previous:{},i=n.metadata??{};if(!yr(i))return P("metadata","must be an object");let o=n.mediaType??"text";if(o!=="text"&&Vr.every(s=>s!==o))return P("mediaType","is video, image, audio or text");let a=Vr.find(s=>`${s}_url`in e||`${s}_url`in i);return{title:dr(n,"title"),description:dr(n,"description"),query:dr(n,"query"),mediaType:a??o,metadata:i,previous:e}},Kr=({mediaType:r,metadata:t,previous:n})=>`${r}_url`in n||`${r}_url`in t,Jr=({metadata:r,query:t,description:n})=>Object.hasOwn(r,"text")?dr(r,"text"):[t,n].filter(Boolean).join(`

`),Ir=({metadata:r,previous:t},n)=>{let e=`${n}_url`,i=t[e]??r[e];if(typeof i!="string")return P(`metadata.${e}`,"is missing: it brings the media as a data: URL");let o=i.indexOf(",");if(!i.startsWith("data:")||!i.slice(0,o).endsWith(";base64"))return P(`metadata.${e}`,"must be a data: URL in base64");let a=Wr(i.slice(o+1));return a===null||a.length>wr?P(`metadata.${e}`,`must be base64 of at most ${wr} bytes`):a},Tr=(r,t)=>t.length>wr?P("media",`makes a result of more than ${wr} bytes: bring a smaller or shorter one`):`data:${r};base64,${Xr(t)}`;var St=/(?:\s|[!-&(-/:-@[-`{-~\u00a1-\u00a9\u00ab-\u00b4\u00b6-\u00b9\u00bb-\u00bf\u00d7\u00f7\u200b-\u2018\u201a-\u206f\u20a0-\u20cf\u2190-\u2bff\u3001-\u3004\u3008-\u3020\u3030\ufe10-\ufe1f\ufe30-\ufe6f\uff01-\uff0f\uff1a-\uff20])+/,It=r=>r.replace(/[^\u0530-\uffff]+/g,t=>t.toLowerCase()),ur=r=>It(r).split(St).map(t=>t.replace(/^['\u2019]+|['\u2019]+$/g,"")).filter(Boolean),xr=r=>r.split(/(?<=[.!?\u2026]["')\u00bb\u201d\u2019]?)\s+|(?<=[\u3002\uff01\uff1f])|\n\s*\n/).map(t=>t.replace(/\s+/g," ").trim()).filter(Boolean);var Tt=new Set("a about after again all also am an and any are as at be because been before being but by can could did do does down each every few for from had has have he her here him his how i if in into is it its just like make may me more most my no nor not now of off on one only or other our out over own same she should so some such than that the their them then there these they this those through to too under up us very was we were what when where which while who whom why will with would you your aber als am an auch auf aus bei bin bis da das dass dem den der des die doch du durch ein eine einem einen einer eines er es f\xFCr hat ich ihr im in ist ja kann mit nach nicht noch nun nur oder sein sich sie sind so \xFCber um und uns unter vom von vor war was wenn werden wie wir wird zu zum zur".split(" ")),Ft=r=>{let t=new Map;for(let n of r)t.set(n,(t.get(n)??0)+1);return t},Pt=r=>r.length>2&&!Tt.has(r);var Qr=(r,t=3)=>{let n=Ft(ur(r).filter(Pt));return xr(r).map((i,o)=>{let a=ur(i),s=a.reduce((h,l)=>h+(n.get(l)??0),0);return{sentence:i,place:o,score:s/Math.max(a.length,6)}}).sort((i,o)=>o.score-i.score||i.place-o.place).slice(0,t).sort((i,o)=>i.place-o.place).map(({sentence:i})=>i)};var _r=20,rt=240,Et=r=>r.length>rt?`${r.slice(0,rt-3)}...`:r,tt=r=>{let t=Jr(r),n=xr(t),e=n.length<_r?n:Qr(t,_r-1);return[r.title.trim(),...e].filter(Boolean).map(Et).map(i=>({caption:i,milliseconds:Math.max(1500,Math.min(8e3,ur(i).length*300))}))};var nt=(r,t)=>(299*r[t]+587*r[t+1]+114*r[t+2]+500)/1e3|0;var Fr=(r,t,n,e)=>{let{x:i,y:o,width:a,height:s}=e??{x:0,y:0,width:r.width,height:r.height};if(t===r.width&&n===r.height&&e===void 0)return r;let h=new Uint8Array(t*n*4);for(let l=0;l<n;l++){let f=o+Math.floor(l*s/n),u=Math.max(f+1,o+Math.floor((l+1)*s/n));for(let c=0;c<t;c++){let v=i+Math.floor(c*a/t),d=Math.max(v+1,i+Math.floor((c+1)*a/t)),[g,A,w,M]=[0,0,0,0];for(let I=f;I<u;I++)for(let y=(I*r.width+v)*4,U=y+(d-v)*4;y<U;y+=4){let p=r.rgba[y+3];g+=r.rgba[y]*p,A+=r.rgba[y+1]*p,w+=r.rgba[y+2]*p,M+=p}let x=(l*t+c)*4,S=Math.max(M,1);h[x]=Math.round(g/S),h[x+1]=Math.round(A/S),h[x+2]=Math.round(w/S),h[x+3]=Math.round(M/((d-v)*(u-f)))}}return{width:t,height:n,rgba:h}},er=(r,t)=>{let n=Math.max(r.width,r.height);if(n<=t)return r;let e=i=>Math.max(1,Math.round(i*t/n));return Fr(r,e(r.width),e(r.height))};var Dt=20,ir=16,kt=r=>{let{rgba:t}=Fr(r,ir,ir);return Array.from({length:ir*ir},(n,e)=>nt(t,e*4))},et=r=>{let t=[],n;return r.forEach((e,i)=>{let o=kt(e),a=n?.reduce((l,f,u)=>l+Math.abs(f-o[u]),0)??1/0,s=t.at(-1),{milliseconds:h}=e;s===void 0||a>=Dt*ir*ir?t.push({from:i,frames:1,milliseconds:h}):t[t.length-1]={...s,frames:s.frames+1,milliseconds:s.milliseconds+h},n=o}),t};var D=Uint8Array,L=Uint16Array,Or=Int32Array,br=new D([0,0,0,0,0,0,0,0,1,1,1,1,2,2,2,2,3,3,3,3,4,4,4,4,5,5,5,5,0,0,0,0]),Ar=new D([0,0,0,0,1,1,2,2,3,3,4,4,5,5,6,6,7,7,8,8,9,9,10,10,11,11,12,12,13,13,0,0]),kr=new D([16,17,18,0,8,7,9,6,10,5,11,4,12,3,13,2,14,1,15]),ft=function(r,t){for(var n=new L(31),e=0;e<31;++e)n[e]=t+=1<<r[e-1];for(var i=new Or(n[30]),e=1;e<30;++e)for(var o=n[e];o<n[e+1];++o)i[o]=o-n[e]<<5|e;return{b:n,r:i}},ut=ft(br,2),lt=ut.b,Br=ut.r;lt[28]=258,Br[258]=28;var ht=ft(Ar,0),Bt=ht.b,it=ht.r,Cr=new L(32768);for(b=0;b<32768;++b)V=(b&43690)>>1|(b&21845)<<1,V=(V&52428)>>2|(V&13107)<<2,V=(V&61680)>>4|(V&3855)<<4,Cr[b]=((V&65280)>>8|(V&255)<<8)>>1;var V,b,W=(function(r,t,n){for(var e=r.length,i=0,o=new L(t);i<e;++i)r[i]&&++o[r[i]-1];var a=new L(t);for(i=1;i<t;++i)a[i]=a[i-1]+o[i-1]<<1;var s;if(n){s=new L(1<<t);var h=15-t;for(i=0;i<e;++i)if(r[i])for(var l=i<<4|r[i],f=t-r[i],u=a[r[i]-1]++<<f,c=u|(1<<f)-1;u<=c;++u)s[Cr[u]>>h]=l}else for(s=new L(e),i=0;i<e;++i)r[i]&&(s[i]=Cr[a[r[i]-1]++]>>15-r[i]);return s}),J=new D(288);for(b=0;b<144;++b)J[b]=8;var b;for(b=144;b<256;++b)J[b]=9;var b;for(b=256;b<280;++b)J[b]=7;var b;for(b=280;b<288;++b)J[b]=8;var b,cr=new D(32);for(b=0;b<32;++b)cr[b]=5;var b,Ct=W(J,9,0),Gt=W(J,9,1),Ot=W(cr,5,0),$t=W(cr,5,1),Pr=function(r){for(var t=r[0],n=1;n<r.length;++n)r[n]>t&&(t=r[n]);return t},j=function(r,t,n){var e=t/8|0;return(r[e]|r[e+1]<<8)>>(t&7)&n},Er=function(r,t){var n=t/8|0;return(r[n]|r[n+1]<<8|r[n+2]<<16)>>(t&7)},$r=function(r){return(r+7)/8|0},Rr=function(r,t,n){return(t==null||t<0)&&(t=0),(n==null||n>r.length)&&(n=r.length),new D(r.subarray(t,n))};var Rt=["unexpected EOF","invalid block type","invalid length/literal","invalid distance","stream finished","no stream handler",,"no callback","invalid UTF-8 data","extra field too long","date not in range 1980-2099","filename too long","stream finishing","invalid zip data"],q=function(r,t,n){var e=new Error(t||Rt[r]);if(e.code=r,Error.captureStackTrace&&Error.captureStackTrace(e,q),!n)throw e;return e},Nt=function(r,t,n,e){var i=r.length,o=e?e.length:0;if(!i||t.f&&!t.l)return n||new D(0);var a=!n,s=a||t.i!=2,h=t.i;a&&(n=new D(i*3));var l=function(ar){var sr=n.length;if(ar>sr){var nr=new D(Math.max(sr*2,ar));nr.set(n),n=nr}},f=t.f||0,u=t.p||0,c=t.b||0,v=t.l,d=t.d,g=t.m,A=t.n,w=i*8;do{if(!v){f=j(r,u,1);var M=j(r,u+1,3);if(u+=3,M)if(M==1)v=Gt,d=$t,g=9,A=5;else if(M==2){var y=j(r,u,31)+257,U=j(r,u+10,15)+4,p=y+j(r,u+5,31)+1;u+=14;for(var m=new D(p),E=new D(19),z=0;z<U;++z)E[kr[z]]=j(r,u+z*3,7);u+=U*3;for(var C=Pr(E),K=(1<<C)-1,$=W(E,C,1),z=0;z<p;){var G=$[j(r,u,K)];u+=G&15;var x=G>>4;if(x<16)m[z++]=x;else{var k=0,T=0;for(x==16?(T=3+j(r,u,3),u+=2,k=m[z-1]):x==17?(T=3+j(r,u,7),u+=3):x==18&&(T=11+j(r,u,127),u+=7);T--;)m[z++]=k}}var O=m.subarray(0,y),B=m.subarray(y);g=Pr(O),A=Pr(B),v=W(O,g,1),d=W(B,A,1)}else q(1);else{var x=$r(u)+4,S=r[x-4]|r[x-3]<<8,I=x+S;if(I>i){h&&q(0);break}s&&l(c+S),n.set(r.subarray(x,I),c),t.b=c+=S,t.p=u=I*8,t.f=f;continue}if(u>w){h&&q(0);break}}s&&l(c+131072);for(var or=(1<<g)-1,Z=(1<<A)-1,H=u;;H=u){var k=v[Er(r,u)&or],R=k>>4;if(u+=k&15,u>w){h&&q(0);break}if(k||q(2),R<256)n[c++]=R;else if(R==256){H=u,v=null;break}else{var N=R-254;if(R>264){var z=R-257,F=br[z];N=j(r,u,(1<<F)-1)+lt[z],u+=F}var X=d[Er(r,u)&Z],rr=X>>4;X||q(3),u+=X&15;var B=Bt[rr];if(rr>3){var F=Ar[rr];B+=Er(r,u)&(1<<F)-1,u+=F}if(u>w){h&&q(0);break}s&&l(c+131072);var tr=c+N;if(c<B){var mr=o-B,gr=Math.min(B,tr);for(mr+c<0&&q(3);c<gr;++c)n[c]=e[mr+c]}for(;c<tr;++c)n[c]=n[c-B]}}t.l=v,t.p=H,t.b=c,t.f=f,v&&(f=1,t.m=g,t.d=d,t.n=A)}while(!f);return c!=n.length&&a?Rr(n,0,c):n.subarray(0,c)},Y=function(r,t,n){n<<=t&7;var e=t/8|0;r[e]|=n,r[e+1]|=n>>8},lr=function(r,t,n){n<<=t&7;var e=t/8|0;r[e]|=n,r[e+1]|=n>>8,r[e+2]|=n>>16},Dr=function(r,t){for(var n=[],e=0;e<r.length;++e)r[e]&&n.push({s:e,f:r[e]});var i=n.length,o=n.slice();if(!i)return{t:vt,l:0};if(i==1){var a=new D(n[0].s+1);return a[n[0].s]=1,{t:a,l:1}}n.sort(function(I,y){return I.f-y.f}),n.push({s:-1,f:25001});var s=n[0],h=n[1],l=0,f=1,u=2;for(n[0]={s:-1,f:s.f+h.f,l:s,r:h};f!=i-1;)s=n[n[l].f<n[u].f?l++:u++],h=n[l!=f&&n[l].f<n[u].f?l++:u++],n[f++]={s:-1,f:s.f+h.f,l:s,r:h};for(var c=o[0].s,e=1;e<i;++e)o[e].s>c&&(c=o[e].s);var v=new L(c+1),d=Gr(n[f-1],v,0);if(d>t){var e=0,g=0,A=d-t,w=1<<A;for(o.sort(function(y,U){return v[U.s]-v[y.s]||y.f-U.f});e<i;++e){var M=o[e].s;if(v[M]>t)g+=w-(1<<d-v[M]),v[M]=t;else break}for(g>>=A;g>0;){var x=o[e].s;v[x]<t?g-=1<<t-v[x]++-1:++e}for(;e>=0&&g;--e){var S=o[e].s;v[S]==t&&(--v[S],++g)}d=t}return{t:new D(v),l:d}},Gr=function(r,t,n){return r.s==-1?Math.max(Gr(r.l,t,n+1),Gr(r.r,t,n+1)):t[r.s]=n},ot=function(r){for(var t=r.length;t&&!r[--t];);for(var n=new L(++t),e=0,i=r[0],o=1,a=function(h){n[e++]=h},s=1;s<=t;++s)if(r[s]==i&&s!=t)++o;else{if(!i&&o>2){for(;o>138;o-=138)a(32754);o>2&&(a(o>10?o-11<<5|28690:o-3<<5|12305),o=0)}else if(o>3){for(a(i),--o;o>6;o-=6)a(8304);o>2&&(a(o-3<<5|8208),o=0)}for(;o--;)a(i);o=1,i=r[s]}return{c:n.subarray(0,e),n:t}},hr=function(r,t){for(var n=0,e=0;e<t.length;++e)n+=r[e]*t[e];return n},ct=function(r,t,n){var e=n.length,i=$r(t+2);r[i]=e&255,r[i+1]=e>>8,r[i+2]=r[i]^255,r[i+3]=r[i+1]^255;for(var o=0;o<e;++o)r[i+o+4]=n[o];return(i+4+e)*8},at=function(r,t,n,e,i,o,a,s,h,l,f){Y(t,f++,n),++i[256];for(var u=Dr(i,15),c=u.t,v=u.l,d=Dr(o,15),g=d.t,A=d.l,w=ot(c),M=w.c,x=w.n,S=ot(g),I=S.c,y=S.n,U=new L(19),p=0;p<M.length;++p)++U[M[p]&31];for(var p=0;p<I.length;++p)++U[I[p]&31];for(var m=Dr(U,7),E=m.t,z=m.l,C=19;C>4&&!E[kr[C-1]];--C);var K=l+5<<3,$=hr(i,J)+hr(o,cr)+a,G=hr(i,c)+hr(o,g)+a+14+3*C+hr(U,E)+2*U[16]+3*U[17]+7*U[18];if(h>=0&&K<=$&&K<=G)return ct(t,f,r.subarray(h,h+l));var k,T,O,B;if(Y(t,f,1+(G<$)),f+=2,G<$){k=W(c,v,0),T=c,O=W(g,A,0),B=g;var or=W(E,z,0);Y(t,f,x-257),Y(t,f+5,y-1),Y(t,f+10,C-4),f+=14;for(var p=0;p<C;++p)Y(t,f+3*p,E[kr[p]]);f+=3*C;for(var Z=[M,I],H=0;H<2;++H)for(var R=Z[H],p=0;p<R.length;++p){var N=R[p]&31;Y(t,f,or[N]),f+=E[N],N>15&&(Y(t,f,R[p]>>5&127),f+=R[p]>>12)}}else k=Ct,T=J,O=Ot,B=cr;for(var p=0;p<s;++p){var F=e[p];if(F>255){var N=F>>18&31;lr(t,f,k[N+257]),f+=T[N+257],N>7&&(Y(t,f,F>>23&31),f+=br[N]);var X=F&31;lr(t,f,O[X]),f+=B[X],X>3&&(lr(t,f,F>>5&8191),f+=Ar[X])}else lr(t,f,k[F]),f+=T[F]}return lr(t,f,k[256]),f+T[256]},Lt=new Or([65540,131080,131088,131104,262176,1048704,1048832,2114560,2117632]),vt=new D(0),Zt=function(r,t,n,e,i,o){var a=o.z||r.length,s=new D(e+a+5*(1+Math.ceil(a/7e3))+i),h=s.subarray(e,s.length-i),l=o.l,f=(o.r||0)&7;if(t){f&&(h[0]=o.r>>3);for(var u=Lt[t-1],c=u>>13,v=u&8191,d=(1<<n)-1,g=o.p||new L(32768),A=o.h||new L(d+1),w=Math.ceil(n/3),M=2*w,x=function(Sr){return(r[Sr]^r[Sr+1]<<w^r[Sr+2]<<M)&d},S=new Or(25e3),I=new L(288),y=new L(32),U=0,p=0,m=o.i||0,E=0,z=o.w||0,C=0;m+2<a;++m){var K=x(m),$=m&32767,G=A[K];if(g[$]=G,A[K]=$,z<=m){var k=a-m;if((U>7e3||E>24576)&&(k>423||!l)){f=at(r,h,0,S,I,y,p,E,C,m-C,f),E=U=p=0,C=m;for(var T=0;T<286;++T)I[T]=0;for(var T=0;T<30;++T)y[T]=0}var O=2,B=0,or=v,Z=$-G&32767;if(k>2&&K==x(m-Z))for(var H=Math.min(c,k)-1,R=Math.min(32767,m),N=Math.min(258,k);Z<=R&&--or&&$!=G;){if(r[m+O]==r[m+O-Z]){for(var F=0;F<N&&r[m+F]==r[m+F-Z];++F);if(F>O){if(O=F,B=Z,F>H)break;for(var X=Math.min(Z,F-2),rr=0,T=0;T<X;++T){var tr=m-Z+T&32767,mr=g[tr],gr=tr-mr&32767;gr>rr&&(rr=gr,G=tr)}}}$=G,G=g[$],Z+=$-G&32767}if(B){S[E++]=268435456|Br[O]<<18|it[B];var ar=Br[O]&31,sr=it[B]&31;p+=br[ar]+Ar[sr],++I[257+ar],++y[sr],z=m+O,++U}else S[E++]=r[m],++I[r[m]]}}for(m=Math.max(m,z);m<a;++m)S[E++]=r[m],++I[r[m]];f=at(r,h,l,S,I,y,p,E,C,m-C,f),l||(o.r=f&7|h[f/8|0]<<3,f-=7,o.h=A,o.p=g,o.i=m,o.w=z)}else{for(var m=o.w||0;m<a+l;m+=65535){var nr=m+65535;nr>=a&&(h[f/8|0]=l,nr=a),f=ct(h,f+1,r.subarray(m,nr))}o.i=a}return Rr(s,0,e+$r(f)+i)};var pt=function(){var r=1,t=0;return{p:function(n){for(var e=r,i=t,o=n.length|0,a=0;a!=o;){for(var s=Math.min(a+2655,o);a<s;++a)i+=e+=n[a];e=(e&65535)+15*(e>>16),i=(i&65535)+15*(i>>16)}r=e,t=i},d:function(){return r%=65521,t%=65521,(r&255)<<24|(r&65280)<<8|(t&255)<<8|t>>8}}},jt=function(r,t,n,e,i){if(!i&&(i={l:1},t.dictionary)){var o=t.dictionary.subarray(-32768),a=new D(o.length+r.length);a.set(o),a.set(r,o.length),r=a,i.w=o.length}return Zt(r,t.level==null?6:t.level,t.mem==null?i.l?Math.ceil(Math.max(8,Math.min(13,Math.log(r.length)))*1.5):20:12+t.mem,n,e,i)};var mt=function(r,t,n){for(;n;++t)r[t]=n,n>>>=8};var qt=function(r,t){var n=t.level,e=n==0?0:n<6?1:n==9?3:2;if(r[0]=120,r[1]=e<<6|(t.dictionary&&32),r[1]|=31-(r[0]<<8|r[1])%31,t.dictionary){var i=pt();i.p(t.dictionary),mt(r,2,i.d())}},Xt=function(r,t){return((r[0]&15)!=8||r[0]>>4>7||(r[0]<<8|r[1])%31)&&q(6,"invalid zlib data"),(r[1]>>5&1)==+!t&&q(6,"invalid zlib data: "+(r[1]&32?"need":"unexpected")+" dictionary"),(r[1]>>3&4)+2};function gt(r,t){t||(t={});var n=pt();n.p(r);var e=jt(r,t,t.dictionary?6:2,4);return qt(e,t),mt(e,e.length-4,n.d()),e}function yt(r,t){return Nt(r.subarray(Xt(r,t&&t.dictionary),-4),{i:2},t&&t.out,t&&t.dictionary)}var st=typeof TextEncoder<"u"&&new TextEncoder,Wt=typeof TextDecoder<"u"&&new TextDecoder,Ht=0;try{Wt.decode(vt,{stream:!0}),Ht=1}catch{}function Nr(r,t){if(t){for(var n=new D(r.length),e=0;e<r.length;++e)n[e]=r.charCodeAt(e);return n}if(st)return st.encode(r);for(var i=r.length,o=new D(r.length+(r.length>>1)),a=0,s=function(f){o[a++]=f},e=0;e<i;++e){if(a+5>o.length){var h=new D(a+8+(i-e<<1));h.set(o),o=h}var l=r.charCodeAt(e);l<128||t?s(l):l<2048?(s(192|l>>6),s(128|l&63)):l>55295&&l<57344?(l=65536+(l&1047552)|r.charCodeAt(++e)&1023,s(240|l>>18),s(128|l>>12&63),s(128|l>>6&63),s(128|l&63)):(s(224|l>>12),s(128|l>>6&63),s(128|l&63))}return Rr(o,0,a)}var vr=r=>{let t=new Uint8Array(r.reduce((e,i)=>e+i.length,0)),n=0;for(let e of r)t.set(e,n),n+=e.length;return t};var dt=[137,80,78,71,13,10,26,10],Vt={0:1,2:3,3:1,4:2,6:4},Ur=r=>dt.every((t,n)=>r[n]===t),Q=r=>P("image",r),Lr=(r,t)=>((r[t]??0)<<24|(r[t+1]??0)<<16|(r[t+2]??0)<<8|(r[t+3]??0))>>>0,Yt=(r,t,n)=>{let e=r+t-n,[i,o,a]=[Math.abs(e-r),Math.abs(e-t),Math.abs(e-n)];return i<=o&&i<=a?r:o<=a?t:n},Zr=r=>{let t=new Map;for(let u=8;u+12<=r.length;){let c=Lr(r,u),v=String.fromCharCode(...r.subarray(u+4,u+8));if(u+12+c>r.length)return Q("is a PNG that was cut off");if(t.set(v,[...t.get(v)??[],r.subarray(u+8,u+8+c)]),v==="IEND")break;u+=12+c}let[n]=t.get("IHDR")??[];if(!Ur(r)||n?.length!==13)return Q("is no PNG");let[e,i]=[Lr(n,0),Lr(n,4)],o=Vt[n[9]];if(e<1||i<1||e*i>8388608)return Q(`has more than ${8388608} pixels`);if(n[8]!==8||o===void 0||n[12]!==0)return Q("must be a PNG of eight bits a channel, not interlaced");let[a]=t.get("PLTE")??[],[s]=t.get("tRNS")??[],h=e*o,l=Kt(t.get("IDAT")??[],(h+1)*i),f=new Uint8Array(e*i*4);for(let u=0;u<i;u++){let c=u*(h+1)+1;Jt(l,c,h,o,u===0);for(let v=0;v<e;v++){let d=(u*e+v)*4,g=c+v*o,A=l[g];if(n[9]===3){for(let w=0;w<3;w++)f[d+w]=a?.[A*3+w]??0;f[d+3]=s?.[A]??255}else{for(let w=0;w<3;w++)f[d+w]=o>2?l[g+w]:A;f[d+3]=o%2===0?l[g+o-1]:255}}}return{width:e,height:i,rgba:f}},Kt=(r,t)=>{let n;try{n=yt(vr(r),{out:new Uint8Array(t)})}catch{return Q("is a PNG that cannot be unpacked")}return n.length===t?n:Q("is a PNG that was cut off")},Jt=(r,t,n,e,i)=>{let o=r[t-1];o>4&&Q("is a PNG with a filter that there is not");let a=t-n-1;for(let s=0;s<n;s++){let h=s<e?0:r[t+s-e],l=i?0:r[a+s],f=i||s<e?0:r[a+s-e],u=o===1?h:o===2?l:o===3?h+l>>1:o===4?Yt(h,l,f):0;r[t+s]=r[t+s]+u}},Qt=Uint32Array.from({length:256},(r,t)=>{let n=t;for(let e=0;e<8;e++)n=n&1?3988292384^n>>>1:n>>>1;return n}),Mr=(r,t)=>{let n=new Uint8Array(t.length+12),e=new DataView(n.buffer);e.setUint32(0,t.length),n.set(Nr(r),4),n.set(t,8);let i=4294967295;for(let o of n.subarray(4,-4))i=Qt[(i^o)&255]^i>>>8;return e.setUint32(n.length-4,i^4294967295),n},jr=({width:r,height:t,rgba:n},e="")=>{let i=n.every((l,f)=>f%4!==3||l===255),o=i?3:4,a=new Uint8Array((r*o+1)*t);for(let l=0,f=0;l<t;l++){a[f++]=2;for(let u=0;u<r;u++)for(let c=0;c<o;c++){let v=(l*r+u)*4+c;a[f++]=n[v]-(l===0?0:n[v-r*4])}}let s=new Uint8Array(13),h=new DataView(s.buffer);return h.setUint32(0,r),h.setUint32(4,t),s.set([8,i?2:6],8),vr([dt,Mr("IHDR",s),...e===""?[]:[Mr("iTXt",Nr(`Title\0\0\0\0\0${e}`))],Mr("IDAT",gt(a,{level:6})),Mr("IEND",new Uint8Array(0))])};var _=r=>P("video",r),wt=600,xt=268435456,zr=r=>String.fromCharCode(...r.subarray(0,6)).startsWith("GIF8")&&r.length>13;function*qr(r){if(!zr(r))return _("is no GIF");let t=rn(r,6),[n,e,i]=[t.short(),t.short(),t.byte()];if(n<1||e<1||n*e>8388608)return _(`has more than ${8388608} pixels`);t.skip(2);let o=i&128?t.take(3<<(i&7)+1):new Uint8Array(0),a=new Uint8Array(n*e*4),[s,h,l,f]=[0,-1,100,0];for(;;){let u=t.byte();if(u===59||u<0)return;if(u===33){if(t.byte()===249){t.skip(1);let y=t.byte(),U=t.short();l=U<2?100:U*10;let p=t.byte();[s,h]=[y>>2&7,y&1?p:-1]}t.blocks();continue}if(u!==44)return _("is a GIF with a block that there is not");if(f++,f>wt||f*n*e>xt)return _(`is longer than ${wt} frames or ${xt} pixels`);let[c,v,d,g,A]=[t.short(),t.short(),t.short(),t.short(),t.byte()],w=A&128?t.take(3<<(A&7)+1):o;if(d*g>8388608)return _(`has a frame of more than ${8388608} pixels`);let M=t.byte(),x=tn(t.blocks(),M,d*g),S=s===3?a.slice():null,I=A&64?_t(g):null;for(let y=0;y<g;y++){let U=v+(I?.[y]??y);for(let p=0;p<d&&c+p<n&&U<e;p++){let m=x[y*d+p];if(m===h)continue;let E=(U*n+c+p)*4;for(let z=0;z<3;z++)a[E+z]=w[m*3+z]??0;a[E+3]=255}}if(yield{width:n,height:e,rgba:a.slice(),milliseconds:l},S)a.set(S);else if(s===2)for(let y=v;y<Math.min(v+g,e);y++)a.fill(0,(y*n+Math.min(c,n))*4,(y*n+Math.min(c+d,n))*4);[s,h,l]=[0,-1,100]}}var _t=r=>[[0,8],[4,8],[2,4],[1,2]].flatMap(([t=0,n=1])=>{let e=[];for(let i=t;i<r;i+=n)e.push(i);return e}),rn=(r,t)=>{let n=t,e=()=>r[n++]??-1,i=o=>(n+=o,r.subarray(n-o,n));return{byte:e,take:i,short:()=>Math.max(e(),0)|Math.max(e(),0)<<8,skip:o=>{n+=o},blocks:()=>{let o=[];for(let a=e();a>0;a=e())o.push(i(a));return vr(o)}}},tn=(r,t,n)=>{if(t<1||t>8)return _("is a GIF with a width of codes that there is not");let[e,i]=[1<<t,(1<<t)+1],[o,a,s]=[new Int16Array(4097),new Uint8Array(4097),new Uint8Array(4098)],h=new Uint8Array(n),[l,f,u,c,v,d,g]=[t+1,i+1,-1,0,0,0,0];for(let A=0;g<n;){for(;d<l;d+=8){if(A>=r.length)return h;v|=r[A++]<<d}let w=v&(1<<l)-1;if(v>>>=l,d-=l,w===i)break;if(w===e){[l,f,u]=[t+1,i+1,-1];continue}if(w>f||u<0&&w>i)return _("is a GIF with a code that there is not");let M=0,x=w;for(w===f&&(s[M++]=c,x=u);x>i;x=o[x])s[M++]=a[x];for(c=x,s[M++]=c;M>0&&g<n;)h[g++]=s[--M];u>=0&&f<4096&&(o[f]=u,a[f]=c,f++,f===1<<l&&l<12&&l++),u=w}return h};var nn=120,bt=256,At=r=>{if(Ur(r))return[{...er(Zr(r),bt),milliseconds:100}];if(!zr(r))return P("video","must be a GIF or a PNG");let t=[],[n,e]=[1,0];for(let i of qr(r)){let o=t.at(-1);e++%n===0?t.push({...er(i,bt),milliseconds:i.milliseconds}):o&&(t[t.length-1]={...o,milliseconds:o.milliseconds+i.milliseconds}),t.length>nn&&(t=t.flatMap((a,s)=>{let h=t[s+1];return s%2===1?[]:[{...a,milliseconds:a.milliseconds+(h?.milliseconds??0)}]}),n*=2)}return t.length>0?t:P("video","has no frames")},Mt=r=>{if(Ur(r))return Zr(r);if(!zr(r))return P("image","must be a PNG or a GIF");for(let t of qr(r))return t;return P("image","has no frames")};var Ut=160,en=48,on=(async(r,{progress:t})=>{let n=Yr(r),{mediaType:e}=n;if(await t(.1),!Kr(n))return{mediaType:e,scenes:tt(n)};if(e==="image"){let a=er(Mt(Ir(n,"image")),Ut);return{mediaType:e,scenes:[{image_url:Tr("image/png",jr(a))}]}}if(e!=="video")return P("metadata","has a sound, which has no scenes: bring a video, a picture or words");let i=At(Ir(n,"video"));await t(.5);let o=et(i).map((a,s)=>{let h=i[a.from+(a.frames>>1)],l=h!==void 0&&s<en;return{...a,...l?{image_url:Tr("image/png",jr(er(h,Ut)))}:{}}});return{mediaType:e,scenes:o}});export{on as default};
$program$, 'UTF8')),
(convert_to($program$var pr="ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/",ft=r=>{let t=[];for(let e=0;e<r.length;e+=3072){let n=Math.min(e+3072,r.length),o="";for(let i=e;i<n;i+=3){let a=r[i],s=r[i+1]??0,f=r[i+2]??0;o+=pr.charAt(a>>2)+pr.charAt((a&3)<<4|s>>4),o+=i+1<n?pr.charAt((s&15)<<2|f>>6):"=",o+=i+2<n?pr.charAt(f&63):"="}t.push(o)}return t.join("")},ie=(()=>{let r=new Int16Array(128).fill(-1);for(let t=0;t<64;t++)r[pr.charCodeAt(t)]=t;return r})(),ut=r=>{if(r.length%4!==0)return null;let t=r.endsWith("==")?2:r.endsWith("=")?1:0,e=new Uint8Array(r.length/4*3-t),n=r.length-t,o=0,i=0,a=0;for(let s=0;s<n;s++){let f=ie[r.charCodeAt(s)]??-1;if(f<0)return null;o=(o<<6|f)&16777215,i+=6,i>=8&&(i-=8,e[a++]=o>>i&255)}return(o&(1<<i)-1)===0?e:null};var U=(r,t)=>{throw new RangeError(`The input's ${r} ${t}.`)};var Fr=8388608,lt=1e6,ct=["video","image","audio"],zr=r=>typeof r=="object"&&r!==null&&!Array.isArray(r),Sr=(r,t)=>{let e=r[t]??"";return typeof e!="string"||e.length>lt?U(t,`is a text of at most ${lt} characters`):e},ht=r=>{if(!zr(r))return U("input","must be an object");let t=Object.hasOwn(r,"previous"),e=t?r.input:r;if(!zr(e))return U("input","must be an object");let n=t&&zr(r.previous)?r.previous:{},o=e.metadata??{};if(!zr(o))return U("metadata","must be an object");let i=e.mediaType??"text";if(i!=="text"&&ct.every(s=>s!==i))return U("mediaType","is video, image, audio or text");let a=ct.find(s=>`${s}_url`in n||`${s}_url`in o);return{title:Sr(e,"title"),description:Sr(e,"description"),query:Sr(e,"query"),mediaType:a??i,metadata:o,previous:n}},mt=({mediaType:r,metadata:t,previous:e})=>`${r}_url`in e||`${r}_url`in t,Ir=({metadata:r,query:t,description:e})=>Object.hasOwn(r,"text")?Sr(r,"text"):[t,e].filter(Boolean).join(`

`),fr=({metadata:r,previous:t},e)=>{let n=`${e}_url`,o=t[n]??r[n];if(typeof o!="string")return U(`metadata.${n}`,"is missing: it brings the media as a data: URL");let i=o.indexOf(",");if(!o.startsWith("data:")||!o.slice(0,i).endsWith(";base64"))return U(`metadata.${n}`,"must be a data: URL in base64");let a=ut(o.slice(i+1));return a===null||a.length>Fr?U(`metadata.${n}`,`must be base64 of at most ${Fr} bytes`):a},vr=(r,t)=>t.length>Fr?U("media",`makes a result of more than ${Fr} bytes: bring a smaller or shorter one`):`data:${r};base64,${ft(t)}`;var ae=/(?:\s|[!-&(-/:-@[-`{-~\u00a1-\u00a9\u00ab-\u00b4\u00b6-\u00b9\u00bb-\u00bf\u00d7\u00f7\u200b-\u2018\u201a-\u206f\u20a0-\u20cf\u2190-\u2bff\u3001-\u3004\u3008-\u3020\u3030\ufe10-\ufe1f\ufe30-\ufe6f\uff01-\uff0f\uff1a-\uff20])+/,se=r=>r.replace(/[^\u0530-\uffff]+/g,t=>t.toLowerCase()),Y=r=>se(r).split(ae).map(t=>t.replace(/^['\u2019]+|['\u2019]+$/g,"")).filter(Boolean),er=r=>r.split(/(?<=[.!?\u2026]["')\u00bb\u201d\u2019]?)\s+|(?<=[\u3002\uff01\uff1f])|\n\s*\n/).map(t=>t.replace(/\s+/g," ").trim()).filter(Boolean),pt=r=>r.replace(/\r\n?/g,`
`).split(/\n[ \t]*\n+/).map(t=>t.replace(/[ \t]+/g," ").replace(/ ?\n ?/g,`
`).trim()).filter(Boolean);var fe=new Set("a about after again all also am an and any are as at be because been before being but by can could did do does down each every few for from had has have he her here him his how i if in into is it its just like make may me more most my no nor not now of off on one only or other our out over own same she should so some such than that the their them then there these they this those through to too under up us very was we were what when where which while who whom why will with would you your aber als am an auch auf aus bei bin bis da das dass dem den der des die doch du durch ein eine einem einen einer eines er es f\xFCr hat ich ihr im in ist ja kann mit nach nicht noch nun nur oder sein sich sie sind so \xFCber um und uns unter vom von vor war was wenn werden wie wir wird zu zum zur".split(" ")),Wr=r=>{let t=new Map;for(let e of r)t.set(e,(t.get(e)??0)+1);return t},Tr=r=>r.length>2&&!fe.has(r),ue=r=>[...r].sort(([t,e],[n,o])=>o-e||(t<n?-1:1)),vt=(r,t=12)=>{let e=er(r).flatMap(o=>{let i=Y(o);return i.flatMap((a,s)=>{let f=i[s+1];return f!==void 0&&Tr(a)&&Tr(f)?[`${a} ${f}`]:[]})}),n=new Map([...Wr(Y(r).filter(Tr)),...[...Wr(e)].filter(([,o])=>o>1)]);return ue(n).slice(0,t).map(([o,i])=>({term:o,count:i}))},Er=(r,t=3)=>{let e=Wr(Y(r).filter(Tr));return er(r).map((o,i)=>{let a=Y(o),s=a.reduce((f,u)=>f+(e.get(u)??0),0);return{sentence:o,place:i,score:s/Math.max(a.length,6)}}).sort((o,i)=>i.score-o.score||o.place-i.place).slice(0,t).sort((o,i)=>o.place-i.place).map(({sentence:o})=>o)};var gt=20,dt=240,le=r=>r.length>dt?`${r.slice(0,dt-3)}...`:r,yt=r=>{let t=Ir(r),e=er(t),n=e.length<gt?e:Er(t,gt-1);return[r.title.trim(),...n].filter(Boolean).map(le).map(o=>({caption:o,milliseconds:Math.max(1500,Math.min(8e3,Y(o).length*300))}))};var xt={A:"0e11111f111111",B:"1e11111e11111e",C:"0e11101010110e",D:"1e11111111111e",E:"1f10101e10101f",F:"1f10101e101010",G:"0e11101711110f",H:"1111111f111111",I:"0e04040404040e",J:"0702020202120c",K:"11121418141211",L:"1010101010101f",M:"111b1515111111",N:"11111915131111",O:"0e11111111110e",P:"1e11111e101010",Q:"0e11111115120d",R:"1e11111e141211",S:"0f10100e01011e",T:"1f040404040404",U:"1111111111110e",V:"11111111110a04",W:"1111111515150a",X:"11110a040a1111",Y:"1111110a040404",Z:"1f01020408101f",0:"0e11131519110e",1:"040c040404040e",2:"0e11010204081f",3:"1f02040201110e",4:"02060a121f0202",5:"1f101e0101110e",6:"0608101e11110e",7:"1f010204080808",8:"0e11110e11110e",9:"0e11110f01020c",".":"00000000000c0c",",":"000000000c0408","!":"04040404040004","?":"0e110102040004","-":"0000001f000000",":":"000c0c000c0c00",";":"000c0c000c0408","'":"04040800000000",'"':"0a0a0000000000","(":"02040808080402",")":"08040202020408","/":"00010204081000","&":"0c12140815120d","%":"18190204081303","+":"0004041f040400","=":"00001f001f0000","*":"00150e1f0e1500","#":"0a0a1f0a1f0a0a","@":"0e11010d15150e",$:"040f140e051e04","\u20AC":"06091c081c0906"},bt=(r,t,e)=>(Number.parseInt(xt[r]?.slice(e*2,e*2+2)??"0",16)>>4-t&1)===1,wt={"\u2018":"'","\u2019":"'","\u201C":'"',"\u201D":'"',"\u201E":'"',"\xAB":'"',"\xBB":'"',"\u2013":"-","\u2014":"-","\u2026":"...",\u00DF:"SS","\u1E9E":"SS",\u00C6:"AE",\u0152:"OE",\u00D8:"O",\u0141:"L",\u0110:"D",\u00DE:"TH",\u00D0:"D",\u0131:"I"},At=r=>{let t="";for(let e of r.normalize("NFD").replace(/[\u0300-\u036f]/g,"").replace(/[^\u0250-\uffff]+/g,n=>n.toUpperCase()))if(xt[e]!==void 0||e===" ")t+=e;else if(wt[e]!==void 0)t+=wt[e];else{if(e>="\u0100"&&!(e>="\u2000"&&e<"\u2C00"))return null;t+=" "}return t.replace(/ +/g," ").trim()};var Pr=256,Zr=144,ur={3:{letters:13,lines:4},2:{letters:20,lines:7}},ce=[60,130,200],he=60,Mt=(r,t)=>{let e=[];for(let n of r.split(" ").flatMap(o=>o.match(new RegExp(`.{1,${t}}`,"g"))??[])){let o=e.at(-1);o!==void 0&&o.length+1+n.length<=t?e[e.length-1]=`${o} ${n}`:e.push(n)}return e},Ut=(r,t,e)=>{let n=new Uint8Array(Pr*Zr*4);for(let i=0;i<n.length;i+=4)n.set([0,0,51,255],i);let o=Zr-r.length*9*t>>1;return r.forEach((i,a)=>{let s=Pr-i.length*6*t>>1;for(let f=0;f<i.length*6*t;f++){let[u,c]=[Math.floor(f/(6*t)),Math.floor(f/t)%6];for(let l=0;l<7*t;l++){if(c===5||!bt(i.charAt(u),c,Math.floor(l/t)))continue;let h=((o+a*9*t+l)*Pr+s+f)*4;n.fill(e,h,h+3)}}}),n},zt=r=>r.length===0?U("query","is empty, and nothing else is there to make a video of"):r.flatMap(({caption:t,milliseconds:e})=>{let n=At(t);if(n===null)return U("query","has letters that title cards cannot show: bring a video, or Latin letters");let o=Mt(n,ur[3].letters).length<=ur[3].lines?3:2,i=Mt(n,ur[o].letters),a=Array.from({length:Math.ceil(i.length/ur[o].lines)},(s,f)=>i.slice(f*ur[o].lines,(f+1)*ur[o].lines));return a.flatMap(s=>{let f={width:Pr,height:Zr};return[...ce.map(u=>({...f,rgba:Ut(s,o,u),milliseconds:he})),{...f,rgba:Ut(s,o,255),milliseconds:Math.ceil(e/a.length)}]})});var St=(r,t)=>(299*r[t]+587*r[t+1]+114*r[t+2]+500)/1e3|0;var gr=(r,t,e,n)=>{let{x:o,y:i,width:a,height:s}=n??{x:0,y:0,width:r.width,height:r.height};if(t===r.width&&e===r.height&&n===void 0)return r;let f=new Uint8Array(t*e*4);for(let u=0;u<e;u++){let c=i+Math.floor(u*s/e),l=Math.max(c+1,i+Math.floor((u+1)*s/e));for(let h=0;h<t;h++){let p=o+Math.floor(h*a/t),d=Math.max(p+1,o+Math.floor((h+1)*a/t)),[y,M,m,b]=[0,0,0,0];for(let I=c;I<l;I++)for(let w=(I*r.width+p)*4,z=w+(d-p)*4;w<z;w+=4){let v=r.rgba[w+3];y+=r.rgba[w]*v,M+=r.rgba[w+1]*v,m+=r.rgba[w+2]*v,b+=v}let x=(u*t+h)*4,S=Math.max(b,1);f[x]=Math.round(y/S),f[x+1]=Math.round(M/S),f[x+2]=Math.round(m/S),f[x+3]=Math.round(b/((d-p)*(l-c)))}}return{width:t,height:e,rgba:f}},Vr=(r,t)=>{let e=Math.max(r.width,r.height);if(e<=t)return r;let n=o=>Math.max(1,Math.round(o*t/e));return gr(r,n(r.width),n(r.height))};var me=20,lr=16,pe=r=>{let{rgba:t}=gr(r,lr,lr);return Array.from({length:lr*lr},(e,n)=>St(t,n*4))},Ft=r=>{let t=[],e;return r.forEach((n,o)=>{let i=pe(n),a=e?.reduce((u,c,l)=>u+Math.abs(c-i[l]),0)??1/0,s=t.at(-1),{milliseconds:f}=n;s===void 0||a>=me*lr*lr?t.push({from:o,frames:1,milliseconds:f}):t[t.length-1]={...s,frames:s.frames+1,milliseconds:s.milliseconds+f},e=i}),t};var D=Uint8Array,N=Uint16Array,Qr=Int32Array,Dr=new D([0,0,0,0,0,0,0,0,1,1,1,1,2,2,2,2,3,3,3,3,4,4,4,4,5,5,5,5,0,0,0,0]),kr=new D([0,0,0,0,1,1,2,2,3,3,4,4,5,5,6,6,7,7,8,8,9,9,10,10,11,11,12,12,13,13,0,0]),Xr=new D([16,17,18,0,8,7,9,6,10,5,11,4,12,3,13,2,14,1,15]),Dt=function(r,t){for(var e=new N(31),n=0;n<31;++n)e[n]=t+=1<<r[n-1];for(var o=new Qr(e[30]),n=1;n<30;++n)for(var i=e[n];i<e[n+1];++i)o[i]=i-e[n]<<5|n;return{b:e,r:o}},kt=Dt(Dr,2),Ct=kt.b,Kr=kt.r;Ct[28]=258,Kr[258]=28;var Rt=Dt(kr,0),ve=Rt.b,It=Rt.r,Yr=new N(32768);for(A=0;A<32768;++A)J=(A&43690)>>1|(A&21845)<<1,J=(J&52428)>>2|(J&13107)<<2,J=(J&61680)>>4|(J&3855)<<4,Yr[A]=((J&65280)>>8|(J&255)<<8)>>1;var J,A,X=(function(r,t,e){for(var n=r.length,o=0,i=new N(t);o<n;++o)r[o]&&++i[r[o]-1];var a=new N(t);for(o=1;o<t;++o)a[o]=a[o-1]+i[o-1]<<1;var s;if(e){s=new N(1<<t);var f=15-t;for(o=0;o<n;++o)if(r[o])for(var u=o<<4|r[o],c=t-r[o],l=a[r[o]-1]++<<c,h=l|(1<<c)-1;l<=h;++l)s[Yr[l]>>f]=u}else for(s=new N(n),o=0;o<n;++o)r[o]&&(s[o]=Yr[a[r[o]-1]++]>>15-r[o]);return s}),rr=new D(288);for(A=0;A<144;++A)rr[A]=8;var A;for(A=144;A<256;++A)rr[A]=9;var A;for(A=256;A<280;++A)rr[A]=7;var A;for(A=280;A<288;++A)rr[A]=8;var A,wr=new D(32);for(A=0;A<32;++A)wr[A]=5;var A,ge=X(rr,9,0),de=X(rr,9,1),ye=X(wr,5,0),we=X(wr,5,1),jr=function(r){for(var t=r[0],e=1;e<r.length;++e)r[e]>t&&(t=r[e]);return t},V=function(r,t,e){var n=t/8|0;return(r[n]|r[n+1]<<8)>>(t&7)&e},qr=function(r,t){var e=t/8|0;return(r[e]|r[e+1]<<8|r[e+2]<<16)>>(t&7)},_r=function(r){return(r+7)/8|0},rt=function(r,t,e){return(t==null||t<0)&&(t=0),(e==null||e>r.length)&&(e=r.length),new D(r.subarray(t,e))};var xe=["unexpected EOF","invalid block type","invalid length/literal","invalid distance","stream finished","no stream handler",,"no callback","invalid UTF-8 data","extra field too long","date not in range 1980-2099","filename too long","stream finishing","invalid zip data"],j=function(r,t,e){var n=new Error(t||xe[r]);if(n.code=r,Error.captureStackTrace&&Error.captureStackTrace(n,j),!e)throw n;return n},be=function(r,t,e,n){var o=r.length,i=n?n.length:0;if(!o||t.f&&!t.l)return e||new D(0);var a=!e,s=a||t.i!=2,f=t.i;a&&(e=new D(o*3));var u=function(hr){var mr=e.length;if(hr>mr){var sr=new D(Math.max(mr*2,hr));sr.set(e),e=sr}},c=t.f||0,l=t.p||0,h=t.b||0,p=t.l,d=t.d,y=t.m,M=t.n,m=o*8;do{if(!p){c=V(r,l,1);var b=V(r,l+1,3);if(l+=3,b)if(b==1)p=de,d=we,y=9,M=5;else if(b==2){var w=V(r,l,31)+257,z=V(r,l+10,15)+4,v=w+V(r,l+5,31)+1;l+=14;for(var g=new D(v),P=new D(19),F=0;F<z;++F)P[Xr[F]]=V(r,l+F*3,7);l+=z*3;for(var R=jr(P),_=(1<<R)-1,$=X(P,R,1),F=0;F<v;){var O=$[V(r,l,_)];l+=O&15;var x=O>>4;if(x<16)g[F++]=x;else{var k=0,T=0;for(x==16?(T=3+V(r,l,3),l+=2,k=g[F-1]):x==17?(T=3+V(r,l,7),l+=3):x==18&&(T=11+V(r,l,127),l+=7);T--;)g[F++]=k}}var B=g.subarray(0,w),C=g.subarray(w);y=jr(B),M=jr(C),p=X(B,y,1),d=X(C,M,1)}else j(1);else{var x=_r(l)+4,S=r[x-4]|r[x-3]<<8,I=x+S;if(I>o){f&&j(0);break}s&&u(h+S),e.set(r.subarray(x,I),h),t.b=h+=S,t.p=l=I*8,t.f=c;continue}if(l>m){f&&j(0);break}}s&&u(h+131072);for(var cr=(1<<y)-1,Z=(1<<M)-1,K=l;;K=l){var k=p[qr(r,l)&cr],G=k>>4;if(l+=k&15,l>m){f&&j(0);break}if(k||j(2),G<256)e[h++]=G;else if(G==256){K=l,p=null;break}else{var L=G-254;if(G>264){var F=G-257,E=Dr[F];L=V(r,l,(1<<E)-1)+Ct[F],l+=E}var H=d[qr(r,l)&Z],ir=H>>4;H||j(3),l+=H&15;var C=ve[ir];if(ir>3){var E=kr[ir];C+=qr(r,l)&(1<<E)-1,l+=E}if(l>m){f&&j(0);break}s&&u(h+131072);var ar=h+L;if(h<C){var Mr=i-C,Ur=Math.min(C,ar);for(Mr+h<0&&j(3);h<Ur;++h)e[h]=n[Mr+h]}for(;h<ar;++h)e[h]=e[h-C]}}t.l=p,t.p=K,t.b=h,t.f=c,p&&(c=1,t.m=y,t.d=d,t.n=M)}while(!c);return h!=e.length&&a?rt(e,0,h):e.subarray(0,h)},Q=function(r,t,e){e<<=t&7;var n=t/8|0;r[n]|=e,r[n+1]|=e>>8},dr=function(r,t,e){e<<=t&7;var n=t/8|0;r[n]|=e,r[n+1]|=e>>8,r[n+2]|=e>>16},Hr=function(r,t){for(var e=[],n=0;n<r.length;++n)r[n]&&e.push({s:n,f:r[n]});var o=e.length,i=e.slice();if(!o)return{t:Bt,l:0};if(o==1){var a=new D(e[0].s+1);return a[e[0].s]=1,{t:a,l:1}}e.sort(function(I,w){return I.f-w.f}),e.push({s:-1,f:25001});var s=e[0],f=e[1],u=0,c=1,l=2;for(e[0]={s:-1,f:s.f+f.f,l:s,r:f};c!=o-1;)s=e[e[u].f<e[l].f?u++:l++],f=e[u!=c&&e[u].f<e[l].f?u++:l++],e[c++]={s:-1,f:s.f+f.f,l:s,r:f};for(var h=i[0].s,n=1;n<o;++n)i[n].s>h&&(h=i[n].s);var p=new N(h+1),d=Jr(e[c-1],p,0);if(d>t){var n=0,y=0,M=d-t,m=1<<M;for(i.sort(function(w,z){return p[z.s]-p[w.s]||w.f-z.f});n<o;++n){var b=i[n].s;if(p[b]>t)y+=m-(1<<d-p[b]),p[b]=t;else break}for(y>>=M;y>0;){var x=i[n].s;p[x]<t?y-=1<<t-p[x]++-1:++n}for(;n>=0&&y;--n){var S=i[n].s;p[S]==t&&(--p[S],++y)}d=t}return{t:new D(p),l:d}},Jr=function(r,t,e){return r.s==-1?Math.max(Jr(r.l,t,e+1),Jr(r.r,t,e+1)):t[r.s]=e},Tt=function(r){for(var t=r.length;t&&!r[--t];);for(var e=new N(++t),n=0,o=r[0],i=1,a=function(f){e[n++]=f},s=1;s<=t;++s)if(r[s]==o&&s!=t)++i;else{if(!o&&i>2){for(;i>138;i-=138)a(32754);i>2&&(a(i>10?i-11<<5|28690:i-3<<5|12305),i=0)}else if(i>3){for(a(o),--i;i>6;i-=6)a(8304);i>2&&(a(i-3<<5|8208),i=0)}for(;i--;)a(o);i=1,o=r[s]}return{c:e.subarray(0,n),n:t}},yr=function(r,t){for(var e=0,n=0;n<t.length;++n)e+=r[n]*t[n];return e},Ot=function(r,t,e){var n=e.length,o=_r(t+2);r[o]=n&255,r[o+1]=n>>8,r[o+2]=r[o]^255,r[o+3]=r[o+1]^255;for(var i=0;i<n;++i)r[o+i+4]=e[i];return(o+4+n)*8},Et=function(r,t,e,n,o,i,a,s,f,u,c){Q(t,c++,e),++o[256];for(var l=Hr(o,15),h=l.t,p=l.l,d=Hr(i,15),y=d.t,M=d.l,m=Tt(h),b=m.c,x=m.n,S=Tt(y),I=S.c,w=S.n,z=new N(19),v=0;v<b.length;++v)++z[b[v]&31];for(var v=0;v<I.length;++v)++z[I[v]&31];for(var g=Hr(z,7),P=g.t,F=g.l,R=19;R>4&&!P[Xr[R-1]];--R);var _=u+5<<3,$=yr(o,rr)+yr(i,wr)+a,O=yr(o,h)+yr(i,y)+a+14+3*R+yr(z,P)+2*z[16]+3*z[17]+7*z[18];if(f>=0&&_<=$&&_<=O)return Ot(t,c,r.subarray(f,f+u));var k,T,B,C;if(Q(t,c,1+(O<$)),c+=2,O<$){k=X(h,p,0),T=h,B=X(y,M,0),C=y;var cr=X(P,F,0);Q(t,c,x-257),Q(t,c+5,w-1),Q(t,c+10,R-4),c+=14;for(var v=0;v<R;++v)Q(t,c+3*v,P[Xr[v]]);c+=3*R;for(var Z=[b,I],K=0;K<2;++K)for(var G=Z[K],v=0;v<G.length;++v){var L=G[v]&31;Q(t,c,cr[L]),c+=P[L],L>15&&(Q(t,c,G[v]>>5&127),c+=G[v]>>12)}}else k=ge,T=rr,B=ye,C=wr;for(var v=0;v<s;++v){var E=n[v];if(E>255){var L=E>>18&31;dr(t,c,k[L+257]),c+=T[L+257],L>7&&(Q(t,c,E>>23&31),c+=Dr[L]);var H=E&31;dr(t,c,B[H]),c+=C[H],H>3&&(dr(t,c,E>>5&8191),c+=kr[H])}else dr(t,c,k[E]),c+=T[E]}return dr(t,c,k[256]),c+T[256]},Ae=new Qr([65540,131080,131088,131104,262176,1048704,1048832,2114560,2117632]),Bt=new D(0),Me=function(r,t,e,n,o,i){var a=i.z||r.length,s=new D(n+a+5*(1+Math.ceil(a/7e3))+o),f=s.subarray(n,s.length-o),u=i.l,c=(i.r||0)&7;if(t){c&&(f[0]=i.r>>3);for(var l=Ae[t-1],h=l>>13,p=l&8191,d=(1<<e)-1,y=i.p||new N(32768),M=i.h||new N(d+1),m=Math.ceil(e/3),b=2*m,x=function(Nr){return(r[Nr]^r[Nr+1]<<m^r[Nr+2]<<b)&d},S=new Qr(25e3),I=new N(288),w=new N(32),z=0,v=0,g=i.i||0,P=0,F=i.w||0,R=0;g+2<a;++g){var _=x(g),$=g&32767,O=M[_];if(y[$]=O,M[_]=$,F<=g){var k=a-g;if((z>7e3||P>24576)&&(k>423||!u)){c=Et(r,f,0,S,I,w,v,P,R,g-R,c),P=z=v=0,R=g;for(var T=0;T<286;++T)I[T]=0;for(var T=0;T<30;++T)w[T]=0}var B=2,C=0,cr=p,Z=$-O&32767;if(k>2&&_==x(g-Z))for(var K=Math.min(h,k)-1,G=Math.min(32767,g),L=Math.min(258,k);Z<=G&&--cr&&$!=O;){if(r[g+B]==r[g+B-Z]){for(var E=0;E<L&&r[g+E]==r[g+E-Z];++E);if(E>B){if(B=E,C=Z,E>K)break;for(var H=Math.min(Z,E-2),ir=0,T=0;T<H;++T){var ar=g-Z+T&32767,Mr=y[ar],Ur=ar-Mr&32767;Ur>ir&&(ir=Ur,O=ar)}}}$=O,O=y[$],Z+=$-O&32767}if(C){S[P++]=268435456|Kr[B]<<18|It[C];var hr=Kr[B]&31,mr=It[C]&31;v+=Dr[hr]+kr[mr],++I[257+hr],++w[mr],F=g+B,++z}else S[P++]=r[g],++I[r[g]]}}for(g=Math.max(g,F);g<a;++g)S[P++]=r[g],++I[r[g]];c=Et(r,f,u,S,I,w,v,P,R,g-R,c),u||(i.r=c&7|f[c/8|0]<<3,c-=7,i.h=M,i.p=y,i.i=g,i.w=F)}else{for(var g=i.w||0;g<a+u;g+=65535){var sr=g+65535;sr>=a&&(f[c/8|0]=u,sr=a),c=Ot(f,c+1,r.subarray(g,sr))}i.i=a}return rt(s,0,n+_r(c)+o)};var $t=function(){var r=1,t=0;return{p:function(e){for(var n=r,o=t,i=e.length|0,a=0;a!=i;){for(var s=Math.min(a+2655,i);a<s;++a)o+=n+=e[a];n=(n&65535)+15*(n>>16),o=(o&65535)+15*(o>>16)}r=n,t=o},d:function(){return r%=65521,t%=65521,(r&255)<<24|(r&65280)<<8|(t&255)<<8|t>>8}}},Ue=function(r,t,e,n,o){if(!o&&(o={l:1},t.dictionary)){var i=t.dictionary.subarray(-32768),a=new D(i.length+r.length);a.set(i),a.set(r,i.length),r=a,o.w=i.length}return Me(r,t.level==null?6:t.level,t.mem==null?o.l?Math.ceil(Math.max(8,Math.min(13,Math.log(r.length)))*1.5):20:12+t.mem,e,n,o)};var Gt=function(r,t,e){for(;e;++t)r[t]=e,e>>>=8};var ze=function(r,t){var e=t.level,n=e==0?0:e<6?1:e==9?3:2;if(r[0]=120,r[1]=n<<6|(t.dictionary&&32),r[1]|=31-(r[0]<<8|r[1])%31,t.dictionary){var o=$t();o.p(t.dictionary),Gt(r,2,o.d())}},Se=function(r,t){return((r[0]&15)!=8||r[0]>>4>7||(r[0]<<8|r[1])%31)&&j(6,"invalid zlib data"),(r[1]>>5&1)==+!t&&j(6,"invalid zlib data: "+(r[1]&32?"need":"unexpected")+" dictionary"),(r[1]>>3&4)+2};function Lt(r,t){t||(t={});var e=$t();e.p(r);var n=Ue(r,t,t.dictionary?6:2,4);return ze(n,t),Gt(n,n.length-4,e.d()),n}function Nt(r,t){return be(r.subarray(Se(r,t&&t.dictionary),-4),{i:2},t&&t.out,t&&t.dictionary)}var Pt=typeof TextEncoder<"u"&&new TextEncoder,Fe=typeof TextDecoder<"u"&&new TextDecoder,Ie=0;try{Fe.decode(Bt,{stream:!0}),Ie=1}catch{}function W(r,t){if(t){for(var e=new D(r.length),n=0;n<r.length;++n)e[n]=r.charCodeAt(n);return e}if(Pt)return Pt.encode(r);for(var o=r.length,i=new D(r.length+(r.length>>1)),a=0,s=function(c){i[a++]=c},n=0;n<o;++n){if(a+5>i.length){var f=new D(a+8+(o-n<<1));f.set(i),i=f}var u=r.charCodeAt(n);u<128||t?s(u):u<2048?(s(192|u>>6),s(128|u&63)):u>55295&&u<57344?(u=65536+(u&1047552)|r.charCodeAt(++n)&1023,s(240|u>>18),s(128|u>>12&63),s(128|u>>6&63),s(128|u&63)):(s(224|u>>12),s(128|u>>6&63),s(128|u&63))}return rt(i,0,a)}var q=r=>{let t=new Uint8Array(r.reduce((n,o)=>n+o.length,0)),e=0;for(let n of r)t.set(n,e),e+=n.length;return t};var tr=r=>U("video",r),Wt=600,Zt=268435456,Cr=r=>String.fromCharCode(...r.subarray(0,6)).startsWith("GIF8")&&r.length>13;function*et(r){if(!Cr(r))return tr("is no GIF");let t=Ee(r,6),[e,n,o]=[t.short(),t.short(),t.byte()];if(e<1||n<1||e*n>8388608)return tr(`has more than ${8388608} pixels`);t.skip(2);let i=o&128?t.take(3<<(o&7)+1):new Uint8Array(0),a=new Uint8Array(e*n*4),[s,f,u,c]=[0,-1,100,0];for(;;){let l=t.byte();if(l===59||l<0)return;if(l===33){if(t.byte()===249){t.skip(1);let w=t.byte(),z=t.short();u=z<2?100:z*10;let v=t.byte();[s,f]=[w>>2&7,w&1?v:-1]}t.blocks();continue}if(l!==44)return tr("is a GIF with a block that there is not");if(c++,c>Wt||c*e*n>Zt)return tr(`is longer than ${Wt} frames or ${Zt} pixels`);let[h,p,d,y,M]=[t.short(),t.short(),t.short(),t.short(),t.byte()],m=M&128?t.take(3<<(M&7)+1):i;if(d*y>8388608)return tr(`has a frame of more than ${8388608} pixels`);let b=t.byte(),x=Pe(t.blocks(),b,d*y),S=s===3?a.slice():null,I=M&64?Te(y):null;for(let w=0;w<y;w++){let z=p+(I?.[w]??w);for(let v=0;v<d&&h+v<e&&z<n;v++){let g=x[w*d+v];if(g===f)continue;let P=(z*e+h+v)*4;for(let F=0;F<3;F++)a[P+F]=m[g*3+F]??0;a[P+3]=255}}if(yield{width:e,height:n,rgba:a.slice(),milliseconds:u},S)a.set(S);else if(s===2)for(let w=p;w<Math.min(p+y,n);w++)a.fill(0,(w*e+Math.min(h,e))*4,(w*e+Math.min(h+d,e))*4);[s,f,u]=[0,-1,100]}}var Te=r=>[[0,8],[4,8],[2,4],[1,2]].flatMap(([t=0,e=1])=>{let n=[];for(let o=t;o<r;o+=e)n.push(o);return n}),Ee=(r,t)=>{let e=t,n=()=>r[e++]??-1,o=i=>(e+=i,r.subarray(e-i,e));return{byte:n,take:o,short:()=>Math.max(n(),0)|Math.max(n(),0)<<8,skip:i=>{e+=i},blocks:()=>{let i=[];for(let a=n();a>0;a=n())i.push(o(a));return q(i)}}},Pe=(r,t,e)=>{if(t<1||t>8)return tr("is a GIF with a width of codes that there is not");let[n,o]=[1<<t,(1<<t)+1],[i,a,s]=[new Int16Array(4097),new Uint8Array(4097),new Uint8Array(4098)],f=new Uint8Array(e),[u,c,l,h,p,d,y]=[t+1,o+1,-1,0,0,0,0];for(let M=0;y<e;){for(;d<u;d+=8){if(M>=r.length)return f;p|=r[M++]<<d}let m=p&(1<<u)-1;if(p>>>=u,d-=u,m===o)break;if(m===n){[u,c,l]=[t+1,o+1,-1];continue}if(m>c||l<0&&m>o)return tr("is a GIF with a code that there is not");let b=0,x=m;for(m===c&&(s[b++]=h,x=l);x>o;x=i[x])s[b++]=a[x];for(h=x,s[b++]=h;b>0&&y<e;)f[y++]=s[--b];l>=0&&c<4096&&(i[c]=l,a[c]=h,c++,c===1<<u&&u<12&&u++),l=m}return f},De=(()=>{let r=new Uint8Array(768);for(let t=0;t<252;t++)r[t*3]=Math.floor(t/42)*51,r[t*3+1]=Math.round(Math.floor(t/6)%7*255/6),r[t*3+2]=t%6*51;return r})(),ke=[0,8,2,10,12,4,14,6,3,11,1,9,15,7,13,5],tt=(r,t,e)=>Math.min(t,Math.floor((r*t*16+e*255+127)/4080)),Ce=({width:r,height:t,rgba:e})=>{let n=new Uint8Array(r*t);for(let o=0;o<n.length;o++){let i=ke[(Math.floor(o/r)&3)*4+(o%r&3)],a=e[o*4+3],s=f=>Math.round(e[o*4+f]*a/255);n[o]=tt(s(0),5,i)*42+tt(s(1),6,i)*6+tt(s(2),5,i)}return n},Re=r=>{let t=[],[e,n,o,i]=[0,0,9,258],a=new Map,s=u=>{for(e|=u<<n,n+=o;n>=8;n-=8)t.push(e&255),e>>>=8};s(256);let f=r[0];for(let u=1;u<r.length;u++){let c=r[u],l=f*256+c,h=a.get(l);if(h!==void 0){f=h;continue}s(f),i===4096?(s(256),a=new Map,[o,i]=[9,258]):(i===1<<o&&o<12&&o++,a.set(l,i++)),f=c}return s(f),i===1<<o&&o<12&&o++,s(257),n>0&&t.push(e&255),t},xr=r=>[r&255,r>>8&255],Vt=(r,t="")=>{let[{width:e,height:n}=tr("has no frames")]=r,o=[W("GIF89a"),[...xr(e),...xr(n),247,0,0],De,[33,255,11,...W("NETSCAPE2.0"),3,1,0,0,0]],i=W(t).subarray(0,255);i.length>0&&o.push([33,254,i.length,...i,0]);for(let a of r){o.push([33,249,4,4,...xr(Math.max(2,Math.round(a.milliseconds/10))),0,0]),o.push([44,0,0,0,0,...xr(e),...xr(n),0,8]);let s=Re(Ce(a));for(let f=0;f<s.length;f+=255){let u=s.slice(f,f+255);o.push([u.length,...u])}o.push([0])}return o.push([59]),q(o)};var jt=[137,80,78,71,13,10,26,10],Oe={0:1,2:3,3:1,4:2,6:4},Or=r=>jt.every((t,e)=>r[e]===t),nr=r=>U("image",r),nt=(r,t)=>((r[t]??0)<<24|(r[t+1]??0)<<16|(r[t+2]??0)<<8|(r[t+3]??0))>>>0,Be=(r,t,e)=>{let n=r+t-e,[o,i,a]=[Math.abs(n-r),Math.abs(n-t),Math.abs(n-e)];return o<=i&&o<=a?r:i<=a?t:e},ot=r=>{let t=new Map;for(let l=8;l+12<=r.length;){let h=nt(r,l),p=String.fromCharCode(...r.subarray(l+4,l+8));if(l+12+h>r.length)return nr("is a PNG that was cut off");if(t.set(p,[...t.get(p)??[],r.subarray(l+8,l+8+h)]),p==="IEND")break;l+=12+h}let[e]=t.get("IHDR")??[];if(!Or(r)||e?.length!==13)return nr("is no PNG");let[n,o]=[nt(e,0),nt(e,4)],i=Oe[e[9]];if(n<1||o<1||n*o>8388608)return nr(`has more than ${8388608} pixels`);if(e[8]!==8||i===void 0||e[12]!==0)return nr("must be a PNG of eight bits a channel, not interlaced");let[a]=t.get("PLTE")??[],[s]=t.get("tRNS")??[],f=n*i,u=$e(t.get("IDAT")??[],(f+1)*o),c=new Uint8Array(n*o*4);for(let l=0;l<o;l++){let h=l*(f+1)+1;Ge(u,h,f,i,l===0);for(let p=0;p<n;p++){let d=(l*n+p)*4,y=h+p*i,M=u[y];if(e[9]===3){for(let m=0;m<3;m++)c[d+m]=a?.[M*3+m]??0;c[d+3]=s?.[M]??255}else{for(let m=0;m<3;m++)c[d+m]=i>2?u[y+m]:M;c[d+3]=i%2===0?u[y+i-1]:255}}}return{width:n,height:o,rgba:c}},$e=(r,t)=>{let e;try{e=Nt(q(r),{out:new Uint8Array(t)})}catch{return nr("is a PNG that cannot be unpacked")}return e.length===t?e:nr("is a PNG that was cut off")},Ge=(r,t,e,n,o)=>{let i=r[t-1];i>4&&nr("is a PNG with a filter that there is not");let a=t-e-1;for(let s=0;s<e;s++){let f=s<n?0:r[t+s-n],u=o?0:r[a+s],c=o||s<n?0:r[a+s-n],l=i===1?f:i===2?u:i===3?f+u>>1:i===4?Be(f,u,c):0;r[t+s]=r[t+s]+l}},Le=Uint32Array.from({length:256},(r,t)=>{let e=t;for(let n=0;n<8;n++)e=e&1?3988292384^e>>>1:e>>>1;return e}),Rr=(r,t)=>{let e=new Uint8Array(t.length+12),n=new DataView(e.buffer);n.setUint32(0,t.length),e.set(W(r),4),e.set(t,8);let o=4294967295;for(let i of e.subarray(4,-4))o=Le[(o^i)&255]^o>>>8;return n.setUint32(e.length-4,o^4294967295),e},it=({width:r,height:t,rgba:e},n="")=>{let o=e.every((u,c)=>c%4!==3||u===255),i=o?3:4,a=new Uint8Array((r*i+1)*t);for(let u=0,c=0;u<t;u++){a[c++]=2;for(let l=0;l<r;l++)for(let h=0;h<i;h++){let p=(u*r+l)*4+h;a[c++]=e[p]-(u===0?0:e[p-r*4])}}let s=new Uint8Array(13),f=new DataView(s.buffer);return f.setUint32(0,r),f.setUint32(4,t),s.set([8,o?2:6],8),q([jt,Rr("IHDR",s),...n===""?[]:[Rr("iTXt",W(`Title\0\0\0\0\0${n}`))],Rr("IDAT",Lt(a,{level:6})),Rr("IEND",new Uint8Array(0))])};var at=120,qt=256,Br=r=>{if(Or(r))return[{...Vr(ot(r),qt),milliseconds:100}];if(!Cr(r))return U("video","must be a GIF or a PNG");let t=[],[e,n]=[1,0];for(let o of et(r)){let i=t.at(-1);n++%e===0?t.push({...Vr(o,qt),milliseconds:o.milliseconds}):i&&(t[t.length-1]={...i,milliseconds:i.milliseconds+o.milliseconds}),t.length>at&&(t=t.flatMap((a,s)=>{let f=t[s+1];return s%2===1?[]:[{...a,milliseconds:a.milliseconds+(f?.milliseconds??0)}]}),e*=2)}return t.length>0?t:U("video","has no frames")},Ht=r=>{if(Or(r))return ot(r);if(!Cr(r))return U("image","must be a PNG or a GIF");for(let t of et(r))return t;return U("image","has no frames")};var st=4,Ne=60,Xt=40,Kt=40,We=80,Ze=(r,t,e)=>({...r,rgba:r.rgba.map((n,o)=>Math.round(n+(t.rgba[o]-n)*e)),milliseconds:Ne}),Ve=r=>Array.from({length:Kt},(t,e)=>{let n=s=>Math.max(1,Math.round(s*(1-.3*e/(Kt-1)))),[o,i]=[n(r.width),n(r.height)],a={x:r.width-o>>1,y:r.height-i>>1,width:o,height:i};return{...gr(r,r.width,r.height,a),milliseconds:We}}),Yt=r=>{let[t]=r;if(t!==void 0&&r.length===1)return Ve(t);let e=Ft(r),n=Math.max(1,Math.floor((at-Xt)/e.length)),o=e.map(({from:a,frames:s})=>{let f=a+(s-Math.min(s,n)>>1);return r.slice(f,f+Math.min(s,n))}),i=o.length*st<=Xt;return o.flatMap((a,s)=>{let[f,u]=[a.at(-1),o[s+1]?.[0]];return!i||f===void 0||u===void 0?a:[...a,...Array.from({length:st},(c,l)=>Ze(f,u,(l+1)/(st+1)))]})};var Jt=r=>{let{mediaType:t}=r;return mt(r)?t==="audio"||t==="text"?U("metadata","has nothing that can be seen"):Yt(Br(fr(r,t))):zt(yt(r))};var Qt=({channels:r})=>{let[t=new Float64Array(0)]=r;return t.map((e,n)=>r.reduce((o,i)=>o+i[n],0)/r.length)};var _t=(r,t)=>{let e=Math.min(Math.floor(t/20),r.length>>1),n=o=>Math.min(1,(o+1)/(e+1));return r.map((o,i)=>o*n(i)*n(r.length-1-i))};var Ar=r=>U("audio",r),$r=(r,t)=>String.fromCharCode(...r.subarray(t,t+4)),re=r=>{if($r(r,0)!=="RIFF"||$r(r,8)!=="WAVE")return Ar("is no WAV");let t=new DataView(r.buffer,r.byteOffset,r.length),e=new Map;for(let m=12;m+8<=r.length;){let b=t.getUint32(m+4,!0);e.has($r(r,m))||e.set($r(r,m),r.subarray(m+8,m+8+b)),m+=8+b+(b&1)}let[n,o]=[e.get("fmt "),e.get("data")];if(n===void 0||n.length<16||o===void 0)return Ar("is a WAV without its samples");let i=new DataView(n.buffer,n.byteOffset,n.length),[a,s,f,u]=[i.getUint16(0,!0),i.getUint16(2,!0),i.getUint32(4,!0),i.getUint16(14,!0)];if(!(a===1||a===65534&&n.length>=26&&i.getUint16(24,!0)===1)||![8,16,24,32].includes(u))return Ar("must be a WAV with PCM of 8, 16, 24 or 32 bits");if(s<1||s>8)return Ar("has more than 8 channels");if(f<1e3||f>384e3)return Ar("has a sample rate outside of 1,000 to 384,000 Hz");let l=u/8,h=Math.floor(o.length/(l*s)),p=[1,128,32768,8388608,2147483648][l],d=new DataView(o.buffer,o.byteOffset,o.length),y={1:m=>d.getUint8(m)-128,2:m=>d.getInt16(m,!0),3:m=>d.getUint16(m,!0)+d.getInt8(m+2)*65536,4:m=>d.getInt32(m,!0)}[l],M=Array.from({length:s},(m,b)=>Float64Array.from({length:h},(x,S)=>y((S*s+b)*l)/p));return{sampleRate:f,bits:u,channels:M}},or=(r,t)=>[r&255,r>>>8&255,r>>>16&255,r>>>24].slice(0,t),Gr=(r,t)=>[W(r),or(t.length,4),t,t.length%2===1?[0]:[]],te=(r,t,e="")=>{let n=new Uint8Array(r.length*2),o=new DataView(n.buffer);r.forEach((u,c)=>{o.setInt16(c*2,Math.max(-32768,Math.min(32767,Math.round(u*32768))),!0)});let i=[1,1].flatMap(u=>or(u,2)).concat(or(t,4),or(t*2,4),or(2,2),or(16,2)),a=q([W(e),[0]]),s=e===""?[]:Gr("LIST",q([W("INFO"),...Gr("INAM",a)])),f=q([W("WAVE"),...Gr("fmt ",i),...s,...Gr("data",n)]);return q([W("RIFF"),or(f.length,4),f])};var ee=r=>{let t=Y(r),e=er(r).length;return{characters:r.length,words:t.length,distinctWords:new Set(t).size,sentences:e,paragraphs:pt(r).length,wordsPerSentence:e===0?0:Math.round(t.length*10/e)/10,readingSeconds:Math.ceil(t.length*60/230)}};var ne=r=>({figures:ee(r),keyTerms:vt(r),summary:Er(r)});var Lr=r=>r.replace(/[\\`*_{}[\]()#+\-.!|<>~&]/g,"\\$&"),oe=({title:r,figures:t,summary:e,keyTerms:n,text:o})=>{let{words:i,sentences:a,readingSeconds:s}=t,f=n.map(({term:u,count:c})=>`| ${Lr(u)} | ${c} |`);return[`# ${Lr(r||"Untitled")}`,`${i} words in ${a} sentences, about ${Math.ceil(s/60)} min to read.`,...e.length===0?[]:["## Summary",e.map(u=>`- ${Lr(u)}`).join(`
`)],...f.length===0?[]:["## Key terms",["| Term | Times |","|---|---|",...f].join(`
`)],"## Text",...o.split(/\n\s*\n/).map(u=>Lr(u.trim()))].join(`

`).concat(`
`)};var je=(async(r,{progress:t})=>{let e=ht(r),{mediaType:n,title:o,previous:i}=e;switch(await t(.1),n){case"text":{let a=Ir(e);return{mediaType:n,format:"text/markdown",text:oe({title:o,text:a,...ne(a)})}}case"image":{let a=Ht(fr(e,"image")),{width:s,height:f}=a;return{mediaType:n,format:"image/png",width:s,height:f,image_url:vr("image/png",it(a,o))}}case"audio":{let a=re(fr(e,"audio")),s=_t(Qt(a),a.sampleRate),f=Math.round(s.length*1e3/a.sampleRate)/1e3;return{mediaType:n,format:"audio/wav",seconds:f,audio_url:vr("audio/wav",te(s,a.sampleRate,o))}}case"video":{let a="video_url"in i?Br(fr(e,"video")):Jt(e);await t(.5);let s=a.at(-1),f=a.reduce((u,c)=>u+c.milliseconds,0)/1e3;return{mediaType:n,format:"image/gif",frames:a.length,seconds:f,video_url:vr("image/gif",Vt(a,o)),...s?{poster_url:vr("image/png",it(s,o))}:{}}}}});export{je as default};
$program$, 'UTF8')),
(convert_to($program$var q="ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/",Fr=r=>{let t=[];for(let e=0;e<r.length;e+=3072){let i=Math.min(e+3072,r.length),n="";for(let o=e;o<i;o+=3){let f=r[o],a=r[o+1]??0,u=r[o+2]??0;n+=q.charAt(f>>2)+q.charAt((f&3)<<4|a>>4),n+=o+1<i?q.charAt((a&15)<<2|u>>6):"=",n+=o+2<i?q.charAt(u&63):"="}t.push(n)}return t.join("")},bt=(()=>{let r=new Int16Array(128).fill(-1);for(let t=0;t<64;t++)r[q.charCodeAt(t)]=t;return r})(),Ir=r=>{if(r.length%4!==0)return null;let t=r.endsWith("==")?2:r.endsWith("=")?1:0,e=new Uint8Array(r.length/4*3-t),i=r.length-t,n=0,o=0,f=0;for(let a=0;a<i;a++){let u=bt[r.charCodeAt(a)]??-1;if(u<0)return null;n=(n<<6|u)&16777215,o+=6,o>=8&&(o-=8,e[f++]=n>>o&255)}return(n&(1<<o)-1)===0?e:null};var x=(r,t)=>{throw new RangeError(`The input's ${r} ${t}.`)};var tr=8388608,Tr=1e6,Er=["video","image","audio"],_=r=>typeof r=="object"&&r!==null&&!Array.isArray(r),rr=(r,t)=>{let e=r[t]??"";return typeof e!="string"||e.length>Tr?x(t,`is a text of at most ${Tr} characters`):e},Pr=r=>{if(!_(r))return x("input","must be an object");let t=Object.hasOwn(r,"previous"),e=t?r.input:r;if(!_(e))return x("input","must be an object");let i=t&&_(r.previous)?r.previous:{},n=e.metadata??{};if(!_(n))return x("metadata","must be an object");let o=e.mediaType??"text";if(o!=="text"&&Er.every(a=>a!==o))return x("mediaType","is video, image, audio or text");let f=Er.find(a=>`${a}_url`in i||`${a}_url`in n);return{title:rr(e,"title"),description:rr(e,"description"),query:rr(e,"query"),mediaType:f??o,metadata:n,previous:i}},Dr=({mediaType:r,metadata:t,previous:e})=>`${r}_url`in e||`${r}_url`in t,kr=({metadata:r,query:t,description:e})=>Object.hasOwn(r,"text")?rr(r,"text"):[t,e].filter(Boolean).join(`

`),Cr=({metadata:r,previous:t},e)=>{let i=`${e}_url`,n=t[i]??r[i];if(typeof n!="string")return x(`metadata.${i}`,"is missing: it brings the media as a data: URL");let o=n.indexOf(",");if(!n.startsWith("data:")||!n.slice(0,o).endsWith(";base64"))return x(`metadata.${i}`,"must be a data: URL in base64");let f=Ir(n.slice(o+1));return f===null||f.length>tr?x(`metadata.${i}`,`must be base64 of at most ${tr} bytes`):f},Br=(r,t)=>t.length>tr?x("media",`makes a result of more than ${tr} bytes: bring a smaller or shorter one`):`data:${r};base64,${Fr(t)}`;var At=/(?:\s|[!-&(-/:-@[-`{-~\u00a1-\u00a9\u00ab-\u00b4\u00b6-\u00b9\u00bb-\u00bf\u00d7\u00f7\u200b-\u2018\u201a-\u206f\u20a0-\u20cf\u2190-\u2bff\u3001-\u3004\u3008-\u3020\u3030\ufe10-\ufe1f\ufe30-\ufe6f\uff01-\uff0f\uff1a-\uff20])+/,Mt=r=>r.replace(/[^\u0530-\uffff]+/g,t=>t.toLowerCase()),j=r=>Mt(r).split(At).map(t=>t.replace(/^['\u2019]+|['\u2019]+$/g,"")).filter(Boolean),er=r=>r.split(/(?<=[.!?\u2026]["')\u00bb\u201d\u2019]?)\s+|(?<=[\u3002\uff01\uff1f])|\n\s*\n/).map(t=>t.replace(/\s+/g," ").trim()).filter(Boolean);var Ut=new Set("a about after again all also am an and any are as at be because been before being but by can could did do does down each every few for from had has have he her here him his how i if in into is it its just like make may me more most my no nor not now of off on one only or other our out over own same she should so some such than that the their them then there these they this those through to too under up us very was we were what when where which while who whom why will with would you your aber als am an auch auf aus bei bin bis da das dass dem den der des die doch du durch ein eine einem einen einer eines er es f\xFCr hat ich ihr im in ist ja kann mit nach nicht noch nun nur oder sein sich sie sind so \xFCber um und uns unter vom von vor war was wenn werden wie wir wird zu zum zur".split(" ")),zt=r=>{let t=new Map;for(let e of r)t.set(e,(t.get(e)??0)+1);return t},St=r=>r.length>2&&!Ut.has(r);var Gr=(r,t=3)=>{let e=zt(j(r).filter(St));return er(r).map((n,o)=>{let f=j(n),a=f.reduce((u,l)=>u+(e.get(l)??0),0);return{sentence:n,place:o,score:a/Math.max(f.length,6)}}).sort((n,o)=>o.score-n.score||n.place-o.place).slice(0,t).sort((n,o)=>n.place-o.place).map(({sentence:n})=>n)};var Rr=20,Or=240,Ft=r=>r.length>Or?`${r.slice(0,Or-3)}...`:r,$r=r=>{let t=kr(r),e=er(t),i=e.length<Rr?e:Gr(t,Rr-1);return[r.title.trim(),...i].filter(Boolean).map(Ft).map(n=>({caption:n,milliseconds:Math.max(1500,Math.min(8e3,j(n).length*300))}))};var Lr={A:"0e11111f111111",B:"1e11111e11111e",C:"0e11101010110e",D:"1e11111111111e",E:"1f10101e10101f",F:"1f10101e101010",G:"0e11101711110f",H:"1111111f111111",I:"0e04040404040e",J:"0702020202120c",K:"11121418141211",L:"1010101010101f",M:"111b1515111111",N:"11111915131111",O:"0e11111111110e",P:"1e11111e101010",Q:"0e11111115120d",R:"1e11111e141211",S:"0f10100e01011e",T:"1f040404040404",U:"1111111111110e",V:"11111111110a04",W:"1111111515150a",X:"11110a040a1111",Y:"1111110a040404",Z:"1f01020408101f",0:"0e11131519110e",1:"040c040404040e",2:"0e11010204081f",3:"1f02040201110e",4:"02060a121f0202",5:"1f101e0101110e",6:"0608101e11110e",7:"1f010204080808",8:"0e11110e11110e",9:"0e11110f01020c",".":"00000000000c0c",",":"000000000c0408","!":"04040404040004","?":"0e110102040004","-":"0000001f000000",":":"000c0c000c0c00",";":"000c0c000c0408","'":"04040800000000",'"':"0a0a0000000000","(":"02040808080402",")":"08040202020408","/":"00010204081000","&":"0c12140815120d","%":"18190204081303","+":"0004041f040400","=":"00001f001f0000","*":"00150e1f0e1500","#":"0a0a1f0a1f0a0a","@":"0e11010d15150e",$:"040f140e051e04","\u20AC":"06091c081c0906"},Zr=(r,t,e)=>(Number.parseInt(Lr[r]?.slice(e*2,e*2+2)??"0",16)>>4-t&1)===1,Nr={"\u2018":"'","\u2019":"'","\u201C":'"',"\u201D":'"',"\u201E":'"',"\xAB":'"',"\xBB":'"',"\u2013":"-","\u2014":"-","\u2026":"...",\u00DF:"SS","\u1E9E":"SS",\u00C6:"AE",\u0152:"OE",\u00D8:"O",\u0141:"L",\u0110:"D",\u00DE:"TH",\u00D0:"D",\u0131:"I"},qr=r=>{let t="";for(let e of r.normalize("NFD").replace(/[\u0300-\u036f]/g,"").replace(/[^\u0250-\uffff]+/g,i=>i.toUpperCase()))if(Lr[e]!==void 0||e===" ")t+=e;else if(Nr[e]!==void 0)t+=Nr[e];else{if(e>="\u0100"&&!(e>="\u2000"&&e<"\u2C00"))return null;t+=" "}return t.replace(/ +/g," ").trim()};var nr=256,sr=144,$={3:{letters:13,lines:4},2:{letters:20,lines:7}},It=[60,130,200],Tt=60,jr=(r,t)=>{let e=[];for(let i of r.split(" ").flatMap(n=>n.match(new RegExp(`.{1,${t}}`,"g"))??[])){let n=e.at(-1);n!==void 0&&n.length+1+i.length<=t?e[e.length-1]=`${n} ${i}`:e.push(i)}return e},Xr=(r,t,e)=>{let i=new Uint8Array(nr*sr*4);for(let o=0;o<i.length;o+=4)i.set([0,0,51,255],o);let n=sr-r.length*9*t>>1;return r.forEach((o,f)=>{let a=nr-o.length*6*t>>1;for(let u=0;u<o.length*6*t;u++){let[l,c]=[Math.floor(u/(6*t)),Math.floor(u/t)%6];for(let s=0;s<7*t;s++){if(c===5||!Zr(o.charAt(l),c,Math.floor(s/t)))continue;let h=((n+f*9*t+s)*nr+a+u)*4;i.fill(e,h,h+3)}}}),i},Hr=r=>r.length===0?x("query","is empty, and nothing else is there to make a video of"):r.flatMap(({caption:t,milliseconds:e})=>{let i=qr(t);if(i===null)return x("query","has letters that title cards cannot show: bring a video, or Latin letters");let n=jr(i,$[3].letters).length<=$[3].lines?3:2,o=jr(i,$[n].letters),f=Array.from({length:Math.ceil(o.length/$[n].lines)},(a,u)=>o.slice(u*$[n].lines,(u+1)*$[n].lines));return f.flatMap(a=>{let u={width:nr,height:sr};return[...It.map(l=>({...u,rgba:Xr(a,n,l),milliseconds:Tt})),{...u,rgba:Xr(a,n,255),milliseconds:Math.ceil(e/f.length)}]})});var Wr=(r,t)=>(299*r[t]+587*r[t+1]+114*r[t+2]+500)/1e3|0;var X=(r,t,e,i)=>{let{x:n,y:o,width:f,height:a}=i??{x:0,y:0,width:r.width,height:r.height};if(t===r.width&&e===r.height&&i===void 0)return r;let u=new Uint8Array(t*e*4);for(let l=0;l<e;l++){let c=o+Math.floor(l*a/e),s=Math.max(c+1,o+Math.floor((l+1)*a/e));for(let h=0;h<t;h++){let m=n+Math.floor(h*f/t),d=Math.max(m+1,n+Math.floor((h+1)*f/t)),[w,b,p,M]=[0,0,0,0];for(let E=c;E<s;E++)for(let g=(E*r.width+m)*4,T=g+(d-m)*4;g<T;g+=4){let U=r.rgba[g+3];w+=r.rgba[g]*U,b+=r.rgba[g+1]*U,p+=r.rgba[g+2]*U,M+=U}let y=(l*t+h)*4,I=Math.max(M,1);u[y]=Math.round(w/I),u[y+1]=Math.round(b/I),u[y+2]=Math.round(p/I),u[y+3]=Math.round(M/((d-m)*(s-c)))}}return{width:t,height:e,rgba:u}},fr=(r,t)=>{let e=Math.max(r.width,r.height);if(e<=t)return r;let i=n=>Math.max(1,Math.round(n*t/e));return X(r,i(r.width),i(r.height))};var Et=20,N=16,Pt=r=>{let{rgba:t}=X(r,N,N);return Array.from({length:N*N},(e,i)=>Wr(t,i*4))},Vr=r=>{let t=[],e;return r.forEach((i,n)=>{let o=Pt(i),f=e?.reduce((l,c,s)=>l+Math.abs(c-o[s]),0)??1/0,a=t.at(-1),{milliseconds:u}=i;a===void 0||f>=Et*N*N?t.push({from:n,frames:1,milliseconds:u}):t[t.length-1]={...a,frames:a.frames+1,milliseconds:a.milliseconds+u},e=o}),t};var z=Uint8Array,L=Uint16Array,Dt=Int32Array,Kr=new z([0,0,0,0,0,0,0,0,1,1,1,1,2,2,2,2,3,3,3,3,4,4,4,4,5,5,5,5,0,0,0,0]),Jr=new z([0,0,0,0,1,1,2,2,3,3,4,4,5,5,6,6,7,7,8,8,9,9,10,10,11,11,12,12,13,13,0,0]),kt=new z([16,17,18,0,8,7,9,6,10,5,11,4,12,3,13,2,14,1,15]),Qr=function(r,t){for(var e=new L(31),i=0;i<31;++i)e[i]=t+=1<<r[i-1];for(var n=new Dt(e[30]),i=1;i<30;++i)for(var o=e[i];o<e[i+1];++o)n[o]=o-e[i]<<5|i;return{b:e,r:n}},_r=Qr(Kr,2),rt=_r.b,Ct=_r.r;rt[28]=258,Ct[258]=28;var tt=Qr(Jr,0),Bt=tt.b,Te=tt.r,hr=new L(32768);for(v=0;v<32768;++v)P=(v&43690)>>1|(v&21845)<<1,P=(P&52428)>>2|(P&13107)<<2,P=(P&61680)>>4|(P&3855)<<4,hr[v]=((P&65280)>>8|(P&255)<<8)>>1;var P,v,H=(function(r,t,e){for(var i=r.length,n=0,o=new L(t);n<i;++n)r[n]&&++o[r[n]-1];var f=new L(t);for(n=1;n<t;++n)f[n]=f[n-1]+o[n-1]<<1;var a;if(e){a=new L(1<<t);var u=15-t;for(n=0;n<i;++n)if(r[n])for(var l=n<<4|r[n],c=t-r[n],s=f[r[n]-1]++<<c,h=s|(1<<c)-1;s<=h;++s)a[hr[s]>>u]=l}else for(a=new L(i),n=0;n<i;++n)r[n]&&(a[n]=hr[f[r[n]-1]++]>>15-r[n]);return a}),W=new z(288);for(v=0;v<144;++v)W[v]=8;var v;for(v=144;v<256;++v)W[v]=9;var v;for(v=256;v<280;++v)W[v]=7;var v;for(v=280;v<288;++v)W[v]=8;var v,et=new z(32);for(v=0;v<32;++v)et[v]=5;var v;var Gt=H(W,9,1);var Rt=H(et,5,1),ur=function(r){for(var t=r[0],e=1;e<r.length;++e)r[e]>t&&(t=r[e]);return t},S=function(r,t,e){var i=t/8|0;return(r[i]|r[i+1]<<8)>>(t&7)&e},lr=function(r,t){var e=t/8|0;return(r[e]|r[e+1]<<8|r[e+2]<<16)>>(t&7)},Ot=function(r){return(r+7)/8|0},nt=function(r,t,e){return(t==null||t<0)&&(t=0),(e==null||e>r.length)&&(e=r.length),new z(r.subarray(t,e))};var $t=["unexpected EOF","invalid block type","invalid length/literal","invalid distance","stream finished","no stream handler",,"no callback","invalid UTF-8 data","extra field too long","date not in range 1980-2099","filename too long","stream finishing","invalid zip data"],F=function(r,t,e){var i=new Error(t||$t[r]);if(i.code=r,Error.captureStackTrace&&Error.captureStackTrace(i,F),!e)throw i;return i},Nt=function(r,t,e,i){var n=r.length,o=i?i.length:0;if(!n||t.f&&!t.l)return e||new z(0);var f=!e,a=f||t.i!=2,u=t.i;f&&(e=new z(n*3));var l=function(Ur){var zr=e.length;if(Ur>zr){var Sr=new z(Math.max(zr*2,Ur));Sr.set(e),e=Sr}},c=t.f||0,s=t.p||0,h=t.b||0,m=t.l,d=t.d,w=t.m,b=t.n,p=n*8;do{if(!m){c=S(r,s,1);var M=S(r,s+1,3);if(s+=3,M)if(M==1)m=Gt,d=Rt,w=9,b=5;else if(M==2){var g=S(r,s,31)+257,T=S(r,s+10,15)+4,U=g+S(r,s+5,31)+1;s+=14;for(var D=new z(U),G=new z(19),A=0;A<T;++A)G[kt[A]]=S(r,s+A*3,7);s+=T*3;for(var dr=ur(G),gt=(1<<dr)-1,yt=H(G,dr,1),A=0;A<U;){var wr=yt[S(r,s,gt)];s+=wr&15;var y=wr>>4;if(y<16)D[A++]=y;else{var R=0,Q=0;for(y==16?(Q=3+S(r,s,3),s+=2,R=D[A-1]):y==17?(Q=3+S(r,s,7),s+=3):y==18&&(Q=11+S(r,s,127),s+=7);Q--;)D[A++]=R}}var xr=D.subarray(0,g),k=D.subarray(g);w=ur(xr),b=ur(k),m=H(xr,w,1),d=H(k,b,1)}else F(1);else{var y=Ot(s)+4,I=r[y-4]|r[y-3]<<8,E=y+I;if(E>n){u&&F(0);break}a&&l(h+I),e.set(r.subarray(y,E),h),t.b=h+=I,t.p=s=E*8,t.f=c;continue}if(s>p){u&&F(0);break}}a&&l(h+131072);for(var dt=(1<<w)-1,wt=(1<<b)-1,ir=s;;ir=s){var R=m[lr(r,s)&dt],O=R>>4;if(s+=R&15,s>p){u&&F(0);break}if(R||F(2),O<256)e[h++]=O;else if(O==256){ir=s,m=null;break}else{var br=O-254;if(O>264){var A=O-257,Z=Kr[A];br=S(r,s,(1<<Z)-1)+rt[A],s+=Z}var or=d[lr(r,s)&wt],ar=or>>4;or||F(3),s+=or&15;var k=Bt[ar];if(ar>3){var Z=Jr[ar];k+=lr(r,s)&(1<<Z)-1,s+=Z}if(s>p){u&&F(0);break}a&&l(h+131072);var Ar=h+br;if(h<k){var Mr=o-k,xt=Math.min(k,Ar);for(Mr+h<0&&F(3);h<xt;++h)e[h]=i[Mr+h]}for(;h<Ar;++h)e[h]=e[h-k]}}t.l=m,t.p=ir,t.b=h,t.f=c,m&&(c=1,t.m=w,t.d=d,t.n=b)}while(!c);return h!=e.length&&f?nt(e,0,h):e.subarray(0,h)};var Lt=new z(0);var Zt=function(r,t){return((r[0]&15)!=8||r[0]>>4>7||(r[0]<<8|r[1])%31)&&F(6,"invalid zlib data"),(r[1]>>5&1)==+!t&&F(6,"invalid zlib data: "+(r[1]&32?"need":"unexpected")+" dictionary"),(r[1]>>3&4)+2};function it(r,t){return Nt(r.subarray(Zt(r,t&&t.dictionary),-4),{i:2},t&&t.out,t&&t.dictionary)}var Yr=typeof TextEncoder<"u"&&new TextEncoder,qt=typeof TextDecoder<"u"&&new TextDecoder,jt=0;try{qt.decode(Lt,{stream:!0}),jt=1}catch{}function V(r,t){if(t){for(var e=new z(r.length),i=0;i<r.length;++i)e[i]=r.charCodeAt(i);return e}if(Yr)return Yr.encode(r);for(var n=r.length,o=new z(r.length+(r.length>>1)),f=0,a=function(c){o[f++]=c},i=0;i<n;++i){if(f+5>o.length){var u=new z(f+8+(n-i<<1));u.set(o),o=u}var l=r.charCodeAt(i);l<128||t?a(l):l<2048?(a(192|l>>6),a(128|l&63)):l>55295&&l<57344?(l=65536+(l&1047552)|r.charCodeAt(++i)&1023,a(240|l>>18),a(128|l>>12&63),a(128|l>>6&63),a(128|l&63)):(a(224|l>>12),a(128|l>>6&63),a(128|l&63))}return nt(o,0,f)}var Y=r=>{let t=new Uint8Array(r.reduce((i,n)=>i+n.length,0)),e=0;for(let i of r)t.set(i,e),e+=i.length;return t};var C=r=>x("video",r),ot=600,at=268435456,vr=r=>String.fromCharCode(...r.subarray(0,6)).startsWith("GIF8")&&r.length>13;function*st(r){if(!vr(r))return C("is no GIF");let t=Ht(r,6),[e,i,n]=[t.short(),t.short(),t.byte()];if(e<1||i<1||e*i>8388608)return C(`has more than ${8388608} pixels`);t.skip(2);let o=n&128?t.take(3<<(n&7)+1):new Uint8Array(0),f=new Uint8Array(e*i*4),[a,u,l,c]=[0,-1,100,0];for(;;){let s=t.byte();if(s===59||s<0)return;if(s===33){if(t.byte()===249){t.skip(1);let g=t.byte(),T=t.short();l=T<2?100:T*10;let U=t.byte();[a,u]=[g>>2&7,g&1?U:-1]}t.blocks();continue}if(s!==44)return C("is a GIF with a block that there is not");if(c++,c>ot||c*e*i>at)return C(`is longer than ${ot} frames or ${at} pixels`);let[h,m,d,w,b]=[t.short(),t.short(),t.short(),t.short(),t.byte()],p=b&128?t.take(3<<(b&7)+1):o;if(d*w>8388608)return C(`has a frame of more than ${8388608} pixels`);let M=t.byte(),y=Wt(t.blocks(),M,d*w),I=a===3?f.slice():null,E=b&64?Xt(w):null;for(let g=0;g<w;g++){let T=m+(E?.[g]??g);for(let U=0;U<d&&h+U<e&&T<i;U++){let D=y[g*d+U];if(D===u)continue;let G=(T*e+h+U)*4;for(let A=0;A<3;A++)f[G+A]=p[D*3+A]??0;f[G+3]=255}}if(yield{width:e,height:i,rgba:f.slice(),milliseconds:l},I)f.set(I);else if(a===2)for(let g=m;g<Math.min(m+w,i);g++)f.fill(0,(g*e+Math.min(h,e))*4,(g*e+Math.min(h+d,e))*4);[a,u,l]=[0,-1,100]}}var Xt=r=>[[0,8],[4,8],[2,4],[1,2]].flatMap(([t=0,e=1])=>{let i=[];for(let n=t;n<r;n+=e)i.push(n);return i}),Ht=(r,t)=>{let e=t,i=()=>r[e++]??-1,n=o=>(e+=o,r.subarray(e-o,e));return{byte:i,take:n,short:()=>Math.max(i(),0)|Math.max(i(),0)<<8,skip:o=>{e+=o},blocks:()=>{let o=[];for(let f=i();f>0;f=i())o.push(n(f));return Y(o)}}},Wt=(r,t,e)=>{if(t<1||t>8)return C("is a GIF with a width of codes that there is not");let[i,n]=[1<<t,(1<<t)+1],[o,f,a]=[new Int16Array(4097),new Uint8Array(4097),new Uint8Array(4098)],u=new Uint8Array(e),[l,c,s,h,m,d,w]=[t+1,n+1,-1,0,0,0,0];for(let b=0;w<e;){for(;d<l;d+=8){if(b>=r.length)return u;m|=r[b++]<<d}let p=m&(1<<l)-1;if(m>>>=l,d-=l,p===n)break;if(p===i){[l,c,s]=[t+1,n+1,-1];continue}if(p>c||s<0&&p>n)return C("is a GIF with a code that there is not");let M=0,y=p;for(p===c&&(a[M++]=h,y=s);y>n;y=o[y])a[M++]=f[y];for(h=y,a[M++]=h;M>0&&w<e;)u[w++]=a[--M];s>=0&&c<4096&&(o[c]=s,f[c]=h,c++,c===1<<l&&l<12&&l++),s=p}return u},Vt=(()=>{let r=new Uint8Array(768);for(let t=0;t<252;t++)r[t*3]=Math.floor(t/42)*51,r[t*3+1]=Math.round(Math.floor(t/6)%7*255/6),r[t*3+2]=t%6*51;return r})(),Yt=[0,8,2,10,12,4,14,6,3,11,1,9,15,7,13,5],cr=(r,t,e)=>Math.min(t,Math.floor((r*t*16+e*255+127)/4080)),Kt=({width:r,height:t,rgba:e})=>{let i=new Uint8Array(r*t);for(let n=0;n<i.length;n++){let o=Yt[(Math.floor(n/r)&3)*4+(n%r&3)],f=e[n*4+3],a=u=>Math.round(e[n*4+u]*f/255);i[n]=cr(a(0),5,o)*42+cr(a(1),6,o)*6+cr(a(2),5,o)}return i},Jt=r=>{let t=[],[e,i,n,o]=[0,0,9,258],f=new Map,a=l=>{for(e|=l<<i,i+=n;i>=8;i-=8)t.push(e&255),e>>>=8};a(256);let u=r[0];for(let l=1;l<r.length;l++){let c=r[l],s=u*256+c,h=f.get(s);if(h!==void 0){u=h;continue}a(u),o===4096?(a(256),f=new Map,[n,o]=[9,258]):(o===1<<n&&n<12&&n++,f.set(s,o++)),u=c}return a(u),o===1<<n&&n<12&&n++,a(257),i>0&&t.push(e&255),t},K=r=>[r&255,r>>8&255],ft=(r,t="")=>{let[{width:e,height:i}=C("has no frames")]=r,n=[V("GIF89a"),[...K(e),...K(i),247,0,0],Vt,[33,255,11,...V("NETSCAPE2.0"),3,1,0,0,0]],o=V(t).subarray(0,255);o.length>0&&n.push([33,254,o.length,...o,0]);for(let f of r){n.push([33,249,4,4,...K(Math.max(2,Math.round(f.milliseconds/10))),0,0]),n.push([44,0,0,0,0,...K(e),...K(i),0,8]);let a=Jt(Kt(f));for(let u=0;u<a.length;u+=255){let l=a.slice(u,u+255);n.push([l.length,...l])}n.push([0])}return n.push([59]),Y(n)};var Qt=[137,80,78,71,13,10,26,10],_t={0:1,2:3,3:1,4:2,6:4},pr=r=>Qt.every((t,e)=>r[e]===t),B=r=>x("image",r),mr=(r,t)=>((r[t]??0)<<24|(r[t+1]??0)<<16|(r[t+2]??0)<<8|(r[t+3]??0))>>>0,re=(r,t,e)=>{let i=r+t-e,[n,o,f]=[Math.abs(i-r),Math.abs(i-t),Math.abs(i-e)];return n<=o&&n<=f?r:o<=f?t:e},ut=r=>{let t=new Map;for(let s=8;s+12<=r.length;){let h=mr(r,s),m=String.fromCharCode(...r.subarray(s+4,s+8));if(s+12+h>r.length)return B("is a PNG that was cut off");if(t.set(m,[...t.get(m)??[],r.subarray(s+8,s+8+h)]),m==="IEND")break;s+=12+h}let[e]=t.get("IHDR")??[];if(!pr(r)||e?.length!==13)return B("is no PNG");let[i,n]=[mr(e,0),mr(e,4)],o=_t[e[9]];if(i<1||n<1||i*n>8388608)return B(`has more than ${8388608} pixels`);if(e[8]!==8||o===void 0||e[12]!==0)return B("must be a PNG of eight bits a channel, not interlaced");let[f]=t.get("PLTE")??[],[a]=t.get("tRNS")??[],u=i*o,l=te(t.get("IDAT")??[],(u+1)*n),c=new Uint8Array(i*n*4);for(let s=0;s<n;s++){let h=s*(u+1)+1;ee(l,h,u,o,s===0);for(let m=0;m<i;m++){let d=(s*i+m)*4,w=h+m*o,b=l[w];if(e[9]===3){for(let p=0;p<3;p++)c[d+p]=f?.[b*3+p]??0;c[d+3]=a?.[b]??255}else{for(let p=0;p<3;p++)c[d+p]=o>2?l[w+p]:b;c[d+3]=o%2===0?l[w+o-1]:255}}}return{width:i,height:n,rgba:c}},te=(r,t)=>{let e;try{e=it(Y(r),{out:new Uint8Array(t)})}catch{return B("is a PNG that cannot be unpacked")}return e.length===t?e:B("is a PNG that was cut off")},ee=(r,t,e,i,n)=>{let o=r[t-1];o>4&&B("is a PNG with a filter that there is not");let f=t-e-1;for(let a=0;a<e;a++){let u=a<i?0:r[t+a-i],l=n?0:r[f+a],c=n||a<i?0:r[f+a-i],s=o===1?u:o===2?l:o===3?u+l>>1:o===4?re(u,l,c):0;r[t+a]=r[t+a]+s}};var gr=120,lt=256,ht=r=>{if(pr(r))return[{...fr(ut(r),lt),milliseconds:100}];if(!vr(r))return x("video","must be a GIF or a PNG");let t=[],[e,i]=[1,0];for(let n of st(r)){let o=t.at(-1);i++%e===0?t.push({...fr(n,lt),milliseconds:n.milliseconds}):o&&(t[t.length-1]={...o,milliseconds:o.milliseconds+n.milliseconds}),t.length>gr&&(t=t.flatMap((f,a)=>{let u=t[a+1];return a%2===1?[]:[{...f,milliseconds:f.milliseconds+(u?.milliseconds??0)}]}),e*=2)}return t.length>0?t:x("video","has no frames")};var yr=4,ne=60,ct=40,vt=40,ie=80,oe=(r,t,e)=>({...r,rgba:r.rgba.map((i,n)=>Math.round(i+(t.rgba[n]-i)*e)),milliseconds:ne}),ae=r=>Array.from({length:vt},(t,e)=>{let i=a=>Math.max(1,Math.round(a*(1-.3*e/(vt-1)))),[n,o]=[i(r.width),i(r.height)],f={x:r.width-n>>1,y:r.height-o>>1,width:n,height:o};return{...X(r,r.width,r.height,f),milliseconds:ie}}),mt=r=>{let[t]=r;if(t!==void 0&&r.length===1)return ae(t);let e=Vr(r),i=Math.max(1,Math.floor((gr-ct)/e.length)),n=e.map(({from:f,frames:a})=>{let u=f+(a-Math.min(a,i)>>1);return r.slice(u,u+Math.min(a,i))}),o=n.length*yr<=ct;return n.flatMap((f,a)=>{let[u,l]=[f.at(-1),n[a+1]?.[0]];return!o||u===void 0||l===void 0?f:[...f,...Array.from({length:yr},(c,s)=>oe(u,l,(s+1)/(yr+1)))]})};var pt=r=>{let{mediaType:t}=r;return Dr(r)?t==="audio"||t==="text"?x("metadata","has nothing that can be seen"):mt(ht(Cr(r,t))):Hr($r(r))};var se=(async(r,{progress:t})=>{let e=pt(Pr(r));await t(.5);let[{width:i,height:n}={width:0,height:0}]=e,o=e.reduce((a,u)=>a+u.milliseconds,0);return{mediaType:"video",...{width:i,height:n,frames:e.length,milliseconds:o},video_url:Br("image/gif",ft(e))}});export{se as default};
$program$, 'UTF8')),
(convert_to($program$var I=(r,t)=>{throw new RangeError(`The input's ${r} ${t}.`)};var Ar=(r,t)=>(299*r[t]+587*r[t+1]+114*r[t+2]+500)/1e3|0;var pt=r=>r<0?0:r>255?255:Math.round(r),ar=(r,t)=>{let{width:n,rgba:e}=r,i=e.slice();for(let o=0;o<e.length;o++)o%4!==3&&(i[o]=pt(t(o,(o>>2)%n,Math.floor((o>>2)/n))));return{...r,rgba:i}},$r=({width:r,height:t,rgba:n},e,i,o)=>{let[s,a]=[0,0];for(let h=o>0?-1:0;h<=(o<t-1?1:0);h++)for(let l=i>0?-1:0;l<=(i<r-1?1:0);l++)s+=n[e+(h*r+l)*4],a++;return s/a},gt=r=>{let{rgba:t}=r,n=new Uint32Array(256);for(let a=0;a<t.length;a+=4){let h=Ar(t,a);n[h]=n[h]+1}let e=t.length/800,i=(a,h)=>{let[l,f]=[a,n[a]];for(;f<=e&&l+h>=0&&l+h<256;)l+=h,f+=n[l];return l},[o,s]=[i(0,1),i(255,-1)];return s<=o?r:ar(r,a=>(t[a]-o)*255/(s-o))},gr={contrast:gt,sharpen:r=>ar(r,(t,n,e)=>1.5*r.rgba[t]-.5*$r(r,t,n,e)),blur:r=>ar(r,(t,n,e)=>$r(r,t,n,e)),grayscale:r=>ar(r,t=>Ar(r.rgba,t-t%4)),invert:r=>ar(r,t=>255-r.rgba[t])},Rr=r=>{if(r==null)return["contrast","sharpen"];let t=n=>typeof n=="string"&&Object.hasOwn(gr,n);return Array.isArray(r)&&r.length<=10&&r.every(t)?r:I("metadata.operations",`must be a list of at most ten of ${Object.keys(gr).join(", ")}`)};var F=Uint8Array,Z=Uint16Array,Fr=Int32Array,mr=new F([0,0,0,0,0,0,0,0,1,1,1,1,2,2,2,2,3,3,3,3,4,4,4,4,5,5,5,5,0,0,0,0]),yr=new F([0,0,0,0,1,1,2,2,3,3,4,4,5,5,6,6,7,7,8,8,9,9,10,10,11,11,12,12,13,13,0,0]),Pr=new F([16,17,18,0,8,7,9,6,10,5,11,4,12,3,13,2,14,1,15]),qr=function(r,t){for(var n=new Z(31),e=0;e<31;++e)n[e]=t+=1<<r[e-1];for(var i=new Fr(n[30]),e=1;e<30;++e)for(var o=n[e];o<n[e+1];++o)i[o]=o-n[e]<<5|e;return{b:n,r:i}},Xr=qr(mr,2),Hr=Xr.b,Tr=Xr.r;Hr[28]=258,Tr[258]=28;var Wr=qr(yr,0),mt=Wr.b,Nr=Wr.r,Sr=new Z(32768);for(x=0;x<32768;++x)V=(x&43690)>>1|(x&21845)<<1,V=(V&52428)>>2|(V&13107)<<2,V=(V&61680)>>4|(V&3855)<<4,Sr[x]=((V&65280)>>8|(V&255)<<8)>>1;var V,x,H=(function(r,t,n){for(var e=r.length,i=0,o=new Z(t);i<e;++i)r[i]&&++o[r[i]-1];var s=new Z(t);for(i=1;i<t;++i)s[i]=s[i-1]+o[i-1]<<1;var a;if(n){a=new Z(1<<t);var h=15-t;for(i=0;i<e;++i)if(r[i])for(var l=i<<4|r[i],f=t-r[i],u=s[r[i]-1]++<<f,c=u|(1<<f)-1;u<=c;++u)a[Sr[u]>>h]=l}else for(a=new Z(e),i=0;i<e;++i)r[i]&&(a[i]=Sr[s[r[i]-1]++]>>15-r[i]);return a}),J=new F(288);for(x=0;x<144;++x)J[x]=8;var x;for(x=144;x<256;++x)J[x]=9;var x;for(x=256;x<280;++x)J[x]=7;var x;for(x=280;x<288;++x)J[x]=8;var x,ur=new F(32);for(x=0;x<32;++x)ur[x]=5;var x,yt=H(J,9,0),wt=H(J,9,1),xt=H(ur,5,0),dt=H(ur,5,1),Ur=function(r){for(var t=r[0],n=1;n<r.length;++n)r[n]>t&&(t=r[n]);return t},L=function(r,t,n){var e=t/8|0;return(r[e]|r[e+1]<<8)>>(t&7)&n},zr=function(r,t){var n=t/8|0;return(r[n]|r[n+1]<<8|r[n+2]<<16)>>(t&7)},kr=function(r){return(r+7)/8|0},Dr=function(r,t,n){return(t==null||t<0)&&(t=0),(n==null||n>r.length)&&(n=r.length),new F(r.subarray(t,n))};var bt=["unexpected EOF","invalid block type","invalid length/literal","invalid distance","stream finished","no stream handler",,"no callback","invalid UTF-8 data","extra field too long","date not in range 1980-2099","filename too long","stream finishing","invalid zip data"],q=function(r,t,n){var e=new Error(t||bt[r]);if(e.code=r,Error.captureStackTrace&&Error.captureStackTrace(e,q),!n)throw e;return e},At=function(r,t,n,e){var i=r.length,o=e?e.length:0;if(!i||t.f&&!t.l)return n||new F(0);var s=!n,a=s||t.i!=2,h=t.i;s&&(n=new F(i*3));var l=function(ir){var or=n.length;if(ir>or){var nr=new F(Math.max(or*2,ir));nr.set(n),n=nr}},f=t.f||0,u=t.p||0,c=t.b||0,v=t.l,y=t.d,m=t.m,A=t.n,w=i*8;do{if(!v){f=L(r,u,1);var T=L(r,u+1,3);if(u+=3,T)if(T==1)v=wt,y=dt,m=9,A=5;else if(T==2){var d=L(r,u,31)+257,z=L(r,u+10,15)+4,g=d+L(r,u+5,31)+1;u+=14;for(var p=new F(g),S=new F(19),U=0;U<z;++U)S[Pr[U]]=L(r,u+U*3,7);u+=z*3;for(var C=Ur(S),K=(1<<C)-1,$=H(S,C,1),U=0;U<g;){var B=$[L(r,u,K)];u+=B&15;var b=B>>4;if(b<16)p[U++]=b;else{var E=0,M=0;for(b==16?(M=3+L(r,u,3),u+=2,E=p[U-1]):b==17?(M=3+L(r,u,7),u+=3):b==18&&(M=11+L(r,u,127),u+=7);M--;)p[U++]=E}}var O=p.subarray(0,d),G=p.subarray(d);m=Ur(O),A=Ur(G),v=H(O,m,1),y=H(G,A,1)}else q(1);else{var b=kr(u)+4,k=r[b-4]|r[b-3]<<8,D=b+k;if(D>i){h&&q(0);break}a&&l(c+k),n.set(r.subarray(b,D),c),t.b=c+=k,t.p=u=D*8,t.f=f;continue}if(u>w){h&&q(0);break}}a&&l(c+131072);for(var er=(1<<m)-1,j=(1<<A)-1,W=u;;W=u){var E=v[zr(r,u)&er],R=E>>4;if(u+=E&15,u>w){h&&q(0);break}if(E||q(2),R<256)n[c++]=R;else if(R==256){W=u,v=null;break}else{var N=R-254;if(R>264){var U=R-257,P=mr[U];N=L(r,u,(1<<P)-1)+Hr[U],u+=P}var X=y[zr(r,u)&j],rr=X>>4;X||q(3),u+=X&15;var G=mt[rr];if(rr>3){var P=yr[rr];G+=zr(r,u)&(1<<P)-1,u+=P}if(u>w){h&&q(0);break}a&&l(c+131072);var tr=c+N;if(c<G){var vr=o-G,pr=Math.min(G,tr);for(vr+c<0&&q(3);c<pr;++c)n[c]=e[vr+c]}for(;c<tr;++c)n[c]=n[c-G]}}t.l=v,t.p=W,t.b=c,t.f=f,v&&(f=1,t.m=m,t.d=y,t.n=A)}while(!f);return c!=n.length&&s?Dr(n,0,c):n.subarray(0,c)},Y=function(r,t,n){n<<=t&7;var e=t/8|0;r[e]|=n,r[e+1]|=n>>8},sr=function(r,t,n){n<<=t&7;var e=t/8|0;r[e]|=n,r[e+1]|=n>>8,r[e+2]|=n>>16},Mr=function(r,t){for(var n=[],e=0;e<r.length;++e)r[e]&&n.push({s:e,f:r[e]});var i=n.length,o=n.slice();if(!i)return{t:Yr,l:0};if(i==1){var s=new F(n[0].s+1);return s[n[0].s]=1,{t:s,l:1}}n.sort(function(D,d){return D.f-d.f}),n.push({s:-1,f:25001});var a=n[0],h=n[1],l=0,f=1,u=2;for(n[0]={s:-1,f:a.f+h.f,l:a,r:h};f!=i-1;)a=n[n[l].f<n[u].f?l++:u++],h=n[l!=f&&n[l].f<n[u].f?l++:u++],n[f++]={s:-1,f:a.f+h.f,l:a,r:h};for(var c=o[0].s,e=1;e<i;++e)o[e].s>c&&(c=o[e].s);var v=new Z(c+1),y=Ir(n[f-1],v,0);if(y>t){var e=0,m=0,A=y-t,w=1<<A;for(o.sort(function(d,z){return v[z.s]-v[d.s]||d.f-z.f});e<i;++e){var T=o[e].s;if(v[T]>t)m+=w-(1<<y-v[T]),v[T]=t;else break}for(m>>=A;m>0;){var b=o[e].s;v[b]<t?m-=1<<t-v[b]++-1:++e}for(;e>=0&&m;--e){var k=o[e].s;v[k]==t&&(--v[k],++m)}y=t}return{t:new F(v),l:y}},Ir=function(r,t,n){return r.s==-1?Math.max(Ir(r.l,t,n+1),Ir(r.r,t,n+1)):t[r.s]=n},Zr=function(r){for(var t=r.length;t&&!r[--t];);for(var n=new Z(++t),e=0,i=r[0],o=1,s=function(h){n[e++]=h},a=1;a<=t;++a)if(r[a]==i&&a!=t)++o;else{if(!i&&o>2){for(;o>138;o-=138)s(32754);o>2&&(s(o>10?o-11<<5|28690:o-3<<5|12305),o=0)}else if(o>3){for(s(i),--o;o>6;o-=6)s(8304);o>2&&(s(o-3<<5|8208),o=0)}for(;o--;)s(i);o=1,i=r[a]}return{c:n.subarray(0,e),n:t}},fr=function(r,t){for(var n=0,e=0;e<t.length;++e)n+=r[e]*t[e];return n},Vr=function(r,t,n){var e=n.length,i=kr(t+2);r[i]=e&255,r[i+1]=e>>8,r[i+2]=r[i]^255,r[i+3]=r[i+1]^255;for(var o=0;o<e;++o)r[i+o+4]=n[o];return(i+4+e)*8},jr=function(r,t,n,e,i,o,s,a,h,l,f){Y(t,f++,n),++i[256];for(var u=Mr(i,15),c=u.t,v=u.l,y=Mr(o,15),m=y.t,A=y.l,w=Zr(c),T=w.c,b=w.n,k=Zr(m),D=k.c,d=k.n,z=new Z(19),g=0;g<T.length;++g)++z[T[g]&31];for(var g=0;g<D.length;++g)++z[D[g]&31];for(var p=Mr(z,7),S=p.t,U=p.l,C=19;C>4&&!S[Pr[C-1]];--C);var K=l+5<<3,$=fr(i,J)+fr(o,ur)+s,B=fr(i,c)+fr(o,m)+s+14+3*C+fr(z,S)+2*z[16]+3*z[17]+7*z[18];if(h>=0&&K<=$&&K<=B)return Vr(t,f,r.subarray(h,h+l));var E,M,O,G;if(Y(t,f,1+(B<$)),f+=2,B<$){E=H(c,v,0),M=c,O=H(m,A,0),G=m;var er=H(S,U,0);Y(t,f,b-257),Y(t,f+5,d-1),Y(t,f+10,C-4),f+=14;for(var g=0;g<C;++g)Y(t,f+3*g,S[Pr[g]]);f+=3*C;for(var j=[T,D],W=0;W<2;++W)for(var R=j[W],g=0;g<R.length;++g){var N=R[g]&31;Y(t,f,er[N]),f+=S[N],N>15&&(Y(t,f,R[g]>>5&127),f+=R[g]>>12)}}else E=yt,M=J,O=xt,G=ur;for(var g=0;g<a;++g){var P=e[g];if(P>255){var N=P>>18&31;sr(t,f,E[N+257]),f+=M[N+257],N>7&&(Y(t,f,P>>23&31),f+=mr[N]);var X=P&31;sr(t,f,O[X]),f+=G[X],X>3&&(sr(t,f,P>>5&8191),f+=yr[X])}else sr(t,f,E[P]),f+=M[P]}return sr(t,f,E[256]),f+M[256]},Ut=new Fr([65540,131080,131088,131104,262176,1048704,1048832,2114560,2117632]),Yr=new F(0),zt=function(r,t,n,e,i,o){var s=o.z||r.length,a=new F(e+s+5*(1+Math.ceil(s/7e3))+i),h=a.subarray(e,a.length-i),l=o.l,f=(o.r||0)&7;if(t){f&&(h[0]=o.r>>3);for(var u=Ut[t-1],c=u>>13,v=u&8191,y=(1<<n)-1,m=o.p||new Z(32768),A=o.h||new Z(y+1),w=Math.ceil(n/3),T=2*w,b=function(br){return(r[br]^r[br+1]<<w^r[br+2]<<T)&y},k=new Fr(25e3),D=new Z(288),d=new Z(32),z=0,g=0,p=o.i||0,S=0,U=o.w||0,C=0;p+2<s;++p){var K=b(p),$=p&32767,B=A[K];if(m[$]=B,A[K]=$,U<=p){var E=s-p;if((z>7e3||S>24576)&&(E>423||!l)){f=jr(r,h,0,k,D,d,g,S,C,p-C,f),S=z=g=0,C=p;for(var M=0;M<286;++M)D[M]=0;for(var M=0;M<30;++M)d[M]=0}var O=2,G=0,er=v,j=$-B&32767;if(E>2&&K==b(p-j))for(var W=Math.min(c,E)-1,R=Math.min(32767,p),N=Math.min(258,E);j<=R&&--er&&$!=B;){if(r[p+O]==r[p+O-j]){for(var P=0;P<N&&r[p+P]==r[p+P-j];++P);if(P>O){if(O=P,G=j,P>W)break;for(var X=Math.min(j,P-2),rr=0,M=0;M<X;++M){var tr=p-j+M&32767,vr=m[tr],pr=tr-vr&32767;pr>rr&&(rr=pr,B=tr)}}}$=B,B=m[$],j+=$-B&32767}if(G){k[S++]=268435456|Tr[O]<<18|Nr[G];var ir=Tr[O]&31,or=Nr[G]&31;g+=mr[ir]+yr[or],++D[257+ir],++d[or],U=p+O,++z}else k[S++]=r[p],++D[r[p]]}}for(p=Math.max(p,U);p<s;++p)k[S++]=r[p],++D[r[p]];f=jr(r,h,l,k,D,d,g,S,C,p-C,f),l||(o.r=f&7|h[f/8|0]<<3,f-=7,o.h=A,o.p=m,o.i=p,o.w=U)}else{for(var p=o.w||0;p<s+l;p+=65535){var nr=p+65535;nr>=s&&(h[f/8|0]=l,nr=s),f=Vr(h,f+1,r.subarray(p,nr))}o.i=s}return Dr(a,0,e+kr(f)+i)};var Kr=function(){var r=1,t=0;return{p:function(n){for(var e=r,i=t,o=n.length|0,s=0;s!=o;){for(var a=Math.min(s+2655,o);s<a;++s)i+=e+=n[s];e=(e&65535)+15*(e>>16),i=(i&65535)+15*(i>>16)}r=e,t=i},d:function(){return r%=65521,t%=65521,(r&255)<<24|(r&65280)<<8|(t&255)<<8|t>>8}}},Mt=function(r,t,n,e,i){if(!i&&(i={l:1},t.dictionary)){var o=t.dictionary.subarray(-32768),s=new F(o.length+r.length);s.set(o),s.set(r,o.length),r=s,i.w=o.length}return zt(r,t.level==null?6:t.level,t.mem==null?i.l?Math.ceil(Math.max(8,Math.min(13,Math.log(r.length)))*1.5):20:12+t.mem,n,e,i)};var Jr=function(r,t,n){for(;n;++t)r[t]=n,n>>>=8};var Pt=function(r,t){var n=t.level,e=n==0?0:n<6?1:n==9?3:2;if(r[0]=120,r[1]=e<<6|(t.dictionary&&32),r[1]|=31-(r[0]<<8|r[1])%31,t.dictionary){var i=Kr();i.p(t.dictionary),Jr(r,2,i.d())}},Tt=function(r,t){return((r[0]&15)!=8||r[0]>>4>7||(r[0]<<8|r[1])%31)&&q(6,"invalid zlib data"),(r[1]>>5&1)==+!t&&q(6,"invalid zlib data: "+(r[1]&32?"need":"unexpected")+" dictionary"),(r[1]>>3&4)+2};function Qr(r,t){t||(t={});var n=Kr();n.p(r);var e=Mt(r,t,t.dictionary?6:2,4);return Pt(e,t),Jr(e,e.length-4,n.d()),e}function _r(r,t){return At(r.subarray(Tt(r,t&&t.dictionary),-4),{i:2},t&&t.out,t&&t.dictionary)}var Lr=typeof TextEncoder<"u"&&new TextEncoder,St=typeof TextDecoder<"u"&&new TextDecoder,It=0;try{St.decode(Yr,{stream:!0}),It=1}catch{}function Er(r,t){if(t){for(var n=new F(r.length),e=0;e<r.length;++e)n[e]=r.charCodeAt(e);return n}if(Lr)return Lr.encode(r);for(var i=r.length,o=new F(r.length+(r.length>>1)),s=0,a=function(f){o[s++]=f},e=0;e<i;++e){if(s+5>o.length){var h=new F(s+8+(i-e<<1));h.set(o),o=h}var l=r.charCodeAt(e);l<128||t?a(l):l<2048?(a(192|l>>6),a(128|l&63)):l>55295&&l<57344?(l=65536+(l&1047552)|r.charCodeAt(++e)&1023,a(240|l>>18),a(128|l>>12&63),a(128|l>>6&63),a(128|l&63)):(a(224|l>>12),a(128|l>>6&63),a(128|l&63))}return Dr(o,0,s)}var lr=r=>{let t=new Uint8Array(r.reduce((e,i)=>e+i.length,0)),n=0;for(let e of r)t.set(e,n),n+=e.length;return t};var rt=[137,80,78,71,13,10,26,10],Ft={0:1,2:3,3:1,4:2,6:4},Cr=r=>rt.every((t,n)=>r[n]===t),Q=r=>I("image",r),Gr=(r,t)=>((r[t]??0)<<24|(r[t+1]??0)<<16|(r[t+2]??0)<<8|(r[t+3]??0))>>>0,kt=(r,t,n)=>{let e=r+t-n,[i,o,s]=[Math.abs(e-r),Math.abs(e-t),Math.abs(e-n)];return i<=o&&i<=s?r:o<=s?t:n},tt=r=>{let t=new Map;for(let u=8;u+12<=r.length;){let c=Gr(r,u),v=String.fromCharCode(...r.subarray(u+4,u+8));if(u+12+c>r.length)return Q("is a PNG that was cut off");if(t.set(v,[...t.get(v)??[],r.subarray(u+8,u+8+c)]),v==="IEND")break;u+=12+c}let[n]=t.get("IHDR")??[];if(!Cr(r)||n?.length!==13)return Q("is no PNG");let[e,i]=[Gr(n,0),Gr(n,4)],o=Ft[n[9]];if(e<1||i<1||e*i>8388608)return Q(`has more than ${8388608} pixels`);if(n[8]!==8||o===void 0||n[12]!==0)return Q("must be a PNG of eight bits a channel, not interlaced");let[s]=t.get("PLTE")??[],[a]=t.get("tRNS")??[],h=e*o,l=Dt(t.get("IDAT")??[],(h+1)*i),f=new Uint8Array(e*i*4);for(let u=0;u<i;u++){let c=u*(h+1)+1;Et(l,c,h,o,u===0);for(let v=0;v<e;v++){let y=(u*e+v)*4,m=c+v*o,A=l[m];if(n[9]===3){for(let w=0;w<3;w++)f[y+w]=s?.[A*3+w]??0;f[y+3]=a?.[A]??255}else{for(let w=0;w<3;w++)f[y+w]=o>2?l[m+w]:A;f[y+3]=o%2===0?l[m+o-1]:255}}}return{width:e,height:i,rgba:f}},Dt=(r,t)=>{let n;try{n=_r(lr(r),{out:new Uint8Array(t)})}catch{return Q("is a PNG that cannot be unpacked")}return n.length===t?n:Q("is a PNG that was cut off")},Et=(r,t,n,e,i)=>{let o=r[t-1];o>4&&Q("is a PNG with a filter that there is not");let s=t-n-1;for(let a=0;a<n;a++){let h=a<e?0:r[t+a-e],l=i?0:r[s+a],f=i||a<e?0:r[s+a-e],u=o===1?h:o===2?l:o===3?h+l>>1:o===4?kt(h,l,f):0;r[t+a]=r[t+a]+u}},Gt=Uint32Array.from({length:256},(r,t)=>{let n=t;for(let e=0;e<8;e++)n=n&1?3988292384^n>>>1:n>>>1;return n}),wr=(r,t)=>{let n=new Uint8Array(t.length+12),e=new DataView(n.buffer);e.setUint32(0,t.length),n.set(Er(r),4),n.set(t,8);let i=4294967295;for(let o of n.subarray(4,-4))i=Gt[(i^o)&255]^i>>>8;return e.setUint32(n.length-4,i^4294967295),n},nt=({width:r,height:t,rgba:n},e="")=>{let i=n.every((l,f)=>f%4!==3||l===255),o=i?3:4,s=new Uint8Array((r*o+1)*t);for(let l=0,f=0;l<t;l++){s[f++]=2;for(let u=0;u<r;u++)for(let c=0;c<o;c++){let v=(l*r+u)*4+c;s[f++]=n[v]-(l===0?0:n[v-r*4])}}let a=new Uint8Array(13),h=new DataView(a.buffer);return h.setUint32(0,r),h.setUint32(4,t),a.set([8,i?2:6],8),lr([rt,wr("IHDR",a),...e===""?[]:[wr("iTXt",Er(`Title\0\0\0\0\0${e}`))],wr("IDAT",Qr(s,{level:6})),wr("IEND",new Uint8Array(0))])};var _=r=>I("video",r),et=600,it=268435456,Br=r=>String.fromCharCode(...r.subarray(0,6)).startsWith("GIF8")&&r.length>13;function*ot(r){if(!Br(r))return _("is no GIF");let t=Bt(r,6),[n,e,i]=[t.short(),t.short(),t.byte()];if(n<1||e<1||n*e>8388608)return _(`has more than ${8388608} pixels`);t.skip(2);let o=i&128?t.take(3<<(i&7)+1):new Uint8Array(0),s=new Uint8Array(n*e*4),[a,h,l,f]=[0,-1,100,0];for(;;){let u=t.byte();if(u===59||u<0)return;if(u===33){if(t.byte()===249){t.skip(1);let d=t.byte(),z=t.short();l=z<2?100:z*10;let g=t.byte();[a,h]=[d>>2&7,d&1?g:-1]}t.blocks();continue}if(u!==44)return _("is a GIF with a block that there is not");if(f++,f>et||f*n*e>it)return _(`is longer than ${et} frames or ${it} pixels`);let[c,v,y,m,A]=[t.short(),t.short(),t.short(),t.short(),t.byte()],w=A&128?t.take(3<<(A&7)+1):o;if(y*m>8388608)return _(`has a frame of more than ${8388608} pixels`);let T=t.byte(),b=Ot(t.blocks(),T,y*m),k=a===3?s.slice():null,D=A&64?Ct(m):null;for(let d=0;d<m;d++){let z=v+(D?.[d]??d);for(let g=0;g<y&&c+g<n&&z<e;g++){let p=b[d*y+g];if(p===h)continue;let S=(z*n+c+g)*4;for(let U=0;U<3;U++)s[S+U]=w[p*3+U]??0;s[S+3]=255}}if(yield{width:n,height:e,rgba:s.slice(),milliseconds:l},k)s.set(k);else if(a===2)for(let d=v;d<Math.min(v+m,e);d++)s.fill(0,(d*n+Math.min(c,n))*4,(d*n+Math.min(c+y,n))*4);[a,h,l]=[0,-1,100]}}var Ct=r=>[[0,8],[4,8],[2,4],[1,2]].flatMap(([t=0,n=1])=>{let e=[];for(let i=t;i<r;i+=n)e.push(i);return e}),Bt=(r,t)=>{let n=t,e=()=>r[n++]??-1,i=o=>(n+=o,r.subarray(n-o,n));return{byte:e,take:i,short:()=>Math.max(e(),0)|Math.max(e(),0)<<8,skip:o=>{n+=o},blocks:()=>{let o=[];for(let s=e();s>0;s=e())o.push(i(s));return lr(o)}}},Ot=(r,t,n)=>{if(t<1||t>8)return _("is a GIF with a width of codes that there is not");let[e,i]=[1<<t,(1<<t)+1],[o,s,a]=[new Int16Array(4097),new Uint8Array(4097),new Uint8Array(4098)],h=new Uint8Array(n),[l,f,u,c,v,y,m]=[t+1,i+1,-1,0,0,0,0];for(let A=0;m<n;){for(;y<l;y+=8){if(A>=r.length)return h;v|=r[A++]<<y}let w=v&(1<<l)-1;if(v>>>=l,y-=l,w===i)break;if(w===e){[l,f,u]=[t+1,i+1,-1];continue}if(w>f||u<0&&w>i)return _("is a GIF with a code that there is not");let T=0,b=w;for(w===f&&(a[T++]=c,b=u);b>i;b=o[b])a[T++]=s[b];for(c=b,a[T++]=c;T>0&&m<n;)h[m++]=a[--T];u>=0&&f<4096&&(o[f]=u,s[f]=c,f++,f===1<<l&&l<12&&l++),u=w}return h};var at=r=>{if(Cr(r))return tt(r);if(!Br(r))return I("image","must be a PNG or a GIF");for(let t of ot(r))return t;return I("image","has no frames")};var cr="ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/",st=r=>{let t=[];for(let n=0;n<r.length;n+=3072){let e=Math.min(n+3072,r.length),i="";for(let o=n;o<e;o+=3){let s=r[o],a=r[o+1]??0,h=r[o+2]??0;i+=cr.charAt(s>>2)+cr.charAt((s&3)<<4|a>>4),i+=o+1<e?cr.charAt((a&15)<<2|h>>6):"=",i+=o+2<e?cr.charAt(h&63):"="}t.push(i)}return t.join("")},$t=(()=>{let r=new Int16Array(128).fill(-1);for(let t=0;t<64;t++)r[cr.charCodeAt(t)]=t;return r})(),ft=r=>{if(r.length%4!==0)return null;let t=r.endsWith("==")?2:r.endsWith("=")?1:0,n=new Uint8Array(r.length/4*3-t),e=r.length-t,i=0,o=0,s=0;for(let a=0;a<e;a++){let h=$t[r.charCodeAt(a)]??-1;if(h<0)return null;i=(i<<6|h)&16777215,o+=6,o>=8&&(o-=8,n[s++]=i>>o&255)}return(i&(1<<o)-1)===0?n:null};var dr=8388608,ut=1e6,lt=["video","image","audio"],xr=r=>typeof r=="object"&&r!==null&&!Array.isArray(r),Or=(r,t)=>{let n=r[t]??"";return typeof n!="string"||n.length>ut?I(t,`is a text of at most ${ut} characters`):n},ht=r=>{if(!xr(r))return I("input","must be an object");let t=Object.hasOwn(r,"previous"),n=t?r.input:r;if(!xr(n))return I("input","must be an object");let e=t&&xr(r.previous)?r.previous:{},i=n.metadata??{};if(!xr(i))return I("metadata","must be an object");let o=n.mediaType??"text";if(o!=="text"&&lt.every(a=>a!==o))return I("mediaType","is video, image, audio or text");let s=lt.find(a=>`${a}_url`in e||`${a}_url`in i);return{title:Or(n,"title"),description:Or(n,"description"),query:Or(n,"query"),mediaType:s??o,metadata:i,previous:e}};var ct=({metadata:r,previous:t},n)=>{let e=`${n}_url`,i=t[e]??r[e];if(typeof i!="string")return I(`metadata.${e}`,"is missing: it brings the media as a data: URL");let o=i.indexOf(",");if(!i.startsWith("data:")||!i.slice(0,o).endsWith(";base64"))return I(`metadata.${e}`,"must be a data: URL in base64");let s=ft(i.slice(o+1));return s===null||s.length>dr?I(`metadata.${e}`,`must be base64 of at most ${dr} bytes`):s},vt=(r,t)=>t.length>dr?I("media",`makes a result of more than ${dr} bytes: bring a smaller or shorter one`):`data:${r};base64,${st(t)}`;var Rt=(async(r,{progress:t})=>{let n=ht(r),e=Rr(n.metadata.operations),i=at(ct(n,"image"));for(let[a,h]of e.entries())await t(a/(e.length+1)),i=gr[h](i);let{width:o,height:s}=i;return{mediaType:"image",operations:e,width:o,height:s,image_url:vt("image/png",nt(i))}});export{Rt as default};
$program$, 'UTF8')),
(convert_to($program$var c=(e,r)=>{throw new RangeError(`The input's ${e} ${r}.`)};var h=1e6,b=["video","image","audio"],f=e=>typeof e=="object"&&e!==null&&!Array.isArray(e),l=(e,r)=>{let t=e[r]??"";return typeof t!="string"||t.length>h?c(r,`is a text of at most ${h} characters`):t},y=e=>{if(!f(e))return c("input","must be an object");let r=Object.hasOwn(e,"previous"),t=r?e.input:e;if(!f(t))return c("input","must be an object");let a=r&&f(e.previous)?e.previous:{},n=t.metadata??{};if(!f(n))return c("metadata","must be an object");let s=t.mediaType??"text";if(s!=="text"&&b.every(o=>o!==s))return c("mediaType","is video, image, audio or text");let i=b.find(o=>`${o}_url`in a||`${o}_url`in n);return{title:l(t,"title"),description:l(t,"description"),query:l(t,"query"),mediaType:i??s,metadata:n,previous:a}};var w=({metadata:e,query:r,description:t})=>Object.hasOwn(e,"text")?l(e,"text"):[r,t].filter(Boolean).join(`

`);var k=/(?:\s|[!-&(-/:-@[-`{-~\u00a1-\u00a9\u00ab-\u00b4\u00b6-\u00b9\u00bb-\u00bf\u00d7\u00f7\u200b-\u2018\u201a-\u206f\u20a0-\u20cf\u2190-\u2bff\u3001-\u3004\u3008-\u3020\u3030\ufe10-\ufe1f\ufe30-\ufe6f\uff01-\uff0f\uff1a-\uff20])+/,R=e=>e.replace(/[^\u0530-\uffff]+/g,r=>r.toLowerCase()),u=e=>R(e).split(k).map(r=>r.replace(/^['\u2019]+|['\u2019]+$/g,"")).filter(Boolean),m=e=>e.split(/(?<=[.!?\u2026]["')\u00bb\u201d\u2019]?)\s+|(?<=[\u3002\uff01\uff1f])|\n\s*\n/).map(r=>r.replace(/\s+/g," ").trim()).filter(Boolean),x=e=>e.replace(/\r\n?/g,`
`).split(/\n[ \t]*\n+/).map(r=>r.replace(/[ \t]+/g," ").replace(/ ?\n ?/g,`
`).trim()).filter(Boolean);var _=new Set("a about after again all also am an and any are as at be because been before being but by can could did do does down each every few for from had has have he her here him his how i if in into is it its just like make may me more most my no nor not now of off on one only or other our out over own same she should so some such than that the their them then there these they this those through to too under up us very was we were what when where which while who whom why will with would you your aber als am an auch auf aus bei bin bis da das dass dem den der des die doch du durch ein eine einem einen einer eines er es f\xFCr hat ich ihr im in ist ja kann mit nach nicht noch nun nur oder sein sich sie sind so \xFCber um und uns unter vom von vor war was wenn werden wie wir wird zu zum zur".split(" ")),g=e=>{let r=new Map;for(let t of e)r.set(t,(r.get(t)??0)+1);return r},p=e=>e.length>2&&!_.has(e),O=e=>[...e].sort(([r,t],[a,n])=>n-t||(r<a?-1:1)),T=(e,r=12)=>{let t=m(e).flatMap(n=>{let s=u(n);return s.flatMap((i,o)=>{let d=s[o+1];return d!==void 0&&p(i)&&p(d)?[`${i} ${d}`]:[]})}),a=new Map([...g(u(e).filter(p)),...[...g(t)].filter(([,n])=>n>1)]);return O(a).slice(0,r).map(([n,s])=>({term:n,count:s}))},$=(e,r=3)=>{let t=g(u(e).filter(p));return m(e).map((n,s)=>{let i=u(n),o=i.reduce((d,B)=>d+(t.get(B)??0),0);return{sentence:n,place:s,score:o/Math.max(i.length,6)}}).sort((n,s)=>s.score-n.score||n.place-s.place).slice(0,r).sort((n,s)=>n.place-s.place).map(({sentence:n})=>n)};var v=e=>{let r=u(e),t=m(e).length;return{characters:e.length,words:r.length,distinctWords:new Set(r).size,sentences:t,paragraphs:x(e).length,wordsPerSentence:t===0?0:Math.round(r.length*10/t)/10,readingSeconds:Math.ceil(r.length*60/230)}};var M=e=>({figures:v(e),keyTerms:T(e),summary:$(e)});var I=(async(e,{progress:r})=>{let t=y(e);return await r(.1),{mediaType:"text",...M(w(t))}});export{I as default};
$program$, 'UTF8'))
       ) as p (source)
on conflict (hash) do update set reviewed_at = coalesce(oblivion.programs.reviewed_at, now());
insert into oblivion.named_programs (name, hash) values
  ('analysis', 'fd04b3995e9aa1ff6e1d987a75390e43d73d14e15d0ebb6c498d36d2ad244cd1'),
  ('asset_prep', '68b87c594479e55a73a9b17f18ab71ebc31851c78ccfa32ff0b3c76ec0340d9d'),
  ('storyboard', '8416f240966e7d6659874180efeb2480c94ce7f8cc99ccb1ae6b1bd154114cb9'),
  ('render', '95a428e507ffd7b568595bcd7bb69e8e7596c7ab035910782746de2c3a6a3385'),
  ('video_generation', 'c0e550486a323c8818259fe3bbfa67db624ed52f77c5448607d052dcece2ab34'),
  ('image_processing', '48ce7bc89619a5403fdafb1bbdb85d374e96058299829faa04262a1551ac1ddd'),
  ('text_analysis', '04ac08cb5c6bc0890643b301d66322a516a1fcd2ca94dd7abf8a27ffee911b4f');

reset all;

-- 20261124000650_planning.sql

-- What is too much for one call is done in ticks of some 10,000 rows: by the coordinator, and as a fallback by rescue
-- passes and empty polls, each enough alone. The first tick is a part of the call itself.
--
-- Planning makes the rows of a task's chunks and jobs. Moving brings jobs to where the state of their task wants them:
-- out of the claim index while it is paused, into it again, or to their end. The state of the task alone closes it to
-- every claim at once, so nobody depends on how far a move has come.

create table oblivion.plan_parts (
  task_id uuid not null references oblivion.tasks,
  first_index int not null check (first_index >= 0),
  -- A list of inputs, or a range {start, end, step}.
  inputs jsonb not null,
  primary key (task_id, first_index)
);
comment on table oblivion.plan_parts is 'Inputs of running tasks that have no rows yet; a part is deleted in the transaction that makes them.';

create table oblivion.plan_pass (
  id boolean primary key default true check (id),
  last_at timestamptz not null default '-infinity'
);
insert into oblivion.plan_pass default values;

create function oblivion.plan_part(p_task_id uuid)
returns int
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_task oblivion.tasks;
  v_part oblivion.plan_parts;
  v_size int;
begin
  -- Pausing and cancelling take this lock alone, so a part is planned wholly before or wholly after them.
  -- One part of a task at a time, in order, so that what has rows is always a beginning of the task.
  if not pg_try_advisory_xact_lock_shared(oblivion.lock_key('control', p_task_id::text))
    or not pg_try_advisory_xact_lock(oblivion.lock_key('plan', p_task_id::text)) then
    return 0;
  end if;
  select t.* into v_task from oblivion.tasks t where t.id = p_task_id and t.status in ('running', 'paused');
  if not found then
    return 0;
  end if;
  delete from oblivion.plan_parts p
   where p.task_id = p_task_id
     and p.first_index = (select min(q.first_index) from oblivion.plan_parts q where q.task_id = p_task_id)
  returning p.* into v_part;
  if not found then
    return 0;
  end if;
  insert into oblivion.chunks (task_id, chunk_index, input)
  select v_task.id, v_part.first_index + i.place, i.input
    from oblivion.part_inputs(v_part.inputs) i;
  get diagnostics v_size = row_count;
  -- As old as their task: jobs posted together lie together in the claim index, whenever their rows were made.
  insert into public.jobs (
    task_id, chunk_index, stage, replica, type, priority, customer_owner_id, status, fed, created_at)
  select v_task.id, v_part.first_index + g.place, n.stage, r.replica,
         coalesce(v_task.stages #>> array[n.stage::text, 'type'], v_task.type), v_task.priority, v_task.owner_id,
         case when n.stage > 0 or v_task.status = 'paused' then 'blocked' else 'pending' end, n.stage = 0, v_task.created_at
    from generate_series(0, v_size - 1) as g (place)
   cross join generate_series(0, v_task.stage_count - 1) as n (stage)
   cross join generate_series(0, v_task.replicas - 1) as r (replica)
   -- Replicas lie in no order that anybody could know: side by side, or a known way apart, whoever lets its wallets ask one
   -- right after the other would get all of a chunk's (T2).
   order by case when v_task.replicas > 1 then random() end, g.place, n.stage, r.replica;
  return v_size;
end
$$;
comment on function oblivion.plan_part(uuid) is
  'Makes the rows of the next part of a running or paused task; answers how many chunks, 0 where nothing is left or somebody else is at it. For the engine alone.';

create table oblivion.moving_tasks (
  task_id uuid primary key references oblivion.tasks
);
comment on table oblivion.moving_tasks is 'Tasks that were paused, resumed or cancelled and have jobs that are still to be moved after them.';

create function oblivion.plan_next()
returns int
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_task_id uuid;
  v_size int := 0;
begin
  -- Of the task that is planned least: many large tasks grow side by side.
  for v_task_id in
    select t.id
      from (select p.task_id, min(p.first_index) as planned from oblivion.plan_parts p group by p.task_id) w
      join oblivion.tasks t on t.id = w.task_id
     where t.status in ('running', 'paused')
     order by t.priority desc, w.planned, t.created_at
     limit 10
  loop
    v_size := oblivion.plan_part(v_task_id);
    exit when v_size > 0;
  end loop;
  return v_size;
end
$$;
comment on function oblivion.plan_next() is
  'Makes the rows of one part of one task; answers how many chunks. For the engine alone.';

create function oblivion.move_waiting_jobs(p_task_id uuid, p_from text[], p_to text, p_limit int, p_wait boolean)
returns int
language plpgsql
security definer
set search_path = ''
-- By the keys alone: a plan made for a small table, or without figures of it, reads the whole of it once per row.
set enable_seqscan = off
set enable_hashjoin = off
set enable_mergejoin = off
set jit = off
as $$
declare
  v_ids uuid[];
  v_count int;
begin
  if p_wait then
    v_ids := array(
      select j.id from public.jobs j
       where j.task_id = p_task_id and j.status = any (p_from) and (j.fed or p_to <> 'pending')
       limit p_limit
         for no key update);
  else
    v_ids := array(
      select j.id from public.jobs j
       where j.task_id = p_task_id and j.status = any (p_from) and (j.fed or p_to <> 'pending')
       limit p_limit
         for no key update skip locked);
  end if;
  update public.jobs j set status = p_to where j.id = any (v_ids);
  get diagnostics v_count = row_count;
  return v_count;
end
$$;
comment on function oblivion.move_waiting_jobs(uuid, text[], text, int, boolean) is
  'Moves at most p_limit jobs of a task from one state that waits to another, or to their end; a stage that has no input yet does not become pending; without waiting, what is locked stays. Answers how many. For the engine alone.';

create function oblivion.move_jobs(p_task oblivion.tasks)
returns int
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_limit int := (select s.chunks_per_part from oblivion.settings s);
  v_count int;
begin
  -- What is locked is being claimed, or moved within the index: waiting for it could be waiting for each other, and a
  -- job left pending is refused by every door while its task does not run.
  v_count := case p_task.status
    when 'paused' then oblivion.move_waiting_jobs(p_task.id, array['pending'], 'blocked', v_limit, false)
    when 'running' then oblivion.move_waiting_jobs(p_task.id, array['blocked'], 'pending', v_limit, false)
    else oblivion.move_waiting_jobs(p_task.id, array['pending', 'blocked'], 'cancelled', v_limit, false) end;
  if v_count = v_limit
    -- Left pending or cancelled later, it harms nobody; left blocked in a running task it would wait for ever.
    or p_task.status = 'running' and exists (
         select from public.jobs j where j.task_id = p_task.id and j.status = 'blocked' and j.fed) then
    insert into oblivion.moving_tasks (task_id) values (p_task.id) on conflict do nothing;
  else
    delete from oblivion.moving_tasks m where m.task_id = p_task.id;
  end if;
  return v_count;
end
$$;
comment on function oblivion.move_jobs(oblivion.tasks) is
  'Moves the waiting jobs of a task, chunks_per_part at most, to where its state wants them; what is left is for later ticks. The caller holds the task''s control lock. For the engine alone.';

create function oblivion.move_next()
returns int
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_task oblivion.tasks;
  v_count int := 0;
begin
  for v_task in
    select t.*
      from oblivion.moving_tasks m
      join oblivion.tasks t on t.id = m.task_id
     order by m.task_id
     limit 10
  loop
    continue when not pg_try_advisory_xact_lock(oblivion.lock_key('control', v_task.id::text));
    -- As it is under the lock.
    select t.* into v_task from oblivion.tasks t where t.id = v_task.id;
    v_count := oblivion.move_jobs(v_task);
    -- Where its customer's money is busy, a rescue pass frees the rest.
    if v_task.status = 'cancelled' and pg_try_advisory_xact_lock(oblivion.lock_key('customer', v_task.owner_id::text)) then
      perform oblivion.refund_hold(v_task);
    end if;
    exit when v_count > 0;
  end loop;
  return v_count;
end
$$;
comment on function oblivion.move_next() is
  'Moves jobs of one task after its state, and frees the money of those that were cancelled; answers how many. For the engine alone.';

create function oblivion.advance_jobs()
returns int
language plpgsql
security definer
set search_path = ''
as $$
begin
  return oblivion.plan_next() + oblivion.move_next() + oblivion.judge_next();
end
$$;
comment on function oblivion.advance_jobs() is
  'What of a tick anybody''s poll may do, for it waits for nobody: the rows of one part of one large task, jobs of one task moved after its state, and stages that wait for their judgement; answers how many. For the engine alone.';

create function oblivion.advance_tasks()
returns int
language plpgsql
security definer
set search_path = ''
as $$
begin
  -- Stopping a program waits for the control locks of its tasks: before anything is locked that their holders may wait for.
  return oblivion.quarantine_programs() + oblivion.advance_jobs() + oblivion.count_proven();
end
$$;
comment on function oblivion.advance_tasks() is
  'One tick: the rows of one part of one large task, jobs of one task moved after its state, stages that wait for their judgement, and what owners have proved; answers how many. For engine and coordinator.';

create function oblivion.maybe_advance()
returns boolean
language plpgsql
security definer
set search_path = ''
as $$
begin
  if not exists (select from oblivion.plan_parts)
    and not exists (select from oblivion.moving_tasks)
    and not exists (select from oblivion.stages_to_judge) then
    return false;
  end if;
  perform from oblivion.plan_pass p where p.last_at <= now() - interval '250 milliseconds' for no key update skip locked;
  if not found then
    return false;
  end if;
  update oblivion.plan_pass p set last_at = now();
  begin
    -- What owners have proved is left to the coordinator, without whom nothing is charged: it locks up to 200 of them.
    return oblivion.advance_jobs() > 0;
  exception
    -- It runs inside somebody else's poll, which must not fail with it. The coordinator's own tick is loud.
    when others then
      raise warning 'A tick of tasks failed: % (%)', sqlerrm, sqlstate;
      return false;
  end;
end
$$;
comment on function oblivion.maybe_advance() is
  'A tick if none ran in the last 250 ms, whoever asks; whether it did anything. For the engine alone.';

reset all;

-- 20261124000700_jobs.sql

-- Jobs: what is claimed. Where a job is (status), how a try ended (attempts.outcome) and what is believed of its result
-- (results.verdict) are three columns. docs/state-machine.md is the table of transitions.

create table public.jobs (
  id uuid primary key default gen_random_uuid(),
  seq bigint generated always as identity,
  task_id uuid not null references oblivion.tasks,
  chunk_index int not null,
  -- Which step of a pipeline, and which of several jobs of one chunk and stage.
  stage smallint not null default 0,
  replica smallint not null default 0,
  -- False while a later stage waits for the result that it is fed with.
  fed boolean not null default true,
  type text not null,
  status text not null default 'pending',
  priority smallint not null default 0,
  -- Rows that are not due yet must not sit in the claim index, and a partial index knows no now().
  due boolean not null default true,
  available_at timestamptz not null default now(),
  -- The number of the latest attempt: the fencing token that a completion presents. It only grows.
  attempt int not null default 0,
  failures int not null default 0,
  losses int not null default 0,
  customer_owner_id bigint not null references oblivion.owners,
  provider_address text,
  node_id uuid,
  -- An owner: no foreign key, whose check would lock that row in each claim (ADR 5).
  offered_to bigint,
  offered_until timestamptz,
  -- Who failed, lost or gave back the latest attempt: a job that was tried lies in an index of its own, ordered by this,
  -- so that a claim reads the ranges below and above its caller and none of the jobs that the caller may not have.
  excluded_owner_id bigint,
  -- All of them. Kept here, so that nobody reads the history to know who had a job.
  excluded_owner_ids bigint[] not null default '{}',
  progress real not null default 0,
  -- What its node said of it with its last heartbeat.
  metrics jsonb,
  cancel_requested boolean not null default false,
  error text,
  created_at timestamptz not null default now(),
  started_at timestamptz,
  lease_expires_at timestamptz,
  finished_at timestamptz,
  -- Counts the moves that the engine's own statements made, which keep everything right themselves. An update that
  -- leaves it as it was is another's: an operator's by hand, a worker's direct claim, or one of the engine's that leaves
  -- the rest to the triggers below.
  moves int not null default 0,
  -- Of a metered task: what an hour of it costs, frozen by its claim, or by its assignment for whom it is offered to.
  price_per_hour bigint,
  unique (task_id, chunk_index, stage, replica)
) with (fillfactor = 80);
-- The order of claims: priority, then age; jobs posted together lie together, so a task that is closed for a caller (its
-- own, or a full bucket) is passed over in one step. Ascending throughout, so that "after this one" is one range.
create index jobs_claim on public.jobs ((- priority), created_at, task_id, seq)
  where status = 'pending' and due and excluded_owner_id is null;
create index jobs_retry on public.jobs ((- priority), excluded_owner_id, created_at, seq)
  where status = 'pending' and due and excluded_owner_id is not null;
create index jobs_retry_owner on public.jobs (excluded_owner_id)
  where status = 'pending' and due and excluded_owner_id is not null;
create index jobs_not_due on public.jobs (available_at) where status = 'pending' and not due;
create index jobs_lease on public.jobs (lease_expires_at) where status = 'processing';
create index jobs_open on public.jobs (task_id, status) where status in ('blocked', 'pending', 'processing');
create index jobs_offered on public.jobs (offered_to) where status = 'pending' and offered_to is not null;
create index jobs_node on public.jobs (node_id) where node_id is not null;
create index jobs_failed on public.jobs (task_id, chunk_index) where status = 'failed';
-- A statement that has a job's key compares the rest as `(j.status, ...) is not distinct from (...)`, which no index
-- answers. By `=` a plan that is kept for all values takes one of the small indexes above for smaller than the key's: at
-- the moment of its making few jobs or none were in work. It then reads all that are, and what was of late: with 32 nodes
-- that hold 50 each a report read 1,600 rows, 50 times. A test holds this: database/tests/by-key.test.ts.
comment on table public.jobs is 'One claimable row: chunk x stage x replica. A caller sees what it holds, what it did and what is offered to it.';

alter table public.jobs enable row level security;
create trigger refuse_truncate before truncate on public.jobs
  for each statement execute function oblivion.refuse_change();
create trigger refuse_truncate before truncate on public.nodes
  for each statement execute function oblivion.refuse_change();

create function oblivion.is_transition(p_from text, p_to text)
returns boolean
language sql
immutable strict parallel safe
set search_path = ''
as $$
  select (p_from, p_to) in (
    ('blocked', 'pending'), ('blocked', 'cancelled'),
    ('pending', 'processing'), ('pending', 'cancelled'), ('pending', 'blocked'),
    ('processing', 'completed'), ('processing', 'failed'), ('processing', 'pending'), ('processing', 'cancelled'),
    ('processing', 'blocked'),
    ('failed', 'pending'))
$$;
comment on function oblivion.is_transition(text, text) is
  'The status changes of a job that exist, whoever asks; failed to pending is an operator''s reset while the task runs.';

create function oblivion.job_fault(p_job public.jobs)
returns text
language plpgsql
immutable
set search_path = ''
as $$
begin
  return case
    when p_job.status not in ('blocked', 'pending', 'processing', 'completed', 'failed', 'cancelled') then
      'a status is blocked, pending, processing, completed, failed or cancelled'
    when p_job.stage < 0 or p_job.replica < 0 or p_job.attempt < 0 or p_job.failures < 0 or p_job.losses < 0
      or p_job.price_per_hour < 0 then
      'a count is not below zero'
    when p_job.provider_address !~ '^0x[0-9a-f]{40}$' then 'an address is 0x and 40 digits of lower-case hex'
    when p_job.progress not between 0 and 1 then 'progress is between 0 and 1'
    when length(p_job.error) > 1000 then 'an error has at most 1000 characters'
    when p_job.status = 'processing' and (p_job.provider_address is null or p_job.started_at is null
      or (p_job.node_id is null) <> (p_job.lease_expires_at is null)) then
      -- Neither of them once its result is delivered; see deliveries.
      'work has a provider, a beginning, a node and a lease'
    when p_job.status <> 'processing' and (p_job.node_id is not null or p_job.lease_expires_at is not null) then
      'only work has a node and a lease'
    when p_job.status not in ('processing', 'completed', 'failed') and p_job.provider_address is not null then
      'what nobody works or worked at has no provider'
    when (p_job.status in ('completed', 'failed', 'cancelled')) <> (p_job.finished_at is not null) then
      'what has ended says when'
    when (p_job.offered_to is null) <> (p_job.offered_until is null) then 'an offer has an end'
    when p_job.price_per_hour is not null and p_job.started_at is null and p_job.offered_to is null then
      'only what was claimed or offered has a rate'
    when not p_job.fed and p_job.status not in ('blocked', 'cancelled') then 'what is not fed waits'
  end;
end
$$;
comment on function oblivion.job_fault(public.jobs) is
  'Why a row of jobs must not exist, or null. Held by triggers for whatever comes from outside, and by the tests for all rows after what the engine''s own statements did. For the engine alone.';

-- Every way by which a job leaves or enters `processing` keeps the counters and the history right: the engine's
-- functions, the fallback claim, and an operator's manual reset.
create function oblivion.keep_job_whole()
returns trigger
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_fault text;
  v_delivered boolean := false;
begin
  if tg_op = 'UPDATE' and new.status <> old.status then
    if old.status = 'processing' and old.node_id is null then
      -- Its result was delivered, and nobody has read it: whose it was stands there.
      select d.node_id into old.node_id from oblivion.deliveries d where d.job_id = old.id;
      v_delivered := true;
    end if;
    if not oblivion.is_transition(old.status, new.status) then
      raise exception 'A job does not go from % to %.', old.status, new.status
        using errcode = 'check_violation',
              hint = 'docs/state-machine.md lists the transitions. A result that was accepted and paid is never taken back.';
    end if;
    if old.status = 'failed' and new.status = 'pending' then
      -- The share lock makes whoever ends the task wait, or us wait for it.
      perform from oblivion.tasks t where t.id = new.task_id and t.status = 'running' for share;
      if not found then
        raise exception 'The task of this job has ended and its budget was returned.'
          using errcode = 'check_violation', hint = 'Post a new task for the chunk.';
      elsif oblivion.is_paid_failure(old) then
        raise exception 'Two owners failed this job in the same words, and it was paid.'
          using errcode = 'check_violation', hint = 'Post a new task for the chunk.';
      end if;
    end if;
    if old.status = 'blocked' and new.status = 'pending' then
      -- What was paused, or not fed yet, has not been waiting for a node.
      new.available_at := greatest(new.available_at, now());
    end if;
    if old.status = 'processing' and new.status in ('pending', 'blocked', 'failed') then
      new.excluded_owner_id := (select n.owner_id from public.nodes n where n.id = old.node_id);
      if new.excluded_owner_id <> all (new.excluded_owner_ids) then
        new.excluded_owner_ids := new.excluded_owner_ids || new.excluded_owner_id;
      end if;
    end if;
  end if;
  -- What a status does not have is cleared, so that a manual reset needs to name two columns only.
  if tg_op = 'UPDATE' then
    if new.status <> 'processing' then
      new.node_id := null;
      new.lease_expires_at := null;
      new.metrics := null;
    end if;
    if new.status in ('blocked', 'pending', 'cancelled') then
      new.provider_address := null;
      new.finished_at := case when new.status = 'cancelled' then coalesce(new.finished_at, now()) end;
    end if;
    if new.status in ('blocked', 'pending') then
      new.progress := 0;
      new.started_at := null;
    end if;
    if new.status <> 'pending' then
      new.offered_to := null;
      new.offered_until := null;
    end if;
    if new.status in ('blocked', 'pending', 'cancelled') and new.offered_to is null then
      new.price_per_hour := null;
    end if;
  end if;
  v_fault := oblivion.job_fault(new);
  if v_fault is null and new.status = 'processing' and new.node_id is null and (tg_op = 'INSERT' or old.status <> new.status) then
    v_fault := 'a claim has a node and a lease';
  end if;
  if v_fault is not null then
    perform oblivion.refuse_row('jobs', v_fault);
  end if;
  if tg_op = 'UPDATE' and new.status <> old.status then
    if old.status = 'processing' then
      -- An end that nobody wrote down is a manual reset: it counts as a release. Before the node's row, for its owner pays,
      -- and whoever completes a job has the owner's row before the node's.
      if not exists (
        select
          from oblivion.attempts a
         where a.job_id = old.id
           and a.attempt = old.attempt
           -- The days before it began need no look; this transaction may have begun before.
           and a.ended_at >= least(old.started_at, now())) then
        perform oblivion.end_attempt(old, 'released', null);
      end if;
      if v_delivered then
        delete from oblivion.deliveries d where d.job_id = old.id;
      end if;
      update public.nodes n
         -- Not below zero: a stuck counter, which rescue puts right, must not keep a job from ending.
         set current_jobs = greatest(0, n.current_jobs - (not v_delivered)::int),
             total_jobs_completed = n.total_jobs_completed + (new.status = 'completed')::int
       where n.id = old.node_id;
      if new.status <> 'completed' and not oblivion.is_paid_failure(new) then
        perform oblivion.replica_given_back(old);
      end if;
    end if;
    if new.status = 'processing' then
      update public.nodes n
         set current_jobs = n.current_jobs + 1
       where n.id = new.node_id;
    end if;
  end if;
  return new;
end
$$;
comment on function oblivion.keep_job_whole() is
  'Keeps job, counters and history right whoever changes a job: what a status does not have is cleared, a row that must not exist is refused. The job''s row is locked already.';

create function oblivion.is_as_planned(p_job public.jobs)
returns boolean
language sql
immutable
return p_job.status in ('pending', 'blocked')
  and (p_job.fed or p_job.status = 'blocked')
  and least(p_job.stage, p_job.replica) >= 0
  and (p_job.attempt, p_job.failures, p_job.losses, p_job.progress) = (0, 0, 0, 0)
  and num_nonnulls(p_job.provider_address, p_job.error, p_job.node_id, p_job.offered_to, p_job.offered_until,
        p_job.started_at, p_job.lease_expires_at, p_job.finished_at, p_job.price_per_hour) = 0;
comment on function oblivion.is_as_planned(public.jobs) is
  'Whether a new job is as a task plans it, ten thousand in one statement, which needs no look. Inlined there; every other statement that writes a job copies the trigger''s condition, which is this name. For the engine alone.';

-- Named so that the guard of direct updates (a_...) fires first: triggers fire by name. The conditions are as short as can
-- be: they are copied in every statement that writes a job, and the first is parsed anew in every one that moves it.
create trigger b_keep_whole before update on public.jobs
  for each row when (new.moves = old.moves) execute function oblivion.keep_job_whole();
create trigger b_keep_whole_new before insert on public.jobs
  for each row when (not oblivion.is_as_planned(new)) execute function oblivion.keep_job_whole();

reset all;

-- 20261124000705_replica_owners.sql

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

reset all;

-- 20261124000710_history.sql

-- What became of jobs: how each try ended, append-only and by day, and the results that were accepted.

create table oblivion.attempts (
  job_id uuid not null,
  attempt int not null,
  task_id uuid not null,
  node_id uuid not null,
  owner_id bigint not null,
  provider_address text not null,
  -- When the job could be claimed for this attempt.
  queued_at timestamptz not null,
  started_at timestamptz not null,
  ended_at timestamptz not null default now(),
  -- succeeded, failed, expired, released or rejected.
  outcome text not null,
  error text,
  metrics jsonb,
  primary key (job_id, attempt, ended_at)
) partition by range (ended_at);
comment on table oblivion.attempts is
  'One claim-to-end of a job, written once, when it ends; the running one stands in the job''s own row, whose attempt number only grows and is what fences. One partition a day (UTC), so that old days go as a whole.';
-- A result never fails for a day that nobody made: it lies here then.
create table oblivion.attempts_rest partition of oblivion.attempts default;
create index on oblivion.attempts using brin (ended_at);

create trigger refuse_change before update or delete on oblivion.attempts
  for each row execute function oblivion.refuse_change();
create trigger refuse_truncate before truncate on oblivion.attempts
  for each statement execute function oblivion.refuse_change();

create function oblivion.ensure_history_days(p_from date default (now() at time zone 'UTC')::date, p_days int default 4)
returns int
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_day date;
  v_name text;
  v_made int := 0;
  v_timeout text := current_setting('lock_timeout');
begin
  for v_day in
    select p_from + g.n
      from generate_series(0, p_days - 1) as g (n)
     where to_regclass(format('oblivion.attempts_y%s', to_char(p_from + g.n, 'YYYY"m"MM"d"DD'))) is null
       -- A day that began in the rest stays there.
       and not exists (
             select
               from oblivion.attempts_rest a
              where a.ended_at >= (p_from + g.n)::timestamp at time zone 'UTC'
                and a.ended_at < (p_from + g.n + 1)::timestamp at time zone 'UTC')
     order by 1
  loop
    v_name := format('attempts_y%s', to_char(v_day, 'YYYY"m"MM"d"DD'));
    -- Attached and not made as a partition: that would keep every result waiting. And whoever reads the rest for long is
    -- not waited for: the next pass is soon.
    perform set_config('lock_timeout', '200ms', true);
    begin
      execute format('create table oblivion.%I (like oblivion.attempts including defaults including constraints)', v_name);
      execute format('alter table oblivion.%I enable row level security', v_name);
      execute format('revoke all on oblivion.%I from public, anon, authenticated, service_role', v_name);
      execute format('alter table oblivion.attempts attach partition oblivion.%I for values from (%L) to (%L)', v_name,
        v_day::timestamp at time zone 'UTC', (v_day + 1)::timestamp at time zone 'UTC');
      v_made := v_made + 1;
    exception
      when lock_not_available or duplicate_table or check_violation then
        null;
    end;
    perform set_config('lock_timeout', v_timeout, true);
  end loop;
  return v_made;
end
$$;
comment on function oblivion.ensure_history_days(date, int) is
  'Makes the partitions of the history for these days (UTC) where they are missing, and answers how many. Run by every rescue pass. For the engine alone.';
select oblivion.ensure_history_days();

-- Foreign keys stand where they prove something that nothing else does: a check is a statement of its own, and it locks
-- the row it points at (ADR 5). A result is written from its job's row by the statement that completes the job.
create table oblivion.results (
  job_id uuid primary key,
  task_id uuid not null,
  chunk_index int not null,
  attempt int not null,
  node_id uuid not null,
  -- RFC 8785 text, computed here; the hash is of these bytes. Null where they lie in Storage (stored_results).
  canonical text,
  result_hash text not null,
  -- unchecked, valid, invalid or inconclusive.
  verdict text not null default 'unchecked',
  accepted_at timestamptz not null default now()
);
create index on oblivion.results (task_id, accepted_at);
comment on table oblivion.results is
  'What came out of a job. Page through a task''s by its jobs, which lie in the order of its chunks.';

create function oblivion.guard_verdict()
returns trigger
language plpgsql
set search_path = ''
as $$
begin
  if new.verdict not in ('unchecked', 'valid', 'invalid', 'inconclusive') then
    perform oblivion.refuse_row('results', 'a verdict is unchecked, valid, invalid or inconclusive');
  end if;
  return new;
end
$$;
comment on function oblivion.guard_verdict() is 'A result comes unchecked; what is believed of it later is one of four.';
create trigger guard_verdict before update on oblivion.results
  for each row execute function oblivion.guard_verdict();

reset all;

-- 20261124000715_receipts.sql

-- Receipts: the ledger's transactions of accepted results, one row each. A chunk's price leaves its task's hold and
-- becomes the platform's fee and the payee's reward, which is price - fee and stored nowhere: a receipt sums to zero by
-- construction, and it has one asset and one instance for all three legs. Three entries, their transaction and a receipt
-- beside them cost more than the rest of an acceptance together. The view oblivion.ledger shows both kinds as one.
--
-- No check, no generated column and no foreign key stands on a row that every accepted result writes: Postgres parses
-- such an expression anew in each statement (ADR 6). Two functions write receipts, out of the task's own row, and
-- charge_receipts looks at each before any money leaves.

create table oblivion.charges (
  id bigint generated always as identity primary key,
  instance_id bigint not null references oblivion.settlement_instances,
  owner_id bigint not null references oblivion.owners,
  cumulative bigint not null check (cumulative > 0),
  cumulative_fee bigint not null check (cumulative_fee between 0 and cumulative),
  created_at timestamptz not null default now(),
  confirmed_at timestamptz,
  -- Its receipts of sites' visitors were shared between site and visitor.
  shared boolean not null default false,
  -- The last of the relayer's transactions in which its customer had a row.
  batch_id bigint,
  unique (instance_id, owner_id, cumulative)
);
create index charges_unshared on oblivion.charges (instance_id) where confirmed_at is not null and not shared;
comment on table oblivion.charges is 'What a customer has spent in all, as the contract will be told; confirmed once its event was indexed.';

create table oblivion.receipts (
  id bigint generated always as identity,
  job_id uuid not null,
  attempt int not null,
  task_id uuid not null,
  chunk_index int not null,
  -- Who did it and answers for it, and who is paid for it (T11): of a site's visitor these are two.
  provider_owner_id bigint not null,
  payee_owner_id bigint not null,
  customer_owner_id bigint not null,
  asset text not null,
  instance_id bigint not null,
  price bigint not null,
  fee bigint not null,
  result_hash text not null,
  charge_id bigint,
  started_at timestamptz not null,
  accepted_at timestamptz not null default now(),
  -- A job belongs to one task for ever, so this is one receipt a job; and it answers what a task has spent.
  primary key (task_id, job_id) include (price)
);
-- What is not charged yet is all that is summed receipt by receipt; the rest lies folded in charges and payee_totals.
create index receipts_open on oblivion.receipts (customer_owner_id, payee_owner_id) where charge_id is null;
create index receipts_payee on oblivion.receipts (payee_owner_id, id);
comment on table oblivion.receipts is
  'One per accepted job: this payee is owed this amount. Made by the statement that accepts the result.';

create function oblivion.refuse_receipt_change()
returns trigger
language plpgsql
set search_path = ''
as $$
begin
  -- In here and not in the trigger's condition: every statement that writes a receipt copies the triggers' conditions,
  -- and one that names all columns is 10 kB of them (ADR 6).
  if tg_op = 'UPDATE' and old.charge_id is null and new.charge_id is not null then
    old.charge_id := new.charge_id;
    if old is not distinct from new then
      return new;
    end if;
  end if;
  perform oblivion.raise_error('OB020', 'A receipt is never changed or deleted.', null, jsonb_build_object('table', 'receipts'));
  return null;
end
$$;
comment on function oblivion.refuse_receipt_change() is 'A receipt only ever gets its charge, once.';
create trigger refuse_change before update or delete on oblivion.receipts
  for each row execute function oblivion.refuse_receipt_change();
create trigger refuse_truncate before truncate on oblivion.receipts
  for each statement execute function oblivion.refuse_change();

-- The roll-up. A charge folds its receipts into one row a payee, and those into one running total a payee, so that a
-- balance costs what came since the last charge and not a provider's whole life.
create table oblivion.charge_parts (
  charge_id bigint not null references oblivion.charges,
  payee_owner_id bigint not null references oblivion.owners,
  reward bigint not null check (reward >= 0),
  primary key (charge_id, payee_owner_id)
);
comment on table oblivion.charge_parts is 'Whose rewards a charge pays for: the sum of its receipts by payee.';
create trigger refuse_change before update or delete on oblivion.charge_parts
  for each row execute function oblivion.refuse_change();
create trigger refuse_truncate before truncate on oblivion.charge_parts
  for each statement execute function oblivion.refuse_change();

create table oblivion.payee_totals (
  instance_id bigint not null references oblivion.settlement_instances,
  payee_owner_id bigint not null references oblivion.owners,
  -- In charges that were made, and in those whose event was seen: what the contract's pool holds for it.
  charged bigint not null default 0,
  confirmed bigint not null default 0,
  primary key (instance_id, payee_owner_id),
  check (confirmed between 0 and charged)
);
comment on table oblivion.payee_totals is 'Running totals over charge_parts, written by charges_due and by the booking of a charge alone.';

create function oblivion.charged_spending(p_instance_id bigint, p_owner_id bigint default null)
returns table (price bigint, fee bigint)
language sql
stable
security definer
set search_path = ''
as $$
  select coalesce(sum(c.cumulative), 0)::bigint, coalesce(sum(c.cumulative_fee), 0)::bigint
    from (
      select distinct on (x.owner_id) x.cumulative, x.cumulative_fee
        from oblivion.charges x
       where x.instance_id = p_instance_id
         and (p_owner_id is null or x.owner_id = p_owner_id)
       order by x.owner_id, x.cumulative desc) c
$$;
comment on function oblivion.charged_spending(bigint, bigint) is
  'What one customer, or all, spent in receipts that are charged, and the fees in it. For the engine alone.';

create table oblivion.card_payouts (
  charge_id bigint primary key references oblivion.charges,
  instance_id bigint not null references oblivion.settlement_instances,
  amount bigint not null check (amount > 0),
  made_at timestamptz not null default now()
);
create index on oblivion.card_payouts (instance_id) include (amount);
create trigger refuse_change before update or delete on oblivion.card_payouts
  for each row execute function oblivion.refuse_change();
create trigger refuse_truncate before truncate on oblivion.card_payouts
  for each statement execute function oblivion.refuse_change();
comment on table oblivion.card_payouts is
  'Charges of the operator''s escrow that pay for receipts in card money. These receipts carry the charge; its parts say whose it is.';

create function oblivion.card_paid_out(p_instance_id bigint)
returns bigint
language sql
stable
security definer
set search_path = ''
as $$
  select coalesce(sum(p.amount), 0)::bigint from oblivion.card_payouts p where p.instance_id = p_instance_id
$$;
comment on function oblivion.card_paid_out(bigint) is 'What charges of an instance paid for receipts in card money. For the engine alone.';

create function oblivion.receipt_sum(
  p_kind text,
  p_asset text,
  p_instance_id bigint,
  p_owner_id bigint default null,
  p_task_id uuid default null
)
returns bigint
language plpgsql
stable
security definer
set search_path = ''
as $$
declare
  v_sum bigint := 0;
begin
  case p_kind
    when 'task_hold' then
      if p_task_id is not null then
        select - sum(r.price) into v_sum
          from oblivion.receipts r
         where r.task_id = p_task_id and r.asset = p_asset and r.instance_id = p_instance_id;
      else
        select - sum(r.price) into v_sum
          from oblivion.receipts r
         where r.charge_id is null and r.asset = p_asset and r.instance_id = p_instance_id;
        if p_asset = 'chain' then
          v_sum := coalesce(v_sum, 0) - (select s.price from oblivion.charged_spending(p_instance_id) s)
            + oblivion.card_paid_out(p_instance_id);
        end if;
      end if;
    when 'provider_earned' then
      if p_owner_id is not null then
        select sum(r.price - r.fee) into v_sum
          from oblivion.receipts r
         where r.charge_id is null and r.payee_owner_id = p_owner_id
           and r.asset = p_asset and r.instance_id = p_instance_id;
      else
        select sum(r.price - r.fee) into v_sum
          from oblivion.receipts r
         where r.charge_id is null and r.asset = p_asset and r.instance_id = p_instance_id;
      end if;
      if p_asset = 'chain' then
        v_sum := coalesce(v_sum, 0) + coalesce((
          select sum(t.charged)
            from oblivion.payee_totals t
           where t.instance_id = p_instance_id
             and (p_owner_id is null or t.payee_owner_id = p_owner_id)), 0);
      end if;
    when 'platform_fees' then
      select sum(r.fee) into v_sum
        from oblivion.receipts r
       where r.charge_id is null and r.asset = p_asset and r.instance_id = p_instance_id;
      if p_asset = 'chain' then
        v_sum := coalesce(v_sum, 0) + (select s.fee from oblivion.charged_spending(p_instance_id) s);
      end if;
    when 'card_escrow' then
      v_sum := - oblivion.card_paid_out(p_instance_id);
    else
      null;
  end case;
  if p_asset <> 'chain' and p_task_id is null then
    -- A receipt in card money stays in the books of cards when a charge pays for it: entries say what became of it.
    v_sum := coalesce(v_sum, 0) + coalesce((
      select sum(case p_kind when 'task_hold' then - r.price when 'provider_earned' then r.price - r.fee
                   when 'platform_fees' then r.fee end)
        from oblivion.receipts r
       where r.charge_id is not null and (p_owner_id is null or r.payee_owner_id = p_owner_id)
         and r.asset = p_asset and r.instance_id = p_instance_id), 0);
  end if;
  return coalesce(v_sum, 0);
end
$$;
comment on function oblivion.receipt_sum(text, text, bigint, bigint, uuid) is
  'What receipts add to an account by its facts, or, without owner and task, to all accounts of a kind. For the engine alone.';

create function oblivion.balance_of(p_account_id bigint)
returns bigint
language plpgsql
-- Volatile: it sees an account that its caller's own statement makes.
volatile
security definer
set search_path = ''
as $$
declare
  v_account oblivion.accounts;
  v_sum bigint;
begin
  select a.* into strict v_account from oblivion.accounts a where a.id = p_account_id;
  select coalesce(sum(e.amount), 0) into v_sum from oblivion.ledger_entries e where e.account_id = p_account_id;
  if v_account.kind in ('task_hold', 'provider_earned', 'platform_fees', 'card_escrow') then
    v_sum := v_sum + oblivion.receipt_sum(
      v_account.kind, v_account.asset, v_account.instance_id, v_account.owner_id, v_account.task_id);
  end if;
  return v_sum;
end
$$;
comment on function oblivion.balance_of(bigint) is
  'A balance is derived, never stored: its entries, and its legs of receipts. For the engine alone.';

create view oblivion.ledger with (security_invoker = true) as
  select t.kind, t.reference, t.booked_at, e.asset, e.instance_id,
         a.kind as account, a.owner_id, a.task_id, e.amount
    from oblivion.ledger_entries e
    join oblivion.ledger_transactions t on t.id = e.transaction_id
    join oblivion.accounts a on a.id = e.account_id
   union all
  select 'accept', r.job_id::text, r.accepted_at, r.asset, r.instance_id, l.account, l.owner_id, l.task_id, l.amount
    from oblivion.receipts r
   cross join lateral (values
     ('task_hold', null::bigint, r.task_id, - r.price),
     ('provider_earned', r.payee_owner_id, null::uuid, r.price - r.fee),
     ('platform_fees', null::bigint, null::uuid, r.fee)) as l (account, owner_id, task_id, amount)
   where l.amount <> 0
   union all
  select 'payout', 'charge:' || c.charge_id, c.made_at, 'chain', c.instance_id, l.account, l.owner_id, null, l.amount
    from oblivion.card_payouts c
    join oblivion.charge_parts p on p.charge_id = c.charge_id
   cross join lateral (values
     ('card_escrow', null::bigint, - p.reward),
     ('provider_earned', p.payee_owner_id, p.reward)) as l (account, owner_id, amount);
comment on view oblivion.ledger is
  'Every leg of every booking by the facts of its account: entries, receipts and payouts of card money as one ledger. For proofs and statements.';

reset all;

-- 20261124000720_earning_shares.sql

-- What a site's visitor earned is shared once the contract's pool holds it: the site's part goes to the site's owner, the
-- visitor's stays in the visitor's account until a wallet is bound to it. The way of a result knows nothing of this: it
-- pays the visitor's account whole.

create table oblivion.earning_shares (
  id bigint generated always as identity primary key,
  instance_id bigint not null references oblivion.settlement_instances,
  from_owner_id bigint not null references oblivion.owners,
  -- Null: to the reserve, for a wrong result.
  to_owner_id bigint references oblivion.owners,
  amount bigint not null check (amount > 0),
  reason text not null check (reason in ('site', 'bound', 'lapsed', 'forfeit')),
  transaction_id bigint not null unique references oblivion.ledger_transactions,
  created_at timestamptz not null default now(),
  check (from_owner_id <> to_owner_id),
  check ((to_owner_id is null) = (reason = 'forfeit'))
);
create index on oblivion.earning_shares (to_owner_id, instance_id) include (amount);
create index on oblivion.earning_shares (from_owner_id, instance_id) include (amount);
create trigger refuse_change before update or delete on oblivion.earning_shares
  for each row execute function oblivion.refuse_change();
create trigger refuse_truncate before truncate on oblivion.earning_shares
  for each statement execute function oblivion.refuse_change();
comment on table oblivion.earning_shares is
  'Charged earnings that went from a visitor''s account to the site''s owner, to the wallet bound to it, or, never bound, to the site''s owner after all; or to the reserve for wrong results (T11).';

create table oblivion.visitor_earnings (
  instance_id bigint not null references oblivion.settlement_instances,
  owner_id bigint not null references oblivion.visitors,
  -- Charged, and less the site's part.
  amount bigint not null default 0,
  moved bigint not null default 0,
  -- What of it never came, for wrong results.
  forfeited bigint not null default 0 check (forfeited >= 0),
  primary key (instance_id, owner_id),
  check (moved between 0 and amount)
);
create index visitor_earnings_open on oblivion.visitor_earnings (owner_id) where moved < amount;
comment on table oblivion.visitor_earnings is 'The visitor''s own part of what was charged, and how much of it went on to a wallet.';

create function oblivion.share_earnings(
  p_instance_id bigint,
  p_from bigint,
  p_to bigint,
  p_amount bigint,
  p_reason text,
  p_reference text
)
returns void
language plpgsql
security definer
set search_path = ''
as $$
begin
  insert into oblivion.earning_shares (instance_id, from_owner_id, to_owner_id, amount, reason, transaction_id)
  values (p_instance_id, p_from, p_to, p_amount, p_reason,
    oblivion.book(case when p_to is null then 'forfeit' else 'share' end, p_reference, 'chain', p_instance_id,
      array[oblivion.account('provider_earned', 'chain', p_instance_id, p_from),
            oblivion.account(case when p_to is null then 'reserve' else 'provider_earned' end, 'chain', p_instance_id, p_to)],
      array[-p_amount, p_amount]));
end
$$;
comment on function oblivion.share_earnings(bigint, bigint, bigint, bigint, text, text) is
  'Books earnings from one account to another, or to the reserve where p_to is null, once per reference. For the engine alone.';

create function oblivion.pass_on_earnings(p_instance_id bigint, p_owner_id bigint, p_to bigint, p_reason text)
returns bigint
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_earned oblivion.visitor_earnings;
begin
  select e.* into v_earned
    from oblivion.visitor_earnings e
   where e.instance_id = p_instance_id
     and e.owner_id = p_owner_id
     for update;
  if v_earned.amount > v_earned.moved then
    perform oblivion.share_earnings(p_instance_id, p_owner_id, p_to, v_earned.amount - v_earned.moved, p_reason,
      format('%s:%s:%s', p_reason, p_owner_id, v_earned.amount));
    update oblivion.visitor_earnings e
       set moved = e.amount
     where e.instance_id = p_instance_id
       and e.owner_id = p_owner_id;
  end if;
  return coalesce(v_earned.amount - v_earned.moved, 0);
end
$$;
comment on function oblivion.pass_on_earnings(bigint, bigint, bigint, text) is
  'Moves all of a visitor''s own part that was not moved yet; answers how much. For the engine alone.';

create function oblivion.site_part(p_visitor oblivion.visitors, p_reward bigint, p_charge_id bigint default null)
returns bigint
language plpgsql
stable
security definer
set search_path = ''
as $$
declare
  v_instance bigint := (oblivion.open_instance()).id;
begin
  if not exists (select from oblivion.visitor_terms t where t.owner_id = p_visitor.owner_id) then
    return floor(p_reward::numeric * p_visitor.owner_bps / 10000);
  end if;
  return (
    select coalesce(sum(floor(g.reward * g.owner_bps / 10000)), 0)
      from (
        select coalesce(t.owner_bps, p_visitor.owner_bps) as owner_bps, sum(r.price - r.fee) as reward
          from oblivion.receipts r
          left join oblivion.charges c on c.id = r.charge_id
          left join lateral (
            select x.owner_bps
              from oblivion.visitor_terms x
             where x.owner_id = p_visitor.owner_id and x.until_at >= r.accepted_at
             order by x.until_at
             limit 1) t on true
         where r.payee_owner_id = p_visitor.owner_id
           and case
                 when p_charge_id is not null then r.charge_id = p_charge_id
                 when r.charge_id is null then r.asset = 'chain' and r.instance_id = v_instance
                 else c.instance_id = v_instance and not c.shared
               end
         group by 1) g);
end
$$;
comment on function oblivion.site_part(oblivion.visitors, bigint, bigint) is
  'The site''s part of p_reward, which a charge pays a visitor, or which is all that it earned on the open instance and that was not shared yet: each result by the share that held when it was accepted. For the engine alone.';

create function oblivion.share_site_earnings(p_instance_id bigint)
returns void
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_charge bigint;
  v_part record;
  v_site_part bigint;
  v_forfeit bigint;
  v_own_forfeit bigint;
begin
  -- Each receipt belongs to one charge, and each charge is shared once, when a wrong result had time to show.
  for v_charge in
    select c.id
      from oblivion.charges c
     cross join oblivion.settings s
     where c.instance_id = p_instance_id
       and c.confirmed_at is not null
       and not c.shared
       and c.confirmed_at <= now() - s.site_hold
     order by c.id
     limit 1000
       for no key update of c
  loop
    for v_part in
      select v.owner_id, v as visitor, s as site, p.reward
        from oblivion.charge_parts p
        join oblivion.visitors v on v.owner_id = p.payee_owner_id
        join oblivion.sites s on s.id = v.site_id
       where p.charge_id = v_charge
       -- Who was wrong answers before others do.
       order by exists (select from oblivion.wrong_results w where w.payee_owner_id = v.owner_id) desc, v.owner_id
    loop
      v_site_part := oblivion.site_part(v_part.visitor, v_part.reward, v_charge);
      v_forfeit := oblivion.forfeit_of(p_instance_id, v_part.site, v_part.owner_id, v_part.reward, v_site_part);
      if v_forfeit > 0 then
        perform oblivion.share_earnings(p_instance_id, v_part.owner_id, null, v_forfeit, 'forfeit',
          format('forfeit:%s:%s', v_charge, v_part.owner_id));
        insert into oblivion.site_forfeits as f (instance_id, site_id, taken)
        values (p_instance_id, (v_part.site).id, v_forfeit)
        on conflict (instance_id, site_id) do update set taken = f.taken + excluded.taken;
      end if;
      v_own_forfeit := greatest(0, v_forfeit - v_site_part);
      v_site_part := v_site_part - (v_forfeit - v_own_forfeit);
      if v_site_part > 0 then
        perform oblivion.share_earnings(p_instance_id, v_part.owner_id, (v_part.site).owner_id, v_site_part, 'site',
          format('site:%s:%s', v_charge, v_part.owner_id));
      end if;
      insert into oblivion.visitor_earnings as e (instance_id, owner_id, amount, forfeited)
      values (p_instance_id, v_part.owner_id, v_part.reward - v_site_part - v_forfeit, v_own_forfeit)
      on conflict (instance_id, owner_id) do update
        set amount = e.amount + excluded.amount,
            forfeited = e.forfeited + excluded.forfeited;
    end loop;
    update oblivion.charges c set shared = true where c.id = v_charge;
  end loop;
  for v_part in
    select v.owner_id, v.bound_owner_id
      from oblivion.visitor_earnings e
      join oblivion.visitors v on v.owner_id = e.owner_id
     cross join oblivion.settings s
     where e.instance_id = p_instance_id
       and e.moved < e.amount
       and v.bound_at <= now() - s.claim_hold
     order by v.owner_id
     limit 1000
  loop
    perform oblivion.pass_on_earnings(p_instance_id, v_part.owner_id, v_part.bound_owner_id, 'bound');
  end loop;
end
$$;
comment on function oblivion.share_site_earnings(bigint) is
  'Shares what was charged and held long enough, less what goes to the reserve for wrong results, and passes on what bound wallets have waited for. At the head of vouchers_due. For the engine alone.';

create function oblivion.lapse_visitor_earnings(p_instance_id bigint)
returns int
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_visitor record;
  v_count int := 0;
begin
  for v_visitor in
    select v.owner_id, x.owner_id as site_owner_id
      from oblivion.visitor_earnings e
      join oblivion.visitors v on v.owner_id = e.owner_id
      join oblivion.sites x on x.id = v.site_id
     cross join oblivion.settings s
     where e.instance_id = p_instance_id
       and e.moved < e.amount
       and v.bound_owner_id is null
       and v.last_seen_at < now() - s.unbound_after
     order by v.owner_id
     limit 1000
       for update of v skip locked
  loop
    perform oblivion.pass_on_earnings(p_instance_id, v_visitor.owner_id, v_visitor.site_owner_id, 'lapsed');
    v_count := v_count + 1;
  end loop;
  return v_count;
end
$$;
comment on function oblivion.lapse_visitor_earnings(bigint) is
  'What no wallet was bound to, 90 days after the last visit, goes to the site, as the consent said. Answers how many accounts. Daily, for the coordinator.';

create function oblivion.require_visitor(p_node_id uuid)
returns oblivion.visitors
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_node public.nodes := oblivion.require_node(p_node_id);
  v_visitor oblivion.visitors;
begin
  select v.* into v_visitor from oblivion.visitors v where v.owner_id = v_node.payee_owner_id for update;
  if not found then
    perform oblivion.raise_error('OB005', 'This node is a wallet''s own and earns for that wallet.', null,
      jsonb_build_object('field', 'p_node_id', 'reason', 'not_a_visitor'));
  end if;
  return v_visitor;
end
$$;
comment on function oblivion.require_visitor(uuid) is 'The visitor''s account behind the caller''s node, locked. For the engine alone.';

create function oblivion.visitor_total(p_owner_id bigint)
returns bigint
language sql
stable
security definer
set search_path = ''
as $$
  select coalesce(x.own, 0) + x.rest - oblivion.site_part(x.visitor, x.rest)
    from (
      select v as visitor, e.amount as own,
             -- What was not shared yet.
             (oblivion.receipt_sum('provider_earned', 'chain', i.id, v.owner_id)
               - coalesce(e.amount, 0)
               - coalesce((
                   select sum(s.amount)
                     from oblivion.earning_shares s
                    where s.instance_id = i.id
                      and s.from_owner_id = v.owner_id
                      and s.reason in ('site', 'forfeit')), 0))::bigint as rest
        from oblivion.visitors v
        left join oblivion.settlement_instances i on i.closed_at is null
        left join oblivion.visitor_earnings e on e.instance_id = i.id and e.owner_id = v.owner_id
       where v.owner_id = p_owner_id) x
$$;
comment on function oblivion.visitor_total(bigint) is
  'What a visitor''s own part of its rewards comes to, charged or not, less what was forfeited, on the open instance. For the engine alone.';

create function public.visitor_earnings(p_node_id uuid)
returns jsonb
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_visitor oblivion.visitors := oblivion.require_visitor(p_node_id);
begin
  return jsonb_build_object(
    'earned', oblivion.visitor_total(v_visitor.owner_id)::text,
    'ownerBps', v_visitor.owner_bps,
    'boundTo', (select oblivion.short_address(o.address) from oblivion.owners o where o.id = v_visitor.bound_owner_id));
end
$$;
comment on function public.visitor_earnings(uuid) is
  'What the visitor behind the caller''s node has earned as its own part, and to which wallet it goes, if any. By node key. OB003, OB004, OB005.';

create function public.create_claim_code(p_node_id uuid)
returns jsonb
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_visitor oblivion.visitors := oblivion.require_visitor(p_node_id);
  v_code text := 'obc_' || replace(gen_random_uuid()::text || gen_random_uuid()::text, '-', '');
begin
  if v_visitor.bound_owner_id is not null then
    perform oblivion.raise_error('OB083', 'A wallet is bound to these earnings already.', 'They go there by themselves.',
      jsonb_build_object('boundTo', (
        select oblivion.short_address(o.address) from oblivion.owners o where o.id = v_visitor.bound_owner_id)));
  end if;
  update oblivion.visitors v
     set code_hash = sha256(convert_to(v_code, 'UTF8')),
         code_expires_at = now() + interval '10 minutes'
   where v.owner_id = v_visitor.owner_id;
  return jsonb_build_object('code', v_code, 'expiresAt', now() + interval '10 minutes');
end
$$;
comment on function public.create_claim_code(uuid) is
  'A code, good for 10 minutes and one use, with which a signed-in wallet takes over what the visitor behind the caller''s node earns; it ends the code before. By node key. OB003, OB004, OB005, OB083.';

create function oblivion.visitor_of_code(p_code text)
returns oblivion.visitors
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_visitor oblivion.visitors;
begin
  select v.* into v_visitor
    from oblivion.visitors v
   where v.code_hash = sha256(convert_to(coalesce(p_code, ''), 'UTF8'))
     for update;
  if not found or v_visitor.code_expires_at <= now() then
    perform oblivion.raise_error('OB082', 'This code was used, is older than 10 minutes, or never existed.',
      'Ask for a new one in the badge on the page where you computed.');
  end if;
  return v_visitor;
end
$$;
comment on function oblivion.visitor_of_code(text) is 'The visitor behind a claim code that stands, locked; or OB082. For the engine alone.';

create function oblivion.show_claim(p_visitor oblivion.visitors)
returns jsonb
language sql
stable
security definer
set search_path = ''
as $$
  select jsonb_build_object(
    'site', s.name,
    'origins', s.origins,
    'earned', oblivion.visitor_total(p_visitor.owner_id)::text,
    'visitorBps', 10000 - p_visitor.owner_bps,
    'expiresAt', p_visitor.code_expires_at,
    'availableAt', p_visitor.bound_at + t.claim_hold)
    from oblivion.sites s, oblivion.settings t
   where s.id = p_visitor.site_id
     and t.id
$$;
comment on function oblivion.show_claim(oblivion.visitors) is 'What a claim is about. For the engine alone.';

create function public.show_claim_code(p_code text)
returns jsonb
language sql
security definer
set search_path = ''
as $$
  select oblivion.show_claim(oblivion.visitor_of_code(p_code))
$$;
comment on function public.show_claim_code(text) is
  'What a claim code stands for, without using it: site, what was earned, until when it is good. OB082.';

create function public.redeem_claim_code(p_code text)
returns jsonb
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_owner bigint := oblivion.owner_of(oblivion.require_wallet());
  v_visitor oblivion.visitors := oblivion.visitor_of_code(p_code);
begin
  update oblivion.visitors v
     set code_hash = null,
         code_expires_at = null,
         bound_owner_id = v_owner,
         bound_at = now()
   where v.owner_id = v_visitor.owner_id
     and v.bound_owner_id is null
  returning v.* into v_visitor;
  if not found then
    perform oblivion.raise_error('OB083', 'A wallet is bound to these earnings already.', 'They go there by themselves.');
  end if;
  return oblivion.show_claim(v_visitor);
end
$$;
comment on function public.redeem_claim_code(text) is
  'Binds the signed-in wallet to a visitor''s earnings, those to come included; the first to redeem wins. They are the wallet''s 24 hours later (A14). OB001, OB082, OB083.';

create function oblivion.unbind_visitor(p_owner_id bigint)
returns void
language plpgsql
security definer
set search_path = ''
as $$
begin
  update oblivion.visitors v
     set bound_owner_id = null,
         bound_at = null
    from oblivion.settings s
   where v.owner_id = p_owner_id
     and v.bound_at > now() - s.claim_hold;
  if not found then
    perform oblivion.raise_error('OB018', 'No wallet was bound to this visitor within the hold.');
  end if;
end
$$;
comment on function oblivion.unbind_visitor(bigint) is
  'Takes back a binding that is disputed, within its hold. By the operator alone. OB018.';

reset all;

-- 20261124000750_claim_budget.sql

-- The claim budget (T2): drawing jobs and not doing them costs. Without it, who releases what it does not like draws
-- fifty times as often as who works, and who holds jobs to the end of their time starves a task for nothing.
--
-- An attempt that ends otherwise than accepted spends one unit, and one more for every 20 s that the job was held. An
-- accepted result brings a quarter, and five minutes bring one, up to 4, or 20 for an owner that is proven. Who has less
-- than one waits, while anybody else is there to work. So a node that fails one job in ten never waits, and one that
-- holds a job for its 300 s in vain waits for an hour. Reputation is another thing: failures leave it alone.

create function oblivion.budget_of(p_owner oblivion.owners)
returns real
language sql
stable
set search_path = ''
as $$
  select least(
           case when p_owner.proven_count >= s.proven_after then s.claim_budget_proven else s.claim_budget end,
           p_owner.claim_budget
             + extract(epoch from now() - p_owner.budget_at) / extract(epoch from s.claim_budget_refill))::real
    from oblivion.settings s
$$;
comment on function oblivion.budget_of(oblivion.owners) is 'An owner''s claim budget at this moment. For the engine alone.';

create function oblivion.with_budget(p_owner oblivion.owners, p_budget real)
returns oblivion.owners
language plpgsql
stable
set search_path = ''
as $$
begin
  -- Bounded below: no debt lasts longer than a day.
  p_owner.claim_budget := greatest(p_budget, -288);
  p_owner.budget_at := now();
  select case when p_owner.claim_budget >= 1 then '-infinity'
           else now() + (1 - p_owner.claim_budget) * s.claim_budget_refill end
    into p_owner.claims_from
    from oblivion.settings s;
  return p_owner;
end
$$;
comment on function oblivion.with_budget(oblivion.owners, real) is 'An owner''s row with this claim budget from now on. For the engine alone.';

create function oblivion.change_budget(p_owner_id bigint, p_change real, p_wait boolean default true)
returns void
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_owner oblivion.owners;
begin
  if p_wait then
    select o.* into v_owner from oblivion.owners o where o.id = p_owner_id for no key update;
  else
    select o.* into v_owner from oblivion.owners o where o.id = p_owner_id for no key update skip locked;
  end if;
  if not found then
    return;
  end if;
  v_owner := oblivion.with_budget(v_owner, oblivion.budget_of(v_owner) + p_change);
  update oblivion.owners o
     set claim_budget = v_owner.claim_budget,
         budget_at = v_owner.budget_at,
         claims_from = v_owner.claims_from
   where o.id = v_owner.id;
end
$$;
comment on function oblivion.change_budget(bigint, real, boolean) is
  'Adds to an owner''s claim budget; without waiting, nothing happens while its row is locked. For the engine alone.';

create function oblivion.spend_budget(p_ended oblivion.attempts)
returns void
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_cost real;
  v_others bigint[];
  v_refund boolean := false;
begin
  if p_ended.outcome = 'released' and exists (
    select
      from oblivion.deliveries d
     where (d.job_id, d.attempt) = (p_ended.job_id, p_ended.attempt)
       and d.delivered_at < now() - interval '1 day') then
    -- Given back because no coordinator has read it: nothing of that is its owner's doing.
    return;
  end if;
  -- Held until it was delivered: what comes after is the coordinator's time.
  select 1 + extract(epoch from coalesce(
           (select d.delivered_at from oblivion.deliveries d where (d.job_id, d.attempt) = (p_ended.job_id, p_ended.attempt)),
           p_ended.ended_at) - p_ended.started_at) / extract(epoch from s.claim_budget_held)
    into v_cost
    from oblivion.settings s;
  if p_ended.outcome = 'failed' then
    select array_agg(distinct a.owner_id)
      into v_others
      from oblivion.attempts a
     where a.job_id = p_ended.job_id
       -- The days before it was posted need no look.
       and a.ended_at >= (select j.created_at from public.jobs j where j.id = p_ended.job_id)
       and a.owner_id <> p_ended.owner_id
       and a.outcome = 'failed';
    if v_others is not null then
      -- Another owner failed the same job, so it is the job: neither pays for more than the time, else a customer could
      -- ruin everybody with a program that throws. The second owner's failure gives the first its unit back.
      v_cost := v_cost - 1;
      v_refund := cardinality(v_others) = 1 and not exists (
        select
          from oblivion.attempts a
         where a.job_id = p_ended.job_id
           and a.ended_at >= (select j.created_at from public.jobs j where j.id = p_ended.job_id)
           and a.owner_id = p_ended.owner_id
           and a.attempt <> p_ended.attempt
           and a.outcome = 'failed');
    end if;
  end if;
  perform oblivion.change_budget(p_ended.owner_id, - v_cost);
  if v_refund then
    -- After our own row, and without waiting: two who give back to each other would wait for each other.
    perform oblivion.change_budget(v_others[1], 1, false);
  end if;
end
$$;
comment on function oblivion.spend_budget(oblivion.attempts) is
  'What an attempt in vain costs its owner. For the engine alone.';

create function oblivion.refill_budget(p_owner_id bigint, p_count int default 1)
returns void
language sql
security definer
set search_path = ''
as $$
  select oblivion.change_budget(p_owner_id, (p_count * s.claim_budget_accepted)::real) from oblivion.settings s
$$;
comment on function oblivion.refill_budget(bigint, int) is
  'What accepted results bring their owner, whose row is locked. Whoever accepts asks for it where claim_budget is below 20: a full budget needs nothing. For the engine alone.';

create function oblivion.others_can_work(p_owner_id bigint)
returns boolean
language sql
stable
security definer
set search_path = ''
as $$
  select exists (
    select
      from public.nodes n
      join oblivion.owners o on o.id = n.owner_id
     where n.owner_id <> p_owner_id
       and o.claims_from <= now()
       and not o.held_up
       -- Not one that idles because it may not have what lies there: that does not suit it, or is another replica of a chunk
       -- of its own. A task that is put there on purpose hides it for no longer than until it has its next job.
       and (n.current_jobs > 0 or coalesce(n.found_nothing_until <= now(), true))
       and oblivion.is_online(n.last_seen, n.next_poll_at))
$$;
comment on function oblivion.others_can_work(bigint) is
  'Whether another owner with claim budget is online, not held up by unread results and not idle for want of work that it may have. Where none is, waiting would help nobody, and who has spent its budget gets work all the same: a network''s first tab, or everybody after a broken program. For the engine alone.';

create function oblivion.budget_wait_ms(p_owner_id bigint)
returns int
language sql
stable
security definer
set search_path = ''
as $$
  select least(60000, ceil(extract(epoch from o.claims_from - now()) * 1000))::int
    from oblivion.owners o
   where o.id = p_owner_id
     and o.claims_from > now()
     and oblivion.others_can_work(o.id)
$$;
comment on function oblivion.budget_wait_ms(bigint) is
  'Milliseconds, a minute at most, until an owner without claim budget should ask again; null where it need not wait. For the engine alone.';

reset all;

-- 20261124000760_established.sql

-- Who has the last word (T3). Wallets cost nothing, so three strangers could fail a competitor's job for good, and two
-- could have its program quarantined. What ends a job, and what is said against a program, counts only from a node whose
-- owner has proved itself, or that an operator answers for.
--
-- What proves an owner (T5). Customer and provider may be one person, who pays itself for a thousand chunks and loses the
-- fee. So a result counts once it was charged to its customer in real money, and no customer counts for more than the
-- third busiest does: with fewer than three customers nothing is proved. An owner's results by customer are counted where
-- receipts become charges, off the way of a claim or a result, and its figure is made of them in a tick. In a network with
-- fewer than three customers that pay an operator marks or raises nodes, or lowers settings.proven_customers: then all are
-- counted anew. How many jobs an owner may hold is another matter: for that its accepted results count, whoever paid them.

create table oblivion.results_by_customer (
  provider_owner_id bigint not null references oblivion.owners,
  customer_owner_id bigint not null references oblivion.owners,
  results bigint not null check (results > 0),
  -- Not yet in its provider's figure.
  fresh boolean not null default true,
  primary key (provider_owner_id, customer_owner_id)
);
create index results_by_customer_fresh on oblivion.results_by_customer (provider_owner_id) where fresh;
comment on table oblivion.results_by_customer is
  'How many charged results of an owner, in money that was paid in, each customer took; counted until the owner has proved 1,000, which is as good as more.';

create function oblivion.count_proven()
returns int
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_owner bigint;
  v_count int := 0;
begin
  begin
    -- Before any row: whoever holds an owner's row must not wait for the table, which count_proven_anew() has while it
    -- waits for rows. Then the next tick counts.
    lock table oblivion.results_by_customer in row exclusive mode nowait;
  exception when lock_not_available then
    return 0;
  end;
  for v_owner in
    select distinct c.provider_owner_id from oblivion.results_by_customer c where c.fresh limit 200
  loop
    -- Never waits: whoever completes a job holds its owner's row, and a charge holds its customer's.
    perform from oblivion.owners o where o.id = v_owner for no key update skip locked;
    continue when not found;
    update oblivion.results_by_customer c
       set fresh = false
     where c.provider_owner_id = v_owner
       and c.customer_owner_id in (
             select f.customer_owner_id
               from oblivion.results_by_customer f
              where f.provider_owner_id = v_owner
                and f.fresh
                for update skip locked);
    -- After the marks, so that what is charged from here on is fresh again.
    update oblivion.owners o
       set proven_count = (
             select coalesce(sum(least(c.results, third.results)), 0)
               from oblivion.results_by_customer c
               join (
                 select x.results
                   from oblivion.results_by_customer x
                  where x.provider_owner_id = v_owner
                  order by x.results desc
                 offset (select s.proven_customers - 1 from oblivion.settings s)
                  limit 1) third on true
              where c.provider_owner_id = v_owner)
     where o.id = v_owner;
    v_count := v_count + 1;
  end loop;
  return v_count;
end
$$;
comment on function oblivion.count_proven() is
  'How much the owners have proved of whose results more were charged; answers how many owners, 200 at most. For the engine alone.';

create function oblivion.count_proven_anew()
returns trigger
language plpgsql
security definer
set search_path = ''
as $$
begin
  -- Before its rows, so that no charge that writes some of them waits for this one and this one for it.
  lock table oblivion.results_by_customer in share row exclusive mode;
  update oblivion.results_by_customer c set fresh = true where not c.fresh;
  return null;
end
$$;
comment on function oblivion.count_proven_anew() is
  'How many customers prove an owner has changed: the next ticks count every owner anew, 200 each.';
create trigger count_proven_anew after update of proven_customers on oblivion.settings
  for each row when (old.proven_customers <> new.proven_customers)
  execute function oblivion.count_proven_anew();

create function oblivion.is_established(p_node_id uuid)
returns boolean
language sql
stable
security definer
set search_path = ''
as $$
  select n.operator or n.raised_max_jobs is not null or o.proven_count >= s.proven_after
    from public.nodes n
    join oblivion.owners o on o.id = n.owner_id
   cross join oblivion.settings s
   where n.id = p_node_id
     and s.id
$$;
comment on function oblivion.is_established(uuid) is
  'Whether this node''s word ends a job or counts against a program: an operator''s node, or one of an owner that has proved itself. Nothing that the node says of itself makes it so. For the engine alone.';

create function oblivion.has_last_word(p_job public.jobs)
returns boolean
language sql
stable
security definer
set search_path = ''
as $$
  -- Where nobody established is online that could take it, as on a young network, strangers' word would never be the last,
  -- and a broken program be tried for ever. Whoever wants to fail a competitor's job like that has to be alone with it for
  -- so long.
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
             join oblivion.tasks t on t.id = p_job.task_id
            cross join oblivion.settings s
            where n.owner_id <> t.owner_id
              and (n.operator or n.raised_max_jobs is not null or o.proven_count >= s.proven_after)
              and oblivion.is_online(n.last_seen, n.next_poll_at)
              and oblivion.suits(t, n)
              and not (t.replicas > 1 and oblivion.has_replica(p_job, n)))
$$;
comment on function oblivion.has_last_word(public.jobs) is
  'Whether the failure or loss of this attempt may be the job''s last: its node is established, or strangers alone have been failing it for settings.stranger_patience and nobody established is online who could take it. For the engine alone.';

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

reset all;

-- 20261124000765_metered.sql

-- Metered prices (M11): a job of such a task is paid for the time that it took, by the rate of its node. The task's
-- price_per_chunk is the most that one job costs, so holds, refunds and budgets reckon as they do for a fixed price.
--
-- The rate is frozen in the job's row: by its claim, and before that by an assignment, or whoever undercuts the others for
-- an offer would name another price before it takes it. The time is the server's own, from the claim to the report, and
-- counts up to 1.5 times the median of what others took for the same stage of the task. Whoever sleeps is paid no more an
-- hour than an honest node, and no more a chunk than that.
--
-- Votes: each cluster of owners has one, the median of its last results, however many it has. Its own does not bind it.
-- Once three established ones have voted, theirs alone count: neither a customer's own wallets, which report in no time
-- what was computed before, nor a crowd of sleeping newcomers moves it then.

create table oblivion.run_times (
  task_id uuid not null,
  stage smallint not null,
  -- Who stands behind the nodes, as widely as we can tell: see cluster_of().
  cluster_id bigint not null,
  -- Whether they are those of established nodes.
  established boolean not null,
  -- The latest first, at most nine, in milliseconds.
  recent_ms bigint[] not null,
  median_ms float8 not null,
  primary key (task_id, stage, cluster_id)
) with (fillfactor = 70);
create index run_times_established on oblivion.run_times (task_id, stage, cluster_id) where established;
comment on table oblivion.run_times is
  'How long accepted results of metered tasks took: one row for each task, stage and cluster of owners. They go when the task''s last job has ended.';

create function oblivion.asked_rate(p_task oblivion.tasks, p_price_per_hour bigint, p_default bigint)
returns bigint
language sql
immutable
set search_path = ''
as $$
  -- `least` passes over null, which is no limit.
  select least(coalesce(p_price_per_hour, p_default), p_task.max_price_per_hour)
$$;
comment on function oblivion.asked_rate(oblivion.tasks, bigint, bigint) is
  'What a node with this price, or without one, is paid an hour by this metered task, in the smallest unit. For the engine alone.';

create function oblivion.metered_price(p_task oblivion.tasks, p_rate bigint, p_ms numeric)
returns bigint
language sql
immutable
set search_path = ''
as $$
  -- The cap last: what was held for a job is never exceeded.
  select least(p_task.price_per_chunk, greatest(p_task.price_floor, floor(p_rate::numeric * p_ms / 3600000)))::bigint
$$;
comment on function oblivion.metered_price(oblivion.tasks, bigint, numeric) is
  'What so many milliseconds at a rate an hour cost: rounded down, not below the task''s floor and not above its cap. For the engine alone.';

create function oblivion.job_fee(p_task oblivion.tasks, p_price bigint, p_index int)
returns bigint
language sql
immutable parallel safe
-- A metered price is known by no other job, so there is no running total to round on. Instead each is rounded by a
-- threshold of its own: 6181 has no factor in common with 10000, so that any 10,000 jobs that follow each other have each
-- of the 10,000 thresholds once. Chunks of one unit pay as they do at a fixed price (M7).
return case
  when p_task.metered then (p_task.fee_bps * p_price + (p_index::bigint * 6181) % 10000) / 10000
  else oblivion.chunk_fee(p_price, p_task.fee_bps, p_index) end;
comment on function oblivion.job_fee(oblivion.tasks, bigint, int) is
  'The platform''s part of what one job is paid, smallest unit; p_index is the place of the job in its task, from 0. At a metered price less than a unit beside the exact part, and exact over any 10,000 jobs of one price. For the engine alone.';

create function oblivion.time_bound(p_task_id uuid, p_stage int, p_node public.nodes)
returns bigint
language plpgsql
stable
security definer
set search_path = ''
as $$
declare
  v_own bigint := oblivion.cluster_of(p_node);
  v_votes int;
  v_median float8;
begin
  select count(*), percentile_cont(0.5) within group (order by v.median_ms)
    into v_votes, v_median
    from (
      select r.median_ms
        from oblivion.run_times r
       where r.task_id = p_task_id
         and r.stage = p_stage
         and r.established
         and r.cluster_id <> v_own
       order by r.cluster_id
       limit 200) v;
  if v_votes < 3 then
    select percentile_cont(0.5) within group (order by v.median_ms)
      into v_median
      from (
        select r.median_ms
          from oblivion.run_times r
         where r.task_id = p_task_id
           and r.stage = p_stage
           and r.cluster_id <> v_own
         order by r.cluster_id
         limit 200) v;
  end if;
  return floor(1.5 * v_median);
end
$$;
comment on function oblivion.time_bound(uuid, int, public.nodes) is
  'How long a job of this stage is paid at most, in milliseconds: 1.5 times the median of what others took; null where nobody else has finished one. For the engine alone.';

create function oblivion.run_ms(p_started_at timestamptz, p_ended_at timestamptz)
returns bigint
language sql
immutable
set search_path = ''
as $$
  select greatest(0, floor(extract(epoch from p_ended_at - p_started_at) * 1000))::bigint
$$;
comment on function oblivion.run_ms(timestamptz, timestamptz) is 'Whole milliseconds between two moments. For the engine alone.';

create function oblivion.billable_ms(p_task oblivion.tasks, p_job public.jobs, p_node public.nodes, p_ended_at timestamptz)
returns bigint
language sql
stable
security definer
set search_path = ''
as $$
  -- A job that nobody has rescued yet runs on after its timeout, for nothing.
  select least(oblivion.run_ms(p_job.started_at, p_ended_at), 1000 * p_task.timeout_seconds,
    oblivion.time_bound(p_task.id, p_job.stage, p_node))
$$;
comment on function oblivion.billable_ms(oblivion.tasks, public.jobs, public.nodes, timestamptz) is
  'For how many milliseconds a job of a metered task is paid that ended at this moment. For the engine alone.';

create function oblivion.note_run_time(p_job public.jobs, p_node public.nodes, p_ms bigint)
returns void
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_cluster bigint := oblivion.cluster_of(p_node);
begin
  -- The visitors of a site share a row. Where another one is at it this vote is left out: nobody waits for it.
  if not pg_try_advisory_xact_lock(
    oblivion.lock_key('vote', concat_ws(':', p_job.task_id, p_job.stage, v_cluster))) then
    return;
  end if;
  insert into oblivion.run_times as r (task_id, stage, cluster_id, established, recent_ms, median_ms)
  select p_job.task_id, p_job.stage, v_cluster, oblivion.is_established(p_node.id), array[p_ms], p_ms
  -- Of a site's visitors who share the row the first established one begins it anew, and newcomers add nothing to it then.
  on conflict (task_id, stage, cluster_id) do update
    set established = excluded.established,
        recent_ms = case when r.established = excluded.established then p_ms || r.recent_ms[1:8] else excluded.recent_ms end,
        median_ms = case when r.established = excluded.established then (
            select percentile_cont(0.5) within group (order by u.ms) from unnest(p_ms || r.recent_ms[1:8]) as u (ms))
          else p_ms end
    where excluded.established or not r.established;
end
$$;
comment on function oblivion.note_run_time(public.jobs, public.nodes, bigint) is
  'Adds an accepted result to what its cluster of owners took for this stage of a metered task, or leaves it out where that waited. For the engine alone.';

reset all;

-- 20261124000770_tried_jobs.sql

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

reset all;

-- 20261124000790_fair_order.sql

-- Fair order: when work is scarce, an owner that has had more lets one that waits and has had less go first, for a moment.
--
-- What counts as had is the price of accepted chunks, which no node can talk up or down: an owner that hurries, dawdles
-- or starts a hundred nodes changes nothing of it. It fades with a time constant of 15 minutes.
--
-- How it works: once in 250 ms, at most, an empty poll looks around and writes down in one row who waits: how much each
-- waiting owner has had, and how often one of them comes by. A claim compares its owner with that row. Who has had less
-- than all others takes a job the moment it sees one; the others take only jobs that have waited for a while already,
-- the longer the more of the waiting have had less: up to the time in which five of them come by, 200 ms at most. Who
-- has had more than nine in ten of them, as an owner with a hundred polling nodes soon has, waits for as long as twelve
-- of them need, 3 s at most: each who waits comes by once in that time. While nobody waits, nothing of this is asked.
--
-- Measured (bench:queue --only fairness): docs/measurements.md. The losing options: docs/adr.

create table oblivion.waiting_room (
  id boolean primary key default true check (id),
  as_of timestamptz not null default '-infinity',
  -- When somebody may look around again.
  look_at timestamptz not null default '-infinity',
  -- When the last of those who wait will have come by: from then on nobody waits.
  expires_at timestamptz not null default '-infinity',
  -- Nodes without a job that were told to come back, and came, or are late by 15 s at most.
  idle_nodes int not null default 0,
  -- Of waiting owners, ascending: all of up to a hundred, else every n-th.
  standings float8[] not null default '{}',
  -- Whose these are, in the same order.
  owner_ids bigint[] not null default '{}',
  -- How many waiting owners come by in a second.
  arrivals real not null default 0,
  -- What an owner has had that is neither rich nor poor.
  average float8 not null default '-Infinity',
  fairness numeric
) with (fillfactor = 50);
comment on table oblivion.waiting_room is 'One row: who waits for work, as of a moment ago. Written by look_around() alone.';
insert into oblivion.waiting_room default values;

create function oblivion.service(p_units numeric, p_at timestamptz default now())
returns float8
language sql
-- Stable, as extract() from a time with a zone is: else it could not be inlined.
stable parallel safe
-- The logarithm of units * e ^ (t / 15 min). What was had earlier weighs less, and two such figures compare at any later
-- time without being written again, since all of them fade alike.
return ln(greatest(1, p_units)::float8) + extract(epoch from p_at)::float8 / 900;
comment on function oblivion.service(numeric, timestamptz) is
  'Service of that many units (of the task''s token) at that time, on the scale of owners.served. For the engine alone.';

create function oblivion.add_service(p_served float8, p_more float8)
returns float8
language sql
immutable parallel safe
-- ln(e ^ a + e ^ b) without leaving the range of a float.
return greatest(p_served, p_more)
  + ln(1 + exp(greatest(-700, least(p_served, p_more) - greatest(p_served, p_more))));
comment on function oblivion.add_service(float8, float8) is 'The sum of two services. For the engine alone.';

create function oblivion.reputation(p_owner oblivion.owners)
returns real
language sql
immutable parallel safe
set search_path = ''
as $$
  -- Until results are audited, this is what is known (see established.sql). Half way at 100 results.
  select (p_owner.proven_count / (p_owner.proven_count + 100.0))::real
$$;
comment on function oblivion.reputation(oblivion.owners) is 'An owner''s reputation, 0 to 1. The one place of its formula.';

create function oblivion.standing(p_owner oblivion.owners)
returns float8
language plpgsql
stable
security definer
set search_path = ''
as $$
declare
  v_running numeric;
begin
  -- What is in work counts as had: else a hundred nodes would draw a hundred jobs before the first of them is done. So of
  -- two that were served alike the one with fewer jobs at hand goes first.
  select sum(case
           -- The most that it may come to: what it will be is not known.
           when t.metered then oblivion.metered_price(t, j.price_per_hour, 1000 * t.timeout_seconds)
           else t.price_per_chunk end)
    into v_running
    from public.nodes n
    join public.jobs j on j.node_id = n.id
    join oblivion.tasks t on t.id = j.task_id
   where n.owner_id = p_owner.id
     and n.current_jobs > 0;
  -- The last tie-break: a full reputation is worth one part in a hundred of what was had.
  return case when v_running > 0 then oblivion.add_service(p_owner.served, oblivion.service(v_running)) else p_owner.served end
    - 0.01 * oblivion.reputation(p_owner);
end
$$;
comment on function oblivion.standing(oblivion.owners) is
  'Where an owner stands among those who wait: whoever stands lower goes first. For the engine alone.';

create function oblivion.look_around()
returns void
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_from timestamptz := clock_timestamp();
begin
  -- One at a time, and nobody waits for it.
  perform from oblivion.waiting_room w where w.id and w.look_at <= v_from for no key update skip locked;
  if not found then
    return;
  end if;
  with present as (
    select n.owner_id,
           count(*) filter (where w.waits) as idle,
           sum(n.current_jobs) as running,
           -- Also who is late: were a slow moment to hide them, those who ask would be told to ask more often in it.
           count(*) filter (where n.current_jobs = 0 and n.next_poll_at > now() - interval '15 seconds') as without_job,
           bool_or(n.raised_max_jobs is not null) as raised,
           max(n.last_seen) filter (where w.waits) as seen_at,
           max(n.next_poll_at) filter (where w.waits) as next_at,
           -- As it was told to; more than once a second counts as once.
           max(1 / greatest(1, extract(epoch from n.next_poll_at - n.last_seen))) filter (where w.waits) as rate
      from public.nodes n
     cross join lateral (
             select n.current_jobs < n.max_jobs
                and n.next_poll_at > now() - interval '1 second'
                and coalesce(n.unsuited_until <= now(), true) as waits) w
     where n.next_poll_at > now() - interval '15 seconds'
        or n.current_jobs > 0
     group by n.owner_id
  ), placed as (
    select p.*,
           p.idle > 0
             and o.claims_from <= now()
             and not o.held_up
             and (p.running = 0 or p.raised or greatest(o.accepted_count, o.proven_count) >= s.proven_after) as waits,
           case when p.running > 0 then oblivion.standing(o) else o.served - 0.01 * oblivion.reputation(o) end as standing,
           -- A float knows nothing smaller than e ^ -700, nor the square of e ^ -350.
           case when o.served > oblivion.service(1) - 300 then exp(o.served - oblivion.service(1)) else 0 end as had
      from present p
      join oblivion.owners o on o.id = p.owner_id
     cross join oblivion.settings s
  ), ranked as (
    select p.*,
           row_number() over (partition by p.waits order by p.standing) as place,
           count(*) over (partition by p.waits) as places
      from placed p
  )
  update oblivion.waiting_room w
     set as_of = now(),
         expires_at = case when s.fair_order then r.expires_at else '-infinity' end,
         idle_nodes = r.idle_nodes,
         standings = r.standings,
         owner_ids = r.owner_ids,
         arrivals = r.arrivals,
         average = coalesce(oblivion.service(1) + ln(nullif(r.had, 0)), '-Infinity'),
         fairness = r.fairness,
         -- At most a twentieth of one core, however many nodes there are.
         look_at = v_from + greatest(interval '250 milliseconds', 20 * (clock_timestamp() - v_from))
    from oblivion.settings s, (
           select coalesce((select sum(n.without_job) from present n), 0) as idle_nodes,
                  coalesce(max(p.next_at) filter (where p.waits) + interval '1 second', '-infinity') as expires_at,
                  coalesce(array_agg(p.standing order by p.standing)
                    filter (where p.waits and (p.place - 1) % ceil(p.places / 100.0) = 0), '{}') as standings,
                  coalesce(array_agg(p.owner_id order by p.standing)
                    filter (where p.waits and (p.place - 1) % ceil(p.places / 100.0) = 0), '{}') as owner_ids,
                  greatest(count(*) filter (where p.waits and p.seen_at > now() - interval '1 second'),
                    sum(p.rate) filter (where p.waits)) as arrivals,
                  avg(p.had) as had,
                  case when count(*) > 1
                    then round((sum(p.had) ^ 2 / nullif(count(*) * sum(p.had ^ 2), 0))::numeric, 4) end as fairness
             from ranked p
            where p.idle > 0 or p.running > 0) r
   where w.id
     and s.id;
end
$$;
comment on function oblivion.look_around() is
  'Writes down who waits, if nobody did within the last 250 ms. For the engine alone.';

create function oblivion.patience(p_node public.nodes, p_room oblivion.waiting_room)
returns interval
language plpgsql
stable
security definer
set search_path = ''
as $$
declare
  v_standing float8;
  v_grace interval;
  v_most interval;
  v_poorer int;
  v_others int;
  v_own int;
  v_share real;
begin
  select oblivion.standing(o), s.fair_grace, s.fair_grace_most
    into v_standing, v_grace, v_most
    from oblivion.owners o, oblivion.settings s
   where o.id = p_node.owner_id
     and s.id;
  -- Alike is not less, and nobody has had less than nothing.
  v_poorer := case when v_standing > '-Infinity' then width_bucket(v_standing - 1e-6, p_room.standings) else 0 end;
  -- It may stand there itself, as it stood before its latest work: it does not yield to itself.
  v_own := array_position(p_room.owner_ids, p_node.owner_id);
  v_poorer := v_poorer - coalesce(v_own <= v_poorer, false)::int;
  v_others := cardinality(p_room.standings) - (v_own is not null)::int;
  if v_poorer <= 0 then
    return '0';
  end if;
  v_share := least(1, v_poorer / v_others::real);
  return case
    when v_share > 0.9 then least(v_most, make_interval(secs => 12 / p_room.arrivals))
    else v_share * v_share * least(v_grace, make_interval(secs => 5 / p_room.arrivals)) end;
end
$$;
comment on function oblivion.patience(public.nodes, oblivion.waiting_room) is
  'How long a job must have waited before this node may take it. For the engine alone.';

create function oblivion.claims_before(p_node public.nodes)
returns timestamptz
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_room oblivion.waiting_room;
  v_patience interval;
begin
  -- All that it costs while nobody waits.
  select w.* into v_room from oblivion.waiting_room w where w.id and w.expires_at > now();
  if v_room.id is null then
    return 'infinity';
  end if;
  v_patience := oblivion.patience(p_node, v_room);
  if v_patience > '0' and v_room.look_at <= clock_timestamp() then
    -- Nobody yields to those who have gone.
    perform oblivion.look_around();
    select w.* into v_room from oblivion.waiting_room w where w.id and w.expires_at > now();
    v_patience := case when v_room.id is not null then oblivion.patience(p_node, v_room) end;
  end if;
  return case when v_patience > '0' then now() - v_patience else 'infinity' end;
end
$$;
comment on function oblivion.claims_before(public.nodes) is
  'This node may take jobs that have been waiting since before that moment; infinity where it need not let anybody go first. For the engine alone.';

create function oblivion.start_at_average(p_owner_id bigint)
returns void
language sql
security definer
set search_path = ''
as $$
  -- Who comes or comes back has no claim on the time when it was away, and a new wallet is worth no more than an old one.
  update oblivion.owners o
     set served = w.average
    from oblivion.waiting_room w
   where o.id = p_owner_id
     and w.id
     and o.served < w.average
     and not exists (
           select from public.nodes n where n.owner_id = o.id and oblivion.is_online(n.last_seen, n.next_poll_at))
$$;
comment on function oblivion.start_at_average(bigint) is
  'Puts an owner none of whose nodes is online on a level with those who are there. For the engine alone.';

create function oblivion.wait_for_work(p_node public.nodes, p_before timestamptz default 'infinity')
returns int
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_room oblivion.waiting_room;
  v_head record;
  v_told_ms float8 := 1000 * extract(epoch from p_node.next_poll_at - p_node.last_seen);
  v_ms float8;
begin
  perform oblivion.look_around();
  select w.* into v_room from oblivion.waiting_room w where w.id;
  if not oblivion.is_online(p_node.last_seen, p_node.next_poll_at) then
    perform oblivion.start_at_average(p_node.owner_id);
  end if;

  select h.available_at, h.unsuited,
         -- No fresh one, and one that was tried: had it been for this node, it would have it.
         coalesce(h.unsuited, exists (
           select from public.jobs j where j.status = 'pending' and j.due and j.excluded_owner_id is not null)) as in_vain
    into v_head
    from (select) one
    left join lateral (
           select j.available_at,
                  t.status = 'running' and (t.owner_id = p_node.owner_id or not oblivion.suits(t, p_node)) as unsuited
             from public.jobs j
             join oblivion.tasks t on t.id = j.task_id
            where j.status = 'pending'
              and j.due
              and j.excluded_owner_id is null
              and (j.offered_until is null or j.offered_until <= now())
            order by - j.priority, j.created_at, j.task_id, j.seq
            limit 1) h on true;
  if v_head.in_vain and coalesce(
       case when v_head.unsuited then p_node.unsuited_until else p_node.found_nothing_until end
         < now() + interval '30 seconds', true) then
    -- A job lies there that this node may not have. It is asked again as often as before, but nobody without claim budget
    -- waits for it, and where the job is a fresh one nobody lets it go first.
    update public.nodes n
       set found_nothing_until = now() + interval '1 minute',
           unsuited_until = case when v_head.unsuited then now() + interval '1 minute' else n.unsuited_until end
     where n.id = p_node.id;
  elsif not v_head.unsuited and v_head.available_at > p_before then
    -- It let others go first: should none of them come, it is back soon.
    return least(1000, greatest(200, 1000 * extract(epoch from v_head.available_at - p_before)));
  end if;

  -- Told polling: all idle nodes together ask so many times a second, however many they are, and each at least once a
  -- minute. With few of them the sources' 3 s, for Python 2 s after work and up to 5 s later.
  select least(60000, greatest(
           case when p_node.worker_type = 'python' then least(5000, greatest(2000, 1.25 * v_told_ms)) else 3000 end,
           1000.0 * v_room.idle_nodes / s.idle_polls_per_second))
    into v_ms
    from oblivion.settings s
   where s.id;
  -- A little by chance, so that none keep step; and all of it where the pause grows much: a thousand nodes that were told
  -- the same a moment ago shall not come back together.
  return greatest(2000, v_ms * case when v_told_ms < v_ms / 2 and v_ms > 6000 then random() else 0.9 + 0.1 * random() end);
end
$$;
comment on function oblivion.wait_for_work(public.nodes, timestamptz) is
  'What becomes of a node that found nothing: milliseconds until it should ask again, 200 to 60000. The one rule of told polling. For the engine alone.';

create function oblivion.fairness_index()
returns numeric
language plpgsql
security definer
set search_path = ''
as $$
begin
  if (select w.as_of < now() - interval '10 seconds' from oblivion.waiting_room w where w.id) then
    perform oblivion.look_around();
  end if;
  return (select w.fairness from oblivion.waiting_room w where w.id);
end
$$;
comment on function oblivion.fairness_index() is
  'Jain''s index of what the owners who are there have had of late: 1 where all had the same, 1/n where one of n had all; null where fewer than 2 are there or nobody had anything. For the engine alone.';

reset all;

-- 20261124000800_choose.sql

-- Choosing: one choice behind every door (work_cycle, work_batch, next_jobs, claim_job_fair). The server chooses: a job
-- that it would not give to this caller now is refused, so colluders cannot pick.
--
-- Locks are taken in one order everywhere, so that no two calls wait for each other: the owner's (advisory), a task's
-- control lock, the jobs' rows, the owner's row, the task's row, the node's row, the task's (advisory; one by waiting, more
-- by trying), the customer's (advisory); of each kind several in the order of their ids. Who comes from the other side, as
-- rescue does, skips what is locked.
--
-- PostgreSQL skips nearly always: where the writer of a row ends in the moment in which `skip locked` looks at it, and
-- somebody else has the new version, it waits for that one. So whoever looks for a job may wait for whoever has one
-- locked, and nobody who has one waits without end for what a looker may hold, the lock of a bucket.

create function oblivion.prospects(p_node_id uuid, p_paid int)
returns table (key_hash bytea, room int, funded boolean, simple boolean, stale_after interval, max_inline_bytes int)
language sql
stable
begin atomic
  select n.key_hash,
         -- The caps of node and owner, the owner's claim budget and its unread results.
         case when not o.held_up
                and (o.claims_from <= now() or not oblivion.others_can_work(o.id))
                and (greatest(o.accepted_count, o.proven_count) >= s.proven_after or n.raised_max_jobs is not null
                  or n.current_jobs - p_paid <= 0 and not exists (
                       select from public.nodes x where x.owner_id = n.owner_id and x.id <> n.id and x.current_jobs > 0))
           then n.max_jobs - (n.current_jobs - p_paid) else 0 end,
         o.claims_from <= now(),
         -- Nobody waits whom this node may have to let go first, nothing waits that was tried before, and the node takes
         -- any program: then the first job in the order of claims is likely the one. By the ends of an index: asked
         -- whether there is one below or above, the planner guesses a third of all, and before a vacuum it may read every
         -- pending job, twice.
         w.expires_at <= now() and n.programs is null
           and coalesce((
             select min(j.excluded_owner_id) from public.jobs j
              where j.status = 'pending' and j.due and j.excluded_owner_id is not null) >= n.owner_id, true)
           and coalesce((
             select max(j.excluded_owner_id) from public.jobs j
              where j.status = 'pending' and j.due and j.excluded_owner_id is not null) <= n.owner_id, true),
         case n.worker_type when 'browser' then s.stale_after_browser else s.stale_after end,
         s.max_inline_bytes
    from public.nodes n
    join oblivion.owners o on o.id = n.owner_id
   -- By their keys, as everything here: `enable_seqscan = off` of the callers leaves a table without one no good plan.
   cross join oblivion.settings s
   cross join oblivion.waiting_room w
   where n.id = p_node_id
     and s.id
     and w.id;
end;
comment on function oblivion.prospects(uuid, int) is
  'All that a claim of this node depends on: for how many jobs the caps of node and owner, the owner''s claim budget and its unread results have room, with p_paid of its jobs just done; whether it has budget; whether the first job in the order of claims is likely its next. Exact under the owner''s lock, which the caller holds; inlined into its statement. For the engine alone.';

create function oblivion.has_room(p_node public.nodes)
returns boolean
language plpgsql
security definer
set search_path = ''
as $$
begin
  -- All claims of one owner stand in line here, so the caps are exact under races. `is null` makes it an expression,
  -- which plpgsql evaluates without a query.
  if pg_advisory_xact_lock(oblivion.lock_key('owner', p_node.owner_id::text)) is null then
    return false;
  end if;
  return (select p.room > 0 from oblivion.prospects(p_node.id, 0) p);
end
$$;
comment on function oblivion.has_room(public.nodes) is
  'Whether the caps of node and owner, the owner''s claim budget and its unread results allow one more job; takes the owner''s lock to the end of the transaction. For the engine alone.';

create function oblivion.is_full(p_task_id uuid, p_cap int)
returns boolean
language plpgsql
stable strict
security definer
set search_path = ''
as $$
declare
  -- Not spelled out below: a plan made while little is in work would read all that is by an index of that alone.
  v_status text := 'processing';
begin
  return p_cap <= (
    select count(*)
      from (
        select from public.jobs j
         where j.task_id = p_task_id
           and j.status = v_status
           and j.status in ('blocked', 'pending', 'processing')
         limit p_cap) c);
end
$$;
comment on function oblivion.is_full(uuid, int) is
  'Whether the task''s bucket of p_cap is full, as of this look; null without a cap. Takes no lock, so only its yes may be believed: whoever hears no asks has_slot(). For the engine alone.';

create function oblivion.has_slot(p_task_id uuid, p_cap int, p_wait boolean default true)
returns boolean
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_timeout text;
begin
  if p_cap is null then
    return true;
  end if;
  if not pg_try_advisory_xact_lock(oblivion.lock_key('task', p_task_id::text)) then
    if not p_wait then
      return false;
    end if;
    begin
      -- Shorter than deadlock_timeout, so that no call fails for it; the whole line at a bucket takes less.
      v_timeout := current_setting('lock_timeout');
      perform set_config('lock_timeout', '500ms', true);
      perform pg_advisory_xact_lock(oblivion.lock_key('task', p_task_id::text));
      perform set_config('lock_timeout', v_timeout, true);
    exception when lock_not_available then
      return false;
    end;
  end if;
  -- A statement of its own, so that it sees whatever was done before the lock was free.
  return not oblivion.is_full(p_task_id, p_cap);
end
$$;
comment on function oblivion.has_slot(uuid, int, boolean) is
  'Whether the task''s bucket of p_cap has a free slot; takes its lock to the end of the transaction. A bucket that stays busy for half a second counts as full; for a caller that does not wait, as it holds the lock of another task, any busy one. Asked only where is_full() says no: else all calls of the network stand in line at the first full bucket. For the engine alone.';

-- A full bucket is passed over by is_full(), which takes no lock. That starves nobody: it was full at that moment, nothing
-- of it is remembered beyond the call, and each end of a job there is followed by the next call of the very node that
-- ended it, in the same transaction where it asks for more.
create type oblivion.walk as (
  -- What it has come to, locked; null where there is nothing more.
  job public.jobs,
  -- Whether it may wait for the lock of a bucket: not where it holds one already, or another job.
  waits boolean,
  -- Tasks with a full bucket.
  closed uuid[],
  -- Fresh jobs: it goes on behind this one, may pass over so many tasks, and has drawn so many lots.
  rank int,
  created_at timestamptz,
  task_id uuid,
  seq bigint,
  allowance int,
  lots int,
  -- Tried ones: one that it has locked, and that a fresh one of a higher priority goes before; whether it has come to the
  -- caller's own; behind which it goes on.
  tried public.jobs,
  own boolean,
  tried_rank int,
  tried_owner_id bigint,
  tried_created_at timestamptz,
  tried_seq bigint,
  -- Tasks whose tried jobs are kept for the proven, and how many the caller had before and may not have yet.
  kept uuid[],
  refused int
);
comment on type oblivion.walk is
  'What one call has passed over in the order of claims: who takes several jobs in one call looks at nothing twice.';

create function oblivion.pick_retry(p_node public.nodes, p_except uuid[], p_walk oblivion.walk)
returns oblivion.walk
language plpgsql
security definer
set search_path = ''
-- Each look is the next entry of jobs_retry. A plan made while few wait would sort all that do for each.
set enable_sort = off
as $$
declare
  v_cluster bigint := oblivion.cluster_of(p_node);
  v_rank int;
  v_below bigint;
  v_next record;
  v_task record;
  v_job public.jobs;
  v_closed_chunks int := 0;
begin
  p_walk.tried := null;
  while p_walk.tried_rank < 32767 loop
    if p_walk.tried_owner_id is null then
      -- The next priority at which anything waits.
      select - j.priority
        into v_rank
        from public.jobs j
       where j.status = 'pending'
         and j.due
         and j.excluded_owner_id is not null
         and - j.priority > p_walk.tried_rank
       order by - j.priority
       limit 1;
      p_walk.tried_rank := coalesce(v_rank, 32767);
      exit when v_rank is null;
      p_walk.tried_owner_id := case when p_walk.own then p_node.owner_id else -1 end;
      p_walk.tried_created_at := '-infinity';
      p_walk.tried_seq := 0;
    end if;
    -- Two ranges of the index, below and above the caller's own; or its own.
    v_below := case
      when p_walk.own then p_node.owner_id + 1
      when p_walk.tried_owner_id < p_node.owner_id then p_node.owner_id
      else 9223372036854775807 end;
    -- The next one that may be for this caller, read row by row and not locked: what is not costs no second look. Each
    -- look goes on behind the last one.
    select j.id, j.task_id, j.attempt, j.excluded_owner_id, j.excluded_owner_ids, j.created_at, j.seq
      into v_next
      from public.jobs j
     where j.status = 'pending'
       and j.due
       and j.excluded_owner_id is not null
       and (- j.priority, j.excluded_owner_id) < (p_walk.tried_rank, v_below)
       and (- j.priority, j.excluded_owner_id, j.created_at, j.seq)
         > (p_walk.tried_rank, p_walk.tried_owner_id, p_walk.tried_created_at, p_walk.tried_seq)
       and j.customer_owner_id <> p_node.owner_id
       and j.task_id <> all (p_walk.closed)
       and j.id <> all (p_except)
       and (j.offered_until is null or j.offered_until <= now() or j.offered_to = p_node.owner_id)
       and case
             -- A replica that nobody tried is here for its sibling alone, which is asked for below: it may be gone.
             when j.attempt = 0 then true
             -- may_retry() without a look around.
             when j.available_at < now() - interval '2 minutes' then true
             -- It has a bound, since each look around may read half of the nodes. Who is passed over by that has its job
             -- in two minutes at the latest, as above.
             when p_node.owner_id = any (j.excluded_owner_ids) then p_walk.refused < 20
             else cardinality(p_walk.kept) < 20 and j.task_id <> all (p_walk.kept) end
       and exists (
             select
               from oblivion.tasks t
              where t.id = j.task_id
                and oblivion.suits(t, p_node)
                and (t.replicas = 1 or not exists (
                      select from oblivion.replica_owners r
                       where r.task_id = j.task_id
                         and r.chunk_index = j.chunk_index
                         and r.stage = j.stage
                         and r.cluster_id = v_cluster
                      -- By its key, for each.
                      offset 0))
             offset 0)
     order by - j.priority, j.excluded_owner_id, j.created_at, j.seq
     limit 1;
    if not found then
      if p_walk.own or p_walk.tried_owner_id >= p_node.owner_id then
        p_walk.tried_owner_id := null;
      else
        p_walk.tried_owner_id := p_node.owner_id;
        p_walk.tried_created_at := 'infinity';
        p_walk.tried_seq := 9223372036854775807;
      end if;
      continue;
    end if;
    p_walk.tried_owner_id := v_next.excluded_owner_id;
    p_walk.tried_created_at := v_next.created_at;
    p_walk.tried_seq := v_next.seq;
    if v_next.attempt > 0 and not oblivion.may_retry(v_next.id, p_node) then
      if p_node.owner_id <> all (v_next.excluded_owner_ids) then
        -- Kept for the proven: that is nearly always the same for all of its task, and for two minutes at most.
        p_walk.kept := p_walk.kept || v_next.task_id;
      else
        p_walk.refused := p_walk.refused + 1;
        if p_walk.own and p_walk.refused = 20 then
          p_walk.tried_rank := 32767;
        end if;
      end if;
      continue;
    end if;
    select t.max_concurrent_chunks as cap, t.replicas into v_task from oblivion.tasks t where t.id = v_next.task_id;
    if oblivion.is_full(v_next.task_id, v_task.cap) then
      p_walk.closed := p_walk.closed || v_next.task_id;
      continue;
    end if;
    select j.*
      into v_job
      from public.jobs j
     where j.id = v_next.id
       and (j.status, j.due, j.attempt) is not distinct from ('pending', true, v_next.attempt)
       and (j.offered_until is null or j.offered_until <= now() or j.offered_to = p_node.owner_id)
       for no key update skip locked;
    continue when not found;
    if v_task.replicas > 1 and not oblivion.may_replicate(v_job, p_node) then
      -- Its sibling is being claimed, or is offered to this caller.
      v_closed_chunks := v_closed_chunks + 1;
      exit when v_closed_chunks > 20;
      continue;
    end if;
    if oblivion.has_slot(v_job.task_id, v_task.cap, p_walk.waits) then
      p_walk.tried := v_job;
      p_walk.waits := p_walk.waits and v_task.cap is null;
      exit;
    end if;
    p_walk.closed := p_walk.closed || v_job.task_id;
    p_walk.waits := false;
  end loop;
  return p_walk;
end
$$;
comment on function oblivion.pick_retry(public.nodes, uuid[], oblivion.walk) is
  'Goes on to the next job that was tried before and suits the node, locked, in walk.tried: one that somebody else failed last, or where walk.own is set one of the caller''s own; null where there is none. For the engine alone.';

create function oblivion.plain_task(p_node public.nodes, p_from uuid default '00000000-0000-0000-0000-000000000000')
returns uuid
language plpgsql
stable
security definer
set search_path = ''
as $$
begin
  return (
    select x.id
      from (
        select t.id
          from oblivion.tasks t
         where t.status = 'running'
           and t.plain
           and t.id >= p_from
           and t.owner_id <> p_node.owner_id
           and t.owner_id is distinct from p_node.site_owner_id
         order by t.id
         limit 100) x
     where exists (
             select
               from (
                 select j.due, j.excluded_owner_id, j.offered_until
                   from public.jobs j
                  where j.task_id = x.id
                    and j.status = 'pending'
                  limit 50) w
              where w.due
                and w.excluded_owner_id is null
                and coalesce(w.offered_until <= now(), true))
     limit 1);
end
$$;
comment on function oblivion.plain_task(public.nodes, uuid) is
  'The next plain task from this key on that is neither the node''s own nor its site''s and has a fresh job waiting, of a hundred at most by fifty of its jobs; or null. For the engine alone.';

create function oblivion.pick_job(
  p_node public.nodes,
  p_before timestamptz default 'infinity',
  p_wait boolean default true,
  p_except uuid[] default '{}',
  p_near uuid default null,
  p_walk oblivion.walk default null
)
returns oblivion.walk
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_job public.jobs;
  v_task record;
  v_closed_chunks int := 0;
  v_from uuid;
  v_lot record;
  -- The rank that a fresh job has to beat.
  v_until int := 32767;
begin
  if p_walk.rank is null then
    p_walk := row(
      null, p_wait, '{}',
      -- One wallet has a thousand open tasks at most: none alone makes a call draw lots.
      -32768, '-infinity', '00000000-0000-0000-0000-000000000000', 0, 1000, 0,
      null, false, -32768, null, null, null, '{}', 0)::oblivion.walk;
  end if;
  p_walk.job := null;
  -- Whether anything waits that somebody else failed last: two looks at the ends of an index, and none at the caller's own.
  if (p_walk.tried).id is null and not p_walk.own and p_walk.tried_rank < 32767 and (
       (select min(j.excluded_owner_id) from public.jobs j
         where j.status = 'pending' and j.due and j.excluded_owner_id is not null) < p_node.owner_id
    or (select max(j.excluded_owner_id) from public.jobs j
         where j.status = 'pending' and j.due and j.excluded_owner_id is not null) > p_node.owner_id) then
    p_walk := oblivion.pick_retry(p_node, p_except, p_walk);
  end if;
  if (p_walk.tried).id is not null then
    -- At the same priority a job that was tried is the older one.
    v_until := - (p_walk.tried).priority;
  end if;
  while p_walk.lots <= 3 loop
    if p_walk.allowance = 0 then
      -- More than one call passes over. It goes on at a task by lot, so that each place is reached sooner or later,
      -- whatever lies before it and whatever comes meanwhile, and nothing has to be kept. Then at a plain one by lot, which
      -- suits every node that runs any program: among those no crowd of other tasks makes a lot worth less. Then at the task of
      -- the job that this node has just done: who has found the one task that it suits goes on with it.
      p_walk.lots := p_walk.lots + 1;
      exit when p_walk.lots > 3;
      p_walk.allowance := case p_walk.lots when 1 then 200 when 2 then 20 else 1 end;
      v_from := gen_random_uuid();
      select - t.priority as rank, t.created_at
        into v_lot
        from oblivion.tasks t
       where t.status = 'running'
         and t.id = case p_walk.lots
               when 1 then coalesce(
                 (select x.id from oblivion.tasks x where x.status = 'running' and x.id >= v_from order by x.id limit 1),
                 (select x.id from oblivion.tasks x where x.status = 'running' order by x.id limit 1))
               when 2 then coalesce(oblivion.plain_task(p_node, v_from), oblivion.plain_task(p_node))
               else p_near end;
      -- The first lot goes nowhere back: what lies there was passed over.
      if v_lot.rank is not null and (p_walk.lots > 1 or (v_lot.rank, v_lot.created_at) > (p_walk.rank, p_walk.created_at)) then
        p_walk.rank := v_lot.rank;
        p_walk.created_at := v_lot.created_at;
        -- Before this very task.
        p_walk.task_id := '00000000-0000-0000-0000-000000000000';
        p_walk.seq := 0;
      end if;
    end if;
    select j.*
      into v_job
      from public.jobs j
     where j.status = 'pending'
       and j.due
       and j.excluded_owner_id is null
       and (- j.priority, j.created_at, j.task_id, j.seq) > (p_walk.rank, p_walk.created_at, p_walk.task_id, p_walk.seq)
       and - j.priority < v_until
       and (j.offered_to = p_node.owner_id and j.offered_until > now()
         or coalesce(j.offered_until <= now(), true) and greatest(j.available_at, j.offered_until) <= p_before)
       and j.id <> all (p_except)
     order by - j.priority, j.created_at, j.task_id, j.seq
     limit 1
       for no key update skip locked;
    if v_job.id is null then
      -- The end; after a lot not of all.
      exit when p_walk.lots = 0;
      p_walk.allowance := 0;
      continue;
    end if;
    p_walk.rank := - v_job.priority;
    p_walk.created_at := v_job.created_at;
    p_walk.task_id := v_job.task_id;
    p_walk.seq := v_job.seq;
    if v_job.customer_owner_id <> p_node.owner_id and v_job.task_id <> all (p_walk.closed) then
      select t.max_concurrent_chunks as cap, t.replicas, oblivion.suits(t, p_node) as suits
        into v_task
        from oblivion.tasks t
       where t.id = v_job.task_id;
      if v_task.suits and oblivion.is_full(v_job.task_id, v_task.cap) is not true then
        if v_task.replicas > 1 and not oblivion.may_replicate(v_job, p_node) then
          -- One chunk is closed for this caller, not its task. Few a call: the next one finds them out of its way.
          perform oblivion.set_sibling_aside(v_job, p_node);
          v_closed_chunks := v_closed_chunks + 1;
          exit when v_closed_chunks > 20;
          continue;
        end if;
        if oblivion.has_slot(v_job.task_id, v_task.cap, p_walk.waits) then
          p_walk.job := v_job;
          -- Whoever holds a job waits for no bucket.
          p_walk.waits := false;
          return p_walk;
        end if;
        p_walk.closed := p_walk.closed || v_job.task_id;
        p_walk.waits := false;
      end if;
    end if;
    -- Closed for this caller: its own task (T5), one that the node does not suit, or a full bucket. All of its jobs are
    -- passed over at once.
    p_walk.seq := 9223372036854775807;
    p_walk.allowance := p_walk.allowance - 1;
    if p_walk.allowance > 0 then
      -- Where one task is closed, many may be: a thousand that ask for what no node has cost their customer nothing but a
      -- hold. Those that follow are passed over by one statement, which locks none of their jobs: some 10 us a task, where
      -- one by one they took 80. What is offered to others or too young for this node is out of its sight, as above.
      with recursive passed as (
        select p_walk.rank as rank, p_walk.created_at as created_at, p_walk.task_id as task_id, 0 as count
        union all
        select n.rank, n.created_at, n.task_id, p.count + 1
          from passed p
         cross join lateral (
                 select - j.priority as rank, j.created_at, j.task_id, j.customer_owner_id
                   from public.jobs j
                  where j.status = 'pending'
                    and j.due
                    and j.excluded_owner_id is null
                    and (- j.priority, j.created_at, j.task_id) > (p.rank, p.created_at, p.task_id)
                    and - j.priority < v_until
                    and (j.offered_to = p_node.owner_id and j.offered_until > now()
                      or coalesce(j.offered_until <= now(), true) and greatest(j.available_at, j.offered_until) <= p_before)
                  order by - j.priority, j.created_at, j.task_id, j.seq
                  limit 1) n
         where p.count < p_walk.allowance
           and (n.customer_owner_id = p_node.owner_id
             or n.task_id = any (p_walk.closed)
             or not exists (
                  select from oblivion.tasks t
                   where t.id = n.task_id
                     and oblivion.suits(t, p_node)
                     and oblivion.is_full(t.id, t.max_concurrent_chunks) is not true
                  offset 0))
      )
      select p.rank, p.created_at, p.task_id, p_walk.allowance - p.count
        into p_walk.rank, p_walk.created_at, p_walk.task_id, p_walk.allowance
        from passed p
       order by p.count desc
       limit 1;
    end if;
  end loop;
  if (p_walk.tried).id is null then
    -- The caller's own failures come last, and few are looked at: whether anybody else could take them costs a look around.
    if not p_walk.own then
      p_walk.own := true;
      p_walk.tried_rank := -32768;
      p_walk.tried_owner_id := null;
      p_walk.refused := 0;
    end if;
    if exists (
      select from public.jobs j where j.status = 'pending' and j.due and j.excluded_owner_id = p_node.owner_id offset 0) then
      p_walk := oblivion.pick_retry(p_node, p_except, p_walk);
    end if;
  end if;
  p_walk.job := p_walk.tried;
  p_walk.tried := null;
  p_walk.waits := p_walk.waits and (p_walk.job).id is null;
  return p_walk;
end
$$;
comment on function oblivion.pick_job(public.nodes, timestamptz, boolean, uuid[], uuid, oblivion.walk) is
  'The job that the server gives to this node now, locked, in walk.job; or null. Order: priority, then age; never of one''s own task (T5); a fresh one only where it was available before p_before, or is offered to this node''s owner. p_near is the task of a job that the node was just paid for, p_walk what this function answered earlier in the same call: it goes on from there. For the engine alone.';

reset all;

-- 20261124000810_claim.sql

-- Claiming: one way to begin an attempt behind every door (work_cycle, claim_job_fair, the fallback update). The order of
-- locks stands in choose.sql.

create function oblivion.begin_attempt(p_job public.jobs, p_node public.nodes)
returns public.jobs
language plpgsql
security definer
set search_path = ''
as $$
begin
  -- As stale_after() has it, read together with the limit of the task.
  select now() + least(
           case p_node.worker_type when 'browser' then s.stale_after_browser else s.stale_after end,
           make_interval(secs => t.timeout_seconds)),
         -- No more than it was assigned for: else who undercuts the others for an offer names another price then (M11).
         case when t.metered then least(
           oblivion.asked_rate(t, p_node.price_per_hour, s.default_price_per_hour),
           case when p_job.offered_to = p_node.owner_id and p_job.offered_until > now() then p_job.price_per_hour end) end
    into p_job.lease_expires_at, p_job.price_per_hour
    from oblivion.tasks t, oblivion.settings s
   where t.id = p_job.task_id
     and s.id;
  p_job.status := 'processing';
  p_job.attempt := p_job.attempt + 1;
  p_job.node_id := p_node.id;
  p_job.provider_address := p_node.provider_address;
  p_job.started_at := now();
  p_job.progress := 0;
  p_job.offered_to := null;
  p_job.offered_until := null;
  p_job.moves := p_job.moves + 1;
  perform oblivion.replica_claimed(p_job, p_node) from oblivion.tasks t where t.id = p_job.task_id and t.replicas > 1;
  return p_job;
end
$$;
comment on function oblivion.begin_attempt(public.jobs, public.nodes) is
  'A job as it stands once this node holds it. The caller holds the job''s row lock. For the engine alone.';

create function oblivion.claim(p_job public.jobs, p_node public.nodes)
returns public.jobs
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_job public.jobs := oblivion.begin_attempt(p_job, p_node);
begin
  update public.jobs j
     set status = v_job.status,
         attempt = v_job.attempt,
         node_id = v_job.node_id,
         provider_address = v_job.provider_address,
         started_at = v_job.started_at,
         progress = v_job.progress,
         offered_to = null,
         offered_until = null,
         lease_expires_at = v_job.lease_expires_at,
         price_per_hour = v_job.price_per_hour,
         moves = v_job.moves
   where j.id = p_job.id
     and (j.status, j.attempt) is not distinct from ('pending', p_job.attempt);
  if not found then
    raise exception 'Job % is not locked by its claim.', p_job.id;
  end if;
  return v_job;
end
$$;
comment on function oblivion.claim(public.jobs, public.nodes) is
  'Gives a locked pending job to a node. The caller adds it to nodes.current_jobs. For the engine alone.';

create function oblivion.job_offer(p_job public.jobs)
returns jsonb
language sql
stable
return jsonb_build_object(
  'jobId', p_job.id,
  'type', p_job.type,
  'priority', p_job.priority,
  'createdAt', p_job.created_at,
  'offeredUntil', p_job.offered_until);
comment on function oblivion.job_offer(public.jobs) is 'What next_jobs shows of an offered job. For the engine alone.';

create function public.next_jobs(p_provider_address text, p_limit int default 1)
returns jsonb
language plpgsql
security definer
set search_path = ''
-- As work_cycle.
set plan_cache_mode = force_generic_plan
set enable_seqscan = off
set jit = off
as $$
declare
  v_key text := nullif(current_setting('request.headers', true), '')::jsonb ->> 'x-node-key';
  v_node public.nodes;
  v_now record;
  v_job public.jobs;
  v_jobs jsonb := '[]';
  v_offered uuid[] := '{}';
  v_limit int;
  v_count int := 0;
  v_before timestamptz;
  v_left int;
  v_walk oblivion.walk;
  v_promoted int := -1;
begin
  if p_limit is null or p_limit not between 1 and 10 then
    perform oblivion.raise_error('OB005', 'p_limit is 1 to 10.', null, jsonb_build_object('field', 'p_limit', 'reason', 'range'));
  end if;
  -- As require_provider_node() has it, which says why not.
  select n.* into v_node
    from public.nodes n
   where n.key_hash = sha256(convert_to(v_key, 'UTF8'))
     and n.provider_address = lower(p_provider_address);
  if not found then
    v_node := oblivion.require_provider_node(p_provider_address);
  end if;
  if pg_advisory_xact_lock(oblivion.lock_key('owner', v_node.owner_id::text)) is null then
    return null;
  end if;
  select p.key_hash is distinct from v_node.key_hash as renewed, p.room, p.simple, exists (
           select from public.jobs j where j.status = 'pending' and j.offered_to = v_node.owner_id) as offered
    into v_now
    from oblivion.prospects(v_node.id, 0) p;
  if v_now.renewed and oblivion.node_key_hash() is not null then
    -- Revoked or registered again while this call waited: as in work_cycle.
    v_node := oblivion.require_provider_node(p_provider_address);
  end if;
  -- An offer keeps others away without any work: nobody gets more than it could take now (T2).
  v_limit := least(p_limit, v_now.room);
  if v_now.offered then
    -- One that was asked for and left lying is a draw given back, and costs as much: else a look at jobs were free (T2).
    -- What stays in the row says that it was left lying once.
    with lapsed as (
      update public.jobs j
         set offered_until = '-infinity',
             moves = j.moves + 1
       where j.id in (
               select l.id
                 from public.jobs l
                 join oblivion.tasks t on t.id = l.task_id
                where l.status = 'pending'
                  and l.offered_to = v_node.owner_id
                  and l.offered_until <= now()
                  and l.offered_until > '-infinity'
                  and not t.assign
                  for no key update of l skip locked)
      returning j.id
    )
    select count(*) into v_left from lapsed;
    if v_left > 0 then
      perform oblivion.change_budget(v_node.owner_id, - v_left);
    end if;
    -- Offers of a moment ago stand: asking again does not draw again.
    for v_job in
      select j.*
        from public.jobs j
       where j.status = 'pending'
         and j.offered_to = v_node.owner_id
         and j.offered_until > now()
       order by j.priority desc, j.created_at, j.task_id, j.seq
       limit v_limit
    loop
      v_jobs := v_jobs || oblivion.job_offer(v_job);
      v_offered := v_offered || v_job.id;
      v_count := v_count + 1;
    end loop;
  elsif v_limit > 0 and v_now.simple then
    -- The common case, as in claim_head(): the first jobs in the order of claims.
    with head as materialized (
      select h.id, h.task_id, row_number() over () as place
        from (
          select j.id, j.task_id, j.customer_owner_id
            from public.jobs j
           where j.status = 'pending'
             and j.due
             and j.excluded_owner_id is null
             and (j.offered_until is null or j.offered_until <= now())
           order by - j.priority, j.created_at, j.task_id, j.seq
           limit v_limit
             for no key update skip locked) h
       where h.customer_owner_id <> v_node.owner_id
    ), offered as (
      update public.jobs j
         set offered_to = v_node.owner_id,
             offered_until = now() + s.offer_window,
             moves = j.moves + 1
        from head h, oblivion.tasks t, oblivion.settings s
       where j.id = h.id
         -- What was offered before takes the long way, below.
         and j.offered_to is null
         and t.id = h.task_id
         and t.plain
         and t.status = 'running'
         and s.id
      returning h.place, j.id, oblivion.job_offer(j) as offer
    )
    select coalesce(jsonb_agg(o.offer order by o.place), '[]'), coalesce(array_agg(o.id), '{}'), count(*)
      into v_jobs, v_offered, v_count
      from offered o;
  end if;
  if v_count < v_limit then
    v_before := oblivion.claims_before(v_node);
  end if;
  while v_count < v_limit loop
    v_walk := oblivion.pick_job(v_node, v_before, v_promoted < 0 and v_offered = '{}', v_offered, p_walk => v_walk);
    v_job := v_walk.job;
    -- Another hundred only where the last brought something: each begins anew at the head.
    if v_job.id is null and v_promoted < v_count and oblivion.promote_due() then
      v_promoted := v_count;
      v_walk := null;
      continue;
    end if;
    exit when v_job.id is null;
    -- Offered once and left lying: as one that was tried, or a hundred newcomers keep the last chunk of a task from
    -- everybody for 10 s each (T2). An assignment nobody asked for.
    if v_job.offered_to is not null
      and not oblivion.may_take_tried(v_node.owner_id, v_job)
      and exists (select from oblivion.tasks t where t.id = v_job.task_id and not t.assign) then
      v_offered := v_offered || v_job.id;
      exit when cardinality(v_offered) > 20;
      continue;
    end if;
    update public.jobs j
       set offered_to = v_node.owner_id,
           offered_until = now() + s.offer_window,
           -- An assignment's, of somebody else.
           price_per_hour = null,
           moves = j.moves + 1
      from oblivion.settings s
     where j.id = v_job.id
       and s.id
    returning j.* into v_job;
    v_jobs := v_jobs || oblivion.job_offer(v_job);
    v_offered := v_offered || v_job.id;
    v_count := v_count + 1;
  end loop;
  update public.nodes n set last_seen = now() where n.id = v_node.id;
  return v_jobs;
end
$$;
comment on function public.next_jobs(text, int) is
  'Up to p_limit pending jobs, no more than the node has room for, offered to this caller for 10 s: nobody else is shown them, and claim_job_fair gives them. What is left lying costs claim budget as a release does. OB001 to OB003, OB005.';

create function oblivion.lock_offered(p_job_id uuid, p_node public.nodes)
returns public.jobs
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_job public.jobs;
begin
  -- Waits for the row: somebody whose look at the queue is older than the offer may hold it for a moment, and an offer
  -- stands for its taker. Whoever holds a job's row waits for nobody behind us.
  select j.*
    into v_job
    from public.jobs j
   where j.id = p_job_id
     and j.status = 'pending'
     and j.due
     and j.offered_to = p_node.owner_id
     and j.offered_until > now()
     and j.customer_owner_id <> p_node.owner_id
     for no key update;
  if v_job.id is not null
    and not (
      select oblivion.suits(t, p_node)
             and (t.replicas = 1 or oblivion.may_replicate(v_job, p_node))
             and oblivion.is_full(t.id, t.max_concurrent_chunks) is not true
             and oblivion.has_slot(t.id, t.max_concurrent_chunks)
        from oblivion.tasks t
       where t.id = v_job.task_id) then
    return null;
  end if;
  return v_job;
end
$$;
comment on function oblivion.lock_offered(uuid, public.nodes) is 'A job that stands offered to this node''s owner, locked; or null. For the engine alone.';

create function public.claim_job_fair(p_job_id uuid, p_provider_address text)
returns boolean
language plpgsql
security definer
set search_path = ''
-- As work_cycle.
set plan_cache_mode = force_generic_plan
set enable_seqscan = off
set jit = off
as $$
declare
  v_key text := nullif(current_setting('request.headers', true), '')::jsonb ->> 'x-node-key';
  v_node public.nodes;
  v_now record;
  v_job public.jobs;
  v_claimed boolean := false;
begin
  -- As require_provider_node() has it, which says why not.
  select n.* into v_node
    from public.nodes n
   where n.key_hash = sha256(convert_to(v_key, 'UTF8'))
     and n.provider_address = lower(p_provider_address);
  if not found then
    v_node := oblivion.require_provider_node(p_provider_address);
  end if;
  if pg_advisory_xact_lock(oblivion.lock_key('owner', v_node.owner_id::text)) is null then
    return null;
  end if;
  select p.key_hash is distinct from v_node.key_hash as renewed, p.room, p.stale_after into v_now
    from oblivion.prospects(v_node.id, 0) p;
  if v_now.renewed and oblivion.node_key_hash() is not null then
    -- Revoked or registered again while this call waited: as in work_cycle.
    v_node := oblivion.require_provider_node(p_provider_address);
  end if;
  if v_now.room > 0 then
    if v_node.programs is null then
      -- The common case: offered to this caller, of a task that asks nothing. It waits for the row as lock_offered() does.
      update public.jobs j
         set status = 'processing',
             attempt = j.attempt + 1,
             node_id = v_node.id,
             provider_address = v_node.provider_address,
             started_at = now(),
             progress = 0,
             offered_to = null,
             offered_until = null,
             lease_expires_at = now() + least(v_now.stale_after, make_interval(secs => t.timeout_seconds)),
             moves = j.moves + 1
        from oblivion.tasks t
       where j.id = p_job_id
         and (j.status, j.due, j.offered_to) is not distinct from ('pending', true, v_node.owner_id)
         and j.offered_until > now()
         and j.customer_owner_id <> v_node.owner_id
         and t.id = j.task_id
         and t.plain
         and t.status = 'running';
      v_claimed := found;
    end if;
    if not v_claimed then
      v_job := oblivion.lock_offered(p_job_id, v_node);
      if v_job.id is null then
        -- Not offered: then only the very job that the server would choose for this node now.
        v_job := (oblivion.pick_job(v_node, oblivion.claims_before(v_node), p_wait => false)).job;
      end if;
      if v_job.id = p_job_id then
        v_job := oblivion.claim(v_job, v_node);
        v_claimed := true;
      end if;
    end if;
  end if;
  update public.nodes n
     set last_seen = now(),
         current_jobs = n.current_jobs + v_claimed::int
   where n.id = v_node.id;
  return v_claimed;
end
$$;
comment on function public.claim_job_fair(uuid, text) is
  'Claims a job for the caller''s node, atomically. False where it is taken, not offered to this caller, or a cap is reached. OB001 to OB003.';

-- The fallback claim of older workers: `update jobs set status = 'processing', provider_address = mine where id = X and
-- status = 'pending'`, then a read-back. Here it runs through the same checks and locks, and changes 0 rows for a job
-- that was not offered to the caller (A4).
create function oblivion.claim_directly(p_job_id uuid, p_status text, p_provider_address text)
returns public.jobs
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_provider text := oblivion.caller_provider();
  v_job public.jobs;
  v_node public.nodes;
begin
  select j.* into v_job from public.jobs j where j.id = p_job_id for no key update skip locked;
  if v_provider is null
    or v_job.status is distinct from 'pending'
    or p_status is distinct from 'processing'
    or lower(p_provider_address) is distinct from v_provider then
    return null;
  end if;
  v_node := oblivion.require_provider_node(v_provider);
  -- The job's row is locked already, against the order of locks: so the owner's is tried, and 0 rows where it is busy.
  if not pg_try_advisory_xact_lock(oblivion.lock_key('owner', v_node.owner_id::text))
    or not oblivion.has_room(v_node)
    or not v_job.due
    or v_job.offered_to is distinct from v_node.owner_id
    or v_job.offered_until <= now()
    or v_job.customer_owner_id = v_node.owner_id
    or not (
      select oblivion.suits(t, v_node)
             and (t.replicas = 1 or oblivion.may_replicate(v_job, v_node))
             and oblivion.is_full(t.id, t.max_concurrent_chunks) is not true
             and oblivion.has_slot(t.id, t.max_concurrent_chunks)
        from oblivion.tasks t
       where t.id = v_job.task_id) then
    return null;
  end if;
  update public.nodes n
     set current_jobs = n.current_jobs + 1
   where n.id = v_node.id;
  return oblivion.begin_attempt(v_job, v_node);
end
$$;
comment on function oblivion.claim_directly(uuid, text, text) is
  'What a direct update of a job by its caller makes of the row: a claim of a job that was offered to it, or null. Called by the trigger below as whoever updates.';

create function oblivion.guard_direct_update()
returns trigger
language plpgsql
set search_path = ''
as $$
begin
  -- Inside the engine's functions it is their owner who updates.
  if current_user in ('anon', 'authenticated') then
    return oblivion.claim_directly(old.id, new.status, new.provider_address);
  end if;
  return new;
end
$$;
comment on function oblivion.guard_direct_update() is
  'What a direct update of a job by anon or authenticated becomes: a claim of an offered job, or no change.';
create trigger a_guard_direct_update before update of status, provider_address on public.jobs
  for each row when (new.moves = old.moves) execute function oblivion.guard_direct_update();

reset all;

-- 20261124000830_assignment.sql

-- Assignment: a task may ask that its jobs are offered at creation, each to one provider for 30 s, before they are open to
-- all. An offer is what next_jobs makes too: jobs.offered_to and offered_until, which every door of a claim looks at.
--
-- Who is offered what: the cheaper half first, then the dearer, then the least busy, then by lot. Undercutting the cheaper
-- half brings nothing, and one owner gets at most a fifth of a task's jobs while others have room: a colluder at price 0
-- has the chance that everybody has (T6).

create function oblivion.assign_jobs(p_task oblivion.tasks)
returns jsonb
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_jobs int;
  v_offered int;
  v_providers jsonb;
  v_until timestamptz := now() + (select s.assign_window from oblivion.settings s where s.id);
begin
  -- No more than may be in work at once: the rest would only wait for their takers.
  select least(count(*), p_task.max_concurrent_chunks)
    into v_jobs
    from public.jobs j
   where j.task_id = p_task.id
     and j.status = 'pending';
  with free as (
    select n.owner_id,
           min(n.provider_address) as provider_address,
           -- A node without a price asks for none; of a metered task, for what such a node is paid there.
           min(case when p_task.metered then oblivion.asked_rate(p_task, n.price_per_hour, c.default_price_per_hour)
                 else coalesce(n.price_per_hour, 0) end) as price,
           sum(n.max_jobs - n.current_jobs) as room,
           bool_or(n.raised_max_jobs is not null) as raised,
           bool_or(n.operator) as operator
      from public.nodes n
     cross join oblivion.settings c
     where n.owner_id <> p_task.owner_id
       and n.current_jobs < n.max_jobs
       and oblivion.is_online(n.last_seen, n.next_poll_at)
       -- It comes by while the offer stands.
       and n.next_poll_at < v_until
       and oblivion.suits(p_task, n)
     group by n.owner_id
  ), able as (
    select f.owner_id, f.provider_address, f.price, b.busy,
           o.proven_count >= s.proven_after or f.raised or f.operator as established,
           -- Who has proved nothing has one job over all its nodes.
           case when greatest(o.accepted_count, o.proven_count) >= s.proven_after or f.raised
             then f.room - w.offered
             else (b.busy + w.offered = 0)::int end as room
      from free f
      join oblivion.owners o on o.id = f.owner_id
     cross join oblivion.settings s
     cross join lateral (
             select sum(n.current_jobs) as busy from public.nodes n where n.owner_id = f.owner_id) b
     cross join lateral (
             select count(*) as offered
               from public.jobs j
              where j.status = 'pending'
                and j.offered_to = f.owner_id
                and j.offered_until > now()) w
     where o.claims_from <= now()
       and not o.held_up
  ), drawn as (
    -- By lot among the established; among all where none of them is free, as in a young network.
    select a.*
      from able a
     where a.room > 0
       and (a.established or not exists (select from able e where e.established and e.room > 0))
  ), slots as (
    select d.owner_id, d.provider_address, d.price,
           row_number() over (order by
             -- The cheaper half, then what costs up to twice, four times ... its dearest.
             greatest(0, ceil(log(2, greatest(d.price, 1)::numeric / greatest(m.price, 1)))),
             d.busy + k.place, random()) as place
      from drawn d
     cross join (
             select percentile_disc(0.5) within group (order by r.price)::numeric as price, count(*) as owners from drawn r) m
     cross join oblivion.settings s
     cross join lateral generate_series(1, least(d.room,
             case when m.owners > 1 then greatest(1, floor(s.assign_share * v_jobs)) else d.room end)::int) as k (place)
  ), waiting as (
    select j.id, row_number() over (order by j.chunk_index, j.seq) as place
      from public.jobs j
     where j.task_id = p_task.id
       and j.status = 'pending'
  ), offered as (
    update public.jobs j
       set offered_to = l.owner_id,
           offered_until = v_until,
           -- It won its place by this price, and is held to it.
           price_per_hour = case when p_task.metered then l.price end
      from waiting w
      join slots l on l.place = w.place
     where j.id = w.id
       and w.place <= v_jobs
    returning l.provider_address
  )
  select count(*), coalesce(jsonb_agg(distinct oblivion.short_address(f.provider_address)), '[]')
    into v_offered, v_providers
    from offered f;
  return jsonb_build_object(
    'jobs', v_offered,
    'providers', v_providers,
    'until', case when v_offered > 0 then v_until end);
end
$$;
comment on function oblivion.assign_jobs(oblivion.tasks) is
  'Offers the waiting jobs of a new task to providers that are online and free, one each in turn; answers {jobs: how many, providers: to whom, until}: 0 jobs where nobody is available. Whatever is not offered is open to all. For the engine alone.';

reset all;

-- 20261124000900_complete.sql

-- The end of an attempt: accepted and paid, failed, released or lost.

create function oblivion.end_attempt(p_job public.jobs, p_outcome text, p_error text, p_metrics jsonb default null)
returns void
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_attempt oblivion.attempts;
begin
  insert into oblivion.attempts (
    job_id, attempt, task_id, node_id, owner_id, provider_address, queued_at, started_at, outcome, error, metrics)
  select p_job.id, p_job.attempt, p_job.task_id, n.id, n.owner_id, p_job.provider_address, p_job.available_at,
         p_job.started_at, p_outcome, left(p_error, 1000),
         -- Metrics are a courtesy: a flood of them is dropped, not a reason to lose the result.
         case when octet_length(p_metrics::text) <= 4096 then p_metrics else p_job.metrics end
    from public.nodes n
   where n.id = p_job.node_id
  returning * into v_attempt;
  if found and p_outcome <> 'succeeded' then
    perform oblivion.spend_budget(v_attempt);
  end if;
end
$$;
comment on function oblivion.end_attempt(public.jobs, text, text, jsonb) is
  'Writes down how the attempt in this row of a job ended, before the row changes, and lets its owner pay for one in vain. For the engine alone.';

create function oblivion.requeue(p_job public.jobs, p_delay interval default '0')
returns void
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_task record;
  v_decided boolean := false;
  v_status text;
begin
  -- Shared with others who give jobs back; pausing and resuming take it alone. So no job comes back as pending into a
  -- task that is being paused, and none as blocked into one that is being resumed.
  select t.status, t.replicas into v_task from oblivion.tasks t where t.id = p_job.task_id for share;
  if v_task.replicas > 1 then
    v_decided := oblivion.is_decided(p_job);
  end if;
  update public.jobs j
     set status = case
           when j.cancel_requested or v_decided or v_task.status not in ('running', 'paused') then 'cancelled'
           when v_task.status = 'paused' then 'blocked'
           else 'pending' end,
         failures = p_job.failures,
         losses = p_job.losses,
         error = p_job.error,
         available_at = now() + p_delay,
         due = p_delay = '0'
   where j.id = p_job.id
  returning j.status into v_status;
  if v_status = 'cancelled' then
    perform oblivion.try_close_task(p_job.task_id);
  end if;
end
$$;
comment on function oblivion.requeue(public.jobs, interval) is
  'Gives a job back to pending, due after the delay; to blocked while its task is paused; or ends it where its task was cancelled, or its replicas agreed without it. For the engine alone.';

create function oblivion.fail_attempt(p_job public.jobs, p_outcome text, p_error text, p_metrics jsonb default null)
returns void
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_max int;
begin
  select t.max_attempts into v_max from oblivion.tasks t where t.id = p_job.task_id;
  perform oblivion.end_attempt(p_job, p_outcome, p_error, p_metrics);
  p_job.error := left(format('Attempt %s: %s', p_job.attempt, coalesce(p_error, 'failed')), 1000);
  if p_job.failures + 1 < v_max or not oblivion.has_last_word(p_job) then
    -- A stranger's failure is never the last: it does not count, and the pause grows with each.
    p_job.failures := least(p_job.failures + 1, v_max - 1);
    -- Exponential back-off with jitter: about 2, 4, 8 ... seconds, at most 5 minutes.
    perform oblivion.requeue(p_job, make_interval(
      secs => least(300, 2 ^ least(9, greatest(p_job.failures, p_job.attempt))) * (0.75 + random() / 2)));
  else
    update public.jobs j
       set status = 'failed',
           failures = p_job.failures + 1,
           error = p_job.error,
           finished_at = now()
     where j.id = p_job.id;
    perform oblivion.chunk_changed(p_job, t) from oblivion.tasks t where t.id = p_job.task_id and not t.plain;
    perform oblivion.try_close_task(p_job.task_id);
  end if;
end
$$;
comment on function oblivion.fail_attempt(public.jobs, text, text, jsonb) is
  'Ends an attempt that counts against max_attempts: retried with back-off, or failed for good with its reason. For the engine alone.';

create function oblivion.lose_attempt(p_job public.jobs)
returns void
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_max int;
begin
  perform oblivion.end_attempt(p_job, 'expired', 'The node went offline.');
  select s.max_losses into v_max from oblivion.settings s;
  if p_job.losses + 1 < v_max or not oblivion.has_last_word(p_job) then
    -- Nor is a stranger's loss the last.
    p_job.losses := least(p_job.losses + 1, v_max - 1);
    perform oblivion.requeue(p_job);
  else
    update public.jobs j
       set status = 'failed',
           losses = p_job.losses + 1,
           error = format('Lost by %s nodes that went offline.', p_job.losses + 1),
           finished_at = now()
     where j.id = p_job.id;
    perform oblivion.chunk_changed(p_job, t) from oblivion.tasks t where t.id = p_job.task_id and not t.plain;
    perform oblivion.try_close_task(p_job.task_id);
  end if;
end
$$;
comment on function oblivion.lose_attempt(public.jobs) is
  'Ends an attempt whose node is gone: no failure of the program, with a cap of its own. For the engine alone.';

create function oblivion.store_result(p_job public.jobs, p_canonical text, p_hash text)
returns void
language sql
security definer
set search_path = ''
as $$
  insert into oblivion.results (job_id, task_id, chunk_index, attempt, node_id, canonical, result_hash)
  values (p_job.id, p_job.task_id, p_job.chunk_index, p_job.attempt, p_job.node_id, p_canonical, p_hash)
$$;
comment on function oblivion.store_result(public.jobs, text, text) is
  'Keeps the result of the attempt in this row of a job, before the row changes. For the engine alone.';

create function oblivion.pay(p_job public.jobs, p_owner_id bigint, p_payee_id bigint, p_price bigint, p_hash text)
returns void
language sql
security definer
set search_path = ''
as $$
  insert into oblivion.receipts (
    job_id, attempt, task_id, chunk_index, provider_owner_id, payee_owner_id, customer_owner_id, asset, instance_id,
    price, fee, result_hash, started_at)
  select p_job.id, p_job.attempt, p_job.task_id, p_job.chunk_index, p_owner_id, p_payee_id, t.owner_id, t.asset,
         t.instance_id, p_price,
         -- The place of the job among all that its task may pay: the running total that the fee is rounded on.
         oblivion.job_fee(t, p_price,
           (p_job.chunk_index * t.stage_count + p_job.stage) * t.replicas + p_job.replica), p_hash, p_job.started_at
    from oblivion.tasks t
   where t.id = p_job.task_id
$$;
comment on function oblivion.pay(public.jobs, bigint, bigint, bigint, text) is
  'The receipt of a job, once. For the engine alone.';

create function oblivion.count_accepted(p_owner_id bigint, p_price bigint, p_count int default 1)
returns void
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_budget real;
begin
  update oblivion.owners o
     set accepted_count = o.accepted_count + p_count,
         served = oblivion.add_service(o.served, oblivion.service(p_price))
   where o.id = p_owner_id
  returning o.claim_budget into v_budget;
  if v_budget < 20 then
    perform oblivion.refill_budget(p_owner_id, p_count);
  end if;
end
$$;
comment on function oblivion.count_accepted(bigint, bigint, int) is
  'Counts accepted results, p_price in all, in their owner''s row. For the engine alone.';

create function oblivion.accept_result(
  p_job public.jobs,
  p_node public.nodes,
  p_canonical text,
  p_hash text,
  p_metrics jsonb,
  p_reported_at timestamptz default now()
)
returns void
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_task oblivion.tasks;
  v_price bigint;
begin
  select t.* into v_task from oblivion.tasks t where t.id = p_job.task_id;
  v_price := case
    when v_task.metered then oblivion.metered_price(v_task, p_job.price_per_hour,
      oblivion.billable_ms(v_task, p_job, p_node, p_reported_at))
    else v_task.price_per_chunk end;
  perform oblivion.end_attempt(p_job, 'succeeded', null, p_metrics);
  perform oblivion.store_result(p_job, p_canonical, p_hash);
  perform oblivion.pay(p_job, p_node.owner_id, p_node.payee_owner_id, v_price, p_hash);
  perform oblivion.count_accepted(p_node.owner_id, v_price);
  if v_task.metered then
    perform oblivion.note_run_time(p_job, p_node, oblivion.run_ms(p_job.started_at, p_reported_at));
  end if;
  update public.jobs j
     set status = 'completed',
         progress = 1,
         error = null,
         metrics = null,
         node_id = null,
         lease_expires_at = null,
         finished_at = now(),
         moves = j.moves + 1
   where j.id = p_job.id;
  perform oblivion.chunk_changed(p_job, v_task);
end
$$;
comment on function oblivion.accept_result(public.jobs, public.nodes, text, text, jsonb, timestamptz) is
  'Completes a locked job of a task that is not plain. The caller counts it in its node''s row and ends the task. For the engine alone.';

create function oblivion.finish_attempt(
  p_node public.nodes,
  p_job_id uuid,
  p_attempt int,
  p_outcome text,
  p_result jsonb,
  p_hash text,
  p_error text,
  p_metrics jsonb
)
returns text
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_held record;
  v_holds boolean := false;
  v_job public.jobs;
  v_canonical text;
  v_hash text;
  v_budget real;
begin
  if p_outcome is null or p_outcome not in ('succeeded', 'failed', 'released') then
    perform oblivion.raise_error('OB005', 'An outcome is succeeded, failed or released.', null,
      jsonb_build_object('field', 'outcome', 'reason', 'unknown'));
  end if;
  if p_outcome = 'succeeded' then
    if p_result is null then
      perform oblivion.raise_error('OB005', 'A success carries its result.', null,
        jsonb_build_object('field', 'result', 'reason', 'missing'));
    end if;
    -- Looked at before anything is spelled out and hashed: that costs, and is done for who holds the job alone.
    -- By its key alone, and compared below: jobs.sql says why.
    select j.status, j.node_id, j.task_id, j.chunk_index, j.attempt, j.provider_address, j.available_at, j.started_at,
           t.plain, t.owner_id as customer, t.asset, t.instance_id, t.price_per_chunk, t.fee_bps, s.max_inline_bytes
      into v_held
      from public.jobs j
      join oblivion.tasks t on t.id = j.task_id
     cross join oblivion.settings s
     where j.id = p_job_id
       and s.id;
    v_holds := coalesce(v_held.status = 'processing' and v_held.node_id = p_node.id
      and v_held.attempt = coalesce(p_attempt, v_held.attempt), false);
    if v_holds then
      -- Measured first: one element of jsonb takes at most some 16 times the bytes of its text.
      if pg_column_size(p_result) <= 16 * v_held.max_inline_bytes then
        v_canonical := oblivion.canonical_json(p_result);
      end if;
      if octet_length(v_canonical) <= v_held.max_inline_bytes then
        v_hash := encode(sha256(convert_to(v_canonical, 'UTF8')), 'hex');
      end if;
      if v_held.plain and v_hash = lower(p_hash) and coalesce(octet_length(p_metrics::text) <= 4096, true) then
        -- The common case in one statement, count_accepted() included: a call costs as much as the row that it writes.
        -- Guarded by status, node and attempt, so what was read above is right; where the guard finds nothing, the long
        -- way below says why.
        with done as (
          update public.jobs j
             set status = 'completed',
                 progress = 1,
                 error = null,
                 metrics = null,
                 node_id = null,
                 lease_expires_at = null,
                 finished_at = now(),
                 moves = j.moves + 1
           where j.id = p_job_id
             and (j.status, j.node_id, j.attempt) is not distinct from ('processing', p_node.id, v_held.attempt)
          returning j.id
        ), attempts as (
          insert into oblivion.attempts (
            job_id, attempt, task_id, node_id, owner_id, provider_address, queued_at, started_at, outcome, metrics)
          select d.id, v_held.attempt, v_held.task_id, p_node.id, p_node.owner_id, v_held.provider_address,
                 v_held.available_at, v_held.started_at, 'succeeded', p_metrics
            from done d
        ), results as (
          insert into oblivion.results (job_id, task_id, chunk_index, attempt, node_id, canonical, result_hash)
          select d.id, v_held.task_id, v_held.chunk_index, v_held.attempt, p_node.id, v_canonical, v_hash
            from done d
        ), receipts as (
          insert into oblivion.receipts (
            job_id, attempt, task_id, chunk_index, provider_owner_id, payee_owner_id, customer_owner_id, asset,
            instance_id, price, fee, result_hash, started_at)
          select d.id, v_held.attempt, v_held.task_id, v_held.chunk_index, p_node.owner_id, p_node.payee_owner_id,
                 v_held.customer, v_held.asset, v_held.instance_id, v_held.price_per_chunk,
                 oblivion.chunk_fee(v_held.price_per_chunk, v_held.fee_bps, v_held.chunk_index), v_hash, v_held.started_at
            from done d
        )
        update oblivion.owners o
           set accepted_count = o.accepted_count + 1,
               served = oblivion.add_service(o.served, oblivion.service(v_held.price_per_chunk))
          from done d
         where o.id = p_node.owner_id
        returning o.claim_budget into v_budget;
        if found then
          if v_budget < 20 then
            perform oblivion.refill_budget(p_node.owner_id);
          end if;
          return 'paid';
        end if;
      end if;
    end if;
  end if;

  select j.* into v_job from public.jobs j where j.id = p_job_id for no key update;
  if not found then
    return 'job_not_found';
  end if;
  -- A delivered job has no node: compared as distinct, or whoever knows its number could end it.
  if (v_job.status, v_job.node_id, v_job.attempt)
    is distinct from ('processing', p_node.id, coalesce(p_attempt, v_job.attempt)) then
    -- The same result told twice, because the first answer was lost, is accepted once and confirmed again.
    if p_outcome = 'succeeded' and exists (
      select
        from oblivion.results r
       where r.job_id = p_job_id
         and r.attempt = coalesce(p_attempt, v_job.attempt)
         and r.node_id = p_node.id) then
      return 'confirmed';
    end if;
    return 'stale_attempt';
  end if;

  if p_outcome = 'released' then
    perform oblivion.end_attempt(v_job, 'released', p_error, p_metrics);
    perform oblivion.requeue(v_job);
    return 'accepted';
  elsif p_outcome = 'failed' then
    if not oblivion.confirm_failure(v_job, p_node, p_error, p_metrics) then
      perform oblivion.fail_attempt(v_job, 'failed', p_error, p_metrics);
    end if;
    return 'accepted';
  elsif not v_holds or v_held.attempt <> v_job.attempt then
    -- It was not this node's when it was looked at, and is now: the result is not of this attempt.
    return 'stale_attempt';
  elsif v_hash is null then
    perform oblivion.fail_attempt(v_job, 'rejected',
      format('The result is larger than %s bytes.', v_held.max_inline_bytes), p_metrics);
    return 'result_too_large';
  elsif v_hash is distinct from lower(p_hash) then
    perform oblivion.fail_attempt(v_job, 'rejected', 'The result does not have the hash that was sent with it.', p_metrics);
    return 'hash_mismatch';
  end if;
  perform oblivion.accept_result(v_job, p_node, v_canonical, v_hash, p_metrics);
  return 'paid';
end
$$;
comment on function oblivion.finish_attempt(public.nodes, uuid, int, text, jsonb, text, text, jsonb) is
  'Ends an attempt as its node reports it. Answers paid (the caller still counts it in the node''s row and ends its task), confirmed (told before), accepted (failed or released), stale_attempt, hash_mismatch, result_too_large or job_not_found. For the engine alone.';

create function oblivion.release_jobs_of_node(p_node_id uuid, p_why text default 'The node was registered again.')
returns void
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_job public.jobs;
begin
  -- All that giving back locks, before the first is given back and in everybody's order: whoever has one of the jobs waits
  -- for their owner's row or the node's, and several tasks may be paused at once, in the order of their ids.
  perform from public.jobs j where j.node_id = p_node_id order by j.id for no key update;
  if not found then
    return;
  end if;
  perform from oblivion.owners o
    where o.id = (select n.owner_id from public.nodes n where n.id = p_node_id)
      for no key update;
  perform from oblivion.tasks t
    where t.id in (select j.task_id from public.jobs j where j.node_id = p_node_id)
    order by t.id
      for share;
  for v_job in
    select j.* from public.jobs j where j.node_id = p_node_id order by j.id
  loop
    perform oblivion.end_attempt(v_job, 'released', p_why);
    perform oblivion.requeue(v_job);
  end loop;
end
$$;
comment on function oblivion.release_jobs_of_node(uuid, text) is 'Gives back all that a node holds. For the engine alone.';

create function public.complete_job(
  p_job_id uuid,
  p_provider_address text,
  p_result_url text default null,
  p_status text default 'completed',
  p_attempt int default null,
  p_result jsonb default null,
  p_result_hash text default null,
  p_error text default null
)
returns boolean
language plpgsql
security definer
set search_path = ''
-- As work_cycle.
set plan_cache_mode = force_generic_plan
set enable_seqscan = off
set jit = off
as $$
declare
  v_key text := nullif(current_setting('request.headers', true), '')::jsonb ->> 'x-node-key';
  v_provider text;
  v_node public.nodes;
  v_answer text;
begin
  if p_result_url !~ '^oblivion-results/uploads/' then
    perform oblivion.refuse_foreign_url(p_result_url, 'p_result_url');
  end if;
  if p_status is null or p_status not in ('completed', 'failed') then
    perform oblivion.raise_error('OB005', 'A status is completed or failed.', null,
      jsonb_build_object('field', 'p_status', 'reason', 'unknown'));
  end if;
  -- Who holds it.
  select n.*
    into v_node
    from public.nodes n
    join public.jobs j on j.node_id = n.id
   where n.key_hash = sha256(convert_to(v_key, 'UTF8'))
     and n.provider_address = lower(p_provider_address)
     and j.id = p_job_id;
  if not found then
    v_provider := oblivion.require_provider(p_provider_address);
    -- By a wallet's session; or who completed it, for the answer to that may have been lost on the way.
    select n.*
      into v_node
      from public.jobs j
      join public.nodes n
        on n.id = coalesce(j.node_id, (select d.node_id from oblivion.deliveries d where d.job_id = j.id),
             (select r.node_id from oblivion.results r where r.job_id = j.id))
     where j.id = p_job_id
       and n.provider_address = v_provider
       and (v_key is null or n.key_hash = oblivion.node_key_hash());
    if not found then
      return false;
    end if;
  end if;
  if p_result_url is not null then
    v_answer := oblivion.deliver_result(v_node, p_job_id, p_attempt,
      case p_status when 'completed' then 'succeeded' end, p_result_url, null);
  else
    v_answer := oblivion.finish_attempt(v_node, p_job_id, p_attempt,
      case p_status when 'completed' then 'succeeded' else 'failed' end,
      p_result, p_result_hash, p_error, null);
  end if;
  if v_answer = 'paid' then
    update public.nodes n
       set current_jobs = greatest(0, n.current_jobs - 1),
           total_jobs_completed = n.total_jobs_completed + 1
     where n.id = v_node.id;
    perform oblivion.try_close_task_of(p_job_id);
  end if;
  return v_answer in ('paid', 'confirmed', 'accepted');
end
$$;
comment on function public.complete_job(uuid, text, text, text, int, jsonb, text, text) is
  'Ends a job that the caller holds; a completed one carries p_result and the SHA-256 of its canonical JSON, or p_result_url where its attempt uploaded it. False where the attempt is not the caller''s any more. OB001, OB002, OB005, OB009.';

create function public.fail_job(p_job_id uuid, p_provider_address text, p_error text default null, p_attempt int default null)
returns boolean
language sql
security definer
set search_path = ''
as $$
  select public.complete_job(p_job_id, p_provider_address, null, 'failed', p_attempt, null, null, p_error)
$$;
comment on function public.fail_job(uuid, text, text, int) is
  'Reports that the program failed: retried with back-off, failed for good after the task''s last attempt. OB001, OB002.';

reset all;

-- 20261124000910_replicas.sql

-- Replicas and stages: several jobs of one chunk, and jobs that wait for the result of the stage before.
--
-- A stage of a chunk ends once: accepted, when as many equal results as the quorum are in; inconclusive, when enough
-- came and do not agree; failed, when too few can still come. Until then nothing of it leaves the server (T8). Every
-- replica that was accepted for its form is paid, whatever the others say (M12): a majority condemns nobody, see
-- wrong_results.sql for what does.
--
-- Who ends a job holds its row and must wait for nobody behind it, so a stage is judged under two locks that are only
-- tried: the task's control lock, shared (who pauses or cancels holds it alone), and the chunk's own. Where one is busy,
-- the judgement is left to the next tick.

create table oblivion.stage_ends (
  task_id uuid not null references oblivion.tasks,
  chunk_index int not null,
  stage smallint not null,
  outcome text not null check (outcome in ('accepted', 'inconclusive', 'failed')),
  result_hash text check (result_hash ~ '^[0-9a-f]{64}$'),
  -- Two established owners gave different results.
  disputed boolean not null,
  ended_at timestamptz not null default now(),
  primary key (task_id, chunk_index, stage),
  check ((outcome = 'accepted') = (result_hash is not null))
);
create index on oblivion.stage_ends (task_id, ended_at);
comment on table oblivion.stage_ends is 'How each stage of each chunk of a task with replicas or a pipeline ended, once.';

create table oblivion.stages_to_judge (
  id bigint generated always as identity primary key,
  task_id uuid not null,
  chunk_index int not null,
  stage smallint not null
);
create index on oblivion.stages_to_judge (task_id);
comment on table oblivion.stages_to_judge is
  'Judgements that were left to the next tick. The same one may stand here twice: a unique key would be something to wait for.';

create function oblivion.is_special(p_task oblivion.tasks)
returns boolean
language sql
immutable
set search_path = ''
as $$
  select p_task.replicas > 1 or p_task.stage_count > 1
$$;
comment on function oblivion.is_special(oblivion.tasks) is 'Whether the chunks of a task have several jobs. For the engine alone.';

create function oblivion.may_replicate(p_job public.jobs, p_node public.nodes)
returns boolean
language plpgsql
security definer
set search_path = ''
as $$
begin
  -- The lock, held to the end of the transaction, stands for the row that a claim in flight is about to write.
  return pg_try_advisory_xact_lock(oblivion.lock_key('replica',
           concat_ws(':', p_job.task_id, p_job.chunk_index, p_job.stage, oblivion.cluster_of(p_node))))
    and not oblivion.has_replica(p_job, p_node)
    and not exists (
      select from public.jobs j
       where j.task_id = p_job.task_id
         and j.chunk_index = p_job.chunk_index
         and j.stage = p_job.stage
         and j.id <> p_job.id
         and j.status = 'pending'
         and j.offered_to = p_node.owner_id
         and j.offered_until > now());
end
$$;
comment on function oblivion.may_replicate(public.jobs, public.nodes) is
  'Whether this node''s owner may have this job beside its siblings: asked by every door of a claim and of an offer, for tasks with replicas. For the engine alone.';

create function oblivion.replica_claimed(p_job public.jobs, p_node public.nodes)
returns void
language plpgsql
security definer
set search_path = ''
as $$
begin
  insert into oblivion.replica_owners (job_id, task_id, chunk_index, stage, cluster_id)
  values (p_job.id, p_job.task_id, p_job.chunk_index, p_job.stage, oblivion.cluster_of(p_node));
end
$$;
comment on function oblivion.replica_claimed(public.jobs, public.nodes) is
  'Writes down who has a job of a task with replicas. The key refuses a second one of the chunk. For the engine alone.';

create function oblivion.set_sibling_aside(p_job public.jobs, p_node public.nodes)
returns void
language plpgsql
security definer
set search_path = ''
as $$
begin
  -- Not when its sibling is claimed: what is set aside goes to whoever asks next, so a shopper would let another of its
  -- wallets ask right after each claim, and had both replicas of all that it computed (T2).
  update public.jobs j
     set excluded_owner_id = p_node.owner_id,
         excluded_owner_ids = j.excluded_owner_ids || p_node.owner_id
   where j.id = p_job.id
     and j.status = 'pending'
     and p_node.owner_id <> all (j.excluded_owner_ids)
     and oblivion.has_replica(j, p_node);
end
$$;
comment on function oblivion.set_sibling_aside(public.jobs, public.nodes) is
  'Moves a locked job, whose sibling this owner has, to where its claims do not read it again (jobs_retry). That is for speed: may_replicate decides. For the engine alone.';

create function oblivion.replica_given_back(p_job public.jobs)
returns void
language plpgsql
security definer
set search_path = ''
as $$
begin
  delete from oblivion.replica_owners r where r.job_id = p_job.id;
  if not found then
    return;
  end if;
  -- Its siblings are open again to its whole cluster: to other visitors of its site too, who set them aside because of it.
  -- Who still has one sets them aside anew. One that is locked stays aside, where its cluster finds it last.
  update public.jobs j
     set excluded_owner_ids = '{}',
         excluded_owner_id = null
   where j.id in (
           select s.id
             from public.jobs s
            where s.task_id = p_job.task_id
              and s.chunk_index = p_job.chunk_index
              and s.stage = p_job.stage
              and s.id <> p_job.id
              and s.status in ('pending', 'blocked')
              and s.attempt = 0
              and s.excluded_owner_id is not null
              for no key update skip locked);
end
$$;
comment on function oblivion.replica_given_back(public.jobs) is
  'Forgets who had a job that ended without a result; p_job as it was. For the engine alone.';

create function oblivion.chunk_changed(p_job public.jobs, p_task oblivion.tasks)
returns void
language plpgsql
security definer
set search_path = ''
as $$
begin
  if not oblivion.is_special(p_task) then
    return;
  elsif not oblivion.try_judge(p_task.id, p_job.chunk_index, p_job.stage) then
    insert into oblivion.stages_to_judge (task_id, chunk_index, stage)
    values (p_task.id, p_job.chunk_index, p_job.stage);
  end if;
end
$$;
comment on function oblivion.chunk_changed(public.jobs, oblivion.tasks) is
  'A job of a chunk has come to an end: its stage is judged now, or in the next tick. For the engine alone.';

create function oblivion.try_judge(p_task_id uuid, p_chunk_index int, p_stage int)
returns boolean
language plpgsql
security definer
set search_path = ''
as $$
begin
  if not pg_try_advisory_xact_lock_shared(oblivion.lock_key('control', p_task_id::text))
    or not pg_try_advisory_xact_lock(oblivion.lock_key('chunk', p_task_id || ':' || p_chunk_index)) then
    return false;
  end if;
  perform oblivion.judge_stage(t, p_chunk_index, p_stage) from oblivion.tasks t where t.id = p_task_id;
  return true;
end
$$;
comment on function oblivion.try_judge(uuid, int, int) is
  'Judges a stage of a chunk unless somebody else is at its task or chunk: then false. For the engine alone.';

create function oblivion.judge_stage(p_task oblivion.tasks, p_chunk_index int, p_stage int)
returns void
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_open int;
  v_completed int;
  v_best record;
  v_outcome text;
  v_disputed boolean;
begin
  select e.outcome, e.result_hash as hash
    into v_best
    from oblivion.stage_ends e
   where e.task_id = p_task.id
     and e.chunk_index = p_chunk_index
     and e.stage = p_stage;
  if found then
    -- A replica that was in work when the others had decided.
    perform oblivion.set_verdicts(p_task, p_chunk_index, p_stage, v_best.hash);
    perform oblivion.prove_wrong(p_task, p_chunk_index, p_stage);
    perform oblivion.end_replicas(p_task, p_chunk_index, p_stage);
    return;
  end if;
  select count(*) filter (where j.status in ('blocked', 'pending', 'processing')),
         count(*) filter (where j.status = 'completed')
    into v_open, v_completed
    from public.jobs j
   where j.task_id = p_task.id
     and j.chunk_index = p_chunk_index
     and j.stage = p_stage;
  select r.result_hash as hash, count(*) as count
    into v_best
    from public.jobs j
    join oblivion.results r on r.job_id = j.id
   where j.task_id = p_task.id
     and j.chunk_index = p_chunk_index
     and j.stage = p_stage
     and j.status = 'completed'
   group by r.result_hash
   order by count(*) desc
   limit 1;
  v_outcome := case
    when coalesce(v_best.count, 0) >= p_task.quorum then 'accepted'
    when coalesce(v_best.count, 0) + v_open >= p_task.quorum then null
    when v_completed >= p_task.quorum then 'inconclusive'
    else 'failed' end;
  if v_outcome is null then
    return;
  end if;
  v_disputed := p_task.replicas > 1 and oblivion.is_disputed(p_task, p_chunk_index, p_stage);
  insert into oblivion.stage_ends (task_id, chunk_index, stage, outcome, result_hash, disputed)
  values (p_task.id, p_chunk_index, p_stage, v_outcome, case v_outcome when 'accepted' then v_best.hash end, v_disputed);
  perform oblivion.set_verdicts(p_task, p_chunk_index, p_stage, case v_outcome when 'accepted' then v_best.hash end);
  perform oblivion.prove_wrong(p_task, p_chunk_index, p_stage);
  perform oblivion.end_replicas(p_task, p_chunk_index, p_stage);
  if v_outcome = 'accepted' then
    perform oblivion.feed_stage(p_task, p_chunk_index, p_stage + 1);
  else
    perform oblivion.end_later_stages(p_task, p_chunk_index, p_stage);
  end if;
  if v_disputed then
    perform oblivion.pause_disputed(p_task);
  end if;
  perform oblivion.try_close_task(p_task.id);
end
$$;
comment on function oblivion.judge_stage(oblivion.tasks, int, int) is
  'Ends a stage of a chunk where its results allow it, and does what follows. The caller holds the control lock, shared, and the chunk''s. For the engine alone.';

create function oblivion.end_replicas(p_task oblivion.tasks, p_chunk_index int, p_stage int)
returns void
language plpgsql
security definer
set search_path = ''
as $$
begin
  -- Who is at one already delivers and is paid.
  update public.jobs j
     set status = 'cancelled'
   where j.id in (
           select s.id
             from public.jobs s
            where s.task_id = p_task.id
              and s.chunk_index = p_chunk_index
              and s.stage = p_stage
              and s.status in ('pending', 'blocked')
              for no key update skip locked);
  -- A claim that looks at one of them may still leave it as it is.
  insert into oblivion.stages_to_judge (task_id, chunk_index, stage)
  select p_task.id, p_chunk_index, p_stage
   where exists (
           select from public.jobs s
            where s.task_id = p_task.id
              and s.chunk_index = p_chunk_index
              and s.stage = p_stage
              and s.status in ('pending', 'blocked'));
end
$$;
comment on function oblivion.end_replicas(oblivion.tasks, int, int) is
  'Ends the replicas of a decided stage that nobody computes, for nobody needs to; those that are locked in this moment in the next tick. For the engine alone.';

create function oblivion.is_decided(p_job public.jobs)
returns boolean
language plpgsql
security definer
set search_path = ''
as $$
begin
  -- Whoever judges its stage in this moment does not see what becomes of this job: the next tick looks again. With the lock
  -- held to the end of the transaction, whoever judges it later does.
  if not pg_try_advisory_xact_lock(oblivion.lock_key('chunk', p_job.task_id || ':' || p_job.chunk_index)) then
    insert into oblivion.stages_to_judge (task_id, chunk_index, stage)
    values (p_job.task_id, p_job.chunk_index, p_job.stage);
  end if;
  return exists (
    select from oblivion.stage_ends e
     where e.task_id = p_job.task_id
       and e.chunk_index = p_job.chunk_index
       and e.stage = p_job.stage);
end
$$;
comment on function oblivion.is_decided(public.jobs) is
  'Whether the other replicas of a job that comes back have agreed, or cannot any more. For the engine alone.';

create function oblivion.set_verdicts(p_task oblivion.tasks, p_chunk_index int, p_stage int, p_hash text)
returns void
language sql
security definer
set search_path = ''
as $$
  -- One result alone agrees with nobody: it stays unchecked.
  update oblivion.results r
     set verdict = case when r.result_hash = p_hash then 'valid' else 'inconclusive' end
    from public.jobs j
   where j.task_id = p_task.id
     and j.chunk_index = p_chunk_index
     and j.stage = p_stage
     and r.job_id = j.id
     and r.verdict = 'unchecked'
     and p_task.replicas > 1
$$;
comment on function oblivion.set_verdicts(oblivion.tasks, int, int, text) is
  'What is believed of the results of a stage that ended: valid where equal to the accepted one, else inconclusive, never invalid: no majority proves that, see prove_wrong. For the engine alone.';

create function oblivion.is_disputed(p_task oblivion.tasks, p_chunk_index int, p_stage int)
returns boolean
language sql
stable
security definer
set search_path = ''
as $$
  select count(distinct r.result_hash) > 1
    from public.jobs j
    join oblivion.results r on r.job_id = j.id
    join oblivion.receipts p on p.task_id = j.task_id and p.job_id = j.id
    join oblivion.owners o on o.id = p.provider_owner_id
    left join public.nodes n on n.id = r.node_id
   cross join oblivion.settings s
   where j.task_id = p_task.id
     and j.chunk_index = p_chunk_index
     and j.stage = p_stage
     and (o.proven_count >= s.proven_after or n.operator or n.raised_max_jobs is not null)
$$;
comment on function oblivion.is_disputed(oblivion.tasks, int, int) is
  'Whether two established owners gave different results; what newcomers say does not count, or three of them could stop a competitor''s task. For the engine alone.';

create function oblivion.pause_disputed(p_task oblivion.tasks)
returns void
language plpgsql
security definer
set search_path = ''
as $$
begin
  if (select count(*) filter (where w.disputed) < s.disputes_to_pause
          or count(*) filter (where w.disputed) < s.disputed_share * count(*)
        from oblivion.settings s
       cross join (
         select e.disputed
           from oblivion.stage_ends e
          where e.task_id = p_task.id
            and e.ended_at > coalesce(p_task.resumed_at, '-infinity')
          order by e.ended_at desc
          limit 50) w
       group by s.id) then
    return;
  end if;
  -- The state closes it to every claim; a tick takes its jobs out of the claim index. It waits for nobody: where somebody
  -- gives a job back in this moment, the next disputed stage pauses it.
  update oblivion.tasks t
     set status = 'paused',
         paused_reason = 'non_deterministic'
   where t.id in (
           select x.id
             from oblivion.tasks x
            where x.id = p_task.id
              and x.status = 'running'
              for no key update skip locked);
  if found then
    insert into oblivion.moving_tasks (task_id) values (p_task.id) on conflict do nothing;
  end if;
end
$$;
comment on function oblivion.pause_disputed(oblivion.tasks) is
  'Pauses a task where too many of its last 50 stages were disputed: its program gives different results on different machines (T4). Its replicas are paid. For the engine alone.';

create function oblivion.judge_next()
returns int
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_row record;
  v_count int := 0;
begin
  for v_row in
    select q.id, q.task_id, q.chunk_index, q.stage
      from oblivion.stages_to_judge q
     order by q.id
     limit 200
       for update skip locked
  loop
    continue when not oblivion.try_judge(v_row.task_id, v_row.chunk_index, v_row.stage);
    delete from oblivion.stages_to_judge q where q.id = v_row.id;
    -- With its last open judgement a task may end.
    perform oblivion.try_close_task(v_row.task_id);
    v_count := v_count + 1;
  end loop;
  return v_count;
end
$$;
comment on function oblivion.judge_next() is 'Judges stages that were left to the next tick; answers how many. For the engine alone.';

create function oblivion.final_status(p_task oblivion.tasks)
returns text
language sql
stable
security definer
set search_path = ''
as $$
  select case
    when oblivion.is_special(p_task) then case
      when exists (select from oblivion.stage_ends e where e.task_id = p_task.id and e.outcome <> 'accepted') then 'failed'
      when p_task.chunk_count > (
        select count(*) from oblivion.stage_ends e
         where e.task_id = p_task.id and e.stage = p_task.stage_count - 1) then 'cancelled'
      else 'completed' end
    when exists (select from public.jobs j where j.task_id = p_task.id and j.status = 'failed') then 'failed'
    when exists (select from public.jobs j where j.task_id = p_task.id and j.status = 'cancelled') then 'cancelled'
    else 'completed' end
$$;
comment on function oblivion.final_status(oblivion.tasks) is
  'What becomes of a task none of whose jobs is open: completed where every chunk has its result. For the engine alone.';

reset all;

-- 20261124000912_confirmed_failures.sql

-- A failure that two owners report in the same words is a result, and is paid (M12). Otherwise a program that throws its
-- answer has it computed for nothing. docs/adr/0016-a-confirmed-failure-is-paid-once.md says why one price, and to whom.

create function oblivion.overrun_text(p_timeout_seconds int)
returns text
language sql
stable
set search_path = ''
as $$
  select format('Ran longer than %s seconds.', p_timeout_seconds)
$$;
comment on function oblivion.overrun_text(int) is
  'What rescue writes where an attempt ran out of its time: nobody''s word, so nobody confirms it. For the engine alone.';

create function oblivion.failure_hash(p_error text)
returns text
language sql
immutable
set search_path = ''
as $$
  select encode(sha256(convert_to(oblivion.canonical_json(to_jsonb(p_error)), 'UTF8')), 'hex')
$$;
comment on function oblivion.failure_hash(text) is
  'SHA-256 of the canonical JSON of an error''s text: what its receipt carries in place of a result''s. For the engine alone.';

create function oblivion.is_confirmed(p_job public.jobs, p_node public.nodes, p_error text)
returns boolean
language sql
stable
security definer
set search_path = ''
as $$
  -- Codes alone are of the worker: a time limit, a dead sandbox. They say something of the machine, another may do it.
  select coalesce(length(p_error) between 1 and 1000 and octet_length(p_error) <= 1024 and p_error !~ '^OB[0-9]{3}$', false)
    -- A stranger's word ends nothing (T3); it may be the first of the two.
    and coalesce(oblivion.is_established(p_node.id), false)
    and exists (
      select
        from oblivion.attempts a
        join oblivion.tasks t on t.id = a.task_id
        left join public.nodes n on n.id = a.node_id
       where a.job_id = p_job.id
         -- The days before it was posted need no look.
         and a.ended_at >= p_job.created_at
         and a.outcome = 'failed'
         and a.error = p_error
         and a.error <> oblivion.overrun_text(t.timeout_seconds)
         and a.owner_id <> p_node.owner_id
         -- Nor two visitors of one site, nor one of them and the site's owner.
         and coalesce(n.site_owner_id, a.owner_id) <> oblivion.cluster_of(p_node))
$$;
comment on function oblivion.is_confirmed(public.jobs, public.nodes, text) is
  'Whether another owner, of another site, reported this very text of at most 1 kB for this job before, and this node''s word may be the last. For the engine alone.';

create function oblivion.confirm_failure(p_job public.jobs, p_node public.nodes, p_error text, p_metrics jsonb)
returns boolean
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_task oblivion.tasks;
  v_price bigint;
begin
  if not oblivion.is_confirmed(p_job, p_node, p_error) then
    return false;
  end if;
  select t.* into v_task from oblivion.tasks t where t.id = p_job.task_id;
  -- As accept_result, but that it says nothing of how long others take.
  v_price := case
    when v_task.metered then oblivion.metered_price(v_task, p_job.price_per_hour,
      oblivion.billable_ms(v_task, p_job, p_node, now()))
    else v_task.price_per_chunk end;
  perform oblivion.end_attempt(p_job, 'failed', p_error, p_metrics);
  perform oblivion.pay(p_job, p_node.owner_id, p_node.payee_owner_id, v_price, oblivion.failure_hash(p_error));
  -- It had this work, and counts no accepted result. What it proves counts where it is charged, as of all that is paid (T5).
  update oblivion.owners o
     set served = oblivion.add_service(o.served, oblivion.service(v_price))
   where o.id = p_node.owner_id;
  update public.jobs j
     set status = 'failed',
         failures = p_job.failures + 1,
         error = p_error,
         finished_at = now()
   where j.id = p_job.id;
  if not v_task.plain then
    perform oblivion.chunk_changed(p_job, v_task);
  end if;
  perform oblivion.try_close_task(p_job.task_id);
  return true;
end
$$;
comment on function oblivion.confirm_failure(public.jobs, public.nodes, text, jsonb) is
  'Fails a locked job for good and pays for it where another owner failed it with the same text; else false, and nothing has happened. For the engine alone.';

create function oblivion.is_paid_failure(p_job public.jobs)
returns boolean
language sql
stable
security definer
set search_path = ''
as $$
  select p_job.status = 'failed'
    and exists (select from oblivion.receipts r where r.task_id = p_job.task_id and r.job_id = p_job.id)
$$;
comment on function oblivion.is_paid_failure(public.jobs) is
  'Whether a job failed in words that were confirmed and paid: its customer may read them, and nobody resets it. For the engine alone.';

reset all;

-- 20261124000915_wrong_results.sql

-- Wrong results, and who answers for them (T11). A result is proven wrong by two equal runs of an operator's nodes (T4), on
-- a program that comes with the worker and gives the same bytes on every machine. Where a task has replicas and two of a
-- stage's were computed by such nodes, that is known here; that the operator has any other job computed again is not built.
--
-- Who computed it is judged. For a visitor of a site the site's held pay answers, with so many times the price and never
-- with everything: one visitor cannot ruin a site, and a site that cheats through visitors loses more than it gets, as
-- long as more than one in `wrong_liability` of its results is looked at.

create table oblivion.wrong_results (
  job_id uuid primary key,
  -- Who is judged; and for a visitor of a site, which one answers.
  owner_id bigint not null references oblivion.owners,
  payee_owner_id bigint not null references oblivion.owners,
  site_id uuid references oblivion.sites,
  instance_id bigint not null references oblivion.settlement_instances,
  -- What the site's pay answers with: nothing where no tokens were paid for it, nor for a wallet's own node.
  liability bigint not null check (liability >= 0),
  proven_at timestamptz not null default now(),
  -- Its node was ended and its site looked at.
  answered boolean not null default false,
  check (site_id is not null or liability = 0)
);
create index on oblivion.wrong_results (site_id, proven_at) where site_id is not null;
create index on oblivion.wrong_results (payee_owner_id);
create index on oblivion.wrong_results (proven_at) where not answered;
comment on table oblivion.wrong_results is 'Results that were proven wrong, each once, and what a site answers with for it.';

create table oblivion.site_forfeits (
  instance_id bigint not null references oblivion.settlement_instances,
  site_id uuid not null references oblivion.sites,
  taken bigint not null check (taken > 0),
  primary key (instance_id, site_id)
);
comment on table oblivion.site_forfeits is 'How much of what a site answers with was taken from its held pay, in the smallest unit.';

create function oblivion.prove_wrong(p_task oblivion.tasks, p_chunk_index int, p_stage int)
returns void
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_right text;
begin
  -- Two runs, and the one that they prove wrong. A program of a customer's own may differ between machines.
  if p_task.replicas < 3 or exists (select from unnest(p_task.program_keys) k where k like 'sha256:%') then
    return;
  end if;
  select min(r.result_hash)
    into v_right
    from public.jobs j
    join oblivion.results r on r.job_id = j.id
    join public.nodes n on n.id = r.node_id
   where j.task_id = p_task.id
     and j.chunk_index = p_chunk_index
     and j.stage = p_stage
     and n.operator
  having count(*) >= 2
     and count(distinct r.result_hash) = 1;
  if v_right is null then
    return;
  end if;
  with wrong as (
    update oblivion.results r
       set verdict = 'invalid'
      from public.jobs j
     where j.task_id = p_task.id
       and j.chunk_index = p_chunk_index
       and j.stage = p_stage
       and r.job_id = j.id
       and r.result_hash <> v_right
       and r.verdict <> 'invalid'
    returning r.job_id
  )
  insert into oblivion.wrong_results (job_id, owner_id, payee_owner_id, site_id, instance_id, liability)
  select w.job_id, p.provider_owner_id, p.payee_owner_id, v.site_id, p.instance_id,
         case when v.site_id is not null and p.asset = 'chain' then s.wrong_liability * p.price else 0 end
    from wrong w
    join oblivion.receipts p on p.task_id = p_task.id and p.job_id = w.job_id
    left join oblivion.visitors v on v.owner_id = p.payee_owner_id
   cross join oblivion.settings s;
end
$$;
comment on function oblivion.prove_wrong(oblivion.tasks, int, int) is
  'Writes down which results of a stage are wrong, where two nodes of an operator agree that they are. Here nobody is waited for: the rest is answer_for_wrong_results. For the engine alone.';

create function oblivion.suspend_cheating_site(p_site_id uuid)
returns void
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_wrong bigint;
  v_owners bigint;
begin
  select count(*), count(distinct w.owner_id)
    into v_wrong, v_owners
    from oblivion.wrong_results w
   where w.site_id = p_site_id
     and w.proven_at > now() - interval '7 days';
  if exists (
    select
      from oblivion.settings s
     -- Of several address blocks: one visitor stops no site.
     where v_owners >= s.wrong_owners_to_suspend
       -- Accepted in the same week, and no more of them are read than would clear the site.
       and v_wrong >= s.wrong_share_to_suspend * (
             select count(*)
               from (
                 select
                   from oblivion.visitors v
                   join oblivion.receipts r on r.payee_owner_id = v.owner_id
                  where v.site_id = p_site_id
                    and r.accepted_at > now() - interval '7 days'
                  limit floor(v_wrong / nullif(s.wrong_share_to_suspend, 0))::bigint + 1) r))
    and exists (select from oblivion.sites x where x.id = p_site_id and x.suspended_reason is null) then
    perform oblivion.suspend_site(p_site_id, 'Too many results of its visitors were proven wrong.');
  end if;
end
$$;
comment on function oblivion.suspend_cheating_site(uuid) is
  'Suspends a site where visitors of several address blocks gave wrong results within a week, and such a share of what its visitors brought in that week. For the engine alone.';

create function oblivion.answer_for_wrong_results()
returns int
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_wrong oblivion.wrong_results;
  v_nodes uuid[];
  v_node uuid;
begin
  -- One a call, and the locks in everybody's order: site, jobs, owner, nodes.
  select w.*
    into v_wrong
    from oblivion.wrong_results w
   where not w.answered
   order by w.proven_at
   limit 1
     for update skip locked;
  if not found then
    return 0;
  end if;
  if v_wrong.site_id is not null then
    perform oblivion.suspend_cheating_site(v_wrong.site_id);
  end if;
  v_nodes := array(
    select n.id from public.nodes n where n.owner_id = v_wrong.owner_id and n.site_id = v_wrong.site_id order by n.id);
  perform from public.jobs j where j.node_id = any (v_nodes) order by j.id for no key update;
  perform from oblivion.owners o where o.id = v_wrong.owner_id for no key update;
  foreach v_node in array v_nodes loop
    perform oblivion.release_jobs_of_node(v_node);
    update public.nodes n set key_hash = null where n.id = v_node;
  end loop;
  -- Whoever is judged has to prove itself again. Not to 0, which is who never did anything (purge_visitors).
  delete from oblivion.results_by_customer c
   where c.provider_owner_id = v_wrong.owner_id
     and c.customer_owner_id in (
           select x.customer_owner_id
             from oblivion.results_by_customer x
            where x.provider_owner_id = v_wrong.owner_id
            order by x.customer_owner_id
              for update);
  update oblivion.owners o
     set accepted_count = least(o.accepted_count, 1),
         proven_count = 0,
         judged_at = now(),
         claim_budget = 0,
         budget_at = now()
   where o.id = v_wrong.owner_id;
  update oblivion.wrong_results w set answered = true where w.job_id = v_wrong.job_id;
  return 1;
end
$$;
comment on function oblivion.answer_for_wrong_results() is
  'What follows from wrong results: who is judged is a newcomer again, its nodes on that site end, and a site with too many is suspended; the site''s owner is not judged. The oldest one a call: 1, or 0 where none is left. Not part of anybody''s poll, since it waits for the locks of others. For the coordinator and pg_cron.';

create function oblivion.open_liability(p_instance_id bigint, p_site_id uuid)
returns bigint
language sql
stable
security definer
set search_path = ''
as $$
  select (coalesce((
            select sum(w.liability) from oblivion.wrong_results w
             where w.site_id = p_site_id and w.instance_id = p_instance_id), 0)
        - coalesce((
            select f.taken from oblivion.site_forfeits f
             where f.site_id = p_site_id and f.instance_id = p_instance_id), 0))::bigint
$$;
comment on function oblivion.open_liability(bigint, uuid) is
  'What a site still answers with for wrong results of its visitors, in the smallest unit. For the engine alone.';

create function oblivion.forfeit_of(
  p_instance_id bigint,
  p_site oblivion.sites,
  p_visitor bigint,
  p_reward bigint,
  p_site_part bigint
)
returns bigint
language sql
stable
security definer
set search_path = ''
as $$
  -- Of who gave a wrong result all; of other visitors the site's part, unless the site is one that was suspended: else it
  -- would give its part to visitors of its own.
  select least(
           oblivion.open_liability(p_instance_id, p_site.id),
           case
             when p_site.suspended_reason is not null
               or exists (select from oblivion.wrong_results w where w.payee_owner_id = p_visitor) then p_reward
             else p_site_part end)
$$;
comment on function oblivion.forfeit_of(bigint, oblivion.sites, bigint, bigint, bigint) is
  'How much of one visitor''s charged reward goes to the reserve for wrong results on its site, before it is shared. For the engine alone.';

reset all;

-- 20261124000920_pipelines.sql

-- Pipelines: the jobs of a later stage are blocked until the stage before has its result, which is half of their input.

create function oblivion.feed_stage(p_task oblivion.tasks, p_chunk_index int, p_stage int)
returns void
language sql
security definer
set search_path = ''
as $$
  update public.jobs j
     set fed = true,
         status = case p_task.status when 'running' then 'pending' else 'blocked' end,
         due = true,
         available_at = now()
   where j.task_id = p_task.id
     and j.chunk_index = p_chunk_index
     and j.stage = p_stage
     and j.status = 'blocked'
     and not j.fed
$$;
comment on function oblivion.feed_stage(oblivion.tasks, int, int) is
  'Opens the jobs of a chunk''s next stage: to every claim, or while the task is paused to its resuming. For the engine alone.';

create function oblivion.end_later_stages(p_task oblivion.tasks, p_chunk_index int, p_stage int)
returns void
language sql
security definer
set search_path = ''
as $$
  update public.jobs j
     set status = 'cancelled',
         error = format('Stage %s of this chunk ended without a result.', p_stage + 1)
   where j.task_id = p_task.id
     and j.chunk_index = p_chunk_index
     and j.stage > p_stage
     and j.status = 'blocked'
$$;
comment on function oblivion.end_later_stages(oblivion.tasks, int, int) is
  'Ends a chunk whose stage has no result. For the engine alone.';

create function oblivion.stage_result(p_task_id uuid, p_chunk_index int, p_stage int)
returns jsonb
language sql
stable
security definer
set search_path = ''
as $$
  select r.canonical::jsonb
    from oblivion.stage_ends e
    join public.jobs j on j.task_id = e.task_id and j.chunk_index = e.chunk_index and j.stage = e.stage
    join oblivion.results r on r.job_id = j.id and r.result_hash = e.result_hash
   where e.task_id = p_task_id
     and e.chunk_index = p_chunk_index
     and e.stage = p_stage
   order by r.accepted_at, r.job_id
   limit 1
$$;
comment on function oblivion.stage_result(uuid, int, int) is
  'The accepted result of a stage of a chunk, or null. For the engine alone.';

create function oblivion.job_input(p_job public.jobs, p_input jsonb)
returns jsonb
language sql
stable
security definer
set search_path = ''
as $$
  select jsonb_build_object(
    'input', case when p_input ->> '$stored' is null then p_input end,
    'previous', oblivion.stage_result(p_job.task_id, p_job.chunk_index, p_job.stage - 1))
$$;
comment on function oblivion.job_input(public.jobs, jsonb) is
  'What the program of a later stage gets: {input: the chunk''s own, previous: the result of the stage before}, each null where it lies in Storage. For the engine alone.';

create function oblivion.find_stuck_stages()
returns void
language sql
security definer
set search_path = ''
as $$
  -- An operator who cancels jobs by hand ends a stage without telling anybody.
  insert into oblivion.stages_to_judge (task_id, chunk_index, stage)
  select distinct j.task_id, j.chunk_index, j.stage - 1
    from oblivion.tasks t
    join public.jobs j on j.task_id = t.id
   where t.status = 'running'
     and t.stages is not null
     and j.status = 'blocked'
     and not j.fed
     and not exists (select from oblivion.plan_parts p where p.task_id = t.id)
     and not exists (select from oblivion.stages_to_judge q where q.task_id = t.id)
     and not exists (
           select from public.jobs o
            where o.task_id = t.id
              and (o.status in ('pending', 'processing') or o.status = 'blocked' and o.fed))
     and not exists (
           select from oblivion.stage_ends e
            where e.task_id = j.task_id and e.chunk_index = j.chunk_index and e.stage = j.stage - 1)
     and not exists (
           select from public.jobs b
            where b.task_id = j.task_id and b.chunk_index = j.chunk_index and b.stage = j.stage - 1
              and b.status in ('blocked', 'pending', 'processing'))
   limit 500
$$;
comment on function oblivion.find_stuck_stages() is
  'Has those stages judged whose jobs all ended while nothing of their task can be claimed. For the engine alone.';

reset all;

-- 20261124000940_stored_inputs.sql

-- Inputs that are too large for a call lie in Storage: in their customer's folder, under the SHA-256 of their bytes. A
-- chunk names such an input as {"$stored": "<hash>"}, and the node that holds its job reads it there and hashes it.

insert into storage.buckets (id, name, public, file_size_limit, allowed_mime_types)
values ('oblivion-inputs', 'oblivion-inputs', false, 16777216, array['application/json']);

create function oblivion.may_store_input(p_name text)
returns boolean
language plpgsql
stable
security definer
set search_path = ''
as $$
declare
  v_wallet text := oblivion.caller_customer('tasks');
  v_owner bigint;
begin
  if v_wallet is null or p_name is null or p_name !~ ('^' || v_wallet || '/[0-9a-f]{64}$') then
    return false;
  end if;
  select o.id into v_owner from oblivion.owners o where o.address = v_wallet;
  -- A wallet costs nothing and a place to keep things does: for those alone who have something to post a task with.
  return exists (
           select
             from oblivion.accounts a
             join oblivion.ledger_entries e on e.account_id = a.id
            where a.kind = 'customer_free'
              and a.owner_id = v_owner
              and a.task_id is null
            group by a.id
           having sum(e.amount) > 0)
    and (select count(*)
           from storage.objects s
          where s.bucket_id = 'oblivion-inputs'
            and starts_with(s.name, v_wallet || '/')) < 10000;
end
$$;
comment on function oblivion.may_store_input(text) is
  'Whether the caller, a signed-in wallet or an API key with the scope tasks, may keep an input under this name: <the wallet''s address>/<SHA-256 of the bytes>, while it has money here and fewer than 10,000 of them. Any role may call it: the policy does.';

create function oblivion.may_read_input(p_name text)
returns boolean
language sql
stable
security definer
set search_path = ''
as $$
  -- Storage answers an upload with the row that it has made: who may make it reads it.
  select split_part(p_name, '/', 1) in (oblivion.caller_customer('read'), oblivion.caller_customer('tasks'))
      or exists (
           select
             from public.nodes n
             join public.jobs j on j.node_id = n.id and j.status = 'processing'
             join oblivion.chunks c on c.task_id = j.task_id and c.chunk_index = j.chunk_index
             join oblivion.tasks t on t.id = j.task_id
             join oblivion.owners o on o.id = t.owner_id
            where n.key_hash = oblivion.node_key_hash()
              and p_name = o.address || '/' || (c.input ->> '$stored'))
$$;
comment on function oblivion.may_read_input(text) is
  'Whether the caller may read a stored input: its own, or as a node that of a job which it holds now. Any role may call it: the policy does.';

-- Nobody changes one: a name stands for its bytes.
create policy "oblivion: a customer keeps an input" on storage.objects
  for insert to anon, authenticated
  with check (bucket_id = 'oblivion-inputs' and oblivion.may_store_input(name));
create policy "oblivion: a customer and the node at work read an input" on storage.objects
  for select to anon, authenticated
  using (bucket_id = 'oblivion-inputs' and oblivion.may_read_input(name));

create function oblivion.input_url(p_owner_id bigint, p_hash text)
returns text
language sql
stable
security definer
set search_path = ''
as $$
  select 'oblivion-inputs/' || o.address || '/' || p_hash from oblivion.owners o where o.id = p_owner_id
$$;
comment on function oblivion.input_url(bigint, text) is
  'Bucket and name of a stored input of a customer. A function of its own, since job_answer() has to be inlined. For the engine alone.';

create function oblivion.require_stored_inputs(p_owner_id bigint, p_parts jsonb[])
returns void
language plpgsql
set search_path = ''
as $$
declare
  v_input record;
begin
  -- Few tasks have one, and a list is long.
  if not exists (select from unnest(p_parts) p where jsonb_typeof(p) = 'array' and p @? '$[*]."$stored"') then
    return;
  end if;
  select i.value as input, i.value ->> '$stored' as hash
    into v_input
    from unnest(p_parts) p
   cross join lateral jsonb_array_elements(p) i
   where i.value ? '$stored'
     and jsonb_typeof(i.value) = 'object'
     and (i.value - '$stored' <> '{}'
       or coalesce(i.value ->> '$stored', '') !~ '^[0-9a-f]{64}$'
       or not exists (
            select
              from oblivion.owners o
              join storage.objects s on s.bucket_id = 'oblivion-inputs'
                                    and s.name = o.address || '/' || (i.value ->> '$stored')
             where o.id = p_owner_id))
   limit 1;
  if found then
    perform oblivion.raise_error('OB005', 'An input that is said to be stored is not: {"$stored": "<SHA-256 of its bytes>"}.',
      'Store it first, as oblivion-inputs/<your address>/<SHA-256>.',
      jsonb_build_object('field', 'inputs', 'reason', 'stored', 'hash', left(v_input.hash, 64)));
  end if;
end
$$;
comment on function oblivion.require_stored_inputs(bigint, jsonb[]) is
  'OB005 where an input of the task is said to lie in Storage and does not. For the engine alone.';

reset all;

-- 20261124000945_stored_results.sql

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

reset all;

-- 20261124000950_checkpoints.sql

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

reset all;

-- 20261124001000_work_cycle.sql

-- The hot path, one round trip: work_cycle completes the last job, counts as a sign of life, claims the next and says
-- when to come back.

create function oblivion.job_answer(p_job public.jobs, p_task oblivion.tasks, p_chunk oblivion.chunks, p_max_bytes int)
returns jsonb
language sql
stable
return jsonb_build_object(
  'jobId', p_job.id,
  'attempt', p_job.attempt,
  'taskId', p_job.task_id,
  'title', p_task.title,
  'chunkIndex', p_job.chunk_index,
  'chunkCount', p_task.chunk_count,
  'type', p_job.type,
  'program', case p_job.stage when 0 then p_task.program else p_task.stages #> array[p_job.stage::text, 'program'] end,
  'input', case when p_job.stage > 0 then oblivion.job_input(p_job, p_chunk.input)
             when p_chunk.input ->> '$stored' is null then p_chunk.input end,
  -- Where it lies instead; in a later stage {input, previous} as well.
  'inputUrl', case when p_job.stage > 0 then oblivion.job_input_urls(p_job, p_task.owner_id, p_chunk.input)
                when p_chunk.input ->> '$stored' is not null
                then to_jsonb(oblivion.input_url(p_task.owner_id, p_chunk.input ->> '$stored')) end,
  'leaseExpiresAt', p_job.lease_expires_at,
  'limits', jsonb_build_object('timeoutSeconds', p_task.timeout_seconds, 'maxResultBytes', p_max_bytes,
    -- What may be delivered through Storage instead: as large as its bucket takes.
    'maxStoredBytes', 16777216),
  'checkpoint', case when p_job.attempt > 1 then oblivion.checkpoint_for(p_job) end);
comment on function oblivion.job_answer(public.jobs, oblivion.tasks, oblivion.chunks, int) is
  'What a node gets to see of the job that it holds. One expression, so that every door that gives a job inlines it. For the engine alone.';

create function oblivion.offered_job(p_job public.jobs)
returns jsonb
language sql
stable
security definer
set search_path = ''
as $$
  select oblivion.job_answer(p_job, t, c, s.max_inline_bytes)
    from oblivion.tasks t
    join oblivion.chunks c on c.task_id = t.id
   cross join oblivion.settings s
   where t.id = p_job.task_id
     and c.chunk_index = p_job.chunk_index
     and s.id
$$;
comment on function oblivion.offered_job(public.jobs) is 'job_answer() of a claimed job. For the engine alone.';

create function oblivion.held_job(p_node public.nodes)
returns public.jobs
language sql
security definer
set search_path = ''
as $$
  update public.jobs j
     set lease_expires_at = least(
           now() + oblivion.stale_after(p_node.worker_type),
           j.started_at + make_interval(secs => t.timeout_seconds))
    from oblivion.tasks t
   where t.id = j.task_id
     and j.status is not distinct from 'processing'
     and j.id = (
           select h.id
             from public.jobs h
            where h.node_id = p_node.id
              and h.status = 'processing'
              and not h.cancel_requested
            -- The one whose row was written longest ago: each beat writes it, and so does this. What is computed is behind
            -- what nobody knows of, and of several that were lost each has its turn.
            order by age(h.xmin) desc
            limit 1
              for no key update skip locked)
  returning j.*
$$;
comment on function oblivion.held_job(public.nodes) is
  'A job of a node that may have no other and asks all the same: the answer that gave it may have been lost on the way, so it is told again, under the same attempt. Of several the one that nobody has beaten for longest. For the engine alone.';

create function public.work_cycle(p_node_id uuid, p_done jsonb default null, p_claim boolean default true)
returns jsonb
language plpgsql
security definer
set search_path = ''
-- Every statement below this call is a look by key. A plan made anew for each value, or made while a table was small,
-- costs more than the statement: 440 jobs/s without these two settings, 700 with them.
set plan_cache_mode = force_generic_plan
set enable_seqscan = off
set jit = off
as $$
declare
  v_key text := nullif(current_setting('request.headers', true), '')::jsonb ->> 'x-node-key';
  v_node public.nodes;
  v_done_id uuid;
  v_answer text;
  v_paid int := 0;
  v_now record;
  v_room boolean := false;
  v_before timestamptz := 'infinity';
  v_first record;
  -- Where the look for a fresh job begins: behind this task's jobs.
  v_rank int := -32768;
  v_created timestamptz := '-infinity';
  v_task_id uuid := '00000000-0000-0000-0000-000000000000';
  v_job public.jobs;
  v_offer jsonb;
  v_same_task boolean;
  v_retry int := 200;
begin
  -- As require_node() has it, which says why not.
  select n.* into v_node
    from public.nodes n
   where n.id = p_node_id
     and n.key_hash = sha256(convert_to(v_key, 'UTF8'));
  if not found then
    v_node := oblivion.require_node(p_node_id);
  end if;
  -- The order of locks: owner before job. All claims of one owner stand in line here, so its caps are exact under races.
  -- `is null` makes the lock an expression, which plpgsql evaluates without a query.
  if p_claim and pg_advisory_xact_lock(oblivion.lock_key('owner', v_node.owner_id::text)) is null then
    return null;
  end if;
  if p_done is not null and p_done <> 'null' then
    if not coalesce(jsonb_typeof(p_done) = 'object'
        and p_done ->> 'jobId' ~* '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$'
        and p_done ->> 'attempt' ~ '^[0-9]{1,9}$', false) then
      perform oblivion.raise_error('OB005', 'p_done names its jobId and attempt.', null,
        jsonb_build_object('field', 'p_done', 'reason', 'shape'));
    end if;
    v_done_id := p_done ->> 'jobId';
    if p_done ->> 'resultUrl' is not null then
      v_answer := oblivion.deliver_result(v_node, v_done_id, (p_done ->> 'attempt')::int, p_done ->> 'outcome',
        p_done ->> 'resultUrl', p_done -> 'metrics');
    else
      v_answer := oblivion.finish_attempt(v_node, v_done_id, (p_done ->> 'attempt')::int,
        p_done ->> 'outcome', p_done -> 'result', p_done ->> 'resultHash', p_done ->> 'error', p_done -> 'metrics');
    end if;
    if v_answer = 'paid' then
      v_paid := 1;
    elsif v_answer = 'accepted' and p_done ->> 'reason' = 'sandbox_died' and p_done ->> 'outcome' <> 'succeeded' then
      -- A delivery is accepted too, and is no death.
      perform oblivion.program_died(v_node.id, v_done_id);
    end if;
  end if;

  if p_claim then
    -- One look at all that a claim depends on, by a snapshot taken under the owner's lock.
    select p.key_hash is distinct from v_node.key_hash as renewed, p.room, p.funded, p.simple, p.stale_after,
           p.max_inline_bytes, (select d.task_id from public.jobs d where d.id = v_done_id) as done_task_id
      into v_now
      from oblivion.prospects(v_node.id, v_paid) p;
    if v_now.renewed and oblivion.node_key_hash() is not null then
      -- Registered again while this call waited: the key that it came with is no more. Nothing of it stands.
      v_node := oblivion.require_node(p_node_id);
    end if;
    v_room := v_now.room > 0;
    if v_room and v_now.simple then
      -- Once more where the first is of its own task.
      for v_look in 1 .. 2 loop
        select j.id, j.task_id, j.chunk_index, j.customer_owner_id, - j.priority as rank, j.created_at
          into v_first
          from public.jobs j
         where j.status = 'pending'
           and j.due
           and j.excluded_owner_id is null
           and (- j.priority, j.created_at, j.task_id) > (v_rank, v_created, v_task_id)
           and (j.offered_until is null or j.offered_until <= now() or j.offered_to = v_node.owner_id)
         order by - j.priority, j.created_at, j.task_id, j.seq
         limit 1
           for no key update skip locked;
        exit when not found;
        if v_first.customer_owner_id <> v_node.owner_id then
          update public.jobs j
             set status = 'processing',
                 attempt = j.attempt + 1,
                 node_id = v_node.id,
                 provider_address = v_node.provider_address,
                 started_at = now(),
                 progress = 0,
                 offered_to = null,
                 offered_until = null,
                 lease_expires_at = now() + least(v_now.stale_after, make_interval(secs => t.timeout_seconds)),
                 moves = j.moves + 1
            from oblivion.tasks t, oblivion.chunks c
           where j.id = v_first.id
             and t.id = v_first.task_id
             and t.plain
             and t.status = 'running'
             and c.task_id = v_first.task_id
             and c.chunk_index = v_first.chunk_index
          returning oblivion.job_answer(j, t, c, v_now.max_inline_bytes) into v_offer;
          v_same_task := v_offer is not null and v_first.task_id = v_now.done_task_id;
          exit;
        end if;
        -- Its own task (T5): behind all of its jobs, which lie together. A second such task is left to the long way.
        v_rank := v_first.rank;
        v_created := v_first.created_at;
        v_task_id := v_first.task_id;
      end loop;
    end if;
    if v_room and v_offer is null then
      -- The long way: its own task, what a task asks of its nodes, buckets, replicas, jobs that were tried before.
      v_before := oblivion.claims_before(v_node);
      v_job := (oblivion.pick_job(v_node, v_before, p_near => case when v_paid > 0 then v_now.done_task_id end)).job;
      if v_job.id is null and oblivion.promote_due() then
        -- It may hold the lock of a bucket by now.
        v_job := (oblivion.pick_job(v_node, v_before, p_wait => false, p_near => case when v_paid > 0 then v_now.done_task_id end)).job;
      end if;
      if v_job.id is not null then
        v_job := oblivion.claim(v_job, v_node);
      end if;
    elsif not v_room then
      v_job := oblivion.held_job(v_node);
    end if;
    if v_job.id is not null then
      v_offer := oblivion.offered_job(v_job);
    end if;
    if v_offer is null then
      v_retry := oblivion.wait_for_work(v_node, v_before);
      if not v_now.funded then
        v_retry := greatest(v_retry, oblivion.budget_wait_ms(v_node.owner_id));
      end if;
      if v_answer is null then
        -- An empty poll needs no durable commit; after a crash the next one says the same.
        perform set_config('synchronous_commit', 'off', true);
      end if;
    end if;
  end if;
  update public.nodes n
     set last_seen = now(),
         next_poll_at = now() + v_retry * interval '1 millisecond',
         -- What was paid and what was claimed is counted here, once.
         current_jobs = greatest(0, n.current_jobs - v_paid) + (v_room and v_offer is not null)::int,
         total_jobs_completed = n.total_jobs_completed + v_paid
   where n.id = v_node.id;
  if v_paid > 0 and v_same_task is not true then
    -- The last job of its task? While this call got another of the same, it was not.
    perform oblivion.try_close_task_of(v_done_id);
  end if;
  if p_claim and v_offer is null then
    -- After the row above, for it compares the counters with the jobs.
    perform oblivion.maybe_rescue();
  end if;

  return jsonb_build_object(
    'job', v_offer,
    'retryMs', v_retry,
    'accepted', case when v_answer is not null then v_answer in ('paid', 'confirmed', 'accepted') end,
    'reason', case when v_answer not in ('paid', 'confirmed', 'accepted') then v_answer end);
end
$$;
comment on function public.work_cycle(uuid, jsonb, boolean) is
  'Reports p_done, counts as a sign of life, claims the next job unless p_claim is false, and says when to come back. OB001, OB003, OB004, OB005, OB009.';

create function public.heartbeat(
  p_node_id uuid,
  p_job_id uuid default null,
  p_attempt int default null,
  p_progress numeric default null,
  p_metrics jsonb default null
)
returns jsonb
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_node public.nodes := oblivion.require_node(p_node_id);
  v_lease timestamptz;
  v_cancel boolean;
begin
  if p_job_id is not null then
    -- Renewed up to the job's maximum run time and no further.
    update public.jobs j
       set lease_expires_at = least(
             now() + oblivion.stale_after(v_node.worker_type),
             j.started_at + make_interval(secs => t.timeout_seconds)),
           progress = least(1, greatest(0, coalesce(p_progress::real, j.progress))),
           metrics = case when octet_length(p_metrics::text) <= 4096 then p_metrics else j.metrics end
      from oblivion.tasks t
     where j.id = p_job_id
       and (j.status, j.node_id, j.attempt) is not distinct from ('processing', v_node.id, p_attempt)
       and t.id = j.task_id
    returning j.lease_expires_at,
          j.cancel_requested or t.status not in ('running', 'paused')
            or (oblivion.stopped_program(t.program_keys)).program_key is not null
         into v_lease, v_cancel;
    -- A job that is not this node's any more is cancelled as far as it is concerned.
    v_cancel := coalesce(v_cancel, true);
  end if;
  update public.nodes n
     set last_seen = now()
   where n.id = v_node.id;
  perform oblivion.maybe_rescue();
  perform set_config('synchronous_commit', 'off', true);
  return jsonb_build_object('leaseExpiresAt', v_lease, 'cancel', coalesce(v_cancel, false));
end
$$;
comment on function public.heartbeat(uuid, uuid, int, numeric, jsonb) is
  'A sign of life; renews the lease of the job at hand and says whether to drop it. p_progress is 0 to 1. OB001, OB003, OB004.';

reset all;

-- 20261124001005_claimed_job.sql

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

reset all;

-- 20261124001010_work_batch.sql

-- Many jobs in one call, for server nodes that an operator trusts with many: the same rules and the same functions as
-- work_cycle, with one round trip, one commit and one update of the node's row for all of them.

create function oblivion.set_max_jobs(p_node_id uuid, p_max_jobs int)
returns void
language plpgsql
security definer
set search_path = ''
as $$
begin
  if p_max_jobs not between 1 and 1000 then
    perform oblivion.raise_error('OB005', 'A node holds 1 to 1000 jobs.', null,
      jsonb_build_object('field', 'p_max_jobs', 'reason', 'range'));
  end if;
  update public.nodes n
     set raised_max_jobs = p_max_jobs,
         max_jobs = coalesce(p_max_jobs, s.max_jobs)
    from oblivion.settings s
   where n.id = p_node_id
     and n.worker_type = 'server';
  if not found then
    perform oblivion.raise_error('OB003', 'No server node has this id.', 'Register it as a server first.',
      jsonb_build_object('nodeId', p_node_id));
  end if;
end
$$;
comment on function oblivion.set_max_jobs(uuid, int) is
  'Raises how many jobs a server node may hold, also while its owner is new, and lets it use work_batch; null takes that back. It lasts over registering again. By the operator alone. OB003, OB005.';

create function oblivion.batch_reports(p_done jsonb, out reports jsonb[], out ids uuid[])
language plpgsql
immutable
set search_path = ''
as $$
declare
  v_ids text[];
  v_place bigint;
begin
  if p_done is null or p_done = 'null' then
    return;
  end if;
  if jsonb_typeof(p_done) <> 'array' or jsonb_array_length(p_done) > 1000 then
    perform oblivion.raise_error('OB005', 'p_done is a list of at most 1000 reports.', null,
      jsonb_build_object('field', 'p_done', 'reason', 'shape'));
  end if;
  select array_agg(e.report order by e.place), array_agg(e.report ->> 'jobId' order by e.place),
         min(e.place) filter (
           where jsonb_typeof(e.report) <> 'object'
              or coalesce(e.report ->> 'jobId', '') !~* '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$'
              or coalesce(e.report ->> 'attempt', '') !~ '^[0-9]{1,9}$')
    into reports, v_ids, v_place
    from jsonb_array_elements(p_done) with ordinality as e (report, place);
  if v_place is not null then
    perform oblivion.raise_error('OB005', format('Report %s of p_done names no jobId and attempt.', v_place - 1), null,
      jsonb_build_object('field', format('p_done[%s]', v_place - 1), 'reason', 'shape'));
  end if;
  ids := v_ids::uuid[];
end
$$;
comment on function oblivion.batch_reports(jsonb) is
  'The reports of a batch and the job of each, in their order, each known to name a job and an attempt; null where there are none; OB005 with its place otherwise. For the engine alone.';

create function oblivion.finish_batch(p_node public.nodes, p_done jsonb, out answers jsonb, out paid int, out task_ids uuid[])
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_reports jsonb[];
  v_ids uuid[];
  v_answers text[];
  v_fast record;
  v_report jsonb;
  v_job record;
begin
  answers := '[]';
  paid := 0;
  task_ids := '{}';
  select r.reports, r.ids into v_reports, v_ids from oblivion.batch_reports(p_done) r;
  if v_ids is null then
    return;
  end if;
  -- Several rows of one task are locked below: whoever changes all of a task's rows, as cancelling does, goes before or
  -- after. In the order of the ids, as whoever takes several.
  perform pg_advisory_xact_lock_shared(oblivion.lock_key('control', h.task_id::text))
    from (
      select distinct j.task_id
        from public.jobs j
       where j.id = any (v_ids)
         and j.node_id is not distinct from p_node.id
       order by 1) h;

  -- The common case of finish_attempt, for all of the batch at once: successes of plain tasks, well formed. Of two
  -- reports of one job the first counts.
  with held as materialized (
    select r.place, j.id, j.task_id, j.chunk_index, j.attempt, j.provider_address, j.available_at, j.started_at,
           t.owner_id as customer, t.asset, t.instance_id, t.price_per_chunk, t.fee_bps, s.max_inline_bytes,
           r.report ->> 'resultHash' as hash, r.report -> 'metrics' as metrics,
           oblivion.canonical_json(r.report -> 'result') as canonical
      from (
        select distinct on (u.job_id) u.job_id, u.report, u.place
          from unnest(v_ids, v_reports) with ordinality as u (job_id, report, place)
         order by u.job_id, u.place) r
      join public.jobs j on j.id = r.job_id
      join oblivion.tasks t on t.id = j.task_id
     cross join oblivion.settings s
     where (j.status, j.node_id, j.attempt) is not distinct from ('processing', p_node.id, (r.report ->> 'attempt')::int)
       and t.plain
       and s.id
       and r.report ->> 'outcome' = 'succeeded'
       and r.report ->> 'resultUrl' is null
       and pg_column_size(r.report -> 'result') <= 16 * s.max_inline_bytes
       and coalesce(octet_length((r.report -> 'metrics')::text) <= 4096, true)
  ), right_ones as materialized (
    select h.*
      from held h
     where octet_length(h.canonical) <= h.max_inline_bytes
       and encode(sha256(convert_to(h.canonical, 'UTF8')), 'hex') = lower(h.hash)
  ), done as (
    update public.jobs j
       set status = 'completed',
           progress = 1,
           error = null,
           metrics = null,
           node_id = null,
           lease_expires_at = null,
           finished_at = now(),
           moves = j.moves + 1
      from right_ones r
     where j.id = r.id
       and (j.status, j.node_id, j.attempt) is not distinct from ('processing', p_node.id, r.attempt)
    returning r.*
  ), attempts as (
    insert into oblivion.attempts (
      job_id, attempt, task_id, node_id, owner_id, provider_address, queued_at, started_at, outcome, metrics)
    select d.id, d.attempt, d.task_id, p_node.id, p_node.owner_id, d.provider_address, d.available_at, d.started_at,
           'succeeded', d.metrics
      from done d
  ), results as (
    insert into oblivion.results (job_id, task_id, chunk_index, attempt, node_id, canonical, result_hash)
    select d.id, d.task_id, d.chunk_index, d.attempt, p_node.id, d.canonical, lower(d.hash)
      from done d
  ), receipts as (
    insert into oblivion.receipts (
      job_id, attempt, task_id, chunk_index, provider_owner_id, payee_owner_id, customer_owner_id, asset, instance_id,
      price, fee, result_hash, started_at)
    select d.id, d.attempt, d.task_id, d.chunk_index, p_node.owner_id, p_node.payee_owner_id, d.customer, d.asset,
           d.instance_id, d.price_per_chunk, oblivion.chunk_fee(d.price_per_chunk, d.fee_bps, d.chunk_index),
           lower(d.hash), d.started_at
      from done d
  )
  select array_agg(d.place) as places, count(*)::int as count, sum(d.price_per_chunk)::bigint as price,
         array_agg(distinct d.task_id) as task_ids
    into v_fast
    from done d;
  if v_fast.count is distinct from cardinality(v_ids) then
    -- The rest of its jobs, before the owner's and the node's rows, for which waits whoever has one of them.
    perform from public.jobs j
      where j.id = any (v_ids)
        and j.node_id is not distinct from p_node.id
      order by j.id
        for no key update;
  end if;
  if v_fast.count > 0 then
    perform oblivion.count_accepted(p_node.owner_id, v_fast.price, v_fast.count);
    paid := v_fast.count;
    task_ids := v_fast.task_ids;
  end if;
  select array_agg(case when u.place = any (v_fast.places) then 'paid' end order by u.place)
    into v_answers
    from generate_series(1, cardinality(v_ids)) as u (place);

  -- Whatever is not so simple, one by one.
  for v_place in 1 .. cardinality(v_ids) loop
    continue when v_answers[v_place] is not null;
    v_report := v_reports[v_place];
    select j.status, j.node_id, j.task_id into v_job from public.jobs j where j.id = v_ids[v_place];
    -- A job that is somebody else's is not even locked.
    v_answers[v_place] := case
      when v_report ->> 'resultUrl' is not null then oblivion.deliver_result(
        p_node, v_ids[v_place], (v_report ->> 'attempt')::int, v_report ->> 'outcome', v_report ->> 'resultUrl',
        v_report -> 'metrics')
      when not found then 'job_not_found'
      when v_job.node_id = p_node.id or v_job.status = 'completed' then oblivion.finish_attempt(
        p_node, v_ids[v_place], (v_report ->> 'attempt')::int, v_report ->> 'outcome', v_report -> 'result',
        v_report ->> 'resultHash', v_report ->> 'error', v_report -> 'metrics')
      else 'stale_attempt' end;
    if v_answers[v_place] = 'paid' then
      paid := paid + 1;
      task_ids := task_ids || v_job.task_id;
    elsif v_answers[v_place] = 'accepted' and v_report ->> 'reason' = 'sandbox_died'
      and v_report ->> 'outcome' <> 'succeeded' then
      -- A delivery is accepted too, and is no death.
      perform oblivion.program_died(p_node.id, v_ids[v_place]);
    end if;
  end loop;
  select jsonb_agg(jsonb_build_object(
           'jobId', u.report -> 'jobId',
           'attempt', (u.report ->> 'attempt')::int,
           'accepted', u.answer in ('paid', 'confirmed', 'accepted'),
           'reason', case when u.answer not in ('paid', 'confirmed', 'accepted') then u.answer end) order by u.place)
    into answers
    from unnest(v_reports, v_answers) with ordinality as u (report, answer, place);
end
$$;
comment on function oblivion.finish_batch(public.nodes, jsonb) is
  'Ends the attempts of a batch, each with an answer of its own, in their order; paid is how many the caller still counts in the node''s row, task_ids whose they were: it ends these. For the engine alone.';

create function oblivion.claim_head(p_node public.nodes, p_limit int)
returns jsonb
language sql
security definer
set search_path = ''
as $$
  with head as materialized (
    select h.id, h.task_id, h.chunk_index, row_number() over () as place
      from (
        select j.id, j.task_id, j.chunk_index, j.customer_owner_id
          from public.jobs j
         where j.status = 'pending'
           and j.due
           and j.excluded_owner_id is null
           and (j.offered_until is null or j.offered_until <= now() or j.offered_to = p_node.owner_id)
         order by - j.priority, j.created_at, j.task_id, j.seq
         limit p_limit
           for no key update skip locked) h
     where h.customer_owner_id <> p_node.owner_id
  ), taken as (
    update public.jobs j
       set status = 'processing',
           attempt = j.attempt + 1,
           node_id = p_node.id,
           provider_address = p_node.provider_address,
           started_at = now(),
           progress = 0,
           offered_to = null,
           offered_until = null,
           lease_expires_at = now() + least(
             case p_node.worker_type when 'browser' then s.stale_after_browser else s.stale_after end,
             make_interval(secs => t.timeout_seconds)),
           moves = j.moves + 1
      from head h, oblivion.tasks t, oblivion.chunks c, oblivion.settings s
     where j.id = h.id
       and t.id = h.task_id
       and t.plain
       and t.status = 'running'
       and c.task_id = h.task_id
       and c.chunk_index = h.chunk_index
       and s.id
    returning h.place, oblivion.job_answer(j, t, c, s.max_inline_bytes) as answer
  )
  select coalesce(jsonb_agg(k.answer order by k.place), '[]') from taken k
$$;
comment on function oblivion.claim_head(public.nodes, int) is
  'Gives the first jobs in the order of claims to a node whose prospects() are simple, and answers them as job_answer(); none or fewer where the long way (pick_job) has to say. The caller holds the owner''s lock and has counted the room. For the engine alone.';

create function public.work_batch(p_node_id uuid, p_done jsonb default '[]', p_limit int default 10)
returns jsonb
language plpgsql
security definer
set search_path = ''
-- As work_cycle.
set plan_cache_mode = force_generic_plan
set enable_seqscan = off
set jit = off
as $$
declare
  v_node public.nodes := oblivion.require_node(p_node_id);
  v_hash bytea := v_node.key_hash;
  v_done record;
  v_now record;
  v_room int;
  v_before timestamptz := 'infinity';
  v_job public.jobs;
  v_jobs jsonb := '[]';
  v_count int := 0;
  v_walk oblivion.walk;
  v_promoted int := -1;
  v_retry int := 200;
begin
  if p_limit is null or p_limit not between 0 and 1000 then
    perform oblivion.raise_error('OB005', 'p_limit is 0 to 1000.', null,
      jsonb_build_object('field', 'p_limit', 'reason', 'range'));
  end if;
  -- The order of locks, and what may have changed while this call waited: as in work_cycle.
  perform pg_advisory_xact_lock(oblivion.lock_key('owner', v_node.owner_id::text));
  select n.* into v_node from public.nodes n where n.id = p_node_id;
  if v_node.key_hash is distinct from v_hash and oblivion.node_key_hash() is not null then
    v_node := oblivion.require_node(p_node_id);
  end if;
  if v_node.worker_type <> 'server' or v_node.raised_max_jobs is null then
    perform oblivion.raise_error('OB018', 'Batches are for server nodes whose limit an operator raised.',
      'Use work_cycle, or ask the operator.');
  end if;

  select f.answers, f.paid, f.task_ids into v_done from oblivion.finish_batch(v_node, p_done) f;

  -- Counted now: what failed or was released above is no longer in it, what was paid still is.
  select least(p_limit, p.room) as room, p.simple into v_now from oblivion.prospects(v_node.id, v_done.paid) p;
  v_room := v_now.room;
  if v_room > 0 then
    if v_now.simple then
      v_jobs := oblivion.claim_head(v_node, v_room);
    end if;
    v_count := jsonb_array_length(v_jobs);
    if v_count < v_room then
      v_before := oblivion.claims_before(v_node);
    end if;
  end if;
  while v_count < v_room loop
    v_walk := oblivion.pick_job(v_node, v_before, v_promoted < 0, p_near => (v_done.task_ids)[1], p_walk => v_walk);
    v_job := v_walk.job;
    -- Another hundred only where the last brought something: each begins anew at the head.
    if v_job.id is null and v_promoted < v_count and oblivion.promote_due() then
      v_promoted := v_count;
      v_walk := null;
      continue;
    end if;
    exit when v_job.id is null;
    v_jobs := v_jobs || oblivion.offered_job(oblivion.claim(v_job, v_node));
    v_count := v_count + 1;
  end loop;

  if v_count = 0 and p_limit > 0 then
    v_retry := greatest(oblivion.wait_for_work(v_node, v_before), oblivion.budget_wait_ms(v_node.owner_id));
  end if;
  update public.nodes n
     set last_seen = now(),
         next_poll_at = now() + make_interval(secs => v_retry / 1000.0),
         current_jobs = greatest(0, n.current_jobs - v_done.paid) + v_count,
         total_jobs_completed = n.total_jobs_completed + v_done.paid
   where n.id = v_node.id;
  -- The last jobs of their tasks? Not while this call got more of the same. In one order, as everybody who ends several.
  perform oblivion.try_close_task(t.id)
    from (
      select distinct u.id
        from unnest(v_done.task_ids) as u (id)
       where u.id is distinct from (v_jobs -> 0 ->> 'taskId')::uuid
       order by 1) t;
  if v_count = 0 then
    perform oblivion.maybe_rescue();
  end if;
  return jsonb_build_object('done', v_done.answers, 'jobs', v_jobs, 'retryMs', v_retry);
end
$$;
comment on function public.work_batch(uuid, jsonb, int) is
  'work_cycle for many jobs: reports each element of p_done and claims at most p_limit new ones. {done: [{jobId, attempt, accepted, reason}], jobs, retryMs}. For server nodes whose limit an operator raised. A caller that lost an answer registers again, which gives back what it holds. OB001, OB003, OB004, OB005, OB009, OB018.';

reset all;

-- 20261124001020_schedules.sql

-- Schedules: a wallet's own tasks, posted again and again, by interval or by cron. Off until turned on; the coordinator
-- runs what is due. A run and the time of the next are one transaction under the schedule's row lock, so that several
-- coordinators post each batch once.

create table oblivion.schedules (
  id uuid primary key default gen_random_uuid(),
  owner_id bigint not null references oblivion.owners,
  name text not null check (length(name) between 1 and 200),
  -- As create_task takes it.
  task jsonb not null,
  every_seconds int check (every_seconds between 60 and 31536000),
  cron text,
  skip_while_running boolean not null,
  next_run_at timestamptz,
  last_run_at timestamptz,
  last_task_id uuid,
  last_error jsonb,
  runs bigint not null default 0,
  -- In a row: an operator's or customer's mistake must not be repeated for ever.
  failures int not null default 0,
  created_at timestamptz not null default now(),
  check ((every_seconds is null) <> (cron is null))
);
create index on oblivion.schedules (owner_id, created_at);
create index on oblivion.schedules (next_run_at) where next_run_at is not null;
comment on table oblivion.schedules is 'Tasks that their customer has posted again and again. Enabled where next_run_at is set.';

create function oblivion.cron_values(p_field text, p_min int, p_max int)
returns int[]
language plpgsql
immutable
set search_path = ''
as $$
declare
  v_part text;
  v_match text[];
  v_from int;
  v_to int;
  v_step int;
  v_values int[] := '{}';
begin
  foreach v_part in array string_to_array(p_field, ',') loop
    v_match := regexp_match(v_part, '^(\*|([0-9]{1,2})(-([0-9]{1,2}))?)(/([0-9]{1,2}))?$');
    if v_match is null or v_match[2] is not null and v_match[4] is null and v_match[6] is not null then
      return null;
    end if;
    v_from := coalesce(v_match[2]::int, p_min);
    v_to := coalesce(v_match[4]::int, v_match[2]::int, p_max);
    v_step := coalesce(v_match[6]::int, 1);
    if v_from < p_min or v_to > p_max or v_from > v_to or v_step < 1 then
      return null;
    end if;
    v_values := v_values || array(select g from generate_series(v_from, v_to, v_step) g);
  end loop;
  return array(select distinct v from unnest(v_values) v order by v);
end
$$;
comment on function oblivion.cron_values(text, int, int) is
  'What one field of a cron expression stands for: *, 5, 1-5, */10, 1-30/5 and lists of these; null where it is none. For the engine alone.';

create function oblivion.cron_next(p_cron text, p_after timestamptz)
returns timestamptz
language plpgsql
immutable
set search_path = ''
as $$
declare
  v_fields text[] := regexp_split_to_array(trim(p_cron), '[ \t]+');
  v_minutes int[];
  v_hours int[];
  v_days int[];
  v_months int[];
  v_weekdays int[];
  v_after timestamp := p_after at time zone 'UTC';
  v_next timestamp;
begin
  if cardinality(v_fields) is distinct from 5 then
    return null;
  end if;
  v_minutes := oblivion.cron_values(v_fields[1], 0, 59);
  v_hours := oblivion.cron_values(v_fields[2], 0, 23);
  v_days := oblivion.cron_values(v_fields[3], 1, 31);
  v_months := oblivion.cron_values(v_fields[4], 1, 12);
  -- 7 is Sunday too.
  v_weekdays := array(select distinct w % 7 from unnest(oblivion.cron_values(v_fields[5], 0, 7)) w);
  if v_minutes is null or v_hours is null or v_days is null or v_months is null
    or oblivion.cron_values(v_fields[5], 0, 7) is null then
    return null;
  end if;
  -- Eight years hold a 29 February, whatever the century.
  for v_place in 0 .. 8 * 366 loop
    select min(d.day + make_interval(hours => h.hour, mins => m.minute))
      into v_next
      from (select date_trunc('day', v_after) + v_place * interval '1 day' as day) d
     cross join unnest(v_hours) as h (hour)
     cross join unnest(v_minutes) as m (minute)
     where extract(month from d.day)::int = any (v_months)
       -- As in every cron: where both kinds of day are given, one of them is enough.
       and case
             when v_fields[3] = '*' then extract(dow from d.day)::int = any (v_weekdays)
             when v_fields[5] = '*' then extract(day from d.day)::int = any (v_days)
             else extract(dow from d.day)::int = any (v_weekdays) or extract(day from d.day)::int = any (v_days) end
       and d.day + make_interval(hours => h.hour, mins => m.minute) > v_after;
    if v_next is not null then
      return v_next at time zone 'UTC';
    end if;
  end loop;
  return null;
end
$$;
comment on function oblivion.cron_next(text, timestamptz) is
  'The first minute (UTC) after a time that a cron expression of five fields names; null for one that is none or names none. For the engine alone.';

create function oblivion.next_run(p_schedule oblivion.schedules)
returns timestamptz
language sql
stable
set search_path = ''
as $$
  -- After a pause (nobody ran what was due) there is one run, and the next is in its old step.
  select case
    when p_schedule.cron is not null then oblivion.cron_next(p_schedule.cron, now())
    when p_schedule.next_run_at is null then now() + make_interval(secs => p_schedule.every_seconds)
    else p_schedule.next_run_at + make_interval(secs => p_schedule.every_seconds
      * (floor(extract(epoch from now() - p_schedule.next_run_at) / p_schedule.every_seconds) + 1)::float8) end
$$;
comment on function oblivion.next_run(oblivion.schedules) is 'When a schedule is due next, seen from now. For the engine alone.';

create function oblivion.schedule_view(p_schedule oblivion.schedules)
returns jsonb
language sql
stable
set search_path = ''
as $$
  select jsonb_build_object(
    'scheduleId', p_schedule.id,
    'name', p_schedule.name,
    'title', p_schedule.task ->> 'title',
    'enabled', p_schedule.next_run_at is not null,
    'everySeconds', p_schedule.every_seconds,
    'cron', p_schedule.cron,
    'skipWhileRunning', p_schedule.skip_while_running,
    'nextRunAt', p_schedule.next_run_at,
    'lastRunAt', p_schedule.last_run_at,
    'lastTaskId', p_schedule.last_task_id,
    'lastError', p_schedule.last_error,
    'runs', p_schedule.runs,
    'failures', p_schedule.failures,
    'createdAt', p_schedule.created_at)
$$;
comment on function oblivion.schedule_view(oblivion.schedules) is 'A schedule as its customer sees it. For the engine alone.';

create function oblivion.scheduled_draft(p_owner_id bigint, p_task jsonb)
returns jsonb
language plpgsql
security definer
set search_path = ''
as $$
begin
  if jsonb_typeof(p_task) is distinct from 'object' or octet_length(p_task::text) > 1048576 then
    perform oblivion.raise_error('OB005', 'A schedule''s task is a JSON object of at most 1 MB, as create_task takes it.',
      'Use a range, or fewer inputs.', jsonb_build_object('field', 'task', 'reason', 'shape'));
  end if;
  -- Posted once to see what is wrong with it, and undone. That money or a contract is missing now is nothing wrong. Undone
  -- with it is its program, which is kept once a task pays for it: else a wallet, which costs nothing, could fill the disk.
  begin
    perform oblivion.task_stages(p_owner_id, p_task);
    perform oblivion.post_task(p_owner_id, p_task);
    raise exception 'undone' using errcode = 'OB999';
  exception
    when sqlstate 'OB999' or sqlstate 'OB007' or sqlstate 'OB012' or sqlstate 'OB015' then
      null;
  end;
  return p_task;
end
$$;
comment on function oblivion.scheduled_draft(bigint, jsonb) is
  'A task as a schedule keeps it, after all checks of create_task. OB005, OB006, OB009, OB013, OB014. For the engine alone.';

create function oblivion.run_schedule_row(p_schedule oblivion.schedules)
returns uuid
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_task_id uuid;
  v_error jsonb;
begin
  begin
    v_task_id := (oblivion.post_task(p_schedule.owner_id, p_schedule.task) ->> 'taskId')::uuid;
  exception
    -- Whatever is wrong with one schedule is its customer's to read, and keeps no other from running.
    when others then
      v_error := jsonb_build_object('code', sqlstate, 'message', sqlerrm);
  end;
  update oblivion.schedules s
     set last_run_at = now(),
         last_task_id = coalesce(v_task_id, s.last_task_id),
         last_error = v_error,
         runs = s.runs + (v_task_id is not null)::int,
         failures = case when v_task_id is null then s.failures + 1 else 0 end
   where s.id = p_schedule.id;
  return v_task_id;
end
$$;
comment on function oblivion.run_schedule_row(oblivion.schedules) is
  'Posts a schedule''s task once and writes down what came of it; answers the task or null. The caller holds the row. For the engine alone.';

create function oblivion.run_schedules()
returns int
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_schedule oblivion.schedules;
  v_count int := 0;
begin
  for v_schedule in
    select s.*
      from oblivion.schedules s
     where s.next_run_at <= now()
     order by s.next_run_at
     limit 20
       for update skip locked
  loop
    if not (v_schedule.skip_while_running and exists (
      select from oblivion.tasks t where t.id = v_schedule.last_task_id and t.finished_at is null)) then
      v_count := v_count + (oblivion.run_schedule_row(v_schedule) is not null)::int;
    end if;
    update oblivion.schedules s
       set next_run_at = case when s.failures < 10 then oblivion.next_run(v_schedule) end
     where s.id = v_schedule.id;
  end loop;
  return v_count;
end
$$;
comment on function oblivion.run_schedules() is
  'Posts the tasks of schedules that are due, 20 at most; answers how many. Ten failures in a row turn a schedule off. By the coordinator, every second; any number of them may.';

create function oblivion.require_schedule(p_schedule_id uuid)
returns oblivion.schedules
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_wallet text := oblivion.require_wallet();
  v_schedule oblivion.schedules;
begin
  select s.*
    into v_schedule
    from oblivion.schedules s
    join oblivion.owners o on o.id = s.owner_id
   where s.id = p_schedule_id
     and o.address = v_wallet
     for update of s;
  if not found then
    perform oblivion.raise_error('OB040', 'No schedule of yours has this id.', 'Look it up with list_schedules.',
      jsonb_build_object('scheduleId', p_schedule_id));
  end if;
  return v_schedule;
end
$$;
comment on function oblivion.require_schedule(uuid) is 'The caller''s own schedule, locked, or OB040. For the engine alone.';

create function public.create_schedule(p_schedule jsonb)
returns jsonb
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_owner bigint := oblivion.owner_of(oblivion.require_wallet());
  v_schedule oblivion.schedules;
  v_field text;
begin
  if jsonb_typeof(p_schedule) is distinct from 'object' then
    perform oblivion.raise_error('OB005', 'A schedule is a JSON object.', null,
      jsonb_build_object('field', 'p_schedule', 'reason', 'shape'));
  end if;
  select k into v_field
    from jsonb_object_keys(p_schedule) k
   where k not in ('name', 'task', 'everySeconds', 'cron', 'skipWhileRunning')
   limit 1;
  if v_field is not null then
    perform oblivion.raise_error('OB006', format('%s is not supported.', v_field), 'Leave it out.',
      jsonb_build_object('field', v_field));
  elsif p_schedule ? 'everySeconds' and p_schedule ? 'cron' then
    perform oblivion.raise_error('OB005', 'A schedule has an interval or a cron expression.', 'Send one of the two.',
      jsonb_build_object('field', 'cron', 'reason', 'either'));
  elsif coalesce(jsonb_typeof(p_schedule -> 'skipWhileRunning'), 'boolean') <> 'boolean' then
    perform oblivion.raise_error('OB005', 'skipWhileRunning is true or false.', null,
      jsonb_build_object('field', 'skipWhileRunning', 'reason', 'shape'));
  end if;
  v_schedule.name := oblivion.task_text(p_schedule, 'name', 200);
  if p_schedule ? 'cron' then
    v_schedule.cron := oblivion.task_text(p_schedule, 'cron', 200);
    if oblivion.cron_next(v_schedule.cron, now()) is null then
      perform oblivion.raise_error('OB005',
        'A cron expression has five fields (minute, hour, day, month, weekday, in UTC) and names at least one minute to come.',
        'For example 0 6 * * 1-5: at 06:00 from Monday to Friday.', jsonb_build_object('field', 'cron', 'reason', 'cron'));
    end if;
  else
    v_schedule.every_seconds := oblivion.task_integer(p_schedule, 'everySeconds', 600, 60, 31536000);
  end if;
  perform pg_advisory_xact_lock(oblivion.lock_key('schedules', v_owner::text));
  if (select count(*) from oblivion.schedules s where s.owner_id = v_owner) >= 100 then
    perform oblivion.raise_error('OB014', 'A wallet has at most 100 schedules.', 'Delete one that you no longer need.',
      jsonb_build_object('what', 'schedules', 'limit', 100));
  end if;
  insert into oblivion.schedules (owner_id, name, task, every_seconds, cron, skip_while_running)
  values (v_owner, v_schedule.name, oblivion.scheduled_draft(v_owner, p_schedule -> 'task'), v_schedule.every_seconds,
    v_schedule.cron, coalesce((p_schedule -> 'skipWhileRunning')::boolean, false))
  returning * into v_schedule;
  return oblivion.schedule_view(v_schedule);
end
$$;
comment on function public.create_schedule(jsonb) is
  'Keeps a task to be posted again and again: {name, task, everySeconds (600 by default, at least 60) | cron (five fields, UTC), skipWhileRunning}. It is off until set_schedule_enabled; each run holds its budget as create_task does. OB001, OB005, OB006, OB009, OB013, OB014.';

create function public.list_schedules()
returns jsonb
language plpgsql
stable
security definer
set search_path = ''
as $$
declare
  v_wallet text := oblivion.require_wallet();
begin
  return (
    select coalesce(jsonb_agg(oblivion.schedule_view(s) order by s.created_at, s.id), '[]')
      from oblivion.schedules s
      join oblivion.owners o on o.id = s.owner_id
     where o.address = v_wallet);
end
$$;
comment on function public.list_schedules() is 'The caller''s schedules, oldest first, 100 at most. OB001.';

create function public.set_schedule_enabled(p_schedule_id uuid, p_enabled boolean)
returns jsonb
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_schedule oblivion.schedules := oblivion.require_schedule(p_schedule_id);
begin
  if p_enabled is null then
    perform oblivion.raise_error('OB005', 'p_enabled is true or false.', null,
      jsonb_build_object('field', 'p_enabled', 'reason', 'missing'));
  end if;
  -- Turned on twice, it keeps its time.
  update oblivion.schedules s
     set next_run_at = case when p_enabled then coalesce(s.next_run_at, oblivion.next_run(s)) end,
         failures = case when p_enabled and s.next_run_at is null then 0 else s.failures end
   where s.id = v_schedule.id
  returning s.* into v_schedule;
  return oblivion.schedule_view(v_schedule);
end
$$;
comment on function public.set_schedule_enabled(uuid, boolean) is
  'Turns a schedule of the caller''s on or off. Its first run is one interval, or the next time of its cron expression, from now. OB001, OB005, OB040.';

create function public.run_schedule(p_schedule_id uuid)
returns jsonb
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_schedule oblivion.schedules := oblivion.require_schedule(p_schedule_id);
  v_task_id uuid := oblivion.run_schedule_row(v_schedule);
begin
  select s.* into v_schedule from oblivion.schedules s where s.id = p_schedule_id;
  return jsonb_build_object('taskId', v_task_id, 'error', v_schedule.last_error);
end
$$;
comment on function public.run_schedule(uuid) is
  'Posts the task of a schedule of the caller''s now, on or off; its time stays. {taskId, error: null | {code, message}}. OB001, OB040.';

create function public.delete_schedule(p_schedule_id uuid)
returns boolean
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_schedule oblivion.schedules := oblivion.require_schedule(p_schedule_id);
begin
  delete from oblivion.schedules s where s.id = v_schedule.id;
  return true;
end
$$;
comment on function public.delete_schedule(uuid) is
  'Forgets a schedule of the caller''s; tasks that it posted stay. OB001, OB040.';

reset all;

-- 20261124001100_rescue.sql

-- Rescue: jobs whose node is gone go back to pending. It runs from every heartbeat and every empty poll (at most one
-- bounded pass per 5 s in all) and from the coordinator; each is enough alone.

create table oblivion.rescue_pass (
  id boolean primary key default true check (id),
  last_at timestamptz not null default '-infinity'
);
insert into oblivion.rescue_pass default values;

create function oblivion.promote_due()
returns boolean
language plpgsql
security definer
set search_path = ''
as $$
begin
  update public.jobs j
     set due = true
   where j.id in (
           select p.id
             from public.jobs p
            where p.status = 'pending'
              and not p.due
              and p.available_at <= now()
            order by p.available_at
            limit 100
              for no key update skip locked);
  return found or oblivion.maybe_advance();
end
$$;
comment on function oblivion.promote_due() is
  'Where a call found nothing to claim: moves jobs whose back-off is over into the claim index, or plans the next part of a large task, and answers whether there is more now. For the engine alone.';

create function oblivion.correct_counters()
returns void
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_node uuid;
begin
  for v_node in
    select n.id
      from public.nodes n
     where n.current_jobs <> (select count(*) from public.jobs j where j.node_id = n.id)
     limit 100
  loop
    -- Counted again under the row's lock: a claim in flight adds its own after us. Who is busy is looked at next time.
    perform from public.nodes n where n.id = v_node for no key update skip locked;
    continue when not found;
    update public.nodes n
       set current_jobs = (select count(*) from public.jobs j where j.node_id = n.id)
     where n.id = v_node
       and n.current_jobs <> (select count(*) from public.jobs j where j.node_id = n.id);
  end loop;
end
$$;
comment on function oblivion.correct_counters() is 'Puts a stuck nodes.current_jobs right. For the engine alone.';

create function oblivion.run_rescue()
returns int
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_job public.jobs;
  v_timeout int;
  v_count int := 0;
begin
  -- One pass at a time, and it waits for nobody: jobs and nodes that are busy at this moment are not dead, and what
  -- happens to a task in it is over in the next.
  if not pg_try_advisory_xact_lock(oblivion.lock_key('rescue', '')) then
    return 0;
  end if;
  perform oblivion.ensure_history_days();
  perform oblivion.promote_due();
  for v_job in
    select j.*
      from public.jobs j
      join public.nodes n on n.id = j.node_id
      join oblivion.owners o on o.id = n.owner_id
      join oblivion.tasks t on t.id = j.task_id
     where j.status = 'processing'
       and j.lease_expires_at < now()
     order by j.lease_expires_at
     limit 500
       for no key update of j, n, o skip locked
       for share of t skip locked
  loop
    select t.timeout_seconds into v_timeout from oblivion.tasks t where t.id = v_job.task_id;
    if now() >= v_job.started_at + make_interval(secs => v_timeout) then
      perform oblivion.fail_attempt(v_job, 'failed', oblivion.overrun_text(v_timeout));
    else
      perform oblivion.lose_attempt(v_job);
    end if;
    v_count := v_count + 1;
  end loop;
  -- Delivered, and no coordinator has read it: somebody else computes it, and a cancelled task gets its money back.
  for v_job in
    select j.*
      from oblivion.deliveries d
      join public.jobs j on j.id = d.job_id
      join oblivion.tasks t on t.id = j.task_id
     where d.delivered_at < now() - interval '1 day'
       -- Looked at again once its lock is given: somebody else may have begun it meanwhile.
       and (j.status, j.attempt) = ('processing', d.attempt)
     order by d.delivered_at
     limit 100
       for no key update of j skip locked
       for share of t skip locked
  loop
    perform oblivion.requeue(v_job);
    v_count := v_count + 1;
  end loop;
  -- What a cancel and a requeue at the same moment left behind.
  update public.jobs j
     set status = 'cancelled'
   where j.id in (
           select p.id
             from oblivion.tasks t
             join public.jobs p on p.task_id = t.id and p.status in ('blocked', 'pending')
            where t.status = 'cancelled'
              and t.holds
            limit 500
              for no key update of p skip locked);
  perform oblivion.correct_counters();
  perform oblivion.find_stuck_stages();
  perform oblivion.maybe_advance();
  perform oblivion.close_finished_tasks();
  return v_count;
end
$$;
comment on function oblivion.run_rescue() is
  'One bounded pass: back to pending, or to its end, what a dead node held; counters; finished tasks. Answers how many jobs. For engine and coordinator.';

create function oblivion.maybe_rescue()
returns int
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_count int := 0;
  v_timeout text := current_setting('lock_timeout');
begin
  if exists (select from oblivion.rescue_pass r where r.last_at > now() - interval '5 seconds') then
    return 0;
  end if;
  perform from oblivion.rescue_pass r where r.last_at <= now() - interval '5 seconds' for no key update skip locked;
  if not found then
    return 0;
  end if;
  update oblivion.rescue_pass r set last_at = now();
  -- All run inside somebody else's heartbeat, which must not fail with them. The coordinator's own passes are loud.
  -- Stopping a program waits for locks, and the caller holds some already: so not for long. The next pass is soon.
  perform set_config('lock_timeout', '100ms', true);
  begin
    perform oblivion.quarantine_programs();
  exception
    when lock_not_available then
      null;
    when others then
      raise warning 'No program could be quarantined: % (%)', sqlerrm, sqlstate;
  end;
  perform set_config('lock_timeout', v_timeout, true);
  begin
    v_count := oblivion.run_rescue();
  exception
    when others then
      raise warning 'The rescue pass failed: % (%)', sqlerrm, sqlstate;
  end;
  begin
    perform oblivion.refresh_network_stats();
  exception
    when others then
      raise warning 'The public figures could not be computed: % (%)', sqlerrm, sqlstate;
  end;
  return v_count;
end
$$;
comment on function oblivion.maybe_rescue() is 'A rescue pass if none ran in the last 5 s, whoever asks (A16). For the engine alone.';

create function public.cleanup_stale_jobs()
returns integer
language sql
security definer
set search_path = ''
as $$
  select oblivion.maybe_rescue()
$$;
comment on function public.cleanup_stale_jobs() is
  'Resets stuck jobs of offline nodes and answers how many. At most one pass per 5 s does work, whoever calls; 0 otherwise.';

create function oblivion.has_open_jobs(p_task_id uuid)
returns boolean
language sql
stable
security definer
set search_path = ''
as $$
  -- One look for both: between two of them a part could turn into jobs unseen.
  select exists (
           select from public.jobs j where j.task_id = p_task_id and j.status in ('blocked', 'pending', 'processing'))
      or exists (select from oblivion.plan_parts p where p.task_id = p_task_id)
      or exists (select from oblivion.stages_to_judge q where q.task_id = p_task_id)
$$;
comment on function oblivion.has_open_jobs(uuid) is
  'Whether anything of a task is still to be done, planned or judged. For the engine alone.';

create function oblivion.try_close_task(p_task_id uuid)
returns void
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_task oblivion.tasks;
begin
  if oblivion.has_open_jobs(p_task_id) then
    return;
  end if;
  -- Whoever gets both locks at once ends the task; the rest leave it to the next pass and wait for nothing.
  select t.* into v_task from oblivion.tasks t where t.id = p_task_id for no key update skip locked;
  if v_task.id is null
    or v_task.status not in ('running', 'paused', 'cancelled')
    or not pg_try_advisory_xact_lock(oblivion.lock_key('customer', v_task.owner_id::text))
    -- Looked at again under the lock: an operator may have reset a failed job.
    or oblivion.has_open_jobs(p_task_id) then
    return;
  end if;
  if v_task.status in ('running', 'paused') then
    update oblivion.tasks t
       set status = oblivion.final_status(v_task),
           paused_reason = null,
           finished_at = now()
     where t.id = p_task_id;
  end if;
  perform oblivion.refund_hold(v_task);
end
$$;
comment on function oblivion.try_close_task(uuid) is
  'Ends a running task none of whose jobs is open, and frees the rest of its budget, also that of a cancelled one. Two last completions at once may both see the other open: close_finished_tasks ends it then. For the engine alone.';

create function oblivion.try_close_task_of(p_job_id uuid)
returns void
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_task_id uuid;
begin
  select j.task_id
    into v_task_id
    from public.jobs j
    join oblivion.tasks t on t.id = j.task_id
   where j.id = p_job_id
     -- The last chunk is the last one claimed. While it is open nobody has to look at the others, past the index entries
     -- of all that was done before.
     and not exists (
           select from public.jobs l
            where l.task_id = j.task_id
              and l.chunk_index = t.chunk_count - 1
              and l.stage = 0
              and l.replica = 0
              and l.status in ('blocked', 'pending', 'processing'))
     and not exists (
           select from public.jobs o where o.task_id = j.task_id and o.status in ('blocked', 'pending', 'processing'));
  if found then
    perform oblivion.try_close_task(v_task_id);
  end if;
end
$$;
comment on function oblivion.try_close_task_of(uuid) is
  'try_close_task() of a job''s task, where none of its jobs is open. For the engine alone.';

create function oblivion.refund_hold(p_task oblivion.tasks)
returns bigint
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_hold bigint := oblivion.account('task_hold', p_task.asset, p_task.instance_id, null, p_task.id);
  v_open bigint;
  v_rest bigint;
  v_part int;
begin
  perform pg_advisory_xact_lock(oblivion.lock_key('customer', p_task.owner_id::text));
  -- Every job that is not at its end keeps its price, whatever happens to it next: what is pending may be claimed in this
  -- very moment. Counted before the balance is read: a result accepted between the two leaves too much held, not too little.
  select count(*)
    into v_open
    from public.jobs j
   where j.task_id = p_task.id
     and j.status in ('blocked', 'pending', 'processing');
  v_rest := oblivion.balance_of(v_hold) - v_open * p_task.price_per_chunk;
  if v_rest > 0 then
    select count(*) into v_part
      from oblivion.ledger_transactions l
     where l.instance_id = p_task.instance_id
       and l.kind = 'refund'
       and l.reference like p_task.id::text || ':%';
    perform oblivion.book('refund', p_task.id::text || ':' || v_part, p_task.asset, p_task.instance_id,
      array[v_hold, oblivion.account('customer_free', p_task.asset, p_task.instance_id, p_task.owner_id)],
      array[-v_rest, v_rest]);
    -- What came back its key may post again. Deleted since it ended, it may post nothing.
    update oblivion.api_keys k set used = k.used - v_rest where k.id = p_task.api_key_id;
  end if;
  if v_open = 0 then
    update oblivion.tasks t set holds = false where t.id = p_task.id and t.finished_at is not null;
    if p_task.metered then
      delete from oblivion.run_times r where r.task_id = p_task.id;
    end if;
  end if;
  return greatest(v_rest, 0);
end
$$;
comment on function oblivion.refund_hold(oblivion.tasks) is
  'Frees what a task still holds, less the price of each open job. For the engine alone.';

create function oblivion.close_finished_tasks()
returns void
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_task oblivion.tasks;
begin
  for v_task in
    select t.*
      from oblivion.tasks t
     where t.status in ('running', 'paused')
       and not oblivion.has_open_jobs(t.id)
     limit 100
  loop
    perform oblivion.try_close_task(v_task.id);
  end loop;
  -- A cancelled task gives back what its last running chunks did not use.
  for v_task in
    select t.*
      from oblivion.tasks t
     where t.status = 'cancelled'
       and t.holds
       and not oblivion.has_open_jobs(t.id)
     limit 100
  loop
    perform oblivion.try_close_task(v_task.id);
  end loop;
end
$$;
comment on function oblivion.close_finished_tasks() is 'Ends what try_close_task could not see as finished. For the engine alone.';

reset all;

-- 20261124001190_task_tallies.sql

-- How far a task is. Up to 10,000 jobs it is counted for whoever asks; above that counting takes up to a second or two, so
-- a task's figures are a row that everybody reads, and whoever comes first once it is old enough counts anew. How old that
-- is depends on what counting took: twenty times as long, so it is 5 % of one core at most, however often a page reads.

create table oblivion.task_tallies (
  task_id uuid primary key references oblivion.tasks,
  counted_at timestamptz not null,
  -- Good until then; for ever once nothing of the task can change.
  next_at timestamptz not null,
  planned int not null,
  -- Chunks by letter.
  letters jsonb not null,
  -- For each stage: chunks by letter, jobs that ended, jobs that were paid, chunks that are decided.
  stages jsonb not null,
  -- A letter for each planned chunk.
  chunks text not null,
  -- The sum of a metered task's receipts.
  spent bigint
);
comment on table oblivion.task_tallies is 'How far large tasks are, counted now and then by whoever reads.';

create function oblivion.letters_of(p_chunks text)
returns jsonb
language sql
immutable
set search_path = ''
as $$
  select jsonb_object_agg(l.letter, length(p_chunks) - length(replace(p_chunks, l.letter, '')))
    from unnest(array['b', 'p', 'r', 'c', 'f', 'x']) as l (letter)
$$;
comment on function oblivion.letters_of(text) is 'How often each letter stands in a text of them. For the engine alone.';

create function oblivion.count_task(p_task oblivion.tasks)
returns oblivion.task_tallies
language plpgsql
stable
security definer
set search_path = ''
as $$
declare
  v_tally oblivion.task_tallies;
begin
  v_tally.task_id := p_task.id;
  v_tally.counted_at := now();
  v_tally.next_at := now();
  select coalesce(string_agg(s.letter, '' order by s.chunk_index), '') into v_tally.chunks
    from oblivion.chunk_states(p_task) s;
  v_tally.planned := length(v_tally.chunks);
  v_tally.letters := oblivion.letters_of(v_tally.chunks);
  if not oblivion.is_special(p_task) then
    v_tally.stages := jsonb_build_array(jsonb_build_object(
      'letters', v_tally.letters,
      'ended', (v_tally.letters ->> 'c')::int + (v_tally.letters ->> 'f')::int + (v_tally.letters ->> 'x')::int,
      'paid', (v_tally.letters ->> 'c')::int + case when (v_tally.letters ->> 'f')::int > 0 then (
        select count(*)
          from public.jobs j
          join oblivion.receipts r on r.task_id = j.task_id and r.job_id = j.id
         where j.task_id = p_task.id
           and j.status = 'failed') else 0 end,
      'decided', (v_tally.letters ->> 'c')::int + (v_tally.letters ->> 'f')::int + (v_tally.letters ->> 'x')::int));
  else
    select jsonb_agg(jsonb_build_object(
             'letters', coalesce(l.letters, '{}'),
             'ended', coalesce(c.ended, 0),
             'paid', coalesce(c.paid, 0),
             'decided', coalesce(e.decided, 0)) order by g.stage)
      into v_tally.stages
      from generate_series(0, p_task.stage_count - 1) as g (stage)
      left join (
        select w.stage, jsonb_object_agg(w.letter, w.count) as letters
          from (
            select s.stage, s.letter, count(*) as count
              from oblivion.stage_states(p_task) s
             where p_task.stages is not null
             group by s.stage, s.letter) w
         group by w.stage) l on l.stage = g.stage
      left join (
        select j.stage,
               count(*) filter (where j.status in ('completed', 'failed', 'cancelled')) as ended,
               count(*) filter (where j.status = 'completed' or j.status = 'failed' and exists (
                 select from oblivion.receipts r where r.task_id = j.task_id and r.job_id = j.id)) as paid
          from public.jobs j
         where j.task_id = p_task.id
         group by j.stage) c on c.stage = g.stage
      left join (
        select s.stage, count(*) as decided
          from oblivion.stage_ends s
         where s.task_id = p_task.id
         group by s.stage) e on e.stage = g.stage;
  end if;
  if p_task.metered then
    select coalesce(sum(r.price), 0) into v_tally.spent from oblivion.receipts r where r.task_id = p_task.id;
  end if;
  return v_tally;
end
$$;
comment on function oblivion.count_task(oblivion.tasks) is 'Counts a task now, whatever it costs. For the engine alone.';

create function oblivion.tally(p_task oblivion.tasks)
returns oblivion.task_tallies
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_tally oblivion.task_tallies;
  v_began timestamptz;
begin
  if oblivion.job_count(p_task) <= (select s.tally_above from oblivion.settings s where s.id) then
    return oblivion.count_task(p_task);
  end if;
  select w.* into v_tally from oblivion.task_tallies w where w.task_id = p_task.id;
  if not found then
    perform pg_advisory_xact_lock(oblivion.lock_key('tally', p_task.id::text));
    select w.* into v_tally from oblivion.task_tallies w where w.task_id = p_task.id;
  end if;
  if v_tally.task_id is not null
    and (v_tally.next_at > clock_timestamp() and not coalesce(p_task.finished_at > v_tally.counted_at, false)
      or not pg_try_advisory_xact_lock(oblivion.lock_key('tally', p_task.id::text))) then
    return v_tally;
  end if;
  v_began := clock_timestamp();
  v_tally := oblivion.count_task(p_task);
  v_tally.next_at := case
    when p_task.finished_at is not null and not oblivion.has_open_jobs(p_task.id) then 'infinity'
    else clock_timestamp() + greatest(interval '500 milliseconds', 20 * (clock_timestamp() - v_began)) end;
  insert into oblivion.task_tallies values (v_tally.*)
  on conflict (task_id) do update
    set counted_at = excluded.counted_at,
        next_at = excluded.next_at,
        planned = excluded.planned,
        letters = excluded.letters,
        stages = excluded.stages,
        chunks = excluded.chunks,
        spent = excluded.spent;
  return v_tally;
end
$$;
comment on function oblivion.tally(oblivion.tasks) is
  'How far a task is: counted now where it is small, else as it was counted last, and anew where that is old. For the engine alone.';

reset all;

-- 20261124001200_task_views.sql

-- What a customer sees of its tasks. Before a chunk is accepted that is a state and no more: no text, no provider (M12, T7).

create function oblivion.require_task(p_task_id uuid, p_scope text default null)
returns oblivion.tasks
language plpgsql
stable
security definer
set search_path = ''
as $$
declare
  v_wallet text;
  v_api_key_id uuid;
  v_task oblivion.tasks;
begin
  select c.wallet, c.api_key_id into v_wallet, v_api_key_id from oblivion.require_caller(p_scope) c;
  select t.*
    into v_task
    from oblivion.tasks t
    join oblivion.owners o on o.id = t.owner_id
   where t.id = p_task_id
     and o.address = v_wallet
     -- A key changes nothing of a task that it did not post: its limit does not cover that hold.
     and (v_api_key_id is null or p_scope = 'read' or t.api_key_id = v_api_key_id);
  if not found then
    perform oblivion.raise_error('OB008', 'No task of yours has this id.', 'Look it up with list_tasks.',
      jsonb_build_object('taskId', p_task_id));
  end if;
  return v_task;
end
$$;
comment on function oblivion.require_task(uuid, text) is
  'The caller''s own task: by a session, and where a scope is named by an API key too, to read it or by the scope tasks to control it. OB008, also for a key that would control what it did not post. OB001, OB030, OB031. For the engine alone.';

create function oblivion.job_letter(p_status text)
returns text
language sql
immutable strict parallel safe
set search_path = ''
as $$
  select case p_status
    when 'blocked' then 'b' when 'pending' then 'p' when 'processing' then 'r'
    when 'completed' then 'c' when 'failed' then 'f' when 'cancelled' then 'x' end
$$;
comment on function oblivion.job_letter(text) is 'A job status as one letter of a chunk grid.';

create function oblivion.stage_states(p_task oblivion.tasks)
returns table (chunk_index int, stage smallint, letter text)
language sql
stable
security definer
set search_path = ''
as $$
  -- A stage that has its result is completed, whatever became of the other replicas; one in work shows no more than that.
  select j.chunk_index, j.stage,
         case
           when e.outcome = 'accepted' then 'c'
           when e.outcome is not null then 'f'
           when bool_or(j.status = 'processing') then 'r'
           when bool_or(j.status = 'pending') then 'p'
           when bool_or(j.status = 'blocked') then 'b'
           when bool_or(j.status = 'failed') then 'f'
           else 'x' end
    from public.jobs j
    -- By its whole key, whatever Postgres thinks of the sizes: `offset 0` keeps this from becoming a join of all with all.
    left join lateral (
      select d.outcome from oblivion.stage_ends d
       where d.task_id = j.task_id and d.chunk_index = j.chunk_index and d.stage = j.stage
      offset 0) e on true
   where j.task_id = p_task.id
   group by j.chunk_index, j.stage, e.outcome
$$;
comment on function oblivion.stage_states(oblivion.tasks) is
  'The state of each stage of each planned chunk of a task with replicas or a pipeline. For the engine alone.';

create function oblivion.chunk_states(p_task oblivion.tasks)
returns table (chunk_index int, letter text)
language plpgsql
stable
security definer
set search_path = ''
as $$
begin
  if not oblivion.is_special(p_task) then
    return query select j.chunk_index, oblivion.job_letter(j.status) from public.jobs j where j.task_id = p_task.id;
  else
    return query
      select s.chunk_index,
             case
               when bool_or(s.letter = 'f') then 'f'
               when bool_or(s.letter = 'c' and s.stage = p_task.stage_count - 1) then 'c'
               when bool_or(s.letter = 'r') then 'r'
               when bool_or(s.letter = 'p') then 'p'
               when bool_or(s.letter = 'b') then 'b'
               else 'x' end
        from oblivion.stage_states(p_task) s
       group by s.chunk_index;
  end if;
end
$$;
comment on function oblivion.chunk_states(oblivion.tasks) is
  'One letter for each planned chunk: b p r c f x. Between two replicas a chunk looks as before the first (T8). For the engine alone.';

create function oblivion.letter_counts(p_letters jsonb, p_unplanned int, p_ended boolean)
returns jsonb
language sql
immutable
set search_path = ''
as $$
  -- What has no rows yet waits for its planning, or was cancelled with the rest.
  select jsonb_build_object(
    'blocked', coalesce((p_letters ->> 'b')::int, 0) + case when p_ended then 0 else p_unplanned end,
    'pending', coalesce((p_letters ->> 'p')::int, 0),
    'processing', coalesce((p_letters ->> 'r')::int, 0),
    'completed', coalesce((p_letters ->> 'c')::int, 0),
    'failed', coalesce((p_letters ->> 'f')::int, 0),
    'cancelled', coalesce((p_letters ->> 'x')::int, 0) + case when p_ended then p_unplanned else 0 end)
$$;
comment on function oblivion.letter_counts(jsonb, int, boolean) is
  'Counts by state out of counts by letter. For the engine alone.';

create function oblivion.stages_view(p_task oblivion.tasks, p_stages jsonb, p_planned int)
returns jsonb
language sql
immutable
set search_path = ''
as $$
  select jsonb_agg(jsonb_build_object(
           'type', coalesce(p_task.stages #>> array[g.stage::text, 'type'], p_task.type),
           'program', coalesce(p_task.stages #> array[g.stage::text, 'program'], p_task.program),
           'counts', oblivion.letter_counts(p_stages -> g.stage -> 'letters', p_task.chunk_count - p_planned,
             p_task.finished_at is not null))
           order by g.stage)
    from generate_series(0, p_task.stage_count - 1) as g (stage)
$$;
comment on function oblivion.stages_view(oblivion.tasks, jsonb, int) is
  'The stages of a pipeline with how far each is, out of its tally. For the engine alone.';

create function oblivion.task_view(p_task oblivion.tasks, p_chunks boolean)
returns jsonb
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_tally oblivion.task_tallies := oblivion.tally(p_task);
  v_ended boolean := p_task.finished_at is not null;
  -- At a fixed price all receipts are alike.
  v_spent bigint := coalesce(v_tally.spent, p_task.price_per_chunk * (
    select sum((g.stage ->> 'paid')::bigint) from jsonb_array_elements(v_tally.stages) as g (stage)));
begin
  return jsonb_build_object(
    'taskId', p_task.id,
    'title', p_task.title,
    'type', p_task.type,
    'status', p_task.status,
    'pausedReason', p_task.paused_reason,
    'program', p_task.program,
    'createdAt', p_task.created_at,
    'finishedAt', p_task.finished_at,
    'chunkCount', p_task.chunk_count,
    'asOf', now(),
    'countedAt', v_tally.counted_at,
    'plannedCount', v_tally.planned,
    'counts', oblivion.letter_counts(v_tally.letters, p_task.chunk_count - v_tally.planned, v_ended),
    'asset', p_task.asset,
    'budget', p_task.budget::text,
    'spent', v_spent::text,
    'held', (
      select oblivion.balance_of(a.id)::text
        from oblivion.accounts a
       where a.kind = 'task_hold' and a.asset = p_task.asset and a.instance_id = p_task.instance_id
         and a.owner_id is null and a.task_id = p_task.id),
    'pricePerChunk', p_task.price_per_chunk::text,
    'metered', p_task.metered,
    'feeBps', p_task.fee_bps,
    'terms', oblivion.task_terms(p_task),
    'stages', case when p_task.stages is not null then oblivion.stages_view(p_task, v_tally.stages, v_tally.planned) end,
    'needs', jsonb_build_object(
      'capabilities', p_task.capabilities,
      'workerTypes', p_task.worker_types,
      'maxPricePerHour', p_task.max_price_per_hour::text),
    'mine', true)
    || case when p_chunks then jsonb_build_object(
         'forecast', oblivion.task_forecast(p_task, v_tally.stages, v_spent),
         'chunks', rpad(v_tally.chunks, p_task.chunk_count, case when v_ended then 'x' else 'b' end)) else '{}' end;
end
$$;
comment on function oblivion.task_view(oblivion.tasks, boolean) is 'A task as its customer sees it. For the engine alone.';

create function public.get_task(p_task_id uuid)
returns jsonb
language sql
security definer
set search_path = ''
as $$
  select oblivion.task_view(oblivion.require_task(p_task_id, 'read'), true)
$$;
comment on function public.get_task(uuid) is
  'A task of the caller''s with the state of each chunk, one letter by index: b p r c f x; counted at countedAt, which lies before asOf, the time of the answer, where a task is large. OB001, OB008, OB030, OB031.';

create function public.list_tasks(p_limit int default 50)
returns jsonb
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_wallet text := oblivion.require_wallet('read');
begin
  if p_limit is null or p_limit not between 1 and 100 then
    perform oblivion.raise_error('OB005', 'p_limit is 1 to 100.', null, jsonb_build_object('field', 'p_limit', 'reason', 'range'));
  end if;
  return (
    select coalesce(jsonb_agg(oblivion.task_view(l.task, false) order by (l.task).created_at desc), '[]')
      from (
        select t as task
          from oblivion.tasks t
          join oblivion.owners o on o.id = t.owner_id
         where o.address = v_wallet
         order by t.created_at desc
         limit p_limit) l);
end
$$;
comment on function public.list_tasks(int) is 'The caller''s tasks, newest first. OB001, OB005, OB030, OB031.';

create function public.task_inputs(p_task_id uuid, p_after int default -1, p_limit int default 100)
returns jsonb
language plpgsql
stable
security definer
set search_path = ''
as $$
declare
  v_task oblivion.tasks := oblivion.require_task(p_task_id, 'read');
  v_first bigint := coalesce(p_after, -1)::bigint + 1;
  v_last bigint;
  v_inputs jsonb;
begin
  if p_limit is null or p_limit not between 1 and 100 then
    perform oblivion.raise_error('OB005', 'At most 100 inputs a call.', 'Page with p_after.',
      jsonb_build_object('field', 'p_limit', 'reason', 'range'));
  end if;
  v_last := v_first + p_limit - 1;
  select coalesce(jsonb_agg(jsonb_build_object('chunkIndex', i.place, 'input', i.input) order by i.place), '[]')
    into v_inputs
    from (
      select c.chunk_index as place, c.input
        from oblivion.chunks c
       where c.task_id = v_task.id
         and c.chunk_index between v_first and v_last
      union all
      -- What has no rows yet; of the parts, those alone that hold a piece of this page.
      select p.first_index + r.place, r.input
        from oblivion.plan_parts p
       cross join lateral oblivion.part_inputs(p.inputs) r
       where p.task_id = v_task.id
         and p.first_index <= v_last
         and p.first_index >= coalesce((
               select max(q.first_index) from oblivion.plan_parts q
                where q.task_id = v_task.id and q.first_index <= v_first), 0)
         and p.first_index + r.place between v_first and v_last) i;
  return jsonb_build_object(
    'inputs', v_inputs,
    'next', case when jsonb_array_length(v_inputs) = p_limit and v_last < v_task.chunk_count - 1 then v_last end);
end
$$;
comment on function public.task_inputs(uuid, int, int) is
  'The inputs of a task of the caller''s, by chunk index after p_after: what its customer posted, read back. A large one is {"$stored": hash} and lies in Storage as oblivion-inputs/<the wallet''s address>/<hash>. What a cancelled task had not planned yet is not kept. `next` is the p_after of the next page, or null. OB001, OB005, OB008, OB030, OB031.';

create function oblivion.result_chunks(p_task oblivion.tasks, p_stage int, p_after int, p_limit int)
returns int[]
language plpgsql
stable
security definer
set search_path = ''
as $$
begin
  if not oblivion.is_special(p_task) then
    return array(
      select j.chunk_index from public.jobs j
       where j.task_id = p_task.id and j.chunk_index > p_after and j.status = 'completed'
       order by j.chunk_index limit p_limit);
  end if;
  return array(
    select u.chunk_index
      from (
        (select e.chunk_index from oblivion.stage_ends e
          where e.task_id = p_task.id and e.stage = p_stage and e.chunk_index > p_after
          order by e.chunk_index limit p_limit)
        union
        -- Of a cancelled task: what was paid and will never be judged.
        (select distinct j.chunk_index from public.jobs j
          where p_task.finished_at is not null and j.task_id = p_task.id and j.chunk_index > p_after
            and j.status = 'completed'
          order by j.chunk_index limit p_limit)) u
     order by u.chunk_index
     limit p_limit);
end
$$;
comment on function oblivion.result_chunks(oblivion.tasks, int, int, int) is
  'The next chunks of a task, by index, that may have results to show. For the engine alone.';

create function oblivion.shown_results(p_task oblivion.tasks, p_stage int, p_chunks int[])
returns setof oblivion.results
language sql
stable
security definer
set search_path = ''
as $$
  select (w.result).*
    from (
      select r as result, e.outcome, e.result_hash = r.result_hash as agrees,
             row_number() over (partition by r.chunk_index, r.result_hash order by r.accepted_at, r.job_id) as place
        from public.jobs j
        join oblivion.results r on r.job_id = j.id
        left join lateral (
          select d.outcome, d.result_hash from oblivion.stage_ends d
           where d.task_id = j.task_id and d.chunk_index = j.chunk_index and d.stage = j.stage
          offset 0) e on true
       where j.task_id = p_task.id
         and j.chunk_index = any (p_chunks)
         and j.stage = p_stage
         -- Nothing of a chunk before its stage has ended, or can get no other result any more (T8).
         and (not oblivion.is_special(p_task)
           or e.outcome is not null
           or not exists (
                select from public.jobs o
                 where o.task_id = j.task_id and o.chunk_index = j.chunk_index and o.stage = j.stage
                   and o.status in ('blocked', 'pending', 'processing')))) w
   where w.outcome is distinct from 'accepted'
      or w.agrees and w.place = 1
$$;
comment on function oblivion.shown_results(oblivion.tasks, int, int[]) is
  'The results that a customer may see: the accepted one of each chunk, or where its replicas disagree all that were paid. The only door to results. For the engine alone.';

create function public.task_results(
  p_task_id uuid,
  p_after int default -1,
  p_limit int default 100,
  p_chunks int[] default null,
  p_stage int default null
)
returns jsonb
language plpgsql
stable
security definer
set search_path = ''
as $$
declare
  v_task oblivion.tasks := oblivion.require_task(p_task_id, 'read');
  v_stage int := coalesce(p_stage, v_task.stage_count - 1);
  v_chunks int[] := p_chunks;
  v_results jsonb;
begin
  if p_limit is null or p_limit not between 1 and 100 or cardinality(p_chunks) > 100 then
    perform oblivion.raise_error('OB005', 'At most 100 results a call.', 'Page with p_after.',
      jsonb_build_object('field', 'p_limit', 'reason', 'range'));
  elsif v_stage not between 0 and v_task.stage_count - 1 then
    perform oblivion.raise_error('OB005', format('The task has the stages 0 to %s.', v_task.stage_count - 1), null,
      jsonb_build_object('field', 'p_stage', 'reason', 'range'));
  end if;
  if v_chunks is null then
    v_chunks := oblivion.result_chunks(v_task, v_stage, coalesce(p_after, -1), p_limit);
  end if;
  select coalesce(jsonb_agg(jsonb_build_object(
           'chunkIndex', r.chunk_index,
           'input', c.input,
           'result', r.canonical::jsonb,
           'resultHash', r.result_hash,
           -- Where the result is null and lies in Storage as oblivion-results/results/<resultHash>.
           'storedBytes', s.bytes,
           'verdict', r.verdict,
           'provider', j.provider_address,
           'attempt', r.attempt,
           'acceptedAt', r.accepted_at,
           'reward', (p.price - p.fee)::text) order by r.chunk_index, r.accepted_at, r.job_id), '[]')
    into v_results
    from oblivion.shown_results(v_task, v_stage, v_chunks) r
    join oblivion.chunks c on c.task_id = r.task_id and c.chunk_index = r.chunk_index
    join public.jobs j on j.id = r.job_id
    join oblivion.receipts p on p.task_id = r.task_id and p.job_id = r.job_id
    left join oblivion.stored_results s on s.job_id = r.job_id;
  return jsonb_build_object(
    'results', v_results,
    'next', case when p_chunks is null and cardinality(v_chunks) = p_limit then v_chunks[p_limit] end);
end
$$;
comment on function public.task_results(uuid, int, int, int[], int) is
  'Results of a task of the caller''s by chunk index: after p_after, or of p_chunks; of its last stage, or of p_stage. One a chunk, with its verdict: unchecked without replicas, valid where the quorum agrees; all that were paid, inconclusive, where it does not. `next` is the p_after of the next page, or null. OB001, OB005, OB008, OB030, OB031.';

reset all;

-- 20261124001205_task_control.sql

-- What a customer does with a task of its own: cancel, pause, resume.

create function oblivion.end_task(p_task_id uuid)
returns bigint
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_limit int := (select s.chunks_per_part from oblivion.settings s);
  v_timeout text := current_setting('lock_timeout');
  v_task oblivion.tasks;
begin
  -- Before any row: pausing takes the task's row first, this function the jobs' rows.
  perform pg_advisory_xact_lock(oblivion.lock_key('control', p_task_id::text));
  -- Waits for the rows of claims in flight: each is either dropped here, or runs and keeps its price. A task of more jobs
  -- than one tick moves is closed by its state first, and gets the money of the rest back as they are dropped.
  -- What runs learns of it at its next heartbeat; if its result comes first, it is paid (M12). Twice: a job that was
  -- given back in between is neither pending for the first nor processing for the second statement.
  -- Who has one of these rows may wait for another that is locked here (choose.sql): so it waits a moment at a time, and
  -- lets go of all of them in between. After some seconds the rest is left to the ticks; the state closes it to every claim.
  for v_try in 1..20 loop
    begin
      perform set_config('lock_timeout', '200ms', true);
      for v_pass in 1..2 loop
        perform oblivion.move_waiting_jobs(p_task_id, array['blocked', 'pending'], 'cancelled', v_limit, true);
        update public.jobs j
           set cancel_requested = true
         where j.id in (
                 select p.id
                   from public.jobs p
                  where p.task_id = p_task_id
                    and p.status = 'processing'
                    and not p.cancel_requested
                  order by p.id
                    for no key update);
      end loop;
      perform set_config('lock_timeout', v_timeout, true);
      exit;
    exception when lock_not_available then
      null;
    end;
  end loop;
  update oblivion.tasks t
     set status = 'cancelled',
         paused_reason = null,
         finished_at = now()
   where t.id = p_task_id
     and t.status in ('running', 'paused')
  returning t.* into v_task;
  if not found then
    return 0;
  end if;
  delete from oblivion.plan_parts p where p.task_id = p_task_id;
  if exists (
    select from public.jobs j where j.task_id = p_task_id and j.status in ('blocked', 'pending')) then
    insert into oblivion.moving_tasks (task_id) values (p_task_id) on conflict do nothing;
  end if;
  return oblivion.refund_hold(v_task);
end
$$;
comment on function oblivion.end_task(uuid) is
  'Cancels a running or paused task and frees the money of all that is not in work; answers how much. For the engine alone.';

create function public.cancel_task(p_task_id uuid)
returns jsonb
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_task oblivion.tasks := oblivion.require_task(p_task_id, 'tasks');
  v_refunded bigint := 0;
begin
  if v_task.status in ('running', 'paused') then
    v_refunded := oblivion.end_task(p_task_id);
    v_task := oblivion.require_task(p_task_id, 'tasks');
  end if;
  return jsonb_build_object('status', v_task.status, 'refunded', v_refunded::text);
end
$$;
comment on function public.cancel_task(uuid) is
  'Ends a running or paused task: open chunks are dropped and their money is free again (of more than some 10,000 the rest follows within seconds); running ones are paid if they finish first. By an API key with the scope tasks: of what it posted itself. OB001, OB008, OB030, OB031.';

create function oblivion.set_paused(p_task oblivion.tasks, p_paused boolean, p_reason text default 'customer')
returns text
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_from text := case when p_paused then 'running' else 'paused' end;
  v_to text := case when p_paused then 'paused' else 'running' end;
  v_task oblivion.tasks;
  v_status text;
begin
  perform pg_advisory_xact_lock(oblivion.lock_key('control', p_task.id::text));
  -- The task's row before its jobs: whoever gives a job back shares this lock, so each comes back either before, and is
  -- seen below, or after, and then as its task is by now.
  update oblivion.tasks t
     set status = v_to,
         paused_reason = case when p_paused then p_reason end,
         resumed_at = case when p_paused then t.resumed_at else now() end
   where t.id = p_task.id
     and t.status = v_from
  returning t.* into v_task;
  if found then
    -- Out of the claim index, or into it again. What runs goes on, ends and is paid; the hold stays.
    perform oblivion.move_jobs(v_task);
  end if;
  select t.status into v_status from oblivion.tasks t where t.id = p_task.id;
  return v_status;
end
$$;
comment on function oblivion.set_paused(oblivion.tasks, boolean, text) is
  'Moves a task between running and paused, and its waiting jobs between pending and blocked; a task that has ended stays. Answers its status. For the engine alone.';

create function oblivion.set_all_paused(p_task_ids uuid[], p_paused boolean, p_reason text default 'customer')
returns int
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_task oblivion.tasks;
  v_count int := 0;
begin
  -- All their control locks before the first row: whoever has one of these waits for rows of its task.
  perform pg_advisory_xact_lock(oblivion.lock_key('control', x.id::text))
    from (select u.id from unnest(p_task_ids) as u (id) order by u.id) x;
  for v_task in
    select t.* from oblivion.tasks t where t.id = any (p_task_ids) order by t.id
  loop
    perform oblivion.set_paused(v_task, p_paused, p_reason);
    v_count := v_count + 1;
  end loop;
  return v_count;
end
$$;
comment on function oblivion.set_all_paused(uuid[], boolean, text) is
  'set_paused() of several tasks in the order of their ids; answers how many. For the engine alone.';

create function public.pause_task(p_task_id uuid)
returns jsonb
language sql
security definer
set search_path = ''
as $$
  select jsonb_build_object('status', oblivion.set_paused(oblivion.require_task(p_task_id, 'tasks'), true))
$$;
comment on function public.pause_task(uuid) is
  'Keeps nodes from claiming more of a task of the caller''s: its running chunks end and are paid, its budget stays held. Answers {status}, which is not paused where the task has ended. Safe to repeat. By an API key as cancel_task. OB001, OB008, OB030, OB031.';

create function public.resume_task(p_task_id uuid)
returns jsonb
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_task oblivion.tasks := oblivion.require_task(p_task_id, 'tasks');
  v_exit bigint := oblivion.exit_of(v_task.instance_id, v_task.owner_id);
begin
  if v_exit > 0 and v_task.asset = 'chain' and v_task.status = 'paused' then
    perform oblivion.raise_error('OB095', 'You have asked to withdraw from the contract, so no new work is begun.',
      'Withdraw, or cancel the withdrawal, on the Wallet page.', jsonb_build_object('exiting', v_exit::text));
  end if;
  if v_task.asset = 'chain' and v_task.status = 'paused' and oblivion.is_halted(v_task.instance_id) then
    perform oblivion.raise_error('OB015', 'Settlement is halted, so nobody can be paid for more of this task now.',
      'What the halt itself has paused goes on by itself; try again later with the rest.',
      (select jsonb_build_object('reason', i.halted_reason)
         from oblivion.settlement_instances i
        where i.id = v_task.instance_id));
  end if;
  if v_task.status = 'paused' then
    perform oblivion.refuse_stopped(v_task.program_keys);
  end if;
  return jsonb_build_object('status', oblivion.set_paused(v_task, false));
end
$$;
comment on function public.resume_task(uuid) is
  'Lets nodes claim chunks of a paused task of the caller''s again. Answers {status}. Safe to repeat. By an API key as cancel_task. OB001, OB008, OB015, OB030, OB031, OB055, OB095.';

reset all;

-- 20261124001210_explain_claim.sql

-- Why a node gets nothing, in one reason out of a closed set: the first of them that stands in its way.

-- What a call costs has a bound whatever waits (A16): it looks at ten thousand running tasks for a thousand that have a job
-- waiting, of each that is capped at as many jobs as may be in work at once, and then at some hundred jobs of them all. It
-- sorts no queue, names at most 20 of what was wanted, and keeps one plan of each statement, which would else be planned
-- anew in each call and cost more than what it does.

create function oblivion.jobs_to_explain(p_task_ids uuid[])
returns table (
  id uuid, task_id uuid, chunk_index int, stage smallint, due boolean, available_at timestamptz, offered_to bigint,
  offered_until timestamptz, attempt int, excluded_owner_id bigint)
language sql
stable
begin atomic
  -- The head of the queue, as a claim sees it; then of each task the same part of 300, also of what was tried or is not due. Read row by row, so whoever has seen enough stops.
  select h.id, h.task_id, h.chunk_index, h.stage, true, h.available_at, h.offered_to, h.offered_until, h.attempt, null::bigint
    from (
      select j.*
        from public.jobs j
       where j.status = 'pending'
         and j.due
         and j.excluded_owner_id is null
       order by (- j.priority), j.created_at, j.task_id, j.seq
       limit 300) h
   where h.task_id = any (p_task_ids)
  union all
  select w.id, w.task_id, w.chunk_index, w.stage, w.due or w.available_at <= now(), w.available_at, w.offered_to,
         w.offered_until, w.attempt, w.excluded_owner_id
    from unnest(p_task_ids) t
   cross join lateral (
           select j.*
             from public.jobs j
            where j.task_id = t
              and j.status = 'pending'
            limit 1 + 300 / cardinality(p_task_ids)) w;
end;
comment on function oblivion.jobs_to_explain(uuid[]) is
  'Jobs that wait of these tasks: those among the first 300 in the order of claims, and then some of each task, 300 in all or one of each; one may come twice. Inlined. For the engine alone.';

create function oblivion.claim_obstacle(p_node public.nodes, out reason text, out sentence text, out facts jsonb)
language plpgsql
stable
security definer
set search_path = ''
set plan_cache_mode = force_generic_plan
set enable_seqscan = off
set enable_bitmapscan = off
set jit = off
as $$
declare
  v_owner oblivion.owners;
  v_settings oblivion.settings;
  -- Tasks that have a job waiting; of others than this node's owner; that suit it; whose bucket has a place.
  v_waiting int;
  v_foreign uuid[];
  v_suiting uuid[];
  v_ids uuid[];
  v_seen record;
  v_cluster bigint := oblivion.cluster_of(p_node);
  v_until timestamptz;
  v_patience interval;
begin
  facts := '{}';
  select o.* into v_owner from oblivion.owners o where o.id = p_node.owner_id;
  select s.* into v_settings from oblivion.settings s where s.id;
  if not oblivion.is_online(p_node.last_seen, p_node.next_poll_at) then
    reason := 'not_online';
    sentence := 'This node is not online: it has not asked for work lately.';
    facts := jsonb_build_object('lastSeen', p_node.last_seen, 'hardwareId', p_node.hardware_id);
    return;
  elsif p_node.current_jobs >= p_node.max_jobs then
    reason := 'node_full';
    sentence := format('This node holds %s of at most %s jobs.', p_node.current_jobs, p_node.max_jobs);
    facts := jsonb_build_object('currentJobs', p_node.current_jobs, 'maxJobs', p_node.max_jobs);
    return;
  elsif greatest(v_owner.accepted_count, v_owner.proven_count) < v_settings.proven_after
    and p_node.raised_max_jobs is null
    and exists (select from public.nodes n where n.owner_id = v_owner.id and n.current_jobs > 0) then
    reason := 'owner_on_probation';
    sentence := format('Until %s of its results are accepted, all nodes of this wallet together hold one job, and another has it.',
      v_settings.proven_after);
    facts := jsonb_build_object('accepted', v_owner.accepted_count, 'needed', v_settings.proven_after);
    return;
  elsif v_owner.claims_from > now() and oblivion.others_can_work(v_owner.id) then
    reason := 'budget_spent';
    sentence := 'This wallet''s nodes failed, released or lost too many jobs of late, so others go first for a while.';
    facts := jsonb_build_object('until', v_owner.claims_from);
    return;
  elsif v_owner.held_up then
    reason := 'results_unread';
    sentence := format('%s of this wallet%s delivered and not yet read by the network. It gets jobs again once some are, and is paid for them.',
      case v_owner.unread when 1 then 'One result' else v_owner.unread || ' results' end,
      case v_owner.unread when 1 then ' is' else ' are' end);
    facts := jsonb_build_object('unread', v_owner.unread);
    return;
  end if;

  -- A thousand tasks are enough to tell what is the matter. Their rows stay where they are: as values they would bring
  -- each its program.
  select count(*),
         array_agg(w.id) filter (where w.owner_id <> p_node.owner_id),
         array_agg(w.id) filter (where w.owner_id <> p_node.owner_id and w.mismatch is null),
         array_agg(w.id) filter (where w.owner_id <> p_node.owner_id and w.mismatch is null and (
           w.max_concurrent_chunks is null or w.max_concurrent_chunks > (
             select count(*)
               from (
                 select from public.jobs j
                  where j.task_id = w.id and j.status = 'processing'
                  limit w.max_concurrent_chunks) c))),
         mode() within group (order by w.mismatch) filter (where w.owner_id <> p_node.owner_id)
    into v_waiting, v_foreign, v_suiting, v_ids, reason
    from (
      select t.id, t.owner_id, t.max_concurrent_chunks,
             -- A plain task suits every node that is no site's.
             case when not (t.plain and p_node.programs is null and p_node.site_owner_id is null) then
               oblivion.mismatch(t, p_node) end as mismatch
        from (
          select r.id
            from (select x.id, x.priority, x.created_at from oblivion.tasks x where x.status = 'running' limit 10000) r
           where exists (select from public.jobs j where j.task_id = r.id and j.status = 'pending' offset 0)
           order by r.priority desc, r.created_at
           limit 1000) f
        join oblivion.tasks t on t.id = f.id
      -- Asked once of each, not once for each place above.
      offset 0) w;
  if v_waiting = 0 then
    reason := 'no_pending_jobs';
    sentence := 'No job is waiting at the moment.';
    return;
  elsif v_foreign is null then
    reason := 'own_tasks_only';
    sentence := 'Only tasks of this wallet are waiting, and nobody computes for itself.';
    return;
  elsif v_suiting is null then
    -- The commonest of the mismatches.
    if reason = 'worker_type' then
      reason := 'other_worker_type';
      sentence := format('The tasks that wait are not for nodes of type %s.', p_node.worker_type);
      facts := jsonb_build_object('workerType', p_node.worker_type, 'wanted', (
        select jsonb_agg(d.w order by d.w)
          from (
            select distinct w
              from oblivion.tasks t, unnest(t.worker_types) w
             where t.id = any (v_foreign)
             limit 20) d));
    elsif reason = 'capability' then
      reason := 'missing_capability';
      sentence := 'The tasks that wait need a capability that this node does not have.';
      facts := jsonb_build_object('wanted', (
        select jsonb_agg(d.c order by d.c)
          from (
            select distinct c
              from oblivion.tasks t, unnest(t.capabilities) c
             where t.id = any (v_foreign)
             limit 20) d));
    elsif reason = 'own_site' then
      reason := 'own_tasks_only';
      sentence := 'Only tasks of this site''s owner are waiting, and its visitors do not compute for it.';
    elsif reason = 'program' then
      reason := 'program_not_allowed';
      sentence := case when p_node.site_id is null
        then 'The tasks that wait need programs that this node does not have: a Python node has built-in ones alone.'
        else 'The tasks that wait need programs that this site does not let its visitors run.' end;
      facts := jsonb_build_object('allowed', to_jsonb(p_node.programs));
    else
      reason := 'price_too_high';
      sentence := 'The tasks that wait pay less per hour than this node asks.';
      facts := jsonb_build_object('pricePerHour', p_node.price_per_hour::text, 'highest', (
        select max(t.max_price_per_hour)::text from oblivion.tasks t where t.id = any (v_foreign)));
    end if;
    return;
  end if;

  if v_ids is null then
    reason := 'buckets_full';
    sentence := 'Every task that waits has as many chunks in work as its customer allows at once.';
    return;
  end if;

  -- The first that nothing stands in the way of is enough.
  if not exists (
    select
      from oblivion.jobs_to_explain(v_ids) j
     where j.due
       and (j.offered_until is null or j.offered_until <= now() or j.offered_to = p_node.owner_id)
       and (j.excluded_owner_id is null or j.attempt = 0)
       and not exists (
             select from oblivion.replica_owners r
              where r.task_id = j.task_id and r.chunk_index = j.chunk_index and r.stage = j.stage
                and r.cluster_id = v_cluster
             -- By its key, job by job: as a join the plan that is kept might read them all.
             offset 0))
  then
    select bool_or(w.due) as due, bool_or(w.due and w.free) as free, bool_or(w.due and w.free and not w.has_replica) as other,
           min(w.available_at) as available_at, min(w.offered_until) filter (where w.due) as offered_until,
           -- A hundred of those that others tried, and of its own: each costs a look around.
           (array_agg(w.id) filter (where w.due and w.free and not w.has_replica and w.excluded_owner_id <> p_node.owner_id))[:100]
             || (array_agg(w.id) filter (where w.due and w.free and not w.has_replica and w.excluded_owner_id = p_node.owner_id))[:100]
             as tried
      into v_seen
      from (
        select j.*,
               j.offered_until is null or j.offered_until <= now() or j.offered_to = p_node.owner_id as free,
               j.due and exists (
                 select from oblivion.replica_owners r
                  where r.task_id = j.task_id and r.chunk_index = j.chunk_index and r.stage = j.stage
                    and r.cluster_id = v_cluster
                 offset 0) as has_replica
          from oblivion.jobs_to_explain(v_ids) j
        offset 0) w;
    -- All of them were taken since.
    if v_seen.due is null then
      reason := 'no_pending_jobs';
      sentence := 'No job is waiting at the moment.';
      return;
    elsif not v_seen.due then
      reason := 'not_due_yet';
      sentence := 'The jobs that wait have failed before and are given out again a little later.';
      facts := jsonb_build_object('until', v_seen.available_at);
      return;
    elsif not v_seen.free then
      reason := 'offered_to_others';
      sentence := 'The jobs that wait are offered to others for a moment.';
      facts := jsonb_build_object('until', v_seen.offered_until);
      return;
    elsif not v_seen.other then
      reason := 'has_replica';
      sentence := 'This wallet has its part of every chunk that waits: the other replicas are for other owners.';
      return;
    elsif not exists (select from unnest(v_seen.tried) j where oblivion.may_retry(j, p_node)) then
      reason := 'tried_before';
      sentence := 'Every job that waits was tried before, by this wallet or by others, and somebody online goes first with it for two minutes at most.';
      return;
    end if;
  end if;

  select oblivion.patience(p_node, w)
    into v_patience
    from oblivion.waiting_room w
   where w.id
     and w.expires_at > now();
  if v_patience > '0' then
    -- When the first of them is old enough for this node; at once where one is offered to it, or was tried before.
    select min(case
             when j.offered_to = p_node.owner_id and j.offered_until > now() or j.excluded_owner_id is not null then now()
             else greatest(j.available_at, j.offered_until) + v_patience end)
      into v_until
      from oblivion.jobs_to_explain(v_ids) j
     where j.due;
    if v_until > now() then
      reason := 'yielding';
      sentence := 'Work is scarce, and others wait who have had less of it lately: they go first for a moment.';
      facts := jsonb_build_object('until', v_until);
      return;
    end if;
  end if;

  reason := 'job_waiting';
  sentence := 'Nothing stands in the way: a job is waiting for this node''s next call.';
end
$$;
comment on function oblivion.claim_obstacle(public.nodes) is
  'The first reason why a node would get nothing now, in the order in which a claim looks. For the engine alone.';

create function public.explain_claim(p_node_id uuid)
returns jsonb
language sql
stable
security definer
set search_path = ''
as $$
  select jsonb_build_object('reason', c.reason, 'sentence', c.sentence, 'values', c.facts)
    from oblivion.claim_obstacle(oblivion.require_node(p_node_id)) c
$$;
comment on function public.explain_claim(uuid) is
  'Why a node of the caller''s gets nothing: {reason, sentence, values}. Reasons: not_online, node_full, owner_on_probation, budget_spent, results_unread, no_pending_jobs, own_tasks_only, program_not_allowed, other_worker_type, missing_capability, price_too_high, buckets_full, not_due_yet, offered_to_others, has_replica, tried_before, yielding, job_waiting. Takes nothing and is no sign of life. OB001, OB003, OB004.';

reset all;

-- 20261124001220_forecast.sql

-- When a task will be done and what it will have cost, from its own chunks so far (its pilots), with a band.

create function oblivion.open_work(p_task oblivion.tasks, p_stages jsonb)
returns table (stage int, jobs bigint, chunks bigint, ended bigint, paid bigint)
language sql
immutable
set search_path = ''
as $$
  select g.stage,
         p_task.chunk_count::bigint * p_task.replicas - (w.stage ->> 'ended')::bigint,
         p_task.chunk_count - (w.stage ->> 'decided')::bigint,
         (w.stage ->> 'decided')::bigint,
         (w.stage ->> 'paid')::bigint
    from generate_series(0, p_task.stage_count - 1) as g (stage)
   cross join lateral (select p_stages -> g.stage as stage) w
$$;
comment on function oblivion.open_work(oblivion.tasks, jsonb) is
  'For each stage of a task, out of its tally: jobs and chunks still to do, chunks that ended, jobs that were paid. For the engine alone.';

create function oblivion.task_forecast(p_task oblivion.tasks, p_stages jsonb, p_spent bigint)
returns jsonb
language plpgsql
stable
security definer
set search_path = ''
as $$
declare
  v_sample record;
  v_cost record;
  v_now int;
  v_work float8;
  v_error float8;
  v_times jsonb;
begin
  if p_task.finished_at is not null then
    return null;
  end if;
  -- The last 200 accepted jobs, by when they came.
  select count(*) as count,
         avg(d.seconds) as mean,
         coalesce(stddev_samp(d.seconds), 0) as deviation,
         sum(d.seconds) / greatest(1, extract(epoch from max(d.finished_at) - min(d.started_at)))::float8 as at_once,
         max(d.finished_at) as latest,
         percentile_disc(0.1) within group (order by d.price) as low_price,
         avg(d.price) as mean_price
    into v_sample
    from (
      select j.started_at, j.finished_at, p.price, greatest(0.001, extract(epoch from j.finished_at - j.started_at))::float8 as seconds
        from (
          select r.job_id
            from oblivion.results r
           where r.task_id = p_task.id
           order by r.accepted_at desc
           limit 200) r
        join public.jobs j on j.id = r.job_id
        join oblivion.receipts p on p.task_id = p_task.id and p.job_id = r.job_id) d;
  if v_sample.count < 3 then
    return null;
  end if;
  select sum(w.jobs) as jobs, sum(w.chunks) as chunks,
         sum(w.paid)::numeric as paid,
         sum(w.paid)::numeric / greatest(1, sum(w.ended)) as per_chunk
    into v_cost
    from oblivion.open_work(p_task, p_stages) w;

  if p_task.status = 'running' then
    select count(*) into v_now from public.jobs j where j.task_id = p_task.id and j.status = 'processing';
    if v_now > 0 or v_sample.latest > now() - interval '5 minutes' then
      v_work := least(v_cost.jobs, v_cost.chunks * greatest(v_cost.per_chunk, 1)) * v_sample.mean;
      -- How far the mean of so few chunks may be off (80 %), and more than that while they are very few.
      v_error := least(0.9, 1.28 * v_sample.deviation / v_sample.mean / sqrt(v_sample.count) + 1.0 / v_sample.count);
      v_times := jsonb_build_object(
        'earliest', now() + make_interval(secs => v_work * (1 - v_error) / greatest(v_sample.at_once, v_now)),
        'likely', now() + make_interval(secs => v_work / greatest(v_sample.at_once, 0.01)),
        'latest', now() + make_interval(secs =>
          v_work * (1 + v_error) / greatest(0.01, least(v_sample.at_once, greatest(v_now, 1)))));
    end if;
  end if;
  return jsonb_build_object(
    'pilots', v_sample.count,
    'secondsPerChunk', round(v_sample.mean::numeric, 3),
    'finish', v_times,
    'cost', jsonb_build_object(
      -- At a fixed price all three prices are that one; where it is metered, what the pilots were paid, and the cap.
      'low', (p_spent + least(v_sample.low_price, floor(v_sample.mean_price)) * floor(v_cost.chunks * least(v_cost.per_chunk, p_task.quorum)))::text,
      'likely', (p_spent + round(v_sample.mean_price * least(v_cost.jobs, round(v_cost.chunks * v_cost.per_chunk))))::text,
      'high', (p_spent + p_task.price_per_chunk * v_cost.jobs)::text));
end
$$;
comment on function oblivion.task_forecast(oblivion.tasks, jsonb, bigint) is
  'What a task that has not ended will cost and when it will be done, from its last 200 results: {pilots, secondsPerChunk, finish: {earliest, likely, latest} | null, cost: {low, likely, high}}; null before three results. `finish` is null while nobody works on it. For the engine alone.';

reset all;

-- 20261124001230_stop_programs.sql

-- Programs that must not run: stopped by an operator's hand (A8), or because they killed the sandboxes of nodes whose word
-- counts (T3). A stopped program is claimed by nobody; who runs it is told so by the next heartbeat, 15 s later at most.

create table oblivion.stopped_programs (
  -- A built-in's name, or sha256:<hash>.
  program_key text primary key check (length(program_key) between 1 and 200),
  reason text not null check (length(reason) between 1 and 200),
  stopped_at timestamptz not null default now()
);
comment on table oblivion.stopped_programs is 'Programs that nobody may run until an operator allows them again.';

create table oblivion.program_deaths (
  program_key text not null,
  owner_id bigint not null references oblivion.owners,
  operator boolean not null,
  job_id uuid not null,
  died_at timestamptz not null default now(),
  primary key (program_key, owner_id)
);
comment on table oblivion.program_deaths is
  'Which established owners'' sandboxes a program has killed: one word for each owner, the latest. Strangers have none (T3).';

create function oblivion.stopped_program(p_program_keys text[])
returns oblivion.stopped_programs
language sql
stable
security definer
set search_path = ''
as $$
  select s from oblivion.stopped_programs s where s.program_key = any (p_program_keys) order by s.stopped_at limit 1
$$;
comment on function oblivion.stopped_program(text[]) is 'The first of these programs that was stopped, or null. For the engine alone.';

create function oblivion.refuse_stopped(p_program_keys text[])
returns void
language plpgsql
stable
security definer
set search_path = ''
as $$
declare
  v_stopped oblivion.stopped_programs := oblivion.stopped_program(p_program_keys);
begin
  if v_stopped.program_key is not null then
    perform oblivion.raise_error('OB055', 'This program was stopped, so no node may run it.',
      'Ask the operator why; post the task with another program, or cancel it to get its money back.',
      jsonb_build_object('program', v_stopped.program_key, 'reason', v_stopped.reason));
  end if;
end
$$;
comment on function oblivion.refuse_stopped(text[]) is 'OB055 where one of these programs was stopped. For the engine alone.';

create function oblivion.program_died(p_node_id uuid, p_job_id uuid)
returns void
language plpgsql
security definer
set search_path = ''
as $$
begin
  if not oblivion.is_established(p_node_id) then
    return;
  end if;
  insert into oblivion.program_deaths as d (program_key, owner_id, operator, job_id)
  select oblivion.program_key(coalesce(t.stages -> j.stage::int -> 'program', t.program)), n.owner_id, n.operator, j.id
    from public.jobs j
    join oblivion.tasks t on t.id = j.task_id
    join public.nodes n on n.id = p_node_id
   where j.id = p_job_id
  on conflict (program_key, owner_id) do update
    set operator = excluded.operator,
        job_id = excluded.job_id,
        died_at = excluded.died_at;
end
$$;
comment on function oblivion.program_died(uuid, uuid) is
  'A node reported that this job''s program killed its sandbox. For the engine alone.';

create function oblivion.stop_program(p_program_key text, p_reason text)
returns int
language plpgsql
security definer
set search_path = ''
as $$
begin
  if p_program_key is null or p_program_key !~ '^([a-z][a-z0-9_-]{0,99}|sha256:[0-9a-f]{64})$' then
    perform oblivion.raise_error('OB005', 'A program is named by its built-in name, or by sha256: and its hash.', null,
      jsonb_build_object('field', 'p_program_key', 'reason', 'shape'));
  end if;
  -- No task with it is being posted meanwhile: post_task shares this lock.
  perform pg_advisory_xact_lock(oblivion.lock_key('programs', 'stopped'));
  insert into oblivion.stopped_programs (program_key, reason)
  values (p_program_key, left(coalesce(nullif(p_reason, ''), 'stopped'), 200))
  on conflict (program_key) do nothing;
  return oblivion.set_all_paused(
    array(select t.id from oblivion.tasks t where t.status = 'running' and p_program_key = any (t.program_keys)),
    true, 'program_stopped');
end
$$;
comment on function oblivion.stop_program(text, text) is
  'The kill switch: nobody gets a job of this program any more, its tasks are paused, nodes drop it with their next heartbeat, new tasks with it are refused. Answers how many tasks. By the operator alone. OB005.';

create function oblivion.allow_program(p_program_key text)
returns int
language plpgsql
security definer
set search_path = ''
as $$
begin
  perform pg_advisory_xact_lock(oblivion.lock_key('programs', 'stopped'));
  delete from oblivion.stopped_programs s where s.program_key = p_program_key;
  -- What was said against it is answered: the next word counts from nothing.
  delete from oblivion.program_deaths d where d.program_key = p_program_key;
  return oblivion.set_all_paused(
    array(
      select t.id
        from oblivion.tasks t
       where t.status = 'paused'
         and t.paused_reason = 'program_stopped'
         and p_program_key = any (t.program_keys)
         and (oblivion.stopped_program(t.program_keys)).program_key is null),
    false);
end
$$;
comment on function oblivion.allow_program(text) is
  'Takes stop_program back: the tasks that it paused go on. Answers how many. By the operator alone.';

create function oblivion.quarantine_programs()
returns int
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_key text;
  v_count int := 0;
begin
  for v_key in
    select d.program_key
      from oblivion.program_deaths d
     cross join oblivion.settings s
     where d.died_at > now() - interval '1 day'
       and not exists (select from oblivion.stopped_programs p where p.program_key = d.program_key)
     group by d.program_key, s.quarantine_after
    having count(*) >= s.quarantine_after or bool_or(d.operator)
  loop
    perform oblivion.stop_program(v_key, 'It killed the sandboxes of nodes.');
    v_count := v_count + 1;
  end loop;
  -- A task that came back into work another way, as when its customer stays after all.
  if exists (select from oblivion.stopped_programs) then
    v_count := v_count + oblivion.set_all_paused(
      array(
        select t.id
          from oblivion.tasks t
         where t.status = 'running'
           and (oblivion.stopped_program(t.program_keys)).program_key is not null),
      true, 'program_stopped');
  end if;
  return v_count;
end
$$;
comment on function oblivion.quarantine_programs() is
  'Stops programs that killed the sandboxes of so many established owners within a day, or of an operator''s node. Part of a tick, and of a rescue pass from a heartbeat or a poll. For the engine alone.';

reset all;

-- 20261124001300_settlement.sql

-- Settlement: how the ledger and the contract agree. All of this is for the coordinator, over its own login (M8).

create table oblivion.chain_events (
  instance_id bigint not null references oblivion.settlement_instances,
  tx_hash text not null check (tx_hash ~ '^0x[0-9a-f]{64}$'),
  log_index int not null,
  block_number bigint not null,
  block_hash text not null,
  kind text not null check (kind in ('Deposited', 'Charged', 'Claimed', 'Withdrawn', 'ToppedUp', 'FeesCollected')),
  owner_id bigint not null references oblivion.owners,
  amount bigint not null check (amount > 0),
  cumulative bigint,
  fee bigint check (fee between 0 and amount),
  recorded_at timestamptz not null default now(),
  primary key (instance_id, tx_hash, log_index),
  check ((kind = 'Charged') = (cumulative is not null)),
  check ((kind = 'Charged') = (fee is not null))
);
create index on oblivion.chain_events (instance_id, owner_id, kind) include (amount);
create trigger refuse_change before update or delete on oblivion.chain_events
  for each row execute function oblivion.refuse_change();
create trigger refuse_truncate before truncate on oblivion.chain_events
  for each statement execute function oblivion.refuse_change();
comment on table oblivion.chain_events is 'Events of the contract up to its finalized block, each booked once: (instance, transaction, log index).';

create function oblivion.settlement_instance()
returns jsonb
language sql
stable
security definer
set search_path = ''
as $$
  select jsonb_build_object(
    'instanceId', i.id,
    'chainId', i.chain_id,
    'contractAddress', i.contract_address,
    'tokenAddress', i.token_address,
    'genesisHash', i.genesis_hash,
    'openedBlock', i.opened_block,
    'cursorBlock', i.cursor_block,
    'cursorHash', i.cursor_hash,
    'halted', i.halted_reason,
    'haltCause', i.halt_cause)
    from oblivion.open_instance() i
   where i.id is not null
$$;
comment on function oblivion.settlement_instance() is 'The open settlement instance, or null. For the coordinator.';

create function oblivion.open_settlement_instance(
  p_chain_id bigint,
  p_contract text,
  p_token text,
  p_genesis text,
  p_block bigint
)
returns bigint
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_id bigint;
  v_task uuid;
begin
  perform pg_advisory_xact_lock(oblivion.lock_key('settlement', 'instance'));
  select i.id
    into v_id
    from oblivion.settlement_instances i
   where i.chain_id = p_chain_id
     and i.contract_address = lower(p_contract)
     and i.genesis_hash = lower(p_genesis)
     and i.closed_at is null;
  if found then
    return v_id;
  end if;
  -- The same contract on the same genesis after it was closed would pay its totals twice.
  if exists (
    select
      from oblivion.settlement_instances i
     where i.chain_id = p_chain_id
       and i.contract_address = lower(p_contract)
       and i.genesis_hash = lower(p_genesis)) then
    perform oblivion.raise_error('OB016', 'This contract was settled with before and closed; it is never opened again.',
      'Deploy a new one.', jsonb_build_object('chainId', p_chain_id, 'contractAddress', lower(p_contract)));
  end if;
  -- Nobody works for money that no contract can pay any more.
  for v_task in
    select t.id
      from oblivion.tasks t
      join oblivion.settlement_instances i on i.id = t.instance_id
     where i.closed_at is null
       and t.status in ('running', 'paused')
  loop
    perform oblivion.end_task(v_task);
  end loop;
  update oblivion.settlement_instances i set closed_at = now() where i.closed_at is null;
  insert into oblivion.settlement_instances (
    chain_id, contract_address, token_address, genesis_hash, opened_block, cursor_block)
  values (p_chain_id, lower(p_contract), lower(p_token), lower(p_genesis), p_block, p_block - 1)
  returning id into v_id;
  -- Made now: two first results at once would wait for each other's.
  perform oblivion.account('platform_fees', 'chain', v_id);
  return v_id;
end
$$;
comment on function oblivion.open_settlement_instance(bigint, text, text, text, bigint) is
  'Opens the instance of a deployed contract and closes the one before, whose running tasks end; the same facts answer the same id. p_block is the block of deployment. OB016. For the coordinator.';

create function oblivion.require_instance(p_instance_id bigint, p_running boolean default true)
returns oblivion.settlement_instances
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_instance oblivion.settlement_instances;
begin
  -- One settling at a time: charges, vouchers and the cursor stand in line.
  perform pg_advisory_xact_lock(oblivion.lock_key('settlement', p_instance_id::text));
  v_instance := oblivion.open_instance();
  if v_instance.id is distinct from p_instance_id then
    perform oblivion.raise_error('OB016', 'This settlement instance is not the open one.', 'Read settlement_instance() again.',
      jsonb_build_object('instanceId', p_instance_id));
  elsif p_running and v_instance.halted_reason is not null then
    perform oblivion.raise_error('OB015', 'Settlement is halted.', 'Find the cause, then resume_settlement.',
      jsonb_build_object('reason', v_instance.halted_reason));
  end if;
  return v_instance;
end
$$;
comment on function oblivion.require_instance(bigint, boolean) is 'The open instance under its lock: OB015, OB016. For the engine alone.';

create function oblivion.halt_settlement(p_instance_id bigint, p_reason text, p_cause text default 'operator')
returns void
language plpgsql
security definer
set search_path = ''
as $$
begin
  perform oblivion.require_instance(p_instance_id, false);
  -- What an operator has stopped stays the operator's.
  update oblivion.settlement_instances i
     set halted_reason = left(p_reason, 500),
         halt_cause = p_cause
   where i.id = p_instance_id
     and (p_cause = 'operator' or i.halt_cause is distinct from 'operator');
end
$$;
comment on function oblivion.halt_settlement(bigint, text, text) is
  'Stops charges, vouchers and new tasks until resume_settlement; pause_halted stops the running ones. p_cause is books, chain, settler or operator. For the coordinator.';

create function oblivion.resume_settlement(p_instance_id bigint)
returns void
language plpgsql
security definer
set search_path = ''
as $$
begin
  perform oblivion.require_instance(p_instance_id, false);
  update oblivion.settlement_instances i set halted_reason = null, halt_cause = null where i.id = p_instance_id;
end
$$;
comment on function oblivion.resume_settlement(bigint) is
  'Undoes halt_settlement. The coordinator calls it itself once ledger and contract are equal again, but for an operator''s halt.';

create function oblivion.is_halted(p_instance_id bigint)
returns boolean
language sql
stable
security definer
set search_path = ''
as $$
  select exists (
    select from oblivion.settlement_instances i where i.id = p_instance_id and i.halted_reason is not null)
$$;
comment on function oblivion.is_halted(bigint) is 'Whether settlement is halted, whatever the cause. For the engine alone.';

create function oblivion.pause_halted(p_instance_id bigint)
returns int
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_halted boolean := oblivion.is_halted(p_instance_id);
begin
  -- A halt may last longer than an exit takes to ripen: what is accepted meanwhile its customer could withdraw (M3).
  return oblivion.set_all_paused(
    array(
      select x.id
        from (
          select t.id
            from oblivion.tasks t
           where v_halted
             and t.status = 'running'
             and t.instance_id = p_instance_id
             and t.asset = 'chain'
           union all
          select t.id
            from oblivion.tasks t
           where not v_halted
             and t.paused_reason = 'halted'
             and t.instance_id = p_instance_id
             and oblivion.exit_of(p_instance_id, t.owner_id) = 0) x
       order by x.id
       limit 1000),
    v_halted, 'halted');
end
$$;
comment on function oblivion.pause_halted(bigint) is
  'Pauses the tasks of real money while settlement is halted, whatever the cause, so that nobody claims what cannot be charged; resumes them once it goes on. What runs ends and is paid. Answers how many were moved; some may be left for the next call. For the coordinator.';

create function oblivion.release_holds(p_instance_id bigint, p_owner_id bigint, p_needed bigint)
returns void
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_free bigint := oblivion.account('customer_free', 'chain', p_instance_id, p_owner_id);
  v_tasks uuid[] := array(
    select t.id
      from oblivion.tasks t
     where t.owner_id = p_owner_id
       and t.instance_id = p_instance_id
       and t.asset = 'chain'
       and t.status in ('running', 'paused')
     order by t.id);
  v_task uuid;
begin
  -- All before the customer's lock, which ending the first takes: whoever cancels another has that one's and waits for it.
  perform pg_advisory_xact_lock(oblivion.lock_key('control', t.id::text)) from unnest(v_tasks) as t (id);
  foreach v_task in array v_tasks loop
    exit when oblivion.balance_of(v_free) >= p_needed;
    perform oblivion.end_task(v_task);
  end loop;
end
$$;
comment on function oblivion.release_holds(bigint, bigint, bigint) is
  'Ends tasks of a customer until its free balance covers what it withdrew on chain. For the engine alone.';

create function oblivion.confirm_charges(p_instance_id bigint, p_owner_id bigint, p_cumulative bigint)
returns void
language sql
security definer
set search_path = ''
as $$
  with confirmed as (
    update oblivion.charges c
       set confirmed_at = now()
     where c.instance_id = p_instance_id
       and c.owner_id = p_owner_id
       and c.cumulative <= p_cumulative
       and c.confirmed_at is null
    returning c.id
  )
  update oblivion.payee_totals t
     set confirmed = t.confirmed + p.reward
    from (
      select x.payee_owner_id, sum(x.reward) as reward
        from confirmed c
        join oblivion.charge_parts x on x.charge_id = c.id
       group by x.payee_owner_id) p
   where t.instance_id = p_instance_id
     and t.payee_owner_id = p.payee_owner_id
$$;
comment on function oblivion.confirm_charges(bigint, bigint, bigint) is
  'Notes that the contract has charged a customer this much in all: what it covers may be vouched for. For the engine alone.';

create function oblivion.book_chain_event(p_instance oblivion.settlement_instances, p_event oblivion.chain_events)
returns void
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_escrow bigint := oblivion.account('chain_escrow', 'chain', p_instance.id);
  v_pool bigint := oblivion.account('chain_pool', 'chain', p_instance.id);
  v_fees bigint := oblivion.account('chain_fees', 'chain', p_instance.id);
  v_reference text := p_event.tx_hash || ':' || p_event.log_index;
begin
  case p_event.kind
    when 'Deposited' then
      perform oblivion.book('deposit', v_reference, 'chain', p_instance.id,
        array[v_escrow, oblivion.account('customer_free', 'chain', p_instance.id, p_event.owner_id)],
        array[-p_event.amount, p_event.amount]);
    when 'Charged' then
      perform oblivion.book('charge', v_reference, 'chain', p_instance.id,
        array[v_escrow, v_pool, v_fees],
        array[p_event.amount, -(p_event.amount - p_event.fee), -p_event.fee]);
      perform oblivion.confirm_charges(p_instance.id, p_event.owner_id, p_event.cumulative);
    when 'Claimed' then
      perform oblivion.book('claim', v_reference, 'chain', p_instance.id,
        array[v_pool, oblivion.account('provider_earned', 'chain', p_instance.id, p_event.owner_id)],
        array[p_event.amount, -p_event.amount]);
      update oblivion.payout_orders o
         set paid_block = p_event.block_number
       where o.instance_id = p_instance.id
         and o.owner_id = p_event.owner_id;
    when 'Withdrawn' then
      -- The chain let it go: what tasks still hold of it is no longer there to be held.
      perform oblivion.release_holds(p_instance.id, p_event.owner_id, p_event.amount);
      perform oblivion.book('withdraw', v_reference, 'chain', p_instance.id,
        array[v_escrow, oblivion.account('customer_free', 'chain', p_instance.id, p_event.owner_id)],
        array[p_event.amount, -p_event.amount]);
    when 'ToppedUp' then
      perform oblivion.book('top_up', v_reference, 'chain', p_instance.id,
        array[v_pool, oblivion.account('reserve', 'chain', p_instance.id)],
        array[-p_event.amount, p_event.amount]);
    when 'FeesCollected' then
      perform oblivion.book('collect', v_reference, 'chain', p_instance.id,
        array[v_fees, oblivion.account('platform_fees', 'chain', p_instance.id)],
        array[p_event.amount, -p_event.amount]);
  end case;
end
$$;
comment on function oblivion.book_chain_event(oblivion.settlement_instances, oblivion.chain_events) is
  'Books one event of the contract. For the engine alone.';

create function oblivion.book_chain_events(
  p_instance oblivion.settlement_instances,
  p_from_block bigint,
  p_to_block bigint,
  p_events jsonb
)
returns int
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_item jsonb;
  v_event oblivion.chain_events;
  v_booked int := 0;
begin
  if jsonb_typeof(p_events) is distinct from 'array' then
    perform oblivion.raise_error('OB005', 'p_events is a list.', null, jsonb_build_object('field', 'p_events', 'reason', 'shape'));
  end if;
  for v_item in
    select e.value
      from jsonb_array_elements(p_events) e
     order by (e.value ->> 'blockNumber')::bigint, (e.value ->> 'logIndex')::int
  loop
    if (v_item ->> 'blockNumber')::bigint not between p_from_block and p_to_block then
      perform oblivion.raise_error('OB005', 'An event lies outside the blocks of this call.', null,
        jsonb_build_object('field', 'p_events', 'reason', 'block'));
    end if;
    -- Anybody can make a contract report a movement of nothing; books that refused it would never pass its block.
    continue when (v_item ->> 'amount')::bigint = 0;
    insert into oblivion.chain_events as e (
      instance_id, tx_hash, log_index, block_number, block_hash, kind, owner_id, amount, cumulative, fee)
    values (
      p_instance.id, lower(v_item ->> 'txHash'), (v_item ->> 'logIndex')::int, (v_item ->> 'blockNumber')::bigint,
      lower(v_item ->> 'blockHash'), v_item ->> 'kind',
      oblivion.owner_of(coalesce(v_item ->> 'customer', v_item ->> 'provider', v_item ->> 'account')),
      (v_item ->> 'amount')::bigint,
      case v_item ->> 'kind' when 'Charged' then (v_item ->> 'cumulative')::bigint end,
      case v_item ->> 'kind' when 'Charged' then (v_item ->> 'fee')::bigint end)
    on conflict do nothing
    returning e.* into v_event;
    if found then
      perform oblivion.book_chain_event(p_instance, v_event);
      v_booked := v_booked + 1;
    end if;
  end loop;
  return v_booked;
end
$$;
comment on function oblivion.book_chain_events(oblivion.settlement_instances, bigint, bigint, jsonb) is
  'Books those of these events that are not booked yet. OB005. For the engine alone.';

create function oblivion.record_chain_events(
  p_instance_id bigint,
  p_from_block bigint,
  p_to_block bigint,
  p_to_hash text,
  p_events jsonb
)
returns int
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_instance oblivion.settlement_instances := oblivion.require_instance(p_instance_id, false);
  v_booked int;
begin
  if p_from_block <> v_instance.cursor_block + 1 or p_to_block < p_from_block then
    perform oblivion.raise_error('OB017', 'These blocks do not follow the cursor.', 'Read settlement_instance() again.',
      jsonb_build_object('expected', v_instance.cursor_block + 1, 'given', p_from_block));
  end if;
  v_booked := oblivion.book_chain_events(v_instance, p_from_block, p_to_block, p_events);
  update oblivion.settlement_instances i
     set cursor_block = p_to_block,
         cursor_hash = lower(p_to_hash)
   where i.id = p_instance_id;
  return v_booked;
end
$$;
comment on function oblivion.record_chain_events(bigint, bigint, bigint, text, jsonb) is
  'Books the contract''s events of the blocks after the cursor, but for movements of nothing, and moves the cursor, in one transaction. OB005, OB016, OB017. For the coordinator.';

create function oblivion.reread_chain_events(p_instance_id bigint, p_from_block bigint, p_to_block bigint, p_events jsonb)
returns int
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_instance oblivion.settlement_instances := oblivion.require_instance(p_instance_id, false);
begin
  if p_from_block < v_instance.opened_block or p_to_block > v_instance.cursor_block then
    perform oblivion.raise_error('OB017', 'These blocks were not read before.', 'Read settlement_instance() again.',
      jsonb_build_object('expected', v_instance.opened_block, 'given', p_from_block));
  end if;
  return oblivion.book_chain_events(v_instance, p_from_block, p_to_block, p_events);
end
$$;
comment on function oblivion.reread_chain_events(bigint, bigint, bigint, jsonb) is
  'Books what is missing of the contract''s events of blocks up to the cursor, as when a node answered without its last ones; answers how many. Safe to repeat. OB005, OB016, OB017. For the coordinator.';

create function oblivion.instance_balance(p_instance_id bigint, p_kind text)
returns bigint
language sql
stable
security definer
set search_path = ''
as $$
  select (coalesce(sum(e.amount), 0) + oblivion.receipt_sum(p_kind, 'chain', p_instance_id))::bigint
    from oblivion.accounts a
    join oblivion.ledger_entries e on e.account_id = a.id
   where a.instance_id = p_instance_id
     and a.asset = 'chain'
     and a.kind = p_kind
$$;
comment on function oblivion.instance_balance(bigint, text) is 'The sum over all accounts of a kind. For the engine alone.';

create function oblivion.owed_by_pool(p_instance_id bigint)
returns bigint
language sql
stable
security definer
set search_path = ''
as $$
  select coalesce(sum(o.amount) filter (where o.amount > 0), 0)::bigint
    from (
      select x.owner_id, sum(x.amount) as amount
        from (
          select t.payee_owner_id as owner_id, t.confirmed as amount
            from oblivion.payee_totals t
           where t.instance_id = p_instance_id
          union all
          select s.to_owner_id, s.amount
            from oblivion.earning_shares s
           where s.instance_id = p_instance_id
             and s.to_owner_id is not null
          union all
          select s.from_owner_id, -s.amount from oblivion.earning_shares s where s.instance_id = p_instance_id
          union all
          select e.owner_id, -e.amount
            from oblivion.chain_events e
           where e.instance_id = p_instance_id
             and e.kind = 'Claimed') x
       group by x.owner_id) o
$$;
comment on function oblivion.owed_by_pool(bigint) is
  'Charged earnings that were not paid yet, over all owners; who was paid more than it has earned, with a stolen settler key, owes nobody anything by that. For the engine alone.';

create function oblivion.overcharged(p_instance_id bigint)
returns bigint
language sql
stable
security definer
set search_path = ''
as $$
  select coalesce(sum(e.cumulative - coalesce(c.cumulative, 0)) filter (where e.cumulative > coalesce(c.cumulative, 0)), 0)::bigint
    from (
      select v.owner_id, max(v.cumulative) as cumulative
        from oblivion.chain_events v
       where v.instance_id = p_instance_id
         and v.kind = 'Charged'
       group by v.owner_id) e
    left join lateral (
      select max(x.cumulative) as cumulative
        from oblivion.charges x
       where x.instance_id = p_instance_id
         and x.owner_id = e.owner_id) c on true
$$;
comment on function oblivion.overcharged(bigint) is
  'What the contract has taken from customers beyond what they have spent, which only a stolen settler key can do: it is spent first from then on. For the engine alone.';

create function oblivion.ledger_state(p_instance_id bigint)
returns jsonb
language sql
stable
security definer
set search_path = ''
as $$
  select jsonb_build_object(
    'cursorBlock', i.cursor_block,
    'cursorHash', i.cursor_hash,
    'escrow', (-oblivion.instance_balance(i.id, 'chain_escrow'))::text,
    'pool', (-oblivion.instance_balance(i.id, 'chain_pool'))::text,
    'fees', (-oblivion.instance_balance(i.id, 'chain_fees'))::text,
    -- Of all entries and all receipts, these as they are folded: a roll-up that went wrong shows.
    'total', (
      select (coalesce(sum(e.amount), 0)
              + oblivion.receipt_sum('task_hold', 'chain', i.id)
              + oblivion.receipt_sum('provider_earned', 'chain', i.id)
              + oblivion.receipt_sum('platform_fees', 'chain', i.id)
              + oblivion.receipt_sum('card_escrow', 'chain', i.id))::text
        from oblivion.ledger_entries e
       where e.instance_id = i.id),
    'owed', oblivion.owed_by_pool(i.id)::text,
    'overcharged', oblivion.overcharged(i.id)::text,
    'free', oblivion.instance_balance(i.id, 'customer_free')::text,
    'held', oblivion.instance_balance(i.id, 'task_hold')::text,
    'earned', oblivion.instance_balance(i.id, 'provider_earned')::text,
    'platformFees', oblivion.instance_balance(i.id, 'platform_fees')::text,
    'customers', (
      select coalesce(jsonb_agg(jsonb_build_object('customer', o.address, 'escrow', c.escrow::text) order by o.address), '[]')
        from (
          select e.owner_id, sum(case e.kind when 'Deposited' then e.amount else -e.amount end) as escrow
            from oblivion.chain_events e
           where e.instance_id = i.id
             and e.kind in ('Deposited', 'Charged', 'Withdrawn')
           group by e.owner_id) c
        join oblivion.owners o on o.id = c.owner_id),
    'providers', (
      select coalesce(jsonb_agg(jsonb_build_object(
               'provider', o.address, 'earned', p.earned::text, 'settled', p.settled::text) order by o.address), '[]')
        from (
          select r.owner_id, sum(r.earned) as earned, sum(r.settled) as settled
            from (
              select r.payee_owner_id as owner_id, r.price - r.fee as earned, 0 as settled
                from oblivion.receipts r
               where r.charge_id is null
                 and r.instance_id = i.id
                 and r.asset = 'chain'
              union all
              select t.payee_owner_id, t.charged, 0
                from oblivion.payee_totals t
               where t.instance_id = i.id
              union all
              select s.to_owner_id, s.amount, 0
                from oblivion.earning_shares s
               where s.instance_id = i.id
              union all
              select e.owner_id, 0, e.amount
                from oblivion.chain_events e
               where e.instance_id = i.id
                 and e.kind = 'Claimed') r
           group by r.owner_id) p
        join oblivion.owners o on o.id = p.owner_id and o.kind = 'wallet'))
    from oblivion.settlement_instances i
   where i.id = p_instance_id
$$;
comment on function oblivion.ledger_state(bigint) is
  'What the ledger says the contract holds at the cursor, for reconciliation: escrow, pool, fees, and each side''s part. For the coordinator.';

create function oblivion.settled_of(p_instance_id bigint, p_owner_id bigint)
returns bigint
language sql
stable
security definer
set search_path = ''
as $$
  select coalesce(sum(e.amount), 0)::bigint
    from oblivion.chain_events e
   where e.instance_id = p_instance_id
     and e.owner_id = p_owner_id
     and e.kind = 'Claimed'
$$;
comment on function oblivion.settled_of(bigint, bigint) is 'What a provider was paid on chain, finalised. For the engine alone.';

reset all;

-- 20261124001305_vouchers.sql

-- What the contract is told of customers' spending, and what providers are told they may claim of it. For the coordinator.

create table oblivion.vouchers (
  instance_id bigint not null references oblivion.settlement_instances,
  owner_id bigint not null references oblivion.owners,
  cumulative bigint not null check (cumulative > 0),
  signature text not null check (signature ~ '^0x[0-9a-f]{130}$'),
  signer text check (signer ~ '^0x[0-9a-f]{40}$'),
  -- What it could still have grown by when it was signed.
  room bigint check (room >= 0),
  signed_at timestamptz not null default now(),
  primary key (instance_id, owner_id)
);
comment on table oblivion.vouchers is
  'The signed running total of each provider; a newer one replaces the older, and so does one of a newer signer.';

create function oblivion.charge_receipts(p_instance_id bigint, p_owner_id bigint)
returns void
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_charge bigint := nextval(pg_get_serial_sequence('oblivion.charges', 'id'));
begin
  -- Money leaves only by here: a receipt that is not of its task's asset, instance and customer (M1) stops it loudly.
  if exists (
    select
      from oblivion.receipts r
      left join oblivion.tasks t
        on t.id = r.task_id and t.asset = r.asset and t.instance_id = r.instance_id and t.owner_id = r.customer_owner_id
     where r.charge_id is null
       and r.customer_owner_id = p_owner_id
       and (t.id is null or r.price <= 0 or r.fee not between 0 and r.price)) then
    raise exception 'A receipt of customer % is not of its task: asset, instance, customer or amounts are wrong.', p_owner_id
      using errcode = 'foreign_key_violation';
  end if;
  -- Stamped one by one, not by a cursor over ids: a receipt with a lower id may be committed later.
  with stamped as (
    update oblivion.receipts r
       set charge_id = v_charge
     where r.charge_id is null
       and r.customer_owner_id = p_owner_id
       and r.instance_id = p_instance_id
       and r.asset = 'chain'
    returning r.provider_owner_id, r.payee_owner_id, r.price, r.fee, r.accepted_at
  ), proofs as (
    insert into oblivion.results_by_customer as c (provider_owner_id, customer_owner_id, results)
    select d.provider_owner_id, p_owner_id, count(*)
      from stamped d
      join oblivion.owners o on o.id = d.provider_owner_id and o.proven_count < 1000
       and d.accepted_at > coalesce(o.judged_at, '-infinity')
     group by d.provider_owner_id
    on conflict (provider_owner_id, customer_owner_id) do update set results = c.results + excluded.results, fresh = true
  ), made as (
    insert into oblivion.charges (id, instance_id, owner_id, cumulative, cumulative_fee)
    overriding system value
    select v_charge, p_instance_id, p_owner_id, l.price + sum(d.price), l.fee + sum(d.fee)
      from stamped d, oblivion.charged_spending(p_instance_id, p_owner_id) l
     group by l.price, l.fee
  ), parts as (
    insert into oblivion.charge_parts (charge_id, payee_owner_id, reward)
    select v_charge, d.payee_owner_id, sum(d.price - d.fee)
      from stamped d
     group by d.payee_owner_id
    returning payee_owner_id, reward
  )
  insert into oblivion.payee_totals as t (instance_id, payee_owner_id, charged)
  select p_instance_id, p.payee_owner_id, p.reward from parts p
  on conflict (instance_id, payee_owner_id) do update set charged = t.charged + excluded.charged;
end
$$;
comment on function oblivion.charge_receipts(bigint, bigint) is
  'Folds what a customer owes since its last charge into a new one, and counts for whose results it pays (T5). For the engine alone.';

create function oblivion.charges_due(p_instance_id bigint)
returns jsonb
language plpgsql
security definer
set search_path = ''
as $$
begin
  perform oblivion.require_instance(p_instance_id);
  perform oblivion.pay_card_earnings(p_instance_id);
  perform oblivion.charge_receipts(p_instance_id, c.owner_id)
    from (
      select distinct r.customer_owner_id as owner_id
        from oblivion.receipts r
       where r.charge_id is null
         and r.instance_id = p_instance_id
         and r.asset = 'chain'
       order by 1) c;
  -- Who holds a stolen settler key can charge a customer more than it has spent: what it spends up to there is paid for,
  -- and no event will say so again.
  perform oblivion.confirm_charges(p_instance_id, c.owner_id, e.cumulative)
    from (
      select x.owner_id, min(x.cumulative) as cumulative
        from oblivion.charges x
       where x.instance_id = p_instance_id
         and x.confirmed_at is null
       group by x.owner_id) c
   cross join lateral (
      select max(v.cumulative) as cumulative
        from oblivion.chain_events v
       where v.instance_id = p_instance_id
         and v.owner_id = c.owner_id
         and v.kind = 'Charged') e
   where e.cumulative >= c.cumulative;
  return (
    select coalesce(jsonb_agg(jsonb_build_object(
             'customer', o.address,
             'cumulative', d.cumulative::text,
             'cumulativeFee', d.cumulative_fee::text)
             -- By address, a hundred lower ones would keep everybody else waiting for ever.
             order by oblivion.exit_of(p_instance_id, d.owner_id) > 0 desc, d.since, d.first_id), '[]')
      from (
        select c.owner_id, max(c.cumulative) as cumulative, max(c.cumulative_fee) as cumulative_fee,
               coalesce(max(b.opened_at), min(c.created_at)) as since, min(c.id) as first_id
          from oblivion.charges c
          left join oblivion.relay_transactions b on b.id = c.batch_id
         where c.instance_id = p_instance_id
           and c.confirmed_at is null
         group by c.owner_id) d
      join oblivion.owners o on o.id = d.owner_id);
end
$$;
comment on function oblivion.charges_due(bigint) is
  'What each customer has spent in all, where the contract does not know it yet: who leaves comes first, then who has waited longest since it was due or in a batch. Asking again before it is confirmed answers the same or more. OB015, OB016. For the coordinator.';

create function oblivion.shared_earnings(p_instance_id bigint, p_owner_id bigint)
returns bigint
language sql
stable
security definer
set search_path = ''
as $$
  select (coalesce((
            select sum(s.amount) from oblivion.earning_shares s
             where s.to_owner_id = p_owner_id and s.instance_id = p_instance_id), 0)
        - coalesce((
            select sum(s.amount) from oblivion.earning_shares s
             where s.from_owner_id = p_owner_id and s.instance_id = p_instance_id), 0))::bigint
$$;
comment on function oblivion.shared_earnings(bigint, bigint) is
  'What came to an owner from visitors'' accounts, less what went from its own. For the engine alone.';

create function oblivion.charged_earnings(p_instance_id bigint, p_owner_id bigint)
returns bigint
language sql
stable
security definer
set search_path = ''
as $$
  select coalesce((
           select t.confirmed
             from oblivion.payee_totals t
            where t.instance_id = p_instance_id
              and t.payee_owner_id = p_owner_id), 0)::bigint
       + oblivion.shared_earnings(p_instance_id, p_owner_id)
$$;
comment on function oblivion.charged_earnings(bigint, bigint) is
  'A payee''s earnings that the contract''s pool already holds: all that a voucher may say. For the engine alone.';

create function oblivion.voucher_room(p_instance_id bigint, p_owner_id bigint)
returns bigint
language sql
stable
security definer
set search_path = ''
as $$
  select least(i.limits, coalesce(v.room, i.limits) + floor(i.limits * extract(epoch from now() - v.signed_at) / 86400))::bigint
    from (
      select x.claim_cap / 5 as limits from oblivion.settlement_instances x where x.id = p_instance_id) i
    left join oblivion.vouchers v on v.instance_id = p_instance_id and v.owner_id = p_owner_id
$$;
comment on function oblivion.voucher_room(bigint, bigint) is
  'What a provider''s voucher may grow by now: a fifth of what the contract pays out in a day, refilled as the contract''s caps are, so that neither a forged receipt nor one provider takes all of a day (M8, M15). Null before the coordinator has read the cap. For the engine alone.';

create function oblivion.vouchers_due(p_instance_id bigint, p_signer text default null)
returns jsonb
language plpgsql
security definer
set search_path = ''
as $$
begin
  perform oblivion.require_instance(p_instance_id);
  perform oblivion.share_site_earnings(p_instance_id);
  return (
    select coalesce(jsonb_agg(jsonb_strip_nulls(jsonb_build_object(
             'provider', d.address,
             'cumulative', d.cumulative::text,
             'withheld', nullif(d.earned - d.cumulative, 0)::text)) order by d.address), '[]')
      from (
        select o.address, e.earned, v.cumulative as signed, v.signer,
               least(e.earned, coalesce(v.cumulative, 0) + oblivion.voucher_room(p_instance_id, e.owner_id)) as cumulative
          from (
            select p.owner_id, sum(p.amount)::bigint as earned
              from (
                select t.payee_owner_id as owner_id, t.confirmed as amount
                  from oblivion.payee_totals t
                 where t.instance_id = p_instance_id
                union all
                select s.to_owner_id, s.amount from oblivion.earning_shares s where s.instance_id = p_instance_id) p
             group by p.owner_id) e
          -- A visitor has no wallet: what is its own waits until one is bound to it.
          join oblivion.owners o on o.id = e.owner_id and o.kind = 'wallet'
          left join oblivion.vouchers v on v.instance_id = p_instance_id and v.owner_id = e.owner_id
         where e.earned > coalesce(v.cumulative, 0)
            or v.signer <> lower(p_signer)) d
     where d.cumulative > coalesce(d.signed, 0)
        or d.cumulative > 0 and d.signer <> lower(p_signer));
end
$$;
comment on function oblivion.vouchers_due(bigint, text) is
  'Providers whose charged earnings exceed their last voucher, with the new running total and what of it has to wait (withheld), and those whose last voucher another key than p_signer has signed. OB015, OB016. For the coordinator.';

create function oblivion.store_voucher(
  p_instance_id bigint,
  p_provider text,
  p_cumulative text,
  p_signature text,
  p_signer text default null
)
returns void
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_owner bigint;
  v_earned bigint;
  v_room bigint;
  v_growth bigint;
begin
  perform oblivion.require_instance(p_instance_id);
  v_owner := oblivion.owner_of(p_provider);
  v_earned := oblivion.charged_earnings(p_instance_id, v_owner);
  if p_cumulative::bigint > v_earned then
    perform oblivion.raise_error('OB005', 'A voucher never exceeds the charged earnings of its provider.', null,
      jsonb_build_object('field', 'p_cumulative', 'reason', 'above_earnings', 'earned', v_earned::text));
  end if;
  v_room := oblivion.voucher_room(p_instance_id, v_owner);
  select p_cumulative::bigint - coalesce(max(v.cumulative), 0)
    into v_growth
    from oblivion.vouchers v
   where v.instance_id = p_instance_id
     and v.owner_id = v_owner;
  if v_growth > v_room then
    perform oblivion.raise_error('OB005', 'A voucher grows by at most a fifth of the claim cap a day.', 'Ask vouchers_due again later.',
      jsonb_build_object('field', 'p_cumulative', 'reason', 'above_growth', 'room', v_room::text));
  end if;
  insert into oblivion.vouchers as v (instance_id, owner_id, cumulative, signature, signer, room)
  values (p_instance_id, v_owner, p_cumulative::bigint, lower(p_signature), lower(p_signer), v_room - v_growth)
  on conflict (instance_id, owner_id) do update
    set cumulative = excluded.cumulative,
        signature = excluded.signature,
        signer = excluded.signer,
        room = excluded.room,
        signed_at = now()
  where v.cumulative < excluded.cumulative
     or v.cumulative = excluded.cumulative and v.signer is distinct from excluded.signer;
end
$$;
comment on function oblivion.store_voucher(bigint, text, text, text, text) is
  'Keeps a newer voucher of a provider, or the same total by a newer signer; an older or equal one changes nothing. OB005, OB015, OB016. For the coordinator.';

reset all;

-- 20261124001310_exits.sql

-- What customers do on chain that the ledger has to know before it is final: exits and daily caps (M2, M3, M5).

create function oblivion.clock_margin()
returns interval
language sql
immutable parallel safe
return interval '10 minutes';
comment on function oblivion.clock_margin() is
  'By how much the clock of the chain''s blocks may be behind ours, generously: what a block allows by its time is not over before. For the engine alone.';

create table oblivion.chain_customers (
  instance_id bigint not null references oblivion.settlement_instances,
  owner_id bigint not null references oblivion.owners,
  exiting bigint not null check (exiting >= 0),
  -- Taken out in blocks that are not final yet: the books have it in free, and the contract has it no more.
  withdrawing bigint not null default 0 check (withdrawing >= 0),
  exit_ripe_at timestamptz,
  exit_lapses_at timestamptz,
  daily_cap bigint not null check (daily_cap >= 0),
  raised_cap bigint check (raised_cap > daily_cap),
  raised_at timestamptz,
  -- Where it was seen first, or its last event. Null once it was read again after that block was final: a reorganised one
  -- may show something else.
  open_block bigint,
  primary key (instance_id, owner_id),
  check ((exiting > 0) = (exit_ripe_at is not null)),
  check ((exiting > 0) = (exit_lapses_at is not null)),
  check ((raised_cap is null) = (raised_at is null))
);
comment on table oblivion.chain_customers is
  'Exit and daily cap of customers as the contract shows them at its latest block, read until they are final.';

create function oblivion.exit_of(p_instance_id bigint, p_owner_id bigint)
returns bigint
language sql
stable
security definer
set search_path = ''
as $$
  select coalesce(max(
           c.withdrawing + case when c.exiting > 0 and c.exit_lapses_at >= now() - oblivion.clock_margin() then c.exiting else 0 end), 0)
    from oblivion.chain_customers c
   where c.instance_id = p_instance_id
     and c.owner_id = p_owner_id
$$;
comment on function oblivion.exit_of(bigint, bigint) is
  'What a customer has asked to withdraw and can still withdraw, and what it withdrew and is not booked yet; 0 where nothing. For the engine alone.';

create function oblivion.daily_cap_of(p_instance_id bigint, p_owner_id bigint)
returns bigint
language sql
stable
security definer
set search_path = ''
as $$
  select coalesce(
    -- Whoever lowers its cap in a block before the raised one counts never had that.
    (select case when c.raised_at <= now() - oblivion.clock_margin() then c.raised_cap else c.daily_cap end
       from oblivion.chain_customers c
      where c.instance_id = p_instance_id
        and c.owner_id = p_owner_id),
    (select i.default_daily_cap from oblivion.settlement_instances i where i.id = p_instance_id))
$$;
comment on function oblivion.daily_cap_of(bigint, bigint) is
  'What charges may take from a customer in a day, by its own word or by default; null before the coordinator has read the contract. For the engine alone.';

create function oblivion.free_of(p_instance_id bigint, p_owner_id bigint, p_asset text default 'chain')
returns bigint
language sql
stable
security definer
set search_path = ''
as $$
  select coalesce(sum(e.amount), 0)::bigint
    from oblivion.accounts a
    join oblivion.ledger_entries e on e.account_id = a.id
   where a.kind = 'customer_free'
     and a.asset = p_asset
     and a.instance_id = p_instance_id
     and a.owner_id = p_owner_id
     and a.task_id is null
$$;
comment on function oblivion.free_of(bigint, bigint, text) is
  'A customer''s balance that no task holds, a requested exit included. For the engine alone.';

create function oblivion.exposure_room(p_instance_id bigint, p_owner_id bigint)
returns bigint
language sql
stable
security definer
set search_path = ''
as $$
  -- A cap that refills by its own size a day has at least (cap - what it let through in the last 24 hours) left, whatever
  -- its owner does with it now; so what is held and uncharged below that can be charged before an exit made now ripens,
  -- a longest pause included (M3). The contract's tests prove it (I13). A unit a charge, and a hundred for changes of the
  -- cap: the contract rounds down each time.
  -- Charges count from when they were booked, which is later than they were made: the safe side.
  select oblivion.daily_cap_of(p_instance_id, p_owner_id)
       - (e.escrow - oblivion.free_of(p_instance_id, p_owner_id))
       - e.charged
       - 100
    from (
      select coalesce(sum(case v.kind when 'Deposited' then v.amount else -v.amount end), 0)::bigint as escrow,
             coalesce(sum(v.amount + 1) filter (
               where v.kind = 'Charged' and v.recorded_at > now() - interval '24 hours'), 0)::bigint as charged
        from oblivion.chain_events v
       where v.instance_id = p_instance_id
         and v.owner_id = p_owner_id
         and v.kind in ('Deposited', 'Charged', 'Withdrawn')) e
$$;
comment on function oblivion.exposure_room(bigint, bigint) is
  'What a customer may hold for tasks beyond what is held, spent and uncharged, and charged in the last 24 hours: its daily cap covers all of it; null where no cap is known. For the engine alone.';

create function oblivion.require_budget(p_instance_id bigint, p_owner_id bigint, p_budget bigint)
returns void
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_exit bigint;
  v_free bigint;
  v_room bigint;
begin
  -- Two tasks of one customer at once must not spend the same money, and an exit is seen before or after.
  perform pg_advisory_xact_lock(oblivion.lock_key('customer', p_owner_id::text));
  v_exit := oblivion.exit_of(p_instance_id, p_owner_id);
  if v_exit > 0 then
    perform oblivion.raise_error('OB095', 'You have asked to withdraw from the contract, so no new work is begun.',
      'Withdraw, or cancel the withdrawal, on the Wallet page.', jsonb_build_object('exiting', v_exit::text));
  end if;
  v_free := oblivion.free_of(p_instance_id, p_owner_id);
  if v_free < p_budget then
    perform oblivion.raise_error('OB007', 'The free balance is smaller than the budget.', 'Deposit more, or lower the budget.',
      jsonb_build_object('needed', p_budget::text, 'free', v_free::text));
  end if;
  v_room := oblivion.exposure_room(p_instance_id, p_owner_id);
  if p_budget > v_room then
    perform oblivion.raise_error('OB096', 'Your daily cap in the contract does not cover this budget now.',
      'Raise the cap on the Wallet page, which takes a day, or post a smaller task.',
      jsonb_build_object('needed', p_budget::text, 'room', greatest(v_room, 0)::text));
  end if;
end
$$;
comment on function oblivion.require_budget(bigint, bigint, bigint) is
  'Locks a customer''s money and sees that a budget can be held: free, no exit, and covered by the daily cap. OB007, OB095, OB096. For the engine alone.';

create function oblivion.record_limits(p_instance_id bigint, p_default_daily_cap text, p_claim_cap text default null)
returns void
language plpgsql
security definer
set search_path = ''
as $$
begin
  perform oblivion.require_instance(p_instance_id, false);
  update oblivion.settlement_instances i
     set default_daily_cap = p_default_daily_cap::bigint,
         claim_cap = coalesce(p_claim_cap::bigint, i.claim_cap)
   where i.id = p_instance_id
     and (i.default_daily_cap, i.claim_cap) is distinct from
         (p_default_daily_cap::bigint, coalesce(p_claim_cap::bigint, i.claim_cap));
end
$$;
comment on function oblivion.record_limits(bigint, text, text) is
  'Keeps the contract''s default daily cap and what it pays out in a day, smallest unit. OB016. For the coordinator.';

create function oblivion.record_customers(p_instance_id bigint, p_block bigint, p_customers jsonb)
returns int
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_instance oblivion.settlement_instances := oblivion.require_instance(p_instance_id, false);
  v_item jsonb;
  v_owner bigint;
  v_before bigint;
  v_new int := 0;
begin
  for v_item in
    select e.value from jsonb_array_elements(p_customers) e order by e.value ->> 'customer'
  loop
    v_owner := oblivion.owner_of(v_item ->> 'customer');
    -- Whoever posts a task in this moment has either posted it, and has it paused by pause_exiting, or finds the exit.
    perform pg_advisory_xact_lock(oblivion.lock_key('customer', v_owner::text));
    v_before := oblivion.exit_of(p_instance_id, v_owner);
    insert into oblivion.chain_customers as c (
      instance_id, owner_id, exiting, withdrawing, exit_ripe_at, exit_lapses_at, daily_cap, raised_cap, raised_at, open_block)
    values (
      p_instance_id, v_owner, (v_item ->> 'exiting')::bigint, coalesce((v_item ->> 'withdrawing')::bigint, 0),
      -- A contract may tell the times of an exit of which charges have left nothing.
      case when (v_item ->> 'exiting')::bigint > 0 then to_timestamp((v_item ->> 'exitRipeAt')::bigint) end,
      case when (v_item ->> 'exiting')::bigint > 0 then to_timestamp((v_item ->> 'exitLapsesAt')::bigint) end,
      (v_item ->> 'dailyCap')::bigint, (v_item ->> 'raisedCap')::bigint,
      to_timestamp((v_item ->> 'raisedAt')::bigint), p_block)
    on conflict (instance_id, owner_id) do update
      set exiting = excluded.exiting,
          withdrawing = excluded.withdrawing,
          exit_ripe_at = excluded.exit_ripe_at,
          exit_lapses_at = excluded.exit_lapses_at,
          daily_cap = excluded.daily_cap,
          raised_cap = excluded.raised_cap,
          raised_at = excluded.raised_at,
          open_block = greatest(
            (v_item ->> 'eventBlock')::bigint,
            case
              when (c.exiting, c.withdrawing, c.exit_ripe_at, c.daily_cap, c.raised_cap, c.raised_at)
                   is distinct from
                   (excluded.exiting, excluded.withdrawing, excluded.exit_ripe_at, excluded.daily_cap, excluded.raised_cap,
                    excluded.raised_at) then p_block
              -- It was final before it was read this time.
              when c.open_block > v_instance.cursor_block then c.open_block
            end);
    if v_before = 0 and oblivion.exit_of(p_instance_id, v_owner) > 0 then
      v_new := v_new + 1;
    end if;
  end loop;
  return v_new;
end
$$;
comment on function oblivion.record_customers(bigint, bigint, jsonb) is
  'Keeps what the contract shows of customers at a block that need not be final: [{customer, exiting, withdrawing, exitRipeAt, exitLapsesAt, dailyCap, raisedCap, raisedAt, eventBlock}], times in seconds or null, withdrawing what left in blocks that are not booked yet, and eventBlock the last of those with an event of its, or null. Answers how many exits are new. OB016. For the coordinator.';

create function oblivion.customers_to_read(p_instance_id bigint)
returns jsonb
language sql
stable
security definer
set search_path = ''
as $$
  select coalesce(jsonb_agg(o.address order by o.address), '[]')
    from oblivion.chain_customers c
    join oblivion.owners o on o.id = c.owner_id
   where c.instance_id = p_instance_id
     -- Whatever changes later without an event changes by time, or shrinks an exit with the balance: exit_of, daily_cap_of and
     -- my_balance know that, and nobody can make each turn read what it has started once.
     and (c.withdrawing > 0 or c.open_block is not null)
$$;
comment on function oblivion.customers_to_read(bigint) is
  'Customers of whom something is known from a block that was not final when they were read last. For the coordinator.';

create function oblivion.pause_exiting(p_instance_id bigint)
returns int
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_tasks oblivion.tasks[];
begin
  v_tasks := array(
    select t
      from oblivion.chain_customers c
      join oblivion.tasks t on t.owner_id = c.owner_id and t.instance_id = c.instance_id and t.asset = 'chain'
     where c.instance_id = p_instance_id
       and (t.status = 'running' and oblivion.exit_of(p_instance_id, c.owner_id) > 0
         or t.status = 'paused' and t.paused_reason = 'exit' and oblivion.exit_of(p_instance_id, c.owner_id) = 0
            and not oblivion.is_halted(p_instance_id))
     order by t.id
     limit 1000);
  return oblivion.set_all_paused(array(select t.id from unnest(v_tasks) t where t.status = 'paused'), false)
    + oblivion.set_all_paused(array(select t.id from unnest(v_tasks) t where t.status = 'running'), true, 'exit');
end
$$;
comment on function oblivion.pause_exiting(bigint) is
  'Pauses the tasks of customers who leave, so that nobody claims more of their chunks, and resumes those of customers who stay. Answers how many were moved; some may be left for the next call. For the coordinator.';

reset all;

-- 20261124001315_requests.sql

-- What a program asks for twice, because an answer was lost on the way, happens once: it names its request, and is given the
-- first answer again.

create table oblivion.requests (
  owner_id bigint not null references oblivion.owners,
  request_id text not null check (request_id ~ '^[A-Za-z0-9_-]{8,64}$'),
  -- What was asked, as it was asked.
  call text not null,
  answer jsonb not null,
  answered_at timestamptz not null default now(),
  primary key (owner_id, request_id)
);
create index on oblivion.requests (answered_at);
comment on table oblivion.requests is 'Calls that moved money under a name of their caller''s, with what they answered; kept for 30 days.';

create function oblivion.answer_before(p_owner_id bigint, p_request_id text, p_call text)
returns jsonb
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_request oblivion.requests;
begin
  if p_request_id !~ '^[A-Za-z0-9_-]{8,64}$' then
    perform oblivion.raise_error('OB005', 'A request is named by 8 to 64 letters, digits, - and _.', null,
      jsonb_build_object('field', 'p_request_id', 'reason', 'shape'));
  end if;
  select r.* into v_request from oblivion.requests r where r.owner_id = p_owner_id and r.request_id = p_request_id;
  if v_request.call <> p_call then
    perform oblivion.raise_error('OB005', 'Another request of yours had this name.', 'Give each request a name of its own.',
      jsonb_build_object('field', 'p_request_id', 'reason', 'used'));
  end if;
  return v_request.answer;
end
$$;
comment on function oblivion.answer_before(bigint, text, text) is
  'What this request was answered before, or null; the caller holds the lock of its customer''s money. OB005. For the engine alone.';

create function oblivion.keep_answer(p_owner_id bigint, p_request_id text, p_call text, p_answer jsonb)
returns jsonb
language sql
security definer
set search_path = ''
as $$
  insert into oblivion.requests (owner_id, request_id, call, answer)
  select p_owner_id, p_request_id, p_call, p_answer where p_request_id is not null;
  select p_answer
$$;
comment on function oblivion.keep_answer(bigint, text, text, jsonb) is
  'Keeps the answer of a request that has a name, and answers it. For the engine alone.';

create function oblivion.forget_requests()
returns void
language sql
security definer
set search_path = ''
as $$
  delete from oblivion.requests r where r.answered_at < now() - interval '30 days'
$$;
comment on function oblivion.forget_requests() is 'Forgets answers of 30 days ago. For the engine alone.';

reset all;

-- 20261124001320_card_money.sql

-- Card money: dollars that Stripe took. They are an asset of their own and belong to no contract, so a redeploy leaves them
-- where they are: their books lie in an instance that is never open. What Stripe holds or has paid to the operator stands
-- with a negative sign (card_funds), whose it is with a positive one.
--
-- Nothing here trusts the order or the number of Stripe's messages. A message is a reason to look: the coordinator reads
-- the payment back from Stripe and tells all that is known of it, and each part of that is booked once, by its own id.

create function oblivion.card_instance()
returns bigint
language sql
immutable parallel safe
return 0::bigint;
comment on function oblivion.card_instance() is 'The instance of card money: of no chain, closed for ever. For the engine alone.';

insert into oblivion.settlement_instances (
  id, chain_id, contract_address, token_address, genesis_hash, opened_block, cursor_block, closed_at)
overriding system value
values (
  oblivion.card_instance(), 0, '0x' || repeat('0', 40), '0x' || repeat('0', 40), '0x' || repeat('0', 64), 0, 0, now());
-- Made now: two first results at once would wait for each other's.
select oblivion.account('platform_fees', 'card', oblivion.card_instance());

create table oblivion.card_payments (
  payment_id text primary key check (payment_id ~ '^pi_[A-Za-z0-9_]{1,200}$'),
  owner_id bigint not null references oblivion.owners,
  amount bigint not null check (amount > 0),
  paid_at timestamptz not null default now()
);
create index on oblivion.card_payments (owner_id);
create trigger refuse_change before update or delete on oblivion.card_payments
  for each row execute function oblivion.refuse_change();
create trigger refuse_truncate before truncate on oblivion.card_payments
  for each statement execute function oblivion.refuse_change();
comment on table oblivion.card_payments is 'Payments by card that were captured, by Stripe''s payment intent. Amounts of card money: millionths of a dollar.';

create table oblivion.card_refunds (
  refund_id text primary key check (refund_id ~ '^(re|pyr)_[A-Za-z0-9_]{1,200}$'),
  payment_id text not null references oblivion.card_payments,
  amount bigint not null check (amount > 0),
  -- A refund that the bank sent back; it stays failed.
  failed boolean not null default false
);
create index on oblivion.card_refunds (payment_id);
comment on table oblivion.card_refunds is 'Card money that went back to the card, each refund once.';

create table oblivion.card_disputes (
  dispute_id text primary key check (dispute_id ~ '^(du|dp)_[A-Za-z0-9_]{1,200}$'),
  payment_id text not null references oblivion.card_payments,
  owner_id bigint not null references oblivion.owners,
  amount bigint not null check (amount > 0),
  -- It only goes forward: a bank that decided for the customer may be overruled, never the other way round.
  state text not null check (state in ('open', 'lost', 'won')),
  -- What was taken back of it, and in how many bookings; the rest is the operator's bad debt.
  covered bigint not null default 0,
  bookings int not null default 0,
  -- The operator's word that this customer may spend card money again.
  lifted_at timestamptz,
  opened_at timestamptz not null default now(),
  check (covered between 0 and amount)
);
create index on oblivion.card_disputes (owner_id);
create index on oblivion.card_disputes (dispute_id) where state <> 'won' and covered < amount;
comment on table oblivion.card_disputes is 'Payments that were charged back, each dispute once (M16).';

create table oblivion.card_reversals (
  dispute_id text not null references oblivion.card_disputes,
  task_id uuid not null,
  job_id uuid not null,
  reward bigint not null check (reward >= 0),
  fee bigint not null check (fee >= 0),
  restored_at timestamptz,
  primary key (dispute_id, job_id)
);
create unique index card_reversals_standing on oblivion.card_reversals (job_id) where restored_at is null;
comment on table oblivion.card_reversals is
  'Receipts in card money that were not paid out yet when their customer''s payment was disputed. They are not paid, unless the dispute is won.';

create table oblivion.card_events (
  event_id text primary key check (event_id ~ '^evt_[A-Za-z0-9_]{1,200}$'),
  type text not null,
  payment_id text,
  recorded_at timestamptz not null default now()
);
create trigger refuse_change before update or delete on oblivion.card_events
  for each row execute function oblivion.refuse_change();
create trigger refuse_truncate before truncate on oblivion.card_events
  for each statement execute function oblivion.refuse_change();
comment on table oblivion.card_events is 'Messages of Stripe that were dealt with, each once.';

create function oblivion.card_account(p_kind text, p_owner_id bigint default null)
returns bigint
language sql
security definer
set search_path = ''
as $$
  select oblivion.account(p_kind, 'card', oblivion.card_instance(), p_owner_id)
$$;
comment on function oblivion.card_account(text, bigint) is 'An account of card money, made on first use. For the engine alone.';

create function oblivion.book_card(p_kind text, p_reference text, p_accounts bigint[], p_amounts bigint[])
returns void
language sql
security definer
set search_path = ''
as $$
  select oblivion.book(p_kind, p_reference, 'card', oblivion.card_instance(), p_accounts, p_amounts)
$$;
comment on function oblivion.book_card(text, text, bigint[], bigint[]) is 'One transaction of card money. For the engine alone.';

create function oblivion.is_card_frozen(p_owner_id bigint)
returns boolean
language sql
stable
security definer
set search_path = ''
as $$
  select exists (
    select
      from oblivion.card_disputes d
     where d.owner_id = p_owner_id
       and (d.state = 'open' or d.state = 'lost' and d.lifted_at is null))
$$;
comment on function oblivion.is_card_frozen(bigint) is
  'Whether a customer may not spend card money: a payment of its is disputed, or was charged back. For the engine alone.';

create function oblivion.require_card_budget(p_owner_id bigint, p_budget bigint)
returns void
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_free bigint;
begin
  -- Two tasks of one customer at once must not spend the same money, and a dispute is seen before or after.
  perform pg_advisory_xact_lock(oblivion.lock_key('customer', p_owner_id::text));
  if oblivion.is_card_frozen(p_owner_id) then
    perform oblivion.raise_error('OB090', 'A card payment of yours is disputed, so no card money is spent.',
      'Pay with tokens, or settle the dispute with your bank.');
  end if;
  v_free := oblivion.balance_of(oblivion.card_account('customer_free', p_owner_id));
  if v_free < p_budget then
    perform oblivion.raise_error('OB007', 'The free balance is smaller than the budget.', 'Deposit more, or lower the budget.',
      jsonb_build_object('needed', p_budget::text, 'free', v_free::text));
  end if;
end
$$;
comment on function oblivion.require_card_budget(bigint, bigint) is
  'Locks a customer''s money and sees that a budget can be held in card money: free, and not frozen. OB007, OB090. For the engine alone.';

create function oblivion.hold_budget(p_task oblivion.tasks)
returns void
language plpgsql
security definer
set search_path = ''
as $$
begin
  case p_task.asset
    when 'chain' then perform oblivion.require_budget(p_task.instance_id, p_task.owner_id, p_task.budget);
    when 'card' then perform oblivion.require_card_budget(p_task.owner_id, p_task.budget);
    when 'test' then perform oblivion.require_play_budget(p_task.instance_id, p_task.owner_id, p_task.budget);
  end case;
  perform oblivion.book('hold', p_task.id::text, p_task.asset, p_task.instance_id,
    array[oblivion.account('customer_free', p_task.asset, p_task.instance_id, p_task.owner_id),
          oblivion.account('task_hold', p_task.asset, p_task.instance_id, null, p_task.id)],
    array[-p_task.budget, p_task.budget]);
  if p_task.api_key_id is not null then
    perform oblivion.spend_by_key(p_task.api_key_id, p_task.budget);
  end if;
end
$$;
comment on function oblivion.hold_budget(oblivion.tasks) is
  'Moves the budget of a task from its customer''s free balance, of the task''s asset, into its hold, and counts it against the limit of its API key. OB006, OB007, OB030, OB033, OB090, OB095, OB096. For the engine alone.';

create function oblivion.end_card_tasks(p_owner_id bigint, p_needed bigint default null)
returns void
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_task uuid;
begin
  for v_task in
    select t.id
      from oblivion.tasks t
     where t.owner_id = p_owner_id
       and t.asset = 'card'
       and t.status in ('running', 'paused')
     order by t.id
  loop
    exit when p_needed <= oblivion.balance_of(oblivion.card_account('customer_free', p_owner_id));
    perform oblivion.end_task(v_task);
  end loop;
end
$$;
comment on function oblivion.end_card_tasks(bigint, bigint) is
  'Ends tasks that card money pays, all of a customer''s or until so much of it is free. For the engine alone.';

reset all;

-- 20261124001322_card_disputes.sql

-- What comes back from a card, and what is then taken from whom (M16): first what the customer has not spent, then what it
-- spent on chunks whose providers were not paid yet, the latest first; what is left is the operator's, as bad debt.

create function oblivion.cover_card_dispute(p_dispute_id text)
returns void
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_dispute oblivion.card_disputes;
  v_free bigint;
  v_back bigint;
  v_accounts bigint[];
  v_amounts bigint[];
begin
  select d.* into v_dispute from oblivion.card_disputes d where d.dispute_id = p_dispute_id for update;
  if v_dispute.state = 'won' or v_dispute.covered = v_dispute.amount then
    return;
  end if;
  perform oblivion.end_card_tasks(v_dispute.owner_id);
  perform pg_advisory_xact_lock(oblivion.lock_key('customer', v_dispute.owner_id::text));
  v_free := least(
    oblivion.balance_of(oblivion.card_account('customer_free', v_dispute.owner_id)), v_dispute.amount - v_dispute.covered);
  v_accounts := array[oblivion.card_account('customer_free', v_dispute.owner_id)];
  v_amounts := array[-v_free];
  with unpaid as (
    -- Whole receipts, as long as they fit: nobody loses more than was charged back.
    select r.task_id, r.job_id, r.payee_owner_id, r.price, r.fee, sum(r.price) over (order by r.id desc) as total
      from oblivion.receipts r
     where r.customer_owner_id = v_dispute.owner_id
       and r.charge_id is null
       and r.asset = 'card'
       and not exists (
             select from oblivion.card_reversals x where x.job_id = r.job_id and x.restored_at is null)
  ), reversed as (
    insert into oblivion.card_reversals as x (dispute_id, task_id, job_id, reward, fee)
    select p_dispute_id, u.task_id, u.job_id, u.price - u.fee, u.fee
      from unpaid u
     where u.total <= v_dispute.amount - v_dispute.covered - v_free
    returning x.job_id
  ), taken as (
    select oblivion.card_account('provider_earned', u.payee_owner_id) as account, u.price - u.fee as amount
      from unpaid u
      join reversed x on x.job_id = u.job_id
     union all
    select oblivion.card_account('platform_fees'), u.fee
      from unpaid u
      join reversed x on x.job_id = u.job_id
  )
  select v_accounts || coalesce(array_agg(t.account), '{}'), v_amounts || coalesce(array_agg(-t.amount), '{}')
    into v_accounts, v_amounts
    from taken t;
  select -sum(a) into v_back from unnest(v_amounts) a;
  if v_back > 0 then
    perform oblivion.book_card('recover', p_dispute_id || ':' || v_dispute.bookings,
      v_accounts || oblivion.card_account('bad_debt'), v_amounts || v_back);
    update oblivion.card_disputes d
       set covered = d.covered + v_back,
           bookings = d.bookings + 1
     where d.dispute_id = p_dispute_id;
  end if;
end
$$;
comment on function oblivion.cover_card_dispute(text) is
  'Takes back what can be taken back now for a dispute; asked again it takes what has come free since. For the engine alone.';

create function oblivion.end_card_dispute(p_dispute oblivion.card_disputes)
returns void
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_accounts bigint[];
  v_amounts bigint[];
begin
  select array_agg(e.account_id), array_agg(-e.amount)
    into v_accounts, v_amounts
    from oblivion.ledger_transactions t
    join oblivion.ledger_entries e on e.transaction_id = t.id
   where t.instance_id = oblivion.card_instance()
     and (t.kind = 'dispute' and t.reference = p_dispute.dispute_id
          or t.kind = 'recover' and t.reference in (
               select p_dispute.dispute_id || ':' || n from generate_series(0, p_dispute.bookings - 1) n));
  perform oblivion.book_card('dispute_won', p_dispute.dispute_id, v_accounts, v_amounts);
  update oblivion.card_reversals x
     set restored_at = now()
   where x.dispute_id = p_dispute.dispute_id
     and x.restored_at is null;
end
$$;
comment on function oblivion.end_card_dispute(oblivion.card_disputes) is
  'A dispute was won: all that was booked for it is booked back. For the engine alone.';

create function oblivion.record_card_dispute(p_payment oblivion.card_payments, p_facts jsonb)
returns void
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_dispute oblivion.card_disputes;
  v_state text := p_facts ->> 'state';
  v_rank constant jsonb := '{"open": 1, "lost": 2, "won": 3}';
begin
  insert into oblivion.card_disputes as d (dispute_id, payment_id, owner_id, amount, state)
  values (p_facts ->> 'id', p_payment.payment_id, p_payment.owner_id, (p_facts ->> 'amount')::bigint, v_state)
  on conflict (dispute_id) do nothing
  returning d.* into v_dispute;
  if found then
    -- Stripe takes the money at once. One that is known as won was taken and given back.
    if v_state <> 'won' then
      perform oblivion.book_card('dispute', v_dispute.dispute_id,
        array[oblivion.card_account('card_funds'), oblivion.card_account('bad_debt')],
        array[v_dispute.amount, -v_dispute.amount]);
      perform oblivion.cover_card_dispute(v_dispute.dispute_id);
    end if;
    return;
  end if;
  select d.* into v_dispute from oblivion.card_disputes d where d.dispute_id = p_facts ->> 'id' for update;
  if (v_rank ->> v_state)::int > (v_rank ->> v_dispute.state)::int then
    update oblivion.card_disputes d set state = v_state where d.dispute_id = v_dispute.dispute_id;
    if v_state = 'won' then
      perform oblivion.end_card_dispute(v_dispute);
    end if;
  end if;
end
$$;
comment on function oblivion.record_card_dispute(oblivion.card_payments, jsonb) is
  'Books what is known of a dispute, {id, amount, state}. For the engine alone.';

create function oblivion.fail_card_refund(p_payment oblivion.card_payments, p_refund oblivion.card_refunds)
returns void
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_accounts bigint[];
  v_amounts bigint[];
begin
  -- What was taken for it goes back to where it came from; what waited for it is free.
  select array_agg(case when e.account_id = oblivion.card_account('card_refunding')
                     then oblivion.card_account('customer_free', p_payment.owner_id) else e.account_id end),
         array_agg(-e.amount)
    into v_accounts, v_amounts
    from oblivion.ledger_transactions t
    join oblivion.ledger_entries e on e.transaction_id = t.id
   where t.instance_id = oblivion.card_instance()
     and t.kind = 'card_refund'
     and t.reference = p_refund.refund_id;
  perform oblivion.book_card('refund_failed', p_refund.refund_id, v_accounts, v_amounts);
  update oblivion.card_withdrawals w
     set state = 'failed',
         reason = 'The card''s bank did not take it.'
   where w.refund_id = p_refund.refund_id;
end
$$;
comment on function oblivion.fail_card_refund(oblivion.card_payments, oblivion.card_refunds) is
  'A refund that the bank sent back: its money is the customer''s again. For the engine alone.';

create function oblivion.record_card_refund(p_payment oblivion.card_payments, p_facts jsonb)
returns void
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_refund oblivion.card_refunds;
  v_failed boolean := coalesce((p_facts ->> 'failed')::boolean, false);
  v_taken bigint;
begin
  insert into oblivion.card_refunds as r (refund_id, payment_id, amount, failed)
  values (p_facts ->> 'id', p_payment.payment_id, (p_facts ->> 'amount')::bigint, v_failed)
  on conflict (refund_id) do nothing
  returning r.* into v_refund;
  if found then
    if oblivion.return_withdrawal(v_refund, (p_facts ->> 'withdrawalId')::uuid) then
      perform oblivion.book_card('card_refund', v_refund.refund_id,
        array[oblivion.card_account('card_funds'), oblivion.card_account('card_refunding')],
        array[v_refund.amount, -v_refund.amount]);
      if v_failed then
        perform oblivion.fail_card_refund(p_payment, v_refund);
      end if;
    elsif not v_failed then
      -- The operator may give back by hand what was spent already: the customer has it twice, and the operator the loss.
      perform oblivion.end_card_tasks(p_payment.owner_id, v_refund.amount);
      perform pg_advisory_xact_lock(oblivion.lock_key('customer', p_payment.owner_id::text));
      v_taken := least(oblivion.balance_of(oblivion.card_account('customer_free', p_payment.owner_id)), v_refund.amount);
      perform oblivion.book_card('card_refund', v_refund.refund_id,
        array[oblivion.card_account('card_funds'), oblivion.card_account('customer_free', p_payment.owner_id),
              oblivion.card_account('bad_debt')],
        array[v_refund.amount, -v_taken, v_taken - v_refund.amount]);
    end if;
    return;
  end if;
  update oblivion.card_refunds r
     set failed = true
   where r.refund_id = p_facts ->> 'id'
     and v_failed
     and not r.failed
  returning r.* into v_refund;
  if found then
    perform oblivion.fail_card_refund(p_payment, v_refund);
  end if;
end
$$;
comment on function oblivion.record_card_refund(oblivion.card_payments, jsonb) is
  'Books what is known of a refund, {id, amount, failed, withdrawalId}. For the engine alone.';

create function oblivion.record_card_payment(p_facts jsonb)
returns void
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_chain bigint := (oblivion.open_instance()).chain_id;
  v_payment oblivion.card_payments;
  v_part jsonb;
begin
  if v_chain is null then
    perform oblivion.raise_error('OB012', 'No settlement contract is configured.', 'Ask the operator to open one.');
  elsif (p_facts ->> 'livemode')::boolean is distinct from (v_chain = 137) then
    -- Stripe's test cards are nobody's money, and would be paid out in tokens that are; and nobody pays for test tokens (M1).
    perform oblivion.raise_error('OB005', 'Real cards belong to Polygon alone, and test cards to test networks.',
      'Give the coordinator Stripe keys of the other mode.', jsonb_build_object('field', 'livemode', 'reason', 'chain'));
  end if;
  -- One at a time, and none while earnings are paid out.
  perform pg_advisory_xact_lock(oblivion.lock_key('card', 'money'));
  insert into oblivion.card_payments as p (payment_id, owner_id, amount)
  values (p_facts ->> 'paymentId', oblivion.owner_of(p_facts ->> 'customer'), (p_facts ->> 'amount')::bigint)
  on conflict (payment_id) do nothing
  returning p.* into v_payment;
  if found then
    perform oblivion.book_card('deposit', v_payment.payment_id,
      array[oblivion.card_account('card_funds'), oblivion.card_account('customer_free', v_payment.owner_id)],
      array[-v_payment.amount, v_payment.amount]);
  else
    -- Whose it is and how much it was stands as it was booked first.
    select p.* into strict v_payment from oblivion.card_payments p where p.payment_id = p_facts ->> 'paymentId';
  end if;
  for v_part in select r.value from jsonb_array_elements(coalesce(p_facts -> 'refunds', '[]')) r order by r.value ->> 'id' loop
    perform oblivion.record_card_refund(v_payment, v_part);
  end loop;
  for v_part in select d.value from jsonb_array_elements(coalesce(p_facts -> 'disputes', '[]')) d order by d.value ->> 'id' loop
    perform oblivion.record_card_dispute(v_payment, v_part);
  end loop;
end
$$;
comment on function oblivion.record_card_payment(jsonb) is
  'Books all that is known of a captured payment by card; see record_card_event. OB005, OB012. For the coordinator.';

create function oblivion.is_card_event_known(p_event_id text)
returns boolean
language sql
stable
security definer
set search_path = ''
as $$
  select exists (select from oblivion.card_events e where e.event_id = p_event_id)
$$;
comment on function oblivion.is_card_event_known(text) is 'Whether a message of Stripe was dealt with. For the coordinator.';

create function oblivion.record_card_event(p_event_id text, p_type text, p_facts jsonb)
returns boolean
language plpgsql
security definer
set search_path = ''
as $$
begin
  insert into oblivion.card_events (event_id, type, payment_id)
  values (p_event_id, left(p_type, 100), p_facts ->> 'paymentId')
  on conflict (event_id) do nothing;
  if not found then
    return false;
  end if;
  if p_facts is not null then
    perform oblivion.record_card_payment(p_facts);
  end if;
  return true;
end
$$;
comment on function oblivion.record_card_event(text, text, jsonb) is
  'Books the payment that a message of Stripe is about, as Stripe shows it now: {paymentId, customer, amount, livemode, refunds: [{id, amount, failed, withdrawalId}], disputes: [{id, amount, state: open | lost | won}]}, amounts as decimal strings of millionths of a dollar; or null where it is about none of ours. False, and nothing is booked, where the message was dealt with before. OB005, OB012. For the coordinator.';

create function oblivion.card_swept_to()
returns bigint
language sql
stable
security definer
set search_path = ''
as $$
  select extract(epoch from s.card_swept_to)::bigint from oblivion.settings s
$$;
comment on function oblivion.card_swept_to() is
  'Until when Stripe''s own list of events was looked through for what no message brought, in seconds since the epoch, or null. For the coordinator.';

create function oblivion.set_card_swept_to(p_seconds bigint)
returns void
language sql
security definer
set search_path = ''
as $$
  update oblivion.settings s set card_swept_to = greatest(s.card_swept_to, to_timestamp(p_seconds))
$$;
comment on function oblivion.set_card_swept_to(bigint) is 'Keeps how far that look came; it only goes forward. For the coordinator.';

create function oblivion.lift_card_freeze(p_customer text)
returns int
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_count int;
begin
  update oblivion.card_disputes d
     set lifted_at = now()
    from oblivion.owners o
   where o.address = lower(p_customer)
     and d.owner_id = o.id
     and d.state = 'lost'
     and d.lifted_at is null;
  get diagnostics v_count = row_count;
  return v_count;
end
$$;
comment on function oblivion.lift_card_freeze(text) is
  'Lets a customer spend card money again although payments of its were charged back; answers how many those are. An open dispute goes on freezing. By the operator alone.';

reset all;

-- 20261124001324_card_payouts.sql

-- How card money reaches providers. After the dispute window, and as far as the operator's own escrow in the contract
-- reaches, what they earned in card money becomes a charge of the operator's: the contract moves the operator's tokens into
-- its pool, the voucher follows as for any charge, and the card money is the operator's. Two transactions, one of each
-- asset: nothing is converted in the books (M1).

create function oblivion.ripe_card_receipts()
returns table (id bigint, task_id uuid, job_id uuid, payee_owner_id bigint, reward bigint)
language sql
stable
security definer
set search_path = ''
as $$
  -- All that a task spends was paid by card before the task was posted.
  select r.id, r.task_id, r.job_id, r.payee_owner_id, r.price - r.fee
    from oblivion.accounts a
    join oblivion.receipts r on r.customer_owner_id = a.owner_id and r.charge_id is null and r.asset = 'card'
    join oblivion.tasks t on t.id = r.task_id
   cross join oblivion.settings s
   where a.kind = 'customer_free'
     and a.asset = 'card'
     and a.instance_id = oblivion.card_instance()
     and t.created_at <= now() - s.card_dispute_window
     and r.price > r.fee
     and not exists (
           select from oblivion.card_reversals x where x.job_id = r.job_id and x.restored_at is null)
   order by r.id
   limit 10000
$$;
comment on function oblivion.ripe_card_receipts() is
  'Receipts in card money that may be paid out: older than the dispute window, not reversed, not paid; the oldest first. For the engine alone.';

create function oblivion.pay_card_earnings(p_instance_id bigint)
returns bigint
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_payer bigint := (
    select o.id from oblivion.settings s join oblivion.owners o on o.address = s.card_payer);
  v_charge bigint;
  v_dispute text;
  v_room bigint;
  v_paid bigint;
begin
  perform pg_advisory_xact_lock(oblivion.lock_key('card', 'money'));
  -- What has come free since a dispute began.
  for v_dispute in
    select d.dispute_id from oblivion.card_disputes d where d.state <> 'won' and d.covered < d.amount order by d.dispute_id
  loop
    perform oblivion.cover_card_dispute(v_dispute);
  end loop;
  if v_payer is null then
    return 0;
  end if;
  -- As for any customer: its free escrow, which its daily cap lets through, and that it does not take out.
  perform pg_advisory_xact_lock(oblivion.lock_key('customer', v_payer::text));
  v_room := least(oblivion.free_of(p_instance_id, v_payer), oblivion.exposure_room(p_instance_id, v_payer));
  if coalesce(v_room, 0) <= 0 or oblivion.exit_of(p_instance_id, v_payer) > 0 then
    return 0;
  end if;
  v_charge := nextval(pg_get_serial_sequence('oblivion.charges', 'id'));
  with ripe as (
    select x.task_id, x.job_id, x.payee_owner_id, x.reward, sum(x.reward) over (order by x.id) as total
      from oblivion.ripe_card_receipts() x
  ), stamped as (
    update oblivion.receipts r
       set charge_id = v_charge
      from ripe x
     where r.task_id = x.task_id
       and r.job_id = x.job_id
       and r.charge_id is null
       and x.total <= v_room
    returning r.provider_owner_id, r.payee_owner_id, r.customer_owner_id, x.reward, r.accepted_at
  ), proofs as (
    insert into oblivion.results_by_customer as c (provider_owner_id, customer_owner_id, results)
    select d.provider_owner_id, d.customer_owner_id, count(*)
      from stamped d
      join oblivion.owners o on o.id = d.provider_owner_id and o.proven_count < 1000
       and d.accepted_at > coalesce(o.judged_at, '-infinity')
     group by d.provider_owner_id, d.customer_owner_id
    on conflict (provider_owner_id, customer_owner_id) do update set results = c.results + excluded.results, fresh = true
  ), made as (
    insert into oblivion.charges (id, instance_id, owner_id, cumulative, cumulative_fee)
    overriding system value
    select v_charge, p_instance_id, v_payer, l.price + sum(d.reward), l.fee
      from stamped d, oblivion.charged_spending(p_instance_id, v_payer) l
     group by l.price, l.fee
  ), parts as (
    insert into oblivion.charge_parts (charge_id, payee_owner_id, reward)
    select v_charge, d.payee_owner_id, sum(d.reward)
      from stamped d
     group by d.payee_owner_id
    returning payee_owner_id, reward
  ), totals as (
    insert into oblivion.payee_totals as t (instance_id, payee_owner_id, charged)
    select p_instance_id, p.payee_owner_id, p.reward from parts p
    on conflict (instance_id, payee_owner_id) do update set charged = t.charged + excluded.charged
  )
  insert into oblivion.card_payouts as o (charge_id, instance_id, amount)
  select v_charge, p_instance_id, sum(p.reward) from parts p having sum(p.reward) > 0
  returning o.amount into v_paid;
  if not found then
    return 0;
  end if;
  perform oblivion.book('payout', 'charge:' || v_charge, 'chain', p_instance_id,
    array[oblivion.account('customer_free', 'chain', p_instance_id, v_payer),
          oblivion.account('card_escrow', 'chain', p_instance_id)],
    array[-v_paid, v_paid]);
  perform oblivion.book_card('payout', 'charge:' || v_charge,
    array_agg(oblivion.card_account('provider_earned', p.payee_owner_id)) || oblivion.card_account('card_proceeds'),
    array_agg(-p.reward) || v_paid)
    from oblivion.charge_parts p
   where p.charge_id = v_charge;
  return v_paid;
end
$$;
comment on function oblivion.pay_card_earnings(bigint) is
  'Charges the operator''s escrow for receipts in card money that are ripe; answers how much. At the head of charges_due. For the engine alone.';

create function oblivion.set_card_terms(p_payer text, p_window_days int default null)
returns void
language plpgsql
security definer
set search_path = ''
as $$
begin
  if p_payer is not null and p_payer !~* '^0x[0-9a-f]{40}$' then
    perform oblivion.raise_error('OB005', 'The payer is a wallet''s address.', null,
      jsonb_build_object('field', 'p_payer', 'reason', 'shape'));
  elsif p_window_days not between 0 and 3650 then
    perform oblivion.raise_error('OB005', 'A dispute window is 0 to 3650 days.', null,
      jsonb_build_object('field', 'p_window_days', 'reason', 'range'));
  end if;
  if p_payer is not null then
    perform oblivion.owner_of(p_payer);
  end if;
  update oblivion.settings s
     set card_payer = lower(p_payer),
         card_dispute_window = coalesce(make_interval(days => p_window_days), s.card_dispute_window);
end
$$;
comment on function oblivion.set_card_terms(text, int) is
  'Whose escrow in the contract pays for card money, null for nobody''s, and for how many days after a task was posted its receipts in card money wait. OB005. For the coordinator.';

reset all;

-- 20261124001326_card_withdrawals.sql

-- Card money that a customer takes back: to the card that it came from, and nowhere else. It leaves the free balance when it
-- is asked for, and the books when Stripe shows the refund.

create table oblivion.card_withdrawals (
  id uuid primary key default gen_random_uuid(),
  owner_id bigint not null references oblivion.owners,
  payment_id text not null references oblivion.card_payments,
  amount bigint not null check (amount > 0),
  -- requested: the coordinator asks Stripe for it; returned: Stripe has; failed: it is free again.
  state text not null default 'requested' check (state in ('requested', 'returned', 'failed')),
  refund_id text unique references oblivion.card_refunds,
  reason text,
  requested_at timestamptz not null default now(),
  ended_at timestamptz,
  check ((state = 'requested') = (ended_at is null))
);
create index on oblivion.card_withdrawals (owner_id, requested_at desc);
create index on oblivion.card_withdrawals (payment_id);
create index on oblivion.card_withdrawals (requested_at) where state = 'requested';
comment on table oblivion.card_withdrawals is 'Card money that goes back to its card on the customer''s wish, one row a payment.';

create function oblivion.refundable(p_payment oblivion.card_payments)
returns bigint
language sql
stable
security definer
set search_path = ''
as $$
  select case
    -- Stripe refunds nothing of a payment that is disputed, or was lost.
    when exists (select from oblivion.card_disputes d where d.payment_id = p_payment.payment_id and d.state <> 'won') then 0
    else p_payment.amount
       - coalesce((
           select sum(r.amount) from oblivion.card_refunds r where r.payment_id = p_payment.payment_id and not r.failed), 0)
       - coalesce((
           select sum(w.amount)
             from oblivion.card_withdrawals w
            where w.payment_id = p_payment.payment_id and w.state = 'requested'), 0)
  end::bigint
$$;
comment on function oblivion.refundable(oblivion.card_payments) is 'What of a payment can still go back to its card. For the engine alone.';

create function public.request_card_refund(p_amount text, p_request_id text default null)
returns jsonb
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_owner bigint := oblivion.owner_of(oblivion.require_wallet());
  v_call constant text := 'request_card_refund ' || p_amount;
  v_before jsonb;
  v_free bigint;
  v_amount bigint;
  v_rest bigint;
  v_part bigint;
  v_payment oblivion.card_payments;
  v_withdrawal uuid;
begin
  -- A cent is 10,000 millionths of a dollar.
  if p_amount ~ '^[1-9][0-9]{0,10}0000$' is not true then
    perform oblivion.raise_error('OB005', 'A refund is a whole number of cents, one at least.', null,
      jsonb_build_object('field', 'p_amount', 'reason', 'range'));
  end if;
  v_amount := p_amount::bigint;
  v_rest := v_amount;
  -- No dispute and no refund is booked meanwhile.
  perform pg_advisory_xact_lock(oblivion.lock_key('card', 'money'));
  v_before := oblivion.answer_before(v_owner, p_request_id, v_call);
  if v_before is not null then
    return v_before;
  end if;
  perform oblivion.require_card_budget(v_owner, v_amount);
  v_free := oblivion.balance_of(oblivion.card_account('customer_free', v_owner));
  for v_payment in
    select p.* from oblivion.card_payments p where p.owner_id = v_owner order by p.paid_at desc, p.payment_id
  loop
    exit when v_rest = 0;
    v_part := least(v_rest, oblivion.refundable(v_payment));
    continue when v_part <= 0;
    insert into oblivion.card_withdrawals (owner_id, payment_id, amount)
    values (v_owner, v_payment.payment_id, v_part)
    returning id into v_withdrawal;
    perform oblivion.book_card('withdraw', v_withdrawal::text,
      array[oblivion.card_account('customer_free', v_owner), oblivion.card_account('card_refunding')],
      array[-v_part, v_part]);
    v_rest := v_rest - v_part;
  end loop;
  if v_rest > 0 then
    perform oblivion.raise_error('OB007', 'Less than this can go back to your cards.', 'Ask for less.',
      jsonb_build_object('needed', p_amount, 'free', (v_amount - v_rest)::text));
  end if;
  return oblivion.keep_answer(v_owner, p_request_id, v_call,
    jsonb_build_object('requested', p_amount, 'free', (v_free - v_amount)::text));
end
$$;
comment on function public.request_card_refund(text, text) is
  'Takes free card money of the caller''s back to the cards that it came from, the latest payment first; under a p_request_id of the caller''s once. Answers {requested, free}. OB001, OB005, OB007, OB090.';

create function oblivion.card_refunds_due()
returns jsonb
language sql
stable
security definer
set search_path = ''
as $$
  select coalesce(jsonb_agg(jsonb_build_object(
           'withdrawalId', w.id, 'paymentId', w.payment_id, 'amount', w.amount::text) order by w.requested_at, w.id), '[]')
    from (
      select x.*
        from oblivion.card_withdrawals x
       where x.state = 'requested'
       order by x.requested_at, x.id
       limit 100) w
$$;
comment on function oblivion.card_refunds_due() is
  'Withdrawals that Stripe is to be asked for, under the withdrawal''s id, so that asking twice is one refund. For the coordinator.';

create function oblivion.fail_card_withdrawal(p_withdrawal_id uuid, p_reason text)
returns boolean
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_withdrawal oblivion.card_withdrawals;
begin
  perform pg_advisory_xact_lock(oblivion.lock_key('card', 'money'));
  update oblivion.card_withdrawals w
     set state = 'failed',
         reason = left(p_reason, 200),
         ended_at = now()
   where w.id = p_withdrawal_id
     and w.state = 'requested'
  returning w.* into v_withdrawal;
  if not found then
    return false;
  end if;
  perform oblivion.book_card('refund_failed', v_withdrawal.id::text,
    array[oblivion.card_account('card_refunding'), oblivion.card_account('customer_free', v_withdrawal.owner_id)],
    array[-v_withdrawal.amount, v_withdrawal.amount]);
  return true;
end
$$;
comment on function oblivion.fail_card_withdrawal(uuid, text) is
  'Stripe refuses a refund for good: its money is free again. False where it ended otherwise. For the coordinator.';

create function oblivion.return_withdrawal(p_refund oblivion.card_refunds, p_withdrawal_id uuid)
returns boolean
language plpgsql
security definer
set search_path = ''
as $$
begin
  update oblivion.card_withdrawals w
     set state = 'returned',
         refund_id = p_refund.refund_id,
         ended_at = now()
   where w.id = p_withdrawal_id
     and w.payment_id = p_refund.payment_id
     and w.amount = p_refund.amount
     and w.state = 'requested';
  return found;
end
$$;
comment on function oblivion.return_withdrawal(oblivion.card_refunds, uuid) is
  'Whether a refund is the one that a withdrawal waits for; it is returned then. For the engine alone.';

reset all;

-- 20261124001330_sandbox.sql

-- Play money: the asset `test`, to try everything out without a deposit. It is booked like the rest, in accounts of its
-- own that no transaction mixes with others (M1); it never becomes a charge or a voucher, and it exists on test networks
-- alone: an operator's flag cannot make it where the token is real money.

create function oblivion.is_test_network(p_chain_id bigint)
returns boolean
language sql
immutable strict parallel safe
return p_chain_id in (31337, 80002);
comment on function oblivion.is_test_network(bigint) is 'Where play money may exist: a local chain and Amoy. The one list.';

create function oblivion.guard_play_money()
returns trigger
language plpgsql
security definer
set search_path = ''
as $$
begin
  if not exists (
    select
      from oblivion.settlement_instances i
     where i.id = new.instance_id
       and oblivion.is_test_network(i.chain_id)) then
    perform oblivion.refuse_row('accounts', 'play money exists on test networks alone');
  end if;
  return new;
end
$$;
comment on function oblivion.guard_play_money() is
  'No account of play money under a contract of real money, whoever asks and whatever the settings say (M1).';
create trigger guard_play_money before insert on oblivion.accounts
  for each row when (new.asset = 'test') execute function oblivion.guard_play_money();

create function oblivion.set_sandbox(p_enabled boolean)
returns void
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_instance oblivion.settlement_instances := oblivion.open_instance();
begin
  if p_enabled and not coalesce(oblivion.is_test_network(v_instance.chain_id), true) then
    perform oblivion.raise_error('OB005', format('There is no play money on chain %s.', v_instance.chain_id),
      'Unset WALLET_SANDBOX_ENABLED.', jsonb_build_object('field', 'p_enabled', 'reason', 'chain', 'chainId', v_instance.chain_id));
  end if;
  update oblivion.settings s set sandbox = p_enabled where s.sandbox <> p_enabled;
end
$$;
comment on function oblivion.set_sandbox(boolean) is
  'Whether wallets may ask for play money and pay tasks with it; refused where the token is real money. OB005. For the coordinator.';

create function oblivion.sandbox_open()
returns boolean
language sql
stable
security definer
set search_path = ''
as $$
  select s.sandbox and coalesce(oblivion.is_test_network((oblivion.open_instance()).chain_id), false)
    from oblivion.settings s
$$;
comment on function oblivion.sandbox_open() is 'Whether there is play money now. For the engine alone.';

create function oblivion.require_play_budget(p_instance_id bigint, p_owner_id bigint, p_budget bigint)
returns void
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_free bigint;
begin
  if not oblivion.sandbox_open() then
    perform oblivion.raise_error('OB006', 'There is no play money here.', 'Leave asset out.', jsonb_build_object('field', 'asset'));
  end if;
  perform pg_advisory_xact_lock(oblivion.lock_key('customer', p_owner_id::text));
  v_free := oblivion.free_of(p_instance_id, p_owner_id, 'test');
  if v_free < p_budget then
    perform oblivion.raise_error('OB007', 'Your play money does not cover the budget.', 'Fill it up, or lower the budget.',
      jsonb_build_object('needed', p_budget::text, 'free', v_free::text));
  end if;
end
$$;
comment on function oblivion.require_play_budget(bigint, bigint, bigint) is
  'As require_budget() for play money, which knows no exits and no daily cap. OB006, OB007. For the engine alone.';

create function public.change_play_money(p_amount text, p_request_id text default null)
returns jsonb
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_owner bigint := oblivion.owner_of(oblivion.require_wallet());
  v_instance bigint := (oblivion.open_instance()).id;
  -- 1,000 tokens of 6 decimals.
  v_most constant bigint := 1000000000;
  v_call constant text := 'change_play_money ' || p_amount;
  v_before jsonb;
  v_amount bigint;
  v_free bigint;
begin
  if not oblivion.sandbox_open() then
    perform oblivion.raise_error('OB006', 'There is no play money here.', null, jsonb_build_object('field', 'asset'));
  elsif p_amount !~ '^-?[1-9][0-9]{0,14}$' is not false then
    perform oblivion.raise_error('OB005', 'An amount is a whole number of the smallest unit, and not zero.', null,
      jsonb_build_object('field', 'p_amount', 'reason', 'shape'));
  end if;
  v_amount := p_amount::bigint;
  perform pg_advisory_xact_lock(oblivion.lock_key('customer', v_owner::text));
  v_before := oblivion.answer_before(v_owner, p_request_id, v_call);
  if v_before is not null then
    return v_before;
  end if;
  v_free := oblivion.free_of(v_instance, v_owner, 'test');
  if v_free + v_amount < 0 then
    perform oblivion.raise_error('OB007', 'That is more than the free play money.', null,
      jsonb_build_object('needed', (-v_amount)::text, 'free', v_free::text));
  elsif v_amount > 0 and v_free + v_amount > v_most then
    perform oblivion.raise_error('OB014', 'Free play money is 1,000 tokens at most.', 'Spend some of it first.',
      jsonb_build_object('what', 'playMoney', 'limit', v_most));
  end if;
  perform oblivion.book('play', gen_random_uuid()::text, 'test', v_instance,
    array[oblivion.account('play_money', 'test', v_instance),
          oblivion.account('customer_free', 'test', v_instance, v_owner)],
    array[-v_amount, v_amount]);
  return oblivion.keep_answer(v_owner, p_request_id, v_call, jsonb_build_object('free', (v_free + v_amount)::text));
end
$$;
comment on function public.change_play_money(text, text) is
  'Gives the caller play money, or with a negative amount takes it back: a decimal string of the smallest unit, up to 1,000 tokens free; under a p_request_id of the caller''s once. Answers {free}. OB001, OB005 to OB007, OB014.';

create function oblivion.play_balance(p_owner_id bigint)
returns jsonb
language plpgsql
stable
security definer
set search_path = ''
as $$
declare
  v_instance bigint := (oblivion.open_instance()).id;
  v_spent bigint;
begin
  if not oblivion.sandbox_open() then
    return null;
  end if;
  -- Never charged, so each receipt is still among the open ones.
  select coalesce(sum(r.price), 0) into v_spent
    from oblivion.receipts r
   where r.charge_id is null
     and r.customer_owner_id = p_owner_id and r.asset = 'test' and r.instance_id = v_instance;
  return jsonb_build_object(
    'free', oblivion.free_of(v_instance, p_owner_id, 'test')::text,
    'held', (
      select (coalesce(sum(e.amount), 0) - v_spent)::text
        from oblivion.tasks t
        join oblivion.accounts a on a.task_id = t.id and a.kind = 'task_hold'
        join oblivion.ledger_entries e on e.account_id = a.id
       where t.owner_id = p_owner_id and t.asset = 'test' and t.instance_id = v_instance),
    'spent', v_spent::text,
    'earned', oblivion.receipt_sum('provider_earned', 'test', v_instance, coalesce(p_owner_id, 0))::text);
end
$$;
comment on function oblivion.play_balance(bigint) is
  'A wallet''s play money: {free, held, spent, earned}; null where there is none. For the engine alone.';

reset all;

-- 20261124001350_relay.sql

-- The relayer's transactions: one queue of nonces, kept before anything is sent. A process that dies anywhere leaves a row
-- that says what was signed, and the next one sends those very bytes again: never the same thing under a second nonce.

create table oblivion.relay_transactions (
  id bigint generated always as identity primary key,
  instance_id bigint not null references oblivion.settlement_instances,
  relayer text not null check (relayer ~ '^0x[0-9a-f]{40}$'),
  nonce bigint not null check (nonce >= 0),
  kind text not null check (kind in ('charge', 'claim', 'settle')),
  -- What it says, in rows as the contract takes them: [{customer, cumulative, cumulativeFee}], [{provider, cumulative}].
  charges jsonb not null check (jsonb_typeof(charges) = 'array'),
  vouchers jsonb not null check (jsonb_typeof(vouchers) = 'array'),
  gas_limit bigint not null check (gas_limit > 0),
  -- sending: not in a block as far as we know; mined: in one that may be reorganised; final: in one that may not; lost: the
  -- nonce went to a transaction that is none of ours.
  state text not null default 'sending' check (state in ('sending', 'mined', 'final', 'lost')),
  mined_try int,
  mined_block bigint,
  mined_hash text,
  succeeded boolean,
  opened_at timestamptz not null default now(),
  ended_at timestamptz,
  unique (instance_id, relayer, nonce),
  check ((state in ('mined', 'final')) = (mined_try is not null)),
  check ((state in ('final', 'lost')) = (ended_at is not null))
);
create index relay_open on oblivion.relay_transactions (instance_id, relayer, nonce) where ended_at is null;
comment on table oblivion.relay_transactions is
  'One row a nonce that the relayer used or uses for an instance, with what it is for. Written before the transaction is sent.';

create table oblivion.relay_tries (
  transaction_id bigint not null references oblivion.relay_transactions,
  try int not null check (try > 0),
  tx_hash text not null check (tx_hash ~ '^0x[0-9a-f]{64}$'),
  -- The signed bytes; gone once the nonce has ended.
  raw text check (raw ~ '^0x[0-9a-f]+$'),
  -- Wei.
  max_fee_per_gas bigint not null check (max_fee_per_gas > 0),
  max_priority_fee_per_gas bigint not null check (max_priority_fee_per_gas between 0 and max_fee_per_gas),
  -- It sends nothing to the relayer itself, so that the nonce is free again.
  cancels boolean not null,
  sent_at timestamptz not null,
  primary key (transaction_id, try)
);
comment on table oblivion.relay_tries is
  'What was signed for a nonce, in order: each pays a tenth more than the one before it, so that the chain takes at most one of them.';

create function oblivion.relay_add_try(p_id bigint, p_try jsonb)
returns void
language sql
security definer
set search_path = ''
as $$
  insert into oblivion.relay_tries (
    transaction_id, try, tx_hash, raw, max_fee_per_gas, max_priority_fee_per_gas, cancels, sent_at)
  select p_id, coalesce(max(t.try), 0) + 1, lower(p_try ->> 'hash'), p_try ->> 'raw', (p_try ->> 'maxFeePerGas')::bigint,
         (p_try ->> 'maxPriorityFeePerGas')::bigint, (p_try ->> 'cancels')::boolean,
         to_timestamp((p_try ->> 'sentAtMs')::numeric / 1000)
    from oblivion.relay_tries t
   where t.transaction_id = p_id
$$;
comment on function oblivion.relay_add_try(bigint, jsonb) is 'Keeps what was signed for a nonce. For the engine alone.';

create function oblivion.relay_queue(p_instance_id bigint, p_relayer text)
returns jsonb
language sql
stable
security definer
set search_path = ''
as $$
  select jsonb_build_object(
    'nextNonce', (
      select coalesce(max(r.nonce) + 1, 0)
        from oblivion.relay_transactions r
       where r.instance_id = p_instance_id
         and r.relayer = lower(p_relayer)),
    'open', (
      select coalesce(jsonb_agg(jsonb_build_object(
               'id', r.id,
               'nonce', r.nonce,
               'kind', r.kind,
               'gasLimit', r.gas_limit::text,
               'state', r.state,
               'minedHash', r.mined_hash,
               'openedAtMs', floor(extract(epoch from r.opened_at) * 1000),
               'tries', (
                 select jsonb_agg(jsonb_build_object(
                          'hash', t.tx_hash,
                          'raw', t.raw,
                          'maxFeePerGas', t.max_fee_per_gas::text,
                          'maxPriorityFeePerGas', t.max_priority_fee_per_gas::text,
                          'cancels', t.cancels,
                          'sentAtMs', floor(extract(epoch from t.sent_at) * 1000)) order by t.try)
                   from oblivion.relay_tries t
                  where t.transaction_id = r.id)) order by r.nonce), '[]')
        from oblivion.relay_transactions r
       where r.instance_id = p_instance_id
         and r.relayer = lower(p_relayer)
         and r.ended_at is null))
$$;
comment on function oblivion.relay_queue(bigint, text) is
  'The nonces of a relayer that have not ended, with all that was signed for them, and the first one that was never used. For the coordinator.';

create function oblivion.relay_begin(p_instance_id bigint, p_relayer text, p_nonce bigint, p_intent jsonb, p_try jsonb)
returns bigint
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_id bigint;
begin
  perform oblivion.require_instance(p_instance_id);
  -- One at a time: what is due is decided from what the chain says after the one before.
  if exists (
    select
      from oblivion.relay_transactions r
     where r.instance_id = p_instance_id
       and r.relayer = lower(p_relayer)
       and (r.state = 'sending' or r.nonce >= p_nonce)) then
    return null;
  end if;
  insert into oblivion.relay_transactions (instance_id, relayer, nonce, kind, charges, vouchers, gas_limit)
  values (
    p_instance_id, lower(p_relayer), p_nonce, p_intent ->> 'kind', p_intent -> 'charges', p_intent -> 'vouchers',
    (p_intent ->> 'gasLimit')::bigint)
  returning id into v_id;
  perform oblivion.relay_add_try(v_id, p_try);
  -- Whatever becomes of its row, whoever had no place in this batch comes before it in the next.
  update oblivion.charges c
     set batch_id = v_id
    from jsonb_array_elements(p_intent -> 'charges') e
    join oblivion.owners o on o.address = lower(e.value ->> 'customer')
   where c.instance_id = p_instance_id
     and c.owner_id = o.id
     and c.confirmed_at is null;
  update oblivion.payout_orders p
     set batch_id = v_id
    from jsonb_array_elements(p_intent -> 'vouchers') e
    join oblivion.owners o on o.address = lower(e.value ->> 'provider')
   where p.instance_id = p_instance_id
     and p.owner_id = o.id;
  return v_id;
end
$$;
comment on function oblivion.relay_begin(bigint, text, bigint, jsonb, jsonb) is
  'Keeps a transaction before it is sent, and answers its id; null where another one is being sent or the nonce was used. p_intent {kind, charges, vouchers, gasLimit}, p_try {hash, raw, maxFeePerGas, maxPriorityFeePerGas, cancels, sentAtMs}. OB015, OB016. For the coordinator.';

create function oblivion.relay_try(p_id bigint, p_try jsonb)
returns boolean
language plpgsql
security definer
set search_path = ''
as $$
begin
  perform 1
     from oblivion.relay_transactions r
    where r.id = p_id
      and r.state = 'sending'
      for update;
  if not found then
    return false;
  end if;
  perform oblivion.relay_add_try(p_id, p_try);
  return true;
end
$$;
comment on function oblivion.relay_try(bigint, jsonb) is
  'Keeps another try for a nonce, before it is sent; false where the nonce is in a block by now. p_try as in relay_begin. For the coordinator.';

create function oblivion.relay_mined(p_id bigint, p_hash text, p_block bigint, p_block_hash text, p_succeeded boolean)
returns void
language sql
security definer
set search_path = ''
as $$
  update oblivion.relay_transactions r
     set state = 'mined',
         mined_try = t.try,
         mined_block = p_block,
         mined_hash = lower(p_block_hash),
         succeeded = p_succeeded
    from oblivion.relay_tries t
   where r.id = p_id
     and r.ended_at is null
     and t.transaction_id = r.id
     and t.tx_hash = lower(p_hash)
$$;
comment on function oblivion.relay_mined(bigint, text, bigint, text, boolean) is
  'Notes which try of a nonce is in which block. For the coordinator.';

create function oblivion.relay_returned(p_id bigint)
returns void
language sql
security definer
set search_path = ''
as $$
  update oblivion.relay_transactions r
     set state = 'sending',
         mined_try = null,
         mined_block = null,
         mined_hash = null,
         succeeded = null
   where r.id = p_id
     and r.state = 'mined'
$$;
comment on function oblivion.relay_returned(bigint) is 'Notes that a reorganisation took a transaction out of its block. For the coordinator.';

create function oblivion.relay_ended(p_id bigint)
returns void
language plpgsql
security definer
set search_path = ''
as $$
begin
  update oblivion.relay_transactions r
     set state = case r.state when 'mined' then 'final' else 'lost' end,
         ended_at = now()
   where r.id = p_id
     and r.ended_at is null;
  update oblivion.relay_tries t set raw = null where t.transaction_id = p_id and t.raw is not null;
end
$$;
comment on function oblivion.relay_ended(bigint) is
  'Notes that the nonce is used for good: by the try that was mined, or by a transaction that is none of ours. For the coordinator.';

reset all;

-- 20261124001360_payouts.sql

-- Payouts that the relayer sends, so that they cost a provider nothing: for whoever asks, or said from which amount on.
-- Everybody can always claim by itself.

create table oblivion.payout_orders (
  instance_id bigint not null references oblivion.settlement_instances,
  owner_id bigint not null references oblivion.owners,
  -- Once: until it was paid this much in all.
  asked bigint check (asked > 0),
  -- Always: whenever this much is claimable.
  from_amount bigint check (from_amount > 0),
  -- Its last payout on chain.
  paid_block bigint,
  -- The last batch that had a row of it: who had none, or longest ago, comes first.
  batch_id bigint references oblivion.relay_transactions,
  primary key (instance_id, owner_id)
);
comment on table oblivion.payout_orders is 'Which providers want their vouchers sent for them.';

create function oblivion.payout_minimum()
returns bigint
language sql
immutable parallel safe
-- A cent. A row of a batch costs some 20,000 gas: a tenth of a cent on Polygon where gas is dear.
return 10000;
comment on function oblivion.payout_minimum() is 'The least that is sent for a provider, smallest unit.';

create function oblivion.earned_of(p_instance_id bigint, p_owner_id bigint)
returns bigint
language sql
stable
security definer
set search_path = ''
as $$
  select oblivion.receipt_sum('provider_earned', 'chain', p_instance_id, coalesce(p_owner_id, 0))
       + oblivion.shared_earnings(p_instance_id, p_owner_id)
$$;
comment on function oblivion.earned_of(bigint, bigint) is 'All that an owner has earned, charged or not. For the engine alone.';

create function oblivion.payouts_due(p_instance_id bigint)
returns jsonb
language sql
stable
security definer
set search_path = ''
as $$
  select jsonb_build_object(
    'minimum', oblivion.payout_minimum()::text,
    'vouchers', coalesce(jsonb_agg(jsonb_build_object('provider', d.address, 'cumulative', d.cumulative::text)
                                   order by d.batch_id nulls first, d.address), '[]'))
    from (
      select w.address, v.cumulative, p.batch_id
        from oblivion.payout_orders p
        join oblivion.owners w on w.id = p.owner_id
        join oblivion.vouchers v on v.instance_id = p.instance_id and v.owner_id = p.owner_id
       cross join lateral oblivion.settled_of(p.instance_id, p.owner_id) as settled
       where p.instance_id = p_instance_id
         and v.cumulative - settled >= oblivion.payout_minimum()
         and (p.asked > settled or v.cumulative - settled >= p.from_amount)
         -- A row that got nothing in its block will get nothing in the next one: the token refuses its payee. A hundred of
         -- them would fill every batch and burn its gas.
         and not exists (
           select
             from oblivion.relay_transactions b
             join oblivion.relay_tries t on t.transaction_id = b.id and t.try = b.mined_try and not t.cancels
            where b.id = p.batch_id
              and b.succeeded
              and b.opened_at > now() - interval '1 day'
              and coalesce(p.paid_block, 0) < b.mined_block)
       order by p.batch_id nulls first, w.address
       limit 500) d
$$;
comment on function oblivion.payouts_due(bigint) is
  'Vouchers that are to be sent for their providers, who had a row longest ago first; at most 500. Whom a batch of the last day did not pay waits for the next day. For the coordinator.';

create function oblivion.show_payout(p_instance_id bigint, p_owner_id bigint)
returns jsonb
language sql
stable
security definer
set search_path = ''
as $$
  select jsonb_build_object(
    'minimum', oblivion.payout_minimum()::text,
    'asked', greatest(0, p.asked - oblivion.settled_of(p_instance_id, p_owner_id))::text,
    'from', p.from_amount::text)
    from (select) one
    left join oblivion.payout_orders p on p.instance_id = p_instance_id and p.owner_id = p_owner_id
$$;
comment on function oblivion.show_payout(bigint, bigint) is 'A provider''s orders, as its owner sees them. For the engine alone.';

create function public.my_payout()
returns jsonb
language sql
stable
security definer
set search_path = ''
as $$
  select oblivion.show_payout((oblivion.open_instance()).id, o.id)
    from (select oblivion.require_wallet() as address) w
    left join oblivion.owners o on o.address = w.address
$$;
comment on function public.my_payout() is
  'What the caller has ordered: {minimum, asked: what of its order is still to come, from: the amount from which on payouts are sent or null}; decimal strings of the smallest unit. OB001.';

create function oblivion.order_payout(p_asked boolean, p_from bigint)
returns jsonb
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_owner bigint := oblivion.owner_of(oblivion.require_wallet());
  v_instance oblivion.settlement_instances := oblivion.open_instance();
  v_earned bigint;
begin
  if v_instance.id is null then
    perform oblivion.raise_error('OB012', 'No settlement contract is open, so nothing can be paid.', 'Ask the operator to open one.');
  end if;
  v_earned := oblivion.earned_of(v_instance.id, v_owner);
  if p_asked and v_earned - oblivion.settled_of(v_instance.id, v_owner) < oblivion.payout_minimum() then
    perform oblivion.raise_error('OB005', 'You have earned less than what a payout is sent for.', 'Earn a little more, or claim it yourself.',
      jsonb_build_object('field', 'earned', 'reason', 'below_minimum', 'minimum', oblivion.payout_minimum()::text));
  end if;
  insert into oblivion.payout_orders as p (instance_id, owner_id, asked, from_amount)
  values (v_instance.id, v_owner, case when p_asked then v_earned end, case when not p_asked then p_from end)
  on conflict (instance_id, owner_id) do update
    set asked = case when p_asked then excluded.asked else p.asked end,
        from_amount = case when p_asked then p.from_amount else excluded.from_amount end;
  return oblivion.show_payout(v_instance.id, v_owner);
end
$$;
comment on function oblivion.order_payout(boolean, bigint) is
  'Keeps an order of the caller: for what it has earned so far, or from which amount on. For the engine alone.';

create function public.request_payout()
returns jsonb
language sql
security definer
set search_path = ''
as $$
  select oblivion.order_payout(true, null)
$$;
comment on function public.request_payout() is
  'Has all that the caller has earned up to now sent to its wallet, in one of the next batches and at no cost to it. Answers as my_payout. OB001, OB005, OB012.';

create function public.set_payout_from(p_from text)
returns jsonb
language plpgsql
security definer
set search_path = ''
as $$
begin
  if p_from is not null and (p_from !~ '^[0-9]{1,18}$' or p_from::bigint < oblivion.payout_minimum()) then
    perform oblivion.raise_error('OB005', 'p_from is an amount in the smallest unit, at least the minimum of a payout, or null.', null,
      jsonb_build_object('field', 'p_from', 'reason', 'amount', 'minimum', oblivion.payout_minimum()::text));
  end if;
  return oblivion.order_payout(false, p_from::bigint);
end
$$;
comment on function public.set_payout_from(text) is
  'From which claimable amount on the caller is paid without asking, smallest unit; null for never. Answers as my_payout. OB001, OB005, OB012.';

reset all;

-- 20261124001400_accounts_views.sql

-- What a wallet sees of its own money.

create function oblivion.caller_owner()
returns bigint
language sql
stable
security definer
set search_path = ''
as $$
  -- A visitor's owner has no address: of a key it is its node's.
  select case when oblivion.node_key_hash() is null
    then (select o.id from oblivion.owners o where o.address = oblivion.caller_wallet())
    else (select n.owner_id from public.nodes n where n.key_hash = oblivion.node_key_hash()) end
$$;
comment on function oblivion.caller_owner() is 'The owner behind the caller''s session or node key, or null. Any role may call it: policies do.';

create function public.my_balance()
returns jsonb
language plpgsql
stable
security definer
set search_path = ''
as $$
declare
  v_wallet text := oblivion.require_wallet('read');
  v_instance oblivion.settlement_instances := oblivion.open_instance();
  v_owner bigint;
  v_customer oblivion.chain_customers;
  v_free bigint;
  v_exiting bigint;
  v_spent bigint;
begin
  select o.id into v_owner from oblivion.owners o where o.address = v_wallet;
  select c.* into v_customer
    from oblivion.chain_customers c
   where c.instance_id = v_instance.id
     and c.owner_id = v_owner;
  v_free := oblivion.free_of(v_instance.id, v_owner);
  -- What leaves beyond the free part comes out of holds when it leaves.
  v_exiting := least(oblivion.exit_of(v_instance.id, v_owner), v_free);
  select coalesce(sum(r.price), 0) + (select s.price from oblivion.charged_spending(v_instance.id, coalesce(v_owner, 0)) s)
    into v_spent
    from oblivion.receipts r
   where r.charge_id is null
     and r.customer_owner_id = v_owner and r.asset = 'chain' and r.instance_id = v_instance.id;
  return jsonb_build_object(
    'address', v_wallet,
    'asset', 'chain',
    'chainId', v_instance.chain_id,
    'settlementAddress', v_instance.contract_address,
    'halted', v_instance.halted_reason,
    'free', (v_free - v_exiting)::text,
    'exiting', v_exiting::text,
    'exitRipeAt', case when v_customer.exit_lapses_at >= now() then v_customer.exit_ripe_at end,
    'exitLapsesAt', case when v_customer.exit_lapses_at >= now() then v_customer.exit_lapses_at end,
    'dailyCap', oblivion.daily_cap_of(v_instance.id, v_owner)::text,
    'raisedCap', case when v_customer.raised_at > now() then v_customer.raised_cap::text end,
    'raisedAt', case when v_customer.raised_at > now() then v_customer.raised_at end,
    -- Where no cap is known none bounds a task (require_budget()).
    'room', (
      select greatest(x.room, 0)::text
        from oblivion.exposure_room(v_instance.id, v_owner) as x(room)
       where x.room is not null),
    'withdrawn', (
      select coalesce(sum(e.amount), 0)::text
        from oblivion.chain_events e
       where e.owner_id = v_owner and e.instance_id = v_instance.id and e.kind = 'Withdrawn'),
    'held', (
      select (coalesce(sum(e.amount), 0) - v_spent)::text
        from oblivion.tasks t
        join oblivion.accounts a on a.task_id = t.id and a.kind = 'task_hold'
        join oblivion.ledger_entries e on e.account_id = a.id
       where t.owner_id = v_owner and t.asset = 'chain' and t.instance_id = v_instance.id),
    'spent', v_spent::text,
    'deposited', (
      select coalesce(sum(e.amount), 0)::text
        from oblivion.chain_events e
       where e.owner_id = v_owner and e.instance_id = v_instance.id and e.kind = 'Deposited'),
    'play', oblivion.play_balance(v_owner));
end
$$;
comment on function public.my_balance() is
  'The caller''s money as a customer and which wallet that is, as an API key cannot know otherwise: deposited = free + exiting + held + spent + withdrawn, its exit, its daily cap and what of it is left for more tasks (room; both null before the contract was read); and, beside all that, its play money, {free, held, spent, earned} or null. Decimal strings of the smallest unit. OB001, OB030, OB031.';

create function public.my_earnings()
returns jsonb
language plpgsql
stable
security definer
set search_path = ''
as $$
declare
  v_wallet text := oblivion.require_wallet();
  v_instance oblivion.settlement_instances := oblivion.open_instance();
  v_owner bigint;
  v_total bigint;
  v_charged bigint;
  v_vouched bigint;
  v_settled bigint;
  v_shared bigint;
begin
  select o.id into v_owner from oblivion.owners o where o.address = v_wallet;
  v_charged := oblivion.charged_earnings(v_instance.id, v_owner);
  v_settled := oblivion.settled_of(v_instance.id, v_owner);
  v_shared := oblivion.shared_earnings(v_instance.id, v_owner);
  v_total := oblivion.earned_of(v_instance.id, v_owner);
  select coalesce(max(v.cumulative), 0)
    into v_vouched
    from oblivion.vouchers v
   where v.owner_id = v_owner and v.instance_id = v_instance.id;
  return jsonb_build_object(
    'total', v_total::text,
    'pending', (v_total - greatest(v_vouched, v_settled))::text,
    'claimable', greatest(0, v_vouched - v_settled)::text,
    'settled', v_settled::text,
    'fromSites', v_shared::text,
    'receipts', (
      select coalesce(jsonb_agg(jsonb_build_object(
               'receiptId', r.id,
               'taskId', r.task_id,
               'title', t.title,
               'chunkIndex', r.chunk_index,
               'jobId', r.job_id,
               'attempt', r.attempt,
               'asset', r.asset,
               'price', r.price::text,
               'fee', r.fee::text,
               'reward', r.reward::text,
               'resultHash', r.result_hash,
               'acceptedAt', r.accepted_at,
               'startedAt', r.started_at,
               'state', case
                 when r.asset = 'test' then 'play'
                 -- As my_card_money() sums it; once it is charged, a voucher pays it like any other.
                 when r.asset = 'card' and r.charge_id is null then case
                   when exists (
                     select from oblivion.card_reversals x where x.job_id = r.job_id and x.restored_at is null)
                   then 'reversed'
                   when t.created_at + (select s.card_dispute_window from oblivion.settings s) > now() then 'waiting'
                   else 'ripe' end
                 when not r.confirmed or r.paid_before + r.reward > v_vouched then 'pending'
                 when r.paid_before + r.reward <= v_settled then 'settled'
                 else 'claimable' end) order by r.id desc), '[]')
        from (
          -- Vouchers pay a running total, so a receipt is paid once that total has passed it.
          select x.*,
                 v_charged - sum(x.reward) filter (where x.confirmed) over (order by x.id desc) as paid_before
            from (
              select q.*, q.price - q.fee as reward, k.confirmed_at is not null as confirmed
                from oblivion.receipts q
                left join oblivion.charges k on k.id = q.charge_id
               where q.payee_owner_id = v_owner
                 and coalesce(k.instance_id, q.instance_id) in (v_instance.id, oblivion.card_instance())
               order by q.id desc
               limit 50) x) r
        join oblivion.tasks t on t.id = r.task_id));
end
$$;
comment on function public.my_earnings() is
  'The caller''s earnings: total = pending + claimable + settled, what of it came from sites and their visitors, and its last 50 receipts, those in card and play money too, which no total counts: asset and state say where each stands. OB001.';

create function public.my_voucher()
returns jsonb
language plpgsql
stable
security definer
set search_path = ''
as $$
declare
  v_wallet text := oblivion.require_wallet();
  v_instance oblivion.settlement_instances := oblivion.open_instance();
begin
  return (
    select jsonb_build_object(
      'chainId', v_instance.chain_id,
      'settlementAddress', v_instance.contract_address,
      'provider', o.address,
      'cumulative', v.cumulative::text,
      'settled', oblivion.settled_of(v_instance.id, o.id)::text,
      'claimable', greatest(0, v.cumulative - oblivion.settled_of(v_instance.id, o.id))::text,
      'signature', v.signature)
      from oblivion.owners o
      join oblivion.vouchers v on v.owner_id = o.id and v.instance_id = v_instance.id
     where o.address = v_wallet);
end
$$;
comment on function public.my_voucher() is 'The caller''s signed running total for the contract''s claim(), or null. OB001.';

reset all;

-- 20261124001410_card_views.sql

-- What a wallet sees of its own card money.

create function public.my_card_money()
returns jsonb
language plpgsql
stable
security definer
set search_path = ''
as $$
declare
  v_wallet text := oblivion.require_wallet();
  v_window interval := (select s.card_dispute_window from oblivion.settings s);
  v_owner bigint;
begin
  select o.id into v_owner from oblivion.owners o where o.address = v_wallet;
  return jsonb_build_object(
    'asset', 'card',
    'customer', v_wallet,
    'windowSeconds', extract(epoch from v_window)::bigint,
    'frozen', oblivion.is_card_frozen(v_owner),
    'free', (
      select coalesce(sum(e.amount), 0)::text
        from oblivion.accounts a
        join oblivion.ledger_entries e on e.account_id = a.id
       where a.kind = 'customer_free' and a.asset = 'card' and a.owner_id = v_owner
         and a.instance_id = oblivion.card_instance() and a.task_id is null),
    'held', (
      select (coalesce(sum(oblivion.balance_of(a.id)), 0))::text
        from oblivion.tasks t
        join oblivion.accounts a
          on a.kind = 'task_hold' and a.asset = 'card' and a.instance_id = t.instance_id and a.owner_id is null and a.task_id = t.id
       where t.owner_id = v_owner and t.asset = 'card'),
    'spent', (
      select coalesce(sum(r.price), 0)::text
        from oblivion.tasks t
        join oblivion.receipts r on r.task_id = t.id
       where t.owner_id = v_owner and t.asset = 'card'),
    'deposited', (
      select coalesce(sum(p.amount), 0)::text from oblivion.card_payments p where p.owner_id = v_owner),
    'refunded', (
      select coalesce(sum(r.amount), 0)::text
        from oblivion.card_payments p
        join oblivion.card_refunds r on r.payment_id = p.payment_id
       where p.owner_id = v_owner and not r.failed),
    'returning', (
      select coalesce(sum(w.amount), 0)::text
        from oblivion.card_withdrawals w
       where w.owner_id = v_owner and w.state = 'requested'),
    -- The last ten, so that whoever asked sees what came of it.
    'withdrawals', (
      select coalesce(jsonb_agg(jsonb_build_object(
               'amount', w.amount::text,
               'state', w.state,
               'reason', w.reason,
               'requestedAt', w.requested_at,
               'endedAt', w.ended_at) order by w.requested_at desc, w.id), '[]')
        from (
          select x.*
            from oblivion.card_withdrawals x
           where x.owner_id = v_owner
           order by x.requested_at desc, x.id
           limit 10) w),
    'disputed', (
      select coalesce(sum(d.amount), 0)::text
        from oblivion.card_disputes d
       where d.owner_id = v_owner and d.state <> 'won'),
    'earnings', (
      select jsonb_build_object(
               'total', coalesce(sum(e.reward), 0)::text,
               -- Until the dispute window of the task has ended.
               'waiting', coalesce(sum(e.reward) filter (where e.charge_id is null and not e.reversed and e.ripe_at > now()), 0)::text,
               'nextAt', min(e.ripe_at) filter (where e.charge_id is null and not e.reversed and e.ripe_at > now()),
               -- Until the operator's escrow covers it.
               'ripe', coalesce(sum(e.reward) filter (where e.charge_id is null and not e.reversed and e.ripe_at <= now()), 0)::text,
               -- Part of the voucher, as earnings in tokens are.
               'payable', coalesce(sum(e.reward) filter (where e.charge_id is not null), 0)::text,
               'reversed', coalesce(sum(e.reward) filter (where e.reversed), 0)::text)
        from (
          select r.charge_id, r.price - r.fee as reward, t.created_at + v_window as ripe_at,
                 exists (
                   select from oblivion.card_reversals x where x.job_id = r.job_id and x.restored_at is null) as reversed
            from oblivion.receipts r
            join oblivion.tasks t on t.id = r.task_id
           where r.payee_owner_id = v_owner and r.asset = 'card') e));
end
$$;
comment on function public.my_card_money() is
  'The caller''s card money, apart from its tokens: customer, its wallet; as a customer what is free, held, spent, deposited, refunded, on its way back to a card (returning, withdrawals) and disputed, and whether a dispute freezes it; as a provider what it earned in it: total = waiting + ripe + payable + reversed. Decimal strings of millionths of a dollar. OB001.';

reset all;

-- 20261124001420_statements.sql

-- Statements: what went into and out of an account, entry by entry, the newest first, each with what it is about: a chunk,
-- a task, or a transaction on the chain.
--
-- Entries lie in three places, the ledger's own, its receipts, and payouts of card money, each numbered as it was written.
-- A page takes the newest of each below a mark and merges them by time; what is written while somebody reads on is above
-- the marks, and so no entry is shown twice or left out. A receipt's number is given as it is written and not as it is committed: one that is
-- a moment late may be missing from a page that was read in that moment, and stands in the next reading.

create function oblivion.statement_account(p_account text, p_asset text, p_task_id uuid)
returns oblivion.accounts
language plpgsql
stable
security definer
set search_path = ''
as $$
declare
  v_wallet text := oblivion.require_wallet('read');
  v_owner bigint := (select o.id from oblivion.owners o where o.address = v_wallet);
  v_account oblivion.accounts;
begin
  if p_account is null or p_account not in ('free', 'earned', 'task') then
    perform oblivion.raise_error('OB005', 'An account is free, earned or task.', null,
      jsonb_build_object('field', 'p_account', 'reason', 'unknown'));
  elsif p_asset is null or p_asset not in ('chain', 'card', 'test') then
    perform oblivion.raise_error('OB005', 'An asset is chain, card or test.', null,
      jsonb_build_object('field', 'p_asset', 'reason', 'unknown'));
  end if;
  if p_account = 'task' then
    v_account.asset := (oblivion.require_task(p_task_id, 'read')).asset;
    v_account.instance_id := (oblivion.require_task(p_task_id, 'read')).instance_id;
    v_account.kind := 'task_hold';
    v_account.task_id := p_task_id;
  else
    v_account.asset := p_asset;
    v_account.instance_id := case p_asset when 'card' then oblivion.card_instance() else (oblivion.open_instance()).id end;
    v_account.kind := case p_account when 'free' then 'customer_free' else 'provider_earned' end;
    v_account.owner_id := v_owner;
  end if;
  -- None before its first entry of its own, which for earnings is the first claim.
  select a.id into v_account.id
    from oblivion.accounts a
   where a.kind = v_account.kind and a.asset = v_account.asset and a.instance_id = v_account.instance_id
     and a.owner_id is not distinct from v_account.owner_id and a.task_id is not distinct from v_account.task_id;
  return v_account;
end
$$;
comment on function oblivion.statement_account(text, text, uuid) is
  'The facts of an account of the caller''s, id null where it has no entry of its own. OB001, OB005, OB008. For the engine alone.';

create function oblivion.is_told(p_job public.jobs)
returns boolean
language sql
stable
security definer
set search_path = ''
as $$
  select exists (
           select from oblivion.stage_ends e
            where e.task_id = p_job.task_id and e.chunk_index = p_job.chunk_index and e.stage = p_job.stage)
      or not exists (
           select from public.jobs o
            where o.task_id = p_job.task_id and o.chunk_index = p_job.chunk_index and o.stage = p_job.stage
              and o.status in ('blocked', 'pending', 'processing'))
$$;
comment on function oblivion.is_told(public.jobs) is
  'Whether a customer may know more of a paid job than that it was paid: not before the last of its siblings (T7, T8). For the engine alone.';

create function oblivion.statement_receipts(p_account oblivion.accounts, p_below bigint, p_limit int)
returns table (
  id bigint, at timestamptz, amount bigint, price bigint, fee bigint, task_id uuid, chunk_index int, job_id uuid,
  attempt int, result_hash text)
language plpgsql
stable
security definer
set search_path = ''
as $$
begin
  if p_account.kind = 'provider_earned' then
    return query
      select r.id, r.accepted_at, r.price - r.fee, r.price, r.fee, r.task_id, r.chunk_index, r.job_id, r.attempt, r.result_hash
        from oblivion.receipts r
       where r.payee_owner_id = p_account.owner_id
         and r.asset = p_account.asset
         and r.instance_id = p_account.instance_id
         and r.id < p_below
         and r.price > r.fee
       order by r.id desc
       limit p_limit;
  elsif p_account.kind = 'task_hold' then
    return query
      -- The fee is between its worker and the platform.
      select r.id, r.accepted_at, - r.price, null::bigint, null::bigint, r.task_id, r.chunk_index, t.job_id, t.attempt, t.result_hash
        from oblivion.receipts r
        left join lateral (
          select r.job_id, r.attempt, r.result_hash from public.jobs j where j.id = r.job_id and oblivion.is_told(j)) t on true
       where r.task_id = p_account.task_id
         and r.id < p_below
       order by r.id desc
       limit p_limit;
  end if;
end
$$;
comment on function oblivion.statement_receipts(oblivion.accounts, bigint, int) is
  'The legs of receipts in an account, the newest first. For the engine alone.';

create function oblivion.charge_link(p_charge_id bigint)
returns jsonb
language sql
stable
security definer
set search_path = ''
as $$
  select coalesce((
    select jsonb_build_object('txHash', e.tx_hash, 'logIndex', e.log_index)
      from oblivion.charges c
      join oblivion.chain_events e
        on e.instance_id = c.instance_id and e.owner_id = c.owner_id and e.kind = 'Charged' and e.cumulative >= c.cumulative
     where c.id = p_charge_id
     order by e.cumulative
     limit 1), '{}')
$$;
comment on function oblivion.charge_link(bigint) is
  'The transaction on the chain that covered a charge, {txHash, logIndex}; empty before that. For the engine alone.';

create function oblivion.statement_rows(p_account oblivion.accounts, p_below bigint[], p_limit int)
returns table (source text, id bigint, at timestamptz, amount bigint, details jsonb)
language sql
stable
security definer
set search_path = ''
as $$
  select x.source, x.id,
         -- Never above one that was written before it: so a page ends at a mark of each source.
         min(x.at) over (partition by x.source order by x.id desc), x.amount, x.details
    from (
      (select 'receipt' as source, r.id, r.at, r.amount,
              jsonb_build_object(
                'kind', 'accept', 'taskId', r.task_id, 'chunkIndex', r.chunk_index, 'jobId', r.job_id,
                'attempt', r.attempt, 'resultHash', r.result_hash, 'price', r.price::text, 'fee', r.fee::text) as details
         from oblivion.statement_receipts(p_account, p_below[1], p_limit) r)
      union all
      (select 'entry', t.id, t.booked_at, e.amount,
              jsonb_build_object('kind', t.kind)
                || case
                     when t.kind in ('deposit', 'claim', 'withdraw') and t.reference ~ '^0x[0-9a-f]{64}:[0-9]+$' then
                       jsonb_build_object('txHash', split_part(t.reference, ':', 1),
                         'logIndex', split_part(t.reference, ':', 2)::int)
                     when t.kind in ('hold', 'refund') then jsonb_build_object('taskId', left(t.reference, 36)::uuid)
                     when t.reference like 'site:%' then oblivion.charge_link(split_part(t.reference, ':', 2)::bigint)
                     when t.asset = 'card' then jsonb_build_object('reference', t.reference)
                     else '{}' end
         from oblivion.ledger_entries e
         join oblivion.ledger_transactions t on t.id = e.transaction_id
        where e.account_id = p_account.id
          and e.transaction_id < p_below[2]
        order by t.id desc
        limit p_limit)
      union all
      (select 'payout', c.charge_id, c.made_at, p.reward,
              jsonb_build_object('kind', 'payout') || oblivion.charge_link(c.charge_id)
         from oblivion.card_payouts c
         join oblivion.charge_parts p on p.charge_id = c.charge_id
        where p_account.kind = 'provider_earned'
          and p_account.asset = 'chain'
          and c.instance_id = p_account.instance_id
          and p.payee_owner_id = p_account.owner_id
          and c.charge_id < p_below[3]
        order by c.charge_id desc
        limit p_limit)
    ) x
$$;
comment on function oblivion.statement_rows(oblivion.accounts, bigint[], int) is
  'The newest entries of an account below three marks (receipt, entry, payout), p_limit of each. For the engine alone.';

create function oblivion.statement_balance(p_account oblivion.accounts)
returns bigint
language sql
stable
security definer
set search_path = ''
as $$
  select (coalesce((select sum(e.amount) from oblivion.ledger_entries e where e.account_id = p_account.id), 0)
    + case when p_account.kind = 'customer_free' then 0 else oblivion.receipt_sum(
        p_account.kind, p_account.asset, p_account.instance_id, coalesce(p_account.owner_id, case when p_account.task_id is null then 0 end),
        p_account.task_id) end)::bigint
$$;
comment on function oblivion.statement_balance(oblivion.accounts) is 'What stands in an account. For the engine alone.';

create function public.my_statement(
  p_account text,
  p_asset text default 'chain',
  p_task_id uuid default null,
  p_after text default null,
  p_limit int default 50
)
returns jsonb
language plpgsql
stable
security definer
set search_path = ''
as $$
declare
  v_account oblivion.accounts := oblivion.statement_account(p_account, p_asset, p_task_id);
  v_below bigint[] := array_fill(999999999999999999::bigint, array[3]);
  v_rows jsonb;
  v_last bigint[];
  v_more boolean;
begin
  if p_limit is null or p_limit not between 1 and 500 then
    perform oblivion.raise_error('OB005', 'p_limit is 1 to 500.', null, jsonb_build_object('field', 'p_limit', 'reason', 'range'));
  elsif p_after !~ '^[0-9]{1,18}([.][0-9]{1,18}){2}$' then
    perform oblivion.raise_error('OB005', 'p_after is the next of a page before.', null,
      jsonb_build_object('field', 'p_after', 'reason', 'shape'));
  elsif p_after is not null then
    v_below := string_to_array(p_after, '.')::bigint[];
  end if;
  with found as (
    select r.*, row_number() over (order by r.at desc, r.source, r.id desc) as place
      from oblivion.statement_rows(v_account, v_below, p_limit + 1) r
  ), page as (
    select f.*, t.title
      from found f
      left join oblivion.tasks t on t.id = (f.details ->> 'taskId')::uuid
     where f.place <= p_limit
  )
  select coalesce(jsonb_agg(jsonb_build_object('id', left(p.source, 1) || p.id, 'at', p.at, 'amount', p.amount::text, 'title', p.title) || p.details order by p.place), '[]'),
         array[coalesce(min(p.id) filter (where p.source = 'receipt'), v_below[1]),
               coalesce(min(p.id) filter (where p.source = 'entry'), v_below[2]),
               coalesce(min(p.id) filter (where p.source = 'payout'), v_below[3])],
         exists (select from found f where f.place > p_limit)
    into v_rows, v_last, v_more
    from page p;
  return jsonb_build_object(
    'account', p_account,
    'asset', v_account.asset,
    'balance', oblivion.statement_balance(v_account)::text,
    'rows', v_rows,
    'next', case when v_more then array_to_string(v_last, '.') end);
end
$$;
comment on function public.my_statement(text, text, uuid, text, int) is
  'An account of the caller''s, newest entries first: free (what no task holds), earned, or task (the hold of p_task_id). Answers {account, asset, balance, rows: [{id, at, kind, amount, title, taskId, chunkIndex, jobId, attempt, resultHash, price, fee, txHash, logIndex}], next: for p_after, null at the end}; all amounts of all pages sum to the balance, and an earned one of a result is its price less the platform''s fee. Of earnings and of what is free on the open contract. OB001, OB005, OB008, OB030, OB031.';

reset all;

-- 20261124001425_task_failures.sql

-- What a customer may read of failed chunks: the words that two owners agree on, once they are paid for (M12).

create function public.task_failures(p_task_id uuid, p_after int default -1, p_limit int default 100)
returns jsonb
language plpgsql
stable
security definer
set search_path = ''
as $$
declare
  v_task oblivion.tasks := oblivion.require_task(p_task_id, 'read');
  v_chunks int[];
  -- Where a look ends that found fewer than asked for: the next page begins there.
  v_looked int;
  v_failures jsonb;
begin
  if p_limit is null or p_limit not between 1 and 100 then
    perform oblivion.raise_error('OB005', 'At most 100 chunks a call.', 'Page with p_after.',
      jsonb_build_object('field', 'p_limit', 'reason', 'range'));
  end if;
  -- By the task's receipts, and no more than 10,000 failed jobs a call: most failures are nobody's answer.
  with failed as (
    select j as job, j.id, j.chunk_index
      from public.jobs j
     where j.task_id = v_task.id
       and j.chunk_index > coalesce(p_after, -1)
       and j.status = 'failed'
     order by j.chunk_index
     limit 10000
  ), shown as (
    select distinct f.chunk_index
      from failed f
     where exists (select from oblivion.receipts r where r.task_id = v_task.id and r.job_id = f.id)
       and oblivion.is_told(f.job)
     order by f.chunk_index
     limit p_limit
  )
  select array(select s.chunk_index from shown s order by s.chunk_index),
         (select max(f.chunk_index) from failed f having count(*) = 10000)
    into v_chunks, v_looked;
  select coalesce(jsonb_agg(jsonb_build_object(
           'chunkIndex', j.chunk_index,
           'stage', j.stage,
           'error', j.error,
           'errorHash', r.result_hash,
           'provider', j.provider_address,
           'attempt', r.attempt,
           'failedAt', r.accepted_at,
           'reward', (r.price - r.fee)::text) order by j.chunk_index, j.stage, j.replica), '[]')
    into v_failures
    from public.jobs j
    join oblivion.receipts r on r.task_id = j.task_id and r.job_id = j.id
   where j.task_id = v_task.id
     and j.chunk_index = any (v_chunks)
     and j.status = 'failed'
     and oblivion.is_told(j);
  return jsonb_build_object(
    'failures', v_failures,
    'next', case when cardinality(v_chunks) = p_limit then v_chunks[p_limit] else v_looked end);
end
$$;
comment on function public.task_failures(uuid, int, int) is
  'What the program of a task of the caller''s threw, by chunk index after p_after: only what a second owner confirmed and was paid for. Answers {failures: [{chunkIndex, stage, error, errorHash: SHA-256 of its canonical JSON, provider, attempt, failedAt, reward}], next: the p_after of the next page, or null}. OB001, OB005, OB008, OB030, OB031.';

reset all;

-- 20261124001427_chunk_attempts.sql

-- What a customer may read of how a chunk was tried.

create function oblivion.try_time(p_at timestamptz, p_paid boolean)
returns text
language sql
stable
set search_path = ''
as $$
  select to_char(p_at at time zone 'UTC', case when p_paid then 'YYYY-MM-DD"T"HH24:MI:SS"Z"' else 'YYYY-MM-DD"T"HH24:MI"Z"' end)
$$;
comment on function oblivion.try_time(timestamptz, boolean) is
  'ISO 8601 in UTC, to the second where the try''s job is paid for, else to the minute and without seconds. For the engine alone.';

create function public.chunk_attempts(p_task_id uuid, p_chunk_index int, p_limit int default 100)
returns jsonb
language plpgsql
stable
security definer
set search_path = ''
-- With a plan for all values every day's partition is locked and looked at, and not the days of this chunk alone.
set plan_cache_mode = force_custom_plan
as $$
declare
  v_task oblivion.tasks := oblivion.require_task(p_task_id, 'read');
  v_until timestamptz;
  v_answer jsonb;
begin
  if p_limit is null or p_limit not between 1 and 100 then
    perform oblivion.raise_error('OB005', 'At most 100 attempts a call.', null,
      jsonb_build_object('field', 'p_limit', 'reason', 'range'));
  end if;
  -- No try ended after the last of its jobs did.
  select case when bool_and(j.status in ('completed', 'failed', 'cancelled')) then max(j.finished_at) else now() end
           + interval '1 day'
    into v_until
    from public.jobs j
   where j.task_id = v_task.id
     and j.chunk_index = p_chunk_index;
  with jobs as (
    -- With several jobs a chunk looks as before the first until the stage has ended (T8). A single job shows its state
    -- anyway. Until somebody is paid for it a try says no more than that: a program can choose how it fails and for how
    -- long it runs, so a code or a second would be an answer that costs nothing (M12).
    select j as job, j.id, j.stage, oblivion.is_told(j) as told,
           exists (select from oblivion.receipts c where c.task_id = v_task.id and c.job_id = j.id) as paid
      from public.jobs j
     where j.task_id = v_task.id
       and j.chunk_index = p_chunk_index
       and (not oblivion.is_special(v_task) or oblivion.is_told(j))
  ), tries as (
    select j.id, j.stage, j.told, j.paid, a.attempt, a.owner_id, a.provider_address, a.started_at, a.ended_at,
           case when a.outcome = 'rejected' and not j.paid then 'failed' else a.outcome end as outcome,
           case
             when a.outcome not in ('failed', 'rejected') or not j.paid then null
             when a.error = oblivion.overrun_text(v_task.timeout_seconds) then 'OB208'
             -- The worker's code, one of those by which it fails a job, and none of the words behind it.
             else substring(a.error from '^OB(?:011|20[5789])')
           end as code
      from jobs j
      join oblivion.attempts a on a.job_id = j.id
     -- The days before it was posted need no look.
     where a.ended_at >= v_task.created_at
       and a.ended_at < v_until
     union all
    -- Where its result is delivered and waits to be read, the job has no node any more.
    select j.id, j.stage, j.told, j.paid, (j.job).attempt, coalesce(n.owner_id, d.owner_id), null, (j.job).started_at, null, null, null
      from jobs j
      left join public.nodes n on n.id = (j.job).node_id
      left join oblivion.deliveries d on d.job_id = j.id
     where (j.job).status = 'processing'
  ), newest as (
    select t.*,
           -- Who, as far as it may be known of each: the same number is the same owner, in this chunk and nowhere else (T7).
           dense_rank() over (order by o.first_at, t.owner_id) as worker,
           row_number() over (order by t.started_at desc, t.attempt desc, t.id) as place
      from tries t
      join (select u.owner_id, min(u.started_at) as first_at from tries u group by 1) o
        on o.owner_id is not distinct from t.owner_id
  ), shown as (
    -- What task_results says of each stage, by the same door.
    select s.job_id, s.attempt
      from (select distinct j.stage from jobs j) g
     cross join lateral oblivion.shown_results(v_task, g.stage, array[p_chunk_index]) s
  )
  select jsonb_build_object(
           'attempts', coalesce(jsonb_agg(jsonb_build_object(
             'stage', n.stage,
             'attempt', n.attempt,
             'worker', n.worker,
             'startedAt', oblivion.try_time(n.started_at, n.paid),
             'endedAt', oblivion.try_time(n.ended_at, n.paid),
             'outcome', n.outcome,
             'code', n.code,
             'verdict', case when n.told then r.verdict end,
             'provider', case when s.job_id is not null or n.told and n.outcome = 'failed' and c.job_id is not null
                              then n.provider_address end,
             'reward', case when n.told then (c.price - c.fee)::text end)
             order by n.place desc) filter (where n.place <= p_limit), '[]'),
           'more', count(*) > p_limit)
    into v_answer
    from newest n
    left join shown s on s.job_id = n.id and s.attempt = n.attempt
    left join oblivion.results r on r.job_id = n.id and r.attempt = n.attempt
    left join oblivion.receipts c on c.task_id = v_task.id and c.job_id = n.id and c.attempt = n.attempt;
  return v_answer;
end
$$;
comment on function public.chunk_attempts(uuid, int, int) is
  'How the jobs of one chunk of a task of the caller''s were tried, the newest p_limit of them, oldest first: {attempts: [{stage, attempt, worker: a number for its owner within this chunk, startedAt, endedAt, both to the second (to the minute, without seconds, until the job is paid for), the latter null where it runs, outcome: succeeded, failed, expired, released, rejected (failed until the job is paid for) or null, code: of the worker''s where it failed and the job is paid for by now, verdict, provider: only of a result that task_results shows or a failure that task_failures does, reward}], more}. With replicas or stages nothing of a stage before it has ended. Empty where the history is older than it is kept. OB001, OB005, OB008, OB030, OB031.';

reset all;

-- 20261124001429_briefs.sql

-- Briefs: a customer's order in its own words, and the stages that its kind of media goes through.

create table oblivion.brief_tasks (
  brief_id uuid not null references oblivion.tasks,
  task_id uuid not null references oblivion.tasks,
  primary key (brief_id, task_id)
);
comment on table oblivion.brief_tasks is 'Tasks that create_brief_job added to a brief, which is a task itself.';

create function oblivion.brief_stages(p_media_type text)
returns text[]
language sql
immutable
set search_path = ''
as $$
  select case p_media_type
    when 'video' then array['analysis', 'asset_prep', 'video_generation', 'render']
    when 'image' then array['analysis', 'asset_prep', 'image_processing', 'render']
    when 'audio' then array['analysis', 'asset_prep', 'render']
    when 'text' then array['analysis', 'text_analysis', 'render'] end
$$;
comment on function oblivion.brief_stages(text) is
  'The job types that a kind of media goes through, in order; null for a kind that there is not. For the engine alone.';

create function oblivion.brief_metadata(p_metadata jsonb)
returns jsonb
language plpgsql
set search_path = ''
as $$
declare
  v_metadata jsonb := coalesce(nullif(p_metadata, 'null'), '{}');
  v_field text;
begin
  if jsonb_typeof(v_metadata) <> 'object' then
    perform oblivion.raise_error('OB005', 'metadata is an object.', null, jsonb_build_object('field', 'metadata', 'reason', 'shape'));
  end if;
  select m.key into v_field
    from jsonb_each(v_metadata) m
   where m.key in ('video_url', 'image_url', 'audio_url')
     and (jsonb_typeof(m.value) <> 'string' or m.value #>> '{}' not like 'data:%')
   limit 1;
  if v_field is not null then
    perform oblivion.raise_error('OB009', format('metadata.%s is an address, and no node, tab or server opens one that a stranger chose.', v_field),
      'Send the media itself as a data: URL, or store {title, query, metadata} with storeInput and send what it answers as metadata.',
      jsonb_build_object('field', 'metadata.' || v_field));
  end if;
  return v_metadata;
end
$$;
comment on function oblivion.brief_metadata(jsonb) is
  'What a brief brings beside its words, {} by default; its media are data: URLs. OB005, OB009 (A1). For the engine alone.';

create function oblivion.brief_input(p_input jsonb)
returns jsonb
language plpgsql
stable
security definer
set search_path = ''
as $$
declare
  v_limit int;
begin
  select s.max_inline_bytes into v_limit from oblivion.settings s;
  if octet_length(p_input::text) > v_limit then
    perform oblivion.raise_error('OB005', format('A brief has at most %s bytes, with what its metadata brings.', v_limit),
      'Store {title, query, metadata} with storeInput, up to 16 MiB, and send what it answers as metadata.',
      jsonb_build_object('field', 'metadata', 'reason', 'size', 'limit', v_limit));
  end if;
  return jsonb_build_array(p_input);
end
$$;
comment on function oblivion.brief_input(jsonb) is 'The inputs of a brief''s task, or OB005 where they are too large. For the engine alone.';

create function public.create_brief(p_brief jsonb)
returns jsonb
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_wallet text;
  v_api_key_id uuid;
  v_field text;
  v_media text := p_brief ->> 'mediaType';
  v_stages text[] := oblivion.brief_stages(p_brief ->> 'mediaType');
  v_metadata jsonb;
  v_input jsonb;
  v_floor bigint;
  v_task jsonb;
begin
  select c.wallet, c.api_key_id into v_wallet, v_api_key_id from oblivion.require_caller('tasks') c;
  if jsonb_typeof(p_brief) is distinct from 'object' then
    perform oblivion.raise_error('OB005', 'A brief is a JSON object.', null, jsonb_build_object('field', 'p_brief', 'reason', 'shape'));
  end if;
  select k into v_field
    from jsonb_object_keys(p_brief) k
   where k not in ('customerAddress', 'title', 'description', 'query', 'mediaType', 'usePipeline', 'metadata', 'pricePerJob',
                   'asset', 'acknowledgeVisible')
   limit 1;
  if v_field is not null then
    perform oblivion.raise_error('OB006', format('%s is not supported yet.', left(v_field, 40)), 'Leave it out.',
      jsonb_build_object('field', left(v_field, 40)));
  elsif lower(p_brief ->> 'customerAddress') <> v_wallet then
    perform oblivion.raise_error('OB002', 'This address is not yours.', 'Send the address that you signed in with.',
      jsonb_build_object('address', left(lower(p_brief ->> 'customerAddress'), 100)));
  elsif v_stages is null then
    perform oblivion.raise_error('OB005', 'mediaType is video, image, audio or text.', null,
      jsonb_build_object('field', 'mediaType', 'reason', 'unknown'));
  end if;
  v_metadata := oblivion.brief_metadata(p_brief -> 'metadata');
  if v_metadata ? '$stored' then
    -- The stored object is all that its programs get.
    v_input := v_metadata;
  else
    v_input := jsonb_build_object(
      'title', oblivion.task_text(p_brief, 'title', 200),
      'description', case when coalesce(p_brief ->> 'description', '') = '' then '' else oblivion.task_text(p_brief, 'description', 10000) end,
      'query', oblivion.task_text(p_brief, 'query', 10000),
      'mediaType', v_media,
      'metadata', v_metadata);
    -- Of words alone a video can be made, of title cards; a picture or a sound cannot, and its second stage would fail.
    if v_media in ('image', 'audio') and not v_metadata ? (v_media || '_url') then
      perform oblivion.raise_error('OB005', format('A brief for %s brings it: metadata.%s_url.', v_media, v_media),
        'Send it as a data: URL, or store the brief with storeInput and send what it answers as metadata.',
        jsonb_build_object('field', format('metadata.%s_url', v_media), 'reason', 'missing'));
    end if;
  end if;
  if not oblivion.task_flag(p_brief, 'usePipeline') then
    v_stages := v_stages[:1];
  end if;
  select greatest(s.min_price_per_chunk, ceil(s.min_price_per_timeout_second * oblivion.type_timeout(v_stages))::bigint)
    into v_floor
    from oblivion.settings s;
  v_task := oblivion.post_task(
    oblivion.owner_of(v_wallet),
    jsonb_build_object(
      'title', oblivion.task_text(p_brief, 'title', 200),
      'pipeline', (select jsonb_agg(jsonb_build_object('type', s.type) order by s.place)
                     from unnest(v_stages) with ordinality as s (type, place)),
      'inputs', oblivion.brief_input(v_input),
      'pricePerChunk', oblivion.task_integer(p_brief, 'pricePerJob', null, v_floor, 1000000000000)::text,
      'asset', oblivion.task_asset(p_brief),
      'acknowledgeVisible', p_brief -> 'acknowledgeVisible'),
    v_api_key_id);
  return jsonb_build_object(
    'briefId', v_task ->> 'taskId',
    'jobId', (select j.id from public.jobs j where j.task_id = (v_task ->> 'taskId')::uuid and j.stage = 0),
    'stages', to_jsonb(v_stages),
    'estimate', v_task -> 'estimate');
end
$$;
comment on function public.create_brief(jsonb) is
  'Posts a brief as a task of one chunk and holds its budget: {title, description, query, mediaType: video, image, audio or text, usePipeline: whether what follows the analysis is wanted too, metadata: {text, video_url ...} or {$stored}, pricePerJob, asset, acknowledgeVisible, customerAddress: the caller''s own}. Answers {briefId: the task, jobId: of its first stage, stages: its job types, estimate}. What create_task raises, and OB002.';

create function public.create_brief_job(p_job jsonb)
returns jsonb
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_api_key_id uuid;
  v_brief oblivion.tasks;
  v_metadata jsonb;
  v_input jsonb;
  v_task jsonb;
begin
  select c.api_key_id into v_api_key_id from oblivion.require_caller('tasks') c;
  if jsonb_typeof(p_job) is distinct from 'object' or p_job - '{briefId,type,metadata}'::text[] <> '{}'
    or coalesce(p_job ->> 'briefId', '') !~* '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$' then
    perform oblivion.raise_error('OB005', 'A job is {briefId, type, metadata}.', null, jsonb_build_object('field', 'briefId', 'reason', 'shape'));
  end if;
  v_brief := oblivion.require_task((p_job ->> 'briefId')::uuid, 'tasks');
  v_metadata := oblivion.brief_metadata(p_job -> 'metadata');
  select case jsonb_typeof(c.input) when 'object' then c.input else '{}' end
    into v_input
    from oblivion.chunks c
   where c.task_id = v_brief.id and c.chunk_index = 0;
  v_input := case
    when v_metadata ? '$stored' then v_metadata
    -- Of a stored brief its words cannot be read here.
    when not v_input ? '$stored' then v_input || jsonb_build_object('metadata', v_metadata)
    when v_metadata = '{}' then v_input
    else jsonb_build_object('title', v_brief.title, 'metadata', v_metadata) end;
  v_task := oblivion.post_task(
    v_brief.owner_id,
    jsonb_build_object(
      'title', v_brief.title,
      'type', oblivion.task_text(p_job, 'type', 100),
      'inputs', oblivion.brief_input(v_input),
      'timeoutSeconds', v_brief.timeout_seconds,
      'asset', v_brief.asset,
      -- Said once, of the brief and what is added to it.
      'acknowledgeVisible', true)
    || case when v_brief.metered
         then jsonb_build_object('metered', jsonb_build_object('maxPricePerChunk', v_brief.price_per_chunk::text))
         else jsonb_build_object('pricePerChunk', v_brief.price_per_chunk::text) end,
    v_api_key_id);
  insert into oblivion.brief_tasks (brief_id, task_id) values (v_brief.id, (v_task ->> 'taskId')::uuid);
  return jsonb_build_object(
    'briefId', v_brief.id,
    'taskId', v_task ->> 'taskId',
    'jobId', (select j.id from public.jobs j where j.task_id = (v_task ->> 'taskId')::uuid),
    'estimate', v_task -> 'estimate');
end
$$;
comment on function public.create_brief_job(jsonb) is
  'Adds a job to a brief (or another task) of the caller''s: {briefId, type, metadata}. It gets the brief''s words with this metadata, and costs what the brief''s jobs cost, held as of a task of its own; its customer''s word that strangers'' machines see all of it was given with the brief. Answers {briefId, taskId, jobId, estimate}. What create_task raises, and OB008.';

reset all;

-- 20261124001430_job_views.sql

-- Jobs one by one, for doors that speak of jobs and not of tasks: as their customer may see them, and as the node that
-- holds them does. A customer is told here what get_task, task_results, task_failures and chunk_attempts tell it, and no more.

create function oblivion.shown_status(p_job public.jobs, p_task oblivion.tasks)
returns text
language sql
stable
security definer
set search_path = ''
as $$
  select case
    when not oblivion.is_special(p_task) or oblivion.is_told(p_job) then p_job.status
    -- Its stage's, as in stage_states(): which of several jobs is the one in work stays unsaid (T8).
    else (
      select case
               when bool_or(o.status = 'processing') then 'processing'
               when bool_or(o.status = 'pending') then 'pending'
               else 'blocked' end
        from public.jobs o
       where o.task_id = p_job.task_id
         and o.chunk_index = p_job.chunk_index
         and o.stage = p_job.stage) end
$$;
comment on function oblivion.shown_status(public.jobs, oblivion.tasks) is
  'The status of a job as its customer sees it. For the engine alone.';

create function oblivion.customer_job(p_job public.jobs, p_task oblivion.tasks, p_customer text)
returns jsonb
language sql
stable
security definer
set search_path = ''
as $$
  select jsonb_build_object(
           'jobId', p_job.id,
           'taskId', p_job.task_id,
           'chunkIndex', p_job.chunk_index,
           'stage', p_job.stage,
           'type', p_job.type,
           'status', s.status,
           'offered', s.status = 'pending' and not oblivion.is_special(p_task) and coalesce(p_job.offered_until > now(), false),
           -- Never how far it says it is: a number that a program chooses is an answer that costs nothing (M12).
           'progress', case s.status when 'completed' then 1 when 'processing' then null else 0 end,
           'attempt', case when s.told then p_job.attempt end,
           'createdAt', p_job.created_at,
           'startedAt', case when s.told then oblivion.try_time(p_job.started_at, r.price is not null) end,
           'finishedAt', case when s.told then oblivion.try_time(p_job.finished_at, r.price is not null) end,
           'error', case when s.told and p_job.status = 'failed' and r.price is not null then p_job.error end,
           'maxCost', p_task.price_per_chunk::text,
           'cost', case when s.told then r.price::text end,
           'reward', case when s.told then (r.price - r.fee)::text end,
           -- Where task_results or task_failures name it.
           'provider', case when s.told and r.price is not null and (
               p_job.status = 'failed'
               or exists (
                    select from oblivion.shown_results(p_task, p_job.stage, array[p_job.chunk_index]) w where w.job_id = p_job.id))
             then p_job.provider_address end,
           'customer', p_customer)
    from (
      select oblivion.shown_status(p_job, p_task) as status, not oblivion.is_special(p_task) or oblivion.is_told(p_job) as told) s
    left join oblivion.receipts r on r.task_id = p_job.task_id and r.job_id = p_job.id
$$;
comment on function oblivion.customer_job(public.jobs, oblivion.tasks, text) is
  'A job as its customer sees it: nothing of a stage with several jobs before it has ended (T8), and of a try that is not paid for neither seconds nor words (M12). For the engine alone.';

create function oblivion.provider_job(p_job public.jobs)
returns jsonb
language sql
stable
security definer
set search_path = ''
as $$
  select jsonb_build_object(
    'jobId', p_job.id,
    'taskId', p_job.task_id,
    'chunkIndex', p_job.chunk_index,
    'stage', p_job.stage,
    'type', p_job.type,
    'status', p_job.status,
    'offered', p_job.status = 'pending',
    'progress', p_job.progress,
    'attempt', p_job.attempt,
    'createdAt', p_job.created_at,
    'startedAt', p_job.started_at,
    'finishedAt', p_job.finished_at,
    -- Before its end it is what another provider said: whoever repeats that is paid for a confirmed failure (M12).
    'error', case p_job.status when 'failed' then p_job.error end,
    'maxCost', null,
    'cost', null,
    'reward', (
      select (r.price - r.fee)::text from oblivion.receipts r where r.task_id = p_job.task_id and r.job_id = p_job.id),
    'provider', p_job.provider_address,
    -- A node is never told whose task it works for.
    'customer', null)
$$;
comment on function oblivion.provider_job(public.jobs) is
  'A job as the provider sees that holds it, did it or is offered it. For the engine alone.';

create function public.get_job(p_job_id uuid)
returns jsonb
language plpgsql
stable
security definer
set search_path = ''
as $$
declare
  v_hash bytea := oblivion.node_key_hash();
  v_wallet text;
  v_provider text;
  v_answer jsonb;
begin
  if v_hash is null then
    v_wallet := oblivion.require_wallet('read');
    select oblivion.customer_job(j, t, o.address) || coalesce((
             select jsonb_build_object('result', w.canonical::jsonb, 'resultHash', w.result_hash)
               from oblivion.shown_results(t, j.stage, array[j.chunk_index]) w
              where w.job_id = j.id), '{}')
      into v_answer
      from public.jobs j
      join oblivion.tasks t on t.id = j.task_id
      join oblivion.owners o on o.id = t.owner_id
     where j.id = p_job_id
       and o.address = v_wallet;
  end if;
  if v_answer is null and oblivion.api_key_in_header() is null then
    v_provider := oblivion.caller_provider();
    if v_provider is null then
      perform oblivion.raise_error('OB004', 'This node key is not valid.',
        'Register the node again; another start under the same hardware id ends the older key.');
    end if;
    -- As the policy of public.jobs has it.
    select oblivion.provider_job(j) into v_answer
      from public.jobs j
     where j.id = p_job_id
       and (j.provider_address = v_provider
         or j.status = 'pending' and j.offered_until > now() and j.offered_to = oblivion.caller_owner());
  end if;
  if v_answer is null then
    perform oblivion.raise_error('OB010', 'There is no such job for this caller.', null, jsonb_build_object('jobId', p_job_id));
  end if;
  return v_answer;
end
$$;
comment on function public.get_job(uuid) is
  'A job of a task of the caller''s, or one that the caller''s node holds, did or is offered: {jobId, taskId, chunkIndex, stage, type, status, offered, progress: 0 to 1, to a customer null while it runs, attempt, createdAt, startedAt, finishedAt, error, maxCost, cost, reward, provider, customer}, and to its customer result and resultHash where task_results shows them; what the caller may not know is null. OB001, OB004, OB010, OB030, OB031.';

create function public.my_jobs(
  p_status text default null,
  p_task_id uuid default null,
  p_limit int default 50,
  p_customer_address text default null
)
returns jsonb
language plpgsql
stable
security definer
set search_path = ''
-- Whoever asks for few jobs of a large task goes down its key, which a plan for all limits would not.
set plan_cache_mode = force_custom_plan
set enable_sort = off
as $$
declare
  -- So many jobs are looked at for a status, however many there are.
  v_most constant int := 2000;
  v_wallet text := oblivion.require_wallet('read');
  v_task oblivion.tasks;
  v_tasks uuid[];
  v_jobs jsonb := '[]';
  v_page jsonb;
  v_seen int;
  v_looked int := 0;
  v_more boolean := false;
begin
  if lower(p_customer_address) <> v_wallet then
    perform oblivion.raise_error('OB002', 'This address is not yours.', 'Send the address that you signed in with.',
      jsonb_build_object('address', lower(p_customer_address)));
  end if;
  if p_limit is null or p_limit not between 1 and 100 then
    perform oblivion.raise_error('OB005', 'p_limit is 1 to 100.', null, jsonb_build_object('field', 'p_limit', 'reason', 'range'));
  end if;
  if p_status not in ('blocked', 'pending', 'processing', 'completed', 'failed', 'cancelled') then
    perform oblivion.raise_error('OB005', 'A status is blocked, pending, processing, completed, failed or cancelled.', null,
      jsonb_build_object('field', 'p_status', 'reason', 'unknown'));
  end if;
  if p_task_id is not null then
    perform oblivion.require_task(p_task_id, 'read');
    v_tasks := p_task_id || array(select b.task_id from oblivion.brief_tasks b where b.brief_id = p_task_id limit 1000);
  end if;
  for v_task in
    select t.*
      from oblivion.tasks t
      join oblivion.owners o on o.id = t.owner_id
     where o.address = v_wallet
       and (p_task_id is null or t.id = any (v_tasks))
     order by t.created_at desc
     limit 1000
  loop
    with looked as (
      -- Down the key, and no further than asked for.
      select j as job, j.chunk_index, j.stage, j.replica
        from public.jobs j
       where j.task_id = v_task.id
       order by j.chunk_index desc, j.stage desc, j.replica desc
       limit case when p_status is null then p_limit - jsonb_array_length(v_jobs) else v_most - v_looked end
    ), chosen as (
      -- By what is shown: else the filter tells what the answer does not.
      select l.*
        from looked l
       where p_status is null
          or oblivion.shown_status(l.job, v_task) = p_status
       order by l.chunk_index desc, l.stage desc, l.replica desc
       limit p_limit - jsonb_array_length(v_jobs)
    )
    select coalesce(jsonb_agg(oblivion.customer_job(c.job, v_task, v_wallet)
             order by c.chunk_index desc, c.stage desc, c.replica desc), '[]'),
           (select count(*) from looked)
      into v_page, v_seen
      from chosen c;
    v_jobs := v_jobs || v_page;
    v_looked := v_looked + v_seen;
    v_more := jsonb_array_length(v_jobs) = p_limit or v_looked >= v_most;
    exit when v_more;
  end loop;
  return jsonb_build_object('customer', v_wallet, 'jobs', v_jobs, 'more', v_more);
end
$$;
comment on function public.my_jobs(text, uuid, int, text) is
  'The caller''s jobs as get_job shows them, those of the newest task first and of its last chunk: all, or of one status as shown, or of one task with those added to it by create_brief_job. An address is refused unless it is the caller''s. Answers {customer, jobs, more: whether there may be more}; a status is looked for among the newest 2,000. OB001, OB002, OB005, OB008, OB030, OB031.';

create function oblivion.list_nodes()
returns jsonb
language sql
stable
security definer
set search_path = ''
as $$
  select coalesce(jsonb_agg(
           oblivion.node_view(n) || jsonb_build_object('provider', n.provider_address, 'maxJobs', n.max_jobs)
           order by n.last_seen desc, n.id), '[]')
    from (
      select x.*
        from public.nodes x
       where x.hardware_id <> 'forgotten:' || x.id
       -- What can be ended is never pushed out by what has been.
       order by x.key_hash is null, x.last_seen desc, x.id
       limit 200) n
$$;
comment on function oblivion.list_nodes() is
  'All nodes as my_nodes shows them, the latest seen first, 200 at most, with whom they earn for: for the operator.';

create function public.node_jobs(p_worker_id text default null, p_job_id uuid default null, p_limit int default 5)
returns jsonb
language plpgsql
stable
security definer
set search_path = ''
as $$
declare
  v_hash bytea := oblivion.node_key_hash();
  v_wallet text;
  v_node public.nodes;
begin
  if p_limit is null or p_limit not between 1 and 50 then
    perform oblivion.raise_error('OB005', 'p_limit is 1 to 50.', null, jsonb_build_object('field', 'p_limit', 'reason', 'range'));
  end if;
  if v_hash is not null then
    select n.* into v_node
      from public.nodes n
     where n.key_hash = v_hash
       and (p_worker_id is null or p_worker_id in (n.hardware_id, n.id::text));
    if not found then
      perform oblivion.raise_error('OB004', 'This node key is not valid for this node.',
        'Register the node again; another start under the same hardware id ends the older key.');
    end if;
  else
    v_wallet := oblivion.require_wallet();
    select n.* into v_node
      from public.nodes n
      join oblivion.owners o on o.id = n.owner_id
     where o.address = v_wallet
       and p_worker_id in (n.hardware_id, n.id::text)
     order by (n.hardware_id = p_worker_id) desc
     limit 1;
    if not found then
      perform oblivion.raise_error('OB003', 'No node of yours has this id.', 'Register it with register_node.',
        jsonb_build_object('nodeId', left(p_worker_id, 200)));
    end if;
  end if;
  return jsonb_build_object(
    'nodeId', v_node.id,
    'provider', v_node.provider_address,
    'jobs', (
      select coalesce(jsonb_agg(
               oblivion.provider_job(f.job)
                 || jsonb_build_object('work', case when (f.job).status = 'processing' then oblivion.offered_job(f.job) end)
               order by (f.job).created_at, (f.job).seq), '[]')
        from (
          select w.job
            from (
              select j as job from public.jobs j where j.node_id = v_node.id
              union all
              select j
                from public.jobs j
               where j.status = 'pending'
                 and j.offered_to = v_node.owner_id
                 and j.offered_until > now()) w
           where p_job_id is null
              or (w.job).id = p_job_id
           order by (w.job).created_at, (w.job).seq
           limit p_limit) f));
end
$$;
comment on function public.node_jobs(text, uuid, int) is
  'What a node of the caller''s holds and is offered, oldest first, as get_job shows it, and work: of what it holds all that work_cycle tells of a job: {nodeId, provider, jobs}. The node is named by its hardware id or its id, and by its key alone where it sends one. OB001, OB003, OB004, OB005, OB031.';

reset all;

-- 20261124001500_network.sql

-- What anyone may see: counts and totals, never who holds which unfinished job (T7). The figures over time are made in
-- rollups.sql.

create table oblivion.network_stats (
  id boolean primary key default true check (id),
  payload jsonb not null default '{}',
  as_of timestamptz not null default '-infinity',
  -- Who comes after this computes the figures anew.
  next_at timestamptz not null default '-infinity',
  -- Results accepted before counted_until, and how many of them before that day began: so that a total costs the last moments only.
  counted_until timestamptz not null default '-infinity',
  counted_total bigint not null default 0,
  counted_before_day bigint not null default 0,
  -- As of the last whole minute: apart from the payload, which is written anew every other second.
  series jsonb not null default '{}',
  series_until timestamptz not null default '-infinity',
  median_wait_seconds numeric
);
comment on table oblivion.network_stats is 'One row: the public figures as everybody reads them.';
insert into oblivion.network_stats default values;

create function oblivion.set_fee_bps(p_fee_bps int)
returns void
language sql
security definer
set search_path = ''
as $$
  update oblivion.settings set fee_bps = p_fee_bps
$$;
comment on function oblivion.set_fee_bps(int) is
  'The platform''s share of tasks posted from now on, in basis points (0 to 10000). For the coordinator.';


-- Counting reads every job that there ever was, and anybody may ask as often as it likes: so the counts are kept.
create table oblivion.counted_jobs (
  id boolean primary key default true check (id),
  counts jsonb not null default '[]',
  -- What counting took, and from when on somebody may count again.
  took interval not null default '0',
  next_at timestamptz not null default '-infinity'
);
comment on table oblivion.counted_jobs is 'One row: how many jobs of each type are in each status, as everybody reads it.';
insert into oblivion.counted_jobs default values;

create function oblivion.count_jobs()
returns void
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_began timestamptz := clock_timestamp();
begin
  -- At most 2 % of a core; and a heartbeat or a reader, whose time is limited, leaves a long count to the coordinator or pg_cron.
  if exists (
    select from oblivion.counted_jobs c
     where c.next_at > v_began
        or c.took > interval '500 milliseconds' and current_setting('statement_timeout') <> '0') then
    return;
  end if;
  update oblivion.counted_jobs c
     set counts = coalesce((
           select jsonb_agg(to_jsonb(w) order by w.type, w.status)
             from (select j.type, j.status, count(*) from public.jobs j group by j.type, j.status) w), '[]'),
         took = clock_timestamp() - v_began,
         next_at = clock_timestamp() + 50 * (clock_timestamp() - v_began);
end
$$;
comment on function oblivion.count_jobs() is
  'Counts the jobs anew if that is long enough ago. Within refresh_network_stats, by one at a time. For the engine alone.';

create function oblivion.job_counts()
returns table (type text, status text, count bigint)
language sql
stable
security definer
set search_path = ''
as $$
  select w.type, w.status, w.count
    from oblivion.counted_jobs c
   cross join jsonb_to_recordset(c.counts) as w (type text, status text, count bigint)
$$;
comment on function oblivion.job_counts() is 'Counts behind the view job_stats, a moment old. Any role may call it.';

create function oblivion.active_job_counts()
returns table (worker text, worker_type text, type text, active_jobs bigint, oldest_started_at timestamptz)
language sql
stable
security definer
set search_path = ''
as $$
  select oblivion.short_address(n.provider_address), n.worker_type, j.type, count(*), min(j.started_at)
    from public.jobs j
    join public.nodes n on n.id = j.node_id
   where j.status = 'processing'
   group by n.id, j.type
$$;
comment on function oblivion.active_job_counts() is 'Counts behind the view active_jobs. Any role may call it.';

create view public.job_stats with (security_invoker = true) as
  select c.type, c.status, c.count from oblivion.job_counts() c;
comment on view public.job_stats is 'How many jobs of each type are in each status, as of the latest public figures.';

create view public.active_jobs with (security_invoker = true) as
  select a.worker, a.worker_type, a.type, a.active_jobs, a.oldest_started_at from oblivion.active_job_counts() a;
comment on view public.active_jobs is 'How many jobs each worker has in work, and since when.';

create view public.pending_jobs_queue with (security_invoker = true) as
  select j.id, j.type, j.status, j.priority, j.attempt, j.created_at, j.offered_until
    from public.jobs j
   where j.status = 'pending'
   order by j.priority desc, j.seq;
comment on view public.pending_jobs_queue is 'Pending jobs that the caller may see: those offered to it by next_jobs.';

-- Realtime: one digest per active task and half second, never a message per completion. A hint: screens read again.

create table oblivion.task_digests (
  task_id uuid primary key references oblivion.tasks,
  summary text not null,
  sent_at timestamptz not null,
  checked_at timestamptz not null
);

create function oblivion.fresh_chunks(p_task oblivion.tasks, p_since timestamptz)
returns jsonb
language sql
stable
security definer
set search_path = ''
as $$
  -- Two seconds more than needed: what was accepted first may be committed last.
  select coalesce(jsonb_agg(f.chunk_index), '[]')
    from (
      select u.chunk_index
        from (
          select r.chunk_index, r.accepted_at
            from oblivion.results r
           where not oblivion.is_special(p_task)
             and r.task_id = p_task.id
             and r.accepted_at > p_since - interval '2 seconds'
          union all
          select e.chunk_index, e.ended_at
            from oblivion.stage_ends e
           where oblivion.is_special(p_task)
             and e.task_id = p_task.id
             and e.stage = p_task.stage_count - 1
             and e.outcome = 'accepted'
             and e.ended_at > p_since - interval '2 seconds') u
       order by u.accepted_at
       limit 1000) f
$$;
comment on function oblivion.fresh_chunks(oblivion.tasks, timestamptz) is
  'Chunks of a task that got their result since then, 1000 at most; none of which a replica is still to come (T8). For the engine alone.';

create table oblivion.marketplace_updates (
  id boolean primary key default true check (id),
  figures jsonb not null default '{}',
  sent_at timestamptz not null default '-infinity'
);
comment on table oblivion.marketplace_updates is 'One row: how many nodes are free, as it was broadcast last.';
insert into oblivion.marketplace_updates default values;

create function oblivion.send_marketplace_update()
returns void
language sql
security definer
set search_path = ''
as $$
  with told as (
    update oblivion.marketplace_updates m
       set figures = n.figures,
           sent_at = now()
      from (
        select jsonb_object_agg(f.key, f.value) as figures
          from oblivion.network_stats s
         cross join jsonb_each(s.payload) f
         where f.key in ('online', 'working', 'idle', 'byType')) n
     where m.figures <> n.figures
       -- A busy network changes all the time, and each message is kept for days.
       and m.sent_at <= now() - interval '5 seconds'
    returning m.figures
  )
  select realtime.send(t.figures, 'MARKETPLACE_UPDATE', 'network', true) from told t
$$;
comment on function oblivion.send_marketplace_update() is
  'Broadcasts how many nodes are online, at work and free once that has changed in the public figures, every 5 s at most, to whoever is signed in: counts, never who. For the engine alone.';

create function oblivion.send_task_digests()
returns int
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_most constant int := 300;
  v_many boolean := (
    select count(*) > v_most
      from (select from oblivion.tasks t where t.status in ('running', 'paused') limit v_most + 1) o);
  v_task oblivion.tasks;
  v_last record;
  v_now record;
  v_summary text;
  v_sent int := 0;
begin
  if not pg_try_advisory_xact_lock(oblivion.lock_key('task_digests', '')) then
    return 0;
  end if;
  perform oblivion.close_finished_tasks();
  perform oblivion.send_marketplace_update();
  for v_task in
    select t.*
      from oblivion.tasks t
      left join oblivion.task_digests d on d.task_id = t.id
     where (t.status in ('running', 'paused') or t.finished_at > now() - interval '1 minute')
       -- Counting a million jobs takes a second: large tasks are looked at less often, so that it is a small share.
       and (d.checked_at is null
         or d.checked_at <= now() - oblivion.job_count(t) * interval '30 microseconds'
         or t.finished_at > d.checked_at)
     -- Of more than one call looks at, those that were looked at longest ago: else some would never have their turn.
     order by d.checked_at nulls first
     limit v_most
  loop
    select d.summary, d.sent_at into v_last from oblivion.task_digests d where d.task_id = v_task.id;
    select (w.letters ->> 'c')::int as completed,
           (w.letters ->> 'f')::int as failed,
           (w.letters ->> 'r')::int as processing,
           w.planned
      into v_now
      from oblivion.tally(v_task) w;
    v_summary := concat_ws(':', v_task.status, v_now.completed, v_now.failed, v_now.processing, v_now.planned);
    if v_summary is not distinct from v_last.summary then
      update oblivion.task_digests d
         set checked_at = now()
       where d.task_id = v_task.id
         and (v_many or oblivion.job_count(v_task) > 10000);
      continue;
    end if;
    perform realtime.send(
      jsonb_build_object(
        'taskId', v_task.id,
        'status', v_task.status,
        'completed', v_now.completed,
        'failed', v_now.failed,
        'chunkCount', v_task.chunk_count,
        'chunks', oblivion.fresh_chunks(v_task, coalesce(v_last.sent_at, '-infinity'))),
      'digest', 'task:' || v_task.id, true);
    if v_task.assign and v_task.chunk_count = 1 and not oblivion.is_special(v_task) then
      -- A job of job-management, in its own words. When it is sent, and that alone, is what get_job tells its customer: a
      -- message for each number that a program reports would be an answer that costs nothing (M12).
      perform realtime.send(
                jsonb_build_object('jobId', j.id, 'taskId', j.task_id),
                case when v_now.completed + v_now.failed > 0 then 'JOB_COMPLETED' else 'JOB_PROGRESS' end,
                'task:' || v_task.id, true)
         from public.jobs j
        where j.task_id = v_task.id;
    end if;
    insert into oblivion.task_digests as d (task_id, summary, sent_at, checked_at)
    values (v_task.id, v_summary, now(), now())
    on conflict (task_id) do update
      set summary = excluded.summary, sent_at = excluded.sent_at, checked_at = excluded.checked_at;
    v_sent := v_sent + 1;
  end loop;
  return v_sent;
end
$$;
comment on function oblivion.send_task_digests() is
  'Sends one Realtime digest per task that changed since its last, of a single assigned job JOB_PROGRESS or JOB_COMPLETED as well, and MARKETPLACE_UPDATE; and ends finished tasks. Every 500 ms by the coordinator.';

create function oblivion.may_watch(p_topic text)
returns boolean
language sql
stable
security definer
set search_path = ''
as $$
  select exists (
    select
      from oblivion.tasks t
      join oblivion.owners o on o.id = t.owner_id
     where 'task:' || t.id = p_topic
       and o.address = oblivion.caller_wallet())
$$;
comment on function oblivion.may_watch(text) is 'Whether the signed-in wallet may read a Realtime topic: its own tasks. Any role may call it: the policy does.';

-- Clients get this select policy and no insert policy: only the database sends (A15).
create policy "oblivion: a customer watches its own tasks" on realtime.messages
  for select to authenticated
  using (extension = 'broadcast' and topic = (select realtime.topic()) and oblivion.may_watch((select realtime.topic())));
create policy "oblivion: whoever is signed in hears how many are free" on realtime.messages
  for select to authenticated
  using (extension = 'broadcast' and topic = 'network' and (select realtime.topic()) = 'network');

reset all;

-- 20261124001510_rollups.sql

-- The public figures, and how they went: one row for all readers, computed by whoever comes first once it is old enough
-- (a reader, a heartbeat, the coordinator, pg_cron), never on the way of a claim or a result: a global counter there
-- halves the throughput. How old it may be depends on what it costs, so that the figures take 2 % of one core at most,
-- however large the network.
--
-- Counts and waits are read from the history by time, so a minute in which nobody came by is right when somebody does.
-- How many nodes were online can only be seen at the time: a minute without a look has none.

create table oblivion.network_samples (
  minute timestamptz primary key,
  samples int not null check (samples > 0),
  online bigint not null,
  working bigint not null
);
comment on table oblivion.network_samples is 'Sums over the looks of one minute at who was online and at work; the mean is sum / samples.';

create table oblivion.network_buckets (
  seconds int not null check (seconds in (60, 900, 7200)),
  starts_at timestamptz not null,
  accepted int not null,
  owners int not null,
  wait_seconds real,
  online real,
  working real,
  -- Attempts that failed, were refused or lost; of a minute alone.
  failed int,
  primary key (seconds, starts_at)
);
comment on table oblivion.network_buckets is
  'The series of the Network page, and what attempts came to in the last minutes. A bucket is written once, when it is over.';

create function oblivion.history_between(p_from timestamptz, p_to timestamptz)
returns table (accepted_at timestamptz, owner_id bigint, wait_seconds double precision)
language sql
stable
set search_path = ''
as $$
  select a.ended_at, a.owner_id,
         case when a.attempt = 1 then extract(epoch from a.started_at - a.queued_at)::double precision end
    from oblivion.attempts a
   where a.outcome = 'succeeded'
     and a.ended_at >= p_from
     and a.ended_at < p_to
$$;
comment on function oblivion.history_between(timestamptz, timestamptz) is
  'Results accepted in [from, to): by whose node, and how long the job had waited where this was its first attempt. For the engine alone.';

-- A result carries the time at which its transaction began. Those last 8 s at most (the API's statement timeout), so what
-- is this old is complete.
create function oblivion.settled_moment()
returns timestamptz
language sql
stable
set search_path = ''
as $$
  select now() - interval '15 seconds'
$$;
comment on function oblivion.settled_moment() is 'Before this the history is complete. For the engine alone.';

create function oblivion.bucket_of(p_at timestamptz, p_seconds int)
returns timestamptz
language sql
immutable strict parallel safe
set search_path = ''
as $$
  select date_bin(make_interval(secs => p_seconds), p_at, timestamptz '2000-01-01 00:00:00+00')
$$;
comment on function oblivion.bucket_of(timestamptz, int) is 'When the bucket of this width that holds a moment began (UTC). For the engine alone.';

create function oblivion.roll_up_network()
returns boolean
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_bucket record;
  v_enough timestamptz := clock_timestamp() + interval '250 milliseconds';
begin
  -- The newest first: after a long silence the rest follows pass by pass.
  for v_bucket in
    select w.seconds, g.starts_at
      from (values (60, 60), (900, 96), (7200, 84)) w (seconds, buckets)
     cross join lateral generate_series(
             oblivion.bucket_of(oblivion.settled_moment(), w.seconds) - make_interval(secs => w.seconds * w.buckets),
             oblivion.bucket_of(oblivion.settled_moment(), w.seconds) - make_interval(secs => w.seconds),
             make_interval(secs => w.seconds)) g (starts_at)
     where not exists (
             select from oblivion.network_buckets b where b.seconds = w.seconds and b.starts_at = g.starts_at)
     order by w.seconds, g.starts_at desc
  loop
    if clock_timestamp() > v_enough then
      return false;
    end if;
    insert into oblivion.network_buckets (seconds, starts_at, accepted, owners, wait_seconds, online, working, failed)
    select v_bucket.seconds, v_bucket.starts_at, h.accepted, h.owners, h.wait_seconds, s.online, s.working,
           case v_bucket.seconds when 60 then (
             select count(*)
               from oblivion.attempts a
              where a.outcome in ('failed', 'rejected', 'expired')
                and a.ended_at >= v_bucket.starts_at
                and a.ended_at < v_bucket.starts_at + interval '1 minute') end
      from (
        select count(*) as accepted, count(distinct x.owner_id) as owners,
               percentile_cont(0.5) within group (order by x.wait_seconds) as wait_seconds
          from oblivion.history_between(
                 v_bucket.starts_at, v_bucket.starts_at + make_interval(secs => v_bucket.seconds)) x) h
     cross join (
        select sum(x.online)::real / sum(x.samples) as online, sum(x.working)::real / sum(x.samples) as working
          from oblivion.network_samples x
         where x.minute >= v_bucket.starts_at
           and x.minute < v_bucket.starts_at + make_interval(secs => v_bucket.seconds)) s;
  end loop;
  delete from oblivion.network_samples x where x.minute < now() - interval '8 days';
  delete from oblivion.network_buckets b
   where b.starts_at < now() - case b.seconds when 60 then interval '2 hours' when 900 then interval '2 days' else interval '8 days' end;
  return true;
end
$$;
comment on function oblivion.roll_up_network() is
  'Writes the buckets of the series that are over and not there yet, for a quarter of a second at most; answers whether all are there. For the engine alone.';

create function oblivion.network_series(p_seconds int, p_buckets int)
returns jsonb
language sql
stable
set search_path = ''
as $$
  select jsonb_build_object(
           'bucketSeconds', p_seconds,
           'from', min(g.starts_at),
           'accepted', jsonb_agg(b.accepted order by g.starts_at),
           'owners', jsonb_agg(b.owners order by g.starts_at),
           'online', jsonb_agg(round(b.online::numeric, 1) order by g.starts_at),
           'working', jsonb_agg(round(b.working::numeric, 1) order by g.starts_at),
           'medianWaitSeconds', jsonb_agg(round(b.wait_seconds::numeric, 3) order by g.starts_at))
    from generate_series(
           oblivion.bucket_of(oblivion.settled_moment(), p_seconds) - make_interval(secs => p_seconds * p_buckets),
           oblivion.bucket_of(oblivion.settled_moment(), p_seconds) - make_interval(secs => p_seconds),
           make_interval(secs => p_seconds)) g (starts_at)
    left join oblivion.network_buckets b on b.seconds = p_seconds and b.starts_at = g.starts_at
$$;
comment on function oblivion.network_series(int, int) is
  'The last whole buckets of one width, the oldest first, null where nothing is known. For the engine alone.';

create function oblivion.refresh_network_stats()
returns void
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_began timestamptz := clock_timestamp();
  v_stats oblivion.network_stats;
  v_midnight timestamptz := date_trunc('day', now() at time zone 'UTC') at time zone 'UTC';
  v_until timestamptz := oblivion.settled_moment();
  v_minute timestamptz := oblivion.bucket_of(oblivion.settled_moment(), 60);
  v_since bigint;
  v_today bigint;
  v_nodes record;
  v_jobs record;
begin
  select s.* into v_stats from oblivion.network_stats s;
  if v_stats.next_at > v_began
    or current_setting('transaction_read_only')::boolean
    or not pg_try_advisory_xact_lock(oblivion.lock_key('network_stats', '')) then
    return;
  end if;
  -- Read again: who held the lock a moment ago may have done it.
  select s.* into v_stats from oblivion.network_stats s where s.next_at <= v_began;
  if not found then
    return;
  end if;

  if v_stats.counted_until < v_midnight and v_until >= v_midnight then
    v_stats.counted_before_day := v_stats.counted_total
      + (select count(*) from oblivion.history_between(v_stats.counted_until, v_midnight));
  end if;
  if v_until > v_stats.counted_until then
    v_stats.counted_total := v_stats.counted_total
      + (select count(*) from oblivion.history_between(v_stats.counted_until, v_until));
    v_stats.counted_until := v_until;
  end if;
  v_since := (select count(*) from oblivion.history_between(v_stats.counted_until, 'infinity'));
  v_today := case
    when v_stats.counted_until >= v_midnight then v_stats.counted_total - v_stats.counted_before_day + v_since
    else (select count(*) from oblivion.history_between(v_midnight, 'infinity')) end;

  select count(*) as online,
         count(*) filter (where x.current_jobs > 0) as working,
         count(*) filter (where x.worker_type = 'browser') as browser,
         count(*) filter (where x.worker_type = 'server') as server,
         count(*) filter (where x.worker_type = 'python') as python
    into v_nodes
    from public.nodes x
   where oblivion.is_online(x.last_seen, x.next_poll_at);
  select count(*) filter (where q.status = 'pending') as pending,
         count(*) filter (where q.status = 'processing') as processing
    into v_jobs
    from public.jobs q
   where q.status in ('pending', 'processing');
  insert into oblivion.network_samples as x (minute, samples, online, working)
  values (oblivion.bucket_of(now(), 60), 1, v_nodes.online, v_nodes.working)
  on conflict (minute) do update
    set samples = x.samples + 1, online = x.online + excluded.online, working = x.working + excluded.working;

  if v_stats.series_until < v_minute then
    if oblivion.roll_up_network() then
      v_stats.series_until := v_minute;
    end if;
    v_stats.series := jsonb_build_object(
      '1h', oblivion.network_series(60, 60),
      '24h', oblivion.network_series(900, 96),
      '7d', oblivion.network_series(7200, 84));
    v_stats.median_wait_seconds := null;
  end if;
  -- Over an hour of history, so once a minute; until there is something to say, at once.
  if v_stats.median_wait_seconds is null then
    v_stats.median_wait_seconds := (
      select round((percentile_cont(0.5) within group (order by h.wait_seconds))::numeric, 3)
        from oblivion.history_between(now() - interval '1 hour', 'infinity') h);
  end if;

  update oblivion.network_stats s
     set as_of = now(),
         next_at = clock_timestamp()
           + least(interval '1 minute', greatest(interval '250 milliseconds', 50 * (clock_timestamp() - v_began))),
         counted_until = v_stats.counted_until,
         counted_total = v_stats.counted_total,
         counted_before_day = v_stats.counted_before_day,
         series = v_stats.series,
         series_until = v_stats.series_until,
         median_wait_seconds = v_stats.median_wait_seconds,
         payload = jsonb_build_object(
           'online', v_nodes.online,
           'working', v_nodes.working,
           'idle', v_nodes.online - v_nodes.working,
           'byType', jsonb_build_object(
             'browser', v_nodes.browser, 'server', v_nodes.server, 'python', v_nodes.python),
           'pendingJobs', v_jobs.pending,
           'processingJobs', v_jobs.processing,
           'tasksRunning', (select count(*) from oblivion.tasks t where t.status = 'running'),
           'chunksToday', v_today,
           'chunksTotal', v_stats.counted_total + v_since,
           'medianWaitSeconds', v_stats.median_wait_seconds,
           'fairness', oblivion.fairness_index(),
           'feeBps', (select s.fee_bps from oblivion.settings s),
           'defaultPricePerHour', (select s.default_price_per_hour::text from oblivion.settings s),
           'asOf', now());
  perform oblivion.count_jobs();
end
$$;
comment on function oblivion.refresh_network_stats() is
  'Computes the public figures anew if they are old enough and nobody else is at it. For engine and coordinator.';
-- Once now, so that no reader ever meets an empty row.
select oblivion.refresh_network_stats();

create function public.get_network_stats()
returns jsonb
language plpgsql
security definer
set search_path = ''
as $$
begin
  if exists (select from oblivion.network_stats s where s.next_at <= clock_timestamp()) then
    perform oblivion.refresh_network_stats();
    perform set_config('synchronous_commit', 'off', true);
  end if;
  return (
    select s.payload || jsonb_build_object(
             'series', s.series,
             -- Told by one clock, since a reader's own may be wrong.
             'ageSeconds', greatest(0, round(extract(epoch from
               clock_timestamp() - greatest(s.as_of, clock_timestamp() - interval '1 day')), 1)))
      from oblivion.network_stats s);
end
$$;
comment on function public.get_network_stats() is
  'The public figures, a moment old: nodes online and working, by type; jobs; results accepted today (UTC) and in all; median wait of the last hour in seconds; fairness (Jain''s index); and their series over 1h, 24h and 7d.';

-- One row a node means a sort of all of them, so the list is kept as well.
create table oblivion.worker_stats (
  id boolean primary key default true check (id),
  workers jsonb not null default '[]',
  next_at timestamptz not null default '-infinity'
);
comment on table oblivion.worker_stats is 'One row: the list of workers as everybody reads it.';
insert into oblivion.worker_stats default values;

create function oblivion.refresh_worker_stats()
returns void
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_began timestamptz := clock_timestamp();
begin
  if current_setting('transaction_read_only')::boolean
    or not pg_try_advisory_xact_lock(oblivion.lock_key('worker_stats', '')) then
    return;
  end if;
  update oblivion.worker_stats s
     set workers = coalesce((
           select jsonb_agg(to_jsonb(w))
             from (
               select oblivion.short_address(n.provider_address) as worker,
                      n.worker_type,
                      oblivion.is_online(n.last_seen, n.next_poll_at) as online,
                      n.current_jobs,
                      n.max_jobs,
                      n.total_jobs_completed,
                      n.last_seen
                 from public.nodes n
                order by 3 desc, n.current_jobs desc, n.total_jobs_completed desc, n.registered_at
                limit 200) w), '[]'),
         next_at = clock_timestamp() + least(interval '1 minute', 50 * (clock_timestamp() - v_began))
   where s.next_at <= v_began;
end
$$;
comment on function oblivion.refresh_worker_stats() is
  'Makes the list of workers anew if it is old enough and nobody else is at it. For the engine alone.';

create function public.get_worker_stats()
returns table (
  worker text,
  worker_type text,
  online boolean,
  current_jobs int,
  max_jobs int,
  total_jobs_completed bigint,
  last_seen timestamptz
)
language plpgsql
security definer
set search_path = ''
as $$
begin
  if exists (select from oblivion.worker_stats s where s.next_at <= clock_timestamp()) then
    perform oblivion.refresh_worker_stats();
    perform set_config('synchronous_commit', 'off', true);
  end if;
  return query
    select w.worker, w.worker_type, w.online, w.current_jobs, w.max_jobs, w.total_jobs_completed, w.last_seen
      from oblivion.worker_stats s
     cross join lateral rows from (
             jsonb_to_recordset(s.workers) as (
               worker text, worker_type text, online boolean, current_jobs int, max_jobs int,
               total_jobs_completed bigint, last_seen timestamptz)) with ordinality as w (
             worker, worker_type, online, current_jobs, max_jobs, total_jobs_completed, last_seen, place)
     order by w.place;
end
$$;
comment on function public.get_worker_stats() is
  'One row per node, those online first, at most 200, a moment old: counts, never which jobs.';

create function oblivion.queue_figures()
returns jsonb
language sql
stable
security definer
set search_path = ''
set enable_seqscan = off
set jit = off
as $$
  select jsonb_build_object(
    'waiting', (s.payload ->> 'pendingJobs')::bigint,
    'running', (s.payload ->> 'processingJobs')::bigint,
    -- By the ends of an index, one for each priority. A task that was resumed waits since then, however old it is: so on
    -- from its first job to the next task's, until what follows was posted after the oldest found, and at most 100 tasks.
    'oldestWaitingSeconds', (
      select coalesce(extract(epoch from now() - min(o.since)), 0)::bigint
        from generate_series(0, 9) p
       cross join lateral (
               with recursive heads as (
                 (select j.created_at, j.task_id, greatest(j.created_at, j.available_at) as since, 1 as place
                    from public.jobs j
                   where j.status = 'pending'
                     and j.due
                     and j.excluded_owner_id is null
                     and (- j.priority) = - p::smallint
                   order by j.created_at, j.task_id, j.seq
                   limit 1)
                  union all
                 select n.created_at, n.task_id, least(h.since, greatest(n.created_at, n.available_at)), h.place + 1
                   from heads h
                  cross join lateral (
                          select j.created_at, j.task_id, j.available_at
                            from public.jobs j
                           where j.status = 'pending'
                             and j.due
                             and j.excluded_owner_id is null
                             and (- j.priority) = - p::smallint
                             and (j.created_at, j.task_id) > (h.created_at, h.task_id)
                             and j.created_at < h.since
                           order by j.created_at, j.task_id, j.seq
                           limit 1) n
                  where h.place < 100)
               select min(h.since) as since from heads h) o),
    'unread', (select count(*) from oblivion.deliveries d),
    'oldestUnreadSeconds', (
      select coalesce(extract(epoch from now() - min(d.delivered_at)), 0)::bigint from oblivion.deliveries d),
    'failed', (
      select coalesce(jsonb_object_agg(c.type, c.count), '{}') from oblivion.job_counts() c where c.status = 'failed'),
    'lately', (
      select jsonb_build_object('accepted', coalesce(sum(b.accepted), 0), 'failed', coalesce(sum(b.failed), 0))
        from oblivion.network_buckets b
       where b.seconds = 60
         and b.starts_at >= oblivion.bucket_of(oblivion.settled_moment(), 60) - interval '15 minutes'),
    'limits', (
      select jsonb_build_object(
               'oldestWaitingSeconds', extract(epoch from x.queue_old_after)::bigint,
               'failedShare', round(x.failing_share::numeric, 4))
        from oblivion.settings x))
    from oblivion.network_stats s
$$;
comment on function oblivion.queue_figures() is
  'How deep the queue is, for who watches over it: {waiting and running: jobs, as of the public figures; oldestWaitingSeconds: how long one has waited at most of those that nobody tried, as of the first jobs of the 100 oldest tasks of each priority, 0 where none waits; unread: results in Storage that no coordinator has read; oldestUnreadSeconds: how long the oldest of them lies there, 0 where none does; failed: jobs that failed for good by type, as of job_stats; lately: attempts of the last 15 whole minutes, accepted or failed; limits: above which an operator is called, null for never}. For the coordinator.';

reset all;

-- 20261124001520_exports.sql

-- The history leaves the database by day: the coordinator appends each line once to results-YYYY-MM-DD.ndjson, says when
-- a day is whole, and only then, and only where an operator set for how long history is kept, the day is dropped. Jobs,
-- results, receipts and ledger are no history: they stay.

alter table oblivion.settings
  -- Null keeps it for ever. The public figures look back a week.
  add column history_days int check (history_days between 8 and 36500);

create table oblivion.history_exports (
  day date primary key,
  lines bigint not null check (lines >= 0),
  -- Of the file's bytes.
  sha256 text not null check (sha256 ~ '^[0-9a-f]{64}$'),
  exported_at timestamptz not null default now(),
  dropped_at timestamptz
);
comment on table oblivion.history_exports is 'Days of the history (UTC) that lie whole in a file, and when the database let go of them.';

create table oblivion.export_secret (
  id boolean primary key default true check (id),
  secret bytea not null
);
insert into oblivion.export_secret (secret)
select sha256(convert_to(gen_random_uuid()::text || gen_random_uuid()::text || clock_timestamp()::text, 'UTF8'));
comment on table oblivion.export_secret is 'One row: what makes the pseudonyms of the export. Nothing reads it but history_lines().';

create function oblivion.history_lines(p_day date, p_after jsonb default null, p_limit int default 1000)
returns jsonb
language sql
stable
security definer
set search_path = ''
as $$
  with page as (
    select a.*
      from oblivion.attempts a
     where a.ended_at >= p_day::timestamp at time zone 'UTC'
       and a.ended_at < (p_day + 1)::timestamp at time zone 'UTC'
       -- Older than any transaction that may still add to it: what was written is never followed by something before it.
       and a.ended_at < oblivion.settled_moment()
       and (p_after is null
            or (a.ended_at, a.job_id, a.attempt)
               > ((p_after ->> 'endedAt')::timestamptz, (p_after ->> 'jobId')::uuid, (p_after ->> 'attempt')::int))
     order by a.ended_at, a.job_id, a.attempt
     limit least(greatest(p_limit, 1), 10000))
  select coalesce(jsonb_agg(jsonb_build_object(
           'jobId', p.job_id,
           'attempt', p.attempt,
           'taskId', p.task_id,
           'type', j.type,
           'chunkIndex', j.chunk_index,
           'stage', j.stage,
           'replica', j.replica,
           -- The same within a task, another in the next: nobody can follow a provider from task to task.
           'provider', left(encode(sha256(s.secret || sha256(
             s.secret || convert_to(p.task_id::text || ':' || p.owner_id::text, 'UTF8'))), 'hex'), 16),
           'queuedAt', p.queued_at,
           'startedAt', p.started_at,
           'endedAt', p.ended_at,
           'outcome', p.outcome,
           'error', p.error,
           'metrics', p.metrics,
           'resultHash', r.result_hash,
           'result', r.canonical::jsonb)
           order by p.ended_at, p.job_id, p.attempt), '[]')
    from page p
   cross join oblivion.export_secret s
    left join public.jobs j on j.id = p.job_id
    left join oblivion.results r on r.job_id = p.job_id and r.attempt = p.attempt and p.outcome = 'succeeded'
$$;
comment on function oblivion.history_lines(date, jsonb, int) is
  'How tries of a day (UTC) ended, in order, after the one given by endedAt, jobId and attempt: one object a line of the export. For the coordinator.';

create function oblivion.history_to_export()
returns jsonb
language sql
stable
security definer
set search_path = ''
as $$
  -- Days that are over and not marked, the oldest first, and today.
  select coalesce(jsonb_agg(jsonb_build_object(
           'day', d.day,
           'over', (d.day + 1)::timestamp at time zone 'UTC' <= oblivion.settled_moment()) order by d.day), '[]')
    from (
      select distinct (a.ended_at at time zone 'UTC')::date as day
        from oblivion.attempts a
       where not exists (select from oblivion.history_exports e where e.day = (a.ended_at at time zone 'UTC')::date)
         and a.ended_at >= coalesce(
               (select (max(e.day) + 1)::timestamp at time zone 'UTC' from oblivion.history_exports e), '-infinity')) d
$$;
comment on function oblivion.history_to_export() is
  'The days whose history is not marked as exported, and whether each is over and can be. For the coordinator.';

create function oblivion.mark_history_exported(p_day date, p_lines bigint, p_sha256 text)
returns void
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_lines bigint;
begin
  if p_day is null or oblivion.settled_moment() < (p_day + 1)::timestamp at time zone 'UTC' then
    perform oblivion.raise_error('OB005', 'A day is marked as exported when it is over.', null,
      jsonb_build_object('field', 'p_day', 'reason', 'not over yet'));
  end if;
  select count(*)
    into v_lines
    from oblivion.attempts a
   where a.ended_at >= p_day::timestamp at time zone 'UTC'
     and a.ended_at < (p_day + 1)::timestamp at time zone 'UTC';
  if p_lines is distinct from v_lines then
    perform oblivion.raise_error('OB005', format('The day has %s lines, not %s.', v_lines, p_lines),
      'Write the file of that day anew.', jsonb_build_object('field', 'p_lines', 'reason', format('is not %s', v_lines)));
  end if;
  if p_sha256 is null or p_sha256 !~ '^[0-9a-f]{64}$' then
    perform oblivion.raise_error('OB005', 'The hash of the file is 64 hex digits.', null,
      jsonb_build_object('field', 'p_sha256', 'reason', 'not a SHA-256'));
  end if;
  insert into oblivion.history_exports (day, lines, sha256)
  values (p_day, p_lines, p_sha256)
  on conflict (day) do nothing;
  perform from oblivion.history_exports e where e.day = p_day and e.sha256 = p_sha256;
  if not found then
    perform oblivion.raise_error('OB005', 'This day was marked as exported with another file.',
      'Keep the file that was marked.', jsonb_build_object('field', 'p_sha256', 'reason', 'another file was marked'));
  end if;
end
$$;
comment on function oblivion.mark_history_exported(date, bigint, text) is
  'Says that the file of a day that is over holds all its lines. Again with the same file: no change. OB005. For the coordinator.';

create function oblivion.drop_old_rest()
returns int
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_last date := (now() at time zone 'UTC')::date - (select s.history_days from oblivion.settings s where s.id);
  v_days date[];
  v_timeout text := current_setting('lock_timeout');
begin
  v_days := array(select distinct (a.ended_at at time zone 'UTC')::date from oblivion.attempts_rest a);
  -- As a whole, once all of it may go: what is append-only has no other way out, and days without a partition are rare.
  if v_last is null or v_days = '{}' or exists (
    select
      from unnest(v_days) as d (day)
     where d.day >= v_last
        or not exists (select from oblivion.history_exports e where e.day = d.day)) then
    return 0;
  end if;
  perform set_config('lock_timeout', '200ms', true);
  begin
    lock table oblivion.attempts_rest in access exclusive mode;
    if exists (
      select from oblivion.attempts_rest a where (a.ended_at at time zone 'UTC')::date <> all (v_days)) then
      v_days := '{}';
    else
      truncate oblivion.attempts_rest;
      update oblivion.history_exports e set dropped_at = now() where e.day = any (v_days) and e.dropped_at is null;
    end if;
  exception
    when lock_not_available then
      v_days := '{}';
  end;
  perform set_config('lock_timeout', v_timeout, true);
  return cardinality(v_days);
end
$$;
comment on function oblivion.drop_old_rest() is
  'Empties the default partition of the history once every day in it was exported and is older than settings.history_days; answers how many days. For the engine alone.';

create function oblivion.drop_old_history()
returns int
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_day date;
  v_name text;
  v_dropped int := 0;
  v_timeout text := current_setting('lock_timeout');
begin
  for v_day in
    select e.day
      from oblivion.history_exports e
     cross join oblivion.settings s
     where e.dropped_at is null
       and e.day < (now() at time zone 'UTC')::date - s.history_days
     order by e.day
     limit 31
  loop
    v_name := format('attempts_y%s', to_char(v_day, 'YYYY"m"MM"d"DD'));
    -- A day that lies in the rest (nobody had made its partition) goes with it.
    continue when not exists (
      select
        from pg_catalog.pg_inherits i
        join pg_catalog.pg_class c on c.oid = i.inhrelid
       where i.inhparent = 'oblivion.attempts'::regclass
         and c.relname = v_name);
    -- Dropping locks the whole history for a moment; whoever is in the way is not waited for, the next pass is soon.
    perform set_config('lock_timeout', '200ms', true);
    begin
      execute format('drop table oblivion.%I', v_name);
      update oblivion.history_exports e set dropped_at = now() where e.day = v_day;
      v_dropped := v_dropped + 1;
    exception
      when lock_not_available then
        null;
    end;
    perform set_config('lock_timeout', v_timeout, true);
  end loop;
  return v_dropped + oblivion.drop_old_rest();
end
$$;
comment on function oblivion.drop_old_history() is
  'Drops days of the history that were exported and are older than settings.history_days, and answers how many. For the coordinator.';

create function oblivion.set_history_days(p_days int)
returns void
language plpgsql
security definer
set search_path = ''
as $$
begin
  if p_days is not null and p_days not between 8 and 36500 then
    perform oblivion.raise_error('OB005', 'History is kept for 8 days at least.', 'Null keeps it for ever.',
      jsonb_build_object('field', 'p_days', 'reason', 'not between 8 and 36500'));
  end if;
  update oblivion.settings s set history_days = p_days;
end
$$;
comment on function oblivion.set_history_days(int) is
  'For how many days the database keeps history after its export; null for ever. OB005. For the coordinator.';

reset all;

-- 20261124001530_ticks.sql

-- What has to happen though nobody calls: once more by pg_cron, where the project has it. Heartbeats and polls do it, the
-- coordinator does it, and this does it; each is enough alone.

create function oblivion.tick()
returns int
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_count int := oblivion.run_rescue();
begin
  begin
    perform oblivion.quarantine_programs();
  exception
    when others then
      raise warning 'No program could be quarantined: % (%)', sqlerrm, sqlstate;
  end;
  begin
    perform oblivion.answer_for_wrong_results();
  exception
    when others then
      raise warning 'Wrong results were not answered for: % (%)', sqlerrm, sqlstate;
  end;
  begin
    perform oblivion.refresh_network_stats();
  exception
    when others then
      raise warning 'The public figures could not be computed: % (%)', sqlerrm, sqlstate;
  end;
  return v_count;
end
$$;
comment on function oblivion.tick() is
  'A rescue pass and fresh public figures; answers how many jobs were rescued. For pg_cron, as the owner of the schema.';

create function oblivion.forget_idle_nodes()
returns int
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_count int;
begin
  -- What tells one machine from another is kept for 30 days after its last sign. The row stays: work was told under it.
  update public.nodes n
     set hardware_id = 'forgotten:' || n.id,
         capabilities = '{}',
         key_hash = null
   where n.last_seen < now() - interval '30 days'
     and n.current_jobs = 0
     and n.hardware_id <> 'forgotten:' || n.id;
  get diagnostics v_count = row_count;
  -- No work was told under these, and without a key they count for no limit: whoever registers and revokes leaves no rows.
  delete from public.nodes n
   where n.site_id is null
     and n.key_hash is null
     and n.last_seen < now() - interval '1 day'
     and n.current_jobs = 0
     and n.total_jobs_completed = 0
     and not exists (select from oblivion.deliveries d where d.node_id = n.id);
  return v_count;
end
$$;
comment on function oblivion.forget_idle_nodes() is
  'Forgets hardware id, capabilities and key of nodes that were silent for 30 days, and answers of how many; those without a key that brought nothing go after a day, row and all. A machine that comes back later is a new node. For the engine alone.';

create function oblivion.keep_house()
returns void
language plpgsql
security definer
set search_path = ''
as $$
begin
  perform oblivion.purge_visitors();
  perform oblivion.forget_idle_nodes();
  perform oblivion.forget_requests();
  perform oblivion.lapse_visitor_earnings(i.id) from oblivion.settlement_instances i order by i.id;
end
$$;
comment on function oblivion.keep_house() is
  'What is due once a day: visitors that brought nothing, machines that were silent for 30 days, answers that nobody asks for again, earnings that nobody claimed. For the coordinator, every hour.';

create function oblivion.schedule_ticks()
returns text
language plpgsql
set search_path = ''
as $$
declare
  v_schedule text := '* * * * *';
begin
  if to_regprocedure('cron.schedule(text, text, text)') is null then
    return null;
  end if;
  -- Seconds are known since 1.5. A version reads 1.4-1, for example.
  if exists (
    select
      from pg_catalog.pg_extension e
     where e.extname = 'pg_cron'
       and string_to_array(substring(e.extversion from '^\d+\.\d+'), '.')::int[] >= array[1, 5]) then
    v_schedule := '15 seconds';
  end if;
  execute format('select cron.schedule(%L, %L, %L)', 'oblivion', v_schedule, 'select oblivion.tick()');
  return v_schedule;
exception
  when insufficient_privilege then
    raise notice 'pg_cron is there, but % may not use it: rescue is left to nodes and coordinator.', current_user;
    return null;
end
$$;
comment on function oblivion.schedule_ticks() is
  'Lets pg_cron call tick() every 15 s (every minute before version 1.5) and answers the schedule, or null where there is no pg_cron. Runs with the installation; an operator who turns pg_cron on later calls it once. For the owner of the schema.';
select oblivion.schedule_ticks();

reset all;

-- 20261124001535_operators.sql

-- Operators: the wallets that the coordinator is told of (OBLIVION_ADMINS). Their pages read how all stands and the nodes,
-- and do four things. Whoever forges a session can do them too, so none of them makes or moves money (M8): fees, terms of cards, play
-- money and verdicts stay with the coordinator's own login, and what the books have stopped the books alone resume.

create table oblivion.operators (
  address text primary key check (address ~ '^0x[0-9a-f]{40}$'),
  named_at timestamptz not null default now()
);
comment on table oblivion.operators is 'Wallets that are operators, as the coordinator was told at its last start.';

create table oblivion.operator_actions (
  id bigint generated always as identity primary key,
  operator text not null,
  action text not null check (action in ('halt', 'resume', 'stop_program', 'allow_program')),
  subject text not null,
  reason text,
  at timestamptz not null default now()
);
create trigger refuse_change before update or delete on oblivion.operator_actions
  for each row execute function oblivion.refuse_change();
create trigger refuse_truncate before truncate on oblivion.operator_actions
  for each statement execute function oblivion.refuse_change();
comment on table oblivion.operator_actions is 'What operators did from their page, and why.';

create function oblivion.set_operators(p_addresses text[])
returns void
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_addresses text[] := array(select lower(a) from unnest(p_addresses) a);
begin
  delete from oblivion.operators o where o.address <> all (v_addresses);
  insert into oblivion.operators (address) select a from unnest(v_addresses) a on conflict do nothing;
end
$$;
comment on function oblivion.set_operators(text[]) is
  'These wallets, and no others, are operators. For the coordinator, as OBLIVION_ADMINS says.';

create function oblivion.require_operator()
returns text
language plpgsql
stable
security definer
set search_path = ''
as $$
declare
  v_wallet text := oblivion.require_wallet();
begin
  if not exists (select from oblivion.operators o where o.address = v_wallet) then
    perform oblivion.raise_error('OB018', 'This is for operators, and your wallet is not one.',
      'Operators are the wallets in OBLIVION_ADMINS of the coordinator.');
  end if;
  return v_wallet;
end
$$;
comment on function oblivion.require_operator() is 'The caller''s wallet, where it is an operator''s: OB001, OB018. For the engine alone.';

create function oblivion.note_action(p_operator text, p_action text, p_subject text, p_reason text default null)
returns void
language sql
security definer
set search_path = ''
as $$
  insert into oblivion.operator_actions (operator, action, subject, reason)
  values (p_operator, p_action, p_subject, left(p_reason, 500))
$$;
comment on function oblivion.note_action(text, text, text, text) is 'Keeps what an operator did. For the engine alone.';

create function oblivion.require_reason(p_reason text)
returns text
language plpgsql
immutable
set search_path = ''
as $$
begin
  if p_reason is null or length(btrim(p_reason)) not between 1 and 200 then
    perform oblivion.raise_error('OB005', 'A reason has 1 to 200 characters.', 'Say why: others read it.',
      jsonb_build_object('field', 'p_reason', 'reason', 'text'));
  end if;
  return btrim(p_reason);
end
$$;
comment on function oblivion.require_reason(text) is 'An operator''s reason, or OB005. For the engine alone.';

create function oblivion.waiting_since()
returns timestamptz
language sql
stable
security definer
set search_path = ''
as $$
  -- One probe of each claim index and priority: the queue may hold a million rows.
  select min(w.created_at)
    from generate_series(0, 9) as p (priority)
   cross join lateral (
     (select j.created_at
        from public.jobs j
       where j.status = 'pending' and j.due and j.excluded_owner_id is null and (- j.priority) = - p.priority
       order by j.created_at
       limit 1)
      union all
     (select j.created_at
        from public.jobs j
       where j.status = 'pending' and j.due and j.excluded_owner_id is not null and (- j.priority) = - p.priority
       order by j.created_at
       limit 1)) w
$$;
comment on function oblivion.waiting_since() is
  'When the oldest job was made that could be claimed now, or null; of those that failed before, one that nearly is. For the engine alone.';

create function oblivion.operator_money()
returns jsonb
language sql
stable
security definer
set search_path = ''
as $$
  select jsonb_build_object(
    'settlement', (
      select jsonb_build_object(
               'chainId', i.chain_id,
               'contractAddress', i.contract_address,
               'haltedReason', i.halted_reason,
               'haltCause', i.halt_cause)
        from (select (oblivion.open_instance()).*) i
       where i.id is not null),
    'payoutsDue', (
      select jsonb_array_length(oblivion.payouts_due(i.id) -> 'vouchers')
        from (select (oblivion.open_instance()).id) i
       where i.id is not null),
    'batches', (
      select coalesce(jsonb_agg(jsonb_build_object(
               'nonce', b.nonce,
               'kind', b.kind,
               'state', b.state,
               'charges', jsonb_array_length(b.charges),
               'payouts', jsonb_array_length(b.vouchers),
               'openedAt', b.opened_at,
               'tries', t.tries,
               'transaction', coalesce(b.mined_hash, t.last_hash)) order by b.id), '[]')
        from (
          select r.* from oblivion.relay_transactions r where r.ended_at is null order by r.id limit 20) b
       cross join lateral (
         select count(*) as tries, (array_agg(y.tx_hash order by y.try desc))[1] as last_hash
           from oblivion.relay_tries y
          where y.transaction_id = b.id) t),
    'cards', jsonb_build_object(
      'payer', s.card_payer,
      'windowSeconds', extract(epoch from s.card_dispute_window)::bigint,
      'paidIn', (select coalesce(sum(p.amount), 0)::text from oblivion.card_payments p),
      'returned', (select coalesce(sum(r.amount), 0)::text from oblivion.card_refunds r where not r.failed),
      'returning', (
        select coalesce(sum(w.amount), 0)::text from oblivion.card_withdrawals w where w.state = 'requested'),
      'badDebt', (
        select coalesce(-sum(e.amount), 0)::text
          from oblivion.accounts a
          join oblivion.ledger_entries e on e.account_id = a.id
         where a.kind = 'bad_debt' and a.asset = 'card'),
      -- Those that stand, the newest first: each freezes its customer's card money.
      'disputes', (
        select coalesce(jsonb_agg(jsonb_build_object(
                 'disputeId', d.dispute_id,
                 'customer', o.address,
                 'amount', d.amount::text,
                 'covered', d.covered::text,
                 'state', d.state,
                 'liftedAt', d.lifted_at,
                 'openedAt', d.opened_at) order by d.opened_at desc, d.dispute_id), '[]')
          from (
            select x.* from oblivion.card_disputes x where x.state <> 'won' order by x.opened_at desc, x.dispute_id limit 20) d
          join oblivion.owners o on o.id = d.owner_id)))
    from oblivion.settings s
$$;
comment on function oblivion.operator_money() is 'Settlement, batches and cards, as an operator sees them. For the engine alone.';

create function oblivion.operator_work()
returns jsonb
language sql
stable
security definer
set search_path = ''
as $$
  select jsonb_build_object(
    'queue', jsonb_build_object(
      'pending', coalesce((f.payload ->> 'pendingJobs')::int, 0),
      'processing', coalesce((f.payload ->> 'processingJobs')::int, 0),
      'oldestSeconds', extract(epoch from now() - oblivion.waiting_since())::bigint,
      'planning', (select count(distinct p.task_id) from oblivion.plan_parts p)),
    -- Whoever runs late shows here, whichever of nodes, coordinator and pg_cron it is that runs.
    'lateness', jsonb_build_object(
      'leaseSeconds', (
        select extract(epoch from now() - min(j.lease_expires_at))::bigint
          from public.jobs j
         where j.status = 'processing' and j.lease_expires_at < now()),
      'figuresSeconds', extract(epoch from now() - greatest(f.as_of, now() - interval '1 day'))::bigint,
      'scheduleSeconds', (
        select extract(epoch from now() - min(w.next_run_at))::bigint
          from oblivion.schedules w
         where w.next_run_at < now()),
      'deliverySeconds', (select extract(epoch from now() - min(d.delivered_at))::bigint from oblivion.deliveries d)),
    'nodes', (
      select coalesce(jsonb_agg(jsonb_build_object(
               'workerType', n.worker_type,
               'working', n.working,
               'waiting', n.waiting,
               'gone', n.gone) order by n.worker_type), '[]')
        from (
          select x.worker_type,
                 count(*) filter (where x.online and x.current_jobs > 0) as working,
                 count(*) filter (where x.online and x.current_jobs = 0) as waiting,
                 count(*) filter (where not x.online) as gone
            from (
              select y.worker_type, y.current_jobs, oblivion.is_online(y.last_seen, y.next_poll_at) as online
                from public.nodes y
               where y.last_seen > now() - interval '1 day') x
           group by x.worker_type) n),
    'programs', jsonb_build_object(
      'stopped', (
        select coalesce(jsonb_agg(jsonb_build_object(
                 'program', p.program_key,
                 'reason', p.reason,
                 'stoppedAt', p.stopped_at,
                 'tasks', (
                   select count(*)
                     from oblivion.tasks t
                    where t.status = 'paused' and t.paused_reason = 'program_stopped'
                      and p.program_key = any (t.program_keys))) order by p.stopped_at desc, p.program_key), '[]')
          from (select x.* from oblivion.stopped_programs x order by x.stopped_at desc, x.program_key limit 50) p),
      -- What killed sandboxes and is not stopped yet.
      'suspected', (
        select coalesce(jsonb_agg(jsonb_build_object(
                 'program', d.program_key,
                 'owners', d.owners,
                 'lastAt', d.last_at) order by d.last_at desc, d.program_key), '[]')
          from (
            select x.program_key, count(*) as owners, max(x.died_at) as last_at
              from oblivion.program_deaths x
             where x.died_at > now() - interval '1 day'
               and not exists (select from oblivion.stopped_programs p where p.program_key = x.program_key)
             group by x.program_key
             order by max(x.died_at) desc, x.program_key
             limit 50) d)),
    'sites', (
      select coalesce(jsonb_agg(jsonb_build_object(
               'siteId', z.id,
               'name', z.name,
               'origins', to_jsonb(z.origins),
               'reason', z.suspended_reason) order by z.created_at desc), '[]')
        from (
          select x.* from oblivion.sites x where x.suspended_reason is not null order by x.created_at desc limit 50) z))
    from oblivion.network_stats f
$$;
comment on function oblivion.operator_work() is 'Queue, nodes, programs and sites, as an operator sees them. For the engine alone.';

create function public.operator_overview()
returns jsonb
language plpgsql
stable
security definer
set search_path = ''
as $$
begin
  perform oblivion.require_operator();
  return oblivion.operator_money() || oblivion.operator_work() || (
    select jsonb_build_object(
      'asOf', now(),
      'settings', jsonb_build_object(
        'feeBps', s.fee_bps,
        'minPricePerChunk', s.min_price_per_chunk::text,
        'minPricePerTimeoutSecond', s.min_price_per_timeout_second::text,
        'defaultPricePerHour', s.default_price_per_hour::text,
        'sandbox', s.sandbox,
        'maxJobs', s.max_jobs,
        'provenAfter', s.proven_after,
        'quarantineAfter', s.quarantine_after,
        'queueOldAfterSeconds', extract(epoch from s.queue_old_after)::bigint,
        'failingShare', round(s.failing_share::numeric, 4),
        'staleAfterSeconds', extract(epoch from s.stale_after)::bigint,
        'staleAfterBrowserSeconds', extract(epoch from s.stale_after_browser)::bigint,
        'defaultTimeoutSeconds', s.default_timeout_seconds,
        'historyDays', s.history_days),
      'actions', (
        select coalesce(jsonb_agg(jsonb_build_object(
                 'operator', a.operator,
                 'action', a.action,
                 'subject', a.subject,
                 'reason', a.reason,
                 'at', a.at) order by a.id desc), '[]')
          from (select x.* from oblivion.operator_actions x order by x.id desc limit 10) a))
      from oblivion.settings s);
end
$$;
comment on function public.operator_overview() is
  'How the whole stands, for an operator: settlement, payoutsDue, batches, cards, queue, lateness, nodes, programs, sites, settings and the last actions. Money in decimal strings of the smallest unit, ages in seconds. OB001, OB018.';

create function public.operator_nodes()
returns jsonb
language plpgsql
stable
security definer
set search_path = ''
as $$
begin
  perform oblivion.require_operator();
  return jsonb_build_object('asOf', now(), 'nodes', oblivion.list_nodes());
end
$$;
comment on function public.operator_nodes() is
  'All nodes, for an operator: {asOf, nodes: as my_nodes shows them, the latest seen first, 200 at most and of more those with a key, with provider and maxJobs}. OB001, OB018.';

create function public.operator_node(p_node_id uuid)
returns jsonb
language plpgsql
stable
security definer
set search_path = ''
-- With a plan for all values every day's partition is locked and looked at, and not the last hour's alone.
set plan_cache_mode = force_custom_plan
as $$
declare
  v_node public.nodes;
begin
  perform oblivion.require_operator();
  select n.* into v_node from public.nodes n where n.id = p_node_id and n.hardware_id <> 'forgotten:' || n.id;
  if not found then
    perform oblivion.raise_error('OB003', 'No node has this id.', 'Read the list of nodes again.',
      jsonb_build_object('nodeId', p_node_id));
  end if;
  return oblivion.node_view(v_node) || jsonb_build_object(
    'asOf', now(),
    'provider', v_node.provider_address,
    'maxJobs', v_node.max_jobs,
    'pricePerHour', v_node.price_per_hour::text,
    'capabilities', (
      select coalesce(jsonb_agg(c.name order by c.name), '[]')
        from jsonb_each(v_node.capabilities) as c (name, has)
       where c.has = 'true'),
    'operator', v_node.operator,
    'established', oblivion.is_established(v_node.id),
    'site', (select z.name from oblivion.sites z where z.id = v_node.site_id),
    'staleAfterSeconds', extract(epoch from oblivion.stale_after(v_node.worker_type))::int,
    'jobs', (
      select coalesce(jsonb_agg(jsonb_build_object(
               'jobId', j.id,
               'taskId', j.task_id,
               'chunkIndex', j.chunk_index,
               'type', j.type,
               'attempt', j.attempt,
               'startedAt', j.started_at,
               'progress', round(j.progress::numeric, 4),
               'leaseExpiresAt', j.lease_expires_at) order by j.started_at, j.seq), '[]')
        from (
          select x.*
            from public.jobs x
           where x.node_id = v_node.id
             and x.status = 'processing'
           order by x.started_at, x.seq
           limit 50) j)) || (
    -- By the time of their ends alone: no index of the history knows nodes, and every result would pay for one.
    with tries as materialized (
      select a.*
        from oblivion.attempts a
       where a.ended_at > now() - interval '1 hour'
         and a.node_id = v_node.id
    )
    select jsonb_build_object(
      'lastHour', (
        select jsonb_build_object(
                 'attempts', count(*),
                 'succeeded', count(*) filter (where t.outcome = 'succeeded'))
          from tries t),
      'attempts', (
        select coalesce(jsonb_agg(jsonb_build_object(
                 'jobId', n.job_id,
                 'taskId', n.task_id,
                 'chunkIndex', j.chunk_index,
                 'type', j.type,
                 'attempt', n.attempt,
                 'startedAt', n.started_at,
                 'endedAt', n.ended_at,
                 'outcome', n.outcome,
                 -- None of the words behind it: they may be a customer's.
                 'code', substring(n.error from '^OB\d{3}')) order by n.ended_at desc, n.job_id), '[]')
          from (select t.* from tries t order by t.ended_at desc, t.job_id limit 50) n
          join public.jobs j on j.id = n.job_id)));
end
$$;
comment on function public.operator_node(uuid) is
  'One node, for an operator: what operator_nodes says of it and {asOf, pricePerHour, capabilities: their names, operator: its key is marked, established, site: of a visitor''s node its name, staleAfterSeconds: when after its last beat its jobs go back, jobs: what it holds, 50 at most, lastHour: {attempts, succeeded}, attempts: the 50 last to end within the hour, the newest first, with outcome and code but no text}. OB001, OB003, OB018.';

create function public.operator_halt(p_reason text)
returns void
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_operator text := oblivion.require_operator();
  v_reason text := oblivion.require_reason(p_reason);
  v_instance oblivion.settlement_instances := oblivion.open_instance();
begin
  if v_instance.id is null then
    perform oblivion.raise_error('OB012', 'No settlement contract is open.', 'There is nothing to stop.');
  end if;
  v_instance := oblivion.require_instance(v_instance.id, false);
  -- Else whoever halts and then resumes would undo what the books have stopped.
  if v_instance.halt_cause in ('books', 'chain', 'settler') then
    perform oblivion.raise_error('OB015', 'Settlement has stopped itself already, and that stands.',
      'Its reason says what to look into.', jsonb_build_object('reason', v_instance.halted_reason));
  end if;
  perform oblivion.halt_settlement(v_instance.id, v_reason);
  perform oblivion.note_action(v_operator, 'halt', v_instance.contract_address, v_reason);
end
$$;
comment on function public.operator_halt(text) is
  'Stops charges, vouchers, payouts and new tasks until an operator resumes them, and pauses the running ones of real money; what is earned stays earned. OB015 where the books, the chain or a settler that does not sign have stopped them already: that halt stands as it is. OB001, OB005, OB012, OB018.';

create function public.operator_resume()
returns void
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_operator text := oblivion.require_operator();
  v_instance oblivion.settlement_instances := oblivion.open_instance();
begin
  if v_instance.id is null then
    perform oblivion.raise_error('OB012', 'No settlement contract is open.', 'There is nothing to resume.');
  end if;
  v_instance := oblivion.require_instance(v_instance.id, false);
  if v_instance.halt_cause is null or v_instance.halt_cause = 'lifted' then
    return;
  elsif v_instance.halt_cause <> 'operator' then
    perform oblivion.raise_error('OB015', 'Settlement has stopped itself, and goes on by itself once the cause is gone.',
      'Its reason says what to look into.', jsonb_build_object('reason', v_instance.halted_reason));
  end if;
  -- While an operator's halt stood the books kept none of their own: the coordinator ends it where ledger and contract are
  -- equal, and else says how they differ.
  update oblivion.settlement_instances i
     set halted_reason = 'An operator''s halt was lifted; ledger and contract are compared first.',
         halt_cause = 'lifted'
   where i.id = v_instance.id;
  perform oblivion.note_action(v_operator, 'resume', v_instance.contract_address);
end
$$;
comment on function public.operator_resume() is
  'Undoes operator_halt, and no other halt: what else has stopped goes on by itself. Money moves again once the coordinator has found ledger and contract equal. Safe to repeat. OB001, OB012, OB015, OB018.';

create function public.operator_stop_program(p_program text, p_reason text)
returns jsonb
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_operator text := oblivion.require_operator();
  v_reason text := oblivion.require_reason(p_reason);
  v_count int := oblivion.stop_program(p_program, v_reason);
begin
  perform oblivion.note_action(v_operator, 'stop_program', p_program, v_reason);
  return jsonb_build_object('tasks', v_count);
end
$$;
comment on function public.operator_stop_program(text, text) is
  'The kill switch by program, a built-in''s name or sha256:<hash>; answers how many tasks it paused. OB001, OB005, OB018.';

create function public.operator_allow_program(p_program text)
returns jsonb
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_operator text := oblivion.require_operator();
  v_count int := oblivion.allow_program(p_program);
begin
  perform oblivion.note_action(v_operator, 'allow_program', p_program);
  return jsonb_build_object('tasks', v_count);
end
$$;
comment on function public.operator_allow_program(text) is
  'Takes back that a program was stopped; answers how many tasks go on. OB001, OB018.';

reset all;

-- 20261124001540_forget.sql

-- forget_me(): what we know of a wallet or a visitor beside its money goes. Ledger, receipts and history stay, under the
-- wallet's address or a visitor's account number: they are what others were paid for and can check.

create function oblivion.forget_node(p_node public.nodes)
returns void
language plpgsql
security definer
set search_path = ''
as $$
begin
  -- The order of locks: the owner's, the jobs', the node's.
  perform pg_advisory_xact_lock(oblivion.lock_key('owner', p_node.owner_id::text));
  perform oblivion.release_jobs_of_node(p_node.id);
  perform oblivion.give_back_deliveries(p_node.id);
  if p_node.site_id is not null then
    delete from public.nodes n where n.id = p_node.id;
  else
    -- The row stays: work was told under it. The same machine is a new node.
    update public.nodes n
       set hardware_id = 'forgotten:' || n.id,
           capabilities = '{}',
           price_per_hour = null,
           key_hash = null,
           operator = false,
           raised_max_jobs = null
     where n.id = p_node.id;
  end if;
end
$$;
comment on function oblivion.forget_node(public.nodes) is
  'Gives back what a node holds and forgets what tells its machine from another. For the engine alone.';

create function oblivion.forget_visitor(p_owner_id bigint)
returns int
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_count int;
begin
  perform oblivion.forget_node(n) from public.nodes n where n.payee_owner_id = p_owner_id and n.site_id is not null;
  get diagnostics v_count = row_count;
  -- No browser is that visitor any more. What it earned goes where it went before: to the wallet bound to it, else, 90
  -- days after its last visit, to the site.
  update oblivion.visitors v
     set visitor_hash = sha256(uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid())),
         code_hash = null,
         code_expires_at = null
   where v.owner_id = p_owner_id;
  return v_count;
end
$$;
comment on function oblivion.forget_visitor(bigint) is
  'Forgets a visitor''s nodes and which browser it was; answers how many nodes. For the engine alone.';

create function oblivion.forget_site(p_site oblivion.sites)
returns void
language plpgsql
security definer
set search_path = ''
as $$
begin
  perform oblivion.stop_site(p_site.id);
  -- Its visitors' accounts point at the row, so it stays, and says of no page any more that it was one's own.
  update oblivion.sites s
     set name = 'Forgotten',
         key = 'forgotten:' || s.id,
         origins = array['https://forgotten.invalid'],
         suspended_reason = null,
         revoked_at = coalesce(s.revoked_at, now())
   where s.id = p_site.id;
end
$$;
comment on function oblivion.forget_site(oblivion.sites) is 'Ends a site and forgets its name, key and origins. For the engine alone.';

create function public.forget_me()
returns jsonb
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_hash bytea := oblivion.node_key_hash();
  v_node public.nodes;
  v_owner bigint;
  v_site oblivion.sites;
  v_visitor bigint;
  v_nodes int := 0;
  v_sites int := 0;
  v_keys int;
begin
  if v_hash is not null then
    -- A key speaks for its node, and on a site for the visitor behind it.
    select n.* into v_node from public.nodes n where n.key_hash = v_hash;
    if not found then
      perform oblivion.raise_error('OB004', 'This node key is not valid.', 'Register the node again.');
    end if;
    if v_node.site_id is null then
      perform oblivion.forget_node(v_node);
      return jsonb_build_object('nodes', 1, 'sites', 0, 'apiKeys', 0);
    end if;
    return jsonb_build_object('nodes', oblivion.forget_visitor(v_node.payee_owner_id), 'sites', 0, 'apiKeys', 0);
  end if;
  v_owner := oblivion.owner_of(oblivion.require_wallet());
  for v_node in
    select n.*
      from public.nodes n
     where n.owner_id = v_owner
       and n.hardware_id <> 'forgotten:' || n.id
     order by n.id
  loop
    perform oblivion.forget_node(v_node);
    v_nodes := v_nodes + 1;
  end loop;
  for v_visitor in
    select v.owner_id from oblivion.visitors v where v.bound_owner_id = v_owner order by v.owner_id
  loop
    v_nodes := v_nodes + oblivion.forget_visitor(v_visitor);
  end loop;
  for v_site in
    select s.* from oblivion.sites s where s.owner_id = v_owner and s.key <> 'forgotten:' || s.id order by s.id for update
  loop
    perform oblivion.forget_site(v_site);
    v_sites := v_sites + 1;
  end loop;
  delete from oblivion.api_key_uses u using oblivion.api_keys k where k.id = u.api_key_id and k.owner_id = v_owner;
  -- What came back from its tasks is still counted, so the rows stay.
  update oblivion.api_keys k
     set name = 'Forgotten',
         beginning = '',
         key_hash = sha256(uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid())),
         revoked_at = coalesce(k.revoked_at, now())
   where k.owner_id = v_owner
     and k.beginning <> '';
  get diagnostics v_keys = row_count;
  return jsonb_build_object('nodes', v_nodes, 'sites', v_sites, 'apiKeys', v_keys);
end
$$;
comment on function public.forget_me() is
  'Forgets the caller''s nodes, machines, sites and API keys for good: what they hold goes back, their keys are void. By a node key: that node, or the visitor behind it. Ledger, receipts, history and tasks stay. Answers {nodes, sites, apiKeys}. Safe to repeat. OB001, OB004.';

reset all;

-- 20261124001600_access.sql

-- Who may do what. Hosted projects give every new object in public to anon, authenticated and service_role, and the
-- per-schema form of `alter default privileges ... revoke` does nothing. So everything that the migrations made is taken
-- back here, known or not, and then granted by this list: a function that nobody listed is one that nobody reaches (A3).
-- A test tries the list as each caller.

do $$
declare
  v_object text;
begin
  for v_object in
    select p.oid::regprocedure::text
      from pg_catalog.pg_proc p
     where p.pronamespace = 'oblivion'::regnamespace
        or p.pronamespace = 'public'::regnamespace
           and not exists (
                 select from oblivion.standing_before b where b.kind = 'pg_proc'::regclass and b.object = p.oid)
  loop
    execute format('revoke all on function %s from public, anon, authenticated, service_role', v_object);
  end loop;
  for v_object in
    select c.oid::regclass::text
      from pg_catalog.pg_class c
     where c.relkind in ('r', 'v', 'p', 'S')
       and (c.relnamespace = 'oblivion'::regnamespace
            or c.relnamespace = 'public'::regnamespace
               and not exists (
                     select from oblivion.standing_before b where b.kind = 'pg_class'::regclass and b.object = c.oid))
  loop
    -- For sequences, which carry default grants as well, the word table is right too.
    execute format('revoke all on table %s from public, anon, authenticated, service_role', v_object);
  end loop;
  for v_object in
    select c.oid::regclass::text
      from pg_catalog.pg_class c
     where c.relkind in ('r', 'p')
       and c.relnamespace = 'oblivion'::regnamespace
  loop
    execute format('alter table %s enable row level security', v_object);
  end loop;
end
$$;
drop table oblivion.standing_before;

-- Anyone.
grant execute on function
  public.get_network_stats(),
  public.get_worker_stats(),
  public.cleanup_stale_jobs()
to anon, authenticated, service_role;
grant select on public.job_stats, public.active_jobs to anon, authenticated, service_role;
grant execute on function oblivion.job_counts(), oblivion.active_job_counts() to anon, authenticated, service_role;

-- A site key is public, a claim code a secret of its own.
grant execute on function
  public.get_site(text),
  public.show_claim_code(text)
to anon, authenticated;

-- Nodes: by node key (anon) or by their wallet's session (authenticated).
grant execute on function
  public.work_cycle(uuid, jsonb, boolean),
  public.work_batch(uuid, jsonb, int),
  public.explain_claim(uuid),
  public.heartbeat(uuid, uuid, int, numeric, jsonb),
  public.resume_node(uuid, int),
  public.get_program(text),
  public.save_checkpoint(uuid, uuid, int, text, text),
  public.claimed_job(uuid, text),
  public.next_jobs(text, int),
  public.claim_job(text),
  public.claim_job_fair(uuid, text),
  public.complete_job(uuid, text, text, text, int, jsonb, text, text),
  public.fail_job(uuid, text, text, int),
  public.visitor_earnings(uuid),
  public.create_claim_code(uuid),
  public.get_job(uuid),
  public.node_jobs(text, uuid, int),
  public.forget_me()
to anon, authenticated;

-- Wallets. anon may call them to be told in words that it is not signed in.
grant execute on function
  public.register_node(text, text, jsonb, bigint, text),
  public.my_nodes(),
  public.revoke_node(uuid),
  public.create_task(jsonb),
  public.create_brief(jsonb),
  public.create_brief_job(jsonb),
  public.create_schedule(jsonb),
  public.list_schedules(),
  public.set_schedule_enabled(uuid, boolean),
  public.run_schedule(uuid),
  public.delete_schedule(uuid),
  public.get_task(uuid),
  public.list_tasks(int),
  public.cancel_task(uuid),
  public.pause_task(uuid),
  public.resume_task(uuid),
  public.task_inputs(uuid, int, int),
  public.task_results(uuid, int, int, int[], int),
  public.task_failures(uuid, int, int),
  public.chunk_attempts(uuid, int, int),
  public.my_jobs(text, uuid, int, text),
  public.my_balance(),
  public.my_earnings(),
  public.my_voucher(),
  public.change_play_money(text, text),
  public.my_statement(text, text, uuid, text, int),
  public.my_payout(),
  public.request_payout(),
  public.set_payout_from(text),
  public.my_card_money(),
  public.request_card_refund(text, text),
  public.create_site(jsonb),
  public.list_sites(),
  public.update_site(uuid, jsonb),
  public.revoke_site_key(uuid),
  public.redeem_claim_code(text),
  public.create_api_key(jsonb),
  public.list_api_keys(),
  public.revoke_api_key(uuid)
to anon, authenticated;

-- Operators, who are wallets too; each call looks whether its caller is one.
grant execute on function
  public.operator_overview(),
  public.operator_nodes(),
  public.operator_node(uuid),
  public.operator_halt(text),
  public.operator_resume(),
  public.operator_stop_program(text, text),
  public.operator_allow_program(text)
to anon, authenticated;

-- What policies call as their reader.
grant execute on function
  oblivion.caller_wallet(),
  oblivion.caller_provider(),
  oblivion.caller_owner(),
  oblivion.node_key_hash(),
  oblivion.may_watch(text),
  oblivion.may_store_input(text),
  oblivion.may_read_input(text),
  oblivion.may_store_result(text),
  oblivion.may_read_result(text),
  oblivion.may_store_checkpoint(text),
  oblivion.may_read_checkpoint(text),
  oblivion.may_remove_checkpoint(text),
  oblivion.reads_deliveries(),
  oblivion.is_input_left(text, timestamptz)
to anon, authenticated;

grant select on public.pending_jobs_queue to anon, authenticated;
-- All but what tells of a job's siblings and of who had it before (T7), and what that one said of its failure: whoever
-- says it again confirms it, and would be paid (M12).
grant select (
  id, seq, task_id, chunk_index, stage, type, status, priority, due, available_at, attempt, failures, losses,
  provider_address, node_id, offered_to, offered_until, progress, cancel_requested, created_at, started_at,
  lease_expires_at, finished_at, price_per_hour
) on public.jobs to anon, authenticated;
grant select (
  id, worker_type, hardware_id, provider_address, capabilities, price_per_hour, max_jobs, current_jobs,
  total_jobs_completed, last_seen, next_poll_at, registered_at
) on public.nodes to anon, authenticated;

-- The service key reads what lies in public, and writes nothing of ours (M8).
grant select on public.jobs, public.nodes, public.pending_jobs_queue to service_role;

-- The fallback claim. The trigger guard_direct_update decides; these columns are all that it looks at. It calls
-- claim_directly as whoever updates, which decides for its caller alone.
grant execute on function oblivion.claim_directly(uuid, text, text) to anon, authenticated;
grant update (status, provider_address) on public.jobs to anon, authenticated;

create policy "a wallet sees its own nodes" on public.nodes
  for select to anon, authenticated
  using (provider_address = (select oblivion.caller_provider()));

create policy "a provider sees what it holds, did, or is offered" on public.jobs
  for select to anon, authenticated
  using (
    provider_address = (select oblivion.caller_provider())
    or (status = 'pending' and offered_until > now() and offered_to = (select oblivion.caller_owner())));

create policy "a provider claims what it is offered" on public.jobs
  for update to anon, authenticated
  using (status = 'pending' and offered_until > now() and offered_to = (select oblivion.caller_owner()))
  with check (status = 'processing' and provider_address = (select oblivion.caller_provider()));

grant execute on function
  oblivion.settlement_instance(),
  oblivion.open_settlement_instance(bigint, text, text, text, bigint),
  oblivion.halt_settlement(bigint, text, text),
  oblivion.resume_settlement(bigint),
  oblivion.record_chain_events(bigint, bigint, bigint, text, jsonb),
  oblivion.reread_chain_events(bigint, bigint, bigint, jsonb),
  oblivion.record_limits(bigint, text, text),
  oblivion.record_customers(bigint, bigint, jsonb),
  oblivion.customers_to_read(bigint),
  oblivion.pause_exiting(bigint),
  oblivion.pause_halted(bigint),
  oblivion.charges_due(bigint),
  oblivion.vouchers_due(bigint, text),
  oblivion.store_voucher(bigint, text, text, text, text),
  oblivion.relay_queue(bigint, text),
  oblivion.relay_begin(bigint, text, bigint, jsonb, jsonb),
  oblivion.relay_try(bigint, jsonb),
  oblivion.relay_mined(bigint, text, bigint, text, boolean),
  oblivion.relay_returned(bigint),
  oblivion.relay_ended(bigint),
  oblivion.payouts_due(bigint),
  oblivion.ledger_state(bigint),
  oblivion.set_fee_bps(int),
  oblivion.set_sandbox(boolean),
  oblivion.set_operators(text[]),
  oblivion.remove_node(uuid),
  oblivion.list_nodes(),
  oblivion.set_max_jobs(uuid, int),
  oblivion.review_program(text, boolean),
  oblivion.set_type_timeout(text, int),
  oblivion.mark_operator_node(uuid, boolean),
  oblivion.stop_program(text, text),
  oblivion.allow_program(text),
  oblivion.run_rescue(),
  oblivion.advance_tasks(),
  oblivion.answer_for_wrong_results(),
  oblivion.run_schedules(),
  oblivion.send_task_digests(),
  oblivion.refresh_network_stats(),
  oblivion.queue_figures(),
  oblivion.keep_house(),
  oblivion.deliveries_due(text),
  oblivion.judge_delivery(uuid, int, text, bigint),
  oblivion.uploads_left(text),
  oblivion.inputs_left(text),
  oblivion.checkpoints_left(text),
  oblivion.history_to_export(),
  oblivion.history_lines(date, jsonb, int),
  oblivion.mark_history_exported(date, bigint, text),
  oblivion.drop_old_history(),
  oblivion.set_history_days(int),
  oblivion.set_embedding(text[], text),
  oblivion.suspend_site(uuid, text),
  oblivion.unbind_visitor(bigint),
  oblivion.purge_visitors(),
  oblivion.lapse_visitor_earnings(bigint),
  oblivion.is_card_event_known(text),
  oblivion.record_card_event(text, text, jsonb),
  oblivion.record_card_payment(jsonb),
  oblivion.card_swept_to(),
  oblivion.set_card_swept_to(bigint),
  oblivion.lift_card_freeze(text),
  oblivion.set_card_terms(text, int),
  oblivion.card_refunds_due(),
  oblivion.fail_card_withdrawal(uuid, text)
to oblivion_coordinator;

reset all;

create schema if not exists supabase_migrations;
create table if not exists supabase_migrations.schema_migrations (version text not null primary key);
alter table supabase_migrations.schema_migrations add column if not exists statements text[];
alter table supabase_migrations.schema_migrations add column if not exists name text;
insert into supabase_migrations.schema_migrations (version, name) values
  ('20261124000100', 'schema'),
  ('20261124000200', 'canonical_json'),
  ('20261124000300', 'identity'),
  ('20261124000310', 'api_keys'),
  ('20261124000350', 'sites'),
  ('20261124000400', 'nodes'),
  ('20261124000410', 'visitors'),
  ('20261124000500', 'ledger'),
  ('20261124000600', 'tasks'),
  ('20261124000610', 'task_inputs'),
  ('20261124000620', 'create_task'),
  ('20261124000625', 'builtin_programs'),
  ('20261124000630', 'programs'),
  ('20261124000635', 'named_programs'),
  ('20261124000650', 'planning'),
  ('20261124000700', 'jobs'),
  ('20261124000705', 'replica_owners'),
  ('20261124000710', 'history'),
  ('20261124000715', 'receipts'),
  ('20261124000720', 'earning_shares'),
  ('20261124000750', 'claim_budget'),
  ('20261124000760', 'established'),
  ('20261124000765', 'metered'),
  ('20261124000770', 'tried_jobs'),
  ('20261124000790', 'fair_order'),
  ('20261124000800', 'choose'),
  ('20261124000810', 'claim'),
  ('20261124000830', 'assignment'),
  ('20261124000900', 'complete'),
  ('20261124000910', 'replicas'),
  ('20261124000912', 'confirmed_failures'),
  ('20261124000915', 'wrong_results'),
  ('20261124000920', 'pipelines'),
  ('20261124000940', 'stored_inputs'),
  ('20261124000945', 'stored_results'),
  ('20261124000950', 'checkpoints'),
  ('20261124001000', 'work_cycle'),
  ('20261124001005', 'claimed_job'),
  ('20261124001010', 'work_batch'),
  ('20261124001020', 'schedules'),
  ('20261124001100', 'rescue'),
  ('20261124001190', 'task_tallies'),
  ('20261124001200', 'task_views'),
  ('20261124001205', 'task_control'),
  ('20261124001210', 'explain_claim'),
  ('20261124001220', 'forecast'),
  ('20261124001230', 'stop_programs'),
  ('20261124001300', 'settlement'),
  ('20261124001305', 'vouchers'),
  ('20261124001310', 'exits'),
  ('20261124001315', 'requests'),
  ('20261124001320', 'card_money'),
  ('20261124001322', 'card_disputes'),
  ('20261124001324', 'card_payouts'),
  ('20261124001326', 'card_withdrawals'),
  ('20261124001330', 'sandbox'),
  ('20261124001350', 'relay'),
  ('20261124001360', 'payouts'),
  ('20261124001400', 'accounts_views'),
  ('20261124001410', 'card_views'),
  ('20261124001420', 'statements'),
  ('20261124001425', 'task_failures'),
  ('20261124001427', 'chunk_attempts'),
  ('20261124001429', 'briefs'),
  ('20261124001430', 'job_views'),
  ('20261124001500', 'network'),
  ('20261124001510', 'rollups'),
  ('20261124001520', 'exports'),
  ('20261124001530', 'ticks'),
  ('20261124001535', 'operators'),
  ('20261124001540', 'forget'),
  ('20261124001600', 'access');

commit;
