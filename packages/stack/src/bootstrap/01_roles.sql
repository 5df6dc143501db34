-- The roles that a hosted Supabase project has before its owner's first migration.
-- Passwords are set by applyBootstrap.ts. supabase_admin is the superuser that initdb made.
do $$
declare
  wanted record;
begin
  for wanted in
    select *
    from (values
      ('anon', 'nologin noinherit'),
      ('authenticated', 'nologin noinherit'),
      ('service_role', 'nologin noinherit bypassrls'),
      -- No superuser, as on Supabase: a migration that needs more fails here first.
      ('postgres', 'login createdb createrole bypassrls replication'),
      -- noinherit: it holds no right of its own and becomes somebody for each request.
      ('authenticator', 'login noinherit'),
      ('supabase_auth_admin', 'login noinherit createrole'),
      ('supabase_storage_admin', 'login noinherit createrole'),
      ('supabase_realtime_admin', 'login noinherit')
    ) as roles (name, attributes)
  loop
    if not exists (select from pg_catalog.pg_roles where rolname = wanted.name) then
      execute format('create role %I', wanted.name);
    end if;
    execute format('alter role %I with nosuperuser %s', wanted.name, wanted.attributes);
  end loop;
end
$$;

-- What a request may become. Nothing else is ever granted to authenticator: a forged role claim ends here.
grant anon, authenticated, service_role to authenticator;
grant anon, authenticated, service_role to postgres;

-- Hosted projects let postgres write policies on realtime.messages and storage.objects through an extension that
-- needs the platform; membership gives the same right, and more (also altering those tables, which hosted refuses).
grant supabase_realtime_admin, supabase_storage_admin to postgres;

-- Read by the gateway, and by PostgREST, which both apply them to each transaction: `set role` alone does not.
alter role anon set statement_timeout = '3s';
alter role authenticated set statement_timeout = '8s';
alter role authenticator set statement_timeout = '8s';
alter role authenticator set lock_timeout = '8s';
alter role postgres set search_path = "$user", public, extensions;
alter role supabase_auth_admin set search_path = auth;
alter role supabase_storage_admin set search_path = storage;
alter role supabase_realtime_admin set search_path = realtime;

do $$
begin
  -- The owner of the database owns schema public (pg_database_owner). A database cloned from a template belongs to who
  -- clones it: `create database ... owner postgres`.
  execute format('alter database %I owner to postgres', current_database());
end
$$;
