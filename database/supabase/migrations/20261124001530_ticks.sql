-- What has to happen though nobody calls: once more by pg_cron, where the project has it. Heartbeats and polls do it, the
-- coordinator does it, and this does it; each is enough alone.

create function oblivion.tick()
returns int
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_count int := oblivion.run_rescue();
begin
  begin
    perform oblivion.quarantine_programs();
  exception
    when others then
      raise warning 'No program could be quarantined: % (%)', sqlerrm, sqlstate;
  end;
  begin
    perform oblivion.answer_for_wrong_results();
  exception
    when others then
      raise warning 'Wrong results were not answered for: % (%)', sqlerrm, sqlstate;
  end;
  begin
    perform oblivion.refresh_network_stats();
  exception
    when others then
      raise warning 'The public figures could not be computed: % (%)', sqlerrm, sqlstate;
  end;
  return v_count;
end
$$;
comment on function oblivion.tick() is
  'A rescue pass and fresh public figures; answers how many jobs were rescued. For pg_cron, as the owner of the schema.';

create function oblivion.forget_idle_nodes()
returns int
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_count int;
begin
  -- What tells one machine from another is kept for 30 days after its last sign. The row stays: work was told under it.
  update public.nodes n
     set hardware_id = 'forgotten:' || n.id,
         capabilities = '{}',
         key_hash = null
   where n.last_seen < now() - interval '30 days'
     and n.current_jobs = 0
     and n.hardware_id <> 'forgotten:' || n.id;
  get diagnostics v_count = row_count;
  -- No work was told under these, and without a key they count for no limit: whoever registers and revokes leaves no rows.
  delete from public.nodes n
   where n.site_id is null
     and n.key_hash is null
     and n.last_seen < now() - interval '1 day'
     and n.current_jobs = 0
     and n.total_jobs_completed = 0
     and not exists (select from oblivion.deliveries d where d.node_id = n.id);
  return v_count;
end
$$;
comment on function oblivion.forget_idle_nodes() is
  'Forgets hardware id, capabilities and key of nodes that were silent for 30 days, and answers of how many; those without a key that brought nothing go after a day, row and all. A machine that comes back later is a new node. For the engine alone.';

create function oblivion.keep_house()
returns void
language plpgsql
security definer
set search_path = ''
as $$
begin
  perform oblivion.purge_visitors();
  perform oblivion.forget_idle_nodes();
  perform oblivion.forget_requests();
  perform oblivion.lapse_visitor_earnings(i.id) from oblivion.settlement_instances i order by i.id;
end
$$;
comment on function oblivion.keep_house() is
  'What is due once a day: visitors that brought nothing, machines that were silent for 30 days, answers that nobody asks for again, earnings that nobody claimed. For the coordinator, every hour.';

create function oblivion.schedule_ticks()
returns text
language plpgsql
set search_path = ''
as $$
declare
  v_schedule text := '* * * * *';
begin
  if to_regprocedure('cron.schedule(text, text, text)') is null then
    return null;
  end if;
  -- Seconds are known since 1.5. A version reads 1.4-1, for example.
  if exists (
    select
      from pg_catalog.pg_extension e
     where e.extname = 'pg_cron'
       and string_to_array(substring(e.extversion from '^\d+\.\d+'), '.')::int[] >= array[1, 5]) then
    v_schedule := '15 seconds';
  end if;
  execute format('select cron.schedule(%L, %L, %L)', 'oblivion', v_schedule, 'select oblivion.tick()');
  return v_schedule;
exception
  when insufficient_privilege then
    raise notice 'pg_cron is there, but % may not use it: rescue is left to nodes and coordinator.', current_user;
    return null;
end
$$;
comment on function oblivion.schedule_ticks() is
  'Lets pg_cron call tick() every 15 s (every minute before version 1.5) and answers the schedule, or null where there is no pg_cron. Runs with the installation; an operator who turns pg_cron on later calls it once. For the owner of the schema.';
select oblivion.schedule_ticks();
