/** What never happens, counted over all rows of the ledger: each column is a rule, and 0 is what it should say. */
export const audit = `
  select
    (select count(*)::int from (
       select from oblivion.ledger l
        -- What others hold stands with a negative sign; of ours, bad debt alone may be below zero.
        where l.account not like 'chain%' and l.account not in ('card_funds', 'play_money', 'bad_debt')
        group by l.account, l.asset, l.instance_id, l.owner_id, l.task_id having sum(l.amount) < 0) x) as "below zero",
    -- Bookings that do not sum to zero in each asset and instance of theirs.
    (select count(*)::int from (
       select from oblivion.ledger l
        group by l.kind, l.reference, l.asset, l.instance_id having sum(l.amount) <> 0) x) as "not balanced",
    (select count(*)::int from (
       select from oblivion.ledger l
        group by l.instance_id, l.kind, l.reference having count(distinct l.asset) > 1) x) as "mixing assets",
    -- Receipts whose roll-ups come to something else than they do one by one.
    (select count(*)::int from (
       select from oblivion.ledger l
        where l.kind = 'accept'
        group by l.account, l.asset, l.instance_id, l.owner_id, l.task_id
       having oblivion.receipt_sum(l.account, l.asset, l.instance_id, l.owner_id, l.task_id) <> sum(l.amount)) x) as "folded wrong",
    (select count(*)::int from oblivion.tasks t
      where t.budget < (select coalesce(sum(r.price), 0) from oblivion.receipts r where r.task_id = t.id)) as "over budget",
    (select count(*)::int from oblivion.receipts r join oblivion.tasks t on t.id = r.task_id
      where r.price > t.price_per_chunk or r.price < coalesce(t.price_floor, t.price_per_chunk)) as "at another price",
    (select count(*)::int from public.jobs j full join oblivion.receipts r on r.job_id = j.id
      -- What was accepted, or failed in words that its receipt is of.
      where (j.status = 'completed'
          or j.status = 'failed' and coalesce(r.result_hash = oblivion.failure_hash(j.error), false))
            is distinct from (r.id is not null)) as "not paid",
    (select count(*)::int from oblivion.tasks t where t.status not in ('running', 'paused') and exists (
       select from public.jobs j where j.task_id = t.id and j.status = 'pending')) as "left over",
    (select count(*)::int from public.nodes n
      where n.current_jobs <> (select count(*) from public.jobs j where j.node_id = n.id)) as "counted wrong",
    -- Above what was charged, and above what chain money alone brought.
    (select count(*)::int from oblivion.vouchers v
      where v.cumulative > oblivion.charged_earnings(v.instance_id, v.owner_id)
         or v.cumulative > (
              select coalesce(sum(r.price - r.fee), 0)
                from oblivion.receipts r
                join oblivion.charges c on c.id = r.charge_id
               where r.payee_owner_id = v.owner_id and r.asset = 'chain' and r.instance_id = v.instance_id
                 and c.confirmed_at is not null) + oblivion.shared_earnings(v.instance_id, v.owner_id)) as "above earnings"`
