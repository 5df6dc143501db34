-- Plays commands one after the other on the real functions, each in a transaction of its own and as the role that would
-- call it, and answers what each of them said: a round trip a command would cost more than the command.

create schema played;

create table played.tasks (serial int primary key, id uuid not null unique);
create table played.nodes (
  place int primary key,
  node_id uuid not null,
  key text not null,
  -- The job that it holds.
  job_id uuid,
  attempt int
);

create function played.place_of(p_job_id uuid)
returns jsonb
language sql
as $$
  select jsonb_build_object('serial', t.serial, 'chunk', j.chunk_index, 'stage', j.stage, 'replica', j.replica)
    from public.jobs j
    join played.tasks t on t.id = j.task_id
   where j.id = p_job_id
$$;

create function played.become(p_role text, p_sub text, p_headers jsonb)
returns void
language sql
as $$
  select set_config('request.jwt.claims', jsonb_build_object(
           'role', p_role, 'sub', p_sub, 'is_anonymous', false, 'aud', 'authenticated')::text, true),
         set_config('request.jwt.claim.sub', coalesce(p_sub, ''), true),
         set_config('request.jwt.claim.role', p_role, true),
         set_config('request.headers', p_headers::text, true),
         set_config('role', p_role, true)
$$;

create function played.cycle(p_node played.nodes, p_done jsonb, p_claim boolean)
returns jsonb
language plpgsql
as $$
declare
  v_answer jsonb;
