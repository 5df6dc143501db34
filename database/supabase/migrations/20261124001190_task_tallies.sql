-- How far a task is. Up to 10,000 jobs it is counted for whoever asks; above that counting takes up to a second or two, so
-- a task's figures are a row that everybody reads, and whoever comes first once it is old enough counts anew. How old that
-- is depends on what counting took: twenty times as long, so it is 5 % of one core at most, however often a page reads.

create table oblivion.task_tallies (
  task_id uuid primary key references oblivion.tasks,
  counted_at timestamptz not null,
  -- Good until then; for ever once nothing of the task can change.
  next_at timestamptz not null,
  planned int not null,
  -- Chunks by letter.
  letters jsonb not null,
  -- For each stage: chunks by letter, jobs that ended, jobs that were paid, chunks that are decided.
  stages jsonb not null,
  -- A letter for each planned chunk.
  chunks text not null,
  -- The sum of a metered task's receipts.
  spent bigint
);
comment on table oblivion.task_tallies is 'How far large tasks are, counted now and then by whoever reads.';

create function oblivion.letters_of(p_chunks text)
returns jsonb
language sql
immutable
set search_path = ''
as $$
  select jsonb_object_agg(l.letter, length(p_chunks) - length(replace(p_chunks, l.letter, '')))
    from unnest(array['b', 'p', 'r', 'c', 'f', 'x']) as l (letter)
$$;
comment on function oblivion.letters_of(text) is 'How often each letter stands in a text of them. For the engine alone.';

create function oblivion.count_task(p_task oblivion.tasks)
returns oblivion.task_tallies
language plpgsql
stable
security definer
set search_path = ''
as $$
declare
  v_tally oblivion.task_tallies;
begin
  v_tally.task_id := p_task.id;
  v_tally.counted_at := now();
  v_tally.next_at := now();
  select coalesce(string_agg(s.letter, '' order by s.chunk_index), '') into v_tally.chunks
    from oblivion.chunk_states(p_task) s;
  v_tally.planned := length(v_tally.chunks);
  v_tally.letters := oblivion.letters_of(v_tally.chunks);
  if not oblivion.is_special(p_task) then
    v_tally.stages := jsonb_build_array(jsonb_build_object(
      'letters', v_tally.letters,
      'ended', (v_tally.letters ->> 'c')::int + (v_tally.letters ->> 'f')::int + (v_tally.letters ->> 'x')::int,
      'paid', (v_tally.letters ->> 'c')::int + case when (v_tally.letters ->> 'f')::int > 0 then (
        select count(*)
          from public.jobs j
          join oblivion.receipts r on r.task_id = j.task_id and r.job_id = j.id
         where j.task_id = p_task.id
           and j.status = 'failed') else 0 end,
      'decided', (v_tally.letters ->> 'c')::int + (v_tally.letters ->> 'f')::int + (v_tally.letters ->> 'x')::int));
  else
    select jsonb_agg(jsonb_build_object(
             'letters', coalesce(l.letters, '{}'),
             'ended', coalesce(c.ended, 0),
             'paid', coalesce(c.paid, 0),
             'decided', coalesce(e.decided, 0)) order by g.stage)
      into v_tally.stages
      from generate_series(0, p_task.stage_count - 1) as g (stage)
      left join (
        select w.stage, jsonb_object_agg(w.letter, w.count) as letters
          from (
            select s.stage, s.letter, count(*) as count
              from oblivion.stage_states(p_task) s
             where p_task.stages is not null
             group by s.stage, s.letter) w
         group by w.stage) l on l.stage = g.stage
      left join (
        select j.stage,
               count(*) filter (where j.status in ('completed', 'failed', 'cancelled')) as ended,
               count(*) filter (where j.status = 'completed' or j.status = 'failed' and exists (
                 select from oblivion.receipts r where r.task_id = j.task_id and r.job_id = j.id)) as paid
          from public.jobs j
         where j.task_id = p_task.id
         group by j.stage) c on c.stage = g.stage
      left join (
        select s.stage, count(*) as decided
          from oblivion.stage_ends s
         where s.task_id = p_task.id
         group by s.stage) e on e.stage = g.stage;
  end if;
  if p_task.metered then
    select coalesce(sum(r.price), 0) into v_tally.spent from oblivion.receipts r where r.task_id = p_task.id;
  end if;
  return v_tally;
end
$$;
comment on function oblivion.count_task(oblivion.tasks) is 'Counts a task now, whatever it costs. For the engine alone.';

create function oblivion.tally(p_task oblivion.tasks)
returns oblivion.task_tallies
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_tally oblivion.task_tallies;
  v_began timestamptz;
begin
  if oblivion.job_count(p_task) <= (select s.tally_above from oblivion.settings s where s.id) then
    return oblivion.count_task(p_task);
  end if;
  select w.* into v_tally from oblivion.task_tallies w where w.task_id = p_task.id;
  if not found then
    perform pg_advisory_xact_lock(oblivion.lock_key('tally', p_task.id::text));
    select w.* into v_tally from oblivion.task_tallies w where w.task_id = p_task.id;
  end if;
  if v_tally.task_id is not null
    and (v_tally.next_at > clock_timestamp() and not coalesce(p_task.finished_at > v_tally.counted_at, false)
      or not pg_try_advisory_xact_lock(oblivion.lock_key('tally', p_task.id::text))) then
    return v_tally;
  end if;
  v_began := clock_timestamp();
  v_tally := oblivion.count_task(p_task);
  v_tally.next_at := case
    when p_task.finished_at is not null and not oblivion.has_open_jobs(p_task.id) then 'infinity'
    else clock_timestamp() + greatest(interval '500 milliseconds', 20 * (clock_timestamp() - v_began)) end;
  insert into oblivion.task_tallies values (v_tally.*)
  on conflict (task_id) do update
    set counted_at = excluded.counted_at,
        next_at = excluded.next_at,
        planned = excluded.planned,
        letters = excluded.letters,
        stages = excluded.stages,
        chunks = excluded.chunks,
        spent = excluded.spent;
  return v_tally;
end
$$;
comment on function oblivion.tally(oblivion.tasks) is
  'How far a task is: counted now where it is small, else as it was counted last, and anew where that is old. For the engine alone.';
