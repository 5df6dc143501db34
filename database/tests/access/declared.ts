/*
 * Who may do what. This list is the declaration: `access.test.ts` tries each line as each caller and refuses what the
 * database answers otherwise; `pnpm generate access` prints what was tried as docs/access.md. An object that stands in
 * no list is closed to all, and tried as well.
 *
 * A new function in `public`, or one that a role other than its owner may call: one line under its audience here, one
 * grant in 1600_access.sql.
 */

/**
 * As whom everything is tried. Wallets A and B and their nodes are alike; what is named in a call is A's. The site key is
 * A's and comes from the bridge, in the one call that takes one; the visitor of A's site acts by its node's secret.
 */
export const callers = [
  'anon',
  'anonymous user',
  'wallet A',
  'wallet B',
  'node key of A',
  'node key of B',
  'API key of A',
  'API key of B',
  'site key of A',
  'visitor of A',
  'service_role',
  'oblivion_coordinator',
] as const
export type Caller = (typeof callers)[number]

/**
 * What a call comes to: `yes` (it gets as far as its arguments), `-` (the database refuses the role, 42501), or the
 * code of the catalogue by which the function refuses this caller.
 */
type Reply = 'yes' | '-' | `OB${number}`
type Replies = Record<Caller, Reply>

/** A site key makes nobody of a stranger, and a visitor's secret is a node key that is not A's: but for what is told. */
const replies = (
  [anon, anonymous, a, b, keyA, keyB]: [Reply, Reply, Reply, Reply, Reply, Reply],
  // By default what no API key opens.
  [apiKeyA, apiKeyB]: [Reply, Reply] = ['OB031', 'OB031'],
  service: Reply = '-',
  coordinator: Reply = '-',
  siteKey: Reply = anon,
): Replies => ({
  anon,
  'anonymous user': anonymous,
  'wallet A': a,
  'wallet B': b,
  'node key of A': keyA,
  'node key of B': keyB,
  'API key of A': apiKeyA,
  'API key of B': apiKeyB,
  'site key of A': siteKey,
  'visitor of A': keyB,
  service_role: service,
  oblivion_coordinator: coordinator,
})

/** What stands in no list. */
export const closed = replies(['-', '-', '-', '-', '-', '-'], ['-', '-'])

type Audience = { who: string; replies: Replies; functions: string[] }

