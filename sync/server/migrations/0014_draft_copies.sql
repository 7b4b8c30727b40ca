-- Sealed copies of drafts. Central keeps them for their worker and can read none of them; in clear are only whose, from
-- which device, which copy, and when.

-- A device's draft key: the public half, and the private half wrapped under the worker's passphrase on that device.
create table draft_key (
    device text primary key references device,
    public text not null,
    wrapped text not null,
    at timestamptz not null
);

create table draft_copy (
    copy text primary key,
    worker text not null references worker,
    device text not null references device,
    -- The public half of the draft key that it was sealed to.
    key text not null,
    version bigint not null,
    -- What the device knows this version by; says nothing to others.
    mark text not null,
    -- What the draft is about, sealed to central's seal key, which is not in the database: opened to erase, and only so.
    label bytea not null,
    -- The sealed draft; null: filed or thrown away, and this row only keeps a late copy out.
    content bytea,
    first_at timestamptz not null,
    at timestamptz not null
);
create index draft_copy_worker on draft_copy (worker, at);

-- When a worker's wrapped keys were handed out: a few times in an hour, never more.
create table draft_key_asked (
    worker text not null,
    at timestamptz not null
);
create index draft_key_asked_worker on draft_key_asked (worker, at);

-- A worker's copies opened to somebody else, by two persons, for some hours.
create table draft_escrow (
    number bigint generated always as identity primary key,
    worker text not null references worker,
    opened_to text not null references worker,
    by_one text not null references worker,
    by_two text not null references worker,
    reason text not null,
    at timestamptz not null,
    until timestamptz not null,
    check (by_one <> by_two)
);
create index draft_escrow_open on draft_escrow (opened_to, worker, until);

-- Copies that the desk destroyed unread: by whom and why.
create table draft_destroyed (
    device text not null references device,
    decided_by text not null references worker,
    reason text not null,
    copies bigint not null,
    at timestamptz not null
);

-- What a device last said of itself, for the day on which it is lost: kinds of key slots, when it locks, what waits.
create table device_standing (
    device text primary key references device,
    told text not null,
    at timestamptz not null
);

-- When a scope was first held: lost and given back since, it may lie on a device that was not heard in between.
alter table entitlement add column first_since timestamptz not null default '-infinity';

grant select, insert, update on device_standing to fieldkit_central;
grant select, insert, update, delete on draft_key, draft_copy, draft_key_asked to fieldkit_central;
grant select, insert on draft_escrow, draft_destroyed to fieldkit_central;
