-- What the client checks talk to: tables, policies, functions and buckets of their own, so that they need nothing of
-- the product. Applied as postgres, like any migration.
create table public.check_items (
  id integer primary key,
  label text not null,
  amount numeric,
  total bigint not null default 0,
  tags text[] not null default '{}',
  data jsonb not null default '{}',
  done boolean not null default false,
  made_at timestamptz not null default '2026-01-02T03:04:05.678+00'
);
insert into public.check_items (id, label, amount, total, tags, data, done)
values
  (1, 'apple', 1.50, 9007199254740993, '{red,round}', '{"k": 1}', false),
  (2, 'banana', 2.25, 20, '{yellow}', '{"k": [1, 2]}', false),
  (3, 'cherry', null, 30, '{}', '{}', true),
  (4, 'Date, dried (100%)', 0.001, 40, '{brown}', '{"q": "\""}', false),
  (5, 'elder_berry', -7, 50, '{black}', 'null', true);

-- Rows of one's own: the policy is all that stands between users.
create table public.check_notes (
  id integer primary key,
  owner uuid not null,
  status text not null default 'open',
  body text not null default ''
);
alter table public.check_notes enable row level security;
create policy own_read on public.check_notes for select to authenticated using (owner = (select auth.uid()));
create policy own_write on public.check_notes for update to authenticated
  using (owner = (select auth.uid())) with check (owner = (select auth.uid()));
-- Supabase's defaults grant everything; what is left is one guarded update of one column.
revoke all on public.check_notes from anon, authenticated;
grant select on public.check_notes to authenticated;
grant update (status) on public.check_notes to authenticated;

-- Nobody's business.
create table public.check_secrets (id integer primary key);
revoke all on public.check_secrets from anon, authenticated, service_role;
create schema check_hidden;
create table check_hidden.things (id integer);
create function check_hidden.secret() returns integer language sql as 'select 1';

create function public.check_add(p_a integer, p_b integer default 10) returns integer language sql immutable as
$$ select p_a + p_b $$;
create function public.check_text(p_value text) returns text language sql stable as $$ select p_value $$;
create function public.check_big() returns bigint language sql stable as $$ select 9007199254740993 $$;
create function public.check_json(p_value jsonb) returns jsonb language sql stable as
$$ select jsonb_build_object('got', p_value, 'kind', jsonb_typeof(p_value)) $$;
create function public.check_array(p_values integer[]) returns integer language sql stable as
$$ select sum(v)::integer from unnest(p_values) as v $$;
create function public.check_null() returns text language sql stable as $$ select null::text $$;
create function public.check_rows(p_from integer default 1)
returns table (id integer, label text) language sql stable as
$$ select i.id, i.label from public.check_items as i where i.id >= p_from order by i.id $$;
create function public.check_setof() returns setof public.check_items language sql stable as
$$ select * from public.check_items order by id $$;
create function public.check_one() returns public.check_items language sql stable as
$$ select * from public.check_items where id = 1 $$;
create function public.check_numbers() returns setof integer language sql stable as
$$ select generate_series(1, 3) $$;
create function public.check_touch(p_id integer) returns void language sql volatile as
$$ update public.check_items set total = total + 1 where id = p_id $$;
create function public.check_whoami() returns jsonb language sql stable as $$
  select jsonb_build_object(
    'user', current_user,
    'uid', auth.uid(),
    'role', auth.role(),
    'claims', auth.jwt(),
    'method', current_setting('request.method', true),
    'path', current_setting('request.path', true),
    'nodeKey', current_setting('request.headers', true)::jsonb ->> 'x-node-key',
    'forwarded', current_setting('request.headers', true)::jsonb ->> 'x-forwarded-for',
    'timeout', current_setting('statement_timeout')
  )
$$;
create function public.check_fail(p_code text) returns void language plpgsql volatile as $$
begin
  raise exception 'the message' using errcode = p_code, detail = '{"field": "p_code"}', hint = 'the hint';
end
$$;
create function public.check_sleep(p_seconds numeric) returns void language sql volatile as
$$ select pg_sleep(p_seconds) $$;
create function public.check_forbidden() returns integer language sql stable as $$ select 1 $$;
revoke execute on function public.check_forbidden() from public, anon, authenticated, service_role;

-- Sends from the database, as a product function would.
create function public.check_broadcast(p_topic text, p_event text, p_payload jsonb, p_private boolean default true)
returns void language sql volatile security definer set search_path = '' as
$$ select realtime.send(p_payload, p_event, p_topic, p_private) $$;

create policy check_read on realtime.messages for select to authenticated
  using (
    extension = 'broadcast'
    and (realtime.topic() = 'check:' || (select auth.uid())::text or realtime.topic() like 'check-room:%')
  );
create policy check_write on realtime.messages for insert to authenticated
  with check (extension = 'broadcast' and realtime.topic() like 'check-room:%');

insert into storage.buckets (id, name, public, file_size_limit, allowed_mime_types)
values
  ('check-private', 'check-private', false, null, null),
  ('check-public', 'check-public', true, 1000, null),
  ('check-images', 'check-images', false, null, '{image/png}');
create policy check_upload on storage.objects for insert to authenticated
  with check (bucket_id like 'check-%' and (storage.foldername(name))[1] = (select auth.uid())::text);
create policy check_download on storage.objects for select to authenticated
  using (bucket_id like 'check-%' and (storage.foldername(name))[1] = (select auth.uid())::text);
create policy check_remove on storage.objects for delete to authenticated
  using (bucket_id = 'check-private' and (storage.foldername(name))[1] = (select auth.uid())::text);
