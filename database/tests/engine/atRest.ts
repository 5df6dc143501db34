import type { Engine } from './engine.ts'

/** What must not be once no call is under way, each counted: all of them are to be 0. */
export const faultsAtRest = async (engine: Engine): Promise<Record<string, number>> => {
  const [row] = await engine.query<Record<string, number>>(
    `select
       (select count(*)::int from nodes n where n.current_jobs <> (select count(*) from jobs j where j.node_id = n.id)) as counters,
       (select count(*)::int from jobs j full join oblivion.receipts r on r.job_id = j.id
         where (j.status = 'completed'
             or j.status = 'failed' and coalesce(r.result_hash = oblivion.failure_hash(j.error), false))
               is distinct from (r.id is not null)) as unpaid,
       (select count(*)::int from oblivion.tasks t where t.status <> 'running' and exists (
          select from jobs j where j.task_id = t.id and j.status in ('blocked', 'pending'))) as leftover,
       (select count(*)::int from (select from oblivion.ledger l where l.account not like 'chain%'
         group by l.account, l.asset, l.instance_id, l.owner_id, l.task_id having sum(l.amount) < 0) x) as negative,
       (select count(*)::int from jobs j where oblivion.job_fault(j) is not null) as faults`,
  )
  return row ?? {}
}
export const nothing = { counters: 0, unpaid: 0, leftover: 0, negative: 0, faults: 0 }
