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