begin
  perform played.become('anon', null, jsonb_build_object('x-node-key', p_node.key));
  v_answer := public.work_cycle(p_node.node_id, p_done, p_claim);
  perform set_config('role', 'none', true);
  update played.nodes n
     set job_id = (v_answer #>> '{job,jobId}')::uuid,
         attempt = (v_answer #>> '{job,attempt}')::int
   where n.place = p_node.place;
  return jsonb_build_object(
    'accepted', v_answer -> 'accepted',
    'reason', v_answer -> 'reason',
    'job', played.place_of((v_answer #>> '{job,jobId}')::uuid));
end
$$;

create function played.as_node(p_node played.nodes, p_function text)
returns jsonb
language plpgsql
as $$
declare
  v_answer jsonb;
begin
  perform played.become('anon', null, jsonb_build_object('x-node-key', p_node.key));
  execute format('select public.%I($1)', p_function) into v_answer using p_node.node_id;
  perform set_config('role', 'none', true);
  return v_answer;
end
$$;

create function played.lose(p_job_ids uuid[])
returns jsonb
language plpgsql
as $$
declare
  v_places jsonb;
begin
  select coalesce(jsonb_agg(played.place_of(n.job_id)), '[]') into v_places
    from played.nodes n
   where n.job_id = any (p_job_ids);
  update public.jobs j set lease_expires_at = now() - interval '1 second' where j.id = any (p_job_ids);
  update played.nodes n set job_id = null where n.job_id = any (p_job_ids);
  perform set_config('role', 'oblivion_coordinator', true);
  perform oblivion.run_rescue();
  perform set_config('role', 'none', true);
  return v_places;
end
$$;

create function played.work(p_command jsonb)
returns jsonb
language plpgsql
as $$
declare
  v_node played.nodes;
  v_place jsonb;
  v_report jsonb;
  v_answer jsonb;
begin
  select n.* into v_node from played.nodes n where n.place = (p_command ->> 'node')::int;
  if v_node.job_id is null then
    return jsonb_build_object('claimed', played.cycle(v_node, null, true) -> 'job');
  elsif p_command ->> 'end' = 'lost' then
    return jsonb_build_object('ended', played.lose(array[v_node.job_id]) -> 0);
  end if;
  v_place := played.place_of(v_node.job_id);
  -- In the transaction of the report, whose time both read: so long it took, to the millisecond.
  update public.jobs j
     set started_at = now() - (p_command ->> 'took')::int * interval '1 millisecond'
    from oblivion.tasks t
   where j.id = v_node.job_id
     and t.id = j.task_id
     and t.metered;
  v_report := (p_command -> 'report') || jsonb_build_object('jobId', v_node.job_id, 'attempt', v_node.attempt);
  if p_command ->> 'end' = 'told twice' then
    perform played.cycle(v_node, v_report, false);
  end if;
  v_answer := played.cycle(v_node, v_report, (p_command ->> 'more')::boolean);
  -- Back-off is not what is tested here: what waits is due at the next look.
  update public.jobs j
     set available_at = now() - interval '1 hour'
   where j.id = v_node.job_id
     and j.status = 'pending'
     and not j.due;
  return jsonb_build_object('ended', v_place, 'accepted', v_answer -> 'accepted', 'reason', v_answer -> 'reason',
    'claimed', v_answer -> 'job');
end
$$;

create function played.rate(p_command jsonb)
returns jsonb
language plpgsql
as $$
declare
  v_node played.nodes;
  v_answer jsonb;
begin
  select n.* into v_node from played.nodes n where n.place = (p_command ->> 'node')::int;
  perform played.become('authenticated', p_command ->> 'sub', '{}');
  v_answer := public.register_node('box', 'server', '{}', (p_command ->> 'rate')::bigint);
  perform set_config('role', 'oblivion_coordinator', true);
  perform oblivion.mark_operator_node(v_node.node_id);
  perform set_config('role', 'none', true);
  update played.nodes n
     set key = v_answer ->> 'nodeSecret',
         job_id = null
   where n.place = v_node.place;
  -- What it held went back.
  return played.place_of(v_node.job_id);
end
$$;

create function played.vouch(p_instance_id bigint)
returns jsonb
language plpgsql
as $$
declare
  v_due jsonb := oblivion.vouchers_due(p_instance_id);
  v_signature text := '0x' || repeat('11', 65);
  v_voucher jsonb;
  v_above text[] := '{}';
begin
  for v_voucher in select e from jsonb_array_elements(v_due) e loop
    begin
      perform oblivion.store_voucher(
        p_instance_id, v_voucher ->> 'provider', ((v_voucher ->> 'cumulative')::bigint + 1)::text, v_signature);
      v_above := v_above || 'signed'::text;
    exception
      when others then
        v_above := v_above || sqlstate::text;
    end;
    perform oblivion.store_voucher(p_instance_id, v_voucher ->> 'provider', v_voucher ->> 'cumulative', v_signature);
  end loop;
  return jsonb_build_object('due', v_due, 'above', v_above);
end
$$;

create function played.obey(p_command jsonb)
returns jsonb
language plpgsql
as $$
declare
  v_answer jsonb;
  v_id uuid;
begin
  case p_command ->> 'do'
    when 'task' then
      perform played.become('authenticated', p_command ->> 'sub', '{}');
      v_answer := public.create_task(p_command -> 'task');
      perform set_config('role', 'none', true);
      insert into played.tasks values ((p_command ->> 'serial')::int, (v_answer ->> 'taskId')::uuid);
    when 'work' then
      v_answer := played.work(p_command);
    when 'rate' then
      v_answer := played.rate(p_command);
    when 'default rate' then
      update oblivion.settings s set default_price_per_hour = (p_command ->> 'rate')::bigint;
    when 'cancel' then
      select t.id into v_id from played.tasks t where t.serial = (p_command ->> 'serial')::int;
      perform played.become('authenticated', p_command ->> 'sub', '{}');
      v_answer := public.cancel_task(v_id);
    when 'play' then
      perform played.become('authenticated', p_command ->> 'sub', '{}');
      v_answer := public.change_play_money(p_command ->> 'amount');
    when 'card money' then
      perform played.become('authenticated', p_command ->> 'sub', '{}');
      v_answer := public.my_card_money();
    when 'card books' then
      select jsonb_build_object(
               'badDebt', coalesce(-sum(l.amount) filter (where l.account = 'bad_debt'), 0)::text,
               'earned', coalesce(sum(l.amount) filter (where l.account = 'provider_earned'), 0)::text,
               'fees', coalesce(sum(l.amount) filter (where l.account = 'platform_fees'), 0)::text,
               'reversed', (
                 select coalesce(sum(x.reward + x.fee), 0)::text
                   from oblivion.card_reversals x
                  where x.restored_at is null))
        into v_answer
        from oblivion.ledger l
       where l.asset = 'card';
    when 'visitor' then
      select played.as_node(n, 'visitor_earnings') into v_answer from played.nodes n where n.place = (p_command ->> 'node')::int;
    when 'bind' then
      select played.as_node(n, 'create_claim_code') into v_answer from played.nodes n where n.place = (p_command ->> 'node')::int;
      perform played.become('authenticated', p_command ->> 'sub', '{}');
      v_answer := public.redeem_claim_code(v_answer ->> 'code');
    when 'lapse' then
      update oblivion.visitors v set last_seen_at = now() - interval '91 days';
      perform set_config('role', 'oblivion_coordinator', true);
      v_answer := to_jsonb(oblivion.lapse_visitor_earnings((p_command ->> 'instance')::bigint));
    when 'balance' then
      perform played.become('authenticated', p_command ->> 'sub', '{}');
      v_answer := public.my_balance();
    when 'time to leave' then
      v_answer := played.lose(array(
        select j.id from public.jobs j
          join oblivion.owners o on o.id = j.customer_owner_id
         where o.address = p_command ->> 'customer' and j.status = 'processing'));
    when 'day' then
      set local session_replication_role = replica;
      update oblivion.chain_events e
         set recorded_at = e.recorded_at - interval '25 hours'
       where e.recorded_at > now() - interval '24 hours';
      update oblivion.visitors v set bound_at = v.bound_at - interval '25 hours';
      set local session_replication_role = origin;
    when 'vouch' then
      v_answer := played.vouch((p_command ->> 'instance')::bigint);
    when 'call' then
      perform set_config('role', 'oblivion_coordinator', true);
      execute format('select to_jsonb(oblivion.%I(%s))', p_command ->> 'name', (
          select string_agg(case jsonb_typeof(a) when 'string' then quote_literal(a #>> '{}')
                   when 'number' then a #>> '{}' else quote_literal(a) || '::jsonb' end, ', ' order by place)
            from jsonb_array_elements(p_command -> 'args') with ordinality x (a, place)))
        into v_answer;
  end case;
  perform set_config('role', 'none', true);
  -- What is checked at commit, now: so that a refusal has its command.
  set constraints all immediate;
  return jsonb_build_object('said', v_answer);
exception
  when others then
    return jsonb_build_object('refused', sqlstate, 'because', sqlerrm);
end
$$;

create procedure played.play(p_commands jsonb, inout p_answers jsonb)
language plpgsql
as $$
declare
  v_command jsonb;
  v_answers jsonb[] := '{}';
begin
  for v_command in select e from jsonb_array_elements(p_commands) e loop
    v_answers := v_answers || played.obey(v_command);
    commit;
  end loop;
  p_answers := to_jsonb(v_answers);
end
$$;
