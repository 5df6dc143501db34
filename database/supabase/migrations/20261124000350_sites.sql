-- Sites: third-party pages that embed the worker. A site key is public; what it opens is bounded here. A visitor without
-- a wallet is an owner of kind 'visitor'. Who is judged and who is paid are two columns of its node (T11): judged is the
-- visitor's address block on that site, paid is the account of the visitor's own browser, shared later with the site.

create table oblivion.sites (
  id uuid primary key default gen_random_uuid(),
  owner_id bigint not null references oblivion.owners,
  key text not null unique,
  name text not null check (length(name) between 1 and 80),
  origins text[] not null check (cardinality(origins) between 1 and 20),
  programs text[] not null check (cardinality(programs) between 1 and 50),
  -- What the site's owner gets of a visitor's reward; the visitor gets the rest.
  owner_bps int not null check (owner_bps between 0 and 10000),
  -- Of one core, in percent: a visitor may choose less, never more.
  max_cpu_percent int not null check (max_cpu_percent between 5 and 100),
  max_visitors int not null check (max_visitors between 1 and 100000),
  registrations_per_hour int not null check (registrations_per_hour between 1 and 100000),
  created_at timestamptz not null default now(),
  revoked_at timestamptz,
  -- An operator's word, with its reason.
  suspended_reason text
);
create index on oblivion.sites (owner_id, created_at);
comment on table oblivion.sites is 'A third-party page: who owns it, where its key works, what its visitors may run, and who gets what of their earnings.';

create table oblivion.visitors (
  owner_id bigint primary key references oblivion.owners,
  site_id uuid not null references oblivion.sites,
  -- Of the site and the random id that the visitor's browser keeps; the id itself is never stored.
  visitor_hash bytea not null unique,
  -- As the consent said it.
  owner_bps int not null check (owner_bps between 0 and 10000),
  last_seen_at timestamptz not null default now(),
  code_hash bytea unique,
  code_expires_at timestamptz,
  bound_owner_id bigint references oblivion.owners,
  bound_at timestamptz,
  check ((code_hash is null) = (code_expires_at is null)),
  check ((bound_owner_id is null) = (bound_at is null))
);
create index on oblivion.visitors (site_id, last_seen_at);
create index on oblivion.visitors (bound_owner_id) where bound_owner_id is not null;
comment on table oblivion.visitors is 'The account of one visitor''s browser on one site. A wallet can be bound to it, once (A14).';

create table oblivion.visitor_terms (
  owner_id bigint not null references oblivion.visitors on delete cascade,
  until_at timestamptz not null,
  owner_bps int not null check (owner_bps between 0 and 10000),
  primary key (owner_id, until_at)
);
comment on table oblivion.visitor_terms is
  'Shares that a visitor had before: what was accepted up to then is shared by them, whatever the site asks for later.';

create table oblivion.visitor_blocks (
  site_id uuid not null references oblivion.sites,
  block_hash bytea not null,
  owner_id bigint not null unique references oblivion.owners,
  last_seen_at timestamptz not null default now(),
  primary key (site_id, block_hash)
);
comment on table oblivion.visitor_blocks is 'The owner that a site''s visitors of one address block are, for caps, fairness and reputation, where an address can be known (A13).';

create table oblivion.address_keys (
  day date primary key,
  key bytea not null
);
comment on table oblivion.address_keys is 'Keys of the keyed hashes of address blocks: one a day, destroyed after 30 days.';

create table oblivion.spare_owners (
  owner_id bigint primary key references oblivion.owners
);
comment on table oblivion.spare_owners is 'Owners of visitors that did nothing, purged and used again: registrations leave a bounded number of rows (A12).';

create table oblivion.site_hours (
  site_id uuid not null references oblivion.sites,
  hour timestamptz not null,
  registrations int not null,
  -- New address blocks.
  blocks int not null default 0,
  primary key (site_id, hour)
);
comment on table oblivion.site_hours is 'New visitors and address blocks of a site by hour, against its caps; kept for two days.';
