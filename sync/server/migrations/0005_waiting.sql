-- What waits: changes of a newer schema, clocks that tell people; and what givers said, by giver and agency.

-- The order in which they came is the order in which they are tried again.
alter table held
    add column place bigint generated always as identity,
    add column change_hash text not null default '',
    add column received_at timestamptz not null default now();
create index held_device on held (device, place);
grant delete, update on held to fieldkit_central;
-- A change that was held has another outcome once it was tried again: its receipt is that outcome.
grant update on receipt to fieldkit_central;

-- What a giver said about one agency, as the change said it that came last at this place. `saw` is a JSON list of the
-- changes that its author had seen: kept, for a restored central cannot say again what ledger numbers meant.
create table consent (
    record text not null,
    place text not null,
    -- Where the record lay when it was said; once the record is written it is asked itself.
    scope text not null,
    giver text not null,
    agency text not null,
    decision text not null,
    change text not null,
    device text not null,
    seq bigint not null,
    actor text not null,
    occurred_at text not null,
    recorded_at text not null,
    version bigint not null,
    saw text not null,
    primary key (record, place)
);
create index consent_giver on consent (giver);

-- What must be looked at in time: conflicts about safeguarding, concerns nobody has read. `next` is when the next person
-- has to be told.
create table clock (
    about text primary key,
    kind text not null,
    scope text not null,
    author text not null,
    opened timestamptz not null,
    due timestamptz not null,
    acknowledged timestamptz,
    next timestamptz not null
);
create index clock_next on clock (next);
grant select, insert, update, delete on consent, clock to fieldkit_central;
