-- Where a change was written: what is known of it when its record is here no more.
alter table outbox add column scope text not null default '';
update outbox set scope = coalesce(
    json_extract(line, '$.payload[0]."@scope"'), (select scope from record where record.id = outbox.record), ''
);
create index outbox_scope on outbox (scope);

-- Scopes that were lost: what was removed, until central has the receipt and nothing of them is left.
create table purge (
    scope text primary key,
    ev integer not null,
    rows integer not null default 0,
    files integer not null default 0
) without rowid;

-- Words of lost scopes as only central can open them (the form of a courier's file).
create table sealed (
    number integer primary key,
    scope text not null,
    at text not null,
    content blob not null
);
