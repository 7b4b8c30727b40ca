-- A record that names a file whose bytes central does not have whole yet: who named it, and since when it is waited for.
-- When the bytes come through one record, every other one that named them beforehand has to prove that it knew more than
-- their hash (unshown_file), unless it lies in the same scope.
create table awaited_file (
    record text not null,
    hash text not null,
    size bigint not null,
    device text not null,
    since timestamptz not null,
    primary key (record, hash)
);
create index awaited_file_hash on awaited_file (hash);
grant select, insert, update, delete on awaited_file to fieldkit_central;

-- What is waited for already. Contents are canonical, so a file's members stand in this order.
select set_config('fieldkit.reader', 'central', true);
insert into awaited_file (record, hash, size, device, since)
select r.id, named[1], named[2]::bigint, '', now()
from record r
cross join lateral regexp_matches(r.state, '"hash":"([0-9a-f]{64})","name":"(?:[^"\\]|\\.)*","size":([0-9]{1,9})', 'g') named
where not r.deleted and r.state like '%"hash":"%'
    and not exists (select from attachment a where a.hash = named[1] and a.whole)
on conflict do nothing;
