-- The bytes of files that are answers, by their seal. Their owner is a draft, and from its filing on the record.
create table attachment (
    hash text not null,
    owner text not null,
    content blob not null,
    kept_at text not null,
    primary key (hash, owner)
) without rowid;