export const audiences: Audience[] = [
  {
    who: 'Figures for everybody',
    replies: replies(['yes', 'yes', 'yes', 'yes', 'yes', 'yes'], ['yes', 'yes'], 'yes'),
    functions: [
      'public.get_network_stats()',
      'public.get_worker_stats()',
      'public.cleanup_stale_jobs()',
      'oblivion.job_counts()',
      'oblivion.active_job_counts()',
    ],
  },
  {
    who: 'Nodes, for a node of theirs: by its key, or by the session of its wallet',
    replies: replies(['OB001', 'OB001', 'yes', 'OB003', 'yes', 'OB004']),
    functions: [
      'public.work_cycle(p_node_id uuid, p_done jsonb, p_claim boolean)',
      'public.work_batch(p_node_id uuid, p_done jsonb, p_limit integer)',
      'public.explain_claim(p_node_id uuid)',
      'public.node_jobs(p_worker_id text, p_job_id uuid, p_limit integer)',
      'public.heartbeat(p_node_id uuid, p_job_id uuid, p_attempt integer, p_progress numeric, p_metrics jsonb)',
      'public.resume_node(p_node_id uuid, p_max_jobs integer)',
      'public.save_checkpoint(p_node_id uuid, p_job_id uuid, p_attempt integer, p_state text, p_hash text)',
      'public.visitor_earnings(p_node_id uuid)',
      'public.create_claim_code(p_node_id uuid)',
    ],
  },
  {
    who: 'Nodes, for an address of theirs',
    replies: replies(['OB001', 'OB001', 'yes', 'OB002', 'yes', 'OB002'], ['OB001', 'OB001']),
    functions: [
      'public.next_jobs(p_provider_address text, p_limit integer)',
      'public.claim_job(p_provider_address text)',
      'public.claim_job_fair(p_job_id uuid, p_provider_address text)',
      'public.complete_job(p_job_id uuid, p_provider_address text, p_result_url text, p_status text, p_attempt integer, p_result jsonb, p_result_hash text, p_error text)',
      'public.claimed_job(p_job_id uuid, p_provider_address text)',
      'public.fail_job(p_job_id uuid, p_provider_address text, p_error text, p_attempt integer)',
    ],
  },
  {
    who: 'Whoever works or orders: a program is seen in clear by each machine that runs it',
    replies: replies(['OB001', 'OB001', 'yes', 'yes', 'yes', 'yes'], ['yes', 'yes']),
    functions: ['public.get_program(p_hash text)'],
  },
  {
    who: 'A wallet for itself, or by a node key that node or the visitor behind it',
    replies: replies(['OB001', 'OB001', 'yes', 'yes', 'yes', 'yes']),
    functions: ['public.forget_me()'],
  },
  {
    who: 'Customers, each for itself: a wallet, or its API key with both scopes',
    replies: replies(['OB001', 'OB001', 'yes', 'yes', 'OB001', 'OB001'], ['yes', 'yes']),
    functions: [
      'public.create_task(p_task jsonb)',
      'public.create_brief(p_brief jsonb)',
      'public.create_brief_job(p_job jsonb)',
      'public.list_tasks(p_limit integer)',
      'public.my_balance()',
      'public.my_statement(p_account text, p_asset text, p_task_id uuid, p_after text, p_limit integer)',
    ],
  },
  {
    who: 'A wallet for a node of its own, or who has a site key for its visitor, from the bridge alone',
    replies: replies(['OB001', 'OB001', 'yes', 'yes', 'OB001', 'OB001'], undefined, '-', '-', 'yes'),
    functions: [
      'public.register_node(p_hardware_id text, p_worker_type text, p_capabilities jsonb, p_price_per_hour bigint, p_site_key text)',
    ],
  },
  {
    who: 'Wallets, each for itself',
    replies: replies(['OB001', 'OB001', 'yes', 'yes', 'OB001', 'OB001']),
    functions: [
      'public.my_nodes()',
      'public.create_schedule(p_schedule jsonb)',
      'public.list_schedules()',
      'public.my_earnings()',
      'public.my_voucher()',
      'public.change_play_money(p_amount text, p_request_id text)',
      'public.my_payout()',
      'public.request_payout()',
      'public.set_payout_from(p_from text)',
      'public.my_card_money()',
      'public.request_card_refund(p_amount text, p_request_id text)',
      'public.create_site(p_site jsonb)',
      'public.list_sites()',
      'public.redeem_claim_code(p_code text)',
      'public.create_api_key(p_key jsonb)',
      'public.list_api_keys()',
    ],
  },
  {
    who: 'Operators: the wallets in OBLIVION_ADMINS, of which neither A nor B is one',
    replies: replies(['OB001', 'OB001', 'OB018', 'OB018', 'OB001', 'OB001']),
    functions: [
      'public.operator_overview()',
      'public.operator_nodes()',
      'public.operator_node(p_node_id uuid)',
      'public.operator_halt(p_reason text)',
      'public.operator_resume()',
      'public.operator_stop_program(p_program text, p_reason text)',
      'public.operator_allow_program(p_program text)',
    ],
  },
  {
    who: 'Wallets, for a node of theirs: never by its key',
    replies: replies(['OB001', 'OB001', 'yes', 'OB003', 'OB001', 'OB001']),
    functions: ['public.revoke_node(p_node_id uuid)'],
  },
  {
    who: 'Wallets, for a site of theirs',
    replies: replies(['OB001', 'OB001', 'yes', 'OB084', 'OB001', 'OB001']),
    functions: ['public.update_site(p_site_id uuid, p_site jsonb)', 'public.revoke_site_key(p_site_id uuid)'],
  },
  {
    who: 'Wallets, for a schedule of theirs',
    replies: replies(['OB001', 'OB001', 'yes', 'OB040', 'OB001', 'OB001']),
    functions: [
      'public.set_schedule_enabled(p_schedule_id uuid, p_enabled boolean)',
      'public.run_schedule(p_schedule_id uuid)',
      'public.delete_schedule(p_schedule_id uuid)',
    ],
  },
  {
    who: 'Who has a site key, which is public, or a claim code, which is a secret',
    replies: replies(['yes', 'yes', 'yes', 'yes', 'yes', 'yes'], ['yes', 'yes']),
    functions: ['public.get_site(p_site_key text)', 'public.show_claim_code(p_code text)'],
  },
  {
    who: 'Customers, to read a task of theirs: a wallet, or its API key',
    replies: replies(['OB001', 'OB001', 'yes', 'OB008', 'OB001', 'OB001'], ['yes', 'OB008']),
    functions: [
      'public.get_task(p_task_id uuid)',
      'public.task_inputs(p_task_id uuid, p_after integer, p_limit integer)',
      'public.task_results(p_task_id uuid, p_after integer, p_limit integer, p_chunks integer[], p_stage integer)',
      'public.task_failures(p_task_id uuid, p_after integer, p_limit integer)',
      'public.chunk_attempts(p_task_id uuid, p_chunk_index integer, p_limit integer)',
      'public.my_jobs(p_status text, p_task_id uuid, p_limit integer, p_customer_address text)',
    ],
  },
  {
    who: 'Whose job it is: the customer who posted it, or the provider that holds it, did it or is offered it',
    replies: replies(['OB001', 'OB001', 'yes', 'OB010', 'yes', 'OB010'], ['OB010', 'OB010']),
    functions: ['public.get_job(p_job_id uuid)'],
  },
  {
    who: 'Customers, to control a task: of the wallet, or one that the API key itself posted, which this one is not',
    replies: replies(['OB001', 'OB001', 'yes', 'OB008', 'OB001', 'OB001'], ['OB008', 'OB008']),
    functions: [
      'public.cancel_task(p_task_id uuid)',
      'public.pause_task(p_task_id uuid)',
      'public.resume_task(p_task_id uuid)',
    ],
  },
  {
    who: 'Wallets, for an API key of theirs',
    replies: replies(['OB001', 'OB001', 'yes', 'OB032', 'OB001', 'OB001']),
    functions: ['public.revoke_api_key(p_key_id uuid)'],
  },
  {
    who: 'What row policies ask as their reader; the API does not expose the schema',
    replies: replies(['yes', 'yes', 'yes', 'yes', 'yes', 'yes'], ['yes', 'yes']),
    functions: [
      'oblivion.caller_wallet()',
      'oblivion.caller_provider()',
      'oblivion.caller_owner()',
      'oblivion.node_key_hash()',
      'oblivion.may_watch(p_topic text)',
      'oblivion.may_store_input(p_name text)',
      'oblivion.may_read_input(p_name text)',
      'oblivion.may_store_result(p_name text)',
      'oblivion.may_read_result(p_name text)',
      'oblivion.may_store_checkpoint(p_name text)',
      'oblivion.may_read_checkpoint(p_name text)',
      'oblivion.may_remove_checkpoint(p_name text)',
      'oblivion.reads_deliveries()',
      'oblivion.is_input_left(p_name text, p_created_at timestamp with time zone)',
    ],
  },
  {
    who: 'What the trigger of a direct update asks as whoever updates; it decides for its caller alone',
    replies: replies(['yes', 'yes', 'yes', 'yes', 'yes', 'yes'], ['yes', 'yes']),
    functions: ['oblivion.claim_directly(p_job_id uuid, p_status text, p_provider_address text)'],
  },
  {
    who: "Money and time: the coordinator's own login, which no token gives (M8)",
    replies: replies(['-', '-', '-', '-', '-', '-'], ['-', '-'], '-', 'yes'),
    functions: [
      'oblivion.settlement_instance()',
      'oblivion.open_settlement_instance(p_chain_id bigint, p_contract text, p_token text, p_genesis text, p_block bigint)',
      'oblivion.halt_settlement(p_instance_id bigint, p_reason text, p_cause text)',
      'oblivion.resume_settlement(p_instance_id bigint)',
      'oblivion.record_chain_events(p_instance_id bigint, p_from_block bigint, p_to_block bigint, p_to_hash text, p_events jsonb)',
      'oblivion.reread_chain_events(p_instance_id bigint, p_from_block bigint, p_to_block bigint, p_events jsonb)',
      'oblivion.record_limits(p_instance_id bigint, p_default_daily_cap text, p_claim_cap text)',
      'oblivion.record_customers(p_instance_id bigint, p_block bigint, p_customers jsonb)',
      'oblivion.customers_to_read(p_instance_id bigint)',
      'oblivion.pause_exiting(p_instance_id bigint)',
      'oblivion.pause_halted(p_instance_id bigint)',
      'oblivion.charges_due(p_instance_id bigint)',
      'oblivion.vouchers_due(p_instance_id bigint, p_signer text)',
      'oblivion.store_voucher(p_instance_id bigint, p_provider text, p_cumulative text, p_signature text, p_signer text)',
      'oblivion.relay_queue(p_instance_id bigint, p_relayer text)',
      'oblivion.relay_begin(p_instance_id bigint, p_relayer text, p_nonce bigint, p_intent jsonb, p_try jsonb)',
      'oblivion.relay_try(p_id bigint, p_try jsonb)',
      'oblivion.relay_mined(p_id bigint, p_hash text, p_block bigint, p_block_hash text, p_succeeded boolean)',
      'oblivion.relay_returned(p_id bigint)',
      'oblivion.relay_ended(p_id bigint)',
      'oblivion.payouts_due(p_instance_id bigint)',
      'oblivion.ledger_state(p_instance_id bigint)',
      'oblivion.set_fee_bps(p_fee_bps integer)',
      'oblivion.set_sandbox(p_enabled boolean)',
      'oblivion.set_operators(p_addresses text[])',
      'oblivion.remove_node(p_node_id uuid)',
      'oblivion.list_nodes()',
      'oblivion.set_max_jobs(p_node_id uuid, p_max_jobs integer)',
      'oblivion.mark_operator_node(p_node_id uuid, p_operator boolean)',
      'oblivion.stop_program(p_program_key text, p_reason text)',
      'oblivion.allow_program(p_program_key text)',
      'oblivion.review_program(p_hash text, p_reviewed boolean)',
      'oblivion.run_rescue()',
      'oblivion.advance_tasks()',
      'oblivion.answer_for_wrong_results()',
      'oblivion.run_schedules()',
      'oblivion.set_type_timeout(p_type text, p_timeout_seconds integer)',
      'oblivion.send_task_digests()',
      'oblivion.refresh_network_stats()',
      'oblivion.queue_figures()',
      'oblivion.keep_house()',
      'oblivion.deliveries_due(p_key_hash text)',
      'oblivion.judge_delivery(p_job_id uuid, p_attempt integer, p_hash text, p_bytes bigint)',
      'oblivion.uploads_left(p_key_hash text)',
      'oblivion.inputs_left(p_key_hash text)',
      'oblivion.checkpoints_left(p_key_hash text)',
      'oblivion.history_to_export()',
      'oblivion.history_lines(p_day date, p_after jsonb, p_limit integer)',
      'oblivion.mark_history_exported(p_day date, p_lines bigint, p_sha256 text)',
      'oblivion.drop_old_history()',
      'oblivion.set_history_days(p_days integer)',
      'oblivion.set_embedding(p_bridge_origins text[], p_address_header text)',
      'oblivion.suspend_site(p_site_id uuid, p_reason text)',
      'oblivion.unbind_visitor(p_owner_id bigint)',
      'oblivion.purge_visitors()',
      'oblivion.lapse_visitor_earnings(p_instance_id bigint)',
      'oblivion.is_card_event_known(p_event_id text)',
      'oblivion.record_card_payment(p_facts jsonb)',
      'oblivion.card_swept_to()',
      'oblivion.set_card_swept_to(p_seconds bigint)',
      'oblivion.record_card_event(p_event_id text, p_type text, p_facts jsonb)',
      'oblivion.lift_card_freeze(p_customer text)',
      'oblivion.set_card_terms(p_payer text, p_window_days integer)',
      'oblivion.card_refunds_due()',
      'oblivion.fail_card_withdrawal(p_withdrawal_id uuid, p_reason text)',
    ],
  },
]

