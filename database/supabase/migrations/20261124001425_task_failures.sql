-- What a customer may read of failed chunks: the words that two owners agree on, once they are paid for (M12).

create function public.task_failures(p_task_id uuid, p_after int default -1, p_limit int default 100)
returns jsonb
language plpgsql
stable
security definer
set search_path = ''
as $$
declare
  v_task oblivion.tasks := oblivion.require_task(p_task_id, 'read');
  v_chunks int[];
  -- Where a look ends that found fewer than asked for: the next page begins there.
  v_looked int;
  v_failures jsonb;
begin
  if p_limit is null or p_limit not between 1 and 100 then
    perform oblivion.raise_error('OB005', 'At most 100 chunks a call.', 'Page with p_after.',
      jsonb_build_object('field', 'p_limit', 'reason', 'range'));
  end if;
  -- By the task's receipts, and no more than 10,000 failed jobs a call: most failures are nobody's answer.
  with failed as (
    select j as job, j.id, j.chunk_index
      from public.jobs j
     where j.task_id = v_task.id
       and j.chunk_index > coalesce(p_after, -1)
       and j.status = 'failed'
     order by j.chunk_index
     limit 10000
  ), shown as (
    select distinct f.chunk_index
      from failed f
     where exists (select from oblivion.receipts r where r.task_id = v_task.id and r.job_id = f.id)
       and oblivion.is_told(f.job)
     order by f.chunk_index
     limit p_limit
  )
  select array(select s.chunk_index from shown s order by s.chunk_index),
         (select max(f.chunk_index) from failed f having count(*) = 10000)
    into v_chunks, v_looked;
  select coalesce(jsonb_agg(jsonb_build_object(
           'chunkIndex', j.chunk_index,
           'stage', j.stage,
           'error', j.error,
           'errorHash', r.result_hash,
           'provider', j.provider_address,
           'attempt', r.attempt,
           'failedAt', r.accepted_at,
           'reward', (r.price - r.fee)::text) order by j.chunk_index, j.stage, j.replica), '[]')
    into v_failures
    from public.jobs j
    join oblivion.receipts r on r.task_id = j.task_id and r.job_id = j.id
   where j.task_id = v_task.id
     and j.chunk_index = any (v_chunks)
     and j.status = 'failed'
     and oblivion.is_told(j);
  return jsonb_build_object(
    'failures', v_failures,
    'next', case when cardinality(v_chunks) = p_limit then v_chunks[p_limit] else v_looked end);
end
$$;
comment on function public.task_failures(uuid, int, int) is
  'What the program of a task of the caller''s threw, by chunk index after p_after: only what a second owner confirmed and was paid for. Answers {failures: [{chunkIndex, stage, error, errorHash: SHA-256 of its canonical JSON, provider, attempt, failedAt, reward}], next: the p_after of the next page, or null}. OB001, OB005, OB008, OB030, OB031.';
