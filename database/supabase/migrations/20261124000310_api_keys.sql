-- API keys: how a customer's program acts for its wallet without a session. A key is shown once and kept as its hash; it
-- has scopes (read: tasks, results, money; tasks: post tasks, and control those that it posted) and, to post tasks, a
-- spending limit.
--
-- The limit is on all that the key ever spends, not on a day's: what a thief can take is then one figure that does not
-- grow until somebody notices. Against it counts what the key's tasks hold or have spent, so budget that comes back can be
-- posted again, and at no time is more than the limit at stake. The sum is kept, since adding it up would cost a key with
-- 100,000 tasks as many rows for each new one; it changes in the two places where a hold does, hold_budget and refund_hold.
--
-- A key controls only tasks that it posted: by resuming what its customer has paused a thief would spend a hold that no
-- limit of the key's covers.

create function oblivion.ended(p_key oblivion.api_keys)
returns boolean
language sql
stable
set search_path = ''
as $$
  select p_key.revoked_at is not null or coalesce(p_key.expires_at <= now(), false)
$$;
comment on function oblivion.ended(oblivion.api_keys) is 'Whether an API key is revoked or has expired. For the engine alone.';

create function oblivion.show_api_key(p_key oblivion.api_keys)
returns jsonb
language plpgsql
stable
security definer
set search_path = ''
as $$
begin
  return jsonb_build_object(
    'keyId', p_key.id,
    'name', p_key.name,
    'beginning', p_key.beginning,
    'scopes', p_key.scopes,
    'spendingLimit', p_key.spending_limit::text,
    'used', p_key.used::text,
    'openTasks', (
      select count(*) from oblivion.tasks t where t.api_key_id = p_key.id and t.status in ('running', 'paused')),
    'createdAt', p_key.created_at,
    'lastUsedAt', (select u.used_at from oblivion.api_key_uses u where u.api_key_id = p_key.id),
    'expiresAt', p_key.expires_at,
    'revokedAt', p_key.revoked_at,
    'state', case when p_key.revoked_at is not null then 'revoked' when oblivion.ended(p_key) then 'expired' else 'valid' end);
end
$$;
comment on function oblivion.show_api_key(oblivion.api_keys) is 'An API key as its wallet sees it: never the key. For the engine alone.';

create function oblivion.key_expiry(p_key jsonb)
returns timestamptz
language plpgsql
stable
set search_path = ''
as $$
declare
  v_given text := p_key ->> 'expiresAt';
  v_expires_at timestamptz;
begin
  if v_given is null then
    return null;
  elsif v_given ~ '^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,6})?)?(Z|[+-]\d\d:\d\d)$' then
    begin
      v_expires_at := v_given::timestamptz;
    exception
      when datetime_field_overflow or invalid_datetime_format or invalid_time_zone_displacement_value then
        v_expires_at := null;
    end;
  end if;
  if v_expires_at is null or v_expires_at <= now() then
    perform oblivion.raise_error('OB005', 'expiresAt is a time to come, ISO 8601 with its zone.',
      'Leave it out for a key that does not expire.', jsonb_build_object('field', 'expiresAt', 'reason', 'time'));
  end if;
  return v_expires_at;
end
$$;
comment on function oblivion.key_expiry(jsonb) is 'When a new API key is to expire, or null; OB005. For the engine alone.';

create function public.create_api_key(p_key jsonb)
returns jsonb
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_owner bigint := oblivion.owner_of(oblivion.require_wallet());
  v_most int := (select s.max_api_keys from oblivion.settings s);
  v_field text;
  v_key oblivion.api_keys;
  -- 366 random bits from the server's strong source, hashed to 256.
  v_secret text := 'obk_' || encode(sha256(
    uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid())), 'hex');
