-- A record that names a file which central had already, written by somebody to whom no record showed it: until the bytes
-- themselves have come through that record nothing of the file is handed out through it, nor told to be here.
create table unshown_file (
    record text not null,
    hash text not null references attachment on delete cascade,
    received bigint not null default 0,
    primary key (record, hash)
);
grant select, insert, update, delete on unshown_file to fieldkit_central;