/** Columns of public.nodes that may be read; never the hash of its key, nor whose it is. */
/** All but what tells of siblings and of former holders: replica, fed, excluded_owner_id, excluded_owner_ids, customer_owner_id. */
const jobColumns =
  'id,seq,task_id,chunk_index,stage,type,status,priority,due,available_at,attempt,failures,losses,provider_address,node_id,offered_to,offered_until,progress,cancel_requested,created_at,started_at,lease_expires_at,finished_at,price_per_hour'
const nodeColumns =
  'id,provider_address,hardware_id,worker_type,capabilities,price_per_hour,max_jobs,current_jobs,total_jobs_completed,last_seen,next_poll_at,registered_at'

/** A verb on a relation: with its columns where it is not for all of them, and for select the rows that it meets. */
type Right =
  | `select${string}: ${'all' | 'own' | 'none'}`
  | `${'insert' | 'update' | 'delete'}${string}`
  | 'truncate'
  | 'usage'

/** Rights of callers with rows of their own, of callers without, and of the service key. */
const rights = (own: Right[], none: Right[], service: Right[]): Record<Caller, Right[]> => ({
  anon: none,
  'anonymous user': none,
  'wallet A': own,
  'wallet B': own,
  'node key of A': own,
  'node key of B': own,
  'API key of A': none,
  'API key of B': none,
  'site key of A': none,
  'visitor of A': own,
  service_role: service,
  oblivion_coordinator: [],
})

/** Tables, views and sequences that somebody may touch. All others are closed to all. */
export const relations: Record<string, Record<Caller, Right[]>> = {
  'public.job_stats': rights(['select: all'], ['select: all'], ['select: all']),
  'public.active_jobs': rights(['select: all'], ['select: all'], ['select: all']),
  'public.pending_jobs_queue': rights(['select: own'], ['select: none'], ['select: all']),
  // The two columns of the fallback claim, which a trigger decides: of an offered job, and only into a claim (A4).
  'public.jobs': rights(
    [`select(${jobColumns}): own`, 'update(status,provider_address)'],
    [`select(${jobColumns}): none`, 'update(status,provider_address)'],
    ['select: all'],
  ),
  'public.nodes': rights([`select(${nodeColumns}): own`], [`select(${nodeColumns}): none`], ['select: all']),
}

export const closedRelation = rights([], [], [])
