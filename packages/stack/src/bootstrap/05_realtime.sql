-- Broadcast as Supabase Realtime keeps it. On a hosted project messages is partitioned by day and read from the WAL;
-- here it is one table, pruned by the gateway, and a trigger tells the gateway of new rows.
create schema if not exists realtime authorization supabase_realtime_admin;
grant usage on schema realtime to postgres, anon, authenticated, service_role;

set local role supabase_realtime_admin;

create table if not exists realtime.messages (
  topic text not null,
  extension text not null,
  payload jsonb,
  event text,
  private boolean default false,
  updated_at timestamp not null default now(),
  inserted_at timestamp not null default now(),
  id uuid not null default gen_random_uuid(),
  primary key (id, inserted_at)
);
create index if not exists messages_inserted_at_idx on realtime.messages (inserted_at);
alter table realtime.messages enable row level security;
grant select, insert, update on realtime.messages to postgres, anon, authenticated, service_role;

create or replace function realtime.topic() returns text language sql stable as $$
  select nullif(current_setting('realtime.topic', true), '')::text
$$;
comment on function realtime.topic() is 'The topic of the channel that is being authorised; for policies on realtime.messages.';

create or replace function realtime.send(payload jsonb, event text, topic text, private boolean default true)
returns void
language plpgsql
as $$
declare
  generated_id uuid;
  final_payload jsonb;
begin
  begin
    generated_id := gen_random_uuid();
    if payload ? 'id' then
      final_payload := payload;
    else
      final_payload := jsonb_set(payload, '{id}', to_jsonb(generated_id));
    end if;
    execute format('set local realtime.topic to %L', topic);
    insert into realtime.messages (id, payload, event, topic, private, extension)
    values (generated_id, final_payload, event, topic, private, 'broadcast');
  exception
    -- As on Supabase: a broadcast that fails never fails the transaction that sends it.
    when others then
      raise warning 'ErrorSendingBroadcastMessage: %', sqlerrm;
  end;
end
$$;
comment on function realtime.send(jsonb, text, text, boolean) is
  'Sends a broadcast to everyone who joined the topic, when this transaction commits.';

-- Exists in the embedded stack only. The row's id and nothing else travels: a notification holds at most 8000 bytes.
create or replace function realtime.stack_notify_broadcast() returns trigger language plpgsql as $$
begin
  perform pg_notify('oblivion_stack_broadcast', new.id::text);
  return null;
end
$$;
create or replace trigger stack_notify_broadcast
after insert on realtime.messages
for each row when (new.extension = 'broadcast')
execute function realtime.stack_notify_broadcast();

reset role;
