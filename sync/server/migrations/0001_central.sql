-- Central's tables (SYNC section 4). JSON is kept as text: it is hashed and sent as it stands, and copies faster.

create table counter (
    one boolean primary key default true check (one),
    epoch text not null,
    number bigint not null default 0,
    hash bytea not null default ''::bytea,
    ev bigint not null default 0,
    durable bigint not null default 0
);

create table worker (
    id text primary key,
    name text not null unique,
    role text not null check (role in ('worker', 'centre', 'lead', 'ig', 'admin'))
);

create table code (
    handle text primary key,
    hash bytea not null,
    worker text not null references worker,
    expires timestamptz not null,
    tries integer not null default 0,
    used boolean not null default false
);

create table device (
    id text primary key,
    worker text references worker,
    label text not null,
    public_key bytea not null,
    state text not null default 'active' check (state in ('active', 'revoked', 'forked')),
    last_seq bigint not null default 0,
    last_hash text not null default '',
    cursor_acked bigint not null default 0,
    ev bigint not null default 0,
    enrolled_at timestamptz not null
);

-- Unlogged: a nonce is worth ten minutes, and a request that only reads then needs no write to disk.
create unlogged table nonce (
    device text not null,
    nonce text not null,
    seen timestamptz not null,
    primary key (device, nonce)
);
create index nonce_seen on nonce (seen);

create table scope (
    id text primary key,
    opened_by text,
    opened_at timestamptz not null
);

create table entitlement (
    worker text not null references worker,
    scope text not null references scope,
    ev bigint not null,
    held boolean not null,
    since timestamptz not null,
    until timestamptz,
    -- When it ends by itself (glass that was broken).
    expires timestamptz,
    primary key (worker, scope)
);
create index entitlement_ev on entitlement (worker, ev);
create index entitlement_expires on entitlement (worker) where held and expires is not null;

create table record (
    id text primary key,
    scope text not null,
    kind text not null,
    form text not null,
    version bigint not null,
    version_hash text not null,
    state text not null,
    field_versions text not null,
    deleted boolean not null default false,
    urgent boolean not null default false,
    echo boolean not null default true,
    number bigint not null,
    actor text not null,
    device text not null,
    at text not null
);
create index record_number on record (number);
create index record_scope on record (scope, id);
create index record_urgent on record (number) where urgent;

-- The sum over the contents of each scope, modulo 2^256 (sync/protocol/digests.py): kept up to date by every push.
create table digest (
    scope text primary key,
    sum bytea not null
);

create table version (
    record text not null,
    version bigint not null,
    number bigint not null,
    version_hash text not null,
    -- The change that made it, as it came: its place in its device's chain and its line (after an erasure without words).
    device text not null,
    seq bigint not null,
    prev_hash text not null,
    line text not null,
    primary key (record, version)
);

create table ledger (
    number bigint primary key,
    record text not null,
    scope text not null,
    version bigint not null,
    change_hash bytea not null,
    prev_hash bytea not null,
    hash bytea not null
);

-- Files beside records, by their seal, in the pieces they came in.
create table attachment (
    hash text primary key,
    size bigint not null,
    received bigint not null default 0,
    whole boolean not null default false
);
create table attachment_piece (
    hash text not null references attachment,
    at bigint not null,
    content bytea not null,
    primary key (hash, at)
);

create table receipt (
    device text not null,
    seq bigint not null,
    change_hash text not null,
    line text not null,
    primary key (device, seq)
);

create table conflict (
    id text primary key,
    record text not null,
    path text not null,
    class text not null,
    due text not null,
    is_open boolean not null default true
);
create index conflict_record on conflict (record) where is_open;

create table quarantine (
    device text not null,
    seq bigint not null,
    change_hash text not null,
    reason text not null,
    change text not null,
    received_at timestamptz not null,
    primary key (device, seq, change_hash)
);

create table held (
    record text not null,
    device text not null,
    seq bigint not null,
    change text not null,
    primary key (record, device, seq)
);

create table gone (
    record text primary key,
    at timestamptz not null,
    reason text not null
);

-- Who did what, in a chain of its own: its head can be written down outside.
create table audit (
    number bigint primary key,
    at timestamptz not null,
    what text not null,
    who text not null,
    about text not null,
    prev_hash bytea not null,
    hash bytea not null
);
create table audit_head (
    one boolean primary key default true check (one),
    number bigint not null,
    hash bytea not null
);
insert into audit_head values (true, 0, ''::bytea);

-- Glass that somebody broke: a scope opened for some hours with a reason, until somebody else has looked at it.
create table glass (
    number bigint generated always as identity primary key,
    worker text not null references worker,
    scope text not null,
    reason text not null,
    at timestamptz not null,
    until timestamptz not null,
    reviewed_by text references worker,
    reviewed_at timestamptz,
    check (reviewed_by is distinct from worker)
);

-- The second net: whoever reads as a worker sees only rows of scopes that worker holds.
-- With nothing set, nothing is seen; central's own merge and ledger say 'central'.
alter table record enable row level security;
alter table record force row level security;
create policy record_read on record for select using (
    current_setting('fieldkit.reader', true) = 'central'
    or scope = 'ref'
    or scope in (
        select e.scope from entitlement e where e.worker = current_setting('fieldkit.reader', true) and e.held
    )
);
create policy record_add on record for insert with check (current_setting('fieldkit.reader', true) = 'central');
create policy record_change on record for update using (current_setting('fieldkit.reader', true) = 'central');

grant select, insert, update on counter, worker, code, device, scope, entitlement, record, conflict, glass,
    audit_head, digest, attachment to fieldkit_central;
grant select, insert on ledger, receipt, quarantine, held, gone to fieldkit_central;
grant select, insert, delete on nonce, code, attachment_piece to fieldkit_central;
-- What people wrote over time is written by central and read only by the owner (verify, a court's request).
grant insert on version, audit to fieldkit_central;
grant select (record, version, number, version_hash) on version to fieldkit_central;
