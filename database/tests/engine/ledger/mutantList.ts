import type { books } from './books.ts'

/** What has to see a mutant: a random history, or a promise of the books by its name. */
export type Killer = 'a random history' | keyof typeof books

/** One way to break the ledger: `find` stands in the migration `file` exactly once and becomes `replace`. */
export type Mutant = { name: string; file: string; find: string; replace: string; killer: Killer }

const history = 'a random history' as const
const closed = 'closed books are never changed, also by the owner of the tables' as const
const zero = 'a transaction sums to zero over at least two entries, or fails at commit' as const
const mixes = 'a transaction mixes neither assets nor instances (M1, M9)' as const
const events = 'events of the chain are booked once, in the order of blocks, or nothing moves' as const

/** Each breaks one rule of money. `pnpm test:deep` runs them all, `pnpm test` the quick ones; each has to be killed. */
export const mutants: readonly Mutant[] = [
  // The books themselves.
  {
    name: 'a transaction need not sum to zero',
    file: 'ledger',
    find: '  having sum(e.amount) <> 0\n      or count(*) < 2',
    replace: '  having count(*) < 2',
    killer: zero,
  },
  {
    name: 'one entry of its own makes a transaction',
    file: 'ledger',
    find: '  if not exists (select from oblivion.ledger_entries e where e.transaction_id = new.id) then',
    replace: '  if false then',
    killer: zero,
  },
  {
    name: 'entries may be of another asset than their account',
    file: 'ledger',
    find: 'on a.id = e.account_id and a.asset = e.asset and a.instance_id = e.instance_id',
    replace: 'on a.id = e.account_id and a.instance_id = e.instance_id',
    killer: mixes,
  },
  {
    name: 'entries may be of another instance than their account',
    file: 'ledger',
    find: 'on a.id = e.account_id and a.asset = e.asset and a.instance_id = e.instance_id',
    replace: 'on a.id = e.account_id and a.asset = e.asset',
    killer: mixes,
  },
  {
    name: 'entries can be changed',
    file: 'ledger',
    find: 'create trigger refuse_change before update or delete on oblivion.ledger_entries',
    replace: 'create trigger refuse_change before delete on oblivion.ledger_entries',
    killer: closed,
  },
  {
    name: 'entries can be truncated',
    file: 'ledger',
    find: `create trigger refuse_truncate before truncate on oblivion.ledger_entries
  for each statement execute function oblivion.refuse_change();`,
    replace: '',
    killer: closed,
  },
  {
    name: 'events of the chain can be deleted',
    file: 'settlement',
    find: 'create trigger refuse_change before update or delete on oblivion.chain_events',
    replace: 'create trigger refuse_change before update on oblivion.chain_events',
    killer: closed,
  },
  {
    name: 'a receipt changes its price with its charge',
    file: 'receipts',
    find: '    old.charge_id := new.charge_id;\n',
    replace: '    old.charge_id := new.charge_id;\n    old.price := new.price;\n',
    killer: 'a receipt gets its charge once, and nothing else of it changes',
  },
  {
    name: 'a reference can be booked twice',
    file: 'ledger',
    find: '  unique (instance_id, kind, reference),\n',
    replace: '',
    killer: 'a transaction is booked once for one reference',
  },
  // What comes from the chain.
  {
    name: 'blocks may be left out or seen again',
    file: 'settlement',
    find: 'if p_from_block <> v_instance.cursor_block + 1 or p_to_block < p_from_block then',
    replace: 'if p_to_block < p_from_block then',
    killer: events,
  },
  {
    name: 'an event may lie outside its blocks',
    file: 'settlement',
    find: "if (v_item ->> 'blockNumber')::bigint not between p_from_block and p_to_block then",
    replace: 'if false then',
    killer: events,
  },
  {
    name: 'a log seen again is booked again',
    file: 'settlement',
    find: '    if found then\n      perform oblivion.book_chain_event(p_instance, v_event);',
    replace: `    if found or v_item ->> 'kind' = 'Deposited' then
      v_event.instance_id := p_instance.id;
      v_event.tx_hash := gen_random_uuid()::text;
      v_event.log_index := 0;
      v_event.kind := v_item ->> 'kind';
      v_event.owner_id := oblivion.owner_of(coalesce(v_item ->> 'customer', v_item ->> 'provider', v_item ->> 'account'));
      v_event.amount := (v_item ->> 'amount')::bigint;
      perform oblivion.book_chain_event(p_instance, v_event);`,
    killer: history,
  },
  {
    name: 'a charge books its running fee instead of its growth',
    file: 'settlement',
    find: "then (v_item ->> 'fee')::bigint end",
    replace: "then least((v_item ->> 'amount')::bigint, (v_item ->> 'cumulativeFee')::bigint) end",
    killer: history,
  },
  {
    name: 'one charge on chain confirms all of its customer',
    file: 'settlement',
    find: '       and c.cumulative <= p_cumulative\n',
    replace: '',
    killer: history,
  },
  {
    name: 'a claim does not lower what is owed',
    file: 'settlement',
    find: "array[v_pool, oblivion.account('provider_earned', 'chain', p_instance.id, p_event.owner_id)]",
    replace: "array[v_pool, oblivion.account('reserve', 'chain', p_instance.id)]",
    killer: history,
  },
  {
    name: 'a withdrawal leaves holds alone',
    file: 'settlement',
    find: '    perform oblivion.end_task(v_task);\n  end loop;\nend\n$$;\ncomment on function oblivion.release_holds',
    replace: '  end loop;\nend\n$$;\ncomment on function oblivion.release_holds',
    killer: 'a withdrawal ends the tasks whose holds it takes (M2)',
  },
  {
    name: 'a top-up counts as escrow',
    file: 'settlement',
    find: "array[v_pool, oblivion.account('reserve', 'chain', p_instance.id)],\n        array[-p_event.amount, p_event.amount]",
    replace:
      "array[v_escrow, oblivion.account('reserve', 'chain', p_instance.id)],\n        array[-p_event.amount, p_event.amount]",
    killer: history,
  },
  // Fees and prices.
  {
    name: 'a fee is rounded chunk by chunk',
    file: 'ledger',
    find: `return (floor(p_fee_bps * p_price::numeric * (p_index + 1) / 10000)
  - floor(p_fee_bps * p_price::numeric * p_index / 10000))::bigint;`,
    replace: 'return (floor(p_fee_bps * p_price::numeric / 10000) + 0 * p_index)::bigint;',
    killer: history,
  },
  {
    name: 'a fee is of the moment, not of the task',
    file: 'complete',
    find: 'oblivion.chunk_fee(v_held.price_per_chunk, v_held.fee_bps, v_held.chunk_index)',
    replace:
      'oblivion.chunk_fee(v_held.price_per_chunk, (select s.fee_bps from oblivion.settings s), v_held.chunk_index)',
    killer: history,
  },
  {
    name: 'replicas of a chunk share one place of the fee',
    file: 'complete',
    find: '(p_job.chunk_index * t.stage_count + p_job.stage) * t.replicas + p_job.replica)',
    replace: '(p_job.chunk_index * t.stage_count + p_job.stage) * t.replicas)',
    killer: history,
  },
  {
    name: 'a job is paid that another node holds or has delivered',
    file: 'complete',
    find: "             and (j.status, j.node_id, j.attempt) is not distinct from ('processing', p_node.id, v_held.attempt)\n",
    replace: '',
    killer: 'a result told by two calls at once is paid once',
  },
  // Pay by time.
  {
    name: 'what others took bounds nobody',
    file: 'metered',
    find: '  return floor(1.5 * v_median);',
    replace: '  return null;',
    killer: history,
  },
  {
    name: 'a rate is of the moment, not of the claim',
    file: 'complete',
    find: 'oblivion.metered_price(v_task, p_job.price_per_hour,',
    replace:
      'oblivion.metered_price(v_task, oblivion.asked_rate(v_task, p_node.price_per_hour, (select s.default_price_per_hour from oblivion.settings s)),',
    killer: history,
  },
  {
    name: 'a metered price may be above its cap',
    file: 'metered',
    find: 'select least(p_task.price_per_chunk, greatest(',
    replace: 'select (greatest(',
    killer: history,
  },
  {
    name: 'the fee of a metered price is rounded down',
    file: 'metered',
    find: ' + (p_index::bigint * 6181) % 10000) / 10000',
    replace: ') / 10000 + 0 * p_index',
    killer: history,
  },
  {
    name: 'who is paid by time votes with its last result alone',
    file: 'metered',
    find: 'from unnest(p_ms || r.recent_ms[1:8]) as u',
    replace: 'from unnest(array[p_ms]) as u',
    killer: history,
  },
  // Budgets.
  {
    name: 'a budget need not be free',
    file: 'exits',
    find: '  if v_free < p_budget then',
    replace: '  if v_free < 0 then',
    killer: history,
  },
  {
    name: 'who leaves may begin new work',
    file: 'exits',
    find: "  if v_exit > 0 then\n    perform oblivion.raise_error('OB095'",
    replace: "  if false then\n    perform oblivion.raise_error('OB095'",
    killer: history,
  },
  {
    name: 'nobody asks the daily cap',
    file: 'exits',
    find: '  if p_budget > v_room then',
    replace: '  if false then',
    killer: history,
  },
  {
    name: 'what the cap let through today is forgotten',
    file: 'exits',
    find: '       - e.charged\n',
    replace: '',
    killer: 'a budget fits the daily cap beside what was charged today (M3)',
  },
  {
    name: 'a refund forgets what is in work',
    file: 'rescue',
    find: 'v_rest := oblivion.balance_of(v_hold) - v_open * p_task.price_per_chunk;',
    replace: 'v_rest := oblivion.balance_of(v_hold) - 0 * v_open;',
    killer: history,
  },
  {
    name: 'the rest of a hold is never given back',
    file: 'rescue',
    find: '  end if;\n  perform oblivion.refund_hold(v_task);\nend\n$$;\ncomment on function oblivion.try_close_task(uuid)',
    replace: '  end if;\nend\n$$;\ncomment on function oblivion.try_close_task(uuid)',
    killer: history,
  },
  // Charges and vouchers.
  {
    name: 'a charge forgets a payee’s other receipts',
    file: 'vouchers',
    find: 'select v_charge, d.payee_owner_id, sum(d.price - d.fee)',
    replace: 'select v_charge, d.payee_owner_id, max(d.price - d.fee)',
    killer: history,
  },
  {
    name: 'a later charge replaces what a payee had',
    file: 'vouchers',
    find: 'do update set charged = t.charged + excluded.charged;',
    replace: 'do update set charged = excluded.charged;',
    killer: history,
  },
  {
    name: 'a voucher is due before the charge is final',
    file: 'vouchers',
    find: 'select t.payee_owner_id as owner_id, t.confirmed as amount',
    replace: 'select t.payee_owner_id as owner_id, t.charged as amount',
    killer: history,
  },
  // Money beside the chain's.
  {
    name: 'card money is paid out before its window has passed',
    file: 'card_payouts',
    find: '     and t.created_at <= now() - s.card_dispute_window\n',
    replace: '',
    killer: history,
  },
  {
    name: 'play money is charged like tokens',
    file: 'vouchers',
    find: "       and r.asset = 'chain'\n    returning",
    replace: '    returning',
    killer: history,
  },
  {
    name: 'a hold in play money is taken from tokens',
    file: 'card_money',
    find: "array[oblivion.account('customer_free', p_task.asset, p_task.instance_id, p_task.owner_id),",
    replace: "array[oblivion.account('customer_free', 'chain', p_task.instance_id, p_task.owner_id),",
    killer: history,
  },
  {
    name: 'play money exists beside real money',
    file: 'sandbox',
    find: 'return p_chain_id in (31337, 80002);',
    replace: 'return p_chain_id > 0;',
    killer: 'there is no play money under a contract of real money (M1)',
  },
  {
    name: 'a voucher may say more than was charged',
    file: 'vouchers',
    find: '  if p_cumulative::bigint > v_earned then',
    replace: '  if false then',
    killer: history,
  },
]

/** Those that `pnpm test` runs: of each killer and each part one. */
export const quickMutants: readonly string[] = [
  'a transaction need not sum to zero',
  'entries may be of another asset than their account',
  'a fee is rounded chunk by chunk',
  'what others took bounds nobody',
  'a voucher may say more than was charged',
  'nobody asks the daily cap',
]
