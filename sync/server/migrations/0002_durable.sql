-- What is durable: outside central's own disk. `counter.durable` is the highest ledger number that is.

-- How far each device's chain had come with which ledger number: one row a push, kept until a later one is durable.
create table durable_mark (
    device text not null,
    number bigint not null,
    seq bigint not null,
    primary key (device, number)
);

-- When central was last copied, drilled, and its archive last heard of, and at which ledger number.
create table keeping (
    what text primary key check (what in ('backup', 'drill', 'archive')),
    at timestamptz not null,
    number bigint not null
);

grant select, insert, update, delete on durable_mark to fieldkit_central;
grant select, insert, update on keeping to fieldkit_central;
