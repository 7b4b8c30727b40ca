-- A device's store. Everything here is encrypted by SQLCipher, page by page.

create table meta (
    name text primary key,
    value text not null
) without rowid;

-- One row a record. `base` is central's version, `view` is base with the outbox on top; null: the same as base.
-- Both are canonical JSON, kept as text: what is hashed and travels.
create table record (
    id text primary key,
    kind text not null,
    scope text not null,
    form text not null default '',
    version integer not null default 0,
    version_hash text not null default '',
    base text,
    view text,
    actor text not null default '',
    device text not null default '',
    at text not null default '',
    urgent integer not null default 0
) without rowid;
create index record_scope on record (scope, kind, at);

-- The sum over central's versions in each scope (sync/protocol/digests.py), kept up to date by whoever writes a base.
create table digest (
    scope text primary key,
    sum blob not null
) without rowid;

-- Immutable: what was made here, in order, until central is known to hold it for good.
create table outbox (
    seq integer primary key,
    device text not null,
    record text not null,
    hash text not null,
    line text not null
);
create index outbox_record on outbox (record, seq);

-- What became of each: waiting, sent (may be there), answered (central has it, our base not yet), settled, parked.
create table sending (
    seq integer primary key references outbox,
    state text not null check (state in ('waiting', 'sent', 'answered', 'settled', 'parked')),
    outcome text not null default '',
    reason text not null default '',
    version integer not null default 0
);
create index sending_state on sending (state, seq) where state <> 'settled';

create table draft (
    id text primary key,
    form text not null,
    family text not null,
    record text,
    trunk text not null,
    was text not null,
    begun_at text not null,
    saved_at text not null,
    part text not null default '',
    answered integer not null default 0,
    total integer not null default 0,
    missing integer not null default 0,
    room text not null default '[]'
) without rowid;

-- What is typed, as it is typed. A draft is its journal folded in order; both go when it is filed.
create table journal (
    draft text not null,
    revision integer not null,
    at text not null,
    entries text not null,
    primary key (draft, revision)
) without rowid;

create table form_version (
    id text not null,
    version text not null,
    hash text not null,
    published text not null,
    current integer not null default 1,
    primary key (id, version)
) without rowid;

create table conflict (
    id text primary key,
    record text not null,
    scope text not null,
    path text not null,
    class text not null,
    due text not null,
    open integer not null
) without rowid;
create index conflict_open on conflict (open, due);

create table audit (
    number integer primary key,
    at text not null,
    what text not null,
    about text not null,
    prev_hash text not null,
    hash text not null
);

create virtual table name_search using fts5 (
    words, record unindexed, kind unindexed, scope unindexed,
    tokenize = "unicode61 remove_diacritics 2", prefix = '1 2 3'
);
create virtual table name_pieces using fts5 (
    words, record unindexed, tokenize = "trigram"
);
create table searchable (
    record text primary key,
    place integer not null
) without rowid;
