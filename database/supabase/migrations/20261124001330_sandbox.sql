-- Play money: the asset `test`, to try everything out without a deposit. It is booked like the rest, in accounts of its
-- own that no transaction mixes with others (M1); it never becomes a charge or a voucher, and it exists on test networks
-- alone: an operator's flag cannot make it where the token is real money.

create function oblivion.is_test_network(p_chain_id bigint)
returns boolean
language sql
immutable strict parallel safe
return p_chain_id in (31337, 80002);
comment on function oblivion.is_test_network(bigint) is 'Where play money may exist: a local chain and Amoy. The one list.';

create function oblivion.guard_play_money()
returns trigger
language plpgsql
security definer
set search_path = ''
as $$
begin
  if not exists (
    select
      from oblivion.settlement_instances i
     where i.id = new.instance_id
       and oblivion.is_test_network(i.chain_id)) then
    perform oblivion.refuse_row('accounts', 'play money exists on test networks alone');
  end if;
  return new;
end
$$;
comment on function oblivion.guard_play_money() is
  'No account of play money under a contract of real money, whoever asks and whatever the settings say (M1).';
create trigger guard_play_money before insert on oblivion.accounts
  for each row when (new.asset = 'test') execute function oblivion.guard_play_money();

create function oblivion.set_sandbox(p_enabled boolean)
returns void
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_instance oblivion.settlement_instances := oblivion.open_instance();
begin
  if p_enabled and not coalesce(oblivion.is_test_network(v_instance.chain_id), true) then
    perform oblivion.raise_error('OB005', format('There is no play money on chain %s.', v_instance.chain_id),
      'Unset WALLET_SANDBOX_ENABLED.', jsonb_build_object('field', 'p_enabled', 'reason', 'chain', 'chainId', v_instance.chain_id));
  end if;
  update oblivion.settings s set sandbox = p_enabled where s.sandbox <> p_enabled;
end
$$;
comment on function oblivion.set_sandbox(boolean) is
  'Whether wallets may ask for play money and pay tasks with it; refused where the token is real money. OB005. For the coordinator.';

create function oblivion.sandbox_open()
returns boolean
language sql
stable
security definer
set search_path = ''
as $$
  select s.sandbox and coalesce(oblivion.is_test_network((oblivion.open_instance()).chain_id), false)
    from oblivion.settings s
$$;
comment on function oblivion.sandbox_open() is 'Whether there is play money now. For the engine alone.';

create function oblivion.require_play_budget(p_instance_id bigint, p_owner_id bigint, p_budget bigint)
returns void
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_free bigint;
begin
  if not oblivion.sandbox_open() then
    perform oblivion.raise_error('OB006', 'There is no play money here.', 'Leave asset out.', jsonb_build_object('field', 'asset'));
  end if;
  perform pg_advisory_xact_lock(oblivion.lock_key('customer', p_owner_id::text));
  v_free := oblivion.free_of(p_instance_id, p_owner_id, 'test');
  if v_free < p_budget then
    perform oblivion.raise_error('OB007', 'Your play money does not cover the budget.', 'Fill it up, or lower the budget.',
      jsonb_build_object('needed', p_budget::text, 'free', v_free::text));
  end if;
end
$$;
comment on function oblivion.require_play_budget(bigint, bigint, bigint) is
  'As require_budget() for play money, which knows no exits and no daily cap. OB006, OB007. For the engine alone.';

create function public.change_play_money(p_amount text, p_request_id text default null)
returns jsonb
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_owner bigint := oblivion.owner_of(oblivion.require_wallet());
  v_instance bigint := (oblivion.open_instance()).id;
  -- 1,000 tokens of 6 decimals.
  v_most constant bigint := 1000000000;
  v_call constant text := 'change_play_money ' || p_amount;
  v_before jsonb;
  v_amount bigint;
  v_free bigint;
begin
  if not oblivion.sandbox_open() then
    perform oblivion.raise_error('OB006', 'There is no play money here.', null, jsonb_build_object('field', 'asset'));
  elsif p_amount !~ '^-?[1-9][0-9]{0,14}$' is not false then
    perform oblivion.raise_error('OB005', 'An amount is a whole number of the smallest unit, and not zero.', null,
      jsonb_build_object('field', 'p_amount', 'reason', 'shape'));
  end if;
  v_amount := p_amount::bigint;
  perform pg_advisory_xact_lock(oblivion.lock_key('customer', v_owner::text));
  v_before := oblivion.answer_before(v_owner, p_request_id, v_call);
  if v_before is not null then
    return v_before;
  end if;
  v_free := oblivion.free_of(v_instance, v_owner, 'test');
  if v_free + v_amount < 0 then
    perform oblivion.raise_error('OB007', 'That is more than the free play money.', null,
      jsonb_build_object('needed', (-v_amount)::text, 'free', v_free::text));
  elsif v_amount > 0 and v_free + v_amount > v_most then
    perform oblivion.raise_error('OB014', 'Free play money is 1,000 tokens at most.', 'Spend some of it first.',
      jsonb_build_object('what', 'playMoney', 'limit', v_most));
  end if;
  perform oblivion.book('play', gen_random_uuid()::text, 'test', v_instance,
    array[oblivion.account('play_money', 'test', v_instance),
          oblivion.account('customer_free', 'test', v_instance, v_owner)],
    array[-v_amount, v_amount]);
  return oblivion.keep_answer(v_owner, p_request_id, v_call, jsonb_build_object('free', (v_free + v_amount)::text));
end
$$;
comment on function public.change_play_money(text, text) is
  'Gives the caller play money, or with a negative amount takes it back: a decimal string of the smallest unit, up to 1,000 tokens free; under a p_request_id of the caller''s once. Answers {free}. OB001, OB005 to OB007, OB014.';

create function oblivion.play_balance(p_owner_id bigint)
returns jsonb
language plpgsql
stable
security definer
set search_path = ''
as $$
declare
  v_instance bigint := (oblivion.open_instance()).id;
  v_spent bigint;
begin
  if not oblivion.sandbox_open() then
    return null;
  end if;
  -- Never charged, so each receipt is still among the open ones.
  select coalesce(sum(r.price), 0) into v_spent
    from oblivion.receipts r
   where r.charge_id is null
     and r.customer_owner_id = p_owner_id and r.asset = 'test' and r.instance_id = v_instance;
  return jsonb_build_object(
    'free', oblivion.free_of(v_instance, p_owner_id, 'test')::text,
    'held', (
      select (coalesce(sum(e.amount), 0) - v_spent)::text
        from oblivion.tasks t
        join oblivion.accounts a on a.task_id = t.id and a.kind = 'task_hold'
        join oblivion.ledger_entries e on e.account_id = a.id
       where t.owner_id = p_owner_id and t.asset = 'test' and t.instance_id = v_instance),
    'spent', v_spent::text,
    'earned', oblivion.receipt_sum('provider_earned', 'test', v_instance, coalesce(p_owner_id, 0))::text);
end
$$;
comment on function oblivion.play_balance(bigint) is
  'A wallet''s play money: {free, held, spent, earned}; null where there is none. For the engine alone.';
