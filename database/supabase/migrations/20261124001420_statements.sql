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
