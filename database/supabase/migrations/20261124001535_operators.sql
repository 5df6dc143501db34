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
