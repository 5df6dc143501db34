-- What a program asks for twice, because an answer was lost on the way, happens once: it names its request, and is given the
-- first answer again.

create table oblivion.requests (
  owner_id bigint not null references oblivion.owners,
  request_id text not null check (request_id ~ '^[A-Za-z0-9_-]{8,64}$'),
  -- What was asked, as it was asked.
  call text not null,
  answer jsonb not null,
  answered_at timestamptz not null default now(),
  primary key (owner_id, request_id)
);
create index on oblivion.requests (answered_at);
comment on table oblivion.requests is 'Calls that moved money under a name of their caller''s, with what they answered; kept for 30 days.';

create function oblivion.answer_before(p_owner_id bigint, p_request_id text, p_call text)
returns jsonb
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_request oblivion.requests;
begin
  if p_request_id !~ '^[A-Za-z0-9_-]{8,64}$' then
    perform oblivion.raise_error('OB005', 'A request is named by 8 to 64 letters, digits, - and _.', null,
      jsonb_build_object('field', 'p_request_id', 'reason', 'shape'));
  end if;
  select r.* into v_request from oblivion.requests r where r.owner_id = p_owner_id and r.request_id = p_request_id;
  if v_request.call <> p_call then
    perform oblivion.raise_error('OB005', 'Another request of yours had this name.', 'Give each request a name of its own.',
      jsonb_build_object('field', 'p_request_id', 'reason', 'used'));
  end if;
  return v_request.answer;
end
$$;
comment on function oblivion.answer_before(bigint, text, text) is
  'What this request was answered before, or null; the caller holds the lock of its customer''s money. OB005. For the engine alone.';

create function oblivion.keep_answer(p_owner_id bigint, p_request_id text, p_call text, p_answer jsonb)
returns jsonb
language sql
security definer
set search_path = ''
as $$
  insert into oblivion.requests (owner_id, request_id, call, answer)
  select p_owner_id, p_request_id, p_call, p_answer where p_request_id is not null;
  select p_answer
$$;
comment on function oblivion.keep_answer(bigint, text, text, jsonb) is
  'Keeps the answer of a request that has a name, and answers it. For the engine alone.';

create function oblivion.forget_requests()
returns void
language sql
security definer
set search_path = ''
as $$
  delete from oblivion.requests r where r.answered_at < now() - interval '30 days'
$$;
comment on function oblivion.forget_requests() is 'Forgets answers of 30 days ago. For the engine alone.';