begin
  if jsonb_typeof(p_key) is distinct from 'object' then
    perform oblivion.raise_error('OB005', 'An API key is asked for as a JSON object.', null,
      jsonb_build_object('field', 'p_key', 'reason', 'shape'));
  end if;
  select k into v_field
    from jsonb_object_keys(p_key) k
   where k not in ('name', 'scopes', 'spendingLimit', 'expiresAt')
   limit 1;
  if v_field is not null then
    perform oblivion.raise_error('OB005', format('An API key has no field %s.', left(v_field, 40)), null,
      jsonb_build_object('field', left(v_field, 40), 'reason', 'unknown'));
  end if;
  v_key.name := oblivion.task_text(p_key, 'name', 80);
  v_key.scopes := oblivion.task_names(p_key, 'scopes', array['read', 'tasks']);
  if v_key.scopes is null then
    perform oblivion.raise_error('OB005', 'scopes is missing: read, tasks or both.', null,
      jsonb_build_object('field', 'scopes', 'reason', 'missing'));
  elsif 'tasks' = any (v_key.scopes) then
    v_key.spending_limit := oblivion.task_integer(p_key, 'spendingLimit', null, 1, 1000000000000000);
  elsif p_key ->> 'spendingLimit' is not null then
    perform oblivion.raise_error('OB005', 'A key that posts no tasks spends nothing.', 'Leave out spendingLimit, or add the scope tasks.',
      jsonb_build_object('field', 'spendingLimit', 'reason', 'scope'));
  end if;
  v_key.expires_at := oblivion.key_expiry(p_key);

  perform pg_advisory_xact_lock(oblivion.lock_key('owner', v_owner::text));
  if (select count(*) from oblivion.api_keys k where k.owner_id = v_owner and not oblivion.ended(k)) >= v_most then
    perform oblivion.raise_error('OB014', format('A wallet has at most %s API keys.', v_most), 'Revoke one that you no longer need.',
      jsonb_build_object('what', 'apiKeys', 'limit', v_most));
  end if;
  -- Of those that ended the newest are kept to look at, so that making and revoking them fills nothing. Whatever one
  -- posted, its row alone goes: what its tasks get back is nobody's to post again. One that such a refund holds stays
  -- until the next time: a pass holds several, in another order.
  delete from oblivion.api_keys k
   where k.id in (
           select l.id
             from oblivion.api_keys l
            where l.id in (
                    select e.id
                      from oblivion.api_keys e
                     where e.owner_id = v_owner and oblivion.ended(e)
                     order by e.created_at desc
                    offset 20)
              for update skip locked);
  insert into oblivion.api_keys (owner_id, name, key_hash, beginning, scopes, spending_limit, expires_at)
  values (v_owner, v_key.name, sha256(convert_to(v_secret, 'UTF8')), left(v_secret, 8), v_key.scopes, v_key.spending_limit,
    v_key.expires_at)
  returning * into v_key;
  insert into oblivion.api_key_uses (api_key_id) values (v_key.id);
  return oblivion.show_api_key(v_key) || jsonb_build_object('key', v_secret);
end
$$;
comment on function public.create_api_key(jsonb) is
  'A new API key of the signed-in wallet: {name, scopes: read and/or tasks, spendingLimit: smallest unit in all, with tasks, expiresAt: ISO 8601, or never}. Answers it as list_api_keys does, and `key` itself, which is shown this once. Never by an API key. OB001, OB005, OB014, OB030, OB031.';

create function public.list_api_keys()
returns jsonb
language plpgsql
stable
security definer
set search_path = ''
as $$
declare
  v_wallet text := oblivion.require_wallet();
begin
  return (
    select coalesce(jsonb_agg(oblivion.show_api_key(k) order by oblivion.ended(k), k.created_at desc), '[]')
      from oblivion.api_keys k
      join oblivion.owners o on o.id = k.owner_id
     where o.address = v_wallet
       -- Of a forgotten one the row alone is left; see forget_me().
       and k.beginning <> '');
end
$$;
comment on function public.list_api_keys() is
  'The caller''s API keys, valid ones first, the newest first: [{keyId, name, beginning, scopes, spendingLimit, used, openTasks, createdAt, lastUsedAt (to five minutes), expiresAt, revokedAt, state: valid, expired or revoked}]. OB001, OB030, OB031.';

create function public.revoke_api_key(p_key_id uuid)
returns jsonb
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_owner bigint := oblivion.owner_of(oblivion.require_wallet());
  v_key oblivion.api_keys;
begin
  -- Waits for a task that is being posted by it; the next one is refused.
  update oblivion.api_keys k
     set revoked_at = coalesce(k.revoked_at, now())
   where k.id = p_key_id
     and k.owner_id = v_owner
  returning * into v_key;
  if not found then
    perform oblivion.raise_error('OB032', 'No API key of yours has this id.', 'list_api_keys shows yours.',
      jsonb_build_object('keyId', p_key_id));
  end if;
  return oblivion.show_api_key(v_key);
end
$$;
comment on function public.revoke_api_key(uuid) is
  'Ends an API key of the caller''s for good, at once; its tasks go on. Answers it. Safe to repeat. OB001, OB030, OB031, OB032.';

create function oblivion.spend_by_key(p_api_key_id uuid, p_budget bigint)
returns void
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_key oblivion.api_keys;
begin
  -- One statement, so that of two tasks at once the second sees the first's.
  update oblivion.api_keys k
     set used = k.used + p_budget
   where k.id = p_api_key_id
     and k.used + p_budget <= k.spending_limit
     and k.revoked_at is null;
  if found then
    return;
  end if;
  select k.* into v_key from oblivion.api_keys k where k.id = p_api_key_id;
  if v_key.id is null or v_key.revoked_at is not null then
    perform oblivion.raise_error('OB030', 'This API key was revoked.', 'Make another on the Wallet page.',
      jsonb_build_object('reason', 'revoked'));
  end if;
  perform oblivion.raise_error('OB033', 'This budget is more than the API key may still spend.',
    'Post a smaller task, or make a key with a higher limit on the Wallet page.',
    jsonb_build_object('needed', p_budget::text, 'left', (v_key.spending_limit - v_key.used)::text,
      'limit', v_key.spending_limit::text));
end
$$;
comment on function oblivion.spend_by_key(uuid, bigint) is
  'Counts the budget of a task against the limit of the key that posts it. The caller holds the customer''s lock, as refund_hold does. OB030, OB033. For the engine alone.';
