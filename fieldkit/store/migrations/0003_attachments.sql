-- The bytes of files that are answers, by their seal. Their owner is a draft, and from its filing on the record.
create table attachment (
    hash text not null,
    owner text not null,
    content blob not null,
    kept_at text not null,
    -- Whether central has the whole of it.
    sent integer not null default 0,
    primary key (hash, owner)
) without rowid;
-- Files that central's records name and whose bytes are not here yet, with what has arrived of them.
create table attachment_wanted (
    record text not null,
    hash text not null,
    size integer not null,
    content blob not null default x'',
    primary key (record, hash)
) without rowid;
