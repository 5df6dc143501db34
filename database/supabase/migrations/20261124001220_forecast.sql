-- When a task will be done and what it will have cost, from its own chunks so far (its pilots), with a band.

create function oblivion.open_work(p_task oblivion.tasks, p_stages jsonb)
returns table (stage int, jobs bigint, chunks bigint, ended bigint, paid bigint)
language sql
immutable
set search_path = ''
as $$
  select g.stage,
         p_task.chunk_count::bigint * p_task.replicas - (w.stage ->> 'ended')::bigint,
         p_task.chunk_count - (w.stage ->> 'decided')::bigint,
         (w.stage ->> 'decided')::bigint,
         (w.stage ->> 'paid')::bigint
    from generate_series(0, p_task.stage_count - 1) as g (stage)
   cross join lateral (select p_stages -> g.stage as stage) w
$$;
comment on function oblivion.open_work(oblivion.tasks, jsonb) is
  'For each stage of a task, out of its tally: jobs and chunks still to do, chunks that ended, jobs that were paid. For the engine alone.';

create function oblivion.task_forecast(p_task oblivion.tasks, p_stages jsonb, p_spent bigint)
returns jsonb
language plpgsql
stable
security definer
set search_path = ''
as $$
declare
  v_sample record;
  v_cost record;
  v_now int;
  v_work float8;
  v_error float8;
  v_times jsonb;
begin
  if p_task.finished_at is not null then
    return null;
  end if;
  -- The last 200 accepted jobs, by when they came.
  select count(*) as count,
         avg(d.seconds) as mean,
         coalesce(stddev_samp(d.seconds), 0) as deviation,
         sum(d.seconds) / greatest(1, extract(epoch from max(d.finished_at) - min(d.started_at)))::float8 as at_once,
         max(d.finished_at) as latest,
         percentile_disc(0.1) within group (order by d.price) as low_price,
         avg(d.price) as mean_price
    into v_sample
    from (
      select j.started_at, j.finished_at, p.price, greatest(0.001, extract(epoch from j.finished_at - j.started_at))::float8 as seconds
        from (
          select r.job_id
            from oblivion.results r
           where r.task_id = p_task.id
           order by r.accepted_at desc
           limit 200) r
        join public.jobs j on j.id = r.job_id
        join oblivion.receipts p on p.task_id = p_task.id and p.job_id = r.job_id) d;
  if v_sample.count < 3 then
    return null;
  end if;
  select sum(w.jobs) as jobs, sum(w.chunks) as chunks,
         sum(w.paid)::numeric as paid,
         sum(w.paid)::numeric / greatest(1, sum(w.ended)) as per_chunk
    into v_cost
    from oblivion.open_work(p_task, p_stages) w;

  if p_task.status = 'running' then
    select count(*) into v_now from public.jobs j where j.task_id = p_task.id and j.status = 'processing';
    if v_now > 0 or v_sample.latest > now() - interval '5 minutes' then
      v_work := least(v_cost.jobs, v_cost.chunks * greatest(v_cost.per_chunk, 1)) * v_sample.mean;
      -- How far the mean of so few chunks may be off (80 %), and more than that while they are very few.
      v_error := least(0.9, 1.28 * v_sample.deviation / v_sample.mean / sqrt(v_sample.count) + 1.0 / v_sample.count);
      v_times := jsonb_build_object(
        'earliest', now() + make_interval(secs => v_work * (1 - v_error) / greatest(v_sample.at_once, v_now)),
        'likely', now() + make_interval(secs => v_work / greatest(v_sample.at_once, 0.01)),
        'latest', now() + make_interval(secs =>
          v_work * (1 + v_error) / greatest(0.01, least(v_sample.at_once, greatest(v_now, 1)))));
    end if;
  end if;
  return jsonb_build_object(
    'pilots', v_sample.count,
    'secondsPerChunk', round(v_sample.mean::numeric, 3),
    'finish', v_times,
    'cost', jsonb_build_object(
      -- At a fixed price all three prices are that one; where it is metered, what the pilots were paid, and the cap.
      'low', (p_spent + least(v_sample.low_price, floor(v_sample.mean_price)) * floor(v_cost.chunks * least(v_cost.per_chunk, p_task.quorum)))::text,
      'likely', (p_spent + round(v_sample.mean_price * least(v_cost.jobs, round(v_cost.chunks * v_cost.per_chunk))))::text,
      'high', (p_spent + p_task.price_per_chunk * v_cost.jobs)::text));
end
$$;
comment on function oblivion.task_forecast(oblivion.tasks, jsonb, bigint) is
  'What a task that has not ended will cost and when it will be done, from its last 200 results: {pilots, secondsPerChunk, finish: {earliest, likely, latest} | null, cost: {low, likely, high}}; null before three results. `finish` is null while nobody works on it. For the engine alone.';
