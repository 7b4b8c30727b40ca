-- Sign-in by the council's OpenID Connect provider, and sessions bound to devices. Without a row in `signin` nothing
-- of this is asked of anybody. Of tokens only hashes are kept.

create table signin (
    one boolean primary key default true check (one),
    settings text not null
);

-- What the provider publishes, for all processes: its keys, when they were fetched, when that was last tried.
create table signin_provider (
    one boolean primary key default true check (one),
    issuer text not null,
    keys text not null,
    fetched timestamptz,
    tried timestamptz not null
);

-- Which account at the provider a worker is. Known by issuer and subject, never by name or address.
create table worker_identity (
    worker text primary key references worker,
    issuer text not null,
    subject text not null,
    bound_at timestamptz not null,
    unique (issuer, subject)
);

-- Who has left: no sign-in is taken any more, whatever the provider says.
create table worker_end (
    worker text primary key references worker,
    at timestamptz not null
);

-- One working day of one worker on one device: a family of tokens.
create table session (
    family text primary key,
    worker text not null references worker,
    device text not null references device,
    access bytea not null unique,
    access_until timestamptz not null,
    refresh bytea not null,
    started timestamptz not null,
    until timestamptz not null,
    ended timestamptz,
    why text not null default ''
);
create index session_refresh on session (refresh);
create index session_device on session (device) where ended is null;
create index session_worker on session (worker) where ended is null;

-- Refresh tokens that were used, and ID tokens that were taken: neither opens anything twice.
create table session_spent (
    refresh bytea not null,
    family text not null references session on delete cascade,
    primary key (refresh, family)
);
create table signin_used (
    token bytea primary key,
    family text not null,
    until timestamptz not null
);
create index signin_used_until on signin_used (until);

-- The second person who stands for a code, where the council asks for one.
create table code_approval (
    handle text primary key references code on delete cascade,
    approver text not null references worker,
    at timestamptz not null
);

grant select on signin to fieldkit_central;
grant select, insert, update on signin_provider to fieldkit_central;
grant select, insert, delete on worker_identity, worker_end, signin_used, code_approval to fieldkit_central;
grant select, insert, update, delete on session to fieldkit_central;
grant select, insert on session_spent to fieldkit_central;
