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
