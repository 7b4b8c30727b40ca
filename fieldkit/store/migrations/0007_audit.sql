-- What an entry is about is hashed with a salt of its own from now on, so that the chain can be shown to somebody who
-- may not read it. Entries without a salt are chained as they were.
alter table audit add column salt text not null default '';

-- Heads of the audit chain as central has countersigned them: what came before is held to them for ever.
create table audit_anchor (
    number integer primary key,
    hash text not null,
    at text not null,
    signature text not null
);
