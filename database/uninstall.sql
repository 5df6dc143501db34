-- Removes Oblivion whole: its tables with all that they hold, the ledger included, its functions and views, its policies
-- on realtime.messages and storage.objects, its rows in the history of migrations, and its role where no other database needs it. Run it as
-- the role that ran the migrations (postgres):
--
--   psql --single-transaction --set ON_ERROR_STOP=1 --file database/uninstall.sql "$DATABASE_URL"
--
-- Nothing is dropped by cascade: where an object of yours was built on ours (a view on public.jobs, for example) it
-- stops, names it, and has changed nothing.

begin;

do $$
begin
  -- By number: by name its type differs between versions of pg_cron.
  if to_regprocedure('cron.unschedule(bigint)') is not null then
    perform cron.unschedule(j.jobid) from cron.job j where j.jobname = 'oblivion';
  end if;
end
$$;

drop policy "a wallet sees its own nodes" on public.nodes;
drop policy "a provider sees what it holds, did, or is offered" on public.jobs;
drop policy "a provider claims what it is offered" on public.jobs;
drop policy "oblivion: a customer watches its own tasks" on realtime.messages;
drop policy "oblivion: whoever is signed in hears how many are free" on realtime.messages;
drop policy "oblivion: a customer keeps an input" on storage.objects;
drop policy "oblivion: a customer and the node at work read an input" on storage.objects;
drop policy "oblivion: a node delivers a result" on storage.objects;
drop policy "oblivion: a customer reads an accepted result" on storage.objects;
drop policy "oblivion: a coordinator removes what was read" on storage.objects;
drop policy "oblivion: a coordinator sees what inputs are left" on storage.objects;
drop policy "oblivion: a coordinator removes what inputs are left" on storage.objects;
drop policy "oblivion: a node keeps a checkpoint" on storage.objects;
drop policy "oblivion: a node reads the checkpoint that it goes on from" on storage.objects;
drop policy "oblivion: a checkpoint is removed by its attempt, or a coordinator" on storage.objects;
-- The rows of what was stored; the bytes behind them go with the bucket's removal in the platform's own pages.
select set_config('storage.allow_delete_query', 'true', true);
delete from storage.objects where bucket_id in ('oblivion-inputs', 'oblivion-results', 'oblivion-checkpoints');
delete from storage.buckets where id in ('oblivion-inputs', 'oblivion-results', 'oblivion-checkpoints');

-- Its condition is a function.
drop trigger b_keep_whole_new on public.jobs;
drop view public.pending_jobs_queue, public.active_jobs, public.job_stats, oblivion.ledger;

drop function
  public.register_node(text, text, jsonb, bigint, text),
  public.my_nodes(),
  public.revoke_node(uuid),
  public.resume_node(uuid, int),
  public.work_cycle(uuid, jsonb, boolean),
  public.work_batch(uuid, jsonb, int),
  public.explain_claim(uuid),
  public.heartbeat(uuid, uuid, int, numeric, jsonb),
  public.next_jobs(text, int),
  public.claim_job(text),
  public.claim_job_fair(uuid, text),
  public.complete_job(uuid, text, text, text, int, jsonb, text, text),
  public.fail_job(uuid, text, text, int),
  public.cleanup_stale_jobs(),
  public.get_worker_stats(),
  public.get_network_stats(),
  public.create_task(jsonb),
  public.create_brief(jsonb),
  public.create_brief_job(jsonb),
  public.create_schedule(jsonb),
  public.list_schedules(),
  public.set_schedule_enabled(uuid, boolean),
  public.run_schedule(uuid),
  public.delete_schedule(uuid),
  public.get_program(text),
  public.save_checkpoint(uuid, uuid, int, text, text),
  public.claimed_job(uuid, text),
  public.get_task(uuid),
  public.list_tasks(int),
  public.cancel_task(uuid),
  public.pause_task(uuid),
  public.resume_task(uuid),
  public.task_inputs(uuid, int, int),
  public.task_results(uuid, int, int, int[], int),
  public.task_failures(uuid, int, int),
  public.chunk_attempts(uuid, int, int),
  public.get_job(uuid),
  public.my_jobs(text, uuid, int, text),
  public.node_jobs(text, uuid, int),
  public.my_balance(),
  public.my_earnings(),
  public.my_voucher(),
  public.my_card_money(),
  public.change_play_money(text, text),
  public.my_statement(text, text, uuid, text, int),
  public.request_card_refund(text, text),
  public.my_payout(),
  public.request_payout(),
  public.set_payout_from(text),
  public.create_site(jsonb),
  public.list_sites(),
  public.update_site(uuid, jsonb),
  public.revoke_site_key(uuid),
  public.create_api_key(jsonb),
  public.list_api_keys(),
  public.revoke_api_key(uuid),
  public.get_site(text),
  public.visitor_earnings(uuid),
  public.create_claim_code(uuid),
  public.forget_me(),
  public.operator_overview(),
  public.operator_nodes(),
  public.operator_node(uuid),
  public.operator_halt(text),
  public.operator_resume(),
  public.operator_stop_program(text, text),
  public.operator_allow_program(text),
  public.show_claim_code(text),
  public.redeem_claim_code(text);

do $$
declare
  v_names text;
begin
  -- Functions that take a row of a table stand in the way of the table; those of triggers the other way round.
  select string_agg(p.oid::regprocedure::text, ', ')
    into v_names
    from pg_catalog.pg_proc p
   where p.pronamespace = 'oblivion'::regnamespace
     and p.prorettype <> 'trigger'::regtype;
  execute 'drop function ' || v_names;
  -- It holds a row of a table.
  drop type oblivion.walk;
  -- In one statement, since they refer to each other both ways.
  select string_agg(c.oid::regclass::text, ', ')
    into v_names
    from pg_catalog.pg_class c
   where c.relnamespace = 'oblivion'::regnamespace
     and c.relkind in ('r', 'p')
     and not c.relispartition;
  execute 'drop table public.jobs, public.nodes, ' || v_names;
  select string_agg(p.oid::regprocedure::text, ', ')
    into v_names
    from pg_catalog.pg_proc p
   where p.pronamespace = 'oblivion'::regnamespace;
  execute 'drop function ' || v_names;
end
$$;

drop schema oblivion;

do $$
begin
  if to_regclass('supabase_migrations.schema_migrations') is not null then
    delete from supabase_migrations.schema_migrations m
     where (m.version, m.name) in (
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
             ('20261124001000', 'work_cycle'),
             ('20261124000940', 'stored_inputs'),
             ('20261124000945', 'stored_results'),
             ('20261124000950', 'checkpoints'),
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
             ('20261124001330', 'sandbox'),
             ('20261124001326', 'card_withdrawals'),
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
             ('20261124001600', 'access'));
  end if;
end
$$;

do $$
begin
  drop role oblivion_coordinator;
exception
  -- Roles belong to the whole server: another database of it may be using Oblivion.
  when dependent_objects_still_exist then
    raise notice 'The role oblivion_coordinator stays: another database has rights for it.';
end
$$;

commit;
