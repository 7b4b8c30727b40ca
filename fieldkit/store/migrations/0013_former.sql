-- A device that begins anew under another id after a fork: what stood in its chain before. The words of what needs a
-- person stay; all others are at central, or have been made anew as changes of the new chain.
create table former (
    device text not null,
    seq integer not null,
    record text not null,
    scope text not null,
    prev_hash text not null,
    hash text not null,
    line text not null,
    state text not null,
    outcome text not null default '',
    reason text not null default '',
    primary key (device, seq)
) without rowid;
-- Scopes it held under the old id. Those that central does not name again were lost meanwhile, and are removed.
create table held_before (
    scope text primary key
) without rowid;
