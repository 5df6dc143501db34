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
